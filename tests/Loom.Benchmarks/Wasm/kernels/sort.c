// Quicksort with insertion sort for short runs, over 20,000 integers a round.
#include "kernel.h"

#define N 20000
static uint32_t values[N];

static void sort(uint32_t *a, int lo, int hi) {
  while (hi - lo > 16) {
    uint32_t pivot = a[(lo + hi) >> 1];
    int i = lo, j = hi;
    while (i <= j) {
      while (a[i] < pivot) i++;
      while (a[j] > pivot) j--;
      if (i <= j) {
        uint32_t t = a[i];
        a[i++] = a[j];
        a[j--] = t;
      }
    }
    if (j - lo < hi - i) {
      sort(a, lo, j);
      lo = i;
    } else {
      sort(a, i, hi);
      hi = j;
    }
  }
  for (int i = lo + 1; i <= hi; i++) {
    uint32_t v = a[i];
    int j = i - 1;
    while (j >= lo && a[j] > v) {
      a[j + 1] = a[j];
      j--;
    }
    a[j + 1] = v;
  }
}

EXPORT("run") uint32_t run(uint32_t rounds) {
  uint32_t sum = 0;
  for (uint32_t r = 0; r < rounds; r++) {
    for (int i = 0; i < N; i++) values[i] = next_random();
    sort(values, 0, N - 1);
    for (int i = 1; i < N; i++) sum = sum * 31 + (values[i - 1] <= values[i]) + values[i];
  }
  return sum;
}
