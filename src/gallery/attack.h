/* attack.h: the parts of an attack on a gallery. */
#ifndef MI_GALLERY_ATTACK_H
#define MI_GALLERY_ATTACK_H

#include "gallery/gallery.h"
#include "mien/gallery_attack.h"

/* attack_bytes.c: look for what is sealed in the bytes of the files. */
mien_status mi_attack_bytes(const mien_gallery *g, mien_gallery_plain *out,
                            mien_error *err);
/* attack_link.c: link entries, and name them by faces. */
mien_status mi_attack_link(const mien_gallery *g, const mi_shelf *shelf,
                           float threshold, mien_gallery_linked *out,
                           mien_error *err);
/* Is row b nearer to row a than the threshold? */
int mi_attack_near(const mien_index *x, int64_t a, int64_t b, float threshold);
/* The same by faces of photos. */
mien_status mi_attack_name(const mien_gallery *g, const mi_shelf *shelf,
                           const mien_gallery_faces *faces, float threshold,
                           mien_gallery_attacked *out, mien_error *err);

#endif
