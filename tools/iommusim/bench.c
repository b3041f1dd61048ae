/* SPDX-License-Identifier: MIT */
/* The figures of the speed table in the design that need no scenario. */
#include "tools/iommusim/bench.h"

#include <stdlib.h>
#include <string.h>

#include "sim/core/assert.h"
#include "sim/core/prng.h"
#include "tools/iommusim/bench_rig.h"

#define BATCH_MAX 512

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
	rig_stock(&r, n, 1, n);
	for (unsigned run = 0; run <= b->runs; run++) {
		start = bench_now();
		for (uint32_t i = 0; i < count; i++) {
			r.req.addr = IOVA + (ims_prng_next(&b->random) & (n - 1)) * PAGE;
			ims_translate(r.hw, &r.req, &a);
		}
		if (run) /* the first one warms up */
			bench_sample(b, start, count);
		IMS_ASSERT(a.hit);
	}
	bench_report(b, independent, "translate, hit, independent, %s entries",
		     bench_count(n, text));
	for (unsigned run = 0; run < b->runs; run++) {
		start = bench_now();
		for (uint32_t i = 0; i < count; i++) {
			r.req.addr = IOVA + (a.out & ((uint64_t)n * PAGE - 1));
			ims_translate(r.hw, &r.req, &a);
		}
		bench_sample(b, start, count);
		IMS_ASSERT(a.hit);
	}
	bench_report(b, dependent, "translate, hit, dependent, %s entries", bench_count(n, text));
	rig_free(&r);
}

/* As many devices as guests, each with an address space of its own and all with the same addresses. */
static void shared_hits(struct bench *b, uint32_t n, double target)
{
	struct rig_config config = { .entries = n, .others = 64, .pages = 1, .cells = CELLS };
	uint32_t count = n > 1u << 16 ? n : b->quick ? 1u << 16 : 1u << 18, src;
	struct ims_answer a = { 0 };
	char text[16];
	struct rig r;
	double start;

	rig_make(b, &r, &config);
	r.sharers = 16;
	rig_stock(&r, n, 1, n);
	src = r.req.src;
	for (unsigned run = 0; run <= b->runs; run++) {
		start = bench_now();
		for (uint32_t i = 0; i < count; i++) {
			uint32_t k = (uint32_t)ims_prng_next(&b->random) & (n - 1);

			r.req.src = src + k % r.sharers;
			r.req.addr = IOVA + k / r.sharers * PAGE;
			ims_translate(r.hw, &r.req, &a);
		}
		if (run) /* the first one warms up */
			bench_sample(b, start, count);
		IMS_ASSERT(a.hit);
	}
	bench_report(b, target, "translate, hit, %u devices, same addresses, %s entries", r.sharers,
		     bench_count(n, text));
	rig_free(&r);
}

/* Random pages of those that are mapped, through @translate. */
static void walk_pages(struct rig *r, uint32_t pages,
		       void (*translate)(struct ims_hw *, const struct ims_req *,
					 struct ims_answer *))
{
	uint32_t count = r->b->quick ? 1u << 11 : 1u << 15;
	struct ims_answer a;
	double start;

	for (unsigned run = 0; run < r->b->runs; run++) {
		start = bench_now();
		for (uint32_t i = 0; i < count; i++) {
			r->req.addr = MAPPED + ims_prng_below(&r->b->random, pages) * PAGE;
			translate(r->hw, &r->req, &a);
			IMS_ASSERT(!a.hit && !a.fault);
		}
		bench_sample(r->b, start, count);
	}
}

/* The IOTLB is full of other pages and, being retentive, takes no more: every access walks. */
static void walks(struct bench *b, uint32_t pages)
{
	struct rig_config config = {
		.entries = 16, .others = 64, .pages = pages, .cells = CELLS + 4 * pages
	};
	char text[16];
	struct rig r;

	rig_make(b, &r, &config);
	rig_stock(&r, 16, 1, 16);
	walk_pages(&r, pages, ims_translate);
	bench_report(b, 150, "translate, nested walk of %u reads, %s pages",
		     (b->model->s1_top + 1u) * (b->model->s2_top + 1u) - 1,
		     bench_count(pages, text));
	walk_pages(&r, pages, ims_translate_fresh);
	bench_report(b, 0, "the same by the tables alone, no cache, %s pages",
		     bench_count(pages, text));
	rig_free(&r);
}

/* Each page once, into an IOTLB that has room; then everything is dropped. */
static void miss_and_fill(struct bench *b, uint32_t pages)
{
	struct rig_config config = {
		.entries = pages, .others = 64, .pages = pages, .cells = CELLS + 4 * pages
	};
	struct ims_answer a;
	char text[16];
	struct rig r;
	double start;

	rig_make(b, &r, &config);
	for (unsigned run = 0; run < b->runs; run++) {
		rig_forget(&r);
		start = bench_now();
		for (uint32_t i = 0; i < pages; i++) {
			r.req.addr = MAPPED + i * PAGE;
			ims_translate(r.hw, &r.req, &a);
			IMS_ASSERT(!a.hit && a.entry != IMS_NONE);
		}
		bench_sample(b, start, pages);
	}
	bench_report(b, 300, "translate, miss: nested walk and fill, %s pages",
		     bench_count(pages, text));
	rig_free(&r);
}

/* ---- filling and dropping ---- */

/* An IOTLB with @n entries. */
static void rig_make_stocked(struct bench *b, struct rig *r, uint32_t n, uint32_t stride,
			     uint32_t tag_entries, bool logged)
{
	struct rig_config config = {
		.entries = n, .others = 64, .pages = 1, .cells = CELLS, .logged = logged
	};

	rig_make(b, r, &config);
	rig_stock(r, n, stride, tag_entries);
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
				 .range = IMS_RANGE_FRAGMENT };
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
		start = bench_now();
		rig_put_some(&r, 0, n);
		bench_sample(b, start, n);
	}
	bench_report(b, 150, "fill, up to %s entries", bench_count(n, text));
	for (unsigned run = 0; run < b->runs; run++) {
		rig_forget(&r);
		start = bench_now();
		rig_put_some(&r, 0, n);
		bench_sample(b, start, n);
	}
	bench_report(b, 150, "fill, reclaiming %s entries of a dropped tag", bench_count(n, text));
	rig_free(&r);
}

/* The next @batch entries of the cycle from @from on, by commands. */
static uint32_t drop_by_command(struct rig *r, uint32_t from, uint32_t batch)
{
	uint64_t words[BATCH_MAX][IMS_CMD_WORDS];
	uint32_t i = from;
	double start;

	for (uint32_t k = 0; k < batch; k++, i = r->order[i])
		rig_words(r, r->b->page_row, r->like.dom, IOVA + i * PAGE,
			  IOVA + i * PAGE + PAGE - 1, words[k]);
	start = bench_now();
	for (uint32_t k = 0; k < batch; k++)
		rig_command(r, words[k]);
	bench_sample(r->b, start, batch);
	return i;
}

static uint32_t drop_by_cache(struct rig *r, uint32_t from, uint32_t batch)
{
	struct ims_sel sels[BATCH_MAX];
	uint32_t i = from;
	double start;

	for (uint32_t k = 0; k < batch; k++, i = r->order[i])
		sels[k] = sel_page(r, i);
	start = bench_now();
	for (uint32_t k = 0; k < batch; k++)
		ims_cache_drop(r->iotlb, &sels[k], NULL, NULL);
	bench_sample(r->b, start, batch);
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
				rig_put(&r, i);
		}
		bench_report(b, target, "invalidate a page of %s, %s", bench_count(n, text),
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
			rig_words(&r, b->tag_row, r.like.dom + at + k, 0, ~UINT64_C(0), words[k]);
		r.log.first += r.log.count;
		r.log.count = 0;
		start = bench_now();
		for (uint32_t k = 0; k < tags; k++)
			rig_command(&r, words[k]);
		bench_sample(b, start, tags);
		IMS_ASSERT(r.iotlb->live == n - tags * d);
		rig_put_some(&r, at * d, tags * d);
	}
	bench_report(b, 200 + each * d, "invalidate a tag, log %s, dropping %s of %s",
		     logged ? "on" : "off", bench_count(d, text), bench_count(n, text2));
	rig_free(&r);
}

/*
 * Drops what is in a range of @pages, @d entries, of a cache of @n that stand as far
 * from each other. The target counts what has to be searched: a look-up for each 512
 * pages of the range or, if there are fewer, each 512 pages that hold an entry.
 */
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
			rig_words(&r, b->page_row, r.like.dom, first, first + pages * PAGE - 1,
				  words[k]);
		}
		start = bench_now();
		for (uint32_t k = 0; k < batch; k++)
			rig_command(&r, words[k]);
		bench_sample(b, start, batch);
		IMS_ASSERT(r.iotlb->live == n - batch * d);
		rig_put_some(&r, 0, batch * d);
	}
	bench_report(b, 200 + 40.0 * d + 2 * searched, "invalidate %s pages, dropping %s of %s",
		     bench_count(pages, text), bench_count(d, text2), bench_count(n, text3));
	rig_free(&r);
}

/* ---- the rest ---- */

/* Every command the vendor has a name for, in turn. */
static bool found_earlier(const struct ims_model *m, uint32_t row)
{
	for (uint32_t i = 0; i < row; i++)
		if (m->rows[i].care[0] == m->rows[row].care[0] &&
		    m->rows[i].value[0] == m->rows[row].value[0])
			return true;
	return false;
}

static void decodes(struct bench *b)
{
	uint64_t words[64][IMS_CMD_WORDS];
	uint32_t rows = 0, count = b->quick ? 1u << 12 : 1u << 16;
	struct ims_cmd_args args = {
		.dom = 5, .ctx = 1, .src = 0x100, .first = IOVA, .last = IOVA + 8 * PAGE - 1
	};
	struct ims_cmd cmd;
	double start;

	for (uint32_t i = 0; i < b->model->rows_count && rows < 64; i++) {
		/* Of rows that differ by mode alone the first is the one that is found without a unit. */
		if (!*b->model->rows[i].name || found_earlier(b->model, i))
			continue;
		ims_cmd_encode(b->model, i, &args, words[rows]);
		IMS_ASSERT(!ims_cmd_decode(b->model, NULL, words[rows], &cmd) && cmd.row == i);
		rows++;
	}
	for (unsigned run = 0; run < b->runs; run++) {
		start = bench_now();
		for (uint32_t i = 0, k = 0; i < count; i++, k = k + 1 < rows ? k + 1 : 0)
			IMS_ASSERT(!ims_cmd_decode(b->model, NULL, words[k], &cmd));
		bench_sample(b, start, count);
	}
	bench_report(b, 10, "decode a command");
}

static void copies(struct bench *b)
{
	struct rig_config config = { .entries = 16, .others = 16, .pages = 4, .cells = 512 };
	uint32_t count = b->quick ? 64 : 1024;
	struct ims_world *copy;
	struct rig r;
	double start;

	rig_make(b, &r, &config);
	copy = bench_zeroed(r.world->bytes);
	for (unsigned run = 0; run < b->runs; run++) {
		start = bench_now();
		for (uint32_t i = 0; i < count; i++) {
			memcpy(copy, r.world, r.world->bytes);
			r.world->time = copy->time + 1;
		}
		bench_sample(b, start, count);
	}
	bench_report(b, 1000, "copy a litmus-size world, %zu KiB", (size_t)r.world->bytes >> 10);
	free(copy);
	rig_free(&r);
}

/* A guest maps, its device writes, it unmaps and invalidates: all layers, two units. */
static void events(struct bench *b)
{
	struct rig_config config = {
		.entries = 256, .others = 256, .pages = 1, .cells = 1 << 14, .logged = true
	};
	uint32_t steps = b->quick ? 256 : 4096;
	struct ims_req req = { .ctx = IMS_CTX_NONE, .access = IMS_ACCESS_WRITE };
	struct hyp_access a;
	struct hyp_table t;
	struct rig r;

	rig_make(b, &r, &config);
	hyp_back(r.hyp, 0, GPA, 257 * PAGE);
	t = hyp_space_table(r.hyp, 0);
	for (unsigned run = 0; run < b->runs; run++) {
		uint32_t before;
		double start;
		bool freed;

		r.log.first += r.log.count;
		r.log.count = 0;
		before = r.world->time;
		start = bench_now();
		for (uint32_t i = 0; i < steps; i++) {
			uint64_t iova = MAPPED + (1 + i % 64) * PAGE,
				 gpa = GPA + (1 + i % 256) * PAGE;

			hyp_table_map(&t, iova, PAGE, gpa, IMS_R | IMS_W, 12, false);
			req.addr = iova;
			hyp_access(r.hyp, 0, &req, false, &a);
			IMS_ASSERT(!a.bare.fault && !a.phys.fault);
			hyp_table_unmap(&t, iova, PAGE, false, &freed);
			hyp_guest_flush(r.hyp, 0, iova, iova + PAGE - 1, !freed, 12, true);
		}
		bench_sample(b, start, r.world->time - before);
	}
	bench_report(b, 1000.0 / 3, "one event, map, write, unmap and invalidate, full log");
	rig_free(&r);
}

int ims_tool_bench(const struct ims_model *model, FILE *out, bool quick)
{
	struct bench b = {
		.model = model, .out = out, .quick = quick, .random = 1, .runs = quick ? 5 : 11
	};

	b.page_row = bench_row(model, IMS_VMM_STAGE1, true);
	b.tag_row = bench_row(model, IMS_VMM_STAGE1, false);
	if (b.page_row == IMS_NONE || b.tag_row == IMS_NONE) {
		fprintf(stderr,
			"iommusim: %s has no command that invalidates a page, or a tag, of the IOTLB\n",
			model->name);
		return 3;
	}
	fprintf(out, "%-58s %10s %10s %8s\n", "ns each, one thread", "median", "best", "target");
	hits(&b, 64, 15, 0);
	hits(&b, 1 << 10, 20, 30);
	hits(&b, 1 << 16, 40, 60);
	if (!quick)
		hits(&b, 1 << 20, 120, 350);
	shared_hits(&b, 1 << 10, 20);
	shared_hits(&b, 1 << 16, 40);
	if (!quick)
		shared_hits(&b, 1 << 20, 120);
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
	drop_ranges(&b, 1 << 16, 1 << 16, 1 << 10);
	drop_ranges(&b, 1 << 16, 1 << 16, 1);
	drop_ranges(&b, 1 << 16, 1 << 20, 64);
	decodes(&b);
	copies(&b);
	events(&b);
	return 0;
}
