/* SPDX-License-Identifier: MIT */
/*
 * The calls of a VMM to its host, in the layout of <linux/iommufd.h> and of the parts of
 * <linux/vfio.h> that bind and attach a device (Linux 7.3): sizes, offsets and values are
 * the kernel's, so that a program written for the kernel can be answered by the same code.
 * What the members mean is said where the calls are carried out, sim/hyp/uapi.h.
 *
 * Every structure begins with its size in bytes as the caller knows it; addresses are the
 * caller's own, read and written through struct ims_umem alone. Ids are those of one
 * context, from 1. Ranges of I/O addresses are inclusive. Vendors' own data are declared by
 * the vendors, as rows of iommusim/host.h.
 */
#ifndef IOMMUSIM_UAPI_H
#define IOMMUSIM_UAPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- numbers of the calls: what _IOC_NR() of the kernel's ioctls is ---- */

enum ims_uapi_nr {
	IMS_UAPI_DESTROY = 0x80,
	IMS_UAPI_IOAS_ALLOC = 0x81,
	IMS_UAPI_IOAS_ALLOW_IOVAS = 0x82,
	IMS_UAPI_IOAS_COPY = 0x83,
	IMS_UAPI_IOAS_IOVA_RANGES = 0x84,
	IMS_UAPI_IOAS_MAP = 0x85,
	IMS_UAPI_IOAS_UNMAP = 0x86,
	IMS_UAPI_OPTION = 0x87,
	IMS_UAPI_HWPT_ALLOC = 0x89,
	IMS_UAPI_GET_HW_INFO = 0x8a,
	IMS_UAPI_HWPT_SET_DIRTY_TRACKING = 0x8b,
	IMS_UAPI_HWPT_GET_DIRTY_BITMAP = 0x8c,
	IMS_UAPI_HWPT_INVALIDATE = 0x8d,
	IMS_UAPI_FAULT_QUEUE_ALLOC = 0x8e,
	IMS_UAPI_VIOMMU_ALLOC = 0x90,
	IMS_UAPI_VDEVICE_ALLOC = 0x91,
	IMS_UAPI_VEVENTQ_ALLOC = 0x93,
	IMS_UAPI_HW_QUEUE_ALLOC = 0x94,
	IMS_UAPI_LAST = 0x95, /* the kernel's table ends here */
	/*
	 * No kernel has it: IOMMUFD_DEV_INVALIDATE of the mail of 2023-12-09, a list of ATC
	 * commands for one device.
	 */
	IMS_UAPI_DEV_INVALIDATE = 0xb0,
};

/* Of a device's own file: those of <linux/vfio.h>. */
enum ims_uapi_device_nr {
	IMS_UAPI_DEVICE_BIND = 0x76,
	IMS_UAPI_DEVICE_ATTACH = 0x77,
	IMS_UAPI_DEVICE_DETACH = 0x78,
};

/* ---- objects and address spaces ---- */

struct ims_uapi_destroy {
	uint32_t size, id;
};

struct ims_uapi_ioas_alloc {
	uint32_t size, flags, out_ioas_id;
};

struct ims_uapi_iova_range {
	uint64_t start, last;
};

struct ims_uapi_ioas_iova_ranges {
	uint32_t size, ioas_id;
	uint32_t num_iovas; /* in: room in the array, out: how many there are */
	uint32_t reserved;
	uint64_t allowed_iovas; /* address of an array of struct ims_uapi_iova_range */
	uint64_t out_iova_alignment;
};

struct ims_uapi_ioas_allow_iovas {
	uint32_t size, ioas_id, num_iovas, reserved;
	uint64_t allowed_iovas;
};

enum ims_uapi_map_flags {
	IMS_UAPI_MAP_FIXED_IOVA = 1,
	IMS_UAPI_MAP_WRITEABLE = 2,
	IMS_UAPI_MAP_READABLE = 4,
};

struct ims_uapi_ioas_map {
	uint32_t size, flags, ioas_id, reserved;
	uint64_t user_va, length, iova;
};

struct ims_uapi_ioas_copy {
	uint32_t size, flags, dst_ioas_id, src_ioas_id;
	uint64_t length, dst_iova, src_iova;
};

struct ims_uapi_ioas_unmap {
	uint32_t size, ioas_id;
	uint64_t iova;
	uint64_t length; /* out: bytes that were unmapped */
};

enum ims_uapi_option_id { IMS_UAPI_OPTION_RLIMIT_MODE, IMS_UAPI_OPTION_HUGE_PAGES };
enum ims_uapi_option_op { IMS_UAPI_OPTION_SET, IMS_UAPI_OPTION_GET };

struct ims_uapi_option {
	uint32_t size, option_id;
	uint16_t op, reserved;
	uint32_t object_id;
	uint64_t val64;
};

/* ---- page tables ---- */

enum ims_uapi_hwpt_flags {
	IMS_UAPI_HWPT_NEST_PARENT = 1,
	IMS_UAPI_HWPT_DIRTY_TRACKING = 2,
	IMS_UAPI_HWPT_FAULT_ID_VALID = 4,
	IMS_UAPI_HWPT_PASID = 8,
};

#define IMS_UAPI_DATA_NONE 0 /* data_type of what has no vendor's data */

struct ims_uapi_hwpt_alloc {
	uint32_t size, flags, dev_id, pt_id, out_hwpt_id, reserved;
	uint32_t data_type, data_len;
	uint64_t data_uptr;
	uint32_t fault_id, reserved2;
};

enum ims_uapi_hw_info_flags { IMS_UAPI_HW_INFO_INPUT_TYPE = 1 };
enum ims_uapi_capability {
	IMS_UAPI_CAP_DIRTY_TRACKING = 1,
	IMS_UAPI_CAP_PASID_EXEC = 2,
	IMS_UAPI_CAP_PASID_PRIV = 4,
	IMS_UAPI_CAP_ATS_NOT_SUPPORTED = 8,
};

struct ims_uapi_hw_info {
	uint32_t size, flags, dev_id;
	uint32_t data_len; /* out: what the host has */
	uint64_t data_uptr;
	uint32_t data_type; /* in, with INPUT_TYPE, and out */
	uint8_t out_max_pasid_log2;
	uint8_t reserved[3];
	uint64_t out_capabilities;
};

enum ims_uapi_set_dirty_flags { IMS_UAPI_DIRTY_ENABLE = 1 };
enum ims_uapi_get_dirty_flags { IMS_UAPI_DIRTY_NO_CLEAR = 1 };

struct ims_uapi_set_dirty {
	uint32_t size, flags, hwpt_id, reserved;
};

struct ims_uapi_get_dirty {
	uint32_t size, hwpt_id, flags, reserved;
	uint64_t iova, length, page_size;
	uint64_t data; /* address of the bitmap, one bit for page_size bytes */
};

struct ims_uapi_invalidate {
	uint32_t size, hwpt_id; /* or a vIOMMU's id */
	uint64_t data_uptr;
	uint32_t data_type, entry_len;
	uint32_t entry_num; /* out: how many were handled */
	uint32_t reserved;
};

/* ---- virtual IOMMUs and queues ---- */

struct ims_uapi_fault_alloc {
	uint32_t size, flags, out_fault_id, out_fault_fd;
};

struct ims_uapi_viommu_alloc {
	uint32_t size, flags, type, dev_id, hwpt_id, out_viommu_id, data_len, reserved;
	uint64_t data_uptr;
};

struct ims_uapi_vdevice_alloc {
	uint32_t size, viommu_id, dev_id, out_vdevice_id;
	uint64_t virt_id;
};

struct ims_uapi_veventq_alloc {
	uint32_t size, flags, viommu_id, type, veventq_depth, out_veventq_id, out_veventq_fd,
		reserved;
};

struct ims_uapi_hw_queue_alloc {
	uint32_t size, flags, viommu_id, type, index, out_hw_queue_id;
	uint64_t nesting_parent_iova, length;
};

/* ---- what is read from and written to the files of queues ---- */

enum ims_uapi_fault_flags { IMS_UAPI_FAULT_PASID_VALID = 1, IMS_UAPI_FAULT_LAST_PAGE = 2 };
enum ims_uapi_fault_perm {
	IMS_UAPI_FAULT_READ = 1,
	IMS_UAPI_FAULT_WRITE = 2,
	IMS_UAPI_FAULT_EXEC = 4,
	IMS_UAPI_FAULT_PRIV = 8,
};

struct ims_uapi_pgfault {
	uint32_t flags, dev_id, pasid, grpid, perm, reserved;
	uint64_t addr;
	uint32_t length;
	uint32_t cookie; /* of the group: what answers it */
};

enum ims_uapi_fault_code { IMS_UAPI_FAULT_SUCCESS, IMS_UAPI_FAULT_INVALID };

struct ims_uapi_page_response {
	uint32_t cookie, code;
};

enum ims_uapi_vevent_flags { IMS_UAPI_VEVENT_LOST = 1 };

/* In front of each event; what follows is of the queue's type, and nothing after LOST. */
struct ims_uapi_vevent_header {
	uint32_t flags, sequence;
};

/* Of the mail of 2023-12-09; its shape is this program's, made like the others'. */
struct ims_uapi_dev_invalidate {
	uint32_t size, dev_id;
	uint64_t data_uptr;
	uint32_t data_type, entry_len;
	uint32_t entry_num; /* out: how many were handled */
	uint32_t reserved;
};

/* ---- a device's file ---- */

struct ims_uapi_device_bind {
	uint32_t argsz, flags;
	int32_t iommufd;
	uint32_t out_devid;
};

enum ims_uapi_attach_flags { IMS_UAPI_ATTACH_PASID = 1 };

struct ims_uapi_device_attach {
	uint32_t argsz, flags, pt_id, pasid;
};

struct ims_uapi_device_detach {
	uint32_t argsz, flags, pasid;
};

/* ---- the caller's memory ---- */

/* How a call reaches what its caller's addresses name; false: not accessible. */
struct ims_umem {
	bool (*read)(void *user, uint64_t addr, void *to, size_t bytes);
	bool (*write)(void *user, uint64_t addr, const void *from, size_t bytes);
	void *user;
};

#endif
