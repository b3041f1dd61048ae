/* SPDX-License-Identifier: MIT */
/* A scenario by its text, run to its end. */
#ifndef TESTS_UNIT_RAN_H
#define TESTS_UNIT_RAN_H

#include <check.h>
#include <string.h>

#include "sim/scenario/run.h"

/* @ok: whether its steps are to run without an error. The caller frees both. */
static inline struct scn_run *ran_text(const struct ims_model *m, const char *const *vendors,
				       const char *text, struct scn **ret_scn, bool ok)
{
	struct scn_run *run;
	GError *error = NULL;

	*ret_scn = scn_load("t.yaml", text, strlen(text), vendors, &error);
	ck_assert_msg(*ret_scn, "%s", error ? error->message : "");
	run = scn_run_new(*ret_scn, m, NULL, &error);
	ck_assert_msg(run, "%s", error ? error->message : "");
	ck_assert_int_eq(scn_run_steps(run, &error), ok);
	g_clear_error(&error);
	return run;
}

#endif
