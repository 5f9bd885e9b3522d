/** What one device last said of itself, and whether it was this device that said it. */
import type { StatusFile } from '../../schemas/types.generated.ts';
import { TowlineError } from '../errors.ts';
import { readFleetFile } from '../fleet/read-file.ts';
import { assertHeadersOfWalk } from '../trust/git/commit-object.ts';
import { ObjectReader } from '../trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../trust/git/object-source.ts';
import { firstWalk } from '../trust/policy/walk-version.ts';
import { readSshPublicKey } from '../trust/signature/ssh-public-key.ts';
import { checkSshSignature } from '../trust/signature/ssh-signature.ts';
import { KeyRing } from '../trust/signature/trust-key.ts';
import { yamlWeight } from './yaml-weight.ts';

/** `forged`: signed, but not by the key that the fleet names for this device. */
export type Doubt = 'unsigned' | 'forged' | 'unreadable' | 'of another device' | 'no key';

export type DeviceReport =
  | { readonly kind: 'said'; readonly status: StatusFile; readonly blob: ObjectId }
  /** Nothing that it says is shown. `why`: for a person. */
  | { readonly kind: 'doubtful'; readonly doubt: Doubt; readonly why: string };

/** Thrice that of a device with 200 services; only what is this long and this heavy is read at all. */
const maxStatusBytes = 64 * 1024;
/** Read in some tens of milliseconds, whatever it says; 200 services weigh 2600. */
export const maxStatusWeight = 3000;
/** What stands around the status; more is no device's. */
const limits = { maxCommitBytes: 64 * 1024, maxTreeBytes: 256 * 1024, maxObjects: 8 } as const;
const statusPath = 'status.yaml';

export interface ReportQuestion {
  readonly source: ObjectSource;
  /** Tip of the device's telemetry branch. */
  readonly tip: ObjectId;
  readonly device: string;
  readonly fleet: string;
  /** The device's SSH key as the fleet has it, a line of a public key file. */
  readonly sshKey: string | undefined;
}

/**
 * The signature comes first: of what the device's key has not signed, nothing is read.
 * @throws TowlineError TRUST_OBJECT_SOURCE when the repository cannot be read; what it holds never throws.
 */
export async function readDeviceReport(question: ReportQuestion): Promise<DeviceReport> {
  const { source, tip, device, sshKey } = question;
  if (sshKey === undefined) return doubtful('no key', 'the device has no keys in the fleet');
  const reader = new ObjectReader(source, limits);
  try {
    const commit = await reader.commit(tip);
    // No agent writes any.
    assertHeadersOfWalk(commit, firstWalk);
    if (commit.signature === undefined) return doubtful('unsigned', 'not signed');
    const ring = new KeyRing([{ principal: device, key: readSshPublicKey(sshKey) }]);
    const { armored, payload } = commit.signature;
    const evidence = checkSshSignature(armored, payload, ring, 'git');
    if (!evidence.sound) return doubtful('forged', evidence.message);
    const file = await reader.fileAt(tip, statusPath, maxStatusBytes);
    if (file === undefined) return doubtful('unreadable', 'it holds no status');
    return judge(question, file);
  } catch (error) {
    if (error instanceof TowlineError && error.code !== 'TRUST_OBJECT_SOURCE') {
      return doubtful('unreadable', error.message);
    }
    throw error;
  }
}

function judge(question: ReportQuestion, { bytes, id }: { bytes: Uint8Array; id: ObjectId }): DeviceReport {
  if (yamlWeight(bytes) > maxStatusWeight) return doubtful('unreadable', 'its status says too much');
  const { file, problems } = readFleetFile('status', statusPath, bytes);
  if (file === undefined || problems.length > 0) {
    return doubtful('unreadable', problems[0]?.message ?? 'its status cannot be read');
  }
  const status = file.value;
  // A commit of one device, pushed to the branch of another, is signed by the one; this is for keys used twice.
  return status.device === question.device && status.fleet === question.fleet
    ? { kind: 'said', status, blob: id }
    : doubtful('of another device', 'it speaks of another device');
}

function doubtful(doubt: Doubt, why: string): DeviceReport {
  return { kind: 'doubtful', doubt, why };
}
