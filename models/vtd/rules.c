/* SPDX-License-Identifier: MIT */
/*
 * What software owes after a change (section 6.5.3.3, table 28), for the guest's
 * driver, which believes in a unit of its own with CM = 1, and for the host, which
 * has a physical unit and owns every device TLB. Both keep the same table: in what
 * they differ is said by the parameters of their units.
 */
#include "vtd.h"

#define NO_PASID   (IMS_IF_ATS | IMS_IF_NO_CTX)
#define WITH_PASID (IMS_IF_ATS | IMS_IF_CTX)

#define PARAM(p)     (uint8_t)(1 + VTD_P_##p)
#define FIRST_STAGE  (1 << IMS_STAGES_1 | 1 << IMS_STAGES_BYPASS)
#define SECOND_STAGE (1 << IMS_STAGES_2 | 1 << IMS_STAGES_NESTED)

/* clang-format off */
#define R IMS_RULE

/* Every device TLB of those concerned, whole: type 3 for RID_PASID, type 8 for other PASIDs. */
#define DEVTLB_ALL(change, why) \
	R(change, IMS_PER_DEVICE, NO_PASID, true, "devTLB", why), \
	R(change, IMS_PER_DEVICE, WITH_PASID, true, "P_devTLB", why)

/* What the policy of a host says of a column. */
#define ON(column_, answer) .on = { IMS_COL_##column_, IMS_ANSWER(IMS_##answer) }

/* Section 11.4.2, PSI and MAMV: what a page-selective command cannot name goes by the domain. */
#define SECOND_STAGE_PAGES(change, why, ...) \
	R(change, IMS_PER_DOM, 0, false, "IOTLB page-selective", why, \
	  .with = { PARAM(PSI) }, .at_most = PARAM(MAMV), __VA_ARGS__), \
	R(change, IMS_PER_DOM, 0, true, "IOTLB domain-selective", why ", beyond MAMV", \
	  .with = { PARAM(PSI) }, .above = PARAM(MAMV), __VA_ARGS__), \
	R(change, IMS_PER_DOM, 0, true, "IOTLB domain-selective", why ", PSI = 0", \
	  .without = PARAM(PSI), __VA_ARGS__)

#define TABLE_28 \
	R(IMS_CHANGE_ROOT, IMS_ONCE, 0, true, "CC global", "table 28, root entry; Linux iommu_set_root_entry()"), \
	R(IMS_CHANGE_ROOT, IMS_ONCE, 0, true, "PC global", "table 28, root entry; Linux iommu_set_root_entry()"), \
	R(IMS_CHANGE_ROOT, IMS_ONCE, 0, true, "IOTLB global", "table 28, root entry; Linux iommu_set_root_entry()"), \
	DEVTLB_ALL(IMS_CHANGE_ROOT, "table 28, root entry; Linux leaves it out"), \
\
	R(IMS_CHANGE_ROOT_SET, IMS_ONCE, 0, true, "CC global", "section 6.6, ESRTPS = 0; Linux iommu_set_root_entry()", \
	  .without = PARAM(ESRTPS)), \
	R(IMS_CHANGE_ROOT_SET, IMS_ONCE, 0, true, "PC global", "section 6.6, ESRTPS = 0; Linux iommu_set_root_entry()", \
	  .without = PARAM(ESRTPS)), \
	R(IMS_CHANGE_ROOT_SET, IMS_ONCE, 0, true, "IOTLB global", "section 6.6, ESRTPS = 0; Linux iommu_set_root_entry()", \
	  .without = PARAM(ESRTPS)), \
	DEVTLB_ALL(IMS_CHANGE_ROOT_SET, "table 28, root pointer; Linux leaves it out"), \
\
	R(IMS_CHANGE_DEV, IMS_PER_SRC, 0, true, "CC device", "table 28, scalable context entry; Linux intel_context_flush_no_pasid()"), \
	R(IMS_CHANGE_DEV, IMS_PER_DOM, 0, true, "PC domain", "table 28, scalable context entry; Linux relies on torn-down PASID entries"), \
	R(IMS_CHANGE_DEV, IMS_PER_DOM, 0, true, "IOTLB domain-selective", "table 28, scalable context entry; Linux relies on torn-down PASID entries"), \
	DEVTLB_ALL(IMS_CHANGE_DEV, "table 28, scalable context entry; Linux intel_context_flush_no_pasid()"), \
\
	R(IMS_CHANGE_DEV_SET, IMS_PER_SRC, 0, true, "CC device", "section 6.1, CM = 1; Linux context_present_cache_flush()", .with = { PARAM(CM) }), \
	R(IMS_CHANGE_DEV_SET, IMS_PER_DOM, 0, true, "PC domain", "section 6.1, CM = 1: absent entries have DID 0; Linux leaves it out", .with = { PARAM(CM) }), \
	R(IMS_CHANGE_DEV_SET, IMS_PER_DOM, 0, true, "IOTLB domain-selective", "section 6.1, CM = 1; Linux context_present_cache_flush()", .with = { PARAM(CM) }), \
\
	R(IMS_CHANGE_DIR, IMS_PER_TAG, 0, true, "PC PASID-selective", "table 28, PASID-directory entry; Linux changes none"), \
	R(IMS_CHANGE_DIR, IMS_PER_DOM, 0, true, "IOTLB domain-selective", "table 28, PASID-directory entry; Linux changes none"), \
	DEVTLB_ALL(IMS_CHANGE_DIR, "table 28, PASID-directory entry; Linux changes none"), \
\
	R(IMS_CHANGE_CTX_SET, IMS_PER_TAG, 0, true, "PC PASID-selective", "section 6.1, CM = 1; Linux pasid_flush_caches()", .with = { PARAM(CM) }), \
	R(IMS_CHANGE_CTX_SET, IMS_PER_TAG, 0, true, "P_IOTLB PASID-selective", "section 6.1, CM = 1; Linux pasid_flush_caches()", .with = { PARAM(CM) }), \
\
	R(IMS_CHANGE_CTX_CLEAR, IMS_PER_TAG, 0, true, "PC PASID-selective", "table 28, PASID-table entry P 1 to 0; Linux intel_pasid_tear_down_entry()"), \
	R(IMS_CHANGE_CTX_CLEAR, IMS_PER_TAG, 0, true, "P_IOTLB PASID-selective", "table 28, PGTT first-stage or pass-through; Linux intel_pasid_tear_down_entry()", \
	  .stages = FIRST_STAGE), \
	R(IMS_CHANGE_CTX_CLEAR, IMS_PER_DOM, 0, true, "IOTLB domain-selective", "table 28, PGTT second-stage or nested; Linux intel_pasid_tear_down_entry()", \
	  .stages = SECOND_STAGE), \
	DEVTLB_ALL(IMS_CHANGE_CTX_CLEAR, "table 28; Linux devtlb_invalidation_with_pasid()"), \
\
	R(IMS_CHANGE_CTX_DIRTY, IMS_PER_TAG, 0, true, "PC PASID-selective", "table 28, SSADE 0 to 1; Linux intel_pasid_setup_dirty_tracking()"), \
	R(IMS_CHANGE_CTX_DIRTY, IMS_PER_DOM, 0, true, "IOTLB domain-selective", "table 28, SSADE 0 to 1; Linux intel_pasid_setup_dirty_tracking()"), \
	DEVTLB_ALL(IMS_CHANGE_CTX_DIRTY, "table 28, SSADE 0 to 1; Linux intel_pasid_setup_dirty_tracking()"), \
\
	R(IMS_CHANGE_CTX_FIELD, IMS_PER_TAG, 0, true, "PC PASID-selective", "table 28, other fields; Linux intel_pasid_flush_present()"), \
	R(IMS_CHANGE_CTX_FIELD, IMS_PER_TAG, 0, true, "P_IOTLB PASID-selective", "table 28, other fields; Linux intel_pasid_flush_present()"), \
	DEVTLB_ALL(IMS_CHANGE_CTX_FIELD, "table 28, other fields; Linux intel_pasid_flush_present()"), \
\
	R(IMS_CHANGE_TAG_REUSE, IMS_PER_DOM, 0, true, "PC domain", "table 28, reuse of a domain-id; Linux relies on teardown"), \
	R(IMS_CHANGE_TAG_REUSE, IMS_PER_DOM, 0, true, "IOTLB domain-selective", "table 28, reuse of a domain-id; Linux relies on teardown"), \
	DEVTLB_ALL(IMS_CHANGE_TAG_REUSE, "table 28, reuse of a domain-id; Linux relies on teardown")

#define S2_WHY "table 28, second-stage row: every DID using the table; Linux cache_tag_flush_iotlb()"
#define S2_ATC "table 28; the ATC is indexed by IOVA: Linux CACHE_TAG_NESTING_DEVTLB flushes all"

/* Not present to present, second stage: an IOTLB may hold that there was nothing. */
#define SECOND_STAGE_SET \
	R(IMS_CHANGE_S2_MORE, IMS_PER_DOM, 0, false, "IOTLB page-selective", "section 6.1, CM = 1; Linux cache_tag_flush_range_np()", \
	  .with = { PARAM(CM), PARAM(PSI) }, .at_most = PARAM(MAMV)), \
	R(IMS_CHANGE_S2_MORE, IMS_PER_DOM, 0, true, "IOTLB domain-selective", "section 6.1, CM = 1, beyond MAMV; Linux cache_tag_flush_range_np()", \
	  .with = { PARAM(CM), PARAM(PSI) }, .above = PARAM(MAMV)), \
	R(IMS_CHANGE_S2_MORE, IMS_PER_DOM, 0, true, "IOTLB domain-selective", "section 6.1, CM = 1, PSI = 0; Linux cache_tag_flush_range_np()", \
	  .with = { PARAM(CM) }, .without = PARAM(PSI))

const struct ims_rule vtd_guest_rules[] = {
	R(IMS_CHANGE_S1_LESS, IMS_PER_TAG, 0, false, "P_IOTLB page-selective",
	  "table 28, first-stage row; Linux cache_tag_flush_range()"),
	R(IMS_CHANGE_S1_LESS, IMS_PER_DEVICE, NO_PASID, false, "devTLB",
	  "table 28, first-stage row, RID_PASID; Linux cache_tag_flush_devtlb_psi()"),
	R(IMS_CHANGE_S1_LESS, IMS_PER_DEVICE, WITH_PASID, false, "P_devTLB",
	  "table 28, first-stage row, other PASIDs; Linux cache_tag_flush_devtlb_psi()"),
	R(IMS_CHANGE_S1_QUEUED, IMS_PER_TAG, 0, true, "P_IOTLB PASID-selective",
	  "table 28, first-stage row; Linux cache_tag_flush_all()"),
	DEVTLB_ALL(IMS_CHANGE_S1_QUEUED, "table 28, first-stage row; Linux cache_tag_flush_all()"),
	TABLE_28, SECOND_STAGE_SET,
	SECOND_STAGE_PAGES(IMS_CHANGE_S2_LESS, S2_WHY, .stages = 0),
	DEVTLB_ALL(IMS_CHANGE_S2_LESS, S2_ATC),
};
_Static_assert(sizeof(vtd_guest_rules) / sizeof(vtd_guest_rules[0]) == VTD_GUEST_RULES, "as announced");

const struct ims_rule vtd_host_rules[] = {
	R(IMS_CHANGE_S1_LESS, IMS_PER_TAG, 0, false, "P_IOTLB page-selective",
	  "table 28, first-stage row; mail of 2023-12-09: the kernel flushes what the nested domain is attached to"),
	R(IMS_CHANGE_S1_LESS, IMS_PER_DEVICE, NO_PASID, false, "devTLB",
	  "mail of 2023-12-09: the VM's own is discarded, the host knows exactly which RIDs", ON(ATC, ATC_SYNTHESISE)),
	R(IMS_CHANGE_S1_LESS, IMS_PER_DEVICE, WITH_PASID, false, "P_devTLB",
	  "mail of 2023-12-09: the VM's own is discarded, the host knows exactly which RIDs", ON(ATC, ATC_SYNTHESISE)),
	TABLE_28, SECOND_STAGE_SET,
	SECOND_STAGE_PAGES(IMS_CHANGE_S2_LESS, S2_WHY, ON(PARENT_TAGS, PARENT_TAGS_EACH)),
	R(IMS_CHANGE_S2_LESS, IMS_PER_DEVICE, NO_PASID, true, "devTLB", S2_ATC, ON(PARENT_ATC, PARENT_ATC_ALL)),
	R(IMS_CHANGE_S2_LESS, IMS_PER_DEVICE, WITH_PASID, true, "P_devTLB", S2_ATC, ON(PARENT_ATC, PARENT_ATC_ALL)),
	R(IMS_CHANGE_S2_LESS, IMS_PER_DEVICE, NO_PASID, false, "devTLB", "what AMD-Vi's driver does in Linux: sheet of AMD-Vi, D3", ON(PARENT_ATC, PARENT_ATC_GPA)),
	R(IMS_CHANGE_S2_LESS, IMS_PER_DEVICE, WITH_PASID, false, "P_devTLB", "what AMD-Vi's driver does in Linux: sheet of AMD-Vi, D3", ON(PARENT_ATC, PARENT_ATC_GPA)),
};
_Static_assert(sizeof(vtd_host_rules) / sizeof(vtd_host_rules[0]) == VTD_HOST_RULES, "as announced");
/* clang-format on */
