#include "CSystem.h"

#ifdef __linux__
#include <sys/prctl.h>

int system_set_parent_death_signal(int signal) { return prctl(PR_SET_PDEATHSIG, (unsigned long)signal, 0UL, 0UL, 0UL); }
#else
int system_set_parent_death_signal(int signal) {
    (void)signal;
    return 0;
}
#endif
