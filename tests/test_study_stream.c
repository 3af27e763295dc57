/* Predictions for tables that come piece by piece: the same lines whatever the
 * pieces, packed or not; what fails ends them. */
/* Not as WebAssembly: unpacks tables with zlib. */
#include "base/alloc.h"
#include "mien/study.h"
#include "tests/check.h"
#include "tests/study_make.h"

#include <string.h>
#include <zlib.h>

/* A table in memory, handed out in pieces of so many bytes. */
typedef struct source {
    const uint8_t *bytes;
    size_t n, at, piece;
    int fails; /* 1: in the middle; 2: when lines are written */
    mien_buffer lines;
} source;

static mien_status hand_out(void *arg, uint8_t *to, size_t room, size_t *n,
                            mien_error *err)
{
    source *s = arg;
    size_t most = s->piece < room ? s->piece : room;
    if (s->fails == 1 && s->at > s->n / 2) {
        snprintf(err->text, sizeof err->text, "the disk is gone");
        return MIEN_EIO;
    }
    *n = s->n - s->at < most ? s->n - s->at : most;
    memcpy(to, s->bytes + s->at, *n);
    s->at += *n;
    return MIEN_OK;
}

static mien_status take(void *arg, mien_buffer *lines, mien_error *err)
{
    source *s = arg;
    (void)err;
    mien_buffer_put(&s->lines, lines->data, lines->n);
    mien_buffer_free(lines);
    return s->fails == 2 ? MIEN_EIO : MIEN_OK;
}

static mien_tabular *model;
static char csv[64 * 1024] = "a,kind,y\n";

/* All lines of a table; "" and the status where it fails. */
static char *predict(source *s, mien_status *st, mien_error *err)
{
    mien_predictor *p = NULL;
    mien_csv_options how = MIEN_CSV_DEFAULTS;
    const mien_predict_stream stream = {hand_out, take, s};
    CHECK_EQ(mien_predictor_new(model, NULL, &p, NULL), MIEN_OK);
    mien_predictor_csv(p, &how);
    *st = mien_predictor_stream(p, &how, &stream, err);
    mien_predictor_free(p);
    return study_text(&s->lines);
}

static source source_of(const void *bytes, size_t n, size_t piece)
{
    return (source){.bytes = bytes, .n = n, .piece = piece};
}

static void test_pieces(void)
{
    mien_status st;
    source whole = source_of(csv, strlen(csv), strlen(csv));
    char *want = predict(&whole, &st, NULL);
    CHECK_EQ(st, MIEN_OK);
    CHECK(strncmp(want, "row,score,verdict", 17) == 0 &&
          strstr(want, "\n4000,"));
    static const size_t pieces[] = {1000, 37, 4096};
    for (int i = 0; i < 3; i++) {
        source s = source_of(csv, strlen(csv), pieces[i]);
        char *got = predict(&s, &st, NULL);
        CHECK(st == MIEN_OK && strcmp(got, want) == 0);
        free(got);
    }
    static uint8_t packed[64 * 1024];
    z_stream z = {.next_in = (uint8_t *)csv,
                  .avail_in = (uInt)strlen(csv),
                  .next_out = packed,
                  .avail_out = sizeof packed};
    CHECK_EQ(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, 0), Z_OK);
    CHECK_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
    source s = source_of(packed, z.total_out, 1000);
    deflateEnd(&z);
    char *got = predict(&s, &st, NULL);
    CHECK(st == MIEN_OK && strcmp(got, want) == 0);
    free(got);
    free(want);
}

static void test_failures(void)
{
    mien_status st;
    mien_error err = {0};
    for (int fails = 1; fails < 3; fails++) {
        source s = source_of(csv, strlen(csv), 5000);
        s.fails = fails;
        free(predict(&s, &st, &err));
        CHECK_EQ(st, MIEN_EIO);
    }
    CHECK(strcmp(err.text, "the disk is gone") == 0);
    source other = source_of("b,c\n1,2\n", 8, 8), empty = source_of("", 0, 8);
    free(predict(&other, &st, &err));
    CHECK(st != MIEN_OK && strstr(err.text, "'a'"));
    free(predict(&empty, &st, &err));
    CHECK(st != MIEN_OK);
}

static void test_every_allocation_may_fail(void)
{
    mien_predictor *p = NULL;
    mien_csv_options how = MIEN_CSV_DEFAULTS;
    mien_status st = MIEN_ENOMEM;
    int i = 0;
    CHECK_EQ(mien_predictor_new(model, NULL, &p, NULL), MIEN_OK);
    mien_predictor_csv(p, &how);
    for (; st == MIEN_ENOMEM && i < 500; i++) {
        source s = source_of(csv, 200, 100);
        const mien_predict_stream stream = {hand_out, take, &s};
        mi_alloc_fail_after(i);
        st = mien_predictor_stream(p, &how, &stream, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st != MIEN_OK || !s.lines.failed || i);
        mien_buffer_free(&s.lines);
    }
    CHECK(i > 3 && i < 500);
    mien_predictor_free(p);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    for (int i = 0; i < 4000; i++)
        snprintf(csv + strlen(csv), 16, "%d,%s,%d\n", i % 50,
                 i % 3 ? "red" : "blue", i % 50 > 40);
    mien_table *t = study_table(csv);
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    o.recipe.positive = NULL;
    mien_study *s = study_must(t, &o);
    mien_bytes file = mien_study_model(s);
    CHECK_EQ(mien_tabular_read(file.data, file.n, &model, NULL), MIEN_OK);
    RUN(test_pieces);
    RUN(test_failures);
    RUN(test_every_allocation_may_fail);
    mien_tabular_free(model);
    mien_study_free(s);
    mien_table_free(t);
    return check_done();
}
