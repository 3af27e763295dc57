/* Graph models of TensorFlow.js: a small one with every operator against the
 * same worked out in plain loops, its weights in every form; and files that
 * lie.
 */
/* Not as WebAssembly: reads model.json with jansson. */
#include "mien/engine.h"
#include "base/alloc.h"
#include "check.h"
#include "graph/graph.h"
#include "tfjs_make.h"

#include <stdlib.h>

enum { OH = 3, OW = 2, ROWS = OH * OW };

static double pixel(int i) { return (i * 13 + i * i % 7) % 32 / 8.0; }

/* ---- the answer ---------------------------------------------------------- */

static double relu6(double v) { return v < 0 ? 0 : v > 6 ? 6 : v; }

/* TensorFlow's SAME by two: of 5 rows one before and one after, of 4 columns
 * one after. */
static void first(double out[OH][OW][TFJS_MID])
{
    for (int y = 0; y < OH; y++)
        for (int x = 0; x < OW; x++)
            for (int o = 0; o < TFJS_MID; o++) {
                double sum = 0;
                for (int k = 0; k < 9 * TFJS_IN; k++) {
                    int i = 2 * y - 1 + k / TFJS_IN / 3;
                    int j = 2 * x + k / TFJS_IN % 3;
                    if (i >= 0 && i < TFJS_H && j < TFJS_W)
                        sum += pixel((i * TFJS_W + j) * TFJS_IN + k % TFJS_IN) *
                               tfjs_number("one/filters", k * TFJS_MID + o);
                }
                out[y][x][o] = relu6(sum * tfjs_number("one/factor", o) +
                                     tfjs_number("one/sum", o));
            }
}

static double deep(double in[OH][OW][TFJS_MID], int y, int x, int o)
{
    double sum = 0;
    for (int k = 0; k < 9; k++) {
        int i = y - 1 + k / 3, j = x - 1 + k % 3;
        if (i >= 0 && i < OH && j >= 0 && j < OW)
            sum +=
                in[i][j][o / 2] * tfjs_number("two/filters", k * TFJS_DEEP + o);
    }
    return (sum - tfjs_number("two/mean", o)) /
               sqrt(tfjs_number("two/variance", o) + 0.125) *
               tfjs_number("two/gamma", o) +
           tfjs_number("two/beta", o);
}

/* "five" of "four", each with its sum and ReLU, added to what they read. */
static void add_fused(double row[TFJS_MID])
{
    double four[TFJS_MID];
    for (int o = 0; o < TFJS_MID; o++) {
        four[o] = tfjs_number("four/biases", o);
        for (int k = 0; k < TFJS_MID; k++)
            four[o] += row[k] * tfjs_number("four/filters", k * TFJS_MID + o);
    }
    for (int o = 0; o < TFJS_MID; o++)
        row[o] += relu6(fmax(four[o], 0) * tfjs_number("five/filters", o) +
                        tfjs_number("four/biases", o));
}

/* What "flat" is: a row a place.  twice: "joined" adds "three" as it was. */
static void flat(int twice, double out[ROWS][TFJS_MID])
{
    double in[OH][OW][TFJS_MID];
    first(in);
    for (int r = 0; r < ROWS; r++)
        for (int o = 0; o < TFJS_MID; o++) {
            double sum = 0;
            for (int k = 0; k < TFJS_DEEP; k++)
                sum += deep(in, r / OW, r % OW, k) *
                       tfjs_number("three/filters", k * TFJS_MID + o);
            sum = (sum + tfjs_number("three/biases", o)) / 2 +
                  (twice ? sum : in[r / OW][r % OW][o]);
            out[r][o] = sum * tfjs_number("by_channel", o) - 0.5;
        }
    for (int r = 0; r < ROWS; r++)
        add_fused(out[r]);
}

enum { BYTES, FLOATS, SMALL }; /* forms of filters */

/* ---- the graph's --------------------------------------------------------- */

static mien_status convert(const tfjs_files *f, int form, mien_graph **out,
                           mien_error *err)
{
    mien_tfjs *m = NULL;
    mien_tfjs_options o = MIEN_TFJS_DEFAULTS;
    o.float32 = form == FLOATS;
    o.small = form == SMALL;
    mien_status st = mien_tfjs_read(f->json.data, f->json.n, &m, err);
    if (st == MIEN_OK)
        st = mien_tfjs_convert(m, f->bytes.data, f->bytes.n, &o, out, err);
    mien_tfjs_free(m);
    return st;
}

typedef struct answer {
    float sums[2 * ROWS * 2], parts[ROWS * 2];
} answer;

/* Run it, by way of ONNX. */
static int run(const tfjs_files *f, int form, answer *out)
{
    mien_graph *made = NULL, *g = NULL;
    mien_bytes onnx = {0};
    mien_plan *p = NULL;
    mien_error err = {0};
    const mien_shape in = {4, {1, TFJS_IN, TFJS_H, TFJS_W}};
    mien_status st = convert(f, form, &made, &err);
    if (st == MIEN_OK)
        st = mien_onnx_write(made, &onnx, &err);
    if (st == MIEN_OK)
        st = mien_onnx_read(onnx.data, onnx.n, &g, &err);
    if (st == MIEN_OK)
        st = mien_plan_new(g, &in, 1, NULL, &p, &err);
    CHECK_MSG(st == MIEN_OK, "%s", err.text);
    if (st == MIEN_OK) {
        mien_tensor x = mien_plan_input(p, 0);
        for (int i = 0; i < TFJS_IN * TFJS_H * TFJS_W; i++) {
            int at = i % TFJS_IN * TFJS_H * TFJS_W + i / TFJS_IN;
            x.data[x.channels_last ? i : at] = (float)pixel(i);
        }
        mien_plan_run(p);
        CHECK_EQ(mien_graph_outputs(g), 2);
        CHECK(strcmp(mien_graph_output_name(g, 0), "sums") == 0);
        CHECK(strcmp(mien_graph_output_name(g, 1), "parts") == 0);
        CHECK_EQ(mien_plan_output(p, 0).shape.dim[1], 2 * ROWS);
        CHECK_EQ(mien_plan_output(p, 1).shape.dim[0], ROWS);
        mien_plan_read(p, 0, out->sums);
        mien_plan_read(p, 1, out->parts);
    }
    mien_plan_free(p);
    mien_graph_free(g);
    mien_graph_free(made);
    mien_bytes_free(&onnx);
    return st == MIEN_OK;
}

static void compare(const answer *got, int twice, double tolerance)
{
    double want[ROWS][TFJS_MID];
    flat(twice, want);
    for (int r = 0; r < ROWS; r++) {
        for (int o = 0; o < 2; o++) {
            double v = want[r][o + 1];
            CHECK_NEAR(got->sums[r * 2 + o], 1 / (1 + exp(-v)), tolerance);
            CHECK_NEAR(got->sums[(ROWS + r) * 2 + o], v, tolerance);
        }
        double gap = want[r][0] - want[r][2];
        CHECK_NEAR(got->parts[r * 2], exp(want[r][1]),
                   tolerance * (1 + exp(want[r][1])));
        CHECK_NEAR(got->parts[r * 2 + 1], gap > 0 ? gap : 0, tolerance);
    }
}

static void test_every_operator(void)
{
    for (int loop = 0; loop < 2; loop++) {
        tfjs_files f = tfjs_make(loop, TFJS_FLOATS);
        answer a = {.sums = {0}};
        if (run(&f, FLOATS, &a))
            compare(&a, 0, 2e-5);
        if (run(&f, BYTES, &a)) /* two bytes: 65535 steps a channel */
            compare(&a, 0, 2e-3);
        if (run(&f, SMALL, &a)) /* 255 */
            compare(&a, 0, 0.06);
        tfjs_free(&f);
    }
}

static void test_weights_in_every_form(void)
{
    for (tfjs_packing how = TFJS_FLOATS; how <= TFJS_F16; how++) {
        tfjs_files f = tfjs_make(1, how);
        answer a = {.sums = {0}};
        if (run(&f, FLOATS, &a))
            compare(&a, 0, 2e-5);
        tfjs_free(&f);
    }
}

static void test_what_the_graph_is(void)
{
    tfjs_files f = tfjs_make(1, TFJS_FLOATS);
    const mien_model_entry e = {.name = "small",
                                .task = "objects",
                                .source = "a test",
                                .licence = "MIT"};
    const mien_tfjs_options o = {0, 0, &e};
    mien_tfjs *m = NULL;
    mien_graph *g = NULL;
    mien_error err = {0};
    CHECK(mien_tfjs_read(f.json.data, f.json.n, &m, &err) == MIEN_OK);
    CHECK(strcmp(mien_tfjs_shard(m, 0), "a.bin") == 0);
    CHECK(strcmp(mien_tfjs_shard(m, 1), "b.bin") == 0);
    CHECK(!mien_tfjs_shard(m, 2) && !mien_tfjs_shard(m, -1));
    CHECK(mien_tfjs_convert(m, f.bytes.data, f.bytes.n, &o, &g, &err) ==
          MIEN_OK);
    CHECK(strcmp(mien_graph_input_name(g, 0), "pixels") == 0);
    CHECK(strcmp(mien_graph_meta(g, "mien.name"), "small") == 0);
    CHECK(strcmp(mien_graph_meta(g, "mien.task"), "objects") == 0);
    /* what stood behind the convolutions is in them */
    int convs = 0, norms = 0;
    for (int i = 0; i < mi_graph_size(g); i++) {
        const mi_op *op = mi_graph_at(g, i)->op;
        convs += op == &mi_op_conv;
        norms += op == &mi_op_batch_norm;
    }
    CHECK_EQ(convs, 5);
    CHECK_EQ(norms, 0);
    CHECK(!mi_graph_find(g, "one") && mi_graph_find(g, "one/add"));
    mien_graph_free(g);
    mien_tfjs_free(m);
    tfjs_free(&f);
}

/* Only what a signature names is converted. */
static void test_a_signature(void)
{
    static const char end[] = "]}],\"signature\":{\"outputs\":{\"a\":{\"name\":"
                              "\"rest:0\"},\"b\":{\"name\":\"flat\"},"
                              "\"c\":{\"name\":\"flat:0\"}}}}";
    tfjs_files f = tfjs_make(0, TFJS_FLOATS);
    mien_graph *g = NULL;
    mien_error err = {0};
    f.json.n -= 4;
    mien_buffer_puts(&f.json, end);
    CHECK_MSG(convert(&f, 0, &g, &err) == MIEN_OK, "%s", err.text);
    if (g) {
        CHECK_EQ(mien_graph_outputs(g), 2);
        CHECK(strcmp(mien_graph_output_name(g, 0), "flat") == 0);
        CHECK(strcmp(mien_graph_input_name(g, 0), "pictures") == 0);
        CHECK(!mi_graph_find(g, "sure"));
    }
    mien_graph_free(g);
    g = NULL;
    f.json.n -= strlen("flat:0\"}}}}");
    mien_buffer_puts(&f.json, "fat:0\"}}}}");
    CHECK(convert(&f, 0, &g, &err) == MIEN_EFORMAT && !g);
    CHECK_MSG(strstr(err.text, "signature") != NULL, "%s", err.text);
    tfjs_free(&f);
}

/* What two nodes read is not changed for one of them. */
static void test_a_convolution_read_twice(void)
{
    static const char from[] = "\"three/mul\",\"one/relu\"",
                      to[] = "\"three/mul\",\"three\"   ";
    tfjs_files f = tfjs_make(1, TFJS_FLOATS);
    answer a = {.sums = {0}};
    char *at = strstr((char *)f.json.data, from);
    CHECK(at && sizeof from == sizeof to);
    if (at)
        memcpy(at, to, sizeof to - 1);
    if (run(&f, FLOATS, &a))
        compare(&a, 1, 2e-5);
    tfjs_free(&f);
}

/* ---- files that lie ------------------------------------------------------ */

/* A model, with one text in it replaced, is refused with these words. */
static void refuse(const char *from, const char *to, mien_status want,
                   const char *words)
{
    tfjs_files f = tfjs_make(1, TFJS_FLOATS), changed = {{0}, f.bytes};
    const char *json = (const char *)f.json.data, *at = strstr(json, from);
    CHECK_MSG(at != NULL, "'%s' is not in the model", from);
    if (at)
        mien_buffer_printf(&changed.json, "%.*s%s%s", (int)(at - json), json,
                           to, at + strlen(from));
    mien_graph *g = NULL;
    mien_error err = {0};
    mien_status st = convert(&changed, 0, &g, &err);
    CHECK_MSG(st == want, "%s: status %d, want %d: %s", to, st, want, err.text);
    CHECK_MSG(strstr(err.text, words) != NULL, "'%s' is not in '%s'", words,
              err.text);
    CHECK(!g || st == MIEN_OK);
    mien_graph_free(g);
    mien_buffer_free(&changed.json);
    tfjs_free(&f);
}

static void test_models_that_lie(void)
{
    refuse("{\"format\"", "\"format\"", MIEN_EFORMAT, "tf.js: line 1");
    refuse("\"node\":", "\"nodes\":", MIEN_EFORMAT, "modelTopology.node");
    refuse("\"modelTopology\":{", "\"modelTopology\":{\"model_config\":{},",
           MIEN_EUNSUP, "a model of layers");
    refuse("weightsManifest", "weights", MIEN_EFORMAT, "no list weights");
    refuse("a.bin", "../a.bin", MIEN_EFORMAT, "'../a.bin', wanted the name");
    refuse("a.bin", "c\\\\a", MIEN_EFORMAT, "wanted the name");
    refuse("a.bin", "", MIEN_EFORMAT, "wanted the name");
    refuse("{\"name\":\"photos\"", "{\"name\":\"\"", MIEN_EFORMAT,
           "node 0 has no name");
    refuse("{\"name\":\"photos\"", "{\"name\":\"one\"", MIEN_EFORMAT,
           "'one' is there twice");
    refuse("\"op\":\"Relu6\"", "\"op\":7", MIEN_EFORMAT, "no name and op");
    refuse("\"op\":\"Relu6\"", "\"op\":\"Relu7\"", MIEN_EUNSUP,
           "node one/relu (Relu7): mien has no such operator");
    refuse("[\"one/add\"]", "[\"two\"]", MIEN_EFORMAT, "needs it in turn");
    refuse("[\"one/add\"]", "[\"nobody\"]", MIEN_EFORMAT,
           "node one/relu (Relu6): its input 'nobody' is no node");
    refuse("[\"one/add\"]", "[]", MIEN_EFORMAT, "it has no input 0");
    refuse("\"more\",\"^joined\"", "\"^joined\"", MIEN_EFORMAT,
           "node kept (Identity): it has no input 0");
    refuse("\"more\",\"^joined\"", "\"more:1\"", MIEN_EUNSUP,
           "node kept (Identity): result 1");
    refuse("[\"one/add\"]", "[\"one/add:1\"]", MIEN_EUNSUP, "result 1");
    refuse("[\"one/add\"]", "[\"n_6\"]", MIEN_EUNSUP, "integers where floats");
    refuse("\"n_6\",\"n_3\"", "\"batch\",\"n_3\"", MIEN_EFORMAT,
           "node flat (Reshape)");
}

static void test_operators_in_other_forms(void)
{
    refuse("[83,65,77,69]", "[83,65,77,68]", MIEN_EUNSUP, "padding is not");
    refuse("TkhXQw==", "TkNIVw==", MIEN_EUNSUP, "data_format is not NHWC");
    refuse("\"1\",\"2\",\"2\",\"1\"", "\"2\",\"2\",\"2\",\"1\"", MIEN_EUNSUP,
           "strides is no list");
    refuse("\"1\",\"2\",\"2\",\"1\"", "\"1\",\"0\",\"2\",\"1\"", MIEN_EUNSUP,
           "strides is no list");
    refuse("\"pictures\",\"one/filters\"", "\"pictures\",\"two/filters\"",
           MIEN_EFORMAT, "not as many channels");
    refuse("\"pictures\",\"one/filters\"", "\"pictures\",\"half\"", MIEN_EUNSUP,
           "four-dimensional filters");
    refuse("\"two\",\"two/gamma\"", "\"two\",\"half\"", MIEN_OK, "");
    refuse("\"two\",\"two/gamma\"", "\"two\",\"one/factor\"", MIEN_EUNSUP,
           "input 1 is not a weight for each channel");
    refuse("\"two\",\"two/gamma\"", "\"one/relu\",\"two/gamma\"", MIEN_EUNSUP,
           "a convolution before it");
    refuse("\"two\",\"two/gamma\"", "\"two:1\",\"two/gamma\"", MIEN_EUNSUP,
           "a convolution before it");
    refuse("\"three/mul\",\"one/relu\"", "\"three/mul\"", MIEN_EUNSUP,
           "1 inputs, wanted 2");
    refuse("\"by_channel\",\"joined\"", "\"two/gamma\",\"joined\"", MIEN_EUNSUP,
           "beside pixels");
    refuse("\"sure\",\"once\"", "\"sure\",\"size\"", MIEN_EUNSUP,
           "-1 times, wanted once");
    refuse("\"size\":\"5\"", "\"size\":\"-1\"", MIEN_EUNSUP,
           "dimension 0 is -1");
    refuse("{\"size\":\"5\"},", "", MIEN_EUNSUP, "2 dimensions");
    refuse("\"again\",\"flat\",\"axis_1\"", "\"again\",\"flat\",\"size\"",
           MIEN_EFORMAT, "3 integers, wanted one");
    refuse("\"pair\",\"from\"", "\"pair\",\"rows\"", MIEN_EFORMAT,
           "2 starts and 3 sizes for 3 dimensions");
    refuse("\"from\",\"size\"", "\"size\",\"size\"", MIEN_EFORMAT,
           "places from");
    refuse("\"shape\",\"list_0\"", "\"flat\",\"list_0\"", MIEN_EFORMAT,
           "needs it in turn");
    refuse("shrink_axis_mask", "end_mask", MIEN_EUNSUP, "end_mask is not 0");
    refuse("\"list_1\",\"list_1\"", "\"list_0\",\"list_1\"", MIEN_EUNSUP,
           "from 0 to 0 by 1 of 4 integers");
    refuse("\"columns\",\"^flat\"],\"attr\":{\"num\":{\"i\":3},\"axis\":{\"i\":"
           "0}",
           "\"columns\"],\"attr\":{\"axis\":{\"i\":2}", MIEN_EFORMAT,
           "axis 2 of 2 dimensions");
    refuse("UmVsdQ==", "RWx1", MIEN_EUNSUP, "fused_ops are not");
    refuse("\"Qmlhc0FkZA==\"", "\"UmVsdTY=\"", MIEN_EUNSUP,
           "fused_ops are not");
    refuse("\"less\",\"four/filters\",\"four/biases\"",
           "\"less\",\"four/filters\",\"two/gamma\"", MIEN_EUNSUP,
           "input 2 is not a weight for each channel");
    refuse("\"less\",\"four/filters\",\"four/biases\"",
           "\"less\",\"four/filters\"", MIEN_EFORMAT, "no input 2");
    refuse("squeeze_dims", "dims", MIEN_EUNSUP, "no squeeze_dims");
    refuse("\"name\":\"n_6\",\"dtype\"", "\"name\":\"n_66\",\"dtype\"",
           MIEN_EFORMAT, "node n_6 (Const): its numbers are not");
}

static void test_bytes_that_do_not_fit(void)
{
    tfjs_files f = tfjs_make(1, TFJS_U16);
    mien_graph *g = NULL;
    mien_error err = {0};
    f.bytes.n--;
    CHECK(convert(&f, 0, &g, &err) == MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "'once' wants 12 bytes") != NULL, "%s",
              err.text);
    f.bytes.n++;
    mien_buffer_put(&f.bytes, "", 1);
    CHECK(convert(&f, 0, &g, &err) == MIEN_EFORMAT && !g);
    tfjs_free(&f);
}

/* Cut short anywhere, or with any byte changed, it is read or refused. */
static void test_damage(void)
{
    tfjs_files f = tfjs_make(1, TFJS_U8);
    for (size_t i = 0; i < f.json.n; i++) {
        mien_error err = {0};
        mien_graph *g = NULL;
        tfjs_files cut = f;
        cut.json.n = i;
        CHECK(convert(&cut, 0, &g, &err) != MIEN_OK && err.text[0]);
        uint8_t was = f.json.data[i];
        f.json.data[i] = (uint8_t)(was ^ (1u << i % 7));
        mien_status st = convert(&f, 0, &g, &err);
        CHECK(st == MIEN_OK || (err.text[0] && !g));
        mien_graph_free(g);
        f.json.data[i] = was;
    }
    tfjs_free(&f);
}

static void test_no_memory(void)
{
    tfjs_files f = tfjs_make(1, TFJS_FLOATS);
    mien_status st = MIEN_ENOMEM;
    long n = 0;
    for (; st == MIEN_ENOMEM && n < 3000; n++) {
        mien_graph *g = NULL;
        mien_error err = {0};
        mi_alloc_fail_after(n);
        st = convert(&f, (int)(n % 3), &g, &err);
        mi_alloc_fail_after(-1);
        CHECK_MSG(st == MIEN_OK || (st == MIEN_ENOMEM && !g), "after %ld: %s",
                  n, err.text);
        mien_graph_free(g);
    }
    CHECK(st == MIEN_OK && n > 20);
    tfjs_free(&f);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_every_operator);
    RUN(test_weights_in_every_form);
    RUN(test_what_the_graph_is);
    RUN(test_a_signature);
    RUN(test_a_convolution_read_twice);
    RUN(test_models_that_lie);
    RUN(test_operators_in_other_forms);
    RUN(test_bytes_that_do_not_fit);
    RUN(test_damage);
    RUN(test_no_memory);
    return check_done();
}
