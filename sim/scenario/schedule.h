/* SPDX-License-Identifier: MIT */
/*
 * In which order the actors of a scenario go on: how far each is, which of them can begin
 * its next step, and a choice. What does not live here: carrying a step out (run.h).
 *
 * A scenario with `steps:` has one actor, number 0. The state is a plain value: a copy of
 * it is a schedule of its own.
 */
#ifndef SIM_SCENARIO_SCHEDULE_H
#define SIM_SCENARIO_SCHEDULE_H

#include "sim/scenario/scenario.h"

struct scn_schedule {
	uint32_t count;		     /* actors */
	uint32_t at[SCN_ACTORS_MAX]; /* of each: the steps that it is past */
};

/* Before the first step. */
void scn_schedule_begin(struct scn_schedule *s, const struct scn *scn);

/* The index of the step that @actor is at; -1: it is past its last one. */
int32_t scn_schedule_at(const struct scn_schedule *s, const struct scn *scn, uint32_t actor);

/* Is the step with this index past: begun and returned. */
bool scn_schedule_past(const struct scn_schedule *s, const struct scn *scn, uint32_t step);

/*
 * The actors that can begin their next step, 1 << actor: `then:` and the `for:` of a
 * `wait:` name steps that are past. 0: all are at their end, for a file in which actors
 * wait for each other in a circle is none.
 */
uint32_t scn_schedule_enabled(const struct scn_schedule *s, const struct scn *scn);

/* @actor is past the step that it was at. */
void scn_schedule_take(struct scn_schedule *s, uint32_t actor);

/*
 * The one order that a run has if nobody chooses: always the first actor of the file that
 * can go on. Takes its step and returns its index; -1: all are at their end.
 */
int32_t scn_schedule_next(struct scn_schedule *s, const struct scn *scn);

#endif
