#include <glib.h>
#include <yaml.h>
#include <stdio.h>
#include <time.h> /* BAD */
#include "iommusim/report.h"
#include "sim/hyp/hyp.h"
#include "sim/check/check.h" /* BAD */
