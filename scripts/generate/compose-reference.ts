import { project } from '../../core/compose/attributes/project.ts';
import type { AttributeVerdict } from '../../core/compose/device/attribute-verdict.ts';
import { attributeVerdicts, verdictOf } from '../../core/compose/device/reference-table.ts';
import type { Shape } from '../../core/compose/shape/shape.ts';

interface Row {
  readonly path: string;
  readonly shape: Shape;
}

/** Every attribute below a shape, `*` for names and `[]` for elements. */
export function attributeRows(shape: Shape, path = ''): Row[] {
  const rows: Row[] = [];
  const named = shape.named?.shape;
  const below = (part: Shape | undefined, at: string) => {
    if (part !== undefined) rows.push(...attributeRows(part, at));
  };
  for (const [key, attribute] of Object.entries(shape.properties ?? {})) {
    const here = path === '' ? key : `${path}.${key}`;
    rows.push({ path: here, shape: attribute });
    below(attribute, here);
  }
  if (named?.properties !== undefined) below(named, `${path}.*`);
  if (shape.items?.properties !== undefined) below(shape.items, `${path}[]`);
  return rows;
}

function typeText(shape: Shape): string {
  const words = shape.oneOf ?? shape.types ?? ['anything'];
  return words.map(word => (shape.oneOf === undefined ? word : `\`${word}\``)).join(', ');
}

function mergeText(shape: Shape): string {
  if (shape.merge === 'replace') return 'replaced';
  if (shape.merge !== undefined || shape.types?.includes('mapping'))
    return shape.index === undefined ? 'merged' : 'merged by name';
  if (!shape.types?.includes('list')) return 'replaced';
  return shape.index === undefined ? 'appended' : 'appended, the same replaced';
}

const escapeCell = (text: string) => text.replaceAll('|', '\\|').replaceAll('*', '\\*');

function keysText(keys: AttributeVerdict['keys']): string {
  return (keys ?? []).map(key => `\`engine.${key}\``).join(', ');
}

function verdictText({ verdict, why, code, keys }: AttributeVerdict): string {
  const note = [why, code === undefined ? '' : `\`${code}\``].filter(part => part !== '').join(' ');
  return `${verdict} | ${keysText(keys)} | ${escapeCell(note)} |`;
}

const sections: readonly (readonly [string, RegExp])[] = [
  ['The file', /^[a-z]+(\[\].*)?$/],
  ['Services', /^services\./],
  ['Networks', /^networks\./],
  ['Volumes', /^volumes\./],
  ['Configs', /^configs\./],
  ['Secrets', /^secrets\./],
  ['Models', /^models\./],
];

/** Parts of an attribute that is refused, resolved or without effect need no line of their own. */
function hasOwnLine(path: string): boolean {
  return (
    Object.hasOwn(attributeVerdicts, path) ||
    ['honoured', 'by policy'].includes(verdictOf(path)?.verdict ?? 'honoured')
  );
}

/** An attribute that nobody has looked at. */
const unseen: AttributeVerdict = { verdict: 'refused', why: 'It has no verdict yet.' };

/** docs/reference/compose.md: every attribute, what becomes of it on a device and why, from the table. */
export function composeReference(): string {
  const rows = attributeRows(project).sort((a, b) => (a.path < b.path ? -1 : 1));
  const lines = [
    '# Compose attributes',
    '',
    '<!-- Generated from core/compose by `npm run generate`. Do not edit. -->',
    '',
    'The model takes all of the Compose specification as docker compose 2.40.3 reads it. A device then honours an attribute, or refuses it by name and',
    'position; it never reads a file as less than it says.',
    '',
    '- **honoured**: the engine is asked for it.',
    '- **resolved**: it is worked into the model while the files are read; nothing of it is left.',
    '- **no effect**: it is taken, and nothing on a device depends on it.',
    '- **by policy**: what the last column says is refused unless `engine` of the fleet, a group or the device has the key for it. Nothing here is',
    '  open by itself: an attribute without a verdict in this table no device takes.',
    '- **refused**: no device honours it.',
    '',
    'Values that any engine will refuse (a mount target that is no absolute path, less than 6 MiB of memory, an unknown capability or signal, …) are refused',
    'before a commit too, whatever the verdict on the attribute: `COMPOSE_ENGINE_WILL_REFUSE`.',
    '',
    '`x-…` keys are taken wherever the specification takes them. `several files` says what happens where a later Compose file, or a service',
    'that extends another, gives the attribute again; `!reset` and `!override` go before it.',
    '',
  ];
  for (const [title, pattern] of sections) {
    const found = rows.filter(row => pattern.test(row.path) && hasOwnLine(row.path));
    lines.push(
      `## ${title}`,
      '',
      '| attribute | takes | several files | on a device | key | what and why |',
      '|---|---|---|---|---|---|',
    );
    for (const { path, shape } of found) {
      const verdict = verdictOf(path) ?? unseen;
      lines.push(`| \`${path}\` | ${typeText(shape)} | ${mergeText(shape)} | ${verdictText(verdict)}`);
    }
    lines.push('');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
