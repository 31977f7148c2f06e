#define _GNU_SOURCE
#include "CSystem.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>

int system_set_parent_death_signal(int signal) { return prctl(PR_SET_PDEATHSIG, (unsigned long)signal, 0UL, 0UL, 0UL); }
#else
int system_set_parent_death_signal(int signal) {
    (void)signal;
    return 0;
}
#endif

// In the child, between fork and exec, only what is safe in a signal handler may be called: other threads' locks are held for ever.
static int limit(int resource, uint64_t value) {
    struct rlimit both = {value, value};
    return setrlimit(resource, &both);
}

int system_start_confined(
    const char *program, char *const arguments[], char *const environment[], const char *folder, int output, uint64_t memory,
    uint64_t seconds) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) return -1;
    pid_t process = fork();
    if (process != 0) {
        close(null);
        return process;
    }
    setpgid(0, 0);
    int isReady = chdir(folder) == 0 && dup2(null, 0) == 0 && dup2(output, 1) == 1 && dup2(null, 2) == 2
        && limit(RLIMIT_AS, memory) == 0 && limit(RLIMIT_CPU, seconds) == 0 && limit(RLIMIT_FSIZE, 0) == 0
        && limit(RLIMIT_CORE, 0) == 0;
    for (int descriptor = 3; descriptor < 1024; descriptor++) close(descriptor);
    if (isReady) execve(program, arguments, environment);
    _exit(127);
}

const void *system_find(const void *text, size_t text_size, const void *wanted, size_t wanted_size) {
    return memmem(text, text_size, wanted, wanted_size);
}

#ifdef __linux__
#include <stdio.h>

int system_exchange(const char *one, const char *other) { return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE); }
#else
#include <errno.h>

int system_exchange(const char *one, const char *other) {
    (void)one;
    (void)other;
    errno = EINVAL;
    return -1;
}
#endif
