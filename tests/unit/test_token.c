/* SPDX-License-Identifier: MIT */
/*
 * timeout: 300
 *
 * Tokens: what is written is what is read, whatever is damaged or of another time is told, and the
 * program replays the run that a token is of.
 *
 * test-unit-token FILE VENDOR prints the token of a run without deeds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/check/check.h"
#include "sim/core/prng.h"
#include "sim/explore/token.h"
#include "sim/explore/token_bytes.h"
#include "tests/run.h"

extern const struct ims_model vtd_model, amdvi_model, smmuv3_model;
static const struct ims_model *const models[] = { &vtd_model, &amdvi_model, &smmuv3_model };
static const char *const names[] = { "vtd", "amdvi", "smmuv3", NULL };

#define SEED IMS_SOURCE_DIR "/scenarios/seed/"

static struct scn *load(const char *file)
{
	GError *error = NULL;
	struct scn *scn = scn_load(file, NULL, 0, names, &error);

	ck_assert_msg(scn, "%s", error ? error->message : "");
	return scn;
}

/* ---- bytes ---- */

START_TEST(numbers)
{
	static const uint64_t all[] = { 0,	1,	    0x7f,	0x80,	 0x3fff,
					0x4000, UINT32_MAX, UINT64_MAX, 1u << 31 };
	GByteArray *b = g_byte_array_new();
	struct xpl_reader r;

	for (unsigned i = 0; i < G_N_ELEMENTS(all); i++)
		xpl_bytes_put(b, all[i]);
	r = (struct xpl_reader){ .at = b->data, .end = b->data + b->len };
	for (unsigned i = 0; i < G_N_ELEMENTS(all); i++)
		ck_assert_uint_eq(xpl_bytes_take(&r), all[i]);
	ck_assert(!r.bad && r.at == r.end);
	/* Beyond the end there is none, and nothing after it. */
	ck_assert_uint_eq(xpl_bytes_take(&r), 0);
	ck_assert(r.bad);
	g_byte_array_unref(b);
}
END_TEST

START_TEST(numbers_in_one_way)
{
	static const struct {
		uint8_t bytes[12];
		unsigned len;
		bool bad;
	} all[] = {
		{ { 0x80 }, 1, true },	  /* not whole */
		{ { 0x80, 0 }, 2, true }, /* a zero that says nothing */
		{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1 }, 10, false },
		{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2 }, 10, true },
		{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 1 }, 11, true },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
		struct xpl_reader r = { .at = all[i].bytes, .end = all[i].bytes + all[i].len };

		xpl_bytes_take(&r);
		ck_assert_int_eq(r.bad, all[i].bad);
	}
}
END_TEST

START_TEST(letters)
{
	/* RFC 4648, section 10. */
	static const char *const all[][2] = { { "", "" },
					      { "f", "my" },
					      { "fo", "mzxq" },
					      { "foo", "mzxw6" },
					      { "foob", "mzxw6yq" },
					      { "fooba", "mzxw6ytb" },
					      { "foobar", "mzxw6ytboi" } };

	for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
		g_autofree char *text = xpl_base32((const uint8_t *)all[i][0], strlen(all[i][0]));
		GByteArray *b = xpl_base32_read(all[i][1]);

		ck_assert_str_eq(text, all[i][1]);
		ck_assert_uint_eq(b->len, strlen(all[i][0]));
		ck_assert(!b->len || !memcmp(b->data, all[i][0], b->len));
		g_byte_array_unref(b);
	}
	/* No letters, a bit that is nowhere, a letter too many. */
	ck_assert_ptr_null(xpl_base32_read("my1"));
	ck_assert_ptr_null(xpl_base32_read("MY"));
	ck_assert_ptr_null(xpl_base32_read("mz"));
	ck_assert_ptr_null(xpl_base32_read("mya"));
}
END_TEST

/* ---- tokens ---- */

static struct scn_deed random_deed(uint64_t *seed, uint32_t at)
{
	struct scn_deed d = { .at = at,
			      .kind = (uint8_t)ims_prng_below(seed, 2),
			      .unit = ims_prng_below(seed, IMS_UNITS) };
	struct scn_look *l = &d.look;

	if (d.kind == SCN_DEED_EFFECT) {
		d.command = ims_prng_below(seed, at + 1);
		d.ring = ims_prng_below(seed, IMS_RINGS);
		return d;
	}
	*l = (struct scn_look){
		.dev = ims_prng_below(seed, HYP_DEVICES),
		.ctx = ims_prng_below(seed, 2) ? ims_prng_below(seed, 1 << 20) : IMS_CTX_NONE,
		.addr = ims_prng_next(seed) >> ims_prng_below(seed, 60),
		.access = (uint8_t)(1 + ims_prng_below(seed, 3)),
		.kind = (uint8_t)ims_prng_below(seed, 2),
		.priv = ims_prng_below(seed, 2),
		.alias = ims_prng_below(seed, 2),
		.ats = ims_prng_below(seed, 2),
		.choices_count = (uint8_t)ims_prng_below(seed, SCN_DEED_CHOICES + 1),
		.choices = ims_prng_next(seed) >> ims_prng_below(seed, 64)
	};
	return d;
}

static bool same_deed(const struct scn_deed *a, const struct scn_deed *b)
{
	const struct scn_look *x = &a->look, *y = &b->look;

	if (a->at != b->at || a->kind != b->kind || a->unit != b->unit)
		return false;
	if (a->kind == SCN_DEED_EFFECT)
		return a->command == b->command && a->ring == b->ring;
	return x->dev == y->dev && x->ctx == y->ctx && x->addr == y->addr &&
	       x->access == y->access && x->kind == y->kind && x->priv == y->priv &&
	       x->alias == y->alias && x->ats == y->ats && x->choices == y->choices &&
	       x->choices_count == y->choices_count && x->forgets == y->forgets;
}

START_TEST(what_is_written_is_read)
{
	struct scn *scn = load(SEED "nested-unmap.yaml");
	uint64_t seed = 7;

	for (unsigned n = 0; n < 200; n++) {
		const struct ims_model *m = models[n % 3];
		struct scn_deed list[20];
		struct scn_deeds deeds = { .list = list, .count = n % 20 };
		uint32_t at = 0;
		g_autofree char *token = NULL;
		GError *error = NULL;
		struct xpl_token *t;

		for (uint32_t i = 0; i < deeds.count; i++)
			list[i] = random_deed(&seed, at += ims_prng_below(&seed, 300));
		ck_assert(n % 2 ? scn_host_set(scn, "mail-2023", NULL) : true);
		token = xpl_token_new(scn, m, &deeds);
		ck_assert(xpl_is_token(token));
		t = xpl_token_read(token, &error);
		ck_assert_msg(t, "%s: %s", token, error ? error->message : "");
		ck_assert_uint_eq(t->scenario, scn->text_hash);
		ck_assert_str_eq(t->vendor, m->name);
		ck_assert_str_eq(t->mode, "adversarial");
		ck_assert_uint_eq(xpl_token_deeds(t).count, deeds.count);
		for (uint32_t i = 0; i < deeds.count; i++)
			ck_assert(same_deed(&xpl_token_deeds(t).list[i], &list[i]));
		ck_assert(xpl_token_names(t, scn));
		ck_assert(xpl_token_apply(t, scn, m, &error));
		ck_assert(!xpl_token_apply(t, scn, models[(n + 1) % 3], NULL));
		xpl_token_free(t);
	}
	scn_free(scn);
}
END_TEST

/* Each letter, changed or the last ones missing, is noticed. */
START_TEST(damage_is_told)
{
	struct scn *scn = load(SEED "nested-unmap.yaml");
	const struct scn_deed deed = { .at = 5, .look = { .addr = 0x10000, .access = 1 } };
	g_autofree char *token =
		xpl_token_new(scn, &vtd_model, &(struct scn_deeds){ .list = &deed, .count = 1 });

	for (size_t i = 0; i < strlen(token); i++) {
		g_autofree char *cut = g_strndup(token, i), *other = g_strdup(token);
		GError *error = NULL;

		ck_assert_ptr_null(xpl_token_read(cut, &error));
		ck_assert_ptr_nonnull(strstr(error->message, "the token "));
		g_clear_error(&error);
		other[i] = other[i] == 'a' ? 'b' : 'a';
		ck_assert_msg(!xpl_token_read(other, &error), "%s", other);
		g_clear_error(&error);
	}
	scn_free(scn);
}
END_TEST

/* What a token of another version would have first, with a check that fits. */
static char *of_engine(const char *token, uint64_t engine)
{
	g_auto(GStrv) parts = g_strsplit(token, ".", -1);
	g_autofree char *head =
		g_strdup_printf("%s.%s.%s.%s.", parts[0], parts[1], parts[2], parts[3]);
	GByteArray *b = g_byte_array_new();
	g_autofree char *tail = NULL, *all = NULL;
	uint32_t check;

	xpl_bytes_put(b, engine);
	tail = xpl_base32(b->data, b->len);
	check = GUINT32_TO_BE((
		uint32_t)((scn_text_hash(tail, strlen(tail)) ^ scn_text_hash(head, strlen(head))) >>
			  32));
	g_byte_array_append(b, (const guint8 *)&check, sizeof(check));
	all = xpl_base32(b->data, b->len);
	g_byte_array_unref(b);
	return g_strconcat(head, all, NULL);
}

START_TEST(other_times_are_told)
{
	struct scn *scn = load(SEED "nested-unmap.yaml"), *changed;
	g_autofree char *token = xpl_token_new(scn, &vtd_model, NULL);
	g_autofree char *newer = of_engine(token, 99), *text = NULL, *concrete = NULL;
	struct xpl_token *t = xpl_token_read(token, NULL), *c;
	GError *error = NULL;
	size_t len;

	ck_assert_ptr_null(xpl_token_read(newer, &error));
	ck_assert_ptr_nonnull(strstr(error->message, "another version"));
	g_clear_error(&error);
	/* The text: one byte more, and it is another. */
	text = scn_read_file(scn->file, &len, NULL);
	ck_assert(xpl_token_is_of(t, text, len));
	ck_assert(!xpl_token_is_of(t, text, len - 1));
	changed = scn_load("changed", text, len - 1, names, NULL);
	ck_assert(!xpl_token_apply(t, changed, &vtd_model, NULL));
	ck_assert(xpl_token_names(t, changed));
	/* The host: the same name, other answers. */
	ck_assert(xpl_token_apply(t, scn, &vtd_model, NULL));
	ck_assert(scn_host_set(scn, "linux-7.3", NULL));
	ck_assert(!xpl_token_apply(t, scn, &vtd_model, &error));
	ck_assert_ptr_nonnull(strstr(error->message, "another machine"));
	g_clear_error(&error);
	/* The token of a run on another host, or other hardware, has it run on that. */
	g_free(scn->hardware);
	scn->hardware = g_strdup("concrete");
	concrete = xpl_token_new(scn, &vtd_model, NULL);
	c = xpl_token_read(concrete, NULL);
	scn_free(scn);
	scn = load(SEED "nested-unmap.yaml");
	ck_assert(xpl_token_apply(c, scn, &vtd_model, NULL));
	ck_assert_str_eq(scn->host, "linux-7.3");
	ck_assert_str_eq(scn->hardware, "concrete");
	xpl_token_free(c);
	xpl_token_free(t);
	scn_free(changed);
	scn_free(scn);
}
END_TEST

/* ---- the program ---- */

static char *said, *complained;
static int code;

static void program(const char *const *args)
{
	const char *argv[12] = { IMS_PROGRAM, "replay" };
	GError *error = NULL;
	int status;

	for (unsigned i = 0; args[i]; i++)
		argv[2 + i] = args[i];
	g_free(said);
	g_free(complained);
	ck_assert_msg(g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_DEFAULT, NULL,
				   NULL, &said, &complained, &status, &error),
		      "%s", error ? error->message : "");
	code = WEXITSTATUS(status);
}
#define PROGRAM(...) program((const char *const[]){ __VA_ARGS__, NULL })

static void has(const char *where, const char *what)
{
	if (!strstr(where, what))
		printf("of this:\n%s", where);
	ck_assert_msg(strstr(where, what), "no '%s'", what);
}

static unsigned lines_of(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* The device has the page in its ATC only if hardware asked for it, before the unmap. */
static char *stale_by_deed(struct scn **ret_scn)
{
	static const char text[] =
		"scenario: only-by-deed\n"
		"story: Nobody touches the page before it is unmapped, and nobody invalidates it.\n"
		"refs: [\"mail 2023-12-09\"]\n"
		"vendors: [vtd, amdvi, smmuv3]\n"
		"vms: {vm0: {memory: 64M, devices: {nic: {vrid: \"01:00.0\", ats: on}}, spaces: [rx]}}\n"
		"steps:\n"
		"  - attach: {dev: nic, space: rx}\n"
		"  - map:    {space: rx, iova: 0x10000, size: 4K, gpa: buf0}\n"
		"  - checkpoint: {}\n"
		"  - unmap:  {space: rx, iova: 0x10000, size: 4K, invalidate: none}\n"
		"  - dma:    {dev: nic, iova: 0x10008, access: write}\n";
	g_autofree char *file = g_build_filename(g_get_tmp_dir(), "iommusim-token-XXXXXX", NULL);
	int fd = g_mkstemp(file);

	ck_assert(fd >= 0 && g_file_set_contents(file, text, -1, NULL));
	close(fd);
	*ret_scn = load(file);
	return g_steal_pointer(&file);
}

/* The instant at which the step on @line returns, and how many there are. */
struct instants {
	uint32_t line, at, count;
};

static void on_instant(void *ctx, struct scn_run *run, uint32_t number, enum ims_instant instant,
		       struct ims_hw *hw, const uint64_t *words)
{
	struct instants *i = ctx;

	(void)hw, (void)words;
	if (instant == IMS_INSTANT_RETURN && run->step->mark.line == i->line)
		i->at = number;
	i->count++;
}

static uint32_t return_of(const struct scn *scn, const struct ims_model *m, uint32_t line)
{
	struct scn_run *run = scn_run_new(scn, m, NULL, NULL);
	struct instants i = { .line = line };

	run->observer = (struct scn_observer){ .ctx = &i, .before = on_instant };
	ck_assert(scn_run_steps(run, NULL));
	scn_run_free(run);
	ck_assert_uint_gt(i.at, 0);
	return i.at;
}

START_TEST(the_program_replays)
{
	const struct ims_model *m = models[_i];
	struct scn *scn;
	g_autofree char *file = stale_by_deed(&scn), *plain = xpl_token_new(scn, m, NULL),
			*token = NULL;
	struct scn_deed deed = { .kind = SCN_DEED_LOOK,
				 .look = { .ctx = IMS_CTX_NONE,
					   .addr = 0x10000,
					   .access = IMS_ACCESS_READ,
					   .ats = true } };
	struct chk_result *r;

	deed.at = return_of(scn, m, 9);
	token = xpl_token_new(scn, m, &(struct scn_deeds){ .list = &deed, .count = 1 });
	/* Without the deed there is nothing to be found. */
	PROGRAM(plain, file);
	ck_assert_int_eq(code, 0);
	has(said, "pass  only-by-deed");
	PROGRAM(token, file);
	ck_assert_int_eq(code, 1);
	has(said, "FAIL  only-by-deed");
	has(said, "stale in the atc of vm0.nic, iova 0x10000");
	has(said, "  repeat: iommusim replay v1.");
	has(said, token);
	/* As the library has it. */
	r = chk_run_deeds(scn, m, &(struct scn_deeds){ .list = &deed, .count = 1 }, NULL, NULL);
	ck_assert_int_eq(r->verdict, CHK_FAIL);
	ck_assert_uint_eq(r->findings->len, 1);
	chk_result_free(r);
	PROGRAM("--format", "json", token, file);
	ck_assert_int_eq(code, 1);
	has(said, "\"kind\": \"stale\"");
	scn_free(scn);
	remove(file);
}
END_TEST

START_TEST(the_log_is_shown)
{
	struct scn *scn;
	g_autofree char *file = stale_by_deed(&scn), *token = xpl_token_new(scn, &vtd_model, NULL);

	PROGRAM("--dump", "-q", token, file);
	ck_assert_int_eq(code, 0);
	has(said, "begins step 4");
	has(said, "device 0 writes iova 0x10008, as requester");
	ck_assert(g_str_has_prefix(said, "t1 "));
	/* A line each, up to the event. */
	PROGRAM("--dump", "-q", "--until", "t30", token, file);
	ck_assert_uint_eq(lines_of(said), 30);
	PROGRAM("--dump", "-q", "--until", "30", token, file);
	ck_assert_uint_eq(lines_of(said), 30);
	PROGRAM("--dump", "--format", "json", "--until", "2", token, file);
	has(said, "\"event\": 2");
	ck_assert_ptr_null(strstr(said, "\"event\": 3"));
	PROGRAM("--until", "x", token, file);
	ck_assert_int_eq(code, 2);
	has(complained, "--until x");
	scn_free(scn);
	remove(file);
}
END_TEST

START_TEST(what_does_not_fit_is_told)
{
	struct scn *scn;
	const struct scn_deed late = { .at = 1u << 20, .look = { .addr = 0, .access = 1 } };
	g_autofree char *file = stale_by_deed(&scn), *token = xpl_token_new(scn, &vtd_model, NULL),
			*never = xpl_token_new(scn, &vtd_model,
					       &(struct scn_deeds){ .list = &late, .count = 1 });
	FILE *stream;

	PROGRAM(never, file);
	ck_assert_int_eq(code, 2);
	has(said, "does not fit this run: it is over by then");
	PROGRAM(token, IMS_SOURCE_DIR "/scenarios/seed");
	ck_assert_int_eq(code, 2);
	has(complained, "no scenario has the text that the token is of");
	has(complained, "/scenarios/seed'");
	stream = fopen(file, "a");
	fputs("# a word more\n", stream);
	fclose(stream);
	PROGRAM(token, file);
	ck_assert_int_eq(code, 2);
	has(complained, "has changed since the token was made");
	PROGRAM("--vendor", "vtd", token, file);
	ck_assert_int_eq(code, 2);
	has(complained, "--vendor is of recordings");
	PROGRAM("v1.abc", file);
	ck_assert_int_eq(code, 2);
	has(complained, "the token is cut short");
	scn_free(scn);
	remove(file);
}
END_TEST

static int by_hand(char **argv)
{
	struct scn *scn = scn_load(argv[1], NULL, 0, names, NULL);

	for (unsigned i = 0; scn && i < G_N_ELEMENTS(models); i++) {
		g_autofree char *token = xpl_token_new(scn, models[i], NULL);

		if (!strcmp(models[i]->name, argv[2]))
			printf("%s\n", token);
	}
	scn_free(scn);
	return !scn;
}

int main(int argc, char **argv)
{
	Suite *s;
	TCase *t;

	if (argc == 3)
		return by_hand(argv);
	s = suite_create("token");
	t = tcase_create("token");
	tcase_set_timeout(t, 240);
	tcase_add_test(t, numbers);
	tcase_add_test(t, numbers_in_one_way);
	tcase_add_test(t, letters);
	tcase_add_test(t, what_is_written_is_read);
	tcase_add_test(t, damage_is_told);
	tcase_add_test(t, other_times_are_told);
	tcase_add_loop_test(t, the_program_replays, 0, (int)G_N_ELEMENTS(models));
	tcase_add_test(t, the_log_is_shown);
	tcase_add_test(t, what_does_not_fit_is_told);
	suite_add_tcase(s, t);
	return tests_run(s);
}
