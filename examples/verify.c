/* verify.c: do two photos show the same person?  The largest faces count. */
#include <mien/mien.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    mien_reader_options options = MIEN_READER_DEFAULTS;
    mien_reader *reader = NULL;
    mien_face face[2];
    mien_error err = {0};
    options.face.want = MIEN_FACE_DESCRIPTOR;
    if (argc != 3 || mien_reader_open(&options, &reader, &err) ||
        mien_reader_face(reader, argv[1], MIEN_PICK_LARGEST, &face[0], &err) ||
        mien_reader_face(reader, argv[2], MIEN_PICK_LARGEST, &face[1], &err))
        return fprintf(stderr, "verify PHOTO PHOTO: %s\n", err.text), 2;
    mien_verification v =
        mien_verify(face[0].descriptor, face[1].descriptor, MIEN_SAME_PERSON);
    printf("%s, distance %.3f\n", v.same ? "same" : "different",
           (double)v.distance);
    mien_reader_free(reader);
    return !v.same;
}
