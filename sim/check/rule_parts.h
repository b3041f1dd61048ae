/* SPDX-License-Identifier: MIT */
/* What the files on programming rules share. */
#ifndef SIM_CHECK_RULE_PARTS_H
#define SIM_CHECK_RULE_PARTS_H

#include "sim/check/parts.h"

/* Rules that are no vendor's: device.c, marks.c. */
extern const struct ims_prog_rule chk_rule_pasid_first, chk_rule_entry_first, chk_rule_marked;

/* One (requester, PASID) of a unit, as it was last read. */
struct chk_live {
	uint32_t unit, dev;
	struct ims_live e;
	uint64_t pa;		     /* of its first word, 0: it has none */
	uint64_t way[IMS_LIVE_READ]; /* where the structures on the way to it stand, 0: nowhere */
	uint32_t written; /* the last event that wrote a word of it, or of the way to it; 0: the setup */
	uint8_t changed; /* words that changed together while it was present, as bits */
};

/* @event broke the rule in what @l stands for; NULL: it is told of already. */
struct chk_finding *chk_rule_broken(struct chk *c, const struct ims_prog_rule *rule,
				    const struct chk_live *l, uint32_t event);

/*
 * Something was enabled or disabled in a device: of the time that the rules are read at, a
 * step's end. @ats and @pasid: as bits, the devices that were without, brought up to date.
 */
void chk_device_changed(struct chk *c, uint32_t event, uint64_t *ats, uint64_t *pasid);

#endif
