/** What one device last said of itself, and whether it was this device that said it. */
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { ObjectReader } from '../../core/trust/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/object-source.ts';
import { readSshPublicKey } from '../../core/trust/ssh-public-key.ts';
import { checkSshSignature } from '../../core/trust/ssh-signature.ts';
import { KeyRing } from '../../core/trust/trust-key.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { yamlWeight } from './yaml-weight.ts';

/** `forged`: signed, but not by the key that the fleet names for this device. */
export type Doubt = 'unsigned' | 'forged' | 'unreadable' | 'of another device' | 'no key';

export type DeviceStatus =
  | { readonly kind: 'said'; readonly status: StatusFile; readonly blob: ObjectId }
  /** Nothing that it says is shown. */
  | { readonly kind: 'doubtful'; readonly doubt: Doubt };

/** Thrice that of a device with 200 services; only what is this long and this heavy is read at all. */
const maxStatusBytes = 64 * 1024;
/** Read in some tens of milliseconds, whatever it says; 200 services weigh 2600. */
export const maxStatusWeight = 3000;
const statusPath = 'status.yaml';

export interface StatusQuestion {
  readonly source: ObjectSource;
  /** Tip of the device's telemetry branch. */
  readonly tip: ObjectId;
  readonly device: string;
  readonly fleet: string;
  /** The device's SSH key in the current view, a line of a public key file. */
  readonly sshKey: string | undefined;
}

/** @throws TowlineError TRUST_OBJECT_SOURCE when the repository cannot be read; what it holds never throws. */
export async function readDeviceStatus(question: StatusQuestion): Promise<DeviceStatus> {
  const { source, tip, device, sshKey } = question;
  if (sshKey === undefined) return { kind: 'doubtful', doubt: 'no key' };
  const reader = new ObjectReader(source);
  try {
    const commit = await reader.commit(tip);
    if (commit.signature === undefined) return { kind: 'doubtful', doubt: 'unsigned' };
    const ring = new KeyRing([{ principal: device, key: readSshPublicKey(sshKey) }]);
    const { armored, payload } = commit.signature;
    if (!checkSshSignature(armored, payload, ring, 'git').sound) return { kind: 'doubtful', doubt: 'forged' };
    const file = await reader.fileAt(tip, statusPath, maxStatusBytes);
    if (file === undefined) return { kind: 'doubtful', doubt: 'unreadable' };
    return judge(question, file);
  } catch (error) {
    if (error instanceof TowlineError && !isTowlineError(error, 'TRUST_OBJECT_SOURCE')) {
      return { kind: 'doubtful', doubt: 'unreadable' };
    }
    throw error;
  }
}

function judge(question: StatusQuestion, { bytes, id }: { bytes: Uint8Array; id: ObjectId }): DeviceStatus {
  if (yamlWeight(bytes) > maxStatusWeight) return { kind: 'doubtful', doubt: 'unreadable' };
  const { file, problems } = readFleetFile('status', statusPath, bytes);
  if (file === undefined || problems.length > 0) return { kind: 'doubtful', doubt: 'unreadable' };
  const status = file.value;
  // A commit of one device, pushed to the branch of another, is signed by the one; this is for keys used twice.
  return status.device === question.device && status.fleet === question.fleet
    ? { kind: 'said', status, blob: id }
    : { kind: 'doubtful', doubt: 'of another device' };
}
