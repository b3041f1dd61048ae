/* SPDX-License-Identifier: MIT */
/* What the files of this room share. */
#ifndef SIM_HYP_PARTS_H
#define SIM_HYP_PARTS_H

#include "sim/hyp/hyp.h"

/* Who has to hear of a change: the tags it is filed under and the devices behind them. */
struct hyp_targets {
	uint32_t tags_count, devs_count;
	struct hyp_tag tags[HYP_ATTACHMENTS];
	struct {
		uint32_t src, ctx;
		bool ats;
		bool dir; /* the table of its PASIDs is in the range that changed */
	} devs[HYP_ATTACHMENTS];
};

struct hyp_extent {
	uint64_t first, last;
	bool leaf_only;
	uint8_t stages;	   /* enum ims_stages of the entry that changed, if one did */
	uint8_t grain_lg2; /* page size of the tables that changed; 0: it is of none */
	uint8_t leaf_lg2;  /* of the leaves that changed; 0: of several, or not known */
	bool entries;	   /* it is of page-table entries, and leaf_only says which */
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

/* Is a device of this VM behind a unit. */
bool hyp_behind(const struct hyp *h, uint32_t vm, uint32_t iommu);

/* The host's answer to a column. */
static inline unsigned hyp_policy(const struct hyp *h, enum ims_column column)
{
	return h->policy.of[column];
}

/* Has an attachment, or a parent, this tag of a unit. */
bool hyp_tag_used(const struct hyp *h, uint32_t iommu, uint32_t dom);
/* Gives a new attachment its tag; true: what was filed under it has to go first. */
bool hyp_tag_take(struct hyp *h, struct hyp_attachment *a);

/* The calls of the VMM to the host. */
bool hyp_call_attach(struct hyp *h, uint32_t dev, uint32_t ctx, const struct ims_path *guest);
void hyp_call_detach(struct hyp *h, uint32_t dev, uint32_t ctx);
/* @ctx: the PASID that the command names, where the domain is a whole device's. */
void hyp_call_invalidate(struct hyp *h, uint32_t domain, uint32_t ctx, const struct hyp_extent *x);

/* The same where a nested domain is a whole device's. */
void hyp_call_nest(struct hyp *h, uint32_t dev, const struct ims_guest_entry *guest);
/*
 * A guest's command goes on under the host's tags for the domain it names, or for all;
 * @everything: the host makes its own, for all that is filed there. False: it has none.
 */
bool hyp_call_retag(struct hyp *h, uint32_t vm, const struct ims_cmd *cmd, const uint64_t *words,
		    bool any_dom, bool everything);
/* The same to the device that it names; false: that has no such cache. */
bool hyp_call_device(struct hyp *h, uint32_t dev, const struct ims_cmd *cmd, const uint64_t *words);
/* A guest says that an entry changed in which nothing did. */
void hyp_call_nest_same(struct hyp *h, uint32_t dev);
/* A command of a machine without a monitor. */
void hyp_host_pass(struct hyp *h, const uint64_t *words);

/* Guest memory that was absent is there: owed where absence may be cached. */
void hyp_host_mapped(struct hyp *h, uint32_t vm, uint64_t gpa, uint64_t size);

/* The VMM's side of one command of the guest, @queued its event. */
void hyp_vmm_command(struct hyp *h, uint32_t vm, const uint64_t *words, uint32_t queued);

#endif
