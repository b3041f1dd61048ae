/* SPDX-License-Identifier: MIT */
/*
 * Transactions that stall instead of ending (section 3.12.2, 4.6, 5.5; the sheet's 15.11):
 * each has a tag until software says what is to become of it.
 */
#include "smmuv3.h"

/* Three words each: what was asked; the address; of the record, what the request does not say. */
#define USED   IMS_BIT(63)
#define TOLD   IMS_BIT(62) /* its record is in the queue */
#define ACCESS IMS_FIELD(57, 56)
#define PRIV   IMS_BIT(58)
#define EXEC   IMS_BIT(59)
#define SSV    IMS_BIT(60)
#define SSID   IMS_FIELD(51, 32)
#define SID    IMS_FIELD(31, 0)

#define STALL IMS_BIT(31) /* of a record's second word; STAG is 15:0 */

static uint64_t *stall(struct ims_hw *hw, unsigned n)
{
	return &ims_hw_state(hw)->regs[SMMU_R_STALLS + 3 * n];
}

static unsigned limit(struct ims_hw *hw)
{
	uint32_t max = ims_hw_state(hw)->params[SMMU_P_STALL_MAX];

	return max < SMMU_STALLS ? max : SMMU_STALLS;
}

bool smmu_stalls(const struct ims_req *req, const struct ims_path *path, uint16_t code)
{
	unsigned event = SMMU_EVENT(code);

	if (event < SMMU_E_TRANSLATION || event > SMMU_E_PERMISSION || (code & SMMU_F_INPUT) ||
	    req->kind != IMS_REQ_UNTRANSLATED)
		return false;
	return path->options & (code & SMMU_F_S2 ? SMMU_O_S2 : SMMU_O_S1);
}

/* A record's words, of which a stall keeps the two that the others do not tell. */
static void keep(uint64_t *at, const struct ims_req *req, const uint64_t *record)
{
	at[0] = USED | (req->priv ? PRIV : 0) | (req->execute ? EXEC : 0);
	ims_field_put(at, ACCESS, req->access);
	ims_field_put(at, SID, req->src);
	if (req->ctx != IMS_CTX_NONE) {
		at[0] |= SSV;
		ims_field_put(at, SSID, req->ctx);
	}
	at[1] = req->addr;
	/* Event 7:0, IPA 51:12, and bits 44:33 of the second word above. */
	at[2] = (record[0] & 0xff) | (record[3] & IMS_BITS(51, 12)) |
		ims_bits_get(record[1], 44, 33) << 52;
}

static void record_of(const uint64_t *at, unsigned tag, uint64_t *record)
{
	record[0] = (at[2] & 0xff) | ims_field_get(at, SID) << 32;
	if (at[0] & SSV)
		record[0] |= IMS_BIT(11) | ims_field_get(at, SSID) << 12;
	record[1] = STALL | tag | ims_bits_get(at[2], 63, 52) << 33;
	record[2] = at[1];
	record[3] = at[2] & IMS_BITS(51, 12);
}

static void tell(struct ims_hw *hw, unsigned n)
{
	uint64_t record[4], *at = stall(hw, n);

	record_of(at, n, record);
	if (smmu_out_put(hw, &smmu_eventq, record, false) == SMMU_PUT)
		at[0] |= TOLD;
}

bool smmu_stall_add(struct ims_hw *hw, const struct ims_req *req, uint64_t *record)
{
	for (unsigned n = 0; n < limit(hw); n++) {
		uint64_t *at = stall(hw, n);

		if (at[0] & USED)
			continue;
		keep(at, req, record);
		tell(hw, n);
		ims_hw_stalled(hw, req, (uint16_t)n);
		return true;
	}
	return false;
}

/* Records that found no room wait with their transactions; that is no overflow. */
void smmu_stalls_tell(struct ims_hw *hw)
{
	for (unsigned n = 0; n < limit(hw); n++)
		if ((stall(hw, n)[0] & (USED | TOLD)) == USED)
			tell(hw, n);
}

void smmu_stalls_free(struct ims_hw *hw)
{
	for (unsigned n = 0; n < SMMU_STALLS; n++) {
		uint64_t *at = stall(hw, n);

		if (at[0] & USED)
			ims_hw_resumed(hw, (uint32_t)ims_field_get(at, SID), (uint16_t)n, false);
		at[0] = 0;
	}
}

static void retry(struct ims_hw *hw, const uint64_t *at)
{
	struct ims_req req = { .src = (uint32_t)ims_field_get(at, SID),
			       .ctx = at[0] & SSV ? (uint32_t)ims_field_get(at, SSID) :
						    IMS_CTX_NONE,
			       .addr = at[1],
			       .access = (uint8_t)ims_field_get(at, ACCESS),
			       .priv = at[0] & PRIV,
			       .execute = at[0] & EXEC };

	ims_hw_retry(hw, &req);
}

/* RESUME needs both ids; a tag that is not there, or whose record is not, is none. */
void smmu_act(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	bool one = smmu_rows[cmd->row].value[0] == 0x44;
	uint64_t was[3];

	for (unsigned n = 0; n < SMMU_STALLS; n++) {
		uint64_t *at = stall(hw, n);

		if (!(at[0] & USED) || ims_field_get(at, SID) != cmd->src ||
		    (one && (n != cmd->group || !(at[0] & TOLD))))
			continue;
		for (unsigned i = 0; i < 3; i++)
			was[i] = at[i];
		at[0] = 0;
		ims_hw_resumed(hw, cmd->src, (uint16_t)n, one && (cmd->response & 1));
		/* Ac: it arrives anew, and may stall anew. */
		if (one && (cmd->response & 1))
			retry(hw, was);
	}
}
