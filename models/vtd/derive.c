/* SPDX-License-Identifier: MIT */
/*
 * What follows from a unit's capabilities, once: which bits of every structure are
 * reserved (chapter 9, with CAP_REG and ECAP_REG of sections 11.4.2 and 11.4.3),
 * and what the engine has to know.
 */
#include "vtd.h"

static uint64_t unless(uint32_t capability, uint64_t bits)
{
	return capability ? 0 : bits;
}

static void derive_tables(struct ims_state *s)
{
	const uint32_t *p = s->params;
	uint64_t *d = s->derived, high = IMS_BITS(63, p[VTD_P_HAW]);

	d[VTD_D_HIGH] = high;
	d[VTD_D_ADDR] = IMS_BITS(p[VTD_P_HAW] - 1, 12);
	d[VTD_D_ENTRY] = p[VTD_P_HAW] > 51 ? 0 : IMS_BITS(51, p[VTD_P_HAW]);
	d[VTD_D_SS_LEAF] = unless(p[VTD_P_SC], IMS_BIT(11)); /* SNP */
	d[VTD_D_FS_LEVELS] = 1u << 2 | (p[VTD_P_FS1GP] ? 1u << 3 : 0);
	d[VTD_D_SS_LEVELS] = (uint64_t)(p[VTD_P_SSLPS] & 3) << 2;
	/* Section 11.4.5: 9:8 and 6:0, and SSIRWE. */
	d[VTD_D_RTADDR] = high | IMS_BITS(9, 8) | IMS_BITS(6, 0) |
			  unless(p[VTD_P_SSIRWS], IMS_BIT(7));
	d[VTD_D_ROOT] = high | IMS_BITS(11, 1);	     /* sections 9.1 and 9.2 */
	d[VTD_D_DIRECTORY] = high | IMS_BITS(11, 2); /* section 9.5 */
}

void vtd_derive(struct ims_state *s)
{
	const uint32_t *p = s->params;
	uint64_t *d = s->derived, high = IMS_BITS(63, p[VTD_P_HAW]);
	unsigned did = 4 + 2 * p[VTD_P_ND]; /* bits of a domain id */

	derive_tables(s);
	d[VTD_D_LEGACY] = high | IMS_BITS(11, 4); /* section 9.3 */
	d[VTD_D_LEGACY_1] = IMS_BITS(63, 24) | IMS_BIT(7) | (IMS_BITS(24, did + 8) & ~IMS_BIT(24));
	d[VTD_D_CONTEXT] = high | IMS_BITS(8, 7) | unless(p[VTD_P_DT], IMS_BIT(2)) |
			   unless(p[VTD_P_PASID], IMS_BIT(3)) | unless(p[VTD_P_PRS], IMS_BIT(4)) |
			   unless(p[VTD_P_HPTS], IMS_BIT(5)) | unless(p[VTD_P_PTRS], IMS_BIT(6));
	d[VTD_D_CONTEXT_1] = IMS_BITS(63, 21) | unless(p[VTD_P_RPS], IMS_BITS(19, 0)) |
			     unless(p[VTD_P_RPRIVS], IMS_BIT(20));
	/* Section 9.6. AW of an entry that ignores it: the letter is a matter of opinion. */
	d[VTD_D_PASID] = high | 0xc20 | unless(p[VTD_P_SSADS], IMS_BIT(9)) |
			 unless(p[VTD_P_SSTS], IMS_BITS(63, 12) | IMS_BIT(9) |
						       (p[VTD_K_STRICT_AW] ? IMS_BITS(4, 2) : 0));
	d[VTD_D_PASID_1] = 0xf87f0000 | (IMS_BITS(16, did) & ~IMS_BIT(16)) |
			   unless(p[VTD_P_SMPWC], IMS_BIT(23)) | unless(p[VTD_P_SC], IMS_BIT(24)) |
			   unless(p[VTD_P_MTS], UINT64_C(0xffffffff06000000));
	d[VTD_D_PASID_2] = high | 0xf02 | unless(p[VTD_P_SRS], IMS_BIT(0)) |
			   unless(p[VTD_P_FSTS], IMS_BITS(4, 2) | IMS_BITS(63, 12)) |
			   unless(p[VTD_P_EAFS], IMS_BIT(7));
	d[VTD_D_NEGATIVE] = p[VTD_P_CM] ? p[VTD_K_NEGATIVE] : 0;
	s->no_write = p[VTD_P_NWFS];
	s->fetch_words = (uint8_t)(p[VTD_K_TORN] * 2);
	s->window_first = VTD_INTERRUPTS_FIRST;
	s->window_bytes = VTD_INTERRUPTS_LAST - VTD_INTERRUPTS_FIRST + 1;
	vtd_derive_queue(s);
	vtd_rights(s);
}
