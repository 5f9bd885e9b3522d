/** What a device said, and commits of main that changed it, in one order: page by page, each a walk along two lines. */
import { TowlineError } from '../../../core/errors.ts';
import { layersOf } from '../../../core/fleet/fleet.ts';
import { deviceChangeWords } from '../../../core/history/device-changes.ts';
import { changesOf, type HistoryEntry } from '../../../core/history/device-history.ts';
import { vouchedWords } from '../../../core/history/line-reader.ts';
import { touchingCommits } from '../../../core/history/touching-commits.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { isObjectId, type ObjectId } from '../../../core/trust/git/object-source.ts';
import type { DeviceTimelineQuery, Timeline, TimelineEntry } from '../../api/types.generated.ts';
import type { Model } from '../model.ts';
import { pageLimits } from '../page-limits.ts';
import type { SeenRow, Sight } from '../sight.ts';
import { cutWords, type PlacedEntry, type Stretch } from './placed-entry.ts';
import { saidEntries } from './said-entries.ts';

/** Where the two lines go on; undefined: that one is at its end. */
interface Cursor {
  readonly main: ObjectId | undefined;
  readonly said: ObjectId | undefined;
}

const nothing: Stretch = { entries: [], next: undefined, isCut: false };
/** Commits of main that are looked at for one page. */
const mostLooked = 2000;
/** Changes of one commit that are named. */
const mostChanges = 20;

export async function deviceTimeline(
  model: Model,
  { row, reads }: SeenRow,
  question: { readonly sight: Sight; readonly query: DeviceTimelineQuery },
  signal: AbortSignal,
): Promise<Timeline> {
  const { sight, query } = question;
  const { limit, before } = query;
  const from = before === undefined ? startOf(model, row.id) : cursorIn(before);
  const main = sight.readsRepository
    ? await changed(model, row.id, { from: from.main, limit }, signal)
    : nothing;
  const said = reads ? await saidEntries(model, row.id, { from: from.said, limit }, signal) : nothing;
  const all = [
    ...main.entries.map(one => ({ ...one, line: 'main' as const })),
    ...said.entries.map(one => ({ ...one, line: 'said' as const })),
  ].sort((left, right) =>
    left.entry.time < right.entry.time ? 1 : left.entry.time > right.entry.time ? -1 : 0,
  );
  const shown = all.slice(0, limit);
  const rest = all.slice(limit);
  const nextOf = (line: 'main' | 'said', end: ObjectId | undefined) =>
    rest.find(one => one.line === line)?.at ?? end;
  const next = { main: nextOf('main', main.next), said: nextOf('said', said.next) };
  const isOver = next.main === undefined && next.said === undefined;
  return {
    device: row.id,
    entries: shown.map(({ entry }) => entry),
    ...(said.isCut ? { cut: cutWords } : {}),
    ...(isOver ? {} : { before: `${next.main ?? 'none'}-${next.said ?? 'none'}` }),
  };
}

const startOf = ({ seen, home }: Model, device: string): Cursor => ({
  main: seen.commit,
  said: home.telemetry.tips().get(device),
});

/** @throws TowlineError PORTAL_MALFORMED */
function cursorIn(text: string): Cursor {
  const [main = '', said = '', ...more] = text.split('-');
  const ids = [main, said].map(id => (id === 'none' ? undefined : id));
  if (more.length > 0 || ids.some(id => id !== undefined && !isObjectId(id)))
    throw new TowlineError('PORTAL_MALFORMED', 'before: as the page before had it');
  return { main: ids[0], said: ids[1] };
}

/** Ids of objects are no secret, and no way in: what is behind one is told to who reads the repository alone. */
async function changed(
  model: Model,
  device: string,
  { from, limit }: { readonly from: ObjectId | undefined; readonly limit: number },
  signal: AbortSignal,
): Promise<Stretch> {
  const path = layersOf(model.seen.fleet, device)?.device.path;
  if (from === undefined || path === undefined) return nothing;
  const reader = new ObjectReader(model.home.fleet.objects, pageLimits);
  const most = { looked: mostLooked, found: limit };
  const { commits, next } = await touchingCommits({ reader, from, path, most }, signal);
  const isCut = next !== undefined;
  const all = next === undefined ? commits : [...commits, next];
  const entries: PlacedEntry[] = [];
  for await (const entry of changesOf({ reader, device, commits: all, isCut }, signal))
    entries.push({ entry: entryOf(entry), at: entry.word.commit });
  return { entries, next, isCut: false };
}

const entryOf = ({ word, changes }: HistoryEntry): TimelineEntry => ({
  ...{
    kind: 'commit',
    time: word.time,
    commit: word.commit,
    subject: word.subject,
    vouched: vouchedWords(word),
  },
  changes: changes.slice(0, mostChanges).map(change => ({ at: change.at, words: deviceChangeWords(change) })),
  ...(changes.length > mostChanges ? { words: `and ${changes.length - mostChanges} more` } : {}),
});
