/* SPDX-License-Identifier: MIT */
/*
 * Command x cache, table 6.1 of the reference sheet as corrected in 18, cell by cell. A
 * cell says by which fields a command matches entries of a cache. For each there is an
 * entry that must go; for each field named, a neighbour that differs in this field alone
 * and must stay; for each field not named, one that differs in it and must go as well.
 * An empty cell drops nothing of its cache.
 */
#include <check.h>
#include <stdio.h>

#include "tests/vectors/amdvi_unit.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE

/* Of the entries that the commands below name. */
#define DOM   0x0042u
#define PASID 0x12345u
#define DEV   0x0108u
#define FIRST UINT64_C(0x7f0000202000) /* 8 KiB */
#define LAST  (FIRST + 0x1fff)

/* How a cell matches. M: by what an entry came through between the stages. */
enum { NOTHING = 0, ALL = 1, D = 2, P = 4, S = 8, A = 16, M = 32 };

/* The columns; an entry of them has these fields at all. */
static const struct column {
	const char *name;
	uint8_t cache, cls;
	uint8_t fields;
	bool no_pasid; /* an entry of a request without PASID */
	bool step;     /* leads to a table, or is a leaf, of 2 MiB */
} columns[] = {
	{ "DTC", AMDVI_DTC, AMDVI_CLASS_NONE, S, true, false },
	{ "GCR3", AMDVI_GCR3, AMDVI_CLASS_NESTED, D | P | M, false, false },
	{ "guest steps", AMDVI_GPDC, AMDVI_CLASS_NESTED, D | P | A | M, false, true },
	{ "host steps", AMDVI_HPDC, AMDVI_CLASS_HOST, D | A, true, true },
	{ "large host leaves", AMDVI_HPDC, AMDVI_CLASS_LEAF, D | A, true, true },
	{ "IOTLB host", AMDVI_IOTLB, AMDVI_CLASS_HOST, D | S | A, true, false },
	{ "IOTLB guest", AMDVI_IOTLB, AMDVI_CLASS_GUEST, D | P | S | A | M, false, false },
	{ "IOTLB nested", AMDVI_IOTLB, AMDVI_CLASS_NESTED, D | P | S | A | M, false, false },
	{ "ATC without PASID", AMDVI_ATC, AMDVI_CLASS_HOST, S | A, true, false },
	{ "ATC without PASID, GIOV", AMDVI_ATC, AMDVI_CLASS_NESTED, S | A, true, false },
	{ "ATC with PASID", AMDVI_ATC, AMDVI_CLASS_NESTED, S | P | A, false, false },
	{ "L1 identity", AMDVI_L1, AMDVI_CLASS_NONE, D | S | A, true, false },
	{ "L1 host", AMDVI_L1, AMDVI_CLASS_HOST, D | S | A, true, false },
	{ "L1 nested", AMDVI_L1, AMDVI_CLASS_NESTED, D | P | S | A | M, false, false },
	{ "IRT", AMDVI_IRT, AMDVI_CLASS_NONE, S | A, true, false },
};

#define OP(n)	 ((uint64_t)(n) << 60)
#define PAGES	 (OP(3) | (uint64_t)DOM << 32)
#define IOTLB	 (OP(4) | DEV)
#define BY_PASID (UINT64_C(0x23) << 16 | UINT64_C(0x45) << 48 | UINT64_C(0x1) << 56)
#define SIZED	 (FIRST | 1) /* S = 1, bit 12 is 0: 8 KiB */
#define PDE	 UINT64_C(2)
#define GN	 UINT64_C(4)

static const struct row {
	const char *name;
	uint64_t qw0, qw1;
	uint32_t pasid;
	uint8_t cells[COUNT(columns)];
} rows[] = {
	{ "DEVTAB", OP(2) | DEV, 0, PASID, { S } },
	{ "PAGES GN0",
	  PAGES,
	  SIZED,
	  PASID,
	  { 0, D | M, D | M, 0, D | A, D | A, D | M, D | M, 0, 0, 0, D | A, D | A, D | M } },
	{ "PAGES GN0 PDE1",
	  PAGES,
	  SIZED | PDE,
	  PASID,
	  { 0, D | M, D | M, D | A, D | A, D | A, D | M, D | M, 0, 0, 0, D | A, D | A, D | M } },
	{ "PAGES GN1",
	  PAGES | PASID,
	  SIZED | GN,
	  PASID,
	  { [6] = D | P | A, [7] = D | P | A, [13] = D | P | A } },
	{ "PAGES GN1 PDE1",
	  PAGES | PASID,
	  SIZED | GN | PDE,
	  PASID,
	  { 0, D | P, D | P | A, [6] = D | P | A, [7] = D | P | A, [13] = D | P | A } },
	{ "IOTLB GN0", IOTLB, SIZED, PASID, { [8] = S | A, [9] = S | A } },
	{ "IOTLB GN0, a PASID", IOTLB | BY_PASID, SIZED, PASID, { [8] = S | A, [9] = S | A } },
	{ "IOTLB GN1", IOTLB | BY_PASID, SIZED | GN, PASID, { [10] = S | P | A } },
	{ "IOTLB GN1, PASID 0", IOTLB, SIZED | GN, 0, { [9] = S | A, [10] = S | P | A } },
	{ "INT", OP(5) | DEV, 0, PASID, { [14] = S } },
	{ "COMPLETE_PPR", OP(7) | DEV, 0, PASID, { 0 } },
	{ "ALL",
	  OP(8),
	  0,
	  PASID,
	  { ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, 0, 0, 0, ALL, ALL, ALL, ALL } },
	{ "COMPLETION_WAIT", OP(1), 0, PASID, { 0 } },
};

/* An entry that every command above names. */
static struct ims_entry entry_of(const struct row *row, const struct column *c, uint32_t born)
{
	struct ims_entry e = { .in = c->fields & A ? FIRST + 0x1000 : 0,
			       .out = 0x40000000,
			       .mid = FIRST + 0x1000,
			       .src = DEV,
			       .ctx = c->no_pasid ? NONE : row->pasid,
			       .born = born,
			       .dom = c->fields & D ? DOM : 0,
			       .cls = c->cls,
			       .perm = IMS_R | IMS_W | IMS_U,
			       .size_lg2 = c->fields & A ? 12 : 64,
			       .mid_lg2 = c->fields & M ? 12 : 64,
			       .s1_lg2 = 12,
			       .s2_lg2 = 12 };

	if (c->cache == AMDVI_GCR3) {
		e.in = 0x1000; /* the first level */
		e.size_lg2 = 12;
	}
	if (c->step) {
		e.size_lg2 = 21;
		e.in = FIRST & ~UINT64_C(0x1fffff);
		e.level = c->cls != AMDVI_CLASS_LEAF;
	}
	return e;
}

/* Makes the entry differ in one field; @variant tells several ways apart. */
static bool differ(struct ims_entry *e, unsigned field, unsigned variant)
{
	uint64_t size = UINT64_C(1) << (e->size_lg2 < 64 ? e->size_lg2 : 0);

	switch (field) {
	case D:
		e->dom = (uint16_t[]){ DOM + 1, DOM | 0x8000, 0 }[variant % 3];
		return variant < 3;
	case P:
		if (e->ctx == NONE)
			return false;
		e->ctx ^= (uint32_t[]){ 1, 0x80000, 0x100, 0x10000 }[variant % 4];
		return variant < 4;
	case S:
		e->src = (uint32_t[]){ DEV + 1, DEV ^ 0x100, DEV ^ 8 }[variant % 3];
		return variant < 3;
	case A: /* just below, just above, far away, the same low bits */
		e->in = (uint64_t[]){ (FIRST & ~(size - 1)) - size, (LAST | (size - 1)) + 1, 0,
				      e->in ^ UINT64_C(1) << 46 }[variant % 4];
		return variant < 4;
	case M:
		e->mid = (uint64_t[]){ FIRST - 0x1000, LAST + 1, 0,
				       e->mid ^ UINT64_C(1) << 46 }[variant % 4];
		return variant < 4;
	default:
		return false;
	}
}

static struct ims_cache *cache_of(struct aw *v, const struct column *c)
{
	return ims_hw_cache(&v->hw, c->cache);
}

static uint32_t put(struct aw *v, const struct column *c, const struct ims_entry *e)
{
	return unit_fill(&v->hw, c->cache, e);
}

static bool there(struct aw *v, const struct column *c, uint32_t n)
{
	return unit_live(&v->hw, c->cache, n);
}

/* One entry more beside the one that the command names; must it go? */
static void one_entry(const struct row *row, const struct column *c, const struct ims_entry *e,
		      bool goes, bool logged)
{
	const uint8_t cell = row->cells[c - columns];
	uint32_t number, other = IMS_NONE;
	struct ims_entry named;
	struct aw v;

	aw_open(&v, &(struct aw_options){ .logged = logged });
	named = entry_of(row, c, ims_emit(&v.hw, IMS_EV_STEP, 0, 0, 0, 0, 0));
	if (!unit_same_key(&v.hw, c->cache, &named, e))
		other = put(&v, c, &named);
	number = put(&v, c, e);
	ims_emit(&v.hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
	aw_send(&v, row->qw0, row->qw1);
	ck_assert_uint_eq(v.hw.unit->ring.error, 0);
	ck_assert_msg(there(&v, c, number), "%s x %s: gone before the wait", row->name, c->name);
	aw_wait(&v);
	ck_assert_msg(there(&v, c, number) != goes,
		      "%s x %s: dom %#x ctx %#x src %#x in %#llx mid %#llx size %u %s", row->name,
		      c->name, e->dom, e->ctx, e->src, (unsigned long long)e->in,
		      (unsigned long long)e->mid, e->size_lg2, goes ? "must go" : "must stay");
	if (other != IMS_NONE)
		ck_assert_msg(there(&v, c, other) == !cell, "%s x %s beside another", row->name,
			      c->name);
	ck_assert_uint_eq(cache_of(&v, c)->live, (goes ? 0u : 1u) + (other != IMS_NONE && !cell));
	if (logged)
		ck_assert_uint_eq(au_count(&v, IMS_EV_DROP),
				  (goes ? 1u : 0u) + (other != IMS_NONE && cell));
	aw_close(&v);
}

/* The ways two ranges meet; all of these share a byte with the command's. */
static unsigned overlaps(const struct row *row, const struct column *c, bool goes, bool logged)
{
	static const uint8_t sizes[] = { 12, 13, 15, 21, 30 };
	unsigned n = 0;

	for (unsigned i = 0; i < COUNT(sizes); i++) {
		uint64_t low = (UINT64_C(1) << sizes[i]) - 1;
		struct ims_entry e = entry_of(row, c, 1);

		e.in = FIRST & ~low;
		e.size_lg2 = sizes[i];
		if (c->fields & M && !c->step) { /* a leaf is as large between the stages */
			e.mid = e.in;
			e.mid_lg2 = e.size_lg2;
		}
		one_entry(row, c, &e, goes, logged);
		n++;
	}
	return n;
}

static unsigned cell_checks(const struct row *row, const struct column *c, bool logged)
{
	const uint8_t cell = row->cells[c - columns];
	struct ims_entry e = entry_of(row, c, 1);
	unsigned n = 1;

	one_entry(row, c, &e, cell != NOTHING, logged);
	for (unsigned field = D; field <= M; field *= 2) {
		unsigned before = n;

		if (!(c->fields & field)) {
			ck_assert_msg(!(cell & field), "%s x %s names a field that is not there",
				      row->name, c->name);
			continue;
		}
		for (unsigned variant = 0;; variant++) {
			e = entry_of(row, c, 1);
			if (!differ(&e, field, variant))
				break;
			one_entry(row, c, &e, cell && !(cell & field), logged);
			n++;
		}
		ck_assert(n > before);
	}
	return c->fields & A ? n + overlaps(row, c, cell != NOTHING, logged) : n;
}

START_TEST(table_6_1)
{
	unsigned cells = 0, filled = 0, entries = 0;

	for (const struct row *row = rows; row < rows + COUNT(rows); row++)
		for (const struct column *c = columns; c < columns + COUNT(columns); c++) {
			entries += cell_checks(row, c, false);
			entries += cell_checks(row, c, true);
			cells++;
			filled += row->cells[c - columns] != NOTHING;
		}
	printf("%u cells, %u of them not empty, %u entries\n", cells, filled, entries);
	ck_assert_uint_eq(cells, 13 * 15);
	ck_assert_uint_eq(filled, 1 + 9 + 10 + 3 + 5 + 2 + 2 + 1 + 2 + 1 + 12);
}
END_TEST

/* Every row of the description that invalidates stands in the table above. */
START_TEST(table_is_complete)
{
	bool seen[AMDVI_ROWS] = { false };

	for (unsigned i = 0; i < COUNT(rows); i++) {
		uint64_t words[4] = { rows[i].qw0, rows[i].qw1 };
		struct ims_cmd cmd;

		ck_assert_uint_eq(ims_cmd_decode(&amdvi_model, NULL, words, &cmd), 0);
		seen[cmd.row] = true;
	}
	for (unsigned i = 0; i < AMDVI_ROWS; i++)
		ck_assert_msg(seen[i] || !*amdvi_rows[i].name ||
				      amdvi_rows[i].kind != IMS_CMD_INVALIDATE,
			      "%s", amdvi_rows[i].title);
}
END_TEST

/* One entry, one command, under knobs; does it go? */
static bool goes_under(const struct row *row, const struct column *c, const struct ims_entry *e,
		       const struct aw_options *o, uint64_t qw1)
{
	uint32_t number;
	bool goes;
	struct aw v;

	aw_open(&v, o);
	ims_emit(&v.hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
	number = put(&v, c, e);
	ims_emit(&v.hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
	aw_send(&v, row->qw0, qw1);
	aw_wait(&v);
	goes = !there(&v, c, number);
	aw_close(&v);
	return goes;
}

/* K1: what came through an overlapping page, all of the domain, nothing. */
START_TEST(nested_entries_k1)
{
	static const unsigned cols[] = { 6, 7, 13 };

	for (unsigned n = 0; n < 3 * 2 * 2 * 2 * COUNT(cols); n++) {
		unsigned k1 = n % 3, pde = n / 3 % 2;
		bool inside = n / 6 % 2, other_dom = n / 12 % 2;
		const struct column *c = &columns[cols[n / 24]];
		const struct row *row = &rows[1];
		struct ims_entry e = entry_of(row, c, 1);

		if (!inside)
			e.mid = LAST + 1;
		if (other_dom)
			e.dom++;
		ck_assert_msg(
			goes_under(row, c, &e,
				   &(struct aw_options){ .params = { AW_PARAM(AMDVI_K1, k1) } },
				   SIZED | (pde ? PDE : 0)) ==
				(!other_dom &&
				 (k1 == AMDVI_K1_DOMAIN || (k1 == AMDVI_K1_PRECISE && inside))),
			"%s: K1 %u, %d, %d", c->name, k1, inside, other_dom);
	}
}
END_TEST

/* K1b = 1: addresses of table pages and large leaves go with PDE = 1 alone. */
START_TEST(table_pages_k1b)
{
	static const unsigned cols[] = { 1, 2, 4 };

	for (unsigned n = 0; n < 2 * 2 * COUNT(cols); n++) {
		unsigned k1b = n % 2, pde = n / 2 % 2;
		const struct column *c = &columns[cols[n / 4]];
		struct ims_entry e = entry_of(&rows[1], c, 1);

		ck_assert(goes_under(&rows[1], c, &e,
				     &(struct aw_options){ .params = { AW_PARAM(AMDVI_K1B, k1b) } },
				     SIZED | (pde ? PDE : 0)) == (!k1b || pde));
	}
}
END_TEST

/* K2 = 0: PASID 0 of a command is that of an entry, and no entry without. */
START_TEST(atc_without_pasid_k2)
{
	for (unsigned n = 0; n < 2 * 3; n++) {
		unsigned k2 = n % 2, col = 8 + n / 2;
		struct ims_entry e = entry_of(&rows[8], &columns[col], 1);

		ck_assert(goes_under(&rows[8], &columns[col], &e,
				     &(struct aw_options){ .params = { AW_PARAM(AMDVI_K2, k2) } },
				     SIZED | GN) == (col == 10 || (col == 9 && k2)));
	}
}
END_TEST

/* Without a PASID a command reaches what has none, and by the knob of the devices what has one. */
START_TEST(atc_with_pasid)
{
	for (unsigned n = 0; n < 2 * 3; n++) {
		unsigned all = n % 2, col = 8 + n / 2;
		struct ims_entry e = entry_of(&rows[7], &columns[col], 1);

		ck_assert(goes_under(&rows[7], &columns[col], &e,
				     &(struct aw_options){
					     .params = { AW_PARAM(AMDVI_K_ATC_NO_PASID, all) } },
				     SIZED) == (col != 10 || all));
	}
}
END_TEST

/* Device-side TLBs file a request without PASID as such: under GIOV PASID 0 names it. */
START_TEST(device_side_tlbs_under_giov)
{
	static const unsigned cols[] = { 7, 13 };

	for (unsigned n = 0; n < 2 * 2 * 2 * 2 * 2; n++) {
		bool pde = n & 1, pasid = n & 2, inside = n & 4, other_dom = n & 8;
		const struct column *c = &columns[cols[n / 16]];
		struct ims_entry e = entry_of(&rows[3], c, 1);
		struct row row = rows[3];

		row.qw0 = PAGES | (pasid ? PASID : 0);
		e.ctx = NONE;
		e.dom += other_dom;
		if (!inside)
			e.in = LAST + 1;
		ck_assert(goes_under(&row, c, &e, &(struct aw_options){ 0 },
				     SIZED | GN | (pde ? PDE : 0)) ==
			  (c == &columns[13] && !pasid && inside && !other_dom));
	}
}
END_TEST

/* Everything of a domain by GN = 0: Linux amd_iommu_flush_tlb_domid() relies on it. */
START_TEST(all_addresses)
{
	static const uint64_t everything[] = { 0x7ffffffffffff001, 0xfffffffffffff001 };

	for (unsigned n = 0; n < COUNT(columns) * 2 * 2; n++) {
		const struct column *c = &columns[n / 4];
		struct ims_entry e = entry_of(&rows[2], c, 1);
		bool other_dom = n & 1;

		if (!(c->fields & D))
			continue;
		e.dom = other_dom ? DOM + 1 : DOM;
		e.mid_lg2 = 64; /* even what came through nothing */
		ck_assert_msg(goes_under(&rows[2], c, &e, &(struct aw_options){ 0 },
					 everything[n / 2 % 2] | PDE) == !other_dom,
			      "%s", c->name);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD-Vi invalidation x cache");
	TCase *t = tcase_create("cells");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, table_6_1);
	tcase_add_test(t, table_is_complete);
	tcase_add_test(t, nested_entries_k1);
	tcase_add_test(t, table_pages_k1b);
	tcase_add_test(t, atc_without_pasid_k2);
	tcase_add_test(t, atc_with_pasid);
	tcase_add_test(t, device_side_tlbs_under_giov);
	tcase_add_test(t, all_addresses);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
