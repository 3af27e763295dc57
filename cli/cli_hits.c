/* cli_hits.c: what cascades found in a photo, as text. */
#include "cli/cli_hits.h"

#include <string.h>

void cli_hits_free(cli_hits *s)
{
    for (int i = 0; i < s->n; i++)
        mien_hits_free(&s->hits[i]);
}

static int is_face(const char *name)
{
    return !strcmp(name, "face") || !strncmp(name, "frontalface", 11) ||
           !strncmp(name, "profileface", 11);
}

static json_t *hit_json(const mien_hit *h, const char *name)
{
    json_t *o = json_object();
    mien_box box = {(float)h->x, (float)h->y, (float)h->w, (float)h->h};
    cli_json_put(&o, "box", cli_json_box(box));
    cli_json_put(&o, "class", cli_json_text(name));
    cli_json_put(&o, "neighbors", json_integer(h->neighbors));
    cli_json_put(&o, "level", json_integer(h->level));
    cli_json_put(&o, "weight", cli_json_number(h->weight, 6));
    if (h->angle != 0)
        cli_json_put(&o, "angle", cli_json_number((double)h->angle, 3));
    return o;
}

json_t *cli_hits_record(const cli_hits *s, const char *file)
{
    json_t *o = json_object(), *faces = json_array(), *objects = json_array();
    json_t *ms = json_object();
    cli_json_put(&o, "schema", cli_json_text("mien/1"));
    cli_json_put(&o, "file", cli_json_text(file));
    cli_json_put(&o, "width", json_integer(s->w));
    cli_json_put(&o, "height", json_integer(s->h));
    for (int i = 0; i < s->n; i++)
        for (int k = 0; k < s->hits[i].n; k++)
            cli_json_add(is_face(s->name[i]) ? &faces : &objects,
                         hit_json(&s->hits[i].hit[k], s->name[i]));
    cli_json_put(&o, "faces", faces);
    cli_json_put(&o, "objects", objects);
    cli_json_put(&ms, "detect", cli_json_number(s->seconds * 1e3, 3));
    cli_json_put(&o, "ms", ms);
    return o;
}

void cli_hits_table(const cli_hits *s, const char *file, mien_buffer *out)
{
    mien_buffer_printf(out, "%s  %d x %d  %.0f ms\n", file, s->w, s->h,
                       s->seconds * 1e3);
    for (int i = 0; i < s->n; i++) {
        mien_buffer_printf(out, "  %s: %d\n", s->name[i], s->hits[i].n);
        for (int k = 0; k < s->hits[i].n; k++) {
            const mien_hit *h = &s->hits[i].hit[k];
            mien_buffer_printf(
                out, "  %6d %6d %6d x %-6d neighbors %-4d weight %.2f", h->x,
                h->y, h->w, h->h, h->neighbors, h->weight);
            if (h->angle != 0)
                mien_buffer_printf(out, "  turned %+g", (double)h->angle);
            mien_buffer_puts(out, "\n");
        }
    }
}

/* A field of RFC 4180, in quotes when it needs them. */
static void field(const char *text, mien_buffer *out)
{
    if (!strpbrk(text, ",\"\r\n")) {
        mien_buffer_puts(out, text);
        return;
    }
    mien_buffer_puts(out, "\"");
    for (; *text; text++) {
        mien_buffer_put(out, text, 1);
        if (*text == '"')
            mien_buffer_puts(out, "\"");
    }
    mien_buffer_puts(out, "\"");
}

void cli_hits_csv_head(mien_buffer *out)
{
    mien_buffer_puts(out,
                     "file,class,x,y,width,height,neighbors,weight,angle\n");
}

void cli_hits_csv(const cli_hits *s, const char *file, mien_buffer *out)
{
    for (int i = 0; i < s->n; i++)
        for (int k = 0; k < s->hits[i].n; k++) {
            const mien_hit *h = &s->hits[i].hit[k];
            field(file, out);
            mien_buffer_puts(out, ",");
            field(s->name[i], out);
            mien_buffer_printf(out, ",%d,%d,%d,%d,%d,%.6f,%g\n", h->x, h->y,
                               h->w, h->h, h->neighbors, h->weight,
                               (double)h->angle);
        }
}
