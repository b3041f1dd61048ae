/* SPDX-License-Identifier: MIT */
#include "qtest.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum qtest_reply qtest_parse(const char *text, size_t bytes, uint64_t *ret_value, size_t *ret_used)
{
	const char *end = memchr(text, '\n', bytes);
	size_t length;

	*ret_value = 0;
	if (!end)
		return QTEST_PARTIAL;
	length = (size_t)(end - text);
	*ret_used = length + 1;
	if (length > 4 && !memcmp(text, "IRQ ", 4))
		return QTEST_EVENT;
	if (length < 2 || memcmp(text, "OK", 2) ||
	    (length > 2 && text[2] != ' ' && text[2] != '\r'))
		return QTEST_FAILED;
	if (length > 3)
		*ret_value = strtoull(text + 3, NULL, 0);
	return QTEST_OK;
}

static void broken(struct qtest *q, const char *format, ...)
{
	va_list args;

	if (q->broken)
		return;
	q->broken = true;
	va_start(args, format);
	vsnprintf(q->why, sizeof(q->why), format, args);
	va_end(args);
}

static void flush(struct qtest *q)
{
	size_t at = 0;

	while (!q->broken && at < q->out_count) {
		ssize_t n = send(q->fd, q->out + at, q->out_count - at, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			broken(q, "QEMU closed the qtest connection (%s)", strerror(errno));
		else
			at += (size_t)n;
	}
	q->out_count = 0;
}

/* More of the replies; a QEMU that says nothing for long is dead. */
static bool fill(struct qtest *q)
{
	ssize_t n;

	if (q->in_at) {
		memmove(q->in, q->in + q->in_at, q->in_count - q->in_at);
		q->in_count -= q->in_at;
		q->in_at = 0;
	}
	if (q->in_count == sizeof(q->in)) {
		broken(q, "a qtest reply without an end");
		return false;
	}
	do
		n = recv(q->fd, q->in + q->in_count, sizeof(q->in) - q->in_count, 0);
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		q->in_count += (size_t)n;
		return true;
	}
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		broken(q, "QEMU does not answer");
	else
		broken(q, "QEMU closed the qtest connection");
	return false;
}

static uint64_t reply(struct qtest *q)
{
	uint64_t value = 0;
	size_t used = 0;

	while (!q->broken) {
		const char *text = q->in + q->in_at;

		switch (qtest_parse(text, q->in_count - q->in_at, &value, &used)) {
		case QTEST_PARTIAL:
			fill(q);
			break;
		case QTEST_EVENT:
			q->in_at += used;
			break;
		case QTEST_FAILED:
			broken(q, "QEMU answered '%.*s'", (int)(used - 1), text);
			break;
		case QTEST_OK:
			q->in_at += used;
			return value;
		}
	}
	return 0;
}

static void queue(struct qtest *q, const char *format, va_list args)
{
	int n;

	if (q->out_count > sizeof(q->out) - 256)
		flush(q);
	n = vsnprintf(q->out + q->out_count, 255, format, args);
	q->out_count += (size_t)n;
	q->out[q->out_count++] = '\n';
	q->waiting++;
}

void qtest_settle(struct qtest *q)
{
	flush(q);
	while (q->waiting && !q->broken) {
		reply(q);
		q->waiting--;
	}
}

void qtest_line(struct qtest *q, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	queue(q, format, args);
	va_end(args);
	/* Both sides' buffers are finite. */
	if (q->waiting > 64)
		qtest_settle(q);
}

uint64_t qtest_ask(struct qtest *q, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	queue(q, format, args);
	va_end(args);
	q->waiting--;
	qtest_settle(q);
	return q->broken ? 0 : reply(q);
}
