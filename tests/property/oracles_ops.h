/* SPDX-License-Identifier: MIT */
/* How a step of a random program is carried out, with what test_oracles.c keeps of it. */

static void flush(struct program *g, const struct op *o, const struct op_slot *changed,
		  bool leaf_only, unsigned leaf_lg2)
{
	uint64_t first = changed->iova, last = changed->iova + changed->size - 1;
	uint32_t s = space(g, o->vm, o->space);

	switch ((enum op_flush)o->flush) {
	case FLUSH_NONE:
		return;
	case FLUSH_OTHER_SPACE:
		s = space(g, o->vm, (o->space + 1) % g->p.spaces[o->vm]);
		break;
	case FLUSH_OTHER_SLOT:
		first = op_slots[(o->slot + 1) % OP_SLOTS].iova;
		last = first + op_slots[(o->slot + 1) % OP_SLOTS].size - 1;
		break;
	case FLUSH_FIRST_PAGE:
		last = first + 0xfff;
		break;
	case FLUSH_ALL:
		first = 0;
		last = UINT64_C(0x7fffffff);
		leaf_only = false;
		break;
	case FLUSH_LEAF_ONLY:
		leaf_only = true;
		break;
	default:
		break;
	}
	hyp_guest_flush(g->h, s, first, last, leaf_only, leaf_only ? leaf_lg2 : 0,
			o->flush != FLUSH_UNWAITED);
	if (o->flush == FLUSH_UNWAITED)
		hyp_guest_kick(g->h, o->vm);
}

static void change(struct program *g, const struct op *o)
{
	struct hyp_table t = hyp_space_table(g->h, space(g, o->vm, o->space));
	struct op_slot at = op_slots[o->slot];
	unsigned leaf_lg2;
	bool freed = false, less;

	if (o->region)
		at = (struct op_slot){ .iova = OP_REGION, .size = 0x200000 };
	leaf_lg2 = hyp_table_leaf_lg2(&t, at.iova, at.size);
	if (o->kind == OP_UNMAP)
		hyp_table_unmap(&t, at.iova, at.size, HYP_FREE_COVERED, &freed);
	else if (o->kind == OP_PROTECT)
		hyp_table_protect(&t, at.iova, at.size, o->perm, &less);
	else
		hyp_table_map(&t, at.iova, at.size, op_gpa(&g->p, o->page), o->perm, 30, true);
	flush(g, o, &at, !freed, leaf_lg2);
}

static void map(struct program *g, const struct op *o)
{
	struct hyp_table t = hyp_space_table(g->h, space(g, o->vm, o->space));
	const struct op_slot *at = &op_slots[o->slot];

	if (hyp_table_map(&t, at->iova, at->size, op_gpa(&g->p, o->page), o->perm, 30, false) ==
	    HYP_TABLE_OK)
		hyp_guest_mapped(g->h, space(g, o->vm, o->space), at->iova, at->iova + at->size - 1,
				 true);
}

static void give_away(struct program *g, const struct op *o)
{
	struct said s = { .step = g->step };
	struct ims_hw hand = g->h->iommus[0].hw;

	hand.actor = IMS_ACTOR_GUEST;
	hand.cause = g->step_event;
	hand.line = g->step;
	if (!hyp_host_address(g->h, o->vm, op_gpa(&g->p, o->page), &s.out))
		return;
	ims_emit(&hand, IMS_EV_FREE, 0, s.out, s.out + 4095, o->vm, 0);
	g_array_append_val(g->freed, s);
}

static void dma(struct program *g, const struct op *o)
{
	struct scn_access_now now = access_of(g, o, false);
	struct hyp_access a;
	struct ims_req req = { .ctx = now.ctx,
			       .addr = now.iova,
			       .access = now.access,
			       .priv = now.priv,
			       .bytes = now.bytes };

	hyp_access(g->h, now.dev, &req, now.translated, &a);
	if (a.phys.fault == IMS_FAULT_UNMODELLED)
		return;
	now.by_ats = a.phys.by_ats;
	chk_accessed(g->chk, &now, &a);
	if (!a.phys.refused && !a.phys.fault)
		account(g, &now, a.phys.by_ats ? a.phys.told : a.phys.out, &a.phys);
	else
		account_refused(g, &now);
}

static void ats(struct program *g, const struct op *o)
{
	struct scn_access_now now = access_of(g, o, true);
	struct hyp_ats a;
	struct ims_req req = { .ctx = now.ctx,
			       .addr = now.iova,
			       .access = IMS_ACCESS_ATOMIC,
			       .priv = o->priv,
			       .no_write = !o->write };

	if (!g->h->devices[now.dev].ats)
		return;
	hyp_ats(g->h, now.dev, &req, &a);
	now.access = o->write ? IMS_ACCESS_WRITE : IMS_ACCESS_READ;
	if ((!a.phys.fault || a.phys.ats == IMS_ATS_REDUCED) &&
	    (a.phys.perm & (o->write ? IMS_W : IMS_R)))
		chk_answered(g->chk, &now, &a.phys);
}

static void carry_out(struct program *g, const struct op *o)
{
	uint64_t size = o->page == OPS_PAGES ? 0x200000 : 0x1000;
	uint32_t dev = device(g, o->vm, o->dev), ctx = op_ctxs[o->ctx];

	switch ((enum op_kind)o->kind) {
	case OP_ATTACH:
		hyp_attach(g->h, dev, ctx, space(g, o->vm, o->space));
		break;
	case OP_DETACH:
		hyp_detach(g->h, dev, ctx);
		break;
	case OP_MAP:
		map(g, o);
		break;
	case OP_UNMAP:
	case OP_REMAP:
	case OP_PROTECT:
		change(g, o);
		break;
	case OP_FLUSH:
		flush(g, o, &op_slots[o->slot], false, 0);
		break;
	case OP_WAIT:
		hyp_guest_wait(g->h, o->vm);
		break;
	case OP_OWE:
		hyp_guest_owe(g->h, o->vm, IMS_CHANGE_DEV);
		break;
	case OP_HOST_UNMAP:
		hyp_host_unmap(g->h, o->vm, op_gpa(&g->p, o->page), size);
		break;
	case OP_HOST_MAP:
		hyp_host_map(g->h, o->vm, op_gpa(&g->p, o->page), size, o->perm);
		break;
	case OP_FREE:
		give_away(g, o);
		break;
	case OP_DMA:
		dma(g, o);
		break;
	case OP_ATS:
		ats(g, o);
		break;
	case OP_PREFETCH:
		hyp_prefetch(g->h, dev, ctx, o->iova);
		break;
	case OP_STORE:
		hyp_back(g->h, o->vm, o->iova, 8);
		hyp_write(g->h, o->vm, o->iova, o->value, 8);
		break;
	}
}
