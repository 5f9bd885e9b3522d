/** A device's file with another `/tunnel`: not one byte besides changes, so that a rule for that value alone covers it. */
import { isDeepStrictEqual } from 'node:util';
import { Document, isMap, isNode, isScalar, type Pair, parseDocument, visit, type YAMLMap } from 'yaml';
import type { Tunnel } from '../../../schemas/types.generated.ts';
import { messageOf } from '../../errors/cause.ts';
import { TowlineError } from '../../errors.ts';
import { plainValue, readPlainYaml, type YamlNode } from '../../trust/git/yaml-node.ts';
import { compareNodes } from '../../trust/policy/field-change.ts';

type LongTunnel = Exclude<Tunnel, string>;

/** A piece of the text, and what takes its place. */
interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * @param file path, for messages
 * @throws TowlineError TUNNEL_FILE where the file is no plain YAML, or has a form that cannot be changed in place
 */
export function withTunnel(file: string, text: string, tunnel: LongTunnel): string {
  const before = plain(file, text);
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' });
  if (!isMap(document.contents)) throw unfit(file, 'it is no map');
  const wanted: Tunnel = Object.keys(tunnel).length === 1 ? tunnel.state : tunnel;
  const after = splices(file, text, document.contents, wanted)
    .sort((left, right) => right.from - left.from)
    .reduce((whole, { from, to, text: piece }) => whole.slice(0, from) + piece + whole.slice(to), text);
  assertOnlyTunnel(file, { before, after: plain(file, after), wanted });
  return after;
}

/** As devices judge it: a rule by field does not apply to anything else. */
function plain(file: string, text: string): YamlNode {
  try {
    return readPlainYaml(Buffer.from(text, 'utf8'));
  } catch (cause) {
    throw unfit(file, `it has ${messageOf(cause)}`, cause);
  }
}

function splices(file: string, text: string, map: YAMLMap, wanted: Tunnel): Splice[] {
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === 'tunnel');
  const line = text.includes('\r\n') ? '\r\n' : '\n';
  if (pair === undefined) return [added(file, text, map, { wanted, line })];
  const { value } = pair;
  if (isMap(value) && value.flow !== true)
    return inBlock(file, text, value, { wanted: longOf(wanted), line });
  if (isNode(value)) {
    visit(value, (_key, node) => {
      if (node !== value && isNode(node) && (node.comment || node.commentBefore))
        throw unfit(file, 'comments stand within its `tunnel`');
    });
  }
  const [from, to] = rangeOf(value) ?? [afterColon(text, pair), afterColon(text, pair)];
  return [{ from, to, text: (from === to ? ' ' : '') + inFlow(wanted) }];
}

const longOf = (tunnel: Tunnel): LongTunnel => (typeof tunnel === 'string' ? { state: tunnel } : tunnel);

function rangeOf(value: unknown): readonly [from: number, to: number] | undefined {
  if (!isNode(value) || !value.range) return undefined;
  const [from, to] = value.range;
  return from === to ? undefined : [from, to];
}

const afterColon = (text: string, { key }: Pair): number => {
  const end = (isNode(key) ? key.range?.[1] : undefined) ?? 0;
  return text.indexOf(':', end) + 1;
};

/** A file that says nothing of its tunnel yet. */
function added(
  file: string,
  text: string,
  map: YAMLMap,
  { wanted, line }: { readonly wanted: Tunnel; readonly line: string },
): Splice {
  if (map.flow === true) {
    const at = lastEnd(map.items.at(-1)?.value);
    if (at === undefined) throw unfit(file, 'it is an empty map');
    return { from: at, to: at, text: `, "tunnel": ${inFlow(wanted)}` };
  }
  const end = /(^|\n)\.\.\.[ \t]*\r?\n?$/.exec(text);
  const at = end === null ? text.length : end.index + (end[1] ?? '').length;
  const start = at > 0 && text[at - 1] !== '\n' ? line : '';
  return { from: at, to: at, text: `${start}tunnel: ${inFlow(wanted)}${line}` };
}

/** Line by line, so that comments beside and between its values stay. */
function inBlock(
  file: string,
  text: string,
  map: YAMLMap,
  { wanted, line }: { readonly wanted: LongTunnel; readonly line: string },
): Splice[] {
  const found: Splice[] = [];
  const entries = Object.entries(wanted).filter(([, value]) => value !== undefined);
  const present = new Set<string>();
  for (const pair of map.items) {
    const name = isScalar(pair.key) ? String(pair.key.value) : '';
    const [start, end] = [isNode(pair.key) ? pair.key.range?.[0] : undefined, lastEnd(pair.value)];
    if (start === undefined || end === undefined) throw unfit(file, `its \`tunnel.${name}\` is empty`);
    present.add(name);
    const value = entries.find(([key]) => key === name)?.[1];
    if (value === undefined) found.push({ from: lineStart(text, start), to: nextLine(text, end), text: '' });
    else if (!isDeepStrictEqual(isNode(pair.value) ? pair.value.toJSON() : null, value)) {
      const from = isNode(pair.value) ? (pair.value.range?.[0] ?? end) : end;
      // The last line of a text over several lines ends with it.
      const ended = text[end - 1] === '\n' ? line : '';
      found.push({ from, to: end, text: inFlow(value) + ended });
    }
  }
  const missing = entries.filter(([key]) => !present.has(key));
  const last = map.items.at(-1);
  const [key, value] = [last?.key, last?.value];
  const [start, end] = [isNode(key) ? key.range?.[0] : undefined, lastEnd(value)];
  if (start === undefined || end === undefined) throw unfit(file, 'its `tunnel` is empty');
  const indent = text.slice(lineStart(text, start), start);
  const at = nextLine(text, end);
  const lead = text[at - 1] === '\n' ? '' : line;
  const lines = missing.map(([name, item]) => `${indent}${name}: ${inFlow(item)}${line}`).join('');
  if (lines !== '') found.push({ from: at, to: at, text: lead + lines });
  return found;
}

/** Where the last value below a node ends, without what follows it on its line. */
function lastEnd(node: unknown): number | undefined {
  let end: number | undefined;
  if (!isNode(node)) return undefined;
  visit(node, {
    Node: (_key, inner) => {
      const isBlock = 'items' in inner && inner.flow !== true;
      if (!isBlock && inner.range) end = Math.max(end ?? 0, inner.range[1]);
    },
  });
  return end;
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

const nextLine = (text: string, at: number): number => {
  if (at > 0 && text[at - 1] === '\n') return at;
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
};

/** On one line. */
const inFlow = (value: unknown): string =>
  new Document(value, { aliasDuplicateObjects: false })
    .toString({ collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false, blockQuote: false })
    .trimEnd();

/** What was meant, and nothing else: whatever a text looks like, a commit that widens is not made. */
function assertOnlyTunnel(
  file: string,
  { before, after, wanted }: { readonly before: YamlNode; readonly after: YamlNode; readonly wanted: Tunnel },
): void {
  const pointers: string[][] = [];
  compareNodes(before, after, [], pointers);
  const value = plainValue(after);
  const is = typeof value === 'object' && value !== null && 'tunnel' in value ? value.tunnel : undefined;
  const isMeant = isDeepStrictEqual(longOf(wanted), typeof is === 'string' ? { state: is } : is);
  if (!isMeant || pointers.some(([top]) => top !== 'tunnel'))
    throw unfit(file, 'its `tunnel` has a form that is not known here');
}

function unfit(file: string, why: string, cause?: unknown): TowlineError {
  return new TowlineError('TUNNEL_FILE', `${file} cannot be changed by itself: ${why}`, {
    position: { file },
    ...(cause === undefined ? {} : { cause }),
  });
}
