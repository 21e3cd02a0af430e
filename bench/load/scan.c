/* What comes in: frames are found and looked at, not decoded. */
#include "chatter.h"

#include <stdlib.h>
#include <string.h>

static bool starts(const char *at, size_t len, struct needle needle) {
    return needle.len && len >= needle.len && !memcmp(at, needle.text, needle.len);
}

/* Send until the window is full. */
void post_more(struct connection *c) {
    if (bench.options.rate > 0 || !bench.posting || c->state != READY) return;
    uint32_t most = bench.options.most_posts;
    while (c->waiting < bench.options.window && (!most || c->posted < most)) write_post(c);
    flush_out(c);
}

static void note_ack(struct connection *c) {
    if (!c->waiting) return;
    note_time(&bench.acknowledged, bench.now - c->sent_at[c->acked++ % MOST_WAITING]);
    c->waiting--;
    bench.totals.acks++;
}

/* Be ready once all that was said first is answered, and what is due has come. */
void come_in(struct connection *c) {
    if (c->replies < c->wanted || c->events < bench.options.due) return;
    note_time(&bench.in, read_clock() - c->opened_at);
    c->state = READY;
    bench.ready++;
    bench.opening--;
    open_more();
}

static void note_reply(struct connection *c) {
    c->replies++;
    if (c->state == GREETING) {
        come_in(c);
    } else if (c->state == READY && !bench.options.echo) {
        note_ack(c);
    }
}

/* The text of a post starts with who sent it and when. */
static void note_mark(struct connection *c, const char *at, size_t len) {
    const char *mark = memchr(at, '@', len < LOOK ? len : LOOK);
    if (!mark || (size_t)(mark - at) + 30 > len) return;
    char *end;
    unsigned long who = strtoul(mark + 1, &end, 16);
    uint64_t sent = strtoull(mark + 14, &end, 16);
    if (c->sampled) note_time(&bench.delivered, bench.now - sent);
    if (bench.options.echo && c->sender && who == c->index) note_ack(c);
}

/* Find the log of a room: most connections hear few. */
struct log *find_log(struct connection *c, uint64_t room) {
    for (uint32_t i = 0; i < c->log_count; i++) {
        c->log = &c->logs[i];
        if (c->log->room == room) return c->log;
    }
    c->logs = realloc(c->logs, (c->log_count + 1) * sizeof *c->logs);
    c->log = &c->logs[c->log_count++];
    *c->log = (struct log){.room = room};
    return c->log;
}

/* A frame names its room. */
static void note_frame(struct connection *c, const char *at, size_t len) {
    uint64_t room = 14695981039346656037u;
    for (size_t i = bench.options.frame.len; i < len && at[i] != '"'; i++)
        room = (room ^ (unsigned char)at[i]) * 1099511628211u;
    find_log(c, room);
    if (bench.learning) bench.learning->room = room;
}

static void note_seq(uint64_t *last, uint64_t seq) {
    if (*last && seq != *last + 1) bench.totals.disordered++;
    *last = seq;
    struct known *learning = bench.learning;
    if (!learning) return;
    if (!learning->first) learning->first = seq;
    learning->last = seq;
}

/* Where events have a number, `each` follows it in all of them, and `kind` in messages. */
static void note_event(struct connection *c, const char *at, size_t len) {
    struct needle event = bench.options.event, kind = bench.options.kind;
    if (kind.len) {
        const char *digit = at + event.len;
        uint64_t seq = 0;
        while (digit < at + len && *digit >= '0' && *digit <= '9')
            seq = seq * 10 + (uint64_t)(*digit++ - '0');
        size_t rest = len - (size_t)(digit - at);
        if (!starts(digit, rest, bench.options.each)) return;
        note_seq(c->log ? &c->log->seq : &c->seq, seq);
        if (!starts(digit, rest, kind)) return;
    }
    c->events++;
    if (bench.learning) bench.learning->events++;
    if (c->log) c->log->events++;
    bench.totals.deliveries++;
    if (c->state == GREETING && bench.options.due) come_in(c);
    if (c->sampled || (bench.options.echo && c->sender)) note_mark(c, at, len);
}

static void note_failure(struct connection *c, const char *at, size_t len) {
    if (c->state != READY) {
        static char said[LOOK];
        memcpy(said, at, len < LOOK - 1 ? len : LOOK - 1);
        drop(c, said);
        return;
    }
    bench.totals.refused++;
    bench.posted[c->room]--;
    note_ack(c);
}

/* Find where the next thing may start. Mostly all start alike, which is found fast. */
static const char *find_opening(const char *at, const char *end) {
    const struct options *o = &bench.options;
    char first = o->event.text[0];
    if ((!o->reply.len || o->reply.text[0] == first) &&
        (!o->failure.len || o->failure.text[0] == first))
        return memchr(at, first, (size_t)(end - at));
    while (at < end && !o->opens[(unsigned char)*at]) at++;
    return at < end ? at : NULL;
}

/* Look at `len` bytes of a frame of data; `whole` if it ends with them. Returns how many
 * are done with: the rest is to be shown again with what follows it. */
size_t scan(struct connection *c, const char *bytes, size_t len, bool whole) {
    const char *end = bytes + len, *at = bytes;
    while (at < end && (at = find_opening(at, end))) {
        size_t rest = (size_t)(end - at);
        if (!whole && rest < LOOK) return (size_t)(at - bytes);
        if (starts(at, rest, bench.options.event))
            note_event(c, at, rest);
        else if (starts(at, rest, bench.options.reply))
            note_reply(c);
        else if (starts(at, rest, bench.options.frame))
            note_frame(c, at, rest);
        else if (starts(at, rest, bench.options.failure))
            note_failure(c, at, rest);
        at++;
    }
    return len;
}

/* Where nothing numbers events, a compressed frame is one. */
static void note_compressed(struct connection *c) {
    if (c->state != READY) {
        note_reply(c);
        return;
    }
    c->events++;
    bench.totals.deliveries++;
}

static size_t control(struct connection *c, unsigned opcode, const char *bytes,
                      size_t len) {
    char pong[160];
    if (opcode == 9) {
        put_out(c, pong, frame_text(pong, bytes, len, 10));
        flush_out(c);
    } else if (opcode == 8) {
        drop(c, len > 2 ? "the server closed" : "the server closed without a word");
    }
    return len;
}

/* Read a frame's head at `bytes`. Returns its size, or 0 if it is not all there. */
static size_t read_head(struct connection *c, const unsigned char *bytes, size_t len) {
    if (len < 2) return 0;
    size_t size = 2;
    uint64_t payload = bytes[1] & 127;
    if (payload >= 126) {
        size += payload == 126 ? 2 : 8;
        if (len < size) return 0;
        payload = 0;
        for (size_t i = 2; i < size; i++) payload = payload << 8 | bytes[i];
    }
    unsigned opcode = bytes[0] & 15;
    if (opcode >= 8) {
        if (len < size + payload) return 0;
        return size + control(c, opcode, (const char *)bytes + size, payload);
    }
    c->in_frame = payload > 0;
    c->left = payload;
    c->fresh = true;
    c->compressed = bytes[0] & 64;
    if (c->compressed && !bench.options.each.len) note_compressed(c);
    return size;
}

/* Answer a frame that is nothing but the peer's own ping. */
static void answer_ping(struct connection *c) {
    char frame[160];
    struct needle pong = bench.options.pong;
    put_out(c, frame, frame_text(frame, pong.text, pong.len, 1));
    flush_out(c);
}

void put_frame(struct connection *c, const char *bytes, size_t len) {
    if (c->frame_len + len > c->frame_cap) {
        c->frame_cap = (c->frame_len + len) * 2;
        c->frame = realloc(c->frame, c->frame_cap);
    }
    memcpy(c->frame + c->frame_len, bytes, len);
    c->frame_len += len;
}

static size_t gather(struct connection *c, const char *bytes, size_t len, bool whole) {
    if (!bench.options.each.len) return len;
    put_frame(c, bytes, len);
    if (whole) take_compressed(c);
    return len;
}

static size_t read_payload(struct connection *c, const char *bytes, size_t len) {
    bool whole = len >= c->left;
    size_t part = whole ? c->left : len;
    struct needle ping = bench.options.ping;
    if (c->fresh && ping.len && c->left == ping.len) {
        if (!whole) return 0;
        if (!memcmp(bytes, ping.text, ping.len)) answer_ping(c);
    }
    size_t done =
        c->compressed ? gather(c, bytes, part, whole) : scan(c, bytes, part, whole);
    if (done) c->fresh = false;
    c->left -= done;
    c->in_frame = c->left > 0;
    return done;
}

static size_t read_handshake(struct connection *c, char *bytes, size_t len) {
    char *end = memmem(bytes, len, "\r\n\r\n", 4);
    if (!end) return 0;
    if (len < 12 || memcmp(bytes + 9, "101", 3)) {
        drop(c, "the handshake was refused");
        return len;
    }
    c->state = GREETING;
    bench.last_shaken = read_clock();
    note_time(&bench.shaken, bench.last_shaken - c->opened_at);
    put_out(c, c->prelude, c->prelude_len);
    flush_out(c);
    come_in(c);
    return (size_t)(end - bytes) + 4;
}

/* Look at all that came; what is not whole is kept in the connection. */
void look_at(struct connection *c, char *bytes, size_t len) {
    size_t at = 0, done = 1;
    while (at < len && done && c->state != GONE) {
        if (c->state == SHAKING)
            done = read_handshake(c, bytes + at, len - at);
        else if (c->in_frame)
            done = read_payload(c, bytes + at, len - at);
        else
            done = read_head(c, (unsigned char *)bytes + at, len - at);
        at += done;
    }
    if (c->state == GONE) return;
    if (len - at > KEPT) {
        drop(c, "too much to keep");
        return;
    }
    c->kept = (uint32_t)(len - at);
    memcpy(c->keep, bytes + at, c->kept);
    if (c->sender) post_more(c);
}
