/* SPDX-License-Identifier: MIT */
/*
 * The world: memory words and the state of every IOMMU unit in one flat block
 * without pointers, copied with one memcpy. A struct ims_hw is a hand on one
 * unit of it: made anew for a copy, it owns nothing.
 */
#ifndef SIM_ENGINE_WORLD_H
#define SIM_ENGINE_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iommusim/model.h"
#include "sim/core/log.h"
#include "sim/engine/cache.h"

#define IMS_UNITS	12 /* up to 4 physical ones, and the bare one each of up to 8 VMs believes in */
#define IMS_ATC_FAIL	4  /* devices that may be made to fail at a time */
#define IMS_ASKED	32 /* of a unit at a time, */
#define IMS_ASKED_PAGES 16 /* those that are page requests */
#define IMS_PENDING                                                                                \
	16 /* commands consumed and not complete; with more, the oldest completes at once */

struct ims_unit_config {
	uint32_t guest;	      /* whose addresses it uses: 0 physical, n + 1 those of VM n */
	uint8_t fragment_lg2; /* entries hold fragments of at most this size; 0: whole leaves */
	uint8_t ring_lg2;     /* log2 of the commands the ring holds */
	bool walk_caches;
	const uint32_t *params; /* of the model; NULL: the defaults */
	struct ims_cache_config caches[IMS_CACHES];
};

struct ims_world_config {
	const struct ims_model *model;
	uint32_t cells; /* words of memory that may ever be written */
	uint32_t units_count;
	struct ims_unit_config units[IMS_UNITS];
	uint64_t seed;
};

/* A structure that hardware has begun to read, and not finished. */
struct ims_fetch {
	uint64_t addr;
	uint64_t words[8];
	uint32_t src, ctx;
	uint32_t when;
	uint8_t cache;
	uint8_t count; /* words it has; 0: there is none */
};

/* What a device waits for: the answer to a group of page requests, or that its transaction goes on. */
struct ims_asked {
	uint32_t src, ctx;
	uint32_t event; /* of the first request */
	uint16_t group; /* or the tag of the transaction */
	bool stall;
	bool last;	 /* the group is complete */
	bool answer_ctx; /* as in struct ims_page_req */
};

/* A ring of commands. Between two of a unit there is no order, and a wait is for its own. */
struct ims_ring {
	uint64_t base;	     /* in the unit's own addresses */
	uint32_t head, tail; /* in commands */
	uint32_t mask;	     /* slots less one */
	uint32_t index_mask; /* of head and tail: the same, or with one bit more */
	uint32_t pending_count;
	uint16_t error; /* 0: running; else why it stopped at head */
	uint16_t owner; /* the guest's function that it is of, IMS_OWNER_BARE; 0: none */
	struct ims_cmd pending[IMS_PENDING];
};

struct ims_unit {
	uint64_t root;			/* root register */
	uint64_t cache_off[IMS_CACHES]; /* from the world's start */
	uint64_t rings_off;		/* likewise: of the rings behind the first */
	uint32_t rings_count;		/* with the first, */
	uint32_t guest_rings;		/* and how many of them, the last, guests may own */
	uint64_t guest_off;		/* likewise: the vendor's words of those */
	uint32_t guest;
	uint64_t guest_limit;  /* with a guest: its memory ends here */
	struct ims_cmd failed; /* if for a device: what it did not answer */
	struct {
		uint32_t src, count;
		bool acts;	  /* the device does as it is told, and its answer is lost */
	} atc_fail[IMS_ATC_FAIL]; /* devices whose next invalidations time out */
	uint32_t atc_failing;	  /* how many of them */
	uint32_t given_up;	  /* with atc_passes: how many there have been, in all */
	uint32_t refuses;	  /* the unit stops at each of so many commands to come */
	struct ims_cmd atc_last;  /* with atc_twice: the one that came once */
	bool atc_once;
	uint8_t fragment_lg2;
	bool walk_caches;
	uint32_t asked_count;
	struct ims_asked asked[IMS_ASKED];
	struct ims_state state;
	struct ims_fetch fetch;
	struct ims_ring ring; /* the first; most units have no other */
};

enum { IMS_DEVICES = 64 };

struct ims_world {
	uint64_t bytes;
	uint64_t limit; /* physical addresses end here */
	uint64_t fixed_first,
		fixed_last; /* memory that takes no atomic update; none: first > last */
	uint32_t time;	    /* number of the newest event, logged or not */
	/* Devices by their number, as bits: without ATS or PASID, which they may have; being reset. */
	uint64_t devs_no_ats, devs_no_pasid, devs_reset;
	uint32_t cells_count, cells_max;
	uint32_t cells_shift;
	uint32_t units_count;
	uint64_t cells_off, writers_off;
	struct ims_unit units[IMS_UNITS];
};

struct ims_hw;

/*
 * Look-ups and fills that are not those of the unit's caches: somebody chooses what
 * hardware has cached. Nothing is replaced, noted in an entry or logged as found by its
 * key; @arg is the owner's.
 */
struct ims_may {
	void *arg;
	/* The number of the entry, in the cache, that serves a look-up; IMS_NONE: none does. */
	uint32_t (*find)(struct ims_hw *hw, unsigned cache, uint32_t src, uint32_t ctx,
			 uint32_t dom, uint64_t addr);
	/* Takes what was read; @payload: the words of a configuration structure, or NULL. */
	uint32_t (*fill)(struct ims_hw *hw, unsigned cache, const struct ims_entry *e,
			 uint32_t filed_ctx, const uint64_t *payload);
};

struct ims_hw {
	const struct ims_model *model;
	struct ims_world *world;
	struct ims_unit *unit;
	struct ims_log *log; /* NULL: nothing is logged */
	struct ims_mem mem;
	uint32_t number;	   /* of the unit */
	uint32_t ring;		   /* which of its rings is at hand: ims_ring_use() */
	uint32_t cause;		   /* parent of the next event */
	uint32_t line;		   /* scenario line of the next event */
	uint32_t now;		   /* time of the look-up that is going on */
	uint32_t born;		   /* oldest word of the path being read */
	const struct ims_may *may; /* NULL: the unit's own caches serve */
	uint8_t actor;
	bool bypass;  /* a look at what the tables say now: no cache, no log, no bit set */
	bool aloof;   /* sets no accessed and dirty bits: the words are another unit's too */
	bool begins;  /* a fetch is begun and not ended: ims_prefetch() */
	bool silent;  /* its faults are told by nobody: a monitor does it, when it hears of them */
	bool stalled; /* the last request waits for software */
};

size_t ims_world_bytes(const struct ims_world_config *config);
/* Makes a world in @world, a zeroed block of ims_world_bytes(), best aligned so that an entry is one line. */
#define IMS_WORLD_ALIGN 64
void ims_world_init(struct ims_world *world, const struct ims_world_config *config);

void ims_hw_bind(struct ims_hw *hw, const struct ims_model *model, struct ims_world *world,
		 uint32_t unit, struct ims_log *log);

struct ims_mem ims_world_mem(struct ims_world *world, uint32_t guest);

/* Writes the word at physical @pa; returns what it held. @writer: the event that did it. */
uint64_t ims_world_store(struct ims_world *world, uint64_t pa, uint64_t value, uint32_t writer);
/* The event that last wrote the word, 0 if nobody did. */
uint32_t ims_world_writer(struct ims_world *world, uint64_t pa);

/* A ring of 2^count_lg2 commands. */
static inline void ims_ring_size(const struct ims_model *m, struct ims_ring *r, unsigned count_lg2)
{
	r->mask = (uint32_t)((UINT64_C(1) << count_lg2) - 1);
	r->index_mask = m->ring_wraps ? r->mask * 2 + 1 : r->mask;
}

/* The slot that a head or tail stands at, and the one behind it. */
static inline uint32_t ims_ring_slot(const struct ims_ring *r, uint32_t at)
{
	return at & r->mask;
}

static inline uint32_t ims_ring_next(const struct ims_ring *r, uint32_t at)
{
	return (at + 1) & r->index_mask;
}

/* A ring of the unit by its number, and the one at hand. */
static inline struct ims_ring *ims_hw_ring_of(const struct ims_hw *hw, unsigned ring)
{
	if (__builtin_expect(!ring, 1))
		return &hw->unit->ring;
	return (struct ims_ring *)(void *)((char *)hw->world + hw->unit->rings_off) + (ring - 1);
}

static inline struct ims_ring *ims_hw_ring(const struct ims_hw *hw)
{
	return ims_hw_ring_of(hw, hw->ring);
}

/* Has software switched off the ring at hand. */
static inline bool ims_ring_off(const struct ims_hw *hw)
{
	const struct ims_state *s = &hw->unit->state;

	return hw->ring ? !(s->rings_on >> hw->ring & 1) : s->fetch_off;
}

static inline struct ims_cache *ims_hw_cache(const struct ims_hw *hw, unsigned cache)
{
	return (struct ims_cache *)(void *)((char *)hw->world + hw->unit->cache_off[cache]);
}

/* The entry of the unit's cache that a look-up hits, IMS_NONE; see ims_cache_find(). */
static inline uint32_t ims_hw_find(struct ims_hw *hw, unsigned cache, uint32_t src, uint32_t ctx,
				   uint32_t dom, uint64_t addr)
{
	if (__builtin_expect(hw->may != NULL, 0))
		return hw->may->find(hw, cache, src, ctx, dom, addr);
	return ims_cache_find(ims_hw_cache(hw, cache), src, ctx, dom, addr);
}

/* The entry that a fill takes the place of; where somebody else decides there is none. */
static inline uint32_t ims_hw_old(struct ims_hw *hw, unsigned cache, uint32_t src, uint32_t ctx,
				  uint32_t dom, uint64_t addr)
{
	if (__builtin_expect(hw->may != NULL, 0))
		return IMS_NONE;
	return ims_cache_find(ims_hw_cache(hw, cache), src, ctx, dom, addr);
}

/*
 * What a command drops of a cache it also drops of a fetch for it, whatever the
 * domain: that is in what is being read.
 */
static inline void ims_fetch_end(struct ims_hw *hw, unsigned cache, const struct ims_sel *sel)
{
	struct ims_fetch *f = &hw->unit->fetch;

	if (f->count && f->cache == cache && f->when < sel->before &&
	    (sel->how_ctx != IMS_EQUAL || sel->ctx == f->ctx) &&
	    (sel->how_src != IMS_EQUAL || sel->src == f->src))
		f->count = 0;
}

/* Advances time by one event and logs it; returns its number. */
static inline uint32_t ims_emit(struct ims_hw *hw, enum ims_event_kind kind, uint32_t n,
				uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
	uint32_t time = ++hw->world->time;

	if (__builtin_expect(hw->log != NULL, 0)) {
		struct ims_event *e = ims_log_append(hw->log);

		*e = (struct ims_event){ .parent = hw->cause,
					 .kind = (uint16_t)kind,
					 .actor = hw->actor,
					 .unit = (uint8_t)hw->number,
					 .line = hw->line,
					 .n = n,
					 .a = { a0, a1, a2, a3 } };
	}
	return time;
}

/* Tells with the event just logged which ring it is of; of the first it says so already. */
static inline void ims_emit_ring(struct ims_hw *hw, uint32_t event)
{
	if (__builtin_expect(hw->log && hw->ring, 0))
		hw->log->events[event - hw->log->first].a[4] = hw->ring;
}

/* A write by whoever hw->actor is; logged as a WRITE with old and new. */
void ims_write(struct ims_hw *hw, uint64_t pa, uint64_t value, bool by_hardware);

#endif
