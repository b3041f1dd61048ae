/* SPDX-License-Identifier: MIT */
/* Each rule of "How to rebuild the order" (scenarios/recorded/README.md), on a few lines. */
#include <check.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/recording_toy.h"
#include "tests/run.h"

/* Each event as one word or two, so that a test shows a whole program. */
static char *dump(const struct rec_program *prog)
{
	GString *s = g_string_new(NULL);

	for (guint i = 0; i < prog->events->len; i++) {
		const struct rec_event *e = &g_array_index(prog->events, struct rec_event, i);

		if (e->kind == REC_MAP)
			g_string_append_printf(s,
					       "map%s%u t%u %" PRIx64 "+%" PRIx64 "=%" PRIx64 "; ",
					       e->reconstructed ? "?" : "", e->line, e->tag,
					       e->iova, e->size, e->pa);
		else if (e->kind == REC_UNMAP)
			g_string_append_printf(s, "unmap%u t%u %" PRIx64 "+%" PRIx64 " c%u; ",
					       e->line, e->tag, e->iova, e->size, e->cmd_index);
		else if (e->kind == REC_CMD)
			g_string_append_printf(s, "c%u; ", e->cmd_index);
		else if (e->kind == REC_XLAT)
			g_string_append_printf(s, "x%u; ", e->line);
		else
			g_string_append_printf(s, "%s%u; ", e->kind == REC_REG ? "r" : "o",
					       e->line);
	}
	return g_string_free(s, FALSE);
}

static struct rec_counts expect_program(const char *text, const struct rec_vendor *v,
					const char *want)
{
	struct rec_program *prog = load_ok("t.rec", text, v);
	struct rec_counts counts = prog->counts;
	char *got = dump(prog);

	ck_assert_str_eq(got, want);
	g_free(got);
	rec_free(prog);
	return counts;
}

START_TEST(test_plain)
{
	struct rec_counts c;

	c = expect_program(TAG5 "reg root 0x1000 scalable\nmark end\n", &each,
			   TAG5_PROGRAM "r7; o8; ");
	ck_assert_uint_eq(c.lines, 8);
	ck_assert_uint_eq(c.drv_maps, 2);
	ck_assert_uint_eq(c.reconstructed, 0);
	/* Byte addresses: the page decides. */
	expect_program("xlat 0x10 0x90008 0xa008 0x1000\n"
		       "cmd 0x511 0x90001\n"
		       "drv-map 1.0 0x90000 0x1000 0xa000\n"
		       "drv-unmap 1.1 0x90000 0x1000\n"
		       "drv-map 1.2 0x90000 0x1000 0xb000\n"
		       "xlat 0x10 0x90ffc 0xbffc 0x1000\n"
		       "fault 0x10 0x5 0x71 w\n"
		       "bypass 0x10 0x5\n",
		       &tiled, TAG5_PROGRAM "o7; o8; ");
}
END_TEST

/* The drv lines arrive late: three commands before the lines of the first. */
START_TEST(test_late_lines)
{
	expect_program(
		"xlat 0x10 0x1000 0xa000 0x1000\n"
		"cmd 0x511 0x1001\n"
		"cmd 0x2 0\n"
		"xlat 0x10 0x1000 0xb000 0x1000\n"
		"cmd 0x511 0x1001\n"
		"xlat 0x10 0x1000 0xa000 0x1000\n"
		"drv-map 1.0 0x1000 0x1000 0xa000\n"
		"drv-unmap 1.1 0x1000 0x1000\n"
		"drv-map 1.2 0x1000 0x1000 0xb000\n"
		"drv-unmap 1.3 0x1000 0x1000\n"
		"drv-map 1.4 0x1000 0x1000 0xa000\n",
		&each,
		"map7 t5 1000+1000=a000; x1; unmap8 t5 1000+1000 c0; c0; c1; map9 t5 1000+1000=b000; x4; "
		"unmap10 t5 1000+1000 c2; c2; map11 t5 1000+1000=a000; x6; ");
}
END_TEST

START_TEST(test_lost_map)
{
	struct rec_counts c;

	c = expect_program(
		"xlat 0x10 0x1000 0xa000 0x1000\n"
		"cmd 0x511 0x1001\n"
		"xlat 0x10 0x1000 0xb000 0x1000\n"
		"xlat 0x10 0x1000 0xb000 0x1000\n"
		"drv-map 1.0 0x1000 0x1000 0xa000\n"
		"drv-unmap 1.1 0x1000 0x1000\n",
		&each,
		"map5 t5 1000+1000=a000; x1; unmap6 t5 1000+1000 c0; c0; map?3 t5 1000+1000=b000; x3; x4; ");
	ck_assert_uint_eq(c.reconstructed, 1);
	/* A map of another address is no map of this one, though the output is the same. */
	c = expect_program(
		"xlat 0x10 0x1000 0xa000 0x1000\n"
		"cmd 0x511 0x1001\n"
		"xlat 0x10 0x1000 0xb000 0x1000\n"
		"drv-map 1.0 0x1000 0x1000 0xa000\n"
		"drv-unmap 1.1 0x1000 0x1000\n"
		"drv-map 1.2 0x2000 0x1000 0xb000\n",
		&each,
		"map4 t5 1000+1000=a000; x1; unmap5 t5 1000+1000 c0; c0; map?3 t5 1000+1000=b000; x3; ");
	ck_assert_uint_eq(c.reconstructed, 1);
	ck_assert_uint_eq(c.ignored_maps, 1);
}
END_TEST

/* A drv-map that its xlat contradicts is mapped as it stands, for the second pass to see. */
START_TEST(test_contradicted_map)
{
	struct rec_counts c;

	c = expect_program(TAG5 "xlat 0x10 0x1000 0xc000 0x1000\n"
				"cmd 0x511 0x1001\n"
				"drv-map 1.3 0x1000 0x1000 0xd000\n"
				"drv-unmap 1.4 0x1000 0x1000\n",
			   &each,
			   TAG5_PROGRAM
			   "map9 t5 1000+1000=d000; x7; unmap10 t5 1000+1000 c1; c1; ");
	ck_assert_uint_eq(c.reconstructed, 0);
}
END_TEST

/* Several maps go with one unmap, and its command drops more; only used pages are mapped. */
START_TEST(test_wider_unmap)
{
	expect_program(TAG5 "drv-map 1.3 0x4000 0x3000 0x20000\n"
			    "drv-map 1.4 0x7000 0x1000 0x30000\n"
			    "xlat 0x10 0x7000 0x30000 0x1000\n"
			    "xlat 0x10 0x5000 0x21000 0x1000\n"
			    "xlat 0x10 0x5000 0x21000 0x1000\n"
			    "drv-unmap 1.5 0x4000 0x4000\n"
			    "cmd 0x501 0x4008\n",
		       &each,
		       TAG5_PROGRAM
		       "map8 t5 7000+1000=30000; x9; map7 t5 5000+1000=21000; x10; x11; "
		       "unmap12 t5 4000+4000 c1; c1; ");
}
END_TEST

/* An event carries the whole drv-map that its page is a part of. */
START_TEST(test_whole_map_kept)
{
	struct rec_program *prog = load_ok("t.rec",
					   TAG5 "drv-map 1.3 0x4000 0x3000 0x20000\n"
						"xlat 0x10 0x5000 0x21000 0x1000\n",
					   &each);
	const struct rec_event *e =
		&g_array_index(prog->events, struct rec_event, prog->events->len - 2);

	ck_assert_int_eq(e->kind, REC_MAP);
	ck_assert_uint_eq(e->iova, 0x5000);
	ck_assert_uint_eq(e->size, 0x1000);
	ck_assert_uint_eq(e->pa, 0x21000);
	ck_assert_uint_eq(e->line, 7);
	ck_assert_uint_eq(e->at, 8);
	ck_assert_uint_eq(e->drv_first, 0x4000);
	ck_assert_uint_eq(e->drv_last, 0x6fff);
	ck_assert_uint_eq(e->drv_pa, 0x20000);
	rec_free(prog);
}
END_TEST

START_TEST(test_shared_addresses)
{
	struct rec_counts c;

	/* One doorbell page for both: the first who uses it has the first map. */
	c = expect_program(TWO_TAGS "xlat 0x20 0x1000 0xe000 0x1000\n"
				    "xlat 0x10 0x1000 0xe000 0x1000\n"
				    "drv-map 1.6 0x1000 0x1000 0xe000\n"
				    "drv-map 1.7 0x1000 0x1000 0xe000\n",
			   &each,
			   TWO_PROGRAM
			   "map15 t6 1000+1000=e000; x13; map16 t5 1000+1000=e000; x14; ");
	ck_assert_uint_eq(c.ignored_maps, 0);
	/* The same, but the next unmap says whose it is. */
	expect_program(TWO_TAGS "xlat 0x20 0x1000 0xe000 0x1000\n"
				"xlat 0x10 0x1000 0xe000 0x1000\n"
				"cmd 0x511 0x1001\n"
				"drv-map 1.6 0x1000 0x1000 0xe000\n"
				"drv-unmap 1.7 0x1000 0x1000\n"
				"drv-map 1.8 0x1000 0x1000 0xe000\n",
		       &each,
		       TWO_PROGRAM "map18 t6 1000+1000=e000; x13; map16 t5 1000+1000=e000; x14; "
				   "unmap17 t5 1000+1000 c2; c2; ");
	/*
	 * Maps nobody uses belong to the next unmap whose tag has them not open:
	 * line 15 to tag 6 for tag 5 has line 14 open. Line 18 is nobody's.
	 */
	c = expect_program(TWO_TAGS "xlat 0x10 0x1000 0xe000 0x1000\n"
				    "drv-map 1.6 0x1000 0x1000 0xe000\n"
				    "drv-map 1.7 0x1000 0x1000 0xf000\n"
				    "drv-unmap 1.8 0x1000 0x1000\n"
				    "drv-unmap 1.9 0x1000 0x1000\n"
				    "drv-map 2.0 0x1000 0x1000 0xf000\n"
				    "cmd 0x511 0x1001\n"
				    "cmd 0x611 0x1001\n",
			   &each,
			   TWO_PROGRAM "map14 t5 1000+1000=e000; x13; unmap16 t5 1000+1000 c2; c2; "
				       "unmap17 t6 1000+1000 c3; c3; ");
	ck_assert_uint_eq(c.ignored_maps, 1);
}
END_TEST

/* Where the translations contradict a map, only the unmaps say whose it is. */
START_TEST(test_owner_by_unmap)
{
	/* Line 16: tag 5 has it open since line 15, so the next unmap, line 17, is not its. */
	expect_program(TWO_TAGS "xlat 0x10 0x1000 0xe000 0x1000\n"
				"xlat 0x20 0x1000 0x5000 0x1000\n"
				"drv-map 1.6 0x1000 0x1000 0xe000\n"
				"drv-map 1.7 0x1000 0x1000 0xf000\n"
				"drv-unmap 1.8 0x1000 0x1000\n"
				"drv-unmap 1.9 0x1000 0x1000\n"
				"cmd 0x511 0x1001\n"
				"cmd 0x611 0x1001\n",
		       &each,
		       TWO_PROGRAM "map15 t5 1000+1000=e000; x13; map16 t6 1000+1000=f000; x14; "
				   "unmap17 t5 1000+1000 c2; c2; unmap18 t6 1000+1000 c3; c3; ");
	/* Line 17 shows what line 20 mapped: of line 16, before an unmap, it says nothing. */
	expect_program(TWO_TAGS "xlat 0x20 0x1000 0x5000 0x1000\n"
				"cmd 0x611 0x1001\n"
				"cmd 0x511 0x1001\n"
				"drv-map 1.6 0x1000 0x1000 0xe000\n"
				"xlat 0x10 0x1000 0xe000 0x1000\n"
				"drv-unmap 1.7 0x1000 0x1000\n"
				"drv-unmap 1.8 0x1000 0x1000\n"
				"drv-map 1.9 0x1000 0x1000 0xe000\n",
		       &each,
		       TWO_PROGRAM "map16 t6 1000+1000=e000; x13; unmap18 t6 1000+1000 c2; c2; "
				   "unmap19 t5 1000+1000 c3; c3; map20 t5 1000+1000=e000; x17; ");
	/* An unmap of a tag that no translation shows does not come into it. */
	expect_program(TWO_TAGS "xlat 0x20 0x1000 0xe000 0x1000\n"
				"xlat 0x10 0x1000 0xe000 0x1000\n"
				"drv-map 1.6 0x1000 0x1000 0xe000\n"
				"drv-map 1.7 0x1000 0x1000 0xe000\n"
				"drv-unmap 1.8 0x1000 0x1000\n"
				"cmd 0x711 0x1001\n",
		       &each,
		       TWO_PROGRAM "map15 t6 1000+1000=e000; x13; map16 t5 1000+1000=e000; x14; "
				   "unmap17 t7 1000+1000 c2; c2; ");
}
END_TEST

/* A translation changes and no unmap explains it: the maps are made as the driver's lines say. */
START_TEST(test_two_outputs)
{
	struct rec_counts c;

	/* Both are on record: the first translation decides. */
	c = expect_program(TAG5 "xlat 0x10 0x1000 0xc000 0x1000\n"
				"xlat 0x10 0x1000 0xd000 0x1000\n"
				"drv-map 1.3 0x1000 0x1000 0xc000\n"
				"drv-map 1.4 0x1000 0x1000 0xd000\n",
			   &each, TAG5_PROGRAM "map9 t5 1000+1000=c000; x7; x8; ");
	ck_assert_uint_eq(c.reconstructed, 0);
	/* Only what the second shows is. */
	c = expect_program(TAG5 "xlat 0x10 0x1000 0xc000 0x1000\n"
				"xlat 0x10 0x1000 0xd000 0x1000\n"
				"drv-map 1.4 0x1000 0x1000 0xd000\n",
			   &each, TAG5_PROGRAM "map9 t5 1000+1000=d000; x7; x8; ");
	ck_assert_uint_eq(c.reconstructed, 0);
	ck_assert_uint_eq(c.ignored_maps, 0);
}
END_TEST

START_TEST(test_tags)
{
	const char *conflict = "xlat 0x10 0x1000 0xa000 0x1000\n"
			       "cmd 0x511 0x1001\n"
			       "xlat 0x10 0x1000 0xb000 0x1000\n"
			       "cmd 0x611 0x1001\n"
			       "xlat 0x10 0x1000 0xc000 0x1000\n"
			       "drv-unmap 1.1 0x1000 0x1000\n"
			       "drv-unmap 1.2 0x1000 0x1000\n";
	const char *both = "xlat 0x10 0x1000 0xa000 0x1000\n"
			   "cmd 0x611 0x1001\n"
			   "cmd 0x511 0x1001\n"
			   "xlat 0x10 0x1000 0xb000 0x1000\n";
	const char *none = "reg a 0\nxlat 0x10 0x1000 0xa000 0x1000\ncmd 0x511 0x2001\n"
			   "xlat 0x10 0x1000 0xb000 0x1000\n";

	expect_error(
		conflict, strlen(conflict), &each,
		"t.rec:5:1: error: the tag of device 0x10 is not unanimous: 0x5 by line 3, but only 0x6 is "
		"invalidated before this change of page 0x1000\n"
		"    5 | xlat 0x10 0x1000 0xc000 0x1000\n"
		"      | ^");
	expect_error(
		both, strlen(both), &each,
		"t.rec:1:1: error: device 0x10 has no single tag: its translations allow 0x5, 0x6\n"
		"    1 | xlat 0x10 0x1000 0xa000 0x1000\n"
		"      | ^\n"
		"      = help: record until an invalidation of one tag alone tells them apart");
	expect_error(
		none, strlen(none), &each,
		"t.rec:2:1: error: device 0x10 has no tag: none of its translations changes across an "
		"invalidation\n"
		"    2 | xlat 0x10 0x1000 0xa000 0x1000\n"
		"      | ^\n"
		"      = help: record until the device has used an address twice, for two pages");
	/* A second change, after an invalidation of one of the two, decides. */
	expect_program(
		"xlat 0x10 0x1000 0xa000 0x1000\n"
		"cmd 0x611 0x1001\n"
		"cmd 0x511 0x1001\n"
		"xlat 0x10 0x1000 0xb000 0x1000\n"
		"cmd 0x511 0x1001\n"
		"xlat 0x10 0x1000 0xc000 0x1000\n"
		"drv-unmap 1.1 0x1000 0x1000\n"
		"drv-unmap 1.2 0x1000 0x1000\n"
		"drv-unmap 1.3 0x1000 0x1000\n",
		&each,
		"map?1 t5 1000+1000=a000; x1; unmap7 t6 1000+1000 c0; c0; unmap8 t5 1000+1000 c1; c1; "
		"map?4 t5 1000+1000=b000; x4; unmap9 t5 1000+1000 c2; c2; map?6 t5 1000+1000=c000; x6; ");
}
END_TEST

START_TEST(test_units_each)
{
	const char *more = TAG5 "cmd 0x511 0x2001\n";
	const char *less = TAG5 "drv-unmap 1.2 0x2000 0x1000\n";
	const char *apart = TAG5 "drv-unmap 1.2 0x2000 0x1000\ncmd 0x511 0x4001\n";

	expect_error(
		more, strlen(more), &each,
		"t.rec:7:1: error: no drv-unmap line is left for this invalidation: there are only 1\n"
		"    7 | cmd 0x511 0x2001\n      | ^");
	expect_error(less, strlen(less), &each,
		     "t.rec:7:1: error: no invalidation is left for drv-unmap 2\n"
		     "    7 | drv-unmap 1.2 0x2000 0x1000\n      | ^");
	expect_error(
		apart, strlen(apart), &each,
		"t.rec:7:1: error: drv-unmap 2 and its invalidation, line 8, speak of different pages: a line "
		"between is lost\n"
		"    7 | drv-unmap 1.2 0x2000 0x1000\n      | ^");
}
END_TEST

START_TEST(test_units_tiled)
{
	const char *gap = TAG5 "drv-unmap 1.2 0x2000 0x3000\ncmd 0x511 0x2001\ncmd 0x511 0x4001\n";
	const char *beyond = TAG5 "drv-unmap 1.2 0x2000 0x3000\ncmd 0x511 0x2004\n";
	const char *other = TAG5
		"drv-unmap 1.2 0x2000 0x3000\ncmd 0x511 0x2001\ncmd 0x611 0x3002\n";
	const char *open = TAG5 "drv-unmap 1.2 0x2000 0x3000\ncmd 0x501 0x2003\ncmd 0x511 0x2002\n";

	/* A table's command, then two of the leaves, each with its sync; then the next unmap. */
	expect_program(
		TAG5 "xlat 0x10 0x3000 0x8000 0x1000\n"
		     "cmd 0x501 0x2001\n"
		     "cmd 0x2 0\n"
		     "cmd 0x511 0x2001\n"
		     "cmd 0x2 0\n"
		     "cmd 0x511 0x3002\n"
		     "cmd 0x2 0\n"
		     "cmd 0x511 0x8001\n"
		     "drv-map 1.3 0x2000 0x3000 0x7000\n"
		     "drv-unmap 1.4 0x2000 0x3000\n"
		     "drv-unmap 1.5 0x8000 0x1000\n",
		&tiled,
		TAG5_PROGRAM
		"map15 t5 3000+1000=8000; x7; unmap16 t5 2000+3000 c1; c1; c2; c3; c4; c5; c6; "
		"unmap17 t5 8000+1000 c7; c7; ");
	expect_error(
		gap, strlen(gap), &tiled,
		"t.rec:7:1: error: the invalidations from line 8 on do not tile this drv-unmap: line 9 leaves a "
		"gap or comes twice\n"
		"    7 | drv-unmap 1.2 0x2000 0x3000\n      | ^");
	expect_error(
		beyond, strlen(beyond), &tiled,
		"t.rec:7:1: error: the invalidations from line 8 on do not tile this drv-unmap: line 8 reaches "
		"beyond it\n"
		"    7 | drv-unmap 1.2 0x2000 0x3000\n      | ^");
	expect_error(
		other, strlen(other), &tiled,
		"t.rec:7:1: error: the invalidations from line 8 on do not tile this drv-unmap: line 9 is of "
		"another tag\n"
		"    7 | drv-unmap 1.2 0x2000 0x3000\n      | ^");
	expect_error(
		open, strlen(open), &tiled,
		"t.rec:7:1: error: the invalidations from line 8 on do not tile this drv-unmap: no more follow\n"
		"    7 | drv-unmap 1.2 0x2000 0x3000\n      | ^");
}
END_TEST

START_TEST(test_units_synced)
{
	const char *two = SYNCED "cmd 0x511 0x1001\ncmd 0x611 0x1001\n";
	struct rec_counts c;

	c = expect_program(SYNCED "cmd 0x511 0x90002\n", &synced, SYNCED_PROGRAM "c5; ");
	ck_assert_uint_eq(c.reconstructed, 0);
	expect_error(
		two, strlen(two), &synced,
		"t.rec:12:1: error: not modelled: invalidations of tags 0x5 and 0x6 before one wait\n"
		"   12 | cmd 0x611 0x1001\n      | ^");
}
END_TEST

/* What is left open of a map when parts of it go: every one of these is an unmap's unit. */
START_TEST(test_synced_parts)
{
	expect_program(SYNCED "cmd 0x2 0\n"
			      "cmd 0x511 0x5003\n"
			      "cmd 0x2 0\n"
			      "cmd 0x511 0x6001\n"
			      "cmd 0x2 0\n"
			      "cmd 0x511 0x7001\n"
			      "cmd 0x2 0\n"
			      "cmd 0x511 0x5001\n"
			      "drv-map 1.3 0x5000 0x3000 0x20000\n"
			      "drv-unmap 1.4 0x6000 0x1000\n"
			      "drv-unmap 1.5 0x7000 0x1000\n"
			      "drv-unmap 1.6 0x5000 0x1000\n",
		       &synced,
		       SYNCED_PROGRAM
		       "c5; c6; c7; unmap20 t5 6000+1000 c8; c8; c9; "
		       "unmap21 t5 7000+1000 c10; c10; c11; unmap22 t5 5000+1000 c12; c12; ");
}
END_TEST

/*
 * Line 22 maps 0x5000 a second time, without a unit and without a use before
 * the unmap of line 23: it must not turn up at the unit or the use of line 24.
 */
START_TEST(test_synced_unused)
{
	expect_program(SYNCED "cmd 0x2 0\n"
			      "cmd 0x511 0x5002\n"
			      "cmd 0x2 0\n"
			      "cmd 0x511 0x5001\n"
			      "cmd 0x2 0\n"
			      "cmd 0x511 0x5002\n"
			      "cmd 0x2 0\n"
			      "cmd 0x511 0x5001\n"
			      "xlat 0x10 0x5000 0x30000 0x1000\n"
			      "drv-map 1.3 0x5000 0x2000 0x21000\n"
			      "drv-unmap 1.4 0x5000 0x1000\n"
			      "drv-map 1.5 0x5000 0x1000 0x25000\n"
			      "drv-unmap 1.6 0x5000 0x2000\n"
			      "drv-map 1.7 0x5000 0x1000 0x30000\n",
		       &synced,
		       SYNCED_PROGRAM
		       "c5; map20 t5 5000+2000=21000; c6; c7; unmap21 t5 5000+1000 c8; c8; c9; "
		       "unmap23 t5 5000+2000 c10; c10; c11; map24 t5 5000+1000=30000; c12; x19; ");
}
END_TEST

START_TEST(test_leaf_bytes)
{
	ck_assert_uint_eq(rec_leaf_bytes(0xffffe000, 0xffffffff, 0x3216000, 0xfffff002), 0x2000);
	ck_assert_uint_eq(rec_leaf_bytes(0xffffe000, 0xffffffff, 0x3217000, 0xfffff002), 0x1000);
	ck_assert_uint_eq(rec_leaf_bytes(0x1000, 0x7fff, 0x11000, 0x1000), 0x1000);
	ck_assert_uint_eq(rec_leaf_bytes(0x1000, 0x7fff, 0x11000, 0x3000), 0x2000);
	ck_assert_uint_eq(rec_leaf_bytes(0x1000, 0x7fff, 0x11000, 0x7fff), 0x4000);
	ck_assert_uint_eq(rec_leaf_bytes(0, UINT64_MAX, 0, 5), (uint64_t)1 << 63);
	ck_assert_uint_eq(rec_leaf_bytes(UINT64_MAX - 0x1fff, UINT64_MAX, 0x2000, UINT64_MAX),
			  0x2000);
}
END_TEST

START_TEST(test_octal_and_decimal)
{
	expect_program(
		"xlat 16 4096 0x8000 0x1000\ncmd 02421 4097\nxlat 020 0x1000 0x9000 4096\n"
		"drv-unmap 0 010000 010000\n",
		&each,
		"map?1 t5 1000+1000=8000; x1; unmap4 t5 1000+1000 c0; c0; map?3 t5 1000+1000=9000; x3; ");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("recording-rules");
	TCase *tc = tcase_create("recording-rules");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, test_plain);
	tcase_add_test(tc, test_late_lines);
	tcase_add_test(tc, test_lost_map);
	tcase_add_test(tc, test_contradicted_map);
	tcase_add_test(tc, test_wider_unmap);
	tcase_add_test(tc, test_whole_map_kept);
	tcase_add_test(tc, test_shared_addresses);
	tcase_add_test(tc, test_owner_by_unmap);
	tcase_add_test(tc, test_two_outputs);
	tcase_add_test(tc, test_tags);
	tcase_add_test(tc, test_units_each);
	tcase_add_test(tc, test_units_tiled);
	tcase_add_test(tc, test_units_synced);
	tcase_add_test(tc, test_synced_parts);
	tcase_add_test(tc, test_synced_unused);
	tcase_add_test(tc, test_leaf_bytes);
	tcase_add_test(tc, test_octal_and_decimal);
	suite_add_tcase(s, tc);
	return tests_run(s);
}
