/* SPDX-License-Identifier: MIT */
/* The VT-d description is sound, and ims_model_check() finds what is wrong with doctored copies of it. */
#include <check.h>
#include <string.h>

#include "tests/vectors/vtd_world.h"
#include "tests/run.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define NO_SOURCE "no source"
#define OVERLAP	  "match the same command"
#define CARE	  "does not care about"
#define NO_INDEX  "no index"
#define BAD_MATCH "a match names"

/* A copy that may be spoilt. */
struct copy {
	struct ims_model model;
	struct ims_cmd_row rows[VTD_ROWS];
	struct ims_cache_def caches[VTD_CACHES];
	struct ims_fault_def faults[VTD_FAULTS];
	struct ims_rule guest[VTD_GUEST_RULES], host[VTD_HOST_RULES];
};

static void copy_model(struct copy *c)
{
	c->model = vtd_model;
	memcpy(c->rows, vtd_rows, sizeof(c->rows));
	memcpy(c->caches, vtd_caches, sizeof(c->caches));
	memcpy(c->faults, vtd_faults, sizeof(c->faults));
	memcpy(c->guest, vtd_guest_rules, sizeof(c->guest));
	memcpy(c->host, vtd_host_rules, sizeof(c->host));
	c->model.rows = c->rows;
	c->model.caches = c->caches;
	c->model.faults = c->faults;
	c->model.guest_rules = c->guest;
	c->model.host_rules = c->host;
}

/* @row: -1 if the fault is in no row, -2 if any row may be named. */
static void expect_wrong(const struct copy *c, const char *text, int row)
{
	int got = -7;
	const char *wrong = ims_model_check(&c->model, &got);

	ck_assert_msg(wrong != NULL, "nothing wrong where \"%s\" was expected, row %d", text, row);
	ck_assert_msg(strstr(wrong, text) != NULL, "\"%s\" where \"%s\" was expected, row %d",
		      wrong, text, row);
	if (row != -2)
		ck_assert_int_eq(got, row);
}

static int row_of(const char *title)
{
	int row = ims_model_row(&vtd_model, title);

	ck_assert_msg(row >= 0, "no row %s", title);
	return row;
}

START_TEST(the_model_passes)
{
	int row;
	const char *wrong = ims_model_check(&vtd_model, &row);
	struct copy c;

	ck_assert_msg(!wrong, "row %d: %s", row, wrong);
	copy_model(&c);
	wrong = ims_model_check(&c.model, &row);
	ck_assert_msg(!wrong, "row %d: %s", row, wrong);
	ck_assert_uint_eq(vtd_model.rows_count, VTD_ROWS);
	ck_assert_uint_eq(vtd_model.faults_count, VTD_FAULTS);
	ck_assert_uint_eq(vtd_model.caches_count, VTD_CACHES);
}
END_TEST

START_TEST(lookups)
{
	ck_assert_int_eq(ims_model_row(&vtd_model, "no such command"), -1);
	for (int i = 0; i < VTD_ROWS; i++)
		ck_assert_int_eq(ims_model_row(&vtd_model, vtd_rows[i].title), i);
	for (unsigned i = 0; i < VTD_FAULTS; i++)
		ck_assert_ptr_eq(ims_model_fault(&vtd_model, vtd_faults[i].code), &vtd_faults[i]);
	ck_assert_ptr_null(ims_model_fault(&vtd_model, 0));
	ck_assert_ptr_null(ims_model_fault(&vtd_model, 0x82));
	ck_assert_ptr_null(ims_row_field(&vtd_rows[0], "no such field"));
}
END_TEST

/* The bits of a field can be set: none is reserved, none is another field's or selects another row. */
START_TEST(fields_are_apart)
{
	for (unsigned row = 0; row < VTD_ROWS; row++) {
		uint64_t taken[IMS_CMD_WORDS];

		memcpy(taken, vtd_rows[row].reserved, sizeof(taken));
		for (unsigned i = 0; i < vtd_rows[row].fields_count; i++) {
			const struct ims_cmd_field *f = &vtd_rows[row].fields[i];
			uint64_t mask = IMS_BITS(f->at.hi % 64, f->at.lo % 64);
			unsigned word = f->at.lo / 64u;

			ck_assert_uint_eq(word, f->at.hi / 64u);
			ck_assert_uint_le(f->at.lo, f->at.hi);
			ck_assert_msg(!(taken[word] & mask), "%s: field %s", vtd_rows[row].title,
				      f->name);
			ck_assert(word > 1 || !(vtd_rows[row].care[word] & mask) ||
				  !strcmp(f->name, "g"));
			taken[word] |= mask;
		}
	}
}
END_TEST

START_TEST(rows_without_source)
{
	static const char *const none[] = { NULL, "" };
	struct copy c;

	for (int row = 0; row < VTD_ROWS; row++)
		for (unsigned i = 0; i < COUNT(none); i++) {
			copy_model(&c);
			c.rows[row].source = none[i];
			expect_wrong(&c, NO_SOURCE, row);
		}
}
END_TEST

START_TEST(rows_that_overlap)
{
	struct copy c;

	for (int a = 0; a < VTD_ROWS; a++)
		for (int b = a + 1; b < VTD_ROWS; b++) {
			copy_model(&c);
			memcpy(c.rows[b].care, c.rows[a].care, sizeof(c.rows[b].care));
			memcpy(c.rows[b].value, c.rows[a].value, sizeof(c.rows[b].value));
			c.rows[b].modes = c.rows[a].modes;
			expect_wrong(&c, OVERLAP, b);
		}
	/* One that takes every granularity of a type, one that differs only in a bit the other ignores. */
	copy_model(&c);
	c.rows[row_of("PC global")].care[0] = 0xe0f;
	c.rows[row_of("PC global")].value[0] = 0x7;
	expect_wrong(&c, OVERLAP, -2);
	copy_model(&c);
	c.rows[row_of("PC global")].care[0] = 0x80000e3f;
	c.rows[row_of("PC global")].value[0] = 0x80000027;
	expect_wrong(&c, OVERLAP, -2);
	copy_model(&c);
	c.rows[3].value[0] |= 0x40;
	expect_wrong(&c, CARE, 3);
	copy_model(&c);
	c.rows[3].value[1] |= 1;
	expect_wrong(&c, CARE, 3);
}
END_TEST

START_TEST(matches_that_are_wrong)
{
	struct copy c;

	for (int row = 0; row < VTD_ROWS; row++)
		for (unsigned m = 0; m < IMS_MATCHES && vtd_rows[row].match[m].source; m++) {
			copy_model(&c);
			c.rows[row].match[m].source = "";
			expect_wrong(&c, BAD_MATCH, row);
			copy_model(&c);
			c.rows[row].match[m].cache = VTD_CACHES;
			expect_wrong(&c, BAD_MATCH, row);
			copy_model(&c);
			c.rows[row].match[m].classes = 0;
			expect_wrong(&c, BAD_MATCH, row);
		}
}
END_TEST

START_TEST(matches_without_index)
{
	/* The IOTLB, the PASID-cache and the paging-structure caches are indexed by DID, the others by source. */
	static const struct {
		const char *title;
		struct ims_match match;
	} bad[] = {
		{ "IOTLB global", { .cache = VTD_IOTLB, .src = IMS_EQUAL } },
		{ "IOTLB global", { .cache = VTD_IOTLB, .src = IMS_MASKED } },
		{ "IOTLB global", { .cache = VTD_IOTLB, .ctx = IMS_EQUAL } },
		{ "IOTLB global", { .cache = VTD_IOTLB, .ctx = IMS_PRESENT } },
		{ "IOTLB global", { .cache = VTD_IOTLB, .range = IMS_RANGE_FRAGMENT } },
		{ "IOTLB domain-selective",
		  { .cache = VTD_IOTLB, .dom = IMS_EQUAL, .src = IMS_EQUAL } },
		{ "IOTLB domain-selective", { .cache = VTD_FS_PSC, .dom = IMS_PRESENT } },
		{ "IOTLB domain-selective",
		  { .cache = VTD_IOTLB, .dom = IMS_EQUAL, .range = IMS_RANGE_LEAF } },
		{ "IOTLB domain-selective",
		  { .cache = VTD_IOTLB, .dom = IMS_EQUAL, .range = IMS_RANGE_LEAF2 } },
		{ "IOTLB domain-selective",
		  { .cache = VTD_SS_PSC, .src = IMS_EQUAL, .range = IMS_RANGE_FRAGMENT } },
		{ "IOTLB domain-selective", { .cache = VTD_IOTLB, .dom = IMS_OR_GLOBAL } },
		{ "PC domain", { .cache = VTD_PASID, .ctx = IMS_EQUAL } },
		{ "CC device", { .cache = VTD_CONTEXT, .dom = IMS_EQUAL, .src = IMS_EQUAL } },
		{ "CC device", { .cache = VTD_CONTEXT, .dom = IMS_EQUAL } },
		{ "devTLB", { .cache = VTD_ATC, .ctx = IMS_ABSENT, .range = IMS_RANGE_FRAGMENT } },
		{ "P_devTLB", { .cache = VTD_ATC, .dom = IMS_EQUAL, .ctx = IMS_EQUAL } },
	};
	struct copy c;

	for (unsigned i = 0; i < COUNT(bad); i++) {
		int row = row_of(bad[i].title);

		copy_model(&c);
		c.rows[row].match[0] = bad[i].match;
		c.rows[row].match[0].classes = IMS_CLASS_ANY;
		c.rows[row].match[0].source = "a test";
		expect_wrong(&c, NO_INDEX, row);
	}
	/* And the check does not refuse what is indexed. */
	copy_model(&c);
	c.rows[row_of("devTLB")].match[0].src = IMS_MASKED;
	c.rows[row_of("PC domain")].match[0].ctx = IMS_PRESENT;
	c.rows[row_of("IOTLB domain-selective")].match[0].dom = IMS_MASKED;
	c.rows[row_of("P_IOTLB PASID-selective")].match[0].ctx = IMS_OR_GLOBAL;
	int row;
	ck_assert_ptr_null(ims_model_check(&c.model, &row));
}
END_TEST

START_TEST(the_rest)
{
	struct copy c;

	for (unsigned i = 0; i < VTD_CACHES; i++) {
		copy_model(&c);
		c.caches[i].source = i & 1 ? "" : NULL;
		expect_wrong(&c, "cache names " NO_SOURCE, -1);
	}
	for (unsigned i = 0; i < VTD_FAULTS; i++) {
		copy_model(&c);
		c.faults[i].source = i & 1 ? "" : NULL;
		expect_wrong(&c, "fault names " NO_SOURCE, -1);
	}
	for (unsigned i = 0; i < VTD_GUEST_RULES; i++) {
		copy_model(&c);
		c.guest[i].source = NULL;
		expect_wrong(&c, "rule names " NO_SOURCE, -1);
		copy_model(&c);
		c.guest[i].title = "P_IOTLB";
		expect_wrong(&c, "no command row", -1);
	}
	for (unsigned i = 0; i < VTD_HOST_RULES; i++) {
		copy_model(&c);
		c.host[i].source = "";
		expect_wrong(&c, "rule names " NO_SOURCE, -1);
		copy_model(&c);
		c.host[i].title = "";
		expect_wrong(&c, "no command row", -1);
	}
	for (unsigned i = 0; i < VTD_ORDERS; i++) {
		struct ims_order orders[VTD_ORDERS];

		copy_model(&c);
		memcpy(orders, vtd_orders, sizeof(orders));
		c.model.orders = orders;
		ck_assert_ptr_null(ims_model_check(&c.model, &(int){ 0 }));
		orders[i].source = "";
		expect_wrong(&c, "order names " NO_SOURCE, -1);
		orders[i] = vtd_orders[i];
		orders[i].later = "flush";
		expect_wrong(&c, "order names no command row", -1);
	}
	copy_model(&c);
	c.model.sync = "inv_wait";
	expect_wrong(&c, "waits is no row", -1);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d description");
	TCase *t = tcase_create("check");

	tcase_add_test(t, the_model_passes);
	tcase_add_test(t, lookups);
	tcase_add_test(t, fields_are_apart);
	tcase_add_test(t, rows_without_source);
	tcase_add_test(t, rows_that_overlap);
	tcase_add_test(t, matches_that_are_wrong);
	tcase_add_test(t, matches_without_index);
	tcase_add_test(t, the_rest);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
