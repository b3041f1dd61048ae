/* SPDX-License-Identifier: MIT */
/*
 * What hardware does: answers requests through caches and tables, consumes
 * commands. Vendor-blind; everything particular comes from the model.
 */
#ifndef SIM_ENGINE_ENGINE_H
#define SIM_ENGINE_ENGINE_H

#include "sim/engine/world.h"

/* The answer to one request. */
struct ims_answer {
	uint16_t fault;	       /* 0: translated */
	uint8_t ats;	       /* enum ims_ats_answer, for a translation request with a fault */
	uint16_t perm;	       /* enum ims_perm bits granted to this request */
	uint16_t tables;       /* the same before the configuration took some away */
	bool interrupt : 1;    /* the request was no access to memory but an interrupt */
	bool refused : 1;      /* unsupported without a fault: `ats` says so */
	bool untranslated : 1; /* ATS completion, U: go there untranslated */
	bool priv : 1; /* ATS completion, Priv: the permissions are those of privileged requests */
	uint8_t size_lg2; /* of the fragment that `out` may be used for */
	uint8_t s1_lg2, s2_lg2;
	uint64_t out;	/* output address of the byte asked for */
	uint64_t mid;	/* the same between the stages */
	uint32_t entry; /* the entry that served or was filled; IMS_NONE */
	uint8_t cache;	/* of which cache: the IOTLB, or one in front of it */
	uint8_t cls;	/* the class it is filed under */
	bool hit;	/* served from the IOTLB */
	uint32_t born;
	uint32_t event; /* the LOOKUP event */
};

/* Translates, through the caches of the unit. */
void ims_translate(struct ims_hw *hw, const struct ims_req *req, struct ims_answer *ret_answer);

/*
 * The same by the tables alone, as they are now: nothing cached is used or
 * filled, nothing logged, no accessed or dirty bit set.
 */
void ims_translate_fresh(struct ims_hw *hw, const struct ims_req *req,
			 struct ims_answer *ret_answer);

/*
 * One access of a device. With @ats it looks in its ATC, asks by ATS on a miss
 * and goes out translated; else it goes out untranslated. @req.kind is ignored.
 */
struct ims_access_result {
	uint16_t fault; /* the code; 0 with `refused` set: ATS granted less than the access needs */
	bool refused;
	uint8_t where;	  /* enum ims_where of what served it; IMS_WHERE_MAX: a walk */
	uint32_t entry;	  /* in that cache */
	uint8_t cache;	  /* its number, if it is not the device's own */
	uint8_t leaf_lg2; /* of an untranslated access: of the smaller of the leaves behind it */
	uint64_t out;
	uint64_t mid;
	uint64_t told;	/* of an access by a translated request: what ATS had answered */
	bool by_ats;	/* it is one */
	bool stalled;	/* it waits for software: there is no outcome yet */
	uint32_t event; /* the DMA event */
};
void ims_device_access(struct ims_hw *hw, uint32_t device, const struct ims_req *req, bool ats,
		       struct ims_access_result *ret);

/*
 * Hardware begins to read the structures of a request and is interrupted: what it
 * has of them by then the next request of this source and PASID will use.
 */
void ims_prefetch(struct ims_hw *hw, const struct ims_req *req);

/* An ATS translation request of a device, its answer put into the ATC. */
void ims_device_ats(struct ims_hw *hw, const struct ims_req *req, struct ims_answer *ret_answer);

/* ---- commands ---- */

/*
 * Finds the row and executes nothing; returns 0 or the queue error. @state: of the
 * unit that consumes the command; NULL: by the table alone, whatever a unit can do.
 */
uint16_t ims_cmd_decode(const struct ims_model *m, const struct ims_state *state,
			const uint64_t *words, struct ims_cmd *ret_cmd);

/* The words of the row with this title. */
void ims_cmd_encode(const struct ims_model *m, unsigned row, const struct ims_cmd_args *args,
		    uint64_t *ret_words);

/* Resolves what @match of the row of @cmd drops; false: the row does not apply to this command. */
bool ims_match_resolve(const struct ims_cmd_row *row, const struct ims_match *match,
		       const struct ims_cmd *cmd, struct ims_sel *ret_sel);

/* The mode the unit is in, for ims_cmd_row.modes. */
uint8_t ims_unit_mode(struct ims_hw *hw);

/* Takes another of the unit's rings to hand; returns which one it was. What follows is of that one. */
unsigned ims_ring_use(struct ims_hw *hw, unsigned ring);
/* The command in a slot of the ring, IMS_CMD_WORDS words; false: not all of it could be read. */
bool ims_ring_read(struct ims_hw *hw, uint32_t slot, uint64_t *ret_words);
/* Software stores a command into a slot; no event tells of it. */
void ims_ring_write(struct ims_hw *hw, uint32_t slot, const uint64_t *words);
/* Software puts a command into the ring at the tail; false: the ring is full. */
bool ims_ring_put(struct ims_hw *hw, const uint64_t *words);

/*
 * Consumes commands from the ring until it is empty or the queue stops. A wait
 * completes what was consumed before it: only then does it drop.
 */
void ims_ring_run(struct ims_hw *hw);

/* Consumes one command that never stood in the unit's own ring. */
void ims_cmd_execute(struct ims_hw *hw, const uint64_t *words);

/*
 * The next @count invalidations of what @src caches time out; 0: none does. False:
 * too many devices fail already.
 */
bool ims_atc_fail(struct ims_hw *hw, uint32_t src, uint32_t count);
/* Those of @src that time out are carried out all the same: it is the answer that is lost. */
void ims_atc_fail_acts(struct ims_hw *hw, uint32_t src);
/* The device @src forgets all translations that it holds. */
void ims_device_forget(struct ims_hw *hw, uint32_t src);
/* A completion by @src that belongs to no invalidation. */
void ims_atc_stray(struct ims_hw *hw, uint32_t src);

/*
 * Lets one command that is pending in a ring, consumed at time @when, take effect now. NULL, or
 * why it cannot: nothing has happened then. @overtakes: also what the vendor's order holds behind others.
 */
const char *ims_cmd_early(struct ims_hw *hw, unsigned ring, uint32_t when, bool overtakes);
/* Is the command that was consumed at @when still pending in the ring. */
bool ims_cmd_pending(const struct ims_hw *hw, unsigned ring, uint32_t when);

/* Lets everything consumed so far from the ring at hand take effect. */
void ims_complete(struct ims_hw *hw);

/* Power-on: nothing cached, registers at their reset values, no root and no ring. */
void ims_unit_reset(struct ims_hw *hw);

/* Writes a register by its offset, @bytes 4 or 8; false: there is none. */
bool ims_reg_write(struct ims_hw *hw, uint32_t offset, unsigned bytes, uint64_t value);
/* What it reads as. */
bool ims_reg_read(struct ims_hw *hw, uint32_t offset, unsigned bytes, uint64_t *ret_value);

/* Has the unit room for another group of page requests that waits. */
bool ims_asked_room(const struct ims_hw *hw);
/* A group that waits, by whom and which; @ctx counts for a device that heeds it. NULL: there is none. */
struct ims_asked *ims_asked_find(struct ims_hw *hw, uint32_t src, uint32_t ctx, uint16_t group,
				 bool stall);
/* A device waits for nothing any more: what is answered it does not know. */
void ims_asked_forget(struct ims_hw *hw, uint32_t src);
/* It waits no more. */
void ims_asked_end(struct ims_hw *hw, struct ims_asked *a);
/* A device asks for a page; what hardware made of it. */
enum ims_page_fate ims_device_page_request(struct ims_hw *hw, const struct ims_page_req *req,
					   uint8_t *ret_code);

#endif
