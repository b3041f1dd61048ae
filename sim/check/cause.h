/* SPDX-License-Identifier: MIT */
/*
 * Why a finding is there: the one list of what the checkers may give as its cause. What
 * each means is in explain_causes.c. What is not here: broken rules, whose cause is the
 * name of the rule.
 */
#ifndef SIM_CHECK_CAUSE_H
#define SIM_CHECK_CAUSE_H

#include <stdbool.h>

enum chk_cause {
	/* Of an entry that is outdated: what of the commands missed it. */
	CHK_CAUSE_NONE_ISSUED,
	CHK_CAUSE_WRONG_LEVEL,
	CHK_CAUSE_WRONG_TAG,
	CHK_CAUSE_WRONG_DEVICE,
	CHK_CAUSE_WRONG_RANGE,
	CHK_CAUSE_BEFORE_STORE,
	CHK_CAUSE_WRONG_ORDER,
	CHK_CAUSE_NOT_WAITED,
	CHK_CAUSE_NO_EFFECT,
	CHK_CAUSE_TIMEOUT_ASSUMED_DONE,
	CHK_CAUSE_DROPPED_BY_ERROR,
	CHK_CAUSE_DROPPED_BY_QUEUE,
	/* Of a breach. */
	CHK_CAUSE_TAG_COLLISION,
	CHK_CAUSE_TAG_REUSE,
	CHK_CAUSE_MISROUTE,
	CHK_CAUSE_SELF_COLLISION,
	/* Of an order that is not kept. */
	CHK_CAUSE_NO_WAIT_BETWEEN,
	/* Of a wait that never returns. */
	CHK_CAUSE_NO_ANSWER,
	CHK_CAUSE_DEVICE_IN_RESET,
	CHK_CAUSE_QUEUE_STOPPED,
	CHK_CAUSE_QUEUE_OFF,
	CHK_CAUSE_QUEUE_NOT_READ,
	CHK_CAUSE_PAGE_NOT_MAPPED,
	/* Of a device that is not answered. */
	CHK_CAUSE_NOT_ANSWERED,
	CHK_CAUSE_NOT_READ,
	CHK_CAUSE_REQUEST_DROPPED,
	CHK_CAUSE_ANSWER_WITHOUT_PASID,
	/* Of a call that was refused: what the host said. */
	CHK_CAUSE_EIO,
	CHK_CAUSE_EINVAL,
	CHK_CAUSE_EOPNOTSUPP,
	CHK_CAUSE_ETIMEDOUT,
	CHK_CAUSE_EBUSY,
	CHK_CAUSE_ENOENT,
	CHK_CAUSE_ENOMEM,
	CHK_CAUSE_MAX,
};

const char *chk_cause_name(enum chk_cause cause); /* "wrong-range" */
/* Is it one of these words themselves, and no other text that reads the same. */
bool chk_is_cause(const char *cause);

#endif
