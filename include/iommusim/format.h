/* SPDX-License-Identifier: MIT */
/* Page-table formats as data. Software that builds tables shares them with the walkers, and no code. */
#ifndef IOMMUSIM_FORMAT_H
#define IOMMUSIM_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "iommusim/memory.h"

#define IMS_LEVELS 7 /* levels are counted from 1 (last) to at most 6 */

/* A permission is a set of these; an access needs all of the bits it is made of. */
enum ims_perm {
	IMS_R = 1,
	IMS_W = 2,
	IMS_U = 4,	  /* usable by an unprivileged request */
	IMS_D = 8,	  /* the dirty bit of every leaf used is known to be set */
	IMS_TABLE_W = 16, /* of a start only: stage 2 lets the table there be written */
	IMS_SNOOP =
		32, /* no permission: accesses to the page are coherent whatever the device asks */
	IMS_NEGATIVE =
		64,	/* of an entry only: it stands for a fault, whose code is in its output */
	IMS_PRIV = 128, /* of a device's entry only: it was granted to privileged requests */
	IMS_X = 0x100,	/* an unprivileged request may execute */
	IMS_PX = 0x200, /* a privileged request may */
	IMS_P = 0x400,	/* a privileged request may use it as data */
	IMS_DEVICE = 0x800, /* of stage 2 alone: no memory, where tables should not be */
	/* Of an entry of both stages: what it lacks stage 1 grants, and stage 2 does not. */
	IMS_NO_R2 = 0x1000,
	IMS_NO_W2 = 0x2000,
	IMS_NO_X2 = 0x4000,
	IMS_NO_PX2 = 0x8000,
};

/* What tables grant, each to the requests it is asked by. */
#define IMS_DATA   (IMS_R | IMS_W | IMS_U)
#define IMS_RIGHTS (IMS_DATA | IMS_X | IMS_PX | IMS_P)

/* ---- formats ---- */

/* Bits of an entry that take away what they are named for; 0: none does. */
struct ims_denials {
	uint64_t w, u, x, px;
};

/*
 * A page-table format of 64-bit entries. Level 1 holds only leaves; a leaf
 * higher up needs `leaf_bit` and its level in the stage's leaf_levels. An entry
 * is present if any bit of `present` is set; if `read_bit` is 0, present is
 * readable. Reserved masks count only in present entries.
 */
struct ims_format {
	const char *name;
	const char *source; /* section of the specification */
	uint8_t grain_lg2;  /* log2 of a page, and of the size of a table */
	uint8_t levels_max;
	uint8_t leaf_levels; /* bit n: level n may hold leaves, if the unit supports it */
	uint64_t present, addr;
	uint64_t leaf_bit;
	uint64_t read_bit, write_bit, user_bit;
	uint64_t accessed_bit, dirty_bit; /* 0: none */
	uint64_t rsvd_table[IMS_LEVELS], rsvd_leaf[IMS_LEVELS];
	/*
	 * The field that says of what level the table is that an entry leads to, 0 in a
	 * leaf; levels may be passed over, where the address has zeroes. 0: there is no
	 * such field, and an entry leads one level down.
	 */
	uint64_t next;
	uint64_t sized;		/* this value in it: a leaf, whose size its address says; 0: none */
	bool denied_is_present; /* an entry that permits nothing is present all the same */
	bool keeps_leaves;  /* leaves of its own are cached, for walks of more than this stage */
	uint8_t keeps_from; /* those of at least this size */
	/*
	 * An entry above level 1 that has this bit leads to a table, one without it is a
	 * leaf, and absent where its level may hold none; in level 1 it has to be set. The
	 * format is then one whose leaves grant by the bits above, and take away by those of
	 * `leaf_denies`, while tables only take away. 0: not such a format.
	 */
	uint64_t table_bit;
	struct ims_denials leaf_denies, table_denies;
	uint64_t px_turned; /* bit that turns leaf_denies.px around, where the stage says so */
	uint64_t clean_bit; /* with `written` and `unwritten`: read-only only until it is written */
	uint64_t not_global; /* of a leaf; 0: none is global */
	uint64_t group_bit;  /* neighbouring leaves are one of this size: by level */
	uint8_t group_lg2[IMS_LEVELS];
	/*
	 * The root table is as long as the input needs, up to this many times the others;
	 * 0: it is like them.
	 */
	uint8_t root_tables;
	uint64_t build_table; /* what a driver sets in an entry that points to a table */
	uint64_t build_leaf;  /* and in every leaf */
	uint64_t build_write; /* and in a writable leaf besides write_bit */
};

/* log2 of what one entry of @level covers, of tables of this granule: entries are 8 bytes. */
static inline unsigned ims_grain_level_lg2(unsigned grain_lg2, unsigned level)
{
	return grain_lg2 + (grain_lg2 - 3u) * (level - 1u);
}

IMS_TEMPLATE unsigned ims_level_lg2(const struct ims_format *f, unsigned level)
{
	return f->grain_lg2 + (f->grain_lg2 - 3u) * (level - 1u);
}

#endif
