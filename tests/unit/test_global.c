/* SPDX-License-Identifier: MIT */
/*
 * Translations that serve every context of a domain: where a look-up finds them, what
 * they are filed under. A vendor's description, but its walk says of some leaves that
 * they are global.
 */
#include <check.h>

#include "tests/vectors/amdvi_unit.h"
#include "tests/run.h"

enum { PASID = 1, OTHER = 5, DOM = AW_DOM_NESTED };

/* Not the test's world: a path has no place for more. */
#define SECOND	   0x800 /* bits of the address: the domain's second set of globals, */
#define LOCAL	   0x400 /* a leaf that is none, */
#define WITHOUT	   0x200 /* a path that knows none */
#define ADDR(bits) (AW_IOVA + (bits))

static uint16_t path(struct ims_hw *hw, const struct ims_req *req, struct ims_path *ret)
{
	uint16_t fault = amdvi_model.path(hw, req, ret);

	ret->ctx_global = req->addr & WITHOUT ? 0 : IMS_CTX_GLOBAL + !!(req->addr & SECOND);
	return fault;
}

static uint16_t walk(struct ims_walker *w, const struct ims_path *p, const struct ims_req *req,
		     struct ims_leaf *leaf)
{
	uint16_t fault = amdvi_model.walk(w, p, req, leaf);

	leaf->global = !(req->addr & LOCAL);
	return fault;
}

static void open_world(struct aw *v, struct ims_model *m)
{
	aw_open(v, &(struct aw_options){ .logged = true });
	aw_fill(v);
	*m = amdvi_model;
	m->path = path;
	m->walk = walk;
	v->hw.model = m;
}

static struct ims_cache *iotlb(struct aw *v)
{
	return ims_hw_cache(&v->hw, AMDVI_IOTLB);
}

static uint32_t filed(struct aw *v, uint32_t entry)
{
	return ims_cache_groups(iotlb(v))[ims_cache_entries(iotlb(v))[entry].group].ctx;
}

START_TEST(filed_for_every_context)
{
	static const struct {
		unsigned first, then;
		bool hit;
		uint32_t ctx;
	} ways[] = {
		{ 0, 0, true, IMS_CTX_GLOBAL },	      { SECOND, SECOND, true, IMS_CTX_GLOBAL + 1 },
		{ 0, SECOND, false, IMS_CTX_GLOBAL }, { SECOND, 0, false, IMS_CTX_GLOBAL + 1 },
		{ LOCAL, 0, false, PASID },	      { 0, LOCAL, true, IMS_CTX_GLOBAL },
		{ WITHOUT, 0, false, PASID },	      { 0, WITHOUT, false, IMS_CTX_GLOBAL },
	};
	struct ims_answer a, b;
	struct ims_model m;
	struct aw v;

	open_world(&v, &m);
	a = aw_ask(&v, AW_NESTED, PASID, ADDR(ways[_i].first), IMS_ACCESS_WRITE);
	ck_assert(!a.fault && !a.hit);
	ck_assert_uint_eq(filed(&v, a.entry), ways[_i].ctx);
	ck_assert_uint_eq((uint32_t)unit_last(&v.log, IMS_EV_FILL)->a[5], ways[_i].ctx);
	b = aw_ask(&v, AW_NESTED, OTHER, ADDR(ways[_i].then), IMS_ACCESS_WRITE);
	ck_assert(!b.fault);
	ck_assert_uint_eq(b.hit, ways[_i].hit);
	ck_assert_uint_eq(iotlb(&v)->live, ways[_i].hit ? 1 : 2);
	aw_close(&v);
}
END_TEST

/* Found clean in the domain's set, a write by another context renews that entry. */
START_TEST(renewed_where_it_is)
{
	struct ims_answer a, b;
	struct ims_model m;
	struct aw v;

	open_world(&v, &m);
	a = aw_ask(&v, AW_NESTED, PASID, ADDR(0), IMS_ACCESS_READ);
	b = aw_ask(&v, AW_NESTED, OTHER, ADDR(0), IMS_ACCESS_WRITE);
	ck_assert(!a.fault && !b.fault && !b.hit);
	ck_assert_uint_eq(iotlb(&v)->live, 1);
	b = aw_ask(&v, AW_NESTED, PASID, ADDR(0), IMS_ACCESS_WRITE);
	ck_assert(b.hit);
	aw_close(&v);
}
END_TEST

/* Hardware that reads ahead takes what is there for every context as there. */
START_TEST(read_ahead)
{
	struct ims_req req = aw_req(AW_NESTED, PASID, ADDR(0), IMS_ACCESS_READ);
	struct ims_model m;
	struct aw v;

	open_world(&v, &m);
	ims_hw_fetch(&v.hw, &req);
	ck_assert_uint_eq(iotlb(&v)->live, 1);
	req.ctx = OTHER;
	ims_hw_fetch(&v.hw, &req);
	ck_assert_uint_eq(iotlb(&v)->live, 1);
	ck_assert(aw_ask(&v, AW_NESTED, OTHER, ADDR(0), IMS_ACCESS_READ).hit);
	aw_close(&v);
}
END_TEST

/* A context's own entry is dropped without those of all, or with them. */
START_TEST(dropped_with_and_without)
{
	struct ims_sel sel = { .dom = DOM,
			       .ctx = PASID,
			       .how_dom = IMS_EQUAL,
			       .how_ctx = _i ? IMS_OR_GLOBAL : IMS_EQUAL,
			       .classes = IMS_CLASS_ANY,
			       .before = UINT32_MAX };
	struct ims_model m;
	struct aw v;

	open_world(&v, &m);
	aw_ask(&v, AW_NESTED, PASID, ADDR(0), IMS_ACCESS_READ);
	aw_ask(&v, AW_NESTED, PASID, ADDR(SECOND), IMS_ACCESS_READ);
	aw_ask(&v, AW_NESTED, PASID, ADDR(LOCAL | WITHOUT), IMS_ACCESS_READ);
	aw_ask(&v, AW_NESTED, OTHER, ADDR(LOCAL | WITHOUT), IMS_ACCESS_READ);
	ck_assert_uint_eq(iotlb(&v)->live, 4);
	ck_assert_uint_eq(ims_cache_drop(iotlb(&v), &sel, NULL, NULL), _i ? 3 : 1);
	ck_assert(aw_ask(&v, AW_NESTED, OTHER, ADDR(LOCAL | WITHOUT), IMS_ACCESS_READ).hit);
	aw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("global translations");
	TCase *t = tcase_create("unit");

	tcase_add_loop_test(t, filed_for_every_context, 0, 8);
	tcase_add_test(t, renewed_where_it_is);
	tcase_add_test(t, read_ahead);
	tcase_add_loop_test(t, dropped_with_and_without, 0, 2);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
