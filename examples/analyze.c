/* analyze.c: print the box of each face in a photo, with the built-in model. */
#include <mien/mien.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    mien_image photo = {0};
    mien_analyzer *a = NULL;
    mien_faces all = {0};
    mien_error err = {0};
    if (mien_image_load(argc > 1 ? argv[1] : "-", NULL, &photo, &err) ||
        mien_analyzer_find(NULL, NULL, NULL, &a, &err) ||
        mien_analyzer_run(a, &photo, &all, &err))
        fprintf(stderr, "analyze: %s\n", err.text);
    for (mien_face *f = all.face; f < all.face + all.n; f++)
        printf("%d %d %d %d\n", (int)f->box.x, (int)f->box.y, (int)f->box.width,
               (int)f->box.height);
    mien_faces_free(&all), mien_analyzer_free(a), mien_image_free(&photo);
    return err.status != MIEN_OK;
}
