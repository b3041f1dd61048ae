/* SPDX-License-Identifier: MIT */
/* The findings of a random program, held against the third account of test_oracles.c. */

struct found {
	uint64_t of[SCN_KIND_MAX]; /* met, by kind; latent ones and breaches as they are */
	uint64_t uses, unclear, latent, breaches, earlier, negative, may;
};

static const struct expected *expected_of(const struct program *g, const struct chk_finding *f)
{
	/* An entry may have been outdated before, in what this access does not need. */
	for (guint i = 0; i < g->expected->len; i++) {
		const struct expected *e = &g_array_index(g->expected, struct expected, i);

		if (e->line >= f->line && e->dev == f->dev && e->ctx == f->ctx)
			return e;
	}
	return NULL;
}

static char *told(const char *what, enum scn_kind kind, uint32_t line, uint32_t dev, uint32_t ctx)
{
	return g_strdup_printf("%s: %s of step %u, device %u, ctx %x", what, scn_kind_name(kind),
			       line, dev, ctx);
}

static bool of_access(const struct chk_finding *f)
{
	return !f->latent && f->kind != SCN_KIND_BREACH && f->kind != SCN_KIND_STALE_NEGATIVE;
}

static bool was_blocked(const struct program *g, const struct chk_finding *f)
{
	for (guint i = 0; i < g->blocked->len; i++) {
		const struct blocked *b = &g_array_index(g->blocked, struct blocked, i);

		for (guint k = 0; k < f->pages->len && b->dev == f->dev && b->ctx == f->ctx; k++)
			if (g_array_index(f->pages, uint64_t, k) == b->page)
				return true;
	}
	return false;
}

/*
 * Of several uses of an entry, that its first change outdated and others after it, the gravest is told: the
 * tables alone hold those that come later against the later change.
 */
static bool of_later(const struct program *g, const struct expected *e, enum scn_kind kind)
{
	if (kind == SCN_KIND_STALE || e->kind == SCN_KIND_STALE_AFTER_REUSE)
		return false;
	for (guint i = 0; i < g->expected->len; i++) {
		const struct expected *later = &g_array_index(g->expected, struct expected, i);

		if (later->line > e->line && later->dev == e->dev && later->ctx == e->ctx &&
		    later->kind == kind)
			return true;
	}
	return false;
}

static const struct chk_finding *finding_of(const struct program *g, const GPtrArray *findings,
					    const struct expected *e)
{
	for (guint i = 0; i < findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(findings, i);

		/* By way of a table that was given away: the tables alone do not tell the two. */
		if (of_access(f) && f->line == e->line && f->dev == e->dev && f->ctx == e->ctx &&
		    (f->kind == e->kind || f->kind == SCN_KIND_TABLE_UAF ||
		     of_later(g, e, f->kind)))
			return f;
	}
	return NULL;
}

static bool told_earlier(const GPtrArray *findings, const struct expected *e)
{
	for (guint i = 0; i < findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(findings, i);

		if (of_access(f) && f->line < e->line && f->dev == e->dev && f->ctx == e->ctx)
			return true;
	}
	return false;
}

/* What is said of each finding, and what was expected. */
static void show(const struct program *g, const GPtrArray *findings)
{
	for (guint i = 0; i < findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(findings, i);

		printf("%s%s of step %u, device %u, ctx %x, iova %llx, in %s, %s\n",
		       f->latent ? "latent " : "", scn_kind_name(f->kind), f->line, f->dev, f->ctx,
		       (unsigned long long)f->iova, chk_where_name(f->where), f->blame);
		for (guint k = 0; k < f->history->len; k++) {
			const struct chk_step *s = g_ptr_array_index(f->history, k);

			printf("    t%u step %u: %s\n", s->event, s->line, s->text);
		}
	}
	for (guint i = 0; i < g->expected->len; i++) {
		const struct expected *e = &g_array_index(g->expected, struct expected, i);

		printf("expected: %s of step %u, device %u, ctx %x\n", scn_kind_name(e->kind),
		       e->line, e->dev, e->ctx);
	}
}

/* One of another root, that happens to lead where the own had led before. */
static bool breached(const GPtrArray *findings, const struct expected *e)
{
	for (guint i = 0; i < findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(findings, i);

		if (f->kind == SCN_KIND_BREACH && f->dev == e->dev && f->ctx == e->ctx)
			return true;
	}
	return false;
}

static char *compare(struct program *g, struct found *found)
{
	const GPtrArray *findings = chk_findings(g->chk);

	if (g->show)
		show(g, findings);
	found->uses += g->uses;
	found->unclear += g->unclear;
	for (guint i = 0; i < findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(findings, i);

		found->latent += f->latent;
		found->breaches += f->kind == SCN_KIND_BREACH;
		if (!f->latent && f->kind == SCN_KIND_STALE_NEGATIVE) {
			found->negative++;
			if (!was_blocked(g, f))
				return told("allowed by no table", f->kind, f->line, f->dev,
					    f->ctx);
		}
		if (of_access(f) && !expected_of(g, f) && !g->unclear)
			return told("not by the tables", f->kind, f->line, f->dev, f->ctx);
	}
	for (guint i = 0; i < g->expected->len; i++) {
		const struct expected *e = &g_array_index(g->expected, struct expected, i);

		if (breached(findings, e))
			continue;
		if (e->may) {
			found->may++;
			continue;
		}
		found->of[e->kind]++;
		if (finding_of(g, findings, e))
			continue;
		/* By an earlier change of the same entry. */
		found->earlier++;
		if (!told_earlier(findings, e))
			return told("by the tables alone", e->kind, e->line, e->dev, e->ctx);
	}
	return NULL;
}

static void found_print(const struct found *f)
{
	printf("  findings met: %" G_GUINT64_FORMAT " stale, %" G_GUINT64_FORMAT
	       " stale-after-reuse, %" G_GUINT64_FORMAT " early-free; %" G_GUINT64_FORMAT
	       " latent, %" G_GUINT64_FORMAT " breaches; %" G_GUINT64_FORMAT
	       " stale uses, %" G_GUINT64_FORMAT " of another root; %" G_GUINT64_FORMAT
	       " stale-negative; %" G_GUINT64_FORMAT " that may be\n",
	       f->of[SCN_KIND_STALE], f->of[SCN_KIND_STALE_AFTER_REUSE], f->of[SCN_KIND_EARLY_FREE],
	       f->latent, f->breaches, f->uses, f->unclear, f->negative, f->may);
	fflush(stdout);
}

static void found_floor(const struct found *f, uint64_t least)
{
	ck_assert_uint_ge(f->of[SCN_KIND_STALE], least);
	ck_assert_uint_ge(f->of[SCN_KIND_STALE_AFTER_REUSE], least / 10);
	ck_assert_uint_ge(f->of[SCN_KIND_EARLY_FREE], least / 10);
	ck_assert_uint_ge(f->latent, least);
	ck_assert_uint_gt(f->negative, 0);
	/* That is the exception. */
	ck_assert_uint_le(f->earlier * 50, f->of[SCN_KIND_STALE]);
	ck_assert_uint_le(f->may * 50, f->of[SCN_KIND_STALE]);
}
