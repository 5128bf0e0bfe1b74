// Parses a JSON text of about 20 KB a round into a tree on a bump allocator and walks the tree.
#include "kernel.h"

typedef struct node {
  int kind; // 0 null, 1 boolean, 2 number, 3 string, 4 array, 5 object
  int64_t number;
  const char *text;
  int length;
  struct node *first, *next, *key;
} node;

static char text[32768];
static int text_length;
static uint8_t arena[1 << 20];
static uint32_t used;
static const char *at, *end;

static node *make(int kind) {
  node *n = (node *)(arena + used);
  used += sizeof(node);
  n->kind = kind;
  n->number = 0;
  n->text = 0;
  n->length = 0;
  n->first = n->next = n->key = 0;
  return n;
}

static void space(void) {
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')) at++;
}

static node *value(int depth);

static node *string(void) {
  node *n = make(3);
  n->text = ++at;
  while (at < end && *at != '"') at += *at == '\\' ? 2 : 1;
  n->length = at - n->text;
  at++;
  return n;
}

static node *list(int depth, int kind, char close) {
  node *n = make(kind);
  node **tail = &n->first;
  at++;
  space();
  while (at < end && *at != close) {
    node *key = 0;
    if (kind == 5) {
      key = string();
      space();
      at++;
    }
    node *v = value(depth + 1);
    if (!v) return 0;
    v->key = key;
    *tail = v;
    tail = &v->next;
    space();
    if (*at == ',') at++;
    space();
  }
  at++;
  return n;
}

static node *value(int depth) {
  if (depth > 64) return 0;
  space();
  switch (*at) {
    case '{': return list(depth, 5, '}');
    case '[': return list(depth, 4, ']');
    case '"': return string();
    case 't': at += 4; { node *n = make(1); n->number = 1; return n; }
    case 'f': at += 5; return make(1);
    case 'n': at += 4; return make(0);
    default: {
      node *n = make(2);
      int negative = *at == '-';
      if (negative) at++;
      while (at < end && *at >= '0' && *at <= '9') n->number = n->number * 10 + (*at++ - '0');
      if (negative) n->number = -n->number;
      return n;
    }
  }
}

static uint32_t hash(const node *n) {
  uint32_t h = 2166136261u ^ (uint32_t)n->kind ^ (uint32_t)n->number;
  for (int i = 0; i < n->length; i++) h = (h ^ (uint8_t)n->text[i]) * 16777619u;
  for (const node *c = n->first; c; c = c->next) h = h * 31 + hash(c) + (c->key ? hash(c->key) : 0);
  return h;
}

static void put(const char *s) {
  while (*s) text[text_length++] = *s++;
}

static void put_number(uint32_t v) {
  char digits[10];
  int n = 0;
  do digits[n++] = (char)('0' + v % 10); while (v /= 10);
  while (n) text[text_length++] = digits[--n];
}

static void write_text(void) {
  put("[");
  for (int i = 0; i < 200; i++) {
    if (i) put(", ");
    put("{\"id\": ");
    put_number(next_random());
    put(", \"name\": \"somebody ");
    put_number(next_random() % 1000);
    put("\", \"active\": ");
    put(next_random() & 1 ? "true" : "false");
    put(", \"scores\": [");
    put_number(next_random() % 100);
    put(", -");
    put_number(next_random() % 100000);
    put(", null]}");
  }
  put("]");
}

EXPORT("run") uint32_t run(uint32_t rounds) {
  if (!text_length) write_text();
  uint32_t sum = 0;
  for (uint32_t r = 0; r < rounds; r++) {
    used = 0;
    at = text;
    end = text + text_length;
    node *n = value(0);
    sum = sum * 31 + (n ? hash(n) : 0);
  }
  return sum;
}
