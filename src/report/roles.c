/* roles.c: what data are to a model, part by part. */
#include "mien/report_roles.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <assert.h>
#include <string.h>

enum { FACTS = 7 };

/* A part, and what its name points to. */
typedef struct part {
    mien_roles_part is;
    char *name;
} part;

struct mien_roles {
    mien_roles_facts facts;
    char *copy[FACTS]; /* what facts point to */
    part *part;        /* [parts] */
    int parts;
};

const char *mien_role_name(mien_role role)
{
    static const char *const names[] = {"training", "input", "inferred"};
    assert((unsigned)role < sizeof names / sizeof *names);
    return names[role];
}

/* ---- making -------------------------------------------------------------- */

/* A digest, or none. */
static mien_status check_digest(const char *key, const char *text,
                                mien_error *err)
{
    if (!*text || mien_is_sha256(text))
        return MIEN_OK;
    return mi_fail(err, MIEN_EARG,
                   "%s is '%.70s', wanted are 64 hexadecimal digits", key,
                   text);
}

/* Digests, days, and a file with its digest or neither. */
static mien_status check_facts(const mien_roles_facts *f, mien_error *err)
{
    mien_status st = check_digest("sha256", f->sha256, err);
    if (!st)
        st = check_digest("model_sha256", f->model, err);
    if (st)
        return st;
    if (*f->made && !mien_is_day(f->made))
        return mi_fail(err, MIEN_EARG, "made is '%.20s', wanted is YYYY-MM-DD",
                       f->made);
    if (*f->until && !mien_is_day(f->until))
        return mi_fail(err, MIEN_EARG, "until is '%.20s', wanted is YYYY-MM-DD",
                       f->until);
    if (!*f->file != !*f->sha256)
        return mi_fail(err, MIEN_EARG, "%s without %s: wanted both, or neither",
                       *f->file ? "file" : "sha256",
                       *f->file ? "sha256" : "file");
    return MIEN_OK;
}

mien_status mien_roles_new(const mien_roles_facts *f, mien_roles **out,
                           mien_error *err)
{
    const char *const from[FACTS] = {f->file, f->sha256, f->model, f->source,
                                     f->made, f->until,  f->kept};
    mien_status st = check_facts(f, err);
    mien_roles *r = st ? NULL : mi_alloc(1, sizeof *r);
    if (!st && !r)
        st = mi_no_memory(err);
    for (int i = 0; !st && i < FACTS; i++) {
        r->copy[i] = mi_text_copy(from[i]);
        if (!r->copy[i])
            st = mi_no_memory(err);
    }
    if (st) {
        mien_roles_free(r);
        return st;
    }
    r->facts =
        (mien_roles_facts){r->copy[0], r->copy[1], r->copy[2], r->copy[3],
                           r->copy[4], r->copy[5], r->copy[6]};
    *out = r;
    return MIEN_OK;
}

void mien_roles_free(mien_roles *r)
{
    if (!r)
        return;
    for (int i = 0; i < FACTS; i++)
        mi_free(r->copy[i]);
    for (int i = 0; i < r->parts; i++)
        mi_free(r->part[i].name);
    mi_free(r->part);
    mi_free(r);
}

mien_status mien_roles_add(mien_roles *r, const mien_roles_part *added,
                           mien_error *err)
{
    if (r->parts == MIEN_ROLES_MAX_PARTS)
        return mi_fail(err, MIEN_ELIMIT, "roles: more than %d parts",
                       MIEN_ROLES_MAX_PARTS);
    part *to = mi_push(&r->part, r->parts, sizeof *to);
    char *name = to ? mi_text_copy(added->name) : NULL;
    if (!name)
        return mi_no_memory(err);
    *to = (part){{name, added->role, added->elsewhere}, name};
    r->parts++;
    return MIEN_OK;
}

/* ---- asking -------------------------------------------------------------- */

const mien_roles_facts *mien_roles_facts_of(const mien_roles *r)
{
    return &r->facts;
}

const mien_roles_part *mien_roles_part_at(const mien_roles *r, int i)
{
    return i >= 0 && i < r->parts ? &r->part[i].is : NULL;
}

int mien_roles_count(const mien_roles *r, mien_role role)
{
    int n = 0;
    for (int i = 0; i < r->parts; i++)
        n += r->part[i].is.role == role && !r->part[i].is.elsewhere;
    return n;
}

int mien_roles_left(const mien_roles *r, const char *today, int *days)
{
    if (!*r->facts.until)
        return 0;
    *days = mien_day_count(today, r->facts.until);
    return 1;
}

mien_status mien_roles_check(const mien_roles *r, const char *sha256,
                             mien_error *err)
{
    if (strcmp(r->facts.sha256, sha256) == 0)
        return MIEN_OK;
    return mi_fail(err, MIEN_EARG,
                   "the file has changed since its roles were written, or is "
                   "another: SHA-256 %.12s..., theirs %.12s...",
                   sha256, r->facts.sha256);
}

/* ---- writing ------------------------------------------------------------- */

static void put_parts(const mien_roles *r, int elsewhere, const char *key,
                      mien_json *j)
{
    mien_json_array(j, key);
    for (int i = 0; i < r->parts; i++) {
        const mien_roles_part *p = &r->part[i].is;
        if (p->elsewhere != elsewhere)
            continue;
        mien_json_object(j, NULL);
        mien_json_text(j, "name", p->name);
        mien_json_text(j, "role", mien_role_name(p->role));
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* null where it is not known */
static void put_fact(mien_json *j, const char *key, const char *text)
{
    mien_json_text(j, key, *text ? text : NULL);
}

void mien_roles_json(const mien_roles *r, const char *key, mien_json *j)
{
    const mien_roles_facts *f = &r->facts;
    mien_json_object(j, key);
    mien_json_text(j, "schema", "mien/roles/1");
    put_fact(j, "file", f->file);
    put_fact(j, "sha256", f->sha256);
    put_fact(j, "model_sha256", f->model);
    put_fact(j, "source", f->source);
    put_fact(j, "made", f->made);
    put_fact(j, "until", f->until);
    put_fact(j, "kept", f->kept);
    put_parts(r, 0, "parts", j);
    put_parts(r, 1, "read", j);
    mien_json_close(j);
}

void mien_roles_write(const mien_roles *r, mien_buffer *out)
{
    mien_json j = mien_json_on(out, 2);
    mien_roles_json(r, NULL, &j);
    mien_buffer_puts(out, "\n");
}

/* ---- in words ------------------------------------------------------------ */

/* The names of parts, a line; nothing where there are none. */
static void put_names(const mien_roles *r, mien_role role, int elsewhere,
                      mien_buffer *out)
{
    const char *between = "";
    for (int i = 0; i < r->parts; i++) {
        const mien_roles_part *p = &r->part[i].is;
        if (p->role != role || p->elsewhere != elsewhere)
            continue;
        if (!*between)
            mien_buffer_printf(out, "%-11s ",
                               elsewhere ? "read" : mien_role_name(role));
        mien_buffer_puts(out, between);
        mien_text_plain(p->name, out);
        between = ", ";
    }
    if (*between)
        mien_buffer_puts(out, "\n");
}

static void put_line(const char *label, const char *text, mien_buffer *out)
{
    mien_buffer_printf(out, "%-11s ", label);
    mien_text_plain(*text ? text : "not known", out);
    mien_buffer_puts(out, "\n");
}

void mien_roles_text(const mien_roles *r, const char *today, mien_buffer *out)
{
    const mien_roles_facts *f = &r->facts;
    int days = 0;
    put_line("made", f->made, out);
    put_line("model", f->model, out);
    if (*f->source)
        put_line("source", f->source, out);
    for (int role = 0; role <= MIEN_ROLE_INFERRED; role++)
        put_names(r, (mien_role)role, 0, out);
    for (int role = 0; role <= MIEN_ROLE_INFERRED; role++)
        put_names(r, (mien_role)role, 1, out);
    if (!mien_roles_left(r, today, &days))
        put_line("retention", *f->kept ? f->kept : "not said", out);
    else
        mien_buffer_printf(
            out, "retention   until %s: %s%d day%s%s\n", f->until,
            days < 0 ? "over by " : "", days < 0 ? -days : days,
            days == 1 || days == -1 ? "" : "s", days < 0 ? "" : " left");
}
