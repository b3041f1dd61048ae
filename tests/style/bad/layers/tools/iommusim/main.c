#include <stdio.h>
#include <time.h>
#include "models/vtd/own.h"
#include "sim/view/text.h"
