/* SPDX-License-Identifier: MIT */
/* What a run has seen, and whether that is enough. */
#include <stdio.h>
#include <string.h>

#include "tools/oracle/oracle.h"

enum { SHARE_LEAST = 15, KNOWN_MOST = 2 };

static void add_codes(struct orc_stats *to, const struct orc_stats *from)
{
	for (unsigned i = 0; i < ORC_CODES && from->codes[i].count; i++)
		for (unsigned k = 0; k < ORC_CODES; k++) {
			if (to->codes[k].count && to->codes[k].code != from->codes[i].code)
				continue;
			to->codes[k].code = from->codes[i].code;
			to->codes[k].count += from->codes[i].count;
			break;
		}
}

/* The first text stays: that of the program with the lowest number, if they are added in order. */
void orc_stats_add(struct orc_stats *to, const struct orc_stats *from)
{
	to->comparisons += from->comparisons;
	to->uncounted += from->uncounted;
	for (unsigned i = 0; i < ORC_KINDS; i++)
		to->outcome[i] += from->outcome[i];
	to->fresh += from->fresh;
	to->stale += from->stale;
	to->faults += from->faults;
	to->after_command += from->after_command;
	to->reads_unseen += from->reads_unseen;
	to->commands += from->commands;
	to->commands_refused += from->commands_refused;
	to->programs += from->programs;
	to->ended_early += from->ended_early;
	to->vague += from->vague;
	for (unsigned i = 0; i < ORC_KNOWN_MAX; i++)
		to->known[i] += from->known[i];
	for (unsigned i = 0; i < 8; i++)
		to->by_config[i] += from->by_config[i];
	add_codes(to, from);
	if (!to->text[0])
		memcpy(to->text, from->text, sizeof(to->text));
	to->differences += from->differences;
	to->broken = to->broken || from->broken;
}

static double share(uint64_t part, uint64_t all)
{
	return all ? 100.0 * (double)part / (double)all : 0;
}

static void line(const char *name, uint64_t count, uint64_t all)
{
	printf("    %-44s %8llu  %5.2f %%\n", name, (unsigned long long)count, share(count, all));
}

/* Codes in their order, whichever process met them first; ORC_CODES: there is none above @after. */
static unsigned next_code(const struct orc_stats *s, unsigned after)
{
	unsigned best = ORC_CODES;

	for (unsigned i = 0; i < ORC_CODES && s->codes[i].count; i++)
		if (s->codes[i].code > after &&
		    (best == ORC_CODES || s->codes[i].code < s->codes[best].code))
			best = i;
	return best;
}

static void histogram(const struct orc_vendor *v, const struct orc_stats *s)
{
	printf("  outcomes:\n");
	line("done, as the tables say", s->fresh, s->comparisons);
	line("done, by what was cached before", s->stale, s->comparisons);
	line(orc_kind_names[ORC_BLOCKED], s->outcome[ORC_BLOCKED], s->comparisons);
	if (s->outcome[ORC_LOST])
		line(orc_kind_names[ORC_LOST], s->outcome[ORC_LOST], s->comparisons);
	for (unsigned i = next_code(s, 0); i < ORC_CODES; i = next_code(s, s->codes[i].code)) {
		const struct ims_fault_def *f = ims_model_fault(v->model, s->codes[i].code);
		char name[64];

		snprintf(name, sizeof(name), "fault 0x%x %s", s->codes[i].code, f ? f->name : "?");
		line(name, s->codes[i].count, s->comparisons);
	}
	printf("  configurations:\n");
	for (unsigned i = 0; i < v->configs_count; i++)
		line(v->configs[i].name, s->by_config[i], s->comparisons);
}

/* A row stands for one rule, is seldom, and is gone when QEMU changes. */
static bool rows(const struct orc_vendor *v, const struct orc_stats *s, unsigned qemu, bool whole)
{
	bool good = true;

	printf("  known differences:\n");
	for (unsigned i = 0; i < v->known_count; i++) {
		const struct orc_known *k = &v->known[i];

		if (qemu < k->first || qemu > k->last) {
			printf("    %-44s not of this version\n", k->id);
			continue;
		}
		line(k->id, s->known[i], s->comparisons);
		if (whole && s->known[i] * 100 > s->comparisons * KNOWN_MOST) {
			printf("FAIL: the row '%s' explains more than %d %% of the comparisons\n",
			       k->id, KNOWN_MOST);
			good = false;
		}
		if (whole && !s->known[i]) {
			printf("FAIL: the row '%s' does not reproduce; is it mended in QEMU?\n",
			       k->id);
			good = false;
		}
	}
	return good;
}

static bool at_least(const char *what, uint64_t part, uint64_t all)
{
	if (part * 100 >= all * SHARE_LEAST)
		return true;
	printf("FAIL: %s are %.1f %% of the comparisons, at least %d %% are wanted\n", what,
	       share(part, all), SHARE_LEAST);
	return false;
}

bool orc_report(const struct orc_vendor *v, const struct orc_stats *s, unsigned qemu, bool whole,
		double seconds)
{
	bool good = true;

	printf("%s, QEMU %u.%u.%u: %llu comparisons in %llu programs\n", v->name, qemu / 1000000,
	       qemu / 1000 % 1000, qemu % 1000, (unsigned long long)s->comparisons,
	       (unsigned long long)s->programs);
	histogram(v, s);
	line("all faults and blocked requests", s->faults, s->comparisons);
	line("requests right behind a command", s->after_command, s->comparisons);
	printf("  besides: %llu commands, %llu of them refused; %llu programs ended early, %llu of them "
	       "with too many executions;\n  %llu reads whose data could not be seen; %llu requests "
	       "repeated without a change, not counted\n",
	       (unsigned long long)s->commands, (unsigned long long)s->commands_refused,
	       (unsigned long long)s->ended_early, (unsigned long long)s->vague,
	       (unsigned long long)s->reads_unseen, (unsigned long long)s->uncounted);
	good = rows(v, s, qemu, whole) && good;
	if (whole) {
		good = at_least("faults", s->faults, s->comparisons) && good;
		good = at_least("requests behind a command", s->after_command, s->comparisons) &&
		       good;
	}
	fprintf(stderr, "%s: %.1f s, %.0f comparisons a second\n", v->name, seconds,
		seconds > 0 ? (double)s->comparisons / seconds : 0);
	return good;
}
