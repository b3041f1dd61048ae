/* SPDX-License-Identifier: MIT */
/* A Check program that runs no test and ends with 0. */
#include <check.h>
#include <stdlib.h>

int main(void)
{
	SRunner *runner = srunner_create(suite_create("empty"));
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
