/* SPDX-License-Identifier: MIT */
/* Look-ups in a vendor's tables, and what must hold of them. */
#include <string.h>

#include "iommusim/model.h"
#include "sim/core/bits.h"

const char *const ims_topics[IMS_TOPICS] = {
	[IMS_TOPIC_GUEST_QUEUES] = "queues of guests",
	[IMS_TOPIC_PAGE_REQUESTS] = "page requests",
	[IMS_TOPIC_STALLS] = "stalls",
	[IMS_TOPIC_GUEST_EVENTS] = "events for guests",
	[IMS_TOPIC_RESET] = "reset of a device",
	[IMS_TOPIC_TIME_OUTS] = "ATC time-outs",
	[IMS_TOPIC_DIRTY] = "dirty tracking",
	[IMS_TOPIC_ALIASES] = "aliases and groups",
};

const struct ims_cmd_field *ims_row_field(const struct ims_cmd_row *row, const char *name)
{
	for (unsigned i = 0; i < row->fields_count; i++)
		if (!strcmp(row->fields[i].name, name))
			return &row->fields[i];
	return NULL;
}

int ims_model_row(const struct ims_model *m, const char *title)
{
	for (unsigned i = 0; i < m->rows_count; i++)
		if (!strcmp(m->rows[i].title, title))
			return (int)i;
	return -1;
}

const struct ims_fault_def *ims_model_fault(const struct ims_model *m, uint16_t code)
{
	for (unsigned i = 0; i < m->faults_count; i++)
		if (m->faults[i].code == code)
			return &m->faults[i];
	return NULL;
}

int ims_model_param(const struct ims_model *m, const char *name)
{
	for (unsigned i = 0; i < m->params_count; i++)
		if (!strcmp(m->params[i].name, name))
			return (int)i;
	return -1;
}

const struct ims_reg *ims_model_reg(const struct ims_model *m, const char *name)
{
	for (unsigned i = 0; i < m->regs_count; i++)
		if (!strcmp(m->regs[i].name, name))
			return &m->regs[i];
	return NULL;
}

const struct ims_param_rule *ims_params_broken(const struct ims_model *m, const uint32_t *params)
{
	for (unsigned i = 0; i < m->param_rules_count; i++)
		if (!m->param_rules[i].holds(params))
			return &m->param_rules[i];
	return NULL;
}

static bool order_holds(const struct ims_model *m, const uint32_t *params,
			const struct ims_order *o)
{
	uint32_t value = params ? params[o->knob] : m->params[o->knob].value;

	return !o->knob_values || (o->knob_values >> value & 1);
}

bool ims_model_ordered(const struct ims_model *m, const uint32_t *params, unsigned earlier,
		       unsigned later)
{
	for (unsigned i = 0; i < m->orders_count; i++)
		if (!strcmp(m->orders[i].earlier, m->rows[earlier].name) &&
		    !strcmp(m->orders[i].later, m->rows[later].name) &&
		    order_holds(m, params, &m->orders[i]))
			return true;
	return false;
}

/* A command that both rows would take exists unless they differ in a bit both care about. */
static bool rows_overlap(const struct ims_cmd_row *a, const struct ims_cmd_row *b)
{
	if (a->modes && b->modes && !(a->modes & b->modes))
		return false;
	for (unsigned i = 0; i < 2; i++)
		if ((a->value[i] ^ b->value[i]) & a->care[i] & b->care[i])
			return false;
	return true;
}

/* Served without looking at entries that do not match: everything, or by the primary field, or both fields. */
static bool match_indexed(const struct ims_model *m, const struct ims_match *match)
{
	const struct ims_cache_def *c = &m->caches[match->cache];
	uint8_t primary = c->primary == IMS_KEY_DOM ? match->dom : match->src;
	uint8_t other = c->primary == IMS_KEY_DOM ? match->src : match->dom;

	uint8_t other_key = c->primary == IMS_KEY_DOM ? IMS_KEY_SRC : IMS_KEY_DOM;

	if (other != IMS_ANY && (!(c->residual & other_key) || primary != IMS_EQUAL))
		return false;
	if (match->range == IMS_RANGE_MID && (!(c->residual & IMS_KEY_MID) || primary != IMS_EQUAL))
		return false;
	/* Contexts alone are global. */
	if (match->dom == IMS_OR_GLOBAL || match->src == IMS_OR_GLOBAL)
		return false;
	if (match->range == IMS_RANGE_LEAF && !c->by_leaf)
		return false;
	if (match->range == IMS_RANGE_LEAF2 && !(c->residual & IMS_KEY_LEAF2))
		return false;
	if (primary == IMS_ANY)
		return match->ctx == IMS_ANY && match->range == IMS_RANGE_NONE;
	return primary == IMS_EQUAL || primary == IMS_MASKED;
}

/* Every opcode that the row may have leads to a place no later than it. */
static bool row_reached(const struct ims_model *m, unsigned number)
{
	uint64_t care, value;

	if (!m->rows_from)
		return true;
	care = ims_bits_get(m->rows[number].care[0], m->rows_from_hi, m->rows_from_lo);
	value = ims_bits_get(m->rows[number].value[0], m->rows_from_hi, m->rows_from_lo);
	for (uint64_t key = 0; key >> (m->rows_from_hi - m->rows_from_lo + 1) == 0; key++)
		if ((key & care) == value && m->rows_from[key] > number)
			return false;
	return true;
}

static const char *row_wrong(const struct ims_model *m, unsigned number)
{
	const struct ims_cmd_row *row = &m->rows[number];

	if (!row->source || !*row->source)
		return "a command row names no source";
	if (!row_reached(m, number))
		return "a command row stands before the place where its opcode is looked up";
	for (unsigned i = 0; i < 2; i++)
		if (row->value[i] & ~row->care[i])
			return "a command row compares bits it does not care about";
	for (unsigned i = 0; i < number; i++)
		if (rows_overlap(row, &m->rows[i]))
			return "two command rows match the same command";
	for (unsigned i = 0; i < IMS_MATCHES && row->match[i].source; i++) {
		if (!*row->match[i].source || row->match[i].cache >= m->caches_count ||
		    !row->match[i].classes)
			return "a match names no source, no cache or no class";
		if ((row->match[i].standin || row->match[i].knob_values) && !row->conditional)
			return "a match is conditional in a row that does not say so";
		if (!match_indexed(m, &row->match[i]))
			return "no index of the cache serves a match";
	}
	return NULL;
}

/* Each rule says one thing, by a source, and of commands that there are. */
static const char *prog_wrong(const struct ims_model *m)
{
	for (unsigned i = 0; i < m->prog_rules_count; i++) {
		const struct ims_prog_rule *r = &m->prog_rules[i];

		if (!r->source || !*r->source || !r->text || !r->name)
			return "a programming rule without a name, a text or a source";
		if (!!r->one + !!r->pair + !!r->together + !!r->change + !!r->wrong + !!r->remade +
			    !!r->command !=
		    1)
			return "a programming rule says one thing";
		if (r->command && (ims_model_row(m, r->command) < 0 || !r->follow[0]))
			return "a programming rule names no command";
		for (unsigned k = 0; k < 3 && r->follow[k]; k++)
			if (ims_model_row(m, r->follow[k]) < 0)
				return "a programming rule names no command";
	}
	return m->prog_rules_count && !m->live ? "rules on entries that nobody reads" : NULL;
}

static bool row_named(const struct ims_model *m, const char *name)
{
	for (unsigned i = 0; i < m->rows_count; i++)
		if (!strcmp(m->rows[i].name, name))
			return true;
	return false;
}

static const char *params_wrong(const struct ims_model *m)
{
	uint32_t values[IMS_PARAMS];

	if (m->params_count > IMS_PARAMS)
		return "more parameters than a unit holds";
	for (unsigned i = 0; i < m->params_count; i++) {
		values[i] = m->params[i].value;
		if (!m->params[i].source || !*m->params[i].source || !m->params[i].text)
			return "a parameter names no source";
		if (values[i] > m->params[i].max || m->params[i].adversarial > m->params[i].max ||
		    m->params[i].lenient > m->params[i].max)
			return "a parameter's default or reading is larger than its maximum";
		if (m->params[i].kind == IMS_PARAM_KNOB && !m->params[i].why)
			return "a knob does not say why adversarial hardware has its value";
		if (ims_param_open(&m->params[i]) && !m->params[i].unknown)
			return "an open knob does not say what is unknown about it";
		if (ims_model_param(m, m->params[i].name) != (int)i)
			return "two parameters have one name";
	}
	for (unsigned i = 0; i < m->param_rules_count; i++)
		if (!m->param_rules[i].source || !*m->param_rules[i].source)
			return "a rule between parameters names no source";
	if (ims_params_broken(m, values))
		return "the default parameters break a rule between them";
	for (unsigned i = 0; i < m->regs_count; i++)
		if (!m->regs[i].source || !*m->regs[i].source || m->regs[i].at >= IMS_REGS)
			return "a register names no source, or no place";
	for (unsigned i = 0; i < m->queue_clear_count; i++)
		if (!ims_model_reg(m, m->queue_clear[i].reg) ||
		    (m->queue_clear[i].from && !ims_model_reg(m, m->queue_clear[i].from)))
			return "software that acknowledges an error of the queue writes no register";
	for (unsigned i = 0; i < m->orders_count; i++) {
		if (!m->orders[i].source || !*m->orders[i].source)
			return "an order names no source";
		if (!row_named(m, m->orders[i].earlier) || !row_named(m, m->orders[i].later))
			return "an order names no command row";
	}
	return NULL;
}

static const char *rules_wrong(const struct ims_model *m, const struct ims_rule *rules,
			       unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (!rules[i].source || !*rules[i].source)
			return "a software rule names no source";
		if (rules[i].scope != IMS_BARRIER && ims_model_row(m, rules[i].title) < 0)
			return "a software rule names no command row";
	}
	return NULL;
}

const char *ims_model_check(const struct ims_model *m, int *ret_row)
{
	const char *wrong;

	*ret_row = -1;
	for (unsigned i = 0; i < m->rows_count; i++) {
		*ret_row = (int)i;
		wrong = row_wrong(m, i);
		if (wrong)
			return wrong;
	}
	*ret_row = -1;
	for (unsigned i = 0; i < m->caches_count; i++)
		if (!m->caches[i].source || !*m->caches[i].source)
			return "a cache names no source";
	for (unsigned i = 0; i < m->faults_count; i++)
		if (!m->faults[i].source || !*m->faults[i].source)
			return "a fault names no source";
	if (ims_model_row(m, m->sync) < 0)
		return "the command that waits is no row";
	wrong = prog_wrong(m);
	if (wrong)
		return wrong;
	wrong = params_wrong(m);
	if (wrong)
		return wrong;
	wrong = rules_wrong(m, m->guest_rules, m->guest_rules_count);
	return wrong ? wrong : rules_wrong(m, m->host_rules, m->host_rules_count);
}
