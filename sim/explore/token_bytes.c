/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sim/explore/token_bytes.h"

#define TEXT_MAX 4096

static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";

void xpl_bytes_put(GByteArray *b, uint64_t value)
{
	uint8_t byte;

	do {
		byte = (uint8_t)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
		g_byte_array_append(b, &byte, 1);
		value >>= 7;
	} while (value);
}

void xpl_bytes_put_text(GByteArray *b, const char *text)
{
	gsize len = text ? strlen(text) : 0;

	xpl_bytes_put(b, len);
	g_byte_array_append(b, (const guint8 *)text, (guint)len);
}

uint64_t xpl_bytes_take(struct xpl_reader *r)
{
	uint64_t value = 0;

	for (unsigned shift = 0; r->at < r->end && shift < 64; shift += 7) {
		uint8_t byte = *r->at++;
		uint64_t part = byte & 0x7f;

		/* More than 64 bits, or zeroes that say nothing: there is one way to write a number. */
		if (part << shift >> shift != part || (shift && !byte))
			break;
		value |= part << shift;
		if (!(byte & 0x80))
			return value;
	}
	r->bad = true;
	r->at = r->end;
	return 0;
}

uint32_t xpl_bytes_take_below(struct xpl_reader *r, uint64_t most)
{
	uint64_t value = xpl_bytes_take(r);

	r->bad |= value > most;
	return r->bad ? 0 : (uint32_t)value;
}

char *xpl_bytes_take_text(struct xpl_reader *r)
{
	uint32_t len = xpl_bytes_take_below(r, TEXT_MAX);
	char *text;

	if (len > r->end - r->at || memchr(r->at, 0, len))
		r->bad = true;
	if (r->bad || !len)
		return NULL;
	text = g_strndup((const char *)r->at, len);
	r->at += len;
	return text;
}

char *xpl_base32(const uint8_t *bytes, gsize len)
{
	GString *s = g_string_new(NULL);
	uint32_t held = 0;
	unsigned bits = 0;

	for (gsize i = 0; i < len; i++) {
		held = held << 8 | bytes[i];
		for (bits += 8; bits >= 5; bits -= 5)
			g_string_append_c(s, letters[held >> (bits - 5) & 31]);
	}
	if (bits)
		g_string_append_c(s, letters[held << (5 - bits) & 31]);
	return g_string_free(s, FALSE);
}

GByteArray *xpl_base32_read(const char *text)
{
	GByteArray *b = g_byte_array_new();
	uint32_t held = 0;
	unsigned bits = 0;

	for (; *text; text++) {
		const char *letter = strchr(letters, *text);
		uint8_t byte;

		if (!letter)
			break;
		held = held << 5 | (uint32_t)(letter - letters);
		bits += 5;
		if (bits < 8)
			continue;
		bits -= 8;
		byte = (uint8_t)(held >> bits);
		g_byte_array_append(b, &byte, 1);
	}
	if (!*text && bits < 5 && !(held & ((1u << bits) - 1)))
		return b;
	g_byte_array_unref(b);
	return NULL;
}
