/* mien/report.h: how good a model is, in words, numbers, figures and pages.
 *
 *   scored rows -> mien_verdict_of -> mien_verdict
 *     -> mien_verdict_text, mien_verdict_json
 *   mien_figure -> mien_panel_loss, _scores, _roc, ... -> a drawing
 *   mien_page_begin -> _verdicts, _figure, _lines, ... -> _end
 *     -> one page of HTML that needs no other file
 *
 * Figures are rendered by cairo, which the WebAssembly library has not: it
 * gives them as numbers. */
#ifndef MIEN_REPORT_H
#define MIEN_REPORT_H

#include "mien/json.h"
#include "mien/metrics.h"
#include "mien/plot.h"
#include "mien/train.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- verdicts ------------------------------------------------------------ */

/* How good the scores of some rows are. */
typedef struct mien_verdict {
    int64_t rows;
    double threshold; /* score >= it: alarm */
    mien_confusion count;
    mien_rates rates;
    mien_interval auc, ap, recall, precision; /* 95 %; precision is NaN where
                                                 there is no alarm */
    mien_threshold near; /* at the false-alarm rate nearest 6 % */
    double majority;     /* accuracy of always saying the larger class */
    double brier;        /* of probabilities, lower is better; NaN: scores are
                            none, or not known to be */
    int64_t unseen;      /* texts that a model has not seen; -1: not counted */
} mien_verdict;

/* Below so many rows of a class nothing is said of how sure a figure is. */
#define MIEN_VERDICT_FEW 5

/* Judge scores at a threshold.
 *
 *   rows       both classes; weights are not looked at
 *   threshold  score >= threshold is called 1
 *   seed       of the intervals
 *   pool       shares their replicates, or NULL; the result is the same
 *   out        the verdict
 *
 * Intervals come from 500 bootstrap replicates, 100 above 200,000 rows; they
 * are NaN where a class has fewer than MIEN_VERDICT_FEW rows.  Of one class
 * only, what needs both is NaN. Fails with EARG (no rows, a score that is not
 * finite), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_verdict_of(const mien_scored *rows, double threshold, uint32_t seed,
                mien_pool *pool, mien_verdict *out, mien_error *err);

/* Say a verdict in some lines.
 *
 *   v      a verdict
 *   name   of its rows: "test"
 *   whole  1: with precision, recall and F1 of each class
 *   out    the text is added */
MIEN_API void mien_verdict_text(const mien_verdict *v, const char *name,
                                int whole, mien_buffer *out);

/* Write a verdict as a JSON object.
 *
 *   v    a verdict
 *   key  of the object, or NULL
 *   j    a text being written */
MIEN_API void mien_verdict_json(const mien_verdict *v, const char *key,
                                mien_json *j);

/* ---- figures ------------------------------------------------------------- */

/* Draw losses by epoch, and which epoch was the best.
 *
 *   p      a panel
 *   n      how many epochs
 *   epoch  [n]
 *   best   the best one's number
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_panel_loss(mien_panel *p, int n,
                                                  const mien_epoch *epoch,
                                                  int best, mien_error *err);

/* Draw how many rows there are of each class.
 *
 *   p        a panel
 *   c        counts of the rows
 *   classes  [2] what rows are called that are no events, and events */
MIEN_API void mien_panel_classes(mien_panel *p, const mien_confusion *c,
                                 const char *const classes[2]);

/* Draw precision and recall by threshold.
 *
 *   p            a panel
 *   pr           from mien_ranking_pr
 *   chosen       the threshold that is used
 *   logarithmic  1: the threshold's axis is */
MIEN_API void mien_panel_thresholds(mien_panel *p, const mien_curve *pr,
                                    double chosen, int logarithmic);

/* Draw the score of each row, in the colour of its class.
 *
 *   p            a panel
 *   rows         with their scores
 *   classes      [2] what they are called, no events and events
 *   threshold    the one that is used
 *   logarithmic  1: the scores' axis is
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_panel_scores(
    mien_panel *p, const mien_scored *rows, const char *const classes[2],
    double threshold, int logarithmic, mien_error *err);

/* Draw the confusion matrix of two classes.
 *
 *   p        a panel
 *   c        counts of the rows
 *   classes  [2] what they are called, no events and events */
MIEN_API void mien_panel_confusion(mien_panel *p, const mien_confusion *c,
                                   const char *const classes[2]);

/* Draw a ROC curve beside that of chance.
 *
 *   p    a panel
 *   roc  from mien_ranking_roc
 *   auc  its area, for the legend */
MIEN_API void mien_panel_roc(mien_panel *p, const mien_curve *roc, double auc);

/* Draw a precision-recall curve.
 *
 *   p   a panel
 *   pr  from mien_ranking_pr
 *   ap  its average precision, for the legend */
MIEN_API void mien_panel_pr(mien_panel *p, const mien_curve *pr, double ap);

/* Which curves are fitted to points; added up. */
enum {
    MIEN_FITTED_LINE = 1,     /* least squares */
    MIEN_FITTED_PARABOLA = 2, /* the same */
    MIEN_FITTED_ROBUST = 4    /* Theil's and Sen's line */
};

/* Draw curves fitted to points.
 *
 *   p        a panel
 *   curves   which: MIEN_FITTED_* added up
 *   n        how many points
 *   x        [n] finite
 *   y        [n] finite
 *   range    [2] from where to where on the x axis
 *   remarks  a line is added for each curve that cannot be fitted and is left
 *            out; may be NULL */
MIEN_API void mien_panel_fitted(mien_panel *p, unsigned curves, int64_t n,
                                const double *x, const double *y,
                                const double range[2], mien_buffer *remarks);

/* ---- pages --------------------------------------------------------------- */

/* Begin a page of HTML.
 *
 *   out      the page is added
 *   title    of the window
 *   heading  at the top of the page */
MIEN_API void mien_page_begin(mien_buffer *out, const char *title,
                              const char *heading);

/* Write a text so that it is no markup, between tags and in quotes.
 *
 *   out   the page is added to
 *   text  any text */
MIEN_API void mien_page_text(mien_buffer *out, const char *text);

/* Write a file as the address of itself, for a picture that lies in the page.
 *
 *   out   the page is added to
 *   type  "image/png"
 *   data  the file's bytes */
MIEN_API void mien_page_data(mien_buffer *out, const char *type,
                             const mien_bytes *data);

/* Add figures of several parts side by side: a table.
 *
 *   out    a page
 *   n      how many parts
 *   names  [n]
 *   v      [n] their verdicts */
MIEN_API void mien_page_verdicts(mien_buffer *out, int n,
                                 const char *const *names,
                                 const mien_verdict *v);

/* Add what a test balanced by leaving rows out would have shown instead: a
 * paragraph.
 *
 *   out  a page
 *   v    of the rows as they come */
MIEN_API void mien_page_balance(mien_buffer *out, const mien_verdict *v);

/* Add a drawing.
 *
 *   out  a page
 *   f    a figure
 *
 * Fails with ENOMEM, EUNSUP (cairo could not draw it). */
MIEN_API MIEN_CHECKED mien_status mien_page_figure(mien_buffer *out,
                                                   const mien_figure *f,
                                                   mien_error *err);

/* Add lines of text as they are, below a heading.
 *
 *   out      a page
 *   heading  of the lines
 *   text     [n] the lines
 *   n        bytes */
MIEN_API void mien_page_lines(mien_buffer *out, const char *heading,
                              const void *text, size_t n);

/* End a page.
 *
 *   out  a page */
MIEN_API void mien_page_end(mien_buffer *out);

/* Add the drawing inside an SVG file to HTML of one's own; several may stand on
 * one page.
 *
 *   out  HTML
 *   svg  from mien_figure_render */
MIEN_API void mien_page_svg(mien_buffer *out, const mien_bytes *svg);

/* ---- Markdown ------------------------------------------------------------ */

/* Write a text on one line so that it is no markup of Markdown, in a table too:
 * control characters as blanks, U+FFFD in place of each byte that is no UTF-8.
 *
 *   out   the text is added
 *   text  any bytes up to a zero byte */
MIEN_API void mien_markdown_text(mien_buffer *out, const char *text);

/* Write lines of text as they are, as a block of code.
 *
 *   out   the lines are added
 *   text  lines, otherwise as for mien_markdown_text */
MIEN_API void mien_markdown_lines(mien_buffer *out, const char *text);

/* ---- Anscombe's quartet --------------------------------------------------
 */

/* Add means, deviations and correlations of four tables, which agree.
 *
 *   out  a line a table is added */
MIEN_API void mien_anscombe_summary(mien_buffer *out);

/* Add their rows as CSV: set,x,y.
 *
 *   out  lines are added */
MIEN_API void mien_anscombe_rows(mien_buffer *out);

/* Draw them, which do not agree then, and write a page around the picture.
 *
 *   out  a page of HTML is added
 *   svg  the picture alone; free with mien_bytes_free
 *
 * Source: F. Anscombe, American Statistician 27, 1973.  Fails with ENOMEM,
 * EUNSUP (cairo could not draw). */
MIEN_API MIEN_CHECKED mien_status mien_anscombe_page(mien_buffer *out,
                                                     mien_bytes *svg,
                                                     mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
