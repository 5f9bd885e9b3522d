/**
 * New hardware for a device whose own is gone, as two commits: a token; then its keys, what it reads below secrets/ sealed to
 * them, and the data that its apps begin with.
 */
import type { Document } from 'yaml';
import { type FilesAt, textAt, withChanges } from '../../core/change/changed-files.ts';
import { editedText } from '../../core/change/edited-yaml.ts';
import type { Intent } from '../../core/change/intent.ts';
import { fleetCheck } from '../../core/change/proposal-check.ts';
import { type SignedStatement, verifyStatement } from '../../core/enrolment/statement.ts';
import { statementSigners } from '../../core/enrolment/statement-signers.ts';
import { TowlineError } from '../../core/errors.ts';
import type { CheckedFile } from '../../core/fleet/schema-check.ts';
import { someOf } from '../../core/some-of.ts';
import { noSuchDevice } from '../../core/unknown-name.ts';
import { type Made, makeChange } from '../change/make-change.ts';
import type { ChangeOptions } from '../change/options.ts';
import { filesAt, type RemoteMain } from '../change/remote-main.ts';
import type { TrustWalk } from '../trust/walk.ts';
import { deviceFileWith } from './device-file.ts';
import { openDeviceSecrets, sealedDeviceSecrets } from './device-secrets.ts';
import { type Enrolment, expiresMsOf, makeEnrolment } from './device-token.ts';
import { type InstallWay, installWay } from './install-ways.ts';
import { soundFleet } from './place-files.ts';
import { type ReplacedApps, type ReplacedOptions, replacedApps } from './replaced-apps.ts';
import { withKeys } from './statements.ts';

export interface ReplaceOptions
  extends Pick<ChangeOptions, 'remote' | 'anchor' | 'key' | 'yes' | 'json'>,
    ReplacedOptions {
  readonly repo: string;
  readonly fingerprint?: string;
  readonly expires: string;
  readonly installLine?: boolean;
}

/** What was found before anything is changed. */
export interface Plan extends ReplacedApps {
  readonly device: string;
  readonly secrets: readonly string[];
}

export async function deviceAt(at: FilesAt, device: string): Promise<CheckedFile<'device'>> {
  const { devices } = await soundFleet(at);
  const file = devices.get(device);
  if (file === undefined) throw noSuchDevice(device, devices.keys(), 'at main');
  return file;
}

/** What could stand in the way is found before the old keys are given up. */
export async function planOf(
  at: FilesAt,
  device: string,
  options: ReplaceOptions,
  signal: AbortSignal,
): Promise<Plan> {
  const { value } = await deviceAt(at, device);
  if (value.revoked === true)
    throw new TowlineError('CLI_USAGE', `${device} is revoked: new hardware comes under another id`);
  if (value.retired !== undefined)
    throw new TowlineError('CLI_USAGE', `${device} is retired: towline device retire ${device} --undo first`);
  const opened = await openDeviceSecrets(at, device);
  const { requests, sentences } = await replacedApps(
    await soundFleet(at),
    device,
    // The clone may be behind.
    { ...options, commit: at.commit },
    signal,
  );
  const others = [...new Set(opened.flatMap(secret => secret.others))].sort();
  const anew = `Secrets that it shares are sealed anew, and what uses them is made anew on ${someOf(others)}.`;
  return {
    device,
    requests,
    secrets: opened.map(({ path }) => path),
    sentences: [
      `New hardware takes the place of ${device}: the keys of the old one are refused once the new ones are accepted.`,
      ...sentences,
      ...(others.length === 0 ? [] : [anew]),
    ],
  };
}

/** The first commit: a token's public half in the device's file. */
export async function issueToken(
  { device, sentences }: Plan,
  options: ReplaceOptions,
  signal: AbortSignal,
): Promise<Enrolment & { readonly way: InstallWay | undefined }> {
  let enrolment: Enrolment | undefined;
  let way: InstallWay | undefined;
  const expiresMs = expiresMsOf(options);
  const intend = async (at: FilesAt): Promise<Intent> => {
    const fleet = await soundFleet(at);
    const { path, value } = await deviceAt(at, device);
    if (at.trusted === undefined) throw new TowlineError('CLI_INTERNAL', 'main is not trusted');
    way = installWay(fleet, device, options);
    enrolment ??= makeEnrolment(fleet.file.value, device, at.trusted, expiresMs);
    const renewed = { id: device, renew: true, folder: '', groups: undefined, labels: undefined };
    const present = { path, value, text: await textAt(at, path) };
    const file = deviceFileWith(renewed, present, { enrolment: enrolment.entry });
    return {
      files: new Map([file]),
      message: `A token for the new ${device}`,
      question: sentences.join('\n'),
    };
  };
  await makeChange({ options: changing(options), name: `replace-${device}`, intend }, signal);
  if (enrolment === undefined) throw new TowlineError('CLI_INTERNAL', 'no token was made');
  return { ...enrolment, way };
}

function changing({ repo, remote, anchor, key, yes = false }: ReplaceOptions): ChangeOptions {
  return {
    ...{ repo, yes },
    ...(remote === undefined ? {} : { remote }),
    ...(anchor === undefined ? {} : { anchor }),
    ...(key === undefined ? {} : { key }),
  };
}

/**
 * Tries the second commit, with no keys yet, before the first is made: who may begin may end it.
 * @throws TowlineError CLI_CHANGE_REFUSED, SECRET_NO_RECIPIENT; as `sealedDeviceSecrets`, `RemoteMain.tryCommit`
 */
export async function assertAcceptable(
  main: RemoteMain,
  look: TrustWalk,
  { device, secrets, requests }: Plan,
  signal: AbortSignal,
): Promise<void> {
  if (secrets.length + requests.length === 0) return;
  const at = filesAt(look);
  const { path } = await deviceAt(at, device);
  const text = editedText(path, await textAt(at, path), document => {
    document.delete('keys');
    begunWith(document, requests);
  });
  const files = new Map([[path, text], ...(await sealedDeviceSecrets(at, device, new Date()))]);
  await main.commit(look, { files, message: `Replace ${device}`, check: fleetCheck() }, signal);
}

/** What was put back on the old hardware is past. */
function begunWith(document: Document, requests: Plan['requests']): void {
  document.delete('restore');
  const [first, ...others] = requests;
  if (first !== undefined)
    document.set('restore', document.createNode(others.length === 0 ? first : requests));
}

/** The second commit. */
export async function acceptReplacement(
  { device, requests, sentences }: Plan,
  signed: SignedStatement,
  options: ReplaceOptions,
  signal: AbortSignal,
): Promise<Made> {
  const intend = async (at: FilesAt): Promise<Intent | undefined> => {
    const fleet = await soundFleet(at);
    const file = await deviceAt(at, device);
    const { keys } = signed.statement;
    if (file.value.keys?.ssh === keys.ssh && file.value.keys.tls === keys.tls) return undefined;
    const [signer] = file.value.revoked === true ? [] : statementSigners(file.value);
    if (signer === undefined)
      throw new TowlineError('ENROLMENT_NOT_EXPECTED', `${device} waits for no enrolment`);
    verifyStatement(signed, { fleet: fleet.file.value.name, device, ...signer }, Date.now());
    const withNewKeys = withKeys(file, await textAt(at, file.path), keys);
    const text = editedText(file.path, withNewKeys, document => begunWith(document, requests));
    const own = new Map([[file.path, text]]);
    const sealed = await sealedDeviceSecrets(withChanges(at, own), device, new Date());
    return {
      files: new Map([...own, ...sealed]),
      message: `Replace ${device}`,
      question: sentences.join('\n'),
    };
  };
  return await makeChange({ options: changing(options), name: `replace-${device}`, intend }, signal);
}
