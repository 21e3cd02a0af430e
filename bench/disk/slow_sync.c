/* A slower disk: loaded before the C library, it lets each sync take so much longer.
 *
 * Where a disk syncs in a tenth of a millisecond nothing can be seen of what waiting for
 * it together is worth. `SYNC_MICROSECONDS` tells how much longer it takes.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static int slowly(const char *name, int fd) {
    const char *told = getenv("SYNC_MICROSECONDS");
    int (*sync)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    if (told) usleep((useconds_t)atoi(told));
    return sync(fd);
}

int fsync(int fd) { return slowly("fsync", fd); }

int fdatasync(int fd) { return slowly("fdatasync", fd); }
