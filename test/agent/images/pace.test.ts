/** A gateway that drips: it is left, another one goes on where it was, and no pull lasts for ever. By a clock of the test. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayBytes } from '../../../agent/images/gateway-bytes.ts';
import { Throttle } from '../../../agent/images/throttle.ts';
import { isTowlineError } from '../../../core/errors.ts';
import type { DialRequest, DialResponse } from '../../../core/io/https/dialler.ts';

const kib = 1024;

/** `sends`: what the gateway that is asked first now does with an answer; `leave` moves it to the end. */
function rig(sends: ((bytes: number) => AsyncGenerator<Uint8Array>)[]) {
  let nowMs = 0;
  const asked: string[] = [];
  const order = sends.map((send, index) => ({ send, name: `gw${index + 1}` }));
  const clock = {
    now: () => nowMs,
    monotonic: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
  const request = async ({ headers, path }: DialRequest): Promise<DialResponse> => {
    const [first] = order;
    assert.ok(first);
    const [, from = '0', to = '0'] = /bytes=(\d+)-(\d+)/.exec(headers?.range ?? '') ?? [];
    asked.push(`${first.name} ${from}`);
    const length = headers?.range === undefined ? Number(path) : Number(to) + 1 - Number(from);
    const leave = () => {
      order.push(...order.splice(order.indexOf(first), 1));
    };
    return { status: headers?.range === undefined ? 200 : 206, headers: {}, body: first.send(length), leave };
  };
  const throttle = new Throttle(clock);
  const log = { info() {}, warn() {} };
  const gateway = new GatewayBytes({ dialler: { request }, clock, throttle, log, onAlive() {} });
  const read = async (bytes: number) => {
    let length = 0;
    const { signal } = new AbortController();
    for await (const piece of gateway.read({ path: `${bytes}`, from: 0, to: bytes }, signal))
      length += piece.length;
    return length;
  };
  return { gateway, throttle, asked, read, later: (ms: number) => clock.sleep(ms), at: () => nowMs };
}

/** So many bytes after each such time. */
const every = (later: (ms: number) => Promise<void>, bytes: number, ms: number) =>
  async function* (length: number) {
    for (let left = length; left > 0; left -= bytes) {
      await later(ms);
      yield Buffer.alloc(Math.min(bytes, left));
    }
  };

/** With two gateways, the first of which sends `bytes` every `ms`. */
function dripping(bytes: number, ms: number, second = Number.POSITIVE_INFINITY) {
  const late = { later: async (_: number): Promise<void> => {} };
  const first = every(async time => await late.later(time), bytes, ms);
  const other = every(
    async time => await late.later(time),
    Math.min(second, 1024 * kib),
    second === Number.POSITIVE_INFINITY ? 10 : ms,
  );
  const made = rig([first, other]);
  late.later = made.later;
  return made;
}

test('one byte every 40 s: after a minute it is left, and another gateway goes on where it was', async () => {
  const made = dripping(1, 40_000);
  assert.equal(await made.read(1000 * kib), 1000 * kib);
  assert.deepEqual(made.asked, ['gw1 0', 'gw2 1']);
  assert.ok(made.at() < 2 * 60_000, `${made.at()} ms`);
});

test('where all of them drip the pull ends with its code, and is no endless one', async () => {
  const made = dripping(1, 40_000, 1);
  await assert.rejects(made.read(1000 * kib), error => {
    assert.ok(isTowlineError(error, 'ENGINE_REGISTRY_UNREACHABLE'));
    assert.match(error.message, /2 bytes in 80 s, at least 262144 are wanted$/);
    return true;
  });
  assert.equal(made.asked.length, 6);
  assert.ok(made.at() < 10 * 60_000);
  const manifest = dripping(1, 40_000, 1);
  await assert.rejects(manifest.gateway.whole('1000', 4 * kib * kib, new AbortController().signal), {
    code: 'ENGINE_REGISTRY_UNREACHABLE',
  });
});

test('256 KiB a minute are fast enough; what is left of a blob is, too', async () => {
  const made = dripping(64 * kib, 15_000);
  assert.equal(await made.read(600 * kib), 600 * kib);
  assert.deepEqual(made.asked, ['gw1 0']);
  const slower = dripping(63 * kib, 15_000);
  await slower.read(600 * kib);
  assert.deepEqual(slower.asked, ['gw1 0', `gw2 ${3 * 63 * kib}`]);
  const short = dripping(1, 25_000);
  await short.read(2);
  assert.deepEqual(short.asked, ['gw1 0']);
});

test('a lower images.maxRate is taken for a thin line: a quarter of it is fast enough', async () => {
  const made = dripping(8 * kib, 15_000);
  made.throttle.rateBytes = 2 * kib;
  await made.read(100 * kib);
  assert.deepEqual(made.asked, ['gw1 0']);
});

test('time in which nobody waits for the gateway is none of its own: a limit of the device slows it down', async () => {
  const made = dripping(8 * kib, 10);
  made.throttle.rateBytes = 100;
  await made.read(100 * kib);
  assert.deepEqual(made.asked, ['gw1 0']);
  assert.ok(made.at() > 15 * 60_000);
});
