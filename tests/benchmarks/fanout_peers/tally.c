// When each version reached the viewers: counts, and percentiles of latency.
#include "load.h"

#include <stdio.h>
#include <stdlib.h>

struct version {
    uint32_t reached; // viewers that have it, or something newer that came in its stead
    int64_t first, last, offered;
};

struct sample {
    uint32_t version;
    int64_t at;
};

static struct version versions[MOST_VERSIONS];
static struct sample *samples;
static size_t sample_count, sample_room;
static uint32_t newest;
struct counts counts;

static void *grown(void *list, size_t count, size_t *room, size_t size) {
    if (count < *room) return list;
    *room = *room ? *room * 2 : 1 << 20;
    list = realloc(list, *room * size);
    if (!list) abort();
    return list;
}

void times_add(struct times *times, int64_t value) {
    times->values = grown(times->values, times->count, &times->room, sizeof *times->values);
    times->values[times->count++] = value;
}

static int by_size(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

// The value below which this share lies, in ms; the list is sorted by asking. -1 where it is empty.
double times_ms(struct times *times, double share) {
    if (!times->count) return -1;
    qsort(times->values, times->count, sizeof *times->values, by_size);
    size_t place = (size_t)(share * (double)times->count);
    return (double)times->values[place < times->count ? place : times->count - 1] / 1e6;
}

void tally_mark(void) {
    sample_count = 0;
    counts = (struct counts){0};
}

static void reached(uint32_t version, int64_t now, bool measured) {
    struct version *entry = &versions[version];
    if (!entry->reached++) entry->first = now;
    entry->last = now;
    if (!measured) return;
    samples = grown(samples, sample_count, &sample_room, sizeof *samples);
    samples[sample_count++] = (struct sample){version, now};
}

// A viewer has got a version. Those that it was skipped for count as received now: what they said is in this one.
void tally_got(struct viewer *viewer, uint32_t version, int64_t now) {
    if (version >= MOST_VERSIONS) abort();
    // What a viewer gets first may be old: it had not come before.
    bool first = !viewer->version;
    uint32_t from = first ? version : viewer->version + 1;
    for (uint32_t between = from; between <= version; between++) reached(between, now, !first);
    counts.deliveries++;
    counts.skipped += version - from;
    viewer->version = version;
    if (version > newest) newest = version;
}

void tally_offered(uint32_t version, double seconds) {
    if (version < MOST_VERSIONS) versions[version].offered = (int64_t)(seconds * 1e9);
}

uint32_t tally_reached(uint32_t version) { return version < MOST_VERSIONS ? versions[version].reached : 0; }

uint32_t tally_newest(void) { return newest; }

void tally_print_version(uint32_t version) {
    struct version *entry = &versions[version];
    printf("\"reached\": %u, \"first\": %.9f, \"last\": %.9f", entry->reached, (double)entry->first / 1e9,
           (double)entry->last / 1e9);
}

// Latency of every delivery since the mark whose version was offered at a known time, and by version until the last viewer.
void tally_print_latency(void) {
    struct times all = {0}, last = {0};
    for (size_t i = 0; i < sample_count; i++) {
        int64_t offered = versions[samples[i].version].offered;
        if (offered) times_add(&all, samples[i].at - offered);
    }
    for (uint32_t version = 1; version <= newest; version++)
        if (versions[version].offered && versions[version].reached)
            times_add(&last, versions[version].last - versions[version].offered);
    printf("\"samples\": %zu, \"p50_ms\": %.3f, \"p95_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, ", all.count,
           times_ms(&all, 0.5), times_ms(&all, 0.95), times_ms(&all, 0.99), times_ms(&all, 1));
    printf("\"versions\": %zu, \"last_p50_ms\": %.3f, \"last_max_ms\": %.3f", last.count, times_ms(&last, 0.5),
           times_ms(&last, 1));
    free(all.values);
    free(last.values);
}
