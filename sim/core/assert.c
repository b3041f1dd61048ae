/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/core/assert.h"

static void say(const char *text)
{
	ssize_t done = write(STDERR_FILENO, text, strlen(text));

	(void)done;
}

void ims_assert_failed(const char *cond, const char *file, int line)
{
	char digits[12];
	unsigned at = sizeof(digits) - 1;

	digits[at] = 0;
	for (unsigned n = (unsigned)line; at && (n || at == sizeof(digits) - 1); n /= 10)
		digits[--at] = (char)('0' + n % 10);
	say("iommusim: internal error: ");
	say(cond);
	say(" at ");
	say(file);
	say(":");
	say(digits + at);
	say("\n");
	abort();
}
