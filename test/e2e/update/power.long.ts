/** Power that is cut at fifty random moments while a device goes from version to version: what runs afterwards is one of them, whole. */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSlotFile } from '../../../agent/update/slot-file.ts';
import { isWhole } from '../../../agent/update/stage.ts';
import { UpdatedDevice } from './updated-device.ts';

const cuts = Number(process.env.TOWLINE_CUTS ?? 50);
const seed = Number(process.env.TOWLINE_SEED ?? randomInt(1_000_000));
/** An update takes about as long from its commit on, milliseconds. */
const updateMs = 15_000;
const never = new AbortController().signal;

let device: UpdatedDevice;
before(
  async () => {
    device = await UpdatedDevice.boot();
  },
  { timeout: 600_000 },
);
after(() => device[Symbol.asyncDispose]());

/** Mulberry32: the same for the same seed. */
function numbers(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What systemd has started, by the launcher's word. */
async function slotThatRuns(): Promise<string> {
  const pid = await device.does('systemctl show --property MainPID --value towline-agent');
  if (pid === '0') return '';
  const environment = await device.does(`tr '\\0' '\\n' </proc/${pid}/environ | grep ^TOWLINE_SLOT= || true`);
  return environment.slice('TOWLINE_SLOT='.length);
}

test(`at ${cuts} moments by the seed ${seed}`, { timeout: 7_200_000 }, async t => {
  const random = numbers(seed);
  await device.until('the package to run', device.says('0.1.0'));
  const times: number[] = [];
  for (let cut = 0; cut < cuts; cut += 1) {
    const version = `9.${cut}.0`;
    await device.want(device.make(version));
    await sleep(random() * updateMs);
    await device.cutPower();
    await device.power();
    let slot = '';
    await device.until('an agent to run', async () => {
      slot = await slotThatRuns();
      return slot !== '';
    });
    if (slot !== '0') {
      const folder = device.path(`/var/lib/towline/versions/${slot}`);
      const { digest = '' } = (await readSlotFile(folder)) ?? {};
      assert.ok(await isWhole(folder, digest, never), `cut ${cut}: ${slot}`);
    }
    // A trial that was cut is begun anew by itself, or was no trial yet.
    times.push(await device.until(`${version} to stay`, device.says(version), 1_200));
  }
  const sorted = times.sort((left, right) => left - right);
  t.diagnostic(
    `after the boot it was there after ${sorted.at(cuts >> 1)?.toFixed(0)} s, at most ${sorted.at(-1)?.toFixed(0)} s`,
  );
});
