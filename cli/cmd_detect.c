/* cmd_detect.c: objects in photos by cascades. */
#include "cli/cli.h"
#include "cli/cli_batch.h"
#include "cli/cli_cascades.h"
#include "cli/cli_draw.h"
#include "cli/cli_hits.h"
#include "cli/cli_reader.h"
#include "cli/cli_record.h"

#include "base/alloc.h"
#include "base/error.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OPT_CASCADE,
    OPT_SCALE,
    OPT_NEIGHBORS,
    OPT_MIN,
    OPT_MAX,
    OPT_ROI,
    OPT_INSIDE,
    OPT_ROTATE,
    OPT_EQUALIZE,
    OPT_FORMAT,
    OPT_JSON,
    OPT_DRAW,
    OPT_RECURSIVE,
    OPT_ORIENTATION,
    OPT_JOBS,
    OPT_THREADS,
    OPT_CASCADES,
    OPT_QUIET
};

static const cli_option options[] = {
    {"cascade", 'c', CLI_TEXT, "NAME|FILE,...", NULL,
     "what to look for: face (mien's own, the default), an XML file, or a "
     "name of OpenCV's: eye, smile, frontalface_default, ..."},
    {"scale", 's', CLI_NUMBER, "F", NULL,
     "from one size of the window to the next (default 1.1)"},
    {"neighbors", 'n', CLI_NUMBER, "N", NULL,
     "windows that must agree (default 3); 0 prints every window"},
    {"min-size", 0, CLI_TEXT, "N|WxH", NULL, "least size in pixels"},
    {"max-size", 0, CLI_TEXT, "N|WxH", NULL, "greatest size in pixels"},
    {"roi", 0, CLI_TEXT, "X,Y,W,H", NULL, "look only in this part"},
    {"inside", 0, CLI_FLAG, NULL, NULL,
     "the second and further cascades look only inside what the first finds, "
     "at any size: eyes in faces"},
    {"rotate", 0, CLI_TEXT, "DEG,...", NULL,
     "look at turned heads too: 0,\302\26130 or 0,-30,30; degrees "
     "counter-clockwise"},
    {"equalize", 0, CLI_FLAG, NULL, NULL, "spread the grey values first"},
    {"format", 'f', CLI_CHOICE, "NAME", "table,json,csv",
     "table (default on a terminal), json (a line a photo) or csv"},
    {"json", 'j', CLI_FLAG, NULL, NULL, "the same as --format json"},
    {"draw", 'o', CLI_FILE, "FILE|DIR", NULL,
     "save the photo with rectangles drawn"},
    {"recursive", 'r', CLI_FLAG, NULL, NULL, "look through folders of folders"},
    CLI_OPTION_ORIENTATION,
    {"jobs", 'J', CLI_NUMBER, "N", NULL,
     "photos at a time (default 1; 0: one for each processor)"},
    {"threads", 't', CLI_NUMBER, "N", NULL,
     "threads inside one photo (default: one for each processor, or 1 with "
     "--jobs)"},
    CLI_OPTION_CASCADES,
    CLI_OPTION_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien detect photo.jpg", "faces, with the cascade inside mien"},
    {"mien detect --cascade haarcascade_frontalface_default.xml --scale 1.3 "
     "--neighbors 5 photo.jpg --draw out.png",
     "as OpenCV's detectMultiScale(grey, 1.3, 5)"},
    {"mien detect --cascade face,eye,smile --inside photo.jpg",
     "eyes and smiles in faces"},
    {"mien detect --cascade face,eye --rotate 0,-30,30 photos/ --json",
     "tilted heads too; a record a photo"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "every photo was read, whatever is in it"},
    {"1", "some photos could not be read"},
    {"2", "the command line is wrong"},
    {"3", "no photo could be read, or a cascade is missing"},
    {"4", "output could not be written"},
    {"130", "interrupted"},
    {NULL, NULL},
};

typedef enum format { TABLE, JSON, CSV } format;
enum { MAX_ANGLES = 36 };

typedef struct detection {
    cli_files files;
    cli_drawing drawing;
    format format;
    int n;
    mien_cascade *cascade[CLI_MOST_CASCADES];
    char name[CLI_MOST_CASCADES][64];
    mien_cascade_options options;
    int roi[4], has_roi, inside, equalize, ignore_orientation;
    int n_angles;
    double angle[MAX_ANGLES];
    int lanes, threads;
    mien_pool **pool; /* [lanes] */
} detection;

static const mien_colour colours[] = {
    {0, 229, 160}, {255, 170, 40}, {90, 180, 255}, {255, 120, 190}};

/* ---- the command line ---------------------------------------------------- */

static int wrong(const cli_args *a, int option, const char *wanted)
{
    cli_error("detect: --%s: found '%s', wanted %s",
              a->command->options[option].name, a->value[option], wanted);
    return 0;
}

/* Whole numbers between marks; how many, or 0 when something else is there. */
static int numbers(const char *text, char mark, int max, int *out)
{
    int n = 0;
    for (;;) {
        char *end;
        long v = strtol(text, &end, 10);
        if (end == text || v < INT_MIN || v > INT_MAX || n == max)
            return 0;
        out[n++] = (int)v;
        if (!*end)
            return n;
        if (*end != mark)
            return 0;
        text = end + 1;
    }
}

static int size_option(const cli_args *a, int option, int *w, int *h)
{
    int v[2];
    if (!cli_given(a, option))
        return 1;
    int n = numbers(a->value[option], 'x', 2, v);
    if (!n || v[0] < 0 || v[n - 1] < 0)
        return wrong(a, option, "a size: 30 or 30x40");
    *w = v[0];
    *h = v[n - 1];
    return 1;
}

/* "0,±30,-90": a plus-minus stands for two angles. */
static int angles_option(const cli_args *a, detection *d)
{
    const char *p = a->value[OPT_ROTATE];
    d->n_angles = 0;
    while (p) {
        int both = !strncmp(p, "\302\261", 2) || !strncmp(p, "+-", 2);
        char *end;
        double v = strtod(p + (both ? 2 : 0), &end);
        if (end == p + (both ? 2 : 0) || (*end && *end != ',') ||
            !(v >= -360 && v <= 360) || d->n_angles + 1 + both > MAX_ANGLES)
            return wrong(a, OPT_ROTATE,
                         "at most 36 angles from -360 to 360: 0,\302\26130");
        d->angle[d->n_angles++] = v;
        if (both)
            d->angle[d->n_angles++] = -v;
        p = *end ? end + 1 : NULL;
    }
    return 1;
}

static int read_options(const cli_args *a, detection *d)
{
    mien_cascade_options *o = &d->options;
    float scale = 1.1f;
    int neighbors = 3;
    if (!cli_float(a, OPT_SCALE, 1.0001, 100, &scale) ||
        !cli_int(a, OPT_NEIGHBORS, 0, 1000000, &neighbors) ||
        !size_option(a, OPT_MIN, &o->min_w, &o->min_h) ||
        !size_option(a, OPT_MAX, &o->max_w, &o->max_h) || !angles_option(a, d))
        return 0;
    /* as the text says it: 1.1, not the float next to it */
    o->scale =
        cli_given(a, OPT_SCALE) ? strtod(a->value[OPT_SCALE], NULL) : 1.1;
    o->neighbors = neighbors;
    d->has_roi = cli_given(a, OPT_ROI);
    if (d->has_roi && (numbers(a->value[OPT_ROI], ',', 4, d->roi) != 4 ||
                       d->roi[2] < 1 || d->roi[3] < 1))
        return wrong(a, OPT_ROI, "x,y,width,height");
    d->inside = cli_given(a, OPT_INSIDE);
    d->equalize = cli_given(a, OPT_EQUALIZE);
    d->ignore_orientation = cli_given(a, OPT_ORIENTATION);
    d->format = (format)cli_choice(a, OPT_FORMAT, isatty(1) ? TABLE : JSON);
    if (cli_given(a, OPT_JSON) && !cli_given(a, OPT_FORMAT))
        d->format = JSON;
    return 1;
}

static int load_cascades(const cli_args *a, detection *d)
{
    const char *p = a->value[OPT_CASCADE] ? a->value[OPT_CASCADE] : "face";
    while (*p) {
        char name[1024];
        size_t n = strcspn(p, ",");
        if (d->n == CLI_MOST_CASCADES || n == 0 || n >= sizeof name) {
            cli_error("detect: --cascade: found '%s', wanted 1 to %d names "
                      "with commas between them",
                      a->value[OPT_CASCADE], CLI_MOST_CASCADES);
            return CLI_USAGE;
        }
        memcpy(name, p, n);
        name[n] = 0;
        mien_error err = {0};
        if (cli_cascade_load(name, a->value[OPT_CASCADES], &d->cascade[d->n],
                             &err) != MIEN_OK) {
            cli_error("%s", err.text);
            return CLI_NOTHING;
        }
        cli_cascade_name(name, d->name[d->n], sizeof d->name[0]);
        d->n++;
        p += n + (p[n] == ',');
    }
    return d->n ? CLI_OK : CLI_USAGE;
}

/* ---- one photo ----------------------------------------------------------- */

static mien_status search(const detection *d, int cascade, const mien_gray *g,
                          const mien_cascade_options *o, mien_hits *out,
                          mien_error *err)
{
    const mien_cascade *c = d->cascade[cascade];
    if (d->n_angles)
        return mien_cascade_detect_turned(c, g, o, d->n_angles, d->angle, out,
                                          err);
    return mien_cascade_detect(c, g, o, out, err);
}

/* Put hits of the part at x, y behind those there are. */
static mien_status append(mien_hits *all, const mien_hits *more, int x, int y,
                          mien_error *err)
{
    size_t n = (size_t)all->n + (size_t)more->n;
    mien_hit *hit = mi_alloc(n + 1, sizeof *hit);
    if (!hit)
        return mi_no_memory(err);
    for (int i = 0; i < all->n; i++)
        hit[i] = all->hit[i];
    for (int i = 0; i < more->n; i++) {
        hit[all->n + i] = more->hit[i];
        hit[all->n + i].x += x;
        hit[all->n + i].y += y;
    }
    mien_hits_free(all);
    *all = (mien_hits){(int)n, hit};
    return MIEN_OK;
}

static mien_status search_inside(const detection *d, int cascade,
                                 const mien_gray *g,
                                 const mien_cascade_options *o,
                                 const mien_hits *where, mien_hits *out,
                                 mien_error *err)
{
    mien_cascade_options any = *o;
    any.min_w = any.min_h = any.max_w = any.max_h = 0;
    mien_status st = MIEN_OK;
    for (int i = 0; st == MIEN_OK && i < where->n; i++) {
        const mien_hit *h = &where->hit[i];
        int x = h->x > 0 ? h->x : 0, y = h->y > 0 ? h->y : 0;
        int right = h->x + h->w < g->w ? h->x + h->w : g->w;
        int low = h->y + h->h < g->h ? h->y + h->h : g->h;
        if (right <= x || low <= y)
            continue;
        mien_gray part = mien_gray_view(g, x, y, right - x, low - y);
        mien_hits found = {0};
        st = search(d, cascade, &part, &any, &found, err);
        if (st == MIEN_OK)
            st = append(out, &found, x, y, err);
        mien_hits_free(&found);
    }
    return st;
}

static mien_status look(const detection *d, int lane, const mien_gray *g,
                        cli_hits *out, mien_error *err)
{
    mien_cascade_options o = d->options;
    o.pool = d->pool[lane];
    double start = mien_clock();
    mien_status st = MIEN_OK;
    for (int i = 0; st == MIEN_OK && i < d->n; i++)
        st = i && d->inside
                 ? search_inside(d, i, g, &o, &out->hits[0], &out->hits[i], err)
                 : search(d, i, g, &o, &out->hits[i], err);
    out->seconds = mien_clock() - start;
    return st;
}

/* The part of the photo that is asked for, cut to its borders. */
static mien_status look_in(const detection *d, int lane, mien_gray *g,
                           cli_hits *out, mien_error *err)
{
    if (d->equalize)
        mien_gray_equalize(g);
    if (!d->has_roi)
        return look(d, lane, g, out, err);
    const int *r = d->roi;
    int64_t right = (int64_t)r[0] + r[2], low = (int64_t)r[1] + r[3];
    int x = r[0] < 0 ? 0 : r[0], y = r[1] < 0 ? 0 : r[1];
    int64_t w = (right < g->w ? right : g->w) - x;
    int64_t h = (low < g->h ? low : g->h) - y;
    if (w < 1 || h < 1)
        return mi_fail(err, MIEN_EARG,
                       "--roi %d,%d,%d,%d lies outside a photo of %d x %d",
                       r[0], r[1], r[2], r[3], g->w, g->h);
    mien_gray part = mien_gray_view(g, x, y, (int)w, (int)h);
    mien_status st = look(d, lane, &part, out, err);
    for (int i = 0; st == MIEN_OK && i < d->n; i++)
        for (int k = 0; k < out->hits[i].n; k++) {
            out->hits[i].hit[k].x += x;
            out->hits[i].hit[k].y += y;
        }
    return st;
}

static mien_status see(const detection *d, int lane, const char *path,
                       mien_image *photo, cli_hits *out, mien_error *err)
{
    mien_bytes bytes;
    mien_gray g;
    mien_status st = cli_file_load(path, &bytes, err);
    if (st != MIEN_OK)
        return st;
    mien_read_options read = {.ignore_orientation = d->ignore_orientation};
    st = mien_image_read(bytes.data, bytes.n, &read, photo, err);
    mien_bytes_free(&bytes);
    if (st != MIEN_OK)
        return st;
    out->w = photo->w;
    out->h = photo->h;
    st = mien_gray_from(photo, &g, err);
    if (st != MIEN_OK)
        return st;
    st = look_in(d, lane, &g, out, err);
    mien_gray_free(&g);
    return st;
}

static void print(const detection *d, const char *file, const cli_hits *s,
                  mien_buffer *out)
{
    if (d->format == JSON)
        cli_json_print(out, cli_hits_record(s, file), JSON_COMPACT);
    if (d->format == CSV)
        cli_hits_csv(s, file, out);
    if (d->format == TABLE)
        cli_hits_table(s, file, out);
}

static int draw(const detection *d, const cli_file *f, mien_image *photo,
                const cli_hits *s, mien_buffer *report)
{
    mien_error err = {0};
    for (int i = 0; i < d->n; i++) {
        mien_colour c = colours[i % (int)(sizeof colours / sizeof *colours)];
        if (cli_draw_hits(photo, &s->hits[i], d->name[i], c, &err) != MIEN_OK) {
            mien_buffer_printf(report, "%s: %s", f->path, err.text);
            return 0;
        }
    }
    return cli_drawing_save(&d->drawing, f, photo, report);
}

static void detect_one(void *arg, int i, int lane, cli_outcome *out)
{
    const detection *d = arg;
    const cli_file *f = &d->files.file[i];
    mien_error err = f->error;
    mien_image photo = {0};
    if (d->format == CSV && i == 0)
        cli_hits_csv_head(&out->text);
    cli_hits s = {.n = d->n};
    for (int k = 0; k < d->n; k++)
        s.name[k] = d->name[k];
    mien_status st =
        err.status ? err.status : see(d, lane, f->path, &photo, &s, &err);
    if (st != MIEN_OK) {
        out->status = CLI_PARTLY;
        mien_buffer_printf(&out->report, "%s: %s", f->path, err.text);
        if (d->format == JSON)
            cli_json_print(&out->text, cli_record_failed(f->path, &err),
                           JSON_COMPACT);
    } else {
        print(d, f->path, &s, &out->text);
        if (d->drawing.target && !draw(d, f, &photo, &s, &out->report))
            out->status = CLI_OUTPUT;
    }
    cli_hits_free(&s);
    mien_image_free(&photo);
}

static int open_lanes(detection *d)
{
    d->pool = mi_alloc((size_t)d->lanes, sizeof(mien_pool *));
    mien_error err = {0};
    for (int i = 0; d->pool && i < d->lanes; i++)
        if (d->threads != 1 &&
            mien_pool_new(d->threads, &d->pool[i], &err) != MIEN_OK) {
            cli_error("%s", err.text);
            return CLI_NOTHING;
        }
    if (!d->pool)
        cli_error("out of memory");
    return d->pool ? CLI_OK : CLI_NOTHING;
}

static int detect(const cli_args *a, detection *d)
{
    int several = 0;
    if (!read_options(a, d))
        return CLI_USAGE;
    int status = load_cascades(a, d);
    d->files.recursive = cli_given(a, OPT_RECURSIVE);
    for (int i = 0; !status && i < a->n_operands; i++) {
        several |= cli_is_folder(a->operand[i]);
        if (!cli_files_add(&d->files, a->operand[i]))
            status = CLI_NOTHING;
    }
    if (status)
        return status;
    if (!cli_batch_lanes(a, OPT_JOBS, OPT_THREADS, d->files.n, &d->lanes,
                         &d->threads))
        return CLI_USAGE;
    d->drawing.target = a->value[OPT_DRAW];
    if (d->drawing.target)
        status = cli_drawing_plan(&d->drawing, &d->files, several);
    if (!status)
        status = open_lanes(d);
    if (status)
        return status;
    cli_batch batch = {&d->files, d->lanes, cli_given(a, OPT_QUIET), detect_one,
                       d};
    return cli_batch_run(&batch);
}

static int run(const cli_args *a)
{
    detection d = {.options = MIEN_CASCADE_DEFAULTS};
    int status = detect(a, &d);
    for (int i = 0; i < d.n; i++)
        mien_cascade_free(d.cascade[i]);
    for (int i = 0; d.pool && i < d.lanes; i++)
        mien_pool_free(d.pool[i]);
    mi_free(d.pool);
    cli_files_free(&d.files);
    return status;
}

const cli_command cmd_detect = {
    "detect",
    "PHOTO|FOLDER|-...",
    1,
    INT_MAX,
    "find objects in photos with cascades (Viola-Jones)",
    "Find faces, eyes, smiles, bodies or what a cascade was trained for. The "
    "rectangles are those of OpenCV's detectMultiScale with the same cascade "
    "and settings.\n\n"
    "Cascades see upright frontal objects; --rotate looks at turned pictures "
    "as well, at the price of one more search for each angle. Networks "
    "(mien analyze) find more faces with fewer mistakes; cascades need no "
    "model but a small XML file, and can be trained (mien train cascade).",
    options,
    examples,
    exits,
    run,
};
