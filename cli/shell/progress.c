/* progress.c: how far a long job is, on a terminal's standard error. */
#include "cli/shell/progress.h"

#include "mien/base.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { BAR_MAX = 40, BAR_MIN = 8 };
static const double interval = 0.1;

void cli_progress_start(cli_progress *p, int total, int quiet)
{
    struct winsize size = {0};
    *p = (cli_progress){.total = total, .columns = 80, .start = mien_clock()};
    p->on = !quiet && total != 1 && isatty(2);
    if (p->on && ioctl(2, TIOCGWINSZ, &size) == 0 && size.ws_col)
        p->columns = size.ws_col;
}

void cli_progress_hide(cli_progress *p)
{
    if (p->on && p->drawn > 0)
        fputs("\r\033[K", stderr);
    p->drawn = 0;
}

static void write_time(char *out, size_t size, double seconds)
{
    long s = (long)(seconds + 0.5);
    if (s >= 3600)
        snprintf(out, size, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    else
        snprintf(out, size, "%ld:%02ld", s / 60, s % 60);
}

void cli_progress_show(cli_progress *p, int done, int failed)
{
    double now = mien_clock();
    if (!p->on || now - p->drawn < interval)
        return;
    double rate = done / (now - p->start + 1e-9);
    char left[32] = "?", tail[96], bar[BAR_MAX + 1];
    if (!p->total) {
        fprintf(stderr, "\r\033[K%d  %.1f/s", done, rate);
        p->drawn = now;
        return;
    }
    done = done < p->total ? done : p->total;
    if (done)
        write_time(left, sizeof left, (p->total - done) / rate);
    int n = snprintf(tail, sizeof tail, " %d/%d  %.1f/s  %s left", done,
                     p->total, rate, left);
    if (failed && n > 0 && (size_t)n < sizeof tail)
        n += snprintf(tail + n, sizeof tail - (size_t)n, "  %d failed", failed);
    int width = p->columns - n - 4;
    width = width > BAR_MAX ? BAR_MAX : width;
    if (width < BAR_MIN) {
        fprintf(stderr, "\r\033[K%.*s", p->columns - 1, tail + 1);
    } else {
        memset(bar, '-', sizeof bar - 1);
        memset(bar, '#', (size_t)((long)width * done / p->total));
        fprintf(stderr, "\r\033[K[%.*s]%s", width, bar, tail);
    }
    p->drawn = now;
}

void cli_progress_text(cli_progress *p, const char *text)
{
    double now = mien_clock();
    if (!p->on || now - p->drawn < interval)
        return;
    p->drawn = now;
    fprintf(stderr, "\r\033[K%.*s", p->columns - 1, text);
}
