/* SPDX-License-Identifier: MIT */
/*
 * From a request to its tables (sheet, sections 2.1, 3.1, 5, 5.4 and 15.2, 15.3): tables of
 * one and of two levels, substreams, what is terminated and in which order, ATS.
 */
#include <check.h>

#include "tests/vectors/smmuv3_world.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define R	 IMS_R
#define W	 IMS_W

static uint16_t fault_of(struct sw *v, unsigned sid, uint32_t ctx, uint64_t addr)
{
	return sw_ask(v, sid, ctx, addr, R).fault;
}

static uint16_t fault_as(struct sw *v, unsigned sid, uint32_t ctx, uint64_t addr, unsigned kind)
{
	struct ims_req req = sw_req(sid, ctx, addr, R | (kind == IMS_REQ_ATS ? W : 0));
	struct ims_answer a;

	req.kind = (uint8_t)kind;
	ims_translate(&v->hw, &req, &a);
	return a.fault;
}

/* ---- the stream table ---- */

START_TEST(streams)
{
	struct sw v;

	sw_build(&v, &(struct sw_options){ 0 });
	ck_assert_uint_eq(fault_of(&v, SW_INVALID, NONE, 0), SMMU_E_BAD_STE);
	ck_assert_uint_eq(fault_of(&v, 0xff, NONE, 0), SMMU_E_BAD_STE);
	ck_assert_uint_eq(fault_of(&v, 0x100, NONE, 0), SMMU_E_BAD_STREAMID);
	ck_assert_uint_eq(fault_of(&v, SW_ABORT, NONE, 0), SMMU_F_ABORT);
	ck_assert_uint_eq(fault_of(&v, SW_BYPASS, NONE, 0x1000), 0);
	ck_assert_uint_eq(fault_of(&v, SW_BYPASS, NONE, UINT64_C(1) << 48),
			  SMMU_E_ADDR_SIZE | SMMU_F_INPUT);
	ck_assert_uint_eq(fault_of(&v, SW_BYPASS, 1, 0x1000), SMMU_E_BAD_SUBSTREAMID);
	/* Where nothing can be read. */
	v.hw.unit->root = UINT64_C(1) << 45;
	ck_assert_uint_eq(fault_of(&v, 0x01, NONE, 0), SMMU_E_STE_FETCH);
	/* What was cached is used, whatever the table is now: V = 0 too. */
	ck_assert_uint_eq(fault_of(&v, SW_INVALID, NONE, 0), SMMU_E_BAD_STE);
	sw_close(&v);
}
END_TEST

/* An L1STD for each 64 streams at 0x400000; spans by the sheet, section 2.1. */
START_TEST(streams_two_levels)
{
	struct sw v;
	static const struct {
		unsigned span, sid;
		uint16_t fault;
	} spans[] = {
		{ 7, SW_BYPASS, 0 },
		{ 6, SW_BYPASS, SMMU_E_BAD_STREAMID }, /* 32 entries: 0x20 is beyond */
		{ 6, 0x1f, SMMU_E_BAD_STE },
		{ 0, SW_BYPASS, SMMU_E_BAD_STREAMID },
		{ 8, SW_BYPASS, SMMU_E_BAD_STREAMID }, /* more than SPLIT + 1 */
		{ 12, SW_BYPASS, SMMU_E_BAD_STREAMID },
		{ 31, SW_BYPASS, SMMU_E_BAD_STREAMID },
	};

	for (unsigned i = 0; i < COUNT(spans); i++) {
		sw_build(&v, &(struct sw_options){ .logged = true });
		v.hw.unit->root = 0x400000;
		v.hw.unit->state.regs[SMMU_R_STRTAB_BASE_CFG] = 8 | 6 << 6 | 1 << 16;
		smmu_derive(&v.hw.unit->state);
		sw_put(&v, 0x400000, SW_STRTAB | spans[i].span);
		sw_put(&v, 0x400008, (SW_STRTAB + 0x1000) | 7);
		ck_assert_msg(fault_of(&v, spans[i].sid, NONE, 0x1000) == spans[i].fault, "row %u",
			      i);
		/* The descriptor is cached, in any state. */
		sw_put(&v, 0x400000, SW_STRTAB | 7);
		ck_assert_uint_eq(fault_of(&v, spans[i].sid ^ 1, NONE, 0x1000),
				  spans[i].fault == SMMU_E_BAD_STREAMID ? SMMU_E_BAD_STREAMID :
									  SMMU_E_BAD_STE);
		/* That of the next 64 is another. */
		ck_assert_uint_eq(fault_of(&v, 0x48, NONE, 0), SMMU_E_BAD_STE);
		sw_close(&v);
	}
}
END_TEST

/* Hardware aligns the base to the table. */
START_TEST(stream_table_base)
{
	struct sw v;

	sw_build(&v, &(struct sw_options){ 0 });
	v.hw.unit->root = SW_STRTAB + 0x1fc0; /* 256 entries: 13:0 are ignored */
	ck_assert_uint_eq(fault_of(&v, SW_BYPASS, NONE, 0x1000), 0);
	sw_close(&v);
}
END_TEST

START_TEST(contiguous_streams)
{
	struct sw v;

	for (unsigned knob = 0; knob < 4; knob++) {
		sw_build(&v, &(struct sw_options){ .params = { SW_PARAM(SMMU_K_CONT, knob) } });
		sw_field(&v, SW_STE(SW_BYPASS), SMMU_STE_CONT, 2);
		ck_assert_uint_eq(fault_of(&v, SW_BYPASS, NONE, 0x1000), 0);
		/* Its own entry is V = 0; that of its span serves it as far as hardware heeds that. */
		ck_assert_uint_eq(fault_of(&v, SW_BYPASS + 1, NONE, 0x1000),
				  knob >= 1 ? 0 : SMMU_E_BAD_STE);
		ck_assert_uint_eq(fault_of(&v, SW_BYPASS + 3, NONE, 0x1000),
				  knob >= 2 ? 0 : SMMU_E_BAD_STE);
		ck_assert_uint_eq(fault_of(&v, SW_BYPASS + 4, NONE, 0x1000), SMMU_E_BAD_STE);
		sw_close(&v);
	}
}
END_TEST

/* ---- CDs ---- */

START_TEST(substreams)
{
	static const struct {
		unsigned dss;
		uint32_t ctx;
		uint16_t fault;
	} ways[] = {
		{ 0, NONE, SMMU_E_STREAM_DISABLED },
		{ 0, 0, 0 },
		{ 0, 1, 0 },
		{ 1, 0, 0 },
		{ 1, 1, 0 },
		{ 2, NONE, 0 },
		{ 2, 0, SMMU_E_STREAM_DISABLED },
		{ 2, 1, 0 },
		{ 2, 3, SMMU_E_BAD_CD },
		{ 2, 8, SMMU_E_BAD_SUBSTREAMID },
		{ 3, NONE, SMMU_E_STREAM_DISABLED },
		{ 3, 1, 0 },
	};
	struct sw v;

	for (unsigned i = 0; i < COUNT(ways); i++) {
		sw_build(&v, &(struct sw_options){ 0 });
		sw_field(&v, SW_STE(SW_NESTED), SMMU_STE_S1DSS, ways[i].dss);
		ck_assert_msg(fault_of(&v, SW_NESTED, ways[i].ctx, SW_VA) == ways[i].fault,
			      "row %u", i);
		sw_close(&v);
	}
	/* S1DSS = 1 without PASID: as stage 2 alone, and no CD is read. */
	sw_build(&v, &(struct sw_options){ 0 });
	sw_field(&v, SW_STE(SW_NESTED), SMMU_STE_S1DSS, 1);
	sw_put(&v, SW_CDS, 0);
	ck_assert_uint_eq(sw_ask(&v, SW_NESTED, NONE, SW_IPA, R).out, SW_PA);
	ck_assert_uint_eq(fault_of(&v, SW_NESTED, NONE, SW_VA), SMMU_E_TRANSLATION | SMMU_F_S2);
	/* One CD: S1DSS means nothing, and there are no substreams. */
	ck_assert_uint_eq(fault_of(&v, SW_S1, NONE, SW_VA), 0);
	ck_assert_uint_eq(fault_of(&v, SW_S1, 1, SW_VA), SMMU_E_BAD_SUBSTREAMID);
	sw_close(&v);
	/* No substreams in the unit. */
	sw_build(&v, &(struct sw_options){ .params = { SW_PARAM(SMMU_P_SSIDSIZE, 0) } });
	ck_assert_uint_eq(fault_of(&v, SW_NESTED, NONE, SW_VA), 0);
	ck_assert_uint_eq(fault_of(&v, SW_NESTED, 1, SW_VA), SMMU_E_BAD_SUBSTREAMID);
	sw_close(&v);
}
END_TEST

/* Tables of CDs with two levels: 64 or 1024 under each; the first one at intermediate 0x10a000. */
START_TEST(cds_two_levels)
{
	for (unsigned fmt = 1; fmt <= 2; fmt++) {
		unsigned each = fmt == 1 ? 64 : 1024;
		struct sw v;

		sw_build(&v, &(struct sw_options){ .logged = true });
		sw_field(&v, SW_STE(SW_NESTED), SMMU_STE_S1FMT, fmt);
		sw_field(&v, SW_STE(SW_NESTED), SMMU_STE_S1CDMAX, 12);
		sw_field(&v, SW_STE(SW_NESTED), SMMU_STE_S1CTXPTR, 0x10a000 >> 6);
		sw_put(&v, 0x20a000, (SW_CDS - SW_LOW) | 1);
		sw_put(&v, 0x20a008, (SW_CDS - SW_LOW) | 1);
		ck_assert_uint_eq(fault_of(&v, SW_NESTED, 1, SW_VA), 0);
		ck_assert_uint_eq(fault_of(&v, SW_NESTED, each + 2, SW_VA), 0);
		ck_assert_uint_eq(fault_of(&v, SW_NESTED, 2 * each, SW_VA), SMMU_E_BAD_SUBSTREAMID);
		/* Cached, in any state: V = 0 is found again. */
		sw_put(&v, 0x20a010, (SW_CDS - SW_LOW) | 1);
		ck_assert_uint_eq(fault_of(&v, SW_NESTED, 2 * each + 1, SW_VA),
				  SMMU_E_BAD_SUBSTREAMID);
		ck_assert_uint_eq(fault_of(&v, SW_NESTED, 4096, SW_VA), SMMU_E_BAD_SUBSTREAMID);
		sw_close(&v);
	}
}
END_TEST

/* What stage 2 refuses of a CD's address is an event of CLASS CD, and nothing is cached. */
START_TEST(cd_through_stage_2)
{
	uint64_t at = SW_H1_LOW_E(SW_CDS - SW_LOW), good = SW_S2_PAGE(SW_CDS);
	static const struct {
		uint64_t flip;
		uint16_t event;
	} bad[] = {
		{ 1, SMMU_E_TRANSLATION },
		{ 2, SMMU_E_TRANSLATION }, /* not a page */
		{ UINT64_C(1) << 10, SMMU_E_ACCESS },
		{ 1 << 6, SMMU_E_PERMISSION }, /* no read */
		{ 1 << 4, SMMU_E_PERMISSION }, /* S2PTW: with FWB, Device */
	};

	for (unsigned i = 0; i < COUNT(bad); i++) {
		struct sw v;

		sw_build(&v, &(struct sw_options){ .walk_caches = i & 1 });
		sw_put(&v, at, good ^ bad[i].flip);
		ck_assert_msg(fault_of(&v, SW_NESTED, NONE, SW_VA) ==
				      (bad[i].event | SMMU_F_S2 | SMMU_F_CD),
			      "row %u", i);
		sw_put(&v, at, good);
		/* A denying leaf may be cached, and is if steps are. */
		ck_assert_msg(!fault_of(&v, SW_NESTED, NONE, SW_VA) ||
				      (bad[i].event == SMMU_E_PERMISSION && (i & 1)),
			      "row %u", i);
		sw_close(&v);
	}
}
END_TEST

START_TEST(cd_not_readable)
{
	struct sw v;

	sw_build(&v, &(struct sw_options){ 0 });
	sw_field(&v, SW_STE(SW_S1), SMMU_STE_S1CTXPTR, UINT64_C(1) << 36);
	ck_assert_uint_eq(fault_of(&v, SW_S1, NONE, SW_VA), SMMU_E_CD_FETCH);
	sw_close(&v);
}
END_TEST

/* ---- no translation ---- */

START_TEST(disabled)
{
	struct sw v;

	sw_build(&v, &(struct sw_options){ .cr0_clear = SMMU_CR0_SMMUEN });
	ck_assert_uint_eq(fault_of(&v, SW_INVALID, NONE, 0x1000), 0);
	ck_assert_uint_eq(fault_of(&v, SW_INVALID, 5, 0x1000), 0);
	ck_assert_uint_eq(fault_of(&v, SW_S1, NONE, UINT64_C(1) << 48), SMMU_F_ABORT);
	ck_assert_uint_eq(fault_as(&v, SW_S1, NONE, 0, IMS_REQ_ATS), SMMU_E_BAD_ATS_TREQ);
	ck_assert_uint_eq(fault_as(&v, SW_S1, NONE, 0, IMS_REQ_TRANSLATED),
			  SMMU_E_TRANSL_FORBIDDEN);
	/* Nothing is cached. */
	for (unsigned c = 0; c < SMMU_CACHES; c++)
		ck_assert_uint_eq(ims_hw_cache(&v.hw, c)->live, 0);
	v.hw.unit->state.regs[SMMU_R_GBPA] = SMMU_GBPA_ABORT;
	ck_assert_uint_eq(fault_of(&v, SW_S1, NONE, 0x1000), SMMU_F_ABORT);
	sw_close(&v);
}
END_TEST

/* ---- ATS ---- */

struct ats_case {
	unsigned sid, config, eats;
	uint32_t ctx;
	uint64_t addr;
	unsigned kind;
	bool unchecked; /* ATSCHK = 0 */
	uint16_t fault;
	uint8_t answer; /* with a fault */
	uint64_t out;	/* without */
};

/* clang-format off */
#define TREQ IMS_REQ_ATS
#define TRAN IMS_REQ_TRANSLATED
#define UR   IMS_ATS_UNSUPPORTED
#define CA   IMS_ATS_ABORT
#define NO   IMS_ATS_NOTHING
static const struct ats_case ats_cases[] = {
	{ SW_NESTED, 7, 1, NONE, SW_VA, TREQ, .out = SW_PA },
	{ SW_NESTED, 7, 2, NONE, SW_VA, TREQ, .out = SW_IPA },
	{ SW_NESTED, 7, 2, NONE, SW_VA, TREQ, .unchecked = true, .fault = SMMU_E_BAD_ATS_TREQ, .answer = UR },
	{ SW_NESTED, 7, 3, NONE, SW_VA, TREQ, .fault = SMMU_E_BAD_ATS_TREQ, .answer = UR },
	{ SW_NESTED, 7, 0, NONE, SW_VA, TREQ, .fault = SMMU_E_BAD_ATS_TREQ, .answer = UR },
	{ SW_NESTED, 0, 1, NONE, SW_VA, TREQ, .fault = SMMU_F_ABORT, .answer = UR },
	{ SW_NESTED, 4, 1, NONE, SW_VA, TREQ, .fault = SMMU_E_BAD_ATS_TREQ, .answer = UR },
	{ SW_INVALID, 0, 1, NONE, SW_VA, TREQ, .fault = SMMU_E_BAD_STE, .answer = CA },
	{ 0x100, 0, 0, NONE, SW_VA, TREQ, .fault = SMMU_E_BAD_STREAMID, .answer = CA },
	{ SW_NESTED, 7, 1, 8, SW_VA, TREQ, .fault = SMMU_E_BAD_SUBSTREAMID, .answer = CA },
	{ SW_NESTED, 7, 1, 3, SW_VA, TREQ, .fault = SMMU_E_BAD_CD, .answer = CA },
	{ SW_NESTED, 7, 1, 0, SW_VA, TREQ, .fault = SMMU_E_STREAM_DISABLED, .answer = CA },
	{ SW_NESTED, 7, 1, NONE, SW_VA + 0x1000, TREQ, .fault = SMMU_E_TRANSLATION, .answer = NO },
	{ SW_S2, 6, 1, NONE, SW_IPA + 0x1000, TREQ, .fault = SMMU_E_TRANSLATION | SMMU_F_S2, .answer = NO },
	{ SW_S2, 6, 1, NONE, SW_IPA, TREQ, .out = SW_PA },
	{ SW_S1, 5, 1, NONE, SW_VA, TREQ, .out = SW_PA_S1 },
	{ SW_NESTED, 7, 1, NONE, 0x1234000, TRAN, .out = 0x1234000 },
	{ SW_NESTED, 7, 2, NONE, SW_IPA, TRAN, .out = SW_PA },
	{ SW_NESTED, 7, 2, NONE, SW_IPA + 0x1000, TRAN, .fault = SMMU_E_TRANSLATION | SMMU_F_S2, .answer = NO },
	{ SW_NESTED, 7, 2, NONE, UINT64_C(1) << 48, TRAN, .fault = SMMU_E_ADDR_SIZE | SMMU_F_INPUT, .answer = NO },
	{ SW_NESTED, 7, 0, NONE, 0x1000, TRAN, .fault = SMMU_E_TRANSL_FORBIDDEN, .answer = CA },
	{ SW_NESTED, 7, 0, NONE, 0x1000, TRAN, .unchecked = true, .out = 0x1000 },
	{ SW_NESTED, 7, 0, NONE, UINT64_C(1) << 48, TRAN, .unchecked = true, .fault = SMMU_F_ABORT, .answer = UR },
	{ SW_NESTED, 4, 1, NONE, 0x1000, TRAN, .fault = SMMU_E_TRANSL_FORBIDDEN, .answer = CA },
	{ SW_NESTED, 0, 1, NONE, 0x1000, TRAN, .fault = SMMU_F_ABORT, .answer = UR },
	{ SW_INVALID, 0, 1, NONE, 0x1000, TRAN, .fault = SMMU_E_BAD_STE, .answer = CA },
	{ SW_NESTED, 7, 1, 8, 0x1000, TRAN, .fault = SMMU_E_BAD_SUBSTREAMID, .answer = CA },
	{ SW_NESTED, 7, 1, 3, 0x1000, TRAN, .fault = SMMU_E_BAD_CD, .answer = CA },
};
/* clang-format on */

START_TEST(ats)
{
	const struct ats_case *c = &ats_cases[_i];
	struct ims_answer a;
	struct sw v;

	sw_build(&v, &(struct sw_options){ .cr0_clear = c->unchecked ? SMMU_CR0_ATSCHK : 0 });
	if (c->sid < 0x100 && c->sid != SW_INVALID) {
		sw_field(&v, SW_STE(c->sid), SMMU_STE_CONFIG, c->config);
		sw_field(&v, SW_STE(c->sid), SMMU_STE_EATS, c->eats);
	}
	/* Twice: the second time by what the first one cached. */
	for (unsigned round = 0; round < 2; round++) {
		struct ims_req req = sw_req(c->sid, c->ctx, c->addr, R | (c->kind == TREQ ? W : 0));

		req.kind = (uint8_t)c->kind;
		ims_translate(&v.hw, &req, &a);
		ck_assert_msg(a.fault == c->fault, "row %d: %#x", _i, a.fault);
		if (c->fault) {
			ck_assert_uint_eq(a.ats, c->answer);
			continue;
		}
		ck_assert_uint_eq(a.out, c->out);
		ck_assert_uint_eq(a.perm & (R | W), R | W);
	}
	sw_close(&v);
}
END_TEST

/* A device with its own cache, in split stage: it holds what stage 2 still has to translate. */
START_TEST(split_stage_device)
{
	struct ims_access_result got;
	struct ims_req req = sw_req(SW_NESTED, NONE, SW_VA | 0x10, R);
	struct sw v;

	sw_build(&v, &(struct sw_options){ 0 });
	sw_field(&v, SW_STE(SW_NESTED), SMMU_STE_EATS, 2);
	for (unsigned round = 0; round < 2; round++) {
		ims_device_access(&v.hw, 0, &req, true, &got);
		ck_assert_uint_eq(got.fault, 0);
		ck_assert_uint_eq(got.out, SW_PA | 0x10);
	}
	ck_assert_uint_eq(got.where, IMS_WHERE_ATC);
	/* Stage 2 changes, its own cache is emptied: the device's entry need not know. */
	sw_put(&v, SW_HG1_E, SW_S2_PAGE(SW_PA + 0x5000));
	ims_cfg_drop(&v.hw, &(struct ims_match){ .cache = SMMU_S2TLB, .classes = IMS_CLASS_ANY });
	ims_device_access(&v.hw, 0, &req, true, &got);
	ck_assert_uint_eq(got.out, (SW_PA + 0x5000) | 0x10);
	sw_close(&v);
}
END_TEST

/* ---- what is recorded ---- */

START_TEST(recorded)
{
	static const struct {
		uint8_t kind;
		uint32_t cr2_set, cr2_clear;
		uint32_t options;
		uint16_t fault;
		bool recorded;
	} rows[] = {
		{ IMS_REQ_UNTRANSLATED, 0, 0, 0, SMMU_F_ABORT, false },
		{ IMS_REQ_UNTRANSLATED, SMMU_CR2_RECINVSID, 0, 0, SMMU_E_BAD_STREAMID, true },
		{ IMS_REQ_UNTRANSLATED, 0, SMMU_CR2_RECINVSID, 0, SMMU_E_BAD_STREAMID, false },
		{ IMS_REQ_UNTRANSLATED, 0, 0, 0, SMMU_E_BAD_STE, true },
		{ IMS_REQ_UNTRANSLATED, 0, 0, 0, SMMU_E_TRANSLATION, false },
		{ IMS_REQ_UNTRANSLATED, 0, 0, SMMU_O_R1, SMMU_E_TRANSLATION, true },
		{ IMS_REQ_UNTRANSLATED, 0, 0, SMMU_O_S1, SMMU_E_TRANSLATION, true },
		{ IMS_REQ_UNTRANSLATED, 0, 0, SMMU_O_R1, SMMU_E_TRANSLATION | SMMU_F_S2, false },
		{ IMS_REQ_UNTRANSLATED, 0, 0, SMMU_O_R2, SMMU_E_PERMISSION | SMMU_F_S2, true },
		{ IMS_REQ_UNTRANSLATED, 0, 0, 0, SMMU_E_ADDR_SIZE | SMMU_F_INPUT, true },
		{ IMS_REQ_UNTRANSLATED, 0, 0, 0, SMMU_E_WALK_EABT | SMMU_F_TT, true },
		{ IMS_REQ_ATS, 0, 0, 0, SMMU_E_BAD_ATS_TREQ, true },
		{ IMS_REQ_ATS, 0, 0, SMMU_O_R1, SMMU_E_TRANSLATION, false },
		{ IMS_REQ_ATS, SMMU_CR2_REC_CFG_ATS, 0, 0, SMMU_E_BAD_STE, true },
		{ IMS_REQ_ATS, 0, SMMU_CR2_REC_CFG_ATS, 0, SMMU_E_BAD_STE, false },
		{ IMS_REQ_ATS, SMMU_CR2_REC_CFG_ATS, SMMU_CR2_RECINVSID, 0, SMMU_E_BAD_STREAMID,
		  false },
		{ IMS_REQ_TRANSLATED, SMMU_CR2_REC_CFG_ATS, SMMU_CR2_RECINVSID, 0,
		  SMMU_E_BAD_STREAMID, true },
		{ IMS_REQ_TRANSLATED, 0, SMMU_CR2_REC_CFG_ATS, 0, SMMU_E_TRANSL_FORBIDDEN, true },
		{ IMS_REQ_TRANSLATED, 0, 0, SMMU_O_R2, SMMU_E_TRANSLATION | SMMU_F_S2, true },
		{ IMS_REQ_TRANSLATED, 0, 0, 0, SMMU_E_TRANSLATION | SMMU_F_S2, false },
	};

	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct ims_path path = { .options = rows[i].options };
		struct ims_req req = { .kind = rows[i].kind };
		struct sw v;

		sw_build(&v, &(struct sw_options){ .cr2_set = rows[i].cr2_set,
						   .cr2_clear = rows[i].cr2_clear });
		ck_assert_msg(smmu_recorded(&v.hw.unit->state, &req, &path, rows[i].fault) ==
				      rows[i].recorded,
			      "row %u", i);
		sw_close(&v);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("SMMUv3 requests");
	TCase *t = tcase_create("vectors");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, streams);
	tcase_add_test(t, streams_two_levels);
	tcase_add_test(t, stream_table_base);
	tcase_add_test(t, contiguous_streams);
	tcase_add_test(t, substreams);
	tcase_add_test(t, cds_two_levels);
	tcase_add_test(t, cd_through_stage_2);
	tcase_add_test(t, cd_not_readable);
	tcase_add_test(t, disabled);
	tcase_add_loop_test(t, ats, 0, COUNT(ats_cases));
	tcase_add_test(t, split_stage_device);
	tcase_add_test(t, recorded);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
