/* SPDX-License-Identifier: MIT */
/*
 * AMD-Vi: how the unit of QEMU's q35 is programmed and what it tells. Sections are those
 * of the reference sheet that models/amdvi stands on.
 */
#include "tools/oracle/amdvi.h"

#include "sim/core/bits.h"

/* Section 7. */
enum {
	R_DEVTAB = 0x00,
	R_CMDBUF = 0x08,
	R_EVTLOG = 0x10,
	R_CTRL = 0x18,
	R_EFR = 0x30,
	R_CMD_HEAD = 0x2000,
	R_CMD_TAIL = 0x2008,
	R_EVT_HEAD = 0x2010,
	R_EVT_TAIL = 0x2018,
	R_STATUS = 0x2020,
};

#define LENGTH	(UINT64_C(8) << 56) /* of both buffers: 256 entries */
#define ALL	(UINT64_C(8) << 60) /* INVALIDATE_IOMMU_ALL */
#define WAIT	(UINT64_C(1) << 60 | 1)
#define DEVICES UINT64_C(1) /* of the device table: 8 KiB */

enum { COMMAND = 16, SIGNAL = 0x51 };

static void put(struct orc_side *s, uint64_t slot, uint64_t low, uint64_t high)
{
	s->mem_write(s, ORC_AT_RING + slot * COMMAND, low);
	s->mem_write(s, ORC_AT_RING + slot * COMMAND + 8, high);
}

static void command(struct orc_side *s, const struct orc_program *p, const uint64_t *words,
		    unsigned count, struct orc_status *ret)
{
	uint64_t slot = s->reg_read(s, R_CMD_TAIL, 8) / COMMAND;

	(void)p;
	s->mem_write(s, ORC_AT_STATUS, 0);
	put(s, slot, words[0], count > 1 ? words[1] : 0);
	put(s, (slot + 1) & 0xff, WAIT | ORC_AT_STATUS, SIGNAL);
	s->reg_write(s, R_CMD_TAIL, 8, ((slot + 2) & 0xff) * COMMAND);
	ret->error = !(s->reg_read(s, R_STATUS, 8) & AMDVI_STATUS_CMD_RUN);
	ret->head = s->reg_read(s, R_CMD_HEAD, 8);
	ret->done = s->mem_read(s, ORC_AT_STATUS) == SIGNAL;
}

static void start(struct orc_side *s, const struct orc_program *p)
{
	static const uint64_t all[2] = { ALL, 0 };
	struct orc_status status;

	s->reg_write(s, R_DEVTAB, 8, p->start[AMDVI_START_TABLE] | DEVICES);
	s->reg_write(s, R_CMDBUF, 8, ORC_AT_RING | LENGTH);
	s->reg_write(s, R_EVTLOG, 8, ORC_AT_LOG | LENGTH);
	s->reg_write(s, R_CMD_HEAD, 8, 0);
	s->reg_write(s, R_CMD_TAIL, 8, 0);
	s->reg_write(s, R_EVT_HEAD, 8, 0);
	s->reg_write(s, R_EVT_TAIL, 8, 0);
	s->reg_write(s, R_CTRL, 8,
		     AMDVI_CTRL_EN | AMDVI_CTRL_CMD_BUF |
			     (p->config == AMDVI_EVENTS ? AMDVI_CTRL_EVT_LOG : 0));
	command(s, p, all, 2, &status);
}

static void stop(struct orc_side *s, const struct orc_program *p)
{
	static const uint64_t all[2] = { ALL, 0 };
	struct orc_status status;

	command(s, p, all, 2, &status);
	s->reg_write(s, R_CTRL, 8, 0);
	for (unsigned i = 0; i < 0x1000; i += 8)
		s->mem_write(s, ORC_AT_RING + i, 0);
}

/* Section 4. In most programs the log is off: QEMU 10.0 never writes it, see amdvi_known. */
static bool fault(struct orc_side *s, const struct orc_program *p, struct orc_fault *ret)
{
	uint64_t head, tail, low;

	*ret = (struct orc_fault){ 0 };
	if (p->config != AMDVI_EVENTS)
		return false;
	head = s->reg_read(s, R_EVT_HEAD, 8);
	tail = s->reg_read(s, R_EVT_TAIL, 8);
	if (head == tail)
		return false;
	low = s->mem_read(s, ORC_AT_LOG + head);
	ret->code = (uint16_t)ims_bits_get(low, 63, 60);
	ret->detail[0] = s->mem_read(s, ORC_AT_LOG + head + 8);
	ret->detail[1] = low & 0xffff;
	ret->detail[2] = ims_bits_get(low, 59, 48);
	s->reg_write(s, R_EVT_HEAD, 8, tail);
	return true;
}

static const uint32_t params[][2] = { { AMDVI_P_NP_CACHE, 0 } };
/* pt=off: with it on, the default, QEMU 10.0 remaps no DMA at all. */
static const char *const args[] = { "-M", "q35", "-device", "amd-iommu,pt=off", NULL };

static const struct orc_config configs[] = {
	[AMDVI_QUIET] = { .name = "host tables", .args = args, .params = params, .share = 97 },
	[AMDVI_EVENTS] = { .name = "host tables, with the event log",
			   .args = args,
			   .params = params,
			   .share = 3 },
};

static const uint8_t forgets[] = { AMDVI_DTC };

/* EFR: features that nothing here uses are left out. */
static const struct orc_says says[] = {
	{ R_EFR, IMS_BITS(1, 0) | IMS_BIT(4) | IMS_BITS(8, 6) | IMS_BITS(11, 10) },
};

const struct orc_vendor orc_amdvi = {
	.name = "amdvi",
	.model = &amdvi_model,
	.board = ORC_BOARD_Q35,
	.mmio = 0xfed80000,
	.configs = configs,
	.configs_count = sizeof(configs) / sizeof(configs[0]),
	.fragment_lg2 = 12, /* QEMU keeps pages of 4 KiB of any leaf */
	.keeps_denied = true,
	.coexist = true,
	.forgets = forgets,
	.forgets_count = sizeof(forgets),
	.slots = { 4, 6 },
	.says = says,
	.says_count = sizeof(says) / sizeof(says[0]),
	.known = amdvi_known,
	.known_count = AMDVI_KNOWN,
	.generate = amdvi_generate,
	.start = start,
	.stop = stop,
	.command = command,
	.fault = fault,
};
