int main(void)
{
	printf("%p", malloc(1));
	clock_gettime(CLOCK_MONOTONIC, &t);
	sprintf(s, "x"); /* BAD */
	return 0;
}
