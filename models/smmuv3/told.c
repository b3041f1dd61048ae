/* SPDX-License-Identifier: MIT */
/*
 * The Event and the PRI queue as software uses them (Linux arm_smmu_evtq_thread(),
 * arm_smmu_priq_thread(); the sheet's 5.2, 8.5 and 15.1), and what a guest hears of them.
 */
#include "smmuv3.h"

#define STALL IMS_BIT(31) /* of a record's second word */
#define S2    IMS_BIT(39)
#define SSV   IMS_BIT(11)

/* arm_smmu_handle_event(): what stalls is a fault of the device that software may mend. */
static void read_event(const uint64_t *words, struct ims_told *ret)
{
	ret->kind = words[1] & STALL ? IMS_TOLD_STALL : IMS_TOLD_FAULT;
	ret->src = (uint32_t)(words[0] >> 32);
	ret->ctx = words[0] & SSV ? (uint32_t)ims_bits_get(words[0], 31, 12) : IMS_CTX_NONE;
	ret->group = (uint32_t)ims_bits_get(words[1], 15, 0);
	ret->last = true;
	ret->read = words[1] & IMS_BIT(35);
	ret->write = !ret->read;
	ret->execute = words[1] & IMS_BIT(34);
	ret->priv = words[1] & IMS_BIT(33);
	ret->addr = words[2];
}

static void read_page(const uint64_t *words, struct ims_told *ret)
{
	ret->kind = IMS_TOLD_PAGE;
	ret->src = (uint32_t)ims_bits_get(words[0], 31, 0);
	ret->ctx = words[0] & IMS_BIT(63) ? (uint32_t)ims_bits_get(words[0], 51, 32) : IMS_CTX_NONE;
	ret->priv = words[0] & IMS_BIT(58);
	ret->execute = words[0] & IMS_BIT(59);
	ret->read = words[0] & IMS_BIT(60);
	ret->write = words[0] & IMS_BIT(61);
	ret->last = words[0] & IMS_BIT(62);
	ret->group = (uint32_t)ims_bits_get(words[1], 8, 0);
	ret->addr = words[1] & ~UINT64_C(0xfff);
}

static const struct ims_reg_step event_on[] = { { .reg = "CR0", .set = SMMU_CR0_EVENTQEN } };
static const struct ims_reg_step page_on[] = { { .reg = "CR0", .set = SMMU_CR0_PRIQEN } };
/* OVACKFLG as OVFLG is; all records up to PROD are read. */
static const struct ims_reg_step event_again[] = { { .reg = "EVENTQ_CONS",
						     .from = "EVENTQ_PROD" } };
static const struct ims_reg_step page_again[] = { { .reg = "PRIQ_CONS", .from = "PRIQ_PROD" } };

const struct ims_told_queue smmu_told[SMMU_TOLD] = {
	{ .name = "EVENTQ",
	  .text = "faults, and transactions that stall",
	  .base = "EVENTQ_BASE",
	  .head = "EVENTQ_CONS",
	  .tail = "EVENTQ_PROD",
	  .entry_lg2 = 5,
	  .wraps = true,
	  .lg2 = 7,
	  .at_most = 1 + SMMU_P_EVENTQS,
	  .on = event_on,
	  .on_count = 1,
	  .again = event_again,
	  .again_count = 1,
	  .overflow = "EVENTQ_PROD",
	  .acknowledged = "EVENTQ_CONS",
	  .overflow_bit = IMS_BIT(31),
	  .read = read_event,
	  .source = "IHI 0070 sections 6.3.26 to 6.3.32, 7.2; Linux arm_smmu_device_reset()" },
	{ .name = "PRIQ",
	  .text = "page requests",
	  .base = "PRIQ_BASE",
	  .head = "PRIQ_CONS",
	  .tail = "PRIQ_PROD",
	  .entry_lg2 = 4,
	  .wraps = true,
	  .lg2 = 7,
	  .at_most = 1 + SMMU_P_PRIQS,
	  .with = 1 + SMMU_P_PRI,
	  .on = page_on,
	  .on_count = 1,
	  .again = page_again,
	  .again_count = 1,
	  .overflow = "PRIQ_PROD",
	  .acknowledged = "PRIQ_CONS",
	  .overflow_bit = IMS_BIT(31),
	  .read = read_page,
	  .source = "IHI 0070 sections 6.3.33 to 6.3.39, 8.1; Linux arm_smmu_device_reset()" },
};

/* ---- what a guest hears ---- */

void smmu_guest_told(struct ims_hw *hw, const uint64_t *words)
{
	smmu_event_put(hw, words, false);
}

/* arm_smmu_handle_event(), arm_vmaster_report_event(): the sheet's 8.5. */
bool smmu_vevent(const uint64_t *record, uint32_t virt_id, uint64_t *ret_record)
{
	static const uint8_t told[] = {
		SMMU_E_BAD_STE, SMMU_E_STREAM_DISABLED, SMMU_E_BAD_SUBSTREAMID,
		SMMU_E_BAD_CD,	SMMU_E_TRANSLATION,	SMMU_E_ADDR_SIZE,
		SMMU_E_ACCESS,	SMMU_E_PERMISSION,
	};
	unsigned i = 0;

	while (i < sizeof(told) && told[i] != (record[0] & 0xff))
		i++;
	if (i == sizeof(told) || (record[1] & (STALL | S2)))
		return false;
	for (unsigned k = 0; k < 4; k++)
		ret_record[k] = record[k];
	ret_record[0] = (record[0] & UINT32_MAX) | (uint64_t)virt_id << 32;
	return true;
}
