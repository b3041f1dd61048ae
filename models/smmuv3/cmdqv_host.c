/* SPDX-License-Identifier: MIT */
/*
 * What a host's driver does with a CMDQV for its guests: a VINTF for a vIOMMU, SID_MATCH
 * and SID_REPLACE for its devices, a VCMDQ for each of its queues. VINTF 0 and its queues
 * are the host's own; they are not modelled as queues that the host uses. Linux 7.3, t.c.
 */
#include <errno.h>

#include "smmuv3.h"
#include "cmdqv.h"

#define SID_BITS 20

static uint32_t vintf_reg(uint32_t function, uint32_t offset)
{
	return CMDQV_AT + CMDQV_VINTF_AT + ((function - 1) << CMDQV_VINTF_LG2) + offset;
}

static uint32_t vcmdq_reg(uint32_t q, uint32_t offset)
{
	return CMDQV_AT + CMDQV_PAGE0(q, offset);
}

static uint32_t queue_of(const struct ims_driver *d, uint32_t function, uint32_t index)
{
	return (function - 1) * cmdqv_queues(d->params) + index;
}

uint32_t cmdqv_queues(const uint32_t *params)
{
	return params[SMMU_P_VCMDQS] / params[SMMU_P_VINTFS];
}

/* tegra241_cmdqv_hw_reset(): queues are allocated once, to each VINTF as many. */
static void start(struct ims_driver *d)
{
	uint32_t each = cmdqv_queues(d->params);

	d->reg_write(d, CMDQV_AT, 4, CMDQV_EN);
	for (uint32_t q = 0; q < d->params[SMMU_P_VCMDQS]; q++)
		d->reg_write(d, CMDQV_AT + 0x200 + 4 * q, 4,
			     (uint64_t)(q / each) << 15 | (uint64_t)(q % each) << 1 |
				     CMDQV_ALLOCATED);
	d->reg_write(d, vintf_reg(1, 0), 4, CMDQV_HYP_OWN | CMDQV_EN);
}

/* tegra241_cmdqv_init_vintf_user(). */
static int open_vintf(struct ims_driver *d, uint32_t dom, uint64_t *words, uint32_t *ret)
{
	uint64_t config = 0;

	(void)words;
	if (!(d->reg_read(d, CMDQV_AT, 4) & CMDQV_EN))
		start(d);
	for (uint32_t f = 2; f <= d->params[SMMU_P_VINTFS]; f++) {
		if (d->reg_read(d, vintf_reg(f, 0), 4) & CMDQV_EN)
			continue;
		ims_field_put(&config, CMDQV_VMID, dom);
		d->reg_write(d, vintf_reg(f, 0), 4, config);
		d->reg_write(d, vintf_reg(f, 0), 4, config | CMDQV_EN);
		*ret = f;
		return 0;
	}
	return ENOSPC;
}

static void close_vintf(struct ims_driver *d, uint32_t function)
{
	d->reg_write(d, vintf_reg(function, 0), 4, 0);
}

/* tegra241_vintf_init_vsid(). */
static int device_add(struct ims_driver *d, uint32_t function, uint64_t virt_id, uint32_t src)
{
	uint64_t match = CMDQV_EN;

	if (virt_id >> SID_BITS)
		return EINVAL;
	ims_field_put(&match, CMDQV_VIRT_SID, virt_id);
	for (uint32_t s = 0; s < d->params[SMMU_P_VINTF_SIDS]; s++) {
		if (d->reg_read(d, vintf_reg(function, 0x40 + 4 * s), 4) & CMDQV_EN)
			continue;
		d->reg_write(d, vintf_reg(function, 0x80 + 4 * s), 4, src);
		d->reg_write(d, vintf_reg(function, 0x40 + 4 * s), 4, match);
		return 0;
	}
	return ENOSPC;
}

/* tegra241_vintf_destroy_vsid(). */
static void device_remove(struct ims_driver *d, uint32_t function, uint64_t virt_id)
{
	for (uint32_t s = 0; s < d->params[SMMU_P_VINTF_SIDS]; s++) {
		uint64_t match = d->reg_read(d, vintf_reg(function, 0x40 + 4 * s), 4);

		if (!(match & CMDQV_EN) || ims_field_get(&match, CMDQV_VIRT_SID) != virt_id)
			continue;
		d->reg_write(d, vintf_reg(function, 0x40 + 4 * s), 4, 0);
		d->reg_write(d, vintf_reg(function, 0x80 + 4 * s), 4, 0);
		return;
	}
}

/* tegra241_vcmdq_hw_deinit(): off, and no error of whoever had it. */
static void stop_queue(struct ims_driver *d, uint32_t q)
{
	d->reg_write(d, vcmdq_reg(q, 0x8), 4, 0);
	d->reg_write(d, vcmdq_reg(q, 0x14), 4, d->reg_read(d, vcmdq_reg(q, 0x10), 4));
	d->reg_write(d, vcmdq_reg(q, 0x4), 4, 0);
	d->reg_write(d, vcmdq_reg(q, 0x0), 4, 0);
}

/* tegra241_vintf_alloc_lvcmdq_user(): the guest turns it on by its own page. */
static int queue_add(struct ims_driver *d, uint32_t function, struct ims_guest_queue *queue)
{
	uint32_t q = queue_of(d, function, queue->index);
	unsigned lg2 = 0;

	while (UINT64_C(32) << lg2 <= queue->bytes)
		lg2++;
	stop_queue(d, q);
	d->reg_write(d, CMDQV_AT + CMDQV_PAGE1_AT + (q << CMDQV_VCMDQ_LG2), 8, queue->hpa | lg2);
	queue->ring = 1 + d->params[SMMU_P_ECMDQ] + q;
	return 0;
}

/* tegra241_vintf_destroy_lvcmdq_user(), tegra241_vcmdq_hw_flush_timeout(). */
static void queue_remove(struct ims_driver *d, uint32_t function, uint32_t type, uint32_t index,
			 const struct ims_policy *policy)
{
	(void)type;
	stop_queue(d, queue_of(d, function, index));
	if (policy->of[IMS_COL_QUEUE_FREE] != IMS_QUEUE_FREE_LEAVE)
		d->issue(d, NULL);
}

/* struct iommu_vevent_tegra241_cmdqv {lvcmdq_err_map[2]}: tegra241_vintf_user_handle_error(). */
static void error(struct ims_driver *d, uint32_t function, uint64_t *words)
{
	words[0] = d->reg_read(d, vintf_reg(function, 0xc0), 8);
}

const struct ims_function_ops cmdqv_ops = {
	.error_type = 2, /* IOMMU_VEVENTQ_TYPE_TEGRA241_CMDQV */
	.error_words = 2,
	.error = error,
	.open = open_vintf,
	.close = close_vintf,
	.device_add = device_add,
	.device_remove = device_remove,
	.queue_add = queue_add,
	.queue_remove = queue_remove,
	.needs = "vRID to pRID table (SID_MATCH, SID_REPLACE), tied to the VMID of a VINTF",
	.source = "Linux 7.3, tegra241-cmdqv.c; sheet, section 9",
};
