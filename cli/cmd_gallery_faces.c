/* cmd_gallery_faces.c: the faces of somebody in a gallery: shown, added,
 * removed. */
#include "cli/gallery.h"
#include "cli/gallery_faces.h"

#include "cli/shell/files.h"

#include <stdlib.h>

typedef struct values {
    cli_gallery_values open;
    cli_gallery_faces_values read;
    int face, json;
} values;
static const values defaults = {.read = CLI_GALLERY_FACES_DEFAULTS};

static const cli_row exits[] =
    CLI_EXITS("done", "the gallery could not be opened, nobody has the name, a "
                      "photo could not be used, or a model is missing");

/* ---- gallery show -------------------------------------------------------- */

/* What is told of somebody beside the faces. */
typedef struct beside {
    int n;
    mien_gallery_evidence evidence[MIEN_GALLERY_MAX_EVIDENCE];
    int files;
    mien_gallery_inferred inferred[MIEN_GALLERY_MAX_INFERRED];
    int others;
    mien_gallery_negative other[MIEN_GALLERY_MAX_NEGATIVES];
} beside;

/* Somebody, with the faces, as an object. */
static void put_json(const mien_gallery *g, const mien_gallery_person *p,
                     const beside *b, mien_buffer *out)
{
    mien_json j = mien_json_on(out, 2);
    mien_json_object(&j, NULL);
    mien_json_int(&j, "id", p->id);
    mien_json_text(&j, "name", p->name);
    if (*p->born)
        mien_json_text(&j, "born", p->born);
    mien_json_text(&j, "basis", p->basis.basis);
    mien_json_text(&j, "purpose", p->basis.purpose);
    mien_json_text(&j, "date", p->basis.date);
    mien_json_text(&j, "expiry", p->basis.expiry);
    mien_json_array(&j, "faces");
    for (int64_t i = 0; i < mien_gallery_count_faces(g); i++) {
        mien_gallery_face f = mien_gallery_face_at(g, i);
        if (f.person != p)
            continue;
        mien_json_object(&j, NULL);
        mien_json_int(&j, "id", f.id);
        mien_json_text(&j, "model", f.model);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mien_json_array(&j, "negatives");
    for (int i = 0; i < b->others; i++) {
        mien_json_object(&j, NULL);
        mien_json_int(&j, "id", b->other[i].id);
        mien_json_text(&j, "model", b->other[i].model);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    cli_gallery_evidence_json(&j, "evidence", b->evidence, b->n);
    cli_gallery_inferred_json(&j, "inferred", b->inferred, b->files);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}

/* The same as lines. */
static void put_text(const mien_gallery *g, const mien_gallery_person *p,
                     const beside *b, mien_buffer *out)
{
    mien_buffer_printf(out, "%s, person %lld\n%s, for %s, from %s until %s\n",
                       p->name, (long long)p->id, p->basis.basis,
                       p->basis.purpose, p->basis.date, p->basis.expiry);
    if (*p->born)
        mien_buffer_printf(out, "born %s\n", p->born);
    for (int64_t i = 0; i < mien_gallery_count_faces(g); i++) {
        mien_gallery_face f = mien_gallery_face_at(g, i);
        if (f.person == p)
            mien_buffer_printf(out, "face %lld, by the network %.12s\n",
                               (long long)f.id, f.model);
    }
    for (int i = 0; i < b->others; i++)
        mien_buffer_printf(out, "not %lld, by the network %.12s\n",
                           (long long)b->other[i].id, b->other[i].model);
    cli_gallery_evidence_text(out, b->evidence, b->n);
    cli_gallery_inferred_text(out, b->inferred, b->files);
}

/* Open a gallery and find somebody; CLI_OK, or the status to exit with. */
static int open_person(const cli_args *a, mien_gallery **g,
                       const mien_gallery_person **p)
{
    const values *v = a->values;
    int status = cli_gallery_open(a->operand[0], &v->open, g);
    if (status)
        return status;
    *p = cli_gallery_person(*g, a->operand[1]);
    return *p ? CLI_OK : CLI_NOTHING;
}

/* Open the gallery, look, print. */
static int run_show(const cli_args *a)
{
    const values *v = a->values;
    mien_gallery *g = NULL;
    const mien_gallery_person *p = NULL;
    beside b = {0};
    mien_error err = {0};
    mien_buffer out = {0};
    int status = open_person(a, &g, &p);
    mien_status st =
        status ? MIEN_OK
               : mien_gallery_list_evidence(g, p->id, &b.n, b.evidence, &err);
    if (!status && !st)
        st = mien_gallery_list_inferred(g, p->id, &b.files, b.inferred, &err);
    if (st)
        status = cli_gallery_failed(st, &err);
    if (!status)
        b.others = mien_gallery_list_negatives(g, p->id, b.other);
    if (!status && v->json)
        put_json(g, p, &b, &out);
    else if (!status)
        put_text(g, p, &b, &out);
    mien_gallery_close(g);
    return status ? status : cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

static const cli_option show_options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_OPTION_JSON("a JSON object"),
    CLI_OPTION_END,
};

static const cli_row show_examples[] = {
    {"mien gallery show people.db Ada", "why, until when, and which faces"},
    {NULL, NULL},
};

const cli_command cmd_gallery_show = {
    .name = "gallery show",
    .operands = "PEOPLE.db NAME",
    .min_operands = 2,
    .max_operands = 2,
    .summary = "what a gallery has of somebody",
    .description =
        "Prints basis, purpose and end, the number and network of "
        "each face, and of each that is not this person, and "
        "number, day, size, SHA-256 and name of what evidence is "
        "kept, and of what models inferred. Instead of a name, '#7' is the "
        "person of that number.",
    .options = show_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = show_examples,
    .exits = exits,
    .run = run_show,
};

/* ---- gallery add --------------------------------------------------------- */

/* Read the faces and add them; the status to exit with. */
static int add(const cli_args *a, mien_gallery *g, const mien_gallery_person *p)
{
    const values *v = a->values;
    cli_gallery_reader r;
    mien_error err = {0};
    mien_buffer out = {0};
    int status = cli_gallery_reader_open(&v->read, &r);
    for (int i = 2; !status && i < a->n_operands; i++)
        status = cli_gallery_reader_one(&r, a->operand[i], v->face);
    if (!status) {
        const mien_gallery_faces faces = cli_gallery_reader_faces(&r);
        mien_status st = mien_gallery_add_faces(g, p->id, &faces, NULL, &err);
        if (st)
            status = cli_gallery_failed(st, &err);
    }
    cli_gallery_reader_close(&r);
    if (status)
        return status;
    mien_buffer_printf(&out, "%s: %d faces now\n", p->name, p->faces);
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

static int run_add(const cli_args *a)
{
    mien_gallery *g = NULL;
    const mien_gallery_person *p = NULL;
    int status = open_person(a, &g, &p);
    if (!status)
        status = add(a, g, p);
    mien_gallery_close(g);
    return status;
}

static const cli_option add_options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_OPTION_GALLERY_FACE,
    CLI_OPTIONS_GALLERY_FACES,
    CLI_OPTION_END,
};

static const cli_row add_examples[] = {
    {"mien gallery add people.db Ada ada3.jpg ada4.jpg",
     "other light, other age: found more surely"},
    {NULL, NULL},
};

const cli_command cmd_gallery_add = {
    .name = "gallery add",
    .operands = "PEOPLE.db NAME PHOTO...",
    .min_operands = 3,
    .max_operands = MIEN_GALLERY_MAX_FACES,
    .summary = "more faces of somebody in a gallery",
    .description =
        "Keeps a descriptor of the face in each photo, under the basis, the "
        "purpose and the end that are recorded. Instead of a name, '#7' is the "
        "person of that number.",
    .options = add_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = add_examples,
    .exits = exits,
    .run = run_add,
};

/* ---- gallery remove ------------------------------------------------------ */

/* 1: somebody has a negative of that number. */
static int has_negative(const mien_gallery *g, int64_t person, int64_t number)
{
    mien_gallery_negative all[MIEN_GALLERY_MAX_NEGATIVES];
    int n = mien_gallery_list_negatives(g, person, all);
    for (int i = 0; i < n; i++)
        if (all[i].id == number)
            return 1;
    return 0;
}

/* The numbers of faces of somebody, or of what else is kept where any is meant,
 * of operands from one on, to be freed; NULL, and a report. */
static int64_t *read_numbers(const cli_args *a, const mien_gallery *g,
                             const mien_gallery_person *p, int first, int any)
{
    int64_t *face = cli_alloc((size_t)a->n_operands, sizeof *face);
    for (int k = first; face && k < a->n_operands; k++) {
        char *end = NULL;
        int64_t number = strtoll(a->operand[k], &end, 10);
        mien_gallery_face f;
        if (!*end &&
            ((mien_gallery_find_face(g, number, &f) && f.person == p) ||
             (any && (cli_gallery_has_evidence(g, p->id, number) ||
                      cli_gallery_has_inferred(g, p->id, number) ||
                      has_negative(g, p->id, number)))))
            face[k - first] = number;
        if (!face[k - first]) {
            cli_error("%s has no face '%s'; gallery show lists them", p->name,
                      a->operand[k]);
            free(face);
            return NULL;
        }
    }
    return face;
}

/* Erase what was named, one after the other. */
static int run_remove(const cli_args *a)
{
    mien_gallery *g = NULL;
    const mien_gallery_person *p = NULL;
    mien_error err = {0};
    int64_t *face = NULL;
    int status = open_person(a, &g, &p);
    if (!status && !(face = read_numbers(a, g, p, 2, 1)))
        status = CLI_NOTHING;
    for (int i = 2; !status && i < a->n_operands; i++) {
        mien_gallery_face f;
        mien_status st =
            mien_gallery_find_face(g, face[i - 2], &f)
                ? mien_gallery_remove_face(g, face[i - 2], &err)
            : has_negative(g, p->id, face[i - 2])
                ? mien_gallery_remove_negative(g, face[i - 2], &err)
            : cli_gallery_has_inferred(g, p->id, face[i - 2])
                ? mien_gallery_remove_inferred(g, face[i - 2], &err)
                : mien_gallery_remove_evidence(g, face[i - 2], &err);
        if (st)
            status = cli_gallery_failed(st, &err);
    }
    free(face);
    mien_gallery_close(g);
    return status;
}

static const cli_option remove_options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_OPTION_END,
};

static const cli_row remove_examples[] = {
    {"mien gallery remove people.db Ada 1795953600000000",
     "a photo that was of somebody else"},
    {NULL, NULL},
};

const cli_command cmd_gallery_remove = {
    .name = "gallery remove",
    .operands = "PEOPLE.db NAME NUMBER...",
    .min_operands = 3,
    .max_operands = 2 + MIEN_GALLERY_MAX_FACES,
    .summary = "erase faces, evidence, negatives and what was inferred",
    .description =
        "Erases faces, evidence, negatives and what was inferred by the "
        "numbers that 'mien "
        "gallery show' "
        "prints, and "
        "overwrites them; a copy that is restored does not bring them back. "
        "The person stays: 'mien gallery withdraw' erases all.",
    .options = remove_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = remove_examples,
    .exits = exits,
    .run = run_remove,
};

/* ---- gallery merge ------------------------------------------------------- */

/* Give all faces of one to another. */
static int run_merge(const cli_args *a)
{
    mien_gallery *g = NULL;
    const mien_gallery_person *p = NULL, *from = NULL;
    mien_error err = {0};
    mien_buffer out = {0};
    int status = open_person(a, &g, &p);
    if (!status && !(from = cli_gallery_person(g, a->operand[2])))
        status = CLI_NOTHING;
    if (!status) {
        int64_t id = p->id;
        mien_status st = mien_gallery_merge(g, id, from->id, &err);
        p = cli_gallery_person(g, a->operand[1]);
        if (st)
            status = cli_gallery_failed(st, &err);
        else if (p)
            mien_buffer_printf(&out, "%s: %d faces now\n", p->name, p->faces);
    }
    mien_gallery_close(g);
    return status ? status : cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

static const cli_row merge_examples[] = {
    {"mien gallery merge people.db Ada 'Ada L.'",
     "they are one person: Ada stays"},
    {NULL, NULL},
};

const cli_command cmd_gallery_merge = {
    .name = "gallery merge",
    .operands = "PEOPLE.db NAME OTHER",
    .min_operands = 3,
    .max_operands = 3,
    .summary = "make one person of two in a gallery",
    .description =
        "All faces, evidence, negatives and what was inferred of OTHER come to "
        "NAME, whose basis "
        "and end stay, and OTHER is erased as 'mien gallery withdraw' does; "
        "what the entry of OTHER said is kept with NAME as long as 'mien "
        "gallery undo' can take it back. Both were enrolled for the same "
        "purpose. Instead of a name, '#7' is the person of that number.",
    .options = remove_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = merge_examples,
    .exits = exits,
    .run = run_merge,
};

/* ---- gallery split ------------------------------------------------------- */

/* Give some faces to somebody new. */
static int run_split(const cli_args *a)
{
    mien_gallery *g = NULL;
    const mien_gallery_person *p = NULL;
    mien_error err = {0};
    mien_buffer out = {0};
    int64_t *face = NULL, id = 0;
    int status = open_person(a, &g, &p);
    if (!status && !(face = read_numbers(a, g, p, 3, 0)))
        status = CLI_NOTHING;
    if (!status) {
        mien_status st = mien_gallery_split(g, p->id, a->operand[2],
                                            a->n_operands - 3, face, &id, &err);
        if (st)
            status = cli_gallery_failed(st, &err);
    }
    free(face);
    mien_gallery_close(g);
    if (status)
        return status;
    mien_buffer_printf(&out, "%s: enrolled as %lld, with %d face%s\n",
                       a->operand[2], (long long)id, a->n_operands - 3,
                       a->n_operands == 4 ? "" : "s");
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

static const cli_row split_examples[] = {
    {"mien gallery split people.db Ada Eve 1795953600000000",
     "that photo was of somebody else, who agreed, too"},
    {NULL, NULL},
};

const cli_command cmd_gallery_split = {
    .name = "gallery split",
    .operands = "PEOPLE.db NAME NEW FACE...",
    .min_operands = 4,
    .max_operands = 3 + MIEN_GALLERY_MAX_FACES,
    .summary = "make two people of one in a gallery",
    .description =
        "Gives faces, by the numbers that 'mien gallery show' prints, to "
        "somebody new with the same basis, purpose and end; evidence and "
        "negatives "
        "stay with NAME. Instead of a name, '#7' is the person of that number.",
    .options = remove_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = split_examples,
    .exits = exits,
    .run = run_split,
};
