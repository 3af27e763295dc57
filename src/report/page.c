/* page.c: pages of HTML that need no other file. */
#include "mien/report.h"

#include <string.h>

static const char style[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;"
    "padding:0 1rem;color:#222}\nh1{overflow-wrap:anywhere}"
    "pre{background:#f5f5f2;padding:1rem;overflow-x:auto;font-size:14px}\n"
    "dt{font-weight:bold;margin-top:.7rem}dd{margin:0;overflow-wrap:anywhere}"
    ".open{border:1px solid #222;padding:0 .3rem}\n"
    "table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:right;"
    "border-bottom:1px solid #ddd}td:first-child,th:first-child{text-align:"
    "left}\nfigure{margin:1rem 0;display:inline-block;max-width:100%}figure "
    "svg{max-width:100%;height:auto}\n.wide{overflow-x:auto}figure.sample{"
    "width:9.4rem;margin:.3rem;"
    "vertical-align:top}figcaption{font-size:12px;line-height:1.35;"
    "overflow-wrap:anywhere}figure.sample svg{display:block;margin-bottom:2px}"
    "\n.pair{display:flex;flex-wrap:wrap;gap:0 1rem}.pair figure{flex:1 1 "
    "21rem;min-width:0;max-width:29rem}.pair svg{width:100%}\n"
    "@media(max-width:40rem){body{margin:1rem auto}h1{font-size:1.6rem}h2{"
    "font-size:1.25rem}pre{padding:.6rem;font-size:12px}td,th{padding:.2rem "
    ".35rem;font-size:14px}figure.sample{width:calc(50% - .8rem)}figure.sample "
    "svg{width:100%}}\n"
    "</style>\n";

static void put_text(mien_buffer *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '<')
            mien_buffer_puts(out, "&lt;");
        else if (s[i] == '&')
            mien_buffer_puts(out, "&amp;");
        else if (s[i] == '"')
            mien_buffer_puts(out, "&quot;");
        else
            mien_buffer_put(out, s + i, 1);
    }
}

void mien_page_text(mien_buffer *out, const char *text)
{
    put_text(out, text, strlen(text));
}

/* Three bytes are four letters of six bits; what is missing of the last three
 * is told by signs of equality (RFC 4648, section 4). */
void mien_page_data(mien_buffer *out, const char *type, const mien_bytes *data)
{
    static const char letter[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    mien_buffer_printf(out, "data:%s;base64,", type);
    for (size_t i = 0; i < data->n; i += 3) {
        size_t n = data->n - i < 3 ? data->n - i : 3;
        uint32_t bits = 0;
        char four[4] = {'=', '=', '=', '='};
        for (size_t b = 0; b < n; b++)
            bits |= (uint32_t)data->data[i + b] << (16 - 8 * b);
        for (size_t b = 0; b <= n; b++)
            four[b] = letter[bits >> (18 - 6 * b) & 63];
        mien_buffer_put(out, four, sizeof four);
    }
}

void mien_page_begin(mien_buffer *out, const char *title, const char *heading)
{
    mien_buffer_puts(out, style);
    mien_buffer_puts(out, "<title>");
    put_text(out, title, strlen(title));
    mien_buffer_puts(out, "</title></head><body>\n<h1>");
    put_text(out, heading, strlen(heading));
    mien_buffer_puts(out, "</h1>\n");
}

/* The figures of a verdict, in the order of their names. */
enum { FIGURES = 10 };
static const char *const figure_names[FIGURES] = {
    "AUC",
    "average precision",
    "precision",
    "recall",
    "F1",
    "Matthews correlation",
    "false-alarm rate",
    "recall near 6 % false alarms",
    "accuracy",
    "accuracy of always saying the larger class"};

static double figure_of(const mien_verdict *v, int i)
{
    const double figures[FIGURES] = {v->auc.value,         v->ap.value,
                                     v->rates.precision,   v->rates.recall,
                                     v->rates.f,           v->rates.mcc,
                                     v->rates.false_alarm, v->near.rates.recall,
                                     v->rates.accuracy,    v->majority};
    return figures[i];
}

void mien_page_verdicts(mien_buffer *out, int n, const char *const *names,
                        const mien_verdict *v)
{
    mien_buffer_puts(out, "<table><tr><th></th>");
    for (int i = 0; i < n; i++) {
        mien_buffer_puts(out, "<th>");
        put_text(out, names[i], strlen(names[i]));
        mien_buffer_puts(out, "</th>");
    }
    mien_buffer_puts(out, "</tr>\n");
    for (int row = 0; row < FIGURES; row++) {
        mien_buffer_printf(out, "<tr><td>%s</td>", figure_names[row]);
        for (int i = 0; i < n; i++)
            mien_buffer_printf(out, "<td>%.4f</td>", figure_of(&v[i], row));
        mien_buffer_puts(out, "</tr>\n");
    }
    mien_buffer_puts(out, "</table>\n");
}

/* Precision if the rows had as many events as others: what a balanced test
 * would print for the same recall and false-alarm rate. */
void mien_page_balance(mien_buffer *out, const mien_verdict *v)
{
    double found = v->rates.recall, alarm = v->rates.false_alarm;
    double balanced = found + alarm > 0 ? found / (found + alarm) : 0;
    mien_buffer_printf(
        out,
        "<p>Events are %.3f %% of the test rows. At this threshold %.1f %% of "
        "them are found, and %.2f %% of the other rows are alarmed falsely. "
        "Among as many events as other rows that would look like a precision "
        "of %.3f; among the rows as they really come it is %.3f: an alarm is "
        "right once in %.1f times. A test that was balanced by leaving rows "
        "out shows the first figure and hides the second.</p>\n",
        100 * v->rates.prevalence, 100 * found, 100 * alarm, balanced,
        v->rates.precision,
        v->rates.precision > 0 ? 1 / v->rates.precision : 0.0);
}

/* Does a name begin at p that an element has or is called by? */
static int is_name(const char *start, const char *p)
{
    static const char *const before[] = {" id=\"", "href=\"#", "url(#"};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        size_t n = strlen(before[i]);
        if ((size_t)(p - start) >= n && !memcmp(p - n, before[i], n))
            return 1;
    }
    return 0;
}

/* Every drawing begins its names anew: on a page they are told apart by where
 * the drawing stands. */
void mien_page_svg(mien_buffer *out, const mien_bytes *svg)
{
    const char *text = (const char *)svg->data, *end = text + svg->n;
    const char *start = memmem(text, svg->n, "<svg", 4);
    size_t place = out->n;
    const char *from = start;
    for (const char *p = start; p && p < end; p++) {
        if ((p[0] != '"' && p[0] != '#') || !is_name(start, p + 1))
            continue;
        mien_buffer_put(out, from, (size_t)(p + 1 - from));
        mien_buffer_printf(out, "at%zu-", place);
        from = p + 1;
    }
    if (start)
        mien_buffer_put(out, from, (size_t)(end - from));
}

mien_status mien_page_figure(mien_buffer *out, const mien_figure *f,
                             mien_error *err)
{
    mien_bytes svg = {0};
    mien_status st = mien_figure_render(f, MIEN_PLOT_SVG, &svg, err);
    if (st)
        return st;
    mien_buffer_puts(out, "<figure>");
    mien_page_svg(out, &svg);
    mien_buffer_puts(out, "</figure>\n");
    mien_bytes_free(&svg);
    return MIEN_OK;
}

void mien_page_lines(mien_buffer *out, const char *heading, const void *text,
                     size_t n)
{
    mien_buffer_puts(out, "<h2>");
    put_text(out, heading, strlen(heading));
    mien_buffer_puts(out, "</h2>\n<pre>");
    put_text(out, text, n);
    mien_buffer_puts(out, "</pre>\n");
}

void mien_page_end(mien_buffer *out)
{
    mien_buffer_puts(out, "</body></html>\n");
}
