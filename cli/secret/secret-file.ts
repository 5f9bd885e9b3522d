/** One file below secrets/ of a working tree, and who must be able to open it. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { FleetProblems, TowlineError } from '../../core/errors.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { namesOfSecret } from '../../core/fleet/secret-owner.ts';
import { type NamedRecipient, recipientsOf, secretRecipients } from '../../core/fleet/secret-recipients.ts';
import { filesNaming } from '../../core/fleet/secret-users.ts';
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { encryptDataKey } from '../../core/secrets/data-key.ts';
import type { KeptValues } from '../../core/secrets/document.ts';
import {
  maxSecretBytes,
  readSecretDocument,
  type SecretDocument,
  type SecretFormat,
  sealSecretDocument,
  secretFormat,
} from '../../core/secrets/document.ts';
import { defaultRule, isCovered, type Recipient } from '../../core/secrets/metadata.ts';
import { ownPathKey, withOwnPath } from '../../core/secrets/own-path.ts';
import { namesKey } from '../../core/secrets/recipient-key.ts';
import type { SecretMap } from '../../core/secrets/tree.ts';
import { openRepository, openSnapshot } from '../desk/repository.ts';

const pathForm =
  /^secrets\/(?:[A-Za-z0-9_-][A-Za-z0-9._+-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._+-]*\.(?:ya?ml|json|env)$/;
const dataKeyBytes = 32;

export interface SecretFile {
  readonly fleet: string;
  /** From the root of the repository. */
  readonly path: string;
  readonly absolute: string;
  readonly format: SecretFormat;
  /** Undefined where it is not there yet. */
  readonly document: SecretDocument | undefined;
  /** Who must be able to open it, the principals first. */
  readonly recipients: readonly NamedRecipient[];
  /** Files of the fleet that name it. */
  readonly namedBy: readonly string[];
}

export interface SecretFileRequest {
  readonly repo: string;
  /** As the person typed it. */
  readonly file: string;
  readonly now: Date;
  /** Who names this path is to name the file instead. */
  readonly movedFrom?: string;
}

/** A name as people type it: from the root of the repository, or from where they stand. */
function pathInRepository(workTree: string, file: string): string {
  const typed = path.relative(workTree, path.resolve(file)).split(path.sep).join('/');
  const found = [typed, file].find(each => pathForm.test(each));
  if (found !== undefined) return found;
  throw new TowlineError('CLI_USAGE', `${file} is no .yaml, .json or .env file below secrets/`);
}

function requireName(path: string): void {
  if (namesOfSecret(path).length > 0) return;
  const why = 'the first name below secrets/ lists the apps that get it, such as secrets/web+api/db.env';
  throw new TowlineError('CLI_USAGE', `${path} is for no app: ${why}`);
}

/**
 * @throws TowlineError CLI_NO_WORKING_TREE, CLI_USAGE, CLI_INVALID_FLEET, SECRET_FILE_MISSING, SECRET_NO_RECIPIENT,
 *   SECRET_MALFORMED, SECRET_UNSUPPORTED
 */
export async function openSecretFile(
  { repo, file, now, movedFrom }: SecretFileRequest,
  ifMissing: 'begin' | 'refuse',
): Promise<SecretFile> {
  const { workTree } = await openRepository(repo);
  if (workTree === undefined)
    throw new TowlineError('CLI_NO_WORKING_TREE', `${repo} is bare: no file can be written`);
  const name = pathInRepository(workTree, file);
  const absolute = path.join(workTree, name);
  const bytes = await readBounded(absolute, maxSecretBytes);
  if (bytes === undefined && ifMissing === 'refuse')
    throw new TowlineError('SECRET_FILE_MISSING', `there is no ${name}`);
  await using snapshot = await openSnapshot({ repo, worktree: true });
  const { fleet, problems } = await loadFleet(snapshot.files, snapshot.commit);
  if (fleet === undefined || problems.length > 0) throw new FleetProblems(problems);
  const moved = movedFrom === undefined ? undefined : { from: movedFrom, to: name };
  const all = await secretRecipients(fleet, {
    reader: snapshot.files,
    commit: snapshot.commit,
    date: now,
    moved,
  });
  if (all.principals.length === 0)
    throw new TowlineError('SECRET_NO_RECIPIENT', 'no principal has an OpenPGP key that can encrypt');
  if (bytes === undefined || moved !== undefined) requireName(name);
  const format = secretFormat(name);
  const document = bytes === undefined ? undefined : readSecretDocument(bytes, format);
  const recipients = recipientsOf(all, name);
  const namedBy = filesNaming(fleet, name);
  return { fleet: fleet.name, path: name, absolute, format, document, recipients, namedBy };
}

/** How the present recipients differ from those that should be. */
export function recipientChange({ document, recipients }: Pick<SecretFile, 'document' | 'recipients'>) {
  const present = document?.metadata.recipients ?? [];
  const wanted = (each: Recipient) =>
    recipients.some(({ key }) => namesKey(each.fingerprint, key.fingerprints));
  const missing = recipients.filter(
    ({ key }) => !present.some(({ fingerprint }) => namesKey(fingerprint, key.fingerprints)),
  );
  return { kept: present.filter(wanted), gone: present.filter(each => !wanted(each)), missing };
}

export interface SealRequest {
  readonly plain: SecretMap;
  readonly now: Date;
  /** The one that the file has; absent: a new one, to everybody. */
  readonly dataKey?: Uint8Array;
  readonly kept?: KeptValues;
}

/** The file's text, sealed to everybody who must be able to open it. @throws TowlineError SECRET_UNSUPPORTED */
export async function sealedText(
  file: Omit<SecretFile, 'absolute' | 'namedBy'>,
  { plain, now, dataKey, kept }: SealRequest,
): Promise<string> {
  const change = recipientChange(file);
  const fresh = dataKey === undefined;
  const key = dataKey ?? randomBytes(dataKeyBytes);
  const to = (fresh ? file.recipients : change.missing).map(recipient => recipient.key.armored);
  const added = await encryptDataKey(key, to, now);
  const rule = file.document?.metadata.rule ?? defaultRule;
  const text = sealSecretDocument(withOwnPath(plain, file.format, file), file.format, {
    dataKey: key,
    recipients: fresh ? added : [...change.kept, ...added],
    // What leaves the path in clear would not be opened.
    rule: isCovered(rule, [ownPathKey(file.format)]) ? rule : defaultRule,
    macOnlyEncrypted: file.document?.metadata.macOnlyEncrypted ?? false,
    lastModified: `${now.toISOString().slice(0, 19)}Z`,
    nonce: () => randomBytes(32),
    ...(kept === undefined ? {} : { kept }),
  });
  if (Buffer.byteLength(text) > maxSecretBytes) {
    const why = `it would be larger than ${maxSecretBytes} bytes with ${file.recipients.length} recipients`;
    throw new TowlineError('SECRET_UNSUPPORTED', `${file.path}: ${why}; give groups files of their own`);
  }
  return text;
}

export async function writeSealed(file: SecretFile, request: SealRequest): Promise<void> {
  await writeDurably(file.absolute, await sealedText(file, request), { mode: 0o644 });
}
