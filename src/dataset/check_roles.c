/* check_roles.c: columns that a model inferred, by the roles of the file. */
#include "dataset/check.h"

#include <string.h>

/* Was the column inferred? */
static int is_inferred(const mien_roles *r, const char *name)
{
    const mien_roles_part *p = NULL;
    for (int i = 0; (p = mien_roles_part_at(r, i)); i++)
        if (p->role == MIEN_ROLE_INFERRED && !p->elsewhere &&
            strcmp(p->name, name) == 0)
            return 1;
    return 0;
}

void mi_check_roles(mien_dataset *d)
{
    mi_finding *f = NULL;
    int n = 0;
    for (int c = 0; d->o.roles && c < d->columns; c++) {
        if (!is_inferred(d->o.roles, d->column[c].name))
            continue;
        if (!f)
            f = mi_finding_new(d, "inferred", MIEN_WEIGHT_QUESTION, 1e9);
        if (!f)
            return;
        mi_finding_column(d, f, c);
        n++;
    }
    if (!f)
        return;
    const char *model = mien_roles_facts_of(d->o.roles)->model;
    mi_finding_count(f, n, d->columns);
    mien_buffer_printf(&f->text,
                       "%d of %d columns were not observed: a model inferred "
                       "them (%s%.12s%s). A model that learns from them learns "
                       "that one's mistakes.",
                       n, d->columns,
                       *model ? "SHA-256 " : "which is not known", model,
                       *model ? "..." : "");
    mien_buffer_puts(&f->advice,
                     "Leave them out, or learn from rows whose answers "
                     "somebody has seen.");
}
