/* SPDX-License-Identifier: MIT */
/* The ladder: what hardware has to do by itself that a finding is there, the weakest first. */
#include <string.h>

#include "sim/check/explain.h"

#define FOUND                                                                                      \
	"A scenario is searched with all that hardware may do; what is found there is looked for with less of it, from the bottom up. The first rung on which it is found is told."
#define SOURCE "semantics.md 2.6: no specification bounds when a cache is filled"

/* clang-format off */
/* `also`: nothing; `title` stands in reports, behind the name. */
const struct chk_text chk_rung_texts[] = {
	{ .id = "fill-on-access", .title = "caches are filled by the accesses of the scenario alone, and keep what they need not drop",
		.meaning = "Nothing but what the scenario's steps ask for is cached; then a finding stands on no more than that a cache may be as large as it likes. Reports in text leave this rung out: it is the least that hardware does.",
		.found = FOUND, .fix = "Nothing to argue about: any hardware with such a cache shows it.", .related = "power.prefetch verdict.fail" },
	{ .id = "prefetch", .also = "speculation", .title = "hardware asks by itself, at any time; passes where caches are filled on access alone",
		.meaning = "A unit may walk for any request that a device may make, before one is made; a device with ATS may ask for any page that the scenario names, as often as it likes. So a page that no step touches may be cached when it is unmapped.",
		.found = FOUND, .source = SOURCE, .fix = "As for the cause. To hold that hardware does not do so takes a word of its maker.", .related = "power.fill-on-access power.walk-caches event.lookup" },
	{ .id = "walk-caches", .also = "partial-walks", .title = "hardware keeps steps of walks that it began by itself; passes where it keeps translations alone",
		.meaning = "What leads to a table is cached apart from what the table says. A command that drops leaves, or one that names another address, leaves it, and a later walk begins there: at a table that is gone.",
		.found = FOUND, .source = SOURCE, .fix = "Invalidate steps of walks, too, where a table goes: no leaf-only hint.", .related = "power.prefetch where.walk-cache table-uaf" },
	{ .id = "reorder", .title = "commands that no wait is between take effect in any order the vendor allows; passes where they do so one after the other",
		.meaning = "A command takes effect at any time between its consumption and the wait behind it. Where two are not ordered by the vendor, the later may come first: a device's cache is emptied, and filled again from a translation that the other command has not dropped yet.",
		.found = FOUND " The orders are those of the vendor's table, or all, as 'hardware: {order: weakest}' has it.", .source = "the vendor's ordering rules, 'iommusim describe VENDOR'",
		.fix = "A wait between the two.", .related = "power.walk-caches wrong-order event.early" },
	{ .title = NULL },
};
/* clang-format on */

const char *chk_rung_text(const char *rung)
{
	for (const struct chk_text *t = chk_rung_texts; t->title; t++)
		if (!strcmp(t->id, rung))
			return t->title;
	return NULL;
}
