/* check.h: the whole test framework.  A test file is a program; main returns
 * check_done().  Exit status 0: all held, 1: some did not, 77: skipped. */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdio.h>

static int check_count, check_failed;

#define CHECK(cond) CHECK_MSG(cond, "%s", #cond)
#define CHECK_EQ(a, b)                                                \
    CHECK_MSG((a) == (b), "%s = %lld, want %lld", #a, (long long)(a), \
              (long long)(b))
#define CHECK_NEAR(a, b, tol)                                             \
    CHECK_MSG(fabs((double)(a) - (double)(b)) <= (double)(tol),           \
              "%s = %.9g, want %.9g +- %g", #a, (double)(a), (double)(b), \
              (double)(tol))
#define CHECK_MSG(cond, ...)                                    \
    do {                                                        \
        check_count++;                                          \
        if (!(cond)) {                                          \
            if (++check_failed <= 20) {                         \
                fprintf(stderr, "%s:%d: ", __FILE__, __LINE__); \
                fprintf(stderr, __VA_ARGS__);                   \
                fputc('\n', stderr);                            \
            }                                                   \
        }                                                       \
    } while (0)

/* Say why and leave with the status of a skipped test. */
#define CHECK_SKIP(...)      \
    do {                     \
        printf("SKIP ");     \
        printf(__VA_ARGS__); \
        putchar('\n');       \
        return 77;           \
    } while (0)

static inline int check_done(void)
{
    printf("%d checks, %d failed\n", check_count, check_failed);
    return check_failed != 0 || check_count == 0;
}

/* A small generator, the same everywhere, so a failure can be repeated. */
static inline unsigned check_rand(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

#endif
