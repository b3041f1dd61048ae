/* SPDX-License-Identifier: MIT */
/*
 * sim/check from outside: what is found, when it is claimed, who is to blame and
 * which field of which command missed. Stories without an absolute address stand
 * under scenarios/.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/check/check.h"
#include "tests/run.h"

extern const struct ims_model vtd_model;

#define HEAD                                                                                       \
	"scenario: check\n"                                                                        \
	"vendors: [vtd]\n"                                                                         \
	"vms:\n"                                                                                   \
	"  vm0:\n"                                                                                 \
	"    devices: {nic: {vrid: \"01:00.0\", ats: on}, disk: {vrid: \"02:00.0\"}}\n"            \
	"    spaces: [rx]\n"                                                                       \
	"steps:\n"                                                                                 \
	"  - attach: {dev: disk, space: rx}\n"                                                     \
	"  - attach: {dev: nic, space: rx}\n"                                                      \
	"  - map: {space: rx, iova: 0x10000, size: 4K, gpa: buf0}\n"                               \
	"  - map: {space: rx, iova: 0x11000, size: 4K, gpa: buf1}\n"
#define FIRST_LINE 12 /* of what a test adds */
#define IOVA	   UINT64_C(0x10000)

static struct scn *load(const char *text)
{
	static const char *const vendors[] = { "vtd", NULL };
	g_autoptr(GError) error = NULL;
	struct scn *scn = scn_load("check.yaml", text, strlen(text), vendors, &error);

	ck_assert_msg(scn != NULL, "%s", scn ? "" : error->message);
	return scn;
}

/* What a result is held against must outlive it. */
struct judged {
	struct scn *scn;
	struct chk_result *r;
};

G_GNUC_PRINTF(1, 2) static struct judged judge(const char *fmt, ...)
{
	g_autofree char *steps = NULL, *text = NULL;
	struct judged j;
	va_list ap;

	va_start(ap, fmt);
	steps = g_strdup_vprintf(fmt, ap);
	va_end(ap);
	text = g_strconcat(HEAD, steps, NULL);
	j.scn = load(text);
	j.r = chk_run(j.scn, &vtd_model, NULL);
	ck_assert_msg(!j.r->internal && j.r->verdict != CHK_ERROR, "%s", j.r->reason);
	return j;
}

static void done(struct judged *j)
{
	chk_result_free(j->r);
	scn_free(j->scn);
}

static const struct chk_finding *only(const struct judged *j)
{
	ck_assert_uint_eq(j->r->findings->len, 1);
	return g_ptr_array_index(j->r->findings, 0);
}

/* ---- where table entries stand ---- */

/* The address of the leaf over @addr, in the driver's own addresses. */
static uint64_t leaf_at(struct ims_driver *d, uint64_t root, uint64_t addr)
{
	uint64_t at = 0;

	for (unsigned level = 4; level; level--) {
		at = root + (addr >> (12 + 9 * (level - 1)) & 0x1ff) * 8;
		root = d->read(d, at) & 0xffffffffff000;
		ck_assert_uint_ne(root, 0);
	}
	return at;
}

/* The stage-1 leaf over IOVA, guest-physical; and the stage-2 leaf of what it leads to. */
static void find_leaves(uint64_t *ret_s1, uint64_t *ret_s2)
{
	struct scn *scn = load(HEAD);
	g_autoptr(GError) error = NULL;
	struct scn_run *run = scn_run_new(scn, &vtd_model, 0, &error);
	struct hyp_vm *vm;
	uint64_t gpa;

	ck_assert_ptr_nonnull(run);
	ck_assert(scn_run_steps(run, &error));
	vm = &run->h->vms[0];
	*ret_s1 = leaf_at(&vm->driver, run->h->spaces[0].root, IOVA);
	gpa = vm->driver.read(&vm->driver, *ret_s1) & 0xffffffffff000;
	*ret_s2 = leaf_at(&run->h->iommus[0].driver, vm->s2_root, gpa);
	scn_run_free(run);
	scn_free(scn);
}

#define DMA    "  - dma: {dev: disk, iova: 0x10008, access: write}\n"
#define FAULTS "  - dma: {dev: disk, iova: 0x10008, access: write, expect: fault}\n"
#define SYNC   "  - sync: {}\n"
#define STORE  "  - write: {at: {%s: 0x%" PRIx64 "}, value: 0x%" PRIx64 "}\n"

/* A store of the guest is claimed complete when its next wait has returned, not when it returns. */
START_TEST(a_store_is_claimed_by_the_wait)
{
	uint64_t s1, s2;
	const struct chk_finding *f;
	struct judged j;

	find_leaves(&s1, &s2);
	j = judge(DMA STORE FAULTS
		  "  - cmd: {name: P_IOTLB, space: rx, iova: 0x10000, ih: 1}\n" SYNC FAULTS,
		  "gpa", s1, (uint64_t)0);
	ck_assert_msg(j.r->verdict == CHK_PASS, "%s", j.r->reason);
	ck_assert_uint_eq(j.r->windows.events, 1);
	ck_assert_uint_eq(j.r->windows.pages, 1);
	ck_assert_uint_gt(j.r->windows.longest, 0);
	done(&j);
	j = judge(DMA STORE SYNC DMA, "gpa", s1, (uint64_t)0);
	f = only(&j);
	ck_assert_int_eq(f->kind, SCN_KIND_STALE);
	ck_assert(!f->latent);
	ck_assert_uint_eq(f->line, FIRST_LINE + 1);
	ck_assert_str_eq(f->blame, "guest");
	ck_assert_str_eq(f->cause, "none-issued");
	done(&j);
}
END_TEST

/* A page given away between the store and the wait is given away early. */
START_TEST(a_store_and_an_early_free)
{
	uint64_t s1, s2;
	struct judged j;

	find_leaves(&s1, &s2);
	j = judge(DMA STORE "  - free: {gpa: buf0}\n" DMA, "gpa", s1, (uint64_t)0);
	ck_assert_int_eq(only(&j)->kind, SCN_KIND_EARLY_FREE);
	done(&j);
}
END_TEST

/* The host changes its tables and forgets the IOTLB: latent when its own wait returns. */
START_TEST(the_host_forgets)
{
	uint64_t s1, s2;
	const struct chk_finding *f;
	struct judged j;

	find_leaves(&s1, &s2);
	j = judge(DMA STORE, "hpa", s2, (uint64_t)0);
	ck_assert_uint_eq(j.r->findings->len, 0);
	done(&j);
	j = judge(DMA STORE "  - unmap: {space: rx, iova: 0x11000, size: 4K}\n", "hpa", s2,
		  (uint64_t)0);
	f = only(&j);
	ck_assert(f->latent);
	ck_assert_str_eq(f->blame, "host");
	ck_assert_str_eq(f->cause, "wrong-range");
	ck_assert_uint_eq(f->line, FIRST_LINE + 1);
	ck_assert_uint_eq(f->pages->len, 1);
	ck_assert_uint_eq(f->iova, IOVA);
	done(&j);
}
END_TEST

/* The user bit goes: no device may use the page, and both oracles know. */
START_TEST(the_user_bit_goes)
{
	uint64_t s1, s2;
	struct judged j;

	find_leaves(&s1, &s2);
	j = judge(DMA STORE SYNC DMA, "gpa", s1, UINT64_C(0x100063));
	ck_assert_str_eq(only(&j)->cause, "none-issued");
	done(&j);
}
END_TEST

/* More rights make no entry outdated, nor do accessed and dirty bits. */
START_TEST(rights_added)
{
	uint64_t s1, s2;
	struct judged j;

	find_leaves(&s1, &s2);
	j = judge(
		"  - protect: {space: rx, iova: 0x10000, size: 4K, perm: r}\n"
		"  - dma: {dev: disk, iova: 0x10008, access: read, expect: {gpa: buf0+8}}\n"
		"  - protect: {space: rx, iova: 0x10000, size: 4K, perm: rw, invalidate: none}\n" SYNC
		"  - dma: {dev: disk, iova: 0x10008, access: read, expect: {gpa: buf0+8}}\n");
	ck_assert_msg(j.r->verdict == CHK_PASS && !j.r->findings->len, "%s", j.r->reason);
	done(&j);
}
END_TEST

/* An expectation that no finding explains is the reason, even behind one that a finding explains. */
START_TEST(the_reason)
{
	struct judged j = judge(
		DMA "  - unmap: {space: rx, iova: 0x10000, size: 4K, invalidate: none}\n" FAULTS
		    "  - dma: {dev: disk, iova: 0x11008, access: write, expect: fault}\n");

	ck_assert_int_eq(j.r->verdict, CHK_FAIL);
	ck_assert_msg(strstr(j.r->reason,
			     "line 15, dma at 0x11008: expected a fault, got gpa buf1+0x8"),
		      "%s", j.r->reason);
	done(&j);
	j = judge(DMA "  - unmap: {space: rx, iova: 0x10000, size: 4K, invalidate: none}\n" FAULTS);
	ck_assert_str_eq(j.r->reason, "stale, blame guest");
	done(&j);
}
END_TEST

/* ---- near misses ---- */

struct miss_row {
	const char *dev, *command, *cause;
	enum chk_field field;
	const char *want, *got, *discarded;
};

/* clang-format off */
static const struct miss_row miss_rows[] = {
	{ "disk", "name: P_IOTLB, space: rx, pasid: 5, iova: 0x10000, ih: 1", "wrong-tag",
	  CHK_FIELD_CTX, "0", "5", "vmm" },
	{ "disk", "name: P_IOTLB, space: rx, did: 99, iova: 0x10000, ih: 1", "wrong-tag",
	  CHK_FIELD_DOM, "34", "99", "vmm" },
	{ "disk", "name: P_IOTLB, space: rx, did: 99, pasid: 5, iova: 0x20000, ih: 1", "wrong-tag",
	  CHK_FIELD_DOM, "34", "99", "vmm" },
	{ "disk", "name: P_IOTLB, space: rx, did: 99", "wrong-tag", CHK_FIELD_DOM, "34", "99", "vmm" },
	{ "disk", "name: P_IOTLB, space: rx, iova: 0x12000, size: 8K, ih: 1", "wrong-range",
	  CHK_FIELD_RANGE, "0x10000..0x10fff", "0x12000..0x13fff", NULL },
	{ "disk", "name: IOTLB, space: rx, did: 35", "wrong-tag", CHK_FIELD_DOM, "34", "35", "vmm" },
	{ "disk", "name: PC, space: rx", "wrong-level", CHK_FIELD_LEVEL, "IOTLB", "PASID-cache", NULL },
	{ "disk", "name: CC, dev: disk", "wrong-level", CHK_FIELD_LEVEL, "IOTLB", "context-cache", NULL },
	{ "disk", "name: devTLB, dev: disk, iova: 0x10000", "wrong-level", CHK_FIELD_LEVEL, "IOTLB",
	  "device-TLB", "host" },
	{ "nic", "name: devTLB, dev: disk, iova: 0x10000", "wrong-device", CHK_FIELD_SRC, "01:00.0",
	  "02:00.0", "host" },
	{ "nic", "name: devTLB, dev: nic, iova: 0x11000", "wrong-range", CHK_FIELD_RANGE,
	  "0x10000..0x10fff", "0x11000..0x11fff", "host" },
	{ "nic", "name: P_devTLB, dev: nic, pasid: 3, iova: 0x10000", "wrong-tag", CHK_FIELD_CTX, "none",
	  "3", "host" },
	{ "nic", "name: P_devTLB, dev: nic, pasid: 3, gi: 1, iova: 0x10000", "wrong-tag", CHK_FIELD_CTX,
	  "none", "any PASID", "host" },
};
/* clang-format on */

START_TEST(near_misses)
{
	const struct miss_row *row = &miss_rows[_i];
	struct judged j =
		judge("  - dma: {dev: %s, iova: 0x10008, access: write}\n"
		      "  - unmap: {space: rx, iova: 0x10000, size: 4K, invalidate: [{%s}]}\n",
		      row->dev, row->command);
	const struct chk_finding *f = only(&j);
	const struct chk_near_miss *m;

	ck_assert(f->latent);
	ck_assert_str_eq(f->blame, "guest");
	ck_assert_str_eq(f->cause, row->cause);
	ck_assert_uint_eq(f->line, FIRST_LINE + 1);
	ck_assert_uint_eq(f->misses->len, 1);
	m = g_ptr_array_index(f->misses, 0);
	ck_assert_uint_eq(m->line, FIRST_LINE + 1);
	ck_assert_int_eq(m->field, row->field);
	ck_assert_str_eq(m->want, row->want);
	ck_assert_str_eq(m->got, row->got);
	ck_assert_pstr_eq(m->discarded, row->discarded);
	ck_assert_int_eq(f->gap != NULL, row->field == CHK_FIELD_RANGE);
	done(&j);
}
END_TEST

/* The nearest of several commands says why. */
START_TEST(the_nearest_says_why)
{
	struct judged j = judge(DMA "  - unmap:\n"
				    "      space: rx\n"
				    "      iova: 0x10000\n"
				    "      size: 4K\n"
				    "      invalidate:\n"
				    "        - {name: PC, space: rx}\n"
				    "        - {name: P_IOTLB, space: rx, iova: 0x20000}\n"
				    "        - {name: P_IOTLB, space: rx, did: 99}\n");
	const struct chk_finding *f = only(&j);

	ck_assert_uint_eq(f->misses->len, 3);
	ck_assert_str_eq(f->cause, "wrong-range");
	ck_assert_str_eq(f->gap, "0x10000..0x10fff");
	done(&j);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("check");
	TCase *t = tcase_create("claims");

	tcase_add_test(t, a_store_is_claimed_by_the_wait);
	tcase_add_test(t, a_store_and_an_early_free);
	tcase_add_test(t, the_host_forgets);
	tcase_add_test(t, the_user_bit_goes);
	tcase_add_test(t, rights_added);
	tcase_add_test(t, the_reason);
	suite_add_tcase(s, t);
	t = tcase_create("near misses");
	tcase_add_loop_test(t, near_misses, 0, G_N_ELEMENTS(miss_rows));
	tcase_add_test(t, the_nearest_says_why);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
