/* SPDX-License-Identifier: MIT */
#include "tools/oracle/amdvi.h"
#include "tools/oracle/vtd.h"

const struct orc_vendor *const orc_vendors[] = { &orc_vtd, &orc_amdvi, NULL };
