/** Rows of devices, in the order and in the groups that a person asks for. */
import { Option } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { layersOf } from '../../core/fleet/fleet.ts';
import { selectable } from '../../core/fleet/selector.ts';
import { type DeviceWords, type WantedApp, wantedIn, wordsOf } from '../../core/status/device-words.ts';
import { severity } from '../../core/status/severity.ts';
import type { Sight } from './sight.ts';

export const orders = ['device', 'reported', 'outcome', 'behind'] as const;

export type Order = (typeof orders)[number];

export interface Arrangement {
  readonly sort: Order;
  /** `group`, `app`, `outcome`, `label:KEY`; absent: all are one. */
  readonly groupBy?: string;
}

export interface Row {
  readonly id: string;
  readonly words: DeviceWords;
  readonly wanted: readonly WantedApp[];
}

export interface RowGroup {
  /** A group, the value of a label, an app, an outcome; undefined: of none. */
  readonly name: string | undefined;
  readonly rows: readonly Row[];
}

export const plain: Arrangement = { sort: 'device' };

export const groupByOption = (): Option =>
  new Option('--group-by <what>', 'group, app, outcome, or label:KEY: a table for each');

export const sortOption = (): Option =>
  new Option('--sort <order>', 'what comes first: by name, silent for longest, the worst, furthest behind')
    .choices(orders)
    .default('device');

/** @throws TowlineError CLI_USAGE */
export function arrangementOf(options: { readonly sort: Order; readonly groupBy?: string }): Arrangement {
  const { sort, groupBy } = options;
  if (groupBy === undefined) return { sort };
  if (!/^(?:group|app|outcome|label:.+)$/.test(groupBy))
    throw new TowlineError('CLI_USAGE', `--group-by ${groupBy}: it is group, app, outcome or label:KEY`);
  return { sort, groupBy };
}

export function rowsOf(sight: Sight, sort: Order): Row[] {
  const wantedOf = wantedIn(sight);
  const rows = sight.devices.map(id => {
    const wanted = wantedOf(id);
    return { id, words: wordsOf(sight, id, wanted), wanted };
  });
  const rankOf = ranks(sight)[sort];
  if (rankOf === undefined) return rows;
  const ranked = rows.map(row => ({ row, rank: rankOf(row) }));
  return ranked.sort((left, right) => left.rank - right.rank).map(({ row }) => row);
}

/** The lowest comes first; devices are sorted by name already, and stay so among equals. */
const ranks = (sight: Sight): Partial<Record<Order, (row: Row) => number>> => ({
  reported: ({ words }) => (words.reported === undefined ? 0 : Date.parse(words.reported)),
  outcome: ({ words }) => severity.indexOf(words.outcome),
  behind: ({ id }) => {
    const status = sight.reports.get(id)?.status;
    if (status === undefined) return 1;
    const distance = sight.distances.get(status.trusted.commit);
    return distance === undefined ? Number.NEGATIVE_INFINITY : -distance.behind;
  },
});

/** Groups by name, that of none last. A device of several groups, or apps, stands in each. */
export function groupsOf(sight: Sight, { groupBy, sort }: Arrangement): RowGroup[] {
  const rows = rowsOf(sight, sort);
  if (groupBy === undefined) return [{ name: undefined, rows }];
  const found = new Map<string | undefined, Row[]>();
  for (const row of rows) {
    const names = namesOf(sight, row, groupBy);
    for (const name of names.length === 0 ? [undefined] : new Set(names)) {
      const group = found.get(name);
      if (group === undefined) found.set(name, [row]);
      else group.push(row);
    }
  }
  const groups = [...found].map(([name, members]) => ({ name, rows: members }));
  return groups.sort((left, right) => {
    if (left.name === undefined || right.name === undefined) return left.name === undefined ? 1 : -1;
    return left.name < right.name ? -1 : 1;
  });
}

function namesOf(sight: Sight, { id, words, wanted }: Row, groupBy: string): readonly string[] {
  if (groupBy === 'outcome') return [words.outcome];
  if (groupBy === 'app') return wanted.map(({ app }) => app);
  const layers = layersOf(sight.fleet, id);
  if (layers === undefined) return [];
  if (groupBy === 'group') return layers.device.value.groups ?? [];
  const value = selectable(layers).labels.get(groupBy.slice('label:'.length));
  return value === undefined ? [] : [value];
}

/** `canary: 214 devices, 3 failed, 1 never seen` */
export function groupTitle({ name, rows }: RowGroup, groupBy: string): string {
  const counts = new Map<string, number>();
  for (const { words } of rows) counts.set(words.outcome, (counts.get(words.outcome) ?? 0) + 1);
  const outcomes = [...counts].sort(([left], [right]) => severity.indexOf(left) - severity.indexOf(right));
  const parts = outcomes.map(([outcome, count]) => `${count} ${outcome}`);
  const what = name ?? `no ${groupBy.replace(/^label:/, '')}`;
  return `${what}: ${rows.length} ${rows.length === 1 ? 'device' : 'devices'}, ${parts.join(', ')}`;
}

/** Whether some device is not as it should be: who looks at that may want to ask somebody. */
export const isTroubled = (sight: Sight, rows: readonly Row[]): boolean =>
  sight.forks.length > 0 || rows.some(({ words }) => words.why !== '' && !quiet.has(words.outcome));

/** Of devices that were just added, or are gone: nobody has to be asked. */
const quiet: ReadonlySet<string> = new Set(['no keys', 'never seen', 'retired']);
