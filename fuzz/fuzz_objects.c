/* Any bytes as a list of objects and as a list of paths.  What was read is
 * written again and must read as the same. */
#include "mien/samples.h"
#include "mien/text.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

static int in_range(int v, int low)
{
    return v >= low && v <= MIEN_SAMPLE_MAX_SIDE;
}

/* The samples of a picture as a line; how many there are. */
static int64_t write_line(const mien_sample_list *l, int64_t i, mien_buffer *b)
{
    const mien_sample *s = &l->sample[i];
    int64_t n = 0;
    must(s->picture >= 0 && s->picture < l->names);
    while (i + n < l->n && s[n].picture == s->picture)
        n++;
    mien_buffer_printf(b, "%s %d", l->name[s->picture], s->w ? (int)n : 0);
    for (int64_t k = 0; s->w && k < n; k++) {
        must(in_range(s[k].x, -MIEN_SAMPLE_MAX_SIDE) &&
             in_range(s[k].y, -MIEN_SAMPLE_MAX_SIDE) && in_range(s[k].w, 1) &&
             in_range(s[k].h, 1) && s[k].label == 1);
        mien_buffer_printf(b, " %d %d %d %d", s[k].x, s[k].y, s[k].w, s[k].h);
        mien_error err = {0};
        mien_status st = mien_sample_fits(l, i + k, 100, 50, &err);
        must(st == MIEN_OK || (st == MIEN_EARG && err.text[0]));
    }
    mien_buffer_puts(b, "\n");
    return n;
}

static void check_objects(const mien_sample_list *l)
{
    mien_buffer b = {0};
    mien_sample_list again = {0};
    for (int64_t i = 0; i < l->n;)
        i += write_line(l, i, &b);
    must(mien_object_list_read(b.data, b.n, NULL, &again, NULL) == MIEN_OK);
    must(again.n == l->n && again.names == l->names);
    for (int64_t i = 0; i < l->n; i++)
        must(again.sample[i].picture == l->sample[i].picture &&
             again.sample[i].x == l->sample[i].x &&
             again.sample[i].h == l->sample[i].h);
    mien_sample_list_free(&again);
    mien_buffer_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    mien_sample_list l = {0};
    mien_error err = {0};
    if (mien_object_list_read(bytes, n, NULL, &l, &err) == MIEN_OK)
        check_objects(&l);
    else
        must(err.status && err.text[0]);
    mien_sample_list_free(&l);
    if (mien_path_list_read(bytes, n, "folder", &l, &err) == MIEN_OK)
        for (int64_t i = 0; i < l.n; i++)
            must(l.sample[i].picture == i && l.name[i][0] != 0 &&
                 !strchr(l.name[i], '\n'));
    mien_sample_list_free(&l);
    return 0;
}
