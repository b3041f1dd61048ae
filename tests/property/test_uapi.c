/* SPDX-License-Identifier: MIT */
/*
 * Random calls of the host's uAPI, right and wrong, by several callers on several devices
 * behind two units: after each the rules that hyp_uapi_check() knows hold, and at the end
 * nothing is left of what was closed. A failure tells the seed, and the call's number.
 *
 * timeout: 300
 */
#include <check.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "models/amdvi/amdvi.h"
#include "models/smmuv3/smmuv3.h"
#include "models/vtd/vtd.h"
#include "sim/core/prng.h"
#include "tests/run.h"
#include "tests/unit/uapi_rig.h"

#define WORLDS	 60
#define CALLS	 2000
#define CONTEXTS 3

static const struct {
	const struct ims_model *model;
	const char *host;
} vendors[] = {
	{ &vtd_model, "linux-7.3" },	      { &smmuv3_model, "linux-7.3" },
	{ &amdvi_model, "linux-7.3-hooked" }, { &smmuv3_model, "mail-2023" },
	{ &amdvi_model, "mail-2023" },	      { &smmuv3_model, "linux-for-next" },
};

static const struct ims_viommu_row queue_rows[] = {
	{ .type = 1,
	  .hw_queue_type = 1,
	  .hw_queues = 3,
	  .hw_queue_min = 32,
	  .hw_queue_max = 0x10000 },
	{ .type = 2 },
};

struct walk {
	struct rig r;
	uint64_t random; /* state of the generator */
	uint32_t ctx;
	unsigned succeeded[64];
};

static uint32_t pick(struct walk *w, uint32_t below)
{
	return (uint32_t)(ims_prng_next(&w->random) % below);
}

static uint64_t one_of(struct walk *w, const uint64_t *list, unsigned count)
{
	return list[pick(w, count)];
}
#define ONE_OF(w, ...)                                                                             \
	one_of(w, (const uint64_t[]){ __VA_ARGS__ },                                               \
	       sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t))

/* An id of a type that is there, mostly. */
static uint64_t some_id(struct walk *w, unsigned types)
{
	uint32_t from = pick(w, HYP_IDS);

	if (!pick(w, 12))
		return ONE_OF(w, 0, 1, 2, 5, 127, 128, UINT32_MAX);
	for (uint32_t i = 0; i < HYP_IDS; i++) {
		uint32_t id = (from + i) % HYP_IDS;
		const struct hyp_obj *o = hyp_uapi_object(w->r.h, w->ctx, id, HYP_OBJ_ANY);

		if (o && (types >> o->type & 1))
			return id;
	}
	return pick(w, 8);
}

#define T(name) (1u << HYP_OBJ_##name)
static const struct {
	const char *field;
	unsigned types;
} ids[] = {
	{ "id", UINT32_MAX },
	{ "ioas_id", T(IOAS) },
	{ "src_ioas_id", T(IOAS) },
	{ "dst_ioas_id", T(IOAS) },
	{ "object_id", T(IOAS) },
	{ "dev_id", T(DEVICE) },
	{ "pt_id", T(IOAS) | T(PAGING) | T(NESTED) | T(VIOMMU) },
	{ "fault_id", T(FAULT) },
	{ "viommu_id", T(VIOMMU) },
};

static bool is(const char *a, const char *b)
{
	return !strcmp(a, b);
}

static uint64_t flags(struct walk *w, const char *call)
{
	if (!pick(w, 20))
		return UINT64_C(1) << pick(w, 32);
	if (is(call, "IOAS_MAP") || is(call, "IOAS_COPY"))
		return ONE_OF(w, 7, 7, 7, 5, 6, 4, 2, 1);
	if (is(call, "HWPT_ALLOC"))
		return ONE_OF(w, 0, 0, 1, 1, 2, 3, 4, 8, 8, 10, 12);
	if (is(call, "DEVICE_ATTACH") || is(call, "DEVICE_DETACH"))
		return pick(w, 3) == 0;
	return pick(w, 4) == 0 && (is(call, "GET_HW_INFO") || is(call, "HWPT_SET_DIRTY_TRACKING") ||
				   is(call, "HWPT_GET_DIRTY_BITMAP"));
}

static uint64_t address(struct walk *w)
{
	switch (pick(w, 8)) {
	case 0:
		return ONE_OF(w, 0, 1, UINT64_MAX, UINT64_MAX - 0xfff, 0x8000000, 0xfee00000,
			      UINT64_C(1) << 40, UINT64_C(1) << 48, (UINT64_C(1) << 40) - 0x1000);
	case 1:
		return UINT64_C(0x200000) * pick(w, 8);
	case 2:
		return 0x10000 + pick(w, 0x4000);
	default:
		return 0x10000 + UINT64_C(0x1000) * pick(w, 24);
	}
}

/* Where something is mapped, if the context has anything. */
static const struct hyp_run *some_run(struct walk *w)
{
	uint32_t from = pick(w, HYP_RUNS);

	for (uint32_t i = 0; i < HYP_RUNS; i++) {
		const struct hyp_run *r = &w->r.h->objects.runs[(from + i) % HYP_RUNS];

		if (r->memory && r->ctx == w->ctx)
			return r;
	}
	return NULL;
}

static uint64_t length(struct walk *w)
{
	return ONE_OF(w, 0x1000, 0x1000, 0x1000, 0x2000, 0x3000, 0x5000, 0x8000, 0x100000, 0x200000,
		      0, 1, 0x800, UINT64_C(1) << 30, UINT64_C(1) << 45, UINT64_MAX,
		      UINT64_MAX - 0x1000);
}

static uint64_t field(struct walk *w, const char *call, const char *name)
{
	for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (is(name, ids[i].field))
			return some_id(w, ids[i].types);
	if (is(name, "hwpt_id"))
		return some_id(w, is(call, "HWPT_INVALIDATE") ? T(NESTED) | T(VIOMMU) | T(PAGING) :
								T(PAGING));
	if (is(name, "flags"))
		return flags(w, call);
	if (is(name, "iova") || is(name, "src_iova") || is(name, "dst_iova") ||
	    is(name, "nesting_parent_iova"))
		return address(w);
	if (is(name, "length"))
		return length(w);
	if (is(name, "user_va"))
		return ONE_OF(w, USER, USER, USER + 0x1000, USER + 0x200000, USER + 3, 0x1000,
			      UINT64_C(1) << 52, UINT64_MAX - 0x800);
	if (is(name, "data_uptr") || is(name, "allowed_iovas") || is(name, "data"))
		return ONE_OF(w, AT_DATA, AT_DATA, AT_DATA, AT_DATA, AT_DATA, 0,
			      ARENA + ARENA_BYTES - 8);
	if (is(name, "data_type"))
		return ONE_OF(w, 0, 1, 1, 2, 2, 3, 3, 77);
	if (is(name, "data_len") || is(name, "entry_len"))
		return ONE_OF(w, 0, 16, 16, 16, 24, 24, 32, 32, 8, 40, 4097);
	if (is(name, "entry_num") || is(name, "num_iovas"))
		return ONE_OF(w, 0, 1, 1, 2, 3, 64, 100, (1 << 19) + 1);
	if (is(name, "page_size"))
		return ONE_OF(w, 0x1000, 0x1000, 0x2000, 0);
	if (is(name, "iommufd"))
		return HYP_FD_CONTEXT + pick(w, CONTEXTS + 1);
	if (is(name, "type"))
		return ONE_OF(w, 1, 1, 1, 2, 0, 9);
	if (is(name, "veventq_depth"))
		return ONE_OF(w, 1, 64, 0);
	if (is(name, "reserved") || is(name, "reserved2"))
		return pick(w, 40) == 0;
	if (is(name, "pasid"))
		return ONE_OF(w, 1, 2, 3, 255, 256, UINT32_MAX);
	return pick(w, 4);
}

/* Data that vendors take: ranges, guests' entries, commands. */
static void some_data(struct walk *w)
{
	uint64_t words[256];

	for (unsigned i = 0; i < 256; i += 2) {
		words[i] = ONE_OF(w, 0, 1, 0x0b, 0x09, 0x10, 0x12, UINT64_C(0x10) << 32 | 0x40,
				  0x46, 0x1000, UINT64_C(3) << 60, UINT64_C(4) << 60 | 1,
				  1 | UINT64_C(1) << 55);
		words[i + 1] = ONE_OF(w, 0, 0, 1, 48, 0x2fff, 0x20000, UINT64_MAX);
	}
	rig_data(&w->r, words, 256);
}

/* An address that is mapped, in the address space that is named with it. */
static void mapped(struct walk *w, const struct hyp_uapi_row *row)
{
	const struct hyp_run *r = pick(w, 3) ? some_run(w) : NULL;

	if (r && is(row->name, "IOAS_COPY")) {
		rig_put(&w->r, row, "src_ioas_id", r->ioas);
		rig_put(&w->r, row, "src_iova", r->first);
	}
	if (r && is(row->name, "IOAS_UNMAP")) {
		rig_put(&w->r, row, "ioas_id", r->ioas);
		rig_put(&w->r, row, "iova", r->first);
	}
	if (r && is(row->name, "HW_QUEUE_ALLOC"))
		rig_put(&w->r, row, "nesting_parent_iova", r->first);
}

/* What goes together, which fields that are chosen one by one hardly ever do. */
static void together(struct walk *w, const struct hyp_uapi_row *row)
{
	const struct ims_host_driver *d = w->r.h->uapi;
	const struct hyp_obj *pt;

	if (is(row->name, "HWPT_ALLOC") && pick(w, 4)) {
		pt = hyp_uapi_object(w->r.h, w->ctx, (uint32_t)rig_got(&w->r, row->name, "pt_id"),
				     HYP_OBJ_ANY);
		if (pt && pt->type != HYP_OBJ_IOAS && d->nested_count) {
			rig_put(&w->r, row, "data_type", d->nested[0].type);
			rig_put(&w->r, row, "data_len", d->nested[0].len);
			rig_put(&w->r, row, "flags", pick(w, 6) == 0 ? 4 : 0);
		} else {
			rig_put(&w->r, row, "data_type", 0);
			rig_put(&w->r, row, "data_len", 0);
		}
	}
	if (is(row->name, "HWPT_INVALIDATE") && d->invs_count && pick(w, 4)) {
		rig_put(&w->r, row, "data_type", d->invs[0].type);
		rig_put(&w->r, row, "entry_len", d->invs[0].len);
		rig_put(&w->r, row, "entry_num", pick(w, 4));
	}
	if (is(row->name, "DEV_INVALIDATE") && d->invs_count && pick(w, 4)) {
		rig_put(&w->r, row, "data_type", d->invs[0].type);
		rig_put(&w->r, row, "entry_len", d->invs[0].len);
		rig_put(&w->r, row, "entry_num", pick(w, 2));
	}
	if (is(row->name, "HW_QUEUE_ALLOC") && pick(w, 4)) {
		rig_put(&w->r, row, "type", 1);
		rig_put(&w->r, row, "flags", 0);
		rig_put(&w->r, row, "length", 0x1000);
	}
	mapped(w, row);
}

/* Of what always succeeds there is soon too much. */
static unsigned some_call(struct walk *w)
{
	static const char *const seldom[] = { "IOAS_ALLOC", "FAULT_QUEUE_ALLOC", "DEVICE_DETACH",
					      "GET_HW_INFO", "IOAS_IOVA_RANGES" };
	unsigned n = pick(w, hyp_uapi_rows_count);

	for (unsigned i = 0; i < sizeof(seldom) / sizeof(seldom[0]); i++)
		if (is(hyp_uapi_rows[n].name, seldom[i]) && pick(w, 5))
			return some_call(w);
	return n;
}

/* One call; its structure is now and then of another size, or ends outside. */
static long call(struct walk *w)
{
	unsigned n = some_call(w);
	const struct hyp_uapi_row *row = &hyp_uapi_rows[n];
	uint32_t size = row->size;
	uint64_t at = AT_CALL;
	struct hyp_file file = { row->file, row->file == HYP_FILE_DEVICE ? pick(w, 5) : w->ctx };
	long rc;

	if (row->file == HYP_FILE_DEVICE && w->r.h->objects.bound_to[file.index])
		w->ctx = w->r.h->objects.bound_to[file.index] - 1u;
	if (!pick(w, 3))
		some_data(w);
	memset(w->r.arena, 0, 64);
	for (unsigned i = 0; i < row->fields_count; i++)
		if (row->fields[i].in)
			rig_put(&w->r, row, row->fields[i].name,
				field(w, row->name, row->fields[i].name));
	together(w, row);
	if (!pick(w, 25))
		size = (uint32_t)ONE_OF(w, 0, 4, row->min_size - 1u, row->min_size, size + 8,
					size + 64, UINT32_MAX);
	memcpy(w->r.arena, &size, sizeof(size));
	if (!pick(w, 40))
		at = ONE_OF(w, 0, 8, ARENA + ARENA_BYTES - 4);
	w->r.fail_in = pick(w, 15) ? 0 : 1 + pick(w, 6);
	rc = hyp_uapi_call(w->r.h, file, row->nr, at, &w->r.mem);
	w->r.fail_in = 0;
	w->succeeded[n] += !rc;
	return rc;
}

/* What is no call: files that come and go, a driver in the kernel. */
static void other(struct walk *w)
{
	switch (pick(w, 12)) {
	case 0:
		hyp_uapi_close(w->r.h, w->ctx);
		break;
	case 1:
		hyp_uapi_close_device(w->r.h, pick(w, 5));
		break;
	case 2:
	case 3:
		hyp_uapi_attach(w->r.h, pick(w, 5), pick(w, 2) ? IMS_CTX_NONE : 1,
				(uint32_t)some_id(w, T(IOAS) | T(PAGING) | T(NESTED)), pick(w, 2));
		break;
	default:
		hyp_uapi_close_queue(w->r.h, w->ctx,
				     HYP_FD_QUEUE + (uint32_t)some_id(w, T(FAULT) | T(VEVENTQ)));
		break;
	}
	for (uint32_t ctx = 0; ctx < CONTEXTS; ctx++)
		hyp_uapi_open_at(w->r.h, ctx);
}

static void all_gone(struct walk *w, uint64_t seed)
{
	for (uint32_t dev = 0; dev < 5; dev++)
		hyp_uapi_close_device(w->r.h, dev);
	for (uint32_t ctx = 0; ctx < CONTEXTS; ctx++)
		hyp_uapi_close(w->r.h, ctx);
	for (uint32_t ctx = 0; ctx < CONTEXTS; ctx++)
		for (uint32_t id = 1; id < HYP_IDS; id++)
			ck_assert_msg(w->r.h->objects.contexts[ctx].objects[id].type ==
					      HYP_OBJ_NONE,
				      "seed %" PRIu64 ": object %u of %u is left", seed, id, ctx);
	for (unsigned i = 0; i < HYP_RUNS; i++)
		ck_assert_msg(!w->r.h->objects.runs[i].memory, "seed %" PRIu64 ": an area is left",
			      seed);
	ck_assert_uint_eq(w->r.h->objects.bound_count, 0);
}

static unsigned succeeded[sizeof(vendors) / sizeof(vendors[0])][64];

static void random_walk(unsigned vendor, uint64_t seed)
{
	struct walk *w = calloc(1, sizeof(*w));
	struct ims_host_driver driver;

	rig_open(&w->r, vendors[vendor].model, vendors[vendor].host);
	w->random = seed;
	driver = *w->r.h->uapi;
	if (driver.viommus_count) {
		driver.viommus = queue_rows;
		driver.viommus_count = 2;
		w->r.h->uapi = &driver;
	}
	for (uint32_t ctx = 0; ctx < CONTEXTS; ctx++)
		hyp_uapi_open_at(w->r.h, ctx);
	for (unsigned i = 0; i < CALLS; i++) {
		const char *why;

		w->ctx = pick(w, CONTEXTS);
		if (!pick(w, 60))
			other(w);
		else
			call(w);
		why = hyp_uapi_check(w->r.h);
		ck_assert_msg(!why, "%s %s, seed %" PRIu64 ", call %u: %s", w->r.model->name,
			      vendors[vendor].host, seed, i, why);
	}
	all_gone(w, seed);
	for (unsigned i = 0; i < hyp_uapi_rows_count; i++)
		succeeded[vendor][i] += w->succeeded[i];
	rig_close(&w->r);
	free(w);
}

START_TEST(random_calls)
{
	const unsigned count = sizeof(vendors) / sizeof(vendors[0]);
	const char *from = getenv("IMS_SEED");
	uint64_t first = from ? strtoull(from, NULL, 10) : 1;

	for (unsigned i = 0; i < WORLDS; i++)
		random_walk(i % count, first + i);
	/* The walk gets everywhere: no call of a host that has it only ever fails. */
	for (unsigned n = 0; n < hyp_uapi_rows_count; n++) {
		unsigned total = 0;

		for (unsigned v = 0; v < count; v++)
			total += succeeded[v][n];
		ck_assert_msg(from || total >= 5, "%s succeeded %u times", hyp_uapi_rows[n].name,
			      total);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("uapi");
	TCase *t = tcase_create("random");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, random_calls);
	suite_add_tcase(suite, t);
	return tests_run(suite);
}
