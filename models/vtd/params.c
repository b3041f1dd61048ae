/* SPDX-License-Identifier: MIT */
/*
 * What a unit can do: the fields of CAP_REG and ECAP_REG (sections 11.4.2 and
 * 11.4.3) with the rules between them, what the specification leaves open, and
 * what known implementations do otherwise. The defaults are a current server part.
 */
#include "vtd.h"

#define CAP  "VT-d 5.10 section 11.4.2, CAP_REG"
#define ECAP "VT-d 5.10 section 11.4.3, ECAP_REG"

#define C			  IMS_CAP
#define K			  IMS_KNOB
#define O			  IMS_OPEN
#define Q(id, name, text, source) IMS_QUIRK(id, name, text, 0, source)

/* clang-format off */
const struct ims_param vtd_params[VTD_PARAMS] = {
	C(VTD_P_VER,    "ver-major", "major version of the architecture", 6, 15, "VT-d 5.10 section 11.4.1, VER_REG"),
	C(VTD_P_HAW,    "haw", "host address width", VTD_HAW, 52, "VT-d 5.10 section 8.1, DMAR table"),

	C(VTD_P_ND,     "nd", "domain ids: 2^(4 + 2 nd)", 6, 6, CAP),
	C(VTD_P_RWBF,   "rwbf", "write buffers need flushing", 0, 1, CAP),
	C(VTD_P_CM,     "cm", "caching mode: absent entries may be cached", 0, 1, CAP),
	C(VTD_P_SAGAW,  "sagaw", "second-stage widths: bit 1 39, bit 2 48, bit 3 57", 0xe, 0xe, CAP),
	C(VTD_P_MGAW,   "mgaw", "guest address width", 57, 57, CAP),
	C(VTD_P_ZLR,    "zlr", "zero-length reads of write-only pages", 1, 1, CAP),
	C(VTD_P_SSLPS,  "sslps", "second-stage large pages: bit 0 2M, bit 1 1G", 3, 3, CAP),
	C(VTD_P_PSI,    "psi", "page-selective invalidation", 1, 1, CAP),
	C(VTD_P_NFR,    "nfr", "fault recording registers, less one", 7, 15, CAP),
	C(VTD_P_MAMV,   "mamv", "largest address mask of type 2", 18, 63, CAP),
	C(VTD_P_DWD,    "dwd", "drains writes", 1, 1, CAP),
	C(VTD_P_DRD,    "drd", "drains reads", 1, 1, CAP),
	C(VTD_P_FS1GP,  "fs1gp", "first-stage 1G pages", 1, 1, CAP),
	C(VTD_P_FS5LP,  "fs5lp", "first-stage 5-level tables", 1, 1, CAP),
	C(VTD_P_ECMDS,  "ecmds", "enhanced commands", 0, 0, CAP),
	C(VTD_P_ESRTPS, "esrtps", "setting the root pointer invalidates everything", 1, 1, CAP),
	C(VTD_P_ESIRTPS, "esirtps", "the same for the interrupt table", 0, 1, CAP),

	C(VTD_P_C,      "c", "page walks are coherent in legacy mode", 1, 1, ECAP),
	C(VTD_P_QI,     "qi", "queued invalidation", 1, 1, ECAP),
	C(VTD_P_DT,     "dt", "device TLBs", 1, 1, ECAP),
	C(VTD_P_IR,     "ir", "interrupt remapping", 1, 1, ECAP),
	C(VTD_P_PT,     "pt", "pass-through", 1, 1, ECAP),
	C(VTD_P_SC,     "sc", "snoop control", 1, 1, ECAP),
	C(VTD_P_MTS,    "mts", "memory types; not modelled", 0, 0, ECAP),
	C(VTD_P_NEST,   "nest", "nested translation", 1, 1, ECAP),
	C(VTD_P_PRS,    "prs", "page requests", 1, 1, ECAP),
	C(VTD_P_SRS,    "srs", "supervisor requests", 1, 1, ECAP),
	C(VTD_P_NWFS,   "nwfs", "the no-write flag of translation requests", 1, 1, ECAP),
	C(VTD_P_EAFS,   "eafs", "extended accessed flag", 1, 1, ECAP),
	C(VTD_P_PSS,    "pss", "PASID bits, less one", VTD_PSS - 1, 19, ECAP),
	C(VTD_P_PASID,  "pasid", "requests with PASID", 1, 1, ECAP),
	C(VTD_P_DIT,    "dit", "device-TLB throttling: PFSID", 1, 1, ECAP),
	C(VTD_P_PDS,    "pds", "page-request drain", 1, 1, ECAP),
	C(VTD_P_SMTS,   "smts", "scalable mode", 1, 1, ECAP),
	C(VTD_P_SSADS,  "ssads", "second-stage accessed and dirty", 1, 1, ECAP),
	C(VTD_P_SSTS,   "ssts", "second-stage translation", 1, 1, ECAP),
	C(VTD_P_FSTS,   "fsts", "first-stage translation", 1, 1, ECAP),
	C(VTD_P_SMPWC,  "smpwc", "page walks are coherent in scalable mode", 1, 1, ECAP),
	C(VTD_P_RPS,    "rps", "RID_PASID", 1, 1, ECAP),
	C(VTD_P_PMS,    "pms", "performance monitoring; not modelled", 0, 0, ECAP),
	C(VTD_P_ADMS,   "adms", "abort-DMA mode", 1, 1, ECAP),
	C(VTD_P_RPRIVS, "rprivs", "RID_PRIV", 0, 1, ECAP),
	C(VTD_P_HPTS,   "hpts", "host permission table; not modelled", 0, 0, ECAP),
	C(VTD_P_PTRS,   "ptrs", "PASID in translated requests", 0, 1, ECAP),
	C(VTD_P_SSIRWS, "ssirws", "second-stage I/O read and write bits", 0, 1, ECAP),
	C(VTD_P_SMS,    "sms", "stop markers", 1, 1, ECAP),
	C(VTD_P_HPT1GPS, "hpt1gps", "host permission table, 1G; not modelled", 0, 0, ECAP),
	C(VTD_P_EIM,    "eim", "extended interrupt mode", 1, 1, ECAP),
	C(VTD_P_EIMER,  "eimer", "extended interrupt mode is required", 0, 1, ECAP),
	C(VTD_P_IRREQ,  "irreq", "interrupt remapping is required", 0, 1, ECAP),
	C(VTD_P_ERS,    "ers", "execute requests; gone", 0, 1, ECAP),

	O(VTD_K_NEGATIVE, "negative-caching", "with cm: what is kept of faulting entries: 0 nothing, 1 context and PASID entries, 2 second-stage and nested translations too",
	  2, 2, 0, 2, "VT-d 5.10 section 6.1", "\"may cache\": whether and how long is the implementation's", "it keeps most"),
	K(VTD_K_PC_DROPS_NEGATIVE, "pc-drops-negative", "PASID-cache commands by domain drop negative entries of any domain, of their PASID",
	  1, 1, "VT-d 5.10 section 6.1; Linux pasid_flush_caches()",
	  "by the letter negative entries carry DID 0 and such a command misses them",
	  "no driver could program a unit of the letter: those with CM = 1 are emulated, and drop them"),
	K(VTD_K_TORN, "torn-fetch", "16-byte pieces of a PASID-table entry that a fetch begun earlier has already",
	  0, 3, "VT-d 5.10 chapter 9, preamble", "how an implementation splits the 64 bytes",
	  "each split has other words of the old entry, none has those of all: a scenario names one, and when"),
	K(VTD_K_EAGER, "early-effect", "a command that need not follow a pending one takes effect when it is consumed, and type 3 need not follow type 6",
	  0, 1, "VT-d 5.10 section 6.5.2.12", "type 3 after type 6 is not named among the ordered pairs",
	  "all software sends the two so and waits once; 'order: weakest' keeps no pair in order"),
	O(VTD_K_ATC_NO_PASID, "atc-no-pasid-invalidate", "a device-TLB invalidation without PASID and entries fetched with one: 0 they stay, 1 they go too",
	  0, 0, 1, 1, "VT-d 5.10 section 6.5.2.5; PCIe ATS", "what of a device it reaches", "what has no PASID is all that must go"),
	K(VTD_K_PT_LG2, "pass-through-size", "log2 of what one pass-through result covers; 0: none is kept",
	  12, 30, "VT-d 5.10 section 4.2.3, 6.2.4", "\"largest supported page size\" is a recommendation",
	  "any page takes the whole entry away: pieces are kept longer"),
	K(VTD_K_PASID_HITS_NONE, "pasid-hits-no-pasid", "requests with PASID may hit entries of requests without",
	  0, 0, "VT-d 5.10 section 6.2.4", "reached by illegal traffic alone (SCT.9): not modelled", "not modelled"),
	K(VTD_K_TABLE_DIRTY, "table-read-sets-dirty", "with SSADE reading a first-stage table makes its page dirty, as EPT does",
	  0, 1, "VT-d 5.10 section 3.7.2", "not stated; only that read and write permission is demanded",
	  "it decides what a walk writes, not what is kept of it"),
	K(VTD_K_STRICT_AW, "strict-aw-reserved", "with SSTS = 0 AW is reserved in first-stage-only entries too",
	  0, 1, "VT-d 5.10 section 9.6", "the letter says so; Linux writes AW always and QEMU does not check",
	  "it decides how a walk ends, not what is kept of it"),
	K(VTD_K_AM_LIMIT, "am-over-mamv-stops", "a type 2 descriptor with AM > MAMV stops the queue",
	  0, 1, "VT-d 5.10 section 11.4.2, MAMV", "no outcome is stated for the queue",
	  "software is told of a queue that stops: nothing is kept in silence"),

	Q(VTD_Q_SPR17,  "spr17", "nested: accessed and dirty bits are set in first-stage tables that the second stage maps read-only",
	  "Sapphire Rapids erratum SPR17; Linux IOMMU_HW_INFO_VTD_ERRATA_772415_SPR17"),
	Q(VTD_Q_P_IOTLB_AM18, "p-iotlb-am18", "a guest's unit: P_IOTLB with AM > 18 stops the queue",
	  "QEMU 10.0 vtd_process_piotlb_desc()"),
	Q(VTD_Q_ATC_TWICE, "atc-twice", "a device-TLB invalidation takes effect only when it is sent twice",
	  "Linux quirk_extra_dev_tlb_flush(), QAT 0x4940 to 0x4943"),
};
/* clang-format on */

/* ---- what must hold between them ---- */

#define NEEDS(fn, a, b)                                                                            \
	static bool fn(const uint32_t *p)                                                          \
	{                                                                                          \
		return !p[VTD_P_##a] || p[VTD_P_##b];                                              \
	}
#define LIST_NEEDS(X)                                                                              \
	X(dt_qi, DT, QI)                                                                           \
	X(ir_qi, IR, QI)                                                                           \
	X(smts_qi, SMTS, QI)                                                                       \
	X(pasid_smts, PASID, SMTS)                                                                 \
	X(pss_smts, PSS, SMTS)                                                                     \
	X(srs_smts, SRS, SMTS)                                                                     \
	X(mts_smts, MTS, SMTS)                                                                     \
	X(fsts_smts, FSTS, SMTS)                                                                   \
	X(smpwc_smts, SMPWC, SMTS)                                                                 \
	X(rps_smts, RPS, SMTS)                                                                     \
	X(prs_smts, PRS, SMTS)                                                                     \
	X(nest_smts, NEST, SMTS)                                                                   \
	X(nest_fsts, NEST, FSTS)                                                                   \
	X(nest_ssts, NEST, SSTS)                                                                   \
	X(ssads_smpwc, SSADS, SMPWC)                                                               \
	X(eafs_fsts, EAFS, FSTS)                                                                   \
	X(eafs_smpwc, EAFS, SMPWC)                                                                 \
	X(rprivs_srs, RPRIVS, SRS)                                                                 \
	X(ptrs_dt, PTRS, DT)                                                                       \
	X(ptrs_pasid, PTRS, PASID)                                                                 \
	X(hpts_smts, HPTS, SMTS)                                                                   \
	X(hpts_dt, HPTS, DT)                                                                       \
	X(hpt1gps_hpts, HPT1GPS, HPTS)                                                             \
	X(ssirws_ssts, SSIRWS, SSTS)                                                               \
	X(prs_dt, PRS, DT)                                                                         \
	X(pds_dt, PDS, DT)                                                                         \
	X(dit_dt, DIT, DT)                                                                         \
	X(nwfs_dt, NWFS, DT)                                                                       \
	X(sms_prs, SMS, PRS)                                                                       \
	X(pms_ecmds, PMS, ECMDS)                                                                   \
	X(eim_ir, EIM, IR)                                                                         \
	X(irreq_ir, IRREQ, IR)                                                                     \
	X(eimer_eim, EIMER, EIM)                                                                   \
	X(fs5lp_fsts, FS5LP, FSTS)                                                                 \
	X(fs1gp_fsts, FS1GP, FSTS)

LIST_NEEDS(NEEDS)

static bool mgaw_haw(const uint32_t *p)
{
	return p[VTD_P_MGAW] && p[VTD_P_MGAW] >= p[VTD_P_HAW];
}

static bool sagaw_ssts(const uint32_t *p)
{
	return !p[VTD_P_SAGAW] || p[VTD_P_SSTS] || p[VTD_P_VER] < 6;
}

static bool sagaw_widths(const uint32_t *p)
{
	return !(p[VTD_P_SAGAW] & ~0xeu);
}

static bool sslps_sizes(const uint32_t *p)
{
	return p[VTD_P_SSLPS] != 2 && p[VTD_P_SSLPS] <= 3;
}

static bool dwd_ver(const uint32_t *p)
{
	return p[VTD_P_DWD] || p[VTD_P_VER] < 2;
}

static bool drd_ver(const uint32_t *p)
{
	return p[VTD_P_DRD] || p[VTD_P_VER] < 2;
}

static bool rwbf_smts(const uint32_t *p)
{
	return !p[VTD_P_RWBF] || !p[VTD_P_SMTS];
}

static bool no_ers(const uint32_t *p)
{
	return !p[VTD_P_ERS];
}

#define NEEDS_ROW(fn, a, b) { #a " needs " #b, ECAP ", " #a, fn },

/* clang-format off */
const struct ims_param_rule vtd_param_rules[] = {
	LIST_NEEDS(NEEDS_ROW)
	{ "MGAW is not 0, and at least HAW", CAP ", MGAW", mgaw_haw },
	{ "SAGAW needs SSTS from version 6 on", CAP ", SAGAW", sagaw_ssts },
	{ "SAGAW names no widths but 39, 48 and 57", CAP ", SAGAW", sagaw_widths },
	{ "SSLPS is 0, 1 or 3", CAP ", SSLPS", sslps_sizes },
	{ "DWD is 1 from version 2 on", CAP ", DWD", dwd_ver },
	{ "DRD is 1 from version 2 on", CAP ", DRD", drd_ver },
	{ "RWBF is 0 with SMTS", CAP ", RWBF", rwbf_smts },
	{ "ERS is 0", ECAP ", ERS", no_ers },
};
_Static_assert(sizeof(vtd_param_rules) / sizeof(vtd_param_rules[0]) == VTD_PARAM_RULES,
	       "as announced");

/* ---- what the guest's driver and the host code of this folder need of a unit ---- */

#define HAS(fn, cond)                                                                              \
	static bool fn(const uint32_t *p)                                                          \
	{                                                                                          \
		return cond;                                                                       \
	}
HAS(has_qi, p[VTD_P_QI])
HAS(has_smts, p[VTD_P_SMTS])
HAS(has_fsts, p[VTD_P_FSTS])
HAS(has_ssts, p[VTD_P_SSTS])
HAS(has_nest, p[VTD_P_NEST])
HAS(has_48, p[VTD_P_SAGAW] & 4)
HAS(has_memory, p[VTD_P_HAW] >= VTD_MEMORY)
HAS(has_dids, p[VTD_P_ND] >= 2)

const struct ims_param_rule vtd_needs[] = {
	{ "it asks for QI, queued invalidation", "VT-d 5.10 section 6.5.2", has_qi },
	{ "it asks for SMTS, scalable mode", "VT-d 5.10 section 3.4.3", has_smts },
	{ "it asks for FSTS, the guest's tables", "VT-d 5.10 section 3.6", has_fsts },
	{ "it asks for SSTS, the host's tables", "VT-d 5.10 section 3.7", has_ssts },
	{ "it asks for NEST, the two together", "VT-d 5.10 section 3.8", has_nest },
	{ "it builds 4-level tables: SAGAW with bit 2", "VT-d 5.10 section 3.7", has_48 },
	{ "its memory has addresses of 40 bits: HAW of 40 or more", "VT-d 5.10 section 8.1", has_memory },
	{ "it numbers 256 domains: ND of 2 or more", CAP ", ND", has_dids },
};
_Static_assert(sizeof(vtd_needs) / sizeof(vtd_needs[0]) == VTD_NEEDS, "as announced");

/* A guest learns of new entries' use by commands of its own making: see rules.c. */
const struct ims_param_set vtd_guest_params[] = {
	{ VTD_P_CM, 1, "VT-d 5.10 section 6.1; QEMU vtd_machine_done_notify_one(): assigned devices need caching mode" },
	{ VTD_Q_ATC_TWICE, 0, "mail of 2023-12-09: the host makes the device-TLB commands, a guest's go nowhere" },
};

/* What only emulators do is no matter of the physical unit. */
const struct ims_param_set vtd_host_params[] = {
	{ VTD_Q_P_IOTLB_AM18, 0, "VT-d 5.10 section 11.4.2, MAMV: hardware takes every mask in type 6" },
};
_Static_assert(sizeof(vtd_host_params) / sizeof(vtd_host_params[0]) == VTD_HOST_PARAMS, "as announced");
_Static_assert(sizeof(vtd_guest_params) / sizeof(vtd_guest_params[0]) == VTD_GUEST_PARAMS, "as announced");
/* clang-format on */
