/* SPDX-License-Identifier: MIT */
/*
 * Intel VT-d: how the unit of QEMU's q35 is programmed and what it tells. Sections are
 * those of the VT-d specification, revision 5.10.
 */
#include "tools/oracle/vtd.h"

#include "sim/core/bits.h"

/* Section 11.4; CAP_REG says where the fault recording registers are. */
enum {
	R_CAP = 0x08,
	R_ECAP = 0x10,
	R_GCMD = 0x18,
	R_GSTS = 0x1c,
	R_RTADDR = 0x20,
	R_FSTS = 0x34,
	R_IQH = 0x80,
	R_IQT = 0x88,
	R_IQA = 0x90,
};

#define TE   IMS_BIT(31)
#define SRTP IMS_BIT(30)
#define QIE  IMS_BIT(26)

#define FSTS_PFO IMS_BIT(0)
#define FSTS_PPF IMS_BIT(1)
#define FSTS_IQE IMS_BIT(4)

/* What a wait writes, and where the one that stands in for a refused command does. */
enum { SIGNAL = 0x51, STANDIN = 8 };

static const struct vtd_form {
	unsigned words, lg2; /* of a descriptor; log2 of its bytes */
} forms[] = { { 2, 4 }, { 4, 5 } };

static const struct vtd_form *form_of(const struct orc_program *p)
{
	return &forms[p->start[VTD_START_WIDE] ? 1 : 0];
}

static void put(struct orc_side *s, const struct orc_program *p, uint64_t slot,
		const uint64_t *words, unsigned count)
{
	const struct vtd_form *f = form_of(p);
	uint64_t at = ORC_AT_RING + (slot << f->lg2);

	for (unsigned i = 0; i < f->words; i++)
		s->mem_write(s, at + 8 * i, i < count ? words[i] : 0);
}

/* Section 6.5.2.9: a status write. */
static void put_wait(struct orc_side *s, const struct orc_program *p, uint64_t slot, uint64_t to)
{
	uint64_t words[2] = { (uint64_t)SIGNAL << 32 | 0x25, to };

	put(s, p, slot, words, 2);
}

/*
 * Section 6.5.2.11: a descriptor in error stays at the head until software has put
 * another in its place and cleared the bit. The tail is written anew, as QEMU goes on
 * at that alone.
 */
static void recover(struct orc_side *s, const struct orc_program *p, uint64_t head, uint64_t tail)
{
	put_wait(s, p, head >> form_of(p)->lg2, ORC_AT_STATUS + STANDIN);
	s->reg_write(s, R_FSTS, 4, FSTS_IQE);
	s->reg_write(s, R_IQT, 8, tail);
}

static void command(struct orc_side *s, const struct orc_program *p, const uint64_t *words,
		    unsigned count, struct orc_status *ret)
{
	unsigned lg2 = form_of(p)->lg2;
	uint64_t mask = (UINT64_C(0x1000) >> lg2) - 1;
	uint64_t slot = s->reg_read(s, R_IQT, 8) >> lg2, tail = ((slot + 2) & mask) << lg2;

	s->mem_write(s, ORC_AT_STATUS, 0);
	put(s, p, slot, words, count);
	put_wait(s, p, (slot + 1) & mask, ORC_AT_STATUS);
	s->reg_write(s, R_IQT, 8, tail);
	ret->error = s->reg_read(s, R_FSTS, 4) & FSTS_IQE;
	ret->head = s->reg_read(s, R_IQH, 8);
	ret->done = (s->mem_read(s, ORC_AT_STATUS) & 0xffffffff) == SIGNAL;
	if (!ret->error)
		return;
	recover(s, p, ret->head, tail);
	/* That it went on belongs to the comparison. */
	ret->head |= s->reg_read(s, R_IQH, 8) << 32;
}

static void start(struct orc_side *s, const struct orc_program *p)
{
	static const uint64_t all[2][4] = { { 0x11 }, { 0x12 } }; /* CC and IOTLB, global */
	struct orc_status status;

	s->reg_write(s, R_RTADDR, 8, p->start[VTD_START_ROOT]);
	s->reg_write(s, R_GCMD, 4, SRTP);
	s->reg_write(s, R_IQT, 8, 0);
	s->reg_write(s, R_IQA, 8, ORC_AT_RING | (p->start[VTD_START_WIDE] ? IMS_BIT(11) : 0));
	s->reg_write(s, R_GCMD, 4, QIE);
	for (unsigned i = 0; i < 2; i++)
		command(s, p, all[i], 4, &status);
	s->reg_write(s, R_GCMD, 4, QIE | TE);
}

/* QEMU empties its caches when translation is switched off, and takes QIE back behind a wait. */
static void stop(struct orc_side *s, const struct orc_program *p)
{
	struct orc_fault fault;

	vtd_fault_read(s, p, &fault);
	s->reg_write(s, R_GCMD, 4, QIE);
	s->reg_write(s, R_GCMD, 4, 0);
	s->reg_write(s, R_IQT, 8, 0);
	s->reg_write(s, R_RTADDR, 8, 0);
	s->reg_write(s, R_GCMD, 4, SRTP);
	for (unsigned i = 0; i < 0x1000; i += 8)
		s->mem_write(s, ORC_AT_RING + i, 0);
}

/* Section 11.4.7.6. PASID and PP are left out: docs/oracles.md. */
bool vtd_fault_read(struct orc_side *s, const struct orc_program *p, struct orc_fault *ret)
{
	uint64_t fsts = s->reg_read(s, R_FSTS, 4), at, low, high;

	(void)p;
	*ret = (struct orc_fault){ 0 };
	if (!(fsts & (FSTS_PPF | FSTS_PFO)))
		return false;
	at = ims_bits_get(s->reg_read(s, R_CAP, 8), 33, 24) * 16 + ims_bits_get(fsts, 15, 8) * 16;
	low = s->reg_read(s, (uint32_t)at, 8);
	high = s->reg_read(s, (uint32_t)at + 8, 8);
	s->reg_write(s, (uint32_t)at + 8, 8, IMS_BIT(63));
	if (fsts & FSTS_PFO)
		s->reg_write(s, R_FSTS, 4, FSTS_PFO);
	ret->code = (uint16_t)ims_bits_get(high, 39, 32);
	ret->detail[0] = low & IMS_BITS(47, 12);
	ret->detail[1] = high & 0xffff;
	ret->detail[2] = high >> 62 & 1; /* T1: a read */
	ret->detail[3] = fsts & FSTS_PFO;
	return true;
}

/* ---- configurations: capabilities as QEMU 10.0 reports them, hw/i386/intel_iommu.c vtd_cap_init() ---- */

/* clang-format off */
#define COMMON                                                                                     \
	{ VTD_P_VER, 1 }, { VTD_P_HAW, 48 }, { VTD_P_SAGAW, 6 }, { VTD_P_MGAW, 48 },              \
	{ VTD_P_ZLR, 0 }, { VTD_P_NFR, 0 }, { VTD_P_FS5LP, 0 }, { VTD_P_ESRTPS, 0 },              \
	{ VTD_P_C, 0 },   { VTD_P_EIM, 0 }, { VTD_P_SC, 0 },       \
	{ VTD_P_NEST, 0 }, { VTD_P_PRS, 0 }, { VTD_P_NWFS, 0 }, { VTD_P_EAFS, 0 },                 \
	{ VTD_P_PASID, 0 }, { VTD_P_DIT, 0 }, { VTD_P_PDS, 0 }, { VTD_P_SSADS, 0 },                \
	{ VTD_P_ADMS, 0 }, { VTD_P_SMS, 0 }, { VTD_K_AM_LIMIT, 1 },             \
	{ VTD_K_PT_LG2, 0 }

static const uint32_t legacy[][2] = {
	COMMON, { VTD_P_SMTS, 0 }, { VTD_P_SSTS, 0 }, { VTD_P_FSTS, 0 }, { VTD_P_SRS, 0 },
	{ VTD_P_PSS, 0 }, { VTD_P_RPS, 0 }, { VTD_P_SMPWC, 0 }, { VTD_P_FS1GP, 0 },
};
/* RPS and SMPWC: QEMU heeds RID_PASID and sets accessed bits without telling so. */
static const uint32_t second[][2] = {
	COMMON, { VTD_P_SSTS, 1 }, { VTD_P_FSTS, 0 }, { VTD_P_FS1GP, 0 },
};
static const uint32_t first[][2] = {
	COMMON, { VTD_P_SSTS, 0 }, { VTD_P_FSTS, 1 }, { VTD_P_SRS, 0 },
};

#define UNIT "intel-iommu,intremap=on,eim=off,device-iotlb=on,aw-bits=48"
static const char *const legacy_args[] = { "-M", "q35", "-device", UNIT, NULL };
static const char *const second_args[] = { "-M", "q35", "-device", UNIT ",x-scalable-mode=on", NULL };
static const char *const first_args[] = { "-M", "q35", "-device", UNIT ",x-scalable-mode=on,x-flts=on",
					  NULL };
/* clang-format on */

#define PARAMS(p) .params = (p), .params_count = sizeof(p) / sizeof((p)[0])

static const struct orc_config configs[] = {
	[VTD_LEGACY_MODE] = { .name = "legacy mode",
			      .args = legacy_args,
			      PARAMS(legacy),
			      .share = 40 },
	[VTD_SECOND_STAGE] = { .name = "scalable mode, second stage",
			       .args = second_args,
			       PARAMS(second),
			       .share = 15 },
	[VTD_FIRST_STAGE] = { .name = "scalable mode, first stage",
			      .args = first_args,
			      PARAMS(first),
			      .share = 45 },
};

static const uint8_t forgets[] = { VTD_CONTEXT, VTD_PASID, VTD_LEGACY };

/*
 * But where the registers are, and what QEMU does without saying so: ZLR of CAP; of ECAP
 * PSS, SMPWC and RPS.
 */
static const struct orc_says says[] = {
	{ R_CAP, ~(IMS_BITS(33, 24)) },
	{ R_ECAP, ~(IMS_BITS(17, 8) | IMS_BITS(39, 35) | IMS_BITS(49, 48)) },
};

const struct orc_vendor orc_vtd = {
	.name = "vtd",
	.model = &vtd_model,
	.board = ORC_BOARD_Q35,
	.mmio = 0xfed90000,
	.configs = configs,
	.configs_count = sizeof(configs) / sizeof(configs[0]),
	.may_set = IMS_BIT(5), /* accessed, section 3.6.2 */
	.forgets = forgets,
	.forgets_count = sizeof(forgets),
	.slots = { 4, 0x14 }, /* in both halves of a scalable-mode root entry */
	.says = says,
	.says_count = sizeof(says) / sizeof(says[0]),
	.known = vtd_known,
	.known_count = VTD_KNOWN,
	.generate = vtd_generate,
	.start = start,
	.stop = stop,
	.command = command,
	.fault = vtd_fault_read,
};
