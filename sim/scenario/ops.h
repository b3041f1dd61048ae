/* SPDX-License-Identifier: MIT */
/*
 * The grammar of scenario files as tables: every step and every map with its
 * keys, their types, where they are stored and what they mean. The one source
 * of what is read, of the help in messages and of `iommusim explain`. What does
 * not live here: reading (load*.c).
 */
#ifndef SIM_SCENARIO_OPS_H
#define SIM_SCENARIO_OPS_H

#include "sim/scenario/scenario.h"

/* What a value is; the comment says where it is stored. */
enum scn_type {
	SCN_T_TEXT,	    /* char* */
	SCN_T_LINE,	    /* char*, no line break in it */
	SCN_T_TEXT_LIST,    /* GPtrArray* of char* */
	SCN_T_LABEL,	    /* char* */
	SCN_T_BOOL,	    /* bool */
	SCN_T_TRISTATE,	    /* int32_t, 0 or 1 */
	SCN_T_WORD,	    /* uint32_t or enum, one of the row's words */
	SCN_T_WORD_TEXT,    /* char*, one of the row's words */
	SCN_T_U32,	    /* uint32_t, within the row's min and max */
	SCN_T_COUNT,	    /* int64_t, within the row's min and max */
	SCN_T_NUMBER,	    /* uint64_t */
	SCN_T_PASID,	    /* uint32_t */
	SCN_T_ADDR,	    /* uint64_t */
	SCN_T_PAGE_ADDR,    /* uint64_t, a multiple of 4K */
	SCN_T_HPA,	    /* uint64_t */
	SCN_T_SIZE,	    /* uint64_t, not 0 */
	SCN_T_PAGE_SIZE,    /* uint64_t, not 0, a multiple of 4K */
	SCN_T_BYTES,	    /* uint64_t, may be 0 */
	SCN_T_GPA,	    /* struct scn_gpa */
	SCN_T_PAGE_GPA,	    /* struct scn_gpa, a multiple of 4K */
	SCN_T_VM,	    /* int32_t */
	SCN_T_DEV,	    /* int32_t */
	SCN_T_SPACE,	    /* int32_t */
	SCN_T_VM_NAME,	    /* char* */
	SCN_T_DEV_NAME,	    /* char* */
	SCN_T_VRID,	    /* uint32_t */
	SCN_T_REPEAT,	    /* uint32_t */
	SCN_T_TIMES,	    /* struct scn_step: repeat, repeat_any */
	SCN_T_RAW,	    /* GArray* of uint64_t */
	SCN_T_NEVER,	    /* uint32_t, bits of enum scn_kind */
	SCN_T_OVER,	    /* struct scn_budget */
	SCN_T_SOMETIMES,    /* struct scn_budget */
	SCN_T_EXPECT,	    /* struct scn_expect */
	SCN_T_INVALIDATE,   /* struct scn_step */
	SCN_T_AT,	    /* struct scn_step */
	SCN_T_LATER_STEP,   /* struct scn_step */
	SCN_T_OTHER,	    /* read by code of its own */
	SCN_T_NOT_MODELLED, /* in the language, not in this program yet */
	SCN_T_MAX,
};

struct scn_word {
	const char *name;
	uint32_t value;
};

struct scn_key {
	const char *name;
	enum scn_type type;
	bool required;
	uint16_t offset; /* into the struct that the row's table fills */
	uint16_t has; /* 1 + the offset of a bool that says the key was given; 0: there is none */
	const struct scn_word *words; /* allowed words, ended by a NULL name */
	uint64_t min, max;
	const char *instead; /* the key that may stand for a required one, NULL */
	const char *help;
};

/* The keys of one kind of map. */
struct scn_table {
	const char *what; /* "in 'unmap'": where a message places it */
	const struct scn_key *keys;
	unsigned cnt;
};

enum scn_body {
	SCN_BODY_STEP,	 /* keys go to struct scn_step */
	SCN_BODY_CMD,	 /* keys go to struct scn_cmd, those not in the table to its fields */
	SCN_BODY_BUDGET, /* keys go to the step's struct scn_budget */
};

struct scn_op_row {
	const char *name;
	enum scn_body body;
	bool needs_vm; /* a VM must follow from its keys */
	uint32_t perm; /* if none is given */
	uint32_t size; /* if none is given */
	struct scn_table table;
	const char *help;
};

/* What a type is called and looks like, for messages: "a size", "4K, 2M, 1G or 0x1000". */
struct scn_type_row {
	const char *name;
	const char *example;
};

const struct scn_op_row *scn_op_row(enum scn_op op);
const struct scn_type_row *scn_type_row(enum scn_type type);

extern const struct scn_table scn_step_table; /* keys that every step may carry */

extern const struct scn_table scn_cmd_table;	  /* struct scn_cmd */
extern const struct scn_table scn_outcome_table;  /* struct scn_outcome */
extern const struct scn_table scn_file_table;	  /* struct scn */
extern const struct scn_table scn_vm_table;	  /* struct scn_vm */
extern const struct scn_table scn_device_table;	  /* struct scn_device */
extern const struct scn_table scn_hardware_table; /* struct scn */
extern const struct scn_table scn_guest_table;	  /* struct scn */
extern const struct scn_table scn_geometry_table; /* struct scn_geometry */
extern const struct scn_table scn_expect_table;	  /* struct scn_budget */
extern const struct scn_table scn_fail_table;	  /* struct scn_fail */

extern const struct scn_word scn_kind_words[];
extern const struct scn_word scn_over_words[];
extern const struct scn_word scn_possible_words[];

#endif
