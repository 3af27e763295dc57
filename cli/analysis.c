/* analysis.c: what `mien analyze` reads of a photo, for all who do the same. */
#include "cli/analysis.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The places of --attributes: those of networks that come with mien first. */
enum { EXPRESSION = 2, BUILT_IN = 3, ATTRIBUTES = 6 };

/* ---- options ------------------------------------------------------------- */

/* Which models of one's own there are, and what they are to tell; 0 after a
 * mistake. */
static int own_models(const cli_analysis_values *v, cli_analysis *an)
{
    mien_own_models_options *out = &an->own_files;
    static const char *const name[] = {"smile", "glasses", "pose"};
    const char *mistake = NULL, *file = v->landmark_model;
    if (file && (strcmp(file, "68") == 0 || strcmp(file, "tiny") == 0))
        file = NULL;
    out->landmarks = file;
    out->expression = v->expression_model;
    out->attribute = an->attribute;
    for (int i = BUILT_IN; i < ATTRIBUTES; i++)
        if (v->attributes >> i & 1)
            an->attribute[out->attributes++] = name[i - BUILT_IN];
    if (out->attributes && !file)
        mistake = "--attributes smile, glasses and pose want a file of 'mien "
                  "train landmarks' as --landmark-model";
    if ((out->expression || file) && v->format == CLI_FACEAPI)
        mistake = "face-api.js' shapes have no place for what models of one's "
                  "own tell; --format json has";
    if (mistake)
        cli_error("analyze: %s", mistake);
    return !mistake;
}

/* The library takes 0 for its default; a user's 0 means the least there is. */
int cli_analysis_options(const cli_args *a, cli_analysis *an)
{
    static const unsigned attributes[] = {MIEN_FACE_AGE, MIEN_FACE_GENDER,
                                          MIEN_FACE_EXPRESSION};
    const cli_analysis_values *v = a->values;
    mien_reader_options *out = &an->options;
    mien_face_options *o = &out->face;
    if (v->size % 32 != 0) {
        cli_error("analyze: --size: found %d, wanted a multiple of 32",
                  v->size);
        return 0;
    }
    if (!own_models(v, an))
        return 0;
    if ((v->landmarks || v->landmark_model) && !an->own_files.landmarks)
        o->want |= MIEN_FACE_LANDMARKS;
    if (v->descriptors || cli_given(a, &v->descriptor))
        o->want |= MIEN_FACE_DESCRIPTOR;
    for (int i = 0; i < BUILT_IN; i++)
        if (v->attributes >> i & 1 && !(i == EXPRESSION && v->expression_model))
            o->want |= attributes[i];
    o->detector = v->detector;
    o->describer = v->descriptor;
    o->rotate = v->rotate;
    o->tiny_landmarks =
        v->landmark_model && strcmp(v->landmark_model, "tiny") == 0;
    o->input_size = v->size;
    o->max_faces = v->max_faces;
    o->min_score = cli_given(a, &v->min_score) ? fmaxf(v->min_score, FLT_MIN)
                                               : o->min_score;
    o->max_overlap = cli_given(a, &v->max_overlap)
                         ? fmaxf(v->max_overlap, FLT_MIN)
                         : o->max_overlap;
    out->image = v->read;
    out->models = v->models;
    out->lanes = v->jobs;
    out->threads = v->threads;
    return 1;
}

/* ---- models -------------------------------------------------------------- */

int cli_analysis_open(cli_analysis *an)
{
    mien_error err = {0};
    int status = cli_reader_open(&an->options, &an->reader);
    if (!status && (an->own_files.expression || an->own_files.landmarks) &&
        mien_own_models_load(&an->own_files, &an->own, &err)) {
        cli_error("%s", err.text);
        status = CLI_NOTHING;
    }
    return status;
}

void cli_analysis_free(cli_analysis *an)
{
    mien_reader_free(an->reader);
    mien_own_models_free(an->own);
    mien_roles_free(an->roles);
    an->roles = NULL;
    an->reader = NULL;
    an->own = NULL;
}

/* The digests of all models; how many. */
static int digests(const cli_analysis *an,
                   mien_model_digest all[static MIEN_FACE_MAX_MODELS + 2])
{
    int n = 0;
    const mien_model_digest *d = mien_reader_digests(an->reader, &n);
    memcpy(all, d, (size_t)n * sizeof *all);
    if (an->own)
        n += mien_own_models_digests(an->own, all + n);
    return n;
}

void cli_analysis_models(const cli_analysis *an, mien_buffer *out)
{
    mien_model_digest all[MIEN_FACE_MAX_MODELS + 2];
    int n = digests(an, all);
    for (int i = 0; i < n; i++)
        mien_buffer_printf(out, "%s %s\n", all[i].task, all[i].sha256);
}

/* ---- a photo ------------------------------------------------------------- */

mien_status cli_analysis_read(const cli_analysis *an, const char *path,
                              int lane, mien_image *photo, mien_reading *out,
                              mien_error *err)
{
    mien_image pixels = {0};
    mien_image *seen = photo ? photo : &pixels;
    int wanted = photo || an->own;
    mien_status st = mien_reader_read(an->reader, lane, path,
                                      wanted ? seen : NULL, out, err);
    if (!st && an->own)
        st = mien_own_models_read(an->own, seen, out, NULL, err);
    if (st) {
        mien_faces_free(&out->faces);
        mien_image_free(seen);
    }
    mien_image_free(&pixels);
    return st;
}

void cli_analysis_put(const cli_analysis *an, const char *path,
                      const mien_reading *r, int several, mien_buffer *out)
{
    unsigned want = an->options.face.want;
    if (an->format == CLI_JSON) {
        mien_model_digest all[MIEN_FACE_MAX_MODELS + 2];
        mien_photo_record record = {.file = path, .reading = r, .want = want};
        record.expression_model = an->own_files.expression;
        record.landmark_model = an->own_files.landmarks;
        record.models = digests(an, all);
        record.model = all;
        record.roles = an->roles;
        mien_record_photo(&record, out);
    }
    if (an->format == CLI_FACEAPI)
        mien_record_faceapi(several ? path : NULL, r, out);
    if (an->format == CLI_TABLE)
        cli_reading_table(path, r, want, out);
}
