/* SPDX-License-Identifier: MIT */
/*
 * Over-invalidation (semantics of the classes: necessary, architectural, the
 * host's choice, another VM's): what a physical command dropped though it was
 * still correct, held against what the guest's own commands would have dropped on
 * the unit the guest believes in.
 */
#include "sim/check/parts.h"

/* The entry as the guest would see it on its bare unit; false: it has none of the kind. */
bool chk_guest_view(const struct chk *c, const struct chk_record *r, uint32_t *ret_vm,
		    struct ims_entry *ret)
{
	const struct hyp *h = c->s.h;
	uint32_t dev = hyp_device_by_rid(h, r->unit, r->facts.src);
	uint32_t space;

	/* On bare metal there is only one unit to believe in. */
	if (h->bare_stage) {
		*ret_vm = 0;
		*ret = r->facts;
		ret->born = 0;
		return true;
	}
	if (dev == IMS_NONE)
		return false;
	*ret_vm = h->devices[dev].vm;
	if (c->s.model->caches[r->cache].stage == 2)
		return false;
	*ret = r->facts;
	ret->src = h->devices[dev].vrid;
	/* The guest's tag: of the space that stands behind the nested domain with this host tag. */
	for (uint32_t i = 0; i < HYP_DOMAINS; i++)
		if (h->domains[i].s1_root && h->domains[i].vm == *ret_vm &&
		    h->domains[i].dom[hyp_iommu_of(h, r->unit)] == r->facts.dom)
			ret->dom = (uint16_t)h->domains[i].vdom;
	space = hyp_space_of(h, dev, chk_ctx_of(c, r));
	if (c->s.model->caches[r->cache].where == IMS_WHERE_CONFIG && space != IMS_NONE)
		ret->dom = (uint16_t)hyp_guest_tag(h, dev, chk_ctx_of(c, r), space).dom;
	ret->cls = 0;
	ret->born = 0;
	return true;
}

static bool command_drops(const struct chk *c, uint32_t unit, const uint64_t *words,
			  const struct chk_record *r, const struct ims_entry *e)
{
	const struct ims_cmd_row *row;
	struct ims_cmd cmd;
	struct ims_sel sel;

	if (!chk_decode(c, unit, words, &cmd))
		return false;
	cmd.when = UINT32_MAX;
	row = &c->s.model->rows[cmd.row];
	for (const struct ims_match *m = row->match; m < row->match + IMS_MATCHES && m->source;
	     m++) {
		if (m->cache != r->cache || !ims_match_resolve(row, m, &cmd, &sel))
			continue;
		/* The guest's translations are stage 1 alone, whatever the class of the physical entry. */
		if (c->s.h->bare_stage)
			sel.classes = m->classes;
		else if (m->classes & c->s.model->s1_class)
			sel.classes = IMS_CLASS_ANY;
		else
			continue;
		if (ims_sel_hits(&sel, e, r->filed_ctx))
			return true;
	}
	return false;
}

void chk_dropped(struct chk *c, struct chk_record *r, const struct ims_event *drop)
{
	struct chk_spill *s;

	if (r->outdated) {
		c->over[SCN_OVER_NECESSARY]++;
		return;
	}
	c->over_translations += r->cache == c->s.model->iotlb || r->cache == c->s.model->atc;
	s = g_new0(struct chk_spill, 1);
	s->record = r;
	s->command = chk_queued_above(c, (uint32_t)drop->a[1]);
	g_ptr_array_add(c->spills, s);
}

static bool in_batch(const struct chk *c, const struct chk_spill *s, uint32_t vm,
		     const struct ims_entry *e)
{
	for (guint i = 0; i < c->commands->len; i++) {
		const struct ims_event *q = chk_event(c, g_array_index(c->commands, uint32_t, i));

		if (q->unit == vm + 1 && command_drops(c, q->unit, q->a, s->record, e))
			return true;
	}
	return false;
}

static enum scn_over class_of(const struct chk *c, const struct chk_spill *s)
{
	const struct ims_event *q = chk_event(c, s->command);
	struct ims_entry e;
	uint32_t vm = 0;

	if (!chk_guest_view(c, s->record, &vm, &e))
		return SCN_OVER_HOST;
	if (!q)
		return SCN_OVER_HOST;
	if (q->unit != vm + 1)
		return SCN_OVER_CROSS_TENANT;
	return in_batch(c, s, vm, &e) ? SCN_OVER_ARCHITECTURAL : SCN_OVER_HOST;
}

/* Is the drop, or the command, of this VM's doing; the host's own belong to everybody. */
static bool of_vm(const struct chk *c, uint32_t command, uint32_t vm)
{
	const struct ims_event *q = chk_event(c, command);

	return vm == HYP_VMS || !q || q->unit == vm + 1;
}

/* A guest's wait has returned: everything it asked for since the one before is known. */
void chk_batch_over(struct chk *c, uint32_t vm)
{
	guint kept = 0;

	for (guint i = 0; i < c->spills->len;) {
		const struct chk_spill *s = g_ptr_array_index(c->spills, i);

		if (!of_vm(c, s->command, vm)) {
			i++;
			continue;
		}
		c->over[class_of(c, s)]++;
		g_ptr_array_remove_index(c->spills, i);
	}
	for (guint i = 0; i < c->commands->len; i++) {
		uint32_t command = g_array_index(c->commands, uint32_t, i);

		if (!of_vm(c, command, vm))
			g_array_index(c->commands, uint32_t, kept++) = command;
	}
	g_array_set_size(c->commands, kept);
}

const uint64_t *chk_over(struct chk *c)
{
	chk_batch_over(c, HYP_VMS);
	return c->over;
}
