import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { waitUntil } from '../../../lab/fleet/wait-until.ts';
import { readOrder } from '../../../lab/sites/keeper/keeper-order.ts';
import { KeptPart } from '../../../lab/sites/keeper/kept-part.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tl-kept-'));
const parts: KeptPart[] = [];
after(async () => {
  await Promise.all(parts.map(part => part.kill()));
  rmSync(folder, { recursive: true, force: true });
});

function kept(name: string, script: string): KeptPart {
  const order = { name, command: ['sh', '-c', script], environment: { PATH: process.env.PATH ?? '' } };
  const part = new KeptPart({ ...order, log: path.join(folder, `${name}.log`) });
  parts.push(part);
  return part;
}

test('a program that ends is started again, as by systemd; one that asks for another slot, at once', async () => {
  const crashing = kept('crashing', 'echo once; exit 3');
  const changing = kept('changing', 'exit 75');
  crashing.start();
  changing.start();
  await waitUntil('it to change often', () => (changing.state.restarts >= 5 ? true : undefined));
  await waitUntil('a second start', () => (crashing.state.restarts >= 1 ? true : undefined));
  assert.equal(crashing.state.ended, 'exit 3');
  assert.ok(changing.state.restarts > crashing.state.restarts, 'exit 75 waits for nothing');
});

test('what was killed stays away, with all that it had started, until it is started', async () => {
  const part = kept('killed', 'sleep 1000 & echo $! > "$0"; wait'.replace('$0', path.join(folder, 'child')));
  part.start();
  const child = await waitUntil('its child', () => {
    try {
      return Number(readFileSync(path.join(folder, 'child'), 'utf8')) || undefined;
    } catch {
      return undefined;
    }
  });
  await part.kill();
  assert.equal(part.state.ended, 'SIGKILL');
  await waitUntil('its child to go', () => {
    try {
      const state = readFileSync(`/proc/${child}/stat`, 'utf8').split(') ')[1] ?? 'X';
      return /^[ZX]/.test(state) ? true : undefined;
    } catch {
      return true;
    }
  });
  assert.equal(part.runs, false);
  part.start();
  assert.equal(part.runs, true);
});

test('a program that ignores SIGTERM is asked, then ended, and one that heeds it ends in order', async () => {
  const part = kept('orderly', 'trap "echo bye; exit 0" TERM; echo here; while :; do sleep 0.05; done');
  part.start();
  const log = () => readFileSync(part.order.log, 'utf8');
  await waitUntil('it to be there', () => (log().includes('here') ? true : undefined));
  await part.stop();
  assert.match(log(), /bye/);
  assert.equal(part.state.ended, 'exit 0');
});

test('a program that cannot be started is said to be off, with the reason', async () => {
  const log = path.join(folder, 'missing.log');
  const part = new KeptPart({ name: 'missing', command: ['/no/such/program'], environment: {}, log });
  parts.push(part);
  part.start();
  await waitUntil('its end', () => part.state.ended ?? undefined);
  assert.match(part.state.ended ?? '', /ENOENT/);
});

test('a log has bounds', async () => {
  const part = kept('loud', 'sleep 1000');
  writeFileSync(part.order.log, '');
  truncateSync(part.order.log, 65 * 1024 * 1024);
  part.boundLog();
  assert.equal(statSync(part.order.log).size, 0);
  assert.equal(statSync(`${part.order.log}.1`).size, 65 * 1024 * 1024);
});

test('the keeper takes the orders that there are, and no others', () => {
  const orders = [
    { verb: 'status' },
    { verb: 'kill', name: 'gateway-1' },
    { verb: 'cut', site: 'north', untilMs: null },
    { verb: 'quality', site: 'north', quality: { delayMs: 80, loss: 0.01, bitsPerSecond: 1000 } },
  ];
  for (const order of orders) assert.deepEqual(readOrder(JSON.stringify(order)), order);
  const wrong = [
    { verb: 'kill' },
    { verb: 'cut' },
    { verb: 'quality', site: 'a', quality: {} },
    { verb: 'x' },
    [],
  ];
  for (const order of wrong) assert.equal(readOrder(JSON.stringify(order)), undefined);
});

test('after each end it runs what the unit has for that, and tells it how it ended, before the next start', async () => {
  const file = path.join(folder, 'afterwards');
  const part = new KeptPart({
    ...{ name: 'ending', command: ['sh', '-c', `echo start >> ${file}; kill -KILL $$`] },
    afterwards: ['sh', '-c', `echo "$SERVICE_RESULT" >> ${file}`],
    environment: { PATH: process.env.PATH ?? '' },
    log: path.join(folder, 'ending.log'),
  });
  parts.push(part);
  part.start();
  await waitUntil('three lines', () =>
    readFileSync(file, 'utf8').split('\n').length > 3 ? true : undefined,
  );
  assert.deepEqual(readFileSync(file, 'utf8').split('\n').slice(0, 3), ['start', 'signal', 'start']);
});
