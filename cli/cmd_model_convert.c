/* cmd_model_convert.c: weights of another project, written as ONNX files. */
#include "cli/shell/files.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct values {
    const char *output, *classes;
    float mean, scale;
    int float32, small, force, quiet;
} values;
static const values defaults = {.scale = 1 / 255.0f};

static const cli_option options[] = {
    CLI_ROW_TEXT(
        output, CLI_FOLDER, "output", 'o', "OUT",
        "folder for the ONNX files, made if missing (default: this folder)"),
    CLI_ROW_FLAG(float32, "float32", 0,
                 "write weights as 32-bit floats instead of 8-bit integers "
                 "with a scale; four times the size, the same answers"),
    CLI_ROW_FLAG(
        small, "small", 0,
        "tfjs: a byte for each weight, where some have more: the least "
        "file, answers a little off"),
    CLI_ROW_FLAG(force, "force", 0,
                 "convert files whose SHA-256 is not the one of the catalogue"),
    CLI_ROW_TEXT(
        classes, CLI_TEXT, "classes", 0, "NAMES",
        "keras: what the classes are called, with commas between, in "
        "the network's order, so that `mien evaluate` takes the model; "
        "a softmax at its end is left out"),
    CLI_ROW_REAL(mean, "mean", 0, "X", -1e6, 1e6,
                 "keras: taken off pixels of 0 to 255 (default {})"),
    CLI_ROW_REAL(scale, "scale", 0, "X", -1e6, 1e6,
                 "keras: what they are multiplied by then (default 1/255)"),
    CLI_OPTION_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien model convert face-api node_modules/@vladmandic/face-api/model "
     "-o models",
     "convert every face-api.js network of that folder"},
    {"mien model convert keras model.hdf5 -o emotion",
     "a network that Keras saved"},
    {"mien model convert tfjs models/coco-ssd/model.json -o models",
     "the network of coco-ssd, for `mien objects`"},
    {"mien model convert onnx model/fr_feature.onnx -o models",
     "filters in bytes: about a quarter of the size"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "every network found was converted"},
    {"1", "some were converted, some could not be"},
    {"2", "the command line is wrong"},
    {"3", "nothing was found or could be converted"},
    {"4", "a file could not be written"},
    {NULL, NULL},
};

typedef struct conversion {
    const mien_model_entry *entry;
    mien_bytes manifest, weights;
    mien_faceapi_options options;
} conversion;

/* model/NAME.bin -> DIR/NAME + ending */
static int source_path(const char *dir, const mien_model_entry *e,
                       const char *ending, char out[MIEN_PATH_MAX])
{
    const char *slash = strrchr(e->source_file, '/');
    const char *base = slash ? slash + 1 : e->source_file;
    size_t n = strlen(base);
    if (n < 4 || strcmp(base + n - 4, ".bin") != 0)
        return 0;
    int len = snprintf(out, MIEN_PATH_MAX, "%s/%.*s%s", dir, (int)n - 4, base,
                       ending);
    return len > 0 && len < MIEN_PATH_MAX;
}

/* Load a file whose digest is known; 0, and a report, if it is another. */
static int load_checked(const char *path, const char *digest, int force,
                        mien_bytes *out)
{
    mien_error err = {0};
    if (mien_file_load(path, 0, out, &err) != MIEN_OK) {
        cli_error_at(path, &err);
        return 0;
    }
    char found[65];
    mien_sha256(out->data, out->n, found);
    if (!digest || strcmp(found, digest) == 0)
        return 1;
    cli_error("%s: SHA-256 is %s, the catalogue has %s%s", path, found, digest,
              force ? "" : "; --force converts it all the same");
    return force;
}

/* Save one file, and say so; the status to exit with. */
static int save(const values *v, const char *dir, const char *name,
                const mien_bytes *bytes)
{
    char path[MIEN_PATH_MAX];
    mien_error err = {0};
    mien_buffer said = {0};
    snprintf(path, sizeof path, "%s/%s", dir, name);
    mien_status st = mien_file_save(path, bytes->data, bytes->n, &err);
    if (st != MIEN_OK)
        cli_unsaved(&err);
    if (st == MIEN_OK && !v->quiet)
        mien_buffer_printf(&said, "%s: %zu bytes\n", path, bytes->n);
    cli_emit(&said);
    return st == MIEN_OK ? CLI_OK : CLI_OUTPUT;
}

/* Convert and save one network; the status to exit with. */
static int write_onnx(const conversion *c, const values *v, const char *out_dir)
{
    const mien_model_entry *e = c->entry;
    mien_error err = {0};
    mien_graph *g = NULL;
    mien_bytes onnx = {0};
    mien_status st = mien_faceapi_convert(e->name, c->manifest.data,
                                          c->manifest.n, c->weights.data,
                                          c->weights.n, &c->options, &g, &err);
    if (st == MIEN_OK)
        st = mien_onnx_write(g, &onnx, &err);
    mien_graph_free(g);
    if (st != MIEN_OK) {
        cli_error("%s: %s", e->name, err.text);
        return CLI_NOTHING;
    }
    int status = save(v, out_dir, e->file, &onnx);
    mien_bytes_free(&onnx);
    return status;
}

static int convert_one(const values *v, const mien_model_entry *e,
                       const char *manifest, const char *weights)
{
    conversion c = {.entry = e, .options = {.float32 = v->float32}};
    const char *out = v->output ? v->output : ".";
    int status = CLI_NOTHING;
    if (load_checked(manifest, e->manifest_sha256, v->force, &c.manifest) &&
        load_checked(weights, e->source_sha256, v->force, &c.weights))
        status = write_onnx(&c, v, out);
    mien_bytes_free(&c.manifest);
    mien_bytes_free(&c.weights);
    return status;
}

/* Keras' file, as model.onnx and net.json. */
static int convert_keras(const values *v, const char *path)
{
    const char *out = v->output ? v->output : ".";
    const mien_keras_options o = {v->classes != NULL};
    const mien_picture_classes how = {"class", v->classes, v->mean, v->scale};
    mien_bytes file = {0}, text = {0}, onnx = {0};
    mien_net *net = NULL;
    mien_error err = {0};
    int status = CLI_NOTHING;
    mien_status st = mien_file_load(path, 0, &file, &err);
    if (!st)
        st = mien_keras_read(file.data, file.n, &o, &net, &text, &err);
    if (!st && v->classes)
        st = mien_picture_name_classes(net->graph, &how, &err);
    if (!st)
        st = mien_onnx_write(net->graph, &onnx, &err);
    if (st)
        cli_error("%s: %s", path, err.text);
    else
        status = save(v, out, "model.onnx", &onnx);
    if (status == CLI_OK)
        status = save(v, out, "net.json", &text);
    mien_net_free(net);
    mien_bytes_free(&file);
    mien_bytes_free(&text);
    mien_bytes_free(&onnx);
    return status;
}

/* TensorFlow.js' model.json, as the file of the catalogue or model.onnx. */
static int convert_tfjs(const values *v, const char *path)
{
    const mien_tfjs_options o = {v->float32, v->small, NULL};
    const mien_model_entry *e = NULL;
    mien_graph *g = NULL;
    mien_bytes onnx = {0};
    mien_error err = {0};
    int status = CLI_NOTHING;
    mien_status st = mien_tfjs_load(path, &o, v->force, &e, &g, &err);
    if (!st)
        st = mien_onnx_write(g, &onnx, &err);
    if (st)
        cli_error("%s%s", err.text,
                  strstr(err.text, "the catalogue has")
                      ? "; --force converts it all the same"
                      : "");
    else
        status = save(v, v->output ? v->output : ".",
                      e ? e->file : "model.onnx", &onnx);
    mien_graph_free(g);
    mien_bytes_free(&onnx);
    return status;
}

/* The model of the catalogue that is made of a file with that digest. */
static const mien_model_entry *made_of(const mien_bytes *file)
{
    char digest[65];
    const mien_model_entry *e;
    mien_sha256(file->data, file->n, digest);
    for (int i = 0; (e = mien_model_at(i)); i++)
        if (!e->manifest_sha256 && e->source_sha256 &&
            strcmp(e->source_sha256, digest) == 0)
            break;
    return e;
}

/* An ONNX file with filters in bytes, as the file of the catalogue or
 * model.onnx. */
static int convert_onnx(const values *v, const char *path)
{
    mien_bytes file = {0}, onnx = {0};
    mien_graph *g = NULL, *packed = NULL;
    mien_error err = {0};
    if (mien_file_load(path, 0, &file, &err) != MIEN_OK) {
        cli_error_at(path, &err);
        return CLI_NOTHING;
    }
    const mien_model_entry *e = made_of(&file);
    int status = CLI_NOTHING;
    mien_status st = mien_onnx_read(file.data, file.n, &g, &err);
    if (!st && !v->float32)
        st = mien_onnx_pack(g, &packed, &err);
    if (!st)
        st = mien_onnx_write(packed ? packed : g, &onnx, &err);
    if (st)
        cli_error_at(path, &err);
    else
        status = save(v, v->output ? v->output : ".",
                      e ? e->file : "model.onnx", &onnx);
    mien_graph_free(g);
    mien_graph_free(packed);
    mien_bytes_free(&file);
    mien_bytes_free(&onnx);
    return status;
}

/* Every network of the catalogue that lies in the folder. */
static int convert_faceapi(const values *v, const char *dir)
{
    int done = 0, failed = 0;
    const mien_model_entry *e;
    for (int i = 0; (e = mien_model_at(i)) && !cli_interrupted(); i++) {
        char manifest[MIEN_PATH_MAX], weights[MIEN_PATH_MAX];
        if (!e->manifest_sha256 ||
            !source_path(dir, e, "-weights_manifest.json", manifest) ||
            !source_path(dir, e, ".bin", weights) ||
            access(manifest, F_OK) != 0)
            continue;
        int status = convert_one(v, e, manifest, weights);
        if (status == CLI_OUTPUT)
            return status;
        done += status == CLI_OK;
        failed += status != CLI_OK;
    }
    if (!done && !failed)
        cli_error("%s: no *-weights_manifest.json of a known network here",
                  dir);
    if (!done)
        return CLI_NOTHING;
    return failed ? CLI_PARTLY : CLI_OK;
}

static const struct {
    const char *name;
    int (*convert)(const values *v, const char *path);
} sources[] = {
    {"face-api", convert_faceapi},
    {"keras", convert_keras},
    {"onnx", convert_onnx},
    {"tfjs", convert_tfjs},
};

static int run(const cli_args *a)
{
    const values *v = a->values;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        if (strcmp(a->operand[0], sources[i].name) != 0)
            continue;
        if (v->output && !cli_folder_make(v->output))
            return CLI_OUTPUT;
        return sources[i].convert(v, a->operand[1]);
    }
    cli_error("model convert: found '%s', wanted face-api, keras, onnx or tfjs",
              a->operand[0]);
    return CLI_USAGE;
}

const cli_command cmd_model_convert = {
    .name = "model convert",
    .operands = "face-api DIR | keras|onnx|tfjs FILE",
    .min_operands = 2,
    .max_operands = 2,
    .summary = "turn weights of face-api.js, Keras or TensorFlow.js into ONNX "
               "files, or make one smaller",
    .description =
        "Read the weight manifests and .bin files of face-api.js in DIR (the "
        "folder model/ of the npm package @vladmandic/face-api), check their "
        "SHA-256 against the catalogue, and write one ONNX file for each "
        "network. "
        "Of a network that Keras saved whole (model.save, .h5 or .hdf5), write "
        "model.onnx and its layers as net.json; nothing in the file is "
        "executed. "
        "Of a graph model of TensorFlow.js write model.onnx, or the file that "
        "the catalogue has for it; FILE is model.json, its weights lie beside "
        "it. A loop that resizes pictures before the network is left out. "
        "Of an ONNX file of 32-bit floats write model.onnx, or the file that "
        "the catalogue has for it, with the filters of convolutions in bytes. "
        "A file appears whole or not at all.",
    CLI_COMMAND_TABLES,
};
