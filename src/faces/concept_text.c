/* concept_text.c: "A - B" and the pictures that it means. */
#include "faces/concept.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- the text ------------------------------------------------------------ */

/* One side, n bytes; 0: it is empty or too long. */
static int read_term(const char *p, size_t n, mi_term *out)
{
    while (n && *p == ' ')
        p++, n--;
    while (n && p[n - 1] == ' ')
        n--;
    if (!n || n >= MI_TERM_MAX)
        return 0;
    *out = (mi_term){0};
    memcpy(out->text, p, n);
    const char *colon = memchr(p, ':', n);
    if (colon && (colon == p || colon == p + n - 1))
        return 0;
    size_t before = colon ? (size_t)(colon - p) : 0;
    memcpy(out->name, p, before);
    if (colon)
        memcpy(out->value, colon + 1, n - before - 1);
    else
        memcpy(out->value, p, n);
    for (size_t k = n; !colon && k > 1 && out->value[k - 1] == '/'; k--)
        out->value[k - 1] = 0;
    return 1;
}

mien_status mi_concept_terms(const char *text, mi_term out[2], mien_error *err)
{
    static const char sign[] = "\342\210\222"; /* U+2212 */
    const char *minus = strstr(text, sign);
    size_t n = sizeof sign - 1;
    if (!minus) {
        minus = strstr(text, " - ");
        n = 3;
    }
    if (minus && read_term(text, (size_t)(minus - text), &out[0]) &&
        read_term(minus + n, strlen(minus + n), &out[1]))
        return MIEN_OK;
    return mi_fail(err, MIEN_EARG,
                   "concept '%.60s': wanted two sides with blanks around the "
                   "minus, at most %d bytes each: 'age:0-5 - age:30-40', "
                   "'with/ - without/'",
                   text, MI_TERM_MAX - 1);
}

static int is_folder(const char *path)
{
    struct stat is;
    return stat(path, &is) == 0 && S_ISDIR(is.st_mode);
}

int mi_concept_has_pictures(const mi_concept_ask *ask)
{
    const mi_term *t = ask->term;
    return ask->options->labels || (!*t[0].name && is_folder(t[0].value) &&
                                    !*t[1].name && is_folder(t[1].value));
}

/* ---- which samples ------------------------------------------------------- */

/* What a side asks of samples: a column of numbers, or a task, from low to
 * high. */
typedef struct wanted {
    int number, task; /* -1: the other */
    double low, high;
} wanted;

/* "30-40", "30-" or "30"; 0: something else. */
static int read_range(const char *value, double *low, double *high)
{
    char *end;
    *low = *high = strtod(value, &end);
    if (end == value || !isfinite(*low))
        return 0;
    if (*end != '-')
        return !*end;
    const char *rest = end + 1;
    *high = *rest ? strtod(rest, &end) : (double)INFINITY;
    return !*rest || (end != rest && !*end && *high >= *low);
}

/* Add ", NAME" to a list of what there is, while there is room. */
static void list_name(char *out, size_t room, const char *name)
{
    size_t n = strlen(out);
    if (n + strlen(name) + 3 < room)
        snprintf(out + n, room - n, "%s%s", n ? ", " : "", name);
}

/* No such label: say which there are. */
static mien_status no_label(const mien_labels *l, const mi_term *t,
                            const char *path, mien_error *err)
{
    char has[80] = "";
    for (int i = 0; i < l->numbers; i++)
        list_name(has, sizeof has, l->number_name[i]);
    for (int i = 0; i < l->tasks; i++)
        list_name(has, sizeof has, l->task[i].name);
    return mi_fail(err, MIEN_EFORMAT,
                   "%.60s: nothing tells '%.40s'; what is known: %s", path,
                   *t->name ? t->name : "class", *has ? has : "nothing");
}

/* No such value: say which classes there are. */
static mien_status no_value(const mien_label_task *task, const mi_term *t,
                            const char *path, mien_error *err)
{
    char has[90] = "";
    for (int i = 0; task && i < task->classes; i++)
        list_name(has, sizeof has, task->class_name[i]);
    return mi_fail(err, MIEN_EFORMAT, "%.50s: '%.40s', wanted %s%s", path,
                   t->text, task ? "one of " : "a number or a range, 30-40",
                   has);
}

/* What a side asks for, in these labels. */
static mien_status understand(const mien_labels *l, const mi_term *t,
                              const char *path, wanted *out, mien_error *err)
{
    const char *name = *t->name ? t->name : "class";
    *out =
        (wanted){mien_labels_number(l, name), mien_labels_task(l, name), 0, 0};
    if (out->number < 0 && out->task < 0)
        return no_label(l, t, path, err);
    const mien_label_task *task = out->number < 0 ? &l->task[out->task] : NULL;
    for (int i = 0; task && i < task->classes; i++)
        if (!strcmp(task->class_name[i], t->value)) {
            out->low = out->high = i + task->first;
            return MIEN_OK;
        }
    return read_range(t->value, &out->low, &out->high)
               ? MIEN_OK
               : no_value(task, t, path, err);
}

static int has(const mien_labels *l, int64_t i, const wanted *w)
{
    if (w->number >= 0) {
        double v = (double)l->number[i * l->numbers + w->number];
        return v >= w->low && v <= w->high; /* NaN is neither */
    }
    int class = l->label[i * l->tasks + w->task];
    int number = class + l->task[w->task].first;
    return class >= 0 && number >= w->low && number <= w->high;
}

/* ---- pictures ------------------------------------------------------------ */

void mi_concept_pictures_free(mi_concept_pictures *p)
{
    for (int s = 0; s < 2; s++)
        mien_paths_free(&p->side[s]);
}

/* Add "FOLDER/NAME", or NAME where there is no folder. */
static mien_status add_path(mien_paths *p, const char *folder, const char *name,
                            mien_error *err)
{
    size_t n = strlen(name) + (folder ? strlen(folder) : 0) + 2;
    char *path = mi_alloc(n, 1);
    char **last = path ? mi_push(&p->path, p->n, sizeof *p->path) : NULL;
    if (!last) {
        mi_free(path);
        return mi_no_memory(err);
    }
    snprintf(path, n, "%s%s%s", folder ? folder : "", folder ? "/" : "", name);
    *last = path;
    p->n++;
    return MIEN_OK;
}

/* Keep at most so many, at even distances. */
static void thin_out(mien_paths *p, int most)
{
    if (p->n <= most)
        return;
    int64_t at = 0, n = p->n;
    for (int64_t i = 0; i < n; i++) {
        if (at < most && i == at * n / most)
            p->path[at++] = p->path[i];
        else
            mi_free(p->path[i]);
    }
    p->n = at;
}

/* The samples of a side that the labels name. */
static mien_status take_labelled(const mien_labels *l, const wanted *w,
                                 const char *folder, mien_paths *out,
                                 mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int64_t i = 0; i < l->n && !st; i++)
        if (has(l, i, w))
            st = add_path(out, folder, l->name[i], err);
    return st;
}

/* Both sides of a list, CSV file or folder. */
static mien_status find_labelled(const mi_term term[2],
                                 const mien_concept_options *o,
                                 mi_concept_pictures *out, mien_error *err)
{
    mien_labels l = {0};
    mien_status st = mien_labels_load(o->labels, &l, err);
    const char *folder = o->images ? o->images : l.folder;
    if (!st && !l.name)
        st = mi_fail(err, MIEN_EUNSUP,
                     "%.100s: pictures in a list, wanted files", o->labels);
    for (int s = 0; s < 2 && !st; s++) {
        wanted w;
        st = understand(&l, &term[s], o->labels, &w, err);
        if (!st)
            st = take_labelled(&l, &w, folder, &out->side[s], err);
    }
    mien_labels_free(&l);
    return st;
}

/* The pictures of a folder. */
static mien_status find_files(const char *folder, mien_paths *out,
                              mien_error *err)
{
    mien_photo_list l = {.recursive = 1};
    if (!is_folder(folder))
        return mi_fail(err, MIEN_EIO,
                       "'%.100s' is no folder; a label, NAME:VALUE, needs "
                       "labels (--labels)",
                       folder);
    mien_status st = mien_photo_list_add(&l, folder, err);
    const mien_error *why = NULL;
    for (int i = 0; i < l.n && !st; i++)
        if (l.file[i].error.status)
            why = &l.file[i].error;
        else
            st = add_path(out, NULL, l.file[i].path, err);
    if (!st && !out->n && why)
        st = mi_fail(err, why->status, "%.80s: %.110s", folder, why->text);
    mien_photo_list_free(&l);
    return st;
}

/* The digest of the names, each with its side before it. */
static mien_status digest_names(mi_concept_pictures *p, mien_error *err)
{
    mien_buffer all = {0};
    for (int s = 0; s < 2; s++)
        for (int64_t i = 0; i < p->side[s].n; i++)
            mien_buffer_printf(&all, "%c %s\n", s ? '-' : '+',
                               p->side[s].path[i]);
    if (!all.failed)
        mien_sha256(all.data, all.n, p->digest);
    mien_status st = all.failed ? mi_no_memory(err) : MIEN_OK;
    mien_buffer_free(&all);
    return st;
}

/* Both sides, whatever they are. */
static mien_status find_sides(const mi_concept_ask *ask, mi_concept_pictures *p,
                              mien_error *err)
{
    const mien_concept_options *o = ask->options;
    if (o->labels)
        return find_labelled(ask->term, o, p, err);
    mien_status st = find_files(ask->term[0].value, &p->side[0], err);
    return st ? st : find_files(ask->term[1].value, &p->side[1], err);
}

mien_status mi_concept_find(const mi_concept_ask *ask, mi_concept_pictures *out,
                            mien_error *err)
{
    mi_concept_pictures p = {0};
    const mien_concept_options *o = ask->options;
    if (o->most < 1)
        return mi_fail(err, MIEN_EARG,
                       "%d pictures of a side, wanted 1 or more", o->most);
    mien_status st = find_sides(ask, &p, err);
    for (int s = 0; s < 2 && !st; s++) {
        const char *text = ask->term[s].text;
        if (!p.side[s].n)
            st = mi_fail(err, MIEN_EFORMAT, "%.90s: no picture of '%.60s'",
                         o->labels ? o->labels : text, text);
        thin_out(&p.side[s], o->most);
    }
    if (!st)
        st = digest_names(&p, err);
    if (st)
        mi_concept_pictures_free(&p);
    else
        *out = p;
    return st;
}
