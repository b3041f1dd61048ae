#include "sim/core/low.h"
#include "sim/engine/engine.h"
#include "sim/hyp/hyp.h" /* BAD */
