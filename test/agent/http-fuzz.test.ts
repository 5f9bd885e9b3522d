/** A gateway, or a proxy, that answers anything over HTTP: the agent gets an answer, or our own error. */
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import tls from 'node:tls';
import fc from 'fast-check';
import { followHints } from '../../agent/trigger/hints.ts';
import { makeDeviceKeys, tlsPublicKey } from '../../core/io/device-keys.ts';
import { connectThrough, parseProxy } from '../../core/io/https/http-proxy.ts';
import { createDialler } from '../../core/io/https/https-dialler.ts';
import { tlsPin } from '../../core/io/https/tls-pins.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import { fuzzed } from '../fuzz/fuzzed.ts';
import { mutated, mutatedText, onlyOurErrors, onlyOurRejections } from '../fuzz/mutation.ts';
import { Unharmed } from '../fuzz/unharmed.ts';
import { httpAnswer, RawAnswers } from '../rig/raw-answers.ts';

/** In `npm test`; `npm run fuzz` tries longer. */
const usual = { ms: 1_500 };
const silent = { debug() {}, warn() {} };

const close = { Connection: 'close' };
const chunked = httpAnswer(
  '200 OK',
  { 'Transfer-Encoding': 'chunked', ...close },
  '3\r\nabc\r\n0\r\nx: y\r\n\r\n',
);
const whole = httpAnswer('200 OK', { 'Content-Length': '5', ETag: '"x"', ...close }, 'hello');
const refused = httpAnswer(
  '403 Refused',
  { 'Content-Type': 'application/json', ...close },
  '{"code":"X","message":"y"}',
);
const notModified = httpAnswer('304 Not Modified', close, '');
const continued = Buffer.concat([httpAnswer('100 Continue', {}, ''), whole]);
const early = Buffer.concat([httpAnswer('103 Early Hints', { Link: '<x>' }, ''), whole, whole]);
const switched = httpAnswer(
  '101 Switching Protocols',
  { Connection: 'Upgrade', Upgrade: 'towline-ssh' },
  'SSH-2.0-x\r\n',
);
const events = httpAnswer(
  '200 OK',
  { 'Content-Type': 'text/event-stream' },
  'retry: 5000\n\nevent: look\ndata:\n\n: \n\n',
);
const seeds = [chunked, whole, refused, notModified, continued, early, switched, events];

describe('HTTP answers, fuzzed', () => {
  const keys = makeDeviceKeys('gateway');
  const device = makeDeviceKeys('pump-1');
  const pin = tlsPin(Buffer.from(tlsPublicKey(keys), 'base64'));
  let gateway: tls.Server;
  let answers: RawAnswers;
  before(async () => {
    answers = await RawAnswers.listen();
    gateway = tls.createServer({ key: keys.tlsKey, cert: keys.tlsCertificate }, socket =>
      answers.serve(socket),
    );
    gateway.on('tlsClientError', () => {});
    gateway.listen(0, '127.0.0.1');
    await once(gateway, 'listening');
  });
  after(async () => {
    await answers[Symbol.asyncDispose]();
    gateway.close();
  });

  const dialler = () => {
    const address = `127.0.0.1:${(gateway.address() as AddressInfo).port}`;
    return createDialler({
      gateways: [{ address, tlsPins: [pin], sshHostKeys: [] }],
      key: device.tlsKey,
      certificate: device.tlsCertificate,
      log: silent,
    });
  };

  test('to a request, an upgrade, a stream of hints', async () => {
    using unharmed = new Unharmed();
    const signal = new AbortController().signal;
    const limits = { timeoutMs: 500, idleTimeoutMs: 300, maxBytes: 64 };
    const clock = createSystemClock();
    await fuzzed(
      'answers',
      fc.asyncProperty(mutated(...seeds), fc.boolean(), fc.nat(3), async (bytes, keep, kind) => {
        answers.answer = () => bytes;
        // One that stays open and says no more is waited for.
        answers.keep = keep && kind === 3;
        const one = dialler();
        if (kind === 0) {
          await onlyOurRejections(() =>
            one.upgrade('/v1/tunnel', 'towline-ssh', signal).then(({ stream }) => stream.destroy()),
          );
        } else if (kind === 3) {
          const stop = new AbortController();
          const hints = followHints(
            { dialler: one, clock, random: Math.random, onHint: () => {} },
            stop.signal,
          );
          await wait(20);
          stop.abort();
          await hints;
        } else {
          const body =
            kind === 1
              ? { body: Buffer.alloc(100_000), method: 'POST' as const }
              : { method: 'GET' as const };
          await onlyOurRejections(async () => {
            const answer = await one.request({ path: '/x', ...body, ...limits }, signal);
            for await (const chunk of answer.body) void chunk;
          });
        }
        await one.close();
        await unharmed.check();
      }),
      usual,
    );
  });

  test('of a proxy, and the addresses of proxies', async () => {
    using unharmed = new Unharmed();
    const agreed = httpAnswer('200 Connection established', { Via: 'x' }, 'rest');
    const asks = httpAnswer(
      '407 Proxy Authentication Required',
      { 'Proxy-Authenticate': 'Basic realm="x"' },
      '',
    );
    const addresses = mutatedText('http://user:s%3Acret@proxy.example.com:3128', 'http://[::1]:80');
    await fuzzed(
      'proxies',
      fc.asyncProperty(mutated(agreed, asks), addresses, async (bytes, address) => {
        onlyOurErrors(() => parseProxy(address));
        answers.answer = () => bytes;
        answers.keep = false;
        const socket = connect(answers.port, '127.0.0.1');
        socket.on('error', () => {});
        const proxy = { host: '127.0.0.1', port: answers.port, authorization: undefined };
        await onlyOurRejections(() => connectThrough(socket, proxy, 'gateway.example.com:443'));
        socket.destroy();
        await unharmed.check();
      }),
      usual,
    );
  });
});
