/* The classes of COCO, and boxes of a network that always gives the same ones,
 * as coco-ssd's program would choose among them. */
#include "mien/file.h"
#include "mien/objects.h"
#include "mien/text.h"

#include "base/alloc.h"
#include "check.h"
#include "graph/graph.h"
#include "graph/op_attr.h"

enum { SIDE = 8, BOXES = 8, IDS = MIEN_COCO_IDS };

/* ---- a network ----------------------------------------------------------- */

typedef struct given {
    float box[4]; /* top, left, bottom, right */
    int id;
    float score;
} given;

enum { PERSON = 1, BICYCLE = 2, DOG = 18, NEVER_USED = 12, TOOTHBRUSH = 90 };

static const given usual[BOXES] = {
    {{0.1F, 0.1F, 0.5F, 0.5F}, PERSON, 0.9F},
    {{0.1F, 0.1F, 0.5F, 0.48F}, PERSON, 0.8F},  /* the same one */
    {{0.12F, 0.1F, 0.5F, 0.5F}, BICYCLE, 0.7F}, /* at the same place */
    {{0.6F, 0.6F, 0.9F, 0.9F}, DOG, 0.95F},     /* elsewhere */
    {{0.6F, 0.1F, 0.9F, 0.3F}, TOOTHBRUSH, 0.6F},
    {{0.6F, 0.1F, 0.9F, 0.29F}, NEVER_USED, 0.65F}, /* hides the one before */
    {{0.0F, 0.8F, 0.2F, 1.0F}, DOG, 0.5F},          /* not above one half */
    {{0.0F, 0.8F, 0.1F, 0.9F}, PERSON, 0.55F},
};

/* Pixels -> 0, so that results depend on them in form only. */
static mi_node *nothing_of(mien_graph *g, int rank)
{
    static const float none[3];
    const int64_t flat[2] = {1, 3}, ones[4] = {1, 1, 1, 1};
    mien_shape in = {4, {1, 3, SIDE, SIDE}}, w = {2, {3, 1}};
    mi_node *x = mi_graph_find(g, "pixels");
    if (!x)
        x = mi_graph_input(g, "pixels", in);
    x = mi_graph_node(g, &mi_op_global_average_pool, &x, 1, NULL, NULL);
    mi_node *a[] = {x, mi_graph_constant(g, NULL, MI_I64, (mien_shape){1, {2}},
                                         flat, MI_COPY)};
    x = mi_graph_node(g, &mi_op_reshape, a, 2, NULL, NULL);
    mi_node *b[] = {x, mi_graph_constant(g, NULL, MI_F32, w, none, MI_COPY)};
    x = mi_graph_node(g, &mi_op_matmul, b, 2, NULL, NULL);
    mi_node *c[] = {x,
                    mi_graph_constant(g, NULL, MI_I64, (mien_shape){1, {rank}},
                                      ones, MI_COPY)};
    return mi_graph_node(g, &mi_op_reshape, c, 2, NULL, NULL);
}

static void add_output(mien_graph *g, const char *name, mien_shape shape,
                       const float *v)
{
    mi_node *in[] = {nothing_of(g, shape.rank),
                     mi_graph_constant(g, NULL, MI_F32, shape, v, MI_COPY)};
    mi_graph_output(g, mi_graph_node(g, &mi_op_add, in, 2, NULL, name), NULL);
}

/* ids: how many scores a box has; n: of how many boxes. */
static mien_graph *network(const given *all, int n, int ids)
{
    static float box[BOXES * 4], score[BOXES * 100];
    mien_graph *g = NULL;
    memset(score, 0, sizeof score);
    for (int i = 0; i < BOXES; i++) {
        memcpy(box + i * 4, all[i].box, sizeof all[i].box);
        score[i * ids + 0] = 0.01F;
        score[i * ids + all[i].id - 1] = all[i].score;
    }
    if (mi_graph_new(&g, NULL) != MIEN_OK)
        return NULL;
    add_output(g, "boxes", (mien_shape){4, {1, BOXES, 1, 4}}, box);
    add_output(g, "scores", (mien_shape){3, {1, n, ids}}, score);
    return g;
}

/* A photo twice as wide as high. */
static mien_image make_photo(void)
{
    mien_image photo;
    CHECK(mien_image_new(200, 100, &photo, NULL) == MIEN_OK);
    memset(photo.data, 90, (size_t)photo.stride * 100);
    return photo;
}

/* What is found with these options, as "person dog". */
static void expect(const mien_object_options *o, const char *want)
{
    mien_graph *g = network(usual, BOXES, IDS);
    mien_object_detector *d = NULL;
    mien_objects found = {0, NULL};
    mien_image photo = make_photo();
    mien_error err = {0};
    mien_buffer text = {0};
    mien_status st = mien_object_detector_new(g, o, &d, &err);
    if (st == MIEN_OK)
        st = mien_object_detector_run(d, &photo, &found, &err);
    CHECK_MSG(st == MIEN_OK, "%s", err.text);
    for (int i = 0; i < found.n; i++) {
        mien_buffer_printf(&text, "%s%s", i ? " " : "",
                           found.object[i].what->name);
        CHECK(i == 0 || found.object[i].score <= found.object[i - 1].score);
    }
    mien_buffer_put(&text, "", 1);
    CHECK_MSG(strcmp((char *)text.data, want) == 0, "found '%s', want '%s'",
              (char *)text.data, want);
    mien_buffer_free(&text);
    mien_objects_free(&found);
    mien_object_detector_free(d);
    mien_graph_free(g);
    mien_image_free(&photo);
}

/* ---- tests --------------------------------------------------------------- */

static void test_both_numberings(void)
{
    int last = 0;
    for (int i = 0; i < MIEN_COCO_CLASSES; i++) {
        const mien_coco_class *c = mien_coco_at(i);
        CHECK(c && c->index == i && c->id > last && c->id <= MIEN_COCO_IDS);
        CHECK(mien_coco_of(c->id) == c && mien_coco_find(c->name) == c);
        last = c->id;
    }
    CHECK_EQ(last, 90);
    CHECK(strcmp(mien_coco_of(18)->name, "dog") == 0);
    CHECK_EQ(mien_coco_of(18)->index, 16);
    CHECK(strcmp(mien_coco_of(77)->name, "cell phone") == 0);
    CHECK(mien_coco_find("Traffic Light") == mien_coco_of(10));
    static const int never[] = {0,  12, 26, 29, 30, 45, 66,
                                68, 69, 71, 83, 91, -1};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        CHECK(!mien_coco_of(never[i]));
    CHECK(!mien_coco_at(-1) && !mien_coco_at(80) && !mien_coco_find("dogs"));
}

static void test_what_is_chosen(void)
{
    mien_object_options o = MIEN_OBJECT_DEFAULTS;
    expect(NULL, "dog person person");
    o.by_class = 1;
    expect(&o, "dog person bicycle toothbrush person");
    o.max_objects = 3;
    expect(&o, "dog person bicycle");
    o.max_objects = 0;
    o.classes = "bicycle, DOG";
    expect(&o, "dog bicycle");
    o.min_score = 0.75F;
    expect(&o, "dog");
    o = (mien_object_options)MIEN_OBJECT_DEFAULTS;
    o.min_score = 0.4F;
    expect(&o, "dog person person dog");
    o.max_overlap = 0.96F; /* only the dog's box is far enough from no other */
    expect(&o, "dog person person bicycle toothbrush person dog");
    o.classes = "person";
    o.max_objects = 2; /* the surest two of those that are told */
    expect(&o, "person person");
}

static void test_boxes_are_in_pixels(void)
{
    mien_graph *g = network(usual, BOXES, IDS);
    mien_object_detector *d = NULL;
    mien_objects found = {0, NULL};
    mien_image photo = make_photo();
    int n;
    const float *scores, *boxes;
    CHECK(mien_object_detector_new(g, NULL, &d, NULL) == MIEN_OK);
    CHECK(mien_object_detector_seconds(d) == 0);
    CHECK(mien_object_detector_run(d, &photo, &found, NULL) == MIEN_OK);
    CHECK(mien_object_detector_seconds(d) > 0);
    CHECK(found.n == 3);
    mien_box b = found.object[1].box;
    CHECK_NEAR(b.x, 20, 1e-4);
    CHECK_NEAR(b.y, 10, 1e-4);
    CHECK_NEAR(b.width, 80, 1e-4);
    CHECK_NEAR(b.height, 40, 1e-4);
    mien_objects_scale(&found, 2, 0.5F);
    CHECK_NEAR(found.object[1].box.width, 160, 1e-4);
    CHECK_NEAR(found.object[1].box.y, 5, 1e-4);
    mien_object_detector_raw(d, &n, &scores, &boxes);
    CHECK(n == BOXES && scores[3 * IDS + DOG - 1] == 0.95F);
    CHECK(boxes[4 * 3 + 1] == 0.6F);
    mien_objects_free(&found);
    CHECK(!found.object && found.n == 0);
    mien_objects_free(NULL);
    mien_object_detector_free(d);
    mien_object_detector_free(NULL);
    mien_graph_free(g);
    mien_image_free(&photo);
}

static void refuse(mien_object_options o, const given *all, int n, int ids,
                   const char *words)
{
    mien_graph *g = network(all, n, ids);
    mien_object_detector *d = NULL;
    mien_error err = {0};
    CHECK(mien_object_detector_new(g, &o, &d, &err) != MIEN_OK && !d);
    CHECK_MSG(strstr(err.text, words) != NULL, "'%s' is not in '%s'", words,
              err.text);
    mien_graph_free(g);
}

static void test_mistakes(void)
{
    const mien_object_options fine = MIEN_OBJECT_DEFAULTS;
    mien_object_options o = fine;
    o.min_score = 1;
    refuse(o, usual, BOXES, IDS, "smallest score 1");
    o = fine;
    o.max_overlap = NAN;
    refuse(o, usual, BOXES, IDS, "largest overlap nan");
    o = fine;
    o.max_objects = -1;
    refuse(o, usual, BOXES, IDS, "at most -1");
    o = fine;
    o.classes = "dog,cart";
    refuse(o, usual, BOXES, IDS, "found 'cart', wanted names of classes");
    o.classes = "";
    refuse(o, usual, BOXES, IDS, "found ''");
    o.classes = "a name that is longer than any class of COCO is";
    refuse(o, usual, BOXES, IDS, "found 'a name that is longer");
    refuse(fine, usual, BOXES - 1, IDS, "gives 8 boxes and 7 scores");
    refuse(fine, usual, BOXES, IDS + 1, "'scores' as [1, 8, 91]");
}

/* A file of the name that is another network. */
static mien_status look_up(void *arg, const mien_model_entry *entry,
                           mien_model_file *out, mien_error *err)
{
    (void)err;
    const mien_graph *g = arg;
    CHECK(strcmp(entry->name, "ssdlite_mobilenet_v2") == 0);
    snprintf(out->place, sizeof out->place, "shelf/it.onnx");
    return mien_onnx_write(g, &out->bytes, err);
}

static void test_found_networks(void)
{
    mien_graph *g = network(usual, BOXES, IDS);
    mien_object_detector *d = NULL;
    mien_error err = {0};
    CHECK(mien_object_detector_find(NULL, NULL, NULL, &d, &err) == MIEN_EIO);
    CHECK(mien_object_detector_find(NULL, look_up, g, &d, &err) == MIEN_OK);
    mien_object_detector_free(d);
    mien_graph_free(g);
    d = NULL;
    CHECK(mi_graph_new(&g, NULL) == MIEN_OK);
    add_output(g, "age", (mien_shape){1, {1}}, usual[0].box);
    CHECK(mien_object_detector_find(NULL, look_up, g, &d, &err) ==
          MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "shelf/it.onnx: the objects model has no output "
                               "'boxes'") != NULL,
              "%s", err.text);
    mien_graph_free(g);
}

static void test_no_memory(void)
{
    mien_graph *g = network(usual, BOXES, IDS);
    mien_image photo = make_photo();
    mien_status st = MIEN_ENOMEM;
    long n = 0;
    for (; st == MIEN_ENOMEM && n < 2000; n++) {
        mien_object_detector *d = NULL;
        mien_objects found = {0, NULL};
        mi_alloc_fail_after(n);
        st = mien_object_detector_find(NULL, look_up, g, &d, NULL);
        if (st == MIEN_OK)
            st = mien_object_detector_run(d, &photo, &found, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !found.object));
        mien_objects_free(&found);
        mien_object_detector_free(d);
    }
    CHECK(st == MIEN_OK && n > 10);
    mien_graph_free(g);
    mien_image_free(&photo);
}

/* Three people in a photo by the network that is installed, as the native build
 * finds them, which test_objects_golden holds to coco-ssd; 0: the network or
 * the photo is not there. */
static int test_three_people(void)
{
    static const float want[3][5] = {{175.2F, 75.1F, 138.1F, 243.4F, 0.837F},
                                     {302.9F, 38.9F, 160.0F, 280.0F, 0.779F},
                                     {33.5F, 57.4F, 159.8F, 261.4F, 0.722F}};
    const char *folder = getenv("MIEN_MODELS"), *path = getenv("MIEN_PPM");
    char model[1024];
    mien_bytes ppm = {0}, onnx = {0};
    mien_image photo = {0};
    mien_graph *g = NULL;
    mien_object_detector *d = NULL;
    mien_objects found = {0, NULL};
    mien_error err = {0};
    snprintf(model, sizeof model, "%s/ssdlite_mobilenet_v2.onnx",
             folder ? folder : ".");
    int there = path && mien_file_load(path, 0, &ppm, NULL) == MIEN_OK &&
                mien_file_load(model, 0, &onnx, NULL) == MIEN_OK;
    mien_status st = MIEN_OK;
    if (there) {
        st = mien_pnm_read(ppm.data, ppm.n, &photo, &err);
        if (st == MIEN_OK)
            st = mien_onnx_read_borrowed(onnx.data, onnx.n, &g, &err);
        if (st == MIEN_OK)
            st = mien_object_detector_new(g, NULL, &d, &err);
        if (st == MIEN_OK)
            st = mien_object_detector_run(d, &photo, &found, &err);
        CHECK_MSG(st == MIEN_OK && found.n == 3, "%d found: %s", found.n,
                  err.text);
    }
    for (int i = 0; i < found.n && i < 3; i++) {
        const mien_object *o = &found.object[i];
        CHECK_EQ(o->what->id, PERSON);
        CHECK_NEAR(o->box.x, want[i][0], 0.5);
        CHECK_NEAR(o->box.y, want[i][1], 0.5);
        CHECK_NEAR(o->box.width, want[i][2], 0.5);
        CHECK_NEAR(o->box.height, want[i][3], 0.5);
        CHECK_NEAR(o->score, want[i][4], 0.02);
    }
    mien_objects_free(&found);
    mien_object_detector_free(d);
    mien_graph_free(g);
    mien_image_free(&photo);
    mien_bytes_free(&ppm);
    mien_bytes_free(&onnx);
    return there;
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_both_numberings);
    RUN(test_what_is_chosen);
    RUN(test_boxes_are_in_pixels);
    RUN(test_mistakes);
    RUN(test_found_networks);
    RUN(test_no_memory);
    if (!test_three_people())
        printf("SKIP the network or the photo is not there\n");
    return check_done();
}
