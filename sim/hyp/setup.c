/* SPDX-License-Identifier: MIT */
/* The tables everything starts from; memory of the host and of the guests. */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/hyp/uapi_area.h"

#define PAGE	    UINT64_C(4096)
#define HOST_FIRST  (UINT64_C(1) << 32) /* host pages come from here, */
#define BLOCK_FIRST (UINT64_C(1) << 38) /* large blocks from here */

void hyp_step(struct hyp *h, uint32_t cause, uint32_t line)
{
	h->cause = cause;
	h->line = line;
	for (uint32_t i = 0; i < h->iommus_count; i++) {
		h->iommus[i].hw.cause = cause;
		h->iommus[i].hw.line = line;
	}
	for (uint32_t vm = 0; vm < h->vms_count; vm++) {
		h->bare[vm].cause = cause;
		h->bare[vm].line = line;
	}
}

uint32_t hyp_emit(struct hyp *h, enum ims_actor actor, enum ims_event_kind kind, uint32_t n,
		  uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
	struct ims_hw hand = *hyp_hand(h);

	hand.actor = (uint8_t)actor;
	hand.cause = h->cause;
	hand.line = h->line;
	return ims_emit(&hand, kind, n, a0, a1, a2, a3);
}

/* ---- the host's memory ---- */

/* Every other page: neighbours are never contiguous, so a size taken too large shows. */
static uint64_t host_page(struct hyp *h)
{
	uint64_t page = h->page_next;

	h->page_next += 2 * PAGE;
	return page;
}

static uint64_t host_read(struct ims_driver *d, uint64_t addr)
{
	struct hyp *h = d->owner;

	return ims_mem_word(&hyp_hand(h)->mem, addr);
}

static void host_write(struct ims_driver *d, uint64_t addr, uint64_t value)
{
	struct hyp *h = d->owner;
	struct ims_hw hand = *hyp_hand(h);

	hand.actor = IMS_ACTOR_HOST;
	hand.cause = h->cause;
	hand.line = h->line;
	ims_write(&hand, addr, value, false);
}

/* Pages in a row begin at a multiple of this. */
static uint64_t alignment(unsigned count)
{
	uint64_t align = PAGE;

	while (align < count * PAGE)
		align <<= 1;
	return align;
}

static uint64_t host_pages(struct ims_driver *d, unsigned count)
{
	struct hyp *h = d->owner;
	uint64_t align = alignment(count), page = (h->table_next + align - 1) & ~(align - 1);

	h->table_next = page + count * PAGE;
	return page;
}

/* Registers and commands of the unit that the driver is of; the unit at hand stays so. */
static uint64_t host_reg_read(struct ims_driver *d, uint32_t offset, unsigned bytes)
{
	struct hyp *h = d->owner;
	uint64_t value = 0;

	for (uint32_t i = 0; i < h->iommus_count; i++)
		if (d == &h->iommus[i].driver)
			IMS_ASSERT(ims_reg_read(&h->iommus[i].hw, offset, bytes, &value));
	return value;
}

static void host_reg_write(struct ims_driver *d, uint32_t offset, unsigned bytes, uint64_t value)
{
	struct hyp *h = d->owner;

	for (uint32_t i = 0; i < h->iommus_count; i++) {
		struct ims_hw hand = h->iommus[i].hw;

		if (d != &h->iommus[i].driver)
			continue;
		hand.actor = IMS_ACTOR_HOST;
		IMS_ASSERT(ims_reg_write(&hand, offset, bytes, value));
	}
}

static void host_issue(struct ims_driver *d, const uint64_t *words)
{
	struct hyp *h = d->owner;
	uint32_t turn = h->turn;

	for (h->turn = 0; d != &hyp_now(h)->driver; h->turn++)
		;
	hyp_host_command(h, words);
	h->turn = turn;
}

static void host_changed(struct ims_driver *d, enum ims_change change, uint32_t src, uint32_t ctx)
{
	hyp_host_changed(d->owner, change, src, ctx);
}

/* ---- a guest's memory ---- */

/* The driver's owner is one of h->vms; the number of the VM is its place there. */
struct guest_hand {
	struct hyp *h;
	uint32_t vm;
};

static struct guest_hand guest_of(struct ims_driver *d)
{
	struct hyp *h = d->owner;

	for (uint32_t vm = 0; vm < h->vms_count; vm++)
		if (d == &h->vms[vm].driver)
			return (struct guest_hand){ .h = h, .vm = vm };
	IMS_UNREACHABLE("a driver belongs to a VM");
}

static uint64_t guest_read(struct ims_driver *d, uint64_t addr)
{
	struct guest_hand g = guest_of(d);
	uint64_t value = 0;

	ims_mem_read(&g.h->bare[g.vm].mem, addr, &value);
	return value;
}

static void guest_write(struct ims_driver *d, uint64_t addr, uint64_t value)
{
	struct guest_hand g = guest_of(d);
	struct ims_hw hand = g.h->bare[g.vm];
	uint64_t pa;

	hand.actor = IMS_ACTOR_GUEST;
	hand.cause = g.h->cause;
	hand.line = g.h->line;
	hyp_back(g.h, g.vm, addr, 8);
	if (ims_mem_resolve(&hand.mem, addr, &pa))
		ims_write(&hand, pa, value, false);
	if (d->changed)
		hyp_vmm_store(g.h, g.vm, addr);
}

/* The guest's tables stand at the top of its memory, growing down; freed ones are not used again. */
static uint64_t guest_pages(struct ims_driver *d, unsigned count)
{
	struct guest_hand g = guest_of(d);
	struct hyp_vm *vm = &g.h->vms[g.h->vms[g.vm].parent];

	/* The top quarter is the tables'; below stands what the guest works with. */
	if (vm->table_next - vm->memory / 4 * 3 < count * PAGE) {
		g.h->error = "the VM's memory has no room left for its tables: give it more";
		vm->table_next = vm->memory;
	}
	vm->table_next = (vm->table_next - count * PAGE) & ~(alignment(count) - 1);
	return vm->table_next;
}

static void guest_changed(struct ims_driver *d, enum ims_change change, uint32_t src, uint32_t ctx)
{
	struct guest_hand g = guest_of(d);

	hyp_guest_changed(g.h, g.vm, change, src, ctx);
}

uint8_t hyp_leaf_levels(const struct ims_hw *hw, unsigned stage)
{
	return hw->model->leaf_levels ? hw->model->leaf_levels(hw->unit->state.params, stage) :
					UINT8_MAX;
}

struct hyp_table hyp_parent_table(struct hyp *h, uint32_t vm)
{
	const struct hyp_obj *o = h->vms[vm].hwpt ? hyp_obj_at(h, vm, h->vms[vm].hwpt) : NULL;

	return (struct hyp_table){ .format = h->model->s2,
				   .driver = &h->iommus[0].driver,
				   .root = h->vms[vm].s2_root,
				   .top = h->model->s2_top,
				   .roots = h->model->s2_roots,
				   .track = o && (o->paging.flags & IMS_UAPI_HWPT_DIRTY_TRACKING) ?
						    h->model->s2->clean_bit :
						    0,
				   .leaf_levels = hyp_leaf_levels(hyp_hand(h), 2) };
}

static void set_backing(struct hyp *h, uint32_t vm, uint64_t gpa, uint64_t hpa)
{
	ims_world_store(h->world, ims_guest_cell(h->vms[vm].parent + 1, gpa), hpa | 1,
			h->world->time);
}

bool hyp_host_address(struct hyp *h, uint32_t vm, uint64_t gpa, uint64_t *ret_hpa)
{
	return ims_mem_resolve(&h->bare[vm].mem, gpa, ret_hpa);
}

void hyp_back(struct hyp *h, uint32_t vm, uint64_t gpa, uint64_t size)
{
	struct hyp_table t = hyp_parent_table(h, vm);
	uint64_t hpa;
	bool any = false;

	for (uint64_t at = gpa & ~(PAGE - 1); at <= gpa + size - 1; at += PAGE) {
		if (hyp_host_address(h, vm, at, &hpa))
			continue;
		hpa = h->bare_stage ? at : host_page(h);
		set_backing(h, vm, at, hpa);
		hyp_emit(h, IMS_ACTOR_HOST, IMS_EV_BACK, h->vms[vm].parent, at, hpa, at + PAGE - 1,
			 0);
		if (h->bare_stage)
			continue;
		/* What no VMM may map, as the doorbell of interrupts, the host maps itself (iommufd_sw_msi()). */
		if (!hyp_area_back(h, h->vms[vm].parent, at, hpa))
			hyp_table_map(&t, at, PAGE, hpa, IMS_R | IMS_W, 12, false);
		any = true;
	}
	if (any)
		hyp_host_mapped(h, vm, gpa, size);
}

/* The host's pages behind a part of a VM's memory: others, from now on. */
static void back_range(struct hyp *h, uint32_t vm, uint64_t first, uint64_t last, uint64_t hpa)
{
	for (uint64_t at = first; at < last && at < h->vms[vm].memory; at += PAGE) {
		uint64_t page = hpa ? hpa + (at - first) : host_page(h);

		set_backing(h, vm, at, page);
		hyp_emit(h, IMS_ACTOR_HOST, IMS_EV_BACK, vm, at, page, at + PAGE - 1, 0);
	}
}

void hyp_parent_mapped(struct hyp *h, uint32_t vm, uint64_t first, uint64_t last, uint64_t hpa)
{
	back_range(h, vm, first, last, hpa);
	hyp_host_mapped(h, vm, first, last - first + 1);
}

/* What is mapped and was never reached has no leaf yet: nobody can have seen it. */
static bool make_room(struct hyp *h, uint32_t vm, uint64_t first, uint64_t last)
{
	struct hyp_table t = hyp_parent_table(h, vm);
	uint64_t out;
	unsigned lg2;

	for (uint64_t at = first; at < last; at += PAGE) {
		if (hyp_table_find(&t, at, &out, &lg2)) {
			h->error =
				"the parent maps a part of this range already: host-unmap it first";
			return false;
		}
	}
	hyp_area_unmap(h, vm, h->vms[vm].ioas, first, last, &out);
	return true;
}

bool hyp_host_map(struct hyp *h, uint32_t vm, uint64_t gpa, uint64_t size, unsigned perm)
{
	/* One large leaf if the range is one naturally aligned block of a leaf's size. */
	bool block = (size == UINT64_C(1) << 30 || size == UINT64_C(1) << 21) &&
		     !(gpa & (size - 1));
	uint32_t of = h->vms[vm].parent;
	struct hyp_run run = { .memory = block ? HYP_MEMORY_USER : HYP_MEMORY_VM,
			       .ctx = (uint8_t)of,
			       .vm = (uint8_t)of,
			       .perm = (uint8_t)perm,
			       .writable = true,
			       .ioas = (uint16_t)h->vms[of].ioas,
			       .first = gpa,
			       .last = gpa + size - 1,
			       .piece = block ? size : PAGE,
			       .user = block ? h->block_next : gpa };
	long rc;

	if (!make_room(h, of, gpa, run.last))
		return false;
	if (block)
		h->block_next += size;
	back_range(h, of, gpa, run.last, block ? run.user : 0);
	rc = hyp_area_add(h, &run);
	if (rc) {
		h->error =
			rc == -EINVAL ?
				"this host lets no page of a nesting parent be read-only" :
				"more parts of memory are mapped by themselves than are modelled";
		return false;
	}
	hyp_host_mapped(h, vm, gpa, size);
	return true;
}

void hyp_write(struct hyp *h, uint32_t vm_or_host, uint64_t addr, uint64_t value, unsigned width)
{
	struct ims_driver *d = vm_or_host == HYP_HOST ? &h->iommus[0].driver :
							&h->vms[vm_or_host].driver;
	uint64_t old = d->read(d, addr & ~UINT64_C(7));

	if (width == 4)
		value = addr & 4 ? (old & UINT32_MAX) | value << 32 :
				   (old & ~(uint64_t)UINT32_MAX) | (uint32_t)value;
	d->write(d, addr & ~UINT64_C(7), value);
}

/* ---- setup ---- */

static uint64_t ring_bytes(struct hyp *h)
{
	uint64_t bytes = ((uint64_t)hyp_hand(h)->unit->ring.mask + 1) *
			 hyp_hand(h)->unit->state.cmd_words * 8;

	return (bytes + PAGE - 1) & ~(PAGE - 1);
}

/* Those that its software has memory for: one that a guest may own stands in that guest's. */
static unsigned own_rings(const struct hyp *h, const struct ims_hw *hw)
{
	return hw->unit->guest && !h->bare_stage ? hw->unit->rings_count : ims_ring_guests(hw);
}

static void init_unit(struct hyp *h, struct ims_hw *hw, struct ims_driver *d, uint64_t *ret_status)
{
	d->params = hw->unit->state.params;
	h->model->setup(d);
	hw->unit->root = d->root;
	for (unsigned i = own_rings(h, hw); i-- > 0;)
		ims_hw_ring_of(hw, i)->base = d->pages(d, (unsigned)(ring_bytes(h) / PAGE));
	*ret_status = d->pages(d, 1);
}

static uint32_t rings_less(unsigned param, const uint32_t *asked, const uint32_t *is)
{
	return param && asked[param - 1] > is[param - 1] ? asked[param - 1] - is[param - 1] : 0;
}

/* A unit is as it is asked for, but for what is its side's own. */
static void init_params(struct hyp *h, struct ims_hw *hw, const struct ims_param_set *own,
			unsigned count)
{
	uint32_t params[IMS_PARAMS], asked[IMS_PARAMS];

	memcpy(params, hw->unit->state.params, sizeof(params));
	memcpy(asked, params, sizeof(asked));
	for (unsigned i = 0; i < count; i++)
		params[own[i].param] = own[i].value;
	ims_state_init(h->model, params, &hw->unit->state);
	/* There is room for as many rings as were asked for. */
	hw->unit->guest_rings -= rings_less(h->model->guest_rings_param, asked, params);
	hw->unit->rings_count -= rings_less(h->model->guest_rings_param, asked, params);
}

static void init_iommu(struct hyp *h, uint32_t number)
{
	struct hyp_iommu *u = &h->iommus[number];

	ims_hw_bind(&u->hw, h->model, h->world, hyp_unit_of(h, number), h->log);
	if (!h->bare_stage)
		init_params(h, &u->hw, h->model->host_params, h->model->host_params_count);
	u->driver = (struct ims_driver){ .owner = h,
					 .read = host_read,
					 .write = host_write,
					 .pages = host_pages,
					 .reg_read = host_reg_read,
					 .reg_write = host_reg_write,
					 .issue = host_issue };
	init_unit(h, &u->hw, &u->driver, &u->status);
}

/* Its second stage: another VM's, its VMM's, or where there is neither the host's own. */
static uint64_t second_stage(struct hyp *h, uint32_t number, bool no_vmm)
{
	const struct hyp_vm *vm = &h->vms[number];
	struct ims_driver *d = &h->iommus[0].driver;

	if (vm->parent != number)
		return h->vms[vm->parent].s2_root;
	if (!h->bare_stage && !no_vmm && hyp_vmm_open(h, number))
		return vm->s2_root;
	return d->pages(d, h->model->s2_roots ? h->model->s2_roots : 1);
}

static void init_vm(struct hyp *h, uint32_t number, const struct hyp_config *config)
{
	struct hyp_vm *vm = &h->vms[number];
	uint64_t memory = config->vm_memory[number];

	h->world->units[number + 1].guest_limit = memory;
	ims_hw_bind(&h->bare[number], h->model, h->world, number + 1, h->log);
	/* Without a host this is the machine's own unit, as it is asked for. */
	if (!h->bare_stage)
		init_params(h, &h->bare[number], h->model->guest_params,
			    h->model->guest_params_count);
	/* It is not there: the physical unit walks the same tables and sets what is to be set. */
	h->bare[number].aloof = true;
	vm->memory = memory;
	vm->table_next = memory;
	vm->parent = config->vm_parent[number] ? config->vm_parent[number] - 1 : number;
	vm->s2_root = second_stage(h, number, config->no_vmms);
	/* Units number theirs apart from each other: one taken for the other shows. */
	for (uint32_t i = 0; i < h->iommus_count; i++)
		vm->dom[i] = h->model->dom_first + i * HYP_VMS + vm->parent;
	vm->driver = (struct ims_driver){
		.owner = h, .read = guest_read, .write = guest_write, .pages = guest_pages
	};
}

/* As far as its unit lets it use what it can. */
static void init_device(struct hyp *h, const struct hyp_config *config, uint32_t i)
{
	struct hyp_device *dev = &h->devices[h->devices_count++];
	struct hyp_iommu *u = &h->iommus[config->devices[i].iommu];
	struct ims_dev_config want;

	*dev = config->devices[i];
	if (!dev->prid)
		dev->prid = h->bare_stage ? dev->vrid : hyp_prid(i);
	if (!dev->vdom)
		dev->vdom = h->model->dom_first + 0x20 + i;
	want = hyp_dev_config(dev);
	/* Nothing stalls where nothing ends a stall. */
	want.stall &= h->model->stall_answer != NULL;
	if (h->model->device_limits)
		h->model->device_limits(u->hw.unit->state.params, &want);
	dev->ats = want.ats;
	dev->pasid_bits = want.pasid_bits;
	dev->pri = want.pri;
	dev->stall = want.stall;
	if (!h->bare_stage)
		hyp_entry_add(h, dev, &want);
	h->model->device_add(&h->vms[dev->vm].driver, dev->vrid, &want);
	hyp_vmm_bind(h, i);
	if (!h->error)
		hyp_vmm_hears(h, i);
}

/* The host's driver of a policy; the first is that of policies that have no own. */
static const struct ims_host_driver *uapi_of(const struct ims_model *m, const char *policy)
{
	for (unsigned i = 0; policy && i < m->hosts_count; i++)
		if (!strcmp(m->hosts[i]->policy, policy))
			return m->hosts[i];
	return m->hosts_count ? m->hosts[0] : NULL;
}

void hyp_init(struct hyp *h, const struct hyp_config *config)
{
	h->model = config->model;
	h->world = config->world;
	h->log = config->log;
	h->page_next = HOST_FIRST;
	h->table_next = HOST_FIRST / 2;
	h->block_next = BLOCK_FIRST;
	h->uapi = uapi_of(h->model, config->uapi);
	h->attaching = IMS_NONE;
	h->shared_ids = config->shared_ids;
	h->ideal_queues = config->ideal_queues;
	h->faults.on = config->told && !config->bare_stage;
	h->policy = config->policy;
	/* Every policy answers this. */
	if (!h->policy.of[IMS_COL_VMM_CONFIG])
		h->policy = h->model->policies[0].policy;
	h->vms_count = config->vms_count;
	h->iommus_count = config->iommus_count ? config->iommus_count : 1;
	h->bare_stage = config->bare_stage;
	for (uint32_t i = 0; i < h->iommus_count; i++)
		init_iommu(h, i);
	for (uint32_t vm = 0; vm < config->vms_count; vm++) {
		init_vm(h, vm, config);
		init_unit(h, &h->bare[vm], &h->vms[vm].driver, &h->vms[vm].status);
		/* The ring and the word that waits write come right below each other: written by hardware too. */
		hyp_back(h, vm, h->vms[vm].status,
			 ims_hw_ring_of(&h->bare[vm], own_rings(h, &h->bare[vm]) - 1)->base +
				 ring_bytes(h) - h->vms[vm].status);
	}
	if (h->bare_stage)
		hyp_hand(h)->unit->root = h->bare[0].unit->root;
	if (h->faults.on)
		hyp_told_setup(h);
	for (uint32_t i = 0; i < config->devices_count; i++)
		init_device(h, config, i);
	for (uint32_t vm = 0; vm < h->vms_count; vm++)
		hyp_vmm_queues(h, vm);
	for (uint32_t i = 0; i < config->spaces_count; i++) {
		struct hyp_space *s = &h->spaces[h->spaces_count++];
		uint32_t vm = config->space_vm[i];

		/* Guests count their tags from elsewhere than the host: one taken for the other shows. */
		*s = (struct hyp_space){ .vm = vm,
					 .tag = config->space_tag[i] ?
							config->space_tag[i] :
							h->model->dom_first + 0x20 + i,
					 .root = h->vms[vm].driver.pages(&h->vms[vm].driver, 1) };
	} /* Until now nothing ran that could have seen anything. */
	for (uint32_t i = 0; i < h->iommus_count; i++)
		h->iommus[i].driver.changed = host_changed;
	for (uint32_t vm = 0; vm < h->vms_count; vm++)
		h->vms[vm].driver.changed = guest_changed;
}
