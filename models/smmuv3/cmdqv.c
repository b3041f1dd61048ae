/* SPDX-License-Identifier: MIT */
/*
 * The queues of a CMDQV and its functions, the VINTFs (sheet, section 9). A VCMDQ is a ring
 * like any other; of a VINTF that is not the host's (HYP_OWN = 0) it takes three commands
 * and SYNC, puts the VINTF's VMID in and the StreamID that SID_REPLACE has for the guest's.
 * An error is the queue's own: it stops, and the maps say so. Not modelled: the VINTFs'
 * logical views, which are the same registers at other offsets; CONS_INDX_BASE; interrupts.
 */
#include "smmuv3.h"
#include "cmdqv.h"

enum { OP_NH_ASID = 0x11, OP_NH_VA = 0x12, OP_ATC_INV = 0x40, OP_SYNC = 0x46 };

#define CMDQ_ERR   IMS_BIT(0) /* of GERROR */
#define ERR_REASON IMS_FIELD(30, 24)
#define INDEX	   IMS_BITS(19, 0)

/* What a unit keeps of it: ims_guest_words(). */
struct vintf {
	uint64_t config, errors; /* errors: of its queues, as bits by their number in it */
	uint64_t match[CMDQV_SIDS], replace[CMDQV_SIDS];
};

struct vcmdq {
	uint64_t alloc, on;
	uint64_t gerror, gerrorn, error;
};

struct cmdqv {
	uint64_t config;
	struct vintf vintf[CMDQV_VINTFS];
	struct vcmdq vcmdq[CMDQV_VCMDQS];
};
_Static_assert(sizeof(struct cmdqv) == CMDQV_WORDS * sizeof(uint64_t), "as announced");

static struct cmdqv *cmdqv_of(const struct ims_hw *hw)
{
	return (struct cmdqv *)(void *)ims_guest_words(hw);
}

static unsigned queues(const struct ims_hw *hw)
{
	return ims_hw_state_const(hw)->params[SMMU_P_VCMDQS];
}

static unsigned vintfs(const struct ims_hw *hw)
{
	return ims_hw_state_const(hw)->params[SMMU_P_VINTFS];
}

static unsigned ring_of(const struct ims_hw *hw, unsigned q)
{
	return ims_ring_guests(hw) + q;
}

/* The VINTF that a queue is allocated to, NULL. */
static struct vintf *vintf_of(const struct ims_hw *hw, unsigned q)
{
	struct cmdqv *c = cmdqv_of(hw);
	uint64_t alloc = c->vcmdq[q].alloc;
	unsigned v = (unsigned)ims_field_get(&alloc, CMDQV_VINTF);

	return (alloc & CMDQV_ALLOCATED) && v < vintfs(hw) ? &c->vintf[v] : NULL;
}

/* Whose a queue is, and whether it runs, by what the registers say now. */
static void settle(struct ims_hw *hw, unsigned q)
{
	struct cmdqv *c = cmdqv_of(hw);
	struct ims_state *s = ims_hw_state(hw);
	unsigned ring = ring_of(hw, q);
	uint32_t bit = UINT32_C(1) << ring, was = s->rings_on & bit;
	bool bare = ims_ring_owner(hw, ring) == IMS_OWNER_BARE, on = c->vcmdq[q].on;
	const struct vintf *v = vintf_of(hw, q);

	if (!bare) {
		on = on && v && (v->config & CMDQV_EN) && (c->config & CMDQV_EN);
		ims_ring_own(hw, ring,
			     v && !(v->config & CMDQV_HYP_OWN) ? (uint16_t)(v - c->vintf + 1) : 0);
	}
	s->rings_on = (s->rings_on & ~bit) | (on ? bit : 0);
	/* What a device has not answered is told at the next SYNC, whosever that is: t.c. */
	if (was && !on)
		ims_ring_settle(hw, ring);
	if (!was && on)
		ims_ring_tail_set(hw, ring, ims_ring_tail(hw, ring));
}

static void settle_all(struct ims_hw *hw)
{
	for (unsigned q = 0; q < queues(hw); q++)
		settle(hw, q);
}

/* ---- commands ---- */

static uint16_t refuse(const struct ims_hw *hw, enum smmu_param knob)
{
	return ims_hw_state_const(hw)->params[knob] ? IMS_CMD_VOID : SMMU_CERROR_ILL;
}

static uint16_t put_vmid(const struct ims_hw *hw, const struct vintf *v, uint64_t *words)
{
	const struct ims_field vmid = IMS_FIELD(47, 32);
	uint64_t own = ims_field_get(&v->config, CMDQV_VMID);

	if (ims_hw_state_const(hw)->params[SMMU_K_VCMDQ_VMID])
		return ims_field_get(words, vmid) == own ? 0 : SMMU_CERROR_ILL;
	ims_field_put(words, vmid, own);
	return 0;
}

static uint16_t put_sid(const struct ims_hw *hw, const struct vintf *v, uint64_t *words)
{
	for (unsigned i = 0; i < ims_hw_state_const(hw)->params[SMMU_P_VINTF_SIDS]; i++) {
		if (!(v->match[i] & CMDQV_EN) ||
		    ims_field_get(&v->match[i], CMDQV_VIRT_SID) != words[0] >> 32)
			continue;
		words[0] = (words[0] & UINT32_MAX) | v->replace[i] << 32;
		return 0;
	}
	return refuse(hw, SMMU_K_VCMDQ_SID);
}

uint16_t cmdqv_guest_command(struct ims_hw *hw, unsigned ring, uint64_t *words)
{
	uint16_t owner = ims_ring_owner(hw, ring);
	const struct vintf *v = owner == IMS_OWNER_BARE ? NULL : &cmdqv_of(hw)->vintf[owner - 1];
	unsigned op = words[0] & 0xff;

	if (op == OP_SYNC) {
		/* Polled by CONS; no message, no event (t.c: CS_NONE). */
		words[0] &= ~(IMS_BITS(63, 32) | IMS_BITS(13, 12));
		words[1] = 0;
		return 0;
	}
	if (op == OP_NH_ASID || op == OP_NH_VA)
		return v ? put_vmid(hw, v, words) : 0;
	if (op == OP_ATC_INV)
		return v ? put_sid(hw, v, words) : 0;
	return refuse(hw, SMMU_K_VCMDQ_OP);
}

/* ---- errors ---- */

static void tell(struct ims_hw *hw, unsigned q, bool error)
{
	struct vintf *v = vintf_of(hw, q);
	uint64_t alloc = cmdqv_of(hw)->vcmdq[q].alloc;
	uint64_t bit = IMS_BIT(ims_field_get(&alloc, CMDQV_LVCMDQ));

	if (v)
		v->errors = error ? v->errors | bit : v->errors & ~bit;
}

void cmdqv_stopped(struct ims_hw *hw, unsigned ring, uint16_t error)
{
	unsigned q = ring - ims_ring_guests(hw);
	struct vcmdq *c = &cmdqv_of(hw)->vcmdq[q];

	c->error = error;
	if (!((c->gerror ^ c->gerrorn) & CMDQ_ERR))
		c->gerror ^= CMDQ_ERR;
	tell(hw, q, true);
}

static void acknowledge(struct ims_hw *hw, unsigned q, uint64_t gerrorn)
{
	struct vcmdq *c = &cmdqv_of(hw)->vcmdq[q];
	bool active = (c->gerror ^ c->gerrorn) & CMDQ_ERR;

	c->gerrorn = gerrorn & CMDQ_ERR;
	if (!active || ((c->gerror ^ c->gerrorn) & CMDQ_ERR))
		return;
	c->error = 0;
	tell(hw, q, false);
	ims_ring_resume(hw, ring_of(hw, q));
}

/* ---- what the guest's driver does with its page ---- */

void cmdqv_guest_ring(struct ims_hw *hw, unsigned ring, bool on)
{
	unsigned q = ring - ims_ring_guests(hw);

	cmdqv_of(hw)->vcmdq[q].on = on;
	settle(hw, q);
}

/* Page 0; BASE is in page 1, which no guest has. */
bool cmdqv_guest_page(const struct ims_hw *hw, const struct ims_reg *r, unsigned *ret_ring,
		      uint32_t *ret_at)
{
	uint32_t first = CMDQV_AT + CMDQV_PAGE0_AT, offset = r->offset - first;

	if (r->offset < first || offset >> CMDQV_VCMDQ_LG2 >= queues(hw))
		return false;
	*ret_ring = ring_of(hw, offset >> CMDQV_VCMDQ_LG2);
	*ret_at = offset & ((1u << CMDQV_VCMDQ_LG2) - 1);
	return true;
}

void cmdqv_guest_ring_clear(struct ims_hw *hw, unsigned ring)
{
	unsigned q = ring - ims_ring_guests(hw);

	acknowledge(hw, q, cmdqv_of(hw)->vcmdq[q].gerror);
}

/* A SYNC in the SMMU's own queue hears of what is left in a queue that is off: t.c. */
void cmdqv_wait_done(struct ims_hw *hw, unsigned ring)
{
	for (unsigned q = 0; !ring && q < queues(hw); q++)
		if (!(ims_hw_state(hw)->rings_on >> ring_of(hw, q) & 1))
			ims_ring_forget(hw, ring_of(hw, q));
}

/* ---- registers ---- */

void cmdqv_ignored(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)hw;
	(void)r;
	(void)value;
}

uint64_t cmdqv_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	(void)r;
	return cmdqv_of(hw)->config;
}

void cmdqv_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r;
	cmdqv_of(hw)->config = value & CMDQV_EN;
	settle_all(hw);
}

/* SID_PER_VM_LOG2, VINTF_LOG2, VCMDQ_LOG2 and the version, 1. */
uint64_t cmdqv_param_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	const uint32_t *p = ims_hw_state_const(hw)->params;

	(void)r;
	return (uint64_t)__builtin_ctz(p[SMMU_P_VINTF_SIDS]) << 12 |
	       (uint64_t)__builtin_ctz(p[SMMU_P_VINTFS]) << 8 |
	       (uint64_t)__builtin_ctz(p[SMMU_P_VCMDQS]) << 4 | 1;
}

uint64_t cmdqv_vintfs_map_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	uint64_t map = 0;

	(void)r;
	for (unsigned v = 0; v < vintfs(hw); v++)
		map |= cmdqv_of(hw)->vintf[v].errors ? IMS_BIT(v) : 0;
	return map;
}

uint64_t cmdqv_cmdqs_map_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	uint64_t map = 0;

	(void)r;
	for (unsigned q = 0; q < queues(hw); q++)
		map |= cmdqv_of(hw)->vcmdq[q].error ? IMS_BIT(q) : 0;
	return map;
}

/* Registers of a VINTF or a queue that the unit does not have read as zero. */
static struct vintf *vintf_at(const struct ims_hw *hw, const struct ims_reg *r)
{
	unsigned v = (r->offset - CMDQV_AT - CMDQV_VINTF_AT) >> CMDQV_VINTF_LG2;

	return v < vintfs(hw) ? &cmdqv_of(hw)->vintf[v] : NULL;
}

static unsigned sid_at(const struct ims_reg *r)
{
	return r->offset / 4 % 16;
}

static unsigned queue_at(const struct ims_reg *r)
{
	uint32_t offset = r->offset - CMDQV_AT;

	if (offset < CMDQV_VINTF_AT)
		return (offset - 0x200) / 4;
	return (offset & (CMDQV_PAGE0_AT - 1)) >> CMDQV_VCMDQ_LG2;
}

static struct vcmdq *vcmdq_at(const struct ims_hw *hw, const struct ims_reg *r)
{
	return queue_at(r) < queues(hw) ? &cmdqv_of(hw)->vcmdq[queue_at(r)] : NULL;
}

uint64_t cmdqv_vintf_config_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	const struct vintf *v = vintf_at(hw, r);

	return v ? v->config : 0;
}

uint64_t cmdqv_vintf_status_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	const struct vintf *v = vintf_at(hw, r);

	return v ? v->config & CMDQV_EN : 0;
}

void cmdqv_vintf_config_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	struct vintf *v = vintf_at(hw, r);

	if (!v)
		return;
	v->config = value & IMS_BITS(17, 0);
	settle_all(hw);
}

uint64_t cmdqv_vintf_map_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	const struct vintf *v = vintf_at(hw, r);

	return v ? v->errors : 0;
}

static bool has_sid(const struct ims_hw *hw, const struct ims_reg *r)
{
	return vintf_at(hw, r) && sid_at(r) < ims_hw_state_const(hw)->params[SMMU_P_VINTF_SIDS];
}

uint64_t cmdqv_sid_match_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	return has_sid(hw, r) ? vintf_at(hw, r)->match[sid_at(r)] : 0;
}

void cmdqv_sid_match_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	if (has_sid(hw, r))
		vintf_at(hw, r)->match[sid_at(r)] = value & IMS_BITS(20, 0);
}

uint64_t cmdqv_sid_replace_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	return has_sid(hw, r) ? vintf_at(hw, r)->replace[sid_at(r)] : 0;
}

void cmdqv_sid_replace_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	if (has_sid(hw, r))
		vintf_at(hw, r)->replace[sid_at(r)] = value & UINT32_MAX;
}

uint64_t cmdqv_alloc_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	const struct vcmdq *c = vcmdq_at(hw, r);

	return c ? c->alloc : 0;
}

void cmdqv_alloc_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	struct vcmdq *c = vcmdq_at(hw, r);

	if (!c)
		return;
	c->alloc = value & (IMS_BITS(20, 15) | IMS_BITS(7, 0));
	settle(hw, queue_at(r));
}

uint64_t cmdqv_cons_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	const struct vcmdq *c = vcmdq_at(hw, r);

	return c ? ims_ring_head(hw, ring_of(hw, queue_at(r))) | c->error << 24 : 0;
}

void cmdqv_cons_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	const struct vcmdq *c = vcmdq_at(hw, r);

	if (c && !c->on)
		ims_ring_head_set(hw, ring_of(hw, queue_at(r)), (uint32_t)(value & INDEX));
}

uint64_t cmdqv_prod_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	return vcmdq_at(hw, r) ? ims_ring_tail(hw, ring_of(hw, queue_at(r))) : 0;
}

void cmdqv_prod_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	if (vcmdq_at(hw, r))
		ims_ring_tail_set(hw, ring_of(hw, queue_at(r)), (uint32_t)(value & INDEX));
}

uint64_t cmdqv_config_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	const struct vcmdq *c = vcmdq_at(hw, r);

	return c ? c->on : 0;
}

void cmdqv_config_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	struct vcmdq *c = vcmdq_at(hw, r);

	if (!c)
		return;
	c->on = value & CMDQV_EN;
	settle(hw, queue_at(r));
}

uint64_t cmdqv_status_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	return vcmdq_at(hw, r) ? ims_hw_state_const(hw)->rings_on >> ring_of(hw, queue_at(r)) & 1 :
				 0;
}

uint64_t cmdqv_gerror_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	const struct vcmdq *c = vcmdq_at(hw, r);

	return c ? c->gerror : 0;
}

uint64_t cmdqv_gerrorn_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	const struct vcmdq *c = vcmdq_at(hw, r);

	return c ? c->gerrorn : 0;
}

void cmdqv_gerrorn_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	if (vcmdq_at(hw, r))
		acknowledge(hw, queue_at(r), value);
}

uint64_t cmdqv_base_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	unsigned lg2;
	uint64_t base;

	if (!vcmdq_at(hw, r))
		return 0;
	base = ims_ring_base(hw, ring_of(hw, queue_at(r)), &lg2);
	return base | lg2;
}

void cmdqv_base_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	const struct vcmdq *c = vcmdq_at(hw, r);

	if (c && !c->on)
		smmu_ring_base(hw, ring_of(hw, queue_at(r)), value & IMS_BITS(47, 0));
}
