/* labels_mtfl.c: lists of MTFL, a line a face: path, x1..x5, y1..y5, gender,
 * smile, glasses, pose. */
#include "samples/labels.h"

#include "base/error.h"
#include "table/number.h"

#include <math.h>
#include <string.h>

enum { POINTS = 5, TASKS = 4, FIELDS = 2 * POINTS + TASKS };

static const char *const point_names[POINTS] = {"left_eye", "right_eye", "nose",
                                                "left_mouth", "right_mouth"};
static const char *const task_names[TASKS] = {"gender", "smile", "glasses",
                                              "pose"};
static const int classes[TASKS] = {2, 2, 2, 5};
static const char *const class_names[TASKS][5] = {
    {"male", "female"},
    {"smiling", "not smiling"},
    {"glasses", "no glasses"},
    {"left profile", "left", "frontal", "right", "right profile"}};

static int is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/* The field that begins at *p, behind blanks; n 0 at the end. */
static const char *next_field(const char **p, const char *end, int *n)
{
    while (*p < end && is_blank(**p))
        ++*p;
    const char *start = *p;
    while (*p < end && !is_blank(**p))
        ++*p;
    *n = (int)(*p - start);
    return start;
}

/* What a field is called in an error: "x3", "y3", "pose". */
static const char *field_name(int i)
{
    static const char *const axis[2 * POINTS] = {"x1", "x2", "x3", "x4", "x5",
                                                 "y1", "y2", "y3", "y4", "y5"};
    return i < 2 * POINTS ? axis[i] : task_names[i - 2 * POINTS];
}

/* Field i of a line as a number in its range. */
static mien_status read_field(const char **p, const char *end, int i,
                              double *out, mien_error *err)
{
    int n;
    const char *field = next_field(p, end, &n);
    int most = i < 2 * POINTS ? MIEN_LABELS_MAX_PLACE : classes[i - 2 * POINTS];
    double least = i < 2 * POINTS ? -MIEN_LABELS_MAX_PLACE : 1;
    int good = mi_number_read(field, field + n, out) == field + n &&
               *out >= least && *out <= most &&
               (i < 2 * POINTS || *out == floor(*out));
    if (n && good)
        return MIEN_OK;
    return mi_fail(err, MIEN_EFORMAT, "%s '%.*s', wanted %s of %g to %d",
                   field_name(i), n < 30 ? n : 30, field,
                   i < 2 * POINTS ? "a number" : "a class", least, most);
}

/* A line: its path, from *path on, and its numbers. */
static mien_status read_line(const char *p, const char *end, mien_text *path,
                             double v[FIELDS], mien_error *err)
{
    int n;
    path->at = next_field(&p, end, &n);
    path->n = (size_t)n;
    if (n > MIEN_LABELS_MAX_NAME || memchr(path->at, 0, path->n))
        return mi_fail(err, MIEN_EFORMAT,
                       "a path of %d bytes, wanted a name of at most %d", n,
                       MIEN_LABELS_MAX_NAME);
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < FIELDS; i++)
        st = read_field(&p, end, i, &v[i], err);
    const char *more = next_field(&p, end, &n);
    if (!st && n)
        st = mi_fail(err, MIEN_EFORMAT, "'%.*s' behind %d numbers",
                     n < 30 ? n : 30, more, FIELDS);
    return st;
}

/* Backslashes are another system's slashes, where there are no slashes. */
static void make_slashes(char *name)
{
    int slashes = strchr(name, '/') != NULL;
    for (; *name && !slashes; name++)
        if (*name == '\\')
            *name = '/';
}

/* A line that was read as a sample. */
static mien_status add_face(mien_labels *l, const mien_text *path,
                            const double v[FIELDS], int64_t line,
                            mien_error *err)
{
    mien_status st = mi_labels_add(l, path->at, path->n, line, err);
    if (st)
        return st;
    int64_t i = l->n - 1;
    make_slashes(l->name[i]);
    for (int p = 0; p < POINTS; p++)
        l->point[i * POINTS + p] =
            (mien_point){(float)v[p], (float)v[POINTS + p]};
    for (int t = 0; t < TASKS; t++)
        l->label[i * TASKS + t] = (int)v[2 * POINTS + t] - 1;
    return MIEN_OK;
}

/* Read line after line; those that cannot be read are left out. */
static mien_status read_lines(mien_labels *l, const char *p, const char *end,
                              mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int64_t line = 1; !st && p < end; line++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p)), *first = p;
        int n;
        stop = stop ? stop : end;
        p = stop < end ? stop + 1 : end;
        const char *rest = first;
        next_field(&rest, stop, &n);
        if (!n)
            continue;
        mien_text path;
        double v[FIELDS];
        mien_error why = {0}, told = {0};
        if (!read_line(first, stop, &path, v, &why)) {
            st = add_face(l, &path, v, line, err);
            continue;
        }
        mi_fail(&told, why.status, "line %lld: %.160s", (long long)line,
                why.text);
        mi_labels_leave_out(l, &told);
    }
    return st;
}

mien_status mien_mtfl_read(const uint8_t *bytes, size_t n, mien_labels *out,
                           mien_error *err)
{
    mien_labels l = {0};
    if (n > MIEN_LABELS_MAX_BYTES)
        return mi_fail(err, MIEN_ELIMIT, "list: %zu bytes, at most %zu", n,
                       MIEN_LABELS_MAX_BYTES);
    const char *p = (const char *)bytes;
    if (n >= 3 && !memcmp(p, "\xef\xbb\xbf", 3))
        p += 3;
    mien_status st = mi_labels_set_points(&l, POINTS, point_names, err);
    for (int t = 0; !st && t < TASKS; t++)
        st = mi_labels_add_task(&l, task_names[t], 1, classes[t],
                                class_names[t], err);
    if (!st)
        st = read_lines(&l, p, (const char *)bytes + n, err);
    if (!st)
        return mi_labels_finish(&l, "list", out, err);
    mien_labels_free(&l);
    return st;
}
