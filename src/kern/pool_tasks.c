/* pool_tasks.c: poolings forward and backward, cut into bands of rows. */
#include "kern/back.h"
#include "kern/tile.h"

int mi_pool2d_tasks(const mi_kern *kern, const mi_pool2d *p)
{
    (void)kern;
    return mi_bands(p->oh, (int64_t)p->ow * p->c);
}

void mi_pool2d_run(const mi_kern *kern, const mi_pool2d *p, const float *x,
                   ptrdiff_t x_stride, float *y, ptrdiff_t y_stride, int task)
{
    mi_pool2d_io io = {.x = x, .x_stride = x_stride, .y_stride = y_stride};
    io.y = y;
    int n = mi_pool2d_tasks(kern, p);
    kern->pool2d_f32(p, &io, (int)((int64_t)p->oh * task / n),
                     (int)((int64_t)p->oh * (task + 1) / n));
}

void mi_pool_winner_run(const mi_kern *kern, const mi_pool2d *p, const float *x,
                        float *y, uint8_t *winner, int task)
{
    mi_pool2d_io io = {.x = x, .x_stride = p->c, .y_stride = p->c};
    io.y = y;
    int n = mi_pool2d_tasks(kern, p);
    kern->pool2d_winner_f32(p, &io, winner, (int)((int64_t)p->oh * task / n),
                            (int)((int64_t)p->oh * (task + 1) / n));
}

int mi_pool_back_tasks(const mi_kern *kern, const mi_pool2d *p)
{
    (void)kern;
    return mi_bands(p->h, (int64_t)p->w * p->c);
}

void mi_pool_back_run(const mi_kern *kern, const mi_pool2d *p,
                      const mi_pool_back_io *io, int task)
{
    int n = mi_pool_back_tasks(kern, p);
    kern->pool_back_f32(p, io, (int)((int64_t)p->h * task / n),
                        (int)((int64_t)p->h * (task + 1) / n));
}
