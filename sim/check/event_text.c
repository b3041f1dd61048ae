/* SPDX-License-Identifier: MIT */
/* What each event of a log says, in words: what the arguments are stands in iommusim/event.h. */

#include "sim/check/parts.h"

#define HEX "0x%" G_GINT64_MODIFIER "x"

typedef void text_fn(GString *s, const struct ims_model *m, const struct ims_event *e);

/* ---- words ---- */

static const char *word(const char *const *names, unsigned count, uint64_t at)
{
	return at < count ? names[at] : "?";
}
#define WORD(names, at) word(names, G_N_ELEMENTS(names), at)

static void put_src(GString *s, uint64_t src)
{
	g_string_append_printf(s, " requester %02x:%02x.%x", (unsigned)src >> 8,
			       (unsigned)src >> 3 & 31, (unsigned)src & 7);
}

static void put_ctx(GString *s, uint64_t ctx)
{
	if ((uint32_t)ctx != IMS_CTX_NONE)
		g_string_append_printf(s, ", PASID %u", (unsigned)ctx);
}

static void put_perm(GString *s, uint64_t perm)
{
	g_string_append_printf(s, ", %s%s%s", perm & IMS_R ? "r" : "-", perm & IMS_W ? "w" : "-",
			       perm & IMS_X ? "x" : "");
	if (perm & IMS_NEGATIVE)
		g_string_append(s, ", negative");
}

static const char *cache_name(const struct ims_model *m, uint64_t cache)
{
	return (cache & 0xff) < m->caches_count ? m->caches[cache & 0xff].name : "?";
}

static const char *row_title(const struct ims_model *m, uint32_t row)
{
	return row < m->rows_count ? m->rows[row].title : "?";
}

static void put_ring(GString *s, uint64_t ring)
{
	if (ring)
		g_string_append_printf(s, " (queue %u)", (unsigned)ring);
}

static void put_fault(GString *s, const struct ims_model *m, uint32_t code)
{
	const struct ims_fault_def *f = ims_model_fault(m, (uint16_t)code);

	g_string_append_printf(s, "fault %s", f ? f->name : "without a name");
}

/* ---- software ---- */

static void step(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	(void)m;
	g_string_append_printf(s, "begins step %u", e->n);
}

static void returns(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	(void)m;
	g_string_append_printf(s, "returns from the step of t%u", (unsigned)e->a[0]);
}

static void write_word(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	(void)m;
	g_string_append_printf(s, "writes " HEX ": " HEX " -> " HEX "%s", e->a[0], e->a[1], e->a[2],
			       e->a[3] ? ", by itself" : "");
}

static void reg(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	const char *name = NULL;

	for (unsigned i = 0; i < m->regs_count && !name; i++)
		if (m->regs[i].offset == e->n)
			name = m->regs[i].name;
	g_string_append_printf(s, "writes " HEX " to register %s (0x%x): " HEX " -> " HEX, e->a[2],
			       name ? name : "of no name", e->n, e->a[0], e->a[1]);
}

static void queued(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	g_autofree char *command = chk_command_text(m, e->a);

	g_string_append_printf(s, "queues %s", command);
	put_ring(s, e->a[4]);
}

static void call(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	static const char *const names[IMS_CALL_MAX] = { "attach", "detach", "invalidate", "map",
							 "unmap" };

	(void)m;
	g_string_append_printf(s, "calls the host: %s " HEX ", " HEX ", " HEX ", " HEX,
			       WORD(names, e->n), e->a[0], e->a[1], e->a[2], e->a[3]);
}

static void refused(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	g_autofree char *text = chk_refused_text(e);

	(void)m;
	g_string_append_printf(s, "%s (call of t%u)", text, (unsigned)e->a[0]);
}

static void discard(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	(void)m;
	g_string_append_printf(s, "discards the command of t%u", (unsigned)e->a[0]);
}

static void waited(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	(void)m;
	g_string_append_printf(s, "has waited: VM %u", e->n);
}

static void given_away(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	(void)m;
	g_string_append_printf(s, "%s hpa " HEX ".." HEX " of VM %u",
			       e->kind == IMS_EV_FREE ? "frees" : "reuses", e->a[0], e->a[1],
			       (unsigned)e->a[2]);
}

static void back(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	(void)m;
	g_string_append_printf(s, "puts hpa " HEX " behind gpa " HEX ".." HEX " of VM %u", e->a[1],
			       e->a[0], e->a[2], e->n);
}

/* ---- devices ---- */

static void dma(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	static const char *const verbs[] = { "touches", "reads", "writes", "atomically updates" };

	(void)m;
	g_string_append_printf(s, "device %u %s iova " HEX, e->n, verbs[e->a[2] & 3], e->a[0]);
	put_ctx(s, e->a[1]);
	g_string_append(s, ", as");
	put_src(s, e->a[3]);
}

static void device(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	(void)m;
	g_string_append_printf(s, "device %u: ATS %s, PASIDs %s%s", e->n, e->a[0] ? "on" : "off",
			       e->a[1] ? "on" : "off", e->a[2] ? ", being reset" : "");
}

static void page(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	static const char *const fates[] = { "it is queued", "hardware answers", "it is dropped" };

	(void)m;
	g_string_append_printf(s, "asks for the page at " HEX ",", e->a[0]);
	put_src(s, e->a[2]);
	put_ctx(s, e->a[1]);
	g_string_append_printf(s, ", group %u: %s", (unsigned)e->a[3] & 0xffff, WORD(fates, e->n));
	if (e->n == IMS_PAGE_ANSWERED)
		g_string_append_printf(s, " with code %u", (unsigned)(e->a[3] >> 16 & 0x7f));
}

static void response(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	(void)m;
	g_string_append_printf(s, "answers group %u with code %u:", (unsigned)e->a[2], e->n);
	put_src(s, e->a[0]);
	put_ctx(s, e->a[1]);
}

static void stall(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	(void)m;
	g_string_append_printf(s, "stalls at " HEX ", tag %u:", e->a[0], e->n);
	put_src(s, e->a[2]);
	put_ctx(s, e->a[1]);
}

static void resumed(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	static const char *const names[] = { "ends", "retries" };

	(void)m;
	g_string_append_printf(s, "%s the stalled transaction with tag %u:", WORD(names, e->n),
			       (unsigned)e->a[1]);
	put_src(s, e->a[0]);
}

static void fault_queue(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	static const char *const names[] = { "stands in a fault queue",
					     "is read by the VMM",
					     "is told to the guest",
					     "is answered by the VMM",
					     "is answered by the host, whose queue goes",
					     "is refused by the host",
					     "is forgotten" };

	(void)m;
	g_string_append_printf(s, "what device %u asked for", (unsigned)e->a[0]);
	put_ctx(s, e->a[1]);
	g_string_append_printf(s, " (%u) %s", (unsigned)e->a[2], WORD(names, e->n));
}

/* ---- translation ---- */

static void lookup(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	static const char *const kinds[] = { "untranslated", "translation request", "translated",
					     "page request" };
	static const char *const access[] = { "nothing", "read", "write", "atomic" };

	(void)m;
	g_string_append_printf(s, "looks up " HEX " for", e->a[0]);
	put_src(s, e->n);
	put_ctx(s, e->a[1]);
	g_string_append_printf(s, ": %s, %s", WORD(kinds, e->a[3]), access[e->a[2] & 3]);
}

static void reads(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	(void)m;
	if (e->n)
		g_string_append_printf(s, "reads the stage-%u entry of level %u at " HEX, e->n >> 8,
				       e->n & 0xff, e->a[0]);
	else
		g_string_append_printf(s, "reads a configuration structure at " HEX, e->a[0]);
	if (e->a[2] != e->a[0])
		g_string_append_printf(s, " (hpa " HEX ")", e->a[2]);
	g_string_append_printf(s, ": " HEX, e->a[1]);
	if (e->a[3])
		g_string_append_printf(s, ", as it was at t%u", (unsigned)e->a[3]);
}

static void hit(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	g_string_append_printf(s, "goes on from entry %u of %s", e->n, cache_name(m, e->a[0]));
}

static void fill(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	unsigned lg2 = (unsigned)(e->a[3] >> 24) & 0xff;

	g_string_append_printf(s, "fills entry %u of %s:", e->n, cache_name(m, e->a[0]));
	if (lg2 < 64)
		g_string_append_printf(s, " " HEX ".." HEX, e->a[1],
				       e->a[1] + (UINT64_C(1) << lg2) - 1);
	g_string_append_printf(s, " -> " HEX ", %s %u,", e->a[2], m->words.dom,
			       (unsigned)e->a[3] & 0xffff);
	put_src(s, e->a[4] & UINT32_MAX);
	put_ctx(s, e->a[4] >> 32);
	put_perm(s, (e->a[3] >> 48 & 0xff) | (e->a[5] >> 56) << 8);
}

static void evict(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	g_string_append_printf(s, "evicts entry %u of %s", e->n, cache_name(m, e->a[0]));
}

static void answer(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	if (e->n)
		put_fault(s, m, e->n);
	else
		g_string_append_printf(s, "answers hpa " HEX, e->a[0]);
	put_perm(s, e->a[1]);
	if (!e->n && e->a[2] < 64)
		g_string_append_printf(s, ", of " HEX " bytes", UINT64_C(1) << e->a[2]);
}

static void fault(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	g_string_append_printf(s, "%s ", e->a[3] ? "tells of" : "loses");
	put_fault(s, m, e->n);
	g_string_append_printf(s, " at " HEX ",", e->a[0]);
	put_src(s, e->a[2]);
	put_ctx(s, e->a[1]);
}

/* ---- queues ---- */

static void command(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	g_autofree char *text = chk_command_text(m, e->a);

	g_string_append_printf(s, "consumes %s", text);
	put_ring(s, e->a[4]);
}

static void drop(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	g_string_append_printf(s, "drops entry %u of %s, by the command of t%u", e->n,
			       cache_name(m, e->a[0]), (unsigned)e->a[1]);
}

static void done(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	g_string_append_printf(s, "completes %s", row_title(m, e->n));
	put_ring(s, e->a[0]);
}

static void aborted(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	g_string_append_printf(s, "does not complete %s of t%u, for an error", row_title(m, e->n),
			       (unsigned)e->a[0]);
	put_ring(s, e->a[1]);
}

static void early(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	g_string_append_printf(s, "has %s of t%u take effect, and no wait has asked for it",
			       row_title(m, e->n), (unsigned)e->a[0]);
	put_ring(s, e->a[1]);
}

static void lost(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	g_string_append_printf(s, "does not execute %s of t%u: ", row_title(m, e->n),
			       (unsigned)e->a[0]);
	g_string_append(s, e->a[2] ? "the unit stopped at it" : "a device did not answer");
}

static void stopped(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	const char *name = NULL;

	for (unsigned i = 0; i < m->queue_errors_count && !name; i++)
		if (m->queue_errors[i].code == e->n)
			name = m->queue_errors[i].name;
	g_string_append_printf(s, "stops at command %u of the queue: %s", (unsigned)e->a[0],
			       name ? name : "an error without a name");
	put_ring(s, e->a[1]);
}

static void hung(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	static const char *const names[IMS_HUNG_MAX] = {
		"a device does not answer",
		"the queue has stopped",
		"the queue is off",
		"the host has the queue off",
		"the hardware looks for the queue elsewhere",
		"the page of the queue is not mapped",
	};

	(void)m;
	g_string_append_printf(s, "a wait of unit %u never returns: %s", e->n,
			       WORD(names, e->a[1]));
}

static void signals(GString *s, const struct ims_model *m, const struct ims_event *e)
{
	(void)m;
	g_string_append_printf(s, "sends interrupt message " HEX " to " HEX " (source %u)", e->a[1],
			       e->a[0], e->n);
}

static const struct {
	const char *name;
	text_fn *text;
} events[IMS_EV_MAX] = {
	[IMS_EV_STEP] = { "step", step },
	[IMS_EV_RETURN] = { "return", returns },
	[IMS_EV_WRITE] = { "write", write_word },
	[IMS_EV_DMA] = { "dma", dma },
	[IMS_EV_LOOKUP] = { "lookup", lookup },
	[IMS_EV_READ] = { "read", reads },
	[IMS_EV_HIT] = { "hit", hit },
	[IMS_EV_FILL] = { "fill", fill },
	[IMS_EV_EVICT] = { "evict", evict },
	[IMS_EV_ANSWER] = { "answer", answer },
	[IMS_EV_QUEUED] = { "queued", queued },
	[IMS_EV_CMD] = { "command", command },
	[IMS_EV_DROP] = { "drop", drop },
	[IMS_EV_DONE] = { "done", done },
	[IMS_EV_QERROR] = { "queue-error", stopped },
	[IMS_EV_CALL] = { "call", call },
	[IMS_EV_DISCARD] = { "discard", discard },
	[IMS_EV_WAITED] = { "waited", waited },
	[IMS_EV_FREE] = { "free", given_away },
	[IMS_EV_REUSE] = { "reuse", given_away },
	[IMS_EV_BACK] = { "back", back },
	[IMS_EV_SIGNAL] = { "signal", signals },
	[IMS_EV_FAULT] = { "fault", fault },
	[IMS_EV_REG] = { "register", reg },
	[IMS_EV_PAGE] = { "page", page },
	[IMS_EV_RESPONSE] = { "response", response },
	[IMS_EV_REFUSED] = { "refused", refused },
	[IMS_EV_ABORTED] = { "aborted", aborted },
	[IMS_EV_LOST] = { "lost", lost },
	[IMS_EV_HUNG] = { "hung", hung },
	[IMS_EV_DEVICE] = { "device", device },
	[IMS_EV_STALL] = { "stall", stall },
	[IMS_EV_RESUMED] = { "resumed", resumed },
	[IMS_EV_FAULTQ] = { "fault-queue", fault_queue },
	[IMS_EV_EARLY] = { "early", early },
};

const char *chk_event_name(uint16_t kind)
{
	return kind < IMS_EV_MAX && events[kind].name ? events[kind].name : "none";
}

char *chk_event_text(const struct ims_model *m, const struct ims_event *e)
{
	GString *s = g_string_new(NULL);

	if (e->kind < IMS_EV_MAX && events[e->kind].text)
		events[e->kind].text(s, m, e);
	return g_string_free(s, FALSE);
}
