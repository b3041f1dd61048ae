/* SPDX-License-Identifier: MIT */
/*
 * Lists of a guest's commands: what a VMM hands to the host by one call, for one
 * object, and what comes back.
 */
#ifndef SIM_HYP_LIST_H
#define SIM_HYP_LIST_H

#include "sim/hyp/parts.h"

/* What a list is for, and what `object` is of it. */
enum hyp_list_of {
	HYP_OBJECT_DOMAIN, /* a nested domain, by its number: its entries are ranges */
	HYP_OBJECT_GROUP,  /* all nested domains that have a guest's tag, by that */
	HYP_OBJECT_PARENT, /* the VM's nesting parent */
	HYP_OBJECT_VIOMMU, /* the VM's vIOMMU, which takes commands for devices too */
	HYP_OBJECT_DEVICE, /* a device, by its number */
};

/* The host's part of a list. @list.at are the caller's, read only. */
struct hyp_list {
	uint8_t of; /* enum hyp_list_of */
	uint32_t vm, object;
	uint32_t iommu; /* the unit that a parent, a vIOMMU, or a group is of */
	uint32_t count;
	const struct hyp_entry *at;
};

struct hyp_listed {
	uint32_t executed; /* entries from the first on that are executed, and waited for */
	uint32_t said; /* how many the host says are: what entry_num holds when the call returns */
	int error;     /* errno, 0: all of it */
};

/*
 * One call with a list: looks at each entry, rewrites it, issues it and waits, by the
 * policy's batch, progress and check. EOPNOTSUPP: there is no such call. EIO: the first entry
 * that is not executed is refused, as what may not be forwarded, or names a device that
 * the VM does not have; or, an entry's own @refused. ETIMEDOUT: a device did not answer.
 * No entries: nothing is done, and that is no error.
 */
void hyp_call_list(struct hyp *h, const struct hyp_list *list, struct hyp_listed *ret);

/* What such a call does of entries that are looked at already: all of them, and the wait. */
void hyp_list_carry_out(struct hyp *h, const struct hyp_list *list);

/*
 * The host's tags, on the unit at hand, for what a guest files under @vdom, @any_dom: under
 * any; each once, at most HYP_DOMAINS. Returns how many.
 */
uint32_t hyp_tags_for(const struct hyp *h, uint32_t vm, uint32_t vdom, bool any_dom,
		      uint32_t *ret_doms);

/* ---- the VMM's side ---- */

/*
 * An entry for later, or for a call now, by the policy's batch and wait. What is put while
 * the VMM holds HYP_LIST entries makes calls for those first.
 */
void hyp_vmm_put(struct hyp *h, const struct hyp_entry *e);
/* Makes the calls for what is held for a VM. */
void hyp_vmm_flush(struct hyp *h, uint32_t vm);
/* The guest's ring is empty; a wait of the guest stands there. */
void hyp_vmm_idle(struct hyp *h, uint32_t vm);
void hyp_vmm_wait(struct hyp *h, uint32_t vm);
/* @actor leaves out the guest's command of event @queued. */
void hyp_discard(struct hyp *h, enum ims_actor actor, uint32_t queued);

#endif
