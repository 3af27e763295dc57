/* docs/operators.md and the operators: each has its row there, with its inputs,
 * attributes, defaults and whether it learns; and no row is of another. */
#include "graph/op.h"
#include "mien/file.h"
#include "mien/text.h"
#include "tests/check.h"

#include <string.h>

/* A name in quotes, and its default where it has one that can be written. */
static void add_attribute(const mi_op *op, const mi_attr *a, mien_buffer *out)
{
    const char *at = (const char *)op->attr_defaults + a->offset;
    mien_buffer_printf(out, "`%s`", a->name);
    if (a->type == MI_ATTR_INT) {
        int64_t v;
        memcpy(&v, at, sizeof v);
        if (v != INT64_MIN && v != INT64_MAX)
            mien_buffer_printf(out, " %lld", (long long)v);
    } else if (a->type == MI_ATTR_FLOAT) {
        float v;
        memcpy(&v, at, sizeof v);
        mien_buffer_printf(out, " %g", (double)v);
    } else if (a->type == MI_ATTR_TEXT) {
        mien_buffer_printf(out, " %s", at);
    }
}

/* How the row of an operator begins. */
static void add_row(const mi_op *op, mien_buffer *out)
{
    mien_buffer_printf(out, "\n| `%s` | %d", op->name, op->min_in);
    if (op->max_in != op->min_in)
        mien_buffer_printf(out, "..%d", op->max_in);
    mien_buffer_puts(out, " | ");
    for (const mi_attr *a = op->attrs; a && a->name; a++) {
        mien_buffer_puts(out, a == op->attrs ? "" : ", ");
        add_attribute(op, a, out);
    }
    mien_buffer_printf(out, "%s| %s |", op->attrs ? " " : "",
                       op->grad ? "yes" : "no");
    mien_buffer_put(out, "", 1);
}

static int check_row(const mi_op *op, const char *page)
{
    mien_buffer row = {0};
    add_row(op, &row);
    CHECK(!row.failed);
    CHECK_MSG(strstr(page, (const char *)row.data),
              "docs/operators.md has no row that begins with %s",
              (const char *)row.data + 1);
    mien_buffer_free(&row);
    return 1;
}

static void check_page(const char *page)
{
    int operators = 0, rows = 0;
#define MI_OP(word, onnx) operators += check_row(&mi_op_##word, page);
#include "graph/op_list.h"
#undef MI_OP
    for (const char *p = page; (p = strstr(p, "\n| `")); p++)
        rows++;
    CHECK_EQ(rows, operators);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    mien_bytes file = {0};
    mien_buffer page = {0};
    mien_error err = {0};
    CHECK_MSG(!mien_file_load("docs/operators.md", 0, &file, &err), "%s",
              err.text);
    mien_buffer_put(&page, file.data, file.n);
    mien_buffer_put(&page, "", 1);
    if (!page.failed)
        RUN(check_page, (const char *)page.data);
    mien_buffer_free(&page);
    mien_bytes_free(&file);
    return check_done();
}
