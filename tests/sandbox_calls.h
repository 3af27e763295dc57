/* sandbox_calls.h: calls to the system that a worker must not make, and what
 * trying each comes to. */
#ifndef SANDBOX_CALLS_H
#define SANDBOX_CALLS_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static long try_open(void) { return open("/etc/passwd", O_RDONLY); }
static long try_openat(void)
{
    return syscall(SYS_openat, AT_FDCWD, "/proc/self/mem", O_RDWR);
}
static long try_create(void) { return open("/tmp/mien_x", O_CREAT | O_RDWR); }
static long try_stat(void) { return access("/etc/shadow", F_OK); }
static long try_prctl(void) { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }
static long try_limit(void)
{
    struct rlimit l = {4096, 4096};
    return setrlimit(RLIMIT_NOFILE, &l);
}
static long try_clone3(void) { return syscall(SYS_clone3, NULL, 0); }
static long try_socket(void) { return socket(AF_INET, SOCK_STREAM, 0); }
static long try_connect(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "/tmp/x"};
    return connect(3, (struct sockaddr *)&a, sizeof a);
}
static long try_execve(void)
{
    char *none[] = {NULL};
    return execve("/bin/true", none, none);
}
static long try_fork(void)
{
    long pid = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0)
        _exit(0);
    return pid;
}
static long try_vfork_like(void)
{
    long pid = syscall(SYS_clone, CLONE_VM | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0)
        _exit(0);
    return pid;
}
static long try_ptrace(void) { return ptrace(PTRACE_TRACEME, 0, NULL, NULL); }
static long try_kill(void) { return kill(getppid() > 1 ? getppid() : 1, 0); }
static long try_tgkill(void) { return syscall(SYS_tgkill, 1, 1, 0); }
static long try_io_uring(void)
{
    char params[256] = {0};
    return syscall(SYS_io_uring_setup, 4, params);
}
static long try_bpf(void) { return syscall(SYS_bpf, 0, NULL, 0); }
static long try_read_other(void)
{
    char c;
    struct iovec here = {&c, 1}, there = {&c, 1};
    return process_vm_readv(1, &here, 1, &there, 1, 0);
}
static long try_run_memory(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? -1 : 0;
}
static long try_make_runnable(void)
{
    static char page[8192];
    char *p = page + (4096 - ((uintptr_t)page & 4095));
    return mprotect(p, 4096, PROT_READ | PROT_EXEC);
}
static long try_map_shared(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? -1 : 0;
}
static long try_memfd(void) { return syscall(SYS_memfd_create, "x", 0); }
static long try_unshare(void) { return unshare(CLONE_NEWUSER); }
static long try_chdir(void) { return chdir("/"); }
static long try_unlink(void) { return unlink("/tmp/mien_x"); }
static long try_seccomp(void) { return syscall(SYS_seccomp, 0, 0, NULL); }
static long try_send(void) { return send(3, "x", 1, 0); }
static long try_unknown(void) { return syscall(100000); }

/* What each comes to: an errno, or, -1, the end of the process by SIGSYS. */
static const struct {
    const char *name;
    long (*call)(void);
    int errno_;
} calls[] = {
    {"open", try_open, EPERM},
    {"openat", try_openat, EPERM},
    {"open, to create", try_create, EPERM},
    {"access", try_stat, EPERM},
    {"prctl", try_prctl, EPERM},
    {"setrlimit", try_limit, EPERM},
    {"clone3", try_clone3, ENOSYS},
    {"socket", try_socket, -1},
    {"connect", try_connect, -1},
    {"execve", try_execve, -1},
    {"fork", try_fork, -1},
    {"clone without a thread", try_vfork_like, -1},
    {"ptrace", try_ptrace, -1},
    {"kill", try_kill, -1},
    {"tgkill of another", try_tgkill, -1},
    {"io_uring_setup", try_io_uring, -1},
    {"bpf", try_bpf, -1},
    {"process_vm_readv", try_read_other, -1},
    {"mmap to run", try_run_memory, -1},
    {"mprotect to run", try_make_runnable, -1},
    {"mmap shared", try_map_shared, -1},
    {"memfd_create", try_memfd, -1},
    {"unshare", try_unshare, -1},
    {"chdir", try_chdir, -1},
    {"unlink", try_unlink, -1},
    {"seccomp", try_seccomp, -1},
    {"sendto", try_send, -1},
    {"a number that is no call", try_unknown, -1},
};
enum { CALLS = sizeof calls / sizeof *calls };

#endif
