/* SPDX-License-Identifier: MIT */
/* Reading single values, by the type that their key's row gives them. */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/scenario/load.h"

static unsigned digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 255;
}

/* Bits that a unit shifts by; 0 if @c is none. */
static unsigned unit_of(char c)
{
	static const char units[] = "KMGT";
	const char *at = c ? strchr(units, c) : NULL;

	return at ? 10 * (unsigned)(at - units + 1) : 0;
}

enum scn_digits scn_parse_number(const char *text, bool units, uint64_t *ret_value)
{
	unsigned base = text[0] == '0' && text[1] == 'x' ? 16 : 10;
	const char *first = base == 16 ? text + 2 : text;
	const char *p = first;
	uint64_t value = 0;
	unsigned unit = 0;
	bool wide = false;

	for (; digit_of(*p) < base; p++)
		wide |= __builtin_mul_overflow(value, (uint64_t)base, &value) ||
			__builtin_add_overflow(value, (uint64_t)digit_of(*p), &value);
	if (p == first)
		return SCN_DIGITS_BAD;
	if (units && *p) {
		unit = unit_of(*p++);
		if (!unit)
			return SCN_DIGITS_BAD;
	}
	if (*p)
		return SCN_DIGITS_BAD;
	if (base == 10 && first[0] == '0' && digit_of(first[1]) < 10)
		return SCN_DIGITS_OCTAL;
	if (wide || (unit && value > (UINT64_MAX >> unit)))
		return SCN_DIGITS_WIDE;
	*ret_value = value << unit;
	return SCN_DIGITS_OK;
}

bool scn_parse_bool(const char *text, bool *ret_value)
{
	static const struct scn_word words[] = {
		{ "on", 1 }, { "off", 0 }, { "true", 1 }, { "false", 0 }, { "yes", 1 }, { "no", 0 },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
		if (!strcmp(text, words[i].name)) {
			*ret_value = words[i].value;
			return true;
		}
	}
	return false;
}

const char *scn_read_scalar(struct scn_loader *l, const struct scn_node *n, const char *what,
			    enum scn_type type)
{
	const struct scn_type_row *row = scn_type_row(type);
	struct scn_report *r;

	if (scn_node_is_null(n) || (n->kind == SCN_NODE_SCALAR && !*n->text))
		r = scn_bad_value(l, n, "'%s' has no value", what);
	else if (n->kind != SCN_NODE_SCALAR)
		r = scn_bad_value(l, n, "'%s' needs %s, not %s", what, row->name,
				  scn_node_kind_text(n));
	else
		return n->text;
	if (*row->example)
		scn_report_help(r, "write %s", row->example);
	return NULL;
}

bool scn_read_number(struct scn_loader *l, const struct scn_node *n, const char *what,
		     enum scn_type type, uint64_t *ret_value)
{
	const struct scn_type_row *row = scn_type_row(type);
	const char *text = scn_read_scalar(l, n, what, type);
	bool units = type != SCN_T_U32 && type != SCN_T_COUNT && type != SCN_T_NUMBER &&
		     type != SCN_T_PASID;
	struct scn_report *r;
	char *quoted;

	if (!text)
		return false;
	quoted = scn_quote(text);
	switch (scn_parse_number(text, units, ret_value)) {
	case SCN_DIGITS_OK:
		g_free(quoted);
		return true;
	case SCN_DIGITS_OCTAL:
		r = scn_bad_value(l, n, "'%s' starts with a 0", quoted);
		scn_report_help(r, "numbers are decimal, or hexadecimal behind 0x");
		break;
	case SCN_DIGITS_WIDE:
		scn_bad_value(l, n, "'%s' does not fit 64 bits", quoted);
		break;
	case SCN_DIGITS_BAD:
	default:
		r = scn_bad_value(l, n, "'%s' is not %s", quoted, row->name);
		scn_report_help(r, "write %s", row->example);
		break;
	}
	g_free(quoted);
	return false;
}

/* ---- one reader for each type; @field is where its row stores it ---- */

typedef bool read_fn(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		     void *field);

static bool read_text(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		      void *field)
{
	const char *text = scn_read_scalar(l, n, key->name, key->type);

	if (!text)
		return false;
	if (key->type != SCN_T_TEXT && strpbrk(text, "\r\n")) {
		scn_bad_value(l, n, "'%s' needs one line of text", key->name);
		return false;
	}
	*(char **)field = g_strdup(text);
	return true;
}

static bool read_text_list(struct scn_loader *l, const struct scn_node *n,
			   const struct scn_key *key, void *field)
{
	if (!scn_want(l, n, SCN_NODE_LIST, false, key->name, "[one, two]"))
		return false;
	for (const struct scn_node *item = n->first; item; item = item->next) {
		const char *text = scn_read_scalar(l, item, key->name, SCN_T_LINE);

		if (!text)
			return false;
		g_ptr_array_add(*(GPtrArray **)field, g_strdup(text));
	}
	return true;
}

static bool read_bool_value(struct scn_loader *l, const struct scn_node *n,
			    const struct scn_key *key, bool *ret)
{
	const char *text = scn_read_scalar(l, n, key->name, key->type);
	struct scn_report *r;
	char *quoted;

	if (!text)
		return false;
	if (scn_parse_bool(text, ret))
		return true;
	quoted = scn_quote(text);
	r = scn_bad_value(l, n, "'%s' needs on or off, not '%s'", key->name, quoted);
	scn_report_help(r, "true and yes mean on, false and no mean off");
	g_free(quoted);
	return false;
}

static bool read_bool(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		      void *field)
{
	return read_bool_value(l, n, key, field);
}

static bool read_tristate(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
			  void *field)
{
	bool value;

	if (!read_bool_value(l, n, key, &value))
		return false;
	*(int32_t *)field = value;
	return true;
}

static const struct scn_word *read_one_of(struct scn_loader *l, const struct scn_node *n,
					  const struct scn_key *key)
{
	const char *text = scn_read_scalar(l, n, key->name, key->type);
	const struct scn_word *w;
	struct scn_report *r;
	GPtrArray *words;
	char *quoted;

	if (!text)
		return NULL;
	for (w = key->words; w->name; w++)
		if (!strcmp(w->name, text))
			return w;
	quoted = scn_quote(text);
	r = scn_bad_value(l, n, "'%s' cannot be '%s'", key->name, quoted);
	words = g_ptr_array_new();
	for (w = key->words; w->name; w++)
		g_ptr_array_add(words, (gpointer)(uintptr_t)w->name);
	scn_report_words(r, text, "valid words", words);
	g_ptr_array_free(words, TRUE);
	g_free(quoted);
	return NULL;
}

static bool read_word(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		      void *field)
{
	const struct scn_word *w = read_one_of(l, n, key);

	if (w)
		*(uint32_t *)field = w->value;
	return w;
}

static bool read_word_text(struct scn_loader *l, const struct scn_node *n,
			   const struct scn_key *key, void *field)
{
	const struct scn_word *w = read_one_of(l, n, key);

	if (w)
		*(char **)field = g_strdup(w->name);
	return w;
}

static bool read_within(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
			uint64_t min, uint64_t max, uint64_t *ret)
{
	if (!scn_read_number(l, n, key->name, key->type, ret))
		return false;
	if (*ret >= min && *ret <= max)
		return true;
	scn_bad_value(l, n, "'%s' must be between %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT,
		      key->name, min, max);
	return false;
}

static bool read_u32(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		     void *field)
{
	uint64_t value;

	IMS_ASSERT(key->max <= UINT32_MAX);
	if (!read_within(l, n, key, key->min, key->max, &value))
		return false;
	*(uint32_t *)field = (uint32_t)value;
	return true;
}

static bool read_count(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		       void *field)
{
	uint64_t value;

	if (!read_within(l, n, key, key->min, key->max, &value))
		return false;
	*(int64_t *)field = (int64_t)value;
	return true;
}

static bool read_pasid(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		       void *field)
{
	uint64_t value;

	if (!scn_read_number(l, n, key->name, key->type, &value))
		return false;
	if (value > SCN_PASID_MAX) {
		scn_bad_value(l, n, "a PASID has 20 bits: 0 to 0x%x", SCN_PASID_MAX);
		return false;
	}
	*(uint32_t *)field = (uint32_t)value;
	return true;
}

static bool read_repeat(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
			void *field)
{
	uint64_t value;

	if (!read_within(l, n, key, 1, 1000000, &value))
		return false;
	*(uint32_t *)field = (uint32_t)value;
	return true;
}

static bool read_times(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		       void *base)
{
	struct scn_step *step = base;

	if (n->kind != SCN_NODE_SCALAR || strcmp(n->text, "any"))
		return read_repeat(l, n, key, &step->repeat);
	step->repeat_any = true;
	if (step->actor >= 0)
		return true;
	scn_report_help(scn_bad_value(l, n, "'repeat: any' is for a step of an actor"),
			"write 'actors', or give a number");
	return false;
}

static bool read_u64(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		     void *field)
{
	static const bool pages[SCN_T_MAX] = { [SCN_T_PAGE_ADDR] = true, [SCN_T_PAGE_SIZE] = true };
	static const bool sizes[SCN_T_MAX] = { [SCN_T_SIZE] = true, [SCN_T_PAGE_SIZE] = true };
	uint64_t value;

	if (!scn_read_number(l, n, key->name, key->type, &value))
		return false;
	if (sizes[key->type] && value == 0) {
		scn_bad_value(l, n, "'%s' must not be 0", key->name);
		return false;
	}
	if (pages[key->type] && value % SCN_PAGE_BYTES) {
		scn_bad_value(l, n, "'%s' must be a multiple of 4K", key->name);
		return false;
	}
	if (key->type == SCN_T_HPA && value >> SCN_PHYS_BITS) {
		scn_bad_value(l, n, "a physical address has %d bits", SCN_PHYS_BITS);
		return false;
	}
	*(uint64_t *)field = value;
	return true;
}

static bool read_gpa(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		     void *field)
{
	struct scn_gpa *gpa = field;

	if (!scn_read_scalar(l, n, key->name, key->type) || !scn_read_gpa(l, n, gpa))
		return false;
	if (key->type == SCN_T_PAGE_GPA && gpa->offset % SCN_PAGE_BYTES) {
		scn_bad_value(l, n, "'%s' must be a multiple of 4K", key->name);
		return false;
	}
	return true;
}

static int32_t resolve(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key)
{
	static const enum scn_noun noun[SCN_T_MAX] = {
		[SCN_T_VM] = SCN_NOUN_VM,	[SCN_T_VM_NAME] = SCN_NOUN_VM,
		[SCN_T_DEV] = SCN_NOUN_DEV,	[SCN_T_DEV_NAME] = SCN_NOUN_DEV,
		[SCN_T_SPACE] = SCN_NOUN_SPACE,
	};

	if (!scn_read_scalar(l, n, key->name, key->type))
		return -1;
	return scn_resolve(l, n, noun[key->type]);
}

static bool read_index(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		       void *field)
{
	int32_t index = resolve(l, n, key);

	*(int32_t *)field = index;
	return index >= 0;
}

static bool read_name(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		      void *field)
{
	int32_t index = resolve(l, n, key);

	if (index < 0)
		return false;
	*(char **)field = g_strdup(
		scn_name_of(l, key->type == SCN_T_VM_NAME ? SCN_NOUN_VM : SCN_NOUN_DEV, index));
	return true;
}

/* Two hexadecimal digits or one; false if it is something else. */
static bool hex_part(const char **p, unsigned digits, unsigned max, unsigned *ret)
{
	*ret = 0;
	for (unsigned i = 0; i < digits; i++) {
		if (digit_of(**p) > 15)
			return false;
		*ret = *ret * 16 + digit_of(*(*p)++);
	}
	return *ret <= max;
}

static bool read_vrid(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		      void *field)
{
	const char *p = scn_read_scalar(l, n, key->name, key->type);
	struct scn_report *r;
	unsigned bus, dev, fn;
	uint64_t value;

	if (!p)
		return false;
	if (scn_parse_number(p, false, &value) == SCN_DIGITS_OK && value <= 0xffff) {
		*(uint32_t *)field = (uint32_t)value;
		return true;
	}
	if (hex_part(&p, 2, 0xff, &bus) && *p++ == ':' && hex_part(&p, 2, 0x1f, &dev) &&
	    *p++ == '.' && hex_part(&p, 1, 7, &fn) && !*p) {
		*(uint32_t *)field = bus << 8 | dev << 3 | fn;
		return true;
	}
	r = scn_bad_value(l, n, "this is not a requester ID");
	scn_report_help(r,
			"write \"bus:device.function\", as in \"01:00.0\", or a number of 16 bits");
	return false;
}

static bool read_raw(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		     void *field)
{
	(void)key;
	return scn_read_raw(l, n, field);
}

static bool read_never(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		       void *field)
{
	(void)key;
	return scn_read_never(l, n, field);
}

static bool read_over(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		      void *field)
{
	(void)key;
	return scn_read_over(l, n, field);
}

static bool read_sometimes(struct scn_loader *l, const struct scn_node *n,
			   const struct scn_key *key, void *base)
{
	(void)key;
	return scn_read_sometimes(l, n, base);
}

static bool read_expect(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
			void *field)
{
	(void)key;
	return scn_read_expect(l, n, field);
}

static bool read_invalidate(struct scn_loader *l, const struct scn_node *n,
			    const struct scn_key *key, void *base)
{
	(void)key;
	return scn_read_invalidate(l, n, base);
}

static bool read_at(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		    void *base)
{
	(void)key;
	return scn_read_at(l, n, base);
}

static bool read_later_step(struct scn_loader *l, const struct scn_node *n,
			    const struct scn_key *key, void *base)
{
	struct scn_step *step = base;

	step->inject_mark = n->mark;
	return read_text(l, n, key, &step->inject_at);
}

static read_fn *const readers[SCN_T_MAX] = {
	[SCN_T_TEXT] = read_text,
	[SCN_T_LINE] = read_text,
	[SCN_T_TEXT_LIST] = read_text_list,
	[SCN_T_LABEL] = read_text,
	[SCN_T_BOOL] = read_bool,
	[SCN_T_TRISTATE] = read_tristate,
	[SCN_T_WORD] = read_word,
	[SCN_T_WORD_TEXT] = read_word_text,
	[SCN_T_U32] = read_u32,
	[SCN_T_COUNT] = read_count,
	[SCN_T_NUMBER] = read_u64,
	[SCN_T_PASID] = read_pasid,
	[SCN_T_ADDR] = read_u64,
	[SCN_T_PAGE_ADDR] = read_u64,
	[SCN_T_HPA] = read_u64,
	[SCN_T_SIZE] = read_u64,
	[SCN_T_PAGE_SIZE] = read_u64,
	[SCN_T_BYTES] = read_u64,
	[SCN_T_GPA] = read_gpa,
	[SCN_T_PAGE_GPA] = read_gpa,
	[SCN_T_VM] = read_index,
	[SCN_T_DEV] = read_index,
	[SCN_T_SPACE] = read_index,
	[SCN_T_VM_NAME] = read_name,
	[SCN_T_DEV_NAME] = read_name,
	[SCN_T_VRID] = read_vrid,
	[SCN_T_REPEAT] = read_repeat,
	[SCN_T_TIMES] = read_times,
	[SCN_T_RAW] = read_raw,
	[SCN_T_NEVER] = read_never,
	[SCN_T_OVER] = read_over,
	[SCN_T_SOMETIMES] = read_sometimes,
	[SCN_T_EXPECT] = read_expect,
	[SCN_T_INVALIDATE] = read_invalidate,
	[SCN_T_AT] = read_at,
	[SCN_T_LATER_STEP] = read_later_step,
};

/* Types that fill several members of the struct, not the one at the row's offset. */
static const bool takes_base[SCN_T_MAX] = {
	[SCN_T_TIMES] = true,	   [SCN_T_OVER] = true, [SCN_T_SOMETIMES] = true,
	[SCN_T_INVALIDATE] = true, [SCN_T_AT] = true,	[SCN_T_LATER_STEP] = true,
};

bool scn_read_value(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		    void *base)
{
	IMS_ASSERT(readers[key->type]);
	return readers[key->type](l, n, key,
				  takes_base[key->type] ? base : (char *)base + key->offset);
}
