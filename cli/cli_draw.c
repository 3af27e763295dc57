/* cli_draw.c: faces marked in a photo. */
#include "cli/cli_draw.h"

#include "cli/cli_record.h"

mien_status cli_draw_faces(mien_image *photo, const mien_faces *faces,
                           mien_error *err)
{
    (void)photo;
    (void)faces;
    (void)err;
    return MIEN_OK;
}
