/* questions.c: what a sheet of data asks.
 *
 * In the order of the agency's conclusions: where from and who is responsible,
 * what is in it and is it fit, who is covered, what is missing, when and where;
 * then its dimensions of quality, the European Statistical System's four
 * declarations, and what a citizen may ask of data. */
#include "dataset/sheet.h"

#include <string.h>

#define SOURCE "Where they come from"
#define CONTENT "What they contain"
#define COVERAGE "Whom they cover"
#define SPAN "Time and place"
#define QUALITY "Quality"
#define DECLARED "Declarations"
#define CITIZEN "For whom the data are about"

static const mien_datasheet_question questions[] = {
    {"origin", SOURCE, "Where do the data come from?", 1},
    {"collection", SOURCE, "Who is responsible for collecting them?", 1},
    {"maintenance", SOURCE, "Who is responsible for maintaining them?", 0},
    {"dissemination", SOURCE, "Who is responsible for passing them on?", 0},
    {"licence", SOURCE, "Under which licence?", 0},
    {"contents", CONTENT, "What information is in them?", 0},
    {"purpose", CONTENT, "What is the purpose of what learns from them?", 1},
    {"fit", CONTENT, "Is the information fit for that purpose, and why?", 1},
    {"role", CONTENT,
     "Are they training data, input, or inferred by another model?", 0},
    {"covered", COVERAGE, "Who is covered?", 1},
    {"groups", COVERAGE, "How many are there of each group?", 0},
    {"under_represented", COVERAGE, "Who is under-represented?", 1},
    {"missing", COVERAGE, "Which values are missing?", 0},
    {"units_missing", COVERAGE,
     "Is information missing, or are some of the units left out?", 1},
    {"time", SPAN, "Of what time are they?", 1},
    {"place", SPAN, "Of what places are they?", 1},
    {"completeness", QUALITY, "Completeness: is all there that should be?", 0},
    {"accuracy", QUALITY,
     "Accuracy: how far is what stands there from what is true, and who "
     "checked it?",
     0},
    {"consistency", QUALITY, "Consistency: do they contradict themselves?", 0},
    {"timeliness", QUALITY, "Timeliness: how old are they when they are used?",
     0},
    {"duplication", QUALITY, "Duplication: what stands in them twice?", 0},
    {"validity", QUALITY,
     "Validity: do they measure what they are meant to measure?", 0},
    {"availability", QUALITY,
     "Availability: who can get them, and for how long?", 0},
    {"provenance", QUALITY, "Provenance: what was done to them, and by whom?",
     0},
    {"policy_public", DECLARED, "Is the policy on quality public?", 0},
    {"process_monitored", DECLARED,
     "Is the quality of the process planned and monitored?", 0},
    {"product_monitored", DECLARED,
     "Is the quality of the product regularly monitored, assessed and "
     "reported?",
     0},
    {"outside_review", DECLARED,
     "Is there a thorough review at times, by experts from outside too?", 0},
    {"personal", CITIZEN,
     "Are they about people, and on what legal ground are they used?", 1},
    {"retention", CITIZEN, "Until when are they kept?", 0},
    {"owns", CITIZEN, "Who owns them?", 0},
    {"distributes", CITIZEN, "Who distributes them?", 0},
    {"accesses", CITIZEN, "Who can access them?", 0},
    {"uses", CITIZEN, "Who uses them?", 0},
    {"appropriates", CITIZEN, "Who makes them their own, and gains by it?", 0},
    {"modifies", CITIZEN, "Who can change them?", 0},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };
_Static_assert((int)QUESTIONS <= (int)MI_SHEET_QUESTIONS_MAX,
               "more questions than room");

const mien_datasheet_question *mien_datasheet_question_at(int i)
{
    return i >= 0 && i < QUESTIONS ? &questions[i] : NULL;
}

int mi_sheet_find(const char *key)
{
    for (int i = 0; i < QUESTIONS; i++)
        if (strcmp(questions[i].key, key) == 0)
            return i;
    return -1;
}
