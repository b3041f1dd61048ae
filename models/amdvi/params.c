/* SPDX-License-Identifier: MIT */
/*
 * What a unit can do: the capability header, EFR (0x30) and EFR2 (0x1a0), section 7;
 * then what the specification leaves open or could not be read about (section 17),
 * and what known parts do otherwise. The defaults are a current server part.
 */
#include "viommu.h"

#define CAP  "Linux amd_iommu_types.h, IOMMU_CAP_*"
#define EFR  "Linux amd_iommu_types.h, FEATURE_*; FreeBSD amd_reg.h; VirtualBox iommu-amd.h"
#define EFR2 "Linux amd_iommu_types.h, FEATURE_*, extended feature 2"
#define SIL  "AMD openSIL, NbioIommuTbl.h, Iommul2Reg.h (Genoa)"

#define C IMS_CAP
#define K IMS_KNOB
#define O IMS_OPEN
#define Q IMS_QUIRK

/* Why a knob is no choice between keeping more and less. */
#define OUTCOME "it decides how a walk ends, not what is kept of it"
#define NAMES	"it decides what a fault is called"
#define PIECES	"any page takes the whole entry away: pieces are kept longer"

/* clang-format off */
const struct ims_param amdvi_params[AMDVI_PARAMS] = {
	C(AMDVI_P_IOTLB_SUP, "iotlb-sup", "24: ATS", 1, 1, CAP),
	C(AMDVI_P_NP_CACHE,  "np-cache", "26: absent entries may be cached", 0, 1, CAP),

	C(AMDVI_P_PREF_SUP,  "pref-sup", "0: PREFETCH_IOMMU_PAGES", 1, 1, EFR),
	C(AMDVI_P_PPR_SUP,   "ppr-sup", "1: page requests", 1, 1, EFR),
	C(AMDVI_P_XT_SUP,    "xt-sup", "2: x2APIC", 1, 1, EFR),
	C(AMDVI_P_NX_SUP,    "nx-sup", "3: execute permission; not modelled", 0, 0, EFR),
	C(AMDVI_P_GT_SUP,    "gt-sup", "4: guest translation", 1, 1, EFR),
	C(AMDVI_P_SATS_SUP,  "sats-sup", "5: secure ATS; not modelled", 0, 0, SIL ": feature straps, position 5"),
	C(AMDVI_P_IA_SUP,    "ia-sup", "6: INVALIDATE_IOMMU_ALL", 1, 1, EFR),
	C(AMDVI_P_GA_SUP,    "ga-sup", "7: interrupt table entries of 128 bits; the guests' virtual APIC is not modelled", 1, 1, EFR),
	C(AMDVI_P_HE_SUP,    "he-sup", "8: hardware error registers; not modelled beyond what is reported", 1, 1, EFR),
	C(AMDVI_P_PC_SUP,    "pc-sup", "9: performance counters; not modelled", 0, 0, EFR),
	C(AMDVI_P_HATS,      "hats", "11:10: host levels 4, 5, 6; 3: no host translation", 2, 3, EFR),
	C(AMDVI_P_GATS,      "gats", "13:12: guest levels 4, 5", 1, 1, EFR),
	C(AMDVI_P_GLX_SUP,   "glx-sup", "15:14: GCR3 levels 1, 2, 3", 2, 2, EFR),
	C(AMDVI_P_GAM_SUP,   "gam-sup", "23:21: guest virtual APIC modes; not modelled beyond what is reported", 1, 7, EFR),
	C(AMDVI_P_DUAL_PPR,  "dual-ppr-sup", "25:24: second page-request log; not modelled", 0, 0, EFR),
	C(AMDVI_P_DUAL_EVT,  "dual-evt-sup", "29:28: second event log; not modelled", 0, 0, EFR),
	C(AMDVI_P_PAS_MAX,   "pas-max", "36:32: PASID bits, less one", 15, 19, EFR),
	C(AMDVI_P_US_SUP,    "us-sup", "37: user and supervisor pages", 1, 1, EFR),
	C(AMDVI_P_DEV_TBL_SEG, "dev-tbl-seg-sup", "39:38: device table segments 1, 2, 4, 8", 3, 3, EFR),
	C(AMDVI_P_PPR_EARLY, "ppr-overflow-early-sup", "40: early warning of the page-request log; not modelled", 0, 0, EFR),
	C(AMDVI_P_PPR_AUTO_RSP, "ppr-auto-rsp-sup", "41: automatic page responses", 1, 1, EFR),
	C(AMDVI_P_MARC_SUP,  "marc-sup", "43:42: memory access regions; not modelled", 0, 0, EFR),
	C(AMDVI_P_BLK_STOP,  "blk-stop-mrk-sup", "44: stop markers may be blocked", 1, 1, EFR),
	C(AMDVI_P_PERF_OPT,  "perf-opt-sup", "45: performance optimisation; no effect here", 0, 1, EFR),
	C(AMDVI_P_MSI_CAP_MMIO, "msi-cap-mmio-sup", "46: MSI capability as registers", 1, 1, EFR),
	C(AMDVI_P_GIO_SUP,   "gio-sup", "48: GIOV", 1, 1, EFR),
	C(AMDVI_P_HA_SUP,    "ha-sup", "49: accessed bits in host tables", 1, 1, EFR),
	C(AMDVI_P_EPH_SUP,   "eph-sup", "50: enhanced page-request handling", 1, 1, EFR),
	C(AMDVI_P_ATTR_FW,   "attr-fw-sup", "51: attributes forwarded; not modelled", 0, 0, EFR),
	C(AMDVI_P_HD_SUP,    "hd-sup", "52: dirty bits in host tables", 1, 1, EFR),
	C(AMDVI_P_INV_IOTLB_TYPE, "inv-iotlb-type-sup", "54: type of INVALIDATE_IOTLB_PAGES; not modelled", 0, 0, EFR "; " SIL ": cleared"),
	C(AMDVI_P_VIOMMU_SUP, "viommu-sup", "55: hardware vIOMMU; of it the guests' event and page-request logs and their interrupts are not modelled", 1, 1,
	  "AMDESE linux-iommu, FEATURE_VIOMMU; " SIL ": a strap of its guest buffers"),
	C(AMDVI_P_GA_UPDATE_DIS, "ga-update-dis-sup", "61: guest accessed bits may be switched off", 1, 1, EFR),
	C(AMDVI_P_FORCE_PHY_DEST, "force-phy-dest-sup", "62: physical interrupt destinations; not modelled beyond what is reported", 0, 1, EFR),
	C(AMDVI_P_SNP_SUP,   "snp-sup", "63: SEV-SNP", 0, 1, EFR),

	C(AMDVI_P_SNP_MODE0, "snp-mode0-sup", "13: SNP with Mode = 0", 0, 1, EFR2),
	C(AMDVI_P_TMPM,      "tmpm-sup", "2: tiered memory; not modelled", 0, 0, EFR2),
	C(AMDVI_P_GCR3_TRP_MODE, "gcr3-trp-mode-sup", "3: the GCR3 root pointer may be guest-physical", 1, 1, EFR2),
	C(AMDVI_P_HT_RANGE_IGNORE, "ht-range-ignore", "11: the HyperTransport range is memory", 1, 1, EFR2),
	C(AMDVI_P_GUEST_IDS, "guest-ids", "GuestIDs, from 1 on, each with a command buffer of its own; with 64K, as hardware has, more are not modelled", AMDVI_GUESTS, AMDVI_GUESTS,
	  "reference sheet, section 9"),
	C(AMDVI_P_SNP_ENABLED, "snp", "firmware has switched SNP on", 0, 1,
	  "AMD mail of 2022-05-16 on SNP and Mode 0"),

	O(AMDVI_K1, "k1-gn0-nested", "PAGES with GN=0 and nested entries: 0 those whose GPA overlaps go, 1 all of the domain, 2 none: broken hardware",
	  0, 0, 1, 2, "Linux 757d2b1fdf5b; Xen 1106b11994; VirtualBox on GN", "no source says that a range of GN=0 is matched precisely by GPA",
	  "what overlaps has to go; 2 is no reading, three users of GN=0 rely on the contrary"),
	O(AMDVI_K1B, "k1b-partial-walks", "PAGES with GN=0 drops cached addresses of guest and GCR3 table pages, and large host leaves: 0 always, 1 with PDE=1 only",
	  0, 1, 0, 1, SIL ": they are cached; Linux flushes with PDE=0", "whether PDE=0 reaches them",
	  "of two readings the one that keeps more"),
	K(AMDVI_K2, "k2-atc-no-pasid", "device entries fetched without PASID under GIOV also go by GN=1, PASID 0: 1 yes, 0 no",
	  1, 1, "Linux amd_iommu_dev_flush_pasid_pages()", "which PASIDs GN=0 reaches",
	  "for one access Linux sends both, each in its place: no unit that it runs on ignores either"),
	O(AMDVI_K_ATC_NO_PASID, "atc-no-pasid-invalidate", "an invalidation without PASID and device entries fetched with one: 0 they stay, 1 they go too",
	  0, 0, 1, 1, "PCIe ATS; section 12, K2", "what of a device it reaches", "what has no PASID is all that must go"),
	K(AMDVI_K2B, "k2b-ats-write", "W of an ATS answer: 0 the permission, 1 granted wherever reading is",
	  0, 1, SIL ": write-permission checks ignored for ATS", "what W then says",
	  "a switch of firmware that waives a check, no reading of what W means"),
	K(AMDVI_K3, "k3-order", "page and device invalidations take effect in order: 1 yes, 0 not before a wait",
	  1, 1, "Xen and Linux before 6.8 wait between the two; " SIL, "whether they may overtake each other",
	  "Linux since 6.8 sends the two so and waits once; 'order: weakest' keeps no pair in order"),
	O(AMDVI_K4, "k4-negative", "with np-cache, what is kept of absence: 0 nothing, 1 host translations, 2 guest ones too",
	  2, 2, 0, 2, "Linux init.c, amd_iommu_np_cache; Xen flushes present entries only", "what is kept, and for how long",
	  "it keeps most"),
	K(AMDVI_K5, "k5-update-needs-iw", "accessed and dirty bits of guest tables need the host's IW: 1 yes, 0 they are set all the same",
	  1, 1, "VirtualBox, " SIL ": names of the switches alone", "whether, and what a missing IW leads to", OUTCOME),
	K(AMDVI_K6, "k6-illegal-stops", "an illegal command stops the command buffer: 1 yes, 0 it is passed over",
	  1, 1, "VirtualBox DevIommuAmd.cpp", NULL, "no source doubts it"),
	O(AMDVI_K6_FETCHED, "k6-fetched", "commands behind an illegal one that are fetched already, and lost with it",
	  0, 15, 0, 15, "VirtualBox DevIommuAmd.cpp; " SIL ": several are fetched", "how many are fetched ahead",
	  "what is lost drops nothing"),
	K(AMDVI_K7, "k7-unmapped-domain", "a command of a guest's own queue names a DomainID that is not mapped: 0 an event and no effect, 1 it is the parent's",
	  0, 1, "AMDESE linux-iommu viommu.c, comment", "it stands on a comment alone",
	  "either way nothing of the guest's own goes"),
	K(AMDVI_K8A, "k8a-device-range", "a DeviceID beyond the table: 0 IO_PAGE_FAULT, 1 ILLEGAL_DEV_TABLE_ENTRY",
	  0, 1, "0: VirtualBox; 1: openvmm", "the two sources differ", NAMES),
	K(AMDVI_K8B, "k8b-mode", "Mode that is reserved or too high: 0 IO_PAGE_FAULT, 1 ILLEGAL_DEV_TABLE_ENTRY",
	  0, 1, "0: VirtualBox; 1: openvmm", "the two sources differ", NAMES),
	K(AMDVI_K8C, "k8c-dte-in-tlb", "what came of a DTE lives on in the devices' first-level TLBs past INVALIDATE_DEVTAB_ENTRY: 0 no, 1 yes",
	  0, 1, "XSA-442, CVE-2023-34326; " SIL, "which parts do so",
	  "by the text nothing does: a fault of some parts, for scenarios to name"),
	O(AMDVI_K9, "k9-prefetch", "neighbouring 4 KiB host pages filled with a walk",
	  0, 7, 0, 7, SIL ": range code 7", "whether the code counts pages or is a logarithm", "what shipped firmware switches on"),
	K(AMDVI_K_PASID_GV0, "pasid-without-gv", "a request with PASID where GV=0: 0 INVALID_DEVICE_REQUEST, 1 IO_PAGE_FAULT",
	  0, 1, "reference sheet, section 17.2", "no source", NAMES),
	K(AMDVI_K_GCR3_INNER, "gcr3-inner-gpa", "pointers between GCR3 levels under nesting: 1 guest-physical, 0 as the root pointer",
	  1, 1, "QEMU and RFC of 2023 pass guest values verbatim", "Xen offered guests one level only",
	  "what an address means; nothing is kept longer by it"),
	K(AMDVI_K_ATS_MERGE, "ats-32k", "eight neighbouring 4 KiB pages are answered to ATS as one of 32 KiB",
	  0, 1, SIL, "in which circumstances", PIECES),
	K(AMDVI_K_MERGE_ALL, "merge-32k", "and so for other requests",
	  0, 1, SIL ": a third switch", "in which circumstances", PIECES),
	K(AMDVI_K_US_ATS, "us-ats-logged", "user request to a supervisor page by ATS: 1 an event is logged, 0 silent",
	  1, 1, "VirtualBox DevIommuAmd.cpp", "only one source", NAMES),
	K(AMDVI_K_DTE_CHECK, "dte-reserved-check", "reserved bits of a DTE are checked: 1 yes, 0 no",
	  1, 1, "VirtualBox; " SIL ": a switch turns it off", "how firmware sets the switch", OUTCOME),
	K(AMDVI_K_PRESENT_DENIED, "denied-at-once", "a permission missing in an upper entry: 1 the walk ends there, 0 at the leaf",
	  1, 1, "VirtualBox DevIommuAmd.cpp", "only one source", OUTCOME),
	K(AMDVI_K_RESET_MAPS, "reset-vmmio-maps", "RESET_VMMIO of all of a guest makes its maps invalid too: 1 yes, 0 only software does",
	  1, 1, "AMDESE linux-iommu viommu.c: reset, then the maps are written", "whether the maps are part of what is reset",
	  "a host writes the maps behind it anyway"),

	Q(AMDVI_Q_LEAF_512G, "leaf-512g-broken", "a host leaf of 512 GiB does not work", 1,
	  "Linux amd_iommu_types.h, AMD_IOMMU_PGSIZES"),
};
/* clang-format on */

/* ---- rules ---- */

#define NEEDS1(fn, a, b)                                                                           \
	static bool fn(const uint32_t *p)                                                          \
	{                                                                                          \
		return !p[a] || p[b];                                                              \
	}

NEEDS1(gio_gt, AMDVI_P_GIO_SUP, AMDVI_P_GT_SUP)
NEEDS1(trp_gt, AMDVI_P_GCR3_TRP_MODE, AMDVI_P_GT_SUP)
NEEDS1(hd_ha, AMDVI_P_HD_SUP, AMDVI_P_HA_SUP)
NEEDS1(snp_on, AMDVI_P_SNP_ENABLED, AMDVI_P_SNP_SUP)

const struct ims_param_rule amdvi_param_rules[] = {
	{ "gio-sup needs gt-sup", "Linux iommu.c, is_nest_parent_supported()", gio_gt },
	{ "gcr3-trp-mode-sup needs gt-sup", "Linux iommu.c, is_nest_parent_supported()", trp_gt },
	{ "hd-sup needs ha-sup", "Linux iommu.c, amd_iommu_hd_support()", hd_ha },
	{ "snp needs snp-sup", EFR, snp_on },
};
_Static_assert(sizeof(amdvi_param_rules) / sizeof(amdvi_param_rules[0]) == AMDVI_PARAM_RULES,
	       "as announced");
