/* between.c: rows that lie between two others, as rows made by SMOTE do.
 *
 * A made row is r = u + t (v - u), 0 < t < 1, with one t for all columns.  For
 * a row r the rows around it are sorted by their direction as seen from r in
 * the two columns that are finest; u and v have opposite directions there, so
 * that only rows beside each other in that order are compared in all columns.
 *
 * A pair of rows is believed when it could hardly be chance: a column whose
 * numbers are exact to e and which goes from u to v by d agrees by chance in
 * about 2 e / d of all cases; one column is used up for t, and the others must
 * make 2^-40 together.  Numbers of few digits say so little that nothing is
 * found.  A column that follows from others tells nothing of its own: one that
 * goes with another in all rows, or goes from u to v by as much as another does
 * or two others together do.  Of rows whose pairs have one direction only one
 * is counted. Source of SMOTE: N. Chawla et al., JAIR 16, 2002. */
#include "mien/split.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_NUMBERS = 1 << 20, /* of the rows that are searched, evenly taken */
    MOST_PAIRED = 256,      /* of these, by which columns are compared */
    MOST_NEAR = 1024,       /* of these, around a row */
    BESIDE = 16,            /* in the order of directions */
    MOST_TELLING = 32       /* columns: each has 2 bits at least */
};
static const double bits_wanted = 40;

/* A row around the one that is looked at. */
typedef struct around {
    double far;  /* squared, in deviations */
    double turn; /* direction, 0 .. pi */
    int side;    /* which end of that direction */
    const double *row;
} around;

typedef struct search {
    int p;
    double *error;     /* [p] how far a number may be off */
    double *deviation; /* [p] 0: a constant */
    double *weight;    /* [p] of squared distances: over the variance */
    int a, b;          /* the finest columns */
    int64_t n;
    around *all; /* [n] */
    int64_t ways;
    double *way; /* [ways, p] directions from u to v found so far, of length 1
                    in deviations */
} search;

/* ---- columns ------------------------------------------------------------- */

/* Half of the last decimal place in use; 0: it is beyond the tenth. */
static double half_place(int p, const double *x, int64_t n, const int64_t *row)
{
    double unit = 1;
    for (int64_t i = 0; i < n; i++) {
        double v = fabs(x[row[i] * p]);
        while (unit > 1e-10 &&
               fabs(v / unit - rint(v / unit)) > 1e-6 + 1e-11 * v / unit)
            unit /= 10;
    }
    return unit > 1e-10 ? unit / 2 : 0;
}

/* Deviation and error of each column, and the two finest. */
static void measure(search *s, const double *x, int64_t n, const int64_t *row)
{
    double best[2] = {HUGE_VAL, HUGE_VAL};
    for (int c = 0; c < s->p; c++) {
        double sum = 0, square = 0;
        for (int64_t i = 0; i < n; i++)
            sum += x[row[i] * s->p + c];
        for (int64_t i = 0; i < n; i++) {
            double d = x[row[i] * s->p + c] - sum / (double)n;
            square += d * d;
        }
        double deviation = sqrt(square / (double)n);
        s->deviation[c] = deviation;
        s->error[c] = fmax(half_place(s->p, x + c, n, row), 1e-7 * deviation);
        double rough = deviation > 0 ? s->error[c] / deviation : HUGE_VAL;
        if (rough < best[0]) {
            best[1] = best[0];
            s->b = s->a;
            best[0] = rough;
            s->a = c;
        } else if (rough < best[1]) {
            best[1] = rough;
            s->b = c;
        }
    }
}

/* ---- a row --------------------------------------------------------------- */

/* Does column b go with column a in all rows? */
static int goes_with(const search *s, int a, int b)
{
    int64_t every = (s->n + MOST_PAIRED - 1) / MOST_PAIRED;
    const double *first = s->all[0].row;
    double aa = 0, ab = 0, bb = 0;
    for (int64_t i = 0; i < s->n; i += every) {
        double x = s->all[i].row[a] - first[a], y = s->all[i].row[b] - first[b];
        aa += x * x;
        ab += x * y;
        bb += y * y;
    }
    return aa > 0 && ab * ab >= (1 - 1e-9) * aa * bb;
}

/* Does the way of column c from u to v follow from that of columns before it,
 * by a sum or a difference? */
static int is_told(const search *s, const double *u, const double *v, int c)
{
    double d = fabs(v[c] - u[c]);
    for (int a = 0; a < c; a++) {
        double da = fabs(v[a] - u[a]), off = s->error[a] + s->error[c];
        if (da > s->error[a] && fabs(d - da) <= 2 * off)
            return 1;
        for (int b = 0; b < a && da > s->error[a]; b++) {
            double db = fabs(v[b] - u[b]), most = 2 * (off + s->error[b]);
            if (db > s->error[b] &&
                (fabs(d - da - db) <= most || fabs(d - fabs(da - db)) <= most))
                return 1;
        }
    }
    return 0;
}

/* How far a number of r may be off, where t is known from the column that has
 * most steps of its error between u and v. */
static double allowed_off(const search *s, const double *u, const double *v,
                          int c, double most)
{
    return s->error[c] + fabs(v[c] - u[c]) / most + 1e-12 * fabs(u[c]);
}

/* How little a row between u and v is chance: the bits of the columns that tell
 * something of their own, without the best, which is used up for t. */
static double bits_of(const search *s, const double *u, const double *v,
                      double most)
{
    double bits = 0, best = 0;
    int telling[MOST_TELLING], n = 0;
    for (int c = 0; c < s->p && n < MOST_TELLING && bits - best < bits_wanted;
         c++) {
        double rough = fabs(v[c] - u[c]) / (2 * allowed_off(s, u, v, c, most));
        int own = rough >= 4 && !is_told(s, u, v, c);
        for (int i = 0; i < n && own; i++)
            own = !goes_with(s, telling[i], c);
        if (!own)
            continue;
        telling[n++] = c;
        bits += log2(rough);
        best = fmax(best, log2(rough));
    }
    return bits - best;
}

/* Could r be u + t (v - u), and hardly by chance? */
static int lies_between(const search *s, const double *u, const double *v,
                        const double *r)
{
    int finest = 0;
    double most = 0;
    for (int c = 0; c < s->p; c++) {
        double steps = s->error[c] > 0 ? fabs(v[c] - u[c]) / s->error[c] : 0;
        if (steps > most) {
            most = steps;
            finest = c;
        }
    }
    double t = most > 0 ? (r[finest] - u[finest]) / (v[finest] - u[finest]) : 0;
    if (!(t > 0.001 && t < 0.999))
        return 0;
    for (int c = 0; c < s->p; c++) {
        double off = fabs(u[c] + t * (v[c] - u[c]) - r[c]);
        if (off > allowed_off(s, u, v, c, most))
            return 0;
    }
    return bits_of(s, u, v, most) >= bits_wanted;
}

/* The n nearest to the front, in no order. */
static void select_near(around *a, int64_t size, int64_t n)
{
    int64_t low = 0, high = size - 1;
    while (low < high) {
        double middle = a[low + (high - low) / 2].far;
        int64_t i = low, j = high;
        while (i <= j) {
            while (a[i].far < middle)
                i++;
            while (a[j].far > middle)
                j--;
            if (i <= j) {
                around t = a[i];
                a[i++] = a[j];
                a[j--] = t;
            }
        }
        if (n <= j)
            high = j;
        else if (n >= i)
            low = i;
        else
            break;
    }
}

static int by_turn(const void *a, const void *b)
{
    double x = ((const around *)a)->turn, y = ((const around *)b)->turn;
    return (x > y) - (x < y);
}

/* Directions of the rows around r; those that have none are left out. */
static int64_t set_turns(const search *s, const double *r, around *a, int64_t n)
{
    const double pi = acos(-1);
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        double x = a[i].row[s->a] - r[s->a], y = a[i].row[s->b] - r[s->b];
        if (fabs(x) <= s->error[s->a] && fabs(y) <= s->error[s->b])
            continue;
        double turn = atan2(y / s->deviation[s->b], x / s->deviation[s->a]);
        around one = a[i];
        one.side = turn < 0;
        one.turn = turn < 0 ? turn + pi : turn;
        a[kept++] = one;
    }
    return kept;
}

/* Keep the direction from u to v; 0 if it was found before. */
static int keep_way(search *s, const double *u, const double *v)
{
    double *way = s->way + s->ways * s->p, square = 0;
    for (int c = 0; c < s->p; c++) {
        way[c] = s->deviation[c] > 0 ? (v[c] - u[c]) / s->deviation[c] : 0;
        square += way[c] * way[c];
    }
    double length = sqrt(square);
    for (int c = 0; c < s->p; c++)
        way[c] /= length;
    for (int64_t i = 0; i < s->ways; i++) {
        double same = 0;
        for (int c = 0; c < s->p; c++)
            same += way[c] * s->way[i * s->p + c];
        if (fabs(same) > 1 - 1e-6)
            return 0;
    }
    s->ways++;
    return 1;
}

/* The squared distance of two rows, in deviations: four sums at a time. */
static double distance(const search *s, const double *u, const double *r)
{
    double sum[4] = {0};
    int c = 0;
    for (; c + 4 <= s->p; c += 4)
        for (int k = 0; k < 4; k++) {
            double d = u[c + k] - r[c + k];
            sum[k] += d * d * s->weight[c + k];
        }
    for (; c < s->p; c++)
        sum[0] += (u[c] - r[c]) * (u[c] - r[c]) * s->weight[c];
    return sum[0] + sum[1] + (sum[2] + sum[3]);
}

/* Is there a pair of rows, in a new direction, that r lies between? */
static int find_pair(search *s, const double *r)
{
    for (int64_t i = 0; i < s->n; i++)
        s->all[i].far = distance(s, s->all[i].row, r);
    int64_t n = s->n < MOST_NEAR ? s->n : MOST_NEAR;
    around a[MOST_NEAR];
    select_near(s->all, s->n, n);
    memcpy(a, s->all, (size_t)n * sizeof *a);
    n = set_turns(s, r, a, n);
    qsort(a, (size_t)n, sizeof *a, by_turn);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = i + 1; j < n && j <= i + BESIDE; j++)
            if (a[i].side != a[j].side &&
                lies_between(s, a[i].row, a[j].row, r))
                return keep_way(s, a[i].row, a[j].row);
    return 0;
}

mien_status mien_sample_between(int p, const double *x, int64_t trains,
                                const int64_t *train, int64_t tests,
                                const int64_t *test, int64_t *ret_count,
                                mien_error *err)
{
    assert(p > 0 && x && trains >= 0 && tests >= 0 && ret_count);
    int64_t most = p < MOST_NUMBERS / 2 ? MOST_NUMBERS / p : 2, count = 0;
    int64_t every = (trains + most - 1) / most;
    int64_t n = trains ? (trains + every - 1) / every : 0;
    double *columns = mi_alloc((size_t)p, 3 * sizeof *columns);
    around *all = mi_alloc((size_t)n + 1, sizeof *all);
    double *way = mi_alloc((size_t)tests * (size_t)p + 1, sizeof *way);
    search s = {p,   columns, columns + p, columns + 2 * (size_t)p, 0, 0, n,
                all, 0,       way};
    int whole = columns && all && way;
    for (int64_t i = 0; whole && i < n; i++)
        all[i].row = x + train[i * every] * p;
    if (whole && n > 1)
        measure(&s, x, trains, train);
    for (int c = 0; whole && c < p; c++)
        s.weight[c] =
            s.deviation[c] > 0 ? 1 / (s.deviation[c] * s.deviation[c]) : 0;
    int told = whole && n > 1 && s.a != s.b && s.deviation[s.b] > 0;
    for (int64_t i = 0; told && i < tests; i++)
        count += find_pair(&s, x + test[i] * p);
    mi_free(columns);
    mi_free(all);
    mi_free(way);
    if (!whole)
        return mi_no_memory(err);
    *ret_count = count;
    return MIEN_OK;
}
