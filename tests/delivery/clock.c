/* A wall clock that a test can set, for one process (LD_PRELOAD). The file named in TEST_CLOCK holds by how many seconds it is ahead.
 * Waits until a time of day go by it as the kernel's go by the true one: set back during a wait, it makes the wait so much longer.
 * (libfaketime knows nothing of C11's cnd_timedwait, by which librdkafka waits.) */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *ahead;

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("TEST_CLOCK");
  int file = path ? open(path, O_RDONLY) : -1;
  void *map = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
  if (map == MAP_FAILED) abort();
  ahead = map;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int failed = syscall(SYS_clock_gettime, clock, now);
  if (!failed && ahead && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *ahead;
  return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec precise;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &precise);
  *now = (struct timeval){precise.tv_sec, precise.tv_nsec / 1000};
  return 0;
}

time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return out ? (*out = now.tv_sec) : now.tv_sec;
}

int timespec_get(struct timespec *now, int base) {
  return clock_gettime(CLOCK_REALTIME, now) ? 0 : base;
}

int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex, const struct timespec *restrict until) {
  static int (*wait)(cnd_t *restrict, mtx_t *restrict, const struct timespec *restrict);
  if (!wait) wait = (int (*)(cnd_t *restrict, mtx_t *restrict, const struct timespec *restrict))dlsym(RTLD_NEXT, "cnd_timedwait");
  for (;;) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t left = (until->tv_sec - now.tv_sec) * INT64_C(1000000000) + until->tv_nsec - now.tv_nsec;
    if (left <= 0) return thrd_timedout;
    int64_t slice = left < 20000000 ? left : 20000000;
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    now.tv_nsec += slice;
    if (now.tv_nsec >= 1000000000) now = (struct timespec){now.tv_sec + 1, now.tv_nsec - 1000000000};
    int ended = wait(condition, mutex, &now);
    if (ended != thrd_timedout) return ended;
  }
}
