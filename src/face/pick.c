/* pick.c: one face of several, and its attributes in words. */
#include "mien/face.h"

#include <assert.h>

static const char *const expressions[] = {
#define X(index, name) #name,
    MIEN_EXPRESSION_LIST(X)
#undef X
};
enum { EXPRESSIONS = sizeof expressions / sizeof *expressions };

const mien_face *mien_faces_largest(const mien_faces *f, unsigned has)
{
    const mien_face *best = NULL;
    float area = -1;
    for (int i = 0; i < f->n; i++) {
        const mien_face *one = &f->face[i];
        float own = one->box.width * one->box.height;
        if ((one->has & has) != has || own <= area)
            continue;
        best = one;
        area = own;
    }
    return best;
}

const mien_face *mien_faces_central(const mien_faces *f, int w, int h,
                                    unsigned has)
{
    const mien_face *best = NULL;
    float least = 0;
    for (int i = 0; i < f->n; i++) {
        const mien_face *one = &f->face[i];
        float dx = one->box.x + (one->box.width - (float)w) / 2;
        float dy = one->box.y + (one->box.height - (float)h) / 2;
        float square = dx * dx + dy * dy;
        if ((one->has & has) != has || (best && square >= least))
            continue;
        best = one;
        least = square;
    }
    return best;
}

const char *mien_expression_name(int i)
{
    assert(i >= 0 && i < EXPRESSIONS);
    return expressions[i];
}

const char *mien_face_expression(const mien_face *f, double *probability)
{
    int best = 0;
    for (int i = 1; i < EXPRESSIONS; i++)
        if (f->expression[i] > f->expression[best])
            best = i;
    if (probability)
        *probability = (double)f->expression[best];
    return expressions[best];
}

const char *mien_face_gender(const mien_face *f, double *probability)
{
    double male = (double)f->male;
    if (probability)
        *probability = male > 0.5 ? male : 1 - male;
    return male > 0.5 ? "male" : "female";
}
