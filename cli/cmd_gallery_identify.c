/* cmd_gallery_identify.c: who of a gallery is in photos or a video. */
#include "cli/gallery.h"
#include "cli/gallery_video.h"
#include "cli/photos.h"
#include "cli/roles.h"
#include "cli/shell/files.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    cli_gallery_values open;
    cli_gallery_faces_values read;
    const char *purpose, *taken, *retention;
    double tolerance;
    int json, recursive, every;
    cli_video_ask video;
} values;
static const values defaults = {.read = CLI_GALLERY_FACES_DEFAULTS,
                                .every = 10,
                                .video = {.title = "mien gallery identify"}};

static const cli_option options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_ROW_TEXT(purpose, CLI_TEXT, "purpose", 0, "WORD",
                 "what for; only people enrolled for it are found"),
    CLI_OPTION_GALLERY_TOLERANCE,
    CLI_OPTION_JSON("JSON lines as analyze prints them, each face with name "
                    "and distance"),
    CLI_ROW_TEXT(taken, CLI_TEXT, "taken", 0, "DAY|unknown",
                 "photos: YYYY-MM-DD, the day on which they were taken; who is "
                 "kept as born later is not in them (default: what each "
                 "photo's EXIF says; unknown: not even that)"),
    CLI_ROW_TEXT(retention, CLI_TEXT, "retention", 0, "DAYS|DAY",
                 "photos, with --json: under \"roles\", what was inferred and "
                 "until when it is kept"),
    CLI_OPTION_RECURSIVE,
    CLI_OPTION_CAMERA,
    CLI_OPTION_DRAW_VIDEO,
    CLI_ROW_INT(every, "every", 'e', "N", 1, 1000000,
                "videos: frames from one detection to the next (default {}); a "
                "face is searched for as often at first, then at every third"),
    CLI_OPTION_FRAMES,
    CLI_OPTIONS_GALLERY_FACES,
    CLI_OPTION_VIDEO_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien gallery identify people.db --purpose door photo.jpg",
     "a line a face: photo.jpg,Ada,0.38"},
    {"mien gallery identify people.db --purpose door video.mp4",
     "a line a face that was followed: who, by votes, from when to when"},
    {"mien gallery identify people.db --purpose door --camera 0",
     "a line each time somebody else is seen"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS_PHOTOS(
    "every photo or frame was read, whoever is in it",
    "some photos could not be read, or the video is damaged or cut off",
    "the gallery could not be opened, no photo, the video or the camera be "
    "read, or a model is missing");

typedef struct identifying {
    const values *v;
    mien_gallery *g;
    cli_gallery_reader r;
    cli_files files;
    cli_gallery_nearness near;
    mien_roles *roles; /* NULL: not told */
} identifying;

/* The day by --taken; NULL: nobody said one. */
static const char *said_day(const values *v)
{
    return v->taken && strcmp(v->taken, "unknown") == 0 ? "" : v->taken;
}

/* Say whom the day of a photo leaves out, and who said that day. */
static void tell_day(const cli_file *f, const mien_taken_record *t,
                     mien_buffer *report)
{
    if (t->later)
        mien_buffer_printf(
            report,
            "%s%s: taken on %s, as %s says: %d of %d people whose birth date "
            "is kept, born later, are not looked for (--taken)",
            report->n ? "\n" : "", f->path, t->day,
            t->said ? "--taken" : "its EXIF", t->later, t->born);
}

/* Search for every face of a photo; match is [faces]. */
static mien_status search(identifying *s, const mien_reading *r,
                          const char *day, mien_match *match, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < r->faces.n; i++) {
        mien_gallery_faces face;
        mien_gallery_match m = {NULL, NAN, 0};
        if (cli_gallery_reader_face(&s->r, &r->faces.face[i], &face))
            st = mien_gallery_search_on(s->g, s->v->purpose, day, &face,
                                        s->near.search.threshold, &m, err);
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
    mien_taken_record taken;
    mien_gallery_taken(s->g, s->v->purpose, said_day(s->v), r.taken, &taken);
    cli_photo_remarks(f->path, &r, &out->report);
    tell_day(f, &taken, &out->report);
    mien_photo_record record = {.file = f->path,
                                .reading = &r,
                                .want = MIEN_FACE_DESCRIPTOR,
                                .hide = MIEN_FACE_DESCRIPTOR,
                                .match = match,
                                .search = &s->near.search,
                                .taken = &taken,
                                .roles = s->roles};
    if (!match) {
        out->text.failed = 1;
    } else if (search(s, &r, taken.day, match, &err)) {
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

/* ---- a video ------------------------------------------------------------- */

static int is_video(const cli_args *a, const values *v)
{
    return v->video.camera ||
           (a->n_operands == 2 && cli_gallery_is_video(a->operand[1]));
}

/* Options and operands that go together; CLI_USAGE, and a report, if not. */
static int check_kind(const cli_args *a, const values *v)
{
    const struct {
        const void *value;
        const char *name;
        int of_video;
    } of[] = {{&v->recursive, "recursive", 0}, {&v->taken, "taken", 0},
              {&v->retention, "retention", 0}, {&v->video.draw, "draw", 1},
              {&v->video.frames, "frames", 1}, {&v->video.quiet, "quiet", 1},
              {&v->every, "every", 1}};
    const int video = is_video(a, v);
    if (v->video.camera && a->n_operands > 1) {
        cli_error("%s: wanted photos, a video or --camera, not both",
                  a->command->name);
        return CLI_USAGE;
    }
    if (!v->video.camera && a->n_operands < 2) {
        cli_error("%s: wanted photos, a video or --camera", a->command->name);
        return CLI_USAGE;
    }
    for (int i = 1; i < a->n_operands && !video; i++)
        if (cli_gallery_is_video(a->operand[i])) {
            cli_error("%s: '%s' is a video; wanted alone", a->command->name,
                      a->operand[i]);
            return CLI_USAGE;
        }
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        if (cli_given(a, of[i].value) && of[i].of_video != video) {
            cli_error("%s: --%s is for %s", a->command->name, of[i].name,
                      video ? "photos" : "videos");
            return CLI_USAGE;
        }
    return CLI_OK;
}

static int identify_video(const cli_args *a, identifying *s)
{
    const values *v = s->v;
    cli_gallery_video ask = {.video = v->video,
                             .g = s->g,
                             .reader = &s->r,
                             .read = &v->read,
                             .search = &s->near.search,
                             .every = v->every,
                             .json = v->json};
    ask.video.path = v->video.camera ? NULL : a->operand[1];
    return cli_gallery_video_run(&ask);
}

/* The whole command but its clean-up. */
static int identify(const cli_args *a, identifying *s)
{
    const values *v = a->values;
    int video = is_video(a, v);
    s->files.recursive = v->recursive;
    for (int i = 1; i < a->n_operands && !video; i++)
        if (!cli_files_add(&s->files, a->operand[i]))
            return CLI_NOTHING;
    int status = cli_gallery_open(a->operand[0], &v->open, &s->g);
    if (!status)
        status = cli_gallery_reader_open(&v->read, &s->r);
    if (!status)
        status =
            cli_gallery_near(s->g, &s->r, v->purpose, v->tolerance, &s->near);
    if (status)
        return status;
    if (video)
        return identify_video(a, s);
    /* One at a time: each search is written down before it is answered. */
    const cli_batch batch = {&s->files, 1, 0, identify_one, s, NULL};
    return cli_batch_run(&batch);
}

/* Check what was said, identify, release. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    identifying s = {.v = v};
    if (!v->purpose)
        return cli_wrong(a, &v->purpose, "what people are looked for"),
               CLI_USAGE;
    int status = check_kind(a, v);
    const char *day = said_day(v);
    if (!status && day && *day && !mien_is_day(day))
        return cli_wrong(a, &v->taken, "a day, YYYY-MM-DD, or unknown"),
               CLI_USAGE;
    if (!status && v->retention && !v->json) {
        cli_error("gallery identify: --retention needs --json");
        return CLI_USAGE;
    }
    if (!status)
        status = cli_roles_of_photos(a, &v->retention, &s.roles);
    if (!status)
        status = identify(a, &s);
    mien_roles_free(s.roles);
    cli_gallery_reader_close(&s.r);
    mien_gallery_close(s.g);
    mien_photo_list_free(&s.files);
    return status;
}

const cli_command cmd_gallery_identify = {
    .name = "gallery identify",
    .operands = "PEOPLE.db PHOTO|FOLDER|VIDEO...",
    .min_operands = 1,
    .max_operands = INT_MAX,
    .summary = "who of a gallery is in photos or a video",
    .description =
        "Compares every face with the people enrolled for the purpose: the "
        "name of the nearest, if it is near enough, and the distance; "
        "unknown_person otherwise. What near enough means, and how often it "
        "errs, is said on standard error and in the JSON. Each search is in "
        "the gallery's log before "
        "it is answered. A printed photo of somebody passes as that person: "
        "there is no test of whether a face is alive.\n\n"
        "Where birth dates are kept, who was born after a photo was taken is "
        "not looked for in it: by --taken, or the day that the camera wrote "
        "into the photo (EXIF), which is as right as its clock. Whom that "
        "leaves out is counted, and said.\n\n"
        "In one video, or before a camera, faces are followed and searched for "
        "again and again: who has most votes of a face that was followed is "
        "its answer, unless more are for nobody. A line a face: file, name, "
        "distance, its number, from and to in seconds, votes for the answer, "
        "and all; no votes: it could not be read. How often such votes err was "
        "not measured; one picture errs as calibrated. Of a camera a line is "
        "written when an answer changes, and its window says to those before "
        "it that people are looked for.",
    CLI_COMMAND_TABLES,
};
