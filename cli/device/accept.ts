/** `towline device accept`: compares fingerprints with the person at the device and writes its keys. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import {
  isFingerprint,
  maxStatementLength,
  parseSignedStatement,
  type SignedStatement,
  statementFingerprint,
  verifyStatement,
} from '../../core/enrolment/statement.ts';
import { statementSigners } from '../../core/enrolment/statement-signers.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { CheckedFile } from '../../core/fleet/schema-check.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { type FilesAt, textAt } from '../change/changed-files.ts';
import { type Intent, makeChange } from '../change/make-change.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { noSuchDevice } from '../command/unknown-name.ts';
import { editedText } from '../desk/edit-yaml.ts';
import { fetchFrom } from '../desk/gateway-git.ts';
import { git } from '../desk/git.ts';
import { openRepository } from '../desk/repository.ts';
import { askTerminal } from '../init/answers.ts';
import { telemetryPlace } from '../status/telemetry.ts';
import {
  changeOf,
  type PlaceOptions,
  placedJson,
  placedLine,
  placeOptions,
  sayShown,
  soundFleet,
} from './place-files.ts';

interface AcceptOptions extends PlaceOptions {
  readonly telemetry?: string;
  readonly fingerprint?: string;
}

/** Statements that wait at the gateway for this device, read with stock git. */
async function fetchStatements(url: string, device: string, signal: AbortSignal): Promise<SignedStatement[]> {
  const directory = await mkdtemp(path.join(tmpdir(), 'towline-accept-'));
  try {
    await git(['init', '--quiet', '--bare', '.'], { directory });
    const ref = `refs/heads/enrolment/${device}`;
    try {
      await fetchFrom(url, `+${ref}:refs/heads/statement`, directory, signal);
    } catch (cause) {
      if (!isTowlineError(cause, 'CLI_NO_TELEMETRY') || !/couldn't find remote ref/.test(cause.message))
        throw cause;
      throw new TowlineError('CLI_NO_STATEMENT', `no statement of ${device} waits at ${url}`, { cause });
    }
    return await readStatements(directory, await git(['rev-parse', 'statement'], { directory, signal }));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** No more is read than a gateway would have taken. @throws ENROLMENT_STATEMENT_MALFORMED, TRUST_… */
async function readStatements(directory: string, tip: ObjectId): Promise<SignedStatement[]> {
  const source = new GitCatFileSource(directory);
  try {
    const reader = new ObjectReader(source, { maxTreeBytes: 4096, maxCommitBytes: 4096 });
    const { tree } = await reader.commit(tip);
    const statements: SignedStatement[] = [];
    for (const { id, name } of (await reader.tree(tree)).slice(0, 2)) {
      const bytes = await reader.blob(id, maxStatementLength).catch((cause: unknown) => {
        if (!isTowlineError(cause, 'TRUST_LIMIT')) throw cause;
        throw new TowlineError('ENROLMENT_STATEMENT_MALFORMED', `${name}: ${cause.message}`, { cause });
      });
      statements.push(parseSignedStatement(Buffer.from(bytes).toString('utf8')));
    }
    return statements;
  } finally {
    source.kill();
  }
}

/** The one statement that waits. @throws TowlineError CLI_NO_STATEMENT, ENROLMENT_TWICE */
async function waitingStatement(
  device: string,
  { telemetry, repo }: AcceptOptions,
  signal: AbortSignal,
): Promise<SignedStatement> {
  const [signed, second] = await fetchStatements(await telemetryPlace(telemetry, repo), device, signal);
  if (signed === undefined)
    throw new TowlineError('CLI_NO_STATEMENT', `no statement of ${device} waits there`);
  if (second !== undefined)
    throw new TowlineError('ENROLMENT_TWICE', `two statements came for the token of ${device}`);
  return signed;
}

/** @throws TowlineError CLI_USAGE, ENROLMENT_FINGERPRINT */
async function compare(device: string, { statement }: SignedStatement, given?: string): Promise<void> {
  const typed = given ?? (await askTerminal(`Fingerprint that ${device} shows`, '')) ?? '';
  if (typed === '')
    throw new TowlineError('CLI_USAGE', 'type the fingerprint that the device shows, or pass --fingerprint');
  if (!isFingerprint(statement, typed)) {
    throw new TowlineError('ENROLMENT_FINGERPRINT', 'this is not the fingerprint of the statement that came');
  }
}

/** The device's file with the keys of its statement. */
function withKeys(
  { path: file, value }: CheckedFile<'device'>,
  text: string,
  { tls, ssh, openpgp }: SignedStatement['statement']['keys'],
): string {
  const { keys, enrolment } = value;
  // That of its engine stays where the device itself vouches for its next ones; another machine has none yet.
  const registry = enrolment === undefined && keys?.registry !== undefined ? { registry: keys.registry } : {};
  return editedText(file, text, document => {
    document.delete('enrolment');
    document.set('keys', document.createNode({ tls, ssh, openpgp, ...registry }));
  });
}

async function accept(device: string, options: AcceptOptions, signal: AbortSignal): Promise<void> {
  const { workTree } = await openRepository(options.repo);
  if (workTree === undefined)
    throw new TowlineError('CLI_NO_WORKING_TREE', `${options.repo} is bare: no file can be written`);
  let signed: SignedStatement | undefined;
  let isCompared = false;
  let place = '';
  const intend = async (at: FilesAt): Promise<Intent | undefined> => {
    const fleet = await soundFleet(at);
    const file = fleet.devices.get(device);
    if (file === undefined)
      throw noSuchDevice(
        device,
        fleet.devices.keys(),
        at.trusted === undefined ? 'in the working tree' : 'at main',
      );
    place = file.path;
    const [signer] = file.value.revoked === true ? [] : statementSigners(file.value);
    if (signer === undefined) {
      throw new TowlineError('ENROLMENT_NOT_EXPECTED', `${device} waits for no enrolment in ${options.repo}`);
    }
    signed ??= await waitingStatement(device, options, signal);
    const { keys } = signed.statement;
    if (file.value.keys?.ssh === keys.ssh && file.value.keys.tls === keys.tls) return undefined;
    verifyStatement(signed, { fleet: fleet.file.value.name, device, ...signer }, Date.now());
    if (!isCompared) await compare(device, signed, options.fingerprint);
    isCompared = true;
    const text = withKeys(file, await textAt(at, file.path), keys);
    return { files: new Map([[file.path, text]]), message: `Accept ${device}` };
  };
  const made = await makeChange({ options: changeOf(options), name: `accept-${device}`, intend }, signal);
  if (signed === undefined) return;
  const fingerprint = statementFingerprint(signed.statement);
  const terminal = standardTerminal();
  if (sayShown(terminal, made, options.json)) return;
  const isThere = made.how === 'unchanged';
  const words = isThere
    ? `${device} has these keys already`
    : `${terminal.colour('green', 'accepted')} ${device}`;
  const next = made.how === 'written' || isThere ? `commit and push ${place}` : placedLine(terminal, made);
  if (options.json === true) terminal.json({ device, file: place, fingerprint, ...placedJson(made) });
  else terminal.line(`${words} (${fingerprint}): ${next}`);
}

export function registerDeviceAccept(device: Command, stop: Stop): void {
  const verb = device
    .command('accept')
    .description(
      'Write the keys that a device stated, first or new ones, after its fingerprint was compared.',
    )
    .argument('<id>', 'id of the device')
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--fingerprint <text>', 'what the device shows (asked for on a terminal)');
  placeOptions(verb)
    .addHelpText(
      'after',
      examples([
        [
          'towline device accept pump-4 --fingerprint 4ZBC-QC60-S5BH-2XJ4-R06N',
          'as the person at the device read it out; the URL is remembered: git config towline.telemetry',
        ],
        [
          'towline device accept pump-4 --telemetry ssh://git@gateway.example.com:2222/telemetry.git',
          'asks for the fingerprint',
        ],
      ]),
    )
    .action((id: string, options: AcceptOptions) => accept(id, options, stop()));
}
