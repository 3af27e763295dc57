/* item.c: a face, a negative or a file of evidence comes to somebody, or goes:
 * what is the same for all three, which share one row of numbers. */
#include "base/error.h"
#include "gallery/gallery.h"

mien_status mi_items_came(mien_gallery *g, const mi_person *p, int n,
                          const int64_t *number, mi_log_kind kind,
                          const char *detail, mien_error *err)
{
    const mi_undo undo = {.what = MIEN_GALLERY_ADDED, .n = n, .item = number};
    mien_status st = mi_undo_add(g, p, &undo, err);
    return st ? st : mi_log_add(g, kind, p, p->shown.id, detail, err);
}

/* One that goes. */
typedef struct going {
    const mi_person *person;
    int64_t number;
    mi_log_kind kind;
} going;

/* mi_change.make of one less. */
static mien_status make_less(mien_gallery *g, const void *arg, mien_error *err)
{
    const going *w = arg;
    int64_t id = w->person->shown.id;
    mien_status st = mi_items_delete(g, id, 1, &w->number, err);
    return st ? st : mi_log_add(g, w->kind, w->person, id, "", err);
}

mien_status mi_item_remove(mien_gallery *g, int at, int64_t number,
                           mi_log_kind kind, int *gone, mien_error *err)
{
    const going w = {&g->person[at], number, kind};
    const mi_change change = {.what = MI_FORGET,
                              .gone = &number,
                              .n_gone = 1,
                              .make = make_less,
                              .arg = &w};
    int was_broken = g->broken;
    mien_status st = mi_gallery_change(g, &change, err);
    *gone = !st || (g->broken && !was_broken);
    return st;
}
