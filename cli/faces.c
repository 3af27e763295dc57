/* faces.c: what the commands share that work through an auto-encoder. */
#include "cli/faces.h"

int cli_faces_open(const char *model, const cli_faces_values *v, int output,
                   cli_faces *out)
{
    mien_error err = {0};
    mien_face_options face = MIEN_FACE_DEFAULTS;
    *out = (cli_faces){.quiet = v->quiet};
    out->look =
        (mien_faces_look){v->trim, v->size, v->sharpen ? &v->mask : NULL};
    if (output && !v->output) {
        cli_error("--output FILE is missing");
        return CLI_USAGE;
    }
    if (!mien_coder_find(model, out->model)) {
        cli_error("no model of faces: neither vae/model.onnx nor "
                  "faces/model.onnx in a folder of models; --model FILE, which "
                  "'mien train faces' makes");
        return CLI_NOTHING;
    }
    int status = cli_pool_new(v->threads, &out->pool);
    face.pool = out->pool;
    if (!status && (mien_coder_load(out->model, out->pool, &out->coder, &err) ||
                    (v->align && mien_analyzer_find(&face, NULL, NULL,
                                                    &out->yunet, &err)))) {
        cli_error("%s", err.text);
        status = CLI_NOTHING;
    }
    return status;
}

void cli_faces_close(cli_faces *f)
{
    mien_coder_free(f->coder);
    mien_analyzer_free(f->yunet);
    mien_pool_free(f->pool);
}

int cli_faces_progress(void *arg, int64_t done, int64_t of)
{
    cli_faces *f = arg;
    if (!f->progress.total)
        cli_progress_start(&f->progress, (int)of, f->quiet);
    cli_progress_show(&f->progress, (int)done, 0);
    return cli_interrupted();
}

int cli_faces_end(cli_faces *f, mien_status st, const mien_error *err,
                  mien_buffer *notes)
{
    cli_progress_hide(&f->progress);
    cli_error_lines(notes);
    if (!st)
        return CLI_OK;
    cli_error("%s", err->text);
    return cli_interrupted() ? CLI_INTERRUPTED
           : st == MIEN_EARG ? CLI_USAGE
                             : CLI_NOTHING;
}
