/* SPDX-License-Identifier: MIT */
/*
 * Permissions, access flags and dirty state (sheet, sections 4.3, 15.4 and 16.4), and the
 * events of walks that fail, by stage and CLASS (5.1, 5.2).
 */
#include <check.h>

#include "tests/vectors/smmuv3_world.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define R	 IMS_R
#define W	 IMS_W
#define S1_LEAF	 SW_G_E(SW_G1, 1)
#define N_LEAF	 SW_G_E(SW_N1, 1)
#define BIT(n)	 (UINT64_C(1) << (n))
#define DENIED	 SMMU_E_PERMISSION

struct who {
	bool priv, exec;
	unsigned access;
};

static uint16_t asks(struct sw *v, unsigned sid, struct who who)
{
	struct ims_req req = sw_req(sid, NONE, sid == SW_S2 ? SW_IPA : SW_VA, who.access);
	struct ims_answer a;

	req.priv = who.priv;
	req.execute = who.exec;
	ims_translate(&v->hw, &req, &a);
	return a.fault;
}

static const struct who whos[] = { { false, false, R }, { false, false, W }, { false, true, R },
				   { true, false, R },	{ true, false, W },  { true, true, R } };
enum { UR = 1, UW = 2, UX = 4, PR = 8, PW = 16, PX = 32, EVERYTHING = 63 };

/* Who of them is let through: with empty caches, and each by what the others cached. */
static unsigned let_through(struct sw *v, unsigned sid)
{
	unsigned cold = 0, warm = 0;

	for (unsigned i = 0; i < COUNT(whos); i++) {
		sw_forget(v);
		cold |= asks(v, sid, whos[i]) ? 0 : 1u << i;
	}
	for (unsigned i = 0; i < COUNT(whos); i++)
		warm |= asks(v, sid, whos[i]) ? 0 : 1u << i;
	ck_assert_uint_eq(cold, warm);
	return cold;
}

struct right {
	uint64_t set, clear; /* in the leaf */
	uint64_t table_set;  /* in the table of level 1 above it */
	struct {
		struct ims_field field;
		uint64_t value;
	} cd[2];
	unsigned sid;
	unsigned want;
	unsigned privcfg, instcfg;
};

/* clang-format off */
#define CD(name) SMMU_CD_##name
static const struct right s1_rights[] = {
	/* AP[2:1]: 01, 00, 11, 10. What users write, the privileged do not execute. */
	{ .want = UR | UW | UX | PR | PW },
	{ .clear = BIT(6), .want = UX | PR | PW | PX },
	{ .set = BIT(7), .want = UR | UX | PR | PX },
	{ .set = BIT(7), .clear = BIT(6), .want = UX | PR | PX },
	{ .set = BIT(7) | BIT(54), .want = UR | PR | PX },
	{ .set = BIT(7) | BIT(53), .want = UR | UX | PR },
	/* APTable, XNTable, and with HAD none of them. */
	{ .table_set = BIT(61), .want = UX | PR | PW | PX },
	{ .table_set = BIT(62), .want = UR | UX | PR | PX },
	{ .table_set = BIT(60), .want = UR | UW | PR | PW },
	{ .set = BIT(7), .table_set = BIT(59), .want = UR | UX | PR },
	{ .table_set = BIT(59) | BIT(60) | BIT(61) | BIT(62), .cd = { { CD(HAD0), 1 } }, .want = UR | UW | UX | PR | PW },
	/* WXN: what is writable is not executable. */
	{ .cd = { { CD(WXN), 1 } }, .want = UR | UW | PR | PW },
	{ .clear = BIT(6), .cd = { { CD(WXN), 1 } }, .want = UX | PR | PW },
	{ .set = BIT(7), .cd = { { CD(WXN), 1 } }, .want = UR | UX | PR | PX },
	/* PAN, and EPAN for what users only execute. */
	{ .cd = { { CD(PAN), 1 } }, .want = UR | UW | UX },
	{ .clear = BIT(6), .cd = { { CD(PAN), 1 } }, .want = UX | PR | PW | PX },
	{ .clear = BIT(6), .cd = { { CD(PAN), 1 }, { CD(EPAN), 1 } }, .want = UX | PX },
	{ .clear = BIT(6), .set = BIT(54), .cd = { { CD(PAN), 1 }, { CD(EPAN), 1 } }, .want = PR | PW | PX },
	/* E0PD: users do not reach the half. */
	{ .cd = { { CD(E0PD0), 1 } }, .want = PR | PW },
	/* EL2: one privilege. AP[1], APTable[0], PXN, PAN mean nothing. */
	{ .sid = SW_EL2, .want = EVERYTHING },
	{ .sid = SW_EL2, .clear = BIT(6), .set = BIT(53), .table_set = BIT(61), .cd = { { CD(PAN), 1 } }, .want = EVERYTHING },
	{ .sid = SW_EL2, .set = BIT(7), .want = UR | UX | PR | PX },
	{ .sid = SW_EL2, .set = BIT(54), .want = UR | UW | PR | PW },
	{ .sid = SW_EL2, .cd = { { CD(WXN), 1 } }, .want = UR | UW | PR | PW },
	/* PRIVCFG and INSTCFG say otherwise than the request; writes are data. */
	{ .clear = BIT(6), .privcfg = 3, .want = UR | UW | UX | PR | PW | PX },
	{ .clear = BIT(6), .privcfg = 2, .want = UX | PX },
	{ .set = BIT(54), .instcfg = 2, .want = EVERYTHING },
	{ .set = BIT(54) | BIT(53), .instcfg = 3, .want = UW | PW },
};
/* clang-format on */

START_TEST(stage1)
{
	const struct right *r = &s1_rights[_i];
	unsigned sid = r->sid ? r->sid : SW_S1, got;
	uint64_t cd = sid == SW_EL2 ? SW_CDS_EL2 : SW_CDS_S;
	struct sw v;

	sw_build(&v, &(struct sw_options){ .walk_caches = true });
	sw_put(&v, S1_LEAF, (sw_get(&v, S1_LEAF) | r->set) & ~r->clear);
	sw_put(&v, SW_G_E(SW_G2, 2), sw_get(&v, SW_G_E(SW_G2, 2)) | r->table_set);
	for (unsigned i = 0; i < 2; i++)
		if (r->cd[i].field.hi)
			sw_field(&v, cd, r->cd[i].field, r->cd[i].value);
	sw_field(&v, SW_STE(sid), SMMU_STE_PRIVCFG, r->privcfg);
	sw_field(&v, SW_STE(sid), SMMU_STE_INSTCFG, r->instcfg);
	got = let_through(&v, sid);
	ck_assert_msg(got == r->want, "row %d: %#x, not %#x", _i, got, r->want);
	sw_close(&v);
}
END_TEST

/* Stage 2, alone and under a stage 1 that grants all but PX. */
START_TEST(stage2)
{
	static const struct {
		uint64_t set, clear;
		bool no_xnx;
		unsigned want;
	} rights[] = {
		{ 0, 0, false, EVERYTHING },
		{ 0, BIT(6), false, UW | UX | PW | PX },
		{ 0, BIT(7), false, UR | UX | PR | PX },
		{ 0, BIT(6) | BIT(7), false, UX | PX },
		/* XN 01: users alone, 10: nobody, 11: the privileged alone; without XNX the upper bit. */
		{ BIT(53), 0, false, EVERYTHING & ~PX },
		{ BIT(54), 0, false, EVERYTHING & ~(UX | PX) },
		{ BIT(53) | BIT(54), 0, false, EVERYTHING & ~UX },
		{ BIT(53), 0, true, EVERYTHING },
		{ BIT(53) | BIT(54), 0, true, EVERYTHING & ~(UX | PX) },
	};

	for (unsigned i = 0; i < COUNT(rights); i++)
		for (unsigned sid = SW_NESTED; sid <= SW_S2; sid += SW_S2 - SW_NESTED) {
			unsigned want = rights[i].want, got;
			struct sw v;

			if (sid == SW_NESTED)
				want &= ~(unsigned)PX;
			sw_build(&v,
				 &(struct sw_options){
					 .params = { SW_PARAM(SMMU_P_XNX, !rights[i].no_xnx) } });
			sw_put(&v, SW_HG1_E,
			       (sw_get(&v, SW_HG1_E) | rights[i].set) & ~rights[i].clear);
			got = let_through(&v, sid);
			ck_assert_msg(got == want, "row %u, stream %#x: %#x, not %#x", i, sid, got,
				      want);
			sw_close(&v);
		}
}
END_TEST

/* Which stage denies: by a walk, and by an entry of both. */
START_TEST(who_denies)
{
	static const struct {
		uint64_t s1, s2; /* bits to flip */
		struct who who;
		uint16_t fault;
	} rows[] = {
		{ BIT(7), 0, { false, false, W }, DENIED },
		{ 0, BIT(7), { false, false, W }, DENIED | SMMU_F_S2 },
		{ BIT(7), BIT(7), { false, false, W }, DENIED },
		{ 0, BIT(54), { false, true, R }, DENIED | SMMU_F_S2 },
		{ BIT(54), BIT(54), { false, true, R }, DENIED },
		{ BIT(6), BIT(7), { false, false, W }, DENIED },
	};

	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct sw v;

		sw_build(&v, &(struct sw_options){ 0 });
		sw_put(&v, N_LEAF, sw_get(&v, N_LEAF) ^ rows[i].s1);
		sw_put(&v, SW_HG1_E, sw_get(&v, SW_HG1_E) ^ rows[i].s2);
		ck_assert_msg(asks(&v, SW_NESTED, rows[i].who) == rows[i].fault, "row %u", i);
		/* Something else is let through, and cached. */
		ck_assert_msg(!asks(&v, SW_NESTED, (struct who){ true, false, R }), "row %u", i);
		ck_assert_msg(asks(&v, SW_NESTED, rows[i].who) == rows[i].fault, "row %u, cached",
			      i);
		sw_close(&v);
	}
}
END_TEST

/* What denies may be cached, and denies on; what faults otherwise is not. */
START_TEST(denials_are_kept)
{
	struct sw v;
	uint64_t good;

	sw_build(&v, &(struct sw_options){ 0 });
	good = sw_get(&v, S1_LEAF);
	sw_put(&v, S1_LEAF, good | BIT(7));
	ck_assert_uint_eq(asks(&v, SW_S1, whos[1]), DENIED);
	sw_put(&v, S1_LEAF, good);
	ck_assert_uint_eq(asks(&v, SW_S1, whos[1]), DENIED);
	sw_forget(&v);
	ck_assert_uint_eq(asks(&v, SW_S1, whos[1]), 0);
	/* All of a stage-2 page. */
	sw_put(&v, SW_HG1_E, sw_get(&v, SW_HG1_E) & ~(BIT(6) | BIT(7)));
	ck_assert_uint_eq(asks(&v, SW_S2, whos[0]), DENIED | SMMU_F_S2);
	sw_put(&v, SW_HG1_E, SW_S2_PAGE(SW_PA));
	ck_assert_uint_eq(asks(&v, SW_S2, whos[0]), DENIED | SMMU_F_S2);
	sw_forget(&v);
	for (unsigned i = 0; i < 3; i++) {
		static const uint64_t flips[] = { 1, BIT(10), BIT(45) };
		static const uint16_t faults[] = { SMMU_E_TRANSLATION, SMMU_E_ACCESS,
						   SMMU_E_ADDR_SIZE };

		sw_field(&v, SW_CDS_S, SMMU_CD_IPS, 4); /* 44 bits */
		sw_put(&v, S1_LEAF, good ^ flips[i]);
		ck_assert_uint_eq(asks(&v, SW_S1, whos[0]), faults[i]);
		sw_put(&v, S1_LEAF, good);
		ck_assert_uint_eq(asks(&v, SW_S1, whos[0]), 0);
		sw_forget(&v);
	}
	sw_close(&v);
}
END_TEST

/* ---- access flags and dirty state ---- */

START_TEST(access_flag)
{
	/* HA, AFFD of the stage; what comes of a leaf with AF = 0, and what of the leaf. */
	static const struct {
		unsigned ha, affd;
		uint16_t fault;
		bool set;
	} rows[] = { { 0, 0, SMMU_E_ACCESS, false },
		     { 0, 1, 0, false },
		     { 1, 0, 0, true },
		     { 1, 1, 0, true } };

	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct sw v;

		sw_build(&v, &(struct sw_options){ 0 });
		sw_field(&v, SW_CDS_S, SMMU_CD_HA, rows[i].ha);
		sw_field(&v, SW_CDS_S, SMMU_CD_AFFD, rows[i].affd);
		sw_put(&v, S1_LEAF, sw_get(&v, S1_LEAF) & ~BIT(10));
		ck_assert_uint_eq(asks(&v, SW_S1, whos[0]), rows[i].fault);
		ck_assert_uint_eq(sw_get(&v, S1_LEAF) >> 10 & 1, rows[i].set);
		/* Access comes before permission, where it is a fault. */
		sw_forget(&v);
		sw_put(&v, S1_LEAF, (sw_get(&v, S1_LEAF) & ~BIT(10)) | BIT(7));
		ck_assert_uint_eq(asks(&v, SW_S1, whos[1]), rows[i].fault ? rows[i].fault : DENIED);

		sw_field(&v, SW_STE(SW_S2), SMMU_STE_S2HA, rows[i].ha);
		sw_field(&v, SW_STE(SW_S2), SMMU_STE_S2AFFD, rows[i].affd);
		sw_put(&v, SW_HG1_E, sw_get(&v, SW_HG1_E) & ~BIT(10));
		ck_assert_uint_eq(asks(&v, SW_S2, whos[0]),
				  rows[i].fault ? rows[i].fault | SMMU_F_S2 : 0);
		ck_assert_uint_eq(sw_get(&v, SW_HG1_E) >> 10 & 1, rows[i].set);
		sw_close(&v);
	}
}
END_TEST

#define DBM BIT(51)

START_TEST(dirty_stage1)
{
	uint64_t clean;
	struct sw v;

	sw_build(&v, &(struct sw_options){ 0 });
	clean = sw_get(&v, S1_LEAF) | BIT(7) | DBM;
	sw_field(&v, SW_CDS_S, SMMU_CD_HA, 1);
	sw_put(&v, S1_LEAF, clean);
	/* HA alone: DBM says nothing. */
	ck_assert_uint_eq(asks(&v, SW_S1, whos[1]), DENIED);
	sw_forget(&v);
	sw_field(&v, SW_CDS_S, SMMU_CD_HD, 1);
	ck_assert_uint_eq(asks(&v, SW_S1, whos[0]), 0);
	ck_assert_uint_eq(sw_get(&v, S1_LEAF), clean);
	/* A write by the entry that the read cached: memory is looked at again, and changed. */
	ck_assert_uint_eq(asks(&v, SW_S1, whos[1]), 0);
	ck_assert_uint_eq(sw_get(&v, S1_LEAF), clean & ~BIT(7));
	/* The entry is known to be dirty now: later writes set nothing. */
	sw_put(&v, S1_LEAF, clean);
	ck_assert_uint_eq(asks(&v, SW_S1, whos[1]), 0);
	ck_assert_uint_eq(sw_get(&v, S1_LEAF), clean);
	/* A clean entry, and the page goes: no stale write. */
	sw_forget(&v);
	ck_assert_uint_eq(asks(&v, SW_S1, whos[0]), 0);
	sw_put(&v, S1_LEAF, 0);
	ck_assert_uint_eq(asks(&v, SW_S1, whos[1]), SMMU_E_TRANSLATION);
	/* What APTable took away is not to be had. */
	sw_forget(&v);
	sw_put(&v, S1_LEAF, clean);
	sw_put(&v, SW_G_E(SW_G2, 2), sw_get(&v, SW_G_E(SW_G2, 2)) | BIT(62));
	ck_assert_uint_eq(asks(&v, SW_S1, whos[1]), DENIED);
	ck_assert_uint_eq(sw_get(&v, S1_LEAF), clean);
	sw_close(&v);
}
END_TEST

START_TEST(dirty_stage2)
{
	uint64_t clean = SW_S2_PAGE(SW_PA) & ~BIT(7);
	struct sw v;

	sw_build(&v, &(struct sw_options){ .walk_caches = true });
	sw_field(&v, SW_STE(SW_S2), SMMU_STE_S2HA, 1);
	sw_field(&v, SW_STE(SW_S2), SMMU_STE_S2HD, 1);
	sw_put(&v, SW_HG1_E, clean | DBM);
	ck_assert_uint_eq(asks(&v, SW_S2, whos[0]), 0);
	ck_assert_uint_eq(sw_get(&v, SW_HG1_E), clean | DBM);
	ck_assert_uint_eq(asks(&v, SW_S2, whos[1]), 0);
	ck_assert_uint_eq(sw_get(&v, SW_HG1_E), clean | DBM | BIT(7));
	sw_close(&v);
}
END_TEST

/* The update of a stage-1 leaf is a write, which stage 2 has to allow. */
START_TEST(update_through_stage2)
{
	uint64_t table = SW_H1_LOW_E(SW_N1 - SW_LOW), page = SW_S2_PAGE(SW_N1);

	for (unsigned caches = 0; caches < 2; caches++) {
		uint64_t clean;
		struct sw v;

		sw_build(&v, &(struct sw_options){ .walk_caches = caches });
		clean = sw_get(&v, N_LEAF) | BIT(7) | DBM;
		sw_field(&v, SW_CDS, SMMU_CD_HA, 1);
		sw_field(&v, SW_CDS, SMMU_CD_HD, 1);
		sw_put(&v, N_LEAF, clean);
		sw_put(&v, table, page & ~BIT(7));
		ck_assert_uint_eq(asks(&v, SW_NESTED, whos[1]),
				  DENIED | SMMU_F_S2 | SMMU_F_TT | SMMU_F_TTW);
		ck_assert_uint_eq(sw_get(&v, N_LEAF), clean);
		/* Read-only for want of a write: with S2HD it becomes dirty with it. */
		sw_forget(&v);
		sw_put(&v, table, (page & ~BIT(7)) | DBM);
		sw_field(&v, SW_STE(SW_NESTED), SMMU_STE_S2HA, 1);
		sw_field(&v, SW_STE(SW_NESTED), SMMU_STE_S2HD, 1);
		ck_assert_uint_eq(asks(&v, SW_NESTED, whos[0]), 0);
		ck_assert_uint_eq(sw_get(&v, table), (page & ~BIT(7)) | DBM);
		ck_assert_uint_eq(asks(&v, SW_NESTED, whos[1]), 0);
		ck_assert_uint_eq(sw_get(&v, N_LEAF), clean & ~BIT(7));
		ck_assert_uint_eq(sw_get(&v, table), page | DBM);
		sw_close(&v);
	}
}
END_TEST

/* A CD is fetched: the access flag of its page is set, its dirty state never. */
START_TEST(cd_fetch_updates)
{
	uint64_t at = SW_H1_LOW_E(SW_CDS - SW_LOW), page = SW_S2_PAGE(SW_CDS);
	struct sw v;

	sw_build(&v, &(struct sw_options){ .walk_caches = true });
	sw_field(&v, SW_STE(SW_NESTED), SMMU_STE_S2HA, 1);
	sw_field(&v, SW_STE(SW_NESTED), SMMU_STE_S2HD, 1);
	sw_put(&v, at, (page & ~(BIT(7) | BIT(10))) | DBM);
	ck_assert_uint_eq(asks(&v, SW_NESTED, whos[1]), 0);
	ck_assert_uint_eq(sw_get(&v, at), (page & ~BIT(7)) | DBM);
	sw_close(&v);
}
END_TEST

/* A translation request marks what it grants: dirty only if it wants to write, and both stages let it. */
START_TEST(ats_updates)
{
	static const struct {
		bool no_write, s1_read_only, s2_read_only;
		bool s1_dirty, s2_dirty, w;
	} rows[] = {
		{ false, false, false, true, true, true },
		{ true, false, false, false, false, false },
		{ false, true, false, false, false, false },
		{ false, false, true, false, false, false },
	};

	for (unsigned i = 0; i < COUNT(rows); i++) {
		uint64_t s1, s2 = (SW_S2_PAGE(SW_PA) & ~(BIT(7) | BIT(10))) |
				  (rows[i].s2_read_only ? 0 : DBM);
		struct ims_req req = sw_req(SW_NESTED, NONE, SW_VA, R);
		struct ims_answer a;
		struct sw v;

		sw_build(&v, &(struct sw_options){ 0 });
		for (unsigned n = 0; n < 2; n++) {
			sw_field(&v, SW_CDS, n ? SMMU_CD_HA : SMMU_CD_HD, 1);
			sw_field(&v, SW_STE(SW_NESTED), n ? SMMU_STE_S2HA : SMMU_STE_S2HD, 1);
		}
		s1 = (sw_get(&v, N_LEAF) & ~BIT(10)) | BIT(7) | (rows[i].s1_read_only ? 0 : DBM);
		sw_put(&v, N_LEAF, s1);
		sw_put(&v, SW_HG1_E, s2);
		req.no_write = rows[i].no_write;
		ims_device_ats(&v.hw, &req, &a);
		ck_assert_msg((a.perm & (R | W)) == (R | (rows[i].w ? W : 0)), "row %u: %#x", i,
			      a.perm);
		ck_assert_uint_eq(sw_get(&v, N_LEAF),
				  (s1 | BIT(10)) & ~(rows[i].s1_dirty ? BIT(7) : 0));
		ck_assert_uint_eq(sw_get(&v, SW_HG1_E),
				  s2 | BIT(10) | (rows[i].s2_dirty ? BIT(7) : 0));
		sw_close(&v);
	}
}
END_TEST

/* ---- what a failing walk is called ---- */

START_TEST(events)
{
	static const struct {
		unsigned sid;
		uint64_t at, flip;
		uint16_t fault;
	} rows[] = {
		{ SW_S1, SW_G_E(SW_G4, 4), 1, SMMU_E_TRANSLATION },
		{ SW_S1, SW_G_E(SW_G4, 4), 2, SMMU_E_TRANSLATION }, /* no block of 512 GiB */
		{ SW_S1, SW_G_E(SW_G1, 1), 2, SMMU_E_TRANSLATION },
		{ SW_S1, SW_G_E(SW_G3, 3), BIT(45), SMMU_E_ADDR_SIZE },
		{ SW_S1, SW_G_E(SW_G1, 1), BIT(45), SMMU_E_ADDR_SIZE },
		{ SW_S1, SW_G_E(SW_G2, 2), BIT(42), SMMU_E_WALK_EABT | SMMU_F_TT },
		{ SW_S2, SW_HG2_E, 1, SMMU_E_TRANSLATION | SMMU_F_S2 },
		{ SW_S2, SW_HG1_E, BIT(45), SMMU_E_ADDR_SIZE | SMMU_F_S2 },
		{ SW_S2, SW_HG1_E, BIT(10), SMMU_E_ACCESS | SMMU_F_S2 },
		{ SW_S2, SW_HG2_E, BIT(42), SMMU_E_WALK_EABT | SMMU_F_S2 },
		{ SW_NESTED, SW_G_E(SW_N2, 2), 1, SMMU_E_TRANSLATION },
		{ SW_NESTED, SW_G_E(SW_N1, 1), BIT(10), SMMU_E_ACCESS },
		{ SW_NESTED, SW_G_E(SW_N1, 1), BIT(45), SMMU_E_ADDR_SIZE },
		{ SW_NESTED, SW_HG1_E, 1, SMMU_E_TRANSLATION | SMMU_F_S2 },
		{ SW_NESTED, SW_HG1_E, BIT(10), SMMU_E_ACCESS | SMMU_F_S2 },
		{ SW_NESTED, SW_HG2_E, BIT(42), SMMU_E_WALK_EABT | SMMU_F_S2 },
		{ SW_NESTED, SW_H1_LOW_E(SW_N2 - SW_LOW), 1,
		  SMMU_E_TRANSLATION | SMMU_F_S2 | SMMU_F_TT },
		{ SW_NESTED, SW_H1_LOW_E(SW_N2 - SW_LOW), BIT(10),
		  SMMU_E_ACCESS | SMMU_F_S2 | SMMU_F_TT },
		{ SW_NESTED, SW_H1_LOW_E(SW_N2 - SW_LOW), BIT(45),
		  SMMU_E_ADDR_SIZE | SMMU_F_S2 | SMMU_F_TT },
		{ SW_NESTED, SW_H1_LOW_E(SW_N2 - SW_LOW), BIT(6), DENIED | SMMU_F_S2 | SMMU_F_TT },
		/* S2PTW: with FWB, bit 4 clear is Device. */
		{ SW_NESTED, SW_H1_LOW_E(SW_N2 - SW_LOW), BIT(4), DENIED | SMMU_F_S2 | SMMU_F_TT },
		/* A table pointer, and a page, beyond what stage 2 takes (2^40 there). */
		{ SW_NESTED, SW_G_E(SW_N2, 2), BIT(40),
		  SMMU_E_TRANSLATION | SMMU_F_S2 | SMMU_F_TT },
		{ SW_NESTED, SW_G_E(SW_N1, 1), BIT(40), SMMU_E_TRANSLATION | SMMU_F_S2 },
		/* No rule of stage 1 is passed over for it: access comes first. */
		{ SW_NESTED, SW_G_E(SW_N1, 1), BIT(40) | BIT(10), SMMU_E_ACCESS },
	};

	for (unsigned i = 0; i < 2 * COUNT(rows); i++) {
		unsigned row = i / 2;
		struct who who = { false, false, R };
		uint16_t got;
		struct sw v;

		sw_build(&v, &(struct sw_options){ .walk_caches = i & 1 });
		sw_field(&v, SW_CDS, SMMU_CD_IPS, 4);
		sw_field(&v, SW_CDS_S, SMMU_CD_IPS, 4);
		for (unsigned sid = SW_NESTED; sid <= SW_S2; sid += 8) {
			sw_field(&v, SW_STE(sid), SMMU_STE_S2PS, 4);
			sw_field(&v, SW_STE(sid), SMMU_STE_S2T0SZ, 24);
		}
		sw_put(&v, rows[row].at, sw_get(&v, rows[row].at) ^ rows[row].flip);
		got = asks(&v, rows[row].sid, who);
		ck_assert_msg(got == rows[row].fault, "row %u: %#x, not %#x", row, got,
			      rows[row].fault);
		ck_assert_ptr_nonnull(ims_model_fault(&smmuv3_model, got));
		sw_close(&v);
	}
}
END_TEST

/* Every fault that there is has a row; no two have one name. */
START_TEST(fault_rows)
{
	for (unsigned i = 0; i < SMMU_FAULTS; i++)
		for (unsigned k = 0; k < i; k++) {
			ck_assert_uint_ne(smmu_faults[i].code, smmu_faults[k].code);
			ck_assert_str_ne(smmu_faults[i].name, smmu_faults[k].name);
		}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("SMMUv3 rights and faults");
	TCase *t = tcase_create("vectors");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, stage1, 0, COUNT(s1_rights));
	tcase_add_test(t, stage2);
	tcase_add_test(t, who_denies);
	tcase_add_test(t, denials_are_kept);
	tcase_add_test(t, access_flag);
	tcase_add_test(t, dirty_stage1);
	tcase_add_test(t, dirty_stage2);
	tcase_add_test(t, update_through_stage2);
	tcase_add_test(t, cd_fetch_updates);
	tcase_add_test(t, ats_updates);
	tcase_add_test(t, events);
	tcase_add_test(t, fault_rows);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
