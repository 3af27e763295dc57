/* expat_config.h: what expat asks of its platform, answered for WASI. */
#ifndef EXPAT_CONFIG_H
#define EXPAT_CONFIG_H

#include <unistd.h>

#define BYTEORDER 1234
#define XML_CONTEXT_BYTES 1024
#define XML_DTD 1 /* with it come the limits on what entities may grow to */
#define XML_MIN_SIZE 1

/* Salt of hash tables: WASI has getentropy alone. */
#define HAVE_GETRANDOM 1
#define GRND_NONBLOCK 0
#define getrandom(p, n, flags) (getentropy(p, n) ? -1 : (int)(n))

#endif
