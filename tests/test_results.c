/* Files of results that go on after a break, and parts of work.
 *
 * Not as WebAssembly: it locks files and kills processes. */
#include "mien/file_results.h"

#include "base/alloc.h"
#include "mien/file.h"
#include "tests/check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/mien_results_XXXXXX";
static char path[64], beside[80];

static void clean(void)
{
    unlink(path);
    unlink(beside);
}

static void put(const char *text, const char *settings)
{
    clean();
    CHECK(!mien_file_save(path, text, strlen(text), NULL));
    if (settings)
        CHECK(!mien_file_save(beside, settings, strlen(settings), NULL));
}

static int holds(const char *text)
{
    mien_bytes b = {0};
    CHECK(!mien_file_load(path, 0, &b, NULL));
    int same = b.n == strlen(text) && (!b.n || !memcmp(b.data, text, b.n));
    mien_bytes_free(&b);
    return same;
}

static mien_results *opened(const char *settings)
{
    mien_results *r = NULL;
    mien_error err = {0};
    CHECK_MSG(!mien_results_open(path, settings, &r, &err), "%s", err.text);
    return r;
}

static void add(mien_results *r, const char *line)
{
    CHECK(!mien_results_add(r, line, strlen(line), NULL));
}

/* Opening fails, and says this. */
static void refused(const char *settings, mien_status wanted, const char *words)
{
    mien_results *r = NULL;
    mien_error err = {0};
    CHECK_EQ(mien_results_open(path, settings, &r, &err), wanted);
    CHECK_MSG(strstr(err.text, words), "%s", err.text);
    CHECK(!r);
}

/* Count a name for each part that it falls into; how many these are. */
static int parts_of(const char *name, int *count)
{
    int parts = 0;
    for (int part = 1; part <= 7; part++)
        if (mien_shard_has((mien_shard){part, 7}, name)) {
            parts++;
            count[part - 1]++;
        }
    return parts;
}

static void test_parts(void)
{
    char name[32];
    int count[7] = {0}, once = 0;
    for (int i = 0; i < 7000; i++) {
        snprintf(name, sizeof name, "photo %d.jpg", i);
        once += parts_of(name, count) == 1;
    }
    CHECK_EQ(once, 7000);
    for (int i = 0; i < 7; i++)
        CHECK_NEAR(count[i], 1000, 150);
    CHECK(mien_shard_has((mien_shard){0}, "all of it"));
}

static void test_words_for_parts(void)
{
    static const char *const bad[] = {"",
                                      "3",
                                      "0/3",
                                      "4/3",
                                      "-1/3",
                                      "1/-3",
                                      "1/3 ",
                                      " 1/3",
                                      "1//3",
                                      "a/b",
                                      "1/0",
                                      "1/1000001",
                                      "/3",
                                      "1/",
                                      "+1/3",
                                      "1/+3",
                                      "1/ 3",
                                      "1/3.0",
                                      "99999999999999999999/3"};
    mien_shard s = {0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_MSG(mien_shard_read(bad[i], &s, NULL) == MIEN_EARG, "%s", bad[i]);
    CHECK(s.part == 0);
    CHECK(!mien_shard_read("3/16", &s, NULL) && s.part == 3 && s.of == 16);
    CHECK(!mien_shard_read("1000000/1000000", &s, NULL));
}

static void test_goes_on(void)
{
    clean();
    mien_results *r = opened("size 640");
    CHECK_EQ(mien_results_count(r), 0);
    add(r, "{\"file\": \"b\"}\n");
    add(r, "{\"file\": \"a\", \"error\": \"x\"}\n");
    CHECK(!mien_results_has(r, "a")); /* as it was when it was opened */
    refused("size 640", MIEN_EIO, "another process writes");
    CHECK(!mien_results_close(r, NULL));
    r = opened("size 640");
    CHECK_EQ(mien_results_count(r), 2);
    CHECK(mien_results_has(r, "a") && mien_results_has(r, "b"));
    CHECK(!mien_results_has(r, "") && !mien_results_has(r, "ab"));
    add(r, "{\"file\": \"c\"}\n");
    CHECK(!mien_results_close(r, NULL));
    CHECK(holds("{\"file\": \"b\"}\n{\"file\": \"a\", \"error\": \"x\"}\n"
                "{\"file\": \"c\"}\n"));
    refused("size 320", MIEN_EARG, "begun with size 640, not size 320");
    CHECK(!mien_results_close(NULL, NULL));
}

/* Two names that are no UTF-8 look alike as text. */
static void test_names_of_any_bytes(void)
{
    put("{\"file\": \"\xef\xbf\xbd\", \"file_hex\": \"ff\"}\n"
        "{\"file\": \"\\u00e9\"}\n",
        "s");
    mien_results *r = opened("s");
    CHECK_EQ(mien_results_count(r), 2);
    CHECK(mien_results_has(r, "\xff") && mien_results_has(r, "\xc3\xa9"));
    CHECK(!mien_results_has(r, "\xfe"));
    CHECK(!mien_results_has(r, "\xef\xbf\xbd"));
    CHECK(!mien_results_close(r, NULL));
    put("{\"file\": \"x\", \"file_hex\": \"f\"}\n", "s");
    refused("s", MIEN_EFORMAT, "line 1 is no result: its \"file_hex\"");
    put("{\"file\": \"x\", \"file_hex\": \"0g\"}\n", "s");
    refused("s", MIEN_EFORMAT, "file_hex");
}

static void test_a_line_cut_short_is_removed(void)
{
    put("{\"file\": \"a\"}\n{\"file\": \"b\"", "s");
    mien_results *r = opened("s");
    CHECK_EQ(mien_results_count(r), 1);
    CHECK(!mien_results_has(r, "b"));
    add(r, "{\"file\": \"c\"}\n");
    CHECK(!mien_results_close(r, NULL));
    CHECK(holds("{\"file\": \"a\"}\n{\"file\": \"c\"}\n"));
    put("{\"fi", "other"); /* nothing was done with those settings */
    r = opened("s");
    CHECK_EQ(mien_results_count(r), 0);
    CHECK(!mien_results_close(r, NULL));
    CHECK(holds(""));
    r = opened("s");
    CHECK(!mien_results_close(r, NULL));
}

static void test_what_is_no_result(void)
{
    static const char *const bad[] = {"x\n", "{}\n", "\n", "{\"file\": 1}\n",
                                      "[\"file\"]\n"};
    char text[80];
    int same = 0;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(text, sizeof text, "{\"file\": \"a\"}\n%s", bad[i]);
        put(text, "s");
        refused("s", MIEN_EFORMAT, "line 2 is no result");
        same += holds(text);
    }
    CHECK_EQ(same, (int)(sizeof bad / sizeof *bad));
}

static void test_what_is_no_file(void)
{
    mien_results *r = NULL;
    mien_error err = {0};
    put("{\"file\": \"a\"}\n", NULL);
    refused("s", MIEN_EFORMAT, ".settings is not there");
    clean();
    CHECK_EQ(mien_results_open("/dev/null", "s", &r, &err), MIEN_EIO);
    CHECK_EQ(mien_results_open("/nowhere/at/all", "s", &r, &err), MIEN_EIO);
    CHECK(!r);
}

/* Open with so many allocations. */
static mien_status open_within(long n)
{
    mien_results *r = NULL;
    mien_error err = {0};
    mi_alloc_fail_after(n);
    mien_status st = mien_results_open(path, "s", &r, &err);
    mi_alloc_fail_after(-1);
    CHECK_MSG(st == MIEN_ENOMEM || st == MIEN_OK, "%s", err.text);
    CHECK(!mien_results_close(r, NULL));
    return st;
}

static void test_no_memory(void)
{
    mien_status st = MIEN_ENOMEM;
    long n = 0;
    put("{\"file\": \"a\"}\n{\"file\": \"b\"}\n", "s");
    for (; st == MIEN_ENOMEM && n < 100; n++)
        st = open_within(n);
    CHECK(st == MIEN_OK && n > 4);
}

/* No file may grow beyond some bytes: the line that does not fit is not there,
 * nor half of it. */
static void test_no_room(void)
{
    struct rlimit was, small;
    mien_error err = {0};
    clean();
    mien_results *r = opened("s");
    getrlimit(RLIMIT_FSIZE, &was);
    small = was;
    small.rlim_cur = 20;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    add(r, "{\"file\": \"a\"}\n");
    CHECK_EQ(mien_results_add(r, "{\"file\": \"b\"}\n", 14, &err), MIEN_EIO);
    CHECK(strstr(err.text, "cannot write"));
    setrlimit(RLIMIT_FSIZE, &was);
    CHECK_EQ(mien_results_add(r, "{\"file\": \"b\"}\n", 14, &err), MIEN_EIO);
    CHECK(!mien_results_close(r, NULL));
    CHECK(holds("{\"file\": \"a\"}\n"));
}

/* In a process of its own: add what is not there yet, and tell each. */
static void write_until_killed(int told, int of)
{
    char line[64];
    mien_results *r = NULL;
    if (mien_results_open(path, "s", &r, NULL))
        _exit(3);
    for (int i = 0; i < of; i++) {
        int n =
            snprintf(line, sizeof line, "{\"file\": \"%d\", \"x\": [1]}\n", i);
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        if (mien_results_has(r, name))
            continue;
        if (mien_results_add(r, line, (size_t)n, NULL) ||
            write(told, &i, sizeof i) != sizeof i)
            _exit(4);
    }
    _exit(mien_results_close(r, NULL) ? 5 : 0);
}

enum { OF = 4000 };

/* What was told is there; a line that was not told may be. */
static void compare(char *told, int finished)
{
    mien_results *r = opened("s");
    int lost = 0;
    for (int i = 0; i < OF; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        int is = mien_results_has(r, name);
        lost += told[i] && !is;
        told[i] = is ? 1 : 0;
    }
    CHECK_EQ(lost, 0);
    CHECK(!finished || mien_results_count(r) == OF);
    CHECK(!mien_results_close(r, NULL));
}

/* A process that writes until it is killed or done; its status. */
static int one_process(char *told, int kills, unsigned after)
{
    int ends[2], i, status = 1, twice = 0;
    CHECK(!pipe(ends));
    pid_t child = fork();
    if (!child)
        write_until_killed(ends[1], OF);
    close(ends[1]);
    usleep(after);
    if (kills)
        kill(child, SIGKILL);
    while (read(ends[0], &i, sizeof i) == sizeof i) {
        twice += told[i];
        told[i] = 1;
    }
    close(ends[0]);
    CHECK_EQ(twice, 0);
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return status;
}

/* Killed over and over: each line is there once, and what was told is there. */
static void test_killed(void)
{
    const int rounds = getenv("TORTURE") ? 500 : 50;
    static char told[OF];
    int status = 1, kills = 0;
    memset(told, 0, sizeof told);
    clean();
    for (int round = 0; round < rounds || status; round++) {
        unsigned after = (unsigned)(round * 977 % 3001);
        status = one_process(told, round < rounds, after);
        kills += WIFSIGNALED(status);
        compare(told, !status);
        if (!status && round < rounds) { /* and again from the beginning */
            memset(told, 0, sizeof told);
            clean();
        }
    }
    CHECK_MSG(kills > 3, "%d kills", kills);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/r.jsonl", folder);
    snprintf(beside, sizeof beside, "%s.settings", path);
    RUN(test_parts);
    RUN(test_words_for_parts);
    RUN(test_goes_on);
    RUN(test_names_of_any_bytes);
    RUN(test_a_line_cut_short_is_removed);
    RUN(test_what_is_no_result);
    RUN(test_what_is_no_file);
    RUN(test_no_memory);
    RUN(test_no_room);
    RUN(test_killed);
    clean();
    rmdir(folder);
    return check_done();
}
