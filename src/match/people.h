/* people.h: what people and matches share. */
#ifndef MI_MATCH_PEOPLE_H
#define MI_MATCH_PEOPLE_H

#include "mien/match.h"

typedef struct mi_view {
    int person;
    float descriptor[MIEN_DESCRIPTOR];
} mi_view;

struct mien_people {
    int n, views;
    char **name;   /* [n] */
    mi_view *view; /* [views] in the order they were added */
};

#endif
