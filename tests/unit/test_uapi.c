/* SPDX-License-Identifier: MIT */
/*
 * Errnos of the host's uAPI, call by call, in one world that is made of a few objects: each
 * row is one wrong thing, its errno and where it is said. A3 and A4 are the parts of the
 * reference sheet on iommufd; kernel functions are those of Linux 7.3.
 */
#include <check.h>
#include <errno.h>

#include "models/amdvi/amdvi.h"
#include "models/smmuv3/smmuv3.h"
#include "models/vtd/vtd.h"
#include "tests/run.h"
#include "tests/unit/uapi_rig.h"

#define PARENT_FLAGS IMS_UAPI_HWPT_NEST_PARENT
#define FIXED	     IMS_UAPI_MAP_FIXED_IOVA
#define RW	     (IMS_UAPI_MAP_READABLE | IMS_UAPI_MAP_WRITEABLE)
#define NONE	     99 /* an id that is not there */

/* Ids of the world below, in the order in which they are made. */
enum {
	AS = 1, /* mapped: 0x100000..0x101fff read-write, 0x200000..0x200fff for reading */
	DEV,	/* device 0 */
	DEV1,	/* device 1 */
	FAR,	/* device 2, behind another unit */
	GROUP3, /* devices 3 and 4, one group */
	GROUP4,
	PARENT, /* nesting parent on AS, made for device 0 */
	EMPTY,	/* an address space without anything */
	PLAIN,	/* page table on AS that is no parent */
	VIOMMU, /* where the vendor has it, else nested */
	VDEV,
	NESTED,
};

static uint64_t ste[2], dte[4], s1[3];

static void bind(struct rig *r, uint32_t dev, uint32_t id)
{
	ck_assert_int_eq(rig_call_on(r, dev, "DEVICE_BIND", RIG_SET({ "iommufd", HYP_FD_CONTEXT })),
			 0);
	ck_assert_uint_eq(rig_got(r, "DEVICE_BIND", "out_devid"), id);
}

static void map(struct rig *r, uint32_t ioas, uint64_t iova, uint64_t length, uint32_t flags)
{
	ck_assert_int_eq(rig_call(r, "IOAS_MAP", { "ioas_id", ioas }, { "flags", FIXED | flags },
				  { "iova", iova }, { "length", length },
				  { "user_va", USER + iova }),
			 0);
}

static uint32_t hwpt(struct rig *r, uint32_t pt, uint32_t flags, uint32_t type, uint32_t len)
{
	ck_assert_int_eq(rig_call(r, "HWPT_ALLOC", { "dev_id", DEV }, { "pt_id", pt },
				  { "flags", flags }, { "data_type", type }, { "data_len", len },
				  { "data_uptr", len ? AT_DATA : 0 }),
			 0);
	return (uint32_t)rig_got(r, "HWPT_ALLOC", "out_hwpt_id");
}

static void vendor_objects(struct rig *r)
{
	const struct ims_host_driver *d = r->h->uapi;

	if (!d->viommu) {
		rig_data(r, s1, 3);
		ck_assert_uint_eq(hwpt(r, PARENT, 0, 1, 24), VIOMMU);
		return;
	}
	ck_assert_int_eq(rig_call(r, "VIOMMU_ALLOC", { "type", 1 }, { "dev_id", DEV },
				  { "hwpt_id", PARENT }),
			 0);
	ck_assert_int_eq(rig_call(r, "VDEVICE_ALLOC", { "viommu_id", VIOMMU }, { "dev_id", DEV },
				  { "virt_id", 0x10 }),
			 0);
	if (!d->nested_count)
		return;
	if (d->nested[0].type == 2)
		rig_data(r, ste, 2);
	else
		rig_data(r, dte, 4);
	ck_assert_uint_eq(hwpt(r, VIOMMU, 0, d->nested[0].type, d->nested[0].len), NESTED);
}

static void open_world(struct rig *r, const struct ims_model *model, const char *host)
{
	rig_open(r, model, host);
	ck_assert_int_eq(hyp_uapi_open(r->h), HYP_FD_CONTEXT);
	ims_field_put(ste, SMMU_STE_V, 1);
	ims_field_put(ste, SMMU_STE_CONFIG, SMMU_CONFIG_PASS | SMMU_CONFIG_S1);
	ims_field_put(ste, SMMU_STE_S1CTXPTR, 0x4000 >> 6);
	ims_field_put(dte, AMDVI_DTE_V, 1);
	ims_field_put(dte, AMDVI_DTE_GV, 1);
	amdvi_gcr3_put(dte, 0x5000);
	s1[1] = 0x6000;
	s1[2] = 48;
	ck_assert_int_eq(rig_call(r, "IOAS_ALLOC", { "flags", 0 }), 0);
	for (uint32_t dev = 0; dev < 5; dev++)
		bind(r, dev, DEV + dev);
	ck_assert_uint_eq(hwpt(r, AS, PARENT_FLAGS, 0, 0), PARENT);
	map(r, AS, 0x100000, 0x2000, RW);
	ck_assert_int_eq(rig_call(r, "IOAS_ALLOC", { "flags", 0 }), 0);
	ck_assert_uint_eq(hwpt(r, AS, 0, 0, 0), PLAIN);
	vendor_objects(r);
}

struct row {
	const char *call;
	int error; /* 0: it succeeds */
	const char *source;
	struct rig_set set[9];
	uint64_t data[4]; /* at AT_DATA */
	uint32_t on;	  /* device, of calls on a device's file */
};

#define MAP_OK                                                                                     \
	{ "ioas_id", AS }, { "iova", 0x400000 }, { "length", 0x1000 },                             \
	{                                                                                          \
		"user_va", USER                                                                    \
	}

/* clang-format off */
/* What no vendor decides; run on the vendor with virtual IOMMUs. */
static const struct row common[] = {
	{ .call = "DESTROY", .error = ENOENT, .source = "A2: absent", .set = { { "id", NONE } } },
	{ .call = "DESTROY", .error = ENOENT, .source = "A1: never valid", .set = { { "id", 0 } } },
	{ .call = "DESTROY", .error = ENOENT, .source = "main.c: beyond 31 bits", .set = { { "id", UINT32_MAX } } },
	{ .call = "DESTROY", .error = EBUSY, .source = "A2: page tables are made from it", .set = { { "id", AS } } },
	{ .call = "DESTROY", .error = EBUSY, .source = "A2: a device is the kernel's", .set = { { "id", DEV } } },
	{ .call = "DESTROY", .error = EBUSY, .source = "A2: nested and virtual ones stand on it", .set = { { "id", PARENT } } },
	{ .call = "DESTROY", .error = EBUSY, .source = "A2: a nested page table and a vDEVICE are made from it", .set = { { "id", VIOMMU } } },
	{ .call = "DESTROY", .error = 0, .source = "A2: nothing holds a vDEVICE", .set = { { "id", VDEV } } },
	{ .call = "DESTROY", .error = 0, .source = "A2: not attached", .set = { { "id", NESTED } } },
	{ .call = "DESTROY", .error = 0, .source = "A2: not attached", .set = { { "id", PLAIN } } },

	{ .call = "IOAS_ALLOC", .error = EOPNOTSUPP, .source = "A3", .set = { { "flags", 1 } } },
	{ .call = "IOAS_IOVA_RANGES", .error = EOPNOTSUPP, .source = "A3", .set = { { "ioas_id", AS }, { "reserved", 1 } } },
	{ .call = "IOAS_IOVA_RANGES", .error = ENOENT, .source = "A3", .set = { { "ioas_id", NONE } } },
	{ .call = "IOAS_IOVA_RANGES", .error = ENOENT, .source = "A1: another type", .set = { { "ioas_id", PARENT } } },
	{ .call = "IOAS_IOVA_RANGES", .error = EMSGSIZE, .source = "A3: no room", .set = { { "ioas_id", AS } } },
	{ .call = "IOAS_IOVA_RANGES", .error = EFAULT, .source = "ioas.c", .set = { { "ioas_id", AS }, { "num_iovas", 1 }, { "allowed_iovas", 8 } } },
	{ .call = "IOAS_IOVA_RANGES", .error = 0, .source = "A3", .set = { { "ioas_id", AS }, { "num_iovas", 4 }, { "allowed_iovas", AT_DATA } } },
	{ .call = "IOAS_ALLOW_IOVAS", .error = EOPNOTSUPP, .source = "ioas.c", .set = { { "ioas_id", EMPTY }, { "reserved", 1 } } },
	{ .call = "IOAS_ALLOW_IOVAS", .error = ENOENT, .source = "ioas.c", .set = { { "ioas_id", NONE } } },
	{ .call = "IOAS_ALLOW_IOVAS", .error = EFAULT, .source = "ioas.c", .set = { { "ioas_id", EMPTY }, { "num_iovas", 1 } } },
	{ .call = "IOAS_ALLOW_IOVAS", .error = EINVAL, .source = "A3: start >= last", .set = { { "ioas_id", EMPTY }, { "num_iovas", 1 }, { "allowed_iovas", AT_DATA } }, .data = { 5, 5 } },
	{ .call = "IOAS_ALLOW_IOVAS", .error = EINVAL, .source = "A3: they overlap", .set = { { "ioas_id", EMPTY }, { "num_iovas", 2 }, { "allowed_iovas", AT_DATA } }, .data = { 5, 9, 8, 20 } },
	{ .call = "IOAS_ALLOW_IOVAS", .error = EADDRINUSE, .source = "A3: beyond the page tables", .set = { { "ioas_id", AS }, { "num_iovas", 1 }, { "allowed_iovas", AT_DATA } }, .data = { 0, UINT64_MAX } },
	{ .call = "IOAS_ALLOW_IOVAS", .error = 0, .source = "A3", .set = { { "ioas_id", AS }, { "num_iovas", 1 }, { "allowed_iovas", AT_DATA } }, .data = { 0, 0xffffff } },

	{ .call = "IOAS_MAP", .error = EOPNOTSUPP, .source = "A3: flag", .set = { MAP_OK, { "flags", 8 | FIXED | RW } } },
	{ .call = "IOAS_MAP", .error = EOPNOTSUPP, .source = "A3: reserved", .set = { MAP_OK, { "flags", FIXED | RW }, { "reserved", 1 } } },
	{ .call = "IOAS_MAP", .error = EINVAL, .source = "A3: neither R nor W", .set = { MAP_OK, { "flags", FIXED } } },
	{ .call = "IOAS_MAP", .error = EOVERFLOW, .source = "A3: iova", .set = { { "ioas_id", AS }, { "iova", UINT64_MAX }, { "length", 0x1000 }, { "flags", FIXED | RW } } },
	{ .call = "IOAS_MAP", .error = EOVERFLOW, .source = "A3: length", .set = { { "ioas_id", AS }, { "length", UINT64_MAX }, { "flags", FIXED | RW } } },
	{ .call = "IOAS_MAP", .error = ENOENT, .source = "A3", .set = { { "ioas_id", NONE }, { "iova", 0x400000 }, { "length", 0x1000 }, { "flags", FIXED | RW } } },
	{ .call = "IOAS_MAP", .error = EINVAL, .source = "A3: length 0", .set = { { "ioas_id", AS }, { "iova", 0x400000 }, { "flags", FIXED | RW } } },
	{ .call = "IOAS_MAP", .error = EINVAL, .source = "pages.c: longer than SIZE_MAX less a page", .set = { { "ioas_id", AS }, { "length", UINT64_MAX - 5 }, { "flags", FIXED | RW } } },
	{ .call = "IOAS_MAP", .error = EOVERFLOW, .source = "A3: user_va + length", .set = { { "ioas_id", AS }, { "iova", 0x400000 }, { "length", 0x2000 }, { "user_va", UINT64_MAX - 0xfff }, { "flags", FIXED | RW } } },
	{ .call = "IOAS_MAP", .error = EINVAL, .source = "A3: iova misaligned", .set = { { "ioas_id", AS }, { "iova", 0x400800 }, { "length", 0x1000 }, { "user_va", USER }, { "flags", FIXED | RW } } },
	{ .call = "IOAS_MAP", .error = EINVAL, .source = "A3: length misaligned", .set = { { "ioas_id", AS }, { "iova", 0x400000 }, { "length", 0x800 }, { "user_va", USER }, { "flags", FIXED | RW } } },
	{ .call = "IOAS_MAP", .error = EINVAL, .source = "A3: user_va's offset", .set = { { "ioas_id", AS }, { "iova", 0x400000 }, { "length", 0x1000 }, { "user_va", USER + 1 }, { "flags", FIXED | RW } } },
	{ .call = "IOAS_MAP", .error = EINVAL, .source = "A3: reserved by a page table", .set = { { "ioas_id", AS }, { "iova", UINT64_C(1) << 50 }, { "length", 0x1000 }, { "user_va", USER }, { "flags", FIXED | RW } } },
	{ .call = "IOAS_MAP", .error = EEXIST, .source = "A3: overlap", .set = { { "ioas_id", AS }, { "iova", 0x101000 }, { "length", 0x2000 }, { "user_va", USER }, { "flags", FIXED | RW } } },
	{ .call = "IOAS_MAP", .error = EOVERFLOW, .source = "A3: iova + length", .set = { { "ioas_id", EMPTY }, { "iova", UINT64_MAX - 0xfff }, { "length", 0x2000 }, { "user_va", USER }, { "flags", FIXED | RW } } },
	{ .call = "IOAS_MAP", .error = EFAULT, .source = "A3: pinned, for there is a page table", .set = { { "ioas_id", AS }, { "iova", 0x400000 }, { "length", 0x1000 }, { "user_va", 0x1000 }, { "flags", FIXED | RW } } },
	{ .call = "IOAS_MAP", .error = 0, .source = "A3: pinned lazily without a page table", .set = { { "ioas_id", EMPTY }, { "iova", 0x400000 }, { "length", 0x1000 }, { "user_va", 0x1000 }, { "flags", FIXED | RW } } },
	{ .call = "IOAS_MAP", .error = 0, .source = "io_pagetable.c: any byte without a page table", .set = { { "ioas_id", EMPTY }, { "iova", 3 }, { "length", 5 }, { "user_va", 7 }, { "flags", FIXED | RW } } },
	{ .call = "IOAS_MAP", .error = EOVERFLOW, .source = "A3: auto, half of all", .set = { { "ioas_id", EMPTY }, { "length", UINT64_MAX / 2 }, { "user_va", USER }, { "flags", RW } } },
	{ .call = "IOAS_MAP", .error = ENOSPC, .source = "A3: auto, more than there is", .set = { { "ioas_id", AS }, { "length", UINT64_C(1) << 60 }, { "user_va", UINT64_C(1) << 60 }, { "flags", RW } } },
	{ .call = "IOAS_MAP", .error = EINVAL, .source = "A3: auto, alignment of the memory", .set = { { "ioas_id", AS }, { "length", 0x1000 }, { "user_va", USER + 0x800 }, { "flags", RW } } },
	{ .call = "IOAS_MAP", .error = 0, .source = "A3: auto", .set = { { "ioas_id", AS }, { "length", 0x1000 }, { "user_va", USER }, { "flags", RW } } },

	{ .call = "IOAS_COPY", .error = EOPNOTSUPP, .source = "ioas.c", .set = { { "flags", 8 } } },
	{ .call = "IOAS_COPY", .error = EOVERFLOW, .source = "ioas.c", .set = { { "flags", FIXED | RW }, { "length", UINT64_MAX } } },
	{ .call = "IOAS_COPY", .error = EINVAL, .source = "ioas.c: neither R nor W", .set = { { "flags", FIXED }, { "length", 0x1000 } } },
	{ .call = "IOAS_COPY", .error = ENOENT, .source = "ioas.c: source", .set = { { "flags", FIXED | RW }, { "src_ioas_id", NONE }, { "length", 0x1000 } } },
	{ .call = "IOAS_COPY", .error = EINVAL, .source = "A3: length 0", .set = { { "flags", FIXED | RW }, { "src_ioas_id", AS } } },
	{ .call = "IOAS_COPY", .error = EOVERFLOW, .source = "io_pagetable.c", .set = { { "flags", FIXED | RW }, { "src_ioas_id", AS }, { "src_iova", UINT64_MAX - 0xfff }, { "length", 0x2000 } } },
	{ .call = "IOAS_COPY", .error = ENOENT, .source = "A3: a hole in the source", .set = { { "flags", FIXED | RW }, { "src_ioas_id", AS }, { "src_iova", 0x101000 }, { "length", 0x2000 } } },
	{ .call = "IOAS_COPY", .error = ENOENT, .source = "ioas.c: destination", .set = { { "flags", FIXED | RW }, { "src_ioas_id", AS }, { "src_iova", 0x100000 }, { "length", 0x1000 }, { "dst_ioas_id", NONE } } },
	{ .call = "IOAS_COPY", .error = EEXIST, .source = "io_pagetable.c", .set = { { "flags", FIXED | RW }, { "src_ioas_id", AS }, { "src_iova", 0x100000 }, { "length", 0x1000 }, { "dst_ioas_id", AS }, { "dst_iova", 0x100000 } } },
	{ .call = "IOAS_COPY", .error = 0, .source = "io_pagetable.c: a part of an area", .set = { { "flags", FIXED | RW }, { "src_ioas_id", AS }, { "src_iova", 0x101000 }, { "length", 0x1000 }, { "dst_ioas_id", EMPTY }, { "dst_iova", 0x7000 } } },

	{ .call = "IOAS_UNMAP", .error = ENOENT, .source = "ioas.c", .set = { { "ioas_id", NONE } } },
	{ .call = "IOAS_UNMAP", .error = ENOENT, .source = "A3: nothing there", .set = { { "ioas_id", AS }, { "iova", 0x400000 }, { "length", 0x1000 } } },
	{ .call = "IOAS_UNMAP", .error = ENOENT, .source = "A3: an area cut by the edge", .set = { { "ioas_id", AS }, { "iova", 0x100000 }, { "length", 0x1000 } } },
	{ .call = "IOAS_UNMAP", .error = ENOENT, .source = "A3: an area cut by the edge", .set = { { "ioas_id", AS }, { "iova", 0x101000 }, { "length", 0x1000 } } },
	{ .call = "IOAS_UNMAP", .error = EINVAL, .source = "A3: length 0", .set = { { "ioas_id", AS }, { "iova", 0x100000 } } },
	{ .call = "IOAS_UNMAP", .error = EOVERFLOW, .source = "ioas.c", .set = { { "ioas_id", AS }, { "iova", 1 }, { "length", UINT64_MAX } } },
	{ .call = "IOAS_UNMAP", .error = EOVERFLOW, .source = "io_pagetable.c", .set = { { "ioas_id", AS }, { "iova", UINT64_MAX - 5 }, { "length", 0x1000 } } },
	{ .call = "IOAS_UNMAP", .error = 0, .source = "A3: all, on what is empty", .set = { { "ioas_id", EMPTY }, { "length", UINT64_MAX } } },
	{ .call = "IOAS_UNMAP", .error = 0, .source = "A3: all", .set = { { "ioas_id", AS }, { "length", UINT64_MAX } } },

	{ .call = "OPTION", .error = EOPNOTSUPP, .source = "main.c", .set = { { "reserved", 1 } } },
	{ .call = "OPTION", .error = EOPNOTSUPP, .source = "main.c", .set = { { "option_id", 2 } } },
	{ .call = "OPTION", .error = EOPNOTSUPP, .source = "A3: object_id", .set = { { "object_id", AS } } },
	{ .call = "OPTION", .error = EOPNOTSUPP, .source = "iommufd_option_rlimit_mode()", .set = { { "op", 2 } } },
	{ .call = "OPTION", .error = EBUSY, .source = "A3: there are objects", .set = { { "val64", 1 } } },
	{ .call = "OPTION", .error = 0, .source = "A3", .set = { { "op", IMS_UAPI_OPTION_GET } } },
	{ .call = "OPTION", .error = ENOENT, .source = "A3", .set = { { "option_id", 1 }, { "object_id", NONE } } },
	{ .call = "OPTION", .error = EINVAL, .source = "A3: with mappings", .set = { { "option_id", 1 }, { "object_id", AS } } },
	{ .call = "OPTION", .error = EINVAL, .source = "iommufd_ioas_option()", .set = { { "option_id", 1 }, { "object_id", EMPTY }, { "val64", 2 } } },
	{ .call = "OPTION", .error = EOPNOTSUPP, .source = "iommufd_ioas_option()", .set = { { "option_id", 1 }, { "object_id", EMPTY }, { "op", 2 } } },
	{ .call = "OPTION", .error = 0, .source = "A3", .set = { { "option_id", 1 }, { "object_id", EMPTY } } },

	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A3", .set = { { "dev_id", DEV }, { "pt_id", AS }, { "reserved", 1 } } },
	{ .call = "HWPT_ALLOC", .error = 0, .source = "A3: not looked at", .set = { { "dev_id", DEV }, { "pt_id", AS }, { "reserved2", 1 } } },
	{ .call = "HWPT_ALLOC", .error = EINVAL, .source = "A3: type without data", .set = { { "dev_id", DEV }, { "pt_id", AS }, { "data_type", 2 } } },
	{ .call = "HWPT_ALLOC", .error = EINVAL, .source = "A3: data without type", .set = { { "dev_id", DEV }, { "pt_id", AS }, { "data_len", 8 } } },
	{ .call = "HWPT_ALLOC", .error = ENOENT, .source = "A3", .set = { { "dev_id", NONE }, { "pt_id", AS } } },
	{ .call = "HWPT_ALLOC", .error = ENOENT, .source = "A1: another type", .set = { { "dev_id", AS }, { "pt_id", AS } } },
	{ .call = "HWPT_ALLOC", .error = EINVAL, .source = "A3: pt_id absent", .set = { { "dev_id", DEV }, { "pt_id", NONE } } },
	{ .call = "HWPT_ALLOC", .error = EINVAL, .source = "A3: pt_id of another type", .set = { { "dev_id", DEV }, { "pt_id", DEV1 } } },
	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A3: flag", .set = { { "dev_id", DEV }, { "pt_id", AS }, { "flags", 16 } } },
	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A3", .set = { { "dev_id", DEV }, { "pt_id", AS }, { "flags", PARENT_FLAGS | IMS_UAPI_HWPT_FAULT_ID_VALID } } },
	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A3: drivers take no data", .set = { { "dev_id", DEV }, { "pt_id", AS }, { "data_type", 2 }, { "data_len", 16 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_ALLOC", .error = ENOENT, .source = "A3: fault_id, checked last", .set = { { "dev_id", DEV }, { "pt_id", EMPTY }, { "flags", IMS_UAPI_HWPT_FAULT_ID_VALID }, { "fault_id", NONE } } },

	{ .call = "HWPT_SET_DIRTY_TRACKING", .error = EOPNOTSUPP, .source = "A3: flag", .set = { { "hwpt_id", PLAIN }, { "flags", 2 } } },
	{ .call = "HWPT_SET_DIRTY_TRACKING", .error = EOPNOTSUPP, .source = "A3: no ops; reserved is not looked at", .set = { { "hwpt_id", PLAIN }, { "flags", 1 }, { "reserved", 1 } } },
	{ .call = "HWPT_SET_DIRTY_TRACKING", .error = ENOENT, .source = "A3: not filled from an address space", .set = { { "hwpt_id", NESTED }, { "flags", 1 } } },
	{ .call = "HWPT_GET_DIRTY_BITMAP", .error = EOPNOTSUPP, .source = "A3: flag", .set = { { "hwpt_id", PLAIN }, { "flags", 2 } } },
	{ .call = "HWPT_GET_DIRTY_BITMAP", .error = EOPNOTSUPP, .source = "A3: reserved", .set = { { "hwpt_id", PLAIN }, { "reserved", 2 } } },
	{ .call = "HWPT_GET_DIRTY_BITMAP", .error = ENOENT, .source = "A3: nested", .set = { { "hwpt_id", NESTED } } },
	{ .call = "HWPT_GET_DIRTY_BITMAP", .error = EOVERFLOW, .source = "A3", .set = { { "hwpt_id", PLAIN }, { "iova", UINT64_MAX - 0xfff }, { "length", 0x2000 }, { "page_size", 0x1000 } } },
	{ .call = "HWPT_GET_DIRTY_BITMAP", .error = EINVAL, .source = "A3: iova", .set = { { "hwpt_id", PLAIN }, { "iova", 0x800 }, { "length", 0x1000 }, { "page_size", 0x1000 } } },
	{ .call = "HWPT_GET_DIRTY_BITMAP", .error = EINVAL, .source = "A3: end", .set = { { "hwpt_id", PLAIN }, { "iova", 0x1000 }, { "length", 0x800 }, { "page_size", 0x1000 } } },
	{ .call = "HWPT_GET_DIRTY_BITMAP", .error = EINVAL, .source = "A3: page_size 0", .set = { { "hwpt_id", PLAIN }, { "iova", 0x1000 }, { "length", 0x1000 } } },
	{ .call = "HWPT_GET_DIRTY_BITMAP", .error = EINVAL, .source = "A3: page_size", .set = { { "hwpt_id", PLAIN }, { "iova", 0x1000 }, { "length", 0x1000 }, { "page_size", 0x2000 } } },
	{ .call = "HWPT_GET_DIRTY_BITMAP", .error = EOPNOTSUPP, .source = "A3: no ops", .set = { { "hwpt_id", PLAIN }, { "iova", 0x1000 }, { "length", 0x1000 }, { "page_size", 0x1000 } } },

	{ .call = "GET_HW_INFO", .error = EOPNOTSUPP, .source = "A3: flag", .set = { { "dev_id", DEV }, { "flags", 2 } } },
	{ .call = "GET_HW_INFO", .error = ENOENT, .source = "A3", .set = { { "dev_id", AS } } },
	{ .call = "GET_HW_INFO", .error = EOPNOTSUPP, .source = "A3: in_data_type", .set = { { "dev_id", DEV }, { "flags", 1 }, { "data_type", 77 } } },
	{ .call = "GET_HW_INFO", .error = EFAULT, .source = "main.c", .set = { { "dev_id", DEV }, { "data_len", 8 }, { "data_uptr", 8 } } },
	{ .call = "GET_HW_INFO", .error = 0, .source = "A3", .set = { { "dev_id", DEV }, { "data_len", 64 }, { "data_uptr", AT_DATA } } },

	{ .call = "FAULT_QUEUE_ALLOC", .error = EOPNOTSUPP, .source = "A3", .set = { { "flags", 1 } } },
	{ .call = "VIOMMU_ALLOC", .error = EOPNOTSUPP, .source = "A3: flags", .set = { { "flags", 1 }, { "type", 1 }, { "dev_id", DEV }, { "hwpt_id", PARENT } } },
	{ .call = "VIOMMU_ALLOC", .error = EOPNOTSUPP, .source = "A3: type DEFAULT", .set = { { "dev_id", DEV }, { "hwpt_id", PARENT } } },
	{ .call = "VIOMMU_ALLOC", .error = ENOENT, .source = "A3", .set = { { "type", 1 }, { "dev_id", NONE }, { "hwpt_id", PARENT } } },
	{ .call = "VIOMMU_ALLOC", .error = EOPNOTSUPP, .source = "A3: type unknown to the driver", .set = { { "type", 9 }, { "dev_id", DEV }, { "hwpt_id", PARENT } } },
	{ .call = "VIOMMU_ALLOC", .error = ENOENT, .source = "A3: not filled from an address space", .set = { { "type", 1 }, { "dev_id", DEV }, { "hwpt_id", AS } } },
	{ .call = "VIOMMU_ALLOC", .error = EINVAL, .source = "A3: no nesting parent", .set = { { "type", 1 }, { "dev_id", DEV }, { "hwpt_id", PLAIN } } },
	{ .call = "VIOMMU_ALLOC", .error = EINVAL, .source = "A3: parent of another unit", .set = { { "type", 1 }, { "dev_id", FAR }, { "hwpt_id", PARENT } } },
	{ .call = "VDEVICE_ALLOC", .error = ENOENT, .source = "A3", .set = { { "viommu_id", PARENT }, { "dev_id", DEV1 } } },
	{ .call = "VDEVICE_ALLOC", .error = ENOENT, .source = "A3", .set = { { "viommu_id", VIOMMU }, { "dev_id", NONE } } },
	{ .call = "VDEVICE_ALLOC", .error = EINVAL, .source = "A3: behind another unit", .set = { { "viommu_id", VIOMMU }, { "dev_id", FAR } } },
	{ .call = "VDEVICE_ALLOC", .error = EEXIST, .source = "A3: the device has one", .set = { { "viommu_id", VIOMMU }, { "dev_id", DEV }, { "virt_id", 0x11 } } },
	{ .call = "VDEVICE_ALLOC", .error = EEXIST, .source = "A3: virt_id is taken", .set = { { "viommu_id", VIOMMU }, { "dev_id", DEV1 }, { "virt_id", 0x10 } } },
	{ .call = "VEVENTQ_ALLOC", .error = EOPNOTSUPP, .source = "A3: flags", .set = { { "viommu_id", VIOMMU }, { "type", 1 }, { "veventq_depth", 1 }, { "flags", 1 } } },
	{ .call = "VEVENTQ_ALLOC", .error = EOPNOTSUPP, .source = "A3: reserved", .set = { { "viommu_id", VIOMMU }, { "type", 1 }, { "veventq_depth", 1 }, { "reserved", 1 } } },
	{ .call = "VEVENTQ_ALLOC", .error = EOPNOTSUPP, .source = "A3: type 0", .set = { { "viommu_id", VIOMMU }, { "veventq_depth", 1 } } },
	{ .call = "VEVENTQ_ALLOC", .error = EINVAL, .source = "A3: depth 0", .set = { { "viommu_id", VIOMMU }, { "type", 1 } } },
	{ .call = "VEVENTQ_ALLOC", .error = EINVAL, .source = "A3: depth", .set = { { "viommu_id", VIOMMU }, { "type", 1 }, { "veventq_depth", (1 << 19) + 1 } } },
	{ .call = "VEVENTQ_ALLOC", .error = ENOENT, .source = "A3", .set = { { "viommu_id", NONE }, { "type", 1 }, { "veventq_depth", 1 } } },
	{ .call = "VEVENTQ_ALLOC", .error = 0, .source = "A3: any type", .set = { { "viommu_id", VIOMMU }, { "type", 77 }, { "veventq_depth", 1 << 19 } } },
	{ .call = "HW_QUEUE_ALLOC", .error = EOPNOTSUPP, .source = "A3: flags", .set = { { "viommu_id", VIOMMU }, { "type", 1 }, { "length", 64 }, { "flags", 1 } } },
	{ .call = "HW_QUEUE_ALLOC", .error = EOPNOTSUPP, .source = "A3: type 0", .set = { { "viommu_id", VIOMMU }, { "length", 64 } } },
	{ .call = "HW_QUEUE_ALLOC", .error = EINVAL, .source = "A3: length 0", .set = { { "viommu_id", VIOMMU }, { "type", 1 } } },
	{ .call = "HW_QUEUE_ALLOC", .error = EOVERFLOW, .source = "A3", .set = { { "viommu_id", VIOMMU }, { "type", 1 }, { "length", 64 }, { "nesting_parent_iova", UINT64_MAX - 7 } } },
	{ .call = "HW_QUEUE_ALLOC", .error = ENOENT, .source = "A3", .set = { { "viommu_id", NONE }, { "type", 1 }, { "length", 64 } } },
	{ .call = "HW_QUEUE_ALLOC", .error = EOPNOTSUPP, .source = "A3: no ops", .set = { { "viommu_id", VIOMMU }, { "type", 1 }, { "length", 64 } } },

	{ .call = "HWPT_INVALIDATE", .error = EOPNOTSUPP, .source = "A4", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "reserved", 1 } } },
	{ .call = "HWPT_INVALIDATE", .error = EINVAL, .source = "A4: no array", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 16 } } },
	{ .call = "HWPT_INVALIDATE", .error = EINVAL, .source = "A4: entry_len 0", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "entry_num", 1 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_INVALIDATE", .error = EINVAL, .source = "A4: entry_len", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "entry_num", 1 }, { "data_uptr", AT_DATA }, { "entry_len", 4097 } } },
	{ .call = "HWPT_INVALIDATE", .error = EINVAL, .source = "A4: entry_num", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "entry_num", (1 << 19) + 1 }, { "data_uptr", AT_DATA }, { "entry_len", 16 } } },
	{ .call = "HWPT_INVALIDATE", .error = ENOENT, .source = "A4", .set = { { "hwpt_id", NONE }, { "data_type", 1 } } },
	{ .call = "HWPT_INVALIDATE", .error = EINVAL, .source = "A4: neither nested nor a vIOMMU", .set = { { "hwpt_id", PARENT }, { "data_type", 1 } } },
	{ .call = "HWPT_INVALIDATE", .error = EINVAL, .source = "A4: neither nested nor a vIOMMU", .set = { { "hwpt_id", AS }, { "data_type", 1 } } },

	{ .call = "DEVICE_BIND", .error = EINVAL, .source = "vfio: flags", .set = { { "flags", 1 } } },
	{ .call = "DEVICE_BIND", .error = EINVAL, .source = "vfio: bound already", .set = { { "iommufd", HYP_FD_CONTEXT } } },
	{ .call = "DEVICE_ATTACH", .error = EINVAL, .source = "vfio: flags", .set = { { "flags", 2 }, { "pt_id", AS } } },
	{ .call = "DEVICE_ATTACH", .error = ENOENT, .source = "A3", .set = { { "pt_id", NONE } } },
	{ .call = "DEVICE_ATTACH", .error = EINVAL, .source = "A3: wrong type", .set = { { "pt_id", VIOMMU } } },
	{ .call = "DEVICE_ATTACH", .error = EINVAL, .source = "A3: an automatic page table is of no PASID", .set = { { "pt_id", AS }, { "flags", 1 }, { "pasid", 5 } } },
	{ .call = "DEVICE_ATTACH", .error = EINVAL, .source = "A3: the page table is of no PASID", .set = { { "pt_id", PLAIN }, { "flags", 1 }, { "pasid", 5 } } },
	{ .call = "DEVICE_ATTACH", .error = 0, .source = "A3", .set = { { "pt_id", PARENT } } },
	{ .call = "DEVICE_ATTACH", .error = 0, .source = "A3: an automatic one", .set = { { "pt_id", EMPTY } } },
	{ .call = "DEVICE_DETACH", .error = EINVAL, .source = "vfio: flags", .set = { { "flags", 2 } } },
	{ .call = "DEVICE_DETACH", .error = 0, .source = "A3: nothing attached", .set = { { "flags", 0 } } },
};

static const struct row arm[] = {
	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A3: Arm, NEST_PARENT | DIRTY", .set = { { "dev_id", DEV }, { "pt_id", AS }, { "flags", PARENT_FLAGS | IMS_UAPI_HWPT_DIRTY_TRACKING } } },
	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A3: Arm, NEST_PARENT | PASID", .set = { { "dev_id", DEV }, { "pt_id", AS }, { "flags", PARENT_FLAGS | IMS_UAPI_HWPT_PASID } } },
	{ .call = "HWPT_ALLOC", .error = 0, .source = "A3: Arm, DIRTY | PASID", .set = { { "dev_id", DEV }, { "pt_id", AS }, { "flags", IMS_UAPI_HWPT_PASID | IMS_UAPI_HWPT_DIRTY_TRACKING } } },
	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A3: Arm, nested on a page table", .set = { { "dev_id", DEV }, { "pt_id", PARENT }, { "data_type", 2 }, { "data_len", 16 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_ALLOC", .error = EINVAL, .source = "A3: behind another unit", .set = { { "dev_id", FAR }, { "pt_id", VIOMMU }, { "data_type", 2 }, { "data_len", 16 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A3: no data", .set = { { "dev_id", DEV }, { "pt_id", VIOMMU } } },
	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A3: flag", .set = { { "dev_id", DEV }, { "pt_id", VIOMMU }, { "flags", PARENT_FLAGS }, { "data_type", 2 }, { "data_len", 16 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A3: Arm refuses PASID", .set = { { "dev_id", DEV }, { "pt_id", VIOMMU }, { "flags", IMS_UAPI_HWPT_PASID }, { "data_type", 2 }, { "data_len", 16 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_ALLOC", .error = EINVAL, .source = "A3: Arm does not look at the type before the copy", .set = { { "dev_id", DEV }, { "pt_id", VIOMMU }, { "data_type", 1 }, { "data_len", 16 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_ALLOC", .error = EINVAL, .source = "A3: data too short", .set = { { "dev_id", DEV }, { "pt_id", VIOMMU }, { "data_type", 2 }, { "data_len", 8 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_ALLOC", .error = EINVAL, .source = "A3: data too long, not E2BIG", .set = { { "dev_id", DEV }, { "pt_id", VIOMMU }, { "data_type", 2 }, { "data_len", 24 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_ALLOC", .error = EFAULT, .source = "A3", .set = { { "dev_id", DEV }, { "pt_id", VIOMMU }, { "data_type", 2 }, { "data_len", 16 }, { "data_uptr", 8 } } },
	{ .call = "HWPT_ALLOC", .error = EIO, .source = "A5: a bit that is no guest's", .set = { { "dev_id", DEV }, { "pt_id", VIOMMU }, { "data_type", 2 }, { "data_len", 16 }, { "data_uptr", AT_DATA } }, .data = { 0x0b, UINT64_C(1) << 44 } },
	{ .call = "HWPT_ALLOC", .error = EIO, .source = "A5: Config 7", .set = { { "dev_id", DEV }, { "pt_id", VIOMMU }, { "data_type", 2 }, { "data_len", 16 }, { "data_uptr", AT_DATA } }, .data = { 0x0f } },
	{ .call = "HWPT_ALLOC", .error = EIO, .source = "A5: EATS 2", .set = { { "dev_id", DEV }, { "pt_id", VIOMMU }, { "data_type", 2 }, { "data_len", 16 }, { "data_uptr", AT_DATA } }, .data = { 0x0b, UINT64_C(2) << 28 } },
	{ .call = "HWPT_ALLOC", .error = 0, .source = "A5: V = 0 is accepted", .set = { { "dev_id", DEV }, { "pt_id", VIOMMU }, { "data_type", 2 }, { "data_len", 16 }, { "data_uptr", AT_DATA } } },
	{ .call = "DEVICE_ATTACH", .error = ENOENT, .source = "A3: Arm, stage 1 without vDEVICE", .set = { { "pt_id", NESTED } }, .on = 1 },
	{ .call = "DEVICE_ATTACH", .error = EINVAL, .source = "A3: Arm, another unit", .set = { { "pt_id", NESTED } }, .on = 2 },
	{ .call = "DEVICE_ATTACH", .error = EINVAL, .source = "a page table of another unit", .set = { { "pt_id", PARENT } }, .on = 2 },
	{ .call = "DEVICE_ATTACH", .error = EINVAL, .source = "A3: a nested one is of no PASID", .set = { { "pt_id", NESTED }, { "flags", 1 }, { "pasid", 5 } } },
	{ .call = "DEVICE_ATTACH", .error = 0, .source = "A3", .set = { { "pt_id", NESTED } } },
	{ .call = "HWPT_INVALIDATE", .error = EINVAL, .source = "A4: Arm, empty array", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 } } },
	{ .call = "HWPT_INVALIDATE", .error = EINVAL, .source = "A4: type", .set = { { "hwpt_id", VIOMMU }, { "data_type", 0 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_INVALIDATE", .error = EOPNOTSUPP, .source = "A4: Arm, nested", .set = { { "hwpt_id", NESTED }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_INVALIDATE", .error = EIO, .source = "A4: Arm, SYNC", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } }, .data = { 0x46 } },
	{ .call = "HWPT_INVALIDATE", .error = EIO, .source = "A4: Arm, CFGI_STE", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } }, .data = { 0x03 } },
	{ .call = "HWPT_INVALIDATE", .error = EIO, .source = "A4: Arm, unknown vSID", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } }, .data = { UINT64_C(0x99) << 32 | 0x40 } },
	{ .call = "HWPT_INVALIDATE", .error = 0, .source = "A4: Arm, ATC_INV", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } }, .data = { UINT64_C(0x10) << 32 | 0x40 } },
	{ .call = "HWPT_INVALIDATE", .error = 0, .source = "A4: Arm, a short entry", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 1 }, { "data_uptr", AT_DATA } }, .data = { 0x10 } },
	{ .call = "HWPT_INVALIDATE", .error = 0, .source = "A4: Arm, a long entry", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 24 }, { "data_uptr", AT_DATA } }, .data = { 0x10 } },
	{ .call = "HWPT_INVALIDATE", .error = E2BIG, .source = "A4: Arm, a long entry's tail", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 24 }, { "data_uptr", AT_DATA } }, .data = { 0x10, 0, 1 } },
	{ .call = "HWPT_INVALIDATE", .error = EFAULT, .source = "A4", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", 8 } } },
};

static const struct row next[] = {
	{ .call = "HWPT_INVALIDATE", .error = 0, .source = "A6: the probe works again", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 } } },
	{ .call = "HWPT_INVALIDATE", .error = EIO, .source = "A6: a RES0 bit", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } }, .data = { 0x10 | 1 << 8 } },
	{ .call = "HWPT_INVALIDATE", .error = EIO, .source = "A6: ATC Size", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } }, .data = { UINT64_C(0x10) << 32 | 0x40, 53 } },
	{ .call = "HWPT_INVALIDATE", .error = 0, .source = "A6", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } }, .data = { UINT64_C(0x10) << 32 | 0x40, 52 } },
};

#define S1 { "dev_id", DEV }, { "pt_id", PARENT }, { "data_type", 1 }, { "data_len", 24 }, { "data_uptr", AT_DATA }
#define INV { "hwpt_id", VIOMMU }, { "entry_num", 1 }, { "entry_len", 24 }, { "data_uptr", AT_DATA }
static const struct row intel[] = {
	{ .call = "HWPT_ALLOC", .error = 0, .source = "A3: VT-d, any of the three", .set = { { "dev_id", DEV }, { "pt_id", AS }, { "flags", PARENT_FLAGS | IMS_UAPI_HWPT_PASID | IMS_UAPI_HWPT_DIRTY_TRACKING } } },
	{ .call = "HWPT_ALLOC", .error = EINVAL, .source = "A3: on one that is no parent", .set = { { "dev_id", DEV }, { "pt_id", PLAIN }, { "data_type", 1 }, { "data_len", 24 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A3: flag", .set = { S1, { "flags", IMS_UAPI_HWPT_DIRTY_TRACKING } } },
	{ .call = "HWPT_ALLOC", .error = 0, .source = "A3: PASID", .set = { S1, { "flags", IMS_UAPI_HWPT_PASID } } },
	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A3: no data", .set = { { "dev_id", DEV }, { "pt_id", PARENT } } },
	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A3: VT-d looks at the type first", .set = { { "dev_id", DEV }, { "pt_id", PARENT }, { "data_type", 2 }, { "data_len", 16 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_ALLOC", .error = EINVAL, .source = "A3: too short", .set = { { "dev_id", DEV }, { "pt_id", PARENT }, { "data_type", 1 }, { "data_len", 16 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_ALLOC", .error = 0, .source = "vtd sheet 6.1: neither flags nor address are looked at", .set = { S1 }, .data = { UINT64_MAX, UINT64_MAX, 7 } },
	{ .call = "VIOMMU_ALLOC", .error = EOPNOTSUPP, .source = "A3: VT-d, always", .set = { { "type", 1 }, { "dev_id", DEV }, { "hwpt_id", PARENT } } },
	{ .call = "IOAS_MAP", .error = EINVAL, .source = "A3: erratum 772415, no read-only page in a parent", .set = { MAP_OK, { "flags", FIXED | IMS_UAPI_MAP_READABLE } } },
	{ .call = "HWPT_INVALIDATE", .error = EINVAL, .source = "A4: VT-d, type", .set = { INV, { "data_type", 1 } } },
	{ .call = "HWPT_INVALIDATE", .error = 0, .source = "A4: VT-d, the probe works", .set = { { "hwpt_id", VIOMMU } } },
	{ .call = "HWPT_INVALIDATE", .error = EINVAL, .source = "A4: VT-d, longer", .set = { { "hwpt_id", VIOMMU }, { "entry_num", 1 }, { "entry_len", 32 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_INVALIDATE", .error = EINVAL, .source = "A4: VT-d, shorter", .set = { { "hwpt_id", VIOMMU }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_INVALIDATE", .error = EOPNOTSUPP, .source = "A4: VT-d, flags", .set = { INV }, .data = { 0, 1, 2 } },
	{ .call = "HWPT_INVALIDATE", .error = EOPNOTSUPP, .source = "A4: VT-d, reserved", .set = { INV }, .data = { 0, 1, UINT64_C(1) << 32 } },
	{ .call = "HWPT_INVALIDATE", .error = EINVAL, .source = "A4: VT-d, address", .set = { INV }, .data = { 0x800, 1 } },
	{ .call = "HWPT_INVALIDATE", .error = EINVAL, .source = "A4: VT-d, all from an address on", .set = { INV }, .data = { 0x1000, UINT64_MAX } },
	{ .call = "HWPT_INVALIDATE", .error = 0, .source = "A4: VT-d, no page is no error", .set = { INV }, .data = { 0x1000, 0 } },
	{ .call = "HWPT_INVALIDATE", .error = 0, .source = "A4: VT-d, everything", .set = { INV }, .data = { 0, UINT64_MAX } },
	{ .call = "DEVICE_ATTACH", .error = EINVAL, .source = "A3: not of a PASID", .set = { { "pt_id", VIOMMU }, { "flags", 1 }, { "pasid", 5 } } },
};

static const struct row amd[] = {
	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A3: AMD, PASID and another", .set = { { "dev_id", DEV }, { "pt_id", AS }, { "flags", IMS_UAPI_HWPT_PASID | IMS_UAPI_HWPT_DIRTY_TRACKING } } },
	{ .call = "HWPT_ALLOC", .error = 0, .source = "A3: AMD, PASID", .set = { { "dev_id", DEV }, { "pt_id", AS }, { "flags", IMS_UAPI_HWPT_PASID } } },
	{ .call = "HWPT_ALLOC", .error = 0, .source = "A3: AMD, DIRTY | NEST_PARENT", .set = { { "dev_id", DEV }, { "pt_id", AS }, { "flags", PARENT_FLAGS | IMS_UAPI_HWPT_DIRTY_TRACKING } } },
	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A6: nobody calls amd_iommu_alloc_domain_nested()", .set = { { "dev_id", DEV }, { "pt_id", VIOMMU }, { "data_type", 3 }, { "data_len", 32 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A6", .set = { { "dev_id", DEV }, { "pt_id", PARENT }, { "data_type", 3 }, { "data_len", 32 }, { "data_uptr", AT_DATA } } },
	{ .call = "VIOMMU_ALLOC", .error = 0, .source = "A3: AMD accepts any type", .set = { { "type", 12345 }, { "dev_id", DEV }, { "hwpt_id", PARENT } } },
	{ .call = "HWPT_INVALIDATE", .error = EOPNOTSUPP, .source = "A4: AMD has no cache_invalidate", .set = { { "hwpt_id", VIOMMU }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } } },
};

#define DTE { "dev_id", DEV }, { "pt_id", VIOMMU }, { "data_type", 3 }, { "data_len", 32 }, { "data_uptr", AT_DATA }
static const struct row amd_hooked[] = {
	{ .call = "HWPT_ALLOC", .error = 0, .source = "A5", .set = { DTE } },
	{ .call = "HWPT_ALLOC", .error = EINVAL, .source = "A5: Mode", .set = { DTE }, .data = { UINT64_C(1) << 9 } },
	{ .call = "HWPT_ALLOC", .error = EINVAL, .source = "A5: host TRP", .set = { DTE }, .data = { 0x1000 } },
	{ .call = "HWPT_ALLOC", .error = EINVAL, .source = "A5: GLX 3", .set = { DTE }, .data = { UINT64_C(3) << 56 } },
	{ .call = "HWPT_ALLOC", .error = EINVAL, .source = "A5: V and GV without GCR3", .set = { DTE }, .data = { 1 | UINT64_C(1) << 55 } },
	{ .call = "HWPT_ALLOC", .error = EOPNOTSUPP, .source = "A3: AMD looks at the type first", .set = { { "dev_id", DEV }, { "pt_id", VIOMMU }, { "data_type", 2 }, { "data_len", 16 }, { "data_uptr", AT_DATA } } },
	{ .call = "HWPT_INVALIDATE", .error = EOPNOTSUPP, .source = "A4: AMD, nested", .set = { { "hwpt_id", NESTED }, { "data_type", 2 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } } },
	{ .call = "DEVICE_ATTACH", .error = 0, .source = "A3", .set = { { "pt_id", NESTED } } },
};

/* The mail's calls. */
static const struct row amd_mail[] = {
	{ .call = "HWPT_INVALIDATE", .error = 0, .source = "mail: to a nested domain", .set = { { "hwpt_id", NESTED }, { "data_type", 2 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } }, .data = { UINT64_C(3) << 60 } },
	{ .call = "HWPT_INVALIDATE", .error = EIO, .source = "mail: what names a device does not go to the domain", .set = { { "hwpt_id", NESTED }, { "data_type", 2 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } }, .data = { UINT64_C(4) << 60 | 0x10 } },
	{ .call = "HWPT_INVALIDATE", .error = 0, .source = "mail: the virtual function holds both", .set = { { "hwpt_id", VIOMMU }, { "data_type", 2 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } }, .data = { UINT64_C(4) << 60 | 0x10 } },
	{ .call = "DEV_INVALIDATE", .error = 0, .source = "mail: IOMMUFD_DEV_INVALIDATE", .set = { { "dev_id", DEV }, { "data_type", 2 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } }, .data = { UINT64_C(4) << 60 } },
	{ .call = "DEV_INVALIDATE", .error = ENOENT, .source = "mail", .set = { { "dev_id", NONE }, { "data_type", 2 } } },
	{ .call = "DEV_INVALIDATE", .error = EOPNOTSUPP, .source = "as A4", .set = { { "dev_id", DEV }, { "data_type", 2 }, { "reserved", 1 } } },
	{ .call = "DEV_INVALIDATE", .error = EINVAL, .source = "as A4", .set = { { "dev_id", DEV }, { "data_type", 2 }, { "entry_num", 1 }, { "entry_len", 16 } } },
};
static const struct row arm_mail[] = {
	{ .call = "HWPT_INVALIDATE", .error = 0, .source = "mail: to the nesting parent", .set = { { "hwpt_id", PARENT }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } }, .data = { 0x10 } },
	{ .call = "HWPT_INVALIDATE", .error = EIO, .source = "mail: what names a device does not", .set = { { "hwpt_id", PARENT }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } }, .data = { 0x40 } },
	{ .call = "DEV_INVALIDATE", .error = EIO, .source = "mail: an ATC's list has nothing else", .set = { { "dev_id", DEV }, { "data_type", 1 }, { "entry_num", 1 }, { "entry_len", 16 }, { "data_uptr", AT_DATA } }, .data = { 0x10 } },
};
/* clang-format on */

static const struct {
	const struct ims_model *model;
	const char *host;
	const struct row *rows;
	unsigned count;
} tables[] = {
#define T(m, h, r)                                                                                 \
	{                                                                                          \
		m, h, r, sizeof(r) / sizeof((r)[0])                                                \
	}
	T(&smmuv3_model, "linux-7.3", common),
	T(&smmuv3_model, "linux-7.3", arm),
	T(&smmuv3_model, "linux-for-next", next),
	T(&smmuv3_model, "mail-2023", arm_mail),
	T(&vtd_model, "linux-7.3", intel),
	T(&amdvi_model, "linux-7.3", amd),
	T(&amdvi_model, "linux-7.3-hooked", amd_hooked),
	T(&amdvi_model, "mail-2023", amd_mail),
};

START_TEST(errnos)
{
	for (unsigned i = 0; i < tables[_i].count; i++) {
		const struct row *row = &tables[_i].rows[i];
		struct rig r;
		long rc;

		open_world(&r, tables[_i].model, tables[_i].host);
		rig_data(&r, row->data, 4);
		rc = rig_call_on(&r, row->on, row->call, row->set);
		ck_assert_msg(rc == -row->error, "%s row %u, %s (%s): %ld, not %s", tables[_i].host,
			      i, row->call, row->source, rc,
			      row->error ? hyp_errno_name(row->error) : "0");
		rig_close(&r);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("uapi");
	TCase *table = tcase_create("errnos");

	tcase_set_timeout(table, 60);
	tcase_add_loop_test(table, errnos, 0, (int)(sizeof(tables) / sizeof(tables[0])));
	suite_add_tcase(suite, table);
	return tests_run(suite);
}
