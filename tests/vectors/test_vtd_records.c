/* SPDX-License-Identifier: MIT */
/*
 * Fault records and fault events, VT-d 5.10 sections 7.2, 7.3 and 11.4.7: each field
 * of a record, which answers are recorded, the index, overflow, the interrupt.
 */
#include <check.h>

#include "tests/vectors/vtd_unit.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define F	 (UINT64_C(1) << 63)

static uint64_t record(struct vw *v, unsigned index, unsigned half)
{
	uint64_t value;

	ck_assert(ims_reg_read(&v->hw, 0x400 + index * 16 + half * 8, 8, &value));
	return value;
}

static void clear_record(struct vw *v, unsigned index)
{
	ck_assert(ims_reg_write(&v->hw, 0x400 + index * 16 + 8, 8, F));
}

/* A request of a device that no context entry knows, or by a table that is empty. */
static void fault(struct vw *v, uint32_t src, uint64_t addr)
{
	struct ims_req req = vw_req(NONE, addr, IMS_R);
	struct ims_answer a;

	req.src = src;
	ims_translate(&v->hw, &req, &a);
	ck_assert_uint_ne(a.fault, 0);
}

/* ---- fields, section 11.4.7.6 ---- */

/* Bits of the upper half, from 64 on: SID 79:64, T2 92, PRIV 93, EXE 94, PP 95, FR 103:96, PASID 123:104, AT 125:124, T1 126, F 127. */
START_TEST(fields)
{
	static const struct {
		struct ims_req req;
		uint64_t lo, hi;
	} of[] = {
		/* Without PASID neither RID_PASID nor a privilege shows. */
		{ { .src = VW_SRC, .ctx = NONE, .addr = 0x123456789, .access = IMS_R },
		  0x123456000,
		  F | UINT64_C(1) << 62 | UINT64_C(0x71) << 32 | 0x108 },
		{ { .src = VW_SRC, .ctx = NONE, .addr = 0x123456789, .access = IMS_W, .priv = true },
		  0x123456000,
		  F | UINT64_C(0x71) << 32 | 0x108 },
		{ { .src = VW_SRC, .ctx = 1, .addr = 0x1fff, .access = IMS_ACCESS_ATOMIC },
		  0x1000,
		  F | UINT64_C(1) << 62 | UINT64_C(1) << 40 | UINT64_C(0x71) << 32 |
			  UINT64_C(1) << 31 | UINT64_C(1) << 28 | 0x108 },
		{ { .src = VW_SRC, .ctx = 0x1abc, .addr = 0x1000, .access = IMS_W },
		  0x1000,
		  F | UINT64_C(0x1abc) << 40 | UINT64_C(0x51) << 32 | UINT64_C(1) << 31 | 0x108 },
		{ { .src = 0x0208, .ctx = NONE, .addr = 0x5000, .access = IMS_R },
		  0x5000,
		  F | UINT64_C(1) << 62 | UINT64_C(0x39) << 32 | 0x208 },
	};

	for (unsigned i = 0; i < COUNT(of); i++) {
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &(struct vw_options){ .full = true, .logged = true });
		ims_translate(&v.hw, &of[i].req, &a);
		ck_assert_msg(record(&v, 0, 0) == of[i].lo && record(&v, 0, 1) == of[i].hi,
			      "%u: %016llx %016llx", i, (unsigned long long)record(&v, 0, 1),
			      (unsigned long long)record(&v, 0, 0));
		ck_assert_uint_eq(vu_read(&v, "FSTS"), 2);
		ck_assert_uint_eq(vu_count(&v, IMS_EV_FAULT), 1);
		ck_assert_uint_eq(vu_last(&v, IMS_EV_FAULT)->a[3], 1);
		ck_assert_uint_eq(vu_last(&v, IMS_EV_FAULT)->n, a.fault);
		ck_assert_uint_eq(vu_last(&v, IMS_EV_FAULT)->a[0], of[i].req.addr);
		vw_close(&v);
	}
}
END_TEST

START_TEST(privilege_and_address_type)
{
	for (unsigned n = 0; n < 3 * 2 * 2; n++) {
		unsigned kind = n / 4;
		bool with_pasid = n & 1, priv = n & 2;
		struct ims_req req = { .src = VW_SRC,
				       .ctx = with_pasid ? 7 : NONE,
				       .addr = 0x1000,
				       .access = IMS_R,
				       .kind = (uint8_t)kind,
				       .priv = priv };
		uint64_t hi;
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vtd_fault_recorded(&v.hw, &req, NULL, VTD_SCT_2);
		hi = record(&v, 0, 1);
		ck_assert_uint_eq(hi >> 60 & 3, kind);
		ck_assert_uint_eq(hi >> 31 & 1, with_pasid);
		ck_assert_uint_eq(hi >> 40 & 0xfffff, with_pasid ? 7 : 0);
		ck_assert_uint_eq(hi >> 29 & 1, with_pasid && priv);
		ck_assert_uint_eq(hi >> 30 & 1, 0); /* EXE */
		vw_close(&v);
	}
}
END_TEST

/* EXE is for reads with PASID. */
START_TEST(execute_requested)
{
	for (unsigned access = IMS_R; access <= IMS_ACCESS_ATOMIC; access++)
		for (unsigned n = 0; n < 4; n++) {
			struct ims_req req = vw_req(n & 1 ? 7 : NONE, 0x1000, access);
			struct vw v;

			req.execute = n & 2;
			vw_open(&v, &(struct vw_options){ .full = true });
			vtd_fault_recorded(&v.hw, &req, NULL, VTD_SPT_5);
			ck_assert_uint_eq(record(&v, 0, 1) >> 30 & 1, n == 3 && access == IMS_R);
			vw_close(&v);
		}
}
END_TEST

/* AT is reserved without DT; PASID, PP, PRIV and EXE are without PASID. */
START_TEST(fields_by_capability)
{
	for (unsigned n = 0; n < 4; n++) {
		bool dt = n & 1, pasid = n & 2;
		struct ims_req req = { .src = 0xfeff,
				       .ctx = 0xabcde,
				       .addr = 0x1000,
				       .access = IMS_R,
				       .kind = IMS_REQ_TRANSLATED,
				       .priv = true,
				       .execute = true };
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vu_set(&v, VTD_P_DT, dt);
		vu_set(&v, VTD_P_PASID, pasid);
		vtd_fault_recorded(&v.hw, &req, NULL, VTD_SCT_5);
		ck_assert_uint_eq(record(&v, 0, 1),
				  F | UINT64_C(1) << 62 | (dt ? UINT64_C(2) << 60 : 0) |
					  UINT64_C(0x44) << 32 | 0xfeff |
					  (pasid ? UINT64_C(0xabcde) << 40 | 7u << 29 : 0));
		vw_close(&v);
	}
}
END_TEST

/* What tables lead to that are not modelled is no fault of hardware. */
START_TEST(unmodelled)
{
	struct ims_req req = vw_req(1, VW_IOVA, IMS_R);
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true, .params = { VW_PARAM(VTD_P_ERS, 1) } });
	req.execute = true;
	ims_translate(&v.hw, &req, &a);
	ck_assert_uint_eq(a.fault, IMS_FAULT_UNMODELLED);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0);
	vw_close(&v);
}
END_TEST

/* The IOVA, also where the second stage refused the guest-physical address. */
START_TEST(address_of_the_request)
{
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true });
	vw_put(&v, VW_SG1_E, 0);
	ck_assert_uint_eq(vw_ask(&v, NONE, VW_IOVA + 8, IMS_R).fault, VTD_SSS_2);
	ck_assert_uint_eq(record(&v, 0, 0), VW_IOVA);
	vw_close(&v);
}
END_TEST

/* Bits above the largest supported AGAW read 0. */
START_TEST(address_beyond_the_width)
{
	static const struct {
		uint32_t sagaw;
		unsigned bits;
	} of[] = { { 0xe, 57 }, { 0x6, 48 }, { 0x2, 39 } };

	for (unsigned i = 0; i < COUNT(of); i++) {
		struct ims_req req = vw_req(NONE, ~UINT64_C(0), IMS_R);
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vu_set(&v, VTD_P_SAGAW, of[i].sagaw);
		vtd_fault_recorded(&v.hw, &req, NULL, VTD_SGN_1);
		ck_assert_uint_eq(record(&v, 0, 0),
				  ((UINT64_C(1) << of[i].bits) - 1) & ~UINT64_C(0xfff));
		vw_close(&v);
	}
}
END_TEST

/* ---- what is recorded, sections 7.1.1 and 7.1.2 ---- */

/* Of translation requests what is answered CA or UR, and SFS.10; of the others everything. */
START_TEST(which_answers)
{
	static const uint16_t codes[] = { VTD_SRT_1, VTD_SRT_2,	 VTD_SCT_3, VTD_SCT_5, VTD_SPD_2,
					  VTD_SPT_2, VTD_SPT_3,	 VTD_SFS_1, VTD_SFS_2, VTD_SFS_8,
					  VTD_SSS_1, VTD_SSS_2,	 VTD_SGN_1, VTD_SGN_5, VTD_SGN_6,
					  VTD_SGN_7, VTD_SGN_10, 0x91 };
	static const bool by_ats[] = { true,  true, true,  true,  false, false, true,  false, false,
				       false, true, false, false, false, false, false, true,  true };

	for (unsigned i = 0; i < COUNT(codes); i++)
		for (unsigned kind = 0; kind < 3; kind++) {
			struct ims_req req = vw_req(NONE, 0x1000, IMS_R);
			bool want = kind != IMS_REQ_ATS || by_ats[i];
			struct vw v;

			vw_open(&v, &(struct vw_options){ .full = true, .logged = true });
			req.kind = (uint8_t)kind;
			vtd_fault_recorded(&v.hw, &req, NULL, codes[i]);
			ck_assert_msg((record(&v, 0, 1) == 0) == !want, "code %#x, kind %u",
				      codes[i], kind);
			ck_assert_uint_eq(vu_count(&v, IMS_EV_FAULT), want);
			vw_close(&v);
		}
}
END_TEST

/* Asked for through the unit: a success without permission, a reduced one, an abort. */
START_TEST(translation_requests)
{
	struct ims_req req = vw_req(1, VW_IOVA, IMS_R);
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true });
	vw_put(&v, VW_FS_E(VW_F1, 1), 0);
	ims_device_ats(&v.hw, &req, &a);
	ck_assert_uint_eq(a.fault, VTD_SFS_2);
	vw_put(&v, VW_FS_E(VW_F1, 1), VW_HPA_FS | 5); /* no R/W */
	ims_device_ats(&v.hw, &req, &a);
	ck_assert_uint_eq(a.fault, VTD_SGN_6);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0);
	req.ctx = 0x1fff; /* within PDTS, and no directory entry; then a reserved bit in it */
	ims_device_ats(&v.hw, &req, &a);
	ck_assert_uint_eq(a.fault, VTD_SPD_2);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0);
	vw_put(&v, VW_DIR + 127 * 8, VW_PASIDS | 5);
	ims_device_ats(&v.hw, &req, &a);
	ck_assert_uint_eq(a.fault, VTD_SPD_3);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 2);
	ck_assert_uint_eq(record(&v, 0, 1), F | UINT64_C(1) << 62 | UINT64_C(1) << 60 |
						    UINT64_C(0x1fff) << 40 | UINT64_C(0x52) << 32 |
						    UINT64_C(1) << 31 | 0x108);
	vw_close(&v);
}
END_TEST

/* ---- the registers as a ring, section 7.2.1 ---- */

START_TEST(index_and_overflow)
{
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true, .logged = true });
	vu_set(&v, VTD_P_NFR, 2);
	for (unsigned i = 0; i < 3; i++)
		fault(&v, 0x0200 + i, 0x1000 * (i + 1));
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 2);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(record(&v, i, 0), 0x1000 * (i + 1));
	fault(&v, 0x0300, 0x1000);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 3);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_FAULT)->a[3], 0);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(record(&v, i, 1) & 0xffff, 0x0200 + i);
	ck_assert_uint_eq(record(&v, 3, 1), 0); /* NFR + 1 are there */
	/* Room alone is not enough while PFO stands. */
	clear_record(&v, 0);
	ck_assert_uint_eq(record(&v, 0, 1) >> 63, 0);
	fault(&v, 0x0301, 0x1000);
	ck_assert_uint_eq(record(&v, 0, 1) & 0xffff, 0x0200);
	vu_write(&v, "FSTS", 1);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 2);
	fault(&v, 0x0302, 0x1000);
	ck_assert_uint_eq(record(&v, 0, 1) & 0xffff, 0x0302);
	/* The next one is still full: F counts, whichever is oldest. */
	fault(&v, 0x0303, 0x1000);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 3);
	vw_close(&v);
}
END_TEST

/* PPF is the OR of all F; FRI is latched when it rises, and PPF itself cannot be written. */
START_TEST(pending_and_its_index)
{
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true });
	fault(&v, 0x0200, 0x1000);
	fault(&v, 0x0201, 0x1000);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 2);
	vu_write(&v, "FSTS", 0xffffffff);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 2);
	clear_record(&v, 0);
	ck_assert_uint_eq(vu_read(&v, "FSTS") & 2, 2);
	clear_record(&v, 1);
	ck_assert_uint_eq(vu_read(&v, "FSTS") & 2, 0);
	fault(&v, 0x0202, 0x1000);
	fault(&v, 0x0203, 0x1000);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 2 << 8 | 2);
	/* Only F can be written, and only by one. */
	ck_assert(ims_reg_write(&v.hw, 0x428, 8, ~F));
	ck_assert(ims_reg_write(&v.hw, 0x420, 8, ~UINT64_C(0)));
	ck_assert_uint_eq(record(&v, 2, 1) & ~UINT64_C(0xffff),
			  F | UINT64_C(1) << 62 | UINT64_C(0x39) << 32);
	ck_assert_uint_eq(record(&v, 2, 0), 0x1000);
	/* By its upper half alone as well. */
	ck_assert(ims_reg_write(&v.hw, 0x42c, 4, 0x80000000));
	ck_assert_uint_eq(record(&v, 2, 1) >> 63, 0);
	vw_close(&v);
}
END_TEST

/* All the registers there may be, and one alone; the index wraps at NFR + 1. */
START_TEST(how_many_registers)
{
	static const uint32_t nfr[] = { 0, 1, 7, 15 };

	for (unsigned i = 0; i < COUNT(nfr); i++) {
		struct vw v;

		vw_build(&v, &(struct vw_options){ .full = true });
		vu_set(&v, VTD_P_NFR, nfr[i]);
		for (unsigned n = 0; n < 3 * (nfr[i] + 1); n++) {
			unsigned index = n % (nfr[i] + 1);

			fault(&v, 0x0200 + n, 0x1000);
			ck_assert_uint_eq(record(&v, index, 1) & 0xffff, 0x0200 + n);
			ck_assert_uint_eq(vu_read(&v, "FSTS"), index << 8 | 2);
			clear_record(&v, index);
		}
		vw_close(&v);
	}
}
END_TEST

/* "The index is reset to zero when both translations are disabled." */
START_TEST(index_after_disabling)
{
	for (unsigned ire = 0; ire < 2; ire++) {
		struct vw v;

		vw_build(&v, &(struct vw_options){ .full = true });
		vu_write(&v, "GCMD", VU_TE | VU_QIE | ire << 25);
		fault(&v, 0x0200, 0x1000);
		clear_record(&v, 0);
		vu_write(&v, "GCMD", VU_QIE | ire << 25);
		vu_write(&v, "GCMD", VU_TE | VU_QIE | ire << 25);
		fault(&v, 0x0201, 0x1000);
		ck_assert_uint_eq(vu_read(&v, "FSTS"), ire << 8 | 2);
		vw_close(&v);
	}
}
END_TEST

/* ---- the event, section 7.3 ---- */

START_TEST(fault_event)
{
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true, .logged = true });
	vu_write(&v, "FEDATA", 0x55);
	vu_write(&v, "FEADDR", 0xfee00008);
	vu_write(&v, "FEUADDR", 1);
	/* Masked after reset. */
	fault(&v, 0x0200, 0x1000);
	ck_assert_uint_eq(vu_read(&v, "FECTL"), 0xc0000000);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_FAULT), 0);
	vu_write(&v, "FECTL", 0);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_FAULT), 1);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_SIGNAL)->a[0], UINT64_C(0x1fee00008));
	ck_assert_uint_eq(vu_last(&v, IMS_EV_SIGNAL)->a[1], 0x55);
	ck_assert_uint_eq(vu_read(&v, "FECTL"), 0);
	/* Something stands: neither another fault nor a queue error sends one. */
	fault(&v, 0x0201, 0x1000);
	vw_send(&v, 0x1, 0);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0x12);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_FAULT), 1);
	clear_record(&v, 0);
	clear_record(&v, 1);
	fault(&v, 0x0202, 0x1000); /* IQE still stands */
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_FAULT), 1);
	clear_record(&v, 2);
	vw_put(&v, VW_RING, 0x12);
	vu_write(&v, "FSTS", 0x10);
	fault(&v, 0x0203, 0x1000);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_FAULT), 2);
	clear_record(&v, 3);
	/* A queue error alone, too. */
	vw_send(&v, 0x1, 0);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_FAULT), 3);
	vw_close(&v);
}
END_TEST

/* The last F to be cleared takes PPF and what waits behind the mask with it, whichever record it is of. */
START_TEST(served_by_the_records)
{
	for (unsigned last = 0; last < 2; last++) {
		struct vw v;

		vw_build(&v, &(struct vw_options){ .full = true, .logged = true });
		fault(&v, 0x0200, 0x1000);
		fault(&v, 0x0201, 0x1000);
		clear_record(&v, !last);
		ck_assert_uint_eq(vu_read(&v, "FSTS"), 2);
		ck_assert_uint_eq(vu_read(&v, "FECTL"), 0xc0000000);
		clear_record(&v, last);
		ck_assert_uint_eq(vu_read(&v, "FSTS"), 0);
		ck_assert_uint_eq(vu_read(&v, "FECTL"), 0x80000000);
		vw_close(&v);
	}
}
END_TEST

/* Pending behind the mask, served before it goes: nothing is sent. */
START_TEST(event_served_while_masked)
{
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true, .logged = true });
	fault(&v, 0x0200, 0x1000);
	vw_send(&v, 0x1, 0);
	clear_record(&v, 0);
	ck_assert_uint_eq(vu_read(&v, "FECTL"), 0xc0000000);
	vw_put(&v, VW_RING, 0x12);
	vu_write(&v, "FSTS", 0x10);
	ck_assert_uint_eq(vu_read(&v, "FECTL"), 0x80000000);
	vu_write(&v, "FECTL", 0);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_FAULT), 0);
	vw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d fault records");
	TCase *t = tcase_create("fields");

	tcase_add_test(t, fields);
	tcase_add_test(t, privilege_and_address_type);
	tcase_add_test(t, execute_requested);
	tcase_add_test(t, fields_by_capability);
	tcase_add_test(t, unmodelled);
	tcase_add_test(t, address_of_the_request);
	tcase_add_test(t, address_beyond_the_width);
	tcase_add_test(t, which_answers);
	tcase_add_test(t, translation_requests);
	suite_add_tcase(s, t);
	t = tcase_create("ring");
	tcase_add_test(t, index_and_overflow);
	tcase_add_test(t, pending_and_its_index);
	tcase_add_test(t, how_many_registers);
	tcase_add_test(t, index_after_disabling);
	suite_add_tcase(s, t);
	t = tcase_create("event");
	tcase_add_test(t, fault_event);
	tcase_add_test(t, event_served_while_masked);
	tcase_add_test(t, served_by_the_records);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
