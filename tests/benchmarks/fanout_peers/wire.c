// A viewer's socket: connecting, the handshake, frames in whatever pieces they come, and trying again as live.js does.
#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TEXT = 1, CLOSE = 8, PING = 9, UNKNOWN_CONTEST = 4404, SERVER_FULL = 4429, COMPLETE = 255 };
// static/js/live.js: BACKOFF_MS
static const double LEAST_BACKOFF_NS = 2000e6, MOST_BACKOFF_NS = 20000e6;

struct viewer viewers[MOST_VIEWERS];
int64_t due[MOST_VIEWERS];
int used, in_state[STATES], unheard;
struct times shaken, boarded, returned;
bool reconnects;
int64_t dropped_at;
char epoch[64];

static int poller;
static struct sockaddr_in server;
static char *server_host, *server_path;

void wire_set(int epoll, char *host, int port, char *path) {
    poller = epoll;
    server_host = host;
    server_path = path;
    server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, host, &server.sin_addr) != 1) abort();
}

void wire_state(struct viewer *viewer, enum state state) {
    if (viewer->state == OPEN && !viewer->heard) unheard--;
    in_state[viewer->state]--;
    viewer->state = state;
    in_state[state]++;
    if (state == OPEN && !viewer->heard) unheard++;
    if (state != WAITING) due[viewer - viewers] = NEVER;
}

void wire_end(struct viewer *viewer, bool reset) {
    if (viewer->fd >= 0) {
        struct linger at_once = {1, 0};
        if (reset) setsockopt(viewer->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(viewer->fd);
        viewer->fd = -1;
    }
    wire_state(viewer, GONE);
}

// The line is lost: once more after a random part of a pause that doubles, or, where nobody comes back, for good.
void wire_retry(struct viewer *viewer, bool refused) {
    bool heard = viewer->heard;
    wire_end(viewer, true);
    if (!reconnects) return;
    viewer->failures++;
    // Such a page would ask /updates every two seconds as well, which is not done here; the number tells whether it matters.
    if (refused || (!heard && viewer->failures >= 2)) counts.would_poll++;
    double ceiling = viewer->failures > 10 || refused ? MOST_BACKOFF_NS : LEAST_BACKOFF_NS * (1 << (viewer->failures - 1));
    if (ceiling > MOST_BACKOFF_NS) ceiling = MOST_BACKOFF_NS;
    due[viewer - viewers] = now_ns() + (int64_t)(drand48() * ceiling);
    wire_state(viewer, WAITING);
}

static void failed(struct viewer *viewer, bool refused) {
    if (viewer->state == OPEN) counts.lost++;
    else counts.failures++;
    wire_retry(viewer, refused);
}

static void watch(struct viewer *viewer, uint32_t events, int how) {
    struct epoll_event event = {.events = events, .data.ptr = viewer};
    if (epoll_ctl(poller, how, viewer->fd, &event) < 0) abort();
}

void wire_begin(struct viewer *viewer) {
    wire_state(viewer, SHAKING);
    viewer->begun = viewer->heard_at = now_ns();
    viewer->heard = viewer->tried = false;
    viewer->header_length = viewer->control_length = viewer->newline = 0;
    viewer->left = viewer->head_length = 0;
    counts.attempts++;
    viewer->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (viewer->fd < 0 || (connect(viewer->fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS)) {
        failed(viewer, false);
        return;
    }
    watch(viewer, EPOLLOUT, EPOLL_CTL_ADD);
}

static void ask(struct viewer *viewer) {
    char query[128] = "", path[256], request[1024], *number = strchr(server_path, '#');
    if (number)
        snprintf(path, sizeof path, "%.*s%d%s", (int)(number - server_path), server_path, (int)(viewer - viewers), number + 1);
    else snprintf(path, sizeof path, "%s", server_path);
    if (viewer->version && epoch[0]) snprintf(query, sizeof query, "?epoch=%s&since=%u", epoch, viewer->version);
    // The key is the one of RFC 6455, 1.3, so that the simplest server can know its answer by heart.
    int length = snprintf(request, sizeof request,
                          "GET %s%s HTTP/1.1\r\nHost: %s:%d\r\nOrigin: http://%s:%d\r\nConnection: Upgrade\r\n"
                          "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                          path, query, server_host, ntohs(server.sin_port), server_host, ntohs(server.sin_port));
    if (send(viewer->fd, request, (size_t)length, MSG_NOSIGNAL) != length) {
        failed(viewer, false);
        return;
    }
    viewer->tried = true;
    watch(viewer, EPOLLIN, EPOLL_CTL_MOD);
}

// Reads on in the answer to the handshake; gives how many bytes it took, or -1 where the answer is not 101.
static long answer(struct viewer *viewer, const char *data, long length) {
    for (long i = 0; i < length; i++) {
        if (viewer->head_length < 12) viewer->head[viewer->head_length++] = data[i];
        viewer->newline = data[i] == "\r\n\r\n"[viewer->newline] ? viewer->newline + 1 : data[i] == '\r';
        if (viewer->newline < 4) continue;
        if (memcmp(viewer->head, "HTTP/1.1 101", 12)) return -1;
        times_add(&shaken, now_ns() - viewer->begun);
        viewer->head_length = 0;
        wire_state(viewer, viewer->never_reads ? STALLED : OPEN);
        if (viewer->never_reads) watch(viewer, 0, EPOLL_CTL_DEL);
        return i + 1;
    }
    return length;
}

static void heard(struct viewer *viewer, int64_t now) {
    viewer->heard_at = now;
    viewer->failures = 0;
    if (viewer->heard) return;
    viewer->heard = true;
    unheard--;
    times_add(&boarded, now - viewer->begun);
    if (reconnects) times_add(&returned, now - dropped_at);
}

// A whole message, of which the beginning is kept: a patch or a whole board is a delivery, a heartbeat is not.
static void message(struct viewer *viewer, int64_t now) {
    viewer->head[viewer->head_length] = 0;
    const char *head = viewer->head, *since = strstr(head, "\"since\":"), *at = strstr(head, "\"version\":");
    if (!at) return;
    char *rest;
    uint32_t version = (uint32_t)strtoul(at + 10, &rest, 10);
    if (!epoch[0]) sscanf(head, "{\"epoch\":\"%63[^\"]\"", epoch);
    bool patch = !strncmp(rest, ",\"patch\":", 9), whole = !strncmp(rest, ",\"board\":", 9);
    heard(viewer, now);
    if (!patch && !whole) counts.heartbeats++;
    else if (version <= viewer->version) counts.stale++;
    else if (patch && viewer->version && since && strtoul(since + 8, NULL, 10) != viewer->version) counts.unusable++;
    else tally_got(viewer, version, now);
}

static void control(struct viewer *viewer) {
    uint8_t length = viewer->control_length;
    viewer->control_length = 0;
    if (viewer->opcode == PING) {
        // Masked with zeros, which changes nothing.
        char pong[6 + 125] = {(char)0x8a, (char)(0x80 | length)};
        memcpy(pong + 6, viewer->control, length);
        (void)!send(viewer->fd, pong, 6u + length, MSG_NOSIGNAL);
    }
    if (viewer->opcode != CLOSE) return;
    int code = length >= 2 ? (uint8_t)viewer->control[0] << 8 | (uint8_t)viewer->control[1] : 0;
    failed(viewer, code == UNKNOWN_CONTEST || code == SERVER_FULL);
}

// Takes bytes of a frame's header; once it is complete, `left` is the length of the payload.
static long header(struct viewer *viewer, const char *data, long length) {
    long taken = 0;
    while (taken < length) {
        viewer->header[viewer->header_length++] = (uint8_t)data[taken++];
        if (viewer->header_length < 2) continue;
        uint8_t size = viewer->header[1] & 0x7f, more = size == 126 ? 2 : size == 127 ? 8 : 0;
        if (viewer->header_length < 2 + more) continue;
        viewer->left = more ? 0 : size;
        for (int i = 0; i < more; i++) viewer->left = viewer->left << 8 | viewer->header[2 + i];
        viewer->final = viewer->header[0] & 0x80;
        viewer->opcode = viewer->header[0] & 0x0f;
        if (viewer->opcode && viewer->opcode < CLOSE) viewer->head_length = 0;
        viewer->header_length = COMPLETE;
        break;
    }
    return taken;
}

static long payload(struct viewer *viewer, const char *data, long length) {
    long taken = viewer->left < (uint64_t)length ? (long)viewer->left : length;
    if (viewer->opcode >= CLOSE) {
        size_t room = sizeof viewer->control - viewer->control_length, kept = (size_t)taken < room ? (size_t)taken : room;
        memcpy(viewer->control + viewer->control_length, data, kept);
        viewer->control_length = (uint8_t)(viewer->control_length + kept);
    } else {
        size_t room = HEAD - viewer->head_length, kept = (size_t)taken < room ? (size_t)taken : room;
        memcpy(viewer->head + viewer->head_length, data, kept);
        viewer->head_length = (uint16_t)(viewer->head_length + kept);
    }
    viewer->left -= (uint64_t)taken;
    return taken;
}

static void frame_end(struct viewer *viewer, int64_t now) {
    viewer->header_length = 0;
    if (viewer->opcode >= CLOSE) control(viewer);
    else if (viewer->final) message(viewer, now);
}

static void feed(struct viewer *viewer, const char *data, long length, int64_t now) {
    while (length > 0 && viewer->state == OPEN) {
        long taken = viewer->header_length == COMPLETE ? 0 : header(viewer, data, length);
        if (viewer->header_length == COMPLETE) {
            taken += payload(viewer, data + taken, length - taken);
            if (!viewer->left) frame_end(viewer, now);
        }
        data += taken;
        length -= taken;
    }
}

void wire_ready(struct viewer *viewer, uint32_t events) {
    static char data[1 << 18];
    if (viewer->state == SHAKING && !viewer->tried && !(events & (EPOLLERR | EPOLLHUP))) {
        ask(viewer);
        return;
    }
    long length = read(viewer->fd, data, sizeof data), taken = 0;
    int64_t now = now_ns();
    if (length < 0 && errno == EAGAIN) return;
    if (length > 0 && viewer->state == SHAKING) taken = answer(viewer, data, length);
    if (length <= 0 || taken < 0) {
        failed(viewer, false);
        return;
    }
    counts.bytes += (uint64_t)length;
    feed(viewer, data + taken, length - taken, now);
}
