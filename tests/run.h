/* SPDX-License-Identifier: MIT */
/* What every Check program ends with. */
#ifndef TESTS_RUN_H
#define TESTS_RUN_H

#include <check.h>

/* The exit code of a program that runs @suite: a failure too if it ran no test. */
static inline int tests_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int bad;

	srunner_run_all(runner, CK_ENV);
	bad = srunner_ntests_failed(runner) || !srunner_ntests_run(runner);
	srunner_free(runner);
	return bad;
}

#endif
