/* peer_list.h: the file that names a server's peers.
 *
 *   # a line a peer: its address, and the file of the key for it
 *   https://north.example:8470 /etc/mien/north.key
 */
#ifndef MI_SERVE_PEER_LIST_H
#define MI_SERVE_PEER_LIST_H

#include "mien/gallery_shards.h"
#include "mien/serve.h"

enum {
    MI_PEERS_MAX = MIEN_SHARDS_MAX - 1, /* beside the server's own gallery */
    MI_PEER_URL = 280,
    MI_PEER_PATH = 1024
};

typedef struct mi_peer {
    char url[MI_PEER_URL]; /* "https://north.example:8470" */
    char key_file[MI_PEER_PATH];
    char key[MIEN_SERVE_KEY_SIZE];
} mi_peer;

typedef struct mi_peer_list {
    int n;
    mi_peer *peer; /* [n] */
} mi_peer_list;

/* Read the lines; keys are not read.  Fails with EFORMAT (the text names the
 * line), ELIMIT, ENOMEM.
 *
 * An address is https://HOST or https://HOST:PORT, or the same of http where
 * HOST is of this machine alone, 127.x.x.x or [::1]; nothing else stands in
 * it. */
MIEN_CHECKED mien_status mi_peer_list_read(const uint8_t *bytes, size_t n,
                                           mi_peer_list *out, mien_error *err);

/* Read a file, and the keys that it names.  Fails with EIO, EFORMAT, ELIMIT,
 * ENOMEM, and EARG where others of the machine can read a key's file. */
MIEN_CHECKED mien_status mi_peer_list_load(const char *path, mi_peer_list *out,
                                           mien_error *err);

/* Release it; keys are overwritten.  NULL is allowed. */
void mi_peer_list_free(mi_peer_list *l);

#endif
