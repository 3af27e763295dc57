/* cli_judge.h: how good scores are, in words and numbers. */
#ifndef MIEN_CLI_JUDGE_H
#define MIEN_CLI_JUDGE_H

#include "cli/cli_rule.h"

#include <jansson.h>

/* Scored rows of a part. */
typedef struct cli_part {
    const char *name; /* "test" */
    int64_t n;
    uint8_t *y;
    double *score;
} cli_part;

typedef struct cli_verdict {
    double threshold;
    mien_confusion count;
    mien_rates rates;
    mien_interval auc, ap, recall, precision; /* with 95 % intervals */
    mien_threshold near; /* at the false-alarm rate nearest 6 % */
    double majority;     /* accuracy of always saying the larger class */
} cli_verdict;

/* Room for n rows.  0, and a report, when memory ends. */
int cli_part_new(const char *name, int64_t n, cli_part *out);
void cli_part_free(cli_part *p);

/* The threshold that a rule gives.  0, and a report. */
int cli_judge_threshold(const cli_rule *rule, const cli_part *p,
                        mien_threshold *out);
/* Judge a part at a threshold.  0, and a report. */
int cli_judge(const cli_part *p, double threshold, uint32_t seed,
              mien_pool *pool, cli_verdict *out);
/* A block of lines; with the classification report when `whole`. */
void cli_judge_print(const cli_part *p, const cli_verdict *v, int whole,
                     mien_buffer *out);
json_t *cli_judge_json(const cli_part *p, const cli_verdict *v);

#endif
