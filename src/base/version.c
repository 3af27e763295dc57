#include "mien/base.h"

const char *mien_version(void) { return MIEN_VERSION; }
