/* SPDX-License-Identifier: MIT */
#include "sim/scenario/queue_file.h"

#include <stddef.h>
#include <string.h>

#define FIELD(name_, f, out_, in_)                                                                 \
	{                                                                                          \
		.name = (name_), .offset = offsetof(struct scn_queue_io, f),                       \
		.bytes = sizeof(((struct scn_queue_io *)0)->f), .out = (out_), .in = (in_)         \
	}
#define IN(name, f)  FIELD(name, f, false, true)
#define OUT(name, f) FIELD(name, f, true, false)

/* A record is of a fault queue, or behind its header of an event queue. */
static const struct hyp_uapi_field read_fields[] = {
	IN("fd", fd),
	IN("pos", pos),
	IN("count", count),
	OUT("bytes", bytes),
	OUT("flags", fault.flags),
	OUT("dev_id", fault.dev_id),
	OUT("pasid", fault.pasid),
	OUT("grpid", fault.grpid),
	OUT("perm", fault.perm),
	OUT("addr", fault.addr),
	OUT("length", fault.length),
	OUT("cookie", fault.cookie),
	OUT("sequence", event.header.sequence),
	OUT("evt0", event.evt[0]),
	OUT("evt1", event.evt[1]),
	OUT("evt2", event.evt[2]),
	OUT("evt3", event.evt[3]),
};

static const struct hyp_uapi_field write_fields[] = {
	IN("fd", fd),
	IN("pos", pos),
	IN("count", count),
	IN("cookie", response.cookie),
	IN("code", response.code),
	OUT("bytes", bytes),
};

#define ROW(name_, fields_)                                                                        \
	{                                                                                          \
		.name = name_, .size = sizeof(struct scn_queue_io), .file = HYP_FILE_CONTEXT,      \
		.fields = fields_, .fields_count = sizeof(fields_) / sizeof((fields_)[0])          \
	}

const struct hyp_uapi_row scn_queue_rows[2] = { ROW("read", read_fields),
						ROW("write", write_fields) };

const struct hyp_uapi_row *scn_call_row(const char *name)
{
	for (unsigned i = 0; i < 2; i++)
		if (!strcmp(scn_queue_rows[i].name, name))
			return &scn_queue_rows[i];
	return hyp_uapi_row(name);
}
