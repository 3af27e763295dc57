/* Profiles of files: three forms in and out, and what is wrong with one.
 *
 * Not as WebAssembly: jansson reads them. */
#include "mien/record_profiles.h"

#include "tests/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { D = MIEN_DESCRIPTOR };

static mien_people *nobody(void)
{
    mien_people *p = NULL;
    CHECK_EQ(mien_people_new(&p, NULL), MIEN_OK);
    return p;
}

static void add(mien_people *p, const char *name, float v)
{
    float d[D];
    for (int i = 0; i < D; i++)
        d[i] = v / (float)(i + 3);
    CHECK_EQ(mien_people_add(p, name, d, NULL), MIEN_OK);
}

static mien_status read(const char *text, mien_people *p, float *threshold,
                        mien_error *err)
{
    return mien_profiles_read((const uint8_t *)text, strlen(text), p, threshold,
                              err);
}

static int same(const mien_people *a, const mien_people *b)
{
    int equal = mien_people_count(a) == mien_people_count(b);
    for (int i = 0; equal && i < mien_people_count(a); i++) {
        const float *x = NULL, *y = NULL;
        equal = strcmp(mien_people_name(a, i), mien_people_name(b, i)) == 0;
        for (int n = 0; equal; n++) {
            x = mien_people_descriptor(a, i, n);
            y = mien_people_descriptor(b, i, n);
            if (!x || !y)
                break;
            equal = memcmp(x, y, D * sizeof *x) == 0;
        }
        equal = equal && !x && !y;
    }
    return equal;
}

static void test_what_is_written_is_read(void)
{
    static const char thai[] = "\xe0\xb8\xa7\xe0\xb8\xb5";
    for (int form = MIEN_PROFILES_LABELED; form <= MIEN_PROFILES_KEYED;
         form++) {
        mien_people *p = nobody(), *q = nobody();
        mien_buffer b = {0};
        float threshold = -1;
        add(p, thai, 1);
        add(p, "Bob \"B\"", -0.1f);
        add(p, thai, 0.3f);
        mien_record_profiles(p, (mien_profiles_form)form, 0.45f, &b);
        CHECK(!b.failed);
        mien_error err = {0};
        CHECK_MSG(mien_profiles_read(b.data, b.n, q, &threshold, &err) ==
                      MIEN_OK,
                  "%s", err.text);
        CHECK(same(p, q));
        CHECK(threshold == (form == MIEN_PROFILES_MATCHER ? 0.45f : -1));
        mien_buffer_free(&b);
        mien_people_free(p);
        mien_people_free(q);
    }
}

/* Those of another network have other numbers, and only those. */
static void test_profiles_of_another_network(void)
{
    float d[MIEN_DESCRIPTOR_MOST];
    mien_people *p = NULL, *q = NULL, *dlib = nobody();
    mien_buffer b = {0};
    mien_error err = {0};
    for (int i = 0; i < MIEN_DESCRIPTOR_MOST; i++)
        d[i] = (float)i / 999;
    CHECK(!mien_people_new_by(MIEN_DESCRIBER_MOBILEFACENET, &p, NULL));
    CHECK(!mien_people_new_by(MIEN_DESCRIBER_MOBILEFACENET, &q, NULL));
    CHECK(!mien_people_add(p, "Ada", d, NULL));
    mien_record_profiles(p, MIEN_PROFILES_LABELED, 0, &b);
    CHECK_EQ(mien_profiles_read(b.data, b.n, q, NULL, &err), MIEN_OK);
    CHECK(mien_people_count(q) == 1 &&
          !memcmp(mien_people_descriptor(q, 0, 0), d, sizeof d));
    CHECK_EQ(mien_profiles_read(b.data, b.n, dlib, NULL, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "512 numbers, wanted are 128") &&
          !mien_people_count(dlib));
    mien_buffer_free(&b);
    mien_people_free(p);
    mien_people_free(q);
    mien_people_free(dlib);
}

/* A profile of n numbers, the last of which is "last". */
static const char *profile(const char *open, int n, const char *last,
                           const char *close)
{
    static char text[4096];
    int at = snprintf(text, sizeof text, "%s", open);
    for (int i = 0; i < n - 1; i++)
        at += snprintf(text + at, sizeof text - (size_t)at, "0.5,");
    snprintf(text + at, sizeof text - (size_t)at, "%s%s", last, close);
    return text;
}

static void test_forms_as_they_come(void)
{
    mien_people *p = nobody();
    mien_error err = {0};
    CHECK_EQ(read(profile("\xef\xbb\xbf{\"label\":\"Ann\",\"descriptors\":[[",
                          D, "1", "]]}"),
                  p, NULL, &err),
             MIEN_OK);
    CHECK_EQ(read(profile("{\"Bob\":{\"descriptors\":[[", D, "1",
                          "]]},\"C\":{\"name\":\"Cy\",\"descriptors\":[]}}"),
                  p, NULL, &err),
             MIEN_OK);
    CHECK_EQ(read(profile("[{\"label\":\"Ann\",\"consent\":{},"
                          "\"descriptors\":[[",
                          D, "-2e-3", "]]}]"),
                  p, NULL, &err),
             MIEN_OK);
    CHECK_EQ(read("[]", p, NULL, &err), MIEN_OK);
    CHECK_EQ(mien_people_count(p), 2);
    CHECK(mien_people_descriptor(p, 0, 1)[D - 1] == -2e-3f);
    CHECK(!mien_people_descriptor(p, 0, 2));
    char text[4096];
    int at =
        snprintf(text, sizeof text, "[{\"label\":\"Dee\",\"descriptors\":[{");
    for (int i = 0; i < D; i++) /* as JSON.stringify writes a Float32Array */
        at += snprintf(text + at, sizeof text - (size_t)at, "%s\"%d\":%d",
                       i ? "," : "", i, i);
    snprintf(text + at, sizeof text - (size_t)at, "}]}]");
    CHECK_EQ(read(text, p, NULL, &err), MIEN_OK);
    CHECK(mien_people_descriptor(p, 2, 0)[77] == 77);
    mien_people_free(p);
}

static void refused(const char *text, const char *words)
{
    mien_people *p = nobody();
    mien_error err = {0};
    float threshold = 7;
    CHECK_EQ(read(text, p, &threshold, &err), MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, words), "'%s' has no '%s'", err.text, words);
    CHECK(mien_people_count(p) == 0 && threshold == 7);
    mien_people_free(p);
}

static void test_a_mistake_is_named_and_changes_nothing(void)
{
    static const char open[] = "{\"Wee\":{\"name\":\"W\",\"descriptors\":[[";
    refused("", "0 bytes, wanted is JSON");
    refused("7", "line 1, column 1: ");
    refused("{}", "an empty object");
    refused("[1]", "profile 1: a number, wanted is an object");
    refused("[{\"label\":\"\",\"descriptors\":[]}]", "profile 1: its name is "
                                                     "empty");
    refused("{\"a\":{\"name\":1}}", "profile \"a\": its name is a number");
    refused("[{\"label\":\"A\"}]", "profile \"A\": descriptors is not there");
    refused("[{\"label\":\"A\",\"descriptors\":[7]}]",
            "profile \"A\", descriptor 1: a number, wanted are 128 numbers");
    refused(profile(open, 64, "1", "]]}}"),
            "profile \"Wee\", descriptor 1: 64 numbers, wanted are 128");
    refused(profile(open, D, "null", "]]}}"), "number 128 is null, wanted");
    refused(profile(open, D, "1e300", "]]}}"), "number 128 is too large");
    refused(profile(open, D, "NaN", "]]}}"), "profile \"W\", line 1, column ");
    refused(profile(open, D, "1", ""), "profile \"W\", line 1, column ");
    refused("{\"distanceThreshold\":-1,\"labeledDescriptors\":[]}",
            "distanceThreshold is -1 (a number), wanted is 0 to 4");
    /* the second profile is wrong: the first is not added either */
    char text[8192];
    snprintf(text, sizeof text, "%s,{\"label\":\"B\",\"descriptors\":1}]",
             profile("[{\"label\":\"A\",\"descriptors\":[[", D, "1", "]]}"));
    refused(text, "profile \"B\": descriptors is a number");
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_what_is_written_is_read);
    RUN(test_profiles_of_another_network);
    RUN(test_forms_as_they_come);
    RUN(test_a_mistake_is_named_and_changes_nothing);
    return check_done();
}
