/* SPDX-License-Identifier: MIT */
/* Invalidations that a device has to answer: what the rings ask of them; engine only. */
#ifndef SIM_ENGINE_ATC_H
#define SIM_ENGINE_ATC_H

#include "sim/engine/engine.h"

/* Is it one. */
bool ims_cmd_is_atc(const struct ims_hw *hw, const struct ims_cmd *cmd);
/* Does a device not answer the next of its own. */
bool ims_atc_failing(const struct ims_unit *u, uint32_t src);
/* One that is not answered is over with; did its device act on it. */
bool ims_atc_fail_done(struct ims_unit *u, uint32_t src);
/* Where the vendor tells software of it; @cmd NULL: of an answer that nobody asked for. */
void ims_atc_tell(struct ims_hw *hw, uint32_t src, const struct ims_cmd *cmd);
/* On devices that need it twice: is this one the second of its kind. */
bool ims_atc_second(struct ims_unit *u, const struct ims_cmd *cmd);

#endif
