/* SPDX-License-Identifier: MIT */
/* Invalidations that a device has to answer, and devices that do not. */
#include "sim/engine/atc.h"

bool ims_cmd_is_atc(const struct ims_hw *hw, const struct ims_cmd *cmd)
{
	const struct ims_match *m = &hw->model->rows[cmd->row].match[0];

	return m->source && m->cache == hw->model->atc && !cmd->ignored;
}

/* Where it is noted that a device does not answer, IMS_ATC_FAIL: it does. */
static unsigned atc_fail_at(const struct ims_unit *u, uint32_t src)
{
	unsigned i = 0;

	while (i < IMS_ATC_FAIL && !(u->atc_fail[i].count && u->atc_fail[i].src == src))
		i++;
	return i;
}

static uint32_t *atc_fail_of(struct ims_unit *u, uint32_t src)
{
	unsigned i = atc_fail_at(u, src);

	return i < IMS_ATC_FAIL ? &u->atc_fail[i].count : NULL;
}

bool ims_atc_fail_done(struct ims_unit *u, uint32_t src)
{
	unsigned i = atc_fail_at(u, src);
	bool acts = u->atc_fail[i].acts;

	u->atc_failing -= !--u->atc_fail[i].count;
	return acts;
}

void ims_atc_fail_acts(struct ims_hw *hw, uint32_t src)
{
	unsigned i = atc_fail_at(hw->unit, src);

	if (i < IMS_ATC_FAIL)
		hw->unit->atc_fail[i].acts = true;
}

bool ims_atc_failing(const struct ims_unit *u, uint32_t src)
{
	return atc_fail_at(u, src) < IMS_ATC_FAIL;
}

bool ims_atc_fail(struct ims_hw *hw, uint32_t src, uint32_t count)
{
	struct ims_unit *u = hw->unit;
	uint32_t *left = atc_fail_of(u, src);

	for (unsigned i = 0; !left && i < IMS_ATC_FAIL; i++) {
		if (u->atc_fail[i].count)
			continue;
		u->atc_fail[i].src = src;
		u->atc_fail[i].acts = false;
		left = &u->atc_fail[i].count;
	}
	if (!left)
		return false;
	u->atc_failing -= *left != 0;
	u->atc_failing += count != 0;
	*left = count;
	return true;
}

void ims_atc_tell(struct ims_hw *hw, uint32_t src, const struct ims_cmd *cmd)
{
	if (hw->model->atc_failed)
		hw->model->atc_failed(hw, src, cmd);
}

void ims_atc_stray(struct ims_hw *hw, uint32_t src)
{
	ims_atc_tell(hw, src, NULL);
}

bool ims_atc_second(struct ims_unit *u, const struct ims_cmd *cmd)
{
	const struct ims_cmd *l = &u->atc_last;

	if (u->atc_once && l->row == cmd->row && l->src == cmd->src && l->ctx == cmd->ctx &&
	    l->all_ctx == cmd->all_ctx && l->first == cmd->first && l->last == cmd->last) {
		u->atc_once = false;
		return true;
	}
	u->atc_last = *cmd;
	u->atc_once = true;
	return false;
}
