/* SPDX-License-Identifier: MIT */
/*
 * The figures of the design's speed table that need no scenario. What is measured
 * is set up by the layers above the hardware, as a scenario would: a guest
 * attaches a device to a table; one translation by it is the pattern for the
 * entries that fill the cache. So nothing in here names a vendor's field.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "sim/core/assert.h"
#include "sim/core/prng.h"
#include "sim/engine/cache_parts.h"
#include "sim/hyp/hyp.h"

#define PAGE UINT64_C(4096)
#define RUNS_MAX 31
#define IOVA (UINT64_C(1) << 32) /* of the entries put into the cache by hand */
#define MAPPED UINT64_C(0x10000) /* of the pages that tables map */
#define GPA (UINT64_C(1) << 20)
#define CELLS 4096 /* enough for tables and rings */
#define BATCH_MAX 512
#define SCATTER 0x9e3779b1u /* odd: i * SCATTER modulo a power of two is a permutation */

struct bench {
	const struct ims_model *model;
	FILE *out;
	bool quick;
	uint32_t page_row, tag_row;
	uint64_t random;
	unsigned runs, count;
	double ns[RUNS_MAX];
};

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void *grow(void *old, size_t bytes)
{
	void *block = realloc(old, bytes);

	IMS_ASSERT(block);
	return block;
}

/* In cache lines of its own, as every world should stand: an entry is one line. */
static void *zeroed(size_t bytes)
{
	size_t lines = (bytes + 63) & ~(size_t)63;
	void *block = aligned_alloc(64, lines);

	IMS_ASSERT(block);
	return memset(block, 0, lines);
}

/* ---- figures ---- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static const char *count_name(uint32_t n, char text[16])
{
	if (n >= 1u << 20 && !(n & ((1u << 20) - 1)))
		snprintf(text, 16, "%uM", n >> 20);
	else if (n >= 1u << 10 && !(n & ((1u << 10) - 1)))
		snprintf(text, 16, "%uk", n >> 10);
	else
		snprintf(text, 16, "%u", n);
	return text;
}

static void sample(struct bench *b, double start, double count)
{
	double ns = (now_ns() - start) / count;

	if (b->count < RUNS_MAX)
		b->ns[b->count++] = ns;
}

/* Prints the samples taken since the last line; @target in ns, 0: there is none. */
static void report(struct bench *b, double target, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void report(struct bench *b, double target, const char *format, ...)
{
	char what[80], aim[16] = "-";
	double median;
	va_list args;

	qsort(b->ns, b->count, sizeof(b->ns[0]), by_value);
	median = b->ns[b->count / 2];
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	if (target > 0)
		snprintf(aim, sizeof(aim), "%.0f", target);
	fprintf(b->out, "%-58s %10.1f %10.1f %8s  %s\n", what, median, b->ns[0], aim,
		target <= 0 ? "" : median <= target ? "met" : "above");
	fflush(b->out);
	b->count = 0;
}

/* ---- a machine with one guest, one device, one table ---- */

struct rig {
	struct bench *b;
	struct ims_world *world;
	struct hyp *hyp;
	struct ims_hw *hw;
	struct ims_cache *iotlb;
	struct ims_log log;
	struct ims_entry like; /* the pattern of every entry */
	uint32_t filed_ctx;
	struct ims_req req;
	uint32_t *order; /* one cycle through all n entries */
	uint32_t n, tag_entries;
	uint32_t stride; /* pages from one entry to the next */
};

struct rig_config {
	uint32_t entries; /* room in the IOTLB */
	uint32_t others;  /* and in every other cache */
	uint32_t pages;	  /* mapped by the tables */
	uint32_t cells;
	bool logged;
};

static void rig_boot(struct rig *r, const struct rig_config *config)
{
	const struct ims_model *m = r->b->model;
	struct ims_world_config wc = { .model = m, .cells = config->cells, .units_count = 2, .seed = 1 };
	struct hyp_config hc = { .model = m, .vms_count = 1, .devices_count = 1, .spaces_count = 1 };

	for (unsigned u = 0; u < 2; u++) {
		wc.units[u] = (struct ims_unit_config){ .guest = u, .fragment_lg2 = 12, .ring_lg2 = 5 };
		for (unsigned c = 0; c < m->caches_count; c++)
			wc.units[u].caches[c].entries = config->others;
	}
	wc.units[0].caches[m->iotlb].entries = config->entries;
	r->world = zeroed(ims_world_bytes(&wc));
	ims_world_init(r->world, &wc);
	hc.world = r->world;
	hc.log = config->logged ? &r->log : NULL;
	hc.vm_memory[0] = UINT64_C(1) << 26;
	hc.devices[0] = (struct hyp_device){ .vrid = 0x100 };
	hyp_init(r->hyp, &hc);
}

/* Boots, attaches, maps, and takes the pattern from one translation. */
static void rig_make(struct bench *b, struct rig *r, const struct rig_config *config)
{
	struct ims_answer a;
	struct hyp_table t;

	*r = (struct rig){ .b = b, .hyp = zeroed(sizeof(*r->hyp)), .log = { .first = 1, .grow = grow } };
	rig_boot(r, config);
	r->hw = &r->hyp->host;
	r->iotlb = ims_hw_cache(r->hw, b->model->iotlb);
	IMS_ASSERT(hyp_attach(r->hyp, 0, IMS_CTX_NONE, 0));
	t = hyp_space_table(r->hyp, 0);
	hyp_back(r->hyp, 0, GPA, config->pages * PAGE);
	IMS_ASSERT(hyp_table_map(&t, MAPPED, config->pages * PAGE, GPA, IMS_R | IMS_W, 12, false) == HYP_TABLE_OK);
	r->req = (struct ims_req){
		.src = r->hyp->devices[0].prid, .ctx = IMS_CTX_NONE, .addr = MAPPED, .access = IMS_ACCESS_WRITE
	};
	ims_translate(r->hw, &r->req, &a);
	IMS_ASSERT(!a.fault && a.entry != IMS_NONE);
	r->like = ims_cache_entries(r->iotlb)[a.entry];
	r->filed_ctx = ims_cache_groups(r->iotlb)[r->like.group].ctx;
}

static void rig_free(struct rig *r)
{
	free(r->order);
	free(r->log.events);
	free(r->hyp);
	free(r->world);
}

/* Entry @i of the stock; its output says which comes next in the cycle. */
static void put(struct rig *r, uint32_t i)
{
	struct ims_entry e = r->like;

	e.in = IOVA + (uint64_t)i * r->stride * PAGE;
	e.out = r->order[i] * PAGE;
	e.mid = e.in;
	e.dom = (uint16_t)(r->like.dom + i / r->tag_entries);
	e.born = r->world->time;
	IMS_ASSERT(ims_cache_fill(r->iotlb, &e, r->filed_ctx, NULL, NULL) != IMS_NONE);
}

/* Entries 0 to @count - 1, a power of two; neighbours in address are not neighbours in memory. */
static void put_first(struct rig *r, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		put(r, i * SCATTER & (count - 1));
}

static void forget(struct rig *r)
{
	struct ims_sel all = { .before = UINT32_MAX, .classes = IMS_CLASS_ANY };

	ims_cache_drop(r->iotlb, &all, NULL, NULL);
}

/* Replaces what the IOTLB holds by @n entries, one every @stride pages, each @tag_entries of one tag. */
static void stock(struct rig *r, uint32_t n, uint32_t stride, uint32_t tag_entries)
{
	r->n = n;
	r->stride = stride;
	r->tag_entries = tag_entries;
	r->order = grow(r->order, n * sizeof(r->order[0]));
	for (uint32_t i = 0; i < n; i++)
		r->order[i] = i;
	for (uint32_t i = n; i-- > 1;) { /* Sattolo's shuffle: one cycle */
		uint32_t k = ims_prng_below(&r->b->random, i), was = r->order[i];

		r->order[i] = r->order[k];
		r->order[k] = was;
	}
	forget(r);
	put_first(r, n);
}

/* ---- commands, found by what they do ---- */

static uint32_t row_find(const struct ims_model *m, enum ims_vmm vmm, bool ranged)
{
	for (uint32_t i = 0; i < m->rows_count; i++) {
		const struct ims_match *match = &m->rows[i].match[0];

		if (m->rows[i].vmm == vmm && m->rows[i].ranged == ranged && match->source &&
		    match->cache == m->iotlb && match->dom == IMS_EQUAL)
			return i;
	}
	return IMS_NONE;
}

static void words_for(const struct rig *r, uint32_t row, uint32_t dom, uint64_t first, uint64_t last,
		      uint64_t *ret_words)
{
	struct ims_cmd_args args = {
		.dom = dom, .ctx = r->filed_ctx, .src = r->like.src, .first = first, .last = last, .leaf_only = true
	};

	ims_cmd_encode(r->b->model, row, &args, ret_words);
}

static void command(struct rig *r, const uint64_t *words)
{
	ims_cmd_execute(r->hw, words);
	ims_complete(r->hw);
}

/* ---- translation ---- */

static void hits(struct bench *b, uint32_t n, double independent, double dependent)
{
	struct rig_config config = { .entries = n, .others = 64, .pages = 1, .cells = CELLS };
	uint32_t count = n > 1u << 16 ? n : b->quick ? 1u << 16 : 1u << 18;
	struct ims_answer a = { 0 };
	char text[16];
	struct rig r;
	double start;

	rig_make(b, &r, &config);
	stock(&r, n, 1, n);
	for (unsigned run = 0; run <= b->runs; run++) {
		start = now_ns();
		for (uint32_t i = 0; i < count; i++) {
			r.req.addr = IOVA + (ims_prng_next(&b->random) & (n - 1)) * PAGE;
			ims_translate(r.hw, &r.req, &a);
		}
		if (run) /* the first one warms up */
			sample(b, start, count);
		IMS_ASSERT(a.hit);
	}
	report(b, independent, "translate, hit, independent, %s entries", count_name(n, text));
	for (unsigned run = 0; run < b->runs; run++) {
		start = now_ns();
		for (uint32_t i = 0; i < count; i++) {
			r.req.addr = IOVA + (a.out & ((uint64_t)n * PAGE - 1));
			ims_translate(r.hw, &r.req, &a);
		}
		sample(b, start, count);
		IMS_ASSERT(a.hit);
	}
	report(b, dependent, "translate, hit, dependent, %s entries", count_name(n, text));
	rig_free(&r);
}

/* Random pages of those that are mapped, through @translate. */
static void walk_pages(struct rig *r, uint32_t pages, void (*translate)(struct ims_hw *, const struct ims_req *,
									 struct ims_answer *))
{
	uint32_t count = r->b->quick ? 1u << 11 : 1u << 15;
	struct ims_answer a;
	double start;

	for (unsigned run = 0; run < r->b->runs; run++) {
		start = now_ns();
		for (uint32_t i = 0; i < count; i++) {
			r->req.addr = MAPPED + ims_prng_below(&r->b->random, pages) * PAGE;
			translate(r->hw, &r->req, &a);
			IMS_ASSERT(!a.hit && !a.fault);
		}
		sample(r->b, start, count);
	}
}

/* The IOTLB is full of other pages and, being retentive, takes no more: every access walks. */
static void walks(struct bench *b, uint32_t pages)
{
	struct rig_config config = { .entries = 16, .others = 64, .pages = pages, .cells = CELLS + 4 * pages };
	char text[16];
	struct rig r;

	rig_make(b, &r, &config);
	stock(&r, 16, 1, 16);
	walk_pages(&r, pages, ims_translate);
	report(b, 150, "translate, nested walk of 24 reads, %s pages", count_name(pages, text));
	walk_pages(&r, pages, ims_translate_fresh);
	report(b, 0, "the same by the tables alone, no cache, %s pages", count_name(pages, text));
	rig_free(&r);
}

/* Each page once, into an IOTLB that has room; then everything is dropped. */
static void miss_and_fill(struct bench *b, uint32_t pages)
{
	struct rig_config config = { .entries = pages, .others = 64, .pages = pages, .cells = CELLS + 4 * pages };
	struct ims_answer a;
	char text[16];
	struct rig r;

	rig_make(b, &r, &config);
	for (unsigned run = 0; run < b->runs; run++) {
		forget(&r);
		double start = now_ns();

		for (uint32_t i = 0; i < pages; i++) {
			r.req.addr = MAPPED + i * PAGE;
			ims_translate(r.hw, &r.req, &a);
			IMS_ASSERT(!a.hit && a.entry != IMS_NONE);
		}
		sample(b, start, pages);
	}
	report(b, 300, "translate, miss: nested walk and fill, %s pages", count_name(pages, text));
	rig_free(&r);
}

/* ---- filling and dropping ---- */

/* An IOTLB with @n entries. */
static void rig_make_stocked(struct bench *b, struct rig *r, uint32_t n, uint32_t stride, uint32_t tag_entries,
			     bool logged)
{
	struct rig_config config = { .entries = n, .others = 64, .pages = 1, .cells = CELLS, .logged = logged };

	rig_make(b, r, &config);
	stock(r, n, stride, tag_entries);
}

static struct ims_sel sel_page(const struct rig *r, uint32_t i)
{
	uint64_t first = IOVA + (uint64_t)i * r->stride * PAGE;

	return (struct ims_sel){ .first = first,
				 .last = first + PAGE - 1,
				 .dom = r->like.dom,
				 .ctx = r->filed_ctx,
				 .how_dom = IMS_EQUAL,
				 .how_ctx = IMS_EQUAL,
				 .before = UINT32_MAX,
				 .classes = IMS_CLASS_ANY,
				 .ranged = true };
}

static void fills(struct bench *b, uint32_t n)
{
	char text[16];
	struct rig r;
	double start;

	rig_make_stocked(b, &r, n, 1, n, false);
	for (unsigned run = 0; run < b->runs; run++) {
		for (uint32_t i = 0; i < n; i++) {
			struct ims_sel one = sel_page(&r, i);

			ims_cache_drop(r.iotlb, &one, NULL, NULL);
		}
		IMS_ASSERT(!r.iotlb->live);
		start = now_ns();
		put_first(&r, n);
		sample(b, start, n);
	}
	report(b, 150, "fill, up to %s entries", count_name(n, text));
	for (unsigned run = 0; run < b->runs; run++) {
		forget(&r);
		start = now_ns();
		put_first(&r, n);
		sample(b, start, n);
	}
	report(b, 150, "fill, reclaiming %s entries of a dropped tag", count_name(n, text));
	rig_free(&r);
}

/* The next @batch entries of the cycle from @from on, by commands. */
static uint32_t drop_by_command(struct rig *r, uint32_t from, uint32_t batch)
{
	uint64_t words[BATCH_MAX][IMS_CMD_WORDS];
	uint32_t i = from;
	double start;

	for (uint32_t k = 0; k < batch; k++, i = r->order[i])
		words_for(r, r->b->page_row, r->like.dom, IOVA + i * PAGE, IOVA + i * PAGE + PAGE - 1, words[k]);
	start = now_ns();
	for (uint32_t k = 0; k < batch; k++)
		command(r, words[k]);
	sample(r->b, start, batch);
	return i;
}

static uint32_t drop_by_cache(struct rig *r, uint32_t from, uint32_t batch)
{
	struct ims_sel sels[BATCH_MAX];
	uint32_t i = from;
	double start;

	for (uint32_t k = 0; k < batch; k++, i = r->order[i])
		sels[k] = sel_page(r, i);
	start = now_ns();
	for (uint32_t k = 0; k < batch; k++)
		ims_cache_drop(r->iotlb, &sels[k], NULL, NULL);
	sample(r->b, start, batch);
	return i;
}

static void drop_pages(struct bench *b, uint32_t n, double target)
{
	uint32_t batch = n / 2 < BATCH_MAX ? n / 2 : BATCH_MAX, from, to = 0;
	char text[16];
	struct rig r;

	rig_make_stocked(b, &r, n, 1, n, false);
	for (unsigned way = 0; way < 2; way++) {
		for (unsigned run = 0; run < b->runs; run++) {
			from = to;
			to = (way ? drop_by_cache : drop_by_command)(&r, from, batch);
			IMS_ASSERT(r.iotlb->live == n - batch);
			for (uint32_t i = from; i != to; i = r.order[i])
				put(&r, i);
		}
		report(b, target, "invalidate a page of %s, %s", count_name(n, text),
		       way ? "cache alone" : "command and completion");
	}
	rig_free(&r);
}

/* Drops @d of @n entries by their tag. */
static void drop_tags(struct bench *b, uint32_t n, uint32_t d, bool logged)
{
	uint32_t tags = n / d < 16 ? n / d : 16, at = 0;
	double each = !logged ? 0 : n > 1u << 16 ? 200 : 40, start;
	uint64_t words[16][IMS_CMD_WORDS];
	char text[16], text2[16];
	struct rig r;

	rig_make_stocked(b, &r, n, 1, d, logged);
	for (unsigned run = 0; run < b->runs; run++, at = (at + tags) % (n / d)) {
		for (uint32_t k = 0; k < tags; k++)
			words_for(&r, b->tag_row, r.like.dom + at + k, 0, ~UINT64_C(0), words[k]);
		r.log.first += r.log.count;
		r.log.count = 0;
		start = now_ns();
		for (uint32_t k = 0; k < tags; k++)
			command(&r, words[k]);
		sample(b, start, tags);
		IMS_ASSERT(r.iotlb->live == n - tags * d);
		for (uint32_t i = 0; i < tags * d; i++)
			put(&r, at * d + (i * SCATTER & (tags * d - 1)));
	}
	report(b, 200 + each * d, "invalidate a tag, log %s, dropping %s of %s", logged ? "on" : "off",
	       count_name(d, text), count_name(n, text2));
	rig_free(&r);
}

/* Drops what is in a range of @pages, @d entries, of a cache of @n that stand as far from each other. */
static void drop_ranges(struct bench *b, uint32_t n, uint32_t pages, uint32_t d)
{
	uint32_t batch = n / d < 16 ? n / d : 16, stride = pages / d;
	uint32_t span = pages / 512, regions = stride < 512 ? n * stride / 512 : n;
	double searched = span < regions ? span : regions, start;
	uint64_t words[16][IMS_CMD_WORDS], first;
	char text[16], text2[16], text3[16];
	struct rig r;

	rig_make_stocked(b, &r, n, stride, n, false);
	for (unsigned run = 0; run < b->runs; run++) {
		for (uint32_t k = 0; k < batch; k++) {
			first = IOVA + (uint64_t)k * pages * PAGE;
			words_for(&r, b->page_row, r.like.dom, first, first + pages * PAGE - 1, words[k]);
		}
		start = now_ns();
		for (uint32_t k = 0; k < batch; k++)
			command(&r, words[k]);
		sample(b, start, batch);
		IMS_ASSERT(r.iotlb->live == n - batch * d);
		put_first(&r, batch * d);
	}
	report(b, 200 + 40.0 * d + 2 * searched, "invalidate %s pages, dropping %s of %s", count_name(pages, text),
	       count_name(d, text2), count_name(n, text3));
	rig_free(&r);
}

/* ---- the rest ---- */

/* Every command the vendor has a name for, in turn. */
static void decodes(struct bench *b)
{
	uint64_t words[64][IMS_CMD_WORDS];
	uint32_t rows = 0, count = b->quick ? 1u << 12 : 1u << 16;
	struct ims_cmd_args args = { .dom = 5, .ctx = 1, .src = 0x100, .first = IOVA, .last = IOVA + 8 * PAGE - 1 };
	struct ims_cmd cmd;
	double start;

	for (uint32_t i = 0; i < b->model->rows_count && rows < 64; i++) {
		if (!*b->model->rows[i].name)
			continue;
		ims_cmd_encode(b->model, i, &args, words[rows]);
		IMS_ASSERT(!ims_cmd_decode(b->model, words[rows], &cmd) && cmd.row == i);
		rows++;
	}
	for (unsigned run = 0; run < b->runs; run++) {
		start = now_ns();
		for (uint32_t i = 0, k = 0; i < count; i++, k = k + 1 < rows ? k + 1 : 0)
			IMS_ASSERT(!ims_cmd_decode(b->model, words[k], &cmd));
		sample(b, start, count);
	}
	report(b, 10, "decode a command");
}

static void copies(struct bench *b)
{
	struct rig_config config = { .entries = 16, .others = 16, .pages = 4, .cells = 512 };
	uint32_t count = b->quick ? 64 : 1024;
	struct ims_world *copy;
	struct rig r;
	double start;

	rig_make(b, &r, &config);
	copy = zeroed(r.world->bytes);
	for (unsigned run = 0; run < b->runs; run++) {
		start = now_ns();
		for (uint32_t i = 0; i < count; i++) {
			memcpy(copy, r.world, r.world->bytes);
			r.world->time = copy->time + 1;
		}
		sample(b, start, count);
	}
	report(b, 1000, "copy a litmus-size world, %zu KiB", (size_t)r.world->bytes >> 10);
	free(copy);
	rig_free(&r);
}

/* A guest maps, its device writes, it unmaps and invalidates: guest, VMM, host and two units in full. */
static void events(struct bench *b)
{
	struct rig_config config = { .entries = 256, .others = 256, .pages = 1, .cells = 1 << 14, .logged = true };
	uint32_t steps = b->quick ? 256 : 4096;
	struct hyp_access a;
	struct hyp_table t;
	struct rig r;

	rig_make(b, &r, &config);
	t = hyp_space_table(r.hyp, 0);
	for (unsigned run = 0; run < b->runs; run++) {
		uint32_t before;
		double start;
		bool freed;

		r.log.first += r.log.count;
		r.log.count = 0;
		before = r.world->time;
		start = now_ns();
		for (uint32_t i = 0; i < steps; i++) {
			uint64_t iova = MAPPED + (1 + i % 64) * PAGE, gpa = GPA + (1 + i % 256) * PAGE;

			hyp_table_map(&t, iova, PAGE, gpa, IMS_R | IMS_W, 12, false);
			hyp_access(r.hyp, 0, IMS_CTX_NONE, iova, IMS_ACCESS_WRITE, false, false, &a);
			IMS_ASSERT(!a.bare.fault);
			hyp_table_unmap(&t, iova, PAGE, false, &freed);
			hyp_guest_flush(r.hyp, 0, iova, iova + PAGE - 1, !freed, true);
		}
		sample(b, start, r.world->time - before);
	}
	report(b, 1000.0 / 3, "one event, map, write, unmap and invalidate, full log");
	rig_free(&r);
}

int ims_tool_bench(const struct ims_model *model, FILE *out, bool quick)
{
	struct bench b = { .model = model, .out = out, .quick = quick, .random = 1, .runs = quick ? 5 : 11 };

	b.page_row = row_find(model, IMS_VMM_STAGE1, true);
	b.tag_row = row_find(model, IMS_VMM_STAGE1, false);
	if (b.page_row == IMS_NONE || b.tag_row == IMS_NONE) {
		fprintf(stderr, "iommusim: %s has no command that invalidates a page, or a tag, of the IOTLB\n",
			model->name);
		return 3;
	}
	fprintf(out, "%-58s %10s %10s %8s\n", "ns each, one thread", "median", "best", "target");
	hits(&b, 64, 15, 0);
	hits(&b, 1 << 10, 20, 30);
	hits(&b, 1 << 16, 40, 60);
	if (!quick)
		hits(&b, 1 << 20, 120, 350);
	walks(&b, 64);
	walks(&b, 4096);
	miss_and_fill(&b, 4096);
	fills(&b, 1 << 10);
	fills(&b, 1 << 16);
	drop_pages(&b, 64, 100);
	drop_pages(&b, 1 << 16, 100);
	if (!quick)
		drop_pages(&b, 1 << 20, 200);
	for (unsigned logged = 0; logged < 2; logged++) {
		drop_tags(&b, 1 << 10, 64, logged);
		drop_tags(&b, 1 << 16, 64, logged);
		drop_tags(&b, 1 << 16, 1 << 12, logged);
		if (quick)
			continue;
		drop_tags(&b, 1 << 20, 64, logged);
		drop_tags(&b, 1 << 20, 1 << 14, logged);
	}
	drop_ranges(&b, 1 << 16, 16, 16);
	drop_ranges(&b, 1 << 16, 512, 512);
	drop_ranges(&b, 1 << 16, 1 << 16, 1);
	drop_ranges(&b, 1 << 16, 1 << 20, 64);
	decodes(&b);
	copies(&b);
	events(&b);
	return 0;
}
