/* cmd_gallery_import.c: many people at once: a folder for each, or a file of
 * face-api.js. */
#include "cli/basis.h"
#include "cli/gallery.h"
#include "cli/gallery_faces.h"
#include "cli/shell/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    cli_gallery_values open;
    cli_basis_values basis;
    cli_gallery_faces_values read;
} values;
static const values defaults = {.read = CLI_GALLERY_FACES_DEFAULTS};

static const cli_option options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_OPTIONS_BASIS,
    CLI_OPTIONS_GALLERY_FACES,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien gallery import people.db people/ --basis consent --purpose door",
     "people/ada/1.jpg, people/ada/2.jpg, people/bob.jpg, ..."},
    {"mien gallery import people.db bnk48.json --basis household --purpose "
     "article",
     "labeled descriptors of face-api.js"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS_PHOTOS(
    "everybody was enrolled", "some photos or people were left out, reported",
    "the gallery could not be opened, nobody was enrolled, or a model is "
    "missing");

/* What somebody agreed to, as a file of profiles has it. */
typedef struct agreed {
    char name[MIEN_GALLERY_NAME];
    mien_basis basis;
} agreed;

typedef struct importing {
    const values *v;
    mien_gallery *g;
    cli_basis basis;
    cli_gallery_reader r;
    mien_people *people;
    agreed *own;
    int owns;
    int enrolled, more, faces, left_out;
} importing;

/* ---- who is in files and folders ----------------------------------------- */

/* take of a mien_profiles_choice: those who agreed to this, and those of whom
 * nothing is said. */
static int take(void *arg, const char *name, const mien_basis *consent)
{
    importing *m = arg;
    mien_error err = {0};
    if (!consent)
        return 1;
    if (strcmp(consent->purpose, m->basis.note.purpose) != 0 ||
        mien_basis_hold(consent, m->basis.today, &err)) {
        cli_error("%s: left out: %s", name,
                  err.status ? err.text : "agreed to something else");
        m->left_out++;
        return 0;
    }
    agreed *own = cli_alloc((size_t)m->owns + 1, sizeof *own);
    if (!own)
        return 0;
    if (m->owns)
        memcpy(own, m->own, (size_t)m->owns * sizeof *own);
    free(m->own);
    m->own = own;
    snprintf(own[m->owns].name, sizeof own->name, "%s", name);
    own[m->owns++].basis = *consent;
    return 1;
}

/* The people of a file of profiles; 0, and a report. */
static int read_profiles(importing *m, const char *path)
{
    mien_bytes bytes = {0};
    mien_error err = {0};
    float threshold = -1;
    const mien_profiles_choice choice = {take, m};
    mien_status st =
        mien_file_load(path, MIEN_PROFILES_MAX_BYTES, &bytes, &err);
    if (!st)
        st = mien_profiles_choose(bytes.data, bytes.n, &choice, m->people,
                                  &threshold, &err);
    if (st)
        cli_error_at(path, &err);
    mien_bytes_free(&bytes);
    return !st;
}

/* The face of a photo, for its person; 0 when memory ended, reported. */
static int read_photo(importing *m, const cli_file *f)
{
    char name[MIEN_GALLERY_NAME];
    mien_face face = {0};
    mien_error err = f->error;
    size_t n = strcspn(f->name, "/");
    const char *dot = strrchr(f->name, '.');
    if (!f->name[n] && dot && dot != f->name)
        n = (size_t)(dot - f->name);
    if (err.status) {
        cli_error_at(f->path, &err);
    } else if (n >= sizeof name) {
        cli_error("%s: the name has more than %d bytes", f->path,
                  MIEN_GALLERY_NAME - 1);
    } else if (mien_reader_one(m->r.reader, f->path, 0, &face, &err)) {
        cli_error("%s", err.text);
    } else {
        snprintf(name, sizeof name, "%.*s", (int)n, f->name);
        if (mien_people_add(m->people, name, face.descriptor, &err))
            cli_error_at(f->path, &err);
        return err.status != MIEN_ENOMEM;
    }
    m->left_out++;
    return 1;
}

/* The photos of a folder; 0, and a report. */
static int read_folder(importing *m, const char *path)
{
    cli_files files = {.recursive = 1, .each = 1};
    int good = cli_files_add(&files, path);
    for (int i = 0; good && i < files.n && !cli_interrupted(); i++)
        good = read_photo(m, &files.file[i]);
    mien_photo_list_free(&files);
    return good;
}

/* ---- into the gallery ---------------------------------------------------- */

/* Somebody's faces, as many as one call takes; how many. */
static int gather(const importing *m, int who, int from, float *row)
{
    const size_t one = (size_t)m->r.numbers;
    const float *d;
    int n = 0;
    while (n < MIEN_GALLERY_MAX_FACES &&
           (d = mien_people_descriptor(m->people, who, from + n)) != NULL)
        memcpy(row + (size_t)n++ * one, d, one * sizeof *row);
    return n;
}

/* Faces for somebody who is there, or comes. */
static mien_status keep(importing *m, const char *name,
                        const mien_gallery_faces *faces, mien_error *err)
{
    const mien_gallery_person *there = mien_gallery_find(m->g, name);
    mien_gallery_person p = {.basis = m->basis.note};
    for (int i = 0; i < m->owns; i++)
        if (strcmp(m->own[i].name, name) == 0)
            p.basis = m->own[i].basis;
    if (there && strcmp(there->basis.purpose, p.basis.purpose) != 0) {
        snprintf(err->text, sizeof err->text, "is enrolled for %.100s",
                 there->basis.purpose);
        return MIEN_EARG;
    }
    snprintf(p.name, sizeof p.name, "%s", name);
    mien_status st =
        there ? mien_gallery_add_faces(m->g, there->id, faces, NULL, err)
              : mien_gallery_enroll(m->g, &p, faces, NULL, err);
    m->more += !st && there;
    m->enrolled += !st && !there;
    m->faces += st ? 0 : faces->n;
    return st;
}

/* Everybody who was read; the status to exit with. */
static int keep_all(importing *m)
{
    float *row = cli_alloc(
        (size_t)MIEN_GALLERY_MAX_FACES * (size_t)m->r.numbers, sizeof *row);
    mien_gallery_faces faces = {.numbers = m->r.numbers, .descriptor = row};
    mien_error err = {0};
    mien_status st = MIEN_OK;
    if (!row)
        return CLI_NOTHING;
    memcpy(faces.model, cli_gallery_reader_model(&m->r), sizeof faces.model);
    for (int i = 0; i < mien_people_count(m->people) && !cli_interrupted();
         i++) {
        const char *name = mien_people_name(m->people, i);
        int from = 0;
        st = MIEN_OK;
        while (!st && (faces.n = gather(m, i, from, row)) > 0) {
            st = keep(m, name, &faces, &err);
            from += faces.n;
        }
        m->left_out += st != MIEN_OK;
        if (st)
            cli_error("%s: %s", name, err.text);
        if (st && st != MIEN_EARG)
            break;
    }
    free(row);
    return st && st != MIEN_EARG ? CLI_NOTHING : CLI_OK;
}

/* ---- the command --------------------------------------------------------- */

/* Read all, then keep all. */
static int import(const cli_args *a, importing *m)
{
    const values *v = a->values;
    mien_error err = {0};
    int status = cli_gallery_open(a->operand[0], &v->open, &m->g);
    if (!status)
        status = cli_gallery_reader_open(&v->read, &m->r);
    if (!status && mien_people_new_by(v->read.descriptor, &m->people, &err)) {
        cli_error("%s", err.text);
        status = CLI_NOTHING;
    }
    for (int i = 1; !status && i < a->n_operands; i++)
        if (!(cli_is_json(a->operand[i]) ? read_profiles(m, a->operand[i])
                                         : read_folder(m, a->operand[i])))
            status = CLI_NOTHING;
    return status ? status : keep_all(m);
}

/* Check what was said, and tell what came of it. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    importing m = {.v = v};
    mien_buffer out = {0};
    int status = cli_basis_read(a, &v->basis, &m.basis);
    if (status)
        return status;
    if (!m.basis.said) {
        cli_error("gallery import: needs --basis and --purpose: why and what "
                  "for these people may be recognised");
        return CLI_USAGE;
    }
    status = import(a, &m);
    cli_gallery_reader_close(&m.r);
    mien_gallery_close(m.g);
    mien_people_free(m.people);
    free(m.own);
    if (m.enrolled + m.more || !status)
        mien_buffer_printf(&out,
                           "%d enrolled, %d were there, %d faces more, for %s, "
                           "until %s; %d left out\n",
                           m.enrolled, m.more, m.faces, m.basis.note.purpose,
                           m.basis.note.expiry, m.left_out);
    if (!cli_emit(&out) && !status)
        status = CLI_OUTPUT;
    if (!status && !(m.enrolled + m.more))
        status = CLI_NOTHING;
    return status              ? status
           : cli_interrupted() ? CLI_INTERRUPTED
           : m.left_out        ? CLI_PARTLY
                               : CLI_OK;
}

const cli_command cmd_gallery_import = {
    .name = "gallery import",
    .operands = "PEOPLE.db FOLDER|FILE.json...",
    .min_operands = 2,
    .max_operands = 1000,
    .summary = "add many people to a gallery, from folders or a file",
    .description =
        "A folder has a folder for each person, with photos that show one face "
        "each, or a photo that is named after them, as face_recognition's "
        "folders of known people. A file has the labeled descriptors of "
        "face-api.js, in any of its shapes, or what mien's page of people "
        "wrote: those who agreed to something else than the purpose, or whose "
        "consent ended, are left out, and the last day of a consent stays "
        "theirs. Who is enrolled already for the purpose gets the faces, too. "
        "Descriptors are kept, photos are not.",
    CLI_COMMAND_TABLES,
};
