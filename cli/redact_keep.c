/* redact_keep.c: faces that stay to be seen, since whose they are agreed to it.
 *
 *   box of a sure face -> described -> searched for in the gallery, for the
 *     purpose -> it stays if it is who may; each search is in the log */
#include "cli/redact.h"

#include <string.h>

int cli_redact_keep_open(const cli_redact_keep_values *v,
                         const cli_gallery_values *open, double tolerance,
                         const cli_gallery_faces_values *read,
                         cli_redact_keep *out)
{
    *out = (cli_redact_keep){.v = v, .person = -1};
    int status = cli_gallery_open(v->db, open, &out->g);
    if (!status && v->keep) {
        const mien_gallery_person *p = cli_gallery_person(out->g, v->keep);
        out->person = p ? p->id : -1;
        status = p ? CLI_OK : CLI_NOTHING;
        if (p && strcmp(p->basis.purpose, v->purpose) != 0) {
            cli_error("redact: %s is enrolled for %s, not for %s", p->name,
                      p->basis.purpose, v->purpose);
            status = CLI_NOTHING;
        }
    }
    if (!status)
        status = cli_gallery_reader_open(read, &out->r);
    if (!status)
        status = cli_gallery_near(out->g, &out->r, v->purpose, tolerance,
                                  &out->near);
    return status;
}

void cli_redact_keep_close(cli_redact_keep *k)
{
    cli_gallery_reader_close(&k->r);
    mien_gallery_close(k->g);
}

mien_status cli_redact_keep_face(void *arg, const mien_image *photo,
                                 mien_box box, int *keep, mien_error *err)
{
    cli_redact_keep *k = arg;
    mien_face face;
    mien_gallery_faces described;
    mien_gallery_match m = {0};
    mien_status st = mien_analyzer_read(mien_reader_analyzer(k->r.reader, 0),
                                        photo, box, &face, err);
    if (st || !cli_gallery_reader_face(&k->r, &face, &described))
        return st;
    st = mien_gallery_search(k->g, k->v->purpose, &described,
                             k->near.search.threshold, &m, err);
    *keep = !st && m.person && (k->person < 0 || m.person->id == k->person);
    return st;
}
