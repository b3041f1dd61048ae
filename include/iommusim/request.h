/* SPDX-License-Identifier: MIT */
/* What a device asks of an IOMMU, and what the configuration says of how it is answered. */
#ifndef IOMMUSIM_REQUEST_H
#define IOMMUSIM_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "iommusim/format.h"

#define IMS_CTX_NONE UINT32_MAX /* a request without PASID, an entry that belongs to none */
/*
 * What translations are filed under that serve every PASID or ASID of a domain: two
 * values, this and the next, where a domain has two sets of such.
 */
#define IMS_CTX_GLOBAL (UINT32_MAX - 2)

/* ---- requests ---- */

enum ims_access {
	IMS_ACCESS_READ = IMS_R,
	IMS_ACCESS_WRITE = IMS_W,
	IMS_ACCESS_ATOMIC = IMS_R | IMS_W
};
enum ims_request_kind {
	IMS_REQ_UNTRANSLATED,
	IMS_REQ_ATS,
	IMS_REQ_TRANSLATED,
	IMS_REQ_PAGE, /* a page request: of the path alone, nothing is translated */
};

struct ims_req {
	uint32_t src;
	uint32_t ctx; /* IMS_CTX_NONE: without PASID */
	uint64_t addr;
	uint8_t access; /* enum ims_access */
	uint8_t kind;	/* enum ims_request_kind */
	bool priv;
	bool no_write;	  /* of a translation request: write permission is not wanted */
	bool zero_length; /* a read of no bytes */
	bool execute;	  /* of a request with PASID: it asks to execute */
	uint8_t bytes;	  /* 0: not said; of an untranslated request */
	uint16_t data;	  /* of an interrupt message: what it writes */
};

/* ---- configuration path ---- */

enum ims_stages {
	IMS_STAGES_BYPASS = 0,
	IMS_STAGES_1 = 1,
	IMS_STAGES_2 = 2,
	IMS_STAGES_NESTED = 3,
	IMS_STAGES_ANSWERED =
		4, /* no translation: the answer is in the path, and nothing is cached */
};

/* What a request's configuration structures say. */
struct ims_path {
	uint64_t s1_root, s2_root;
	uint64_t s2_limit; /* first input of stage 2 that it does not translate */
	uint32_t ctx; /* what entries are filed under: the request's, or the one that stands in for none */
	uint32_t ctx_global; /* the same of leaves that say they are global, which a look-up tries second; 0: there are none */
	uint16_t dom;
	uint8_t cls;
	uint8_t s1_grain_lg2,
		s2_grain_lg2; /* page size of a stage's tables; 0: commands never name it */
	uint8_t stages;	      /* enum ims_stages */
	uint8_t s1_top, s2_top;
	uint8_t s1_leaf_levels, s2_leaf_levels; /* of the unit */
	uint8_t s1_width; /* input of stage 1 is sign-extended from this many bits; 0: of any form */
	uint16_t need; /* enum ims_perm bits the request must be granted; the engine's, unless `as` says what of */
	/*
	 * 0: permissions say of themselves what this request may. Else those that it needs for
	 * data, and the one to execute, which an answer's R, W and X then stand for.
	 */
	uint16_t as, as_x;
	uint16_t waive;	     /* those that stage 1 needs not grant to this request */
	uint16_t s2_waive;   /* and stage 2, of those that reading implies */
	uint16_t table_need; /* what stage 2 must grant on a stage-1 table */
	uint16_t grant;	     /* IMS_STAGES_ANSWERED and _BYPASS: permission */
	uint16_t deny; /* what the configuration takes away, whatever the tables grant; not cached with them */
	uint8_t tlb; /* 1 + the cache that has its translations; 0: the vendor's IOTLB */
	bool apart;  /* results of both stages together are not kept: each stage keeps its own */
	bool to_mid; /* of a translation request: it is answered with the address between the stages */
	bool onward; /* of a translated request: what it names is translated */
	uint64_t addr; /* the input, where it is not the request's address as it stands, with `masked` */
	bool masked;
	uint8_t bypass_lg2; /* IMS_STAGES_BYPASS: what one entry covers; 0: nothing is cached */
	bool s1_marks,
		s2_marks; /* hardware makes clean leaves writable, of formats that have them */
	bool no_update; /* tables are read without snooping: accessed and dirty bits cannot be set */
	bool muted;	/* faults of this request are not recorded */
	bool interrupt;	   /* IMS_STAGES_ANSWERED: the request is an interrupt */
	bool untranslated; /* IMS_STAGES_ANSWERED: of a translation request: go there untranslated */
	bool refused;	   /* IMS_STAGES_ANSWERED: unsupported, and no fault either */
	uint32_t options;  /* the vendor's own, for its walk */
	/* Of an interrupt that was remapped: what it became, in the vendor's own form; 0: it is as it came. */
	uint64_t message;
	uint64_t failed_mid; /* of a walk that failed: where between the stages */
	uint64_t failed_at;  /* of a structure or entry that memory did not give: where it stands */
	uint64_t rsvd, rsvd_leaf;  /* reserved in entries of both stages, in leaves of stage 2 */
	uint64_t s1_rsvd, s2_rsvd; /* and in those of one stage */
	uint64_t s1_top_mask,
		s2_top_mask; /* formats with root_tables: what an index into the root may be */
	const struct ims_format *s1, *s2;
	/*
	 * A table of contexts whose entry for `ctx` has the root of stage 1, read on a miss:
	 * levels of 512 words, 9 bits of ctx each. Its root, the pointers in it and what it
	 * yields are stage-2 addresses, or not. 0 levels: s1_root says it.
	 */
	uint64_t dir_root, dir_rsvd;
	uint8_t dir_levels;
	bool dir_root_mid, dir_mid;
};

#endif
