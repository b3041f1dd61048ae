/* SPDX-License-Identifier: MIT */
/*
 * Nesting: what a host reads of a guest's STE and CDs, and the STE that it makes of it
 * (sheet, section 8.5; Linux arm-smmu-v3-iommufd.c). The table of CDs stays the guest's.
 */
#include "smmuv3.h"

/* What of an STE is the guest's: arm_vsmmu_make_nested_domain(). */
#define STE0_OF_GUEST (IMS_BITS(63, 59) | SMMU_ADDR(6) | IMS_BITS(5, 0))
#define STE1_OF_GUEST (IMS_BITS(29, 27) | IMS_BITS(7, 0))

void smmu_guest_entry(struct ims_driver *d, uint32_t src, struct ims_guest_entry *ret)
{
	uint64_t ste[SMMU_ENTRY_WORDS];
	uint64_t config;

	*ret = (struct ims_guest_entry){ .as = IMS_GUEST_BLOCKED };
	if (!smmu_ste_read(d, src, ste) || !ims_field_get(ste, SMMU_STE_V))
		return;
	config = ims_field_get(ste, SMMU_STE_CONFIG);
	if (config == SMMU_CONFIG_PASS)
		ret->as = IMS_GUEST_PARENT;
	/* A guest has no second stage of its own. */
	if (config != (SMMU_CONFIG_PASS | SMMU_CONFIG_S1))
		return;
	ret->as = IMS_GUEST_NESTED;
	ret->root = ims_field_get(ste, SMMU_STE_S1CTXPTR) << 6;
	ret->words[0] = ste[0] & STE0_OF_GUEST;
	ret->words[1] = ste[1] & STE1_OF_GUEST;
}

/* CDs of one table, and of how many tables, as log2. */
static unsigned cds_lg2(const struct ims_guest_entry *e, unsigned *ret_tables_lg2)
{
	unsigned max = (unsigned)ims_field_get(e->words, SMMU_STE_S1CDMAX);
	uint64_t fmt = max ? ims_field_get(e->words, SMMU_STE_S1FMT) : 0;
	unsigned lg2 = fmt == 1 ? 6 : fmt == 2 ? 10 : max;

	*ret_tables_lg2 = max > lg2 ? max - lg2 : 0;
	return lg2;
}

static bool two_levels(const struct ims_guest_entry *e)
{
	uint64_t fmt = ims_field_get(e->words, SMMU_STE_S1FMT);

	return ims_field_get(e->words, SMMU_STE_S1CDMAX) && (fmt == 1 || fmt == 2);
}

/* Where table @number of CDs stands, guest-physical; false: there is none. */
static bool table_at(struct ims_driver *d, const struct ims_guest_entry *e, uint32_t number,
		     uint64_t *ret_at)
{
	uint64_t l1;

	*ret_at = e->root;
	if (!two_levels(e))
		return true;
	l1 = d->read(d, e->root + (uint64_t)number * 8);
	*ret_at = l1 & SMMU_ADDR(12);
	return l1 & 1;
}

bool smmu_guest_ctx(struct ims_driver *d, const struct ims_guest_entry *e, uint32_t *ctx)
{
	unsigned tables_lg2, lg2 = cds_lg2(e, &tables_lg2);
	uint64_t end = UINT64_C(1) << (lg2 + tables_lg2), at;

	for (uint64_t ssid = *ctx; ssid < end; ssid++) {
		uint64_t inside = ssid & ((UINT64_C(1) << lg2) - 1);

		if (!table_at(d, e, (uint32_t)(ssid >> lg2), &at)) {
			ssid |= (UINT64_C(1) << lg2) - 1;
		} else if (d->read(d, at + inside * 64) & IMS_BIT(31)) {
			*ctx = (uint32_t)ssid;
			return true;
		}
	}
	return false;
}

static bool overlaps(uint64_t at, uint64_t bytes, uint64_t first, uint64_t last)
{
	return at <= last && first <= at + bytes - 1;
}

bool smmu_guest_dir(struct ims_driver *d, const struct ims_guest_entry *e, uint64_t first,
		    uint64_t last)
{
	unsigned tables_lg2, lg2 = cds_lg2(e, &tables_lg2);
	uint64_t at;

	if (two_levels(e) && overlaps(e->root, UINT64_C(8) << tables_lg2, first, last))
		return true;
	for (uint32_t i = 0; i < 1u << tables_lg2; i++)
		if (table_at(d, e, i, &at) && overlaps(at, UINT64_C(64) << lg2, first, last))
			return true;
	return false;
}

/* As arm_smmu_make_s2_domain_ste() of Linux: 40 bits, three levels of 4 KiB under two roots. */
static void put_s2(const struct ims_driver *d, const struct ims_ctx_config *config, uint64_t *ste)
{
	const uint32_t *p = d->params;

	ims_field_put(ste, SMMU_STE_S2VMID, config->dom);
	ims_field_put(ste, SMMU_STE_S2T0SZ, 24);
	ims_field_put(ste, SMMU_STE_S2SL0, 1);
	ims_field_put(ste, SMMU_STE_S2IR0, 1);
	ims_field_put(ste, SMMU_STE_S2OR0, 1);
	ims_field_put(ste, SMMU_STE_S2SH0, 3);
	ims_field_put(ste, SMMU_STE_S2TG, SMMU_4K);
	ims_field_put(ste, SMMU_STE_S2PS, p[SMMU_P_OAS]);
	ims_field_put(ste, SMMU_STE_S2AA64, 1);
	ims_field_put(ste, SMMU_STE_S2PTW, 1);
	ims_field_put(ste, SMMU_STE_S2S,
		      p[SMMU_P_STALL_MODEL] == 2 || ims_field_get(ste, SMMU_STE_SW_STALL));
	ims_field_put(ste, SMMU_STE_S2R, 1);
	ims_field_put(ste, SMMU_STE_S2HA, config->s2_dirty);
	ims_field_put(ste, SMMU_STE_S2HD, config->s2_dirty);
	ims_field_put(ste, SMMU_STE_S2TTB, config->s2_root >> 4);
}

/*
 * The parent's second stage and VMID; of the guest the table of CDs. What a guest does
 * not ask for (EATS) the device does not get; where it has no stage 1 it keeps ATS.
 */
void smmu_nest(struct ims_driver *d, uint32_t src, const struct ims_guest_entry *e,
	       const struct ims_ctx_config *config)
{
	uint64_t old[SMMU_ENTRY_WORDS], ste[SMMU_ENTRY_WORDS] = { 0 };
	/* SW_RESERVED keeps what the device has, whatever its guest makes of it. */
	static const struct ims_field has_ats = IMS_FIELD(64 + 20, 64 + 20);
	bool ats;

	smmu_ste_read(d, src, old);
	ats = ims_field_get(old, has_ats) ||
	      (!(old[0] & IMS_BIT(3)) && ims_field_get(old, SMMU_STE_EATS));
	ims_field_put(ste, SMMU_STE_V, 1);
	ims_field_put(ste, has_ats, ats);
	ims_field_put(ste, SMMU_STE_SW_STALL, ims_field_get(old, SMMU_STE_SW_STALL));
	if (e->as != IMS_GUEST_BLOCKED) {
		ims_field_put(ste, SMMU_STE_CONFIG, SMMU_CONFIG_PASS | SMMU_CONFIG_S2);
		ims_field_put(ste, SMMU_STE_SHCFG, 1);
		put_s2(d, config, ste);
	}
	if (e->as == IMS_GUEST_NESTED) {
		/* Split stage is not for guests: Linux refuses it. */
		uint64_t eats = ats && ims_field_get(e->words, SMMU_STE_EATS) == 1;

		ste[0] |= e->words[0];
		ste[1] |= e->words[1];
		ims_field_put(ste, SMMU_STE_CONFIG,
			      SMMU_CONFIG_PASS | SMMU_CONFIG_S2 | SMMU_CONFIG_S1);
		ims_field_put(ste, SMMU_STE_EATS, eats);
		ims_field_put(ste, SMMU_STE_MEV, 1);
	} else {
		ims_field_put(ste, SMMU_STE_EATS, ats);
	}
	smmu_ste_write(d, src, ste);
}

/* As arm_smmu_set_dirty_tracking() would: both bits are of one word. */
bool smmu_ctx_dirty(struct ims_driver *d, uint32_t src, uint32_t ctx, bool on)
{
	uint64_t ste[SMMU_ENTRY_WORDS];

	(void)ctx;
	if (d->params[SMMU_P_HTTU] < 2 || !smmu_ste_read(d, src, ste))
		return false;
	ims_field_put(ste, SMMU_STE_S2HA, on);
	ims_field_put(ste, SMMU_STE_S2HD, on);
	smmu_ste_write(d, src, ste);
	return true;
}
