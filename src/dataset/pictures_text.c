/* pictures_text.c: what was found in a set of pictures, in sentences. */
#include "dataset/pictures.h"

#include "base/alloc.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SENTENCE = 600 };

typedef struct telling {
    mi_finding *tell;
    void *arg;
    int n;
} telling;

__attribute__((format(printf, 2, 3))) static void say(telling *t,
                                                      const char *format, ...)
{
    char text[SENTENCE];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    t->n++;
    t->tell(t->arg, text);
}

static double percent(int64_t n, int64_t of)
{
    return of ? 100.0 * (double)n / (double)of : 0;
}

/* ---- findings ------------------------------------------------------------ */

static void say_unread(const mien_pictures_check *c, telling *t)
{
    int64_t n = c->labels->n;
    if (c->read < n)
        say(t, "%lld of %lld pictures cannot be read", (long long)(n - c->read),
            (long long)n);
    if (c->labels->left_out)
        say(t, "%lld lines or names tell nothing and were left out",
            (long long)c->labels->left_out);
}

/* Copies, or pictures that are nearly the same. */
static void say_pairs(const mien_pictures_check *c, int same, telling *t)
{
    const mien_picture_pairs *p = &c->count[same];
    const char *what = same ? "pixel for pixel" : "nearly";
    if (p->parts)
        say(t,
            "pairs in different parts that are %s the same: %lld; what is "
            "learned is asked again in the test",
            what, (long long)p->parts);
    if (p->classes)
        say(t,
            "pairs with different labels that are %s the same: %lld; one of "
            "each is wrong",
            what, (long long)p->classes);
    if (p->n)
        say(t, "%lld of %lld pictures (%.3g %%) are %s the same as another",
            (long long)p->pictures, (long long)c->read,
            percent(p->pictures, c->read), what);
}

/* Groups whose pictures are worse, or better, than all others. */
static void say_apart(const mien_picture_grouping *g, telling *t)
{
    for (int k = 0; k < g->groups; k++)
        for (int o = 0; o < MIEN_PICTURE_ODDITIES; o++) {
            const mien_picture_group *m = &g->group[k];
            const mien_share *s = &m->odd[o];
            if (m->apart[o])
                say(t,
                    "by %s: %.3g %% (%.3g to %.3g) of %s are %s, unlike the "
                    "others",
                    g->by, 100 * s->value, 100 * s->low, 100 * s->high, m->name,
                    mien_picture_oddity_text((mien_picture_oddity)o));
        }
}

/* Groups of which there are too few, and the largest against the smallest. */
static void say_coverage(const mien_picture_grouping *g, telling *t)
{
    int64_t most = 0, least = INT64_MAX;
    const char *largest = "", *smallest = "";
    char few[300] = "";
    int named = 0;
    for (int k = 0; k < g->groups; k++) {
        const mien_picture_group *m = &g->group[k];
        if (m->n > most) {
            most = m->n;
            largest = m->name;
        }
        if (m->n < least) {
            least = m->n;
            smallest = m->name;
        }
        size_t at = strlen(few);
        if (m->n < MIEN_GROUPS_FEW && named++ < 5)
            snprintf(few + at, sizeof few - at, "%s%.40s (%lld)",
                     at ? "; " : "", m->name, (long long)m->n);
    }
    if (g->few)
        say(t,
            "by %s: %d of %d groups have fewer than %d pictures, too few to "
            "learn from or to judge: %s%s",
            g->by, g->few, g->groups, MIEN_GROUPS_FEW, few,
            g->few > 5 ? "; ..." : "");
    else if (g->groups > 1 && most >= 10 * least)
        say(t, "by %s: %.80s has %lld pictures, %.80s %lld: %.0f times as many",
            g->by, largest, (long long)most, smallest, (long long)least,
            (double)most / (double)least);
    if (g->unknown)
        say(t, "by %s: of %lld pictures it is not known", g->by,
            (long long)g->unknown);
}

/* Is it of the face that was found? */
static int is_of_face(int o)
{
    return o == MIEN_PICTURE_TURNED || o == MIEN_PICTURE_COVERED;
}

/* Are so many pictures odd that it is a finding?  Some always lie far from the
 * others; of faces a tenth, where fewer are usual and some are called covered
 * that are not. */
static int is_much(const mien_pictures_check *c, int o)
{
    return o == MIEN_PICTURE_EMPTY || o == MIEN_PICTURE_FACELESS
               ? c->odds[o] > 0
               : (is_of_face(o) ? 10 : 100) * c->odds[o] >= c->told[o];
}

static void say_odd(const mien_pictures_check *c, telling *t)
{
    for (int o = 0; o < MIEN_PICTURE_ODDITIES; o++)
        if (c->odds[o] && is_much(c, o))
            say(t, "%lld of %lld pictures (%.3g %%) are %s%s",
                (long long)c->odds[o], (long long)c->told[o],
                percent(c->odds[o], c->told[o]),
                mien_picture_oddity_text((mien_picture_oddity)o),
                o == MIEN_PICTURE_FACELESS || is_of_face(o) ? ""
                : o == MIEN_PICTURE_EMPTY                   ? ", of one grey"
                                          : ", far from the others");
}

int mi_pictures_findings(const mien_pictures_check *c, mi_finding *tell,
                         void *arg)
{
    telling t = {tell, arg, 0};
    say_unread(c, &t);
    for (int same = 1; same >= 0; same--)
        say_pairs(c, same, &t);
    t.n += mi_noise_findings(c, tell, arg);
    for (int i = 0; i < c->groupings; i++)
        say_coverage(&c->grouping[i], &t);
    for (int i = 0; i < c->groupings; i++)
        say_apart(&c->grouping[i], &t);
    say_odd(c, &t);
    return t.n;
}

static void pass_over(void *arg, const char *text)
{
    (void)arg;
    (void)text;
}

int mien_pictures_check_findings(const mien_pictures_check *c)
{
    return mi_pictures_findings(c, pass_over, NULL);
}

/* ---- all of it ----------------------------------------------------------- */

static void put_finding(void *arg, const char *text)
{
    mien_buffer_printf(arg, "- %s\n", text);
}

/* A number of at most 9 places, or a dash. */
static void put_number(mien_buffer *out, double v, const char *format)
{
    char text[32];
    if (isnan(v))
        snprintf(text, sizeof text, "-");
    else if (format[1] == 'p')
        snprintf(text, sizeof text, "%.3g %%", 100 * v);
    else
        snprintf(text, sizeof text, v < 100 ? "%.3g" : "%.0f", v);
    mien_buffer_printf(out, " %9s", text);
}

/* A line a group. */
static void put_grouping(const mien_pictures_check *c,
                         const mien_picture_grouping *g, mien_buffer *out)
{
    const int faces = c->o.analyzer != NULL;
    int width = (int)strlen(g->by);
    for (int k = 0; k < g->groups; k++) {
        int n = (int)strlen(g->group[k].name);
        width = n > width ? n : width;
    }
    mien_buffer_printf(
        out, "\n%-*s  pictures     share sharpness brightness%s\n", width,
        g->by, faces ? " face size   no face    turned   covered" : "");
    for (int k = 0; k < g->groups; k++) {
        const mien_picture_group *m = &g->group[k];
        mien_buffer_printf(out, "%-*s %9lld", width, m->name, (long long)m->n);
        put_number(out, (double)m->n / (double)c->labels->n, "%p");
        put_number(out, m->sharpness, "%g");
        mien_buffer_puts(out, " ");
        put_number(out, m->brightness, "%g");
        if (faces) {
            put_number(out, m->face, "%g");
            put_number(out, m->odd[MIEN_PICTURE_FACELESS].value, "%p");
            put_number(out, m->odd[MIEN_PICTURE_TURNED].value, "%p");
            put_number(out, m->odd[MIEN_PICTURE_COVERED].value, "%p");
        }
        mien_buffer_puts(out, "\n");
    }
}

void mien_pictures_check_text(const mien_pictures_check *c, mien_buffer *out)
{
    int n = mien_pictures_check_findings(c);
    mien_buffer_printf(out, "%lld pictures, %lld read; %d finding%s\n",
                       (long long)c->labels->n, (long long)c->read, n,
                       n == 1 ? "" : "s");
    mi_pictures_findings(c, put_finding, out);
    for (int o = 0; o < MIEN_PICTURE_ODDITIES; o++)
        if (c->odds[o] && !is_much(c, o))
            mien_buffer_printf(out, "(%lld %s%s)\n", (long long)c->odds[o],
                               mien_picture_oddity_text((mien_picture_oddity)o),
                               is_of_face(o)
                                   ? ": fewer than 10 %"
                                   : ", far from the others: fewer than 1 %");
    mi_pictures_cover_note(c, out);
    if (!c->alike)
        mien_buffer_printf(out,
                           "(nearly the same: not looked for among more than "
                           "%d pictures)\n",
                           MIEN_PICTURES_MAX_ALIKE);
    for (int i = 0; i < c->groupings; i++)
        put_grouping(c, &c->grouping[i], out);
    mi_noise_text(c, out);
}
