/* SPDX-License-Identifier: MIT */
/*
 * Virtual IOMMUs with queues in the hardware: what the calls do in the unit, in which order
 * things go, and the mapping of pages. A2 and A3 are the parts of the sheet on iommufd; the
 * unit is an SMMUv3 with a Tegra241 CMDQV.
 */
#include <check.h>

#include "models/smmuv3/cmdqv.h"
#include "tests/unit/uapi_objects.h"

enum { TEGRA = 2, PRID = 0x3a00, VMID = 1 };

struct tegra {
	struct rig r;
	uint32_t as, dev, parent, viommu;
};

static void open_unit(struct tegra *t, uint32_t vcmdq, uint32_t vintf, uint32_t sids)
{
	uint32_t params[SMMU_PARAMS];

	for (unsigned i = 0; i < SMMU_PARAMS; i++)
		params[i] = smmu_params[i].value;
	params[SMMU_P_VCMDQS] = vcmdq;
	params[SMMU_P_VINTFS] = vintf;
	params[SMMU_P_VINTF_SIDS] = sids;
	rig_make_with(&t->r, &smmuv3_model, "linux-7.3", false, params);
	ck_assert_int_eq(hyp_uapi_open(t->r.h), HYP_FD_CONTEXT);
	t->as = ioas(&t->r);
	t->dev = bound(&t->r, 0);
	t->parent = hwpt(&t->r, t->dev, t->as, PARENT);
}

static long alloc(struct tegra *t, uint32_t bytes)
{
	return rig_call(&t->r, "VIOMMU_ALLOC", { "type", TEGRA }, { "dev_id", t->dev },
			{ "hwpt_id", t->parent }, { "data_len", bytes }, { "data_uptr", AT_DATA });
}

static uint64_t word(const struct tegra *t, unsigned n)
{
	uint64_t value;

	memcpy(&value, &t->r.arena[AT_DATA - ARENA + n * 8], 8);
	return value;
}

static uint64_t reg(struct tegra *t, const char *name)
{
	const struct ims_reg *r = ims_model_reg(&smmuv3_model, name);
	uint64_t value = 0;

	ck_assert_msg(r != NULL, "no register %s", name);
	ck_assert(ims_reg_read(&t->r.h->iommus[0].hw, r->offset, r->bytes, &value));
	return value;
}

static void make(struct tegra *t, uint32_t vcmdq, uint32_t vintf, uint32_t sids)
{
	open_unit(t, vcmdq, vintf, sids);
	t->viommu = made(&t->r, "VIOMMU_ALLOC", "out_viommu_id", alloc(t, 16));
}

static long queue(struct tegra *t, uint32_t index, uint64_t base, uint64_t length)
{
	return rig_call(&t->r, "HW_QUEUE_ALLOC", { "viommu_id", t->viommu }, { "type", 1 },
			{ "index", index }, { "nesting_parent_iova", base }, { "length", length });
}

static long vdevice(struct tegra *t, uint32_t dev, uint64_t virt_id)
{
	return rig_call(&t->r, "VDEVICE_ALLOC", { "viommu_id", t->viommu }, { "dev_id", dev },
			{ "virt_id", virt_id });
}

/* A type that the unit does not have is none; of one that it has the data have a length. */
START_TEST(data_of_the_call)
{
	struct tegra t;

	open_unit(&t, 0, 4, 4);
	ck_assert_int_eq(alloc(&t, 16), -EOPNOTSUPP);
	rig_close(&t.r);
	open_unit(&t, 8, 4, 4);
	ck_assert_int_eq(alloc(&t, 0), -EINVAL);
	ck_assert_int_eq(alloc(&t, 8), -EINVAL);
	ck_assert_int_eq(alloc(&t, 24), -EINVAL);
	ck_assert_int_eq(alloc(&t, 16), 0);
	ck_assert_uint_eq(word(&t, 0), 0x1000);
	ck_assert_uint_eq(word(&t, 1), 0x10000);
	rig_close(&t.r);
}
END_TEST

static long info(struct tegra *t, uint32_t flags, uint32_t type)
{
	return rig_call(&t->r, "GET_HW_INFO", { "dev_id", t->dev }, { "flags", flags },
			{ "data_type", type }, { "data_len", 8 }, { "data_uptr", AT_DATA });
}

/* A5: of one VINTF; who does not ask for it is told of the SMMU. */
START_TEST(hardware_info)
{
	struct tegra t;

	open_unit(&t, 0, 4, 4);
	ck_assert_int_eq(info(&t, 1, 3), -EOPNOTSUPP);
	rig_close(&t.r);
	open_unit(&t, 8, 2, 4);
	ck_assert_int_eq(info(&t, 1, 3), 0);
	ck_assert_uint_eq(rig_got(&t.r, "GET_HW_INFO", "data_type"), 3);
	ck_assert_uint_eq(rig_got(&t.r, "GET_HW_INFO", "data_len"), 8);
	ck_assert_uint_eq(word(&t, 0), UINT64_C(0x2020100000000));
	ck_assert_int_eq(info(&t, 1, 4), -EOPNOTSUPP);
	ck_assert_int_eq(info(&t, 0, 3), 0);
	ck_assert_uint_eq(rig_got(&t.r, "GET_HW_INFO", "data_type"), 2);
	rig_close(&t.r);
}
END_TEST

/* The unit has the queues allocated, and a VINTF with the parent's VMID that is not the host's. */
START_TEST(a_function_of_the_unit)
{
	struct tegra t;
	uint32_t second;

	make(&t, 8, 4, 4);
	ck_assert_uint_eq(reg(&t, "CMDQV_CONFIG"), 1);
	ck_assert_uint_eq(reg(&t, "VINTF0_CONFIG"), 1 << 17 | 1);
	ck_assert_uint_eq(reg(&t, "VINTF1_CONFIG"), VMID << 1 | 1);
	ck_assert_uint_eq(reg(&t, "VINTF2_CONFIG"), 0);
	ck_assert_uint_eq(reg(&t, "CMDQ_ALLOC3"), 1 << 15 | 1 << 1 | 1);
	second = made(&t.r, "VIOMMU_ALLOC", "out_viommu_id", alloc(&t, 16));
	ck_assert_uint_eq(word(&t, 0), 0x11000);
	ck_assert_uint_eq(reg(&t, "VINTF2_CONFIG"), VMID << 1 | 1);
	ck_assert_int_eq(alloc(&t, 16), 0);
	ck_assert_int_eq(alloc(&t, 16), -ENOSPC);
	/* What is given back is given out again, with its place in the file. */
	ck_assert_int_eq(destroy(&t.r, second), 0);
	ck_assert_uint_eq(reg(&t, "VINTF2_CONFIG"), 0);
	ck_assert_int_eq(alloc(&t, 16), 0);
	ck_assert_uint_eq(word(&t, 0), 0x11000);
	rig_close(&t.r);
}
END_TEST

/* A3: no room in SID_MATCH, a name that is too wide; and a slot that is free again. */
START_TEST(devices_in_slots)
{
	struct tegra t;
	uint32_t other, id;

	make(&t, 8, 4, 1);
	other = bound(&t.r, 1);
	ck_assert_int_eq(vdevice(&t, t.dev, UINT64_C(1) << 20), -EINVAL);
	ck_assert_uint_eq(reg(&t, "VINTF1_SID_MATCH0"), 0);
	id = made(&t.r, "VDEVICE_ALLOC", "out_vdevice_id", vdevice(&t, t.dev, 0xfffff));
	ck_assert_uint_eq(reg(&t, "VINTF1_SID_MATCH0"), 0x1fffff);
	ck_assert_uint_eq(reg(&t, "VINTF1_SID_REPLACE0"), PRID);
	ck_assert_int_eq(vdevice(&t, other, 0x108), -ENOSPC);
	ck_assert_int_eq(vdevice(&t, t.dev, 0x108), -EEXIST);
	ck_assert_int_eq(destroy(&t.r, id), 0);
	ck_assert_uint_eq(reg(&t, "VINTF1_SID_MATCH0"), 0);
	ck_assert_uint_eq(reg(&t, "VINTF1_SID_REPLACE0"), 0);
	ck_assert_int_eq(vdevice(&t, other, 0x108), 0);
	ck_assert_uint_eq(reg(&t, "VINTF1_SID_MATCH0"), 0x108 << 1 | 1);
	ck_assert_uint_eq(reg(&t, "VINTF1_SID_REPLACE0"), PRID + 8);
	/* The device goes, and with it what it left in the unit (the object's tombstone stays). */
	hyp_uapi_close_device(t.r.h, 1);
	ck_assert_uint_eq(reg(&t, "VINTF1_SID_MATCH0"), 0);
	rig_close(&t.r);
}
END_TEST

/* A3: the lowest index first, of as many as a VINTF has; the unit reads at the host's address. */
START_TEST(queues_of_the_guest)
{
	struct tegra t;
	uint32_t q0, q1;

	make(&t, 8, 4, 4);
	ck_assert_int_eq(map(&t.r, t.as, 0x100000, 0x20000, RW), 0);
	ck_assert_int_eq(queue(&t, 2, 0x100000, 0x1000), -EINVAL);
	ck_assert_int_eq(queue(&t, 1, 0x100000, 0x1000), -EIO);
	ck_assert_int_eq(queue(&t, 0, 0x100000, 0x1010), -EINVAL);
	/* Whatever stood in it. */
	hyp_reg_write(t.r.h, HYP_HOST, ims_model_reg(&smmuv3_model, "VCMDQ2_PROD"), 1);
	q0 = made(&t.r, "HW_QUEUE_ALLOC", "out_hw_queue_id", queue(&t, 0, 0x100000, 0x1000));
	ck_assert_uint_eq(reg(&t, "VCMDQ2_PROD"), 0);
	ck_assert_uint_eq(reg(&t, "VCMDQ2_BASE"), (USER + 0x100000) | 8);
	ck_assert_uint_eq(reg(&t, "VCMDQ2_STATUS"), 1);
	ck_assert_uint_eq(t.r.h->vms[0].hw_ring[1], 3);
	q1 = made(&t.r, "HW_QUEUE_ALLOC", "out_hw_queue_id", queue(&t, 1, 0x110000, 0x20));
	ck_assert_uint_eq(reg(&t, "VCMDQ3_BASE"), (USER + 0x110000) | 1);
	ck_assert_int_eq(destroy(&t.r, t.viommu), -EBUSY);
	ck_assert_int_eq(destroy(&t.r, q0), -EBUSY);
	ck_assert_int_eq(rig_call(&t.r, "IOAS_UNMAP", { "ioas_id", t.as }, { "iova", 0x100000 },
				  { "length", 0x20000 }),
			 -EBUSY);
	ck_assert_int_eq(destroy(&t.r, q1), 0);
	ck_assert_uint_eq(reg(&t, "VCMDQ3_STATUS"), 0);
	ck_assert_uint_eq(t.r.h->vms[0].hw_ring[2], 0);
	ck_assert_uint_eq(reg(&t, "VCMDQ2_STATUS"), 1);
	ck_assert_int_eq(destroy(&t.r, q0), 0);
	ck_assert_uint_eq(reg(&t, "VCMDQ2_STATUS"), 0);
	ck_assert_int_eq(rig_call(&t.r, "IOAS_UNMAP", { "ioas_id", t.as }, { "iova", 0x100000 },
				  { "length", 0x20000 }),
			 0);
	ck_assert_int_eq(destroy(&t.r, t.viommu), 0);
	rig_close(&t.r);
}
END_TEST

/* A3: exactly what was handed out; A2: it holds the vIOMMU, until it is unmapped or the file closed. */
START_TEST(pages)
{
	static const struct {
		uint64_t offset, length;
		long rc;
	} bad[] = {
		{ 0x1000, 0x1000, -ENXIO }, { 0x2000, 0x10000, -ENXIO },
		{ 0, 0x10000, -ENXIO },	    { 0x1000, 0x20000, -ENXIO },
		{ 0x1000, 0, -EINVAL },	    { 0x1800, 0x10000, -EINVAL },
		{ 0x1000, 0x100, -EINVAL },
	};
	struct tegra t;

	make(&t, 8, 4, 4);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(hyp_uapi_mmap(t.r.h, 0, bad[i].offset, bad[i].length), bad[i].rc);
	ck_assert_int_eq(hyp_uapi_mmap(t.r.h, 1, 0x1000, 0x10000), -EBADF);
	ck_assert_int_eq(hyp_uapi_munmap(t.r.h, 0, 0x1000, 0x10000), -EINVAL);
	ck_assert_int_eq(hyp_uapi_mmap(t.r.h, 0, 0x1000, 0x10000), 0);
	ck_assert_int_eq(hyp_uapi_mmap(t.r.h, 0, 0x1000, 0x10000), 0);
	ck_assert_ptr_null(hyp_uapi_check(t.r.h));
	ck_assert_int_eq(destroy(&t.r, t.viommu), -EBUSY);
	ck_assert_int_eq(hyp_uapi_munmap(t.r.h, 0, 0x1000, 0x10000), 0);
	ck_assert_int_eq(destroy(&t.r, t.viommu), -EBUSY);
	ck_assert_int_eq(hyp_uapi_munmap(t.r.h, 0, 0x1000, 0x10000), 0);
	ck_assert_int_eq(destroy(&t.r, t.viommu), 0);
	ck_assert_int_eq(hyp_uapi_mmap(t.r.h, 0, 0x1000, 0x10000), -ENXIO);
	ck_assert_int_eq(alloc(&t, 16), 0);
	ck_assert_int_eq(hyp_uapi_mmap(t.r.h, 0, 0x1000, 0x10000), 0);
	hyp_uapi_close_device(t.r.h, 0);
	hyp_uapi_close(t.r.h, 0);
	ck_assert_uint_eq(reg(&t, "VINTF1_CONFIG"), 0);
	ck_assert_int_eq(hyp_uapi_open(t.r.h), HYP_FD_CONTEXT);
	rig_close(&t.r);
}
END_TEST

/* What the guest writes into its page reaches the hardware as long as the page is mapped. */
START_TEST(doorbell_in_the_page)
{
	const struct ims_reg *prod = ims_model_reg(&smmuv3_model, "VCMDQ0_PROD");
	const uint64_t words[IMS_CMD_WORDS] = { 0x46 };
	struct tegra t;

	make(&t, 8, 4, 4);
	ck_assert_int_eq(map(&t.r, t.as, 0x100000, 0x1000, RW), 0);
	ck_assert_int_eq(queue(&t, 0, 0x100000, 0x1000), 0);
	hyp_back(t.r.h, 0, 0x100000, 0x1000);
	hyp_guest_queue(t.r.h, 0, 1);
	hyp_guest_put(t.r.h, 0, words);
	hyp_guest_kick(t.r.h, 0);
	hyp_reg_write(t.r.h, 0, prod, 1);
	ck_assert_uint_eq(reg(&t, "VCMDQ2_PROD"), 0);
	ck_assert_int_eq(hyp_uapi_mmap(t.r.h, 0, 0x1000, 0x10000), 0);
	hyp_reg_write(t.r.h, 0, prod, 1);
	ck_assert_uint_eq(reg(&t, "VCMDQ2_PROD"), 1);
	ck_assert_uint_eq(reg(&t, "VCMDQ4_PROD"), 0);
	hyp_guest_put(t.r.h, 0, words);
	hyp_guest_kick(t.r.h, 0);
	ck_assert_uint_eq(reg(&t, "VCMDQ2_PROD"), 2);
	/* What stands in other memory than the guest's is none of its commands: it acknowledges. */
	ck_assert_uint_eq(reg(&t, "VCMDQ2_CONS"), (uint64_t)SMMU_CERROR_ILL << 24);
	hyp_reg_write(t.r.h, 0, ims_model_reg(&smmuv3_model, "VCMDQ0_CONFIG"), 0);
	ck_assert_uint_eq(reg(&t, "VCMDQ2_STATUS"), 0);
	hyp_reg_write(t.r.h, 0, ims_model_reg(&smmuv3_model, "VCMDQ0_GERRORN"), 1);
	ck_assert_uint_eq(reg(&t, "VCMDQ2_GERRORN"), 1);
	/* Not of its page: what it believes is its own is not the hardware's. */
	hyp_reg_write(t.r.h, 0, ims_model_reg(&smmuv3_model, "VCMDQ0_BASE"), 0x200000);
	hyp_reg_write(t.r.h, 0, ims_model_reg(&smmuv3_model, "VINTF0_CONFIG"), 0);
	ck_assert_uint_eq(reg(&t, "VCMDQ2_BASE"), (USER + 0x100000) | 8);
	ck_assert_uint_eq(reg(&t, "VINTF1_CONFIG"), VMID << 1 | 1);
	hyp_guest_queue(t.r.h, 0, 0);
	rig_close(&t.r);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("queues of the uAPI");
	TCase *t = tcase_create("queues");

	tcase_add_test(t, data_of_the_call);
	tcase_add_test(t, hardware_info);
	tcase_add_test(t, a_function_of_the_unit);
	tcase_add_test(t, devices_in_slots);
	tcase_add_test(t, queues_of_the_guest);
	tcase_add_test(t, pages);
	tcase_add_test(t, doorbell_in_the_page);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
