int high_answer(void);

int high_answer(void)
{
	return 42;
}
