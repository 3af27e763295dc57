/* model.c: what is inside a model's file. */
#include "mien/model.h"
#include "mien/record_text.h"

#include <string.h>

enum { OPERATORS_MAX = 128 };

typedef struct operator_count {
    const char *name;
    int n;
} operator_count;

typedef struct facts {
    char digest[65];
    const mien_model_entry *known; /* whose file has this digest, or NULL */
    operator_count operators[OPERATORS_MAX];
    int n_operators;
} facts;

/* One more; those past the most are not counted. */
static void count_operator(facts *m, const char *name)
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

/* What has to be counted or looked up. */
static facts learn(const mien_model_record *r)
{
    facts m = {.n_operators = 0};
    mien_sha256(r->bytes, r->n, m.digest);
    m.known = known_by_digest(m.digest);
    for (int i = 0; i < mien_graph_nodes(r->graph); i++) {
        const char *name = mien_graph_operator(r->graph, i);
        if (name)
            count_operator(&m, name);
    }
    return m;
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

void mien_record_model_text(const mien_model_record *r, mien_buffer *out)
{
    const facts of = learn(r), *m = &of;
    line("file", r->file, "\n", out);
    mien_buffer_printf(out, "size        %zu bytes\nSHA-256     %s\n", r->n,
                       m->digest);
    if (m->known)
        mien_buffer_printf(
            out, "catalogue   %s: %s\nlicence     %s\nsource      %s %s\n",
            m->known->name, m->known->summary, m->known->licence,
            m->known->source, m->known->version);
    else
        mien_buffer_puts(out, "catalogue   not in it\n");
    print_ports(r->graph, out);
    mien_buffer_printf(out, "parameters  %lld\noperators  ",
                       (long long)mien_graph_parameters(r->graph));
    for (int i = 0; i < m->n_operators; i++)
        mien_buffer_printf(out, " %s %d%s", m->operators[i].name,
                           m->operators[i].n,
                           i + 1 < m->n_operators ? "," : "");
    mien_buffer_puts(out, "\n");
    const char *key, *value;
    for (int i = 0; mien_graph_meta_at(r->graph, i, &key, &value); i++) {
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

void mien_record_model(const mien_model_record *r, mien_buffer *out)
{
    const facts of = learn(r), *m = &of;
    const char *key, *value;
    mien_json j = mien_json_on(out, 2);
    mien_json_object(&j, NULL);
    mien_record_file(&j, "file", r->file);
    mien_json_int(&j, "bytes", (int64_t)r->n);
    mien_json_text(&j, "sha256", m->digest);
    mien_json_text(&j, "name", m->known ? m->known->name : NULL);
    mien_json_text(&j, "licence", m->known ? m->known->licence : NULL);
    ports_json(&j, r->graph);
    mien_json_int(&j, "parameters", mien_graph_parameters(r->graph));
    mien_json_object(&j, "operators");
    for (int i = 0; i < m->n_operators; i++)
        mien_json_int(&j, m->operators[i].name, m->operators[i].n);
    mien_json_close(&j);
    mien_json_object(&j, "metadata");
    for (int i = 0; mien_graph_meta_at(r->graph, i, &key, &value); i++)
        mien_json_text(&j, key, value);
    mien_json_close(&j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}
