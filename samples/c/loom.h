/* The guest side of Loom's machine interface (ABI v1) for C: one header, nothing to link.
 *
 *   #include "loom.h"
 *   static void decide(const loom_call *call) { ... loom_accept(); }
 *   LOOM_MACHINE(decide)
 *
 * Memory is never freed: the instance ends with the call. JSON that comes in is what the platform keeps, RFC 8785, so that reading is a
 * scan; what goes out has to be RFC 8785 too: members in the order of their names, no blanks. No floats anywhere.
 */
#ifndef LOOM_H
#define LOOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOOM_IMPORT(name) __attribute__((import_module("loom"), import_name(#name)))

LOOM_IMPORT(input_size) uint32_t loom_input_size(void);
LOOM_IMPORT(input_read) void loom_input_read(void *to, uint32_t offset, uint32_t length);
LOOM_IMPORT(output) void loom_output(const void *from, uint32_t length);
LOOM_IMPORT(abort) void loom_abort(uint32_t code);

/* Exit codes of this header; the host reports 0x10000 plus the code. */
enum { LOOM_OUT_OF_MEMORY = 2, LOOM_BAD_FRAMES = 3, LOOM_BAD_STATE = 4 };

/* A piece of text; not closed by a zero. */
typedef struct {
  const char *start;
  uint32_t length;
} loom_text;

#define LOOM(literal) ((loom_text){(literal), sizeof(literal) - 1})

/* What a decision may look at. `state` is empty before birth. */
typedef struct {
  loom_text state, command, context;
} loom_call;

static inline _Noreturn void loom_fail(uint32_t code) {
  loom_abort(code);
  __builtin_unreachable();
}

static inline bool loom_same(loom_text a, loom_text b) {
  if (a.length != b.length) return false;
  for (uint32_t i = 0; i < a.length; i++)
    if (a.start[i] != b.start[i]) return false;
  return true;
}

/* ---- memory ---- */

extern unsigned char __heap_base;
static uintptr_t loom_next_byte;

static inline void *loom_take(uint32_t size) {
  if (loom_next_byte == 0) loom_next_byte = (uintptr_t)&__heap_base;
  uintptr_t start = (loom_next_byte + 7) & ~(uintptr_t)7;
  if (size > UINT32_MAX - start) loom_fail(LOOM_OUT_OF_MEMORY);
  uintptr_t end = start + size, have = __builtin_wasm_memory_size(0) * 65536;
  if (end > have && __builtin_wasm_memory_grow(0, (end - have + 65535) / 65536) == (size_t)-1) loom_fail(LOOM_OUT_OF_MEMORY);
  loom_next_byte = end;
  return (void *)start;
}

/* ---- reading JSON ---- */

/* Where the value that begins here ends; NULL where it does not. */
static inline const char *loom_value_end(const char *at, const char *end) {
  if (at < end && *at == '"') {
    for (at++; at < end && *at != '"'; at++)
      if (*at == '\\') at++;
    return at < end ? at + 1 : NULL;
  }
  if (at < end && (*at == '{' || *at == '[')) {
    uint32_t depth = 0;
    while (at < end) {
      if (*at == '"') {
        if ((at = loom_value_end(at, end)) == NULL) return NULL;
        continue;
      }
      if (*at == '{' || *at == '[') depth++;
      if (*at == '}' || *at == ']') depth--;
      at++;
      if (depth == 0) return at;
    }
    return NULL;
  }
  const char *start = at;
  while (at < end && *at != ',' && *at != '}' && *at != ']') at++;
  return at > start ? at : NULL;
}

static inline bool loom_is_object(loom_text json) {
  return json.length >= 2 && json.start[0] == '{' && json.start[json.length - 1] == '}';
}

/* The next member of an object: begin with `at` = 0. The name comes as it is written, the value as JSON. */
static inline bool loom_member(loom_text object, uint32_t *at, loom_text *name, loom_text *value) {
  const char *end = object.start + object.length - 1;
  const char *from = object.start + (*at == 0 ? 1 : *at);
  if (from >= end) return false;
  if (*from == ',') from++;
  const char *close = loom_value_end(from, end);
  if (close == NULL || *from != '"' || close >= end || *close != ':') return false;
  const char *last = loom_value_end(close + 1, end);
  if (last == NULL) return false;
  *name = (loom_text){from + 1, (uint32_t)(close - from) - 2};
  *value = (loom_text){close + 1, (uint32_t)(last - close) - 1};
  *at = (uint32_t)(last - object.start);
  return true;
}

/* The member of that name as JSON; empty where there is none. */
static inline loom_text loom_get(loom_text object, loom_text wanted) {
  loom_text name, value;
  for (uint32_t at = 0; loom_member(object, &at, &name, &value);)
    if (loom_same(name, wanted)) return value;
  return (loom_text){NULL, 0};
}

/* The text between the quotation marks. Escapes stay as they are written: enough to compare with names, and to write back. */
static inline loom_text loom_unquoted(loom_text json) {
  return json.length >= 2 && json.start[0] == '"' ? (loom_text){json.start + 1, json.length - 2} : (loom_text){NULL, 0};
}

#define LOOM_MAX_INTEGER 9007199254740991LL

typedef enum { LOOM_INTEGER, LOOM_NO_NUMBER, LOOM_TOO_LARGE, LOOM_FRACTION } loom_number;

static inline loom_number loom_integer(loom_text json, int64_t *value) {
  uint32_t i = json.length > 0 && json.start[0] == '-';
  if (i == json.length) return LOOM_NO_NUMBER;
  int64_t number = 0;
  for (uint32_t first = i; i < json.length; i++) {
    char c = json.start[i];
    if ((c == '.' || c == 'e' || c == 'E') && i > first) return LOOM_FRACTION;
    if (c < '0' || c > '9') return LOOM_NO_NUMBER;
    number = number * 10 + (c - '0');
    if (number > LOOM_MAX_INTEGER) return LOOM_TOO_LARGE;
  }
  *value = json.start[0] == '-' ? -number : number;
  return LOOM_INTEGER;
}

/* ---- writing the answer ---- */

typedef struct {
  char *start;
  uint32_t length, capacity;
} loom_buffer;

static loom_buffer loom_state, loom_events;

static inline void loom_put(loom_buffer *buffer, loom_text text) {
  if (text.length > buffer->capacity - buffer->length) {
    uint32_t capacity = 2 * buffer->capacity + text.length + 256;
    char *start = loom_take(capacity);
    __builtin_memcpy(start, buffer->start, buffer->length);
    buffer->start = start;
    buffer->capacity = capacity;
  }
  __builtin_memcpy(buffer->start + buffer->length, text.start, text.length);
  buffer->length += text.length;
}

static inline void loom_put_integer(loom_buffer *buffer, int64_t value) {
  char digits[20];
  uint32_t at = sizeof digits;
  uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  do digits[--at] = '0' + (char)(rest % 10);
  while ((rest /= 10) > 0);
  if (value < 0) digits[--at] = '-';
  loom_put(buffer, (loom_text){digits + at, sizeof digits - at});
}

static inline void loom_answer(uint32_t status, loom_text state, loom_text events) {
  unsigned char *output = loom_take(12 + state.length + events.length);
  __builtin_memcpy(output, &status, 4);
  __builtin_memcpy(output + 4, &state.length, 4);
  __builtin_memcpy(output + 8, state.start, state.length);
  __builtin_memcpy(output + 8 + state.length, &events.length, 4);
  __builtin_memcpy(output + 12 + state.length, events.start, events.length);
  loom_output(output, 12 + state.length + events.length);
}

static inline loom_text loom_written(const loom_buffer *buffer) { return (loom_text){buffer->start, buffer->length}; }

/* Accepts with what was put into loom_state, and the events in loom_events (a JSON list of {data, type}). */
static inline void loom_accept(void) { loom_answer(0, loom_written(&loom_state), loom_written(&loom_events)); }

/* Accepts with nothing to do: the same state, no events. */
static inline void loom_unchanged(const loom_call *call) { loom_answer(0, call->state, LOOM("[]")); }

/* Says no. The message is made of pieces that need no escaping. */
static inline void loom_reject(loom_text code, const loom_text *pieces, uint32_t count) {
  loom_buffer json = {0};
  loom_put(&json, LOOM("{\"code\":\""));
  loom_put(&json, code);
  loom_put(&json, LOOM("\",\"message\":\""));
  for (uint32_t i = 0; i < count; i++) loom_put(&json, pieces[i]);
  loom_put(&json, LOOM("\"}"));
  loom_answer(1, loom_written(&json), LOOM("[]"));
}

#define LOOM_REJECT(code, ...)                                                          \
  do {                                                                                  \
    const loom_text pieces_[] = {__VA_ARGS__};                                          \
    loom_reject(LOOM(code), pieces_, (uint32_t)(sizeof pieces_ / sizeof *pieces_));     \
    return;                                                                             \
  } while (0)

/* ---- frames ---- */

static inline loom_text loom_frame(const char **at, uint32_t *left) {
  uint32_t length;
  if (*left < 4) loom_fail(LOOM_BAD_FRAMES);
  __builtin_memcpy(&length, *at, 4);
  if (length > *left - 4) loom_fail(LOOM_BAD_FRAMES);
  loom_text frame = {*at + 4, length};
  *at += 4 + length;
  *left -= 4 + length;
  return frame;
}

static inline loom_call loom_read_call(void) {
  uint32_t left = loom_input_size();
  char *input = loom_take(left);
  loom_input_read(input, 0, left);
  const char *at = input;
  loom_call call;
  call.state = loom_frame(&at, &left);
  call.command = loom_frame(&at, &left);
  call.context = loom_frame(&at, &left);
  if (left > 0) loom_fail(LOOM_BAD_FRAMES);
  return call;
}

/* Exports loom_main, which answers with this function. */
#define LOOM_MACHINE(decide)                                              \
  __attribute__((export_name("loom_main"))) void loom_main(void) {        \
    loom_call call = loom_read_call();                                    \
    decide(&call);                                                        \
  }

#endif
