#include "sim/core/low.h" /* BAD */
