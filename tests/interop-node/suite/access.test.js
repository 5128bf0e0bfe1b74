'use strict';
const { test, assert, isKurrent, HOST, WRITER, FOREIGN, WAYS, START, jsonEvent, fresh, event, events, numbers, all, expecting, fails, follow, secure } = require('../harness.js');

const WRONG = [{ username: 'writer', password: 'wrong' }, { username: 'nobody', password: 'changeit' }, { username: 'writer', password: 'CHANGEIT' }];

test('Without credentials nothing is read or written over TLS', async (client, t, server) => {
  const nobody = secure(server, { user: null });
  const s = fresh();
  await client.appendToStream(s, events(2));
  await fails('access-denied', () => nobody.appendToStream(s, event(9)));
  await fails('access-denied', () => all(nobody.readStream(s)));
  await fails('access-denied', () => all(nobody.readAll({ maxCount: 1 })));
  assert.equal((await follow(nobody.subscribeToStream(s)).ends()).type, 'access-denied');
  assert.equal((await follow(nobody.subscribeToAll()).ends()).type, 'access-denied');
  // The same connection, with credentials for one call.
  await nobody.appendToStream(s, event(2), expecting(1n, { credentials: WRITER }));
  assert.deepEqual(numbers(await all(nobody.readStream(s, { credentials: WRITER }))), [0, 1, 2]);
});

test('Wrong credentials are refused, in the connection string and in a call', async (client, t, server) => {
  const s = fresh();
  await client.appendToStream(s, events(2));
  for (const user of WRONG) {
    const wrong = secure(server, { user });
    await fails('access-denied', () => wrong.appendToStream(s, event(9)));
    await fails('access-denied', () => all(wrong.readStream(s)));
    assert.equal((await follow(wrong.subscribeToStream(s)).ends()).type, 'access-denied');
    await fails('access-denied', () => client.appendToStream(s, event(9), { credentials: user }));
    await fails('access-denied', () => all(client.readStream(s, { credentials: user })));
    // Those of a call come before those of the connection.
    assert.deepEqual(numbers(await all(wrong.readStream(s, { credentials: WRITER }))), [0, 1]);
  }
  assert.deepEqual(numbers(await all(client.readStream(s))), [0, 1]);
});

test('Names and passwords of any letters', async (client, t, server) => {
  const s = fresh();
  await client.appendToStream(s, events(2), { credentials: FOREIGN });
  assert.deepEqual(numbers(await all(client.readStream(s, { credentials: FOREIGN }))), [0, 1]);
  await follow(client.subscribeToStream(s, { fromRevision: START, credentials: FOREIGN })).count(2);
  const foreign = secure(server, { user: FOREIGN });
  await foreign.appendToStream(s, event(2));
  await follow(foreign.subscribeToStream(s, { fromRevision: START })).count(3);
  // The native reader of the newer client sends the escapes of the connection string as they stand.
  if (!isKurrent) assert.deepEqual(numbers(await all(foreign.readStream(s))), [0, 1, 2]);
});

for (const [way, options] of WAYS) {
  const credentials = way === 'Append' ? { credentials: WRITER } : {};

  test(`${way}: only a host appends to streams of Loom`, async (client, t, server) => {
    const s = fresh('loom.interop');
    await fails('access-denied', () => client.appendToStream(s, event(9), credentials));
    await fails('stream-not-found', () => all(client.readStream(s)));
    const host = secure(server, { user: HOST });
    await host.appendToStream(s, events(2), way === 'Append' ? { credentials: HOST } : {});
    await fails('access-denied', () => client.appendToStream(s, event(9), credentials));
    assert.deepEqual(numbers(await all(client.readStream(s))), [0, 1]);
  });

  test(`${way}: only a host appends to a stream that begins with a link, or what looks like one`, async (client, t, server) => {
    const linked = n => event(n, { metadata: { loom: { v: 1, part: 0, count: 2 } } });
    const [actor, ordinary] = [fresh('actor'), fresh('ordinary')];
    await fails('access-denied', () => client.appendToStream(ordinary, linked(9), credentials));
    await fails('access-denied', () => client.appendToStream(ordinary, [event(0), linked(9)], credentials));
    await client.appendToStream(ordinary, event(0), credentials);
    await client.appendToStream(actor, linked(0), { credentials: HOST });
    await fails('access-denied', () => client.appendToStream(actor, event(9), credentials));
    await client.appendToStream(actor, event(1), { credentials: HOST });
    assert.deepEqual([numbers(await all(client.readStream(actor))), numbers(await all(client.readStream(ordinary)))], [[0, 1], [0]]);
  });

  test(`${way}: one refusal does not disturb the appends beside it`, async client => {
    const streams = Array.from({ length: 20 }, (_, i) => fresh(i % 2 ? 'loom.no' : 'yes'));
    const outcomes = await Promise.allSettled(streams.map((s, i) => client.appendToStream(s, event(i), credentials)));
    outcomes.forEach((o, i) => assert.equal(o.status === 'fulfilled' ? 'done' : o.reason.type, i % 2 ? 'access-denied' : 'done'));
  });
}

if (isKurrent) {
  test('Credentials from a provider, of both kinds, asked for at every call', async (_, t, server) => {
    const client = secure(server, { user: null });
    const s = fresh();
    let asked = 0;
    const give = credentials => client.setCredentialsProvider(async () => { asked++; return credentials; });
    give({ bearerToken: 'writer-token' });
    await client.appendToStream(s, events(2));
    assert.deepEqual(numbers(await all(client.readStream(s, { credentials: WRITER }))), [0, 1]);
    await follow(client.subscribeToStream(s, { fromRevision: START })).count(2);
    give({ bearerToken: 'another' });
    await fails('access-denied', () => client.appendToStream(s, event(9)));
    give(WRITER);
    await client.appendToStream(s, event(2));
    assert.deepEqual(numbers(await all(client.readStream(s))), [0, 1, 2]);
    assert(asked >= 5, String(asked));
  });
}
