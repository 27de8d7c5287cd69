/* Kills the process at the KILL_AT-th call that changes a file; with KILL_TORN=1 half of that write still happens. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static long calls, limit = -1;
static int torn;

static int is_reached(void)
{
    if (limit < 0) {
        const char *at = getenv("KILL_AT"), *half = getenv("KILL_TORN");
        limit = at ? atol(at) : 0;
        torn = half && *half == '1';
    }
    return limit > 0 && __sync_add_and_fetch(&calls, 1) == limit;
}

static void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

static int is_file(int descriptor)
{
    struct stat status;
    return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int descriptor, const void *data, size_t size)
{
    if (is_file(descriptor) && is_reached()) {
        if (torn)
            REAL(write)(descriptor, data, size / 2);
        die();
    }
    return REAL(write)(descriptor, data, size);
}

ssize_t pwrite(int descriptor, const void *data, size_t size, off_t offset)
{
    if (is_reached()) {
        if (torn)
            REAL(pwrite)(descriptor, data, size / 2, offset);
        die();
    }
    return REAL(pwrite)(descriptor, data, size, offset);
}

ssize_t pwrite64(int descriptor, const void *data, size_t size, off64_t offset)
{
    if (is_reached()) {
        if (torn)
            REAL(pwrite64)(descriptor, data, size / 2, offset);
        die();
    }
    return REAL(pwrite64)(descriptor, data, size, offset);
}

#define CHECKED(type, name, parameters, arguments) \
    type name parameters                           \
    {                                              \
        if (is_reached())                          \
            die();                                 \
        return REAL(name) arguments;               \
    }

CHECKED(int, fsync, (int descriptor), (descriptor))
CHECKED(int, fdatasync, (int descriptor), (descriptor))
CHECKED(int, rename, (const char *old, const char *new), (old, new))
CHECKED(int, renameat, (int first, const char *old, int second, const char *new), (first, old, second, new))
CHECKED(int, unlink, (const char *path), (path))
CHECKED(int, ftruncate, (int descriptor, off_t size), (descriptor, size))
CHECKED(int, ftruncate64, (int descriptor, off64_t size), (descriptor, size))
