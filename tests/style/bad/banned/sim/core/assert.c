void f(void)
{
	write(2, "x", 1);
	abort();
}
