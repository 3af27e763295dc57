/* duplicates.c: rows that are there again, in bounded memory.
 *
 * The 128-bit hashes of all rows are kept as long as there is room.  When there
 * is none, only rows whose hash ends in a zero bit are looked at from then on,
 * then in two, and so on: of the values that rows have, a half, a quarter, ..
 * are followed through the whole file.  Two rows that differ have one hash with
 * a chance below 1e-25 in a file of 1e6 rows.
 * Source: Flajolet, On adaptive sampling, Computing 43, 1990. */
#include "dataset/check.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>

enum { FIRST_SLOTS = 1 << 12, MOST_SLOTS = 1 << 22, SHOWN = 5 };

/* Rows, one behind the other, that are there again. */
typedef struct run {
    int64_t from, n;
} run;

struct mi_duplicates {
    mi_row_hash *slot;
    size_t slots, used;
    int level; /* zero bits that a hash has to end in */
    int64_t rows, looked, again;
    int64_t first[SHOWN]; /* rows that are there again */
    run now, longest;
};

mi_duplicates *mi_duplicates_new(void)
{
    mi_duplicates *u = mi_alloc(1, sizeof *u);
    if (!u)
        return NULL;
    u->slots = FIRST_SLOTS;
    u->slot = mi_alloc(u->slots, sizeof *u->slot);
    if (u->slot)
        return u;
    mi_free(u);
    return NULL;
}

void mi_duplicates_free(mi_duplicates *u)
{
    if (!u)
        return;
    mi_free(u->slot);
    mi_free(u);
}

static int is_followed(const mi_duplicates *u, const mi_row_hash *h)
{
    return (h->b & ((UINT64_C(1) << u->level) - 1)) == 0;
}

/* The place of a hash, or the free one where it belongs. */
static mi_row_hash *find(const mi_duplicates *u, const mi_row_hash *h)
{
    size_t at = (size_t)(h->a >> 8) & (u->slots - 1);
    for (; u->slot[at].a; at = (at + 1) & (u->slots - 1))
        if (u->slot[at].a == h->a && u->slot[at].b == h->b)
            break;
    return &u->slot[at];
}

/* A larger table, or fewer rows that are followed. */
static int make_room(mi_duplicates *u)
{
    mi_duplicates next = *u;
    if (u->slots < MOST_SLOTS)
        next.slots *= 2;
    else
        next.level++;
    next.used = 0;
    next.slot = mi_alloc(next.slots, sizeof *next.slot);
    if (!next.slot)
        return 0;
    for (size_t i = 0; i < u->slots; i++) {
        if (!u->slot[i].a || !is_followed(&next, &u->slot[i]))
            continue;
        *find(&next, &u->slot[i]) = u->slot[i];
        next.used++;
    }
    mi_free(u->slot);
    *u = next;
    return 1;
}

/* A row is there again. */
static void note(mi_duplicates *u, int64_t row)
{
    if (u->again < SHOWN)
        u->first[u->again] = row;
    u->again++;
    if (u->now.from + u->now.n != row)
        u->now = (run){row, 0};
    u->now.n++;
    if (u->now.n > u->longest.n)
        u->longest = u->now;
}

mien_status mi_duplicates_add(mi_duplicates *u, int64_t n,
                              const mi_row_hash *hash, mien_error *err)
{
    for (int64_t i = 0; i < n; i++) {
        if (!is_followed(u, &hash[i]))
            continue;
        if (u->used >= u->slots / 4 * 3 && !make_room(u))
            return mi_no_memory(err);
        if (!is_followed(u, &hash[i]))
            continue;
        mi_row_hash *to = find(u, &hash[i]);
        u->looked++;
        if (to->a) {
            note(u, u->rows + i);
            continue;
        }
        *to = hash[i];
        u->used++;
    }
    u->rows += n;
    return MIEN_OK;
}

/* How many rows chance alone would bring again, were columns independent: the
 * number of pairs times the chance that two rows are equal in each column. */
static double expected(const mien_dataset *d)
{
    double chance = 0, n = (double)d->rows;
    for (int c = 0; c < d->columns; c++)
        chance += log(mi_summary_collision(&d->column[c]));
    return n * (n - 1) / 2 * exp(chance);
}

void mi_duplicates_say(mien_dataset *d)
{
    const mi_duplicates *u = d->twice;
    if (!u->again)
        return;
    int by_chance = (double)u->again <= 2 * expected(d) + 3;
    double share = (double)u->again / (double)u->looked;
    mi_finding *f =
        mi_finding_new(d, "duplicates",
                       by_chance ? MIEN_WEIGHT_NOTE : MIEN_WEIGHT_WRONG, share);
    if (!f)
        return;
    mi_finding_count(f, u->again, u->looked);
    mi_put_share(&f->text, u->again, u->looked);
    mien_buffer_printf(&f->text, " rows repeat an earlier one; the first: row");
    for (int i = 0; i < SHOWN && i < u->again; i++)
        mien_buffer_printf(&f->text, "%s%lld", i ? ", " : " ",
                           (long long)u->first[i] + 1);
    mien_buffer_puts(&f->text, ".");
    if (u->longest.n > 2 && !u->level)
        mien_buffer_printf(&f->text, " The longest block is rows %lld to %lld.",
                           (long long)u->longest.from + 1,
                           (long long)u->longest.from + u->longest.n);
    if (u->level)
        mien_buffer_printf(&f->text,
                           " Of %lld rows, %lld were looked at, those of one "
                           "value of a row in %d.",
                           (long long)u->rows, (long long)u->looked,
                           1 << u->level);
    mien_buffer_puts(&f->advice,
                     by_chance
                         ? "So many can be equal by chance in columns of so "
                           "few values. Look whether a row should have a "
                           "number of its own."
                         : "Find out how they came in; drop them, or split "
                           "so that equal rows are on one side: else a test "
                           "asks for what was learned by heart.");
}

void mi_duplicates_json(const mi_duplicates *u, mien_json *j)
{
    mien_json_object(j, "duplicates");
    mien_json_int(j, "rows", u->again);
    mien_json_int(j, "of", u->looked);
    mien_json_int(j, "longest_block", u->longest.n);
    mien_json_int(j, "longest_block_from",
                  u->longest.n ? u->longest.from + 1 : 0);
    mien_json_close(j);
}
