/* card_uses.c: what a model is for, and what it is not for.
 *
 * What is refused is what the law forbids to everybody: Regulation (EU)
 * 2024/1689 (the AI Act), article 5(1); and what Regulation (EU) 2016/679 (the
 * GDPR) allows only as an exception, articles 9 and 22. */
#include "report/card.h"

#include <string.h>

typedef struct rule {
    const char *key, *title, *text;
} rule;

static const rule about_faces[] = {
    {"refused_scraping", "Refused: AI Act, article 5(1)(e)",
     "making or enlarging databases for face recognition by untargeted "
     "scraping of pictures from the internet or from cameras"},
    {"refused_emotion", "Refused: AI Act, article 5(1)(f)",
     "inferring emotions of people at work or in education, but for medical "
     "or safety reasons"},
    {"refused_categories", "Refused: AI Act, article 5(1)(g)",
     "sorting people by their biometric data to infer race, political "
     "opinions, membership of a trade union, religion or belief, sex life or "
     "sexual orientation"},
    {"gdpr_9", "Only as an exception: GDPR, article 9",
     "telling by their faces who people are: biometric data are a special "
     "category, and the consent of the person, or another ground of article "
     "9(2), comes first"},
};

static const rule about_rows[] = {
    {"refused_scoring", "Refused: AI Act, article 5(1)(c)",
     "social scoring of people that treats them worse in another context, or "
     "out of proportion"},
    {"refused_crime", "Refused: AI Act, article 5(1)(d)",
     "foretelling that a person will commit an offence from a profile or "
     "traits of character alone"},
    {"gdpr_9", "Only as an exception: GDPR, article 9",
     "columns that reveal origin, opinions, belief, membership of a trade "
     "union, genes, health, sex life or orientation, or biometric data that "
     "tell who somebody is"},
};

static const rule decisions = {
    "gdpr_22", "Not alone: GDPR, article 22",
    "a decision about a person with legal or similarly significant effect is "
    "not made by this model alone: a person with the power to decide "
    "otherwise looks at it, and the one concerned can contest it"};

static void put_rule(mien_card *c, const rule *r)
{
    mien_card_put(c, r->key, r->title, MIEN_CARD_STATED, r->text);
}

/* What a network of the catalogue is for. */
static const char *task_use(const char *task)
{
    static const struct {
        const char *task, *use;
    } uses[] = {
        {"detector", "finding faces in photos: where they are, not whose"},
        {"landmarks", "68 points of a face that was found"},
        {"descriptor",
         "comparing faces of people who agreed to it, at a threshold measured "
         "on people like them; a hint, not a proof of who somebody is"},
        {"expression",
         "telling what an expression looks like in one picture; not what a "
         "person feels"},
        {"age-gender",
         "guessing how old, and male or female, a face looks; not the age or "
         "the gender of a person"},
        {"objects", "finding the 80 kinds of things of COCO in photos"}};
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        if (strcmp(uses[i].task, task) == 0)
            return uses[i].use;
    return "";
}

/* Who it is for is for its maker to say; what kind of input, the file tells. */
static const char *use_of(const mi_card_facts *f)
{
    switch (f->kind) {
    case MI_CARD_TABLE:
        return "an alarm for rows of tables like the one it was made from: the "
               "same columns, measured the same way, and about the same share "
               "of events";
    case MI_CARD_PICTURES:
        return "pictures like those it was trained on, cut out and scaled as "
               "its metadata say; what it says of a person is a guess from one "
               "picture";
    case MI_CARD_FACES:
    case MI_CARD_OBJECTS: return task_use(f->entry->task);
    case MI_CARD_CASCADE:
        return "finding in pictures what it was trained to find: where that "
               "is, not whose";
    case MI_CARD_OTHER: return "";
    }
    return "";
}

void mi_card_uses(mien_card *c, const mi_card_facts *f)
{
    const char *use = use_of(f);
    mien_card_section(c, "uses", "Intended and refused uses");
    mien_card_put(c, "intended", "Intended",
                  *use ? MIEN_CARD_STATED : MIEN_CARD_OPEN,
                  *use ? use : "the file does not tell what it is for");
    if (f->kind == MI_CARD_TABLE)
        for (size_t i = 0; i < sizeof about_rows / sizeof *about_rows; i++)
            put_rule(c, &about_rows[i]);
    else if (f->kind != MI_CARD_OBJECTS)
        for (size_t i = 0; i < sizeof about_faces / sizeof *about_faces; i++)
            put_rule(c, &about_faces[i]);
    put_rule(c, &decisions);
}
