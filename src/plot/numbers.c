/* numbers.c: a figure as JSON, for those who draw it themselves. */
#include "plot/figure.h"

#include "base/error.h"
#include "mien/json.h"

/* An array of numbers. */
static void put_numbers(mien_json *j, const char *key, int64_t n,
                        const double *v)
{
    mien_json_array(j, key);
    for (int64_t i = 0; i < n; i++)
        mien_json_real(j, NULL, v[i], 0);
    mien_json_close(j);
}

/* x and y as they lie in figure.h. */
static void put_layer(mien_json *j, const mi_layer *l)
{
    static const char *const kinds[] = {"points", "line",  "steps", "bars",
                                        "box",    "hline", "vline"};
    int64_t n = l->kind == MI_BARS ? 2 * l->n : l->kind == MI_BOX ? 1 : l->n;
    mien_json_object(j, NULL);
    mien_json_text(j, "kind", kinds[l->kind]);
    mien_json_text(j, "name", l->name[0] ? l->name : NULL);
    if (l->kind != MI_HLINE)
        put_numbers(j, "x", n, l->x);
    if (l->kind != MI_VLINE)
        put_numbers(j, "y", l->n, l->y);
    mien_json_close(j);
}

/* One axis, 0: x, 1: y; so long in pixels. */
static void put_axis(mien_json *j, const mien_panel *p, int axis, double length)
{
    mi_axis_map m = {0};
    mi_tick_list t = {0};
    int most = (int)(length / (axis ? 45 : 90));
    most = most < 2 ? 2 : most > 12 ? 12 : most;
    mi_axis_range(p, axis, &m);
    if (!axis && p->ticks)
        mi_named_ticks(p, &m, most, &t);
    else if (axis ? !p->rows : !p->categories)
        mi_axis_ticks(&m, most, &t);
    mien_json_object(j, axis ? "y" : "x");
    mien_json_text(j, "name", axis ? p->y : p->x);
    mien_json_real(j, "from", m.lo, 0);
    mien_json_real(j, "to", m.hi, 0);
    mien_json_bool(j, "log", m.log);
    mien_json_array(j, "ticks");
    for (int i = 0; i < t.n; i++) {
        mien_json_object(j, NULL);
        mien_json_real(j, "at", t.at[i], 0);
        mien_json_text(j, "text", t.text[i]);
        mien_json_close(j);
    }
    mien_json_close(j);
    int names = axis ? p->rows : p->categories;
    if (names)
        mien_json_array(j, "names");
    for (int i = 0; i < names; i++)
        mien_json_text(j, NULL, axis ? p->row_name[i] : p->category[i]);
    if (names)
        mien_json_close(j);
    mien_json_close(j);
}

/* One panel of a figure, by its number. */
static void put_panel(mien_json *j, const mien_figure *f, int i)
{
    const mien_panel *p = &f->panel[i];
    mien_json_object(j, NULL);
    mien_json_int(j, "row", i / f->columns);
    mien_json_int(j, "column", i % f->columns);
    mien_json_text(j, "title", p->title);
    put_axis(j, p, 0, f->width / f->columns);
    put_axis(j, p, 1, f->height / f->rows);
    mien_json_array(j, "layers");
    for (const mi_layer *l = p->first; l; l = l->next)
        put_layer(j, l);
    mien_json_close(j);
    if (p->rows)
        put_numbers(j, "matrix", (int64_t)p->rows * p->columns, p->value);
    mien_json_close(j);
}

mien_status mien_figure_json(const mien_figure *f, const char *key,
                             mien_json *j, mien_error *err)
{
    if (f->failed)
        return mi_no_memory(err);
    mien_json_object(j, key);
    mien_json_int(j, "rows", f->rows);
    mien_json_int(j, "columns", f->columns);
    mien_json_text(j, "title", f->title);
    mien_json_array(j, "panels");
    for (int i = 0; i < f->rows * f->columns; i++)
        if (!f->panel[i].hidden)
            put_panel(j, f, i);
    mien_json_close(j);
    mien_json_close(j);
    return MIEN_OK;
}
