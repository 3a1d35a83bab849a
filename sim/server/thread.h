/* SPDX-License-Identifier: MIT
 * thread.h: threads beside the one that runs the scenario. */
#ifndef CNEDGE_SERVER_THREAD_H
#define CNEDGE_SERVER_THREAD_H

#include <pthread.h>

#include "cnedge/base/base.h"

/* Starts a thread that no signal reaches: they are for the one that runs the scenario. Returns 0,
 * or the number of an error. */
CN_MUSTUSE int thread_start(pthread_t *t, void *(*run)(void *arg), void *arg);

#endif
