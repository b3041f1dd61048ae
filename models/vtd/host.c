/* SPDX-License-Identifier: MIT */
/*
 * What drivers/iommu/intel of Linux takes from a VMM: page tables, first-stage data,
 * invalidations of a nested page table. It has no virtual IOMMU.
 */
#include <errno.h>

#include "parts.h"
#include "regs.h"

#define NESTED_C "Linux 7.3, drivers/iommu/intel/nested.c: "
#define IOMMU_C	 "Linux 7.3, drivers/iommu/intel/iommu.c: "
#define MAIL	 "mail of 2023-12-09, Intel VT-d"

#define FIRST_STAGE                                                                                \
	{                                                                                          \
		.optional = IMS_UAPI_HWPT_PASID, .stage = 1, .aperture_lg2 = 47,                   \
		.with = 1 + VTD_P_FSTS, .source = IOMMU_C "intel_iommu_domain_alloc_first_stage()" \
	}
#define SECOND_STAGE(with_, source_, ...)                                                          \
	{                                                                                          \
		.optional = IMS_UAPI_HWPT_DIRTY_TRACKING | IMS_UAPI_HWPT_PASID, .stage = 2,        \
		.aperture_lg2 = 48, .with = 1 + (with_), .source = source_, __VA_ARGS__            \
	}

#define SECOND_STAGE_C IOMMU_C "intel_iommu_domain_alloc_second_stage()"

static const struct ims_hwpt_row hwpts[] = {
	FIRST_STAGE,
	SECOND_STAGE(VTD_P_NEST, SECOND_STAGE_C "; erratum 772415",
		     .flags = IMS_UAPI_HWPT_NEST_PARENT, .no_read_only = true),
	SECOND_STAGE(VTD_P_SSTS, SECOND_STAGE_C, .flags = 0),
};

/* The same for a host that lets a parent have read-only pages. */
static const struct ims_hwpt_row mail_hwpts[] = {
	FIRST_STAGE,
	SECOND_STAGE(VTD_P_NEST, MAIL, .flags = IMS_UAPI_HWPT_NEST_PARENT),
	SECOND_STAGE(VTD_P_SSTS, MAIL, .flags = 0),
};

/* struct iommu_hwpt_vtd_s1 {flags, pgtbl_addr, addr_width}. */
enum { S1_FLAGS, S1_PGTBL, S1_WIDTH };
enum { S1_SRE = 1, S1_EAFE = 2 };

/* Flags and address are not looked at here: reference, section 6.1. */
static int take_s1(const uint32_t *params, const uint64_t *words, struct ims_guest_entry *ret)
{
	(void)params;
	*ret = (struct ims_guest_entry){ .as = IMS_GUEST_NESTED, .root = words[S1_PGTBL] };
	for (unsigned i = 0; i < 4; i++)
		ret->words[i] = words[i];
	return 0;
}

static int attach_s1(const uint32_t *params, const uint64_t *words, bool has_vdevice)
{
	uint32_t width = (uint32_t)words[S1_WIDTH];

	(void)has_vdevice;
	if (width != 48 && !(width == 57 && params[VTD_P_FS5LP]))
		return EINVAL;
	if ((words[S1_FLAGS] & S1_SRE) && !params[VTD_P_SRS])
		return EINVAL;
	return (words[S1_FLAGS] & S1_EAFE) && !params[VTD_P_EAFS] ? EINVAL : 0;
}

static void make_s1(const struct ims_guest_entry *e, unsigned top, uint64_t *words)
{
	words[S1_FLAGS] = 0;
	words[S1_PGTBL] = e->root;
	words[S1_WIDTH] = top > 4 ? 57 : 48;
	words[3] = 0;
}

static const struct ims_nested_row nested[] = {
	{ .type = 1,
	  .min_len = 24,
	  .len = 24,
	  .take = take_s1,
	  .attach = attach_s1,
	  .make = make_s1,
	  .source = NESTED_C "intel_iommu_domain_alloc_nested(); pasid.c: "
			     "intel_pasid_setup_nested()" },
};

/* struct iommu_hwpt_vtd_s1_invalidate {addr, npages, flags, reserved}. */
static int take_inv(const uint32_t *params, const uint64_t *words, struct ims_inv *ret)
{
	uint64_t addr = words[0], npages = words[1];
	uint32_t flags = (uint32_t)words[2], reserved = (uint32_t)(words[2] >> 32);

	(void)params;
	if ((flags & ~1u) || reserved)
		return EOPNOTSUPP;
	if ((addr & 0xfff) || (npages == UINT64_MAX && addr))
		return EINVAL;
	ret->kind = IMS_INV_RANGE;
	ret->leaf_only = flags & 1;
	ret->first = addr;
	ret->last = npages == UINT64_MAX ? UINT64_MAX : addr + (npages << 12) - 1;
	/* No page: the range ends before it begins, and is widened to both pages around it. */
	if (!npages) {
		ret->first = addr ? addr - 4096 : 0;
		ret->last = addr ? addr + 4095 : UINT64_MAX;
	}
	return 0;
}

static const struct ims_inv_row invs[] = {
	{ .type = 0,
	  .on = IMS_INV_NESTED,
	  .min_len = 24,
	  .len = 24,
	  .zero_probe = true,
	  .progress = IMS_INV_EACH,
	  .take = take_inv,
	  .source = NESTED_C "intel_nested_cache_invalidate_user(); cache.c: "
			     "cache_tag_flush_range()" },
};

/* intel_iommu_get_resv_regions(). */
static const struct ims_reserved_row reserved[] = {
	{ VTD_INTERRUPTS_FIRST, VTD_INTERRUPTS_LAST, IOMMU_C "intel_iommu_get_resv_regions()" },
};

/* struct iommu_hw_info_vtd {flags, reserved, cap_reg, ecap_reg}; the erratum is said of every unit. */
static void hw_info(const struct ims_state *s, uint64_t *words)
{
	words[0] = 1;
	words[1] = s->regs[VTD_R_CAP];
	words[2] = s->regs[VTD_R_ECAP];
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DRIVER(name, table)                                                                        \
	{                                                                                          \
		.policy = name, .hwpts = table, .hwpts_count = COUNT(table), .nested = nested,     \
		.nested_count = COUNT(nested), .invs = invs, .invs_count = COUNT(invs),            \
		.reserved = reserved, .reserved_count = COUNT(reserved),                           \
		.hw_info = { .type = 1,                                                            \
			     .len = 24,                                                            \
			     .fill = hw_info,                                                      \
			     .source = IOMMU_C "intel_iommu_hw_info()" },                          \
		.nested_on = IMS_INV_PARENT, .nested_flags = IMS_UAPI_HWPT_PASID,                  \
		.nested_wrong_type = EOPNOTSUPP, .dirty_with = 1 + VTD_P_SSADS,                    \
		.nested_pasid = true, .source = NESTED_C "intel_iommu_domain_alloc_nested()"       \
	}

static const struct ims_host_driver mail = DRIVER("mail-2023", mail_hwpts);
static const struct ims_host_driver linux_7_3 = DRIVER("linux-7.3", hwpts);

const struct ims_host_driver *const vtd_hosts[VTD_HOSTS] = { &mail, &linux_7_3 };
