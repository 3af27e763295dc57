/* cli_output.c: standard output and standard error. */
#include "cli/cli.h"

#include "base/alloc.h"
#include "cli/cli_text.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* errno of the first write that failed; 0: none. */
static int output_errno;
static volatile sig_atomic_t interrupted;

void cli_interrupt(void) { interrupted = 1; }

int cli_interrupted(void) { return interrupted; }

void cli_error(const char *fmt, ...)
{
    char text[8192];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n < 0)
        return;
    /* A file's name must not steer the terminal. */
    mi_buffer line = {0};
    cli_puts(&line, "mien: ");
    cli_text_plain(text, &line);
    cli_puts(&line, "\n");
    if (line.failed)
        fputs("mien: out of memory\n", stderr);
    else
        fwrite(line.data, 1, line.n, stderr);
    mi_buffer_done(&line);
}

void cli_printf(mi_buffer *b, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n < 0)
        return;
    if ((size_t)n < sizeof text) {
        mi_buffer_put(b, text, (size_t)n);
        return;
    }
    char *longer = mi_alloc((size_t)n + 1, 1);
    if (!longer) {
        b->failed = 1;
        return;
    }
    va_start(ap, fmt);
    vsnprintf(longer, (size_t)n + 1, fmt, ap);
    va_end(ap);
    mi_buffer_put(b, longer, (size_t)n);
    mi_free(longer);
}

void cli_puts(mi_buffer *b, const char *text)
{
    mi_buffer_put(b, text, strlen(text));
}

int cli_emit(mi_buffer *b)
{
    int code = output_errno;
    if (b->failed)
        code = ENOMEM;
    errno = 0;
    if (!code && b->n && fwrite(b->data, 1, b->n, stdout) != b->n)
        code = errno ? errno : EIO;
    if (!code && fflush(stdout) != 0)
        code = errno ? errno : EIO;
    if (code && !output_errno)
        output_errno = code;
    mi_buffer_done(b);
    return code == 0;
}

int cli_finish(int status)
{
    mi_buffer nothing = {0};
    if (cli_emit(&nothing))
        return status;
    if (output_errno != EPIPE)
        cli_error("standard output: %s", strerror(output_errno));
    return CLI_OUTPUT;
}
