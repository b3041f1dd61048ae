/* SPDX-License-Identifier: MIT */
/* Calls of `ioctl` steps that are no ioctl: read() and write() of a queue's file. */
#ifndef SIM_SCENARIO_QUEUE_FILE_H
#define SIM_SCENARIO_QUEUE_FILE_H

#include "sim/hyp/uapi.h"

/* What stands in the call's structure, as if it were one. */
struct scn_queue_io {
	uint32_t fd, pos;
	uint64_t count; /* bytes; 0: the caller's whole memory, or what the step says */
	uint64_t bytes; /* out: how many were taken */
	union {
		struct ims_uapi_pgfault fault; /* out: the first record that was read, */
		struct {
			struct ims_uapi_vevent_header header;
			uint64_t evt[4];
		} event;
		struct ims_uapi_page_response response; /* in: or the one that is written */
	};
};

/* `read` and `write`; nr is 0. */
extern const struct hyp_uapi_row scn_queue_rows[2];

/* A call by its name, theirs among them; NULL: there is none. */
const struct hyp_uapi_row *scn_call_row(const char *name);

#endif
