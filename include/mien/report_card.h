/* mien/report_card.h: cards: what is known of a model or of data, and what is
 * not.
 *
 *   a model's file, metrics.json beside it, the catalogue
 *     -> mien_card_of_model -> mien_card
 *   mien_card_new, _section, _put, _lines -> mien_card
 *     -> mien_card_text, _json, _page
 *
 * An item that nobody has stated stays in the card, is said to be unknown, and
 * is counted.  Not in the WebAssembly library. */
#ifndef MIEN_REPORT_CARD_H
#define MIEN_REPORT_CARD_H

#include "mien/model.h"
#include "mien/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How an item of a card is known. */
typedef enum mien_card_state {
    MIEN_CARD_COMPUTED, /* read from files, or worked out */
    MIEN_CARD_STATED,   /* somebody said so, or it is a rule */
    MIEN_CARD_OPEN      /* it is not known */
} mien_card_state;

typedef struct mien_card mien_card;

/* Begin a card.
 *
 *   schema  of its JSON: "mien/model-card/1"
 *   title   at its head
 *   out     owned by the caller; free with mien_card_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_card_new(const char *schema,
                                                const char *title,
                                                mien_card **out,
                                                mien_error *err);

/* Release a card.
 *
 *   c  NULL is allowed */
MIEN_API void mien_card_free(mien_card *c);

/* Begin a section: items that follow belong to it.  Memory that ends here, or
 * below, is noted in the card.
 *
 *   c      a card
 *   key    of the section in JSON
 *   title  its heading */
MIEN_API void mien_card_section(mien_card *c, const char *key,
                                const char *title);

/* Add an item.
 *
 *   c      a card that has a section, asserted
 *   key    of the item in JSON
 *   title  what is told
 *   state  how it is known
 *   text   what it is; of an open item, where it could have come from */
MIEN_API void mien_card_put(mien_card *c, const char *key, const char *title,
                            mien_card_state state, const char *text);

/* Add an item of lines that keep their blanks.
 *
 *   c      a card that has a section, asserted
 *   key    of the item in JSON
 *   title  what is told
 *   text   lines that were worked out; empty: nothing is added */
MIEN_API void mien_card_lines(mien_card *c, const char *key, const char *title,
                              const char *text);

/* How many items are open.
 *
 *   c  a card */
MIEN_API int mien_card_open(const mien_card *c);

/* Write a card as Markdown.  Texts cannot become markup.
 *
 *   c    a card
 *   out  the text is added
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_card_text(const mien_card *c,
                                                 mien_buffer *out,
                                                 mien_error *err);

/* Write a card as JSON: {"schema", "title", "items", "open", "not_known": [key,
 * ...], "sections": [{"key", "title", "items": [{"key", "title", "state",
 * "text" or "lines"}]}]}.
 *
 *   c    a card
 *   out  the text is added
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_card_json(const mien_card *c,
                                                 mien_buffer *out,
                                                 mien_error *err);

/* Write a card as a page of HTML that needs no other file.
 *
 *   c    a card
 *   out  the page is added
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_card_page(const mien_card *c,
                                                 mien_buffer *out,
                                                 mien_error *err);

/* ---- cards of models ----------------------------------------------------- */

/* Bytes of a metrics.json at most. */
#define MIEN_CARD_MAX_METRICS (16 << 20)
/* The same of a datasheet.json. */
#define MIEN_CARD_MAX_SHEET (4 << 20)

/* What is there of a model; all borrowed. */
typedef struct mien_card_source {
    const char *name;       /* of the model or its file */
    const uint8_t *model;   /* [model_n] an ONNX file, or a cascade's XML */
    const uint8_t *metrics; /* [metrics_n] the metrics.json that training
                               wrote; NULL: there is none */
    const uint8_t *sheet;   /* [sheet_n] the datasheet.json that lies beside it;
                               NULL: there is none.  It is looked at if it is the
                               one that the model was trained with */
    size_t model_n, metrics_n, sheet_n;
} mien_card_source;

/* Say of a model what it was trained on, how it was measured, for all and by
 * group, what it is for and not for, and what it means for a person whom it
 * judges.
 *
 *   source  what is there of it
 *   out     owned by the caller; free with mien_card_free
 *
 * Nothing is said that does not stand in the file, in its metrics, in the sheet
 * of its data or, of a file with the digest of one, in the catalogue; what is
 * missing there is open. Which uses are refused follows from the kind of model.
 * Fails with EFORMAT (neither a network nor a cascade; metrics or a sheet that
 * are none), EUNSUP, ELIMIT, ENOMEM. Source: M. Mitchell et al., Model Cards
 * for Model Reporting, 2019; Regulation (EU) 2024/1689, article 5(1);
 * Regulation (EU) 2016/679, articles 9, 13(2)(f) and 22. */
MIEN_API MIEN_CHECKED mien_status mien_card_of_model(
    const mien_card_source *source, mien_card **out, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
