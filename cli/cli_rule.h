/* cli_rule.h: by which rule a threshold is chosen. */
#ifndef MIEN_CLI_RULE_H
#define MIEN_CLI_RULE_H

#include "cli/cli.h"

typedef struct cli_rule {
    mien_rule kind;
    double a, b;
} cli_rule;

/* Two numbers behind their names, "fn=100,fp=1"; 0 when the text is another. */
int cli_two_numbers(const char *text, const char *first, const char *second,
                    double out[2]);

/* What --threshold-by, --cost and --alerts say, each NULL when not given;
 * "5/day" looks for dates in the table.  0, and a report, when they say nothing
 * or two things. */
int cli_rule_read(const char *by, const char *cost, const char *alerts,
                  const mien_table *t, cli_rule *out);

#endif
