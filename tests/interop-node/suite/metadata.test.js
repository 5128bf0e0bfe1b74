'use strict';
const { test, assert, WRITER, NO_STREAM, ANY, START, END, BACKWARDS, fresh, event, events, revisions, all, expecting, fails, wrongVersion, follow, Server, secure } = require('../harness.js');

const backwards = { direction: BACKWARDS, fromRevision: END };

test('A stream without metadata has none', async client => {
  const s = fresh();
  const before = await client.getStreamMetadata(s);
  await client.appendToStream(s, event(0));
  const after = await client.getStreamMetadata(s);
  assert.deepEqual([before.streamName, before.metadata, after.metadata], [s, undefined, undefined]);
});

test('Metadata comes back as it was set, the last of it', async client => {
  const s = fresh();
  await client.appendToStream(s, event(0));
  const acl = { readRoles: ['$all'], writeRoles: ['a', 'b'], deleteRoles: 'c', metaReadRoles: '$admins', metaWriteRoles: [] };
  const given = { maxAge: 1_000_000, maxCount: 100, truncateBefore: 0, cacheControl: 15, acl, own: { deep: ['größe', 1, null] } };
  const set = await client.setStreamMetadata(s, given);
  assert.equal(set.nextExpectedRevision, 0n);
  assert.deepEqual((await client.getStreamMetadata(s)).metadata, given);
  await client.setStreamMetadata(s, { own: 2 });
  assert.deepEqual((await client.getStreamMetadata(s, { credentials: WRITER })).metadata, { own: 2 });
});

test('Metadata is set where its own stream is as expected', async client => {
  const s = fresh();
  await client.setStreamMetadata(s, { a: 1 }, expecting(NO_STREAM));
  await wrongVersion(NO_STREAM, 0n, () => client.setStreamMetadata(s, { a: 2 }, expecting(NO_STREAM)));
  await client.setStreamMetadata(s, { a: 2 }, expecting(0n, { credentials: WRITER }));
  await wrongVersion(0n, 1n, () => client.setStreamMetadata(s, { a: 3 }, expecting(0n)));
  assert.deepEqual((await client.getStreamMetadata(s)).metadata, { a: 2 });
});

test('Metadata of a stream without events makes no stream', async client => {
  const s = fresh();
  await client.setStreamMetadata(s, { maxCount: 2 });
  await fails('stream-not-found', () => all(client.readStream(s)));
  await client.appendToStream(s, events(4), expecting(NO_STREAM));
  assert.deepEqual(revisions(await all(client.readStream(s))), [2, 3]);
});

test('Of a stream with a count only the last are seen', async client => {
  const s = fresh();
  await client.appendToStream(s, events(10));
  await client.setStreamMetadata(s, { maxCount: 3 });
  assert.deepEqual(revisions(await all(client.readStream(s))), [7, 8, 9]);
  assert.deepEqual(revisions(await all(client.readStream(s, { fromRevision: 2n }))), [7, 8, 9]);
  assert.deepEqual(revisions(await all(client.readStream(s, { fromRevision: 8n, maxCount: 1 }))), [8]);
  assert.deepEqual(revisions(await all(client.readStream(s, backwards))), [9, 8, 7]);
  await client.appendToStream(s, events(2, 10), expecting(9n));
  assert.deepEqual(revisions(await all(client.readStream(s))), [9, 10, 11]);
  const followed = follow(client.subscribeToStream(s, { fromRevision: START }));
  await followed.isCaughtUp();
  assert.deepEqual(revisions(followed.events), [9, 10, 11]);
  assert.equal((await all(client.readAll())).filter(r => r.event.streamId === s).length, 12);
  await client.setStreamMetadata(s, { maxCount: 100 });
  assert.equal((await all(client.readStream(s))).length, 12);
});

test('Of a truncated stream what lies before is not seen', async client => {
  const s = fresh();
  await client.appendToStream(s, events(10));
  await client.setStreamMetadata(s, { truncateBefore: 6 });
  assert.deepEqual(revisions(await all(client.readStream(s))), [6, 7, 8, 9]);
  assert.deepEqual(revisions(await all(client.readStream(s, backwards))), [9, 8, 7, 6]);
  assert.deepEqual(revisions(await all(client.readStream(s, { direction: BACKWARDS, fromRevision: 7n }))), [7, 6]);
  assert.deepEqual(revisions(await all(client.readStream(s, { direction: BACKWARDS, fromRevision: 3n }))), []);
  await client.setStreamMetadata(s, { truncateBefore: 6, maxCount: 2 });
  assert.deepEqual(revisions(await all(client.readStream(s))), [8, 9]);
  assert.equal((await client.appendToStream(s, event(10), expecting(9n))).nextExpectedRevision, 10n);
});

test('Of a stream with an age what is young is seen', async client => {
  const s = fresh();
  await client.appendToStream(s, events(3));
  await client.setStreamMetadata(s, { maxAge: 100_000 });
  assert.deepEqual(revisions(await all(client.readStream(s))), [0, 1, 2]);
});

test('Metadata is an event of its own stream, of which the last is seen', async client => {
  const s = fresh();
  for (let i = 0; i < 3; i++) await client.setStreamMetadata(s, { i });
  const [only, ...more] = await all(client.readStream(`$$${s}`));
  assert.deepEqual([only.event.streamId, only.event.type, only.event.revision, only.event.data, more.length], [`$$${s}`, '$metadata', 2n, { i: 2 }, 0]);
  assert.equal((await all(client.readAll())).filter(r => r.event.streamId === `$$${s}`).length, 3);
});

test('A deleted stream tells it in its metadata', async client => {
  const s = fresh();
  await client.appendToStream(s, events(2));
  await client.setStreamMetadata(s, { own: 1 });
  await client.deleteStream(s);
  const { metadata } = await client.getStreamMetadata(s);
  assert.deepEqual([Object.keys(metadata), metadata.truncateBefore > 2 ** 62], [['truncateBefore'], true]);
});

test('Other streams of the system are nobody\'s to write', async client => {
  for (const s of ['$settings', `$ce-${fresh()}`, '$all', '$$$settings']) {
    await fails('access-denied', () => client.appendToStream(s, event(9)));
    await fails('access-denied', () => client.appendToStream(s, event(9), { credentials: WRITER }));
  }
});

test('What was deleted, burnt and truncated is so after a restart', async () => {
  const server = await Server.start();
  try {
    const before = secure(server);
    const [deleted, burnt, cut] = [fresh(), fresh(), fresh()];
    for (const s of [deleted, burnt, cut]) await before.appendToStream(s, events(5));
    await before.deleteStream(deleted);
    await before.tombstoneStream(burnt);
    await before.setStreamMetadata(cut, { truncateBefore: 3 });
    await server.kill();
    await server.again();
    const after = secure(server);
    await fails('stream-not-found', () => all(after.readStream(deleted)));
    await fails('stream-deleted', () => all(after.readStream(burnt)));
    assert.deepEqual(revisions(await all(after.readStream(cut))), [3, 4]);
    assert.equal((await after.appendToStream(deleted, event(5), expecting(NO_STREAM))).nextExpectedRevision, 5n);
    await fails('stream-deleted', () => after.appendToStream(burnt, event(5), expecting(ANY)));
  } finally {
    await server.dispose();
  }
});
