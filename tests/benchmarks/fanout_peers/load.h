// Shared by the files of the load client: what a viewer is, and what is counted. Times are CLOCK_MONOTONIC nanoseconds,
// which are the same clock as Python's time.monotonic() on this machine.
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOST_VIEWERS 20000
#define MOST_VERSIONS (1 << 20)
#define HEAD 200 // so much of a message is kept; the version stands in it
#define NEVER INT64_MAX

enum state { GONE, WAITING, SHAKING, OPEN, STALLED, STATES };

struct viewer {
    int fd;
    enum state state;
    bool never_reads;
    bool heard; // whether the server has said a version on this connection
    bool tried; // whether the request of the handshake has left
    int failures;
    uint32_t version; // the newest that it has
    int64_t begun, heard_at;
    // the frame that is being read
    uint8_t header[10];
    uint8_t header_length, opcode;
    bool final;
    uint64_t left;
    char control[125];
    uint8_t control_length;
    char head[HEAD + 1];
    uint16_t head_length;
    uint8_t newline; // how much of the handshake's closing \r\n\r\n has been read
};

struct times { // a growing list of durations or moments
    int64_t *values;
    size_t count, room;
};

struct counts { // since the last `mark`
    uint64_t deliveries, bytes, skipped, unusable, stale, heartbeats;
    uint64_t attempts, failures, lost, would_poll;
};

extern struct viewer viewers[MOST_VIEWERS];
extern int64_t due[MOST_VIEWERS]; // when a viewer that waits tries next; apart, because it is looked through often
extern int used;                  // slots ever used
extern int in_state[STATES], unheard; // viewers by state; open ones that have heard nothing yet
extern struct counts counts;
extern struct times shaken, boarded, returned; // connect to 101; connect to the first frame; drop to the first frame
extern bool reconnects;
extern int64_t dropped_at;
extern char epoch[64];

int64_t now_ns(void);

// tally.c
void times_add(struct times *times, int64_t value);
double times_ms(struct times *times, double share);
void tally_mark(void);
void tally_got(struct viewer *viewer, uint32_t version, int64_t now);
void tally_offered(uint32_t version, double seconds);
uint32_t tally_reached(uint32_t version);
void tally_print_version(uint32_t version);
void tally_print_latency(void);
uint32_t tally_newest(void);

// wire.c
void wire_begin(struct viewer *viewer);
void wire_ready(struct viewer *viewer, uint32_t events);
void wire_end(struct viewer *viewer, bool reset);
void wire_retry(struct viewer *viewer, bool refused);
void wire_state(struct viewer *viewer, enum state state);
void wire_set(int epoll, char *host, int port, char *path);

#endif
