/* label_noise.c: how many labels of pictures are called wrong, and how many of
 * those that were changed on purpose are among them.
 *
 *   label_noise FOLDER [SHARE [TASK [faces]]]
 *
 * SHARE of the labels (0.1 if it is left out) is changed to another class of
 * TASK, a word of the labels (the first if it is left out or "-"); "faces" asks
 * the networks for expression, age and gender too.  One row of Markdown: share
 * changed, share told with its interval, how often the model is right, pictures
 * named, of these changed, of those changed named, seconds.  Labels that were
 * wrong before count as right: the share of the named is too low by those. */
#include "bench/bench.h"

typedef struct setting {
    mien_labels labels;
    int task, *was; /* [n] classes before */
    int64_t changed;
    mien_pool *pool;
    int lanes;
    mien_analyzer *analyzer[MIEN_POOL_MAX];
} setting;

/* Change labels to another class by chance. */
static void change(setting *s, double share)
{
    mien_random r;
    mien_labels *l = &s->labels;
    const int classes = l->task[s->task].classes;
    mien_random_init(&r, 1);
    for (int64_t i = 0; i < l->n; i++) {
        int *label = &l->label[i * l->tasks + s->task];
        double luck = mien_random_unit(&r);
        int by = 1 + (int)mien_random_below(&r, (uint64_t)classes - 1);
        s->was[i] = *label;
        if (*label >= 0 && luck < share) {
            *label = (*label + by) % classes;
            s->changed++;
        }
    }
}

/* An analyzer for each thread. */
static void open_networks(setting *s)
{
    mien_face_options o = MIEN_FACE_DEFAULTS;
    mien_error err = {0};
    const char *models = bench_models();
    o.want = MIEN_FACE_EXPRESSION | MIEN_FACE_AGE | MIEN_FACE_GENDER;
    for (int i = 0; i < s->lanes; i++)
        bench_must(mien_analyzer_find(&o, mien_models_lookup, &models,
                                      &s->analyzer[i], &err),
                   &err);
}

static void print_row(const setting *s, const char *folder, const mien_noise *t,
                      double seconds)
{
    int64_t hit = 0;
    for (int64_t i = 0; i < t->suspects; i++) {
        int64_t p = t->suspect[i].picture;
        hit += s->was[p] != s->labels.label[p * s->labels.tasks + s->task];
    }
    if (*t->why) {
        printf("%s: not judged: %s\n", folder, t->why);
        return;
    }
    printf(
        "| %s, %s%s | %lld | %.1f %% | %.1f %% (%.1f to %.1f) | %.1f %% | "
        "%lld | %.0f %% | %.0f %% | %.0f |\n",
        folder, t->task, t->faces ? ", networks" : "", (long long)t->pictures,
        100 * (double)s->changed / (double)s->labels.n, 100 * t->share,
        100 * t->low, 100 * t->high, 100 * t->accuracy, (long long)t->suspects,
        t->suspects ? 100 * (double)hit / (double)t->suspects : 0,
        s->changed ? 100 * (double)hit / (double)s->changed : 0, seconds);
}

int main(int argc, char **argv)
{
    static setting s;
    mien_pictures_check_options o = MIEN_PICTURES_CHECK_DEFAULTS;
    mien_pictures_check *c = NULL;
    mien_error err = {0};
    int n;
    if (argc < 2) {
        fprintf(stderr, "usage: label_noise FOLDER [SHARE [TASK [faces]]]\n");
        return 2;
    }
    bench_must(mien_labels_load(argv[1], &s.labels, &err), &err);
    if (argc > 3 && strcmp(argv[3], "-") != 0)
        s.task = mien_labels_task(&s.labels, argv[3]);
    if (s.task < 0 || s.task >= s.labels.tasks ||
        s.task >= MIEN_PICTURES_MAX_BY || s.labels.task[s.task].classes < 2) {
        fprintf(stderr, "label_noise: no such labels, or of one class\n");
        return 1;
    }
    s.was = calloc((size_t)s.labels.n, sizeof *s.was);
    if (!s.was)
        return 1;
    bench_must(mien_pool_new(0, &s.pool, &err), &err);
    s.lanes = mien_pool_size(s.pool);
    if (argc > 4)
        open_networks(&s);
    change(&s, argc > 2 ? atof(argv[2]) : .1);
    o.load = mien_folder_image;
    o.arg = &s.labels.folder;
    o.pool = s.pool;
    o.analyzer = argc > 4 ? s.analyzer : NULL;
    double start = bench_now();
    bench_must(mien_pictures_check_new(&s.labels, &o, &c, &err), &err);
    const mien_noise *t = mien_pictures_check_noise(c, &n);
    print_row(&s, argv[1], &t[s.task], (bench_now() - start) / 1000);
    mien_pictures_check_free(c);
    for (int i = 0; i < s.lanes; i++)
        mien_analyzer_free(s.analyzer[i]);
    mien_pool_free(s.pool);
    mien_labels_free(&s.labels);
    free(s.was);
    return 0;
}
