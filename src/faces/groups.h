/* groups.h: what is known of the faces that are put together. */
#ifndef MI_FACES_GROUPS_H
#define MI_FACES_GROUPS_H

#include "mien/faces_groups.h"

typedef struct mi_grouped_face {
    mien_box box;
    float score;
    mien_bytes picture; /* JPEG; empty: not kept */
} mi_grouped_face;

typedef struct mi_grouped_photo {
    int n;
    mi_grouped_face *face; /* [n] */
    float *descriptor;     /* [n, numbers] */
    int read, undescribed;
    mien_error error; /* status 0: none */
} mi_grouped_photo;

/* Where a face stands. */
typedef struct mi_face_place {
    int photo, face;
} mi_face_place;

struct mien_face_groups {
    const mien_photo_list *list;
    int side;
    mien_describer describer;
    int numbers;             /* of a descriptor */
    mi_grouped_photo *photo; /* [list->n] */
    int faces;               /* from here on after mien_face_groups_find */
    mi_face_place *place;    /* [faces] */
    float *descriptor;       /* [faces, numbers] */
    mien_clusters clusters;
    float threshold;
    mien_cluster_method method;
};

/* A face by its number. */
const mi_grouped_face *mi_face_of(const mien_face_groups *g, int face);

#endif
