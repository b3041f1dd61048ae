#include <glib.h>
#include "iommusim/model.h"
#include "sim/core/bits.h" /* BAD */
