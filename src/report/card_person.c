/* card_person.c: what a model means for a person whom it judges, in plain
 * words: the logic, the significance and the consequences.  GDPR, article
 * 13(2)(f). */
#include "report/card.h"

#include "base/alloc.h"
#include "base/fields.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEAVIEST = 10, NAME_SHOWN = 60 };

/* ---- the weights of a regression ----------------------------------------- */

/* The inputs of a row, by name, in the order of the weights. */
typedef struct inputs {
    char *copy;     /* owned; names point into it */
    char **name;    /* [n] */
    char **level;   /* [n] of a text; NULL: a number */
    int *indicator; /* [n] 1: is it missing? */
    int n;
} inputs;

static void inputs_done(inputs *in)
{
    mi_free(in->copy);
    mi_free(in->name);
    mi_free(in->level);
    mi_free(in->indicator);
}

static void add_input(inputs *in, char *name, char *level, int indicator)
{
    in->name[in->n] = name;
    in->level[in->n] = level;
    in->indicator[in->n] = indicator;
    in->n++;
}

/* Read the lines of columns; 0: memory ended. */
static int inputs_read(const char *text, inputs *in)
{
    size_t n = strlen(text) + 1, fields = 2;
    for (const char *s = text; *s; s++)
        fields += *s == '\t' || *s == '\n';
    char **field = mi_alloc(fields, sizeof *field);
    in->copy = mi_alloc(n, 1);
    in->name = mi_alloc(2 * fields, sizeof *in->name);
    in->level = mi_alloc(2 * fields, sizeof *in->level);
    in->indicator = mi_alloc(2 * fields, sizeof *in->indicator);
    int good = field && in->copy && in->name && in->level && in->indicator;
    if (good)
        memcpy(in->copy, text, n);
    for (char *at = in->copy, *next; good && at && *at; at = next) {
        next = strchr(at, '\n');
        if (next)
            *next++ = 0;
        int k = mi_field_split(at, field, (int)fields);
        int texts = k && strcmp(field[0], "text") == 0;
        for (int i = 2; texts && i < k; i++)
            add_input(in, field[1], field[i], 0);
        if (!texts && k >= 2)
            add_input(in, field[1], NULL, 0);
        if (!texts && k == 4 && field[3][0] == '1')
            add_input(in, field[1], NULL, 1);
    }
    mi_free(field);
    return good;
}

/* The weight of input i, all steps of a window taken together by the largest;
 * the intercept stands before them. */
static double weight_of(const double *w, int n, int width, int i)
{
    double most = 0;
    for (int k = 1 + i; k < n; k += width)
        if (fabs(w[k]) > fabs(most))
            most = w[k];
    return most;
}

/* The heaviest inputs, heaviest first. */
static void put_heaviest(const inputs *in, const double *w, int n,
                         const mi_card_facts *f, mien_buffer *out)
{
    for (int k = 0; k < HEAVIEST && k < in->n; k++) {
        int best = -1;
        for (int i = 0; i < in->n; i++)
            if (in->name[i] &&
                (best < 0 || fabs(weight_of(w, n, in->n, i)) >
                                 fabs(weight_of(w, n, in->n, best))))
                best = i;
        double weight = weight_of(w, n, in->n, best);
        if (weight == 0)
            return;
        mien_buffer_printf(
            out, "%+.3f  %s%.*s%s%.*s speaks %s %s = %s\n", weight,
            in->level[best]       ? ""
            : in->indicator[best] ? "missing "
                                  : "more ",
            NAME_SHOWN, in->name[best], in->level[best] ? " = " : "",
            NAME_SHOWN, in->level[best] ? in->level[best] : "",
            weight > 0 ? "for" : "against", mi_card_meta(f, "mien.label"),
            mi_card_meta(f, "mien.positive"));
        in->name[best] = NULL;
    }
}

/* The largest weights of a logistic regression, of inputs of like size. */
static void put_weights(mien_card *c, const mi_card_facts *f)
{
    const char *text = mi_card_meta(f, "mien.coefficients");
    inputs in = {0};
    mien_buffer b = {0};
    int n = 0, lines = 0;
    for (const char *s = text; *s; s++)
        lines += *s == '\n';
    double *w = mi_alloc((size_t)lines + 1, sizeof *w);
    int good = w && inputs_read(mi_card_meta(f, "mien.columns"), &in);
    for (const char *s = text; good && n < lines; s = strchr(s, '\n') + 1)
        w[n++] = strtod(s, NULL);
    if (good && in.n && n > in.n && (n - 1) % in.n == 0)
        put_heaviest(&in, w, n, f, &b);
    c->failed |= !good;
    inputs_done(&in);
    mi_free(w);
    mi_card_give_lines(c, "weights",
                       "What weighs most, of inputs brought to like size", &b);
}

/* ---- in words ------------------------------------------------------------ */

/* How a model comes to its answer. */
static const char *logic_of(const mi_card_facts *f)
{
    if (f->kind == MI_CARD_TABLE &&
        strcmp(mi_card_meta(f, "mien.kind"), "logistic") == 0)
        return "each input is brought to like size and multiplied by a weight "
               "that was learned; the sum becomes a probability, and from the "
               "threshold on there is an alarm. mien predict --top tells for "
               "each row which inputs added most";
    if (f->kind == MI_CARD_TABLE)
        return "a network that learned only rows without the event makes each "
               "row again; the worse it does that, the more unusual the row, "
               "and from the threshold on there is an alarm";
    if (f->kind == MI_CARD_CASCADE)
        return "windows of the picture go through stages that compare light "
               "and dark areas; what passes all is reported";
    return "a network turns the pixels of one picture into numbers, by weights "
           "that were learned; why it does so for one picture cannot be told "
           "in words";
}

/* A share's value among the test figures; NaN: there is none. */
static double share(const mi_card_facts *f, const char *key)
{
    const json_t *test = json_object_get(f->metrics, "test");
    const json_t *v = json_object_get(test, key);
    if (json_is_object(v))
        v = json_object_get(v, "value");
    return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

/* How often it errs, counted in people. */
static void put_significance(mien_card *c, const mi_card_facts *f)
{
    double precision = share(f, "precision"), recall = share(f, "recall");
    double alarm = share(f, "false_alarm_rate");
    mien_buffer b = {0};
    if (f->kind != MI_CARD_TABLE || isnan(recall) || isnan(alarm)) {
        mien_card_put(c, "significance", "Significance", MIEN_CARD_OPEN,
                      f->kind == MI_CARD_TABLE
                          ? "how often it errs was not recorded"
                          : "what an answer means where it is used, and how "
                            "often it errs there, is for whoever uses it to "
                            "say");
        return;
    }
    if (isnan(precision))
        mien_buffer_puts(&b, "in the test no row was alarmed; ");
    else
        mien_buffer_printf(&b,
                           "of 100 alarms of the test about %.0f were "
                           "right and %.0f wrong; ",
                           round(100 * precision),
                           100 - round(100 * precision));
    mien_buffer_printf(&b,
                       "of 100 rows with the event %.0f were not found; of "
                       "1000 rows without it %.3g were alarmed",
                       100 - round(100 * recall), 1000 * alarm);
    mi_card_give(c, "significance", "Significance", MIEN_CARD_COMPUTED, &b);
}

void mi_card_person(mien_card *c, const mi_card_facts *f)
{
    mien_card_section(c, "person", "For a person whom it judges");
    mien_card_put(c, "logic", "Logic", MIEN_CARD_STATED, logic_of(f));
    put_weights(c, f);
    put_significance(c, f);
    mien_card_put(c, "consequences", "Consequences", MIEN_CARD_OPEN,
                  "what is done with an answer is for whoever uses the model "
                  "to say, before it is used");
    mien_card_put(c, "rights", "What such a person can ask for",
                  MIEN_CARD_STATED,
                  "an answer about a person is personal data, though it was "
                  "inferred: to see it, to have it corrected or erased, to "
                  "object, and to have a decision looked at by a person (GDPR, "
                  "articles 15 to 22)");
}
