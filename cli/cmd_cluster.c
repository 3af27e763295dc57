/* cmd_cluster.c: unknown faces of photos, put together by who they show. */
#include "cli/photos.h"
#include "cli/shell/files.h"

#include <limits.h>
#include <stdlib.h>

typedef struct values {
    const char *output, *models;
    double threshold;
    int method, least, most, core, show, json;
    mien_detector detector;
    mien_describer descriptor;
    mien_rotate rotate;
    int recursive, jobs, threads, quiet;
    mien_read_options read;
} values;
static const values defaults = {.threshold = -1,
                                .least = 2,
                                .most = 128,
                                .core = 3,
                                .show = 300,
                                .jobs = 1,
                                .threads = -1,
                                .rotate = MIEN_ROTATE_AUTO};

static const cli_option options[] = {
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE.html",
                 "page with the faces, which needs no other file"),
    CLI_ROW_REAL(threshold, "threshold", 0, "D", 0, 4,
                 "faces nearer to each other are neighbours; smaller is "
                 "stricter (default: 0.48, of mobilefacenet 1)"),
    CLI_ROW_INT(least, "min", 'm', "N", 1, INT_MAX,
                "faces of a group; fewer are in none (default {})"),
    CLI_ROW_CHOICE(method, "method", 0, "HOW", "whispers,dbscan",
                   "Chinese whispers: a face goes where most of its neighbours "
                   "are; or DBSCAN: also along chains of neighbours: {choices} "
                   "(default {})"),
    CLI_ROW_INT(core, "core", 0, "N", 1, MIEN_CLUSTER_MOST,
                "DBSCAN: faces that must lie within the threshold, the face "
                "itself among them, for it to take others along (default {})"),
    CLI_ROW_INT(most, "neighbours", 0, "N", 1, MIEN_CLUSTER_MOST,
                "most neighbours that count of a face, the nearest: bounds the "
                "memory (default {})"),
    CLI_ROW_INT(show, "show", 0, "N", 0, INT_MAX,
                "most faces of a group on the page; 0: all (default {})"),
    CLI_OPTION_DETECTOR(
        "network that finds faces: yunet (default), tiny or ssd"),
    CLI_OPTION_DESCRIPTOR,
    CLI_OPTION_ROTATE,
    CLI_OPTION_JSON("JSON on standard output: the groups, each face with file "
                    "and box"),
    CLI_OPTION_RECURSIVE,
    CLI_OPTIONS_READ,
    CLI_OPTION_JOBS,
    CLI_OPTION_PHOTO_THREADS,
    CLI_OPTION_MODELS,
    CLI_OPTION_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien cluster photos/ -o sheet.html",
     "who is in many photos? one page, the largest groups first"},
    {"mien cluster -r photos/ --json | jq '.groups[0].faces[].file'",
     "the photos of whoever is in most of them"},
    {"mien cluster photos/ --threshold 0.42 --min 5 -o sheet.html",
     "stricter, and only who is there five times"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS_PHOTOS(
    "every photo was read, whoever is in it", "some photos could not be read",
    "no photo could be read, or a model is missing");

typedef struct clustering {
    cli_files files;
    mien_reader *reader;
    mien_face_groups *groups;
    int page; /* 1: faces are kept as pictures */
} clustering;

/* cli_batch.work: read the faces of a photo. */
static void read_one(void *arg, int i, int lane, cli_outcome *out)
{
    clustering *c = arg;
    const cli_file *f = &c->files.file[i];
    mien_reading r = {0};
    mien_image photo = {0};
    mien_error err = f->error;
    if (!err.status)
        (void)!mien_reader_read(c->reader, lane, f->path,
                                c->page ? &photo : NULL, &r, &err);
    if (!err.status)
        (void)!mien_face_groups_add(c->groups, i, &photo, &r, &err);
    if (err.status) {
        mien_face_groups_fail(c->groups, i, &err);
        cli_photo_failed(f->path, &err, 0, out);
    } else {
        cli_photo_remarks(f->path, &r, &out->report);
    }
    mien_faces_free(&r.faces);
    mien_image_free(&photo);
}

static int is_stopped(void *arg, int64_t done, int64_t of)
{
    (void)arg;
    (void)done;
    (void)of;
    return cli_interrupted();
}

/* Put the faces together; 0, and a report, if that fails. */
static int put_together(clustering *c, const values *v)
{
    mien_cluster_options o = MIEN_CLUSTER_DEFAULTS;
    mien_error err = {0};
    o.method = (mien_cluster_method)v->method;
    o.threshold = v->threshold < 0 ? mien_face_groups_threshold(v->descriptor)
                                   : (float)v->threshold;
    o.least = v->least;
    o.most = v->most;
    o.core = v->core;
    o.on_faces = is_stopped;
    mien_status st =
        mien_pool_new(v->threads > 0 ? v->threads : 0, &o.pool, &err);
    if (!st)
        st = mien_face_groups_find(c->groups, &o, &err);
    mien_pool_free(o.pool);
    if (st && !cli_interrupted())
        cli_error("%s", err.text);
    return !st;
}

/* What there is, said in two lines at most. */
static void report_counts(const clustering *c, const char *output)
{
    mien_face_count n = mien_face_groups_count(c->groups);
    const mien_clusters *g = mien_face_groups_clusters(c->groups);
    cli_error("%d face%s in %d photo%s: %d in %d group%s, %d in none; %d "
              "photo%s without a face, %d not read",
              n.faces, n.faces == 1 ? "" : "s", n.photos,
              n.photos == 1 ? "" : "s", n.grouped, n.groups,
              n.groups == 1 ? "" : "s", n.faces - n.grouped, n.without,
              n.without == 1 ? "" : "s", n.unread);
    if (g->capped)
        cli_error("%lld faces have more neighbours than --neighbours: the "
                  "nearest counted",
                  (long long)g->capped);
    if (output)
        cli_error("%s shows faces: it is personal data", output);
}

/* Write the page, or the status to exit with. */
static int write_page(const clustering *c, const values *v)
{
    mien_buffer page = {0};
    mien_error err = {0};
    mien_face_groups_page(c->groups, v->show, &page);
    mien_status st = page.failed
                         ? MIEN_ENOMEM
                         : mien_file_save(v->output, page.data, page.n, &err);
    if (st)
        cli_error("%s", err.status ? err.text : "out of memory");
    mien_buffer_free(&page);
    return st ? CLI_OUTPUT : CLI_OK;
}

/* Are the options ones that go together?  CLI_OK, or the status to exit with.
 */
static int check(const values *v)
{
    if (!v->output && !v->json) {
        cli_error("cluster: needs -o FILE.html, or --json");
        return CLI_USAGE;
    }
    if (v->core > v->most + 1) {
        cli_error("cluster: --core %d is more than --neighbours %d and the "
                  "face itself",
                  v->core, v->most);
        return CLI_USAGE;
    }
    return v->output && !cli_output_ready(v->output) ? CLI_OUTPUT : CLI_OK;
}

/* Read all photos; the status to exit with. */
static int read_photos(const cli_args *a, clustering *c)
{
    enum { SIDE = 112 };
    const values *v = a->values;
    mien_reader_options o = MIEN_READER_DEFAULTS;
    mien_error err = {0};
    int several = 0;
    c->files.recursive = v->recursive;
    c->page = v->output != NULL;
    if (!cli_files_named(&c->files, a, &several))
        return CLI_NOTHING;
    o.face.want = MIEN_FACE_DESCRIPTOR;
    o.face.detector = v->detector;
    o.face.describer = v->descriptor;
    o.face.rotate = v->rotate;
    o.image = v->read;
    o.models = v->models;
    o.lanes = v->jobs;
    o.threads = v->threads;
    cli_batch_lanes(c->files.n, &o.lanes, &o.threads);
    int status = cli_reader_open(&o, &c->reader);
    if (status)
        return status;
    if (mien_face_groups_new(&c->files, c->page ? SIDE : 0, v->descriptor,
                             &c->groups, &err)) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    cli_batch batch = {.files = &c->files,
                       .jobs = o.lanes,
                       .quiet = v->quiet,
                       .work = read_one,
                       .arg = c};
    return cli_batch_run(&batch);
}

/* The whole command but its clean-up; the status to exit with. */
static int cluster(const cli_args *a, clustering *c)
{
    const values *v = a->values;
    int status = check(v);
    if (!status)
        status = read_photos(a, c);
    if (status != CLI_OK && status != CLI_PARTLY)
        return status;
    if (!put_together(c, v))
        return cli_interrupted() ? CLI_INTERRUPTED : CLI_NOTHING;
    if (v->output && write_page(c, v) != CLI_OK)
        return CLI_OUTPUT;
    if (v->json) {
        mien_buffer out = {0};
        mien_face_groups_json(c->groups, &out);
        if (!cli_emit(&out))
            return CLI_OUTPUT;
    }
    if (!v->quiet)
        report_counts(c, v->output);
    return status;
}

static int run(const cli_args *a)
{
    clustering c = {0};
    int status = cluster(a, &c);
    mien_face_groups_free(c.groups);
    mien_reader_free(c.reader);
    mien_photo_list_free(&c.files);
    return status;
}

const cli_command cmd_cluster = {
    .name = "cluster",
    .operands = "PHOTO|FOLDER|-...",
    .min_operands = 1,
    .max_operands = INT_MAX,
    .summary = "put unknown faces together by who they show",
    .description =
        "Finds every face in the photos, compares each with each, and puts "
        "those together that are alike: groups with numbers and no names, the "
        "largest first, and faces in no group. The page holds the faces as "
        "small pictures, each with the name of its file.\n\n"
        "Groups are estimates. At the default threshold a person often has "
        "several groups before two people share one; the more photos there "
        "are, the smaller the threshold should be. docs/people.md has "
        "figures.\n\n"
        "Nothing is kept but what you name with -o, and that is personal data: "
        "it shows faces of people, and which photos show the same person. The "
        "photos must be yours to look through.",
    CLI_COMMAND_TABLES,
};
