/* check.h: the whole test framework.  A test file is a program:
 *
 *   test_x [PART] [SEED]
 *
 * runs the tests with PART in their names, all if it is left out, on the random
 * numbers of SEED, a number; 0, which is usual, if it is left out.  main calls
 * check_start(argc, argv), RUN(test, arguments...) for each test, and returns
 * check_done().  Exit status 0: all held, 1: some did not, 77: skipped. */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Atomic int check_count, check_failed; /* threads check, too */
static const char *check_part = "";
static unsigned check_seed;

static inline void check_start(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char *end;
        unsigned long seed = strtoul(argv[i], &end, 10);
        if (*argv[i] && !*end)
            check_seed = (unsigned)seed;
        else
            check_part = argv[i];
    }
}

/* Call a test, unless the command line asks for others. */
#define RUN(test, ...)                 \
    do {                               \
        if (strstr(#test, check_part)) \
            test(__VA_ARGS__);         \
    } while (0)

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

/* The same for a test whose numbers are wanted to be the usual ones, whatever
 * the seed: answers of others are known for them alone. */
#define RUN_USUAL(test, ...)         \
    do {                             \
        unsigned asked = check_seed; \
        check_seed = 0;              \
        RUN(test, ##__VA_ARGS__);    \
        check_seed = asked;          \
    } while (0)

/* Of many cases of one kind, one in how many is tried: every one, but with the
 * sanitizers, where a case takes ten times as long and says no more of memory
 * than another, every tenth, and "SKIP" says so.  TORTURE=1 tries all. */
static inline int check_every(void)
{
#ifdef __SANITIZE_ADDRESS__
    static int said;
    if (!getenv("TORTURE")) {
        if (!said++)
            printf("SKIP nine of ten cases with the sanitizers\n");
        return 10;
    }
#endif
    return 1;
}

/* The allocation to fail after number n, of thousands: each of the first
 * hundred, then one in nineteen; every one with TORTURE=1. */
static inline int check_next_allocation(int n)
{
    return n + (n < 100 || getenv("TORTURE") ? 1 : 19);
}

static inline int check_done(void)
{
    if (check_count == 0 && *check_part)
        fprintf(stderr, "no test's name contains '%s'\n", check_part);
    if (check_failed && check_seed)
        fprintf(stderr, "the random numbers are those of seed %u\n",
                check_seed);
    printf("%d checks, %d failed\n", check_count, check_failed);
    return check_failed != 0 || check_count == 0;
}

/* A small generator, the same everywhere, so a failure can be repeated; each
 * seed of the command line has an (odd) step of its own. */
static inline unsigned check_rand(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u + 2 * 2654435761u * check_seed;
    return *state >> 8;
}

#endif
