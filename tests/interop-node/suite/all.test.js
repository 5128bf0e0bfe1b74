'use strict';
const { test, assert, isKurrent, START, END, FORWARDS, BACKWARDS, WRITER, fresh, event, events, all } = require('../harness.js');

const ids = resolved => resolved.map(r => (r.link ?? r.event).id);
const before = { commit: 0n, prepare: 0n };
const beyond = { commit: 18446744073709551615n, prepare: 18446744073709551615n };

/** Events of several streams, mixed, and everything there is. */
const everything = async client => {
  const streams = [fresh('all'), fresh('all'), fresh('all')];
  for (let i = 0; i < 12; i++) await client.appendToStream(streams[i % 3], events(1 + i % 2, i));
  const found = await all(client.readAll());
  return { found, ours: found.filter(r => streams.includes(r.event.streamId)) };
};

test('Everything is in the order of its positions', async client => {
  const { found, ours } = await everything(client);
  assert.equal(ours.length, 18);
  for (let i = 1; i < found.length; i++) assert(found[i].event.position.commit > found[i - 1].event.position.commit);
  for (const { event, commitPosition } of found) {
    assert.equal(commitPosition, event.position.commit);
    assert.equal(event.position.prepare, event.position.commit);
  }
  assert.deepEqual(ids(await all(client.readAll({ direction: BACKWARDS, fromPosition: END }))), ids(found).toReversed());
});

test('From a position forwards with its event, backwards without', async client => {
  const { found, ours } = await everything(client);
  for (const { event } of ours) {
    const at = found.findIndex(r => r.event.id === event.id);
    for (const maxCount of [1, 3]) {
      assert.deepEqual(ids(await all(client.readAll({ fromPosition: event.position, maxCount }))), ids(found.slice(at, at + maxCount)));
      assert.deepEqual(ids(await all(client.readAll({ direction: BACKWARDS, fromPosition: event.position, maxCount }))),
        ids(found.slice(Math.max(0, at - maxCount), at)).toReversed());
    }
  }
});

test('From the ends, and from beyond them', async client => {
  const { found } = await everything(client);
  const read = async options => ids(await all(client.readAll(options)));
  assert.deepEqual(await read({ fromPosition: START, maxCount: 5 }), ids(found.slice(0, 5)));
  assert.deepEqual(await read({ fromPosition: before, maxCount: 5 }), ids(found.slice(0, 5)));
  assert.deepEqual(await read({ direction: BACKWARDS, fromPosition: END, maxCount: 5 }), ids(found.slice(-5)).toReversed());
  assert.deepEqual(await read({ direction: BACKWARDS, fromPosition: beyond, maxCount: 5 }), ids(found.slice(-5)).toReversed());
  if (!isKurrent) { // whose native reader turns round at either end
    assert.deepEqual(await read({ fromPosition: END }), []);
    assert.deepEqual(await read({ direction: BACKWARDS, fromPosition: START }), []);
  }

  assert.deepEqual(await read({ fromPosition: beyond }), []);
  assert.deepEqual(await read({ direction: BACKWARDS, fromPosition: before }), []);
  const last = found.at(-1).event.position.commit;
  assert.deepEqual(await read({ fromPosition: { commit: last + 1_000_000n, prepare: last + 1_000_000n } }), []);
});

test('Pages that follow one another give everything once', async client => {
  const { found } = await everything(client);
  const forwards = [];
  for (let fromPosition = START; ;) {
    const page = await all(client.readAll({ fromPosition, maxCount: 50 }));
    const added = fromPosition === START ? page : page.slice(1);
    forwards.push(...added);
    if (added.length === 0) break;
    fromPosition = added.at(-1).event.position;
  }
  assert.deepEqual(ids(forwards), ids(found));
  const backwards = [];
  for (let fromPosition = END; ;) {
    const page = await all(client.readAll({ direction: BACKWARDS, fromPosition, maxCount: 50 }));
    if (page.length === 0) break;
    backwards.push(...page);
    fromPosition = page.at(-1).event.position;
  }
  assert.deepEqual(ids(backwards), ids(found).toReversed());
});

test('An append is found at the position that it was answered with', async client => {
  const s = fresh();
  const { position } = await client.appendToStream(s, events(3));
  const [last] = await all(client.readAll({ fromPosition: position, maxCount: 1 }));
  assert.deepEqual([last.event.streamId, last.event.revision, last.event.position], [s, 2n, position]);
  const alone = await client.appendToStream(s, event(3), { credentials: WRITER });
  const [next] = await all(client.readAll({ fromPosition: alone.position, maxCount: 1, direction: FORWARDS }));
  assert.deepEqual([next.event.revision, next.event.position], [3n, alone.position]);
});
