/* The load generator: opens what the plan tells, waits for `go`, posts, and reports.
 *
 * It says `ready` on stdout when all connections are in their rooms and it is quiet,
 * reads a line from stdin, and ends with one line of JSON. It is void as a measure
 * when `cpu` comes near `elapsed`: then it was the limit, not the server.
 */
#include "chatter.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#define SECOND 1000000000ull
#define PATIENCE (300 * SECOND)

struct bench bench;

static uint64_t in_nanoseconds(double seconds) { return (uint64_t)(seconds * 1e9); }

static struct snapshot take_snapshot(void) {
    struct snapshot now = {read_clock(), read_own_cpu(),
                           read_cpu_of(bench.options.pids, bench.options.pid_count),
                           read_cpu_of_all(), bench.totals};
    return now;
}

/* Let the sockets work until `until`, or until something is to be done sooner.
 *
 * A nap before lets several bytes come together. Without it a server on this machine
 * pays for waking us at every byte, which clients elsewhere would not cost it. */
static bool turn(uint64_t until) {
    struct epoll_event events[512];
    uint64_t now = read_clock();
    int wait = until > now ? (int)((until - now) / 1000000u) + 1 : 0;
    if (bench.options.rate > 0 && bench.posting) wait = wait ? 1 : 0;
    if (bench.options.nap && bench.posting) usleep(bench.options.nap);
    int count = epoll_wait(bench.epoll, events, 512, wait);
    bool asked = false;
    bench.now = read_clock();
    for (int i = 0; i < count; i++) {
        if (!events[i].data.ptr)
            asked = true;
        else
            take(events[i].data.ptr, events[i].events);
    }
    return asked;
}

static void fail(const char *why) {
    fprintf(stderr, "%s: %u of %u connections ready\n", why, bench.ready, bench.count);
    exit(1);
}

/* Open all connections, and wait until nobody is told anything any more. */
static void gather(void) {
    uint64_t late = read_clock() + PATIENCE;
    struct snapshot from = take_snapshot();
    open_more();
    while (bench.ready < bench.count) {
        turn(read_clock() + SECOND / 10);
        if (bench.totals.lost_connections) fail("lost while opening");
        if (read_clock() > late) fail("too slow to open");
    }
    struct snapshot to = take_snapshot();
    late = read_clock() + 10 * SECOND;
    while (read_clock() < late && read_clock() - bench.last_bytes < in_nanoseconds(bench.options.quiet))
        turn(read_clock() + SECOND / 10);
    report_coming(&from, &to);
}

static void wait_for_go(void) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(bench.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
    while (!turn(read_clock() + SECOND)) {
    }
    epoll_ctl(bench.epoll, EPOLL_CTL_DEL, STDIN_FILENO, &event);
}


/* At a given rate: post what is due, whatever was answered. */
static void post_due(uint64_t start, uint64_t *count) {
    static uint32_t next;
    uint64_t due = (uint64_t)((double)(read_clock() - start) * bench.options.rate / 1e9);
    bench.now = read_clock();
    for (; *count < due; ++*count) {
        do next = (next + 1) % bench.count;
        while (!bench.connections[next].sender);
        struct connection *c = &bench.connections[next];
        if (c->state != READY) continue;
        write_post(c);
        flush_out(c);
    }
}

static bool is_said(void) {
    return bench.options.most_posts && bench.totals.acks == bench.limited;
}

static void run_until(uint64_t until, uint64_t start, uint64_t *count) {
    while (read_clock() < until && !is_said()) {
        turn(until);
        if (bench.options.rate > 0) post_due(start, count);
    }
}

static void drain(void) {
    uint64_t late = read_clock() + in_nanoseconds(bench.options.drain);
    while (read_clock() < late &&
           (bench.totals.acks < bench.totals.posts || count_missing(false)))
        turn(read_clock() + SECOND / 20);
    /* What comes twice comes late. */
    late = read_clock() + SECOND / 5;
    while (read_clock() < late) turn(late);
}

static void measure(void) {
    uint64_t start = read_clock(), count = 0;
    uint64_t warm = start + in_nanoseconds(bench.options.warm_up);
    bench.posting = true;
    bench.now = start;
    for (uint32_t i = 0; i < bench.count; i++)
        if (bench.connections[i].sender) {
            bench.limited += bench.options.most_posts;
            post_more(&bench.connections[i]);
        }
    run_until(warm, start, &count);
    memset(&bench.delivered, 0, sizeof bench.delivered);
    memset(&bench.acknowledged, 0, sizeof bench.acknowledged);
    struct snapshot from = take_snapshot();
    run_until(warm + in_nanoseconds(bench.options.seconds), start, &count);
    struct snapshot to = take_snapshot();
    bench.posting = false;
    drain();
    report(&from, &to);
}

static struct needle needle_of(const char *text) {
    struct needle needle = {text, strlen(text)};
    return needle;
}

/* Note with which bytes it starts what the scan has to look at. */
static void note_openings(struct options *o) {
    const struct needle all[] = {o->event, o->reply, o->failure, o->frame};
    for (size_t i = 0; i < 4; i++)
        if (all[i].len) o->opens[(unsigned char)all[i].text[0]] = true;
}

static const struct option OPTIONS[] = {
    {"host", 1, 0, 'h'},    {"port", 1, 0, 'p'},    {"path", 1, 0, 'u'},
    {"plan", 1, 0, 'f'},    {"window", 1, 0, 'w'},  {"bytes", 1, 0, 'b'},
    {"warm-up", 1, 0, 'a'}, {"seconds", 1, 0, 's'}, {"rate", 1, 0, 'r'},
    {"event", 1, 0, 'e'},   {"each", 1, 0, 'c'},    {"kind", 1, 0, 'k'},
    {"reply", 1, 0, 'y'},   {"failure", 1, 0, 'x'}, {"pid", 1, 0, 'i'},
    {"echo", 0, 0, 'o'},    {"deflate", 0, 0, 'd'}, {"idle", 0, 0, 'l'},
    {"ping", 1, 0, 'g'},    {"pong", 1, 0, 'm'},    {"quiet", 1, 0, 'q'},
    {"drain", 1, 0, 'n'},   {"nap", 1, 0, 'z'},     {"at-once", 1, 0, 't'},
    {"due", 1, 0, 'v'},     {"most-posts", 1, 0, 'j'}, {"frame", 1, 0, '1'},
    {"origin", 1, 0, '2'},
    {0, 0, 0, 0}};

static void set_option(int name, struct options *o) {
    switch (name) {
    case 'h': o->host = optarg; break;
    case 'p': o->port = atoi(optarg); break;
    case 'u': o->path = optarg; break;
    case '2': o->origin = optarg; break;
    case 'f': o->plan = optarg; break;
    case 'w': o->window = (uint32_t)atoi(optarg); break;
    case 'b': o->bytes = (uint32_t)atoi(optarg); break;
    case 'a': o->warm_up = atof(optarg); break;
    case 's': o->seconds = atof(optarg); break;
    case 'q': o->quiet = atof(optarg); break;
    case 'n': o->drain = atof(optarg); break;
    case 'z': o->nap = (unsigned)(atof(optarg) * 1e6); break;
    case 'r': o->rate = atof(optarg); break;
    case 'e': o->event = needle_of(optarg); break;
    case 'c': o->each = needle_of(optarg); break;
    case 'k': o->kind = needle_of(optarg); break;
    case 'y': o->reply = needle_of(optarg); break;
    case 'x': o->failure = needle_of(optarg); break;
    case 'i': if (o->pid_count < 8) o->pids[o->pid_count++] = atoi(optarg); break;
    case 'g': o->ping = needle_of(optarg); break;
    case 'm': o->pong = needle_of(optarg); break;
    case 't': o->at_once = (uint32_t)atoi(optarg); break;
    case 'v': o->due = (uint32_t)atoi(optarg); break;
    case 'j': o->most_posts = (uint32_t)atoi(optarg); break;
    case '1': o->frame = needle_of(optarg); break;
    case 'o': o->echo = true; break;
    case 'd': o->deflate = true; break;
    case 'l': o->idle = true; break;
    default: exit(2);
    }
}

int main(int argc, char **argv) {
    struct options *o = &bench.options;
    *o = (struct options){.host = "127.0.0.1", .path = "/", .origin = "", .window = 4,
                          .bytes = 150, .warm_up = 1, .seconds = 5, .quiet = 1.5, .drain = 10, .at_once = 64};
    for (int name; (name = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;)
        set_option(name, o);
    note_openings(o);
    if (!o->plan || !o->port || o->window > MOST_WAITING || o->bytes < 40 ||
        o->bytes > 100000)
        fprintf(stderr, "a plan, a port, a window up to 64, 40 to 100,000 bytes\n"), exit(2);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    snprintf(bench.nonce, sizeof bench.nonce, "%x%llx", getpid(),
             (unsigned long long)(read_clock() & 0xffffff));
    bench.epoll = epoll_create1(0);
    read_plan();
    gather();
    wait_for_go();
    if (!o->idle) measure();
    return 0;
}
