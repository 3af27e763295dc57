/* landmarks.c: how far five points of a face lie from where people put them,
 * by each way of finding them.
 *
 *   landmarks [--list LIST] [--plain] [MODEL.onnx ...]
 *
 * LIST is in the form of MTFL, its pictures beside it; default
 * $MIEN_SHARED/data/mtfl/testing.txt.  The ways are models of points that were
 * trained with mien, asked about a picture and its mirror (--plain: about the
 * picture alone); YuNet's own points; and five of the 68 points of face-api's
 * network: middles of the eyes, tip of the nose, corners of the mouth.
 *
 * All look at the same face, the largest that YuNet finds; where it finds none,
 * at the whole picture, and YuNet's own points are then taken to lie in its
 * middle.  Errors are in % of the distance between the eyes and of the root of
 * the area of YuNet's box; a face has failed above 10 % of the former. */
#include "bench/models.h"

#include <math.h>

enum { POINTS = 5, WAYS = 8, POSES = 5 };

/* A way of finding points, and what it found. */
typedef struct way {
    const char *name;
    mien_picture_model *model; /* or NULL */
    int answer;
    int of_68;    /* 1: five of 68 points; else YuNet's, without a model */
    float *found; /* [n, POINTS, 2] */
} way;

typedef struct run {
    mien_labels labels;
    const char *folder;
    mien_analyzer *faces;
    float *truth; /* [n, POINTS, 2] */
    float *box;   /* [n, 2] */
    int *pose;    /* [n] */
    int64_t missed;
    int mirror, ways;
    way way[WAYS];
} run;

static void *must_have(size_t n, size_t size)
{
    void *p = calloc(n + 1, size);
    if (!p) {
        fprintf(stderr, "no memory\n");
        exit(1);
    }
    return p;
}

/* ---- finding ------------------------------------------------------------- */

static void put(float *to, int i, mien_point p)
{
    to[2 * i] = p.x;
    to[2 * i + 1] = p.y;
}

static mien_point middle(const mien_point *p, int n)
{
    mien_point sum = {0, 0};
    for (int i = 0; i < n; i++)
        sum =
            (mien_point){sum.x + p[i].x / (float)n, sum.y + p[i].y / (float)n};
    return sum;
}

/* Five of 68 points: iBUG's order, the eye on the left of the picture first. */
static void five_of(const mien_point *p, float *to)
{
    put(to, 0, middle(p + 36, 6));
    put(to, 1, middle(p + 42, 6));
    put(to, 2, p[30]);
    put(to, 3, p[48]);
    put(to, 4, p[54]);
}

static void ask(const way *w, const mien_image *photo, const mien_box *box,
                int mirror, float *to)
{
    const mien_picture_ask_options o = {.mirror = mirror};
    mien_picture_replies r = {0};
    mien_error err = {0};
    bench_must(mien_picture_model_ask(w->model, photo, 1, box, &o, &r, &err),
               &err);
    memcpy(to, r.value[w->answer], 2 * POINTS * sizeof *to);
    mien_picture_replies_free(&r);
}

/* The face that all ways look at. */
static mien_face face_of(run *r, const mien_image *photo)
{
    mien_faces found = {0};
    mien_face f = {.n_keypoints = 0};
    mien_error err = {0};
    bench_must(mien_analyzer_run(r->faces, photo, &found, &err), &err);
    const mien_face *largest = mien_faces_largest(&found, 0);
    if (largest) {
        f = *largest;
    } else {
        const mien_box whole = {0, 0, (float)photo->w, (float)photo->h};
        r->missed++;
        bench_must(mien_analyzer_read(r->faces, photo, whole, &f, &err), &err);
        for (int i = 0; i < POINTS; i++)
            f.keypoints[i] = (mien_point){whole.width / 2, whole.height / 2};
    }
    mien_faces_free(&found);
    return f;
}

/* Find the points of picture i in each way. */
static void find(run *r, int64_t i)
{
    const mien_labels *l = &r->labels;
    mien_image photo = {0};
    mien_error err = {0};
    bench_must(mien_folder_image(&r->folder, l->name[i], &photo, &err), &err);
    mien_face f = face_of(r, &photo);
    r->box[2 * i] = f.box.width;
    r->box[2 * i + 1] = f.box.height;
    for (int p = 0; p < POINTS; p++)
        put(r->truth + 2 * POINTS * i, p, l->point[i * POINTS + p]);
    for (int w = 0; w < r->ways; w++) {
        float *to = r->way[w].found + 2 * POINTS * i;
        if (r->way[w].model)
            ask(&r->way[w], &photo, &f.box, r->mirror, to);
        else if (r->way[w].of_68)
            five_of(f.landmarks, to);
        else
            for (int p = 0; p < POINTS; p++)
                put(to, p, f.keypoints[p]);
    }
    mien_image_free(&photo);
}

/* ---- printing ------------------------------------------------------------ */

static void print_way(const run *r, const way *w)
{
    int64_t n = r->labels.n;
    const mien_faces_scored f = {n, POINTS, w->found, r->truth, r->box, 0, 1};
    mien_point_error *e = must_have((size_t)n, sizeof *e);
    mien_error err = {0};
    bench_must(mien_point_errors_of(&f, e, &err), &err);
    mien_point_summary s = mien_point_summary_of(n, e, NULL, 0, .1);
    printf("%-28s %6.2f %6.2f %7.2f ", w->name, 100 * s.eyes, 100 * s.box,
           100 * s.failures);
    for (int p = 0; p < POSES; p++) {
        s = mien_point_summary_of(n, e, r->pose, p, .1);
        printf("  %6.2f %6.2f", 100 * s.eyes, 100 * s.box);
    }
    printf("\n");
    free(e);
}

static void print_head(const run *r, int pose)
{
    const mien_label_task *t = &r->labels.task[pose];
    printf("%lld faces, %lld of them missed by the detector\n\n",
           (long long)r->labels.n, (long long)r->missed);
    printf("%-28s %6s %6s %7s ", "", "all", "", "failed");
    for (int p = 0; p < POSES; p++)
        printf("  %13s", t->class_name[p]);
    printf("\n%-28s %6s %6s %7s ", "NME %", "eyes", "box", "%");
    for (int p = 0; p < POSES; p++)
        printf("  %6s %6s", "eyes", "box");
    printf("\n");
}

/* ---- all ----------------------------------------------------------------- */

static void open_model(way *w, const char *path)
{
    mien_bytes file = {0};
    mien_error err = {0};
    const char *slash = strrchr(path, '/');
    bench_must(mien_file_load(path, 0, &file, &err), &err);
    bench_must(mien_picture_model_new(file.data, file.n, &w->model, &err),
               &err);
    mien_bytes_free(&file);
    w->answer = mien_picture_model_find(w->model, MIEN_ANSWER_POINTS, NULL);
    if (w->answer < 0 ||
        mien_picture_model_answer(w->model, w->answer).units != 2 * POINTS) {
        fprintf(stderr, "%s: no model of five points\n", path);
        exit(2);
    }
    w->name = slash && strlen(path) > 28 ? path + strlen(path) - 28 : path;
}

static run all = {.mirror = 1};

/* Read what is asked for; the list. */
static const char *read_arguments(int argc, char **argv)
{
    const char *list = NULL, *given;
    for (int i = 1; i < argc; i++) {
        if ((given = bench_option(argc, argv, &i, "--list")))
            list = given;
        else if (strcmp(argv[i], "--plain") == 0)
            all.mirror = 0;
        else if (all.ways < WAYS - 2)
            open_model(&all.way[all.ways++], argv[i]);
    }
    all.way[all.ways++].name = "YuNet's own points";
    all.way[all.ways++] = (way){.name = "face-api.js, five of 68", .of_68 = 1};
    return list;
}

/* Read the labels; which task is the pose. */
static int open_list(const char *list)
{
    char path[BENCH_PATH];
    mien_error err = {0};
    bench_path(path, bench_shared(), "data/mtfl/testing.txt");
    bench_must(mien_labels_load(list ? list : path, &all.labels, &err), &err);
    int pose = mien_labels_task(&all.labels, "pose");
    if (all.labels.points != POINTS || pose < 0 ||
        all.labels.task[pose].classes != POSES) {
        fprintf(stderr, "the list has no five points and poses of MTFL\n");
        exit(2);
    }
    size_t n = (size_t)all.labels.n;
    all.folder = all.labels.folder;
    all.truth = must_have(n, 2 * POINTS * sizeof *all.truth);
    all.box = must_have(n, 2 * sizeof *all.box);
    all.pose = must_have(n, sizeof *all.pose);
    for (int w = 0; w < all.ways; w++)
        all.way[w].found = must_have(n, 2 * POINTS * sizeof(float));
    return pose;
}

int main(int argc, char **argv)
{
    mien_face_options o = MIEN_FACE_DEFAULTS;
    bench_face_models models = {0};
    mien_error err = {0};
    int pose = open_list(read_arguments(argc, argv));
    o.want = MIEN_FACE_LANDMARKS;
    bench_face_models_load(&models, MIEN_DETECTOR_YUNET, o.want,
                           MIEN_DESCRIBER_DLIB);
    bench_must(mien_analyzer_new(&models.use, &o, &all.faces, &err), &err);
    for (int64_t i = 0; i < all.labels.n; i++) {
        all.pose[i] = all.labels.label[i * all.labels.tasks + pose];
        find(&all, i);
    }
    print_head(&all, pose);
    for (int w = 0; w < all.ways; w++) {
        print_way(&all, &all.way[w]);
        mien_picture_model_free(all.way[w].model);
        free(all.way[w].found);
    }
    mien_analyzer_free(all.faces);
    bench_face_models_done(&models);
    mien_labels_free(&all.labels);
    free(all.truth);
    free(all.box);
    free(all.pose);
    return 0;
}
