/* cmd_model_info.c: what is inside a model file. */
#include "cli/shell/files.h"

#include <unistd.h>

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
    mien_model_record m = {.file = a->operand[0]};
    mien_bytes file = {0};
    mien_graph *g = NULL;
    mien_error err = {0};
    size_t n = 0;
    const uint8_t *bytes = mien_model_embedded(m.file, &n);
    if (!bytes || access(m.file, F_OK) == 0) {
        if (!load(v, &m.file, found, &file))
            return CLI_NOTHING;
        bytes = file.data;
        n = file.n;
    } else {
        m.file = mien_model_find(m.file)->file;
    }
    int status = CLI_NOTHING;
    if (n > 0 && bytes[0] == '{') {
        status = print_net(v, m.file, bytes, n);
    } else if (mien_onnx_read_borrowed(bytes, n, &g, &err) != MIEN_OK) {
        cli_error("%s: %s", m.file, err.text);
    } else {
        mien_buffer out = {0};
        m.graph = g;
        m.bytes = bytes;
        m.n = n;
        if (v->json)
            mien_record_model(&m, &out);
        else
            mien_record_model_text(&m, &out);
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
