/* predict_people.c: predictions about people of a gallery, recorded there
 * before their file has its name: what is inferred about somebody can be
 * exported and erased with the person. */
#include "cli/predict_people.h"

#include "cli/shell/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Somebody who is enrolled for the purpose. */
typedef struct named {
    const char *name; /* of the gallery, which is not changed meanwhile */
    int at;
} named;

/* What was inferred, on its way into the gallery and its file. */
typedef struct recording {
    const cli_predict_people *ask;
    mien_gallery *g;
    mien_buffer csv;
    size_t head;        /* bytes of its line of titles */
    mien_buffer *rows;  /* [people] of each person, with the titles */
    int64_t *number;    /* [people] as recorded; 0: nothing is */
    named *whom;        /* [enrolled] by name */
    int enrolled;       /* for the purpose */
    char *file;         /* the output's path from the root */
    int64_t strangers;  /* rows about people who are not enrolled for it */
    int64_t nameless;   /* rows without a name */
    int people, bodies; /* in the gallery; with rows */
} recording;

/* The output's path from the root, released with free; NULL, and a report. */
static char *whole_path(const char *output)
{
    const char *slash = strrchr(output, '/');
    char *folder =
        slash ? strndup(output, (size_t)(slash - output) + 1) : strdup(".");
    char *real = folder ? realpath(folder, NULL) : NULL;
    char *path = real ? cli_path_join(real, slash ? slash + 1 : output) : NULL;
    if (!path)
        cli_error("%s: its folder cannot be found", output);
    free(folder);
    free(real);
    return path;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const named *)a)->name, ((const named *)b)->name);
}

/* Who is enrolled for the purpose, in order of their names, which differ. */
static void list_enrolled(recording *r)
{
    for (int i = 0; i < r->people; i++) {
        const mien_gallery_person *p = mien_gallery_person_at(r->g, i);
        if (strcmp(p->basis.purpose, r->ask->purpose) == 0)
            r->whom[r->enrolled++] = (named){p->name, i};
    }
    qsort(r->whom, (size_t)r->enrolled, sizeof *r->whom, by_name);
}

/* The place of who has a name and is enrolled for the purpose; -1: nobody. */
static int place_of(const recording *r, const mien_text *is)
{
    char name[MIEN_GALLERY_NAME] = "";
    const named key = {name, 0};
    if (is->n >= sizeof name || memchr(is->at, 0, is->n))
        return -1;
    memcpy(name, is->at, is->n);
    const named *found =
        bsearch(&key, r->whom, (size_t)r->enrolled, sizeof *r->whom, by_name);
    return found ? found->at : -1;
}

/* Bytes of the row at a place, with its end: names of columns in it may have
 * line ends of their own, in quotes. */
static size_t length_of(const char *at, size_t most)
{
    int quoted = 0;
    for (size_t n = 0; n < most; n++) {
        quoted ^= at[n] == '"';
        if (at[n] == '\n' && !quoted)
            return n + 1;
    }
    return most;
}

/* A row of the file, about who is named in that row of the table. */
static void take_row(recording *r, const mien_text *is, const char *line,
                     size_t n)
{
    int at = is->n ? place_of(r, is) : -1;
    r->nameless += !is->n;
    r->strangers += is->n && at < 0;
    if (at < 0)
        return;
    mien_buffer *b = &r->rows[at];
    if (!b->n) {
        mien_buffer_put(b, r->csv.data, r->head);
        r->bodies++;
    }
    mien_buffer_put(b, line, n);
}

/* Each line goes to the person whom it is about; 0, and a report. */
static int share_out(recording *r, const mien_table *t)
{
    int at = cli_table_column(t, r->ask->table, r->ask->person);
    if (at < 0)
        return 0;
    const mien_column names = mien_table_column(t, at);
    if (!names.text) {
        cli_error("%s: column '%s' has numbers, wanted are names; --types "
                  "%s=text reads them as texts",
                  r->ask->table, names.name, names.name);
        return 0;
    }
    mien_buffer_put(&r->csv, "", 1); /* an end for strtoll */
    const char *all = (const char *)r->csv.data;
    if (r->csv.failed)
        return cli_error("out of memory"), 0;
    r->csv.n--;
    for (size_t from = r->head, n; from < r->csv.n; from += n) {
        int64_t row = strtoll(all + from, NULL, 10);
        n = length_of(all + from, r->csv.n - from);
        if (row < 1 || row > mien_table_rows(t))
            return cli_error("%s: no row %lld", r->ask->table, (long long)row),
                   0;
        take_row(r, &names.text[row - 1], all + from, n);
    }
    return 1;
}

/* Take back what was recorded: its file will not be there. */
static void take_back(recording *r)
{
    for (int i = 0; i < r->people; i++) {
        mien_error err = {0};
        if (r->number[i] &&
            mien_gallery_remove_inferred(r->g, r->number[i], &err))
            cli_error("%s: %lld stays: %s", r->ask->people,
                      (long long)r->number[i], err.text);
    }
}

/* Record the rows of each, then write the file; the status to exit with. */
static int record(recording *r)
{
    const cli_predict_people *ask = r->ask;
    char sha256[65];
    mien_error err = {0};
    mien_status st = MIEN_OK;
    int status = CLI_OK;
    mien_sha256(r->csv.data, r->csv.n, sha256);
    for (int i = 0; !st && i < r->people; i++) {
        const mien_gallery_inference in = {
            .file = r->file,
            .file_sha256 = sha256,
            .model = ask->model,
            .until = ask->until,
            .rows = {r->rows[i].data, r->rows[i].n}};
        if (r->rows[i].n)
            st = mien_gallery_add_inferred(r->g,
                                           mien_gallery_person_at(r->g, i)->id,
                                           &in, &r->number[i], &err);
    }
    if (st)
        status = cli_gallery_failed(st, &err);
    else if (mien_file_save(ask->output, r->csv.data, r->csv.n, &err))
        status = cli_unsaved(&err);
    if (status)
        take_back(r);
    return status;
}

/* Say of whom something was recorded, and of whom not. */
static void report(const recording *r)
{
    cli_error("%s: recorded what was inferred about %d of its people",
              r->ask->people, r->bodies);
    if (r->strangers)
        cli_error("%lld rows are about people who are not enrolled for '%s': "
                  "not recorded",
                  (long long)r->strangers, r->ask->purpose);
    if (r->nameless)
        cli_error("%lld rows name nobody in '%s': not recorded",
                  (long long)r->nameless, r->ask->person);
}

/* Predict, share out, record, write; the status to exit with. */
static int work(recording *r, const mien_table *t, mien_predictor *p)
{
    mien_error err = {0};
    mien_predictor_head(p, &r->csv);
    r->head = r->csv.n;
    if (mien_predictor_rows(p, t, &r->csv, &err)) {
        cli_error_at(r->ask->table, &err);
        return CLI_NOTHING;
    }
    r->people = mien_gallery_count(r->g);
    r->rows = cli_alloc((size_t)r->people + 1, sizeof *r->rows);
    r->number = cli_alloc((size_t)r->people + 1, sizeof *r->number);
    r->whom = cli_alloc((size_t)r->people + 1, sizeof *r->whom);
    r->file = whole_path(r->ask->output);
    if (!r->rows || !r->number || !r->whom || !r->file)
        return CLI_NOTHING;
    list_enrolled(r);
    if (!share_out(r, t))
        return CLI_NOTHING;
    int failed = 0;
    for (int i = 0; i < r->people; i++)
        failed |= r->rows[i].failed;
    if (failed) {
        cli_error("out of memory");
        return CLI_NOTHING;
    }
    int status = record(r);
    if (!status)
        report(r);
    return status;
}

int cli_predict_people_run(const cli_predict_people *ask, mien_predictor *p)
{
    recording r = {.ask = ask};
    cli_table in;
    int status = cli_gallery_open(ask->people, ask->open, &r.g);
    if (!status && !cli_table_open(ask->table, ask->how, ask->tabular, &in)) {
        status = in.status ? in.status : CLI_NOTHING;
    } else if (!status) {
        status = work(&r, in.t, p);
        cli_table_close(&in);
    }
    for (int i = 0; r.rows && i < r.people; i++)
        mien_buffer_free(&r.rows[i]);
    mien_buffer_free(&r.csv);
    free(r.rows);
    free(r.number);
    free(r.whom);
    free(r.file);
    mien_gallery_close(r.g);
    return status;
}
