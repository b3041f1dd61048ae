/* SPDX-License-Identifier: MIT */
/*
 * A VMM and its host by the objects between them: what a guest attaches is a nested page
 * table with the guest's own data in it, there as long as something is attached, and the
 * VM's memory is an address space whose calls the hardware hears of.
 */
#include <check.h>
#include <errno.h>

#include "models/amdvi/amdvi.h"
#include "models/smmuv3/smmuv3.h"
#include "models/vtd/vtd.h"
#include "tests/run.h"
#include "tests/unit/uapi_rig.h"

static const struct ims_model *const models[] = { &vtd_model, &amdvi_model, &smmuv3_model };

static void sound(struct rig *r)
{
	const char *why = hyp_uapi_check(r->h);

	ck_assert_msg(!why && !r->h->error, "%s: %s", r->model->name, why ? why : r->h->error);
}

static void start(struct rig *r, int model)
{
	rig_make(r, models[model], "mail-2023", true);
	sound(r);
}

START_TEST(objects_of_a_vm)
{
	struct rig r;
	const struct hyp_obj *parent;

	start(&r, _i);
	parent = hyp_uapi_object(r.h, 0, r.h->vms[0].hwpt, HYP_OBJ_PAGING);
	ck_assert(parent);
	ck_assert_uint_eq(parent->paging.flags,
			  IMS_UAPI_HWPT_NEST_PARENT | IMS_UAPI_HWPT_DIRTY_TRACKING);
	ck_assert_uint_eq(parent->paging.ioas, r.h->vms[0].ioas);
	ck_assert_uint_eq(parent->paging.root, r.h->vms[0].s2_root);
	ck_assert_uint_eq(r.h->vms[0].viommu != 0, r.h->uapi->viommu);
	for (uint32_t dev = 0; dev < 5; dev++) {
		const struct hyp_obj *o =
			hyp_uapi_object(r.h, 0, r.h->objects.bound_id[dev], HYP_OBJ_DEVICE);

		ck_assert(o && o->device.dev == dev);
		/* Behind the unit that is driven it has its name in the vIOMMU. */
		ck_assert_uint_eq(o->device.vdevice != 0, r.h->uapi->viommu && dev != 2);
	}
	rig_close(&r);
}
END_TEST

START_TEST(attached)
{
	struct rig r;
	const struct hyp_obj *o;
	uint32_t first, words_at = _i == 0 ? 1 : 0;

	start(&r, _i);
	ck_assert(hyp_attach(r.h, 0, IMS_CTX_NONE, 0));
	sound(&r);
	first = hyp_uapi_bound(r.h, 0, IMS_CTX_NONE);
	o = hyp_uapi_object(r.h, 0, first, HYP_OBJ_NESTED);
	ck_assert(o && o->users == 2 && o->nested.parent == r.h->vms[0].hwpt);
	/* In the kernel's format: the guest's table, its entry. */
	ck_assert_uint_ne(o->nested.words[words_at], 0);
	if (_i == 0)
		ck_assert_uint_eq(o->nested.words[1], r.h->spaces[0].root);
	ck_assert(hyp_attach(r.h, 1, IMS_CTX_NONE, 0));
	sound(&r);
	ck_assert_uint_ne(hyp_uapi_bound(r.h, 1, IMS_CTX_NONE), 0);
	ck_assert(hyp_attach(r.h, 0, 5, 0));
	sound(&r);
	/* By PASID where a page table is one (device, PASID)'s; else it is in the device's. */
	ck_assert_uint_eq(hyp_uapi_bound(r.h, 0, 5) != 0, _i == 0);
	ck_assert(hyp_detach(r.h, 0, 5));
	ck_assert(hyp_detach(r.h, 0, IMS_CTX_NONE));
	ck_assert(hyp_detach(r.h, 1, IMS_CTX_NONE));
	sound(&r);
	/* Nothing is left of a guest's tables that nobody is attached to. */
	for (uint32_t id = 1; id < HYP_IDS; id++) {
		o = hyp_uapi_object(r.h, 0, id, HYP_OBJ_NESTED);
		ck_assert(!o || o->users > 1);
	}
	ck_assert(_i || !hyp_uapi_bound(r.h, 0, IMS_CTX_NONE));
	rig_close(&r);
}
END_TEST

static bool reaches_at(struct rig *r, uint32_t dev, uint32_t ctx, uint64_t iova)
{
	const struct ims_req req = {
		.ctx = ctx, .addr = iova, .access = IMS_ACCESS_WRITE, .bytes = 8
	};
	struct hyp_access a;

	hyp_access(r->h, dev, &req, true, &a);
	return !a.phys.fault && !a.phys.refused;
}

static bool reaches(struct rig *r, uint64_t iova)
{
	return reaches_at(r, 0, IMS_CTX_NONE, iova);
}

/* IOAS_UNMAP of a page that is cached: gone when the call returns, and by commands. */
START_TEST(memory)
{
	struct rig r;
	struct hyp_table t;
	uint32_t waits;
	uint64_t hpa;

	start(&r, _i);
	if (!_i)
		r.h->iommus[0].hw.unit->state.params[VTD_P_CM] = 1;
	hyp_back(r.h, 0, 0x200000, 0x2000);
	t = hyp_space_table(r.h, 0);
	ck_assert_int_eq(hyp_table_map(&t, 0x10000, 0x2000, 0x200000, IMS_R | IMS_W, 12, false),
			 HYP_TABLE_OK);
	ck_assert(hyp_attach(r.h, 0, IMS_CTX_NONE, 0));
	ck_assert(reaches(&r, 0x10000) && reaches(&r, 0x11000));
	waits = r.h->iommus[0].waits;
	ck_assert_int_eq(rig_call(&r, "IOAS_UNMAP", { "ioas_id", r.h->vms[0].ioas },
				  { "iova", 0x200000 }, { "length", 0x1000 }),
			 0);
	ck_assert_uint_gt(r.h->iommus[0].waits, waits);
	ck_assert(!reaches(&r, 0x10000) && reaches(&r, 0x11000));
	/* Another page of the caller's comes there. */
	waits = r.h->iommus[0].waits;
	ck_assert_int_eq(rig_call(&r, "IOAS_MAP", { "ioas_id", r.h->vms[0].ioas },
				  { "flags", IMS_UAPI_MAP_FIXED_IOVA | IMS_UAPI_MAP_READABLE |
						     IMS_UAPI_MAP_WRITEABLE },
				  { "iova", 0x200000 }, { "length", 0x1000 }, { "user_va", USER }),
			 0);
	ck_assert(hyp_host_address(r.h, 0, 0x200000, &hpa) && hpa == USER);
	ck_assert(reaches(&r, 0x10000));
	/* Where absence may be cached, what is mapped is told of. */
	ck_assert(_i || r.h->iommus[0].waits > waits);
	/* The host's own steps are the same. */
	ck_assert(hyp_host_unmap(r.h, 0, 0x201000, 0x1000));
	sound(&r);
	ck_assert(!reaches(&r, 0x11000));
	ck_assert(hyp_host_map(r.h, 0, 0x201000, 0x1000, IMS_R | IMS_W));
	sound(&r);
	ck_assert(reaches(&r, 0x11000));
	rig_close(&r);
}
END_TEST

/* As many PASIDs as can be attached at a time, and on top of them their devices: each hears of the parent. */
START_TEST(every_pasid)
{
	static const struct {
		uint32_t dev, pasids;
	} rows[] = { { 0, 250 }, { 1, 5 }, { 3, 1 } };
	struct rig r;
	struct hyp_table t;

	start(&r, _i);
	hyp_back(r.h, 0, 0x200000, 0x1000);
	t = hyp_space_table(r.h, 0);
	ck_assert_int_eq(hyp_table_map(&t, 0x10000, 0x1000, 0x200000, IMS_R | IMS_W, 12, false),
			 HYP_TABLE_OK);
	for (unsigned i = 0; i < 3; i++)
		for (uint32_t pasid = 1; pasid <= rows[i].pasids; pasid++)
			ck_assert(hyp_attach(r.h, rows[i].dev, pasid, 0));
	ck_assert(!hyp_attach(r.h, 3, 2, 0) && r.h->error);
	r.h->error = NULL;
	for (unsigned i = 0; i < 3; i++)
		ck_assert(reaches_at(&r, rows[i].dev, rows[i].pasids, 0x10000));
	ck_assert(hyp_host_unmap(r.h, 0, 0x200000, 0x1000));
	sound(&r);
	for (unsigned i = 0; i < 3; i++)
		ck_assert(!reaches_at(&r, rows[i].dev, rows[i].pasids, 0x10000));
	rig_close(&r);
}
END_TEST

/* What scenarios attach by calls counts as well: there is an end to it for either. */
START_TEST(attached_by_calls)
{
	struct rig r;
	uint32_t hwpt;

	start(&r, 0);
	for (uint32_t pasid = 1; pasid < HYP_ATTACHMENTS; pasid++)
		ck_assert(hyp_attach(r.h, 0, pasid, 0));
	hwpt = hyp_uapi_bound(r.h, 0, 1);
	for (uint32_t pasid = 1; pasid < 3; pasid++)
		ck_assert_int_eq(hyp_uapi_attach(r.h, 1, pasid, hwpt, false),
				 pasid == 1 ? 0 : -ENOMEM);
	sound(&r);
	ck_assert(!hyp_attach(r.h, 1, 3, 0) && r.h->error);
	rig_close(&r);
}
END_TEST

/* A parent that was destroyed, and another under its id: no device is put on the tables of the first. */
START_TEST(another_parent)
{
	struct rig r;
	uint32_t parent;

	start(&r, 0);
	parent = r.h->vms[0].hwpt;
	ck_assert_int_eq(rig_call(&r, "DESTROY", { "id", parent }), 0);
	ck_assert_int_eq(rig_call(&r, "HWPT_ALLOC", { "dev_id", r.h->objects.bound_id[0] },
				  { "pt_id", r.h->vms[0].ioas },
				  { "flags", IMS_UAPI_HWPT_NEST_PARENT }),
			 0);
	ck_assert_uint_eq(rig_got(&r, "HWPT_ALLOC", "out_hwpt_id"), parent);
	ck_assert(hyp_attach(r.h, 0, IMS_CTX_NONE, 0));
	sound(&r);
	ck_assert_uint_eq(hyp_domain_of(r.h, 0, IMS_CTX_NONE), IMS_NONE);
	ck_assert_uint_eq(hyp_uapi_bound(r.h, 0, IMS_CTX_NONE), 0);
	rig_close(&r);
}
END_TEST

/* A device that is closed reaches nothing, whatever its guest believes. */
START_TEST(closed)
{
	struct rig r;
	struct hyp_table t;

	start(&r, _i);
	hyp_back(r.h, 0, 0x200000, 0x1000);
	t = hyp_space_table(r.h, 0);
	ck_assert_int_eq(hyp_table_map(&t, 0x10000, 0x1000, 0x200000, IMS_R | IMS_W, 12, false),
			 HYP_TABLE_OK);
	ck_assert(hyp_attach(r.h, 0, IMS_CTX_NONE, 0));
	ck_assert(reaches(&r, 0x10000));
	hyp_uapi_close_device(r.h, 0);
	sound(&r);
	ck_assert(!reaches(&r, 0x10000));
	ck_assert_uint_eq(hyp_uapi_bound(r.h, 0, IMS_CTX_NONE), 0);
	rig_close(&r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vmm");
	TCase *t = tcase_create("objects");
	const int count = (int)(sizeof(models) / sizeof(models[0]));

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, objects_of_a_vm, 0, count);
	tcase_add_loop_test(t, attached, 0, count);
	tcase_add_loop_test(t, memory, 0, count);
	tcase_add_loop_test(t, every_pasid, 0, count);
	tcase_add_test(t, attached_by_calls);
	tcase_add_test(t, another_parent);
	tcase_add_loop_test(t, closed, 0, count);
	suite_add_tcase(suite, t);
	return tests_run(suite);
}
