/* Compressed frames of many events. What many get in the same bytes is inflated once,
 * and whoever gets it again is credited what it held: the order still is checked. */
#include "chatter.h"

#include <stdlib.h>
#include <string.h>

#ifndef ZLIB
void take_compressed(struct connection *c) { drop(c, "built without zlib"); }
#else
#include <zlib.h>

#define KNOWN 4096      /* frames that are remembered */
#define ROOM (256 * 1024)
#define END "\0\0\xff\xff" /* what senders leave out (RFC 7692, section 7.2.1) */
#define END_LEN 4

static struct known known[KNOWN];

static uint64_t hash_of(const char *bytes, size_t len) {
    uint64_t hash = 14695981039346656037u, word;
    for (; len >= sizeof word; bytes += sizeof word, len -= sizeof word) {
        memcpy(&word, bytes, sizeof word);
        hash = (hash ^ word) * 1099511628211u;
        hash ^= hash >> 29;
    }
    for (; len; len--) hash = (hash ^ (unsigned char)*bytes++) * 1099511628211u;
    return hash;
}

/* Inflate one whole message; returns its length, and SIZE_MAX if it is none. */
static size_t inflate_whole(const char *bytes, size_t len, char **text) {
    static z_stream z;
    static char *out;
    static size_t cap;
    if (!out && inflateInit2(&z, -MAX_WBITS) != Z_OK) return SIZE_MAX;
    inflateReset(&z);
    z.next_in = (unsigned char *)bytes;
    z.avail_in = (unsigned)len;
    size_t size = 0;
    for (;;) {
        if (cap - size < ROOM) out = realloc(out, cap += 2 * ROOM);
        z.next_out = (unsigned char *)out + size;
        z.avail_out = (unsigned)(cap - size);
        int how = inflate(&z, Z_SYNC_FLUSH);
        size = cap - z.avail_out;
        if (how != Z_OK && how != Z_BUF_ERROR && how != Z_STREAM_END) return SIZE_MAX;
        if (how == Z_STREAM_END || z.avail_out) break;
    }
    *text = out;
    return size;
}

static void learn(struct connection *c, struct known *frame) {
    char *text;
    put_frame(c, END, END_LEN);
    size_t size = inflate_whole(c->frame, c->frame_len, &text);
    if (size == SIZE_MAX) {
        frame->size = 0;
        drop(c, "it could not be inflated");
        return;
    }
    bench.learning = frame;
    scan(c, text, size, true);
    bench.learning = NULL;
}

static void credit(struct connection *c, const struct known *frame) {
    uint64_t *seq = &c->seq;
    if (bench.options.frame.len) {
        struct log *log = find_log(c, frame->room);
        log->events += frame->events;
        seq = &log->seq;
    }
    if (*seq && frame->first != *seq + 1) bench.totals.disordered++;
    *seq = frame->last;
    c->events += frame->events;
    bench.totals.deliveries += frame->events;
    if (c->state == GREETING && bench.options.due) come_in(c);
}

/* Take the frame that was gathered in the connection, now that it is whole. */
void take_compressed(struct connection *c) {
    uint64_t hash = hash_of(c->frame, c->frame_len);
    struct known *frame = &known[hash % KNOWN];
    bool same = frame->size == c->frame_len && frame->hash == hash;
    if (same && frame->first && !c->sampled) {
        credit(c, frame);
    } else {
        *frame = (struct known){.hash = hash, .size = c->frame_len};
        learn(c, frame);
    }
    c->frame_len = 0;
}
#endif
