/**
 * What entries say that devices have signed, asked of the devices' own telemetry: a gateway can leave a device's word out, which heads
 * show, and cannot make one up, nor make another one of it.
 */
import type { AuditFault } from '../../core/audit/audit-chain.ts';
import type { AuditEntry } from '../../core/audit/audit-entry.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { type DeviceReport, readDeviceReport } from '../../core/telemetry/device-report.ts';
import { deviceKeys } from '../desk/device-keys.ts';
import { TelemetryClone } from '../telemetry/telemetry-clone.ts';
import type { OpenedAudit } from './opened-audit.ts';
import { contradiction, type Told } from './said-in-status.ts';

/** Of the newest; telemetry is kept for a week, mostly. */
export const mostEvidence = 20_000;
const maxCommitBytes = 64 * 1024;

/** An entry that names a commit of its device. */
export interface Named extends Told {
  readonly seq: number;
  readonly device: string;
  readonly evidence: string;
}

export interface CheckedEvidence {
  /** Signed by their device, and it says what the entry says. */
  readonly sound: number;
  /** Not kept any longer, not shown, or not to be read. */
  readonly gone: number;
  readonly faults: readonly AuditFault[];
}

export function namedIn(entry: AuditEntry): Named[] {
  const { device, evidence, what } = entry;
  // What is doubtful is what the device has not signed.
  const isItsWord = device !== undefined && evidence !== undefined && what !== 'device.doubtful';
  return isItsWord ? [{ ...entry, device, evidence }] : [];
}

/** @throws TowlineError CLI_GATEWAY_…, CLI_NO_TELEMETRY, CLI_GIT */
export async function checkEvidence(
  { place, commit, fleet }: OpenedAudit,
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
    const { keys } = await deviceKeys({ repo, commit, device });
    for (const entry of entries) {
      signal.throwIfAborted();
      const { seq, evidence } = entry;
      const fault = (message: string) =>
        found.faults.push({ code: 'AUDIT_EVIDENCE', seq, where: `entry ${seq}`, message });
      const asked = { source, device, tip: evidence, fleet: fleet.name };
      const report = await reportBy(keys, asked);
      if (report?.kind === 'said') {
        const why = contradiction(entry, report.status);
        if (why === undefined) found.sound += 1;
        else fault(`${device} has signed ${evidence}, and ${why}`);
      } else if (report === undefined || report.doubt === 'unreadable') found.gone += 1;
      else fault(`${device} has not signed ${evidence}: ${report.why}`);
    }
  }
  return found;
}

/** By the newest of the device's keys that fits. @returns undefined: it is not there */
async function reportBy(
  keys: readonly string[],
  asked: Omit<Parameters<typeof readDeviceReport>[0], 'sshKey'>,
): Promise<DeviceReport | undefined> {
  if ((await asked.source.read(asked.tip, maxCommitBytes)) === undefined) return undefined;
  let report = await readDeviceReport({ ...asked, sshKey: undefined });
  for (const sshKey of [...new Set(keys)].toReversed()) {
    report = await readDeviceReport({ ...asked, sshKey });
    if (report.kind === 'said' || report.doubt !== 'forged') break;
  }
  return report;
}
