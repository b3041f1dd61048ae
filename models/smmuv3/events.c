/* SPDX-License-Identifier: MIT */
/*
 * Queues that hardware writes (section 6.3.29 and on), and the Event queue: one record of
 * 32 bytes for each fault that is told of (7.2, 7.3; the sheet's 5.2 as corrected in 16.5).
 */
#include "smmuv3.h"

const struct smmu_out smmu_eventq = { .base = SMMU_R_EVENTQ_BASE,
				      .prod = SMMU_R_EVENTQ_PROD,
				      .cons = SMMU_R_EVENTQ_CONS,
				      .cfg0 = SMMU_R_EVENTQ_IRQ_CFG0,
				      .size = SMMU_P_EVENTQS,
				      .entry_lg2 = 5,
				      .signal = SMMU_SIGNAL_EVENTQ,
				      .on = SMMU_CR0_EVENTQEN,
				      .irq = SMMU_IRQ_EVENTQ,
				      .aborted = SMMU_GERROR_EVENTQ_ABT };

#define OVERFLOW IMS_BIT(31) /* of PROD; CONS has what acknowledges it there */

/* ---- queues ---- */

static unsigned length_lg2(struct ims_hw *hw, const struct smmu_out *q)
{
	unsigned lg2 = (unsigned)ims_bits_get(*smmu_reg(hw, q->base), 4, 0);
	unsigned max = ims_hw_state(hw)->params[q->size];

	return lg2 < max ? lg2 : max;
}

static uint64_t address(struct ims_hw *hw, const struct smmu_out *q, uint64_t index)
{
	unsigned lg2 = length_lg2(hw, q);
	uint64_t base = *smmu_reg(hw, q->base) & SMMU_ADDR(5) &
			~IMS_BITS(lg2 + q->entry_lg2 - 1, 0);

	return base + ((index & ((UINT64_C(1) << lg2) - 1)) << q->entry_lg2);
}

bool smmu_out_writable(struct ims_hw *hw, const struct smmu_out *q)
{
	return (*smmu_reg(hw, SMMU_R_CR0) & q->on) && !smmu_gerror_active(hw, q->aborted);
}

static bool overflowed(struct ims_hw *hw, const struct smmu_out *q)
{
	return (*smmu_reg(hw, q->prod) ^ *smmu_reg(hw, q->cons)) & OVERFLOW;
}

/* As many entries are between PROD and CONS as there are. */
bool smmu_out_full(struct ims_hw *hw, const struct smmu_out *q)
{
	uint64_t size = UINT64_C(1) << length_lg2(hw, q);

	return ((*smmu_reg(hw, q->prod) ^ *smmu_reg(hw, q->cons)) & (size * 2 - 1)) == size ||
	       (q->stops && overflowed(hw, q));
}

static bool empty(struct ims_hw *hw, const struct smmu_out *q)
{
	uint64_t all = (UINT64_C(2) << length_lg2(hw, q)) - 1;

	return !((*smmu_reg(hw, q->prod) ^ *smmu_reg(hw, q->cons)) & all);
}

enum smmu_put smmu_out_put(struct ims_hw *hw, const struct smmu_out *q, const uint64_t *words,
			   bool overflow)
{
	uint64_t *prod = smmu_reg(hw, q->prod), all = (UINT64_C(2) << length_lg2(hw, q)) - 1;
	bool was_empty = empty(hw, q), stored = true;

	if (!smmu_out_writable(hw, q))
		return SMMU_PUT_OFF;
	if (smmu_out_full(hw, q)) {
		if (overflow && !overflowed(hw, q))
			*prod ^= OVERFLOW;
		return SMMU_PUT_FULL;
	}
	for (unsigned i = 0; i < 1u << (q->entry_lg2 - 3); i++)
		stored &= ims_hw_store(hw, address(hw, q, *prod) + i * 8, words[i]);
	if (!stored) {
		smmu_gerror(hw, q->aborted);
		return SMMU_PUT_ABORTED;
	}
	*prod = (*prod & OVERFLOW) | ((*prod + 1) & all);
	if (was_empty && (*smmu_reg(hw, SMMU_R_IRQ_CTRL) & q->irq))
		ims_hw_signal(hw, q->signal, *smmu_reg(hw, q->cfg0),
			      (uint32_t)*smmu_reg(hw, (enum smmu_reg)(q->cfg0 + 1)));
	return SMMU_PUT;
}

/* ---- records ---- */

/* What a record of each event has. */
enum { R_SSID = 1, R_SSV = 2, R_ACCESS = 4, R_INPUT = 8, R_FAULT = 16, R_NEAR = 32, R_FETCH = 64 };

static const struct {
	uint8_t event, has;
} shapes[] = {
	{ SMMU_E_UUT, R_SSID | R_SSV | R_ACCESS | R_INPUT },
	{ SMMU_E_BAD_STREAMID, R_SSID | R_SSV },
	{ SMMU_E_STE_FETCH, R_SSID | R_SSV | R_FETCH },
	{ SMMU_E_BAD_STE, R_SSID | R_SSV },
	{ SMMU_E_BAD_ATS_TREQ, R_SSID | R_SSV }, /* its other fields: not established, sheet 14 */
	{ SMMU_E_STREAM_DISABLED, 0 },
	{ SMMU_E_TRANSL_FORBIDDEN, R_INPUT | R_NEAR },
	{ SMMU_E_BAD_SUBSTREAMID, R_SSID },
	{ SMMU_E_CD_FETCH, R_SSID | R_SSV | R_FETCH },
	{ SMMU_E_BAD_CD, R_SSID | R_SSV },
	{ SMMU_E_WALK_EABT, R_SSID | R_SSV | R_ACCESS | R_INPUT | R_FAULT | R_NEAR | R_FETCH },
	{ SMMU_E_TRANSLATION, R_SSID | R_SSV | R_ACCESS | R_INPUT | R_FAULT | R_NEAR },
	{ SMMU_E_ADDR_SIZE, R_SSID | R_SSV | R_ACCESS | R_INPUT | R_FAULT | R_NEAR },
	{ SMMU_E_ACCESS, R_SSID | R_SSV | R_ACCESS | R_INPUT | R_FAULT | R_NEAR },
	{ SMMU_E_PERMISSION, R_SSID | R_SSV | R_ACCESS | R_INPUT | R_FAULT | R_NEAR },
	{ SMMU_E_TLB_CONFLICT, R_SSID | R_SSV | R_ACCESS | R_INPUT | R_FAULT | R_NEAR },
	{ SMMU_E_CFG_CONFLICT, R_SSID | R_SSV },
	{ SMMU_E_VMS_FETCH, R_SSID | R_SSV },
};

static unsigned shape_of(unsigned event)
{
	for (unsigned i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].event == event)
			return shapes[i].has;
	return 0;
}

/* CLASS: 0 CD, 1 TT, 2 IN. A table that stage 1 alone could not read is TT. */
static uint64_t class_of(uint16_t code)
{
	return code & SMMU_F_CD ? 0 : code & SMMU_F_TT ? 1 : 2;
}

static void describe(const struct ims_req *req, const struct ims_path *path, uint16_t code,
		     uint64_t *record)
{
	unsigned event = SMMU_EVENT(code), has = shape_of(event);
	bool ssv = req->ctx != IMS_CTX_NONE, read = !(req->access & IMS_W);

	record[0] = event | (uint64_t)req->src << 32;
	if (ssv && (has & R_SSID))
		record[0] |= (uint64_t)(req->ctx & 0xfffff) << 12;
	if (ssv && (has & R_SSV))
		record[0] |= IMS_BIT(11);
	if (has & R_ACCESS)
		record[1] |= (path->options & SMMU_O_PRIV ? IMS_BIT(33) : 0) |
			     (read && (path->options & SMMU_O_INST) ? IMS_BIT(34) : 0);
	if (has & R_INPUT) {
		record[1] |= read ? IMS_BIT(35) : 0;
		record[2] = req->addr;
	}
	if (has & R_FETCH)
		record[3] = path->failed_at & IMS_BITS(51, 3);
	if (!(has & R_FAULT))
		return;
	record[1] |= (code & SMMU_F_S2 ? IMS_BIT(39) : 0) | class_of(code) << 40;
	/* Of a permission that stage 2 denies on a stage-1 table: 1, its descriptor was read. */
	if (event == SMMU_E_PERMISSION && (code & SMMU_F_TT) && !(code & SMMU_F_TTW))
		record[1] |= IMS_BIT(44);
	if ((code & SMMU_F_S2) && event != SMMU_E_WALK_EABT)
		record[3] = path->failed_mid & IMS_BITS(51, 12);
}

/* Equal but for the last bits of the input, where it is of a page. */
static bool same(struct ims_hw *hw, const uint64_t *record)
{
	uint64_t last = address(hw, &smmu_eventq, *smmu_reg(hw, SMMU_R_EVENTQ_PROD) - 1), got[4];
	bool near = shape_of(record[0] & 0xff) & R_NEAR;

	if (empty(hw, &smmu_eventq) || !ims_cfg_read(hw, last, 4, got))
		return false;
	return got[0] == record[0] && got[1] == record[1] && got[3] == record[3] &&
	       !((got[2] ^ record[2]) & (near ? ~UINT64_C(0xfff) : ~UINT64_C(0)));
}

bool smmu_event_put(struct ims_hw *hw, const uint64_t *record, bool mergeable)
{
	if (mergeable && ims_hw_state(hw)->params[SMMU_K_MERGE] &&
	    smmu_out_writable(hw, &smmu_eventq) && same(hw, record))
		return true;
	return smmu_out_put(hw, &smmu_eventq, record, true) == SMMU_PUT;
}

void smmu_fault(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
		uint16_t code)
{
	const struct ims_state *s = ims_hw_state(hw);
	uint64_t record[4] = { 0 };
	/* Those that precede a valid STE may always be merged. */
	bool mergeable = SMMU_EVENT(code) <= SMMU_E_BAD_STE || (path->options & SMMU_O_MEV);

	if (!smmu_recorded(s, req, path, code))
		return;
	describe(req, path, code, record);
	if (smmu_stalls(req, path, code) && smmu_stall_add(hw, req, record)) {
		ims_hw_faulted(hw, code, req->addr, req->ctx, req->src, true);
		return;
	}
	ims_hw_faulted(hw, code, req->addr, req->ctx, req->src,
		       smmu_event_put(hw, record, mergeable));
}

/* There may be room for what waits. */
void smmu_eventq_cons_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r;
	(void)value;
	smmu_stalls_tell(hw);
}
