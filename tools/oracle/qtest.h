/* SPDX-License-Identifier: MIT */
/* QEMU's qtest protocol: lines over a stream; every reply begins with a word. */
#ifndef TOOLS_ORACLE_QTEST_H
#define TOOLS_ORACLE_QTEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum qtest_reply { QTEST_OK, QTEST_PARTIAL, QTEST_EVENT, QTEST_FAILED };

/*
 * Reads one reply at @text, @bytes long. OK: @ret_value is its number, if it has one, and
 * @ret_used its length with the end of the line. EVENT: a line that answers nothing.
 */
enum qtest_reply qtest_parse(const char *text, size_t bytes, uint64_t *ret_value, size_t *ret_used);

struct qtest {
	int fd;
	size_t out_count, in_count, in_at;
	unsigned waiting; /* replies to lines sent whose value nobody wants */
	bool broken;
	char why[512];
	char out[16384], in[16384];
};

/* Queues a line whose reply must be OK. */
void qtest_line(struct qtest *q, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Sends what is queued and this line; the number in its reply, 0 if it broke down. */
uint64_t qtest_ask(struct qtest *q, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Sends what is queued and waits for all replies. */
void qtest_settle(struct qtest *q);

#endif
