/* SPDX-License-Identifier: MIT */
/* The world of a scenario: how large, what stands in it at the start. */
#include <string.h>

#include "sim/scenario/run_parts.h"

/* g_realloc never fails: it ends the program. */
static void *grow_log(void *old, size_t bytes)
{
	return g_realloc(old, bytes);
}

uint64_t scn_gpa_value(const struct scn *scn, const struct scn_gpa *g)
{
	return g->name < 0 ? g->offset :
			     g_array_index(scn->names, struct scn_name, g->name).gpa + g->offset;
}

char *scn_gpa_text(const struct scn *scn, uint32_t vm, uint64_t gpa)
{
	for (guint i = 0; i < scn->names->len; i++) {
		const struct scn_name *n = &g_array_index(scn->names, struct scn_name, i);

		if (n->vm != (int32_t)vm || gpa < n->gpa || gpa - n->gpa >= n->size)
			continue;
		if (gpa == n->gpa)
			return g_strdup(n->name);
		return g_strdup_printf("%s+0x%" G_GINT64_MODIFIER "x", n->name, gpa - n->gpa);
	}
	return g_strdup_printf("0x%" G_GINT64_MODIFIER "x", gpa);
}

/* Pages that steps can bring into tables or touch: a bound on words and on cached facts. */
static uint64_t pages_touched(const struct scn *scn)
{
	uint64_t pages = 0;

	for (guint i = 0; i < scn->names->len; i++)
		pages += g_array_index(scn->names, struct scn_name, i).size / 4096;
	for (guint i = 0; i < scn->steps->len; i++) {
		const struct scn_step *s = g_ptr_array_index(scn->steps, i);

		pages += s->size / 4096 + 1;
		/* A record in the queue of each side. */
		if (s->op == SCN_OP_PAGE_REQUEST)
			pages += s->repeat * UINT64_C(2);
	}
	return pages;
}

static uint64_t accesses(const struct scn *scn)
{
	uint64_t n = 0;

	for (guint i = 0; i < scn->steps->len; i++) {
		const struct scn_step *s = g_ptr_array_index(scn->steps, i);

		if (s->op == SCN_OP_PAGE_REQUEST || s->op == SCN_OP_PAGE_RESPONSE)
			n += s->repeat + 1u;
		if (s->op == SCN_OP_DMA || s->op == SCN_OP_ATS)
			n += (s->size + 4095) / 4096 +
			     1; /* a repeated access finds what the first one cached */
	}
	return n;
}

#define CELLS_MAX    (8u << 20)
#define ENTRIES_MAX  (1u << 21)
#define ACCESSES_MAX (1u << 20) /* of pages; each is some events of the log */

/* What goes beyond a limit is told at the step that takes it there, or takes most. */
static bool too_much(const struct scn *scn, bool entries, GError **error)
{
	const struct scn_step *most = g_ptr_array_index(scn->steps, 0);

	for (guint i = 1; i < scn->steps->len; i++) {
		const struct scn_step *s = g_ptr_array_index(scn->steps, i);
		bool counts = !entries || s->op == SCN_OP_DMA || s->op == SCN_OP_ATS;

		if (counts && s->size > most->size)
			most = s;
	}
	scn_run_error(
		scn, most->mark, error,
		"the scenario touches more memory than this program holds, here most: use smaller sizes");
	return false;
}

static bool few_accesses(const struct scn *scn, GError **error)
{
	uint64_t left = ACCESSES_MAX;

	for (guint i = 0; i < scn->steps->len; i++) {
		const struct scn_step *s = g_ptr_array_index(scn->steps, i);
		uint64_t pages = (s->size + 4095) / 4096 + 1;

		if (s->op != SCN_OP_DMA)
			continue;
		if (pages > left / (s->repeat ? s->repeat : 1)) {
			scn_run_error(
				scn, s->mark, error,
				"with this step the scenario makes more than %u accesses: use a smaller 'repeat' or 'size'",
				ACCESSES_MAX);
			return false;
		}
		left -= pages * (s->repeat ? s->repeat : 1);
	}
	return true;
}

static bool size_world(struct scn_run *run, GError **error)
{
	const struct scn *scn = run->scn;
	/* Stage-1 leaf, stage-2 leaf, the backing; tables above them; configuration structures. */
	uint64_t cells =
		pages_touched(scn) * 6 + scn->steps->len * 64 + scn->devices->len * 256 + 4096;
	const struct scn_deeds *deeds = run->variant.deeds;
	/* A look-up that chooses to find nothing fills what a walk of two stages can fill. */
	uint64_t entries = accesses(scn) * 4 + 64 + (deeds ? deeds->count * UINT64_C(32) : 0);

	if (cells > CELLS_MAX || entries > ENTRIES_MAX)
		return too_much(scn, entries > ENTRIES_MAX, error);
	if (!few_accesses(scn, error))
		return false;
	run->config = (struct ims_world_config){ .model = run->model,
						 .cells = (uint32_t)cells,
						 .units_count = scn->vms->len + scn->iommus->len,
						 .seed = 1 };
	for (uint32_t u = 0; u < run->config.units_count; u++) {
		struct ims_unit_config *unit = &run->config.units[u];
		/* What a guest owes does not depend on what the machine happens to hold. */
		bool physical = !u || u > scn->vms->len;
		bool concrete = physical && !strcmp(scn->hardware, "concrete");

		unit->guest = physical ? 0 : u;
		if (!physical && g_array_index(scn->vms, struct scn_vm, u - 1).parent)
			unit->guest = g_array_index(scn->vms, struct scn_vm, u - 1).parent;
		unit->ring_lg2 = MAX(7, run->model->ring_least_lg2);
		unit->walk_caches = true;
		/* Adversarial: a leaf may be held in pieces, so a command drops the piece it names and no more. */
		unit->fragment_lg2 = scn->fragment ? scn->fragment == SCN_FRAGMENT_4K ? 12 : 0 :
				     concrete	   ? 0 :
						     12;
		unit->params = run->params;
		for (unsigned c = 0; c < run->model->caches_count; c++)
			unit->caches[c].entries = (uint32_t)entries;
		if (concrete && scn->geometry.given)
			unit->caches[run->model->iotlb] =
				(struct ims_cache_config){ .sets = scn->geometry.sets,
							   .ways = scn->geometry.ways,
							   .replace =
								   (uint8_t)scn->geometry.replace };
	}
	return true;
}

/* Tags of devices are those of an entry of a device. */
static bool guest_policy(const struct scn_run *run, struct hyp_config *c, GError **error)
{
	const struct scn *scn = run->scn;
	bool devices, bare = !strcmp(scn->host, SCN_HOST_BARE);

	if (bare && scn->vms->len > 1) {
		scn_run_error(scn, scn->host_mark, error,
			      "without a host there is one VM, which is the machine");
		return false;
	}
	if (bare)
		c->bare_stage = run->model->recording_s2 ? 2 : 1;
	/* Bare metal has one stage, and its entries the tags of their domains. */
	devices = run->model->guest_tag == IMS_GUEST_TAG_DEVICE && c->bare_stage != 2;
	c->shared_ids = scn->domain_id == SCN_DOMAIN_ID_SHARED || !devices;
	if (scn->domain_id != SCN_DOMAIN_ID_PER_DEVICE || devices)
		return true;
	scn_run_error(scn, scn->domain_id_mark, error,
		      "not modelled: 'per-device' on %s, where a domain's id is that of its space",
		      run->model->name);
	return false;
}

static bool policy_of(const struct scn_run *run, struct ims_policy *ret, GError **error)
{
	uint64_t differ;

	if (!scn_policy_of(run->scn, run->model, ret, &differ, error))
		return false;
	for (unsigned i = 0; i < IMS_COLUMNS; i++)
		if (run->variant.restored >> i & 1)
			ret->of[i] = run->model->policies[0].policy.of[i];
	if (run->variant.column)
		ret->of[run->variant.column - 1] = (uint8_t)run->variant.answer;
	return true;
}

/* Is anything of the scenario about what hardware tells software. */
static bool tells(const struct scn *scn, const struct ims_policy *policy)
{
	bool told = policy->of[IMS_COL_VMM_FAULTS] > IMS_VMM_FAULTS_NONE ||
		    policy->of[IMS_COL_VMM_EVENTS] > IMS_VMM_EVENTS_NONE;

	for (guint i = 0; i < scn->devices->len; i++) {
		const struct scn_device *d = &g_array_index(scn->devices, struct scn_device, i);

		told |= d->pri || d->stall;
	}
	for (guint i = 0; i < scn->steps->len; i++) {
		const struct scn_step *s = g_ptr_array_index(scn->steps, i);

		told |= s->ioctl && !strcmp(s->ioctl->call, "VEVENTQ_ALLOC");
	}
	return told;
}

/* What an alias asks for that is not modelled, and what is no machine; NULL: nothing. */
static const char *alias_misfit(const struct scn *scn, const struct scn_device *d,
				const struct scn_device *first)
{
	if (!strcmp(scn->host, SCN_HOST_BARE))
		return "not modelled: an alias without a host";
	for (guint i = 0; i < scn->devices->len; i++)
		if (d->alias == hyp_prid(i))
			return "this is the physical requester ID of a device (3a:00.0 and on): take another";
	if (!first)
		return NULL;
	if (first->vm != d->vm || first->iommu != d->iommu)
		return "devices that share an alias are one group: they are of one VM, behind one unit";
	if (d->ats || first->ats)
		return "devices behind one bridge have no ATS: give each an alias of its own";
	return NULL;
}

/* The first device with this one's alias, if that is before it. */
static const struct scn_device *alias_first(const struct scn *scn, guint at)
{
	const struct scn_device *d = &g_array_index(scn->devices, struct scn_device, at);

	for (guint i = 0; i < at && d->alias; i++)
		if (g_array_index(scn->devices, struct scn_device, i).alias == d->alias)
			return &g_array_index(scn->devices, struct scn_device, i);
	return NULL;
}

static bool aliases_fit(const struct scn *scn, GError **error)
{
	for (guint i = 0; i < scn->devices->len; i++) {
		const struct scn_device *d = &g_array_index(scn->devices, struct scn_device, i);
		const char *why = d->alias ? alias_misfit(scn, d, alias_first(scn, i)) : NULL;

		if (!why)
			continue;
		scn_run_error(scn, d->mark, error, "%s", why);
		return false;
	}
	return true;
}

/* Devices of one alias are one group, by the number of the first of them, from 1; 0: alone. */
static uint8_t group_of(const struct scn *scn, guint at)
{
	const struct scn_device *d = &g_array_index(scn->devices, struct scn_device, at), *first;

	if (!d->alias)
		return 0;
	first = alias_first(scn, at);
	return (uint8_t)((first ? (guint)(first -
					  (const struct scn_device *)(void *)scn->devices->data) :
				  at) +
			 1);
}

static bool fill_hyp_config(const struct scn_run *run, struct hyp_config *c, GError **error)
{
	const struct scn *scn = run->scn;

	if (scn->iommus->len > HYP_IOMMUS) {
		scn_run_error(scn, scn->iommus_mark, error, "at most %d IOMMUs are modelled",
			      HYP_IOMMUS);
		return false;
	}
	if (scn->vms->len > HYP_VMS || scn->devices->len > HYP_DEVICES ||
	    scn->spaces->len > HYP_SPACES) {
		g_set_error(error, SCN_ERROR, SCN_ERROR_CONTENT,
			    "%s: error: at most %d VMs, %d devices and %d spaces are modelled",
			    scn->file, HYP_VMS, HYP_DEVICES, HYP_SPACES);
		return false;
	}
	if (!aliases_fit(scn, error) || !guest_policy(run, c, error) ||
	    !policy_of(run, &c->policy, error))
		return false;
	c->told = tells(scn, &c->policy);
	c->model = run->model;
	c->world = run->world;
	c->ideal_queues = run->variant.ideal_queues;
	c->iommus_count = scn->iommus->len;
	c->uapi = scn->host;
	c->vms_count = scn->vms->len;
	for (guint i = 0; i < scn->vms->len; i++) {
		c->vm_memory[i] = g_array_index(scn->vms, struct scn_vm, i).memory;
		c->vm_parent[i] = g_array_index(scn->vms, struct scn_vm, i).parent;
	}
	c->devices_count = scn->devices->len;
	for (guint i = 0; i < scn->devices->len; i++) {
		const struct scn_device *d = &g_array_index(scn->devices, struct scn_device, i);

		c->devices[i] = (struct hyp_device){ .vm = (uint32_t)d->vm,
						     .iommu = d->iommu,
						     .vrid = d->vrid,
						     .alias = d->alias,
						     .group = group_of(scn, i),
						     .ats = d->ats,
						     .pri = d->pri,
						     .stall = d->stall,
						     .answer_ctx = d->answer_pasid,
						     .pasid_bits = (uint8_t)d->pasid_bits };
	}
	c->spaces_count = scn->spaces->len;
	for (guint i = 0; i < scn->spaces->len; i++)
		c->space_vm[i] = (uint32_t)g_array_index(scn->spaces, struct scn_space, i).vm;
	return true;
}

/*
 * A fault that this vendor does not have never comes. Where the file is for
 * several vendors, it is another's.
 */
static bool faults_known(const struct scn_run *run, GError **error)
{
	const struct ims_model *m = run->model;
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (unsigned i = 0; i < m->faults_count; i++)
		g_ptr_array_add(names, (gpointer)(uintptr_t)m->faults[i].name);
	for (guint i = 0; i < run->scn->steps->len && run->scn->vendors->len == 1; i++) {
		const struct scn_step *s = g_ptr_array_index(run->scn->steps, i);

		for (guint k = 0; s->expect.outcomes && k < s->expect.outcomes->len; k++) {
			const struct scn_outcome *o =
				&g_array_index(s->expect.outcomes, struct scn_outcome, k);
			g_autofree char *message = NULL;

			if (!o->fault ||
			    g_ptr_array_find_with_equal_func(names, o->fault, g_str_equal, NULL))
				continue;
			message = g_strdup_printf("%s has no fault '%s'", m->name, o->fault);
			scn_run_unknown(run->scn, o->mark, error, message, o->fault, "faults",
					names);
			return false;
		}
	}
	return true;
}

/* Guest memory that a step names stands behind real pages from the start. */
static void back_memory(struct scn_run *run)
{
	const struct scn *scn = run->scn;

	for (guint i = 0; i < scn->names->len; i++) {
		const struct scn_name *n = &g_array_index(scn->names, struct scn_name, i);

		hyp_back(run->h, (uint32_t)n->vm, n->gpa, n->size);
	}
	for (guint i = 0; i < scn->steps->len; i++) {
		const struct scn_step *s = g_ptr_array_index(scn->steps, i);

		if ((s->op == SCN_OP_MAP || s->op == SCN_OP_REMAP || s->op == SCN_OP_HOST_UNMAP) &&
		    s->gpa.name < 0 && s->vm >= 0)
			hyp_back(run->h, (uint32_t)s->vm, s->gpa.offset, s->size ? s->size : 4096);
	}
}

/* Software found the machine wanting. */
static void setup_error(const struct scn_run *run, GError **error)
{
	unsigned p = run->model->guest_rings_param;
	bool none = p && run->h->policy.of[IMS_COL_VMM_QUEUE] > IMS_VMM_QUEUE_TRAPPED &&
		    !run->params[p - 1];

	g_set_error(error, SCN_ERROR, SCN_ERROR_CONTENT, "%s: error: %s%s%s%s", run->scn->file,
		    run->h->error, none ? "; 'hardware: {caps: {" : "",
		    none ? run->model->params[p - 1].name : "", none ? ": N}}' gives it some" : "");
}

struct scn_run *scn_run_new(const struct scn *scn, const struct ims_model *model,
			    const struct scn_variant *variant, GError **error)
{
	struct scn_run *run = g_new0(struct scn_run, 1);
	g_autofree struct hyp_config *config = g_new0(struct hyp_config, 1);

	run->scn = scn;
	run->model = model;
	if (variant)
		run->variant = *variant;
	run->lazy = g_array_new(FALSE, FALSE, sizeof(struct scn_queued));
	run->async = g_array_new(FALSE, FALSE, sizeof(struct scn_unclaimed));
	run->acts.commands = g_array_new(FALSE, FALSE, sizeof(struct scn_consumed));
	run->unmet_at = g_array_new(FALSE, FALSE, sizeof(struct scn_access_now));
	run->unmet_all = g_ptr_array_new_with_free_func(g_free);
	if (!scn_run_params(run, error) || !faults_known(run, error) || !size_world(run, error)) {
		scn_run_free(run);
		return NULL;
	}
	run->world = g_aligned_alloc0(1, ims_world_bytes(&run->config), IMS_WORLD_ALIGN);
	ims_world_init(run->world, &run->config);
	if (!fill_hyp_config(run, config, error)) {
		scn_run_free(run);
		return NULL;
	}
	run->log.grow = grow_log;
	run->log.first = 1;
	config->log = &run->log;
	run->h = g_new0(struct hyp, 1);
	hyp_init(run->h, config);
	back_memory(run);
	if (run->h->error) {
		setup_error(run, error);
		scn_run_free(run);
		return NULL;
	}
	if (!scn_deeds_fit(run, error)) {
		scn_run_free(run);
		return NULL;
	}
	return run;
}

void scn_run_free(struct scn_run *run)
{
	if (!run)
		return;
	g_free(run->log.events);
	g_aligned_free(run->world);
	g_free(run->h);
	g_array_unref(run->lazy);
	g_array_unref(run->async);
	g_array_unref(run->acts.commands);
	g_clear_error(&run->acts.error);
	if (run->ids)
		g_hash_table_unref(run->ids);
	g_array_unref(run->unmet_at);
	g_ptr_array_unref(run->unmet_all);
	g_free(run);
}
