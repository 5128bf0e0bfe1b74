'use strict';
const { test, assert, isKurrent, START, END, WRITER, jsonEvent, fresh, event, events, numbers, all, fails, follow } = require('../harness.js');

test('From the start: what is there, that it was all, and what comes', async client => {
  const s = fresh();
  await client.appendToStream(s, events(3));
  const subscription = client.subscribeToStream(s, { fromRevision: START });
  const followed = follow(subscription);
  await followed.isCaughtUp();
  assert.deepEqual([numbers(followed.events), followed.confirmed], [[0, 1, 2], 1]);
  assert.match(subscription.id, /^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  if (isKurrent) {
    assert.equal(followed.caughtUpAt.revision, 2n);
    assert(Math.abs(followed.caughtUpAt.date - Date.now()) < 600_000);
  }
  await client.appendToStream(s, events(2, 3));
  await client.appendToStream(s, event(5));
  await followed.count(6);
  assert.deepEqual(numbers(followed.events), [0, 1, 2, 3, 4, 5]);
  await subscription.unsubscribe();
});

test('After a revision, after the end, and after what is not there yet', async client => {
  const s = fresh();
  await client.appendToStream(s, events(4));
  const after = Object.fromEntries([[0n, 0], [2n, 2], [3n, 3], [5n, 5]].map(([fromRevision, n]) => [n, follow(client.subscribeToStream(s, { fromRevision }))]));
  const end = follow(client.subscribeToStream(s, { fromRevision: END }));
  for (const followed of [...Object.values(after), end]) await followed.isCaughtUp();
  await client.appendToStream(s, events(4, 4));
  const wanted = n => Array.from({ length: 7 - n }, (_, i) => n + 1 + i);
  for (const [n, followed] of Object.entries(after)) {
    await followed.until(f => f.events.at(-1)?.event.data.n === 7);
    assert.deepEqual(numbers(followed.events), wanted(Number(n)));
  }
  await end.until(f => f.events.at(-1)?.event.data.n === 7);
  assert.deepEqual(numbers(end.events), [4, 5, 6, 7]);
});

test('A stream that is not there yet', async client => {
  const s = fresh();
  const followed = [START, END].map(fromRevision => follow(client.subscribeToStream(s, { fromRevision })));
  for (const f of followed) await f.until(seen => seen.confirmed === 1 && seen.caughtUp === 1);
  await client.appendToStream(s, events(2));
  for (const f of followed) {
    await f.count(2);
    assert.deepEqual(numbers(f.events), [0, 1]);
  }
});

test('A long history while it grows, each event once and in order', async client => {
  const s = fresh();
  for (let i = 0; i < 2; i++) await client.appendToStream(s, events(1000, i * 1000));
  const followed = follow(client.subscribeToStream(s, { fromRevision: START }));
  for (let i = 0; i < 50; i++) await client.appendToStream(s, events(10, 2000 + i * 10));
  await followed.count(2500);
  assert.deepEqual(numbers(followed.events), Array.from({ length: 2500 }, (_, i) => i));
});

test('Everything, from the start, after a position, and from the end', async client => {
  const [s, t] = [fresh(), fresh()];
  await client.appendToStream(s, events(3));
  const { position } = await client.appendToStream(t, event(3));
  await client.appendToStream(s, event(4));
  const start = follow(client.subscribeToAll({ fromPosition: START }));
  const after = follow(client.subscribeToAll({ fromPosition: position }));
  const end = follow(client.subscribeToAll({ fromPosition: END }));
  for (const f of [start, after, end]) await f.isCaughtUp();
  if (isKurrent) assert(after.caughtUpAt.position.commit > position.commit);
  await client.appendToStream(t, event(5));
  const ours = f => numbers(f.events.filter(r => [s, t].includes(r.event.streamId)));
  for (const f of [start, after, end]) await f.until(seen => ours(seen).at(-1) === 5);
  assert.deepEqual([ours(start), ours(after), ours(end)], [[0, 1, 2, 3, 4, 5], [4, 5], [5]]);
  for (let i = 1; i < start.events.length; i++) assert(start.events[i].event.position.commit > start.events[i - 1].event.position.commit);
  assert.equal(start.events[0].commitPosition, start.events[0].event.position.commit);
});

test('Two subscriptions hear the same from many writers, in each stream in order', async client => {
  const streams = Array.from({ length: 8 }, () => fresh('many'));
  const followed = [1, 2].map(() => follow(client.subscribeToAll({ fromPosition: END })));
  for (const f of followed) await f.isCaughtUp();
  await Promise.all(streams.map(async s => { for (let i = 0; i < 20; i++) await client.appendToStream(s, event(i)); }));
  const ours = f => f.events.filter(r => streams.includes(r.event.streamId));
  for (const f of followed) await f.until(seen => ours(seen).length >= 160);
  const [a, b] = followed.map(f => ours(f).map(r => r.event.id));
  assert.deepEqual(a, b);
  for (const s of streams) assert.deepEqual(numbers(ours(followed[0]).filter(r => r.event.streamId === s)), Array.from({ length: 20 }, (_, i) => i));
});

test('One that reads slowly loses nothing, and the others do not wait for it', async client => {
  const s = fresh();
  const payload = 'x'.repeat(10_000);
  const big = (count, from) => Array.from({ length: count }, (_, i) => jsonEvent({ type: 't', data: { n: from + i, payload } }));
  await client.appendToStream(s, big(50, 0));
  const slow = client.subscribeToStream(s, { fromRevision: START }, { highWaterMark: 1 });
  const [first] = await Promise.all([new Promise((resolve, reject) => { slow.once('data', e => { slow.pause(); resolve(e); }); slow.once('error', reject); })]);
  assert.equal(first.event.data.n, 0);
  for (let i = 1; i < 10; i++) await client.appendToStream(s, big(50, i * 50));
  const quick = follow(client.subscribeToStream(s, { fromRevision: START }));
  await quick.count(500);
  const found = [first];
  for await (const e of slow) { found.push(e); if (found.length === 500) break; }
  assert.deepEqual(numbers(found), Array.from({ length: 500 }, (_, i) => i));
});

test('What is read with for await ends when the reader leaves', async client => {
  const s = fresh();
  await client.appendToStream(s, events(10));
  for (let i = 0; i < 5; i++) assert.equal((await all(client.subscribeToStream(s, { fromRevision: START }), 4)).length, 4);
  assert.deepEqual(numbers(await all(client.readStream(s, { maxCount: 1 }))), [0]);
});

test('Who has unsubscribed hears nothing more', async client => {
  const s = fresh();
  await client.appendToStream(s, events(2));
  const subscription = client.subscribeToStream(s, { fromRevision: START });
  const followed = follow(subscription);
  await followed.isCaughtUp();
  await subscription.unsubscribe();
  const other = follow(client.subscribeToStream(s, { fromRevision: START }));
  await client.appendToStream(s, event(2));
  await other.count(3);
  assert.deepEqual([numbers(followed.events), followed.error], [[0, 1], null]);
});

test('With credentials of its own', async client => {
  const s = fresh();
  await client.appendToStream(s, events(2));
  const followed = follow(client.subscribeToStream(s, { fromRevision: START, credentials: WRITER }));
  await followed.count(2);
  const refused = await follow(client.subscribeToStream(s, { credentials: { username: 'writer', password: 'wrong' } })).ends();
  assert.equal(refused.type, 'access-denied', refused.stack);
});

test('Two hundred subscriptions and the work beside them on one connection', async client => {
  const streams = Array.from({ length: 200 }, () => fresh('crowd'));
  const followed = streams.map(s => follow(client.subscribeToStream(s, { fromRevision: START })));
  await Promise.all(streams.map((s, i) => client.appendToStream(s, event(i))));
  for (const [i, f] of followed.entries()) {
    await f.count(1);
    assert.deepEqual(numbers(f.events), [i]);
  }
});
