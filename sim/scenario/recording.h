/* SPDX-License-Identifier: MIT */
/*
 * A recording of a driver and its IOMMU, read and put in order: the first pass
 * of scenarios/recorded/README.md ("How to rebuild the order"). What lives here:
 * the lines, the tag of each device, and where each map and unmap of the guest
 * stands among the commands and translations. What does not: running the
 * program and comparing its translations (replay.h).
 */
#ifndef SIM_SCENARIO_RECORDING_H
#define SIM_SCENARIO_RECORDING_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define REC_BYTES_MAX	   ((size_t)64 << 20)
#define REC_LINES_MAX	   (1u << 21)
#define REC_LINE_BYTES_MAX 512
#define REC_PAGE_BYTES	   0x1000u

enum rec_kind {
	REC_MAP,   /* the guest maps tag, iova, size -> pa; stands before its first use */
	REC_UNMAP, /* the guest unmaps tag, iova, size; stands before its first command */
	REC_CMD,   /* qw[0 .. n_qw-1], the rest is 0; tag if it is a page invalidation */
	REC_XLAT,  /* sid (of tag) asked for iova and got pa, as the line has them */
	REC_REG,   /* qw[0]: the value written */
	REC_OTHER, /* mark, bypass, abort, fault, event: sid and iova where the line has them */
};

struct rec_event {
	enum rec_kind kind;
	/* In the file; of a map or unmap its drv line, of a reconstructed map the xlat line. */
	uint32_t line;
	/* Where it stands in the program; a map or unmap: immediately before this line. */
	uint32_t at;
	uint32_t tag;
	uint32_t sid;
	uint32_t n_qw;
	/* REC_CMD: from 0 among the commands; REC_UNMAP: that of its unit's first command. */
	uint32_t cmd_index;
	bool reconstructed; /* REC_MAP: no drv-map line shows it */
	uint64_t iova, size, pa;
	uint64_t qw[4];
	/* REC_MAP: the whole drv-map that iova, size and pa are a part of. */
	uint64_t drv_first, drv_last, drv_pa;
};

/* What a command means to the order. */
enum rec_unit_kind {
	REC_UNIT_OTHER,
	REC_UNIT_PAGES, /* drops pages first .. last of a tag; a whole tag's drop is OTHER */
	REC_UNIT_SYNC,	/* waits for those before it */
};

struct rec_unit {
	enum rec_unit_kind kind;
	uint32_t tag;
	bool leaf_only; /* no table page was freed */
	uint64_t first, last;
	const char *error; /* if unit() returns false: what is wrong with the words, or NULL */
};

/* Which commands make up one flush, README step 2. */
enum rec_units {
	REC_UNITS_EACH,	  /* each page invalidation is the one of the next drv-unmap */
	REC_UNITS_TILED,  /* those in order until the leaf-only ranges tile the drv-unmap */
	REC_UNITS_SYNCED, /* all between two syncs; it is a map's unless its range is open */
};

/* What the PA of an xlat line is, README "xlat". */
enum rec_answer {
	REC_ANSWER_PAGE, /* base of the 4K page */
	REC_ANSWER_BYTE, /* the byte */
	REC_ANSWER_LEAF, /* base of the leaf served; a drv-map is mapped whole, not page by page */
};

struct rec_vendor {
	enum rec_units units;
	enum rec_answer answer;
	/*
	 * Says what the command @qw of @n words (2 to 4 on the line) is; false if
	 * it is none. @ret comes in zeroed. first and last are page-aligned:
	 * first & 0xfff == 0, last & 0xfff == 0xfff.
	 */
	bool (*unit)(void *ctx, const uint64_t *qw, unsigned n, struct rec_unit *ret);
	void *ctx;
};

struct rec_sid_tag {
	uint32_t sid;
	uint32_t tag;
};

struct rec_counts {
	uint32_t lines, cmds, xlats, drv_maps, drv_unmaps, regs, marks;
	uint32_t refused;	/* bypass, abort, fault and event lines */
	uint32_t ignored_maps;	/* drv-map lines of no device here */
	uint32_t reconstructed; /* maps created because an xlat stood in no interval */
};

struct rec_program {
	char *file;
	GArray *events;	  /* of struct rec_event, in the order to run them */
	GArray *sid_tags; /* of struct rec_sid_tag, by sid */
	struct rec_counts counts;
};

/*
 * Reads the recording @file, or @text of @len bytes if @text is not NULL (@file
 * is then only its name in messages). Returns a program to be freed with
 * rec_free, or NULL with @error set (SCN_ERROR of scenario.h); the message
 * begins with file:line:col where a line is to blame.
 */
struct rec_program *rec_load(const char *file, const char *text, size_t len,
			     const struct rec_vendor *v, GError **error);
void rec_free(struct rec_program *prog);

/*
 * Size of the leaf that serves @iova in a mapping @first .. @last -> @pa: the
 * largest power of two that is naturally aligned in both and lies inside.
 */
uint64_t rec_leaf_bytes(uint64_t first, uint64_t last, uint64_t pa, uint64_t iova);

#endif
