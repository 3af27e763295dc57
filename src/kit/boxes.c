/* boxes.c: where the faces of labelled pictures are.
 *
 * Each thread has an analyzer of its own that works alone, and takes whole
 * pictures: small ones leave more threads without work. */
#include "kit/image.h"
#include "samples/loader.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/file.h"

#include <stdlib.h>
#include <string.h>

enum { SLICE = 64 /* pictures a thread between two reports */ };

/* What all threads work on. */
typedef struct search {
    const mien_labels *labels;
    const mien_face_boxes_options *o;
    mien_analyzer **yunet; /* [lanes] */
    mien_face_boxes *out;
    int64_t first;    /* picture of the slice */
    mien_status *end; /* [lanes] */
} search;

void mien_face_boxes_free(mien_face_boxes *b)
{
    if (!b)
        return;
    mi_free(b->box);
    mi_free(b->found);
    *b = (mien_face_boxes){0};
}

/* Memory for n boxes. */
static mien_status make_boxes(int64_t n, mien_face_boxes *out, mien_error *err)
{
    *out = (mien_face_boxes){.n = n};
    out->box = mi_alloc((size_t)n + 1, sizeof *out->box);
    out->found = mi_alloc((size_t)n + 1, sizeof *out->found);
    return out->box && out->found ? MIEN_OK : mi_no_memory(err);
}

static void count(mien_face_boxes *b)
{
    b->missed = b->unread = 0;
    for (int64_t i = 0; i < b->n; i++) {
        b->unread += !(b->box[i].width > 0);
        b->missed += !b->found[i] && b->box[i].width > 0;
    }
}

/* ---- finding ------------------------------------------------------------- */

/* The face of a picture, or its whole; of one that cannot be read, nothing. */
static mien_status find_one(const search *s, mien_analyzer *yunet, int64_t i)
{
    mien_image photo = {0};
    mien_faces faces = {0};
    mien_status st =
        s->labels->pixels
            ? mi_labels_image(s->labels, i, &photo, NULL)
            : s->o->load(s->o->from, s->labels->name[i], &photo, NULL);
    if (st)
        return st == MIEN_ENOMEM ? st : MIEN_OK;
    st = mien_analyzer_run(yunet, &photo, &faces, NULL);
    const mien_face *face = st ? NULL : mien_faces_largest(&faces, 0);
    s->out->found[i] = face != NULL;
    s->out->box[i] =
        face ? face->box : (mien_box){0, 0, (float)photo.w, (float)photo.h};
    mien_faces_free(&faces);
    mien_image_free(&photo);
    return st;
}

static void find_task(void *arg, int i, int lane)
{
    const search *s = arg;
    if (!s->end[lane])
        s->end[lane] = find_one(s, s->yunet[lane], s->first + i);
}

/* Look for the faces of all pictures, a slice at a time. */
static mien_status find_all(search *s, mien_error *err)
{
    const mien_face_boxes_options *o = s->o;
    int lanes = mien_pool_size(o->pool);
    int64_t n = s->labels->n;
    for (int64_t done = 0; done < n;) {
        int64_t left = n - done, most = (int64_t)SLICE * lanes;
        int some = (int)(left < most ? left : most);
        s->first = done;
        mien_pool_run(o->pool, some, find_task, s);
        for (int i = 0; i < lanes; i++)
            if (s->end[i])
                return mi_fail(err, s->end[i],
                               "faces could not be looked for: %s",
                               mien_status_text(s->end[i]));
        done += some;
        if (o->on_picture && o->on_picture(o->arg, done, n))
            return mi_fail(err, MIEN_EARG,
                           "stopped while faces were looked for");
    }
    return MIEN_OK;
}

/* ---- keeping ------------------------------------------------------------- */

/* A name as a field of CSV. */
static void put_name(mien_buffer *b, const char *name)
{
    mien_buffer_puts(b, "\"");
    for (; *name; name++) {
        if (*name == '"')
            mien_buffer_puts(b, "\"");
        mien_buffer_put(b, name, 1);
    }
    mien_buffer_puts(b, "\"");
}

/* Boxes as a labelled list, without those of pictures that are unread. */
static mien_status save(const mien_face_boxes *b, const mien_labels *labels,
                        const char *path, mien_error *err)
{
    mien_buffer out = {0};
    mien_buffer_puts(&out, "path,box_x,box_y,box_width,box_height,found\n");
    for (int64_t i = 0; i < b->n; i++) {
        if (!(b->box[i].width > 0))
            continue;
        put_name(&out, labels->name[i]);
        mien_buffer_printf(&out, ",%.9g,%.9g,%.9g,%.9g,%s\n",
                           (double)b->box[i].x, (double)b->box[i].y,
                           (double)b->box[i].width, (double)b->box[i].height,
                           b->found[i] ? "face" : "none");
    }
    mien_status st = out.failed ? mi_no_memory(err)
                                : mien_file_save(path, out.data, out.n, err);
    mien_buffer_free(&out);
    return st;
}

/* Take the boxes of a list, whose pictures have to stand in the same order;
 * those that it lacks are unread.  0: it tells of others. */
static int take(const mien_labels *list, const mien_labels *labels,
                mien_face_boxes *out)
{
    int task = mien_labels_task(list, "found");
    int64_t at = 0;
    if (task < 0 || !list->box)
        return 0;
    for (int64_t i = 0; i < labels->n && at < list->n; i++) {
        if (strcmp(list->name[at], labels->name[i]) != 0)
            continue;
        int class = list->label[at * list->tasks + task];
        out->box[i] = list->box[at++];
        out->found[i] =
            class >= 0 && !strcmp(list->task[task].class_name[class], "face");
    }
    return at == list->n;
}

/* Read boxes that were kept.  Fails with EARG if they are of other pictures. */
static mien_status load(const char *path, const mien_labels *labels,
                        mien_face_boxes *out, mien_error *err)
{
    mien_labels list = {0};
    mien_status st = mien_labels_load(path, &list, err);
    if (!st)
        st = make_boxes(labels->n, out, err);
    if (!st && !take(&list, labels, out))
        st = mi_fail(err, MIEN_EARG, "%s: boxes of other pictures", path);
    if (st)
        mien_face_boxes_free(out);
    mien_labels_free(&list);
    return st;
}

/* ---- all ----------------------------------------------------------------- */

/* An analyzer a thread, and the search. */
static mien_status search_all(const mien_labels *labels,
                              const mien_face_boxes_options *o,
                              mien_face_boxes *out, mien_error *err)
{
    int lanes = mien_pool_size(o->pool);
    search s = {.labels = labels, .o = o, .out = out};
    s.yunet = mi_alloc((size_t)lanes, sizeof(mien_analyzer *));
    s.end = mi_alloc((size_t)lanes, sizeof *s.end);
    mien_status st =
        s.yunet && s.end ? make_boxes(labels->n, out, err) : mi_no_memory(err);
    for (int i = 0; i < lanes && !st; i++)
        st = mien_analyzer_find(NULL, NULL, NULL, &s.yunet[i], err);
    if (!st)
        st = find_all(&s, err);
    for (int i = 0; i < lanes && s.yunet; i++)
        mien_analyzer_free(s.yunet[i]);
    mi_free(s.yunet);
    mi_free(s.end);
    return st;
}

mien_status mien_face_boxes_find(const mien_labels *labels,
                                 const mien_face_boxes_options *options,
                                 mien_face_boxes *out, mien_error *err)
{
    const mien_face_boxes_options *o = options;
    mien_face_boxes b = {0};
    mien_status st = MIEN_EARG;
    const char *file = labels->pixels ? NULL : o->file;
    if (!labels->pixels && (!labels->name || !o->load))
        return mi_fail(err, MIEN_EARG,
                       "faces are looked for in pictures; wanted names, and a "
                       "function that loads them");
    if (file && o->reuse)
        st = load(file, labels, &b, NULL);
    if (st && st != MIEN_ENOMEM) {
        st = search_all(labels, o, &b, err);
        if (!st && file)
            st = save(&b, labels, file, err);
    } else if (st) {
        mi_no_memory(err);
    }
    if (st) {
        mien_face_boxes_free(&b);
        return st;
    }
    count(&b);
    *out = b;
    return MIEN_OK;
}
