/* SPDX-License-Identifier: MIT */
/*
 * `sweep:`: its parameters and values, what they are used for, and the file as it reads at
 * one point: a tree of nodes of its own, in which every value is in its place and what is
 * for other points is left out. Typing that tree is the same as that of any file, and
 * every node keeps its place, so every error does.
 */
#ifndef SIM_SCENARIO_LOAD_SWEEP_H
#define SIM_SCENARIO_LOAD_SWEEP_H

#include "sim/scenario/load.h"

#define SCN_POINTS_MAX 4096u
/* Values that all points of a file have together: what it takes to read them. */
#define SCN_POINT_NODES_MAX 4000000u

struct scn_axis {
	const char *name; /* "host.atc", "form" */
	const struct scn_node *node;
	const struct scn_node *values; /* the first; scalars */
	uint32_t count;
	bool column; /* its name has a dot */
	bool used;
};

struct scn_sweep {
	GArray *axes;	 /* of struct scn_axis, in file order; the last one varies fastest */
	uint32_t points; /* 1 if there is no sweep */
};

/* Reads `sweep:`, and reports what is wrong with it and with every use of it in @root. */
void scn_sweep_read(struct scn_sweep *sweep, struct scn_loader *l, const struct scn_node *root);
void scn_sweep_clear(struct scn_sweep *sweep);

const struct scn_axis *scn_sweep_axis(const struct scn_sweep *sweep, const char *name);
/* The value of an axis at a point, from 0. */
const struct scn_node *scn_sweep_value(const struct scn_sweep *sweep, guint axis, uint32_t point);
/* "form=buggy, host.atc=drop"; to be freed. */
char *scn_sweep_text(const struct scn_sweep *sweep, uint32_t point);

/* ---- load_uses.c ---- */

/* Holds `when:` and `${}` of the file against its sweep, and marks what they use. */
void scn_sweep_uses(struct scn_sweep *sweep, struct scn_loader *l, const struct scn_node *root);
/* Length of the `${name}` at @text, 0 if there is none that ends; its name in @ret_name. */
size_t scn_sweep_use(const char *text, char **ret_name);

/* ---- load_point.c ---- */

/* The file at @point, its nodes in @doc. */
const struct scn_node *scn_sweep_point(const struct scn_sweep *sweep, struct scn_loader *l,
				       const struct scn_node *root, uint32_t point,
				       struct scn_doc *doc);

#endif
