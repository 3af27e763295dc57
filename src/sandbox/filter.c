/* filter.c: the calls to the system that a worker may make.
 *
 * Three answers: what the C library, the decoders and their threads need is
 * done; what libraries try in passing and do without, files above all, is
 * refused (EPERM), so that an honest photo is read; anything else ends the
 * process (SIGSYS), so that an attempt is seen, and there is no second one.
 * Numbers are compared, and arguments that are numbers; memory is not looked
 * at, which could change afterwards.
 *
 * Threads are allowed, since libheif and libde265 begin some; processes are
 * not.  Memory may be had without a file behind it, and never to be run.
 *
 * Source: seccomp(2), Documentation/userspace-api/seccomp_filter.rst. */
#include "sandbox/confine.h"

#include "base/error.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0
#endif

/* Done, whatever the arguments; the most frequent come first. */
static const int done[] = {
    SYS_futex,
    SYS_madvise,
    SYS_munmap,
    SYS_read,
    SYS_write,
    SYS_brk,
    SYS_mremap,
    SYS_sched_yield,
    SYS_clock_gettime,
    SYS_gettimeofday,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_rt_sigprocmask,
    SYS_rt_sigaction,
    SYS_rt_sigreturn,
    SYS_exit,
    SYS_exit_group,
    SYS_getpid,
    SYS_gettid,
    SYS_writev,
    SYS_getrandom,
    SYS_sysinfo,
    SYS_set_robust_list,
    SYS_restart_syscall,
    SYS_getcpu,
#ifdef SYS_rseq
    SYS_rseq,
#endif
#ifdef SYS_time
    SYS_time,
#endif
#ifdef __SANITIZE_ADDRESS__ /* to begin a thread */
    SYS_sigaltstack,
    SYS_sched_getaffinity,
#endif
};

/* Refused, without harm to who asks: dav1d, which is not told of the
 * processors, takes one, so that a worker does not take those of the others. */
static const int refused[] = {
    SYS_openat,      SYS_newfstatat,
    SYS_faccessat,   SYS_readlinkat,
    SYS_fstat,       SYS_lseek,
    SYS_close,       SYS_ioctl,
    SYS_fcntl,       SYS_getdents64,
    SYS_getcwd,      SYS_uname,
    SYS_prctl,       SYS_prlimit64,
    SYS_membarrier,  SYS_getuid,
    SYS_geteuid,     SYS_getgid,
    SYS_getegid,     SYS_getppid,
    SYS_sigaltstack, SYS_sched_getaffinity,
#ifdef SYS_open
    SYS_open,        SYS_stat,
    SYS_lstat,       SYS_access,
    SYS_readlink,
#endif
#ifdef SYS_getrlimit
    SYS_getrlimit,
#endif
#ifdef SYS_statx
    SYS_statx,
#endif
#ifdef SYS_faccessat2
    SYS_faccessat2,
#endif
};

enum { ROOM = 256 };

typedef struct program {
    struct sock_filter step[ROOM];
    unsigned short n;
} program;

static void put(program *p, unsigned code, uint32_t k, int yes, int no)
{
    p->step[p->n++] =
        (struct sock_filter){(uint16_t)code, (uint8_t)yes, (uint8_t)no, k};
}

static void answer(program *p, uint32_t what)
{
    put(p, BPF_RET | BPF_K, what, 0, 0);
}

static void load(program *p, size_t at)
{
    put(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)at, 0, 0);
}

/* The lower half of an argument. */
static void load_argument(program *p, int i)
{
    load(p, offsetof(struct seccomp_data, args) + 8 * (size_t)i);
}

/* Answer this number. */
static void for_call(program *p, int number, uint32_t what)
{
    put(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1);
    answer(p, what);
}

/* End the process, unless the bits of an argument are as wanted. */
static void need_bits(program *p, int argument, uint32_t bits, uint32_t wanted)
{
    load_argument(p, argument);
    put(p, BPF_ALU | BPF_AND | BPF_K, bits, 0, 0);
    put(p, BPF_JMP | BPF_JEQ | BPF_K, wanted, 1, 0);
    answer(p, SECCOMP_RET_KILL_PROCESS);
}

/* Calls that depend on their arguments.  What need_bits loads is not a call's
 * number any more, so each ends with an answer. */
static void put_conditions(program *p)
{
    const uint32_t thread = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
    const uint32_t own = MAP_PRIVATE | MAP_ANONYMOUS;
    /* need_bits is four steps, an answer one. */
    put(p, BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 9);
    need_bits(p, 2, PROT_EXEC, 0);
    need_bits(p, 3, own, own);
    answer(p, SECCOMP_RET_ALLOW);
    put(p, BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 5);
    need_bits(p, 2, PROT_EXEC, 0);
    answer(p, SECCOMP_RET_ALLOW);
    put(p, BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 5);
    need_bits(p, 0, thread, thread);
    answer(p, SECCOMP_RET_ALLOW);
    /* abort */
    put(p, BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 5);
    need_bits(p, 0, UINT32_MAX, (uint32_t)getpid());
    answer(p, SECCOMP_RET_ALLOW);
}

/* The whole filter. */
static void write_program(program *p)
{
    const uint32_t no = SECCOMP_RET_ERRNO;
    load(p, offsetof(struct seccomp_data, arch));
    put(p, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    answer(p, SECCOMP_RET_KILL_PROCESS);
    load(p, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < sizeof done / sizeof *done; i++)
        for_call(p, done[i], SECCOMP_RET_ALLOW);
    put_conditions(p);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        for_call(p, refused[i], no | EPERM);
#ifdef SYS_clone3
    /* Its arguments lie in memory; without it the C library takes clone. */
    for_call(p, SYS_clone3, no | ENOSYS);
#endif
    answer(p, SECCOMP_RET_KILL_PROCESS);
}

mien_status mi_filter_install(mien_error *err)
{
    program p = {.n = 0};
    if (!ARCHITECTURE)
        return mi_fail(err, MIEN_EUNSUP,
                       "sandbox: seccomp has no filter for this processor");
    write_program(&p);
    struct sock_fprog all = {p.n, p.step};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all, 0, 0))
        return mi_fail(err, MIEN_EUNSUP, "sandbox: seccomp: %s",
                       strerror(errno));
    return MIEN_OK;
}
