/* cli_people.h: a folder of photos of known people. */
#ifndef MIEN_CLI_PEOPLE_H
#define MIEN_CLI_PEOPLE_H

#include "cli/cli_files.h"
#include "cli/cli_reader.h"

typedef struct cli_person {
    char *name;            /* of the file without its ending, or the folder */
    float descriptor[128]; /* of the largest face */
} cli_person;

/* One entry a photo; a person with several photos has several. */
typedef struct cli_people {
    cli_person *person; /* [n] */
    int n;
} cli_people;

/* Read the photos of a folder: DIR/NAME.jpg, or DIR/NAME/photo.jpg.
 *
 *   quiet  1: say nothing of photos with no face or several
 *
 * Photos that cannot be read, or show no face, are reported and left out.
 * 0, and a report, when nobody is left. */
int cli_people_read(cli_reader *r, const char *folder, int quiet,
                    cli_people *out);
void cli_people_free(cli_people *p);

/* The person nearest to a descriptor, and how far; n is at least 1. */
const cli_person *cli_people_nearest(const cli_people *p,
                                     const float *descriptor, float *distance);

#endif
