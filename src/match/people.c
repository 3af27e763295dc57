/* people.c: known people, in memory.
 *
 * All descriptors lie in one list in the order they were added, each with the
 * number of its person, so that "the first of equals" needs no more than a walk
 * and a person's photos may come in any order. */
#include "match/people.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <assert.h>
#include <math.h>
#include <string.h>

mien_status mien_people_new(mien_people **out, mien_error *err)
{
    mien_people *p = mi_alloc(1, sizeof *p);
    if (!p)
        return mi_no_memory(err);
    *out = p;
    return MIEN_OK;
}

void mien_people_free(mien_people *p)
{
    if (!p)
        return;
    for (int i = 0; i < p->n; i++)
        mi_free(p->name[i]);
    mi_free(p->name);
    mi_free(p->view);
    mi_free(p);
}

static int find(const mien_people *p, const char *name)
{
    int i = p->n - 1; /* photos of one person mostly come together */
    while (i >= 0 && strcmp(p->name[i], name) != 0)
        i--;
    return i;
}

static mien_status check(const char *name, const float *descriptor,
                         mien_error *err)
{
    if (!*name)
        return mi_fail(err, MIEN_EARG, "people: a name is empty");
    for (int i = 0; i < MIEN_DESCRIPTOR; i++)
        if (!isfinite(descriptor[i]))
            return mi_fail(err, MIEN_EARG,
                           "people: number %d of a descriptor of %.80s is %g",
                           i, name, (double)descriptor[i]);
    return MIEN_OK;
}

/* A person of that name at the end; -1 when memory ended. */
static int add_name(mien_people *p, const char *name)
{
    size_t n = strlen(name) + 1;
    char **last = mi_push(&p->name, p->n, sizeof *last);
    if (!last || !(*last = mi_alloc_raw(n, 1)))
        return -1;
    memcpy(*last, name, n);
    return p->n++;
}

mien_status mien_people_add(mien_people *p, const char *name,
                            const float *descriptor, mien_error *err)
{
    mien_status st = check(name, descriptor, err);
    if (st != MIEN_OK)
        return st;
    mi_view *v = mi_push(&p->view, p->views, sizeof *v);
    int person = v ? find(p, name) : -1;
    if (v && person < 0)
        person = add_name(p, name);
    if (!v || person < 0)
        return mi_no_memory(err);
    v->person = person;
    memcpy(v->descriptor, descriptor, sizeof v->descriptor);
    p->views++;
    return MIEN_OK;
}

int mien_people_remove(mien_people *p, const char *name)
{
    int gone = find(p, name), kept = 0, before = p->views;
    if (gone < 0)
        return 0;
    for (int i = 0; i < before; i++) {
        if (p->view[i].person == gone)
            continue;
        p->view[kept] = p->view[i];
        p->view[kept].person -= p->view[kept].person > gone;
        kept++;
    }
    p->views = kept;
    mi_free(p->name[gone]);
    p->n--;
    memmove(p->name + gone, p->name + gone + 1,
            (size_t)(p->n - gone) * sizeof *p->name);
    return before - kept;
}

int mien_people_count(const mien_people *p) { return p->n; }

const char *mien_people_name(const mien_people *p, int i)
{
    assert(i >= 0 && i < p->n);
    return p->name[i];
}

const float *mien_people_descriptor(const mien_people *p, int i, int n)
{
    assert(i >= 0 && i < p->n);
    for (int k = 0; k < p->views; k++)
        if (p->view[k].person == i && n-- == 0)
            return p->view[k].descriptor;
    return NULL;
}
