/** The first screen: a sentence, what needs a person, rollouts under way. */
import { errorRegistry } from '../../core/errors.ts';
import type { RolloutReport } from '../../core/rollout/board.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { Need, NeedItem, NeedKind, Overview, Stopped } from '../api/types.generated.ts';
import type { SeenFleet, Unreached } from '../home/fleet-source.ts';
import { needItem, needKinds } from './board/needs.ts';
import type { Model } from './model.ts';
import { rolloutRow, seenReports, stateOf } from './rollouts.ts';
import { kindsOf, type SeenRow, type Sight, standingOf } from './sight.ts';

/** Of one kind, and of rollouts. */
const [mostItems, mostRollouts] = [20, 50];

export async function overview(model: Model, sight: Sight, signal: AbortSignal): Promise<Overview> {
  const { seen, board, home } = model;
  const { fleet, commit } = seen;
  const rows = sight.rows;
  const reports = seenReports(await model.rollouts.reports(seen, signal), sight);
  const underWay = reports.filter(report => ['paused', 'running'].includes(stateOf(report)));
  const needing = rows.filter(row => kindsOf(row).length > 0).length;
  const { support } = fleet.file.value;
  const { stopped } = seen;
  const { unreached } = home.fleet;
  const unheard = home.telemetry.trouble;
  return {
    ...{ fleet: fleet.name, commit, time: await timeOf(home.fleet.objects, commit) },
    sentence: { devices: rows.length, needs: needing },
    needs: needsIn(rows, underWay, sight),
    rollouts: underWay
      .toSorted((left, right) => Number(stateOf(left) !== 'paused') - Number(stateOf(right) !== 'paused'))
      .slice(0, mostRollouts)
      .map(report => rolloutRow(report, sight)),
    counts: countsOf(rows),
    ...{ reading: board.isReading, version: board.rows.version },
    ...(stopped === undefined ? {} : { stopped: stoppedOf(stopped, sight) }),
    ...(unreached === undefined ? {} : { unreached: unreachedOf(unreached) }),
    ...(unheard === undefined ? {} : { unheard }),
    ...(support === undefined ? {} : { support: { ...support } }),
  };
}

/** Its words, and the file, may be of any device: they are for who reads the repository. */
function stoppedOf(
  { code, message, commit, path }: NonNullable<SeenFleet['stopped']>,
  { readsRepository }: Sight,
): Stopped {
  return {
    ...{ code, message: readsRepository ? message : errorRegistry[code].cause },
    ...(commit === undefined ? {} : { commit }),
    ...(path === undefined || !readsRepository ? {} : { path }),
  };
}

function unreachedOf({ askedMs, why }: Unreached): NonNullable<Overview['unreached']> {
  return { why, ...(askedMs === undefined ? {} : { asked: new Date(askedMs).toISOString() }) };
}

async function timeOf(objects: Model['home']['fleet']['objects'], commit: string): Promise<string> {
  const { committer } = await new ObjectReader(objects).commit(commit);
  return new Date(committer.timeSec * 1000).toISOString();
}

function countsOf(rows: readonly SeenRow[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(standingOf(row), (counts.get(standingOf(row)) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function needsIn(rows: readonly SeenRow[], reports: readonly RolloutReport[], sight: Sight): Need[] {
  const found = new Map<NeedKind, { count: number; items: NeedItem[] }>();
  const add = (kind: NeedKind, item: () => NeedItem) => {
    const need = found.get(kind) ?? { count: 0, items: [] };
    found.set(kind, need);
    need.count += 1;
    if (need.items.length < mostItems) need.items.push(item());
  };
  for (const seen of rows)
    for (const kind of kindsOf(seen)) add(kind, () => needItem(kind, seen.row, seen.row.why));
  for (const report of reports)
    if (stateOf(report) === 'paused') add('paused-rollout', () => pausedItem(report, sight));
  return needKinds.flatMap(kind => {
    const need = found.get(kind);
    return need === undefined ? [] : [{ kind, ...need }];
  });
}

function pausedItem(report: RolloutReport, sight: Sight): NeedItem {
  const { key, reason = 'it is paused' } = rolloutRow(report, sight);
  return { rollout: key, why: reason, command: `towline rollout resume ${report.rollout.name}` };
}
