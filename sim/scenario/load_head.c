/* SPDX-License-Identifier: MIT */
/* What a file says before its steps: vendors, hardware, VMs, pages. */
#include <string.h>

#include "sim/scenario/load.h"

#define MEMORY_DEFAULT	   (UINT64_C(64) << 20)
#define MEMORY_MAX	   (UINT64_C(1) << 40)
#define PASID_BITS_DEFAULT 20
#define VRID_UNSET	   UINT32_MAX
#define VRID_CNT	   0x10000u

/* ---- vendors ---- */

static void help_vendors(struct scn_loader *l, struct scn_report *r)
{
	GString *list;

	if (!r)
		return;
	list = g_string_new("write [");
	for (unsigned i = 0; l->vendors && l->vendors[i]; i++)
		g_string_append_printf(list, "%s%s", i ? ", " : "", l->vendors[i]);
	g_string_append(list, "], or some of them");
	scn_report_help(r, "%s", list->str);
	g_string_free(list, TRUE);
}

static void read_vendors(struct scn_loader *l, const struct scn_node *list)
{
	if (list->kind != SCN_NODE_LIST || !list->first) {
		help_vendors(l, scn_bad_value(l, list, "'vendors' needs a list of at least one"));
		return;
	}
	for (const struct scn_node *n = list->first; n; n = n->next) {
		bool twice = false;

		if (!scn_read_scalar(l, n, "vendors", SCN_T_LINE))
			continue;
		for (guint i = 0; i < l->s->vendors->len; i++)
			twice |= !strcmp(g_ptr_array_index(l->s->vendors, i), n->text);
		if (twice) {
			scn_bad_value(l, n, "this vendor is given twice");
			return;
		}
		g_ptr_array_add(l->s->vendors, g_strdup(n->text));
		g_array_append_val(l->s->vendor_marks, n->mark);
	}
}

/* ---- hardware ---- */

static void read_geometry(struct scn_loader *l, const struct scn_node *n)
{
	struct scn_geometry *geometry = &l->s->geometry;
	struct scn_report *r;

	if (!scn_want(l, n, SCN_NODE_MAP, false, "iotlb", "{sets: 16, ways: 4, replace: lru}"))
		return;
	scn_check_keys(l, n, &scn_geometry_table, NULL);
	if (!scn_read_map(l, n, &scn_geometry_table, geometry, n))
		return;
	if (geometry->sets & (geometry->sets - 1)) {
		scn_bad_value(l, scn_node_get(n, "sets"), "'sets' must be a power of two");
		return;
	}
	if ((uint64_t)geometry->sets * geometry->ways > SCN_ENTRIES_MAX) {
		scn_bad_value(l, n, "an IOTLB has at most %d entries", SCN_ENTRIES_MAX);
		return;
	}
	geometry->given = true;
	if (l->s->hardware && strcmp(l->s->hardware, "concrete")) {
		r = scn_bad_key(l, n, "'iotlb' has no meaning in mode '%s'", l->s->hardware);
		scn_report_help(r, "only concrete hardware has a geometry");
	}
}

/* ---- caps and quirks: names of the vendor's, checked when its model is at hand ---- */

static void add_param(struct scn_loader *l, const char *name, const struct scn_hw_param *p)
{
	struct scn_hw_param own = *p;

	for (guint i = 0; i < l->s->hw_params->len; i++) {
		const struct scn_hw_param *old =
			&g_array_index(l->s->hw_params, struct scn_hw_param, i);
		struct scn_report *r;

		if (strcmp(old->name, name))
			continue;
		r = scn_diag_add(l->d, p->mark, (uint32_t)g_utf8_strlen(name, -1),
				 "'%s' is given twice", name);
		scn_report_note(r, "first given at %u:%u", old->mark.line, old->mark.col);
		return;
	}
	own.name = g_strdup(name);
	g_array_append_val(l->s->hw_params, own);
}

static void read_caps(struct scn_loader *l, const struct scn_node *map)
{
	if (!scn_want(l, map, SCN_NODE_MAP, false, "caps", "{cm: 1}"))
		return;
	for (const struct scn_node *n = map->first; n; n = n->next) {
		struct scn_hw_param p = { .mark = n->key_mark, .value_mark = n->mark };
		bool on;

		if (n->kind == SCN_NODE_SCALAR && scn_parse_bool(n->text, &on))
			p.value = on;
		else if (!scn_read_number(l, n, n->key, SCN_T_NUMBER, &p.value))
			continue;
		add_param(l, n->key, &p);
	}
}

static void read_quirks(struct scn_loader *l, const struct scn_node *list)
{
	if (!scn_want(l, list, SCN_NODE_LIST, false, "quirks", "[spr17]"))
		return;
	for (const struct scn_node *n = list->first; n; n = n->next) {
		struct scn_hw_param p = {
			.value = 1, .quirk = true, .mark = n->mark, .value_mark = n->mark
		};

		if (scn_read_scalar(l, n, "quirks", SCN_T_LINE))
			add_param(l, n->text, &p);
	}
}

static void read_hardware_map(struct scn_loader *l, const struct scn_node *n)
{
	static void (*const parts[])(struct scn_loader *, const struct scn_node *) = {
		read_geometry,
		read_caps,
		read_quirks,
	};
	static const char *const keys[] = { "iotlb", "caps", "quirks" };

	scn_check_keys(l, n, &scn_hardware_table, NULL);
	scn_read_map(l, n, &scn_hardware_table, l->s, n);
	for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++)
		if (scn_node_get(n, keys[i]))
			parts[i](l, scn_node_get(n, keys[i]));
}

static void read_hardware(struct scn_loader *l, const struct scn_node *n)
{
	const struct scn_key *mode = scn_find_key(&scn_hardware_table, "mode");
	struct scn_key bare = *mode;

	if (n) {
		l->s->hardware_mark = n->mark;
		if (n->kind == SCN_NODE_MAP) {
			read_hardware_map(l, n);
		} else {
			/* `hardware: concrete` is short for `hardware: {mode: concrete}`. */
			bare.name = "hardware";
			scn_read_value(l, n, &bare, l->s);
		}
	}
	if (!l->s->hardware)
		l->s->hardware = g_strdup("adversarial");
}

/* ---- physical IOMMUs ---- */

static void read_iommus(struct scn_loader *l, const struct scn_node *list)
{
	GPtrArray *iommus = l->s->iommus;

	if (list && scn_want(l, list, SCN_NODE_LIST, false, "iommus", "[east, west]")) {
		l->s->iommus_mark = list->mark;
		for (const struct scn_node *n = list->first; n; n = n->next) {
			if (!scn_read_scalar(l, n, "iommus", SCN_T_LINE))
				continue;
			if (g_ptr_array_find_with_equal_func(iommus, n->text, g_str_equal, NULL))
				scn_bad_value(l, n, "this IOMMU is given twice");
			else
				g_ptr_array_add(iommus, g_strdup(n->text));
		}
		if (!list->first)
			scn_bad_value(l, list, "'iommus' needs a list of at least one");
	}
	if (!iommus->len)
		g_ptr_array_add(iommus, g_strdup("iommu0"));
}

static void find_iommu(struct scn_loader *l, const struct scn_node *n, struct scn_device *dev)
{
	if (!dev->behind ||
	    g_ptr_array_find_with_equal_func(l->s->iommus, dev->behind, g_str_equal, &dev->iommu))
		return;
	scn_report_words(scn_bad_value(l, n, "there is no IOMMU '%s'", dev->behind), dev->behind,
			 "IOMMUs", l->s->iommus);
}

/* ---- VMs ---- */

static void read_device(struct scn_loader *l, const struct scn_node *n, int32_t vm)
{
	struct scn_device dev = {
		.vm = vm, .vrid = VRID_UNSET, .pasid_bits = PASID_BITS_DEFAULT, .mark = n->key_mark
	};

	if (!scn_want(l, n, SCN_NODE_MAP, true, n->key,
		      "{vrid: \"01:00.0\", ats: on, pasid-bits: 8}") ||
	    !scn_declare(l, n->key, n->key_mark, n->key_width, SCN_NOUN_DEV,
			 (int32_t)l->s->devices->len))
		return;
	if (n->kind == SCN_NODE_MAP) {
		scn_check_keys(l, n, &scn_device_table, NULL);
		scn_read_map(l, n, &scn_device_table, &dev, n);
		find_iommu(l, scn_node_get(n, "iommu"), &dev);
	}
	dev.name = g_strdup(n->key);
	g_array_append_val(l->s->devices, dev);
}

/* Gives the devices from @first on, all of one VM, the requester IDs they do not have. */
static void give_vrids(struct scn_loader *l, guint first)
{
	GArray *devices = l->s->devices;
	bool *used = g_new0(bool, VRID_CNT);
	uint32_t next = 1 << 3; /* 00:01.0; 00:00.0 is the host bridge's */

	for (guint i = first; i < devices->len; i++) {
		const struct scn_device *dev = &g_array_index(devices, struct scn_device, i);

		if (dev->vrid == VRID_UNSET)
			continue;
		if (used[dev->vrid])
			scn_diag_add(l->d, dev->mark, (uint32_t)strlen(dev->name),
				     "the requester ID of '%s' is another device's", dev->name);
		used[dev->vrid] = true;
	}
	for (guint i = first; i < devices->len; i++) {
		struct scn_device *dev = &g_array_index(devices, struct scn_device, i);

		if (dev->vrid != VRID_UNSET)
			continue;
		while (next < VRID_CNT && used[next])
			next += 1 << 3;
		if (next >= VRID_CNT) {
			scn_diag_add(l->d, dev->mark, (uint32_t)strlen(dev->name),
				     "no requester ID is left for '%s'", dev->name);
			break;
		}
		dev->vrid = next;
		next += 1 << 3;
	}
	g_free(used);
}

static void read_devices(struct scn_loader *l, const struct scn_node *map, int32_t vm)
{
	guint first = l->s->devices->len;

	if (!scn_want(l, map, SCN_NODE_MAP, true, "devices", "{nic: {vrid: \"01:00.0\", ats: on}}"))
		return;
	for (const struct scn_node *n = map->first; n; n = n->next)
		read_device(l, n, vm);
	if (l->s->devices->len > first)
		give_vrids(l, first);
}

static void read_spaces(struct scn_loader *l, const struct scn_node *list, int32_t vm)
{
	if (!scn_want(l, list, SCN_NODE_LIST, true, "spaces", "[rx, tx]"))
		return;
	for (const struct scn_node *n = list->first; n; n = n->next) {
		struct scn_space space = { .vm = vm, .mark = n->mark };

		if (!scn_read_scalar(l, n, "spaces", SCN_T_SPACE) ||
		    !scn_declare(l, n->text, n->mark, n->width, SCN_NOUN_SPACE,
				 (int32_t)l->s->spaces->len))
			continue;
		space.name = g_strdup(n->text);
		g_array_append_val(l->s->spaces, space);
	}
}

static void read_pages(struct scn_loader *l, const struct scn_node *map, int32_t vm)
{
	if (!scn_want(l, map, SCN_NODE_MAP, true, "pages", "{buf0: 2M}"))
		return;
	for (const struct scn_node *n = map->first; n; n = n->next)
		scn_declare_page(l, n, vm);
}

/* Another vIOMMU of a VM: what it walks stands in that one's memory. */
static void read_parent(struct scn_loader *l, const struct scn_node *n, struct scn_vm *vm)
{
	if (!n || !scn_read_scalar(l, n, "viommu-of", SCN_T_LINE))
		return;
	for (guint i = 0; i < l->s->vms->len; i++) {
		const struct scn_vm *of = &g_array_index(l->s->vms, struct scn_vm, i);

		if (strcmp(of->name, n->text) || of->parent)
			continue;
		vm->parent = i + 1;
		vm->memory = of->memory;
		return;
	}
	scn_bad_value(l, n,
		      "'viommu-of' needs the name of a VM before this one, with memory of its own");
}

static void read_vm(struct scn_loader *l, const struct scn_node *n)
{
	static void (*const parts[])(struct scn_loader *, const struct scn_node *, int32_t) = {
		read_devices,
		read_spaces,
		read_pages,
	};
	static const char *const keys[] = { "devices", "spaces", "pages" };
	struct scn_vm vm = { .memory = MEMORY_DEFAULT, .mark = n->key_mark };
	int32_t index = (int32_t)l->s->vms->len;

	if (!scn_want(l, n, SCN_NODE_MAP, true, n->key,
		      "{devices: {nic: {ats: on}}, spaces: [rx]}") ||
	    !scn_declare(l, n->key, n->key_mark, n->key_width, SCN_NOUN_VM, index))
		return;
	if (n->kind == SCN_NODE_MAP) {
		scn_check_keys(l, n, &scn_vm_table, NULL);
		scn_read_map(l, n, &scn_vm_table, &vm, n);
		read_parent(l, scn_node_get(n, "viommu-of"), &vm);
		if (vm.memory > MEMORY_MAX)
			scn_bad_value(l, scn_node_get(n, "memory"),
				      "a VM has at most 1T of memory");
	}
	vm.name = g_strdup(n->key);
	g_array_append_val(l->s->vms, vm);
	for (unsigned i = 0; i < G_N_ELEMENTS(parts) && n->kind == SCN_NODE_MAP; i++) {
		const struct scn_node *part = scn_node_get(n, keys[i]);

		if (part)
			parts[i](l, part, index);
	}
}

static void read_vms(struct scn_loader *l, const struct scn_node *map)
{
	struct scn_report *r;

	if (!scn_want(l, map, SCN_NODE_MAP, false, "vms",
		      "{vm0: {devices: {nic: {ats: on}}, spaces: [rx]}}"))
		return;
	if (!map->first) {
		r = scn_bad_value(l, map, "'vms' is empty");
		scn_report_help(r, "write {vm0: {devices: {nic: {ats: on}}, spaces: [rx]}}");
	}
	for (const struct scn_node *n = map->first; n; n = n->next)
		read_vm(l, n);
}

void scn_read_head(struct scn_loader *l, const struct scn_node *root)
{
	const struct scn_node *vendors = scn_node_get(root, "vendors");
	const struct scn_node *vms = scn_node_get(root, "vms");
	const struct scn_node *pages = scn_node_get(root, "pages");

	if (vendors)
		read_vendors(l, vendors);
	scn_read_policy(l, root);
	read_iommus(l, scn_node_get(root, "iommus"));
	read_hardware(l, scn_node_get(root, "hardware"));
	if (vms)
		read_vms(l, vms);
	if (pages)
		read_pages(l, pages, -1);
}
