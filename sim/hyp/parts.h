/* SPDX-License-Identifier: MIT */
/* What the files of this room share. */
#ifndef SIM_HYP_PARTS_H
#define SIM_HYP_PARTS_H

#include "sim/hyp/hyp.h"

/* Who has to hear of a change: the tags it is filed under and the devices behind them. */
struct hyp_targets {
	uint32_t tags_count, devs_count;
	struct {
		uint32_t dom, ctx;
	} tags[HYP_ATTACHMENTS];
	struct {
		uint32_t src, ctx;
		bool ats;
	} devs[HYP_ATTACHMENTS];
};

struct hyp_extent {
	uint64_t first, last;
	bool leaf_only;
};

typedef void hyp_put_fn(struct hyp *h, uint32_t vm, const uint64_t *words);

void hyp_target(struct hyp_targets *t, uint32_t dom, uint32_t ctx, uint32_t src, bool ats);
/* Issues the commands that @rules owe for @change, in the rules' order. */
void hyp_issue(struct hyp *h, uint32_t vm, const struct ims_rule *rules, unsigned count,
	       enum ims_change change, const struct hyp_targets *t, const struct hyp_extent *x,
	       hyp_put_fn *put);
void hyp_words_of_sync(struct hyp *h, uint64_t status, uint32_t data, uint64_t *ret_words);

struct hyp_attachment *hyp_attached(struct hyp_attach_list *list, uint32_t dev, uint32_t ctx);
void hyp_attach_add(struct hyp_attach_list *list, uint32_t dev, uint32_t ctx, uint32_t to);
void hyp_attach_remove(struct hyp_attach_list *list, const struct hyp_attachment *a);

struct hyp_table hyp_parent_table(struct hyp *h, uint32_t vm);
uint32_t hyp_filed_ctx(const struct hyp *h, uint32_t ctx); /* the stand-in for none */
uint32_t hyp_emit(struct hyp *h, enum ims_actor actor, enum ims_event_kind kind, uint32_t n,
		  uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3);

/* The calls of the VMM to the host. */
bool hyp_call_attach(struct hyp *h, uint32_t dev, uint32_t ctx, const struct ims_path *guest);
void hyp_call_detach(struct hyp *h, uint32_t dev, uint32_t ctx);
void hyp_call_invalidate(struct hyp *h, uint32_t domain, const struct hyp_extent *x);

/* The VMM's side of one command of the guest, @queued its event. */
void hyp_vmm_command(struct hyp *h, uint32_t vm, const uint64_t *words, uint32_t queued);

#endif
