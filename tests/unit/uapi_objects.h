/* SPDX-License-Identifier: MIT */
/* Objects of a uAPI as the tests of lifetimes and of calls make them. */
#ifndef TESTS_UNIT_UAPI_OBJECTS_H
#define TESTS_UNIT_UAPI_OBJECTS_H

#include <errno.h>

#include "models/amdvi/amdvi.h"
#include "models/smmuv3/smmuv3.h"
#include "models/vtd/vtd.h"
#include "tests/run.h"
#include "tests/unit/uapi_rig.h"

#define FIXED  IMS_UAPI_MAP_FIXED_IOVA
#define RW     (IMS_UAPI_MAP_READABLE | IMS_UAPI_MAP_WRITEABLE)
#define PARENT IMS_UAPI_HWPT_NEST_PARENT

static inline void start(struct rig *r, const struct ims_model *model, const char *host)
{
	rig_open(r, model, host);
	ck_assert_int_eq(hyp_uapi_open(r->h), HYP_FD_CONTEXT);
}

static inline uint32_t made(struct rig *r, const char *call, const char *field, long rc)
{
	ck_assert_msg(rc == 0, "%s: %ld", call, rc);
	return (uint32_t)rig_got(r, call, field);
}

static inline uint32_t ioas(struct rig *r)
{
	return made(r, "IOAS_ALLOC", "out_ioas_id", rig_call(r, "IOAS_ALLOC", { "flags", 0 }));
}

static inline uint32_t bound(struct rig *r, uint32_t dev)
{
	return made(r, "DEVICE_BIND", "out_devid",
		    rig_call_on(r, dev, "DEVICE_BIND", RIG_SET({ "iommufd", HYP_FD_CONTEXT })));
}

static inline uint32_t hwpt(struct rig *r, uint32_t dev, uint32_t pt, uint32_t flags)
{
	return made(r, "HWPT_ALLOC", "out_hwpt_id",
		    rig_call(r, "HWPT_ALLOC", { "dev_id", dev }, { "pt_id", pt },
			     { "flags", flags }));
}

static inline long attach(struct rig *r, uint32_t dev, uint32_t pt)
{
	return rig_call_on(r, dev, "DEVICE_ATTACH", RIG_SET({ "pt_id", pt }));
}

static inline long attach_pasid(struct rig *r, uint32_t dev, uint32_t pt, uint32_t pasid)
{
	return rig_call_on(r, dev, "DEVICE_ATTACH",
			   RIG_SET({ "pt_id", pt }, { "flags", 1 }, { "pasid", pasid }));
}

static inline long detach(struct rig *r, uint32_t dev)
{
	return rig_call_on(r, dev, "DEVICE_DETACH", NULL);
}

static inline long destroy(struct rig *r, uint32_t id)
{
	return rig_call(r, "DESTROY", { "id", id });
}

static inline long map(struct rig *r, uint32_t as, uint64_t iova, uint64_t length, uint32_t flags)
{
	return rig_call(r, "IOAS_MAP", { "ioas_id", as }, { "flags", FIXED | flags },
			{ "iova", iova }, { "length", length }, { "user_va", USER + iova });
}

static inline unsigned users(struct rig *r, uint32_t id)
{
	const struct hyp_obj *o = hyp_uapi_object(r->h, 0, id, HYP_OBJ_ANY);

	ck_assert(o != NULL);
	return o->users;
}

static inline void put_ste(struct rig *r)
{
	uint64_t ste[2] = { 0, 0 };

	ims_field_put(ste, SMMU_STE_V, 1);
	ims_field_put(ste, SMMU_STE_CONFIG, SMMU_CONFIG_PASS | SMMU_CONFIG_S1);
	ims_field_put(ste, SMMU_STE_S1CTXPTR, 0x4000 >> 6);
	rig_data(r, ste, 2);
}

/* A guest's device on a virtual IOMMU: parent, vIOMMU, vDEVICE, nested. */
struct nest {
	uint32_t as, dev, parent, viommu, vdevice, nested;
};

static inline struct nest nest(struct rig *r)
{
	struct nest n = { .as = ioas(r) };

	n.dev = bound(r, 0);
	n.parent = hwpt(r, n.dev, n.as, PARENT);
	n.viommu = made(r, "VIOMMU_ALLOC", "out_viommu_id",
			rig_call(r, "VIOMMU_ALLOC", { "type", 1 }, { "dev_id", n.dev },
				 { "hwpt_id", n.parent }));
	n.vdevice = made(r, "VDEVICE_ALLOC", "out_vdevice_id",
			 rig_call(r, "VDEVICE_ALLOC", { "viommu_id", n.viommu },
				  { "dev_id", n.dev }, { "virt_id", 8 }));
	put_ste(r);
	n.nested = made(r, "HWPT_ALLOC", "out_hwpt_id",
			rig_call(r, "HWPT_ALLOC", { "dev_id", n.dev }, { "pt_id", n.viommu },
				 { "data_type", 2 }, { "data_len", 16 }, { "data_uptr", AT_DATA }));
	return n;
}

#endif
