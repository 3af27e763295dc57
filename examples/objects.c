/* objects.c: what is in photos, with COCO's numbers. */
#include <mien/mien.h>
#include <stdio.h>

/* A line an object: file, class, COCO's number, score, box. */
static void print_objects(const char *file, const mien_objects *all)
{
    for (const mien_object *o = all->object; o < all->object + all->n; o++)
        printf("%s: %s (%d) %.3f at %.0f %.0f, %.0f x %.0f\n", file,
               o->what->name, o->what->id, (double)o->score, (double)o->box.x,
               (double)o->box.y, (double)o->box.width, (double)o->box.height);
}

int main(int argc, char **argv)
{
    mien_object_options options = MIEN_OBJECT_DEFAULTS;
    mien_object_detector *detector = NULL;
    mien_error err = {0};
    options.min_score = 0.3f;
    if (mien_object_detector_find(&options, mien_models_lookup, NULL, &detector,
                                  &err))
        return fprintf(stderr, "objects: %s\n", err.text), 1;
    for (int i = 1; i < argc; i++) {
        mien_image photo;
        mien_objects found = {0, NULL};
        if (mien_image_load(argv[i], NULL, &photo, &err)) {
            fprintf(stderr, "objects: %s\n", err.text);
            continue;
        }
        if (mien_object_detector_run(detector, &photo, &found, &err))
            fprintf(stderr, "objects: %s: %s\n", argv[i], err.text);
        print_objects(argv[i], &found);
        mien_objects_free(&found);
        mien_image_free(&photo);
    }
    mien_object_detector_free(detector);
    return err.status != MIEN_OK;
}
