/* SPDX-License-Identifier: MIT */
/*
 * The guest's repair, for blame: its driver issues all that it owes for each change, by the
 * vendor's own rules, and waits for it, whatever the steps of the scenario say. What it
 * changes stays as it is.
 */
#include "sim/scenario/run_parts.h"

void scn_repaired_store(struct scn_run *run, uint32_t vm)
{
	/* What a store is of is not said: an entry of a device or a context, the way to it, a table. */
	static const uint8_t may_be[] = { IMS_CHANGE_ROOT,	IMS_CHANGE_DEV,
					  IMS_CHANGE_DEV_FIELD, IMS_CHANGE_DIR,
					  IMS_CHANGE_CTX_CLEAR, IMS_CHANGE_CTX_FIELD,
					  IMS_CHANGE_S1_QUEUED };

	for (unsigned i = 0; run->variant.ideal_guest && i < G_N_ELEMENTS(may_be); i++)
		hyp_guest_owe(run->h, vm, (enum ims_change)may_be[i]);
}

bool scn_repaired_cmd(const struct scn_run *run, const struct scn_step *s)
{
	uint64_t words[IMS_CMD_WORDS];
	struct scn_run own = *run;
	struct ims_cmd cmd;

	return run->variant.ideal_guest && !scn_cmd_is_wait(run, s->cmd) &&
	       scn_cmd_words(&own, s->cmd, (uint32_t)s->vm, words, NULL) &&
	       ims_cmd_decode(run->model, &run->h->bare[s->vm].unit->state, words, &cmd);
}
