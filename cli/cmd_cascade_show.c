/* cmd_cascade_show.c: what a cascade is made of, and how windows of a photo
 * fall through its stages. */
#include "cli/cli_cascade_page.h"
#include "cli/cli_cascades.h"
#include "cli/cli_chips.h"
#include "cli/cli_files.h"
#include "cli/cli_json.h"

#include "base/alloc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    OPT_OUTPUT,
    OPT_PHOTO,
    OPT_POSITIVES,
    OPT_CROP,
    OPT_STAGES,
    OPT_FEATURES,
    OPT_JSON,
    OPT_CASCADES
};

static const cli_option options[] = {
    {"output", 'o', CLI_FILE, "FILE", NULL,
     "draw the stages and their features: .png or .jpg"},
    {"photo", 'p', CLI_FILE, "FILE", NULL,
     "count how many windows of this photo each stage leaves, and follow the "
     "best one"},
    {"positives", 0, CLI_TEXT, "DIR|FILE", NULL,
     "draw features over the mean of these pictures, as train cascade reads "
     "them (default: the best window of the photo, or the mean of the "
     "positives "
     "that the cascade was trained on)"},
    {"crop", 0, CLI_TEXT, "X,Y,W,H", NULL,
     "where the object is in every picture of a folder"},
    {"stages", 's', CLI_TEXT, "A-B", NULL, "only these stages, from 0"},
    {"features", 'n', CLI_NUMBER, "N", NULL,
     "features drawn of each stage (default 8)"},
    {"json", 'j', CLI_FLAG, NULL, NULL, "everything as one JSON object"},
    CLI_OPTION_CASCADES,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien cascade show mine.xml -o cascade.png --photo face.jpg",
     "a row a stage, over the face that was found"},
    {"mien cascade show eye --stages 0-3", "a table of the first stages"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "shown"},
    {"2", "the command line is wrong"},
    {"3", "the cascade, the photo or the positives cannot be read"},
    {"4", "output could not be written"},
    {NULL, NULL},
};

/* Counting stops at pictures with more windows; larger ones are made smaller.
 */
enum { PHOTO_SIDE = 480 };

/* From one window size to the next. */
static const double SCALE = 1.1;

typedef struct showing {
    const cli_args *a;
    mien_cascade *cascade;
    mien_cascade_info info;
    char name[64];
    int first, last, features;
    cli_fall fall;
    mien_gray face; /* of the window's size; data NULL: none */
    const char *face_text;
} showing;

static int read_options(showing *s)
{
    const char *range = s->a->value[OPT_STAGES];
    s->first = 0;
    s->last = s->info.n_stages - 1;
    s->features = 8;
    if (!cli_int(s->a, OPT_FEATURES, 1, 40, &s->features))
        return 0;
    if (s->a->value[OPT_OUTPUT]) {
        const char *dot = strrchr(s->a->value[OPT_OUTPUT], '.');
        if (!dot ||
            (strcasecmp(dot, ".png") != 0 && strcasecmp(dot, ".jpg") != 0)) {
            cli_error("cascade show: --output: found '%s', wanted a name that "
                      "ends in .png or .jpg",
                      s->a->value[OPT_OUTPUT]);
            return 0;
        }
    }
    if (!range)
        return 1;
    char *end;
    long first = strtol(range, &end, 10), last = first;
    if (*end == '-')
        last = strtol(end + 1, &end, 10);
    if (*end || end == range || first < 0 || last < first || last > s->last) {
        cli_error("cascade show: --stages: found '%s', wanted A-B within 0-%d",
                  range, s->last);
        return 0;
    }
    s->first = (int)first;
    s->last = (int)last;
    return 1;
}

/* ---- the photo ----------------------------------------------------------- */

/* Windows that a detector looks at: every pixel at sizes above twice the
 * window's, every second below. */
static int64_t count_windows(const mien_cascade_info *c, const mien_gray *g)
{
    int64_t n = 0;
    double f = 1;
    while (lrint(c->w * f) <= g->w && lrint(c->h * f) <= g->h) {
        int w = (int)lrint(g->w / f), h = (int)lrint(g->h / f);
        int step = f > 2 ? 1 : 2;
        int64_t nx = (w - c->w + step) / step, ny = (h - c->h + step) / step;
        n += nx > 0 && ny > 0 ? nx * ny : 0;
        f *= SCALE;
    }
    return n;
}

/* Of the windows left by a stage the surest. */
static void keep_best(cli_fall *f, const mien_hits *hits)
{
    for (int i = 0; i < hits->n; i++)
        if (!i || hits->hit[i].weight > f->best.weight)
            f->best = hits->hit[i];
}

static mien_status count_stages(showing *s, const mien_gray *g, mien_error *err)
{
    mien_cascade_options o = MIEN_CASCADE_DEFAULTS;
    o.scale = SCALE;
    o.neighbors = 0;
    s->fall.windows = count_windows(&s->info, g);
    mien_status st = MIEN_OK;
    for (int k = 1; st == MIEN_OK && k <= s->info.n_stages; k++) {
        mien_hits hits;
        o.stages = k;
        st = mien_cascade_detect(s->cascade, g, &o, &hits, err);
        if (st == MIEN_OK) {
            s->fall.left[k - 1] = hits.n;
            keep_best(&s->fall, &hits);
        }
        mien_hits_free(&hits);
    }
    return st;
}

/* Follow the best window as the detector saw it: in the photo made smaller. */
static mien_status follow_best(showing *s, const mien_gray *g, mien_error *err)
{
    const mien_hit *b = &s->fall.best;
    const mien_cascade_info *c = &s->info;
    if (!b->w)
        return MIEN_OK;
    double f = 1;
    while (lrint(c->w * f) < b->w || lrint(c->h * f) < b->h)
        f *= SCALE;
    mien_gray small;
    mien_status st = mien_gray_resize(g, (int)lrint(g->w / f),
                                      (int)lrint(g->h / f), &small, err);
    if (st != MIEN_OK)
        return st;
    int x = (int)lrint(b->x / f), y = (int)lrint(b->y / f);
    x = x < small.w - c->w ? x : small.w - c->w;
    y = y < small.h - c->h ? y : small.h - c->h;
    mien_gray window = mien_gray_view(&small, x, y, c->w, c->h);
    st = mien_cascade_follow(s->cascade, &window, s->fall.sums, &s->fall.passed,
                             err);
    if (st == MIEN_OK)
        st = mien_gray_resize(&window, c->w, c->h, &s->face, err);
    s->fall.one = "best window";
    s->face_text = "the best window of the photo";
    mien_gray_free(&small);
    return st;
}

static mien_status load_photo(const char *path, mien_gray *out, mien_error *err)
{
    mien_bytes bytes;
    mien_image im;
    mien_gray all;
    mien_status st = cli_file_load(path, &bytes, err);
    if (st != MIEN_OK)
        return st;
    st = mien_image_read(bytes.data, bytes.n, NULL, &im, err);
    mien_bytes_free(&bytes);
    if (st != MIEN_OK)
        return st;
    st = mien_gray_from(&im, &all, err);
    mien_image_free(&im);
    if (st != MIEN_OK)
        return st;
    int longer = all.w > all.h ? all.w : all.h;
    if (longer <= PHOTO_SIDE) {
        *out = all;
        return MIEN_OK;
    }
    double by = (double)PHOTO_SIDE / longer;
    int w = (int)lrint(all.w * by), h = (int)lrint(all.h * by);
    st = mien_gray_resize(&all, w > 1 ? w : 1, h > 1 ? h : 1, out, err);
    mien_gray_free(&all);
    return st;
}

static int look(showing *s)
{
    mien_gray g = {0};
    mien_error err = {0};
    const char *path = s->a->value[OPT_PHOTO];
    mien_status st = load_photo(path, &g, &err);
    if (st == MIEN_OK)
        st = count_stages(s, &g, &err);
    if (st == MIEN_OK)
        st = follow_best(s, &g, &err);
    mien_gray_free(&g);
    if (st != MIEN_OK)
        cli_error("%s: %s", path, err.text);
    return st == MIEN_OK ? CLI_OK : CLI_NOTHING;
}

/* The mean of the positives goes behind the features. */
static int mean_face(showing *s)
{
    cli_chips_options o = {.w = s->info.w, .h = s->info.h};
    mien_chips chips = {0};
    mien_error err = {0};
    if (!cli_crop(s->a, OPT_CROP, o.crop))
        return CLI_USAGE;
    int status = cli_chips_load(s->a->value[OPT_POSITIVES], &o, &chips);
    mien_gray_free(&s->face);
    if (!status && mien_gray_new(s->info.w, s->info.h, &s->face, &err)) {
        cli_error("%s", err.text);
        status = CLI_NOTHING;
    }
    int64_t area = (int64_t)s->info.w * s->info.h;
    for (int64_t k = 0; !status && k < area; k++) {
        int64_t sum = 0;
        for (int64_t i = 0; i < chips.n; i++)
            sum += chips.data[i * area + k];
        s->face.data[k / s->info.w * s->face.stride + k % s->info.w] =
            (uint8_t)(sum / (chips.n ? chips.n : 1));
    }
    s->face_text = "the mean of the positives";
    mien_chips_free(&chips);
    return status;
}

/* Without a photo the mean of the positives falls, if the cascade has it. */
static int follow_mean(showing *s)
{
    const mien_cascade_info *c = &s->info;
    const uint8_t *mean = mien_cascade_mean(s->cascade);
    mien_error err = {0};
    if (!mean)
        return CLI_OK;
    mien_status st = mien_gray_new(c->w, c->h, &s->face, &err);
    for (int y = 0; st == MIEN_OK && y < c->h; y++)
        memcpy(s->face.data + y * s->face.stride, mean + (size_t)y * c->w,
               (size_t)c->w);
    if (st == MIEN_OK)
        st = mien_cascade_follow(s->cascade, &s->face, s->fall.sums,
                                 &s->fall.passed, &err);
    s->fall.one = "the mean";
    s->face_text = "the mean of its positives";
    if (st != MIEN_OK)
        cli_error("%s", err.text);
    return st == MIEN_OK ? CLI_OK : CLI_NOTHING;
}

/* ---- output -------------------------------------------------------------- */

static int tilted_of(const showing *s, int stage)
{
    int n = 0;
    for (int i = 0; i < mien_cascade_stage(s->cascade, stage).n_trees; i++)
        n += mien_cascade_feature(s->cascade, stage, i).tilted;
    return n;
}

static void print_table(const showing *s, mien_buffer *out)
{
    const mien_cascade_info *i = &s->info;
    mien_buffer_printf(
        out, "%s: %d x %d, %s, %d stages, %d weak classifiers, depth %d\n",
        s->name, i->w, i->h, i->kind == MIEN_FEATURE_LBP ? "LBP" : "Haar",
        i->n_stages, i->n_trees, i->max_depth);
    mien_buffer_printf(out, "stage  trees  tilted  threshold%s",
                       s->fall.windows ? "      left     share" : "");
    if (s->fall.one)
        mien_buffer_printf(out, "  %11s", s->fall.one);
    mien_buffer_puts(out, "\n");
    for (int k = s->first; k <= s->last; k++) {
        mien_stage_info st = mien_cascade_stage(s->cascade, k);
        mien_buffer_printf(out, "%5d  %5d  %6d  %9.4f", k, st.n_trees,
                           tilted_of(s, k), (double)st.threshold);
        if (s->fall.windows)
            mien_buffer_printf(
                out, "  %8lld  %8.2g", (long long)s->fall.left[k],
                (double)s->fall.left[k] / (double)s->fall.windows);
        if (s->fall.one)
            mien_buffer_printf(out, "  %+11.4f", s->fall.sums[k]);
        mien_buffer_puts(out, "\n");
    }
    if (s->fall.windows)
        mien_buffer_printf(out, "%lld windows; the best one passes %d stages\n",
                           (long long)s->fall.windows, s->fall.passed);
    else if (s->fall.one)
        mien_buffer_printf(out, "%s passes %d stages\n", s->fall.one,
                           s->fall.passed);
}

static json_t *stage_json(const showing *s, int k)
{
    mien_stage_info st = mien_cascade_stage(s->cascade, k);
    json_t *o = json_object();
    cli_json_put(&o, "stage", json_integer(k));
    cli_json_put(&o, "trees", json_integer(st.n_trees));
    cli_json_put(&o, "tilted", json_integer(tilted_of(s, k)));
    cli_json_put(&o, "threshold", cli_json_number((double)st.threshold, 6));
    if (s->fall.windows)
        cli_json_put(&o, "left", json_integer(s->fall.left[k]));
    if (s->fall.one)
        cli_json_put(&o, "sum", cli_json_number(s->fall.sums[k], 6));
    return o;
}

static void print_json(const showing *s, mien_buffer *out)
{
    json_t *o = json_object(), *stages = json_array();
    cli_json_put(&o, "schema", cli_json_text("mien/1"));
    cli_json_put(&o, "name", cli_json_text(s->name));
    cli_json_put(&o, "width", json_integer(s->info.w));
    cli_json_put(&o, "height", json_integer(s->info.h));
    cli_json_put(
        &o, "features",
        cli_json_text(s->info.kind == MIEN_FEATURE_LBP ? "LBP" : "HAAR"));
    cli_json_put(&o, "trees", json_integer(s->info.n_trees));
    cli_json_put(&o, "nodes", json_integer(s->info.n_nodes));
    if (s->fall.windows)
        cli_json_put(&o, "windows", json_integer(s->fall.windows));
    if (s->fall.one)
        cli_json_put(&o, "passed", json_integer(s->fall.passed));
    for (int k = s->first; k <= s->last; k++)
        cli_json_add(&stages, stage_json(s, k));
    cli_json_put(&o, "stages", stages);
    cli_json_print(out, o, JSON_INDENT(2));
}

static int draw(const showing *s)
{
    const char *path = s->a->value[OPT_OUTPUT], *dot = strrchr(path, '.');
    cli_cascade_page p = {.name = s->name,
                          .cascade = s->cascade,
                          .first = s->first,
                          .last = s->last,
                          .features = s->features,
                          .face = s->face.data ? &s->face : NULL,
                          .face_text = s->face.data ? s->face_text : "grey",
                          .fall = &s->fall};
    mien_image im = {0};
    mien_bytes bytes = {0};
    mien_error err = {0};
    mien_status st = cli_cascade_page_draw(&p, &im, &err);
    if (st == MIEN_OK)
        st = strcasecmp(dot, ".png")
                 ? mien_image_write_jpeg(&im, 92, &bytes, &err)
                 : mien_image_write_png(&im, &bytes, &err);
    if (st == MIEN_OK)
        st = mien_file_save(path, bytes.data, bytes.n, &err);
    if (st != MIEN_OK)
        cli_error("%s", err.text);
    mien_bytes_free(&bytes);
    mien_image_free(&im);
    return st == MIEN_OK ? CLI_OK : CLI_OUTPUT;
}

static int show(showing *s)
{
    mien_buffer out = {0};
    int status = read_options(s) ? CLI_OK : CLI_USAGE;
    if (!status)
        status = s->a->value[OPT_PHOTO] ? look(s) : follow_mean(s);
    if (!status && s->a->value[OPT_POSITIVES])
        status = mean_face(s);
    if (!status && s->a->value[OPT_OUTPUT])
        status = draw(s);
    if (status)
        return status;
    if (cli_given(s->a, OPT_JSON))
        print_json(s, &out);
    else
        print_table(s, &out);
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

static int run(const cli_args *a)
{
    mien_error err = {0};
    showing *s = mi_alloc(1, sizeof *s);
    if (!s) {
        cli_error("out of memory");
        return CLI_NOTHING;
    }
    s->a = a;
    int status = CLI_NOTHING;
    if (cli_cascade_load(a->operand[0], a->value[OPT_CASCADES], &s->cascade,
                         &err) == MIEN_OK) {
        s->info = mien_cascade_get_info(s->cascade);
        cli_cascade_name(a->operand[0], s->name, sizeof s->name);
        status = show(s);
    } else {
        cli_error("%s", err.text);
    }
    mien_cascade_free(s->cascade);
    mien_gray_free(&s->face);
    mi_free(s);
    return status;
}

const cli_command cmd_cascade_show = {
    "cascade show",
    "CASCADE",
    1,
    1,
    "what a cascade is made of",
    "Print a line a stage: its trees, how many of their features are turned by "
    "45 degrees, and the sum of votes a window must reach. With --photo, how "
    "many windows each stage leaves of all that a detector looks at (the photo "
    "is made at most 480 pixels large), and the sums of the best window; "
    "without, the sums of the mean of the positives, which cascades trained by "
    "mien hold. With --output, draw the first features of each stage over a "
    "face: light where "
    "brightness counts for, dark where it counts against.",
    options,
    examples,
    exits,
    run,
};
