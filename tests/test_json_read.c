/* JSON of a file: what is wrong with one is told, and memory that ends is told
 * as that.
 *
 * Not as WebAssembly: jansson reads it. */
#include "base/json_read.h"

#include "mien/record_profiles.h"

#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

static long left = -1; /* allocations until jansson's fail; negative: never */

static void *scarce(size_t n)
{
    if (left == 0)
        return NULL;
    left -= left > 0;
    return malloc(n);
}

static mien_status read(const char *what, const char *text, size_t most,
                        mien_error *err)
{
    json_t *root = NULL;
    mien_status st = mi_json_read(what, (const uint8_t *)text, strlen(text),
                                  most, &root, err);
    CHECK((st == MIEN_OK) == (root != NULL));
    json_decref(root);
    return st;
}

static void test_what_is_wrong(void)
{
    mien_error err = {0};
    CHECK_EQ(read("list", "[1, {\"a\": 2}]", 13, &err), MIEN_OK);
    CHECK_EQ(read("list", "[1, {\"a\": 2}]", 12, &err), MIEN_ELIMIT);
    CHECK_MSG(strcmp(err.text, "list: 13 bytes, at most 12") == 0, "%s",
              err.text);
    CHECK_EQ(read("list", "[1,\n  2", 99, &err), MIEN_EFORMAT);
    CHECK_MSG(strncmp(err.text, "list: line 2, column 3: ", 24) == 0, "%s",
              err.text);
    CHECK_EQ(read("", "{\"a\": 1, \"a\": 2}", 99, &err), MIEN_EFORMAT);
    CHECK_MSG(strncmp(err.text, "line 1, ", 8) == 0, "%s", err.text);
    CHECK_EQ(read("x", "[\xc3\xa9\x01]", 99, &err), MIEN_EFORMAT);
    for (const char *c = err.text; *c; c++)
        CHECK(*c >= 32 && *c < 127);
    CHECK_EQ(read("x", "", 99, &err), MIEN_EFORMAT);
}

static void test_memory_that_ends(void)
{
    static const char text[] =
        "{\"a\": [1, 2.5, \"three\"], \"b\": {\"c\": 1}}";
    mien_status st = MIEN_ENOMEM;
    long n = 0;
    for (; st == MIEN_ENOMEM && n < 200; n++) {
        mien_error err = {0};
        left = n;
        st = read("text", text, 99, &err);
        left = -1;
        CHECK_MSG(st == MIEN_OK || st == MIEN_ENOMEM, "after %ld: %s", n,
                  err.text);
    }
    CHECK(st == MIEN_OK && n > 5);
}

static void test_a_mistake_without_memory(void)
{
    mien_error err = {0};
    left = 0;
    CHECK_EQ(read("text", "[1", 99, &err), MIEN_ENOMEM);
    left = -1;
    CHECK_EQ(read("text", "[1", 99, &err), MIEN_EFORMAT);
}

/* A list of people is not called wrong because memory ended. */
static void test_profiles(void)
{
    static const char text[] = "[{\"label\": \"Ada\", \"descriptors\": []}]";
    mien_people *p = NULL;
    mien_status st = MIEN_ENOMEM;
    CHECK_EQ(mien_people_new(&p, NULL), MIEN_OK);
    for (long n = 0; st == MIEN_ENOMEM && n < 200; n++) {
        mien_error err = {0};
        left = n;
        st = mien_profiles_read((const uint8_t *)text, strlen(text), p, NULL,
                                &err);
        left = -1;
        CHECK_MSG(st == MIEN_OK || st == MIEN_ENOMEM, "after %ld: %s", n,
                  err.text);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_people_free(p);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    json_set_alloc_funcs(scarce, free);
    RUN(test_what_is_wrong);
    RUN(test_memory_that_ends);
    RUN(test_a_mistake_without_memory);
    RUN(test_profiles);
    return check_done();
}
