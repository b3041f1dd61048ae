/* SPDX-License-Identifier: MIT */
/*
 * What drivers/iommu/amd of Linux takes from a VMM: page tables and a virtual IOMMU, and as
 * it is nothing that is nested; what its code would do where somebody called it is a host of
 * its own (linux-7.3-hooked). Sheet, section 8.
 */
#include <errno.h>

#include "viommu.h"

#define NESTED_C "Linux 7.3, drivers/iommu/amd/nested.c: "
#define IOMMU_C	 "Linux 7.3, drivers/iommu/amd/iommu.c: "
#define MAIL	 "mail of 2023-12-09, AMD"

static const struct ims_hwpt_row hwpts[] = {
	{ .flags = IMS_UAPI_HWPT_PASID,
	  .stage = 1,
	  .aperture_lg2 = 47,
	  .with = 1 + AMDVI_P_GT_SUP,
	  .source = IOMMU_C "amd_iommu_domain_alloc_paging_flags()" },
	{ .optional = IMS_UAPI_HWPT_DIRTY_TRACKING | IMS_UAPI_HWPT_NEST_PARENT,
	  .stage = 2,
	  .aperture_lg2 = 48,
	  .source = IOMMU_C "amd_iommu_domain_alloc_paging_flags()" },
};

/* validate_gdte_nested(). */
static int take_dte(const uint32_t *params, const uint64_t *dte, struct ims_guest_entry *ret)
{
	bool guest = ims_field_get(dte, AMDVI_DTE_V) && ims_field_get(dte, AMDVI_DTE_GV);

	*ret = (struct ims_guest_entry){ .as = IMS_GUEST_NESTED };
	if (ims_field_get(dte, AMDVI_DTE_MODE) || ims_field_get(dte, AMDVI_DTE_ROOT))
		return EINVAL;
	if (ims_field_get(dte, AMDVI_DTE_GLX) == 3 || ims_field_get(dte, AMDVI_DTE_GPM) > 1)
		return EINVAL;
	if (ims_field_get(dte, AMDVI_DTE_GPM) > params[AMDVI_P_GATS])
		return EOPNOTSUPP;
	ret->root = amdvi_gcr3_get(dte);
	if (guest && !ret->root)
		return EINVAL;
	ret->dom = (uint16_t)ims_field_get(dte, AMDVI_DTE_DOM);
	for (unsigned i = 0; i < AMDVI_DTE_WORDS; i++)
		ret->words[i] = dte[i];
	return 0;
}

static void make_dte(const struct ims_guest_entry *e, unsigned top, uint64_t *dte)
{
	(void)top;
	for (unsigned i = 0; i < AMDVI_DTE_WORDS; i++)
		dte[i] = e->words[i];
}

static const struct ims_nested_row nested[] = {
	{ .type = 3,
	  .min_len = 32,
	  .len = 32,
	  .take = take_dte,
	  .make = make_dte,
	  .source = NESTED_C "amd_iommu_alloc_domain_nested(), which nobody calls" },
};

/* ---- the guest's commands, as the mail has them ---- */

enum { OP_PAGES = 3, OP_DEVTAB = 2, OP_IOTLB = 4 };

static int take_raw(const uint64_t *cmd, bool tagged, bool of_device, struct ims_inv *ret)
{
	uint64_t op = cmd[0] >> 60;

	ret->words[0] = cmd[0];
	ret->words[1] = cmd[1];
	if (op == OP_PAGES && tagged) {
		ret->kind = IMS_INV_TAGGED;
		return 0;
	}
	if (op != OP_IOTLB || !of_device)
		return EIO;
	ret->kind = IMS_INV_OF_DEVICE;
	ret->virt_id = (uint32_t)(cmd[0] & 0xffff);
	return 0;
}

static int take_any(const uint32_t *params, const uint64_t *cmd, struct ims_inv *ret)
{
	(void)params;
	return take_raw(cmd, true, true, ret);
}

static int take_tagged(const uint32_t *params, const uint64_t *cmd, struct ims_inv *ret)
{
	(void)params;
	return take_raw(cmd, true, false, ret);
}

static int take_of_device(const uint32_t *params, const uint64_t *cmd, struct ims_inv *ret)
{
	(void)params;
	return take_raw(cmd, false, true, ret);
}

#define INV(on_, take_, source_)                                                                   \
	{                                                                                          \
		.type = 2, .on = (on_), .min_len = 16, .len = 16, .zero_probe = true,              \
		.progress = IMS_INV_DONE, .take = take_, .source = source_                         \
	}

static const struct ims_inv_row mail_invs[] = {
	INV(IMS_INV_NESTED, take_tagged, MAIL ": to any nested domain of the vDomainID's group"),
	INV(IMS_INV_VIOMMU, take_any, MAIL ": the virtual function, which holds both tables"),
	INV(IMS_INV_DEVICE, take_of_device, MAIL ": IOMMUFD_DEV_INVALIDATE"),
};

/* amd_iommu_get_resv_regions(): interrupts, and HyperTransport's. */
static const struct ims_reserved_row reserved[] = {
	{ 0xfee00000, 0xfeefffff, IOMMU_C "amd_iommu_get_resv_regions()" },
	{ UINT64_C(0xfd00000000), UINT64_C(0xffffffffff), IOMMU_C "amd_iommu_get_resv_regions()" },
};

/* struct iommu_hw_info_amd {efr, efr2}. */
static void hw_info(const struct ims_state *s, uint64_t *words)
{
	words[0] = s->regs[AMDVI_R_EFR];
	words[1] = s->regs[AMDVI_R_EFR2];
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define COMMON(name, source_)                                                                      \
	.policy = name, .hwpts = hwpts, .hwpts_count = COUNT(hwpts), .reserved = reserved,         \
	.reserved_count = COUNT(reserved),                                                         \
	.hw_info = { .type = 4,                                                                    \
		     .len = 16,                                                                    \
		     .fill = hw_info,                                                              \
		     .source = "Linux 7.3, drivers/iommu/amd/iommufd.c: amd_iommufd_hw_info()" },  \
	.nested_wrong_type = EOPNOTSUPP, .dirty_with = 1 + AMDVI_P_HD_SUP, .viommu = true,         \
	.viommu_any = true, .source = source_

#define AMDESE "AMDESE linux-iommu, drivers/iommu/amd/iommufd.c, vfctrl_mmio.c; sheet, section 9"

/*
 * The numbers of the queues' types are not known: one that upstream has not. Of the three
 * queues, AMD_CMD, AMD_EVT and AMD_PPR, the first; its length is the register's code.
 */
static const struct ims_viommu_row viommus[] = {
	{ .type = 1, .source = MAIL ": the virtual function, by software" },
	{ .type = 3,
	  .hw_queue_type = 2,
	  .hw_queues = 1,
	  .hw_queue_min = 8,
	  .hw_queue_max = 15,
	  .hw_queue_code_lg2 = 4,
	  .first_ring = true,
	  /* out_vfmmio_mmap_offset, all that is left of the drafts: the guest's page of VF. */
	  .min_len = 8,
	  .len = 8,
	  .pages = 0x1000,
	  .pages_at = 1,
	  .ops = &amdvi_function_ops,
	  .with = 1 + AMDVI_P_VIOMMU_SUP,
	  .source = AMDESE },
};

static const struct ims_host_driver mail = { COMMON("mail-2023", MAIL),
					     .nested = nested,
					     .nested_count = COUNT(nested),
					     .invs = mail_invs,
					     .invs_count = COUNT(mail_invs),
					     .nested_on = IMS_INV_PARENT | IMS_INV_VIOMMU,
					     .viommus = viommus,
					     .viommus_count = COUNT(viommus) };
static const struct ims_host_driver linux_7_3 = { COMMON(
	"linux-7.3", "Linux 7.3, drivers/iommu/amd/iommufd.c: amd_viommu_ops has .destroy alone") };
static const struct ims_host_driver hooked = {
	COMMON("linux-7.3-hooked", NESTED_C "as if amd_viommu_ops had it"), .nested = nested,
	.nested_count = COUNT(nested), .nested_on = IMS_INV_VIOMMU
};

static const struct ims_host_driver amdese = {
	COMMON("amdese-hw", AMDESE), .nested = nested,	 .nested_count = COUNT(nested),
	.nested_on = IMS_INV_VIOMMU, .viommus = viommus, .viommus_count = COUNT(viommus),
};

const struct ims_host_driver *const amdvi_hosts[AMDVI_HOSTS] = { &mail, &linux_7_3, &hooked,
								 &amdese };
