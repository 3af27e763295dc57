/* jpeg_coefs.h: the coefficients of a JPEG in several scans, in less memory. */
#ifndef MI_IMAGE_JPEG_COEFS_H
#define MI_IMAGE_JPEG_COEFS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jpeglib.h>

/* The first member of what c->client_data points to. */
typedef struct mi_jpeg_coefs {
    /* Called where memory ends; does not return. */
    void (*no_memory)(j_common_ptr c);
    int n;
    struct jvirt_barray_control *array[MAX_COMPONENTS]; /* [n] */
} mi_jpeg_coefs;

/* Bytes that the blocks of a picture take, whose size at output was chosen. */
int64_t mi_jpeg_coefs_size(const struct jpeg_decompress_struct *c);
/* Have libjpeg keep its coefficients so; before jpeg_start_decompress. */
void mi_jpeg_coefs_use(struct jpeg_decompress_struct *c);
/* Release them, when libjpeg is done. */
void mi_jpeg_coefs_done(mi_jpeg_coefs *keep);

#endif
