/**
 * What entries say that devices have signed, asked of the devices' own telemetry: a gateway can leave a device's word out, which heads
 * show, and cannot make one up.
 */
import type { AuditFault } from '../../core/audit/audit-chain.ts';
import type { AuditEntry } from '../../core/audit/audit-entry.ts';
import { isTowlineError } from '../../core/errors.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { DeviceSignature } from '../../core/telemetry/device-signature.ts';
import { assertObjectId } from '../../core/trust/git/object-hash.ts';
import type { ObjectSource } from '../../core/trust/git/object-source.ts';
import { deviceKeys } from '../desk/device-keys.ts';
import { TelemetryClone } from '../telemetry/telemetry-clone.ts';
import type { OpenedAudit } from './opened-audit.ts';

/** Of the newest; telemetry is kept for a week, mostly. */
export const mostEvidence = 20_000;
const maxCommitBytes = 64 * 1024;

/** An entry that names a commit of its device. */
export interface Named {
  readonly seq: number;
  readonly device: string;
  readonly evidence: string;
}

export interface CheckedEvidence {
  /** Signed by their device. */
  readonly sound: number;
  /** Not kept any longer, or not shown. */
  readonly gone: number;
  readonly faults: readonly AuditFault[];
}

export function namedIn({ seq, device, evidence }: AuditEntry): Named[] {
  return device === undefined || evidence === undefined ? [] : [{ seq, device, evidence }];
}

/** @throws TowlineError CLI_GATEWAY_…, CLI_NO_TELEMETRY, CLI_GIT */
export async function checkEvidence(
  { place, commit }: OpenedAudit,
  named: readonly Named[],
  repo: string,
  signal: AbortSignal,
): Promise<CheckedEvidence> {
  const found = { sound: 0, gone: 0, faults: [] as AuditFault[] };
  const byDevice = Map.groupBy(named, ({ device }) => device);
  await using clone = await TelemetryClone.open(place, [...byDevice.keys()], signal);
  while (await clone.deepen(signal));
  await using source = new GitCatFileSource(clone.directory);
  for (const [device, entries] of byDevice) {
    signal.throwIfAborted();
    const { keys } = await deviceKeys({ repo, commit, device });
    const signers = [...new Set(keys)].map(key => new DeviceSignature(device, key));
    for (const entry of entries) {
      const state = await stateOf(source, entry, signers);
      if (state === 'sound' || state === 'gone') found[state] += 1;
      else
        found.faults.push({
          ...{ code: 'AUDIT_EVIDENCE', seq: entry.seq, where: `entry ${entry.seq}` },
          message: `${device} has not signed ${entry.evidence}: ${state}`,
        });
    }
  }
  return found;
}

/** @returns why it is none of the device's */
async function stateOf(
  source: ObjectSource,
  { evidence }: Named,
  signers: readonly DeviceSignature[],
): Promise<string> {
  const object = await source.read(evidence, maxCommitBytes);
  if (object === undefined) return 'gone';
  let why = 'the fleet names no key of it';
  try {
    assertObjectId(object, evidence);
  } catch (error) {
    if (isTowlineError(error)) return error.message;
    throw error;
  }
  if (object.type !== 'commit') return `it is a ${object.type}`;
  for (const signer of signers.toReversed()) {
    try {
      signer.parentOf({ id: evidence, bytes: object.bytes });
      return 'sound';
    } catch (error) {
      if (!isTowlineError(error)) throw error;
      why = error.message;
    }
  }
  return why;
}
