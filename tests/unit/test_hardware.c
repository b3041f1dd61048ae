/* SPDX-License-Identifier: MIT */
/*
 * hardware: {caps, quirks, fragment} of a scenario, and the rules between a unit's
 * capabilities (VT-d 5.10 sections 11.4.2 and 11.4.3), each broken alone.
 */
#include <check.h>
#include <string.h>

#include "models/vtd/vtd.h"
#include "sim/scenario/run.h"
#include "tests/run.h"

/* ---- rules between capabilities ---- */

#define SETS 8

struct broken {
	const char *rule;
	struct {
		uint16_t param, value;
	} set[SETS];	   /* from the least unit there is; ended by VTD_P_VER = 0 */
	uint16_t mend, to; /* what makes it legal */
};

/* clang-format off */
#define ON(p) { VTD_P_##p, 1 }
#define SCALABLE ON(QI), ON(SMTS)
#define NEED(a, b, ...) { #a " needs " #b, { ON(a), __VA_ARGS__ }, VTD_P_##b, 1 }
static const struct broken broken[] = {
	NEED(DT, QI, { 0 }),
	NEED(IR, QI, { 0 }),
	NEED(SMTS, QI, { 0 }),
	NEED(PASID, SMTS, ON(QI)),
	NEED(PSS, SMTS, ON(QI)),
	NEED(SRS, SMTS, ON(QI)),
	NEED(MTS, SMTS, ON(QI)),
	NEED(FSTS, SMTS, ON(QI)),
	NEED(SMPWC, SMTS, ON(QI)),
	NEED(RPS, SMTS, ON(QI)),
	NEED(PRS, SMTS, ON(QI), ON(DT)),
	NEED(NEST, FSTS, SCALABLE, ON(SSTS)),
	NEED(NEST, SSTS, SCALABLE, ON(FSTS)),
	NEED(SSADS, SMPWC, SCALABLE, ON(SSTS)),
	NEED(EAFS, FSTS, SCALABLE, ON(SMPWC)),
	NEED(EAFS, SMPWC, SCALABLE, ON(FSTS)),
	NEED(RPRIVS, SRS, SCALABLE),
	NEED(PTRS, DT, SCALABLE, ON(PASID)),
	NEED(PTRS, PASID, SCALABLE, ON(DT)),
	NEED(HPTS, SMTS, ON(QI), ON(DT)),
	NEED(HPTS, DT, SCALABLE),
	NEED(HPT1GPS, HPTS, SCALABLE, ON(DT)),
	NEED(SSIRWS, SSTS, { 0 }),
	NEED(PRS, DT, SCALABLE),
	NEED(PDS, DT, ON(QI)),
	NEED(DIT, DT, ON(QI)),
	NEED(NWFS, DT, ON(QI)),
	NEED(SMS, PRS, SCALABLE, ON(DT)),
	NEED(PMS, ECMDS, { 0 }),
	NEED(EIM, IR, ON(QI)),
	NEED(IRREQ, IR, ON(QI)),
	NEED(EIMER, EIM, ON(QI), ON(IR)),
	NEED(FS5LP, FSTS, SCALABLE),
	NEED(FS1GP, FSTS, SCALABLE),
	{ "MGAW is not 0, and at least HAW", { { VTD_P_MGAW, 45 } }, VTD_P_MGAW, 46 },
	{ "MGAW is not 0, and at least HAW", { { VTD_P_MGAW, 0 }, { VTD_P_HAW, 0 } }, VTD_P_MGAW, 1 },
	{ "SAGAW needs SSTS from version 6 on", { { VTD_P_SAGAW, 4 } }, VTD_P_SSTS, 1 },
	{ "SAGAW names no widths but 39, 48 and 57", { { VTD_P_SAGAW, 5 }, ON(SSTS) }, VTD_P_SAGAW, 4 },
	{ "SSLPS is 0, 1 or 3", { { VTD_P_SSLPS, 2 } }, VTD_P_SSLPS, 3 },
	{ "DWD is 1 from version 2 on", { { VTD_P_DWD, 0 } }, VTD_P_DWD, 1 },
	{ "DRD is 1 from version 2 on", { { VTD_P_DRD, 0 } }, VTD_P_DRD, 1 },
	{ "RWBF is 0 with SMTS", { ON(RWBF), SCALABLE }, VTD_P_SMTS, 0 },
	{ "ERS is 0", { ON(ERS) }, VTD_P_ERS, 0 },
};
/* NEST without SMTS lacks FSTS as well, whose own rule is then broken too: not alone. */
static const char *const never_alone[] = { "NEST needs SMTS" };
/* clang-format on */

static void least(uint32_t *params)
{
	memset(params, 0, VTD_PARAMS * sizeof(*params));
	params[VTD_P_VER] = 6;
	params[VTD_P_HAW] = 46;
	params[VTD_P_MGAW] = 57;
	params[VTD_P_DWD] = params[VTD_P_DRD] = 1;
}

static unsigned count_broken(const uint32_t *params)
{
	unsigned n = 0;

	for (unsigned i = 0; i < VTD_PARAM_RULES; i++)
		n += !vtd_param_rules[i].holds(params);
	return n;
}

START_TEST(one_rule)
{
	const struct broken *b = &broken[_i];
	const struct ims_param_rule *rule;
	uint32_t params[VTD_PARAMS];

	least(params);
	ck_assert_uint_eq(count_broken(params), 0);
	for (unsigned i = 0; i < SETS; i++)
		if (i == 0 || b->set[i].param)
			params[b->set[i].param] = b->set[i].value;
	rule = ims_params_broken(&vtd_model, params);
	ck_assert_ptr_nonnull(rule);
	ck_assert_str_eq(rule->name, b->rule);
	ck_assert_msg(count_broken(params) == 1, "%s is not broken alone", b->rule);
	ck_assert(*rule->source);
	params[b->mend] = b->to;
	ck_assert_msg(!ims_params_broken(&vtd_model, params), "%s: %s", b->rule,
		      ims_params_broken(&vtd_model, params)->name);
}
END_TEST

START_TEST(every_rule)
{
	uint32_t params[VTD_PARAMS];

	for (unsigned i = 0; i < VTD_PARAM_RULES; i++) {
		bool there = false;

		for (unsigned k = 0; k < sizeof(broken) / sizeof(broken[0]); k++)
			there |= !strcmp(broken[k].rule, vtd_param_rules[i].name);
		for (unsigned k = 0; k < sizeof(never_alone) / sizeof(never_alone[0]); k++)
			there |= !strcmp(never_alone[k], vtd_param_rules[i].name);
		ck_assert_msg(there, "no test breaks '%s'", vtd_param_rules[i].name);
	}
	for (unsigned i = 0; i < VTD_PARAMS; i++)
		params[i] = vtd_params[i].value;
	ck_assert_uint_eq(count_broken(params), 0);
	for (unsigned i = 0; i < VTD_NEEDS; i++)
		ck_assert(vtd_needs[i].holds(params) && *vtd_needs[i].source);
	for (unsigned i = 0; i < VTD_GUEST_PARAMS; i++)
		params[vtd_guest_params[i].param] = vtd_guest_params[i].value;
	ck_assert_uint_eq(count_broken(params), 0);
}
END_TEST

/* Where a rule speaks of a version, it is that one; and what the software needs is what it says, no more. */
START_TEST(where_rules_begin)
{
	static const struct {
		uint8_t param;
		uint32_t enough;
	} needs[] = { { VTD_P_HAW, VTD_MEMORY }, { VTD_P_ND, 2 } };
	uint32_t params[VTD_PARAMS];

	for (uint32_t ver = 0; ver < 8; ver++) {
		least(params);
		params[VTD_P_VER] = ver;
		params[VTD_P_DWD] = 0;
		ck_assert_uint_eq(count_broken(params), ver >= 2);
		params[VTD_P_DWD] = 1;
		params[VTD_P_DRD] = 0;
		ck_assert_uint_eq(count_broken(params), ver >= 2);
		params[VTD_P_DRD] = 1;
		params[VTD_P_SAGAW] = 4;
		ck_assert_uint_eq(count_broken(params), ver >= 6);
	}
	for (unsigned n = 0; n < 2 * sizeof(needs) / sizeof(needs[0]); n++) {
		unsigned unmet = 0;

		for (unsigned i = 0; i < VTD_PARAMS; i++)
			params[i] = vtd_params[i].value;
		params[needs[n / 2].param] = needs[n / 2].enough - n % 2;
		for (unsigned i = 0; i < VTD_NEEDS; i++)
			unmet += !vtd_needs[i].holds(params);
		ck_assert_uint_eq(unmet, n % 2);
	}
}
END_TEST

/* NEST alone on a scalable unit, then without SMTS: its own rule is among the broken. */
START_TEST(nest_smts)
{
	uint32_t params[VTD_PARAMS];

	least(params);
	params[VTD_P_QI] = params[VTD_P_FSTS] = params[VTD_P_SSTS] = params[VTD_P_NEST] = 1;
	for (unsigned i = 0; i < VTD_PARAM_RULES; i++)
		ck_assert_int_eq(vtd_param_rules[i].holds(params),
				 strcmp(vtd_param_rules[i].name, "NEST needs SMTS") &&
					 strcmp(vtd_param_rules[i].name, "FSTS needs SMTS"));
	params[VTD_P_SMTS] = 1;
	ck_assert_uint_eq(count_broken(params), 0);
}
END_TEST

/* ---- in a scenario ---- */

static const char head[] = "scenario: t\n"
			   "vendors: [vtd]\n"
			   "vms: {vm0: {devices: {nic: {ats: on}}, spaces: [rx]}}\n";

static struct scn *load(const char *hardware, const char *steps)
{
	static const char *const vendors[] = { "vtd", NULL };
	g_autofree char *text =
		g_strdup_printf("%shardware: %s\nsteps: %s\n", head, hardware, steps);
	GError *error = NULL;
	struct scn *s = scn_load("t.yaml", text, strlen(text), vendors, &error);

	ck_assert_msg(s != NULL, "%s", error ? error->message : "");
	return s;
}

/* clang-format off */
static const struct { const char *hardware, *message; } refused[] = {
	{ "{mode: adversarial, caps: {cn: 1}}", "t.yaml:4:38: error: vtd has no capability 'cn'" },
	{ "{mode: adversarial, caps: {spr17: 1}}", "t.yaml:4:38: error: 'spr17' is a quirk: write it in 'quirks'" },
	{ "{mode: adversarial, quirks: [spr71]}", "t.yaml:4:40: error: vtd has no quirk 'spr71'" },
	{ "{mode: adversarial, quirks: [cm]}", "t.yaml:4:40: error: 'cm' is no quirk but a capability: write it in 'caps'" },
	{ "{mode: adversarial, caps: {nd: 7}}", "t.yaml:4:42: error: 'nd' must be between 0 and 6: domain ids: 2^(4 + 2 nd)" },
	{ "{mode: adversarial, caps: {mts: 1}}", "t.yaml:4:43: error: 'mts' can only be 0: memory types; not modelled" },
	{ "{mode: adversarial, caps: {cm: 1, ssads: 1, smpwc: 0, eafs: 0}}",
	  "t.yaml:4:55: error: no such unit can be: SSADS needs SMPWC (VT-d 5.10 section 11.4.3, ECAP_REG, SSADS)" },
	{ "{mode: adversarial, caps: {sslps: 2}}",
	  "t.yaml:4:38: error: no such unit can be: SSLPS is 0, 1 or 3 (VT-d 5.10 section 11.4.2, CAP_REG, SSLPS)" },
	{ "{mode: concrete, caps: {nest: 0}}",
	  "t.yaml:4:35: error: not modelled: software for such a unit: it asks for NEST, the two together (VT-d 5.10 section 3.8)" },
	{ "{mode: concrete, caps: {nd: 1}}",
	  "t.yaml:4:35: error: not modelled: software for such a unit: it numbers 256 domains: ND of 2 or more (VT-d 5.10 section 11.4.2, CAP_REG, ND)" },
};
/* clang-format on */

START_TEST(no_such_unit)
{
	struct scn *s = load(refused[_i].hardware, "[sync]");
	g_autoptr(GError) error = NULL;
	struct scn_run *run = scn_run_new(s, &vtd_model, 0, &error);

	ck_assert_ptr_null(run);
	ck_assert_msg(g_str_has_prefix(error->message, refused[_i].message), "%s", error->message);
	scn_free(s);
}
END_TEST

/* The nearest name is told, and the others. */
START_TEST(nearest)
{
	struct scn *s = load("{mode: adversarial, quirks: [spr71]}", "[sync]");
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_null(scn_run_new(s, &vtd_model, 0, &error));
	ck_assert_msg(strstr(error->message, "did you mean 'spr17'? quirks: spr17, "), "%s",
		      error->message);
	scn_free(s);
}
END_TEST

/* The guest believes in the same hardware, but for caching mode. */
START_TEST(both_units)
{
	struct scn *s = load("{mode: adversarial, caps: {zlr: 0, torn-fetch: 2}, quirks: [spr17]}",
			     "[sync]");
	struct scn_run *run = scn_run_new(s, &vtd_model, 0, NULL);

	ck_assert_ptr_nonnull(run);
	for (unsigned u = 0; u < 2; u++) {
		const uint32_t *p = run->world->units[u].state.params;

		ck_assert(p[VTD_P_ZLR] == 0 && p[VTD_K_TORN] == 2 && p[VTD_Q_SPR17] == 1);
		ck_assert(p[VTD_P_ND] == 6 && p[VTD_P_CM] == u);
	}
	scn_run_free(run);
	scn_free(s);
}
END_TEST

START_TEST(fragments)
{
	static const struct {
		const char *hardware;
		uint8_t host, guest;
	} rows[] = {
		{ "adversarial", 12, 12 },
		{ "concrete", 0, 12 },
		{ "{mode: adversarial, fragment: min}", 0, 0 },
		{ "{mode: concrete, fragment: 4K}", 12, 12 },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct scn *s = load(rows[i].hardware, "[sync]");
		struct scn_run *run = scn_run_new(s, &vtd_model, 0, NULL);

		ck_assert_ptr_nonnull(run);
		ck_assert_uint_eq(run->world->units[0].fragment_lg2, rows[i].host);
		ck_assert_uint_eq(run->world->units[1].fragment_lg2, rows[i].guest);
		scn_run_free(run);
		scn_free(s);
	}
}
END_TEST

/* What the unit lacks its software does not use. */
START_TEST(software_follows)
{
	struct scn *s = load(
		"{mode: adversarial, caps: {dt: 0, prs: 0, pds: 0, dit: 0, nwfs: 0, sms: 0, pss: 7}}",
		"[sync]");
	struct scn_run *run = scn_run_new(s, &vtd_model, 0, NULL);

	ck_assert_ptr_nonnull(run);
	ck_assert(!run->h->devices[0].ats);
	ck_assert_uint_eq(run->h->devices[0].pasid_bits, 8);
	scn_run_free(run);
	scn_free(s);
}
END_TEST

START_TEST(step_details)
{
	struct scn *s;

	s = load(
		"adversarial",
		"\n- inject: {at: last, what: timeout, count: 2}\n- inject: {at: 1, what: timeout, dev: nic}\n"
		"- write: {at: GLOBAL_REG2, value: 1}\n- ats: {dev: nic, iova: 0, write: off, label: last}");
	const struct scn_step *const *steps = (const struct scn_step *const *)s->steps->pdata;

	ck_assert(steps[0]->inject_step == 3 && steps[0]->repeat == 2 && steps[0]->dev == -1);
	ck_assert(steps[1]->inject_step == 2 && steps[1]->repeat == 1 && steps[1]->dev == 0);
	ck_assert(!steps[2]->has_vm && !steps[2]->has_width);
	ck_assert(steps[3]->has_write && !steps[3]->write && !steps[3]->priv);
	scn_free(s);
}
END_TEST

START_TEST(unknown_register)
{
	struct scn *s = load("adversarial", "\n- write: {at: IQTT, value: 1}");
	struct scn_run *run = scn_run_new(s, &vtd_model, 0, NULL);
	g_autoptr(GError) error = NULL;

	ck_assert(!scn_run_steps(run, &error));
	ck_assert_msg(g_str_has_prefix(error->message,
				       "t.yaml:6:15: error: vtd has no register 'IQTT'"),
		      "%s", error->message);
	scn_run_free(run);
	scn_free(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hardware");
	TCase *rules = tcase_create("rules"), *files = tcase_create("files");

	tcase_add_loop_test(rules, one_rule, 0, (int)(sizeof(broken) / sizeof(broken[0])));
	tcase_add_test(rules, every_rule);
	tcase_add_test(rules, nest_smts);
	tcase_add_test(rules, where_rules_begin);
	suite_add_tcase(suite, rules);
	tcase_add_loop_test(files, no_such_unit, 0, (int)G_N_ELEMENTS(refused));
	tcase_add_test(files, nearest);
	tcase_add_test(files, both_units);
	tcase_add_test(files, fragments);
	tcase_add_test(files, software_follows);
	tcase_add_test(files, step_details);
	tcase_add_test(files, unknown_register);
	suite_add_tcase(suite, files);
	return tests_run(suite);
}
