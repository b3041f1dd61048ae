/* SPDX-License-Identifier: MIT */
/*
 * The envelope of every call: iommufd_fops_ioctl() of Linux, main.c. The structure's size
 * stands in it; a caller that knows less than the host has the rest read as zero, one that
 * knows more has to leave that zero.
 */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/hyp/uapi_parts.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- the caller's memory ---- */

static bool own_read(void *user, uint64_t addr, void *to, size_t bytes)
{
	(void)user;
	if (!addr)
		return !bytes;
	memcpy(to, (const void *)(uintptr_t)addr, bytes);
	return true;
}

static bool own_write(void *user, uint64_t addr, const void *from, size_t bytes)
{
	(void)user;
	if (!addr)
		return !bytes;
	memcpy((void *)(uintptr_t)addr, from, bytes);
	return true;
}

const struct ims_umem hyp_umem_own = { .read = own_read, .write = own_write };

long hyp_respond(struct hyp_ucall *c)
{
	uint32_t n = c->user_size < c->size ? c->user_size : c->size;

	return c->mem->write(c->mem->user, c->uarg, &c->u, n) ? 0 : -EFAULT;
}

long hyp_take_words(const struct hyp_ucall *c, uint64_t at, uint32_t len, uint64_t *ret_words)
{
	memset(ret_words, 0, IMS_UAPI_WORDS * sizeof(*ret_words));
	IMS_ASSERT(len <= IMS_UAPI_WORDS * sizeof(*ret_words));
	return c->mem->read(c->mem->user, at, ret_words, len) ? 0 : -EFAULT;
}

/* ---- the calls ---- */

#define IN(s, f)                                                                                   \
	{                                                                                          \
#f, offsetof(struct ims_uapi_##s, f), sizeof(((struct ims_uapi_##s *)0)->f),       \
			false, true                                                                \
	}
#define OUT(s, f)                                                                                  \
	{                                                                                          \
#f, offsetof(struct ims_uapi_##s, f), sizeof(((struct ims_uapi_##s *)0)->f), true, \
			false                                                                      \
	}
#define BOTH(s, f)                                                                                 \
	{                                                                                          \
#f, offsetof(struct ims_uapi_##s, f), sizeof(((struct ims_uapi_##s *)0)->f), true, \
			true                                                                       \
	}

static const struct hyp_uapi_field destroy_fields[] = { IN(destroy, id) };
static const struct hyp_uapi_field ioas_alloc_fields[] = { IN(ioas_alloc, flags),
							   OUT(ioas_alloc, out_ioas_id) };
static const struct hyp_uapi_field ranges_fields[] = {
	IN(ioas_iova_ranges, ioas_id),
	BOTH(ioas_iova_ranges, num_iovas),
	IN(ioas_iova_ranges, reserved),
	IN(ioas_iova_ranges, allowed_iovas),
	OUT(ioas_iova_ranges, out_iova_alignment),
};
static const struct hyp_uapi_field allow_fields[] = {
	IN(ioas_allow_iovas, ioas_id),
	IN(ioas_allow_iovas, num_iovas),
	IN(ioas_allow_iovas, reserved),
	IN(ioas_allow_iovas, allowed_iovas),
};
static const struct hyp_uapi_field map_fields[] = {
	IN(ioas_map, flags),   IN(ioas_map, ioas_id), IN(ioas_map, reserved),
	IN(ioas_map, user_va), IN(ioas_map, length),  BOTH(ioas_map, iova),
};
static const struct hyp_uapi_field copy_fields[] = {
	IN(ioas_copy, flags),  IN(ioas_copy, dst_ioas_id), IN(ioas_copy, src_ioas_id),
	IN(ioas_copy, length), BOTH(ioas_copy, dst_iova),  IN(ioas_copy, src_iova),
};
static const struct hyp_uapi_field unmap_fields[] = {
	IN(ioas_unmap, ioas_id),
	IN(ioas_unmap, iova),
	BOTH(ioas_unmap, length),
};
static const struct hyp_uapi_field option_fields[] = {
	IN(option, option_id), IN(option, op),	    IN(option, reserved),
	IN(option, object_id), BOTH(option, val64),
};
static const struct hyp_uapi_field hwpt_fields[] = {
	IN(hwpt_alloc, flags),	      IN(hwpt_alloc, dev_id),	 IN(hwpt_alloc, pt_id),
	OUT(hwpt_alloc, out_hwpt_id), IN(hwpt_alloc, reserved),	 IN(hwpt_alloc, data_type),
	IN(hwpt_alloc, data_len),     IN(hwpt_alloc, data_uptr), IN(hwpt_alloc, fault_id),
	IN(hwpt_alloc, reserved2),
};
static const struct hyp_uapi_field info_fields[] = {
	IN(hw_info, flags),
	IN(hw_info, dev_id),
	BOTH(hw_info, data_len),
	IN(hw_info, data_uptr),
	BOTH(hw_info, data_type),
	OUT(hw_info, out_max_pasid_log2),
	OUT(hw_info, out_capabilities),
};
static const struct hyp_uapi_field set_dirty_fields[] = {
	IN(set_dirty, flags),
	IN(set_dirty, hwpt_id),
	IN(set_dirty, reserved),
};
static const struct hyp_uapi_field get_dirty_fields[] = {
	IN(get_dirty, hwpt_id), IN(get_dirty, flags),  IN(get_dirty, reserved),
	IN(get_dirty, iova),	IN(get_dirty, length), IN(get_dirty, page_size),
	IN(get_dirty, data),
};
static const struct hyp_uapi_field inv_fields[] = {
	IN(invalidate, hwpt_id),   IN(invalidate, data_uptr),	IN(invalidate, data_type),
	IN(invalidate, entry_len), BOTH(invalidate, entry_num), IN(invalidate, reserved),
};
static const struct hyp_uapi_field dev_inv_fields[] = {
	IN(dev_invalidate, dev_id),	 IN(dev_invalidate, data_uptr),
	IN(dev_invalidate, data_type),	 IN(dev_invalidate, entry_len),
	BOTH(dev_invalidate, entry_num), IN(dev_invalidate, reserved),
};
static const struct hyp_uapi_field fault_fields[] = {
	IN(fault_alloc, flags),
	OUT(fault_alloc, out_fault_id),
	OUT(fault_alloc, out_fault_fd),
};
static const struct hyp_uapi_field viommu_fields[] = {
	IN(viommu_alloc, flags),    IN(viommu_alloc, type),	      IN(viommu_alloc, dev_id),
	IN(viommu_alloc, hwpt_id),  OUT(viommu_alloc, out_viommu_id), IN(viommu_alloc, data_len),
	IN(viommu_alloc, reserved), IN(viommu_alloc, data_uptr),
};
static const struct hyp_uapi_field vdevice_fields[] = {
	IN(vdevice_alloc, viommu_id),
	IN(vdevice_alloc, dev_id),
	OUT(vdevice_alloc, out_vdevice_id),
	IN(vdevice_alloc, virt_id),
};
static const struct hyp_uapi_field veventq_fields[] = {
	IN(veventq_alloc, flags),
	IN(veventq_alloc, viommu_id),
	IN(veventq_alloc, type),
	IN(veventq_alloc, veventq_depth),
	OUT(veventq_alloc, out_veventq_id),
	OUT(veventq_alloc, out_veventq_fd),
	IN(veventq_alloc, reserved),
};
static const struct hyp_uapi_field hw_queue_fields[] = {
	IN(hw_queue_alloc, flags),
	IN(hw_queue_alloc, viommu_id),
	IN(hw_queue_alloc, type),
	IN(hw_queue_alloc, index),
	OUT(hw_queue_alloc, out_hw_queue_id),
	IN(hw_queue_alloc, nesting_parent_iova),
	IN(hw_queue_alloc, length),
};
static const struct hyp_uapi_field bind_fields[] = {
	IN(device_bind, flags),
	IN(device_bind, iommufd),
	OUT(device_bind, out_devid),
};
static const struct hyp_uapi_field attach_fields[] = {
	IN(device_attach, flags),
	BOTH(device_attach, pt_id),
	IN(device_attach, pasid),
};
static const struct hyp_uapi_field detach_fields[] = {
	IN(device_detach, flags),
	IN(device_detach, pasid),
};

/* min_size: of the members of the first version, up to the end of @last. */
#define MIN(s, last)                                                                               \
	(offsetof(struct ims_uapi_##s, last) + sizeof(((struct ims_uapi_##s *)0)->last))
#define ROW(call, n, s, last, f, fields_)                                                          \
	{                                                                                          \
		.name = call, .nr = IMS_UAPI_##n, .size = sizeof(struct ims_uapi_##s),             \
		.min_size = MIN(s, last), .file = HYP_FILE_##f, .fields = fields_,                 \
		.fields_count = COUNT(fields_)                                                     \
	}

const struct hyp_uapi_row hyp_uapi_rows[] = {
	ROW("DESTROY", DESTROY, destroy, id, CONTEXT, destroy_fields),
	ROW("IOAS_ALLOC", IOAS_ALLOC, ioas_alloc, out_ioas_id, CONTEXT, ioas_alloc_fields),
	ROW("IOAS_ALLOW_IOVAS", IOAS_ALLOW_IOVAS, ioas_allow_iovas, allowed_iovas, CONTEXT,
	    allow_fields),
	ROW("IOAS_COPY", IOAS_COPY, ioas_copy, src_iova, CONTEXT, copy_fields),
	ROW("IOAS_IOVA_RANGES", IOAS_IOVA_RANGES, ioas_iova_ranges, out_iova_alignment, CONTEXT,
	    ranges_fields),
	ROW("IOAS_MAP", IOAS_MAP, ioas_map, iova, CONTEXT, map_fields),
	ROW("IOAS_UNMAP", IOAS_UNMAP, ioas_unmap, length, CONTEXT, unmap_fields),
	ROW("OPTION", OPTION, option, val64, CONTEXT, option_fields),
	ROW("HWPT_ALLOC", HWPT_ALLOC, hwpt_alloc, reserved, CONTEXT, hwpt_fields),
	ROW("GET_HW_INFO", GET_HW_INFO, hw_info, reserved, CONTEXT, info_fields),
	ROW("HWPT_SET_DIRTY_TRACKING", HWPT_SET_DIRTY_TRACKING, set_dirty, reserved, CONTEXT,
	    set_dirty_fields),
	ROW("HWPT_GET_DIRTY_BITMAP", HWPT_GET_DIRTY_BITMAP, get_dirty, data, CONTEXT,
	    get_dirty_fields),
	ROW("HWPT_INVALIDATE", HWPT_INVALIDATE, invalidate, reserved, CONTEXT, inv_fields),
	ROW("FAULT_QUEUE_ALLOC", FAULT_QUEUE_ALLOC, fault_alloc, out_fault_fd, CONTEXT,
	    fault_fields),
	ROW("VIOMMU_ALLOC", VIOMMU_ALLOC, viommu_alloc, out_viommu_id, CONTEXT, viommu_fields),
	ROW("VDEVICE_ALLOC", VDEVICE_ALLOC, vdevice_alloc, virt_id, CONTEXT, vdevice_fields),
	ROW("VEVENTQ_ALLOC", VEVENTQ_ALLOC, veventq_alloc, out_veventq_fd, CONTEXT, veventq_fields),
	ROW("HW_QUEUE_ALLOC", HW_QUEUE_ALLOC, hw_queue_alloc, length, CONTEXT, hw_queue_fields),
	ROW("DEV_INVALIDATE", DEV_INVALIDATE, dev_invalidate, reserved, CONTEXT, dev_inv_fields),
	ROW("DEVICE_BIND", DEVICE_BIND, device_bind, out_devid, DEVICE, bind_fields),
	ROW("DEVICE_ATTACH", DEVICE_ATTACH, device_attach, pt_id, DEVICE, attach_fields),
	ROW("DEVICE_DETACH", DEVICE_DETACH, device_detach, flags, DEVICE, detach_fields),
};
const unsigned hyp_uapi_rows_count = COUNT(hyp_uapi_rows);

/* In the order of the rows. */
static hyp_ucall_fn *const handlers[COUNT(hyp_uapi_rows)] = {
	hyp_u_destroy,	      hyp_u_ioas_alloc,	   hyp_u_allow_iovas,
	hyp_u_copy,	      hyp_u_iova_ranges,   hyp_u_map,
	hyp_u_unmap,	      hyp_u_option,	   hyp_u_hwpt_alloc,
	hyp_u_hw_info,	      hyp_u_set_dirty,	   hyp_u_get_dirty,
	hyp_u_invalidate,     hyp_u_fault_alloc,   hyp_u_viommu_alloc,
	hyp_u_vdevice_alloc,  hyp_u_veventq_alloc, hyp_u_hw_queue_alloc,
	hyp_u_dev_invalidate, hyp_u_bind,	   hyp_u_attach,
	hyp_u_detach,
};

const struct hyp_uapi_row *hyp_uapi_row(const char *name)
{
	for (unsigned i = 0; i < hyp_uapi_rows_count; i++)
		if (!strcmp(hyp_uapi_rows[i].name, name))
			return &hyp_uapi_rows[i];
	return NULL;
}

/* What the caller has behind the last member that is known here has to be zero. */
static long check_tail(const struct hyp_ucall *c)
{
	for (uint64_t at = c->size; at < c->user_size; at++) {
		uint8_t byte;

		if (!c->mem->read(c->mem->user, c->uarg + at, &byte, 1))
			return -EFAULT;
		if (byte)
			return -E2BIG;
	}
	return 0;
}

/* Whether this host has the call at all: the kernel's are every host's. */
static bool known(const struct hyp *h, unsigned nr)
{
	if (nr != IMS_UAPI_DEV_INVALIDATE)
		return true;
	for (unsigned i = 0; i < h->uapi->invs_count; i++)
		if (h->uapi->invs[i].on & IMS_INV_DEVICE)
			return true;
	return false;
}

long hyp_uapi_call(struct hyp *h, struct hyp_file file, unsigned nr, uint64_t uarg,
		   const struct ims_umem *mem)
{
	struct hyp_ucall c = {
		.h = h, .ctx = file.index, .dev = file.index, .mem = mem, .uarg = uarg
	};
	unsigned i = 0;
	long rc;

	while (i < hyp_uapi_rows_count &&
	       (hyp_uapi_rows[i].nr != nr || hyp_uapi_rows[i].file != file.kind))
		i++;
	if (file.kind == HYP_FILE_CONTEXT && !h->objects.contexts[file.index].open)
		return -EBADF;
	/* Outside its table the kernel asks its VFIO layer, which knows none of these numbers. */
	if (file.kind == HYP_FILE_CONTEXT && (nr < IMS_UAPI_DESTROY || nr > IMS_UAPI_LAST) &&
	    i == hyp_uapi_rows_count)
		return -ENOTTY;
	if (!mem->read(mem->user, uarg, &c.user_size, sizeof(c.user_size)))
		return -EFAULT;
	if (i == hyp_uapi_rows_count || !known(h, nr))
		return -ENOTTY;
	c.size = hyp_uapi_rows[i].size;
	if (c.user_size < hyp_uapi_rows[i].min_size)
		return -EINVAL;
	/* A device's file reads what it knows and no further (vfio_device_cdev.c). */
	rc = file.kind == HYP_FILE_CONTEXT ? check_tail(&c) : 0;
	if (rc)
		return rc;
	if (!mem->read(mem->user, uarg, &c.u, c.user_size < c.size ? c.user_size : c.size))
		return -EFAULT;
	return handlers[i](&c);
}

/* ---- errnos by their names ---- */

static const struct {
	const char *name;
	int value;
} errnos[] = {
	{ "E2BIG", E2BIG },	    { "EADDRINUSE", EADDRINUSE },
	{ "EBADF", EBADF },	    { "EBUSY", EBUSY },
	{ "EEXIST", EEXIST },	    { "EFAULT", EFAULT },
	{ "EINVAL", EINVAL },	    { "EIO", EIO },
	{ "EMFILE", EMFILE },	    { "EMSGSIZE", EMSGSIZE },
	{ "ENOENT", ENOENT },	    { "ENOMEM", ENOMEM },
	{ "ENOSPC", ENOSPC },	    { "ENOTTY", ENOTTY },
	{ "ENXIO", ENXIO },	    { "EOPNOTSUPP", EOPNOTSUPP },
	{ "EOVERFLOW", EOVERFLOW }, { "EPERM", EPERM },
	{ "ESPIPE", ESPIPE },	    { "ETIMEDOUT", ETIMEDOUT },
};

const char *hyp_errno_name(int error)
{
	for (unsigned i = 0; i < COUNT(errnos); i++)
		if (errnos[i].value == error)
			return errnos[i].name;
	return NULL;
}

int hyp_errno_by_name(const char *name)
{
	for (unsigned i = 0; i < COUNT(errnos); i++)
		if (!strcmp(errnos[i].name, name))
			return errnos[i].value;
	return 0;
}

const char *hyp_errno_at(unsigned i)
{
	return i < COUNT(errnos) ? errnos[i].name : NULL;
}
