/* objects.c: objects in photos and in frames of a video. */
#include "record/item.h"

/* "objects": each with its class by name and in both numberings. */
static void put_objects(mien_json *j, const mien_objects *o)
{
    mien_json_array(j, "objects");
    for (int i = 0; i < o->n; i++) {
        const mien_coco_class *c = o->object[i].what;
        mien_json_object(j, NULL);
        mien_record_box(j, "box", o->object[i].box);
        mien_json_text(j, "class", c->name);
        mien_json_int(j, "id", c->id);
        mien_json_int(j, "index", c->index);
        mien_json_rounded(j, "score", (double)o->object[i].score, 4);
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* ",person,1,0,x,y,width,height,score" */
static void put_row(const mien_object *o, mien_buffer *out)
{
    mien_buffer_printf(
        out, ",%s,%d,%d,%.2f,%.2f,%.2f,%.2f,%.4f\n", o->what->name, o->what->id,
        o->what->index, mien_signless_zero((double)o->box.x, 2),
        mien_signless_zero((double)o->box.y, 2), (double)o->box.width,
        (double)o->box.height, (double)o->score);
}

void mien_record_objects(const mien_objects_record *r, mien_buffer *out)
{
    mien_json j = mi_record_begin(r->file, out);
    mien_json_int(&j, "width", r->w);
    mien_json_int(&j, "height", r->h);
    mi_record_warnings(&j, r->warning, NULL);
    put_objects(&j, r->objects);
    mien_json_object(&j, "ms");
    mien_json_rounded(&j, "detect", r->seconds * 1e3, 3);
    mien_json_close(&j);
    mi_record_end(&j);
}

void mien_record_objects_csv(const mien_objects_record *r, int head,
                             mien_buffer *out)
{
    if (head)
        mien_buffer_puts(out, "file,class,id,index,x,y,width,height,score\n");
    for (int i = 0; r && i < r->objects->n; i++) {
        mien_record_field(r->file, out);
        put_row(&r->objects->object[i], out);
    }
}

void mien_record_objects_frame(int64_t frame, double seconds,
                               const mien_objects *o, mien_buffer *out)
{
    mien_json j = mi_record_begin(NULL, out);
    mien_json_int(&j, "frame", frame);
    mien_json_rounded(&j, "seconds", seconds, 3);
    put_objects(&j, o);
    mi_record_end(&j);
}

void mien_record_objects_frame_csv(int64_t frame, double seconds,
                                   const mien_objects *o, mien_buffer *out)
{
    if (frame == 0)
        mien_buffer_puts(
            out, "frame,seconds,class,id,index,x,y,width,height,score\n");
    for (int i = 0; i < o->n; i++) {
        mien_buffer_printf(out, "%lld,%.3f", (long long)frame, seconds);
        put_row(&o->object[i], out);
    }
}
