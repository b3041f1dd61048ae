/* SPDX-License-Identifier: MIT */
/*
 * One run in one word: of which scenario, on which vendor and host, with which deeds of hardware.
 *
 *   v1.SCENARIO.MACHINE.MODE.CHOICES
 *
 * SCENARIO: scn_text_hash() in hexadecimal. MACHINE: a hash of the vendor's rules and the host's
 * answers. MODE: as `hardware:` has it. CHOICES: everything else, in base 32.
 */
#ifndef SIM_EXPLORE_TOKEN_H
#define SIM_EXPLORE_TOKEN_H

#include <glib.h>

#include "sim/scenario/run.h"

struct xpl_token {
	uint64_t scenario;
	uint32_t machine;
	uint16_t name; /* a hash of the scenario's name: of a file that has changed it is the same */
	const char *mode; /* "adversarial", static */
	char *vendor;
	char *host;	/* as the command line had it, NULL: the file's own */
	uint32_t point; /* of the scenario's sweep */
	GArray *deeds;	/* of struct scn_deed */
	GArray *actors; /* of uint8_t: whose turn it is, where several could go on */
};

/*
 * The token of a run of @scn as it is now, with the host and the hardware that it was given.
 * @deeds: may be NULL.
 */
char *xpl_token_new(const struct scn *scn, const struct ims_model *model,
		    const struct scn_deeds *deeds);

/* Does the word claim to be one. */
bool xpl_is_token(const char *word);
/* NULL with @error set: it is none, is damaged, or is of another version of this program. */
struct xpl_token *xpl_token_read(const char *text, GError **error);
void xpl_token_free(struct xpl_token *t);

/* Is this the scenario's text; is it at least one with that name. */
bool xpl_token_is_of(const struct xpl_token *t, const char *text, size_t len);
bool xpl_token_names(const struct xpl_token *t, const struct scn *scn);
/*
 * The scenario that the token is of, at its point of the sweep, from @file; NULL with @error set: it
 * cannot be read, or has no such point.
 */
struct scn *xpl_token_load(const struct xpl_token *t, const char *file, const char *const *vendors,
			   GError **error);
/*
 * Has @scn run as the token says. False with @error set: the scenario, the vendor's rules or the
 * host are other ones than those that the token is of.
 */
bool xpl_token_apply(const struct xpl_token *t, struct scn *scn, const struct ims_model *model,
		     GError **error);
/* The deeds of the token, as long as that lives. */
struct scn_deeds xpl_token_deeds(const struct xpl_token *t);

#endif
