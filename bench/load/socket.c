/* The sockets: opened a few at a time, read as fast as they fill. */
#include "chatter.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* One more than a page in front: what was kept is put there. */
static char chunk[KEPT + CHUNK];

static void watch(struct connection *c, bool out) {
    struct epoll_event event = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = c};
    int what = c->state == WAITING ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(bench.epoll, what, c->fd, &event)) perror("epoll"), exit(2);
    c->wants_out = out;
}

/* Give a connection up. Before and while it is measured that is a fault. */
void drop(struct connection *c, const char *why) {
    if (c->state == GONE) return;
    if (bench.totals.lost_connections++ == 0)
        fprintf(stderr, "connection %u of %u: %s\n", c->index, bench.count, why);
    if (c->state < READY) bench.opening--;
    if (c->state == READY) bench.ready--;
    c->state = GONE;
    close(c->fd);
}

static void open_one(struct connection *c) {
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)bench.options.port)};
    inet_pton(AF_INET, bench.options.host, &to.sin_addr);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (c->fd < 0) perror("socket"), exit(2);
    int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(c->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS)
        perror("connect"), exit(2);
    watch(c, true);
    c->state = CONNECTING;
    c->opened_at = read_clock();
    bench.opening++;
}

void open_more(void) {
    while (bench.opening < bench.options.at_once && bench.next_to_open < bench.count)
        open_one(&bench.connections[bench.next_to_open++]);
}

static void shake_hands(struct connection *c) {
    char request[1024];
    /* A sender has to know its own words again, so only readers are compressed. */
    bool deflate = bench.options.deflate && !c->sender;
    const char *origin = bench.options.origin;
    int len = snprintf(request, sizeof request,
                       "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       "Sec-WebSocket-Version: 13\r\n%s%s%s%s\r\n",
                       bench.options.path, bench.options.host, bench.options.port,
                       *origin ? "Origin: " : "", origin, *origin ? "\r\n" : "",
                       deflate ? "Sec-WebSocket-Extensions: permessage-deflate; "
                                 "client_max_window_bits\r\n"
                               : "");
    c->state = SHAKING;
    put_out(c, request, (size_t)len);
    flush_out(c);
    if (c->wants_out && !c->out_len) watch(c, false);
}

void put_out(struct connection *c, const char *bytes, size_t len) {
    if (c->out_len + len > c->out_cap) {
        c->out_cap = (c->out_len + len) * 2;
        c->out = realloc(c->out, c->out_cap);
    }
    memcpy(c->out + c->out_len, bytes, len);
    c->out_len += len;
}

/* Send what waits, as far as the socket takes it. */
void flush_out(struct connection *c) {
    if (!c->out_len || c->state == GONE) return;
    ssize_t sent = send(c->fd, c->out, c->out_len, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
        drop(c, strerror(errno));
        return;
    }
    if (sent > 0) {
        c->out_len -= (size_t)sent;
        memmove(c->out, c->out + sent, c->out_len);
    }
    if (c->wants_out != (c->out_len > 0)) watch(c, c->out_len > 0);
}

static void read_on(struct connection *c) {
    /* What was kept goes right in front of what comes. */
    char *start = chunk + KEPT - c->kept;
    ssize_t got = recv(c->fd, chunk + KEPT, CHUNK, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        drop(c, got ? strerror(errno) : "the server hung up");
        return;
    }
    memcpy(start, c->keep, c->kept);
    bench.now = bench.last_bytes = read_clock();
    bench.totals.bytes_in += (uint64_t)got;
    size_t len = c->kept + (size_t)got;
    c->kept = 0;
    look_at(c, start, len);
}

/* See to a connection to which something has happened. */
void take(struct connection *c, uint32_t happened) {
    if (c->state == GONE) return;
    if (c->state == CONNECTING && happened & (EPOLLOUT | EPOLLERR | EPOLLHUP)) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error)
            drop(c, strerror(error));
        else
            shake_hands(c);
        return;
    }
    if (happened & EPOLLOUT) flush_out(c);
    if (happened & (EPOLLIN | EPOLLERR | EPOLLHUP)) read_on(c);
}
