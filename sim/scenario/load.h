/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the loader share. What does not live here: anything a
 * caller of scn_load() needs, which is scenario.h.
 */
#ifndef SIM_SCENARIO_LOAD_H
#define SIM_SCENARIO_LOAD_H

#include "sim/scenario/load_diag.h"
#include "sim/scenario/node.h"
#include "sim/scenario/ops.h"
#include "sim/scenario/scenario.h"

#define SCN_PAGE_BYTES 4096u
#define SCN_PASID_MAX  0xfffffu
#define SCN_NAME_MAX   64
#define SCN_NAME_HELP  "a name is a letter, then letters, digits, '-' and '_', 64 at most"
/* No IOMMU of the three reaches further. */
#define SCN_PHYS_BITS 52

enum scn_noun { SCN_NOUN_VM, SCN_NOUN_DEV, SCN_NOUN_SPACE, SCN_NOUN_PAGE, SCN_NOUN_MAX };

struct scn_loader {
	struct scn *s;
	struct scn_diag *d;
	const char *const *vendors;
	GHashTable *names;  /* name -> noun and index; looked up, never walked */
	GHashTable *labels; /* label -> 1 + index of its step */
	/*
	 * The VM that the step in hand acts in: the only one, or that of the
	 * first thing it names; -1 as long as it has named none.
	 */
	int32_t vm;
	const char *vm_by;    /* the name it follows from, NULL if there is one VM only */
	int32_t actor;	      /* whose steps are read, -1: of `steps:` */
	GArray *fixed;	      /* of struct scn_fixed: absolute guest addresses the file uses */
	bool policy;	      /* what is read is a policy file */
	GError *policy_error; /* NULL, or what is wrong with that */
};

struct scn_fixed {
	int32_t vm;
	uint64_t start, last;
};

/* ---- load_map.c ---- */

/* An error at a value, and at a key. */
struct scn_report *scn_bad_value(struct scn_loader *l, const struct scn_node *n, const char *fmt,
				 ...) G_GNUC_PRINTF(3, 4);
struct scn_report *scn_bad_key(struct scn_loader *l, const struct scn_node *n, const char *fmt, ...)
	G_GNUC_PRINTF(3, 4);

/* ---- load_types.c ---- */

enum scn_digits { SCN_DIGITS_OK, SCN_DIGITS_BAD, SCN_DIGITS_OCTAL, SCN_DIGITS_WIDE };

/* Hex or decimal, with K, M, G or T behind it if @units. */
enum scn_digits scn_parse_number(const char *text, bool units, uint64_t *ret_value);
bool scn_parse_bool(const char *text, bool *ret_value);
/* Reads @n as what @key says into @base; false after a report. */
bool scn_read_value(struct scn_loader *l, const struct scn_node *n, const struct scn_key *key,
		    void *base);
/* A number at a node that no table describes. */
bool scn_read_number(struct scn_loader *l, const struct scn_node *n, const char *what,
		     enum scn_type type, uint64_t *ret_value);
/* A scalar that is there; NULL after a report. */
const char *scn_read_scalar(struct scn_loader *l, const struct scn_node *n, const char *what,
			    enum scn_type type);

/* ---- load_map.c ---- */

/*
 * Reads the keys of @map that @table knows into @base, in the table's order,
 * and reports those that are missing. Unknown ones are scn_check_keys()'s.
 */
bool scn_read_map(struct scn_loader *l, const struct scn_node *map, const struct scn_table *table,
		  void *base, const struct scn_node *owner);
/* Reports keys of @map that neither @table nor @also (may be NULL) knows. */
void scn_check_keys(struct scn_loader *l, const struct scn_node *map, const struct scn_table *table,
		    const struct scn_table *also);
const struct scn_key *scn_find_key(const struct scn_table *table, const char *name);
/* Whether a key of @map that @table does not know looks like @name: then that is the error. */
bool scn_is_misspelt(const struct scn_node *map, const struct scn_table *table, const char *name);
void scn_not_modelled(struct scn_loader *l, const struct scn_node *n, const char *help);
/* @n must be a map (@list: a list); null counts as an empty one if @may_be_null. */
bool scn_want(struct scn_loader *l, const struct scn_node *n, enum scn_node_kind kind,
	      bool may_be_null, const char *what, const char *example);

/* ---- load_policy.c ---- */

void scn_read_policy(struct scn_loader *l, const struct scn_node *root);

/* ---- load_names.c ---- */

bool scn_name_ok(const char *name);
bool scn_declare(struct scn_loader *l, const char *name, struct scn_mark mark, uint32_t width,
		 enum scn_noun noun, int32_t index);
/* The index of a VM, device or space that is named; -1 after a report. It fixes l->vm. */
int32_t scn_resolve(struct scn_loader *l, const struct scn_node *n, enum scn_noun noun);
/* A gpa; names not seen before become pages of l->vm. */
bool scn_read_gpa(struct scn_loader *l, const struct scn_node *n, struct scn_gpa *ret);
/* Whether @text names a page that is declared or used above. */
bool scn_is_page(struct scn_loader *l, const char *text);
/* Reports what reaches beyond the named page. */
bool scn_check_span(struct scn_loader *l, const struct scn_node *n, const struct scn_gpa *gpa,
		    uint64_t size);
/* No named page shall lie in this range, if it is an absolute one of the step's VM. */
void scn_keep_clear(struct scn_loader *l, const struct scn_gpa *gpa, uint64_t size);
void scn_declare_page(struct scn_loader *l, const struct scn_node *n, int32_t vm);
/* Gives every named page its address, after all are known. */
void scn_place_pages(struct scn_loader *l);
int32_t scn_vm_of(const struct scn_loader *l, enum scn_noun noun, int32_t index);
const char *scn_name_of(const struct scn_loader *l, enum scn_noun noun, int32_t index);
/* "several VMs": true after a report if the step in hand has none. */
bool scn_lacks_vm(struct scn_loader *l, const struct scn_node *n, const char *help);

/* ---- load_actors.c ---- */

/* The file's steps or actors, and what their labels, `then`, `wait` and `inject` mean. */
void scn_read_actors(struct scn_loader *l, const struct scn_node *root);

/* ---- load_step.c, load_cmd.c, load_head.c, load_expect.c, load_free.c ---- */

/* One item of a list of steps. */
void scn_read_step(struct scn_loader *l, const struct scn_node *item);
bool scn_read_expect(struct scn_loader *l, const struct scn_node *n, struct scn_expect *expect);
bool scn_read_at(struct scn_loader *l, const struct scn_node *n, struct scn_step *step);
struct scn_cmd *scn_read_cmd(struct scn_loader *l, const struct scn_node *n,
			     const struct scn_table *also);
bool scn_read_invalidate(struct scn_loader *l, const struct scn_node *n, struct scn_step *step);
bool scn_read_ioctl(struct scn_loader *l, const struct scn_node *body, struct scn_step *step);
bool scn_read_raw(struct scn_loader *l, const struct scn_node *n, GArray **ret);
bool scn_read_never(struct scn_loader *l, const struct scn_node *n, uint32_t *ret_mask);
bool scn_read_sometimes(struct scn_loader *l, const struct scn_node *n, struct scn_budget *budget);
bool scn_read_over(struct scn_loader *l, const struct scn_node *n, struct scn_budget *budget);
void scn_read_head(struct scn_loader *l, const struct scn_node *root);
void scn_read_file_expect(struct scn_loader *l, const struct scn_node *n);

struct scn *scn_new(const char *file);
GArray *scn_columns_new(void); /* of struct scn_column */
void scn_cmd_free(struct scn_cmd *cmd);
void scn_ioctl_free(struct scn_ioctl *call);

#endif
