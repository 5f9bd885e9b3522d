/** One row of the table: what is kept of a device between folds. */

import { code } from '../../core/shown-markdown.ts';
import { type SupportFact, supportFacts } from '../../core/support/judge.ts';
import type { DeviceReport } from '../../core/telemetry/device-report.ts';
import { appsOf, runsSince, standingOf, troublesOf } from '../../core/telemetry/device-summary.ts';
import { timeWord } from '../../core/time-word.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { type ShownStatus, shownStatus } from './shown-status.ts';

export interface DeviceRow {
  readonly id: string;
  /** A line of Markdown. */
  readonly text: string;
  /** Small comes first: what a person should look at. */
  readonly rank: number;
  /** For the counts: the outcome, or why there is none. */
  readonly word: string;
  /** Its status.yaml, where it may be shown. */
  readonly status: ShownStatus | undefined;
  /** Until when what it runs on is maintained. */
  readonly support: readonly SupportFact[];
}

const marks: Readonly<Record<StatusFile['outcome'], string>> = {
  unchanged: '✅',
  applied: '✅',
  progressing: '⏳',
  waiting: '⏳',
  paused: '⏸',
  retired: '⏹',
  stale: '⚠️',
  degraded: '⚠️',
  'rolled-back': '❌',
  failed: '❌',
};
const well = new Set<string>(['unchanged', 'applied', 'progressing', 'waiting', 'paused', 'retired']);

export interface RowDevice {
  readonly id: string;
  readonly revoked: boolean;
  /** Whether the fleet names keys of it. */
  readonly hasKeys: boolean;
}

/** @param report undefined: it has said nothing yet. */
export function deviceRow({ id, revoked, hasKeys }: RowDevice, report: DeviceReport | undefined): DeviceRow {
  const name = `${code(id)}${revoked ? ' (revoked)' : ''}`;
  const word = standingOf(report, hasKeys);
  const row = (
    text: string,
    rank: number,
    { status, support = [] }: Partial<Pick<DeviceRow, 'status' | 'support'>> = {},
  ): DeviceRow => ({
    id,
    text: `| ${name} | ${text} |`,
    rank,
    ...{ word, status, support },
  });
  if (report === undefined) return row(`⚪ ${word} |${' |'.repeat(6)}`, 2);
  if (report.kind === 'doubtful') return row(`⛔ ${word}: ${report.doubt} |${' |'.repeat(6)}`, 0);
  const { status, blob } = report;
  const isWell = well.has(status.outcome) && status.stopped === undefined;
  return row(columns(status), isWell ? 3 : 1, {
    status: shownStatus(status, blob),
    support: supportFacts(status),
  });
}

function columns(status: StatusFile): string {
  const { outcome, trusted, projects, time, tunnel } = status;
  const until = tunnel.until === undefined ? '' : ` until ${instant(tunnel.until)}`;
  const since = runsSince(status);
  return [
    `${marks[outcome]} ${outcome}`,
    `\`${trusted.commit.slice(0, 12)}\``,
    listed(projects.flatMap(wantedWords)),
    listed(
      appsOf(status).map(
        ({ app, release, state, next }) =>
          `${named(app, release)}${state === 'healthy' ? '' : ` (${state})`}${next === undefined ? '' : ` (next ${code(next)})`}`,
      ),
    ),
    since === undefined ? '' : instant(since),
    instant(time),
    tunnel.state === 'closed' ? '' : `${tunnel.state}${until}`,
    listed(whyOf(status)),
  ].join(' | ');
}

/** A device's own release is marked: no rollout moves it. */
function wantedWords({ app, wanted, pinned }: StatusFile['projects'][number]): string[] {
  if (wanted === undefined) return [];
  const until = pinned?.until === undefined ? '' : ` until ${instant(pinned.until)}`;
  return [`${named(app, wanted.release)}${pinned === undefined ? '' : ` (pinned${until})`}`];
}

/** What failed and by which code; what containers said is not for this page. */
function whyOf(status: StatusFile): string[] {
  const words = troublesOf(status).flatMap(({ app, release, failed, code: error }) => {
    const what = app === undefined ? '' : `${named(app, release)}${failed === true ? ' failed' : ''}`;
    const parts = [what, error === undefined ? '' : code(error)].filter(Boolean);
    return parts.length === 0 ? [] : [parts.join(': ')];
  });
  return [...new Set(words)];
}

const named = (app: string, release: string | undefined) =>
  code(release === undefined ? app : `${app} ${release}`);

/** To the second. */
function instant(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? code(text) : timeWord(date.getTime());
}

function listed(items: readonly string[]): string {
  return [...items.slice(0, 8), ...(items.length > 8 ? [`and ${items.length - 8} more`] : [])].join(', ');
}
