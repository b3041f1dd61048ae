/* SPDX-License-Identifier: MIT */
#include "sim/scenario/replay.h"

#include <string.h>

#include "sim/core/bits.h"

#define PAGE UINT64_C(4096)
#define MEMORY                                                                                     \
	(UINT64_C(1) << 32) /* of the VM; its tables stand at the top, above what was recorded */

static bool unit_of(void *ctx, const uint64_t *qw, unsigned n, struct rec_unit *ret)
{
	const struct ims_model *m = ctx;
	uint64_t words[IMS_CMD_WORDS] = { 0 };
	const struct ims_cmd_row *row;
	struct ims_cmd cmd;

	memcpy(words, qw, n * sizeof(*qw));
	if (ims_cmd_decode(m, NULL, words, &cmd)) {
		ret->error = "the vendor has no such command";
		return false;
	}
	row = &m->rows[cmd.row];
	if (row->kind == IMS_CMD_WAIT)
		ret->kind = REC_UNIT_SYNC;
	else if (row->ranged && row->match[0].source && row->match[0].cache == m->iotlb)
		*ret = (struct rec_unit){ .kind = REC_UNIT_PAGES,
					  .tag = m->guest_tag == IMS_GUEST_TAG_CTX ? cmd.ctx :
										     cmd.dom,
					  .leaf_only = cmd.leaf_only,
					  .first = cmd.first,
					  .last = cmd.last };
	return true;
}

void rep_vendor(const struct ims_model *model, struct rec_vendor *ret)
{
	*ret = (struct rec_vendor){ .units = (enum rec_units)model->recording_units,
				    .answer = (enum rec_answer)model->recording_answer,
				    .unit = unit_of,
				    .ctx = (void *)(uintptr_t)model };
}

static void *grow_log(void *old, size_t bytes)
{
	return g_realloc(old, bytes);
}

static const struct rec_event *event_at(const struct rec_program *prog, guint i)
{
	return &g_array_index(prog->events, struct rec_event, i);
}

/* Of bare metal the unit is an emulated one, as guests have it. */
static void set_params(struct rep_run *run)
{
	const struct ims_model *m = run->model;

	for (unsigned i = 0; i < m->params_count; i++)
		run->params[i] = m->params[i].value;
	for (unsigned i = 0; m->recording_s2 && i < m->guest_params_count; i++)
		run->params[m->guest_params[i].param] = m->guest_params[i].value;
	for (unsigned i = 0; i < run->options.set_count; i++)
		run->params[run->options.set[i].param] = run->options.set[i].value;
}

static void size_world(struct rep_run *run)
{
	uint32_t cells = 1u << 15, entries = run->prog->counts.xlats + 64;

	for (guint i = 0; i < run->prog->events->len; i++) {
		const struct rec_event *e = event_at(run->prog, i);

		cells += e->kind == REC_MAP ? (uint32_t)(e->size / PAGE) * 6 :
			 e->kind == REC_CMD ? 16 :
					      0;
	}
	run->config = (struct ims_world_config){
		.model = run->model, .cells = cells, .units_count = 2, .seed = 1
	};
	set_params(run);
	for (uint32_t u = 0; u < 2; u++) {
		run->config.units[u].guest = u;
		run->config.units[u].params = run->params;
		run->config.units[u].ring_lg2 = 7;
		run->config.units[u].walk_caches = !run->options.no_walk_caches;
		run->config.units[u].fragment_lg2 = run->model->recording_answer ==
									    REC_ANSWER_LEAF &&
								    !run->options.small_entries ?
							    0 :
							    12;
		for (unsigned c = 0; c < run->model->caches_count; c++)
			run->config.units[u].caches[c].entries = entries;
	}
}

/* The space of a tag is found by its place among the tags in the order of their devices. */
static uint32_t space_of(const struct rep_run *run, uint32_t tag)
{
	for (uint32_t i = 0; i < run->h->spaces_count; i++)
		if (run->h->spaces[i].tag == tag)
			return i;
	return IMS_NONE;
}

static void fill_hyp_config(const struct rep_run *run, struct hyp_config *c)
{
	c->model = run->model;
	c->world = run->world;
	c->policy = run->options.policy;
	c->uapi = run->options.uapi;
	c->bare_stage = run->model->recording_s2 ? 2 : run->options.bare ? 1 : 0;
	c->vms_count = 1;
	c->vm_memory[0] = MEMORY;
	for (guint i = 0; i < run->prog->sid_tags->len; i++) {
		const struct rec_sid_tag *st =
			&g_array_index(run->prog->sid_tags, struct rec_sid_tag, i);
		uint32_t space = 0;

		c->devices[c->devices_count++] = (struct hyp_device){ .vrid = st->sid };
		while (space < c->spaces_count && c->space_tag[space] != st->tag)
			space++;
		if (space == c->spaces_count)
			c->space_tag[c->spaces_count++] = st->tag;
	}
}

struct rep_run *rep_run_new(const struct rec_program *prog, const struct ims_model *model,
			    const struct rep_options *options, GError **error)
{
	g_autofree struct hyp_config *config = g_new0(struct hyp_config, 1);
	struct rep_run *run;

	if (prog->sid_tags->len > HYP_DEVICES || !prog->sid_tags->len) {
		g_set_error(
			error, SCN_ERROR, SCN_ERROR_CONTENT,
			"%s: error: a recording of 1 to %d devices can be replayed, this one has %u",
			prog->file, HYP_DEVICES, prog->sid_tags->len);
		return NULL;
	}
	run = g_new0(struct rep_run, 1);
	run->prog = prog;
	run->model = model;
	run->options = *options;
	size_world(run);
	run->world = g_aligned_alloc0(1, ims_world_bytes(&run->config), IMS_WORLD_ALIGN);
	ims_world_init(run->world, &run->config);
	run->by_row = g_new0(uint32_t, model->rows_count);
	run->async = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	run->log.grow = grow_log;
	run->log.first = 1;
	fill_hyp_config(run, config);
	config->log = &run->log;
	run->h = g_new0(struct hyp, 1);
	hyp_init(run->h, config);
	return run;
}

void rep_run_free(struct rep_run *run)
{
	if (!run)
		return;
	g_free(run->log.events);
	g_aligned_free(run->world);
	g_free(run->h);
	g_free(run->by_row);
	g_array_unref(run->async);
	g_free(run);
}

/* ---- events ---- */

static uint32_t begin(struct rep_run *run, const struct rec_event *e, enum ims_actor actor)
{
	struct ims_hw hand = *hyp_hand(run->h);
	uint32_t step;

	hand.cause = 0;
	hand.line = e->line;
	hand.actor = (uint8_t)actor;
	step = ims_emit(&hand, IMS_EV_STEP, e->line, 0, 0, 0, 0);
	hyp_step(run->h, step, e->line);
	return step;
}

static bool trouble(const struct rep_run *run, const struct rec_event *e, GError **error,
		    const char *why)
{
	g_set_error(error, SCN_ERROR, SCN_ERROR_CONTENT, "%s:%u:1: error: %s", run->prog->file,
		    e->line, why);
	return false;
}

static bool on_map(struct rep_run *run, const struct rec_event *e, GError **error)
{
	uint32_t space = space_of(run, e->tag);
	struct hyp_table t = hyp_space_table(run->h, space);

	begin(run, e, IMS_ACTOR_GUEST);
	hyp_back(run->h, 0, e->pa, e->size);
	if (hyp_table_map(&t, e->iova, e->size, e->pa, IMS_R | IMS_W,
			  run->options.small_leaves ? 12 : 30, false) != HYP_TABLE_OK)
		return trouble(run, e, error,
			       "this mapping overlaps one that stands there already");
	return true;
}

/* Tables were freed only where the unit's command says so. */
static void on_unmap(struct rep_run *run, const struct rec_event *e, bool leaf_only)
{
	struct hyp_table t = hyp_space_table(run->h, space_of(run, e->tag));
	uint32_t step = begin(run, e, IMS_ACTOR_GUEST);
	bool freed;

	/* Pages that no device ever asked for were never mapped. */
	hyp_table_unmap(&t, e->iova, e->size, leaf_only ? HYP_FREE_NONE : HYP_FREE_EMPTY, &freed);
	g_array_append_val(run->async, step);
}

/* Does the next command name leaf entries only; it is that of the unmap at @i. */
static bool unit_leaf_only(const struct rep_run *run, guint i)
{
	uint64_t words[IMS_CMD_WORDS] = { 0 };
	struct ims_cmd cmd = { 0 };

	while (i < run->prog->events->len && event_at(run->prog, i)->kind != REC_CMD)
		i++;
	if (i == run->prog->events->len)
		return true;
	memcpy(words, event_at(run->prog, i)->qw, sizeof(words));
	return !ims_cmd_decode(run->model, NULL, words, &cmd) && cmd.leaf_only;
}

static void claim_unmaps(struct rep_run *run)
{
	struct ims_hw hand = *hyp_hand(run->h);

	hand.actor = IMS_ACTOR_GUEST;
	ims_emit(&hand, IMS_EV_WAITED, 0, 0, 0, 0, 0);
	for (guint i = 0; i < run->async->len; i++)
		ims_emit(&hand, IMS_EV_RETURN, 0, g_array_index(run->async, uint32_t, i), 0, 0, 0);
	g_array_set_size(run->async, 0);
}

static bool skipped(const struct rep_run *run, const struct rec_event *e)
{
	for (guint i = 0; run->options.skip && i < run->options.skip->len; i++)
		if (g_array_index(run->options.skip, uint32_t, i) == e->line)
			return true;
	if (run->options.leave_out && run->options.leave_out(run->options.data, e->line))
		return true;
	return run->options.skip_all;
}

static bool on_cmd(struct rep_run *run, const struct rec_event *e, GError **error)
{
	uint64_t words[IMS_CMD_WORDS] = { 0 }, value = 0;
	struct ims_cmd cmd;
	bool wait;

	memcpy(words, e->qw, sizeof(words));
	if (ims_cmd_decode(run->model, NULL, words, &cmd))
		return trouble(run, e, error, "the vendor has no such command");
	wait = run->model->rows[cmd.row].kind == IMS_CMD_WAIT;
	if (!wait && skipped(run, e)) {
		run->skipped++;
		return true;
	}
	begin(run, e, IMS_ACTOR_GUEST);
	run->commands++;
	run->by_row[cmd.row]++;
	if (wait && cmd.wait_write)
		hyp_back(run->h, 0, cmd.wait_addr, 8);
	hyp_guest_put(run->h, 0, words);
	hyp_guest_kick(run->h, 0);
	if (run->h->error)
		return trouble(run, e, error, run->h->error);
	if (!wait)
		return true;
	ims_mem_read(&run->h->bare[0].mem, cmd.wait_addr & ~UINT64_C(7), &value);
	if (!cmd.wait_wide)
		value = (uint32_t)(cmd.wait_addr & 4 ? value >> 32 : value);
	if (cmd.wait_write && value != cmd.wait_data)
		return trouble(run, e, error,
			       "the wait of the guest never completes: its queue has stopped");
	claim_unmaps(run);
	if (run->stepped)
		run->stepped(run->observer, run);
	return true;
}

/* What the line of an access shows of its answer: the byte, or the base of the leaf. */
static uint64_t shown(const struct rep_run *run, const struct hyp_access *a)
{
	return run->model->recording_answer == REC_ANSWER_LEAF ?
		       ims_block_first(a->phys.out, a->phys.leaf_lg2) :
		       a->phys.out;
}

static bool on_xlat(struct rep_run *run, const struct rec_event *e, GError **error)
{
	struct scn_access_now now = { .ctx = IMS_CTX_NONE,
				      .iova = e->iova,
				      .access = IMS_ACCESS_READ };
	struct hyp_access a;
	struct ims_req req;
	uint64_t hpa;

	now.dev = hyp_device_by_rid(run->h, 1, e->sid);
	if (now.dev == IMS_NONE)
		return trouble(run, e, error, "this requester has no tag");
	begin(run, e, IMS_ACTOR_DEVICE);
	req = (struct ims_req){ .ctx = now.ctx, .addr = now.iova, .access = now.access };
	hyp_access(run->h, now.dev, &req, false, &a);
	if (!a.phys.fault && hyp_host_address(run->h, 0, e->pa, &hpa) && hpa == shown(run, &a)) {
		run->matched++;
	} else {
		run->wrong++;
		if (!run->first_wrong)
			run->first_wrong = e->line;
	}
	if (run->accessed)
		run->accessed(run->observer, run, &now, &a);
	return true;
}

static bool attach_all(struct rep_run *run, GError **error)
{
	const struct rec_event none = { 0 };

	for (uint32_t dev = 0; dev < run->h->devices_count; dev++) {
		const struct rec_sid_tag *st =
			&g_array_index(run->prog->sid_tags, struct rec_sid_tag, dev);

		if (!hyp_attach(run->h, dev, IMS_CTX_NONE, space_of(run, st->tag)))
			return trouble(run, &none, error, run->h->error);
	}
	return true;
}

bool rep_run_events(struct rep_run *run, GError **error)
{
	if (!attach_all(run, error))
		return false;
	for (guint i = 0; i < run->prog->events->len; i++) {
		const struct rec_event *e = event_at(run->prog, i);
		bool ok = true;

		if (e->kind == REC_MAP)
			ok = on_map(run, e, error);
		else if (e->kind == REC_UNMAP)
			on_unmap(run, e, unit_leaf_only(run, i));
		else if (e->kind == REC_CMD)
			ok = on_cmd(run, e, error);
		else if (e->kind == REC_XLAT)
			ok = on_xlat(run, e, error);
		if (!ok)
			return false;
	}
	return true;
}
