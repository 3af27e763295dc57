/* bind.c: what a network's losses are compared with, found among labels. */
#include "picture/picture.h"

#include "base/error.h"
#include "base/grow.h"

#include <stdio.h>
#include <string.h>

/* The numbers of an output's row. */
static int units_of(const mien_graph *g, int output)
{
    mien_shape s = mien_graph_output_shape(g, output);
    int64_t n = 1;
    for (int i = 1; i < s.rank; i++)
        n *= s.dim[i] > 0 ? s.dim[i] : 1;
    return (int)n;
}

/* What the labels offer, for a message. */
static void list_labels(const mien_labels *l, char *out, size_t room)
{
    size_t n = 0;
    out[0] = 0;
    if (l->points)
        n += (size_t)snprintf(out, room, "points (%d)", l->points);
    for (int t = 0; t < l->tasks && n + 96 < room; t++)
        n += (size_t)snprintf(out + n, room - n, "%s%.60s (%d)", n ? ", " : "",
                              l->task[t].name, l->task[t].classes);
    for (int t = 0; t < l->numbers && n + 96 < room; t++)
        n += (size_t)snprintf(out + n, room - n, "%s%.60s", n ? ", " : "",
                              l->number_name[t]);
    if (!n)
        snprintf(out, room, "nothing");
}

/* The cross-entropies of a network. */
static int count_classifiers(const mien_net *net)
{
    int n = 0;
    for (int i = 0; i < net->n_losses; i++)
        n += net->loss[i].kind == MIEN_LOSS_CCE;
    return n;
}

/* Set what an answer is compared with; 0 if the labels do not have it. */
static int find_label(const mien_net *net, const mien_labels *l, int loss,
                      mi_answer *a)
{
    const char *name = net->target[loss];
    snprintf(a->task, sizeof a->task, "%s", name);
    int classifier = net->loss[loss].kind == MIEN_LOSS_CCE ||
                     net->loss[loss].kind == MIEN_LOSS_BCE;
    int task = mien_labels_task(l, name), number = mien_labels_number(l, name);
    if (classifier && task < 0 && l->tasks == 1 && count_classifiers(net) == 1)
        task = 0;
    if (classifier && task >= 0) {
        a->kind = MIEN_ANSWER_CLASSES;
        a->of = task;
        a->target.kind =
            l->shares && task == 0 ? MIEN_TARGET_SHARES : MIEN_TARGET_CLASS;
        snprintf(a->task, sizeof a->task, "%s", l->task[task].name);
        a->classes = l->task[task].classes;
        a->class_name = l->task[task].class_name;
    } else if (!classifier && l->points && strcmp(name, "points") == 0) {
        a->kind = MIEN_ANSWER_POINTS;
        a->target.kind = MIEN_TARGET_POINTS;
        a->classes = l->point_name ? l->points : 0;
        a->class_name = l->point_name;
    } else if (!classifier && number >= 0) {
        a->kind = MIEN_ANSWER_NUMBER;
        a->of = number;
        a->target.kind = MIEN_TARGET_NUMBER;
    } else {
        return 0;
    }
    a->target.of = a->of;
    return 1;
}

int mi_answer_labelled(const mi_answer *a)
{
    return a->kind != MIEN_ANSWER_PICTURE &&
           a->kind != MIEN_ANSWER_DIVERGENCE && a->kind != MIEN_ANSWER_LOSS;
}

int mi_answer_kept(const mi_answer *a)
{
    return a->kind == MIEN_ANSWER_PICTURE ? 2 : a->units;
}

/* How many numbers the labels of an answer have. */
static int label_units(const mien_labels *l, const mi_answer *a)
{
    return a->kind == MIEN_ANSWER_CLASSES  ? a->classes
           : a->kind == MIEN_ANSWER_POINTS ? 2 * l->points
                                           : 1;
}

/* Bind one loss of the network. */
static mien_status bind_loss(const mien_net *net, const mien_labels *l,
                             int loss, mi_view *v, mien_error *err)
{
    mi_answer *a = &v->answer[v->n_answers];
    char offered[600];
    *a = (mi_answer){.output = net->loss[loss].output,
                     .of = -1,
                     .place = -1,
                     .temperature = 1};
    snprintf(a->name, sizeof a->name, "%s",
             mien_graph_output_name(net->graph, a->output));
    a->units = units_of(net->graph, a->output);
    if (net->loss[loss].kind == MIEN_LOSS_DIVERGENCE)
        a->kind = MIEN_ANSWER_DIVERGENCE;
    else if (net->loss[loss].kind == MIEN_LOSS_MEAN)
        a->kind = MIEN_ANSWER_LOSS;
    else if (net->loss[loss].of_input == v->input + 1)
        a->kind = MIEN_ANSWER_PICTURE;
    if (!mi_answer_labelled(a)) {
        v->n_answers++;
        return MIEN_OK;
    }
    if (!find_label(net, l, loss, a)) {
        list_labels(l, offered, sizeof offered);
        return mi_fail(err, MIEN_EARG,
                       "the network is held to '%s'; the labels have %s",
                       net->target[loss], offered);
    }
    int want = label_units(l, a);
    if (a->units != want)
        return mi_fail(err, MIEN_EARG,
                       "the network's output '%s' has %d numbers, the labels "
                       "'%s' want %d",
                       a->name, a->units, net->target[loss], want);
    v->n_answers++;
    return MIEN_OK;
}

/* The picture among the network's inputs. */
static mien_status find_picture(const mien_net *net, mi_view *v,
                                mien_error *err)
{
    v->input = -1;
    for (int i = 0; i < net->n_inputs; i++) {
        const mien_net_input *in = &net->input[i];
        if (in->noise)
            continue;
        if (v->input >= 0 || in->shape.rank != 4 || in->shape.dim[1] > 3 ||
            in->shape.dim[1] == 2)
            return mi_fail(err, MIEN_EARG,
                           "the network's input '%s' is no picture of 1 or 3 "
                           "channels, or there are two of them",
                           in->name);
        v->input = i;
        v->channels = (int)in->shape.dim[1];
        v->h = (int)in->shape.dim[2];
        v->w = (int)in->shape.dim[3];
        v->colour = in->colour;
        memcpy(v->mean, in->mean, sizeof v->mean);
        memcpy(v->scale, in->scale, sizeof v->scale);
    }
    return v->input >= 0
               ? MIEN_OK
               : mi_fail(err, MIEN_EARG, "the network takes no picture");
}

mien_status mi_bind(const mien_net *net, const mien_labels *labels,
                    const float *weight, mi_view *out, mien_error *err)
{
    mi_view v = {.view = out->view};
    mien_status st = find_picture(net, &v, err);
    for (int i = 0; i < net->n_losses && !st; i++)
        if (!(weight && weight[i] == 0))
            st = bind_loss(net, labels, i, &v, err);
    for (int i = 0, place = 0; i < v.n_answers; i++)
        v.answer[i].place = mi_answer_labelled(&v.answer[i]) ? place++ : -1;
    *out = v;
    return st;
}

mien_status mi_view_loader(const mi_view *v, const mien_picture_set *set,
                           const mien_picture_options *o, mien_loader **out,
                           mien_error *err)
{
    mien_loader_options l = MIEN_LOADER_DEFAULTS;
    mien_target target[MIEN_MAX_LOSSES];
    if (v->view.crop == MIEN_CROP_FACE && !set->box)
        return mi_fail(err, MIEN_EARG,
                       "%.100s: the network sees faces that a detector found, "
                       "wanted their boxes: mien_face_boxes_find",
                       set->name ? set->name : "samples");
    l.load = set->load;
    l.arg = set->arg;
    l.w = v->w;
    l.h = v->h;
    l.gray = v->channels == 1;
    l.boxed = v->view.crop != MIEN_CROP_WHOLE;
    l.box = set->box;
    l.margin = v->view.margin;
    l.square = v->view.square;
    memcpy(l.mean, v->mean, sizeof l.mean);
    memcpy(l.scale, v->scale, sizeof l.scale);
    l.augment = o->augment;
    for (int i = 0; i < v->n_answers; i++)
        if (v->answer[i].place >= 0)
            target[l.targets++] = v->answer[i].target;
    l.target = target;
    l.pool = o->pool;
    l.threads = o->threads;
    l.ahead = MI_AHEAD;
    l.cache_bytes = o->cache_bytes;
    l.seed = o->seed;
    return mien_loader_new(set->labels, &l, out, err);
}
