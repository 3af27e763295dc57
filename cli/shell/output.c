/* output.c: standard output and standard error. */
#include "cli/shell/shell.h"

#include "cli/shell/files.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* errno of the first write that failed; 0: none. */
static int output_errno;
static atomic_int memory_ended;
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
    mien_buffer line = {0};
    mien_buffer_puts(&line, "mien: ");
    mien_text_plain(text, &line);
    mien_buffer_puts(&line, "\n");
    if (line.failed)
        fputs("mien: out of memory\n", stderr);
    else
        fwrite(line.data, 1, line.n, stderr);
    mien_buffer_free(&line);
}

void cli_error_at(const char *path, const mien_error *err)
{
    mien_error why = *err;
    cli_without_path(path, &why);
    cli_error("%s: %s", *path ? path : "''", why.text);
}

void cli_memory_ended(void) { atomic_store(&memory_ended, 1); }

int cli_unsaved(const mien_error *err)
{
    cli_error("%s", err->text);
    if (err->status == MIEN_ENOMEM)
        cli_memory_ended();
    return CLI_OUTPUT;
}

void cli_error_lines(mien_buffer *b)
{
    mien_buffer_put(b, "", 1);
    for (char *at = b->failed ? NULL : (char *)b->data; at && *at;) {
        size_t n = strcspn(at, "\n");
        cli_error("%.*s", (int)n, at);
        at += n + (at[n] == '\n');
    }
    mien_buffer_free(b);
}

/* Names and values of files must not steer the terminal. */
static void make_plain(mien_buffer *b)
{
    for (size_t i = 0; i < b->n; i++) {
        int high = b->data[i] == 0xc2 && i + 1 < b->n &&
                   (b->data[i + 1] & 0xe0) == 0x80;
        if ((b->data[i] < ' ' && !strchr("\n\t", b->data[i])) ||
            b->data[i] == 0x7f || high)
            b->data[i] = '?';
        if (high)
            b->data[++i] = '?';
    }
}

int cli_emit(mien_buffer *b)
{
    int code = output_errno;
    if (b->n && isatty(STDOUT_FILENO))
        make_plain(b);
    if (b->failed)
        code = ENOMEM;
    errno = 0;
    if (!code && b->n && fwrite(b->data, 1, b->n, stdout) != b->n)
        code = errno ? errno : EIO;
    if (!code && fflush(stdout) != 0)
        code = errno ? errno : EIO;
    if (code && !output_errno)
        output_errno = code;
    mien_buffer_free(b);
    return code == 0;
}

int cli_deliver(const char *path, mien_buffer *b)
{
    mien_bytes bytes = {0};
    mien_error err = {0};
    if (!path)
        return cli_emit(b) ? CLI_OK : CLI_OUTPUT;
    if (mien_buffer_give(b, &bytes, &err)) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    int status = mien_file_save(path, bytes.data, bytes.n, &err)
                     ? cli_unsaved(&err)
                     : CLI_OK;
    mien_bytes_free(&bytes);
    return status;
}

mien_status cli_folder_put(const char *folder, const char *name, mien_buffer *b,
                           mien_error *err)
{
    mien_bytes bytes = {0};
    mien_status st = mien_buffer_give(b, &bytes, err);
    if (!st)
        st = mien_folder_save(folder, name, bytes.data, bytes.n, err);
    mien_bytes_free(&bytes);
    return st;
}

int cli_finish(int status)
{
    mien_buffer nothing = {0};
    if (cli_emit(&nothing))
        return status && atomic_load(&memory_ended) ? CLI_NOTHING : status;
    if (output_errno == ENOMEM) {
        cli_error("out of memory");
        return CLI_NOTHING;
    }
    if (output_errno != EPIPE)
        cli_error("standard output: %s", strerror(output_errno));
    return CLI_OUTPUT;
}

int cli_pool_new(int threads, mien_pool **out)
{
    mien_error err = {0};
    if (mien_pool_new(threads, out, &err) == MIEN_OK)
        return CLI_OK;
    cli_error("%s", err.text);
    return CLI_NOTHING;
}

void *cli_alloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p) {
        cli_error("out of memory");
        cli_memory_ended();
    }
    return p;
}
