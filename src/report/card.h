/* card.h: what a card holds, and the parts that one of a model is made of. */
#ifndef MI_REPORT_CARD_H
#define MI_REPORT_CARD_H

#include "mien/report_card.h"

#include <jansson.h>

typedef struct mi_card_item {
    char *key, *title, *text; /* owned */
    mien_card_state state;
    int section; /* of which it is */
    int lines;   /* 1: text keeps its blanks */
} mi_card_item;

typedef struct mi_card_section {
    char *key, *title; /* owned */
} mi_card_section;

struct mien_card {
    char *schema, *title;
    mi_card_section *section; /* [sections] */
    mi_card_item *item;       /* [items] in the order of their sections */
    int sections, items;
    int failed; /* 1: memory ended */
};

/* What a model is, for the sections of its card. */
typedef enum mi_card_kind {
    MI_CARD_TABLE,    /* scores rows of tables */
    MI_CARD_PICTURES, /* learned from pictures with mien */
    MI_CARD_FACES,    /* of the catalogue, about faces */
    MI_CARD_OBJECTS,  /* of the catalogue, about things */
    MI_CARD_CASCADE,  /* finds what it was trained to find */
    MI_CARD_OTHER     /* any network */
} mi_card_kind;

typedef struct mi_card_facts {
    const mien_card_source *source;
    char sha256[65];
    mi_card_kind kind;
    const mien_model_entry *entry; /* of the catalogue, or NULL */
    mien_graph *graph;             /* NULL: a cascade */
    json_t *metrics;               /* NULL: none */
    json_t *sheet;                 /* of its data; NULL: none, or another */
    char noted[2][65]; /* in a cascade: SHA-256 of its data and of their sheet;
                          "": not told */
} mi_card_facts;

/* Why there are no figures: no metrics, or those of another model. */
const char *mi_card_no_metrics(const mi_card_facts *f);
/* A text of the metadata; "" where there is none. */
const char *mi_card_meta(const mi_card_facts *f, const char *key);
/* Put a text that is there, or say that it is not and where it would stand. */
void mi_card_known(mien_card *c, const char *key, const char *title,
                   const char *text, const char *missing);
/* A buffer as an item; it is emptied. */
void mi_card_give(mien_card *c, const char *key, const char *title,
                  mien_card_state state, mien_buffer *b);
/* A buffer as lines; it is emptied. */
void mi_card_give_lines(mien_card *c, const char *key, const char *title,
                        mien_buffer *b);

/* card_data.c: what it was trained on. */
void mi_card_data(mien_card *c, const mi_card_facts *f);
/* card_figures.c: how it was measured, for all and by group. */
void mi_card_figures(mien_card *c, const mi_card_facts *f);
/* card_uses.c: what it is for, and not for. */
void mi_card_uses(mien_card *c, const mi_card_facts *f);
/* card_person.c: what it means for a person whom it judges. */
void mi_card_person(mien_card *c, const mi_card_facts *f);

#endif
