/* emotion.c: how often networks tell the right emotion, each on the same
 * labelled pictures.
 *
 *   emotion [MODEL.onnx ...]
 *
 * One row each: models of one's own, as `mien train emotion` writes them;
 * face-api.js' network of expressions, which is read as `mien analyze` does,
 * the whole picture being the face's box; article 6's published network, read
 * from Keras' file.  A face that cannot be read counts as wrong.
 *
 * Pictures: $MIEN_SHARED/data/fer2013/test, a folder a class; Keras' file:
 * $MIEN_SHARED/data/emotion_keras/model_v6_23.hdf5. */
#include "bench/bench.h"

enum { CLASSES = 7 };
static const char *const classes[CLASSES] = {
    "angry", "disgusted", "fearful", "happy", "neutral", "sad", "surprised"};
static const char commas[] =
    "angry,disgusted,fearful,happy,neutral,sad,surprised";

/* The labelled pictures, and which of the classes each of theirs is. */
typedef struct pictures {
    mien_labels labels;
    const char *folder;
    mien_picture_set set;
    int task, class_of[64];
} pictures;

/* CLASSES: none of them. */
static int class_named(const char *name)
{
    int c = 0;
    while (c < CLASSES && strcmp(name, classes[c]) != 0)
        c++;
    return c;
}

static void pictures_open(pictures *p, const char *path)
{
    mien_error err = {0};
    bench_must(mien_labels_load(path, &p->labels, &err), &err);
    p->folder = p->labels.folder;
    p->set = (mien_picture_set){path, &p->labels, mien_folder_image, &p->folder,
                                NULL};
    const mien_label_task *t = p->labels.task;
    for (int c = 0; c < t->classes && c < 64; c++)
        p->class_of[c] = class_named(t->class_name[c]);
}

/* ---- rows ---------------------------------------------------------------- */

static void print_head(int64_t n)
{
    printf("%lld pictures; accuracy, balanced accuracy and recalls in %%\n",
           (long long)n);
    printf("%-34s %8s %8s", "", "accuracy", "balanced");
    for (int c = 0; c < CLASSES; c++)
        printf(" %9s", classes[c]);
    printf("\n");
}

static void print_row(const char *name, double accuracy,
                      const double recall[CLASSES])
{
    double sum = 0;
    for (int c = 0; c < CLASSES; c++)
        sum += recall[c];
    printf("%-34.34s %8.2f %8.2f", name, 100 * accuracy, 100 * sum / CLASSES);
    for (int c = 0; c < CLASSES; c++)
        printf(" %9.2f", 100 * recall[c]);
    printf("\n");
    (void)fflush(stdout);
}

/* A model of pictures, in bytes. */
static void judge_model(const char *name, const mien_bytes *onnx,
                        const pictures *p)
{
    mien_picture_verdict v = {0};
    mien_error err = {0};
    double recall[CLASSES + 1] = {0};
    bench_must(
        mien_picture_evaluate(onnx->data, onnx->n, &p->set, NULL, &v, &err),
        &err);
    const mien_answer_verdict *a = v.answer;
    if (a->kind != MIEN_ANSWER_CLASSES) {
        fprintf(stderr, "%s: its first answer is no class\n", name);
        exit(1);
    }
    for (int c = 0; c < a->classes; c++)
        recall[class_named(a->class_name[c])] = a->each[c].recall;
    print_row(name, a->rates.accuracy, recall);
    mien_picture_verdict_free(&v);
}

static void judge_file(const char *path, const pictures *p)
{
    mien_bytes onnx = {0};
    mien_error err = {0};
    bench_must(mien_file_load(path, 0, &onnx, &err), &err);
    judge_model(path, &onnx, p);
    mien_bytes_free(&onnx);
}

/* The published network, as `mien model convert keras --classes` writes it. */
static void judge_keras(const char *path, const pictures *p)
{
    const mien_keras_options o = {1};
    const mien_picture_classes how = {"class", commas, 0, 1 / 255.0f};
    mien_bytes file = {0}, onnx = {0};
    mien_net *net = NULL;
    mien_error err = {0};
    bench_must(mien_file_load(path, 0, &file, &err), &err);
    bench_must(mien_keras_read(file.data, file.n, &o, &net, NULL, &err), &err);
    bench_must(mien_picture_name_classes(net->graph, &how, &err), &err);
    bench_must(mien_onnx_write(net->graph, &onnx, &err), &err);
    judge_model("article 6's network, from Keras", &onnx, p);
    mien_net_free(net);
    mien_bytes_free(&file);
    mien_bytes_free(&onnx);
}

/* What the network of expressions sees in a picture that is a face; CLASSES:
 * it cannot read it. */
static int expression_of(mien_analyzer *a, pictures *p, int64_t i)
{
    mien_image image = {0};
    mien_face face = {0};
    mien_error err = {0};
    double probability;
    bench_must(mien_folder_image(&p->folder, p->labels.name[i], &image, &err),
               &err);
    const mien_box whole = {0, 0, (float)image.w, (float)image.h};
    bench_must(mien_analyzer_read(a, &image, whole, &face, &err), &err);
    mien_image_free(&image);
    if (!(face.has & MIEN_FACE_EXPRESSION))
        return CLASSES;
    return class_named(mien_face_expression(&face, &probability));
}

static void judge_face_api(pictures *p)
{
    mien_reader_options ro = MIEN_READER_DEFAULTS;
    mien_reader *r = NULL;
    mien_error err = {0};
    double of[CLASSES + 1] = {0}, right[CLASSES + 1] = {0}, all = 0;
    ro.face.want = MIEN_FACE_EXPRESSION;
    ro.threads = 1;
    bench_must(mien_reader_open(&ro, &r, &err), &err);
    for (int64_t i = 0; i < p->labels.n; i++) {
        int c = p->class_of[p->labels.label[i * p->labels.tasks]];
        int is = expression_of(mien_reader_analyzer(r, 0), p, i) == c;
        of[c]++;
        right[c] += is;
        all += is;
    }
    for (int c = 0; c < CLASSES; c++)
        right[c] = of[c] > 0 ? right[c] / of[c] : 0;
    print_row("face-api.js' expressions", all / (double)p->labels.n, right);
    mien_reader_free(r);
}

int main(int argc, char **argv)
{
    char folder[BENCH_PATH], keras[BENCH_PATH];
    pictures p = {0};
    bench_path(folder, bench_shared(), "data/fer2013/test");
    bench_path(keras, bench_shared(), "data/emotion_keras/model_v6_23.hdf5");
    pictures_open(&p, folder);
    print_head(p.labels.n);
    for (int i = 1; i < argc; i++)
        judge_file(argv[i], &p);
    judge_face_api(&p);
    judge_keras(keras, &p);
    mien_labels_free(&p.labels);
    return 0;
}
