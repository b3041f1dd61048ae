/* SPDX-License-Identifier: MIT */
/*
 * Deeds of hardware that nobody asked for: a look-up that fills caches, a command that takes
 * effect before its wait. Each stands before an instant of the run. With them a run is one of the
 * many that hardware may make of a scenario, and can be made again.
 */
#ifndef SIM_SCENARIO_DEEDS_H
#define SIM_SCENARIO_DEEDS_H

#include <stdbool.h>
#include <stdint.h>

enum scn_deed_kind { SCN_DEED_LOOK, SCN_DEED_EFFECT };

#define SCN_DEED_CHOICES 64 /* look-ups in caches that a deed may choose for */
#define SCN_DEEDS_MAX	 4096

/* A look-up that no step asks for. Nobody is told of its faults, and nothing asks for a page. */
struct scn_look {
	uint32_t dev; /* on whose behalf; its index */
	uint32_t ctx;
	uint64_t addr;
	uint8_t access;
	uint8_t kind; /* enum ims_request_kind, of one that is not `ats` */
	bool priv;
	bool alias; /* by the device's other requester id */
	bool ats;   /* by the device, through its own cache; else by the unit */
	/*
	 * One bit for each look-up in a cache, in the order in which they are made, the first in bit 0:
	 * 1: the entry there serves if there is one, 0: it is passed over as if nothing were cached.
	 * All behind the first @choices_count are passed over.
	 */
	uint8_t choices_count;
	uint64_t choices;
	/* One bit for each fill of a cache, in order: 1: hardware does not keep it. Others are kept. */
	uint64_t forgets;
};

struct scn_deed {
	uint32_t at; /* the instant before which it is done: counted from 0 at the first step's begin */
	uint8_t kind;  /* enum scn_deed_kind */
	uint32_t unit; /* of the world */
	struct scn_look look;
	/* A pending command takes effect: */
	uint32_t command; /* the instant at which it was consumed, */
	uint32_t ring;	  /* from this ring of the unit */
};

/* Choices made where more than one could go on; behind the last one the first goes on. */
struct scn_order_taken {
	const uint8_t *list;
	uint32_t count;
};

/* In the order of their instants; those of one instant are done as they stand here. */
struct scn_deeds {
	const struct scn_deed *list;
	uint32_t count;
	struct scn_order_taken order; /* of the actors, in the run that they are of */
};

#endif
