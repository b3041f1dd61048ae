/* SPDX-License-Identifier: MIT */
/*
 * Random SMMUv3 programs: two devices, two spaces with tables of any page size, width and
 * depth, by TTB0 and TTB1, of stage 1, of stage 2, or of both with addresses of their own
 * between them; linear and two-level stream tables; then changes, commands and requests.
 * Positions are those of IHI 0070 sections 5.2 and 5.4 and of VMSA D8.3.
 */
#include "sim/core/bits.h"
#include "tools/oracle/smmuv3_gen.h"

/* Between the stages memory is as much higher: no address is the same on both sides. */
#define SHIFT  UINT64_C(0x400000000)
#define FRAMES UINT64_C(0x800000000)

/* ---- tables ---- */

static unsigned level_lg2(const struct tree *t, unsigned level)
{
	return t->grain + (t->grain - 3) * (3 - level);
}

static uint64_t index_of(const struct tree *t, uint64_t addr, unsigned level)
{
	uint64_t index = (addr & (IMS_BIT(t->input) - 1)) >> level_lg2(t, level);

	return level == t->start ? index : index & (IMS_BIT(t->grain - 3) - 1);
}

static uint64_t pool(struct gen *g, uint64_t bytes)
{
	uint64_t at = (g->p->pool + bytes - 1) & ~(bytes - 1);

	g->p->pool = at + bytes;
	return at;
}

static uint64_t addr_of(const struct tree *t, uint64_t entry)
{
	return entry & IMS_BITS(47, t->grain);
}

/* Where the entry of each level on the way is; the leaf's is written. */
static void map(struct gen *g, const struct tree *t, uint64_t addr, unsigned level, uint64_t value,
		uint64_t *path)
{
	uint64_t table = t->root;

	for (unsigned l = t->start; l < level; l++) {
		uint64_t at = table + 8 * index_of(t, addr, l), entry = orc_word_get(g->p, at);

		if (!entry) {
			entry = (pool(g, IMS_BIT(t->grain)) + t->shift) | TABLE | VALID;
			orc_put(g->p, at, entry, "table");
		}
		/* A block of another page is in the way. */
		if (!(entry & TABLE))
			return;
		path[l] = at;
		table = addr_of(t, entry) - t->shift;
	}
	path[level] = table + 8 * index_of(t, addr, level);
	orc_put(g->p, path[level], value, "leaf");
}

uint64_t smmu_leaf(const struct tree *t, unsigned level, uint64_t out, bool w)
{
	uint64_t bits = VALID | AF | SHARED | (level == 3 ? TABLE : 0) | out;

	if (t->stage2)
		return bits | UINT64_C(0xf) << 2 | S2_R | (w ? S2_W : 0);
	return bits | UINT64_C(1) << 2 | S1_USER | NG | (w ? 0 : S1_RO);
}

uint64_t smmu_random_frame(struct gen *g, unsigned lg2)
{
	uint32_t frames = (uint32_t)((ORC_RAM - ORC_AT_DATA) >> lg2);

	return frames ? SMMU_RAM + ORC_AT_DATA + ((uint64_t)below(g, frames) << lg2) :
			(SMMU_RAM >> lg2) << lg2;
}

/* Between the stages there is room for everything. */
static uint64_t random_ipa(struct gen *g, unsigned lg2)
{
	uint64_t at = (g->frames + (IMS_BIT(lg2) - 1)) & ~(IMS_BIT(lg2) - 1);

	g->frames = at + IMS_BIT(lg2) + (IMS_BIT(lg2) * below(g, 3));
	return at;
}

static void tree_new(struct gen *g, struct tree *t, bool stage2, bool upper)
{
	static const uint8_t grains[] = { 12, 12, 14, 16 };
	unsigned stride, root_lg2;

	*t = (struct tree){ .grain = grains[below(g, 4)], .stage2 = stage2, .upper = upper };
	stride = t->grain - 3;
	/* Stage 2: as wide as OAS at most, and here as what stands between the stages at least. */
	t->input = stage2 ? 37 + below(g, 8) : 25 + below(g, 24);
	t->start = 4 - (t->input - 4) / stride;
	/* Up to 16 tables side by side. */
	if (stage2 && t->start < 3 && t->input - level_lg2(t, t->start) <= 4 && orc_often(g->p, 10))
		t->start++;
	/* With pages of 16 and 64 KiB stage 2 does not begin at level 0. */
	if (stage2 && t->grain > 12 && t->start == 0)
		t->start = 1;
	root_lg2 = 3 + t->input - level_lg2(t, t->start);
	t->root = pool(g, IMS_BIT(root_lg2 < 6 ? 6 : root_lg2));
	t->shift = !stage2 && nested(g) ? SHIFT : 0;
}

/* ---- pages ---- */

void smmu_lead_to(struct page *pg, uint64_t out)
{
	pg->outs[pg->outs_count++ % OUTS] = out;
}

uint64_t smmu_out_of(const struct page *pg)
{
	return pg->outs[(pg->outs_count - 1) % OUTS];
}

/* Levels with blocks: 1 and 2 of 4 KiB, 2 of the others. */
static unsigned leaf_level(struct gen *g, const struct tree *t)
{
	unsigned level = orc_often(g->p, 70) ? 3 : 2;

	return level < t->start ? t->start : level;
}

uint64_t smmu_s1_target(struct gen *g, const struct page *pg)
{
	return nested(g) ? pg->ipa & ~(IMS_BIT(pg->lg2) - 1) : smmu_out_of(pg);
}

/* Nested: the part of the leaf of stage 1 that is asked for is led on by a page of stage 2. */
static void page_between(struct gen *g, struct page *pg, struct tree *s2)
{
	unsigned lg2 = level_lg2(s2, 3);

	pg->s2_level = 3;
	pg->s2_lg2 = lg2;
	pg->ipa = random_ipa(g, pg->lg2 > lg2 ? pg->lg2 : lg2);
	if (pg->lg2 > lg2)
		pg->ipa |= (uint64_t)below(g, 4) << lg2;
	smmu_lead_to(pg, smmu_random_frame(g, lg2));
	pg->s2_good = smmu_leaf(s2, 3, smmu_out_of(pg), true);
	map(g, s2, pg->ipa, 3, pg->s2_good, pg->s2_path);
}

static void page_new(struct gen *g, unsigned n)
{
	struct page *pg = &g->pages[n], *before = n ? pg - 1 : NULL;
	struct space *s;
	uint64_t room;

	*pg = (struct page){ .space = below(g, SPACES) };
	if (before && before->level == 3 && orc_often(g->p, 40)) {
		*pg = (struct page){ .space = before->space, .tree = before->tree, .level = 3 };
		pg->iova = before->iova + IMS_BIT(before->tree->grain);
		pg->lg2 = before->tree->grain;
	} else {
		s = &g->spaces[pg->space];
		pg->tree = smmu_stages_of(g->p) == SMMU_STAGE_2 ? &s->s2 :
			   s->has_high && orc_often(g->p, 50)	? &s->high :
								  &s->low;
		pg->level = leaf_level(g, pg->tree);
		pg->lg2 = level_lg2(pg->tree, pg->level);
		room = IMS_BIT(pg->tree->input - 1) >> pg->lg2;
		pg->iova = (uint64_t)(1 + below(g, room > 4096 ? 4096 : (uint32_t)room)) << pg->lg2;
		if (pg->tree->input > 40)
			pg->iova += (uint64_t)below(g, 16) << 36;
		pg->iova &= IMS_BIT(pg->tree->input) - 1;
	}
	if (nested(g))
		page_between(g, pg, &g->spaces[pg->space].s2);
	else
		smmu_lead_to(pg, smmu_random_frame(g, pg->lg2));
	pg->good = smmu_leaf(pg->tree, pg->level, smmu_s1_target(g, pg),
			     !orc_often(g->p, pg->tree->stage2 ? 4 : 20));
	map(g, pg->tree, pg->iova, pg->level, pg->good, pg->path);
	/* The part of the leaf that leads on. */
	if (nested(g))
		pg->iova |= pg->ipa & (IMS_BIT(pg->lg2) - 1);
	if (pg->tree->upper)
		pg->iova |= ~(IMS_BIT(pg->tree->input) - 1);
}

/* One block, or a few pages, for what a table of stage 1, a CD and the home page stand in. */
static void map_shifted(struct gen *g, const struct tree *s2, uint64_t pa)
{
	unsigned level = s2->start > 2 ? 3 : 2, lg2 = level_lg2(s2, level);
	uint64_t path[LEVELS] = { 0 }, first = pa >> lg2 << lg2;

	map(g, s2, first + SHIFT, level, smmu_leaf(s2, level, first, true), path);
}

static void home(struct gen *g, struct tree *t, uint64_t target)
{
	uint64_t path[LEVELS] = { 0 }, at = SMMU_RAM + ORC_AT_HOME;
	unsigned level = 3, lg2 = level_lg2(t, level);

	if (t->input < 32)
		return;
	map(g, t, at, level, smmu_leaf(t, level, target >> lg2 << lg2, true), path);
}

static void space_new(struct gen *g, unsigned n)
{
	struct space *s = &g->spaces[n];
	uint64_t at = SMMU_RAM + ORC_AT_HOME;

	*s = (struct space){ .asid = (uint16_t)(3 + 5 * n + 16 * below(g, 8)) };
	if (smmu_stages_of(g->p) != SMMU_STAGE_1) {
		s->vmid = (uint16_t)(2 + 3 * n + 8 * below(g, 4));
		tree_new(g, &s->s2, true, false);
	}
	if (smmu_stages_of(g->p) == SMMU_STAGE_2) {
		home(g, &s->s2, at);
		return;
	}
	if (nested(g)) {
		map_shifted(g, &s->s2, SMMU_RAM + ORC_AT_POOL);
		if (at >> 25 != (SMMU_RAM + ORC_AT_POOL) >> 25 || s->s2.grain == 12)
			map_shifted(g, &s->s2, at);
	}
	tree_new(g, &s->low, false, false);
	/* The home page is reached by TTB0. */
	while (s->low.input < 32)
		tree_new(g, &s->low, false, false);
	home(g, &s->low, at + s->low.shift);
	s->has_high = orc_often(g->p, 50);
	if (s->has_high)
		tree_new(g, &s->high, false, true);
}

/* ---- structures ---- */

static uint64_t tg0(unsigned grain)
{
	return grain == 12 ? 0 : grain == 16 ? 1 : 2;
}

static uint64_t tg1(unsigned grain)
{
	return grain == 12 ? 2 : grain == 14 ? 1 : 3;
}

/* Section 5.4: AA64, A and R; IPS 44 bits. */
static void cd_of(const struct gen *g, const struct space *s, uint64_t *cd)
{
	uint64_t shift = nested(g) ? SHIFT : 0;

	cd[0] = (64 - s->low.input) | tg0(s->low.grain) << 6 | IMS_BIT(31) | UINT64_C(4) << 32 |
		IMS_BIT(41) | IMS_BIT(45) | IMS_BIT(46) | (uint64_t)s->asid << 48;
	if (s->has_high)
		cd[0] |= (uint64_t)(64 - s->high.input) << 16 | tg1(s->high.grain) << 22;
	else
		cd[0] |= IMS_BIT(30);
	cd[1] = s->low.root + shift;
	cd[2] = s->has_high ? s->high.root + shift : 0;
}

static unsigned sl0(const struct tree *t)
{
	return (t->grain == 12 ? 2 : 3) - t->start;
}

/* Section 5.2: V, Config; what stage 2 needs; S2R records. */
static void ste_of(const struct gen *g, const struct device *d, uint64_t *ste)
{
	const struct space *s = &g->spaces[d->space];
	unsigned config = 4 | (smmu_stages_of(g->p) != SMMU_STAGE_2 ? 1 : 0) |
			  (smmu_stages_of(g->p) != SMMU_STAGE_1 ? 2 : 0);

	ste[0] = 1 | config << 1;
	ste[1] = IMS_BIT(44); /* SHCFG: as it comes */
	ste[2] = ste[3] = 0;
	if (config & 1)
		ste[0] |= d->cd_at + (nested(g) ? SHIFT : 0);
	if (!(config & 2))
		return;
	ste[2] = s->vmid | (uint64_t)(64 - s->s2.input) << 32 | (uint64_t)sl0(&s->s2) << 38 |
		 UINT64_C(3) << 44 | tg0(s->s2.grain) << 46 | UINT64_C(4) << 48 | IMS_BIT(51) |
		 IMS_BIT(58);
	ste[3] = s->s2.root;
}

void smmu_put_words(struct gen *g, uint64_t at, const uint64_t *words, unsigned count,
		    const char *what)
{
	for (unsigned i = count; i-- > 0;)
		if (orc_word_get(g->p, at + 8 * i) != words[i])
			orc_put(g->p, at + 8 * i, words[i], what);
}

void smmu_device_build(struct gen *g, struct device *d, const char *what)
{
	cd_of(g, &g->spaces[d->space], d->cd);
	ste_of(g, d, d->ste);
	if (smmu_stages_of(g->p) != SMMU_STAGE_2)
		smmu_put_words(g, d->cd_at, d->cd, 3, what);
	smmu_put_words(g, d->ste_at, d->ste, 4, what);
}

/* Linear, or two levels with 64 streams under a descriptor of the first. */
static void streams_new(struct gen *g)
{
	bool two = smmu_two_levels(g->p);
	uint64_t base = pool(g, two ? 64 : 0x4000);

	g->p->start[SMMU_START_BASE] = base;
	g->p->start[SMMU_START_CFG] = 8 | (two ? 6 << 6 | 1 << 16 : 0);
	for (unsigned i = 0; i < ORC_DEVICES; i++) {
		uint32_t sid = orc_src(&orc_smmuv3, i);
		struct device *d = &g->devices[i];

		d->ste_at = base + (uint64_t)sid * 64;
		if (two) {
			uint64_t leafs = pool(g, 0x1000);

			orc_put(g->p, base + 8 * (sid >> 6), leafs | 7, "L1STD");
			d->ste_at = leafs + (sid & 63) * UINT64_C(64);
		}
		d->cd_at = pool(g, 64);
		g->p->start[SMMU_START_STE + i] = d->ste_at;
		g->p->start[SMMU_START_CD + i] = d->cd_at;
		d->space = below(g, SPACES);
		smmu_device_build(g, d, "structure");
	}
}

/* ---- requests ---- */

static void request(struct gen *g, unsigned device, unsigned page, const char *what)
{
	struct page *pg = &g->pages[page];
	unsigned lg2 = nested(g) && pg->s2_lg2 < pg->lg2 ? pg->s2_lg2 : pg->lg2;
	uint64_t iova = pg->iova + ((uint64_t)below(g, 0x1ff) << 3), mask = IMS_BIT(lg2) - 1;
	struct orc_op *op;

	/* Another part of the leaf. */
	if (lg2 > 12 && orc_often(g->p, 30))
		iova ^= (uint64_t)below(g, 4) << 12;
	/* Between what the tables reach. */
	if (below(g, 150) == 0)
		iova ^= IMS_BIT(52);
	op = orc_probe(g->p, device, iova, orc_often(g->p, 50), what);
	orc_lead(op, iova);
	for (unsigned i = 0; i < OUTS && i < pg->outs_count; i++)
		orc_lead(op, pg->outs[i] | (iova & mask));
}

static void pick(struct gen *g, unsigned *device, unsigned *page)
{
	*device = below(g, ORC_DEVICES);
	for (unsigned i = 0; i < 8; i++) {
		*page = below(g, PAGES);
		if (g->pages[*page].space == g->devices[*device].space)
			return;
	}
}

/* ---- the program ---- */

static void step(struct gen *g)
{
	pick(g, &g->device, &g->page);
	if (orc_often(g->p, 70)) {
		request(g, g->device, g->page, "before");
		smmu_change(g);
	}
	if (orc_often(g->p, 50))
		request(g, g->device, g->page, "between");
	if (below(g, 100) == 0)
		smmu_command_bad(g);
	else
		smmu_command(g, orc_often(g->p, 35));
	request(g, g->device, g->page, "behind");
	if (orc_often(g->p, 40))
		smmu_command(g, false);
	pick(g, &g->device, &g->page);
	request(g, g->device, g->page, "another");
}

void smmu_generate(struct orc_program *p)
{
	struct gen g = { .p = p, .frames = FRAMES };

	for (unsigned i = 0; i < SPACES; i++)
		space_new(&g, i);
	for (unsigned i = 0; i < PAGES; i++)
		page_new(&g, i);
	streams_new(&g);
	p->setup = p->ops_count;
	for (unsigned i = 0; i < STEPS; i++)
		step(&g);
}
