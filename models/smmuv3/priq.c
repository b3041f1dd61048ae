/* SPDX-License-Identifier: MIT */
/* Page requests: the PRI queue, its overflow, automatic answers (section 8; the sheet's 15.1). */
#include "smmuv3.h"

const struct smmu_out smmu_priq = { .base = SMMU_R_PRIQ_BASE,
				    .prod = SMMU_R_PRIQ_PROD,
				    .cons = SMMU_R_PRIQ_CONS,
				    .cfg0 = SMMU_R_PRIQ_IRQ_CFG0,
				    .size = SMMU_P_PRIQS,
				    .entry_lg2 = 4,
				    .signal = SMMU_SIGNAL_PRIQ,
				    .stops = true,
				    .on = SMMU_CR0_PRIQEN,
				    .irq = SMMU_IRQ_PRIQ,
				    .aborted = SMMU_GERROR_PRIQ_ABT };

/* Response codes of PCIe. */
enum { SUCCESS = 0, FAILURE = 0xf };

static void entry_of(const struct ims_page_req *req, uint64_t *words)
{
	bool ssv = req->ctx != IMS_CTX_NONE;

	words[0] = req->src | (req->read ? IMS_BIT(60) : 0) | (req->write ? IMS_BIT(61) : 0) |
		   (req->last ? IMS_BIT(62) : 0);
	if (ssv)
		words[0] |= IMS_BIT(63) | (uint64_t)(req->ctx & 0xfffff) << 32 |
			    (req->priv ? IMS_BIT(58) : 0) | (req->execute ? IMS_BIT(59) : 0);
	words[1] = (req->group & 0x1ff) | (req->addr & ~UINT64_C(0xfff));
}

static enum ims_page_fate answer(uint8_t code, uint8_t *ret_code)
{
	*ret_code = code;
	return IMS_PAGE_ANSWERED;
}

/* What the queue does not take is refused, without a PASID. */
static enum ims_page_fate refuse(const struct ims_page_req *req, bool marker, uint8_t *ret_code)
{
	if (marker)
		return IMS_PAGE_DROPPED;
	return answer(FAILURE | (req->ctx == IMS_CTX_NONE ? 0 : IMS_PAGE_BARE), ret_code);
}

/*
 * Of an overflow. Whether the answer has the PASID: PPS says so, else the STE (PPAR); one
 * that cannot be read is a failure without it.
 */
static uint8_t automatic(struct ims_hw *hw, const struct ims_page_req *req)
{
	const struct ims_state *s = ims_hw_state(hw);
	struct ims_req lookup = { .src = req->src,
				  .ctx = req->ctx,
				  .addr = req->addr,
				  .access = IMS_ACCESS_READ,
				  .kind = IMS_REQ_PAGE };
	struct ims_path path = { .ctx = IMS_CTX_NONE };
	struct smmu_way way = { .hw = hw, .state = s, .req = &lookup, .path = &path };
	uint16_t fault;

	if (req->ctx == IMS_CTX_NONE || s->params[SMMU_P_PPS])
		return SUCCESS;
	if (!s->params[SMMU_P_SSIDSIZE])
		return SUCCESS | IMS_PAGE_BARE;
	fault = smmu_find_ste(&way);
	if (!fault)
		return SUCCESS | (ims_field_get(way.ste, SMMU_STE_PPAR) ? 0 : IMS_PAGE_BARE);
	lookup.kind = IMS_REQ_ATS; /* recorded as the errors of ATS are */
	smmu_fault(hw, &lookup, &path, fault);
	return FAILURE | IMS_PAGE_BARE;
}

enum ims_page_fate smmu_page_request(struct ims_hw *hw, const struct ims_page_req *req,
				     uint8_t *ret_code)
{
	const struct ims_state *s = ims_hw_state(hw);
	bool marker = req->last && !req->read && !req->write && req->ctx != IMS_CTX_NONE;
	uint64_t words[2];

	if (!s->params[SMMU_P_PRI])
		return IMS_PAGE_DROPPED;
	if (!s->derived[SMMU_D_ENABLED] || !smmu_out_writable(hw, &smmu_priq))
		return refuse(req, marker, ret_code);
	entry_of(req, words);
	switch (smmu_out_put(hw, &smmu_priq, words, true)) {
	case SMMU_PUT:
		return IMS_PAGE_QUEUED;
	case SMMU_PUT_ABORTED: /* as one that is told of at once */
		return refuse(req, marker, ret_code);
	default:
		break;
	}
	if (marker || !req->last)
		return IMS_PAGE_DROPPED;
	return answer(automatic(hw, req), ret_code);
}
