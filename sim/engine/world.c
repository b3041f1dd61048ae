/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/engine/world.h"

static uint64_t take(uint64_t *at, uint64_t bytes)
{
	uint64_t off = *at;

	*at += (bytes + 63) & ~UINT64_C(63);
	return off;
}

static uint32_t cells_lg2(uint32_t cells)
{
	uint32_t lg2 = 6;

	while (lg2 < 31 && 1u << lg2 < (uint64_t)cells * 2)
		lg2++;
	return lg2;
}

/* The configuration of a cache, unless the vendor says that few entries do. */
static const struct ims_cache_config *fit(const struct ims_model *m,
					  const struct ims_unit_config *unit, unsigned cache)
{
	static const struct ims_cache_config few = { .entries = 4 };

	return m->few & 1u << cache ? &few : &unit->caches[cache];
}

/* What a parameter says, by 1 + its number; 0: there is none. */
static uint32_t count_of(const struct ims_model *m, const uint32_t *params, unsigned p)
{
	if (!p)
		return 0;
	return params ? params[p - 1] : m->params[p - 1].value;
}

static void lay_out_rings(struct ims_unit *u, const struct ims_model *m, const uint32_t *params,
			  uint64_t *at)
{
	u->guest_rings = count_of(m, params, m->guest_rings_param);
	u->rings_count = 1 + count_of(m, params, m->rings_param) + u->guest_rings;
	IMS_ASSERT(u->rings_count <= IMS_RINGS);
	u->rings_off = take(at, sizeof(struct ims_ring) * (u->rings_count - 1));
	u->guest_off = u->guest_rings ? take(at, sizeof(uint64_t) * m->guest_words) : 0;
}

static uint64_t lay_out(struct ims_world *w, const struct ims_world_config *config)
{
	uint64_t at = (sizeof(*w) + 63) & ~UINT64_C(63);
	uint32_t lg2 = cells_lg2(config->cells);

	IMS_ASSERT(config->units_count <= IMS_UNITS && config->model->caches_count <= IMS_CACHES);
	w->cells_shift = 64 - lg2;
	w->cells_max = (1u << (lg2 - 1)) + (1u << (lg2 - 2));
	w->cells_off = take(&at, sizeof(struct ims_cell) << lg2);
	w->writers_off = take(&at, sizeof(uint32_t) << lg2);
	for (uint32_t u = 0; u < config->units_count; u++)
		for (unsigned c = 0; c < config->model->caches_count; c++)
			w->units[u].cache_off[c] = take(
				&at, ims_cache_bytes(&config->model->caches[c],
						     fit(config->model, &config->units[u], c)));
	for (uint32_t u = 0; u < config->units_count; u++)
		lay_out_rings(&w->units[u], config->model, config->units[u].params, &at);
	return at;
}

size_t ims_world_bytes(const struct ims_world_config *config)
{
	struct ims_world w;

	return (size_t)lay_out(&w, config);
}

void ims_world_init(struct ims_world *world, const struct ims_world_config *config)
{
	memset(world, 0, sizeof(*world));
	world->bytes = lay_out(world, config);
	world->limit = UINT64_C(1) << config->model->memory_lg2;
	world->fixed_first = 1;
	world->units_count = config->units_count;
	for (uint32_t u = 0; u < config->units_count; u++) {
		const struct ims_unit_config *uc = &config->units[u];
		struct ims_unit *unit = &world->units[u];

		unit->guest = uc->guest;
		unit->fragment_lg2 = uc->fragment_lg2;
		unit->walk_caches = uc->walk_caches;
		for (unsigned r = 0; r < unit->rings_count; r++)
			ims_ring_size(
				config->model,
				ims_hw_ring_of(&(struct ims_hw){ .world = world, .unit = unit }, r),
				uc->ring_lg2);
		ims_state_init(config->model, uc->params, &unit->state);
		for (unsigned c = 0; c < config->model->caches_count; c++)
			ims_cache_init(
				(struct ims_cache *)(void *)((char *)world + unit->cache_off[c]),
				&config->model->caches[c], fit(config->model, uc, c),
				config->seed + u * 16 + c);
	}
}

struct ims_mem ims_world_mem(struct ims_world *world, uint32_t guest)
{
	return (struct ims_mem){ .cells = (struct ims_cell *)(void *)((char *)world +
								      world->cells_off),
				 .shift = world->cells_shift,
				 .mask = (uint32_t)((UINT64_C(1) << (64 - world->cells_shift)) - 1),
				 .guest = guest,
				 .limit = world->limit,
				 .fixed_first = world->fixed_first,
				 .fixed_last = world->fixed_last };
}

void ims_hw_bind(struct ims_hw *hw, const struct ims_model *model, struct ims_world *world,
		 uint32_t unit, struct ims_log *log)
{
	IMS_ASSERT(unit < world->units_count);
	*hw = (struct ims_hw){ .model = model,
			       .world = world,
			       .unit = &world->units[unit],
			       .log = log,
			       .mem = ims_world_mem(world, world->units[unit].guest),
			       .number = unit,
			       .actor = IMS_ACTOR_HARDWARE };
	hw->mem.guest_limit = hw->unit->guest_limit;
}

uint64_t ims_world_store(struct ims_world *world, uint64_t pa, uint64_t value, uint32_t writer)
{
	struct ims_mem m = ims_world_mem(world, 0);
	uint32_t *writers = (uint32_t *)(void *)((char *)world + world->writers_off);
	uint32_t i = ims_cell_slot(&m, pa);
	uint64_t old;

	IMS_ASSERT(!(pa & 7));
	while (m.cells[i].key && m.cells[i].key != (pa | 1))
		i = (i + 1) & m.mask;
	if (!m.cells[i].key) {
		IMS_ASSERT(world->cells_count < world->cells_max);
		world->cells_count++;
		m.cells[i].key = pa | 1;
	}
	old = m.cells[i].value;
	m.cells[i].value = value;
	writers[i] = writer;
	return old;
}

uint32_t ims_world_writer(struct ims_world *world, uint64_t pa)
{
	struct ims_mem m = ims_world_mem(world, 0);
	const uint32_t *writers = (const uint32_t *)(void *)((char *)world + world->writers_off);

	for (uint32_t i = ims_cell_slot(&m, pa); m.cells[i].key; i = (i + 1) & m.mask)
		if (m.cells[i].key == (pa | 1))
			return writers[i];
	return 0;
}

void ims_write(struct ims_hw *hw, uint64_t pa, uint64_t value, bool by_hardware)
{
	uint64_t old;
	uint32_t event;

	if (!by_hardware)
		ims_log_instant(hw->log, IMS_INSTANT_STORE, hw, NULL);
	old = ims_mem_word(&hw->mem, pa);
	event = ims_emit(hw, IMS_EV_WRITE, 0, pa, old, value, by_hardware);

	ims_world_store(hw->world, pa, value, event);
}
