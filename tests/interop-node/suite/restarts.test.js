'use strict';
const { test, assert, Server, START, streamNameFilter, secure, clear, fresh, event, events, numbers, all, expecting, follow } = require('../harness.js');

/** A server of its own, for a test that ends it. */
const alone = act => async (_, t) => {
  const server = await Server.start();
  try {
    await act(server);
  } finally {
    await server.dispose();
  }
};

/** Until the server is there again: what a client reports while it is not. */
const patiently = async act => {
  for (;;) {
    try {
      return await act();
    } catch (e) {
      const transient = ['unavailable', 'cancelled', 'unknown'].includes(e.type) || /write after end|ECONN|closed|reset|canceled|transport/i.test(e.message);
      if (!transient) throw e;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
};

for (const way of ['stop', 'kill']) {
  test(`After a ${way} what was acknowledged is there, and the same client goes on`, alone(async server => {
    const client = secure(server);
    const s = fresh();
    await client.appendToStream(s, events(50), expecting('no_stream'));
    const { position } = await client.appendToStream(s, events(50, 50), expecting(49n));
    const before = await all(client.readAll());
    await server[way]();
    await server.again();
    assert.deepEqual(numbers(await patiently(() => all(client.readStream(s)))), Array.from({ length: 100 }, (_, i) => i));
    const after = await patiently(() => all(client.readAll()));
    assert.deepEqual(after.map(r => [r.event.id, r.event.position]), before.map(r => [r.event.id, r.event.position]));
    assert.equal(after.at(-1).event.position.commit, position.commit);
    const more = events(2, 100);
    assert.equal((await patiently(() => client.appendToStream(s, more, expecting(99n)))).nextExpectedRevision, 101n);
  }));

  test(`A ${way} ends subscriptions with an error; from where they were they lose and repeat nothing`, alone(async server => {
    const client = clear(server);
    const s = fresh();
    const heard = { stream: [], all: [] };
    let [revision, position] = [START, START];
    let waiting = () => {};
    const have = n => new Promise(resolve => {
      waiting = () => heard.stream.at(-1) === n && heard.all.at(-1) === n && resolve();
      waiting();
    });
    const listen = () => [
      client.subscribeToStream(s, { fromRevision: revision }).on('data', e => { heard.stream.push(e.event.data.n); revision = e.event.revision; waiting(); }),
      client.subscribeToAll({ fromPosition: position, filter: streamNameFilter({ prefixes: [s] }) }).on('data', e => { heard.all.push(e.event.data.n); position = e.event.position; waiting(); }),
    ].map(subscription => new Promise(resolve => { subscription.on('error', resolve); }));

    for (let round = 0; round < 2; round++) {
      const ended = listen();
      await patiently(() => client.appendToStream(s, events(20, round * 20), expecting(round === 0 ? 'no_stream' : BigInt(round * 20 - 1))));
      // In the second round the history may not have been read yet when the server ends.
      if (round === 0) await have(round * 20 + 19);
      await server[way]();
      for (const e of await Promise.all(ended)) assert(['unavailable', 'cancelled', 'unknown'].includes(e.type), e.stack);
      await server.again();
    }

    await patiently(() => client.appendToStream(s, event(40), expecting(39n)));
    const all = have(40).then(() => true);
    while (!await Promise.race([all, Promise.all(listen()).then(() => false)]));
    assert.deepEqual(heard, { stream: Array.from({ length: 41 }, (_, i) => i), all: Array.from({ length: 41 }, (_, i) => i) });
  }));
}

test('Appends whose outcome a kill took away are made again and are there once', alone(async server => {
  const client = secure(server);
  const streams = Array.from({ length: 16 }, () => fresh('w'));
  let done = 0;
  let kills = 0;
  const writers = streams.map(async s => {
    for (let i = 0; i < 25; i++) {
      const e = event(i);
      const answer = await patiently(() => client.appendToStream(s, e, expecting(i === 0 ? 'no_stream' : BigInt(i - 1))));
      assert.equal(answer.nextExpectedRevision, BigInt(i));
      done++;
    }
  });
  const killer = (async () => {
    for (const at of [100, 250]) {
      while (done < at) await new Promise(resolve => setImmediate(resolve));
      await server.kill();
      kills++;
      await server.again();
    }
  })();
  await Promise.all([...writers, killer]);
  assert.equal(kills, 2);
  for (const s of streams) assert.deepEqual(numbers(await patiently(() => all(client.readStream(s)))), Array.from({ length: 25 }, (_, i) => i));
}));
