/* Whole files in and out: limits, folders, links, permissions, full disks, and
 * never a part of a file where a whole one was. */
/* Not as WebAssembly: mounts and makes files. */
#include "base/alloc.h"
#include "mien/file.h"
#include "tests/check.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH = 600 };
static char folder[PATH];

typedef struct {
    char s[2 * PATH];
} path;

static path in_folder(const char *name)
{
    path p;
    snprintf(p.s, sizeof p.s, "%s/%s", folder, name);
    return p;
}

/* Files in a folder, all of them. */
static int count_files(const char *name)
{
    DIR *d = opendir(name);
    int n = 0;
    if (!d)
        return -1;
    for (struct dirent *e; (e = readdir(d));)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    return n;
}

static void check_holds(const char *name, const char *text)
{
    mien_bytes b = {0};
    mien_error err = {0};
    CHECK_MSG(mien_file_load(name, 0, &b, &err) == MIEN_OK, "%s", err.text);
    CHECK_MSG(b.n == strlen(text) && (b.n == 0 || !memcmp(b.data, text, b.n)),
              "%s holds %zu bytes, want \"%s\"", name, b.n, text);
    mien_bytes_free(&b);
}

static void save(const char *name, const char *text)
{
    mien_error err = {0};
    CHECK_MSG(mien_file_save(name, text, strlen(text), &err) == MIEN_OK, "%s",
              err.text);
}

/* Saving fails with EIO and words that name the file. */
static void check_refused(const char *name, const char *why)
{
    mien_error err = {0};
    CHECK_EQ(mien_file_save(name, "new", 3, &err), MIEN_EIO);
    CHECK_MSG(strstr(err.text, why) && strstr(err.text, name), "%s: \"%s\"",
              name, err.text);
}

static void test_what_is_saved_is_loaded(void)
{
    path p = in_folder("a.txt");
    save(p.s, "hello");
    check_holds(p.s, "hello");
    save(p.s, "");
    check_holds(p.s, "");
    CHECK_EQ(mien_file_save(p.s, NULL, 0, NULL), MIEN_OK);
    check_holds(p.s, "");
    CHECK_EQ(count_files(folder), 1);

    enum { BIG = 1000003 };
    char *big = malloc(BIG + 1);
    for (int i = 0; i < BIG; i++)
        big[i] = (char)('a' + i * 7 % 26);
    big[BIG] = 0;
    save(p.s, big);
    check_holds(p.s, big);
    free(big);
    unlink(p.s);
}

static void test_long_names_are_saved(void)
{
    char name[256];
    memset(name, 'n', 255);
    name[255] = 0;
    path p = in_folder(name);
    save(p.s, "x");
    save(p.s, "long");
    check_holds(p.s, "long");
    unlink(p.s);
    memset(name, 'm', 255);
    path no = in_folder(name);
    strncat(no.s, "m", 2);
    mien_error err = {0};
    CHECK_EQ(mien_file_save(no.s, "x", 1, &err), MIEN_EIO);
    CHECK_EQ(count_files(folder), 0);
}

static void test_limit_is_kept(void)
{
    path p = in_folder("limit");
    save(p.s, "12345");
    mien_bytes b = {0};
    mien_error err = {0};
    CHECK_EQ(mien_file_load(p.s, 4, &b, &err), MIEN_ELIMIT);
    CHECK_MSG(strstr(err.text, "larger than 4 bytes"), "%s", err.text);
    CHECK(!b.data && b.n == 0);
    CHECK_EQ(mien_file_load(p.s, 5, &b, &err), MIEN_OK);
    CHECK_EQ(b.n, 5);
    mien_bytes_free(&b);
    unlink(p.s);
    /* a file without an end */
    CHECK_EQ(mien_file_load("/dev/zero", 100000, &b, &err), MIEN_ELIMIT);
    CHECK(!b.data);
}

static void test_what_cannot_be_loaded(void)
{
    mien_bytes b = {0};
    mien_error err = {0};
    CHECK_EQ(mien_file_load(in_folder("none").s, 0, &b, &err), MIEN_EIO);
    CHECK_MSG(strstr(err.text, "No such file"), "%s", err.text);
    CHECK_EQ(mien_file_load(folder, 0, &b, &err), MIEN_EIO);
    CHECK_MSG(strstr(err.text, "Is a directory"), "%s", err.text);
    CHECK_EQ(mien_file_load("", 0, &b, NULL), MIEN_EIO);
    CHECK(!b.data && b.n == 0);
}

static void test_what_cannot_be_saved(void)
{
    check_refused(in_folder("none/b.txt").s, "No such file");
    check_refused(folder, "Is a directory");
    check_refused("/dev/full", "No space left");
    save("/dev/null", "gone");
    path file = in_folder("file");
    save(file.s, "old");
    check_refused(in_folder("file/b.txt").s, "Not a directory");
    check_holds(file.s, "old");
    unlink(file.s);
    CHECK_EQ(count_files(folder), 0);
}

static void test_links_and_permissions_stay(void)
{
    path file = in_folder("real"), link = in_folder("link");
    save(file.s, "old");
    CHECK_EQ(chmod(file.s, 0640), 0);
    CHECK_EQ(symlink("real", link.s), 0);
    save(link.s, "new");
    struct stat about;
    CHECK(lstat(link.s, &about) == 0 && S_ISLNK(about.st_mode));
    CHECK(stat(file.s, &about) == 0);
    CHECK_EQ(about.st_mode & 07777, 0640);
    check_holds(file.s, "new");
    CHECK_EQ(count_files(folder), 2);
    unlink(link.s);
    unlink(file.s);
}

/* In a child, so that its rights and its standard input are its own. */
static int in_child(int (*run)(void))
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(run());
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int save_without_rights(void)
{
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        return 77;
    mien_error err = {0};
    mien_bytes b = {0};
    int denied =
        mien_file_save(in_folder("locked/x").s, "new", 3, &err) == MIEN_EIO &&
        strstr(err.text, "Permission denied") &&
        mien_file_load(in_folder("locked/secret").s, 0, &b, &err) == MIEN_EIO &&
        strstr(err.text, "Permission denied") && !b.data;
    if (!denied)
        fprintf(stderr, "%s\n", err.text);
    return !denied;
}

static void test_a_folder_without_permission(void)
{
    path locked = in_folder("locked"), x = in_folder("locked/x");
    path secret = in_folder("locked/secret");
    CHECK_EQ(chmod(folder, 0755), 0);
    CHECK_EQ(mkdir(locked.s, 0700), 0);
    save(x.s, "old");
    save(secret.s, "secret");
    CHECK_EQ(chmod(secret.s, 0), 0);
    CHECK_EQ(chmod(locked.s, 0555), 0);
    int status = in_child(save_without_rights);
    CHECK_MSG(status == 0 || status == 77, "child: %d", status);
    CHECK_EQ(chmod(locked.s, 0700), 0);
    check_holds(x.s, "old");
    CHECK_EQ(count_files(locked.s), 2);
    unlink(x.s);
    unlink(secret.s);
    rmdir(locked.s);
}

static int copy_through(void)
{
    int ends[2], back[2];
    if (pipe(ends) || pipe(back) || write(ends[1], "piped", 5) != 5)
        return 1;
    close(ends[1]);
    dup2(ends[0], 0);
    dup2(back[1], 1);
    mien_bytes b = {0};
    if (mien_file_load("-", 0, &b, NULL) != MIEN_OK || b.n != 5)
        return 2;
    if (mien_file_save("-", b.data, b.n, NULL) != MIEN_OK)
        return 3;
    mien_bytes_free(&b);
    char got[6] = {0};
    return read(back[0], got, 5) == 5 && !strcmp(got, "piped") ? 0 : 4;
}

static void test_standard_input_and_output(void)
{
    CHECK_EQ(in_child(copy_through), 0);
}

static void test_a_full_disk(void)
{
    path disk = in_folder("disk"), file = in_folder("disk/file");
    CHECK_EQ(mkdir(disk.s, 0700), 0);
    if (mount("mien-test", disk.s, "tmpfs", 0, "size=64k") != 0) {
        printf("no tiny disk: that needs root\n");
        rmdir(disk.s);
        return;
    }
    save(file.s, "old");
    static char big[1 << 18];
    memset(big, 'b', sizeof big);
    mien_error err = {0};
    CHECK_EQ(mien_file_save(file.s, big, sizeof big, &err), MIEN_EIO);
    CHECK_MSG(strstr(err.text, "No space left"), "%s", err.text);
    check_holds(file.s, "old");
    CHECK_EQ(count_files(disk.s), 1);
    CHECK_EQ(umount(disk.s), 0);
    rmdir(disk.s);
}

static void test_pieces_become_a_file_at_their_end(void)
{
    path file = in_folder("real"), link = in_folder("link");
    mien_file_pieces *f = NULL;
    struct stat about;
    save(file.s, "old");
    CHECK_EQ(chmod(file.s, 0640), 0);
    CHECK_EQ(symlink("real", link.s), 0);
    CHECK_EQ(mien_file_begin(link.s, &f, NULL), MIEN_OK);
    CHECK_EQ(mien_file_add(f, "ne", 2, NULL), MIEN_OK);
    CHECK_EQ(mien_file_add(f, NULL, 0, NULL), MIEN_OK);
    check_holds(file.s, "old");
    CHECK_EQ(mien_file_add(f, "wer", 3, NULL), MIEN_OK);
    CHECK_EQ(mien_file_end(f, NULL), MIEN_OK);
    check_holds(link.s, "newer");
    CHECK(lstat(link.s, &about) == 0 && S_ISLNK(about.st_mode));
    CHECK(stat(file.s, &about) == 0 && (about.st_mode & 07777) == 0640);
    CHECK_EQ(mien_file_begin(file.s, &f, NULL), MIEN_OK);
    CHECK_EQ(mien_file_add(f, "lost", 4, NULL), MIEN_OK);
    mien_file_drop(f);
    mien_file_drop(NULL);
    check_holds(file.s, "newer");
    CHECK_EQ(count_files(folder), 2);
    mien_error err = {0};
    CHECK_EQ(mien_file_begin(in_folder("none/x").s, &f, &err), MIEN_EIO);
    CHECK(strstr(err.text, "none/x"));
    CHECK_EQ(mien_file_begin(folder, &f, &err), MIEN_EIO);
    mi_alloc_fail_after(0);
    CHECK_EQ(mien_file_begin(file.s, &f, NULL), MIEN_ENOMEM);
    mi_alloc_fail_after(-1);
    CHECK_EQ(count_files(folder), 2);
    unlink(link.s);
    unlink(file.s);
}

/* The least number of a file that is not open. */
static int next_number(void)
{
    int fd = open("/dev/null", O_RDONLY);
    CHECK(fd >= 0 && close(fd) == 0);
    return fd;
}

/* A device is written in place, what it refuses is remembered, and it is
 * closed. */
static void test_pieces_that_do_not_fit(void)
{
    int before = next_number();
    mien_file_pieces *f = NULL;
    mien_error err = {0};
    CHECK_EQ(mien_file_begin("/dev/null", &f, NULL), MIEN_OK);
    CHECK_EQ(mien_file_add(f, "gone", 4, NULL), MIEN_OK);
    CHECK_EQ(mien_file_end(f, NULL), MIEN_OK);
    CHECK_EQ(mien_file_begin("/dev/full", &f, NULL), MIEN_OK);
    CHECK_EQ(mien_file_add(f, "much", 4, &err), MIEN_EIO);
    CHECK_MSG(strstr(err.text, "/dev/full: cannot write: No space"), "%s",
              err.text);
    CHECK_EQ(mien_file_add(f, NULL, 0, NULL), MIEN_EIO);
    CHECK_EQ(mien_file_end(f, &err), MIEN_EIO);
    CHECK_MSG(strstr(err.text, "No space"), "%s", err.text);
    CHECK_EQ(mien_file_begin("/dev/full", &f, NULL), MIEN_OK);
    mien_file_drop(f);
    CHECK_EQ(next_number(), before);
}

static void test_every_allocation_may_fail(void)
{
    path p = in_folder("alloc");
    save(p.s, "some text that is longer than nothing");
    mien_bytes b = {0};
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 100; n++) {
        mi_alloc_fail_after(n);
        st = mien_file_load(p.s, 0, &b, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !b.data));
    }
    CHECK_EQ(st, MIEN_OK);
    CHECK(n > 2);
    mien_bytes_free(&b);
    unlink(p.s);
}

static void test_folders(void)
{
    mien_bytes b = {0};
    mien_error err = {0};
    CHECK_EQ(mien_folder_make(in_folder("x//y/z/").s, NULL), MIEN_OK);
    CHECK_EQ(mien_folder_make(in_folder("x/y/z").s, NULL), MIEN_OK);
    CHECK_EQ(mien_folder_save(in_folder("x/y/z/").s, "f", "abc", 3, NULL),
             MIEN_OK);
    CHECK_EQ(mien_folder_load(in_folder("x/y/z").s, "f", &b, NULL), MIEN_OK);
    CHECK(b.n == 3 && memcmp(b.data, "abc", 3) == 0);
    mien_bytes_free(&b);
    CHECK_EQ(mien_folder_make(in_folder("x/y/z/f").s, &err), MIEN_EIO);
    CHECK(strstr(err.text, "x/y/z/f: "));
    CHECK_EQ(mien_folder_make(in_folder("x/y/z/f/g").s, &err), MIEN_EIO);
    CHECK_EQ(mien_folder_load(in_folder("x").s, "none", &b, &err), MIEN_EIO);
    mi_alloc_fail_after(0);
    CHECK_EQ(mien_folder_make("q", NULL), MIEN_ENOMEM);
    CHECK_EQ(mien_folder_save("q", "f", "", 0, NULL), MIEN_ENOMEM);
    mi_alloc_fail_after(-1);
    static const char *const made[] = {"x/y/z/f", "x/y/z", "x/y", "x"};
    for (int i = 0; i < 4; i++)
        CHECK_EQ(remove(in_folder(made[i]).s), 0);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/mien-file-XXXXXX",
             tmp && strlen(tmp) < 500 ? tmp : "/tmp");
    if (!mkdtemp(folder))
        CHECK_SKIP("no folder for files that come and go");
    RUN(test_what_is_saved_is_loaded);
    RUN(test_long_names_are_saved);
    RUN(test_limit_is_kept);
    RUN(test_what_cannot_be_loaded);
    RUN(test_what_cannot_be_saved);
    RUN(test_links_and_permissions_stay);
    RUN(test_a_folder_without_permission);
    RUN(test_standard_input_and_output);
    RUN(test_a_full_disk);
    RUN(test_pieces_become_a_file_at_their_end);
    RUN(test_pieces_that_do_not_fit);
    RUN(test_every_allocation_may_fail);
    RUN(test_folders);
    CHECK_EQ(rmdir(folder), 0);
    return check_done();
}
