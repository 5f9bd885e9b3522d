/** A device that the fleet does not name any more keeps what runs, asks less and less often, and says so in one line each time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RefusedFetch } from '../../agent/pass/refused-fetch.ts';
import { SshTunnelController } from '../../agent/tunnel/tunnel-controller.ts';
import { TowlineError } from '../../core/errors.ts';
import type { AuditEvent } from '../../gateway/admission/audit.ts';
import { QuietAudit } from '../../gateway/admission/audit.ts';
import { HandClock } from './tunnel/hand-clock.ts';

const refusal = () =>
  new TowlineError('AGENT_REFUSED', 'the gateway answers 403', { details: { status: 403 } });

test('a refused device asks every five minutes at the most, and says so at most once an hour', async () => {
  let nowMs = 0;
  let asked = 0;
  let said = 0;
  const refused = new RefusedFetch({ monotonic: () => nowMs });
  const ask = (urgent = false) =>
    refused.ask(urgent, async () => {
      asked += 1;
      throw refusal();
    });
  // A pass each half minute, for a day: a container that crashes asks for them.
  for (; nowMs < 24 * 3_600_000; nowMs += 30_000) {
    await assert.rejects(ask(), (error: TowlineError) => {
      assert.equal(error.code, 'AGENT_REFUSED');
      if (error.details.known !== true) said += 1;
      return true;
    });
  }
  assert.ok(asked > 280 && asked < 295, `${asked}`);
  assert.ok(said > 20 && said <= 32, `${said}`);
  // A person at the device does not wait, and is told.
  await assert.rejects(ask(true), (error: TowlineError) => error.details.known !== true);
  assert.ok(asked > 280);
});

test('a device that is let in again is back with the next question; other failures wait for nothing', async () => {
  let nowMs = 0;
  const refused = new RefusedFetch({ monotonic: () => nowMs });
  const fail = (error: Error) => () => Promise.reject(error);
  await assert.rejects(refused.ask(false, fail(refusal())));
  nowMs += 5 * 60_000;
  assert.equal(await refused.ask(false, async () => 'main'), 'main');
  const away = new TowlineError('AGENT_GATEWAY_UNREACHABLE', 'away');
  for (let tries = 0; tries < 3; tries += 1) {
    await assert.rejects(refused.ask(false, fail(away)), (error: Error) => error === away);
  }
});

test('the tunnel of a refused device says why in one line without a stack, at the 1st, 2nd, 4th failure', async () => {
  const lines: object[] = [];
  let sleeps = 0;
  const stop = new AbortController();
  const clock = new HandClock();
  const tunnel = new SshTunnelController({
    dialler: { upgrade: () => Promise.reject(refusal()) },
    device: 'gone',
    sshKey: '',
    clock: {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: async (_ms, signal) => {
        await new Promise(resolve => setImmediate(resolve));
        signal.throwIfAborted();
        sleeps += 1;
        if (sleeps > 100) stop.abort();
      },
    },
    log: { debug() {}, info() {}, warn: fields => void lines.push(fields) },
    random: () => 0,
  });
  const wanted = {
    state: 'open',
    maxDurationMs: 3_600_000,
    untilMs: clock.now() + 3_600_000,
    targets: [],
  } as const;
  await tunnel.open(wanted, AbortSignal.timeout(5_000)).catch(() => undefined);
  for (let turns = 0; turns < 5_000 && !stop.signal.aborted; turns += 1)
    await new Promise(resolve => setImmediate(resolve));
  await tunnel.stop();
  assert.ok(lines.length >= 3 && lines.length <= 8, `${lines.length}`);
  for (const line of lines) assert.doesNotMatch(JSON.stringify(line), /stack|\\n {4}at /);
  assert.ok(lines.every(line => 'code' in line && line.code === 'AGENT_REFUSED' && !('err' in line)));
});

test('the audit log tells of a device that is refused for ever at most four times an hour', () => {
  const lines: AuditEvent[] = [];
  let nowMs = 0;
  const clock = { now: () => nowMs, monotonic: () => nowMs, sleep: async () => {} };
  const audit = new QuietAudit({ write: event => void lines.push(event) }, clock);
  const event: AuditEvent = {
    action: 'fetch-fleet',
    outcome: 'refused',
    from: '192.0.2.1',
    code: 'GATEWAY_KEY_UNKNOWN',
  };
  for (; nowMs < 24 * 3_600_000; nowMs += 10_000) audit.write(event);
  assert.ok(lines.length > 90 && lines.length <= 101, `${lines.length}`);
  // After it has kept away it is news.
  nowMs += 3_600_000;
  const before = lines.length;
  audit.write(event);
  nowMs += 60_000;
  audit.write(event);
  assert.equal(lines.length, before + 2);
});
