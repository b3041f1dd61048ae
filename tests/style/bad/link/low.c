int high_answer(void);
int low_question(void);

int low_question(void)
{
	return high_answer();
}
