/* SPDX-License-Identifier: MIT */
/*
 * Running a recording, the second pass of scenarios/recorded/README.md: the
 * guest's tables stand behind a second stage, every command goes as the guest's
 * raw words through the host into the hardware, every translation through caches
 * that hold all they may.
 */
#ifndef SIM_SCENARIO_REPLAY_H
#define SIM_SCENARIO_REPLAY_H

#include "sim/scenario/recording.h"
#include "sim/scenario/run.h"

struct rep_options {
	struct ims_policy policy; /* all 0: the model's first */
	const char *uapi; /* the name of the policy whose driver the host has; NULL: the same */
	bool bare; /* on the machine itself, without a host: so are tables of the second stage always */
	bool no_walk_caches;
	bool small_entries; /* an entry covers 4 KiB, whatever leaf it comes from */
	bool small_leaves;  /* and the tables are built of such */
	bool skip_all;	    /* every invalidation of the recording is left out */
	GArray *skip;	    /* of uint32_t: lines of commands to leave out; may be NULL */
	/* Is the invalidation on this line left out; asked when its turn has come. May be NULL. */
	bool (*leave_out)(void *data, uint32_t line);
	void *data;			 /* borrowed */
	const struct ims_param_set *set; /* parameters of the units, beside their defaults; */
	unsigned set_count;		 /* borrowed */
};

struct rep_run {
	const struct rec_program *prog;
	const struct ims_model *model;
	struct hyp *h;
	struct ims_world *world;
	struct ims_world_config config;
	uint32_t params[IMS_PARAMS]; /* of the units */
	struct ims_log log;
	struct rep_options options;

	void *observer;
	/* An xlat has its answer. */
	void (*accessed)(void *observer, struct rep_run *run, const struct scn_access_now *now,
			 const struct hyp_access *a);
	/* A command was carried out; the guest's wait may have returned with it. */
	void (*stepped)(void *observer, struct rep_run *run);

	uint32_t matched, wrong, commands, skipped;
	uint32_t first_wrong; /* line, 0: none */
	uint32_t *by_row;     /* commands carried out, by row of the vendor */
	GArray *async;	      /* of uint32_t: STEP events of unmaps whose wait has not returned */
};

/* How the vendor's recordings are to be read: for rec_load. */
void rep_vendor(const struct ims_model *model, struct rec_vendor *ret);

struct rep_run *rep_run_new(const struct rec_program *prog, const struct ims_model *model,
			    const struct rep_options *options, GError **error);
bool rep_run_events(struct rep_run *run, GError **error);
void rep_run_free(struct rep_run *run);

#endif
