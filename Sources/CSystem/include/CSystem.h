// System calls that Swift cannot import: variadic ones, and those that the C library declares only as extensions.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Asks the kernel to send `signal` to this process when its parent dies. Returns 0, or −1 with errno. Survives execve.
int system_set_parent_death_signal(int signal);

/// Starts a program that is not trusted: in a process group of its own and in `folder`, with nothing of ours open but `output` as its
/// standard output, so many bytes of memory, so many seconds of processor time, and no right to write files. Arguments and environment end
/// in null. Returns the process, or −1 with errno; a program that cannot be executed exits with status 127.
int system_start_confined(
    const char *program, char *const arguments[], char *const environment[], const char *folder, int output, uint64_t memory,
    uint64_t seconds);

/// Where `wanted` first occurs in `text`, or null; in time proportional to the text, whatever either holds.
const void *system_find(const void *text, size_t text_size, const void *wanted, size_t wanted_size);

/// Exchanges what two paths of one file system name, in one step. Returns 0, or −1 with errno: EINVAL where the file system cannot.
int system_exchange(const char *one, const char *other);
