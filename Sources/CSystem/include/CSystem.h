// System calls that Swift cannot import because C declares them variadic.
#pragma once

/// Asks the kernel to send `signal` to this process when its parent dies. Returns 0, or −1 with errno. Survives execve.
int system_set_parent_death_signal(int signal);
