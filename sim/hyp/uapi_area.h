/* SPDX-License-Identifier: MIT */
/* Areas of address spaces, and the page tables that are filled from them. */
#ifndef SIM_HYP_UAPI_AREA_H
#define SIM_HYP_UAPI_AREA_H

#include "sim/hyp/uapi_parts.h"

/* Leaves that one mapping may need in a table; with more: -ENOMEM, not modelled. */
#define HYP_LEAVES 4096

/* The run with the lowest address that has a part in [@first, @last]; NULL. */
struct hyp_run *hyp_run_at(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t first,
			   uint64_t last);
/* Is every address of the range mapped. */
bool hyp_area_covered(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t first, uint64_t last);
/* A run that is checked: it goes into every page table of its address space, or nowhere. */
long hyp_area_add(struct hyp *h, const struct hyp_run *run);
/* What [@first, @last] of one address space leads to is mapped in another at @to. */
long hyp_area_copy(struct hyp *h, uint32_t ctx, uint32_t from, uint64_t first, uint64_t last,
		   uint32_t to_ioas, uint64_t to, uint8_t perm);
/*
 * iopt_unmap_iova_range(): whole areas, from the lowest on; -ENOENT: the range has none, or
 * cuts one; -EBUSY: one is in use by a queue. What came before is gone.
 */
long hyp_area_unmap(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t first, uint64_t last,
		    uint64_t *ret_bytes);
/* The same; @ret_freed: tables of page tables went too. */
long hyp_area_unmap_tables(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t first,
			   uint64_t last, uint64_t *ret_bytes, bool *ret_freed);
/* A new page table gets everything of its address space; -EFAULT: memory is not there. */
long hyp_area_fill(struct hyp *h, uint32_t ctx, struct hyp_obj *paging);
/* A page of a VM's memory is there now: page tables that map it get it. False: none does. */
bool hyp_area_back(struct hyp *h, uint32_t vm, uint64_t gpa, uint64_t hpa);

#endif
