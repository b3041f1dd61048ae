#include "iommusim/model.h"
#include "iommusim/uapi.h"
#include "sim/core/bits.h"
#include "own.h"
#include "models/vtd/own.h"
#include <string.h>
#include <stdio.h> /* BAD */
#include <glib.h> /* BAD */
#include "iommusim/event.h" /* BAD */
#include "sim/core/low.h" /* BAD */
#include "sim/engine/engine.h" /* BAD */
#include "models/amdvi/other.h" /* BAD */
