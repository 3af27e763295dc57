/* YuNet's own files give ONNX Runtime's answers: the twelve outputs for the
 * top-left 320 x 320 pixels of three photos, within 1e-4 of the largest number
 * of each output.  The files and answers are the shared data's. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "mien/engine.h"
#include "mien/file.h"
#include "mien/image.h"
#include "mien/model.h"

#include "check.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 320, AREA = SIDE * SIDE };

static char path[1024];

static const char *shared(const char *fmt, const char *name)
{
    const char *dir = getenv("MIEN_SHARED");
    int n = snprintf(path, sizeof path, "%s/", dir ? dir : "../shared");
    snprintf(path + n, sizeof path - (size_t)n, fmt, name);
    return path;
}

static void set_input(const mien_plan *p, const mien_image *im)
{
    mien_tensor t = mien_plan_input(p, 0);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            for (int c = 0; c < 3; c++) {
                size_t i = (size_t)y * SIDE + (size_t)x;
                t.data[t.channels_last ? i * 3 + (size_t)c
                                       : (size_t)c * AREA + i] =
                    im->data[y * im->stride + 3 * x + 2 - c];
            }
}

static double worst;

static void compare(const mien_graph *g, const mien_plan *p, int i,
                    const json_t *outputs)
{
    const char *name = mien_graph_output_name(g, i);
    const json_t *want =
        json_object_get(json_object_get(outputs, name), "data");
    mien_shape s = mien_plan_output(p, i).shape;
    size_t n = 1;
    for (int d = 0; d < s.rank; d++)
        n *= (size_t)s.dim[d];
    CHECK_EQ(n, json_array_size(want));
    if (n != json_array_size(want))
        return;
    float *got = malloc(n * sizeof *got);
    double most = 1e-30, off = 0;
    mien_plan_read(p, i, got);
    for (size_t k = 0; k < n; k++) {
        double v = json_number_value(json_array_get(want, k));
        most = fmax(most, fabs(v));
        off = fmax(off, fabs(v - (double)got[k]));
    }
    CHECK_MSG(off <= 1e-4 * most, "%s: off by %g of %g", name, off, most);
    worst = fmax(worst, off / most);
    free(got);
}

static void test_photo(const mien_graph *g, mien_plan *p, const char *photo,
                       const json_t *outputs)
{
    mien_bytes file = {0};
    mien_image im = {0};
    mien_error err = {0};
    int ok = mien_file_load(shared("data/wider/images/%s.jpg", photo), 0, &file,
                            &err) == MIEN_OK &&
             mien_image_read(file.data, file.n, NULL, &im, &err) == MIEN_OK;
    CHECK_MSG(ok && im.w >= SIDE && im.h >= SIDE, "%s: %s", path, err.text);
    if (ok) {
        set_input(p, &im);
        mien_plan_run(p);
        for (int i = 0; i < mien_graph_outputs(g); i++)
            compare(g, p, i, outputs);
    }
    mien_image_free(&im);
    mien_bytes_free(&file);
}

static void test_model(const char *name, const json_t *images)
{
    mien_bytes file = {0};
    mien_graph *g = NULL;
    mien_plan *p = NULL;
    mien_error err = {0};
    mien_shape s = {4, {1, 3, SIDE, SIDE}};
    int ok = mien_file_load(shared("data/yunet/%s", name), 0, &file, &err) ==
                 MIEN_OK &&
             mien_onnx_read(file.data, file.n, &g, &err) == MIEN_OK &&
             mien_plan_new(g, &s, 1, NULL, &p, &err) == MIEN_OK;
    CHECK_MSG(ok, "%s: %s", name, err.text);
    if (ok) {
        for (void *it = json_object_iter((json_t *)(uintptr_t)images); it;
             it = json_object_iter_next((json_t *)(uintptr_t)images, it))
            test_photo(g, p, json_object_iter_key(it),
                       json_object_iter_value(it));
    }
    mien_plan_free(p);
    mien_graph_free(g);
    mien_bytes_free(&file);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    json_t *root =
        json_load_file(shared("goldens/yunet/%s", "yunet_n_320.json"), 0, NULL);
    if (!root)
        CHECK_SKIP("%s is not there", path);
    const json_t *images = json_object_get(root, "images");
    CHECK(json_object_size(images) == 3);
    RUN(test_model, "yunet_n_320_320.onnx", images);
    RUN(test_model, "yunet_n_dynamic.onnx", images);
    printf("worst: %.2g of the largest number\n", worst);
    json_decref(root);
    return check_done();
}
