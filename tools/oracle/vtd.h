/* SPDX-License-Identifier: MIT */
#ifndef TOOLS_ORACLE_VTD_H
#define TOOLS_ORACLE_VTD_H

#include "models/vtd/vtd.h"
#include "tools/oracle/oracle.h"

enum vtd_config { VTD_LEGACY_MODE, VTD_SECOND_STAGE, VTD_FIRST_STAGE };
/* orc_program.start: RTADDR_REG; descriptors of 256 bits; each device's entries, for the rows of differences. */
enum vtd_start {
	VTD_START_ROOT,
	VTD_START_WIDE,
	VTD_START_PASID,
	VTD_START_CONTEXT = VTD_START_PASID + ORC_DEVICES
};

enum { VTD_KNOWN = 10 };

extern const struct orc_vendor orc_vtd;
extern const struct orc_known vtd_known[VTD_KNOWN];

void vtd_generate(struct orc_program *p);
bool vtd_fault_read(struct orc_side *s, const struct orc_program *p, struct orc_fault *ret);

#endif
