// What the kernels share. Each is one file, needs no library, and exports
//   uint32_t run(uint32_t rounds)
// which does `rounds` rounds of its work and gives a checksum of all results, so that two engines can be compared.
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name)))

// A linear congruential generator (the constants are those of Numerical Recipes).
static uint32_t random_state = 12345;

static inline uint32_t next_random(void) {
  random_state = random_state * 1664525u + 1013904223u;
  return random_state;
}
