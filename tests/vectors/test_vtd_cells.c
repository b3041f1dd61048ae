/* SPDX-License-Identifier: MIT */
/*
 * Invalidation x cache: tables 23 and 24 and section 6.5.2 of VT-d 5.10, cell by
 * cell. A cell says by which fields a command matches entries of a cache. For
 * each there is an entry that must go; for each field named, a neighbour that
 * differs in this field alone and must stay; for each field not named, one that
 * differs in it and must go as well. An empty cell drops nothing of its cache.
 */
#include <check.h>
#include <stdio.h>

#include "tests/vectors/vtd_unit.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE

/* Of the entries that the commands below name. */
#define DID   5u
#define PASID 3u
#define SID   0x0108u
#define FIRST UINT64_C(0x7f0000202000) /* 8 KiB */
#define LAST  (FIRST + 0x1fff)

/* How a cell matches. */
enum { NOTHING = 0, ALL = 1, D = 2, P = 4, S = 8, A = 16 };

/* The columns; an entry of them has these fields at all. */
static const struct column {
	const char *name;
	uint8_t cache, cls;
	uint8_t fields;
	bool no_pasid; /* an entry of a request without PASID */
} columns[] = {
	{ "context", VTD_CONTEXT, VTD_CLASS_NONE, S, false },
	{ "PASID", VTD_PASID, VTD_CLASS_NONE, D | P | S, false },
	{ "IOTLB, second stage", VTD_IOTLB, VTD_CLASS_SS, D | P | S | A, false },
	{ "IOTLB, first stage", VTD_IOTLB, VTD_CLASS_FS, D | P | S | A, false },
	{ "IOTLB, nested", VTD_IOTLB, VTD_CLASS_NESTED, D | P | S | A, false },
	{ "first-stage PSC", VTD_FS_PSC, VTD_CLASS_FS, D | P | S | A, false },
	{ "combined PSC", VTD_FS_PSC, VTD_CLASS_NESTED, D | P | S | A, false },
	{ "second-stage PSC", VTD_SS_PSC, VTD_CLASS_SS, D | S | A, false },
	{ "second-stage PSC, nested", VTD_SS_PSC, VTD_CLASS_NESTED, D | S | A, false },
	{ "device-TLB without PASID", VTD_ATC, VTD_CLASS_NONE, S | A, true },
	{ "device-TLB with PASID", VTD_ATC, VTD_CLASS_NONE, P | S | A, false },
	{ "context, legacy mode", VTD_LEGACY, VTD_CLASS_NONE, D | S, false },
	{ "interrupt entries", VTD_IEC, VTD_CLASS_NONE, S, false }, /* S: the index */
	{ "IOTLB, pass-through", VTD_IOTLB, VTD_CLASS_PT, D | P | S | A, false },
};

#define TAG (UINT64_C(3) << 32 | UINT64_C(5) << 16) /* PASID and DID */
#define AM1 (FIRST | 1)
#define IH  UINT64_C(0x40)

/* The first rows are of scalable mode; "legacy" stands before those of legacy mode. */
static const struct row {
	const char *name;
	uint64_t qw0, qw1;
	uint8_t cells[COUNT(columns)];
} rows[] = {
	{ "CC global", 0x11, 0, { ALL, [11] = ALL } },
	{ "CC domain", 0x50021, 0, { ALL, [11] = ALL } },
	{ "CC device", UINT64_C(0x010800050031), 0, { S } },
	{ "PC global", 0x37, 0, { 0, ALL } },
	{ "PC domain", 0x50007, 0, { 0, D } },
	{ "PC PASID", TAG | 0x17, 0, { 0, D | P } },
	{ "IOTLB global", 0x12, 0, { 0, 0, ALL, ALL, ALL, ALL, ALL, ALL, ALL, [13] = ALL } },
	{ "IOTLB DSI", 0x50022, 0, { 0, 0, D, D, D, D, D, D, D, [13] = D } },
	{ "IOTLB PSI", 0x50032, AM1, { 0, 0, D | A, D, D, D, D, D | A, D | A, [13] = D | A } },
	{ "IOTLB PSI, IH", 0x50032, AM1 | IH, { 0, 0, D | A, D, D, D, D, [13] = D | A } },
	{ "P_IOTLB PASID-selective",
	  TAG | 0x26,
	  0,
	  { 0, 0, D | P, D | P, D | P, D | P, D | P, [13] = D | P } },
	{ "P_IOTLB page-selective",
	  TAG | 0x36,
	  AM1,
	  { 0, 0, 0, D | P | A, D | P | A, D | P | A, D | P | A } },
	{ "P_IOTLB page-selective, IH", TAG | 0x36, AM1 | IH, { 0, 0, 0, D | P | A, D | P | A } },
	{ "devTLB", UINT64_C(0x010800000003), FIRST | 1, { [9] = S | A } },
	{ "P_devTLB", UINT64_C(0x301080008), FIRST | 0x800, { [10] = S | P | A } },
	{ "P_devTLB, GI", UINT64_C(0x301080008), FIRST | 0x801, { [10] = S | A } },
	{ "IEC global", 0x4, 0, { [12] = ALL } },
	{ "IEC index", UINT64_C(0x010800000014), 0, { [12] = S } },
	{ "legacy CC global", 0x11, 0, { ALL, [11] = ALL } },
	{ "legacy CC domain", 0x50021, 0, { [11] = D } },
	{ "legacy CC device", UINT64_C(0x010800050031), 0, { [11] = D | S } },
	{ "legacy IOTLB global", 0x12, 0, { 0, 0, ALL, ALL, ALL, ALL, ALL, ALL, ALL, [13] = ALL } },
	{ "legacy IOTLB DSI", 0x50022, 0, { 0, 0, D, D, D, D, D, D, D, [13] = D } },
	{ "legacy IOTLB PSI",
	  0x50032,
	  AM1,
	  { 0, 0, D | A, D | A, D | A, 0, 0, D | A, D | A, [13] = D | A } },
	{ "legacy IOTLB PSI, IH", 0x50032, AM1 | IH, { 0, 0, D | A, D | A, D | A, [13] = D | A } },
	{ "legacy devTLB", UINT64_C(0x010800000003), FIRST | 1, { [9] = S | A } },
	{ "legacy IEC global", 0x4, 0, { [12] = ALL } },
	{ "legacy IEC index", UINT64_C(0x010800000014), 0, { [12] = S } },
};

/* An entry that every command above names, filed under the PASID; @filed differs for requests without one. */
static struct ims_entry entry_of(const struct column *c, uint32_t born)
{
	struct ims_entry e = { .in = c->fields & A ? FIRST + 0x1000 : 0,
			       .out = 0x40000000,
			       .src = SID,
			       .ctx = c->no_pasid || !(c->fields & P) ? NONE : PASID,
			       .born = born,
			       .dom = c->fields & D ? DID : 0,
			       .cls = c->cls,
			       .perm = IMS_R | IMS_W | IMS_U,
			       .size_lg2 = c->fields & A ? 12 : 64,
			       .s1_lg2 = 12,
			       .s2_lg2 = 12 };

	if (c->cache == VTD_FS_PSC || c->cache == VTD_SS_PSC) {
		e.size_lg2 = 21; /* leads to a table of pages; shares a byte with the range */
		e.in = FIRST & ~UINT64_C(0x1fffff);
		e.level = 1;
	}
	return e;
}

/* Makes the entry differ in one field; @variant tells several ways apart. */
static bool differ(struct ims_entry *e, unsigned field, unsigned variant)
{
	uint64_t size = e->size_lg2 < 64 ? UINT64_C(1) << e->size_lg2 : 0;

	switch (field) {
	case D:
		e->dom = (uint16_t[]){ DID + 1, DID | 0x8000, 0 }[variant % 3];
		return variant < 3;
	case P:
		if (e->ctx == NONE)
			return false;
		e->ctx = (uint32_t[]){ PASID + 1, PASID | 0x80000, 0 }[variant % 3];
		return variant < 3;
	case S:
		e->src = (uint32_t[]){ SID + 1, SID ^ 0x100, SID ^ 8 }[variant % 3];
		return variant < 3;
	case A: /* just below, just above, far away, the same low bits */
		e->in = (uint64_t[]){ (FIRST & ~(size - 1)) - size, ((LAST | (size - 1)) + 1), 0,
				      e->in ^ UINT64_C(1) << 46 }[variant % 4];
		return variant < 4;
	default:
		return false;
	}
}

static struct ims_cache *cache_of(struct vw *v, const struct column *c)
{
	return ims_hw_cache(&v->hw, c->cache);
}

static uint32_t put(struct vw *v, const struct column *c, const struct ims_entry *e)
{
	return unit_fill(&v->hw, c->cache, e);
}

static bool there(struct vw *v, const struct column *c, uint32_t n)
{
	return unit_live(&v->hw, c->cache, n);
}

static uint32_t tick(struct vw *v)
{
	return ims_emit(&v->hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
}

static bool is_legacy(const struct row *row)
{
	return !strncmp(row->name, "legacy", 6);
}

/* Legacy mode takes descriptors of both widths, table 26. */
static void open_cell(struct vw *v, const struct row *row, bool logged)
{
	vw_open(v, &(struct vw_options){ .full = true, .logged = logged });
	if (row && is_legacy(row)) {
		v->hw.unit->root = VW_ROOT;
		v->hw.unit->state.cmd_words = logged ? 2 : 4;
	}
	tick(v);
}

/* One entry more beside the one that the command names; must it go? */
static void one_entry(const struct row *row, const struct column *c, const struct ims_entry *e,
		      bool goes, bool logged)
{
	const uint8_t cell = row->cells[c - columns];
	struct ims_entry named;
	uint32_t number, other = IMS_NONE;
	bool same_key;
	struct vw v;

	open_cell(&v, row, logged);
	named = entry_of(c, tick(&v));
	same_key = unit_same_key(&v.hw, c->cache, &named, e);
	if (!same_key)
		other = put(&v, c, &named);
	number = put(&v, c, e);
	vw_send(&v, row->qw0, row->qw1);
	ck_assert_uint_eq(v.hw.unit->ring.error, 0);
	ck_assert_msg(there(&v, c, number), "%s x %s: gone before the wait", row->name, c->name);
	vw_wait(&v);
	ck_assert_msg(there(&v, c, number) != goes,
		      "%s x %s: dom %#x ctx %#x src %#x in %#llx size %u %s", row->name, c->name,
		      e->dom, e->ctx, e->src, (unsigned long long)e->in, e->size_lg2,
		      goes ? "must go" : "must stay");
	if (!same_key)
		ck_assert_msg(there(&v, c, other) == !cell, "%s x %s beside another", row->name,
			      c->name);
	ck_assert_uint_eq(cache_of(&v, c)->live, (goes ? 0u : 1u) + (!same_key && !cell));
	if (logged)
		ck_assert_uint_eq(vu_count(&v, IMS_EV_DROP),
				  (goes ? 1u : 0u) + (!same_key && cell));
	vw_close(&v);
}

/* The ways two ranges of a fragment meet; all of these share a byte with the command's. */
static unsigned overlaps(const struct row *row, const struct column *c, bool goes, bool logged)
{
	static const struct {
		uint64_t in;
		uint8_t size_lg2;
	} meets[] = {
		{ FIRST, 12 },
		{ LAST & ~UINT64_C(0xfff), 12 },
		{ FIRST, 13 },
		{ FIRST & ~UINT64_C(0x1fffff), 21 },
		{ FIRST & ~UINT64_C(0x3fffffff), 30 },
	};
	struct ims_entry e = entry_of(c, 1);
	unsigned n = 0;

	for (; n < COUNT(meets); n++) {
		e.in = meets[n].in;
		e.size_lg2 = meets[n].size_lg2;
		one_entry(row, c, &e, goes, logged);
	}
	return n;
}

static unsigned cell_checks(const struct row *row, const struct column *c, bool logged)
{
	const uint8_t cell = row->cells[c - columns];
	struct ims_entry e = entry_of(c, 1);
	unsigned n = 1;

	one_entry(row, c, &e, cell != NOTHING, logged);
	for (unsigned field = D; field <= A; field *= 2) {
		unsigned before = n;

		if (!(c->fields & field)) {
			ck_assert_msg(!(cell & field), "%s x %s names a field that is not there",
				      row->name, c->name);
			continue;
		}
		for (unsigned variant = 0;; variant++) {
			e = entry_of(c, 1);
			if (!differ(&e, field, variant))
				break;
			one_entry(row, c, &e, cell && !(cell & field), logged);
			n++;
		}
		ck_assert(n > before);
	}
	return c->fields & A ? n + overlaps(row, c, cell != NOTHING, logged) : n;
}

START_TEST(table_4_1)
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
	ck_assert_uint_eq(cells, 28 * 14);
	ck_assert_uint_eq(filled, 88);
}
END_TEST

/* Every row of the description that invalidates stands in the table above. */
START_TEST(table_is_complete)
{
	bool seen[VTD_ROWS] = { false };

	for (unsigned i = 0; i < COUNT(rows); i++) {
		uint64_t words[4] = { rows[i].qw0, rows[i].qw1 };
		struct ims_state s;
		struct ims_cmd cmd;

		ims_state_init(&vtd_model, NULL, &s);
		s.mode = is_legacy(&rows[i]) ? VTD_TTM_LEGACY : VTD_TTM_SCALABLE;
		ck_assert_uint_eq(ims_cmd_decode(&vtd_model, &s, words, &cmd), 0);
		seen[cmd.row] = true;
	}
	for (unsigned i = 0; i < VTD_ROWS; i++)
		ck_assert_msg(seen[i] || !*vtd_rows[i].name ||
				      vtd_rows[i].kind != IMS_CMD_INVALIDATE,
			      "%s", vtd_rows[i].title);
}
END_TEST

/* FM = 1, 2, 3: bit 2, bits 2:1, bits 2:0 of the function do not count. */
START_TEST(function_masks)
{
	static const uint32_t ignored[4] = { 0, 4, 6, 7 };

	for (unsigned n = 0; n < 4 * 16 * 2; n++) {
		struct ims_entry e = entry_of(&columns[0], 1);
		unsigned fm = n / 32;
		uint32_t number;
		bool goes;
		struct vw v;

		open_cell(&v, NULL, n & 1);
		tick(&v);
		e.src = SID ^ (n / 2 % 16);
		goes = !((e.src ^ SID) & ~ignored[fm]);
		number = put(&v, &columns[0], &e);
		vw_send(&v, rows[2].qw0 | (uint64_t)fm << 48, 0);
		vw_wait(&v);
		ck_assert_msg(there(&v, &columns[0], number) != goes, "FM %u, source %#x", fm,
			      e.src);
		vw_close(&v);
	}
}
END_TEST

/* Legacy mode: the same within the domain, and the other domain's stay. */
START_TEST(function_masks_of_a_domain)
{
	static const uint32_t ignored[4] = { 0, 4, 6, 7 };
	static const struct column *const c = &columns[11];

	for (unsigned n = 0; n < 4 * 16 * 2; n++) {
		struct ims_entry e = entry_of(c, 1);
		bool other = n & 1, goes;
		unsigned fm = n / 32;
		uint32_t number;
		struct vw v;

		open_cell(&v, &rows[20], false);
		tick(&v);
		e.src = SID ^ (n / 2 % 16);
		e.dom = DID + other;
		goes = !other && !((e.src ^ SID) & ~ignored[fm]);
		number = put(&v, c, &e);
		vw_send(&v, rows[20].qw0 | (uint64_t)fm << 48, 0);
		vw_wait(&v);
		ck_assert_msg(there(&v, c, number) != goes, "FM %u, source %#x", fm, e.src);
		vw_close(&v);
	}
}
END_TEST

/* Table 25: IM low bits of the interrupt index do not count. */
START_TEST(index_masks)
{
	static const struct column *const c = &columns[12];

	for (unsigned im = 0; im < 32; im++)
		for (unsigned bit = 0; bit < 16; bit++) {
			struct ims_entry e = entry_of(c, 1);
			uint32_t number;
			struct vw v;

			open_cell(&v, NULL, false);
			tick(&v);
			e.src = SID ^ 1u << bit;
			number = put(&v, c, &e);
			vw_send(&v, UINT64_C(0x010800000014) | (uint64_t)im << 27, 0);
			vw_wait(&v);
			ck_assert_msg(there(&v, c, number) == (bit >= im), "IM %u, bit %u", im,
				      bit);
			vw_close(&v);
		}
}
END_TEST

/* Section 6.1, with CM = 1: absent PASID-table entries carry DID 0; the knob, and without it the letter. */
START_TEST(negative_pasid_entries)
{
	static const struct column *const c = &columns[1];

	for (unsigned n = 0; n < 16; n++) {
		bool caching = n & 1, knob = n & 2, domain = n & 4, same = n & 8;
		bool goes = caching && knob && (domain || same);
		struct ims_entry e = entry_of(c, 1);
		uint32_t number;
		struct vw v;

		open_cell(&v, NULL, false);
		vu_set(&v, VTD_P_CM, caching);
		vu_set(&v, VTD_K_PC_DROPS_NEGATIVE, knob);
		tick(&v);
		e.dom = 0;
		e.cls = caching ? VTD_CLASS_ABSENT : VTD_CLASS_NONE;
		e.ctx = same ? PASID : PASID + 1;
		number = put(&v, c, &e);
		vw_send(&v, domain ? 0x50007 : TAG | 0x17, 0);
		vw_wait(&v);
		ck_assert_uint_eq(there(&v, c, number), !goes);
		vw_close(&v);
	}
}
END_TEST

/* Bits of a domain id beyond CAP.ND are ignored in types 2, 6 and 7. */
START_TEST(domain_bits_beyond_nd)
{
	static const struct {
		uint64_t qw0;
		uint8_t column;
	} of[] = { { 0x22, 3 }, { UINT64_C(0x300000026), 3 }, { 0x7, 1 } };

	for (unsigned i = 0; i < COUNT(of) * 2; i++) {
		const struct column *c = &columns[of[i / 2].column];
		struct ims_entry e = entry_of(c, 1);
		uint32_t number;
		struct vw v;

		open_cell(&v, NULL, false);
		vu_set(&v, VTD_P_ND, i & 1 ? 6 : 2); /* 16 bits, or 8 */
		tick(&v);
		number = put(&v, c, &e);
		vw_send(&v, of[i / 2].qw0 | UINT64_C(0xab05) << 16, 0);
		vw_wait(&v);
		ck_assert_uint_eq(there(&v, c, number), i & 1);
		vw_close(&v);
	}
}
END_TEST

/* An entry of a request without PASID is looked up without one and filed under RID_PASID. */
START_TEST(entries_without_pasid)
{
	static const struct column *const c = &columns[3];

	for (unsigned pasid = 0; pasid < 2; pasid++) {
		struct ims_entry e = entry_of(c, 1);
		uint32_t number;
		struct vw v;

		open_cell(&v, NULL, false);
		tick(&v);
		e.ctx = NONE;
		number = ims_cache_fill(cache_of(&v, c), &e, 0, NULL, NULL);
		ck_assert_uint_eq(ims_cache_find(cache_of(&v, c), SID, NONE, DID, FIRST + 0x1000),
				  number);
		ck_assert_uint_eq(ims_cache_find(cache_of(&v, c), SID, 0, DID, FIRST + 0x1000),
				  IMS_NONE);
		vw_send(&v, 0x50026 | (uint64_t)pasid << 32, 0);
		vw_wait(&v);
		ck_assert_uint_eq(there(&v, c, number), pasid != 0);
		vw_close(&v);
	}
}
END_TEST

/* Without a PASID a command reaches what has none, and by the knob of the devices what has one. */
START_TEST(device_entries_with_pasid)
{
	for (unsigned n = 0; n < 2 * 2; n++) {
		const struct column *c = &columns[9 + n / 2];
		struct ims_entry e = entry_of(c, 1);
		uint32_t number;
		struct vw v;

		open_cell(&v, NULL, false);
		vu_set(&v, VTD_K_ATC_NO_PASID, n & 1);
		tick(&v);
		number = put(&v, c, &e);
		vw_send(&v, UINT64_C(0x010800000003), FIRST | 1);
		vw_wait(&v);
		ck_assert_uint_eq(there(&v, c, number), n / 2 && !(n & 1));
		vw_close(&v);
	}
}
END_TEST

/* ---- time ---- */

/*
 * Between consumption and completion: an entry read later stays, one filled
 * later from words read earlier goes, and nothing goes before the wait.
 */
START_TEST(only_what_was_read_before)
{
	enum { EARLY, LATE, LATE_OF_OLD, KINDS };
	unsigned cells = 0;

	for (unsigned i = 0; i < COUNT(rows) * COUNT(columns) * KINDS; i++) {
		const struct row *row = &rows[i / KINDS / COUNT(columns)];
		const struct column *c = &columns[i / KINDS % COUNT(columns)];
		unsigned kind = i % KINDS;
		struct ims_entry e;
		uint32_t number = IMS_NONE;
		struct vw v;

		if (row->cells[c - columns] == NOTHING)
			continue;
		cells++;
		open_cell(&v, row, i & 1);
		e = entry_of(c, tick(&v));
		if (kind == EARLY)
			number = put(&v, c, &e);
		vw_send(&v, row->qw0, row->qw1);
		if (kind == LATE)
			e.born = tick(&v);
		if (kind != EARLY)
			number = put(&v, c, &e);
		ck_assert(there(&v, c, number));
		vw_wait(&v);
		ck_assert_msg(there(&v, c, number) == (kind == LATE), "%s x %s, kind %u", row->name,
			      c->name, kind);
		/* The next one reaches it. */
		vw_send(&v, row->qw0, row->qw1);
		vw_wait(&v);
		ck_assert(!there(&v, c, number));
		vw_close(&v);
	}
	ck_assert_uint_eq(cells, 88 * KINDS);
}
END_TEST

/* The oldest of more than IMS_PENDING completes at once, the others at the wait. */
START_TEST(more_than_can_be_pending)
{
	static const struct column *const c = &columns[3];
	enum { MORE = 2 * IMS_PENDING + 5 };
	uint32_t numbers[MORE];
	struct vw v;

	open_cell(&v, NULL, false);
	for (uint32_t i = 0; i < MORE; i++) {
		struct ims_entry e = entry_of(c, v.world->time);

		e.ctx = i + 1;
		numbers[i] = put(&v, c, &e);
	}
	tick(&v);
	for (uint32_t i = 0; i < MORE; i++) {
		vw_send(&v, 0x50026 | (uint64_t)(i + 1) << 32, 0);
		for (uint32_t k = 0; k < MORE; k++)
			ck_assert_msg(there(&v, c, numbers[k]) == (k + IMS_PENDING > i),
				      "command %u, entry %u", i, k);
	}
	vw_wait(&v);
	ck_assert_uint_eq(cache_of(&v, c)->live, 0);
	ck_assert_uint_eq(v.hw.unit->ring.pending_count, 0);
	vw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d invalidation x cache");
	TCase *t = tcase_create("cells");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, table_4_1);
	tcase_add_test(t, table_is_complete);
	tcase_add_test(t, function_masks);
	tcase_add_test(t, function_masks_of_a_domain);
	tcase_add_test(t, index_masks);
	tcase_add_test(t, negative_pasid_entries);
	tcase_add_test(t, domain_bits_beyond_nd);
	tcase_add_test(t, entries_without_pasid);
	tcase_add_test(t, device_entries_with_pasid);
	suite_add_tcase(s, t);
	t = tcase_create("time");
	tcase_add_test(t, only_what_was_read_before);
	tcase_add_test(t, more_than_can_be_pending);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
