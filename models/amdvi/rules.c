/* SPDX-License-Identifier: MIT */
/* What software owes after a change, section 6.2. */
#include "amdvi.h"

/* clang-format off */
#define R(change_, scope_, when_, everything_, title_, source_, ...) \
	{ .change = (change_), .scope = (scope_), .when = (when_), .everything = (everything_), \
	  .title = title_, .source = source_, __VA_ARGS__ }

const struct ims_rule amdvi_guest_rules[] = {
	R(IMS_CHANGE_S1_LESS, IMS_PER_TAG, 0, false, "INVALIDATE_IOMMU_PAGES GN=1", "section 6.2; Linux domain_flush_pages_v2()"),
	R(IMS_CHANGE_CTX_SET, IMS_PER_TAG, 0, true, "INVALIDATE_IOMMU_PAGES GN=1 PDE=1", "section 6.2; Linux update_gcr3()"),
	R(IMS_CHANGE_CTX_CLEAR, IMS_PER_TAG, 0, true, "INVALIDATE_IOMMU_PAGES GN=1 PDE=1", "section 6.2; Linux update_gcr3()"),
};
_Static_assert(sizeof(amdvi_guest_rules) / sizeof(amdvi_guest_rules[0]) == AMDVI_GUEST_RULES, "as announced");

const struct ims_rule amdvi_host_rules[] = {
	R(IMS_CHANGE_S1_LESS, IMS_PER_TAG, 0, false, "INVALIDATE_IOMMU_PAGES GN=1", "section 14"),
	R(IMS_CHANGE_S2_LESS, IMS_PER_TAG, 0, false, "INVALIDATE_IOMMU_PAGES GN=0", "section 8.3; Linux 757d2b1fdf5b"),
};
_Static_assert(sizeof(amdvi_host_rules) / sizeof(amdvi_host_rules[0]) == AMDVI_HOST_RULES, "as announced");
/* clang-format on */
