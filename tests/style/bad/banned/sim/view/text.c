void f(FILE *out)
{
	g_string_append(s, "x");
	fprintf(out, "%d\n", 1);
	fprintf(stderr, "x"); /* BAD */
	g_print("x"); /* BAD */
	g_string_append_printf(s, "%p", s); /* BAD */
	g_hash_table_foreach(h, f, s); /* BAD */
	clock_gettime(CLOCK_MONOTONIC, &t); /* BAD */
	getenv("HOME"); /* BAD */
	/* TODO: BAD */
}
