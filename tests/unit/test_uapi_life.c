/* SPDX-License-Identifier: MIT */
/*
 * Lifetimes of the uAPI's objects: who holds whom, in which order they go, what is attached
 * where. A1, A2 and A3 are the parts of the reference sheet on iommufd.
 */
#include <check.h>

#include "tests/unit/uapi_objects.h"

/* A1: the lowest free id, from 1. */
START_TEST(ids)
{
	struct rig r;

	start(&r, &vtd_model, "linux-7.3");
	ck_assert_uint_eq(ioas(&r), 1);
	ck_assert_uint_eq(ioas(&r), 2);
	ck_assert_uint_eq(ioas(&r), 3);
	ck_assert_int_eq(destroy(&r, 2), 0);
	ck_assert_int_eq(destroy(&r, 1), 0);
	ck_assert_uint_eq(bound(&r, 0), 1);
	ck_assert_uint_eq(ioas(&r), 2);
	ck_assert_uint_eq(ioas(&r), 4);
	/* Another file has its own. */
	ck_assert_int_eq(hyp_uapi_open(r.h), HYP_FD_CONTEXT + 1);
	ck_assert_int_eq(rig_call_on(&r, 1, "IOAS_ALLOC", NULL), 0);
	ck_assert_uint_eq(rig_got(&r, "IOAS_ALLOC", "out_ioas_id"), 1);
	for (unsigned i = 4; i < HYP_IDS - 1; i++)
		ioas(&r);
	ck_assert_int_eq(rig_call(&r, "IOAS_ALLOC", { "flags", 0 }), -ENOMEM);
	rig_close(&r);
}
END_TEST

/* A2, the table: leaf by leaf. */
START_TEST(destroy_order)
{
	struct rig r;
	struct nest n;

	start(&r, &smmuv3_model, "linux-7.3");
	n = nest(&r);
	ck_assert_uint_eq(users(&r, n.as), 2);
	ck_assert_uint_eq(users(&r, n.parent), 2); /* the vIOMMU, and not what is made from that */
	ck_assert_uint_eq(users(&r, n.viommu), 3);
	ck_assert_int_eq(attach(&r, 0, n.nested), 0);
	ck_assert_int_eq(map(&r, n.as, 0x1000, 0x1000, RW), 0);
	ck_assert_int_eq(destroy(&r, n.as), -EBUSY);
	ck_assert_int_eq(destroy(&r, n.parent), -EBUSY);
	ck_assert_int_eq(destroy(&r, n.viommu), -EBUSY);
	ck_assert_int_eq(destroy(&r, n.nested), -EBUSY);
	ck_assert_int_eq(detach(&r, 0), 0);
	ck_assert_int_eq(destroy(&r, n.viommu), -EBUSY);
	ck_assert_int_eq(destroy(&r, n.nested), 0);
	ck_assert_int_eq(destroy(&r, n.viommu), -EBUSY);
	ck_assert_int_eq(destroy(&r, n.vdevice), 0);
	ck_assert_int_eq(destroy(&r, n.parent), -EBUSY);
	ck_assert_int_eq(destroy(&r, n.viommu), 0);
	ck_assert_int_eq(destroy(&r, n.as), -EBUSY);
	ck_assert_int_eq(destroy(&r, n.parent), 0);
	/* Mappings do not hold it. */
	ck_assert_int_eq(destroy(&r, n.as), 0);
	ck_assert_int_eq(destroy(&r, n.as), -ENOENT);
	ck_assert_int_eq(destroy(&r, n.dev), -EBUSY);
	rig_close(&r);
}
END_TEST

/* A2: a vDEVICE's `waits` on its device, the tombstone, and ATC_INV behind it. */
START_TEST(tombstone)
{
	struct rig r;
	struct nest n;
	const uint64_t atc_inv[2] = { UINT64_C(8) << 32 | 0x40 };

	start(&r, &smmuv3_model, "linux-7.3");
	n = nest(&r);
	ck_assert_uint_eq(hyp_uapi_object(r.h, 0, n.dev, HYP_OBJ_DEVICE)->waits, 2);
	ck_assert_int_eq(attach(&r, 0, n.nested), 0);
	/* Nothing refuses it, and then nobody knows the name of the device. */
	rig_data(&r, atc_inv, 2);
	ck_assert_int_eq(rig_call(&r, "HWPT_INVALIDATE", { "hwpt_id", n.viommu },
				  { "data_type", 1 }, { "entry_len", 16 }, { "entry_num", 1 },
				  { "data_uptr", AT_DATA }),
			 0);
	ck_assert_int_eq(destroy(&r, n.vdevice), 0);
	ck_assert_uint_eq(hyp_uapi_object(r.h, 0, n.dev, HYP_OBJ_DEVICE)->waits, 1);
	ck_assert_int_eq(rig_call(&r, "HWPT_INVALIDATE", { "hwpt_id", n.viommu },
				  { "data_type", 1 }, { "entry_len", 16 }, { "entry_num", 1 },
				  { "data_uptr", AT_DATA }),
			 -EIO);
	ck_assert_int_eq(rig_call(&r, "VDEVICE_ALLOC", { "viommu_id", n.viommu },
				  { "dev_id", n.dev }, { "virt_id", 8 }),
			 0);
	ck_assert_uint_eq(rig_got(&r, "VDEVICE_ALLOC", "out_vdevice_id"), n.vdevice);
	/* The device goes first. */
	hyp_uapi_close_device(r.h, 0);
	ck_assert_ptr_null(hyp_uapi_check(r.h));
	ck_assert_uint_eq(hyp_uapi_bound(r.h, 0, IMS_CTX_NONE), 0);
	ck_assert_int_eq(destroy(&r, n.vdevice), -ENOENT);
	ck_assert_uint_eq(ioas(&r), n.dev);	   /* the device's id is free, */
	ck_assert_uint_eq(ioas(&r), n.nested + 1); /* and the tombstone's is not */
	ck_assert_int_eq(destroy(&r, n.nested), 0);
	ck_assert_int_eq(destroy(&r, n.viommu), 0);
	rig_close(&r);
}
END_TEST

/* A2: made by attaching to an address space, shared where it suits, gone with the last. */
START_TEST(automatic)
{
	struct rig r;
	uint32_t as, dev, id;

	start(&r, &smmuv3_model, "linux-7.3");
	as = ioas(&r);
	dev = bound(&r, 0);
	bound(&r, 1);
	bound(&r, 2);
	ck_assert_int_eq(attach(&r, 0, as), 0);
	id = (uint32_t)rig_got(&r, "DEVICE_ATTACH", "pt_id");
	ck_assert_uint_eq(id, 5);
	ck_assert_int_eq(attach(&r, 1, as), 0);
	ck_assert_uint_eq(hyp_uapi_bound(r.h, 1, IMS_CTX_NONE), id);
	ck_assert_uint_eq(users(&r, id), 3);
	/* Behind another unit it does not suit. */
	ck_assert_int_eq(attach(&r, 2, as), 0);
	ck_assert_uint_eq(hyp_uapi_bound(r.h, 2, IMS_CTX_NONE), id + 1);
	ck_assert_int_eq(destroy(&r, id), -EBUSY);
	ck_assert_int_eq(rig_call(&r, "HWPT_ALLOC", { "dev_id", dev }, { "pt_id", id },
				  { "data_type", 2 }, { "data_len", 16 }, { "data_uptr", AT_DATA }),
			 -EOPNOTSUPP);
	ck_assert_int_eq(detach(&r, 0), 0);
	ck_assert_int_eq(detach(&r, 0), 0);
	ck_assert_ptr_nonnull(hyp_uapi_object(r.h, 0, id, HYP_OBJ_PAGING));
	ck_assert_int_eq(detach(&r, 1), 0);
	ck_assert_ptr_null(hyp_uapi_object(r.h, 0, id, HYP_OBJ_ANY));
	ck_assert_int_eq(detach(&r, 2), 0);
	ck_assert_int_eq(destroy(&r, as), 0);
	rig_close(&r);
}
END_TEST

/* A3: a second attachment through a device's file replaces; drivers in the kernel are told. */
START_TEST(replacing)
{
	struct rig r;
	uint32_t as, dev, a, b;

	start(&r, &vtd_model, "linux-7.3");
	as = ioas(&r);
	dev = bound(&r, 0);
	a = hwpt(&r, dev, as, 0);
	b = hwpt(&r, dev, as, 0);
	ck_assert_int_eq(hyp_uapi_attach(r.h, 0, IMS_CTX_NONE, a, true), -EINVAL);
	ck_assert_int_eq(hyp_uapi_attach(r.h, 0, IMS_CTX_NONE, a, false), 0);
	ck_assert_int_eq(hyp_uapi_attach(r.h, 0, IMS_CTX_NONE, a, false), -EBUSY);
	ck_assert_int_eq(hyp_uapi_attach(r.h, 0, IMS_CTX_NONE, b, false), -EBUSY);
	ck_assert_int_eq(hyp_uapi_attach(r.h, 0, IMS_CTX_NONE, a, true), 0);
	ck_assert_uint_eq(users(&r, a), 2);
	ck_assert_int_eq(attach(&r, 0, b), 0);
	ck_assert_uint_eq(users(&r, a), 1);
	ck_assert_uint_eq(users(&r, b), 2);
	ck_assert_uint_eq(users(&r, dev), 3);
	/* From an automatic one, which then goes. */
	ck_assert_int_eq(attach(&r, 0, as), 0);
	ck_assert_int_eq(attach(&r, 0, a), 0);
	ck_assert_ptr_null(hyp_uapi_object(r.h, 0, 5, HYP_OBJ_ANY));
	/* What is not bound cannot be. */
	ck_assert_int_eq(attach(&r, 1, a), -EINVAL);
	rig_close(&r);
}
END_TEST

/* A3: one group, one page table; replacing takes them all along. */
START_TEST(groups)
{
	struct rig r;
	uint32_t as, dev, a, b;

	start(&r, &vtd_model, "linux-7.3");
	as = ioas(&r);
	dev = bound(&r, 3);
	bound(&r, 4);
	a = hwpt(&r, dev, as, 0);
	b = hwpt(&r, dev, as, 0);
	ck_assert_int_eq(attach(&r, 3, a), 0);
	ck_assert_int_eq(attach(&r, 4, b), -EINVAL);
	ck_assert_int_eq(attach(&r, 4, a), 0);
	ck_assert_uint_eq(users(&r, a), 3);
	ck_assert_int_eq(attach(&r, 4, b), 0);
	ck_assert_uint_eq(hyp_uapi_bound(r.h, 3, IMS_CTX_NONE), b);
	ck_assert_uint_eq(users(&r, a), 1);
	ck_assert_uint_eq(users(&r, b), 3);
	/* A group is of one owner. */
	hyp_uapi_close_device(r.h, 4);
	ck_assert_int_eq(hyp_uapi_open(r.h), HYP_FD_CONTEXT + 1);
	ck_assert_int_eq(rig_call_on(&r, 4, "DEVICE_BIND",
				     RIG_SET({ "iommufd", HYP_FD_CONTEXT + 1 })),
			 -EBUSY);
	ck_assert_int_eq(
		rig_call_on(&r, 1, "DEVICE_BIND", RIG_SET({ "iommufd", HYP_FD_CONTEXT + 1 })), 0);
	ck_assert_int_eq(rig_call_on(&r, 4, "DEVICE_BIND", RIG_SET({ "iommufd", 77 })), -EBADF);
	rig_close(&r);
}
END_TEST

/* A3: iommufd_hwpt_pasid_compat(). */
START_TEST(pasids)
{
	struct rig r;
	uint32_t as, dev, plain, of_pasid, parent, nested;
	const uint64_t s1[3] = { 0, 0x6000, 48 }, bad[3] = { 0, 0x6000, 50 };

	start(&r, &vtd_model, "linux-7.3");
	as = ioas(&r);
	dev = bound(&r, 0);
	plain = hwpt(&r, dev, as, 0);
	of_pasid = hwpt(&r, dev, as, IMS_UAPI_HWPT_PASID);
	ck_assert_int_eq(attach_pasid(&r, 0, plain, 5), -EINVAL);
	ck_assert_int_eq(attach_pasid(&r, 0, of_pasid, 5), 0);
	ck_assert_int_eq(attach_pasid(&r, 0, of_pasid, 0x100), -EINVAL); /* 8 bits */
	ck_assert_int_eq(attach(&r, 0, plain), -EINVAL);
	ck_assert_int_eq(attach(&r, 0, of_pasid), 0);
	ck_assert_int_eq(attach(&r, 0, plain), -EINVAL);
	ck_assert_int_eq(
		rig_call_on(&r, 0, "DEVICE_DETACH", RIG_SET({ "flags", 1 }, { "pasid", 5 })), 0);
	ck_assert_int_eq(attach(&r, 0, plain), 0);
	ck_assert_int_eq(attach_pasid(&r, 0, of_pasid, 5), -EINVAL);
	/* Nested ones by PASID: VT-d alone, and what its data says is looked at now. */
	parent = hwpt(&r, dev, as, PARENT);
	rig_data(&r, s1, 3);
	nested = made(&r, "HWPT_ALLOC", "out_hwpt_id",
		      rig_call(&r, "HWPT_ALLOC", { "dev_id", dev }, { "pt_id", parent },
			       { "flags", IMS_UAPI_HWPT_PASID }, { "data_type", 1 },
			       { "data_len", 24 }, { "data_uptr", AT_DATA }));
	ck_assert_int_eq(attach(&r, 0, nested), 0);
	ck_assert_int_eq(attach_pasid(&r, 0, nested, 6), 0);
	rig_data(&r, bad, 3);
	nested = made(&r, "HWPT_ALLOC", "out_hwpt_id",
		      rig_call(&r, "HWPT_ALLOC", { "dev_id", dev }, { "pt_id", parent },
			       { "flags", IMS_UAPI_HWPT_PASID }, { "data_type", 1 },
			       { "data_len", 24 }, { "data_uptr", AT_DATA }));
	ck_assert_int_eq(attach(&r, 0, nested), -EINVAL);
	rig_close(&r);
}
END_TEST

/* A2, fd close: leaf first, but not before the devices are gone. */
START_TEST(closing)
{
	struct rig r;
	struct nest n;

	start(&r, &smmuv3_model, "linux-7.3");
	n = nest(&r);
	ck_assert_int_eq(map(&r, n.as, 0x1000, 0x1000, RW), 0);
	ck_assert_int_eq(attach(&r, 0, n.nested), 0);
	ck_assert_int_eq(rig_call(&r, "FAULT_QUEUE_ALLOC", { "flags", 0 }), 0);
	hyp_uapi_close(r.h, 0);
	ck_assert_ptr_null(hyp_uapi_check(r.h));
	ck_assert_int_eq(rig_call(&r, "IOAS_ALLOC", { "flags", 0 }), -EBADF);
	ck_assert_ptr_nonnull(hyp_uapi_object(r.h, 0, n.as, HYP_OBJ_IOAS));
	/* Its number is not given out again as long as a device is bound to it. */
	ck_assert_int_eq(hyp_uapi_open(r.h), HYP_FD_CONTEXT + 1);
	hyp_uapi_close_device(r.h, 0);
	ck_assert_ptr_null(hyp_uapi_check(r.h));
	for (uint32_t id = 1; id < HYP_IDS; id++)
		ck_assert_ptr_null(hyp_uapi_object(r.h, 0, id, HYP_OBJ_ANY));
	ck_assert_uint_eq(r.h->objects.bound_count, 0);
	for (unsigned i = 0; i < HYP_RUNS; i++)
		ck_assert_uint_eq(r.h->objects.runs[i].memory, HYP_MEMORY_FREE);
	ck_assert_int_eq(hyp_uapi_open(r.h), HYP_FD_CONTEXT);
	ck_assert_uint_eq(ioas(&r), 1);
	rig_close(&r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("uapi_life");
	TCase *t = tcase_create("uapi_life");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, ids);
	tcase_add_test(t, destroy_order);
	tcase_add_test(t, tombstone);
	tcase_add_test(t, automatic);
	tcase_add_test(t, replacing);
	tcase_add_test(t, groups);
	tcase_add_test(t, pasids);
	tcase_add_test(t, closing);
	suite_add_tcase(suite, t);
	return tests_run(suite);
}
