/* zygote.h: the process that workers are copies of. */
#ifndef MI_SANDBOX_ZYGOTE_H
#define MI_SANDBOX_ZYGOTE_H

#include "sandbox/task.h"

/* Be the zygote, in a process that was just forked, until the program closes
 * its end of the socket.
 *
 *   control  a socket of packets
 *   program  the process that forked this one */
_Noreturn void mi_zygote_run(int control, int program,
                             const mi_workers_options *o);

#endif
