/* cmd_objects.c: people, animals and things in photos and videos. */
#include "cli/drawing.h"
#include "cli/photos.h"
#include "cli/video.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct values {
    cli_video_ask video; /* its draw is that of photos, too */
    mien_object_options search;
    const char *models;
    int list, format, json, recursive, jobs, threads;
    mien_read_options read;
} values;
static const values defaults = {
    .video = {.title = "mien objects"}, .jobs = 1, .threads = -1};

static const cli_option options[] = {
    CLI_ROW_TEXT(search.classes, CLI_TEXT, "classes", 'c', "NAME,...",
                 "tell only these: person, dog, cell phone, ... (--list)"),
    CLI_ROW_INT(search.max_objects, "max", 'n', "N", 1, 1000,
                "at most so many of a photo, the surest (default 20)"),
    CLI_ROW_REAL(search.min_score, "min-score", 0, "S", 0.01, 0.99,
                 "least score, 0 to 1 (default 0.5)"),
    CLI_ROW_REAL(search.max_overlap, "max-overlap", 0, "S", 0.01, 1,
                 "boxes that share more are one object (default 0.5)"),
    CLI_ROW_FLAG(search.by_class, "by-class", 0,
                 "boxes of different classes are different objects, though "
                 "they overlap"),
    CLI_ROW_FLAG(list, "list", 'l',
                 "print the classes with COCO's numbers, 1 to 90, and the same "
                 "without gaps, 0 to 79"),
    CLI_ROW_TEXT(video.draw, CLI_FILE, "draw", 'o', "FILE|DIR",
                 "save the photo or video with boxes and names drawn"),
    CLI_ROW_CHOICE(format, "format", 'f', "NAME", "table,json,csv",
                   "table (default on a terminal), json (a line a photo or "
                   "frame) or csv (a line an object)"),
    CLI_OPTION_JSON("the same as --format json"),
    CLI_OPTION_CAMERA,
    CLI_OPTION_FRAMES,
    CLI_OPTION_RECURSIVE,
    CLI_OPTIONS_READ,
    CLI_OPTION_JOBS,
    CLI_OPTION_PHOTO_THREADS,
    CLI_OPTION_MODELS,
    CLI_OPTION_VIDEO_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien objects photo.jpg --draw out.png", "what is in a photo"},
    {"mien objects --classes person,dog --json photos/",
     "people and dogs; a record a photo"},
    {"mien objects video.mp4 --draw out.mp4", "in every frame of a video"},
    {"mien objects --list", "what can be found"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS_PHOTOS("everything was read, whatever is in it",
                     "some photos could not be read, or the video is damaged",
                     "nothing could be read, or the network is missing");

typedef enum format { TABLE, JSON, CSV } format;

typedef struct looking {
    const values *v;
    format format;
    cli_files files;
    cli_drawing drawing;
    int lanes, threads;
    mien_pool **pool;                /* [lanes] */
    mien_object_detector **detector; /* [lanes] */
    mien_objects found;              /* of a frame of a video */
} looking;

/* ---- the network --------------------------------------------------------- */

/* A detector a lane; CLI_OK, or the status to exit with, reported. */
static int open_lanes(looking *l)
{
    const char *models = l->v->models;
    l->pool = cli_alloc((size_t)l->lanes, sizeof *l->pool);
    l->detector = cli_alloc((size_t)l->lanes, sizeof *l->detector);
    if (!l->pool || !l->detector)
        return CLI_NOTHING;
    for (int i = 0; i < l->lanes; i++) {
        mien_object_options o = l->v->search;
        mien_error err = {0};
        mien_status st = MIEN_OK;
        if (l->threads != 1)
            st = mien_pool_new(l->threads, &l->pool[i], &err);
        o.pool = l->pool[i];
        if (st == MIEN_OK)
            st = mien_object_detector_find(&o, mien_models_lookup, &models,
                                           &l->detector[i], &err);
        if (st == MIEN_OK)
            continue;
        cli_error("%s%s", err.text,
                  st == MIEN_EIO ? "; `make models` in mien's source folder "
                                   "installs it"
                                 : "");
        return st == MIEN_EARG ? CLI_USAGE : CLI_NOTHING;
    }
    return CLI_OK;
}

static void close_lanes(looking *l)
{
    for (int i = 0; i < l->lanes; i++) {
        if (l->detector)
            mien_object_detector_free(l->detector[i]);
        if (l->pool)
            mien_pool_free(l->pool[i]);
    }
    free(l->detector);
    free(l->pool);
}

/* ---- photos -------------------------------------------------------------- */

/* The objects, for a person. */
static void print_rows(const mien_objects *o, mien_buffer *out)
{
    for (int i = 0; i < o->n; i++) {
        const mien_object *x = &o->object[i];
        mien_buffer_printf(out, "  %-14s %5.3f %8.1f %8.1f %8.1f x %.1f\n",
                           x->what->name, (double)x->score,
                           mien_signless_zero((double)x->box.x, 1),
                           mien_signless_zero((double)x->box.y, 1),
                           (double)x->box.width, (double)x->box.height);
    }
}

static void print_table(const mien_objects_record *r, mien_buffer *out)
{
    mien_text_plain(r->file, out);
    mien_buffer_printf(out, "  %d x %d  %d object%s  %.0f ms\n", r->w, r->h,
                       r->objects->n, r->objects->n == 1 ? "" : "s",
                       r->seconds * 1e3);
    print_rows(r->objects, out);
}

/* Look at a photo; boxes are in the pixels of its file. */
static mien_status look(const looking *l, int lane, mien_photo *photo,
                        mien_objects_record *r, mien_objects *found,
                        mien_error *err)
{
    mien_object_detector *d = l->detector[lane];
    mien_status st = mien_photo_load(r->file, &l->v->read, photo, err);
    if (st != MIEN_OK) {
        cli_without_path(r->file, err);
        return st;
    }
    r->w = photo->w;
    r->h = photo->h;
    r->warning = photo->warning;
    st = mien_object_detector_run(d, &photo->im, found, err);
    r->seconds = mien_object_detector_seconds(d);
    if (st == MIEN_OK)
        mien_objects_scale(found, (float)photo->w / (float)photo->im.w,
                           (float)photo->h / (float)photo->im.h);
    return st;
}

/* Mark what was found and save the photo, at the size it was read at. */
static int draw_photo(const looking *l, const cli_file *f, mien_photo *photo,
                      mien_objects *found, mien_buffer *report)
{
    mien_error err = {0};
    mien_objects_scale(found, (float)photo->im.w / (float)photo->w,
                       (float)photo->im.h / (float)photo->h);
    if (mien_draw_objects(&photo->im, found, &err) == MIEN_OK)
        return cli_drawing_save(&l->drawing, f, &photo->im, report);
    return cli_drawing_failed(f, &err, report);
}

/* cli_batch.work: look at a photo, print and draw what is in it. */
static void look_at_one(void *arg, int i, int lane, cli_outcome *out)
{
    const looking *l = arg;
    const cli_file *f = &l->files.file[i];
    mien_error err = f->error;
    mien_photo photo = {0};
    mien_objects found = {0, NULL};
    mien_objects_record r = {.file = f->path, .objects = &found};
    int failed = err.status || look(l, lane, &photo, &r, &found, &err);
    if (l->format == CSV)
        mien_record_objects_csv(failed ? NULL : &r, i == 0, &out->text);
    if (failed)
        cli_photo_failed(f->path, &err, l->format == JSON, out);
    else if (l->format == JSON)
        mien_record_objects(&r, &out->text);
    else if (l->format == TABLE)
        print_table(&r, &out->text);
    if (!failed)
        cli_photo_warning(f->path, photo.warning, &out->report);
    if (!failed && l->drawing.target &&
        !draw_photo(l, f, &photo, &found, &out->report))
        out->status = CLI_OUTPUT;
    mien_objects_free(&found);
    mien_photo_free(&photo);
}

/* All photos that are named; the status to exit with. */
static int look_at_photos(const cli_args *a, looking *l)
{
    int several = 0;
    l->files.recursive = l->v->recursive;
    l->drawing.target = l->v->video.draw;
    l->lanes = l->v->jobs;
    l->threads = l->v->threads;
    if (!cli_files_named(&l->files, a, &several))
        return CLI_NOTHING;
    cli_batch_lanes(l->files.n, &l->lanes, &l->threads);
    int status = cli_drawing_plan(&l->drawing, &l->files, several);
    if (!status)
        status = open_lanes(l);
    if (status)
        return status;
    cli_batch batch = {&l->files,   l->lanes, l->v->video.quiet,
                       look_at_one, l,        NULL};
    return cli_batch_run(&batch);
}

/* ---- a video ------------------------------------------------------------- */

/* cli_video_work.process */
static mien_status process(void *arg, const cli_frame *f,
                           const mien_image *frame, mien_buffer *out,
                           mien_error *err)
{
    looking *l = arg;
    mien_objects_free(&l->found);
    mien_status st =
        mien_object_detector_run(l->detector[0], frame, &l->found, err);
    if (st != MIEN_OK)
        return st;
    if (l->format == JSON)
        mien_record_objects_frame(f->number, f->seconds, &l->found, out);
    else if (l->format == CSV)
        mien_record_objects_frame_csv(f->number, f->seconds, &l->found, out);
    else
        mien_buffer_printf(out, "%.2f s  %d object%s\n", f->seconds, l->found.n,
                           l->found.n == 1 ? "" : "s");
    if (l->format == TABLE)
        print_rows(&l->found, out);
    return MIEN_OK;
}

static mien_status draw_frame(void *arg, mien_image *frame, mien_error *err)
{
    const looking *l = arg;
    return mien_draw_objects(frame, &l->found, err);
}

static int look_at_video(const cli_args *a, looking *l)
{
    cli_video_ask ask = l->v->video;
    cli_video_work work = {process, draw_frame, l};
    int64_t seen = 0;
    if (!cli_video_asked(a, &ask))
        return CLI_USAGE;
    l->lanes = 1;
    l->threads = l->v->threads < 0 ? 0 : l->v->threads;
    int status = open_lanes(l);
    return status ? status : cli_video_run(&ask, &work, &seen);
}

/* ---- the command --------------------------------------------------------- */

/* All classes with both their numbers. */
static int print_classes(format how)
{
    mien_buffer out = {0};
    const mien_coco_class *c;
    mien_json j = mien_json_on(&out, 2);
    if (how == JSON)
        mien_json_array(&j, NULL);
    else
        mien_buffer_puts(&out, how == CSV ? "id,index,class\n"
                                          : " id  index  class\n");
    for (int i = 0; (c = mien_coco_at(i)); i++) {
        if (how == JSON) {
            mien_json_object(&j, NULL);
            mien_json_int(&j, "id", c->id);
            mien_json_int(&j, "index", c->index);
            mien_json_text(&j, "class", c->name);
            mien_json_close(&j);
        } else {
            mien_buffer_printf(&out,
                               how == CSV ? "%d,%d,%s\n" : "%3d  %5d  %s\n",
                               c->id, c->index, c->name);
        }
    }
    if (how == JSON) {
        mien_json_close(&j);
        mien_buffer_puts(&out, "\n");
    }
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

/* The command: the classes, a video, or photos. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    looking l = {.v = v};
    l.format = (format)cli_format(a, &v->format, v->json,
                                  isatty(1) || v->list ? TABLE : JSON);
    if (v->list)
        return print_classes(l.format);
    if (!a->n_operands && !v->video.camera) {
        cli_error("objects: wanted photos, a folder, a video, --camera or "
                  "--list");
        return CLI_USAGE;
    }
    int moving = v->video.camera ||
                 (a->n_operands == 1 && mien_is_video_path(a->operand[0]));
    int status = moving ? look_at_video(a, &l) : look_at_photos(a, &l);
    close_lanes(&l);
    mien_objects_free(&l.found);
    mien_photo_list_free(&l.files);
    return status;
}

const cli_command cmd_objects = {
    .name = "objects",
    .operands = "[PHOTO|FOLDER|VIDEO]...",
    .min_operands = 0,
    .max_operands = INT_MAX,
    .summary = "find people, animals and things in photos and videos",
    .description =
        "Find objects of the 80 classes of COCO by the network of coco-ssd "
        "(SSDLite, MobileNet v2), as its program finds them: the class with "
        "the highest score counts for a box, and of boxes that overlap the "
        "surest stays. A single file that is called as a video is one. "
        "`mien track` gives faces numbers that stay.",
    CLI_COMMAND_TABLES,
};
