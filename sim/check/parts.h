/* SPDX-License-Identifier: MIT */
/* What the files of this room share. */
#ifndef SIM_CHECK_PARTS_H
#define SIM_CHECK_PARTS_H

#include "sim/check/cause.h"
#include "sim/check/check.h"

/* No word's address: what depends on it depends on whichever page of a guest is backed next. */
#define CHK_ANY_PAGE UINT64_C(1)

/* One word something was made of. */
struct chk_word {
	uint64_t pa;
	uint64_t value;
	uint32_t read; /* event of the read */
	uint16_t kind; /* stage << 8 | level; 0: a configuration structure */
	uint16_t low;  /* if it had no page behind it and `pa` says so: where in the page it is */
	bool lent;     /* it was read for the walk step that a look-up went on from */
	bool outcome; /* for the translation that it found, which no structure or step is made of */
};

/* A cached entry as the log tells of it. */
struct chk_record {
	uint32_t unit, cache, entry;
	uint32_t fill;	     /* event */
	uint32_t read;	     /* oldest word's read */
	uint32_t changed_by; /* WRITE event that made it outdated */
	uint32_t moved; /* event that put other memory behind the guest's tables it was made of */
	uint32_t told;	/* the change for which it has been told as latent */
	uint32_t sound; /* last event after which it was found current */
	uint8_t stand;	/* enum chk_stand: how it came to be outdated */
	bool live, dirty, outdated;
	bool asked;    /* there was somebody to ask for it when it was last judged */
	bool adrift;   /* its words changed: what the tables say now depends on others */
	bool rebased;  /* and they said the same again: its words are those of that walk */
	bool borrowed; /* made of a walk step that was filled by way of another configuration */
	bool foreign;  /* and that step was of another root: its use is a breach */
	const struct chk_record *lent; /* if borrowed: that step, or entry */
	bool reached; /* a device got at it, by structures of which nothing leads there any more */
	bool kept; /* the tables cannot be walked as they were, but what was read of them still holds */
	struct ims_entry facts;
	uint32_t filed_ctx;
	uint32_t asked_ctx; /* of the request that filled it, as it presented it */
	GArray *words;	    /* of struct chk_word */
	GArray *tracked;    /* of uint64_t: the addresses under which it stands in chk.users */
};

/* A drop of a still-correct entry, to be classed when the guest's batch is over. */
struct chk_spill {
	struct chk_record *record;
	uint32_t command; /* the guest's QUEUED event behind it, 0: none */
};

struct chk_span {
	uint64_t first, last;
	uint32_t event;
};

struct chk {
	struct chk_subject s;
	struct ims_world *image;       /* memory as the log tells it */
	struct ims_hw look[IMS_UNITS]; /* hands on the image, caches bypassed */
	struct ims_log trace;	       /* of what is looked up on it otherwise */
	uint32_t next;		       /* event to be read next */

	GPtrArray *records;		       /* all, owned */
	GPtrArray *now[IMS_UNITS][IMS_CACHES]; /* by entry number; NULL where none is live */
	GHashTable *
		users; /* pa -> GPtrArray of records that depend on it; looked up, never iterated */
	GHashTable *writes; /* pa -> GArray of WRITE event numbers; looked up, never iterated */
	GHashTable *
		config_pages; /* pages that configuration structures were read from; looked up only */
	GPtrArray *dirty;     /* records to judge again */
	GPtrArray *adrift;    /* live translations whose words have changed at some time */
	GPtrArray *negatives; /* of the physical units: absences that were cached; also dead ones */
	GPtrArray *outdated;  /* records that were outdated when last judged; also dead ones */

	GArray *words;	   /* of the look-up that is going on */
	GArray *ref_words; /* of the reference walk that was made last: table entries only */
	uint32_t lookup;   /* its LOOKUP event */
	uint32_t asked_ctx[IMS_UNITS]; /* what each unit's last one presented */
	bool torn;		       /* it ended a fetch that had begun before */
	bool borrowed; /* it went on from something cached under another configuration, */
	const struct chk_record *lent; /* this */
	uint32_t asker;		       /* the requester */
	/* The look-up within which this one is, of a page beside; 0: it is none such. */
	uint32_t outer;
	GArray *outer_words;
	bool outer_torn, outer_borrowed;
	const struct chk_record *outer_lent;
	GPtrArray *outer_hits;
	GPtrArray *hits; /* records it went on from: one of the next two */
	GPtrArray *
		hits_of[IMS_UNITS]; /* of each unit's last look-up that was no translated request */
	GPtrArray *hits_scratch;

	GArray *freed;	      /* of struct chk_span */
	GArray *returned;     /* by STEP event: of struct {step, event} pairs */
	GArray *commands;     /* of uint32_t: QUEUED events of guests */
	GHashTable *discards; /* QUEUED event -> actor + 1 */
	GPtrArray *spills;
	uint32_t waited;  /* bit of each VM whose wait has returned since the last step */
	bool host_waited; /* the same for the host */
	uint64_t over[SCN_OVER_MAX];
	uint64_t over_translations; /* still-correct translations among the entries dropped */
	struct chk_counts counts;
	uint64_t window_events, window_longest;
	GHashTable *window_pages; /* host pages used in one; counted only */
	bool reconfigured; /* configuration structures were written since collisions were looked for */
	bool shared;	   /* then two roots shared a tag, */
	guint records_seen;  /* and so many entries had been filled */
	GArray *pending;     /* commands that are consumed and not waited for: order.c */
	GHashTable *exposed; /* the same before a guest's flush queue was drained */
	guint exposed_next;  /* of `freed`, to be looked at */
	bool deeds;  /* hardware does of itself what can be used as soon as a change is claimed */
	bool masked; /* what is wrong on the guests' own units alone is to be found too */
	GPtrArray *findings;
	struct chk_rules *rules; /* NULL: not judged, in a replay */
	struct chk_cold *cold;	 /* the world with nothing cached, NULL until it is asked for */
	char *bug;
};

struct chk_return {
	uint32_t step, event;
};

/* ---- log.c ---- */
const struct ims_event *chk_event(const struct chk *c, uint32_t number);
/* The STEP event above, 0 if there is none. */
uint32_t chk_step_of(const struct chk *c, uint32_t event);
/* The RETURN of a step, 0: not claimed yet. */
uint32_t chk_claim_of(const struct chk *c, uint32_t step);
/* ---- refused.c ---- */
/* What the host said when it refused a call, of its REFUSED event. */
char *chk_refused_text(const struct ims_event *e);
/* In the story of a finding, of whose VM it may be. */
void chk_tell_refused(struct chk *c, struct chk_finding *f, uint32_t number);
/* A finding for each. */
void chk_refusals(struct chk *c);

/* ---- result.c ---- */
/* chk_run_variant() with @search; NULL: the same. */
struct chk_result *chk_again(const struct scn *scn, const struct ims_model *model,
			     const struct scn_variant *variant, const struct chk_search *search);
/* ---- marks.c ---- */
/* An access is done, and not refused: has a write left its mark where the host asks for one. */
void chk_unmarked(struct chk *c, const struct scn_access_now *now,
		  const struct ims_access_result *a);

/* ---- hung.c ---- */
/* A lost completion that event @number tells of, in a queue; IMS_NONE: of no device in particular. */
struct chk_finding *chk_lost_new(struct chk *c, uint32_t number, uint32_t dev);
/* A finding for each wait that never returns. */
void chk_hangs(struct chk *c);
/* ---- lost.c ---- */
/* And for each device that waits for an answer when the run is over. */
void chk_unanswered(struct chk *c);

/* The guest's QUEUED event above, 0 if there is none. */
uint32_t chk_queued_above(const struct chk *c, uint32_t event);
struct chk_record *chk_record_at(const struct chk *c, uint32_t unit, uint32_t cache,
				 uint32_t entry);
/* What a READ event has read, as if at event @read. */
struct chk_word chk_word_of(const struct chk *c, const struct ims_event *e, uint32_t read);
/* From now on a write to @pa makes the record be judged again. */
void chk_track(struct chk *c, struct chk_record *r, uint64_t pa);

/* ---- judge.c ---- */
/* What the tables of the image say now. */
struct chk_fresh {
	bool ok;
	uint64_t out;
	uint16_t perm;	 /* to this request */
	uint16_t tables; /* what the tables alone grant */
};
void chk_reference(struct chk *c, uint32_t unit, const struct ims_req *req, struct chk_fresh *ret);
/*
 * Has one of the words it is made of changed, other than by becoming more
 * permissive; @ret_by: the first write that did it since the entry was current; @ret_way: one of those
 * that only say how a table of the guest is reached has, after that was read.
 */
bool chk_changed(const struct chk *c, const struct chk_record *r, uint32_t *ret_by, bool *ret_way);
/* Is a word of an entry one of stage 2 that leads to a table, or a structure, of the guest. */
bool chk_leads_to_table(const struct chk *c, const struct chk_record *r, uint32_t word);
void chk_judge(struct chk *c, struct chk_record *r);
void chk_judge_dirty(struct chk *c);
/* What the log says of an entry, as it was last judged. */
enum chk_stand chk_by_log(const struct chk *c, const struct chk_record *r);

/* ---- question.c ---- */
/* Is an entry a part of translations alone: a step of a walk, or the leaf of one of two stages. */
bool chk_is_step(const struct chk *c, const struct chk_record *r);
/* Is it one of all stages, the outcome of a walk. */
bool chk_is_translation(const struct chk *c, const struct chk_record *r);
/* The request that an entry answers. */
struct ims_req chk_request_of(const struct chk *c, const struct chk_record *r);
/*
 * Who comes by an entry of a cache that is looked up by its tag, by the configuration that
 * @hand reads: the requester that it was made for, as long as he is filed under that, else
 * whoever is; else he again, if it was reached all the same. False: nobody.
 */
bool chk_find_requester(const struct chk *c, const struct chk_record *r, const struct ims_hw *hand,
			struct ims_req *req);
/* Of how much one walk tells: the entry, or of one made of several leaves the smallest; 0: all. */
uint64_t chk_told_by_one(const struct chk_record *r);
bool chk_told_at_once(const struct chk_record *r);

void *chk_grow_log(void *old, size_t bytes);
void chk_forget_all(struct ims_hw *hw);
/* Nothing is cached for @hw, and its log is empty: it shows what is read and kept from now on. */
void chk_trace(struct ims_hw *hw);

/* ---- rewalk.c ---- */
/* What the tables of the world say of an entry. */
enum chk_stand chk_by_tables(struct chk *c, const struct chk_record *r);
/* Do both oracles say the same; sets c->bug if not. @told: may be NULL. */
void chk_confirm(struct chk *c, const struct chk_record *r, chk_asked_fn *told, void *arg);
struct chk_cold;
void chk_cold_free(struct chk_cold *cold);

/* ---- blame.c ---- */
/* The PASID of the requests that an entry serves, as they present it. */
uint32_t chk_ctx_of(const struct chk *c, const struct chk_record *r);
/* Before @event, a store, takes effect: @users are the records that stand on the word. */
void chk_rules_written(struct chk *c, const GPtrArray *users, const struct ims_event *e,
		       uint32_t event);
/* The outdated entry of the guest's bare unit that stands for this one, NULL: by the guest's commands it would be gone. */
struct chk_record *chk_bare_of(const struct chk *c, const struct chk_record *r);
/* An entry as a command is held against it. */
struct chk_target {
	uint32_t unit; /* whose commands */
	uint32_t cache, filed_ctx;
	uint32_t fill;		/* its event; 0: as if it had always been there */
	struct ims_entry facts; /* born: the event of its oldest word */
};
/*
 * As the unit reads it; what is none to the unit as it is now, by the table alone. False:
 * not even that.
 */
bool chk_decode(const struct chk *c, uint32_t unit, const uint64_t *words, struct ims_cmd *ret_cmd);
/* @ret_mid: its range is one between the stages. The first field in which a command, consumed at event @when, misses an entry. */
enum chk_field chk_first_miss(const struct chk *c, const struct chk_target *t,
			      const uint64_t *words, uint32_t when, char **ret_want, char **ret_got,
			      bool *ret_mid);
/* The physical entry as the guest sees it; false: it has none of the kind. */
bool chk_guest_view(const struct chk *c, const struct chk_record *r, uint32_t *ret_vm,
		    struct ims_entry *ret);
/* Fills in near misses, cause and gap. @bare: the entry of the guest's own unit if it is as bad there. */
void chk_explain(struct chk *c, struct chk_finding *f, const struct chk_record *r,
		 const struct chk_record *bare);

/* ---- over.c ---- */
void chk_dropped(struct chk *c, struct chk_record *r, const struct ims_event *drop);
void chk_batch_over(struct chk *c, uint32_t vm);

/* ---- finding.c ---- */
struct chk_finding *chk_finding_new(struct chk *c, const struct chk_record *r, uint32_t changed_by);
void chk_finding_page(struct chk_finding *f, uint64_t iova);
/*
 * One change has one finding for a device and PASID: the gravest, with the pages
 * of them all. Returns true if @f, its story not told yet, is to be told: it is
 * the first of its change, or graver than what stood for it.
 */
bool chk_finding_stands(struct chk *c, struct chk_finding *f);

/* ---- table.c ---- */
/* Does an outdated entry lead to a table whose page was freed with, or behind, the change. */
bool chk_table_freed(struct chk *c, const struct chk_record *r);
/* In the story of a finding of that, which table. */
void chk_tell_table(struct chk *c, struct chk_finding *f, const struct chk_record *r);

/* ---- masked.c: only where c->masked says that it is asked for ---- */
/* The guest's own unit served an access from @r, outdated, and the physical one did not. */
void chk_masked_used(struct chk *c, const struct scn_access_now *now,
		     const struct ims_access_result *bare, struct chk_record *r);
/* A step has returned: what the guests' own units still hold. */
void chk_masked_stepped(struct chk *c);
/* The run is over: what shows on the physical side is not hidden. */
void chk_masked_end(struct chk *c);
/* Has each such finding say which answers of the host and the VMM hide it. */
void chk_masks(const struct scn *scn, const struct ims_model *model, struct chk_result *r);

/* ---- order.c ---- */
GArray *chk_order_new(void);
/* A unit consumed a command; a wait in a ring completed. */
void chk_order_command(struct chk *c, const struct ims_event *e, uint32_t event);
void chk_order_done(struct chk *c, const struct ims_event *e);
/* The run is over: what came of it is told, and not that it could. */
void chk_order_end(struct chk *c);

/* ---- negative.c ---- */
/*
 * An access was refused. A finding, if a cached absence did it that the tables no longer say; true
 * if so before that was claimed.
 */
bool chk_blocked(struct chk *c, const struct scn_access_now *now,
		 const struct ims_access_result *phys, const struct ims_access_result *bare);
/* A step has returned in which a wait did: absences that are cached still. */
void chk_negatives_stepped(struct chk *c);

/* ---- lazy.c ---- */
/* Is a change that of an unmap whose flush its guest puts off. */
bool chk_put_off(const struct chk *c, uint32_t changed_by);
/* A device used @hpa by something that such a change made outdated, before the flush. */
void chk_exposed(struct chk *c, const struct chk_record *r, uint64_t hpa);
/* A step has returned: pages that were given away in it before the flush. */
void chk_lazy_stepped(struct chk *c);

/* The request at hand, as a unit sees it. */
struct ims_req chk_request_now(struct chk *c, uint32_t unit, const struct scn_access_now *now,
			       bool by_ats);

/* ---- collision.c ---- */
/* Is an entry looked up by its tag alone, so that whoever is filed there may hit it. */
bool chk_by_tag(const struct chk *c, const struct chk_record *r);
/* Is an outdated entry, hit by a request, of a root that the tag has left. */
bool chk_reused(struct chk *c, const struct chk_record *r, const struct ims_req *req);
/* Has whoever an entry was made for left its tag, which another root has got. */
bool chk_tag_left(struct chk *c, const struct chk_record *r);
/* A step has returned: entries that others may hit than those they were made for. */
void chk_collisions_stepped(struct chk *c);

/* ---- breach.c ---- */
/* The entry of (@dev, @ctx) leads into VM @into, which is not its own; returns as the next. */
bool chk_breach_route(struct chk *c, uint32_t unit, uint32_t dev, uint32_t ctx, uint32_t into);
/*
 * Whoever is (@dev, @ctx) may hit @r. Returns true if the change that made it so is not
 * claimed complete: nothing is told then.
 */
bool chk_breach_latent(struct chk *c, const struct chk_record *r, uint32_t dev, uint32_t ctx,
		       enum chk_cause cause, const struct chk_fresh *fresh);
/* Is the entry that served a request on @unit one of another root, and sound there. */
bool chk_other_root(struct chk *c, uint32_t unit, const struct scn_access_now *now,
		    const struct chk_record *r);
/* An access was served from @r, which is; @bare: the same of the guest's own unit, NULL: all is well there. */
void chk_breach(struct chk *c, const struct scn_access_now *now, const struct ims_access_result *a,
		const struct chk_record *r, const struct chk_record *bare,
		const struct chk_fresh *fresh);

/* ---- rule.c ---- */
/*
 * The event that last wrote the configuration of a device and PASID, or the way to it;
 * 0: none did since the setup. With @f it is told there.
 */
uint32_t chk_entry_written(struct chk *c, struct chk_finding *f, uint32_t unit, uint32_t dev,
			   uint32_t ctx);
struct chk_rules *chk_rules_new(const struct chk_subject *s);
void chk_rules_free(struct chk_rules *r);
/* A step has returned: what was programmed in it, held against the vendor's rules. */
void chk_rules_stepped(struct chk *c);
/* The run is over. */
void chk_rules_end(struct chk *c);

/* ---- result.c ---- */
/* Has @r the finding too; with @blame: of the same layer. */
bool chk_found_again(const struct chk_result *r, const struct chk_finding *f, bool blame);
/* A bug of this program that showed in a run beside that of @full is one of @full. */
void chk_take_internal(struct chk_result *full, const struct chk_result *r);

/* ---- columns.c ---- */
/* Has each finding say which answers of the host and the VMM bring it about. */
void chk_columns(const struct scn *scn, const struct ims_model *model,
		 const struct chk_search *search, struct chk_result *r);

/* ---- repairs.c ---- */
/* Has each finding say which layers mend it alone. */
void chk_repairs(const struct scn *scn, const struct ims_model *model,
		 const struct chk_search *search, struct chk_result *r);

/* ---- queue.c ---- */
/* Blames the maps of the queues that guests have in the hardware for what better ones mend. */
void chk_queues(const struct scn *scn, const struct ims_model *model,
		const struct chk_search *search, struct chk_result *r);

/* ---- power.c ---- */
/* Has each finding say on which readings of open knobs it depends. */
void chk_powers(const struct scn *scn, const struct ims_model *model,
		const struct chk_search *search, struct chk_result *r);

/* ---- history.c ---- */
/* One line of a finding's story; @text is taken over. */
void chk_tell_line(struct chk *c, struct chk_finding *f, uint32_t event, uint8_t actor, char *text);
/* The access at event @last that @r served, or that it is still there. */
void chk_tell_use(struct chk *c, struct chk_finding *f, const struct chk_record *r, uint32_t last);
/* How it came about: fill, change, commands, claim, giving away, up to event @last. */
void chk_tell(struct chk *c, struct chk_finding *f, const struct chk_record *r, uint32_t last);
void chk_finding_free(struct chk_finding *f);
void chk_near_miss_free(struct chk_near_miss *m);
void chk_step_free(struct chk_step *s);

/* The physical unit that a device is behind; is a unit a physical one; how a unit calls a device. */
static inline uint32_t chk_unit_of(const struct chk *c, uint32_t dev)
{
	return hyp_unit_of(c->s.h, c->s.h->devices[dev].iommu);
}

static inline bool chk_physical(const struct chk *c, uint32_t unit)
{
	return hyp_physical(c->s.h, unit);
}

static inline uint32_t chk_rid(const struct chk *c, uint32_t unit, uint32_t dev)
{
	const struct hyp_device *d = &c->s.h->devices[dev];

	return chk_physical(c, unit) ? d->prid : d->vrid;
}

/* The same of the request at hand. */
static inline uint32_t chk_src(const struct chk *c, uint32_t unit, const struct scn_access_now *now)
{
	return now->alias && chk_physical(c, unit) ? c->s.h->devices[now->dev].alias :
						     chk_rid(c, unit, now->dev);
}

static inline struct ims_hw *chk_hand_of(struct chk *c, uint32_t unit)
{
	return hyp_unit(c->s.h, unit);
}

#endif
