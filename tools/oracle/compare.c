/* SPDX-License-Identifier: MIT */
/* When two outcomes are one, and which disagreements are known. */
#include <stdio.h>

#include "tools/oracle/oracle.h"

const char *const orc_kind_names[ORC_KINDS] = {
	[ORC_DONE] = "done",	   [ORC_BLOCKED] = "blocked, nothing told",
	[ORC_FAULT] = "fault",	   [ORC_LOST] = "went to no known place",
	[ORC_UNSEEN] = "not seen",
};

/* What was not seen may have been done, or blocked. */
static bool kinds_same(unsigned a, unsigned b)
{
	return a == b || (a == ORC_UNSEEN && (b == ORC_DONE || b == ORC_BLOCKED)) ||
	       (b == ORC_UNSEEN && (a == ORC_DONE || a == ORC_BLOCKED));
}

static bool failed(const struct orc_outcome *o)
{
	return o->kind == ORC_FAULT || o->kind == ORC_BLOCKED;
}

bool orc_outcome_same(const struct orc_outcome *a, const struct orc_outcome *b, unsigned watched)
{
	uint64_t counts = failed(a) || failed(b) ? ~a->may_set : ~UINT64_C(0);

	if (!kinds_same(a->kind, b->kind))
		return false;
	if (a->kind == ORC_DONE && b->kind == ORC_DONE && a->place != b->place)
		return false;
	if (a->kind == ORC_FAULT) {
		if (a->fault.code != b->fault.code)
			return false;
		for (unsigned i = 0; i < ORC_DETAILS; i++)
			if (a->fault.detail[i] != b->fault.detail[i])
				return false;
	}
	for (unsigned i = 0; i < watched; i++)
		if ((a->watch[i] ^ b->watch[i]) & counts)
			return false;
	return true;
}

void orc_outcome_text(const struct ims_model *m, const struct orc_outcome *o, unsigned watched,
		      char *ret, size_t bytes)
{
	const struct ims_fault_def *f = ims_model_fault(m, o->fault.code);
	int n;

	switch (o->kind) {
	case ORC_DONE:
		n = snprintf(ret, bytes, "%s at 0x%llx%s", orc_kind_names[o->kind],
			     (unsigned long long)o->place, o->stale ? " (stale)" : "");
		break;
	case ORC_FAULT:
		n = snprintf(ret, bytes, "fault 0x%x %s", o->fault.code, f ? f->name : "?");
		for (unsigned i = 0; i < ORC_DETAILS; i++)
			n += snprintf(ret + n, bytes - (size_t)n, "%c0x%llx", i ? ',' : ' ',
				      (unsigned long long)o->fault.detail[i]);
		break;
	default:
		f = ims_model_fault(m, o->why);
		n = snprintf(ret, bytes, "%s 0x%llx%s%s", orc_kind_names[o->kind],
			     (unsigned long long)o->place, f ? " " : "", f ? f->name : "");
		break;
	}
	for (unsigned i = 0; i < watched && (size_t)n < bytes; i++)
		n += snprintf(ret + n, bytes - (size_t)n, "%s%llx", i ? " " : "; words ",
			      (unsigned long long)o->watch[i]);
}

int orc_known_find(const struct orc_known *rows, unsigned count, unsigned qemu,
		   const struct orc_case *c)
{
	for (unsigned i = 0; i < count; i++)
		if (qemu >= rows[i].first && qemu <= rows[i].last && rows[i].is(c))
			return (int)i;
	return -1;
}
