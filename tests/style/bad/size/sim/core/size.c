/* At most 6 lines a function and 19 a file, see size.args. */
int fits(void)
{
	int x = 1;

	x++;
	return x;
}

int too_long(void)
{ /* BAD */
	int x = 1;

	x++;
	x++;
	return x;
}

int hidden(void) { /* BAD */
	return 1; /* BAD: one line too many */
}
