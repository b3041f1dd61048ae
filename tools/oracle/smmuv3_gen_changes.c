/* SPDX-License-Identifier: MIT */
/* What the program changes of its tables and structures, for good or for bad. */
#include "sim/core/bits.h"
#include "tools/oracle/smmuv3_gen.h"

static void change_s2(struct gen *g, struct page *pg)
{
	uint64_t at = pg->s2_path[3], now = orc_word_get(g->p, at);
	const struct tree *s2 = &g->spaces[pg->space].s2;

	if (!at)
		return;
	switch (below(g, 6)) {
	case 0:
	case 1:
	case 2:
		smmu_lead_to(pg, smmu_random_frame(g, pg->s2_lg2));
		pg->s2_good = smmu_leaf(s2, 3, smmu_out_of(pg), true);
		orc_put(g->p, at, pg->s2_good, "stage 2 leaf: elsewhere");
		break;
	case 3:
		orc_put(g->p, at, pg->s2_good & ~(below(g, 2) ? S2_R : S2_W),
			"stage 2 leaf: rights");
		break;
	case 4:
		orc_put(g->p, at, pg->s2_good & ~AF, "stage 2 leaf: no AF");
		break;
	default:
		orc_put(g->p, at, now ? 0 : pg->s2_good,
			now ? "stage 2 leaf: gone" : "stage 2 leaf: back");
		break;
	}
}

static void change_leaf(struct gen *g, struct page *pg)
{
	uint64_t at = pg->path[pg->level], now;

	if (!at)
		return;
	now = orc_word_get(g->p, at);
	switch (below(g, 12)) {
	case 0:
	case 1:
	case 2:
	case 3:
	case 4:
		if (!nested(g))
			smmu_lead_to(pg, smmu_random_frame(g, pg->lg2));
		pg->good = smmu_leaf(pg->tree, pg->level, smmu_s1_target(g, pg), true);
		orc_put(g->p, at, pg->good, "leaf: elsewhere");
		break;
	case 5:
		orc_put(g->p, at, smmu_leaf(pg->tree, pg->level, smmu_s1_target(g, pg), false),
			"leaf: read only");
		break;
	case 6:
		if (pg->tree->stage2)
			orc_put(g->p, at, pg->good & ~S2_R, "leaf: write only");
		break;
	case 7:
		orc_put(g->p, at, pg->good & ~AF, "leaf: no AF");
		break;
	case 8:
		/* Above what the unit puts out. */
		orc_put(g->p, at, pg->good | IMS_BIT(45), "leaf: too far");
		break;
	default:
		orc_put(g->p, at, now ? 0 : pg->good, now ? "leaf: gone" : "leaf: back");
		break;
	}
}

/* What QEMU does not look at: seldom. */
static void change_leaf_wrong(struct gen *g, struct page *pg)
{
	uint64_t at = pg->path[pg->level];

	if (!at)
		return;
	if (pg->tree->stage2 || !below(g, 3))
		orc_put(g->p, at, pg->level == 3 ? pg->good & ~TABLE : pg->good,
			"leaf: reserved form");
	else if (below(g, 2))
		orc_put(g->p, at, pg->good & ~S1_USER, "leaf: privileged");
	else
		orc_put(g->p, at, pg->good & ~NG, "leaf: global");
}

static void change_table(struct gen *g, struct page *pg)
{
	unsigned level = pg->level - 1 - below(g, 2);
	uint64_t at, now;

	if (level >= LEVELS || level < pg->tree->start || !pg->path[level])
		return;
	at = pg->path[level];
	now = orc_word_get(g->p, at);
	switch (below(g, 4)) {
	case 0:
		orc_put(g->p, at, now & ~VALID, "table: invalid");
		break;
	case 1:
		if (!pg->tree->stage2)
			orc_put(g->p, at, now | APTABLE1, "table: read only");
		break;
	default:
		orc_put(g->p, at, (now | VALID) & ~APTABLE1, "table: whole");
		break;
	}
}

/* Bits of the first and third words of an STE whose change is an illegal, or another, one. */
static void change_ste(struct gen *g, struct device *d)
{
	uint64_t ste[4] = { d->ste[0], d->ste[1], d->ste[2], d->ste[3] };
	bool s2 = smmu_stages_of(g->p) != SMMU_STAGE_1;
	const char *what = "STE: whole";

	switch (below(g, 12)) {
	case 0:
		ste[0] &= ~UINT64_C(1);
		what = "STE: V=0";
		break;
	case 1:
		ste[0] &= ~UINT64_C(0xe);
		what = "STE: abort";
		break;
	case 2:
		ste[0] = (ste[0] & ~UINT64_C(0xe)) | 8;
		what = "STE: bypass";
		break;
	case 3:
		if (smmu_stages_of(g->p) != SMMU_NESTED) {
			ste[0] |= 0xe;
			ste[2] |= IMS_BIT(51);
			what = "STE: both stages";
		}
		break;
	case 4:
		/* QEMU asserts S2AA64. */
		ste[2] = s2 ? ste[2] | IMS_BIT(52) : 0;
		what = "STE: S2ENDI";
		break;
	case 5:
		ste[2] = s2 ? ste[2] | UINT64_C(3) << 46 : 0;
		what = "STE: S2TG reserved";
		break;
	case 6:
		ste[2] = s2 ? (ste[2] & ~IMS_BITS(37, 32)) | UINT64_C(60) << 32 : 0;
		what = "STE: S2T0SZ";
		break;
	case 7:
		ste[1] |= smmu_stages_of(g->p) == SMMU_STAGE_2 ? 0 : IMS_BIT(27);
		what = "STE: S1STALLD";
		break;
	default:
		break;
	}
	smmu_put_words(g, d->ste_at, ste, 4, what);
}

static void change_cd(struct gen *g, struct device *d)
{
	uint64_t cd[3] = { d->cd[0], d->cd[1], d->cd[2] };
	const char *what = "CD: whole";

	switch (below(g, 12)) {
	case 0:
		cd[0] &= ~IMS_BIT(31);
		what = "CD: V=0";
		break;
	case 1:
		cd[0] &= ~IMS_BIT(41);
		what = "CD: AA64=0";
		break;
	case 2:
		cd[0] &= ~IMS_BIT(46);
		what = "CD: A=0";
		break;
	case 3:
		cd[0] |= below(g, 2) ? IMS_BIT(44) : IMS_BIT(43);
		what = "CD: S or HA";
		break;
	case 4:
		cd[0] = (cd[0] & ~IMS_BITS(5, 0)) | (below(g, 2) ? 8 : 45);
		what = "CD: T0SZ";
		break;
	case 5:
		cd[0] |= UINT64_C(3) << 6;
		what = "CD: TG0 reserved";
		break;
	case 6:
		cd[0] &= ~IMS_BIT(45);
		what = "CD: R=0";
		break;
	case 7:
		cd[0] |= IMS_BIT(14);
		what = "CD: EPD0";
		break;
	default:
		break;
	}
	smmu_put_words(g, d->cd_at, cd, 3, what);
}

static void change_space(struct gen *g, struct device *d)
{
	struct space old = g->spaces[d->space];

	d->space = below(g, SPACES);
	smmu_device_build(g, d, "another space");
	if (!orc_often(g->p, 85))
		return;
	smmu_send_config(g, orc_src(&orc_smmuv3, g->device));
	smmu_send_all_of(g, &old);
}

void smmu_change(struct gen *g)
{
	struct page *pg = &g->pages[g->page];
	struct device *d = &g->devices[g->device];
	unsigned kind = below(g, 100);

	if (kind < 35 || (kind < 60 && !nested(g)))
		change_leaf(g, pg);
	else if (kind < 60)
		change_s2(g, pg);
	else if (kind < 62)
		change_leaf_wrong(g, pg);
	else if (kind < 72)
		change_table(g, pg);
	else if (kind < 80)
		change_space(g, d);
	else if (kind < 90 && smmu_stages_of(g->p) != SMMU_STAGE_2)
		change_cd(g, d);
	else
		change_ste(g, d);
}
