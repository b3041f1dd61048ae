/* SPDX-License-Identifier: MIT */
/* The page-request queue as software uses it (Linux prq.c; section 7.4, sheet 9.5). */
#include "regs.h"

static void read_page(const uint64_t *words, struct ims_told *ret)
{
	bool with_pasid = words[0] & IMS_BIT(8);

	ret->kind = IMS_TOLD_PAGE;
	ret->src = (uint32_t)ims_bits_get(words[0], 31, 16);
	ret->ctx = with_pasid ? (uint32_t)ims_bits_get(words[0], 51, 32) : IMS_CTX_NONE;
	ret->execute = with_pasid && (words[0] & IMS_BIT(52));
	ret->priv = with_pasid && (words[0] & IMS_BIT(53));
	ret->read = words[1] & IMS_BIT(0);
	ret->write = words[1] & IMS_BIT(1);
	ret->last = words[1] & IMS_BIT(2);
	ret->group = (uint32_t)ims_bits_get(words[1], 11, 3);
	ret->addr = words[1] & IMS_BITS(63, 12);
}

/* Both bits are cleared by a one; what was read is no pending request any more. */
static const struct ims_reg_step served[] = { { .reg = "PRS", .clear = VTD_PRO } };
static const struct ims_reg_step again[] = { { .reg = "PRS" } };

const struct ims_told_queue vtd_told[VTD_TOLD] = {
	{ .name = "PRQ",
	  .text = "page requests",
	  .base = "PQA",
	  .head = "PQH",
	  .tail = "PQT",
	  .entry_lg2 = 5,
	  .index_lo = 5,
	  .lg2 = 7,
	  .size_less = 7,
	  .with = 1 + VTD_P_PRS,
	  .served = served,
	  .served_count = 1,
	  .again = again,
	  .again_count = 1,
	  .overflow = "PRS",
	  .overflow_bit = VTD_PRO,
	  .read = read_page,
	  .source =
		  "VT-d 5.10 sections 7.4.1, 11.4.11; Linux intel_enable_prq(), prq_event_thread()" },
};
