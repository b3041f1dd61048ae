/* SPDX-License-Identifier: MIT */
/*
 * What a unit can do: IDR0, IDR1, IDR3, IDR5 (sections 6.3.1 to 6.3.6); then what the
 * specification leaves to the implementation. The defaults are an SMMUv3.3 with all that
 * is modelled.
 */
#include "smmuv3.h"
#include "cmdqv.h"

#define IDR0 "IHI 0070 section 6.3.1, IDR0"
#define IDR1 "IHI 0070 section 6.3.2, IDR1"
#define IDR3 "IHI 0070 section 6.3.4, IDR3"
#define IDR5 "IHI 0070 section 6.3.6, IDR5"

#define CMDQV "sheet, section 9; Linux, tegra241-cmdqv.c, "

#define C IMS_CAP
#define K IMS_KNOB

/* clang-format off */
const struct ims_param smmu_params[SMMU_PARAMS] = {
	C(SMMU_P_VERSION, "version", "AIDR: SMMUv3.n", 3, 4, "IHI 0070 section 6.3.8, AIDR"),
	C(SMMU_P_S2P,     "s2p", "0: stage 2", 1, 1, IDR0),
	C(SMMU_P_S1P,     "s1p", "1: stage 1", 1, 1, IDR0),
	C(SMMU_P_TTF,     "ttf", "3:2: 2: AArch64 tables; those of AArch32 are not modelled", 2, 2, IDR0),
	C(SMMU_P_COHACC,  "cohacc", "4: coherent accesses", 1, 1, IDR0),
	C(SMMU_P_BTM,     "btm", "5: broadcast TLB maintenance; not modelled", 0, 0, IDR0),
	C(SMMU_P_HTTU,    "httu", "7:6: 1: access flag, 2: dirty state too; of tables (3): not modelled", 2, 2, IDR0),
	C(SMMU_P_DORMHINT, "dormhint", "8: dormant hint", 0, 1, IDR0),
	C(SMMU_P_HYP,     "hyp", "9: EL2 worlds", 1, 1, IDR0),
	C(SMMU_P_ATS,     "ats", "10: ATS", 1, 1, IDR0),
	C(SMMU_P_NS1ATS,  "ns1ats", "11: no split-stage ATS", 0, 1, IDR0),
	C(SMMU_P_ASID16,  "asid16", "12: ASIDs of 16 bits", 1, 1, IDR0),
	C(SMMU_P_MSI,     "msi", "13: interrupts by message", 1, 1, IDR0),
	C(SMMU_P_SEV,     "sev", "14: events to PEs", 1, 1, IDR0),
	C(SMMU_P_ATOS,    "atos", "15: address translation operations; not modelled", 0, 0, IDR0),
	C(SMMU_P_PRI,     "pri", "16: page requests", 1, 1, IDR0),
	C(SMMU_P_VMW,     "vmw", "17: VMID wildcards", 1, 1, IDR0),
	C(SMMU_P_VMID16,  "vmid16", "18: VMIDs of 16 bits", 1, 1, IDR0),
	C(SMMU_P_CD2L,    "cd2l", "19: two-level CD tables", 1, 1, IDR0),
	C(SMMU_P_VATOS,   "vatos", "20: the same of guests; not modelled", 0, 0, IDR0),
	C(SMMU_P_TTENDIAN, "ttendian", "22:21: 0: either, 2: little-endian; 3: big-endian, not modelled", 2, 2, IDR0),
	C(SMMU_P_ATSRECERR, "atsrecerr", "23: configuration errors of ATS may be recorded", 1, 1, IDR0),
	C(SMMU_P_STALL_MODEL, "stall-model", "25:24: 0: stall or not, 1: never, 2: always", 0, 2, IDR0),
	C(SMMU_P_TERM_MODEL, "term-model", "26: terminated transactions abort", 0, 1, IDR0),
	C(SMMU_P_ST_LEVEL, "st-level", "28:27: 1: two-level stream tables", 1, 1, IDR0),
	C(SMMU_P_RME_IMPL, "rme-impl", "30: realms; not modelled", 0, 0, IDR0),

	C(SMMU_P_SIDSIZE, "sidsize", "5:0: bits of a StreamID", 16, 32, IDR1),
	C(SMMU_P_SSIDSIZE, "ssidsize", "10:6: bits of a SubstreamID", 20, 20, IDR1),
	C(SMMU_P_PRIQS,   "priqs", "15:11: log2 of the PRI queue's entries", 16, 19, IDR1),
	C(SMMU_P_EVENTQS, "eventqs", "20:16: of the Event queue's", 16, 19, IDR1),
	C(SMMU_P_CMDQS,   "cmdqs", "25:21: of the Command queue's", 16, 19, IDR1),
	C(SMMU_P_ATTR_PERMS_OVR, "attr-perms-ovr", "26: INST and PRIV may be overridden", 1, 1, IDR1),
	C(SMMU_P_ATTR_TYPES_OVR, "attr-types-ovr", "27: memory types may be overridden", 1, 1, IDR1),
	C(SMMU_P_REL,     "rel", "28: relative base pointers; not modelled", 0, 0, IDR1),
	C(SMMU_P_QUEUES_PRESET, "queues-preset", "29: fixed queues; not modelled", 0, 0, IDR1),
	C(SMMU_P_TABLES_PRESET, "tables-preset", "30: fixed tables; not modelled", 0, 0, IDR1),
	C(SMMU_P_ECMDQ,   "ecmdq", "31: enhanced command queues, each in a control page of its own; more than 4: not modelled", 0, SMMU_ECMDQS, IDR1 ", 6.3.45, IDR6"),

	C(SMMU_P_HAD,     "had", "2: hierarchical permissions may be disabled", 1, 1, IDR3),
	C(SMMU_P_PBHA,    "pbha", "3: page-based attributes; no effect here", 0, 1, IDR3),
	C(SMMU_P_XNX,     "xnx", "4: stage 2 tells privileges to execute apart", 1, 1, IDR3),
	C(SMMU_P_PPS,     "pps", "5: automatic page responses have the PASID", 1, 1, IDR3),
	C(SMMU_P_MPAM,    "mpam", "7: memory partitioning; not modelled", 0, 0, IDR3),
	C(SMMU_P_FWB,     "fwb", "8: forced write-back", 1, 1, IDR3),
	C(SMMU_P_STT,     "stt", "9: small tables", 1, 1, IDR3),
	C(SMMU_P_RIL,     "ril", "10: ranges and levels in invalidations", 1, 1, IDR3),
	C(SMMU_P_BBML,    "bbml", "12:11: break-before-make level; below 2 entries that overlap may conflict: tlb-conflict", 2, 2, IDR3),
	C(SMMU_P_E0PD,    "e0pd", "13: halves barred to users", 1, 1, IDR3),
	C(SMMU_P_PTWNNC,  "ptwnnc", "14: walks to Device memory are of Normal type", 1, 1, IDR3),
	C(SMMU_P_DPT,     "dpt", "15: device permission tables; not modelled", 0, 0, IDR3),
	C(SMMU_P_PASIDTT, "pasidtt", "16: PASIDs on translated transactions", 1, 1, IDR3),
	C(SMMU_P_EPAN,    "epan", "17: enhanced PAN", 1, 1, IDR3),
	C(SMMU_P_S1PI,    "s1pi", "18: indirect permissions, stage 1; not modelled", 0, 0, IDR3),
	C(SMMU_P_S2PI,    "s2pi", "19: the same, stage 2; not modelled", 0, 0, IDR3),
	C(SMMU_P_S2PO,    "s2po", "20: permission overlays; not modelled", 0, 0, IDR3),
	C(SMMU_P_THE,     "the", "21: translation hardening; not modelled", 0, 0, IDR3),
	C(SMMU_P_MTEPERM, "mteperm", "22: NoTagAccess; no effect here", 0, 1, IDR3),
	C(SMMU_P_AIE,     "aie", "23: attribute index enhancement; not modelled", 0, 0, IDR3),

	C(SMMU_P_OAS,     "oas", "2:0: output of 32, 36, 40, 42, 44, 48 bits; 52 and 56: not modelled", 5, 5, IDR5),
	C(SMMU_P_GRAN4K,  "gran4k", "4: tables of 4 KiB", 1, 1, IDR5),
	C(SMMU_P_GRAN16K, "gran16k", "5: of 16 KiB", 1, 1, IDR5),
	C(SMMU_P_GRAN64K, "gran64k", "6: of 64 KiB", 1, 1, IDR5),
	C(SMMU_P_DS,      "ds", "7: 52-bit addresses with 4 and 16 KiB; not modelled", 0, 0, IDR5),
	C(SMMU_P_D128,    "d128", "8: 128-bit descriptors; not modelled", 0, 0, IDR5),
	C(SMMU_P_VAX,     "vax", "11:10: 1: inputs of 52 bits, with 64 KiB; 56: not modelled", 0, 1, IDR5),
	C(SMMU_P_STALL_MAX, "stall-max", "31:16: transactions that may stall", SMMU_STALLS, SMMU_STALLS, IDR5),

	C(SMMU_P_VCMDQS,  "vcmdq", "Tegra241 CMDQV: command queues beside the SMMU's, of all VINTFs; more than 8: not modelled", 0, CMDQV_VCMDQS, CMDQV "PARAM"),
	C(SMMU_P_VINTFS,  "vintf", "its VINTFs, of which the first is the host's: a guest has one; more than 4: not modelled", CMDQV_VINTFS, CMDQV_VINTFS, CMDQV "PARAM"),
	C(SMMU_P_VINTF_SIDS, "vintf-sids", "StreamIDs that a VINTF has in SID_MATCH; more than 4: not modelled", CMDQV_SIDS, CMDQV_SIDS, CMDQV "PARAM"),

	K(SMMU_K_TLB, "tlb", "results of two stages: 0 kept together, 1 each stage its own",
	  0, 1, "IHI 0070 section 16.2.1", NULL,
	  "kept together they outlive a change of stage 2 alone"),
	K(SMMU_K_NEGATIVE, "cache-illegal", "STEs and CDs with V=0 or ILLEGAL content are cached: 1 yes, 0 no",
	  1, 1, "IHI 0070 sections 5.2.1, 3.21.3", NULL,
	  "keeping them holds more"),
	K(SMMU_K_GROUPS, "contiguous", "a contiguous group is kept as one entry: 1 yes, 0 each of its own",
	  0, 1, "VMSA D8.7: hardware may", NULL,
	  "one entry of a group holds no page that single ones do not, and goes as a whole"),
	K(SMMU_K_CONT, "ste-cont", "STE.CONT is heeded up to 2^n StreamIDs",
	  0, 8, "IHI 0070 section 5.2, CONT", NULL,
	  "the drivers below set no CONT; a scenario that does says what hardware makes of it"),
	K(SMMU_K_EPD_HIT, "epd-hit", "an entry of a table that EPDx disables: 1 serves, 0 faults",
	  1, 1, "IHI 0070 section 5.4, EPD0: a TLB hit is permitted", NULL,
	  "serving it holds more"),
	K(SMMU_K_SL_PAMAX, "sl0-pamax", "S2SL0 is held against the physical address size: 1 yes, 0 no",
	  0, 1, "VMSA J1.1, S2InvalidSL", "whether PAMax is OAS",
	  "software that keeps the rule sees no difference"),
	K(SMMU_K_S1CTX_IPA, "s1contextptr-ipa", "S1ContextPtr beyond IAS, nested: 0 C_BAD_STE, 1 left to stage 2",
	  0, 1, "IHI 0070 section 3.4.3", NULL,
	  "both fault"),
	K(SMMU_K_S1FMT3, "s1fmt-3", "S1Fmt 3 without CD2L: 0 is 0, 1 is ILLEGAL",
	  0, 1, "IHI 0070 section 5.2, S1Fmt: 0 by the pseudocode, 1 by the prose", NULL,
	  "software that keeps to the fields sees no difference"),
	K(SMMU_K_RESERVED, "reserved-fields", "reserved fields of commands: 0 ignored, 1 CERROR_ILL",
	  0, 1, "IHI 0070 section 4.1.2", NULL,
	  "software that keeps to the fields sees no difference"),
	K(SMMU_K_SID_RANGE, "id-range", "StreamIDs and SubstreamIDs of commands that are out of range: 0 no effect, 1 truncated",
	  0, 1, "IHI 0070 section 4.3", NULL,
	  "without effect less goes"),
	K(SMMU_K_S2_IPA, "s2-ipa-nested", "TLBI_S2_IPA drops entries of both stages too: 0 no, 1 yes",
	  0, 1, "IHI 0070 section 4.4.3.1: they may stay", NULL,
	  "they stay longer"),
	IMS_OPEN(SMMU_K_ATC_BARE, "atc-no-pasid-invalidate", "an ATC invalidation without PASID reaches entries with one: 0 untagged, 1 all",
	  1, 0, 1, 1, "sheet 6.4, 16.6", "what a given device does", "untagged alone is less"),
	K(SMMU_K_ATC_GLOBAL, "atc-global", "devices heed Global in an ATC invalidation: 1 yes, 0 no",
	  1, 1, "sheet 16.6", "what a given device does",
	  "no driver here sets it"),
	K(SMMU_K_ORDER, "command-order", "commands take effect: 0 in any order between SYNCs, 1 in theirs",
	  0, 1, "IHI 0070 section 4.7.3", NULL,
	  "the text promises no order"),
	K(SMMU_K_ATC_ASKS, "atc-asks-again", "a device asks at once for what an invalidation took from its ATC: 1 yes, 0 when it next has a use",
	  0, 1, "IHI 0070 section 3.9.1: a device may ask at any time", NULL,
	  "what devices do is the scenario's to say, and this is one thing they may"),
	K(SMMU_K_MERGE, "merge-events", "equal events of streams with MEV are one: 0 no, 1 yes",
	  0, 1, "IHI 0070 section 7.3.1: they may be", NULL,
	  "it changes what is told alone"),
	K(SMMU_K_TTL, "ttl", "the level that an invalidation names: 1 entries of that level alone are dropped, 0 it is not looked at",
	  1, 1, "IHI 0070 section 4.4.1.1: a hint", NULL,
	  "heeded, less is dropped"),
	K(SMMU_K_ATC_TIMEOUT, "atc-timeout", "a SYNC behind an ATC invalidation that is not answered: 0 CERROR_ATC_INV_SYNC, 1 never completes, 2 completes",
	  0, 2, "IHI 0070 sections 3.9.1.4, 4.7.3; sheet 15.6, 16.7", NULL,
	  "the text recommends the error, and warns against 2"),
	K(SMMU_K_GERRORN, "gerrorn-inactive", "a bit of GERRORN toggled whose error is not active: 0 no effect, 1 makes it active",
	  0, 1, "IHI 0070 section 6.3.20", NULL,
	  "software that acknowledges what is active sees no difference"),
	K(SMMU_K_CONFLICT, "tlb-conflict", "TLB entries of leaves of different levels that overlap, with bbml below 2: 0 the smaller serves, 1 F_TLB_CONFLICT",
	  0, 1, "IHI 0070 section 3.21.1; sheet 15.10", NULL,
	  "an entry that serves is what can be stale; nT is not modelled"),
	K(SMMU_K_VCMDQ_OP, "vcmdq-illegal", "a command that a guest's VCMDQ does not take: 0 CERROR_ILL, 1 consumed without effect",
	  0, 1, CMDQV "commands of a guest", "what the queue makes of it",
	  "as any queue of the SMMU's; the driver expects errors of a queue in its maps"),
	K(SMMU_K_VCMDQ_SID, "vcmdq-sid-miss", "an ATC_INV of a StreamID that no SID_MATCH has: 0 CERROR_ILL, 1 consumed without effect",
	  0, 1, CMDQV "SID_MATCH", "what the queue makes of it",
	  "the command names nothing that there is"),
	K(SMMU_K_VCMDQ_VMID, "vcmdq-vmid", "the VMID of a guest's TLBI: 0 replaced by the VINTF's, 1 another one is CERROR_ILL",
	  0, 1, CMDQV "VMID", "whether it is replaced or compared",
	  "a Linux guest says VMID 0: compared, none of its invalidations would be taken"),
};
/* clang-format on */

/* ---- rules: sections 6.3.1 to 6.3.6, the sheet's 15.14 ---- */

#define P(name) p[SMMU_P_##name]
#define BOTH	(P(S1P) && P(S2P))

#define RULES(X)                                                                                   \
	X(rule_01, "s1p or s2p is 1", P(S1P) || P(S2P))                                            \
	X(rule_02, "hyp needs s1p and s2p", !P(HYP) || BOTH)                                       \
	X(rule_03, "hyp is 1 from version 2 on with s1p and s2p",                                  \
	  P(HYP) || !BOTH || P(VERSION) < 2)                                                       \
	X(rule_04, "ns1ats needs s1p, s2p and ats", !P(NS1ATS) || (BOTH && P(ATS)))                \
	X(rule_05, "vmw needs s2p", !P(VMW) || P(S2P))                                             \
	X(rule_06, "vmid16 needs s2p", !P(VMID16) || P(S2P))                                       \
	X(rule_07, "asid16 needs s1p", !P(ASID16) || P(S1P))                                       \
	X(rule_08, "cd2l needs s1p", !P(CD2L) || P(S1P))                                           \
	X(rule_09, "pri needs ats", !P(PRI) || P(ATS))                                             \
	X(rule_10, "atsrecerr needs ats", !P(ATSRECERR) || P(ATS))                                 \
	X(rule_11, "pps needs pri and ssidsize", !P(PPS) || (P(PRI) && P(SSIDSIZE)))               \
	X(rule_12, "pasidtt needs ats and ssidsize", !P(PASIDTT) || (P(ATS) && P(SSIDSIZE)))       \
	X(rule_13, "dpt needs ats, and no AArch32 tables", !P(DPT) || (P(ATS) && P(TTF) == 2))     \
	X(rule_14, "atos needs s1p or s2p", !P(ATOS) || P(S1P) || P(S2P))                          \
	X(rule_15, "vatos needs atos, s1p and s2p", !P(VATOS) || (P(ATOS) && BOTH))                \
	X(rule_16, "sidsize of 7 or more needs st-level", P(SIDSIZE) < 7 || P(ST_LEVEL))           \
	X(rule_17, "ssidsize needs s1p", !P(SSIDSIZE) || P(S1P))                                   \
	X(rule_18, "cmdqs is at most 19", P(CMDQS) <= 19)                                          \
	X(rule_19, "eventqs is at most 19", P(EVENTQS) <= 19)                                      \
	X(rule_20, "priqs is at most 19", P(PRIQS) <= 19)                                          \
	X(rule_21, "xnx is 1 from version 1 on with s2p", P(XNX) || !P(S2P) || P(VERSION) < 1)     \
	X(rule_22, "xnx needs s2p", !P(XNX) || P(S2P))                                             \
	X(rule_23, "had is 1 from version 1 on with s1p", P(HAD) || !P(S1P) || P(VERSION) < 1)     \
	X(rule_24, "had needs s1p", !P(HAD) || P(S1P))                                             \
	X(rule_25, "pbha needs had", !P(PBHA) || P(HAD))                                           \
	X(rule_26, "ril is 1 from version 2 on", P(RIL) || P(VERSION) < 2)                         \
	X(rule_27, "fwb is 1 from version 2 on with s2p", P(FWB) || !P(S2P) || P(VERSION) < 2)     \
	X(rule_28, "fwb needs s2p", !P(FWB) || P(S2P))                                             \
	X(rule_29, "bbml is 1 or 2 from version 2 on", P(BBML) || P(VERSION) < 2)                  \
	X(rule_30, "e0pd is 1 from version 3 on with s1p", P(E0PD) || !P(S1P) || P(VERSION) < 3)   \
	X(rule_31, "ptwnnc is 1 from version 3 on with s2p",                                       \
	  P(PTWNNC) || !P(S2P) || P(VERSION) < 3)                                                  \
	X(rule_32, "epan is 1 from version 4 on with s1p", P(EPAN) || !P(S1P) || P(VERSION) < 4)   \
	X(rule_33, "mteperm is 1 from version 4 on with s2p",                                      \
	  P(MTEPERM) || !P(S2P) || P(VERSION) < 4)                                                 \
	X(rule_34, "stall-max is 0 with stall-model 1", !P(STALL_MAX) || P(STALL_MODEL) != 1)      \
	X(rule_35, "stall-max is not 0 otherwise", P(STALL_MAX) || P(STALL_MODEL) == 1)            \
	X(rule_36, "stall-model is not 2 with ats", P(STALL_MODEL) != 2 || !P(ATS))                \
	X(rule_37, "ttf is not 0", P(TTF))                                                         \
	X(rule_38, "ttf has AArch64 tables: others are not modelled", P(TTF) == 2)                 \
	X(rule_39, "ttendian is not 1", P(TTENDIAN) != 1)                                          \
	X(rule_40, "one of gran4k, gran16k, gran64k is 1", P(GRAN4K) || P(GRAN16K) || P(GRAN64K))  \
	X(rule_41, "vax needs gran64k, or ds with gran4k or gran16k",                              \
	  !P(VAX) || P(GRAN64K) || (P(DS) && (P(GRAN4K) || P(GRAN16K))))                           \
	X(rule_42, "vax of 2 needs d128", P(VAX) < 2 || P(D128))                                   \
	X(rule_43, "ds needs vax, and gran4k or gran16k",                                          \
	  !P(DS) || (P(VAX) && (P(GRAN4K) || P(GRAN16K))))                                         \
	X(rule_44, "oas of 6 needs gran64k, ds or d128",                                           \
	  P(OAS) < 6 || P(GRAN64K) || P(DS) || P(D128))                                            \
	X(rule_45, "oas of 7 needs d128", P(OAS) < 7 || P(D128))                                   \
	X(rule_46, "d128 needs ttf 2, s1pi, s2pi, s2po, aie and mteperm",                          \
	  !P(D128) || (P(TTF) == 2 && P(S1PI) && P(S2PI) && P(S2PO) && P(AIE) && P(MTEPERM)))      \
	X(rule_47, "s2po needs s2pi", !P(S2PO) || P(S2PI))                                         \
	X(rule_48, "the needs s2pi with s2p", !P(THE) || !P(S2P) || P(S2PI))                       \
	X(rule_49, "sidsize is at most 32", P(SIDSIZE) <= 32)                                      \
	X(rule_50, "ssidsize is at most 20", P(SSIDSIZE) <= 20)                                    \
	X(rule_51, "httu needs s1p or s2p", !P(HTTU) || P(S1P) || P(S2P))                          \
	X(rule_52, "ecmdq is 0, 1, 2 or 4: pages are a power of two",                              \
	  !(P(ECMDQ) & (P(ECMDQ) - 1)))                                                            \
	X(rule_53, "ecmdq needs version 3", !P(ECMDQ) || P(VERSION) >= 3)                          \
	X(rule_54, "vcmdq is 0 or a power of two", !(P(VCMDQS) & (P(VCMDQS) - 1)))                 \
	X(rule_55, "vintf is a power of two", P(VINTFS) && !(P(VINTFS) & (P(VINTFS) - 1)))         \
	X(rule_56, "vintf-sids is a power of two",                                                 \
	  P(VINTF_SIDS) && !(P(VINTF_SIDS) & (P(VINTF_SIDS) - 1)))                                 \
	X(rule_57, "vcmdq is not less than vintf", !P(VCMDQS) || P(VCMDQS) >= P(VINTFS))           \
	X(rule_58, "vcmdq needs s1p and s2p", !P(VCMDQS) || BOTH)

#define RULE_FN(fn, name_, cond_)                                                                  \
	static bool fn(const uint32_t *p)                                                          \
	{                                                                                          \
		return cond_;                                                                      \
	}
RULES(RULE_FN)

#define RULE_ROW(fn, name_, cond_)                                                                 \
	{ name_, "IHI 0070 sections 6.3.1 to 6.3.6; of vcmdq, vintf: sheet, section 9", fn },
const struct ims_param_rule smmu_param_rules[] = { RULES(RULE_ROW) };
_Static_assert(sizeof(smmu_param_rules) / sizeof(smmu_param_rules[0]) == SMMU_PARAM_RULES,
	       "as announced");
