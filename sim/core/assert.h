/* SPDX-License-Identifier: MIT */
/* Bugs of this program are assertions, and they stay on in every build. */
#ifndef SIM_CORE_ASSERT_H
#define SIM_CORE_ASSERT_H

#define IMS_ASSERT(cond)                                                                           \
	do {                                                                                       \
		if (__builtin_expect(!(cond), 0))                                                  \
			ims_assert_failed(#cond, __FILE__, __LINE__);                              \
	} while (0)

#define IMS_UNREACHABLE(why) ims_assert_failed(why, __FILE__, __LINE__)

/* Says what and where on standard error and aborts. */
_Noreturn void ims_assert_failed(const char *cond, const char *file, int line);

#endif
