/* SPDX-License-Identifier: MIT */
/*
 * The interrupt half of AMD-Vi: IV, IntCtl, the table and its length, entries of 32 and
 * 128 bits, what passes by the sort of interrupt, IG and SupIOPF, events, and the cache
 * of table entries under the commands of table 6.1.
 */
#include <check.h>

#include "tests/vectors/amdvi_unit.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MSI	 UINT64_C(0xfee00000)
#define REMAP	 (UINT64_C(1) | UINT64_C(2) << 60) /* IV, IntCtl */
#define LEN(n)	 ((uint64_t)(n) << 1)
#define IG	 (UINT64_C(1) << 5)
#define GA_EN	 (UINT64_C(1) << 17)
#define XT_EN	 (UINT64_C(1) << 50)
#define NO_CACHE (UINT64_C(1) << 59)

enum { TABLE = 0x400040, DEV = AW_HOST, OTHER = AW_NESTED };

/* RemapEn, IntType, DM, destination, vector. */
#define IRTE(type, dm, dest, vector)                                                               \
	(UINT64_C(1) | (uint64_t)(type) << 2 | (uint64_t)(dm) << 6 | (uint64_t)(dest) << 8 |       \
	 (uint64_t)(vector) << 16)
#define BECAME(type, dm, dest, vector)                                                             \
	(UINT64_C(1) << 63 | (uint64_t)(dest) | (uint64_t)(vector) << 32 |                         \
	 (uint64_t)(type) << 40 | (uint64_t)(dm) << 43)

static struct ims_answer interrupt(struct aw *v, unsigned dev, unsigned data)
{
	struct ims_req req = aw_req(dev, IMS_CTX_NONE, MSI, IMS_ACCESS_WRITE);
	struct ims_answer a;

	req.data = (uint16_t)data;
	ims_translate(&v->hw, &req, &a);
	return a;
}

static void int_half(struct aw *v, unsigned dev, uint64_t qw2)
{
	aw_put(v, AW_DTE(dev) + 16, qw2);
}

static void open_with(struct aw *v, uint64_t ctrl, uint64_t qw2)
{
	aw_build(v, &(struct aw_options){ .logged = true, .ctrl_set = ctrl });
	au_logs_on(v);
	int_half(v, DEV, TABLE | qw2);
}

/* Entry @index of the table of 32-bit entries. */
static void irte_put(struct aw *v, uint64_t table, unsigned index, uint32_t value)
{
	uint64_t at = (table + index * 4) & ~UINT64_C(7), old = aw_get(v, at);
	unsigned shift = index & 1 ? 32 : 0;

	aw_put(v, at, (old & ~((uint64_t)UINT32_MAX << shift)) | (uint64_t)value << shift);
}

static void sends(struct aw *v, unsigned dev, unsigned data, uint64_t became)
{
	struct ims_answer a = interrupt(v, dev, data);

	ck_assert_uint_eq(a.fault, 0);
	ck_assert(a.interrupt);
	ck_assert_uint_eq(a.out, became);
}

static void faults(struct aw *v, unsigned data, uint16_t fault)
{
	struct ims_answer a = interrupt(v, DEV, data);

	ck_assert_uint_eq(a.fault, fault);
	ck_assert(!a.interrupt || !a.perm || a.fault);
}

/* The index is data 10:0; each entry stands at 4 bytes from the next, and each field where it is. */
START_TEST(basic_entries)
{
	struct aw v;

	open_with(&v, 0, REMAP | LEN(8));
	irte_put(&v, TABLE, 0, (uint32_t)IRTE(0, 0, 0, 0));
	irte_put(&v, TABLE, 1, (uint32_t)IRTE(1, 0, 0x81, 0x42));
	irte_put(&v, TABLE, 254, (uint32_t)IRTE(0, 1, 0x7e, 0xfe));
	sends(&v, DEV, 0, BECAME(0, 0, 0, 0));
	sends(&v, DEV, 1, BECAME(1, 0, 0x81, 0x42));
	sends(&v, DEV, 254, BECAME(0, 1, 0x7e, 0xfe));
	sends(&v, DEV, 254 | 0xf800, BECAME(0, 1, 0x7e, 0xfe)); /* bits above the index */
	ck_assert_uint_eq(au_events(&v), 0);
	aw_close(&v);
}
END_TEST

/* Table length: 2^IntTabLen; 12 and above are reserved. */
START_TEST(table_length)
{
	for (unsigned lg2 = 0; lg2 < 16; lg2++) {
		uint16_t last = (uint16_t)((1u << (lg2 < 8 ? lg2 : 8)) - 1);
		struct aw v;

		open_with(&v, 0, REMAP | LEN(lg2));
		irte_put(&v, TABLE, last, (uint32_t)IRTE(0, 0, 1, 2));
		if (lg2 > 11) {
			faults(&v, last, AMDVI_F_DTE_VALUE);
		} else {
			sends(&v, DEV, last, BECAME(0, 0, 1, 2));
			if (lg2 < 8)
				faults(&v, last + 1u, AMDVI_F_IRTE_RANGE);
		}
		aw_close(&v);
	}
}
END_TEST

/* Bits 10:8 are part of the index of 2,048 entries, where they say fixed or arbitrated. */
START_TEST(longest_table)
{
	struct aw v;

	open_with(&v, 0, REMAP | LEN(11));
	irte_put(&v, TABLE, 0x1ff, (uint32_t)IRTE(1, 0, 3, 4));
	sends(&v, DEV, 0x1ff, BECAME(1, 0, 3, 4));
	int_half(&v, DEV, TABLE | REMAP | LEN(8));
	aw_send(&v, UINT64_C(2) << 60 | DEV, 0);
	aw_wait(&v);
	faults(&v, 0x1ff, AMDVI_F_IRTE_RANGE);
	aw_close(&v);
}
END_TEST

static const struct bad {
	uint64_t irte;
	uint16_t fault;
	uint64_t event; /* bits 63:32 of it, with I and RW */
} bad[] = {
	{ 0, AMDVI_F_IRTE_ABSENT, UINT64_C(0x20280000) },
	{ IRTE(0, 0, 1, 2) & ~UINT64_C(1), AMDVI_F_IRTE_ABSENT, UINT64_C(0x20280000) },
	{ IRTE(2, 0, 1, 2), AMDVI_F_IRTE_TYPE, UINT64_C(0x20380000) },
	{ IRTE(7, 0, 1, 2), AMDVI_F_IRTE_TYPE, UINT64_C(0x20380000) },
	{ IRTE(0, 0, 1, 2) | 1u << 7, AMDVI_F_IRTE_RESERVED, UINT64_C(0x20b80000) },
	{ IRTE(0, 0, 1, 2) | 1u << 24, AMDVI_F_IRTE_RESERVED, UINT64_C(0x20b80000) },
	{ IRTE(0, 0, 1, 2) | 1u << 31, AMDVI_F_IRTE_RESERVED, UINT64_C(0x20b80000) },
};

/* An event with I, unless SupIOPF of the entry or IG of the DTE mutes it; nothing is kept. */
START_TEST(bad_entries)
{
	for (unsigned n = 0; n < COUNT(bad) * 4; n++) {
		const struct bad *b = &bad[n / 4];
		bool sup = n & 1, ig = n & 2;
		struct aw v;

		open_with(&v, 0, REMAP | LEN(4) | (ig ? IG : 0));
		irte_put(&v, TABLE, 3, (uint32_t)b->irte | (sup ? 2u : 0));
		faults(&v, 3, b->fault);
		ck_assert_uint_eq(au_events(&v), sup || ig ? 0 : 1);
		if (!sup && !ig) {
			ck_assert_uint_eq(aw_get(&v, AU_EVENTS), b->event << 32 | DEV);
			ck_assert_uint_eq(aw_get(&v, AU_EVENTS + 8), MSI);
		}
		irte_put(&v, TABLE, 3, (uint32_t)IRTE(0, 0, 5, 6));
		sends(&v, DEV, 3, BECAME(0, 0, 5, 6));
		aw_close(&v);
	}
}
END_TEST

/* SE and SA are of accesses to memory. */
START_TEST(muted_by_the_right_bits)
{
	struct aw v;

	open_with(&v, 0, REMAP | LEN(4));
	aw_put(&v, AW_DTE(DEV) + 8, UINT64_C(7) << 32 | AW_DOM_HOST); /* I, SE, SA */
	faults(&v, 0, AMDVI_F_IRTE_ABSENT);
	faults(&v, 0, AMDVI_F_IRTE_ABSENT);
	ck_assert_uint_eq(au_events(&v), 2);
	aw_close(&v);
}
END_TEST

/* GAEn: entries of 16 bytes; XTEn: destinations of 32 bits. GuestMode is not modelled. */
START_TEST(wide_entries)
{
	for (unsigned xt = 0; xt < 2; xt++) {
		struct aw v;

		open_with(&v, GA_EN | (xt ? XT_EN : 0), REMAP | LEN(4));
		aw_put(&v, TABLE + 5 * 16, UINT64_C(0xabcdef45));
		aw_put(&v, TABLE + 5 * 16 + 8, UINT64_C(0x12) << 56 | 0x77);
		sends(&v, DEV, 5, BECAME(1, 1, xt ? 0x12abcdefu : 0xefu, 0x77));
		aw_put(&v, TABLE + 6 * 16, UINT64_C(0x81));
		ck_assert_uint_eq(interrupt(&v, DEV, 6).fault, IMS_FAULT_UNMODELLED);
		ck_assert_uint_eq(au_events(&v), 0);
		aw_close(&v);
	}
}
END_TEST

/* Sorts that no table maps: by the pass bits of the DTE; reserved ones are aborted. */
START_TEST(delivery_modes)
{
	static const struct {
		unsigned mode;
		uint64_t pass; /* 0: never */
	} t[] = { { 3, 0 },
		  { 4, UINT64_C(1) << 58 },
		  { 5, UINT64_C(1) << 56 },
		  { 6, 0 },
		  { 7, UINT64_C(1) << 57 } };
	const uint64_t every = UINT64_C(0xc700000000000000); /* LINT0, LINT1 too */

	for (unsigned n = 0; n < COUNT(t) * 3; n++) {
		uint64_t pass = n % 3 == 0 ? t[n / 3].pass :
				n % 3 == 1 ? every & ~t[n / 3].pass :
					     0;
		struct ims_answer a;
		struct aw v;

		open_with(&v, 0, REMAP | LEN(11) | pass);
		a = interrupt(&v, DEV, t[n / 3].mode << 8);
		ck_assert_uint_eq(a.fault, n % 3 == 0 && t[n / 3].pass ? 0 : AMDVI_F_INTERRUPT);
		if (!a.fault)
			ck_assert_uint_eq(a.out, MSI); /* as it came */
		aw_close(&v);
	}
}
END_TEST

START_TEST(smi_is_not_modelled)
{
	struct aw v;

	open_with(&v, 0, REMAP | LEN(11));
	ck_assert_uint_eq(interrupt(&v, DEV, 2 << 8).fault, IMS_FAULT_UNMODELLED);
	int_half(&v, DEV, 0);
	aw_send(&v, UINT64_C(2) << 60 | DEV, 0);
	aw_wait(&v);
	sends(&v, DEV, 2 << 8, MSI); /* with IV = 0 nothing is looked at */
	aw_close(&v);
}
END_TEST

/* Reserved bits 53:52 of the interrupt half, with IV = 1 alone; a device without V as well. */
START_TEST(reserved_bits)
{
	static const unsigned devs[] = { DEV, AW_NO_DTE };

	for (unsigned n = 0; n < 2 * 2 * 2 * COUNT(devs); n++) {
		bool iv = n & 1, check = n & 4;
		uint64_t bit = UINT64_C(1) << (n & 2 ? 53 : 52);
		unsigned dev = devs[n / 8];
		struct aw v;

		aw_build(&v,
			 &(struct aw_options){ .params = { AW_PARAM(AMDVI_K_DTE_CHECK, check) } });
		int_half(&v, dev, bit | UINT64_C(1) << 60 | iv);
		ck_assert_uint_eq(interrupt(&v, dev, 0).fault,
				  iv && check ? AMDVI_F_DTE_RESERVED : 0);
		aw_close(&v);
	}
}
END_TEST

START_TEST(table_unreadable)
{
	struct aw v;

	open_with(&v, 0, REMAP | LEN(4));
	int_half(&v, DEV, UINT64_C(0xfffffffffffc0) | REMAP | LEN(4));
	faults(&v, 0, AMDVI_F_IRTE_ERROR);
	ck_assert_uint_eq(aw_get(&v, AU_EVENTS) >> 60, 4);
	aw_close(&v);
}
END_TEST

/* ---- the cache ---- */

enum after { STAYS, GOES };

static const struct flush {
	const char *name;
	uint64_t qw0, qw1;
	enum after after;
} flushes[] = {
	{ "INT", UINT64_C(5) << 60 | DEV, 0, GOES },
	{ "INT of another", UINT64_C(5) << 60 | OTHER, 0, STAYS },
	{ "INT of one beyond a byte", UINT64_C(5) << 60 | 0x100 | DEV, 0, STAYS },
	{ "DEVTAB", UINT64_C(2) << 60 | DEV, 0, STAYS },
	{ "ALL", UINT64_C(8) << 60, 0, GOES },
	{ "PAGES", UINT64_C(0x30000000) << 32 | (uint64_t)AW_DOM_HOST << 32,
	  UINT64_C(0x7ffffffffffff003), STAYS },
	{ "a wait", UINT64_C(1) << 60, 0, STAYS },
};

START_TEST(entries_are_cached)
{
	for (unsigned n = 0; n < COUNT(flushes) * 2; n++) {
		const struct flush *f = &flushes[n / 2];
		bool off = n & 1; /* IRTCacheDis */
		struct aw v;

		open_with(&v, off ? NO_CACHE : 0, REMAP | LEN(4));
		int_half(&v, OTHER, TABLE | REMAP | LEN(4));
		irte_put(&v, TABLE, 2, (uint32_t)IRTE(0, 0, 1, 2));
		irte_put(&v, TABLE, 3, (uint32_t)IRTE(0, 0, 1, 2));
		sends(&v, DEV, 2, BECAME(0, 0, 1, 2));
		irte_put(&v, TABLE, 2, (uint32_t)IRTE(0, 0, 8, 9));
		irte_put(&v, TABLE, 3, (uint32_t)IRTE(0, 0, 8, 9));
		/* By device and index. */
		sends(&v, DEV, 3, BECAME(0, 0, 8, 9));
		sends(&v, OTHER, 2, BECAME(0, 0, 8, 9));
		aw_send(&v, f->qw0, f->qw1);
		aw_wait(&v);
		if (f->after == GOES || off)
			sends(&v, DEV, 2, BECAME(0, 0, 8, 9));
		else
			sends(&v, DEV, 2, BECAME(0, 0, 1, 2));
		aw_close(&v);
	}
}
END_TEST

/* Table 6.1: of the interrupt half INVALIDATE_DEVTAB_ENTRY drops what the DTE itself says. */
START_TEST(fields_of_the_dte)
{
	struct aw v;

	open_with(&v, 0, REMAP | LEN(4));
	irte_put(&v, TABLE, 2, (uint32_t)IRTE(0, 0, 1, 2));
	sends(&v, DEV, 2, BECAME(0, 0, 1, 2));
	int_half(&v, DEV, 1);
	sends(&v, DEV, 2, BECAME(0, 0, 1, 2)); /* IntCtl of the cached entry */
	aw_send(&v, UINT64_C(5) << 60 | DEV, 0);
	aw_wait(&v);
	sends(&v, DEV, 2, BECAME(0, 0, 1, 2));
	aw_send(&v, UINT64_C(2) << 60 | DEV, 0);
	aw_wait(&v);
	faults(&v, 2, AMDVI_F_INTERRUPT);
	aw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD-Vi interrupts");
	TCase *t = tcase_create("interrupts");

	tcase_add_test(t, basic_entries);
	tcase_add_test(t, table_length);
	tcase_add_test(t, longest_table);
	tcase_add_test(t, bad_entries);
	tcase_add_test(t, muted_by_the_right_bits);
	tcase_add_test(t, wide_entries);
	tcase_add_test(t, delivery_modes);
	tcase_add_test(t, smi_is_not_modelled);
	tcase_add_test(t, reserved_bits);
	tcase_add_test(t, table_unreadable);
	tcase_add_test(t, entries_are_cached);
	tcase_add_test(t, fields_of_the_dte);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
