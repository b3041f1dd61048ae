/* SPDX-License-Identifier: MIT */
/*
 * Random AMD-Vi programs: two devices, two domains with host (v1) tables of any number of
 * levels, skipped levels and sizes of their own, then changes, commands and requests.
 * Positions are those of sections 1, 2 and 6 of the reference sheet.
 */
#include "sim/core/bits.h"
#include "tools/oracle/amdvi.h"

enum { DOMAINS = 2, PAGES = 5, STEPS = 9, TOP = 6, OUTS = 8 };

#define PR IMS_BIT(0)
#define IR IMS_BIT(61)
#define IW IMS_BIT(62)

/* Where a leaf of a size too large leads. */
#define WIDE	  UINT64_C(0x8000000)
#define WIDE_MASK (IMS_BIT(24) - 1)

struct domain {
	uint64_t root;
	uint16_t id;
	unsigned mode;
};

struct page {
	unsigned domain, level; /* of the table that has the leaf */
	unsigned lg2;		/* of the leaf */
	uint64_t iova, good;
	uint64_t path[TOP + 1]; /* where the entry of each level stands; 0: skipped */
	uint64_t outs[OUTS];
	unsigned outs_count;
};

struct device {
	unsigned domain;
	uint64_t at, dte[2]; /* the entry, as it was built */
};

struct gen {
	struct orc_program *p;
	struct domain domains[DOMAINS];
	struct page pages[PAGES];
	struct device devices[ORC_DEVICES];
	unsigned page, device;
};

static uint32_t below(struct gen *g, uint32_t bound)
{
	return orc_below(g->p, bound);
}

/* ---- tables ---- */

static uint64_t random_frame(struct gen *g, unsigned lg2)
{
	uint32_t frames = (uint32_t)((ORC_RAM - ORC_AT_DATA) >> lg2);

	return lg2 >= 30 ? 0 : ORC_AT_DATA + ((uint64_t)below(g, frames) << lg2);
}

static uint64_t random_rights(struct gen *g)
{
	static const uint64_t rights[] = { IR | IW, IR | IW, IR | IW, IR, IW };

	return rights[below(g, 5)];
}

/* NextLevel 0, or 7 with the size in the address: its lowest zero bit says it. */
static uint64_t leaf(const struct page *pg, uint64_t out, uint64_t rights)
{
	bool own = pg->lg2 == 12 + 9 * (pg->level - 1);

	if (own)
		return PR | out | rights;
	return PR | UINT64_C(7) << 9 | out | (IMS_BIT(pg->lg2 - 1) - IMS_BIT(12)) | rights;
}

static unsigned index_of(uint64_t iova, unsigned level)
{
	return (unsigned)(iova >> (12 + 9 * (level - 1)) & 0x1ff);
}

/* A level may be left out where its index is 0. */
static unsigned next_level(struct gen *g, const struct page *pg, unsigned level)
{
	unsigned next = level - 1;

	while (next > pg->level && !index_of(pg->iova, next) && orc_often(g->p, 10))
		next--;
	return next;
}

static void map(struct gen *g, const struct domain *d, struct page *pg, uint64_t value)
{
	uint64_t table = d->root;

	for (unsigned l = d->mode; l > pg->level;) {
		uint64_t at = table + 8 * index_of(pg->iova, l);
		uint64_t entry = orc_word_get(g->p, at);

		if (!entry) {
			unsigned next = next_level(g, pg, l);

			entry = orc_pool(g->p, 1) | (uint64_t)next << 9 | IR | IW | PR;
			orc_put(g->p, at, entry, "table");
		}
		pg->path[l] = at;
		table = entry & IMS_BITS(51, 12);
		/* Another page's leaf is in the way, or its table, which has skipped this one's level. */
		if (ims_bits_get(entry, 11, 9) < pg->level || ims_bits_get(entry, 11, 9) >= l)
			return;
		l = (unsigned)ims_bits_get(entry, 11, 9);
	}
	pg->path[pg->level] = table + 8 * index_of(pg->iova, pg->level);
	orc_put(g->p, pg->path[pg->level], value, "leaf");
}

static void lead_to(struct page *pg, uint64_t out)
{
	pg->outs[pg->outs_count++ % OUTS] = out;
}

static uint64_t out_of(const struct page *pg)
{
	return pg->outs[(pg->outs_count - 1) % OUTS];
}

/* Each page under an index of its own where the levels allow it. */
static void page_new(struct gen *g, unsigned n)
{
	struct page *pg = &g->pages[n], *before = n ? pg - 1 : NULL;
	const struct domain *d;
	unsigned width;

	*pg = (struct page){ .domain = below(g, DOMAINS), .level = 1, .lg2 = 12 };
	d = &g->domains[pg->domain];
	width = 12 + 9 * d->mode > 48 ? 48 : 12 + 9 * d->mode;
	if (before && before->level == 1 && before->lg2 == 12 && orc_often(g->p, 40)) {
		pg->domain = before->domain;
		d = &g->domains[pg->domain];
		pg->iova = before->iova + 0x1000;
	} else {
		pg->iova = (uint64_t)(1 + n + 8 * below(g, 8)) << (d->mode == 2 ? 25 : 30);
		if (orc_often(g->p, 40) && width > 39)
			pg->iova |= (uint64_t)below(g, 1u << (width - 39)) << 39;
		pg->iova += (uint64_t)below(g, 8) << 21 | (uint64_t)below(g, 0x1f0) << 12;
		pg->iova &= (UINT64_C(1) << width) - 1;
		if (orc_often(g->p, 25) && d->mode > 2)
			pg->level = 2;
		pg->lg2 = 12 + 9 * (pg->level - 1);
		if (orc_often(g->p, 30))
			pg->lg2 += 1 + below(g, 4);
	}
	lead_to(pg, random_frame(g, pg->lg2));
	pg->good = leaf(pg, out_of(pg), orc_often(g->p, 70) ? IR | IW : random_rights(g));
	map(g, d, pg, pg->good);
}

static void domain_new(struct gen *g, unsigned n)
{
	static const uint8_t modes[] = { 2, 3, 3, 4, 4, 4, 5, 6 };
	struct domain *d = &g->domains[n];
	struct page home = { .level = 1, .lg2 = 12, .iova = ORC_AT_HOME };

	d->id = (uint16_t)(5 + 7 * n + 16 * below(g, 8));
	d->mode = modes[below(g, sizeof(modes))];
	d->root = orc_pool(g->p, 1);
	map(g, d, &home, leaf(&home, ORC_AT_HOME, IR | IW));
}

/* ---- the device table ---- */

static void put_dte(struct gen *g, struct device *dev, const uint64_t *dte, const char *what)
{
	if (orc_word_get(g->p, dev->at + 8) != dte[1])
		orc_put(g->p, dev->at + 8, dte[1], what);
	if (orc_word_get(g->p, dev->at) != dte[0])
		orc_put(g->p, dev->at, dte[0], what);
}

/* V, TV, Mode, the root, IR and IW; the domain. */
static void dte_of(const struct domain *d, uint64_t *dte)
{
	dte[0] = 3 | (uint64_t)d->mode << 9 | d->root | IR | IW;
	dte[1] = d->id;
}

static void device_new(struct gen *g, unsigned n)
{
	struct device *dev = &g->devices[n];

	dev->domain = below(g, DOMAINS);
	dev->at = g->p->start[AMDVI_START_TABLE] + (uint64_t)orc_src(&orc_amdvi, n) * 32;
	g->p->start[AMDVI_START_DTE + n] = dev->at;
	dte_of(&g->domains[dev->domain], dev->dte);
	put_dte(g, dev, dev->dte, "DTE");
}

/* ---- requests ---- */

static void request(struct gen *g, unsigned device, unsigned page, const char *what)
{
	struct page *pg = &g->pages[page];
	uint64_t iova = pg->iova + ((uint64_t)below(g, 0x1ff) << 3), mask = IMS_BIT(pg->lg2) - 1;
	struct orc_op *op;

	/* Another part of a large leaf, under the same entry. */
	if (pg->level > 1 && orc_often(g->p, 30))
		iova ^= (uint64_t)below(g, 16) << 12;
	/* Beyond what the levels reach. */
	if (g->domains[pg->domain].mode < 4 && below(g, 100) == 0)
		iova |= IMS_BIT(46);
	op = orc_probe(g->p, device, iova, orc_often(g->p, 50), what);
	orc_lead(op, iova);
	orc_lead(op, WIDE | (iova & WIDE_MASK));
	for (unsigned i = 0; i < OUTS && i < pg->outs_count; i++)
		orc_lead(op, pg->outs[i] | (iova & mask));
}

static void pick(struct gen *g, unsigned *device, unsigned *page)
{
	*device = below(g, ORC_DEVICES);
	for (unsigned i = 0; i < 8; i++) {
		*page = below(g, PAGES);
		if (g->pages[*page].domain == g->devices[*device].domain)
			return;
	}
}

/* ---- changes ---- */

static void change_leaf(struct gen *g, struct page *pg)
{
	uint64_t at = pg->path[pg->level], now;

	if (!at)
		return;
	now = orc_word_get(g->p, at);
	switch (below(g, 10)) {
	case 0:
	case 1:
	case 2:
	case 3:
	case 4:
		lead_to(pg, random_frame(g, pg->lg2));
		pg->good = leaf(pg, out_of(pg), IR | IW);
		orc_put(g->p, at, pg->good, "leaf: elsewhere");
		break;
	case 5:
	case 6:
		orc_put(g->p, at, leaf(pg, out_of(pg), random_rights(g)), "leaf: rights");
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
	switch (below(g, 3)) {
	case 0:
		orc_put(g->p, at, pg->good & ~PR, "leaf: not present");
		break;
	case 1:
		orc_put(g->p, at, pg->good | IMS_BIT(52 + below(g, 5)), "leaf: reserved bit");
		break;
	default:
		/* More than a table of the lowest level holds. */
		if (pg->level == 1)
			orc_put(g->p, at,
				PR | UINT64_C(7) << 9 | WIDE | (WIDE_MASK >> 1 & ~0xfffu) | IR | IW,
				"leaf: a size too large");
		break;
	}
}

static void change_table(struct gen *g, struct page *pg)
{
	unsigned top = g->domains[pg->domain].mode, level = pg->level + 1 + below(g, TOP);
	uint64_t now, at;

	if (level > top || !pg->path[level])
		return;
	at = pg->path[level];
	now = orc_word_get(g->p, at);
	switch (below(g, 5)) {
	case 0:
		orc_put(g->p, at, now & ~PR, "table: not present");
		break;
	case 1:
		orc_put(g->p, at, now & ~(below(g, 2) ? IR : IW), "table: rights");
		break;
	default:
		orc_put(g->p, at, now | PR | IR | IW, "table: whole");
		break;
	}
}

static void change_dte(struct gen *g, struct device *dev)
{
	uint64_t dte[2] = { dev->dte[0], dev->dte[1] };
	const char *what = "DTE: whole";

	switch (below(g, 12)) {
	case 0:
		dte[0] &= ~UINT64_C(1);
		what = "DTE: V=0";
		break;
	case 1:
	case 2:
		dte[0] &= ~(below(g, 2) ? IR : IW);
		what = "DTE: rights";
		break;
	case 3:
		dte[0] |= IMS_BIT(2 + below(g, 5));
		what = "DTE: reserved bit";
		break;
	case 4:
		dte[0] = (dte[0] & ~IMS_BITS(11, 9)) | UINT64_C(7) << 9;
		what = "DTE: mode 7";
		break;
	case 5:
		dte[0] &= ~IMS_BITS(11, 9);
		what = "DTE: no tables";
		break;
	case 6:
		if (!below(g, 2)) {
			dte[0] &= ~UINT64_C(2);
			what = "DTE: TV=0";
		}
		break;
	case 7:
		if (!below(g, 3)) {
			dte[1] |= 0x100;
			what = "DTE: a domain with bit 8";
		} else if (!below(g, 2)) {
			dte[0] = (dte[0] | IMS_BIT(3)) & ~UINT64_C(1);
			what = "DTE: V=0 and a reserved bit";
		}
		break;
	default:
		break;
	}
	put_dte(g, dev, dte, what);
}

/* ---- commands ---- */

static void send(struct gen *g, uint64_t low, uint64_t high, const char *what)
{
	uint64_t words[2] = { low, high };

	orc_command(g->p, words, 2, what);
}

static void send_devtab(struct gen *g, uint32_t src)
{
	send(g, UINT64_C(2) << 60 | src, 0, "INVALIDATE_DEVTAB_ENTRY");
}

/* S = 1: the lowest zero above bit 12 says how much. */
static uint64_t range_of(uint64_t iova, unsigned lg2)
{
	uint64_t first = iova >> lg2 << lg2;

	return lg2 <= 12 ? iova & ~UINT64_C(0xfff) : (first | (IMS_BIT(lg2 - 1) - IMS_BIT(12)) | 1);
}

static void send_pages(struct gen *g, uint16_t id, uint64_t range)
{
	send(g, UINT64_C(3) << 60 | (uint64_t)id << 32, range | (orc_often(g->p, 60) ? 2 : 0),
	     "INVALIDATE_IOMMU_PAGES");
}

#define EVERYTHING UINT64_C(0x7ffffffffffff001)

static void command_bad(struct gen *g)
{
	static const struct {
		uint64_t low, high;
	} bad[] = {
		{ 0, 0 },
		{ UINT64_C(15) << 60, 0 },
		{ UINT64_C(8) << 60 | 1, 0 },
		{ UINT64_C(2) << 60 | UINT64_C(1) << 40, 0 },
		{ UINT64_C(3) << 60 | UINT64_C(1) << 50, 0x1000 },
		{ UINT64_C(3) << 60, 0x1008 },
	};
	unsigned i = below(g, sizeof(bad) / sizeof(bad[0]));

	send(g, bad[i].low, bad[i].high, "illegal");
}

static void command(struct gen *g, bool near_miss)
{
	const struct page *pg = &g->pages[g->page];
	uint16_t id = g->domains[pg->domain].id;
	uint32_t src = orc_src(&orc_amdvi, g->device);
	uint64_t iova = pg->iova;
	unsigned lg2 = pg->lg2;

	if (near_miss) {
		switch (below(g, 3)) {
		case 0:
			id ^= 1;
			break;
		case 1:
			src ^= 0x10;
			break;
		default:
			iova ^= IMS_BIT(pg->lg2 + below(g, 4));
			break;
		}
	}
	switch (below(g, 10)) {
	case 0:
		send(g, UINT64_C(8) << 60, 0, "INVALIDATE_IOMMU_ALL");
		break;
	case 1:
	case 2:
	case 3:
		send_devtab(g, src);
		break;
	case 4:
		send(g, UINT64_C(4) << 60 | UINT64_C(32) << 24 | (uint64_t)src << 32 | src,
		     range_of(iova, lg2), "INVALIDATE_IOTLB_PAGES");
		break;
	case 5:
		send_pages(g, id, EVERYTHING);
		break;
	case 6:
		send(g, UINT64_C(5) << 60 | src, 0, "INVALIDATE_INTERRUPT_TABLE");
		break;
	default:
		send_pages(g, id, range_of(iova, orc_often(g->p, 40) ? lg2 + below(g, 4) : lg2));
		break;
	}
}

/* As a driver does it: the entry, then what was cached by way of it. */
static void change_domain(struct gen *g, struct device *dev)
{
	uint16_t old = g->domains[dev->domain].id;

	dev->domain = below(g, DOMAINS);
	dte_of(&g->domains[dev->domain], dev->dte);
	put_dte(g, dev, dev->dte, "DTE: domain");
	if (!orc_often(g->p, 85))
		return;
	send_devtab(g, orc_src(&orc_amdvi, g->device));
	send_pages(g, old, EVERYTHING);
}

/* ---- the program ---- */

static void change(struct gen *g)
{
	unsigned kind = below(g, 100);

	if (kind < 64)
		change_leaf(g, &g->pages[g->page]);
	else if (kind < 67)
		change_leaf_wrong(g, &g->pages[g->page]);
	else if (kind < 78)
		change_table(g, &g->pages[g->page]);
	else if (kind < 84)
		change_domain(g, &g->devices[g->device]);
	else
		change_dte(g, &g->devices[g->device]);
}

static void step(struct gen *g)
{
	pick(g, &g->device, &g->page);
	if (orc_often(g->p, 70)) {
		request(g, g->device, g->page, "before");
		change(g);
	}
	if (orc_often(g->p, 50))
		request(g, g->device, g->page, "between");
	if (below(g, 100) == 0)
		command_bad(g);
	else
		command(g, orc_often(g->p, 35));
	request(g, g->device, g->page, "behind");
	if (orc_often(g->p, 40))
		command(g, false);
	pick(g, &g->device, &g->page);
	request(g, g->device, g->page, "another");
}

void amdvi_generate(struct orc_program *p)
{
	struct gen g = { .p = p };

	p->start[AMDVI_START_TABLE] = orc_pool(p, 2);
	for (unsigned i = 0; i < DOMAINS; i++)
		domain_new(&g, i);
	for (unsigned i = 0; i < PAGES; i++)
		page_new(&g, i);
	for (unsigned i = 0; i < ORC_DEVICES; i++)
		device_new(&g, i);
	p->setup = p->ops_count;
	for (unsigned i = 0; i < STEPS; i++)
		step(&g);
}
