/* SPDX-License-Identifier: MIT */
/*
 * Programming rules (VT-d 5.10 sections 6.2.3.1 and 6.5.2): each has a scenario that
 * breaks it and one that keeps it; entries that differ in one field from broken ones.
 */
#include <check.h>
#include <string.h>

#include "models/vtd/vtd.h"
#include "sim/check/check.h"
#include "tests/run.h"
#include "tests/unit/rule_scenarios.h"

/* ---- the table ---- */

START_TEST(scenarios)
{
	ck_assert_uint_eq(vtd_model.prog_rules_count, VTD_PROG_RULES);
	rule_scenarios(&vtd_model);
}
END_TEST

START_TEST(table)
{
	int row;

	ck_assert_ptr_null(ims_model_check(&vtd_model, &row));
	for (unsigned i = 0; i < VTD_PROG_RULES; i++)
		for (unsigned k = 0; k < i; k++)
			ck_assert_str_ne(vtd_prog_rules[i].name, vtd_prog_rules[k].name);
}
END_TEST

/* ---- entries ---- */

/* A PASID-table entry by its fields, and whose it is. */
struct fields {
	uint32_t src, ctx;
	unsigned pgtt, did, aw;
	uint64_t s1, s2; /* page numbers */
	unsigned fspm, eafe, ssade;
	unsigned hpte, hptdid, hptptr, hptsz;
};

static struct ims_live entry(const struct fields *f)
{
	struct ims_live e = { .src = f->src, .ctx = f->ctx, .present = true, .count = 8 };
	uint64_t *w = e.words;

	w[0] = f->s2 << 12 | f->ssade << 9 | f->pgtt << 6 | f->aw << 2 | 1;
	w[1] = f->did;
	w[2] = f->s1 << 12 | f->eafe << 7 | f->fspm << 2;
	w[4] = (uint64_t)f->hptptr << 12 | f->hptsz;
	w[5] = f->hptdid;
	w[8] = 1 | f->hpte << 5; /* the context entry; RID_PASID 0 */
	return e;
}

#define NONE IMS_CTX_NONE
/* What follows are fspm, eafe, ssade and the HPT fields, in this order. */
#define ENTRY(src_, ctx_, pgtt_, did_, s1_, s2_, ...)                                              \
	{                                                                                          \
		.src = src_, .ctx = ctx_, .pgtt = pgtt_, .did = did_, .aw = 2, .s1 = s1_,          \
		.s2 = s2_, .fspm = __VA_ARGS__                                                     \
	}
#define FS(src, ctx, did, s1, ...)	   ENTRY(src, ctx, 1, did, s1, 0, __VA_ARGS__)
#define NESTED(src, ctx, did, s1, s2, ...) ENTRY(src, ctx, 3, did, s1, s2, __VA_ARGS__)
#define SS(src, did, s2, ...)		   ENTRY(src, NONE, 2, did, 0, s2, __VA_ARGS__)
#define PT(src, did)			   ENTRY(src, NONE, 4, did, 0, 0, 0)

/* clang-format off */
static const struct {
	const char *rule; /* the first that the two break; NULL: none */
	struct fields a, b;
} pairs[] = {
	{ NULL, NESTED(8, NONE, 2, 5, 7, 0), NESTED(16, NONE, 2, 5, 7, 0) },
	{ "same-did-other-parent", NESTED(8, NONE, 2, 5, 7, 0), NESTED(16, NONE, 2, 5, 6, 0) },
	{ "same-did-other-parent", SS(8, 2, 7, 0), SS(16, 2, 6, 0) },
	{ "same-did-other-parent", SS(8, 2, 7, 0), { .src = 16, .ctx = NONE, .pgtt = 2, .did = 2, .aw = 3, .s2 = 7 } },
	{ NULL, NESTED(8, NONE, 2, 5, 7, 0), NESTED(16, NONE, 3, 5, 6, 0) },
	{ "did-of-both-stages", FS(8, NONE, 2, 5, 0), SS(16, 2, 7, 0) },
	{ "did-of-both-stages", PT(8, 2), NESTED(16, NONE, 2, 5, 7, 0) },
	{ NULL, PT(8, 2), NESTED(16, NONE, 3, 5, 7, 0) },
	{ NULL, FS(8, 3, 2, 5, 0), PT(16, 2) }, /* other PASIDs */
	{ "same-tag-other-tables", FS(8, NONE, 2, 5, 0), PT(16, 2) },
	{ "same-tag-other-tables", FS(8, NONE, 2, 5, 0), FS(16, NONE, 2, 6, 0) },
	{ "same-tag-other-tables", FS(8, 0, 2, 5, 0), FS(16, NONE, 2, 6, 0) }, /* RID_PASID is 0 */
	{ "same-tag-other-tables", FS(8, NONE, 2, 5, 0), FS(16, NONE, 2, 5, 1) },
	{ "same-tag-other-tables", SS(8, 2, 7, 0), NESTED(16, NONE, 2, 5, 7, 0) },
	{ NULL, FS(8, 1, 2, 5, 0), FS(16, 2, 2, 6, 0) },
	{ NULL, FS(8, 1, 2, 5, 0), FS(16, 1, 3, 6, 0) },
	{ NULL, FS(8, 1, 2, 5, 0), FS(8, 2, 2, 6, 0) },
	{ "same-tables-other-mode", FS(8, 1, 2, 5, 0), FS(16, 2, 3, 5, 1) },
	{ "same-tables-other-mode", NESTED(8, 1, 2, 5, 7, 0, 0), NESTED(16, 1, 3, 5, 7, 0, 1) },
	{ NULL, NESTED(8, 1, 2, 5, 7, 0, 0), NESTED(16, 1, 3, 5, 6, 0, 1) },
	{ NULL, FS(8, 1, 2, 5, 0, 0), NESTED(16, 1, 3, 5, 6, 0, 1) },
	{ "same-parent-other-ssade", SS(8, 2, 7, 0, 0, 0), SS(16, 3, 7, 0, 0, 1) },
	{ NULL, SS(8, 2, 7, 0, 0, 0), SS(16, 3, 6, 0, 0, 1) },
	{ NULL, FS(8, 1, 2, 5, 0, 0, 0), FS(16, 1, 3, 6, 0, 0, 1) },
	{ "same-hptdid-other-table", SS(8, 2, 7, 0, 0, 0, 1, 9, 4, 0), SS(16, 3, 7, 0, 0, 0, 1, 9, 5, 0) },
	{ "same-hptdid-other-table", SS(8, 2, 7, 0, 0, 0, 1, 9, 4, 0), SS(16, 3, 7, 0, 0, 0, 1, 9, 4, 1) },
	{ NULL, SS(8, 2, 7, 0, 0, 0, 1, 9, 4, 0), SS(16, 3, 7, 0, 0, 0, 1, 8, 5, 0) },
	{ NULL, SS(8, 2, 7, 0, 0, 0, 1, 9, 4, 0), SS(16, 3, 7, 0, 0, 0, 0, 9, 5, 0) },
};

static const struct {
	const char *rule;
	struct fields e;
	uint16_t param, value;
} singles[] = {
	{ NULL, NESTED(8, NONE, 0xffff, 5, 7, 1, 1), 0, 6 },
	{ "guest-fields-unvetted", NESTED(8, NONE, 2, UINT64_C(1) << 34, 7, 0), 0, 6 },
	{ NULL, NESTED(8, NONE, 2, (UINT64_C(1) << 34) - 1, 7, 0), 0, 6 },
	{ "guest-fields-unvetted", { .src = 8, .ctx = NONE, .pgtt = 3, .did = 2, .aw = 1, .s1 = 1 << 27, .s2 = 7 }, 0, 6 },
	{ "guest-fields-unvetted", NESTED(8, NONE, 2, 5, 7, 2), 0, 6 },
	{ "guest-fields-unvetted", NESTED(8, NONE, 2, 5, 7, 1), VTD_P_FS5LP, 0 },
	{ "guest-fields-unvetted", NESTED(8, NONE, 2, 5, 7, 0, 1), VTD_P_EAFS, 0 },
	{ NULL, FS(8, NONE, 2, UINT64_C(1) << 35, 0), 0, 6 },
	{ "did-not-of-unit", FS(8, NONE, 0x100, 5, 0), VTD_P_ND, 2 },
	{ NULL, FS(8, NONE, 0xff, 5, 0), VTD_P_ND, 2 },
	{ "did-zero", FS(8, NONE, 0, 5, 0), VTD_P_CM, 1 },
	{ NULL, FS(8, NONE, 0, 5, 0), VTD_P_CM, 0 },
};
/* clang-format on */

static void state_of(struct ims_state *s)
{
	memset(s, 0, sizeof(*s));
	for (unsigned i = 0; i < VTD_PARAMS; i++)
		s->params[i] = vtd_params[i].value;
}

static const char *first(const struct ims_state *s, const struct ims_live *a,
			 const struct ims_live *b)
{
	for (unsigned i = 0; i < VTD_PROG_RULES; i++) {
		const struct ims_prog_rule *r = &vtd_prog_rules[i];

		if (b ? r->pair && r->pair(s, a, b) : r->one && r->one(s, a))
			return r->name;
	}
	return NULL;
}

START_TEST(one_pair)
{
	struct ims_live a = entry(&pairs[_i].a), b = entry(&pairs[_i].b);
	struct ims_state s;

	state_of(&s);
	ck_assert_pstr_eq(first(&s, &a, &b), pairs[_i].rule);
	ck_assert_pstr_eq(first(&s, &b, &a), pairs[_i].rule);
}
END_TEST

START_TEST(one_entry)
{
	struct ims_live e = entry(&singles[_i].e);
	struct ims_state s;

	state_of(&s);
	if (singles[_i].param || singles[_i].value != 6)
		s.params[singles[_i].param] = singles[_i].value;
	ck_assert_pstr_eq(first(&s, &e, NULL), singles[_i].rule);
}
END_TEST

/* ---- in a run ---- */

#define WORLD                                                                                      \
	"scenario: t\nvendors: [vtd]\n"                                                            \
	"vms: {vm0: {devices: {nic: {pasid-bits: 8}}, spaces: [rx, tx]}}\n"                        \
	"steps:\n"                                                                                 \
	"  - attach: {dev: nic, space: rx}\n"
#define TORN                                                                                       \
	"  - write: {at: {gpa: 0x3ff8010}, value: 0x3ff9000}\n"                                    \
	"  - write: {at: {gpa: 0x3ff8008}, value: 0x800023}\n"

static struct chk_result *run(const char *text)
{
	static const char *const vendors[] = { "vtd", NULL };
	GError *error = NULL;
	struct scn *s = scn_load("t.yaml", text, strlen(text), vendors, &error);
	struct chk_result *r;

	ck_assert_msg(s != NULL, "%s", error ? error->message : "");
	r = chk_run(s, &vtd_model, NULL);
	ck_assert_msg(r->verdict == CHK_PASS || r->verdict == CHK_FAIL, "%s", r->reason);
	/* Nothing of @s is needed further on but the texts of findings, which are not. */
	scn_free(s);
	return r;
}

static guint count(const struct chk_result *r, enum scn_kind kind)
{
	guint n = 0;

	for (guint i = 0; i < r->findings->len; i++)
		n += ((const struct chk_finding *)g_ptr_array_index(r->findings, i))->kind == kind;
	return n;
}

START_TEST(judged)
{
	static const struct {
		const char *text;
		bool passes;
	} rows[] = {
		{ WORLD TORN, false },
		{ WORLD TORN "expect: {never: [rule]}\n", false },
		{ WORLD TORN "expect: {never: [stale]}\n", true },
		{ WORLD TORN "expect: {fail: {kind: rule}}\n", true },
		{ WORLD TORN "  - checkpoint: {never: [rule]}\nexpect: {never: [stale]}\n", false },
		{ WORLD, true },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct chk_result *r = run(rows[i].text);

		ck_assert_msg((r->verdict == CHK_PASS) == rows[i].passes, "%s: %s", rows[i].text,
			      r->reason ? r->reason : "passes");
		ck_assert(!(r->not_judged & 1u << SCN_KIND_RULE));
		ck_assert_uint_eq(count(r, SCN_KIND_RULE), strstr(rows[i].text, "write") != NULL);
		chk_result_free(r);
	}
}
END_TEST

/* The entry of disk that hardware has kept, and every entry of the two devices. */
#define TWO                                                                                        \
	"scenario: t\nvendors: [vtd]\n"                                                            \
	"vms: {vm0: {devices: {nic: {pasid-bits: 8}, disk: {pasid-bits: 8}}, spaces: [rx, tx]}}\n" \
	"steps:\n"                                                                                 \
	"  - attach: {dev: nic, space: rx}\n"                                                      \
	"  - attach: {dev: disk, space: tx}\n"                                                     \
	"  - map: {space: tx, iova: 0x10000, size: 4K, gpa: 0x3c00000}\n"                          \
	"  - map: {space: rx, iova: 0x10000, size: 4K, gpa: 0x3c00000}\n"

/* What comes of breaking a rule is told instead. */
START_TEST(stale_instead)
{
	static const char bad[] = "  - write: {at: {hpa: 0x8000c008}, value: 0x800002}\n",
			  used[] = "  - dma: {dev: disk, iova: 0x10000, access: read}\n",
			  told[] = "  - unmap: {space: rx, iova: 0x10000, size: 4K}\n";
	g_autofree char *cached = g_strconcat(TWO, used, bad, told, NULL);
	g_autofree char *not_cached = g_strconcat(TWO, bad, told, NULL);
	struct chk_result *r = run(not_cached);

	ck_assert_uint_eq(count(r, SCN_KIND_RULE), 1);
	ck_assert_uint_eq(r->findings->len, 1);
	chk_result_free(r);
	r = run(cached);
	ck_assert_uint_eq(count(r, SCN_KIND_RULE), 0);
	ck_assert_uint_ge(count(r, SCN_KIND_STALE), 1);
	chk_result_free(r);
}
END_TEST

/* Each change is completed before the next: no state in between that nobody meant. */
START_TEST(one_word_at_a_time)
{
	struct chk_result *r = run(WORLD "  - write: {at: {gpa: 0x3ff8010}, value: 0x3ff9000}\n"
					 "  - cmd: {name: PC, did: 0x22, pasid: 0}\n"
					 "  - cmd: {name: P_IOTLB, did: 0x22, pasid: 0}\n"
					 "  - sync\n"
					 "  - write: {at: {gpa: 0x3ff8008}, value: 0x800023}\n");

	ck_assert_uint_eq(count(r, SCN_KIND_RULE), 0);
	chk_result_free(r);
}
END_TEST

/* A sequence may have its waits in between; it ends where the issuer turns to something else. */
START_TEST(sequences)
{
	static const struct {
		const char *text;
		guint rules;
	} rows[] = {
		{ WORLD "  - cmd: {name: PC, did: 0x22}\n", 1 },
		{ WORLD
		  "  - cmd: {name: PC, did: 0x22}\n  - sync\n  - cmd: {name: IOTLB, did: 0x22}\n  - sync\n",
		  0 },
		{ WORLD
		  "  - cmd: {name: PC, did: 0x22}\n  - cmd: {name: IOTLB, did: 0x23}\n  - sync\n",
		  1 },
		{ WORLD
		  "  - cmd: {name: PC, did: 0x22, pasid: 0}\n  - cmd: {name: IOTLB, did: 0x22}\n  - sync\n",
		  0 },
		{ WORLD
		  "  - cmd: {name: PC, did: 0x22, pasid: 0}\n  - cmd: {name: P_IOTLB, did: 0x22, pasid: 1}\n  - sync\n",
		  1 },
		{ WORLD
		  "  - cmd: {name: PC, did: 0x22, pasid: 0}\n  - cmd: {name: IOTLB, g: 1}\n  - sync\n",
		  0 },
		{ WORLD
		  "  - cmd: {name: IOTLB, did: 0x22}\n  - cmd: {name: PC, did: 0x22}\n  - sync\n",
		  1 },
		{ WORLD
		  "  - cmd: {name: PC, did: 0x22}\n  - dma: {dev: nic, iova: 0, access: read}\n"
		  "  - cmd: {name: IOTLB, did: 0x22}\n",
		  1 },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct chk_result *r = run(rows[i].text);

		ck_assert_msg(count(r, SCN_KIND_RULE) == rows[i].rules, "%s: %u", rows[i].text,
			      count(r, SCN_KIND_RULE));
		chk_result_free(r);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("programming");
	TCase *tables = tcase_create("tables"), *runs = tcase_create("runs");

	tcase_add_test(tables, scenarios);
	tcase_add_test(tables, table);
	tcase_add_loop_test(tables, one_pair, 0, (int)G_N_ELEMENTS(pairs));
	tcase_add_loop_test(tables, one_entry, 0, (int)G_N_ELEMENTS(singles));
	suite_add_tcase(suite, tables);
	tcase_add_test(runs, judged);
	tcase_add_test(runs, stale_instead);
	tcase_add_test(runs, one_word_at_a_time);
	tcase_add_test(runs, sequences);
	suite_add_tcase(suite, runs);
	return tests_run(suite);
}
