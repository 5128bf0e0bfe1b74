/* A counter: the same machine as samples/rust/counter, checked with the same vectors. */
#include "loom.h"

static void accept_count(int64_t count, loom_text event, int64_t by) {
  loom_put(&loom_state, LOOM("{\"count\":"));
  loom_put_integer(&loom_state, count);
  loom_put(&loom_state, LOOM("}"));
  loom_put(&loom_events, LOOM("[{\"data\":{\"by\":"));
  loom_put_integer(&loom_events, by);
  loom_put(&loom_events, LOOM(",\"count\":"));
  loom_put_integer(&loom_events, count);
  loom_put(&loom_events, LOOM("},\"type\":\""));
  loom_put(&loom_events, event);
  loom_put(&loom_events, LOOM("\"}]"));
  loom_accept();
}

static void increment(const loom_call *call, int64_t count) {
  loom_text by_json = loom_get(call->command, LOOM("by"));
  int64_t by = 1;
  if (by_json.length > 0) {
    switch (loom_integer(by_json, &by)) {
      case LOOM_INTEGER: break;
      case LOOM_FRACTION: LOOM_REJECT("invalid-command", LOOM("The body does not fit: a number is not a whole one."));
      case LOOM_TOO_LARGE: LOOM_REJECT("invalid-command", LOOM("The body does not fit: a number is too large."));
      default: LOOM_REJECT("invalid-command", LOOM("The body does not fit: What stands at $.by is of another kind than expected there."));
    }
  }

  if (by < 1) LOOM_REJECT("not-positive", LOOM("A counter is incremented by one or more."));
  if (by > LOOM_MAX_INTEGER - count) LOOM_REJECT("counter-full", LOOM("The count would become larger than 9007199254740991."));
  accept_count(count + by, LOOM("incremented.v1"), by);
}

static void decide(const loom_call *call) {
  int64_t count = 0;
  bool born = call->state.length > 0;
  if (born && (!loom_is_object(call->state) || loom_integer(loom_get(call->state, LOOM("count")), &count) != LOOM_INTEGER))
    loom_fail(LOOM_BAD_STATE);

  if (!loom_is_object(call->command)) LOOM_REJECT("invalid-command", LOOM("The body is no object."));
  loom_text command = loom_unquoted(loom_get(call->context, LOOM("commandType")));
  bool is_increment = loom_same(command, LOOM("increment"));
  if (!is_increment && !loom_same(command, LOOM("reset")))
    LOOM_REJECT("unknown-command", LOOM("counter@1 has no command '"), command, LOOM("'. It has: increment, reset."));

  loom_text name, value;
  for (uint32_t at = 0; loom_member(call->command, &at, &name, &value);)
    if (!is_increment || !loom_same(name, LOOM("by")))
      LOOM_REJECT("invalid-command", LOOM("The body does not fit: It takes no member '"), name, LOOM("'."));

  if (is_increment) {
    increment(call, count);
  } else if (!born) {
    LOOM_REJECT("not-born", LOOM("Nothing was counted yet."));
  } else if (count == 0) {
    loom_unchanged(call);
  } else {
    accept_count(0, LOOM("counter-reset.v1"), count);
  }
}

LOOM_MACHINE(decide)
