/* lfw.c: are two photos of the same person?  The protocol of Labelled Faces in
 * the Wild on the pairs that are there.
 *
 *   lfw [--descriptor dlib|mobilefacenet] [--detector yunet|tiny|ssd] [--size
 * 0] [--min-score 0] [--threads 2]
 *       [--pick centre|score] [--roc FILE.csv] [--json] [FOLDER]
 *
 * FOLDER holds pairs.txt and Name/Name_0001.jpg; default
 * $MIEN_SHARED/data/lfw.
 *
 * Every picture is read once: the detector finds faces, the one nearest to
 * the picture's centre is taken (LFW is centred on the person named; --pick
 * score takes the surest instead), aligned by the 68 points and described.  A
 * pair of which a picture shows no face is not answered and is counted.  For
 * each fold the threshold is the distance that answers most pairs of the other
 * folds right; accuracy is the mean over the folds, with the standard error of
 * that mean.
 * Source: Huang et al., Labeled Faces in the Wild, 2007, section 4.1, view 2.
 */
#include "bench/bench.h"
#include "bench/lfw_roc.h"
#include "bench/models.h"

#include <math.h>

enum { NAME_MAX_LEN = 96, BUCKETS = 16384 };

/* One picture, in the table at the place its name hashes to. */
typedef struct picture {
    struct picture *next;
    char name[NAME_MAX_LEN]; /* "Name/Name_0001.jpg" */
    int found, faces;
    mien_face face;
} picture;

typedef struct {
    mien_face_options options;
    int by_score, json;
    const char *folder, *roc;
} settings;

typedef struct {
    const settings *set;
    mien_analyzer *analyzer;
    picture *table[BUCKETS];
    int pictures, missed, unread;
    double ms, describing; /* of all; of points and descriptors */
} reader;

static void *must_have(void *p)
{
    if (p)
        return p;
    fprintf(stderr, "lfw: no memory\n");
    exit(1);
}

/* Squared distance of the face's middle from the picture's. */
static double off_centre(const mien_face *f, const mien_image *im)
{
    double x = (double)f->box.x + (double)f->box.width / 2 - im->w / 2.0;
    double y = (double)f->box.y + (double)f->box.height / 2 - im->h / 2.0;
    return x * x + y * y;
}

static void describe(reader *r, picture *p)
{
    char path[BENCH_PATH];
    bench_path(path, r->set->folder, p->name);
    mien_error err = {0};
    mien_image photo = {0};
    if (bench_photo_load(path, &photo, &err) != MIEN_OK) {
        r->unread++;
        fprintf(stderr, "%s: %s\n", path, err.text);
        return;
    }
    mien_faces faces = {0};
    double start = bench_now();
    bench_must(mien_analyzer_run(r->analyzer, &photo, &faces, &err), &err);
    r->ms += bench_now() - start;
    mien_face_times times = mien_analyzer_times(r->analyzer);
    if (faces.n)
        r->describing += 1e3 * (times.landmarks + times.descriptor) / faces.n;
    int best = -1;
    for (int i = 0; i < faces.n; i++)
        if (best < 0 ||
            (!r->set->by_score && off_centre(&faces.face[i], &photo) <
                                      off_centre(&faces.face[best], &photo)))
            best = i;
    p->faces = faces.n;
    p->found = best >= 0 && faces.face[best].has & MIEN_FACE_DESCRIPTOR;
    if (p->found)
        p->face = faces.face[best];
    else
        r->missed++;
    mien_faces_free(&faces);
    mien_image_free(&photo);
}

static unsigned hash(const char *s)
{
    unsigned h = 2166136261u;
    while (*s)
        h = (h ^ (unsigned char)*s++) * 16777619u;
    return h % BUCKETS;
}

static const picture *picture_of(reader *r, const char *person, int number)
{
    char name[NAME_MAX_LEN];
    snprintf(name, sizeof name, "%s/%s_%04d.jpg", person, person, number);
    picture **at = &r->table[hash(name)];
    for (; *at; at = &(*at)->next)
        if (strcmp((*at)->name, name) == 0)
            return *at;
    picture *p = must_have(calloc(1, sizeof *p));
    memcpy(p->name, name, sizeof name);
    *at = p;
    describe(r, p);
    if (++r->pictures % 200 == 0)
        fprintf(stderr, "\r%d pictures", r->pictures);
    return p;
}

/* One line of pairs.txt: "Name 1 3" or "Name 1 Other 2". */
static int read_pair(reader *r, FILE *f, int fold, lfw_pair *out)
{
    char line[512], a[80], b[80];
    int i, j;
    if (!fgets(line, sizeof line, f))
        return 0;
    out->fold = fold;
    out->same = sscanf(line, "%79s %d %d", a, &i, &j) == 3;
    if (out->same)
        memcpy(b, a, sizeof b);
    else if (sscanf(line, "%79s %d %79s %d", a, &i, b, &j) != 4)
        return 0;
    const picture *p = picture_of(r, a, i), *q = picture_of(r, b, j);
    out->answered = p->found && q->found;
    out->distance = 0;
    if (out->answered) {
        mien_verification v;
        mien_error err = {0};
        bench_must(mien_face_verify(&p->face, &q->face, -1, &v, &err), &err);
        out->distance = (double)v.distance;
    }
    return 1;
}

static lfw_pair *read_pairs(reader *r, int *n, int *folds)
{
    char path[BENCH_PATH];
    bench_path(path, r->set->folder, "pairs.txt");
    FILE *f = fopen(path, "r");
    char line[80];
    int each;
    if (!f || !fgets(line, sizeof line, f) ||
        sscanf(line, "%d %d", folds, &each) != 2 || *folds < 2 ||
        *folds > LFW_MAX_FOLDS || each < 1 || each > 100000) {
        fprintf(stderr, "%s: not a list of LFW pairs\n", path);
        exit(1);
    }
    lfw_pair *pair =
        must_have(calloc((size_t)(*folds * each) * 2, sizeof *pair));
    *n = 0;
    while (*n < *folds * each * 2 &&
           read_pair(r, f, *n / (each * 2), &pair[*n]))
        ++*n;
    fclose(f);
    fprintf(stderr, "\r%*s\r", 30, "");
    return pair;
}

/* The distance that the commands take. */
static double usual(const reader *r)
{
    return (double)mien_describer_threshold(r->set->options.describer);
}

static void print_table(const reader *r, const lfw_result *res)
{
    const mien_face_options *o = &r->set->options;
    printf("descriptor %s, detector %s, input %d%s, min score %g%s, %s, face: "
           "%s\n",
           mien_describer_name(o->describer), bench_detector_name(o->detector),
           o->input_size, o->input_size ? "" : " (default)",
           (double)o->min_score, o->min_score > 0 ? "" : " (default)",
           mien_isa(), r->set->by_score ? "best score" : "nearest the centre");
    printf("pictures           %d, without a face %d (%.2f %%), %.1f ms each\n",
           r->pictures, r->missed, 100.0 * r->missed / r->pictures,
           r->ms / r->pictures);
    printf("pairs              %d in %d folds\n", res->pairs, res->folds);
    printf("not answered       %d (%.2f %%)\n", res->pairs - res->answered,
           100.0 * (res->pairs - res->answered) / res->pairs);
    printf("accuracy           %.2f %% +- %.2f %% (standard error)\n",
           100 * res->accuracy, 100 * res->error);
    printf("threshold          %.4f (mean over the folds)\n", res->threshold);
    printf("at %.2f            %.2f %%\n", usual(r), 100 * res->at_default);
    printf("by fold 1 alone    %.4f, right on the others %.2f %%\n", res->first,
           100 * res->at_first);
    printf("describing         %.2f ms a face, with the points it needs\n",
           r->describing / r->pictures);
    printf("area under ROC     %.5f, equal error rate %.2f %%\n", res->auc,
           100 * res->eer);
    for (int i = 0; i < LFW_FARS; i++)
        printf("TPR at FAR %-7g %.2f %% (distance %.4f)\n", lfw_far[i],
               100 * res->tpr[i], res->distance_at[i]);
}

static void print_json(const reader *r, const lfw_result *res)
{
    printf("{\"descriptor\":\"%s\",\"detector\":\"%s\",\"input\":%d,\"min_"
           "score\":%g,"
           "\"isa\":\"%s\",\"pictures\":%d,\"no_face\":%d,\"ms\":%.3f,"
           "\"pairs\":%d,\"answered\":%d,\"folds\":%d,",
           mien_describer_name(r->set->options.describer),
           bench_detector_name(r->set->options.detector),
           r->set->options.input_size, (double)r->set->options.min_score,
           mien_isa(), r->pictures, r->missed, r->ms / r->pictures, res->pairs,
           res->answered, res->folds);
    printf(
        "\"accuracy\":%.5f,\"standard_error\":%.5f,\"threshold\":%.4f,"
        "\"accuracy_at_%g\":%.5f,\"fold_1\":%.4f,\"accuracy_at_fold_1\":%.5f,"
        "\"describe_ms\":%.3f,\"auc\":%.5f,\"eer\":%.5f,\"roc\":[",
        res->accuracy, res->error, res->threshold, usual(r), res->at_default,
        res->first, res->at_first, r->describing / r->pictures, res->auc,
        res->eer);
    for (int i = 0; i < LFW_FARS; i++)
        printf("%s{\"far\":%g,\"tpr\":%.5f,\"distance\":%.4f}", i ? "," : "",
               lfw_far[i], res->tpr[i], res->distance_at[i]);
    printf("]}\n");
}

static void run(reader *r)
{
    mien_error err = {0};
    bench_face_models m = {0};
    bench_face_models_load(&m, r->set->options.detector, MIEN_FACE_DESCRIPTOR,
                           r->set->options.describer);
    bench_must(mien_analyzer_new(&m.use, &r->set->options, &r->analyzer, &err),
               &err);
    int n, folds;
    lfw_pair *pair = read_pairs(r, &n, &folds);
    lfw_result res;
    if (!lfw_score(pair, n, folds, usual(r), r->set->roc, &res)) {
        fprintf(stderr, "lfw: too few pairs were answered\n");
        exit(1);
    }
    if (r->set->json)
        print_json(r, &res);
    else
        print_table(r, &res);
    free(pair);
    for (int i = 0; i < BUCKETS; i++)
        for (picture *p = r->table[i], *next; p; p = next) {
            next = p->next;
            free(p);
        }
    mien_analyzer_free(r->analyzer);
    bench_face_models_done(&m);
}

int main(int argc, char **argv)
{
    settings set = {.options = MIEN_FACE_DEFAULTS};
    set.options.want = MIEN_FACE_DESCRIPTOR;
    int threads = 2;
    const char *v;
    char folder[BENCH_PATH];
    bench_path(folder, bench_shared(), "data/lfw");
    set.folder = folder;
    for (int i = 1; i < argc; i++) {
        if ((v = bench_option(argc, argv, &i, "--detector")))
            set.options.detector = bench_detector_named(v);
        else if ((v = bench_option(argc, argv, &i, "--descriptor")))
            set.options.describer = bench_describer_named(v);
        else if ((v = bench_option(argc, argv, &i, "--size")))
            set.options.input_size = (int)strtol(v, NULL, 10);
        else if ((v = bench_option(argc, argv, &i, "--min-score")))
            set.options.min_score = strtof(v, NULL);
        else if ((v = bench_option(argc, argv, &i, "--threads")))
            threads = (int)strtol(v, NULL, 10);
        else if ((v = bench_option(argc, argv, &i, "--pick")))
            set.by_score = strcmp(v, "score") == 0;
        else if ((v = bench_option(argc, argv, &i, "--roc")))
            set.roc = v;
        else if (strcmp(argv[i], "--json") == 0)
            set.json = 1;
        else
            set.folder = argv[i];
    }
    mien_error err = {0};
    bench_must(mien_pool_new(threads, &set.options.pool, &err), &err);
    static reader r;
    r.set = &set;
    run(&r);
    mien_pool_free(set.options.pool);
    return 0;
}
