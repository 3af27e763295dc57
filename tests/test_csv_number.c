/* Numbers from text: strtod's bits, and back again. */
/* Not as WebAssembly: WASI rounds hexadecimal otherwise. */
#include "tests/check.h"

#include "table/number.h"
#include "table/number_fast.h"

#include <stdlib.h>

static uint64_t bits_of(double x)
{
    uint64_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

static uint64_t random64(unsigned *s)
{
    uint64_t v = 0;
    for (int i = 0; i < 4; i++)
        v = v << 16 ^ check_rand(s);
    return v;
}

/* Both readers against strtod; the fast one may pass. */
static void check_number(const char *text)
{
    const char *end = text + strlen(text);
    char *stop;
    double want = strtod(text, &stop), got = -1;
    const char *mine = mi_number_read(text, end, &got);
    CHECK_MSG(mine == stop && bits_of(got) == bits_of(want),
              "'%.60s': %.17g, want %.17g; stops at %d, want %d", text, got,
              want, mine ? (int)(mine - text) : -1, (int)(stop - text));
    mine = mi_number_fast(text, end, &got);
    CHECK_MSG(!mine || *mine || (mine == stop && bits_of(got) == bits_of(want)),
              "fast '%.60s': %.17g, want %.17g", text, got, want);
}

static const char *const forms[] = {
    "0",
    "-0",
    "+1",
    "1.",
    ".5",
    "-.5e1",
    "1e5",
    "1E+05",
    "1e-5",
    "00012",
    "123456789012345678901234567890",
    "0.1",
    "9007199254740993",
    "9007199254740992.99999999999999999",
    "1e22",
    "1e23",
    "8.5e-320",
    "2.2250738585072011e-308",
    "2.2250738585072012e-308",
    "4.9e-324",
    "2.4703282292062327208e-324",
    "2.4703282292062328e-324",
    "1e-400",
    "1e400",
    "-1e400",
    "1.7976931348623157e308",
    "1.7976931348623158e308",
    "1.7976931348623159e308",
    "179769313486231580793e289",
    "0.000000000000000000000000000000000000000000001e45",
    "100000000000000000000000000000000000000000000e-44",
    "1e999999999999999999",
    "1e-999999999999999999",
    "0e999999999999999999",
    "0x1p0",
    "0x1.8p3",
    "-0xAp-2",
    "0x.8",
    "0x1.fffffffffffffp1023",
    "0x1.fffffffffffff8p1023",
    "0x1.fffffffffffff7p1023",
    "0x1p-1074",
    "0x1p-1075",
    "0x1.000000000000000000001p-1075",
    "0x1.8p-1074",
    "0x1.00000000000008p0",
    "0x1.00000000000008000000000000001p0",
    "0x1.00000000000018p0",
    "0x123456789abcdef01234",
    "0x1p99999999999999",
    "0x0p5",
    "0x1p-99999999999",
    "inf",
    "-Infinity",
    "INF",
    "infinit",
    "1e",
    "1e+",
    "1.5e-x",
    "12abc",
    "0x",
    "0xg",
    "1.2.3",
    "1_000"};

static void test_forms(void)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        check_number(forms[i]);
    static const char *const none[] = {"", "-", ".", "abc", "+.e1"};
    double x;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        CHECK(!mi_number_read(none[i], none[i] + strlen(none[i]), &x));
}

/* The point exactly between two doubles, and a little on each side of it. */
static void check_halfway(double x)
{
    double next = nextafter(x, (double)INFINITY);
    if (!isfinite(x) || !isfinite(next))
        return;
    char text[1200];
    long double middle = ((long double)x + (long double)next) / 2;
    int n = snprintf(text, sizeof text - 4, "%.1100Lg", middle);
    if (n < 0 || n >= (int)sizeof text - 4)
        return;
    check_number(text);
    char *e = strchr(text, 'e');
    if (e || !strchr(text, '.'))
        return;
    memcpy(text + n, "01", 3);
    check_number(text);
    text[n - 1]--;
    memcpy(text + n, "99", 3);
    check_number(text);
}

static void test_random_doubles(void)
{
    static const char *const form[] = {"%.17g", "%.15g", "%.6g", "%.3f",
                                       "%.20e", "%.30g", "%a",   "%.16g"};
    unsigned s = 7;
    for (int i = 0; i < 1000000; i++) {
        uint64_t b = random64(&s);
        double x;
        memcpy(&x, &b, sizeof x);
        if (i & 1) /* numbers as tables have them */
            x = (double)(int64_t)(b >> 20) / mi_exact_power[b & 15];
        if (!isfinite(x))
            continue;
        char text[400];
        snprintf(text, sizeof text,
                 form[i % 8 == 3 && fabs(x) > 1e30 ? 0 : i % 8], x);
        check_number(text);
        if (i % 64 == 0)
            check_halfway(x);
    }
}

static void check_write(double x)
{
    char text[MI_NUMBER_SIZE + 1], least[64];
    int n = mi_number_write(x, text);
    text[n] = '\0';
    CHECK_MSG(n <= MI_NUMBER_SIZE && bits_of(strtod(text, NULL)) == bits_of(x),
              "%.17g written as %s", x, text);
    int digits = 1;
    for (; digits < 17; digits++) {
        snprintf(least, sizeof least, "%.*e", digits - 1, x);
        if (strtod(least, NULL) == x)
            break;
    }
    int mine = 0, zeros = 0;
    for (const char *p = text; *p && *p != 'e'; p++) {
        mine += (*p >= '1' && *p <= '9') || (*p == '0' && mine > 0);
        zeros = *p == '0' ? zeros + 1 : *p == '.' ? zeros : 0;
    }
    if (fabs(x) > 1e-307)
        CHECK_MSG(mine <= digits || mine - zeros <= digits,
                  "%s has more than %d digits", text, digits);
}

static void test_writing(void)
{
    static const struct {
        double x;
        const char *text;
    } known[] = {{0, "0"},
                 {-0.0, "0"},
                 {1, "1"},
                 {0.1, "0.1"},
                 {-2.5, "-2.5"},
                 {1e15, "1000000000000000"},
                 {1e16, "1e+16"},
                 {1e-4, "0.0001"},
                 {1e-5, "1e-05"},
                 {123456, "123456"},
                 {1e300, "1e+300"},
                 {1.5e-7, "1.5e-07"},
                 {0.30000000000000004, "0.30000000000000004"},
                 {(double)INFINITY, "inf"}};
    char text[MI_NUMBER_SIZE + 1];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        text[mi_number_write(known[i].x, text)] = '\0';
        CHECK_MSG(strcmp(text, known[i].text) == 0, "%s, want %s", text,
                  known[i].text);
    }
    text[mi_number_write((double)NAN, text)] = '\0';
    CHECK(strcmp(text, "nan") == 0);
    unsigned s = 3;
    for (int i = 0; i < 300000; i++) {
        uint64_t b = random64(&s);
        double x;
        memcpy(&x, &b, sizeof x);
        if (i & 1)
            x = (double)(int64_t)(b >> (20 + i % 30)) / mi_exact_power[b & 15];
        if (isfinite(x))
            check_write(x);
    }
    for (uint64_t b = 1; b < 2000; b++) {
        double x;
        memcpy(&x, &b, sizeof x);
        check_write(x);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_forms);
    RUN(test_random_doubles);
    RUN(test_writing);
    return check_done();
}
