/* SPDX-License-Identifier: MIT */
/* A world with many pages and a request for each, to see how much can be searched, and how fast. */
#ifndef TESTS_PROPERTY_CLOSURE_PAGES_H
#define TESTS_PROPERTY_CLOSURE_PAGES_H

#include "sim/explore/closure.h"
#include "tests/property/closure_programs.h"

#define MANY_AT(page) (CW_IOVA + UINT64_C(0x1000) * (page))

/* A second stage with @pages pages from CW_IOVA on, and a request for each. */
static inline void pages_world(struct cw *w, struct xpl_may **ret_may,
			       struct xpl_closure **ret_closure, unsigned pages)
{
	memset(w, 0, sizeof(*w));
	cw_params(w, &vtd_model);
	w->cells_max = 4096;
	cw_open(w);
	w->hw.unit->walk_caches = w->config.units[0].walk_caches = false;
	cw_word(w, CW_ROOT, CV_SCALABLE);
	cw_word(w, CV_ROOT + 16, CV_CTX | 1);
	cw_word(w, CV_CTX + 8u * 32, CV_DIR | 0xd);
	cw_word(w, CV_DIR, CV_PASIDS | 1);
	cw_word(w, CV_PASIDS + 8, CV_DID(10));
	cw_word(w, CV_PASIDS, CV_S3 | 2u << 6 | 1u << 2 | 1);
	cw_word(w, CV_S3 + 8, CV_S2 | 3);
	for (unsigned i = 0; i * 512 < pages; i++)
		cw_word(w, CV_S2 + i * 8, (0x100000 + i * 0x1000) | 3);
	*ret_closure = xpl_closure_new(&w->config, 0, XPL_ORDER_VENDOR, NULL);
	*ret_may = xpl_closure_may(*ret_closure);
	for (unsigned i = 0; i < pages; i++) {
		const struct xpl_ask a = { .req = { .src = CV_SRC,
						    .ctx = IMS_CTX_NONE,
						    .addr = MANY_AT(i),
						    .access = IMS_ACCESS_READ } };

		cw_word(w, 0x100000 + i * 8, (CW_OUT + i * 0x1000) | 3);
		xpl_may_ask(*ret_may, &a);
	}
}

/* Page @i leads somewhere else, the @n-th place. */
static inline void move_page(struct cw *w, unsigned i, unsigned n)
{
	cw_word(w, 0x100000 + i * 8, (CW_ELSE + n * UINT64_C(0x1000000) + i * 0x1000) | 3);
}

static inline struct cp_step page_command(const struct cw *w, unsigned i)
{
	return cp_encoded(w, "IOTLB page-selective", 0,
			  (struct ims_cmd_args){
				  .dom = 10, .first = MANY_AT(i), .last = MANY_AT(i) | 0xfff });
}

static inline void close_pages(struct cw *w, struct xpl_closure *c)
{
	xpl_closure_free(c);
	cw_close(w);
}

#endif
