/* SPDX-License-Identifier: MIT */
/* A checker is made, with an image of memory as it was, and freed. */
#include "sim/check/parts.h"

static void record_free(gpointer data)
{
	struct chk_record *r = data;

	g_array_unref(r->words);
	g_array_unref(r->tracked);
	g_free(r);
}

static struct ims_world *image_new(struct chk *c)
{
	struct ims_world_config config = *c->s.config;
	struct ims_world *image;

	for (uint32_t u = 0; u < config.units_count; u++)
		for (unsigned i = 0; i < config.model->caches_count; i++)
			config.units[u].caches[i] = (struct ims_cache_config){ .entries = 4 };
	image = g_aligned_alloc0(1, ims_world_bytes(&config), IMS_WORLD_ALIGN);
	ims_world_init(image, &config);
	for (uint32_t u = 0; u < config.units_count; u++) {
		image->units[u].root = c->s.world->units[u].root;
		image->units[u].state = c->s.world->units[u].state;
		image->units[u].guest_limit = c->s.world->units[u].guest_limit;
		ims_hw_bind(&c->look[u], c->s.model, image, u, NULL);
		c->look[u].bypass = true;
	}
	return image;
}

static void array_unref(gpointer data)
{
	g_array_unref(data);
}

static void ptr_array_unref(gpointer data)
{
	g_ptr_array_unref(data);
}

static void finding_free(gpointer data)
{
	chk_finding_free(data);
}

struct chk *chk_new(const struct chk_subject *subject)
{
	struct chk *c = g_new0(struct chk, 1);

	c->s = *subject;
	c->image = image_new(c);
	c->trace.grow = chk_grow_log;
	c->next = subject->log->first;
	c->records = g_ptr_array_new_with_free_func(record_free);
	for (uint32_t u = 0; u < IMS_UNITS; u++)
		for (unsigned i = 0; i < IMS_CACHES; i++)
			c->now[u][i] = g_ptr_array_new();
	c->users = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, ptr_array_unref);
	c->writes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, array_unref);
	c->config_pages = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	c->discards = g_hash_table_new(g_direct_hash, g_direct_equal);
	c->dirty = g_ptr_array_new();
	c->adrift = g_ptr_array_new();
	c->outdated = g_ptr_array_new();
	c->negatives = g_ptr_array_new();
	c->words = g_array_new(FALSE, FALSE, sizeof(struct chk_word));
	c->outer_words = g_array_new(FALSE, FALSE, sizeof(struct chk_word));
	c->ref_words = g_array_new(FALSE, FALSE, sizeof(struct chk_word));
	for (uint32_t u = 0; u < IMS_UNITS; u++)
		c->hits_of[u] = g_ptr_array_new();
	c->hits = c->hits_scratch = g_ptr_array_new();
	c->freed = g_array_new(FALSE, FALSE, sizeof(struct chk_span));
	c->returned = g_array_new(FALSE, FALSE, sizeof(struct chk_return));
	c->commands = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	c->spills = g_ptr_array_new_with_free_func(g_free);
	c->window_pages = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	c->pending = chk_order_new();
	c->exposed = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	c->findings = g_ptr_array_new_with_free_func(finding_free);
	if (subject->scn && subject->model->live)
		c->rules = chk_rules_new(subject);
	return c;
}

void chk_free(struct chk *c)
{
	if (!c)
		return;
	g_aligned_free(c->image);
	g_free(c->trace.events);
	chk_cold_free(c->cold);
	g_ptr_array_unref(c->records);
	for (uint32_t u = 0; u < IMS_UNITS; u++)
		for (unsigned i = 0; i < IMS_CACHES; i++)
			g_ptr_array_unref(c->now[u][i]);
	g_hash_table_unref(c->users);
	g_hash_table_unref(c->writes);
	g_hash_table_unref(c->config_pages);
	g_hash_table_unref(c->discards);
	g_hash_table_unref(c->window_pages);
	g_array_unref(c->pending);
	g_hash_table_unref(c->exposed);
	g_ptr_array_unref(c->dirty);
	g_ptr_array_unref(c->adrift);
	g_ptr_array_unref(c->outdated);
	g_ptr_array_unref(c->negatives);
	g_array_unref(c->words);
	g_array_unref(c->outer_words);
	g_array_unref(c->ref_words);
	for (uint32_t u = 0; u < IMS_UNITS; u++)
		g_ptr_array_unref(c->hits_of[u]);
	g_ptr_array_unref(c->hits_scratch);
	g_array_unref(c->freed);
	g_array_unref(c->returned);
	g_array_unref(c->commands);
	g_ptr_array_unref(c->spills);
	g_ptr_array_unref(c->findings);
	chk_rules_free(c->rules);
	g_free(c->bug);
	g_free(c);
}
