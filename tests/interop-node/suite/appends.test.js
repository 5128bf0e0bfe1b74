'use strict';
const { test, assert, WAYS, WRITER, ANY, binaryEvent, NO_STREAM, STREAM_EXISTS, fresh, event, events, numbers, all, expecting, fails, wrongVersion, secure, clear } = require('../harness.js');

for (const [way, options] of WAYS) {
  const append = (client, stream, what, state = ANY, more = {}) => client.appendToStream(stream, what, expecting(state, { ...options, ...more }));

  test(`${way}: any takes a stream that is not there, and one that is`, async client => {
    const s = fresh();
    const first = await append(client, s, event(0));
    const second = await append(client, s, events(3, 1));
    assert.deepEqual([first.success, first.nextExpectedRevision, second.success, second.nextExpectedRevision], [true, 0n, true, 3n]);
    assert(second.position.commit > first.position.commit);
    assert.equal(second.position.commit, second.position.prepare);
    assert.deepEqual(numbers(await all(client.readStream(s))), [0, 1, 2, 3]);
  });

  test(`${way}: no stream takes only a stream that is not there`, async client => {
    const s = fresh();
    await append(client, s, events(2), NO_STREAM);
    const e = await wrongVersion(NO_STREAM, 1n, () => append(client, s, event(9), NO_STREAM));
    assert.equal(e.streamName, s);
    assert.deepEqual(numbers(await all(client.readStream(s))), [0, 1]);
  });

  test(`${way}: stream exists takes only a stream that is there`, async client => {
    const s = fresh();
    await wrongVersion(STREAM_EXISTS, NO_STREAM, () => append(client, s, event(9), STREAM_EXISTS));
    await fails('stream-not-found', () => all(client.readStream(s)));
    await append(client, s, event(0));
    assert.equal((await append(client, s, event(1), STREAM_EXISTS)).nextExpectedRevision, 1n);
  });

  test(`${way}: a revision takes exactly that one`, async client => {
    const s = fresh();
    await wrongVersion(0n, NO_STREAM, () => append(client, s, event(9), 0n));
    await append(client, s, events(3));
    for (const wrong of [0n, 1n, 3n, 1000n, 9223372036854775807n]) await wrongVersion(wrong, 2n, () => append(client, s, event(9), wrong));
    assert.equal((await append(client, s, event(3), 2n)).nextExpectedRevision, 3n);
    assert.deepEqual(numbers(await all(client.readStream(s))), [0, 1, 2, 3]);
  });

  test(`${way}: what comes back is what the next append expects`, async client => {
    const s = fresh();
    let expected = NO_STREAM;
    for (let i = 0; i < 20; i++) expected = (await append(client, s, events(1 + i % 3, i), expected)).nextExpectedRevision;
    assert.equal(expected, 38n);
  });

  test(`${way}: the same events at the same place are one append, whatever came after`, async client => {
    const s = fresh();
    const once = events(2);
    const first = await append(client, s, once, NO_STREAM);
    const second = await append(client, s, [event(2)], 1n);
    for (const again of [await append(client, s, once, NO_STREAM), await append(client, s, once)]) {
      assert.deepEqual([again.nextExpectedRevision, again.position], [1n, first.position]);
    }
    assert(second.position.commit > first.position.commit);
    const tail = events(3, 3);
    const third = await append(client, s, tail, 2n);
    await append(client, s, event(6), STREAM_EXISTS);
    const repeated = await append(client, s, tail, 2n);
    assert.deepEqual([repeated.nextExpectedRevision, repeated.position], [5n, third.position]);
    assert.equal((await append(client, s, tail, STREAM_EXISTS)).nextExpectedRevision, 5n);
    assert.deepEqual(numbers(await all(client.readStream(s))), [0, 1, 2, 3, 4, 5, 6]);
  });

  test(`${way}: events of which only some were appended before are no repeat`, async client => {
    const s = fresh();
    const [a, b, c, d] = events(4);
    await append(client, s, [a, b, c], NO_STREAM);
    await wrongVersion(NO_STREAM, 2n, () => append(client, s, [a, b, c, d], NO_STREAM));
    await wrongVersion(NO_STREAM, 2n, () => append(client, s, [a, d], NO_STREAM));
    await wrongVersion(0n, 2n, () => append(client, s, [c], 0n));
    await fails('wrong-expected-version', () => append(client, s, [a, d]));
    assert.equal((await append(client, s, [b, c], 0n)).nextExpectedRevision, 2n);
    assert.deepEqual(numbers(await all(client.readStream(s))), [0, 1, 2]);
  });

  test(`${way}: the same id in another stream is another event`, async client => {
    const [s, t] = [fresh(), fresh()];
    const e = event(1);
    await append(client, s, e, NO_STREAM);
    assert.equal((await append(client, t, e, NO_STREAM)).nextExpectedRevision, 0n);
    assert.equal((await all(client.readStream(t))).length, 1);
  });

  test(`${way}: no events check the expectation and write nothing`, async client => {
    const s = fresh();
    await append(client, s, [], NO_STREAM);
    await fails('stream-not-found', () => all(client.readStream(s)));
    await append(client, s, events(2), NO_STREAM);
    assert.equal((await append(client, s, [], 1n)).nextExpectedRevision, 1n);
    await wrongVersion(5n, 1n, () => append(client, s, [], 5n));
    assert.equal((await all(client.readStream(s))).length, 2);
  });

  test(`${way}: a wrong version is an answer for those who ask for one`, async (_, t, server) => {
    const client = secure(server, { more: '&throwOnAppendFailure=false' });
    const s = fresh();
    await append(client, s, events(3), NO_STREAM);
    const refused = await append(client, s, event(9), NO_STREAM);
    assert.deepEqual([refused.success, refused.position], [false, undefined]);
    if (way === 'Append') assert.equal(refused.nextExpectedRevision, 2n);
    const never = await append(client, fresh(), event(9), STREAM_EXISTS);
    assert.deepEqual([never.success, never.nextExpectedRevision], [false, -1n]);
  });

  test(`${way}: what is too large is refused by name, and the next append goes on`, async client => {
    const s = fresh();
    const megabyte = binaryEvent({ type: 'big', data: Buffer.alloc(1024 * 1024) });
    const e = await fails('maximum-append-size-exceeded', () => append(client, s, megabyte));
    assert.equal(e.maxAppendSize, 1024 * 1024);
    await fails('maximum-append-size-exceeded', () => append(client, s, [event(0), ...Array.from({ length: 3 }, () => binaryEvent({ type: 'big', data: Buffer.alloc(400_000) }))]));
    await fails('stream-not-found', () => all(client.readStream(s)));
    assert.equal((await append(client, s, event(1))).nextExpectedRevision, 0n);
  });

  test(`${way}: a deadline that has passed ends the append by name`, async client => {
    const s = fresh();
    await append(client, s, event(0)); // the connection is there
    await fails('deadline-exceeded', () => append(client, s, event(1), ANY, { deadline: -60_000 }));
    assert.equal((await append(client, s, event(2))).success, true);
  });

  test(`${way}: names that no stream has are refused, and the next append goes on`, async client => {
    for (const bad of ['', '$$', 'x'.repeat(1025)]) {
      const e = await fails('unknown', () => append(client, bad, event(0)));
      assert.match(e.message, /INVALID_ARGUMENT|BadRequest|stream's name/);
    }
    assert.equal((await append(client, fresh(), event(0))).success, true);
  });

  test(`${way}: an event without a type is refused`, async client => {
    await fails('unknown', () => append(client, fresh(), event(0, { type: '' })));
  });
}

test('Over clear text, with and without credentials that are not sent', async (_, t, server) => {
  const client = clear(server);
  const s = fresh();
  await client.appendToStream(s, events(2), expecting(NO_STREAM));
  await client.appendToStream(s, event(2), expecting(1n, { credentials: WRITER }));
  await wrongVersion(NO_STREAM, 2n, () => client.appendToStream(s, event(9), expecting(NO_STREAM)));
  await wrongVersion(7n, 2n, () => client.appendToStream(s, event(9), expecting(7n, { credentials: WRITER })));
  assert.deepEqual(numbers(await all(client.readStream(s))), [0, 1, 2]);
});
