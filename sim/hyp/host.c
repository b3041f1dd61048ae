/* SPDX-License-Identifier: MIT */
/*
 * The host: nested domains and what is owed for them, the nesting parent. In what hosts
 * differ is asked of its policy, here and in the rules of the vendor.
 */
#include <errno.h>
#include <string.h>

#include "sim/core/assert.h"
#include "sim/core/bits.h"
#include "sim/hyp/uapi_area.h"

void hyp_host_changed(struct hyp *h, enum ims_change change, uint32_t prid, uint32_t ctx)
{
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = IMS_STAGES_NESTED };
	const struct hyp_tag none = { .ctx = ctx };
	struct hyp_targets t;

	hyp_target_only(&t, none, ctx, prid, false);
	hyp_host_owed(h, change, &t, &x);
}

uint32_t hyp_call(struct hyp *h, enum ims_call what, uint64_t a0, uint64_t a1, uint64_t a2,
		  uint64_t a3)
{
	uint32_t cause = h->cause;
	uint32_t event = hyp_emit(h, IMS_ACTOR_VMM, IMS_EV_CALL, what, a0, a1, a2, a3);

	hyp_step(h, h->log ? event : cause, h->line);
	return cause;
}

void hyp_call_refused(struct hyp *h, int error, uint32_t entries, uint32_t executed, uint32_t said)
{
	hyp_emit(h, IMS_ACTOR_HOST, IMS_EV_REFUSED, (uint32_t)error, h->log ? h->cause : 0, entries,
		 executed, said);
}

/* ---- nested domains and tags ---- */

/* What requests by PASID @ctx through an attachment are filed under; through none under 0. */
static struct hyp_tag tag_of(const struct hyp_attachment *at, uint32_t ctx)
{
	return (struct hyp_tag){ .dom = at ? at->dom : 0, .ctx = ctx };
}

void hyp_host_attach(struct hyp *h, uint32_t dev, uint32_t ctx, uint32_t domain)
{
	const struct hyp_device *d = &h->devices[dev];
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = IMS_STAGES_NESTED };
	struct hyp_attachment *at;
	struct hyp_targets t;
	struct ims_ctx_config config = { .s1_root = h->domains[domain].s1_root,
					 .s2_root = h->vms[d->vm].s2_root,
					 .stages = IMS_STAGES_NESTED,
					 .s1_top = h->model->s1_top,
					 .s2_top = h->model->s2_top,
					 .s2_dirty = hyp_parent_tracked(h, d->vm) };
	bool reused;

	h->turn = d->iommu;
	h->domains[domain].users++;
	at = hyp_attach_add(&h->host_at, dev, ctx, domain);
	reused = hyp_tag_take(h, at);
	config.dom = (uint16_t)at->dom;
	hyp_target_device_only(h, &t, tag_of(at, ctx), ctx, d, hyp_has_atc(d));
	if (reused)
		hyp_host_owed(h, IMS_CHANGE_TAG_REUSE, &t, &x);
	hyp_entry_set(h, d, ctx, &config);
	hyp_host_owed(h, IMS_CHANGE_CTX_SET, &t, &x);
}

/* What nothing can be filed under any more, if it is flushed at once. */
static void tag_left(struct hyp *h, uint32_t dom, const struct hyp_device *d)
{
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = IMS_STAGES_NESTED };
	const struct hyp_tag tag = { .dom = dom, .ctx = IMS_CTX_NONE };
	struct hyp_targets t;

	if (hyp_policy(h, IMS_COL_TAG_FREE) != IMS_FREE_AT_LAST || hyp_tag_used(h, h->turn, dom))
		return;
	hyp_target_device_only(h, &t, tag, IMS_CTX_NONE, d, hyp_has_atc(d));
	hyp_host_owed(h, IMS_CHANGE_TAG_REUSE, &t, &x);
}

void hyp_host_detach(struct hyp *h, uint32_t dev, uint32_t ctx)
{
	const struct hyp_device *d = &h->devices[dev];
	struct hyp_attachment *at = hyp_attached(&h->host_at, dev, ctx);
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = IMS_STAGES_NESTED };
	struct hyp_targets t;
	uint32_t dom = at->dom;

	h->turn = d->iommu;
	hyp_target_device_only(h, &t, tag_of(at, ctx), ctx, d, hyp_has_atc(d));
	hyp_entry_unset(h, d, ctx);
	hyp_host_owed(h, IMS_CHANGE_CTX_CLEAR, &t, &x);
	hyp_entry_wipe(h, d, ctx);
	h->domains[at->to].users--;
	hyp_attach_remove(&h->host_at, at);
	tag_left(h, dom, d);
}

/* Was something attached there: its tag. */
static bool leave(struct hyp *h, uint32_t dev, uint32_t *ret_dom)
{
	struct hyp_attachment *at = hyp_attached(&h->host_at, dev, IMS_CTX_NONE);

	if (!at)
		return false;
	*ret_dom = at->dom;
	h->domains[at->to].users--;
	hyp_attach_remove(&h->host_at, at);
	return true;
}

/* A host that takes what it nests on a parent for attached to it. */
static bool taken_for_done(struct hyp *h, uint32_t dev, const struct ims_guest_entry *guest)
{
	return hyp_policy(h, IMS_COL_REATTACH) == IMS_REATTACH_NOTHING &&
	       guest->as == IMS_GUEST_PARENT && hyp_attached(&h->host_at, dev, IMS_CTX_NONE);
}

/* The entry of a device is written; @at is what it is attached by from now on, NULL. */
static void nest(struct hyp *h, uint32_t dev, const struct ims_guest_entry *guest,
		 struct hyp_attachment *at)
{
	const struct hyp_device *d = &h->devices[dev];
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = IMS_STAGES_NESTED };
	struct ims_ctx_config config = { .s2_root = h->vms[d->vm].s2_root,
					 .s2_top = h->model->s2_top,
					 .s2_dirty = hyp_parent_tracked(h, d->vm) };
	bool reused = at && hyp_tag_take(h, at), left;
	struct hyp_targets t, was;
	struct hyp_tag tag = { .ctx = IMS_CTX_NONE };

	hyp_target_device_only(h, &t, tag_of(at, IMS_CTX_NONE), IMS_CTX_NONE, d, hyp_has_atc(d));
	if (reused)
		hyp_host_owed(h, IMS_CHANGE_TAG_REUSE, &t, &x);
	/* The older of the two, which the look-up finds first. */
	left = hyp_attached(&h->host_at, dev, IMS_CTX_NONE) != at && leave(h, dev, &tag.dom);
	config.dom = (uint16_t)t.tags[0].dom;
	config.owner = d->iommu ? 0 : hyp_function_of(h, d->vm);
	config.owner_src = d->vrid;
	hyp_entry_nest(h, d, guest, &config);
	if (guest->as == IMS_GUEST_NESTED && config.owner)
		hyp_function_tag(h, d->vm, guest->dom, config.dom);
	hyp_host_owed(h, IMS_CHANGE_DEV, &t, &x);
	if (!left)
		return;
	hyp_target_device_only(h, &was, tag, IMS_CTX_NONE, d, false);
	if (hyp_policy(h, IMS_COL_SWAP) == IMS_SWAP_FLUSH)
		hyp_host_owed(h, IMS_CHANGE_S1_ALL, &was, &x);
	tag_left(h, tag.dom, d);
}

void hyp_host_nest(struct hyp *h, uint32_t dev, uint32_t domain)
{
	static const struct ims_guest_entry blocked = { .as = IMS_GUEST_BLOCKED };
	const struct ims_guest_entry *guest = domain == IMS_NONE ? &blocked :
								   &h->domains[domain].entry;
	bool done = taken_for_done(h, dev, guest);
	struct hyp_attachment *at = NULL;
	uint32_t old;

	h->turn = h->devices[dev].iommu;
	if (domain != IMS_NONE) {
		h->domains[domain].users++;
		at = hyp_attach_add(&h->host_at, dev, IMS_CTX_NONE, domain);
	}
	if (!done) {
		nest(h, dev, guest, at);
		return;
	}
	/* The parent's own, by which nothing of the device is filed as long as it goes on as before. */
	hyp_tag_take(h, at);
	leave(h, dev, &old);
}

void hyp_call_nest_same(struct hyp *h, uint32_t dev)
{
	const struct hyp_device *d = &h->devices[dev];
	const struct hyp_attachment *at = hyp_attached(&h->host_at, dev, IMS_CTX_NONE);
	uint32_t cause = h->cause;
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = IMS_STAGES_NESTED };
	struct hyp_targets t;

	h->turn = h->devices[dev].iommu;
	hyp_target_device_only(h, &t, tag_of(at, IMS_CTX_NONE), IMS_CTX_NONE, d, hyp_has_atc(d));
	hyp_host_owed(h, IMS_CHANGE_DEV_SAME, &t, &x);
	hyp_step(h, cause, h->line);
}

/* ---- the nesting parent ---- */

/* Guests' tables may hold any number of PASIDs, by drivers' hands as many as there are attachments. */
static bool has_room(struct hyp *h, const struct hyp_targets *t)
{
	if (t->devs_count + 2 > HYP_TARGETS)
		h->error = "the guests' tables have more PASIDs than are modelled (256)";
	return t->devs_count + 2 <= HYP_TARGETS;
}

/* One attachment; of a whole device every PASID that its table has. */
static void target_nested(struct hyp *h, struct hyp_targets *t, const struct hyp_attachment *a)
{
	const struct hyp_device *d = &h->devices[a->dev];
	const struct hyp_domain *domain = &h->domains[a->to];
	struct ims_driver *guest = &h->vms[d->vm].driver;

	if (!has_room(h, t))
		return;
	hyp_target_device(h, t, tag_of(a, a->ctx), a->ctx, d, hyp_has_atc(d));
	if (h->model->nest_of != IMS_NEST_DEVICE || domain->entry.as != IMS_GUEST_NESTED)
		return;
	for (uint32_t ctx = 0; h->model->guest_ctx(guest, &domain->entry, &ctx); ctx++) {
		if (ctx == h->model->ctx_standin)
			continue;
		if (!has_room(h, t))
			return;
		hyp_target_device(h, t, tag_of(a, ctx), ctx, d, hyp_has_atc(d));
	}
}

/*
 * A parent's own tag is nobody else's when the last device has left: what is filed under it is
 * there still, on each unit that one may have been behind.
 */
static void target_own(const struct hyp *h, uint32_t vm, struct hyp_targets *t)
{
	const struct hyp_tag own = { .dom = h->vms[vm].dom[h->turn], .ctx = IMS_CTX_NONE };

	for (uint32_t i = 0; i < t->tags_count; i++)
		if (t->tags[i].dom == own.dom)
			return;
	for (uint32_t dev = 0; dev < h->devices_count; dev++)
		if (hyp_on_parent(h, dev, vm) && h->devices[dev].iommu == h->turn)
			hyp_target_tag(t, own);
}

/* Everything that is nested on a VM's parent, behind the unit at hand. */
static void targets_of_parent(struct hyp *h, uint32_t vm, struct hyp_targets *t)
{
	hyp_target_none(t);
	for (uint32_t i = 0; i < h->host_at.count; i++) {
		const struct hyp_attachment *a = &h->host_at.at[i];

		if (hyp_on_parent(h, a->dev, vm) && h->devices[a->dev].iommu == h->turn)
			target_nested(h, t, a);
	}
	if (hyp_parent_tagged(h))
		target_own(h, vm, t);
}

/* Whose tables of PASIDs have a part in the range. */
static void target_dirs(struct hyp *h, uint32_t vm, struct hyp_targets *t,
			const struct hyp_extent *x)
{
	for (uint32_t i = 0; h->model->guest_dir && i < h->host_at.count; i++) {
		const struct hyp_attachment *a = &h->host_at.at[i];
		const struct hyp_domain *domain = &h->domains[a->to];

		if (!hyp_on_parent(h, a->dev, vm) || domain->entry.as != IMS_GUEST_NESTED ||
		    !h->model->guest_dir(&h->vms[h->devices[a->dev].vm].driver, &domain->entry,
					 x->first, x->last))
			continue;
		for (uint32_t k = 0; k < t->devs_count; k++)
			t->devs[k].dir |= hyp_device_by_rid(h, hyp_unit_of(h, h->turn),
							    t->devs[k].src) == a->dev;
	}
}

/* Does the host wait for what a change of the parent owes: one may look for whom it knows to be attached. */
static bool waits_for_parent(const struct hyp *h, uint32_t vm)
{
	if (hyp_policy(h, IMS_COL_PARENT_WAIT) != IMS_PARENT_WAIT_DIRECT)
		return true;
	for (uint32_t i = 0; i < h->host_at.count; i++) {
		const struct hyp_attachment *a = &h->host_at.at[i];

		if (hyp_on_parent(h, a->dev, vm) && h->devices[a->dev].iommu == h->turn &&
		    h->domains[a->to].entry.as == IMS_GUEST_PARENT)
			return true;
	}
	return false;
}

/* What is owed on every unit for a change of a VM's parent. */
static void parent_owed(struct hyp *h, uint32_t vm, enum ims_change change,
			const struct hyp_extent *x)
{
	bool less = change == IMS_CHANGE_S2_LESS;
	struct hyp_targets t;

	for (h->turn = 0; h->turn < h->iommus_count; h->turn++) {
		targets_of_parent(h, vm, &t);
		if (less)
			target_dirs(h, vm, &t, x);
		if (!less || waits_for_parent(h, vm))
			hyp_host_owed(h, change, &t, x);
		else
			hyp_host_issue(h, change, &t, x);
	}
	h->turn = 0;
}

void hyp_host_mapped(struct hyp *h, uint32_t vm, uint64_t gpa, uint64_t size)
{
	struct hyp_extent x = {
		.first = gpa, .last = gpa + size - 1, .leaf_only = true, .entries = true
	};

	parent_owed(h, vm, IMS_CHANGE_S2_MORE, &x);
}

void hyp_host_owe(struct hyp *h, uint32_t vm, enum ims_change change)
{
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = IMS_STAGES_NESTED };

	parent_owed(h, vm, change, &x);
}

bool hyp_host_dirty(struct hyp *h, uint32_t vm, bool on)
{
	bool any = false;

	for (uint32_t i = 0; i < h->host_at.count; i++) {
		const struct hyp_attachment *a = &h->host_at.at[i];
		const struct hyp_device *d = &h->devices[a->dev];

		if (hyp_policy(h, IMS_COL_PARENT_DIRTY) == IMS_PARENT_DIRTY_DIRECT &&
		    h->domains[a->to].entry.as == IMS_GUEST_NESTED)
			continue;
		if (!hyp_on_parent(h, a->dev, vm))
			continue;
		if (!hyp_entry_dirty(h, d, a->ctx, on)) {
			h->error = "this unit has no accessed and dirty bits in its second stage";
			return false;
		}
		any = true;
	}
	/* A host that knows of no entry to change flushes nothing: reference sheet, section 8.4, D6. */
	if (any)
		hyp_host_owe(h, vm, IMS_CHANGE_CTX_DIRTY);
	return true;
}

long hyp_parent_unmap(struct hyp *h, uint32_t vm, uint64_t first, uint64_t last,
		      uint64_t *ret_bytes)
{
	const struct hyp_obj *parent = hyp_obj_at(h, vm, h->vms[vm].hwpt);
	struct hyp_table table = hyp_parent_table(h, vm);
	uint32_t cause = hyp_call(h, IMS_CALL_UNMAP, vm, first, last, 0);
	uint64_t beyond = UINT64_C(1) << h->uapi->hwpts[parent->paging.row].aperture_lg2;
	struct hyp_extent x = { .first = first,
				.last = last < beyond ? last : beyond - 1,
				.entries = true };
	unsigned leaf_lg2 = hyp_table_leaf_lg2(&table, first, x.last - first + 1);
	bool freed = false;
	long rc = hyp_area_unmap_tables(h, vm, h->vms[vm].ioas, first, last, ret_bytes, &freed);

	x.leaf_only = !freed;
	x.grain_lg2 = table.format->grain_lg2;
	x.leaf_lg2 = freed ? 0 : (uint8_t)leaf_lg2;
	parent_owed(h, vm, IMS_CHANGE_S2_LESS, &x);
	hyp_step(h, cause, h->line);
	return rc;
}

/* As after an unmap: iommu_dirty_bitmap gathers what was dirty, and the gather is flushed. */
void hyp_parent_cleaned(struct hyp *h, uint32_t vm, uint64_t first, uint64_t last)
{
	struct hyp_table table = hyp_parent_table(h, vm);
	struct hyp_extent x = { .first = first,
				.last = last,
				.leaf_only = true,
				.entries = true,
				.grain_lg2 = table.format->grain_lg2,
				.leaf_lg2 = (uint8_t)hyp_table_leaf_lg2(&table, first,
									last - first + 1) };

	if (hyp_policy(h, IMS_COL_PARENT_CLEAN) == IMS_PARENT_CLEAN_FLUSH)
		parent_owed(h, vm, IMS_CHANGE_S2_LESS, &x);
}

bool hyp_parent_tracked(const struct hyp *h, uint32_t vm)
{
	uint32_t of = h->vms[vm].parent, id = h->vms[of].hwpt;
	const struct hyp_obj *o = id ? hyp_uapi_object(h, of, id, HYP_OBJ_PAGING) : NULL;

	return o && o->paging.dirty;
}

bool hyp_parent_marked(struct hyp *h, uint32_t vm, uint64_t gpa)
{
	struct hyp_table t = hyp_parent_table(h, h->vms[vm].parent);
	uint64_t out;
	unsigned lg2;

	return !hyp_table_find(&t, gpa, &out, &lg2) || hyp_table_dirty(&t, gpa, false, &lg2);
}

bool hyp_host_unmap(struct hyp *h, uint32_t vm, uint64_t gpa, uint64_t size)
{
	uint32_t of = h->vms[vm].parent;
	uint64_t last = gpa + size - 1, bytes;
	long rc = hyp_parent_unmap(h, of, gpa, last, &bytes);

	if (rc && hyp_run_at(h, of, h->vms[of].ioas, gpa, last))
		h->error = "the range covers a part of a larger leaf of the parent";
	else if (rc)
		h->error = "the parent maps nothing there";
	return !h->error;
}
