'use strict';
const { test, assert, binaryEvent, jsonEvent, START, fresh, events, all, follow } = require('../harness.js');

/** A stream with two events of another, one that is not there, and one of its own. */
const linked = async client => {
  const [target, links] = [fresh('target'), fresh('links')];
  await client.appendToStream(target, events(3));
  const to = text => binaryEvent({ type: '$>', data: Buffer.from(text) });
  await client.appendToStream(links, [to(`2@${target}`), to(`0@${target}`), to(`7@${target}`), to(`0@${fresh('never')}`), jsonEvent({ type: 'own', data: { n: 9 } })]);
  return { target, links };
};

const view = (target, links) => [
  [target, 2n, links, 0n],
  [target, 0n, links, 1n],
  [undefined, undefined, links, 2n],
  [undefined, undefined, links, 3n],
  [links, 4n, undefined, undefined],
];
const seen = r => [r.event?.streamId, r.event?.revision, r.link?.streamId, r.link?.revision];

test('Links are followed for those who ask', async client => {
  const { target, links } = await linked(client);
  assert.deepEqual((await all(client.readStream(links, { resolveLinkTos: true }))).map(seen), view(target, links));
  const [first] = await all(client.readStream(links, { resolveLinkTos: true, maxCount: 1 }));
  assert.equal(first.commitPosition, first.link.position.commit);
});

test('Links are events like others for those who do not', async client => {
  const { target, links } = await linked(client);
  const found = await all(client.readStream(links));
  assert.deepEqual(found.map(r => [r.event.type, r.link]), [['$>', undefined], ['$>', undefined], ['$>', undefined], ['$>', undefined], ['own', undefined]]);
  assert.equal(Buffer.from(found[0].event.data).toString(), `2@${target}`);
});

test('Links are followed in subscriptions and in everything', async client => {
  const { target, links } = await linked(client);
  const followed = follow(client.subscribeToStream(links, { fromRevision: START, resolveLinkTos: true }));
  await followed.count(5);
  assert.deepEqual(followed.events.map(seen), view(target, links));
  const found = (await all(client.readAll({ resolveLinkTos: true }))).filter(r => (r.link ?? r.event).streamId === links);
  assert.deepEqual(found.map(seen), view(target, links));
  const [original] = await all(client.readStream(links, { maxCount: 1 }));
  const live = follow(client.subscribeToAll({ fromPosition: original.event.position, resolveLinkTos: true }));
  await live.count(4);
  assert.deepEqual(live.events.slice(0, 4).map(seen), view(target, links).slice(1));
});
