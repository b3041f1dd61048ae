int g(void)
{
	g_free(x); /* BAD */
	return rand(); /* BAD */
}
