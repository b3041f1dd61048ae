/* SPDX-License-Identifier: MIT */
/*
 * Page requests, VT-d 5.10 sections 7.4 to 7.6: the descriptor's bits, the queue in
 * memory, overflow, requests that no table carries, stop markers, the event, and
 * what a request invalidates by itself (section 6.5.3.1, table 27).
 */
#include <check.h>

#include "tests/vectors/vtd_unit.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define PRQ	 UINT64_C(0x31000) /* no larger power of two */

/* PRE in the context entry, and a queue. */
static void allow(struct vw *v)
{
	vw_put(v, VW_CTX_E, VW_DIR | 0x1d);
	vu_write(v, "PQA", PRQ);
}

static void open_prq(struct vw *v)
{
	vw_build(v, &(struct vw_options){ .full = true, .logged = true, .entries = 128 });
	allow(v);
}

static struct ims_page_req page(uint32_t ctx, uint64_t addr, bool last)
{
	return (struct ims_page_req){
		.src = VW_SRC, .ctx = ctx, .addr = addr, .group = 5, .read = true, .last = last
	};
}

static enum ims_page_fate ask(struct vw *v, const struct ims_page_req *req, uint8_t *ret_code)
{
	enum ims_page_fate fate = ims_device_page_request(&v->hw, req, ret_code);
	const struct ims_event *e = vu_last(v, IMS_EV_PAGE);

	ck_assert_uint_eq(e->n, fate);
	ck_assert_uint_eq(e->a[0], req->addr);
	ck_assert_uint_eq(e->a[3], (uint64_t)*ret_code << 16 | req->group);
	return fate;
}

/* ---- descriptors, section 7.4.1.1 ---- */

START_TEST(descriptor_bits)
{
	static const struct {
		struct ims_page_req req;
		uint64_t qw0, qw1;
	} of[] = {
		{ { .src = VW_SRC, .ctx = NONE, .addr = 0x12345678, .read = true },
		  0x01080001,
		  0x12345001 },
		{ { .src = VW_SRC, .ctx = NONE, .addr = 0x1000, .write = true, .group = 0x1ff },
		  0x01080001,
		  0x1000 | 0x1ff << 3 | 2 },
		{ { .src = VW_SRC,
		    .ctx = 1,
		    .addr = 0x1000,
		    .write = true,
		    .last = true,
		    .group = 1 },
		  UINT64_C(0x101080101),
		  0x1000 | 1 << 3 | 4 | 2 },
		{ { .src = VW_SRC, .ctx = 1, .addr = 0x1000, .read = true, .priv = true },
		  UINT64_C(0x20000101080101),
		  0x1001 },
		{ { .src = 0xfeff,
		    .ctx = 0xabcde,
		    .addr = ~UINT64_C(0),
		    .read = true,
		    .execute = true },
		  UINT64_C(0x1abcdefeff0101),
		  UINT64_C(0xfffffffffffff001) },
		/* To execute is to read, and the PASID's. */
		{ { .src = VW_SRC, .ctx = 1, .addr = 0x1000, .write = true, .execute = true },
		  UINT64_C(0x101080101),
		  0x1002 },
		{ { .src = VW_SRC, .ctx = NONE, .addr = 0x1000, .read = true, .execute = true },
		  0x01080001,
		  0x1001 },
		/* The privilege belongs to the PASID. */
		{ { .src = VW_SRC, .ctx = NONE, .addr = 0x1000, .read = true, .priv = true },
		  0x01080001,
		  0x1001 },
	};

	for (unsigned i = 0; i < COUNT(of); i++) {
		uint8_t code;
		struct vw v;

		open_prq(&v);
		/* One more device, and a PASID for it, at the ends of their tables. */
		vw_put(&v, VW_ROOT + 0xfe * 16 + 8, VW_CTX_HIGH | 1);
		vw_put(&v, VW_CTX_HIGH + 0x7f * 32, VW_DIR | 0xe1d);
		vw_put(&v, VW_DIR + (0xabcde >> 6) * 8, VW_PASIDS | 1);
		vw_put(&v, VW_PASIDS + (0xabcde & 63) * 64, 0x41);
		vw_put(&v, VW_PASIDS + (0xabcde & 63) * 64 + 16, VW_F4);
		for (unsigned w = 0; w < 4; w++)
			vw_put(&v, PRQ + w * 8, ~UINT64_C(0));
		ck_assert_uint_eq(ask(&v, &of[i].req, &code), IMS_PAGE_QUEUED);
		ck_assert_msg(vw_get(&v, PRQ) == of[i].qw0 && vw_get(&v, PRQ + 8) == of[i].qw1,
			      "%u: %llx %llx", i, (unsigned long long)vw_get(&v, PRQ),
			      (unsigned long long)vw_get(&v, PRQ + 8));
		ck_assert_uint_eq(vw_get(&v, PRQ + 16) | vw_get(&v, PRQ + 24), 0);
		ck_assert_uint_eq(vu_read(&v, "PQT"), 32);
		ck_assert_uint_eq(vu_read(&v, "PQH"), 0);
		ck_assert_uint_eq(vu_read(&v, "PRS"), 1);
		ck_assert_uint_eq(vu_read(&v, "FSTS"), 0);
		vw_close(&v);
	}
}
END_TEST

/* 2^(PQS + 7) entries, of which all but one can be used. */
START_TEST(queue_wraps_and_overflows)
{
	struct ims_page_req middle = page(1, VW_IOVA, false), last = page(1, VW_IOVA, true);
	uint8_t code;
	struct vw v;

	open_prq(&v);
	vu_write(&v, "PQA", PRQ | 1);
	vu_write(&v, "PQH", 0x1fe0);
	vu_write(&v, "PQT", 0x1fe0);
	for (unsigned i = 0; i < 255; i++)
		ck_assert_uint_eq(ask(&v, &middle, &code), IMS_PAGE_QUEUED);
	ck_assert_uint_eq(vu_read(&v, "PQT"), 0x1fc0);
	ck_assert_uint_ne(vw_get(&v, PRQ + 0x1fe0), 0);
	ck_assert_uint_ne(vw_get(&v, PRQ + 0x1fa0), 0);
	ck_assert_uint_eq(vw_get(&v, PRQ + 0x1fc0), 0);
	ck_assert_uint_eq(vu_read(&v, "PRS"), 1);
	/* Table 31: full. Success by hardware for the last of a group, silence for the others. */
	ck_assert_uint_eq(ask(&v, &middle, &code), IMS_PAGE_DROPPED);
	ck_assert_uint_eq(vu_read(&v, "PRS"), 3);
	ck_assert_uint_eq(ask(&v, &last, &code), IMS_PAGE_ANSWERED);
	ck_assert_uint_eq(code, 0);
	/* Room does not help while PRO stands. */
	vu_write(&v, "PQH", 0x1fc0);
	ck_assert_uint_eq(ask(&v, &last, &code), IMS_PAGE_ANSWERED);
	ck_assert_uint_eq(code, 0);
	ck_assert_uint_eq(vu_read(&v, "PQT"), 0x1fc0);
	vu_write(&v, "PRS", 2);
	ck_assert_uint_eq(ask(&v, &last, &code), IMS_PAGE_QUEUED);
	ck_assert_uint_eq(vu_read(&v, "PQT"), 0x1fe0);
	/* No fault is recorded for any of it. */
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0);
	vw_close(&v);
}
END_TEST

/* ---- requests that the tables do not carry, table 30 ---- */

enum spoil { NO_PRE, NO_ROOT, NO_CONTEXT, PASID_TOO_LARGE, NO_DIRECTORY, NO_ENTRY, LEGACY, ABORT };

START_TEST(table_faults)
{
	static const struct {
		enum spoil spoil;
		uint32_t ctx;
		uint16_t code;
	} of[] = {
		{ NO_PRE, NONE, 0x47 },		{ NO_ROOT, NONE, 0x39 },
		{ NO_CONTEXT, NONE, 0x41 },	{ PASID_TOO_LARGE, 0x2000, 0x46 },
		{ NO_DIRECTORY, 0x1000, 0x51 }, { NO_ENTRY, 20, 0x59 },
		{ LEGACY, NONE, 0x32 },		{ ABORT, NONE, 0x33 },
	};

	for (unsigned n = 0; n < COUNT(of) * 2; n++) {
		unsigned i = n / 2;
		struct ims_page_req req = page(of[i].ctx, 0x5000, n & 1);
		uint64_t pasid = req.ctx == NONE ? 0 : (uint64_t)req.ctx << 40 | 1u << 31;
		uint8_t code;
		struct vw v;

		vw_build(&v, &(struct vw_options){ .full = true, .logged = true });
		if (of[i].spoil != NO_PRE && of[i].spoil != NO_ROOT && of[i].spoil != NO_CONTEXT)
			allow(&v);
		if (of[i].spoil == NO_ROOT)
			req.src = 0x0508;
		if (of[i].spoil == NO_CONTEXT)
			req.src = 0x0110;
		if (of[i].spoil == LEGACY || of[i].spoil == ABORT)
			v.hw.unit->root = VW_ROOT | (of[i].spoil == ABORT ? 3u << 10 : 0);
		ck_assert_uint_eq(ask(&v, &req, &code),
				  req.last ? IMS_PAGE_ANSWERED : IMS_PAGE_DROPPED);
		ck_assert_uint_eq(code, req.last ? 1 : 0);
		/* T1 = 0, T2 = 1: a page request; AT = 0. */
		ck_assert_msg(vu_read(&v, "FRCD0-HI") ==
				      (UINT64_C(1) << 63 | pasid | (uint64_t)of[i].code << 32 |
				       1u << 28 | req.src),
			      "%u: %llx", i, (unsigned long long)vu_read(&v, "FRCD0-HI"));
		ck_assert_uint_eq(vu_read(&v, "FRCD0-LO"), 0x5000);
		ck_assert_uint_eq(vu_read(&v, "PQT"), 0);
		ck_assert_uint_eq(vu_read(&v, "PRS"), 0);
		ck_assert_uint_eq(vu_count(&v, IMS_EV_CMD), 0);
		vw_close(&v);
	}
}
END_TEST

/* FPD of the entry that faults, or of one above it: answered, and not recorded. */
START_TEST(fault_processing_disabled)
{
	for (unsigned n = 0; n < 3; n++) {
		struct ims_page_req req = page(n ? 20 : NONE, 0x5000, true);
		uint8_t code;
		struct vw v;

		vw_build(&v, &(struct vw_options){ .full = true, .logged = true });
		allow(&v);
		if (n == 0)
			vw_put(&v, VW_CTX_E, VW_DIR | 0xf); /* no PRE */
		else
			vw_put(&v, n == 1 ? VW_DIR_E : VW_PASID_E(20), n == 1 ? VW_PASIDS | 3 : 2);
		ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_ANSWERED);
		ck_assert_uint_eq(code, 1);
		ck_assert_uint_eq(vu_read(&v, "FSTS"), 0);
		vw_close(&v);
	}
}
END_TEST

/* PRIV of the record is the request's. */
START_TEST(privilege_in_the_record)
{
	for (unsigned priv = 0; priv < 2; priv++) {
		struct ims_page_req req = page(20, 0x5000, true);
		uint8_t code;
		struct vw v;

		open_prq(&v);
		req.priv = priv;
		ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_ANSWERED);
		ck_assert_uint_eq(vu_read(&v, "FRCD0-HI") >> 29 & 1, priv);
		vw_close(&v);
	}
}
END_TEST

/* Privilege, and how wide the address is, are questions of translation. */
START_TEST(not_asked)
{
	struct ims_page_req req = page(1, ~UINT64_C(0), true);
	uint8_t code;
	struct vw v;

	open_prq(&v);
	req.priv = true; /* and SRE = 0 */
	ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_QUEUED);
	req.ctx = 9;
	ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_QUEUED);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0);
	vw_close(&v);
}
END_TEST

/* Page requests do not walk tables: none is there, and the request is queued. */
START_TEST(no_walk)
{
	struct ims_page_req req = page(1, VW_IOVA, true);
	uint8_t code;
	struct vw v;

	open_prq(&v);
	vw_put(&v, VW_FS_E(VW_F4, 4), 0);
	ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_QUEUED);
	vw_close(&v);
}
END_TEST

/* What a request caches of the structures is read when it comes: an earlier command does not take it. */
START_TEST(structures_are_read_now)
{
	struct ims_page_req req = page(1, VW_IOVA, true);
	struct ims_cfg_key key = { .src = VW_SRC, .ctx = 1, .dom = 11 };
	uint8_t code;
	struct vw v;

	for (unsigned late = 0; late < 2; late++) {
		vw_build(&v, &(struct vw_options){ .full = true, .logged = true });
		if (late)
			vw_send(&v, 0x37, 0);
		allow(&v);
		ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_QUEUED);
		if (!late)
			vw_send(&v, 0x37, 0);
		vw_wait(&v);
		ck_assert_uint_eq(ims_cfg_find(&v.hw, VTD_PASID, &key) != NULL, late);
		vw_close(&v);
	}
}
END_TEST

/* Without PRS, or while nothing is translated, the message is none that the unit knows. */
START_TEST(not_supported)
{
	struct ims_page_req req = page(1, VW_IOVA, true);
	uint8_t code;
	struct vw v;

	for (unsigned n = 0; n < 2; n++) {
		vw_build(&v, &(struct vw_options){ .full = true, .logged = true });
		vu_set(&v, VTD_P_PRS, n);
		allow(&v);
		if (n)
			vu_write(&v, "GCMD", VU_QIE);
		ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_DROPPED);
		ck_assert_uint_eq(vu_read(&v, "FSTS") | vu_read(&v, "PQT"), 0);
		vw_close(&v);
	}
}
END_TEST

/* ---- stop markers ---- */

START_TEST(stop_markers)
{
	struct ims_page_req marker = page(1, 0, true);
	uint8_t code;
	struct vw v;

	marker.read = false;
	for (unsigned sms = 0; sms < 2; sms++) {
		open_prq(&v);
		vu_set(&v, VTD_P_SMS, sms);
		allow(&v);
		ck_assert_uint_eq(ask(&v, &marker, &code), IMS_PAGE_QUEUED);
		ck_assert_uint_eq(vw_get(&v, PRQ + 8), 5 << 3 | 4);
		/* It asks for no page, so it drops none; a request would. */
		ck_assert_uint_eq(vu_count(&v, IMS_EV_CMD), !sms);
		/* It cannot be written: lost in silence with SMS = 1. */
		vu_write(&v, "PQH", 64);
		ck_assert_uint_eq(ask(&v, &marker, &code),
				  sms ? IMS_PAGE_DROPPED : IMS_PAGE_ANSWERED);
		ck_assert_uint_eq(vu_read(&v, "PRS"), sms ? 1 : 3);
		marker.ctx = 20;
		ck_assert_uint_eq(ask(&v, &marker, &code),
				  sms ? IMS_PAGE_DROPPED : IMS_PAGE_ANSWERED);
		ck_assert_uint_eq(vu_read(&v, "FSTS"), sms ? 0 : 2);
		marker.ctx = 1;
		vw_close(&v);
	}
}
END_TEST

/* ---- the event, section 7.5 ---- */

START_TEST(page_request_event)
{
	struct ims_page_req req = page(1, VW_IOVA, true);
	uint8_t code;
	struct vw v;

	open_prq(&v);
	vu_write(&v, "PEDATA", 0x66);
	vu_write(&v, "PEADDR", 0xfee00010);
	vu_write(&v, "PEUADDR", 2);
	ask(&v, &req, &code);
	ck_assert_uint_eq(vu_read(&v, "PECTL"), 0xc0000000);
	vu_write(&v, "PECTL", 0);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_PAGE), 1);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_SIGNAL)->a[0], UINT64_C(0x2fee00010));
	ck_assert_uint_eq(vu_last(&v, IMS_EV_SIGNAL)->a[1], 0x66);
	ask(&v, &req, &code);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_PAGE), 1);
	vu_write(&v, "PRS", 1);
	ck_assert_uint_eq(vu_read(&v, "PRS"), 0);
	ask(&v, &req, &code);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_PAGE), 2);
	/* The descriptor stands before the message. */
	ck_assert(vu_last(&v, IMS_EV_WRITE) < vu_last(&v, IMS_EV_SIGNAL));
	/* Overflow sends one where nothing stood before. */
	vu_write(&v, "PRS", 1);
	vu_write(&v, "PQH", 128);
	ask(&v, &req, &code);
	ck_assert_uint_eq(vu_read(&v, "PRS"), 2);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_PAGE), 3);
	/* One of two served: the other still waits. */
	vu_write(&v, "PRS", 2);
	vu_write(&v, "PQH", 0);
	vu_write(&v, "PECTL", 0x80000000);
	ask(&v, &req, &code);
	vu_write(&v, "PQH", 160);
	ask(&v, &req, &code);
	ck_assert_uint_eq(vu_read(&v, "PRS"), 3);
	for (unsigned one = 1; one < 3; one++) {
		vu_write(&v, "PRS", one);
		ck_assert_uint_eq(vu_read(&v, "PECTL"), one == 1 ? 0xc0000000 : 0x80000000);
	}
	vu_write(&v, "PECTL", 0);
	vu_write(&v, "PQH", 0);
	ask(&v, &req, &code);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_PAGE), 4);
	vu_write(&v, "PRS", 1);
	vu_write(&v, "PQH", 192);
	ask(&v, &req, &code);
	/* Served behind the mask. */
	vu_write(&v, "PECTL", 0x80000000);
	vu_write(&v, "PRS", 2);
	vu_write(&v, "PQH", 0);
	ask(&v, &req, &code);
	ck_assert_uint_eq(vu_read(&v, "PECTL"), 0xc0000000);
	vu_write(&v, "PRS", 1);
	ck_assert_uint_eq(vu_read(&v, "PECTL"), 0x80000000);
	vw_close(&v);
}
END_TEST

/* ---- implicit invalidation, table 27 ---- */

static uint32_t put(struct vw *v, unsigned cls, uint16_t dom, uint32_t ctx, uint64_t in)
{
	struct ims_entry e = { .in = in,
			       .src = VW_SRC_HIGH,
			       .ctx = ctx,
			       .dom = dom,
			       .cls = (uint8_t)cls,
			       .born = v->world->time,
			       .perm = 7,
			       .size_lg2 = 12 };

	return ims_cache_fill(ims_hw_cache(&v->hw, VTD_IOTLB), &e, ctx, NULL, NULL);
}

static bool there(struct vw *v, uint32_t number)
{
	struct ims_cache *c = ims_hw_cache(&v->hw, VTD_IOTLB);

	return ims_entry_live(c, &ims_cache_entries(c)[number]);
}

/* What the request's PASID stands for, the entry it drops, and neighbours by one field. */
START_TEST(implicit_invalidation)
{
	static const struct {
		uint32_t pasid;
		uint64_t word; /* the command's first */
		uint8_t cls;
		bool by_pasid, by_page;
		bool psi; /* of the unit */
	} of[] = {
		{ 1, UINT64_C(0x1000b0036), VTD_CLASS_FS, true, true, true },
		{ 2, 0x0c0032, VTD_CLASS_SS, false, true, true },
		{ 2, 0x0c0022, VTD_CLASS_SS, false, false, false }, /* no PSI: the whole domain */
		{ 3, 0x0d0022, VTD_CLASS_NESTED, false, false, true },
		{ NONE, 0x0a0022, VTD_CLASS_NESTED, false, false, true },
		{ 9, 0x130032, VTD_CLASS_PT, false, true, true },
	};

	for (unsigned i = 0; i < COUNT(of); i++) {
		uint32_t pasid = of[i].pasid == NONE ? 0 : of[i].pasid, named, did, other, next;
		struct ims_page_req req = page(of[i].pasid, 0x5fff, true);
		uint16_t dom = (uint16_t)(10 + pasid);
		uint8_t code;
		struct vw v;

		vw_build(&v, &(struct vw_options){ .full = true, .logged = true });
		vu_set(&v, VTD_P_PSI, of[i].psi);
		allow(&v);
		named = put(&v, of[i].cls, dom, pasid, 0x5000);
		did = put(&v, of[i].cls, dom + 1, pasid + 20, 0x5000);
		other = put(&v, of[i].cls, dom, pasid + 40, 0x5000);
		next = put(&v, of[i].cls, dom, pasid, 0x6000);
		ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_QUEUED);
		ck_assert(!there(&v, named));
		ck_assert(there(&v, did));
		ck_assert_msg(there(&v, other) == of[i].by_pasid, "%u", i);
		ck_assert_msg(there(&v, next) == of[i].by_page, "%u", i);
		ck_assert_uint_eq(vu_last(&v, IMS_EV_CMD)->a[0], of[i].word);
		ck_assert_uint_eq(vu_last(&v, IMS_EV_CMD)->a[1], of[i].by_page ? 0x5000 : 0);
		/* Before the descriptor is there. */
		ck_assert(vu_last(&v, IMS_EV_CMD) < vu_last(&v, IMS_EV_WRITE));
		vw_close(&v);
	}
}
END_TEST

/* "Nothing on a failed, dropped or overflowing request." */
START_TEST(nothing_implied)
{
	struct ims_page_req req = page(1, VW_IOVA, true);
	uint32_t number;
	uint8_t code;
	struct vw v;

	open_prq(&v);
	number = put(&v, VTD_CLASS_FS, 11, 1, VW_IOVA);
	vu_write(&v, "PQH", 32);
	ask(&v, &req, &code); /* full */
	ask(&v, &req, &code); /* overflow pending */
	ck_assert(there(&v, number));
	ck_assert_uint_eq(vu_count(&v, IMS_EV_CMD), 0);
	vw_close(&v);
}
END_TEST

/* PD: what signals the wait stands behind the descriptors of requests received before. */
START_TEST(drained)
{
	struct ims_page_req req = page(1, VW_IOVA, true);
	const struct ims_event *described;
	uint8_t code;
	struct vw v;

	open_prq(&v);
	ask(&v, &req, &code);
	described = vu_last(&v, IMS_EV_WRITE);
	vw_send(&v, 0x1000000a5, VW_STATUS);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 1);
	ck_assert_uint_eq(vu_read(&v, "PQT"), 32);
	ck_assert(vu_last(&v, IMS_EV_WRITE) > described);
	vw_close(&v);
}
END_TEST

/* From the request to the response of software. */
START_TEST(served)
{
	struct ims_page_req req = page(1, VW_IOVA, true);
	struct ims_access_result got;
	struct ims_req dma = vw_req(1, VW_IOVA, IMS_R);
	uint64_t qw0, qw1;
	uint8_t code;
	struct vw v;

	open_prq(&v);
	vw_put(&v, VW_FS_E(VW_F1, 1), 0);
	ims_device_access(&v.hw, 0, &dma, true, &got);
	ck_assert(got.refused);
	ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_QUEUED);
	qw0 = vw_get(&v, PRQ);
	qw1 = vw_get(&v, PRQ + 8);
	vw_put(&v, VW_FS_E(VW_F1, 1), VW_HPA_FS | 7);
	vu_write(&v, "PQH", 32);
	vw_send(&v,
		(qw0 >> 32 & 0xfffff) << 32 | (qw0 >> 16 & 0xffff) << 16 | (qw0 >> 8 & 1) << 4 | 9,
		qw1 & 0xff8);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_RESPONSE)->n, 0);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_RESPONSE)->a[0], VW_SRC);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_RESPONSE)->a[1], 1);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_RESPONSE)->a[2], 5);
	ims_device_access(&v.hw, 0, &dma, true, &got);
	ck_assert_uint_eq(got.out, VW_HPA_FS);
	vw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d page requests");
	TCase *t = tcase_create("queue");

	tcase_add_test(t, descriptor_bits);
	tcase_add_test(t, queue_wraps_and_overflows);
	tcase_add_test(t, table_faults);
	tcase_add_test(t, fault_processing_disabled);
	tcase_add_test(t, privilege_in_the_record);
	tcase_add_test(t, not_asked);
	tcase_add_test(t, no_walk);
	tcase_add_test(t, structures_are_read_now);
	tcase_add_test(t, not_supported);
	tcase_add_test(t, stop_markers);
	tcase_add_test(t, page_request_event);
	suite_add_tcase(s, t);
	t = tcase_create("invalidation");
	tcase_add_test(t, implicit_invalidation);
	tcase_add_test(t, nothing_implied);
	tcase_add_test(t, drained);
	tcase_add_test(t, served);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
