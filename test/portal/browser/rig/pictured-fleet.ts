/** Two dozen devices of a water works, some of them in need of somebody: what the pictures of the guides show. */
import path from 'node:path';
import {
  makeDeviceKeys,
  sshPublicKey,
  tlsPublicKey,
  writeDeviceKeys,
} from '../../../../core/io/device-keys.ts';
import { timeWord } from '../../../../core/time-word.ts';
import type { StatusFile } from '../../../../schemas/types.generated.ts';
import type { RolloutDesk } from '../../../cli/rollout/rollout-desk.ts';

interface Pictured {
  readonly id: string;
  readonly site: string;
  readonly changes?: Partial<StatusFile>;
  readonly release?: string;
  readonly minutes?: number;
  /** Of its file. */
  readonly lines?: readonly string[];
}

const sites = ['basin-north', 'basin-south', 'intake', 'tower'];
const failed = 'web: exited with status 1 three times within 20 s';

const special: Readonly<Record<string, Omit<Pictured, 'id' | 'site'>>> = {
  'basin-north-2': { changes: { outcome: 'failed' }, minutes: 12 },
  'intake-3': { changes: { outcome: 'rolled-back' }, minutes: 35 },
  'tower-1': { changes: { outcome: 'degraded' }, minutes: 3 },
  'tower-5': { minutes: 3 * 24 * 60 },
  'basin-south-4': { lines: ['tunnel: { state: open, until: "2099-01-01T00:00:00Z", reason: "INC-42" }'] },
  'intake-5': { lines: ['apps: { hello: { pinned: { reason: "waits for a new valve" } } }'] },
};

const states = { failed: 'failed', 'rolled-back': 'rolled-back', degraded: 'degraded' } as const;

export function picturedDevices(): readonly Pictured[] {
  return sites.flatMap(site =>
    [1, 2, 3, 4, 5].map(number => {
      const id = `${site}-${number}`;
      return { id, site, ...special[id] };
    }),
  );
}

/** Their files, with keys that are made for them. */
export async function addPictured(desk: RolloutDesk): Promise<void> {
  const files: Record<string, string> = {};
  for (const { id, site, lines = [] } of picturedDevices()) {
    const keys = makeDeviceKeys(id);
    await writeDeviceKeys(path.join(desk.fleet.folder, id), keys);
    files[`devices/${site}/${id}.yaml`] = [
      'apiVersion: towline/v1',
      `groups: [${id.endsWith('1') ? 'canary' : 'stable'}]`,
      `labels: { site: ${site} }`,
      `keys: { tls: ${JSON.stringify(tlsPublicKey(keys))}, ssh: ${JSON.stringify(sshPublicKey(keys))} }`,
      ...lines,
      '',
    ].join('\n');
  }
  await desk.commits(files);
}

/** What they say, signed by each. @param except it has never said a word */
export async function tellPictured(desk: RolloutDesk, except: string): Promise<void> {
  const head = (await desk.head()).trim();
  for (const { id, changes = {}, release = '1.0.0', minutes = 1 } of picturedDevices()) {
    if (id === except) continue;
    const { outcome = 'unchanged' } = changes;
    const state = outcome in states ? states[outcome as keyof typeof states] : 'healthy';
    await desk.tells(id, {
      ...{
        time: timeWord(Date.now() - minutes * 60_000),
        trusted: { commit: head },
        followed: head,
        outcome,
      },
      conditions: [
        {
          ...{
            type: 'Ready',
            status: state === 'healthy',
            reason: state === 'healthy' ? 'Applied' : 'Failed',
          },
          message: state === 'healthy' ? 'all is as wanted' : failed,
        },
      ],
      agent: { version: '0.1.0', engine: '27.3.1', started: timeWord(Date.now() - 6 * 86_400_000) },
      projects: [
        {
          ...{ app: 'hello', project: 'hello', release, state, services: [], digest: `digest ${release}` },
          ...{
            since: timeWord(Date.now() - 5 * 3_600_000),
            wanted: { release, digest: `digest ${release}` },
          },
          ...(state === 'healthy' ? {} : { message: failed }),
        },
      ],
    });
  }
}
