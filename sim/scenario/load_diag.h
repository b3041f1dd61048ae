/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with one scenario file: reports collected while it is read,
 * sorted and written in GCC style at the end. What does not live here: deciding
 * that something is wrong.
 */
#ifndef SIM_SCENARIO_LOAD_DIAG_H
#define SIM_SCENARIO_LOAD_DIAG_H

#include "sim/scenario/scenario.h"

#define SCN_REPORTS_SHOWN 20
/* Reports beyond this are counted, not kept: a hostile file must not cost memory. */
#define SCN_REPORTS_KEPT 100

struct scn_report {
	struct scn_mark mark;
	uint32_t width; /* characters under the caret and its tail, at least 1 */
	uint32_t seq;
	uint32_t points,
		last_point; /* at how many points of a sweep it is wrong, and the last of them */
	char *message, *help, *note;
	char *point; /* the first of them */
};

struct scn_diag {
	const char *file;
	const char *text; /* of the file, for the source lines */
	size_t len;
	GPtrArray *reports; /* of struct scn_report* */
	uint32_t cnt;	    /* reports in all, also those not kept */
	enum scn_error code;
	/* The point of a sweep that is read, and how many have been; 0: none is. */
	uint32_t points;
	const char *point;
};

void scn_diag_init(struct scn_diag *d, const char *file, const char *text, size_t len);
void scn_diag_clear(struct scn_diag *d);

/* What is reported from here on is wrong at this point of a sweep. */
void scn_diag_point(struct scn_diag *d, const char *point);

/*
 * Adds an error. Only the first at a place is kept, for the others follow from
 * it. Returns NULL if it was not kept; scn_report_* take that for an answer.
 */
struct scn_report *scn_diag_add(struct scn_diag *d, struct scn_mark mark, uint32_t width,
				const char *fmt, ...) G_GNUC_PRINTF(4, 5);
void scn_report_help(struct scn_report *r, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
void scn_report_note(struct scn_report *r, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
/* "did you mean 'unmap'? valid steps: attach, detach, ..."; @words of const char *. */
void scn_report_words(struct scn_report *r, const char *word, const char *what,
		      const GPtrArray *words);

/* Where byte @offset of the text stands. */
struct scn_mark scn_diag_mark(const struct scn_diag *d, size_t offset);
/* @text shortened and with nothing in it that would upset a terminal; freed by the caller. */
char *scn_quote(const char *text);
/* All reports as one error; false if there are none. */
bool scn_diag_finish(struct scn_diag *d, GError **error);

#endif
