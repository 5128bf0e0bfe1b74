// Measures the served journal through @eventstore/db-client: node load.cjs <folder with node_modules> <port>
// Each line ends with the share of one core that this process took: at 100% it is the client that is at its limit.
'use strict';
const path = require('path');
const { createRequire } = require('module');

const [folder, port] = process.argv.slice(2);
const { EventStoreDBClient, jsonEvent, START, FORWARDS } = createRequire(path.join(path.resolve(folder), 'package.json'))('@eventstore/db-client');

const writers = 64;
const seconds = 5;
const live = 500;
const client = EventStoreDBClient.connectionString(`esdb://127.0.0.1:${port}?tls=false`);
const run = `node-${process.pid}`;
const note = 'x'.repeat(150);
const event = () => jsonEvent({ type: 'deposited', data: { amount: 4200, currency: 'EUR', note } });
const now = () => Number(process.hrtime.bigint()) / 1e6;
const percentile = (sorted, p) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))].toFixed(1);
const latency = times => {
  const sorted = [...times].sort((a, b) => a - b);
  return `p50 ${percentile(sorted, 0.5)} ms, p99 ${percentile(sorted, 0.99)} ms`;
};

// Runs something that counts until its time is over; says the rate and how busy this process was.
async function measure(name, act) {
  const cpu = process.cpuUsage();
  const started = now();
  const { count, more } = await act(() => now() - started < seconds * 1000);
  const took = now() - started;
  const { user, system } = process.cpuUsage(cpu);
  const busy = (user + system) / 1000 / took;
  console.log(`Node client, ${name}: ${Math.round(count / took * 1000)}/s${more}, this process at ${Math.round(busy * 100)}% of a core`);
}

async function appends(goOn) {
  const times = [];
  await Promise.all(Array.from({ length: writers }, async (_, writer) => {
    while (goOn()) {
      const started = now();
      await client.appendToStream(`${run}-${writer}`, event());
      times.push(now() - started);
    }
  }));
  return { count: times.length, more: `, ${latency(times)}` };
}

async function reads(goOn) {
  let count = 0;
  while (goOn()) {
    for await (const { event: e } of client.readAll({ direction: FORWARDS, fromPosition: START, maxCount: 20000 })) {
      count += e ? 1 : 0;
      if (!goOn()) break;
    }
  }
  return { count, more: '' };
}

async function subscription() {
  const stream = `${run}-live`;
  const times = [];
  const subscription = client.subscribeToStream(stream, { fromRevision: START });
  const events = subscription[Symbol.asyncIterator]();
  for (let i = 0; i < live; i++) {
    await client.appendToStream(stream, jsonEvent({ type: 'sent', data: { at: now() } }));
    const { value } = await events.next();
    times.push(now() - value.event.data.at);
  }
  await subscription.unsubscribe();
  console.log(`Node client, live subscription: from append to delivery ${latency(times.slice(live / 5))}`);
}

(async () => {
  await measure('warming up', appends);
  await measure(`appends with ${writers} writers (goal: 8250/s, or this process at its limit)`, appends);
  await measure('reads of $all (goal: 34500 to 58500/s, or this process at its limit)', reads);
  await subscription();
  process.exit(0);
})().catch(e => {
  console.error(e);
  process.exit(1);
});
