'use strict';
const { test, assert, isKurrent, START, END, BACKWARDS, streamNameFilter, eventTypeFilter, excludeSystemEvents, binaryEvent, fresh, event, events, all, follow } = require('../harness.js');

/** Streams x-, y- and z- of one run, with events of types alpha and beta, mixed. */
const mixed = async client => {
  const run = fresh('f');
  const [x, y, z] = [`x-${run}`, `y-${run}`, `z-${run}`];
  for (let i = 0; i < 6; i++) for (const s of [x, y, z]) await client.appendToStream(s, event(i, { type: `${i % 2 ? 'beta' : 'alpha'}-${run}` }));
  return { run, x, y, z };
};
const seen = resolved => resolved.map(r => `${r.event.streamId[0]}${r.event.data.n}`);

const FILTERS = [
  ['one prefix of names', ({ x }) => streamNameFilter({ prefixes: [x] }), (s, n) => s === 'x'],
  ['several prefixes of names', ({ x, z }) => streamNameFilter({ prefixes: [x, 'nothing', z] }), (s, n) => s !== 'y'],
  ['a prefix that no name has', ({ run }) => streamNameFilter({ prefixes: [`X-${run}`] }), () => false],
  ['an expression on names', ({ run }) => streamNameFilter({ regex: `^[xy]-${run}$` }), s => s !== 'z'],
  ['an expression within names', ({ run }) => streamNameFilter({ regex: run }), () => true],
  ['a prefix of types', ({ run }) => eventTypeFilter({ prefixes: [`alpha-${run}`] }), (s, n) => n % 2 === 0],
  ['an expression on types', ({ run }) => eventTypeFilter({ regex: `^(?:beta|gamma)-${run}` }), (s, n) => n % 2 === 1],
  ['an expression that looks back', ({ run }) => eventTypeFilter({ regex: `(?<=al)pha-${run}` }), (s, n) => n % 2 === 0],
];

const wanted = matches => {
  const found = [];
  for (let n = 0; n < 6; n++) for (const s of 'xyz') if (matches(s, n)) found.push(`${s}${n}`);
  return found;
};

test('Subscriptions to everything with each kind of filter', async client => {
  const names = await mixed(client);
  for (const [title, filter, matches] of FILTERS) {
    const followed = follow(client.subscribeToAll({ fromPosition: START, filter: filter(names) }));
    await followed.isCaughtUp();
    assert.deepEqual(seen(followed.events), wanted(matches), title);
    assert.equal(followed.confirmed, 1);
  }
});

if (isKurrent) {
  test('Reads of everything with each kind of filter, either way', async client => {
    const names = await mixed(client);
    for (const [title, filter, matches] of FILTERS) {
      assert.deepEqual(seen(await all(client.readAll({ filter: filter(names) }))), wanted(matches), title);
      assert.deepEqual(seen(await all(client.readAll({ filter: filter(names), direction: BACKWARDS, fromPosition: END }))), wanted(matches).toReversed(), title);
      // A limit counts what matches, not what is looked at.
      assert.deepEqual(seen(await all(client.readAll({ filter: filter(names), maxCount: 2 }))), wanted(matches).slice(0, 2), title);
      assert.deepEqual(seen(await all(client.readAll({ filter: filter(names), maxCount: 2, direction: BACKWARDS, fromPosition: END }))), wanted(matches).toReversed().slice(0, 2), title);
    }
  });
}

test('System events are left out for those who ask', async client => {
  const s = fresh();
  await client.appendToStream(s, [event(1, { type: 'mine' }), binaryEvent({ type: '$>', data: Buffer.from(`0@${s}`) }), event(2, { type: 'mine' })]);
  const followed = follow(client.subscribeToAll({ fromPosition: START, filter: excludeSystemEvents() }));
  await followed.isCaughtUp();
  assert.deepEqual(followed.events.filter(r => r.event.streamId === s).map(r => r.event.data.n), [1, 2]);
  assert(followed.events.every(r => !r.event.type.startsWith('$')));
});

test('Checkpoints rise, come while nothing matches, and are places to go on from', async client => {
  const [mine, other] = [fresh('mine'), fresh('other')];
  const start = (await client.appendToStream(mine, event(0))).position;
  const checkpoints = [];
  let told;
  const open = fromPosition => {
    const subscription = client.subscribeToAll({
      fromPosition,
      filter: streamNameFilter({ prefixes: [mine], checkpointInterval: 1, maxSearchWindow: 32, checkpointReached: async (_, position) => { checkpoints.push(position.commit); told?.(); } }),
    });
    return { subscription, followed: follow(subscription) };
  };
  const until = async condition => { while (!condition()) await new Promise(resolve => { told = resolve; }); };

  const first = open(start);
  await first.followed.isCaughtUp();
  await client.appendToStream(other, events(100));
  await until(() => checkpoints.length >= 3);
  await client.appendToStream(mine, event(1));
  await first.followed.count(1);
  for (let i = 1; i < checkpoints.length; i++) assert(checkpoints[i] > checkpoints[i - 1]);
  await first.subscription.unsubscribe();

  // What came after the last checkpoint comes again, nothing else, and nothing is lost.
  const from = checkpoints.at(-1);
  await client.appendToStream(mine, events(2, 2));
  const second = open({ commit: from, prepare: from });
  await second.followed.until(s => s.events.at(-1)?.event.data.n === 3);
  const again = second.followed.events;
  assert(again.every(r => r.event.position.commit > from));
  const numbers = again.map(r => r.event.data.n);
  assert.deepEqual(numbers, numbers[0] === 1 ? [1, 2, 3] : [2, 3]);
});

test('A checkpoint comes when history ends, though nothing matched', async client => {
  await client.appendToStream(fresh(), events(5));
  const position = await new Promise((resolve, reject) => {
    const subscription = client.subscribeToAll({ fromPosition: START, filter: streamNameFilter({ prefixes: [fresh('never')], checkpointReached: async (_, p) => resolve(p) }) });
    subscription.on('error', reject);
    subscription.resume();
  });
  assert(position.commit > 0n);
});

test('An expression that cannot be read is refused', async client => {
  const error = await follow(client.subscribeToAll({ filter: streamNameFilter({ regex: '([' }) })).ends();
  assert.match(error.message, /INVALID_ARGUMENT.*expression cannot be read/);
});
