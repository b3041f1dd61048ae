/* SPDX-License-Identifier: MIT */
/*
 * Stream table, CD tables and the caches of both: sections 5.1, 5.2 and 5.3. What was
 * fetched is cached whatever it says; what could not be fetched is not.
 */
#include "smmuv3.h"

#define STE(name) ims_field_get(way->ste, SMMU_STE_##name)

/* Whether what faults is kept is the hardware's choice; what is kept has its fault with it. */
static void keep(struct smmu_way *way, enum smmu_cache cache, struct ims_cfg_key key,
		 const uint64_t *words)
{
	key.negative = words[SMMU_FAULT_WORD] != 0;
	if (!key.negative || way->state->params[SMMU_K_NEGATIVE])
		ims_cfg_fill(way->hw, cache, &key, words);
}

static bool known(struct smmu_way *way, enum smmu_cache cache, const struct ims_cfg_key *key,
		  uint64_t *words)
{
	const uint64_t *cached = ims_cfg_find(way->hw, cache, key);

	for (unsigned i = 0; cached && i < SMMU_CACHED_WORDS; i++)
		words[i] = cached[i];
	return cached;
}

/* Where it could not be read is in the record. */
static bool fetch(struct smmu_way *way, uint64_t at, unsigned count, uint64_t *ret_words)
{
	way->path->failed_at = at;
	return ims_cfg_read(way->hw, at, count, ret_words);
}

/* ---- the stream table ---- */

/*
 * Section 5.2, CONT: an entry that says so is the entry of every StreamID in its aligned
 * span. How far it is heeded is the hardware's choice; it is cached under its own StreamID.
 */
static bool by_neighbour(struct smmu_way *way)
{
	uint32_t sid = way->req->src, span = 1u << way->state->params[SMMU_K_CONT];

	for (uint32_t i = 1; i < span; i++) {
		struct ims_cfg_key key = { .src = sid ^ i, .ctx = IMS_CTX_NONE };

		if (known(way, SMMU_STE, &key, way->ste) && i >> STE(CONT) == 0)
			return true;
	}
	return false;
}

/* Level-1 descriptor: span n leads to 2^(n - 1) entries, 0 and what is too large to none. */
static uint16_t second_level(struct smmu_way *way, uint64_t base, uint64_t *ret_at)
{
	unsigned split = (unsigned)way->state->derived[SMMU_D_SPLIT], span;
	uint32_t sid = way->req->src, inside = sid & ((1u << split) - 1);
	struct ims_cfg_key key = { .src = sid - inside, .ctx = IMS_CTX_NONE };
	const uint64_t *cached = ims_cfg_find(way->hw, SMMU_L1STD, &key);
	uint64_t l1, low;

	if (cached) {
		l1 = *cached;
	} else {
		if (!fetch(way, base + (uint64_t)(sid >> split) * 8, 1, &l1))
			return SMMU_E_STE_FETCH;
		ims_cfg_fill(way->hw, SMMU_L1STD, &key, &l1);
	}
	span = (unsigned)ims_bits_get(l1, 4, 0);
	if (!span || span > 11 || span > split + 1 || inside >> (span - 1))
		return SMMU_E_BAD_STREAMID;
	low = (UINT64_C(64) << (span - 1)) - 1;
	*ret_at = (l1 & SMMU_ADDR(6) & ~low) + (uint64_t)inside * 64;
	return 0;
}

/* The base is aligned to the table by hardware: section 6.3.24. */
static uint64_t table_base(const struct smmu_way *way)
{
	const struct ims_state *s = way->state;
	const uint64_t *cfg = &s->regs[SMMU_R_STRTAB_BASE_CFG];
	uint64_t log2size = ims_field_get(cfg, SMMU_CFG_LOG2SIZE);
	unsigned split = (unsigned)s->derived[SMMU_D_SPLIT], top = (unsigned)log2size + 5;

	if (split) {
		top = log2size > split ? (unsigned)(log2size - split) + 2 : 5;
		top = top < 5 ? 5 : top;
	}
	return ims_cfg_root(way->hw) & SMMU_ADDR(6) & ~IMS_BITS(top > 63 ? 63 : top, 0);
}

uint16_t smmu_find_ste(struct smmu_way *way)
{
	const struct ims_state *s = way->state;
	struct ims_cfg_key key = { .src = way->req->src, .ctx = IMS_CTX_NONE };
	uint64_t at = table_base(way) + (uint64_t)way->req->src * 64;
	uint16_t fault = 0;

	if ((uint64_t)way->req->src >> s->derived[SMMU_D_SIDS])
		return SMMU_E_BAD_STREAMID;
	if (known(way, SMMU_STE, &key, way->ste) || (s->params[SMMU_K_CONT] && by_neighbour(way)))
		return (uint16_t)way->ste[SMMU_FAULT_WORD];
	if (s->derived[SMMU_D_SPLIT])
		fault = second_level(way, table_base(way), &at);
	if (fault)
		return fault;
	if (!fetch(way, at, SMMU_ENTRY_WORDS, way->ste))
		return SMMU_E_STE_FETCH;
	way->ste[SMMU_FAULT_WORD] = smmu_check_ste(s, way->ste);
	keep(way, SMMU_STE, key, way->ste);
	return (uint16_t)way->ste[SMMU_FAULT_WORD];
}

/* ---- CDs ---- */

/* From an address that a structure holds to where it is: an IPA where there is a stage 2. */
static uint16_t reach(struct smmu_way *way, uint64_t addr, uint64_t *ret_at)
{
	struct ims_path s2;
	uint16_t fault;

	*ret_at = addr;
	if (!(STE(CONFIG) & SMMU_CONFIG_S2))
		return 0;
	s2 = *way->path;
	s2.stages = IMS_STAGES_2;
	s2.ctx = IMS_CTX_NONE;
	s2.ctx_global = 0;
	s2.cls = SMMU_CLASS_S2;
	fault = ims_cfg_through(way->hw, way->req, &s2, addr, ret_at);
	way->path->failed_mid = addr;
	way->path->failed_at = s2.failed_at;
	return fault;
}

/* Of two-level tables: where the second one has the CD, of 64 or 1024. */
static uint16_t second_table(struct smmu_way *way, uint64_t base, uint32_t ssid, uint64_t *ret_at)
{
	unsigned lg2 = STE(S1FMT) == 1 ? 6 : 10;
	uint32_t inside = ssid & ((1u << lg2) - 1);
	struct ims_cfg_key key = { .src = way->req->src,
				   .ctx = ssid - inside,
				   .cls = lg2 == 6 ? SMMU_L1CD_OF_64 : SMMU_L1CD_OF_1024 };
	const uint64_t *cached = ims_cfg_find(way->hw, SMMU_L1CD, &key);
	uint64_t l1, at;
	uint16_t fault;

	if (cached) {
		l1 = *cached;
	} else {
		fault = reach(way, base + (uint64_t)(ssid >> lg2) * 8, &at);
		if (fault)
			return fault;
		if (!fetch(way, at, 1, &l1))
			return SMMU_E_CD_FETCH;
		ims_cfg_fill(way->hw, SMMU_L1CD, &key, &l1);
	}
	/* V = 0, or a pointer out of range: section 7.3.9 with 3.4.3. */
	at = l1 & SMMU_ADDR(12);
	if (!(l1 & 1) || (!(STE(CONFIG) & SMMU_CONFIG_S2) && at >> way->state->derived[SMMU_D_OAS]))
		return SMMU_E_BAD_SUBSTREAMID;
	*ret_at = at + (uint64_t)inside * 64;
	return 0;
}

/* Tables of CDs are aligned to what they hold. */
static uint64_t cd_base(const struct smmu_way *way, bool two_levels)
{
	unsigned max = (unsigned)STE(S1CDMAX), split = STE(S1FMT) == 1 ? 6 : 10, lg2 = max + 6;

	/* A pointer is aligned to 64 bytes at least. */
	if (two_levels)
		lg2 = max > split + 3 ? max - split + 3 : 6;
	return STE(S1CTXPTR) << 6 & ~IMS_BITS(lg2 - 1, 0);
}

uint16_t smmu_find_cd(struct smmu_way *way, uint32_t ssid)
{
	const struct ims_state *s = way->state;
	struct ims_cfg_key key = { .src = way->req->src, .ctx = ssid };
	bool substreams = s->params[SMMU_P_SSIDSIZE] && STE(S1CDMAX);
	bool two_levels = substreams && (STE(S1FMT) == 1 || STE(S1FMT) == 2);
	uint64_t base, at;
	uint16_t fault = 0;

	if (known(way, SMMU_CD, &key, way->cd))
		return (uint16_t)way->cd[SMMU_FAULT_WORD];
	base = substreams ? cd_base(way, two_levels) : STE(S1CTXPTR) << 6;
	at = base + (uint64_t)ssid * 64;
	if (two_levels)
		fault = second_table(way, base, ssid, &at);
	if (!fault)
		fault = reach(way, at, &at);
	if (fault)
		return fault;
	if (!fetch(way, at, SMMU_ENTRY_WORDS, way->cd))
		return SMMU_E_CD_FETCH;
	way->cd[SMMU_FAULT_WORD] = smmu_check_cd(s, way->ste, way->cd);
	keep(way, SMMU_CD, key, way->cd);
	return (uint16_t)way->cd[SMMU_FAULT_WORD];
}
