/* picture.h: what the parts of a study of pictures share. */
#ifndef MI_PICTURE_PICTURE_H
#define MI_PICTURE_PICTURE_H

#include "mien/engine.h"
#include "mien/picture.h"
#include "mien/picture_code.h"
#include "mien/plot.h"

/* What one output answers. */
typedef struct mi_answer {
    char name[MIEN_NET_NAME]; /* of the output */
    char task[MIEN_NET_NAME]; /* what the labels call it */
    mien_answer_kind kind;
    int output; /* of the graph */
    int units;  /* numbers of the output */
    int of;     /* the task, or the column of numbers; -1: none of them */
    mien_target target;
    int place;          /* of its target among the loader's; -1: none */
    int classes;        /* of MIEN_ANSWER_CLASSES; the points that are named */
    char **class_name;  /* [classes] borrowed */
    double temperature; /* of classes */
} mi_answer;

/* Whether an answer is judged by labels; else by the picture, or by itself. */
int mi_answer_labelled(const mi_answer *a);
/* How many numbers are kept of a row's answer: of a picture two, its mean
 * squared error and its SSIM. */
int mi_answer_kept(const mi_answer *a);

/* How pictures become what a network sees, and what it answers. */
typedef struct mi_view {
    mien_picture_view view;
    int w, h, channels;
    mien_net_colour colour;
    float mean[3], scale[3];
    mien_box frame; /* see mien_picture_model_frame; width 0: unknown */
    int input;      /* of the graph: the picture */
    int n_answers;
    mi_answer answer[MIEN_MAX_LOSSES];
} mi_view;

/* Samples of a set as rows of a network. */
typedef struct mi_rows {
    const mi_view *view;
    const mien_picture_set *set;
    mien_loader *loader;
    const int64_t *row; /* [n] samples of the set */
    int64_t n;
    float *again; /* [n, channels, h, w] pictures made again are written there
                     by mi_predict; NULL: not kept */
} mi_rows;

/* A loader of a set, that cuts and scales as the view says.  targets is how
 * many of its answers have labels. */
mien_status mi_view_loader(const mi_view *v, const mien_picture_set *set,
                           const mien_picture_options *o, mien_loader **out,
                           mien_error *err);
/* Points from shares of a cut to pixels from its middle, [n, points, 2]. */
void mi_view_points(const mi_view *v, int64_t n, int units, float *xy);
/* Exchange red and blue, [n, 3, h, w], where the network wants that. */
void mi_view_colours(const mi_view *v, int64_t n, float *pixels);

/* What a network sees or makes again, [channels, h, w], as a picture; owned by
 * the caller. */
mien_status mi_view_image(const mi_view *v, const float *row, mien_image *out,
                          mien_error *err);

/* Labels of another set in the words of a view: its tasks are those of the
 * answers, in their order, with their classes.  What is borrowed stays the
 * set's; release with mi_aligned_free.  The answers' `of` and place in *to are
 * set; those without labels are left out of it.  Fails with EARG (labels for
 * none, a class that the view does not know). */
mien_status mi_align(const mi_view *v, const mien_labels *set, mi_view *to,
                     mien_labels *out, mien_error *err);
/* Release what mi_align made. */
void mi_aligned_free(mien_labels *l);

/* ---- predictions -----------------------------------------------------------
 */

/* What a network says of rows, and what is true. */
typedef struct mi_said {
    int64_t n;
    float *said[MIEN_MAX_LOSSES];  /* [n, mi_answer_kept] an answer */
    float *truth[MIEN_MAX_LOSSES]; /* [n, units]; NULL: no labels */
    float *weight;                 /* [n] 0: the picture could not be loaded */
    float *size;                   /* [n, 2] width and height of the cut in
                                      pixels of its picture */
} mi_said;

/* Run a network on rows, as they are; mirror 1: the mean with their mirrors.
 * Release with mi_said_free. */
mien_status mi_predict(const mien_graph *g, const mi_rows *r, int mirror,
                       mien_pool *pool, mi_said *out, mien_error *err);
/* Release what mi_predict made. */
void mi_said_free(mi_said *s);

/* Judge what was said.  group: a task of `labels`, which are the set's as they
 * were given, or -1. */
mien_status mi_judge(const mi_rows *r, const mi_said *said,
                     const mien_labels *labels, int group,
                     mien_picture_verdict *out, mien_error *err);
/* Find where the points lie in the pictures of a view that takes whole ones. */
void mi_frame(mi_view *v, const mi_said *said);
/* Find the temperatures of a view's answers on rows that were not learned
 * from. */
mien_status mi_temperatures(mi_view *v, const mi_said *said, mien_error *err);

/* ---- models ----------------------------------------------------------------
 */

/* Write a view into a graph's metadata. */
mien_status mi_view_put(const mi_view *v, mien_graph *g, mien_error *err);
/* Read it back; names are kept in *memory, which is released with mi_free. */
mien_status mi_view_get(const mien_graph *g, mi_view *out, char **memory,
                        mien_error *err);

/* ---- a study ---------------------------------------------------------------
 */

struct mien_picture_study {
    mien_picture_options o;
    mien_net *net;
    mien_picture_set train_set, test_set; /* the same if there is one */
    mien_labels aligned;                  /* of the test set, if there is one */
    mi_view view, test_view;        /* the same answers, by each set's labels */
    const mien_labels *test_labels; /* as they were given */
    mien_loss loss[MIEN_MAX_LOSSES];  /* that are learned */
    int loss_answer[MIEN_MAX_LOSSES]; /* its answer */
    int losses;
    float class_weight[MIEN_MAX_LOSSES][MIEN_METRICS_CLASSES_MAX];
    mien_loader *loader, *test_loader; /* the same if there is one set */
    mi_rows part[3];                   /* training, validation, test */
    int64_t *row[3];                   /* owned: rows of the parts */
    mien_picture_parts parts;
    char data_sha256[65];  /* of the training set; "": not known */
    char sheet_sha256[65]; /* of its sheet; "": there is none */
    mien_trainer *trainer;
    mien_fit *fit;
    int64_t done;         /* samples of the epoch, of all ranks */
    int stopped;          /* by on_batch */
    float *row_weight;    /* [n] of the training set; NULL: all weigh alike */
    int64_t *mapped;      /* [batch + AHEAD] */
    const int64_t *order; /* [order_n] of this epoch, borrowed */
    int64_t order_n, order_at;
    int group; /* task of the test set's labels, or -1 */
    double seconds;
    mien_picture_verdict verdict[2];
    mien_picture_baseline baseline;
    mien_codes codes; /* of the training part; none before it was judged */
    mien_bytes file;  /* model.onnx; none before it was judged */
};

enum { MI_AHEAD = 256 };

/* bind.c: find the answers of a network among labels. */
mien_status mi_bind(const mien_net *net, const mien_labels *labels,
                    const float *weight, mi_view *out, mien_error *err);
/* Whether pictures are made again, and nothing asks for labels. */
int mi_is_auto_encoder(const mi_view *v);
/* codes.c: may codes have these sizes?  EFORMAT: no. */
mien_status mi_codes_limits(int64_t count, int64_t k, int64_t d,
                            mien_error *err);
/* Are their numbers weights, means and variances?  EFORMAT: no. */
mien_status mi_codes_check(const mien_codes *c, mien_error *err);
/* codes_fit.c: how the codes of the training part are spread. */
mien_status mi_codes_fit(mien_picture_study *s, mien_error *err);
/* baseline.c: principal components on the test part, for an auto-encoder. */
mien_status mi_baseline(mien_picture_study *s, mien_error *err);
/* At most m rows of a part, at even distances, as the network sees them; *out
 * [*n, channels, h, w] is released with mi_free. */
mien_status mi_spread_rows(const mi_rows *r, int64_t m, float **out, int64_t *n,
                           mien_error *err);
/* begin.c: let layers begin as components of the training part. */
mien_status mi_begin(mien_picture_study *s, mien_error *err);
/* parts.c: rows of the parts, without twins. */
mien_status mi_parts(mien_picture_study *s, int has_test, mien_error *err);
/* weigh.c: weights of the rows, by the training part. */
mien_status mi_weigh(mien_picture_study *s, mien_error *err);
/* The two points that are eyes, by their names; else the first two. */
void mi_find_eyes(const mien_labels *l, int eyes[2]);
/* What a trainer asks for: rows of a part. */
typedef struct mi_asked {
    mien_picture_study *study;
    const mi_rows *rows;
    int learn; /* 1: changed by chance */
} mi_asked;
enum { MI_DRAWN_CLASSES = 20 }; /* of a confusion matrix, at most */
/* page.c: the confusion matrix of an answer on a part of the data: rows told,
 * columns found, in shares of the row. */
mien_status mi_draw_confusion(const mien_answer_verdict *a, const char *part,
                              mien_panel *p, mien_error *err);
/* gallery.c: rows [n] of the test part as pictures, below a heading. */
mien_status mi_gallery(const mien_picture_study *s, const char *heading,
                       const int64_t *row, int n, mien_buffer *out,
                       mien_error *err);
/* state.c: go on from s->o.state, if there is one; of a team all go on from
 * that of rank 0, where all have the same data and choices. */
mien_status mi_state_read(mien_picture_study *s, mien_error *err);
/* Lines "key, tab, value" that tell a study's choices. */
void mi_state_choices(mien_buffer *b, const mien_picture_options *o);
/* A line with a digest of bytes. */
void mi_state_digest(mien_buffer *b, const char *key, const mien_buffer *of);
/* A line with a digest of all that is known of a set's samples. */
void mi_state_set(mien_buffer *b, const char *key, const mien_labels *l);
/* rows.c: what a mien_row_source calls; arg is an mi_asked. */
void mi_ahead(void *arg, int epoch, const int64_t *rows, int64_t n);
/* Fill rows of the part in. */
mien_status mi_fill(void *arg, int epoch, const int64_t *rows, int64_t n,
                    float *const *inputs, float *const *targets, float *weights,
                    mien_error *err);

#endif
