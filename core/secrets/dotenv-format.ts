/** dotenv documents as secret trees; the metadata stands in flattened `sops_…` keys. */
import { TowlineError } from '../errors.ts';
import { isComment, type SecretMap } from './tree.ts';

const prefix = 'sops_';
const listMark = '__list_';
const mapMark = '__map_';
/** Most recipients that a file may name. */
const maxRecipients = 4096;

/** Lines `KEY=value`, `\n` in a value for a line break, `#` for a comment: the subset that SOPS reads and writes. */
export function parseDotenvTree(source: string): SecretMap {
  const items = source
    .split('\n')
    .filter(line => line !== '')
    .map((line, index) => {
      if (line.startsWith('#')) return { comment: line.slice(1) };
      const at = line.indexOf('=');
      if (at <= 0) throw new TowlineError('SECRET_MALFORMED', `line ${index + 1} is no KEY=value`);
      return { key: line.slice(0, at), value: line.slice(at + 1).replaceAll('\\n', '\n') };
    });
  const keys = new Set<string>();
  for (const item of items) {
    if (!('key' in item)) continue;
    if (keys.has(item.key)) throw new TowlineError('SECRET_MALFORMED', `the key ${item.key} stands twice`);
    keys.add(item.key);
  }
  return { kind: 'map', items };
}

/** `sops_pgp__list_0__map_enc=…` → `{pgp: [{enc: …}]}`; what is left is the document. */
export function splitDotenvMetadata(tree: SecretMap): { section: Record<string, unknown>; rest: SecretMap } {
  const section: Record<string, unknown> = {};
  const recipients: Record<string, unknown>[] = [];
  const rest = tree.items.filter(item => {
    if (isComment(item) || !item.key.startsWith(prefix)) return true;
    const key = item.key.slice(prefix.length);
    const nested = /^pgp__list_(\d{1,4})__map_([a-z_]+)$/.exec(key);
    if (nested === null) {
      section[key.split(listMark)[0]?.split(mapMark)[0] ?? key] = item.value;
    } else {
      const index = Number(nested[1]);
      if (index >= maxRecipients)
        throw new TowlineError('SECRET_MALFORMED', 'the file names too many recipients');
      recipients[index] = { ...recipients[index], [nested[2] ?? '']: item.value };
    }
    return false;
  });
  return {
    section: { ...section, pgp: recipients.filter(each => each !== undefined) },
    rest: { kind: 'map', items: rest },
  };
}

/** The metadata section as flattened entries, sorted by key as SOPS writes them. */
export function flattenMetadata(section: Record<string, unknown>): { key: string; value: string }[] {
  const entries = Object.entries(section).flatMap(([key, value]): [string, unknown][] => {
    if (!Array.isArray(value)) return [[key, value]];
    return value.flatMap((item: Record<string, unknown>, index) =>
      Object.entries(item).map(([name, inner]): [string, unknown] => [
        `${key}${listMark}${index}${mapMark}${name}`,
        inner,
      ]),
    );
  });
  return entries
    .map(([key, value]) => ({ key: prefix + key, value: String(value) }))
    .sort((left, right) => (left.key < right.key ? -1 : 1));
}

export function emitDotenvTree(map: SecretMap): string {
  const lines = map.items.map(item => {
    if (isComment(item)) return `#${item.comment}`;
    if (typeof item.value === 'object' && item.value !== null) {
      throw new TowlineError('SECRET_UNSUPPORTED', `dotenv holds no lists or maps: ${item.key}`);
    }
    return `${item.key}=${String(item.value ?? '').replaceAll('\n', '\\n')}`;
  });
  return lines.map(line => `${line}\n`).join('');
}
