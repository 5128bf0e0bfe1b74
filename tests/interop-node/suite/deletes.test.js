'use strict';
const { test, assert, HOST, WAYS, NO_STREAM, STREAM_EXISTS, ANY, START, END, BACKWARDS, isKurrent, fresh, event, events, numbers, revisions, all, expecting, fails, follow, secure } = require('../harness.js');

const missing = (client, s) => fails('stream-not-found', () => all(client.readStream(s)));
const at = expectedRevision => ({ expectedRevision });

test('A deleted stream is not found, its events stay in everything, and it goes on where it was', async client => {
  const s = fresh();
  await client.appendToStream(s, events(3));
  const { position } = await client.deleteStream(s);
  assert(position.commit > 0n);
  await missing(client, s);
  await fails('stream-not-found', () => all(client.readStream(s, { direction: BACKWARDS, fromRevision: END })));
  const { nextExpectedRevision } = await client.appendToStream(s, events(2, 3));
  assert.equal(nextExpectedRevision, 4n);
  for (const options of [{}, { fromRevision: 0n }, { fromRevision: 3n }]) assert.deepEqual(revisions(await all(client.readStream(s, options))), [3, 4]);
  assert.deepEqual(revisions(await all(client.readStream(s, { direction: BACKWARDS, fromRevision: END }))), [4, 3]);
  assert.deepEqual(numbers((await all(client.readAll())).filter(r => r.event.streamId === s)), [0, 1, 2, 3, 4]);
});

test('Deleting expects a revision, any, or no stream', async client => {
  const s = fresh();
  await client.appendToStream(s, events(3));
  for (const [wrong, number] of [[0n, 0n], [7n, 7n], [NO_STREAM, -1n]]) {
    const e = await fails('wrong-expected-version', () => client.deleteStream(s, at(wrong)));
    assert.deepEqual([e.streamName, e.expectedVersion ?? e.expectedState, e.actualVersion ?? e.actualState], [s, number, 2n]);
  }
  assert.deepEqual(numbers(await all(client.readStream(s))), [0, 1, 2]);
  await client.deleteStream(s, at(2n));
  await missing(client, s);
  await client.deleteStream(s, at(2n));
  await client.deleteStream(s, at(ANY));
  for (const expected of [ANY, NO_STREAM, 0n]) await fails('wrong-expected-version', () => client.deleteStream(fresh('never'), at(expected)));
});

for (const [way, options] of WAYS) {
  test(`${way}: what a deleted stream takes`, async client => {
    const deleted = async () => {
      const s = fresh();
      await client.appendToStream(s, events(2));
      await client.deleteStream(s);
      return s;
    };
    for (const expected of [ANY, NO_STREAM, 1n]) {
      const s = await deleted();
      assert.equal((await client.appendToStream(s, event(2), expecting(expected, options))).nextExpectedRevision, 2n);
      assert.deepEqual(numbers(await all(client.readStream(s))), [2]);
    }
    const s = await deleted();
    const e = await fails('stream-deleted', () => client.appendToStream(s, event(9), expecting(STREAM_EXISTS, options)));
    assert.equal(e.streamName, s);
    await fails('wrong-expected-version', () => client.appendToStream(s, event(9), expecting(5n, options)));
    await missing(client, s);
  });

  test(`${way}: a burnt stream takes nothing for ever`, async client => {
    const s = fresh('größe');
    await client.appendToStream(s, events(2));
    await client.tombstoneStream(s);
    for (const expected of [ANY, NO_STREAM, STREAM_EXISTS, 1n]) {
      const e = await fails('stream-deleted', () => client.appendToStream(s, event(9), expecting(expected, options)));
      assert(e.streamName.endsWith(s) || e.streamName === encodeURIComponent(s) || decodeURIComponent(e.streamName) === s, e.streamName);
    }
  });
}

test('A burnt stream is deleted for its readers and for those who would delete it', async client => {
  const s = fresh();
  await client.appendToStream(s, events(3));
  const { position } = await client.tombstoneStream(s, at(2n));
  assert(position.commit > 0n);
  for (const act of [
    () => all(client.readStream(s)),
    () => all(client.readStream(s, { direction: BACKWARDS, fromRevision: END, maxCount: 1 })),
    () => client.deleteStream(s),
    () => client.tombstoneStream(s),
    () => follow(client.subscribeToStream(s, { fromRevision: START })).ends().then(e => { throw e; }),
  ]) {
    const e = await fails('stream-deleted', act);
    assert.equal(e.streamName, s);
  }
  const found = (await all(client.readAll())).filter(r => r.event.streamId === s);
  assert.deepEqual(found.map(r => r.event.type), ['happened', 'happened', 'happened', '$streamDeleted']);
  assert.deepEqual([found[3].event.revision, found[3].event.position], [9223372036854775807n, position]);
});

test('Burning expects a revision, any, or no stream, and burns names that were never used', async client => {
  const s = fresh();
  await client.appendToStream(s, events(3));
  for (const wrong of [0n, 7n, NO_STREAM]) await fails('wrong-expected-version', () => client.tombstoneStream(s, at(wrong)));
  for (const expected of [ANY, NO_STREAM]) {
    const never = fresh('never');
    await client.tombstoneStream(never, at(expected));
    await fails('stream-deleted', () => client.appendToStream(never, event(9)));
  }
  assert.deepEqual(numbers(await all(client.readStream(s))), [0, 1, 2]);
});

test('A subscription outlives a deletion, and ends with a tombstone', async client => {
  const s = fresh();
  await client.appendToStream(s, events(2));
  const followed = follow(client.subscribeToStream(s, { fromRevision: START }));
  await followed.isCaughtUp();
  await client.deleteStream(s);
  await client.appendToStream(s, event(2));
  await followed.count(3);
  assert.deepEqual(numbers(followed.events), [0, 1, 2]);
  const end = followed.ends();
  await client.tombstoneStream(s);
  assert.equal((await end).type, 'stream-deleted');
});

test('Nobody deletes or burns streams of actors and of Loom', async (client, t, server) => {
  const host = secure(server, { user: HOST });
  const [actor, loom] = [fresh('actor'), fresh('loom.kept')];
  await host.appendToStream(actor, event(0, { metadata: { loom: { v: 1, part: 0, count: 2 } } }));
  await host.appendToStream(loom, event(0));
  for (const caller of [client, host]) {
    for (const s of [actor, loom]) {
      await fails('access-denied', () => caller.deleteStream(s));
      await fails('access-denied', () => caller.tombstoneStream(s));
      await fails('access-denied', () => caller.setStreamMetadata(s, { maxCount: 1 }));
    }
  }
  assert.deepEqual([numbers(await all(client.readStream(actor))), numbers(await all(client.readStream(loom)))], [[0], [0]]);
});

test('Who has no credentials deletes nothing', async (client, t, server) => {
  const nobody = secure(server, { user: null });
  const s = fresh();
  await client.appendToStream(s, events(2));
  await fails('access-denied', () => nobody.deleteStream(s));
  await fails('access-denied', () => nobody.tombstoneStream(s));
  await fails('access-denied', () => nobody.setStreamMetadata(s, { maxCount: 1 }));
  assert.equal((await all(client.readStream(s))).length, 2);
});
