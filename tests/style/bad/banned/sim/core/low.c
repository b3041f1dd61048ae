/* malloc( in a comment, and time( too */
static const char words[] = "malloc(1) /* printf(";
void f(struct pool *p)
{
	char *a = malloc(1); /* BAD */
	a = calloc(1, 1); a = realloc(a, 2); /* BAD */
	free (a); /* BAD */
	p->free(a);
	p->ops.time(a);
	pool_free(a);
	g_hash_table_new(0, 0); /* BAD */
	n += rand(); /* BAD */
	n += random(); /* BAD */
	n += time(0); /* BAD */
	n += clock(); /* BAD */
	snprintf(a, 1, "%d", n); /* BAD */
	printf("x"); /* BAD */
	abort(); /* BAD */
	exit(1); /* BAD */
	assert(n); /* BAD */
	random = replace == RANDOM;
	IMS_ASSERT(n);
	strcpy(a, words); /* BAD */
}
