/* SPDX-License-Identifier: MIT */
/*
 * What a vendor's driver in a host takes from a VMM and what it refuses, as rows: page
 * tables, data of nested ones, virtual IOMMUs, invalidation entries, hardware information.
 * The calls themselves, objects and everything that no vendor decides are sim/hyp/uapi*.c.
 * One description stands for one way a host is written, and bears its name; each row names
 * its source. Functions return 0 or an errno, positive.
 */
#ifndef IOMMUSIM_HOST_H
#define IOMMUSIM_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "iommusim/software.h"
#include "iommusim/uapi.h"

struct ims_state;

/* Vendors' data of one object or entry, as words: no kernel structure is longer. */
#define IMS_UAPI_WORDS 8

/* Flags of a page table that is filled from an address space, and what it is then. */
struct ims_hwpt_row {
	uint32_t flags;	      /* enum ims_uapi_hwpt_flags that have to be given, */
	uint32_t optional;    /* and those that may be */
	uint8_t stage;	      /* whose format its table has */
	uint8_t aperture_lg2; /* I/O addresses are below 2^this */
	uint8_t with;	      /* 1 + a parameter of the unit that must be set; 0: none */
	bool no_read_only;    /* everything mapped in it is writable: EINVAL */
	const char *source;
};

/* Data of a nested page table. */
struct ims_nested_row {
	uint32_t type;
	uint16_t min_len, len; /* of its first version, and of this host's, in bytes */
	/* What the data says, in @words as the caller gave them, zero-extended; errno. */
	int (*take)(const uint32_t *params, const uint64_t *words,
		    struct ims_guest_entry *ret_entry);
	/* May it be attached: what is looked at only then. NULL: nothing is. */
	int (*attach)(const uint32_t *params, const uint64_t *words, bool has_vdevice);
	/* The other way: what a VMM says of a guest's entry, and of stage 1 of @top levels. */
	void (*make)(const struct ims_guest_entry *entry, unsigned top, uint64_t *ret_words);
	const char *source;
};

/* A queue that hardware reads, or writes, in a guest's memory. */
struct ims_guest_queue {
	uint32_t type, index;
	uint64_t gpa, hpa; /* where it begins, as the guest and as the host know it */
	uint64_t bytes;
	uint32_t ring; /* out: the unit's ring of commands that it is now; 0: it is none */
};

/*
 * What the host's driver does in a unit that has functions for guests (VINTF, GuestID), as
 * it makes and ends the objects: @d is the driver of the unit, whose registers it reaches by
 * d->reg_read and d->reg_write. Functions are numbered from 1, as the owners of rings.
 * Those that return an int return an errno, and have done nothing then. NULL: nothing is done.
 */
struct ims_function_ops {
	/* A function for a vIOMMU whose parent's tag is @dom; @words: the data of the call, in and out. */
	int (*open)(struct ims_driver *d, uint32_t dom, uint64_t *words, uint32_t *ret_function);
	/*
	 * Behind open: the parent's second stage and tag, through which the unit reaches the guest's
	 * memory, and what is the policy's to say of the function.
	 */
	void (*parent)(struct ims_driver *d, uint32_t function, const struct ims_ctx_config *parent,
		       const struct ims_policy *policy);
	void (*close)(struct ims_driver *d, uint32_t function);
	/* Something is nested under tag @dom that the guest calls @vdom. */
	void (*tag)(struct ims_driver *d, uint32_t function, uint32_t vdom, uint32_t dom);
	/* The guest's device @virt_id is requester @src. */
	int (*device_add)(struct ims_driver *d, uint32_t function, uint64_t virt_id, uint32_t src);
	void (*device_remove)(struct ims_driver *d, uint32_t function, uint64_t virt_id);
	int (*queue_add)(struct ims_driver *d, uint32_t function, struct ims_guest_queue *queue);
	/* @policy: as the host's; what goes with a queue is its to say. */
	void (*queue_remove)(struct ims_driver *d, uint32_t function, uint32_t type, uint32_t index,
			     const struct ims_policy *policy);
	/*
	 * A queue of the function has stopped, and an interrupt says so: what is told of it by
	 * the event queue of this type, so many words; type 0: nothing.
	 */
	uint32_t error_type;
	uint8_t error_words;
	void (*error)(struct ims_driver *d, uint32_t function, uint64_t *ret_words);
	const char *
		needs; /* which maps hardware has to have for a queue of a guest, and what they are tied to */
	const char *source;
};

struct ims_viommu_row {
	uint32_t type;
	uint16_t min_len,
		len; /* of its data, in bytes: of the first version, and of this host's; 0: it takes none */
	uint32_t hw_queue_type; /* of its queues for guests; 0: it has none */
	uint32_t hw_queues;	/* how many */
	uint32_t (*hw_queues_of)(const uint32_t *params); /* on a unit with these; NULL: as many */
	uint32_t hw_queue_min, hw_queue_max;		  /* their size in bytes, a power of two */
	uint8_t hw_queue_code_lg2; /* the size is said as log2 of commands of 2^this bytes; 0: in bytes */
	bool first_ring; /* its one queue is the first ring of the guest's unit, not one behind it */
	uint8_t with;	 /* 1 + a parameter of the unit that must be set; 0: none */
	uint64_t pages; /* bytes of the unit's registers that a VMM may map for its guest; 0: none */
	uint8_t pages_at,
		pages_length_at; /* 1 + the word of the data that says where, and how many; 0: none does */
	const struct ims_function_ops *ops; /* NULL: the unit has nothing for it */
	const char *source;
};

/* What an invalidation may be given to. */
enum ims_inv_on {
	IMS_INV_NESTED = 1,
	IMS_INV_VIOMMU = 2,
	IMS_INV_PARENT = 4,
	IMS_INV_DEVICE = 8, /* IMS_UAPI_DEV_INVALIDATE */
};

/* What one entry asks for. */
enum ims_inv_kind {
	IMS_INV_RANGE,	   /* of a nested page table's first stage: the host makes the commands */
	IMS_INV_TAGGED,	   /* a command for what is filed under the host's tag, */
	IMS_INV_OF_DEVICE, /* or for a device, which it names */
};

struct ims_inv {
	uint8_t kind; /* enum ims_inv_kind */
	bool leaf_only;
	uint64_t first, last; /* RANGE: inclusive */
	uint64_t words[4];    /* else the command, with the guest's tag or requester in it */
	uint32_t virt_id; /* OF_DEVICE: the name that the guest has for it; then its number of hyp.devices */
};

/* What a host says of an array that it could not carry out to its end. */
enum ims_inv_progress {
	IMS_INV_EACH,	   /* entries are carried out one by one: those before the bad one */
	IMS_INV_CONVERTED, /* batches; all that were looked at, carried out or not */
	IMS_INV_DONE,	   /* batches; those that were carried out */
	IMS_INV_WHOLE,	   /* a batch is converted before any of it is carried out: whole batches */
};

/* Entries of an invalidation array. */
struct ims_inv_row {
	uint32_t type;
	uint8_t on;	       /* enum ims_inv_on bits */
	uint16_t min_len, len; /* in bytes */
	bool any_len;	  /* shorter ones are zero-extended, longer ones end in zeroes (E2BIG) */
	bool zero_probe;  /* an empty array of this type is a success, and says that it is known */
	uint8_t progress; /* enum ims_inv_progress */
	uint16_t batch;	  /* entries carried out between two waits; 0: all */
	/* What an entry asks for; errno. */
	int (*take)(const uint32_t *params, const uint64_t *words, struct ims_inv *ret_inv);
	const char *source;
};

struct ims_hw_info_row {
	uint32_t type;
	uint16_t len;
	uint8_t with; /* 1 + a parameter of the unit that must be set; 0: none */
	void (*fill)(const struct ims_state *s, uint64_t *ret_words);
	const char *source;
};

/* I/O addresses that no device may have mapped: interrupts, bus ranges. */
struct ims_reserved_row {
	uint64_t first, last;
	const char *source;
};

/* One host's driver for one vendor. */
struct ims_host_driver {
	const char *policy; /* the name of the host that it is of; NULL: of any that has no own */
	const struct ims_hwpt_row *hwpts;
	const struct ims_nested_row *nested;
	const struct ims_viommu_row *viommus;
	const struct ims_inv_row *invs;
	const struct ims_reserved_row *reserved;
	struct ims_hw_info_row hw_info;
	/* Faults that a guest hears of, by a queue of its virtual IOMMU. */
	struct {
		uint32_t type; /* 0: there are none */
		uint8_t words;
		/* What of a record of the unit it hears, its own number of the device in it; false: nothing. */
		bool (*take)(const uint64_t *record, uint32_t virt_id, uint64_t *ret_record);
		const char *source;
	} vevent;
	const struct ims_hw_info_row *typed_infos; /* besides, for those who ask for their type */
	uint8_t hwpts_count, nested_count, viommus_count, typed_infos_count, invs_count,
		reserved_count;
	uint8_t nested_on; /* IMS_INV_PARENT, IMS_INV_VIOMMU: what a nested page table is made from */
	uint32_t nested_flags; /* besides FAULT_ID_VALID */
	int nested_wrong_type; /* errno of a data type that it does not know */
	uint8_t dirty_with;    /* 1 + the parameter without which nothing is dirty-tracked */
	bool viommu; /* has virtual IOMMUs: rows, or with viommu_any whatever type is named */
	bool viommu_any;
	bool one_stream;   /* a vDEVICE is of a device with one requester id */
	bool one_iommu;	   /* a page table is of the physical IOMMU that it was made for */
	bool nested_pasid; /* a nested page table may be attached by PASID */
	bool nested_alone; /* or by no PASID only while none of the device's is */
	const char *source;
};

#endif
