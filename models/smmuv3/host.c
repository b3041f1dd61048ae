/* SPDX-License-Identifier: MIT */
/*
 * What drivers/iommu/arm/arm-smmu-v3 of Linux takes from a VMM: a virtual IOMMU on a nesting
 * parent, guests' STEs, raw commands. Sheet, section 8.5.
 */
#include <errno.h>

#include "smmuv3.h"
#include "cmdqv.h"

#define IOMMUFD_C "Linux 7.3, arm-smmu-v3-iommufd.c: "
#define SMMU_C	  "Linux 7.3, arm-smmu-v3.c: "
#define MAIL	  "mail of 2023-12-09, Arm"
#define FOR_NEXT  "iommufd for-next of 2026-09-11, 2d4f03f6610d"

#define HWPT(flags_, optional_, stage_, lg2_, with_)                                               \
	{                                                                                          \
		.flags = (flags_), .optional = (optional_), .stage = (stage_),                     \
		.aperture_lg2 = (lg2_), .with = 1 + (with_),                                       \
		.source = SMMU_C "arm_smmu_domain_alloc_paging_flags()"                            \
	}

static const struct ims_hwpt_row hwpts[] = {
	HWPT(0, IMS_UAPI_HWPT_DIRTY_TRACKING | IMS_UAPI_HWPT_PASID, 1, 48, SMMU_P_S1P),
	HWPT(IMS_UAPI_HWPT_NEST_PARENT, 0, 2, 40, SMMU_P_S2P),
};

/* Hardware marks what is written through stage 2 as well; Linux has no call for that. */
static const struct ims_hwpt_row mail_hwpts[] = {
	HWPT(0, IMS_UAPI_HWPT_DIRTY_TRACKING | IMS_UAPI_HWPT_PASID, 1, 48, SMMU_P_S1P),
	{ .flags = IMS_UAPI_HWPT_NEST_PARENT,
	  .optional = IMS_UAPI_HWPT_DIRTY_TRACKING,
	  .stage = 2,
	  .aperture_lg2 = 40,
	  .with = 1 + SMMU_P_S2P,
	  .source = "IHI 0070 section 3.13.3: S2HD; " SMMU_C "refuses it" },
};

/* ---- a guest's STE: arm_smmu_validate_vste() ---- */

#define STE0_OF_GUEST (IMS_BITS(63, 59) | SMMU_ADDR(6) | IMS_BITS(5, 0))
#define STE1_OF_GUEST (IMS_BITS(29, 27) | IMS_BITS(7, 0))

static uint64_t config_of(const uint64_t *ste)
{
	return ims_field_get(ste, SMMU_STE_V) ? ims_field_get(ste, SMMU_STE_CONFIG) : 0;
}

static int take_ste(const uint32_t *params, const uint64_t *ste, struct ims_guest_entry *ret)
{
	uint64_t config = config_of(ste);

	(void)params;
	*ret = (struct ims_guest_entry){ .as = IMS_GUEST_BLOCKED };
	if (!ims_field_get(ste, SMMU_STE_V))
		return 0;
	if ((ste[0] & ~STE0_OF_GUEST) || (ste[1] & ~STE1_OF_GUEST))
		return EIO;
	if (config != 0 && config != SMMU_CONFIG_PASS &&
	    config != (SMMU_CONFIG_PASS | SMMU_CONFIG_S1))
		return EIO;
	if (ims_field_get(ste, SMMU_STE_EATS) > 1)
		return EIO;
	if (config == SMMU_CONFIG_PASS)
		ret->as = IMS_GUEST_PARENT;
	if (config != (SMMU_CONFIG_PASS | SMMU_CONFIG_S1))
		return 0;
	ret->as = IMS_GUEST_NESTED;
	ret->root = ims_field_get(ste, SMMU_STE_S1CTXPTR) << 6;
	ret->words[0] = ste[0];
	ret->words[1] = ste[1];
	return 0;
}

/* arm_smmu_attach_prepare_vmaster(): events are told by the vDEVICE's number. */
static int attach_ste(const uint32_t *params, const uint64_t *ste, bool has_vdevice)
{
	(void)params;
	return config_of(ste) == (SMMU_CONFIG_PASS | SMMU_CONFIG_S1) && !has_vdevice ? ENOENT : 0;
}

/* The mail has no such object: a device is told of by its own. */
static int attach_any(const uint32_t *params, const uint64_t *ste, bool has_vdevice)
{
	(void)params;
	(void)ste;
	(void)has_vdevice;
	return 0;
}

static void make_ste(const struct ims_guest_entry *e, unsigned top, uint64_t *ste)
{
	(void)top;
	for (unsigned i = 0; i < 4; i++)
		ste[i] = e->as == IMS_GUEST_NESTED && i < 2 ? e->words[i] : 0;
	if (e->as != IMS_GUEST_PARENT)
		return;
	ims_field_put(ste, SMMU_STE_V, 1);
	ims_field_put(ste, SMMU_STE_CONFIG, SMMU_CONFIG_PASS);
}

#define NESTED(attach_, source_)                                                                   \
	{                                                                                          \
		.type = 2, .min_len = 16, .len = 16, .take = take_ste, .attach = attach_,          \
		.make = make_ste, .source = source_                                                \
	}

static const struct ims_nested_row nested[] = {
	NESTED(attach_ste, IOMMUFD_C "arm_vsmmu_alloc_domain_nested()"),
};
static const struct ims_nested_row mail_nested[] = {
	NESTED(attach_any, MAIL ": one CD-table pointer"),
};

static const struct ims_viommu_row viommus[] = {
	{ .type = 1,
	  .with = 1 + SMMU_P_FWB,
	  .source = IOMMUFD_C "arm_smmu_get_viommu_size(): S2FWB, or a canonical master" },
	/* struct iommu_viommu_tegra241_cmdqv {out_vintf_mmap_offset, out_vintf_mmap_length}. */
	{ .type = 2,
	  .min_len = 16,
	  .len = 16,
	  .hw_queue_type = 1,
	  .hw_queues = CMDQV_VCMDQS,
	  .hw_queues_of = cmdqv_queues,
	  .hw_queue_min = 32,
	  .hw_queue_max = 16 << 16,
	  .with = 1 + SMMU_P_VCMDQS,
	  .pages = CMDQV_VIEW_BYTES,
	  .pages_at = 1,
	  .pages_length_at = 2,
	  .ops = &cmdqv_ops,
	  .source = "Linux 7.3, tegra241-cmdqv.c, tegra241_cmdqv_init_vintf_user()" },
};

/* ---- raw commands: arm_vsmmu_convert_user_cmd() ---- */

enum {
	OP_CFGI_CD = 0x05,
	OP_CFGI_CD_ALL = 0x06,
	OP_NH_ALL = 0x10,
	OP_NH_ASID = 0x11,
	OP_NH_VA = 0x12,
	OP_NH_VAA = 0x13,
	OP_NSNH_ALL = 0x30,
	OP_ATC_INV = 0x40,
};

static int take_raw(const uint64_t *cmd, bool tagged, bool of_device, struct ims_inv *ret)
{
	uint64_t op = cmd[0] & 0xff;

	ret->words[0] = cmd[0];
	ret->words[1] = cmd[1];
	switch (op) {
	case OP_NSNH_ALL:
		/* A guest's everything is what is filed under its VMID. */
		ret->words[0] = OP_NH_ALL;
		ret->words[1] = 0;
		/* fall through */
	case OP_NH_ALL:
	case OP_NH_ASID:
	case OP_NH_VA:
	case OP_NH_VAA:
		ret->kind = IMS_INV_TAGGED;
		return tagged ? 0 : EIO;
	case OP_CFGI_CD:
	case OP_CFGI_CD_ALL:
	case OP_ATC_INV:
		ret->kind = IMS_INV_OF_DEVICE;
		ret->virt_id = (uint32_t)(cmd[0] >> 32);
		return of_device ? 0 : EIO;
	default:
		return EIO;
	}
}

static int take_any(const uint32_t *params, const uint64_t *cmd, struct ims_inv *ret)
{
	(void)params;
	return take_raw(cmd, true, true, ret);
}

/* Bits that no guest may set in what goes to the host's own queue. */
static int take_strict(const uint32_t *params, const uint64_t *cmd, struct ims_inv *ret)
{
	static const uint64_t used[][3] = {
		/* opcode, words 0 and 1 */
		{ OP_CFGI_CD, IMS_BITS(63, 12) | IMS_BITS(7, 0), IMS_BIT(0) },
		{ OP_CFGI_CD_ALL, IMS_BITS(63, 32) | IMS_BITS(7, 0), 0 },
		{ OP_NH_ALL, IMS_BITS(47, 32) | IMS_BITS(7, 0), 0 },
		{ OP_NH_ASID, IMS_BITS(63, 32) | IMS_BITS(7, 0), 0 },
		{ OP_NH_VA, IMS_BITS(63, 32) | IMS_BITS(24, 20) | IMS_BITS(16, 12) | IMS_BITS(7, 0),
		  IMS_BITS(63, 12) | IMS_BITS(11, 8) | IMS_BIT(0) },
		{ OP_NH_VAA,
		  IMS_BITS(47, 32) | IMS_BITS(24, 20) | IMS_BITS(16, 12) | IMS_BITS(7, 0),
		  IMS_BITS(63, 12) | IMS_BITS(11, 8) | IMS_BIT(0) },
		{ OP_NSNH_ALL, IMS_BITS(7, 0), 0 },
		{ OP_ATC_INV, IMS_BITS(63, 32) | IMS_BITS(31, 12) | IMS_BIT(11) | IMS_BITS(7, 0),
		  IMS_BITS(63, 12) | IMS_BITS(5, 0) },
	};

	for (unsigned i = 0; i < sizeof(used) / sizeof(used[0]); i++)
		if (used[i][0] == (cmd[0] & 0xff) &&
		    ((cmd[0] & ~used[i][1]) || (cmd[1] & ~used[i][2])))
			return EIO;
	if ((cmd[0] & 0xff) == OP_ATC_INV && (cmd[1] & 0x3f) > 52)
		return EIO;
	return take_any(params, cmd, ret);
}

/* The mail's: what is filed under the VMID goes to the parent, what names a device to the device. */
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

#define INV(on_, probe, any, progress_, take_, source_)                                            \
	{                                                                                          \
		.type = 1, .on = (on_), .min_len = 16, .len = 16, .any_len = (any),                \
		.zero_probe = (probe), .progress = (progress_), .batch = 63, .take = take_,        \
		.source = source_                                                                  \
	}

static const struct ims_inv_row invs[] = {
	INV(IMS_INV_VIOMMU, false, true, IMS_INV_CONVERTED, take_any,
	    IOMMUFD_C "arm_vsmmu_cache_invalidate()"),
};
static const struct ims_inv_row next_invs[] = {
	INV(IMS_INV_VIOMMU, true, true, IMS_INV_WHOLE, take_strict, FOR_NEXT),
};
static const struct ims_inv_row mail_invs[] = {
	INV(IMS_INV_PARENT, true, false, IMS_INV_DONE, take_tagged,
	    MAIL ": the command list goes to the nesting parent"),
	INV(IMS_INV_VIOMMU, true, false, IMS_INV_DONE, take_any,
	    MAIL ": the software path may deliver all to the virtual function"),
	INV(IMS_INV_DEVICE, true, false, IMS_INV_DONE, take_of_device,
	    MAIL ": IOMMUFD_DEV_INVALIDATE"),
};

/* arm_smmu_get_resv_regions(): MSI_IOVA_BASE, MSI_IOVA_LENGTH. */
static const struct ims_reserved_row reserved[] = {
	{ 0x8000000, 0x80fffff, SMMU_C "arm_smmu_get_resv_regions()" },
};

/* struct iommu_hw_info_arm_smmuv3 {flags, reserved, idr[6], iidr, aidr}. */
static void hw_info(const struct ims_state *s, uint64_t *words)
{
	static const uint8_t idr[6] = { SMMU_R_IDR0, SMMU_R_IDR1, SMMU_R_IDR2,
					SMMU_R_IDR3, SMMU_R_IDR4, SMMU_R_IDR5 };

	for (unsigned i = 0; i < 6; i += 2)
		words[1 + i / 2] = (uint32_t)s->regs[idr[i]] | s->regs[idr[i + 1]] << 32;
	words[4] = (uint32_t)s->regs[SMMU_R_IIDR] | s->regs[SMMU_R_AIDR] << 32;
}

/* struct iommu_hw_info_tegra241_cmdqv {flags, version, log2vcmdqs, log2vsids}: of one VINTF. */
static void cmdqv_info(const struct ims_state *s, uint64_t *words)
{
	words[0] = UINT64_C(1) << 32 | (uint64_t)__builtin_ctz(cmdqv_queues(s->params)) << 40 |
		   (uint64_t)__builtin_ctz(s->params[SMMU_P_VINTF_SIDS]) << 48;
}

static const struct ims_hw_info_row typed_infos[] = {
	{ .type = 3,
	  .len = 8,
	  .with = 1 + SMMU_P_VCMDQS,
	  .fill = cmdqv_info,
	  .source = "Linux 7.3, tegra241-cmdqv.c, tegra241_cmdqv_hw_info()" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DRIVER(name, hwpts_, on, nested_, invs_, source_)                                          \
	{                                                                                          \
		.policy = name, .hwpts = hwpts_, .hwpts_count = COUNT(hwpts_), .nested = nested_,  \
		.nested_count = COUNT(nested_), .viommus = viommus,                                \
		.viommus_count = COUNT(viommus), .invs = invs_, .invs_count = COUNT(invs_),        \
		.reserved = reserved, .reserved_count = COUNT(reserved),                           \
		.hw_info = { .type = 2,                                                            \
			     .len = 40,                                                            \
			     .fill = hw_info,                                                      \
			     .source = IOMMUFD_C "arm_smmu_hw_info()" },                           \
		.vevent = { .type = 1,                                                             \
			    .words = 4,                                                            \
			    .take = smmu_vevent,                                                   \
			    .source = IOMMUFD_C "arm_vmaster_report_event()" },                    \
		.typed_infos = typed_infos, .typed_infos_count = COUNT(typed_infos),               \
		.nested_on = (on), .nested_wrong_type = EINVAL, .dirty_with = 1 + SMMU_P_HTTU,     \
		.viommu = true, .one_stream = (on) == IMS_INV_VIOMMU, .one_iommu = true,           \
		.nested_alone = true, .source = source_                                            \
	}

static const struct ims_host_driver mail = DRIVER(
	"mail-2023", mail_hwpts, IMS_INV_PARENT | IMS_INV_VIOMMU, mail_nested, mail_invs, MAIL);
static const struct ims_host_driver linux_7_3 =
	DRIVER("linux-7.3", hwpts, IMS_INV_VIOMMU, nested, invs, IOMMUFD_C "arm_vsmmu_ops");
static const struct ims_host_driver for_next =
	DRIVER("linux-for-next", hwpts, IMS_INV_VIOMMU, nested, next_invs, FOR_NEXT);

const struct ims_host_driver *const smmu_hosts[SMMU_HOSTS] = { &mail, &linux_7_3, &for_next };
