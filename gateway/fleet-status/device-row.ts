/** One row of the table: what is kept of a device between folds. */
import type { DeviceReport } from '../../core/telemetry/device-report.ts';
import { timeWord } from '../../core/time-word.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { code } from './markdown.ts';

export interface DeviceRow {
  readonly id: string;
  /** A line of Markdown. */
  readonly text: string;
  /** Small comes first: what a person should look at. */
  readonly rank: number;
  /** For the counts: the outcome, or why there is none. */
  readonly word: string;
  /** Its status.yaml, where it may be shown. */
  readonly blob: ObjectId | undefined;
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

/** @param status undefined: never seen. */
export function deviceRow(id: string, revoked: boolean, status: DeviceReport | undefined): DeviceRow {
  const name = `${code(id)}${revoked ? ' (revoked)' : ''}`;
  const row = (text: string, rank: number, word: string, blob?: ObjectId): DeviceRow => ({
    id,
    text: `| ${name} | ${text} |`,
    rank,
    word,
    blob,
  });
  if (status === undefined) return row('⚪ never seen | | | | |', 2, 'never seen');
  if (status.kind === 'doubtful') return row(`⛔ not shown: ${status.doubt} | | | | |`, 0, 'not shown');
  const { outcome, stopped } = status.status;
  const rank = well.has(outcome) && stopped === undefined ? 3 : 1;
  return row(columns(status.status), rank, outcome, status.blob);
}

function columns({ outcome, trusted, projects, time, tunnel, stopped }: StatusFile): string {
  const until = tunnel.until === undefined ? '' : ` until ${instant(tunnel.until)}`;
  return [
    `${marks[outcome]} ${outcome}`,
    `\`${trusted.commit.slice(0, 12)}\``,
    releases(projects),
    instant(time),
    tunnel.state === 'closed' ? '' : `${tunnel.state}${until}`,
    stopped === undefined ? '' : code(stopped.code),
  ].join(' | ');
}

/** To the second. */
function instant(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? code(text) : timeWord(date.getTime());
}

function releases(projects: StatusFile['projects']): string {
  const shown = projects.slice(0, 8).map(({ app, release, state }) => {
    const version = release === undefined ? app : `${app} ${release}`;
    return `${code(version)}${state === 'healthy' ? '' : ` (${state})`}`;
  });
  return [...shown, ...(projects.length > 8 ? [`and ${projects.length - 8} more`] : [])].join(', ');
}
