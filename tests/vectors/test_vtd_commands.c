/* SPDX-License-Identifier: MIT */
/*
 * VT-d descriptors and the PASID-table entry as bits: vectors, masks, reserved
 * fields. Constants are written from the specification's tables
 * (sections 6.5.2 and 9.6), not taken from the rows they are held against.
 */
#include <check.h>
#include <stdio.h>

#include "sim/core/prng.h"
#include "tests/vectors/vtd_unit.h"
#include "tests/run.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define EVERYTHING ~UINT64_C(0)

static unsigned row_of(const char *title)
{
	int row = ims_model_row(&vtd_model, title);

	ck_assert_msg(row >= 0, "no row %s", title);
	return (unsigned)row;
}

/* A unit with these parameters, in this mode; lists end with VTD_PARAMS. */
struct setting {
	unsigned param;
	uint32_t value;
};

static void unit(struct ims_state *s, const struct setting *with, unsigned ttm)
{
	uint32_t params[IMS_PARAMS] = { 0 };

	for (unsigned i = 0; i < VTD_PARAMS; i++)
		params[i] = vtd_params[i].value;
	for (; with && with->param != VTD_PARAMS; with++)
		params[with->param] = with->value;
	ims_state_init(&vtd_model, params, s);
	vtd_ready(s, (uint64_t)ttm << 10);
}

/* What the vectors below were written for: no page requests, no interrupt remapping, 48 bits. */
static const struct setting plain[] = { { VTD_P_PRS, 0 }, { VTD_P_PDS, 0 },   { VTD_P_IR, 0 },
					{ VTD_P_SMS, 0 }, { VTD_P_MGAW, 48 }, { VTD_P_SAGAW, 6 },
					{ VTD_PARAMS, 0 } };

static uint16_t decode2(uint64_t qw0, uint64_t qw1, struct ims_cmd *cmd)
{
	uint64_t words[4] = { qw0, qw1, 0, 0 };
	struct ims_state s;

	unit(&s, plain, VTD_TTM_SCALABLE);
	return ims_cmd_decode(&vtd_model, &s, words, cmd);
}

/* ---- vectors, computed from the encoders of Linux (drivers/iommu/intel) ---- */

#define RANGE(first_, size_) .first = (first_), .last = UINT64_C(first_) + (size_)-1
#define WHOLE		     .first = 0, .last = EVERYTHING

static const struct {
	const char *title;
	struct ims_cmd_args args;
	uint64_t qw0, qw1;
} vectors[] = {
	{ "PC PASID-selective", { .dom = 5, .ctx = 3, WHOLE }, 0x300050017, 0 },
	{ "P_IOTLB PASID-selective", { .dom = 5, .ctx = 3, WHOLE }, 0x300050026, 0 },
	{ "P_IOTLB page-selective",
	  { .dom = 5, .ctx = 3, RANGE(0x200000, 0x200000), .leaf_only = true },
	  0x300050036,
	  0x200049 },
	{ "IOTLB domain-selective", { .dom = 5, WHOLE }, 0x500e2, 0 },
	{ "IOTLB page-selective", { .dom = 5, RANGE(0x40000000, 0x40000000) }, 0x500f2, 0x40000012 },
	{ "IOTLB global", { WHOLE }, 0xd2, 0 },
	{ "CC device", { .src = 0x100, WHOLE }, 0x10000000031, 0 },
	{ "devTLB", { .src = 0x100, RANGE(0x5000, 0x1000) }, 0x0100010000000003, 0x5000 },
	{ "devTLB", { .src = 0x100, RANGE(0x200000, 0x200000) }, 0x0100010000000003, 0x2ff001 },
	{ "devTLB", { .src = 0x100, WHOLE }, 0x0100010000000003, 0x7ffffffffffff001 },
	{ "P_devTLB",
	  { .src = 0x100, .ctx = 3, RANGE(0x5000, 0x1000) },
	  0x0100000301000008,
	  0x5000 },
	{ "P_devTLB",
	  { .src = 0x100, .ctx = 3, RANGE(0x200000, 0x200000) },
	  0x0100000301000008,
	  0x2ff800 },
	{ "P_devTLB", { .src = 0x100, .ctx = 3, WHOLE }, 0x0100000301000008, 0x7ffffffffffff800 },
	{ "wait",
	  { .wait_addr = 0x1a004, .wait_data = 0xabcd1234, WHOLE },
	  0xabcd123400000025,
	  0x1a004 },
	{ "CC global", { WHOLE }, 0x11, 0 },
	{ "CC domain", { .dom = 5, WHOLE }, 0x50021, 0 },
	{ "PC domain", { .dom = 5, WHOLE }, 0x50007, 0 },
	{ "PC global", { WHOLE }, 0x37, 0 },
};

START_TEST(encode_vectors)
{
	uint64_t words[4];

	ims_cmd_encode(&vtd_model, row_of(vectors[_i].title), &vectors[_i].args, words);
	ck_assert_msg(words[0] == vectors[_i].qw0 && words[1] == vectors[_i].qw1 && !words[2] &&
			      !words[3],
		      "%s: %#llx %#llx", vectors[_i].title, (unsigned long long)words[0],
		      (unsigned long long)words[1]);
}
END_TEST

START_TEST(decode_vectors)
{
	const struct ims_cmd_args *a = &vectors[_i].args;
	struct ims_cmd cmd;

	ck_assert_uint_eq(decode2(vectors[_i].qw0, vectors[_i].qw1, &cmd), 0);
	ck_assert_uint_eq(cmd.row, row_of(vectors[_i].title));
	ck_assert_uint_eq(cmd.dom, a->dom);
	ck_assert_uint_eq(cmd.src, a->src);
	ck_assert_uint_eq(cmd.src_mask, 0);
	if (ims_row_field(&vtd_rows[cmd.row], "pasid"))
		ck_assert_uint_eq(cmd.ctx, a->ctx);
	if (vtd_rows[cmd.row].ranged) {
		ck_assert_uint_eq(cmd.first, a->first);
		ck_assert_uint_eq(cmd.last, a->last);
	}
	ck_assert_uint_eq(cmd.leaf_only, a->leaf_only);
	ck_assert_uint_eq(cmd.wait_addr, a->wait_addr);
	ck_assert_uint_eq(cmd.wait_data, a->wait_data);
	ck_assert_uint_eq(cmd.wait_write, !strcmp(vectors[_i].title, "wait"));
}
END_TEST

/* Nested, 5-level: the unit has neither FS5LP nor SSADS nor EAFS, so this is about the positions alone. */
START_TEST(pasid_entry_vector)
{
	static const uint64_t want[8] = { 0x12342C9, 0x1800005, 0xABCDE095 };
	static const struct {
		struct ims_field at;
		uint64_t value;
	} fields[] = {
		{ VTD_SPE_P, 1 },     { VTD_SPE_AW, 2 },    { VTD_SPE_PGTT, VTD_PGTT_NESTED },
		{ VTD_SPE_SSADE, 1 }, { VTD_SPE_DID, 5 },   { VTD_SPE_SSPTPTR, 0x1234 },
		{ VTD_SPE_PWSNP, 1 }, { VTD_SPE_PGSNP, 1 }, { VTD_SPE_FSPTPTR, 0xABCDE },
		{ VTD_SPE_FSPM, 1 },  { VTD_SPE_SRE, 1 },   { VTD_SPE_WPE, 1 },
		{ VTD_SPE_EAFE, 1 },
	};
	uint64_t e[8] = { 0 };

	for (unsigned i = 0; i < COUNT(fields); i++)
		ims_field_put(e, fields[i].at, fields[i].value);
	for (unsigned i = 0; i < 8; i++)
		ck_assert_uint_eq(e[i], want[i]);
	for (unsigned i = 0; i < COUNT(fields); i++)
		ck_assert_uint_eq(ims_field_get(want, fields[i].at), fields[i].value);
}
END_TEST

/* ---- ranges ---- */

/* S = 1: 8 KiB, doubled for each one from bit 12 up; the rest of the block's low bits do not matter. */
START_TEST(s_encoding)
{
	uint64_t seed = 1;
	struct ims_cmd cmd;

	for (unsigned k = 0; k <= 51; k++) {
		uint64_t size = k == 51 ? 0 : UINT64_C(0x2000) << k; /* 0: 2^64 */
		uint64_t base = k == 51 ? 0 : ims_prng_next(&seed) & ~(size - 1);
		uint64_t addr = base | (k ? (UINT64_C(0x1000) << k) - 0x1000 : 0);
		unsigned limit = k == 51 ? 1 : 2;

		for (unsigned i = 0; i < limit; i++) {
			ck_assert_uint_eq(
				i ? decode2(8, addr | 0x800, &cmd) : decode2(3, addr | 1, &cmd), 0);
			ck_assert_msg(cmd.first == base && cmd.last == base + size - 1,
				      "k %u: %llx..%llx", k, (unsigned long long)cmd.first,
				      (unsigned long long)cmd.last);
		}
	}
	ck_assert_uint_eq(decode2(3, 0x7ffffffffffff001, &cmd), 0);
	ck_assert(cmd.first == 0 && cmd.last == EVERYTHING);
	ck_assert_uint_eq(decode2(8, 0x7ffffffffffff800, &cmd), 0);
	ck_assert(cmd.first == 0 && cmd.last == EVERYTHING);
	/* S = 0 is 4 KiB whatever the address, also with ones in it; and bit 0 of type 8 is GI, not S. */
	ck_assert_uint_eq(decode2(3, 0x2ff000, &cmd), 0);
	ck_assert(cmd.first == 0x2ff000 && cmd.last == 0x2fffff && !cmd.all_ctx);
	ck_assert_uint_eq(decode2(8, 0x2ff001, &cmd), 0);
	ck_assert(cmd.first == 0x2ff000 && cmd.last == 0x2fffff && cmd.all_ctx);
}
END_TEST

/* The low AM bits of the page number are ignored: a misaligned base silently names another range. */
START_TEST(address_mask)
{
	static const uint64_t type[2] = { 0x300050036, 0x500f2 };
	uint64_t seed = 2;
	struct ims_cmd cmd;

	ck_assert_uint_eq(decode2(type[0], 0x3ff000 | 1, &cmd), 0);
	ck_assert(cmd.first == 0x3fe000 && cmd.last == 0x3fffff);
	for (unsigned am = 0; am < 64; am++)
		for (unsigned i = 0; i < 40; i++) {
			/* Type 2 takes no addresses beyond MGAW: section 6.5.2.3. */
			uint64_t base = ims_prng_next(&seed) &
					(i & 1 ? IMS_BITS(47, 12) : IMS_BITS(63, 12));
			uint64_t low = am >= 52 ? EVERYTHING : (UINT64_C(0x1000) << am) - 1;

			ck_assert_uint_eq(decode2(type[i & 1], base | am, &cmd), 0);
			ck_assert_msg(cmd.first == (base & ~low) && cmd.last == (base | low),
				      "am %u", am);
			ck_assert(!cmd.leaf_only);
			ck_assert_uint_eq(decode2(type[i & 1], base | am | 0x40, &cmd), 0);
			ck_assert(cmd.leaf_only);
		}
}
END_TEST

/* "PSI ignores ADDR bits >= MGAW" (section 6.5.2.3): the command must still reach the page below. */
START_TEST(address_beyond_mgaw_ignored)
{
	struct ims_cmd cmd;

	ck_assert_uint_eq(decode2(0x500f2, UINT64_C(0xabcd000000005000), &cmd), 0);
	ck_assert(ims_overlap(cmd.first, cmd.last, 0x5000, 0x5fff));
}
END_TEST

START_TEST(function_mask)
{
	static const uint32_t masks[4] = { 0, 4, 6, 7 };
	struct ims_cmd cmd;

	for (unsigned fm = 0; fm < 4; fm++) {
		ck_assert_uint_eq(decode2(UINT64_C(0x01ff00000031) | (uint64_t)fm << 48, 0, &cmd),
				  0);
		ck_assert_uint_eq(cmd.src, 0x1ff);
		ck_assert_uint_eq(cmd.src_mask, masks[fm]);
	}
}
END_TEST

/* ---- what stops the queue ---- */

/* Section 6.5.2 for a unit with DIT = 1 and PDS = 1; a bit in `select` would make another row of it. */
static const struct {
	uint64_t value;
	uint64_t reserved[2];
	uint64_t select;
	bool legacy;
} masks[] = {
	{ 0x11, { 0xFFFC00000000F1C0, EVERYTHING }, 0xe3f, false },
	{ 0x21, { 0xFFFC00000000F1C0, EVERYTHING }, 0xe3f, false },
	{ 0x31, { 0xFFFC00000000F1C0, EVERYTHING }, 0xe3f, false },
	{ 0x12, { 0xFFFFFFFF0000F100, 0xF80 }, 0xe3f, false },
	{ 0x22, { 0xFFFFFFFF0000F100, 0xF80 }, 0xe3f, false },
	{ 0x32, { 0xFFFFFFFF0000F100, 0xF80 }, 0xe3f, false },
	{ 0x03, { 0x000F0000FFE001F0, 0xFFE }, 0xe0f, false },
	{ 0x04, { 0xFFFF000007FFF1E0, EVERYTHING }, 0xe1f, false },
	{ 0x14, { 0xFFFF000007FFF1E0, EVERYTHING }, 0xe1f, false },
	{ 0x05, { 0xFFFFF100, 0x3 }, 0xe0f, false },
	{ 0x26, { 0xFFF000000000F1C0, 0xF80 }, 0xe3f, false },
	{ 0x36, { 0xFFF000000000F1C0, 0xF80 }, 0xe3f, false },
	{ 0x07, { 0xFFF000000000F1C0, EVERYTHING }, 0xe3f, false },
	{ 0x17, { 0xFFF000000000F1C0, EVERYTHING }, 0xe3f, false },
	{ 0x37, { 0xFFF000000000F1C0, EVERYTHING }, 0xe3f, false },
	{ 0x08, { 0, 0x7FE }, 0xe0f, false },
	{ 0x09, { 0xFFF00000000001E0, 0xFFFFFFFFFFFFF003 }, 0xe0f, false },
	{ 0x21, { 0xFFFC00000000F1C0, EVERYTHING }, 0xe3f, true },
	{ 0x31, { 0xFFFC00000000F1C0, EVERYTHING }, 0xe3f, true },
	{ 0x32, { 0xFFFFFFFF0000F100, 0xF80 }, 0xe3f, true },
};

START_TEST(reserved_bits)
{
	struct ims_cmd cmd;
	struct ims_state s;

	unit(&s, NULL, masks[_i].legacy ? VTD_TTM_LEGACY : VTD_TTM_SCALABLE);
	for (unsigned bit = 0; bit < 256; bit++) {
		uint64_t words[4] = { masks[_i].value };
		bool reserved = bit >= 128 || masks[_i].reserved[bit / 64] >> bit % 64 & 1;

		if (bit < 64 && masks[_i].select >> bit & 1)
			continue;
		words[bit / 64] |= UINT64_C(1) << bit % 64;
		ck_assert_msg(ims_cmd_decode(&vtd_model, &s, words, &cmd) == (reserved ? 4 : 0),
			      "%#llx: bit %u", (unsigned long long)masks[_i].value, bit);
	}
}
END_TEST

/* "+0xFFF000000000F000 if DIT=0", "+0x80 if PDS=0": reserved for want of a capability. */
START_TEST(reserved_by_capability)
{
	static const struct {
		struct setting with[2];
		uint64_t value, also;
	} of[] = {
		{ { { VTD_P_DIT, 0 }, { VTD_PARAMS, 0 } }, 0x03, 0xFFF000000000F000 },
		{ { { VTD_P_DIT, 0 }, { VTD_PARAMS, 0 } }, 0x08, 0xFFF000000000F000 },
		{ { { VTD_P_PDS, 0 }, { VTD_PARAMS, 0 } }, 0x05, 0x80 },
	};
	struct ims_state without, with;
	struct ims_cmd cmd;

	for (unsigned i = 0; i < COUNT(of); i++) {
		unit(&without, of[i].with, VTD_TTM_SCALABLE);
		unit(&with, NULL, VTD_TTM_SCALABLE);
		for (unsigned bit = 0; bit < 64; bit++) {
			uint64_t words[4] = { of[i].value | UINT64_C(1) << bit };

			if (!(of[i].also >> bit & 1))
				continue;
			ck_assert_uint_eq(ims_cmd_decode(&vtd_model, &with, words, &cmd), 0);
			ck_assert_uint_eq(ims_cmd_decode(&vtd_model, &without, words, &cmd), 4);
		}
	}
}
END_TEST

/* Type is bits 11:9 and 3:0; 4, 9 and Ah need IR, PRS and HPTS, which this unit has not. */
START_TEST(unknown_types)
{
	uint64_t seed = 3;
	struct ims_cmd cmd;
	unsigned unknown = 0;

	for (uint64_t type = 0; type < 128; type++) {
		static const char known[16] = {
			[1] = 1, [2] = 1, [3] = 1, [5] = 1, [6] = 1, [7] = 1, [8] = 1
		};

		if (type < 16 && known[type])
			continue;
		unknown++;
		for (unsigned i = 0; i < 20; i++) {
			uint64_t rest = i ? ims_prng_next(&seed) & ~UINT64_C(0xe0f) : 0;

			ck_assert_uint_eq(decode2(rest | (type & 0xf) | (type >> 4) << 9,
						  i ? rest : 0, &cmd),
					  3);
		}
	}
	ck_assert_uint_eq(unknown, 121);
}
END_TEST

START_TEST(reserved_granularities)
{
	static const uint64_t bad[] = { 0x01, 0x02, 0x06, 0x16, 0x27 };
	struct ims_cmd cmd;

	for (unsigned i = 0; i < COUNT(bad); i++) {
		ck_assert_uint_eq(decode2(bad[i], 0, &cmd), 4);
		ck_assert_uint_eq(decode2(bad[i] | 0x300050000, 0, &cmd), 4);
	}
}
END_TEST

/* ---- decode(encode(x)) == x ---- */

static void random_args(uint64_t *seed, bool aligned, struct ims_cmd_args *a)
{
	unsigned lg2 = ims_prng_below(seed, 53); /* 2^lg2 pages at most */
	uint64_t span = lg2 == 52 ? EVERYTHING : (UINT64_C(0x1000) << lg2) - 1;

	a->dom = ims_prng_below(seed, 0x10000);
	a->ctx = ims_prng_below(seed, 0x100000);
	a->src = ims_prng_below(seed, 0x10000);
	a->first = ims_prng_next(seed);
	a->last = a->first + (ims_prng_next(seed) & span);
	if (a->last < a->first)
		a->last = EVERYTHING;
	/* Second-stage commands name no more than MGAW. */
	a->first &= IMS_BITS(47, 0);
	a->last &= IMS_BITS(47, 0);
	if (a->last < a->first || lg2 == 52) {
		a->first = 0;
		a->last = EVERYTHING;
	}
	if (aligned) {
		a->first &= ~UINT64_C(0xfff);
		a->last |= 0xfff;
	}
	a->wait_addr = ims_prng_next(seed) & IMS_BITS(45, 2);
	a->wait_data = (uint32_t)ims_prng_next(seed);
	a->response = (uint8_t)ims_prng_below(seed, 16);
	a->group = ims_prng_below(seed, 512);
	a->state = NULL;
	a->leaf_only = ims_prng_below(seed, 2);
}

static bool has(unsigned row, const char *field)
{
	return ims_row_field(&vtd_rows[row], field) != NULL;
}

static void round_trip(unsigned row, const struct ims_cmd_args *a)
{
	struct ims_cmd cmd;
	uint64_t words[4], first = a->first & ~UINT64_C(0xfff), last = a->last | 0xfff;
	bool legacy = vtd_rows[row].modes == 1u << VTD_TTM_LEGACY;
	unsigned lg2 = 12;
	struct ims_state s;

	unit(&s, NULL, legacy ? VTD_TTM_LEGACY : VTD_TTM_SCALABLE);

	while (lg2 < 64 && first >> lg2 != last >> lg2)
		lg2++;
	ims_cmd_encode(&vtd_model, row, a, words);
	ck_assert_msg(!ims_cmd_decode(&vtd_model, &s, words, &cmd),
		      "%s of %llx..%llx is not a valid descriptor", vtd_rows[row].title,
		      (unsigned long long)a->first, (unsigned long long)a->last);
	ck_assert_uint_eq(cmd.row, row);
	ck_assert_uint_eq(cmd.dom, has(row, "did") ? a->dom : 0);
	ck_assert_uint_eq(cmd.ctx, has(row, "pasid") ? a->ctx : IMS_CTX_NONE);
	ck_assert_uint_eq(cmd.src,
			  has(row, "sid") || has(row, "iidx") || has(row, "rid") ? a->src : 0);
	ck_assert_uint_eq(cmd.response, has(row, "rc") ? a->response : 0);
	ck_assert_uint_eq(cmd.group, has(row, "prgi") ? a->group : 0);
	ck_assert_uint_eq(cmd.leaf_only, has(row, "ih") && a->leaf_only);
	ck_assert(!cmd.all_ctx && !cmd.src_mask);
	if (vtd_rows[row].kind == IMS_CMD_WAIT) {
		ck_assert(cmd.wait_write && cmd.wait_addr == a->wait_addr &&
			  cmd.wait_data == a->wait_data);
	} else if (vtd_rows[row].ranged) {
		ck_assert_msg(cmd.first == ims_block_first(first, lg2) &&
				      cmd.last == ims_block_last(first, lg2),
			      "%s: %llx..%llx became %llx..%llx", vtd_rows[row].title,
			      (unsigned long long)a->first, (unsigned long long)a->last,
			      (unsigned long long)cmd.first, (unsigned long long)cmd.last);
	} else {
		ck_assert(cmd.first == 0 && cmd.last == EVERYTHING);
	}
}

static void round_trips(bool aligned)
{
	uint64_t seed = 4;
	unsigned rows = 0;

	for (unsigned row = 0; row < VTD_ROWS; row++) {
		struct ims_cmd_args a;

		if (!*vtd_rows[row].name)
			continue;
		rows++;
		for (unsigned i = 0; i < 2000; i++) {
			random_args(&seed, aligned, &a);
			round_trip(row, &a);
		}
	}
	ck_assert_uint_eq(rows, COUNT(masks));
}

START_TEST(decode_of_encode)
{
	round_trips(true);
}
END_TEST

/* A change in the middle of a page is a change of that page. */
START_TEST(decode_of_encode_within_pages)
{
	round_trips(false);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d commands");
	TCase *t = tcase_create("bits");

	tcase_add_loop_test(t, encode_vectors, 0, COUNT(vectors));
	tcase_add_loop_test(t, decode_vectors, 0, COUNT(vectors));
	tcase_add_test(t, pasid_entry_vector);
	tcase_add_test(t, s_encoding);
	tcase_add_test(t, address_mask);
	tcase_add_test(t, address_beyond_mgaw_ignored);
	tcase_add_test(t, function_mask);
	tcase_add_loop_test(t, reserved_bits, 0, COUNT(masks));
	tcase_add_test(t, reserved_by_capability);
	tcase_add_test(t, unknown_types);
	tcase_add_test(t, reserved_granularities);
	tcase_add_test(t, decode_of_encode);
	tcase_add_test(t, decode_of_encode_within_pages);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
