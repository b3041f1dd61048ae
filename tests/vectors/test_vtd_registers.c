/* SPDX-License-Identifier: MIT */
/*
 * Registers, VT-d 5.10 section 11.4: offsets, what can be written,
 * global commands, invalidation by register; and a unit that was set up without them.
 */
#include <check.h>

#include "tests/vectors/vtd_unit.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE

/* ---- offsets, and which bits software can set ---- */

static const struct {
	const char *name;
	uint16_t offset;
	uint8_t bytes;
	uint64_t reset, writable;
} registers[] = {
	{ "VER", 0x00, 4, 0x60, 0 },
	{ "CAP", 0x08, 8, 0, 0 },
	{ "ECAP", 0x10, 8, 0, 0 },
	{ "GCMD", 0x18, 4, 0, 0 },
	{ "GSTS", 0x1c, 4, 0, 0 },
	{ "RTADDR", 0x20, 8, 0, UINT64_C(0xfffffffffffffc80) },
	{ "CCMD", 0x28, 8, 0, 0x60000003ffffffff },
	{ "FSTS", 0x34, 4, 0, 0 },
	{ "FECTL", 0x38, 4, 0x80000000, 0x80000000 },
	{ "FEDATA", 0x3c, 4, 0, 0xffff },
	{ "FEADDR", 0x40, 4, 0, 0xfffffffc },
	{ "FEUADDR", 0x44, 4, 0, 0xffffffff },
	{ "IQH", 0x80, 8, 0, 0 },
	{ "IQT", 0x88, 8, 0, 0x7fff0 },
	{ "IQA", 0x90, 8, 0, UINT64_C(0xfffffffffffff807) },
	{ "ICS", 0x9c, 4, 0, 0 },
	{ "IECTL", 0xa0, 4, 0x80000000, 0x80000000 },
	{ "IEDATA", 0xa4, 4, 0, 0xffff },
	{ "IEADDR", 0xa8, 4, 0, 0xfffffffc },
	{ "IEUADDR", 0xac, 4, 0, 0xffffffff },
	{ "IQERCD", 0xb0, 8, 0, 0 },
	{ "IRTA", 0xb8, 8, 0, UINT64_C(0xfffffffffffff80f) },
	{ "PQH", 0xc0, 8, 0, 0x7ffe0 },
	{ "PQT", 0xc8, 8, 0, 0x7ffe0 },
	{ "PQA", 0xd0, 8, 0, UINT64_C(0xfffffffffffff007) },
	{ "PRS", 0xdc, 4, 0, 0 },
	{ "PECTL", 0xe0, 4, 0x80000000, 0x80000000 },
	{ "PEDATA", 0xe4, 4, 0, 0xffff },
	{ "PEADDR", 0xe8, 4, 0, 0xfffffffc },
	{ "PEUADDR", 0xec, 4, 0, 0xffffffff },
	{ "FRCD0-LO", 0x400, 8, 0, 0 },
	{ "FRCD0-HI", 0x408, 8, 0, 0 },
	{ "FRCD15-HI", 0x4f8, 8, 0, 0 },
	{ "IVA", 0x500, 8, 0, UINT64_C(0xfffffffffffff07f) },
	{ "IOTLB", 0x508, 8, 0, 0x3003ffff00000000 },
};

static void open_reset(struct vw *v)
{
	vw_open(v, &(struct vw_options){ .full = true, .logged = true });
	ims_unit_reset(&v->hw);
}

START_TEST(offsets_and_resets)
{
	struct vw v;

	open_reset(&v);
	for (unsigned i = 0; i < COUNT(registers); i++) {
		const struct ims_reg *r = ims_model_reg(&vtd_model, registers[i].name);
		uint64_t value;

		ck_assert_msg(r != NULL, "%s", registers[i].name);
		ck_assert_uint_eq(r->offset, registers[i].offset);
		ck_assert_uint_eq(r->bytes, registers[i].bytes);
		ck_assert(ims_reg_read(&v.hw, registers[i].offset, registers[i].bytes, &value));
		if (registers[i].offset != 8 && registers[i].offset != 0x10)
			ck_assert_msg(value == registers[i].reset, "%s: %#llx", registers[i].name,
				      (unsigned long long)value);
	}
	vw_close(&v);
}
END_TEST

/* Every bit alone, by the whole register and by its halves; what cannot be set stays. */
START_TEST(writable_bits)
{
	for (unsigned i = 0; i < COUNT(registers); i++)
		for (unsigned bit = 0; bit < registers[i].bytes * 8u; bit++) {
			uint64_t one = UINT64_C(1) << bit, value;
			unsigned half = bit / 32 * 4;
			struct vw v;

			/* CCMD and IOTLB go off by their uppermost bit; GCMD is a command. */
			if (registers[i].offset == 0x18 ||
			    (bit == 63 &&
			     (registers[i].offset == 0x28 || registers[i].offset == 0x508)))
				continue;
			open_reset(&v);
			ck_assert(
				ims_reg_write(&v.hw, registers[i].offset, registers[i].bytes, one));
			value = vu_read(&v, registers[i].name);
			ck_assert_msg((value & one) == (registers[i].writable & one) ||
					      (registers[i].reset & one) ||
					      registers[i].offset < 0x18,
				      "%s bit %u: %#llx", registers[i].name, bit,
				      (unsigned long long)value);
			if (registers[i].bytes == 8 && registers[i].writable & one) {
				ck_assert(ims_reg_write(&v.hw, registers[i].offset, 8, 0));
				ck_assert(ims_reg_write(&v.hw, registers[i].offset + half, 4,
							one >> half * 8));
				ck_assert(ims_reg_write(&v.hw, registers[i].offset + (half ^ 4), 4,
							0));
				ck_assert_uint_eq(vu_read(&v, registers[i].name), value);
				ck_assert(
					ims_reg_read(&v.hw, registers[i].offset + half, 4, &value));
				ck_assert_uint_eq(value, one >> half * 8);
			}
			vw_close(&v);
		}
}
END_TEST

START_TEST(nothing_there)
{
	static const uint16_t offsets[] = { 0x04, 0x30, 0x50, 0x7c, 0xf0, 0x510, 0xffc };
	struct vw v;
	uint64_t value;

	open_reset(&v);
	for (unsigned i = 0; i < COUNT(offsets); i++) {
		ck_assert(!ims_reg_read(&v.hw, offsets[i], 4, &value));
		ck_assert(!ims_reg_write(&v.hw, offsets[i], 4, 1));
	}
	/* Eight bytes of two registers of four are none. */
	ck_assert(!ims_reg_read(&v.hw, 0x18, 8, &value));
	vw_close(&v);
}
END_TEST

/* What a unit without a capability treats as reserved: reads zero, whatever is written, and does nothing. */
START_TEST(registers_by_capability)
{
	static const struct {
		unsigned param;
		uint16_t first, last;
	} of[] = { { VTD_P_QI, 0x80, 0xb0 }, { VTD_P_IR, 0xb8, 0xb8 }, { VTD_P_PRS, 0xc0, 0xec } };

	for (unsigned i = 0; i < COUNT(registers) * COUNT(of); i++) {
		const uint16_t at = registers[i / COUNT(of)].offset;
		unsigned k = i % COUNT(of);
		bool gone = at >= of[k].first && at <= of[k].last;
		uint64_t value, before;
		struct vw v;

		if (at < 0x38)
			continue;
		open_reset(&v);
		vu_set(&v, of[k].param, 0);
		before = vu_read(&v, registers[i / COUNT(of)].name);
		vu_write(&v, registers[i / COUNT(of)].name,
			 registers[i / COUNT(of)].writable & IMS_BITS(62, 12));
		value = vu_read(&v, registers[i / COUNT(of)].name);
		ck_assert_msg(!gone || (!value && !before), "%s without %s",
			      registers[i / COUNT(of)].name, vtd_params[of[k].param].name);
		ck_assert_msg(
			gone || value == ((registers[i / COUNT(of)].writable & IMS_BITS(62, 12)) |
					  (before & ~registers[i / COUNT(of)].writable)),
			"%s with %s", registers[i / COUNT(of)].name, vtd_params[of[k].param].name);
		vw_close(&v);
	}
}
END_TEST

/* EIME of IRTA, with EIM and without. */
START_TEST(extended_interrupts)
{
	for (unsigned eim = 0; eim < 2; eim++) {
		struct vw v;

		open_reset(&v);
		vu_set(&v, VTD_P_EIM, eim);
		vu_write(&v, "IRTA", 0x5800);
		ck_assert_uint_eq(vu_read(&v, "IRTA"), eim ? 0x5800 : 0x5000);
		vw_close(&v);
	}
}
END_TEST

/* ---- a unit that was set up without its registers ---- */

START_TEST(as_software_leaves_it)
{
	uint64_t base;
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true, .ring_lg2 = 9 });
	ck_assert_uint_eq(vu_read(&v, "GSTS"), 0xc4000000);
	ck_assert(vtd_translating(&v.hw.unit->state));
	ck_assert_uint_eq(vu_read(&v, "RTADDR"), VW_ROOT | 1u << 10);
	base = vu_read(&v, "IQA");
	ck_assert_uint_eq(base, VW_RING | 1u << 11 | 2);
	vw_send(&v, 0x12, 0);
	ck_assert_uint_eq(vu_read(&v, "IQH"), 32);
	ck_assert_uint_eq(vu_read(&v, "IQT"), 32);
	/* Written, the register says what was written; in effect is what was. */
	vu_write(&v, "RTADDR", 0x99000);
	ck_assert_uint_eq(vu_read(&v, "RTADDR"), 0x99000);
	ck_assert_uint_eq(v.hw.unit->root, VW_ROOT | 1u << 10);
	vw_close(&v);
}
END_TEST

/* The same world, programmed from power-on: translates as the one that was set up. */
START_TEST(from_power_on)
{
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true });
	ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, IMS_R).fault, 0);
	vu_boot(&v, VW_ROOT | 1u << 10, true);
	ck_assert_uint_eq(vu_read(&v, "GSTS"), 0xc4000000);
	ck_assert(!vw_ask(&v, 1, VW_IOVA, IMS_R).hit);
	ck_assert_uint_eq(vw_ask(&v, NONE, VW_IOVA, IMS_R).out, VW_HPA);
	vw_put(&v, VW_FS_E(VW_F1, 1), 0);
	vu_send(&v, UINT64_C(0x1000b0026), 0);
	vu_send(&v, 0x900000025, VW_STATUS);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 9);
	ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, IMS_R).fault, VTD_SFS_2);
	vw_close(&v);
}
END_TEST

/* ---- global commands, section 11.4.4 ---- */

static unsigned cached(struct vw *v, uint8_t cache)
{
	return ims_hw_cache(&v->hw, cache)->live;
}

/* One entry in every cache. */
static void fill_all(struct vw *v)
{
	for (unsigned c = 0; c < VTD_CACHES; c++) {
		struct ims_entry e = { .size_lg2 = vtd_caches[c].payload ? 64 : 12, .perm = 7 };

		ims_cache_fill(ims_hw_cache(&v->hw, c), &e, 0, NULL, NULL);
	}
}

static void expect_cached(struct vw *v, bool dma, bool interrupts)
{
	for (uint8_t c = 0; c < VTD_CACHES; c++) {
		bool want = c == VTD_ATC ? true : c == VTD_IEC ? interrupts : dma;

		ck_assert_msg(cached(v, c) == want, "%s", vtd_caches[c].name);
	}
}

/* With SMTS clearing TE drops every DMA-remapping cache; setting it, or clearing it without SMTS, drops nothing. */
START_TEST(translation_enable)
{
	for (unsigned smts = 0; smts < 2; smts++) {
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vu_set(&v, VTD_P_SMTS, smts);
		fill_all(&v);
		vu_write(&v, "GCMD", VU_QIE | VU_TE);
		expect_cached(&v, true, true);
		vu_write(&v, "GCMD", VU_QIE);
		ck_assert(!vtd_translating(&v.hw.unit->state));
		ck_assert_uint_eq(vu_read(&v, "GSTS"), 0x44000000);
		expect_cached(&v, !smts, true);
		vu_write(&v, "GCMD", VU_QIE | VU_TE);
		ck_assert(vtd_translating(&v.hw.unit->state));
		ck_assert_uint_eq(vu_read(&v, "GSTS"), 0xc4000000);
		expect_cached(&v, !smts, true);
		vw_close(&v);
	}
}
END_TEST

/* Where clearing TE drops nothing, what is cached serves nobody until it is set again. */
START_TEST(translation_off_with_caches)
{
	struct ims_entry e = { .in = 0x5000,
			       .out = 0x77000,
			       .src = VW_SRC,
			       .ctx = NONE,
			       .dom = 5,
			       .perm = IMS_R | IMS_W | IMS_U | IMS_D,
			       .size_lg2 = 12 };
	struct vw v;

	vw_open(&v, &(struct vw_options){ .full = true });
	vu_set(&v, VTD_P_SMTS, 0);
	ims_cache_fill(ims_hw_cache(&v.hw, VTD_IOTLB), &e, NONE, NULL, NULL);
	ck_assert_uint_eq(vw_ask(&v, NONE, 0x5008, IMS_R).out, 0x77008);
	vu_write(&v, "GCMD", VU_QIE);
	ck_assert_uint_eq(vw_ask(&v, NONE, 0x5008, IMS_R).out, 0x5008);
	vu_write(&v, "GCMD", VU_QIE | VU_TE);
	ck_assert_uint_eq(vw_ask(&v, NONE, 0x5008, IMS_R).out, 0x77008);
	vw_close(&v);
}
END_TEST

/* TES = 0: untranslated requests reach what they name, ATS and translated ones are unsupported. */
START_TEST(translation_off)
{
	struct ims_req req = vw_req(1, VW_IOVA, IMS_W);
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true });
	ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, IMS_W).out, VW_HPA_FS);
	vu_write(&v, "GCMD", VU_QIE);
	for (unsigned kind = 0; kind < 3; kind++) {
		req.kind = (uint8_t)kind;
		ims_translate(&v.hw, &req, &a);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert_uint_eq(a.refused, kind != IMS_REQ_UNTRANSLATED);
		ck_assert_uint_eq(a.perm & (IMS_R | IMS_W | IMS_U),
				  kind == IMS_REQ_UNTRANSLATED ? IMS_R | IMS_W | IMS_U : 0);
		if (kind == IMS_REQ_UNTRANSLATED)
			ck_assert_uint_eq(a.out, VW_IOVA);
	}
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0);
	ck_assert_uint_eq(cached(&v, VTD_IOTLB), 0);
	vu_write(&v, "GCMD", VU_QIE | VU_TE);
	ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, IMS_W).out, VW_HPA_FS);
	vw_close(&v);
}
END_TEST

/* RTADDR takes effect at SRTP; with ESRTPS that drops everything. */
START_TEST(set_root_pointer)
{
	for (unsigned esrtps = 0; esrtps < 2; esrtps++) {
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vu_set(&v, VTD_P_ESRTPS, esrtps);
		fill_all(&v);
		v.hw.unit->root = 1u << 10;
		vu_write(&v, "RTADDR", 0x77000 | 1u << 10);
		ck_assert_uint_eq(v.hw.unit->root, 1u << 10);
		expect_cached(&v, true, true);
		vu_write(&v, "GCMD", VU_QIE | VU_TE | VU_SRTP);
		ck_assert_uint_eq(v.hw.unit->root, 0x77000 | 1u << 10);
		expect_cached(&v, !esrtps, true);
		/* The mode moves with TES = 1 only where ESRTPS says so; the address always does. */
		vu_write(&v, "RTADDR", 0x88000 | 3u << 10 | 1u << 7);
		vu_write(&v, "GCMD", VU_QIE | VU_TE | VU_SRTP);
		ck_assert_uint_eq(v.hw.unit->root,
				  esrtps ? 0x88000 | 3u << 10 | 1u << 7 : 0x88000 | 1u << 10);
		vu_write(&v, "GCMD", VU_QIE);
		vu_write(&v, "GCMD", VU_QIE | VU_SRTP);
		ck_assert_uint_eq(v.hw.unit->root, 0x88000 | 3u << 10 | 1u << 7);
		vw_close(&v);
	}
}
END_TEST

/* QIE 1 -> 0: IQH is 0, nothing is fetched; what was fetched is complete. */
START_TEST(queue_enable)
{
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true });
	ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, IMS_R).fault, 0);
	vu_send(&v, 0x12, 0);
	vu_write(&v, "GCMD", VU_TE);
	ck_assert_uint_eq(vu_read(&v, "GSTS"), 0xc0000000);
	ck_assert_uint_eq(vu_read(&v, "IQH"), 0);
	ck_assert(!vw_ask(&v, 1, VW_IOVA, IMS_R).hit);
	vu_write(&v, "IQT", 0);
	vu_send(&v, 0x100000025, VW_STATUS);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 0);
	vu_write(&v, "GCMD", VU_TE | VU_QIE);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 1);
	ck_assert_uint_eq(vu_read(&v, "IQH"), 32);
	/* An error stands across it: nothing is fetched before it is cleared. */
	vu_send(&v, 0x1, 0);
	vu_write(&v, "GCMD", VU_TE);
	vu_write(&v, "IQT", 0);
	vu_write(&v, "GCMD", VU_TE | VU_QIE);
	vu_send(&v, 0x200000025, VW_STATUS);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 1);
	vu_write(&v, "FSTS", 0x10);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 2);
	/* No queue without QI. */
	vu_set(&v, VTD_P_QI, 0);
	ck_assert_uint_eq(vu_read(&v, "GSTS"), 0xc0000000);
	vu_write(&v, "GCMD", VU_TE | VU_QIE);
	ck_assert_uint_eq(vu_read(&v, "GSTS"), 0xc0000000);
	vw_close(&v);
}
END_TEST

/* IRE and CFI are states, SIRTP happens once; without IR none of them is there. */
START_TEST(interrupt_remapping_commands)
{
	for (unsigned n = 0; n < 4; n++) {
		bool ir = n & 1, esirtps = n & 2;
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vu_set(&v, VTD_P_IR, ir);
		vu_set(&v, VTD_P_ESIRTPS, esirtps);
		fill_all(&v);
		vu_write(&v, "GCMD", VU_TE | VU_QIE | 1u << 25 | 1u << 23);
		ck_assert_uint_eq(vu_read(&v, "GSTS"), ir ? 0xc6800000 : 0xc4000000);
		expect_cached(&v, true, true);
		vu_write(&v, "GCMD", VU_TE | VU_QIE | 1u << 25 | 1u << 24);
		ck_assert_uint_eq(vu_read(&v, "GSTS"), ir ? 0xc7000000 : 0xc4000000);
		expect_cached(&v, true, !ir || !esirtps);
		fill_all(&v);
		vu_write(&v, "GCMD", VU_TE | VU_QIE);
		ck_assert_uint_eq(vu_read(&v, "GSTS"), ir ? 0xc5000000 : 0xc4000000);
		if (ir && esirtps)
			ck_assert_uint_eq(cached(&v, VTD_IEC), 0);
		/* WBF is complete at once. */
		vu_write(&v, "GCMD", VU_TE | VU_QIE | 1u << 27);
		ck_assert_uint_eq(vu_read(&v, "GSTS") >> 27 & 1, 0);
		ck_assert_uint_eq(vu_read(&v, "GCMD"), 0);
		vw_close(&v);
	}
}
END_TEST

/* ---- invalidation by register, section 11.4.6 ---- */

/* CIRG 62:61, CAIG 60:59; only in legacy mode, and before major version 6. */
START_TEST(context_command)
{
	for (unsigned n = 0; n < 4 * 2 * 2; n++) {
		unsigned g = n / 4;
		bool legacy = n & 1, old = n & 2, done = legacy && old && g;
		struct vw v;
		uint32_t hit, domain, source;
		struct ims_cache *c;

		vw_open(&v, &(struct vw_options){ .full = true, .logged = true });
		vu_set(&v, VTD_P_VER, old ? 5 : 6);
		v.hw.unit->root = VW_ROOT | (legacy ? 0 : 1u << 10);
		c = ims_hw_cache(&v.hw, VTD_LEGACY);
		struct ims_entry e = { .src = 0x108, .ctx = NONE, .dom = 5, .size_lg2 = 64 };
		hit = ims_cache_fill(c, &e, NONE, NULL, NULL);
		e.src = 0x10a; /* function bit 1: within FM = 2 */
		source = ims_cache_fill(c, &e, NONE, NULL, NULL);
		e.src = 0x208;
		e.dom = 6;
		domain = ims_cache_fill(c, &e, NONE, NULL, NULL);
		ims_emit(&v.hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
		vu_write(&v, "CCMD",
			 UINT64_C(1) << 63 | (uint64_t)g << 61 | UINT64_C(2) << 32 | 0x108 << 16 |
				 5);
		ck_assert_uint_eq(vu_read(&v, "CCMD") >> 59, done ? (g << 2 | g) : g << 2);
		ck_assert_uint_eq(ims_entry_live(c, &ims_cache_entries(c)[hit]), !done);
		ck_assert_uint_eq(ims_entry_live(c, &ims_cache_entries(c)[source]), !done);
		ck_assert_uint_eq(ims_entry_live(c, &ims_cache_entries(c)[domain]),
				  !done || g != 1);
		vw_close(&v);
	}
}
END_TEST

/* The lower half first, then the upper one, which sets it off: by domain and source, FM = 0. */
START_TEST(context_command_by_halves)
{
	struct ims_entry e = { .src = 0x108, .ctx = NONE, .dom = 5, .size_lg2 = 64 };
	struct vw v;

	vw_open(&v, &(struct vw_options){ .full = true });
	vu_set(&v, VTD_P_VER, 5);
	v.hw.unit->root = VW_ROOT;
	ims_cache_fill(ims_hw_cache(&v.hw, VTD_LEGACY), &e, NONE, NULL, NULL);
	e.src = 0x109;
	ims_cache_fill(ims_hw_cache(&v.hw, VTD_LEGACY), &e, NONE, NULL, NULL);
	ims_emit(&v.hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
	ck_assert(ims_reg_write(&v.hw, 0x28, 4, 0x108 << 16 | 5));
	ck_assert_uint_eq(cached(&v, VTD_LEGACY), 2);
	ck_assert(ims_reg_write(&v.hw, 0x2c, 4, 0xe0000000));
	ck_assert_uint_eq(cached(&v, VTD_LEGACY), 1);
	ck_assert_uint_eq(vu_read(&v, "CCMD") >> 59, 0xf);
	vw_close(&v);
}
END_TEST

/* IIRG 61:60, IAIG 58:57; the address stands in IVA. */
START_TEST(iotlb_command)
{
	for (unsigned n = 0; n < 4 * 2 * 2; n++) {
		unsigned g = n / 4;
		bool legacy = n & 1, old = n & 2, done = legacy && old && g;
		struct ims_entry e = {
			.in = 0x5000, .src = 0x108, .ctx = NONE, .dom = 5, .size_lg2 = 12
		};
		uint32_t hit, domain, page;
		struct ims_cache *c;
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true, .logged = true });
		vu_set(&v, VTD_P_VER, old ? 5 : 6);
		v.hw.unit->root = VW_ROOT | (legacy ? 0 : 1u << 10);
		c = ims_hw_cache(&v.hw, VTD_IOTLB);
		hit = ims_cache_fill(c, &e, NONE, NULL, NULL);
		e.in = 0x8000;
		page = ims_cache_fill(c, &e, NONE, NULL, NULL);
		e.dom = 6;
		e.src = 0x208;
		domain = ims_cache_fill(c, &e, NONE, NULL, NULL);
		ims_emit(&v.hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
		vu_write(&v, "IVA", 0x4000 | 1);
		/* DR and DW beside the domain. */
		vu_write(&v, "IOTLB",
			 UINT64_C(1) << 63 | (uint64_t)g << 60 | UINT64_C(3) << 48 |
				 UINT64_C(5) << 32);
		ck_assert_uint_eq(vu_read(&v, "IOTLB") >> 57, done ? (g << 3 | g) : g << 3);
		ck_assert_uint_eq(ims_entry_live(c, &ims_cache_entries(c)[hit]), !done);
		ck_assert_uint_eq(ims_entry_live(c, &ims_cache_entries(c)[page]), !done || g == 3);
		ck_assert_uint_eq(ims_entry_live(c, &ims_cache_entries(c)[domain]),
				  !done || g != 1);
		vw_close(&v);
	}
}
END_TEST

/* An address mask beyond MAMV, or pages without PSI: an error, and nothing is dropped. */
START_TEST(iotlb_command_refused)
{
	for (unsigned n = 0; n < 3; n++) {
		struct ims_entry e = { .in = 0x5000, .ctx = NONE, .dom = 5, .size_lg2 = 12 };
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vu_set(&v, VTD_P_VER, 5);
		vu_set(&v, VTD_P_PSI, n != 2);
		v.hw.unit->root = VW_ROOT;
		ims_cache_fill(ims_hw_cache(&v.hw, VTD_IOTLB), &e, NONE, NULL, NULL);
		ims_emit(&v.hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
		vu_write(&v, "IVA", n == 1 ? 19 : 18);
		vu_write(&v, "IOTLB", UINT64_C(1) << 63 | UINT64_C(3) << 60 | UINT64_C(5) << 32);
		ck_assert_uint_eq(vu_read(&v, "IOTLB") >> 57 & 3, n ? 0 : 3);
		ck_assert_uint_eq(cached(&v, VTD_IOTLB), n != 0);
		vw_close(&v);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d registers");
	TCase *t = tcase_create("registers");

	tcase_add_test(t, offsets_and_resets);
	tcase_add_test(t, writable_bits);
	tcase_add_test(t, nothing_there);
	tcase_add_test(t, registers_by_capability);
	tcase_add_test(t, extended_interrupts);
	tcase_add_test(t, as_software_leaves_it);
	tcase_add_test(t, from_power_on);
	suite_add_tcase(s, t);
	t = tcase_create("commands");
	tcase_add_test(t, translation_enable);
	tcase_add_test(t, translation_off);
	tcase_add_test(t, translation_off_with_caches);
	tcase_add_test(t, set_root_pointer);
	tcase_add_test(t, queue_enable);
	tcase_add_test(t, interrupt_remapping_commands);
	tcase_add_test(t, context_command);
	tcase_add_test(t, context_command_by_halves);
	tcase_add_test(t, iotlb_command);
	tcase_add_test(t, iotlb_command_refused);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
