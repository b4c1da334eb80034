// Many viewers in one process: holds their websockets in one epoll loop and says when each version reached them.
//
// usage: load HOST PORT PATH    a # in the path stands for the viewer's number, from 0
// A command a line on stdin, for each (but `offered`) one line of JSON on stdout:
//   connect N LIMIT SECONDS HEAR   N viewers more, LIMIT handshakes at a time; with HEAR 1 wait for everyone's first frame
//   stall N LIMIT SECONDS          N viewers that never read after the handshake
//   await VERSION SECONDS          until every open viewer has the version
//   mark                           count from here
//   offered VERSION TIME           when a version was offered, for `report`
//   report                         what was counted since the mark, and this process's own CPU
//   leave N rst|close              N open viewers at random go
//   drop                           all lines are cut at once; from here on viewers come back as live.js does
//   back VERSION SECONDS           until all are back and have heard, with this version or a newer one
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const int64_t SECOND = 1000000000, SILENT = 30 * SECOND; // static/js/live.js: SILENT_MS

static struct { // the command that is not answered yet
    enum { NOTHING, CONNECT, AWAIT, BACK } what;
    uint32_t version;
    bool hear;
    int64_t begun, deadline;
} pending;
static int limit = MOST_VIEWERS;
static int64_t marked_at, marked_cpu;

int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}

static int64_t cpu_ns(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * SECOND + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

// --- what can be asked ---------------------------------------------------------------------------------------------------

static void add(int number, bool never_reads) {
    for (int i = 0; i < MOST_VIEWERS && number > 0; i++) {
        if (i < used && viewers[i].state != GONE) continue;
        if (i >= used) used = i + 1, in_state[GONE]++;
        viewers[i] = (struct viewer){.fd = -1, .never_reads = never_reads};
        wire_state(&viewers[i], WAITING);
        due[i] = 0;
        number--;
    }
}

static void leave(int number, bool reset) {
    static const char going_away[] = {(char)0x88, (char)0x82, 0, 0, 0, 0, 0x03, (char)0xe9};
    while (number > 0 && in_state[OPEN]) {
        struct viewer *viewer = &viewers[(int)(drand48() * used)];
        if (viewer->state != OPEN) continue;
        if (!reset) (void)!send(viewer->fd, going_away, sizeof going_away, MSG_NOSIGNAL);
        wire_end(viewer, reset);
        number--;
    }
    printf("{\"open\": %d}\n", in_state[OPEN]);
}

static void drop(void) {
    reconnects = true;
    limit = MOST_VIEWERS; // browsers do not wait for each other
    returned.count = 0;
    dropped_at = now_ns();
    int dropped = 0;
    for (int i = 0; i < used; i++)
        if (viewers[i].state == OPEN) wire_retry(&viewers[i], false), dropped++;
    printf("{\"dropped\": %d, \"version\": %u, \"seconds\": %.3f}\n", dropped, tally_newest(), (double)(now_ns() - dropped_at) / 1e9);
}

static void report(void) {
    int behind = 0;
    for (int i = 0; i < used; i++) behind += viewers[i].state == OPEN && viewers[i].version < tally_newest();
    printf("{\"open\": %d, \"newest\": %u, \"behind\": %d, \"deliveries\": %lu, \"bytes\": %lu, \"skipped\": %lu, "
           "\"unusable\": %lu, \"stale\": %lu, \"heartbeats\": %lu, \"lost\": %lu, \"cpu\": %.6f, \"seconds\": %.6f, ",
           in_state[OPEN], tally_newest(), behind, counts.deliveries, counts.bytes, counts.skipped, counts.unusable,
           counts.stale, counts.heartbeats, counts.lost, (double)(cpu_ns() - marked_cpu) / 1e9,
           (double)(now_ns() - marked_at) / 1e9);
    tally_print_latency();
    printf("}\n");
}

static void await(int what, uint32_t version, double seconds, bool hear) {
    pending.what = what;
    pending.version = version;
    pending.hear = hear;
    pending.begun = now_ns();
    pending.deadline = pending.begun + (int64_t)(seconds * 1e9);
}

static void command(const char *line) {
    int number, most, hear;
    unsigned version;
    double seconds;
    char how[8];
    if (sscanf(line, "connect %d %d %lf %d", &number, &most, &seconds, &hear) == 4) {
        limit = most;
        shaken.count = boarded.count = 0;
        add(number, false);
        await(CONNECT, 0, seconds, hear);
    } else if (sscanf(line, "stall %d %d %lf", &number, &most, &seconds) == 3) {
        limit = most;
        add(number, true);
        await(CONNECT, 0, seconds, false);
    } else if (sscanf(line, "await %u %lf", &version, &seconds) == 2) await(AWAIT, version, seconds, false);
    else if (sscanf(line, "back %u %lf", &version, &seconds) == 2) await(BACK, version, seconds, true);
    else if (sscanf(line, "offered %u %lf", &version, &seconds) == 2) tally_offered(version, seconds);
    else if (sscanf(line, "leave %d %7s", &number, how) == 2) leave(number, !strcmp(how, "rst"));
    else if (!strncmp(line, "drop", 4)) drop();
    else if (!strncmp(line, "report", 6)) report();
    else if (!strncmp(line, "mark", 4)) {
        tally_mark();
        marked_at = now_ns();
        marked_cpu = cpu_ns();
        printf("{}\n");
    } else {
        fprintf(stderr, "load: what is %s", line);
        exit(2);
    }
}

// --- the answer, once it is known ----------------------------------------------------------------------------------------

static int missing(void) {
    if (pending.what == CONNECT) return in_state[WAITING] + in_state[SHAKING] + (pending.hear ? unheard : 0);
    if (pending.what == AWAIT) return in_state[OPEN] - (int)tally_reached(pending.version);
    int away = 0;
    for (int i = 0; i < used; i++) {
        struct viewer *viewer = &viewers[i];
        bool back = viewer->state == OPEN && viewer->heard && viewer->version >= pending.version;
        away += viewer->state != GONE && viewer->state != STALLED && !back;
    }
    return away;
}

static void answer(int64_t now) {
    static int64_t looked;
    if (pending.what == NOTHING || (pending.what == BACK && now - looked < SECOND / 50)) return;
    looked = now;
    int left = missing();
    if (left > 0 && now < pending.deadline) return;
    printf("{\"missing\": %d, \"open\": %d, \"stalled\": %d, \"attempts\": %lu, \"failures\": %lu, ", left > 0 ? left : 0,
           in_state[OPEN], in_state[STALLED], counts.attempts, counts.failures);
    if (pending.what == AWAIT) tally_print_version(pending.version);
    else if (pending.what == CONNECT)
        printf("\"seconds\": %.6f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, \"board_p50_ms\": %.3f, "
               "\"board_p99_ms\": %.3f, \"board_max_ms\": %.3f",
               (double)(now - pending.begun) / 1e9, times_ms(&shaken, 0.5), times_ms(&shaken, 0.99), times_ms(&shaken, 1),
               times_ms(&boarded, 0.5), times_ms(&boarded, 0.99), times_ms(&boarded, 1));
    else
        printf("\"seconds\": %.3f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, \"would_poll\": %lu",
               (double)(now - dropped_at) / 1e9, times_ms(&returned, 0.5), times_ms(&returned, 0.99),
               times_ms(&returned, 1), counts.would_poll);
    printf("}\n");
    pending.what = NOTHING;
}

// --- the loop ------------------------------------------------------------------------------------------------------------

// Begins the handshakes that are due; gives the milliseconds until there may be more to do, -1 where nothing is to come.
static int begin_due(int64_t now) {
    int64_t next = pending.what == NOTHING ? NEVER : pending.what == BACK ? now + SECOND / 50 : pending.deadline;
    for (int i = 0; i < used && in_state[WAITING]; i++) {
        if (due[i] > now) {
            if (due[i] < next) next = due[i];
        } else if (in_state[SHAKING] < limit) wire_begin(&viewers[i]);
        else break;
    }
    if (reconnects && next > now + SECOND) next = now + SECOND;
    return next == NEVER ? -1 : next <= now ? 0 : (int)((next - now) / 1000000 + 1);
}

// live.js takes a line for dead that has been silent for long, be it open or still in its handshake.
static void end_silent(int64_t now) {
    static int64_t looked;
    if (!reconnects || now - looked < SECOND) return;
    looked = now;
    for (int i = 0; i < used; i++)
        if ((viewers[i].state == OPEN || viewers[i].state == SHAKING) && now - viewers[i].heard_at > SILENT)
            wire_retry(&viewers[i], false);
}

static bool read_commands(void) {
    static char text[1 << 16];
    static size_t length;
    ssize_t got = read(0, text + length, sizeof text - 1 - length);
    if (got <= 0) return false;
    text[length += (size_t)got] = 0;
    char *line = text, *end;
    for (; (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        command(line);
    }
    length = strlen(line);
    memmove(text, line, length + 1);
    return true;
}

int main(int argc, char **argv) {
    if (argc != 4) return fprintf(stderr, "usage: load HOST PORT PATH\n"), 2;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    setvbuf(stdout, NULL, _IOLBF, 1 << 16);
    srand48(now_ns());
    int poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event commands = {.events = EPOLLIN, .data.ptr = NULL}, events[512];
    epoll_ctl(poller, EPOLL_CTL_ADD, 0, &commands);
    wire_set(poller, argv[1], atoi(argv[2]), argv[3]);
    for (;;) {
        int wait = begin_due(now_ns()), ready = epoll_wait(poller, events, 512, wait);
        bool asked = false;
        for (int i = 0; i < ready; i++) {
            if (events[i].data.ptr) wire_ready(events[i].data.ptr, events[i].events);
            else asked = true;
        }
        // After the viewers: a slot that a command gives to a new one has no events of the old one left.
        if (asked && !read_commands()) return 0;
        int64_t now = now_ns();
        end_silent(now);
        answer(now);
    }
}
