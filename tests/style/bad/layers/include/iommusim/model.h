#include <stdint.h>
#include "iommusim/event.h"
#include "iommusim/report.h" /* BAD */
#include "sim/core/bits.h" /* BAD */
#include <glib.h> /* BAD */
