/* BAD: the file name */
static const char name[] = "Intel"; /* BAD */
int amdvi_count; /* BAD */
int smmu_count; /* BAD */
/* as Arm has it: BAD */
/* an intelligent alarm */
