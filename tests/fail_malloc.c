/* Loaded before a program (LD_PRELOAD): from main on, allocation number
 * FAIL_MALLOC of the process fails, and all that follow if FAIL_MALLOC_ALL is
 * set.  Allocations of libraries count too.  How many there were is written to
 * the file FAIL_MALLOC_COUNT at exit, if that is set.
 *
 * glibc's own functions are called by the names that it exports for this. */
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* The compiler hides what is not said to be public. */
#pragma GCC visibility push(default)

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);
extern void *__libc_memalign(size_t align, size_t n);

typedef int main_function(int argc, char **argv, char **env);
typedef int start_function(main_function *program, int argc, char **argv,
                           void (*init)(void), void (*fini)(void),
                           void (*rtld_fini)(void), void *stack_end);

int __libc_start_main(main_function *program, int argc, char **argv,
                      void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end);

static main_function *real_main;
static atomic_long count;
static long wanted;
static int all;

/* 1 if this allocation is to fail. */
static int fails(void)
{
    if (!wanted)
        return 0;
    long n = atomic_fetch_add(&count, 1) + 1;
    if (n != wanted && !(all && n > wanted))
        return 0;
    errno = ENOMEM;
    return 1;
}

static int start(int argc, char **argv, char **env)
{
    const char *n = getenv("FAIL_MALLOC");
    all = getenv("FAIL_MALLOC_ALL") != NULL;
    wanted = n ? strtol(n, NULL, 10) : 0;
    return real_main(argc, argv, env);
}

int __libc_start_main(main_function *program, int argc, char **argv,
                      void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end)
{
    void *found = dlsym(RTLD_NEXT, "__libc_start_main");
    start_function *go;
    __builtin_memcpy(&go, &found, sizeof go);
    real_main = program;
    return go(start, argc, argv, init, fini, rtld_fini, stack_end);
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("FAIL_MALLOC_COUNT");
    long n = count;
    wanted = 0;
    FILE *f = path ? fopen(path, "w") : NULL;
    if (f) {
        fprintf(f, "%ld\n", n);
        fclose(f);
    }
}

void *malloc(size_t n) { return fails() ? NULL : __libc_malloc(n); }

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return fails() ? NULL : __libc_realloc(p, n);
}

void *memalign(size_t align, size_t n)
{
    return fails() ? NULL : __libc_memalign(align, n);
}

void *aligned_alloc(size_t align, size_t n)
{
    return fails() ? NULL : __libc_memalign(align, n);
}

int posix_memalign(void **out, size_t align, size_t n)
{
    void *p = fails() ? NULL : __libc_memalign(align, n);
    if (!p)
        return ENOMEM;
    *out = p;
    return 0;
}
