/* cmd_faces_crop.c: faces of photos saved as chips. */
#include "cli/photos.h"

#include <limits.h>
#include <stdlib.h>

typedef struct values {
    const char *output;
    int size, by, all, format, json, rotate;
    double margin;
    int recursive, jobs, threads, quiet;
    mien_read_options read;
} values;
static const values defaults = {
    .size = 160, .jobs = 1, .threads = -1, .rotate = MIEN_ROTATE_AUTO};

static const cli_option options[] = {
    CLI_ROW_TEXT(
        output, CLI_FOLDER, "output", 'o', "DIR",
        "folder for the chips; folders in a folder of photos are kept"),
    CLI_ROW_INT(size, "size", 's', "N", 8, MIEN_FACE_MAX_INPUT,
                "pixels of a chip's side (default {})"),
    CLI_ROW_CHOICE(by, "align", 0, "HOW", "five,box",
                   "turned and scaled by five points, as 'mien train faces' "
                   "does, or the square around the box: {choices} (default "
                   "five)"),
    CLI_ROW_REAL(margin, "margin", 0, "F", -0.4, 10,
                 "how much wider on each side, as a share of the chip without "
                 "it (default {})"),
    CLI_ROW_FLAG(all, "all", 0,
                 "every face, NAME-1.png and so on, the surest first; not the "
                 "largest alone"),
    CLI_ROW_CHOICE(format, "format", 'f', "NAME", "png,jpg",
                   "kind of the files: {choices} (default png)"),
    CLI_OPTION_JSON("a record a photo on standard output: its chips, and the "
                    "face of each"),
    CLI_OPTION_ROTATE,
    CLI_OPTION_RECURSIVE,
    CLI_OPTIONS_READ,
    CLI_OPTION_JOBS,
    CLI_OPTION_PHOTO_THREADS,
    CLI_OPTION_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien faces crop photos/ -o chips/",
     "the largest face of each photo, 160 x 160"},
    {"mien faces crop photos/ --align box --margin 0.2 --all -f jpg -o chips/",
     "every face with some of what is around it, not turned"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS_PHOTOS(
    "a chip of every photo was saved",
    "some photos could not be read or show no face", "no photo gave a chip");

typedef struct cropping {
    cli_files files;
    mien_reader *reader;
    mien_paths name;
    mien_crop_options how;
    int json;
    int *cut; /* [files.n] 1 + chips of each photo; 0: not done; -1: not read */
} cropping;

/* Save the faces of a photo that was read. */
static void save(cropping *c, int i, const mien_image *photo,
                 const mien_reading *r, cli_outcome *out)
{
    const cli_file *f = &c->files.file[i];
    mien_error err = {0};
    cli_photo_remarks(f->path, r, &out->report);
    if (mien_crop_save(photo, r, f->path, c->name.path[i], &c->how,
                       c->json ? &out->text : NULL, &err)) {
        mien_buffer_printf(&out->report, "%s", err.text);
        out->status = CLI_OUTPUT;
        return;
    }
    c->cut[i] = 1 + (r->faces.n && !c->how.all ? 1 : r->faces.n);
    if (!r->faces.n) {
        mien_buffer_printf(&out->report, "%s: no face found", f->path);
        out->status = CLI_PARTLY;
    }
}

/* cli_batch.work: cut out the faces of a photo. */
static void crop_one(void *arg, int i, int lane, cli_outcome *out)
{
    cropping *c = arg;
    const cli_file *f = &c->files.file[i];
    mien_reading r = {0};
    mien_image photo = {0};
    mien_error err = f->error;
    if (err.status ||
        mien_reader_read(c->reader, lane, f->path, &photo, &r, &err)) {
        c->cut[i] = -1;
        cli_photo_failed(f->path, &err, c->json, out);
        return;
    }
    save(c, i, &photo, &r, out);
    mien_faces_free(&r.faces);
    mien_image_free(&photo);
}

/* How many chips there are, and photos without. */
static int print_counts(const cropping *c, const char *folder)
{
    mien_buffer out = {0};
    int chips = 0, without = 0, unread = 0;
    for (int i = 0; i < c->files.n; i++) {
        chips += c->cut[i] > 1 ? c->cut[i] - 1 : 0;
        without += c->cut[i] == 1;
        unread += c->cut[i] < 0;
    }
    mien_buffer_printf(&out,
                       "%d chips in %s; of %d photos %d show no face, %d could "
                       "not be read\n",
                       chips, folder, c->files.n, without, unread);
    return cli_emit(&out);
}

/* The whole command but its clean-up; the status to exit with. */
static int crop(const cli_args *a, cropping *c)
{
    const values *v = a->values;
    mien_reader_options o = MIEN_READER_DEFAULTS;
    mien_error err = {0};
    int several = 0;
    if (!v->output) {
        cli_error("--output DIR is missing");
        return CLI_USAGE;
    }
    c->how =
        (mien_crop_options){v->output, v->format ? ".jpg" : ".png",
                            v->size,   v->by ? MIEN_CHIP_BOX : MIEN_CHIP_POINTS,
                            v->margin, v->all};
    c->json = v->json;
    c->files.recursive = v->recursive;
    if (!cli_files_named(&c->files, a, &several))
        return CLI_NOTHING;
    if (!cli_folder_make(v->output))
        return CLI_OUTPUT;
    o.image = v->read;
    o.face.rotate = (mien_rotate)v->rotate;
    o.lanes = v->jobs;
    o.threads = v->threads;
    cli_batch_lanes(c->files.n, &o.lanes, &o.threads);
    int status = cli_reader_open(&o, &c->reader);
    if (status)
        return status;
    c->cut = cli_alloc((size_t)c->files.n, sizeof *c->cut);
    if (!c->cut)
        return CLI_NOTHING;
    if (mien_crop_names(&c->files, &c->name, &err)) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    cli_batch batch = {&c->files, o.lanes, v->quiet, crop_one, c, NULL};
    status = cli_batch_run(&batch);
    if (!v->json && !print_counts(c, v->output) && !status)
        status = CLI_OUTPUT;
    return status;
}

static int run(const cli_args *a)
{
    cropping c = {0};
    int status = crop(a, &c);
    mien_reader_free(c.reader);
    mien_photo_list_free(&c.files);
    mien_paths_free(&c.name);
    free(c.cut);
    return status;
}

const cli_command cmd_faces_crop = {
    .name = "faces crop",
    .operands = "PHOTO|FOLDER|-...",
    .min_operands = 1,
    .max_operands = INT_MAX,
    .summary = "cut faces out of photos, for sets of one's own",
    .description =
        "Saves the largest face of each photo, or all of them, as square "
        "pictures of one size. With five points the eyes of every chip lie at "
        "0.42 of its height, the mouth at 0.74, as 'mien train faces' has "
        "them; what lies outside the photo is black. Chips are called as their "
        "photos, with the folders that hold these inside the one that is "
        "given, so that folders of classes stay such.",
    CLI_COMMAND_TABLES,
};
