#include "sim/engine/engine.h"
#include "sim/scenario/scenario.h" /* BAD */
#include <glib.h> /* BAD */
