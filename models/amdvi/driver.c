/* SPDX-License-Identifier: MIT */
/*
 * Software's side of the configuration structures: what a driver writes, in the guest
 * and in the host alike. It shares the field positions with the hardware side, and no
 * code.
 */
#include "amdvi.h"

/* 64K entries of 32 bytes: the largest table, so that every DeviceID has one. */
enum { TABLE_PAGES = 512, GCR3_INDEX = 9 };

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

/* As update_dte256() of Linux: what holds V and GV goes last. */
static void dte_write(struct ims_driver *d, uint32_t src, const uint64_t *dte)
{
	for (unsigned i = AMDVI_DTE_WORDS; i-- > 0;)
		d->write(d, dte_at(d, src) + i * 8, dte[i]);
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

void amdvi_ctx_clear(struct ims_driver *d, uint32_t src, uint32_t ctx)
{
	uint64_t dte[AMDVI_DTE_WORDS];

	dte_read(d, src, dte);
	if (ims_field_get(dte, AMDVI_DTE_GV))
		d->write(d, gcr3_at(d, dte, ctx == IMS_CTX_NONE ? 0 : ctx), 0);
	if (ctx != IMS_CTX_NONE)
		return;
	ims_field_put(dte, AMDVI_DTE_GIOV, 0);
	ims_field_put(dte, AMDVI_DTE_TV, 0);
	dte_write(d, src, dte);
}
