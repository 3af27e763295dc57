/* cmd_detect.c: objects in photos by cascades. */
#include "cli/cli_cascades.h"
#include "cli/cli_drawing.h"
#include "cli/cli_photos.h"

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
    d->search.n_angles = 0;
    while (p) {
        int both = !strncmp(p, "\302\261", 2) || !strncmp(p, "+-", 2);
        char *end;
        double v = strtod(p + (both ? 2 : 0), &end);
        if (end == p + (both ? 2 : 0) || (*end && *end != ',') ||
            !(v >= -360 && v <= 360) ||
            d->search.n_angles + 1 + both > MAX_ANGLES)
            return wrong(a, OPT_ROTATE,
                         "at most 36 angles from -360 to 360: 0,\302\26130");
        d->angle[d->search.n_angles++] = v;
        if (both)
            d->angle[d->search.n_angles++] = -v;
        p = *end ? end + 1 : NULL;
    }
    return 1;
}

/* The options; 0 after a mistake, which is reported. */
static int read_options(const cli_args *a, detection *d)
{
    mien_cascade_options *o = &d->search.options;
    float scale = 1.1f;
    int neighbors = 3, roi[4] = {0};
    if (!cli_float(a, OPT_SCALE, 1.0001, 100, &scale) ||
        !cli_int(a, OPT_NEIGHBORS, 0, 1000000, &neighbors) ||
        !size_option(a, OPT_MIN, &o->min_w, &o->min_h) ||
        !size_option(a, OPT_MAX, &o->max_w, &o->max_h) || !angles_option(a, d))
        return 0;
    /* as the text says it: 1.1, not the float next to it */
    o->scale =
        cli_given(a, OPT_SCALE) ? strtod(a->value[OPT_SCALE], NULL) : 1.1;
    o->neighbors = neighbors;
    if (cli_given(a, OPT_ROI) &&
        (numbers(a->value[OPT_ROI], ',', 4, roi) != 4 || roi[2] < 1 ||
         roi[3] < 1))
        return wrong(a, OPT_ROI, "x,y,width,height");
    d->search.part = (mien_region){roi[0], roi[1], roi[2], roi[3]};
    d->search.inside = cli_given(a, OPT_INSIDE);
    d->equalize = cli_given(a, OPT_EQUALIZE);
    d->read.ignore_orientation = cli_given(a, OPT_ORIENTATION);
    d->format = (format)cli_choice(a, OPT_FORMAT, isatty(1) ? TABLE : JSON);
    if (cli_given(a, OPT_JSON) && !cli_given(a, OPT_FORMAT))
        d->format = JSON;
    return 1;
}

/* The cascades of --cascade, by the commas between their names. */
static int load_cascades(const cli_args *a, detection *d)
{
    const char *p = a->value[OPT_CASCADE] ? a->value[OPT_CASCADE] : "face";
    int i = 0;
    for (; *p; i++) {
        char name[1024];
        size_t n = strcspn(p, ",");
        if (i == MOST || n == 0 || n >= sizeof name) {
            cli_error("detect: --cascade: found '%s', wanted 1 to %d names "
                      "with commas between them",
                      a->value[OPT_CASCADE], MOST);
            return CLI_USAGE;
        }
        snprintf(name, sizeof name, "%.*s", (int)n, p);
        int status =
            cli_cascade_load(name, a->value[OPT_CASCADES], &d->cascade[i]);
        if (status)
            return status;
        mien_cascade_short_name(name, d->name[i], sizeof d->name[0]);
        d->names[i] = d->name[i];
        p += n + (p[n] == ',');
    }
    d->search.n = i;
    return i ? CLI_OK : CLI_USAGE;
}

/* ---- one photo ----------------------------------------------------------- */

/* The part that is asked for must show something of the photo. */
static mien_status check_part(mien_region r, const mien_image *photo,
                              mien_error *err)
{
    int64_t right = (int64_t)r.x + r.w, low = (int64_t)r.y + r.h;
    if (!r.w || (right > 0 && low > 0 && r.x < photo->w && r.y < photo->h))
        return MIEN_OK;
    snprintf(err->text, sizeof err->text,
             "--roi %d,%d,%d,%d lies outside a photo of %d x %d", r.x, r.y, r.w,
             r.h, photo->w, photo->h);
    return err->status = MIEN_EARG;
}

/* Search a photo; the record's size and seconds are set. */
static mien_status search(const detection *d, int lane, mien_image *photo,
                          mien_hits_record *r, mien_hits *hits, mien_error *err)
{
    mien_search s = d->search;
    mien_gray g;
    mien_status st = mien_image_load(r->file, &d->read, photo, err);
    if (st != MIEN_OK)
        cli_without_path(r->file, err);
    else
        st = mien_gray_from(photo, &g, err);
    if (st != MIEN_OK)
        return st;
    r->w = photo->w;
    r->h = photo->h;
    s.cascade = (const mien_cascade *const *)d->cascade;
    s.options.pool = d->pool[lane];
    s.angle = d->angle;
    if (d->equalize)
        mien_gray_equalize(&g);
    st = check_part(s.part, photo, err);
    double start = mien_clock();
    if (st == MIEN_OK)
        st = mien_search_run(&s, &g, hits, err);
    r->seconds = mien_clock() - start;
    mien_gray_free(&g);
    return st;
}

/* What was found in a photo, for a person. */
static void print_table(const mien_hits_record *r, mien_buffer *out)
{
    mien_buffer_printf(out, "%s  %d x %d  %.0f ms\n", r->file, r->w, r->h,
                       r->seconds * 1e3);
    for (int i = 0; i < r->n; i++) {
        mien_buffer_printf(out, "  %s: %d\n", r->name[i], r->hits[i].n);
        for (int k = 0; k < r->hits[i].n; k++) {
            const mien_hit *h = &r->hits[i].hit[k];
            mien_buffer_printf(
                out, "  %6d %6d %6d x %-6d neighbors %-4d weight %.2f", h->x,
                h->y, h->w, h->h, h->neighbors, h->weight);
            if (h->angle != 0)
                mien_buffer_printf(out, "  turned %+g", (double)h->angle);
            mien_buffer_puts(out, "\n");
        }
    }
}

static int draw(const detection *d, const cli_file *f, mien_image *photo,
                const mien_hits_record *r, mien_buffer *report)
{
    mien_error err = {0};
    if (mien_draw_hits(photo, r->n, r->name, r->hits, &err) == MIEN_OK)
        return cli_drawing_save(&d->drawing, f, photo, report);
    mien_buffer_printf(report, "%s: %s", f->path, err.text);
    return 0;
}

/* cli_batch.work: search a photo, print and draw what is in it. */
static void detect_one(void *arg, int i, int lane, cli_outcome *out)
{
    const detection *d = arg;
    const cli_file *f = &d->files.file[i];
    mien_error err = f->error;
    mien_image photo = {0};
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
        print_table(&r, &out->text);
    if (!failed && d->drawing.target && !draw(d, f, &photo, &r, &out->report))
        out->status = CLI_OUTPUT;
    for (int k = 0; k < MOST; k++)
        mien_hits_free(&hits[k]);
    mien_image_free(&photo);
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
    int several = 0;
    if (!read_options(a, d))
        return CLI_USAGE;
    int status = load_cascades(a, d);
    if (!status && !cli_files_named(&d->files, a, OPT_RECURSIVE, &several))
        status = CLI_NOTHING;
    if (status)
        return status;
    if (!cli_batch_lanes(a, OPT_JOBS, OPT_THREADS, d->files.n, &d->lanes,
                         &d->threads))
        return CLI_USAGE;
    d->drawing.target = a->value[OPT_DRAW];
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
    detection d = {.search = {.options = MIEN_CASCADE_DEFAULTS}};
    int status = detect(a, &d);
    for (int i = 0; i < MOST; i++)
        mien_cascade_free(d.cascade[i]);
    for (int i = 0; d.pool && i < d.lanes; i++)
        mien_pool_free(d.pool[i]);
    free(d.pool);
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
