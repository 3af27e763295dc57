/* Records for TensorBoard, read back: framing, the network, losses, pictures.
 */
#include "base/alloc.h"
#include "mien/train_events.h"
#include "tests/events_read.h"
#include "tests/train_make.h"

static float x[MAKE_ROWS * MAKE_IN], y[MAKE_ROWS * 2];

/* A node of the graph of that name. */
static proto_field node_of(proto_field graph, const char *name)
{
    for (int i = 0;; i++) {
        proto_field node = proto_in(graph, 1, i);
        if (!node.n || proto_is(proto_in(node, 1, 0), name))
            return node;
    }
}

/* Size d of a node's shape. */
static int64_t size_of(proto_field node, int d)
{
    proto_field entry = proto_in(node, 5, 0);
    CHECK(proto_is(proto_in(entry, 1, 0), "_output_shapes"));
    proto_field list = proto_in(proto_in(entry, 2, 0), 1, 0);
    return (int64_t)proto_in(proto_in(proto_in(list, 7, 0), 2, d), 1, 0).value;
}

static void test_the_network(void)
{
    mien_graph *g = make_network(1);
    mien_bytes b = {0};
    int nodes = 0;
    CHECK_EQ(mien_events_graph(g, 12.5, &b, NULL), MIEN_OK);
    proto_field event = events_at(b.data, b.n, 0);
    CHECK(event.n && !events_at(b.data, b.n, 1).n);
    CHECK(proto_in(event, 1, 0).value == 0x4029000000000000u);
    proto_field graph = proto_in(event, 4, 0);
    while (proto_in(graph, 1, nodes).n)
        nodes++;
    CHECK_EQ(nodes, mi_graph_size(g));
    CHECK(proto_in(proto_in(graph, 4, 0), 1, 0).value > 0);
    proto_field in = node_of(graph, "x"), w = node_of(graph, "hidden.weight"),
                hidden = node_of(graph, "hidden"), out = node_of(graph, "out");
    CHECK(proto_is(proto_in(in, 2, 0), "Placeholder"));
    CHECK(size_of(in, 0) == -1 && size_of(in, 1) == MAKE_IN);
    CHECK(proto_is(proto_in(w, 2, 0), "Parameter") && !proto_in(w, 3, 0).n);
    CHECK(size_of(w, 0) == 12 && size_of(w, 1) == MAKE_IN);
    CHECK(proto_is(proto_in(hidden, 2, 0), "Relu"));
    CHECK(proto_is(proto_in(out, 2, 0), "Gemm"));
    CHECK(size_of(out, 0) == 1 && size_of(out, 1) == 2);
    CHECK(proto_is(proto_in(out, 3, 1), "out.weight"));
    CHECK(proto_is(proto_in(out, 3, 2), "out.bias") && !proto_in(out, 3, 3).n);
    /* what each node reads is there, before it */
    for (int i = 0; i < nodes; i++) {
        proto_field node = proto_in(graph, 1, i), from;
        for (int k = 0; (from = proto_in(node, 3, k)).n; k++) {
            char name[256] = {0};
            memcpy(name, from.bytes, from.n);
            CHECK(node_of(graph, name).bytes < node.bytes);
        }
    }
    mien_bytes_free(&b);
    mien_graph_free(g);
}

/* The float of a scalar's value. */
static double scalar(proto_field value)
{
    uint32_t bits = (uint32_t)proto_in(value, 2, 0).value;
    float v;
    memcpy(&v, &bits, sizeof v);
    return (double)v;
}

static void test_an_epoch(void)
{
    mien_graph *g = make_network(0);
    mien_trainer_options o = make_options();
    mien_trainer *t = make_trainer(g, &o);
    mien_bytes b = {0};
    proto_field event;
    const mien_epoch e = {.epoch = 300,
                          .train = {.total = 0.5},
                          .valid = {.total = 0.25},
                          .rate = 0.125f};
    CHECK(mien_trainer_graph(t) == g);
    CHECK_EQ(mien_events_epoch(t, &e, 1, &b, NULL), MIEN_OK);
    CHECK(scalar(events_tag(b.data, b.n, "loss/train", 0, &event)) == 0.5);
    CHECK(proto_in(event, 2, 0).value == 300);
    CHECK(scalar(events_tag(b.data, b.n, "loss/validation", 0, &event)) ==
          0.25);
    CHECK(scalar(events_tag(b.data, b.n, "learning_rate", 0, &event)) == 0.125);
    proto_field h =
        proto_in(events_tag(b.data, b.n, "hidden.weight", 0, &event), 5, 0);
    double count = 0, number;
    for (int i = 0; i < 30; i++) {
        memcpy(&number, proto_in(h, 7, 0).bytes + 8 * i, 8);
        count += number;
    }
    CHECK(count == 12 * MAKE_IN);
    mien_bytes_free(&b);
    mien_trainer_free(t);
    mien_graph_free(g);
}

static void test_a_picture(void)
{
    static uint8_t file[300];
    const mien_events_picture p = {"samples", 4, 640, 20, file, sizeof file};
    mien_bytes b = {0};
    proto_field event;
    for (size_t i = 0; i < sizeof file; i++)
        file[i] = (uint8_t)(i * 7);
    CHECK_EQ(mien_events_put_picture(&p, 3, &b, NULL), MIEN_OK);
    proto_field image =
        proto_in(events_tag(b.data, b.n, "samples", 0, &event), 4, 0);
    CHECK(proto_in(event, 2, 0).value == 4);
    CHECK(proto_in(image, 1, 0).value == 20);
    CHECK(proto_in(image, 2, 0).value == 640);
    CHECK(proto_in(image, 3, 0).value == 3);
    proto_field bytes = proto_in(image, 4, 0);
    CHECK(bytes.n == sizeof file && memcmp(bytes.bytes, file, bytes.n) == 0);
    mien_bytes_free(&b);
    CHECK_EQ(mien_events_begin(3, &b, NULL), MIEN_OK);
    CHECK(proto_is(proto_in(events_at(b.data, b.n, 0), 3, 0), "brain.Event:2"));
    mien_bytes_free(&b);
}

static void test_failing_memory_is_reported(void)
{
    mien_graph *g = make_network(1);
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 1000; n++) {
        const mien_events_picture p = {
            "samples", 4, 1, 1, (const uint8_t *)"abc", 3};
        mien_bytes b = {0}, a = {0};
        mi_alloc_fail_after(n);
        st = mien_events_graph(g, 1, &b, NULL);
        if (!st)
            st = mien_events_put_picture(&p, 1, &a, NULL);
        mi_alloc_fail_after(-1);
        mien_bytes_free(&a);
        mien_bytes_free(&b);
    }
    CHECK(st == MIEN_OK && n > 20);
    mien_graph_free(g);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    make_rows(x, y, MAKE_ROWS);
    RUN(test_the_network);
    RUN(test_an_epoch);
    RUN(test_a_picture);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
