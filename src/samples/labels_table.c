/* labels_table.c: CSV files whose columns say by their names what they hold. */
#include "samples/labels.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { X, Y, WIDTH, HEIGHT, SIDES };

/* What the columns of a table are for: their numbers, -1 for none. */
typedef struct layout {
    const mien_table *t;
    int path, part;
    int box[SIDES];
    int points, (*point)[2]; /* [points] columns of x and y */
    int tasks, *task;        /* [tasks] columns */
    int numbers, *number;    /* [numbers] columns */
} layout;

/* ---- which column is what ------------------------------------------------ */

static int ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && !strcmp(name + n - m, end);
}

/* The first column with one of these names, whatever their case; -1: none. */
static int find_any(const mien_table *t, const char *const *names)
{
    for (int i = 0; i < mien_table_columns(t); i++)
        for (const char *const *name = names; *name; name++)
            if (!strcasecmp(mien_table_column(t, i).name, *name))
                return i;
    return -1;
}

static int is_text(const mien_table *t, int i)
{
    return i >= 0 && mien_table_column(t, i).type == MIEN_COLUMN_TEXT;
}

/* The column of numbers that is called NAME_y where another is NAME_x. */
static int partner(const mien_table *t, int x)
{
    const char *name = mien_table_column(t, x).name;
    size_t n = strlen(name);
    if (!ends_with(name, "_x") || is_text(t, x))
        return -1;
    for (int i = 0; i < mien_table_columns(t); i++) {
        const char *other = mien_table_column(t, i).name;
        if (strlen(other) == n && !strncmp(other, name, n - 1) &&
            other[n - 1] == 'y' && !is_text(t, i))
            return i;
    }
    return -1;
}

/* Whole numbers of 0 to 99, at least one of them. */
static int holds_classes(const mien_table *t, int i)
{
    mien_column c = mien_table_column(t, i);
    int64_t rows = mien_table_rows(t);
    if (!ends_with(c.name, "_class") || c.missing == rows)
        return 0;
    for (int64_t r = 0; r < rows; r++)
        if (!isnan(c.number[r]) && !(c.number[r] >= 0 && c.number[r] <= 99 &&
                                     c.number[r] == floor(c.number[r])))
            return 0;
    return 1;
}

/* The columns of the picture, its part and its box. */
static mien_status find_picture(layout *s, mien_error *err)
{
    static const char *const path[] = {"path",  "file", "filename",
                                       "image", "name", NULL};
    static const char *const part[] = {"Usage", "split", "part", NULL};
    static const char *const box[SIDES][2] = {
        {"box_x"}, {"box_y"}, {"box_width"}, {"box_height"}};
    int n = mien_table_columns(s->t), sides = 0;
    s->path = find_any(s->t, path);
    for (int i = 0; s->path < 0 && i < n; i++)
        if (is_text(s->t, i))
            s->path = i;
    if (!is_text(s->t, s->path))
        return mi_fail(err, MIEN_EFORMAT,
                       "csv: no column of texts with the pictures' names, "
                       "wanted path, file, filename, image or name");
    s->part = find_any(s->t, part);
    if (s->part == s->path || !is_text(s->t, s->part))
        s->part = -1;
    for (int i = 0; i < SIDES; i++) {
        s->box[i] = find_any(s->t, box[i]);
        sides += s->box[i] >= 0 && !is_text(s->t, s->box[i]);
    }
    if (sides && sides < SIDES)
        return mi_fail(err, MIEN_EFORMAT,
                       "csv: %d columns of a box, wanted box_x, box_y, "
                       "box_width and box_height, all numbers",
                       sides);
    if (!sides)
        s->box[0] = -1;
    return MIEN_OK;
}

/* Is a column the picture's name, its part, or a side of its box? */
static int is_taken(const layout *s, int i)
{
    int taken = i == s->path || i == s->part;
    for (int b = 0; b < SIDES; b++)
        taken |= s->box[0] >= 0 && s->box[b] == i;
    return taken;
}

/* Give every column its place.  c and p have room for all columns. */
static mien_status find_columns(layout *s, int *c, int (*p)[2], mien_error *err)
{
    int n = mien_table_columns(s->t), ys = 0;
    mien_status st = find_picture(s, err);
    if (st)
        return st;
    int *task = c, *number = c + n, *y = number + n;
    s->point = p;
    s->task = task;
    s->number = number;
    for (int i = 0; i < n; i++)
        if (!is_taken(s, i) && partner(s->t, i) >= 0) {
            p[s->points][0] = i;
            p[s->points++][1] = y[ys++] = partner(s->t, i);
        }
    for (int i = 0; i < n; i++) {
        int taken = is_taken(s, i) || partner(s->t, i) >= 0;
        for (int k = 0; k < ys; k++)
            taken |= y[k] == i;
        if (taken)
            continue;
        if (is_text(s->t, i) || holds_classes(s->t, i))
            task[s->tasks++] = i;
        else
            number[s->numbers++] = i;
    }
    return MIEN_OK;
}

/* ---- names --------------------------------------------------------------- */

/* Texts that are there, in order, each once; how many. */
static int64_t classes_of(const mien_column *c, int64_t rows, mien_text *found)
{
    int64_t n = 0;
    for (int64_t i = 0; i < rows; i++)
        if (c->text[i].n)
            found[n++] = c->text[i];
    return mi_labels_sort(found, n);
}

/* A task of whole numbers, from the least to the greatest. */
static mien_status add_numbered(mien_labels *l, const mien_column *c,
                                int64_t rows, mien_error *err)
{
    char text[100][4];
    const char *name[100];
    int least = 99, most = 0;
    for (int64_t i = 0; i < rows; i++) {
        if (isnan(c->number[i]))
            continue;
        int v = (int)c->number[i];
        least = v < least ? v : least;
        most = v > most ? v : most;
    }
    for (int v = least; v <= most; v++) {
        text[v][0] = (char)(v > 9 ? '0' + v / 10 : '0' + v);
        text[v][1] = (char)(v > 9 ? '0' + v % 10 : 0);
        text[v][2] = 0;
        name[v] = text[v];
    }
    return mi_labels_add_task(l, c->name, least, most - least + 1, name + least,
                              err);
}

/* The names of points, without the _x of their columns. */
static mien_status add_points(mien_labels *l, const layout *s, mien_error *err)
{
    char **name = mi_alloc((size_t)s->points + 1, sizeof *name);
    mien_status st = name ? MIEN_OK : mi_no_memory(err);
    for (int i = 0; !st && i < s->points; i++) {
        const char *x = mien_table_column(s->t, s->point[i][0]).name;
        name[i] = mi_labels_text(x, strlen(x) - 2);
        st = name[i] ? MIEN_OK : mi_no_memory(err);
    }
    if (!st)
        st = mi_labels_set_points(l, s->points, (const char *const *)name, err);
    for (int i = 0; name && i < s->points; i++)
        mi_free(name[i]);
    mi_free(name);
    return st;
}

/* Points, tasks and numbers of a table, before its rows. */
static mien_status add_columns(mien_labels *l, const layout *s,
                               mien_text *found, mien_error *err)
{
    int64_t rows = mien_table_rows(s->t);
    mien_status st = add_points(l, s, err);
    for (int i = 0; !st && i < s->tasks; i++) {
        mien_column c = mien_table_column(s->t, s->task[i]);
        if (c.type == MIEN_COLUMN_TEXT)
            st = mi_labels_add_texts(l, c.name, found,
                                     classes_of(&c, rows, found), "csv", err);
        else
            st = add_numbered(l, &c, rows, err);
    }
    for (int i = 0; !st && i < s->numbers; i++)
        st = mi_labels_add_number(l, mien_table_column(s->t, s->number[i]).name,
                                  err);
    return st;
}

/* ---- rows ---------------------------------------------------------------- */

static double number_at(const mien_table *t, int column, int64_t row)
{
    return mien_table_column(t, column).number[row];
}

/* A place in pixels: NaN if none is there. */
static mien_status place_at(const layout *s, int column, int64_t row,
                            float *out, mien_error *err)
{
    double v = number_at(s->t, column, row);
    if (fabs(v) > MIEN_LABELS_MAX_PLACE)
        return mi_fail(err, MIEN_EFORMAT, "%.60s is %g, wanted at most %d",
                       mien_table_column(s->t, column).name, v,
                       MIEN_LABELS_MAX_PLACE);
    *out = (float)v;
    return MIEN_OK;
}

/* The points and the box of the last sample. */
static mien_status add_places(mien_labels *l, const layout *s, int64_t row,
                              mien_error *err)
{
    mien_status st = MIEN_OK;
    mien_point *p = l->point + (l->n - 1) * l->points;
    for (int i = 0; !st && i < s->points; i++) {
        st = place_at(s, s->point[i][0], row, &p[i].x, err);
        if (!st)
            st = place_at(s, s->point[i][1], row, &p[i].y, err);
        if (isnan(p[i].x) || isnan(p[i].y))
            p[i] = (mien_point){NAN, NAN};
    }
    float side[SIDES] = {0};
    for (int i = 0; !st && s->box[0] >= 0 && i < SIDES; i++)
        st = place_at(s, s->box[i], row, &side[i], err);
    if (st || s->box[0] < 0 || isnan(side[X] + side[Y]) ||
        isnan(side[WIDTH] + side[HEIGHT]))
        return st;
    if (side[WIDTH] <= 0 || side[HEIGHT] <= 0)
        return mi_fail(err, MIEN_EFORMAT,
                       "a box of %g x %g, wanted more than 0",
                       (double)side[WIDTH], (double)side[HEIGHT]);
    l->box[l->n - 1] = (mien_box){side[X], side[Y], side[WIDTH], side[HEIGHT]};
    return MIEN_OK;
}

/* The class of a text or number in a task of the last sample; -1: none. */
static int class_at(const mien_label_task *task, const mien_column *c,
                    int64_t row)
{
    if (c->type == MIEN_COLUMN_NUMBER)
        return isnan(c->number[row]) ? -1 : (int)c->number[row] - task->first;
    const mien_text *t = &c->text[row];
    int low = 0, high = task->classes;
    while (t->n && low < high) { /* names are in order */
        int middle = (low + high) / 2;
        const char *name = task->class_name[middle];
        mien_text other = {name, strlen(name)};
        int order = mi_labels_order(t, &other);
        if (!order)
            return middle;
        low = order > 0 ? middle + 1 : low;
        high = order < 0 ? middle : high;
    }
    return -1;
}

/* Take back the last sample, and count it as left out. */
static void take_back(mien_labels *l, int64_t row, const mien_error *why)
{
    mien_error told = {0};
    mi_fail(&told, why->status, "row %lld: %.160s", (long long)row + 1,
            why->text);
    mi_free(l->name[--l->n]);
    mi_labels_leave_out(l, &told);
}

/* A row as a sample; one that is malformed is left out. */
static mien_status add_sample(mien_labels *l, const layout *s, int64_t row,
                              mien_error *err)
{
    mien_error why = {0};
    mien_text name = mien_table_column(s->t, s->path).text[row];
    mien_status st = mi_labels_add(l, name.at, name.n, row + 1, err);
    if (st)
        return st;
    mien_status bad = MIEN_OK;
    if (!name.n || name.n > MIEN_LABELS_MAX_NAME)
        bad = mi_fail(&why, MIEN_EFORMAT, "a path of %zu bytes, wanted 1 to %d",
                      name.n, MIEN_LABELS_MAX_NAME);
    if (!bad)
        bad = add_places(l, s, row, &why);
    if (bad) {
        take_back(l, row, &why);
        return MIEN_OK;
    }
    int64_t i = l->n - 1;
    for (int t = 0; t < l->tasks; t++) {
        mien_column c = mien_table_column(s->t, s->task[t]);
        l->label[i * l->tasks + t] = class_at(&l->task[t], &c, row);
    }
    for (int v = 0; v < l->numbers; v++)
        l->number[i * l->numbers + v] =
            (float)number_at(s->t, s->number[v], row);
    if (s->part >= 0) {
        mien_text t = mien_table_column(s->t, s->part).text[row];
        int part = mi_labels_part_of(t.at, t.n);
        l->part[i] = part < 0 ? MIEN_FOR_ANY : (mien_label_use)part;
    }
    return MIEN_OK;
}

mien_status mien_label_table_read(const uint8_t *bytes, size_t n,
                                  mien_labels *out, mien_error *err)
{
    mien_labels l = {0};
    layout s = {0};
    mien_table *t = NULL;
    if (n > MIEN_LABELS_MAX_BYTES)
        return mi_fail(err, MIEN_ELIMIT, "csv: %zu bytes, at most %zu", n,
                       MIEN_LABELS_MAX_BYTES);
    mien_csv_options o = MIEN_CSV_DEFAULTS;
    o.finite = 1;
    mien_status st = mien_csv_read(bytes, n, &o, &t, err);
    if (st)
        return st;
    s.t = t;
    size_t columns = (size_t)mien_table_columns(t) + 1;
    int *c = mi_alloc(columns, 3 * sizeof *c);
    int(*p)[2] = mi_alloc(columns, sizeof *p);
    mien_text *found = mi_alloc((size_t)mien_table_rows(t) + 1, sizeof *found);
    st = c && p && found ? find_columns(&s, c, p, err) : mi_no_memory(err);
    if (!st)
        st = add_columns(&l, &s, found, err);
    for (int64_t i = 0; !st && i < mien_table_rows(t); i++)
        st = add_sample(&l, &s, i, err);
    mi_free(c);
    mi_free(p);
    mi_free(found);
    mien_table_free(t);
    if (!st)
        return mi_labels_finish(&l, "csv", out, err);
    mien_labels_free(&l);
    return st;
}

/* ---- any kind ------------------------------------------------------------ */

/* Does the first line that is not empty hold a word? */
static int first_line_has(const uint8_t *bytes, size_t n, const char *word)
{
    size_t at = 0, m = strlen(word);
    while (at < n && (bytes[at] == '\n' || bytes[at] == '\r'))
        at++;
    for (; at + m <= n && bytes[at] != '\n' && bytes[at] != '\r'; at++)
        if (!memcmp(bytes + at, word, m))
            return 1;
    return 0;
}

mien_status mien_labels_read(const uint8_t *bytes, size_t n, mien_labels *out,
                             mien_error *err)
{
    int commas = first_line_has(bytes, n, ",") || first_line_has(bytes, n, ";");
    if (!commas)
        return mien_mtfl_read(bytes, n, out, err);
    if (first_line_has(bytes, n, "pixels") && first_line_has(bytes, n, "Usage"))
        return mien_fer_read(bytes, n, out, err);
    return mien_label_table_read(bytes, n, out, err);
}
