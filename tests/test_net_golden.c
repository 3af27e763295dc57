/* The networks of articles 4, 6 and 10 as text: outputs, losses, gradients and
 * ten steps of Adam against PyTorch's; what batch normalisation keeps. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "mien/net.h"

#include "engine/learn.h"
#include "graph/graph.h"
#include "tests/golden_json.h"
#include "train/trainer.h"

#define TOLERANCE 1e-4
#define AFTER_STEPS 1e-3

static json_t *goldens;

static const char align[] =
    "{'mien': 'net/1', 'name': 'align', 'layers': ["
    "{'name': 'image', 'kind': 'input', 'shape': [3, 48, 48]},"
    "{'name': 'c1', 'kind': 'conv2d', 'units': 4, 'kernel': 5},"
    "{'kind': 'relu'}, {'kind': 'max_pool', 'kernel': 2},"
    "{'name': 'c2', 'kind': 'conv2d', 'units': 6, 'kernel': 3},"
    "{'kind': 'relu'}, {'kind': 'max_pool', 'kernel': 2},"
    "{'name': 'c3', 'kind': 'conv2d', 'units': 8, 'kernel': 3},"
    "{'kind': 'relu'}, {'kind': 'max_pool', 'kernel': 2},"
    "{'name': 'c4', 'kind': 'conv2d', 'units': 8, 'kernel': 2},"
    "{'kind': 'relu'}, {'kind': 'flatten'},"
    "{'name': 'd', 'kind': 'dense', 'units': 10},"
    "{'name': 'trunk', 'kind': 'relu'},"
    "{'name': 'points', 'kind': 'dense', 'units': 10},"
    "{'name': 'gender', 'kind': 'dense', 'units': 2, 'inputs': 'trunk'},"
    "{'name': 'smile', 'kind': 'dense', 'units': 2, 'inputs': 'trunk'},"
    "{'name': 'glasses', 'kind': 'dense', 'units': 2, 'inputs': 'trunk'},"
    "{'name': 'pose', 'kind': 'dense', 'units': 5, 'inputs': 'trunk'}],"
    "'outputs': ['points', 'gender', 'smile', 'glasses', 'pose'],"
    "'losses': [{'output': 'points', 'kind': 'mse', 'weight': 7},"
    "{'output': 'gender', 'kind': 'bce', 'weight': 2},"
    "{'output': 'smile', 'kind': 'bce', 'weight': 4},"
    "{'output': 'glasses', 'kind': 'bce', 'weight': 1},"
    "{'output': 'pose', 'kind': 'cce', 'weight': 3}]}";

static const char emotion[] =
    "{'mien': 'net/1', 'bias': false, 'layers': ["
    "{'name': 'image', 'kind': 'input', 'shape': [1, 24, 24]},"
    "{'name': 'c1', 'kind': 'conv2d', 'units': 4, 'kernel': 3,"
    " 'padding': 'same'},"
    "{'name': 'b1', 'kind': 'batch_norm'}, {'name': 'r1', 'kind': 'relu'},"
    "{'name': 'skip', 'kind': 'conv2d', 'units': 8, 'kernel': 1, 'stride': 2},"
    "{'name': 'bs', 'kind': 'batch_norm'},"
    "{'name': 'dw1', 'kind': 'conv2d', 'inputs': 'r1', 'kernel': 3,"
    " 'group': 'all', 'padding': 'same'},"
    "{'name': 'pw1', 'kind': 'conv2d', 'units': 8, 'kernel': 1},"
    "{'name': 'b2', 'kind': 'batch_norm'}, {'kind': 'relu'},"
    "{'name': 'dw2', 'kind': 'conv2d', 'kernel': 3, 'group': 'all',"
    " 'padding': 'same'},"
    "{'name': 'pw2', 'kind': 'conv2d', 'units': 8, 'kernel': 1},"
    "{'name': 'b3', 'kind': 'batch_norm'},"
    "{'name': 'p', 'kind': 'max_pool', 'kernel': 3, 'stride': 2,"
    " 'padding': 1},"
    "{'kind': 'add', 'inputs': ['p', 'bs']},"
    "{'name': 'last', 'kind': 'conv2d', 'units': 7, 'kernel': 3,"
    " 'padding': 'same', 'bias': true},"
    "{'name': 'logits', 'kind': 'global_pool'}],"
    "'losses': [{'output': 'logits', 'kind': 'cce', 'target': 'label',"
    " 'smoothing': 0.1}]}";

static const char vae[] =
    "{'mien': 'net/1', 'layers': ["
    "{'name': 'image', 'kind': 'input', 'shape': [3, 16, 16]},"
    "{'name': 'e1', 'kind': 'conv2d', 'units': 6, 'kernel': 3, 'stride': 2,"
    " 'padding': 1}, {'kind': 'leaky_relu', 'alpha': 0.2},"
    "{'name': 'e2', 'kind': 'conv2d', 'units': 8, 'kernel': 4, 'stride': 2,"
    " 'padding': 1}, {'kind': 'leaky_relu', 'alpha': 0.2},"
    "{'name': 'code', 'kind': 'flatten'},"
    "{'name': 'mu', 'kind': 'dense', 'units': 5},"
    "{'name': 'lv', 'kind': 'dense', 'units': 5, 'inputs': 'code'},"
    "{'name': 'noise', 'kind': 'input', 'shape': [5], 'fill': 'normal'},"
    "{'name': 'z', 'kind': 'sample', 'inputs': ['mu', 'lv', 'noise']},"
    "{'name': 'd0', 'kind': 'dense', 'units': 128},"
    "{'kind': 'leaky_relu', 'alpha': 0.2},"
    "{'kind': 'reshape', 'shape': [8, 4, 4]},"
    "{'name': 't1', 'kind': 'conv2d_transpose', 'units': 6, 'kernel': 4,"
    " 'stride': 2, 'padding': 1}, {'kind': 'leaky_relu', 'alpha': 0.2},"
    "{'kind': 'upsample', 'factor': 2},"
    "{'name': 'u', 'kind': 'conv2d', 'units': 6, 'kernel': 3, 'padding': 1},"
    "{'kind': 'leaky_relu', 'alpha': 0.2},"
    "{'name': 't2', 'kind': 'conv2d_transpose', 'units': 3, 'kernel': 3,"
    " 'padding': 1}, {'name': 'out', 'kind': 'sigmoid'}],"
    "'outputs': ['out', 'mu', 'lv'],"
    "'losses': [{'output': 'out', 'kind': 'mse', 'sum': true,"
    " 'target': 'image'},"
    "{'kind': 'kl', 'mean': 'mu', 'log_variance': 'lv', 'weight': 0.5}]}";

/* ---- a network and its answers ---------------------------------------------
 */

typedef struct subject {
    mien_net *net;
    const json_t *golden;
    mien_samples samples;
    const float *input[MIEN_NET_MAX_INPUTS], *target[MIEN_MAX_LOSSES];
} subject;

static const json_t *member(const json_t *of, const char *key)
{
    return json_object_get(of, key);
}

/* The text has ' for ", so that it can be read here. */
static mien_net *read_text(const char *text)
{
    static char copy[8192];
    mien_net *net = NULL;
    mien_error err = {0};
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i++)
        copy[i] = text[i] == '\'' ? '"' : text[i];
    CHECK_MSG(mien_net_read((const uint8_t *)copy, n, NULL, &net, &err) ==
                  MIEN_OK,
              "%s", err.text);
    if (!net)
        exit(check_done());
    return net;
}

/* The parameters that the file has take its values. */
static void set_parameters(const subject *s)
{
    const char *name;
    json_t *v;
    json_object_foreach(json_object_get(s->golden, "parameters"), name, v)
    {
        mi_node *p = mi_graph_find(s->net->graph, name);
        mien_shape shape = golden_shape(v);
        CHECK_MSG(p && p->learned && mi_shape_equal(&shape, &p->shape),
                  "no parameter %s of the file's shape", name);
        if (p)
            golden_put(v, mi_values_of(p));
    }
}

static subject begin(const char *name, const char *text)
{
    subject s = {.net = read_text(text), .golden = member(goldens, name)};
    const json_t *data = member(s.golden, "data");
    set_parameters(&s);
    s.samples.n = (int64_t)json_array_size(member(data, "image"));
    for (int i = 0; i < s.net->n_inputs; i++)
        s.input[i] = golden_numbers(member(data, s.net->input[i].name));
    for (int i = 0; i < s.net->n_losses; i++)
        if (!s.net->loss[i].of_input && s.net->target[i][0])
            s.target[i] = golden_numbers(member(data, s.net->target[i]));
    return s;
}

/* Answers of a plan of the graph as it is. */
static void compare_outputs(const subject *s, const char *which,
                            const char *const *names, double tolerance)
{
    mien_shape shapes[MIEN_NET_MAX_INPUTS];
    mien_plan *p = NULL;
    for (int i = 0; i < s->net->n_inputs; i++) {
        shapes[i] = s->net->input[i].shape;
        shapes[i].dim[0] = s->samples.n;
    }
    CHECK_EQ(
        mien_plan_new(s->net->graph, shapes, s->net->n_inputs, NULL, &p, NULL),
        MIEN_OK);
    if (!p)
        return;
    for (int i = 0; i < s->net->n_inputs; i++) {
        mien_tensor x = mien_plan_input(p, i);
        int64_t len = mi_shape_len(&x.shape), c = x.shape.dim[1];
        int64_t area = x.channels_last ? x.shape.dim[2] * x.shape.dim[3] : 1;
        for (int64_t k = 0; k < len; k++) {
            int64_t row = k / (c * area), at = k % (c * area);
            x.data[row * c * area + at % area * c + at / area] = s->input[i][k];
        }
    }
    mien_plan_run(p);
    for (int i = 0; names[i]; i++) {
        const json_t *want = member(member(s->golden, which), names[i]);
        float *got = golden_room(golden_count(want));
        mien_plan_read(p, i, got);
        golden_compare(which, names[i], got, want, tolerance);
    }
    mien_plan_free(p);
}

/* ---- learning --------------------------------------------------------------
 */

/* The gradients of the first step, all that the file has. */
static void compare_gradients(const subject *s, const mien_trainer *t)
{
    const char *name;
    json_t *want;
    int n = 0;
    json_object_foreach(json_object_get(s->golden, "gradients"), name, want)
    {
        const mi_node *p = mi_graph_find(s->net->graph, name);
        const float *g = p ? mi_plan_gradient(t->plan[0], p->id) : NULL;
        CHECK_MSG(g != NULL, "no gradient of %s", name);
        if (g)
            golden_compare("gradient", name, g, want, TOLERANCE);
        n++;
    }
    CHECK(n > 10);
}

/* Ten steps; the losses on the way, the parameters after. */
static void compare_steps(const subject *s, mien_trainer *t)
{
    const json_t *adam = member(s->golden, "adam");
    const json_t *losses = member(adam, "losses");
    const char *name;
    json_t *want;
    CHECK_EQ(json_array_size(losses), 10);
    for (size_t i = 0; i < json_array_size(losses); i++) {
        double loss = json_number_value(json_array_get(losses, i));
        mien_losses l = {0};
        mien_error err = {0};
        CHECK_MSG(mien_trainer_epoch(t, &s->samples, &l, &err) == MIEN_OK, "%s",
                  err.text);
        CHECK_NEAR(l.total, loss, (i ? AFTER_STEPS : TOLERANCE) * loss);
        if (i == 0)
            compare_gradients(s, t);
    }
    json_object_foreach(json_object_get(adam, "parameters"), name, want)
    {
        const mi_node *p = mi_graph_find(s->net->graph, name);
        if (p)
            golden_compare("value", name, p->value, want, AFTER_STEPS);
    }
}

/* The running mean and variance of batch normalisation. */
static void compare_statistics(const subject *s, const char *layer)
{
    const json_t *running = member(member(s->golden, "adam"), "running");
    char name[64], key[64];
    for (int i = 0; i < 2; i++) {
        snprintf(name, sizeof name, "%s.%s", layer, i ? "variance" : "mean");
        snprintf(key, sizeof key, "%s.running_%s", layer, i ? "var" : "mean");
        golden_compare("running", name,
                       mien_graph_values(s->net->graph, name, NULL),
                       member(running, key), TOLERANCE);
    }
}

static void learn(subject *s, const char *const *outputs)
{
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    mien_trainer *t = NULL;
    mien_error err = {0};
    s->samples.inputs = s->input;
    s->samples.targets = s->target;
    o.batch = (int)s->samples.n;
    o.shuffle = 0;
    o.unbiased = 1;
    o.optimizer = (mien_optimizer)MIEN_ADAM_TORCH;
    o.losses = s->net->loss;
    o.n_losses = s->net->n_losses;
    CHECK_MSG(mien_trainer_new(s->net->graph, &o, &t, &err) == MIEN_OK, "%s",
              err.text);
    if (t)
        compare_steps(s, t);
    mien_trainer_free(t);
    compare_outputs(s, "evaluation_outputs", outputs, AFTER_STEPS);
}

/* ---- the three -------------------------------------------------------------
 */

static void test_align(void)
{
    static const char *const outputs[] = {"points",  "gender", "smile",
                                          "glasses", "pose",   NULL};
    subject s = begin("align", align);
    compare_outputs(&s, "outputs", outputs, TOLERANCE);
    learn(&s, outputs);
    mien_net_free(s.net);
}

/* Shares of classes by number; each row weighs as its class. */
static void test_emotion(void)
{
    static const char *const outputs[] = {"logits", NULL};
    subject s = begin("emotion", emotion);
    const json_t *data = member(s.golden, "data");
    const json_t *label = member(data, "label");
    const float *weight = golden_numbers(member(data, "class_weight"));
    float *target = golden_room(s.samples.n * 7);
    float *weights = golden_room(s.samples.n);
    for (int64_t i = 0; i < s.samples.n; i++) {
        int64_t is = json_integer_value(json_array_get(label, (size_t)i));
        target[i * 7 + is] = 1;
        weights[i] = weight[is];
    }
    s.target[0] = target;
    s.samples.weights = weights;
    learn(&s, outputs);
    compare_statistics(&s, "b1");
    compare_statistics(&s, "bs");
    compare_statistics(&s, "b2");
    compare_statistics(&s, "b3");
    mien_net_free(s.net);
}

static void test_vae(void)
{
    static const char *const outputs[] = {"image", "mean", "log_variance",
                                          NULL};
    subject s = begin("vae", vae);
    CHECK(s.net->input[1].noise && !s.net->input[0].noise);
    compare_outputs(&s, "outputs", outputs, TOLERANCE);
    learn(&s, outputs);
    mien_net_free(s.net);
}

int main(int argc, char **argv)
{
    char path[1024];
    check_start(argc, argv);
    goldens = golden_load("torch/cnn.json", path);
    if (!goldens)
        CHECK_SKIP("%s is not there", path);
    RUN(test_align);
    RUN(test_emotion);
    RUN(test_vae);
    golden_done(goldens);
    return check_done();
}
