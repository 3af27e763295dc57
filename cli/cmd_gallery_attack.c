/* cmd_gallery_attack.c: a gallery attacked by its owner. */
#include "cli/gallery.h"
#include "cli/gallery_faces.h"

#include "cli/shell/files.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    cli_gallery_values open;
    cli_gallery_faces_values read;
    cli_words photos;
    double tolerance;
    int json;
} values;
static const values defaults = {.read = CLI_GALLERY_FACES_DEFAULTS};

static const cli_option options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_ROW_TEXT(photos, CLI_FILES, "photos", 0, "DIR|FILE",
                 "photos that others may have: whom of the gallery do they "
                 "name? May be given again"),
    CLI_ROW_REAL(tolerance, "tolerance", 0, "D", 0.0001, 1000,
                 "a distance below it is the same person (default: the "
                 "network's usual)"),
    CLI_OPTIONS_GALLERY_FACES,
    CLI_OPTION_JSON("a JSON object"),
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien gallery attack people.db", "what do the files tell?"},
    {"mien gallery attack people.db --photos website/",
     "and whom do these name, if the key is lost?"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "nothing that is sealed lies in the open"},
    {"1", "something does, which is told; or some photos could not be read"},
    CLI_EXIT_USAGE,
    {"3", "the gallery could not be opened, or a model is missing"},
    CLI_EXIT_OUTPUT,
    {NULL, NULL},
};

/* ---- photos -------------------------------------------------------------- */

typedef struct attacking {
    cli_gallery_reader r;
    cli_files files;
    float *row; /* [n, r.numbers] */
    int n, failed;
} attacking;

/* Keep the descriptors of a photo's faces; 0: memory ended. */
static int keep(attacking *t, const mien_faces *faces)
{
    size_t one = (size_t)t->r.numbers;
    float *more = cli_alloc((size_t)(t->n + faces->n) * one + 1, sizeof *more);
    if (!more)
        return 0;
    if (t->n)
        memcpy(more, t->row, (size_t)t->n * one * sizeof *more);
    free(t->row);
    t->row = more;
    for (int i = 0; i < faces->n; i++) {
        mien_gallery_faces f;
        if (cli_gallery_reader_face(&t->r, &faces->face[i], &f))
            memcpy(more + (size_t)t->n++ * one, f.descriptor,
                   one * sizeof *more);
    }
    return 1;
}

/* Read every photo; CLI_OK, or the status to exit with, reported. */
static int read_photos(const values *v, attacking *t)
{
    int good = 1;
    t->files.each = t->files.recursive = 1;
    for (int i = 0; good && i < v->photos.n; i++)
        good = cli_files_add(&t->files, v->photos.word[i]);
    for (int i = 0; good && i < t->files.n; i++) {
        const cli_file *f = &t->files.file[i];
        mien_reading r = {0};
        mien_error err = f->error;
        if (err.status ||
            mien_reader_read(t->r.reader, 0, f->path, NULL, &r, &err)) {
            cli_error_at(f->path, &err);
            t->failed++;
            continue;
        }
        good = keep(t, &r.faces);
        mien_faces_free(&r.faces);
    }
    return good ? CLI_OK : CLI_NOTHING;
}

/* ---- what is told -------------------------------------------------------- */

/* "3 of 12, 25 %". */
static void put_share(mien_buffer *out, int64_t part, int64_t of)
{
    mien_buffer_printf(out, "%lld of %lld", (long long)part, (long long)of);
    if (of)
        mien_buffer_printf(out, ", %.3g %%", 100. * (double)part / (double)of);
}

/* How alike sealed faces are. */
static void put_pairs(mien_buffer *out, const char *whose,
                      const mien_gallery_pairs *p)
{
    if (p->pairs)
        mien_buffer_printf(out,
                           "  bits that two sealed faces %s share: %.4f, where "
                           "chance is 0.5, give or take %.4f (%lld pairs)\n",
                           whose, p->bits, p->error, (long long)p->pairs);
}

/* What the files tell without a key. */
static void put_without(const mien_gallery_attacked *a, mien_buffer *out)
{
    const mien_gallery_open_data *o = &a->open;
    char first[32], last[32];
    cli_gallery_time(o->first, first);
    cli_gallery_time(o->last, last);
    mien_buffer_printf(
        out,
        "WITHOUT THE KEY the files tell\n"
        "  people: %d, erased: %lld, faces: %d, networks: %d, negatives: %d, "
        "files of evidence: %d, of inferred rows: %d, changes that can be "
        "taken back: %d, and the "
        "number of whose each is\n"
        "  the length of a name with its basis and purpose: %lld to %lld "
        "bytes, sealed\n",
        o->people, (long long)o->erased, o->faces, o->networks, o->negatives,
        o->evidence, o->inferred, o->undo, (long long)o->least,
        (long long)o->most);
    if (o->evidence + o->inferred > 0)
        mien_buffer_printf(out,
                           "  the size of each of those files: %lld to %lld "
                           "bytes\n",
                           (long long)o->smallest, (long long)o->largest);
    mien_buffer_printf(out,
                       "  %lld entries of the log, from %s to %s: when, what "
                       "kind, which number; %lld searches, and whom %lld of "
                       "them found, by number\n",
                       (long long)o->entries, first, last,
                       (long long)o->searches, (long long)o->named);
    mien_buffer_printf(out, "  sealed rows that begin alike: %lld of %lld\n",
                       (long long)a->rest.equal, (long long)a->rest.rows);
    put_pairs(out, "of one entry", &a->rest.same);
    put_pairs(out, "of two entries that the key links", &a->rest.linked);
    put_pairs(out, "of others", &a->rest.other);
}

/* What the key tells. */
static void put_with(const mien_gallery_attacked *a, double threshold,
                     mien_buffer *out)
{
    const mien_gallery_linked *l = &a->linked;
    mien_buffer_printf(out,
                       "WITH THE KEY all can be read; %d faces compared within "
                       "%.4g\n  entries linked to one of another purpose: ",
                       l->faces, threshold);
    put_share(out, l->linked, l->entries);
    mien_buffer_puts(out,
                     "\n  so sure: pairs of faces of one entry that link, ");
    put_share(out, l->same_near, l->same);
    mien_buffer_puts(out, "; of two entries of one purpose, ");
    put_share(out, l->other_near, l->other);
    mien_buffer_printf(out, "\n  %d faces of photos: named are ", a->photos);
    put_share(out, a->photos_named, a->photos);
    mien_buffer_puts(out, "; people of the gallery who are named, ");
    put_share(out, a->people_named, a->open.people);
    mien_buffer_puts(
        out, "\nNOT TRIED: to guess the passphrase; the memory of a process "
             "that has it open; to draw faces from descriptors, which is known "
             "to work: keep the key as you would keep their photos\n");
}

/* The whole as text. */
static void put_text(const mien_gallery_attacked *a, double threshold,
                     mien_buffer *out)
{
    const mien_gallery_plain *p = &a->plain;
    mien_buffer_printf(
        out,
        "IN THE OPEN: %d found, in files: %d, bytes: %lld\n"
        "  looked for names: %d, descriptors (as floats, doubles and bytes): "
        "%d, files of evidence: %d, of inferred rows: %d; left out, since "
        "chance would find them: "
        "%d\n",
        p->found, p->files, (long long)p->bytes, p->names, p->descriptors,
        p->evidence, p->inferred, p->left_out);
    if (p->found)
        mien_buffer_printf(out, "  the first: %s\n", p->where);
    if (p->on_server)
        mien_buffer_puts(out, "  the data are on a server: looked at as it "
                              "sends them, not in its files, its journal and "
                              "its backups\n");
    put_without(a, out);
    put_with(a, threshold, out);
}

/* A member: an object of two counts. */
static void put_counts(mien_json *j, const char *key, int64_t part, int64_t of)
{
    mien_json_object(j, key);
    mien_json_int(j, "count", part);
    mien_json_int(j, "of", of);
    mien_json_close(j);
}

/* What the files tell without a key, as a member. */
static void put_json_open(const mien_gallery_open_data *o, mien_json *j)
{
    mien_json_object(j, "without_key");
    mien_json_int(j, "people", o->people);
    mien_json_int(j, "erased", o->erased);
    mien_json_int(j, "faces", o->faces);
    mien_json_int(j, "networks", o->networks);
    mien_json_int(j, "negatives", o->negatives);
    mien_json_int(j, "evidence", o->evidence);
    mien_json_int(j, "inferred", o->inferred);
    mien_json_int(j, "undo", o->undo);
    mien_json_int(j, "person_bytes_least", o->least);
    mien_json_int(j, "person_bytes_most", o->most);
    mien_json_int(j, "evidence_bytes_least", o->smallest);
    mien_json_int(j, "evidence_bytes_most", o->largest);
    mien_json_int(j, "log_entries", o->entries);
    mien_json_int(j, "log_first", o->first);
    mien_json_int(j, "log_last", o->last);
    put_counts(j, "searches_named", o->named, o->searches);
    mien_json_close(j);
}

/* How alike sealed faces are, as a member. */
static void put_json_pairs(mien_json *j, const char *key,
                           const mien_gallery_pairs *p)
{
    mien_json_object(j, key);
    mien_json_int(j, "pairs", p->pairs);
    mien_json_real(j, "bits_alike", p->bits, 4);
    mien_json_real(j, "standard_error", p->error, 4);
    mien_json_close(j);
}

/* The same as an object. */
static void put_json(const mien_gallery_attacked *a, double threshold,
                     const attacking *t, mien_buffer *out)
{
    const mien_gallery_plain *p = &a->plain;
    mien_json j = mien_json_on(out, 2);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "schema", "mien/attack/1");
    mien_json_object(&j, "in_the_open");
    mien_json_int(&j, "found", p->found);
    mien_json_text(&j, "first", p->where);
    mien_json_int(&j, "names", p->names);
    mien_json_int(&j, "descriptors", p->descriptors);
    mien_json_int(&j, "evidence", p->evidence);
    mien_json_int(&j, "inferred", p->inferred);
    mien_json_int(&j, "left_out", p->left_out);
    mien_json_int(&j, "files", p->files);
    mien_json_int(&j, "bytes", p->bytes);
    mien_json_bool(&j, "on_server", p->on_server);
    mien_json_close(&j);
    put_json_open(&a->open, &j);
    mien_json_object(&j, "at_rest");
    put_counts(&j, "equal", a->rest.equal, a->rest.rows);
    put_json_pairs(&j, "of_one", &a->rest.same);
    put_json_pairs(&j, "of_linked", &a->rest.linked);
    put_json_pairs(&j, "of_others", &a->rest.other);
    mien_json_close(&j);
    mien_json_object(&j, "with_key");
    mien_json_real(&j, "threshold", threshold, 4);
    mien_json_int(&j, "faces", a->linked.faces);
    put_counts(&j, "linked_across_purposes", a->linked.linked,
               a->linked.entries);
    put_counts(&j, "pairs_of_one", a->linked.same_near, a->linked.same);
    put_counts(&j, "pairs_of_two", a->linked.other_near, a->linked.other);
    put_counts(&j, "photos_named", a->photos_named, a->photos);
    put_counts(&j, "people_named", a->people_named, a->open.people);
    mien_json_int(&j, "photos_failed", t->failed);
    mien_json_close(&j);
    mien_json_array(&j, "not_tried");
    mien_json_text(&j, NULL, "guessing the passphrase");
    mien_json_text(&j, NULL, "memory of a process that has the gallery open");
    mien_json_text(&j, NULL, "drawing faces from descriptors");
    if (p->on_server)
        mien_json_text(&j, NULL, "the server's files, journal and backups");
    mien_json_close(&j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}

/* ---- the command --------------------------------------------------------- */

/* Attack, and tell. */
static int attack(const values *v, mien_gallery *g, attacking *t)
{
    mien_gallery_attacked a = {0};
    mien_error err = {0};
    mien_buffer out = {0};
    mien_gallery_faces f = {
        .n = t->n, .numbers = t->r.numbers, .descriptor = t->row};
    float threshold = v->tolerance > 0
                          ? (float)v->tolerance
                          : mien_describer_threshold(v->read.descriptor);
    memcpy(f.model, cli_gallery_reader_model(&t->r), sizeof f.model);
    mien_status st = mien_gallery_attack(g, &f, threshold, &a, &err);
    if (st)
        return cli_gallery_failed(st, &err);
    if (v->json)
        put_json(&a, (double)threshold, t, &out);
    else
        put_text(&a, (double)threshold, &out);
    if (t->failed && !v->json)
        cli_error("%d photo%s could not be read", t->failed,
                  t->failed == 1 ? "" : "s");
    return !cli_emit(&out)              ? CLI_OUTPUT
           : a.plain.found || t->failed ? CLI_PARTLY
                                        : CLI_OK;
}

/* Open the gallery and the networks, read the photos. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    attacking t = {0};
    mien_gallery *g = NULL;
    int status = cli_gallery_open(a->operand[0], &v->open, &g);
    if (status)
        return status;
    status = cli_gallery_reader_open(&v->read, &t.r);
    if (!status)
        status = read_photos(v, &t);
    if (!status)
        status = attack(v, g, &t);
    cli_gallery_reader_close(&t.r);
    mien_photo_list_free(&t.files);
    if (t.row)
        memset(t.row, 0, (size_t)t.n * (size_t)t.r.numbers * sizeof *t.row);
    free(t.row);
    mien_gallery_close(g);
    return status;
}

const cli_command cmd_gallery_attack = {
    .name = "gallery attack",
    .operands = "PEOPLE.db",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "attack a gallery, and tell what came of it",
    .description =
        "Looks for every name, descriptor and form in the bytes of the files; "
        "tells what they give away without the key; whether sealed rows of one "
        "person are alike; whom the key links across purposes; and, with "
        "--photos, how many people of the gallery photos name that others may "
        "have. Names nobody. It is in the log. What was not tried is told, "
        "too.",
    CLI_COMMAND_TABLES,
};
