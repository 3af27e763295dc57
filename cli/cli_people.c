/* cli_people.c: a folder of photos of known people. */
#include "cli/cli_people.h"

#include "base/alloc.h"
#include "cli/cli.h"

#include <string.h>

/* "ann/1.jpg" -> "ann"; "ann.jpg" -> "ann" */
static char *name_of(const char *path)
{
    size_t n = strcspn(path, "/");
    if (!path[n]) {
        const char *dot = strrchr(path, '.');
        if (dot && dot != path)
            n = (size_t)(dot - path);
    }
    return cli_text_copy(path, n);
}

/* 0 when memory ended. */
static int add_person(cli_people *p, const cli_file *file, const cli_reading *r,
                      int quiet)
{
    if (r->error.status) {
        cli_error("%s: %s", file->path, r->error.text);
        return 1;
    }
    const mien_face *face = cli_largest_face(&r->faces, MIEN_FACE_DESCRIPTOR);
    if (!face) {
        cli_error("%s: no face found; left out", file->path);
        return 1;
    }
    if (r->faces.n > 1 && !quiet)
        cli_error("%s: %d faces; the largest counts", file->path, r->faces.n);
    cli_person *one = &p->person[p->n];
    one->name = name_of(file->name);
    if (!one->name)
        return 0;
    memcpy(one->descriptor, face->descriptor, sizeof one->descriptor);
    p->n++;
    return 1;
}

static int read_all(cli_reader *r, const cli_files *files, int quiet,
                    cli_people *out)
{
    out->person = mi_alloc((size_t)files->n, sizeof *out->person);
    if (!out->person)
        return 0;
    for (int i = 0; i < files->n && !cli_interrupted(); i++) {
        const cli_file *f = &files->file[i];
        cli_reading reading = {.error = f->error};
        if (!f->error.status)
            cli_reader_read(r, 0, f->path, NULL, &reading);
        int added = add_person(out, f, &reading, quiet);
        mien_faces_free(&reading.faces);
        if (!added)
            return 0;
    }
    return 1;
}

int cli_people_read(cli_reader *r, const char *folder, int quiet,
                    cli_people *out)
{
    cli_files files = {.recursive = 1};
    if (!cli_files_add(&files, folder))
        return 0;
    int enough = read_all(r, &files, quiet, out);
    cli_files_free(&files);
    if (!enough)
        cli_error("out of memory");
    else if (!out->n)
        cli_error("%s: nobody to look for: no photo with a face", folder);
    return enough && out->n;
}

void cli_people_free(cli_people *p)
{
    for (int i = 0; i < p->n; i++)
        mi_free(p->person[i].name);
    mi_free(p->person);
    *p = (cli_people){0};
}

const cli_person *cli_people_nearest(const cli_people *p,
                                     const float *descriptor, float *distance)
{
    int best = 0;
    for (int i = 0; i < p->n; i++) {
        float d = mien_descriptor_distance(p->person[i].descriptor, descriptor);
        if (i == 0 || d < *distance) {
            *distance = d;
            best = i;
        }
    }
    return &p->person[best];
}
