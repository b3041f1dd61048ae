/* SPDX-License-Identifier: MIT */
/*
 * How the SMMUv3 drivers write structures that hardware may read at any time, its words in
 * any order (reference sheet, sections 8.1 and 16.8): at no time is there a live entry that
 * is neither the old nor the new one, and what a live one leads to was there before
 * hardware was told to look. And what a host makes of a guest's STE (section 8.5).
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "models/smmuv3/smmuv3.h"
#include "sim/core/prng.h"
#include "tests/run.h"

#define PAGES 16384u
#define SID   0x123u
#define PASS  (UINT64_C(1) | UINT64_C(8))

struct rig {
	struct ims_driver driver;
	uint64_t next;
	uint64_t *words; /* of 64 MiB from 0 */
	uint32_t params[IMS_PARAMS];
	/* The entry that is watched, and what it may be while it is live. */
	uint64_t at, live, old[8], new[8];
	unsigned told, writes;
	bool filled, wrong; /* since hardware was told last; a live entry that is neither */
};

static bool is(const struct rig *r, const uint64_t *entry)
{
	return !memcmp(r->words + r->at / 8, entry, 64);
}

static uint64_t rig_read(struct ims_driver *d, uint64_t addr)
{
	struct rig *r = d->owner;

	ck_assert_uint_lt(addr / 8, PAGES * 512u);
	return r->words[addr / 8];
}

static void rig_write(struct ims_driver *d, uint64_t addr, uint64_t value)
{
	struct rig *r = d->owner;
	bool was = r->at && (r->words[r->at / 8] & r->live) == r->live, now;

	ck_assert_uint_lt(addr / 8, PAGES * 512u);
	r->words[addr / 8] = value;
	if (!r->at || addr - r->at >= 64)
		return;
	r->writes++;
	now = (r->words[r->at / 8] & r->live) == r->live;
	r->wrong |= now && !is(r, r->old) && !is(r, r->new);
	/* What was filled has to be seen before it is led to. */
	r->wrong |= now && !was && r->filled;
	r->filled |= !now && addr != r->at;
}

static uint64_t rig_pages(struct ims_driver *d, unsigned count)
{
	struct rig *r = d->owner;
	uint64_t bytes = 4096, page;

	while (bytes < count * UINT64_C(4096))
		bytes <<= 1;
	page = (r->next + bytes - 1) & ~(bytes - 1);
	r->next = page + bytes;
	return page;
}

static void rig_changed(struct ims_driver *d, enum ims_change change, uint32_t src, uint32_t ctx)
{
	struct rig *r = d->owner;

	(void)ctx;
	ck_assert_uint_eq(src, SID);
	ck_assert(change == IMS_CHANGE_DEV_FIELD || change == IMS_CHANGE_CTX_FIELD ||
		  change == IMS_CHANGE_ROOT || change == IMS_CHANGE_DIR);
	r->told++;
	r->filled = false;
}

static void rig_open_with(struct rig *r, bool two_levels)
{
	*r = (struct rig){ .next = 0x100000, .words = calloc(PAGES * 512u, sizeof(uint64_t)) };
	for (unsigned i = 0; i < SMMU_PARAMS; i++)
		r->params[i] = smmu_params[i].value;
	if (!two_levels) {
		r->params[SMMU_P_ST_LEVEL] = 0;
		r->params[SMMU_P_SIDSIZE] = 9;
	}
	r->driver = (struct ims_driver){ .owner = r,
					 .read = rig_read,
					 .write = rig_write,
					 .pages = rig_pages,
					 .changed = rig_changed,
					 .params = r->params };
	smmu_setup(&r->driver);
}

static void rig_open(struct rig *r)
{
	rig_open_with(r, true);
}

static void rig_close(struct rig *r)
{
	free(r->words);
}

/* Where the two-level table has the STE. */
static uint64_t ste_place(const struct rig *r)
{
	uint64_t l1 = r->words[r->driver.root / 8 + (SID >> 8)];

	if (!r->params[SMMU_P_ST_LEVEL])
		return r->driver.root + SID * 64;
	ck_assert_uint_eq(l1 & 0x1f, 9);
	return (l1 & ~UINT64_C(0x3f)) + (SID & 0xff) * 64;
}

/* One entry after the other: valid or not, aborting or not, differing in any words. */
START_TEST(never_torn)
{
	uint64_t prng = 7;
	struct rig r;

	rig_open_with(&r, _i);
	smmu_device_add(&r.driver, SID, &(struct ims_dev_config){ .pasid_bits = 4 });
	for (unsigned n = 0; n < 3000; n++) {
		uint64_t place = ste_place(&r);
		unsigned words = 0;

		memcpy(r.old, r.words + place / 8, sizeof(r.old));
		memcpy(r.new, r.old, sizeof(r.new));
		for (unsigned i = 0; i < 8; i++)
			if (!(ims_prng_next(&prng) & 3))
				r.new[i] = ims_prng_next(&prng) & ~UINT64_C(0xf);
		r.new[0] = (r.new[0] & ~UINT64_C(0xf)) |
			   (uint64_t[]){ 0, 1, 9, 11, 13, 15 }[ims_prng_next(&prng) % 6];
		for (unsigned i = 0; i < 8; i++)
			words += r.old[i] != r.new[i];
		r.at = place;
		r.live = PASS;
		r.wrong = r.filled = false;
		r.told = r.writes = 0;
		smmu_ste_write(&r.driver, SID, r.new);
		ck_assert_msg(!r.wrong, "%u", n);
		r.at = 0;
		/* To abort is one store, whatever else is asked for. */
		if ((r.old[0] & PASS) == PASS && (r.new[0] & 1) && !(r.new[0] & 8)) {
			ck_assert_uint_eq(r.writes, 1);
			ck_assert_uint_eq(r.told, 0);
			ck_assert_uint_eq(r.words[place / 8] & 0xf, r.new[0] & 0xf);
			continue;
		}
		ck_assert(!memcmp(r.words + place / 8, r.new, sizeof(r.new)));
		if (words <= 1) {
			ck_assert_uint_eq(r.writes, words);
			ck_assert_uint_eq(r.told, 0);
		} else if ((r.old[0] & PASS) == PASS && (r.new[0] & PASS) == PASS) {
			ck_assert_uint_eq(r.told, 2);
		}
	}
	rig_close(&r);
}
END_TEST

/* CDs by one table and by two, first and last SubstreamID; the STE leads there only then. */
START_TEST(contexts)
{
	static const uint8_t bits[] = { 0, 4, 10, 11, 20 };

	for (unsigned i = 0; i < sizeof(bits); i++)
		for (unsigned last = 0; last < 2; last++) {
			uint32_t ctx = bits[i] && last ? (1u << bits[i]) - 1 : IMS_CTX_NONE;
			const struct ims_ctx_config config = { .s1_root = 0x3456000,
							       .stages = IMS_STAGES_1,
							       .tag_ctx = 0x77 };
			uint64_t place, *ste;
			struct rig r;

			rig_open(&r);
			smmu_device_add(&r.driver, SID,
					&(struct ims_dev_config){ .pasid_bits = bits[i] });
			place = ste_place(&r);
			ste = r.words + place / 8;
			ck_assert_uint_eq(ste[0] & 0xf, 1);
			smmu_ctx_set(&r.driver, SID, ctx, &config);
			ck_assert_uint_eq(ste[0] & 0xf, 0xb);
			ck_assert_uint_eq(ste[1] & 3, ctx == IMS_CTX_NONE ? 2 : 0);
			ck_assert_uint_eq(ste[0] >> 4 & 3, bits[i] > 10 ? 2 : 0);
			smmu_ctx_clear(&r.driver, SID, ctx);
			ck_assert_uint_eq(ste[0] & 0xf, 1);
			rig_close(&r);
		}
}
END_TEST

/* Of the guest the CD table and its shape; of the host everything else (section 8.5). */
START_TEST(nested)
{
	const struct ims_ctx_config config = { .s2_root = 0x1234000, .s2_top = 3, .dom = 5 };
	struct ims_guest_entry e = { .as = IMS_GUEST_NESTED };
	uint64_t *ste;
	struct rig r;

	rig_open(&r);
	smmu_device_add(&r.driver, SID, &(struct ims_dev_config){ .ats = true, .pasid_bits = 8 });
	/* The reference sheet's worked STE, section 7.3, but for S2FWB, which this host leaves alone. */
	e.words[0] = 0x400000008000402b;
	e.words[1] = UINT64_C(0x100000d6);
	smmu_nest(&r.driver, SID, &e, &config);
	ste = r.words + ste_place(&r) / 8;
	ck_assert_uint_eq(ste[0], 0x400000008000402f);
	ck_assert_uint_eq(ste[1] & ~UINT64_C(0xf00000), 0x00001000100800d6);
	ck_assert_uint_eq(ste[2], 0x044d355800000005);
	ck_assert_uint_eq(ste[3], 0x1234000);
	/* Without EATS of the guest's, or with split stage, the device has none. */
	e.words[1] = 0xd6;
	smmu_nest(&r.driver, SID, &e, &config);
	ck_assert_uint_eq(ste[1] >> 28 & 3, 0);
	e.words[1] = 0xd6 | UINT64_C(2) << 28;
	smmu_nest(&r.driver, SID, &e, &config);
	ck_assert_uint_eq(ste[1] >> 28 & 3, 0);
	/* Passing through it keeps its ATS; nothing at all aborts. */
	e = (struct ims_guest_entry){ .as = IMS_GUEST_PARENT };
	smmu_nest(&r.driver, SID, &e, &config);
	ck_assert_uint_eq(ste[0] & 0xf, 0xd);
	ck_assert_uint_eq(ste[1] >> 28 & 3, 1);
	ck_assert_uint_eq(ste[2] & 0xffff, 5);
	e.as = IMS_GUEST_BLOCKED;
	smmu_nest(&r.driver, SID, &e, &config);
	ck_assert_uint_eq(ste[0] & 0xf, 1);
	rig_close(&r);
}
END_TEST

/* What a guest's STE is to a monitor. */
START_TEST(guest_entries)
{
	static const struct {
		uint64_t d0;
		enum ims_guest_as as;
	} t[] = {
		{ 0, IMS_GUEST_BLOCKED },   { 0xa, IMS_GUEST_BLOCKED },
		{ 1, IMS_GUEST_BLOCKED },   { 7, IMS_GUEST_BLOCKED },
		{ 9, IMS_GUEST_PARENT },    { 0x300000b, IMS_GUEST_NESTED },
		{ 0xd, IMS_GUEST_BLOCKED }, { 0xf, IMS_GUEST_BLOCKED },
	};
	struct ims_guest_entry e;
	struct rig r;

	rig_open(&r);
	smmu_guest_entry(&r.driver, SID, &e);
	ck_assert_uint_eq(e.as, IMS_GUEST_BLOCKED);
	smmu_device_add(&r.driver, SID, &(struct ims_dev_config){ .pasid_bits = 0 });
	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		r.words[ste_place(&r) / 8] = t[i].d0;
		r.words[ste_place(&r) / 8 + 1] = ~UINT64_C(0);
		smmu_guest_entry(&r.driver, SID, &e);
		ck_assert_msg(e.as == t[i].as, "%#lx", (unsigned long)t[i].d0);
		if (e.as != IMS_GUEST_NESTED)
			continue;
		ck_assert_uint_eq(e.root, 0x3000000);
		ck_assert_uint_eq(e.words[1], 0x380000ff);
	}
	rig_close(&r);
}
END_TEST

/* Which SubstreamIDs a guest's table has, and which of its memory that table is in. */
START_TEST(guest_tables)
{
	static const struct {
		uint64_t d0;
		uint32_t ssid, other;
		uint64_t at;	/* of the CD */
		uint64_t bytes; /* of the table that it is in */
	} t[] = {
		{ 0x1000001, 0, 0, 0x1000000, 64 },
		{ 0x1000001 | UINT64_C(8) << 59, 200, 10, 0x1000000 + 200 * 64, 256 * 64 },
		{ 0x1000011 | UINT64_C(8) << 59, 200, 10, 0x1200000 + (200 & 63) * 64, 64 * 64 },
		{ 0x1000021 | UINT64_C(12) << 59, 4000, 10, 0x1200000 + (4000 & 1023) * 64,
		  1024 * 64 },
	};

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct ims_guest_entry e = { .as = IMS_GUEST_NESTED,
					     .root = 0x1000000,
					     .words = { t[i].d0 } };
		unsigned fmt = t[i].d0 >> 4 & 3, lg2 = fmt == 1 ? 6 : 10;
		uint64_t table = fmt ? 0x1200000 : 0x1000000;
		uint32_t ctx = 0;
		struct rig r;

		rig_open(&r);
		if (fmt)
			r.words[(0x1000000 + (t[i].ssid >> lg2) * UINT64_C(8)) / 8] = 0x1200001;
		r.words[t[i].at / 8] = UINT64_C(1) << 31;
		ck_assert(smmu_guest_ctx(&r.driver, &e, &ctx));
		ck_assert_uint_eq(ctx, t[i].ssid);
		ctx++;
		ck_assert(!smmu_guest_ctx(&r.driver, &e, &ctx));
		ck_assert(smmu_guest_dir(&r.driver, &e, table, table));
		ck_assert(smmu_guest_dir(&r.driver, &e, 0, table));
		ck_assert(smmu_guest_dir(&r.driver, &e, table + t[i].bytes - 1, ~UINT64_C(0)));
		ck_assert(!smmu_guest_dir(&r.driver, &e, table + t[i].bytes, ~UINT64_C(0)));
		ck_assert(smmu_guest_dir(&r.driver, &e, 0x1000000, 0x1000000));
		ck_assert(!smmu_guest_dir(&r.driver, &e, 0, 0xffffff));
		rig_close(&r);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("driver of SMMUv3");
	TCase *tc = tcase_create("structures");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, never_torn, 0, 2);
	tcase_add_test(tc, contexts);
	tcase_add_test(tc, nested);
	tcase_add_test(tc, guest_entries);
	tcase_add_test(tc, guest_tables);
	suite_add_tcase(suite, tc);
	return tests_run(suite);
}
