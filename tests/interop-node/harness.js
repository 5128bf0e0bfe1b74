'use strict';
// What the tests share: the client under test (one a process: two would fight over their protobuf names), and small words for the API,
// whose two generations differ in some names.
const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test: nodeTest } = require('node:test');
const { Server } = require('./server.js');

const name = process.env.LOOM_INTEROP_CLIENT ?? 'kurrentdb';
const isKurrent = name === 'kurrentdb';
const api = require(isKurrent ? '@kurrent/kurrentdb-client' : '@eventstore/db-client');
const Client = isKurrent ? api.KurrentDBClient : api.EventStoreDBClient;

const HOST = { username: 'host', password: 'h0st@home/?:' };
const WRITER = { username: 'writer', password: 'changeit' };
/** Letters that a connection string must escape. */
const FOREIGN = { username: 'wrïter', password: 'pass:wörd €/?@' };
const inUrl = ({ username, password }) => `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`;

// A busy machine is no reason to fail: every wait of the clients is long.
const patience = 'defaultDeadline=300000&maxDiscoverAttempts=100';
const clients = [];
let server;

/** The server that all tests share, but those that end it. */
const theServer = async () => (server ??= await Server.start());

const connect = string => {
  const client = Client.connectionString(string);
  clients.push(client);
  return client;
};

const secure = (to, { user = WRITER, more = '', scheme = isKurrent ? 'kurrentdb' : 'esdb', hosts = `localhost:${to.tls}` } = {}) =>
  connect(`${scheme}://${user ? inUrl(user) : ''}${hosts}?tls=true&tlsCAFile=${to.certificate}&${patience}${more}`);

const clear = (to, { more = '', scheme = 'esdb', hosts = `localhost:${to.clear}` } = {}) => connect(`${scheme}://${hosts}?tls=false&${patience}${more}`);

let counter = 0;
const run = Math.random().toString(36).slice(2, 8);
/** A stream that no other test uses. */
const fresh = (base = 's') => `${base}-${run}-${++counter}`;

const event = (n, { type = 'happened', ...more } = {}) => api.jsonEvent({ type, data: { n }, ...more });
const events = (count, from = 0) => Array.from({ length: count }, (_, i) => event(from + i));
const numbers = resolved => resolved.map(r => r.event.data.n);
const revisions = resolved => resolved.map(r => Number(r.event.revision));

const all = async (iterable, enough = Infinity) => {
  const found = [];
  for await (const e of iterable) {
    found.push(e);
    if (found.length >= enough) break;
  }
  return found;
};

/** Options that expect a state of the stream, in the words of both generations. */
const expecting = (state, more = {}) => ({ expectedRevision: state, streamState: state, ...more });
/** An append over BatchAppend, and one over Append: the clients choose the latter where a call has credentials of its own. */
const WAYS = [['BatchAppend', {}], ['Append', { credentials: WRITER }]];

const fails = async (type, act) => {
  try {
    await act();
  } catch (e) {
    assert.equal(e.type, type, e.stack);
    return e;
  }
  assert.fail(`It succeeded; expected was ${type}.`);
};

const wrongVersion = async (expected, actual, act) => {
  const e = await fails('wrong-expected-version', act);
  assert.deepEqual([e.expectedVersion ?? e.expectedState, e.actualVersion ?? e.actualState], [expected, actual]);
  return e;
};

/** Follows a subscription: what arrived, and promises of what will. */
const follow = subscription => {
  const seen = { events: [], caughtUp: 0, confirmed: 0, error: null };
  const waiting = new Set();
  const look = () => { for (const w of waiting) if (w.until(seen)) { waiting.delete(w); w.resolve(seen); } };
  subscription.on('data', e => { seen.events.push(e); look(); });
  subscription.on('confirmation', () => { seen.confirmed++; look(); });
  subscription.on('caughtUp', info => { seen.caughtUp++; seen.caughtUpAt = info; look(); });
  subscription.on('error', e => { seen.error = e; for (const w of waiting) w.reject(e); waiting.clear(); });
  seen.until = until => new Promise((resolve, reject) => {
    if (until(seen)) resolve(seen);
    else if (seen.error) reject(seen.error);
    else waiting.add({ until, resolve, reject });
  });
  seen.count = n => seen.until(s => s.events.length >= n);
  seen.isCaughtUp = () => seen.until(s => s.caughtUp > 0);
  seen.ends = () => seen.until(() => false).then(() => {}, e => e);
  return seen;
};

const suite = { file: '', names: [], isListed: false };
let usual;
/** A test of the suite; it is given a client of the shared server, as an ordinary user over TLS. */
const test = (title, act) => {
  const name = `${suite.file}: ${title}`;
  suite.names.push(name);
  if (suite.isListed) return;
  nodeTest(name, { timeout: 600_000 }, async t => {
    const to = await theServer();
    await act((usual ??= secure(to)), t, to);
  });
};

const end = async () => {
  for (const client of clients) await client.dispose?.();
  await server?.dispose();
};

module.exports = {
  ...api, isKurrent, suite, test, assert, once, Server, HOST, WRITER, FOREIGN, WAYS,
  connect, secure, clear, inUrl, patience, fresh, event, events, numbers, revisions, all, expecting, fails, wrongVersion, follow, end,
};
