/* SPDX-License-Identifier: MIT */
/*
 * What the AMD-Vi driver writes is what hardware reads: device table, DTEs, GCR3 tables
 * of one to three levels, for each kind of domain, and what is left when one goes.
 */
#include <check.h>

#include "tests/vectors/amdvi_world.h"
#include "tests/run.h"

#define NONE IMS_CTX_NONE
#define R    IMS_R
#define W    IMS_W

struct rig {
	struct ims_driver driver;
	struct aw v;
	uint64_t next;
	uint64_t first, last; /* where it wrote */
	unsigned writes;
};

static uint64_t rig_read(struct ims_driver *d, uint64_t addr)
{
	struct rig *r = d->owner;

	return aw_get(&r->v, addr);
}

static void rig_write(struct ims_driver *d, uint64_t addr, uint64_t value)
{
	struct rig *r = d->owner;

	if (!r->writes++)
		r->first = addr;
	r->last = addr;
	aw_put(&r->v, addr, value);
}

static uint64_t rig_pages(struct ims_driver *d, unsigned count)
{
	struct rig *r = d->owner;
	uint64_t page = r->next;

	r->next += count * UINT64_C(0x1000);
	return page;
}

/* The tables are those of amdvi_world.h; the driver's own stand at 16 MiB. */
static void rig_open(struct rig *r)
{
	aw_build(&r->v, &(struct aw_options){ .params = { AW_PARAM(AMDVI_P_PAS_MAX, 19) } });
	r->next = 0x1000000;
	r->writes = 0;
	r->driver = (struct ims_driver){
		.owner = r, .read = rig_read, .write = rig_write, .pages = rig_pages
	};
	amdvi_setup(&r->driver);
	r->v.hw.unit->root = r->driver.root;
}

START_TEST(domains)
{
	static const struct {
		uint8_t stages;
		uint32_t ctx;
		uint64_t addr, out;
	} t[] = {
		{ IMS_STAGES_2, NONE, AW_GPA, AW_HPA },
		{ IMS_STAGES_1, NONE, AW_IOVA, AW_HPA_GUEST },
		{ IMS_STAGES_1, 3, AW_IOVA, AW_HPA_GUEST },
		{ IMS_STAGES_BYPASS, NONE, AW_GPA, AW_GPA },
	};

	for (unsigned n = 0; n < 4 * 3; n++) {
		unsigned i = n % 4;
		uint8_t pasid_bits = (uint8_t[]){ 5, 16, 20 }[n / 4];
		uint32_t ctx = t[i].ctx == NONE ? NONE : (1u << pasid_bits) - 2;
		struct ims_ctx_config config = { .s1_root = AW_G4,
						 .s2_root = AW_H4,
						 .stages = t[i].stages,
						 .s1_top = 4,
						 .s2_top = 4,
						 .dom = 7 };
		struct ims_answer a;
		struct rig r;

		rig_open(&r);
		amdvi_device_add(&r.driver, 0x1234,
				 &(struct ims_dev_config){ .ats = true, .pasid_bits = pasid_bits });
		ck_assert_uint_eq(aw_ask(&r.v, 0x1234, NONE, AW_GPA, R).fault, AMDVI_F_TV);
		ck_assert_uint_eq(aw_ask(&r.v, 0x1235, NONE, AW_GPA, R).fault, 0);
		amdvi_ctx_set(&r.driver, 0x1234, ctx, &config);
		aw_send(&r.v, UINT64_C(2) << 60 | 0x1234, 0);
		aw_wait(&r.v);
		a = aw_ask(&r.v, 0x1234, ctx, t[i].addr, R | W);
		ck_assert_msg(!a.fault, "%u: %#x", n, a.fault);
		ck_assert_uint_eq(a.out, t[i].out);
		if (t[i].stages == IMS_STAGES_1)
			ck_assert_uint_eq(aw_ask(&r.v, 0x1234, 1, t[i].addr, R).fault,
					  AMDVI_F_GCR3_ABSENT);
		amdvi_ctx_clear(&r.driver, 0x1234, ctx);
		aw_send(&r.v, UINT64_C(8) << 60, 0);
		aw_wait(&r.v);
		ck_assert_uint_ne(aw_ask(&r.v, 0x1234, ctx, t[i].addr, R).fault, 0);
		aw_close(&r.v);
	}
}
END_TEST

/* A guest's driver has its tables in guest-physical memory; the host puts its own table under them. */
START_TEST(nested)
{
	struct ims_ctx_config guest = {
		.s1_root = AW_N4 - AW_LOW, .stages = IMS_STAGES_1, .s1_top = 4, .dom = 9
	};
	uint64_t dte[AMDVI_DTE_WORDS];
	struct ims_answer a;
	struct rig r;

	rig_open(&r);
	/* The GCR3 page below 2 MiB, where guest-physical memory is. */
	r.next = 0x150000 + AW_LOW;
	amdvi_device_add(&r.driver, 0x100, &(struct ims_dev_config){ .pasid_bits = 8 });
	for (unsigned i = 0; i < AMDVI_DTE_WORDS; i++)
		dte[i] = rig_read(&r.driver, (r.driver.root & AMDVI_ADDR) + 0x100 * 32 + i * 8);
	ck_assert_uint_eq(amdvi_gcr3_get(dte), 0x150000 + AW_LOW);
	amdvi_ctx_set(&r.driver, 0x100, NONE, &guest);
	/* What the host composes of it: its own table, the pointer as the guest gave it. */
	for (unsigned i = 0; i < AMDVI_DTE_WORDS; i++)
		dte[i] = rig_read(&r.driver, (r.driver.root & AMDVI_ADDR) + 0x100 * 32 + i * 8);
	ims_field_put(dte, AMDVI_DTE_MODE, 4);
	ims_field_put(dte, AMDVI_DTE_ROOT, AW_H4 >> 12);
	amdvi_gcr3_put(dte, 0x150000);
	for (unsigned i = 0; i < AMDVI_DTE_WORDS; i++)
		rig_write(&r.driver, (r.driver.root & AMDVI_ADDR) + 0x100 * 32 + i * 8, dte[i]);
	a = aw_ask(&r.v, 0x100, NONE, AW_IOVA, R | W);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.out, AW_HPA);
	ck_assert_uint_eq(a.mid, AW_GPA);
	aw_close(&r.v);
}
END_TEST

/* ---- what a host makes of a guest's entry, sections 8.2 and 14 ---- */

#define V    UINT64_C(1)
#define TV   UINT64_C(2)
#define GV   (UINT64_C(1) << 55)
#define GIOV (UINT64_C(1) << 54)
#define PPR  (UINT64_C(1) << 52)
#define GPRP (UINT64_C(1) << 53)
#define GLX1 (UINT64_C(1) << 56)
#define TRP0 UINT64_C(0x0400000000000000) /* 0x123456789000, in pieces */
#define TRP1 UINT64_C(0x01234000acf10000)

static const struct {
	const char *what;
	uint64_t qw0, qw2;
	enum ims_guest_as as;
} entries[] = {
	{ "V=0", TV | GV | TRP0, 0, IMS_GUEST_PARENT },
	{ "TV=0", V | GV | TRP0, 0, IMS_GUEST_BLOCKED },
	{ "TV=0, GV=0", V, 0, IMS_GUEST_BLOCKED },
	{ "GV=0", V | TV, 0, IMS_GUEST_PARENT },
	{ "Mode", V | TV | GV | TRP0 | UINT64_C(1) << 9, 0, IMS_GUEST_BLOCKED },
	{ "Mode, GV=0", V | TV | UINT64_C(4) << 9, 0, IMS_GUEST_BLOCKED },
	{ "GLX 2", V | TV | GV | TRP0 | GLX1 << 1, 0, IMS_GUEST_NESTED },
	{ "GLX 3", V | TV | GV | TRP0 | GLX1 | GLX1 << 1, 0, IMS_GUEST_BLOCKED },
	{ "5 levels", V | TV | GV | TRP0, UINT64_C(1) << 54, IMS_GUEST_NESTED },
	{ "GuestPagingMode 2", V | TV | GV | TRP0, UINT64_C(2) << 54, IMS_GUEST_BLOCKED },
	{ "nested", V | TV | GV | TRP0, 0, IMS_GUEST_NESTED },
};

static uint64_t word_at(const struct rig *r, uint32_t src, unsigned word)
{
	return (r->driver.root & AMDVI_ADDR) + src * UINT64_C(32) + word * 8;
}

START_TEST(guest_entries)
{
	struct ims_guest_entry e;
	struct rig r;

	rig_open(&r);
	rig_write(&r.driver, word_at(&r, 0x108, 0), entries[_i].qw0);
	rig_write(&r.driver, word_at(&r, 0x108, 1), TRP1 | 0x42);
	rig_write(&r.driver, word_at(&r, 0x108, 2), entries[_i].qw2);
	amdvi_guest_entry(&r.driver, 0x108, &e);
	ck_assert_msg(e.as == entries[_i].as, "%s: %d", entries[_i].what, e.as);
	if (e.as == IMS_GUEST_NESTED) {
		ck_assert_uint_eq(e.dom, 0x42);
		ck_assert_uint_eq(e.root, 0x123456789000);
		ck_assert_uint_eq(e.words[0], entries[_i].qw0);
		ck_assert_uint_eq(e.words[2], entries[_i].qw2);
	}
	aw_close(&r.v);
}
END_TEST

/* The vector of section 15; then everything of the guest's that must not get through. */
START_TEST(composed_entries)
{
	const struct ims_ctx_config config = {
		.s2_root = 0x50000000, .s2_top = 4, .dom = 0x21, .stages = IMS_STAGES_NESTED
	};
	static const struct {
		uint64_t guest[4], host[4];
		enum ims_guest_as as;
	} t[] = {
		{ { V | TV | GV | GIOV | GLX1 | TRP0, TRP1 | 0x42 },
		  { 0x65c0000050000803, 0x01234001acf10021 },
		  IMS_GUEST_NESTED },
		{ { ~UINT64_C(0xffffffffe00), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0) },
		  { 0x67d0000050000803, 0x01234001acf10021, UINT64_C(3) << 54 },
		  IMS_GUEST_NESTED },
		{ { V }, { 0x6000000050000803, UINT64_C(0x100000021) }, IMS_GUEST_PARENT },
		{ { V }, { V, UINT64_C(0x100000000) }, IMS_GUEST_BLOCKED },
	};

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct ims_guest_entry e = { .as = (uint8_t)t[i].as, .root = 0x123456789000 };
		struct rig r;

		rig_open(&r);
		memcpy(e.words, t[i].guest, sizeof(e.words));
		rig_write(&r.driver, word_at(&r, 0x108, 1), UINT64_C(1) << 32); /* I */
		amdvi_nest(&r.driver, 0x108, &e, &config);
		for (unsigned w = 0; w < 4; w++)
			ck_assert_msg(rig_read(&r.driver, word_at(&r, 0x108, w)) == t[i].host[w],
				      "%u: word %u is %#llx", i, w,
				      (unsigned long long)rig_read(&r.driver,
								   word_at(&r, 0x108, w)));
		aw_close(&r.v);
	}
}
END_TEST

/*
 * update_dte256() of Linux: the word with V, TV and GV comes last where one of them is
 * switched on, and first where one is switched off.
 */
START_TEST(order_of_words)
{
	static const uint8_t as[] = { IMS_GUEST_BLOCKED, IMS_GUEST_PARENT, IMS_GUEST_NESTED };
	const struct ims_ctx_config config = {
		.s2_root = 0x50000000, .s2_top = 4, .dom = 0x21, .stages = IMS_STAGES_NESTED
	};

	for (unsigned n = 0; n < 9; n++) {
		struct ims_guest_entry from = { .as = as[n / 3], .root = 0x123456789000 };
		struct ims_guest_entry to = { .as = as[n % 3], .root = 0x123456789000 };
		struct rig r;

		rig_open(&r);
		amdvi_nest(&r.driver, 0x108, &from, &config);
		/* V was off. */
		ck_assert_uint_eq(r.last, word_at(&r, 0x108, 0));
		r.writes = 0;
		amdvi_nest(&r.driver, 0x108, &to, &config);
		if (n / 3 == n % 3)
			ck_assert_uint_eq(r.writes, 0);
		else
			ck_assert_uint_eq(n % 3 < n / 3 ? r.first : r.last, word_at(&r, 0x108, 0));
		ck_assert_uint_eq(r.writes, n / 3 == n % 3 ? 0 : 2);
		aw_close(&r.v);
	}
	/* V alone is switched on, or was on before. */
	for (unsigned v = 0; v < 2; v++) {
		struct ims_guest_entry e = { .as = IMS_GUEST_BLOCKED };
		struct rig r;

		rig_open(&r);
		rig_write(&r.driver, word_at(&r, 0x108, 0), v);
		rig_write(&r.driver, word_at(&r, 0x108, 1), 0x77);
		r.writes = 0;
		amdvi_nest(&r.driver, 0x108, &e, &config);
		ck_assert_uint_eq(r.writes, 2 - v);
		ck_assert_uint_eq(r.last, word_at(&r, 0x108, v));
		aw_close(&r.v);
	}
}
END_TEST

/* What the rules on programming look at: entries of the table, and none behind it. */
START_TEST(live_entries)
{
	static const uint32_t srcs[] = { 0, 127, 128 };

	for (unsigned i = 0; i < 3 * 4; i++) {
		struct ims_live e = { .src = srcs[i / 4], .ctx = IMS_CTX_NONE };
		struct aw v;

		aw_open(&v, &(struct aw_options){ 0 });
		v.hw.unit->root = AW_DEVTAB;
		aw_put(&v, AW_DTE(srcs[i / 4]), i % 4);
		amdvi_live(&v.hw, &e);
		ck_assert_uint_eq(e.read_count, i / 4 < 2);
		ck_assert(e.present == (i / 4 < 2 && i % 4 == 3)); /* V and TV */
		aw_close(&v);
	}
}
END_TEST

/* What software may use leaves of: x86's two sizes; every host level but the broken one. */
START_TEST(leaf_levels)
{
	uint32_t params[AMDVI_PARAMS] = { 0 };

	ck_assert_uint_eq(amdvi_leaf_levels(params, 1), 1u << 2 | 1u << 3);
	ck_assert_uint_eq(amdvi_leaf_levels(params, 2), 0x3e);
	params[AMDVI_Q_LEAF_512G] = 1;
	ck_assert_uint_eq(amdvi_leaf_levels(params, 2), 0x2e);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD-Vi driver");
	TCase *t = tcase_create("driver");

	tcase_add_test(t, domains);
	tcase_add_test(t, leaf_levels);
	tcase_add_loop_test(t, guest_entries, 0, sizeof(entries) / sizeof(entries[0]));
	tcase_add_test(t, composed_entries);
	tcase_add_test(t, order_of_words);
	tcase_add_test(t, live_entries);
	tcase_add_test(t, nested);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
