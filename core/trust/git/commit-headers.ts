import { TowlineError } from '../../errors.ts';
import { isObjectId, type ObjectId } from './object-source.ts';

/** Where the parts of a raw commit stand. */
export interface CommitHeaders {
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly author: string;
  readonly committer: string;
  /** First and last byte (exclusive) of the `gpgsig` header, continuation lines and final newline included. */
  readonly signature: { readonly start: number; readonly end: number } | undefined;
  readonly messageStart: number;
  /** Names of headers that git itself does not write. They are signed like everything else. */
  readonly extra: readonly string[];
}

interface Header {
  readonly key: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** git writes these, in this order; the number says how many there may be. */
const grammar: readonly (readonly [key: string, least: number, most: number])[] = [
  ['tree', 1, 1],
  ['parent', 0, 64],
  ['author', 1, 1],
  ['committer', 1, 1],
  ['encoding', 0, 1],
  ['mergetag', 0, 64],
  ['gpgsig', 0, 1],
];

/** What other tools add: Jujutsu and GitButler name the change, hg-git what a commit was. Bytes of one, lines included. */
const maxExtraHeaders = 16;
const maxExtraBytes = 8192;
const extraName = /^[!-~]{1,64}$/;
/** git leaves all that begin with `gpgsig` out of what it says is signed. */
const namesOfGit = /^(?:tree|parent|author|committer|encoding|mergetag|gpgsig.*)$/i;

const newline = 0x0a;
const blank = 0x20;

/** @throws TowlineError TRUST_MALFORMED_OBJECT when headers are not as git writes them. */
export function parseCommitHeaders(buffer: Buffer, id: ObjectId): CommitHeaders {
  if (buffer.includes(0)) throw malformed(id, 'a NUL');
  const { headers, messageStart } = splitHeaders(buffer, id);
  const keys = new Set(grammar.map(([key]) => key));
  const extra = headers.filter(({ key }) => !keys.has(key));
  assertGrammar(
    headers.filter(({ key }) => keys.has(key)),
    id,
  );
  assertExtra(headers, extra, id);
  const one = (key: string): string => headers.find(header => header.key === key)?.value ?? '';
  const parents = headers.filter(header => header.key === 'parent').map(header => header.value);
  for (const object of [one('tree'), ...parents]) {
    if (!isObjectId(object)) throw malformed(id, 'a tree or parent that is no object id');
  }
  const gpgsig = headers.find(header => header.key === 'gpgsig');
  return {
    tree: one('tree'),
    parents,
    author: one('author'),
    committer: one('committer'),
    signature: gpgsig === undefined ? undefined : { start: gpgsig.start, end: gpgsig.end },
    messageStart,
    extra: extra.map(({ key }) => key),
  };
}

const parentLine = /parent ([0-9a-f]{40})\n/y;

/** The parents where git reads them: lines of fixed form right after the tree. Never throws. */
export function parseParents(bytes: Uint8Array): readonly ObjectId[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  if (!/^tree [0-9a-f]{40}\n/.test(text)) return [];
  const parents: ObjectId[] = [];
  const pattern = new RegExp(parentLine);
  pattern.lastIndex = 'tree '.length + 41;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text))
    parents.push(match[1] ?? '');
  return parents;
}

function splitHeaders(buffer: Buffer, id: ObjectId): { headers: Header[]; messageStart: number } {
  const headers: Header[] = [];
  let offset = 0;
  while (buffer[offset] !== newline) {
    const start = offset;
    let end = lineEnd(buffer, offset, id);
    while (buffer[end] === blank) end = lineEnd(buffer, end, id);
    const text = buffer.toString('utf8', start, end - 1);
    const space = text.indexOf(' ');
    if (space <= 0) throw malformed(id, 'a header line without a value');
    headers.push({ key: text.slice(0, space), value: text.slice(space + 1), start, end });
    offset = end;
  }
  return { headers, messageStart: offset + 1 };
}

/** First byte after the line. */
function lineEnd(buffer: Buffer, start: number, id: ObjectId): number {
  const end = buffer.indexOf(newline, start);
  if (end < 0) throw malformed(id, 'no blank line between headers and message');
  return end + 1;
}

function assertGrammar(headers: readonly Header[], id: ObjectId): void {
  let index = 0;
  for (const [key, least, most] of grammar) {
    let count = 0;
    while (headers[index]?.key === key) {
      if ((headers[index]?.value.includes('\n') ?? false) && key !== 'gpgsig' && key !== 'mergetag') {
        throw malformed(id, `a header ${key} of several lines`);
      }
      index += 1;
      count += 1;
    }
    if (count < least || count > most) throw malformed(id, `${count} headers ${key} where git writes them`);
  }
  const next = headers[index];
  if (next !== undefined)
    throw malformed(id, `a header ${JSON.stringify(next.key)} too many or out of order`);
}

function assertExtra(headers: readonly Header[], extra: readonly Header[], id: ObjectId): void {
  const committer = headers.findIndex(({ key }) => key === 'committer');
  if (extra.length > maxExtraHeaders) throw malformed(id, `${extra.length} headers that git does not write`);
  for (const header of extra) {
    const name = JSON.stringify(header.key.slice(0, 32));
    if (!extraName.test(header.key) || namesOfGit.test(header.key))
      throw malformed(id, `a header ${name}, which is none`);
    if (headers.indexOf(header) < committer) throw malformed(id, `a header ${name} before its committer`);
    const bytes = header.end - header.start;
    if (bytes > maxExtraBytes) throw malformed(id, `a header ${name} of ${bytes} bytes`);
  }
}

function malformed(id: ObjectId, what: string): TowlineError {
  return new TowlineError('TRUST_MALFORMED_OBJECT', `commit ${id} has ${what}`, { details: { id } });
}
