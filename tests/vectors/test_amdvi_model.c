/* SPDX-License-Identifier: MIT */
/* The AMD-Vi description is sound. */
#include <check.h>

#include "tests/vectors/amdvi_world.h"
#include "tests/run.h"

START_TEST(the_model_passes)
{
	int row;
	const char *wrong = ims_model_check(&amdvi_model, &row);

	ck_assert_msg(!wrong, "row %d: %s", row, wrong);
}
END_TEST

/* The bits of a field can be set: none is reserved, none is another field's or selects another row. */
START_TEST(fields_are_apart)
{
	for (unsigned row = 0; row < AMDVI_ROWS; row++) {
		uint64_t taken[IMS_CMD_WORDS];

		memcpy(taken, amdvi_rows[row].reserved, sizeof(taken));
		for (unsigned i = 0; i < amdvi_rows[row].fields_count; i++) {
			const struct ims_cmd_field *f = &amdvi_rows[row].fields[i];
			uint64_t mask = IMS_BITS(f->at.hi % 64, f->at.lo % 64);
			unsigned word = f->at.lo / 64u;

			ck_assert_uint_eq(word, f->at.hi / 64u);
			ck_assert_msg(!(taken[word] & mask), "%s: field %s", amdvi_rows[row].title,
				      f->name);
			taken[word] |= mask;
		}
	}
}
END_TEST

/* Section 15, GCR3 root pointers. */
START_TEST(gcr3_root_pointer)
{
	static const uint64_t v[][3] = {
		{ 0x1000, 0x0400000000000000, 0 },
		{ 0x123456789000, 0x0400000000000000, 0x01234000acf10000 },
		{ 0xffffffffff000, 0x1c00000000000000, 0xfffff800ffff0000 },
	};

	for (unsigned i = 0; i < 3; i++) {
		uint64_t dte[AMDVI_DTE_WORDS] = { 0 };

		amdvi_gcr3_put(dte, v[i][0]);
		ck_assert_uint_eq(dte[0], v[i][1]);
		ck_assert_uint_eq(dte[1], v[i][2]);
		ck_assert_uint_eq(amdvi_gcr3_get(dte), v[i][0]);
	}
}
END_TEST

START_TEST(without_tables)
{
	struct ims_answer a;
	struct aw v;

	aw_build(&v, &(struct aw_options){ 0 });
	a = aw_ask(&v, AW_NO_DTE, IMS_CTX_NONE, 0x1234, IMS_R | IMS_W);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.out, 0x1234);
	a = aw_ask(&v, AW_IDENTITY, IMS_CTX_NONE, 0x5678, IMS_R | IMS_W);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.out, 0x5678);
	ck_assert_uint_eq(aw_ask(&v, AW_BLOCKED, IMS_CTX_NONE, 0, IMS_R).fault, AMDVI_F_TV);
	aw_wait(&v);
	ck_assert_uint_eq(aw_get(&v, AW_STATUS), 1);
	aw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD-Vi description");
	TCase *t = tcase_create("model");

	tcase_add_test(t, the_model_passes);
	tcase_add_test(t, fields_are_apart);
	tcase_add_test(t, gcr3_root_pointer);
	tcase_add_test(t, without_tables);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
