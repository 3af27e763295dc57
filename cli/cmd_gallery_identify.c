/* cmd_gallery_identify.c: who of a gallery is in photos. */
#include "cli/gallery.h"
#include "cli/gallery_faces.h"
#include "cli/photos.h"
#include "cli/shell/files.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct values {
    cli_gallery_values open;
    cli_gallery_faces_values read;
    const char *purpose;
    double tolerance;
    int json, recursive;
} values;
static const values defaults = {.read = CLI_GALLERY_FACES_DEFAULTS};

static const cli_option options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_ROW_TEXT(purpose, CLI_TEXT, "purpose", 0, "WORD",
                 "what for; only people enrolled for it are found"),
    CLI_ROW_REAL(tolerance, "tolerance", 0, "D", 0.001, 4,
                 "largest distance at which a face gets a name; smaller is "
                 "stricter (default: what 'gallery calibrate' kept, else the "
                 "network's)"),
    CLI_OPTION_JSON("JSON lines as analyze prints them, each face with name "
                    "and distance"),
    CLI_OPTION_RECURSIVE,
    CLI_OPTIONS_GALLERY_FACES,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien gallery identify people.db --purpose door photo.jpg",
     "a line a face: photo.jpg,Ada,0.38"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS_PHOTOS(
    "every photo was read, whoever is in it", "some photos could not be read",
    "the gallery could not be opened, no photo be read, or a model is "
    "missing");

typedef struct identifying {
    const values *v;
    mien_gallery *g;
    cli_gallery_reader r;
    cli_files files;
    mien_gallery_threshold kept;
    char day[11]; /* of it */
    mien_search_record search;
} identifying;

/* Which threshold counts: the one that was said, else the one that the gallery
 * keeps, else the network's; and what is known of it. */
static int choose(identifying *s)
{
    const values *v = s->v;
    mien_error err = {0};
    int found = 0;
    s->search = (mien_search_record){
        .purpose = v->purpose,
        .threshold = v->tolerance > 0
                         ? (float)v->tolerance
                         : mien_describer_threshold(v->read.descriptor)};
    if (v->tolerance > 0)
        return CLI_OK;
    if (mien_gallery_threshold_of(s->g, v->purpose,
                                  cli_gallery_reader_model(&s->r), &found,
                                  &s->kept, &err)) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    if (found) {
        const mien_gallery_threshold *t = &s->kept;
        char when[32];
        cli_gallery_time(t->at, when);
        snprintf(s->day, sizeof s->day, "%.10s", when);
        s->search.threshold = t->threshold;
        s->search.false_match = &t->false_match;
        s->search.strangers = &t->strangers;
        s->search.people = t->people;
        s->search.calibrated = s->day;
        cli_error("within %.4f: %.3g %% (%.3g to %.3g) of pairs of two people "
                  "match, and %.3g %% (%.3g to %.3g) of strangers get a name; "
                  "by %d people on %s",
                  (double)t->threshold, 100 * t->false_match.value,
                  100 * t->false_match.low, 100 * t->false_match.high,
                  100 * t->strangers.value, 100 * t->strangers.low,
                  100 * t->strangers.high, t->people, s->day);
    } else {
        cli_error("within %.3g, the network's usual: how often it errs among "
                  "these people was not measured (mien gallery calibrate)",
                  (double)s->search.threshold);
    }
    return CLI_OK;
}

/* Search for every face of a photo; match is [faces]. */
static mien_status search(identifying *s, const mien_reading *r,
                          mien_match *match, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < r->faces.n; i++) {
        mien_gallery_faces face;
        mien_gallery_match m = {NULL, NAN, 0};
        if (cli_gallery_reader_face(&s->r, &r->faces.face[i], &face))
            st = mien_gallery_search(s->g, s->v->purpose, &face,
                                     s->search.threshold, &m, err);
        match[i] = (mien_match){m.person ? m.person->name : NULL,
                                m.person ? (int)m.person->id : -1, m.distance};
    }
    return st;
}

/* cli_batch.work */
static void identify_one(void *arg, int i, int lane, cli_outcome *out)
{
    identifying *s = arg;
    const cli_file *f = &s->files.file[i];
    mien_reading r = {0};
    mien_error err = f->error;
    if (err.status ||
        mien_reader_read(s->r.reader, lane, f->path, NULL, &r, &err)) {
        cli_photo_failed(f->path, &err, s->v->json, out);
        return;
    }
    mien_match *match = cli_alloc((size_t)r.faces.n + 1, sizeof *match);
    cli_photo_remarks(f->path, &r, &out->report);
    mien_photo_record record = {.file = f->path,
                                .reading = &r,
                                .want = MIEN_FACE_DESCRIPTOR,
                                .hide = MIEN_FACE_DESCRIPTOR,
                                .match = match,
                                .search = &s->search};
    if (!match) {
        out->text.failed = 1;
    } else if (search(s, &r, match, &err)) {
        cli_photo_failed(f->path, &err, s->v->json, out);
    } else if (s->v->json) {
        record.model = mien_reader_digests(s->r.reader, &record.models);
        mien_record_photo(&record, &out->text);
    } else {
        mien_record_people_csv(f->path, r.faces.n, match, 1, &out->text);
    }
    free(match);
    mien_faces_free(&r.faces);
}

/* The whole command but its clean-up. */
static int identify(const cli_args *a, identifying *s)
{
    const values *v = a->values;
    s->files.recursive = v->recursive;
    for (int i = 1; i < a->n_operands; i++)
        if (!cli_files_add(&s->files, a->operand[i]))
            return CLI_NOTHING;
    int status = cli_gallery_open(a->operand[0], &v->open, &s->g);
    if (!status)
        status = cli_gallery_reader_open(&v->read, &s->r);
    if (!status)
        status = choose(s);
    if (status)
        return status;
    /* One at a time: each search is written down before it is answered. */
    const cli_batch batch = {&s->files, 1, 0, identify_one, s, NULL};
    return cli_batch_run(&batch);
}

static int run(const cli_args *a)
{
    const values *v = a->values;
    identifying s = {.v = v};
    if (!v->purpose)
        return cli_wrong(a, &v->purpose, "what people are looked for"),
               CLI_USAGE;
    int status = identify(a, &s);
    cli_gallery_reader_close(&s.r);
    mien_gallery_close(s.g);
    mien_photo_list_free(&s.files);
    return status;
}

const cli_command cmd_gallery_identify = {
    .name = "gallery identify",
    .operands = "PEOPLE.db PHOTO|FOLDER...",
    .min_operands = 2,
    .max_operands = INT_MAX,
    .summary = "who of a gallery is in photos",
    .description =
        "Compares every face with the people enrolled for the purpose: the "
        "name of the nearest, if it is near enough, and the distance; "
        "unknown_person otherwise. What near enough means, and how often it "
        "errs, is said on standard error and in the JSON. Each search is in "
        "the gallery's log before "
        "it is answered. A printed photo of somebody passes as that person: "
        "there is no test of whether a face is alive.",
    CLI_COMMAND_TABLES,
};
