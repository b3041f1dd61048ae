/* SPDX-License-Identifier: MIT */
/*
 * One YAML document as typed nodes: parsed from libyaml's events, aliases and
 * `<<` resolved, every node with its place in the file. What does not live here:
 * what a key or a value means.
 *
 * The events are composed here, not by yaml_parser_load(), which accepts
 * duplicate keys, forgets where an alias stood and cannot be stopped half way
 * through a hostile file.
 */
#ifndef SIM_SCENARIO_NODE_H
#define SIM_SCENARIO_NODE_H

#include "sim/scenario/load_diag.h"

#define SCN_FILE_BYTES_MAX (1024u * 1024u)
#define SCN_DEPTH_MAX	   64u
#define SCN_NODES_MAX	   200000u
/* Nodes that aliases and merges stand for, those below them included. */
#define SCN_ALIAS_NODES_MAX 10000u

enum scn_node_kind { SCN_NODE_SCALAR, SCN_NODE_LIST, SCN_NODE_MAP };

struct scn_node {
	enum scn_node_kind kind;
	bool plain;	/* a scalar without quotes */
	bool key_plain; /* so may `<<` be a merge */
	bool alias;	/* stands at an alias; what is below it stands at the anchor */
	bool swept;	/* put there, or items of it left out, by a point of a sweep */
	bool open;	/* its end has not been read: an alias to it would be a cycle */
	uint32_t size;	/* nodes in this tree */
	uint32_t height;
	uint32_t cnt;	/* children */
	uint32_t width; /* characters on its first line */
	uint32_t key_width;
	struct scn_mark mark;
	struct scn_mark key_mark; /* of the key, in a map */
	const char *key;	  /* NULL outside a map */
	const char *text;	  /* of a scalar */
	struct scn_node *first, *next;
};

struct scn_doc {
	GPtrArray *blocks; /* of struct scn_node[], all of one size: nodes never move */
	GStringChunk *strings;
	uint32_t cnt;	       /* nodes */
	struct scn_node *root; /* NULL if the file could not be read to its end */
};

/* Reads @d's text. What is wrong goes to @d; the nodes live until scn_doc_clear(). */
void scn_doc_read(struct scn_doc *doc, struct scn_diag *d);
void scn_doc_clear(struct scn_doc *doc);
/* An empty one, to be filled by hand: a node of it, all zero. */
void scn_doc_init(struct scn_doc *doc);
struct scn_node *scn_doc_node(struct scn_doc *doc);

/* The value of @key in @map, or NULL. */
const struct scn_node *scn_node_get(const struct scn_node *map, const char *key);
/* Nothing was written: `sync:`, `~`, `null`. */
bool scn_node_is_null(const struct scn_node *n);
/* "a list", for messages. */
const char *scn_node_kind_text(const struct scn_node *n);
/* The node as one line of YAML. */
void scn_node_flow(GString *out, const struct scn_node *n);

#endif
