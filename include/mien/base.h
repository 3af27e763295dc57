/* mien/base.h: status codes, errors, threads, and the rules of every header.
 *
 * Ownership.  A caller owns what a function named *_new, *_read, *_load or
 * *_copy gives it, and releases it with the *_free of the same type.  Every
 * other pointer returned is borrowed and lives as long as its parent.
 * Every *_free accepts NULL.
 *
 * Failure.  A function that can fail returns a mien_status and, if it has
 * something to say, fills the mien_error given last (NULL is allowed).  On
 * failure no output parameter is touched.  A caller's mistake (NULL where a
 * pointer is needed, a rectangle outside its image) is asserted, not reported.
 *
 * Threads.  Different objects may be used by different threads; one object by
 * one thread at a time.  Only a mien_pool makes threads, a mien_reader
 * (mien/kit.h) one for its digests, a mien_loader (mien/samples_loader.h) those
 * it is told to, a mien_mpi (mien/team.h) one, and a mien_server (mien/serve.h)
 * one for its connections, one to watch them and one a job. */
#ifndef MIEN_BASE_H
#define MIEN_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MIEN_API __attribute__((visibility("default")))
#define MIEN_CHECKED __attribute__((warn_unused_result))

#define MIEN_VERSION "0.1.0"

/* One row a status: X(name, value, text).  Values never change meaning. */
#define MIEN_STATUS_LIST(X)                          \
    X(OK, 0, "success")                              \
    X(EARG, -1, "argument out of range")             \
    X(ENOMEM, -2, "out of memory")                   \
    X(EIO, -3, "read or write failed")               \
    X(EFORMAT, -4, "malformed data")                 \
    X(ELIMIT, -5, "a configured limit was exceeded") \
    X(EUNSUP, -6, "valid but not supported")         \
    X(ELOST, -7, "the process that worked on it ended")

typedef enum mien_status {
#define X(name, value, text) MIEN_##name = (value),
    MIEN_STATUS_LIST(X)
#undef X
} mien_status;

/* What went wrong, in words for a person.  Zero-initialise before use. */
typedef struct mien_error {
    mien_status status;
    char text[200]; /* "png: width 0 at byte 16"; always terminated */
} mien_error;

/* A block of bytes that the caller owns. */
typedef struct mien_bytes {
    uint8_t *data; /* [n] */
    size_t n;
} mien_bytes;

/* Threads that share work; one pool may serve any number of objects, one
 * call at a time. */
typedef struct mien_pool mien_pool;

/* Random numbers: the Mersenne Twister MT19937 as numpy's RandomState uses it,
 * so that a published seed gives the published draws.  Open, so that it can be
 * copied and saved. */
typedef struct mien_random {
    uint32_t state[624];
    int32_t pos;       /* next word of state; 624: all are used */
    int32_t has_gauss; /* 1: gauss is the next normal draw */
    double gauss;
} mien_random;

/* The fixed text of a status.
 *
 *   st  any value
 *
 * Never NULL, never freed. */
MIEN_API const char *mien_status_text(mien_status st);

/* The name of a status as it is written in C: "EFORMAT".
 *
 *   st  any value
 *
 * Never NULL, never freed. */
MIEN_API const char *mien_status_name(mien_status st);

/* The library's version, MIEN_VERSION when it was built. */
MIEN_API const char *mien_version(void);

/* The instruction set the kernels run with: "ref", "base", "avx2", "avx512".
 *
 * Chosen once from what the processor can do; MIEN_ISA=name in the
 * environment takes another that it can run. */
MIEN_API const char *mien_isa(void);

/* Seconds on a clock that never goes back; only differences mean something. */
MIEN_API double mien_clock(void);

/* The SHA-256 of bytes.
 *
 *   bytes  [n] NULL is allowed when n is 0
 *   n      how many
 *   out    64 hexadecimal digits and a zero byte
 *
 * Source: FIPS 180-4. */
MIEN_API void mien_sha256(const void *bytes, size_t n, char out[65]);

/* Tell whether a text is a SHA-256.
 *
 *   text  NULL is none
 *
 * 1: 64 hexadecimal digits, in small letters. */
MIEN_API int mien_is_sha256(const char *text);

/* Release a block.
 *
 *   b  its data are freed and its fields cleared; NULL is allowed */
MIEN_API void mien_bytes_free(mien_bytes *b);

/* Begin a sequence as numpy's RandomState(seed) does.
 *
 *   r     set whole
 *   seed  any */
MIEN_API void mien_random_init(mien_random *r, uint32_t seed);

/* Draw 32 random bits.
 *
 *   r  moved on */
MIEN_API uint32_t mien_random_u32(mien_random *r);

/* Draw a number in [0, 1) of 53 bits: random_sample.
 *
 *   r  moved on */
MIEN_API double mien_random_unit(mien_random *r);

/* Draw an integer in [0, n): randint(n), by masked rejection.
 *
 *   r  moved on
 *   n  1..2^32, asserted */
MIEN_API uint32_t mien_random_below(mien_random *r, uint64_t n);

/* Draw from the normal distribution of mean 0 and deviation 1: standard_normal
 * (polar method, two at a time).
 *
 *   r  moved on */
MIEN_API double mien_random_normal(mien_random *r);

/* Bring integers into a random order: shuffle.
 *
 *   r  moved on
 *   n  how many
 *   x  [n] */
MIEN_API void mien_random_shuffle(mien_random *r, int64_t n, int64_t *x);

/* Fill with 0..n - 1 in a random order: permutation(n).
 *
 *   r    moved on
 *   n    how many
 *   out  [n] */
MIEN_API void mien_random_permutation(mien_random *r, int64_t n, int64_t *out);

/* Start threads.
 *
 *   threads  1..MIEN_POOL_MAX in all, the caller's included; 0 takes one for
 *            each processor this process may run on
 *   out      owned by the caller; free with mien_pool_free
 *
 * Results never depend on the number of threads.
 * Fails with EARG, ENOMEM, EUNSUP (a thread could not be started). */
MIEN_API MIEN_CHECKED mien_status mien_pool_new(int threads, mien_pool **out,
                                                mien_error *err);
#define MIEN_POOL_MAX 256

/* Stop the threads and release the pool.
 *
 *   pool  not in use; NULL is allowed */
MIEN_API void mien_pool_free(mien_pool *pool);

/* The number of threads of a pool, the caller's included.
 *
 *   pool  NULL counts as one thread */
MIEN_API int mien_pool_size(const mien_pool *pool);

/* Do tasks 0 .. n - 1, each once, in any order, on any thread of a pool.
 *
 *   pool  one call at a time; NULL: the caller does all
 *   n     tasks
 *   task  its lane is 0 .. mien_pool_size - 1 and never shared by two tasks
 *         that run at the same time: index scratch memory with it
 *   arg   handed to every task
 *
 * Returns when all are done. */
MIEN_API void mien_pool_run(mien_pool *pool, int n,
                            void (*task)(void *arg, int i, int lane),
                            void *arg);

#ifdef __cplusplus
}
#endif
#endif
