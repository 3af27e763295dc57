/* mien/study.h: a table to a judged model.
 *
 *   a table, choices -> mien_study_new   labels, windows, parts, numbers
 *     -> mien_study_learn                on the training part
 *     -> mien_study_judge                threshold by the validation part,
 *                                        figures of the test part
 *     -> mien_study_model, _verdict, _text, _metrics, _history, _card, _page
 *     -> mien_study_save                 all of it as a folder
 *   a model, a table -> mien_evaluate -> a verdict
 *   a model, a table -> mien_predictor -> lines of CSV
 *
 * The table is prepared once, and the model that is judged is the one that is
 * written.  The same choices and seed give the same bits for any number of
 * threads.  Only mien_study_save opens files, and only
 * mien_study_page needs cairo. */
#ifndef MIEN_STUDY_H
#define MIEN_STUDY_H

#include "mien/report.h"
#include "mien/table_dates.h"
#include "mien/tabular.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- choices ------------------------------------------------------------- */

/* What is done to a table before anything is learned from it: all that changes
 * an answer.  Begin with MIEN_RECIPE_DEFAULTS. */
typedef struct mien_recipe {
    const char *label;       /* the column that is to be told */
    const char *positive;    /* its value that is the event; NULL: 1 or true */
    const char *const *drop; /* [drops] columns that are left out */
    int drops;
    const mien_csv_type *type; /* [types] how columns were read */
    int types;
    int ahead;             /* label so many rows before an event instead, and
                              drop the event's row; 0: the event itself */
    int window;            /* rows a score looks at, its own included */
    mien_missing missing;  /* what stands for missing numbers */
    mien_scale scaler;     /* how columns are brought to like size */
    const char *time;      /* rows are first sorted by this column of dates or
                              numbers; NULL: they stay as they stand */
    mien_date_order dates; /* how its days and months are meant */
    const char *const *na; /* [nas] values that meant none is there; NULL: the
                              usual ones */
    int nas;
} mien_recipe;
#define MIEN_RECIPE_DEFAULTS                                    \
    {                                                           \
        NULL, NULL, NULL, 0, NULL, 0, 0, 1, MIEN_MISSING_ERROR, \
            MIEN_SCALE_STANDARD, NULL, MIEN_DATE_ANY, NULL, 0   \
    }

/* Write a recipe as text, to be kept beside what was learned by it.
 *
 *   r    a recipe with a label
 *   out  lines of "key, tab, value"; free with mien_bytes_free
 *
 * Equal recipes give equal bytes.  Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_recipe_write(const mien_recipe *r,
                                                    mien_bytes *out,
                                                    mien_error *err);

/* Read such a text.
 *
 *   bytes  [n] the text
 *   n      how many
 *   out    owned by the caller; free with mien_recipe_free
 *
 * Fails with EFORMAT (the text names the line), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_recipe_read(const uint8_t *bytes,
                                                   size_t n, mien_recipe **out,
                                                   mien_error *err);

/* Release a recipe that was read.
 *
 *   r  NULL is allowed */
MIEN_API void mien_recipe_free(mien_recipe *r);

/* By which rule a threshold is chosen: see mien_ranking_choose. */
typedef struct mien_rule_choice {
    mien_rule kind;
    double a, b;
} mien_rule_choice;

/* Read a rule.
 *
 *   text  "f1", "youden", "recall=0.9", "precision=0.5", "false-alarm=0.01",
 *         "cost=fn=100,fp=1" (of a missed event, of a false alarm),
 *         "alerts=5/1000" (in so many rows) or "alerts=5/day"
 *   t     whose first column of dates tells how many rows a day has; NULL
 *         refuses "/day"
 *   out   the rule
 *
 * Fails with EARG: the text says what was found and wanted, not where;
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_rule_read(const char *text,
                                                 const mien_table *t,
                                                 mien_rule_choice *out,
                                                 mien_error *err);

typedef enum mien_resample_kind {
    MIEN_RESAMPLE_NONE,
    MIEN_RESAMPLE_UNDER, /* leave out rows of the larger class */
    MIEN_RESAMPLE_OVER,  /* draw rows of the smaller class again */
    MIEN_RESAMPLE_SMOTE  /* make rows between neighbours of that class */
} mien_resample_kind;

/* How classes are balanced. */
typedef struct mien_resample {
    mien_resample_kind kind;
    double ratio; /* smaller class over larger class afterwards, in (0, 1] */
    uint32_t seed;
} mien_resample;

typedef enum mien_estimator {
    MIEN_ESTIMATOR_LOGISTIC,
    MIEN_ESTIMATOR_AUTOENCODER /* learns rows that are no events; a row's score
                                  is its mean squared reconstruction error */
} mien_estimator;

/* Does each part of a random split get its share of events? */
typedef enum mien_stratify {
    MIEN_STRATIFY_RARE, /* where a part would have fewer than
                           MIEN_STRATIFY_EVENTS on average */
    MIEN_STRATIFY_YES,
    MIEN_STRATIFY_NO
} mien_stratify;
#define MIEN_STRATIFY_EVENTS 10

typedef struct mien_study mien_study;

/* A logistic regression. */
typedef struct mien_study_logistic {
    double c;               /* inverse strength of the L2 penalty */
    double class_weight[2]; /* of rows and events */
    int balanced;           /* 1: weights that make the classes equal */
    mien_resample resample; /* of training rows; its seed is the study's */
    int uncorrected;        /* 1: probabilities stay at the rate of events that
                               weights and resampling made */
} mien_study_logistic;

/* An auto-encoder. */
typedef struct mien_study_autoencoder {
    const int *layer; /* [layers] units of the hidden layers; NULL: 32, 16, 16,
                         32; LSTM: 32, 16, 32 */
    int layers;
    int lstm;             /* 1: memories over the rows of a window */
    float dropout;        /* of the first layer, while training */
    int epochs;           /* at most */
    int patience;         /* epochs without improvement; 0: all are done */
    int batch;            /* rows of a step */
    float rate;           /* of Adam */
    float activity;       /* L1 penalty on what the first layer gives */
    const uint8_t *state; /* [state_size] from mien_study_checkpoint, of the
                             same table and choices: go on from it */
    size_t state_size;
    /* Called after each epoch; not 0: stop.  NULL: not wanted. */
    int (*on_epoch)(void *arg, const mien_study *s, const mien_epoch *e);
    void *arg;
} mien_study_autoencoder;

/* Begin with MIEN_STUDY_DEFAULTS; what pointers point to is borrowed while the
 * study lives. */
typedef struct mien_study_options {
    const char *name; /* of the table, in reports */
    mien_recipe recipe;
    mien_estimator estimator;
    double test;  /* share of the rows */
    double valid; /* share of the others, which choose epoch and threshold */
    uint32_t seed;
    int honest;    /* 1: rows are in the order of time: the last are the test
                      part, those before them the validation part.  With the
                      recipe's time it is always so; without, rows that are not
                      in the order of the first column of dates are refused */
    int64_t purge; /* honest: rows left out between parts; -1: window + ahead */
    mien_stratify stratify;
    mien_rule_choice rule;
    mien_study_logistic logistic;
    mien_study_autoencoder autoencoder;
    mien_pool *pool;       /* NULL: one thread */
    const char *const *by; /* [bys] groups, as for mien_evaluate_by: the model
                              keeps how many rows of each it learned from, and
                              the test part is judged by them */
    int bys;
    const char *data_sha256; /* of the table's file, kept in the model; NULL:
                                not known */
    const uint8_t *sheet;    /* [sheet_size] the table's datasheet.json
                                (mien/dataset_sheet.h), kept beside the model,
                                which keeps its digest; NULL: there is none */
    size_t sheet_size;
    mien_data_terms terms; /* on which the table is used, kept in the model */
} mien_study_options;
#define MIEN_STUDY_DEFAULTS                                                    \
    {                                                                          \
        "table", MIEN_RECIPE_DEFAULTS, MIEN_ESTIMATOR_LOGISTIC, 0.2, 0.2, 123, \
            0, -1, MIEN_STRATIFY_RARE, {MIEN_RULE_F, 1, 1},                    \
            {1, {1, 1}, 0, {MIEN_RESAMPLE_NONE, 1, 0}, 0},                     \
            {NULL, 0, 0, 0, 200, 0, 128, 1e-3f, 1e-3f, NULL, 0, NULL, NULL},   \
            NULL, NULL, 0, NULL, NULL, 0,                                      \
        {                                                                      \
            NULL, NULL, NULL                                                   \
        }                                                                      \
    }

/* ---- a study ------------------------------------------------------------- */

typedef enum mien_study_part {
    MIEN_PART_VALIDATION,
    MIEN_PART_TEST
} mien_study_part;

/* Prepare a table: labels, windows, parts, and the numbers of the columns.
 *
 *   t        borrowed while the study lives
 *   options  copied
 *   out      owned by the caller; free with mien_study_free
 *
 * Encoder and scaler look at the training part alone (auto-encoder: at its rows
 * that are no events).
 * Fails with EARG (no such column; rows that are not in the order of time; a
 * part would be empty or has one class; nothing is left to learn from), EFORMAT
 * (labels or values that cannot be used), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_study_new(const mien_table *t, const mien_study_options *options,
               mien_study **out, mien_error *err);

/* Release a study with all it made.
 *
 *   s  NULL is allowed */
MIEN_API void mien_study_free(mien_study *s);

/* Learn from the training part.
 *
 *   s    a new study, asserted
 *   end  why an auto-encoder's epochs ended; may be NULL
 *
 * A study that on_epoch stopped has learned too, as far as it came.
 * Fails with EARG (options; a state of another table or other choices, which
 * the text names), EFORMAT (a state that is none), EUNSUP (a
 * loss that is not finite), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_study_learn(mien_study *s,
                                                   mien_fit_end *end,
                                                   mien_error *err);

/* Keep where an auto-encoder's training stands, with what tells its table and
 * choices.
 *
 *   s    learning, or has learned
 *   out  the state; free with mien_bytes_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_study_checkpoint(const mien_study *s,
                                                        mien_bytes *out,
                                                        mien_error *err);

/* Put the model together, choose its threshold on the validation part, judge
 * both parts, and write the model as bytes.
 *
 *   s  has learned
 *
 * Fails with EARG (nothing satisfies the rule), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_study_judge(mien_study *s,
                                                   mien_error *err);

/* The network's fit; NULL for a regression.
 *
 *   s  learning, or has learned */
MIEN_API const mien_fit *mien_study_fit(const mien_study *s);

/* The network's trainer; NULL for a regression.
 *
 *   s  learning, or has learned */
MIEN_API const mien_trainer *mien_study_trainer(const mien_study *s);

/* The model as an ONNX file: borrowed.
 *
 *   s  was judged */
MIEN_API mien_bytes mien_study_model(const mien_study *s);

/* How good the model is: borrowed.
 *
 *   s     was judged
 *   part  which rows */
MIEN_API const mien_verdict *mien_study_verdict(const mien_study *s,
                                                mien_study_part part);

/* The rows of a part with their scores: borrowed.
 *
 *   s     was judged
 *   part  which rows */
MIEN_API mien_scored mien_study_scored(const mien_study *s,
                                       mien_study_part part);

/* The rows of a part with their decision values, by which they are ranked: see
 * mien_tabular_decide.  Borrowed.
 *
 *   s     was judged
 *   part  which rows */
MIEN_API mien_scored mien_study_decided(const mien_study *s,
                                        mien_study_part part);

/* ---- what is said of it -------------------------------------------------- */

/* Say what the table is: rows, parts, notes, and warnings of leaks.
 *
 *   s    a study
 *   out  lines of text are added */
MIEN_API void mien_study_describe(const mien_study *s, mien_buffer *out);

/* Say all that is known: the table; what was learned, and how; how good it is.
 *
 *   s    a study
 *   out  lines of text are added */
MIEN_API void mien_study_text(const mien_study *s, mien_buffer *out);

/* Write the figures as JSON of the schema mien/metrics/1.
 *
 *   s    was judged
 *   out  the text is added */
MIEN_API void mien_study_metrics(const mien_study *s, mien_buffer *out);

/* Write the epochs as CSV; a regression has none.
 *
 *   s    has learned
 *   out  the text is added */
MIEN_API void mien_study_history(const mien_study *s, mien_buffer *out);

/* Write a model card in Markdown: mien_card_of_model of the model and its
 * metrics.
 *
 *   s    was judged
 *   out  the text is added
 *
 * Not in the WebAssembly library.  Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_study_card(const mien_study *s,
                                                  mien_buffer *out,
                                                  mien_error *err);

/* Write the report, with its figures, as one page of HTML.
 *
 *   s    was judged
 *   out  the text is added
 *
 * Fails with ENOMEM, EUNSUP (cairo could not draw). */
MIEN_API MIEN_CHECKED mien_status mien_study_page(const mien_study *s,
                                                  mien_buffer *out,
                                                  mien_error *err);

/* Write model.onnx, metrics.json, model_card.md, report.html, of an
 * auto-encoder history.csv, and the sheet of the data where there is one.
 *
 *   s       was judged
 *   folder  is made if it is not there
 *
 * Fails with EIO, ENOMEM, EUNSUP. */
MIEN_API MIEN_CHECKED mien_status mien_study_save(const mien_study *s,
                                                  const char *folder,
                                                  mien_error *err);

/* ---- resampling ---------------------------------------------------------- */

/* Rows of a table after resampling. */
typedef struct mien_resampled {
    int64_t n;
    int64_t *row;     /* [n] of the table; some may stand twice */
    mien_table *made; /* rows made by SMOTE, of the same columns; or NULL */
} mien_resampled;

/* Balance the classes of a table.
 *
 *   t    a table; SMOTE wants numbers in every row
 *   y    [rows] 0 or 1, both present
 *   how  kind, ratio and seed
 *   out  release with mien_resampled_free
 *
 * As imbalanced-learn does for the same seed.
 * Fails with EARG (one class; a ratio below the one there is; too few rows),
 * EFORMAT (SMOTE: texts or missing values), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_table_resample(const mien_table *t,
                                                      const uint8_t *y,
                                                      const mien_resample *how,
                                                      mien_resampled *out,
                                                      mien_error *err);

/* Release the rows of a resampling.
 *
 *   r  its fields are cleared; NULL is allowed */
MIEN_API void mien_resampled_free(mien_resampled *r);

/* Write the rows of a resampling as CSV: those of the table as they stood in
 * its file, then those that were made.
 *
 *   r    of t
 *   t    was read with what its file said kept
 *   out  the text is added
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_resampled_csv(const mien_resampled *r,
                                                     const mien_table *t,
                                                     mien_buffer *out,
                                                     mien_error *err);

/* Say how many rows and events there were and are.
 *
 *   r    of t
 *   t    a table
 *   y    [rows] 0 or 1
 *   out  two lines are added */
MIEN_API void mien_resampled_text(const mien_resampled *r, const mien_table *t,
                                  const uint8_t *y, mien_buffer *out);

/* ---- using a model ------------------------------------------------------- */

/* What is done with texts of no level that a model has seen: none of the
 * columns that stand for levels is 1. */
typedef enum mien_unseen {
    MIEN_UNSEEN_COUNT, /* they are scored so, and counted */
    MIEN_UNSEEN_ERROR  /* the table is refused */
} mien_unseen;

/* Begin with MIEN_EVALUATE_DEFAULTS. */
typedef struct mien_evaluate_options {
    const char *label;       /* the column of answers; NULL: the model's */
    const char *positive;    /* the value of the event; NULL: the model's */
    const double *threshold; /* NULL: the model's */
    mien_unseen unseen;
    uint32_t seed;   /* of the intervals */
    mien_pool *pool; /* NULL: one thread */
} mien_evaluate_options;
#define MIEN_EVALUATE_DEFAULTS                         \
    {                                                  \
        NULL, NULL, NULL, MIEN_UNSEEN_COUNT, 123, NULL \
    }

/* Read columns as they were when a model learned: 02134 of a column of texts is
 * no number, and the same values mean that none is there.
 *
 *   m     a model; borrowed while csv is in use
 *   csv   its types are set, those it had are kept for other columns; missing
 *         values and dates, where it does not say
 *   kept  what its types point to; free with mien_bytes_free
 *
 * Fails with EFORMAT (the model's recipe), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_evaluate_csv(const mien_tabular *m,
                                                    mien_csv_options *csv,
                                                    mien_bytes *kept,
                                                    mien_error *err);

/* Judge a model on a table whose answers are known.
 *
 *   m        a model
 *   t        has its columns and the label's; it is prepared as the table was
 *            that the model learned from: sorted by time, shifted ahead of
 *            events, with windows that cross no row left out
 *   options  NULL: MIEN_EVALUATE_DEFAULTS
 *   out      the verdict; rows left out by the shift, and the first of a
 *            window, which have no score, are not counted
 *
 * Fails with EARG (a column is not there; one class only), EFORMAT (values that
 * cannot be used), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_evaluate(
    mien_tabular *m, const mien_table *t, const mien_evaluate_options *options,
    mien_verdict *out, mien_error *err);

/* Predictions as lines of CSV, for tables that come piece by piece. */
typedef struct mien_predictor mien_predictor;

#define MIEN_PREDICT_MAX_TOP 16
#define MIEN_PREDICT_MAX_HIGHEST 10000

/* Begin with MIEN_PREDICT_DEFAULTS. */
typedef struct mien_predict_options {
    const double *threshold; /* NULL: the model's */
    int alarms;              /* 1: lines of alarms only */
    int top;                 /* so many columns that contribute most are named,
                                0..MIEN_PREDICT_MAX_TOP */
    mien_unseen unseen;
    int highest; /* so many rows, those with the highest scores, are kept for
                    mien_predictor_highest, 0..MIEN_PREDICT_MAX_HIGHEST */
} mien_predict_options;
#define MIEN_PREDICT_DEFAULTS            \
    {                                    \
        NULL, 0, 3, MIEN_UNSEEN_COUNT, 0 \
    }

/* What was found in a row. */
typedef struct mien_predicted {
    int64_t row;            /* from 1 */
    double decision, score; /* see mien_tabular_decide */
    int alarm;              /* 1: at or above the threshold */
    int tops;
    int top[MIEN_PREDICT_MAX_TOP];    /* [tops] inputs of the model, see
                                         mien_encoder_name; those that contribute
                                         most first */
    float part[MIEN_PREDICT_MAX_TOP]; /* [tops] what each adds to the log-odds,
                                         or its part of the error */
} mien_predicted;

/* Begin to predict.
 *
 *   m        borrowed while the predictor lives; one at a time
 *   options  NULL: MIEN_PREDICT_DEFAULTS
 *   out      owned by the caller; free with mien_predictor_free
 *
 * Fails with EARG (top, highest), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_predictor_new(mien_tabular *m, const mien_predict_options *options,
                   mien_predictor **out, mien_error *err);

/* Release a predictor; the model stays.
 *
 *   p  NULL is allowed */
MIEN_API void mien_predictor_free(mien_predictor *p);

/* Ask a reader of CSV for the model's columns alone, as they were when it
 * learned.
 *
 *   p    a predictor; keeps what the options point to
 *   csv  its types and columns are set, and missing values where it does not
 * say
 */
MIEN_API void mien_predictor_csv(const mien_predictor *p,
                                 mien_csv_options *csv);

/* Write the line of titles: row,score,verdict,top_1, ...
 *
 *   p    a predictor
 *   out  the line is added */
MIEN_API void mien_predictor_head(const mien_predictor *p, mien_buffer *out);

/* Write a line for each row of a table, which goes on where the last one ended.
 *
 *   p    a predictor
 *   t    has the model's columns
 *   out  lines are added: number of the row from 1, score, 1 for an alarm, the
 *        columns that contribute most; a probability near 1 has the digits that
 *        tell it from 1; NULL: none are written
 *
 * A model that looks at several rows in the order of a column of time refuses
 * rows that are not in it, where the table has that column.
 * Fails with EARG or EFORMAT (columns or values that the model cannot use;
 * texts it has not seen, if they are refused), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_predictor_rows(mien_predictor *p,
                                                      const mien_table *t,
                                                      mien_buffer *out,
                                                      mien_error *err);

/* A table that comes piece by piece, and where its lines go. */
typedef struct mien_predict_stream {
    /* Read at most room bytes; n is set to how many, 0 at the end. */
    mien_status (*read)(void *arg, uint8_t *to, size_t room, size_t *n,
                        mien_error *err);
    /* Take the lines of a block of rows, and empty the buffer. */
    mien_status (*write)(void *arg, mien_buffer *lines, mien_error *err);
    void *arg;
} mien_predict_stream;

/* Predict a table of any size, block after block: the line of titles, then one
 * a row.  Packed files and other encodings are read whole.
 *
 *   p       a predictor
 *   csv     as mien_predictor_csv set it
 *   stream  called until its end, or until it fails
 *
 * Fails with what the stream fails with, mien_csv_read, mien_file_gunzip and
 * mien_predictor_rows; lines of blocks before have been written.  Not
 * in the WebAssembly library. */
MIEN_API MIEN_CHECKED mien_status
mien_predictor_stream(mien_predictor *p, const mien_csv_options *csv,
                      const mien_predict_stream *stream, mien_error *err);

/* How many texts of each column of the model's encoder were of no level that
 * the model has seen, so far: borrowed.
 *
 *   p  a predictor */
MIEN_API const int64_t *mien_predictor_unseen(const mien_predictor *p);

/* The rows with the highest scores so far, highest first, of equal ones the
 * first: borrowed until the next rows.
 *
 *   p      a predictor whose options ask for them
 *   count  how many */
MIEN_API const mien_predicted *mien_predictor_highest(mien_predictor *p,
                                                      int *count);

#ifdef __cplusplus
}
#endif
#endif
