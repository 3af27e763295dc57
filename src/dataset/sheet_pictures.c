/* sheet_pictures.c: what pictures and their labels tell, for their sheet. */
#include "dataset/pictures.h"
#include "dataset/sheet.h"
#include "dataset/sheet_endings.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/fields.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS_SHOWN = 30, LABELS_SHOWN = 20 };

/* What is worked out of pictures. */
typedef struct facts {
    const mien_labels *l;
    const mien_pictures_check *c;
    int boxes; /* 1: a picture has one at least */
    mi_sheet_facts all;
} facts;

/* Where the answer of a question is written. */
static mien_buffer *of(facts *f, const char *key)
{
    return mi_sheet_facts_of(&f->all, key);
}

/* ---- what they are ------------------------------------------------------- */

static int by_area(const void *a, const void *b)
{
    const mien_picture_measure *x = *(const mien_picture_measure *const *)a;
    const mien_picture_measure *y = *(const mien_picture_measure *const *)b;
    int64_t p = (int64_t)x->w * x->h, q = (int64_t)y->w * y->h;
    return p != q ? (p > q) - (p < q) : (x->w > y->w) - (x->w < y->w);
}

/* "; 48 x 48 to 640 x 480 pixels, the middle one 320 x 240" */
static mien_status put_sizes(facts *f, mien_buffer *b, mien_error *err)
{
    const mien_picture_measure **m = mi_alloc((size_t)f->l->n + 1, sizeof *m);
    int64_t n = 0;
    if (!m)
        return mi_no_memory(err);
    for (int64_t i = 0; i < f->l->n; i++)
        if (f->c->measure[i].w)
            m[n++] = &f->c->measure[i];
    if (n) {
        qsort(m, (size_t)n, sizeof *m, by_area);
        mien_buffer_printf(b, "; %d x %d", m[0]->w, m[0]->h);
        if (by_area(&m[0], &m[n - 1]) != 0)
            mien_buffer_printf(b, " to %d x %d pixels, the middle one %d x %d",
                               m[n - 1]->w, m[n - 1]->h, m[n / 2]->w,
                               m[n / 2]->h);
        else
            mien_buffer_puts(b, " pixels");
    }
    mi_free(m);
    return MIEN_OK;
}

/* "; files jpg 300, png 100" */
static void put_kinds(const facts *f, mien_buffer *b)
{
    mi_endings e;
    if (f->l->pixels) {
        mien_buffer_puts(b, "; their pixels stand in the list");
        return;
    }
    mi_endings_count(f->l, &e);
    for (int i = 0; i < e.n; i++)
        mien_buffer_printf(b, "%s %s %lld", i ? "," : "; files", e.kind[i].text,
                           (long long)e.kind[i].count);
    if (e.others)
        mien_buffer_printf(b, "%s others %lld", e.n ? "," : "; files",
                           (long long)e.others);
}

/* "; 390 in colour, 10 grey" */
static void put_colours(const facts *f, mien_buffer *b)
{
    int64_t colour = 0;
    for (int64_t i = 0; i < f->l->n; i++)
        colour += f->c->measure[i].w && f->c->measure[i].colour;
    mien_buffer_printf(b, "; %lld in colour, %lld grey", (long long)colour,
                       (long long)(f->c->read - colour));
}

/* "; one face found in 300, several in 20, none in 30" */
static void put_faces(const facts *f, mien_buffer *b)
{
    int64_t count[3] = {0};
    if (!f->c->o.analyzer) {
        mien_buffer_puts(b, "; faces were not looked for");
        return;
    }
    for (int64_t i = 0; i < f->l->n; i++) {
        int faces = f->c->measure[i].faces;
        if (f->c->measure[i].w && faces >= 0)
            count[faces > 2 ? 2 : faces]++;
    }
    mien_buffer_printf(
        b, "; one face found in %lld, several in %lld, none in %lld",
        (long long)count[1], (long long)count[2], (long long)count[0]);
}

/* "; known of them: gender (2 classes), age (number), 5 points, a box" */
static void put_labels(const facts *f, mien_buffer *b)
{
    const mien_labels *l = f->l;
    size_t before = b->n;
    mien_buffer_puts(b, "; known of them: ");
    size_t empty = b->n;
    for (int i = 0; i < l->tasks && i < LABELS_SHOWN; i++)
        mien_buffer_printf(b, "%s%s (%d classes)", b->n > empty ? ", " : "",
                           l->task[i].name, l->task[i].classes);
    for (int i = 0; i < l->numbers && i < LABELS_SHOWN; i++)
        mien_buffer_printf(b, "%s%s (number)", b->n > empty ? ", " : "",
                           l->number_name[i]);
    int more = (l->tasks > LABELS_SHOWN ? l->tasks - LABELS_SHOWN : 0) +
               (l->numbers > LABELS_SHOWN ? l->numbers - LABELS_SHOWN : 0);
    if (more)
        mien_buffer_printf(b, " and %d more", more);
    if (l->points)
        mien_buffer_printf(b, "%s%d point%s", b->n > empty ? ", " : "",
                           l->points, l->points == 1 ? "" : "s");
    if (f->boxes)
        mien_buffer_printf(b, "%sa box", b->n > empty ? ", " : "");
    if (b->n == empty) {
        b->n = before;
        mien_buffer_puts(b, "; nothing is known of them");
    }
}

static mien_status put_contents(facts *f, mien_error *err)
{
    mien_buffer *b = of(f, "contents");
    mien_buffer_printf(b, "%lld pictures, %lld of which can be read",
                       (long long)f->l->n, (long long)f->c->read);
    mien_status st = put_sizes(f, b, err);
    put_kinds(f, b);
    put_colours(f, b);
    put_faces(f, b);
    put_labels(f, b);
    return st;
}

/* ---- what is not there --------------------------------------------------- */

/* Is the k-th thing that may be known of picture i not known?  Tasks come
 * first, then numbers, the box, the points. */
static int is_missing(const facts *f, int64_t i, int k)
{
    const mien_labels *l = f->l;
    if (k < l->tasks)
        return l->label && l->label[i * l->tasks + k] < 0;
    if (k < l->tasks + l->numbers)
        return l->number && isnan(l->number[i * l->numbers + k - l->tasks]);
    if (f->boxes && k == l->tasks + l->numbers)
        return !(l->box[i].width > 0);
    for (int p = 0; l->point && p < l->points; p++)
        if (isnan(l->point[i * l->points + p].x))
            return 1;
    return 0;
}

/* How many things may be known of a picture. */
static int kinds_of(const facts *f)
{
    return f->l->tasks + f->l->numbers + f->boxes + (f->l->points > 0);
}

static const char *kind_name(const facts *f, int k)
{
    const mien_labels *l = f->l;
    if (k < l->tasks)
        return l->task[k].name;
    if (k < l->tasks + l->numbers)
        return l->number_name[k - l->tasks];
    return f->boxes && k == l->tasks + l->numbers ? "the box" : "a point";
}

/* Labels that are not known, and pictures that cannot be read. */
static void put_missing(facts *f)
{
    const mien_labels *l = f->l;
    mien_buffer *b = of(f, "missing");
    int shown = 0, more = 0;
    mien_buffer_printf(b, "%lld of %lld pictures cannot be read",
                       (long long)(l->n - f->c->read), (long long)l->n);
    if (l->left_out)
        mien_buffer_printf(b,
                           "; %lld lines or names tell nothing and were left "
                           "out",
                           (long long)l->left_out);
    for (int k = 0; k < kinds_of(f); k++) {
        int64_t n = 0;
        for (int64_t i = 0; i < l->n; i++)
            n += is_missing(f, i, k);
        if (n && shown++ < LABELS_SHOWN)
            mien_buffer_printf(b, "; %s is not known of %lld (%.3g %%)",
                               kind_name(f, k), (long long)n,
                               mi_sheet_percent(n, l->n));
        more += n && shown > LABELS_SHOWN;
    }
    if (more)
        mien_buffer_printf(b, "; and %d more labels", more);
}

/* Pictures that are whole, and whose labels are all known. */
static void put_completeness(facts *f)
{
    const mien_labels *l = f->l;
    int64_t whole = 0;
    for (int64_t i = 0; i < l->n; i++) {
        int missing = !f->c->measure[i].w;
        for (int k = 0; k < kinds_of(f) && !missing; k++)
            missing = is_missing(f, i, k);
        whole += !missing;
    }
    mien_buffer_printf(of(f, "completeness"),
                       "%lld of %lld pictures can be read and have every label "
                       "(%.3g %%)",
                       (long long)whole, (long long)l->n,
                       mi_sheet_percent(whole, l->n));
}

/* ---- what is there twice ------------------------------------------------- */

/* Copies, and pairs whose labels contradict each other. */
static void put_copies(facts *f)
{
    const mien_picture_pairs same = mien_pictures_check_count(f->c, 1);
    const mien_picture_pairs near = mien_pictures_check_count(f->c, 0);
    mien_buffer *b = of(f, "duplication");
    mien_buffer_printf(b,
                       "%lld of %lld pictures are copies of others, pixel for "
                       "pixel (%.3g %%)",
                       (long long)same.pictures, (long long)f->c->read,
                       mi_sheet_percent(same.pictures, f->c->read));
    if (f->c->alike)
        mien_buffer_printf(b, "; %lld are nearly the same as another (%.3g %%)",
                           (long long)near.pictures,
                           mi_sheet_percent(near.pictures, f->c->read));
    else
        mien_buffer_printf(b,
                           "; those nearly the same were not looked for among "
                           "more than %d",
                           MIEN_PICTURES_MAX_ALIKE);
    const int64_t parts = same.parts + near.parts;
    if (parts)
        mien_buffer_printf(b, "; %lld pairs are in different parts",
                           (long long)parts);
    mien_buffer_printf(of(f, "consistency"),
                       "pairs with different labels: %lld the same pixel for "
                       "pixel, %lld nearly the same",
                       (long long)same.classes, (long long)near.classes);
}

/* ---- groups -------------------------------------------------------------- */

/* How many pictures each group has. */
static void put_groups(facts *f)
{
    mien_buffer *b = of(f, "groups");
    for (int i = 0; i < f->c->groupings; i++) {
        const mien_picture_grouping *g = &f->c->grouping[i];
        mien_buffer_printf(b, "%s%s: ", b->n ? "; " : "", g->by);
        for (int k = 0; k < g->groups && k < GROUPS_SHOWN; k++)
            mien_buffer_printf(b, "%s%s %lld (%.3g %%)", k ? ", " : "",
                               g->group[k].name, (long long)g->group[k].n,
                               mi_sheet_percent(g->group[k].n, f->l->n));
        if (g->groups > GROUPS_SHOWN)
            mien_buffer_printf(b, " and %d more", g->groups - GROUPS_SHOWN);
        if (g->unknown)
            mien_buffer_printf(b, ", missing %lld", (long long)g->unknown);
    }
}

/* ---- the whole ----------------------------------------------------------- */

/* Work everything out of pictures that were looked at. */
static mien_status work_out(facts *f, mien_error *err)
{
    f->all.pictures = 1;
    f->all.rows = f->l->n;
    for (int64_t i = 0; f->l->box && i < f->l->n; i++)
        f->boxes |= f->l->box[i].width > 0;
    mien_status st = put_contents(f, err);
    put_missing(f);
    put_completeness(f);
    put_copies(f);
    put_groups(f);
    return st;
}

mien_status mien_datasheet_pictures(mien_datasheet *s,
                                    const mien_labels *labels,
                                    const mien_pictures_check_options *look,
                                    const mien_datasheet_data *data,
                                    mien_error *err)
{
    facts f = {.l = labels};
    mien_pictures_check_options o = *look;
    mien_pictures_check *c = NULL;
    char *field[MIEN_DATASHEET_MAX_GROUPS], *words = NULL, digest[65];
    mien_status st = mi_sheet_facts_begin(&f.all, data, err);
    const char *groups = f.all.groups ? f.all.groups : s->group;
    if (!st && groups) {
        words = mi_text_copy(groups);
        st = words ? MIEN_OK : mi_no_memory(err);
    }
    if (words) {
        o.n_by = mi_field_split(words, field, MIEN_DATASHEET_MAX_GROUPS);
        o.by = (const char *const *)field;
    }
    if (!st)
        st = mien_pictures_check_new(labels, &o, &c, err);
    f.c = c;
    if (!st)
        st = work_out(&f, err);
    if (!st)
        st = mien_pictures_check_digest(c, digest, err);
    if (!st)
        st = mi_sheet_facts_take(s, &f.all, digest, data->confirm, err);
    mi_sheet_facts_free(&f.all);
    mien_pictures_check_free(c);
    mi_free(words);
    return st;
}
