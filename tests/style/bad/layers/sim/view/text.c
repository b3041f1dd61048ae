#include <glib.h>
#include <yaml.h> /* BAD */
#include "sim/explore/explore.h"
#include "tools/iommusim/main.h" /* BAD */
