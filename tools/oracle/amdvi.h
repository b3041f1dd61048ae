/* SPDX-License-Identifier: MIT */
#ifndef TOOLS_ORACLE_AMDVI_H
#define TOOLS_ORACLE_AMDVI_H

#include "models/amdvi/amdvi.h"
#include "tools/oracle/oracle.h"

enum amdvi_config { AMDVI_QUIET, AMDVI_EVENTS };
/* orc_program.start: the device table; where each device's entry stands. */
enum amdvi_start { AMDVI_START_TABLE, AMDVI_START_DTE };

enum { AMDVI_KNOWN = 12 };

extern const struct orc_vendor orc_amdvi;
extern const struct orc_known amdvi_known[AMDVI_KNOWN];

void amdvi_generate(struct orc_program *p);

#endif
