/* build.h: a network while it is being read. */
#ifndef MI_NET_BUILD_H
#define MI_NET_BUILD_H

#include "mien/net.h"

#include "net/field.h"

/* What is known while layers are added one after the other. */
typedef struct mi_net_build {
    mien_net *net;
    mien_node **node; /* [net->n_layers] the results of the layers so far */
    int at;           /* the layer being added: net->layer[at] */
    mi_fields fields; /* of the object being read, and the first mistake */
    mien_layer_options begin; /* how values of all layers begin */
    mien_random random;
    int64_t room;       /* for parameters of the layers to come */
    mien_init init;     /* of the layer being added */
    int64_t orthogonal; /* room for values that take long to draw */
} mi_net_build;

/* A kind of layer. */
typedef struct mi_net_kind {
    const char *name;
    const char *keys; /* that its object may have, besides those of all */
    int least, most;  /* layers it takes */
    mien_node *(*build)(mi_net_build *b, mien_node *const *in);
} mi_net_kind;

/* The names of all kinds, with spaces between. */
const char *mi_net_kinds(void);
/* NULL: there is no kind of that name. */
const mi_net_kind *mi_net_kind_find(const char *name);
/* kinds_image.c: those of images; the last has no name. */
extern const mi_net_kind mi_net_image_kinds[];
/* How the weights of this layer begin; reads "init" and "bias". */
mien_layer_options mi_net_begin(mi_net_build *b);
/* Refuse parameters that there is no room for. */
void mi_net_admit(mi_net_build *b, double parameters);
/* The number of the layer of that name before this one; -1: none. */
int mi_net_layer_find(const mi_net_build *b, const char *name);
/* The name of the layer being added. */
const char *mi_net_layer_name(const mi_net_build *b);
/* losses.c: read the list "losses". */
void mi_net_read_losses(mi_net_build *b, const json_t *list);
/* x op y, or op x where y is NULL. */
mien_node *mi_net_op(mien_graph *g, const char *name, mien_node *x,
                     mien_node *y);
/* A number for one. */
mien_node *mi_net_number(mien_graph *g, double v);
/* Make a node one more output, WORD_1 of the first loss, that is the loss. */
void mi_net_loss_of(mi_net_build *b, mien_node *x, const char *word,
                    mien_loss *l);
/* likeness.c: what an output lacks of its target's structure, as an output of
 * the graph that is the loss. */
void mi_net_add_unlikeness(mi_net_build *b, const char *output, mien_loss *l);
/* summary.c: the shape, parameters and operations of a layer, whose nodes begin
 * at number `first` of the graph. */
void mi_net_measure(mi_net_build *b, int first, mien_net_layer *l);

#endif
