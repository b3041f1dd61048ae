/* SPDX-License-Identifier: MIT */
/*
 * The host's side of AMD's hardware vIOMMU, and its VMM's: what is written for a vIOMMU, a
 * vDEVICE, a queue and a nested device, and to which of the guest's stores a VMM reacts that
 * sees none of its commands.
 */
#include <check.h>
#include <string.h>

#include "models/amdvi/viommu.h"
#include "sim/scenario/run.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ON	 (UINT64_C(1) << 52 | UINT64_C(1) << 53 | UINT64_C(1) << 60)

enum {
	DEV = 0x3a00,
	VRID = 0x100,
	GDOM = 0x21,
	PARENT = 1,

};

struct ran {
	struct scn *scn;
	struct scn_run *run;
	GError *error;
};

/* Runs to the end, or to the first error. */
static struct ran run_of(const char *head, const char *steps)
{
	static const char *const vendors[] = { "amdvi", NULL };
	g_autofree char *text = g_strdup_printf(
		"scenario: t\nvendors: [amdvi]\n%s"
		"vms: {vm0: {memory: 64M, devices: {a: {vrid: \"01:00.0\", ats: on}}, spaces: [s]}}\n"
		"steps:\n%s",
		head, steps);
	struct ran r = { 0 };

	r.scn = scn_load("t.yaml", text, strlen(text), vendors, &r.error);
	ck_assert_msg(r.scn != NULL, "%s", r.error ? r.error->message : "");
	r.run = scn_run_new(r.scn, &amdvi_model, 0, &r.error);
	if (r.run)
		scn_run_steps(r.run, &r.error);
	return r;
}

static struct ran ran(const char *head, const char *steps)
{
	struct ran r = run_of(head, steps);

	ck_assert_msg(!r.error, "%s", r.error ? r.error->message : "");
	return r;
}

static void end(struct ran *r)
{
	scn_run_free(r->run);
	scn_free(r->scn);
	g_clear_error(&r->error);
}

static struct ims_hw *unit(const struct ran *r)
{
	return &r->run->h->iommus[0].hw;
}

static uint64_t reg(const struct ran *r, const char *name)
{
	const struct ims_reg *row = ims_model_reg(&amdvi_model, name);
	uint64_t value = 0;

	ck_assert(row && ims_reg_read(unit(r), row->offset, row->bytes, &value));
	return value;
}

static uint64_t dte(const struct ran *r, uint32_t src, unsigned word)
{
	uint64_t base = unit(r)->unit->root & ~UINT64_C(0xfff);

	return ims_mem_word(&unit(r)->mem, base + src * 32 + word * 8);
}

/* What a map has of an id; UINT32_MAX: nothing. */
static uint32_t mapped(const struct ran *r, enum amdvi_map map, uint32_t id)
{
	uint32_t host;

	return amdvi_map_find(&unit(r)->unit->state, 1, map, id, &host) ? host : UINT32_MAX;
}

#define HARDWARE "vmm: {queue: hardware}\n"
#define ATTACH	 "- attach: {dev: a, space: s}\n"

/* ---- what the host writes ---- */

/* The unit is switched on for it, the guest's memory is reached by the parent's table, the maps know the device. */
START_TEST(opened)
{
	static const char *const policies[] = { "host: mail-2023\n", "host: amdese-hw\n" };

	for (unsigned i = 0; i < COUNT(policies); i++) {
		g_autofree char *head = g_strconcat(policies[i], HARDWARE, NULL);
		struct ran r = ran(head, "- sync\n");

		ck_assert_uint_eq(reg(&r, "CTRL") & ON, ON);
		ck_assert_uint_eq(reg(&r, "VF_CNTL1_MISC"), UINT64_C(0xff01) << 16);
		ck_assert_uint_eq(reg(&r, "VF_CNTL2_MISC"), 0);
		ck_assert_uint_eq(dte(&r, 0xff01, 0),
				  UINT64_C(0x6000000000000803) | r.run->h->vms[0].s2_root);
		ck_assert_uint_eq(dte(&r, 0xff01, 1), PARENT);
		ck_assert_uint_eq(reg(&r, "VF_CNTL1_CMD"),
				  r.run->h->bare[0].unit->ring.base | 1u << 8 | 8);
		ck_assert_uint_eq(mapped(&r, AMDVI_MAP_DEVID, VRID), DEV);
		ck_assert_uint_eq(mapped(&r, AMDVI_MAP_DOMID, GDOM), i ? PARENT : UINT32_MAX);
		ck_assert_uint_eq(mapped(&r, AMDVI_MAP_DOMID, 0xffff), i ? PARENT : UINT32_MAX);
		end(&r);
	}
}
END_TEST

/* Section 15: vImuEn, GDeviceID, GuestID in the last word of the entry; the DomainID is mapped. */
START_TEST(nested)
{
	struct ran r = ran("host: mail-2023\n" HARDWARE, ATTACH);

	ck_assert_uint_eq(dte(&r, DEV, 3), 0x8000 | VRID << 16 | UINT64_C(1) << 32);
	ck_assert_uint_ne(dte(&r, DEV, 1) & 0xffff, PARENT);
	ck_assert_uint_eq(mapped(&r, AMDVI_MAP_DOMID, GDOM), dte(&r, DEV, 1) & 0xffff);
	end(&r);
	/* Nothing of that where the VMM has the queue. */
	r = ran("host: mail-2023\n", ATTACH);
	ck_assert_uint_eq(dte(&r, DEV, 3), 0);
	ck_assert_uint_eq(reg(&r, "CTRL") & ON, 0);
	ck_assert_uint_eq(reg(&r, "VF_CNTL1_MISC"), 0);
	ck_assert_uint_eq(mapped(&r, AMDVI_MAP_DEVID, VRID), UINT32_MAX);
	end(&r);
}
END_TEST

/* The objects go, from the queue on: DeviceID 0, the ring off, no entry; the next finds what RESET_VMMIO leaves. */
START_TEST(closed)
{
	struct ran r = ran("host: {base: mail-2023, map-default: parent}\n" HARDWARE,
			   "- ioctl: {call: DESTROY, in: {id: 5}}\n");

	ck_assert_uint_eq(mapped(&r, AMDVI_MAP_DEVID, VRID), 0);
	end(&r);
	r = ran("host: {base: mail-2023, map-default: parent}\n" HARDWARE,
		"- ioctl: {call: DESTROY, in: {id: 5}}\n"
		"- ioctl: {call: DESTROY, in: {id: 6}}\n"
		"- ioctl: {call: MUNMAP, in: {offset: 0x1000, length: 4K}}\n"
		"- ioctl: {call: DESTROY, in: {id: viommu}}\n");
	ck_assert_uint_eq(reg(&r, "VF_CNTL1_CMD"), 0);
	ck_assert_uint_eq(reg(&r, "VF_CNTL1_MISC"), 0);
	ck_assert_uint_eq(dte(&r, 0xff01, 0), 1);
	ck_assert_uint_eq(mapped(&r, AMDVI_MAP_DEVID, VRID), 0);
	end(&r);
	r = ran("host: {base: mail-2023}\n" HARDWARE,
		"- ioctl: {call: DESTROY, in: {id: 5}}\n"
		"- ioctl: {call: DESTROY, in: {id: 6}}\n"
		"- ioctl: {call: MUNMAP, in: {offset: 0x1000, length: 4K}}\n"
		"- ioctl: {call: DESTROY, in: {id: viommu}}\n"
		"- ioctl: {call: VIOMMU_ALLOC, in: {type: 3, dev_id: a, hwpt_id: parent, words: [0]}}\n");
	ck_assert_uint_eq(reg(&r, "VF_CNTL1_MISC"), UINT64_C(0xff01) << 16);
	ck_assert_uint_eq(mapped(&r, AMDVI_MAP_DEVID, VRID), UINT32_MAX);
	ck_assert_uint_eq(mapped(&r, AMDVI_MAP_DOMID, GDOM), UINT32_MAX);
	end(&r);
}
END_TEST

#define VIOMMU "- ioctl: {call: VIOMMU_ALLOC, in: {type: 3, dev_id: a, hwpt_id: parent, words: [0]}"
#define QUEUE(index, length, error)                                                                \
	"- ioctl: {call: HW_QUEUE_ALLOC, in: {viommu_id: viommu, type: 2, index: " index           \
	", nesting_parent_iova: 0x700000, length: " length "}, expect: " error "}\n"

/* Four GuestIDs; of each one queue, whose length is the register's code. */
START_TEST(limits)
{
	struct ran r =
		ran("host: mail-2023\n" HARDWARE, VIOMMU
		    "}\n" VIOMMU "}\n" VIOMMU "}\n" VIOMMU ", expect: ENOSPC}\n"
		    "- ioctl: {call: MMAP, in: {offset: 0x4000, length: 4K}}\n"
		    "- ioctl: {call: MMAP, in: {offset: 0x5000, length: 4K}, expect: ENXIO}\n");

	ck_assert_uint_eq(reg(&r, "VF_CNTL4_MISC"), UINT64_C(0xff04) << 16);
	end(&r);
	r = ran("host: mail-2023\n" HARDWARE,
		"- write: {at: 0x700000, value: 0, vm: vm0}\n" QUEUE(
			"0", "8",
			"EEXIST") "- ioctl: {call: DESTROY, in: {id: 6}}\n" QUEUE("0", "7",
										  "EINVAL")
			QUEUE("0", "16", "EINVAL") QUEUE(
				"1", "8",
				"EINVAL") "- ioctl: {call: HW_QUEUE_ALLOC, in: {viommu_id: viommu, type: 2, index: 0, "
					  "nesting_parent_iova: 0x700000, length: 9}}\n");
	ck_assert_uint_eq(reg(&r, "VF_CNTL1_CMD"), 0x700000 | 1u << 8 | 9);
	end(&r);
	/* Without the feature there is no such vIOMMU, and no queue. */
	r = run_of(
		"host: mail-2023\nhardware: {mode: adversarial, caps: {viommu-sup: 0}}\n" HARDWARE,
		"- sync\n");
	ck_assert_ptr_nonnull(r.error);
	ck_assert_msg(strstr(r.error->message, "no queue for a guest"), "%s", r.error->message);
	end(&r);
}
END_TEST

/* ---- the guest's page ---- */

/* What the guest writes of its third page of registers is the unit's VF, as long as it is mapped. */
START_TEST(guest_page)
{
	static const char *const unmap[] = {
		"", "- ioctl: {call: MUNMAP, in: {offset: 0x1000, length: 4K}}\n"
	};

	for (unsigned i = 0; i < COUNT(unmap); i++) {
		g_autofree char *steps = g_strconcat(
			"- cmd: {raw: [0x1000000000000002, 0], vm: vm0}\n- sync: {vm: vm0}\n",
			unmap[i], "- write: {at: STATUS, value: 4, vm: vm0}\n", NULL);
		struct ran r = ran("host: mail-2023\n" HARDWARE, steps);

		ck_assert_uint_eq(reg(&r, "VF1_STATUS"), i ? 0x14 : 0x10);
		ck_assert_uint_eq(reg(&r, "STATUS") & 4, 0);
		end(&r);
	}
}
END_TEST

/* ---- what the VMM traps ---- */

/* Of the guest's entry of the device: a digit of the address. */
#define STORE(at, value) "- write: {at: 0x3e020" at ", value: " value ", vm: vm0}\n"
/* V, TV, GV, GIOV, GLX, IR, IW and 14:12 of the GCR3 pointer; DomainID and 30:15 of it. */
#define OTHER_GCR3  "0x71c0000000000003"
#define SAME_GCR3   "0x75c0000000000003"
#define DOM(number) "0x107bf00" number

static const struct {
	const char *stores;
	unsigned calls[5]; /* of attachments, by the column's answer */
} traps[] = {
	/* Another GCR3 pointer under the same DomainID: in the first word alone. */
	{ STORE("00", OTHER_GCR3), { 0, 1, 0, 0, 0 } },
	/* The same with the second word right behind it, which changes nothing; and right before. */
	{ STORE("00", OTHER_GCR3) STORE("08", DOM("21")), { 0, 1, 0, 1, 0 } },
	{ STORE("08", DOM("21")) STORE("00", OTHER_GCR3), { 0, 1, 0, 1, 0 } },
	/* Two words, not next to each other. */
	{ STORE("00", OTHER_GCR3) STORE("10", "0") STORE("08", DOM("21")), { 0, 1, 0, 0, 0 } },
	/* Another DomainID. */
	{ STORE("08", DOM("33")),
	  { 0, 1, 1, 1, 0 } }, /* right behind the driver's store of the first word */
	/* What is there already. */
	{ STORE("00", SAME_GCR3) STORE("08", DOM("21")), { 0, 0, 0, 0, 0 } },
	/* V=0: the parent's addresses, and only one word. */
	{ STORE("00", "0"), { 0, 1, 0, 0, 0 } },
	{ STORE("08", DOM("21")) STORE("00", "0"), { 0, 1, 0, 0, 0 } },
	/* Not of an entry. */
	{ "- write: {at: 0x200000, value: 1, vm: vm0}\n", { 0, 0, 0, 0, 0 } },
};

static unsigned attachments(const struct ran *r)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < r->run->log.count; i++)
		n += r->run->log.events[i].kind == IMS_EV_CALL &&
		     r->run->log.events[i].n == IMS_CALL_ATTACH;
	return n;
}

/* After an attachment by the guest's driver, which every VMM but the one that traps nothing sees. */
START_TEST(trapped)
{
	static const char *const answers[] = { NULL, "all", "domid-only", "paired", "none" };

	for (unsigned a = 1; a < COUNT(answers); a++) {
		g_autofree char *head = g_strdup_printf(
			"host: mail-2023\nvmm: {queue: hardware, dte-trap: %s}\n", answers[a]);
		g_autofree char *steps = g_strconcat(ATTACH, traps[_i].stores, NULL);
		struct ran r = ran(head, ATTACH);
		unsigned before = attachments(&r);

		ck_assert_uint_eq(before, a == IMS_VMM_TRAP_NONE ? 0 : 1);
		ck_assert_uint_eq(dte(&r, DEV, 3) >> 15 & 1, a != IMS_VMM_TRAP_NONE);
		end(&r);
		r = ran(head, steps);
		ck_assert_msg(attachments(&r) - before == traps[_i].calls[a], "%s: %u", answers[a],
			      attachments(&r) - before);
		end(&r);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD's hardware vIOMMU, host and VMM");
	TCase *t = tcase_create("host");

	tcase_add_test(t, opened);
	tcase_add_test(t, nested);
	tcase_add_test(t, closed);
	tcase_add_test(t, limits);
	tcase_add_test(t, guest_page);
	suite_add_tcase(s, t);
	t = tcase_create("traps");
	tcase_add_loop_test(t, trapped, 0, COUNT(traps));
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
