/* cmd_gallery_calibrate.c: how near is near enough, by a gallery's own faces.
 */
#include "cli/gallery.h"
#include "cli/table.h"

#include "cli/shell/files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    cli_gallery_values open;
    const char *purpose, *groups;
    double false_match;
    int json, threads;
} values;
static const values defaults = {.false_match = 0.001};

static const cli_option options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_ROW_TEXT(purpose, CLI_TEXT, "purpose", 0, "WORD",
                 "whose people are compared: those enrolled for it"),
    CLI_ROW_REAL(false_match, "false-match", 0, "SHARE", 1e-6, 0.5,
                 "wanted share of pairs of two people that match (default "
                 "{})"),
    CLI_ROW_TEXT(groups, CLI_FILE, "groups", 0, "FILE.csv",
                 "columns name and group: the share holds within each group, "
                 "too; they are not kept"),
    CLI_OPTION_JSON("an array, an object for each network"),
    CLI_OPTION_THREADS,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien gallery calibrate people.db --purpose door",
     "at which distance one pair of two people in a thousand matches"},
    {"mien gallery calibrate people.db --purpose door --false-match 0.0001 "
     "--groups groups.csv",
     "one in ten thousand, in the worst group as well"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("it was measured, or there was too little to say",
              "the gallery or the groups could not be read, or nobody is "
              "enrolled for the purpose");

/* ---- groups -------------------------------------------------------------- */

/* Declared groups: names, and one for each person of the gallery. */
typedef struct declared {
    cli_table table;
    int open, n;
    mien_text name[MIEN_CALIBRATE_MAX_GROUPS];
    int32_t *of; /* [people] -1: in none */
} declared;

/* The number of a group, which is added; -1: there are too many. */
static int32_t group_of(declared *d, mien_text name)
{
    for (int i = 0; i < d->n; i++)
        if (d->name[i].n == name.n &&
            memcmp(d->name[i].at, name.at, name.n) == 0)
            return i;
    if (d->n == MIEN_CALIBRATE_MAX_GROUPS)
        return -1;
    d->name[d->n] = name;
    return d->n++;
}

/* The place of a person of a name; -1: there is none. */
static int place_of(const mien_gallery *g, mien_text name)
{
    for (int i = 0; i < mien_gallery_count(g); i++) {
        const char *is = mien_gallery_person_at(g, i)->name;
        if (strlen(is) == name.n && memcmp(is, name.at, name.n) == 0)
            return i;
    }
    return -1;
}

/* Take over the rows of the table, which has both columns; the status to exit
 * with. */
static int take_rows(const char *path, const mien_gallery *g, declared *d)
{
    const mien_table *t = d->table.t;
    int name = mien_table_find(t, "name"), group = mien_table_find(t, "group");
    int64_t strangers = 0, without = mien_gallery_count(g);
    const mien_text *who = mien_table_column(t, name).text;
    const mien_text *in = mien_table_column(t, group).text;
    for (int64_t r = 0; r < mien_table_rows(t); r++) {
        int at = place_of(g, who[r]);
        strangers += at < 0;
        if (at < 0 || !in[r].n)
            continue;
        without -= d->of[at] < 0;
        d->of[at] = group_of(d, in[r]);
        if (d->of[at] < 0) {
            cli_error("%s: more than %d groups", path,
                      MIEN_CALIBRATE_MAX_GROUPS);
            return CLI_NOTHING;
        }
    }
    if (strangers)
        cli_error("%s: %lld rows are of nobody in the gallery", path,
                  (long long)strangers);
    if (without)
        cli_error("%s: has no group of %lld people", path, (long long)without);
    return CLI_OK;
}

/* Read the groups, if there are any. */
static int read_groups(const values *v, const mien_gallery *g, declared *d)
{
    const cli_table_values how = {.types = "name=text,group=text"};
    if (!v->groups)
        return CLI_OK;
    d->of = cli_alloc((size_t)mien_gallery_count(g) + 1, sizeof *d->of);
    if (!d->of)
        return CLI_NOTHING;
    for (int i = 0; i < mien_gallery_count(g); i++)
        d->of[i] = -1;
    d->open = cli_table_open(v->groups, &how, NULL, &d->table);
    return d->open ? take_rows(v->groups, g, d) : d->table.status;
}

/* ---- what is printed ----------------------------------------------------- */

/* "0.10 % (0.07 to 0.15)", or that it is too little. */
static void put_rate(const mien_pair_rate *r, mien_buffer *out)
{
    if (r->few || isnan(r->value))
        mien_buffer_printf(out, "too few to say (%lld of %lld, %d people)\n",
                           (long long)r->count, (long long)r->of, r->people);
    else
        mien_buffer_printf(out, "%.3g %% (%.3g to %.3g)\n", 100 * r->value,
                           100 * r->low, 100 * r->high);
}

/* What was found for a network, in lines. */
static void put_text(const char *model, const mien_gallery_threshold *t,
                     const declared *d, const mien_pair_rate *by_group,
                     mien_buffer *out)
{
    mien_buffer_printf(out, "network %.12s, %d %s\n", model, t->people,
                       t->people == 1 ? "person" : "people");
    if (isnan(t->threshold))
        mien_buffer_puts(out, "  too few to say: nothing is kept\n");
    else
        mien_buffer_printf(out, "  within %.4f, kept\n", (double)t->threshold);
    mien_buffer_puts(out, "  two people match      ");
    put_rate(&t->false_match, out);
    mien_buffer_puts(out, "  one person matches    ");
    put_rate(&t->true_match, out);
    mien_buffer_puts(out, "  strangers get a name  ");
    put_rate(&t->strangers, out);
    for (int i = 0; i < d->n; i++) {
        mien_buffer_printf(out, "  two of %.*s%s  ", (int)d->name[i].n,
                           d->name[i].at, t->worst == i ? " (decided)" : "");
        put_rate(&by_group[i], out);
    }
}

static void put_json_rate(mien_json *j, const char *key,
                          const mien_pair_rate *r)
{
    mien_json_object(j, key);
    mien_json_real(j, "value", r->value, 6);
    mien_json_real(j, "low", r->low, 6);
    mien_json_real(j, "high", r->high, 6);
    mien_json_int(j, "count", r->count);
    mien_json_int(j, "of", r->of);
    mien_json_int(j, "people", r->people);
    mien_json_bool(j, "few", r->few);
    mien_json_close(j);
}

/* The same as an object. */
static void put_json(const char *model, const mien_gallery_threshold *t,
                     const declared *d, const mien_pair_rate *by_group,
                     mien_json *j)
{
    char name[256];
    mien_json_object(j, NULL);
    mien_json_text(j, "model", model);
    mien_json_int(j, "people", t->people);
    mien_json_real(j, "threshold", (double)t->threshold, 6);
    mien_json_real(j, "wanted", t->wanted, 6);
    put_json_rate(j, "false_match", &t->false_match);
    put_json_rate(j, "true_match", &t->true_match);
    put_json_rate(j, "strangers", &t->strangers);
    mien_json_array(j, "groups");
    for (int i = 0; i < d->n; i++) {
        snprintf(name, sizeof name, "%.*s", (int)d->name[i].n, d->name[i].at);
        mien_json_object(j, NULL);
        mien_json_text(j, "name", name);
        mien_json_bool(j, "decided", t->worst == i);
        put_json_rate(j, "false_match", &by_group[i]);
        mien_json_close(j);
    }
    mien_json_close(j);
    mien_json_close(j);
}

/* ---- the command --------------------------------------------------------- */

/* Was a network among the faces before? */
static int was_before(const mien_gallery *g, int64_t i)
{
    const char *model = mien_gallery_face_at(g, i).model;
    for (int64_t k = 0; k < i; k++)
        if (strcmp(mien_gallery_face_at(g, k).model, model) == 0)
            return 1;
    return 0;
}

/* Calibrate for one network; the status to exit with. */
static int calibrate_one(const cli_args *a, mien_gallery *g, const char *model,
                         const declared *d, mien_pool *pool, mien_json *j,
                         mien_buffer *out)
{
    const values *v = a->values;
    mien_gallery_calibrate_options o = MIEN_GALLERY_CALIBRATE_DEFAULTS;
    mien_gallery_threshold t;
    mien_pair_rate by_group[MIEN_CALIBRATE_MAX_GROUPS] = {{0}};
    mien_error err = {0};
    o.false_match = v->false_match;
    o.group = d->of;
    o.groups = d->n;
    o.pool = pool;
    mien_status st =
        mien_gallery_calibrate(g, v->purpose, model, &o, &t, by_group, &err);
    if (st) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    if (v->json)
        put_json(model, &t, d, by_group, j);
    else
        put_text(model, &t, d, by_group, out);
    return CLI_OK;
}

/* Has somebody a face of a network for the purpose? */
static int is_wanted(const mien_gallery *g, const char *model,
                     const char *purpose)
{
    for (int64_t i = 0; i < mien_gallery_count_faces(g); i++) {
        mien_gallery_face f = mien_gallery_face_at(g, i);
        if (strcmp(f.model, model) == 0 &&
            strcmp(f.person->basis.purpose, purpose) == 0)
            return 1;
    }
    return 0;
}

/* Calibrate for each network that has faces. */
static int calibrate_all(const cli_args *a, mien_gallery *g, const declared *d,
                         mien_pool *pool)
{
    const values *v = a->values;
    mien_buffer out = {0};
    mien_json j = mien_json_on(&out, 2);
    int status = CLI_OK, networks = 0;
    if (v->json)
        mien_json_array(&j, NULL);
    for (int64_t i = 0; !status && i < mien_gallery_count_faces(g); i++) {
        const char *model = mien_gallery_face_at(g, i).model;
        if (was_before(g, i) || !is_wanted(g, model, v->purpose))
            continue;
        status = calibrate_one(a, g, model, d, pool, &j, &out);
        networks++;
    }
    if (!status && !networks) {
        cli_error("nobody is enrolled for '%s' with a face", v->purpose);
        status = CLI_NOTHING;
    }
    if (v->json) {
        mien_json_close(&j);
        mien_buffer_puts(&out, "\n");
    }
    if (status)
        mien_buffer_free(&out);
    return status ? status : cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

/* Read the groups, calibrate, print. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    mien_gallery *g = NULL;
    mien_pool *pool = NULL;
    declared d = {0};
    if (!v->purpose)
        return cli_wrong(a, &v->purpose, "what people are looked for"),
               CLI_USAGE;
    int status = cli_gallery_open(a->operand[0], &v->open, &g);
    if (!status)
        status = read_groups(v, g, &d);
    if (!status)
        status = cli_pool_new(v->threads, &pool);
    if (!status)
        status = calibrate_all(a, g, &d, pool);
    mien_pool_free(pool);
    free(d.of);
    if (d.open)
        cli_table_close(&d.table);
    mien_gallery_close(g);
    return status;
}

const cli_command cmd_gallery_calibrate = {
    .name = "gallery calibrate",
    .operands = "PEOPLE.db",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "find how near is near enough, by a gallery's own faces",
    .description =
        "Compares the faces of all people enrolled for a purpose with each "
        "other, and keeps the largest distance at which no more than the "
        "wanted share of pairs of two people matches; 'mien gallery identify' "
        "and 'mien serve' use it from then on. Each rate comes with where it "
        "lies, at 95 %, for other people of the same kind; below 30 matches or "
        "20 people nothing is said and nothing kept.",
    CLI_COMMAND_TABLES,
};
