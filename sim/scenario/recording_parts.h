/* SPDX-License-Identifier: MIT */
/*
 * What the files of the recording reader share: the lines of one recording on
 * their way to a program. Nobody else includes this.
 */
#ifndef SIM_SCENARIO_RECORDING_PARTS_H
#define SIM_SCENARIO_RECORDING_PARTS_H

#include "sim/scenario/load_diag.h"
#include "sim/scenario/recording.h"

#define REC_PAGE_MASK (~(uint64_t)(REC_PAGE_BYTES - 1))
/*
 * Steps that ordering one file may take; a recording of 5,000 translations needs
 * some 100,000. A file made to need more is refused instead of run for hours.
 */
#define REC_STEPS_MAX ((uint64_t)1 << 27)
#define REC_NO_UNIT   UINT32_MAX

struct rec_cmd {
	uint32_t line;
	uint32_t event; /* index into work.base */
	struct rec_unit unit;
};

struct rec_xlat {
	uint32_t line;
	uint32_t event; /* index into work.base */
	uint32_t sid, tag;
	uint64_t page, pa;
	guint change; /* index of the page's next xlat that shows another PA, or its xlat_end */
};

struct rec_drv {
	uint32_t line;
	bool unmap;
	bool has_tag; /* a map without one is ignored */
	uint32_t tag;
	uint32_t unit; /* unmap: index into work.units; map: unused */
	uint64_t first, last, pa;
};

/* One flush: the commands of one unmap, or of one map where maps are flushed too. */
struct rec_flush {
	uint32_t line; /* of the first command */
	uint32_t cmd;  /* its number among the commands */
	uint32_t tag;
	uint64_t first, last; /* hull of its ranges */
};

/* A page that some device of @tag asked for. */
struct rec_page {
	uint32_t tag;
	uint64_t page;
	guint xlat, xlat_end; /* its range in work.xlats, by line */
	GArray *unmaps;	      /* of uint32_t, into work.drvs, ascending; NULL if none */
	GArray *maps;	      /* the same, of the maps */
};

struct rec_work {
	const struct rec_vendor *vendor;
	struct scn_diag diag;
	struct rec_counts counts;
	uint64_t steps; /* taken so far, of REC_STEPS_MAX */
	GArray *base; /* of struct rec_event: commands, translations and registers, in file order */
	GArray *cmds; /* of struct rec_cmd */
	GArray *xlats; /* of struct rec_xlat; by (sid, page, line), later by (tag, page, line) */
	GArray *drvs;  /* of struct rec_drv */
	GArray *tags;  /* of struct rec_sid_tag, by sid */
	GArray *units; /* of struct rec_flush: those of the unmaps, by line */
	GArray *map_units; /* of struct rec_flush: those of the maps, by line */
	GArray *pages;	   /* of struct rec_page, by (tag, page) */
	GArray *placed;	   /* of struct rec_event: the maps and unmaps */
};

/* Each returns false after an error was added to w->diag. */
bool rec_parse(struct rec_work *w);	  /* -> base, cmds, xlats, drvs, counts */
bool rec_find_tags(struct rec_work *w);	  /* step 1: -> tags */
bool rec_find_units(struct rec_work *w);  /* step 2: -> units, map_units, unmaps' tags */
bool rec_assign_maps(struct rec_work *w); /* step 3: -> pages, maps' tags */
bool rec_place(struct rec_work *w);	  /* steps 4 and 5: -> placed */

/* Counts @cnt steps; false with an error if the file has used up its share. */
bool rec_spend(struct rec_work *w, uint64_t cnt);
/* Adds an error about a whole line. */
struct scn_report *rec_line_error(struct rec_work *w, uint32_t line, const char *fmt, ...)
	G_GNUC_PRINTF(3, 4);

/* Pages of w->pages of @tag inside first .. last, as indices [*ret, *ret_end). */
void rec_pages_inside(const struct rec_work *w, uint32_t tag, uint64_t first, uint64_t last,
		      guint *ret, guint *ret_end);
/*
 * The interval of @pg that line @drv of work.drvs lies in: between the drv-unmaps
 * before and after it, as the lines (*ret_lo, *ret_hi) of their units. Returns
 * how many of the page's unmaps lie before.
 */
guint rec_interval(const struct rec_work *w, const struct rec_page *pg, uint32_t drv,
		   uint32_t *ret_lo, uint32_t *ret_hi);
/* What an xlat line of @page shows if @d is mapped. */
uint64_t rec_shown_pa(const struct rec_work *w, const struct rec_drv *d, uint64_t page);
/* Index of the first xlat of @pg after @line. */
guint rec_xlat_after(const struct rec_work *w, const struct rec_page *pg, uint32_t line);

/* Disjoint ranges of addresses, each of a tag: what is open. */
struct rec_ranges;
struct rec_ranges *rec_ranges_new(void);
void rec_ranges_free(struct rec_ranges *r);
void rec_ranges_add(struct rec_ranges *r, uint32_t tag, uint64_t first, uint64_t last);
void rec_ranges_cut(struct rec_ranges *r, uint32_t tag, uint64_t first, uint64_t last);
bool rec_ranges_hit(const struct rec_ranges *r, uint32_t tag, uint64_t first, uint64_t last);

#endif
