/* SPDX-License-Identifier: MIT */
/* What the generator of SMMUv3 programs and its commands share. */
#ifndef TOOLS_ORACLE_SMMUV3_GEN_H
#define TOOLS_ORACLE_SMMUV3_GEN_H

#include "sim/core/bits.h"
#include "tools/oracle/smmuv3.h"

/* Of descriptors: VMSA D8.3. */
#define VALID	 IMS_BIT(0)
#define TABLE	 IMS_BIT(1)
#define S1_USER	 IMS_BIT(6)
#define S1_RO	 IMS_BIT(7)
#define S2_R	 IMS_BIT(6)
#define S2_W	 IMS_BIT(7)
#define AF	 IMS_BIT(10)
#define NG	 IMS_BIT(11)
#define SHARED	 (UINT64_C(3) << 8)
#define APTABLE1 IMS_BIT(62)

enum { SPACES = 2, PAGES = 5, STEPS = 9, LEVELS = 4, OUTS = 8 };

/* Tables of one stage, in Arm's levels. */
struct tree {
	unsigned grain, input, start; /* log2 of a page; bits; the level it begins at */
	bool stage2, upper;	      /* upper: by TTB1 */
	uint64_t root, shift; /* what is to be added to addresses of tables in its descriptors */
};

/* What a stream is configured with: an ASID or a VMID, or both. */
struct space {
	uint16_t asid, vmid;
	struct tree low, high, s2; /* TTB0, TTB1, stage 2 */
	bool has_high;
};

struct page {
	unsigned space, level; /* level: of the leaf */
	struct tree *tree;     /* of stage 1, or of stage 2 alone */
	uint64_t iova, good;
	unsigned lg2;
	uint64_t path[LEVELS];
	/* Nested: where the page is between the stages, and the leaf that leads on. */
	uint64_t ipa, s2_good, s2_path[LEVELS];
	unsigned s2_level, s2_lg2;
	uint64_t outs[OUTS];
	unsigned outs_count;
};

struct device {
	unsigned space;
	uint64_t ste_at, cd_at; /* physical */
	uint64_t ste[4], cd[3]; /* as they were built */
};

struct gen {
	struct orc_program *p;
	struct space spaces[SPACES];
	struct page pages[PAGES];
	struct device devices[ORC_DEVICES];
	uint64_t frames; /* next of the intermediate addresses that are given out */
	unsigned page, device;
};

static inline uint32_t below(struct gen *g, uint32_t bound)
{
	return orc_below(g->p, bound);
}

static inline bool nested(const struct gen *g)
{
	return smmu_stages_of(g->p) == SMMU_NESTED;
}

/* What a page led to, the last of which it leads to now. */
void smmu_lead_to(struct page *pg, uint64_t out);
uint64_t smmu_out_of(const struct page *pg);
uint64_t smmu_random_frame(struct gen *g, unsigned lg2);
/* A leaf, whole; and what that of a page's first stage leads to. */
uint64_t smmu_leaf(const struct tree *t, unsigned level, uint64_t out, bool w);
uint64_t smmu_s1_target(struct gen *g, const struct page *pg);
void smmu_put_words(struct gen *g, uint64_t at, const uint64_t *words, unsigned count,
		    const char *what);
void smmu_device_build(struct gen *g, struct device *d, const char *what);
/* Something of the page and the device at hand. */
void smmu_change(struct gen *g);
void smmu_command(struct gen *g, bool near_miss);
void smmu_command_bad(struct gen *g);
/* What a driver sends after it gave a device another space: its structures, then the old one's pages. */
void smmu_send_config(struct gen *g, uint32_t sid);
void smmu_send_all_of(struct gen *g, const struct space *s);

#endif
