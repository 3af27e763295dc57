/* face-api.js' weights to graphs, by the JSON that stands beside them. */
#include "model/faceapi.h"
#include "model/manifest.h"

mien_status mien_faceapi_convert(const char *kind, const uint8_t *manifest,
                                 size_t manifest_n, const uint8_t *weights,
                                 size_t weights_n,
                                 const mien_faceapi_options *options,
                                 mien_graph **out, mien_error *err)
{
    mi_weights w = {0};
    mien_status st =
        mi_manifest_read(manifest, manifest_n, weights, weights_n, &w, err);
    return mi_faceapi_of(kind, &w, st, options, out, err);
}
