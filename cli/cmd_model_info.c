/* cmd_model_info.c: what is inside a model file. */
#include "cli/shell/files.h"

#include <string.h>
#include <unistd.h>

enum { OPERATORS_MAX = 128 };

typedef struct values {
    int json, batch;
    const char *models;
} values;
static const values defaults;

static const cli_option options[] = {
    CLI_ROW_FLAG(json, "json", 0, "a JSON object"),
    CLI_ROW_INT(batch, "batch", 0, "N", 1, 65536,
                "of a network's text: tell the memory of a step of N rows"),
    CLI_OPTION_MODELS,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien model info face_recognition", "an installed model, by its name"},
    {"mien model info --json some.onnx", "any ONNX file, as JSON"},
    {"mien model info align", "a network's text that comes with mien"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("the model was read", "the model could not be read");

typedef struct operator_count {
    const char *name;
    int n;
} operator_count;

typedef struct model_facts {
    const char *path;
    size_t bytes;
    char digest[65];
    const mien_model_entry *known; /* whose file has this digest, or NULL */
    const mien_graph *graph;
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
    mien_sha256(bytes, n, m->digest);
    m->known = known_by_digest(m->digest);
    for (int i = 0; i < mien_graph_nodes(m->graph); i++) {
        const char *name = mien_graph_operator(m->graph, i);
        if (name)
            count_operator(m, name);
    }
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
    mien_text_plain(text, out);
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
        mien_shape s = mien_graph_output_shape(g, i);
        line("output", mien_graph_output_name(g, i), ": ", out);
        shape_text(&s, out);
    }
}

/* What is in the file, for a person. */
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
                       (long long)mien_graph_parameters(m->graph));
    for (int i = 0; i < m->n_operators; i++)
        mien_buffer_printf(out, " %s %d%s", m->operators[i].name,
                           m->operators[i].n,
                           i + 1 < m->n_operators ? "," : "");
    mien_buffer_puts(out, "\n");
    const char *key, *value;
    for (int i = 0; mien_graph_meta_at(m->graph, i, &key, &value); i++) {
        line("metadata", key, ": ", out);
        mien_text_plain(value, out);
        mien_buffer_puts(out, "\n");
    }
}

static void port_json(mien_json *j, const char *name, mien_shape s)
{
    mien_json_object(j, NULL);
    mien_json_text(j, "name", name);
    mien_json_array(j, "shape");
    for (int i = 0; i < s.rank; i++)
        if (s.dim[i] < 0)
            mien_json_null(j, NULL);
        else
            mien_json_int(j, NULL, s.dim[i]);
    mien_json_close(j);
    mien_json_close(j);
}

static void ports_json(mien_json *j, const mien_graph *g)
{
    mien_json_array(j, "inputs");
    for (int i = 0; i < mien_graph_inputs(g); i++)
        port_json(j, mien_graph_input_name(g, i), mien_graph_input_shape(g, i));
    mien_json_close(j);
    mien_json_array(j, "outputs");
    for (int i = 0; i < mien_graph_outputs(g); i++)
        port_json(j, mien_graph_output_name(g, i),
                  mien_graph_output_shape(g, i));
    mien_json_close(j);
}

/* The same as one object. */
static void print_json(const model_facts *m, mien_buffer *out)
{
    const char *key, *value;
    mien_json j = mien_json_on(out, 2);
    mien_json_object(&j, NULL);
    mien_record_file(&j, "file", m->path);
    mien_json_int(&j, "bytes", (int64_t)m->bytes);
    mien_json_text(&j, "sha256", m->digest);
    mien_json_text(&j, "name", m->known ? m->known->name : NULL);
    mien_json_text(&j, "licence", m->known ? m->known->licence : NULL);
    ports_json(&j, m->graph);
    mien_json_int(&j, "parameters", mien_graph_parameters(m->graph));
    mien_json_object(&j, "operators");
    for (int i = 0; i < m->n_operators; i++)
        mien_json_int(&j, m->operators[i].name, m->operators[i].n);
    mien_json_close(&j);
    mien_json_object(&j, "metadata");
    for (int i = 0; mien_graph_meta_at(m->graph, i, &key, &value); i++)
        mien_json_text(&j, key, value);
    mien_json_close(&j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}

/* The bytes of a file, or of a catalogue's model by its name. */
static int load(const values *v, const char **path, char found[MIEN_PATH_MAX],
                mien_bytes *bytes)
{
    mien_error err = {0};
    const mien_model_entry *e = mien_model_find(*path);
    if ((e && access(*path, F_OK) != 0 &&
         mien_models_find(v->models, e->file, found)) ||
        mien_nets_find(v->models, *path, found))
        *path = found;
    if (mien_file_load(*path, 0, bytes, &err) == MIEN_OK)
        return 1;
    cli_error_at(*path, &err);
    return 0;
}

/* A network's text: its layers. */
static int print_net(const values *v, const char *path, const uint8_t *bytes,
                     size_t n)
{
    mien_net *net = NULL;
    mien_error err = {0};
    mien_buffer out = {0};
    size_t step = 0;
    mien_status st = mien_net_read(bytes, n, NULL, &net, &err);
    if (st) {
        cli_error("%s: %s", path, err.text);
        return CLI_NOTHING;
    }
    if (v->json)
        mien_net_json(net, &out);
    else
        mien_net_table(net, &out);
    if (v->batch && !v->json) {
        st = mien_net_memory(net, v->batch, &step, &err);
        mien_buffer_printf(&out, "a step of %d rows takes %.0f MB\n", v->batch,
                           (double)step / 1e6);
    }
    mien_net_free(net);
    if (st)
        cli_error("%s: %s", path, err.text);
    else
        cli_emit(&out);
    mien_buffer_free(&out);
    return st ? CLI_NOTHING : CLI_OK;
}

/* The command: of a file, or of a model inside the library. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    char found[MIEN_PATH_MAX];
    model_facts m = {.path = a->operand[0]};
    mien_bytes file = {0};
    mien_graph *g = NULL;
    mien_error err = {0};
    size_t n = 0;
    const uint8_t *bytes = mien_model_embedded(m.path, &n);
    if (!bytes || access(m.path, F_OK) == 0) {
        if (!load(v, &m.path, found, &file))
            return CLI_NOTHING;
        bytes = file.data;
        n = file.n;
    } else {
        m.path = mien_model_find(m.path)->file;
    }
    int status = CLI_NOTHING;
    if (n > 0 && bytes[0] == '{') {
        status = print_net(v, m.path, bytes, n);
    } else if (mien_onnx_read_borrowed(bytes, n, &g, &err) != MIEN_OK) {
        cli_error("%s: %s", m.path, err.text);
    } else {
        mien_buffer out = {0};
        m.graph = g;
        learn(&m, bytes, n);
        if (v->json)
            print_json(&m, &out);
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
    .name = "model info",
    .operands = "FILE|NAME",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "what is inside a model file",
    .description =
        "Read an ONNX file and print its inputs, outputs, number of "
        "parameters, "
        "operators, metadata and SHA-256, and what the catalogue says of it: "
        "source and licence. NAME is a name from `mien model list`. Of a "
        "network's text, net.json, print its layers with their shapes, "
        "parameters and operations.",
    CLI_COMMAND_TABLES,
};
