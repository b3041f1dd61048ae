/* SPDX-License-Identifier: MIT */
/*
 * The interrupt half of a DTE, its table and the cache of that (sections 1 and 5): what
 * becomes of a write to FEEx_xxxx. Formats are those of VirtualBox and Linux; entries of
 * the guest's virtual APIC (GuestMode) and filtered SMIs are not modelled.
 */
#include "amdvi.h"

/* The data of a message: which entry, and what sort of interrupt it is. */
#define MSI_INDEX    IMS_BITS(10, 0)
#define MSI_DELIVERY 10, 8
enum delivery { FIXED, ARBITRATED, SMI, NMI = 4, INIT, EINT = 7 };

enum { TABLE_LG2_MAX = 11, BASIC_BYTES = 4, WIDE_BYTES = 16 };

/* An entry of 32 bits, or the first word of 128 (with GAEn). */
#define IRTE_REMAP	 IMS_BIT(0)
#define IRTE_SUP_IOPF	 IMS_BIT(1)
#define IRTE_TYPE	 4, 2
#define IRTE_DM		 6, 6
#define IRTE_GUEST_MODE	 IMS_BIT(7)
#define IRTE_DEST	 15, 8
#define IRTE_VECTOR	 23, 16
#define IRTE_RESERVED	 IMS_BITS(31, 24)
#define IRTE_DEST_XT	 31, 8 /* of the first word, with XTEn */
#define IRTE_DEST_XT_HI	 63, 56
#define IRTE_VECTOR_WIDE 7, 0 /* of the second word */

struct way {
	struct ims_hw *hw;
	const struct ims_state *state;
	const struct ims_req *req;
	const uint64_t *dte;
	struct ims_path *path;
	bool wide; /* entries of 128 bits */
};

bool amdvi_is_interrupt(const struct ims_req *req)
{
	return req->kind == IMS_REQ_UNTRANSLATED && req->ctx == IMS_CTX_NONE &&
	       req->access == IMS_ACCESS_WRITE && req->addr >= AMDVI_INTERRUPTS_FIRST &&
	       req->addr <= AMDVI_INTERRUPTS_LAST;
}

static bool read_irte(const struct way *way, uint32_t index, uint64_t *irte)
{
	uint64_t table = ims_field_get(way->dte, AMDVI_DTE_INTROOT) << 6, at;

	if (way->wide)
		return ims_cfg_read(way->hw, table + (uint64_t)index * WIDE_BYTES, 2, irte);
	at = table + (uint64_t)index * BASIC_BYTES;
	if (!ims_cfg_read(way->hw, at & ~UINT64_C(7), 1, irte))
		return false;
	irte[0] = irte[0] >> (at & 4 ? 32 : 0) & UINT32_MAX;
	return true;
}

/* Legal: 0; else why not. Of an entry that does not remap nothing else is looked at. */
static uint16_t check_irte(const struct way *way, const uint64_t *irte)
{
	if (!(irte[0] & IRTE_REMAP))
		return AMDVI_F_IRTE_ABSENT;
	if (irte[0] & IRTE_GUEST_MODE)
		return way->wide ? IMS_FAULT_UNMODELLED : AMDVI_F_IRTE_RESERVED;
	if (!way->wide && (irte[0] & IRTE_RESERVED))
		return AMDVI_F_IRTE_RESERVED;
	return ims_bits_get(irte[0], IRTE_TYPE) > ARBITRATED ? AMDVI_F_IRTE_TYPE : 0;
}

/* The entry, cached (unless IRTCacheDis) or read; one that does not remap is not kept. */
static uint16_t find_irte(const struct way *way, uint32_t index, uint64_t *irte)
{
	struct ims_cfg_key key = { .src = way->req->src,
				   .ctx = IMS_CTX_NONE,
				   .part = (uint16_t)(index + 1) };
	bool caches = !(way->state->regs[AMDVI_R_CTRL] & AMDVI_CTRL_IRT_CACHE_DIS);
	const uint64_t *cached = caches ? ims_cfg_find(way->hw, AMDVI_IRT, &key) : NULL;
	uint16_t fault;

	if (cached) {
		irte[0] = cached[0];
		irte[1] = cached[1];
		return 0;
	}
	if (!read_irte(way, index, irte))
		return AMDVI_F_IRTE_ERROR;
	fault = check_irte(way, irte);
	if (!fault && caches)
		ims_cfg_fill(way->hw, AMDVI_IRT, &key, irte);
	return fault;
}

static uint64_t message_of(const struct way *way, const uint64_t *irte)
{
	uint64_t dest = ims_bits_get(irte[0], IRTE_DEST), vector;

	if (way->wide && (way->state->regs[AMDVI_R_CTRL] & AMDVI_CTRL_XT))
		dest = ims_bits_get(irte[0], IRTE_DEST_XT) | ims_bits_get(irte[1], IRTE_DEST_XT_HI)
								     << 24;
	vector = way->wide ? ims_bits_get(irte[1], IRTE_VECTOR_WIDE) :
			     ims_bits_get(irte[0], IRTE_VECTOR);
	return AMDVI_MESSAGE | dest | vector << AMDVI_MESSAGE_VECTOR |
	       ims_bits_get(irte[0], IRTE_TYPE) << AMDVI_MESSAGE_TYPE |
	       ims_bits_get(irte[0], IRTE_DM) << AMDVI_MESSAGE_DM;
}

static uint16_t remap(struct way *way)
{
	unsigned lg2 = (unsigned)ims_field_get(way->dte, AMDVI_DTE_INTTABLEN);
	uint32_t index = (uint32_t)(way->req->data & MSI_INDEX);
	uint64_t irte[2] = { 0 };
	uint16_t fault;

	if (lg2 > TABLE_LG2_MAX)
		return AMDVI_F_DTE_VALUE;
	if (index >> lg2)
		return AMDVI_F_IRTE_RANGE;
	way->wide = way->state->regs[AMDVI_R_CTRL] & AMDVI_CTRL_GA;
	fault = find_irte(way, index, irte);
	way->path->muted |= fault && (irte[0] & IRTE_SUP_IOPF);
	way->path->message = fault ? 0 : message_of(way, irte);
	return fault;
}

/* Fixed and arbitrated ones by IntCtl: 0 aborts, 1 forwards, 2 remaps. */
static uint16_t by_control(struct way *way)
{
	switch (ims_field_get(way->dte, AMDVI_DTE_INTCTL)) {
	case 0:
		return AMDVI_F_INTERRUPT;
	case 1:
		return 0;
	case 2:
		return remap(way);
	default:
		return AMDVI_F_DTE_VALUE;
	}
}

static uint16_t passes(const struct way *way, struct ims_field pass)
{
	return ims_field_get(way->dte, pass) ? 0 : AMDVI_F_INTERRUPT;
}

/*
 * IV = 0 leaves interrupts alone. IG mutes what is not mapped; SE and SA are of accesses
 * to memory (VirtualBox, whose test of IG is the wrong way round).
 */
uint16_t amdvi_interrupt(struct ims_hw *hw, const struct ims_req *req, const uint64_t *dte,
			 struct ims_path *path)
{
	const struct ims_state *s = ims_hw_state(hw);
	struct way way = { .hw = hw, .state = s, .req = req, .dte = dte, .path = path };

	path->stages = IMS_STAGES_ANSWERED;
	path->grant = IMS_W;
	path->interrupt = true;
	path->muted = false;
	if (!ims_field_get(dte, AMDVI_DTE_IV))
		return 0;
	if (s->params[AMDVI_K_DTE_CHECK] && (dte[2] & s->derived[AMDVI_D_DTE_INT]))
		return AMDVI_F_DTE_RESERVED;
	path->muted = ims_field_get(dte, AMDVI_DTE_IG);
	switch (ims_bits_get(req->data, MSI_DELIVERY)) {
	case FIXED:
	case ARBITRATED:
		return by_control(&way);
	case SMI:
		return IMS_FAULT_UNMODELLED;
	case NMI:
		return passes(&way, AMDVI_DTE_NMI);
	case INIT:
		return passes(&way, AMDVI_DTE_INIT);
	case EINT:
		return passes(&way, AMDVI_DTE_EINT);
	default:
		return AMDVI_F_INTERRUPT;
	}
}
