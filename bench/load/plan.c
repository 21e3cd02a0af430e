/* What is said: the plan of all connections, and the frames to send. */
#include "chatter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char FILLER[] =
    "so we walked the whole way along the river and talked of nothing in particular, "
    "and when the rain came we stood under the bridge and waited for it to end. ";

static uint32_t next_mask(void) {
    static uint32_t seed = 2463534242u;
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

/* Write a masked frame (RFC 6455, section 5.2); `out` needs 14 bytes more than `len`. */
size_t frame_text(char *out, const char *text, size_t len, unsigned opcode) {
    char *at = out;
    *at++ = (char)(0x80 | opcode);
    if (len < 126) {
        *at++ = (char)(0x80 | len);
    } else if (len < 65536) {
        *at++ = (char)(0x80 | 126);
        *at++ = (char)(len >> 8);
        *at++ = (char)len;
    } else {
        *at++ = (char)(0x80 | 127);
        for (int shift = 56; shift >= 0; shift -= 8) *at++ = (char)(len >> shift);
    }
    uint32_t mask = next_mask();
    memcpy(at, &mask, 4);
    const char *key = at;
    at += 4;
    for (size_t i = 0; i < len; i++) at[i] = text[i] ^ key[i & 3];
    return (size_t)(at - out) + len;
}

static void add_prelude(struct connection *c, const char *text) {
    bool answered = strncmp(text, "$q", 2);
    if (!answered) text += 2;
    size_t len = strlen(text);
    c->prelude = realloc(c->prelude, c->prelude_len + len + 14);
    c->prelude_len += frame_text(c->prelude + c->prelude_len, text, len, 1);
    c->wanted += answered;
}

static char *next_field(char **rest) {
    char *field = *rest;
    if (!field) return NULL;
    char *end = strchr(field, '\t');
    if (end) *end++ = 0;
    *rest = end;
    return field;
}

static void read_line(struct connection *c, char *line) {
    line[strcspn(line, "\n")] = 0;
    for (char *at = line; (at = strstr(at, "$n"));) *at++ = '\r', *at++ = '\n';
    char *rest = line;
    c->sender = *next_field(&rest) == 's';
    c->room = (uint32_t)atoi(next_field(&rest));
    c->post = strdup(next_field(&rest));
    for (char *field; (field = next_field(&rest));) add_prelude(c, field);
}

/* A line a connection: `s` or `r`, the room's number, the post, then what to say first,
 * each answered by one reply but for those that begin with `$q`; all with TABs in
 * between. `$n` stands for CR and LF. */
void read_plan(void) {
    FILE *file = fopen(bench.options.plan, "r");
    if (!file) perror("plan"), exit(2);
    char *line = NULL;
    size_t cap = 0, room = 0;
    while (getline(&line, &cap, file) > 0) {
        if ((bench.count & (bench.count + 1)) == 0) {
            size_t most = ((size_t)bench.count + 1) * 2;
            bench.connections =
                realloc(bench.connections, most * sizeof *bench.connections);
        }
        struct connection *c = &bench.connections[bench.count];
        memset(c, 0, sizeof *c);
        c->fd = -1;
        c->index = bench.count++;
        read_line(c, line);
        if (c->room > room) room = c->room;
    }
    free(line);
    fclose(file);
    bench.rooms = (uint32_t)room + 1;
    bench.posted = calloc(bench.rooms, sizeof *bench.posted);
    uint32_t step = bench.count / 16 ? bench.count / 16 : 1;
    for (uint32_t i = 0; i < bench.count; i++)
        bench.connections[i].sampled = i % step == step - 1;
}

static size_t write_text(struct connection *c, char *out, uint64_t at) {
    size_t len = (size_t)sprintf(out, "@%05x %06x %016llx ", c->index, c->posted,
                                 (unsigned long long)at);
    while (len < bench.options.bytes) {
        size_t part = bench.options.bytes - len;
        if (part > sizeof FILLER - 1) part = sizeof FILLER - 1;
        memcpy(out + len, FILLER, part);
        len += part;
    }
    /* A server may trim what it is told. */
    out[len - 1] = '.';
    return len;
}

/* Put one post into what is to be sent. */
void write_post(struct connection *c) {
    static char text[200000], framed[200016];
    char *out = text;
    for (const char *from = c->post; *from; from++) {
        if (*from != '$') {
            *out++ = *from;
            continue;
        }
        switch (*++from) {
        case 'i': out += sprintf(out, "%u", c->posted + 10); break;
        case 'b': out += sprintf(out, "%u", bench.options.bytes); break;
        case 'c': out += sprintf(out, "%s-%x-%x", bench.nonce, c->index, c->posted); break;
        case 't': out += write_text(c, out, bench.now); break;
        default: *out++ = *from;
        }
    }
    put_out(c, framed, frame_text(framed, text, (size_t)(out - text), 1));
    c->sent_at[c->posted++ % MOST_WAITING] = bench.now;
    c->waiting++;
    bench.totals.posts++;
    bench.posted[c->room]++;
}
