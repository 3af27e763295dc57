/* list.c: lists of labelled pictures, from text.
 *
 * Objects: "picture count x y width height ...", as opencv_createsamples reads
 * them; names of pictures: one a line.  Names are relative to a folder, which
 * is that of the text. */
#include "mien/samples.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void mien_sample_list_free(mien_sample_list *list)
{
    if (!list)
        return;
    for (int64_t i = 0; i < list->names; i++)
        mi_free(list->name[i]);
    mi_free(list->name);
    mi_free(list->sample);
    *list = (mien_sample_list){0};
}

/* ---- adding -------------------------------------------------------------- */

/* A name, behind the folder if there is one and the name is relative. */
static mien_status add_name(mien_sample_list *list, const char *folder,
                            const char *name, mien_error *err)
{
    size_t n = strlen(name), before = 0;
    if (folder && name[0] != '/')
        before = strlen(folder) + 1;
    char **place = mi_push(&list->name, list->names, sizeof *place);
    char *copy = place ? mi_alloc(before + n + 1, 1) : NULL;
    if (!copy)
        return mi_no_memory(err);
    if (before) {
        memcpy(copy, folder, before - 1);
        copy[before - 1] = '/';
    }
    memcpy(copy + before, name, n + 1);
    *place = copy;
    list->names++;
    return MIEN_OK;
}

/* A sample of the picture named last. */
static mien_status add_sample(mien_sample_list *list, const mien_sample *s,
                              mien_error *err)
{
    mien_sample *place = mi_push(&list->sample, list->n, sizeof *place);
    if (!place)
        return mi_no_memory(err);
    *place = *s;
    place->picture = list->names - 1;
    list->n++;
    return MIEN_OK;
}

static int in_range(int v, int low)
{
    return v >= low && v <= MIEN_SAMPLE_MAX_SIDE;
}

mien_status mien_sample_list_add(mien_sample_list *list, const char *name,
                                 const mien_sample *sample, mien_error *err)
{
    static const mien_sample whole = {0};
    const mien_sample *s = sample ? sample : &whole;
    if (s->w && !(in_range(s->x, -MIEN_SAMPLE_MAX_SIDE) &&
                  in_range(s->y, -MIEN_SAMPLE_MAX_SIDE) && in_range(s->w, 1) &&
                  in_range(s->h, 1)))
        return mi_fail(err, MIEN_EARG,
                       "%.100s: rectangle %d %d %d %d, wanted sides of 1 to %d",
                       name, s->x, s->y, s->w, s->h, MIEN_SAMPLE_MAX_SIDE);
    mien_status st = add_name(list, NULL, name, err);
    return st ? st : add_sample(list, s, err);
}

/* ---- texts --------------------------------------------------------------- */

/* A copy of a text with a zero byte behind it. */
static mien_status copy_text(const uint8_t *bytes, size_t n, char **out,
                             mien_error *err)
{
    if (n > MIEN_SAMPLE_MAX_LIST)
        return mi_fail(err, MIEN_ELIMIT, "list: %zu bytes, at most %zu", n,
                       MIEN_SAMPLE_MAX_LIST);
    if (n && memchr(bytes, 0, n))
        return mi_fail(err, MIEN_EFORMAT, "list: %s, wanted UTF-8",
                       n > 1 && (bytes[0] ^ bytes[1]) == 1 ? "UTF-16"
                                                           : "a zero byte");
    char *text = mi_alloc(n + 1, 1);
    if (!text)
        return mi_no_memory(err);
    if (n)
        memcpy(text, bytes, n);
    *out = text;
    return MIEN_OK;
}

/* The next whole number from low on; *p goes behind it. */
static int whole_number(char **p, int low, int *out)
{
    char *end;
    errno = 0;
    long v = strtol(*p, &end, 10);
    if (end == *p || errno || v < low || v > MIEN_SAMPLE_MAX_SIDE ||
        (*end && !strchr(" \t\r", *end)))
        return 0;
    *out = (int)v;
    *p = end;
    return 1;
}

static int is_quote(char c) { return c == '"' || c == '\''; }

/* A name as people write it: without quotes around it or a backslash before a
 * blank, and with the slashes of this system where it has another's alone. */
static char *plain_name(char *name)
{
    size_t n = strlen(name);
    if (n > 1 && is_quote(name[0]) && name[n - 1] == name[0]) {
        name[n - 1] = 0;
        name++;
    }
    int slashes = strchr(name, '/') != NULL;
    char *to = name;
    for (char *p = name; *p; p++)
        if (*p != '\\' || p[1] != ' ')
            *to++ = (char)(*p == '\\' && !slashes ? '/' : *p);
    *to = 0;
    return name;
}

/* Where the name of a line ends: behind its quotes, or else at the first blank
 * that a whole number follows; at the first of all if there is none. */
static char *end_of_name(char *line)
{
    static const char blank[] = " \t\r";
    char *end = is_quote(line[0]) ? strchr(line + 1, line[0]) : NULL;
    if (end && (!end[1] || strchr(blank, end[1])))
        return end + 1;
    char *first = line + strcspn(line, blank);
    for (end = first; *end; end += strcspn(end, blank)) {
        char *space = end;
        int count;
        end += strspn(end, blank);
        char *p = end;
        if (whole_number(&p, 0, &count))
            return space;
    }
    return first;
}

/* The objects of one line. */
static mien_status read_objects(mien_sample_list *list, const char *folder,
                                char *line, int number, mien_error *err)
{
    static const mien_sample none = {0};
    char *p = end_of_name(line);
    int count = 0;
    if (*p)
        *p++ = 0;
    if (!whole_number(&p, 0, &count))
        return mi_fail(err, MIEN_EFORMAT,
                       "line %d: '%.40s', wanted the number of rectangles",
                       number, p);
    mien_status st = add_name(list, folder, plain_name(line), err);
    if (!st && count == 0)
        st = add_sample(list, &none, err);
    for (int i = 0; !st && i < count; i++) {
        mien_sample s = {.label = 1, .line = number};
        if (!whole_number(&p, -MIEN_SAMPLE_MAX_SIDE, &s.x) ||
            !whole_number(&p, -MIEN_SAMPLE_MAX_SIDE, &s.y) ||
            !whole_number(&p, 1, &s.w) || !whole_number(&p, 1, &s.h))
            return mi_fail(err, MIEN_EFORMAT,
                           "line %d: '%.40s', wanted x y width height of "
                           "rectangle %d of %d",
                           number, p, i + 1, count);
        st = add_sample(list, &s, err);
    }
    return st;
}

static mien_status read_path(mien_sample_list *list, const char *folder,
                             char *line, int number, mien_error *err)
{
    static const mien_sample whole = {0};
    (void)number;
    mien_status st = add_name(list, folder, plain_name(line), err);
    return st ? st : add_sample(list, &whole, err);
}

/* What reads one line. */
typedef mien_status read_line(mien_sample_list *list, const char *folder,
                              char *line, int number, mien_error *err);

/* Read all lines without blanks at their end; with `comments` without those at
 * their begin, and not those that begin with #. */
static mien_status read_lines(char *text, int comments, read_line *read,
                              const char *folder, mien_sample_list *list,
                              mien_error *err)
{
    mien_status st = MIEN_OK;
    int number = 1;
    for (char *line = text; !st && line; number++) {
        char *next = strchr(line, '\n');
        size_t n = next ? (size_t)(next - line) : strlen(line);
        while (n && strchr(" \t\r", line[n - 1]))
            n--;
        line[n] = 0;
        if (comments)
            line += strspn(line, " \t\r");
        if (*line && !(comments && *line == '#'))
            st = read(list, folder, line, number, err);
        line = next ? next + 1 : NULL;
    }
    return st;
}

/* A text, and the folder that its names are relative to. */
typedef struct source {
    const uint8_t *bytes; /* [n] */
    size_t n;
    const char *folder;
} source;

/* Read a list line by line, behind a byte order mark if it has one. */
static mien_status read_text(const source *from, int comments, read_line *read,
                             mien_sample_list *out, mien_error *err)
{
    char *text = NULL;
    mien_sample_list list = {0};
    mien_status st = copy_text(from->bytes, from->n, &text, err);
    int mark = !st && !strncmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;
    if (!st)
        st = read_lines(text + mark, comments, read, from->folder, &list, err);
    mi_free(text);
    if (st)
        mien_sample_list_free(&list);
    else
        *out = list;
    return st;
}

mien_status mien_object_list_read(const uint8_t *bytes, size_t n,
                                  const char *folder, mien_sample_list *out,
                                  mien_error *err)
{
    const source from = {bytes, n, folder};
    return read_text(&from, 1, read_objects, out, err);
}

mien_status mien_path_list_read(const uint8_t *bytes, size_t n,
                                const char *folder, mien_sample_list *out,
                                mien_error *err)
{
    const source from = {bytes, n, folder};
    return read_text(&from, 0, read_path, out, err);
}

/* ---- objects in pictures ------------------------------------------------- */

static int64_t inside(int from, int size, int side)
{
    int64_t a = from > 0 ? from : 0, b = (int64_t)from + size;
    b = b < side ? b : side;
    return b > a ? b - a : 0;
}

mien_status mien_sample_fits(const mien_sample_list *list, int64_t i, int w,
                             int h, mien_error *err)
{
    assert(i >= 0 && i < list->n);
    const mien_sample *s = &list->sample[i];
    int64_t seen = inside(s->x, s->w, w) * inside(s->y, s->h, h);
    int64_t area = (int64_t)s->w * s->h;
    if (s->line ? 2 * seen >= area : seen == area)
        return MIEN_OK;
    const char *name = list->name[s->picture];
    if (!s->line)
        return mi_fail(err, MIEN_EARG,
                       "%.80s: is %d x %d, wanted %d,%d,%d,%d inside it", name,
                       w, h, s->x, s->y, s->w, s->h);
    return mi_fail(err, MIEN_EARG,
                   "line %d: rectangle %d %d %d %d, wanted at least half of it "
                   "inside %.60s of %d x %d",
                   s->line, s->x, s->y, s->w, s->h, name, w, h);
}
