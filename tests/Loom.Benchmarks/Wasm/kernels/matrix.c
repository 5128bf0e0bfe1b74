// The product of two 96 x 96 matrices of doubles a round.
#include "kernel.h"

#define N 96
static double a[N][N], b[N][N], c[N][N];

EXPORT("run") uint32_t run(uint32_t rounds) {
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) {
      a[i][j] = (double)(int32_t)(next_random() >> 8) / 65536.0;
      b[i][j] = (double)(int32_t)(next_random() >> 8) / 65536.0;
    }
  }
  double sum = 0;
  for (uint32_t r = 0; r < rounds; r++) {
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        double x = 0;
        for (int k = 0; k < N; k++) x += a[i][k] * b[k][j];
        c[i][j] = x;
      }
    }
    sum += c[r % N][(r * 7) % N];
    a[r % N][r % N] += 1;
  }
  return (uint32_t)(int64_t)sum;
}
