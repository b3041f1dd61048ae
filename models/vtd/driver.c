/* SPDX-License-Identifier: MIT */
/*
 * Software's side of the configuration structures: what a driver writes, in the
 * guest and in the host alike. It shares the field positions with the hardware
 * side, and no code.
 */
#include "vtd.h"

#define RID_PASID 0 /* IOMMU_NO_PASID of Linux */

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
	ims_field_put(e, VTD_SPE_AW, 2);
	ims_field_put(e, VTD_SPE_SSPTPTR,
		      config->stages & IMS_STAGES_2 ? config->s2_root >> 12 : 0);
	ims_field_put(e, VTD_SPE_DID, config->dom);
	ims_field_put(e, VTD_SPE_PWSNP, 1);
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
