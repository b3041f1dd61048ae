/* SPDX-License-Identifier: MIT */
/* Steps that reach the hardware past the software above it: stores, registers, faults. */
#include <errno.h>

#include "sim/core/bits.h"
#include "sim/scenario/run_parts.h"

/* What of @value this program has none of: nothing is left out in silence. */
static bool all_modelled(struct scn_run *run, const struct scn_step *s, const struct ims_reg *reg,
			 GError **error)
{
	struct ims_hw *hw = hyp_unit(run->h, s->has_vm ? (uint32_t)s->vm + 1 : 0);
	const char *now = reg->refused ? reg->refused(hw, reg, s->value) : NULL;
	g_autofree char *why = NULL;

	for (const struct ims_reg_unmodelled *u = reg->unmodelled; u && u->what; u++) {
		if (!ims_bits_get(s->value, u->hi, u->lo))
			continue;
		why = u->hi == u->lo ? g_strdup_printf("not modelled: %s bit %u, %s", reg->name,
						       u->hi, u->what) :
				       g_strdup_printf("not modelled: %s bits %u:%u, %s", reg->name,
						       u->hi, u->lo, u->what);
		return scn_cannot(run, s, error, why);
	}
	if (!now)
		return true;
	why = g_strdup_printf("not modelled: %s, %s", reg->name, now);
	return scn_cannot(run, s, error, why);
}

static bool write_register(struct scn_run *run, const struct scn_step *s, GError **error)
{
	const struct ims_reg *reg = ims_model_reg(run->model, s->at_register);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *message = NULL;

	if (!reg) {
		for (unsigned i = 0; i < run->model->regs_count; i++)
			g_ptr_array_add(names, (gpointer)(uintptr_t)run->model->regs[i].name);
		message = g_strdup_printf("%s has no register '%s'", run->model->name,
					  s->at_register);
		scn_run_unknown(run->scn, s->at_mark, error, message, s->at_register, "registers",
				names);
		return false;
	}
	if ((s->has_width && s->width != reg->bytes) ||
	    (reg->bytes == 4 && s->value > UINT32_MAX)) {
		g_autofree char *why = g_strdup_printf("%s has %u bytes", reg->name, reg->bytes);

		return scn_cannot(run, s, error, why);
	}
	if (!all_modelled(run, s, reg, error))
		return false;
	hyp_reg_write(run->h, s->has_vm ? (uint32_t)s->vm : HYP_HOST, reg, s->value);
	if (s->has_vm)
		scn_repaired_store(run, (uint32_t)s->vm);
	return scn_done(run, s, error);
}

bool scn_step_write(struct scn_run *run, const struct scn_step *s, GError **error)
{
	uint64_t hpa;

	if (s->at == SCN_AT_REGISTER)
		return write_register(run, s, error);
	if (s->at == SCN_AT_HPA) {
		if (s->at_hpa >= run->world->limit)
			return scn_cannot(run, s, error, "no host memory is there");
		hyp_write(run->h, HYP_HOST, s->at_hpa, s->value, s->width);
		return true;
	}
	hyp_back(run->h, (uint32_t)s->vm, scn_gpa_value(run->scn, &s->gpa), 8);
	if (!hyp_host_address(run->h, (uint32_t)s->vm, scn_gpa_value(run->scn, &s->gpa), &hpa))
		return scn_cannot(run, s, error, "no memory of the VM is there");
	hyp_write(run->h, (uint32_t)s->vm, scn_gpa_value(run->scn, &s->gpa), s->value, s->width);
	scn_repaired_store(run, (uint32_t)s->vm);
	return true;
}

bool scn_step_prefetch(struct scn_run *run, const struct scn_step *s, GError **error)
{
	hyp_prefetch(run->h, (uint32_t)s->dev, ctx_of(s), s->iova);
	return scn_done(run, s, error);
}

/* What is injected takes place at another step: see scn_faults(). */
bool scn_step_inject(struct scn_run *run, const struct scn_step *s, GError **error)
{
	/* What its driver would make of that is no column of a host. */
	if (run->h->bare_stage)
		return scn_cannot(run, s, error, "not modelled: what is injected without a host");
	if (s->what == SCN_INJECT_ERROR && s->dev >= 0)
		return scn_cannot(run, s, error,
				  "an error is of a call or a queue, not of a device");
	if (s->what != SCN_INJECT_ERROR && (s->inject_errno || s->inject_entry || s->inject_on))
		return scn_cannot(run, s, error,
				  "'on', 'errno' and 'entry' say more of an error: 'what: error'");
	if (s->dev >= 0 && !run->h->devices[s->dev].ats)
		return scn_cannot(run, s, error, "the device has no ATC that could be invalidated");
	return true;
}

static void inject_now(struct hyp *h, const struct scn_step *s, uint32_t count)
{
	uint32_t dev = s->dev < 0 ? IMS_NONE : (uint32_t)s->dev;

	if (s->what == SCN_INJECT_TIMEOUT)
		hyp_inject_timeout(h, dev, count);
	else if (s->what == SCN_INJECT_DROP)
		hyp_inject_drop(h, dev, count);
	else if (s->inject_on == SCN_INJECT_QUEUE)
		hyp_inject_refusal(h, count);
	else
		hyp_inject_error(h, s->inject_errno ? (int)s->inject_errno : EIO, s->inject_entry,
				 count);
}

bool scn_faults(struct scn_run *run, const struct scn_step *s, bool begin, GError **error)
{
	for (guint i = 0; i < run->scn->steps->len && run->scn->injects; i++) {
		const struct scn_step *inject = g_ptr_array_index(run->scn->steps, i);

		if (inject->op != SCN_OP_INJECT || inject->inject_step != s->index ||
		    !scn_schedule_past(&run->schedule, run->scn, i))
			continue;
		inject_now(run->h, inject, begin ? inject->repeat : 0);
	}
	return scn_done(run, s, error);
}
