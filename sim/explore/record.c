/* SPDX-License-Identifier: MIT */
#include "sim/explore/record.h"

#include <string.h>

struct ims_entry xpl_record_facts(const struct ims_entry *e)
{
	struct ims_entry f = *e;

	f.born = f.gen = f.group = f.region = 0;
	f.flags = f.spare[0] = 0;
	if (f.perm & IMS_W)
		f.perm |= IMS_D;
	return f;
}

uint64_t xpl_record_hash(unsigned cache, const struct ims_entry *f, uint32_t filed_ctx,
			 const uint64_t *payload, unsigned payload_count)
{
	uint64_t words[sizeof(*f) / 8], h = cache + ((uint64_t)filed_ctx << 8);

	memcpy(words, f, sizeof(words));
	for (unsigned i = 0; i < sizeof(*f) / 8; i++)
		h = (h ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15) + (h >> 31);
	for (unsigned i = 0; i < payload_count; i++)
		h = (h ^ payload[i]) * UINT64_C(0x9e3779b97f4a7c15) + (h >> 31);
	return h ^ h >> 32;
}

bool xpl_record_kept(const struct ims_cache_def *cache, bool walks)
{
	return walks || cache->where != IMS_WHERE_WALK;
}
