/* SPDX-License-Identifier: MIT */
#include "tools/oracle/amdvi.h"
#include "tools/oracle/smmuv3.h"
#include "tools/oracle/vtd.h"

const struct orc_vendor *const orc_vendors[] = { &orc_vtd, &orc_amdvi, &orc_smmuv3, NULL };
