/* SPDX-License-Identifier: MIT */
/*
 * The hardware vIOMMU, section 9 of the reference sheet: the registers of guests and what
 * the host says of them, the maps, RESET_VMMIO, commands out of a guest's own ring.
 */
#include <check.h>
#include <stdio.h>

#include "models/amdvi/viommu.h"
#include "tests/vectors/amdvi_unit.h"
#include "tests/run.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define OP(n)	   ((uint64_t)(n) << 60)
#define BIT(n)	   (UINT64_C(1) << (n))
#define GN	   UINT64_C(4)
#define EVERYTHING UINT64_C(0x7ffffffffffff001)
#define ON	   (BIT(52) | BIT(53) | BIT(60))
#define RUN	   BIT(4)
#define NONE	   IMS_CTX_NONE

/* A ring of a guest: guest-physical, mapped 1 MiB higher by the entry of AW_HOST. */
enum { RING = 0x150000, RING_H = RING + 0x100000, DONE = 0x160000, DONE_H = DONE + 0x100000 };

static const char *name_of(unsigned guest, const char *which)
{
	static char name[40];

	snprintf(name, sizeof(name), "VF%s%u_%s",
		 strstr(which, "CMD_") || !strcmp(which, "STATUS") ? "" : "_CNTL", guest, which);
	return name;
}

static uint64_t rd(struct aw *v, unsigned guest, const char *which)
{
	return au_read(v, name_of(guest, which));
}

static void wr(struct aw *v, unsigned guest, const char *which, uint64_t value)
{
	au_write(v, name_of(guest, which), value);
}

/* What a map has of an id; UINT32_MAX: nothing. */
static uint32_t mapped(struct aw *v, unsigned guest, enum amdvi_map map, uint32_t id)
{
	uint32_t host;

	return amdvi_map_find(&v->hw.unit->state, guest, map, id, &host) ? host : UINT32_MAX;
}

/* ---- registers ---- */

static const struct {
	const char *name;
	uint32_t at; /* of GuestID 2: 4 KiB a guest in VF, 64 bytes in VF_CNTL */
	uint64_t holds;
} registers[] = {
	{ "VF2_CMD_HEAD", 0x10002000, 0xff0 },
	{ "VF2_CMD_TAIL", 0x10002008, 0xff0 },
	{ "VF2_STATUS", 0x10002020, 0 },
	{ "VF_CNTL2_MISC", 0x20000090, 0xffff0000 },
	{ "VF_CNTL2_CMD", 0x200000a0, UINT64_C(0x000ffffffffff30f) },
	{ "VF_CNTL2_EVENT", 0x200000a8, 0 },
	{ "VF_CNTL2_PPR", 0x200000b0, 0 },
	{ "VF_CNTL2_DEVID_MAP", 0x20000080, UINT64_C(0xbfffc0003fffc001) },
	{ "VF_CNTL2_DOMID_MAP", 0x20000088, UINT64_C(0xbfffc0003fffc001) },
};

/* Places, bits that can be written; without the vIOMMU nothing is there. */
START_TEST(places)
{
	for (unsigned sup = 0; sup < 2; sup++) {
		struct aw v;

		aw_open(&v,
			&(struct aw_options){ .params = { AW_PARAM(AMDVI_P_VIOMMU_SUP, sup) } });
		for (unsigned i = 0; i < COUNT(registers); i++) {
			const struct ims_reg *r = ims_model_reg(&amdvi_model, registers[i].name);

			ck_assert_msg(r != NULL, "%s", registers[i].name);
			ck_assert_uint_eq(r->offset, registers[i].at);
			if (i != 4) /* switched on later, or the head could not be written */
				au_write(&v, registers[i].name, ~UINT64_C(0));
		}
		for (unsigned i = 0; i < COUNT(registers); i++) {
			if (i == 4)
				au_write(&v, registers[i].name, ~UINT64_C(0));
			if (i < 2) /* of 256 commands */
				continue;
			if (i != 2 || !sup)
				ck_assert_msg(au_read(&v, registers[i].name) ==
						      (sup ? registers[i].holds : 0),
					      "%s: %#llx", registers[i].name,
					      (unsigned long long)au_read(&v, registers[i].name));
		}
		ck_assert_uint_eq(rd(&v, 2, "STATUS"), sup ? RUN : 0);
		/* The other guests have registers of their own. */
		ck_assert_uint_eq(rd(&v, 1, "MISC"), 0);
		ck_assert_uint_eq(rd(&v, 3, "CMD"), 0);
		aw_close(&v);
	}
}
END_TEST

/* ---- the maps ---- */

/* The words of section 15, and each map to its own offset. */
START_TEST(map_vectors)
{
	struct aw v;

	aw_open(&v, &(struct aw_options){ 0 });
	wr(&v, 1, "DEVID_MAP", UINT64_C(0x8002000000420001));
	wr(&v, 1, "DOMID_MAP", UINT64_C(0x8000c00000084001));
	ck_assert_uint_eq(amdvi_map_word(0x0008, 0x0108, true), UINT64_C(0x8002000000420001));
	ck_assert_uint_eq(amdvi_map_word(3, 0x21, true), UINT64_C(0x8000c00000084001));
	ck_assert_uint_eq(mapped(&v, 1, AMDVI_MAP_DEVID, 0x0008), 0x0108);
	ck_assert_uint_eq(mapped(&v, 1, AMDVI_MAP_DOMID, 3), 0x21);
	ck_assert_uint_eq(mapped(&v, 1, AMDVI_MAP_DOMID, 0x0008), UINT32_MAX);
	ck_assert_uint_eq(mapped(&v, 1, AMDVI_MAP_DEVID, 3), UINT32_MAX);
	ck_assert_uint_eq(mapped(&v, 2, AMDVI_MAP_DEVID, 0x0008), UINT32_MAX);
	/* The largest of both, and another value of one that is there. */
	wr(&v, 4, "DEVID_MAP", amdvi_map_word(0xffff, 0xffff, true));
	ck_assert_uint_eq(mapped(&v, 4, AMDVI_MAP_DEVID, 0xffff), 0xffff);
	wr(&v, 4, "DEVID_MAP", amdvi_map_word(0xffff, 0, true));
	ck_assert_uint_eq(mapped(&v, 4, AMDVI_MAP_DEVID, 0xffff), 0);
	wr(&v, 4, "DEVID_MAP", amdvi_map_word(0xffff, 0, false));
	ck_assert_uint_eq(mapped(&v, 4, AMDVI_MAP_DEVID, 0xffff), UINT32_MAX);
	/* Bit 63 is what writes. */
	wr(&v, 1, "DOMID_MAP", amdvi_map_word(3, 0x99, true) & ~BIT(63));
	ck_assert_uint_eq(mapped(&v, 1, AMDVI_MAP_DOMID, 3), 0x21);
	aw_close(&v);
}
END_TEST

/* All 64K DomainIDs at once; what is written behind it differs; once more, and nothing does. */
START_TEST(domid_map_all)
{
	struct aw v;

	aw_open(&v, &(struct aw_options){ 0 });
	wr(&v, 1, "DOMID_MAP", amdvi_map_word(7, 0x55, true));
	wr(&v, 1, "DEVID_MAP", amdvi_map_word(7, 0x55, true));
	wr(&v, 1, "DOMID_MAP_ALL", amdvi_map_word(0, 0x33, true));
	ck_assert_uint_eq(mapped(&v, 1, AMDVI_MAP_DOMID, 0), 0x33);
	ck_assert_uint_eq(mapped(&v, 1, AMDVI_MAP_DOMID, 7), 0x33);
	ck_assert_uint_eq(mapped(&v, 1, AMDVI_MAP_DOMID, 0xffff), 0x33);
	ck_assert_uint_eq(mapped(&v, 1, AMDVI_MAP_DEVID, 7), 0x55);
	ck_assert_uint_eq(mapped(&v, 1, AMDVI_MAP_DEVID, 8), UINT32_MAX);
	ck_assert_uint_eq(mapped(&v, 2, AMDVI_MAP_DOMID, 7), UINT32_MAX);
	wr(&v, 1, "DOMID_MAP", amdvi_map_word(7, 0x44, true));
	wr(&v, 1, "DOMID_MAP", amdvi_map_word(8, 0, false));
	ck_assert_uint_eq(mapped(&v, 1, AMDVI_MAP_DOMID, 7), 0x44);
	ck_assert_uint_eq(mapped(&v, 1, AMDVI_MAP_DOMID, 8), UINT32_MAX);
	ck_assert_uint_eq(mapped(&v, 1, AMDVI_MAP_DOMID, 9), 0x33);
	wr(&v, 1, "DOMID_MAP_ALL", 0);
	for (unsigned id = 7; id < 10; id++)
		ck_assert_uint_eq(mapped(&v, 1, AMDVI_MAP_DOMID, id), UINT32_MAX);
	aw_close(&v);
}
END_TEST

/* So many entries as there is room for, then a clear refusal; one that is as all are needs no room. */
START_TEST(map_full)
{
	const struct ims_reg *r = ims_model_reg(&amdvi_model, "VF_CNTL1_DOMID_MAP");
	struct aw v;

	aw_open(&v, &(struct aw_options){ 0 });
	for (uint32_t id = 0; id < AMDVI_MAP_ENTRIES; id++) {
		uint64_t word = amdvi_map_word(id, id + 1, true);

		ck_assert_ptr_null(r->refused(&v.hw, r, word));
		wr(&v, 1 + id % 4, "DOMID_MAP", word);
	}
	for (uint32_t id = 0; id < AMDVI_MAP_ENTRIES; id++)
		ck_assert_uint_eq(mapped(&v, 1 + id % 4, AMDVI_MAP_DOMID, id), id + 1);
	ck_assert_ptr_nonnull(r->refused(&v.hw, r, amdvi_map_word(100, 1, true)));
	ck_assert_ptr_null(r->refused(&v.hw, r, amdvi_map_word(4, 9, true)));
	wr(&v, 1, "DOMID_MAP", amdvi_map_word(4, 0, false));
	ck_assert_ptr_null(r->refused(&v.hw, r, amdvi_map_word(100, 1, true)));
	aw_close(&v);
}
END_TEST

/* ---- a guest's ring ---- */

static void ring_put(struct aw *v, unsigned at, uint64_t qw0, uint64_t qw1)
{
	aw_put(v, RING_H + at * 16, qw0);
	aw_put(v, RING_H + at * 16 + 8, qw1);
}

static void kick(struct aw *v, unsigned guest, unsigned tail)
{
	wr(v, guest, "CMD_TAIL", tail * 16);
}

/* As the host makes it: the maps, the entry that the ring is read through, the ring. */
static void open_guest(struct aw *v, const struct aw_options *o, unsigned guest)
{
	aw_build(v, o);
	au_logs_on(v);
	au_ctrl(v, 0, ON);
	wr(v, guest, "MISC", (uint64_t)AW_HOST << 16);
	wr(v, guest, "DEVID_MAP", amdvi_map_word(0x100, AW_NESTED, true));
	wr(v, guest, "DOMID_MAP", amdvi_map_word(3, AW_DOM_NESTED, true));
	wr(v, guest, "CMD", RING | 8 | BIT(8));
}

static void fill(struct aw *v)
{
	struct ims_req req = aw_req(AW_NESTED, 1, AW_IOVA, IMS_R);
	struct ims_answer a;

	ims_device_ats(&v->hw, &req, &a);
	ck_assert_uint_eq(a.fault, 0);
}

static uint32_t live(struct aw *v, unsigned cache)
{
	return ims_hw_cache(&v->hw, cache)->live;
}

/* PAGES by the map of DomainIDs, IOTLB and DEVTAB by that of DeviceIDs; the wait writes where the guest says. */
START_TEST(commands_through_the_maps)
{
	for (unsigned guest = 1; guest <= AMDVI_GUESTS; guest++) {
		struct aw v;

		open_guest(&v, &(struct aw_options){ .logged = true }, guest);
		fill(&v);
		ck_assert_uint_eq(live(&v, AMDVI_IOTLB), 1);
		ck_assert_uint_eq(live(&v, AMDVI_ATC), 1);
		ck_assert_uint_eq(live(&v, AMDVI_DTC), 1);
		ring_put(&v, 0, OP(3) | UINT64_C(3) << 32 | 1, GN | EVERYTHING);
		ring_put(&v, 1, OP(4) | UINT64_C(1) << 48 | 0x100, GN | EVERYTHING);
		ring_put(&v, 2, OP(2) | 0x100, 0);
		ring_put(&v, 3, OP(1) | DONE | 1, 42);
		kick(&v, guest, 4);
		ck_assert_uint_eq(live(&v, AMDVI_IOTLB), 0);
		ck_assert_uint_eq(live(&v, AMDVI_ATC), 0);
		ck_assert_uint_eq(live(&v, AMDVI_DTC), 0);
		ck_assert_uint_eq(aw_get(&v, DONE_H), 42);
		ck_assert_uint_eq(rd(&v, guest, "CMD_HEAD"), 64);
		ck_assert_uint_eq(au_events(&v), 0);
		aw_close(&v);
	}
}
END_TEST

/* The guest's own names are not the host's: without the maps these would have hit. */
START_TEST(names_are_the_guests)
{
	struct aw v;

	open_guest(&v, &(struct aw_options){ 0 }, 1);
	wr(&v, 1, "DOMID_MAP", amdvi_map_word(AW_DOM_NESTED, 0x77, true));
	wr(&v, 1, "DEVID_MAP", amdvi_map_word(AW_NESTED, 0x77, true));
	fill(&v);
	ring_put(&v, 0, OP(3) | (uint64_t)AW_DOM_NESTED << 32 | 1, GN | EVERYTHING);
	ring_put(&v, 1, OP(4) | UINT64_C(1) << 48 | AW_NESTED, GN | EVERYTHING);
	ring_put(&v, 2, OP(2) | AW_NESTED, 0);
	ring_put(&v, 3, OP(1) | DONE | 1, 42);
	kick(&v, 1, 4);
	ck_assert_uint_eq(aw_get(&v, DONE_H), 42);
	ck_assert_uint_eq(live(&v, AMDVI_IOTLB), 1);
	ck_assert_uint_eq(live(&v, AMDVI_ATC), 1);
	ck_assert_uint_eq(live(&v, AMDVI_DTC), 1);
	aw_close(&v);
}
END_TEST

/* K7: an event, with the command's address, and no effect; or the parent's DomainID. Later commands are done. */
START_TEST(unmapped_domain)
{
	for (unsigned k7 = 0; k7 < 2; k7++) {
		struct ims_answer a;
		struct aw v;

		open_guest(&v, &(struct aw_options){ .params = { AW_PARAM(AMDVI_K7, k7) } }, 2);
		a = aw_ask(&v, AW_HOST, NONE, AW_GPA, IMS_R);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert_uint_eq(live(&v, AMDVI_IOTLB), 1);
		ring_put(&v, 0, OP(3) | UINT64_C(9) << 32, EVERYTHING);
		ring_put(&v, 1, OP(1) | DONE | 1, 42);
		kick(&v, 2, 2);
		ck_assert_uint_eq(aw_get(&v, DONE_H), 42);
		ck_assert_uint_eq(live(&v, AMDVI_IOTLB), k7 ? 0 : 1);
		ck_assert_uint_eq(au_events(&v), !k7);
		if (!k7) {
			ck_assert_uint_eq(aw_get(&v, AU_EVENTS),
					  OP(0xc) | BIT(31) | UINT64_C(2) << 32);
			ck_assert_uint_eq(aw_get(&v, AU_EVENTS + 8), RING);
		}
		aw_close(&v);
	}
}
END_TEST

/* A device that no map has: each command that names one, K7 or not. */
START_TEST(unmapped_device)
{
	static const unsigned ops[] = { 2, 4, 5, 6, 7 };

	for (unsigned i = 0; i < COUNT(ops); i++) {
		struct aw v;

		open_guest(&v,
			   &(struct aw_options){ .logged = true,
						 .params = { AW_PARAM(AMDVI_K7, 1) } },
			   1);
		fill(&v);
		ring_put(&v, 0, OP(ops[i]) | 0x101, 0);
		ring_put(&v, 1, OP(1) | DONE | 1, 42);
		kick(&v, 1, 2);
		ck_assert_uint_eq(aw_get(&v, DONE_H), 42);
		ck_assert_uint_eq(au_events(&v), 1);
		ck_assert_uint_eq(aw_get(&v, AU_EVENTS), OP(0xc) | BIT(31) | UINT64_C(1) << 32);
		ck_assert_uint_eq(au_count(&v, IMS_EV_RESPONSE), 0);
		ck_assert_uint_eq(live(&v, AMDVI_ATC), 1);
		ck_assert_uint_eq(live(&v, AMDVI_DTC), 1);
		aw_close(&v);
	}
}
END_TEST

/* What a guest has not stops its ring, and its ring alone. */
START_TEST(illegal_in_a_guests_ring)
{
	static const struct {
		uint64_t qw0, qw1;
		uint16_t error;
	} t[] = {
		{ OP(8), 0, AMDVI_QE_GUEST_ALL },
		{ OP(9), 0, AMDVI_QE_OPCODE },
		{ OP(10) | 2, 0, AMDVI_QE_OPCODE },
		{ OP(0xb), 0, AMDVI_QE_OPCODE },
		{ 0, 0, AMDVI_QE_OPCODE },
		{ OP(3) | UINT64_C(3) << 32, 8, AMDVI_QE_RESERVED },
	};

	for (unsigned i = 0; i < COUNT(t); i++) {
		struct aw v;

		open_guest(&v, &(struct aw_options){ .logged = true }, 1);
		ring_put(&v, 0, t[i].qw0, t[i].qw1);
		ring_put(&v, 1, OP(1) | DONE | 1, 42);
		kick(&v, 1, 2);
		ck_assert_uint_eq(au_last(&v, IMS_EV_QERROR)->n, t[i].error);
		ck_assert_uint_eq(au_last(&v, IMS_EV_QERROR)->a[1], 1);
		ck_assert_uint_eq(rd(&v, 1, "STATUS") & RUN, 0);
		ck_assert_uint_eq(au_read(&v, "STATUS") & RUN, RUN);
		ck_assert_uint_eq(rd(&v, 1, "CMD_HEAD"), 16);
		ck_assert_uint_eq(aw_get(&v, DONE_H), 0);
		ck_assert_uint_eq(aw_get(&v, AU_EVENTS), OP(5) | BIT(31) | UINT64_C(1) << 32);
		ck_assert_uint_eq(aw_get(&v, AU_EVENTS + 8), RING);
		/* Nothing but the switch has it go on. */
		au_ctrl(&v, BIT(53), 0);
		au_ctrl(&v, 0, BIT(53));
		kick(&v, 1, 2);
		ck_assert_uint_eq(aw_get(&v, DONE_H), 0);
		wr(&v, 1, "CMD", RING | 8);
		wr(&v, 1, "CMD", RING | 8 | BIT(8));
		ck_assert_uint_eq(aw_get(&v, DONE_H), 42);
		aw_wait(&v);
		ck_assert_uint_eq(aw_get(&v, AW_STATUS), 1);
		aw_close(&v);
	}
}
END_TEST

/* Each of the three switches, the unit's own and the guest's; what waited is done when all are on. */
START_TEST(switches)
{
	static const uint64_t ctrl[] = { BIT(0), BIT(52), BIT(53), BIT(60) };

	for (unsigned i = 0; i < COUNT(ctrl); i++) {
		struct aw v;

		open_guest(&v, &(struct aw_options){ 0 }, 1);
		au_ctrl(&v, ctrl[i], 0);
		ring_put(&v, 0, OP(1) | DONE | 1, 42);
		kick(&v, 1, 1);
		ck_assert_uint_eq(aw_get(&v, DONE_H), 0);
		au_ctrl(&v, 0, ctrl[i]);
		ck_assert_uint_eq(aw_get(&v, DONE_H), 42);
		wr(&v, 1, "CMD", RING | 8);
		ck_assert_uint_eq(rd(&v, 1, "STATUS") & RUN, 0);
		ring_put(&v, 1, OP(1) | DONE | 1, 43);
		kick(&v, 1, 2);
		ck_assert_uint_eq(aw_get(&v, DONE_H), 42);
		aw_close(&v);
	}
}
END_TEST

/* The DeviceID whose entry the ring is read through: another one leads elsewhere, or nowhere. */
START_TEST(translate_devid)
{
	struct aw v;

	open_guest(&v, &(struct aw_options){ .logged = true }, 1);
	aw_put(&v, RING, OP(1) | DONE_H | 1); /* where identity would find the ring */
	aw_put(&v, RING + 8, 99);
	ring_put(&v, 0, OP(1) | DONE | 1, 42);
	wr(&v, 1, "MISC", (uint64_t)AW_IDENTITY << 16);
	kick(&v, 1, 1);
	ck_assert_uint_eq(aw_get(&v, DONE_H), 99);
	wr(&v, 1, "MISC", (uint64_t)AW_BLOCKED << 16);
	kick(&v, 1, 2);
	ck_assert_uint_eq(au_last(&v, IMS_EV_QERROR)->n, AMDVI_QE_FETCH);
	ck_assert_uint_eq(aw_get(&v, AU_EVENTS), OP(6) | BIT(31) | UINT64_C(1) << 32);
	aw_close(&v);
}
END_TEST

/* i of a guest's wait: the guest's STATUS, not the unit's, and no interrupt. */
START_TEST(wait_of_a_guest)
{
	struct aw v;

	open_guest(&v, &(struct aw_options){ .logged = true }, 3);
	ring_put(&v, 0, OP(1) | 2, 0);
	kick(&v, 3, 1);
	ck_assert_uint_eq(rd(&v, 3, "STATUS"), RUN | 4);
	ck_assert_uint_eq(au_read(&v, "STATUS") & 4, 0);
	ck_assert_uint_eq(au_signals(&v, AMDVI_SIGNAL_WAIT), 0);
	wr(&v, 3, "STATUS", 4);
	ck_assert_uint_eq(rd(&v, 3, "STATUS"), RUN);
	aw_close(&v);
}
END_TEST

/* ---- RESET_VMMIO ---- */

/* vCmd: the registers of the commands; all: the others too, and by a knob the maps. Of its guest alone. */
START_TEST(reset_vmmio)
{
	for (unsigned maps = 0; maps < 2; maps++)
		for (unsigned all = 0; all < 2; all++) {
			struct aw v;

			open_guest(&v,
				   &(struct aw_options){
					   .params = { AW_PARAM(AMDVI_K_RESET_MAPS, maps) } },
				   2);
			wr(&v, 3, "DEVID_MAP", amdvi_map_word(0x100, 0x200, true));
			wr(&v, 2, "DOMID_MAP_ALL", amdvi_map_word(0, 0x33, true));
			ring_put(&v, 0, OP(1), 0);
			kick(&v, 2, 1);
			ck_assert_uint_eq(rd(&v, 2, "CMD_HEAD"), 16);
			aw_send(&v, OP(10) | (all ? BIT(28) : BIT(31)) | 2, 0);
			ck_assert_uint_eq(rd(&v, 2, "CMD_HEAD"), 0);
			ck_assert_uint_eq(rd(&v, 2, "CMD_TAIL"), 0);
			ck_assert_uint_eq(rd(&v, 2, "CMD"), 0);
			ck_assert_uint_eq(rd(&v, 2, "STATUS"), 0);
			ck_assert_uint_eq(rd(&v, 2, "MISC"), all ? 0 : (uint64_t)AW_HOST << 16);
			ck_assert_uint_eq(mapped(&v, 2, AMDVI_MAP_DEVID, 0x100),
					  all && maps ? UINT32_MAX : AW_NESTED);
			ck_assert_uint_eq(mapped(&v, 2, AMDVI_MAP_DOMID, 5),
					  all && maps ? UINT32_MAX : 0x33);
			ck_assert_uint_eq(mapped(&v, 3, AMDVI_MAP_DEVID, 0x100), 0x200);
			aw_close(&v);
		}
}
END_TEST

/* DTE: vImuEn, GDeviceID and GuestID are no reserved bits, and translation goes on as before (section 15). */
START_TEST(dte_bits)
{
	const uint64_t qw3 = 0x8000 | UINT64_C(0x0108) << 16 | UINT64_C(5) << 32;

	for (unsigned sup = 0; sup < 2; sup++) {
		struct ims_answer a;
		struct aw v;

		aw_build(&v,
			 &(struct aw_options){ .params = { AW_PARAM(AMDVI_P_VIOMMU_SUP, sup) } });
		aw_put(&v, AW_DTE(AW_NESTED) + 24, qw3);
		ck_assert_uint_eq(ims_field_get(&qw3, IMS_FIELD(15, 15)), 1);
		a = aw_ask(&v, AW_NESTED, NONE, AW_IOVA, IMS_R);
		ck_assert_uint_eq(a.fault, sup ? 0 : AMDVI_F_DTE_RESERVED);
		aw_close(&v);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD-Vi hardware vIOMMU");
	TCase *t = tcase_create("registers and maps");

	tcase_add_test(t, places);
	tcase_add_test(t, map_vectors);
	tcase_add_test(t, domid_map_all);
	tcase_add_test(t, map_full);
	tcase_add_test(t, dte_bits);
	tcase_add_test(t, reset_vmmio);
	suite_add_tcase(s, t);
	t = tcase_create("a guest's ring");
	tcase_add_test(t, commands_through_the_maps);
	tcase_add_test(t, names_are_the_guests);
	tcase_add_test(t, unmapped_domain);
	tcase_add_test(t, unmapped_device);
	tcase_add_test(t, illegal_in_a_guests_ring);
	tcase_add_test(t, switches);
	tcase_add_test(t, translate_devid);
	tcase_add_test(t, wait_of_a_guest);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
