/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the recording reader share: an IOMMU whose commands are easy
 * to write down, a few recordings for it, and how to load them.
 */
#ifndef TESTS_UNIT_RECORDING_TOY_H
#define TESTS_UNIT_RECORDING_TOY_H

#include <check.h>
#include <string.h>

#include "sim/scenario/recording.h"
#include "sim/scenario/scenario.h"

#define RECORDED IMS_SOURCE_DIR "/scenarios/recorded/"

/*
 * Of the files written here: QW0 is 0xTLK, tag, leaf-only and kind (1 pages, 2
 * sync, 3 other); QW1 an address with the number of pages in its low bits.
 */
static inline bool toy_unit(void *ctx, const uint64_t *qw, unsigned n, struct rec_unit *ret)
{
	static const enum rec_unit_kind kinds[] = { REC_UNIT_OTHER, REC_UNIT_PAGES, REC_UNIT_SYNC,
						    REC_UNIT_OTHER };

	(void)ctx;
	(void)n;
	if ((qw[0] & 0xf) == 0 || (qw[0] & 0xf) > 3)
		return false;
	ret->kind = kinds[qw[0] & 0xf];
	ret->tag = (uint32_t)(qw[0] >> 8 & 0xff);
	ret->leaf_only = qw[0] >> 4 & 1;
	ret->first = qw[1] & ~(uint64_t)0xfff;
	ret->last = ret->first + (qw[1] & 0xfff ? ((qw[1] & 0xfff) - 1) << 12 : 0) + 0xfff;
	if (ret->last < ret->first)
		ret->last = UINT64_MAX;
	return true;
}

G_GNUC_UNUSED static const struct rec_vendor each = { .units = REC_UNITS_EACH,
						      .answer = REC_ANSWER_PAGE,
						      .unit = toy_unit };
G_GNUC_UNUSED static const struct rec_vendor tiled = { .units = REC_UNITS_TILED,
						       .answer = REC_ANSWER_BYTE,
						       .unit = toy_unit };
G_GNUC_UNUSED static const struct rec_vendor synced = { .units = REC_UNITS_SYNCED,
							.answer = REC_ANSWER_LEAF,
							.unit = toy_unit };

/* Tells that device 0x10 has tag 5, on a page of its own: events "map3 ... c1; ". */
#define TAG5                                                                                       \
	"xlat 0x10 0x90000 0xa000 0x1000\n" /* 1 */                                                \
	"cmd 0x511 0x90001\n"                                                                      \
	"drv-map 1.0 0x90000 0x1000 0xa000\n"                                                      \
	"drv-unmap 1.1 0x90000 0x1000\n"                                                           \
	"drv-map 1.2 0x90000 0x1000 0xb000\n"                                                      \
	"xlat 0x10 0x90000 0xb000 0x1000\n" /* 6 */
#define TAG5_PROGRAM                                                                               \
	"map3 t5 90000+1000=a000; x1; unmap4 t5 90000+1000 c0; c0; map5 t5 90000+1000=b000; x6; "

/* Two devices at the same address at the same time. */
#define TWO_TAGS                                                                                   \
	"xlat 0x10 0x90000 0xa000 0x1000\n"                                                        \
	"cmd 0x511 0x90001\n"                                                                      \
	"xlat 0x10 0x90000 0xb000 0x1000\n"                                                        \
	"xlat 0x20 0x90000 0xc000 0x1000\n"                                                        \
	"cmd 0x611 0x90001\n"                                                                      \
	"xlat 0x20 0x90000 0xd000 0x1000\n"                                                        \
	"drv-map 1.0 0x90000 0x1000 0xa000\n"                                                      \
	"drv-unmap 1.1 0x90000 0x1000\n"                                                           \
	"drv-map 1.2 0x90000 0x1000 0xb000\n"                                                      \
	"drv-map 1.3 0x90000 0x1000 0xc000\n"                                                      \
	"drv-unmap 1.4 0x90000 0x1000\n"                                                           \
	"drv-map 1.5 0x90000 0x1000 0xd000\n" /* 12 */
#define TWO_PROGRAM                                                                                \
	"map7 t5 90000+1000=a000; x1; unmap8 t5 90000+1000 c0; c0; map9 t5 90000+1000=b000; x3; "  \
	"map10 t6 90000+1000=c000; x4; unmap11 t6 90000+1000 c1; c1; map12 t6 90000+1000=d000; x6; "

/* Maps are flushed too; a leaf of two pages answers with its base. */
#define SYNCED                                                                                     \
	"cmd 0x511 0x90002\n"                                                                      \
	"cmd 0x2 0\n"                                                                              \
	"drv-map 1.0 0x90000 0x2000 0xa000\n"                                                      \
	"xlat 0x10 0x91008 0xa000 0x1000\n"                                                        \
	"drv-unmap 1.1 0x90000 0x2000\n"                                                           \
	"cmd 0x501 0x90001\n"                                                                      \
	"cmd 0x501 0x91001\n"                                                                      \
	"cmd 0x2 0\n"                                                                              \
	"drv-map 1.2 0x90000 0x2000 0x5000\n"                                                      \
	"xlat 0x10 0x91008 0x6000 0x1000\n" /* 10 */
#define SYNCED_PROGRAM                                                                             \
	"map3 t5 90000+2000=a000; c0; c1; x4; unmap5 t5 90000+2000 c2; c2; c3; c4; map9 t5 90000+2000=5000; x10; "

static inline struct rec_program *load_ok(const char *file, const char *text,
					  const struct rec_vendor *v)
{
	GError *error = NULL;
	struct rec_program *prog = rec_load(file, text, text ? strlen(text) : 0, v, &error);

	ck_assert_msg(prog != NULL, "%s", error ? error->message : "no error");
	ck_assert_ptr_null(error);
	return prog;
}

static inline void expect_error(const char *text, size_t len, const struct rec_vendor *v,
				const char *message)
{
	GError *error = NULL;
	struct rec_program *prog = rec_load("t.rec", text, len, v, &error);

	ck_assert_msg(!prog, "loaded, but should say: %s", message);
	ck_assert_ptr_nonnull(error);
	ck_assert(error->domain == SCN_ERROR);
	ck_assert_str_eq(error->message, message);
	g_error_free(error);
}

static inline bool in_order(const struct rec_program *prog)
{
	uint32_t at = 0;

	for (guint i = 0; i < prog->events->len; i++) {
		const struct rec_event *e = &g_array_index(prog->events, struct rec_event, i);
		bool placed = e->kind == REC_MAP || e->kind == REC_UNMAP;

		if (e->at < at || e->line < 1 || e->line > prog->counts.lines)
			return false;
		if (placed ? e->iova + e->size - 1 < e->iova : e->line != e->at)
			return false;
		at = e->at;
	}
	return true;
}

/* Loads what is left of a file: a program in order or a message, never both or neither. */
static inline void load_damaged(const char *text, size_t len, const struct rec_vendor *v)
{
	GError *error = NULL;
	char *copy = g_memdup2(text, len);
	struct rec_program *prog = rec_load("t.rec", copy ? copy : "", len, v, &error);

	ck_assert_int_eq(prog != NULL, error == NULL);
	if (prog)
		ck_assert(in_order(prog));
	else
		ck_assert(g_str_has_prefix(error->message, "t.rec:"));
	g_clear_error(&error);
	rec_free(prog);
	g_free(copy);
}

#endif
