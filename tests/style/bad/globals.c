int bad_public = 1;
int bad_common;
static int bad_data = 3;
_Thread_local int bad_thread = 4;
static const int fine_number = 5;
static const int *const fine_pointers[] = { &fine_number, &fine_number };
const char *const fine_names[] = { "a", "b" };
int *use(int i);
const int *use_const(int i);

int *use(int i)
{
	static int bad_in_function;

	return i ? &bad_data : &bad_in_function;
}

const int *use_const(int i)
{
	return fine_pointers[i & 1];
}
