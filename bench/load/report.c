/* What is reported: lines of JSON on stdout. */
#include "chatter.h"

#include <stdio.h>

uint64_t count_missing(bool doubled) {
    uint64_t missing = 0;
    for (uint32_t i = 0; i < bench.count; i++) {
        uint64_t got = bench.connections[i].events;
        uint64_t due = bench.posted[bench.connections[i].room];
        if (doubled ? got > due : got < due) missing += doubled ? got - due : due - got;
    }
    return missing;
}

static void report_times(const char *name, const struct histogram *h) {
    printf("\"%s\":{\"count\":%llu,\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,"
           "\"p999\":%.3f,\"max\":%.3f},",
           name, (unsigned long long)h->total, percentile(h, 0.5), percentile(h, 0.9),
           percentile(h, 0.99), percentile(h, 0.999), (double)h->max / 1e6);
}

static void report_span(const char *name, uint64_t least, uint64_t most) {
    printf("\"%s\":{\"least\":%llu,\"most\":%llu},", name,
           (unsigned long long)(least == UINT64_MAX ? 0 : least), (unsigned long long)most);
}

/* Tell how many rooms' logs each connection hears, and how much of each it got. */
static void report_logs(void) {
    uint64_t logs[2] = {UINT64_MAX, 0}, events[2] = {UINT64_MAX, 0};
    for (uint32_t i = 0; i < bench.count; i++) {
        struct connection *c = &bench.connections[i];
        if (c->log_count < logs[0]) logs[0] = c->log_count;
        if (c->log_count > logs[1]) logs[1] = c->log_count;
        for (uint32_t j = 0; j < c->log_count; j++) {
            if (c->logs[j].events < events[0]) events[0] = c->logs[j].events;
            if (c->logs[j].events > events[1]) events[1] = c->logs[j].events;
        }
    }
    report_span("rooms", logs[0], logs[1]);
    report_span("messages_in_each", events[0], events[1]);
}

/* Tell how all came in. */
void report_coming(const struct snapshot *from, const struct snapshot *to) {
    printf("ready %u {\"seconds\":%.6f,\"shaken_seconds\":%.6f,\"cpu\":%.6f,"
           "\"server_cpu\":%.6f,\"deliveries\":%llu,\"bytes_in\":%llu,",
           bench.ready, (double)(to->at - from->at) / 1e9,
           (double)(bench.last_shaken - from->at) / 1e9, to->own_cpu - from->own_cpu,
           to->server_cpu - from->server_cpu,
           (unsigned long long)bench.totals.deliveries,
           (unsigned long long)bench.totals.bytes_in);
    report_times("shaken_ms", &bench.shaken);
    report_times("in_ms", &bench.in);
    report_logs();
    printf("\"disordered\":%llu}\n", (unsigned long long)bench.totals.disordered);
    fflush(stdout);
}

void report(const struct snapshot *from, const struct snapshot *to) {
    printf("{\"connections\":%u,\"elapsed\":%.6f,\"deliveries\":%llu,\"acks\":%llu,"
           "\"bytes_in\":%llu,\"cpu\":%.6f,\"server_cpu\":%.6f,\"all_cpu\":%.6f,",
           bench.count, (double)(to->at - from->at) / 1e9,
           (unsigned long long)(to->totals.deliveries - from->totals.deliveries),
           (unsigned long long)(to->totals.acks - from->totals.acks),
           (unsigned long long)(to->totals.bytes_in - from->totals.bytes_in),
           to->own_cpu - from->own_cpu, to->server_cpu - from->server_cpu,
           to->all_cpu - from->all_cpu);
    report_times("delivered_ms", &bench.delivered);
    report_times("acknowledged_ms", &bench.acknowledged);
    printf("\"all\":{\"posts\":%llu,\"acks\":%llu,\"refused\":%llu,\"deliveries\":%llu,"
           "\"missing\":%llu,\"doubled\":%llu,\"disordered\":%llu,\"lost\":%llu}}\n",
           (unsigned long long)bench.totals.posts, (unsigned long long)bench.totals.acks,
           (unsigned long long)bench.totals.refused,
           (unsigned long long)bench.totals.deliveries,
           (unsigned long long)count_missing(false),
           (unsigned long long)count_missing(true),
           (unsigned long long)bench.totals.disordered,
           (unsigned long long)bench.totals.lost_connections);
    fflush(stdout);
}
