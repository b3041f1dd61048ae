/* SPDX-License-Identifier: MIT */
#include "sim/check/cause.h"

#include <stddef.h>

#include "sim/core/assert.h"

static const char *const names[CHK_CAUSE_MAX] = {
	[CHK_CAUSE_NONE_ISSUED] = "none-issued",
	[CHK_CAUSE_WRONG_LEVEL] = "wrong-level",
	[CHK_CAUSE_WRONG_TAG] = "wrong-tag",
	[CHK_CAUSE_WRONG_DEVICE] = "wrong-device",
	[CHK_CAUSE_WRONG_RANGE] = "wrong-range",
	[CHK_CAUSE_BEFORE_STORE] = "before-store",
	[CHK_CAUSE_WRONG_ORDER] = "wrong-order",
	[CHK_CAUSE_NOT_WAITED] = "not-waited",
	[CHK_CAUSE_NO_EFFECT] = "no-effect",
	[CHK_CAUSE_TIMEOUT_ASSUMED_DONE] = "timeout-assumed-done",
	[CHK_CAUSE_DROPPED_BY_ERROR] = "dropped-by-error",
	[CHK_CAUSE_DROPPED_BY_QUEUE] = "dropped-by-queue",
	[CHK_CAUSE_TAG_COLLISION] = "tag-collision",
	[CHK_CAUSE_TAG_REUSE] = "tag-reuse",
	[CHK_CAUSE_MISROUTE] = "misroute",
	[CHK_CAUSE_NO_WAIT_BETWEEN] = "no-wait-between",
	[CHK_CAUSE_SELF_COLLISION] = "self-collision",
	[CHK_CAUSE_NO_ANSWER] = "no-answer",
	[CHK_CAUSE_DEVICE_IN_RESET] = "device-in-reset",
	[CHK_CAUSE_QUEUE_STOPPED] = "queue-stopped",
	[CHK_CAUSE_QUEUE_OFF] = "queue-off",
	[CHK_CAUSE_QUEUE_NOT_READ] = "queue-not-read",
	[CHK_CAUSE_PAGE_NOT_MAPPED] = "page-not-mapped",
	[CHK_CAUSE_NOT_ANSWERED] = "not-answered",
	[CHK_CAUSE_NOT_READ] = "not-read",
	[CHK_CAUSE_REQUEST_DROPPED] = "request-dropped",
	[CHK_CAUSE_ANSWER_WITHOUT_PASID] = "answer-without-pasid",
	[CHK_CAUSE_EIO] = "eio",
	[CHK_CAUSE_EINVAL] = "einval",
	[CHK_CAUSE_EOPNOTSUPP] = "eopnotsupp",
	[CHK_CAUSE_ETIMEDOUT] = "etimedout",
	[CHK_CAUSE_EBUSY] = "ebusy",
	[CHK_CAUSE_ENOENT] = "enoent",
	[CHK_CAUSE_ENOMEM] = "enomem",
};

const char *chk_cause_name(enum chk_cause cause)
{
	IMS_ASSERT(cause < CHK_CAUSE_MAX && names[cause]);
	return names[cause];
}

bool chk_is_cause(const char *cause)
{
	for (unsigned i = 0; i < CHK_CAUSE_MAX; i++)
		if (names[i] == cause)
			return true;
	return false;
}
