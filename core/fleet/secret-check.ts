/** Whether what stands below secrets/ is sealed, to whom it should be, and to nobody who was sent away. */
import { isTowlineError, type Problem } from '../errors.ts';
import {
  maxSecretBytes,
  readSecretDocument,
  type SecretDocument,
  secretFormat,
} from '../secrets/document.ts';
import { requireSealedOwnPath } from '../secrets/own-path.ts';
import { namesKey } from '../secrets/recipient-key.ts';
import { dataKeyTraces, sealedTexts, valuesInClear } from '../secrets/unopened.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import type { Fleet } from './fleet.ts';
import type { RepositoryFiles } from './repository-files.ts';
import {
  type RecipientsAt,
  recipientsOf,
  type SecretRecipients,
  secretRecipients,
} from './secret-recipients.ts';

/** Earlier contents of a file, in any order; none where the history is not at hand. */
export type SecretHistory = (path: string) => AsyncIterable<Uint8Array>;

export interface SecretCheck {
  readonly fleet: Fleet;
  readonly reader: RepositoryFiles;
  readonly commit: ObjectId;
  readonly history: SecretHistory;
  /** Decides which keys have expired. */
  readonly date: Date;
  readonly signal: AbortSignal;
  readonly readKeys?: RecipientsAt['readKeys'];
}

/** A page that explains the folder, and empty files that keep it. */
const isNote = (path: string, bytes: Uint8Array) => path.endsWith('/README.md') || bytes.length === 0;

function readDocument(path: string, bytes: Uint8Array): SecretDocument | Problem {
  const problem = (code: Problem['code'], message: string): Problem => ({
    code,
    message,
    position: { file: path },
  });
  try {
    const document = readSecretDocument(bytes, secretFormat(path));
    const [clear] = valuesInClear(document);
    return clear === undefined
      ? document
      : problem('SECRET_NOT_ENCRYPTED', `the value at ${clear} is not encrypted`);
  } catch (error) {
    if (!isTowlineError(error)) throw error;
    const sealed = Buffer.from(bytes).includes('ENC[AES256_GCM,');
    return problem(sealed ? error.code : 'SECRET_NOT_ENCRYPTED', error.message);
  }
}

/** A file that opens nowhere, as it does not say for which path it was sealed. */
function pathProblem(path: string, document: SecretDocument): Problem | undefined {
  try {
    requireSealedOwnPath(document, secretFormat(path));
    return undefined;
  } catch (error) {
    if (!isTowlineError(error)) throw error;
    const message = `${error.message}: \`towline secret edit ${path}\` writes it`;
    return { code: error.code, message, position: { file: path } };
  }
}

/** Sealed bytes that another file has too, which no key is needed to see. @param seen sealed text → the file that had it first */
function copyProblem(path: string, document: SecretDocument, seen: Map<string, string>): Problem | undefined {
  let from: string | undefined;
  for (const text of sealedTexts(document)) {
    from ??= seen.get(text);
    seen.set(text, seen.get(text) ?? path);
  }
  if (from === undefined) return undefined;
  const message = `sealed values of it stand in ${from} too: one of them was copied`;
  return { code: 'SECRET_PATH_OTHER', message, position: { file: path } };
}

/** Who is missing, and who should not be there. */
function recipientProblem(
  path: string,
  { metadata }: SecretDocument,
  recipients: SecretRecipients,
): Problem | undefined {
  const wanted = recipientsOf(recipients, path);
  const present = metadata.recipients.map(({ fingerprint }) => fingerprint);
  const missing = wanted.filter(({ key }) => !present.some(each => namesKey(each, key.fingerprints)));
  const extra = present.filter(each => !wanted.some(({ key }) => namesKey(each, key.fingerprints)));
  const complaints = [
    ...missing.map(({ name }) => `${name} cannot open it`),
    ...extra.map(fingerprint => `${fingerprint} can open it and nobody says why`),
  ];
  if (complaints.length === 0) return undefined;
  const shown = complaints.slice(0, 5).join('; ');
  const rest = complaints.length - 5;
  const remedy = extra.length > 0 ? '' : `: \`towline secret rotate --recipients-only ${path}\``;
  const message = `${rest > 0 ? `${shown}; and ${rest} more` : shown}${remedy}`;
  return { code: 'SECRET_RECIPIENTS', message, position: { file: path } };
}

/** Finds a revoked device that could read the file under the data key that it has now. */
async function revokedReader(
  path: string,
  document: SecretDocument,
  revoked: SecretRecipients['revoked'],
  { history, signal }: SecretCheck,
): Promise<string | undefined> {
  if (revoked.size === 0) return undefined;
  const readerOf = ({ metadata }: SecretDocument) =>
    [...revoked].find(([, keys]) => metadata.recipients.some(each => namesKey(each.fingerprint, keys)))?.[0];
  const now = readerOf(document);
  if (now !== undefined) return now;
  let earlier: { document: SecretDocument; traces: Set<string> }[] = [];
  for await (const bytes of history(path)) {
    signal.throwIfAborted();
    const read = readDocument(path, bytes);
    if ('tree' in read) earlier.push({ document: read, traces: dataKeyTraces(read) });
  }
  const traces = dataKeyTraces(document);
  for (;;) {
    const joined = earlier.filter(version => [...version.traces].some(trace => traces.has(trace)));
    if (joined.length === 0) return undefined;
    for (const version of joined) {
      const reader = readerOf(version.document);
      if (reader !== undefined) return reader;
      for (const trace of version.traces) traces.add(trace);
    }
    earlier = earlier.filter(version => !joined.includes(version));
  }
}

/** All problems of the files below secrets/. @throws TowlineError when an object is missing, SECRET_UNSUPPORTED for a key */
export async function checkSecrets(check: SecretCheck): Promise<Problem[]> {
  const { fleet, reader, commit, date, signal, readKeys } = check;
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  let recipients: SecretRecipients | undefined;
  for await (const { path, id } of reader.list(commit, 'secrets')) {
    signal.throwIfAborted();
    const position = { file: path };
    let bytes: Uint8Array;
    try {
      bytes = await reader.blob(id, maxSecretBytes);
    } catch (error) {
      if (!isTowlineError(error, 'TRUST_LIMIT')) throw error;
      problems.push({ code: 'SECRET_MALFORMED', message: error.message, position });
      continue;
    }
    if (isNote(path, bytes)) continue;
    const document = readDocument(path, bytes);
    if (!('tree' in document)) {
      problems.push(document);
      continue;
    }
    recipients ??= await secretRecipients(fleet, { reader, commit, date, readKeys });
    const device = await revokedReader(path, document, recipients.revoked, check);
    if (device !== undefined) {
      const message = `the revoked key of ${device} could read it, and its data key is the same since`;
      problems.push({ code: 'SECRET_READABLE_BY_REVOKED', message, position });
      continue;
    }
    const found = [
      pathProblem(path, document),
      copyProblem(path, document, seen),
      recipientProblem(path, document, recipients),
    ];
    problems.push(...found.filter(problem => problem !== undefined));
  }
  return problems;
}
