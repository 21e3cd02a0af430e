/* What a bare loop can do: one thread, one write a message and member, nothing kept.
 *
 *     ceiling PORT
 *
 * It takes the load generator at its word: frames are whole, masked and short, rooms and
 * names need no escaping. No server may do so; it is a ceiling for those that may not.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOMS 65536u
#define HEARD 65536u

struct client {
    int fd, index;
    struct room *room;
    size_t heard, unsent;
    char *in, *out;
};

struct room {
    struct client **members;
    int count, size;
};

static struct room rooms[ROOMS];
static int loop;

static void watch(struct client *c, unsigned events, int how) {
    struct epoll_event event = {.events = events, .data.ptr = c};
    epoll_ctl(loop, how, c ? c->fd : 0, &event);
}

static void leave(struct client *c) {
    struct room *room = c->room;
    if (room) {
        struct client *last = room->members[--room->count];
        room->members[c->index] = last;
        last->index = c->index;
    }
    close(c->fd);
    free(c->in);
    free(c->out);
    free(c);
}

/* Write what the socket takes, and keep the rest until it takes more. */
static void send_to(struct client *c, const char *bytes, size_t len) {
    ssize_t sent = c->unsent ? 0 : send(c->fd, bytes, len, MSG_NOSIGNAL);
    if (sent < 0) sent = 0;
    if ((size_t)sent == len) return;
    size_t rest = len - (size_t)sent;
    c->out = realloc(c->out, c->unsent + rest);
    memcpy(c->out + c->unsent, bytes + sent, rest);
    if (!c->unsent) watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    c->unsent += rest;
}

static void send_rest(struct client *c) {
    ssize_t sent = send(c->fd, c->out, c->unsent, MSG_NOSIGNAL);
    if (sent <= 0) return;
    c->unsent -= (size_t)sent;
    memmove(c->out, c->out + sent, c->unsent);
    if (!c->unsent) watch(c, EPOLLIN, EPOLL_CTL_MOD);
}

static size_t put_head(char *frame, size_t len) {
    frame[0] = (char)0x81;
    if (len < 126) {
        frame[1] = (char)len;
        return 2;
    }
    frame[1] = 126;
    frame[2] = (char)(len >> 8);
    frame[3] = (char)len;
    return 4;
}

static void join(struct client *c, const char *text) {
    static const char joined[] = "\x81\x11{\"type\":\"joined\"}";
    static const char named[] = "{\"room\": \"r";
    unsigned number = strncmp(text, named, sizeof named - 1) ? 0 : (unsigned)atoi(text + sizeof named - 1);
    struct room *room = c->room = &rooms[number % ROOMS];
    if (room->count == room->size) {
        room->size = room->size ? room->size * 2 : 16;
        room->members = realloc(room->members, (size_t)room->size * sizeof *room->members);
    }
    c->index = room->count;
    room->members[room->count++] = c;
    send_to(c, joined, sizeof joined - 1);
}

/* A message is what was said with its kind in front: `{"type":"message","text":...}`. */
static void tell(struct room *room, const char *text, size_t len) {
    static const char kind[] = "{\"type\":\"message\",";
    static char frame[HEARD + 64];
    size_t head = put_head(frame, len - 1 + sizeof kind - 1);
    memcpy(frame + head, kind, sizeof kind - 1);
    memcpy(frame + head + sizeof kind - 1, text + 1, len - 1);
    for (int i = 0; i < room->count; i++)
        send_to(room->members[i], frame, head + sizeof kind - 1 + len - 1);
}

/* Take one frame; return its size, or 0 where more has to come. */
static size_t take_frame(struct client *c, unsigned char *bytes, size_t len) {
    if (len < 6) return 0;
    size_t size = bytes[1] & 0x7f, head = 6;
    if (size == 126) {
        if (len < 8) return 0;
        size = (size_t)bytes[2] << 8 | bytes[3];
        head = 8;
    }
    if (len < head + size) return 0;
    unsigned char *mask = bytes + head - 4, *text = bytes + head;
    for (size_t i = 0; i < size; i++) text[i] ^= mask[i & 3];
    if ((bytes[0] & 0xf) == 1 && size) {
        if (c->room) {
            tell(c->room, (char *)text, size);
        } else {
            char hello[256] = {0};
            memcpy(hello, text, size < 255 ? size : 255);
            join(c, hello);
        }
    }
    return head + size;
}

static size_t shake_hands(struct client *c) {
    /* The generator's key never changes, so its answer doesn't either. */
    static const char yes[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\n"
                              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    char *end = memmem(c->in, c->heard, "\r\n\r\n", 4);
    if (!end) return 0;
    send_to(c, yes, sizeof yes - 1);
    return (size_t)(end + 4 - c->in);
}

static void hear(struct client *c) {
    ssize_t got = recv(c->fd, c->in + c->heard, HEARD - c->heard, 0);
    if (got <= 0) {
        if (!got || errno != EAGAIN) leave(c);
        return;
    }
    size_t used = 0, size;
    c->heard += (size_t)got;
    if (c->heard >= 4 && !memcmp(c->in, "GET ", 4) && !(used = shake_hands(c))) return;
    while ((size = take_frame(c, (unsigned char *)c->in + used, c->heard - used)))
        used += size;
    memmove(c->in, c->in + used, c->heard -= used);
}

static void accept_all(int listener) {
    for (;;) {
        int on = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (fd < 0) return;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct client *c = calloc(1, sizeof *c);
        c->fd = fd;
        c->in = malloc(HEARD);
        watch(c, EPOLLIN, EPOLL_CTL_ADD);
    }
}

int main(int count, char **words) {
    struct rlimit files;
    struct sockaddr_in here = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (count != 2) return fprintf(stderr, "ceiling PORT\n"), 2;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    here.sin_port = htons((uint16_t)atoi(words[1]));
    int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 4096))
        return perror("listen"), 1;
    loop = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[256];
    epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(loop, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            struct client *c = events[i].data.ptr;
            if (!c) {
                accept_all(listener);
                continue;
            }
            if (events[i].events & EPOLLOUT) send_rest(c);
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) hear(c);
        }
    }
}
