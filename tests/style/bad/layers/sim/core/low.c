#include "sim/engine/engine.h" /* BAD */
#include <glib.h> /* BAD */
#include <time.h> /* BAD */
#include <unistd.h> /* BAD */
  #  include "sim/view/text.h" /* BAD */
#include "sim/core/low.h"
#include "low.h"
#include <stdint.h>
#include "iommusim/model.h"
#include "iommusim/report.h" /* BAD */
#include "../engine/engine.h" /* BAD */
#include "models/vtd/own.h" /* BAD */
#include "absent.h" /* BAD */
#define HEADER <stdio.h>
#include HEADER /* BAD */
