/* SPDX-License-Identifier: MIT */
/*
 * Deeds of hardware in a run: what a look-up that nobody asked for finds and fills, a command that
 * takes effect before its wait, the instants before which they are done, and those that do not fit.
 */
#include <string.h>

#include "sim/check/check.h"
#include "tests/run.h"

extern const struct ims_model vtd_model, amdvi_model, smmuv3_model;
static const struct ims_model *const models[] = { &vtd_model, &amdvi_model, &smmuv3_model };
static const char *const names[] = { "vtd", "amdvi", "smmuv3", NULL };

static const char text[] =
	"scenario: deeds\n"
	"story: A page is mapped, used and unmapped.\n"
	"refs: [\"mail 2023-12-09\"]\n"
	"vendors: [vtd, amdvi, smmuv3]\n"
	"vms:\n"
	"  vm0: {devices: {nic: {vrid: \"01:00.0\", ats: on}, disk: {vrid: \"02:00.0\"}}, spaces: [rx]}\n"
	"steps:\n"
	"  - attach: {dev: nic, space: rx}\n" /* line 8 */
	"  - attach: {dev: disk, space: rx}\n"
	"  - map:    {space: rx, iova: 0x10000, size: 8K, gpa: 0x200000}\n"
	"  - dma:    {dev: disk, iova: 0x10008, access: write, expect: {gpa: 0x200008}}\n"
	"  - checkpoint: {}\n" /* line 12 */
	"  - unmap:  {space: rx, iova: 0x10000, size: 4K}\n"
	"  - dma:    {dev: disk, iova: 0x11008, access: write, expect: {gpa: 0x201008}}\n";
enum { LINE_CHECKPOINT = 12, LINE_UNMAP = 13, NIC = 0, DISK = 1 };

static struct scn *scenario_of(const char *source)
{
	GError *error = NULL;
	struct scn *scn = scn_load("deeds.yaml", source, strlen(source), names, &error);

	ck_assert_msg(scn, "%s", error ? error->message : "");
	return scn;
}

static struct scn *scenario(void)
{
	return scenario_of(text);
}

/* ---- instants ---- */

struct instant {
	enum ims_instant kind;
	uint32_t line, unit, ring, time;
	uint32_t pending[IMS_PENDING]; /* times of consumption, of the ring at hand */
	uint32_t pending_count;
	uint64_t words[2];
};

static void note(void *ctx, struct scn_run *run, uint32_t number, enum ims_instant kind,
		 struct ims_hw *hw, const uint64_t *words)
{
	const struct ims_ring *r = ims_hw_ring(hw);
	GArray *all = ctx;
	struct instant i = { .kind = kind,
			     .line = run->step->mark.line,
			     .unit = hw->number,
			     .ring = hw->ring,
			     .time = run->world->time,
			     .pending_count = r->pending_count };

	ck_assert_uint_eq(number, all->len);
	for (uint32_t k = 0; k < r->pending_count; k++)
		i.pending[k] = r->pending[k].when;
	if (words)
		memcpy(i.words, words, sizeof(i.words));
	g_array_append_val(all, i);
}

static const struct instant *at(const GArray *all, guint i)
{
	return &g_array_index(all, struct instant, i);
}

/* A run, done; its instants in @all if that is not NULL. */
static struct scn_run *run_with(const struct scn *scn, const struct ims_model *m,
				const struct scn_deed *list, uint32_t count, GArray *all,
				GError **error)
{
	const struct scn_deeds deeds = { .list = list, .count = count };
	struct scn_run *run = scn_run_new(scn, m, &(struct scn_variant){ .deeds = &deeds }, error);

	if (!run)
		return NULL;
	if (all)
		run->observer = (struct scn_observer){ .ctx = all, .before = note };
	if (scn_run_steps(run, error)) {
		run->variant.deeds = NULL;
		return run;
	}
	scn_run_free(run);
	return NULL;
}

static GArray *instants_of(const struct scn *scn, const struct ims_model *m)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct instant));
	struct scn_run *run = run_with(scn, m, NULL, 0, all, NULL);

	ck_assert_ptr_nonnull(run);
	scn_run_free(run);
	return all;
}

static uint32_t find(const GArray *all, enum ims_instant kind, uint32_t line)
{
	for (guint i = 0; i < all->len; i++)
		if (at(all, i)->kind == kind && at(all, i)->line == line)
			return i;
	ck_abort_msg("no such instant");
	return 0;
}

START_TEST(instants_are_counted)
{
	struct scn *scn = scenario();
	GArray *all = instants_of(scn, models[_i]);
	uint32_t begin = find(all, IMS_INSTANT_STEP, LINE_UNMAP), count[IMS_INSTANT_MAX] = { 0 };

	/* What is set up before the first step does not count. */
	ck_assert_int_eq(at(all, 0)->kind, IMS_INSTANT_STEP);
	ck_assert_uint_gt(at(all, 0)->time, 0);
	for (guint i = 0; i < all->len; i++)
		count[at(all, i)->kind]++;
	ck_assert_uint_eq(count[IMS_INSTANT_STEP], scn->steps->len);
	ck_assert_uint_eq(count[IMS_INSTANT_RETURN], scn->steps->len);
	ck_assert_int_eq(at(all, all->len - 1)->kind, IMS_INSTANT_RETURN);
	/* An unmap: a store, commands of the guest's unit and the physical one, the return. */
	ck_assert_int_eq(at(all, begin + 1)->kind, IMS_INSTANT_STORE);
	ck_assert_int_eq(at(all, begin + 2)->kind, IMS_INSTANT_COMMAND);
	ck_assert_uint_gt(count[IMS_INSTANT_COMMAND], 4);
	g_array_unref(all);
	scn_free(scn);
}
END_TEST

/* ---- look-ups ---- */

static struct scn_deed look(uint32_t before, uint32_t dev, uint64_t addr, uint64_t choices)
{
	return (struct scn_deed){ .at = before,
				  .kind = SCN_DEED_LOOK,
				  .look = { .dev = dev,
					    .ctx = IMS_CTX_NONE,
					    .addr = addr,
					    .access = IMS_ACCESS_READ,
					    .ats = dev == NIC,
					    .choices = choices,
					    .choices_count = SCN_DEED_CHOICES } };
}

struct shown {
	uint32_t from, end; /* events of a look-up that stands under nothing, and all under it */
	uint32_t of[IMS_EV_MAX];
};

static uint32_t root_of(const struct scn_run *run, uint32_t n)
{
	const struct ims_event *e = ims_log_at(&run->log, n);

	for (; e->parent; e = ims_log_at(&run->log, n))
		n = e->parent;
	return n;
}

/* What came of the deed: the events under the first root event at or after @from that is no step's. */
static struct shown shown_of(const struct scn_run *run, uint32_t from)
{
	struct shown s = { 0 };

	for (uint32_t n = from; n - run->log.first < run->log.count; n++) {
		const struct ims_event *e = ims_log_at(&run->log, n);

		if (!s.from && !e->parent && e->kind != IMS_EV_STEP)
			s.from = n;
		if (!s.from || root_of(run, n) != s.from)
			continue;
		s.of[e->kind]++;
		s.end = n;
	}
	return s;
}

START_TEST(a_look_up_fills)
{
	const struct ims_model *m = models[_i];
	struct scn *scn = scenario();
	GArray *all = instants_of(scn, m);
	uint32_t before = find(all, IMS_INSTANT_RETURN, LINE_CHECKPOINT);
	struct scn_deed d = look(before, NIC, 0x10000, 0);
	struct scn_run *run = run_with(scn, m, &d, 1, NULL, NULL);
	struct shown s = shown_of(run, at(all, before)->time);
	const struct ims_event *first = ims_log_at(&run->log, s.from);

	/* A device that asks: its access, in the step that is going on. */
	ck_assert_int_eq(first->kind, IMS_EV_DMA);
	ck_assert_uint_eq(first->line, LINE_CHECKPOINT);
	ck_assert_uint_eq(first->actor, IMS_ACTOR_DEVICE);
	ck_assert_uint_eq(s.of[IMS_EV_HIT], 0);
	ck_assert_uint_gt(s.of[IMS_EV_READ], 4);
	ck_assert_uint_gt(s.of[IMS_EV_FILL], 3);
	scn_run_free(run);
	/* The unit by itself, for a page that the disk's access has all but the leaf of. */
	d = look(before, DISK, 0x11000, ~UINT64_C(0));
	run = run_with(scn, m, &d, 1, NULL, NULL);
	s = shown_of(run, at(all, before)->time);
	first = ims_log_at(&run->log, s.from);
	ck_assert_int_eq(first->kind, IMS_EV_LOOKUP);
	ck_assert_uint_eq(first->actor, IMS_ACTOR_HARDWARE);
	ck_assert_uint_gt(s.of[IMS_EV_HIT], 1);
	ck_assert_uint_eq(s.of[IMS_EV_EVICT], 0);
	scn_run_free(run);
	g_array_unref(all);
	scn_free(scn);
}
END_TEST

START_TEST(what_serves_is_chosen)
{
	const struct ims_model *m = models[_i];
	struct scn *scn = scenario();
	GArray *all = instants_of(scn, m);
	uint32_t before = find(all, IMS_INSTANT_RETURN, LINE_CHECKPOINT), found = 0;

	/* All that is cached serves: nothing is read. Nothing does: all is read and kept anew. */
	for (unsigned n = 0; n < 2; n++) {
		struct scn_deed d = look(before, DISK, 0x10000, n ? 0 : ~UINT64_C(0));
		struct scn_run *run = run_with(scn, m, &d, 1, NULL, NULL);
		struct shown s = shown_of(run, at(all, before)->time);

		if (!n) {
			ck_assert_uint_eq(s.of[IMS_EV_READ], 0);
			ck_assert_uint_eq(s.of[IMS_EV_FILL], 0);
			found = s.of[IMS_EV_HIT];
			ck_assert_uint_gt(found, 0);
		} else {
			ck_assert_uint_eq(s.of[IMS_EV_HIT], 0);
			ck_assert_uint_gt(s.of[IMS_EV_READ], 0);
			/* What has the same key goes before. */
			ck_assert_uint_gt(s.of[IMS_EV_EVICT], found);
			ck_assert_uint_le(s.of[IMS_EV_EVICT], s.of[IMS_EV_FILL]);
		}
		scn_run_free(run);
	}
	/* One bit for each: the last look-up of those that were made is passed over alone. */
	for (uint32_t bit = 0; bit < found; bit++) {
		struct scn_deed d =
			look(before, DISK, 0x10000, ~UINT64_C(0) & ~(UINT64_C(1) << bit));
		struct scn_run *run = run_with(scn, m, &d, 1, NULL, NULL);
		struct shown s = shown_of(run, at(all, before)->time);

		ck_assert_uint_ge(s.of[IMS_EV_EVICT], 1);
		ck_assert_uint_ge(s.of[IMS_EV_HIT], bit);
		/* The same by a choice that ends there. */
		d.look.choices = ~UINT64_C(0);
		d.look.choices_count = (uint8_t)bit;
		scn_run_free(run);
		run = run_with(scn, m, &d, 1, NULL, NULL);
		s = shown_of(run, at(all, before)->time);
		ck_assert_uint_eq(s.of[IMS_EV_HIT], bit);
		scn_run_free(run);
	}
	g_array_unref(all);
	scn_free(scn);
}
END_TEST

/* Of what is read the bits say what is kept: all but the last, and the last alone. */
START_TEST(what_is_kept_is_chosen)
{
	const struct ims_model *m = models[_i];
	struct scn *scn = scenario();
	GArray *all = instants_of(scn, m);
	uint32_t before = find(all, IMS_INSTANT_RETURN, LINE_CHECKPOINT), fills;
	struct scn_deed d = look(before, DISK, 0x10000, 0);
	struct scn_run *run = run_with(scn, m, &d, 1, NULL, NULL);
	struct shown s = shown_of(run, at(all, before)->time);

	fills = s.of[IMS_EV_FILL];
	ck_assert_uint_gt(fills, 3);
	scn_run_free(run);
	for (unsigned n = 0; n < 2; n++) {
		const struct ims_event *e = NULL;

		d.look.forgets = UINT64_C(1) << (fills - 1);
		if (n)
			d.look.forgets = ~d.look.forgets;
		run = run_with(scn, m, &d, 1, NULL, NULL);
		s = shown_of(run, at(all, before)->time);
		ck_assert_uint_eq(s.of[IMS_EV_FILL], n ? 1 : fills - 1);
		for (uint32_t i = s.from; i <= s.end; i++)
			if (ims_log_at(&run->log, i)->kind == IMS_EV_FILL)
				e = ims_log_at(&run->log, i);
		/* The outcome comes last. */
		ck_assert_int_eq(n, (e->a[0] & 0xff) == m->iotlb);
		scn_run_free(run);
	}
	g_array_unref(all);
	scn_free(scn);
}
END_TEST

/* Of a fault nobody is told, and nothing but what is cached is another run than without it. */
START_TEST(nobody_is_told)
{
	const struct ims_model *m = models[_i];
	struct scn *scn = scenario();
	GArray *all = instants_of(scn, m),
	       *again = g_array_new(FALSE, FALSE, sizeof(struct instant));
	uint32_t before = find(all, IMS_INSTANT_RETURN, LINE_CHECKPOINT);
	struct scn_deed d = look(before, DISK, 0x7000000, 0);
	struct scn_run *run = run_with(scn, m, &d, 1, again, NULL);
	struct shown s = shown_of(run, at(all, before)->time);
	const struct ims_event *last = ims_log_at(&run->log, s.end);

	ck_assert_int_eq(last->kind, IMS_EV_ANSWER);
	ck_assert_uint_ne(last->n, 0);
	ck_assert_uint_eq(s.of[IMS_EV_FAULT] + s.of[IMS_EV_STALL] + s.of[IMS_EV_WRITE] +
				  s.of[IMS_EV_SIGNAL] + s.of[IMS_EV_REG],
			  0);
	/* The same instants, later by what the deed took; the deed comes before what is told. */
	ck_assert_uint_eq(again->len, all->len);
	ck_assert_uint_eq(at(again, before - 1)->time, at(all, before - 1)->time);
	ck_assert_uint_eq(at(again, before)->time, at(all, before)->time + (s.end - s.from + 1));
	for (guint i = 0; i < all->len; i++)
		ck_assert(at(all, i)->kind == at(again, i)->kind &&
			  at(all, i)->unit == at(again, i)->unit &&
			  at(all, i)->line == at(again, i)->line);
	g_array_unref(again);
	g_array_unref(all);
	scn_run_free(run);
	scn_free(scn);
}
END_TEST

/* ---- commands ---- */

/* The instant at which what is pending at another, as number @n, was consumed. */
static uint32_t consumed(const GArray *all, uint32_t wait, uint32_t n)
{
	for (guint i = wait; i-- > 0;)
		if (at(all, i)->kind == IMS_INSTANT_COMMAND && !at(all, i)->unit &&
		    at(all, i)->time + 1 == at(all, wait)->pending[n])
			return i;
	ck_abort_msg("it was never consumed");
	return 0;
}

/* Entries that the command consumed at @when drops until event @end. */
static uint32_t drops(const struct scn_run *run, uint32_t when, uint32_t end)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < run->log.count && run->log.first + i <= end; i++)
		n += run->log.events[i].kind == IMS_EV_DROP && run->log.events[i].a[1] == when;
	return n;
}

/*
 * The last command of the physical unit before which others wait, at least @count of them: as a rule
 * it is the wait for them. @plain: a run in which the first has an effect, or NULL.
 */
static uint32_t last_wait(const GArray *all, const struct scn_run *plain, uint32_t count)
{
	for (guint i = all->len; i-- > 0;)
		if (at(all, i)->kind == IMS_INSTANT_COMMAND && !at(all, i)->unit &&
		    at(all, i)->pending_count >= count &&
		    (!plain || drops(plain, at(all, i)->pending[0], UINT32_MAX)))
			return i;
	ck_abort_msg("nothing waits");
	return 0;
}

START_TEST(a_command_takes_effect_early)
{
	const struct ims_model *m = models[_i];
	struct scn *scn = scenario();
	GArray *all = instants_of(scn, m),
	       *again = g_array_new(FALSE, FALSE, sizeof(struct instant));
	struct scn_run *plain = run_with(scn, m, NULL, 0, NULL, NULL);
	uint32_t wait = last_wait(all, plain, 1), when = at(all, wait)->pending[0];
	struct scn_deed d = { .at = wait,
			      .kind = SCN_DEED_EFFECT,
			      .command = consumed(all, wait, 0) };
	GError *error = NULL;
	struct scn_run *early = run_with(scn, m, &d, 1, again, &error);
	struct chk_result *r;

	ck_assert_msg(early, "%s", error ? error->message : "");
	/* As much as by the wait, and before that is consumed; it is not pending any more. */
	ck_assert_uint_eq(drops(plain, when, at(all, wait)->time), 0);
	ck_assert_uint_gt(drops(plain, when, UINT32_MAX), 0);
	ck_assert_uint_eq(drops(early, when, at(again, wait)->time),
			  drops(plain, when, UINT32_MAX));
	ck_assert_uint_eq(drops(early, when, UINT32_MAX), drops(plain, when, UINT32_MAX));
	ck_assert_uint_eq(at(again, wait)->pending_count, at(all, wait)->pending_count - 1);
	scn_run_free(plain);
	scn_run_free(early);
	r = chk_run_deeds(scn, m, &(struct scn_deeds){ .list = &d, .count = 1 }, NULL, NULL);
	ck_assert_int_eq(r->verdict, CHK_PASS);
	chk_result_free(r);
	/* Once only, and not when it is complete. */
	ck_assert_ptr_null(run_with(scn, m, (struct scn_deed[]){ d, d }, 2, NULL, &error));
	ck_assert_ptr_nonnull(strstr(error->message, "deed 1 of hardware"));
	ck_assert_ptr_nonnull(strstr(error->message, "it is not pending"));
	g_clear_error(&error);
	d.at = all->len - 1;
	ck_assert_ptr_null(run_with(scn, m, &d, 1, NULL, &error));
	ck_assert_ptr_nonnull(strstr(error->message, "it is not pending"));
	g_clear_error(&error);
	g_array_unref(again);
	g_array_unref(all);
	scn_free(scn);
}
END_TEST

/* A device's invalidation is executed behind the unit's, VT-d 5.10 section 6.5.2.12. */
START_TEST(order_holds)
{
	/* With a PASID: of the invalidation without one the section says nothing. */
	g_auto(GStrv) parts = g_strsplit(text, "{dev: nic, space: rx}", 2);
	g_autofree char *source = g_strjoinv("{dev: nic, space: rx, pasid: 1}", parts);
	struct scn *scn = scenario_of(source);
	bool batches = scn_host_set(scn, "linux-7.3", NULL);
	GArray *all = instants_of(scn, &vtd_model);
	uint32_t wait = last_wait(all, NULL, 2);
	struct scn_run *run;
	struct scn_deed list[2] = {
		{ .at = wait, .kind = SCN_DEED_EFFECT, .command = consumed(all, wait, 1) },
	};
	GError *error = NULL;

	ck_assert(batches);
	ck_assert_ptr_null(run_with(scn, &vtd_model, list, 1, NULL, &error));
	ck_assert_ptr_nonnull(strstr(error->message, "the unit executes another first"));
	g_clear_error(&error);
	/* When that is done, it may. */
	list[1] = list[0];
	list[0].command = consumed(all, wait, 0);
	run = run_with(scn, &vtd_model, list, 2, NULL, &error);
	ck_assert_msg(run, "%s", error ? error->message : "");
	scn_run_free(run);
	g_array_unref(all);
	scn_free(scn);
}
END_TEST

/* ---- what does not fit ---- */

static const struct {
	struct scn_deed deed;
	const char *why;
} misfits[] = {
	{ { .look = { .dev = 9, .access = 1 } }, "there is no such device" },
	{ { .unit = 7, .look = { .access = 1 } }, "there is no such unit" },
	{ { .look = { .dev = DISK, .access = 1, .ats = true } }, "the device has no ATS" },
	{ { .look = { .dev = DISK, .access = 0 } }, "there is no such access" },
	{ { .look = { .dev = DISK, .access = 4 } }, "there is no such access" },
	{ { .look = { .dev = DISK, .access = 1, .kind = IMS_REQ_TRANSLATED } },
	  "there is no such access" },
	{ { .look = { .dev = DISK, .access = 1, .alias = true } }, "no other requester id" },
	{ { .look = { .dev = DISK, .access = 1, .choices_count = 65 } }, "too many look-ups" },
	{ { .kind = 2 }, "there is no such deed" },
	{ { .at = 9, .kind = SCN_DEED_EFFECT, .command = 9 }, "the command comes later" },
	{ { .at = 9, .kind = SCN_DEED_EFFECT, .ring = 60 }, "there is no such ring" },
	{ { .at = 9, .kind = SCN_DEED_EFFECT, .command = 0 }, "no command is consumed" },
	{ { .at = 1u << 30, .look = { .access = 1 } }, "it is over by then" },
};

START_TEST(misfits_are_told)
{
	struct scn *scn = scenario();
	GError *error = NULL;

	ck_assert_ptr_null(run_with(scn, &vtd_model, &misfits[_i].deed, 1, NULL, &error));
	ck_assert_ptr_nonnull(strstr(error->message, "deeds.yaml: error: deed 0 of hardware"));
	ck_assert_msg(strstr(error->message, misfits[_i].why) != NULL, "%s", error->message);
	g_clear_error(&error);
	scn_free(scn);
}
END_TEST

START_TEST(order_of_deeds)
{
	const struct scn_deed list[] = { { .at = 2, .look = { .access = 1 } },
					 { .at = 1, .look = { .access = 1 } } };
	struct scn *scn = scenario();
	GError *error = NULL;

	ck_assert_ptr_null(run_with(scn, &vtd_model, list, 2, NULL, &error));
	ck_assert_ptr_nonnull(strstr(error->message, "deed 1"));
	ck_assert_ptr_nonnull(strstr(error->message, "it is out of order"));
	g_clear_error(&error);
	scn_free(scn);
}
END_TEST

/*
 * A fetch that a step has begun is for the request that comes next, whatever hardware looks up before:
 * that reads what there is now, and the device is told of what was torn.
 */
START_TEST(a_begun_fetch_is_left)
{
	GError *error = NULL;
	struct scn *scn = scn_load(IMS_SOURCE_DIR "/scenarios/vtd/torn-entry-zeroed.yaml", NULL, 0,
				   names, &error);
	const struct scn_step *last = g_ptr_array_index(scn->steps, scn->steps->len - 1);
	GArray *all = instants_of(scn, &vtd_model);
	const struct scn_deed d = { .at = find(all, IMS_INSTANT_STEP, last->mark.line),
				    .look = { .ctx = IMS_CTX_NONE, .addr = 0x10000, .access = 1 } };
	struct scn_run *run = run_with(scn, &vtd_model, &d, 1, NULL, &error);
	struct shown s = shown_of(run, at(all, d.at)->time);
	const struct ims_event *answer = ims_log_at(&run->log, s.end);

	/* It has found the entry absent; what the step expects is another fault. */
	ck_assert_int_eq(answer->kind, IMS_EV_ANSWER);
	ck_assert_str_eq(ims_model_fault(&vtd_model, (uint16_t)answer->n)->name, "SPT.2");
	ck_assert_uint_eq(run->unmet_all->len, 0);
	scn_run_free(run);
	g_array_unref(all);
	scn_free(scn);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("deeds");
	TCase *t = tcase_create("deeds");
	int vendors = (int)G_N_ELEMENTS(models);

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, instants_are_counted, 0, vendors);
	tcase_add_loop_test(t, a_look_up_fills, 0, vendors);
	tcase_add_loop_test(t, what_serves_is_chosen, 0, vendors);
	tcase_add_loop_test(t, what_is_kept_is_chosen, 0, vendors);
	tcase_add_loop_test(t, nobody_is_told, 0, vendors);
	tcase_add_loop_test(t, a_command_takes_effect_early, 0, vendors);
	tcase_add_test(t, order_holds);
	tcase_add_loop_test(t, misfits_are_told, 0, (int)G_N_ELEMENTS(misfits));
	tcase_add_test(t, order_of_deeds);
	tcase_add_test(t, a_begun_fetch_is_left);
	suite_add_tcase(s, t);
	return tests_run(s);
}
