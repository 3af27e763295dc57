/* gallery_faces.c: photos to the descriptors that a gallery keeps. */
#include "cli/gallery_faces.h"

#include "cli/photos.h"

#include <stdlib.h>
#include <string.h>

int cli_gallery_reader_open(const cli_gallery_faces_values *v,
                            cli_gallery_reader *out)
{
    mien_reader_options o = MIEN_READER_DEFAULTS;
    *out = (cli_gallery_reader){.descriptor = v->descriptor};
    out->numbers = mien_describer_numbers(v->descriptor);
    o.face.want = MIEN_FACE_DESCRIPTOR;
    o.face.detector = v->detector;
    o.face.describer = v->descriptor;
    o.face.rotate = v->rotate;
    o.image = v->read;
    o.models = v->models;
    o.threads = v->threads;
    return cli_reader_open(&o, &out->reader);
}

void cli_gallery_reader_close(cli_gallery_reader *r)
{
    mien_reader_free(r->reader);
    if (r->row)
        memset(r->row, 0, (size_t)r->n * (size_t)r->numbers * sizeof *r->row);
    free(r->row);
}

const char *cli_gallery_reader_model(cli_gallery_reader *r)
{
    int n = 0;
    const mien_model_digest *d = mien_reader_digests(r->reader, &n);
    for (int i = 0; i < n && !*r->model; i++)
        if (strcmp(d[i].task, "descriptor") == 0)
            memcpy(r->model, d[i].sha256, sizeof r->model);
    return r->model;
}

int cli_gallery_reader_one(cli_gallery_reader *r, const char *path, int number)
{
    mien_face face = {0};
    mien_error err = {0};
    if (mien_reader_one(r->reader, path, number, &face, &err)) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    size_t one = (size_t)r->numbers;
    float *more = cli_alloc(((size_t)r->n + 1) * one, sizeof *more);
    if (!more)
        return CLI_NOTHING;
    if (r->n)
        memcpy(more, r->row, (size_t)r->n * one * sizeof *more);
    memcpy(more + (size_t)r->n * one, face.descriptor, one * sizeof *more);
    free(r->row);
    r->row = more;
    r->n++;
    return CLI_OK;
}

mien_gallery_faces cli_gallery_reader_faces(cli_gallery_reader *r)
{
    mien_gallery_faces f = {
        .n = r->n, .numbers = r->numbers, .descriptor = r->row};
    memcpy(f.model, cli_gallery_reader_model(r), sizeof f.model);
    return f;
}

int cli_gallery_reader_face(cli_gallery_reader *r, const mien_face *f,
                            mien_gallery_faces *out)
{
    *out = (mien_gallery_faces){
        .n = 1, .numbers = r->numbers, .descriptor = f->descriptor};
    memcpy(out->model, cli_gallery_reader_model(r), sizeof out->model);
    return mien_face_described(f, r->descriptor);
}

/* Files that are kept with somebody. */
typedef struct shown {
    int n;
    mien_gallery_file file[MIEN_GALLERY_MAX_EVIDENCE];
} shown;

/* Read the evidence; CLI_OK, or the status to exit with, reported. */
static int read_evidence(const cli_words *w, shown *out)
{
    int status = CLI_OK;
    if (w && w->n > MIEN_GALLERY_MAX_EVIDENCE) {
        cli_error("--evidence: found %d files, wanted at most %d", w->n,
                  MIEN_GALLERY_MAX_EVIDENCE);
        return CLI_USAGE;
    }
    for (int i = 0; w && !status && i < w->n; i++) {
        status = cli_gallery_file_load(w->word[i], &out->file[i]);
        out->n += !status;
    }
    return status;
}

/* Read the faces and enrol; the status to exit with. */
static int enroll(const cli_args *a, const cli_gallery_newcomer *who,
                  mien_gallery *g)
{
    cli_gallery_reader r;
    mien_gallery_person p = {.basis = *who->basis};
    mien_error err = {0};
    mien_buffer out = {0};
    int64_t id = 0;
    shown s = {0};
    memcpy(p.name, *who->name, strnlen(*who->name, sizeof p.name - 1));
    if (who->born)
        memcpy(p.born, who->born, strnlen(who->born, sizeof p.born - 1));
    int status = cli_gallery_reader_open(who->read, &r);
    if (!status)
        status = read_evidence(who->evidence, &s);
    for (int i = 1; !status && i < a->n_operands; i++)
        status = cli_gallery_reader_one(&r, a->operand[i], who->face);
    if (!status) {
        const mien_gallery_faces faces = cli_gallery_reader_faces(&r);
        mien_status st =
            mien_gallery_enroll_with(g, &p, &faces, s.n, s.file, &id, &err);
        if (st)
            status = cli_gallery_failed(st, &err);
    }
    cli_gallery_reader_close(&r);
    for (int i = 0; i < s.n; i++)
        mien_bytes_free(&s.file[i].bytes);
    if (status)
        return status;
    mien_buffer_printf(&out, "%s: %s %lld, for %s, until %s\n", p.name, who->as,
                       (long long)id, p.basis.purpose, p.basis.expiry);
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

int cli_gallery_enroll(const cli_args *a, const cli_gallery_values *open,
                       const cli_gallery_newcomer *who)
{
    mien_gallery *g = NULL;
    if (strlen(*who->name) >= MIEN_GALLERY_NAME)
        return cli_wrong(a, who->name, "fewer than 256 bytes"), CLI_USAGE;
    int status = cli_gallery_open(a->operand[0], open, &g);
    if (status)
        return status;
    status = enroll(a, who, g);
    mien_gallery_close(g);
    return status;
}
