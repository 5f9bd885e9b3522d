/** What devices said of themselves last: the newest commit of each telemetry branch, its signature checked. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { GitCatFileSource } from '../../core/io/git-object-source.ts';
import { ObjectReader } from '../../core/trust/object-reader.ts';
import type { ObjectId } from '../../core/trust/object-source.ts';
import { checkSignature } from '../../core/trust/signature.ts';
import { readSshPublicKey } from '../../core/trust/ssh-public-key.ts';
import { KeyRing } from '../../core/trust/trust-key.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { fetchFrom } from '../gateway-git.ts';
import { git } from '../git.ts';
import { openRepository } from '../repository.ts';

const prefix = 'refs/heads/telemetry/';
const maxStatusBytes = 1024 * 1024;

export interface Reported {
  readonly device: string;
  readonly commit: ObjectId;
  readonly status: StatusFile | undefined;
  /** Why this is not the device's word; undefined when its key has signed it. */
  readonly doubt: string | undefined;
}

/** A repository with telemetry branches: on this machine, or fetched into a folder that goes away again. */
export interface TelemetryRepository extends AsyncDisposable {
  readonly directory: string;
}

/**
 * @param place a folder, or anything that git fetches from
 * @throws TowlineError CLI_GATEWAY_UNREACHABLE, CLI_GATEWAY_REFUSED, CLI_NO_TELEMETRY
 */
export async function openTelemetry(place: string, signal: AbortSignal): Promise<TelemetryRepository> {
  try {
    const { gitDirectory } = await openRepository(place);
    return { directory: gitDirectory, [Symbol.asyncDispose]: async () => undefined };
  } catch (error) {
    if (!isTowlineError(error)) throw error;
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'towline-telemetry-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    await git(['init', '--quiet', '--bare', '--object-format=sha1'], { directory });
    await fetchFrom(place, `+${prefix}*:${prefix}*`, directory, signal);
  } catch (error) {
    await remove();
    throw error;
  }
  return { directory, [Symbol.asyncDispose]: remove };
}

/** A status counts when the key in the device's own file signed its commit and it speaks of that device. */
async function readReport(
  reader: ObjectReader,
  fleet: Fleet,
  device: string,
  id: ObjectId,
): Promise<Reported> {
  const commit = await reader.commit(id);
  const file = await reader.fileAt(id, 'status.yaml', maxStatusBytes);
  const read = file === undefined ? undefined : readFleetFile('status', 'status.yaml', file.bytes);
  const status = read?.file?.value;
  const reported = (doubt?: string): Reported => ({ device, commit: id, status, doubt });
  if (status === undefined) return reported(read?.problems[0]?.message ?? 'it holds no status');
  const own = fleet.devices.get(device)?.value;
  if (own === undefined) return reported('no such device in the fleet');
  if (own.keys === undefined) return reported('the device has no keys in the fleet');
  if (status.device !== device || status.fleet !== fleet.name) return reported('it speaks of another device');
  if (commit.signature === undefined) return reported('not signed');
  const keys = new KeyRing([{ principal: device, key: readSshPublicKey(own.keys.ssh) }]);
  const evidence = checkSignature(commit.signature.armored, commit.signature.payload, keys, 'git');
  return reported(evidence.sound ? undefined : evidence.message);
}

/**
 * The newest report of each device, sorted by device.
 * @param only of this device alone
 */
export async function readReports(directory: string, fleet: Fleet, only?: string): Promise<Reported[]> {
  const format = '--format=%(objectname) %(refname)';
  const listed = await git(['for-each-ref', format, only === undefined ? prefix : prefix + only], {
    directory,
  });
  await using source = new GitCatFileSource(directory);
  const reports: Reported[] = [];
  for (const line of listed.split('\n').filter(text => text !== '')) {
    const [id = '', ref = ''] = line.split(' ');
    const device = ref.slice(prefix.length);
    try {
      reports.push(await readReport(new ObjectReader(source), fleet, device, id));
    } catch (error) {
      if (!isTowlineError(error)) throw error;
      reports.push({ device, commit: id, status: undefined, doubt: error.message });
    }
  }
  return reports.sort((left, right) => (left.device < right.device ? -1 : 1));
}

/**
 * Where telemetry is read: the option, else what this clone remembers as `towline.telemetry`.
 * @throws TowlineError CLI_USAGE
 */
export async function telemetryPlace(option: string | undefined, repo: string): Promise<string> {
  const place = option ?? (await git(['config', 'towline.telemetry'], { directory: repo }).catch(() => ''));
  if (place !== '') return place;
  const message = 'where is telemetry? --telemetry URL, or once: git config towline.telemetry URL';
  throw new TowlineError('CLI_USAGE', message);
}
