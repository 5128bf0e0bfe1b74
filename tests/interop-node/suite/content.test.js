'use strict';
const { randomUUID } = require('node:crypto');
const { test, assert, isKurrent, WAYS, BACKWARDS, END, START, jsonEvent, binaryEvent, fresh, event, events, all, expecting, follow } = require('../harness.js');

const ANY_STATE = options => expecting('any', options);

for (const [way, options] of WAYS) {
  test(`${way}: what goes in comes out`, async client => {
    const s = fresh();
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const given = [
      jsonEvent({ id: randomUUID(), type: 'json', data: { text: 'Übergröße 日本 🎉 \u0000 "\\', number: 1.5e300, none: null, list: [1, [2, { a: {} }]], yes: true }, metadata: { who: 'jörg', at: [1, 2] } }),
      jsonEvent({ id: randomUUID(), type: 'json', data: {} }),
      jsonEvent({ id: randomUUID(), type: 'text', data: 'only a string' }),
      jsonEvent({ id: randomUUID(), type: 'array', data: [1, 2, 3], metadata: [] }),
      binaryEvent({ id: randomUUID(), type: 'bytes', data: bytes }),
      binaryEvent({ id: randomUUID(), type: 'bytes with metadata', data: bytes, metadata: { still: 'json' } }),
      binaryEvent({ id: randomUUID(), type: 'both bytes', data: Uint8Array.of(0), metadata: Uint8Array.of(255, 0, 254) }),
      binaryEvent({ id: randomUUID(), type: 'nothing', data: new Uint8Array(0) }),
      jsonEvent({ id: randomUUID(), type: 'Ünï-типа/with spaces & ümläuts €', data: {} }),
      jsonEvent({ id: randomUUID(), type: 'x'.repeat(1000), data: {} }),
    ];
    const started = Date.now();
    await client.appendToStream(s, given, ANY_STATE(options));
    const read = await all(client.readStream(s));
    assert.equal(read.length, given.length);
    read.forEach(({ event, link }, i) => {
      const wanted = given[i];
      assert.deepEqual([event.id, event.type, event.streamId, event.revision, link], [wanted.id, wanted.type, s, BigInt(i), undefined]);
      assert.equal(event.isJson, wanted.contentType === 'application/json');
      if (event.isJson) assert.deepEqual(event.data, wanted.data);
      else assert.deepEqual(Buffer.from(event.data), Buffer.from(wanted.data));
      if (wanted.metadata instanceof Uint8Array) assert.deepEqual(Buffer.from(event.metadata), Buffer.from(wanted.metadata));
      else assert.deepEqual(event.metadata, wanted.metadata);
      assert(event.created instanceof Date && event.created >= started - 2000 && event.created <= Date.now() + 1000, String(event.created));
    });
    const followed = follow(client.subscribeToStream(s, { fromRevision: START }));
    await followed.count(given.length);
    assert.deepEqual(followed.events.map(e => [e.event.id, e.event.type, e.event.isJson]), read.map(e => [e.event.id, e.event.type, e.event.isJson]));
    assert.deepEqual(Buffer.from(followed.events[4].event.data), Buffer.from(bytes));
    assert.deepEqual(followed.events[0].event.data, given[0].data);
    const created = followed.events[0].event.created.getTime();
    assert.equal(read[0].event.created.getTime(), isKurrent ? created - created % 1000 : created); // its native reader cuts to seconds
  });

  test(`${way}: streams of any name`, async client => {
    for (const base of ['größe/日本 €', 'with space', 'a', '-', 'ends-', 'UPPER.lower_0', '%41?&#', '🎉', 'x'.repeat(900), 'quo"te\\', 'tab\tline\n']) {
      const s = fresh(base);
      await client.appendToStream(s, events(2), ANY_STATE(options));
      const read = await all(client.readStream(s, { direction: BACKWARDS, fromRevision: END }));
      assert.deepEqual(read.map(r => r.event.streamId), [s, s]);
    }
  });

  test(`${way}: the largest append that is taken`, async client => {
    const s = fresh();
    // Bytes count with twice the length of their type.
    const data = Buffer.alloc(1024 * 1024 - 6, 7);
    await client.appendToStream(s, binaryEvent({ type: 'big', data }), ANY_STATE(options));
    const many = Array.from({ length: 1000 }, (_, n) => jsonEvent({ type: 'n', data: { n, text: 'y'.repeat(900) } }));
    await client.appendToStream(s, many, ANY_STATE(options));
    const read = await all(client.readStream(s));
    assert.equal(read.length, 1001);
    assert(Buffer.from(read[0].event.data).equals(data));
    assert.equal(read[1000].event.data.n, 999);
  });
}

test('A batch in many parts is one append', async client => {
  const s = fresh();
  const many = Array.from({ length: 300 }, (_, n) => event(n));
  const done = await client.appendToStream(s, many, expecting('no_stream', { batchAppendSize: 500 }));
  assert.equal(done.nextExpectedRevision, 299n);
  const [first, last] = [await all(client.readStream(s, { maxCount: 1 })), await all(client.readStream(s, { direction: BACKWARDS, fromRevision: END, maxCount: 1 }))];
  assert.deepEqual([first[0].event.id, last[0].event.id, last[0].event.created.getTime()], [many[0].id, many[299].id, first[0].event.created.getTime()]);
});

test('Batches in many parts, many at a time, do not mix', async client => {
  const streams = Array.from({ length: 20 }, () => fresh());
  await Promise.all(streams.map((s, i) => client.appendToStream(s, events(60, i * 1000), expecting('no_stream', { batchAppendSize: 300 }))));
  for (const [i, s] of streams.entries()) assert.deepEqual((await all(client.readStream(s))).map(r => r.event.data.n), Array.from({ length: 60 }, (_, n) => i * 1000 + n));
});

test('Twenty megabytes read in one go', async client => {
  const s = fresh();
  for (let i = 0; i < 20; i++) await client.appendToStream(s, binaryEvent({ type: 'big', data: Buffer.alloc(1_000_000, i) }));
  let i = 0;
  for await (const { event } of client.readStream(s)) {
    assert.equal(event.data.length, 1_000_000);
    assert.equal(event.data[999_999], i++);
  }
  assert.equal(i, 20);
});

test('Sixty-four writers on one connection, each in its order', async client => {
  const streams = Array.from({ length: 64 }, () => fresh('w'));
  await Promise.all(streams.map(async s => {
    for (let i = 0; i < 15; i++) assert.equal((await client.appendToStream(s, event(i), expecting(i === 0 ? 'no_stream' : BigInt(i - 1)))).nextExpectedRevision, BigInt(i));
  }));
  for (const s of streams) assert.equal((await all(client.readStream(s))).length, 15);
});

test('Of many writers to one place one wins', async client => {
  const s = fresh();
  const outcomes = await Promise.allSettled(Array.from({ length: 30 }, (_, n) => client.appendToStream(s, event(n), expecting('no_stream'))));
  assert.equal(outcomes.filter(o => o.status === 'fulfilled').length, 1);
  assert(outcomes.every(o => o.status === 'fulfilled' || o.reason.type === 'wrong-expected-version'));
  assert.equal((await all(client.readStream(s))).length, 1);
});
