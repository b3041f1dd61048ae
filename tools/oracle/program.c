/* SPDX-License-Identifier: MIT */
/* Programs as lists, and what generators put into them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/core/prng.h"
#include "tools/oracle/oracle.h"

/* Room for one more; the tool has nothing to fall back to without memory. */
static void *room(void *list, unsigned count, unsigned *max, size_t each)
{
	if (count < *max)
		return list;
	*max = *max ? *max * 2 : 64;
	list = realloc(list, *max * each);
	if (!list) {
		fputs("iommusim-oracle: no memory\n", stderr);
		abort();
	}
	return list;
}

void orc_program_init(struct orc_program *p, uint64_t seed, uint32_t number)
{
	*p = (struct orc_program){ .seed = seed, .number = number };
	p->random = ims_mix(seed * UINT64_C(0x9e3779b97f4a7c15) + number + 1);
}

void orc_program_free(struct orc_program *p)
{
	free(p->ops);
	free(p->words);
	*p = (struct orc_program){ 0 };
}

uint32_t orc_below(struct orc_program *p, uint32_t bound)
{
	return ims_prng_below(&p->random, bound);
}

bool orc_often(struct orc_program *p, unsigned percent)
{
	return orc_below(p, 100) < percent;
}

static struct orc_op *add(struct orc_program *p, enum orc_op_kind kind, const char *what)
{
	struct orc_op *op;

	p->ops = room(p->ops, p->ops_count, &p->ops_room, sizeof(*p->ops));
	op = &p->ops[p->ops_count++];
	*op = (struct orc_op){ .kind = (uint8_t)kind, .what = what };
	return op;
}

void orc_put(struct orc_program *p, uint64_t at, uint64_t value, const char *what)
{
	struct orc_op *op = add(p, ORC_OP_WRITE, what);

	op->at = at;
	op->words[0] = value;
	op->count = 1;
	for (unsigned i = 0; i < p->words_count; i++)
		if (p->words[i].at == at) {
			p->words[i].value = value;
			return;
		}
	p->words = room(p->words, p->words_count, &p->words_room, sizeof(*p->words));
	p->words[p->words_count++] = (struct orc_word){ at, value };
}

uint64_t orc_word_get(const struct orc_program *p, uint64_t at)
{
	for (unsigned i = 0; i < p->words_count; i++)
		if (p->words[i].at == at)
			return p->words[i].value;
	return 0;
}

struct orc_op *orc_command(struct orc_program *p, const uint64_t *words, unsigned count,
			   const char *what)
{
	struct orc_op *op = add(p, ORC_OP_COMMAND, what);

	op->count = (uint8_t)count;
	memcpy(op->words, words, count * sizeof(*words));
	return op;
}

struct orc_op *orc_probe(struct orc_program *p, unsigned device, uint64_t iova, bool write,
			 const char *what)
{
	struct orc_op *op = add(p, ORC_OP_PROBE, what);

	op->device = (uint8_t)device;
	op->at = iova;
	op->write = write;
	return op;
}

void orc_lead(struct orc_op *op, uint64_t place)
{
	if (op->leads == ORC_LEADS) {
		memmove(op->lead, op->lead + 1, sizeof(op->lead) - sizeof(op->lead[0]));
		op->leads--;
	}
	op->lead[op->leads++] = place & ~UINT64_C(7);
}

uint64_t orc_pool(struct orc_program *p, unsigned pages)
{
	uint64_t at = p->pool;

	p->pool += (uint64_t)pages << 12;
	return at;
}

void orc_op_text(const struct orc_op *op, char *ret, size_t bytes)
{
	int n;

	switch (op->kind) {
	case ORC_OP_WRITE:
		snprintf(ret, bytes, "write  [0x%llx] = 0x%llx  %s", (unsigned long long)op->at,
			 (unsigned long long)op->words[0], op->what);
		break;
	case ORC_OP_COMMAND:
		n = snprintf(ret, bytes, "command");
		for (unsigned i = 0; i < op->count; i++)
			n += snprintf(ret + n, bytes - (size_t)n, " %016llx",
				      (unsigned long long)op->words[i]);
		snprintf(ret + n, bytes - (size_t)n, "  %s", op->what);
		break;
	default:
		snprintf(ret, bytes, "device %u %s 0x%llx  %s", op->device,
			 op->write ? "writes" : "reads", (unsigned long long)op->at, op->what);
		break;
	}
}
