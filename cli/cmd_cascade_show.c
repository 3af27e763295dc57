/* cmd_cascade_show.c: what a cascade is made of, and how windows of a photo
 * fall through its stages. */
#include "cli/cascades.h"
#include "cli/chips.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct values {
    const char *output, *photo, *positives, *crop, *stages, *cascades;
    int features, json;
} values;
static const values defaults = {.features = 8};

static const cli_option options[] = {
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE",
                 "draw the stages and their features: .png or .jpg"),
    CLI_ROW_TEXT(photo, CLI_FILE, "photo", 'p', "FILE",
                 "count how many windows of this photo each stage leaves, and "
                 "follow the best one"),
    CLI_ROW_TEXT(positives, CLI_TEXT, "positives", 0, "DIR|FILE",
                 "draw features over the mean of these pictures, as train "
                 "cascade reads them (default: the best window of the photo, "
                 "or the mean of the positives that the cascade was trained "
                 "on)"),
    CLI_ROW_TEXT(crop, CLI_TEXT, "crop", 0, "X,Y,W,H",
                 "where the object is in every picture of a folder"),
    CLI_ROW_TEXT(stages, CLI_TEXT, "stages", 's', "A-B",
                 "only these stages, from 0"),
    CLI_ROW_INT(features, "features", 'n', "N", 1, 40,
                "features drawn of each stage (default {})"),
    CLI_OPTION_JSON("everything as one JSON object"),
    CLI_OPTION_CASCADES,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien cascade show mine.xml -o cascade.png --photo face.jpg",
     "a row a stage, over the face that was found"},
    {"mien cascade show eye --stages 0-3", "a table of the first stages"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS(
    "shown", "the cascade, the photo or the positives cannot be read");

/* Larger pictures are made smaller before their windows are counted. */
enum { PHOTO_SIDE = 480 };

typedef struct showing {
    const cli_args *a;
    const values *v; /* of a */
    mien_cascade *cascade;
    mien_cascade_info info;
    char name[64];
    int first, last;
    mien_fall fall;
    const char *followed; /* what falls; NULL: nothing */
    mien_gray mean;       /* of --positives; data NULL: none */
    const char *face_text;
} showing;

/* The options; 0 after a mistake, which is reported. */
static int read_options(showing *s)
{
    const char *range = s->v->stages, *output = s->v->output;
    s->first = 0;
    s->last = s->info.n_stages - 1;
    const char *dot = output ? strrchr(output, '.') : NULL;
    if (output && (!dot || (strcasecmp(dot, ".png") != 0 &&
                            strcasecmp(dot, ".jpg") != 0)))
        return cli_wrong(s->a, &s->v->output,
                         "a name that ends in .png or .jpg");
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

/* ---- what is shown ------------------------------------------------------- */

/* Count the windows of the photo and follow the best; without a photo the mean
 * of the positives falls, if the cascade has it. */
static int count(showing *s)
{
    const char *path = s->v->photo;
    mien_gray g = {0};
    mien_error err = {0};
    mien_status st = MIEN_OK;
    if (path)
        st = mien_gray_load(path, NULL, &g, &err);
    if (st == MIEN_OK)
        st = path ? mien_fall_count(s->cascade, &g, PHOTO_SIDE, &s->fall, &err)
                  : mien_fall_mean(s->cascade, &s->fall, &err);
    mien_gray_free(&g);
    if (st != MIEN_OK) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    if (!s->fall.followed)
        return CLI_OK;
    s->followed = path ? "best window" : "the mean";
    s->face_text =
        path ? "the best window of the photo" : "the mean of its positives";
    return CLI_OK;
}

/* The mean of the positives that are given goes behind the features. */
static int mean_face(showing *s)
{
    mien_chips_options o = {.w = s->info.w, .h = s->info.h};
    mien_chips chips = {0};
    mien_error err = {0};
    if (!cli_crop(s->a, &s->v->crop, &o.crop))
        return CLI_USAGE;
    int status = cli_chips_load(s->v->positives, &o, &chips);
    if (!status && mien_gray_new(s->info.w, s->info.h, &s->mean, &err)) {
        cli_error("%s", err.text);
        status = CLI_NOTHING;
    }
    int64_t area = (int64_t)s->info.w * s->info.h;
    for (int64_t k = 0; !status && k < area; k++) {
        int64_t sum = 0;
        for (int64_t i = 0; i < chips.n; i++)
            sum += chips.data[i * area + k];
        s->mean.data[k / s->info.w * s->mean.stride + k % s->info.w] =
            (uint8_t)(sum / (chips.n ? chips.n : 1));
    }
    s->face_text = "the mean of the positives";
    mien_chips_free(&chips);
    return status;
}

/* ---- output -------------------------------------------------------------- */

/* The page, saved; the status to exit with. */
static int draw(const showing *s)
{
    const char *path = s->v->output;
    const mien_gray *face = s->mean.data ? &s->mean : &s->fall.window;
    mien_cascade_page p = {.name = s->name,
                           .cascade = s->cascade,
                           .first = s->first,
                           .last = s->last,
                           .features = s->v->features,
                           .face = face->data ? face : NULL,
                           .face_text = face->data ? s->face_text : "grey",
                           .fall = &s->fall,
                           .followed = s->followed};
    mien_image im = {0};
    mien_error err = {0};
    mien_status st = mien_cascade_draw(&p, &im, &err);
    if (st == MIEN_OK)
        st = mien_image_save(path, &im, &err);
    mien_image_free(&im);
    return st == MIEN_OK ? CLI_OK : cli_unsaved(&err);
}

/* Count, then draw and print; the status to exit with. */
static int show(showing *s)
{
    mien_buffer out = {0};
    int status = read_options(s) ? count(s) : CLI_USAGE;
    if (!status && s->v->positives)
        status = mean_face(s);
    if (!status && s->v->output)
        status = draw(s);
    if (status)
        return status;
    const mien_cascade_record r = {s->name, s->cascade, s->first,
                                   s->last, &s->fall,   s->followed};
    if (s->v->json)
        mien_record_cascade(&r, &out);
    else
        mien_record_cascade_text(&r, &out);
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

static int run(const cli_args *a)
{
    showing s = {.a = a, .v = a->values};
    int status = cli_cascade_load(a->operand[0], s.v->cascades, &s.cascade);
    if (!status) {
        s.info = mien_cascade_get_info(s.cascade);
        mien_cascade_short_name(a->operand[0], s.name, sizeof s.name);
        status = show(&s);
    }
    mien_cascade_free(s.cascade);
    mien_fall_done(&s.fall);
    mien_gray_free(&s.mean);
    return status;
}

const cli_command cmd_cascade_show = {
    .name = "cascade show",
    .operands = "CASCADE",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "what a cascade is made of",
    .description =
        "Print a line a stage: its trees, how many of their features are "
        "turned by "
        "45 degrees, and the sum of votes a window must reach. With --photo, "
        "how "
        "many windows each stage leaves of all that a detector looks at (the "
        "photo "
        "is made at most 480 pixels large), and the sums of the best window; "
        "without, the sums of the mean of the positives, which cascades "
        "trained by "
        "mien hold. With --output, draw the first features of each stage over "
        "a "
        "face: light where "
        "brightness counts for, dark where it counts against.",
    CLI_COMMAND_TABLES,
};
