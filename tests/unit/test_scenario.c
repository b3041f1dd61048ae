/* SPDX-License-Identifier: MIT */
/* The scenario loader: what it accepts and makes of it, what it says to mistakes, what it withstands. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_errors.h"
#include "sim/scenario/scenario.h"
#include "tests/run.h"

static const char *const vendors[] = { "vtd", "amdvi", NULL };

static struct scn *load(const char *text, GError **error)
{
	return scn_load("t.yaml", text, strlen(text), vendors, error);
}

static struct scn *load_ok(const char *text)
{
	GError *error = NULL;
	struct scn *s = load(text, &error);

	ck_assert_msg(s != NULL, "%s", error ? error->message : "");
	ck_assert_ptr_null(error);
	return s;
}

static const struct scn_step *step_at(const struct scn *s, guint i)
{
	ck_assert_uint_lt(i, s->steps->len);
	return g_ptr_array_index(s->steps, i);
}

/* ---- a file with every step and every key ---- */

static const char every[] = /* line 1 */
	"scenario: every\nstory: Two VMs.\n"
	"refs: [\"mail 2023-12-09\", elsewhere]\n"
	"vendors: [vtd, other]\nhost: mail-2023\n"
	"hardware: {mode: concrete, iotlb: {sets: 16, ways: 4, replace: random}, caps: {cm: 1, nd: 6, zlr: off}, quirks: [spr17], fragment: min}\n"
	"vms:\n  vm0:\n"
	"    memory: 16M\n"
	"    devices: {nic: {vrid: \"01:00.1\", ats: yes, pasid-bits: 8}, disk: , gpu: {vrid: 0x8}}\n"
	"    spaces: [rx, tx]\n    pages: {big: 2M}\n"
	"  vm1: {devices: {other: }, spaces: [alone]}\n"
	"pages: {vm1.far: 64K}\n"
	"steps:\n"
	"  - attach: {dev: vm0.nic, space: rx, pasid: 5}\n"
	"  - attach: {dev: other, space: vm1.alone}\n"
	"  - map: {space: rx, iova: 64K, size: 0x1000, gpa: buf0, perm: r, label: first}\n"
	"  - map: {gpa: big+0x1000, size: 8K, iova: 0x20000, space: rx}\n"
	"  - remap: {space: rx, iova: 0x10000, size: 4K, gpa: 0x100000, perm: w, bbm: true, invalidate: none}\n"
	"  - protect: {space: rx, iova: 0x20000, size: 4K, perm: r, async: on, invalidate: []}\n"
	"  - unmap:\n"
	"      space: rx\n"
	"      iova: 0x20000\n"
	"      size: 4K\n"
	"      async: no\n"
	"      invalidate:\n"
	"        - {name: P_IOTLB, space: rx, dev: nic, pasid: 3, iova: 0x1008, size: 4K, ih: on, am: 0x9, did: 7}\n"
	"        - {raw: [0x1, 0xffffffffffffffff]}\n"
	"        - wait\n"
	"  - dma: {dev: nic, iova: 0x10008, access: write, pasid: 5, size: 64, priv: on, translated: off, repeat: 3,\n"
	"          expect: {gpa: vm0.buf0+8}}\n"
	"  - dma: {dev: nic, iova: 0x10008, access: atomic, expect: {may: [fault, {fault: SFS.2}, {hpa: 0x40}, {gpa: 4K}]}}\n"
	"  - ats: {dev: nic, iova: 0x10008, pasid: 5, size: 8K, write: true, priv: on, expect: {fault: SFS.2}}\n"
	"  - dma: {dev: disk, iova: 0, access: read, expect: fault}\n"
	"  - cmd: {vm: vm1, name: SYNC, sw: off, label: second}\n"
	"  - cmd: {vm: vm0, raw: [1, 2, 3, 4]}\n"
	"  - sync: {vm: vm1}\n"
	"  - wait: {for: second}\n"
	"  - host-map: {vm: vm0, gpa: 0x200000, size: 2M, perm: rw}\n"
	"  - host-unmap: {vm: vm1, gpa: far+0x2000, size: 4K}\n"
	"  - free: {gpa: buf0, by: nic}\n"
	"  - reuse: {gpa: big, by: somebody else}\n"
	"  - write: {at: {gpa: vm0.late+8}, value: 0x123456789, width: 8}\n"
	"  - write: {at: late+4, value: 1, width: 4}\n"
	"  - write: {at: {hpa: 0x1000}, value: 0}\n"
	"  - write: {at: GLOBAL_REG2, value: 18446744073709551615}\n"
	"  - write: {vm: vm1, at: GLOBAL_REG2, value: 1, width: 4}\n"
	"  - dma: {dev: nic, iova: 0x1000, access: read, size: 0}\n"
	"  - ats: {dev: nic, iova: 0x1000, write: off}\n"
	"  - prefetch: {dev: nic, iova: 0x1234, pasid: 5}\n"
	"  - inject: {at: 1, what: timeout}\n"
	"  - inject: {at: third, what: timeout, count: 2}\n"
	"  - checkpoint: {never: [stale, masked], over: {host: 1, cross-tenant: 0}, label: third}\n"
	"  - detach: {dev: nic, pasid: 5}\n"
	"  - ioctl: {vm: vm0, call: IOAS_ALLOC, as: space, expect: {out_ioas_id: 1}}\n"
	"  - reset: {dev: nic, kind: link, phase: end}\n"
	"  - device: {dev: nic, ats: off, pasid: on}\n"
	"  - page-request: {dev: nic, iova: 0x1000, access: write, pasid: 5, group: 3, last: off, expect: queued, answer: none}\n"
	"  - page-response: {dev: nic, pasid: 5, code: invalid}\n"
	"expect:\n"
	"  never: [stale-after-reuse]\n"
	"  over: {necessary: 1, architectural: 2}\n"
	"  fail:\n"
	"    - {kind: stale, latent: on, where: walk-cache, cause: wrong-tag, blame: guest, line: 18, step: unmap,\n"
	"       vm: vm0, device: nic, pasid: 0, iova: 0x10000, pages: 1}\n"
	"    - {blame: host}\n";

START_TEST(every_head)
{
	struct scn *s = load_ok(every);
	const struct scn_device *dev = &g_array_index(s->devices, struct scn_device, 0);

	ck_assert_str_eq(s->file, "t.yaml");
	ck_assert_str_eq(s->name, "every");
	ck_assert_str_eq(s->story, "Two VMs.");
	ck_assert_uint_eq(s->refs->len, 2);
	ck_assert_str_eq(g_ptr_array_index(s->refs, 0), "mail 2023-12-09");
	ck_assert_uint_eq(s->vendors->len, 2);
	ck_assert_str_eq(g_ptr_array_index(s->vendors, 1), "other");
	ck_assert_uint_eq(g_array_index(s->vendor_marks, struct scn_mark, 1).col, 16);
	ck_assert_str_eq(s->host, "mail-2023");
	ck_assert_uint_eq(s->host_mark.line, 5);
	ck_assert_str_eq(s->hardware, "concrete");
	ck_assert_uint_eq(s->hardware_mark.line, 6);
	ck_assert(s->geometry.given && s->geometry.sets == 16 && s->geometry.ways == 4);
	ck_assert_int_eq(s->geometry.replace, SCN_REPLACE_RANDOM);
	ck_assert_uint_eq(s->vms->len, 2);
	ck_assert_uint_eq(g_array_index(s->vms, struct scn_vm, 0).memory, 16 << 20);
	ck_assert_uint_eq(g_array_index(s->vms, struct scn_vm, 1).memory, 64 << 20);
	ck_assert_uint_eq(s->devices->len, 4);
	ck_assert_str_eq(dev[0].name, "nic");
	ck_assert(dev[0].vrid == 0x101 && dev[0].ats && dev[0].pasid_bits == 8 && dev[0].vm == 0);
	ck_assert(dev[1].vrid == 0x10 && !dev[1].ats &&
		  dev[1].pasid_bits == 20); /* 00:01.0 is taken */
	ck_assert(dev[2].vrid == 0x8 && dev[3].vrid == 0x8 && dev[3].vm == 1);
	ck_assert_uint_eq(dev[1].mark.line, 10);
	ck_assert_uint_eq(s->spaces->len, 3);
	ck_assert_int_eq(g_array_index(s->spaces, struct scn_space, 2).vm, 1);
	ck_assert_uint_eq(s->expect.never, 1u << SCN_KIND_STALE_AFTER_REUSE);
	ck_assert(s->expect.has_never && s->expect.has_over[SCN_OVER_NECESSARY] &&
		  !s->expect.has_over[SCN_OVER_HOST]);
	ck_assert_uint_eq(s->expect.over[SCN_OVER_ARCHITECTURAL], 2);
	scn_free(s);
}
END_TEST

START_TEST(every_fail)
{
	struct scn *s = load_ok(every);
	const struct scn_fail *f;

	ck_assert_uint_eq(s->fail->len, 2);
	f = g_ptr_array_index(s->fail, 0);
	ck_assert(f->kind == SCN_KIND_STALE && f->latent == 1 && f->line == 18 && f->pages == 1);
	ck_assert(f->has_pasid && f->pasid == 0 && f->has_iova && f->iova == 0x10000);
	ck_assert_str_eq(f->where, "walk-cache");
	ck_assert_str_eq(f->cause, "wrong-tag");
	ck_assert_str_eq(f->blame, "guest");
	ck_assert_str_eq(f->step, "unmap");
	ck_assert_str_eq(f->vm, "vm0");
	ck_assert_str_eq(f->device, "nic");
	f = g_ptr_array_index(s->fail, 1);
	ck_assert(f->kind == -1 && f->latent == -1 && f->line == -1 && f->pages == -1 &&
		  !f->has_pasid && !f->has_iova);
	ck_assert(!f->where && !f->cause && !f->step && !f->vm && !f->device);
	ck_assert_str_eq(f->blame, "host");
	scn_free(s);
}
END_TEST

/* Every op, in the order of `every`; what is not said about a step is tested below. */
static const struct {
	enum scn_op op;
	uint32_t line;
	int32_t vm, dev, space;
	uint64_t iova, size;
	uint32_t perm;
} want_steps[] = {
	{ SCN_OP_ATTACH, 16, 0, 0, 0, 0, 0, 0 },
	{ SCN_OP_ATTACH, 17, 1, 3, 2, 0, 0, 0 },
	{ SCN_OP_MAP, 18, 0, -1, 0, 0x10000, 0x1000, SCN_PERM_R },
	{ SCN_OP_MAP, 19, 0, -1, 0, 0x20000, 0x2000, SCN_PERM_R | SCN_PERM_W },
	{ SCN_OP_REMAP, 20, 0, -1, 0, 0x10000, 0x1000, SCN_PERM_W },
	{ SCN_OP_PROTECT, 21, 0, -1, 0, 0x20000, 0x1000, SCN_PERM_R },
	{ SCN_OP_UNMAP, 22, 0, -1, 0, 0x20000, 0x1000, 0 },
	{ SCN_OP_DMA, 31, 0, 0, -1, 0x10008, 64, 0 },
	{ SCN_OP_DMA, 33, 0, 0, -1, 0x10008, 8, 0 },
	{ SCN_OP_ATS, 34, 0, 0, -1, 0x10008, 0x2000, 0 },
	{ SCN_OP_DMA, 35, 0, 1, -1, 0, 8, 0 },
	{ SCN_OP_CMD, 36, 1, -1, -1, 0, 0, 0 },
	{ SCN_OP_CMD, 37, 0, -1, -1, 0, 0, 0 },
	{ SCN_OP_SYNC, 38, 1, -1, -1, 0, 0, 0 },
	{ SCN_OP_WAIT, 39, 1, -1, -1, 0, 0, 0 },
	{ SCN_OP_HOST_MAP, 40, 0, -1, -1, 0, 0x200000, SCN_PERM_R | SCN_PERM_W },
	{ SCN_OP_HOST_UNMAP, 41, 1, -1, -1, 0, 0x1000, 0 },
	{ SCN_OP_FREE, 42, 0, -1, -1, 0, 0, 0 },
	{ SCN_OP_REUSE, 43, 0, -1, -1, 0, 0, 0 },
	{ SCN_OP_WRITE, 44, 0, -1, -1, 0, 0, 0 },
	{ SCN_OP_WRITE, 45, 0, -1, -1, 0, 0, 0 },
	{ SCN_OP_WRITE, 46, -1, -1, -1, 0, 0, 0 },
	{ SCN_OP_WRITE, 47, -1, -1, -1, 0, 0, 0 },
	{ SCN_OP_WRITE, 48, 1, -1, -1, 0, 0, 0 },
	{ SCN_OP_DMA, 49, 0, 0, -1, 0x1000, 0, 0 },
	{ SCN_OP_ATS, 50, 0, 0, -1, 0x1000, 0x1000, 0 },
	{ SCN_OP_PREFETCH, 51, 0, 0, -1, 0x1234, 0, 0 },
	{ SCN_OP_INJECT, 52, -1, -1, -1, 0, 0, 0 },
	{ SCN_OP_INJECT, 53, -1, -1, -1, 0, 0, 0 },
	{ SCN_OP_CHECKPOINT, 54, -1, -1, -1, 0, 0, 0 },
	{ SCN_OP_DETACH, 55, 0, 0, -1, 0, 0, 0 },
	{ SCN_OP_IOCTL, 56, 0, -1, -1, 0, 0, 0 },
	{ SCN_OP_RESET, 57, 0, 0, -1, 0, 0, 0 },
	{ SCN_OP_DEVICE, 58, 0, 0, -1, 0, 0, 0 },
	{ SCN_OP_PAGE_REQUEST, 59, 0, 0, -1, 0x1000, 0, 0 },
	{ SCN_OP_PAGE_RESPONSE, 60, 0, 0, -1, 0, 0, 0 },
};

START_TEST(every_step)
{
	struct scn *s = load_ok(every);
	uint32_t seen = 0;

	ck_assert_uint_eq(s->steps->len, G_N_ELEMENTS(want_steps));
	for (guint i = 0; i < s->steps->len; i++) {
		const struct scn_step *step = step_at(s, i);

		seen |= 1u << step->op;
		ck_assert_uint_eq(step->index, i);
		ck_assert_msg(step->op == want_steps[i].op && step->mark.line == want_steps[i].line,
			      "%s", step->text);
		ck_assert_uint_eq(step->mark.col, 5);
		ck_assert_msg(step->vm == want_steps[i].vm && step->dev == want_steps[i].dev &&
				      step->space == want_steps[i].space,
			      "%s", step->text);
		ck_assert_msg(step->iova == want_steps[i].iova && step->size == want_steps[i].size,
			      "%s", step->text);
		ck_assert_msg(step->perm == want_steps[i].perm, "%s", step->text);
		ck_assert_msg(g_str_has_prefix(step->text, scn_op_name(step->op)), "%s",
			      step->text);
	}
	ck_assert_uint_eq(seen, (1u << SCN_OP_MAX) - 1);
	scn_free(s);
}
END_TEST

START_TEST(every_detail)
{
	struct scn *s = load_ok(every);
	const struct scn_name *name = &g_array_index(s->names, struct scn_name, 0);
	const struct scn_step *t = step_at(s, 0);

	ck_assert(t->has_pasid && t->pasid == 5 && !step_at(s, 1)->has_pasid);
	t = step_at(s, 2);
	ck_assert_str_eq(t->label, "first");
	ck_assert_str_eq(
		t->text,
		"map {space: rx, iova: 64K, size: 0x1000, gpa: buf0, perm: r, label: first}");
	ck_assert(t->has_perm && !step_at(s, 3)->has_perm && step_at(s, 3)->gpa.offset == 0x1000);
	t = step_at(s, 4);
	ck_assert(t->bbm && t->has_invalidate && t->invalidate_none && !t->invalidate);
	ck_assert(t->gpa.name == -1 && t->gpa.offset == 0x100000);
	t = step_at(s, 5);
	ck_assert(t->async && t->has_invalidate && !t->invalidate_none && t->invalidate->len == 0);
	t = step_at(s, 7);
	ck_assert(t->access == SCN_WRITE && t->priv && t->has_translated && !t->translated &&
		  t->repeat == 3);
	ck_assert(!step_at(s, 8)->has_translated && step_at(s, 8)->repeat == 1);
	ck_assert(step_at(s, 9)->write && step_at(s, 8)->access == SCN_ATOMIC &&
		  step_at(s, 10)->access == SCN_READ);
	ck_assert_str_eq(step_at(s, 14)->wait_for, "second");
	ck_assert_str_eq(step_at(s, 17)->by, "nic");
	ck_assert_str_eq(step_at(s, 18)->by, "somebody else");
	t = step_at(s, 19);
	ck_assert(t->at == SCN_AT_GPA && t->value == 0x123456789 && t->width == 8 &&
		  t->gpa.offset == 8);
	ck_assert_str_eq(name[t->gpa.name].name, "late");
	ck_assert(step_at(s, 20)->width == 4 && step_at(s, 20)->gpa.offset == 4);
	ck_assert(step_at(s, 21)->at == SCN_AT_HPA && step_at(s, 21)->at_hpa == 0x1000);
	ck_assert(step_at(s, 22)->at == SCN_AT_REGISTER && step_at(s, 22)->value == UINT64_MAX);
	ck_assert_str_eq(step_at(s, 22)->at_register, "GLOBAL_REG2");
	t = step_at(s, 29);
	ck_assert(t->budget.has_never &&
		  t->budget.never == (1u << SCN_KIND_STALE | 1u << SCN_KIND_MASKED));
	ck_assert(t->budget.has_over[SCN_OVER_HOST] && t->budget.over[SCN_OVER_HOST] == 1);
	ck_assert(t->budget.has_over[SCN_OVER_CROSS_TENANT] &&
		  !t->budget.has_over[SCN_OVER_NECESSARY]);
	ck_assert_str_eq(t->label, "third");
	scn_free(s);
}
END_TEST

START_TEST(every_command)
{
	struct scn *s = load_ok(every);
	const GPtrArray *list = step_at(s, 6)->invalidate;
	const struct scn_cmd_field *f;
	const struct scn_cmd *cmd;

	ck_assert_uint_eq(list->len, 3);
	cmd = g_ptr_array_index(list, 0);
	ck_assert_str_eq(cmd->name, "P_IOTLB");
	ck_assert(cmd->vm == -1 && cmd->space == 0 && cmd->dev == 0 && !cmd->raw);
	ck_assert(cmd->has_pasid && cmd->pasid == 3 && cmd->has_iova && cmd->iova == 0x1008);
	ck_assert(cmd->has_size && cmd->size == 0x1000 && cmd->mark.line == 28 &&
		  cmd->name_mark.col == 18);
	ck_assert_uint_eq(cmd->fields->len, 3);
	f = &g_array_index(cmd->fields, struct scn_cmd_field, 0);
	ck_assert(!strcmp(f[0].key, "ih") && f[0].value == 1 && f[0].mark.line == 28);
	ck_assert(!strcmp(f[1].key, "am") && f[1].value == 9 && !strcmp(f[2].key, "did") &&
		  f[2].value == 7);
	cmd = g_ptr_array_index(list, 1);
	ck_assert(!cmd->name && cmd->raw->len == 2 &&
		  g_array_index(cmd->raw, uint64_t, 1) == UINT64_MAX);
	cmd = g_ptr_array_index(list, 2);
	ck_assert_str_eq(cmd->name, "wait");
	ck_assert(cmd->mark.line == 30 && cmd->fields->len == 0 && cmd->space == -1 &&
		  !cmd->has_pasid);
	cmd = step_at(s, 11)->cmd;
	ck_assert_str_eq(cmd->name, "SYNC");
	ck_assert_str_eq(step_at(s, 11)->label, "second");
	ck_assert(cmd->vm == 1 && cmd->fields->len == 1 && step_at(s, 12)->cmd->raw->len == 4);
	scn_free(s);
}
END_TEST

START_TEST(every_outcome)
{
	struct scn *s = load_ok(every);
	const struct scn_name *name = &g_array_index(s->names, struct scn_name, 0);
	const struct scn_outcome *o;

	o = &g_array_index(step_at(s, 7)->expect.outcomes, struct scn_outcome, 0);
	ck_assert(o->kind == SCN_EXPECT_GPA && o->gpa.offset == 8 && o->mark.line == 32);
	ck_assert_str_eq(name[o->gpa.name].name, "buf0");
	ck_assert_uint_eq(step_at(s, 8)->expect.outcomes->len, 4);
	o = &g_array_index(step_at(s, 8)->expect.outcomes, struct scn_outcome, 0);
	ck_assert(o[0].kind == SCN_EXPECT_FAULT && !o[0].fault);
	ck_assert(o[1].kind == SCN_EXPECT_FAULT && !strcmp(o[1].fault, "SFS.2"));
	ck_assert(o[2].kind == SCN_EXPECT_HPA && o[2].hpa == 0x40);
	ck_assert(o[3].kind == SCN_EXPECT_GPA && o[3].gpa.name == -1 && o[3].gpa.offset == 4096);
	ck_assert_ptr_null(step_at(s, 0)->expect.outcomes);
	scn_free(s);
}
END_TEST

/* Pages lie at multiples of their size, beside each other and beside what is given by number. */
START_TEST(pages)
{
	struct scn *s = load_ok(every);
	static const struct {
		const char *name;
		int32_t vm;
		uint64_t size, gpa;
	} want[] = {
		{ "big", 0, 0x200000, 0x200000 }, /* 1M holds a page given by number */
		{ "far", 1, 0x10000, 0x100000 },
		{ "buf0", 0, 0x1000, 0x400000 },
		{ "late", 0, 0x1000, 0x401000 },
	};

	ck_assert_uint_eq(s->names->len, G_N_ELEMENTS(want));
	for (guint i = 0; i < G_N_ELEMENTS(want); i++) {
		const struct scn_name *name = &g_array_index(s->names, struct scn_name, i);

		ck_assert_str_eq(name->name, want[i].name);
		ck_assert_msg(name->vm == want[i].vm && name->size == want[i].size &&
				      name->gpa == want[i].gpa,
			      "%s at 0x%llx", name->name, (unsigned long long)name->gpa);
	}
	scn_free(s);
}
END_TEST

/* A file may map its whole memory by number; its named pages are inside then. */
START_TEST(pages_inside)
{
	struct scn *s = load_ok(
		"scenario: t\nvendors: [vtd]\nvms: {vm0: {memory: 4M, spaces: [rx]}}\nsteps:\n"
		"- map: {space: rx, iova: 0, size: 4M, gpa: 0}\n"
		"- free: {gpa: buf0}\n");

	ck_assert_uint_eq(g_array_index(s->names, struct scn_name, 0).gpa, 0x100000);
	scn_free(s);
}
END_TEST

/* ---- what is short for what ---- */

START_TEST(short_forms)
{
	/* A byte order mark, a version, Windows line ends, steps as words, one VM that nothing names. */
	struct scn *s = load_ok(
		"\xef\xbb\xbf%YAML 1.1\r\n---\r\nscenario: t\r\nvendors: [vtd]\r\n"
		"vms: {vm0: {devices: {nic: }, spaces: [rx]}}\r\n"
		"steps:\r\n- sync\r\n- sync:\r\n- checkpoint\r\n- free: {gpa: 0}\r\n"
		"- host-map: {gpa: 0, size: 4K}\r\n- dma: {dev: nic, iova: 0, access: read, label: a}\r\n"
		"- wait: {for: a}\r\n- cmd: {name: X, a: yes, b: true, c: no, d: false}\r\n"
		"expect: {fail: {kind: rule}}\r\n...\r\n");
	const GArray *fields;

	ck_assert_uint_eq(s->steps->len, 8);
	for (guint i = 0; i < s->steps->len; i++) {
		ck_assert_int_eq(step_at(s, i)->vm, 0);
		ck_assert_uint_eq(step_at(s, i)->mark.line, i + 7);
	}
	ck_assert_str_eq(step_at(s, 0)->text, "sync");
	ck_assert_str_eq(s->host, "mail-2023");
	ck_assert_str_eq(s->hardware, "adversarial");
	ck_assert(!s->geometry.given && !s->expect.has_never && s->fail->len == 1 &&
		  s->host_mark.line == 0);
	ck_assert_uint_eq(g_array_index(s->vms, struct scn_vm, 0).memory, 64 << 20);
	ck_assert_uint_eq(g_array_index(s->devices, struct scn_device, 0).vrid, 0x8);
	ck_assert_uint_eq(step_at(s, 4)->perm, SCN_PERM_R | SCN_PERM_W);
	fields = step_at(s, 7)->cmd->fields;
	for (guint i = 0; i < 4; i++)
		ck_assert_uint_eq(g_array_index(fields, struct scn_cmd_field, i).value, i < 2);
	scn_free(s);
}
END_TEST

START_TEST(hardware_forms)
{
	static const struct {
		const char *text, *mode;
	} rows[] = {
		{ "hardware: adversarial\n", "adversarial" },
		{ "hardware: concrete\n", "concrete" },
		{ "hardware: {mode: adversarial}\n", "adversarial" },
		{ "hardware: {mode: concrete, iotlb: {sets: 1, ways: 8}}\n", "concrete" },
	};
	char *text = g_strconcat(heads[FULL], rows[_i].text, NULL);
	struct scn *s = load_ok(text);

	ck_assert_str_eq(s->hardware, rows[_i].mode);
	ck_assert(s->geometry.given == (_i == 3) && s->geometry.replace == SCN_REPLACE_LRU);
	ck_assert_uint_eq(s->geometry.ways, _i == 3 ? 8 : 0);
	scn_free(s);
	g_free(text);
}
END_TEST

/* The map's own keys win over merged ones, and earlier merged ones over later. */
START_TEST(anchors)
{
	struct scn *s =
		load_ok("scenario: &name t\nstory: *name\nvendors: [vtd]\n"
			"vms: {vm0: {devices: {nic: }, spaces: [rx]}}\nsteps:\n"
			"- map: &m {space: rx, iova: 0x1000, size: &page 4K, gpa: b}\n"
			"- map: {<<: *m, iova: 0x2000}\n"
			"- &again\n"
			"  map: {iova: 0x3000, <<: [{iova: 0x4000, perm: r}, *m, {perm: w}]}\n"
			"- *again\n"
			"- unmap: {space: rx, iova: 0x1000, size: *page}\n"
			"- remap: *m\n");

	ck_assert_str_eq(s->story, "t");
	ck_assert_uint_eq(step_at(s, 1)->iova, 0x2000);
	ck_assert_uint_eq(step_at(s, 1)->size, 0x1000);
	ck_assert_str_eq(step_at(s, 1)->text, "map {iova: 0x2000, space: rx, size: 4K, gpa: b}");
	ck_assert_uint_eq(step_at(s, 2)->iova, 0x3000);
	ck_assert_uint_eq(step_at(s, 2)->perm, SCN_PERM_R);
	ck_assert_uint_eq(step_at(s, 2)->mark.line, 9);
	ck_assert_uint_eq(step_at(s, 3)->iova, 0x3000);
	ck_assert_uint_eq(step_at(s, 3)->mark.line, 10); /* where the alias stands */
	ck_assert_uint_eq(step_at(s, 4)->size, 0x1000);
	ck_assert_int_eq(step_at(s, 5)->op, SCN_OP_REMAP);
	ck_assert_uint_eq(step_at(s, 5)->iova, 0x1000);
	ck_assert_uint_eq(s->names->len, 1);
	scn_free(s);
}
END_TEST

/* ---- mistakes ---- */

/* Reads @text, which must be wrong. */
static char *message_of(const char *text, size_t len, int code)
{
	GError *error = NULL;
	struct scn *s = scn_load("t.yaml", text, len, vendors, &error);
	char *message;

	ck_assert_msg(s == NULL, "accepted: %s", text);
	ck_assert_ptr_nonnull(error);
	ck_assert_uint_eq(error->domain, SCN_ERROR);
	if (code >= 0)
		ck_assert_msg(error->code == code, "code %d: %s", error->code, error->message);
	message = g_strdup(error->message);
	g_error_free(error);
	return message;
}

/* The report, the source line and its caret, help and note; and nothing else. */
START_TEST(errors)
{
	const struct error_row *row = &error_rows[_i];
	char *text = g_strconcat(heads[row->head], row->text, NULL);
	char *message = message_of(text, strlen(text), -1);
	GString *want = g_string_new(NULL);
	char **lines = g_strsplit(message, "\n", -1);
	guint cnt = g_strv_length(lines);

	ck_assert_msg(cnt == 3u + !!row->help + !!row->note, "%s", message);
	g_string_printf(want, "t.yaml:%s\n%s\n%s", row->report, lines[1], lines[2]);
	if (row->help)
		g_string_append_printf(want, "\n      = help: %s", row->help);
	if (row->note)
		g_string_append_printf(want, "\n      = note: %s", row->note);
	ck_assert_str_eq(message, want->str);
	ck_assert_int_eq(lines[1][6], '|');
	ck_assert_ptr_nonnull(strchr(lines[2], '^'));
	g_strfreev(lines);
	g_string_free(want, TRUE);
	g_free(message);
	g_free(text);
}
END_TEST

START_TEST(layout)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "steps:\n\n - unmap: {}\n",
		  "t.yaml:1:1: error: missing 'scenario', 'vendors', 'vms' in a scenario\n"
		  "    1 | steps:\n"
		  "      | ^~~~~\n"
		  "      = help: keys (? may be left out): scenario, story?, refs?, vendors, host?, vmm?, hardware?, guest?, iommus?, vms, pages?, "
		  "steps, actors?, expect?, sweep?" },
		/* A tab stays one, so the caret stands under its place whatever a tab is. */
		{ "story: [\n\t\"\\q\"]", "t.yaml:2:3: error: found unknown escape character\n"
					  "    2 | \t\"\\q\"]\n"
					  "      | \t ^\n"
					  "      = note: while parsing a quoted scalar at 2:2" },
		/* Columns are characters. What a terminal would act on is not shown. */
		{ "\xc3\xa4\xc3\xb6\x1b: 1",
		  "t.yaml:1:3: error: control characters are not allowed\n"
		  "    1 | \xc3\xa4\xc3\xb6?: 1\n"
		  "      |   ^" },
		/* U+2028 ends a line for the parser, and so here. */
		{ "a: 1\xe2\x80\xa8 b: 2",
		  "t.yaml:2:3: error: mapping values are not allowed in this context\n"
		  "    2 |  b: 2\n"
		  "      |   ^" },
	};
	char *message = message_of(rows[_i].text, strlen(rows[_i].text), -1);

	ck_assert_str_eq(message, rows[_i].want);
	g_free(message);
}
END_TEST

/* Twenty reports, by line; the number of the others. */
START_TEST(many)
{
	GString *text = g_string_new(heads[HEAD]);
	char *message, *want;
	guint cnt = 0;

	for (unsigned i = 0; i < 500; i++)
		g_string_append(text, "- unamp: {}\n");
	g_string_append(text, "host: [other]\n"); /* read before the steps, shown in its place */
	message = message_of(text->str, text->len, SCN_ERROR_CONTENT);
	for (const char *p = message; (p = strstr(p, ": error: ")); p++) {
		unsigned line = (unsigned)strtoul(
			g_strrstr_len(message, p - message, "t.yaml:") + 7, NULL, 10);

		ck_assert_uint_eq(line, 5 + cnt);
		cnt++;
	}
	ck_assert_uint_eq(cnt, 20);
	want = g_strrstr(message, "\n");
	ck_assert_str_eq(want, "\nt.yaml: 481 more not shown");
	g_free(message);
	g_string_free(text, TRUE);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("scenario");
	TCase *tc = tcase_create("accepted");

	tcase_add_test(tc, every_head);
	tcase_add_test(tc, every_fail);
	tcase_add_test(tc, every_step);
	tcase_add_test(tc, every_detail);
	tcase_add_test(tc, every_command);
	tcase_add_test(tc, every_outcome);
	tcase_add_test(tc, pages);
	tcase_add_test(tc, pages_inside);
	tcase_add_test(tc, short_forms);
	tcase_add_loop_test(tc, hardware_forms, 0, 4);
	tcase_add_test(tc, anchors);
	suite_add_tcase(s, tc);
	tc = tcase_create("mistakes");
	tcase_add_loop_test(tc, errors, 0, G_N_ELEMENTS(error_rows));
	tcase_add_loop_test(tc, layout, 0, 4);
	tcase_add_test(tc, many);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
