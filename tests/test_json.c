/* test_json.c: what is written parses, and gives back the same. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "base/alloc.h"
#include "mien/json.h"
#include "tests/check.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The text in b as C text; b is emptied. */
static char *text_of(mien_buffer *b)
{
    mien_buffer_put(b, "", 1);
    CHECK(!b->failed);
    char *text = b->failed ? NULL : strdup((char *)b->data);
    mien_buffer_free(b);
    return text;
}

static void check_text(mien_buffer *b, const char *want)
{
    char *text = text_of(b);
    CHECK_MSG(text && strcmp(text, want) == 0, "%s, want %s", text, want);
    free(text);
}

static void write_nested(mien_json *j)
{
    mien_json_object(j, NULL);
    mien_json_int(j, "n", -7);
    mien_json_array(j, "none");
    mien_json_close(j);
    mien_json_array(j, "all");
    mien_json_bool(j, NULL, 1);
    mien_json_null(j, NULL);
    mien_json_object(j, NULL);
    mien_json_close(j);
    mien_json_close(j);
    mien_json_text(j, "t", NULL);
    mien_json_close(j);
}

static void test_levels_and_commas(void)
{
    mien_buffer b = {0};
    mien_json j = mien_json_on(&b, 0);
    write_nested(&j);
    check_text(&b, "{\"n\":-7,\"none\":[],\"all\":[true,null,{}],\"t\":null}");
    j = mien_json_on(&b, 2);
    write_nested(&j);
    check_text(&b, "{\n  \"n\": -7,\n  \"none\": [],\n  \"all\": [\n    true,\n"
                   "    null,\n    {}\n  ],\n  \"t\": null\n}");
}

/* jansson's own text of the same value is the measure. */
static void test_texts_are_escaped_as_jansson_does(void)
{
    static const char *const texts[] = {"",
                                        "plain",
                                        "\"\\/\b\f\n\r\t",
                                        "\x01\x1f\x7f",
                                        "\xe0\xb8\x99",
                                        "\xf0\x9f\x98\x80"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        mien_buffer b = {0};
        mien_json j = mien_json_on(&b, 0);
        mien_json_text(&j, NULL, texts[i]);
        json_t *v = json_string(texts[i]);
        char *want = json_dumps(v, JSON_ENCODE_ANY);
        check_text(&b, want);
        json_decref(v);
        free(want);
    }
    mien_buffer b = {0};
    mien_json j = mien_json_on(&b, 0);
    mien_json_text(&j, NULL, "a\xff");
    check_text(&b, "\"a\xef\xbf\xbd\"");
}

/* Any bits that make a finite number. */
static double random_real(unsigned *seed)
{
    double v;
    do {
        uint64_t bits = 0;
        for (int i = 0; i < 4; i++)
            bits = bits << 16 | (check_rand(seed) & 0xffff);
        memcpy(&v, &bits, sizeof v);
    } while (!isfinite(v));
    return v;
}

static void test_reals_come_back_to_the_last_bit(void)
{
    unsigned seed = 11;
    static const double some[] = {0,         -0.0,   1,
                                  0.1,       1e22,   1e-300,
                                  123456789, 5e-324, 1.7976931348623157e308,
                                  2.0 / 3};
    for (int i = 0; i < 20000; i++) {
        double v = i < 10 ? some[i] : random_real(&seed);
        mien_buffer b = {0};
        mien_json j = mien_json_on(&b, 0);
        mien_json_real(&j, NULL, v, 0);
        json_t *back = json_loadb((char *)b.data, b.n, JSON_DECODE_ANY, NULL);
        CHECK(json_is_real(back));
        double w = json_real_value(back);
        if (v == 0)
            v = 0; /* -0 loses its sign */
        CHECK_MSG(memcmp(&v, &w, sizeof v) == 0, "%.17g, want %.17g", w, v);
        json_decref(back);
        mien_buffer_free(&b);
    }
}

static void test_reals_of_seven_digits_are_as_jansson_has_them(void)
{
    unsigned seed = 12;
    for (int i = 0; i < 20000; i++) {
        double v = random_real(&seed);
        if (i % 2)
            v = (double)(int)check_rand(&seed) / (i % 64);
        mien_buffer b = {0};
        mien_json j = mien_json_on(&b, 0);
        mien_json_real(&j, NULL, v, 7);
        json_t *real = json_real(v);
        char *want = json_dumps(real, JSON_ENCODE_ANY | JSON_REAL_PRECISION(7));
        check_text(&b, want);
        json_decref(real);
        free(want);
    }
}

static void test_rounding_and_what_is_no_number(void)
{
    mien_buffer b = {0};
    mien_json j = mien_json_on(&b, 0);
    mien_json_array(&j, NULL);
    mien_json_rounded(&j, NULL, 178.0625, 3);
    mien_json_rounded(&j, NULL, -0.0004, 3);
    mien_json_rounded(&j, NULL, 33, 2);
    mien_json_rounded(&j, NULL, (double)NAN, 2);
    mien_json_real(&j, NULL, -(double)INFINITY, 0);
    mien_json_real(&j, NULL, -0.0, 7);
    mien_json_close(&j);
    check_text(&b, "[178.063,0.0,33.0,null,null,0.0]");
}

static void test_memory_that_ends_is_noted(void)
{
    for (long n = 0; n < 3; n++) {
        mien_buffer b = {0};
        mien_json j = mien_json_on(&b, 2);
        mi_alloc_fail_after(n);
        mien_json_array(&j, NULL);
        for (int i = 0; i < 200; i++)
            mien_json_text(&j, NULL, "longer than the first block");
        mien_json_close(&j);
        mi_alloc_fail_after(-1);
        CHECK(b.failed);
        mien_buffer_free(&b);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_levels_and_commas);
    RUN(test_texts_are_escaped_as_jansson_does);
    RUN(test_reals_come_back_to_the_last_bit);
    RUN(test_reals_of_seven_digits_are_as_jansson_has_them);
    RUN(test_rounding_and_what_is_no_number);
    RUN(test_memory_that_ends_is_noted);
    return check_done();
}
