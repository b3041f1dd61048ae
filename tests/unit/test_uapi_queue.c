/* SPDX-License-Identifier: MIT */
/*
 * read() and write() of fault and event queues: layouts and errnos of the reference sheet on
 * iommufd, A3 (FAULT_QUEUE_ALLOC, VEVENTQ_ALLOC), and what ends what is pending.
 */
#include <check.h>

#include "tests/unit/uapi_objects.h"

#define GOT(r, type, n) (((const type *)(const void *)&(r)->arena[AT_DATA - ARENA])[n])

/* A fault queue, its file and device 0. */
struct queue {
	uint32_t dev, fault, fd;
};

static struct queue queue(struct rig *r)
{
	struct queue q;

	start(r, &smmuv3_model, "linux-7.3");
	q.dev = bound(r, 0);
	q.fault = made(r, "FAULT_QUEUE_ALLOC", "out_fault_id",
		       rig_call(r, "FAULT_QUEUE_ALLOC", { "flags", 0 }));
	q.fd = (uint32_t)rig_got(r, "FAULT_QUEUE_ALLOC", "out_fault_fd");
	return q;
}

/* A request of device 0 that the host has put into the queue, as number @n. */
static void put(struct rig *r, const struct queue *q, unsigned n, uint32_t serial, uint32_t ctx,
		bool last)
{
	struct ims_unit *u = r->h->iommus[0].hw.unit;

	r->h->faults.pages[n] = (struct hyp_page){ .at = HYP_PAGE_QUEUED,
						   .last = last,
						   .perm = IMS_UAPI_FAULT_WRITE,
						   .fault = (uint16_t)q->fault,
						   .ctx = ctx,
						   .via = ctx,
						   .group = 10 + serial,
						   .serial = serial,
						   .addr = 0x1000 * (n + 1) };
	if (last)
		u->asked[u->asked_count++] = (struct ims_asked){ .src = r->h->devices[0].prid,
								 .ctx = ctx,
								 .group = (uint16_t)(10 + serial),
								 .last = true };
}

static long rd(struct rig *r, const struct queue *q, uint64_t count)
{
	return hyp_uapi_read(r->h, 0, q->fd, AT_DATA, count, 0, &r->mem);
}

static long wr(struct rig *r, const struct queue *q, const struct ims_uapi_page_response *answers,
	       uint64_t count)
{
	memcpy(&r->arena[AT_DATA - ARENA], answers, 64);
	return hyp_uapi_write(r->h, 0, q->fd, AT_DATA, count, 0, &r->mem);
}

/* Groups that the device waits for. */
static unsigned waiting(const struct rig *r)
{
	return r->h->iommus[0].hw.unit->asked_count;
}

START_TEST(faults_read)
{
	struct rig r;
	struct queue q = queue(&r);
	struct ims_uapi_pgfault f;

	ck_assert_uint_eq(sizeof(struct ims_uapi_pgfault), 40);
	ck_assert_uint_eq(sizeof(struct ims_uapi_page_response), 8);
	/* Empty: it never waits. */
	ck_assert_int_eq(rd(&r, &q, 40), 0);
	ck_assert_int_eq(rd(&r, &q, 41), -ESPIPE);
	ck_assert_int_eq(hyp_uapi_read(r.h, 0, q.fd, AT_DATA, 40, 40, &r.mem), -ESPIPE);
	ck_assert_int_eq(hyp_uapi_read(r.h, 0, q.fd + 5, AT_DATA, 40, 0, &r.mem), -EBADF);
	/* A group of two and one of one, which became complete the other way round. */
	put(&r, &q, 0, 2, 5, false);
	put(&r, &q, 1, 1, IMS_CTX_NONE, true);
	put(&r, &q, 2, 2, 5, true);
	ck_assert_int_eq(rd(&r, &q, 0), -EINVAL);
	/* Whole groups alone: the second does not fit behind the first. */
	ck_assert_int_eq(rd(&r, &q, 80), 40);
	f = GOT(&r, struct ims_uapi_pgfault, 0);
	ck_assert_uint_eq(f.flags, IMS_UAPI_FAULT_LAST_PAGE);
	ck_assert_uint_eq(f.dev_id, q.dev);
	ck_assert_uint_eq(f.pasid, 0);
	ck_assert_uint_eq(f.grpid, 11);
	ck_assert_uint_eq(f.perm, IMS_UAPI_FAULT_WRITE);
	ck_assert_uint_eq(f.addr, 0x2000);
	ck_assert_uint_eq(f.length, 0);
	ck_assert_uint_eq(f.cookie, 1);
	/* And none at all if it is the first. */
	ck_assert_int_eq(rd(&r, &q, 40), -EINVAL);
	ck_assert_int_eq(rd(&r, &q, 120), 80);
	f = GOT(&r, struct ims_uapi_pgfault, 0);
	ck_assert_uint_eq(f.flags, IMS_UAPI_FAULT_PASID_VALID);
	ck_assert_uint_eq(f.pasid, 5);
	ck_assert_uint_eq(f.addr, 0x1000);
	ck_assert_uint_eq(f.cookie, 2);
	f = GOT(&r, struct ims_uapi_pgfault, 1);
	ck_assert_uint_eq(f.flags, IMS_UAPI_FAULT_PASID_VALID | IMS_UAPI_FAULT_LAST_PAGE);
	ck_assert_uint_eq(f.addr, 0x3000);
	ck_assert_uint_eq(f.cookie, 2);
	ck_assert_int_eq(rd(&r, &q, 120), 0);
	rig_close(&r);
}
END_TEST

/* What cannot be handed over stays. */
START_TEST(faults_read_nowhere)
{
	struct rig r;
	struct queue q = queue(&r);

	put(&r, &q, 0, 1, 5, true);
	ck_assert_int_eq(hyp_uapi_read(r.h, 0, q.fd, 8, 40, 0, &r.mem), -EFAULT);
	ck_assert_int_eq(rd(&r, &q, 40), 40);
	rig_close(&r);
}
END_TEST

START_TEST(faults_written)
{
	const struct ims_uapi_page_response bad_code[8] = { { 1, 2 } }, unknown[8] = { { 7, 0 } },
					    good[8] = { { 1, 0 } },
					    some[8] = { { 2, 1 }, { 9, 0 }, { 3, 0 } };
	struct rig r;
	struct queue q = queue(&r);

	put(&r, &q, 0, 1, 5, true);
	/* Not read yet, it has no number. */
	ck_assert_int_eq(wr(&r, &q, good, 8), -EINVAL);
	put(&r, &q, 1, 2, 5, true);
	put(&r, &q, 2, 3, 5, true);
	ck_assert_int_eq(rd(&r, &q, 120), 120);
	ck_assert_int_eq(wr(&r, &q, good, 7), -ESPIPE);
	ck_assert_int_eq(hyp_uapi_write(r.h, 0, q.fd, AT_DATA, 8, 8, &r.mem), -ESPIPE);
	ck_assert_int_eq(wr(&r, &q, bad_code, 8), -EINVAL);
	ck_assert_int_eq(wr(&r, &q, unknown, 8), -EINVAL);
	ck_assert_int_eq(wr(&r, &q, good, 0), 0);
	ck_assert_uint_eq(waiting(&r), 3);
	ck_assert_int_eq(wr(&r, &q, good, 8), 8);
	ck_assert_uint_eq(waiting(&r), 2);
	/* It is answered. */
	ck_assert_int_eq(wr(&r, &q, good, 8), -EINVAL);
	/* Those before the bad one are done. */
	ck_assert_int_eq(wr(&r, &q, some, 24), 8);
	ck_assert_uint_eq(r.h->faults.pages[1].at, HYP_PAGE_FREE);
	ck_assert_uint_eq(r.h->faults.pages[2].at, HYP_PAGE_OUT);
	/* The lowest number that is free. */
	put(&r, &q, 0, 4, 5, true);
	ck_assert_int_eq(rd(&r, &q, 40), 40);
	ck_assert_uint_eq(GOT(&r, struct ims_uapi_pgfault, 0).cookie, 1);
	rig_close(&r);
}
END_TEST

/* With the queue everything that is pending goes: nobody could answer it any more. */
START_TEST(faults_destroyed)
{
	struct rig r;
	struct queue q = queue(&r);

	put(&r, &q, 0, 1, 5, true);
	put(&r, &q, 1, 2, 5, true);
	ck_assert_int_eq(rd(&r, &q, 40), 40);
	ck_assert_int_eq(destroy(&r, q.fault), -EBUSY);
	ck_assert_int_eq(hyp_uapi_close_queue(r.h, 0, q.fd), 0);
	ck_assert_int_eq(rd(&r, &q, 40), -EBADF);
	ck_assert_uint_eq(r.h->faults.pages[0].at, HYP_PAGE_OUT);
	ck_assert_int_eq(destroy(&r, q.fault), 0);
	ck_assert_uint_eq(r.h->faults.pages[0].at, HYP_PAGE_FREE);
	ck_assert_uint_eq(r.h->faults.pages[1].at, HYP_PAGE_FREE);
	ck_assert_uint_eq(waiting(&r), 0);
	rig_close(&r);
}
END_TEST

/* And what came by an attachment with that; other PASIDs' stays. */
START_TEST(faults_detached)
{
	struct rig r;
	struct queue q = queue(&r);
	uint32_t as = ioas(&r), a = hwpt(&r, q.dev, as, IMS_UAPI_HWPT_PASID),
		 b = hwpt(&r, q.dev, as, IMS_UAPI_HWPT_PASID);

	ck_assert_int_eq(attach_pasid(&r, 0, a, 5), 0);
	ck_assert_int_eq(attach_pasid(&r, 0, a, 6), 0);
	put(&r, &q, 0, 1, 5, true);
	put(&r, &q, 1, 2, 6, true);
	ck_assert_int_eq(attach_pasid(&r, 0, b, 5), 0);
	ck_assert_uint_eq(r.h->faults.pages[0].at, HYP_PAGE_FREE);
	ck_assert_uint_eq(r.h->faults.pages[1].at, HYP_PAGE_QUEUED);
	hyp_uapi_close_device(r.h, 0);
	ck_assert_uint_eq(r.h->faults.pages[1].at, HYP_PAGE_FREE);
	ck_assert_uint_eq(waiting(&r), 0);
	rig_close(&r);
}
END_TEST

/* ---- events ---- */

struct events {
	uint32_t viommu, id, fd;
};

static struct events events(struct rig *r, uint32_t depth)
{
	struct events e;
	uint32_t dev, as, parent;

	start(r, &smmuv3_model, "linux-7.3");
	as = ioas(r);
	dev = bound(r, 0);
	parent = hwpt(r, dev, as, PARENT);
	e.viommu = made(r, "VIOMMU_ALLOC", "out_viommu_id",
			rig_call(r, "VIOMMU_ALLOC", { "type", 1 }, { "dev_id", dev },
				 { "hwpt_id", parent }));
	e.id = made(r, "VEVENTQ_ALLOC", "out_veventq_id",
		    rig_call(r, "VEVENTQ_ALLOC", { "viommu_id", e.viommu }, { "type", 1 },
			     { "veventq_depth", depth }));
	e.fd = (uint32_t)rig_got(r, "VEVENTQ_ALLOC", "out_veventq_fd");
	return e;
}

static void event(struct rig *r, const struct events *e, uint64_t word)
{
	const uint64_t words[4] = { word, 0, word, 0 };

	hyp_vevent_put(r->h, 0, e->viommu, 1, words, 4);
}

static long rd_event(struct rig *r, const struct events *e, uint64_t count)
{
	return hyp_uapi_read(r->h, 0, e->fd, AT_DATA, count, 0, &r->mem);
}

START_TEST(events_read)
{
	struct rig r;
	struct events e = events(&r, 2);
	const struct ims_uapi_vevent_header *h;
	const uint64_t other[4] = { 1 };

	/* Of a type without a queue nobody hears. */
	hyp_vevent_put(r.h, 0, e.viommu, 2, other, 4);
	ck_assert_int_eq(rd_event(&r, &e, 40), 0);
	event(&r, &e, 0x10);
	event(&r, &e, 0x11);
	ck_assert_int_eq(rd_event(&r, &e, 7), -EINVAL);
	ck_assert_int_eq(rd_event(&r, &e, 8), -EINVAL);
	ck_assert_int_eq(hyp_uapi_read(r.h, 0, e.fd, AT_DATA, 40, 1, &r.mem), -ESPIPE);
	ck_assert_int_eq(hyp_uapi_write(r.h, 0, e.fd, AT_DATA, 8, 0, &r.mem), -EINVAL);
	ck_assert_int_eq(rd_event(&r, &e, 79), 40);
	h = &GOT(&r, struct ims_uapi_vevent_header, 0);
	ck_assert_uint_eq(h->flags, 0);
	ck_assert_uint_eq(h->sequence, 0);
	ck_assert_uint_eq(GOT(&r, uint64_t, 1), 0x10);
	ck_assert_uint_eq(GOT(&r, uint64_t, 3), 0x10);
	ck_assert_int_eq(rd_event(&r, &e, 80), 40);
	ck_assert_uint_eq(GOT(&r, struct ims_uapi_vevent_header, 0).sequence, 1);
	ck_assert_int_eq(rd_event(&r, &e, 80), 0);
	rig_close(&r);
}
END_TEST

START_TEST(events_lost)
{
	struct rig r;
	struct events e = events(&r, 1);

	/* Of three one has room: behind it a header says so, with the number of the last. */
	for (unsigned i = 0; i < 3; i++)
		event(&r, &e, i);
	ck_assert_int_eq(rd_event(&r, &e, 200), 48);
	ck_assert_uint_eq(GOT(&r, struct ims_uapi_vevent_header, 0).sequence, 0);
	ck_assert_uint_eq(GOT(&r, struct ims_uapi_vevent_header, 5).flags, IMS_UAPI_VEVENT_LOST);
	ck_assert_uint_eq(GOT(&r, struct ims_uapi_vevent_header, 5).sequence, 2);
	ck_assert_int_eq(rd_event(&r, &e, 200), 0);
	/* An event behind what was lost tells of it by its number alone. */
	event(&r, &e, 3);
	event(&r, &e, 4);
	ck_assert_int_eq(rd_event(&r, &e, 40), 40);
	ck_assert_uint_eq(GOT(&r, struct ims_uapi_vevent_header, 0).sequence, 3);
	event(&r, &e, 5);
	ck_assert_int_eq(rd_event(&r, &e, 200), 40);
	ck_assert_uint_eq(GOT(&r, struct ims_uapi_vevent_header, 0).sequence, 5);
	ck_assert_uint_eq(GOT(&r, struct ims_uapi_vevent_header, 0).flags, 0);
	/* 31 bits. */
	hyp_obj(r.h, 0, e.id, HYP_OBJ_VEVENTQ)->veventq.sequence = INT32_MAX;
	event(&r, &e, 6);
	ck_assert_int_eq(rd_event(&r, &e, 200), 40);
	event(&r, &e, 7);
	ck_assert_int_eq(rd_event(&r, &e, 200), 40);
	ck_assert_uint_eq(GOT(&r, struct ims_uapi_vevent_header, 0).sequence, 0);
	/* What it has goes with it. */
	event(&r, &e, 8);
	ck_assert_int_eq(hyp_uapi_close_queue(r.h, 0, e.fd), 0);
	ck_assert_int_eq(destroy(&r, e.id), 0);
	ck_assert_uint_eq(r.h->faults.vevents_count, 0);
	rig_close(&r);
}
END_TEST

int main(void)
{
	TCase *faults = tcase_create("faults"), *evs = tcase_create("events");
	Suite *s = suite_create("uapi_queue");

	tcase_add_test(faults, faults_read);
	tcase_add_test(faults, faults_read_nowhere);
	tcase_add_test(faults, faults_written);
	tcase_add_test(faults, faults_destroyed);
	tcase_add_test(faults, faults_detached);
	tcase_add_test(evs, events_read);
	tcase_add_test(evs, events_lost);
	suite_add_tcase(s, faults);
	suite_add_tcase(s, evs);
	return tests_run(s);
}
