/* hits.c: what cascades found in a photo. */
#include "record/item.h"

static void put_hit(mien_json *j, const mien_hit *h, const char *name)
{
    mien_json_object(j, NULL);
    mien_record_box(j, "box", mi_hit_box(h));
    mien_json_text(j, "class", name);
    mien_json_int(j, "neighbors", h->neighbors);
    mien_json_int(j, "level", h->level);
    mien_json_rounded(j, "weight", h->weight, 6);
    if (h->angle != 0)
        mien_json_rounded(j, "angle", (double)h->angle, 3);
    mien_json_close(j);
}

void mien_record_hits(const mien_hits_record *r, mien_buffer *out)
{
    mien_json j = mi_record_begin(r->file, out);
    mien_json_int(&j, "width", r->w);
    mien_json_int(&j, "height", r->h);
    mi_record_warnings(&j, r->warning, NULL);
    mien_json_array(&j, "objects");
    for (int i = 0; i < r->n; i++)
        for (int k = 0; k < r->hits[i].n; k++)
            put_hit(&j, &r->hits[i].hit[k], r->name[i]);
    mien_json_close(&j);
    mien_json_object(&j, "ms");
    mien_json_rounded(&j, "detect", r->seconds * 1e3, 3);
    mien_json_close(&j);
    mi_record_end(&j);
}

void mien_record_hits_csv(const mien_hits_record *r, int head, mien_buffer *out)
{
    if (head)
        mien_buffer_puts(
            out, "file,class,x,y,width,height,neighbors,weight,angle\n");
    for (int i = 0; r && i < r->n; i++)
        for (int k = 0; k < r->hits[i].n; k++) {
            const mien_hit *h = &r->hits[i].hit[k];
            mien_record_field(r->file, out);
            mien_buffer_puts(out, ",");
            mien_record_field(r->name[i], out);
            mien_buffer_printf(out, ",%d,%d,%d,%d,%d,%.6f,%g\n", h->x, h->y,
                               h->w, h->h, h->neighbors,
                               mien_signless_zero(h->weight, 6),
                               (double)h->angle + 0.0);
        }
}
