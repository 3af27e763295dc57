/* sheet_ddi.c: a sheet as a codebook, for archives of data.
 *
 * Source: DDI-Codebook 2.5, DDI Alliance 2012. */
#include "dataset/sheet.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

enum { CATEGORIES_MAX = 50 };

/* ---- XML ----------------------------------------------------------------- */

/* A text as characters of XML 1.0, which has no control characters. */
static void put_text(mien_buffer *out, const char *text)
{
    mien_buffer whole = {0};
    mien_utf8_repair(text, &whole);
    for (size_t i = 0; i < whole.n; i++) {
        const char c = (char)whole.data[i];
        if (c == '<')
            mien_buffer_puts(out, "&lt;");
        else if (c == '>')
            mien_buffer_puts(out, "&gt;");
        else if (c == '&')
            mien_buffer_puts(out, "&amp;");
        else if (c == '"')
            mien_buffer_puts(out, "&quot;");
        else
            mien_buffer_put(out, whole.data[i] < 32 && c != '\n' ? " " : &c, 1);
    }
    out->failed |= whole.failed;
    mien_buffer_free(&whole);
}

/* <name>text</name>; nothing where there is no text. */
static void put_element(mien_buffer *out, const char *name, const char *text)
{
    if (!text)
        return;
    mien_buffer_printf(out, "<%s>", name);
    put_text(out, text);
    mien_buffer_printf(out, "</%s>\n", name);
}

/* The same of an answer, or of what was computed. */
static void put_answer(mien_buffer *out, const char *name,
                       const mien_datasheet *s, const char *key)
{
    put_element(out, name, mi_sheet_text(s, key));
}

/* Between the tags of an element, which is left out where that is nothing. */
static void begin(mien_buffer *out, const char *name, size_t *at)
{
    *at = out->n;
    mien_buffer_printf(out, "<%s>\n", name);
}

static void end(mien_buffer *out, const char *name, size_t at)
{
    if (out->n == at + strlen(name) + 3)
        out->n = at;
    else
        mien_buffer_printf(out, "</%s>\n", name);
}

/* ---- the study ----------------------------------------------------------- */

/* What it is called, and who answers for it. */
static void put_citation(mien_buffer *out, const mien_datasheet *s)
{
    size_t at;
    mien_buffer_puts(out, "<citation>\n<titlStmt>\n");
    put_element(out, "titl", mien_datasheet_name(s));
    mien_buffer_puts(out, "</titlStmt>\n");
    begin(out, "rspStmt", &at);
    put_answer(out, "AuthEnty", s, "collection");
    end(out, "rspStmt", at);
    begin(out, "prodStmt", &at);
    put_answer(out, "producer", s, "maintenance");
    put_answer(out, "copyright", s, "owns");
    end(out, "prodStmt", at);
    begin(out, "distStmt", &at);
    put_answer(out, "distrbtr", s, "dissemination");
    end(out, "distStmt", at);
    mien_buffer_puts(out, "</citation>\n");
}

/* What the study is, how it was made, and who may use it. */
static void put_study(mien_buffer *out, const mien_datasheet *s)
{
    size_t at, in, of;
    mien_buffer_puts(out, "<stdyDscr>\n");
    put_citation(out, s);
    begin(out, "stdyInfo", &at);
    put_answer(out, "abstract", s, "purpose");
    begin(out, "sumDscr", &in);
    put_answer(out, "timePrd", s, "time");
    put_answer(out, "geogCover", s, "place");
    put_answer(out, "universe", s, "covered");
    end(out, "sumDscr", in);
    put_answer(out, "notes", s, "personal");
    end(out, "stdyInfo", at);
    begin(out, "method", &at);
    begin(out, "dataColl", &in);
    begin(out, "sources", &of);
    put_answer(out, "dataSrc", s, "origin");
    end(out, "sources", of);
    put_answer(out, "cleanOps", s, "provenance");
    end(out, "dataColl", in);
    begin(out, "anlyInfo", &in);
    put_answer(out, "dataAppr", s, "completeness");
    put_answer(out, "dataAppr", s, "accuracy");
    put_answer(out, "dataAppr", s, "validity");
    put_answer(out, "dataAppr", s, "under_represented");
    end(out, "anlyInfo", in);
    end(out, "method", at);
    begin(out, "dataAccs", &at);
    begin(out, "setAvail", &in);
    put_answer(out, "avlStatus", s, "availability");
    end(out, "setAvail", in);
    begin(out, "useStmt", &in);
    put_answer(out, "restrctn", s, "accesses");
    put_answer(out, "conditions", s, "licence");
    end(out, "useStmt", in);
    end(out, "dataAccs", at);
    mien_buffer_puts(out, "</stdyDscr>\n");
}

/* ---- file and columns ---------------------------------------------------- */

static void put_file(mien_buffer *out, const mien_datasheet *s)
{
    mien_buffer_puts(out, "<fileDscr ID=\"F1\">\n<fileTxt>\n");
    put_element(out, "fileName", mien_datasheet_name(s));
    mien_buffer_printf(out,
                       "<dimensns>\n<caseQnty>%lld</caseQnty>\n"
                       "<varQnty>%lld</varQnty>\n</dimensns>\n"
                       "<fileType>text/csv</fileType>\n</fileTxt>\n"
                       "<notes type=\"SHA-256\">%s</notes>\n</fileDscr>\n",
                       (long long)s->rows, (long long)s->columns, s->sha256);
}

static void put_figure(mien_buffer *out, const char *type, double v)
{
    if (isfinite(v))
        mien_buffer_printf(out, "<sumStat type=\"%s\">%.9g</sumStat>\n", type,
                           v);
}

/* How often each text stands in a column, where there are few. */
static mien_status put_categories(mien_buffer *out, const mien_table *t, int i,
                                  const mien_summary *s, mien_error *err)
{
    mien_column c = mien_table_column(t, i);
    mien_groups g = {0};
    if (c.type != MIEN_COLUMN_TEXT || s->distinct > CATEGORIES_MAX)
        return MIEN_OK;
    mien_status st = mien_table_group(t, i, CATEGORIES_MAX, &g, err);
    for (int k = 0; !st && k < g.count; k++) {
        mien_text text = c.text[g.first[k]];
        mien_buffer copy = {0};
        mien_buffer_put(&copy, text.at, text.n);
        mien_buffer_put(&copy, "", 1);
        mien_buffer_puts(out, "<catgry>\n");
        put_element(out, "catValu", copy.failed ? "" : (const char *)copy.data);
        mien_buffer_printf(out,
                           "<catStat type=\"freq\">%lld</catStat>\n"
                           "</catgry>\n",
                           (long long)(g.start[k + 1] - g.start[k]));
        out->failed |= copy.failed;
        mien_buffer_free(&copy);
    }
    mien_groups_free(&g);
    return st;
}

/* A column. */
static mien_status put_column(mien_buffer *out, const mien_table *t, int i,
                              const mien_summary *s, mien_error *err)
{
    mien_column c = mien_table_column(t, i);
    int number = c.type == MIEN_COLUMN_NUMBER;
    mien_buffer_printf(out, "<var ID=\"V%d\" name=\"", i + 1);
    put_text(out, c.name);
    mien_buffer_printf(out, "\" files=\"F1\" intrvl=\"%s\">\n",
                       number ? "contin" : "discrete");
    put_element(out, "labl", c.name);
    put_figure(out, "vald", (double)s->count);
    put_figure(out, "invd", (double)s->missing);
    if (number) {
        put_figure(out, "min", s->min);
        put_figure(out, "max", s->max);
        put_figure(out, "mean", s->mean);
        put_figure(out, "medn", s->median);
        put_figure(out, "stdev", s->deviation);
    }
    mien_status st = put_categories(out, t, i, s, err);
    mien_buffer_printf(out, "<varFormat type=\"%s\"/>\n</var>\n",
                       number ? "numeric" : "character");
    return st;
}

mien_status mien_datasheet_ddi(const mien_datasheet *s, const mien_table *t,
                               mien_buffer *out, mien_error *err)
{
    int n = mien_table_columns(t);
    mien_summary *summary = mi_alloc((size_t)n + 1, sizeof *summary);
    if (!summary)
        return mi_no_memory(err);
    mien_status st = mien_table_describe(t, 0, NULL, NULL, summary, err);
    mien_buffer_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                          "<codeBook xmlns=\"ddi:codebook:2_5\" "
                          "version=\"2.5\">\n");
    put_study(out, s);
    put_file(out, s);
    if (n)
        mien_buffer_puts(out, "<dataDscr>\n");
    for (int i = 0; !st && i < n; i++)
        st = put_column(out, t, i, &summary[i], err);
    mien_buffer_puts(out, n ? "</dataDscr>\n</codeBook>\n" : "</codeBook>\n");
    mi_free(summary);
    return st ? st : out->failed ? mi_no_memory(err) : MIEN_OK;
}
