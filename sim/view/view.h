/* SPDX-License-Identifier: MIT */
/* Showing results: readers only, text for people and JSON for programs. */
#ifndef SIM_VIEW_VIEW_H
#define SIM_VIEW_VIEW_H

#include "sim/check/check.h"
#include "sim/check/explain.h"

/* One verdict: a scenario on a vendor. */
struct view_run {
	const char *file;
	const struct scn *scn; /* NULL if the file could not be read */
	const char *vendor;    /* NULL: then, too */
	const char *host;      /* as the command line has it, NULL: as the file has it */
	const char *hardware;  /* the same */
	const struct chk_result *result;
	const char *token;	       /* the word that it was replayed from, NULL: none */
	const struct ims_model *model; /* with `log`, */
	const struct ims_log *log;     /* which is shown as well; NULL: it is not */
};

struct view_options {
	bool color;
	bool quiet;	/* what failed only; nothing if all passed */
	bool verbose;	/* counts of every run, findings with every event */
	bool found;	/* the findings of a run that passes, too */
	uint32_t until; /* no event behind this one is shown; 0: all are */
};

/* Appends what a person needs: a line for a pass, everything to act on for a failure. */
void view_text_run(GString *out, const struct view_run *run, const struct view_options *o);
/* The closing lines: totals, and the kinds asked for that are not judged. */
void view_text_totals(GString *out, const struct view_run *runs, guint count,
		      const struct view_options *o);

/* The object of design.md section 5; @until: as in struct view_options. */
void view_json(GString *out, const struct view_run *runs, guint count, uint32_t until);

/* The log of a run, a line for each event; and as a member "log" of its object. */
void view_text_log(GString *out, const struct view_run *run, uint32_t until);
struct json;
void view_json_log(struct json *j, const struct view_run *run, uint32_t until);

/* ---- explain.c ---- */

/* One page; all ids by group. */
void view_text_page(GString *out, const struct chk_page *p, const struct view_options *o);
void view_text_ids(GString *out, const GPtrArray *pages, const struct view_options *o);

/* One finding, indented, as view_text_run shows it. */
void view_text_finding(GString *out, const struct chk_finding *f, const char *file,
		       const char *device, const struct view_options *o);
/*
 * "pass  NAME [vendor, host, hardware, point]", no line end; without @vendor the name
 * alone; @point: of a sweep, NULL if there is none.
 */
void view_text_head(GString *out, enum chk_verdict verdict, const char *name, const char *vendor,
		    const char *host, const char *hardware, const char *point,
		    const struct view_options *o);
/* "head text", the text broken at blanks before column 80 and continued @hang deep. */
void view_text_field(GString *out, const char *head, const char *text, unsigned hang);
/* The same two columns narrower, as pages are. */
void view_text_narrow(GString *out, const char *head, const char *text, unsigned hang);
/* With colours: @text in that of @code, the number that terminals know it by. */
void view_text_paint(GString *out, const struct view_options *o, const char *code,
		     const char *text);
/* A message of the readers: as it is, but a long line of help is broken. */
void view_text_error(GString *out, const char *message);

/* The word as a shell has to be given it. */
char *view_shell_word(const char *word);
/* "iommusim run ..." or "iommusim replay TOKEN ...", what repeats this run alone. */
char *view_repeat(const struct view_run *run);

/* ---- a streaming JSON writer: correct escapes, commas and indentation by construction ---- */

struct json {
	GString *out;
	unsigned depth;
	bool first;
	bool flat; /* objects and arrays on one line */
};

void json_open(struct json *j, const char *key, char bracket);	    /* '{' or '[' */
void json_close(struct json *j, char bracket);			    /* '}' or ']' */
void json_text(struct json *j, const char *key, const char *value); /* NULL: null */
void json_number(struct json *j, const char *key, uint64_t value);
void json_hex(struct json *j, const char *key, uint64_t value); /* "0x1000" */
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);

/* A member of "pages". */
void view_json_page(struct json *j, const struct chk_page *p);
/* A member of "findings"; @vm may be NULL, @until 0. */
void view_json_finding(struct json *j, const struct chk_finding *f, const char *vm,
		       const char *device, uint32_t until);

#endif
