/* SPDX-License-Identifier: MIT */
/*
 * One vector, or more, for every fault code of the description: a healthy world,
 * one thing broken, a request. Codes and what ATS answers are those of table 30;
 * reserved bits those of chapter 9 for a unit with HAW = 46 and the capabilities
 * of the lean unit of vtd_world.h. What a capability changes of them is in
 * test_vtd_capabilities.c.
 */
#include <check.h>
#include <stdio.h>

#include "tests/vectors/vtd_fault_vectors.h"
#include "tests/run.h"

static void apply(struct vw *v, const struct change *c)
{
	if (c->at == ROOT_REG)
		v->hw.unit->root = (v->hw.unit->root & ~c->clear) | c->set;
	else if (c->at)
		vw_put(v, c->at, (vw_get(v, c->at) & ~c->clear) | c->set);
}

static void open_vector(struct vw *v, const struct vector *x, const struct vw_options *o)
{
	struct vw_options options = *o;

	options.full = x->full;
	options.legacy = x->legacy;
	memcpy(options.params, x->params, sizeof(x->params));
	vw_build(v, &options);
	if (x->fixed) {
		v->world->fixed_first = x->fixed;
		v->world->fixed_last = x->fixed + 0xfff;
		vw_bind(v);
	}
	for (unsigned i = 0; i < COUNT(x->change); i++)
		apply(v, &x->change[i]);
}

static struct ims_req req_of(const struct vector *x)
{
	return (struct ims_req){ .src = VW_SRC,
				 .ctx = x->ctx,
				 .addr = x->addr,
				 .access = x->access,
				 .kind = x->kind,
				 .priv = x->priv,
				 .execute = x->execute,
				 .bytes = x->bytes };
}

static uint16_t fault_of(const struct vector *x)
{
	struct ims_req req = req_of(x);
	struct ims_answer a;
	struct vw v;

	open_vector(&v, x, &(struct vw_options){ 0 });
	ims_translate(&v.hw, &req, &a);
	vw_close(&v);
	return a.fault;
}

START_TEST(each_vector)
{
	const struct vector *x = &vectors[_i];
	uint16_t fault = fault_of(x);
	const struct ims_fault_def *def = ims_model_fault(&vtd_model, x->code);

	ck_assert_msg(def != NULL, "%#x is no code of the description", x->code);
	ck_assert_msg(fault == x->code, "%s, %s: %#x instead of %#x", def->name, x->why, fault,
		      x->code);
}
END_TEST

/*
 * What a wrong answer could hide behind: caches, the log, a second request and a
 * look that changes nothing give the same code; nothing is cached of the fault.
 */
START_TEST(each_vector_repeats)
{
	const struct vector *x = &vectors[_i];
	struct ims_req req = req_of(x);
	struct ims_answer a;
	struct vw v;

	open_vector(
		&v, x,
		&(struct vw_options){ .walk_caches = true, .logged = true, .fragment_lg2 = 12 });
	ims_translate_fresh(&v.hw, &req, &a);
	ck_assert_msg(a.fault == x->code, "fresh: %#x instead of %#x", a.fault, x->code);
	ck_assert_uint_eq(v.log.count, 0);
	for (unsigned i = 0; i < 3; i++) {
		ims_translate(&v.hw, &req, &a);
		ck_assert_msg(a.fault == x->code, "%s, request %u: %#x instead of %#x", x->why, i,
			      a.fault, x->code);
		if (x->answer != REDUCED)
			ck_assert_uint_eq(ims_hw_cache(&v.hw, VTD_IOTLB)->live, 0);
	}
	ck_assert_uint_eq(v.log.events[v.log.count - 1].kind, IMS_EV_ANSWER);
	ck_assert_uint_eq(v.log.events[v.log.count - 1].n, x->code);
	vw_close(&v);
}
END_TEST

/* A page that the second stage lends for reading only is not written to, from a cached table pointer either. */
START_TEST(read_only_tables_stay_unwritten)
{
	unsigned tried = 0;

	for (unsigned i = 0; i < COUNT(vectors); i++) {
		struct ims_req req = req_of(&vectors[i]);
		struct ims_answer a;
		struct vw v;

		if (vectors[i].code != VTD_SFS_8)
			continue;
		open_vector(&v, &vectors[i], &(struct vw_options){ .walk_caches = true });
		for (unsigned again = 0; again < 3; again++) {
			bool top = !(vw_get(&v, VW_SS1_LOW_E(0x101000)) & 2);
			uint64_t at = top ? VW_FS_E(VW_N4, 4) : VW_FS_E(VW_N1, 1),
				 old = vw_get(&v, at);

			ims_translate(&v.hw, &req, &a);
			ck_assert_msg(vw_get(&v, at) == old, "%s, request %u: written",
				      vectors[i].why, again);
			tried++;
		}
		vw_close(&v);
	}
	ck_assert_uint_ge(tried, 9);
}
END_TEST

/* The ATS answer: section 4.2.3 and the translation-request columns of table 30. */
START_TEST(each_vector_by_ats)
{
	const struct vector *x = &vectors[_i];
	struct ims_req req = req_of(x);
	struct ims_answer a;
	struct vw v;

	ck_assert_uint_eq(vtd_ats_answer(x->code), x->answer);
	if (x->kind == TRANSLATED || x->no_ats)
		return;
	open_vector(&v, x, &(struct vw_options){ 0 });
	ims_device_ats(&v.hw, &req, &a);
	ck_assert_msg(a.fault == x->code, "%s by ATS: %#x instead of %#x", x->why, a.fault,
		      x->code);
	ck_assert_uint_eq(a.ats, x->answer);
	if (x->answer == REDUCED) {
		/* What is left of the permission asked for, and it may be kept. */
		ck_assert_uint_eq(a.perm & (R | W),
				  x->code == VTD_SGN_6 || x->code == VTD_LGN_2 ? R : W);
		ck_assert_uint_eq(ims_hw_cache(&v.hw, VTD_ATC)->live, 1);
	} else {
		ck_assert_uint_eq(a.perm & (R | W), 0);
		ck_assert_uint_eq(ims_hw_cache(&v.hw, VTD_ATC)->live, 0);
	}
	vw_close(&v);
}
END_TEST

/* Whoever adds a code adds a vector. */
START_TEST(every_code_has_a_vector)
{
	bool produced[UINT8_MAX + 1] = { false };

	for (unsigned i = 0; i < COUNT(vectors); i++) {
		uint16_t fault = fault_of(&vectors[i]);

		if (fault == vectors[i].code)
			produced[fault & 0xff] = true;
	}
	for (unsigned i = 0; i < VTD_FAULTS; i++) {
		ck_assert_uint_le(vtd_faults[i].code, 0xff);
		ck_assert_msg(produced[vtd_faults[i].code], "no vector produces %s",
			      vtd_faults[i].name);
		produced[vtd_faults[i].code] = false;
	}
	for (unsigned i = 0; i < COUNT(produced); i++)
		ck_assert_msg(!produced[i], "%#x is not in the table of codes", i);
	printf("%zu vectors produce %d codes\n", COUNT(vectors), VTD_FAULTS);
}
END_TEST

/* Two things wrong at once: the structure that is read first decides, and in it P before reserved before value. */
/* clang-format off */
static const struct vector order[] = {
	{ "TTM before the root table", VTD_RTA_4, ABORT, NONE, VW_IOVA, R,
	  .change = { ON(ROOT_REG, 0xc00), PTR(ROOT_REG, VW_NOWHERE) } },
	{ "LP before reserved", VTD_SRT_2, ABORT, NONE, VW_IOVA, R, .change = { { VW_ROOT_E, 1, 2 } } },
	{ "root before context", VTD_SRT_3, ABORT, NONE, VW_IOVA, R, .change = { ON(VW_ROOT_E, 2), OFF(VW_CTX_E, 1) } },
	{ "P before reserved", VTD_SCT_2, ABORT, NONE, VW_IOVA, R, .change = { { VW_CTX_E, 1, 0x80 } } },
	{ "reserved before value", VTD_SCT_3, ABORT, NONE, VW_IOVA, R,
	  .change = { ON(VW_CTX_E, 0x80), ON(VW_CTX_E + 8, 0x2000) } },
	{ "value before DTE", VTD_SCT_4, ABORT, NONE, VW_IOVA, R, ATS,
	  .change = { ON(VW_CTX_E + 8, 0x2000), OFF(VW_CTX_E, 4) } },
	{ "DTE before PASIDE", VTD_SCT_5, ABORT, NESTED(5), R, ATS, .change = { OFF(VW_CTX_E, 0xc) } },
	{ "DTE before the PASID of a translated request", VTD_SCT_5, ABORT, 1, VW_HPA, R, TRANSLATED,
	  .change = { OFF(VW_CTX_E, 4) } },
	{ "PASIDE before PDTS", VTD_SCT_6, ABORT, NESTED(0x2000), R, .change = { OFF(VW_CTX_E, 8) } },
	{ "PASIDE before RID_PASID", VTD_SCT_6, ABORT, NESTED(0), R, .change = { OFF(VW_CTX_E, 8) } },
	{ "PDTS before the directory", VTD_SCT_7, ABORT, NESTED(0x2000), R, .change = { OFF(VW_DIR_E, 1) } },
	{ "RID_PASID before the directory", VTD_SCT_9, ABORT, NESTED(0), R, .change = { OFF(VW_DIR_E, 1) } },
	{ "PASID before the width", VTD_SCT_10, ABORT, 1, UINT64_C(1) << 46, R, .kind = TRANSLATED },
	{ "P before reserved", VTD_SPD_2, ABORT, STAGE1, R, .change = { { VW_DIR_E, 1, 4 } } },
	{ "directory before entry", VTD_SPD_3, ABORT, STAGE1, R, .change = { ON(VW_DIR_E, 4), OFF(VW_PASID_E(1), 1) } },
	{ "P before reserved", VTD_SPT_2, ABORT, STAGE1, R, .change = { { VW_PASID_E(1), 1, 0x20 } } },
	{ "reserved before value", VTD_SPT_3, ABORT, STAGE1, R, .change = { ON(VW_PASID_E(1), 0x120) } },
	{ "value before privilege", VTD_SPT_4, ABORT, STAGE1, R, .priv = true, .change = { ON(VW_PASID_E(1), 0x100) } },
	{ "privilege before the address", VTD_SPT_6, ABORT, 1, UINT64_C(1) << 47, R, .priv = true },
	{ "address before the tables", VTD_SGN_1, ABORT, 1, UINT64_C(1) << 47, R,
	  .change = { PTR(VW_PASID_E(1) + 16, VW_NOWHERE) } },
	{ "address before the tables", VTD_SGN_5, ABORT, 4, UINT64_C(1) << 39, R,
	  .change = { PTR(VW_PASID_E(4), VW_NOWHERE) } },
	{ "P before reserved", VTD_SFS_2, ABORT, STAGE1, R, .change = { { VW_FS_E(VW_F4, 4), 1, 0x80 } } },
	{ "level 4 before level 3", VTD_SFS_3, ABORT, STAGE1, R,
	  .change = { ON(VW_FS_E(VW_F4, 4), 0x80), OFF(VW_FS_E(VW_F3, 3), 1) } },
	{ "reserved before U/S of the same entry", VTD_SFS_3, ABORT, STAGE1, R,
	  .change = { { VW_FS_E(VW_F4, 4), 4, 0x80 } } },
	{ "R = W = 0 before reserved", VTD_SSS_2, ABORT, STAGE2, R, .change = { { VW_SS4_E, 3, 0x800 } } },
	{ "second stage of the table before the entry in it", VTD_SSS_3, ABORT, NONE, VW_IOVA, R,
	  .change = { ON(VW_SS1_LOW_E(0x101000), UINT64_C(1) << 62), OFF(VW_FS_E(VW_N4, 4), 1) } },
	{ "entry before its page", VTD_SFS_2, ABORT, NONE, VW_IOVA, R,
	  .change = { OFF(VW_FS_E(VW_N1, 1), 1), OFF(VW_SG1_E, 3) } },
	{ "U/S before the page", VTD_SGN_2, ABORT, NONE, VW_IOVA, R,
	  .change = { OFF(VW_FS_E(VW_N1, 1), 4), OFF(VW_SG1_E, 3) } },
	{ "U/S before R/W", VTD_SGN_2, ABORT, STAGE1, W, .change = { OFF(VW_FS_E(VW_F1, 1), 6) } },
};
/* clang-format on */

START_TEST(order_of_checks)
{
	uint16_t fault = fault_of(&order[_i]);

	ck_assert_msg(fault == order[_i].code, "%s: %#x instead of %#x", order[_i].why, fault,
		      order[_i].code);
}
END_TEST

/* ---- every bit of every structure: reserved, or ignored ---- */

#define HIGH	  IMS_BITS(63, 46)
#define ADDR_HIGH IMS_BITS(51, 46)
#define ALL	  ~UINT64_C(0)

/* Bits neither reserved nor ignored mean something else and have their own vectors. */
static const struct {
	const char *name;
	uint64_t at;
	uint32_t ctx;
	uint64_t addr;
	uint64_t base; /* or-ed in first: makes a leaf of an entry */
	uint16_t code;
	uint64_t reserved, ignored;
} structures[] = {
	{ "root", VW_ROOT_E, 1, VW_IOVA, 0, VTD_SRT_3, 0xffe | HIGH, 0 },
	{ "root, other half", VW_ROOT_E + 8, 1, VW_IOVA, 0, 0, 0, ALL },
	{ "context 0", VW_CTX_E, 1, VW_IOVA, 0, VTD_SCT_3, 0x180 | 0x70 | HIGH, 0x2 | 0xe00 },
	{ "context 1", VW_CTX_E + 8, 1, VW_IOVA, 0, VTD_SCT_3, 0xFFFFFFFFFFE00000 | 0x100000, 0x2 },
	{ "context 2", VW_CTX_E + 16, 1, VW_IOVA, 0, VTD_SCT_3, ALL, 0 },
	{ "context 3", VW_CTX_E + 24, 1, VW_IOVA, 0, VTD_SCT_3, ALL, 0 },
	{ "directory", VW_DIR_E, 1, VW_IOVA, 0, VTD_SPD_3, 0xffc | HIGH, 0x2 },
	{ "PASID 0, first stage", VW_PASID_E(1), 1, VW_IOVA, 0, VTD_SPT_3, 0xc20 | 0x200 | HIGH,
	  0x1e | IMS_BITS(45, 12) },
	{ "PASID 0, second stage", VW_PASID_E(2), 2, VW_GPA, 0, VTD_SPT_3, 0xc20 | 0x200 | HIGH,
	  0x2 },
	{ "PASID 1", VW_PASID_E(1) + 8, 1, VW_IOVA, 0, VTD_SPT_3, 0xF87F0000 | 0xFFFFFFFF06000000,
	  0xffff },
	{ "PASID 2, first stage", VW_PASID_E(1) + 16, 1, VW_IOVA, 0, VTD_SPT_3,
	  0xf02 | 0x1 | 0x80 | HIGH, 0x70 },
	{ "PASID 2, second stage", VW_PASID_E(2) + 16, 2, VW_GPA, 0, VTD_SPT_3,
	  0xf02 | 0x1 | 0x80 | HIGH, 0x70 | IMS_BITS(45, 12) },
	{ "PASID 3", VW_PASID_E(1) + 24, 1, VW_IOVA, 0, VTD_SPT_3, ALL, 0 },
	{ "PASID 4", VW_PASID_E(1) + 32, 1, VW_IOVA, 0, VTD_SPT_3, ALL, 0 },
	{ "PASID 5", VW_PASID_E(1) + 40, 1, VW_IOVA, 0, VTD_SPT_3, ALL, 0 },
	{ "PASID 6", VW_PASID_E(2) + 48, 2, VW_GPA, 0, VTD_SPT_3, ALL, 0 },
	{ "PASID 7", VW_PASID_E(2) + 56, 2, VW_GPA, 0, VTD_SPT_3, ALL, 0 },
	{ "FS-PML4E", VW_FS_E(VW_F4, 4), 1, VW_IOVA, 0, VTD_SFS_3, 0x80 | ADDR_HIGH,
	  IMS_BITS(63, 52) | 0xf78 },
	{ "FS-PDPE", VW_FS_E(VW_F3, 3), 1, VW_IOVA, 0, VTD_SFS_3, ADDR_HIGH,
	  IMS_BITS(63, 52) | 0xf78 },
	{ "FS-PDE", VW_FS_E(VW_F2, 2), 1, VW_IOVA, 0, VTD_SFS_3, ADDR_HIGH,
	  IMS_BITS(63, 52) | 0xf78 },
	{ "FS-PTE", VW_FS_E(VW_F1, 1), 1, VW_IOVA, 0, VTD_SFS_3, ADDR_HIGH,
	  IMS_BITS(63, 52) | 0xff8 },
	{ "FS-PTE, nested", VW_FS_E(VW_N1, 1), NONE, VW_IOVA, 0, VTD_SFS_3, ADDR_HIGH,
	  IMS_BITS(63, 52) | 0xff8 },
	{ "FS-PDPE, 1G", VW_FS_E(VW_F3, 3), 1, VW_IOVA, IMS_BIT(31) | 0x80, VTD_SFS_3,
	  0x3FFFE000 | ADDR_HIGH, IMS_BITS(63, 52) | 0x1f78 },
	{ "FS-PDE, 2M", VW_FS_E(VW_F2, 2), 1, VW_IOVA, IMS_BIT(31) | 0x80, VTD_SFS_3,
	  0x1FE000 | ADDR_HIGH, IMS_BITS(63, 52) | 0x1f78 },
	{ "SS-PML4E", VW_SS4_E, 2, VW_GPA, 0, VTD_SSS_3, 0x880 | ADDR_HIGH | IMS_BIT(62),
	  IMS_BITS(61, 52) | IMS_BIT(63) | 0x77c },
	{ "SS-PDPE", VW_SG3_E, 2, VW_GPA, 0, VTD_SSS_3, 0x800 | ADDR_HIGH | IMS_BIT(62),
	  IMS_BITS(61, 52) | IMS_BIT(63) | 0x77c },
	{ "SS-PDE", VW_SG2_E, 2, VW_GPA, 0, VTD_SSS_3, 0x800 | ADDR_HIGH | IMS_BIT(62),
	  IMS_BITS(61, 52) | IMS_BIT(63) | 0x77c },
	{ "SS-PTE", VW_SG1_E, 2, VW_GPA, 0, VTD_SSS_3, ADDR_HIGH | IMS_BIT(62),
	  IMS_BITS(61, 52) | IMS_BIT(63) | 0x7fc },
	{ "SS-PTE, nested", VW_SG1_E, NONE, VW_IOVA, 0, VTD_SSS_3, ADDR_HIGH | IMS_BIT(62),
	  IMS_BITS(61, 52) | IMS_BIT(63) | 0x7fc },
	{ "SS-PDPE, 1G", VW_SG3_E, 2, VW_GPA, IMS_BIT(31) | 0x80, VTD_SSS_3,
	  0x3FFFF000 | ADDR_HIGH | IMS_BIT(62), IMS_BITS(61, 52) | IMS_BIT(63) | 0x77c },
	{ "SS-PDE, 2M", VW_SG2_E, 2, VW_GPA, IMS_BIT(31) | 0x80, VTD_SSS_3,
	  0x1FF000 | ADDR_HIGH | IMS_BIT(62), IMS_BITS(61, 52) | IMS_BIT(63) | 0x77c },
};

START_TEST(reserved_and_ignored_bits)
{
	struct ims_req req = vw_req(structures[_i].ctx, structures[_i].addr, R);
	struct ims_answer want, got;
	struct vw v;
	uint64_t old;

	vw_build(&v, &(struct vw_options){ 0 });
	old = vw_get(&v, structures[_i].at);
	if (structures[_i].base)
		old = (old & 0xfff) | structures[_i].base;
	vw_put(&v, structures[_i].at, old);
	ims_translate_fresh(&v.hw, &req, &want);
	ck_assert_uint_eq(want.fault, 0);
	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t one = UINT64_C(1) << bit;

		vw_put(&v, structures[_i].at, old ^ one);
		ims_translate_fresh(&v.hw, &req, &got);
		if (structures[_i].reserved & one)
			ck_assert_msg(got.fault == structures[_i].code, "%s, bit %u: %#x",
				      structures[_i].name, bit, got.fault);
		else if (structures[_i].ignored & one)
			ck_assert_msg(!got.fault && got.out == want.out &&
					      (got.perm | IMS_D) == (want.perm | IMS_D),
				      "%s, bit %u: %#x, %llx", structures[_i].name, bit, got.fault,
				      (unsigned long long)got.out);
		else if (bit != 7) /* PS: what was an address becomes reserved */
			ck_assert_msg(!structures[_i].code || got.fault != structures[_i].code,
				      "%s, bit %u: reserved", structures[_i].name, bit);
	}
	vw_close(&v);
}
END_TEST

/* Reserved in the root-table address: 9:8, SSIRWE without SSIRWS, 6:0, and above HAW (section 11.4.5). */
START_TEST(reserved_bits_of_the_root_register)
{
	struct ims_req req = vw_req(1, VW_IOVA, R);
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ 0 });
	for (unsigned bit = 0; bit < 64; bit++) {
		v.hw.unit->root = VW_ROOT | 0x400 | UINT64_C(1) << bit;
		ims_translate_fresh(&v.hw, &req, &a);
		if (bit < 10 || bit >= 46)
			ck_assert_msg(a.fault == VTD_RTA_1, "bit %u: %#x", bit, a.fault);
	}
	vw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d faults");
	TCase *t = tcase_create("vectors");

	tcase_add_loop_test(t, each_vector, 0, COUNT(vectors));
	tcase_add_loop_test(t, each_vector_repeats, 0, COUNT(vectors));
	tcase_add_test(t, read_only_tables_stay_unwritten);
	tcase_add_loop_test(t, each_vector_by_ats, 0, COUNT(vectors));
	tcase_add_test(t, every_code_has_a_vector);
	tcase_add_loop_test(t, order_of_checks, 0, COUNT(order));
	suite_add_tcase(s, t);
	t = tcase_create("bits");
	tcase_add_loop_test(t, reserved_and_ignored_bits, 0, COUNT(structures));
	tcase_add_test(t, reserved_bits_of_the_root_register);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
