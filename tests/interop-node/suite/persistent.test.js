'use strict';
const {
  test, assert, Server, START, END, UNBOUNDED, streamNameFilter, eventTypeFilter, HOST,
  persistentSubscriptionToStreamSettingsFromDefaults: toStream, persistentSubscriptionToAllSettingsFromDefaults: toAll,
  secure, clear, fresh, event, events, numbers, expecting, fails, follow,
} = require('../harness.js');

const consume = (client, s, group = 'g', bufferSize = 10) => {
  const subscription = client.subscribeToPersistentSubscriptionToStream(s, group, { bufferSize });
  return Object.assign(follow(subscription), { subscription });
};
const made = async (client, count, settings = {}, group = 'g') => {
  const s = fresh();
  if (count > 0) await client.appendToStream(s, events(count));
  await client.createPersistentSubscriptionToStream(s, group, toStream({ startFrom: START, ...settings }));
  return s;
};
const until = async (what, look) => {
  for (;;) {
    const seen = await what();
    if (look(seen)) return seen;
    await new Promise(resolve => setImmediate(resolve));
  }
};
const info = (client, s, group = 'g') => client.getPersistentSubscriptionToStreamInfo(s, group);
const parked = (client, s, count) => until(() => info(client, s), i => i.stats.parkedMessageCount === BigInt(count));

test('Events come in order and are acknowledged', async client => {
  const s = await made(client, 25);
  const c = consume(client, s);
  await c.count(10);
  assert.equal(c.confirmed, 1);
  assert.deepEqual(c.events.map(e => e.retryCount), Array(10).fill(0));
  while (c.events.length < 25) {
    const had = c.events.length;
    await c.subscription.ack(...c.events.slice(Math.max(0, had - 10), had));
    await c.count(Math.min(25, had + 10));
  }
  await c.subscription.ack(...c.events.slice(-10));
  assert.deepEqual(numbers(c.events), Array.from({ length: 25 }, (_, i) => i));
  await until(() => info(client, s), i => i.stats.totalInFlightMessages === 0);
  await c.subscription.unsubscribe();
  const { stats } = await until(() => info(client, s), i => i.stats.lastCheckpointedEventRevision === 24n);
  assert.deepEqual([stats.parkedMessageCount, stats.totalInFlightMessages], [0n, 0]);
});

test('Retried ones come again with their count, and are parked in the end', async client => {
  const s = await made(client, 2, { maxRetryCount: 2 });
  const c = consume(client, s, 'g', 1);
  for (let i = 0; i < 3; i++) {
    await c.count(i + 1);
    assert.deepEqual([c.events[i].event.data.n, c.events[i].retryCount], [0, i]);
    await c.subscription.nack('retry', 'not yet', c.events[i]);
  }
  await c.count(4);
  assert.equal(c.events[3].event.data.n, 1);
  await parked(client, s, 1);
});

test('Parked ones are replayed, up to a place or all', async client => {
  const s = await made(client, 4);
  const c = consume(client, s);
  await c.count(4);
  await c.subscription.nack('park', 'broken', ...c.events);
  await parked(client, s, 4);
  await client.replayParkedMessagesToStream(s, 'g', { stopAt: 1 });
  await c.count(5);
  await c.subscription.ack(c.events[4]);
  await parked(client, s, 3);
  await client.replayParkedMessagesToStream(s, 'g');
  await c.count(8);
  assert.deepEqual(numbers(c.events), [0, 1, 2, 3, 0, 1, 2, 3]);
  await c.subscription.ack(...c.events.slice(5));
  await parked(client, s, 0);
});

test('Skipped ones are done, stopped ones are not', async client => {
  const s = await made(client, 3);
  const c = consume(client, s);
  await c.count(3);
  await c.subscription.nack('skip', 'no use', c.events[0], c.events[1]);
  await c.subscription.nack('stop', 'enough', c.events[2]);
  await until(() => info(client, s), i => i.stats.totalInFlightMessages === 1);
  await c.subscription.unsubscribe();
  const again = consume(client, s);
  await again.count(1);
  assert.deepEqual(numbers(again.events), [2]);
});

test('What one leaves, another gets', async client => {
  const s = await made(client, 5);
  const one = consume(client, s);
  await one.count(5);
  const two = consume(client, s);
  await two.until(f => f.confirmed === 1);
  await one.subscription.ack(one.events[1]);
  await until(() => info(client, s), i => i.stats.totalInFlightMessages === 4);
  await one.subscription.unsubscribe();
  await two.count(4);
  assert.deepEqual(numbers(two.events), [0, 2, 3, 4]);
  assert.deepEqual(two.events.map(e => e.retryCount), [1, 1, 1, 1]);
});

test('What is not answered in time comes again', async client => {
  const s = await made(client, 1, { messageTimeout: 200, maxRetryCount: 1000 });
  const c = consume(client, s);
  await c.count(3);
  assert.deepEqual(c.events.map(e => e.event.data.n), [0, 0, 0]);
  assert.deepEqual(c.events.map(e => e.retryCount), [0, 1, 2]);
});

test('Where it begins: a revision is inclusive, the end is when the group is made', async client => {
  const s = fresh();
  await client.appendToStream(s, events(5));
  await client.createPersistentSubscriptionToStream(s, 'two', toStream({ startFrom: 2n }));
  await client.createPersistentSubscriptionToStream(s, 'end', toStream({ startFrom: END }));
  await client.appendToStream(s, event(5));
  const [two, end] = [consume(client, s, 'two'), consume(client, s, 'end')];
  await two.count(4);
  await end.count(1);
  assert.deepEqual([numbers(two.events), numbers(end.events)], [[2, 3, 4, 5], [5]]);
  assert.equal((await info(client, s, 'end')).settings.startFrom, END);
  assert.equal((await info(client, s, 'two')).settings.startFrom, 2n);
});

test('Mistakes have their types', async client => {
  const s = await made(client, 1, { maxSubscriberCount: 1 });
  await fails('persistent-subscription-exists', () => client.createPersistentSubscriptionToStream(s, 'g', toStream()));
  for (const act of [
    () => client.deletePersistentSubscriptionToStream(s, 'none'),
    () => client.updatePersistentSubscriptionToStream(s, 'none', toStream()),
    () => info(client, s, 'none'),
    () => client.replayParkedMessagesToStream(s, 'none'),
    () => client.listPersistentSubscriptionsToStream(fresh()),
  ]) await fails('persistent-subscription-does-not-exist', act);
  assert.equal((await consume(client, s, 'none').ends()).type, 'persistent-subscription-does-not-exist');
  const e = await fails('persistent-subscription-failed', () => client.createPersistentSubscriptionToStream(s, 'h', toStream({ readBatchSize: 500 })));
  assert.match(e.reason, /batch/);
  const one = consume(client, s);
  await one.count(1);
  assert.equal((await consume(client, s).ends()).type, 'maximum-subscribers-reached');
});

test('Settings, consumers and counts are told', async client => {
  const settings = toStream({
    startFrom: START, messageTimeout: 12_345, maxRetryCount: 7, checkPointAfter: 1234, checkPointLowerBound: 3, checkPointUpperBound: 44, maxSubscriberCount: UNBOUNDED,
    liveBufferSize: 50, readBatchSize: 5, historyBufferSize: 60, extraStatistics: true, resolveLinkTos: true, consumerStrategyName: 'DispatchToSingle',
  });
  const s = fresh();
  await client.appendToStream(s, events(3));
  await client.createPersistentSubscriptionToStream(s, 'g', settings);
  const c = consume(client, s, 'g', 4);
  await c.count(3);
  const told = await info(client, s);
  assert.deepEqual([told.eventSource, told.groupName, told.settings], [s, 'g', settings]);
  assert.equal(told.connections.length, 1);
  assert.deepEqual([told.connections[0].username, told.connections[0].availableSlots, told.connections[0].inFlightMessages], ['writer', 1, 3]);
  assert.deepEqual([told.stats.lastKnownEventRevision, told.stats.totalItems, told.stats.lastCheckpointedEventRevision], [2n, 3n, undefined]);
});

test('Lists of a stream, of everything, and of all', async client => {
  const s = await made(client, 0);
  const g = fresh('list');
  await client.createPersistentSubscriptionToStream(s, 'h', toStream());
  await client.createPersistentSubscriptionToAll(g, toAll());
  assert.deepEqual((await client.listPersistentSubscriptionsToStream(s)).map(i => i.groupName), ['g', 'h']);
  assert((await client.listPersistentSubscriptionsToAll()).some(i => i.groupName === g));
  const all = (await client.listAllPersistentSubscriptions()).map(i => `${i.eventSource}::${i.groupName}`);
  for (const name of [`${s}::g`, `${s}::h`, `$all::${g}`]) assert(all.includes(name), name);
  await client.deletePersistentSubscriptionToAll(g);
});

for (const [what, act] of [
  ['changed', (client, s) => client.updatePersistentSubscriptionToStream(s, 'g', toStream({ startFrom: START, maxRetryCount: 77 }))],
  ['deleted', (client, s) => client.deletePersistentSubscriptionToStream(s, 'g')],
]) {
  test(`Whoever consumes hears that the group is ${what}`, async client => {
    const s = await made(client, 2);
    const c = consume(client, s);
    await c.count(2);
    const ended = c.ends();
    await act(client, s);
    assert.equal((await ended).type, 'persistent-subscription-dropped');
    if (what === 'deleted') await fails('persistent-subscription-does-not-exist', () => info(client, s));
    else {
      assert.equal((await info(client, s)).settings.maxRetryCount, 77);
      await consume(client, s).count(2);
    }
  });
}

test('Everything, with a filter, from the start, a position and the end', async client => {
  const [s, t] = [fresh('one'), fresh('two')];
  const { position } = await client.appendToStream(s, events(2));
  await client.appendToStream(t, event(9));
  const filter = streamNameFilter({ prefixes: [s, t] });
  const groups = [[START, [0, 1, 9, 2]], [position, [1, 9, 2]], [END, [2]]].map(([startFrom, wanted]) => [fresh('g'), startFrom, wanted]);
  for (const [g, startFrom] of groups) await client.createPersistentSubscriptionToAll(g, toAll({ startFrom }), { filter });
  await client.appendToStream(s, event(2));
  for (const [g, startFrom, wanted] of groups) {
    const subscription = client.subscribeToPersistentSubscriptionToAll(g, { bufferSize: 20 });
    const c = follow(subscription);
    await c.count(wanted.length);
    assert.deepEqual(numbers(c.events), wanted);
    const told = await client.getPersistentSubscriptionToAllInfo(g);
    assert.deepEqual([told.eventSource, told.settings.startFrom], ['$all', startFrom]);
    await subscription.nack('park', 'later', c.events.at(-1));
    await subscription.ack(...c.events.slice(0, -1));
    await until(() => client.getPersistentSubscriptionToAllInfo(g), i => i.stats.parkedMessageCount === 1n);
    await client.replayParkedMessagesToAll(g);
    await c.count(wanted.length + 1);
    assert.equal(c.events.at(-1).event.data.n, wanted.at(-1));
    await client.updatePersistentSubscriptionToAll(g, toAll({ startFrom: START }));
    await client.deletePersistentSubscriptionToAll(g);
  }
});

test('Everything of a type', async client => {
  const type = fresh('type');
  const g = fresh('g');
  await client.createPersistentSubscriptionToAll(g, toAll({ startFrom: START }), { filter: eventTypeFilter({ regex: `^${type}$` }) });
  await client.appendToStream(fresh(), [event(0), event(1, { type }), event(2)]);
  const c = follow(client.subscribeToPersistentSubscriptionToAll(g));
  await c.count(1);
  assert.deepEqual(numbers(c.events), [1]);
  await client.deletePersistentSubscriptionToAll(g);
});

test('RoundRobin shares, DispatchToSingle fills the first, Pinned keeps streams together', async client => {
  const shared = await made(client, 0);
  const round = [consume(client, shared), consume(client, shared)];
  const single = await made(client, 0, { consumerStrategyName: 'DispatchToSingle' });
  const first = consume(client, single, 'g', 3);
  await first.until(f => f.confirmed === 1);
  const second = consume(client, single, 'g', 3);
  for (const c of [...round, second]) await c.until(f => f.confirmed === 1);
  for (const s of [shared, single]) await client.appendToStream(s, events(6));
  for (const c of [...round, first, second]) await c.count(3);
  assert.deepEqual([numbers(first.events), numbers(second.events)], [[0, 1, 2], [3, 4, 5]]);
  assert.deepEqual(round.flatMap(c => numbers(c.events)).sort(), [0, 1, 2, 3, 4, 5]);
  for (const consumerStrategyName of ['Pinned', 'PinnedByCorrelation']) {
    const prefix = fresh('pin');
    const g = fresh('g');
    await client.createPersistentSubscriptionToAll(g, toAll({ startFrom: START, consumerStrategyName }), { filter: streamNameFilter({ prefixes: [prefix] }) });
    const both = [1, 2].map(() => follow(client.subscribeToPersistentSubscriptionToAll(g, { bufferSize: 500 })));
    for (const c of both) await c.until(f => f.confirmed === 1);
    for (let i = 0; i < 20; i++) await client.appendToStream(`${prefix}-${i}`, events(3));
    await until(async () => both[0].events.length + both[1].events.length, n => n === 60);
    const streams = both.map(c => new Set(c.events.map(e => e.event.streamId)));
    assert.equal(streams[0].size + streams[1].size, 20);
    await client.deletePersistentSubscriptionToAll(g);
  }
});

test('A restart of the subsystem ends its calls; what was not acknowledged comes again', async (_, t, server) => {
  const own = await Server.start();
  try {
    const client = secure(own);
    const s = await made(client, 3);
    const c = consume(client, s);
    await c.count(3);
    const ended = c.ends();
    await client.restartPersistentSubscriptionSubsystem();
    assert.equal((await ended).type, 'persistent-subscription-dropped');
    const again = consume(client, s);
    await again.count(3);
    assert.deepEqual(numbers(again.events), [0, 1, 2]);
  } finally {
    await own.dispose();
  }
});

test('With credentials of its own, and none', async (client, t, server) => {
  const s = await made(client, 2);
  const nobody = secure(server, { user: null });
  await fails('access-denied', () => nobody.createPersistentSubscriptionToStream(s, 'h', toStream()));
  assert.equal((await consume(nobody, s).ends()).type, 'access-denied');
  await nobody.createPersistentSubscriptionToStream(s, 'h', toStream({ startFrom: START }), { credentials: HOST });
  const c = follow(nobody.subscribeToPersistentSubscriptionToStream(s, 'h', { credentials: HOST }));
  await c.count(2);
});

for (const way of ['stop', 'kill']) {
  test(`After a ${way} of the server every event was acknowledged or is parked`, async () => {
    const server = await Server.start();
    try {
      const client = clear(server);
      const s = fresh();
      await client.appendToStream(s, events(60), expecting('no_stream'));
      await client.createPersistentSubscriptionToStream(s, 'g', toStream({ startFrom: START, checkPointLowerBound: 1, checkPointUpperBound: 5, checkPointAfter: 100 }));
      const done = new Set();
      let rounds = 0;
      while (done.size < 60) {
        const subscription = client.subscribeToPersistentSubscriptionToStream(s, 'g', { bufferSize: 5 });
        const enough = rounds++ < 2 ? done.size + 15 : 60;
        await new Promise(resolve => {
          subscription.on('error', resolve);
          subscription.on('data', async e => {
            try {
              const { n } = e.event.data;
              if (n % 10 === 7) await subscription.nack('park', 'sevens', e);
              else await subscription.ack(e);
              done.add(n);
              if (done.size >= enough) resolve();
            } catch (error) { resolve(error); }
          });
        });
        if (done.size < 60) {
          await server[way]();
          await server.again();
        }
      }
      assert(rounds > 1);
      await until(() => info(client, s).catch(() => null), i => i?.stats.parkedMessageCount === 6n);
    } finally {
      await server.dispose();
    }
  });
}
