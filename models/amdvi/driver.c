/* SPDX-License-Identifier: MIT */
/*
 * Software's side of the configuration structures: what a driver writes, in the guest
 * and in the host alike. It shares the field positions with the hardware side, and no
 * code.
 */
#include "amdvi.h"

/* 64K entries of 32 bytes: the largest table, so that every DeviceID has one. */
enum { TABLE_PAGES = 512, GCR3_INDEX = 9 };

static uint32_t cap(const struct ims_driver *d, enum amdvi_param which)
{
	return d->params ? d->params[which] : amdvi_params[which].value;
}

/* As pdev_enable_caps() of Linux: what the unit has none of is not switched on. */
void amdvi_device_limits(const uint32_t *params, struct ims_dev_config *config)
{
	unsigned widest = 9 * (params[AMDVI_P_GLX_SUP] + 1);

	if (!params[AMDVI_P_IOTLB_SUP])
		config->ats = false;
	if (!params[AMDVI_P_PPR_SUP])
		config->pri = false;
	if (!params[AMDVI_P_GT_SUP])
		config->pasid_bits = 0;
	if (config->pasid_bits > params[AMDVI_P_PAS_MAX] + 1)
		config->pasid_bits = (uint8_t)(params[AMDVI_P_PAS_MAX] + 1);
	if (config->pasid_bits > widest)
		config->pasid_bits = (uint8_t)widest;
}

/* Guest tables have 2 MiB and 1 GiB; host tables every level's, but for the broken 512 GiB. */
uint8_t amdvi_leaf_levels(const uint32_t *params, unsigned stage)
{
	if (stage == 1)
		return 1 << 2 | 1 << 3;
	return (uint8_t)(IMS_BITS(5, 1) & ~(params[AMDVI_Q_LEAF_512G] ? IMS_BIT(4) : 0));
}

void amdvi_setup(struct ims_driver *d)
{
	d->root = d->pages(d, TABLE_PAGES) | (TABLE_PAGES - 1);
}

static uint64_t dte_at(const struct ims_driver *d, uint32_t src)
{
	return (d->root & AMDVI_ADDR) + (uint64_t)src * 32;
}

static void dte_read(struct ims_driver *d, uint32_t src, uint64_t *dte)
{
	for (unsigned i = 0; i < AMDVI_DTE_WORDS; i++)
		dte[i] = d->read(d, dte_at(d, src) + i * 8);
}

/*
 * As update_dte256() of Linux: the word with V and GV is written last where it switches
 * something on, first where it switches it off.
 */
static void dte_write(struct ims_driver *d, uint32_t src, const uint64_t *dte)
{
	uint64_t old[AMDVI_DTE_WORDS], live = IMS_BIT(0) | IMS_BIT(1) | IMS_BIT(55);
	bool off;

	dte_read(d, src, old);
	off = old[0] & ~dte[0] & live;
	if (off)
		d->write(d, dte_at(d, src), dte[0]);
	for (unsigned i = AMDVI_DTE_WORDS; i-- > 1;)
		if (old[i] != dte[i])
			d->write(d, dte_at(d, src) + i * 8, dte[i]);
	if (!off && old[0] != dte[0])
		d->write(d, dte_at(d, src), dte[0]);
}

static unsigned levels_of(unsigned pasid_bits)
{
	return pasid_bits <= 9 ? 1 : pasid_bits <= 18 ? 2 : 3;
}

/* Nothing is let through until something is attached: V=1, TV=0 is not pass-through. */
void amdvi_device_add(struct ims_driver *d, uint32_t src, const struct ims_dev_config *config)
{
	uint64_t dte[AMDVI_DTE_WORDS] = { 0 };

	amdvi_gcr3_put(dte, d->pages(d, 1));
	ims_field_put(dte, AMDVI_DTE_GLX, levels_of(config->pasid_bits) - 1);
	ims_field_put(dte, AMDVI_DTE_I, config->ats);
	ims_field_put(dte, AMDVI_DTE_PPR, config->ats && config->pri);
	ims_field_put(dte, AMDVI_DTE_V, 1);
	dte_write(d, src, dte);
}

/* Where the GCR3 entry of @pasid stands; makes the tables on the way. */
static uint64_t gcr3_at(struct ims_driver *d, const uint64_t *dte, uint32_t pasid)
{
	uint64_t table = amdvi_gcr3_get(dte);

	for (unsigned level = (unsigned)ims_field_get(dte, AMDVI_DTE_GLX); level; level--) {
		uint64_t at = table + (pasid >> GCR3_INDEX * level & 0x1ff) * 8, e = d->read(d, at);

		if (!(e & 1)) {
			e = d->pages(d, 1) | 1;
			d->write(d, at, e);
		}
		table = e & AMDVI_ADDR;
	}
	return table + (pasid & 0x1ff) * 8;
}

/* As set_dte_entry() and update_gcr3(): the tables, then the entry that leads to them. */
void amdvi_ctx_set(struct ims_driver *d, uint32_t src, uint32_t ctx,
		   const struct ims_ctx_config *config)
{
	uint64_t dte[AMDVI_DTE_WORDS];
	bool guest = config->stages & IMS_STAGES_1, host = config->stages & IMS_STAGES_2;

	dte_read(d, src, dte);
	if (guest)
		d->write(d, gcr3_at(d, dte, ctx == IMS_CTX_NONE ? 0 : ctx), config->s1_root | 1);
	/* The tag is the device's: as long as something is attached it stays (Linux, gcr3_info.domid). */
	if (!ims_field_get(dte, AMDVI_DTE_TV))
		ims_field_put(dte, AMDVI_DTE_DOM, config->dom);
	ims_field_put(dte, AMDVI_DTE_TV, 1);
	ims_field_put(dte, AMDVI_DTE_IR, 1);
	ims_field_put(dte, AMDVI_DTE_IW, 1);
	ims_field_put(dte, AMDVI_DTE_MODE, host ? config->s2_top : 0);
	ims_field_put(dte, AMDVI_DTE_ROOT, host ? config->s2_root >> 12 : 0);
	if (guest) {
		ims_field_put(dte, AMDVI_DTE_GV, 1);
		ims_field_put(dte, AMDVI_DTE_GPM, config->s1_top == 5);
		if (ctx == IMS_CTX_NONE)
			ims_field_put(dte, AMDVI_DTE_GIOV, 1);
	}
	dte_write(d, src, dte);
}

/* The first valid entry from PASID *@pasid on, of the table at @level above those with roots. */
static bool next_pasid(struct ims_driver *d, uint64_t table, unsigned level, uint32_t *pasid)
{
	unsigned shift = GCR3_INDEX * level;
	uint32_t base = *pasid >> (shift + GCR3_INDEX) << (shift + GCR3_INDEX);

	for (uint32_t i = *pasid >> shift & 0x1ff; i < 512; i++) {
		uint64_t e = d->read(d, table + (uint64_t)i * 8);
		uint32_t first = base | i << shift;

		if (*pasid < first)
			*pasid = first;
		if ((e & 1) && (!level || next_pasid(d, e & AMDVI_ADDR, level - 1, pasid)))
			return true;
	}
	return false;
}

/* Is anything attached by PASID. */
static bool any_pasid(struct ims_driver *d, const uint64_t *dte)
{
	uint32_t pasid = 1;

	return ims_field_get(dte, AMDVI_DTE_GV) &&
	       next_pasid(d, amdvi_gcr3_get(dte), (unsigned)ims_field_get(dte, AMDVI_DTE_GLX),
			  &pasid);
}

void amdvi_ctx_clear(struct ims_driver *d, uint32_t src, uint32_t ctx)
{
	uint64_t dte[AMDVI_DTE_WORDS];

	dte_read(d, src, dte);
	if (ims_field_get(dte, AMDVI_DTE_GV))
		d->write(d, gcr3_at(d, dte, ctx == IMS_CTX_NONE ? 0 : ctx), 0);
	if (ctx != IMS_CTX_NONE)
		return;
	ims_field_put(dte, AMDVI_DTE_GIOV, 0);
	if (!any_pasid(d, dte))
		ims_field_put(dte, AMDVI_DTE_TV, 0);
	dte_write(d, src, dte);
}

/* As clear_dte_entry(): V stays, so that nothing passes. */
void amdvi_device_clear(struct ims_driver *d, uint32_t src)
{
	const uint64_t dte[AMDVI_DTE_WORDS] = { 1 };

	dte_write(d, src, dte);
}

void amdvi_host_entry(struct ims_driver *d, uint32_t src, const struct ims_ctx_config *config)
{
	uint64_t dte[AMDVI_DTE_WORDS] = { 0 };

	ims_field_put(dte, AMDVI_DTE_V, 1);
	ims_field_put(dte, AMDVI_DTE_TV, 1);
	ims_field_put(dte, AMDVI_DTE_IR, 1);
	ims_field_put(dte, AMDVI_DTE_IW, 1);
	ims_field_put(dte, AMDVI_DTE_MODE, config->s2_top);
	ims_field_put(dte, AMDVI_DTE_ROOT, config->s2_root >> 12);
	ims_field_put(dte, AMDVI_DTE_DOM, config->dom);
	dte_write(d, src, dte);
}

/* As amd_iommu_set_dirty_tracking(): HAD alone. */
bool amdvi_ctx_dirty(struct ims_driver *d, uint32_t src, uint32_t ctx, bool on)
{
	uint64_t dte[AMDVI_DTE_WORDS];

	(void)ctx;
	if (!cap(d, AMDVI_P_HD_SUP))
		return false;
	dte_read(d, src, dte);
	ims_field_put(dte, AMDVI_DTE_HAD, on ? 3 : 0);
	dte_write(d, src, dte);
	return true;
}

/* ---- nesting ---- */

/* Section 14: V=0 or GV=0 is the parent's addresses, TV=0 nothing at all. */
void amdvi_guest_entry(struct ims_driver *d, uint32_t src, struct ims_guest_entry *ret)
{
	uint64_t dte[AMDVI_DTE_WORDS];

	dte_read(d, src, dte);
	*ret = (struct ims_guest_entry){ .as = IMS_GUEST_NESTED };
	ret->present = ims_field_get(dte, AMDVI_DTE_V);
	if (!ret->present) {
		ret->as = IMS_GUEST_PARENT;
		return;
	}
	/* Section 8.2: a guest has no host tables of its own, and names no reserved size. */
	if (!ims_field_get(dte, AMDVI_DTE_TV) || ims_field_get(dte, AMDVI_DTE_MODE) ||
	    ims_field_get(dte, AMDVI_DTE_GLX) > cap(d, AMDVI_P_GLX_SUP) ||
	    ims_field_get(dte, AMDVI_DTE_GPM) > cap(d, AMDVI_P_GATS)) {
		ret->as = IMS_GUEST_BLOCKED;
		return;
	}
	if (!ims_field_get(dte, AMDVI_DTE_GV)) {
		ret->as = IMS_GUEST_PARENT;
		return;
	}
	ret->dom = (uint16_t)ims_field_get(dte, AMDVI_DTE_DOM);
	ret->root = amdvi_gcr3_get(dte);
	for (unsigned i = 0; i < AMDVI_DTE_WORDS; i++)
		ret->words[i] = dte[i];
}

bool amdvi_guest_entry_at(struct ims_driver *d, uint64_t addr, uint32_t *ret_src,
			  unsigned *ret_word)
{
	uint64_t base = d->root & AMDVI_ADDR, bytes = ((d->root & 0x1ff) + 1) * 4096;

	if (addr - base >= bytes)
		return false;
	*ret_src = (uint32_t)((addr - base) / 32);
	*ret_word = (unsigned)((addr - base) / 8 % AMDVI_DTE_WORDS);
	return true;
}

bool amdvi_guest_ctx(struct ims_driver *d, const struct ims_guest_entry *e, uint32_t *ctx)
{
	unsigned levels = (unsigned)ims_field_get(e->words, AMDVI_DTE_GLX);

	if (*ctx >> GCR3_INDEX * (levels + 1))
		return false;
	return next_pasid(d, e->root, levels, ctx);
}

/*
 * Section 8.2, set_dte_nested() of Linux: the parent's tables, the host's tag and ATS;
 * of the guest PPR, GLX, GIOV, the GCR3 root and GuestPagingMode alone. Section 9: of a
 * guest with queues of its own who it is and what it calls the device.
 */
void amdvi_nest(struct ims_driver *d, uint32_t src, const struct ims_guest_entry *e,
		const struct ims_ctx_config *config)
{
	static const struct ims_field of_guest[] = { AMDVI_DTE_PPR, AMDVI_DTE_GLX, AMDVI_DTE_GIOV,
						     AMDVI_DTE_GPM };
	uint64_t old[AMDVI_DTE_WORDS], dte[AMDVI_DTE_WORDS] = { 0 };

	dte_read(d, src, old);
	ims_field_put(dte, AMDVI_DTE_V, 1);
	ims_field_put(dte, AMDVI_DTE_I, ims_field_get(old, AMDVI_DTE_I));
	if (e->as != IMS_GUEST_BLOCKED) {
		ims_field_put(dte, AMDVI_DTE_TV, 1);
		ims_field_put(dte, AMDVI_DTE_IR, 1);
		ims_field_put(dte, AMDVI_DTE_IW, 1);
		ims_field_put(dte, AMDVI_DTE_HAD, config->s2_dirty ? 3 : 0);
		ims_field_put(dte, AMDVI_DTE_MODE, config->s2_top);
		ims_field_put(dte, AMDVI_DTE_ROOT, config->s2_root >> 12);
		ims_field_put(dte, AMDVI_DTE_DOM, config->dom);
	}
	if (e->as == IMS_GUEST_NESTED) {
		ims_field_put(dte, AMDVI_DTE_GV, 1);
		amdvi_gcr3_put(dte, e->root);
		for (unsigned i = 0; i < sizeof(of_guest) / sizeof(of_guest[0]); i++)
			ims_field_put(dte, of_guest[i], ims_field_get(e->words, of_guest[i]));
		ims_field_put(dte, AMDVI_DTE_VIMU, config->owner != 0);
		ims_field_put(dte, AMDVI_DTE_GDEVICE, config->owner ? config->owner_src : 0);
		ims_field_put(dte, AMDVI_DTE_GUEST, config->owner);
	}
	dte_write(d, src, dte);
}
