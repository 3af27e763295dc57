/* attributes.c: how face-api.js' network of age and gender errs, by group, on
 * faces whose age, gender and race are told.
 *
 *   attributes [FOLDER]
 *
 * FOLDER has the names of UTKFace, default $MIEN_SHARED/data/utkface.  Of each
 * picture the largest face that the usual detector finds is read; pictures
 * without one are counted and told.  Two tables of Markdown: the share whose
 * gender is told right, with Wilson's interval, and the mean absolute error of
 * the age in years, with 1.96 standard errors, and its mean, told less true. */
#include "bench/bench.h"

#include <math.h>

enum { BANDS = 4, RACES = 5, GENDERS = 2 };
static const float bounds[BANDS - 1] = {18, 40, 65};
static const char *const band_name[BANDS] = {"below 18", "18 to 40", "40 to 65",
                                             "65 and more"};

/* What was read of a group. */
typedef struct group {
    int64_t n, right;
    double sum, absolute, squares; /* of the age's error; of its size */
} group;

typedef struct faces {
    mien_labels labels;
    const char *folder;
    int gender, race, age; /* of the labels */
    int64_t without;
    group all, by_gender[GENDERS], by_race[RACES], by_band[BANDS];
    group by_both[GENDERS][BANDS];
} faces;

static int band_of(float age)
{
    int at = 0;
    while (at < BANDS - 1 && age >= bounds[at])
        at++;
    return at;
}

static void add(group *g, int right, double error)
{
    g->n++;
    g->right += right;
    g->sum += error;
    g->absolute += fabs(error);
    g->squares += error * error;
}

/* The largest face that was found. */
static const mien_face *largest(const mien_faces *f)
{
    return mien_faces_largest(f, MIEN_FACE_AGE | MIEN_FACE_GENDER);
}

static void read_one(faces *f, mien_analyzer *a, int64_t i)
{
    const mien_labels *l = &f->labels;
    mien_image im = {0};
    mien_faces found = {0};
    mien_error err = {0};
    bench_must(mien_folder_image(&f->folder, l->name[i], &im, &err), &err);
    bench_must(mien_analyzer_run(a, &im, &found, &err), &err);
    const mien_face *face = largest(&found);
    if (face) {
        int gender = l->label[i * l->tasks + f->gender];
        int race = l->label[i * l->tasks + f->race];
        float age = l->number[i * l->numbers + f->age];
        int right = (face->male > 0.5f) == (gender == 0);
        double error = (double)face->age - (double)age;
        add(&f->all, right, error);
        add(&f->by_gender[gender], right, error);
        add(&f->by_race[race], right, error);
        add(&f->by_band[band_of(age)], right, error);
        add(&f->by_both[gender][band_of(age)], right, error);
    } else {
        f->without++;
    }
    mien_faces_free(&found);
    mien_image_free(&im);
}

static void print_row(const char *name, const char *more, const group *g)
{
    mien_share s = mien_share_of(g->right, g->n);
    double n = (double)g->n, mean = g->absolute / n;
    double error = sqrt((g->squares / n - mean * mean) / n);
    printf("| %s%s | %lld | %.1f %% (%.1f to %.1f) | %.1f (%.1f to %.1f) | "
           "%+.1f |\n",
           name, more, (long long)g->n, 100 * s.value, 100 * s.low,
           100 * s.high, mean, mean - 1.96 * error, mean + 1.96 * error,
           g->sum / n);
}

static void print_all(const faces *f)
{
    const mien_label_task *t = f->labels.task;
    char more[64];
    printf("%lld pictures, %lld without a face that could be read\n\n",
           (long long)f->labels.n, (long long)f->without);
    printf("| | faces | gender right | age off by, years | too old by |\n"
           "|---|--:|--:|--:|--:|\n");
    print_row("all", "", &f->all);
    for (int g = 0; g < GENDERS; g++)
        print_row(t[f->gender].class_name[g], "", &f->by_gender[g]);
    for (int r = 0; r < RACES; r++)
        print_row(t[f->race].class_name[r], "", &f->by_race[r]);
    for (int b = 0; b < BANDS; b++)
        print_row("age ", band_name[b], &f->by_band[b]);
    for (int g = 0; g < GENDERS; g++)
        for (int b = 0; b < BANDS; b++) {
            snprintf(more, sizeof more, ", age %s", band_name[b]);
            print_row(t[f->gender].class_name[g], more, &f->by_both[g][b]);
        }
}

int main(int argc, char **argv)
{
    static faces f;
    char path[BENCH_PATH];
    mien_face_options o = MIEN_FACE_DEFAULTS;
    mien_analyzer *a = NULL;
    mien_error err = {0};
    const char *models = bench_models();
    bench_path(path, bench_shared(), "data/utkface");
    bench_must(mien_labels_load(argc > 1 ? argv[1] : path, &f.labels, &err),
               &err);
    f.folder = f.labels.folder;
    f.gender = mien_labels_task(&f.labels, "gender");
    f.race = mien_labels_task(&f.labels, "race");
    f.age = mien_labels_number(&f.labels, "age");
    if (f.gender < 0 || f.race < 0 || f.age < 0) {
        fprintf(stderr, "attributes: no gender, race or age in the names\n");
        return 1;
    }
    o.want = MIEN_FACE_AGE | MIEN_FACE_GENDER;
    bench_must(mien_analyzer_find(&o, mien_models_lookup, &models, &a, &err),
               &err);
    for (int64_t i = 0; i < f.labels.n; i++)
        read_one(&f, a, i);
    print_all(&f);
    mien_analyzer_free(a);
    mien_labels_free(&f.labels);
    return 0;
}
