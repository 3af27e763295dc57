/* A study of pictures that are made here: a bright dot somewhere, whose place,
 * side and brightness are to be told. */
/* Not as WebAssembly: reads JSON with jansson, draws with cairo. */
#include "base/alloc.h"
#include "mien/model.h"
#include "mien/picture.h"
#include "tests/check.h"
#include "tests/dots_make.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static mien_picture_study *study(mien_net *net, const mien_labels *l,
                                 const mien_picture_options *o)
{
    const mien_picture_set set = {"dots", l, NULL, NULL, NULL};
    mien_picture_study *s = NULL;
    mien_error err = {0};
    CHECK_MSG(mien_picture_study_new(net, &set, NULL, o, &s, &err) == MIEN_OK,
              "%s", err.text);
    return s;
}

static void learn(mien_picture_study *s)
{
    mien_error err = {0};
    CHECK_MSG(mien_picture_study_learn(s, NULL, &err) == MIEN_OK, "%s",
              err.text);
    CHECK_MSG(mien_picture_study_judge(s, &err) == MIEN_OK, "%s", err.text);
}

/* It learns all three answers; figures of the saved model are the study's. */
static void test_learn_and_judge(void)
{
    mien_labels l = dots();
    mien_picture_options o = options();
    mien_net *net = network(net_text);
    mien_picture_study *s = study(net, &l, &o);
    mien_picture_parts p = mien_picture_study_parts(s);
    CHECK(p.train + p.valid + p.test == N && p.test == 48 && p.twins == 0);
    CHECK(mien_picture_study_bytes(s) > 10000);
    learn(s);
    const mien_picture_verdict *v = mien_picture_study_verdict(s, 1);
    CHECK(v->n == 48 && v->answers == 3 && v->failures == 0);
    CHECK(v->answer[0].kind == MIEN_ANSWER_POINTS);
    CHECK(v->answer[0].points.square < 2);
    CHECK(v->answer[1].rates.accuracy > .9);
    CHECK(v->answer[2].absolute < .3);
    CHECK(v->worst_n == 0); /* one point has no distance of the eyes */
    CHECK_EQ(v->answer[1].groups, 2);
    CHECK(v->answer[1].group_n[0] + v->answer[1].group_n[1] == 48);
    double mean =
        (v->answer[1].group_accuracy[0] * (double)v->answer[1].group_n[0] +
         v->answer[1].group_accuracy[1] * (double)v->answer[1].group_n[1]) /
        48;
    CHECK_NEAR(mean, v->answer[1].rates.accuracy, 1e-12);
    CHECK_NEAR(
        (v->answer[0].group[0].square * (double)v->answer[0].group_n[0] +
         v->answer[0].group[1].square * (double)v->answer[0].group_n[1]) /
            48,
        v->answer[0].points.square, 1e-9);
    mien_picture_study_free(s);
    mien_net_free(net);
}

/* The model as a file says of the whole set what the network says. */
static void test_a_model_is_evaluated(void)
{
    mien_labels l = dots();
    mien_picture_options o = options();
    mien_net *net = network(net_text);
    mien_picture_study *s = study(net, &l, &o);
    mien_picture_verdict v = {0};
    mien_bytes file;
    mien_error err = {0};
    /* classes in another order, and one that is not there */
    char *other[] = {(char *)"right", (char *)"left"};
    mien_label_task turned = {(char *)"side", 0, 2, other};
    int is[N];
    for (int i = 0; i < N; i++)
        is[i] = 1 - label[2 * i];
    learn(s);
    CHECK_EQ(mien_onnx_write(net->graph, &file, NULL), MIEN_OK);
    mien_picture_set set = {"dots", &l, NULL, NULL, NULL};
    CHECK_MSG(mien_picture_evaluate(file.data, file.n, &set, NULL, &v, &err) ==
                  MIEN_OK,
              "%s", err.text);
    double accuracy = v.answer[1].rates.accuracy, loss = v.answer[1].log_loss;
    CHECK(v.n == N && v.answers == 3 && accuracy > .9);
    CHECK_NEAR(v.answer[1].temperature,
               mien_picture_study_verdict(s, 1)->answer[1].temperature, 1e-6);
    mien_picture_verdict_free(&v);
    l.task = &turned;
    l.tasks = 1;
    l.label = is;
    l.points = 0;
    l.numbers = 0;
    CHECK_EQ(mien_picture_evaluate(file.data, file.n, &set, NULL, &v, NULL),
             MIEN_OK);
    CHECK(v.answers == 1 && v.answer[0].rates.accuracy == accuracy);
    CHECK_NEAR(v.answer[0].log_loss, loss, 1e-12);
    CHECK(v.worst_n == 16 && v.worst_error[0] >= v.worst_error[15]);
    mien_picture_verdict_free(&v);
    other[1] = (char *)"above";
    CHECK_EQ(mien_picture_evaluate(file.data, file.n, &set, NULL, &v, &err),
             MIEN_EARG);
    CHECK(strstr(err.text, "'above' of task 'side' is no class") != NULL);
    l.tasks = 0;
    CHECK_EQ(mien_picture_evaluate(file.data, file.n, &set, NULL, &v, &err),
             MIEN_EARG);
    CHECK(strstr(err.text, "labels for none") != NULL);
    mien_bytes_free(&file);
    mien_picture_study_free(s);
    mien_net_free(net);
}

/* Samples without boxes are whole to a network that wants boxes. */
static void test_no_boxes(void)
{
    mien_labels l = dots();
    mien_picture_options o = options();
    double square[2];
    o.epochs = 1;
    for (int boxed = 0; boxed < 2; boxed++) {
        mien_net *net = network(net_text);
        o.view.crop = boxed ? MIEN_CROP_BOX : MIEN_CROP_WHOLE;
        mien_picture_study *s = study(net, &l, &o);
        learn(s);
        square[boxed] =
            mien_picture_study_verdict(s, 1)->answer[0].points.square;
        mien_picture_study_free(s);
        mien_net_free(net);
    }
    CHECK(square[0] > 0 && square[0] == square[1]);
}

/* Names of classes that are empty take a place each, too: as many as eight
 * answers may have. */
static void test_many_empty_names(void)
{
    static const char wide[] =
        "{\"mien\": \"net/1\", \"name\": \"wide\", \"layers\": ["
        "{\"name\": \"image\", \"kind\": \"input\", \"shape\": [1, 16, 16]},"
        "{\"kind\": \"flatten\"},"
        "{\"name\": \"side\", \"kind\": \"dense\", \"units\": 1024}],"
        "\"losses\": [{\"output\": \"side\", \"kind\": \"cce\"}]}";
    mien_labels l = dots();
    const mien_picture_set set = {"dots", &l, NULL, NULL, NULL};
    mien_picture_verdict v = {0};
    mien_error err = {0};
    mien_bytes file = {0};
    mien_buffer meta = {0};
    mien_net *net = network(wide);
    mien_buffer_puts(&meta, "mien/picture/1\ninput\t0\t1\t16\t16\t0\n");
    for (int i = 0; i < MIEN_MAX_LOSSES; i++) {
        mien_buffer_puts(&meta, "answer\t0\t0\t\t\t1\t1024");
        for (int c = 0; c < 1024; c++)
            mien_buffer_puts(&meta, "\t");
        mien_buffer_puts(&meta, "\n");
    }
    mien_buffer_put(&meta, "", 1);
    mien_graph_set_meta(net->graph, "mien.picture", (const char *)meta.data);
    CHECK_EQ(mien_onnx_write(net->graph, &file, NULL), MIEN_OK);
    CHECK_EQ(mien_picture_evaluate(file.data, file.n, &set, NULL, &v, &err),
             MIEN_EARG);
    CHECK_MSG(err.text[0], "no text");
    mien_bytes_free(&file);
    mien_buffer_free(&meta);
    mien_net_free(net);
}

/* ---- bits
 * --------------------------------------------------------------------- */

typedef struct halt {
    int epoch;
    int64_t done;
    mien_bytes saved;
} halt;

static int on_epoch(void *arg, const mien_picture_study *s, const mien_epoch *e)
{
    halt *h = arg;
    mien_bytes_free(&h->saved);
    CHECK_EQ(mien_picture_study_state(s, &h->saved, NULL), MIEN_OK);
    return e->epoch == h->epoch;
}

static int on_batch(void *arg, const mien_picture_study *s, int64_t done)
{
    const halt *h = arg;
    int n = 0;
    mien_fit_history(mien_picture_study_fit(s), &n);
    return h->done && n == h->epoch && done >= h->done;
}

static void parameters_of(const mien_net *net, mien_bytes *out)
{
    CHECK_EQ(mien_onnx_write(net->graph, out, NULL), MIEN_OK);
}

static mien_picture_options changing(void)
{
    mien_picture_options o = options();
    o.epochs = 5;
    o.augment = (mien_augment)MIEN_AUGMENT_FACES;
    o.augment.mirror = 0;
    o.average = .9f;
    o.schedule.kind = MIEN_RATE_COSINE;
    return o;
}

/* Threads, and a break between epochs or within one, leave no trace. */
static void test_bits_are_the_same(void)
{
    mien_labels l = dots();
    mien_picture_options o = changing();
    mien_bytes want, got;
    mien_net *net = network(net_text);
    mien_picture_study *s = study(net, &l, &o);
    CHECK_EQ(mien_picture_study_learn(s, NULL, NULL), MIEN_OK);
    parameters_of(net, &want);
    mien_picture_study_free(s);
    mien_net_free(net);
    for (int way = 0; way < 3; way++) {
        halt h = {.epoch = way == 1   ? 2
                           : way == 2 ? 3
                                      : 99,
                  .done = way == 2 ? 64 : 0};
        mien_picture_options cut = o;
        if (way == 0) {
            cut.threads = 2;
            CHECK_EQ(mien_pool_new(3, &cut.pool, NULL), MIEN_OK);
        }
        cut.on_epoch = on_epoch;
        cut.on_batch = on_batch;
        cut.arg = &h;
        net = network(net_text);
        s = study(net, &l, &cut);
        mien_fit_end end = MIEN_FIT_EPOCHS;
        CHECK_EQ(mien_picture_study_learn(s, &end, NULL), MIEN_OK);
        CHECK_EQ(end, way ? MIEN_FIT_ASKED : MIEN_FIT_EPOCHS);
        if (way) {
            mien_picture_study_free(s);
            mien_net_free(net);
            mien_picture_options on = o;
            on.state = h.saved.data;
            on.state_size = h.saved.n;
            net = network(net_text);
            s = study(net, &l, &on);
            CHECK_EQ(mien_picture_study_learn(s, NULL, NULL), MIEN_OK);
        }
        parameters_of(net, &got);
        CHECK_MSG(got.n == want.n && !memcmp(got.data, want.data, got.n),
                  "way %d", way);
        mien_bytes_free(&got);
        mien_bytes_free(&h.saved);
        mien_picture_study_free(s);
        mien_net_free(net);
        mien_pool_free(cut.pool);
    }
    mien_bytes_free(&want);
}

/* ---- parts and refusals
 * --------------------------------------------------------- */

static void test_twins_and_named_parts(void)
{
    mien_labels l = dots();
    mien_label_use use[N];
    mien_picture_options o = options();
    for (int i = 0; i < N; i++)
        use[i] = i < 40   ? MIEN_FOR_TEST
                 : i < 70 ? MIEN_FOR_VALIDATION
                          : MIEN_FOR_TRAINING;
    l.part = use;
    /* two training pictures stand in the test, one in the validation part */
    memcpy(pixels + 100 * SIDE * SIDE, pixels, SIDE * SIDE);
    memcpy(pixels + 101 * SIDE * SIDE, pixels + SIDE * SIDE, SIDE * SIDE);
    memcpy(pixels + 102 * SIDE * SIDE, pixels + 50 * SIDE * SIDE, SIDE * SIDE);
    mien_net *net = network(net_text);
    mien_picture_study *s = study(net, &l, &o);
    mien_picture_parts p = mien_picture_study_parts(s);
    CHECK(p.test == 40 && p.valid == 30 && p.train == N - 73 && p.twins == 3);
    mien_picture_study_free(s);
    o.keep_twins = 1;
    s = study(net, &l, &o);
    CHECK_EQ(mien_picture_study_parts(s).train, N - 70);
    mien_picture_study_free(s);
    mien_net_free(net);
}

static void refused(const char *text, const mien_labels *l,
                    const mien_picture_options *o, const char *words)
{
    const mien_picture_set set = {"dots", l, NULL, NULL, NULL};
    mien_net *net = network(text);
    mien_picture_study *s = NULL;
    mien_error err = {0};
    CHECK(mien_picture_study_new(net, &set, NULL, o, &s, &err) == MIEN_EARG);
    CHECK_MSG(strstr(err.text, words), "'%s' lacks '%s'", err.text, words);
    mien_net_free(net);
}

static void test_refusals(void)
{
    static const float none[] = {0, 0, 0};
    mien_labels l = dots();
    mien_picture_options o = options();
    o.group = "age";
    refused(net_text, &l, &o, "no task 'age'");
    o = options();
    o.batch = 0;
    refused(net_text, &l, &o, "a batch of 0");
    o = options();
    o.test = 0;
    refused(net_text, &l, &o, "the test part would be empty");
    o = options();
    o.weight = none;
    refused(net_text, &l, &o, "no loss that is learned");
    o = options();
    number_name[0] = (char *)"other";
    refused(net_text, &l, &o,
            "held to 'level'; the labels have points (1), "
            "side (2), half (2), other");
    number_name[0] = (char *)"level";
    task[0].classes = 1;
    refused(net_text, &l, &o, "'side' has 2 numbers, the labels 'side' want 1");
    task[0].classes = 2;
}

/* A state of other choices is refused by what differs. */
static void test_another_state(void)
{
    mien_labels l = dots();
    mien_picture_options o = changing();
    halt h = {.epoch = 1};
    mien_error err = {0};
    o.on_epoch = on_epoch;
    o.arg = &h;
    mien_net *net = network(net_text);
    mien_picture_study *s = study(net, &l, &o);
    CHECK_EQ(mien_picture_study_learn(s, NULL, NULL), MIEN_OK);
    mien_picture_study_free(s);
    mien_picture_options on = changing();
    for (int way = 0; way < 4; way++) {
        static const char *const words[] = {"seed was '1', and is '2'",
                                            "augment was", "samples was",
                                            "does not say which data"};
        mien_picture_options other = on;
        other.state = h.saved.data;
        other.state_size = way == 3 ? 5 : h.saved.n;
        other.seed += way == 0;
        other.augment.turn += (float)(way == 1);
        label[3] ^= way == 2;
        s = study(net, &l, &other);
        mien_status st = mien_picture_study_learn(s, NULL, &err);
        CHECK(st == (way == 3 ? MIEN_EFORMAT : MIEN_EARG));
        CHECK_MSG(strstr(err.text, words[way]), "'%s' lacks '%s'", err.text,
                  words[way]);
        label[3] ^= way == 2;
        mien_picture_study_free(s);
    }
    mien_bytes_free(&h.saved);
    mien_net_free(net);
}

/* ---- memory
 * ---------------------------------------------------------------------- */

static mien_status whole(const mien_labels *l, mien_net *net)
{
    mien_picture_options o = options();
    const mien_picture_set set = {"dots", l, NULL, NULL, NULL};
    mien_picture_study *s = NULL;
    mien_picture_verdict v = {0};
    mien_bytes state = {0}, file = {0};
    o.epochs = 1;
    o.mirror = 1;
    mien_status st = mien_picture_study_new(net, &set, NULL, &o, &s, NULL);
    if (!st)
        st = mien_picture_study_learn(s, NULL, NULL);
    if (!st)
        st = mien_picture_study_state(s, &state, NULL);
    if (!st)
        st = mien_picture_study_judge(s, NULL);
    if (!st)
        st = mien_onnx_write(net->graph, &file, NULL);
    if (!st)
        st = mien_picture_evaluate(file.data, file.n, &set, NULL, &v, NULL);
    mien_picture_verdict_free(&v);
    mien_bytes_free(&state);
    mien_bytes_free(&file);
    mien_picture_study_free(s);
    return st;
}

static void test_failing_memory_is_reported(void)
{
    mien_labels l = dots();
    mien_net *net = network(net_text);
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    l.n = 40;
    for (; st == MIEN_ENOMEM && n < 4000; n++) {
        mi_alloc_fail_after(n);
        st = whole(&l, net);
        mi_alloc_fail_after(-1);
    }
    CHECK(st == MIEN_OK && n > 60);
    mien_net_free(net);
}

/* Words, JSON and history name what there is. */
/* The digest of the training set is that of mien_set_digest, and goes into the
 * model with that of its sheet. */
static void test_the_data_are_named(void)
{
    static const uint8_t sheet[] = "{\"answers\": {\"licence\": \"CC0\"}}";
    mien_labels l = dots();
    mien_picture_options o = options();
    mien_net *net = network(net_text);
    mien_digests d = {0};
    mien_buffer b = {0};
    char data[65], of_sheet[65], wanted[200];
    CHECK(!mien_digests_new(&l, NULL, NULL, NULL, &d, NULL) &&
          !mien_set_digest(&l, &d, data, NULL));
    mien_digests_free(&d);
    o.epochs = 1;
    o.sheet = sheet;
    o.sheet_size = sizeof sheet - 1;
    mien_sha256(sheet, o.sheet_size, of_sheet);
    mien_picture_study *s = study(net, &l, &o);
    learn(s);
    mien_picture_study_metrics(s, &b);
    mien_buffer_put(&b, "", 1);
    snprintf(wanted, sizeof wanted,
             "\"sha256\": \"%s\",\n    \"sheet_sha256\": \"%s\"", data,
             of_sheet);
    CHECK(strstr((const char *)b.data, wanted));
    CHECK(strcmp(mien_graph_meta(net->graph, "mien.data_sha256"), data) == 0);
    CHECK(strcmp(mien_graph_meta(net->graph, "mien.sheet_sha256"), of_sheet) ==
          0);
    b.n = 0;
    CHECK(!mien_picture_study_card(s, &b, NULL));
    mien_buffer_put(&b, "", 1);
    CHECK(strstr((const char *)b.data, "Licence of the data: CC0"));
    mien_picture_study_free(s);
    /* Where twins stay it is not worked out, but can be given. */
    for (int given = 0; given < 2; given++) {
        o.keep_twins = 1;
        o.data_sha256 = given ? data : NULL;
        s = study(net, &l, &o);
        b.n = 0;
        mien_picture_study_metrics(s, &b);
        mien_buffer_put(&b, "", 1);
        CHECK_EQ(strstr((const char *)b.data, data) != NULL, given);
        mien_picture_study_free(s);
    }
    mien_buffer_free(&b);
    mien_net_free(net);
}

static void test_what_is_said(void)
{
    mien_labels l = dots();
    mien_picture_options o = options();
    mien_net *net = network(net_text);
    mien_picture_study *s = study(net, &l, &o);
    mien_buffer b = {0};
    o.epochs = 2;
    learn(s);
    mien_picture_study_text(s, &b);
    mien_picture_study_metrics(s, &b);
    mien_picture_study_history(s, &b);
    CHECK(!mien_picture_study_card(s, &b, NULL));
    CHECK_EQ(mien_picture_study_page(s, &b, NULL), MIEN_OK);
    mien_buffer_put(&b, "", 1);
    static const char *const words[] = {"48 for the test",
                                        "MSE ",
                                        "accuracy ",
                                        "mean absolute error",
                                        "\"mse_px2\"",
                                        "\"confusion\"",
                                        "\"groups\"",
                                        "val_points",
                                        "epoch,loss,val_loss",
                                        "Intended and refused uses",
                                        "<svg",
                                        "</html>",
                                        "points: MSE, px<sup>2",
                                        "data:image/jpeg;base64,/9j/",
                                        "#ff7a00",
                                        "Test samples</h2>"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        CHECK_MSG(b.data && strstr((const char *)b.data, words[i]), "'%s'",
                  words[i]);
    mien_buffer_free(&b);
    mien_picture_study_free(s);
    mien_net_free(net);
}

/* The worst of an answer that is told by its loss are on the page, too; those
 * of points without a distance of eyes are not known. */
static void test_the_worst_are_shown(void)
{
    static const float weight[] = {0, 1, 1};
    mien_labels l = dots();
    mien_picture_options o = options();
    mien_net *net = network(net_text);
    mien_buffer b = {0};
    o.weight = weight;
    o.epochs = 1;
    mien_picture_study *s = study(net, &l, &o);
    learn(s);
    CHECK_EQ(mien_picture_study_verdict(s, 1)->worst_n, 16);
    CHECK_EQ(mien_picture_study_page(s, &b, NULL), MIEN_OK);
    mien_buffer_put(&b, "", 1);
    const char *at = b.data ? strstr((char *)b.data, "largest errors") : NULL;
    int shown = 0;
    for (; at && (at = strstr(at, "<image")) != NULL; at++)
        shown++;
    CHECK_EQ(shown, 16);
    CHECK(b.n < 300000);
    mien_buffer_free(&b);
    mien_picture_study_free(s);
    mien_net_free(net);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_learn_and_judge);
    RUN(test_a_model_is_evaluated);
    RUN(test_no_boxes);
    RUN(test_many_empty_names);
    RUN(test_bits_are_the_same);
    RUN(test_twins_and_named_parts);
    RUN(test_refusals);
    RUN(test_another_state);
    RUN(test_the_data_are_named);
    RUN(test_what_is_said);
    RUN(test_the_worst_are_shown);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
