/** Copies of a backup to a store: the first, and one with a file in a hundred changed, in bytes of the store. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FleetRig } from '../../lab/fleet/fleet-rig.ts';
import { type BenchFigure, figure } from '../figure.ts';
import { files, KeptFleet, what, writeFile } from './kept-fleet.ts';
import { nextBackup, type Span, spanOf } from './span.ts';

const store = 'vault';
/** Not a divisor of the number of folders: they are all over the volume. */
const every = 101;

async function settle({ operator, devices: [device] }: FleetRig, disk: string): Promise<void> {
  const id = device?.id ?? '';
  // Those of the template have no store.
  const others = readdirSync(path.join(operator.directory, 'devices')).filter(name => name !== `${id}.yaml`);
  for (const name of others) rmSync(path.join(operator.directory, 'devices', name), { recursive: true });
  // Who makes secrets can open them.
  await operator.gpg.gpg(['--quick-add-key', operator.gpg.fingerprint, 'cv25519', 'encr', '0']);
  operator.write('trust/keys/alice.asc', await operator.gpg.publicKey());
  operator.edit('trust/policy.yaml', [['version'], 2]);
  operator.edit('apps/hello/app.yaml', [['backup', 'to'], store]);
  const place = { folder: path.join(disk, '{device}'), onFirstDisk: true };
  const secret = 'secrets/backups/{device}.yaml';
  operator.edit(`devices/${id}.yaml`, [['backupStores'], { [store]: { ...place, secret } }]);
  const made = await operator.quietly('towline', ['backup', 'key', id]);
  if (made.code !== 0) throw new Error(made.stderr);
}

function bytesOf(folder: string): number {
  const { stdout } = spawnSync('du', ['-s', '--block-size=1', '--apparent-size', folder], {
    encoding: 'utf8',
  });
  return Number(stdout.split('\t')[0]);
}

/** Makes a backup, and waits until the store has it. */
async function copied(fleet: KeptFleet): Promise<Span> {
  const part = path.join(path.dirname(fleet.backups), '.stores', store, 'part');
  let mark = '';
  const copying = spanOf(fleet, {
    begun: () => mark !== '' && existsSync(part),
    over: () => existsSync(mark),
  });
  const { name } = await nextBackup(fleet);
  mark = path.join(fleet.backups, name, 'stores', `${store}.json`);
  return copying;
}

export async function* bench(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  const disk = mkdtempSync(path.join(tmpdir(), 'towline-bench-store-'));
  try {
    await using fleet = await KeptFleet.start(rig => settle(rig, disk), signal);
    const spans = [await copied(fleet)];
    const first = bytesOf(disk);
    for (let number = 0; number < files; number += every) writeFile(fleet.volume.place, number);
    spans.push(await copied(fleet));
    const second = bytesOf(disk) - first;
    const again = `copy of ${what} to a store, one file in ${every} changed (peer: the first copy)`;
    yield figure(again, 'MB', second / 1e6, first / 1e6, { of: 'ratio', is: '<=', limit: 0.05 });
    const megabytes = Math.max(...spans.map(({ peakBytes }) => peakBytes)) / 1e6;
    const limit = { of: 'ours', is: '<=', limit: 150 } as const;
    yield figure('both: most memory of agent and helper together', 'MB', megabytes, null, limit);
  } finally {
    rmSync(disk, { recursive: true, force: true });
  }
}
