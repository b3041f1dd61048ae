/* SPDX-License-Identifier: MIT */
/*
 * QEMU as a second opinion. A program of memory words, register writes, commands and
 * requests of a device is made from a seed and given to both sides, word for word: to
 * QEMU over its qtest protocol, and to this project's model. What a request did, or which
 * fault was told, has to be what some legal execution of the model does: one that forgets
 * cached entries whenever it likes (docs/oracles.md).
 */
#ifndef TOOLS_ORACLE_ORACLE_H
#define TOOLS_ORACLE_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iommusim/model.h"

enum { ORC_EXIT_OK, ORC_EXIT_DIFFERS, ORC_EXIT_ERROR, ORC_EXIT_SKIPPED = 77 };

enum {
	ORC_WORDS = 8,	/* of a command */
	ORC_WATCH = 8,	/* table words looked at after a request */
	ORC_LEADS = 16, /* places that a request may lead to, besides those our side knows */
	ORC_DEVICES = 2,
	ORC_DETAILS = 4, /* of a fault record */
};

/* ---- a side: QEMU, or one execution of the model ---- */

struct orc_side {
	uint64_t (*reg_read)(struct orc_side *s, uint32_t offset, unsigned bytes);
	void (*reg_write)(struct orc_side *s, uint32_t offset, unsigned bytes, uint64_t value);
	uint64_t (*mem_read)(struct orc_side *s, uint64_t pa);
	void (*mem_write)(struct orc_side *s, uint64_t pa, uint64_t value);
};

/* ---- programs ---- */

enum orc_op_kind {
	ORC_OP_WRITE,	/* words[0] to memory at `at` */
	ORC_OP_COMMAND, /* words[0..count) through the queue, and a wait behind them */
	ORC_OP_PROBE,	/* a device reads or writes eight bytes at `at` */
};

struct orc_op {
	uint8_t kind, count, device;
	bool write;	 /* of a probe */
	uint8_t watched; /* table words whose value counts after a probe */
	uint8_t leads;
	uint64_t at;
	uint64_t words[ORC_WORDS];
	uint64_t watch[ORC_WATCH];
	uint64_t lead[ORC_LEADS];
	const char *what; /* for people; static */
};

/* What memory holds as the program leaves it. */
struct orc_word {
	uint64_t at, value;
};

struct orc_program {
	uint64_t seed;
	uint32_t number;
	unsigned config;   /* of the vendor's */
	uint64_t start[8]; /* the vendor's own, for start() */
	struct orc_op *ops;
	unsigned ops_count, ops_room;
	unsigned setup; /* the first ops, before translation is enabled */
	struct orc_word *words;
	unsigned words_count, words_room;
	bool follows;  /* tables may be written by requests that fail: orc_vendor.may_set */
	uint64_t pool; /* next free page for tables */
	uint64_t random;
};

/* Addresses both sides have in common, from the start of RAM. */
enum {
	ORC_AT_POOL = 0x01000000, /* tables */
	ORC_AT_RING = 0x02000000,
	ORC_AT_STATUS = 0x02010000, /* what a wait writes */
	ORC_AT_HOME = 0x02020000,   /* a page that every table maps at its own address */
	ORC_AT_LOG = 0x02040000,    /* records of faults, if memory has them */
	ORC_AT_DATA = 0x04000000,   /* frames, to the end */
	ORC_RAM = 0x10000000,
};

void orc_program_init(struct orc_program *p, uint64_t seed, uint32_t number);
void orc_program_free(struct orc_program *p);
/* What a generator is made of. The words are remembered: orc_word_get() is what the program has written. */
void orc_put(struct orc_program *p, uint64_t at, uint64_t value, const char *what);
uint64_t orc_word_get(const struct orc_program *p, uint64_t at);
struct orc_op *orc_command(struct orc_program *p, const uint64_t *words, unsigned count,
			   const char *what);
struct orc_op *orc_probe(struct orc_program *p, unsigned device, uint64_t iova, bool write,
			 const char *what);
/*
 * Places that a request may lead to where QEMU is wrong, so that it is seen: the frames its
 * address had at one time or another. The newest stay.
 */
void orc_lead(struct orc_op *op, uint64_t place);
uint64_t orc_pool(struct orc_program *p, unsigned pages);
uint32_t orc_below(struct orc_program *p, uint32_t bound);
/* True @percent times in a hundred. */
bool orc_often(struct orc_program *p, unsigned percent);
void orc_op_text(const struct orc_op *op, char *ret, size_t bytes);

/* ---- outcomes ---- */

enum orc_kind {
	ORC_DONE,    /* data went to or came from `place` */
	ORC_BLOCKED, /* nothing happened, and nothing was told */
	ORC_FAULT,   /* a fault was told */
	ORC_LOST,    /* something happened, in no place that is known */
	ORC_UNSEEN,  /* no fault was told; where it went cannot be seen */
	ORC_KINDS
};
extern const char *const orc_kind_names[ORC_KINDS];

/* A fault as software reads it; `detail` has what both sides must agree on besides. */
struct orc_fault {
	uint16_t code;
	uint64_t detail[ORC_DETAILS];
};

struct orc_outcome {
	uint8_t kind; /* enum orc_kind */
	bool stale;   /* of ours: not what the tables say now */
	uint16_t why; /* of ours: the model's own code, told or not */
	uint64_t place;
	struct orc_fault fault;
	uint64_t watch[ORC_WATCH];
	uint64_t may_set; /* bits of them that count only where the request was done */
};

/* How a command ended. */
struct orc_status {
	bool error, done; /* the queue stopped; the wait was signalled */
	uint64_t head;
};

bool orc_outcome_same(const struct orc_outcome *a, const struct orc_outcome *b, unsigned watched);
void orc_outcome_text(const struct ims_model *m, const struct orc_outcome *o, unsigned watched,
		      char *ret, size_t bytes);

/* ---- known differences ---- */

/* One disagreement, as a row's predicate sees it. */
struct orc_case {
	const struct orc_program *program;
	const struct orc_op *op; /* the step, or what belongs to it */
	unsigned step;		 /* its number: those below it were done */
	/* Of a probe: all that our side may answer, the most retentive first. */
	const struct orc_outcome *ours;
	unsigned ours_count;
	const struct orc_outcome *theirs;
	/* Of a command. */
	const struct orc_status *our_status, *their_status;
	uint64_t (*word)(const struct orc_case *c, uint64_t at); /* memory before the request */
	void *arg;
};

struct orc_known {
	const char *id;
	const char *qemu;	   /* versions it was seen in, "10.0.2" */
	unsigned first, last;	   /* of QEMU, major * 1000000 + minor * 1000 + patch */
	const char *theirs, *ours; /* what each side does */
	const char *source;	   /* section that decides for ours */
	bool (*is)(const struct orc_case *c);
};

/* The row that explains a disagreement, -1: none. */
int orc_known_find(const struct orc_known *rows, unsigned count, unsigned qemu,
		   const struct orc_case *c);

/* ---- vendors ---- */

struct orc_config {
	const char *name;
	const char *const *args;     /* of QEMU, NULL ends them */
	const uint32_t (*params)[2]; /* parameters of the model that differ from its defaults */
	unsigned params_count;
	uint8_t tlb;	/* 1 + the cache of its translations; 0: the model's IOTLB */
	unsigned share; /* of the programs, in parts of the sum */
};

enum orc_board { ORC_BOARD_Q35, ORC_BOARD_VIRT };

/* What a unit says of itself: these bits must be the same on both sides. */
struct orc_says {
	uint32_t offset;
	uint64_t mask;
};

struct orc_vendor {
	const char *name;
	const struct ims_model *model;
	enum orc_board board;
	uint64_t mmio;
	uint64_t ram; /* where it begins */
	const struct orc_config *configs;
	unsigned configs_count;
	uint8_t fragment_lg2; /* as in struct ims_unit_config: QEMU keeps at most this much in an entry */
	bool walk_caches;
	bool no_steps; /* of these the leaves of one stage alone, which have a cache of their own */
	bool shares; /* devices of a tag share its translations in QEMU too; else each has its own */
	bool keeps_denied; /* a walk that ends in a fault may be kept: the model alone would not */
	uint64_t may_set;  /* bits of table words that a request which fails may set or not */
	bool coexist; /* QEMU finds pages without the structures: older copies of these serve on */
	const uint8_t *forgets; /* caches of configuration structures, each forgotten for itself */
	unsigned forgets_count;
	unsigned together;	    /* the first so many of them are forgotten at once, or none */
	uint8_t slots[ORC_DEVICES]; /* of the devices on bus 0, function 0 */
	const struct orc_says *says;
	unsigned says_count;
	const struct orc_known *known;
	unsigned known_count;
	void (*generate)(struct orc_program *p);
	/* From a unit that does nothing to one that translates; and back to one that holds nothing. */
	void (*start)(struct orc_side *s, const struct orc_program *p);
	void (*stop)(struct orc_side *s, const struct orc_program *p);
	/* Puts a command and a wait into the queue and lets the unit run. */
	void (*command)(struct orc_side *s, const struct orc_program *p, const uint64_t *words,
			unsigned count, struct orc_status *ret);
	/* Reads a fault that was told, if there is one, and clears it. */
	bool (*fault)(struct orc_side *s, const struct orc_program *p, struct orc_fault *ret);
};

extern const struct orc_vendor *const orc_vendors[];

static inline uint32_t orc_src(const struct orc_vendor *v, unsigned device)
{
	return (uint32_t)v->slots[device] << 3;
}

/* ---- running ---- */

enum { ORC_KNOWN_MAX = 48, ORC_CODES = 64, ORC_TEXT = 6000 };

/* What was seen; flat, so that processes share it. */
struct orc_stats {
	uint64_t comparisons, uncounted;
	uint64_t outcome[ORC_KINDS];
	uint64_t fresh, stale; /* of what was done */
	uint64_t faults, after_command;
	uint64_t reads_unseen;
	uint64_t commands, commands_refused;
	uint64_t programs, ended_early, vague;
	uint64_t known[ORC_KNOWN_MAX];
	uint64_t by_config[8];
	struct {
		uint16_t code;
		uint64_t count;
	} codes[ORC_CODES];
	unsigned differences; /* 1: `text` tells of it */
	bool broken;	      /* QEMU failed: `text` says how */
	char text[ORC_TEXT];
};

void orc_stats_add(struct orc_stats *to, const struct orc_stats *from);
/* Prints the report; false: a known difference does not reproduce, or is too frequent. */
bool orc_report(const struct orc_vendor *v, const struct orc_stats *s, unsigned qemu, bool whole,
		double seconds);

struct orc_options {
	const struct orc_vendor *vendor;
	uint64_t seed;
	uint64_t comparisons;
	int64_t program; /* -1: all */
	unsigned jobs;
	bool verbose;
	const char *qemu; /* path of the binary */
	unsigned version;
	char binary[4096];
};

struct orc_qemu;
/* Starts one; NULL, and @ret_why says why. */
struct orc_qemu *orc_qemu_start(const struct orc_options *o, unsigned config, char *ret_why,
				size_t bytes);
void orc_qemu_end(struct orc_qemu *q);
struct orc_side *orc_qemu_side(struct orc_qemu *q);
/* Its text if it broke down, else NULL. */
const char *orc_qemu_broken(const struct orc_qemu *q);
/* One DMA of eight bytes; it is over when this returns. */
void orc_qemu_dma(struct orc_qemu *q, unsigned device, uint64_t iova, bool write);
/* Version of a binary, 0: it cannot be run. */
unsigned orc_qemu_version(const char *binary);

/* Runs a program on both sides. False: it ended before its end. */
bool orc_run(const struct orc_options *o, const struct orc_program *p, struct orc_qemu *q,
	     struct orc_stats *s);

#endif
