/* SPDX-License-Identifier: MIT */
/* What the files of this room share. */
#ifndef SIM_HYP_PARTS_H
#define SIM_HYP_PARTS_H

#include "sim/hyp/hyp.h"

/* Who has to hear of a change: the tags it is filed under and the devices behind them. */
struct hyp_targets {
	uint32_t tags_count, devs_count;
	struct hyp_tag tags[HYP_TARGETS + 1];
	struct {
		uint32_t src, ctx;
		bool ats;
		bool dir; /* the table of its PASIDs is in the range that changed */
	} devs[HYP_TARGETS];
};

/* ims_driver.changed of a guest and of the host. */
void hyp_guest_changed(struct hyp *h, uint32_t vm, enum ims_change change, uint32_t vrid,
		       uint32_t ctx);
void hyp_host_changed(struct hyp *h, enum ims_change change, uint32_t prid, uint32_t ctx);

typedef void hyp_put_fn(struct hyp *h, uint32_t vm, const uint64_t *words);

/* Nobody; this one alone; and this one too: @ctx of requester @src, filed under @tag. */
void hyp_target_none(struct hyp_targets *t);
void hyp_target_only(struct hyp_targets *t, struct hyp_tag tag, uint32_t ctx, uint32_t src,
		     bool ats);
void hyp_target(struct hyp_targets *t, struct hyp_tag tag, uint32_t ctx, uint32_t src, bool ats);
/* A tag that no device stands behind. */
void hyp_target_tag(struct hyp_targets *t, struct hyp_tag tag);
/* Who issues: by which rules, to which unit. */
struct hyp_issuer {
	const struct ims_rule *rules;
	unsigned count;
	const struct ims_state *state;	 /* of the unit */
	const struct ims_policy *policy; /* of the host; NULL: a guest issues */
	uint32_t vm;
	hyp_put_fn *put;
	void (*barrier)(struct hyp *h, uint32_t vm);
};

/* Issues the commands that the rules owe for @change, in their order; false: there are none. */
bool hyp_issue(struct hyp *h, const struct hyp_issuer *by, enum ims_change change,
	       const struct hyp_targets *t, const struct hyp_extent *x);
/* Acknowledges a queue's error, so that the queue goes on; of a model that has queue_clear. */
void hyp_queue_clear(struct hyp *h, uint32_t vm_or_host);
/*
 * A driver whose unit refuses one of its commands: as qi_check_fault() of Linux it puts a
 * wait in the place of the command, clears the error and goes on; nobody looks at what
 * that returns, and what the command was for is lost. Of a model that has queue_steps_over.
 */
void hyp_step_over(struct hyp *h, uint32_t vm_or_host);
void hyp_words_of_sync(struct hyp *h, uint64_t status, uint32_t data, uint64_t *ret_words);

struct hyp_attachment *hyp_attached(struct hyp_attach_list *list, uint32_t dev, uint32_t ctx);
struct hyp_attachment *hyp_attach_add(struct hyp_attach_list *list, uint32_t dev, uint32_t ctx,
				      uint32_t to);
void hyp_attach_remove(struct hyp_attach_list *list, const struct hyp_attachment *a);

/* Levels that may hold leaves in tables that @hw walks. */
uint8_t hyp_leaf_levels(const struct ims_hw *hw, unsigned stage);
struct hyp_table hyp_parent_table(struct hyp *h, uint32_t vm);
uint32_t hyp_filed_ctx(const struct hyp *h, uint32_t ctx); /* the stand-in for none */
uint32_t hyp_emit(struct hyp *h, enum ims_actor actor, enum ims_event_kind kind, uint32_t n,
		  uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3);

/* The unit that the host has to do with now. */
static inline struct hyp_iommu *hyp_now(struct hyp *h)
{
	return &h->iommus[h->turn];
}

/* What an entry of the device says of it: everything that it has. */
static inline struct ims_dev_config hyp_dev_config(const struct hyp_device *d)
{
	return (struct ims_dev_config){
		.ats = d->ats, .pasid_bits = d->pasid_bits, .pri = d->pri, .stall = d->stall
	};
}

/* Has the host an ATC to think of, of a device. */
static inline bool hyp_has_atc(const struct hyp_device *d)
{
	return d->ats && !d->blocked;
}

/* ---- alias.c: a device by each of its requester ids ---- */
/* Do invalidations name the other one too. */
bool hyp_names_alias(const struct hyp *h, const struct hyp_device *d);
/* As hyp_target() and hyp_target_only(). */
void hyp_target_device(const struct hyp *h, struct hyp_targets *t, struct hyp_tag tag, uint32_t ctx,
		       const struct hyp_device *d, bool ats);
void hyp_target_device_only(const struct hyp *h, struct hyp_targets *t, struct hyp_tag tag,
			    uint32_t ctx, const struct hyp_device *d, bool ats);
/* The host's entries of a device, by the calls of ims_model that are named like it. */
void hyp_entry_add(struct hyp *h, const struct hyp_device *d, const struct ims_dev_config *config);
void hyp_entry_clear(struct hyp *h, const struct hyp_device *d);
void hyp_entry_set(struct hyp *h, const struct hyp_device *d, uint32_t ctx,
		   const struct ims_ctx_config *config);
void hyp_entry_unset(struct hyp *h, const struct hyp_device *d, uint32_t ctx);
void hyp_entry_wipe(struct hyp *h, const struct hyp_device *d, uint32_t ctx);
void hyp_entry_nest(struct hyp *h, const struct hyp_device *d, const struct ims_guest_entry *guest,
		    const struct ims_ctx_config *config);
bool hyp_entry_dirty(struct hyp *h, const struct hyp_device *d, uint32_t ctx, bool on);

/*
 * The host shuts a device out: its entry lets nothing through, what is attached stays so for
 * the host's own records. And lets it in again, with what is attached.
 */
void hyp_block_entry(struct hyp *h, uint32_t dev);
void hyp_unblock_entry(struct hyp *h, uint32_t dev);

/* Is a device of this VM behind a unit. */
bool hyp_behind(const struct hyp *h, uint32_t vm, uint32_t iommu);

/* The host's answer to a column. */
static inline unsigned hyp_policy(const struct hyp *h, enum ims_column column)
{
	return h->policy.of[column];
}

/* Is a device, by its number, on the nesting parent of a VM. */
static inline bool hyp_on_parent(const struct hyp *h, uint32_t dev, uint32_t vm)
{
	return h->vms[h->devices[dev].vm].parent == h->vms[vm].parent;
}

/* Have parents tags of their own: what goes through their second stage alone is filed under them. */
bool hyp_parent_tagged(const struct hyp *h);
/* Has an attachment, or a parent, this tag of a unit. */
bool hyp_tag_used(const struct hyp *h, uint32_t iommu, uint32_t dom);
/* Gives a new attachment its tag; true: what was filed under it has to go first. */
bool hyp_tag_take(struct hyp *h, struct hyp_attachment *a);

/* The physical ring: a command into it, its consumption; and all that was put is complete. */
void hyp_host_put(struct hyp *h, const uint64_t *words);
void hyp_host_run(struct hyp *h);
void hyp_host_sync(struct hyp *h);
/* One into that of the unit at hand, NULL: none, and the wait. */
void hyp_host_command(struct hyp *h, const uint64_t *words);
/* What the host's rules owe for a change, without the wait for it; false: nothing. */
bool hyp_host_issue(struct hyp *h, enum ims_change change, const struct hyp_targets *t,
		    const struct hyp_extent *x);
/* The same, and the wait for it. */
void hyp_host_owed(struct hyp *h, enum ims_change change, const struct hyp_targets *t,
		   const struct hyp_extent *x);
/* A call begins, and what comes hangs from its event; returns h->cause as it was, for the end. */
uint32_t hyp_call(struct hyp *h, enum ims_call what, uint64_t a0, uint64_t a1, uint64_t a2,
		  uint64_t a3);
/* And is refused with an errno. */
void hyp_call_refused(struct hyp *h, int error, uint32_t entries, uint32_t executed, uint32_t said);

/* What a VMM does before its guest runs: false, there is no uAPI. And for each of its devices. */
bool hyp_vmm_open(struct hyp *h, uint32_t vm);
void hyp_vmm_bind(struct hyp *h, uint32_t dev);

/* Has the VM's vIOMMU lost the device: its vDEVICE was destroyed. */
bool hyp_vdevice_gone(const struct hyp *h, uint32_t dev);

/* The calls of the VMM to the host. False: it was refused, and an event says so. */
bool hyp_call_attach(struct hyp *h, uint32_t dev, uint32_t ctx, const struct ims_path *guest);
void hyp_call_detach(struct hyp *h, uint32_t dev, uint32_t ctx);
/* The same where a nested domain is a whole device's. */
bool hyp_call_nest(struct hyp *h, uint32_t dev, const struct ims_guest_entry *guest);
/* A guest says that an entry changed in which nothing did. */
void hyp_call_nest_same(struct hyp *h, uint32_t dev);
/* A command of a machine without a monitor. */
void hyp_host_pass(struct hyp *h, const uint64_t *words);

/*
 * IOAS_UNMAP of a VM's memory, and what is owed for it: 0, or a negative errno of
 * hyp_area_unmap(). @ret_bytes: how much went.
 */
long hyp_parent_unmap(struct hyp *h, uint32_t vm, uint64_t first, uint64_t last,
		      uint64_t *ret_bytes);
/* Leaves of a parent in the range are clean again, of which hardware may hold that they are not. */
void hyp_parent_cleaned(struct hyp *h, uint32_t vm, uint64_t first, uint64_t last);
/* IOAS_MAP of memory at @hpa into a VM's is done: what stands behind the VM's pages now. */
void hyp_parent_mapped(struct hyp *h, uint32_t vm, uint64_t first, uint64_t last, uint64_t hpa);

/* What the host does of them: one (device, PASID); the whole device, to no domain: IMS_NONE. */
void hyp_host_attach(struct hyp *h, uint32_t dev, uint32_t ctx, uint32_t domain);
void hyp_host_detach(struct hyp *h, uint32_t dev, uint32_t ctx);
void hyp_host_nest(struct hyp *h, uint32_t dev, uint32_t domain);

/* Guest memory that was absent is there: owed where absence may be cached. */
void hyp_host_mapped(struct hyp *h, uint32_t vm, uint64_t gpa, uint64_t size);

/* ---- queue.c: rings of guests that hardware reads ---- */

/* Has hardware the ring at hand of a VM's unit: which of its own that is, 0: no. */
static inline unsigned hyp_queue_of(const struct hyp *h, uint32_t vm)
{
	return h->vms[vm].hw_ring[h->bare[vm].ring];
}

/* The ring that the guest's driver puts a command into. */
unsigned hyp_queue_for(const struct hyp *h, uint32_t vm, const uint64_t *words);
/* The ring at hand has a command more, of these words, up to @tail: the doorbell of the hardware itself. */
void hyp_queue_follow(struct hyp *h, uint32_t vm, uint32_t tail, const uint64_t *words);
/* The guest wrote a register of its unit: if it stands in the page of a queue, the hardware's is written. */
void hyp_queue_reg(struct hyp *h, uint32_t vm, const struct ims_reg *reg, uint64_t value);
/* Has hardware consumed all of it, and the unit that the guest believes in. */
bool hyp_queue_done(const struct hyp *h, uint32_t vm);
/* Why it does not, where nothing that the guest did is the reason; 0: that is for its own unit to say. */
enum ims_hung hyp_queue_idle(const struct hyp *h, uint32_t vm);
/*
 * The guest's driver finds it stopped: as Linux it puts a wait in the place of what was
 * illegal, runs one that a device made fail once more, and acknowledges.
 */
void hyp_queue_recover(struct hyp *h, uint32_t vm);
/* A queue of the VM's vIOMMU is there, or is no more. */
void hyp_queue_connect(struct hyp *h, uint32_t vm, const struct ims_viommu_row *row,
		       const struct ims_guest_queue *queue);
void hyp_queue_disconnect(struct hyp *h, uint32_t vm, unsigned hw_ring);
/* With vmm.queue: hardware. Queues for all that the guest has made in its memory; h->error: there are none. */
void hyp_vmm_queues(struct hyp *h, uint32_t vm);
/* ---- told.c ---- */

/* Gives the queues that hardware fills memory and switches them on, of every unit. */
void hyp_told_setup(struct hyp *h);
/*
 * The next that a unit tells, read by the side whose it is; kind IMS_TOLD_NOTHING: all is
 * read. False there: that.
 */
bool hyp_told_next(struct hyp *h, uint32_t unit, struct ims_told *ret);

/* ---- faults.c ---- */

/* What is pending of what (device, PASID) is attached to, or of a fault queue, is answered: INVALID. */
void hyp_faults_detached(struct hyp *h, uint32_t dev, uint32_t pasid);
void hyp_faults_destroyed(struct hyp *h, uint32_t ctx, uint32_t fault);
/* The answer @code (enum ims_uapi_fault_code) to the group that @p is of; it is gone then. */
void hyp_fault_answer(struct hyp *h, const struct hyp_page *p, uint32_t code, enum ims_faultq how);
/* The device is attached to a page table from now on, 0: to none: by which name events are told. */
void hyp_vmaster_set(struct hyp *h, uint32_t dev, uint32_t pasid, uint32_t hwpt);
/*
 * Puts an event into the queue of this type of a vIOMMU, if there is one: what is too much
 * for it is counted as lost. Of whichever driver: records of units, errors of queues.
 */
void hyp_vevent_put(struct hyp *h, uint32_t ctx, uint32_t viommu, uint32_t type,
		    const uint64_t *words, unsigned count);

/* ---- vmm_faults.c ---- */

/* Reads a VM's fault and event queues, and tells the guest. */
void hyp_vmm_serve(struct hyp *h, uint32_t vm);
/* The VMM's own fault queue, made when it is first wanted: its id, 0: it has none. */
uint32_t hyp_vmm_fault_queue(struct hyp *h, uint32_t vm);
/* A VMM that is to hear of the device can: else h->error. Queues are of page tables and vIOMMUs that are objects. */
void hyp_vmm_hears(struct hyp *h, uint32_t dev);
/* Is the device attached by calls, to page tables that are objects. */
bool hyp_vmm_by_objects(const struct hyp *h, uint32_t dev);
/* A guest's command answers what it was told; false: this VMM has no fault queue. */
bool hyp_vmm_answer(struct hyp *h, uint32_t vm, const struct ims_cmd *cmd);

/* Has hardware the first ring of a VM's unit, so that its VMM sees none of the commands there. */
static inline bool hyp_owns_queue(const struct hyp *h, uint32_t vm)
{
	return h->vms[vm].hw_ring[0];
}

/* The unit's function for a VM's vIOMMU: its number, 0: there is none; what it is told of tags. */
uint32_t hyp_function_of(const struct hyp *h, uint32_t vm);
void hyp_function_tag(struct hyp *h, uint32_t vm, uint32_t vdom, uint32_t dom);
/* A queue of it has stopped: its VMM is told by an event, if it has asked for such. */
void hyp_function_failed(struct hyp *h, uint32_t vm);

/* A device's entry is read anew, and what it says now is nested; of a model that nests devices. */
void hyp_vmm_reread(struct hyp *h, uint32_t dev);
/* A guest has stored a word: what a VMM makes of it that does not see the guest's commands. */
void hyp_vmm_store(struct hyp *h, uint32_t vm, uint64_t gpa);
bool hyp_same_entry(const struct ims_guest_entry *a, const struct ims_guest_entry *b);

/* The VMM's side of one command of the guest, @queued its event. */
void hyp_vmm_command(struct hyp *h, uint32_t vm, const uint64_t *words, uint32_t queued);

#endif
