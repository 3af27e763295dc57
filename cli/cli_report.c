/* cli_report.c: the report of a training run, one page that needs no other
 * file. */
#include "cli/cli_model.h"

#include <string.h>

static const char style[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;"
    "padding:0 1rem;color:#222}\n"
    "pre{background:#f5f5f2;padding:1rem;overflow-x:auto;font-size:14px}\n"
    "table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:right;"
    "border-bottom:1px solid #ddd}td:first-child,th:first-child{text-align:"
    "left}\nfigure{margin:1rem 0}figure svg{max-width:100%;height:auto}\n"
    "</style>\n";

static void put_text(mien_buffer *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '<')
            mien_buffer_puts(out, "&lt;");
        else if (s[i] == '&')
            mien_buffer_puts(out, "&amp;");
        else
            mien_buffer_put(out, s + i, 1);
    }
}

static void put_lines(mien_buffer *out, const char *title, mien_buffer *lines)
{
    mien_buffer_printf(out, "<h2>%s</h2>\n<pre>", title);
    put_text(out, (const char *)lines->data, lines->n);
    mien_buffer_puts(out, "</pre>\n");
    out->failed |= lines->failed;
    mien_buffer_free(lines);
}

static void put_row(mien_buffer *out, const char *name, double valid,
                    double test)
{
    mien_buffer_printf(out, "<tr><td>%s</td><td>%.4f</td><td>%.4f</td></tr>\n",
                       name, valid, test);
}

static void put_figures(mien_buffer *out, const cli_verdict *v,
                        const cli_verdict *t)
{
    mien_buffer_puts(
        out, "<table><tr><th></th><th>validation</th><th>test</th></tr>\n");
    put_row(out, "AUC", v->auc.value, t->auc.value);
    put_row(out, "average precision", v->ap.value, t->ap.value);
    put_row(out, "precision", v->rates.precision, t->rates.precision);
    put_row(out, "recall", v->rates.recall, t->rates.recall);
    put_row(out, "F1", v->rates.f, t->rates.f);
    put_row(out, "Matthews correlation", v->rates.mcc, t->rates.mcc);
    put_row(out, "false-alarm rate", v->rates.false_alarm,
            t->rates.false_alarm);
    put_row(out, "recall near 6 % false alarms", v->near.rates.recall,
            t->near.rates.recall);
    put_row(out, "accuracy", v->rates.accuracy, t->rates.accuracy);
    put_row(out, "accuracy of always saying the larger class", v->majority,
            t->majority);
    mien_buffer_puts(out, "</table>\n");
}

/* Precision if the test had as many events as other rows: what a balanced test
 * would print for the same recall and false-alarm rate. */
static void put_balance(mien_buffer *out, const cli_verdict *t)
{
    double found = t->rates.recall, alarm = t->rates.false_alarm;
    double balanced = found + alarm > 0 ? found / (found + alarm) : 0;
    mien_buffer_printf(
        out,
        "<p>Events are %.3f %% of the test rows. At this threshold %.1f %% of "
        "them are found, and %.2f %% of the other rows are alarmed falsely. "
        "Among as many events as other rows that would look like a precision "
        "of %.3f; among the rows as they really come it is %.3f: an alarm is "
        "right once in %.1f times. A test that was balanced by leaving rows "
        "out shows the first figure and hides the second.</p>\n",
        100 * t->rates.prevalence, 100 * found, 100 * alarm, balanced,
        t->rates.precision,
        t->rates.precision > 0 ? 1 / t->rates.precision : 0.0);
}

void cli_report_html(const cli_model *m, mien_buffer *out)
{
    mien_buffer data = {0}, words = {0}, settings = {0};
    mien_buffer_puts(out, style);
    mien_buffer_printf(
        out, "<title>%s</title></head><body>\n<h1>%s: ", m->title, m->title);
    put_text(out, m->data->label_name, strlen(m->data->label_name));
    mien_buffer_puts(out, "</h1>\n");
    put_figures(out, &m->of_valid, &m->of_test);
    put_balance(out, &m->of_test);
    cli_report_pictures(m, out);
    cli_data_describe(m->data, &data);
    cli_data_warn(m->data, &data);
    put_lines(out, "Data", &data);
    mien_buffer_put(&settings, m->settings.data, m->settings.n);
    mien_buffer_printf(&settings,
                       "threshold %.9g, chosen on the validation part\n",
                       m->chosen.threshold);
    put_lines(out, "Settings", &settings);
    cli_judge_print(&m->valid, &m->of_valid, 1, &words);
    cli_judge_print(&m->test, &m->of_test, 1, &words);
    put_lines(out, "Figures in full", &words);
    mien_buffer_puts(out, "</body></html>\n");
}
