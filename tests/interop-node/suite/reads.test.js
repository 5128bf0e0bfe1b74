'use strict';
const { test, assert, isKurrent, jsonEvent, START, END, FORWARDS, BACKWARDS, WRITER, fresh, events, numbers, revisions, all, fails } = require('../harness.js');

const LENGTH = 12;
const FROM = { start: START, end: END, 0: 0n, 1: 1n, 5: 5n, 11: 11n, 12: 12n, 500: 500n };
const COUNTS = [1, 5, 12, undefined];

/** Which revisions a read gives, by the protocol's rules: both directions are inclusive, a place past the end is the end when reading backwards. */
const expected = (direction, from, count = Infinity) => {
  const found = [];
  if (direction === FORWARDS) {
    const first = from === 'start' ? 0 : from === 'end' ? LENGTH : Number(from);
    for (let i = first; i < LENGTH && found.length < count; i++) found.push(i);
  } else {
    const first = from === 'start' ? 0 : from === 'end' ? LENGTH - 1 : Math.min(Number(from), LENGTH - 1);
    for (let i = first; i >= 0 && found.length < count; i--) found.push(i);
  }
  return found;
};

// The native reader of the newer client asks for what lies before the end, and after the start, whatever the direction given to it.
const asked = (direction, from) => !isKurrent ? direction : from === 'start' ? FORWARDS : from === 'end' ? BACKWARDS : direction;

for (const direction of [FORWARDS, BACKWARDS]) {
  test(`A stream read ${direction} from every place with every limit`, async client => {
    const s = fresh();
    await client.appendToStream(s, events(LENGTH));
    for (const [from, fromRevision] of Object.entries(FROM)) {
      for (const maxCount of COUNTS) {
        const found = await all(client.readStream(s, { direction, fromRevision, ...(maxCount && { maxCount }) }));
        assert.deepEqual(revisions(found), expected(asked(direction, from), from, maxCount), `${direction} from ${from} at most ${maxCount}`);
        assert.deepEqual(numbers(found), revisions(found));
      }
    }
  });
}

test('A stream that is not there has a name of its own in the error', async client => {
  const s = fresh('größe');
  for (const options of [{}, { direction: BACKWARDS, fromRevision: END }, { fromRevision: 7n, maxCount: 1 }]) {
    const e = await fails('stream-not-found', () => all(client.readStream(s, options)));
    assert.equal(e.streamName, s);
  }
});

test('A read without a limit gives thousands of events in order', async client => {
  const s = fresh();
  for (let i = 0; i < 3; i++) await client.appendToStream(s, events(1000, i * 1000));
  const wanted = Array.from({ length: 3000 }, (_, i) => i);
  assert.deepEqual(revisions(await all(client.readStream(s))), wanted);
  assert.deepEqual(revisions(await all(client.readStream(s, { direction: BACKWARDS, fromRevision: END }))), wanted.toReversed());
});

test('A read that is left in the middle ends, and the connection serves the next', async client => {
  const s = fresh();
  await client.appendToStream(s, events(1000));
  for (let i = 0; i < 10; i++) assert.deepEqual(revisions(await all(client.readStream(s), 3)), [0, 1, 2]);
  assert.equal((await all(client.readStream(s))).length, 1000);
});

test('A reader that takes its time gets everything', async client => {
  const s = fresh();
  const payload = 'x'.repeat(20_000);
  for (let i = 0; i < 8; i++) await client.appendToStream(s, Array.from({ length: 40 }, (_, n) => jsonEvent({ type: 't', data: { n: i * 40 + n, payload } })));
  let n = 0;
  for await (const { event } of client.readStream(s)) {
    assert.equal(event.data.n, n++);
    if (n % 16 === 0) await new Promise(resolve => setImmediate(resolve));
  }
  assert.equal(n, 320);
});

test('Many reads at a time on one connection', async client => {
  const s = fresh();
  await client.appendToStream(s, events(200));
  const found = await Promise.all(Array.from({ length: 100 }, (_, i) => all(client.readStream(s, { fromRevision: BigInt(100 + i) }))));
  found.forEach((events, i) => assert.equal(events.length, 100 - i));
});

test('Reads with credentials of their own, and with a leader required', async client => {
  const s = fresh();
  await client.appendToStream(s, events(3));
  assert.deepEqual(numbers(await all(client.readStream(s, { credentials: WRITER }))), [0, 1, 2]);
  assert.deepEqual(numbers(await all(client.readStream(s, { requiresLeader: true }))), [0, 1, 2]);
});

test('A revision that is none is refused', async client => {
  const s = fresh();
  await client.appendToStream(s, events(2));
  // The largest number means the end.
  assert.deepEqual(revisions(await all(client.readStream(s, { direction: BACKWARDS, fromRevision: 18446744073709551615n }))), [1, 0]);
  await assert.rejects(() => all(client.readStream(s, { fromRevision: 9223372036854775808n })));
  assert.deepEqual(revisions(await all(client.readStream(s))), [0, 1]);
});
