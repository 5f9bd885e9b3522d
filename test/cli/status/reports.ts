/** Devices that report: their keys in a fleet, and what they wrote into a telemetry repository. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { stringify } from 'yaml';
import type { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import type { TestFleet } from '../fleet.ts';
import { towline } from '../towline.ts';

export type Telemetry = Awaited<ReturnType<typeof makeRepository>>;

/** A status as a device that is well writes it. */
export function statusOf(device: string, changes: Partial<StatusFile> = {}): StatusFile {
  return {
    apiVersion: 'towline/v1',
    fleet: 'acme',
    device,
    time: '2026-11-23T18:00:00Z',
    agent: { version: '0.1.0' },
    trusted: { commit: '1'.repeat(40) },
    outcome: 'applied',
    conditions: [],
    projects: [{ app: 'hello', project: 'hello', release: '1.0.0', state: 'healthy', services: [] }],
    tunnel: { state: 'closed' },
    ...changes,
  };
}

/** The device's branch says `text`. @param keyFile the private SSH key that signs it; none: nobody does */
export async function say(
  telemetry: Telemetry,
  device: string,
  text: string,
  keyFile?: string,
): Promise<void> {
  const signer = { gitConfig: ['gpg.format=ssh', `user.signingkey=${keyFile}`], environment: {} };
  await telemetry.commit({
    parents: [],
    branch: `telemetry/${device}`,
    message: 'status',
    trailer: false,
    files: { 'status.yaml': text },
    ...(keyFile === undefined ? {} : { signer }),
  });
}

/** A telemetry repository in which `device` reports, signed by the key in `keyFile`. */
export async function report(
  telemetry: Telemetry,
  device: string,
  keyFile: string,
  changes: Partial<StatusFile>,
): Promise<void> {
  await say(telemetry, device, stringify(statusOf(device, changes)), keyFile);
}

/** Gives two devices keys and commits them. @returns their private SSH keys */
export async function addKeys(fleet: TestFleet): Promise<readonly [string, string]> {
  const files: string[] = [];
  for (const device of ['pump-1', 'pump-2']) {
    const out = path.join(fleet.folder, device);
    const added = await towline(['device', 'add', device, '--repo', fleet.directory, '--out', out]);
    assert.equal(added.code, 0, added.errors);
    files.push(path.join(out, 'keys/ssh'));
  }
  await fleet.git('commit', '-qam', 'Keys');
  return [files[0] ?? '', files[1] ?? ''];
}
