/* SPDX-License-Identifier: MIT */
/*
 * Software's side of the configuration structures: what a driver writes, in the
 * guest and in the host alike. It shares the field positions with the hardware
 * side, and no code.
 */
#include "vtd.h"

#define RID_PASID 0 /* IOMMU_NO_PASID of Linux */

static uint32_t cap(const struct ims_driver *d, enum vtd_param which)
{
	return d->params ? d->params[which] : vtd_params[which].value;
}

/* Section 9.4: DTE and PASIDE are reserved where the unit has no DT or PASID. */
void vtd_device_limits(const uint32_t *params, struct ims_dev_config *config)
{
	if (!params[VTD_P_DT])
		config->ats = false;
	if (!params[VTD_P_PRS])
		config->pri = false;
	if (!params[VTD_P_PASID])
		config->pasid_bits = 0;
	if (config->pasid_bits > params[VTD_P_PSS] + 1)
		config->pasid_bits = (uint8_t)(params[VTD_P_PSS] + 1);
}

/* Sections 3.6 and 3.7: a first stage always has 2M pages. */
uint8_t vtd_leaf_levels(const uint32_t *params, unsigned stage)
{
	if (stage == 1)
		return params[VTD_P_FS1GP] ? 1 << 2 | 1 << 3 : 1 << 2;
	return (uint8_t)((params[VTD_P_SSLPS] & 1) << 2 | (params[VTD_P_SSLPS] >> 1 & 1) << 3);
}

void vtd_setup(struct ims_driver *d)
{
	d->root = d->pages(d, 1) | (uint64_t)VTD_TTM_SCALABLE << 10;
}

/* The entry of a table of pointers with a present bit; makes the table it points to. */
static uint64_t table_of(struct ims_driver *d, uint64_t entry_at)
{
	uint64_t entry = d->read(d, entry_at), table;

	if (!(entry & 1)) {
		table = d->pages(d, 1);
		entry = table | 1;
		d->write(d, entry_at, entry);
	}
	return entry & VTD_ADDR;
}

static uint64_t context_at(struct ims_driver *d, uint32_t src)
{
	uint64_t root_at = (d->root & VTD_ADDR) + (src >> 8) * 16 + (src & 0x80 ? 8 : 0);

	return table_of(d, root_at) + (src & 0x7f) * 32;
}

void vtd_device_add(struct ims_driver *d, uint32_t src, const struct ims_dev_config *config)
{
	uint64_t at = context_at(d, src), entry[4] = { 0 };
	unsigned pdts = config->pasid_bits > 13 ? config->pasid_bits - 13u : 0;
	/* 2^(PDTS + 7) entries of 8 bytes. */
	uint64_t directory = d->pages(d, pdts > 2 ? 1u << (pdts - 2) : 1);

	ims_field_put(entry, VTD_SCE_PASIDDIRPTR, directory >> 12);
	ims_field_put(entry, VTD_SCE_PDTS, pdts);
	ims_field_put(entry, VTD_SCE_RID_PASID, RID_PASID);
	ims_field_put(entry, VTD_SCE_PASIDE, config->pasid_bits > 0);
	ims_field_put(entry, VTD_SCE_DTE, config->ats);
	ims_field_put(entry, VTD_SCE_PRE, config->ats && config->pri);
	ims_field_put(entry, VTD_SCE_P, 1);
	d->write(d, at + 8, entry[1]);
	d->write(d, at, entry[0]);
}

static uint64_t pasid_at(struct ims_driver *d, uint32_t src, uint32_t pasid)
{
	uint64_t directory = d->read(d, context_at(d, src)) & VTD_ADDR;

	return table_of(d, directory + (uint64_t)(pasid >> 6) * 8) + (uint64_t)(pasid & 63) * 64;
}

/* As pasid_pte_config_nested() and pasid_pte_config_first_level() of Linux: P last. */
void vtd_ctx_set(struct ims_driver *d, uint32_t src, uint32_t ctx,
		 const struct ims_ctx_config *config)
{
	static const uint64_t pgtt[] = { VTD_PGTT_PT, VTD_PGTT_FS, VTD_PGTT_SS, VTD_PGTT_NESTED };
	uint64_t at = pasid_at(d, src, ctx == IMS_CTX_NONE ? RID_PASID : ctx), e[8] = { 0 };

	ims_field_put(e, VTD_SPE_PGTT, pgtt[config->stages]);
	ims_field_put(e, VTD_SPE_AW, config->s2_top ? config->s2_top - 2u : 2);
	ims_field_put(e, VTD_SPE_SSPTPTR,
		      config->stages & IMS_STAGES_2 ? config->s2_root >> 12 : 0);
	ims_field_put(e, VTD_SPE_SSADE, config->s2_dirty);
	ims_field_put(e, VTD_SPE_DID, config->dom);
	ims_field_put(e, VTD_SPE_PWSNP, cap(d, VTD_P_SMPWC));
	ims_field_put(e, VTD_SPE_FSPM, config->s1_top > 4);
	ims_field_put(e, VTD_SPE_FSPTPTR,
		      config->stages & IMS_STAGES_1 ? config->s1_root >> 12 : 0);
	d->write(d, at + 16, e[2]);
	d->write(d, at + 8, e[1]);
	d->write(d, at, e[0] | 1);
}

/* As intel_pasid_tear_down_entry(): only P is cleared before the flush. */
void vtd_ctx_clear(struct ims_driver *d, uint32_t src, uint32_t ctx)
{
	uint64_t at = pasid_at(d, src, ctx == IMS_CTX_NONE ? RID_PASID : ctx);

	d->write(d, at, d->read(d, at) & ~UINT64_C(1));
}

/* Nothing is read of an entry without P but FPD: what else it says goes when nothing holds it. */
void vtd_ctx_wipe(struct ims_driver *d, uint32_t src, uint32_t ctx)
{
	uint64_t at = pasid_at(d, src, ctx == IMS_CTX_NONE ? RID_PASID : ctx);

	for (unsigned i = 0; i < 8; i++)
		if (d->read(d, at + i * 8))
			d->write(d, at + i * 8, 0);
}

/* As intel_pasid_setup_dirty_tracking(): one field, in one word. */
bool vtd_ctx_dirty(struct ims_driver *d, uint32_t src, uint32_t ctx, bool on)
{
	uint64_t at = pasid_at(d, src, ctx == IMS_CTX_NONE ? RID_PASID : ctx);
	uint64_t e = d->read(d, at);

	if (!cap(d, VTD_P_SSADS))
		return false;
	ims_field_put(&e, VTD_SPE_SSADE, on);
	d->write(d, at, e);
	return true;
}

/* As intel_context_flush_no_pasid() wants it: the entry goes before anything is flushed. */
void vtd_device_clear(struct ims_driver *d, uint32_t src)
{
	uint64_t at = context_at(d, src);

	d->write(d, at, d->read(d, at) & ~UINT64_C(1));
}
