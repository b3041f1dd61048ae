/* SPDX-License-Identifier: MIT */
/*
 * The counts of scenarios/recorded/README.md, by a model of one page table for
 * each tag and one IOTLB, with no engine in it; and the real files damaged.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/recording_toy.h"
#include "tests/run.h"

/* ---- commands, as far as the order needs them ---- */

/* reference: Intel VT-d, P_IOTLB page-selective and wait descriptors. */
static bool vtd_unit(void *ctx, const uint64_t *qw, unsigned n, struct rec_unit *ret)
{
	uint64_t bytes = (uint64_t)0x1000 << (qw[1] & 0x3f);

	(void)ctx;
	if (n != 2)
		return false;
	if ((qw[0] & 0xf) == 5) {
		ret->kind = REC_UNIT_SYNC;
		return true;
	}
	if ((qw[0] & 0xf) != 6 || (qw[0] >> 4 & 3) != 3) {
		ret->error = "only P_IOTLB and wait are known here";
		return false;
	}
	ret->kind = REC_UNIT_PAGES;
	ret->tag = (uint32_t)(qw[0] >> 16 & 0xffff);
	ret->leaf_only = qw[1] >> 6 & 1;
	ret->first = qw[1] & ~(bytes - 1);
	ret->last = ret->first + bytes - 1;
	return true;
}

/* AMD IOMMU: INVALIDATE_IOMMU_PAGES (S: size in the address) and COMPLETION_WAIT. */
static bool amd_unit(void *ctx, const uint64_t *qw, unsigned n, struct rec_unit *ret)
{
	uint64_t bytes = 0x1000;

	(void)ctx;
	(void)n;
	if (qw[0] >> 60 == 1)
		ret->kind = REC_UNIT_SYNC;
	if (qw[0] >> 60 != 3)
		return true;
	if (qw[1] & 1)
		for (bytes = 0x2000; qw[1] & bytes >> 1; bytes *= 2)
			;
	ret->kind = REC_UNIT_PAGES;
	ret->tag = (uint32_t)(qw[0] >> 32 & 0xffff);
	ret->leaf_only = !(qw[1] & 2);
	ret->first = qw[1] & ~(bytes - 1) & ~(uint64_t)0xfff;
	ret->last = ret->first + bytes - 1;
	return true;
}

/* SMMUv3: CMD_TLBI_NH_VA with a range if TG is given, and CMD_SYNC. */
static bool smmu_unit(void *ctx, const uint64_t *qw, unsigned n, struct rec_unit *ret)
{
	uint64_t pages = 1;

	(void)ctx;
	(void)n;
	if ((qw[0] & 0xff) == 0x46)
		ret->kind = REC_UNIT_SYNC;
	if ((qw[0] & 0xff) != 0x12)
		return true;
	if (qw[1] >> 10 & 3)
		pages = ((qw[0] >> 12 & 0x1f) + 1) << (qw[0] >> 20 & 0x1f);
	ret->kind = REC_UNIT_PAGES;
	ret->tag = (uint32_t)(qw[0] >> 48);
	ret->leaf_only = qw[1] & 1;
	ret->first = qw[1] & ~(uint64_t)0xfff;
	ret->last = ret->first + pages * 0x1000 - 1;
	return true;
}

static const struct rec_vendor vtd = { .units = REC_UNITS_EACH,
				       .answer = REC_ANSWER_PAGE,
				       .unit = vtd_unit };
static const struct rec_vendor amd = { .units = REC_UNITS_SYNCED,
				       .answer = REC_ANSWER_LEAF,
				       .unit = amd_unit };
static const struct rec_vendor smmu = { .units = REC_UNITS_TILED,
					.answer = REC_ANSWER_BYTE,
					.unit = smmu_unit };

/* ---- one page table for each tag, one IOTLB that nothing ever replaces ---- */

#define SKIP_NONE 0
#define SKIP_ALL  UINT32_MAX

struct model {
	const struct rec_program *prog;
	const struct rec_vendor *v;
	GHashTable *mapped; /* (tag, page) -> number of its REC_MAP, from 1 */
	GHashTable *iotlb;  /* (sid, page) -> what its xlats show */
	uint32_t wrong, dropped, still_correct;
	bool latent;
	struct rec_unit drop;
};

/* As ck_assert, which writes to a file each time and would cost seconds here. */
static void must(bool ok, const char *text)
{
	if (!ok)
		ck_abort_msg("%s", text);
}

static gpointer key_of(uint32_t id, uint64_t iova)
{
	must(iova >> 12 <= UINT32_MAX, "an address has 44 bits at most here");
	return GSIZE_TO_POINTER((gsize)((uint64_t)id << 32 | iova >> 12));
}

static uint32_t tag_of(const struct rec_program *prog, uint32_t sid)
{
	for (guint i = 0; i < prog->sid_tags->len; i++) {
		const struct rec_sid_tag *st =
			&g_array_index(prog->sid_tags, struct rec_sid_tag, i);

		if (st->sid == sid)
			return st->tag;
	}
	ck_abort_msg("sid 0x%x has no tag", sid);
	return 0;
}

/* What an xlat of @page shows now; 1 (never a page) if nothing is mapped. */
static uint64_t walk(const struct model *m, uint32_t tag, uint64_t page)
{
	gsize n = GPOINTER_TO_SIZE(g_hash_table_lookup(m->mapped, key_of(tag, page)));
	const struct rec_event *e;
	uint64_t pa;

	if (!n)
		return 1;
	e = &g_array_index(m->prog->events, struct rec_event, n - 1);
	pa = e->pa + (page - e->iova);
	if (m->v->answer == REC_ANSWER_LEAF)
		pa &= ~(rec_leaf_bytes(e->drv_first, e->drv_last, e->drv_pa, page) - 1);
	return pa;
}

static void access_page(struct model *m, const struct rec_event *e)
{
	gpointer key = key_of(e->sid, e->iova);
	uint64_t want = m->v->answer == REC_ANSWER_LEAF ? e->pa : e->pa & ~(uint64_t)0xfff;
	gpointer got;

	must(e->tag == tag_of(m->prog, e->sid), "a translation has the tag of its device");
	if (!g_hash_table_lookup_extended(m->iotlb, key, NULL, &got)) {
		got = GSIZE_TO_POINTER((gsize)walk(m, e->tag, e->iova & ~(uint64_t)0xfff));
		g_hash_table_insert(m->iotlb, key, got);
	}
	m->wrong += GPOINTER_TO_SIZE(got) != want;
}

static bool is_outdated(const struct model *m, gsize key, gsize pa)
{
	return walk(m, tag_of(m->prog, (uint32_t)(key >> 32)), (key & UINT32_MAX) << 12) != pa;
}

static bool any_outdated(const struct model *m)
{
	GHashTableIter it;
	gpointer key;
	gpointer pa;

	g_hash_table_iter_init(&it, m->iotlb);
	while (g_hash_table_iter_next(&it, &key, &pa))
		if (is_outdated(m, GPOINTER_TO_SIZE(key), GPOINTER_TO_SIZE(pa)))
			return true;
	return false;
}

/* Page by page: no invalidation of these recordings is wider than 4M. */
static void drop_pages(struct model *m, uint32_t sid)
{
	must(m->drop.last - m->drop.first < (uint64_t)4 << 20,
	     "an invalidation is of 4M at most here");
	for (uint64_t page = m->drop.first; page < m->drop.last; page += 0x1000) {
		gpointer key = key_of(sid, page);
		gpointer pa;

		if (!g_hash_table_lookup_extended(m->iotlb, key, NULL, &pa))
			continue;
		m->dropped++;
		m->still_correct += !is_outdated(m, GPOINTER_TO_SIZE(key), GPOINTER_TO_SIZE(pa));
		g_hash_table_remove(m->iotlb, key);
	}
}

static void run_command(struct model *m, const struct rec_event *e, uint32_t skip, bool *judge)
{
	m->drop = (struct rec_unit){ .kind = REC_UNIT_OTHER };
	must(m->v->unit(m->v->ctx, e->qw, e->n_qw, &m->drop), "a command that was loaded is known");
	if (m->drop.kind == REC_UNIT_PAGES && (skip == SKIP_ALL || skip == e->line))
		*judge = true;
	else if (m->drop.kind == REC_UNIT_PAGES)
		for (guint i = 0; i < m->prog->sid_tags->len; i++) {
			const struct rec_sid_tag *st =
				&g_array_index(m->prog->sid_tags, struct rec_sid_tag, i);

			if (st->tag == m->drop.tag)
				drop_pages(m, st->sid);
		}
	if (m->drop.kind == REC_UNIT_SYNC && *judge && skip != SKIP_ALL) {
		m->latent = any_outdated(m);
		*judge = false;
	}
}

static void run_model(struct model *m, const struct rec_program *prog, const struct rec_vendor *v,
		      uint32_t skip)
{
	bool judge = false;

	*m = (struct model){ .prog = prog, .v = v };
	m->mapped = g_hash_table_new(NULL, NULL);
	m->iotlb = g_hash_table_new(NULL, NULL);
	for (guint i = 0; i < prog->events->len; i++) {
		const struct rec_event *e = &g_array_index(prog->events, struct rec_event, i);

		for (uint64_t off = 0; e->kind == REC_MAP && off < e->size; off += 0x1000)
			g_hash_table_insert(m->mapped, key_of(e->tag, e->iova + off),
					    GSIZE_TO_POINTER(i + 1));
		for (uint64_t off = 0; e->kind == REC_UNMAP && off < e->size; off += 0x1000)
			g_hash_table_remove(m->mapped, key_of(e->tag, e->iova + off));
		if (e->kind == REC_XLAT)
			access_page(m, e);
		if (e->kind == REC_CMD)
			run_command(m, e, skip, &judge);
	}
	g_hash_table_destroy(m->mapped);
	g_hash_table_destroy(m->iotlb);
}

/* ---- the recordings ---- */

START_TEST(test_vtd_counts)
{
	struct rec_program *prog = load_ok(RECORDED "vtd-linux-7.3-strict.rec", NULL, &vtd);
	struct model m;

	ck_assert_uint_eq(prog->counts.cmds, 388);
	ck_assert_uint_eq(prog->counts.xlats, 5225);
	ck_assert_uint_eq(prog->counts.drv_maps, 250);
	ck_assert_uint_eq(prog->counts.drv_unmaps, 194);
	ck_assert_uint_eq(prog->counts.regs, 1);
	ck_assert_uint_eq(prog->counts.marks, 2);
	ck_assert_uint_eq(prog->counts.refused, 0);
	/* The reserved region of no device here, and one range that is never used or unmapped. */
	ck_assert_uint_eq(prog->counts.ignored_maps, 2);
	ck_assert_uint_eq(prog->counts.reconstructed, 1);
	ck_assert_uint_eq(prog->sid_tags->len, 2);
	ck_assert_uint_eq(tag_of(prog, 0x18), 5);
	ck_assert_uint_eq(tag_of(prog, 0x20), 6);
	run_model(&m, prog, &vtd, SKIP_NONE);
	ck_assert_uint_eq(m.wrong, 0);
	ck_assert_uint_eq(m.dropped, 4575);
	ck_assert_uint_eq(m.still_correct, 0);
	run_model(&m, prog, &vtd, SKIP_ALL);
	ck_assert_uint_eq(m.wrong, 2193);
	rec_free(prog);
}
END_TEST

START_TEST(test_vtd_leave_one_out)
{
	struct rec_program *prog = load_ok(RECORDED "vtd-linux-7.3-strict.rec", NULL, &vtd);
	uint32_t wrong = 0;
	uint32_t latent = 0;
	uint32_t cnt = 0;

	for (guint i = 0; i < prog->events->len; i++) {
		const struct rec_event *e = &g_array_index(prog->events, struct rec_event, i);
		struct rec_unit unit = { .kind = REC_UNIT_OTHER };
		struct model m;

		if (e->kind != REC_CMD || !vtd_unit(NULL, e->qw, e->n_qw, &unit) ||
		    unit.kind != REC_UNIT_PAGES)
			continue;
		cnt++;
		run_model(&m, prog, &vtd, e->line);
		wrong += m.wrong != 0;
		latent += m.latent;
	}
	ck_assert_uint_eq(cnt, 194);
	ck_assert_uint_eq(wrong, 93);
	ck_assert_uint_eq(latent, 190);
	rec_free(prog);
}
END_TEST

/* The two other rules for units, on what they were made for. */
START_TEST(test_other_recordings)
{
	struct rec_program *prog = load_ok(RECORDED "amdvi-linux-7.3-strict.rec", NULL, &amd);
	struct model m;

	ck_assert_uint_eq(prog->counts.cmds, 884);
	ck_assert_uint_eq(prog->counts.xlats, 1066);
	ck_assert_uint_eq(prog->counts.drv_maps, 263);
	ck_assert_uint_eq(prog->counts.drv_unmaps, 204);
	ck_assert_uint_eq(prog->counts.reconstructed, 1);
	ck_assert_uint_eq(tag_of(prog, 0x20), 5);
	ck_assert_uint_eq(tag_of(prog, 0x28), 6);
	run_model(&m, prog, &amd, SKIP_NONE);
	ck_assert_uint_eq(m.wrong, 0);
	run_model(&m, prog, &amd, SKIP_ALL);
	ck_assert_uint_eq(m.wrong, 372); /* "if an entry covers only 4 KiB" */
	rec_free(prog);

	prog = load_ok(RECORDED "smmuv3-linux-7.3-strict.rec", NULL, &smmu);
	ck_assert_uint_eq(prog->counts.cmds, 422);
	ck_assert_uint_eq(prog->counts.xlats, 3377);
	ck_assert_uint_eq(prog->counts.drv_maps, 248);
	ck_assert_uint_eq(prog->counts.drv_unmaps, 184);
	ck_assert_uint_eq(prog->counts.reconstructed, 1);
	ck_assert_uint_eq(tag_of(prog, 0x10), 3);
	ck_assert_uint_eq(tag_of(prog, 0x18), 4);
	run_model(&m, prog, &smmu, SKIP_NONE);
	ck_assert_uint_eq(m.wrong, 0);
	run_model(&m, prog, &smmu, SKIP_ALL);
	ck_assert_uint_eq(m.wrong, 1869);
	rec_free(prog);
}
END_TEST

/* The real files, cut and hit in many places; the places are the same in every run. */
START_TEST(test_damage_recorded)
{
	static const struct {
		const char *file;
		const struct rec_vendor *v;
	} files[] = {
		{ RECORDED "vtd-linux-7.3-strict.rec", &vtd },
		{ RECORDED "amdvi-linux-7.3-strict.rec", &amd },
		{ RECORDED "smmuv3-linux-7.3-strict.rec", &smmu },
	};
	char *text;
	gsize len;

	ck_assert(g_file_get_contents(files[_i].file, &text, &len, NULL));
	for (gsize i = 0; i < 25; i++) {
		gsize at = (i * 2654435761u) % len;
		char *nl = memchr(text + at, '\n', len - at);
		char old = text[at];

		/* At a line's end, or a digit for a digit: what the parser alone would not stop. */
		load_damaged(text, (gsize)(nl - text) + 1, files[_i].v);
		text[at] = (char)(old ^ (1 << i % 8));
		if (g_ascii_isxdigit(old))
			text[at] = "0123456789abcdef"[i % 16];
		load_damaged(text, len, files[_i].v);
		text[at] = old;
	}
	g_free(text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("recording");
	TCase *tc = tcase_create("recording");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, test_vtd_counts);
	tcase_add_test(tc, test_vtd_leave_one_out);
	tcase_add_test(tc, test_other_recordings);
	tcase_add_loop_test(tc, test_damage_recorded, 0, 3);
	suite_add_tcase(s, tc);
	return tests_run(s);
}
