/* SPDX-License-Identifier: MIT */
/*
 * What a host writes for the vIOMMU of a VM (section 9): GuestID, the entry that the
 * guest's ring is read through, the maps, the ring. It shares the positions of fields with
 * the hardware side, and no code.
 */
#include <errno.h>

#include "viommu.h"

uint64_t amdvi_map_word(uint32_t id, uint32_t host, bool valid)
{
	uint64_t word = AMDVI_MAP_WRITE | (valid ? AMDVI_MAP_VALID : 0);

	ims_field_put(&word, AMDVI_MAP_GUEST, id);
	ims_field_put(&word, AMDVI_MAP_HOST, host);
	return word;
}

static uint32_t vf_cntl(uint32_t guest, uint32_t offset)
{
	return AMDVI_VF_CNTL_AT(guest, offset);
}

static void reg(struct ims_driver *d, uint32_t at, uint64_t value)
{
	d->reg_write(d, at, 8, value);
}

/* Set and tested first: no feature bit tells of it. */
static void enable(struct ims_driver *d)
{
	const uint64_t on = AMDVI_CTRL_VCMD | AMDVI_CTRL_VIOMMU | AMDVI_CTRL_GST_BUFFER_TRP;
	uint64_t ctrl = d->reg_read(d, AMDVI_CTRL_AT, 8);

	if ((ctrl & on) == on)
		return;
	reg(d, AMDVI_CTRL_AT, ctrl | AMDVI_CTRL_GST_BUFFER_TRP);
	reg(d, AMDVI_CTRL_AT, ctrl | on);
}

/* The lowest GuestID whose ring is not read through anything. */
static int open_guest(struct ims_driver *d, uint32_t dom, uint64_t *words, uint32_t *ret_function)
{
	uint32_t guest = 1;
	uint64_t reset[IMS_CMD_WORDS] = { 0 };

	(void)dom;
	(void)words;
	while (guest <= d->params[AMDVI_P_GUEST_IDS] && d->reg_read(d, vf_cntl(guest, 0x10), 8))
		guest++;
	if (guest > d->params[AMDVI_P_GUEST_IDS])
		return ENOSPC;
	enable(d);
	reset[0] = UINT64_C(10) << 60 | (uint64_t)AMDVI_RESET_ALL << 28 |
		   (uint64_t)AMDVI_RESET_VCMD << 28 | guest;
	d->issue(d, reset);
	*ret_function = guest;
	return 0;
}

/* An entry for no device: the parent's table and DomainID. All DomainIDs are the parent's at first, or none's. */
static void parent(struct ims_driver *d, uint32_t guest, const struct ims_ctx_config *parent,
		   const struct ims_policy *policy)
{
	const uint64_t devtab[IMS_CMD_WORDS] = { UINT64_C(2) << 60 | AMDVI_TRANSLATE_OF(guest) };
	bool all = policy->of[IMS_COL_MAP_DEFAULT] == IMS_MAP_DEFAULT_PARENT;

	amdvi_host_entry(d, AMDVI_TRANSLATE_OF(guest), parent);
	d->issue(d, devtab);
	reg(d, vf_cntl(guest, 0x10), (uint64_t)AMDVI_TRANSLATE_OF(guest) << 16);
	reg(d, AMDVI_VF_FILL_AT(guest), amdvi_map_word(0, all ? parent->dom : 0, all));
}

/* The maps stay as they are: the next to have the GuestID resets them. */
static void close_guest(struct ims_driver *d, uint32_t guest)
{
	const uint64_t devtab[IMS_CMD_WORDS] = { UINT64_C(2) << 60 | AMDVI_TRANSLATE_OF(guest) };

	reg(d, vf_cntl(guest, 0x10), 0);
	amdvi_device_clear(d, AMDVI_TRANSLATE_OF(guest));
	d->issue(d, devtab);
}

static int device_add(struct ims_driver *d, uint32_t guest, uint64_t virt_id, uint32_t src)
{
	if (virt_id > 0xffff)
		return EINVAL;
	reg(d, vf_cntl(guest, 0x0), amdvi_map_word((uint32_t)virt_id, src, true));
	return 0;
}

/* Not invalid: it is DeviceID 0 from then on. */
static void device_remove(struct ims_driver *d, uint32_t guest, uint64_t virt_id)
{
	reg(d, vf_cntl(guest, 0x0), amdvi_map_word((uint32_t)virt_id, 0, true));
}

static void tag(struct ims_driver *d, uint32_t guest, uint32_t vdom, uint32_t dom)
{
	reg(d, vf_cntl(guest, 0x8), amdvi_map_word(vdom, dom, true));
}

static int queue_add(struct ims_driver *d, uint32_t guest, struct ims_guest_queue *queue)
{
	unsigned lg2 = 0;

	while (UINT64_C(16) << lg2 < queue->bytes)
		lg2++;
	if (queue->gpa & 0xfff)
		return EINVAL;
	reg(d, vf_cntl(guest, 0x20), queue->gpa | AMDVI_VF_CMD_EN | lg2);
	queue->ring = guest;
	return 0;
}

static void queue_remove(struct ims_driver *d, uint32_t guest, uint32_t type, uint32_t index,
			 const struct ims_policy *policy)
{
	(void)type;
	(void)index;
	(void)policy;
	reg(d, vf_cntl(guest, 0x20), 0);
}

const struct ims_function_ops amdvi_function_ops = {
	.open = open_guest,
	.parent = parent,
	.close = close_guest,
	.device_add = device_add,
	.device_remove = device_remove,
	.tag = tag,
	.queue_add = queue_add,
	.queue_remove = queue_remove,
	.needs =
		"vDomainID to pDomainID and vRID to pRID tables, tied to a virtual function (GuestID)",
	.source =
		"reference sheet, section 9; AMDESE linux-iommu, drivers/iommu/amd/viommu.c, vfctrl_mmio.c, trans_devid.c",
};
