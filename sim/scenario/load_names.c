/* SPDX-License-Identifier: MIT */
/* Names: declaring, resolving, and the addresses of named pages. */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/scenario/load.h"

/* Named pages start here: below it a VM has what every machine has there. */
#define PAGES_START 0x100000u

static const char *const noun_text[SCN_NOUN_MAX] = {
	[SCN_NOUN_VM] = "VM",
	[SCN_NOUN_DEV] = "device",
	[SCN_NOUN_SPACE] = "address space",
	[SCN_NOUN_PAGE] = "page",
};

static const char *const noun_article[SCN_NOUN_MAX] = {
	[SCN_NOUN_VM] = "a VM",
	[SCN_NOUN_DEV] = "a device",
	[SCN_NOUN_SPACE] = "an address space",
	[SCN_NOUN_PAGE] = "a page",
};

struct entry {
	const char *name;
	int32_t vm;
	struct scn_mark mark;
};

static struct entry entry_of(const struct scn_loader *l, enum scn_noun noun, int32_t index)
{
	const struct scn *s = l->s;

	IMS_ASSERT(noun < SCN_NOUN_MAX);
	switch (noun) {
	case SCN_NOUN_VM: {
		const struct scn_vm *vm = &g_array_index(s->vms, struct scn_vm, index);
		return (struct entry){ vm->name, index, vm->mark };
	}
	case SCN_NOUN_DEV: {
		const struct scn_device *dev = &g_array_index(s->devices, struct scn_device, index);
		return (struct entry){ dev->name, dev->vm, dev->mark };
	}
	case SCN_NOUN_SPACE: {
		const struct scn_space *space = &g_array_index(s->spaces, struct scn_space, index);
		return (struct entry){ space->name, space->vm, space->mark };
	}
	case SCN_NOUN_PAGE:
	case SCN_NOUN_MAX:
	default: {
		const struct scn_name *page = &g_array_index(s->names, struct scn_name, index);
		return (struct entry){ page->name, page->vm, page->mark };
	}
	}
}

static uint32_t noun_cnt(const struct scn_loader *l, enum scn_noun noun)
{
	const GArray *array[SCN_NOUN_MAX] = {
		[SCN_NOUN_VM] = l->s->vms,
		[SCN_NOUN_DEV] = l->s->devices,
		[SCN_NOUN_SPACE] = l->s->spaces,
		[SCN_NOUN_PAGE] = l->s->names,
	};

	return array[noun]->len;
}

int32_t scn_vm_of(const struct scn_loader *l, enum scn_noun noun, int32_t index)
{
	return entry_of(l, noun, index).vm;
}

const char *scn_name_of(const struct scn_loader *l, enum scn_noun noun, int32_t index)
{
	return entry_of(l, noun, index).name;
}

static bool look_up(const struct scn_loader *l, const char *name, enum scn_noun *ret_noun,
		    int32_t *ret_index)
{
	guint packed = GPOINTER_TO_UINT(g_hash_table_lookup(l->names, name));

	if (!packed)
		return false;
	*ret_noun = (enum scn_noun)((packed - 1) % SCN_NOUN_MAX);
	*ret_index = (int32_t)((packed - 1) / SCN_NOUN_MAX);
	return true;
}

bool scn_name_ok(const char *name)
{
	if (!g_ascii_isalpha(name[0]) && name[0] != '_')
		return false;
	for (const char *p = name; *p; p++)
		if (!g_ascii_isalnum(*p) && *p != '_' && *p != '-')
			return false;
	return strlen(name) <= SCN_NAME_MAX;
}

bool scn_declare(struct scn_loader *l, const char *name, struct scn_mark mark, uint32_t width,
		 enum scn_noun noun, int32_t index)
{
	struct scn_report *r;
	enum scn_noun old_noun;
	int32_t old;
	char *quoted;

	if (!scn_name_ok(name)) {
		quoted = scn_quote(name);
		r = scn_diag_add(l->d, mark, width, "'%s' cannot be the name of %s", quoted,
				 noun_article[noun]);
		scn_report_help(r, SCN_NAME_HELP);
		g_free(quoted);
		return false;
	}
	if (look_up(l, name, &old_noun, &old)) {
		struct scn_mark at = entry_of(l, old_noun, old).mark;

		r = scn_diag_add(l->d, mark, width, "the name '%s' is already %s", name,
				 noun_article[old_noun]);
		scn_report_help(r, "names are unique in a file");
		scn_report_note(r, "first used at %u:%u", at.line, at.col);
		return false;
	}
	g_hash_table_insert(l->names, g_strdup(name),
			    GUINT_TO_POINTER((guint)index * SCN_NOUN_MAX + noun + 1));
	return true;
}

static void report_unknown(struct scn_loader *l, const struct scn_node *n, const char *name,
			   enum scn_noun noun)
{
	char *quoted = scn_quote(name);
	struct scn_report *r = scn_bad_value(l, n, "unknown %s '%s'", noun_text[noun], quoted);
	GPtrArray *words = g_ptr_array_new();
	char *what = g_strdup_printf("%ss", noun_text[noun]);

	for (uint32_t i = 0; r && i < noun_cnt(l, noun); i++)
		g_ptr_array_add(words, (gpointer)(uintptr_t)entry_of(l, noun, (int32_t)i).name);
	if (r && words->len == 0)
		scn_report_help(r, "the file declares no %s", noun_text[noun]);
	scn_report_words(r, name, what, words);
	g_ptr_array_free(words, TRUE);
	g_free(what);
	g_free(quoted);
}

/* `vm0.nic`: the VM in front of the dot, -1 if there is no dot; false after a report. */
static bool split_vm(struct scn_loader *l, const struct scn_node *n, const char *text,
		     int32_t *ret_vm, const char **ret_name)
{
	const char *dot = strchr(text, '.');
	enum scn_noun noun;
	bool found;
	char *vm;

	*ret_vm = -1;
	*ret_name = text;
	if (!dot)
		return true;
	vm = g_strndup(text, (gsize)(dot - text));
	found = look_up(l, vm, &noun, ret_vm) && noun == SCN_NOUN_VM;
	if (!found)
		report_unknown(l, n, vm, SCN_NOUN_VM);
	g_free(vm);
	*ret_name = dot + 1;
	return found;
}

/* @name is of @vm, and the step in hand acts in another. */
static void report_two_vms(struct scn_loader *l, const struct scn_node *n, const char *name,
			   int32_t vm)
{
	const char *its = scn_name_of(l, SCN_NOUN_VM, vm);
	const char *other = scn_name_of(l, SCN_NOUN_VM, l->vm);

	if (!l->vm_by || !strcmp(l->vm_by, other))
		scn_bad_value(l, n, "'%s' belongs to '%s', not to '%s'", name, its, other);
	else
		scn_bad_value(l, n, "'%s' belongs to '%s', but '%s' to '%s'", name, its, l->vm_by,
			      other);
}

/* Holds the VM of a thing against the one its name said and the one of the step in hand. */
static bool take_vm(struct scn_loader *l, const struct scn_node *n, enum scn_noun noun,
		    int32_t index, int32_t said)
{
	const char *name = scn_name_of(l, noun, index);
	int32_t vm = scn_vm_of(l, noun, index);
	const char *its = scn_name_of(l, SCN_NOUN_VM, vm);

	if (said >= 0 && said != vm) {
		scn_bad_value(l, n, "'%s' belongs to '%s', not to '%s'", name, its,
			      scn_name_of(l, SCN_NOUN_VM, said));
		return false;
	}
	if (l->vm >= 0 && l->vm != vm) {
		report_two_vms(l, n, name, vm);
		return false;
	}
	if (l->vm < 0) {
		l->vm = vm;
		l->vm_by = name;
	}
	return true;
}

int32_t scn_resolve(struct scn_loader *l, const struct scn_node *n, enum scn_noun noun)
{
	enum scn_noun found;
	const char *name;
	int32_t said, index;

	if (!split_vm(l, n, n->text, &said, &name))
		return -1;
	if (!look_up(l, name, &found, &index)) {
		report_unknown(l, n, name, noun);
		return -1;
	}
	if (found != noun) {
		scn_bad_value(l, n, "'%s' is %s, not %s", name, noun_article[found],
			      noun_article[noun]);
		return -1;
	}
	return take_vm(l, n, noun, index, said) ? index : -1;
}

bool scn_lacks_vm(struct scn_loader *l, const struct scn_node *n, const char *help)
{
	struct scn_report *r;

	if (l->vm >= 0)
		return false;
	r = scn_diag_add(l->d, n->key ? n->key_mark : n->mark, n->key ? n->key_width : n->width,
			 "this file has several VMs: which one is meant?");
	scn_report_help(r, "%s", help);
	return true;
}

/* ---- pages ---- */

static bool add_page(struct scn_loader *l, const char *name, struct scn_mark mark, uint32_t width,
		     int32_t vm, uint64_t size)
{
	struct scn_name page = { .vm = vm, .size = size, .mark = mark };

	if (!scn_declare(l, name, mark, width, SCN_NOUN_PAGE, (int32_t)l->s->names->len))
		return false;
	page.name = g_strdup(name);
	g_array_append_val(l->s->names, page);
	return true;
}

/* One line of `pages:`; @vm is -1 in the list of the whole file. */
void scn_declare_page(struct scn_loader *l, const struct scn_node *n, int32_t vm)
{
	struct scn_report *r;
	const char *name = n->key;
	uint64_t size;

	if (vm < 0 && strchr(name, '.')) {
		/* The key stands for the value here, for the reports. */
		struct scn_node key = { .text = n->key,
					.mark = n->key_mark,
					.width = n->key_width };

		if (!split_vm(l, &key, n->key, &vm, &name))
			return;
	}
	if (vm < 0)
		vm = l->s->vms->len == 1 ? 0 : -1;
	if (vm < 0) {
		r = scn_bad_key(l, n, "this file has several VMs: which one is meant?");
		scn_report_help(
			r, "write the VM in front, as in vm0.buf0, or use the VM's own 'pages'");
		return;
	}
	if (!scn_read_number(l, n, name, SCN_T_PAGE_SIZE, &size))
		return;
	if (size < SCN_PAGE_BYTES || (size & (size - 1))) {
		r = scn_bad_value(l, n, "a page's size must be a power of two from 4K");
		scn_report_help(r, "write 4K, 64K, 2M or 1G");
		return;
	}
	add_page(l, name, n->key_mark, n->key_width, vm, size);
}

bool scn_is_page(struct scn_loader *l, const char *text)
{
	enum scn_noun noun;
	int32_t index;

	return look_up(l, text, &noun, &index) && noun == SCN_NOUN_PAGE;
}

static bool read_absolute(struct scn_loader *l, const struct scn_node *n, struct scn_gpa *ret)
{
	uint64_t value;

	if (!scn_read_number(l, n, n->key ? n->key : "gpa", SCN_T_GPA, &value))
		return false;
	if (value >> SCN_PHYS_BITS) {
		scn_bad_value(l, n, "a physical address has %d bits", SCN_PHYS_BITS);
		return false;
	}
	*ret = (struct scn_gpa){ .name = -1, .offset = value };
	return true;
}

/* The page that @name means; made if it is new. -1 after a report. */
static int32_t find_page(struct scn_loader *l, const struct scn_node *n, const char *text)
{
	enum scn_noun noun;
	const char *name;
	int32_t said, index;

	if (!split_vm(l, n, text, &said, &name))
		return -1;
	if (look_up(l, name, &noun, &index)) {
		if (noun != SCN_NOUN_PAGE) {
			scn_bad_value(l, n, "'%s' is %s, not a page", name, noun_article[noun]);
			return -1;
		}
		return take_vm(l, n, noun, index, said) ? index : -1;
	}
	if (said >= 0 && l->vm >= 0 && said != l->vm) {
		report_two_vms(l, n, name, said);
		return -1;
	}
	if (said < 0 &&
	    scn_lacks_vm(l, n,
			 "write the VM in front, as in vm0.buf0, or declare the page in 'pages'"))
		return -1;
	index = (int32_t)l->s->names->len;
	if (!add_page(l, name, n->mark, n->width, said >= 0 ? said : l->vm, SCN_PAGE_BYTES))
		return -1;
	return take_vm(l, n, SCN_NOUN_PAGE, index, said) ? index : -1;
}

bool scn_read_gpa(struct scn_loader *l, const struct scn_node *n, struct scn_gpa *ret)
{
	const char *plus = strchr(n->text, '+');
	struct scn_report *r;
	uint64_t offset = 0;
	char *name, *quoted;

	if (g_ascii_isdigit(n->text[0]))
		return read_absolute(l, n, ret);
	if (plus && scn_parse_number(plus + 1, true, &offset) != SCN_DIGITS_OK) {
		quoted = scn_quote(n->text);
		r = scn_bad_value(l, n, "'%s' is not a page name or an address", quoted);
		scn_report_help(r, "write %s", scn_type_row(SCN_T_GPA)->example);
		g_free(quoted);
		return false;
	}
	name = plus ? g_strndup(n->text, (gsize)(plus - n->text)) : g_strdup(n->text);
	*ret = (struct scn_gpa){ .name = find_page(l, n, name), .offset = offset };
	g_free(name);
	return ret->name >= 0 && scn_check_span(l, n, ret, 1);
}

static char *size_text(uint64_t bytes)
{
	static const char units[] = "KMGT";
	unsigned unit = 0;

	if (bytes == 0 || bytes % 1024)
		return g_strdup_printf("%" G_GUINT64_FORMAT, bytes);
	while (bytes % 1024 == 0 && unit < 4) {
		bytes /= 1024;
		unit++;
	}
	return g_strdup_printf("%" G_GUINT64_FORMAT "%c", bytes, units[unit - 1]);
}

bool scn_check_span(struct scn_loader *l, const struct scn_node *n, const struct scn_gpa *gpa,
		    uint64_t size)
{
	const struct scn_name *page;
	struct scn_report *r;
	char *has;

	if (gpa->name < 0) {
		if (size <= (UINT64_C(1) << SCN_PHYS_BITS) - gpa->offset)
			return true;
		scn_bad_value(l, n, "the range ends beyond %d bits of physical address",
			      SCN_PHYS_BITS);
		return false;
	}
	page = &g_array_index(l->s->names, struct scn_name, gpa->name);
	if (gpa->offset < page->size && size <= page->size - gpa->offset)
		return true;
	has = size_text(page->size);
	r = scn_bad_value(l, n, "this reaches beyond the page '%s' of %s", page->name, has);
	scn_report_help(r, "'pages: {%s: SIZE}' gives it another size", page->name);
	g_free(has);
	return false;
}

/* ---- where named pages lie ---- */

void scn_keep_clear(struct scn_loader *l, const struct scn_gpa *gpa, uint64_t size)
{
	struct scn_fixed fixed = { .vm = l->vm };

	if (gpa->name >= 0 || l->vm < 0)
		return;
	fixed.start = gpa->offset & ~(uint64_t)(SCN_PAGE_BYTES - 1);
	fixed.last = (gpa->offset + size - 1) | (SCN_PAGE_BYTES - 1);
	if (fixed.last < PAGES_START)
		return;
	g_array_append_val(l->fixed, fixed);
}

static gint by_address(gconstpointer a, gconstpointer b)
{
	const struct scn_fixed *x = a;
	const struct scn_fixed *y = b;

	if (x->vm != y->vm)
		return x->vm < y->vm ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->last < y->last ? -1 : x->last > y->last;
}

/*
 * Places the pages of one VM behind each other, each at a multiple of its size.
 * @fixed points to the VM's absolute ranges by address, stepped over where they
 * lie in the way; NULL steps over nothing. Returns the first page that does not
 * fit, or -1.
 */
static int32_t place_vm(struct scn_loader *l, const GArray *pages, uint64_t limit,
			const struct scn_fixed *fixed, guint fixed_cnt)
{
	uint64_t next = PAGES_START;
	guint at = 0;

	for (guint i = 0; i < pages->len; i++) {
		int32_t index = g_array_index(pages, int32_t, i);
		struct scn_name *page = &g_array_index(l->s->names, struct scn_name, index);
		uint64_t mask = page->size - 1;

		next = (next + mask) & ~mask;
		while (at < fixed_cnt && next < limit && fixed[at].start <= next + mask) {
			if (fixed[at].last >= next)
				next = (fixed[at].last + 1 + mask) & ~mask;
			at++;
		}
		if (next > limit || page->size > limit - next)
			return index;
		page->gpa = next;
		next += page->size;
	}
	return -1;
}

static void place_or_report(struct scn_loader *l, int32_t vm_index, const GArray *pages,
			    const struct scn_fixed *fixed, guint fixed_cnt)
{
	const struct scn_vm *vm = &g_array_index(l->s->vms, struct scn_vm, vm_index);
	uint64_t limit = (vm->memory - vm->memory / 4) & ~(uint64_t)(SCN_PAGE_BYTES - 1);
	const struct scn_name *page;
	struct scn_report *r;
	char *size, *memory;
	int32_t bad;

	/* A file may name the whole memory by number; then names lie inside it. */
	bad = place_vm(l, pages, limit, fixed, fixed_cnt);
	if (bad >= 0 && fixed_cnt)
		bad = place_vm(l, pages, limit, NULL, 0);
	if (bad < 0)
		return;
	page = &g_array_index(l->s->names, struct scn_name, bad);
	size = size_text(page->size);
	memory = size_text(vm->memory);
	r = scn_diag_add(l->d, page->mark, (uint32_t)strlen(page->name),
			 "the page '%s' of %s does not fit the memory of '%s'", page->name, size,
			 vm->name);
	scn_report_help(
		r,
		"of 'memory: %s', named pages get what lies from 1M to the top quarter, the guest's tables",
		memory);
	g_free(size);
	g_free(memory);
}

void scn_place_pages(struct scn_loader *l)
{
	GArray *names = l->s->names;
	GArray **pages = g_new(GArray *, l->s->vms->len);
	const struct scn_fixed *fixed;
	guint at = 0;

	for (guint vm = 0; vm < l->s->vms->len; vm++)
		pages[vm] = g_array_new(FALSE, FALSE, sizeof(int32_t));
	for (guint i = 0; i < names->len; i++) {
		int32_t index = (int32_t)i;

		g_array_append_val(pages[g_array_index(names, struct scn_name, i).vm], index);
	}
	g_array_sort(l->fixed, by_address);
	fixed = (const struct scn_fixed *)(const void *)l->fixed->data;
	for (guint vm = 0; vm < l->s->vms->len; vm++) {
		guint first = at;

		while (at < l->fixed->len &&
		       g_array_index(l->fixed, struct scn_fixed, at).vm == (int32_t)vm)
			at++;
		place_or_report(l, (int32_t)vm, pages[vm], at > first ? &fixed[first] : NULL,
				at - first);
		g_array_free(pages[vm], TRUE);
	}
	g_free(pages);
}
