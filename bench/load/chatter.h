/* What the parts of the load generator share.
 *
 * The generator holds many WebSocket connections in one thread. It never decodes what
 * comes: it knows events, replies and failures by the bytes that they start with. Inside
 * JSON strings quotes are escaped, so text can't fool it; where a peer speaks something
 * else, our own texts have nothing that looks like a start.
 */
#ifndef CHATTER_H
#define CHATTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOOK 320          /* bytes from a start that tell all about what it opens */
#define KEPT 1024         /* bytes that may wait for the rest of something */
#define CHUNK (256 * 1024)
#define MOST_WAITING 64
#define BUCKETS 2048

enum state { WAITING, CONNECTING, SHAKING, GREETING, READY, GONE };

struct connection {
    int fd;
    enum state state;
    bool sender, sampled, in_frame, fresh, compressed, wants_out;
    uint32_t index, room, replies, wanted, waiting, posted;
    uint32_t kept;
    uint64_t left;       /* payload bytes of this frame that are still to be looked at */
    uint64_t events;     /* messages delivered here */
    uint64_t seq;        /* of the newest event */
    uint64_t sent_at[MOST_WAITING];
    uint64_t acked;
    char *post;          /* with holes: $i is its id, $c its unique name,
                            $t its text, $b the bytes of that */
    char *prelude;       /* masked frames, ready to send */
    size_t prelude_len;
    char *out;
    size_t out_len, out_cap;
    char keep[KEPT];
};

struct needle {
    const char *text;
    size_t len;
};

struct options {
    const char *host, *path, *plan;
    int port;
    uint32_t window, bytes;
    unsigned nap;           /* microseconds */
    double warm_up, seconds, rate, quiet, drain;
    struct needle event, each, kind, reply, failure, ping, pong;
    bool opens[256];        /* the bytes with which events, replies and failures start */
    bool echo, deflate, idle;
    int pids[8];
    int pid_count;
};

struct histogram {
    uint64_t counts[BUCKETS];
    uint64_t total, max;
};

struct totals {
    uint64_t deliveries, acks, posts, refused, bytes_in, disordered, lost_connections;
};

struct bench {
    struct options options;
    struct connection *connections;
    uint32_t count, rooms, ready, opening, next_to_open;
    uint64_t *posted;     /* messages a room has taken */
    struct totals totals;
    struct histogram delivered, acknowledged;
    uint64_t now;         /* nanoseconds of a monotonic clock, as of the last look */
    uint64_t last_bytes;  /* when something came in last */
    bool posting;
    int epoll;
    char nonce[16];
};

extern struct bench bench;

/* clock.c */
uint64_t read_clock(void);
double read_own_cpu(void);
double read_cpu_of_all(void);
double read_cpu_of(const int *pids, int count);
void note_time(struct histogram *histogram, uint64_t nanoseconds);
double percentile(const struct histogram *histogram, double part);

/* plan.c */
void read_plan(void);
size_t frame_text(char *out, const char *text, size_t len, unsigned opcode);
void write_post(struct connection *c);

/* socket.c */
void open_more(void);
void take(struct connection *c, uint32_t happened);
void flush_out(struct connection *c);
void put_out(struct connection *c, const char *bytes, size_t len);
void drop(struct connection *c, const char *why);

/* scan.c */
void come_in(struct connection *c);
void look_at(struct connection *c, char *bytes, size_t len);
void post_more(struct connection *c);

#endif
