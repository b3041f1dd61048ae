/* SPDX-License-Identifier: MIT */
#include "sim/scenario/node.h"

#include <string.h>
#include <yaml.h>

#include "sim/core/assert.h"

#define BLOCK_NODES 512u

/* A list or map whose end has not been read. */
struct frame {
	struct scn_node *node;
	struct scn_node **tail;
	bool has_key, key_plain;
	const char *key;
	struct scn_mark key_mark;
	uint32_t key_width;
};

struct composer {
	struct scn_doc *doc;
	struct scn_diag *d;
	GHashTable *anchors; /* name -> node; looked up, never walked */
	GHashTable *keys;    /* of the map in hand: key -> node */
	struct frame stack[SCN_DEPTH_MAX];
	uint32_t depth;
	uint32_t expanded; /* nodes that aliases stand for */
	uint32_t documents;
	bool stop;
};

static struct scn_mark mark_of(const yaml_mark_t *m)
{
	return (struct scn_mark){ .line = (uint32_t)m->line + 1, .col = (uint32_t)m->column + 1 };
}

static uint32_t width_of(const yaml_event_t *e)
{
	if (e->end_mark.line != e->start_mark.line || e->end_mark.column <= e->start_mark.column)
		return 1;
	return (uint32_t)(e->end_mark.column - e->start_mark.column);
}

/* The file cannot be read on after this. */
static struct scn_report *fatal(struct composer *c, struct scn_mark mark, uint32_t width,
				const char *message)
{
	c->stop = true;
	return scn_diag_add(c->d, mark, width, "%s", message);
}

static void too_deep(struct composer *c, struct scn_mark mark)
{
	c->stop = true;
	scn_diag_add(c->d, mark, 1, "lists and maps are nested more than %u deep", SCN_DEPTH_MAX);
}

void scn_doc_init(struct scn_doc *doc)
{
	*doc = (struct scn_doc){ 0 };
	doc->blocks = g_ptr_array_new_with_free_func(g_free);
	doc->strings = g_string_chunk_new(4096);
}

struct scn_node *scn_doc_node(struct scn_doc *doc)
{
	struct scn_node *block;

	if (doc->cnt % BLOCK_NODES == 0)
		g_ptr_array_add(doc->blocks, g_new0(struct scn_node, BLOCK_NODES));
	block = g_ptr_array_index(doc->blocks, doc->blocks->len - 1);
	return &block[doc->cnt++ % BLOCK_NODES];
}

static struct scn_node *new_node(struct composer *c, struct scn_mark mark)
{
	if (c->doc->cnt == SCN_NODES_MAX) {
		c->stop = true;
		scn_diag_add(c->d, mark, 1, "the file holds more than %u values", SCN_NODES_MAX);
		return NULL;
	}
	return scn_doc_node(c->doc);
}

static struct scn_node *node_at(struct composer *c, const yaml_event_t *e, enum scn_node_kind kind)
{
	struct scn_node *n = new_node(c, mark_of(&e->start_mark));

	if (n) {
		n->kind = kind;
		n->mark = mark_of(&e->start_mark);
		n->width = width_of(e);
		n->size = 1;
		n->height = 1;
	}
	return n;
}

static void append(struct frame *f, struct scn_node *n)
{
	struct scn_node *parent = f->node;

	n->next = NULL;
	*f->tail = n;
	f->tail = &n->next;
	parent->cnt++;
	parent->size += n->size;
	parent->height = MAX(parent->height, n->height + 1);
}

/* Hands a finished or an opened node to the list or map it stands in. */
static void place(struct composer *c, struct scn_node *n)
{
	struct frame *f;

	if (c->depth == 0) {
		c->doc->root = n;
		return;
	}
	f = &c->stack[c->depth - 1];
	if (f->node->kind == SCN_NODE_MAP) {
		n->key = f->key;
		n->key_mark = f->key_mark;
		n->key_width = f->key_width;
		n->key_plain = f->key_plain;
		f->has_key = false;
	}
	append(f, n);
}

static bool wants_key(const struct composer *c)
{
	const struct frame *f = c->depth ? &c->stack[c->depth - 1] : NULL;

	return f && f->node->kind == SCN_NODE_MAP && !f->has_key;
}

static void set_key(struct composer *c, const char *text, bool plain, struct scn_mark mark,
		    uint32_t width)
{
	struct frame *f = &c->stack[c->depth - 1];

	f->has_key = true;
	f->key = text;
	f->key_plain = plain;
	f->key_mark = mark;
	f->key_width = width;
}

static void check_tag(struct composer *c, const yaml_event_t *e, const yaml_char_t *tag)
{
	struct scn_report *r;

	if (!tag)
		return;
	r = scn_diag_add(c->d, mark_of(&e->start_mark), 1, "YAML tags are not allowed");
	scn_report_help(r, "leave out the tag; every value's type follows from its key");
}

static void set_anchor(struct composer *c, const yaml_event_t *e, const yaml_char_t *anchor,
		       struct scn_node *n)
{
	const char *name = (const char *)anchor;
	struct scn_node *old;

	if (!name)
		return;
	old = g_hash_table_lookup(c->anchors, name);
	if (old) {
		char *quoted = scn_quote(name);
		struct scn_report *r = scn_diag_add(c->d, mark_of(&e->start_mark),
						    (uint32_t)g_utf8_strlen(name, -1) + 1,
						    "the anchor '%s' is already used", quoted);

		scn_report_note(r, "first used at %u:%u", old->mark.line, old->mark.col);
		g_free(quoted);
		return;
	}
	g_hash_table_insert(c->anchors, g_string_chunk_insert(c->doc->strings, name), n);
}

static void on_scalar(struct composer *c, const yaml_event_t *e)
{
	const char *text = (const char *)e->data.scalar.value;
	size_t len = e->data.scalar.length;
	bool plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	bool is_key = wants_key(c);
	struct scn_node *n = NULL;

	check_tag(c, e, e->data.scalar.tag);
	if (memchr(text, 0, len))
		scn_diag_add(c->d, mark_of(&e->start_mark), width_of(e),
			     "a NUL byte is not allowed in a value");
	text = g_string_chunk_insert(c->doc->strings, text);
	if (!is_key || e->data.scalar.anchor) {
		n = node_at(c, e, SCN_NODE_SCALAR);
		if (!n)
			return;
		n->text = text;
		n->plain = plain;
		set_anchor(c, e, e->data.scalar.anchor, n);
	}
	if (is_key)
		set_key(c, text, plain, mark_of(&e->start_mark), width_of(e));
	else
		place(c, n);
}

/* Counts what an alias or a merge stands for. */
static bool expand(struct composer *c, const struct scn_node *target, struct scn_mark mark)
{
	struct scn_report *r;

	c->expanded += target->size;
	if (c->expanded > SCN_ALIAS_NODES_MAX) {
		c->stop = true;
		r = scn_diag_add(c->d, mark, 1,
				 "the aliases of this file stand for more than %u values",
				 SCN_ALIAS_NODES_MAX);
		scn_report_help(r, "write fewer aliases, or smaller ones");
		return false;
	}
	if (c->depth + target->height > SCN_DEPTH_MAX) {
		too_deep(c, mark);
		return false;
	}
	return true;
}

/* The node an alias names; an undefined one is not detected by the parser. */
static struct scn_node *alias_target(struct composer *c, const yaml_event_t *e)
{
	const char *name = (const char *)e->data.alias.anchor;
	struct scn_node *target = g_hash_table_lookup(c->anchors, name);
	struct scn_mark mark = mark_of(&e->start_mark);
	struct scn_report *r;
	char *quoted;

	if (target && !target->open)
		return target;
	quoted = scn_quote(name);
	c->stop = true;
	if (target) {
		r = scn_diag_add(c->d, mark, width_of(e), "the anchor '%s' contains itself",
				 quoted);
		scn_report_note(r, "it is set at %u:%u", target->mark.line, target->mark.col);
	} else {
		r = scn_diag_add(c->d, mark, width_of(e), "the alias '%s' has no anchor before it",
				 quoted);
		scn_report_help(r, "an anchor is written &%s, in front of the value it names",
				quoted);
	}
	g_free(quoted);
	return NULL;
}

static void on_alias(struct composer *c, const yaml_event_t *e)
{
	struct scn_node *target = alias_target(c, e);
	struct scn_mark mark = mark_of(&e->start_mark);
	struct scn_node *n;

	if (!target)
		return;
	if (wants_key(c)) {
		if (target->kind != SCN_NODE_SCALAR)
			fatal(c, mark, width_of(e), "a key must be a word");
		else
			set_key(c, target->text, false, mark, width_of(e));
		return;
	}
	if (!expand(c, target, mark))
		return;
	n = new_node(c, mark);
	if (!n)
		return;
	*n = *target;
	n->mark = mark;
	n->width = width_of(e);
	n->alias = true;
	n->key = NULL;
	place(c, n);
}

static void on_start(struct composer *c, const yaml_event_t *e, enum scn_node_kind kind)
{
	bool list = kind == SCN_NODE_LIST;
	struct scn_node *n;

	check_tag(c, e, list ? e->data.sequence_start.tag : e->data.mapping_start.tag);
	if (wants_key(c)) {
		fatal(c, mark_of(&e->start_mark), 1, "a key must be a word");
		return;
	}
	if (c->depth == SCN_DEPTH_MAX) {
		too_deep(c, mark_of(&e->start_mark));
		return;
	}
	n = node_at(c, e, kind);
	if (!n)
		return;
	n->open = true;
	n->width = 1;
	set_anchor(c, e, list ? e->data.sequence_start.anchor : e->data.mapping_start.anchor, n);
	/* Its parent learns of it at its end, when its size is known; the key waits here. */
	c->stack[c->depth++] = (struct frame){ .node = n, .tail = &n->first };
}

static void merge_map(struct composer *c, struct frame *f, const struct scn_node *from)
{
	if (!expand(c, from, from->mark))
		return;
	for (const struct scn_node *child = from->first; child; child = child->next) {
		struct scn_node *n;

		if (g_hash_table_contains(c->keys, child->key))
			continue;
		n = new_node(c, from->mark);
		if (!n)
			return;
		*n = *child;
		g_hash_table_insert(c->keys, (gpointer)(uintptr_t)n->key, n);
		append(f, n);
	}
}

static void merge(struct composer *c, struct frame *f, const struct scn_node *value)
{
	struct scn_report *r;

	if (value->kind == SCN_NODE_MAP) {
		merge_map(c, f, value);
		return;
	}
	if (value->kind == SCN_NODE_LIST) {
		const struct scn_node *n = value->first;

		for (; n && n->kind == SCN_NODE_MAP && !c->stop; n = n->next)
			merge_map(c, f, n);
		if (!n || c->stop)
			return;
		value = n;
	}
	r = scn_diag_add(c->d, value->mark, value->width, "'<<' merges maps, not %s",
			 scn_node_kind_text(value));
	scn_report_help(r, "write <<: *anchor, or <<: [*one, *two]");
}

static void report_duplicate(struct composer *c, const struct scn_node *n,
			     const struct scn_node *first)
{
	char *quoted = scn_quote(n->key);
	struct scn_report *r = scn_diag_add(c->d, n->key_mark, n->key_width,
					    "the key '%s' is given twice", quoted);

	scn_report_note(r, "first given at %u:%u", first->key_mark.line, first->key_mark.col);
	g_free(quoted);
}

/* Finds keys given twice, and puts what `<<` names behind the map's own keys. */
static void finish_map(struct composer *c, struct frame *f)
{
	struct scn_node *map = f->node;
	struct scn_node *child = map->first;
	struct scn_node *merges = NULL;

	g_hash_table_remove_all(c->keys);
	map->first = NULL;
	map->cnt = 0;
	map->size = 1;
	map->height = 1;
	f->tail = &map->first;
	while (child) {
		struct scn_node *next = child->next;
		const struct scn_node *old = g_hash_table_lookup(c->keys, child->key);

		if (old) {
			report_duplicate(c, child, old);
		} else {
			g_hash_table_insert(c->keys, (gpointer)(uintptr_t)child->key, child);
			if (child->key_plain && !strcmp(child->key, "<<"))
				merges = child;
			else
				append(f, child);
		}
		child = next;
	}
	if (merges)
		merge(c, f, merges);
}

static void on_end(struct composer *c)
{
	struct frame *f;

	IMS_ASSERT(c->depth > 0);
	f = &c->stack[c->depth - 1];
	if (f->node->kind == SCN_NODE_MAP)
		finish_map(c, f);
	f->node->open = false;
	c->depth--;
	place(c, f->node);
}

static void on_document(struct composer *c, const yaml_event_t *e)
{
	if (c->documents++ > 0) {
		struct scn_report *r = fatal(c, mark_of(&e->start_mark), width_of(e),
					     "a second document starts here");

		scn_report_help(r, "one file holds one scenario");
	} else if (e->data.document_start.tag_directives.start !=
		   e->data.document_start.tag_directives.end) {
		fatal(c, mark_of(&e->start_mark), 1, "YAML tags are not allowed");
	}
}

static void on_event(struct composer *c, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		on_document(c, e);
		break;
	case YAML_SCALAR_EVENT:
		on_scalar(c, e);
		break;
	case YAML_ALIAS_EVENT:
		on_alias(c, e);
		break;
	case YAML_SEQUENCE_START_EVENT:
		on_start(c, e, SCN_NODE_LIST);
		break;
	case YAML_MAPPING_START_EVENT:
		on_start(c, e, SCN_NODE_MAP);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		on_end(c);
		break;
	default: /* stream start and end, document end: nothing to compose */
		break;
	}
}

static void on_parser_error(struct composer *c, const yaml_parser_t *p)
{
	const char *problem = p->problem ? p->problem : "this is not YAML";
	struct scn_mark mark = mark_of(&p->problem_mark);
	struct scn_report *r;

	/* The reader knows only the byte. */
	if (p->error == YAML_READER_ERROR)
		mark = scn_diag_mark(c->d, MIN(p->problem_offset, c->d->len));
	r = fatal(c, mark, 1, problem);
	if (p->context)
		scn_report_note(r, "%s at %zu:%zu", p->context, p->context_mark.line + 1,
				p->context_mark.column + 1);
}

/*
 * Bytes that no scenario holds, found before the parser sees them: it gives
 * their offset only, and calls all of them the same.
 */
static bool check_bytes(struct composer *c)
{
	struct scn_diag *d = c->d;
	const char *nul = memchr(d->text, 0, d->len);
	size_t len = nul ? (size_t)(nul - d->text) : d->len;
	const char *bad;
	struct scn_report *r;

	if (!g_utf8_validate_len(d->text, len, &bad)) {
		r = fatal(c, scn_diag_mark(d, (size_t)(bad - d->text)), 1, "this is not UTF-8");
		scn_report_help(r, "byte 0x%02x at offset %zu; save the file as UTF-8",
				(unsigned char)*bad, (size_t)(bad - d->text));
		return false;
	}
	if (nul) {
		fatal(c, scn_diag_mark(d, len), 1, "a NUL byte is not allowed");
		return false;
	}
	return true;
}

static void compose(struct composer *c)
{
	yaml_parser_t parser;
	yaml_event_t event;
	bool end = false;
	int ready = yaml_parser_initialize(&parser);

	IMS_ASSERT(ready); /* memory is all it can lack, and GLib ends the process for that too */
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)c->d->text, c->d->len);
	while (!end && !c->stop) {
		if (!yaml_parser_parse(&parser, &event)) {
			on_parser_error(c, &parser);
			break;
		}
		end = event.type == YAML_STREAM_END_EVENT;
		on_event(c, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
}

void scn_doc_read(struct scn_doc *doc, struct scn_diag *d)
{
	struct composer c = { .doc = doc, .d = d };

	scn_doc_init(doc);
	c.anchors = g_hash_table_new(g_str_hash, g_str_equal);
	c.keys = g_hash_table_new(g_str_hash, g_str_equal);
	if (check_bytes(&c)) {
		compose(&c);
		if (!c.stop && !doc->root)
			fatal(&c, (struct scn_mark){ .line = 1, .col = 1 }, 1, "the file is empty");
	}
	if (c.stop)
		doc->root = NULL;
	if (d->cnt)
		d->code = SCN_ERROR_SYNTAX;
	g_hash_table_destroy(c.keys);
	g_hash_table_destroy(c.anchors);
}

void scn_doc_clear(struct scn_doc *doc)
{
	g_ptr_array_free(doc->blocks, TRUE);
	g_string_chunk_free(doc->strings);
}

const struct scn_node *scn_node_get(const struct scn_node *map, const char *key)
{
	for (const struct scn_node *n = map->first; n; n = n->next)
		if (!strcmp(n->key, key))
			return n;
	return NULL;
}

bool scn_node_is_null(const struct scn_node *n)
{
	return n->kind == SCN_NODE_SCALAR && n->plain &&
	       (!*n->text || !strcmp(n->text, "~") || !strcmp(n->text, "null"));
}

const char *scn_node_kind_text(const struct scn_node *n)
{
	static const char *const text[] = {
		[SCN_NODE_SCALAR] = "a single value",
		[SCN_NODE_LIST] = "a list",
		[SCN_NODE_MAP] = "a map",
	};

	return text[n->kind];
}

/* A scalar that would be read as something else without its quotes. */
static bool needs_quotes(const struct scn_node *n)
{
	return !n->plain && (!*n->text || strpbrk(n->text, " ,:{}[]#\"'\n") || scn_node_is_null(n));
}

void scn_node_flow(GString *out, const struct scn_node *n)
{
	bool map = n->kind == SCN_NODE_MAP;

	if (n->kind == SCN_NODE_SCALAR) {
		const char *quote = needs_quotes(n) ? "\"" : "";

		g_string_append(out, quote);
		for (const char *p = n->text; *p; p++)
			g_string_append_c(out, (unsigned char)*p < 0x20 ? ' ' : *p);
		g_string_append(out, quote);
		return;
	}
	g_string_append_c(out, map ? '{' : '[');
	for (const struct scn_node *child = n->first; child; child = child->next) {
		if (child != n->first)
			g_string_append(out, ", ");
		if (map)
			g_string_append_printf(out, "%s: ", child->key);
		scn_node_flow(out, child);
	}
	g_string_append_c(out, map ? '}' : ']');
}
