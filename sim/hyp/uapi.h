/* SPDX-License-Identifier: MIT */
/*
 * The one way into the host: calls in the shape of iommusim/uapi.h on open files. A step of
 * a scenario, a VMM, a test and a program that was written for the kernel are its clients.
 * Errors and their order are those of Linux 7.3, drivers/iommu/iommufd, as the functions in
 * uapi_*.c cite; what the kernel has and this does not is said there with EOPNOTSUPP.
 */
#ifndef SIM_HYP_UAPI_H
#define SIM_HYP_UAPI_H

#include "sim/hyp/hyp.h"

enum hyp_file_kind { HYP_FILE_CONTEXT, HYP_FILE_DEVICE };

/* An open file: the uAPI's own, or a device's. */
struct hyp_file {
	uint8_t kind;	/* enum hyp_file_kind */
	uint32_t index; /* of hyp.objects.contexts, or of hyp.devices */
};

/* Numbers of files that a call hands out or takes: of contexts, and of queues by their id. */
#define HYP_FD_CONTEXT 3
#define HYP_FD_QUEUE   1024

/*
 * Carries out call @nr (enum ims_uapi_nr, or enum ims_uapi_device_nr on a device's file) with
 * its structure at @uarg of the caller's memory. Returns 0 or a negative errno.
 */
long hyp_uapi_call(struct hyp *h, struct hyp_file file, unsigned nr, uint64_t uarg,
		   const struct ims_umem *mem);

/* A new file of the uAPI: its number, or -EMFILE. */
long hyp_uapi_open(struct hyp *h);
/* The same, with this number; false: it is open. */
bool hyp_uapi_open_at(struct hyp *h, uint32_t ctx);
/*
 * Closes one. What it holds goes, objects that nothing is made of first, as soon as no
 * device is bound to it any more (iommufd_fops_release).
 */
void hyp_uapi_close(struct hyp *h, uint32_t ctx);
/* Closes a device's file: it is detached and unbound (vfio_df_close). */
void hyp_uapi_close_device(struct hyp *h, uint32_t dev);
/* Closes the file of a fault or event queue, by its number; -EBADF: there is none. */
long hyp_uapi_close_queue(struct hyp *h, uint32_t ctx, uint32_t fd);
/*
 * mmap() of a vIOMMU's pages, for its guest, by what VIOMMU_ALLOC handed out, and munmap():
 * until then the vIOMMU is busy (iommufd main.c, iommufd_fops_mmap()). -EBADF: not open;
 * -EINVAL: no whole pages, or nothing is mapped; -ENXIO: other than exactly those.
 */
long hyp_uapi_mmap(struct hyp *h, uint32_t ctx, uint64_t offset, uint64_t length);
long hyp_uapi_munmap(struct hyp *h, uint32_t ctx, uint64_t offset, uint64_t length);
/*
 * read() and write() of a queue's file at position @pos of it, with @count bytes at @addr of
 * the caller's memory: how many were taken, or a negative errno. Reading never waits.
 */
long hyp_uapi_read(struct hyp *h, uint32_t ctx, uint32_t fd, uint64_t addr, uint64_t count,
		   uint64_t pos, const struct ims_umem *mem);
long hyp_uapi_write(struct hyp *h, uint32_t ctx, uint32_t fd, uint64_t addr, uint64_t count,
		    uint64_t pos, const struct ims_umem *mem);

/*
 * What drivers in the kernel see and the files of devices hide (iommufd_device_attach and
 * _replace): with @replace something has to be attached, without it nothing may be.
 */
long hyp_uapi_attach(struct hyp *h, uint32_t dev, uint32_t pasid, uint32_t pt_id, bool replace);

/* Memory of this program: an address is a pointer. */
extern const struct ims_umem hyp_umem_own;

/* ---- for readers ---- */

/* NULL: there is none of this type (HYP_OBJ_ANY: of any) with this id. */
const struct hyp_obj *hyp_uapi_object(const struct hyp *h, uint32_t ctx, uint32_t id,
				      enum hyp_object type);
/* The id of what (device, PASID) is attached to, 0: nothing. */
uint32_t hyp_uapi_bound(const struct hyp *h, uint32_t dev, uint32_t pasid);
/* The table of a page table that is filled from an address space. */
struct hyp_table hyp_uapi_table(struct hyp *h, const struct hyp_obj *paging);
/*
 * Holds every count against what holds it, ids against objects, attachments against page
 * tables and devices, and each table against the areas of its address space; NULL, or which
 * of them does not hold (static text).
 */
const char *hyp_uapi_check(struct hyp *h);

/* ---- the calls as data: what scenarios name ---- */

struct hyp_uapi_field {
	const char *name;
	uint16_t offset;
	uint8_t bytes;
	bool out; /* the host writes it */
	bool in;  /* it reads it */
};

struct hyp_uapi_row {
	const char *name; /* as the kernel calls it, without IOMMU_ in front */
	unsigned nr;
	uint16_t size, min_size;
	uint8_t file; /* enum hyp_file_kind */
	const struct hyp_uapi_field *fields;
	uint8_t fields_count;
};

extern const struct hyp_uapi_row hyp_uapi_rows[];
extern const unsigned hyp_uapi_rows_count;
/* NULL: there is no such call. */
const struct hyp_uapi_row *hyp_uapi_row(const char *name);

/* An errno's name, as "EBUSY"; NULL: none that a call returns. By its name: 0 if it is none. */
const char *hyp_errno_name(int error);
int hyp_errno_by_name(const char *name);
/* The names, for messages; NULL behind the last. */
const char *hyp_errno_at(unsigned i);

#endif
