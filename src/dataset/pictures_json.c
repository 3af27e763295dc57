/* pictures_json.c: the figures of a set of pictures. */
#include "dataset/pictures.h"

#include <math.h>

static void put_finding(void *arg, const char *text)
{
    mien_json_text(arg, NULL, text);
}

/* A number, or null. */
static void put_real(mien_json *j, const char *key, double v)
{
    if (isnan(v))
        mien_json_null(j, key);
    else
        mien_json_rounded(j, key, v, 6);
}

static void put_count(mien_json *j, const char *key,
                      const mien_picture_pairs *p)
{
    mien_json_object(j, key);
    mien_json_int(j, "pairs", p->n);
    mien_json_int(j, "pictures", p->pictures);
    mien_json_int(j, "across_parts", p->parts);
    mien_json_int(j, "other_labels", p->classes);
    mien_json_close(j);
}

/* The first of the pairs, by the names of their files. */
static void put_pairs(mien_json *j, const mien_pictures_check *c)
{
    mien_json_array(j, "pairs");
    for (int64_t i = 0; i < c->pairs && i < MI_PAIRS_TOLD; i++) {
        const mien_picture_pair *p = &c->pair[i];
        mien_json_object(j, NULL);
        mien_json_text(j, "a", c->labels->name[p->a]);
        mien_json_text(j, "b", c->labels->name[p->b]);
        mien_json_rounded(j, "alike", (double)p->alike, 6);
        mien_json_bool(j, "same", p->same);
        mien_json_bool(j, "parts", p->parts);
        mien_json_bool(j, "labels", p->classes);
        mien_json_close(j);
    }
    mien_json_close(j);
}

static void put_share(mien_json *j, const char *key, const mien_share *s,
                      int apart)
{
    mien_json_object(j, key);
    mien_json_int(j, "count", s->count);
    mien_json_int(j, "of", s->of);
    put_real(j, "value", s->value);
    put_real(j, "low", s->low);
    put_real(j, "high", s->high);
    mien_json_bool(j, "apart", apart);
    mien_json_close(j);
}

/* A group with its figures. */
static void put_group(mien_json *j, const mien_picture_group *g)
{
    mien_json_object(j, NULL);
    mien_json_text(j, "name", g->name);
    mien_json_int(j, "pictures", g->n);
    mien_json_int(j, "read", g->read);
    put_real(j, "sharpness", g->sharpness);
    put_real(j, "brightness", g->brightness);
    put_real(j, "face", g->face);
    put_real(j, "turned", g->turned);
    put_real(j, "covered", g->covered);
    mien_json_object(j, "odd");
    for (int o = 0; o < MIEN_PICTURE_ODDITIES; o++)
        put_share(j, mien_picture_oddity_text((mien_picture_oddity)o),
                  &g->odd[o], g->apart[o]);
    mien_json_close(j);
    mien_json_close(j);
}

void mien_pictures_check_json(const mien_pictures_check *c, mien_buffer *out)
{
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "schema", "mien/1");
    mien_json_int(&j, "pictures", c->labels->n);
    mien_json_int(&j, "read", c->read);
    mien_json_int(&j, "unread", c->labels->n - c->read);
    mien_json_int(&j, "left_out", c->labels->left_out);
    mien_json_array(&j, "findings");
    mi_pictures_findings(c, put_finding, &j);
    mien_json_close(&j);
    put_count(&j, "copies", &c->count[1]);
    if (c->alike)
        put_count(&j, "near", &c->count[0]);
    else
        mien_json_null(&j, "near");
    put_pairs(&j, c);
    mien_json_object(&j, "odd");
    for (int o = 0; o < MIEN_PICTURE_ODDITIES; o++)
        mien_json_int(&j, mien_picture_oddity_text((mien_picture_oddity)o),
                      c->odds[o]);
    mien_json_close(&j);
    mien_json_object(&j, "cover");
    mien_json_int(&j, "faces", c->chips);
    mien_json_bool(&j, "judged", c->covers);
    mien_json_close(&j);
    mien_json_array(&j, "groupings");
    for (int i = 0; i < c->groupings; i++) {
        const mien_picture_grouping *g = &c->grouping[i];
        mien_json_object(&j, NULL);
        mien_json_text(&j, "by", g->by);
        mien_json_int(&j, "unknown", g->unknown);
        mien_json_array(&j, "groups");
        for (int k = 0; k < g->groups; k++)
            put_group(&j, &g->group[k]);
        mien_json_close(&j);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mi_noise_json(c, &j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}
