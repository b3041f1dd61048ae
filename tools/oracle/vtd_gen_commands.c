/* SPDX-License-Identifier: MIT */
/* Random invalidation descriptors, VT-d 5.10 section 6.5.2. */
#include "tools/oracle/vtd_gen.h"

/* G and type of each descriptor stand in its lowest bits; the rest is fields. */
static unsigned address_mask(struct gen *g, const struct page *pg)
{
	return pg->level == 1 ? below(g, 3) : below(g, 2) ? 9 * (pg->level - 1) : below(g, 10);
}

static void send(struct gen *g, uint64_t low, uint64_t high, const char *what)
{
	uint64_t words[4] = { low, high, 0, 0 };

	orc_command(g->p, words, g->scalable ? 4 : 2, what);
}

static uint64_t page_word(struct gen *g, const struct page *pg, uint64_t iova)
{
	unsigned am = address_mask(g, pg);

	return ((iova >> 12 >> am) << am << 12) | am | (orc_often(g->p, 20) ? IMS_BIT(6) : 0);
}

static void command_iotlb(struct gen *g, uint16_t did, const struct page *pg, uint64_t iova)
{
	switch (below(g, 5)) {
	case 0:
		send(g, 0x12, 0, "IOTLB global");
		break;
	case 1:
	case 2:
		send(g, 0x22 | (uint64_t)did << 16, 0, "IOTLB domain-selective");
		break;
	default:
		send(g, 0x32 | (uint64_t)did << 16, page_word(g, pg, iova), "IOTLB page-selective");
		break;
	}
}

static void command_pasid_iotlb(struct gen *g, uint16_t did, uint32_t pasid, const struct page *pg,
				uint64_t iova)
{
	uint64_t low = 6 | (uint64_t)did << 16 | (uint64_t)pasid << 32;

	if (orc_often(g->p, 50))
		send(g, low | 0x20, 0, "P_IOTLB PASID-selective");
	else
		send(g, low | 0x30, page_word(g, pg, iova), "P_IOTLB page-selective");
}

static void command_context(struct gen *g, uint16_t did, uint32_t src)
{
	uint64_t low = 1 | (uint64_t)did << 16;

	switch (below(g, 4)) {
	case 0:
		send(g, 0x11, 0, "CC global");
		break;
	case 1:
		send(g, low | 0x20, 0, "CC domain");
		break;
	default:
		send(g, low | 0x30 | (uint64_t)src << 32 | (uint64_t)below(g, 4) << 48, 0,
		     "CC device");
		break;
	}
}

static void command_pasid_cache(struct gen *g, uint16_t did, uint32_t pasid)
{
	uint64_t low = 7 | (uint64_t)did << 16;

	switch (below(g, 4)) {
	case 0:
		send(g, low | 0x30, 0, "PC global");
		break;
	case 1:
		send(g, low, 0, "PC domain");
		break;
	default:
		send(g, low | 0x10 | (uint64_t)pasid << 32, 0, "PC PASID-selective");
		break;
	}
}

/* Of what no request here depends on: they have to be taken, or refused, alike. */
static void command_other(struct gen *g, uint32_t pasid, uint32_t src, uint64_t iova)
{
	uint64_t page = iova & ~UINT64_C(0xfff), tag = (uint64_t)src << 32;

	switch (below(g, 6)) {
	case 0:
		send(g, 0x03 | tag, page | below(g, 2), "devTLB");
		break;
	case 1:
		send(g, 0x08 | (uint64_t)src << 16 | (uint64_t)pasid << 32, page | below(g, 2),
		     "P_devTLB");
		break;
	case 2:
		send(g, below(g, 2) ? 0x04 : 0x14 | (uint64_t)below(g, 32) << 27 | tag, 0, "IEC");
		break;
	case 3:
		send(g, 0x15, 0, "wait, interrupt");
		break;
	case 4:
		send(g, 0x65, ORC_AT_STATUS + 16, "wait, fence");
		break;
	default:
		send(g, 0x09 | (uint64_t)src << 16, 0,
		     "page response, of a unit without page requests");
		break;
	}
}

/* Reserved bits, types and granularities that do not exist, section 6.5.2. */
void vtd_gen_command_bad(struct gen *g)
{
	static const struct {
		uint64_t low, high;
		const char *what;
	} bad[] = {
		{ 0x0f, 0, "type 15" },
		{ 0x00, 0, "type 0" },
		{ 0x01, 0, "CC, granularity 0" },
		{ 0x11 | UINT64_C(1) << 50, 0, "CC, reserved bit" },
		{ 0x11, 1, "CC, reserved word" },
		{ 0x02, 0, "IOTLB, granularity 0" },
		{ 0x12 | UINT64_C(1) << 40, 0, "IOTLB, reserved bit" },
		{ 0x32, 0x80, "IOTLB, reserved bit of the second word" },
		{ 0x32, 19, "IOTLB, mask over MAMV" },
		{ 0x06, 0, "P_IOTLB, granularity 0" },
		{ 0x16, 0, "P_IOTLB, granularity 1" },
		{ 0x26 | UINT64_C(1) << 60, 0, "P_IOTLB, reserved bit" },
		{ 0x25 | 0x100, 0x1000, "wait, reserved bit" },
		{ 0x25, 0x1002, "wait, reserved bit of the second word" },
		{ 0xa5, 0x1000, "wait, drain of page requests that there are not" },
		{ 0x03 | 0x100000000 << 16, 0, "devTLB, reserved bit" },
		{ 0x03, 0x10, "devTLB, reserved bit of the second word" },
		{ 0x08, 0x100, "P_devTLB, reserved bit of the second word" },
		{ 0x04 | 0x20, 0, "IEC, reserved bit" },
		{ 0x05, 0, "wait for nothing" },
	};
	unsigned i = below(g, sizeof(bad) / sizeof(bad[0]));

	send(g, bad[i].low, bad[i].high, bad[i].what);
}

/* For what was changed last, or beside it by one field. */
void vtd_gen_command(struct gen *g, bool near_miss)
{
	const struct page *pg = &g->pages[g->page];
	const struct device *dev = &g->devices[g->device];
	uint16_t did = g->domains[pg->domain].did;
	uint32_t pasid = dev->pasid, src = orc_src(&orc_vtd, g->device);
	uint64_t iova = pg->iova;
	unsigned kind = below(g, 10);

	if (near_miss) {
		switch (below(g, 4)) {
		case 0:
			did ^= 1;
			break;
		case 1:
			pasid ^= 1;
			break;
		case 2:
			src ^= 8;
			break;
		default:
			iova ^= UINT64_C(1) << (12 + 9 * (pg->level - 1) + below(g, 4));
			break;
		}
	}
	if (orc_often(g->p, 6))
		command_other(g, pasid, src, iova);
	else if (kind < 6 && g->first && orc_often(g->p, 60))
		command_pasid_iotlb(g, did, pasid, pg, iova);
	else if (kind < 7)
		command_iotlb(g, did, pg, iova);
	else if (kind < 9 || !g->scalable)
		command_context(g, did, src);
	else
		command_pasid_cache(g, did, pasid);
}
