/* cli_reader.c: from the path of a photo to its faces. */
#include "cli/cli_reader.h"

#include "base/alloc.h"
#include "cli/cli_files.h"

#include <string.h>

/* Names in the catalogue, by mien_detector. */
static const char *const detectors[] = {"yunet", "tiny_face_detector",
                                        "ssd_mobilenetv1"};

static int load_models(cli_reader *r, const char *folder, mien_face_models *out)
{
    enum {
        AGE_GENDER = MIEN_FACE_AGE | MIEN_FACE_GENDER,
        POINTS = MIEN_FACE_LANDMARKS | MIEN_FACE_DESCRIPTOR,
        /* Attributes are read from the box around the landmarks. */
        USE_POINTS = POINTS | MIEN_FACE_EXPRESSION | AGE_GENDER
    };
    unsigned want = r->options.want;
    struct {
        int wanted;
        const char *name;
        const mien_graph **to;
    } all[] = {
        {1, detectors[r->options.detector], &out->detector},
        {(want & USE_POINTS) != 0,
         r->tiny_landmarks ? "face_landmark_68_tiny" : "face_landmark_68",
         &out->landmarks},
        {(want & MIEN_FACE_DESCRIPTOR) != 0, "face_recognition",
         &out->descriptor},
        {(want & MIEN_FACE_EXPRESSION) != 0, "face_expression",
         &out->expression},
        {(want & AGE_GENDER) != 0, "age_gender", &out->age_gender},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].wanted &&
            !cli_models_load(&r->models, folder, all[i].name, all[i].to))
            return 0;
    cli_models_hash(&r->models);
    return 1;
}

int cli_reader_open(cli_reader *r, const char *folder)
{
    mien_face_models models = {0};
    mien_error err = {0};
    if (!load_models(r, folder, &models))
        return CLI_NOTHING;
    r->analyzer = mi_alloc((size_t)r->lanes, sizeof(mien_analyzer *));
    r->pool = mi_alloc((size_t)r->lanes, sizeof(mien_pool *));
    if (!r->analyzer || !r->pool) {
        cli_error("out of memory");
        return CLI_NOTHING;
    }
    for (int i = 0; i < r->lanes; i++) {
        mien_face_options options = r->options;
        mien_status st = MIEN_OK;
        if (r->threads != 1)
            st = mien_pool_new(r->threads, &r->pool[i], &err);
        options.pool = r->pool[i];
        if (st == MIEN_OK)
            st = mien_analyzer_new(&models, &options, &r->analyzer[i], &err);
        if (st != MIEN_OK) {
            cli_error("%s", err.text);
            return st == MIEN_EARG ? CLI_USAGE : CLI_NOTHING;
        }
    }
    return CLI_OK;
}

static mien_status read_photo(cli_reader *r, int lane, cli_reading *out,
                              mien_image *photo)
{
    mien_bytes bytes = {0};
    double start = mien_clock();
    mien_status st = cli_file_load(out->file, &bytes, &out->error);
    if (st == MIEN_OK)
        st = mien_image_read(bytes.data, bytes.n, &r->read, photo, &out->error);
    mien_bytes_free(&bytes);
    out->decode = mien_clock() - start;
    if (st != MIEN_OK)
        return st;

    out->width = photo->w;
    out->height = photo->h;
    st = mien_analyzer_run(r->analyzer[lane], photo, &out->faces, &out->error);
    if (st == MIEN_OK)
        out->times = mien_analyzer_times(r->analyzer[lane]);
    return st;
}

void cli_reader_read(cli_reader *r, int lane, const char *path,
                     mien_image *photo, cli_reading *out)
{
    mien_image pixels = {0};
    *out = (cli_reading){.file = path};
    mien_status st = read_photo(r, lane, out, &pixels);
    out->error.status = st;
    if (photo && st == MIEN_OK)
        *photo = pixels;
    else
        mien_image_free(&pixels);
}

void cli_reader_close(cli_reader *r)
{
    for (int i = 0; i < r->lanes; i++) {
        if (r->analyzer)
            mien_analyzer_free(r->analyzer[i]);
        if (r->pool)
            mien_pool_free(r->pool[i]);
    }
    mi_free(r->analyzer);
    mi_free(r->pool);
    cli_models_free(&r->models);
}

const mien_face *cli_largest_face(const mien_faces *faces, unsigned has)
{
    const mien_face *best = NULL;
    float area = -1;
    for (int i = 0; i < faces->n; i++) {
        const mien_face *f = &faces->face[i];
        if ((f->has & has) != has || f->box.width * f->box.height <= area)
            continue;
        best = f;
        area = f->box.width * f->box.height;
    }
    return best;
}
