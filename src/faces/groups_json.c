/* groups_json.c: groups of faces as JSON. */
#include "faces/groups.h"

#include "mien/json.h"
#include "mien/record.h"

/* Faces of a part of the groups' members. */
static void put_faces(mien_json *j, const char *key, const mien_face_groups *g,
                      int part)
{
    const mien_clusters *c = &g->clusters;
    mien_json_array(j, key);
    for (int i = c->begin[part]; i < c->begin[part + 1]; i++) {
        int face = c->member[i];
        const mi_grouped_face *f = mi_face_of(g, face);
        mien_json_object(j, NULL);
        mien_record_file(j, "file", g->list->file[g->place[face].photo].path);
        mien_record_box(j, "box", f->box);
        mien_json_rounded(j, "score", (double)f->score, 6);
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* Photos that gave no face, then those that could not be read. */
static void put_photos(mien_json *j, const mien_face_groups *g)
{
    mien_json_array(j, "without_face");
    for (int i = 0; i < g->list->n; i++) {
        const mi_grouped_photo *p = &g->photo[i];
        if (!p->read || p->n || p->undescribed)
            continue;
        mien_json_object(j, NULL);
        mien_record_file(j, "file", g->list->file[i].path);
        mien_json_close(j);
    }
    mien_json_close(j);
    mien_json_array(j, "failed");
    for (int i = 0; i < g->list->n; i++) {
        const mien_error *e = &g->photo[i].error;
        if (!e->status)
            continue;
        mien_json_object(j, NULL);
        mien_record_file(j, "file", g->list->file[i].path);
        mien_json_object(j, "error");
        mien_json_text(j, "status", mien_status_name(e->status));
        mien_json_text(j, "text", e->text);
        mien_json_close(j);
        mien_json_close(j);
    }
    mien_json_close(j);
}

void mien_face_groups_json(const mien_face_groups *g, mien_buffer *out)
{
    const mien_clusters *c = &g->clusters;
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "schema", "mien/1");
    mien_json_int(&j, "photos", g->list->n);
    mien_json_int(&j, "faces", g->faces);
    mien_json_int(&j, "numbers", g->numbers);
    mien_json_rounded(&j, "threshold", (double)g->threshold, 6);
    mien_json_text(&j, "method",
                   g->method == MIEN_CLUSTER_DENSITY ? "dbscan" : "whispers");
    mien_json_int(&j, "pairs", c->pairs);
    mien_json_int(&j, "capped", c->capped);
    mien_json_array(&j, "groups");
    for (int i = 0; i < c->groups; i++) {
        mien_json_object(&j, NULL);
        mien_json_int(&j, "group", i + 1);
        put_faces(&j, "faces", g, i);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    put_faces(&j, "unassigned", g, c->groups);
    put_photos(&j, g);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}
