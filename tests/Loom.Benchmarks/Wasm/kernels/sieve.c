// The sieve of Eratosthenes up to 200,000 a round.
#include "kernel.h"

#define N 200000
static uint8_t composite[N + 1];

EXPORT("run") uint32_t run(uint32_t rounds) {
  uint32_t sum = 0;
  for (uint32_t r = 0; r < rounds; r++) {
    for (int i = 0; i <= N; i++) composite[i] = 0;
    for (uint32_t i = 2; i * i <= N; i++) {
      if (composite[i]) continue;
      for (uint32_t j = i * i; j <= N; j += i) composite[j] = 1;
    }
    uint32_t primes = 0;
    for (int i = 2; i <= N; i++) primes += !composite[i];
    sum = sum * 31 + primes;
  }
  return sum;
}
