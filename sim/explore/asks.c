/* SPDX-License-Identifier: MIT */
/* What devices may ask at any time, and steps that ask what is cached: those cannot be searched. */
#include <string.h>

#include "sim/explore/watch_parts.h"

/* ---- what devices may ask ---- */

/* Does a step name addresses of a device's, or of a space's. */
static bool names_iova(const struct scn_step *s)
{
	switch (s->op) {
	case SCN_OP_MAP:
	case SCN_OP_REMAP:
	case SCN_OP_UNMAP:
	case SCN_OP_PROTECT:
	case SCN_OP_DMA:
	case SCN_OP_ATS:
		return true;
	default:
		return false;
	}
}

/* The first and the last page of each range that a step of this VM names. */
static GArray *pages_of(const struct scn *scn, uint32_t vm)
{
	GArray *pages = g_array_new(FALSE, FALSE, sizeof(uint64_t));

	for (guint i = 0; i < scn->steps->len; i++) {
		const struct scn_step *s = g_ptr_array_index(scn->steps, i);
		uint64_t ends[2] = { s->iova & ~UINT64_C(0xfff),
				     (s->iova + (s->size ? s->size - 1 : 0)) & ~UINT64_C(0xfff) };

		if (!names_iova(s) || s->vm != (int32_t)vm)
			continue;
		for (unsigned e = 0; e < 2; e++) {
			guint k = 0;

			while (k < pages->len && g_array_index(pages, uint64_t, k) != ends[e])
				k++;
			if (k == pages->len)
				g_array_append_val(pages, ends[e]);
		}
	}
	return pages;
}

/* The contexts by which a device comes: those it is attached with, or asks by. */
static GArray *contexts_of(const struct scn *scn, uint32_t dev)
{
	GArray *ctxs = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (guint i = 0; i < scn->steps->len; i++) {
		const struct scn_step *s = g_ptr_array_index(scn->steps, i);
		uint32_t ctx = s->has_pasid ? s->pasid : IMS_CTX_NONE;
		guint k = 0;

		if (s->dev != (int32_t)dev ||
		    (s->op != SCN_OP_ATTACH && s->op != SCN_OP_DMA && s->op != SCN_OP_ATS))
			continue;
		while (k < ctxs->len && g_array_index(ctxs, uint32_t, k) != ctx)
			k++;
		if (k == ctxs->len)
			g_array_append_val(ctxs, ctx);
	}
	return ctxs;
}

static bool asks_privileged(const struct scn *scn, uint32_t dev)
{
	for (guint i = 0; i < scn->steps->len; i++) {
		const struct scn_step *s = g_ptr_array_index(scn->steps, i);

		if (s->dev == (int32_t)dev && s->priv)
			return true;
	}
	return false;
}

static bool add_asks(struct xpl_watch *w, struct xpl_may *m, uint32_t dev, uint32_t ctx,
		     uint64_t page)
{
	static const uint8_t accesses[] = { IMS_ACCESS_READ, IMS_ACCESS_WRITE };
	const struct hyp_device *d = &w->run->h->devices[dev];
	bool privs = asks_privileged(w->scn, dev);

	for (unsigned i = 0; i < 8; i++) {
		const struct xpl_ask ask = { .dev = dev,
					     .req = { .src = d->prid,
						      .ctx = ctx,
						      .addr = page,
						      .access = accesses[i & 1],
						      .priv = i >> 2 & 1,
						      .bytes = 8 },
					     .ats = i >> 1 & 1 };

		if ((ask.ats && !d->ats) || (ask.req.priv && !privs))
			continue;
		if (xpl_may_ask(m, &ask) == XPL_ASKS)
			return false;
	}
	return true;
}

void xpl_watch_asks(struct xpl_watch *w, struct xpl_unit *u)
{
	struct xpl_may *m = xpl_closure_may(u->closure);

	for (uint32_t dev = 0; dev < w->scn->devices->len; dev++) {
		const struct hyp_device *d = &w->run->h->devices[dev];
		g_autoptr(GArray) pages = pages_of(w->scn, d->vm);
		g_autoptr(GArray) ctxs = contexts_of(w->scn, dev);

		if (w->run->h->iommus[d->iommu].hw.number != u->number)
			continue;
		for (guint c = 0; c < ctxs->len; c++)
			for (guint p = 0; p < pages->len; p++)
				if (!add_asks(w, m, dev, g_array_index(ctxs, uint32_t, c),
					      g_array_index(pages, uint64_t, p))) {
					xpl_watch_give_up(
						w,
						"devices may ask for more pages than can be searched");
					return;
				}
	}
}

/* ---- what cannot be searched ---- */

/* Steps whose outcome depends on what is cached: with more of it less may be possible. */
static const char *breaks_monotony(const struct scn *scn, const struct scn_step *s)
{
	const struct scn_device *d =
		s->dev >= 0 ? &g_array_index(scn->devices, struct scn_device, s->dev) : NULL;

	switch (s->op) {
	case SCN_OP_PAGE_REQUEST:
	case SCN_OP_PAGE_RESPONSE:
		return "software hears of what is not cached (page requests)";
	case SCN_OP_INJECT:
		return "faults are injected into what is on its way";
	case SCN_OP_RESET:
	case SCN_OP_DEVICE:
		return "a device forgets what it holds";
	case SCN_OP_HOST_MAP:
		return s->gpa.name < 0 ?
			       "other memory may come to stand behind the guest's tables" :
			       NULL;
	case SCN_OP_IOCTL:
		return strstr(s->ioctl->call, "DIRTY") ? "its result depends on dirty bits" : NULL;
	default:
		return d && d->stall ? "software hears of what is not cached (stalls)" : NULL;
	}
}

void xpl_watch_monotone(struct xpl_watch *w)
{
	for (guint i = 0; i < w->scn->steps->len && !w->trouble; i++) {
		const struct scn_step *s = g_ptr_array_index(w->scn->steps, i);
		const char *why = breaks_monotony(w->scn, s);

		if (why)
			w->trouble = g_strdup_printf("line %u, %s: %s", s->mark.line,
						     scn_op_name(s->op), why);
	}
}
