/* cmd_detect.c: objects in photos by cascades. */
#include "cli/cascades.h"
#include "cli/drawing.h"
#include "cli/photos.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct values {
    const char *cascade, *min_size, *max_size, *roi, *rotate, *draw, *cascades;
    mien_cascade_options search;
    int inside, equalize, format, json, recursive;
    int jobs, threads, quiet;
    mien_read_options read;
} values;
static const values defaults = {.cascade = "face",
                                .search = {.scale = 1.1, .neighbors = 3},
                                .jobs = 1,
                                .threads = -1};

static const cli_option options[] = {
    CLI_ROW_TEXT(cascade, CLI_CASCADE, "cascade", 'c', "NAME|FILE,...",
                 "what to look for: face (mien's own, the default), an XML "
                 "file, or a name of OpenCV's: eye, smile, "
                 "frontalface_default, ..."),
    CLI_ROW_REAL(search.scale, "scale", 's', "F", 1.0001, 100,
                 "from one size of the window to the next (default {})"),
    CLI_ROW_INT(search.neighbors, "neighbors", 'n', "N", 0, 1000000,
                "windows that must agree (default {}); 0 prints every window"),
    CLI_ROW_TEXT(min_size, CLI_TEXT, "min-size", 0, "N|WxH",
                 "least size in pixels"),
    CLI_ROW_TEXT(max_size, CLI_TEXT, "max-size", 0, "N|WxH",
                 "greatest size in pixels"),
    CLI_ROW_TEXT(roi, CLI_TEXT, "roi", 0, "X,Y,W,H", "look only in this part"),
    CLI_ROW_FLAG(inside, "inside", 0,
                 "the second and further cascades look only inside what the "
                 "first finds, at any size: eyes in faces"),
    CLI_ROW_TEXT(rotate, CLI_TEXT, "rotate", 0, "DEG,...",
                 "look at turned heads too: 0,\302\26130 or 0,-30,30; degrees "
                 "counter-clockwise"),
    CLI_ROW_FLAG(equalize, "equalize", 0, "spread the grey values first"),
    CLI_ROW_CHOICE(format, "format", 'f', "NAME", "table,json,csv",
                   "table (default on a terminal), json (a line a photo, what "
                   "all cascades found under \"objects\") or csv"),
    CLI_OPTION_JSON("the same as --format json"),
    CLI_ROW_TEXT(draw, CLI_FILE, "draw", 'o', "FILE|DIR",
                 "save the photo with rectangles drawn"),
    CLI_OPTION_RECURSIVE,
    CLI_OPTIONS_READ,
    CLI_OPTION_JOBS,
    CLI_OPTION_PHOTO_THREADS,
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

static const cli_row exits[] = CLI_EXITS_PHOTOS(
    "every photo was read, whatever is in it", "some photos could not be read",
    "no photo could be read, or a cascade is missing");

typedef enum format { TABLE, JSON, CSV } format;
enum { MAX_ANGLES = 36, MOST = 8 /* cascades */ };

typedef struct detection {
    cli_files files;
    cli_drawing drawing;
    format format;
    mien_search search;
    mien_cascade *cascade[MOST];
    char name[MOST][64];
    const char *names[MOST]; /* the same */
    double angle[MAX_ANGLES];
    int equalize;
    mien_read_options read;
    int lanes, threads;
    mien_pool **pool; /* [lanes] */
} detection;

/* ---- the command line ---------------------------------------------------- */

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

/* "30" or "30x40", at place in the values, into *w and *h. */
static int read_size(const cli_args *a, const char *const *place, int *w,
                     int *h)
{
    int v[2];
    if (!*place)
        return 1;
    int n = numbers(*place, 'x', 2, v);
    if (!n || v[0] < 0 || v[n - 1] < 0)
        return cli_wrong(a, place, "a size: 30 or 30x40");
    *w = v[0];
    *h = v[n - 1];
    return 1;
}

/* "0,±30,-90": a plus-minus stands for two angles. */
static int read_angles(const cli_args *a, detection *d)
{
    const values *v = a->values;
    const char *p = v->rotate;
    d->search.n_angles = 0;
    while (p) {
        int both = !strncmp(p, "\302\261", 2) || !strncmp(p, "+-", 2);
        char *end;
        double angle = strtod(p + (both ? 2 : 0), &end);
        if (end == p + (both ? 2 : 0) || (*end && *end != ',') ||
            !(angle >= -360 && angle <= 360) ||
            d->search.n_angles + 1 + both > MAX_ANGLES)
            return cli_wrong(
                a, &v->rotate,
                "at most 36 angles from -360 to 360: 0,\302\26130");
        d->angle[d->search.n_angles++] = angle;
        if (both)
            d->angle[d->search.n_angles++] = -angle;
        p = *end ? end + 1 : NULL;
    }
    return 1;
}

/* The options; 0 after a mistake, which is reported. */
static int read_options(const cli_args *a, detection *d)
{
    const values *v = a->values;
    mien_cascade_options *o = &d->search.options;
    int roi[4] = {0};
    o->scale = v->search.scale;
    o->neighbors = v->search.neighbors;
    if (!read_size(a, &v->min_size, &o->min_w, &o->min_h) ||
        !read_size(a, &v->max_size, &o->max_w, &o->max_h) || !read_angles(a, d))
        return 0;
    if ((o->max_w && o->min_w > o->max_w) || (o->max_h && o->min_h > o->max_h))
        return cli_wrong(a, &v->min_size, "at most --max-size");
    if (v->roi &&
        (numbers(v->roi, ',', 4, roi) != 4 || roi[2] < 1 || roi[3] < 1))
        return cli_wrong(a, &v->roi, "x,y,width,height");
    d->search.part = (mien_region){roi[0], roi[1], roi[2], roi[3]};
    d->search.inside = v->inside;
    d->equalize = v->equalize;
    d->read = v->read;
    d->format =
        (format)cli_format(a, &v->format, v->json, isatty(1) ? TABLE : JSON);
    d->files.recursive = v->recursive;
    d->drawing.target = v->draw;
    d->lanes = v->jobs;
    d->threads = v->threads;
    return 1;
}

/* The cascades of --cascade, by the commas between their names. */
static int load_cascades(const values *v, detection *d)
{
    const char *p = v->cascade;
    int i = 0;
    do {
        char name[1024];
        size_t n = strcspn(p, ",");
        if (i == MOST || n == 0 || n >= sizeof name) {
            cli_error("detect: --cascade: found '%s', wanted 1 to %d names "
                      "with commas between them",
                      v->cascade, MOST);
            return CLI_USAGE;
        }
        snprintf(name, sizeof name, "%.*s", (int)n, p);
        int status = cli_cascade_load(name, v->cascades, &d->cascade[i]);
        if (status)
            return status;
        mien_cascade_short_name(name, d->name[i], sizeof d->name[0]);
        d->names[i] = d->name[i];
        p += n + (p[n] == ',');
        i++;
    } while (*p);
    d->search.n = i;
    return CLI_OK;
}

/* ---- one photo ----------------------------------------------------------- */

/* Search a photo; the record's size and seconds are set. */
static mien_status search(const detection *d, int lane, mien_photo *photo,
                          mien_hits_record *r, mien_hits *hits, mien_error *err)
{
    mien_search s = d->search;
    mien_status st = mien_photo_load(r->file, &d->read, photo, err);
    if (st != MIEN_OK) {
        cli_without_path(r->file, err);
        return st;
    }
    r->w = photo->w;
    r->h = photo->h;
    r->warning = photo->warning;
    s.cascade = (const mien_cascade *const *)d->cascade;
    s.options.pool = d->pool[lane];
    s.angle = d->angle;
    double start = mien_clock();
    st = mien_search_photo(&s, photo, d->equalize, hits, err);
    r->seconds = mien_clock() - start;
    return st;
}

/* Mark what was found and save the photo, at the size it was read at. */
static int draw(const detection *d, const cli_file *f, mien_photo *photo,
                const mien_hits_record *r, mien_hits *hits, mien_buffer *report)
{
    mien_error err = {0};
    for (int i = 0; i < r->n && photo->im.w != photo->w; i++)
        mien_hits_scale(&hits[i], (double)photo->im.w / photo->w);
    if (mien_draw_hits(&photo->im, r->n, r->name, hits, &err) == MIEN_OK)
        return cli_drawing_save(&d->drawing, f, &photo->im, report);
    return cli_drawing_failed(f, &err, report);
}

/* cli_batch.work: search a photo, print and draw what is in it. */
static void detect_one(void *arg, int i, int lane, cli_outcome *out)
{
    const detection *d = arg;
    const cli_file *f = &d->files.file[i];
    mien_error err = f->error;
    mien_photo photo = {0};
    mien_hits hits[MOST] = {{0}};
    mien_hits_record r = {
        .file = f->path, .n = d->search.n, .name = d->names, .hits = hits};
    int failed = err.status || search(d, lane, &photo, &r, hits, &err);
    if (d->format == CSV)
        mien_record_hits_csv(failed ? NULL : &r, i == 0, &out->text);
    if (failed)
        cli_photo_failed(f->path, &err, d->format == JSON, out);
    else if (d->format == JSON)
        mien_record_hits(&r, &out->text);
    else if (d->format == TABLE)
        mien_record_hits_text(&r, &out->text);
    if (!failed)
        cli_photo_warning(f->path, photo.warning, &out->report);
    if (!failed && d->drawing.target &&
        !draw(d, f, &photo, &r, hits, &out->report))
        out->status = CLI_OUTPUT;
    for (int k = 0; k < MOST; k++)
        mien_hits_free(&hits[k]);
    mien_photo_free(&photo);
}

static int open_lanes(detection *d)
{
    mien_error err = {0};
    d->pool = cli_alloc((size_t)d->lanes, sizeof(mien_pool *));
    for (int i = 0; d->pool && i < d->lanes; i++)
        if (d->threads != 1 &&
            mien_pool_new(d->threads, &d->pool[i], &err) != MIEN_OK) {
            cli_error("%s", err.text);
            return CLI_NOTHING;
        }
    return d->pool ? CLI_OK : CLI_NOTHING;
}

/* The whole command but its clean-up; the status to exit with. */
static int detect(const cli_args *a, detection *d)
{
    const values *v = a->values;
    int several = 0;
    if (!read_options(a, d))
        return CLI_USAGE;
    int status = load_cascades(v, d);
    if (!status && !cli_files_named(&d->files, a, &several))
        status = CLI_NOTHING;
    if (status)
        return status;
    cli_batch_lanes(d->files.n, &d->lanes, &d->threads);
    status = cli_drawing_plan(&d->drawing, &d->files, several);
    if (!status)
        status = open_lanes(d);
    if (status)
        return status;
    cli_batch batch = {&d->files, d->lanes, v->quiet, detect_one, d, NULL};
    return cli_batch_run(&batch);
}

static int run(const cli_args *a)
{
    detection d = {.search = {.options = MIEN_CASCADE_DEFAULTS}};
    int status = detect(a, &d);
    for (int i = 0; i < MOST; i++)
        mien_cascade_free(d.cascade[i]);
    for (int i = 0; d.pool && i < d.lanes; i++)
        mien_pool_free(d.pool[i]);
    free(d.pool);
    mien_photo_list_free(&d.files);
    return status;
}

const cli_command cmd_detect = {
    .name = "detect",
    .operands = "PHOTO|FOLDER|-...",
    .min_operands = 1,
    .max_operands = INT_MAX,
    .summary = "find objects in photos with cascades (Viola-Jones)",
    .description =
        "Find faces, eyes, smiles, bodies or what a cascade was trained for. "
        "The "
        "rectangles are those of OpenCV's detectMultiScale with the same "
        "cascade "
        "and settings.\n\n"
        "Cascades see upright frontal objects; --rotate looks at turned "
        "pictures "
        "as well, at the price of one more search for each angle. Networks "
        "(mien analyze) find more faces with fewer mistakes; cascades need no "
        "model but a small XML file, and can be trained (mien train cascade).",
    CLI_COMMAND_TABLES,
};
