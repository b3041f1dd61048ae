/* SPDX-License-Identifier: MIT */
#include "tools/iommusim/bench_rig.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/core/assert.h"
#include "sim/core/prng.h"

#define SCATTER 0x9e3779b1u /* odd: i * SCATTER modulo a power of two is a permutation */

double bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

void *bench_grow(void *old, size_t bytes)
{
	void *block = realloc(old, bytes);

	IMS_ASSERT(block);
	return block;
}

void *bench_zeroed(size_t bytes)
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

const char *bench_count(uint32_t n, char text[16])
{
	if (n >= 1u << 20 && !(n & ((1u << 20) - 1)))
		snprintf(text, 16, "%uM", n >> 20);
	else if (n >= 1u << 10 && !(n & ((1u << 10) - 1)))
		snprintf(text, 16, "%uk", n >> 10);
	else
		snprintf(text, 16, "%u", n);
	return text;
}

void bench_sample(struct bench *b, double start, double count)
{
	double ns = (bench_now() - start) / count;

	if (b->count < RUNS_MAX)
		b->ns[b->count++] = ns;
}

void bench_report(struct bench *b, double target, const char *format, ...)
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
	fprintf(b->out, "%-58s %10.1f %10.1f %8s%s\n", what, median, b->ns[0], aim,
		target <= 0 ? "" : (median <= target ? "  met" : "  above"));
	fflush(b->out);
	b->count = 0;
}

/* ---- a machine with one guest, one device, one table ---- */

static void rig_boot(struct rig *r, const struct rig_config *config)
{
	const struct ims_model *m = r->b->model;
	struct ims_world_config wc = {
		.model = m, .cells = config->cells, .units_count = 2, .seed = 1
	};
	struct hyp_config hc = { .model = m, .vms_count = 1, .devices_count = 1, .spaces_count = 1 };

	for (unsigned u = 0; u < 2; u++) {
		wc.units[u] =
			(struct ims_unit_config){ .guest = u, .fragment_lg2 = 12, .ring_lg2 = 5 };
		for (unsigned c = 0; c < m->caches_count; c++)
			wc.units[u].caches[c].entries = config->others;
	}
	wc.units[0].caches[m->iotlb].entries = config->entries;
	r->world = bench_zeroed(ims_world_bytes(&wc));
	ims_world_init(r->world, &wc);
	hc.world = r->world;
	hc.log = config->logged ? &r->log : NULL;
	hc.vm_memory[0] = UINT64_C(1) << 26;
	hc.devices[0] = (struct hyp_device){ .vrid = 0x100 };
	hyp_init(r->hyp, &hc);
}

void rig_make(struct bench *b, struct rig *r, const struct rig_config *config)
{
	struct ims_answer a;
	struct hyp_table t;

	*r = (struct rig){ .b = b,
			   .hyp = bench_zeroed(sizeof(*r->hyp)),
			   .log = { .first = 1, .grow = bench_grow } };
	rig_boot(r, config);
	r->hw = &r->hyp->iommus[0].hw;
	r->iotlb = ims_hw_cache(r->hw, b->model->iotlb);
	IMS_ASSERT(hyp_attach(r->hyp, 0, IMS_CTX_NONE, 0));
	t = hyp_space_table(r->hyp, 0);
	hyp_back(r->hyp, 0, GPA, config->pages * PAGE);
	IMS_ASSERT(hyp_table_map(&t, MAPPED, config->pages * PAGE, GPA, IMS_R | IMS_W, 12, false) ==
		   HYP_TABLE_OK);
	r->req = (struct ims_req){ .src = r->hyp->devices[0].prid,
				   .ctx = IMS_CTX_NONE,
				   .addr = MAPPED,
				   .access = IMS_ACCESS_WRITE };
	ims_translate(r->hw, &r->req, &a);
	IMS_ASSERT(!a.fault && a.entry != IMS_NONE);
	r->like = ims_cache_entries(r->iotlb)[a.entry];
	r->filed_ctx = ims_cache_groups(r->iotlb)[r->like.group].ctx;
}

void rig_free(struct rig *r)
{
	free(r->order);
	free(r->log.events);
	free(r->hyp);
	free(r->world);
}

void rig_put(struct rig *r, uint32_t i)
{
	uint32_t sharers = r->sharers ? r->sharers : 1, sharer = i % sharers;
	struct ims_entry e = r->like;

	e.in = IOVA + (uint64_t)(i / sharers) * r->stride * PAGE;
	e.out = r->order[i] * PAGE;
	e.mid = e.in;
	e.src = r->like.src + sharer;
	e.dom = (uint16_t)(r->like.dom + i / r->tag_entries + sharer);
	e.born = r->world->time;
	IMS_ASSERT(ims_cache_fill(r->iotlb, &e, r->filed_ctx, NULL, NULL) != IMS_NONE);
}

void rig_put_some(struct rig *r, uint32_t first, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		rig_put(r, first + (i * SCATTER & (count - 1)));
}

void rig_forget(struct rig *r)
{
	struct ims_sel all = { .before = UINT32_MAX, .classes = IMS_CLASS_ANY };

	ims_cache_drop(r->iotlb, &all, NULL, NULL);
}

void rig_stock(struct rig *r, uint32_t n, uint32_t stride, uint32_t tag_entries)
{
	r->n = n;
	r->stride = stride;
	r->tag_entries = tag_entries;
	r->order = bench_grow(r->order, n * sizeof(r->order[0]));
	for (uint32_t i = 0; i < n; i++)
		r->order[i] = i;
	for (uint32_t i = n; i-- > 1;) { /* Sattolo's shuffle: one cycle */
		uint32_t k = ims_prng_below(&r->b->random, i), was = r->order[i];

		r->order[i] = r->order[k];
		r->order[k] = was;
	}
	rig_forget(r);
	rig_put_some(r, 0, n);
}

/* ---- commands, found by what they do ---- */

uint32_t bench_row(const struct ims_model *m, enum ims_vmm vmm, bool ranged)
{
	for (uint32_t i = 0; i < m->rows_count; i++) {
		const struct ims_match *match = &m->rows[i].match[0];

		if (m->rows[i].vmm == vmm && m->rows[i].ranged == ranged && match->source &&
		    match->cache == m->iotlb && match->dom == IMS_EQUAL)
			return i;
	}
	return IMS_NONE;
}

void rig_words(const struct rig *r, uint32_t row, uint32_t dom, uint64_t first, uint64_t last,
	       uint64_t *ret_words)
{
	struct ims_cmd_args args = { .dom = dom,
				     .ctx = r->filed_ctx,
				     .src = r->like.src,
				     .first = first,
				     .last = last,
				     .leaf_only = true };

	ims_cmd_encode(r->b->model, row, &args, ret_words);
}

void rig_command(struct rig *r, const uint64_t *words)
{
	ims_cmd_execute(r->hw, words);
	ims_complete(r->hw);
}
