/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* pthread_sigmask */
#include "thread.h"

#include <signal.h>

int thread_start(pthread_t *t, void *(*run)(void *arg), void *arg)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(t, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}
