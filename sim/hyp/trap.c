/* SPDX-License-Identifier: MIT */
/*
 * Where hardware consumes a guest's commands the VMM sees none of them, those that say that
 * the entry of a device changed neither: it traps the guest's stores to these entries.
 */
#include "sim/hyp/list.h"

/* The entry leads to tables, under another tag than what the host took over. */
static bool other_tag(const struct ims_guest_entry *was, const struct ims_guest_entry *now)
{
	return now->as == IMS_GUEST_NESTED &&
	       (!was || was->as != IMS_GUEST_NESTED || was->dom != now->dom);
}

/* The first two words of a present entry were stored one right behind the other, and say something new. */
static bool other_pair(const struct hyp_trap *last, const struct hyp_trap *at,
		       const struct ims_guest_entry *was, const struct ims_guest_entry *now)
{
	if (at->word > 1 || !last->any || last->src != at->src || last->word != (at->word ^ 1))
		return false;
	return now->present && (!was || was->as != now->as || was->words[0] != now->words[0] ||
				was->words[1] != now->words[1]);
}

static bool reacts(struct hyp *h, uint32_t vm, uint32_t dev, const struct hyp_trap *at)
{
	const struct hyp_attachment *host = hyp_attached(&h->host_at, dev, IMS_CTX_NONE);
	const struct ims_guest_entry *was = host ? &h->domains[host->to].entry : NULL;
	struct ims_guest_entry now = { 0 };

	h->model->guest_entry(&h->vms[vm].driver, at->src, &now);
	switch (hyp_policy(h, IMS_COL_VMM_TRAP)) {
	case IMS_VMM_TRAP_ALL:
		return was ? !hyp_same_entry(was, &now) : now.as != IMS_GUEST_BLOCKED;
	case IMS_VMM_TRAP_TAG:
		return other_tag(was, &now);
	case IMS_VMM_TRAP_PAIR:
		return other_pair(&h->vms[vm].trap, at, was, &now);
	default:
		return false;
	}
}

void hyp_vmm_store(struct hyp *h, uint32_t vm, uint64_t gpa)
{
	struct hyp_vm *v = &h->vms[vm];
	struct hyp_trap at = { .any = true };
	uint32_t dev;

	if (!hyp_owns_queue(h, vm) || !h->model->guest_entry_at ||
	    !h->model->guest_entry_at(&v->driver, gpa, &at.src, &at.word))
		return;
	dev = hyp_device_by_rid(h, vm + 1, at.src);
	if (dev != IMS_NONE && reacts(h, vm, dev, &at))
		hyp_vmm_reread(h, dev);
	v->trap = at;
}
