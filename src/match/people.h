/* people.h: what people and matches share. */
#ifndef MI_MATCH_PEOPLE_H
#define MI_MATCH_PEOPLE_H

#include "match/index.h"
#include "mien/match.h"

typedef struct mi_person {
    char *name;
    int first, last; /* of the person's rows */
} mi_person;

struct mien_people {
    mien_describer describer;
    int n, slots;
    mi_person *person; /* [n] */
    mien_index *views; /* descriptors in the order they were added, each with
                          the number of its person */
    int *next;         /* [views] the next row of the same person, or -1 */
    int *slot;         /* [slots] a table of names: person + 1, or 0 */
};

static inline int mi_people_views(const mien_people *p)
{
    return (int)p->views->n;
}

/* Numbers of a descriptor. */
static inline int mi_people_numbers(const mien_people *p)
{
    return mien_index_numbers(p->views);
}

static inline const float *mi_people_view(const mien_people *p, int row)
{
    return p->views->row + (ptrdiff_t)row * mi_people_numbers(p);
}

#endif
