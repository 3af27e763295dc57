/* predict_people.h: predictions about people of a gallery, recorded there. */
#ifndef MIEN_CLI_PREDICT_PEOPLE_H
#define MIEN_CLI_PREDICT_PEOPLE_H

#include "cli/gallery.h"
#include "cli/table.h"

/* What is asked for. */
typedef struct cli_predict_people {
    const cli_gallery_values *open;
    const cli_table_values *how;
    const char *people, *purpose; /* the gallery; whom */
    const char *person;           /* the column of names */
    const char *table, *output;
    const char *model, *until; /* SHA-256; a day, "": not said */
    mien_tabular *tabular;
} cli_predict_people;

/* Predict a table, record each row about somebody of the gallery there, and
 * write the file: all, or nothing.  The status to exit with, reported. */
int cli_predict_people_run(const cli_predict_people *ask, mien_predictor *p);

#endif
