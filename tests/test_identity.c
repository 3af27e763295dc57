/* How much of an identity an auto-encoder of aligned faces keeps: of three
 * faces of one photo, lighter and darker. */
/* Not as WebAssembly: reads files. */
#include "base/alloc.h"
#include "mien/faces.h"
#include "mien/file.h"
#include "mien/model.h"
#include "tests/check.h"
#include "tests/face.h"

#include <stdlib.h>
#include <string.h>

enum { SIDE = 64, N = 30 };

static mien_image chip[3];

/* A chip by its number, each round a little lighter. */
static mien_status load(void *arg, const char *name, mien_image *out,
                        mien_error *err)
{
    int i = (int)strtol(name, NULL, 10);
    (void)arg;
    mien_status st = mien_image_new(SIDE, SIDE, out, err);
    for (int p = 0; p < SIDE * SIDE * 3 && !st; p++)
        out->data[p] = (uint8_t)(chip[i % 3].data[p] * (40 + i) / 80);
    return st;
}

/* The faces of the photo; 0: there is none here. */
static int find_chips(void)
{
    const char *path = face_folder("MIEN_PPM", "build/share/mien/sample.ppm");
    mien_analyzer *a = NULL;
    mien_image photo = {0};
    mien_faces f = {0};
    if (!path || mien_models_missing(
                     NULL, &(mien_face_options){.want = MIEN_FACE_DESCRIPTOR}))
        return 0;
    CHECK(!mien_image_load(path, NULL, &photo, NULL));
    CHECK(!mien_analyzer_find(NULL, NULL, NULL, &a, NULL));
    CHECK(!mien_analyzer_run(a, &photo, &f, NULL));
    CHECK(f.n >= 3);
    for (int i = 0; i < 3 && f.n >= 3; i++)
        CHECK(!mien_face_chip(&photo, &f.face[i], SIDE, &chip[i], NULL));
    mien_faces_free(&f);
    mien_analyzer_free(a);
    mien_image_free(&photo);
    return chip[2].data != NULL;
}

/* The shipped network with codes of some length. */
static mien_net *network(int latent)
{
    const mien_net_number number = {"latent", latent};
    const mien_net_options o = {.number = &number, .n_numbers = 1};
    char path[MIEN_PATH_MAX];
    mien_bytes text = {0};
    mien_net *net = NULL;
    CHECK(mien_nets_find(NULL, "face_64", path));
    CHECK(!mien_file_load(path, 0, &text, NULL));
    CHECK(!mien_net_read(text.data, text.n, &o, &net, NULL));
    mien_bytes_free(&text);
    return net;
}

/* Judge a network as it begins; its model into *file. */
static mien_identity judge(const mien_picture_set *set, int latent, int aligned,
                           mien_bytes *file)
{
    mien_picture_options o = MIEN_PICTURE_DEFAULTS;
    mien_picture_study *s = NULL;
    mien_buffer words = {0};
    mien_error err = {0};
    mien_net *net = network(latent);
    o.epochs = 1;
    o.keep_twins = 1;
    o.test = o.valid = .2;
    o.optimizer.rate = 1e-6f;
    o.view.aligned = aligned;
    CHECK(!mien_picture_study_new(net, set, NULL, &o, &s, NULL));
    CHECK(!mien_picture_study_learn(s, NULL, NULL));
    CHECK_MSG(!mien_faces_judge(s, NULL, set, &err), "%s", err.text);
    mien_identity is = mien_picture_study_verdict(s, 1)->identity;
    mien_picture_study_metrics(s, &words);
    mien_buffer_put(&words, "", 1);
    CHECK_EQ(strstr((char *)words.data, "\"distance_of_strangers\"") != NULL,
             aligned != 0);
    if (file)
        CHECK(!mien_onnx_write(net->graph, file, NULL));
    mien_buffer_free(&words);
    mien_picture_study_free(s);
    mien_net_free(net);
    return is;
}

/* Long codes keep whose face it is; one number does not. */
static void test_codes_keep_an_identity(void)
{
    static char names[N][12];
    char *name[N];
    for (int i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], "%d", i);
        name[i] = names[i];
    }
    mien_labels l = {.n = N, .name = name};
    const mien_picture_set set = {"faces", &l, load, NULL, NULL};
    mien_bytes file = {0};
    mien_picture_verdict v = {0};
    mien_picture_view view = {0};
    mien_graph *g = NULL;
    mien_buffer words = {0};
    CHECK_EQ(judge(&set, 8, 0, NULL).n, 0);
    mien_identity one = judge(&set, 1, SIDE, NULL);
    mien_identity long_code = judge(&set, 8, SIDE, &file);
    CHECK(one.n == 6 && long_code.n == 6);
    CHECK(long_code.kept < .3 && long_code.same == 1);
    CHECK_MSG(long_code.strangers > .35 && one.kept > long_code.kept + .1,
              "distances %g of strangers, %g kept, %g by one number",
              long_code.strangers, long_code.kept, one.kept);
    CHECK(!mien_onnx_read(file.data, file.n, &g, NULL));
    CHECK(!mien_picture_view_of(g, &view, NULL) && view.aligned == SIDE);
    CHECK(!mien_faces_evaluate(&file, NULL, &set, NULL, &v, NULL));
    CHECK(v.identity.n == N && v.identity.kept < .3);
    mien_picture_verdict_text(&v, "all", 1, &words);
    mien_buffer_put(&words, "", 1);
    CHECK(strstr((char *)words.data, "  identity   distance 0."));
    CHECK(strstr((char *)words.data, "of strangers; 100.0 % kept, 30 faces"));
    mien_status st = MIEN_ENOMEM;
    for (int n = 0; st == MIEN_ENOMEM; n += 1 + n / 8) { /* some, not all */
        mien_identity is = {0};
        mi_alloc_fail_after(n);
        st = mien_identity_of(&file, NULL, &set, NULL, 2, &is, NULL);
        mi_alloc_fail_after(-1);
        CHECK(is.n == (st ? 0 : 2));
    }
    CHECK_EQ(st, MIEN_OK);
    mien_buffer_free(&words);
    mien_picture_verdict_free(&v);
    mien_graph_free(g);
    mien_bytes_free(&file);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    if (find_chips())
        RUN(test_codes_keep_an_identity);
    else
        puts("skipped: no networks or no photo here");
    for (int i = 0; i < 3; i++)
        mien_image_free(&chip[i]);
    return check_done();
}
