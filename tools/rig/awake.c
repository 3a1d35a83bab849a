/* SPDX-License-Identifier: MIT
 * awake.c: keeps a core from halting, at SCHED_IDLE, for some seconds. On a virtual machine it
 * takes tens of microseconds to wake a halted core, which would hide what the servers themselves
 * take. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 100000 };

int main(int argc, char **argv)
{
    const struct sched_param lowest = {0};
    cpu_set_t cores;
    if (argc != 3) {
        fputs("usage: rig_awake CORE SECONDS\n", stderr);
        return 2;
    }
    CPU_ZERO(&cores);
    CPU_SET(strtoul(argv[1], NULL, 10), &cores);
    if (sched_setaffinity(0, sizeof(cores), &cores) != 0) return 1;
    if (sched_setscheduler(0, SCHED_IDLE, &lowest) != 0) return 1;
    for (time_t end = time(NULL) + strtol(argv[2], NULL, 10); time(NULL) < end;) {
        for (volatile int i = 0; i < ROUNDS; i = i + 1) {
        }
    }
    return 0;
}
