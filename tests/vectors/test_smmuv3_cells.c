/* SPDX-License-Identifier: MIT */
/*
 * Command x cache, table 6.2 of the reference sheet as corrected in 16.6, cell by cell. A
 * cell says by which fields a command matches entries of a cache. For each there is an
 * entry that must go; for each field named, a neighbour that differs in this field alone
 * and must stay; for each field not named, one that differs in it and must go as well.
 * An empty cell drops nothing of its cache: CFGI no translation, TLBI no configuration.
 */
#include <check.h>
#include <stdio.h>

#include "tests/vectors/smmuv3_unit.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE

/* Of the entries that the commands below name. */
#define VMID  0x0042u
#define ASID  0x0012u
#define SID   0x1108u
#define SSID  0x12345u
#define FIRST UINT64_C(0x7f0000202000) /* two pages of 4 KiB, of a leaf of level 3 */
#define LAST  (FIRST + 0x1fff)

/* How a cell matches. N: the StreamID to its last bit; L, T: level and page size. */
enum { NOTHING = 0, ALL = 1, D = 2, P = 4, S = 8, N = 16, A = 32, L = 64, T = 128 };
#define SN (S | N)
#define AT (A | T)
#define AX (A | L | T)

/* Kinds of entries. */
enum { CONFIG, L1STD, L1CD_64, L1CD_1024, LEAF, STEP, DEVICE };

static const struct column {
	const char *name;
	uint8_t cache, cls, kind, fields;
	uint32_t ctx;
} columns[] = {
	{ "L1STD", SMMU_L1STD, 0, L1STD, S, NONE },
	{ "STE", SMMU_STE, 0, CONFIG, SN, NONE },
	{ "L1CD of 64", SMMU_L1CD, SMMU_L1CD_OF_64, L1CD_64, SN | P, SSID & ~63u },
	{ "L1CD of 1024", SMMU_L1CD, SMMU_L1CD_OF_1024, L1CD_1024, SN | P, SSID & ~1023u },
	{ "CD", SMMU_CD, 0, CONFIG, SN | P, SSID },
	{ "stage 1", SMMU_IOTLB, SMMU_CLASS_EL1, LEAF, D | P | SN | AX, ASID },
	{ "nested", SMMU_IOTLB, SMMU_CLASS_NESTED, LEAF, D | P | SN | AX, ASID },
	{ "nested, global", SMMU_IOTLB, SMMU_CLASS_NESTED, LEAF, D | SN | AX, IMS_CTX_GLOBAL + 1 },
	{ "EL2", SMMU_IOTLB, SMMU_CLASS_EL2, LEAF, SN | AX, 0 },
	{ "E2H", SMMU_IOTLB, SMMU_CLASS_E2H, LEAF, P | SN | AX, ASID },
	{ "E2H, global", SMMU_IOTLB, SMMU_CLASS_E2H, LEAF, SN | AX, IMS_CTX_GLOBAL },
	{ "steps of stage 1", SMMU_WALK1, SMMU_CLASS_EL1, STEP, D | P | AT, ASID },
	{ "steps nested", SMMU_WALK1, SMMU_CLASS_NESTED, STEP, D | P | AT, ASID },
	{ "steps of EL2", SMMU_WALK1, SMMU_CLASS_EL2, STEP, AT, 0 },
	{ "steps of E2H", SMMU_WALK1, SMMU_CLASS_E2H, STEP, P | AT, ASID },
	{ "stage 2", SMMU_S2TLB, SMMU_CLASS_S2, LEAF, D | SN | AX, NONE },
	{ "steps of stage 2", SMMU_WALK2, SMMU_CLASS_NESTED, STEP, D | AT, NONE },
	{ "ATC without PASID", SMMU_ATC, SMMU_CLASS_NESTED, DEVICE, SN | A, NONE },
	{ "ATC with PASID", SMMU_ATC, SMMU_CLASS_NESTED, DEVICE, SN | P | A, SSID },
};
enum { STAGE2_COLUMN = 15, STEPS2_COLUMN = 16 };

#define BY_SID	((uint64_t)SID << 32)
#define BY_SSID ((uint64_t)SSID << 12)
#define BY_VMID ((uint64_t)VMID << 32)
#define BY_ASID ((uint64_t)ASID << 48)
#define RANGE	(UINT64_C(1) << 12) /* NUM: two pages */
#define AT_1	(FIRST | 0x700)	    /* TG: 4 KiB, TTL 3 */
#define E2H	1u

#define NS1(f)	 [5] = (f), [6] = (f)
#define NS1W(f)	 [11] = (f), [12] = (f)
#define NSALL(f) NS1(f), [7] = (f), NS1W(f)

static const struct row {
	const char *name;
	uint64_t d0, d1;
	uint8_t cells[COUNT(columns)];
	uint8_t e2h;
} rows[] = {
	{ "CFGI_STE leaf", BY_SID | 0x03, 1, { 0, SN, SN, SN, SN }, 0 },
	{ "CFGI_STE", BY_SID | 0x03, 0, { S, SN, SN, SN, SN }, 0 },
	{ "CFGI_STE_RANGE", BY_SID | 0x04, 3, { S, S, S, S, S }, 0 },
	{ "CFGI_ALL", 0x04, 31, { ALL, ALL, ALL, ALL, ALL }, 0 },
	{ "CFGI_CD leaf", BY_SID | BY_SSID | 0x05, 1, { [4] = SN | P }, 0 },
	{ "CFGI_CD", BY_SID | BY_SSID | 0x05, 0, { 0, 0, SN | P, SN | P, SN | P }, 0 },
	{ "CFGI_CD_ALL", BY_SID | 0x06, 0, { 0, 0, SN, SN, SN }, 0 },
	{ "NH_ALL", BY_VMID | 0x10, 0, { NSALL(D) }, 0 },
	{ "NH_ASID", BY_VMID | BY_ASID | 0x11, 0, { NS1(D | P), NS1W(D | P) }, 0 },
	{ "NH_VA leaf",
	  BY_VMID | BY_ASID | RANGE | 0x12,
	  AT_1 | 1,
	  { NS1(D | P | AX), [7] = D | AX },
	  0 },
	{ "NH_VA",
	  BY_VMID | BY_ASID | RANGE | 0x12,
	  AT_1,
	  { NS1(D | P | AX), [7] = D | AX, NS1W(D | P | AT) },
	  0 },
	{ "NH_VAA leaf", BY_VMID | RANGE | 0x13, AT_1 | 1, { NS1(D | AX), [7] = D | AX }, 0 },
	{ "NH_VAA", BY_VMID | RANGE | 0x13, AT_1, { NS1(D | AX), [7] = D | AX, NS1W(D | AT) }, 0 },
	{ "EL2_ALL", 0x20, 0, { [8] = ALL, ALL, ALL, [13] = ALL, ALL }, 0 },
	{ "EL2_ALL, E2H", 0x20, 0, { [8] = ALL, ALL, ALL, [13] = ALL, ALL }, E2H },
	{ "EL2_ASID", BY_ASID | 0x21, 0, { [9] = P, [14] = P }, E2H },
	{ "EL2_VA leaf, E2H", BY_ASID | RANGE | 0x22, AT_1 | 1, { [9] = P | AX, AX }, E2H },
	{ "EL2_VA, E2H", BY_ASID | RANGE | 0x22, AT_1, { [9] = P | AX, AX, [14] = P | AT }, E2H },
	{ "EL2_VA leaf", BY_ASID | RANGE | 0x22, AT_1 | 1, { [8] = AX }, 0 },
	{ "EL2_VA", BY_ASID | RANGE | 0x22, AT_1, { [8] = AX, [13] = AT }, 0 },
	{ "EL2_VAA leaf, E2H", RANGE | 0x23, AT_1 | 1, { [9] = AX, AX }, E2H },
	{ "EL2_VAA, E2H", RANGE | 0x23, AT_1, { [9] = AX, AX, [14] = AT }, E2H },
	{ "EL2_VAA leaf", RANGE | 0x23, AT_1 | 1, { [8] = AX }, 0 },
	{ "EL2_VAA", RANGE | 0x23, AT_1, { [8] = AX, [13] = AT }, 0 },
	{ "S12_VMALL", BY_VMID | 0x28, 0, { NSALL(D), [15] = D, D }, 0 },
	{ "S2_IPA leaf", BY_VMID | RANGE | 0x2a, AT_1 | 1, { [15] = D | AX }, 0 },
	{ "S2_IPA", BY_VMID | RANGE | 0x2a, AT_1, { [15] = D | AX, D | AT }, 0 },
	{ "NSNH_ALL", 0x30, 0, { NSALL(ALL), [15] = ALL, ALL }, 0 },
	{ "ATC_INV", BY_SID | 0x40, FIRST | 1, { [17] = SN | A, SN | A }, 0 },
	{ "ATC_INV SSV=1", BY_SID | BY_SSID | 0x840, FIRST | 1, { [18] = SN | P | A }, 0 },
	{ "ATC_INV Global", BY_SID | BY_SSID | 0xa40, FIRST | 1, { [18] = SN | A }, 0 },
	{ "PRI_RESP", BY_SID | 0x41, 0x2000, { 0 }, 0 },
	{ "RESUME", BY_SID | 0x44, 0, { 0 }, 0 },
	{ "STALL_TERM", BY_SID | 0x45, 0, { 0 }, 0 },
	{ "SYNC", 0x46, 0, { 0 }, 0 },
};

/* An entry that every command above names. */
static struct ims_entry entry_of(const struct column *c, uint32_t born)
{
	bool second = c - columns == STAGE2_COLUMN || c - columns == STEPS2_COLUMN;
	uint8_t size = c->kind == STEP ? 21 : 12;
	struct ims_entry e = { .src = c->kind == L1STD ? SID & ~0xffu : SID,
			       .ctx = c->ctx,
			       .born = born,
			       .dom = c->fields & D ? VMID : 0,
			       .cls = c->cls,
			       .perm = IMS_R | IMS_W | IMS_U,
			       .size_lg2 = 64,
			       .s1_lg2 = 64,
			       .s2_lg2 = 64,
			       .mid_lg2 = 64 };

	if (!(c->fields & A))
		return e;
	e.in = ims_block_first(FIRST + 0x1000, size);
	e.size_lg2 = size;
	e.s1_lg2 = second ? 64 : size;
	e.s2_lg2 = second || c->cls == SMMU_CLASS_NESTED ? size : 64;
	e.level = c->kind == STEP;
	e.s1_level = e.s2_level = c->kind == STEP ? 2 : 1;
	e.s1_grain_lg2 = e.s2_grain_lg2 = 12;
	return e;
}

/* Makes the entry differ in one field; @variant tells several ways apart. */
static bool differ(const struct column *c, struct ims_entry *e, unsigned field, unsigned variant)
{
	static const uint32_t ctxs[][3] = {
		[L1CD_64] = { 0x40, 0x400, 0x10000 }, [L1CD_1024] = { 0x400, 0x8000, 0x10000 },
		[CONFIG] = { 1, 0x40, 0x80000 },      [LEAF] = { 1, 0x100, 0x8000 },
		[STEP] = { 1, 0x100, 0x8000 },	      [DEVICE] = { 1, 0x100, 0x80000 }
	};
	uint64_t size = UINT64_C(1) << (e->size_lg2 < 64 ? e->size_lg2 : 0);

	if (variant > 2)
		return false;
	switch (field) {
	case D:
		e->dom = (uint16_t[]){ VMID + 1, VMID | 0x8000, 0 }[variant];
		return true;
	case P:
		e->ctx ^= ctxs[c->kind][variant];
		return true;
	case S:
		e->src ^= (uint32_t[]){ 0x200, 0x1000, 0x8000 }[variant];
		return true;
	case N:
		e->src ^= (uint32_t[]){ 1, 4, 8 }[variant];
		return true;
	case A: /* just below, just above, the same low bits */
		e->in = (uint64_t[]){ (FIRST & ~(size - 1)) - size, (LAST | (size - 1)) + 1,
				      e->in ^ UINT64_C(1) << 46 }[variant];
		return true;
	case L:
		e->s1_level = e->s2_level = (uint8_t[]){ 2, 3, 4 }[variant];
		return true;
	default:
		e->s1_grain_lg2 = e->s2_grain_lg2 = (uint8_t[]){ 14, 16, 0 }[variant];
		return variant < 2;
	}
}

static void open_world(struct sw *v, const struct sw_options *o, bool e2h)
{
	struct ims_state *s;

	sw_open(v, o);
	s = &v->hw.unit->state;
	/* Two levels, 256 entries under each: what an L1STD stands for. */
	s->regs[SMMU_R_STRTAB_BASE_CFG] = 1u << 16 | 8u << 6 | 16;
	s->regs[SMMU_R_CR2] = (s->regs[SMMU_R_CR2] & ~UINT64_C(1)) | e2h;
	smmu_derive(s);
}

/* One entry more beside the one that the command names; must it go? */
static void one_entry(const struct row *row, const struct column *c, const struct ims_entry *e,
		      bool goes, bool logged)
{
	const uint8_t cell = row->cells[c - columns];
	uint32_t number, other = IMS_NONE;
	struct ims_entry named;
	struct sw v;

	open_world(&v, &(struct sw_options){ .logged = logged }, row->e2h);
	named = entry_of(c, ims_emit(&v.hw, IMS_EV_STEP, 0, 0, 0, 0, 0));
	if (!unit_same_key(&v.hw, c->cache, &named, e))
		other = unit_fill(&v.hw, c->cache, &named);
	number = unit_fill(&v.hw, c->cache, e);
	ims_emit(&v.hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
	su_send(&v, row->d0, row->d1);
	ck_assert_msg(!v.hw.unit->ring.error, "%s: refused", row->name);
	ck_assert_msg((row->d0 & 0xff) == 0x46 || unit_live(&v.hw, c->cache, number),
		      "%s x %s: gone before the SYNC", row->name, c->name);
	su_sync(&v);
	ck_assert(su_synced(&v));
	ck_assert_msg(unit_live(&v.hw, c->cache, number) != goes,
		      "%s x %s: dom %#x ctx %#x src %#x in %#llx level %u of %u %s", row->name,
		      c->name, e->dom, e->ctx, e->src, (unsigned long long)e->in, e->s1_level,
		      e->s1_grain_lg2, goes ? "must go" : "must stay");
	if (other != IMS_NONE)
		ck_assert_msg(unit_live(&v.hw, c->cache, other) == !cell, "%s x %s beside another",
			      row->name, c->name);
	if (logged)
		ck_assert_uint_eq(unit_count(&v.log, IMS_EV_DROP),
				  (goes ? 1u : 0u) + (other != IMS_NONE && cell));
	sw_close(&v);
}

static unsigned cell_checks(const struct row *row, const struct column *c, bool logged)
{
	const uint8_t cell = row->cells[c - columns];
	struct ims_entry e = entry_of(c, 1);
	unsigned n = 1;

	one_entry(row, c, &e, cell != NOTHING, logged);
	ck_assert_msg(!(cell & ~c->fields & ~ALL), "%s x %s names a field that is not there",
		      row->name, c->name);
	for (unsigned field = D; field <= T; field *= 2)
		for (unsigned variant = 0; c->fields & field; variant++) {
			e = entry_of(c, 1);
			if (!differ(c, &e, field, variant))
				break;
			one_entry(row, c, &e, cell && !(cell & field), logged);
			n++;
		}
	return n;
}

START_TEST(table_6_2)
{
	unsigned filled = 0, entries = 0;
	const struct row *row = &rows[_i];

	for (const struct column *c = columns; c < columns + COUNT(columns); c++) {
		entries += cell_checks(row, c, false);
		entries += cell_checks(row, c, true);
		filled += row->cells[c - columns] != NOTHING;
	}
	printf("%s: %u cells, %u of them not empty, %u entries\n", row->name,
	       (unsigned)COUNT(columns), filled, entries);
}
END_TEST

/* Every row of the description that invalidates stands in the table above. */
START_TEST(table_is_complete)
{
	bool seen[SMMU_ROWS] = { false };
	struct sw v;

	for (unsigned i = 0; i < COUNT(rows); i++) {
		uint64_t words[IMS_CMD_WORDS] = { rows[i].d0, rows[i].d1 };
		struct ims_cmd cmd;

		open_world(&v, &(struct sw_options){ 0 }, rows[i].e2h);
		ck_assert_uint_eq(ims_cmd_decode(&smmuv3_model, &v.hw.unit->state, words, &cmd), 0);
		seen[cmd.row] = true;
		sw_close(&v);
	}
	for (unsigned i = 0; i < SMMU_ROWS; i++)
		ck_assert_msg(seen[i] || smmu_rows[i].kind != IMS_CMD_INVALIDATE ||
				      !smmu_rows[i].match[0].source,
			      "%s", smmu_rows[i].title);
}
END_TEST

/* ---- what a plain neighbour does not show ---- */

/* Does an entry go by one command and its SYNC. */
static bool goes(const struct sw_options *o, uint64_t cr0, uint8_t cache, const struct ims_entry *e,
		 uint64_t d0, uint64_t d1)
{
	uint32_t number;
	bool gone;
	struct sw v;

	open_world(&v, o, false);
	v.hw.unit->state.regs[SMMU_R_CR0] |= cr0;
	smmu_derive(&v.hw.unit->state);
	ims_emit(&v.hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
	number = unit_fill(&v.hw, cache, e);
	ims_emit(&v.hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
	su_send(&v, d0, d1);
	su_sync(&v);
	ck_assert(su_synced(&v));
	gone = !unit_live(&v.hw, cache, number);
	sw_close(&v);
	return gone;
}

static const struct sw_options plain = { 0 };

/* Any address of the leaf drops every part of it: sheet 0.4. Of stage 2 by stage 2's. */
START_TEST(splintering)
{
	static const uint8_t leaves[] = { 21, 30 };

	for (unsigned n = 0; n < 2 * 2 * 4; n++) {
		uint8_t leaf = leaves[n % 2];
		bool second = n / 2 % 2;
		uint64_t size = UINT64_C(1) << leaf;
		uint64_t at = ((uint64_t[]){ 0, size - 0x1000, size, ~UINT64_C(0xfff) })[n / 4];
		const struct column *c = &columns[second ? STAGE2_COLUMN : 6];
		struct ims_entry e = entry_of(c, 1);
		uint64_t command = second ? BY_VMID | 0x2a : BY_VMID | BY_ASID | 0x12;

		e.in = 3 * size + 0x5000;
		*(second ? &e.s2_lg2 : &e.s1_lg2) = leaf;
		ck_assert_msg(
			goes(&plain, 0, c->cache, &e, command, (3 * size + at) | 1) == (n / 4 < 2),
			"%s, a leaf of 2^%u, at %#llx", c->name, leaf, (unsigned long long)at);
	}
}
END_TEST

/* Of TTL t steps that lead to tables of level t and above go; those below may stay: 16.6. */
START_TEST(steps_by_level)
{
	static const uint8_t lg2[] = { 0, 21, 30, 39 };

	for (unsigned n = 0; n < 2 * 4 * 3; n++) {
		bool second = n % 2;
		unsigned ttl = n / 2 % 4, table = 1 + n / 8;
		const struct column *c = &columns[second ? STEPS2_COLUMN : 11];
		struct ims_entry e = entry_of(c, 1);
		uint64_t command = (second ? BY_VMID | 0x2a : BY_VMID | BY_ASID | 0x12) | RANGE;

		e.level = (uint8_t)table;
		e.s1_level = e.s2_level = (uint8_t)(table + 1);
		e.size_lg2 = lg2[table];
		*(second ? &e.s2_lg2 : &e.s1_lg2) = lg2[table];
		e.in = UINT64_C(0x40000000000); /* aligned for every level */
		ck_assert_msg(goes(&plain, 0, c->cache, &e, command,
				   e.in | (uint64_t)ttl << 8 | 0x400) == (!ttl || table + ttl >= 4),
			      "TTL %u, table of level %u", ttl, table);
	}
}
END_TEST

/* Stage 2's block is no reason for an entry of both stages to go, but on eager hardware. */
START_TEST(entries_of_both_stages)
{
	for (unsigned n = 0; n < 2 * 2 * 2; n++) {
		bool eager = n & 1, inside = n & 2, other_vm = n & 4;
		struct sw_options o = { .params = { SW_PARAM(SMMU_K_S2_IPA, eager) } };
		struct ims_entry e = entry_of(&columns[6], 1);

		e.in = 0x1000;
		e.mid = FIRST + (inside ? 0x10000 : 0x200000);
		e.s2_lg2 = 21; /* the command names another part of it */
		e.s2_level = 2;
		e.dom += other_vm;
		ck_assert(goes(&o, 0, SMMU_IOTLB, &e, BY_VMID | 0x2a, FIRST | 1) ==
			  (eager && inside && !other_vm));
	}
}
END_TEST

/* VMW: so many low bits of the VMID do not matter, from 5 on none: 15.8. */
START_TEST(vmid_wildcards)
{
	static const uint64_t commands[][2] = {
		{ BY_VMID | 0x10, 0 },
		{ BY_VMID | BY_ASID | 0x11, 0 },
		{ BY_VMID | BY_ASID | 0x12, FIRST },
		{ BY_VMID | 0x13, FIRST },
		{ BY_VMID | 0x28, 0 },
		{ BY_VMID | 0x2a, FIRST },
	};

	for (unsigned n = 0; n < COUNT(commands) * 8 * 6; n++) {
		const uint64_t *command = commands[n % COUNT(commands)];
		unsigned vmw = n / COUNT(commands) % 8, bit = n / COUNT(commands) / 8;
		const struct column *c = &columns[command[0] & 0x20 && command[0] & 2 ? 15 : 6];
		struct ims_entry e = entry_of(c, 1);

		e.in = FIRST;
		if (bit)
			e.dom ^= (uint16_t)(1u << (bit - 1));
		ck_assert_msg(goes(&plain, (uint64_t)vmw << 6, c->cache, &e, command[0],
				   command[1]) == (!bit || (vmw < 5 && bit <= vmw)),
			      "command %#llx, VMW %u, bit %u", (unsigned long long)command[0], vmw,
			      bit);
	}
}
END_TEST

/* A copy that was fetched for a neighbour is the neighbour's, whatever CONT says: 15.9. */
START_TEST(cont_widens_nothing)
{
	struct sw_options o = { .params = { SW_PARAM(SMMU_K_CONT, 4) } };
	struct ims_entry e = entry_of(&columns[1], 1);

	ck_assert(goes(&o, 0, SMMU_STE, &e, BY_SID | 3, 1));
	e.src ^= 1;
	ck_assert(!goes(&o, 0, SMMU_STE, &e, BY_SID | 3, 1));
}
END_TEST

/* An L1STD stands for the StreamIDs under it, in a range too. */
START_TEST(directories_by_what_is_under_them)
{
	struct ims_entry e = entry_of(&columns[0], 1);

	for (unsigned low = 0; low < 256; low += 51) {
		uint64_t sid = (uint64_t)((SID & ~0xffu) | low) << 32;

		ck_assert(goes(&plain, 0, SMMU_L1STD, &e, sid | 3, 0));
		ck_assert(goes(&plain, 0, SMMU_L1STD, &e, sid | 4, 0));
		ck_assert(goes(&plain, 0, SMMU_L1STD, &e, sid | 4, 9));
		ck_assert(!goes(&plain, 0, SMMU_L1STD, &e, (sid ^ UINT64_C(0x10000000000)) | 4, 7));
	}
}
END_TEST

/* Devices that heed neither: entries with a PASID stay, Global names no other. */
START_TEST(devices_differ)
{
	struct sw_options bare = { .params = { SW_PARAM(SMMU_K_ATC_BARE, 0) } };
	struct sw_options narrow = { .params = { SW_PARAM(SMMU_K_ATC_GLOBAL, 0) } };
	struct ims_entry e = entry_of(&columns[18], 1), none = entry_of(&columns[17], 1);

	ck_assert(!goes(&bare, 0, SMMU_ATC, &e, BY_SID | 0x40, 52));
	ck_assert(goes(&bare, 0, SMMU_ATC, &none, BY_SID | 0x40, 52));
	ck_assert(goes(&narrow, 0, SMMU_ATC, &e, BY_SID | BY_SSID | 0xa40, 52));
	e.ctx++;
	ck_assert(!goes(&narrow, 0, SMMU_ATC, &e, BY_SID | BY_SSID | 0xa40, 52));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("SMMUv3 invalidation x cache");
	TCase *t = tcase_create("cells");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, table_6_2, 0, COUNT(rows));
	tcase_add_test(t, table_is_complete);
	tcase_add_test(t, splintering);
	tcase_add_test(t, steps_by_level);
	tcase_add_test(t, entries_of_both_stages);
	tcase_add_test(t, vmid_wildcards);
	tcase_add_test(t, cont_widens_nothing);
	tcase_add_test(t, directories_by_what_is_under_them);
	tcase_add_test(t, devices_differ);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
