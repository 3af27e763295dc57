/* Operators on whatever a file may say: random inputs and attributes, most of
 * them nonsense.  shape either gives a reason or sets a result that eval can
 * write: all of it, and nothing beside it (the sanitizers watch). */
#include "tests/op_check.h"

/* Of an element that eval must overwrite; no operator makes this number. */
#define UNWRITTEN -12345.678F
enum { TRIES = 6000, MAX_RESULT = 4096, GUARD = 16 };

static unsigned seed = 1;

static int pick(int n) { return (int)(check_rand(&seed) % (unsigned)n); }

static int64_t odd_int(void)
{
    static const int64_t odd[] = {INT64_MAX, INT64_MIN, (int64_t)1 << 40,
                                  -((int64_t)1 << 33)};
    return pick(12) ? pick(9) - 3 : odd[pick(4)];
}

static mi_node *odd_floats(int rank)
{
    mien_shape s = {.rank = rank};
    for (int d = 0; d < s.rank; d++)
        s.dim[d] = pick(20) ? 1 + pick(3) : 0;
    mi_node *n = noise(s, &seed);
    if (pick(3) == 0) { /* a value that a run makes, not a constant */
        mi_node *x = make(&mi_op_relu, NULL, &n, 1);
        x->shape = s;
        x->eval = n->eval;
        return x;
    }
    return n;
}

static mi_node *odd_input(void)
{
    mien_shape s = {.rank = pick(8) ? 1 : pick(3)};
    int64_t v[64];
    uint8_t b[64];
    for (int d = 0; d < s.rank; d++)
        s.dim[d] = pick(5);
    for (int i = 0; i < 64; i++) {
        v[i] = odd_int();
        b[i] = (uint8_t)pick(256);
    }
    switch (pick(8)) {
    case 0:
    case 1:
    case 2:
    case 3: return odd_floats(pick(4) ? 4 : pick(MIEN_MAX_RANK + 1));
    case 4: return odd_floats(pick(2));
    case 5: return bytes(s, b);
    default: return ints(s, v);
    }
}

/* An input that might fit the first one. */
static mi_node *mate(mi_node *x)
{
    int64_t v[2 * MIEN_MAX_RANK];
    int rank = x->shape.rank;
    for (int i = 0; i < 2 * MIEN_MAX_RANK; i++)
        v[i] = pick(6) ? 1 + pick(3) : odd_int();
    switch (pick(6)) {
    case 0: return x;
    case 1: return ints(DIMS(rank), v);
    case 2: return ints(DIMS(2 * rank), v);
    case 3:
    case 4:
        return noise(DIMS(rank < 2 ? rank : x->shape.dim[pick(4) ? 1 : 0]),
                     &seed);
    default: return odd_input();
    }
}

static void odd_attr(const mi_op *op, uint8_t *attr)
{
    static const char texts[][MI_ATTR_TEXT_LEN] = {
        "NOTSET", "SAME_UPPER", "VALID",      "linear",        "nearest",
        "edge",   "reflect",    "asymmetric", "align_corners", "floor"};
    memcpy(attr, op->attr_defaults, op->attr_size);
    for (const mi_attr *a = op->attrs; a->name; a++) {
        mi_ints list = {.n = pick(6) ? 2 * (1 + pick(2)) : pick(13)};
        int64_t v = pick(2) ? pick(3) : odd_int();
        float f = (float)odd_int();
        for (int i = 0; i < MI_MAX_INTS; i++)
            list.v[i] = pick(4) ? 1 + pick(3) : odd_int();
        uint8_t *field = attr + a->offset;
        if (pick(a->type == MI_ATTR_TEXT ? 8 : 2) != 0)
            continue;
        if (a->type == MI_ATTR_INT)
            memcpy(field, &v, sizeof v);
        if (a->type == MI_ATTR_FLOAT)
            memcpy(field, &f, sizeof f);
        if (a->type == MI_ATTR_INTS)
            memcpy(field, &list, sizeof list);
        if (a->type == MI_ATTR_TEXT)
            memcpy(field, texts[pick(10)], MI_ATTR_TEXT_LEN);
    }
}

/* Training and the gradient write where they may: the sanitizers watch. */
static void check_learning(mi_node *n)
{
    size_t len = (size_t)mi_shape_len(&n->shape);
    size_t save = n->op->save_len ? n->op->save_len(n) : 0;
    float *grad[MI_MAX_IN] = {NULL};
    mien_random random;
    if (!n->op->grad)
        return;
    mien_random_init(&random, 1);
    n->random = &random;
    n->grad = mi_alloc(len, sizeof *n->grad);
    n->save = mi_alloc(save + 1, sizeof *n->save);
    for (int k = 0; k < n->n_in; k++)
        if (n->in[k] && n->in[k]->type == MI_F32)
            n->in[k]->grad = grad[k] = mi_alloc(
                (size_t)mi_shape_len(&n->in[k]->shape) + 1, sizeof **grad);
    if (n->op->train)
        n->op->train(n);
    n->op->grad(n);
    for (int k = 0; k < n->n_in; k++) {
        if (n->in[k])
            n->in[k]->grad = NULL;
        mi_free(grad[k]);
    }
    mi_free(n->grad);
    mi_free(n->save);
}

static void check_result(mi_node *n)
{
    int64_t len = mi_shape_len(&n->shape);
    CHECK(len >= 0 && n->shape.rank <= MIEN_MAX_RANK);
    if (n->type == MI_I64)
        CHECK(n->n_known == -1 || n->n_known == len);
    if (n->type != MI_F32 || len > MAX_RESULT)
        return;
    CHECK(len > 0 && n->n_known == -1);
    n->eval = mi_alloc((size_t)len + GUARD, sizeof *n->eval);
    for (int64_t i = 0; i < len + GUARD; i++)
        n->eval[i] = UNWRITTEN;
    n->op->eval(n);
    int missing = 0, beside = 0;
    for (int64_t i = 0; i < len + GUARD; i++) {
        missing += i < len && n->eval[i] == UNWRITTEN;
        beside += i >= len && n->eval[i] != UNWRITTEN;
    }
    CHECK_MSG(!missing && !beside, "%s: %d unwritten, %d beside", n->op->name,
              missing, beside);
    check_learning(n);
    mi_free(n->eval);
}

/* Weights that fit a sequence: chance alone never makes them. */
static void fit_lstm(mi_node *in[MI_MAX_IN])
{
    int64_t n = 1 + pick(3), h = 1 + pick(3);
    in[0] = noise(DIMS(1 + pick(3), 1 + pick(3), n), &seed);
    in[1] = noise(DIMS(1, 4 * h, n), &seed);
    in[2] = noise(DIMS(1, 4 * h, h), &seed);
    if (in[3])
        in[3] = noise(DIMS(1, 8 * h), &seed);
}

/* How many of the tries shape accepted. */
static int try_op(const mi_op *op)
{
    int accepted = 0;
    for (int t = 0; t < TRIES; t++) {
        union {
            uint8_t bytes[1024];
            int64_t align;
        } attr;
        mi_node *in[MI_MAX_IN] = {NULL};
        int more = op->max_in - op->min_in;
        int n_in = op->min_in + pick(more < 3 ? more + 1 : 4);
        begin();
        for (int k = 0; k < n_in; k++)
            if (k < op->min_in || pick(2))
                in[k] =
                    k > 0 ? mate(in[pick(4) || !in[1] ? 0 : 1]) : odd_input();
        if (op == &mi_op_lstm && pick(2))
            fit_lstm(in);
        if (op->attr_size)
            odd_attr(op, attr.bytes);
        mi_node *n = make(op, op->attr_size ? attr.bytes : NULL, in, n_in);
        if (!op->shape(n)) {
            accepted++;
            check_result(n);
        }
        end();
    }
    return accepted;
}

static void check_op(const mi_op *op)
{
    int accepted = try_op(op);
    CHECK_MSG(accepted > 0 && (accepted < TRIES || op == &mi_op_shape),
              "%s: %d of %d accepted", op->name, accepted, TRIES);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
#define MI_OP(word, onnx) RUN(check_op, &mi_op_##word);
#include "graph/op_list.h"
#undef MI_OP
    return check_done();
}
