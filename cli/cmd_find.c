/* cmd_find.c: known people in unknown photos. */
#include "cli/basis.h"
#include "cli/photos.h"
#include "cli/shell/files.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    cli_words known, unknown;
    const char *models;
    cli_basis_values basis;
    mien_match_options match;
    mien_detector detector;
    mien_describer descriptor;
    mien_rotate rotate;
    int show_distance, json, recursive, quiet;
    int jobs, threads;
    mien_read_options read;
} values;
static const values defaults = {.match = MIEN_MATCH_DEFAULTS,
                                .jobs = 1,
                                .threads = -1,
                                .rotate = MIEN_ROTATE_AUTO};

static const cli_option options[] = {
    CLI_ROW_TEXT(known, CLI_FILES, "known", 'k', "DIR|FILE.json",
                 "photos of people who agreed to be looked for: DIR/NAME.jpg, "
                 "or DIR/NAME/ with several photos; or their profiles, as "
                 "face-api.js writes them or as {key: {name, descriptors}}; "
                 "may be given again"),
    CLI_ROW_TEXT(unknown, CLI_FILES, "unknown", 'u', "DIR|FILE",
                 "photos to look through; may be given again, and others may "
                 "follow"),
    CLI_OPTIONS_BASIS,
    CLI_ROW_REAL(match.threshold, "tolerance", 0, "D", 0, 4,
                 "largest distance at which a face gets a name; smaller is "
                 "stricter (default: what --false-match gives, at most 0.6, of "
                 "mobilefacenet 1.21)"),
    CLI_ROW_CHOICE(match.rule, "rule", 0, "RULE", "nearest,mean",
                   "of a person's photos the nearest counts, or the mean "
                   "distance, as face-api.js' FaceMatcher has it: {choices} "
                   "(default {})"),
    CLI_ROW_REAL(match.false_match, "false-match", 0, "SHARE", 1e-6, 0.999,
                 "share of strangers who may get a name (default {}): the "
                 "more photos are known, the nearer a face must be"),
    CLI_ROW_FLAG(show_distance, "show-distance", 0,
                 "a third column: the distance, or None"),
    CLI_OPTION_DETECTOR(
        "network that finds faces: yunet (default), tiny or ssd"),
    CLI_OPTION_DESCRIPTOR,
    CLI_OPTION_ROTATE,
    CLI_OPTION_JSON(
        "JSON lines as analyze prints them, each face with name and distance"),
    CLI_OPTION_RECURSIVE,
    CLI_OPTIONS_READ,
    CLI_OPTION_JOBS,
    CLI_OPTION_PHOTO_THREADS,
    CLI_OPTION_MODELS,
    CLI_OPTION_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien find --known people/ --basis consent --purpose album "
     "--unknown inbox/",
     "a line a face: inbox/1.jpg,ann; why is kept in people/"},
    {"mien find --known people/ --unknown inbox/", "the next time"},
    {"mien find --known people/ --unknown 1.jpg --show-distance "
     "--tolerance 0.5",
     "stricter, with distances"},
    {"mien find --known bnk48.json --unknown 1.jpg --rule mean",
     "profiles of face-api.js, compared as it does"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS_PHOTOS(
    "every photo was read, whoever is in it", "some photos could not be read",
    "no photo could be read, nobody is known, nothing says why they may be "
    "looked for, or a model is missing");

typedef struct search {
    cli_files files;
    mien_reader_options options;
    mien_reader *reader;
    mien_people *people;
    mien_match_options match;
    cli_basis basis;
    int json, show_distance, quiet;
} search;

/* ---- known people -------------------------------------------------------- */

/* "ann/1.jpg" -> "ann"; "ann.jpg" -> "ann" */
static char *name_of(const char *path)
{
    size_t n = strcspn(path, "/");
    const char *dot = strrchr(path, '.');
    if (!path[n] && dot && dot != path)
        n = (size_t)(dot - path);
    return strndup(path, n);
}

/* Add the largest face of a photo; 0 when memory ended, reported. */
static int add_person(search *s, const cli_file *file, const mien_reading *r)
{
    const mien_face *face = mien_faces_largest(&r->faces, MIEN_FACE_DESCRIPTOR);
    mien_error err = {MIEN_ENOMEM, "out of memory"};
    cli_report_remarks(file->path, r);
    if (!face) {
        cli_error("%s: no face found; left out", file->path);
        return 1;
    }
    if (r->faces.n > 1 && !s->quiet)
        cli_error("%s: %d faces; the largest counts", file->path, r->faces.n);
    char *name = name_of(file->name);
    int added = name && mien_people_add(s->people, name, face->descriptor,
                                        &err) == MIEN_OK;
    free(name);
    if (!added)
        cli_error("%s: %s", file->path, err.text);
    return added;
}

/* Add the people of a file; 0, and a report, when it cannot be used. */
static int read_profiles(search *s, const char *path)
{
    mien_bytes bytes = {0};
    mien_error err = {0};
    float threshold = s->match.threshold;
    cli_basis_file file = {.basis = &s->basis};
    const mien_profiles_choice choice = {cli_basis_takes, &file};
    mien_status st =
        mien_file_load(path, MIEN_PROFILES_MAX_BYTES, &bytes, &err);
    if (!st) {
        st = mien_profiles_choose(bytes.data, bytes.n, &choice, s->people,
                                  &threshold, &err);
        if (st)
            cli_error("%s: %s", path, err.text);
        else if (cli_basis_settle(&file, path))
            st = MIEN_EARG;
    } else {
        cli_error("%s", err.text);
    }
    mien_bytes_free(&bytes);
    if (s->match.threshold < 0)
        s->match.threshold = threshold;
    return !st;
}

/* Read the photos of a folder: DIR/NAME.jpg, or DIR/NAME/photo.jpg.  Those that
 * cannot be read, or show no face, are reported and left out.  0, and a report,
 * when nobody is left. */
static int read_people(search *s, const cli_words *folders)
{
    cli_files files = {.recursive = 1, .each = 1};
    mien_error err = {0};
    int good = 1;
    if (mien_people_new_by(s->options.face.describer, &s->people, &err) !=
        MIEN_OK) {
        cli_error("%s", err.text);
        good = 0;
    }
    for (int i = 0; i < folders->n && good; i++)
        good = cli_is_json(folders->word[i])
                   ? read_profiles(s, folders->word[i])
                   : cli_files_add(&files, folders->word[i]);
    for (int i = 0; good && i < files.n && !cli_interrupted(); i++) {
        const cli_file *f = &files.file[i];
        mien_reading r = {0};
        err = f->error;
        if (err.status ||
            mien_reader_read(s->reader, 0, f->path, NULL, &r, &err))
            cli_error("%s: %s", f->path, err.text);
        else
            good = add_person(s, f, &r);
        mien_faces_free(&r.faces);
    }
    mien_photo_list_free(&files);
    if (good && !mien_people_count(s->people)) {
        cli_error("%s: nobody to look for: no photo with a face, no profile",
                  folders->word[0]);
        good = 0;
    }
    return good;
}

/* ---- unknown photos ------------------------------------------------------ */

/* A face so far outside the photo that it could not be described is nobody.
 * Descriptors were not asked for as output. */
static void print(const search *s, const char *path, const mien_reading *r,
                  mien_buffer *out)
{
    int n = r->faces.n;
    mien_match *match = cli_alloc((size_t)n, sizeof *match);
    for (int i = 0; match && i < n; i++) {
        const mien_face *f = &r->faces.face[i];
        int described = (f->has & MIEN_FACE_DESCRIPTOR) != 0;
        match[i] = mien_people_match(
            s->people, described ? f->descriptor : NULL, &s->match);
    }
    mien_photo_record record = {.file = path,
                                .reading = r,
                                .want = MIEN_FACE_DESCRIPTOR,
                                .hide = MIEN_FACE_DESCRIPTOR,
                                .match = match};
    if (!match) {
        out->failed = 1;
    } else if (s->json) {
        record.model = mien_reader_digests(s->reader, &record.models);
        mien_record_photo(&record, out);
    } else {
        mien_record_people_csv(path, n, match, s->show_distance, out);
    }
    free(match);
}

static void find_one(void *arg, int i, int lane, cli_outcome *out)
{
    search *s = arg;
    const cli_file *f = &s->files.file[i];
    mien_reading r;
    mien_error err = f->error;
    if (err.status ||
        mien_reader_read(s->reader, lane, f->path, NULL, &r, &err)) {
        cli_photo_failed(f->path, &err, s->json, out);
        return;
    }
    cli_photo_remarks(f->path, &r, &out->report);
    print(s, f->path, &r, &out->text);
    mien_faces_free(&r.faces);
}

/* May the people of folders be looked for?  Files tell when they are read.
 * CLI_OK, or the status to exit with, reported. */
static int ask_folders(const search *s, const cli_words *known)
{
    mien_basis note;
    int status = CLI_OK;
    for (int i = 0; i < known->n && !status; i++)
        if (!cli_is_json(known->word[i]))
            status = cli_basis_allows(&s->basis, known->word[i], &note);
    return status;
}

/* The options: CLI_OK, or the status to exit with, reported. */
static int read_options(const cli_args *a, search *s)
{
    const values *v = a->values;
    if (!v->known.n || !v->unknown.n) {
        cli_error("find: needs --known DIR|FILE.json and --unknown DIR|FILE; "
                  "try mien "
                  "find --help");
        return CLI_USAGE;
    }
    int status = cli_basis_read(a, &v->basis, &s->basis);
    if (status)
        return status;
    s->json = v->json;
    s->show_distance = v->show_distance;
    s->quiet = v->quiet;
    s->files.recursive = v->recursive;
    s->options.face.want = MIEN_FACE_DESCRIPTOR;
    s->options.face.detector = v->detector;
    s->options.face.describer = v->descriptor;
    s->options.face.rotate = v->rotate;
    s->options.image = v->read;
    s->options.models = v->models;
    s->options.lanes = v->jobs;
    s->options.threads = v->threads;
    s->match = v->match;
    s->match.at_most = 1;
    return ask_folders(s, &v->known);
}

/* One line: how near a face must be, and how many strangers are named then. */
static void print_threshold(const search *s)
{
    int people = mien_people_count(s->people), photos = 0;
    for (int i = 0; i < people; i++)
        for (int n = 0; mien_people_descriptor(s->people, i, n); n++)
            photos++;
    float threshold = mien_people_threshold(s->people, &s->match);
    cli_error("%d %s known by %d photo%s: a face within %.3g gets a name, and "
              "about %.2g %% of strangers do (--false-match, --tolerance)",
              people, people == 1 ? "person" : "people", photos,
              photos == 1 ? "" : "s", (double)threshold,
              100 * mien_people_strangers(s->people, &s->match));
}

/* The whole command but its clean-up; the status to exit with. */
static int find(const cli_args *a, search *s)
{
    const values *v = a->values;
    int several = 0, status = read_options(a, s);
    if (status)
        return status;
    for (int i = 0; i < v->unknown.n; i++)
        if (!cli_files_add(&s->files, v->unknown.word[i]))
            return CLI_NOTHING;
    if (!cli_files_named(&s->files, a, &several))
        return CLI_NOTHING;
    cli_batch_lanes(s->files.n, &s->options.lanes, &s->options.threads);
    status = cli_reader_open(&s->options, &s->reader);
    if (status)
        return status;
    if (!read_people(s, &v->known))
        return CLI_NOTHING;
    if (!s->quiet)
        print_threshold(s);
    cli_batch batch = {&s->files, s->options.lanes, s->quiet, find_one, s,
                       NULL};
    return cli_batch_run(&batch);
}

static int run(const cli_args *a)
{
    search s = {.options = MIEN_READER_DEFAULTS};
    int status = find(a, &s);
    mien_people_free(s.people);
    mien_reader_free(s.reader);
    mien_photo_list_free(&s.files);
    return status;
}

const cli_command cmd_find = {
    .name = "find",
    .operands = "--known DIR|FILE.json --unknown DIR|FILE...",
    .min_operands = 0,
    .max_operands = INT_MAX,
    .summary = "find known people in photos",
    .description =
        "Compare every face in the unknown photos with the largest face of "
        "each "
        "known photo, and print a CSV line for each: path,name. A face that is "
        "near nobody is unknown_person; a photo without faces gives "
        "no_persons_found.\n\n"
        "The more people are known, the more strangers look like one of them. "
        "Within 0.6, 3 % of strangers get a name when 5 photos are known, 11 % "
        "with 20, 24 % with 50 and 57 % with 200 (Labelled Faces in the Wild). "
        "So the default distance shrinks, 0.56, 0.52, 0.50 and 0.46 there, for "
        "1 % of strangers; 94 %, 84 %, 79 % and 58 % of the known are still "
        "named by one photo each. More photos of each person help, and so does "
        "--descriptor mobilefacenet: 98 %, 98 %, 98 % and 93 %.\n\n"
        "Nobody is looked for without a reason: --basis and --purpose are said "
        "once for each of --known and kept there, in FOLDER/.mien-basis.json "
        "or FILE.basis, until the day that --expires says. After that day the "
        "search is refused, until --basis, --purpose and --expires are said "
        "again. Profiles with a `consent`, as the browser's page writes them, "
        "are taken by that: those whose consent has ended, or was for "
        "something else than --purpose, are left out.\n\n"
        "The photos looked through must be yours to look through. But for "
        "that note mien keeps nothing: no descriptors are written to disk.",
    CLI_COMMAND_TABLES,
};
