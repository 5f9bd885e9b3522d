/** Telemetry branches whose owner means harm: the operator's command shows the others, soon and in little memory. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { towline } from '../towline.ts';
import { addKeys, report, say, statusOf, type Telemetry } from './reports.ts';

/** Enough for a fleet of thousands of honest devices. */
const littleMemory = { NODE_OPTIONS: '--max-old-space-size=160' };

interface Told {
  readonly code: number | null;
  readonly tookMs: number;
  readonly output: string;
  readonly line: (device: string) => string;
}

async function tell(fleet: TestFleet, telemetry: Telemetry, ...more: string[]): Promise<Told> {
  const began = Date.now();
  const args = ['status', '--repo', fleet.directory, '--telemetry', telemetry.path, ...more];
  const { code, output, errors } = await towline(args, littleMemory);
  assert.equal(errors, '');
  const line = (device: string) => output.split('\n').find(text => text.startsWith(device)) ?? '';
  return { code, tookMs: Date.now() - began, output, line };
}

const mebibyte = 1024 * 1024;
const costly: Readonly<Record<string, string>> = {
  'lists in a list': `[${'[],'.repeat(mebibyte / 3 - 2)}`,
  'lists in lists': '['.repeat(mebibyte),
  'keys in one line': ': '.repeat(mebibyte / 2 - 1),
};

describe('towline status', () => {
  test('shows the others at once when a status is made to be costly, whoever signed it', async () => {
    await using fleet = await makeFleet();
    const [one, two] = await addKeys(fleet);
    const telemetry = await makeRepository();
    try {
      await report(telemetry, 'pump-2', two, {});
      for (const [name, text] of Object.entries(costly)) {
        for (const key of [undefined, one]) {
          await say(telemetry, 'pump-1', text, key);
          const { code, tookMs, line } = await tell(fleet, telemetry);
          assert.equal(code, 1, name);
          assert.ok(tookMs < 15_000, `${name}: ${tookMs} ms`);
          assert.match(line('pump-1'), /^pump-1 +not shown .*not trusted: /, name);
          assert.match(line('pump-2'), /^pump-2 +applied /, name);
        }
      }
    } finally {
      await telemetry.remove();
    }
  });

  test('reads nothing of what the device’s key has not signed', async () => {
    await using fleet = await makeFleet();
    const [one, two] = await addKeys(fleet);
    const telemetry = await makeRepository();
    try {
      await report(telemetry, 'pump-1', two, { outcome: 'rolled-back' });
      const forged = await tell(fleet, telemetry, '--json');
      const [shown] = JSON.parse(forged.output).devices;
      assert.deepEqual([shown.device, shown.signed, shown.status], ['pump-1', false, undefined]);
      // Signed, and 200 bytes longer than any device writes.
      const long = JSON.stringify(statusOf('pump-1')).padEnd(64 * 1024 + 200);
      await say(telemetry, 'pump-1', long, one);
      assert.match((await tell(fleet, telemetry)).line('pump-1'), /not shown/);
      await say(telemetry, 'pump-1', long.slice(0, 64 * 1024), one);
      assert.match((await tell(fleet, telemetry)).line('pump-1'), /^pump-1 +applied /);
    } finally {
      await telemetry.remove();
    }
  });

  test('waits for no device whose branch cannot be read to its end', async () => {
    await using fleet = await makeFleet();
    const [one, two] = await addKeys(fleet);
    const telemetry = await makeRepository();
    try {
      await report(telemetry, 'pump-1', one, {});
      await report(telemetry, 'pump-2', two, {});
      const id = await telemetry.head('telemetry/pump-1');
      const object = path.join(telemetry.path, 'objects', id.slice(0, 2), id.slice(2));
      rmSync(object);
      // git opens it, and would wait for ever.
      execFileSync('mkfifo', [object]);
      const { code, tookMs, line } = await tell(fleet, telemetry);
      assert.equal(code, 1);
      assert.ok(tookMs < 30_000, `${tookMs} ms`);
      assert.match(line('pump-1'), /not shown .*within/);
      assert.match(line('pump-2'), /^pump-2 +applied /);
    } finally {
      await telemetry.remove();
    }
  });

  test('shows a branch that points to anything but a commit as one that cannot be read', async () => {
    await using fleet = await makeFleet();
    const [one] = await addKeys(fleet);
    const telemetry = await makeRepository();
    try {
      const blob = await telemetry.store('blob', 'x'.repeat(mebibyte));
      const noise = `tree ${'4'.repeat(40)}\n${'parent '.repeat(mebibyte / 7)}\n`;
      for (const id of [blob, await telemetry.store('commit', noise)]) {
        // Plumbing refuses what a gateway in wrong hands does not.

        mkdirSync(path.join(telemetry.path, 'refs/heads/telemetry'), { recursive: true });
        writeFileSync(path.join(telemetry.path, 'refs/heads/telemetry/pump-1'), `${id}\n`);
        const { line } = await tell(fleet, telemetry);
        assert.match(line('pump-1'), /^pump-1 +not shown /);
      }
      await say(telemetry, 'pump-1', '', one);
      assert.match((await tell(fleet, telemetry)).line('pump-1'), /^pump-1 +not shown /);
    } finally {
      await telemetry.remove();
    }
  });
});
