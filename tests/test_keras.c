/* Networks that Keras saved: files made here of every layer that is read, what
 * is refused and how it is said, damaged files. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "mien/net.h"
#include "mien/picture.h"

#include "base/alloc.h"
#include "tests/keras_make.h"

/* ---- files made here -------------------------------------------------------
 */

static mien_status read_file(const mien_buffer *b, mien_net **net,
                             mien_error *err)
{
    return mien_keras_read(b->data, b->n, NULL, net, NULL, err);
}

static float counting[4096];

#define LAYER(class, config) \
    "{'class_name': '" class "', 'config': {" config "}}"

/* A convolution of [2, 2, 2, 3] and a dense layer over its pixels, channels
 * last, worked out in plain loops. */
static const char two_layers[] =
    "{'class_name': 'Sequential', 'config': {'name': 's', 'layers': "
    "[" LAYER(
        "Conv2D",
        "'name': 'c', 'filters': 3, 'kernel_size': [2, 2], 'strides': [1, "
        "1],"
        "'padding': 'valid', 'activation': 'relu', 'use_bias': true,"
        "'data_format': 'channels_last', 'batch_input_shape': [null, 3, 4, "
        "2]") "," LAYER("Flatten",
                        "'name': 'f'") "," LAYER("Dense",
                                                 "'name': 'd', 'units': 2, "
                                                 "'activation': 'linear',"
                                                 "'use_bias': false") "]}}";

static const layer_weights weights_of_two[] = {
    {"c",
     2,
     {{"kernel:0", 4, {2, 2, 2, 3}, counting, 0},
      {"bias:0", 1, {3}, counting + 30, 0}}},
    {"d", 1, {{"kernel:0", 2, {18, 2}, counting + 40, 0}}},
    {"f", 0, {{0}}}};

/* What the two layers give, in Keras' own order of axes. */
static void expect_two(const float *x, double y[2])
{
    y[0] = y[1] = 0;
    for (int h = 0; h < 2; h++)
        for (int w = 0; w < 3; w++)
            for (int o = 0; o < 3; o++) {
                double v = (double)counting[30 + o];
                for (int i = 0; i < 8; i++) { /* down, across, channel */
                    int kh = i / 4, kw = i / 2 % 2, c = i % 2;
                    v += (double)counting[i * 3 + o] *
                         (double)x[c * 12 + (h + kh) * 4 + w + kw];
                }
                for (int u = 0; u < 2; u++)
                    y[u] +=
                        fmax(v, 0) *
                        (double)counting[40 + ((h * 3 + w) * 3 + o) * 2 + u];
            }
}

static void test_weights_and_order(void)
{
    for (int variable = 0; variable < 2; variable++) {
        mien_buffer b = model_file(two_layers, 3, weights_of_two, variable);
        mien_net *net = NULL;
        mien_error err = {0};
        float x[24], y[2] = {0};
        double want[2];
        CHECK_MSG(read_file(&b, &net, &err) == MIEN_OK, "%s", err.text);
        mien_buffer_free(&b);
        if (!net)
            continue;
        for (int i = 0; i < 24; i++)
            x[i] = (float)cos(1.3 * i);
        expect_two(x, want);
        CHECK_EQ(answer(net, x, y), 2);
        CHECK_NEAR(y[0], want[0], 1e-5);
        CHECK_NEAR(y[1], want[1], 1e-5);
        mien_net_free(net);
    }
}

/* The network's text gives the same layers when it is read again. */
static void test_text_reads_again(void)
{
    mien_buffer b = model_file(two_layers, 3, weights_of_two, 0);
    mien_net *net = NULL, *again = NULL;
    mien_bytes text = {0};
    CHECK_EQ(mien_keras_read(b.data, b.n, NULL, &net, &text, NULL), MIEN_OK);
    CHECK_EQ(mien_net_read(text.data, text.n, NULL, &again, NULL), MIEN_OK);
    if (net && again) {
        CHECK_EQ(net->n_layers, again->n_layers);
        CHECK(strcmp(mien_graph_output_name(again->graph, 0), "d") == 0);
    }
    mien_bytes_free(&text);
    mien_net_free(net);
    mien_net_free(again);
    mien_buffer_free(&b);
}

/* A functional model: two branches of one convolution's result, added, with
 * batch normalisation whose scale was not learned; a channel of each. */
static void test_functional(void)
{
    static const char config[] =
        "{'class_name': 'Functional', 'config': {'layers': ["
        "{'class_name': 'InputLayer', 'config': {'name': 'in',"
        " 'batch_input_shape': [null, 2, 2, 1]}, 'inbound_nodes': []},"
        "{'class_name': 'BatchNormalization', 'config': {'name': 'b', 'axis':"
        " [3], 'epsilon': 0.25, 'scale': false},"
        " 'inbound_nodes': [[['in', 0, 0, {}]]]},"
        "{'class_name': 'Activation', 'config': {'name': 't', 'activation':"
        " 'tanh'}, 'inbound_nodes': [[['in', 0, 0, {}]]]},"
        "{'class_name': 'Add', 'config': {'name': 'a'}, 'inbound_nodes':"
        " [[['b', 0, 0, {}], ['t', 0, 0, {}]]]},"
        "{'class_name': 'GlobalAveragePooling2D', 'config': {'name': 'g'},"
        " 'inbound_nodes': [[['a', 0, 0, {}]]]}],"
        "'input_layers': [['in', 0, 0]], 'output_layers': [['g', 0, 0]]}}";
    static const float beta[] = {0.5f}, mean[] = {1}, variance[] = {3.75f};
    const layer_weights w[] = {{"b",
                                3,
                                {{"beta:0", 1, {1}, beta, 0},
                                 {"moving_mean:0", 1, {1}, mean, 0},
                                 {"moving_variance:0", 1, {1}, variance, 0}}}};
    mien_buffer b = model_file(config, 1, w, 0);
    mien_net *net = NULL;
    mien_error err = {0};
    const float x[] = {0, 1, 2, -1};
    float y = 0;
    CHECK_MSG(read_file(&b, &net, &err) == MIEN_OK, "%s", err.text);
    if (net) {
        double want = 0;
        for (int i = 0; i < 4; i++)
            want += (((double)x[i] - 1) / 2 + 0.5 + tanh((double)x[i])) / 4;
        CHECK_EQ(answer(net, x, &y), 1);
        CHECK_NEAR(y, want, 1e-6);
    }
    mien_net_free(net);
    mien_buffer_free(&b);
}

/* A depthwise convolution of two results a channel, zeros at the right and
 * below, a limit: the input is 1 x 1, so only the kernel's corner counts. */
static void test_depthwise_and_zeros(void)
{
    static const char config[] =
        "{'class_name': 'Sequential', 'config': {'layers': ["
        "{'class_name': 'InputLayer', 'config': {'name': 'in',"
        " 'batch_input_shape': [null, 1, 1, 2]}},"
        "{'class_name': 'ZeroPadding2D', 'config': {'name': 'z',"
        " 'padding': [[0, 1], [0, 1]]}},"
        "{'class_name': 'DepthwiseConv2D', 'config': {'name': 'w',"
        " 'kernel_size': [2, 2], 'depth_multiplier': 2, 'use_bias': false}},"
        "{'class_name': 'ReLU', 'config': {'name': 'r', 'max_value': 6.0}},"
        "{'class_name': 'GlobalAveragePooling2D', 'config': {'name': 'g'}}]}}";
    static const float kernel[16] = {1, 2, -3, 4};
    const layer_weights w[] = {
        {"w", 1, {{"depthwise_kernel:0", 4, {2, 2, 2, 2}, kernel, 0}}}};
    mien_buffer b = model_file(config, 1, w, 0);
    mien_net *net = NULL;
    mien_error err = {0};
    const float x[] = {2, 3};
    float y[4] = {0};
    CHECK_MSG(read_file(&b, &net, &err) == MIEN_OK, "%s", err.text);
    if (net) {
        CHECK_EQ(answer(net, x, y), 4);
        CHECK(y[0] == 2 && y[1] == 4 && y[2] == 0 && y[3] == 6);
    }
    mien_net_free(net);
    mien_buffer_free(&b);
}

/* The names of Keras 1, and a configuration that is a plain list. */
static void test_keras_1(void)
{
    static const char config[] =
        "{'class_name': 'Sequential', 'config': "
        "[" LAYER("Convolution2D",
                  "'name': 'c', 'nb_filter': 3, "
                  "'nb_row': 2, 'nb_col': 2,"
                  "'subsample': [1, 1], "
                  "'border_mode': 'valid', 'bias': "
                  "true,"
                  "'dim_ordering': 'tf', "
                  "'activation': 'relu',"
                  "'batch_input_shape': [null, 3, 4, "
                  "2]") "," LAYER("Flatten",
                                  "'name': 'f'") "," LAYER("Dense",
                                                           "'name': 'd', "
                                                           "'output_dim': 2, "
                                                           "'bias': false,"
                                                           "'activation': "
                                                           "'linear'") "]}";
    mien_buffer b = model_file(config, 3, weights_of_two, 0);
    mien_net *net = NULL;
    mien_error err = {0};
    float x[24], y[2];
    double want[2];
    CHECK_MSG(read_file(&b, &net, &err) == MIEN_OK, "%s", err.text);
    for (int i = 0; i < 24; i++)
        x[i] = (float)sin(i);
    expect_two(x, want);
    if (net && answer(net, x, y) == 2)
        CHECK_NEAR(y[1], want[1], 1e-5);
    mien_net_free(net);
    mien_buffer_free(&b);
}

/* ---- what is refused -------------------------------------------------------
 */

/* A sequential model of an input of [3, 4, 2] and a layer. */
static void refuse(const char *layer, mien_status st, const char *says)
{
    char config[1024];
    mien_net *net = NULL;
    mien_error err = {0};
    snprintf(config, sizeof config,
             "{'class_name': 'Sequential', 'config': [{'class_name': "
             "'InputLayer', 'config': {'name': 'in', 'batch_input_shape': "
             "[null, 3, 4, 2]}}, %s]}",
             layer);
    mien_buffer b = model_file(config, 3, weights_of_two, 0);
    CHECK_EQ(read_file(&b, &net, &err), st);
    CHECK_MSG(strstr(err.text, says) != NULL, "'%s' does not say '%s'",
              err.text, says);
    mien_net_free(net);
    mien_buffer_free(&b);
}

static void test_layers_that_are_not_read(void)
{
    refuse(LAYER("Lambda", "'name': 'l', 'function': ['4wEAAAABAA==']"),
           MIEN_EUNSUP, "Keras layer 'l' (Lambda): mien has no such layer");
    refuse(LAYER("Model", "'name': 'm', 'layers': []"), MIEN_EUNSUP, "'m'");
    refuse(LAYER("Flatten", "'name': 'in'"), MIEN_EFORMAT, "its name is taken");
    refuse(LAYER("Flatten", ""), MIEN_EFORMAT, "no class, config or name");
    refuse(LAYER("Dense", "'name': 'd', 'units': 2"), MIEN_EUNSUP,
           "(Dense): it takes pictures, wanted rows");
    refuse(LAYER("Conv2D", "'name': 'c', 'filters': 1, 'kernel_size': [3, 3], "
                           "'activation': 'gelu'"),
           MIEN_EFORMAT, "'activation' is \"gelu\", wanted one of: linear");
    refuse(LAYER("Conv2D", "'name': 'c', 'filters': 1e9, 'kernel_size': 3"),
           MIEN_EFORMAT, "'filters'");
    refuse(LAYER("Conv2D", "'name': 'c', 'filters': 1, 'kernel_size': 3, "
                           "'data_format': 'channels_first'"),
           MIEN_EUNSUP, "channels_last");
    refuse(LAYER("Conv2D", "'name': 'z', 'filters': 1, 'kernel_size': 3"),
           MIEN_EFORMAT, "there is no 'z'");
    refuse(LAYER("Conv2D", "'name': 'c', 'filters': 5, 'kernel_size': 2"),
           MIEN_EFORMAT, "does not fit 'c.weight'");
    refuse(LAYER("Conv2D", "'name': 'd', 'filters': 5, 'kernel_size': 2, "
                           "'use_bias': true"),
           MIEN_EFORMAT, "does not fit 'd.weight'");
    refuse(LAYER("Conv2D", "'name': 'c', 'filters': 60000, 'kernel_size': 3"),
           MIEN_ELIMIT, "parameters, room is left for");
    refuse(LAYER("Dense", "'name': 'd'") "," LAYER("Flatten", "'name': 'd'"),
           MIEN_EUNSUP, "'d'");
}

static void test_files_that_are_none(void)
{
    mien_net *net = NULL;
    mien_error err = {0};
    CHECK_EQ(
        mien_keras_read((const uint8_t *)"no file", 7, NULL, &net, NULL, &err),
        MIEN_EFORMAT);
    CHECK(strstr(err.text, "no HDF5 file") != NULL);
    layer_weights chunked[3];
    memcpy(chunked, weights_of_two, sizeof chunked);
    chunked[0].array[0].pieces = 1;
    mien_buffer b = model_file(two_layers, 3, chunked, 0);
    CHECK_EQ(read_file(&b, &net, &err), MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "hdf5: the header at byte"), "%s", err.text);
    b.data[8] = 99;
    CHECK_EQ(read_file(&b, &net, &err), MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "superblock version"), "%s", err.text);
    mien_buffer_free(&b);
    chunked[0].array[0].pieces = 0;
    chunked[0].array[0].dim[3] = 4; /* sizes that the graph does not have */
    b = model_file(two_layers, 3, chunked, 0);
    CHECK_EQ(read_file(&b, &net, &err), MIEN_EFORMAT);
    mien_buffer_free(&b);
}

/* A tree whose child is itself, an array of 2^62 numbers: no circle is followed
 * and nothing is sized by them. */
static void test_hostile_files(void)
{
    mien_net *net = NULL;
    mien_error err = {0};
    mien_buffer b = model_file(two_layers, 3, weights_of_two, 0);
    for (size_t i = 0; i + 40 < b.n; i++)
        if (memcmp(b.data + i, "TREE", 4) == 0) {
            b.data[i + 5] = 1; /* a level higher */
            h5_put64(&b, i + 32, i);
        }
    CHECK_EQ(read_file(&b, &net, &err), MIEN_EFORMAT);
    mien_buffer_free(&b);
    layer_weights huge[3];
    memcpy(huge, weights_of_two, sizeof huge);
    b = model_file(two_layers, 3, huge, 0);
    for (size_t i = 0; i + 40 < b.n; i++) /* the dimensions of c's kernel */
        if (memcmp(b.data + i, "\2\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\2", 17) == 0)
            h5_put64(&b, i, (uint64_t)1 << 62);
    CHECK_EQ(read_file(&b, &net, &err), MIEN_ELIMIT);
    CHECK_MSG(strstr(err.text, "as many as the file has bytes"), "%s",
              err.text);
    mien_buffer_free(&b);
}

/* An array of 24 numbers that is said to take 92 bytes. */
static void test_short_array(void)
{
    mien_net *net = NULL;
    mien_error err = {0};
    mien_buffer b = model_file(two_layers, 3, weights_of_two, 0);
    for (size_t i = 10; i + 8 < b.n; i++)
        if (memcmp(b.data + i, "\140\0\0\0\0\0\0\0", 8) == 0 &&
            b.data[i - 10] == 3 && b.data[i - 9] == 1)
            b.data[i] = 92;
    CHECK_EQ(read_file(&b, &net, &err), MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "of 96 bytes is cut short"), "%s", err.text);
    mien_net_free(net);
    mien_buffer_free(&b);
}

/* Cut anywhere, or with a byte changed: an answer or an error, no crash. */
static void test_damaged_files(void)
{
    mien_buffer b = model_file(two_layers, 3, weights_of_two, 1);
    unsigned seed = 3;
    for (size_t i = 0; i < 3 * b.n; i += (size_t)check_every()) {
        mien_net *net = NULL;
        mien_error err = {0};
        size_t at = i % b.n, n = i < b.n ? at : b.n;
        uint8_t was = b.data[at];
        if (i >= b.n)
            b.data[at] = i < 2 * b.n ? 255 : (uint8_t)check_rand(&seed);
        mien_status st = mien_keras_read(b.data, n, NULL, &net, NULL, &err);
        CHECK(st ? !net && err.text[0] : net != NULL);
        b.data[at] = was;
        mien_net_free(net);
    }
    mien_buffer_free(&b);
}

static void test_every_allocation_may_fail(void)
{
    mien_buffer b = model_file(two_layers, 3, weights_of_two, 0);
    mien_status st = MIEN_ENOMEM;
    int i = 0;
    for (; st == MIEN_ENOMEM && i < 1000; i++) {
        mien_net *net = NULL;
        mien_bytes text = {0};
        mi_alloc_fail_after(i);
        st = mien_keras_read(b.data, b.n, NULL, &net, &text, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !net && !text.data));
        mien_net_free(net);
        mien_bytes_free(&text);
    }
    CHECK_EQ(st, MIEN_OK);
    CHECK(i > 8);
    mien_buffer_free(&b);
}

/* Names and shapes that do not fit are refused; a softmax at the end goes. */
static void test_names_of_classes(void)
{
    static const char config[] =
        "{'class_name': 'Sequential', 'config': ["
        "{'class_name': 'InputLayer', 'config': {'name': 'in',"
        " 'batch_input_shape': [null, 2, 2, 3]}},"
        "{'class_name': 'GlobalAveragePooling2D', 'config': {'name': 'g'}},"
        "{'class_name': 'Activation', 'config': {'name': 's',"
        " 'activation': 'softmax'}}]}";
    mien_picture_classes how = {"class", "a,b,c", 0, 1};
    const mien_keras_options o = {1};
    mien_buffer b = model_file(config, 0, NULL, 0);
    mien_net *net = NULL;
    mien_error err = {0};
    CHECK_EQ(mien_keras_read(b.data, b.n, &o, &net, NULL, &err), MIEN_OK);
    mien_buffer_free(&b);
    if (!net)
        return;
    CHECK(net->n_layers == 2 &&
          strcmp(mien_graph_output_name(net->graph, 0), "g") == 0);
    CHECK_EQ(mien_picture_name_classes(net->graph, &how, &err), MIEN_OK);
    CHECK(mien_picture_is_model(net->graph));
    mi_alloc_fail_after(0);
    CHECK_EQ(mien_picture_name_classes(net->graph, &how, &err), MIEN_ENOMEM);
    mi_alloc_fail_after(-1);
    how.names = "a,b";
    CHECK_EQ(mien_picture_name_classes(net->graph, &how, &err), MIEN_EARG);
    CHECK(strstr(err.text, "wanted a picture and 2 classes") != NULL);
    how.names = "a,,c";
    CHECK_EQ(mien_picture_name_classes(net->graph, &how, &err), MIEN_EARG);
    mien_net_free(net);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    for (int i = 0; i < 4096; i++)
        counting[i] = (float)sin(0.37 * i);
    RUN(test_weights_and_order);
    RUN(test_text_reads_again);
    RUN(test_functional);
    RUN(test_depthwise_and_zeros);
    RUN(test_keras_1);
    RUN(test_layers_that_are_not_read);
    RUN(test_files_that_are_none);
    RUN(test_hostile_files);
    RUN(test_short_array);
    RUN(test_damaged_files);
    RUN(test_every_allocation_may_fail);
    RUN(test_names_of_classes);
    return check_done();
}
