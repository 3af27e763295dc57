/* cmd_model_info.c: what is inside a model file. */
#include "cli/cli.h"
#include "cli/cli_files.h"
#include "cli/cli_json.h"
#include "cli/cli_models.h"
#include "cli/cli_text.h"
#include "graph/graph.h"

#include <string.h>
#include <unistd.h>

enum { OPT_JSON, OPT_MODELS };
enum { OPERATORS_MAX = 128 };

static const cli_option options[] = {
    {"json", 0, CLI_FLAG, NULL, NULL, "a JSON object"},
    CLI_OPTION_MODELS,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien model info face_recognition", "an installed model, by its name"},
    {"mien model info --json some.onnx", "any ONNX file, as JSON"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "the model was read"},
    {"2", "the command line is wrong"},
    {"3", "the model could not be read"},
    {"4", "output could not be written"},
    {NULL, NULL},
};

typedef struct operator_count {
    const char *name;
    int n;
} operator_count;

typedef struct model_facts {
    const char *path;
    size_t bytes;
    char digest[CLI_DIGEST];
    const mien_model_entry *known; /* whose file has this digest, or NULL */
    const mien_graph *graph;
    int64_t parameters;
    operator_count operators[OPERATORS_MAX];
    int n_operators;
} model_facts;

static void count_operator(model_facts *m, const char *name)
{
    int i = 0;
    while (i < m->n_operators && strcmp(m->operators[i].name, name) != 0)
        i++;
    if (i == OPERATORS_MAX)
        return;
    if (i == m->n_operators)
        m->operators[m->n_operators++] = (operator_count){name, 0};
    m->operators[i].n++;
}

static const mien_model_entry *known_by_digest(const char *digest)
{
    const mien_model_entry *e;
    for (int i = 0; (e = mien_model_at(i)); i++)
        if (e->sha256 && strcmp(e->sha256, digest) == 0)
            return e;
    return NULL;
}

static void learn(model_facts *m, const uint8_t *bytes, size_t n)
{
    m->bytes = n;
    cli_digest(bytes, n, m->digest);
    m->known = known_by_digest(m->digest);
    for (int i = 0; i < mi_graph_size(m->graph); i++) {
        const mi_node *node = mi_graph_at(m->graph, i);
        int64_t len = mi_shape_len(&node->shape);
        if (node->op)
            count_operator(m, node->op->name);
        else if (node->value && len > 0)
            m->parameters += len;
    }
}

static mien_shape output_shape(const mien_graph *g, int i)
{
    return mi_graph_output_node(g, i)->shape;
}

static void shape_text(const mien_shape *s, mien_buffer *out)
{
    for (int i = 0; i < s->rank; i++) {
        mien_buffer_puts(out, i ? " x " : "");
        if (s->dim[i] < 0)
            mien_buffer_puts(out, "?");
        else
            mien_buffer_printf(out, "%lld", (long long)s->dim[i]);
    }
    mien_buffer_puts(out, s->rank ? "\n" : "a number\n");
}

/* "label       text": names in a file that anybody may have written. */
static void line(const char *label, const char *text, const char *after,
                 mien_buffer *out)
{
    mien_buffer_printf(out, "%-11s ", label);
    cli_text_plain(text, out);
    mien_buffer_puts(out, after);
}

static void print_ports(const mien_graph *g, mien_buffer *out)
{
    for (int i = 0; i < mien_graph_inputs(g); i++) {
        mien_shape s = mien_graph_input_shape(g, i);
        line("input", mien_graph_input_name(g, i), ": ", out);
        shape_text(&s, out);
    }
    for (int i = 0; i < mien_graph_outputs(g); i++) {
        mien_shape s = output_shape(g, i);
        line("output", mien_graph_output_name(g, i), ": ", out);
        shape_text(&s, out);
    }
}

static void print_text(const model_facts *m, mien_buffer *out)
{
    line("file", m->path, "\n", out);
    mien_buffer_printf(out, "size        %zu bytes\nSHA-256     %s\n", m->bytes,
                       m->digest);
    if (m->known)
        mien_buffer_printf(
            out, "catalogue   %s: %s\nlicence     %s\nsource      %s %s\n",
            m->known->name, m->known->summary, m->known->licence,
            m->known->source, m->known->version);
    else
        mien_buffer_puts(out, "catalogue   not in it\n");
    print_ports(m->graph, out);
    mien_buffer_printf(out, "parameters  %lld\noperators  ",
                       (long long)m->parameters);
    for (int i = 0; i < m->n_operators; i++)
        mien_buffer_printf(out, " %s %d%s", m->operators[i].name,
                           m->operators[i].n,
                           i + 1 < m->n_operators ? "," : "");
    mien_buffer_puts(out, "\n");
    for (int i = 0; i < mi_graph_metas(m->graph); i++) {
        const char *key, *value;
        mi_graph_meta_at(m->graph, i, &key, &value);
        line("metadata", key, ": ", out);
        cli_text_plain(value, out);
        mien_buffer_puts(out, "\n");
    }
}

static json_t *port_json(const char *name, mien_shape s)
{
    json_t *o = json_object(), *dims = json_array();
    for (int i = 0; i < s.rank; i++)
        cli_json_add(&dims,
                     s.dim[i] < 0 ? json_null() : json_integer(s.dim[i]));
    cli_json_put(&o, "name", cli_json_text(name));
    cli_json_put(&o, "shape", dims);
    return o;
}

static json_t *info_json(const model_facts *m)
{
    const mien_graph *g = m->graph;
    json_t *o = json_object(), *in = json_array(), *out = json_array();
    json_t *ops = json_object(), *meta = json_object();
    for (int i = 0; i < mien_graph_inputs(g); i++)
        cli_json_add(&in, port_json(mien_graph_input_name(g, i),
                                    mien_graph_input_shape(g, i)));
    for (int i = 0; i < mien_graph_outputs(g); i++)
        cli_json_add(
            &out, port_json(mien_graph_output_name(g, i), output_shape(g, i)));
    for (int i = 0; i < m->n_operators; i++)
        cli_json_put(&ops, m->operators[i].name,
                     json_integer(m->operators[i].n));
    for (int i = 0; i < mi_graph_metas(g); i++) {
        const char *key, *value;
        mi_graph_meta_at(g, i, &key, &value);
        cli_json_put(&meta, key, cli_json_text(value));
    }
    cli_json_put(&o, "file", cli_json_text(m->path));
    cli_json_put(&o, "bytes", json_integer((json_int_t)m->bytes));
    cli_json_put(&o, "sha256", cli_json_text(m->digest));
    cli_json_put(&o, "name", cli_json_text(m->known ? m->known->name : NULL));
    cli_json_put(&o, "licence",
                 cli_json_text(m->known ? m->known->licence : NULL));
    cli_json_put(&o, "inputs", in);
    cli_json_put(&o, "outputs", out);
    cli_json_put(&o, "parameters", json_integer(m->parameters));
    cli_json_put(&o, "operators", ops);
    cli_json_put(&o, "metadata", meta);
    return o;
}

/* The bytes of a file, or of a catalogue's model by its name. */
static int load(const cli_args *a, const char **path, char found[CLI_PATH_MAX],
                mien_bytes *bytes)
{
    mien_error err = {0};
    const mien_model_entry *e = mien_model_find(*path);
    if (e && access(*path, F_OK) != 0 &&
        cli_models_find(a->value[OPT_MODELS], e->file, found))
        *path = found;
    if (cli_file_load(*path, bytes, &err) == MIEN_OK)
        return 1;
    cli_error("%s: %s", *path, err.text);
    return 0;
}

static int run(const cli_args *a)
{
    char found[CLI_PATH_MAX];
    model_facts m = {.path = a->operand[0]};
    mien_bytes file = {0};
    mien_graph *g = NULL;
    mien_error err = {0};
    size_t n = 0;
    const uint8_t *bytes = mien_model_embedded(m.path, &n);
    if (!bytes || access(m.path, F_OK) == 0) {
        if (!load(a, &m.path, found, &file))
            return CLI_NOTHING;
        bytes = file.data;
        n = file.n;
    } else {
        m.path = mien_model_find(m.path)->file;
    }
    int status = CLI_NOTHING;
    if (mien_onnx_read(bytes, n, &g, &err) != MIEN_OK) {
        cli_error("%s: %s", m.path, err.text);
    } else {
        mien_buffer out = {0};
        m.graph = g;
        learn(&m, bytes, n);
        if (cli_given(a, OPT_JSON))
            cli_json_print(&out, info_json(&m), JSON_INDENT(2));
        else
            print_text(&m, &out);
        cli_emit(&out);
        status = CLI_OK;
    }
    mien_graph_free(g);
    mien_bytes_free(&file);
    return status;
}

const cli_command cmd_model_info = {
    "model info",
    "FILE|NAME",
    1,
    1,
    "what is inside a model file",
    "Read an ONNX file and print its inputs, outputs, number of parameters, "
    "operators, metadata and SHA-256, and what the catalogue says of it: "
    "source and licence. NAME is a name from `mien model list`.",
    options,
    examples,
    exits,
    run,
};
