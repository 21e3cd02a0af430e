/* What the parts of the load generator share.
 *
 * The generator holds many WebSocket connections in one thread. It decodes nothing that
 * comes, and inflates once what many get compressed: it knows events, replies and failures by the bytes that they start with. Inside
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
    uint64_t opened_at;  /* when it was begun to be opened */
    struct log *logs;    /* of each room that it hears, where frames name them */
    struct log *log;     /* the one that this frame is of */
    uint32_t log_count;
    uint64_t acked;
    char *post;          /* with holes: $i is its id, $c its unique name,
                            $t its text, $b the bytes of that */
    char *prelude;       /* masked frames, ready to send */
    size_t prelude_len;
    char *out;
    size_t out_len, out_cap;
    char *frame;         /* a compressed frame, as far as it has come */
    size_t frame_len, frame_cap;
    char keep[KEPT];
};

/* How far a connection is in a room's log. */
struct log {
    uint64_t room;       /* its name, hashed */
    uint64_t seq, events;
};

/* What a compressed frame held. */
struct known {
    uint64_t hash, size;
    uint64_t room, first, last, events;
};

struct needle {
    const char *text;
    size_t len;
};

struct options {
    const char *host, *path, *origin, *plan;
    int port;
    uint32_t window, bytes;
    uint32_t at_once;       /* connections that are being opened at a time */
    uint32_t due;           /* messages that each waits for before it is in */
    uint32_t most_posts;    /* of each sender; 0: no end */
    unsigned nap;           /* microseconds */
    double warm_up, seconds, rate, quiet, drain;
    struct needle event, each, kind, reply, failure, ping, pong;
    struct needle frame;    /* how frames of events start that then name their room */
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
    struct histogram delivered, acknowledged, shaken, in;
    uint64_t limited;     /* posts that all senders have together, if that is limited */
    uint64_t now;         /* nanoseconds of a monotonic clock, as of the last look */
    uint64_t last_shaken; /* when the newest handshake was through */
    uint64_t last_bytes;  /* when something came in last */
    struct known *learning; /* what the frame that is looked at holds, if it is noted */
    bool posting;
    int epoll;
    char nonce[16];
};

struct snapshot {
    uint64_t at;
    double own_cpu, server_cpu, all_cpu;
    struct totals totals;
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

/* report.c */
uint64_t count_missing(bool doubled);
void report_coming(const struct snapshot *from, const struct snapshot *to);
void report(const struct snapshot *from, const struct snapshot *to);

/* socket.c */
void open_more(void);
void take(struct connection *c, uint32_t happened);
void flush_out(struct connection *c);
void put_out(struct connection *c, const char *bytes, size_t len);
void drop(struct connection *c, const char *why);

/* scan.c */
void come_in(struct connection *c);
void look_at(struct connection *c, char *bytes, size_t len);
struct log *find_log(struct connection *c, uint64_t room);
size_t scan(struct connection *c, const char *bytes, size_t len, bool whole);
void put_frame(struct connection *c, const char *bytes, size_t len);
void post_more(struct connection *c);

/* inflate.c */
void take_compressed(struct connection *c);

#endif
