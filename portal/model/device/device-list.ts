/** Devices that a filter finds, in an order: all is done here, and a page is handed only what it shows. */
import { severity } from '../../../core/status/severity.ts';
import type { DevicesQuery, Rows } from '../../api/types.generated.ts';
import type { Board } from '../board/board.ts';
import { jsonOf, kindsOf, type SeenRow, type Sight, standingOf } from '../sight.ts';

type Test = (seen: SeenRow) => boolean;

/** As JSON: each row was made once, for everybody. */
export function deviceList(board: Board, sight: Sight, query: DevicesQuery): string {
  const tests = testsOf(query);
  const found = sight.rows.filter(seen => tests.every(test => test(seen)));
  const sorted = inOrder(found, query);
  const { offset, limit } = query;
  const rest: Omit<Rows, 'rows'> = {
    ...{ total: found.length, offset, version: board.rows.version, reading: board.isReading },
  };
  const rows = sorted.slice(offset, offset + limit).map(jsonOf);
  return `${JSON.stringify(rest).slice(0, -1)},"rows":[${rows.join(',')}]}`;
}

function testsOf({ q, standing, label, group, app, release, need }: DevicesQuery): Test[] {
  const tests: Test[] = [];
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const standings = listIn(standing);
  if (standings.length > 0) tests.push(seen => standings.includes(standingOf(seen)));
  if (group !== undefined) tests.push(({ row }) => row.wanted.groups.includes(group));
  for (const pair of listIn(label)) tests.push(hasLabel(pair));
  if (app !== undefined) tests.push(hasApp(app, release));
  if (need !== undefined) tests.push(seen => kindsOf(seen).includes(need));
  if (words.length > 0)
    tests.push(seen => {
      const text = textOf(seen);
      return words.every(word => text.includes(word));
    });
  return tests;
}

const listIn = (text = ''): string[] => text.split(',').filter(part => part !== '');

function hasLabel(pair: string): Test {
  const [key = '', ...rest] = pair.split('=');
  const value = rest.length === 0 ? undefined : rest.join('=');
  return ({ row }) => {
    const found = row.wanted.labels.get(key);
    return found !== undefined && (value === undefined || found === value);
  };
}

/** It is to have it, or says that it runs it. */
function hasApp(app: string, release: string | undefined): Test {
  const is = (one: { readonly app: string; readonly release?: string | undefined }) =>
    one.app === app && (release === undefined || one.release === release);
  return ({ row, reads }) => row.wanted.apps.some(is) || (reads && row.facts?.word.apps.some(is) === true);
}

function textOf(seen: SeenRow): string {
  const { row, reads } = seen;
  const labels = [...row.wanted.labels].map(([key, value]) => `${key}=${value}`);
  const own = reads ? [row.why, row.facts?.said?.runs ?? ''] : [];
  const apps = row.wanted.apps.map(({ app, release = '' }) => `${app} ${release}`);
  return [row.id, standingOf(seen), ...row.wanted.groups, ...labels, ...apps, ...own].join(' ').toLowerCase();
}

/** Devices are sorted by id already, and stay so among equals. */
function inOrder(found: readonly SeenRow[], { sort, order }: DevicesQuery): readonly SeenRow[] {
  const sign = order === 'desc' ? -1 : 1;
  if (sort === 'device') return order === 'desc' ? found.toReversed() : found;
  const rank = ranks[sort];
  const ranked = found.map(seen => ({ seen, rank: rank(seen) }));
  ranked.sort((left, right) => sign * compared(left.rank, right.rank));
  return ranked.map(({ seen }) => seen);
}

/** The lowest comes first: silent for longest, the worst, furthest behind. */
const ranks: Readonly<Record<Exclude<DevicesQuery['sort'], 'device'>, (seen: SeenRow) => number | string>> = {
  reported: ({ row, reads }) =>
    reads && row.facts?.said !== undefined ? Date.parse(row.facts.said.reported) : 0,
  outcome: seen => {
    const at = severity.indexOf(standingOf(seen));
    return at < 0 ? severity.length : at;
  },
  behind: ({ row, reads }) => {
    if (!reads || row.facts?.said === undefined) return 1;
    return row.distance === undefined ? Number.NEGATIVE_INFINITY : -row.distance.behind;
  },
  release: ({ row }) => row.wanted.apps.map(({ app, release = '' }) => `${app} ${release}`).join(', '),
};

const compared = (left: number | string, right: number | string): number =>
  left < right ? -1 : left > right ? 1 : 0;
