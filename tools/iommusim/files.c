/* SPDX-License-Identifier: MIT */
/* Which files are scenarios. */
#include <string.h>

#include "tools/iommusim/tool.h"

#define DIRECTORY_DEPTH_MAX 16

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_directory(const char *path)
{
	return g_file_test(path, G_FILE_TEST_IS_DIR);
}

/* Files of a directory in the order of their names, but for policies of hosts; then its directories. */
static bool add_directory(const char *path, bool deep, unsigned depth, GPtrArray *files)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;
	g_autoptr(GDir) dir = g_dir_open(path, 0, &error);
	const char *name;
	bool ok = true;

	if (!dir) {
		tool_complain("%s", error->message);
		return false;
	}
	while ((name = g_dir_read_name(dir)))
		if (name[0] != '.')
			g_ptr_array_add(names, strcmp(path, ".") ?
						       g_build_filename(path, name, NULL) :
						       g_strdup(name));
	g_ptr_array_sort(names, by_name);
	for (guint i = 0; i < names->len; i++) {
		const char *file = g_ptr_array_index(names, i);

		if (!is_directory(file) && g_str_has_suffix(file, ".yaml") &&
		    !g_str_has_suffix(file, ".host.yaml"))
			g_ptr_array_add(files, g_strdup(file));
	}
	for (guint i = 0; deep && i < names->len && depth < DIRECTORY_DEPTH_MAX; i++)
		if (is_directory(g_ptr_array_index(names, i)))
			ok &= add_directory(g_ptr_array_index(names, i), true, depth + 1, files);
	return ok;
}

bool tool_files(const char *path, bool deep, GPtrArray *files)
{
	if (is_directory(path))
		return add_directory(path, deep, 0, files);
	g_ptr_array_add(files, g_strdup(path));
	return true;
}
