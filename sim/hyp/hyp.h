/* SPDX-License-Identifier: MIT */
/*
 * Software above the hardware: guests with their drivers, the virtual machine
 * monitor, the host. Each guest writes its tables and its command ring in its
 * own memory in the vendor's real format; the VMM reads the ring, the host keeps
 * nesting parents and nested domains and writes the physical ring.
 *
 * Beside the physical unit stands, for each VM, the bare unit that the guest
 * believes in: it walks the guest's tables in guest-physical memory and executes
 * the guest's commands as they are. What is wrong there is the guest's fault.
 */
#ifndef SIM_HYP_HYP_H
#define SIM_HYP_HYP_H

#include "sim/engine/engine.h"
#include "sim/hyp/faults.h"
#include "sim/hyp/objects.h"
#include "sim/hyp/table.h"

#define HYP_IOMMUS	4
#define HYP_SPACES	64
#define HYP_DOMAINS	256
#define HYP_ATTACHMENTS 256
#define HYP_TARGETS                                                                                \
	(2 * (HYP_ATTACHMENTS + HYP_DEVICES)) /* of a whole device: itself and its PASIDs */
#define HYP_BATCH 128
#define HYP_LIST  128

struct hyp_device {
	uint32_t vm;
	uint32_t iommu;	     /* the physical unit that it is behind */
	uint32_t vrid, prid; /* requester ids as the guest and as the host know it */
	uint32_t alias;	     /* a physical one that its requests may come by as well; 0: none */
	bool ats;
	bool pri, stall; /* it may ask for pages; its transactions may wait */
	bool answer_ctx; /* answers to its page requests need their PASID */
	uint8_t pasid_bits;
	uint32_t vdom; /* the guest's tag, where tags are those of devices; 0: assigned */
	bool blocked; /* the host has shut it out: its entry lets nothing through, and nobody asks it anything */
	bool resetting; /* between the beginning and the end of its reset */
	uint8_t group;	/* devices of one number are one group and attached together; 0: alone */
};

/* What translations are filed under. */
struct hyp_tag {
	uint32_t dom, ctx;
};

/* A guest I/O address space: its stage-1 table and the tag the guest gave it. */
struct hyp_space {
	uint32_t vm;
	uint32_t tag;  /* the guest's: dom or ctx, as ims_model.guest_tag says */
	uint64_t root; /* guest-physical */
};

/* (device, PASID) with a space, as the guest's driver has it; or with a nested domain, as the host has it. */
struct hyp_attachment {
	uint32_t dev;
	uint32_t ctx; /* IMS_CTX_NONE: the device's requests without PASID */
	uint32_t to;  /* space or domain */
	uint32_t dom; /* the host's tag, of a domain */
};

/* A nested domain: one guest I/O page table under one parent. */
struct hyp_domain {
	uint32_t vm;
	uint32_t vdom; /* what the guest calls it: tag and PASID */
	uint32_t ctx;
	uint64_t s1_root;
	struct ims_guest_entry entry; /* with IMS_NEST_DEVICE: what it was made of */
	uint32_t dom[HYP_IOMMUS]; /* the host's tag of each unit when it was attached last, for readers */
	uint32_t dev;		  /* whose alone it is, IMS_NONE */
	uint32_t users;		  /* attachments */
	uint32_t hwpt; /* its id in the VMM's context, 0: none; with no users either the place is free */
};

/* The guest's last store that was trapped. */
struct hyp_trap {
	bool any;
	uint32_t src, word; /* in whose entry, and where */
};

struct hyp_vm {
	uint64_t memory; /* bytes */
	uint32_t parent; /* whose memory and nesting parent it is on, as another vIOMMU of it; else itself */
	uint64_t table_next; /* guest-physical page the driver takes next, going down */
	uint64_t s2_root;    /* nesting parent, host-physical */
	uint32_t ioas, hwpt,
		viommu; /* of the nesting parent: ids in the VMM's context, whose number is the VM's; 0: none */
	uint32_t dom[HYP_IOMMUS]; /* with IMS_TAG_PARENT: its tag, of each unit */
	uint64_t status;	  /* guest-physical word that waits write */
	uint32_t waits;
	uint8_t hw_ring
		[IMS_RINGS]; /* of each of its unit's rings: the first physical unit's that it is in fact; 0: none */
	bool own_pages; /* it reaches them by pages that its VMM has to map for it, */
	uint16_t pages; /* and so many of its vIOMMUs' are mapped */
	uint8_t own_ring; /* of these the one that its driver puts into it what such a ring takes; 0: none */
	uint32_t batch_first; /* where in the ring at hand the driver's batch begins, */
	bool batch_open;      /* if there is one */
	struct hyp_trap trap;
	struct ims_driver driver;
};

/* A physical unit, and what the host has for it. */
struct hyp_iommu {
	struct ims_hw hw;
	struct ims_driver driver;
	uint64_t status; /* host-physical word that waits write */
	uint32_t waits;
	uint32_t given_up; /* of the unit's, those that the host has seen */
	uint32_t dom_next; /* tags below it have been in use */
	uint32_t batch_count;
	uint64_t batch
		[HYP_BATCH]
		[IMS_CMD_WORDS]; /* issued since the last wait: to be issued again if it times out */
};

/* A range of addresses that changed, and how. */
struct hyp_extent {
	uint64_t first, last;
	bool leaf_only;
	uint8_t stages;	   /* enum ims_stages of the entry that changed, if one did */
	uint8_t grain_lg2; /* page size of the tables that changed; 0: it is of none */
	uint8_t leaf_lg2;  /* of the leaves that changed; 0: of several, or not known */
	bool entries;	   /* it is of page-table entries, and leaf_only says which */
};

/* One entry of a list for the host: a command of the guest, or what it comes to. */
struct hyp_entry {
	uint64_t words[IMS_CMD_WORDS]; /* as the guest wrote it */
	struct hyp_extent x;	       /* for a nested domain: the range */
	uint32_t ctx;		       /* for one of a whole device: the PASID */
	uint32_t queued;	       /* the command's QUEUED event, 0 */
	uint32_t vm;
	uint32_t iommu; /* the unit that the object is of; of a domain and a device it says nothing */
	uint32_t object; /* which, of */
	uint8_t of;	 /* enum hyp_list_of */
	bool sent;	 /* the VMM has handed it over */
	int refused;	 /* errno that its own form is refused with; 0: none */
};

struct hyp_attach_list {
	uint32_t count;
	struct hyp_attachment at[HYP_ATTACHMENTS];
};

struct hyp {
	const struct ims_model *model;
	struct ims_world *world;
	struct ims_log *log;
	struct hyp_iommu iommus[HYP_IOMMUS]; /* physical */
	uint32_t iommus_count;
	uint32_t turn;		     /* the one that the host has to do with now */
	struct ims_hw bare[HYP_VMS]; /* what each guest believes in */

	struct ims_policy policy; /* as in hyp_config */
	bool shared_ids;
	bool ideal_queues; /* as in hyp_config */
	bool queues_made;  /* some guest has had a queue of its own in the hardware */
	uint8_t bare_stage; /* VM 0 is the machine, without a host: of which stage its driver's tables are; 0: VMs */
	uint32_t vms_count, devices_count, spaces_count;
	struct hyp_vm vms[HYP_VMS];
	struct hyp_device devices[HYP_DEVICES];
	struct hyp_space spaces[HYP_SPACES];
	struct hyp_domain domains[HYP_DOMAINS];
	struct hyp_attach_list guest_at, host_at;
	const struct ims_host_driver *uapi; /* what the host's driver takes */
	struct hyp_objects objects;
	struct hyp_faults faults;
	uint32_t attaching; /* the domain that the VMM is attaching, IMS_NONE */

	uint64_t page_next;  /* host-physical page given out next */
	uint64_t table_next; /* the same for tables */
	uint64_t block_next; /* and the next naturally aligned large block */
	uint32_t held_count;
	struct hyp_entry held[HYP_LIST]; /* what the VMM has yet to hand over */
	uint32_t cause, line;		 /* of the events to come */
	struct {
		int error;
		uint32_t entry, count;
	} inject;	   /* hyp_inject_error() */
	bool refusing;	   /* hyp_inject_refusal() is in force */
	bool timed_out;	   /* with host.timeout: report, of the call that goes on */
	bool hung;	   /* a wait of the host never returns: nothing more can be done */
	const char *error; /* static text: what a step asked for and cannot be done */
};

struct hyp_config {
	const struct ims_model *model;
	struct ims_world *world;  /* initialised; unit 0 physical, unit 1 + n bare for VM n */
	struct ims_log *log;	  /* may be NULL */
	struct ims_policy policy; /* of the host and the VMM; all 0: the model's first */
	const char *uapi; /* of which policy's the host's driver is; NULL: the model's first */
	bool no_vmms; /* nobody has opened the uAPI, no device is bound: VMs have no second stage */
	bool told;    /* queues that hardware fills have memory, and software reads them */
	bool shared_ids; /* guests file a device's translations under the tag of the space it was attached to first */
	bool ideal_queues; /* what stands in a guest's own ring means to the hardware what it means to the host */
	uint8_t bare_stage; /* one VM, which is the machine: of which stage its driver's tables are; 0: VMs on a host */
	uint32_t iommus_count; /* 0: one */
	uint32_t vms_count, devices_count, spaces_count;
	uint64_t vm_memory[HYP_VMS];
	uint32_t vm_parent[HYP_VMS]; /* 1 + an earlier VM, of which it is another vIOMMU; 0: none */
	struct hyp_device devices[HYP_DEVICES]; /* prid is assigned if 0 */
	uint32_t space_vm[HYP_SPACES];
	uint32_t space_tag[HYP_SPACES]; /* 0: assigned */
};

/* Makes the tables everything starts from. @h must be zeroed; everything it needs is in @config. */
void hyp_init(struct hyp *h, const struct hyp_config *config);

/* Physical requester ids of devices on a host, by their number; the guest's are others. */
static inline uint32_t hyp_prid(uint32_t dev)
{
	return 0x3a00 + dev * 8;
}

/* Is this unit of the world a physical one; else it is the bare one of VM @unit - 1. */
static inline bool hyp_physical(const struct hyp *h, uint32_t unit)
{
	return !unit || unit > h->vms_count;
}

/* A physical unit's number in the world, and the other way round. */
static inline uint32_t hyp_unit_of(const struct hyp *h, uint32_t iommu)
{
	return iommu ? h->vms_count + iommu : 0;
}

static inline uint32_t hyp_iommu_of(const struct hyp *h, uint32_t unit)
{
	return unit ? unit - h->vms_count : 0;
}

/* A unit's hardware. */
static inline struct ims_hw *hyp_unit(struct hyp *h, uint32_t unit)
{
	return hyp_physical(h, unit) ? &h->iommus[hyp_iommu_of(h, unit)].hw : &h->bare[unit - 1];
}

/* The parameters of the first physical unit. */
static inline const uint32_t *hyp_params(const struct hyp *h)
{
	return h->iommus[0].hw.unit->state.params;
}

/* The hand for what is of no unit in particular: the host's memory, the log. */
static inline struct ims_hw *hyp_hand(struct hyp *h)
{
	return &h->iommus[0].hw;
}

/* The parent, line and actor of the events to come. */
void hyp_step(struct hyp *h, uint32_t cause, uint32_t line);

/* ---- memory ---- */

/* Puts host pages behind guest memory, by 4 KiB leaves of the parent, where there are none yet. */
void hyp_back(struct hyp *h, uint32_t vm, uint64_t gpa, uint64_t size);
/* The host page behind a guest address; false if there is none. */
bool hyp_host_address(struct hyp *h, uint32_t vm, uint64_t gpa, uint64_t *ret_hpa);
/*
 * Writes a register of the physical unit (HYP_HOST), or of the one that a guest
 * believes in: commands that it makes the unit execute go to the VMM as well.
 */
void hyp_reg_write(struct hyp *h, uint32_t vm_or_host, const struct ims_reg *reg, uint64_t value);
void hyp_write(struct hyp *h, uint32_t vm_or_host, uint64_t addr, uint64_t value, unsigned width);
#define HYP_HOST UINT32_MAX

/* ---- the guest's driver; false: h->error says why ---- */

bool hyp_attach(struct hyp *h, uint32_t dev, uint32_t ctx, uint32_t space);
bool hyp_detach(struct hyp *h, uint32_t dev, uint32_t ctx);
/* A device goes, with all its attachments, and comes again. */
bool hyp_device_remove(struct hyp *h, uint32_t dev);
bool hyp_device_add(struct hyp *h, uint32_t dev);
/* What a guest owes, and waits for, after a change of that kind in all that it has attached. */
void hyp_guest_owe(struct hyp *h, uint32_t vm, enum ims_change change);
struct hyp_table hyp_space_table(struct hyp *h, uint32_t space);
/* The guest's tag of a device's requests through a space, attached by PASID @ctx. */
struct hyp_tag hyp_guest_tag(const struct hyp *h, uint32_t dev, uint32_t ctx, uint32_t space);
/* The same of whatever is attached to a space; @dev: of this device, or IMS_NONE. */
struct hyp_tag hyp_space_tag(const struct hyp *h, uint32_t space, uint32_t dev, uint32_t ctx);

/*
 * What a correct driver issues after a change in a space, and the wait for it.
 * @leaf_lg2: the size of all the leaves that changed, 0: of several, or tables went too.
 */
void hyp_guest_flush(struct hyp *h, uint32_t space, uint64_t first, uint64_t last, bool leaf_only,
		     unsigned leaf_lg2, bool wait);

/* What is issued, and waited for, for all changes in a space for which it was put off. */
void hyp_guest_drain(struct hyp *h, uint32_t space);

/* The same after entries of a space became present, where the guest owes that; false: it owes nothing. */
bool hyp_guest_mapped(struct hyp *h, uint32_t space, uint64_t first, uint64_t last, bool wait);

/* Takes another of its unit's rings to hand: those below are of that one. The driver uses the first. */
void hyp_guest_queue(struct hyp *h, uint32_t vm, unsigned ring);
/* One command into the guest's ring; the VMM sees it at hyp_guest_kick(). */
void hyp_guest_put(struct hyp *h, uint32_t vm, const uint64_t *words);
void hyp_guest_kick(struct hyp *h, uint32_t vm);
/* A wait into the guest's ring, the kick, and the return of the wait to the guest. */
void hyp_guest_wait(struct hyp *h, uint32_t vm);
/* The two halves of that: the command alone, not seen by anybody yet; the kick and the return. */
void hyp_guest_put_wait(struct hyp *h, uint32_t vm);
void hyp_guest_await(struct hyp *h, uint32_t vm);
/* Is the guest's queue at hand one of the hardware, which no VMM looks at. */
bool hyp_guest_has_queue(const struct hyp *h, uint32_t vm);

/* ---- the host ---- */

bool hyp_host_map(struct hyp *h, uint32_t vm, uint64_t gpa, uint64_t size, unsigned perm);
/* The same for a change in all that is nested on a VM's parent. */
void hyp_host_owe(struct hyp *h, uint32_t vm, enum ims_change change);
/* Accessed and dirty bits in the second stage of a VM; false: the unit has none. */
bool hyp_host_dirty(struct hyp *h, uint32_t vm, bool on);
bool hyp_host_unmap(struct hyp *h, uint32_t vm, uint64_t gpa, uint64_t size);

/* ---- devices ---- */

struct hyp_access {
	struct ims_access_result phys, bare;
};

/*
 * Does @dom of a physical unit stand for no domain of the host's at present: it is flushed before it stands for
 * another. False where tags are not of domains: the parent's, or on a machine without host its
 * driver's.
 */
bool hyp_tag_unused(const struct hyp *h, uint32_t unit, uint32_t dom);

/*
 * One access, on the physical unit and on the guest's bare one. @req.kind is filled in, and
 * @req.src: but on the physical one, if it is not 0, it is the device's other requester id. @translated: through the device's ATC if it has one.
 */
void hyp_access(struct hyp *h, uint32_t dev, const struct ims_req *req, bool translated,
		struct hyp_access *ret);

/* Hardware begins to fetch what a request will need, on both units. */
void hyp_prefetch(struct hyp *h, uint32_t dev, uint32_t ctx, uint64_t iova);

/*
 * The next @count device-TLB invalidations of the physical unit to a device time out,
 * 0: none any more. IMS_NONE: to every device with an ATC. False: h->error says why.
 */
bool hyp_inject_timeout(struct hyp *h, uint32_t dev, uint32_t count);
/* The same, and the device does as it is told all the same: what is lost is its answer. */
bool hyp_inject_drop(struct hyp *h, uint32_t dev, uint32_t count);
/* The physical units stop at each of the next @count commands, as at one that they do not know. */
void hyp_inject_refusal(struct hyp *h, uint32_t count);
/* The host refuses entry @entry of each of the next @count lists, with @error, an errno. */
void hyp_inject_error(struct hyp *h, int error, uint32_t entry, uint32_t count);

/* Is a device, by its number, in a set of the world's. */
static inline bool hyp_dev_is(uint64_t set, uint32_t dev)
{
	return set >> dev & 1;
}

/* Enables or disables ATS and PASIDs in a device, PASIDs first; -1: it stays as it is. */
void hyp_device_enable(struct hyp *h, uint32_t dev, int ats, int pasid);
/* The reset of a function, or of all functions behind its link, begins and ends. */
void hyp_reset_begin(struct hyp *h, uint32_t dev, bool link);
void hyp_reset_end(struct hyp *h, uint32_t dev, bool link);

/* The same for an ATS translation request alone. */
struct hyp_ats {
	struct ims_answer phys, bare;
};
void hyp_ats(struct hyp *h, uint32_t dev, const struct ims_req *req, struct hyp_ats *ret);

/*
 * A page request on the physical unit; what hardware made of it, and the code of its own
 * answer. False: h->error says why it cannot be made.
 */
bool hyp_page_request(struct hyp *h, uint32_t dev, const struct ims_page_req *req,
		      enum ims_page_fate *ret_fate, uint8_t *ret_code);
/*
 * The host looks at the queues that hardware fills, and VMMs at those of their fault and
 * event objects; nothing where they have no memory.
 */
void hyp_serve(struct hyp *h);
/*
 * The guest's driver answers what its unit has told it of a device's @ctx and, unless that is
 * IMS_NONE, @group, by the vendor's command. False: it has been asked for nothing like it.
 */
bool hyp_guest_answer(struct hyp *h, uint32_t dev, uint32_t ctx, uint32_t group, uint8_t code);

/* ---- for readers ---- */

/* Does the host track what is written through a VM's parent; has the leaf over an address a mark, or is there none. */
bool hyp_parent_tracked(const struct hyp *h, uint32_t vm);
bool hyp_parent_marked(struct hyp *h, uint32_t vm, uint64_t gpa);

/* The host's nested domain that (device, ctx) is attached to, IMS_NONE. */
uint32_t hyp_domain_of(const struct hyp *h, uint32_t dev, uint32_t ctx);
/* The guest's space that (device, ctx) is attached to, IMS_NONE. */
uint32_t hyp_space_of(const struct hyp *h, uint32_t dev, uint32_t ctx);
/* Do other devices come by the alias of @dev too: they are one group. */
bool hyp_alias_shared(const struct hyp *h, uint32_t dev);
/* The device with this requester id on a unit, IMS_NONE. */
uint32_t hyp_device_by_rid(const struct hyp *h, uint32_t unit, uint32_t rid);

#endif
