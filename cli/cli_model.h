/* cli_model.h: what a training command leaves in its folder. */
#ifndef MIEN_CLI_MODEL_H
#define MIEN_CLI_MODEL_H

#include "cli/cli_data.h"
#include "cli/cli_judge.h"

/* A finished model and what it says of the table it was made from. */
typedef struct cli_model {
    const cli_data *data;
    const char *title;    /* "Auto-encoder" */
    mien_buffer settings; /* lines of text */
    mien_tabular_parts parts;
    mien_threshold chosen;
    cli_part valid, test;
    cli_verdict of_valid, of_test;
    mien_buffer words; /* what is printed and goes into the report */
    const mien_epoch *epoch;
    int epochs, best;
} cli_model;

/* Put the graph together, score the parts with it, choose the threshold on the
 * validation part and judge both; then write DIR/model.onnx, metrics.json,
 * report.html, history.csv and model_card.md where --output is given.  Prints.
 * The status to exit with. */
int cli_model_finish(cli_model *m);
void cli_model_done(cli_model *m);
/* DIR/NAME written whole.  0, and a report. */
int cli_model_save(const char *folder, const char *name, const void *bytes,
                   size_t n);
/* The report as one page; *out is appended to. */
/* Its figures, as SVG inside the page. */
void cli_report_pictures(const cli_model *m, mien_buffer *out);
void cli_report_html(const cli_model *m, mien_buffer *out);

#endif
