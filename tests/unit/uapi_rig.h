/* SPDX-License-Identifier: MIT */
/*
 * A host with devices and no guest's driver at work, and the memory of a caller: a small
 * arena, in which an access may be made to fail.
 */
#ifndef TESTS_UNIT_UAPI_RIG_H
#define TESTS_UNIT_UAPI_RIG_H

#include <check.h>
#include <glib.h>
#include <string.h>

#include "sim/hyp/uapi_parts.h"

#define ARENA	    UINT64_C(0x100000)
#define ARENA_BYTES 0x8000u
#define AT_CALL	    ARENA
#define AT_DATA	    (ARENA + 0x1000)
#define USER	    (UINT64_C(1) << 33) /* memory that can be pinned */

struct rig {
	const struct ims_model *model;
	struct ims_world *world;
	struct ims_log log;
	struct hyp *h;
	uint8_t arena[ARENA_BYTES];
	struct ims_umem mem;
	unsigned fail_in; /* the access that fails, counted from 1; 0: none */
};

static inline uint8_t *rig_at(struct rig *r, uint64_t addr, size_t bytes)
{
	if (r->fail_in && !--r->fail_in)
		return NULL;
	return addr >= ARENA && bytes <= ARENA_BYTES && addr - ARENA <= ARENA_BYTES - bytes ?
		       &r->arena[addr - ARENA] :
		       NULL;
}

static inline bool rig_read(void *user, uint64_t addr, void *to, size_t bytes)
{
	uint8_t *at = bytes ? rig_at(user, addr, bytes) : NULL;

	if (at)
		memcpy(to, at, bytes);
	return at || !bytes;
}

static inline bool rig_write(void *user, uint64_t addr, const void *from, size_t bytes)
{
	uint8_t *at = bytes ? rig_at(user, addr, bytes) : NULL;

	if (at)
		memcpy(at, from, bytes);
	return at || !bytes;
}

/*
 * Devices 0 and 1 are alone behind the first unit, 2 behind another one, 3 and 4 are a group
 * of the first. All are of VM 0. @params: of the units; NULL: the defaults.
 */
static inline void rig_make_with(struct rig *r, const struct ims_model *model, const char *host,
				 bool vmms, const uint32_t *params)
{
	struct ims_world_config wc = { .model = model, .cells = 1 << 17, .units_count = 3 };
	struct hyp_config *hc = g_new0(struct hyp_config, 1);

	memset(r, 0, sizeof(*r));
	r->model = model;
	r->mem = (struct ims_umem){ .read = rig_read, .write = rig_write, .user = r };
	/* The first physical one, the VM's, the second physical one. */
	for (unsigned u = 0; u < 3; u++) {
		wc.units[u] = (struct ims_unit_config){
			.guest = u & 1, .fragment_lg2 = 12, .ring_lg2 = 6, .params = params
		};
		for (unsigned c = 0; c < model->caches_count; c++)
			wc.units[u].caches[c].entries = 16;
	}
	r->world = g_aligned_alloc0(1, ims_world_bytes(&wc), IMS_WORLD_ALIGN);
	ims_world_init(r->world, &wc);
	hc->model = model;
	hc->world = r->world;
	hc->uapi = host;
	hc->no_vmms = !vmms;
	hc->spaces_count = vmms;
	hc->iommus_count = 2;
	hc->vms_count = 1;
	hc->vm_memory[0] = UINT64_C(1) << 26;
	hc->devices_count = 5;
	for (uint32_t i = 0; i < 5; i++)
		hc->devices[i] = (struct hyp_device){ .vrid = 0x100 + i * 8,
						      .ats = i == 0,
						      .pasid_bits = 8,
						      .iommu = i == 2,
						      .group = i >= 3 ? 7 : 0 };
	r->h = g_new0(struct hyp, 1);
	hyp_init(r->h, hc);
	ck_assert_str_eq(r->h->uapi->policy, host);
	g_free(hc);
}

static inline void rig_make(struct rig *r, const struct ims_model *model, const char *host,
			    bool vmms)
{
	rig_make_with(r, model, host, vmms, NULL);
}

/* Nobody but the test calls. */
static inline void rig_open(struct rig *r, const struct ims_model *model, const char *host)
{
	rig_make(r, model, host, false);
}

static inline void rig_close(struct rig *r)
{
	g_aligned_free(r->world);
	g_free(r->h);
}

/* Fields of a call, by name; ended by a NULL one. */
struct rig_set {
	const char *field;
	uint64_t value;
};

static inline void rig_put(struct rig *r, const struct hyp_uapi_row *row, const char *field,
			   uint64_t value)
{
	for (unsigned i = 0; i < row->fields_count; i++)
		if (!strcmp(row->fields[i].name, field)) {
			memcpy(&r->arena[row->fields[i].offset], &value, row->fields[i].bytes);
			return;
		}
	ck_abort_msg("%s has no field %s", row->name, field);
}

static inline uint64_t rig_got(const struct rig *r, const char *call, const char *field)
{
	const struct hyp_uapi_row *row = hyp_uapi_row(call);
	uint64_t value = 0;

	for (unsigned i = 0; i < row->fields_count; i++)
		if (!strcmp(row->fields[i].name, field))
			memcpy(&value, &r->arena[row->fields[i].offset], row->fields[i].bytes);
	return value;
}

/* @index: of the context, or of the device, as the call has it. */
static inline long rig_call_on(struct rig *r, uint32_t index, const char *call,
			       const struct rig_set *set)
{
	const struct hyp_uapi_row *row = hyp_uapi_row(call);
	const char *why;
	uint32_t size;
	long rc;

	ck_assert_msg(row != NULL, "no call %s", call);
	size = row->size;
	memset(r->arena, 0, row->size);
	memcpy(r->arena, &size, sizeof(size));
	for (; set && set->field; set++)
		rig_put(r, row, set->field, set->value);
	rc = hyp_uapi_call(r->h, (struct hyp_file){ .kind = row->file, .index = index }, row->nr,
			   AT_CALL, &r->mem);
	why = hyp_uapi_check(r->h);
	ck_assert_msg(why == NULL, "%s: %s", call, why);
	return rc;
}

#define RIG_SET(...)                                                                               \
	(const struct rig_set[])                                                                   \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			NULL, 0                                                                    \
		}                                                                                  \
	}

/* On the first context that a test opens, or on a device. */
#define rig_call(r, call, ...) rig_call_on(r, 0, call, RIG_SET(__VA_ARGS__))

static inline void rig_data(struct rig *r, const uint64_t *words, unsigned count)
{
	memcpy(&r->arena[AT_DATA - ARENA], words, count * sizeof(*words));
}

#endif
