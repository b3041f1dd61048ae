/* SPDX-License-Identifier: MIT */
#include "tools/iommusim/explain_shown.h"

#include <string.h>

#include "sim/check/explain.h"
#include "sim/explore/search.h"

/* clang-format off */
static const struct tool_shown shown[] = {
	{ "stale", "smmuv3", "seed/hw-key-of-config-untold.yaml", NULL, NULL },
	{ "stale-after-reuse", "vtd", "seed/nested-unmap-no-invalidation.yaml", NULL, NULL },
	{ "early-free", "vtd", "seed/nested-unmap-early-free.yaml", NULL, NULL },
	{ "breach", "amdvi", "seed/nested-domain-two-tables-amdvi.yaml", NULL, NULL },
	{ "lost-completion", "vtd", "vtd/guest-queue-stopped.yaml", NULL, NULL },
	{ "rejected", "amdvi", "common/bridge-own-tables.yaml", NULL, NULL },
	{ "rule", "vtd", "seed/tag-of-other-parent-vtd.yaml", NULL, NULL },
	{ "over-invalidation", "smmuv3", "seed/hw-key-of-config.yaml", NULL, NULL },
	{ "tag-reuse", "amdvi", "amdvi/d2-tag-used-again.yaml", NULL, NULL },
	{ "misroute", "smmuv3", "smmuv3/led-into-another-vm.yaml", NULL, NULL },
	{ "none-issued", "vtd", "seed/nested-unmap-no-invalidation.yaml", NULL, NULL },
	{ "wrong-level", "smmuv3", "seed/hw-key-of-config-untold.yaml", NULL, NULL },
	{ "wrong-tag", "vtd", "seed/walk-start-by-device-vtd.yaml", NULL, NULL },
	{ "wrong-device", "amdvi", "seed/atc-target-other-device-amdvi.yaml", NULL, NULL },
	{ "wrong-range", "vtd", "vtd/mask-too-small.yaml", NULL, NULL },
	{ "wrong-order", "smmuv3", "smmuv3/merged-across-sync.yaml", NULL, NULL },
	{ "not-waited", "smmuv3", "smmuv3/sync-of-another-queue.yaml", NULL, NULL },
	{ "no-effect", "vtd", "vtd/atc-twice.yaml", NULL, NULL },
	{ "timeout-assumed-done", "vtd", "common/detach-not-answered.yaml", NULL, NULL },
	{ "dropped-by-error", "vtd", "common/call-refused.yaml", NULL, NULL },
	{ "dropped-by-queue", "amdvi", "amdvi/viommu-devid-unmapped.yaml", NULL, NULL },
	{ "tag-collision", "amdvi", "amdvi/host-tag-of-another-vm.yaml", NULL, NULL },
	{ "self-collision", "amdvi", "seed/nested-domain-two-tables-amdvi.yaml", NULL, NULL },
	{ "no-answer", "vtd", "common/never-answered.yaml", NULL, NULL },
	{ "device-in-reset", "vtd", "common/reset-not-blocked.yaml", NULL, NULL },
	{ "queue-stopped", "vtd", "vtd/guest-queue-stopped.yaml", NULL, NULL },
	{ "queue-off", "smmuv3", "smmuv3/vcmdq-vintf-off.yaml", NULL, NULL },
	{ "queue-not-read", "amdvi", "amdvi/viommu-translated-through-another.yaml", NULL, NULL },
	{ "page-not-mapped", "amdvi", "amdvi/viommu-page-unmapped.yaml", NULL, NULL },
	{ "not-answered", "vtd", "common/page-never-answered.yaml", NULL, NULL },
	{ "not-read", "vtd", "common/fault-queue-unread.yaml", NULL, NULL },
	{ "request-dropped", "amdvi", "amdvi/page-log-overflow.yaml", NULL, NULL },
	{ "answer-without-pasid", "smmuv3", "smmuv3/page-answer-without-pasid.yaml", NULL, NULL },
	{ "eio", "smmuv3", "smmuv3/alias-has-no-vdevice.yaml", NULL, NULL },
	{ "einval", "amdvi", "common/bridge-own-tables.yaml", NULL, NULL },
	{ "eopnotsupp", "amdvi", "amdvi/shipped-nested-refused.yaml", NULL, NULL },
	{ "etimedout", "vtd", "common/call-times-out.yaml", NULL, NULL },
	{ "ebusy", "vtd", "common/attach-during-reset.yaml", NULL, NULL },
	{ "enoent", "smmuv3", "smmuv3/alias-has-no-vdevice.yaml", NULL, NULL },
	{ "enomem", "vtd", "common/call-out-of-memory.yaml", NULL, NULL },
	{ "pasid-changed-under-ats", "vtd", "common/pasid-enabled-behind-ats.yaml", NULL, NULL },
	{ "ats-before-entry", "smmuv3", "smmuv3/ats-enabled-before-entry.yaml", NULL, NULL },
	{ "writes-not-marked", "amdvi", "amdvi/d6-dirty-bits-not-turned-on.yaml", NULL, NULL },
	{ "same-did-other-parent", "vtd", "seed/tag-of-other-parent-vtd.yaml", NULL, NULL },
	{ "did-of-both-stages", "vtd", "vtd/rule-did-of-both-stages.yaml", NULL, NULL },
	{ "same-tag-other-tables", "vtd", "seed/nested-domain-two-tables-vtd.yaml", NULL, NULL },
	{ "same-tables-other-mode", "vtd", "vtd/rule-same-tables-other-mode.yaml", NULL, NULL },
	{ "same-parent-other-ssade", "vtd", "vtd/rule-same-parent-other-ssade.yaml", NULL, NULL },
	{ "guest-fields-unvetted", "vtd", "vtd/rule-guest-fields-unvetted.yaml", NULL, NULL },
	{ "did-not-of-unit", "vtd", "vtd/rule-did-not-of-unit.yaml", NULL, NULL },
	{ "did-zero", "vtd", "vtd/rule-did-zero.yaml", NULL, NULL },
	{ "same-hptdid-other-table", "vtd", "vtd/rule-same-hptdid-other-table.yaml", NULL, NULL },
	{ "present-entry-torn", "vtd", "vtd/rule-present-entry-torn.yaml", NULL, NULL },
	{ "pc-domain-alone", "vtd", "vtd/rule-pc-domain-alone.yaml", NULL, NULL },
	{ "pc-pasid-alone", "vtd", "vtd/rule-pc-pasid-alone.yaml", NULL, NULL },
	{ "pc-global-alone", "vtd", "vtd/rule-pc-global-alone.yaml", NULL, NULL },
	{ "cc-global-alone", "vtd", "vtd/rule-cc-global-alone.yaml", NULL, NULL },
	{ "cc-device-alone", "vtd", "vtd/rule-cc-device-alone.yaml", NULL, NULL },
	{ "same-domid-other-parent", "amdvi", "amdvi/rule-same-domid-other-parent.yaml", NULL, NULL },
	{ "same-domid-other-gcr3", "amdvi", "seed/nested-domain-several-amdvi.yaml", NULL, NULL },
	{ "same-vmid-other-stage2", "smmuv3", "seed/tag-of-other-parent-smmuv3.yaml", NULL, NULL },
	{ "vmid-of-both-stages", "smmuv3", "smmuv3/rule-vmid-of-both-stages.yaml", NULL, NULL },
	{ "same-asid-other-tables", "smmuv3", "seed/nested-domain-two-tables-smmuv3.yaml", NULL, NULL },
	{ "live-structure-torn", "smmuv3", "smmuv3/rule-live-structure-torn.yaml", NULL, NULL },
	{ "eats-without-zero", "smmuv3", "smmuv3/rule-eats-without-zero.yaml", NULL, NULL },
	{ "made-without-break", "smmuv3", "smmuv3/rule-made-without-break.yaml", NULL, NULL },
	{ "level-misaligned", "smmuv3", "smmuv3/rule-level-misaligned.yaml", NULL, NULL },
	{ "blame.guest", "vtd", "seed/nested-domain-two-tables-vtd.yaml", NULL, NULL },
	{ "blame.vmm", "vtd", "common/fault-queue-unread.yaml", NULL, NULL },
	{ "blame.host", "vtd", "seed/tag-of-other-parent-vtd.yaml", NULL, NULL },
	{ "blame.queue", "smmuv3", "seed/queue-map-wrong-smmuv3.yaml", NULL, NULL },
	{ "blame.device", "vtd", "common/never-answered.yaml", NULL, NULL },
	{ "where.iotlb", "vtd", "seed/path-wide-dropped.yaml", NULL, NULL },
	{ "where.walk-cache", "vtd", "vtd/table-freed-leaf-only.yaml", NULL, NULL },
	{ "where.config", "smmuv3", "seed/hw-key-of-config-untold.yaml", NULL, NULL },
	{ "where.atc", "vtd", "seed/nested-unmap-no-invalidation.yaml", NULL, NULL },
	{ "where.queue", "vtd", "vtd/guest-queue-stopped.yaml", NULL, NULL },
	{ "field.level", "amdvi", "seed/atc-forgotten-by-guest-amdvi.yaml", NULL, NULL },
	{ "field.dom", "amdvi", "amdvi/viommu-domid-unmapped-k7.yaml", NULL, NULL },
	{ "field.ctx", "amdvi", "seed/guest-key-wrong-amdvi.yaml", NULL, NULL },
	{ "field.src", "amdvi", "seed/atc-target-other-device-amdvi.yaml", NULL, NULL },
	{ "field.range", "vtd", "vtd/mask-too-small.yaml", NULL, NULL },
	{ "field.order", "amdvi", "amdvi/s15-atc-before-pages.yaml", NULL, NULL },
	{ "table-uaf", "vtd", "vtd/table-freed-leaf-only.yaml", NULL, NULL },
	{ "stale-negative", "vtd", "vtd/absent-page-not-flushed.yaml", NULL, NULL },
	{ "order", "smmuv3", "smmuv3/order-no-sync-between.yaml", NULL, NULL },
	{ "masked", "vtd", "vtd/masked-atc-forgotten.yaml", NULL, NULL },
	{ "no-wait-between", "smmuv3", "smmuv3/order-no-sync-between.yaml", NULL, NULL },
	{ "verdict.pass", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "verdict.fail", "vtd", "seed/path-wide.yaml", "linux-7.3", NULL },
	{ "verdict.error", "vtd", "seed/nested-unmap.yaml", "linux-7.3-hooked", NULL },
	{ "over.necessary", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "over.architectural", "vtd", "seed/tag-left-behind.yaml", NULL, NULL },
	{ "over.host", "smmuv3", "seed/hw-key-of-config.yaml", NULL, NULL },
	{ "over.cross-tenant", "smmuv3", "smmuv3/vmid-of-two-viommus.yaml", NULL, NULL },
	{ "host.tag", "vtd", "common/page-served-linux.yaml", NULL, NULL },
	{ "host.tag-free", "amdvi", "amdvi/d2-tag-used-again.yaml", NULL, NULL },
	{ "host.atc", "vtd", "seed/atc-by-nobody.yaml", NULL, NULL },
	{ "host.target", "amdvi", "seed/path-of-viommu-none.yaml", NULL, NULL },
	{ "host.atc-target", "smmuv3", "smmuv3/vdevice-gone-while-attached.yaml", NULL, NULL },
	{ "host.parent-tags", "vtd", "seed/hw-key-of-parent-own-tag.yaml", NULL, NULL },
	{ "host.parent-atc", "vtd", "common/dirty-cleared-atc-forgotten.yaml", NULL, NULL },
	{ "host.parent-config", "smmuv3", "seed/hw-key-of-config-untold.yaml", NULL, NULL },
	{ "host.parent-wait", "amdvi", "amdvi/d5-not-waited.yaml", NULL, NULL },
	{ "host.parent-dirty", "amdvi", "amdvi/d6-dirty-bits-not-turned-on.yaml", NULL, NULL },
	{ "host.reattach", "amdvi", "amdvi/d1-reattach-ignored-kept.yaml", NULL, NULL },
	{ "host.swap", "amdvi", "amdvi/d7-old-tag-left-kept.yaml", NULL, NULL },
	{ "host.nest", "amdvi", "amdvi/shipped-nested-refused.yaml", NULL, NULL },
	{ "host.batch", "smmuv3", "smmuv3/merged-across-sync.yaml", NULL, NULL },
	{ "host.progress", "amdvi", "amdvi/list-over-reported.yaml", NULL, NULL },
	{ "host.check", "amdvi", "amdvi/list-no-ats.yaml", NULL, NULL },
	{ "host.queue-free", "smmuv3", "smmuv3/vcmdq-timeout-leaks.yaml", NULL, NULL },
	{ "vmm.domain", "smmuv3", "smmuv3/streams-of-one-table.yaml", NULL, NULL },
	{ "vmm.config", "vtd", "common/configuration-ignored.yaml", NULL, NULL },
	{ "vmm.wide", "vtd", "seed/path-wide-dropped.yaml", NULL, NULL },
	{ "vmm.units", "amdvi", "common/two-iommus-one-forgotten.yaml", NULL, NULL },
	{ "vmm.batch", "smmuv3", "smmuv3/merged-across-sync.yaml", NULL, NULL },
	{ "vmm.split", "smmuv3", "smmuv3/list-by-object.yaml", NULL, NULL },
	{ "vmm.refused", "amdvi", "amdvi/list-given-up.yaml", NULL, NULL },
	{ "vmm.wait", "smmuv3", "smmuv3/wait-before-calls.yaml", NULL, NULL },
	{ "host.timeout", "vtd", "common/detach-not-answered.yaml", NULL, NULL },
	{ "host.reset", "vtd", "common/reset-not-blocked.yaml", NULL, NULL },
	{ "vmm.queue", "smmuv3", "seed/queue-map-wrong-smmuv3.yaml", NULL, NULL },
	{ "host.fault-detach", "vtd", "common/page-pending-at-detach-forgotten.yaml", NULL, NULL },
	{ "vmm.faults", "vtd", "common/fault-queue-unread.yaml", NULL, NULL },
	{ "vmm.events", "smmuv3", "smmuv3/events-by-vmm.yaml", NULL, NULL },
	{ "host.parent-clean", "vtd", "common/dirty-cleared-not-flushed.yaml", NULL, NULL },
	{ "vmm.dte-trap", "amdvi", "amdvi/viommu-s27-blocked-missed.yaml", NULL, NULL },
	{ "host.map-default", "amdvi", "amdvi/viommu-s11-domid-at-parent-kept.yaml", NULL, NULL },
	{ "host.aliases", "vtd", "common/alias-of-parent-forgotten.yaml", NULL, NULL },
	{ "power.fill-on-access", "vtd", "seed/nested-unmap-no-invalidation.yaml", NULL, NULL },
	{ "power.prefetch", "vtd", "common/found-by-prefetch.yaml", NULL, NULL },
	{ "power.walk-caches", "vtd", "vtd/found-by-walk-caches.yaml", NULL, NULL },
	{ "power.reorder", "smmuv3", "smmuv3/found-by-reorder.yaml", NULL, NULL },
	{ "pc-drops-negative", "vtd", "vtd/absent-entry-by-the-letter.yaml", NULL, NULL },
	{ "torn-fetch", "vtd", "vtd/torn-entry-p-first.yaml", NULL, NULL },
	{ "early-effect", "vtd", "vtd/devtlb-unordered.yaml", NULL, NULL },
	{ "atc-no-pasid-invalidate", "amdvi", "amdvi/s9-new-entry-old-pasid.yaml", NULL, NULL },
	{ "k1b-partial-walks", "amdvi", "amdvi/s19-gcr3-page-unmapped-by-host.yaml", NULL, NULL },
	{ "k2b-ats-write", "amdvi", "amdvi/k2b-write-granted-by-ats.yaml", NULL, NULL },
	{ "k3-order", "amdvi", "amdvi/s15-k3-in-order.yaml", NULL, NULL },
	{ "k6-illegal-stops", "amdvi", "amdvi/queue-error-passed-over.yaml", NULL, NULL },
	{ "k6-fetched", "amdvi", "amdvi/s28-illegal-command.yaml", NULL, NULL },
	{ "k7-unmapped-domain", "amdvi", "amdvi/viommu-domid-unmapped-k7.yaml", NULL, NULL },
	{ "k8c-dte-in-tlb", "amdvi", "amdvi/d7-old-tag-left-kept.yaml", NULL, NULL },
	{ "k9-prefetch", "amdvi", "amdvi/s20-neighbour-never-accessed.yaml", NULL, NULL },
	{ "ats-32k", "amdvi", "amdvi/s25-atc-32k.yaml", NULL, NULL },
	{ "tlb", "smmuv3", "smmuv3/split-tlb-unmap.yaml", NULL, NULL },
	{ "contiguous", "smmuv3", "smmuv3/group-out-of-place.yaml", NULL, NULL },
	{ "atc-asks-again", "smmuv3", "smmuv3/merged-across-sync-kept.yaml", NULL, NULL },
	{ "atc-timeout", "smmuv3", "smmuv3/atc-timeout-never-completes.yaml", NULL, NULL },
	{ "vcmdq-illegal", "smmuv3", "smmuv3/vcmdq-all-in-queue.yaml", NULL, NULL },
	{ "vcmdq-sid-miss", "smmuv3", "smmuv3/vcmdq-vdevice-gone-kept.yaml", NULL, NULL },
	{ "spr17", "vtd", "vtd/spr17-table-read-only.yaml", NULL, NULL },
	{ "p-iotlb-am18", "vtd", "vtd/viommu-refuses-am.yaml", NULL, NULL },
	{ "atc-twice", "vtd", "vtd/atc-twice.yaml", NULL, NULL },
	{ "event.step", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.return", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.write", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.dma", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.lookup", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.read", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.hit", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.fill", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.evict", "vtd", "common/ats-without-permission.yaml", NULL, NULL },
	{ "event.answer", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.queued", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.cmd", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.drop", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.done", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.qerror", "vtd", "common/queue-error.yaml", NULL, NULL },
	{ "event.call", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.discard", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.waited", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.free", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.reuse", "vtd", "common/protected-then-reused.yaml", NULL, NULL },
	{ "event.back", "vtd", "seed/nested-unmap.yaml", NULL, NULL },
	{ "event.fault", "vtd", "common/detached.yaml", NULL, NULL },
	{ "event.reg", "vtd", "vtd/registers-by-name.yaml", NULL, NULL },
	{ "event.page", "vtd", "common/page-served.yaml", NULL, NULL },
	{ "event.response", "vtd", "common/page-served.yaml", NULL, NULL },
	{ "event.refused-call", "vtd", "common/call-refused.yaml", NULL, NULL },
	{ "event.aborted", "vtd", "common/answer-lost.yaml", NULL, NULL },
	{ "event.lost", "vtd", "common/time-out-reported.yaml", NULL, NULL },
	{ "event.hung", "vtd", "common/never-answered.yaml", NULL, NULL },
	{ "event.device", "vtd", "common/pasid-enabled-behind-ats.yaml", NULL, NULL },
	{ "event.stall", "smmuv3", "smmuv3/stall-resumed.yaml", NULL, NULL },
	{ "event.resumed", "smmuv3", "smmuv3/stall-resumed.yaml", NULL, NULL },
	{ "event.early", "smmuv3", "smmuv3/found-by-reorder.yaml", NULL, NULL },
	{ "event.faultq", "vtd", "common/page-served.yaml", NULL, NULL },
	{ "step.attach", "vtd", "vtd/rule-did-not-of-unit-kept.yaml", NULL, NULL },
	{ "step.detach", "vtd", "common/page-pending-at-detach.yaml", NULL, NULL },
	{ "step.map", "vtd", "vtd/absent-entry-by-the-letter.yaml", NULL, NULL },
	{ "step.remap", "smmuv3", "smmuv3/rule-made-without-break-kept.yaml", NULL, NULL },
	{ "step.unmap", "amdvi", "amdvi/queue-error.yaml", NULL, NULL },
	{ "step.protect", "vtd", "common/protected-then-reused.yaml", NULL, NULL },
	{ "step.dma", "smmuv3", "smmuv3/stall-without-fault-queue.yaml", NULL, NULL },
	{ "step.ats", "amdvi", "amdvi/ats-in-the-interrupt-range.yaml", NULL, NULL },
	{ "step.cmd", "vtd", "vtd/rule-pc-domain-alone-kept.yaml", NULL, NULL },
	{ "step.sync", "smmuv3", "smmuv3/rule-level-misaligned-kept.yaml", NULL, NULL },
	{ "step.wait", "vtd", "common/protected-then-reused.yaml", NULL, NULL },
	{ "step.host-map", "vtd", "vtd/spr17-table-read-only.yaml", NULL, NULL },
	{ "step.host-unmap", "smmuv3", "smmuv3/stall-of-second-stage.yaml", NULL, NULL },
	{ "step.free", "vtd", "common/answer-lost.yaml", NULL, NULL },
	{ "step.reuse", "vtd", "common/protected-then-reused.yaml", NULL, NULL },
	{ "step.write", "vtd", "vtd/rule-did-not-of-unit-kept.yaml", NULL, NULL },
	{ "step.prefetch", "vtd", "vtd/torn-entry-p-first.yaml", NULL, NULL },
	{ "step.inject", "amdvi", "amdvi/queue-error.yaml", NULL, NULL },
	{ "step.ioctl", "amdvi", "amdvi/no-event-queue.yaml", NULL, NULL },
	{ "step.checkpoint", "vtd", "common/same-page-mapped-again.yaml", NULL, NULL },
	{ "step.reset", "vtd", "common/page-pending-at-reset.yaml", NULL, NULL },
	{ "step.device", "vtd", "common/pasid-enabled-behind-ats.yaml", NULL, NULL },
	{ "step.page-request", "vtd", "common/page-pending-at-detach.yaml", NULL, NULL },
	{ "step.page-response", "vtd", "common/page-refused-by-guest.yaml", NULL, NULL },
};
/* clang-format on */

const struct tool_shown *tool_shown_of(const char *id)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(shown); i++)
		if (!strcmp(shown[i].id, id))
			return &shown[i];
	return NULL;
}

char *tool_shown_command(const struct tool_shown *s)
{
	return g_strdup_printf("iommusim run --vendor %s%s%s scenarios/%s", s->vendor,
			       s->host ? " --host " : "", s->host ? s->host : "", s->file);
}

/* ---- what a page says, looked for in a result ---- */

struct seen {
	const char *name; /* behind the prefix of its group */
	const struct scn *scn;
	const struct ims_model *model;
	const struct chk_result *r;
};

typedef bool of_finding_fn(const struct chk_finding *f, const char *name);

static bool by_kind(const struct chk_finding *f, const char *name)
{
	return !strcmp(scn_kind_name(f->kind), name);
}

static bool by_cause(const struct chk_finding *f, const char *name)
{
	return !strcmp(f->cause, name);
}

static bool by_blame(const struct chk_finding *f, const char *name)
{
	return !strcmp(f->blame, name);
}

static bool by_where(const struct chk_finding *f, const char *name)
{
	const char *where = chk_where_name(f->where);

	return where && !strcmp(where, name);
}

static bool by_column(const struct chk_finding *f, const char *name)
{
	return f->columns && g_strv_contains((const gchar *const *)f->columns, name);
}

static bool by_power(const struct chk_finding *f, const char *name)
{
	g_autofree char *needs = g_strdup_printf("%s=", name);

	return f->needs && strstr(f->needs, needs);
}

static bool by_rung(const struct chk_finding *f, const char *name)
{
	return !strcmp(chk_power_name(f), name);
}

static bool by_field(const struct chk_finding *f, const char *name)
{
	for (guint i = 0; i < f->misses->len; i++) {
		const struct chk_near_miss *m = g_ptr_array_index(f->misses, i);
		const char *field = chk_field_name(m->field);

		if (field && !strcmp(field, name))
			return true;
	}
	return false;
}

static bool any_finding(const struct seen *s, of_finding_fn *fn)
{
	for (guint i = 0; i < s->r->findings->len; i++)
		if (fn(g_ptr_array_index(s->r->findings, i), s->name))
			return true;
	return false;
}

/* An answer of its own, or another than the vendor's first policy has: no finding need come of it. */
static bool chooses(const struct seen *s)
{
	g_auto(GStrv) halves = g_strsplit(s->name, ".", 2);
	int column = ims_column_named(halves[0], halves[1]);
	struct ims_policy policy;
	uint64_t differ = 0;

	for (guint i = 0; i < s->scn->columns->len; i++) {
		const struct scn_column *c = &g_array_index(s->scn->columns, struct scn_column, i);

		if (!strcmp(c->side, halves[0]) && !strcmp(c->name, halves[1]))
			return true;
	}
	return column >= 0 && scn_policy_of(s->scn, s->model, &policy, &differ, NULL) &&
	       differ >> column & 1;
}

static bool sets(const struct seen *s)
{
	for (guint i = 0; i < s->scn->hw_params->len; i++)
		if (!strcmp(g_array_index(s->scn->hw_params, struct scn_hw_param, i).name, s->name))
			return true;
	return false;
}

static bool judged(const struct seen *s)
{
	return !strcmp(chk_verdict_name(s->r->verdict), s->name);
}

static bool counted(const struct seen *s)
{
	for (unsigned i = 0; i < SCN_OVER_MAX; i++)
		if (!strcmp(scn_over_name((enum scn_over)i), s->name))
			return s->r->over[i];
	return false;
}

static bool over(const struct seen *s)
{
	return s->r->over[SCN_OVER_ARCHITECTURAL] || s->r->over[SCN_OVER_HOST] ||
	       s->r->over[SCN_OVER_CROSS_TENANT];
}

static bool takes_step(const struct seen *s)
{
	for (guint i = 0; i < s->scn->steps->len; i++) {
		const struct scn_step *step = g_ptr_array_index(s->scn->steps, i);

		if (!strcmp(scn_op_name(step->op), s->name))
			return true;
	}
	return false;
}

static bool logs_with(const struct seen *s, const struct scn_deeds *deeds)
{
	const struct scn_variant variant = { .deeds = deeds };
	struct scn_run *run = scn_run_new(s->scn, s->model, &variant, NULL);
	bool found = false;

	if (run && scn_run_steps(run, NULL))
		for (uint32_t i = 0; i < run->log.count && !found; i++)
			found = !strcmp(chk_event_texts[run->log.events[i].kind].id, s->name);
	scn_run_free(run);
	return found;
}

/* In the run, or in one of those in which hardware does something by itself. */
static bool logs(const struct seen *s)
{
	bool found = logs_with(s, NULL);

	for (guint i = 0; i < s->r->findings->len && !found; i++) {
		const struct chk_finding *f = g_ptr_array_index(s->r->findings, i);
		const struct scn_deeds deeds = { .list = f->deeds, .count = f->deeds_count };

		found = logs_with(s, &deeds);
	}
	return found;
}

static bool by_group(enum chk_group group, const struct seen *s)
{
	static of_finding_fn *const of_finding[CHK_GROUP_MAX] = {
		[CHK_GROUP_KIND] = by_kind,	[CHK_GROUP_CAUSE] = by_cause,
		[CHK_GROUP_RULE] = by_cause,	[CHK_GROUP_BLAME] = by_blame,
		[CHK_GROUP_WHERE] = by_where,	[CHK_GROUP_FIELD] = by_field,
		[CHK_GROUP_COLUMN] = by_column, [CHK_GROUP_KNOB] = by_power,
		[CHK_GROUP_RUNG] = by_rung,
	};
	static bool (*const of_run[CHK_GROUP_MAX])(const struct seen *s) = {
		[CHK_GROUP_VERDICT] = judged,  [CHK_GROUP_OVER] = counted,
		[CHK_GROUP_COLUMN] = chooses,  [CHK_GROUP_KNOB] = sets,
		[CHK_GROUP_QUIRK] = sets,      [CHK_GROUP_EVENT] = logs,
		[CHK_GROUP_STEP] = takes_step,
	};

	/* What comes of drops is counted, and no finding. */
	if (group == CHK_GROUP_KIND && !strcmp(s->name, scn_kind_name(SCN_KIND_OVER_INVALIDATION)))
		return over(s);
	return (of_finding[group] && any_finding(s, of_finding[group])) ||
	       (of_run[group] && of_run[group](s));
}

bool tool_shown_holds(const struct tool_shown *s, const struct chk_page *p, const GPtrArray *pages)
{
	g_autofree char *file = g_build_filename("scenarios", s->file, NULL);
	g_autoptr(GPtrArray) several = g_ptr_array_new();
	const struct chk_page *as = s->as ? chk_page_find(pages, s->as, several) : p;
	struct seen seen = { .model = tool_vendor(s->vendor) };
	struct scn *scn = scn_load(file, NULL, 0, tool_vendor_names(), NULL);
	struct chk_result *r = NULL;
	const char *prefix;
	bool holds = false;

	if (scn && as && seen.model && (!s->host || scn_host_set(scn, s->host, NULL))) {
		prefix = chk_group_texts[as->group].id;
		r = chk_run(scn, seen.model, &xpl_search);
		seen.name = as->id + (prefix ? strlen(prefix) : 0);
		seen.scn = scn;
		seen.r = r;
		holds = by_group(as->group, &seen);
	}
	chk_result_free(r);
	scn_free(scn);
	return holds;
}
