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
