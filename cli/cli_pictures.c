#include "cli/cli_model.h"
void cli_report_pictures(const cli_model *m, mi_buffer *out){(void)m;(void)out;}
