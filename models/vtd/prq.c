/* SPDX-License-Identifier: MIT */
/* Page requests (section 7.4): the queue in memory, overflow, and what they invalidate. */
#include "regs.h"

/* Table 32; and T1, T2 of a fault record. */
enum { INVALID_REQUEST = 1, TYPE_PAGE = 1 };

static struct ims_req request_of(const struct ims_page_req *req)
{
	return (struct ims_req){ .src = req->src,
				 .ctx = req->ctx,
				 .addr = req->addr,
				 .access = IMS_ACCESS_READ,
				 .kind = IMS_REQ_PAGE,
				 .priv = req->priv };
}

/* ---- the implicit invalidation, section 6.5.3.1, table 27 ---- */

static void invalidate(struct ims_hw *hw, const struct ims_path *path, uint64_t addr)
{
	uint64_t words[IMS_CMD_WORDS] = { 0 }, did = (uint64_t)path->dom << 16;
	bool psi = ims_hw_state(hw)->params[VTD_P_PSI];

	if (path->cls == VTD_CLASS_FS) {
		words[0] = 0x36 | did | (uint64_t)path->ctx << 32;
		words[1] = addr & ~UINT64_C(0xfff);
	} else if (path->cls == VTD_CLASS_NESTED || !psi) {
		words[0] = 0x22 | did;
	} else {
		words[0] = 0x32 | did;
		words[1] = addr & ~UINT64_C(0xfff);
	}
	ims_cmd_now(hw, words);
}

/* ---- the queue, section 7.4.1 ---- */

static void status_set(struct ims_hw *hw, uint64_t bit)
{
	uint64_t *prs = vtd_reg(hw, VTD_R_PRS), before = *prs;

	*prs |= bit;
	if (!(before & (VTD_PPR | VTD_PRO)))
		vtd_event_raise(hw, VTD_SIGNAL_PAGE);
}

void vtd_prs_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r, (void)value;
	if (!(*vtd_reg(hw, VTD_R_PRS) & (VTD_PPR | VTD_PRO)))
		vtd_event_serve(hw, VTD_SIGNAL_PAGE);
}

/* Tail one behind head: full. */
static uint64_t next_tail(struct ims_hw *hw)
{
	uint64_t bytes = UINT64_C(0x1000) << ims_bits_get(*vtd_reg(hw, VTD_R_PQA), 2, 0);

	return (*vtd_reg(hw, VTD_R_PQT) + 32) & (bytes - 1);
}

/* Section 7.4.1.1. */
static void write_request(struct ims_hw *hw, const struct ims_page_req *req)
{
	uint64_t *tail = vtd_reg(hw, VTD_R_PQT);
	uint64_t at = (*vtd_reg(hw, VTD_R_PQA) & IMS_BITS(63, 12)) + *tail;
	bool with_pasid = req->ctx != IMS_CTX_NONE;
	uint64_t qw0 = 1 | (uint64_t)(req->src & 0xffff) << 16;
	uint64_t qw1 = (req->addr & IMS_BITS(63, 12)) | (uint64_t)(req->group & 0x1ff) << 3 |
		       (uint64_t)req->last << 2 | (uint64_t)req->write << 1 | req->read;

	if (with_pasid)
		qw0 |= IMS_BIT(8) | (uint64_t)(req->ctx & 0xfffff) << 32 |
		       (uint64_t)(req->execute && req->read) << 52 | (uint64_t)req->priv << 53;
	ims_hw_store(hw, at, qw0);
	ims_hw_store(hw, at + 8, qw1);
	ims_hw_store(hw, at + 16, 0);
	ims_hw_store(hw, at + 24, 0);
	*tail = next_tail(hw);
}

/* Table 31: only the last request of a group is answered. */
static enum ims_page_fate refuse(const struct ims_page_req *req, uint8_t code, uint8_t *ret_code)
{
	if (!req->last)
		return IMS_PAGE_DROPPED;
	*ret_code = code;
	return IMS_PAGE_ANSWERED;
}

enum ims_page_fate vtd_page_request(struct ims_hw *hw, const struct ims_page_req *req,
				    uint8_t *ret_code)
{
	const struct ims_state *s = ims_hw_state(hw);
	bool marker = req->last && !req->read && !req->write;
	struct ims_req lookup = request_of(req);
	struct ims_path path;
	uint16_t fault;

	/* An unsupported request on the link: nothing of it reaches software. */
	if (!s->params[VTD_P_PRS] || !vtd_translating(s))
		return IMS_PAGE_DROPPED;
	/* ECAP.SMS, section 11.4.3: a stop marker that cannot be written is lost in silence. */
	marker = marker && s->params[VTD_P_SMS];
	fault = ims_hw_path(hw, &lookup, &path);
	if (fault) {
		if (marker)
			return IMS_PAGE_DROPPED;
		if (!path.muted && fault != IMS_FAULT_UNMODELLED)
			vtd_record(hw, &lookup, TYPE_PAGE, fault);
		return refuse(req, INVALID_REQUEST, ret_code);
	}
	if ((s->regs[VTD_R_PRS] & VTD_PRO) || next_tail(hw) == s->regs[VTD_R_PQH]) {
		if (marker)
			return IMS_PAGE_DROPPED;
		if (!(s->regs[VTD_R_PRS] & VTD_PRO))
			status_set(hw, VTD_PRO);
		return refuse(req, 0, ret_code);
	}
	/* A marker asks for no page. */
	if (!marker)
		invalidate(hw, &path, req->addr);
	write_request(hw, req);
	status_set(hw, VTD_PPR);
	return IMS_PAGE_QUEUED;
}
