/* SPDX-License-Identifier: MIT */
/*
 * SMMUv3 commands as words: those of section 7.3 of the reference sheet both ways, every
 * field's place, ranges and hints (6.3), what is CERROR_ILL (16.6, 16.7, 15.13).
 */
#include <check.h>

#include "sim/core/prng.h"
#include "tests/vectors/smmuv3_unit.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define ALL	 (~UINT64_C(0))
#define SSV	 UINT64_C(0x800)

static uint16_t decode(uint64_t d0, uint64_t d1, struct ims_cmd *cmd)
{
	uint64_t words[IMS_CMD_WORDS] = { d0, d1 };

	return ims_cmd_decode(&smmuv3_model, NULL, words, cmd);
}

/* ---- section 7.3 ---- */

static const struct {
	const char *title;
	uint64_t words[2];
	struct ims_cmd_args args;
} commands[] = {
	{ "TLBI_NH_VA",
	  { 0x0012000500002012, 0x0000000010000701 },
	  { .dom = 5,
	    .ctx = 0x12,
	    .first = 0x10000000,
	    .last = 0x10002fff,
	    .leaf_only = true,
	    .level = 1,
	    .grain_lg2 = 12 } },
	{ "TLBI_NH_VA",
	  { 0x0012000500500012, 0x0000000010003701 },
	  { .dom = 5,
	    .ctx = 0x12,
	    .first = 0x10003000,
	    .last = 0x10022fff,
	    .leaf_only = true,
	    .level = 1,
	    .grain_lg2 = 12 } },
	{ "TLBI_S2_IPA",
	  { 0x000000050090002a, 0x0000000040200601 },
	  { .dom = 5,
	    .ctx = NONE,
	    .first = 0x40200000,
	    .last = 0x403fffff,
	    .leaf_only = true,
	    .level = 2,
	    .grain_lg2 = 12 } },
	{ "CFGI_STE", { 0x0000080000000003, 1 }, { .src = 0x800, .ctx = NONE, .leaf_only = true } },
	{ "CFGI_CD", { 0x0000080000003005, 1 }, { .src = 0x800, .ctx = 3, .leaf_only = true } },
	{ "CFGI_STE_RANGE", { 4, 31 }, { .ctx = NONE, .last = ALL } },
	{ "TLBI_NH_ALL", { 0x0000000500000010, 0 }, { .dom = 5, .ctx = NONE } },
	{ "ATC_INV", { 0x0000080000000040, 52 }, { .src = 0x800, .ctx = NONE, .last = ALL } },
	{ "ATC_INV SSV=1",
	  { 0x0000080000003840, 4 },
	  { .src = 0x800, .ctx = 3, .first = 0x7000, .last = 0xafff } },
	{ "SYNC", { 0x0fc00046, 0 }, { .ctx = NONE } },
};

START_TEST(words_of_the_sheet)
{
	const struct ims_cmd_args *a = &commands[_i].args;
	int row = ims_model_row(&smmuv3_model, commands[_i].title);
	uint64_t words[IMS_CMD_WORDS];
	struct ims_cmd cmd;

	ck_assert_int_ge(row, 0);
	ims_cmd_encode(&smmuv3_model, (unsigned)row, a, words);
	ck_assert_uint_eq(words[0], commands[_i].words[0]);
	ck_assert_uint_eq(words[1], commands[_i].words[1]);
	ck_assert_uint_eq(decode(words[0], words[1], &cmd), 0);
	ck_assert_uint_eq(cmd.row, (unsigned)row);
	ck_assert_uint_eq(cmd.dom, a->dom);
	ck_assert_uint_eq(cmd.src, a->src);
	ck_assert_uint_eq(cmd.ctx, a->ctx);
	ck_assert_uint_eq(cmd.leaf_only, a->leaf_only);
	ck_assert_uint_eq(cmd.level, a->level);
	ck_assert_uint_eq(cmd.grain_lg2, a->grain_lg2);
	ck_assert(!cmd.ignored);
	if (!smmu_rows[row].ranged)
		return;
	/* Pages 7 to 10 are 16 from 0: an ATC takes powers of two. */
	ck_assert_uint_eq(cmd.first, a->first == 0x7000 ? 0 : a->first);
	ck_assert_uint_eq(cmd.last, a->first == 0x7000 ? 0xffff : a->last);
}
END_TEST

/* Each opcode of 7.1 is its row and no other; all others are none. */
START_TEST(opcodes)
{
	static const struct {
		uint8_t op;
		const char *name;
	} known[] = {
		{ 0x01, "PREFETCH_CONFIG" }, { 0x02, "PREFETCH_ADDR" }, { 0x03, "CFGI_STE" },
		{ 0x04, "CFGI_STE_RANGE" },  { 0x05, "CFGI_CD" },	{ 0x06, "CFGI_CD_ALL" },
		{ 0x07, "CFGI_VMS_PIDM" },   { 0x10, "TLBI_NH_ALL" },	{ 0x11, "TLBI_NH_ASID" },
		{ 0x12, "TLBI_NH_VA" },	     { 0x13, "TLBI_NH_VAA" },	{ 0x20, "TLBI_EL2_ALL" },
		{ 0x21, "TLBI_EL2_ASID" },   { 0x22, "TLBI_EL2_VA" },	{ 0x23, "TLBI_EL2_VAA" },
		{ 0x28, "TLBI_S12_VMALL" },  { 0x2a, "TLBI_S2_IPA" },	{ 0x30, "TLBI_NSNH_ALL" },
		{ 0x40, "ATC_INV" },	     { 0x41, "PRI_RESP" },	{ 0x44, "RESUME" },
		{ 0x45, "STALL_TERM" },	     { 0x46, "SYNC" },
	};

	for (unsigned op = 0; op < 256; op++)
		for (unsigned ssv = 0; ssv < 2; ssv++) {
			const char *want = NULL;
			struct ims_cmd cmd;
			uint16_t error = decode(op | (ssv ? SSV : 0), 0, &cmd);

			for (unsigned i = 0; i < COUNT(known); i++)
				if (known[i].op == op)
					want = known[i].name;
			ck_assert_uint_eq(error, want ? 0 : SMMU_CERROR_ILL);
			if (want)
				ck_assert_str_eq(smmu_rows[cmd.row].name, want);
		}
}
END_TEST

START_TEST(description)
{
	int row;
	const char *wrong = ims_model_check(&smmuv3_model, &row);

	ck_assert_msg(!wrong, "%s, row %d", wrong, row);
}
END_TEST

/* ---- fields ---- */

START_TEST(fields)
{
	struct ims_cmd c;

	ck_assert_uint_eq(decode(UINT64_C(0x1234abcde805), 0, &c), 0);
	ck_assert_uint_eq(c.src, 0x1234);
	ck_assert_uint_eq(c.ctx, 0xabcde);
	ck_assert(!c.leaf_only && !c.ignored);
	ck_assert_uint_eq(decode(UINT64_C(0xfffe1234000fff11), 0, &c), 0);
	ck_assert_uint_eq(c.dom, 0x1234);
	ck_assert_uint_eq(c.ctx, 0xfffe);
	ck_assert_uint_eq(decode(UINT64_C(0x800000000004), 5, &c), 0);
	ck_assert_uint_eq(c.src, 0x8000);
	ck_assert_uint_eq(c.src_mask, 0x3f);
	ck_assert_uint_eq(decode(0x2a, UINT64_C(0xfff0000000005001), &c), 0);
	ck_assert_uint_eq(c.first, 0x5000); /* bits 51:12 */
	ck_assert(c.leaf_only);
	ck_assert_uint_eq(decode(0x46 | 1u << 12 | UINT64_C(0xabcd) << 32, 0x123458, &c), 0);
	ck_assert(c.wait_write && !c.wait_signal && !c.wait_wide);
	ck_assert_uint_eq(c.wait_addr, 0x123458);
	ck_assert_uint_eq(c.wait_data, 0xabcd);
	ck_assert_uint_eq(decode(0x46 | 1u << 12, 0, &c), 0);
	ck_assert(!c.wait_write && c.wait_signal); /* no address: no message */
	ck_assert_uint_eq(decode(0x46 | 2u << 12, 0x123458, &c), 0);
	ck_assert(!c.wait_write && !c.wait_signal);
	ck_assert_uint_eq(decode(UINT64_C(0x100003840) | 0x200, 0x3000, &c), 0);
	ck_assert(c.all_ctx && c.ctx == 3);
	ck_assert_uint_eq(decode(0x41 | SSV | 0x7000 | UINT64_C(9) << 32, 0x11ff, &c), 0);
	ck_assert_uint_eq(c.src, 9);
	ck_assert_uint_eq(c.ctx, 7);
	ck_assert_uint_eq(c.group, 0x1ff);
	ck_assert_uint_eq(c.response, 1);
	ck_assert_uint_eq(decode(0x41 | 0x7000, 0x0000, &c), 0);
	ck_assert_uint_eq(c.ctx, NONE);
	ck_assert_uint_eq(c.response, 0xf);
	ck_assert_uint_eq(decode(0x41, 0x2000, &c), 0);
	ck_assert_uint_eq(c.response, 0);
	ck_assert_uint_eq(decode(0x44 | 0x3000 | UINT64_C(8) << 32, 0x21, &c), 0);
	ck_assert_uint_eq(c.response, 3);
	ck_assert_uint_eq(c.group, 0x21);
}
END_TEST

/* ---- ranges ---- */

/* TG, TTL, NUM, SCALE, address: last, level; last = 0: ignored, as it is not aligned. */
static const struct {
	uint8_t tg, ttl, num, scale;
	uint64_t first, last;
	uint8_t level;
} ranges[] = {
	{ 0, 0, 0, 0, 0x7000, 0x7fff, 0 },
	{ 0, 3, 9, 9, 0x7000, 0x7fff, 0 }, /* no TG, nothing else */
	{ 1, 3, 0, 0, 0x7000, 0x7fff, 1 },
	{ 1, 0, 1, 0, 0x7000, 0x8fff, 0 },
	{ 1, 2, 0, 9, 0x40200000, 0x403fffff, 2 },
	{ 1, 2, 0, 9, 0x40201000, 0, 2 },
	{ 1, 1, 0, 18, 0x40000000, 0x7fffffff, 3 },
	{ 1, 1, 0, 18, 0x40200000, 0, 3 },
	{ 1, 0, 31, 31, 0, (UINT64_C(1) << 48) - 1, 0 },
	{ 2, 3, 0, 0, 0x8000, 0xbfff, 1 },
	{ 2, 3, 0, 0, 0x9000, 0, 1 },
	{ 2, 0, 1, 0, 0x8000, 0xffff, 0 },
	{ 2, 0, 1, 0, 0xa000, 0, 0 },
	{ 2, 2, 0, 11, 0x4000000, 0x5ffffff, 2 },
	{ 2, 2, 0, 11, 0x5000000, 0, 2 },
	{ 2, 1, 1, 0, 0x8000, 0xffff, 0 }, /* no such level: none is named */
	{ 3, 3, 0, 0, 0x10000, 0x1ffff, 1 },
	{ 3, 0, 4, 0, 0x18000, 0, 0 },
	{ 3, 2, 0, 13, 0x20000000, 0x3fffffff, 2 },
	{ 3, 2, 0, 13, 0x10000000, 0, 2 },
	{ 3, 1, 0, 26, UINT64_C(1) << 42, (UINT64_C(2) << 42) - 1, 3 },
	{ 3, 1, 0, 26, UINT64_C(1) << 41, 0, 3 },
	/* It saturates, and stays in its half. */
	{ 1, 0, 31, 31, UINT64_C(0xffffffffffff0000), ALL, 0 },
	{ 1, 0, 31, 20, UINT64_C(0x7fffffffffff0000), ALL >> 1, 0 },
	{ 3, 0, 31, 31, UINT64_C(0xff00000000000000), UINT64_C(0xff0fffffffffffff), 0 },
};

START_TEST(ranges_of_the_sheet)
{
	static const uint8_t ops[] = { 0x12, 0x13, 0x22, 0x23, 0x2a };

	for (unsigned i = 0; i < COUNT(ops); i++) {
		uint64_t first = ranges[_i].first;
		struct ims_cmd c;

		if (ops[i] == 0x2a && first >> 52)
			continue;
		ck_assert_uint_eq(decode(ops[i] | (uint64_t)ranges[_i].num << 12 |
						 (uint64_t)ranges[_i].scale << 20,
					 first | (uint64_t)ranges[_i].ttl << 8 |
						 (uint64_t)ranges[_i].tg << 10,
					 &c),
				  0);
		ck_assert_uint_eq(c.ignored, !ranges[_i].last);
		ck_assert_uint_eq(c.first, first);
		if (ranges[_i].last)
			ck_assert_uint_eq(c.last, ranges[_i].last);
		ck_assert_uint_eq(c.level, ranges[_i].level);
		ck_assert_uint_eq(c.grain_lg2, ranges[_i].tg ? 10u + 2u * ranges[_i].tg : 0u);
	}
}
END_TEST

/* What is encoded covers what was asked; the excess is below one 16th of it, and none where it fits. */
START_TEST(what_is_encoded_covers)
{
	static const uint8_t grains[] = { 12, 14, 16 };
	uint64_t seed = 31;
	unsigned exact = 0;

	for (unsigned n = 0; n < 60000; n++) {
		uint8_t grain = grains[ims_prng_below(&seed, 3)];
		uint64_t size = UINT64_C(1) << grain, words[IMS_CMD_WORDS];
		uint64_t pages = 1 + (ims_prng_next(&seed) &
				      ((UINT64_C(1) << ims_prng_below(&seed, 30)) - 1));
		uint64_t first = (ims_prng_next(&seed) >> 24) & ~(size - 1), got;
		struct ims_cmd_args a = { .dom = 3,
					  .ctx = 4,
					  .first = first,
					  .last = first + pages * size - 1,
					  .grain_lg2 = grain };
		unsigned scale = (unsigned)__builtin_ctzll(pages);
		int row = ims_model_row(&smmuv3_model, "TLBI_NH_VA");
		struct ims_cmd c;

		ims_cmd_encode(&smmuv3_model, (unsigned)row, &a, words);
		ck_assert_uint_eq(decode(words[0], words[1], &c), 0);
		if (c.row != (unsigned)row || c.ignored)
			ck_abort_msg("not the command that was asked for");
		/* A page alone is its first address: section 4.4.1.1 has no other word for it. */
		if (pages == 1) {
			ck_assert_uint_eq(c.first, first);
			continue;
		}
		got = (c.last - c.first + 1) >> grain;
		if (c.first != first || got < pages || (got - pages) * 32 >= pages * 2)
			ck_abort_msg("%llu pages: %llu", (unsigned long long)pages,
				     (unsigned long long)got);
		if (pages >> scale <= 32) {
			ck_assert_uint_eq(got, pages);
			exact++;
		}
	}
	ck_assert_uint_ge(exact, 1000);
}
END_TEST

/* More than any command can say: the largest there is, as for all of a space. */
START_TEST(what_none_can_say)
{
	static const uint64_t pages[] = { (UINT64_C(32) << 31) - 1, UINT64_C(32) << 31,
					  (UINT64_C(32) << 31) + 1, UINT64_C(1) << 52 };
	struct ims_cmd_args a = { .dom = 3, .ctx = 4, .last = (pages[_i] << 12) - 1 };
	uint64_t words[IMS_CMD_WORDS];
	struct ims_cmd c;

	ims_cmd_encode(&smmuv3_model, (unsigned)ims_model_row(&smmuv3_model, "TLBI_NH_VA"), &a,
		       words);
	ck_assert_uint_eq(decode(words[0], words[1], &c), 0);
	ck_assert(!c.ignored);
	ck_assert_uint_eq(c.first, 0);
	ck_assert_uint_eq(c.last, (UINT64_C(1) << 48) - 1);
}
END_TEST

/* An ATC's span: the least power of two that has it all, at every size. */
START_TEST(atc_spans)
{
	for (unsigned lg2 = 12; lg2 <= 64; lg2++) {
		struct ims_cmd c;
		uint64_t at = UINT64_C(0x123456789abcd000);

		ck_assert_uint_eq(decode(0x40, at | (lg2 - 12), &c), 0);
		ck_assert_uint_eq(c.first, ims_block_first(at, lg2));
		ck_assert_uint_eq(c.last, ims_block_last(at, lg2));
	}
}
END_TEST

/* ---- what is legal ---- */

#define TERM SW_PARAM(SMMU_P_STALL_MODEL, 1)
#define ILL  SMMU_CERROR_ILL

static const struct {
	uint64_t d0, d1;
	struct sw_param params[2];
	uint16_t error;
} legal[] = {
	{ 0x46, 0, { { 0 } }, 0 },
	{ 0x46 | 3u << 12, 0, { { 0 } }, ILL },
	{ 0x18, 0, { { 0 } }, ILL },
	{ 0x1a, 0, { { 0 } }, ILL },
	{ 0x50, 0, { { 0 } }, ILL },
	{ 0x60, 0, { { 0 } }, ILL },
	{ 0x70, 0, { { 0 } }, ILL },
	{ 0x73, 0, { { 0 } }, ILL },
	{ 0x80, 0, { { 0 } }, ILL },
	{ 0x07, 0, { { 0 } }, ILL },
	/* SSec. */
	{ 0x401, 0, { { 0 } }, ILL },
	{ 0x402, 0, { { 0 } }, ILL },
	{ 0x403, 0, { { 0 } }, ILL },
	{ 0x404, 0, { { 0 } }, ILL },
	{ 0x405, 0, { { 0 } }, ILL },
	{ 0x406, 0, { { 0 } }, ILL },
	{ 0x444, 0, { { 0 } }, ILL },
	{ 0x445, 0, { { 0 } }, ILL },
	/* Without a stage, EL2, ATS, PRI, stalls. */
	{ 0x05, 1, { SW_PARAM(SMMU_P_S1P, 0) }, ILL },
	{ 0x06, 0, { SW_PARAM(SMMU_P_S1P, 0) }, ILL },
	{ 0x10, 0, { SW_PARAM(SMMU_P_S1P, 0) }, ILL },
	{ 0x11, 0, { SW_PARAM(SMMU_P_S1P, 0) }, ILL },
	{ 0x12, 0, { SW_PARAM(SMMU_P_S1P, 0) }, ILL },
	{ 0x13, 0, { SW_PARAM(SMMU_P_S1P, 0) }, ILL },
	{ 0x03, 1, { SW_PARAM(SMMU_P_S1P, 0) }, 0 },
	{ 0x30, 0, { SW_PARAM(SMMU_P_S1P, 0) }, 0 },
	{ 0x28, 0, { SW_PARAM(SMMU_P_S2P, 0) }, ILL },
	{ 0x2a, 0, { SW_PARAM(SMMU_P_S2P, 0) }, ILL },
	{ 0x10, 0, { SW_PARAM(SMMU_P_S2P, 0) }, 0 },
	{ 0x20, 0, { SW_PARAM(SMMU_P_HYP, 0) }, ILL },
	{ 0x21, 0, { SW_PARAM(SMMU_P_HYP, 0) }, ILL },
	{ 0x22, 0, { SW_PARAM(SMMU_P_HYP, 0) }, ILL },
	{ 0x23, 0, { SW_PARAM(SMMU_P_HYP, 0) }, ILL },
	{ 0x40, 0, { SW_PARAM(SMMU_P_ATS, 0) }, ILL },
	{ 0x40, 52, { { 0 } }, 0 },
	{ 0x40, 53, { { 0 } }, ILL },
	{ 0x41, 0, { SW_PARAM(SMMU_P_PRI, 0) }, ILL },
	{ 0x41, 0x2000, { { 0 } }, 0 },
	{ 0x41, 0x3000, { { 0 } }, ILL },
	{ 0x44, 0, { TERM }, ILL },
	{ 0x45, 0, { TERM }, ILL },
	/* TG without NUM, SCALE and TTL. */
	{ 0x12, 0x400, { { 0 } }, ILL },
	{ 0x13, 0x800, { { 0 } }, ILL },
	{ 0x22, 0xc00, { { 0 } }, ILL },
	{ 0x2a, 0x400, { { 0 } }, ILL },
	{ 0x12, 0x500 | 0x40000000, { { 0 } }, 0 },
	{ 0x12, 0x900, { { 0 } }, ILL }, /* 16 KiB has no level 1: TTL is 0 */
	{ 0x1012, 0x400, { { 0 } }, 0 },
	{ 0x100012, 0x400, { { 0 } }, 0 },
	{ 0x12, 0x400, { SW_PARAM(SMMU_P_RIL, 0) }, 0 },
	/* Reserved fields. */
	{ 0x12 | IMS_BIT(8), 0, { { 0 } }, 0 },
	{ 0x12 | IMS_BIT(8), 0, { SW_PARAM(SMMU_K_RESERVED, 1) }, ILL },
	{ 0x12, 0x100, { SW_PARAM(SMMU_K_RESERVED, 1) }, ILL }, /* TTL without TG */
	{ 0x12, 0x500 | 0x40000000, { SW_PARAM(SMMU_K_RESERVED, 1) }, 0 },
	{ 0x12, 0x700, { SW_PARAM(SMMU_K_RESERVED, 1), SW_PARAM(SMMU_P_RIL, 0) }, ILL },
	{ 0x30, 1, { SW_PARAM(SMMU_K_RESERVED, 1) }, ILL },
	{ 0x30, 0, { SW_PARAM(SMMU_K_RESERVED, 1) }, 0 },
};

START_TEST(legality)
{
	struct sw_options o = { .params = { legal[_i].params[0], legal[_i].params[1] } };
	uint64_t words[IMS_CMD_WORDS] = { legal[_i].d0, legal[_i].d1 };
	struct ims_cmd cmd;
	struct sw v;

	sw_open(&v, &o);
	ck_assert_msg(ims_cmd_decode(&smmuv3_model, &v.hw.unit->state, words, &cmd) ==
			      legal[_i].error,
		      "%#llx %#llx", (unsigned long long)words[0], (unsigned long long)words[1]);
	su_send(&v, words[0], words[1]);
	ck_assert_uint_eq(v.hw.unit->ring.error, legal[_i].error);
	ck_assert_uint_eq(unit_read(&v.hw, "CMDQ_CONS"), legal[_i].error ? 1u << 24 : 1);
	ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), legal[_i].error ? 1 : 0);
	sw_close(&v);
}
END_TEST

/* Ids of more bits than the unit has; fewer, or no effect. What is ignored where SMMUEN is 0. */
START_TEST(ids_out_of_range)
{
	static const struct {
		uint64_t d0, d1;
		struct sw_param params[2];
		uint32_t cr0_clear;
		bool ignored;
	} t[] = {
		{ UINT64_C(0x1000000000003), 1, { { 0 } }, 0, true },
		{ UINT64_C(0x1000000000003), 1, { SW_PARAM(SMMU_K_SID_RANGE, 1) }, 0, false },
		{ UINT64_C(0x800000000003), 1, { { 0 } }, 0, false },
		{ UINT64_C(0x1000000000004), 31, { { 0 } }, 0, false },
		{ 0x10000005, 1, { SW_PARAM(SMMU_P_SSIDSIZE, 8) }, 0, true },
		{ 0xff005, 1, { SW_PARAM(SMMU_P_SSIDSIZE, 8) }, 0, false },
		{ UINT64_C(0x0100000000000011), 0, { SW_PARAM(SMMU_P_ASID16, 0) }, 0, true },
		{ UINT64_C(0x00ff000000000011), 0, { SW_PARAM(SMMU_P_ASID16, 0) }, 0, false },
		{ UINT64_C(0x0000010000000010), 0, { SW_PARAM(SMMU_P_VMID16, 0) }, 0, true },
		{ UINT64_C(0x000000ff00000010), 0, { SW_PARAM(SMMU_P_VMID16, 0) }, 0, false },
		{ UINT64_C(0x0000000100000010), 0, { SW_PARAM(SMMU_P_S2P, 0) }, 0, true },
		{ 0x40, 52, { { 0 } }, 1, true },
		{ 0x41, 0x2000, { { 0 } }, 1, true },
		{ 0x02, 0x2000, { { 0 } }, 1, true },
		{ 0x03, 1, { { 0 } }, 1, false },
		{ 0x10, 0, { { 0 } }, 1, false },
	};

	for (unsigned i = 0; i < COUNT(t); i++) {
		struct sw_options o = { .params = { t[i].params[0], t[i].params[1] },
					.cr0_clear = t[i].cr0_clear };
		uint64_t words[IMS_CMD_WORDS] = { t[i].d0, t[i].d1 };
		struct ims_cmd cmd;
		struct sw v;

		sw_open(&v, &o);
		ck_assert_uint_eq(ims_cmd_decode(&smmuv3_model, &v.hw.unit->state, words, &cmd), 0);
		ck_assert_msg(cmd.ignored == t[i].ignored, "%u", i);
		sw_close(&v);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("SMMUv3 commands");
	TCase *t = tcase_create("words");

	tcase_add_loop_test(t, words_of_the_sheet, 0, COUNT(commands));
	tcase_add_test(t, opcodes);
	tcase_add_test(t, description);
	tcase_add_test(t, fields);
	tcase_add_loop_test(t, ranges_of_the_sheet, 0, COUNT(ranges));
	tcase_add_test(t, what_is_encoded_covers);
	tcase_add_loop_test(t, what_none_can_say, 0, 4);
	tcase_add_test(t, atc_spans);
	tcase_add_loop_test(t, legality, 0, COUNT(legal));
	tcase_add_test(t, ids_out_of_range);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
