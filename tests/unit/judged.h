/* SPDX-License-Identifier: MIT */
/* A scenario by its text, judged. */
#ifndef TESTS_UNIT_JUDGED_H
#define TESTS_UNIT_JUDGED_H

#include <check.h>
#include <string.h>

#include "sim/check/check.h"

/* What a result is held against must outlive it. */
struct judged_text {
	struct scn *scn;
	struct chk_result *r;
};

static inline struct judged_text judged_text(const struct ims_model *m, const char *text)
{
	const char *const vendors[] = { m->name, NULL };
	struct judged_text j;
	GError *error = NULL;

	j.scn = scn_load("t.yaml", text, strlen(text), vendors, &error);
	ck_assert_msg(j.scn, "%s", error ? error->message : "");
	j.r = chk_run(j.scn, m, NULL);
	ck_assert_msg(!j.r->internal && j.r->verdict != CHK_ERROR, "%s", j.r->reason);
	return j;
}

static inline void judged_done(struct judged_text *j)
{
	chk_result_free(j->r);
	scn_free(j->scn);
}

#endif
