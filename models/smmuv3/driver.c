/* SPDX-License-Identifier: MIT */
/*
 * Software's side of the stream table and the tables of CDs: what a driver writes, in
 * the guest and in the host alike, and in which steps, so that hardware that reads the
 * words of a structure in any order never sees one that nobody meant (sheet, sections
 * 8.1 and 16.8). It shares the field positions with the hardware side, and no code.
 */
#include "smmuv3.h"

enum { PAGE_LG2 = 12, SPLIT = 8, LOG2SIZE = 16, L2_CDS_LG2 = 10 };

static uint32_t cap(const struct ims_driver *d, enum smmu_param which)
{
	return d->params ? d->params[which] : smmu_params[which].value;
}

/* As arm_smmu_probe_device() of Linux: no more than the unit has. */
void smmu_device_limits(const uint32_t *params, struct ims_dev_config *config)
{
	if (!params[SMMU_P_ATS])
		config->ats = false;
	if (!params[SMMU_P_PRI])
		config->pri = false;
	if (params[SMMU_P_STALL_MODEL] == 1)
		config->stall = false;
	if (config->pasid_bits > params[SMMU_P_SSIDSIZE])
		config->pasid_bits = (uint8_t)params[SMMU_P_SSIDSIZE];
	/* CDs in one table: no more than fit into 64 KiB. */
	if (!params[SMMU_P_CD2L] && config->pasid_bits > L2_CDS_LG2)
		config->pasid_bits = L2_CDS_LG2;
}

/* 4 KiB granule: blocks of 2 MiB and 1 GiB (VMSA D8.3). */
uint8_t smmu_leaf_levels(const uint32_t *params, unsigned stage)
{
	(void)params;
	(void)stage;
	return 1 << 2 | 1 << 3;
}

static unsigned pages_of(uint64_t bytes)
{
	return (unsigned)((bytes + 0xfff) >> PAGE_LG2);
}

/* ---- writing what hardware may be reading ---- */

/*
 * Writes an entry of eight words; @live: the bits of its first word without which
 * hardware goes by nothing else in it. @change is what the entry is to the rules; what is
 * owed for the last step is left to the caller.
 */
static void entry_write(struct ims_driver *d, uint64_t at, const uint64_t *entry, uint64_t live,
			enum ims_change change, uint32_t src, uint32_t ctx)
{
	uint64_t old[SMMU_ENTRY_WORDS], first;
	unsigned differ = 0, rest = 0;

	for (unsigned i = 0; i < SMMU_ENTRY_WORDS; i++) {
		old[i] = d->read(d, at + i * 8);
		differ += old[i] != entry[i];
		rest += i && old[i] != entry[i];
	}
	/* One word at a time may change under the hardware's eyes. */
	if (differ == 1 && !rest) {
		d->write(d, at, entry[0]);
		return;
	}
	if (differ > 1 && (old[0] & live) == live) {
		d->write(d, at, old[0] & ~live);
		old[0] &= ~live;
		if (d->changed)
			d->changed(d, change, src, ctx);
	}
	for (unsigned i = 1; i < SMMU_ENTRY_WORDS; i++)
		if (old[i] != entry[i])
			d->write(d, at + i * 8, entry[i]);
	if (differ == 1)
		return;
	first = (entry[0] & ~live) | (old[0] & live);
	if (first != old[0])
		d->write(d, at, first);
	if (first == entry[0])
		return;
	if (rest && d->changed)
		d->changed(d, change, src, ctx);
	d->write(d, at, entry[0]);
}

/* ---- the stream table ---- */

/* Where the STE stands; @make: its part of the table is made where there is none. 0: there is none. */
static uint64_t ste_at(struct ims_driver *d, uint32_t src, bool make)
{
	uint64_t at = d->root + (uint64_t)(src >> SPLIT) * 8, l1;

	if (!cap(d, SMMU_P_ST_LEVEL))
		return d->root + (uint64_t)src * 64;
	l1 = d->read(d, at);
	if (!l1 && !make)
		return 0;
	if (!l1) {
		l1 = d->pages(d, pages_of(UINT64_C(64) << SPLIT)) | (SPLIT + 1);
		d->write(d, at, l1);
		if (d->changed)
			d->changed(d, IMS_CHANGE_ROOT, src, IMS_CTX_NONE);
	}
	return (l1 & SMMU_ADDR(6)) + (uint64_t)(src & ((1u << SPLIT) - 1)) * 64;
}

bool smmu_ste_read(struct ims_driver *d, uint32_t src, uint64_t *ste)
{
	uint64_t at = ste_at(d, src, false);

	for (unsigned i = 0; i < SMMU_ENTRY_WORDS; i++)
		ste[i] = at ? d->read(d, at + i * 8) : 0;
	return at;
}

/* Of an entry that aborts (V=1, Config 0xx) hardware goes by nothing else either. */
void smmu_ste_write(struct ims_driver *d, uint32_t src, const uint64_t *ste)
{
	uint64_t at = ste_at(d, src, true), old = d->read(d, at);
	uint64_t pass = IMS_BIT(0) | IMS_BIT(3);

	/* To abort is to change one field of one word. */
	if ((old & pass) == pass && (ste[0] & IMS_BIT(0)) && !(ste[0] & IMS_BIT(3)))
		d->write(d, at, (old & ~IMS_BITS(3, 1)) | (ste[0] & IMS_BITS(3, 1)));
	else
		entry_write(d, at, ste, (old & pass) == pass ? IMS_BIT(0) : IMS_BITS(3, 0),
			    IMS_CHANGE_DEV_FIELD, src, IMS_CTX_NONE);
}

void smmu_setup(struct ims_driver *d)
{
	unsigned sids = cap(d, SMMU_P_SIDSIZE) < LOG2SIZE ? cap(d, SMMU_P_SIDSIZE) : LOG2SIZE;

	if (cap(d, SMMU_P_ST_LEVEL))
		d->root = d->pages(d, sids > SPLIT ? pages_of(UINT64_C(8) << (sids - SPLIT)) : 1);
	else
		d->root = d->pages(d, pages_of(UINT64_C(64) << sids));
}

/*
 * As arm_smmu_init_initial_stes() of Linux: what is not attached aborts. The table of CDs
 * is the device's from now on; hardware ignores where it stands until there is a stage 1.
 */
void smmu_device_add(struct ims_driver *d, uint32_t src, const struct ims_dev_config *config)
{
	uint64_t ste[SMMU_ENTRY_WORDS] = { 0 };
	bool two_levels = config->pasid_bits > L2_CDS_LG2;
	uint64_t bytes = two_levels ? UINT64_C(8) << (config->pasid_bits - L2_CDS_LG2) :
				      UINT64_C(64) << config->pasid_bits;

	ims_field_put(ste, SMMU_STE_V, 1);
	ims_field_put(ste, SMMU_STE_S1CTXPTR, d->pages(d, pages_of(bytes)) >> 6);
	ims_field_put(ste, SMMU_STE_S1FMT, two_levels ? 2 : 0);
	ims_field_put(ste, SMMU_STE_S1CDMAX, config->pasid_bits);
	ims_field_put(ste, SMMU_STE_S1CIR, 1);
	ims_field_put(ste, SMMU_STE_S1COR, 1);
	ims_field_put(ste, SMMU_STE_S1CSH, 3);
	/* With STALL_MODEL 0 and no need of it: arm_smmu_make_cdtable_ste(). */
	ims_field_put(ste, SMMU_STE_S1STALLD, !cap(d, SMMU_P_STALL_MODEL) && !config->stall);
	/* Of use to a host, which nests a guest's tables behind what the device may do. */
	ims_field_put(ste, SMMU_STE_SW_STALL, config->stall);
	ims_field_put(ste, SMMU_STE_EATS, config->ats);
	ims_field_put(ste, SMMU_STE_MEV, 1);
	ims_field_put(ste, SMMU_STE_SHCFG, 1);
	smmu_ste_write(d, src, ste);
}

void smmu_device_clear(struct ims_driver *d, uint32_t src)
{
	const uint64_t ste[SMMU_ENTRY_WORDS] = { 1 };

	smmu_ste_write(d, src, ste);
}

/* ---- CDs ---- */

/* Where the CD of @ssid stands; @make: the table it is in is made. 0: there is none. */
static uint64_t cd_at(struct ims_driver *d, uint32_t src, const uint64_t *ste, uint32_t ssid,
		      bool make)
{
	uint64_t table = ims_field_get(ste, SMMU_STE_S1CTXPTR) << 6, at, l1;

	if (ims_field_get(ste, SMMU_STE_S1FMT) != 2)
		return table + (uint64_t)ssid * 64;
	at = table + (uint64_t)(ssid >> L2_CDS_LG2) * 8;
	l1 = d->read(d, at);
	if (!(l1 & 1) && !make)
		return 0;
	if (!(l1 & 1)) {
		l1 = d->pages(d, pages_of(UINT64_C(64) << L2_CDS_LG2)) | 1;
		d->write(d, at, l1);
		if (d->changed)
			d->changed(d, IMS_CHANGE_DIR, src, ssid);
	}
	return (l1 & SMMU_ADDR(12)) + (uint64_t)(ssid & ((1u << L2_CDS_LG2) - 1)) * 64;
}

static void cd_write(struct ims_driver *d, uint32_t src, uint32_t ssid, uint64_t at,
		     const uint64_t *cd)
{
	entry_write(d, at, cd, IMS_BIT(31), IMS_CHANGE_CTX_FIELD, src, ssid);
	if (d->changed)
		d->changed(d, IMS_CHANGE_CTX_FIELD, src, ssid);
}

/* As arm_smmu_make_s1_cd() of Linux: TTB0 alone, 48 bits, 4 KiB granule. */
static void make_cd(const struct ims_driver *d, const uint64_t *ste,
		    const struct ims_ctx_config *config, uint64_t *cd)
{
	ims_field_put(cd, SMMU_CD_T0SZ, 16);
	ims_field_put(cd, SMMU_CD_TG0, SMMU_4K);
	cd[0] |= UINT64_C(1) << 8 | UINT64_C(1) << 10 | UINT64_C(3) << 12; /* IR0, OR0, SH0 */
	ims_field_put(cd, SMMU_CD_EPD1, 1);
	ims_field_put(cd, SMMU_CD_V, 1);
	ims_field_put(cd, SMMU_CD_IPS, cap(d, SMMU_P_OAS));
	ims_field_put(cd, SMMU_CD_AA64, 1);
	/* master->stall_enabled of Linux: such a device was not denied stalls when it came. */
	ims_field_put(cd, SMMU_CD_S,
		      cap(d, SMMU_P_STALL_MODEL) != 1 && !ims_field_get(ste, SMMU_STE_S1STALLD));
	ims_field_put(cd, SMMU_CD_R, 1);
	ims_field_put(cd, SMMU_CD_A, 1);
	ims_field_put(cd, SMMU_CD_ASET, 1);
	ims_field_put(cd, SMMU_CD_ASID, config->tag_ctx);
	ims_field_put(cd, SMMU_CD_TTB0, config->s1_root >> 4);
	/* Index 1, which tables are built with: write-back memory; 0: not cacheable; 2: Device. */
	cd[3] = 0x04ff44;
}

/* As arm_smmu_attach_dev() and arm_smmu_set_pasid(): the CD, then the STE that leads to it. */
void smmu_ctx_set(struct ims_driver *d, uint32_t src, uint32_t ctx,
		  const struct ims_ctx_config *config)
{
	uint32_t ssid = ctx == IMS_CTX_NONE ? 0 : ctx;
	uint64_t ste[SMMU_ENTRY_WORDS], cd[SMMU_ENTRY_WORDS] = { 0 };
	bool on;

	smmu_ste_read(d, src, ste);
	make_cd(d, ste, config, cd);
	cd_write(d, src, ssid, cd_at(d, src, ste, ssid, true), cd);
	on = ims_field_get(ste, SMMU_STE_CONFIG) & SMMU_CONFIG_PASS;
	/* Requests without PASID use CD 0 once something is attached for them. */
	if (on && ctx != IMS_CTX_NONE)
		return;
	ims_field_put(ste, SMMU_STE_CONFIG, SMMU_CONFIG_PASS | SMMU_CONFIG_S1);
	ims_field_put(ste, SMMU_STE_S1DSS, ctx == IMS_CTX_NONE ? 2 : 0);
	smmu_ste_write(d, src, ste);
	if (d->changed)
		d->changed(d, IMS_CHANGE_DEV_FIELD, src, IMS_CTX_NONE);
}

/* Is anything attached by PASID. */
static bool any_pasid(struct ims_driver *d, uint32_t src, const uint64_t *ste)
{
	uint64_t max = ims_field_get(ste, SMMU_STE_S1CDMAX);

	for (uint32_t ssid = 1; ssid < UINT64_C(1) << max; ssid++) {
		uint64_t at = cd_at(d, src, ste, ssid, false);

		if (!at)
			ssid |= (1u << L2_CDS_LG2) - 1;
		else if (d->read(d, at) & IMS_BIT(31))
			return true;
	}
	return false;
}

/* As arm_smmu_attach_dev_blocked() and arm_smmu_clear_cd(): first no way leads there, then the CD goes. */
void smmu_ctx_clear(struct ims_driver *d, uint32_t src, uint32_t ctx)
{
	static const uint64_t none[SMMU_ENTRY_WORDS];
	bool untagged = ctx == IMS_CTX_NONE, others;
	uint32_t ssid = untagged ? 0 : ctx;
	uint64_t ste[SMMU_ENTRY_WORDS], at;

	smmu_ste_read(d, src, ste);
	at = cd_at(d, src, ste, ssid, true);
	if (!untagged)
		cd_write(d, src, ssid, at, none);
	others = any_pasid(d, src, ste) || (!untagged && ims_field_get(ste, SMMU_STE_S1DSS) == 2);
	if (!others)
		ims_field_put(ste, SMMU_STE_CONFIG, 0);
	else if (untagged)
		ims_field_put(ste, SMMU_STE_S1DSS, 0);
	if (untagged || !others) {
		smmu_ste_write(d, src, ste);
		if (d->changed)
			d->changed(d, IMS_CHANGE_DEV_FIELD, src, IMS_CTX_NONE);
	}
	if (untagged)
		cd_write(d, src, ssid, at, none);
}
