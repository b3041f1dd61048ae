/* SPDX-License-Identifier: MIT */
/*
 * What every word of a report means, as data: a page for each kind, cause, rule, blame,
 * place, field, verdict, class, column, rung, knob, event and step. The texts stand in tables;
 * what a table of the checkers or of a vendor says already is taken from there. What does
 * not live here: showing it (sim/view).
 */
#ifndef SIM_CHECK_EXPLAIN_H
#define SIM_CHECK_EXPLAIN_H

#include "sim/check/check.h"

enum chk_group {
	CHK_GROUP_KIND,
	CHK_GROUP_CAUSE,
	CHK_GROUP_RULE,
	CHK_GROUP_BLAME,
	CHK_GROUP_WHERE,
	CHK_GROUP_FIELD,
	CHK_GROUP_VERDICT,
	CHK_GROUP_OVER,
	CHK_GROUP_COLUMN,
	CHK_GROUP_RUNG,
	CHK_GROUP_KNOB,
	CHK_GROUP_QUIRK,
	CHK_GROUP_EVENT,
	CHK_GROUP_STEP,
	CHK_GROUP_MAX,
};

/* One row of the tables of texts. */
struct chk_text {
	const char *id;	     /* NULL where the row's number has a name */
	const char *also;    /* other words for it, apart by blanks; NULL */
	const char *title;   /* one line */
	const char *meaning; /* what it says */
	const char *found;   /* how it is found; NULL */
	const char *source;  /* what that stands on; NULL */
	const char *fix;     /* what to do about it; NULL */
	const char *related; /* ids, apart by blanks; NULL */
};

extern const struct chk_text chk_kind_texts[SCN_KIND_MAX];
extern const struct chk_text chk_rung_texts[]; /* ended by a NULL title */
/* The next six: ended by a NULL title. */
extern const struct chk_text chk_blame_texts[];
extern const struct chk_text chk_where_texts[];
extern const struct chk_text chk_group_texts[CHK_GROUP_MAX];
extern const struct chk_text chk_cause_texts[]; /* by enum chk_cause */
extern const struct chk_text chk_field_texts[]; /* by enum chk_field */
extern const struct chk_text chk_event_texts[]; /* by enum ims_event_kind */
extern const struct chk_text chk_verdict_texts[CHK_VERDICT_MAX];
extern const struct chk_text chk_over_texts[SCN_OVER_MAX];

struct chk_page_part {
	char *head; /* "meaning" */
	char *text;
};

struct chk_page {
	enum chk_group group;
	char *id;
	char *also; /* other words for it, apart by blanks; NULL */
	char *title;
	GArray *parts; /* of struct chk_page_part, in their order */
	char *related; /* ids, apart by blanks; NULL */
};

struct chk_page *chk_page_new(enum chk_group group, const char *id, const char *title);
/* One more part; nothing if @text is NULL. */
void chk_page_part(struct chk_page *p, const char *head, const char *text);
/* The same; @text is taken over. */
void chk_page_take(struct chk_page *p, const char *head, char *text);
void chk_page_free(struct chk_page *p);

/* All pages in the order of their groups, with what these vendors (NULL-ended) have. Owns them. */
GPtrArray *chk_pages(const struct ims_model *const *models);
/*
 * The page of this name: its id, another word for it, or the part of its id behind the
 * dot if no other page has that. Upper case and underscores do not matter. NULL: there is
 * none, or several, whose ids are added to @ret_several.
 */
const struct chk_page *chk_page_find(const GPtrArray *pages, const char *word,
				     GPtrArray *ret_several);
/* The nearest id, NULL. */
const char *chk_page_near(const GPtrArray *pages, const char *word);

/* ---- explain_models.c ---- */

/* Pages of rules; of columns, knobs and quirks. */
void chk_rule_pages(GPtrArray *pages, const struct ims_model *const *models);
void chk_model_pages(GPtrArray *pages, const struct ims_model *const *models);

/* ---- explain_step.c ---- */

/*
 * What stands at a line of a scenario: the step, its keys, its command by vendor, the
 * finding that the file expects of it. Nothing is run. NULL with @error set: no step is there.
 */
struct chk_page *chk_step_page(const struct scn *scn, uint32_t line,
			       const struct ims_model *const *models, GError **error);
/* The page of an op, by its table. */
struct chk_page *chk_op_page(enum scn_op op);

#endif
