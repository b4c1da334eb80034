// The least that a server can do: a datagram comes, and one plain write(2) a socket sends bytes that were framed once.
//
// usage: write_loop PORT BYTES    websockets at TCP PORT, a publication of BYTES for each datagram at UDP PORT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 20000

static int viewers[MOST], count;
static char frame[1 << 16];

static void require(int result, const char *what) {
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

// A text frame with the next version, filled up to so many bytes; gives the frame's length.
static size_t make_frame(unsigned version, size_t bytes) {
    size_t start = bytes < 126 ? 2 : 4;
    frame[0] = (char)0x81;
    frame[1] = (char)(bytes < 126 ? bytes : 126);
    if (start == 4) frame[2] = (char)(bytes >> 8), frame[3] = (char)bytes;
    int used = sprintf(frame + start, "{\"epoch\":\"0123456789abcdef\",\"since\":%u,\"version\":%u,\"patch\":{\"fill\":\"",
                       version - 1, version);
    memset(frame + start + used, 'x', bytes - (size_t)used - 3);
    memcpy(frame + start + bytes - 3, "\"}}", 3);
    return start + bytes;
}

static void publish(unsigned version, size_t bytes) {
    size_t length = make_frame(version, bytes);
    for (int i = 0; i < count; i++)
        if (write(viewers[i], frame, length) != (ssize_t)length) fprintf(stderr, "write_loop: a viewer was full\n");
}

// The load client's key is always that of RFC 6455, 1.3, and so is the answer.
static void shake_hands(int viewer) {
    static const char accepted[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                   "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    char request[2048];
    ssize_t length = read(viewer, request, sizeof request - 1);
    if (length < 0 && errno == EAGAIN) return;
    if (length > 0) {
        request[length] = 0;
        if (!strncmp(request, "GET ", 4) && strstr(request, "\r\n\r\n") && count < MOST) {
            require((int)write(viewer, accepted, sizeof accepted - 1), "write");
            viewers[count++] = viewer;
        }
        return;
    }
    for (int i = 0; i < count; i++)
        if (viewers[i] == viewer) viewers[i--] = viewers[--count];
    close(viewer);
}

static int bound(int type, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int one = 1, listener = socket(AF_INET, type | SOCK_NONBLOCK, 0);
    require(listener, "socket");
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    require(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    return listener;
}

static void accept_all(int poller, int listener) {
    int viewer, one = 1;
    while ((viewer = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        setsockopt(viewer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = viewer};
        require(epoll_ctl(poller, EPOLL_CTL_ADD, viewer, &event), "epoll_ctl");
    }
}

int main(int argc, char **argv) {
    if (argc != 3) return fprintf(stderr, "usage: write_loop PORT BYTES\n"), 2;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    int listener = bound(SOCK_STREAM, atoi(argv[1])), triggers = bound(SOCK_DGRAM, atoi(argv[1])), poller = epoll_create1(0);
    require(listen(listener, 4096), "listen");
    struct epoll_event events[256], event = {.events = EPOLLIN, .data.fd = listener};
    require(epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event), "epoll_ctl");
    event.data.fd = triggers;
    require(epoll_ctl(poller, EPOLL_CTL_ADD, triggers, &event), "epoll_ctl");
    for (unsigned version = 0;;) {
        int ready = epoll_wait(poller, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            char datagram[64];
            if (events[i].data.fd == listener) accept_all(poller, listener);
            else if (events[i].data.fd != triggers) shake_hands(events[i].data.fd);
            else if (read(triggers, datagram, sizeof datagram) >= 0) publish(++version, (size_t)atol(argv[2]));
        }
    }
}
