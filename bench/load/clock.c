/* Time: the clock, processor time, and how long things took. */
#include "chatter.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

uint64_t read_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

double read_own_cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double read_cpu_of_one(int pid) {
    char path[64], line[2048];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    size_t len = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[len] = 0;
    /* The name may hold blanks and brackets: the fields start behind the last one. */
    char *rest = strrchr(line, ')');
    unsigned long user = 0, kernel = 0;
    if (!rest || sscanf(rest + 2,
                        "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                        &user, &kernel) != 2)
        return 0;
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

/* Seconds that these processes, all their threads included, were on a processor. */
double read_cpu_of(const int *pids, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) sum += read_cpu_of_one(pids[i]);
    return sum;
}

/* Seconds that all processors together were not idle. */
double read_cpu_of_all(void) {
    unsigned long user = 0, nice = 0, kernel = 0, irq = 0, soft = 0, stolen = 0;
    FILE *file = fopen("/proc/stat", "r");
    if (!file) return 0;
    int found = fscanf(file, "cpu %lu %lu %lu %*u %*u %lu %lu %lu", &user, &nice,
                       &kernel, &irq, &soft, &stolen);
    fclose(file);
    if (found != 6) return 0;
    return (double)(user + nice + kernel + irq + soft + stolen) /
           (double)sysconf(_SC_CLK_TCK);
}

/* 32 buckets for each power of two: three per cent apart. */
static unsigned bucket_of(uint64_t value) {
    if (value < 32) return (unsigned)value;
    unsigned shift = 58u - (unsigned)__builtin_clzll(value);
    unsigned bucket = (shift + 1) * 32 + (unsigned)((value >> shift) & 31);
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static uint64_t top_of(unsigned bucket) {
    if (bucket < 32) return bucket;
    unsigned shift = bucket / 32 - 1;
    return ((uint64_t)(32 + bucket % 32 + 1) << shift) - 1;
}

void note_time(struct histogram *histogram, uint64_t nanoseconds) {
    histogram->counts[bucket_of(nanoseconds)]++;
    histogram->total++;
    if (nanoseconds > histogram->max) histogram->max = nanoseconds;
}

/* Return the time in milliseconds that this part of all stayed under. */
double percentile(const struct histogram *histogram, double part) {
    uint64_t seen = 0, due = (uint64_t)(part * (double)histogram->total);
    for (unsigned i = 0; i < BUCKETS; i++) {
        seen += histogram->counts[i];
        if (seen && seen >= due) {
            uint64_t top = top_of(i);
            return (double)(top < histogram->max ? top : histogram->max) / 1e6;
        }
    }
    return 0;
}
