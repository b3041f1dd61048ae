/* SPDX-License-Identifier: MIT */
/* Each programming rule of a vendor has a scenario that breaks it and a twin that keeps it. */
#include <check.h>
#include <glib.h>
#include <string.h>

#include "iommusim/model.h"

static inline void rule_scenarios(const struct ims_model *m)
{
	for (unsigned i = 0; i < m->prog_rules_count; i++) {
		const char *name = m->prog_rules[i].name;
		g_autofree char *file =
			g_strdup_printf(IMS_SOURCE_DIR "/scenarios/%s/rule-%s.yaml", m->name, name);
		g_autofree char *twin = g_strdup_printf(
			IMS_SOURCE_DIR "/scenarios/%s/rule-%s-kept.yaml", m->name, name);
		g_autofree char *want =
			g_strdup_printf("fail: {kind: rule, cause: %s, blame: ", name);
		g_autofree char *text = NULL, *kept = NULL;

		ck_assert_msg(g_file_get_contents(file, &text, NULL, NULL), "no scenario breaks %s",
			      name);
		ck_assert_msg(strstr(text, want), "%s does not expect it", file);
		ck_assert_msg(g_file_get_contents(twin, &kept, NULL, NULL), "no scenario keeps %s",
			      name);
		ck_assert_msg(!strstr(kept, "expect:\n"), "%s expects something", twin);
	}
}
