/* face-api.js' weights: manifests that lie, and a conversion of made-up weights
 * whose two forms (8 bits and floats) must agree. */
/* Not as WebAssembly: reads a manifest with jansson. */
#include "mien/engine.h"
#include "faceapi_make.h"
#include "onnx_make.h"

#include <stdio.h>

typedef struct {
    char json[8192];
    uint8_t *bytes;
    size_t n;
} files;

/* Every third weight has a min that is no multiple of its scale. */
static files make_files(void)
{
    files f = {.n = 0};
    size_t at = (size_t)snprintf(f.json, sizeof f.json,
                                 "[{\"paths\":[\"a.bin\"],\"weights\":[");
    for (int i = 0; i < TINY; i++) {
        const weight *w = &tiny[i];
        const size_t len = tiny_len(i);
        at += (size_t)snprintf(f.json + at, sizeof f.json - at,
                               "%s{\"name\":\"%s\",\"dtype\":\"float32\","
                               "\"shape\":[",
                               i ? "," : "", w->name);
        for (int d = 0; d < w->rank; d++)
            at += (size_t)snprintf(f.json + at, sizeof f.json - at, "%s%d",
                                   d ? "," : "", w->dim[d]);
        double scale = 2 / sqrt((double)len) / 256 * (w->rank == 1 ? 1 : 4);
        at += (size_t)snprintf(
            f.json + at, sizeof f.json - at,
            "],\"quantization\":{\"dtype\":\"uint8\",\"scale\":%.17g,"
            "\"min\":%.17g}}",
            scale, -scale * (i % 3 ? 128 : 127.4));
        f.n += len;
    }
    snprintf(f.json + at, sizeof f.json - at, "]}]");
    f.bytes = malloc(f.n);
    unsigned seed = 5;
    for (size_t i = 0; i < f.n; i++)
        f.bytes[i] = (uint8_t)check_rand(&seed);
    return f;
}

static mien_status convert(const files *f, const char *kind, int float32,
                           mien_graph **out, mien_error *err)
{
    mien_faceapi_options o = {.float32 = float32};
    return mien_faceapi_convert(kind, (const uint8_t *)f->json, strlen(f->json),
                                f->bytes, f->n, &o, out, err);
}

/* Cells of a 32 x 64 picture, through a written file. */
static int cells(const files *f, int float32, float out[50], size_t *size)
{
    mien_graph *g = NULL, *back = NULL;
    mien_plan *p = NULL;
    mien_bytes file = {0};
    mien_error err = {0};
    mien_shape s = {4, {1, 3, 32, 64}};
    int ok = convert(f, "tiny_face_detector", float32, &g, &err) == MIEN_OK &&
             mien_onnx_write(g, &file, &err) == MIEN_OK &&
             mien_onnx_read(file.data, file.n, &back, &err) == MIEN_OK &&
             mien_plan_new(back, &s, 1, NULL, &p, &err) == MIEN_OK;
    CHECK_MSG(ok, "%s", err.text);
    if (ok) {
        mien_tensor in = mien_plan_input(p, 0);
        for (int i = 0; i < 3 * 32 * 64; i++)
            in.data[i] = (float)(i * 37 % 256);
        mien_plan_run(p);
        mien_shape got = mien_plan_output(p, 0).shape;
        CHECK(got.rank == 4 && got.dim[1] == 25 && got.dim[2] == 1 &&
              got.dim[3] == 2);
        mien_plan_read(p, 0, out);
    }
    *size = file.n;
    mien_plan_free(p);
    mien_graph_free(g);
    mien_graph_free(back);
    mien_bytes_free(&file);
    return ok;
}

static void test_bytes_and_floats_agree(void)
{
    files f = make_files();
    float a[50] = {0}, b[50] = {0}, most = 0;
    size_t small = 0, big = 0;
    if (cells(&f, 0, a, &small) && cells(&f, 1, b, &big))
        for (int i = 0; i < 50; i++) {
            most = fmaxf(most, fabsf(b[i]));
            CHECK_NEAR(a[i], b[i], 1e-4 * (1 + fabs((double)b[i])));
        }
    CHECK(most > 0.01F);
    CHECK(small > f.n && small < f.n + 20000 && big > 4 * f.n);
    free(f.bytes);
}

static void test_facts_of_the_graph(void)
{
    files f = make_files();
    mien_graph *g = NULL;
    mien_error err = {0};
    CHECK_MSG(convert(&f, "tiny_face_detector", 0, &g, &err) == MIEN_OK, "%s",
              err.text);
    if (g) {
        CHECK(strcmp(mien_graph_input_name(g, 0), "pixels") == 0);
        CHECK(strcmp(mien_graph_meta(g, "mien.task"), "detector") == 0);
        CHECK(strcmp(mi_graph_dim_name_of(g, 0, 3), "width") == 0);
    }
    mien_graph_free(g);
    free(f.bytes);
}

/* A manifest, with one text in it replaced, is refused with these words. */
static void refuse(const char *from, const char *to, mien_status want,
                   const char *words)
{
    files f = make_files(), changed = f;
    char *at = strstr(f.json, from);
    CHECK_MSG(at != NULL, "'%s' is not in the manifest", from);
    if (at)
        snprintf(changed.json, sizeof changed.json, "%.*s%s%s",
                 (int)(at - f.json), f.json, to, at + strlen(from));
    mien_graph *g = NULL;
    mien_error err = {0};
    mien_status st = convert(&changed, "tiny_face_detector", 0, &g, &err);
    CHECK_MSG(st == want, "%s: status %d, want %d: %s", to, st, want, err.text);
    CHECK_MSG(strstr(err.text, words) != NULL, "'%s' is not in '%s'", words,
              err.text);
    mien_graph_free(g);
    free(f.bytes);
}

static void test_manifests_that_lie(void)
{
    refuse("[{", "[", MIEN_EFORMAT, "manifest: line 1");
    refuse("\"weights\"", "\"waits\"", MIEN_EFORMAT, "no list of weights");
    refuse("[3,3,3,16]", "[3,3,3,17]", MIEN_EFORMAT, "");
    refuse("[3,3,3,16]", "[3,3,16,3]", MIEN_EFORMAT,
           "'conv0/filters' is [3,3,16,3], wanted [3,3,3,16]");
    refuse("[3,3,3,16]", "[3,3,-3,16]", MIEN_EFORMAT, "dimension 2 is -3");
    refuse("[3,3,3,16]", "[3,3,3,1e99]", MIEN_EFORMAT, "dimension 3");
    refuse("[3,3,3,16]", "[268435456,268435456,3,16]", MIEN_ELIMIT,
           "more than");
    refuse("[3,3,3,16]", "[1,1,1,1,1,1,1]", MIEN_EFORMAT, "shape");
    refuse("[3,3,3,16]", "\"big\"", MIEN_EFORMAT, "shape");
    refuse("conv0/bias", "conv0/bios", MIEN_EFORMAT, "'conv0/bias'");
    refuse("conv0/bias", "", MIEN_EFORMAT, "weight 1 has no name");
    refuse("float32", "complex64", MIEN_EUNSUP, "complex64");
    refuse("float32", "int32", MIEN_EFORMAT, "no float weight 'conv0/filters'");
    refuse("uint8", "uint4", MIEN_EUNSUP, "quantised to uint4");
    refuse("\"scale\"", "\"scales\"", MIEN_EFORMAT, "scale or min");
    refuse("[{\"paths\"", "{\"paths\"", MIEN_EFORMAT, "manifest: line 1");
}

static void test_bytes_that_do_not_fit(void)
{
    files f = make_files();
    mien_graph *g = NULL;
    mien_error err = {0};
    f.n--;
    CHECK(convert(&f, "tiny_face_detector", 0, &g, &err) == MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "'conv8/bias' wants 25 bytes") != NULL, "%s",
              err.text);
    f.n = 0;
    CHECK(convert(&f, "tiny_face_detector", 0, &g, &err) == MIEN_EFORMAT);
    f = (free(f.bytes), make_files());
    memcpy(f.json + strlen(f.json) - 3, "\n]}]", 5);
    CHECK(convert(&f, "tiny_face_detector", 0, &g, &err) == MIEN_OK);
    mien_graph_free(g);
    g = NULL;
    CHECK(convert(&f, "face_recognition", 0, &g, &err) == MIEN_EFORMAT);
    CHECK(convert(&f, "palm_reader", 0, &g, &err) == MIEN_EUNSUP && !g);
    free(f.bytes);
}

static void test_a_manifest_for_more_bytes(void)
{
    files f = make_files();
    uint8_t *more = malloc(f.n + 1);
    mien_graph *g = NULL;
    mien_error err = {0};
    memcpy(more, f.bytes, f.n);
    more[f.n] = 0;
    free(f.bytes);
    f.bytes = more;
    f.n++;
    CHECK(convert(&f, "tiny_face_detector", 0, &g, &err) == MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "the weights take") != NULL, "%s", err.text);
    free(f.bytes);
}

static void test_weights_told_in_c(void)
{
    files f = make_files();
    mien_faceapi_weight told[TINY];
    mien_graph *a = NULL, *b = NULL;
    mien_bytes x = {0}, y = {0};
    mien_error err = {0};
    tell(told);
    CHECK_MSG(convert(&f, "tiny_face_detector", 0, &a, &err) == MIEN_OK &&
                  mien_faceapi_build("tiny_face_detector", TINY, told, f.bytes,
                                     f.n, NULL, &b, &err) == MIEN_OK &&
                  mien_onnx_write(a, &x, &err) == MIEN_OK &&
                  mien_onnx_write(b, &y, &err) == MIEN_OK,
              "%s", err.text);
    CHECK(x.n > f.n && x.n == y.n && memcmp(x.data, y.data, x.n) == 0);
    mien_graph_free(a);
    mien_graph_free(b);
    mien_bytes_free(&x);
    mien_bytes_free(&y);
    free(f.bytes);
}

/* Weights told in C, one of them changed, are refused with these words. */
static void refuse_told(const mien_faceapi_weight *told, int n, size_t bytes,
                        mien_status want, const char *words)
{
    files f = make_files();
    mien_graph *none = NULL;
    mien_error err = {0};
    mien_status st = mien_faceapi_build("tiny_face_detector", n, told, f.bytes,
                                        f.n - bytes, NULL, &none, &err);
    CHECK_MSG(st == want && !none && strstr(err.text, words),
              "status %d, want %d: '%s', want '%s'", st, want, err.text, words);
    free(f.bytes);
}

static void test_weights_in_c_that_lie(void)
{
    mien_faceapi_weight told[TINY];
#define REFUSE(change, want, words) \
    (tell(told), change, refuse_told(told, TINY, 0, want, words))
    REFUSE(told[3].shape.rank = 99, MIEN_EFORMAT, "_filter': shape");
    REFUSE(told[3].shape.rank = -1, MIEN_EFORMAT, "_filter': shape");
    REFUSE(told[0].shape.dim[2] = 0, MIEN_EFORMAT, "dimension 2 is 0");
    REFUSE(told[0].shape.dim[2] = INT64_MIN, MIEN_EFORMAT, "dimension 2 is -");
    REFUSE(told[0].shape.dim[2] = INT64_MAX, MIEN_EFORMAT, "dimension 2 is 9");
    REFUSE(told[0].shape.dim[0] = told[0].shape.dim[1] = 1 << 16, MIEN_ELIMIT,
           "'conv0/filters' has more than");
    REFUSE(told[0].shape.dim[0] = told[0].shape.dim[1] = 1 << 28, MIEN_ELIMIT,
           "'conv0/filters' has more than");
    REFUSE(told[0].shape.dim[3] = 17, MIEN_EFORMAT, "'conv8/filters' wants");
    REFUSE(told[0].scale = (double)NAN, MIEN_EFORMAT,
           "'conv0/filters': scale or min");
    REFUSE(told[0].min = (double)INFINITY, MIEN_EFORMAT, "scale or min");
    REFUSE(told[5].scale = -1e300, MIEN_EFORMAT, "scale or min");
    REFUSE(told[0].packed = (mien_packed)7, MIEN_EUNSUP, "packed as 7");
    REFUSE(told[0].packed = (mien_packed)-1, MIEN_EUNSUP, "packed as -1");
    REFUSE(told[0].packed = MIEN_PACKED_NOT, MIEN_EFORMAT, "wants");
    REFUSE(told[0].whole = 1, MIEN_EFORMAT, "no float weight 'conv0/filters'");
    REFUSE(told[0].name = NULL, MIEN_EFORMAT, "weight 0 has no name");
    REFUSE(told[1].name = "", MIEN_EFORMAT, "weight 1 has no name");
#undef REFUSE
    tell(told);
    refuse_told(told, TINY - 1, 0, MIEN_EFORMAT, "the weights take");
    refuse_told(told, TINY - 1, 25, MIEN_EFORMAT, "'conv8/bias'");
    refuse_told(told, TINY, 1, MIEN_EFORMAT, "'conv8/bias' wants 25 bytes");
    refuse_told(told, -1, 0, MIEN_EFORMAT, "the weights take 0 bytes");
    refuse_told(told, 1 << 20, 0, MIEN_ELIMIT, "weights, at most");
}

static void test_no_memory(void)
{
    files f = make_files();
    mien_status st = MIEN_ENOMEM;
    long n = 0;
    for (; st == MIEN_ENOMEM && n < 1000; n++) {
        mien_graph *g = NULL;
        mien_error err = {0};
        mi_alloc_fail_after(n);
        st = convert(&f, "tiny_face_detector", (int)(n % 2), &g, &err);
        mi_alloc_fail_after(-1);
        CHECK_MSG(st == MIEN_OK || (st == MIEN_ENOMEM && !g), "after %ld: %s",
                  n, err.text);
        mien_graph_free(g);
    }
    CHECK(st == MIEN_OK && n > 5);
    free(f.bytes);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_bytes_and_floats_agree);
    RUN(test_facts_of_the_graph);
    RUN(test_manifests_that_lie);
    RUN(test_bytes_that_do_not_fit);
    RUN(test_a_manifest_for_more_bytes);
    RUN(test_weights_told_in_c);
    RUN(test_weights_in_c_that_lie);
    RUN(test_no_memory);
    return check_done();
}
