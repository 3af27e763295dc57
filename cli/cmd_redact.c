/* cmd_redact.c: faces in photos and videos covered. */
#include "cli/drawing.h"
#include "cli/photos.h"
#include "cli/redact.h"

#include <limits.h>
#include <stdlib.h>

typedef struct values {
    const char *output, *models;
    mien_redact_options how;
    int window;
    cli_video_ask video;
    int recursive, json, jobs, threads, quiet, white;
    mien_read_options read;
    cli_redact_keep_values who;
    cli_gallery_values open;
    mien_describer descriptor;
    double tolerance;
} values;
static const values defaults = {.how = MIEN_REDACT_DEFAULTS,
                                .window = MIEN_REDACT_WINDOW,
                                .jobs = 1,
                                .threads = -1};

static const cli_option options[] = {
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE|DIR",
                 "where the covered photos go, .jpg or .png, a folder for "
                 "several; or a video: .mp4, .mkv, .webm, .avi or .gif"),
    CLI_ROW_REAL(how.margin, "margin", 0, "F", 0, 2,
                 "how much wider than the face on each side, as a share of its "
                 "box; half as much again above (default {})"),
    CLI_ROW_REAL(how.strictness, "strictness", 0, "F", 0.01, 1,
                 "share of the detectors' usual thresholds that is enough: "
                 "smaller covers more, and more that is no face (default {})"),
    CLI_ROW_FLAG(white, "white", 0, "covers are white, not black"),
    CLI_ROW_INT(window, "window", 0, "N", 1, MIEN_REDACT_WINDOW_MAX,
                "frames of a video that are kept, so that a face is covered "
                "in those before it is found; fewer if they take more than "
                "1 GiB (default {})"),
    CLI_ROW_TEXT(who.keep, CLI_TEXT, "keep", 0, "NAME",
                 "whose face stays to be seen; wants --db and --purpose"),
    CLI_ROW_FLAG(who.enrolled, "keep-enrolled", 0,
                 "the faces of all who are enrolled for the purpose stay"),
    CLI_ROW_TEXT(who.db, CLI_FILE, "db", 0, "PEOPLE.db",
                 "the gallery that knows who may stay"),
    CLI_ROW_TEXT(who.purpose, CLI_TEXT, "purpose", 0, "WORD",
                 "what they were enrolled for"),
    CLI_OPTIONS_GALLERY,
    CLI_OPTION_GALLERY_TOLERANCE,
    CLI_OPTION_DESCRIPTOR,
    CLI_OPTION_FRAMES,
    CLI_OPTION_JSON("a record a photo or frame on standard output: what was "
                    "covered"),
    CLI_OPTION_RECURSIVE,
    CLI_OPTIONS_READ,
    CLI_OPTION_JOBS,
    CLI_OPTION_PHOTO_THREADS,
    CLI_OPTION_MODELS,
    CLI_OPTION_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien redact photo.jpg -o covered.jpg", "no face is left to be found"},
    {"mien redact -r photos/ -o covered/ --json > covered.jsonl",
     "a folder, and where to look again"},
    {"mien redact video.mp4 -o covered.mp4 --json > covered.jsonl",
     "a video, and which frames are in doubt"},
    {"mien redact --keep Ada --db people.db --purpose press fair.jpg -o "
     "out.jpg",
     "all but Ada, who agreed to be seen"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS_PHOTOS(
    "every photo was covered, whoever was in it",
    "some photos could not be read, or faces in them are found again",
    "no photo could be read");

/* What a lane works with. */
typedef struct worker {
    mien_pool *pool;
    mien_redactor *redactor;
} worker;

typedef struct redacting {
    cli_files files;
    cli_drawing output;
    const values *v;
    const char *folder; /* of models */
    int lanes;
    worker *lane; /* [lanes] */
    cli_redact_keep keep;
} redacting;

/* A sentence on what a person should look at, if anything.
 *
 *   asked  1: some faces may stay */
static void remark(const char *path, const mien_redaction *d, int quiet,
                   int asked, cli_outcome *out)
{
    if (d->left) {
        mien_buffer_printf(&out->report,
                           "%s: %d faces are still found; not finished", path,
                           d->left);
        out->status = CLI_PARTLY;
    } else if (!quiet && !d->n) {
        mien_buffer_printf(
            &out->report, "%s: no face found; look whether there is one", path);
    } else if (!quiet && asked) {
        mien_buffer_printf(&out->report,
                           "%s: %d covered, %d of them in doubt; %d stay to be "
                           "seen; look at it",
                           path, d->n - d->kept, d->doubts, d->kept);
    } else if (!quiet && d->doubts) {
        mien_buffer_printf(&out->report,
                           "%s: %d covered, %d of them in doubt; look at it",
                           path, d->n, d->doubts);
    }
}

/* cli_batch.work: cover the faces of a photo and save it. */
static void redact_one(void *arg, int i, int lane, cli_outcome *out)
{
    redacting *r = arg;
    const cli_file *f = &r->files.file[i];
    mien_image photo = {0};
    mien_redaction d = {0};
    mien_error err = f->error;
    if (!err.status && mien_image_load(f->path, &r->v->read, &photo, &err))
        cli_without_path(f->path, &err);
    if (!err.status)
        (void)!mien_redactor_run(r->lane[lane].redactor, &photo, &d, &err);
    if (err.status) {
        cli_photo_failed(f->path, &err, r->v->json, out);
    } else if (!cli_drawing_save(&r->output, f, &photo, &out->report)) {
        out->status = CLI_OUTPUT;
    } else {
        remark(f->path, &d, r->v->quiet, r->keep.g != NULL, out);
        if (r->v->json)
            mien_record_redaction(f->path, &photo, &d, &out->text);
    }
    mien_redaction_free(&d);
    mien_image_free(&photo);
}

/* The options of the library. */
static mien_redact_options options_of(redacting *r)
{
    mien_redact_options o = r->v->how;
    if (r->v->white)
        o.colour[0] = o.colour[1] = o.colour[2] = 255;
    o.find = mien_models_lookup;
    o.arg = &r->folder;
    if (r->keep.g) {
        o.keep = cli_redact_keep_face;
        o.keep_arg = &r->keep;
    }
    return o;
}

/* Words about who may stay that do not go together; CLI_USAGE, and a report. */
static int check_keep(const cli_args *a, const values *v)
{
    const cli_redact_keep_values *w = &v->who;
    const int wanted = w->keep || w->enrolled;
    const char *lacks = !wanted && (w->db || w->purpose)
                            ? "--keep NAME or --keep-enrolled"
                        : wanted && !w->db      ? "--db PEOPLE.db"
                        : wanted && !w->purpose ? "--purpose WORD"
                                                : NULL;
    if (lacks)
        cli_error("redact: %s is missing", lacks);
    else if (w->keep && w->enrolled)
        cli_error("redact: --keep and --keep-enrolled: wanted one of them");
    else if (wanted && cli_given(a, &v->jobs) && v->jobs != 1)
        cli_error("redact: --jobs %d with a gallery, which answers one at a "
                  "time: wanted 1",
                  v->jobs);
    else
        return CLI_OK;
    return CLI_USAGE;
}

/* The gallery, if there is somebody to keep; the status to exit with. */
static int open_keep(redacting *r)
{
    const values *v = r->v;
    const cli_gallery_faces_values read = {.models = v->models,
                                           .descriptor = v->descriptor,
                                           .rotate = MIEN_ROTATE_0,
                                           .threads = 1};
    return v->who.db ? cli_redact_keep_open(&v->who, &v->open, v->tolerance,
                                            &read, &r->keep)
                     : CLI_OK;
}

/* Detectors for each lane; CLI_OK, or the status to exit with. */
static int open_lanes(redacting *r, int threads)
{
    mien_redact_options o = options_of(r);
    mien_error err = {0};
    mien_status st = MIEN_OK;
    r->lane = cli_alloc((size_t)r->lanes, sizeof *r->lane);
    if (!r->lane)
        return CLI_NOTHING;
    for (int i = 0; i < r->lanes && !st; i++) {
        worker *w = &r->lane[i];
        if (threads != 1)
            st = mien_pool_new(threads, &w->pool, &err);
        o.pool = w->pool;
        if (!st)
            st = mien_redactor_new(&o, &w->redactor, &err);
    }
    if (st)
        cli_error("%s", err.text);
    return st == MIEN_EARG ? CLI_USAGE : st ? CLI_NOTHING : CLI_OK;
}

/* Is a photo among those that would be written over? */
static int is_over_itself(const redacting *r)
{
    const cli_files *f = &r->files;
    for (int i = 0; i < f->n && !r->output.folder; i++)
        if (!cli_is_another(f->file[i].path, r->output.target))
            return 1;
    return 0;
}

/* Options that mean photos alone are refused, not passed over. */
static int is_of_photos(const cli_args *a, const values *v)
{
    const struct {
        const void *value;
        const char *name;
    } of[] = {{&v->recursive, "recursive"},
              {&v->jobs, "jobs"},
              {&v->read.strict, "strict"},
              {&v->read.max_pixels, "max-pixels"},
              {&v->read.ignore_orientation, "ignore-orientation"}};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        if (cli_given(a, of[i].value)) {
            cli_error("redact: --%s is for photos, and '%s' is a video",
                      of[i].name, v->output);
            return 1;
        }
    return 0;
}

/* A video; the status to exit with. */
static int redact_video(const cli_args *a, redacting *r)
{
    cli_redact_video ask = {.video = r->v->video, .output = r->v->output};
    if (is_of_photos(a, r->v))
        return CLI_USAGE;
    if (a->n_operands != 1) {
        cli_error("redact: %d videos into '%s'; wanted one", a->n_operands,
                  r->v->output);
        return CLI_USAGE;
    }
    mien_pool *pool = NULL;
    int threads = r->v->threads < 0 ? 0 : r->v->threads; /* 0: all */
    int status = open_keep(r);
    if (!status)
        status = cli_pool_new(threads, &pool);
    if (status)
        return status;
    r->folder = r->v->models;
    ask.how.how = options_of(r);
    ask.how.how.pool = pool;
    ask.how.window = r->v->window;
    ask.video.path = a->operand[0];
    ask.video.quiet = r->v->quiet;
    ask.json = r->v->json;
    status = cli_redact_video_run(&ask);
    mien_pool_free(pool);
    return status;
}

/* The whole command but its clean-up; the status to exit with. */
static int redact(const cli_args *a, redacting *r)
{
    int several = 0, threads = r->v->threads;
    if (!r->v->output) {
        cli_error("redact: -o FILE or -o DIR is missing");
        return CLI_USAGE;
    }
    int status = check_keep(a, r->v);
    if (status)
        return status;
    if (cli_redact_is_video(r->v->output))
        return redact_video(a, r);
    r->files.recursive = r->v->recursive;
    r->folder = r->v->models;
    r->lanes = r->v->jobs;
    r->output.target = r->v->output;
    if (!cli_files_named(&r->files, a, &several))
        return CLI_NOTHING;
    status = cli_drawing_plan(&r->output, &r->files, several);
    if (!status && is_over_itself(r))
        status = CLI_USAGE;
    if (status)
        return status;
    cli_batch_lanes(r->files.n, &r->lanes, &threads);
    status = open_keep(r);
    if (!status)
        status = open_lanes(r, threads);
    if (status)
        return status;
    cli_batch batch = {.files = &r->files,
                       .jobs = r->lanes,
                       .quiet = r->v->quiet,
                       .work = redact_one,
                       .arg = r};
    return cli_batch_run(&batch);
}

static int run(const cli_args *a)
{
    redacting r = {.v = a->values};
    int status = redact(a, &r);
    for (int i = 0; r.lane && i < r.lanes; i++) {
        mien_redactor_free(r.lane[i].redactor);
        mien_pool_free(r.lane[i].pool);
    }
    free(r.lane);
    cli_redact_keep_close(&r.keep);
    mien_photo_list_free(&r.files);
    return status;
}

const cli_command cmd_redact = {
    .name = "redact",
    .operands = "PHOTO|FOLDER|VIDEO|-...",
    .min_operands = 1,
    .max_operands = INT_MAX,
    .summary = "cover the faces in photos or a video",
    .description =
        "Fills every face it finds, with a margin, with one colour, and looks "
        "again until none is found. Three detectors look, as far as they are "
        "installed, at three sizes and in four turns, with lower thresholds "
        "than elsewhere: more is covered than are faces. What was covered in "
        "doubt, and photos without a face, are reported; a face that all of "
        "them miss is not. Look at the photos before you give them away: hair, "
        "clothes, company and place are left, by which people are known, "
        "too.\n\n"
        "The new file has pixels alone: no thumbnail, place, date or camera of "
        "the old one. The old one is not changed.\n\n"
        "Of a video each frame is looked at so, faces are followed from frame "
        "to frame, and one that is found now and then is covered in between, "
        "and for 15 frames after. The records tell how each cover came "
        "about: found, faint (below the usual threshold), followed, between, "
        "lost (where it was last seen). A frame is in doubt where a face that "
        "is covered was not found in it. Sound and titles are left out.\n\n"
        "Somebody who agreed to be seen can be left: --keep NAME, or all who "
        "are enrolled in a gallery for a purpose: --keep-enrolled. Each face "
        "that a detector is sure of is searched for there, and stays only if "
        "it is near enough; each search is in the gallery's log. Of a video it "
        "is asked in every fifth frame, and a face that was followed from one "
        "to the next, and found to be one who may stay in both, stays between "
        "them. A stranger who looks like somebody who agreed can be left, too: "
        "look at the result.",
    CLI_COMMAND_TABLES,
};
