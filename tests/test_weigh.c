/* Faces that weigh by the distance of their eyes. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "base/alloc.h"
#include "picture/picture.h"
#include "tests/dots_make.h"

#include <math.h>

static const char text[] =
    "{\"mien\": \"net/1\", \"name\": \"two\", \"layers\": ["
    "{\"name\": \"image\", \"kind\": \"input\", \"shape\": [1, 16, 16],"
    " \"scale\": 0.004}, {\"kind\": \"flatten\"},"
    "{\"name\": \"points\", \"kind\": \"dense\", \"units\": 6}],"
    "\"losses\": [{\"output\": \"points\", \"kind\": \"mse\"}]}";
static mien_point three[3 * N];
static char *three_name[] = {(char *)"nose", (char *)"right_eye",
                             (char *)"left_eye"};

/* Every fifth face has eyes at half the distance of the others', on a face of
 * the same diagonal; face 1 has eyes in one place, face 2 a point unknown, face
 * 3 eyes that nearly touch. */
static mien_labels faces(void)
{
    mien_labels l = dots();
    l.points = 3;
    l.point_name = three_name;
    l.point = three;
    for (int i = 0; i < N; i++) {
        float apart = i % 5 ? 6 : 3;
        mien_point *p = three + (ptrdiff_t)3 * i;
        p[0] = (mien_point){4, 12};
        p[1] = (mien_point){4, 4};
        p[2] = (mien_point){4 + apart, 4};
        p[0].y = 4 + sqrtf(100 - apart * apart);
    }
    three[3 + 2] = three[3 + 1];
    three[6].x = NAN;
    three[9 + 2].x = 4.01f;
    return l;
}

static mien_picture_study *study(mien_net *net, const mien_labels *l,
                                 const mien_picture_options *o)
{
    const mien_picture_set set = {"faces", l, NULL, NULL, NULL};
    mien_picture_study *s = NULL;
    mien_error err = {0};
    CHECK_MSG(!mien_picture_study_new(net, &set, NULL, o, &s, &err), "%s",
              err.text);
    return s;
}

static void test_weights(void)
{
    mien_labels l = faces();
    mien_picture_options o = options();
    mien_net *net = network(text);
    o.group = NULL;
    three[6].x = 4;
    o.by_eyes = 1;
    mien_picture_study *s = study(net, &l, &o);
    const float *w = s->row_weight;
    CHECK_NEAR(w[10] / w[11], 2, 1e-5);
    CHECK_NEAR(w[10], w[15], 1e-6);
    CHECK(w[1] == 1 && w[3] == 4);
    mien_picture_study_free(s);
    three[3 + 2].x = three[9 + 2].x = 10;
    s = study(net, &l, &o);
    double sum = 0;
    for (int64_t i = 0; i < s->part[0].n; i++)
        sum += (double)s->row_weight[s->part[0].row[i]];
    CHECK_NEAR(sum / (double)s->part[0].n, 1, 1e-5);
    mien_picture_study_free(s);
    mien_net_free(net);
}

/* The loss of a network that errs by 1 in the narrow faces alone grows with
 * their weight. */
static void test_they_count(void)
{
    mien_labels l = faces();
    mien_picture_options o = options();
    double loss[2];
    o.group = NULL;
    o.epochs = 1;
    three[6].x = 4;
    three[3 + 2].x = three[9 + 2].x = 10;
    for (int i = 0; i < N; i += 5)
        for (int p = 0; p < 3; p++)
            three[3 * i + p].y += 60;
    for (int by = 0; by < 2; by++) {
        mien_net *net = network(text);
        int n = 0;
        o.by_eyes = by;
        o.optimizer.rate = 1e-9f;
        mien_picture_study *s = study(net, &l, &o);
        CHECK(!mien_picture_study_learn(s, NULL, NULL));
        loss[by] = mien_fit_history(mien_picture_study_fit(s), &n)->train.total;
        mien_picture_study_free(s);
        mien_net_free(net);
    }
    CHECK_MSG(loss[1] > 1.3 * loss[0] && loss[1] < 2 * loss[0], "%g, %g",
              loss[0], loss[1]);
}

static void test_one_point_is_refused(void)
{
    mien_labels l = dots();
    mien_picture_options o = options();
    mien_net *net = network(net_text);
    mien_picture_set set = {"dots", &l, NULL, NULL, NULL};
    mien_picture_study *s = NULL;
    mien_error err = {0};
    o.by_eyes = 1;
    CHECK_EQ(mien_picture_study_new(net, &set, NULL, &o, &s, &err), MIEN_EARG);
    CHECK(strstr(err.text, "the labels have 1 points"));
    mien_net_free(net);
}

/* Another choice is another training. */
static void test_a_state_knows(void)
{
    mien_labels l = faces();
    mien_picture_options o = options();
    mien_net *net = network(text);
    mien_bytes state = {0};
    mien_error err = {0};
    o.group = NULL;
    o.epochs = 1;
    three[6].x = 4;
    mien_picture_study *s = study(net, &l, &o);
    CHECK(!mien_picture_study_learn(s, NULL, NULL));
    CHECK(!mien_picture_study_state(s, &state, NULL));
    mien_picture_study_free(s);
    o.by_eyes = 1;
    o.state = state.data;
    o.state_size = state.n;
    s = study(net, &l, &o);
    CHECK_EQ(mien_picture_study_learn(s, NULL, &err), MIEN_EARG);
    CHECK(strstr(err.text, "by eyes was '0', and is '1' now"));
    mien_picture_study_free(s);
    mien_bytes_free(&state);
    mien_net_free(net);
}

static void test_failing_memory_is_reported(void)
{
    mien_labels l = faces();
    mien_picture_options o = options();
    const mien_picture_set set = {"faces", &l, NULL, NULL, NULL};
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    o.by_eyes = 1;
    o.group = NULL;
    three[6].x = 4;
    for (; st == MIEN_ENOMEM && n < 3000; n++) {
        mien_net *net = network(text);
        mien_picture_study *s = NULL;
        mi_alloc_fail_after(n);
        st = mien_picture_study_new(net, &set, NULL, &o, &s, NULL);
        mi_alloc_fail_after(-1);
        CHECK((st == MIEN_OK) == (s != NULL));
        mien_picture_study_free(s);
        mien_net_free(net);
    }
    CHECK(st == MIEN_OK && n > 10);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_weights);
    RUN(test_they_count);
    RUN(test_one_point_is_refused);
    RUN(test_a_state_knows);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
