/* SPDX-License-Identifier: MIT */
/*
 * SMMUv3: how the unit of QEMU's virt board is programmed and what it tells. Sections are
 * those of IHI 0070.
 */
#include "tools/oracle/smmuv3.h"

#include "models/smmuv3/commands.h"

/* Section 6.3; those of the Event queue are in page 1. */
enum {
	R_CR0 = 0x20,
	R_CR2 = 0x2c,
	R_GERROR = 0x60,
	R_GERRORN = 0x64,
	R_STRTAB_BASE = 0x80,
	R_STRTAB_CFG = 0x88,
	R_CMDQ_BASE = 0x90,
	R_CMDQ_PROD = 0x98,
	R_CMDQ_CONS = 0x9c,
	R_EVENTQ_BASE = 0xa0,
	R_EVENTQ_PROD = 0x100a8,
	R_EVENTQ_CONS = 0x100ac,
};

enum { RING_LG2 = 8, EVENTS_LG2 = 7, COMMAND = 16, EVENT = 32 };

#define INDEX(lg2) ((UINT64_C(1) << (lg2)) - 1)
#define WRAP(lg2)  ((UINT64_C(2) << (lg2)) - 1)

/* Section 4: SYNC that signals nothing, CFGI_ALL, TLBI_NSNH_ALL. */
static const uint64_t sync_words[2] = { 0x46, 0 }, all_config[2] = { 0x04, 31 },
		      all_pages[2] = { 0x30, 0 };

static void put(struct orc_side *s, uint64_t at, const uint64_t *words, unsigned count)
{
	at = SMMU_RAM + ORC_AT_RING + (at & INDEX(RING_LG2)) * COMMAND;
	s->mem_write(s, at, words[0]);
	s->mem_write(s, at + 8, count > 1 ? words[1] : 0);
}

static bool queue_error(struct orc_side *s)
{
	return (s->reg_read(s, R_GERROR, 4) ^ s->reg_read(s, R_GERRORN, 4)) & SMMU_GERROR_CMDQ;
}

/*
 * Section 7.1: CONS stays at a command in error until software has put another in its
 * place and acknowledged it; ERR counts while it is active alone.
 */
static void command(struct orc_side *s, const struct orc_program *p, const uint64_t *words,
		    unsigned count, struct orc_status *ret)
{
	uint64_t prod = s->reg_read(s, R_CMDQ_PROD, 4), to = (prod + 2) & WRAP(RING_LG2);

	(void)p;
	put(s, prod, words, count);
	put(s, prod + 1, sync_words, 2);
	s->reg_write(s, R_CMDQ_PROD, 4, to);
	ret->error = queue_error(s);
	ret->head = s->reg_read(s, R_CMDQ_CONS, 4);
	if (ret->error) {
		put(s, ret->head, sync_words, 2);
		s->reg_write(s, R_GERRORN, 4, s->reg_read(s, R_GERROR, 4));
		/* That it went on belongs to the comparison. */
		ret->head |= (s->reg_read(s, R_CMDQ_CONS, 4) & WRAP(RING_LG2)) << 32;
	} else {
		ret->head &= WRAP(RING_LG2);
	}
	ret->done = (s->reg_read(s, R_CMDQ_CONS, 4) & WRAP(RING_LG2)) == to && !queue_error(s);
}

static void start(struct orc_side *s, const struct orc_program *p)
{
	struct orc_status status;

	s->reg_write(s, R_STRTAB_BASE, 8, p->start[SMMU_START_BASE]);
	s->reg_write(s, R_STRTAB_CFG, 4, p->start[SMMU_START_CFG]);
	s->reg_write(s, R_CMDQ_BASE, 8, (SMMU_RAM + ORC_AT_RING) | RING_LG2);
	s->reg_write(s, R_CMDQ_PROD, 4, 0);
	s->reg_write(s, R_CMDQ_CONS, 4, 0);
	s->reg_write(s, R_EVENTQ_BASE, 8, (SMMU_RAM + ORC_AT_LOG) | EVENTS_LG2);
	s->reg_write(s, R_EVENTQ_PROD, 4, 0);
	s->reg_write(s, R_EVENTQ_CONS, 4, 0);
	s->reg_write(s, R_CR2, 4, SMMU_CR2_RECINVSID);
	s->reg_write(s, R_CR0, 4, SMMU_CR0_CMDQEN | SMMU_CR0_EVENTQEN);
	command(s, p, all_config, 2, &status);
	command(s, p, all_pages, 2, &status);
	s->reg_write(s, R_CR0, 4, SMMU_CR0_CMDQEN | SMMU_CR0_EVENTQEN | SMMU_CR0_SMMUEN);
}

static void stop(struct orc_side *s, const struct orc_program *p)
{
	struct orc_status status;

	command(s, p, all_config, 2, &status);
	command(s, p, all_pages, 2, &status);
	s->reg_write(s, R_GERRORN, 4, s->reg_read(s, R_GERROR, 4));
	s->reg_write(s, R_CR0, 4, 0);
	for (unsigned i = 0; i < 0x1000; i += 8)
		s->mem_write(s, SMMU_RAM + ORC_AT_RING + i, 0);
}

/* Section 7.3: what both must say, of those events that say it. */
static bool fault(struct orc_side *s, const struct orc_program *p, struct orc_fault *ret)
{
	uint64_t prod = s->reg_read(s, R_EVENTQ_PROD, 4), cons = s->reg_read(s, R_EVENTQ_CONS, 4);
	uint64_t at = SMMU_RAM + ORC_AT_LOG + (cons & INDEX(EVENTS_LG2)) * EVENT, d[4];

	(void)p;
	*ret = (struct orc_fault){ 0 };
	if (!((prod ^ cons) & WRAP(EVENTS_LG2)))
		return false;
	for (unsigned i = 0; i < 4; i++)
		d[i] = s->mem_read(s, at + 8 * i);
	s->reg_write(s, R_EVENTQ_CONS, 4, prod);
	ret->code = d[0] & 0xff;
	ret->detail[0] = d[0] >> 32; /* StreamID */
	if (ret->code < SMMU_E_TRANSLATION || ret->code > SMMU_E_PERMISSION)
		return true;
	ret->detail[1] = d[2];					  /* InputAddr */
	ret->detail[2] = d[1] & (IMS_BITS(41, 39) | IMS_BIT(35)); /* CLASS, S2, RnW */
	if (d[1] & IMS_BIT(39))
		ret->detail[3] = d[3] & IMS_BITS(51, 12); /* IPA */
	return true;
}

/* ---- configurations: what QEMU 10.0 reports, hw/arm/smmuv3.c smmuv3_init_id_regs() ---- */

/* clang-format off */
#define COMMON                                                                                     \
	{ SMMU_P_VERSION, 1 }, { SMMU_P_HTTU, 0 }, { SMMU_P_HYP, 0 }, { SMMU_P_ATS, 0 },           \
	{ SMMU_P_MSI, 0 }, { SMMU_P_SEV, 0 }, { SMMU_P_PRI, 0 }, { SMMU_P_VMW, 0 },                \
	{ SMMU_P_CD2L, 0 }, { SMMU_P_ATSRECERR, 0 }, { SMMU_P_STALL_MODEL, 1 },                    \
	{ SMMU_P_STALL_MAX, 0 }, { SMMU_P_TERM_MODEL, 1 }, { SMMU_P_SSIDSIZE, 0 },                 \
	{ SMMU_P_ATTR_PERMS_OVR, 0 }, { SMMU_P_ATTR_TYPES_OVR, 0 }, { SMMU_P_PPS, 0 },             \
	{ SMMU_P_FWB, 0 }, { SMMU_P_STT, 0 }, { SMMU_P_E0PD, 0 }, { SMMU_P_PTWNNC, 0 },            \
	{ SMMU_P_PASIDTT, 0 }, { SMMU_P_EPAN, 0 }, { SMMU_P_OAS, 4 }

static const uint32_t stage_1[][2] = { COMMON, { SMMU_P_S2P, 0 }, { SMMU_P_VMID16, 0 }, { SMMU_P_XNX, 0 } };
static const uint32_t stage_2[][2] = { COMMON, { SMMU_P_S1P, 0 }, { SMMU_P_ASID16, 0 }, { SMMU_P_HAD, 0 } };
static const uint32_t nested[][2] = { COMMON };

#define ARGS(stage)                                                                                \
	{ "-M", "virt,iommu=smmuv3,highmem=off", "-cpu", "cortex-a57", "-global",                  \
	  "arm-smmuv3.stage=" stage, NULL }
static const char *const args_1[] = ARGS("1");
static const char *const args_2[] = ARGS("2");
static const char *const args_nested[] = ARGS("nested");
/* clang-format on */

#define PARAMS(p) .params = (p), .params_count = sizeof(p) / sizeof((p)[0])

/* One QEMU each: its unit goes on with two levels once STRTAB_BASE_CFG.FMT has said so. */
#define CONFIGS(name_, args_, params_, share_, tlb_)                                               \
	{ .name = name_, .args = args_, PARAMS(params_), .share = (share_), .tlb = (tlb_) },       \
	{                                                                                          \
		.name = name_ ", two-level stream table", .args = args_, PARAMS(params_),          \
		.share = (share_), .tlb = (tlb_)                                                   \
	}

static const struct orc_config configs[] = {
	CONFIGS("stage 1", args_1, stage_1, 45, 0),
	CONFIGS("stage 2", args_2, stage_2, 25, 1 + SMMU_S2TLB),
	CONFIGS("nested", args_nested, nested, 30, 0),
};

static const uint8_t forgets[] = { SMMU_L1STD, SMMU_STE, SMMU_CD, SMMU_S2TLB };

const struct orc_vendor orc_smmuv3 = {
	.name = "smmuv3",
	.model = &smmuv3_model,
	.board = ORC_BOARD_VIRT,
	.mmio = 0x09050000,
	.ram = SMMU_RAM,
	.configs = configs,
	.configs_count = sizeof(configs) / sizeof(configs[0]),
	.walk_caches = true, /* leaves of stage 2 that lead to tables; */
	.shares = true,
	.no_steps = true, /* QEMU keeps nothing else of a walk */
	.forgets = forgets,
	.forgets_count = sizeof(forgets),
	.together = 3,	      /* QEMU keeps what they come to */
	.slots = { 4, 0x14 }, /* under different first-level descriptors */
	.known = smmu_known,
	.known_count = SMMU_KNOWN,
	.generate = smmu_generate,
	.start = start,
	.stop = stop,
	.command = command,
	.fault = fault,
};
