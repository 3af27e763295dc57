/* schema.h: the tables of a queue. */
#ifndef MI_QUEUE_SCHEMA_H
#define MI_QUEUE_SCHEMA_H

/* Raised when tables change in a way that an older mien cannot work with. */
enum { MI_QUEUE_VERSION = 1 };

/* Statements that make them. */
extern const char mi_queue_schema[];

#endif
