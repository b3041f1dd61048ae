/* SPDX-License-Identifier: MIT */
/* Commands: rows decoded from raw words and encoded into them, and what their matches come to. */
#include <string.h>

#include "sim/core/bits.h"
#include "sim/engine/engine.h"

static bool row_selected(const struct ims_cmd_row *row, const uint64_t *words)
{
	return (words[0] & row->care[0]) == row->value[0] &&
	       (words[1] & row->care[1]) == row->value[1];
}

static void take_field(struct ims_cmd *c, const struct ims_cmd_field *f, uint64_t value)
{
	value <<= f->shift;
	switch ((enum ims_arg)f->arg) {
	case IMS_ARG_DOM:
		c->dom = (uint32_t)value;
		break;
	case IMS_ARG_CTX:
		c->ctx = (uint32_t)value;
		break;
	case IMS_ARG_SRC:
		c->src = (uint32_t)value;
		break;
	case IMS_ARG_SRC_MASK:
		c->src_mask = (uint32_t)value;
		break;
	case IMS_ARG_ADDR:
		c->first = value;
		break;
	case IMS_ARG_LEAF:
		c->leaf_only = value != 0;
		break;
	case IMS_ARG_ALL_CTX:
		c->all_ctx = value != 0;
		break;
	case IMS_ARG_WAIT_ADDR:
		c->wait_addr = value;
		break;
	case IMS_ARG_WAIT_DATA:
		c->wait_data = value;
		break;
	case IMS_ARG_RESPONSE:
		c->response = (uint8_t)value;
		break;
	case IMS_ARG_GROUP:
		c->group = (uint32_t)value;
		break;
	case IMS_ARG_NONE:
		break;
	}
}

static unsigned first_row(const struct ims_model *m, uint64_t word)
{
	return m->rows_from ? m->rows_from[ims_bits_get(word, m->rows_from_hi, m->rows_from_lo)] :
			      0;
}

/* By the unit's parameters, or the defaults, and what the command says. */
static bool match_applies(const struct ims_model *m, const struct ims_state *state,
			  const struct ims_match *match, const struct ims_cmd *cmd)
{
	uint32_t value = state ? state->params[match->knob] : m->params[match->knob].value;

	if (match->standin && cmd->ctx != m->ctx_standin)
		return false;
	return !match->knob_values || (match->knob_values >> value & 1);
}

uint16_t ims_cmd_decode(const struct ims_model *m, const struct ims_state *state,
			const uint64_t *words, struct ims_cmd *ret_cmd)
{
	const struct ims_cmd_row *row = m->rows + first_row(m, words[0]);
	unsigned mode = state ? 1u << state->mode : UINT8_MAX;
	unsigned words_count = state ? state->cmd_words : m->cmd_words;
	uint16_t error;

	while (row < m->rows + m->rows_count &&
	       (!row_selected(row, words) || (row->modes && !(row->modes & mode))))
		row++;
	if (row == m->rows + m->rows_count)
		return m->queue_error_type;
	error = state && m->accept ? m->accept(state, row, words) : 0;
	if (error)
		return error;
	for (unsigned i = 0; i < words_count; i++)
		if (words[i] & row->reserved[i])
			return m->queue_error_reserved;
	*ret_cmd = (struct ims_cmd){ .row = (uint32_t)(row - m->rows),
				     .last = ~UINT64_C(0),
				     .ctx = IMS_CTX_NONE };
	for (unsigned i = 0; i < row->fields_count; i++) {
		const struct ims_cmd_field *f = &row->fields[i];

		if (f->arg != IMS_ARG_NONE)
			take_field(ret_cmd, f, ims_field_get(words, IMS_FIELD(f->at.hi, f->at.lo)));
	}
	m->decode(state, row, words, ret_cmd);
	for (unsigned i = 0; row->conditional && i < IMS_MATCHES && row->match[i].source; i++)
		if (!match_applies(m, state, &row->match[i], ret_cmd))
			ret_cmd->left_out |= (uint16_t)(1u << i);
	return 0;
}

/* Zero for what the vendor's encode puts in: ranges, and fields without a general meaning. */
static uint64_t field_value(const struct ims_cmd_field *f, const struct ims_cmd_args *a)
{
	switch ((enum ims_arg)f->arg) {
	case IMS_ARG_DOM:
		return a->dom;
	case IMS_ARG_CTX:
		return a->ctx == IMS_CTX_NONE ? 0 : a->ctx;
	case IMS_ARG_SRC:
		return a->src;
	case IMS_ARG_LEAF:
		return a->leaf_only;
	case IMS_ARG_WAIT_ADDR:
		return a->wait_addr >> f->shift;
	case IMS_ARG_WAIT_DATA:
		return a->wait_data;
	case IMS_ARG_RESPONSE:
		return a->response;
	case IMS_ARG_GROUP:
		return a->group;
	default:
		return 0;
	}
}

void ims_cmd_encode(const struct ims_model *m, unsigned row, const struct ims_cmd_args *args,
		    uint64_t *ret_words)
{
	const struct ims_cmd_row *r = &m->rows[row];

	memset(ret_words, 0, IMS_CMD_WORDS * sizeof(*ret_words));
	ret_words[0] = r->value[0];
	ret_words[1] = r->value[1];
	for (unsigned i = 0; i < r->fields_count; i++) {
		uint64_t value = field_value(&r->fields[i], args);

		if (value)
			ims_field_put(ret_words, IMS_FIELD(r->fields[i].at.hi, r->fields[i].at.lo),
				      value);
	}
	m->encode(r, args, ret_words);
}

bool ims_match_resolve(const struct ims_cmd_row *row, const struct ims_match *match,
		       const struct ims_cmd *cmd, struct ims_sel *ret_sel)
{
	if (cmd->ignored || (match->not_leaf_only && cmd->leaf_only) ||
	    (cmd->left_out >> (match - row->match) & 1))
		return false;
	*ret_sel = (struct ims_sel){ .first = cmd->first,
				     .last = cmd->last,
				     .dom = match->dom_zero ? 0 : cmd->dom,
				     .ctx = cmd->ctx,
				     .src = cmd->src,
				     .dom_mask = cmd->dom_mask,
				     .ctx_mask = (1u << match->ctx_low) - 1,
				     .src_mask = cmd->src_mask |
						 (match->spans ? (1u << cmd->span_lg2) - 1 : 0),
				     .before = cmd->when,
				     .how_dom = match->dom,
				     .how_ctx = match->ctx,
				     .how_src = match->src,
				     .classes = match->classes,
				     .level = cmd->level,
				     .grain_lg2 = cmd->grain_lg2,
				     .range = match->range };
	/* Everything covers what came through nothing too. */
	if (match->range == IMS_RANGE_MID && !cmd->first && cmd->last == ~UINT64_C(0))
		ret_sel->range = IMS_RANGE_NONE;
	if ((match->ctx == IMS_EQUAL || match->ctx == IMS_OR_GLOBAL) && cmd->all_ctx)
		ret_sel->how_ctx = IMS_PRESENT;
	return true;
}
