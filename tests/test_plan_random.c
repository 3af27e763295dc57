/* Random networks: what the plan gives must be what the operators' definitions
 * give. */
#include "tests/net_random.h"

static void check_random(unsigned number)
{
    maker m;
    char what[40];
    float *x[2] = {NULL, NULL};
    mien_shape in[2];
    mien_error err = {0};
    mien_plan *p = NULL;
    seed = number;
    snprintf(what, sizeof what, "graph %u", number);
    random_graph(&m, 0);
    int n = mien_graph_inputs(m.g);
    for (int i = 0; i < n; i++) {
        in[i] = mien_graph_input_shape(m.g, i);
        x[i] = random_floats(mi_shape_len(&in[i]));
    }
    const float *const inputs[2] = {x[0], x[1]};
    reference r = run_reference(m.g, inputs);
    double most = largest(&r);
    mien_status st = mien_plan_new(m.g, in, n, NULL, &p, &err);
    CHECK_MSG(st == MIEN_OK, "%s: %s", what, err.text);
    for (int again = 0; st == MIEN_OK && most < 1e4 && again < 2; again++) {
        for (int i = 0; i < n; i++)
            fill_input(mien_plan_input(p, i), x[i]);
        mien_plan_run(p);
        compare_outputs(m.g, p, &r, most, what);
    }
    mien_plan_free(p);
    free_reference(&r);
    for (int i = 0; i < n; i++)
        mi_free(x[i]);
    mien_graph_free(m.g);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    for (unsigned i = 1; i <= 10000; i++)
        RUN(check_random, (i + check_seed) * 7919);
    return check_done();
}
