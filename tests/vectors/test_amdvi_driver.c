/* SPDX-License-Identifier: MIT */
/*
 * What the AMD-Vi driver writes is what hardware reads: device table, DTEs, GCR3 tables
 * of one to three levels, for each kind of domain, and what is left when one goes.
 */
#include <check.h>

#include "tests/vectors/amdvi_world.h"
#include "tests/run.h"

#define NONE IMS_CTX_NONE
#define R    IMS_R
#define W    IMS_W

struct rig {
	struct ims_driver driver;
	struct aw v;
	uint64_t next;
};

static uint64_t rig_read(struct ims_driver *d, uint64_t addr)
{
	struct rig *r = d->owner;

	return aw_get(&r->v, addr);
}

static void rig_write(struct ims_driver *d, uint64_t addr, uint64_t value)
{
	struct rig *r = d->owner;

	aw_put(&r->v, addr, value);
}

static uint64_t rig_pages(struct ims_driver *d, unsigned count)
{
	struct rig *r = d->owner;
	uint64_t page = r->next;

	r->next += count * UINT64_C(0x1000);
	return page;
}

/* The tables are those of amdvi_world.h; the driver's own stand at 16 MiB. */
static void rig_open(struct rig *r)
{
	aw_build(&r->v, &(struct aw_options){ .params = { AW_PARAM(AMDVI_P_PAS_MAX, 19) } });
	r->next = 0x1000000;
	r->driver = (struct ims_driver){
		.owner = r, .read = rig_read, .write = rig_write, .pages = rig_pages
	};
	amdvi_setup(&r->driver);
	r->v.hw.unit->root = r->driver.root;
}

START_TEST(domains)
{
	static const struct {
		uint8_t stages;
		uint32_t ctx;
		uint64_t addr, out;
	} t[] = {
		{ IMS_STAGES_2, NONE, AW_GPA, AW_HPA },
		{ IMS_STAGES_1, NONE, AW_IOVA, AW_HPA_GUEST },
		{ IMS_STAGES_1, 3, AW_IOVA, AW_HPA_GUEST },
		{ IMS_STAGES_BYPASS, NONE, AW_GPA, AW_GPA },
	};

	for (unsigned n = 0; n < 4 * 3; n++) {
		unsigned i = n % 4;
		uint8_t pasid_bits = (uint8_t[]){ 5, 16, 20 }[n / 4];
		uint32_t ctx = t[i].ctx == NONE ? NONE : (1u << pasid_bits) - 2;
		struct ims_ctx_config config = { .s1_root = AW_G4,
						 .s2_root = AW_H4,
						 .stages = t[i].stages,
						 .s1_top = 4,
						 .s2_top = 4,
						 .dom = 7 };
		struct ims_answer a;
		struct rig r;

		rig_open(&r);
		amdvi_device_add(&r.driver, 0x1234,
				 &(struct ims_dev_config){ .ats = true, .pasid_bits = pasid_bits });
		ck_assert_uint_eq(aw_ask(&r.v, 0x1234, NONE, AW_GPA, R).fault, AMDVI_F_TV);
		ck_assert_uint_eq(aw_ask(&r.v, 0x1235, NONE, AW_GPA, R).fault, 0);
		amdvi_ctx_set(&r.driver, 0x1234, ctx, &config);
		aw_send(&r.v, UINT64_C(2) << 60 | 0x1234, 0);
		aw_wait(&r.v);
		a = aw_ask(&r.v, 0x1234, ctx, t[i].addr, R | W);
		ck_assert_msg(!a.fault, "%u: %#x", n, a.fault);
		ck_assert_uint_eq(a.out, t[i].out);
		if (t[i].stages == IMS_STAGES_1)
			ck_assert_uint_eq(aw_ask(&r.v, 0x1234, 1, t[i].addr, R).fault,
					  AMDVI_F_GCR3_ABSENT);
		amdvi_ctx_clear(&r.driver, 0x1234, ctx);
		aw_send(&r.v, UINT64_C(8) << 60, 0);
		aw_wait(&r.v);
		ck_assert_uint_ne(aw_ask(&r.v, 0x1234, ctx, t[i].addr, R).fault, 0);
		aw_close(&r.v);
	}
}
END_TEST

/* A guest's driver has its tables in guest-physical memory; the host puts its own table under them. */
START_TEST(nested)
{
	struct ims_ctx_config guest = {
		.s1_root = AW_N4 - AW_LOW, .stages = IMS_STAGES_1, .s1_top = 4, .dom = 9
	};
	uint64_t dte[AMDVI_DTE_WORDS];
	struct ims_answer a;
	struct rig r;

	rig_open(&r);
	/* The GCR3 page below 2 MiB, where guest-physical memory is. */
	r.next = 0x150000 + AW_LOW;
	amdvi_device_add(&r.driver, 0x100, &(struct ims_dev_config){ .pasid_bits = 8 });
	for (unsigned i = 0; i < AMDVI_DTE_WORDS; i++)
		dte[i] = rig_read(&r.driver, (r.driver.root & AMDVI_ADDR) + 0x100 * 32 + i * 8);
	ck_assert_uint_eq(amdvi_gcr3_get(dte), 0x150000 + AW_LOW);
	amdvi_ctx_set(&r.driver, 0x100, NONE, &guest);
	/* What the host composes of it: its own table, the pointer as the guest gave it. */
	for (unsigned i = 0; i < AMDVI_DTE_WORDS; i++)
		dte[i] = rig_read(&r.driver, (r.driver.root & AMDVI_ADDR) + 0x100 * 32 + i * 8);
	ims_field_put(dte, AMDVI_DTE_MODE, 4);
	ims_field_put(dte, AMDVI_DTE_ROOT, AW_H4 >> 12);
	amdvi_gcr3_put(dte, 0x150000);
	for (unsigned i = 0; i < AMDVI_DTE_WORDS; i++)
		rig_write(&r.driver, (r.driver.root & AMDVI_ADDR) + 0x100 * 32 + i * 8, dte[i]);
	a = aw_ask(&r.v, 0x100, NONE, AW_IOVA, R | W);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.out, AW_HPA);
	ck_assert_uint_eq(a.mid, AW_GPA);
	aw_close(&r.v);
}
END_TEST

/* What software may use leaves of: x86's two sizes; every host level but the broken one. */
START_TEST(leaf_levels)
{
	uint32_t params[AMDVI_PARAMS] = { 0 };

	ck_assert_uint_eq(amdvi_leaf_levels(params, 1), 1u << 2 | 1u << 3);
	ck_assert_uint_eq(amdvi_leaf_levels(params, 2), 0x3e);
	params[AMDVI_Q_LEAF_512G] = 1;
	ck_assert_uint_eq(amdvi_leaf_levels(params, 2), 0x2e);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD-Vi driver");
	TCase *t = tcase_create("driver");

	tcase_add_test(t, domains);
	tcase_add_test(t, leaf_levels);
	tcase_add_test(t, nested);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
