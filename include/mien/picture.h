/* mien/picture.h: labelled pictures to a judged network.
 *
 *   a network (mien/net.h), labels and their pictures (mien/samples_labels.h)
 *     -> mien_picture_study_new     what it is held to is found in the labels;
 *                                   parts
 *     -> mien_picture_study_learn   on the training part, changed by chance;
 *                                   the validation part tells the best epoch
 *     -> mien_picture_study_judge   figures of the test part
 *     -> _text, _metrics, _history, _card, _page
 *     -> mien_picture_study_save    all of it as a folder
 *   a model that was written, labels -> mien_picture_evaluate
 *
 * An output answers for one task, for the points, for one number, or for the
 * picture itself; what is held to the picture needs no labels.  The same
 * choices and seed give the same bits for any number of threads. */
#ifndef MIEN_PICTURE_H
#define MIEN_PICTURE_H

#include "mien/journal.h"
#include "mien/json.h"
#include "mien/metrics_points.h"
#include "mien/net.h"
#include "mien/samples_loader.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- verdicts ------------------------------------------------------------ */

typedef enum mien_answer_kind {
    MIEN_ANSWER_CLASSES, /* one of a task's classes */
    MIEN_ANSWER_POINTS,
    MIEN_ANSWER_NUMBER,
    MIEN_ANSWER_PICTURE,    /* the picture itself, made again */
    MIEN_ANSWER_DIVERGENCE, /* of a code from the standard normal distribution:
                               a loss of kind kl */
    MIEN_ANSWER_LOSS        /* what the network itself makes a loss: ssim */
} mien_answer_kind;

enum { MIEN_ANSWER_CURVE = 101 }; /* errors 0, .002, ... .2 */

/* How good one answer is. */
typedef struct mien_answer_verdict {
    char name[MIEN_NET_NAME]; /* of the output */
    mien_answer_kind kind;
    int64_t n; /* samples whose label is known; of pictures and divergences
                  those that were read */
    /* classes */
    int classes;
    char **class_name;      /* [classes] */
    double *matrix;         /* [classes, classes] row told, column found */
    mien_class_rates *each; /* [classes] */
    mien_matrix_rates rates;
    double log_loss;    /* mean, of probabilities at the temperature */
    double temperature; /* that logits are divided by */
    /* points */
    mien_point_summary points;
    double curve[MIEN_ANSWER_CURVE]; /* part of the faces with at most so large
                                        an error by the eyes */
    /* a number */
    double absolute, root_square; /* mean absolute error; root of the mean
                                     square */
    /* a picture, of values 0..1 */
    double square; /* mean squared error */
    double psnr;   /* of that mean, dB */
    double ssim;   /* mean over pictures and channels; NaN: too small */
    /* a divergence */
    double bits; /* mean a sample */
    /* a loss */
    double loss; /* mean a sample */
    /* by the classes of mien_picture_options.group */
    int groups;
    char **group_name;
    int64_t *group_n;          /* [groups] */
    double *group_accuracy;    /* [groups] of classes; NaN: none */
    mien_point_summary *group; /* [groups] of points */
} mien_answer_verdict;

/* How far the network that recognises people finds pictures of faces from what
 * is made of them; see faces.h. */
typedef struct mien_identity {
    int64_t n;        /* pictures compared; 0: it was not measured */
    double kept;      /* mean distance of a picture and itself made again */
    double strangers; /* and of two pictures that follow each other */
    double same;      /* share of pictures nearer than MIEN_SAME_PERSON */
} mien_identity;

/* How good a network is on some samples.  Zero-initialise before use; release
 * with mien_picture_verdict_free. */
typedef struct mien_picture_verdict {
    int64_t n;        /* samples that were looked at */
    int64_t failures; /* pictures that could not be loaded, left out */
    int answers;
    mien_answer_verdict *answer; /* [answers] */
    int64_t worst[16];           /* samples with the largest errors of the first
                                    answer, the worst first */
    double worst_error[16];      /* of points by the eyes; of classes the log
                                    loss; of a number its distance; of a picture
                                    its mean squared error; of a divergence
                                    bits */
    int worst_n;
    mien_identity identity; /* of auto-encoders of faces, where it was asked
                               for */
} mien_picture_verdict;

/* Release a verdict.
 *
 *   v  its fields are cleared; NULL is allowed */
MIEN_API void mien_picture_verdict_free(mien_picture_verdict *v);

/* Say a verdict in some lines.
 *
 *   v      a verdict
 *   name   of its samples: "test"
 *   whole  1: with the rates of each class and of each group
 *   out    the text is added */
MIEN_API void mien_picture_verdict_text(const mien_picture_verdict *v,
                                        const char *name, int whole,
                                        mien_buffer *out);

/* Write a verdict as a JSON object.
 *
 *   v    a verdict
 *   key  of the object, or NULL
 *   j    a text being written */
MIEN_API void mien_picture_verdict_json(const mien_picture_verdict *v,
                                        const char *key, mien_json *j);

/* ---- choices ------------------------------------------------------------- */

typedef struct mien_picture_study mien_picture_study;

/* What a network sees of a picture. */
typedef enum mien_picture_crop {
    MIEN_CROP_WHOLE, /* all of it, stretched */
    MIEN_CROP_BOX,   /* the box of the labels; all of it where there is none */
    MIEN_CROP_FACE   /* the box of mien_picture_set, which a detector of faces
                        gave: mien_face_boxes_find (kit.h) */
} mien_picture_crop;

/* How pictures become what a network sees: kept in its model, so that it is
 * used as it was trained. */
typedef struct mien_picture_view {
    mien_picture_crop crop;
    float margin; /* share of the box that is added on each side, -0.4..4 */
    int square;   /* 1: the shorter side is made as long */
    int aligned;  /* pixels of a side, where pictures are faces cut out by five
                     points (mien_aligned_image of kit.h); 0: they are not */
} mien_picture_view;

/* Pictures with what is known of them. */
typedef struct mien_picture_set {
    const char *name;          /* in reports */
    const mien_labels *labels; /* borrowed */
    mien_picture_load *load;   /* NULL where the labels hold the pictures */
    void *arg;                 /* for load */
    const mien_box *box; /* [n] boxes instead of the labels' own, or NULL */
} mien_picture_set;

/* Begin with MIEN_PICTURE_DEFAULTS; what pointers point to is borrowed while
 * the study lives. */
typedef struct mien_picture_options {
    mien_picture_view view;
    mien_augment augment;
    const float *weight; /* [losses of the network] of them, instead of its own;
                            0: neither learned nor judged; NULL: its own */
    double valid;        /* share of the training samples that tell the epoch */
    double test;         /* share that is the test part where there is no test
                            set and the labels name none */
    uint32_t seed;
    uint32_t part_seed;   /* of the parts alone; 0: seed */
    int epochs, patience; /* patience 0: all epochs are done */
    int task_patience;    /* see mien_fit_options */
    int plateau;          /* epochs without improvement before the rate is
                             halved; 0: never */
    int batch;
    mien_optimizer optimizer;
    mien_schedule schedule; /* epochs 0: those of the training */
    float average;          /* see mien_trainer_options */
    float smoothing;     /* of classes, more than the network says; 0: none */
    int balanced;        /* 1: classes weigh as if they were equally many */
    int by_eyes;         /* 1: a face weighs the more, the nearer its eyes are
                            to each other for its size, as in NME; at most 4
                            times the mean */
    int mirror;          /* 1: judged by the mean of a picture and its mirror */
    int keep_twins;      /* 1: learn also from pictures that are judged by */
    int64_t faceless[2]; /* pictures of the training and of the test set in
                            which no face was found, for reports */
    const char *group;   /* task whose classes errors are told by; NULL: none */
    const uint8_t *state; /* [state_size] from mien_picture_study_state */
    size_t state_size;
    mien_pool *pool;     /* NULL: one thread */
    int threads;         /* that prepare pictures ahead; 0: none */
    int64_t cache_bytes; /* of decoded pictures */
    int compare; /* training pictures that principal components are fitted on,
                    beside an auto-encoder; fewer where they would take more
                    than 256 MB; 0: not compared */
    /* Called after each epoch; not 0: stop.  NULL: not wanted. */
    int (*on_epoch)(void *arg, const mien_picture_study *s,
                    const mien_epoch *e);
    /* Called after some batches with how many samples of the epoch are done;
     * not 0: stop at once, as if the epoch had not begun.  NULL: not wanted. */
    int (*on_batch)(void *arg, const mien_picture_study *s, int64_t done);
    void *arg;
    const mien_team *team; /* that learns together; NULL: this process alone */
    const char *data_sha256; /* of the training set, by mien_set_digest, as it
                                was before anything was cut out; NULL: worked
                                out where twins are looked for and pictures are
                                not aligned, else not known */
    const uint8_t *sheet;    /* [sheet_size] its datasheet.json
                                (mien/dataset_sheet.h), kept beside the model,
                                which keeps its digest; NULL: there is none */
    size_t sheet_size;
} mien_picture_options;
#define MIEN_PICTURE_DEFAULTS                                                  \
    {                                                                          \
        {0, 0, 0, 0}, MIEN_AUGMENT_NONE, NULL, 0.1, 0.1, 1, 0, 35, 0, 0, 0,    \
            64, MIEN_ADAM_TORCH, {MIEN_RATE_CONSTANT, 0, 0, 1, 0}, 0, 0, 0, 0, \
            0, 0, {0, 0}, NULL, NULL, 0, NULL, 0, (int64_t)1 << 29, 1000,      \
            NULL, NULL, NULL, NULL, NULL, NULL, 0                              \
    }

/* ---- a study ------------------------------------------------------------- */

/* Samples of each part, and what was left out. */
typedef struct mien_picture_parts {
    int64_t train, valid, test;
    int64_t
        twins; /* training samples left out: the same picture is judged by */
    int64_t unread; /* lines of labels that could not be read */
} mien_picture_parts;

/* Find what a network is held to among labels, and make parts.
 *
 *   net      learns; borrowed while the study lives
 *   train    to learn from
 *   test     to judge by; NULL: samples of train that its labels name for the
 *            test, or options->test of them
 *   options  copied
 *   out      owned by the caller; free with mien_picture_study_free
 *
 * A loss is bound to the task, the points or the number that its target names,
 * or to the picture; the divergence of a code wants nothing; a network with one
 * cross-entropy also to the only task there is. Fails with EARG (a target that
 * is not there or has another size: the text names both; a part would be
 * empty), EUNSUP, ELIMIT, ENOMEM, and what a loader fails with. */
MIEN_API MIEN_CHECKED mien_status mien_picture_study_new(
    mien_net *net, const mien_picture_set *train, const mien_picture_set *test,
    const mien_picture_options *options, mien_picture_study **out,
    mien_error *err);

/* Release a study with all it made.
 *
 *   s  NULL is allowed */
MIEN_API void mien_picture_study_free(mien_picture_study *s);

/* Count the samples of the parts.
 *
 *   s  a study */
MIEN_API mien_picture_parts
mien_picture_study_parts(const mien_picture_study *s);

/* The bytes that a step of learning takes at its most.
 *
 *   s  a study */
MIEN_API size_t mien_picture_study_bytes(const mien_picture_study *s);

/* Learn from the training part; the network then holds the best parameters.
 *
 *   s    a new study, asserted
 *   end  why it ended; may be NULL
 *
 * A study that was stopped has learned too, as far as it came.  Of a team all
 * ranks have to call this, with studies of the same data and choices, and have
 * learned the same; the state is that of rank 0, and any one may judge.
 * Fails with EARG (a state of other data or choices, which the text names; a
 * rank with others than rank 0), EFORMAT (a state that is none), EUNSUP (a loss
 * that is not finite: the best parameters stay), EIO (another rank could not go
 * on, or is gone), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_picture_study_learn(
    mien_picture_study *s, mien_fit_end *end, mien_error *err);

/* Keep where a training stands, with what tells its data and choices.
 *
 *   s    a study that learns, or has learned
 *   out  the state; free with mien_bytes_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_picture_study_state(
    const mien_picture_study *s, mien_bytes *out, mien_error *err);

/* Fit temperatures on the validation part, judge both parts, and write the
 * model as bytes.
 *
 *   s  has learned
 *
 * Fails with ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_picture_study_judge(mien_picture_study *s, mien_error *err);

/* Its fit.
 *
 *   s  learning, or has learned */
MIEN_API const mien_fit *mien_picture_study_fit(const mien_picture_study *s);

/* What a study's network sees of pictures.
 *
 *   s  a study */
MIEN_API mien_picture_view mien_picture_study_view(const mien_picture_study *s);

/* The samples that judge, as rows of their set's labels.
 *
 *   s  a study
 *   n  set to how many */
MIEN_API const int64_t *
mien_picture_study_test_rows(const mien_picture_study *s, int64_t *n);

/* Its model.onnx; empty before it was judged.
 *
 *   s  a study */
MIEN_API const mien_bytes *
mien_picture_study_model(const mien_picture_study *s);

/* Add to the verdict of the test part how much of an identity is kept.
 *
 *   s     was judged
 *   kept  copied */
MIEN_API void mien_picture_study_set_identity(mien_picture_study *s,
                                              const mien_identity *kept);

/* Say an epoch in a line: the losses of training and validation; of an
 * auto-encoder each of them, without its weight.
 *
 *   s    learning, or has learned
 *   e    one of its epochs
 *   out  the text is added, without a line's end */
MIEN_API void mien_picture_epoch_text(const mien_picture_study *s,
                                      const mien_epoch *e, mien_buffer *out);

/* Its trainer.
 *
 *   s  learning, or has learned */
MIEN_API const mien_trainer *
mien_picture_study_trainer(const mien_picture_study *s);

/* How good the network is: borrowed.
 *
 *   s     was judged
 *   test  1: on the test part; 0: on the validation part */
MIEN_API const mien_picture_verdict *
mien_picture_study_verdict(const mien_picture_study *s, int test);

enum { MIEN_BASELINES = 2 };

/* What principal components make of the test part: of whole pictures, values
 * 0..1. */
typedef struct mien_picture_baseline {
    int64_t fitted, judged;         /* pictures; 0: not compared */
    int components[MIEN_BASELINES]; /* 64 and 128; fewer of fewer pictures */
    double psnr[MIEN_BASELINES];    /* of the mean squared error, dB */
} mien_picture_baseline;

/* The figures that an auto-encoder has to beat; zeros for networks that are
 * held to labels.
 *
 *   s  was judged */
MIEN_API mien_picture_baseline
mien_picture_study_baseline(const mien_picture_study *s);

/* ---- what is said of it -------------------------------------------------- */

/* Say all that is known: the data; what was learned, and how; how good it is.
 *
 *   s    a study
 *   out  lines of text are added */
MIEN_API void mien_picture_study_text(const mien_picture_study *s,
                                      mien_buffer *out);

/* Write the figures as JSON of the schema mien/picture-metrics/1.
 *
 *   s    was judged
 *   out  the text is added */
MIEN_API void mien_picture_study_metrics(const mien_picture_study *s,
                                         mien_buffer *out);

/* Write the epochs as CSV, with each loss.
 *
 *   s    has learned
 *   out  the text is added */
MIEN_API void mien_picture_study_history(const mien_picture_study *s,
                                         mien_buffer *out);

/* Write a model card in Markdown: mien_card_of_model of the model and its
 * metrics.
 *
 *   s    was judged
 *   out  the text is added
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_picture_study_card(
    const mien_picture_study *s, mien_buffer *out, mien_error *err);

/* What mien_journal_epoch keeps of it, from within on_epoch: its checkpoint and
 * its pictures.
 *
 *   s  learning */
MIEN_API mien_journal_source
mien_picture_study_source(const mien_picture_study *s);

/* Show some samples of the validation part as the network sees them, with what
 * is told and found, as records for TensorBoard: points told in blue and found
 * in orange, classes found, and told where they are others; of an auto-encoder
 * pictures above what it makes of them; and confusion matrices.
 *
 *   s          learning, or has learned: as its parameters are now
 *   epoch      that they are of
 *   wall_time  seconds since 1970
 *   out        free with mien_bytes_free
 *
 * Fails with ELIMIT, ENOMEM, EUNSUP (cairo could not draw). */
MIEN_API MIEN_CHECKED mien_status
mien_picture_study_events(const mien_picture_study *s, int epoch,
                          double wall_time, mien_bytes *out, mien_error *err);

/* Write the report, with its figures, as one page of HTML.
 *
 *   s    was judged
 *   out  the text is added
 *
 * Fails with ENOMEM, EUNSUP (cairo could not draw). */
MIEN_API MIEN_CHECKED mien_status mien_picture_study_page(
    const mien_picture_study *s, mien_buffer *out, mien_error *err);

/* Write model.onnx, metrics.json, model_card.md, report.html, history.csv, and
 * of an auto-encoder codes.json.
 *
 *   s       was judged
 *   folder  is made if it is not there
 *
 * Fails with EIO, ENOMEM, EUNSUP. */
MIEN_API MIEN_CHECKED mien_status mien_picture_study_save(
    const mien_picture_study *s, const char *folder, mien_error *err);

/* ---- a model that was written ---------------------------------------------
 */

typedef struct mien_picture_evaluate_options {
    int mirror;        /* see mien_picture_options */
    const char *group; /* the same */
    mien_pool *pool;   /* NULL: one thread */
    int threads;       /* that prepare pictures ahead */
} mien_picture_evaluate_options;

/* Judge a model on labelled pictures.
 *
 *   bytes    [n] model.onnx as mien_picture_study_save writes it
 *   n        how many bytes
 *   set      labels and pictures; classes are told by their names
 *   options  NULL: zeros
 *   out      release with mien_picture_verdict_free
 *
 * Answers whose labels the set does not have are left out.
 * Fails with EFORMAT (no such model), EARG (the set has labels for none of its
 * answers; a class that the model does not know: the text names it), ELIMIT,
 * ENOMEM, and what a loader fails with. */
MIEN_API MIEN_CHECKED mien_status mien_picture_evaluate(
    const uint8_t *bytes, size_t n, const mien_picture_set *set,
    const mien_picture_evaluate_options *options, mien_picture_verdict *out,
    mien_error *err);

/* What pictures a network of classes takes that was not trained here, and what
 * it calls them. */
typedef struct mien_picture_classes {
    const char *task;  /* "emotion" */
    const char *names; /* of its classes, with commas between: as many as
                          output 0 has numbers */
    float mean, scale; /* a pixel of 0..255 goes in as (pixel - mean) * scale */
} mien_picture_classes;

/* Write into a network how it is used, so that mien_picture_evaluate takes it.
 *
 *   g    its first input is a picture, grey or RGB, its first output logits;
 *        its metadata are changed
 *   how  names of the classes, and what pixels are scaled by
 *
 * The whole picture is taken, stretched.
 * Fails with EARG (inputs or outputs of another form, names that are empty, too
 * long or as many as there are no classes), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_picture_name_classes(
    mien_graph *g, const mien_picture_classes *how, mien_error *err);

/* What part of a picture a model sees, as told by its metadata.
 *
 *   g    a graph that was read
 *   out  the view it was trained with
 *
 * Fails with EFORMAT (no model of pictures), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_picture_view_of(const mien_graph *g,
                                                       mien_picture_view *out,
                                                       mien_error *err);

/* Whether bytes are a model of pictures, as told by its metadata.
 *
 *   g  a graph that was read */
MIEN_API int mien_picture_is_model(const mien_graph *g);

#ifdef __cplusplus
}
#endif
#endif
