/* SPDX-License-Identifier: MIT */
/*
 * AMD-Vi commands as words: those of section 15 of the reference sheet, ranges and their
 * sizes as corrected in 18, every field's place, every reserved bit.
 */
#include <check.h>

#include "tests/vectors/amdvi_unit.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define ALL	 (~UINT64_C(0))
#define OP(n)	 ((uint64_t)(n) << 60)
#define GN	 UINT64_C(4)

static uint16_t decode(uint64_t qw0, uint64_t qw1, struct ims_cmd *cmd)
{
	uint64_t words[IMS_CMD_WORDS] = { qw0, qw1 };

	return ims_cmd_decode(&amdvi_model, NULL, words, cmd);
}

/* ---- section 15 ---- */

static const struct {
	const char *title;
	uint32_t dw[4];
	struct ims_cmd_args args;
} commands[] = {
	{ "INVALIDATE_IOMMU_PAGES GN=0",
	  { 0, 0x30000042, 0x002ff001, 0 },
	  { .dom = 0x42, .ctx = NONE, .first = 0x200000, .last = 0x3fffff } },
	{ "INVALIDATE_IOMMU_PAGES GN=0 PDE=1",
	  { 0, 0x30000042, 0xfffff003, 0x7fffffff },
	  { .dom = 0x42, .ctx = NONE, .last = ALL } },
	{ "INVALIDATE_IOMMU_PAGES GN=1 PDE=1",
	  { 5, 0x30000042, 0xfffff007, 0x7fffffff },
	  { .dom = 0x42, .ctx = 5, .last = ALL } },
	{ "INVALIDATE_IOMMU_PAGES GN=1",
	  { 0x1234, 0x30000042, 0x00001004, 0x00007f00 },
	  { .dom = 0x42, .ctx = 0x1234, .first = 0x7f0000001000, .last = 0x7f0000001fff } },
	{ "INVALIDATE_IOTLB_PAGES GN=1",
	  { 0x20120108, 0x40340108, 0x00001004, 0x00007f00 },
	  { .src = 0x108, .ctx = 0x1234, .first = 0x7f0000001000, .last = 0x7f0000001fff } },
	{ "INVALIDATE_DEVTAB_ENTRY", { 0x108, 0x20000000, 0, 0 }, { .src = 0x108, .ctx = NONE } },
	{ "INVALIDATE_IOMMU_ALL", { 0, 0x80000000, 0, 0 }, { .ctx = NONE } },
	{ "COMPLETION_WAIT",
	  { 0x234567f9, 0x10000001, 7, 0 },
	  { .ctx = NONE, .wait_addr = 0x1234567f8, .wait_data = 7 } },
};

/* Encoded and decoded, both ways. */
START_TEST(words_of_the_sheet)
{
	const struct ims_cmd_args *a = &commands[_i].args;
	int row = ims_model_row(&amdvi_model, commands[_i].title);
	uint64_t words[IMS_CMD_WORDS];
	const uint32_t *dw = commands[_i].dw;
	struct ims_cmd cmd;

	ck_assert_int_ge(row, 0);
	ims_cmd_encode(&amdvi_model, (unsigned)row, a, words);
	ck_assert_uint_eq(words[0], dw[0] | (uint64_t)dw[1] << 32);
	ck_assert_uint_eq(words[1], dw[2] | (uint64_t)dw[3] << 32);
	ck_assert_uint_eq(decode(words[0], words[1], &cmd), 0);
	ck_assert_uint_eq(cmd.row, (unsigned)row);
	ck_assert_uint_eq(cmd.dom, a->dom);
	ck_assert_uint_eq(cmd.src, a->src);
	ck_assert_uint_eq(cmd.ctx, a->ctx);
	ck_assert_uint_eq(cmd.wait_addr, a->wait_addr);
	ck_assert_uint_eq(cmd.wait_data, a->wait_data);
	if (amdvi_rows[row].ranged) {
		ck_assert_uint_eq(cmd.first, a->first);
		ck_assert_uint_eq(cmd.last, a->last);
	}
}
END_TEST

/* What is asked, the address field with S, what is flushed. */
static const struct {
	uint64_t first, last, word, got_first, got_last;
} ranges[] = {
	{ 0x1000, 0x1fff, 0x1000, 0x1000, 0x1fff },
	{ 0x1000, 0x2fff, 0x1001, 0, 0x3fff },
	{ 0x2000, 0x3fff, 0x2001, 0x2000, 0x3fff },
	{ 0x200000, 0x3fffff, 0x2ff001, 0x200000, 0x3fffff },
	{ 0x3ff000, 0x400fff, 0x3ff001, 0, 0x7fffff },
	{ 0x3ffff000, 0x40000fff, 0x3ffff001, 0, 0x7fffffff },
	{ 0x7f0000001000, 0x7f0000004fff, 0x7f0000003001, 0x7f0000000000, 0x7f0000007fff },
	{ 0, ALL, 0x7ffffffffffff001, 0, ALL },
	{ 0, (UINT64_C(1) << 52) - 1, 0x7fffffffff001, 0, (UINT64_C(1) << 52) - 1 },
};

START_TEST(ranges_of_the_sheet)
{
	static const char *const rows[] = {
		"INVALIDATE_IOMMU_PAGES GN=0", "INVALIDATE_IOMMU_PAGES GN=0 PDE=1",
		"INVALIDATE_IOMMU_PAGES GN=1", "INVALIDATE_IOMMU_PAGES GN=1 PDE=1",
		"INVALIDATE_IOTLB_PAGES GN=0", "INVALIDATE_IOTLB_PAGES GN=1",
	};

	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct ims_cmd_args a = { .ctx = 3,
					  .first = ranges[_i].first,
					  .last = ranges[_i].last };
		int row = ims_model_row(&amdvi_model, rows[i]);
		uint64_t words[IMS_CMD_WORDS];
		struct ims_cmd cmd;

		ck_assert_int_ge(row, 0);
		ims_cmd_encode(&amdvi_model, (unsigned)row, &a, words);
		ck_assert_uint_eq(words[1] & ~UINT64_C(6), ranges[_i].word);
		ck_assert_uint_eq(words[1] & 6, amdvi_rows[row].value[1] & 6);
		ck_assert_uint_eq(decode(words[0], words[1], &cmd), 0);
		ck_assert_uint_eq(cmd.row, (unsigned)row);
		ck_assert_uint_eq(cmd.first, ranges[_i].got_first);
		ck_assert_uint_eq(cmd.last, ranges[_i].got_last);
	}
}
END_TEST

/* PDE = 0: leaf entries alone changed. It is of PAGES; bit 1 is no field of the others. */
START_TEST(leaf_only)
{
	for (unsigned n = 0; n < 4; n++) {
		struct ims_cmd cmd;

		ck_assert_uint_eq(
			decode(UINT64_C(0x3000004200000000), (n & 1) << 1 | (n & 2) << 1, &cmd), 0);
		ck_assert(cmd.leaf_only == !(n & 1));
	}
	for (unsigned op = 4; op < 7; op += 2) {
		struct ims_cmd cmd;

		ck_assert_uint_eq(decode((uint64_t)op << 60, 0, &cmd), 0);
		ck_assert(!cmd.leaf_only);
	}
}
END_TEST

/* f from 12 to 63, at several bases; the plain formula, no special case; no zero: everything. */
START_TEST(every_size)
{
	for (unsigned f = 12; f <= 63; f++)
		for (unsigned high = 0; high < 2; high++) {
			uint64_t ones = ((UINT64_C(1) << f) - 1) & ~UINT64_C(0xfff);
			uint64_t base = high && f < 62 ? UINT64_C(1) << 62 : 0;
			struct ims_cmd cmd;

			ck_assert_uint_eq(decode(OP(3), base | ones | 1, &cmd), 0);
			ck_assert_uint_eq(cmd.first, base);
			ck_assert_uint_eq(cmd.last, f == 63 ? ALL : base + (UINT64_C(2) << f) - 1);
			/* S = 0: the bits are the address. */
			ck_assert_uint_eq(decode(OP(3), base | ones, &cmd), 0);
			ck_assert_uint_eq(cmd.first, base | ones);
			ck_assert_uint_eq(cmd.last, (base | ones) + 0xfff);
		}
	for (unsigned op = 3; op <= 6; op++) {
		struct ims_cmd cmd;

		if (op == 5)
			continue;
		ck_assert_uint_eq(decode(OP(op), UINT64_C(0xfffffffffffff001), &cmd), 0);
		ck_assert_uint_eq(cmd.first, 0);
		ck_assert_uint_eq(cmd.last, ALL);
	}
}
END_TEST

/* ---- fields, section 6 ---- */

START_TEST(fields)
{
	struct ims_cmd c;

	ck_assert_uint_eq(decode(OP(1) | UINT64_C(0xffffffffffff8), 0x123456789abcdef0, &c), 0);
	ck_assert_uint_eq(c.wait_addr, UINT64_C(0xffffffffffff8));
	ck_assert_uint_eq(c.wait_data, UINT64_C(0x123456789abcdef0));
	ck_assert(!c.wait_write && !c.wait_signal && !c.fence && c.wait_wide);
	ck_assert_uint_eq(decode(OP(1) | 1, 0, &c), 0);
	ck_assert(c.wait_write && !c.wait_signal && !c.fence);
	ck_assert_uint_eq(decode(OP(1) | 2, 0, &c), 0);
	ck_assert(!c.wait_write && c.wait_signal && !c.fence);
	ck_assert_uint_eq(decode(OP(1) | 4, 0, &c), 0);
	ck_assert(!c.wait_write && !c.wait_signal && c.fence);

	ck_assert_uint_eq(decode(OP(2) | 0xffff, 0, &c), 0);
	ck_assert_uint_eq(c.src, 0xffff);
	ck_assert_uint_eq(decode(OP(3) | UINT64_C(0xffff000fffff), GN, &c), 0);
	ck_assert_uint_eq(c.dom, 0xffff);
	ck_assert_uint_eq(c.ctx, 0xfffff);
	ck_assert_uint_eq(decode(OP(3) | 0xfffff, 0, &c), 0);
	ck_assert_uint_eq(c.ctx, NONE);
	/* PASID in three pieces; MaxPend, QueueID and Type are no part of it. */
	ck_assert_uint_eq(decode(OP(4) | UINT64_C(0x0f00ffff00000001), GN, &c), 0);
	ck_assert_uint_eq(c.ctx, 0xf0000);
	ck_assert_uint_eq(decode(OP(4) | UINT64_C(0x00ff0000ff000001), GN, &c), 0);
	ck_assert_uint_eq(c.ctx, 0xff);
	ck_assert_uint_eq(decode(OP(4) | UINT64_C(0x00ff0001), GN, &c), 0);
	ck_assert_uint_eq(c.ctx, 0xff00);
	ck_assert_uint_eq(c.src, 1);
	ck_assert_uint_eq(decode(OP(4) | UINT64_C(0x0fff000000ff0001), 0, &c), 0);
	ck_assert_uint_eq(c.ctx, NONE);

	ck_assert_uint_eq(decode(OP(5) | 0x1234, 0, &c), 0);
	ck_assert_uint_eq(c.src, 0x1234);
	ck_assert_uint_eq(decode(OP(6) | UINT64_C(0xabcde23001234), GN | 0x5000, &c), 0);
	ck_assert_uint_eq(c.src, 0x1234);
	ck_assert_uint_eq(c.ctx, 0xabcde);
	ck_assert_uint_eq(c.group, 0x23);
	ck_assert_uint_eq(c.first, 0x5000);
	ck_assert_uint_eq(decode(OP(6) | UINT64_C(0xabcde23001234), 0, &c), 0);
	ck_assert_uint_eq(c.ctx, NONE);
	ck_assert_uint_eq(
		decode(OP(7) | UINT64_C(0xabcde00001234), GN | UINT64_C(0xf1ff) << 32, &c), 0);
	ck_assert_uint_eq(c.src, 0x1234);
	ck_assert_uint_eq(c.ctx, 0xabcde);
	ck_assert_uint_eq(c.group, 0x1ff);
	ck_assert_uint_eq(c.response, 0xf);
	ck_assert_uint_eq(decode(OP(7) | UINT64_C(0xabcde00001234), 0, &c), 0);
	ck_assert_uint_eq(c.ctx, NONE);
	ck_assert_uint_eq(decode(OP(8), 0, &c), 0);
}
END_TEST

/* ---- what is illegal ---- */

/* The bits that have a meaning, by opcode; all others are reserved. */
static const struct {
	uint64_t qw0, qw1;
} meant[9] = {
	[1] = { UINT64_C(0x000fffffffffffff), ALL },
	[2] = { 0xffff, 0 },
	[3] = { UINT64_C(0x0000ffff000fffff), UINT64_C(0xfffffffffffff007) },
	[4] = { UINT64_C(0x0fffffffffffffff), UINT64_C(0xfffffffffffff005) },
	[5] = { 0xffff, 0 },
	[6] = { UINT64_C(0x000fffffff00ffff), UINT64_C(0xfffffffffffff015) },
	[7] = { UINT64_C(0x000fffff0000ffff), UINT64_C(0x0000f1ff00000004) },
	[8] = { 0, 0 },
};

START_TEST(reserved_bits)
{
	struct ims_state s;

	ims_state_init(&amdvi_model, NULL, &s);
	/* In every row of an opcode: PDE and GN, where it has them, select it. */
	for (unsigned n = 0; n < 8 * 4; n++)
		for (unsigned bit = 0; bit < 124; bit++) {
			unsigned op = n / 4 + 1, at = bit < 60 ? bit : bit + 4;
			uint64_t words[IMS_CMD_WORDS] = { OP(op), (n % 4 * 2) & meant[op].qw1 };
			bool means = (at < 64 ? meant[op].qw0 >> at : meant[op].qw1 >> (at - 64)) &
				     1;
			struct ims_cmd cmd;

			words[at / 64] |= UINT64_C(1) << at % 64;
			ck_assert_msg(ims_cmd_decode(&amdvi_model, &s, words, &cmd) ==
					      (means ? 0 : AMDVI_QE_RESERVED),
				      "opcode %u, bit %u", op, at);
		}
}
END_TEST

/* Opcodes 0 and B to F are none; of 9 the fields are not known. */
START_TEST(opcodes)
{
	struct ims_state s;

	ims_state_init(&amdvi_model, NULL, &s);
	for (unsigned op = 0; op < 16; op++) {
		uint64_t words[IMS_CMD_WORDS] = { OP(op), 0 };
		struct ims_cmd cmd;

		ck_assert_uint_eq(ims_cmd_decode(&amdvi_model, &s, words, &cmd),
				  op == 9	     ? AMDVI_QE_GUEST_EVENT :
				  op == 0 || op > 10 ? AMDVI_QE_OPCODE :
						       0);
	}
}
END_TEST

START_TEST(by_capability)
{
	static const struct {
		struct aw_param params[4];
		uint64_t qw0, qw1;
		uint16_t error;
	} t[] = {
		{ { AW_PARAM(AMDVI_P_IOTLB_SUP, 0) }, OP(4), 0, AMDVI_QE_OPCODE },
		{ { AW_PARAM(AMDVI_P_PREF_SUP, 0) }, OP(6), 0, AMDVI_QE_OPCODE },
		{ { AW_PARAM(AMDVI_P_PPR_SUP, 0) }, OP(7), 0, AMDVI_QE_OPCODE },
		{ { AW_PARAM(AMDVI_P_IA_SUP, 0) }, OP(8), 0, AMDVI_QE_OPCODE },
		{ { AW_PARAM(AMDVI_P_VIOMMU_SUP, 0) }, OP(9), 0, AMDVI_QE_OPCODE },
		{ { AW_PARAM(AMDVI_P_VIOMMU_SUP, 0) }, OP(10), 0, AMDVI_QE_OPCODE },
		{ { AW_PARAM(AMDVI_P_IOTLB_SUP, 0) }, OP(3), GN, 0 },
		{ { AW_PARAM(AMDVI_P_GT_SUP, 0), AW_PARAM(AMDVI_P_GIO_SUP, 0),
		    AW_PARAM(AMDVI_P_GCR3_TRP_MODE, 0) },
		  OP(3),
		  GN,
		  AMDVI_QE_RESERVED },
		{ { AW_PARAM(AMDVI_P_GT_SUP, 0) }, OP(4), GN, AMDVI_QE_RESERVED },
		{ { AW_PARAM(AMDVI_P_GT_SUP, 0) }, OP(6), GN, AMDVI_QE_RESERVED },
		{ { AW_PARAM(AMDVI_P_GT_SUP, 0) }, OP(7), GN, AMDVI_QE_RESERVED },
		{ { AW_PARAM(AMDVI_P_GT_SUP, 0) }, OP(3), 0, 0 },
		{ { AW_PARAM(AMDVI_P_GT_SUP, 0) }, OP(1), GN, 0 },
		/* InvIotlbType is not modelled, so Type is reserved. */
		{ { { 0 } }, OP(4), 0x10, AMDVI_QE_RESERVED },
		{ { { 0 } }, OP(4), 0x20, AMDVI_QE_RESERVED },
	};

	for (unsigned i = 0; i < COUNT(t); i++) {
		struct aw_options o = { .logged = true };
		struct aw v;

		for (unsigned k = 0; k < COUNT(t[i].params); k++)
			o.params[k] = t[i].params[k];
		aw_open(&v, &o);
		aw_send(&v, t[i].qw0, t[i].qw1);
		ck_assert_msg(v.hw.unit->ring.error == t[i].error, "%u: %u", i,
			      v.hw.unit->ring.error);
		aw_close(&v);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD-Vi commands");
	TCase *t = tcase_create("words");

	tcase_add_loop_test(t, words_of_the_sheet, 0, COUNT(commands));
	tcase_add_loop_test(t, ranges_of_the_sheet, 0, COUNT(ranges));
	tcase_add_test(t, leaf_only);
	tcase_add_test(t, every_size);
	tcase_add_test(t, fields);
	suite_add_tcase(s, t);
	t = tcase_create("illegal");
	tcase_add_test(t, reserved_bits);
	tcase_add_test(t, opcodes);
	tcase_add_test(t, by_capability);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
