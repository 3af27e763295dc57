/* roles.c: which data a model learned from, was given, and inferred. */
#include "mien/study_roles.h"

#include "base/error.h"
#include "study/predictor.h"

#include <stdio.h>
#include <string.h>

/* Parts of one role. */
static mien_status add_all(mien_roles *r, int n, const char *const *name,
                           mien_role role, int elsewhere, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < n; i++) {
        const mien_roles_part part = {name[i], role, elsewhere};
        st = mien_roles_add(r, &part, err);
    }
    return st;
}

/* The columns of CSV behind the first, as mien_predictor_head names them. */
static mien_status add_columns(const mien_predictor *p, mien_roles *r,
                               mien_error *err)
{
    static const char *const given[] = {"row"}, *const made[] = {"score",
                                                                 "verdict"};
    mien_status st = add_all(r, 1, given, MIEN_ROLE_INPUT, 0, err);
    if (!st)
        st = add_all(r, 2, made, MIEN_ROLE_INFERRED, 0, err);
    for (int i = 1; !st && i <= p->o.top; i++) {
        char name[16];
        snprintf(name, sizeof name, "top_%d", i);
        const mien_roles_part part = {name, MIEN_ROLE_INFERRED, 0};
        st = mien_roles_add(r, &part, err);
    }
    return st;
}

/* The keys of JSON. */
static mien_status add_keys(mien_roles *r, mien_error *err)
{
    static const char *const given[] = {"rows", "columns"};
    static const char *const made[] = {"scored", "alarms", "highest"};
    mien_status st = add_all(r, 2, given, MIEN_ROLE_INPUT, 0, err);
    return st ? st : add_all(r, 3, made, MIEN_ROLE_INFERRED, 0, err);
}

mien_status mien_predictor_roles(const mien_predictor *p, int json,
                                 const mien_roles_facts *facts,
                                 mien_roles **out, mien_error *err)
{
    mien_roles *r = NULL;
    mien_status st = mien_roles_new(facts, &r, err);
    if (!st)
        st = json ? add_keys(r, err) : add_columns(p, r, err);
    if (!st)
        st =
            add_all(r, p->encoder->columns, p->column, MIEN_ROLE_INPUT, 1, err);
    if (st)
        mien_roles_free(r);
    else
        *out = r;
    return st;
}

mien_status mien_roles_of_model(const mien_tabular *m, const char *sha256,
                                mien_roles **out, mien_error *err)
{
    const mien_encoder *e = mien_tabular_encoder(m);
    const char *retention = mien_tabular_text(m, "retention");
    const char *label = mien_tabular_text(m, "label");
    int is_day = mien_is_day(retention);
    const mien_roles_facts f = {.file = "",
                                .sha256 = "",
                                .model = sha256,
                                .source = "",
                                .made = "",
                                .until = is_day ? retention : "",
                                .kept = is_day ? "" : retention};
    mien_roles *r = NULL;
    mien_status st = mien_roles_new(&f, &r, err);
    for (int i = 0; !st && i < e->columns; i++) {
        const mien_roles_part part = {e->column[i].name, MIEN_ROLE_TRAINING, 0};
        st = mien_roles_add(r, &part, err);
    }
    if (!st && *label)
        st = add_all(r, 1, &label, MIEN_ROLE_TRAINING, 0, err);
    if (st)
        mien_roles_free(r);
    else
        *out = r;
    return st;
}
