/* smile.c: smiles by the network of expressions. */
#include "mien/face_smile.h"

#include <assert.h>

enum { HAPPY = 1 }; /* of MIEN_EXPRESSION_LIST */

mien_status mien_smile_by_network(void *network, mien_box box, float *vote,
                                  mien_error *err)
{
    const mien_smile_network *n = network;
    mien_face face;
    assert(n && n->analyzer && n->frame && vote);
    mien_status st = mien_analyzer_read(n->analyzer, n->frame, box, &face, err);
    if (st != MIEN_OK)
        return st;
    int read = (face.has & MIEN_FACE_EXPRESSION) != 0;
    *vote = read ? 2 * face.expression[HAPPY] - 1 : 0;
    return MIEN_OK;
}
