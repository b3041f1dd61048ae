/* SPDX-License-Identifier: MIT */
/* `--format json`, as design.md section 5 fixes it. */
#include <string.h>

#include "sim/view/view.h"

static void near_miss(struct json *j, const struct chk_near_miss *m)
{
	g_autofree char *command = m->discarded ? g_strdup_printf("%s (discarded by the %s)",
								  m->command, m->discarded) :
						  g_strdup(m->command);

	json_open(j, NULL, '{');
	j->flat = true;
	if (m->line)
		json_number(j, "line", m->line);
	else
		json_null(j, "line");
	json_text(j, "command", command);
	json_text(j, "field", chk_field_name(m->field));
	json_text(j, "want", m->want);
	json_text(j, "got", m->got);
	json_close(j, '}');
	j->flat = false;
}

static void history(struct json *j, const struct chk_step *s)
{
	json_open(j, NULL, '{');
	j->flat = true;
	json_number(j, "event", s->event);
	json_text(j, "actor", chk_actor_name(s->actor));
	json_text(j, "text", s->text);
	if (s->line)
		json_number(j, "line", s->line);
	else
		json_null(j, "line");
	json_close(j, '}');
	j->flat = false;
}

static void repair(struct json *j, const struct chk_repair *r)
{
	json_open(j, NULL, '{');
	j->flat = true;
	json_text(j, "layer", r->layer);
	json_bool(j, "fixes", r->fixes);
	json_close(j, '}');
	j->flat = false;
}

static char *message(const struct chk_finding *f, const char *device)
{
	if (f->kind == SCN_KIND_RULE)
		return g_strdup_printf("rule broken for %s: %s, blame %s; %s (%s)", device,
				       f->cause, f->blame, f->rule, f->rule_source);
	if (f->kind == SCN_KIND_LOST_COMPLETION)
		return g_strdup_printf("lost-completion for %s: %s, blame %s", device, f->cause,
				       f->blame);
	if (f->kind == SCN_KIND_REJECTED)
		return g_strdup_printf("rejected for %s: %s, blame %s; the %s %s", device, f->cause,
				       f->blame, f->blame, f->refused);
	if (f->where == IMS_WHERE_MAX)
		return g_strdup_printf("%s for %s: %s, blame %s", scn_kind_name(f->kind), device,
				       f->cause, f->blame);
	return g_strdup_printf("%s%s in %s of %s at iova 0x%" G_GINT64_MODIFIER
			       "x: %s, blame %s%s%s%s%s%s%s%s",
			       f->latent ? "latent " : "", scn_kind_name(f->kind),
			       chk_where_name(f->where), device, f->iova, f->cause, f->blame,
			       f->gap ? "; not covered: " : "", f->gap ? f->gap : "",
			       f->refused ? "; the host " : "", f->refused ? f->refused : "",
			       f->kind == SCN_KIND_MASKED && f->column_text ? "; " : "",
			       f->kind == SCN_KIND_MASKED && f->column_text ? f->column_text : "",
			       f->unmarked ? "; the write leaves no mark in the dirty bitmap" : "");
}

static void where_it_is(struct json *j, const struct chk_finding *f, const char *vm,
			const char *device)
{
	json_number(j, "line", f->line);
	json_text(j, "step", f->step);
	json_text(j, "vm", vm);
	json_text(j, "device", device);
	if (f->ctx == IMS_CTX_NONE)
		json_null(j, "pasid");
	else
		json_number(j, "pasid", f->ctx);
	json_hex(j, "iova", f->iova);
	json_number(j, "pages", f->pages->len);
	if (f->latent || f->where >= IMS_WHERE_MAX || f->kind == SCN_KIND_STALE_NEGATIVE ||
	    f->kind == SCN_KIND_MASKED)
		json_null(j, "got");
	else
		json_hex(j, "got", f->got);
	if (f->has_want)
		json_hex(j, "want", f->want);
	else
		json_null(j, "want");
}

/* The rung of the ladder, and the readings of open knobs. */
static char *power_of(const struct chk_finding *f)
{
	if (!f->power)
		return g_strdup(chk_power_name(f));
	return f->rung ? g_strdup_printf("%s, %s", f->rung, f->power) : g_strdup(f->power);
}

void view_json_finding(struct json *j, const struct chk_finding *f, const char *vm,
		       const char *device, uint32_t until)
{
	g_autofree char *text = message(f, device), *power = power_of(f);

	json_open(j, NULL, '{');
	json_text(j, "kind", scn_kind_name(f->kind));
	json_bool(j, "latent", f->latent);
	if (chk_where_name(f->where))
		json_text(j, "where", chk_where_name(f->where));
	else
		json_null(j, "where");
	json_text(j, "cause", f->cause);
	json_text(j, "blame", f->blame);
	where_it_is(j, f, vm, device);
	json_open(j, "near_misses", '[');
	for (guint i = 0; i < f->misses->len; i++)
		near_miss(j, g_ptr_array_index(f->misses, i));
	json_close(j, ']');
	json_open(j, "history", '[');
	for (guint i = 0; i < f->history->len; i++) {
		const struct chk_step *s = g_ptr_array_index(f->history, i);

		if (!until || s->event <= until)
			history(j, s);
	}
	json_close(j, ']');
	json_open(j, "repairs", '[');
	for (unsigned i = 0; i < f->repairs_count; i++)
		repair(j, &f->repairs[i]);
	json_close(j, ']');
	json_text(j, "order", f->order_text);
	json_text(j, "power", power);
	json_open(j, "columns", '[');
	for (char **c = f->columns; c && *c; c++)
		json_text(j, NULL, *c);
	json_close(j, ']');
	json_text(j, "token", f->token);
	json_text(j, "message", text);
	json_close(j, '}');
}

static void counts(struct json *j, const struct chk_result *r)
{
	const struct chk_counts *c = &r->counts;
	static const char *const names[SCN_OVER_MAX] = { "necessary", "architectural", "host",
							 "cross_tenant" };

	json_open(j, "counts", '{');
	json_number(j, "events", c->events);
	json_number(j, "dma", c->dma);
	json_number(j, "faults", c->faults);
	json_number(j, "walk_reads", c->walk_reads);
	json_number(j, "guest_commands", c->guest_commands);
	json_number(j, "host_calls", c->host_calls);
	json_number(j, "hw_commands", c->hw_commands);
	json_number(j, "syncs", c->syncs);
	json_number(j, "dropped", c->dropped);
	json_open(j, "over", '{');
	json_open(j, "potential", '{');
	for (unsigned i = 0; i < SCN_OVER_MAX; i++)
		json_number(j, names[i], r->over[i]);
	json_close(j, '}');
	json_null(j, "realised");
	json_close(j, '}');
	json_close(j, '}');
}

static void findings(struct json *j, const struct view_run *v, uint32_t until)
{
	json_open(j, "findings", '[');
	for (guint i = 0; i < v->result->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(v->result->findings, i);

		view_json_finding(j, f, g_array_index(v->scn->vms, struct scn_vm, f->vm).name,
				  g_array_index(v->scn->devices, struct scn_device, f->dev).name,
				  until);
	}
	json_close(j, ']');
}

static void run(struct json *j, const struct view_run *v, uint32_t until)
{
	const struct chk_result *r = v->result;
	g_autofree char *repeat = view_repeat(v), *host = v->scn ? scn_policy_text(v->scn) : NULL;

	json_open(j, NULL, '{');
	json_text(j, "file", v->file);
	json_text(j, "scenario", v->scn ? v->scn->name : NULL);
	json_text(j, "vendor", v->vendor);
	json_text(j, "host", host);
	json_text(j, "hardware", v->scn ? (r->retentive ? "retentive" : v->scn->hardware) : NULL);
	json_text(j, "unsearched", r->unsearched);
	json_number(j, "orders", r->orders ? r->orders : 1);
	json_open(j, "sweep", '{');
	for (guint i = 0; v->scn && i < v->scn->point->len; i++) {
		const struct scn_param *p = &g_array_index(v->scn->point, struct scn_param, i);

		json_text(j, p->name, p->value);
	}
	json_close(j, '}');
	json_text(j, "verdict", chk_verdict_name(r->verdict));
	json_null(j, "bound");
	json_text(j, "reason", r->reason);
	json_open(j, "not_judged", '[');
	for (unsigned k = 0; k < SCN_KIND_MAX; k++)
		if (r->not_judged & 1u << k)
			json_text(j, NULL, scn_kind_name((enum scn_kind)k));
	json_close(j, ']');
	json_text(j, "repeat", repeat);
	findings(j, v, until);
	json_open(j, "windows", '{');
	json_number(j, "events", r->windows.events);
	json_number(j, "pages", r->windows.pages);
	json_number(j, "longest", r->windows.longest);
	json_number(j, "exposed", r->windows.exposed);
	json_close(j, '}');
	counts(j, r);
	if (v->log)
		view_json_log(j, v, until);
	json_close(j, '}');
}

void view_json(GString *out, const struct view_run *runs, guint count, uint32_t until)
{
	struct json j = { .out = out, .first = true };
	uint64_t verdicts[CHK_VERDICT_MAX] = { 0 };

	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_open(&j, "runs", '[');
	for (guint i = 0; i < count; i++) {
		verdicts[runs[i].result->verdict]++;
		run(&j, &runs[i], until);
	}
	json_close(&j, ']');
	json_open(&j, "totals", '{');
	json_number(&j, "runs", count);
	for (unsigned v = 0; v < CHK_VERDICT_MAX; v++)
		json_number(&j, chk_verdict_name((enum chk_verdict)v), verdicts[v]);
	json_close(&j, '}');
	json_close(&j, '}');
	g_string_append_c(out, '\n');
}
