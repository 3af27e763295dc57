/* analyze.c: print the box of each face in a photo, with the built-in model. */
#include <mien/mien.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    mien_bytes file = {0};
    mien_image photo = {0};
    mien_graph *net = NULL;
    mien_analyzer *a = NULL;
    mien_faces all = {0};
    mien_error err = {0};
    mien_face_options options = MIEN_FACE_DEFAULTS;
    size_t n;
    const uint8_t *yunet = mien_model_embedded("yunet", &n);
    if (mien_file_load(argc > 1 ? argv[1] : "-", 0, &file, &err) ||
        mien_image_read(file.data, file.n, NULL, &photo, &err) ||
        mien_onnx_read(yunet, n, &net, &err) ||
        mien_analyzer_new(&(mien_face_models){.detector = net}, &options, &a,
                          &err) ||
        mien_analyzer_run(a, &photo, &all, &err))
        fprintf(stderr, "analyze: %s\n", err.text);
    for (mien_face *f = all.face; f < all.face + all.n; f++)
        printf("%d %d %d %d\n", (int)f->box.x, (int)f->box.y, (int)f->box.width,
               (int)f->box.height);
    mien_faces_free(&all), mien_analyzer_free(a), mien_graph_free(net);
    mien_image_free(&photo), mien_bytes_free(&file);
    return err.status != MIEN_OK;
}
