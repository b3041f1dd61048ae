/* SPDX-License-Identifier: MIT */
/* The last part of a token: numbers of any size in few bytes, bytes in few letters. */
#ifndef SIM_EXPLORE_TOKEN_BYTES_H
#define SIM_EXPLORE_TOKEN_BYTES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

void xpl_bytes_put(GByteArray *b, uint64_t value);
void xpl_bytes_put_text(GByteArray *b, const char *text); /* NULL: an empty one */

/* Reads one behind the other. After the first that is not there, or not whole, `bad` is set. */
struct xpl_reader {
	const uint8_t *at, *end;
	bool bad;
};
uint64_t xpl_bytes_take(struct xpl_reader *r);
/* A number of at most @most; a larger one is bad. */
uint32_t xpl_bytes_take_below(struct xpl_reader *r, uint64_t most);
char *xpl_bytes_take_text(struct xpl_reader *r); /* NULL: an empty one, or `bad` is set */

/* Letters a to z and 2 to 7, as RFC 4648 has them, in lower case and without padding. */
char *xpl_base32(const uint8_t *bytes, gsize len);
/* NULL: not all of it is of these, or it has a bit too many. */
GByteArray *xpl_base32_read(const char *text);

#endif
