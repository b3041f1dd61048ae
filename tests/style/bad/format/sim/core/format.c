/* clang-format would write this otherwise. */
int  f(void);  /* BAD */

int f(void)
{ /* BAD: the next line */
    return 1;
}
