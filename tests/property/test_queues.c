/* SPDX-License-Identifier: MIT */
/*
 * A queue in the hardware does what the trapped one does: random programs of two guests,
 * each run by a VMM that traps all of their commands and by one that hands queues out. What
 * is found, and what is dropped of whose, is the same; where a guest leaves an invalidation
 * out both tell of it alike.
 */
#include <check.h>
#include <string.h>

#include "sim/check/check.h"
#include "tests/run.h"

enum { PROGRAMS = 60, STEPS = 30, PAGES = 4 };

extern const struct ims_model amdvi_model, smmuv3_model;
static const struct {
	const struct ims_model *model;
	const char *name, *caps;
	const char *hosts[3];
} vendors[] = {
	{ &amdvi_model, "amdvi", "viommu-sup: 1", { "mail-2023", "mail-2023", "mail-2023" } },
	{ &smmuv3_model, "smmuv3", "vcmdq: 8", { "mail-2023", "linux-7.3", "linux-for-next" } },
};

static uint32_t draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

/* Of both guests at once: which pages are mapped. */
struct model {
	uint32_t seed;
	bool mapped[2][PAGES];
	bool sloppy; /* a guest may leave its invalidation out */
};

static void step(GString *s, struct model *m)
{
	uint32_t vm = draw(&m->seed, 2), page = draw(&m->seed, PAGES), what = draw(&m->seed, 4);
	unsigned iova = 0x10000 + page * 0x1000;
	bool *mapped = &m->mapped[vm][page];

	if (!*mapped)
		g_string_append_printf(s,
				       "  - map: {space: s%u, iova: 0x%x, size: 4K, gpa: p%u_%u}\n",
				       vm, iova, vm, page);
	else if (what == 0)
		g_string_append_printf(s, "  - unmap: {space: s%u, iova: 0x%x, size: 4K%s}\n", vm,
				       iova,
				       m->sloppy && !draw(&m->seed, 3) ? ", invalidate: none" : "");
	else if (what == 1)
		g_string_append_printf(
			s, "  - protect: {space: s%u, iova: 0x%x, size: 4K, perm: r}\n", vm, iova);
	else
		g_string_append_printf(s, "  - dma: {dev: d%u, iova: 0x%x, access: read}\n", vm,
				       iova);
	*mapped = !*mapped || what;
	if (!*mapped)
		g_string_append_printf(s, "  - dma: {dev: d%u, iova: 0x%x, access: read}\n", vm,
				       iova);
}

static char *program(unsigned vendor, uint32_t seed, const char *queue)
{
	struct model m = { .seed = seed * 2654435761u, .sloppy = seed % 2 };
	GString *s = g_string_new(NULL);

	g_string_append_printf(
		s,
		"scenario: random\nstory: x\nrefs: [x]\nvendors: [%s]\nhost: %s\nvmm: {queue: %s}\n"
		"hardware: {mode: adversarial, caps: {%s}}\nvms:\n",
		vendors[vendor].name, vendors[vendor].hosts[seed % 3], queue, vendors[vendor].caps);
	for (unsigned vm = 0; vm < 2; vm++)
		g_string_append_printf(
			s,
			"  vm%u: {memory: 64M, devices: {d%u: {vrid: \"01:00.0\", ats: %s}}, spaces: [s%u]}\n",
			vm, vm, draw(&m.seed, 2) ? "on" : "off", vm);
	g_string_append(
		s, "steps:\n  - attach: {dev: d0, space: s0}\n  - attach: {dev: d1, space: s1}\n");
	for (unsigned i = 0; i < STEPS; i++)
		step(s, &m);
	g_string_append(s, "expect: {}\n");
	return g_string_free(s, FALSE);
}

/* What is found, and how much of what sort was dropped, a line each. */
static char *shown(unsigned vendor, const char *text, unsigned *ret_findings)
{
	const char *const names[] = { vendors[vendor].name, NULL };
	GError *error = NULL;
	struct scn *scn = scn_load("random.yaml", text, strlen(text), names, &error);
	struct chk_result *r;
	GString *s = g_string_new(NULL);

	ck_assert_msg(scn, "%s", error ? error->message : "");
	r = chk_run(scn, vendors[vendor].model, NULL);
	ck_assert_msg(r->verdict != CHK_ERROR, "%s\n%s", r->reason, text);
	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(r->findings, i);

		g_string_append_printf(s,
				       "%s%s in %u of device %u: line %u, %s, blame %s, %u pages\n",
				       scn_kind_name(f->kind), f->latent ? " (latent)" : "",
				       f->where, f->dev, f->line, f->cause, f->blame,
				       f->pages->len);
	}
	for (unsigned i = 0; i < SCN_OVER_MAX; i++)
		g_string_append_printf(s, "dropped (%s) %u\n", scn_over_name((enum scn_over)i),
				       (unsigned)r->over[i]);
	*ret_findings = r->findings->len;
	chk_result_free(r);
	scn_free(scn);
	return g_string_free(s, FALSE);
}

START_TEST(as_the_trapped_one)
{
	unsigned with = 0, findings;

	for (uint32_t i = 0; i < PROGRAMS; i++) {
		g_autofree char *trapped = program((unsigned)_i, i, "trapped");
		g_autofree char *hardware = program((unsigned)_i, i, "hardware");
		g_autofree char *a = shown((unsigned)_i, trapped, &findings),
				*b = shown((unsigned)_i, hardware, &findings);

		ck_assert_msg(!strcmp(a, b), "%s\ntrapped:\n%s\nhardware:\n%s", hardware, a, b);
		ck_assert(i % 2 || !findings);
		with += findings != 0;
	}
	/* Guests that err are among them, and are found. */
	ck_assert_uint_gt(with, PROGRAMS / 8);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("queues in the hardware");
	TCase *t = tcase_create("queues");

	tcase_set_timeout(t, 240);
	tcase_add_loop_test(t, as_the_trapped_one, 0, G_N_ELEMENTS(vendors));
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
