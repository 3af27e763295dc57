/* schedule.c: the learning rate and the weights of losses over the epochs. */
#include "train/schedule.h"

#include <math.h>

double mi_schedule_share(const mien_schedule *s, double epochs)
{
    const double pi = 3.14159265358979323846;
    double share = 1, done = epochs / (s->epochs > 0 ? s->epochs : 1);
    if (s->kind == MIEN_RATE_STEP)
        /* the batch that ends an epoch belongs to it */
        share = pow((double)s->factor, ceil(done - 1e-9) - 1);
    if (s->kind == MIEN_RATE_COSINE)
        share = (double)s->least + (1 - (double)s->least) / 2 *
                                       (1 + cos(pi * (done < 1 ? done : 1)));
    return epochs < s->warmup ? share * epochs / s->warmup : share;
}

void mi_schedule_set(mien_trainer *t, double part)
{
    mi_objective *o = &t->objective;
    double epochs = t->epochs + part;
    t->scheduled = (float)mi_schedule_share(&t->options.schedule, epochs);
    for (int i = 0; i < o->n_losses; i++) {
        double grown = epochs < o->warmup[i] ? epochs / o->warmup[i] : 1;
        o->weight[i] = t->stopped[i] ? 0 : (float)grown * o->full[i];
    }
}
