/* photos.c: the faces in photos, as CSV. */
#include <mien/mien.h>
#include <stdio.h>

/* A line a face: file,x,y,width,height,score. */
static void add_faces(const char *file, const mien_faces *all, mien_buffer *csv)
{
    for (const mien_face *f = all->face; f < all->face + all->n; f++) {
        mien_record_field(file, csv);
        mien_buffer_printf(csv, ",%.1f,%.1f,%.1f,%.1f,%.3f\n", (double)f->box.x,
                           (double)f->box.y, (double)f->box.width,
                           (double)f->box.height, (double)f->score);
    }
}

int main(int argc, char **argv)
{
    mien_reader *reader = NULL;
    mien_buffer csv = {0};
    mien_error err = {0};
    if (mien_reader_open(NULL, &reader, &err))
        return fprintf(stderr, "photos: %s\n", err.text), 1;
    mien_buffer_puts(&csv, "file,x,y,width,height,score\n");
    for (int i = 1; i < argc; i++) {
        mien_reading r;
        if (mien_reader_read(reader, 0, argv[i], NULL, &r, &err)) {
            fprintf(stderr, "photos: %s: %s\n", argv[i], err.text);
            continue;
        }
        add_faces(argv[i], &r.faces, &csv);
        mien_faces_free(&r.faces);
    }
    int whole = !csv.failed && fwrite(csv.data, 1, csv.n, stdout) == csv.n;
    mien_buffer_free(&csv);
    mien_reader_free(reader);
    return err.status != MIEN_OK || !whole;
}
