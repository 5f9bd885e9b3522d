/** A fleet with a remote through which a release walks, devices that sign what they say, and what a person types. */
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey, writeDeviceKeys } from '../../../core/io/device-keys.ts';
import { instantOf } from '../../../core/rollout/board.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { type PushedFleet, pushedFleet } from '../change/pushed-fleet.ts';
import { addRelease } from '../fleet.ts';
import { report } from '../status/reports.ts';

export interface RolloutDesk extends PushedFleet {
  /** Where devices report. */
  readonly telemetry: string;
  /** What a device says, signed by its key, which lies in the folder that is called as it is. */
  tells(device: string, status: Partial<StatusFile>): Promise<void>;
  /** A device follows main's head, and runs this release of `hello`. */
  reports(device: string, release: string, project?: Partial<StatusFile['projects'][number]>): Promise<void>;
}

/** pump-1 and pump-2 are canaries, pump-3 to pump-5 are not; `hello` 1.0.0 for all of them, 1.1.0 is there, and 1.2.0 with a one-way migration. */
export async function rolloutDesk(): Promise<RolloutDesk> {
  const desk = await pushedFleet();
  const telemetry = await makeRepository();
  const places = (await desk.fleet.git('ls-files', 'devices')).split('\n');
  const files: Record<string, string> = {};
  for (const [at, id] of ['pump-1', 'pump-2', 'pump-3', 'pump-4', 'pump-5'].entries()) {
    const keys = makeDeviceKeys(id);
    await writeDeviceKeys(path.join(desk.fleet.folder, id), keys);
    const file = places.find(place => place.endsWith(`/${id}.yaml`)) ?? `devices/${id}.yaml`;
    files[file] = [
      'apiVersion: towline/v1',
      `groups: [${at < 2 ? 'canary' : 'stable'}]`,
      `keys: { tls: ${JSON.stringify(tlsPublicKey(keys))}, ssh: ${JSON.stringify(sshPublicKey(keys))} }`,
      '',
    ].join('\n');
  }
  for (const version of ['1.1.0', '1.2.0']) await addRelease(desk.fleet, version);
  const oneWay = path.join(desk.fleet.directory, 'apps/hello/releases/1.2.0/release.yaml');
  await appendFile(oneWay, 'migration: one-way\n');
  await desk.commits(files);
  const tells: RolloutDesk['tells'] = (device, status) =>
    report(telemetry, device, path.join(desk.fleet.folder, device, 'ssh'), status);
  const reports: RolloutDesk['reports'] = async (device, release, project = {}) => {
    const head = (await desk.head()).trim();
    const nowMs = Date.now();
    const hello = {
      ...{ app: 'hello', project: 'hello', release, state: 'healthy' as const, services: [] },
      ...{ digest: `digest ${release}`, since: instantOf(nowMs - 3_600_000) },
      wanted: { release, digest: `digest ${release}` },
      ...project,
    };
    await tells(device, {
      ...{ time: instantOf(nowMs), trusted: { commit: head }, followed: head, projects: [hello] },
    });
  };
  return {
    ...desk,
    telemetry: telemetry.path,
    ...{ tells, reports },
    [Symbol.asyncDispose]: async () => {
      await telemetry.remove();
      await desk[Symbol.asyncDispose]();
    },
  };
}
