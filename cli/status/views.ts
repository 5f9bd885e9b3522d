/** How looks are shown: a table, also one that is drawn anew, a line for each change, JSON. */
import { isTowlineError, type TowlineError } from '../../core/errors.ts';
import type { MergedApp } from '../../core/fleet/merged-app.ts';
import type { DeviceWords } from '../../core/status/device-words.ts';
import { supportFacts, supportWords } from '../../core/support/judge.ts';
import { supportWords as helpWords } from '../../core/support-words.ts';
import { timeWord } from '../../core/time-word.ts';
import type { Terminal } from '../command/terminal.ts';
import { type Arrangement, groupsOf, groupTitle, isTroubled, plain, type Row, rowsOf } from './arranged.ts';
import { besideLines } from './beside-lines.ts';
import type { Fork } from './forks.ts';
import { cellsOf, columns } from './rows.ts';
import type { Sight } from './sight.ts';

export interface View {
  show(sight: Sight): void;
  /** What stands in the way of a look; the one before still stands. */
  trouble(words: string): void;
}

/** Shows each look. @param isOver ends it */
export async function follow(
  looks: AsyncIterable<Sight | TowlineError>,
  view: View,
  isOver: (look: Sight | TowlineError) => boolean = () => false,
): Promise<void> {
  for await (const look of looks) {
    if (isTowlineError(look)) view.trouble(`${look.code}: ${look.message}`);
    else view.show(look);
    if (isOver(look)) return;
  }
}

/** For who wants the end alone. */
export const silent: View = { show: () => undefined, trouble: () => undefined };

export function showTable(terminal: Terminal, sight: Sight, arrangement: Arrangement = plain): void {
  const nowMs = Date.now();
  const { groupBy } = arrangement;
  const groups = groupsOf(sight, arrangement);
  for (const [at, group] of groups.entries()) {
    if (at > 0) terminal.line();
    if (groupBy !== undefined) terminal.line(terminal.colour('bold', groupTitle(group, groupBy)));
    terminal.table(
      columns,
      group.rows.map(({ words }) => cellsOf(words, nowMs)),
    );
  }
  for (const fork of sight.forks) terminal.line(forkWords(terminal, fork));
  for (const line of besideLines(sight, nowMs)) terminal.line(line);
  const { support } = sight.fleet.file.value;
  const rows = groups.flatMap(group => group.rows);
  if (support !== undefined && isTroubled(sight, rows)) terminal.line(`Whom to ask: ${helpWords(support)}`);
}

/** On a screen, in the place of the one before. */
export function redrawn(terminal: Terminal, arrangement: Arrangement = plain): View {
  let last: Sight | undefined;
  const draw = () => {
    terminal.clear();
    if (last !== undefined) showTable(terminal, last, arrangement);
  };
  return {
    show: sight => {
      last = sight;
      draw();
    },
    trouble: words => {
      draw();
      terminal.line(terminal.colour('red', words));
    },
  };
}

/** For a pipe, and for who waits: at first all, then what has changed. */
export function lines(terminal: Terminal, json: boolean): View {
  let last = new Map<string, string>();
  const say = (text: string, fields: object) => {
    const time = timeWord(Date.now());
    terminal.line(json ? JSON.stringify({ time, ...fields }) : `${time} ${text}`);
  };
  return {
    show: sight => {
      const now = new Map<string, string>();
      const note = (key: string, sameAs: string, text: string, fields: object) => {
        now.set(key, sameAs);
        if (last.get(key) !== sameAs) say(text, fields);
      };
      for (const row of rowsOf(sight, 'device')) {
        const { id: device, words } = row;
        // Time that goes by is no change.
        const { reported: _reported, since: _since, ...rest } = words;
        note(`device ${device}`, JSON.stringify(rest), lineOf(words), deviceJson(sight, row));
      }
      for (const fork of sight.forks) {
        note(`fork ${JSON.stringify(fork)}`, '', forkWords(terminal, fork), { fork });
      }
      last = now;
    },
    trouble: words => {
      if (last.get('trouble') !== words) say(words, { trouble: words });
      last.set('trouble', words);
    },
  };
}

function lineOf({ device, outcome, trusts, behind, wanted, runs, tunnel, why }: DeviceWords): string {
  const parts = [
    trusts && `trusts ${trusts}${behind === '' ? '' : ` (${behind})`}`,
    wanted && `wanted ${wanted}`,
    runs && `runs ${runs}`,
    tunnel && tunnel !== 'closed' && `tunnel ${tunnel}`,
  ].filter(Boolean);
  const facts = parts.length === 0 ? '' : `: ${parts.join('; ')}`;
  return `${device} ${outcome}${facts}${why === '' ? '' : ` – ${why}`}`;
}

export function forkWords(terminal: Terminal, { kind, devices, commits, why }: Fork): string {
  const [first, second] = commits.map(id => id.slice(0, 12));
  const what = kind === 'fork' ? terminal.colour('red', 'FORK') : terminal.colour('yellow', 'warning');
  return `${what}: ${devices[0]} trusts ${first}, ${devices[1]} trusts ${second}: ${why}`;
}

/** One device as `--json` has it. */
function deviceJson(sight: Sight, { id: device, words: { outcome, why }, wanted }: Row): object {
  const reported = sight.reports.get(device);
  const distance = reported?.status && sight.distances.get(reported.status.trusted.commit);
  const { doubt } = reported ?? {};
  return {
    device,
    ...(reported === undefined ? {} : { commit: reported.commit, signed: doubt === undefined }),
    ...(doubt === undefined ? {} : { doubt }),
    standing: outcome,
    wanted: wanted.map(({ app, release, next, pin }) => ({
      app,
      ...(release === undefined ? {} : { release }),
      ...(pin === undefined ? {} : { pinned: pinJson(pin) }),
      ...(next === undefined ? {} : { next }),
    })),
    ...(distance === undefined ? {} : { behind: behindJson(distance) }),
    ...(why === '' ? {} : { why }),
    ...(reported?.status === undefined
      ? {}
      : { outOfSupport: supportWords(supportFacts(reported.status), Date.now()), status: reported.status }),
  };
}

const pinJson = ({ untilMs, reason }: NonNullable<MergedApp['pin']>) => ({
  ...(untilMs === undefined ? {} : { until: timeWord(untilMs) }),
  ...(reason === undefined ? {} : { reason }),
});

const behindJson = ({
  behind,
  ahead,
  behindSinceMs,
}: {
  behind: number;
  ahead: number;
  behindSinceMs: number | undefined;
}) => ({
  commits: behind,
  ...(ahead === 0 ? {} : { ahead }),
  ...(behindSinceMs === undefined ? {} : { since: timeWord(behindSinceMs) }),
});

/** The whole of it, in the order of the table. `silent`: devices of the fleet without a report. */
export function sightJson(sight: Sight, { groupBy, sort }: Arrangement = plain): object {
  const rows = rowsOf(sight, sort);
  const { support } = sight.fleet.file.value;
  const groups = groupBy === undefined ? [] : groupsOf(sight, { groupBy, sort });
  return {
    fleet: sight.fleet.name,
    commit: sight.fleet.commit,
    ...(support === undefined ? {} : { support }),
    devices: rows.filter(({ id }) => sight.reports.has(id)).map(row => deviceJson(sight, row)),
    silent: rows.filter(({ id }) => !sight.reports.has(id)).map(row => deviceJson(sight, row)),
    forks: sight.forks,
    ...(groupBy === undefined
      ? {}
      : {
          groupBy,
          groups: groups.map(({ name, rows: members }) => ({
            name: name ?? null,
            devices: members.map(({ id }) => id),
          })),
        }),
  };
}
