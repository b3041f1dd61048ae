/* SPDX-License-Identifier: MIT */
/* Page requests: the log in memory, what is refused, automatic answers (sections 4 and 7). */
#include "amdvi.h"

const struct amdvi_log amdvi_ppr_log = { .base = AMDVI_R_PPRLOG,
					 .head = AMDVI_R_PPR_HEAD,
					 .tail = AMDVI_R_PPR_TAIL,
					 .signal = AMDVI_SIGNAL_PPR,
					 .run = AMDVI_STATUS_PPR_RUN,
					 .overflow = AMDVI_STATUS_PPR_OVERFLOW,
					 .interrupt = AMDVI_STATUS_PPR_INT,
					 .interrupt_on = AMDVI_CTRL_PPR_INT,
					 .on = AMDVI_CTRL_PPR_LOG };

/* Response codes of PCIe. */
enum { SUCCESS = 0, INVALID_REQUEST = 1 };

/* Of the first word (Linux, PPR_*). */
#define P_LAST	IMS_BIT(41)
#define P_READ	IMS_BIT(50)
#define P_WRITE IMS_BIT(53)
#define P_US	IMS_BIT(54)
#define P_GN	IMS_BIT(56)
#define P_CODE	(UINT64_C(1) << 60)

static uint64_t entry_of(const struct ims_page_req *req)
{
	uint64_t qw0 = (req->src & 0xffff) | (uint64_t)(req->group & 0x1ff) << 32 | P_CODE;

	qw0 |= (req->last ? P_LAST : 0) | (req->read ? P_READ : 0) | (req->write ? P_WRITE : 0);
	if (req->ctx == IMS_CTX_NONE)
		return qw0;
	return qw0 | P_GN | (req->priv ? 0 : P_US) | (uint64_t)(req->ctx & 0xffff) << 16 |
	       (uint64_t)(req->ctx >> 16 & 0xf) << 42;
}

/* Only the last request of a group is answered. */
static enum ims_page_fate answer(const struct ims_page_req *req, uint8_t code, uint8_t *ret_code)
{
	if (!req->last)
		return IMS_PAGE_DROPPED;
	*ret_code = code;
	return IMS_PAGE_ANSWERED;
}

/*
 * Where there is no room PprAutoRspEn has the device try again, else it hears nothing;
 * with PprAutoRspAlways no request reaches the log.
 */
static enum ims_page_fate log_request(struct ims_hw *hw, const struct ims_page_req *req,
				      uint8_t *ret_code)
{
	uint64_t ctrl = *amdvi_reg(hw, AMDVI_R_CTRL);

	if (ctrl & AMDVI_CTRL_PPR_ALWAYS)
		return answer(req, SUCCESS, ret_code);
	if (amdvi_log_put(hw, &amdvi_ppr_log, entry_of(req), req->addr & ~UINT64_C(0xfff)))
		return IMS_PAGE_QUEUED;
	return ctrl & AMDVI_CTRL_PPR_AUTO ? answer(req, SUCCESS, ret_code) : IMS_PAGE_DROPPED;
}

enum ims_page_fate amdvi_page_request(struct ims_hw *hw, const struct ims_page_req *req,
				      uint8_t *ret_code)
{
	const struct ims_state *s = ims_hw_state(hw);
	uint64_t ctrl = s->regs[AMDVI_R_CTRL];
	bool marker = req->last && !req->read && !req->write;
	struct ims_req lookup = { .src = req->src,
				  .ctx = req->ctx,
				  .addr = req->addr,
				  .access = req->write ? IMS_ACCESS_ATOMIC : IMS_ACCESS_READ,
				  .kind = IMS_REQ_PAGE,
				  .priv = req->priv };
	struct ims_path path;
	uint16_t fault;

	/* An unsupported request on the link: nothing of it reaches software. */
	if (!s->params[AMDVI_P_PPR_SUP] || !(ctrl & AMDVI_CTRL_PPR) || !(ctrl & AMDVI_CTRL_EN))
		return IMS_PAGE_DROPPED;
	if (marker && s->params[AMDVI_P_BLK_STOP] && (ctrl & AMDVI_CTRL_BLK_STOP))
		return IMS_PAGE_DROPPED;
	fault = ims_hw_path(hw, &lookup, &path);
	if (!fault)
		return log_request(hw, req, ret_code);
	if (!path.muted)
		amdvi_fault(hw, &lookup, &path, fault);
	return marker ? IMS_PAGE_DROPPED : answer(req, INVALID_REQUEST, ret_code);
}
