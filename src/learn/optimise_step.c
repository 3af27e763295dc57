/* optimise_step.c: the line search of More and Thuente.
 *
 * Wanted is a step a with
 *   f(a) <= f(0) + c1 a f'(0)   and   |f'(a)| <= c2 |f'(0)|,
 * c1 = 1e-3, c2 = 0.9, as L-BFGS-B asks.  An interval that must hold such
 * a step is kept between x (the least value so far) and y; the next trial is
 * chosen between the minima of the cubic and of the quadratic through what is
 * known (four cases), pushed inwards when the interval shrinks too slowly.  At
 * first the search is for a point below the line of c1 (first stage).
 *
 * Source: More, Thuente, Line search algorithms with guaranteed sufficient
 * decrease, ACM TOMS 20, 1994.  Deviation: differences of f below `noise` do
 * not count if the slope is right (Hager, Zhang, 2005). */
#include "learn/optimise_step.h"

#include <math.h>

static const double decrease = 1e-3, flat = 0.9, narrow = 0.1;
static const double longest = 1e10;

void mi_line_begin(mi_line_search *s, double f, double g, double first,
                   double noise)
{
    mi_line_point p = {0, f, g};
    *s = (mi_line_search){.start = p, .x = p, .y = p, .noise = noise};
    s->high = 5 * first;
    s->width = longest;
    s->width_before = 2 * longest;
}

/* Of the cubic through a and b with their slopes: theta and gamma of the
 * paper's formulas for its minimum. */
static double cubic(mi_line_point a, mi_line_point b, int floor_root,
                    double *gamma)
{
    double theta = 3 * (a.f - b.f) / (b.at - a.at) + a.g + b.g;
    double s = fmax(fabs(theta), fmax(fabs(a.g), fabs(b.g)));
    double root = (theta / s) * (theta / s) - (a.g / s) * (b.g / s);
    *gamma = s * sqrt(floor_root ? fmax(0, root) : root);
    return theta;
}

/* The value rose: a minimum lies between x and p. */
static double step_risen(mi_line_search *s, mi_line_point p)
{
    mi_line_point x = s->x;
    double gamma, theta = cubic(x, p, 0, &gamma), by = p.at - x.at;
    gamma = p.at < x.at ? -gamma : gamma;
    double c =
        x.at + ((gamma - x.g) + theta) / (((gamma - x.g) + gamma) + p.g) * by;
    double q = x.at + x.g / ((x.f - p.f) / by + x.g) / 2 * by;
    s->bracketed = 1;
    return fabs(c - x.at) < fabs(q - x.at) ? c : c + (q - c) / 2;
}

/* The slope changed its sign: also bracketed. */
static double step_past_minimum(mi_line_search *s, mi_line_point p)
{
    mi_line_point x = s->x;
    double gamma, theta = cubic(x, p, 0, &gamma), by = x.at - p.at;
    gamma = p.at > x.at ? -gamma : gamma;
    double c =
        p.at + ((gamma - p.g) + theta) / (((gamma - p.g) + gamma) + x.g) * by;
    double q = p.at + p.g / (p.g - x.g) * by;
    s->bracketed = 1;
    return fabs(c - p.at) > fabs(q - p.at) ? c : q;
}

/* The slope has the same sign and is flatter. */
static double step_flatter(const mi_line_search *s, mi_line_point p)
{
    mi_line_point x = s->x;
    double gamma, theta = cubic(x, p, 1, &gamma), by = x.at - p.at;
    gamma = p.at > x.at ? -gamma : gamma;
    double r = ((gamma - p.g) + theta) / ((gamma + (x.g - p.g)) + gamma);
    double c = r < 0 && gamma != 0 ? p.at + r * by
               : p.at > x.at       ? s->high
                                   : s->low;
    double q = p.at + p.g / (p.g - x.g) * by;
    int near = fabs(c - p.at) < fabs(q - p.at);
    if (!s->bracketed)
        return fmin(s->high, fmax(s->low, near ? q : c));
    double next = near ? c : q, edge = p.at + 0.66 * (s->y.at - p.at);
    return p.at > x.at ? fmin(edge, next) : fmax(edge, next);
}

/* The slope has the same sign and is not flatter. */
static double step_steeper(const mi_line_search *s, mi_line_point p)
{
    mi_line_point y = s->y;
    if (!s->bracketed)
        return p.at > s->x.at ? s->high : s->low;
    double gamma, theta = cubic(p, y, 0, &gamma), by = y.at - p.at;
    gamma = p.at > y.at ? -gamma : gamma;
    return p.at +
           ((gamma - p.g) + theta) / (((gamma - p.g) + gamma) + y.g) * by;
}

/* The next trial; x and y are brought up to date. */
static double choose(mi_line_search *s, mi_line_point p)
{
    int passed = p.g * (s->x.g / fabs(s->x.g)) < 0;
    double next;
    if (p.f > s->x.f)
        next = step_risen(s, p);
    else if (passed)
        next = step_past_minimum(s, p);
    else if (fabs(p.g) < fabs(s->x.g))
        next = step_flatter(s, p);
    else
        next = step_steeper(s, p);

    if (p.f > s->x.f) {
        s->y = p;
        return next;
    }
    if (passed)
        s->y = s->x;
    s->x = p;
    return next;
}

static mi_line_point tilt(mi_line_point p, double by)
{
    return (mi_line_point){p.at, p.f - p.at * by, p.g - by};
}

static int is_stuck(const mi_line_search *s, double at)
{
    return s->bracketed && (at <= s->low || at >= s->high ||
                            s->high - s->low <= narrow * s->high);
}

double mi_line_next(mi_line_search *s, mi_line_point p)
{
    double tested = decrease * s->start.g, line = s->start.f + p.at * tested;
    int level = fabs(p.g) <= flat * -s->start.g;
    if (p.f <= line && p.g >= 0)
        s->second_stage = 1;
    if ((p.f <= line && level) || is_stuck(s, p.at) || p.at >= longest ||
        (s->noise > 0 && p.f <= s->start.f + s->noise && level))
        return 0;

    int first = !s->second_stage && p.f <= s->x.f && p.f > line;
    double by = first ? tested : 0, next;
    s->x = tilt(s->x, by);
    s->y = tilt(s->y, by);
    next = choose(s, tilt(p, by));
    s->x = tilt(s->x, -by);
    s->y = tilt(s->y, -by);

    double x = s->x.at, y = s->y.at;
    if (s->bracketed) {
        if (fabs(y - x) >= 0.66 * s->width_before)
            next = x + (y - x) / 2;
        s->width_before = s->width;
        s->width = fabs(y - x);
        s->low = fmin(x, y);
        s->high = fmax(x, y);
    } else {
        s->low = next + 1.1 * (next - x);
        s->high = next + 4 * (next - x);
    }
    next = fmin(longest, fmax(0, next));
    return is_stuck(s, next) ? x : next;
}
