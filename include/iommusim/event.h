/* SPDX-License-Identifier: MIT */
/*
 * One line of the log. Time is an event's number, counted from 1; the log is a
 * tree through `parent` (0: a root). What the arguments of each kind are is
 * said beside the kind, and nowhere else.
 */
#ifndef IOMMUSIM_EVENT_H
#define IOMMUSIM_EVENT_H

#include <stdint.h>

enum ims_event_kind {
	IMS_EV_NONE,
	IMS_EV_STEP,   /* n: step index; a step of the scenario begins */
	IMS_EV_RETURN, /* a[0]: the step's event; its effect is claimed complete */
	IMS_EV_WRITE,  /* a[0]: physical address, a[1]: old, a[2]: new, a[3]: 1 if by hardware */
	IMS_EV_DMA, /* n: device, a[0]: iova, a[1]: pasid or IMS_CTX_NONE, a[2]: access, a[3]: src */
	IMS_EV_LOOKUP, /* n: src, a[0]: address, a[1]: ctx as presented, a[2]: access, a[3]: request kind */
	IMS_EV_READ, /* n: stage<<8 | level, 0: a configuration structure; a[0]: address as the unit saw it, a[1]: value, a[2]: physical, a[3]: when it was in fact read, if it was before */
	IMS_EV_HIT,  /* n: entry; a[0]: cache. The lookup, or the walk, went on from this entry */
	/*
	 * n: entry; a[0]: cache 7:0, what it came through between the stages 63:12, a[1]: in, a[2]: out,
	 * a[3]: dom 15:0, class 23:16, sizes (fragment 31:24, stage 1 39:32, stage 2 47:40), permission
	 * 55:48, level 63:56; a[4]: src 31:0, ctx as presented 63:32; a[5]: ctx as filed 31:0, size of what
	 * it came through 39:32, levels of the leaves of stage 1 43:40 and 2 47:44, half of the page sizes of
	 * the tables of stage 1 51:48 and 2 55:52. Made of the words read under the same parent.
	 */
	IMS_EV_FILL,
	IMS_EV_EVICT,  /* n: entry; a[0]: cache. Dropped for want of room */
	IMS_EV_ANSWER, /* n: fault code (0: none), a[0]: output, a[1]: permission, a[2]: size_lg2 */
	IMS_EV_QUEUED, /* a[0..3]: words, a[4]: ring; software put a command into a ring; n: owner (enum ims_actor) */
	IMS_EV_CMD,    /* n: command row; a[0..3]: words, a[4]: ring; hardware consumed a command */
	IMS_EV_DROP,   /* n: entry; a[0]: cache, a[1]: the CMD event */
	IMS_EV_DONE,   /* n: command row; a[0]: ring; a wait completed */
	IMS_EV_QERROR, /* n: error code; a[0]: index in the ring, a[1]: ring; the queue stopped */
	IMS_EV_CALL,   /* n: enum ims_call; a[0..3]: arguments; a call to the host */
	IMS_EV_DISCARD, /* n: enum ims_actor that discarded it, a[0]: the guest's QUEUED event */
	IMS_EV_WAITED,	/* n: vm; the wait of an issuer returned */
	IMS_EV_FREE,	/* a[0]: first physical address, a[1]: last; a[2]: vm */
	IMS_EV_REUSE,	/* a[0]: first physical address, a[1]: last; a[2]: vm */
	IMS_EV_BACK, /* n: vm; a[0]: first gpa, a[1]: physical address, a[2]: last gpa: what stands behind guest memory */
	IMS_EV_SIGNAL, /* n: the vendor's source; a[0]: address, a[1]: data; an interrupt message */
	IMS_EV_FAULT, /* n: code; a[0]: address, a[1]: ctx as presented, a[2]: src, a[3]: 1 recorded, 0 lost; told to software */
	IMS_EV_REG, /* n: offset; a[0]: old, a[1]: new, a[2]: what was written; a register was written */
	IMS_EV_PAGE, /* n: enum ims_page_fate, a[0]: address, a[1]: ctx as presented, a[2]: src, a[3]: group 15:0, answer 22:16, 1 if the answer leaves out the PASID 23; a page request */
	IMS_EV_RESPONSE, /* n: code; a[0]: src, a[1]: ctx, a[2]: group; a page response reached the device */
	IMS_EV_REFUSED, /* n: errno; a[0]: its CALL event, a[1]: entries, a[2]: executed, a[3]: said to be executed; the host refused a call */
	IMS_EV_ABORTED, /* n: command row; a[0]: its CMD event, a[1]: ring; an error kept a wait from completing */
	IMS_EV_LOST, /* n: command row; a[0]: its CMD event, a[1]: src of one to a device, a[2]: 0: a device did not answer, 1: the unit stopped at it; it is not executed */
	IMS_EV_HUNG, /* n: unit; a[0]: src of the device that does not answer, a[1]: or enum ims_hung; a wait of the unit's software never returns */
	IMS_EV_DEVICE, /* n: device; a[0]: ATS is enabled in it, a[1]: PASIDs are, a[2]: it is being reset; what became of it */
	IMS_EV_STALL, /* n: tag; a[0]: address, a[1]: ctx as presented, a[2]: src; a transaction waits for software */
	IMS_EV_RESUMED, /* n: enum ims_resumed; a[0]: src, a[1]: tag; it waits no more */
	IMS_EV_FAULTQ, /* n: enum ims_faultq; a[0]: device, a[1]: ctx as presented, a[2]: group or tag; what a device asked for, at the host */
	IMS_EV_EARLY, /* n: command row; a[0]: its CMD event, a[1]: ring; a command takes effect, and no wait has asked for it */
	IMS_EV_MAX,
};

/* Why a wait never returns; the last three of a guest's queue that stands in the hardware alone. */
enum ims_hung {
	IMS_HUNG_DEVICE,   /* a device does not answer */
	IMS_HUNG_STOPPED,  /* the queue has stopped */
	IMS_HUNG_OFF,	   /* it is off */
	IMS_HUNG_IDLE,	   /* the host has it off, and the guest does not */
	IMS_HUNG_UNREAD,   /* the hardware looks for it where it is not */
	IMS_HUNG_UNMAPPED, /* its page is not mapped: no store of the guest reaches it */
	IMS_HUNG_MAX,
};

/* What became of a transaction that had stalled. */
enum ims_resumed { IMS_RESUMED_ENDED, IMS_RESUMED_RETRIED };

/* Of a group of page requests, or a stall. */
enum ims_faultq {
	IMS_FAULTQ_PUT,	    /* it stands in a fault queue */
	IMS_FAULTQ_READ,    /* the VMM has read it */
	IMS_FAULTQ_GUEST,   /* and told its guest */
	IMS_FAULTQ_WRITTEN, /* the VMM has answered it */
	IMS_FAULTQ_AUTO,    /* the host has, for its queue or its attachment goes */
	IMS_FAULTQ_REFUSED, /* the host has: nobody else is asked */
	IMS_FAULTQ_LOST,    /* it is forgotten, without an answer */
};

/* Who did it. */
enum ims_actor {
	IMS_ACTOR_NONE,
	IMS_ACTOR_GUEST,
	IMS_ACTOR_VMM,
	IMS_ACTOR_HOST,
	IMS_ACTOR_HARDWARE,
	IMS_ACTOR_DEVICE,
	IMS_ACTOR_MAX,
};

/* Calls from the VMM to the host, design.md section 4. */
enum ims_call {
	IMS_CALL_ATTACH,     /* a: src, ctx, domain */
	IMS_CALL_DETACH,     /* a: src, ctx, domain */
	IMS_CALL_INVALIDATE, /* a: which kind of object, the object, entries */
	IMS_CALL_MAP,	     /* a: vm, first gpa, last gpa, physical */
	IMS_CALL_UNMAP,	     /* a: vm, first gpa, last gpa */
	IMS_CALL_MAX,
};

/* 64 bytes; `line` is the scenario line that the event belongs to, 0 if none. */
struct ims_event {
	uint32_t parent;
	uint16_t kind;
	uint8_t actor;
	uint8_t unit;
	uint32_t line;
	uint32_t n;
	uint64_t a[6];
};

#endif
