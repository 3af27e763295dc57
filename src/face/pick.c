/* pick.c: one face of several, and its attributes in words. */
#include "mien/face.h"

#include <assert.h>

static const char *const expressions[] = {
#define X(index, name) #name,
    MIEN_EXPRESSION_LIST(X)
#undef X
};
enum { EXPRESSIONS = sizeof expressions / sizeof *expressions };

static void scale_points(mien_point *p, int n, float x, float y)
{
    for (int i = 0; i < n; i++) {
        p[i].x *= x;
        p[i].y *= y;
    }
}

static void scale_box(mien_box *b, float x, float y)
{
    *b = (mien_box){b->x * x, b->y * y, b->width * x, b->height * y};
}

void mien_faces_scale(mien_faces *f, float x, float y)
{
    for (int i = 0; i < f->n; i++) {
        mien_face *one = &f->face[i];
        scale_box(&one->box, x, y);
        scale_box(&one->aligned, x, y);
        scale_points(one->keypoints, one->n_keypoints, x, y);
        scale_points(one->landmarks, one->n_landmarks, x, y);
    }
}

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

const char *mien_faces_chosen(const mien_faces *f, int choice, int face,
                              double *probability)
{
    assert(choice >= 0 && choice < f->choices && face >= 0 && face < f->n);
    const mien_face_choice *c = &f->choice[choice];
    const float *p = c->probability + (ptrdiff_t)face * c->classes;
    int best = 0;
    for (int i = 1; i < c->classes; i++)
        best = p[i] > p[best] ? i : best;
    if (probability)
        *probability = (double)p[best];
    return c->class_name[best];
}
