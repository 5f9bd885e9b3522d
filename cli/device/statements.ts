/** What devices have stated at the gateway: read, compared with what a person was told, and put into the device's file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { editedText } from '../../core/change/edited-yaml.ts';
import {
  isFingerprint,
  maxStatementLength,
  parseSignedStatement,
  type SignedStatement,
} from '../../core/enrolment/statement.ts';
import { sameKey } from '../../core/enrolment/statement-signers.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { CheckedFile } from '../../core/fleet/schema-check.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { fetchFrom } from '../desk/gateway-git.ts';
import { git } from '../desk/git.ts';
import { askTerminal } from '../init/answers.ts';
import { telemetryPlace } from '../status/telemetry.ts';

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
    return await statementsAt(directory, await git(['rev-parse', 'statement'], { directory, signal }));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** No more is read than a gateway would have taken. @throws ENROLMENT_STATEMENT_MALFORMED, TRUST_… */
export async function statementsAt(directory: string, tip: ObjectId): Promise<SignedStatement[]> {
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

export interface StatementPlace {
  readonly repo: string;
  /** URL of the telemetry repository, where the clone does not remember it. */
  readonly telemetry?: string;
}

/**
 * The one statement that waits.
 * @param key the one-time key that it is to be under: what another one has signed is passed over
 * @throws TowlineError CLI_NO_STATEMENT, ENROLMENT_TWICE
 */
export async function waitingStatement(
  device: string,
  { telemetry, repo }: StatementPlace,
  signal: AbortSignal,
  key?: string,
): Promise<SignedStatement> {
  const all = await fetchStatements(await telemetryPlace(telemetry, repo), device, signal);
  const [signed, second] =
    key === undefined ? all : all.filter(({ statement }) => sameKey(statement.oneTimeKey, key));
  if (signed === undefined)
    throw new TowlineError('CLI_NO_STATEMENT', `no statement of ${device} waits there`);
  if (second !== undefined)
    throw new TowlineError('ENROLMENT_TWICE', `two statements came for the token of ${device}`);
  return signed;
}

/** @throws TowlineError CLI_USAGE, ENROLMENT_FINGERPRINT */
export async function compareFingerprint(
  device: string,
  { statement }: SignedStatement,
  given?: string,
): Promise<void> {
  const typed = given ?? (await askTerminal(`Fingerprint that ${device} shows`, '')) ?? '';
  if (typed === '')
    throw new TowlineError('CLI_USAGE', 'type the fingerprint that the device shows, or pass --fingerprint');
  if (!isFingerprint(statement, typed)) {
    throw new TowlineError('ENROLMENT_FINGERPRINT', 'this is not the fingerprint of the statement that came');
  }
}

/** The device's file with the keys of its statement. */
export function withKeys(
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
