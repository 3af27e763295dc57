/* confine.c: limits and Landlock.
 *
 * Two limits are not set: RLIMIT_NPROC counts all processes and threads of the
 * user, so that it would forbid decoders their threads, and the filter refuses
 * processes; RLIMIT_CPU counts from the beginning of a worker that reads many
 * photos, so the program keeps the time of each.
 *
 * Source: landlock(7), getrlimit(2), prctl(2). */
#include "sandbox/confine.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int mi_threads(void)
{
    struct stat s;
    if (stat("/proc/self/task", &s) || s.st_nlink < 3)
        return 0;
    return (int)s.st_nlink - 2; /* a folder each, and two names of its own */
}

/* ---- Landlock ------------------------------------------------------------ */

/* As the kernel has it since version 6: older headers know less. */
typedef struct ruleset {
    uint64_t files, net, scoped;
} ruleset;

/* What each version can forbid, and the bytes of the ruleset that it reads. */
static const struct {
    uint64_t files, net, scoped;
    size_t size;
} versions[] = {
    {0x1fff, 0, 0, 8},  /* 1 */
    {0x3fff, 0, 0, 8},  /* 2: links into other folders */
    {0x7fff, 0, 0, 8},  /* 3: truncation */
    {0x7fff, 3, 0, 16}, /* 4: TCP */
    {0xffff, 3, 0, 16}, /* 5: ioctl */
    {0xffff, 3, 3, 24}, /* 6: abstract sockets, signals */
};

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

/* Forbid all that this kernel's version can; no rule allows anything. */
static mien_status landlock(int *version, mien_error *err)
{
    enum { ASK_VERSION = 1, KNOWN = sizeof versions / sizeof *versions };
    long v = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
    *version = 0;
    if (v < 1)
        return MIEN_OK;
    int at = v < KNOWN ? (int)v - 1 : KNOWN - 1;
    ruleset r = {versions[at].files, versions[at].net, versions[at].scoped};
    int fd =
        (int)syscall(SYS_landlock_create_ruleset, &r, versions[at].size, 0);
    if (fd < 0 || syscall(SYS_landlock_restrict_self, fd, 0)) {
        int why = errno;
        if (fd >= 0)
            close(fd);
        return mi_fail(err, MIEN_EUNSUP,
                       "sandbox: Landlock %ld is there and refuses: %s", v,
                       strerror(why));
    }
    close(fd);
    *version = (int)v;
    return MIEN_OK;
}

/* ---- limits -------------------------------------------------------------- */

static int limit(int what, rlim_t most)
{
    struct rlimit now, l = {most, most};
    if (getrlimit((__rlimit_resource_t)what, &now) == 0 && now.rlim_max < most)
        l.rlim_cur = l.rlim_max = now.rlim_max;
    return setrlimit((__rlimit_resource_t)what, &l);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/* Bytes of memory of its own that a process has, of which RLIMIT_DATA is the
 * limit; 0: the system does not tell. */
static int64_t own_memory(void)
{
    char text[200] = "";
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    char *p = text;
    for (int i = 0; n > 0 && i < 5 && p; i++) /* the sixth number */
        p = strchr(p + 1, ' ');
    return n > 0 && p ? strtoll(p, NULL, 10) * sysconf(_SC_PAGESIZE) : 0;
}
#endif

/* What it may take beside what it has: the sanitizers take terabytes of
 * addresses, of which they use few. */
static int limit_memory(int64_t memory)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    (void)memory;
    return 0;
#else
    return limit(RLIMIT_DATA, (rlim_t)(own_memory() + memory));
#endif
}

/* ---- the two kinds of processes ------------------------------------------ */

mien_status mi_confine_zygote(int *version, mien_error *err)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return mi_fail(err, MIEN_EUNSUP, "sandbox: no_new_privs: %s",
                       strerror(errno));
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) || limit(RLIMIT_CORE, 0))
        return mi_fail(err, MIEN_EUNSUP, "sandbox: cores are not refused: %s",
                       strerror(errno));
    return landlock(version, err);
}

mien_status mi_confine_worker(int fd, int64_t memory, mien_error *err)
{
    if (limit_memory(memory) || limit(RLIMIT_FSIZE, 0) ||
        limit(RLIMIT_NOFILE, (rlim_t)fd + 1))
        return mi_fail(err, MIEN_EUNSUP, "sandbox: limits: %s",
                       strerror(errno));
    mien_status st = mi_filter_install(err);
    if (st)
        return st;
    errno = 0;
    int opened = open("/", O_RDONLY | O_CLOEXEC);
    if (opened >= 0)
        close(opened);
    if (opened >= 0 || errno != EPERM)
        return mi_fail(err, MIEN_EUNSUP,
                       "sandbox: seccomp is there and holds nothing back");
    return MIEN_OK;
}
