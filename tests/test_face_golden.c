/* Faces of 26 photos as face-api.js 1.7.15 reads them: the same number of
 * faces, the same boxes, points, attributes and descriptors, within the bounds
 * below.  Prints the worst deviation of each.  The photos that come with the
 * peer itself are looked for in the folder MIEN_PHOTOS. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "check.h"
#include "face.h"

#include <jansson.h>

/* X(name, bound) */
#define QUANTITIES(X)       \
    X(box_pixels, 0.5)      \
    X(score, 2e-3)          \
    X(aligned_pixels, 0.5)  \
    X(landmark_pixels, 0.5) \
    X(expression, 0.01)     \
    X(age_years, 0.1)       \
    X(gender, 0.01)         \
    X(descriptor, 0.01)

enum {
#define X(name, bound) Q_##name,
    QUANTITIES(X)
#undef X
        Q_COUNT
};
static const struct {
    const char *name;
    double bound;
} quantity[] = {
#define X(name, bound) {#name, bound},
    QUANTITIES(X)
#undef X
};

static struct {
    double by;
    char where[96];
} worst[Q_COUNT];
static int n_faces, n_photos;

static void deviate(int q, double by, const char *where)
{
    CHECK_MSG(by <= quantity[q].bound, "%s: %s off by %g, at most %g", where,
              quantity[q].name, by, quantity[q].bound);
    if (by > worst[q].by || !(by == by)) {
        worst[q].by = by;
        snprintf(worst[q].where, sizeof worst[q].where, "%s", where);
    }
}

static double number(const json_t *array, size_t i)
{
    return json_number_value(json_array_get(array, i));
}

static double away(double a, double b) { return fabs(a - b); }

static double box_off(const json_t *want, mien_box b)
{
    const float have[4] = {b.x, b.y, b.width, b.height};
    double most = 0;
    for (size_t i = 0; i < 4; i++)
        most = fmax(most, away((double)have[i], number(want, i)));
    return most;
}

static void compare_points(const json_t *want, const mien_face *f,
                           const char *where)
{
    double most = 0;
    for (size_t i = 0; i < 68; i++) {
        const json_t *p = json_array_get(want, i);
        most = fmax(most, away((double)f->landmarks[i].x, number(p, 0)));
        most = fmax(most, away((double)f->landmarks[i].y, number(p, 1)));
    }
    deviate(Q_landmark_pixels, most, where);
}

static void compare_face(const json_t *want, const mien_face *f,
                         const char *where)
{
    n_faces++;
    deviate(Q_box_pixels, box_off(json_object_get(want, "box"), f->box), where);
    deviate(Q_score,
            away(json_number_value(json_object_get(want, "score")),
                 (double)f->score),
            where);
    if (!f->has)
        return;
    deviate(Q_aligned_pixels,
            box_off(json_object_get(want, "alignedBox"), f->aligned), where);
    compare_points(json_object_get(want, "landmarks"), f, where);
    const json_t *e = json_object_get(want, "expressions");
    static const char *const name[7] = {
#define X(i, name) [i] = #name,
        MIEN_EXPRESSION_LIST(X)
#undef X
    };
    for (int i = 0; i < 7; i++)
        deviate(Q_expression,
                away(json_number_value(json_object_get(e, name[i])),
                     (double)f->expression[i]),
                where);
    deviate(
        Q_age_years,
        away(json_number_value(json_object_get(want, "age")), (double)f->age),
        where);
    double p = json_number_value(json_object_get(want, "genderProbability"));
    const char *g = json_string_value(json_object_get(want, "gender"));
    if (strcmp(g, "male") != 0)
        p = 1 - p;
    deviate(Q_gender, away(p, (double)f->male), where);
    const json_t *d = json_object_get(want, "descriptor");
    double sum = 0;
    for (size_t i = 0; i < 128; i++)
        sum += pow(number(d, i) - (double)f->descriptor[i], 2);
    deviate(Q_descriptor, sqrt(sum), where);
}

/* The face whose box is nearest to the wanted one. */
static const mien_face *nearest(const mien_faces *faces, const json_t *want)
{
    const mien_face *best = &faces->face[0];
    const json_t *box = json_object_get(want, "box");
    for (int i = 1; i < faces->n; i++)
        if (box_off(box, faces->face[i].box) < box_off(box, best->box))
            best = &faces->face[i];
    return best;
}

static void compare(mien_analyzer *a, const mien_image *photo,
                    const json_t *want, const char *where)
{
    mien_faces faces = {0};
    mien_error err = {0};
    mien_status st = mien_analyzer_run(a, photo, &faces, &err);
    CHECK_MSG(st == MIEN_OK, "%s: %s", where, err.text);
    CHECK_MSG(faces.n == (int)json_array_size(want), "%s: %d faces, want %d",
              where, faces.n, (int)json_array_size(want));
    for (size_t i = 0; faces.n && i < json_array_size(want); i++) {
        const json_t *w = json_array_get(want, i);
        compare_face(w, nearest(&faces, w), where);
    }
    mien_faces_free(&faces);
}

/* One way to read a photo that the file has answers for. */
typedef struct {
    const char *key;
    mien_detector detector;
    int size;
    const char *landmarks; /* NULL: boxes only */
} way;
static const way ways[] = {
    {"ssd", MIEN_DETECTOR_SSD, 0, NULL},
    {"tiny160", MIEN_DETECTOR_TINY, 160, NULL},
    {"tiny416", MIEN_DETECTOR_TINY, 416, NULL},
    {"tiny512", MIEN_DETECTOR_TINY, 512, NULL},
    {"ssd+68", MIEN_DETECTOR_SSD, 0, "face_landmark_68"},
    {"tiny512+68tiny", MIEN_DETECTOR_TINY, 512, "face_landmark_68_tiny"},
};
enum { WAYS = sizeof ways / sizeof *ways };

static const char *const folders[] = {
    "data/wider/images",
    "data/dlib_faces/examples/faces",
    "data/face_recognition/examples",
    "data/bnk48/src/img",
    "data/bnk48/src",
    "data/bristol/images",
};

/* A photo by the name it has among the answers, without its ending. */
static int find_photo(const char *name, mien_image *out)
{
    char folder[512], file[256];
    static const char *const endings[] = {"jpg", "png"};
    for (size_t e = 0; e < 2; e++) {
        snprintf(file, sizeof file, "%s.%s", name, endings[e]);
        for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
            snprintf(folder, sizeof folder, "%s/%s", face_shared(), folders[i]);
            if (face_photo_load(folder, file, out))
                return 1;
        }
        if (face_photo_load(face_folder("MIEN_PHOTOS",
                                        "bench/peers/node_modules/"
                                        "@vladmandic/face-api/demo"),
                            file, out))
            return 1;
    }
    snprintf(folder, sizeof folder, "%s/..", face_models());
    return strcmp(name, "sample1") == 0 &&
           face_photo_load(folder, "sample.jpg", out);
}

static mien_analyzer *analyzer_for(const way *w, face_model *m, mien_pool *pool)
{
    static const char *const names[] = {"tiny_face_detector", "ssd_mobilenetv1",
                                        "face_recognition", "face_expression",
                                        "age_gender"};
    for (int i = 0; i < 5; i++)
        m[i] = face_model_load(face_models(), names[i]);
    if (w->landmarks)
        m[5] = face_model_load(face_models(), w->landmarks);
    mien_face_models models = {m[w->detector == MIEN_DETECTOR_SSD].graph,
                               m[5].graph, m[2].graph, m[3].graph, m[4].graph};
    mien_face_options o = MIEN_FACE_DEFAULTS;
    o.detector = w->detector;
    o.input_size = w->size;
    o.pool = pool;
    if (w->landmarks)
        o.want = MIEN_FACE_LANDMARKS | MIEN_FACE_DESCRIPTOR |
                 MIEN_FACE_EXPRESSION | MIEN_FACE_AGE | MIEN_FACE_GENDER;
    mien_analyzer *a = NULL;
    mien_error err = {0};
    if (mien_analyzer_new(&models, &o, &a, &err) != MIEN_OK)
        fprintf(stderr, "%s: %s\n", w->key, err.text);
    return a;
}

static void compare_all(json_t *answers, mien_pool *pool)
{
    mien_analyzer *analyzer[WAYS];
    face_model model[WAYS][6] = {{{{0}, NULL}}};
    for (int i = 0; i < WAYS; i++) {
        analyzer[i] = analyzer_for(&ways[i], model[i], pool);
        CHECK(analyzer[i]);
    }
    const char *name;
    json_t *image;
    int n = 0;
    json_object_foreach(answers, name, image)
    {
        mien_image photo = {0};
        if (n++ % check_every())
            continue;
        if (!find_photo(name, &photo)) {
            printf("%s is not here\n", name);
            continue;
        }
        n_photos++;
        CHECK_EQ(photo.w, json_integer_value(json_object_get(image, "width")));
        CHECK_EQ(photo.h, json_integer_value(json_object_get(image, "height")));
        for (int i = 0; i < WAYS; i++) {
            char where[96];
            snprintf(where, sizeof where, "%s %s", name, ways[i].key);
            if (analyzer[i])
                compare(analyzer[i], &photo,
                        json_object_get(image, ways[i].key), where);
        }
        mien_image_free(&photo);
    }
    for (int i = 0; i < WAYS; i++) {
        mien_analyzer_free(analyzer[i]);
        for (int k = 0; k < 6; k++)
            face_model_done(&model[i][k]);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    char path[1024];
    snprintf(path, sizeof path, "%s/goldens/faceapi/faces.json", face_shared());
    json_t *answers = json_load_file(path, 0, NULL);
    if (!answers)
        CHECK_SKIP("no %s", path);
    face_model any = face_model_load(face_models(), "face_recognition");
    int there = any.graph != NULL;
    face_model_done(&any);
    if (!there) {
        json_decref(answers);
        CHECK_SKIP("no models in %s: make models", face_models());
    }
    mien_pool *pool = NULL;
    CHECK(mien_pool_new(2, &pool, NULL) == MIEN_OK);
    compare_all(answers, pool);
    mien_pool_free(pool);
    json_decref(answers);
    printf("%d photos, %d faces\n", n_photos, n_faces);
    for (int q = 0; q < Q_COUNT; q++)
        printf("%-16s worst %.3g of %g: %s\n", quantity[q].name, worst[q].by,
               quantity[q].bound, worst[q].where);
    return check_done();
}
