/* SPDX-License-Identifier: MIT */
/* Commands of SMMUv3 programs, section 4 of IHI 0070. */
#include "tools/oracle/smmuv3_gen.h"

static void send(struct gen *g, uint64_t low, uint64_t high, const char *what)
{
	uint64_t words[2] = { low, high };

	orc_command(g->p, words, 2, what);
}

void smmu_send_config(struct gen *g, uint32_t sid)
{
	send(g, 0x03 | (uint64_t)sid << 32, below(g, 2), "CFGI_STE");
}

void smmu_send_all_of(struct gen *g, const struct space *s)
{
	if (smmu_stages_of(g->p) == SMMU_STAGE_1)
		send(g, 0x11 | (uint64_t)s->asid << 48, 0, "TLBI_NH_ASID");
	else
		send(g, 0x28 | (uint64_t)s->vmid << 32, 0, "TLBI_S12_VMALL");
}

static void send_cfgi(struct gen *g, uint32_t sid)
{
	switch (below(g, 6)) {
	case 0:
		send(g, 0x04, 31, "CFGI_ALL");
		break;
	case 1:
		send(g, 0x04 | (uint64_t)sid << 32, 2 + below(g, 4), "CFGI_STE_RANGE");
		break;
	case 2:
	case 3:
		if (smmu_stages_of(g->p) != SMMU_STAGE_2) {
			send(g, 0x05 | (uint64_t)sid << 32, 1, "CFGI_CD");
			break;
		}
		/* fallthrough */
	default:
		smmu_send_config(g, sid);
		break;
	}
}

/* A page, or as many as num says of tg's pages. */
static uint64_t range_of(struct gen *g, const struct tree *t, uint64_t addr, unsigned lg2,
			 uint64_t *low)
{
	uint64_t tg = (t->grain - 10) / 2;
	uint64_t high = (addr & ~UINT64_C(0xfff)) | below(g, 2);

	/* A whole leaf that is larger than a page, or a few pages. */
	if (lg2 > t->grain) {
		*low |= (IMS_BIT(lg2 - t->grain > 5 ? 4 : lg2 - t->grain - 1) - 1) << 12;
		return (high & ~(IMS_BIT(t->grain) - 1)) | (high & 1) | tg << 10;
	}
	if (orc_often(g->p, 40)) {
		/* A range of one page without a level is reserved: seldom. */
		*low |= (uint64_t)(below(g, 25) ? 1 + below(g, 2) : 0) << 12;
		return (high & ~((IMS_BIT(t->grain) - 1) & ~UINT64_C(1))) | tg << 10;
	}
	return high;
}

static void send_pages(struct gen *g, const struct space *s, const struct page *pg, uint64_t iova)
{
	uint64_t low = 0x12 | (uint64_t)s->asid << 48 | (uint64_t)s->vmid << 32, high;

	if (orc_often(g->p, 15)) {
		low = 0x13 | (uint64_t)s->vmid << 32;
		high = range_of(g, pg->tree, iova, pg->lg2, &low);
		send(g, low, high, "TLBI_NH_VAA");
		return;
	}
	high = range_of(g, pg->tree, iova, pg->lg2, &low);
	send(g, low, high, "TLBI_NH_VA");
}

static void send_ipa(struct gen *g, const struct space *s, const struct page *pg, uint64_t ipa)
{
	uint64_t low = 0x2a | (uint64_t)s->vmid << 32;
	uint64_t high = range_of(g, &g->spaces[pg->space].s2, ipa, pg->s2_lg2, &low);

	send(g, low, high & IMS_BITS(51, 0), "TLBI_S2_IPA");
}

void smmu_command_bad(struct gen *g)
{
	static const struct {
		uint64_t low, high;
	} bad[] = {
		{ 0x00, 0 },
		{ 0x7f, 0 },
		{ 0xff, 0 },
		{ 0x03 | IMS_BIT(10), 0 },
		{ 0x46 | UINT64_C(3) << 12, 0 },
	};
	unsigned i = below(g, sizeof(bad) / sizeof(bad[0]));

	send(g, bad[i].low, bad[i].high, "illegal");
}

void smmu_command(struct gen *g, bool near_miss)
{
	const struct page *pg = &g->pages[g->page];
	struct space s = g->spaces[pg->space];
	uint32_t sid = orc_src(&orc_smmuv3, g->device);
	uint64_t iova = pg->iova, ipa = smmu_stages_of(g->p) == SMMU_STAGE_2 ? pg->iova : pg->ipa;
	bool s1 = smmu_stages_of(g->p) != SMMU_STAGE_2, s2 = smmu_stages_of(g->p) != SMMU_STAGE_1;

	if (near_miss) {
		switch (below(g, 4)) {
		case 0:
			s.asid ^= 1;
			s.vmid ^= smmu_stages_of(g->p) == SMMU_STAGE_2;
			break;
		case 1:
			s.vmid ^= s2;
			break;
		case 2:
			sid ^= 0x40;
			break;
		default:
			iova ^= IMS_BIT(pg->lg2 + 3 + below(g, 3));
			ipa ^= IMS_BIT(
				(smmu_stages_of(g->p) == SMMU_STAGE_2 ? pg->lg2 : pg->s2_lg2) + 3);
			break;
		}
	}
	switch (below(g, 12)) {
	case 0:
		send(g, 0x30, 0, "TLBI_NSNH_ALL");
		break;
	case 1:
	case 2:
		send_cfgi(g, sid);
		break;
	case 3:
		smmu_send_all_of(g, &s);
		break;
	case 4:
		if (s1)
			send(g, 0x11 | (uint64_t)s.asid << 48 | (uint64_t)s.vmid << 32, 0,
			     "TLBI_NH_ASID");
		break;
	case 5:
		if (s1)
			send(g, 0x10 | (uint64_t)s.vmid << 32, 0, "TLBI_NH_ALL");
		break;
	case 6:
		send(g, 0x01 | (uint64_t)sid << 32, 0, "PREFETCH_CONFIG");
		break;
	default:
		if (s2 && (!s1 || orc_often(g->p, 50)))
			send_ipa(g, &s, pg, ipa);
		else
			send_pages(g, &s, pg, iova);
		/* As a driver does it where both stages were kept together. */
		if (s1 && s2 && orc_often(g->p, 40))
			send(g, 0x10 | (uint64_t)s.vmid << 32, 0, "TLBI_NH_ALL");
		break;
	}
}
