/* occlusion.c: how well the covered part of faces is told, on faces with things
 * laid over a known tenth of them, and on people with glasses and without.
 *
 *   occlusion [UTKFACE [MTFL]]
 *
 * Default: $MIEN_SHARED/data/utkface and .../mtfl/training.txt.  In the photo,
 * not in the chip that is judged, over every tenth face that is found:
 *   flat      a rectangle of one colour, anywhere on the oval of the face
 *   stripes   the same, of two colours
 *   mouth     a band from the chin up, grey, as a mask is
 *   eyes      a dark band over the eyes
 * of 5, 10, 20 and 40 % of the oval.  Then the set is looked at as `mien
 * dataset check` does.  Untouched faces that are covered by themselves (hands,
 * sunglasses) count as wrongly called, so that precision is too low. */
#include "bench/bench.h"

#include <math.h>

enum { KINDS = 4, SIZES = 4, EVERY = 10, GRAIN = 100, RACES = 8 };
static const char *const kind_name[KINDS] = {"flat", "stripes", "mouth",
                                             "eyes"};
static const double sizes[SIZES] = {0.05, 0.1, 0.2, 0.4};

/* A thing over a face: a rectangle in shares of its chip's side. */
typedef struct thing {
    int kind, size;
    double left, right, top, bottom, share;
    uint8_t colour[2][3];
    double pitch, along;
    mien_similarity to; /* from the chip to the photo */
} thing;

typedef struct set {
    mien_labels labels;
    const char *folder;
    thing **over; /* [n] NULL: untouched */
} set;

/* ---- things -------------------------------------------------------------- */

static int in_oval(double u, double v)
{
    return hypot((u - 0.5) / 0.27, (v - 0.6) / 0.31) <= 1;
}

/* How much of the oval a thing covers. */
static double share_of(const thing *t)
{
    int n = 0, over = 0;
    for (int i = 0; i < GRAIN * GRAIN; i++) {
        double u = (i % GRAIN + 0.5) / GRAIN, v = (i / GRAIN + 0.5) / GRAIN;
        if (!in_oval(u, v))
            continue;
        n++;
        over += u >= t->left && u < t->right && v >= t->top && v < t->bottom;
    }
    return (double)over / n;
}

/* A rectangle of about the wanted share, somewhere on the oval. */
static void place(thing *t, double want, mien_random *r)
{
    double share = 0;
    do {
        double area = want * 3.1416 * 0.27 * 0.31;
        double w = sqrt(area * exp(1.6 * mien_random_unit(r) - 0.8));
        double x = 0.23 + 0.54 * mien_random_unit(r);
        double y = 0.29 + 0.62 * mien_random_unit(r);
        t->left = x - w / 2, t->right = x + w / 2;
        t->top = y - area / w / 2, t->bottom = y + area / w / 2;
        share = share_of(t);
    } while (fabs(share - want) > 0.1 * want);
}

static void draw(thing *t, int kind, int size, mien_random *r)
{
    *t = (thing){.kind = kind, .size = size, .left = 0.15, .right = 0.85};
    for (int k = 0; k < 6; k++)
        t->colour[k / 3][k % 3] = (uint8_t)mien_random_below(r, 256);
    t->pitch = 6.2832 / (0.02 + 0.08 * mien_random_unit(r));
    t->along = 3.1416 * mien_random_unit(r);
    if (kind < 2)
        place(t, sizes[size], r);
    if (kind == 2)
        for (t->top = 0.95, t->bottom = 1.1; share_of(t) < sizes[size];)
            t->top -= 0.002;
    if (kind == 3)
        for (t->top = t->bottom = 0.42; share_of(t) < sizes[size];)
            t->top -= 0.002, t->bottom += 0.002;
    if (kind >= 2)
        memset(t->colour[0],
               kind == 2 ? 60 + (int)mien_random_below(r, 190)
                         : (int)mien_random_below(r, 80),
               3);
    t->share = share_of(t);
}

static void lay_over(const thing *t, mien_image *im)
{
    double a = (double)t->to.a, b = (double)t->to.b, square = a * a + b * b;
    for (int y = 0; y < im->h; y++)
        for (int x = 0; x < im->w; x++) {
            double dx = x - (double)t->to.tx, dy = y - (double)t->to.ty;
            double u = ((a * dx - b * dy) / square + 0.5) / GRAIN;
            double v = ((b * dx + a * dy) / square + 0.5) / GRAIN;
            if (u < t->left || u >= t->right || v < t->top || v >= t->bottom)
                continue;
            double wave =
                sin(t->pitch * (u * cos(t->along) + v * sin(t->along)));
            double part = t->kind == 1 ? 0.5 + 0.5 * wave : 1;
            for (int k = 0; k < 3; k++)
                im->data[y * im->stride + 3 * x + k] =
                    (uint8_t)(part * t->colour[0][k] +
                              (1 - part) * t->colour[1][k]);
        }
}

/* ---- sets ---------------------------------------------------------------- */

/* A mien_picture_load; names are the labels' own. */
static mien_status load(void *arg, const char *name, mien_image *out,
                        mien_error *err)
{
    set *s = arg;
    mien_status st = mien_folder_image(&s->folder, name, out, err);
    for (int64_t i = 0; i < s->labels.n && !st; i++)
        if (s->labels.name[i] == name && s->over[i]) {
            lay_over(s->over[i], out);
            break;
        }
    return st;
}

/* Something over every tenth face, by where its points are now. */
static void plant(set *s, mien_analyzer *a)
{
    mien_random r;
    mien_error err = {0};
    mien_random_init(&r, 7);
    for (int64_t i = 0, n = 0; i < s->labels.n; i += EVERY) {
        mien_image im = {0};
        mien_faces f = {0};
        bench_must(mien_folder_image(&s->folder, s->labels.name[i], &im, &err),
                   &err);
        bench_must(mien_analyzer_run(a, &im, &f, &err), &err);
        const mien_face *face = mien_faces_largest(&f, 0);
        if (face) {
            thing *t = s->over[i] = calloc(1, sizeof *t);
            if (!t)
                exit(1);
            draw(t, (int)(n % KINDS), (int)(n / KINDS % SIZES), &r);
            n++;
            bench_must(
                mien_face_place(face, MIEN_CHIP_POINTS, GRAIN, 0, &t->to, &err),
                &err);
        }
        mien_faces_free(&f);
        mien_image_free(&im);
    }
}

static void open_set(set *s, const char *path)
{
    mien_error err = {0};
    bench_must(mien_labels_load(path, &s->labels, &err), &err);
    s->folder = s->labels.folder;
    s->over = calloc((size_t)s->labels.n + 1, sizeof *s->over);
    if (!s->over)
        exit(1);
}

static mien_pictures_check *look(set *s, mien_analyzer *a)
{
    mien_pictures_check_options o = MIEN_PICTURES_CHECK_DEFAULTS;
    mien_pictures_check *c = NULL;
    mien_error err = {0};
    o.load = load;
    o.arg = s;
    o.analyzer = &a;
    bench_must(mien_pictures_check_new(&s->labels, &o, &c, &err), &err);
    return c;
}

static void close_set(set *s, mien_pictures_check *c)
{
    for (int64_t i = 0; i < s->labels.n; i++)
        free(s->over[i]);
    free(s->over);
    mien_pictures_check_free(c);
    mien_labels_free(&s->labels);
}

/* ---- figures ------------------------------------------------------------- */

static void print_share(const char *name, int64_t count, int64_t of)
{
    mien_share s = mien_share_of(count, of);
    printf("| %s | %lld of %lld | %.1f %% (%.1f to %.1f) |\n", name,
           (long long)count, (long long)of, 100 * s.value, 100 * s.low,
           100 * s.high);
}

/* What was laid over faces, by kind and size. */
static void print_planted(const set *s, const mien_pictures_check *c)
{
    const mien_picture_measure *m = mien_pictures_check_measures(c);
    printf("| over | of the oval | faces | no face found | called covered | "
           "told | off by |\n|---|--:|--:|--:|--:|--:|--:|\n");
    for (int kind = 0; kind < KINDS; kind++)
        for (int size = 0; size < SIZES; size++) {
            int n = 0, lost = 0, called = 0;
            double told = 0, off = 0;
            for (int64_t i = 0; i < s->labels.n; i++) {
                const thing *t = s->over[i];
                if (!t || t->kind != kind || t->size != size)
                    continue;
                n++;
                lost += isnan(m[i].covered);
                called += mien_pictures_check_odd(c, i, MIEN_PICTURE_COVERED);
                if (isnan(m[i].covered))
                    continue;
                told += (double)m[i].covered;
                off += fabs((double)m[i].covered - t->share);
            }
            printf("| %s | %.0f %% | %d | %d | %.0f %% | %.1f %% | %.1f points "
                   "|\n",
                   kind_name[kind], 100 * sizes[size], n, lost,
                   100.0 * called / (n - lost), 100 * told / (n - lost),
                   100 * off / (n - lost));
        }
}

/* How many are called covered of each size, whatever was laid over them. */
static void print_recall(const set *s, const mien_pictures_check *c)
{
    const mien_picture_measure *m = mien_pictures_check_measures(c);
    printf("\nrecall by size:");
    for (int size = 0; size < SIZES; size++) {
        int n = 0, called = 0;
        for (int64_t i = 0; i < s->labels.n; i++)
            if (s->over[i] && s->over[i]->size == size &&
                !isnan(m[i].covered)) {
                n++;
                called += mien_pictures_check_odd(c, i, MIEN_PICTURE_COVERED);
            }
        printf(" %.0f %%", 100.0 * called / n);
    }
    printf("\n");
}

/* Faces that nothing was laid over. */
static void print_untouched(const set *s, const mien_pictures_check *c)
{
    const mien_picture_measure *m = mien_pictures_check_measures(c);
    int64_t n[3] = {0}, called[3] = {0}, of_race[RACES] = {0};
    int64_t race_called[RACES] = {0};
    int race = mien_labels_task(&s->labels, "race");
    for (int64_t i = 0; i < s->labels.n; i++) {
        int odd = mien_pictures_check_odd(c, i, MIEN_PICTURE_COVERED);
        int k = s->over[i] ? 2 : m[i].turned < 0.3f ? 0 : 1;
        if (isnan(m[i].covered))
            continue;
        n[k]++;
        called[k] += odd;
        int is = race < 0 ? -1 : s->labels.label[i * s->labels.tasks + race];
        if (k < 2 && is >= 0 && is < RACES) {
            of_race[is]++;
            race_called[is] += odd;
        }
    }
    printf("\n| called covered | faces | share (95 %%) |\n|---|--:|--:|\n");
    print_share("something laid over it", called[2], n[2]);
    print_share("untouched, from the front", called[0], n[0]);
    print_share("untouched, turned away", called[1], n[1]);
    for (int k = 0; race >= 0 && k < s->labels.task[race].classes; k++)
        print_share(s->labels.task[race].class_name[k], race_called[k],
                    of_race[k]);
    printf("\nprecision %.2f, recall %.2f\n",
           (double)called[2] / (double)(called[0] + called[1] + called[2]),
           (double)called[2] / (double)n[2]);
}

static int by_value(const void *a, const void *b)
{
    const float *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Faces of each class of a task: how many are called covered and turned, and
 * how much of their eyes is told to be covered. */
static void print_classes(const set *s, const mien_pictures_check *c,
                          const char *task)
{
    const mien_labels *l = &s->labels;
    const mien_picture_measure *m = mien_pictures_check_measures(c);
    const int which = mien_labels_task(l, task);
    float *x = malloc((size_t)l->n * sizeof *x);
    if (which < 0 || !x)
        exit(1);
    printf("\n| %s | faces | covered | turned away | eyes covered: median | 90 "
           "%% | 99 %% |\n|---|--:|--:|--:|--:|--:|--:|\n",
           task);
    for (int k = 0; k < l->task[which].classes; k++) {
        int64_t n = 0, covered = 0, turned = 0;
        for (int64_t i = 0; i < l->n; i++) {
            if (l->label[i * l->tasks + which] != k || isnan(m[i].covered))
                continue;
            covered += mien_pictures_check_odd(c, i, MIEN_PICTURE_COVERED);
            turned += mien_pictures_check_odd(c, i, MIEN_PICTURE_TURNED);
            x[n++] = m[i].eyes;
        }
        if (!n)
            continue;
        qsort(x, (size_t)n, sizeof *x, by_value);
        printf("| %s | %lld | %.1f %% | %.1f %% | %.1f %% | %.1f %% | %.1f %% "
               "|\n",
               l->task[which].class_name[k], (long long)n,
               100.0 * (double)covered / (double)n,
               100.0 * (double)turned / (double)n, 100 * (double)x[n / 2],
               100 * (double)x[n * 9 / 10], 100 * (double)x[n * 99 / 100]);
    }
    free(x);
}

int main(int argc, char **argv)
{
    char utkface[BENCH_PATH], mtfl[BENCH_PATH];
    const char *models = bench_models();
    mien_analyzer *a = NULL;
    mien_error err = {0};
    set s;
    bench_path(utkface, bench_shared(), "data/utkface");
    bench_path(mtfl, bench_shared(), "data/mtfl/training.txt");
    bench_must(mien_analyzer_find(NULL, mien_models_lookup, &models, &a, &err),
               &err);
    open_set(&s, argc > 1 ? argv[1] : utkface);
    plant(&s, a);
    mien_pictures_check *c = look(&s, a);
    print_planted(&s, c);
    print_recall(&s, c);
    print_untouched(&s, c);
    close_set(&s, c);
    fflush(stdout);
    open_set(&s, argc > 2 ? argv[2] : mtfl);
    c = look(&s, a);
    print_classes(&s, c, "glasses");
    print_classes(&s, c, "pose");
    close_set(&s, c);
    mien_analyzer_free(a);
    return 0;
}
