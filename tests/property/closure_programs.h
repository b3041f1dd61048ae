/* SPDX-License-Identifier: MIT */
/*
 * Random straight-line programs over a small world, from a seed: stores, commands in a ring
 * or two, waits. Commands mostly name what may be cached just then, or what differs from it
 * in one field.
 */
#ifndef TESTS_PROPERTY_CLOSURE_PROGRAMS_H
#define TESTS_PROPERTY_CLOSURE_PROGRAMS_H

#include "sim/core/assert.h"
#include "tests/property/closure_worlds.h"

enum cp_kind { CP_STORE, CP_COMMAND, CP_SYNC };

struct cp_step {
	enum cp_kind kind;
	uint64_t at, value;
	unsigned ring;
	uint64_t words[IMS_CMD_WORDS];
	struct ims_cmd cmd;
};

/* ---- commands ---- */

static inline bool cp_exists(struct cw *w, const struct ims_cmd_row *row)
{
	return !row->modes || (row->modes >> ims_unit_mode(&w->hw) & 1);
}

/* A record that the match may be of, @only or any; NULL: there is none. */
static inline const struct ex_record *cp_record_of(struct cw *w, const struct ex *x,
						   const struct ex_record *only,
						   const struct ims_match *match)
{
	const struct ex_record *found = NULL;
	uint32_t count = 0;

	for (uint32_t i = 0; i < x->records_count; i++) {
		const struct ex_record *r = &x->records[i];

		if ((!only || r == only) && r->cache == match->cache &&
		    (match->classes >> r->e.cls & 1) && cw_one_in(w, ++count))
			found = r;
	}
	return found;
}

/* Greater of what fewer worlds have. */
static inline uint32_t cp_weight(const struct cw *w, const struct ims_cmd_row *row,
				 const struct ims_match *m)
{
	bool walk = w->model->caches[m->cache].where == IMS_WHERE_WALK;
	bool atc = m->cache == w->model->atc;

	if (m->knob_values || m->standin || m->range == IMS_RANGE_MID || walk ||
	    (atc && m->ctx == IMS_EQUAL))
		return walk && (row->modes || m->ctx == IMS_EQUAL) ? 20 : 12;
	return row->modes || atc ? 6 : 2;
}

/*
 * One of all the matches that may be of @only, or of something there is, more likely one
 * that few worlds have; NULL if there are none.
 */
static inline const struct ims_cmd_row *cp_row_of(struct cw *w, const struct ex *x,
						  const struct ex_record *only,
						  const struct ims_match **ret_match)
{
	const struct ims_cmd_row *row = NULL;
	uint32_t count = 0;

	for (unsigned i = 0; i < w->model->rows_count; i++) {
		const struct ims_cmd_row *r = &w->model->rows[i];

		for (unsigned k = 0; k < IMS_MATCHES && r->match[k].source; k++) {
			const struct ims_match *m = &r->match[k];
			uint32_t weight;

			if ((m->knob_values && !(m->knob_values >> w->params[m->knob] & 1)) ||
			    !cp_exists(w, r))
				continue;
			if (!cp_record_of(w, x, only, m))
				continue;
			weight = cp_weight(w, r, m) * (k ? 2 : 1);
			count += weight;
			if (cw_below(w, count) < weight) {
				row = r;
				*ret_match = m;
			}
		}
	}
	return row;
}

static inline const struct ims_cmd_row *cp_row(struct cw *w)
{
	const struct ims_cmd_row *row = NULL;
	uint32_t count = 0;

	for (unsigned i = 0; i < w->model->rows_count; i++) {
		const struct ims_cmd_row *r = &w->model->rows[i];

		if (r->kind != IMS_CMD_WAIT && r->kind != IMS_CMD_ACT && cp_exists(w, r) &&
		    cw_one_in(w, ++count))
			row = r;
	}
	return row;
}

/* What names @r for @match. */
static inline void cp_name_record(struct cw *w, const struct ex_record *r,
				  const struct ims_match *match, struct ims_cmd_args *args)
{
	bool mid = match->range == IMS_RANGE_MID || match->range == IMS_RANGE_LEAF2;
	unsigned lg2 = match->range == IMS_RANGE_LEAF ? r->e.s1_lg2 : r->e.size_lg2;

	args->dom = r->e.dom;
	if (r->filed_ctx < IMS_CTX_GLOBAL)
		args->ctx = r->filed_ctx;
	args->src = r->e.src;
	args->first = mid ? r->e.mid : r->e.in;
	if (lg2 > 30 || cw_one_in(w, 2))
		lg2 = 12;
	args->last = args->first | ((UINT64_C(1) << lg2) - 1);
	args->level = r->e.s1_level ? r->e.s1_level : r->e.s2_level;
	args->leaf_only &= !match->not_leaf_only;
	if (match->standin)
		args->ctx = w->model->ctx_standin;
}

static inline void cp_any_range(struct cw *w, struct ims_cmd_args *args)
{
	static const uint8_t sizes[] = { 12, 12, 12, 21, 30, 64 };
	unsigned lg2 = sizes[cw_below(w, G_N_ELEMENTS(sizes))];

	args->first = w->addrs[cw_below(w, w->addrs_count)];
	args->last = lg2 == 64 ? ~UINT64_C(0) : args->first | ((UINT64_C(1) << lg2) - 1);
	if (lg2 == 64)
		args->first = 0;
}

static inline void cp_any_names(struct cw *w, struct ims_cmd_args *args)
{
	args->dom = w->doms[cw_below(w, w->doms_count)];
	args->ctx = w->ctxs[cw_below(w, w->ctxs_count)];
	args->src = w->srcs[cw_below(w, w->srcs_count)];
	args->leaf_only = cw_one_in(w, 2);
	args->group = 1;
	cp_any_range(w, args);
	args->level = cw_one_in(w, 4) ? (uint8_t)(1 + cw_below(w, 3)) : 0;
}

/* One field becomes another one. */
static inline void cp_alter(struct cw *w, struct ims_cmd_args *args)
{
	switch (cw_below(w, 5)) {
	case 0:
		args->dom = w->doms[cw_below(w, w->doms_count)];
		break;
	case 1:
		args->ctx = w->ctxs[cw_below(w, w->ctxs_count)];
		break;
	case 2:
		args->src = w->srcs[cw_below(w, w->srcs_count)];
		break;
	case 3:
		args->first ^= 0x1000;
		args->last ^= 0x1000;
		break;
	default:
		cp_any_range(w, args);
		break;
	}
}

/* Fields that no driver sets, where they mean something. */
static inline void cp_tweak(struct cw *w, const struct ims_cmd_row *row, uint64_t *words)
{
	static const char *const names[] = { "fm", "im", "gi", "global" };

	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
		const struct ims_cmd_field *f = ims_row_field(row, names[i]);

		if (f && !f->unsaid && cw_one_in(w, 3))
			ims_field_put(words, IMS_FIELD(f->at.hi, f->at.lo), cw_below(w, 4));
	}
}

/* @x: what may be cached now. */
static inline bool cp_command(struct cw *w, const struct ex *x, struct cp_step *ret)
{
	struct ims_cmd_args args = { .state = &w->hw.unit->state };
	const struct ims_match *match = NULL;
	const struct ims_cmd_row *row = NULL;
	const struct ex_record *r = NULL;

	cp_any_names(w, &args);
	if (x->records_count && cw_one_in(w, 2))
		r = &x->records[cw_below(w, x->records_count)];
	if (!cw_one_in(w, 6))
		row = cp_row_of(w, x, r, &match);
	if (row)
		cp_name_record(w, cp_record_of(w, x, r, match), match, &args);
	else
		row = cp_row(w);
	/* Levels and page sizes are named together, and seldom. */
	args.grain_lg2 = args.level && cw_one_in(w, 4) ? 12 : 0;
	args.level = args.grain_lg2 ? args.level : 0;
	if (cw_one_in(w, 5))
		cp_alter(w, &args);
	if (!strcmp(row->name, "CFGI_STE_RANGE")) {
		args.first = 0;
		args.last = cw_one_in(w, 3) ? ~UINT64_C(0) : (1u << cw_below(w, 4)) - 1;
	}
	ims_cmd_encode(w->model, (unsigned)(row - w->model->rows), &args, ret->words);
	cp_tweak(w, row, ret->words);
	ret->kind = CP_COMMAND;
	ret->ring = cw_one_in(w, 3) ? cw_below(w, w->rings) : 0;
	ims_unit_mode(&w->hw);
	return !ims_cmd_decode(w->model, &w->hw.unit->state, ret->words, &ret->cmd);
}

/* The row with this title, encoded. */
static inline struct cp_step cp_encoded(const struct cw *w, const char *title, unsigned ring,
					struct ims_cmd_args args)
{
	struct cp_step s = { .kind = CP_COMMAND, .ring = ring };
	int row = ims_model_row(w->model, title);

	IMS_ASSERT(row >= 0);
	args.state = &w->hw.unit->state;
	ims_cmd_encode(w->model, (unsigned)row, &args, s.words);
	IMS_ASSERT(!ims_cmd_decode(w->model, &w->hw.unit->state, s.words, &s.cmd));
	return s;
}

/* ---- steps ---- */

static inline bool cp_store(struct cw *w, struct cp_step *ret)
{
	const struct cw_cell *c = &w->cells[cw_below(w, w->cells_count)];

	*ret = (struct cp_step){ .kind = CP_STORE, .at = c->at };
	ret->value = c->values[cw_below(w, c->count)];
	return ret->value != cw_read(w, c->at);
}

static inline void cp_step(struct cw *w, const struct ex *x, struct cp_step *ret)
{
	unsigned n = 0;

	for (;;) {
		uint32_t what = cw_below(w, 10);

		/* Each command that waits makes states that many times more. */
		if (x->pending_count > 1 && cw_one_in(w, x->records_count > 8 ? 1 : 2))
			what = 9;
		if (what < 4 && n++ < 8 && cp_store(w, ret))
			return;
		if (what >= 4 && what < 9 && cp_command(w, x, ret))
			return;
		if (what == 9) {
			*ret = (struct cp_step){ .kind = CP_SYNC, .ring = cw_below(w, w->rings) };
			return;
		}
	}
}

static inline void cp_show(const struct cw *w, const struct cp_step *s, GString *to)
{
	switch (s->kind) {
	case CP_STORE:
		g_string_append_printf(to, "  store 0x%llx: 0x%llx\n", (unsigned long long)s->at,
				       (unsigned long long)s->value);
		break;
	case CP_COMMAND:
		g_string_append_printf(to, "  command, ring %u: %s 0x%llx 0x%llx\n", s->ring,
				       w->model->rows[s->cmd.row].title,
				       (unsigned long long)s->words[0],
				       (unsigned long long)s->words[1]);
		break;
	case CP_SYNC:
		g_string_append_printf(to, "  wait, ring %u\n", s->ring);
		break;
	}
}

#endif
