/* Boxes and non-maximum suppression, against the definition written plainly. */
#include "sight/found.h"

#include "base/alloc.h"
#include "check.h"

#include <string.h>

static void test_overlap_is_intersection_over_union(void)
{
    mi_rect a = {0, 0, 10, 10};
    CHECK_NEAR(mi_rect_overlap(a, a), 1, 0);
    CHECK_NEAR(mi_rect_overlap(a, (mi_rect){5, 0, 10, 10}), 50. / 150, 1e-15);
    CHECK_NEAR(mi_rect_overlap(a, (mi_rect){2, 3, 4, 5}), 0.2, 1e-15);
    CHECK_NEAR(mi_rect_overlap(a, (mi_rect){10, 0, 10, 10}), 0, 0);
    CHECK_NEAR(mi_rect_overlap(a, (mi_rect){-30, -30, 10, 10}), 0, 0);
    CHECK_NEAR(mi_rect_overlap(a, (mi_rect){3, 3, 0, 4}), 0, 0);
    CHECK_NEAR(mi_rect_overlap(a, (mi_rect){3, 3, -5, 4}), 0, 0);
    CHECK_NEAR(mi_rect_overlap(a, (mi_rect){(double)NAN, 3, (double)NAN, 4}), 0,
               0);
}

static int same_crop(mi_crop a, mi_crop b)
{
    return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h;
}

static void test_clip_keeps_whole_pixels_inside(void)
{
    static const struct {
        mi_rect box;
        mi_crop want;
    } row[] = {
        {{2.9, 3.9, 10.9, 5.9}, {2, 3, 10, 5}},
        {{-4.5, -1, 10, 8.5}, {0, 0, 5, 7}},
        {{95.5, 45.25, 100, 100}, {95, 45, 4, 4}},
        {{-10, -10, 1000, 1000}, {0, 0, 100, 50}},
        {{99.5, 0, 10, 10}, {0}}, /* less than a pixel */
        {{100, 0, 10, 10}, {0}},
        {{-10, 0, 10, 10}, {0}},
        {{0, 60, 10, 10}, {0}},
        {{1e300, 0, 1e300, 10}, {0}},
        {{0, 0, HUGE_VAL, 10}, {0, 0, 100, 10}},
        {{(double)NAN, 0, 5, 10}, {0}},
        {{0, 0, (double)NAN, (double)NAN}, {0}},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        CHECK_MSG(same_crop(mi_rect_clip(row[i].box, 100, 50), row[i].want),
                  "row %d", (int)i);
}

static void test_halves_round_up(void)
{
    CHECK_NEAR(mi_round(2.5), 3, 0);
    CHECK_NEAR(mi_round(-2.5), -2, 0);
    CHECK_NEAR(mi_round(2.49), 2, 0);
}

static void add(mi_found_list *l, mi_rect box, double score, int order)
{
    mi_found f = {.box = box, .score = score, .order = order};
    CHECK(mi_found_add(l, &f, NULL) == MIEN_OK);
}

static void test_best_first_and_order_decides_ties(void)
{
    mi_found_list l = {0};
    for (int i = 0; i < 5; i++)
        add(&l, (mi_rect){100.0 * i, 0, 10, 10}, i == 3 ? 0.9 : 0.5, -i);
    mi_found_suppress(&l, 0.5, 0);
    static const int want[] = {-3, -4, -2, -1, 0};
    CHECK_EQ(l.n, 5);
    for (int i = 0; i < 5; i++)
        CHECK_EQ(l.found[i].order, want[i]);
    mi_found_suppress(&l, 0.5, 2);
    CHECK_EQ(l.n, 2);
    CHECK_EQ(l.found[1].order, -4);
    mi_found_done(&l);
}

static void test_an_overlap_at_the_limit_is_kept(void)
{
    mi_found_list l = {0};
    add(&l, (mi_rect){0, 0, 10, 10}, 0.9, 0);
    add(&l, (mi_rect){0, 0, 10, 5}, 0.8, 1); /* exactly a half */
    add(&l, (mi_rect){0, 0, 10, 6}, 0.7, 2);
    mi_found_suppress(&l, 0.5, 0);
    CHECK_EQ(l.n, 2);
    CHECK_EQ(l.found[1].order, 1);
    mi_found_done(&l);
}

/* Kept: no better one of the kept overlaps it by more than the limit. */
static void test_random_boxes_against_the_definition(void)
{
    unsigned seed = 5;
    for (int round = 0; round < 200; round++) {
        mi_found_list l = {0};
        enum { N = 60 };
        mi_found all[N];
        for (int i = 0; i < N; i++) {
            mi_rect b = {check_rand(&seed) % 40, check_rand(&seed) % 40,
                         5 + check_rand(&seed) % 20,
                         5 + check_rand(&seed) % 20};
            all[i] = (mi_found){
                .box = b, .score = (check_rand(&seed) % 10) / 10.0, .order = i};
            add(&l, b, all[i].score, i);
        }
        double limit = (check_rand(&seed) % 11) / 10.0;
        mi_found_suppress(&l, limit, 0);
        int kept = 0;
        char keep[N] = {0}, done[N] = {0};
        for (int step = 0; step < N; step++) {
            int best = -1;
            for (int i = 0; i < N; i++)
                if (!done[i] && (best < 0 || all[i].score > all[best].score))
                    best = i;
            done[best] = keep[best] = 1;
            for (int i = 0; i < N; i++)
                if (keep[i] && i != best &&
                    mi_rect_overlap(all[i].box, all[best].box) > limit)
                    keep[best] = 0;
            if (keep[best] && kept < l.n)
                CHECK_EQ(l.found[kept].order, best);
            kept += keep[best];
        }
        CHECK_EQ(l.n, kept);
        mi_found_done(&l);
    }
}

static void test_boxes_that_are_no_boxes_are_left_out(void)
{
    mi_found_list l = {0};
    add(&l, (mi_rect){(double)NAN, 0, 1, 1}, 0.5, 0);
    add(&l, (mi_rect){0, 0, HUGE_VAL, 1}, 0.5, 0);
    add(&l, (mi_rect){-1e200, 0, 2e200, 1}, 0.5, 0);
    CHECK_EQ(l.n, 0);
    mi_found_done(&l);
}

static void test_no_memory_keeps_the_list(void)
{
    mi_found_list l = {0};
    mi_found f = {.score = 0.5};
    mi_alloc_fail_after(1);
    int n = 0;
    mien_error err = {0};
    while (mi_found_add(&l, &f, &err) == MIEN_OK)
        n++;
    mi_alloc_fail_after(-1);
    CHECK(n > 0 && l.n == n && err.status == MIEN_ENOMEM);
    CHECK(mi_found_add(&l, &f, NULL) == MIEN_OK && l.n == n + 1);
    mi_found_done(&l);
    mi_found_suppress(&l, 0.5, 0);
    CHECK_EQ(l.n, 0);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_overlap_is_intersection_over_union);
    RUN(test_clip_keeps_whole_pixels_inside);
    RUN(test_halves_round_up);
    RUN(test_best_first_and_order_decides_ties);
    RUN(test_an_overlap_at_the_limit_is_kept);
    RUN(test_random_boxes_against_the_definition);
    RUN(test_boxes_that_are_no_boxes_are_left_out);
    RUN(test_no_memory_keeps_the_list);
    return check_done();
}
