// A mix in the manner of CoreMark: linked lists, matrices of integers, a state machine over text, and a CRC over all results.
#include "kernel.h"

typedef struct item { struct item *next; int16_t value, index; } item;

#define ITEMS 400
#define N 24
static item items[ITEMS];
static int16_t ma[N][N], mb[N][N];
static int32_t mc[N][N];
static char line[512];

static uint16_t crc16(uint16_t crc, uint32_t data) {
  for (int i = 0; i < 16; i++) {
    int bit = (crc ^ data) & 1;
    data >>= 1;
    crc >>= 1;
    if (bit) crc ^= 0xa001;
  }
  return crc;
}

static item *find(item *list, int value) {
  while (list && (list->value & 0xff) != value) list = list->next;
  return list;
}

static item *reverse(item *list) {
  item *done = 0;
  while (list) {
    item *next = list->next;
    list->next = done;
    done = list;
    list = next;
  }
  return done;
}

// Merge sort of a list, bottom up.
static item *merge_sort(item *list, int (*compare)(const item *, const item *)) {
  for (int size = 1;; size *= 2) {
    item *p = list, *tail = 0;
    list = 0;
    int merges = 0;
    while (p) {
      merges++;
      item *q = p;
      int np = 0, nq = size;
      while (np < size && q) { np++; q = q->next; }
      while (np > 0 || (nq > 0 && q)) {
        item *e;
        if (np == 0) { e = q; q = q->next; nq--; }
        else if (nq == 0 || !q || compare(p, q) <= 0) { e = p; p = p->next; np--; }
        else { e = q; q = q->next; nq--; }
        if (tail) tail->next = e; else list = e;
        tail = e;
      }
      p = q;
    }
    tail->next = 0;
    if (merges <= 1) return list;
  }
}

static int by_value(const item *a, const item *b) { return a->value - b->value; }
static int by_index(const item *a, const item *b) { return a->index - b->index; }

static uint16_t lists(uint16_t crc) {
  item *list = &items[0];
  for (int i = 0; i < ITEMS; i++) {
    items[i].next = i + 1 < ITEMS ? &items[i + 1] : 0;
    items[i].value = (int16_t)next_random();
    items[i].index = (int16_t)i;
  }
  for (int i = 0; i < 40; i++) {
    item *found = find(list, i * 6);
    list = reverse(list);
    crc = crc16(crc, found ? (uint16_t)found->value : 0);
  }
  list = merge_sort(list, by_value);
  crc = crc16(crc, (uint16_t)list->value);
  list = merge_sort(list, by_index);
  return crc16(crc, (uint16_t)list->index);
}

static uint16_t matrices(uint16_t crc) {
  for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) { ma[i][j] = (int16_t)(next_random() & 0xff); mb[i][j] = (int16_t)(next_random() & 0xff); }
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) {
      int32_t x = 0;
      for (int k = 0; k < N; k++) x += (int32_t)ma[i][k] * (int32_t)mb[k][j];
      mc[i][j] = x;
    }
  }
  int32_t sum = 0;
  for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) sum += (mc[i][j] >> 2 & 0xf) * (mc[i][j] >> 5 & 0x7f);
  return crc16(crc, (uint32_t)sum);
}

enum state { START, INTEGER, FLOAT, EXPONENT, INVALID, DONE };

static enum state next_state(enum state s, char c) {
  int digit = c >= '0' && c <= '9';
  switch (s) {
    case START: return digit || c == '-' || c == '+' ? INTEGER : c == '.' ? FLOAT : INVALID;
    case INTEGER: return digit ? INTEGER : c == '.' ? FLOAT : c == ',' ? DONE : INVALID;
    case FLOAT: return digit ? FLOAT : c == 'e' || c == 'E' ? EXPONENT : c == ',' ? DONE : INVALID;
    case EXPONENT: return digit || c == '-' || c == '+' ? EXPONENT : c == ',' ? DONE : INVALID;
    default: return c == ',' ? DONE : s;
  }
}

static uint16_t states(uint16_t crc) {
  static const char alphabet[] = "0123456789.,-+eE,x";
  uint32_t counts[6] = {0};
  for (int i = 0; i < 512; i++) line[i] = alphabet[(next_random() >> 8) % 18];
  enum state s = START;
  for (int i = 0; i < 512; i++) {
    s = next_state(s, line[i]);
    counts[s]++;
    if (s == DONE) s = START;
  }
  for (int i = 0; i < 6; i++) crc = crc16(crc, counts[i]);
  return crc;
}

EXPORT("run") uint32_t run(uint32_t rounds) {
  uint16_t crc = 0xffff;
  for (uint32_t r = 0; r < rounds; r++) crc = states(matrices(lists(crc)));
  return crc;
}
