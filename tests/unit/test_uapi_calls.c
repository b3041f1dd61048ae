/* SPDX-License-Identifier: MIT */
/*
 * What the uAPI's calls do beyond their errnos: areas, reserved ranges, queues, arrays of
 * invalidations, and the envelope. A1 to A4 are the parts of the reference sheet on iommufd.
 */
#include <check.h>

#include "tests/unit/uapi_objects.h"

/* A3: reserved ranges, of what is attached by no PASID; allowed ranges keep it off. */
START_TEST(reserved)
{
	struct ims_uapi_iova_range *got;
	struct rig r;
	uint32_t as, dev, a;
	const uint64_t msi[2] = { 0x8000000, 0x8000fff };

	start(&r, &smmuv3_model, "linux-7.3");
	got = (struct ims_uapi_iova_range *)(void *)&r.arena[AT_DATA - ARENA];
	as = ioas(&r);
	dev = bound(&r, 0);
	a = hwpt(&r, dev, as, IMS_UAPI_HWPT_PASID);
	ck_assert_int_eq(map(&r, as, 0x8000000, 0x1000, RW), 0);
	ck_assert_int_eq(attach(&r, 0, a), -EADDRINUSE);
	ck_assert_int_eq(attach_pasid(&r, 0, a, 5), 0);
	ck_assert_int_eq(rig_call(&r, "IOAS_UNMAP", { "ioas_id", as }, { "iova", 0x8000000 },
				  { "length", 0x1000 }),
			 0);
	rig_data(&r, msi, 2);
	ck_assert_int_eq(rig_call(&r, "IOAS_ALLOW_IOVAS", { "ioas_id", as }, { "num_iovas", 1 },
				  { "allowed_iovas", AT_DATA }),
			 0);
	ck_assert_int_eq(attach(&r, 0, a), -EADDRINUSE);
	ck_assert_int_eq(rig_call(&r, "IOAS_ALLOW_IOVAS", { "ioas_id", as }), 0);
	ck_assert_int_eq(attach(&r, 0, a), 0);
	ck_assert_int_eq(map(&r, as, 0x8000000, 0x1000, RW), -EINVAL);
	ck_assert_int_eq(rig_call(&r, "IOAS_IOVA_RANGES", { "ioas_id", as }, { "num_iovas", 9 },
				  { "allowed_iovas", AT_DATA }),
			 0);
	ck_assert_uint_eq(rig_got(&r, "IOAS_IOVA_RANGES", "num_iovas"), 2);
	ck_assert_uint_eq(rig_got(&r, "IOAS_IOVA_RANGES", "out_iova_alignment"), 4096);
	ck_assert_uint_eq(got[0].start, 0);
	ck_assert_uint_eq(got[0].last, 0x7ffffff);
	ck_assert_uint_eq(got[1].start, 0x8100000);
	ck_assert_uint_eq(got[1].last, (UINT64_C(1) << 48) - 1);
	/* A fresh one is free from end to end. */
	ck_assert_int_eq(rig_call(&r, "IOAS_IOVA_RANGES", { "ioas_id", ioas(&r) },
				  { "num_iovas", 9 }, { "allowed_iovas", AT_DATA }),
			 0);
	ck_assert_uint_eq(rig_got(&r, "IOAS_IOVA_RANGES", "out_iova_alignment"), 1);
	ck_assert_uint_eq(got[0].last, UINT64_MAX);
	rig_close(&r);
}
END_TEST

/* A3: areas go as a whole, those before the cut one are gone, and nothing is written back. */
START_TEST(unmapping)
{
	struct rig r;
	uint32_t as;

	start(&r, &vtd_model, "linux-7.3");
	as = ioas(&r);
	hwpt(&r, bound(&r, 0), as, PARENT);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(map(&r, as, 0x10000 + i * 0x2000, 0x2000, RW), 0);
	ck_assert_int_eq(rig_call(&r, "IOAS_UNMAP", { "ioas_id", as }, { "iova", 0x10000 },
				  { "length", 0x5000 }),
			 -ENOENT);
	ck_assert_uint_eq(rig_got(&r, "IOAS_UNMAP", "length"), 0x5000);
	ck_assert_int_eq(map(&r, as, 0x10000, 0x4000, RW), 0);
	ck_assert_int_eq(map(&r, as, 0x14000, 0x1000, RW), -EEXIST);
	ck_assert_int_eq(rig_call(&r, "IOAS_UNMAP", { "ioas_id", as }, { "iova", 0x8000 },
				  { "length", 0x100000 }),
			 0);
	ck_assert_uint_eq(rig_got(&r, "IOAS_UNMAP", "length"), 0x6000);
	rig_close(&r);
}
END_TEST

/* A3: what the source may be written by, its copy may; a part of an area is an area of its own. */
START_TEST(copying)
{
	struct rig r;
	uint32_t from, to;

	start(&r, &amdvi_model, "linux-7.3");
	from = ioas(&r);
	to = ioas(&r);
	hwpt(&r, bound(&r, 0), to, PARENT);
	ck_assert_int_eq(map(&r, from, 0x1000, 0x3000, IMS_UAPI_MAP_READABLE), 0);
	ck_assert_int_eq(map(&r, from, 0x4000, 0x1000, RW), 0);
	ck_assert_int_eq(rig_call(&r, "IOAS_COPY", { "src_ioas_id", from }, { "dst_ioas_id", to },
				  { "flags", FIXED | RW }, { "src_iova", 0x3000 },
				  { "dst_iova", 0x8000 }, { "length", 0x2000 }),
			 -EPERM);
	ck_assert_int_eq(rig_call(&r, "IOAS_COPY", { "src_ioas_id", from }, { "dst_ioas_id", to },
				  { "flags", FIXED | IMS_UAPI_MAP_READABLE },
				  { "src_iova", 0x2000 }, { "dst_iova", 0x8000 },
				  { "length", 0x3000 }),
			 0);
	/* Two areas, as there. */
	ck_assert_int_eq(rig_call(&r, "IOAS_UNMAP", { "ioas_id", to }, { "iova", 0x8000 },
				  { "length", 0x1000 }),
			 -ENOENT);
	ck_assert_int_eq(rig_call(&r, "IOAS_UNMAP", { "ioas_id", to }, { "iova", 0x8000 },
				  { "length", 0x2000 }),
			 0);
	ck_assert_int_eq(rig_call(&r, "IOAS_UNMAP", { "ioas_id", to }, { "length", UINT64_MAX }),
			 0);
	ck_assert_uint_eq(rig_got(&r, "IOAS_UNMAP", "length"), 0x1000);
	rig_close(&r);
}
END_TEST

/* A2: an open file and the page tables that use it hold a fault queue. */
START_TEST(queues)
{
	struct rig r;
	struct nest n;
	uint32_t fault, fd, veventq, with;

	start(&r, &smmuv3_model, "linux-7.3");
	n = nest(&r);
	fault = made(&r, "FAULT_QUEUE_ALLOC", "out_fault_id",
		     rig_call(&r, "FAULT_QUEUE_ALLOC", { "flags", 0 }));
	fd = (uint32_t)rig_got(&r, "FAULT_QUEUE_ALLOC", "out_fault_fd");
	with = made(&r, "HWPT_ALLOC", "out_hwpt_id",
		    rig_call(&r, "HWPT_ALLOC", { "dev_id", n.dev }, { "pt_id", n.as },
			     { "flags", IMS_UAPI_HWPT_FAULT_ID_VALID }, { "fault_id", fault }));
	ck_assert_uint_eq(users(&r, fault), 3);
	ck_assert_int_eq(hyp_uapi_read(r.h, 0, fd, AT_DATA, 40, 0, &r.mem), 0);
	ck_assert_int_eq(destroy(&r, fault), -EBUSY);
	ck_assert_int_eq(hyp_uapi_close_queue(r.h, 0, fd), 0);
	ck_assert_int_eq(hyp_uapi_close_queue(r.h, 0, fd), -EBADF);
	ck_assert_int_eq(hyp_uapi_read(r.h, 0, fd, AT_DATA, 40, 0, &r.mem), -EBADF);
	ck_assert_int_eq(destroy(&r, fault), -EBUSY);
	ck_assert_int_eq(destroy(&r, with), 0);
	ck_assert_int_eq(destroy(&r, fault), 0);
	veventq = made(&r, "VEVENTQ_ALLOC", "out_veventq_id",
		       rig_call(&r, "VEVENTQ_ALLOC", { "viommu_id", n.viommu }, { "type", 1 },
				{ "veventq_depth", 1 }));
	fd = (uint32_t)rig_got(&r, "VEVENTQ_ALLOC", "out_veventq_fd");
	ck_assert_int_eq(rig_call(&r, "VEVENTQ_ALLOC", { "viommu_id", n.viommu }, { "type", 1 },
				  { "veventq_depth", 1 }),
			 -EEXIST);
	ck_assert_int_eq(destroy(&r, veventq), -EBUSY);
	ck_assert_int_eq(hyp_uapi_close_queue(r.h, 0, fd), 0);
	ck_assert_int_eq(destroy(&r, veventq), 0);
	rig_close(&r);
}
END_TEST

/* A vendor whose vIOMMU has queues of its own for guests, which none of the three has here. */
static const struct ims_viommu_row queue_rows[] = {
	{ .type = 1,
	  .hw_queue_type = 1,
	  .hw_queues = 3,
	  .hw_queue_min = 32,
	  .hw_queue_max = 0x10000,
	  .source = "A3: tegra241-cmdqv.c" },
};

static long hw_queue(struct rig *r, uint32_t viommu, uint32_t index, uint64_t base, uint64_t length)
{
	return rig_call(r, "HW_QUEUE_ALLOC", { "viommu_id", viommu }, { "type", 1 },
			{ "index", index }, { "nesting_parent_iova", base }, { "length", length });
}

START_TEST(hw_queues)
{
	struct ims_host_driver driver;
	struct rig r;
	struct nest n;
	uint32_t q0, q1;

	start(&r, &smmuv3_model, "linux-7.3");
	driver = *r.h->uapi;
	driver.viommus = queue_rows;
	r.h->uapi = &driver;
	n = nest(&r);
	ck_assert_int_eq(map(&r, n.as, 0x100000, 0x20000, RW), 0);
	ck_assert_int_eq(map(&r, n.as, 0x200000, 0x1000, IMS_UAPI_MAP_WRITEABLE), 0);
	ck_assert_int_eq(map(&r, n.as, 0x300000, 0x1000, IMS_UAPI_MAP_READABLE), 0);
	/* The second page is elsewhere in the caller's memory. */
	ck_assert_int_eq(map(&r, n.as, 0x400000, 0x1000, RW), 0);
	ck_assert_int_eq(rig_call(&r, "IOAS_MAP", { "ioas_id", n.as }, { "flags", FIXED | RW },
				  { "iova", 0x401000 }, { "length", 0x1000 }, { "user_va", USER }),
			 0);
	ck_assert_int_eq(hw_queue(&r, n.viommu, 0, 0x500000, 0x1000), -ENOENT);
	ck_assert_int_eq(hw_queue(&r, n.viommu, 0, 0x200000, 0x1000), -EPERM);
	ck_assert_int_eq(hw_queue(&r, n.viommu, 0, 0x400000, 0x2000), -EFAULT);
	ck_assert_int_eq(hw_queue(&r, n.viommu, 3, 0x100000, 0x1000), -EINVAL);
	ck_assert_int_eq(hw_queue(&r, n.viommu, 1, 0x100000, 0x1000), -EIO);
	ck_assert_int_eq(hw_queue(&r, n.viommu, 0, 0x100000, 0x1800), -EINVAL);
	ck_assert_int_eq(hw_queue(&r, n.viommu, 0, 0x100000, 16), -EINVAL);
	ck_assert_int_eq(hw_queue(&r, n.viommu, 0, 0x100000, 0x20000), -EINVAL);
	ck_assert_int_eq(hw_queue(&r, n.viommu, 0, 0x101000, 0x2000), -EINVAL);
	ck_assert_int_eq(rig_call(&r, "HW_QUEUE_ALLOC", { "viommu_id", n.viommu }, { "type", 2 },
				  { "nesting_parent_iova", 0x100000 }, { "length", 0x1000 }),
			 -EOPNOTSUPP);
	/* For reading is enough. */
	q0 = made(&r, "HW_QUEUE_ALLOC", "out_hw_queue_id",
		  hw_queue(&r, n.viommu, 0, 0x300000, 0x1000));
	ck_assert_int_eq(hw_queue(&r, n.viommu, 0, 0x100000, 0x1000), -EEXIST);
	q1 = made(&r, "HW_QUEUE_ALLOC", "out_hw_queue_id",
		  hw_queue(&r, n.viommu, 1, 0x100000, 0x1000));
	/* The highest goes first; and their memory stays. */
	ck_assert_int_eq(destroy(&r, q0), -EBUSY);
	ck_assert_int_eq(rig_call(&r, "IOAS_UNMAP", { "ioas_id", n.as }, { "iova", 0x300000 },
				  { "length", 0x1000 }),
			 -EBUSY);
	ck_assert_int_eq(rig_call(&r, "IOAS_UNMAP", { "ioas_id", n.as }, { "length", UINT64_MAX }),
			 -EBUSY);
	ck_assert_int_eq(destroy(&r, q1), 0);
	ck_assert_int_eq(destroy(&r, q0), 0);
	ck_assert_int_eq(rig_call(&r, "IOAS_UNMAP", { "ioas_id", n.as }, { "length", UINT64_MAX }),
			 0);
	rig_close(&r);
}
END_TEST

/* A1, in its order. */
START_TEST(envelope)
{
	const struct hyp_file file = { HYP_FILE_CONTEXT, 0 };
	uint32_t words[6] = { 12 };
	struct rig r;

	start(&r, &vtd_model, "linux-7.3");
	/* Holes of the table: VFIO's compatibility, IOAS_MAP_FILE and others are not modelled. */
	ck_assert_int_eq(hyp_uapi_call(r.h, file, 0x7f, AT_CALL, &r.mem), -ENOTTY);
	ck_assert_int_eq(hyp_uapi_call(r.h, file, 0x96, AT_CALL, &r.mem), -ENOTTY);
	memcpy(r.arena, words, sizeof(words));
	ck_assert_int_eq(hyp_uapi_call(r.h, file, 0x8f, AT_CALL, &r.mem), -ENOTTY);
	ck_assert_int_eq(hyp_uapi_call(r.h, file, 0x8f, 0, &r.mem), -EFAULT);
	ck_assert_int_eq(hyp_uapi_call(r.h, file, IMS_UAPI_DESTROY, 0, &r.mem), -EFAULT);
	/* IOMMUFD_DEV_INVALIDATE is no kernel's. */
	ck_assert_int_eq(hyp_uapi_call(r.h, file, IMS_UAPI_DEV_INVALIDATE, AT_CALL, &r.mem),
			 -ENOTTY);
	words[0] = 11;
	memcpy(r.arena, words, sizeof(words));
	ck_assert_int_eq(hyp_uapi_call(r.h, file, IMS_UAPI_IOAS_ALLOC, AT_CALL, &r.mem), -EINVAL);
	words[0] = 24;
	memcpy(r.arena, words, sizeof(words));
	ck_assert_int_eq(hyp_uapi_call(r.h, file, IMS_UAPI_IOAS_ALLOC, AT_CALL, &r.mem), 0);
	words[5] = 1;
	memcpy(r.arena, words, sizeof(words));
	ck_assert_int_eq(hyp_uapi_call(r.h, file, IMS_UAPI_IOAS_ALLOC, AT_CALL, &r.mem), -E2BIG);
	/* The tail may end outside the caller's memory, */
	words[0] = 24;
	words[5] = 0;
	memcpy(&r.arena[ARENA_BYTES - 12], words, 12);
	ck_assert_int_eq(hyp_uapi_call(r.h, file, IMS_UAPI_IOAS_ALLOC, ARENA + ARENA_BYTES - 12,
				       &r.mem),
			 -EFAULT);
	/* and what cannot be told of is not there. */
	words[0] = 12;
	memcpy(r.arena, words, sizeof(words));
	r.fail_in = 3;
	ck_assert_int_eq(hyp_uapi_call(r.h, file, IMS_UAPI_IOAS_ALLOC, AT_CALL, &r.mem), -EFAULT);
	ck_assert_ptr_null(hyp_uapi_object(r.h, 0, 2, HYP_OBJ_ANY));
	/* A short structure: what is missing is zero, and is not written. */
	words[0] = 24;
	words[1] = 0;
	words[2] = bound(&r, 0);
	words[3] = 1;
	words[4] = 0x55;
	words[5] = 0;
	memcpy(r.arena, words, sizeof(words));
	memset(&r.arena[24], 0xee, 24);
	ck_assert_int_eq(hyp_uapi_call(r.h, file, IMS_UAPI_HWPT_ALLOC, AT_CALL, &r.mem), 0);
	ck_assert_uint_eq(rig_got(&r, "HWPT_ALLOC", "out_hwpt_id"), 3);
	ck_assert_uint_eq(r.arena[24], 0xee);
	rig_close(&r);
}
END_TEST

/* A4: what is told of an array with a bad entry, or whose first batch times out. */
static const struct {
	const char *host;
	uint32_t count, bad, told;
} progress[] = {
	{ "linux-7.3", 10, 5, 5 },	 { "linux-7.3", 100, 70, 70 },
	{ "linux-7.3", 63, 62, 62 },	 { "linux-7.3", 2, 1, 1 },
	{ "linux-for-next", 10, 5, 0 },	 { "linux-for-next", 100, 70, 63 },
	{ "linux-for-next", 63, 62, 0 }, { "mail-2023", 10, 5, 5 },
};

START_TEST(told_progress)
{
	struct rig r;
	struct nest n;
	uint64_t cmds[200] = { 0 };

	start(&r, &smmuv3_model, progress[_i].host);
	n = nest(&r);
	for (uint32_t i = 0; i < progress[_i].count; i++)
		cmds[i * 2] = i == progress[_i].bad ? 0x46 : 0x10;
	rig_data(&r, cmds, 200);
	ck_assert_int_eq(rig_call(&r, "HWPT_INVALIDATE", { "hwpt_id", n.viommu },
				  { "data_type", 1 }, { "entry_len", 16 },
				  { "entry_num", progress[_i].count }, { "data_uptr", AT_DATA }),
			 -EIO);
	ck_assert_uint_eq(rig_got(&r, "HWPT_INVALIDATE", "entry_num"), progress[_i].told);
	/* On every error of the core, none: and it is written back. */
	ck_assert_int_eq(rig_call(&r, "HWPT_INVALIDATE", { "hwpt_id", 99 }, { "data_type", 1 },
				  { "entry_len", 16 }, { "entry_num", 7 },
				  { "data_uptr", AT_DATA }),
			 -ENOENT);
	ck_assert_uint_eq(rig_got(&r, "HWPT_INVALIDATE", "entry_num"), 0);
	rig_close(&r);
}
END_TEST

START_TEST(information)
{
	struct rig r;
	uint32_t dev;
	uint64_t words[9];

	start(&r, &vtd_model, "linux-7.3");
	dev = bound(&r, 0);
	memset(&r.arena[AT_DATA - ARENA], 0xaa, 80);
	ck_assert_int_eq(rig_call(&r, "GET_HW_INFO", { "dev_id", dev }, { "data_len", 64 },
				  { "data_uptr", AT_DATA }),
			 0);
	memcpy(words, &r.arena[AT_DATA - ARENA], sizeof(words));
	ck_assert_uint_eq(words[1], hyp_hand(r.h)->unit->state.regs[0] ? words[1] : 0);
	ck_assert_uint_ne(words[1], 0);
	ck_assert_uint_eq(words[3], 0);				   /* the tail is cleared, */
	ck_assert_uint_eq(words[8], UINT64_C(0xaaaaaaaaaaaaaaaa)); /* and no more than that */
	ck_assert_uint_eq(rig_got(&r, "GET_HW_INFO", "data_len"), 24);
	ck_assert_uint_eq(rig_got(&r, "GET_HW_INFO", "data_type"), 1);
	ck_assert_uint_eq(rig_got(&r, "GET_HW_INFO", "out_max_pasid_log2"), 8);
	ck_assert_uint_eq(rig_got(&r, "GET_HW_INFO", "out_capabilities"),
			  IMS_UAPI_CAP_DIRTY_TRACKING);
	ck_assert_int_eq(rig_call(&r, "GET_HW_INFO", { "dev_id", bound(&r, 1) }), 0);
	ck_assert_uint_eq(rig_got(&r, "GET_HW_INFO", "out_capabilities"),
			  IMS_UAPI_CAP_DIRTY_TRACKING | IMS_UAPI_CAP_ATS_NOT_SUPPORTED);
	rig_close(&r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("uapi_calls");
	TCase *t = tcase_create("uapi_calls");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, reserved);
	tcase_add_test(t, unmapping);
	tcase_add_test(t, copying);
	tcase_add_test(t, queues);
	tcase_add_test(t, hw_queues);
	tcase_add_test(t, envelope);
	tcase_add_loop_test(t, told_progress, 0, (int)(sizeof(progress) / sizeof(progress[0])));
	tcase_add_test(t, information);
	suite_add_tcase(suite, t);
	return tests_run(suite);
}
