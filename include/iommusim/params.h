/* SPDX-License-Identifier: MIT */
/* What a unit can do, as rows of a vendor's tables: capabilities, knobs and quirks by name. */
#ifndef IOMMUSIM_PARAMS_H
#define IOMMUSIM_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

enum ims_param_kind {
	IMS_PARAM_CAP,	 /* a capability that the unit reports */
	IMS_PARAM_KNOB,	 /* what the specification leaves to the implementation */
	IMS_PARAM_QUIRK, /* an erratum, or what a known implementation does otherwise; 0 or 1 */
};

/*
 * A parameter of a unit, named in scenarios under hardware: caps and quirks. A knob is
 * open where its sources leave more than one reading and what is kept in a cache
 * depends on it: `adversarial` and `lenient` are then the readings that keep most and
 * least. Adversarial hardware has the first, unless a scenario sets the knob; a finding
 * that is not there with the second depends on it. In all others they are the default.
 */
struct ims_param {
	const char *name; /* lower case, hyphens */
	const char *text;
	uint32_t value, max; /* the default, and the largest modelled */
	uint32_t adversarial, lenient;
	uint8_t kind; /* enum ims_param_kind */
	const char *source;
	const char *unknown; /* NULL, or what the specification does not say about it */
	const char *why;     /* of a knob: why adversarial hardware has this value */
};

/* Is what adversarial hardware does a choice between readings. */
static inline bool ims_param_open(const struct ims_param *p)
{
	return p->adversarial != p->lenient;
}

/* What must hold between parameters. */
struct ims_param_rule {
	const char *name; /* "NEST needs SMTS, FSTS and SSTS" */
	const char *source;
	bool (*holds)(const uint32_t *params);
};

struct ims_param_set {
	uint32_t param, value;
	const char *source;
};

/* Initialisers of struct ims_param, by its number. */
#define IMS_CAP(id, name_, text_, value_, max_, source_)                                           \
	[id] = { .name = (name_),                                                                  \
		 .text = (text_),                                                                  \
		 .value = (value_),                                                                \
		 .max = (max_),                                                                    \
		 .adversarial = (value_),                                                          \
		 .lenient = (value_),                                                              \
		 .kind = IMS_PARAM_CAP,                                                            \
		 .source = (source_) }
#define IMS_OPEN(id, name_, text_, value_, adversarial_, lenient_, max_, source_, unknown_, why_)  \
	[id] = { .name = (name_),                                                                  \
		 .text = (text_),                                                                  \
		 .value = (value_),                                                                \
		 .max = (max_),                                                                    \
		 .adversarial = (adversarial_),                                                    \
		 .lenient = (lenient_),                                                            \
		 .kind = IMS_PARAM_KNOB,                                                           \
		 .source = (source_),                                                              \
		 .unknown = (unknown_),                                                            \
		 .why = (why_) }
#define IMS_KNOB(id, name_, text_, value_, max_, source_, unknown_, why_)                          \
	IMS_OPEN(id, name_, text_, value_, value_, value_, max_, source_, unknown_, why_)
#define IMS_QUIRK(id, name_, text_, value_, source_)                                               \
	[id] = { .name = (name_),                                                                  \
		 .text = (text_),                                                                  \
		 .value = (value_),                                                                \
		 .adversarial = (value_),                                                          \
		 .lenient = (value_),                                                              \
		 .max = 1,                                                                         \
		 .kind = IMS_PARAM_QUIRK,                                                          \
		 .source = (source_) }

#endif
