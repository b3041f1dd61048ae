/* SPDX-License-Identifier: MIT */
/*
 * Random VT-d programs: two devices, two domains with a few pages each, then changes of
 * tables and structures, commands that matter and commands that do not, and requests
 * before, between and behind them. Positions are those of chapter 9 of VT-d 5.10.
 */
#include <string.h>

#include "tools/oracle/vtd_gen.h"

/* ---- tables ---- */

static uint64_t random_frame(struct gen *g, unsigned level)
{
	unsigned lg2 = 12 + 9 * (level - 1);

	if (level == 3)
		return 0;
	return ORC_AT_DATA + ((uint64_t)below(g, (ORC_RAM - ORC_AT_DATA) >> lg2) << lg2);
}

/* Read, write, user where there is one, in a table's entry. */
static uint64_t through(const struct gen *g)
{
	return g->first ? 0x7 : 0x3;
}

/* Accessed and dirty are mostly set as drivers set them: QEMU has its own mind about dirty. */
static uint64_t leaf(struct gen *g, uint64_t out, unsigned level, uint64_t rights)
{
	uint64_t used = !g->first ? 0 : orc_often(g->p, 85) ? 0x60 : 0;

	return out | (level > 1 ? IMS_BIT(7) : 0) | rights | (g->first ? 0x5 : 0) | used;
}

static uint64_t random_rights(struct gen *g)
{
	static const uint8_t second[] = { 3, 3, 3, 3, 3, 1, 2 };
	static const uint8_t first[] = { 2, 2, 2, 2, 2, 0, 2 };

	return (g->first ? first : second)[below(g, 7)];
}

static void map(struct gen *g, const struct domain *d, uint64_t iova, unsigned level,
		uint64_t value, uint64_t *path)
{
	uint64_t table = d->root;

	for (unsigned l = d->levels; l > level; l--) {
		uint64_t at = table + 8 * (iova >> (12 + 9 * (l - 1)) & 0x1ff);
		uint64_t entry = orc_word_get(g->p, at);

		if (!entry) {
			entry = orc_pool(g->p, 1) | through(g);
			orc_put(g->p, at, entry, "table");
		}
		path[l] = at;
		table = entry & IMS_BITS(47, 12);
	}
	path[level] = table + 8 * (iova >> (12 + 9 * (level - 1)) & 0x1ff);
	orc_put(g->p, path[level], value, "leaf");
}

static void lead_to(struct page *pg, uint64_t out)
{
	pg->out = out;
	pg->outs[pg->outs_count++ % OUTS] = out;
}

/* Addresses a gigabyte apart, or the neighbour of the page before. */
static void page_new(struct gen *g, unsigned n)
{
	struct page *pg = &g->pages[n], *before = n ? pg - 1 : NULL;

	*pg = (struct page){ .domain = below(g, DOMAINS), .level = 1 };
	if (before && before->level == 1 && orc_often(g->p, 40)) {
		pg->domain = before->domain;
		pg->iova = before->iova + 0x1000;
	} else if (!n && orc_often(g->p, 50)) {
		/* Where without translation there is memory too. */
		pg->iova = ORC_AT_DATA + (uint64_t)below(g, 0xbf0) * 0x10000;
	} else {
		pg->level = orc_often(g->p, 60) ? 1 : 2 + below(g, 5) / 4;
		pg->iova = (uint64_t)(1 + n + 8 * below(g, 60)) << 30;
		pg->iova += ORC_AT_DATA + (uint64_t)below(g, 0xbff0) * 0x1000;
		pg->iova &= ~(UINT64_C(0x1f) << 12) | UINT64_C(0xf)
							      << 12; /* a neighbour has room */
	}
	lead_to(pg, random_frame(g, pg->level));
	pg->good = leaf(g, pg->out, pg->level,
			orc_often(g->p, 70) ? (g->first ? 2 : 3) : random_rights(g));
	map(g, &g->domains[pg->domain], pg->iova, pg->level, pg->good, pg->path);
}

static void domain_new(struct gen *g, unsigned n)
{
	struct domain *d = &g->domains[n];
	uint64_t path[LEVELS + 1];

	d->did = (uint16_t)(5 + 7 * n + 16 * below(g, 8));
	d->levels = g->first || orc_often(g->p, 60) ? 4 : 3;
	d->root = orc_pool(g->p, 1);
	map(g, d, ORC_AT_HOME, 1, leaf(g, ORC_AT_HOME, 1, g->first ? 2 : 3), path);
}

/* ---- structures ---- */

/* AW, section 9.3 and 9.6: 1 for 39 bits, 2 for 48. */
static uint64_t aw_of(const struct domain *d)
{
	return d->levels - 2;
}

static void entry_of(struct gen *g, const struct device *dev, const struct domain *d,
		     uint64_t *entry)
{
	(void)dev;
	entry[0] = 1;
	entry[1] = d->did;
	entry[2] = 0;
	if (g->first) {
		entry[0] |= VTD_PGTT_FS << 6 | 2 << 2;
		entry[1] |= IMS_BIT(23); /* PWSNP */
		entry[2] = d->root;
	} else {
		entry[0] |= VTD_PGTT_SS << 6 | aw_of(d) << 2 | d->root;
	}
}

static void legacy_context(const struct domain *d, uint64_t *context)
{
	context[0] = d->root | 1;
	context[1] = aw_of(d) | (uint64_t)d->did << 8;
}

static void put_words(struct gen *g, uint64_t at, const uint64_t *words, unsigned count,
		      const char *what)
{
	/* The first word, which says that it is present, last. */
	for (unsigned i = count; i-- > 0;)
		if (orc_word_get(g->p, at + 8 * i) != words[i])
			orc_put(g->p, at + 8 * i, words[i], what);
}

static void device_new(struct gen *g, unsigned n, uint64_t root, uint64_t *tables)
{
	struct device *dev = &g->devices[n];
	uint32_t devfn = orc_src(&orc_vtd, n);
	unsigned half = g->scalable && devfn >= 0x80;

	dev->domain = below(g, DOMAINS);
	dev->root_at = root + 8 * half;
	if (!tables[half]) {
		tables[half] = orc_pool(g->p, 1);
		orc_put(g->p, dev->root_at, tables[half] | 1, "root entry");
	}
	if (!g->scalable) {
		dev->context_at = tables[half] + devfn * 16;
		legacy_context(&g->domains[dev->domain], dev->context);
		put_words(g, dev->context_at, dev->context, 2, "context entry");
		g->p->start[VTD_START_CONTEXT + n] = dev->context_at;
		return;
	}
	dev->context_at = tables[half] + (devfn & 0x7f) * 32;
	dev->pasid = below(g, 3) ? below(g, 64) : 64 + below(g, 64);
	dev->context[0] = orc_pool(g->p, 1) | 1;
	dev->context[1] = dev->pasid;
	dev->directory_at = (dev->context[0] & ~UINT64_C(0xfff)) + 8 * (dev->pasid >> 6);
	dev->pasid_at = orc_pool(g->p, 1);
	orc_put(g->p, dev->directory_at, dev->pasid_at | 1, "PASID directory");
	dev->pasid_at += 64 * (dev->pasid & 63);
	g->p->start[VTD_START_PASID + n] = dev->pasid_at;
	g->p->start[VTD_START_CONTEXT + n] = dev->context_at;
	entry_of(g, dev, &g->domains[dev->domain], dev->entry);
	put_words(g, dev->pasid_at, dev->entry, 3, "PASID entry");
	put_words(g, dev->context_at, dev->context, 2, "context entry");
}

/* ---- requests ---- */

static void request_at(struct gen *g, unsigned device, unsigned page, uint64_t iova, bool write,
		       const char *what)
{
	struct page *pg = &g->pages[page];
	struct orc_op *op = orc_probe(g->p, device, iova, write, what);

	orc_lead(op, iova);
	for (unsigned i = 0; i < OUTS && i < pg->outs_count; i++)
		orc_lead(op, pg->outs[i] | (iova & (IMS_BIT(12 + 9 * (pg->level - 1)) - 1)));
	/* Accessed and dirty bits. */
	if (!g->first || g->devices[device].domain != pg->domain)
		return;
	for (unsigned l = pg->level; l <= LEVELS; l++)
		op->watch[op->watched++] = pg->path[l];
}

static void request(struct gen *g, unsigned device, unsigned page, const char *what)
{
	struct page *pg = &g->pages[page];
	uint64_t iova = pg->iova + (below(g, 0x1ff) << 3);

	/* Another part of a large leaf. */
	if (pg->level > 1 && orc_often(g->p, 30))
		iova ^= (uint64_t)below(g, 16) << 12;
	request_at(g, device, page, iova, orc_often(g->p, 50), what);
}

/* A device and a page of its domain; else any. */
static bool pick(struct gen *g, unsigned *device, unsigned *page)
{
	*device = below(g, ORC_DEVICES);
	for (unsigned i = 0; i < 8; i++) {
		*page = below(g, PAGES);
		if (g->pages[*page].domain == g->devices[*device].domain)
			return true;
	}
	return false;
}

/* ---- changes ---- */

static void change_leaf(struct gen *g, struct page *pg)
{
	uint64_t at = pg->path[pg->level], now = orc_word_get(g->p, at), out;

	switch (below(g, 10)) {
	case 0:
	case 1:
	case 2:
	case 3:
		out = random_frame(g, pg->level);
		lead_to(pg, out);
		pg->good = leaf(g, out, pg->level, g->first ? 2 : 3);
		orc_put(g->p, at, pg->good, "leaf: elsewhere");
		break;
	case 4:
	case 5:
		orc_put(g->p, at, leaf(g, pg->out, pg->level, random_rights(g)), "leaf: rights");
		break;
	case 6:
	case 7:
		orc_put(g->p, at, now ? 0 : pg->good, now ? "leaf: gone" : "leaf: back");
		break;
	case 8:
		/* Above the host address width; of a large leaf, below its size. */
		orc_put(g->p, at,
			now ^ IMS_BIT(pg->level > 1 && orc_often(g->p, 50) ? 13 + below(g, 8) :
									     48 + below(g, 4)),
			"leaf: reserved bit");
		break;
	default:
		if (g->first)
			orc_put(g->p, at, now ^ IMS_BIT(2), "leaf: supervisor");
		else
			orc_put(g->p, at, pg->good, "leaf: as built");
		break;
	}
}

static void change_table(struct gen *g, struct page *pg)
{
	unsigned top = g->domains[pg->domain].levels, level = pg->level + 1;
	uint64_t at, now;

	if (level > top)
		return;
	level += below(g, top - level + 1);
	at = pg->path[level];
	now = orc_word_get(g->p, at);
	switch (below(g, 4)) {
	case 0:
		orc_put(g->p, at, now & ~through(g), "table: gone");
		break;
	case 1:
		orc_put(g->p, at, now & ~UINT64_C(2), "table: read only");
		break;
	case 2:
		if (level == 4)
			orc_put(g->p, at, now ^ IMS_BIT(7), "table: reserved bit");
		else
			orc_put(g->p, at, now ^ IMS_BIT(49), "table: reserved bit");
		break;
	default:
		orc_put(g->p, at, (now | through(g)) & ~IMS_BITS(63, 48), "table: whole");
		break;
	}
}

/* The structure that has the domain: the context entry, or that of the PASID. */
static void change_domain(struct gen *g, struct device *dev)
{
	uint64_t words[3];

	dev->domain = below(g, DOMAINS);
	if (g->scalable) {
		entry_of(g, dev, &g->domains[dev->domain], words);
		put_words(g, dev->pasid_at, words, 3, "PASID entry: domain");
		memcpy(dev->entry, words, sizeof(words));
		return;
	}
	legacy_context(&g->domains[dev->domain], words);
	put_words(g, dev->context_at, words, 2, "context entry: domain");
	memcpy(dev->context, words, sizeof(dev->context));
}

static void change_context(struct gen *g, struct device *dev)
{
	uint64_t words[2] = { dev->context[0], dev->context[1] };
	const char *what = "context entry: whole";

	/* In scalable mode QEMU names the faults of legacy mode. */
	switch (below(g, g->scalable ? 12 : 6)) {
	case 0:
		words[0] &= ~UINT64_C(1);
		what = "context entry: not present";
		break;
	case 1:
		words[0] |= IMS_BIT(g->scalable ? 8 : 4 + below(g, 8));
		what = "context entry: reserved bit";
		break;
	case 2:
		if (!g->scalable) {
			words[0] |= 2 << 2;
			what = "context entry: pass-through";
		}
		break;
	case 3:
		if (!g->scalable) {
			words[0] |= 3 << 2;
			what = "context entry: reserved type";
		}
		break;
	case 4:
		if (!g->scalable) {
			words[1] = (words[1] & ~UINT64_C(7)) | 5;
			what = "context entry: width";
		}
		break;
	default:
		break;
	}
	put_words(g, dev->context_at, words, 2, what);
}

static void change_pasid(struct gen *g, struct device *dev)
{
	uint64_t words[3] = { dev->entry[0], dev->entry[1], dev->entry[2] };
	const char *what = "PASID entry: whole";

	switch (below(g, 7)) {
	case 0:
	case 1:
		words[0] &= ~UINT64_C(1);
		what = "PASID entry: not present";
		break;
	case 2:
		words[0] = (words[0] & ~UINT64_C(0x1c0)) | (5 + below(g, 3)) << 6;
		what = "PASID entry: reserved type";
		break;
	case 3:
		words[0] ^= IMS_BIT(1);
		what = "PASID entry: faults disabled";
		break;
	case 4:
		/* Both are known differences. */
		if (orc_often(g->p, 30)) {
			words[0] = 0;
			what = "PASID entry: nothing";
		} else {
			words[1] |= IMS_BIT(27);
			what = "PASID entry: reserved bit";
		}
		break;
	default:
		break;
	}
	put_words(g, dev->pasid_at, words, 3, what);
}

static void change_directory(struct gen *g, struct device *dev)
{
	uint64_t now = orc_word_get(g->p, dev->directory_at);

	if (orc_often(g->p, 20))
		orc_put(g->p, dev->directory_at, now ^ IMS_BIT(2 + below(g, 10)),
			"PASID directory: reserved bit");
	else
		orc_put(g->p, dev->directory_at, now ^ 1, "PASID directory: present");
}

static void change_root(struct gen *g, struct device *dev)
{
	uint64_t now = orc_word_get(g->p, dev->root_at);

	if (now & ~UINT64_C(1) & 0xfff || !(now & 1))
		orc_put(g->p, dev->root_at, (now & ~UINT64_C(0xfff)) | 1, "root entry: whole");
	else
		orc_put(g->p, dev->root_at, orc_often(g->p, 50) ? now ^ 1 : now | 0x10,
			"root entry: bad");
}

static void change(struct gen *g)
{
	unsigned device = g->device, kind = below(g, 100);
	struct device *dev = &g->devices[device];

	if (kind < 60)
		change_leaf(g, &g->pages[g->page]);
	else if (kind < 72)
		change_table(g, &g->pages[g->page]);
	else if (kind < 80)
		change_domain(g, dev);
	else if (kind < 92 && g->scalable)
		change_pasid(g, dev);
	else if (kind < 94 && g->scalable)
		change_directory(g, dev);
	else if (kind < 97)
		change_context(g, dev);
	else if (!g->scalable || orc_often(g->p, 40))
		change_root(g, dev);
}

/* ---- the program ---- */

static void step(struct gen *g)
{
	pick(g, &g->device, &g->page);
	if (orc_often(g->p, 70)) {
		request(g, g->device, g->page, "before");
		change(g);
	}
	if (orc_often(g->p, 50))
		request(g, g->device, g->page, "between");
	if (orc_often(g->p, 6))
		vtd_gen_command_bad(g);
	else
		vtd_gen_command(g, orc_often(g->p, 35));
	request(g, g->device, g->page, "behind");
	if (orc_often(g->p, 40))
		vtd_gen_command(g, false);
	pick(g, &g->device, &g->page);
	request(g, g->device, g->page, "another");
}

void vtd_generate(struct orc_program *p)
{
	struct gen g = { .p = p,
			 .scalable = p->config != VTD_LEGACY_MODE,
			 .first = p->config == VTD_FIRST_STAGE };
	uint64_t tables[2] = { 0, 0 }, root = orc_pool(p, 1);

	for (unsigned i = 0; i < DOMAINS; i++)
		domain_new(&g, i);
	for (unsigned i = 0; i < PAGES; i++)
		page_new(&g, i);
	for (unsigned i = 0; i < ORC_DEVICES; i++)
		device_new(&g, i, root, tables);
	p->start[VTD_START_ROOT] = root | (g.scalable ? IMS_BIT(10) : 0);
	p->start[VTD_START_WIDE] = g.scalable;
	p->follows = g.first;
	p->setup = p->ops_count;
	for (unsigned i = 0; i < STEPS; i++)
		step(&g);
}
