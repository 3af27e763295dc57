/* cmd_find.c: known people in unknown photos. */
#include "cli/cli.h"
#include "cli/cli_batch.h"
#include "cli/cli_people.h"
#include "cli/cli_record.h"

#include <math.h>
#include <string.h>

enum {
    OPT_KNOWN,
    OPT_UNKNOWN,
    OPT_TOLERANCE,
    OPT_SHOW_DISTANCE,
    OPT_DETECTOR,
    OPT_JSON,
    OPT_RECURSIVE,
    OPT_ORIENTATION,
    OPT_JOBS,
    OPT_THREADS,
    OPT_MODELS,
    OPT_QUIET
};

static const cli_option options[] = {
    {"known", 'k', CLI_FOLDER, "DIR", NULL,
     "photos of people who agreed to be looked for: DIR/NAME.jpg, or "
     "DIR/NAME/ with several photos"},
    {"unknown", 'u', CLI_FILE, "DIR|FILE", NULL, "photos to look through"},
    {"tolerance", 0, CLI_NUMBER, "D", NULL,
     "largest distance at which a face gets a name (default 0.6); smaller "
     "is stricter"},
    {"show-distance", 0, CLI_FLAG, NULL, NULL,
     "a third column: the distance, or None"},
    {"detector", 'd', CLI_CHOICE, "NAME", "yunet,tiny,ssd",
     "network that finds faces: yunet (default), tiny or ssd"},
    {"json", 'j', CLI_FLAG, NULL, NULL,
     "JSON lines as analyze prints them, each face with name and distance"},
    {"recursive", 'r', CLI_FLAG, NULL, NULL, "look through folders of folders"},
    CLI_OPTION_ORIENTATION,
    {"jobs", 'J', CLI_NUMBER, "N", NULL,
     "photos at a time (default 1; 0: one for each processor)"},
    {"threads", 't', CLI_NUMBER, "N", NULL,
     "threads inside one photo (default: one for each processor, or 1 with "
     "--jobs)"},
    CLI_OPTION_MODELS,
    CLI_OPTION_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien find --known people/ --unknown inbox/",
     "a line a face: inbox/1.jpg,ann"},
    {"mien find --known people/ --unknown 1.jpg --show-distance "
     "--tolerance 0.5",
     "stricter, with distances"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "every photo was read, whoever is in it"},
    {"1", "some photos could not be read"},
    {"2", "the command line is wrong"},
    {"3", "no photo could be read, nobody is known, or a model is missing"},
    {"4", "output could not be written"},
    {"130", "interrupted"},
    {NULL, NULL},
};

typedef struct search {
    cli_files files;
    cli_reader reader;
    cli_people people;
    float tolerance;
    int json, show_distance;
} search;

/* A field of a CSV line, in quotes where RFC 4180 wants them. */
static void csv_field(const char *text, mien_buffer *out)
{
    if (!strpbrk(text, ",\"\r\n")) {
        mien_buffer_puts(out, text);
        return;
    }
    mien_buffer_puts(out, "\"");
    for (; *text; text++) {
        if (*text == '"')
            mien_buffer_puts(out, "\"");
        mien_buffer_put(out, text, 1);
    }
    mien_buffer_puts(out, "\"");
}

static void csv_line(const search *s, const char *path, const char *name,
                     const float *distance, mien_buffer *out)
{
    csv_field(path, out);
    mien_buffer_puts(out, ",");
    csv_field(name, out);
    if (s->show_distance && distance)
        mien_buffer_printf(out, ",%.6f", (double)*distance);
    else if (s->show_distance)
        mien_buffer_puts(out, ",None");
    mien_buffer_puts(out, "\n");
}

/* The name of a face and how far the nearest known person is; NULL for a face
 * that is near nobody, or that lies so far outside the photo that it could not
 * be described (then the distance is no number). */
static const char *name_of(const search *s, const mien_face *f, float *distance)
{
    *distance = NAN;
    if (!(f->has & MIEN_FACE_DESCRIPTOR))
        return NULL;
    const cli_person *p =
        cli_people_nearest(&s->people, f->descriptor, distance);
    return *distance <= s->tolerance ? p->name : NULL;
}

static void print_csv(const search *s, const cli_reading *r, mien_buffer *out)
{
    if (!r->faces.n)
        csv_line(s, r->file, "no_persons_found", NULL, out);
    for (int i = 0; i < r->faces.n; i++) {
        float d;
        const char *name = name_of(s, &r->faces.face[i], &d);
        if (name)
            csv_line(s, r->file, name, &d, out);
        else
            csv_line(s, r->file, "unknown_person", NULL, out);
    }
}

/* Descriptors are needed to find names; they were not asked for as output. */
static json_t *record_json(search *s, const cli_reading *r)
{
    json_t *o = cli_record(&s->reader, r);
    json_t *faces = json_object_get(o, "faces");
    int failed = 0;
    for (int i = 0; i < r->faces.n && faces; i++) {
        json_t *face = json_array_get(faces, (size_t)i);
        float d;
        const char *name = name_of(s, &r->faces.face[i], &d);
        json_object_del(face, "descriptor");
        json_object_del(face, "landmarks");
        failed |= json_object_set_new(face, "name", cli_json_text(name));
        failed |= json_object_set_new(face, "distance",
                                      cli_json_number((double)d, 6));
    }
    if (!failed)
        return o;
    json_decref(o);
    return NULL;
}

static void find_one(void *arg, int i, int lane, cli_outcome *out)
{
    search *s = arg;
    const cli_file *f = &s->files.file[i];
    cli_reading r = {.error = f->error};
    if (!f->error.status)
        cli_reader_read(&s->reader, lane, f->path, NULL, &r);
    if (r.error.status) {
        out->status = CLI_PARTLY;
        mien_buffer_printf(&out->report, "%s: %s", f->path, r.error.text);
        if (s->json)
            cli_json_print(&out->text, cli_record_failed(f->path, &r.error),
                           JSON_COMPACT);
        return;
    }
    if (s->json)
        cli_json_print(&out->text, record_json(s, &r), JSON_COMPACT);
    else
        print_csv(s, &r, &out->text);
    mien_faces_free(&r.faces);
}

static int check_options(const cli_args *a, search *s)
{
    if (!cli_given(a, OPT_KNOWN) || !cli_given(a, OPT_UNKNOWN)) {
        cli_error("find: needs --known DIR and --unknown DIR|FILE; try mien "
                  "find --help");
        return 0;
    }
    s->json = cli_given(a, OPT_JSON);
    s->show_distance = cli_given(a, OPT_SHOW_DISTANCE);
    s->files.recursive = cli_given(a, OPT_RECURSIVE);
    s->reader.options.want = MIEN_FACE_DESCRIPTOR;
    s->reader.options.detector = (mien_detector)cli_choice(a, OPT_DETECTOR, 0);
    s->reader.read.ignore_orientation = cli_given(a, OPT_ORIENTATION);
    return cli_float(a, OPT_TOLERANCE, 0, 4, &s->tolerance);
}

static int find(const cli_args *a, search *s)
{
    if (!check_options(a, s))
        return CLI_USAGE;
    if (!cli_files_add(&s->files, a->value[OPT_UNKNOWN]))
        return CLI_NOTHING;
    if (!cli_batch_lanes(a, OPT_JOBS, OPT_THREADS, s->files.n, &s->reader.lanes,
                         &s->reader.threads))
        return CLI_USAGE;
    int quiet = cli_given(a, OPT_QUIET);
    int status = cli_reader_open(&s->reader, a->value[OPT_MODELS]);
    if (status)
        return status;
    if (!cli_people_read(&s->reader, a->value[OPT_KNOWN], quiet, &s->people))
        return CLI_NOTHING;
    cli_batch batch = {&s->files, s->reader.lanes, quiet, find_one, s};
    return cli_batch_run(&batch);
}

static int run(const cli_args *a)
{
    search s = {
        .tolerance = MIEN_SAME_PERSON,
        .reader = {.options = MIEN_FACE_DEFAULTS, .read = MIEN_READ_DEFAULTS}};
    int status = find(a, &s);
    cli_people_free(&s.people);
    cli_reader_close(&s.reader);
    cli_files_free(&s.files);
    return status;
}

const cli_command cmd_find = {
    "find",
    "--known DIR --unknown DIR|FILE",
    0,
    0,
    "find known people in photos",
    "Compare every face in the unknown photos with the largest face of each "
    "known photo, and print a CSV line for each: path,name. A face that is "
    "near nobody is unknown_person; a photo without faces gives "
    "no_persons_found.\n\n"
    "The people in --known must have agreed to be looked for, and the photos "
    "looked through must be yours to look through. mien keeps nothing: no "
    "descriptors are written to disk.",
    options,
    examples,
    exits,
    run,
};
