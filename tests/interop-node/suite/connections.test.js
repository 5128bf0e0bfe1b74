'use strict';
const http = require('node:http');
const { test, assert, isKurrent, WRITER, START, LEADER, FOLLOWER, RANDOM, READ_ONLY_REPLICA, Server, connect, secure, clear, inUrl, patience, fresh, event, events, numbers, all, expecting, fails, follow } = require('../harness.js');

/** Both halves of a client, and a subscription. */
const works = async client => {
  const s = fresh();
  await client.appendToStream(s, events(2));
  assert.deepEqual(numbers(await all(client.readStream(s))), [0, 1]);
  const subscription = client.subscribeToStream(s, { fromRevision: START });
  await follow(subscription).count(2);
  await subscription.unsubscribe();
};

test('Secure and clear text, by name and by address', async (_, t, server) => {
  await works(secure(server, { hosts: `localhost:${server.tls}` }));
  await works(secure(server, { hosts: `127.0.0.1:${server.tls}` }));
  await works(clear(server, { hosts: `localhost:${server.clear}` }));
  await works(clear(server, { hosts: `127.0.0.1:${server.clear}` }));
});

if (isKurrent) {
  test('Every scheme that the newer client knows', async (_, t, server) => {
    for (const scheme of ['esdb', 'kurrentdb', 'kdb', 'kurrent']) await works(clear(server, { scheme }));
  });

  test('A certificate that is not to be verified', async (_, t, server) => {
    await works(connect(`kurrentdb://${inUrl(WRITER)}localhost:${server.tls}?tls=true&tlsVerifyCert=false&${patience}`));
  });
}

test('A server of an unknown authority is not believed', async (_, t, server) => {
  const client = connect(`esdb://${inUrl(WRITER)}localhost:${server.tls}?tls=true&defaultDeadline=300000`);
  await fails('unavailable', () => client.appendToStream(fresh(), event(9), { credentials: WRITER }));
});

test('Discovery of one node, and of many, with every preference', async (_, t, server) => {
  await works(clear(server, { scheme: 'esdb+discover' }));
  await works(secure(server, { scheme: isKurrent ? 'kurrentdb+discover' : 'esdb+discover' }));
  const twice = port => `127.0.0.1:${port},localhost:${port}`;
  await works(secure(server, { hosts: twice(server.tls) }));
  for (const preference of [LEADER, FOLLOWER, RANDOM, READ_ONLY_REPLICA]) {
    await works(clear(server, { hosts: twice(server.clear), more: `&nodePreference=${preference.replaceAll('_', '')}` }));
  }
});

test('Discovery passes over a node that is not there', async (_, t, server) => {
  const gone = await Server.start();
  await gone.dispose();
  await works(clear(server, { hosts: `127.0.0.1:${gone.clear},127.0.0.1:${server.clear}` }));
});

test('What the server says that it can do', async client => {
  const capabilities = await client.capabilities;
  assert.match(capabilities.serverVersion, /^\d+\.\d+\.\d+$/);
  const path = method => ({ path: `/event_store.client.streams.Streams/${method}` });
  for (const method of ['Read', 'Append', 'BatchAppend']) assert(capabilities.supports(path(method)), method);
  assert(!capabilities.supports({ path: '/kurrentdb.protocol.v2.streams.StreamsService/AppendSession' }));
  if (isKurrent) {
    await fails('unsupported', () => client.multiStreamAppend([{ streamName: fresh(), events: [event(0)], expectedState: 'any' }]));
  }
});

test('A name for the connection, and pings as often as a client likes', async (_, t, server) => {
  const client = secure(server, { more: '&connectionName=the%20name&keepAliveInterval=1&keepAliveTimeout=60000' });
  const s = fresh();
  const followed = follow(client.subscribeToStream(s, { fromRevision: START }));
  for (let i = 0; i < 100; i++) await client.appendToStream(s, event(i));
  await followed.count(100);
  await works(secure(server, { more: '&keepAliveInterval=-1&keepAliveTimeout=-1' }));
});

test('A leader is required, and there is one', async client => {
  const s = fresh();
  await client.appendToStream(s, event(0), expecting('no_stream', { requiresLeader: true }));
  await client.appendToStream(s, event(1), expecting(0n, { requiresLeader: true, credentials: WRITER }));
  await follow(client.subscribeToStream(s, { fromRevision: START, requiresLeader: true })).count(2);
});

test('Calls of HTTP on the same ports', async (client, t, server) => {
  const info = await client.HTTPRequest('GET', '/info', {});
  assert.match(info.dbVersion ?? info.esVersion, /^\d+\.\d+\.\d+/);
  assert.equal(info.state, 'leader');
  const gossip = await clear(server).HTTPRequest('GET', '/gossip', {});
  assert.deepEqual(gossip.members.map(m => [m.state, m.isAlive, m.httpEndPointPort]), [['Leader', true, server.clear]]);
  const get = path => new Promise((resolve, reject) => http.get(`http://localhost:${server.clear}${path}`, r => { r.resume(); resolve(r.statusCode); }).on('error', reject));
  assert.deepEqual([await get('/health/live'), await get('/ping'), await get('/none')], [204, 200, 404]);
});

test('A client that is disposed ends its calls and can be used again', async (_, t, server) => {
  const client = secure(server);
  const s = fresh();
  await client.appendToStream(s, events(2));
  const followed = follow(client.subscribeToStream(s, { fromRevision: START }));
  await followed.isCaughtUp();
  await client.dispose();
  await works(client);
});

test('What the server does not offer ends at once, by its status', async client => {
  const e = await client.listProjections().then(() => assert.fail('It was offered.'), e => e);
  assert.equal(e.code, 12, e.stack);
});
