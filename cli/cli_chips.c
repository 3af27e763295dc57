/* cli_chips.c: pictures of an object, cut out and brought to one size.
 *
 * An object is cut out with half its size around it, shrunk by areas to twice
 * the chip's size, moved, turned and grown there, and halved. */
#include "cli/cli_chips.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "cli/cli_files.h"

#include <math.h>
#include <string.h>

int cli_crop(const cli_args *a, int option, int crop[4])
{
    const char *p = a->value[option];
    if (!p)
        return 1;
    for (int i = 0; i < 4; i++) {
        int v = 0;
        const char *start = p;
        for (; *p >= '0' && *p <= '9' && v < 100000; p++)
            v = v * 10 + (*p - '0');
        if (p == start || *p != (i < 3 ? ',' : 0) || (i > 1 && v < 1)) {
            cli_error("%s: --%s: found '%s', wanted x,y,width,height",
                      a->command->name, a->command->options[option].name,
                      a->value[option]);
            return 0;
        }
        crop[i] = v;
        p += i < 3;
    }
    return 1;
}

/* Chips while they grow. */
typedef struct chips {
    const cli_chips_options *o;
    uint8_t *data;
    int64_t n, cap;
    mien_random random;
    int unread;
} chips;

static int add_gray(chips *c, const mien_gray *g, int mirrored)
{
    size_t size = (size_t)c->o->w * (size_t)c->o->h;
    if (c->n == c->cap) {
        int64_t cap = c->cap * 2 + 256;
        uint8_t *more = mi_alloc_raw((size_t)cap, size);
        if (!more) {
            cli_error("out of memory");
            return 0;
        }
        if (c->n)
            memcpy(more, c->data, (size_t)c->n * size);
        mi_free(c->data);
        c->data = more;
        c->cap = cap;
    }
    uint8_t *to = c->data + (size_t)c->n++ * size;
    for (int y = 0; y < g->h; y++)
        for (int x = 0; x < g->w; x++)
            *to++ = g->data[y * g->stride + (mirrored ? g->w - 1 - x : x)];
    return 1;
}

/* A number between -1 and 1. */
static float jitter(chips *c)
{
    return (float)(2 * mien_random_unit(&c->random) - 1);
}

/* The object fills the middle half of a frame of 4 w x 4 h; out is the chip. */
static mien_status chip_of(chips *c, const mien_image *frame, int moved,
                           mien_gray *out)
{
    const cli_chips_options *o = c->o;
    float a = moved ? jitter(c) * o->turn * 3.14159265f / 180 : 0;
    float grow = moved ? 1 + jitter(c) * o->grow : 1;
    float w = (float)o->w * 2, h = (float)o->h * 2;
    float dx = moved ? jitter(c) * o->shift * w : 0;
    float dy = moved ? jitter(c) * o->shift * h : 0;
    mien_similarity s = {grow * cosf(a), grow * sinf(a), 0, 0};
    float cx = (w - 1) / 2, cy = (h - 1) / 2;
    s.tx = w - 0.5f + dx - s.a * cx - s.b * cy;
    s.ty = h - 0.5f + dy + s.b * cx - s.a * cy;
    mien_image twice, chip;
    mien_status st =
        mien_image_warp(frame, s, o->w * 2, o->h * 2, &twice, NULL);
    if (st != MIEN_OK)
        return st;
    st = mien_image_resize(&twice, o->w, o->h, MIEN_AREA, &chip, NULL);
    mien_image_free(&twice);
    if (st != MIEN_OK)
        return st;
    st = mien_gray_from(&chip, out, NULL);
    mien_image_free(&chip);
    return st;
}

static int add_frame(chips *c, const mien_image *frame)
{
    for (int i = 0; i <= c->o->copies; i++) {
        mien_gray g;
        if (chip_of(c, frame, i > 0, &g) != MIEN_OK) {
            cli_error("out of memory");
            return 0;
        }
        int good = add_gray(c, &g, 0) && (!c->o->mirror || add_gray(c, &g, 1));
        mien_gray_free(&g);
        if (!good)
            return 0;
    }
    return 1;
}

/* Border pixels instead of black where the frame leaves the picture. */
static void extend(const mien_image *im, int x0, int y0, mien_image *frame)
{
    for (int y = 0; y < frame->h; y++)
        for (int x = 0; x < frame->w; x++) {
            int u = x0 + x, v = y0 + y;
            if (u >= 0 && v >= 0 && u < im->w && v < im->h)
                continue;
            u = u < 0 ? 0 : u >= im->w ? im->w - 1 : u;
            v = v < 0 ? 0 : v >= im->h ? im->h - 1 : v;
            memcpy(frame->data + y * frame->stride + (ptrdiff_t)x * 3,
                   im->data + v * im->stride + (ptrdiff_t)u * 3, 3);
        }
}

static int add_object(chips *c, const mien_image *im, const cli_object *o)
{
    int x = o->x - o->w / 2, y = o->y - o->h / 2;
    mien_image cut, frame;
    mien_error err = {0};
    if (mien_image_crop(im, x, y, o->w * 2, o->h * 2, &cut, &err) != MIEN_OK) {
        cli_error("%s: %s", o->file, err.text);
        return 0;
    }
    extend(im, x, y, &cut);
    mien_status st = mien_image_resize(&cut, c->o->w * 4, c->o->h * 4,
                                       MIEN_AREA, &frame, &err);
    mien_image_free(&cut);
    if (st != MIEN_OK) {
        cli_error("%s: %s", o->file, err.text);
        return 0;
    }
    int good = add_frame(c, &frame);
    mien_image_free(&frame);
    return good;
}

static int photo(chips *c, const char *path, mien_image *out)
{
    mien_bytes bytes;
    mien_error err = {0};
    mien_status st = cli_file_load(path, &bytes, &err);
    if (st == MIEN_OK) {
        st = mien_image_read(bytes.data, bytes.n, NULL, out, &err);
        mien_bytes_free(&bytes);
    }
    if (st == MIEN_OK)
        return 1;
    cli_error("%s: %s", path, err.text);
    c->unread++;
    return 0;
}

static int crop_fits(const cli_object *o, const mien_image *im)
{
    if (o->x + o->w <= im->w && o->y + o->h <= im->h)
        return 1;
    cli_error("%s: is %d x %d, wanted --crop %d,%d,%d,%d inside it", o->file,
              im->w, im->h, o->x, o->y, o->w, o->h);
    return 0;
}

static int from_folder(chips *c, const char *path)
{
    cli_files files = {0};
    files.recursive = 1;
    int good = cli_files_add(&files, path);
    for (int i = 0; good && i < files.n && !cli_interrupted(); i++) {
        mien_image im;
        if (files.file[i].error.status) {
            cli_error("%s: %s", files.file[i].path, files.file[i].error.text);
            c->unread++;
            continue;
        }
        if (!photo(c, files.file[i].path, &im))
            continue;
        const int *r = c->o->crop;
        cli_object o = {files.file[i].path, r[0], r[1], r[2], r[3], 0};
        if (!o.w) {
            o.w = im.w;
            o.h = im.h;
        }
        good = crop_fits(&o, &im) && add_object(c, &im, &o);
        mien_image_free(&im);
    }
    cli_files_free(&files);
    return good;
}

static int from_list(chips *c, const char *path)
{
    cli_objects all;
    int good = cli_objects_load(path, &all) == CLI_OK;
    if (!good)
        return 0;
    mien_image im = {0};
    const char *open = NULL;
    for (int i = 0; good && i < all.n && !cli_interrupted(); i++) {
        const cli_object *o = &all.at[i];
        if (o->file != open) {
            mien_image_free(&im);
            open = o->file;
            if (!photo(c, open, &im))
                im = (mien_image){0};
        }
        if (o->w && im.data)
            good =
                cli_object_fits(o, path, im.w, im.h) && add_object(c, &im, o);
    }
    mien_image_free(&im);
    cli_objects_free(&all);
    return good;
}

/* OpenCV's .vec: count, pixels, two shorts; then a byte and shorts each. */
static int from_vec(chips *c, const char *path)
{
    mien_bytes bytes;
    mien_error err = {0};
    if (mien_file_load(path, 0, &bytes, &err) != MIEN_OK) {
        cli_error("%s", err.text);
        return 0;
    }
    mi_cursor at = mi_cursor_of(bytes.data, bytes.n);
    uint32_t n = mi_cursor_u32le(&at), size = mi_cursor_u32le(&at);
    mi_cursor_u32le(&at);
    int good = !at.bad && size == (uint32_t)(c->o->w * c->o->h);
    if (!good)
        cli_error("%s: %u pixels a sample, wanted %d x %d", path, size, c->o->w,
                  c->o->h);
    mien_gray g = {0};
    if (good)
        good = mien_gray_new(c->o->w, c->o->h, &g, NULL) == MIEN_OK;
    for (uint32_t i = 0; good && i < n; i++) {
        mi_cursor one = mi_cursor_take(&at, 1 + 2 * (uint64_t)size);
        if (at.bad) {
            cli_error("%s: cut off at sample %u of %u", path, i, n);
            good = 0;
            break;
        }
        for (uint32_t k = 0; k < size; k++)
            g.data[k] = one.p[1 + 2 * k];
        good = add_gray(c, &g, 0) && (!c->o->mirror || add_gray(c, &g, 1));
    }
    mien_gray_free(&g);
    mien_bytes_free(&bytes);
    return good;
}

int cli_chips_load(const char *path, const cli_chips_options *o,
                   mien_chips *out)
{
    chips c = {.o = o};
    mien_random_init(&c.random, o->seed);
    size_t n = strlen(path);
    int good;
    if (cli_is_folder(path))
        good = from_folder(&c, path);
    else if (n > 4 && !strcmp(path + n - 4, ".vec"))
        good = from_vec(&c, path);
    else
        good = from_list(&c, path);
    if (good && cli_interrupted()) {
        mi_free(c.data);
        return CLI_INTERRUPTED;
    }
    if (!good || !c.n) {
        if (good)
            cli_error("%s: no pictures that can be read", path);
        mi_free(c.data);
        return CLI_NOTHING;
    }
    *out = (mien_chips){c.n, o->w, o->h, c.data};
    return CLI_OK;
}

void cli_chips_free(mien_chips *c)
{
    union {
        const uint8_t *read;
        uint8_t *own;
    } p = {c->data};
    mi_free(p.own);
    *c = (mien_chips){0};
}
