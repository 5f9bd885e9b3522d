/** `towline audit`: what happened, and who did it. */
import type { AuditEntry } from '../../core/audit/audit-entry.ts';
import { entryDetails } from '../../core/audit/entry-details.ts';
import { TowlineError } from '../../core/errors.ts';
import { shownJson } from '../../core/shown-text.ts';
import { exitCode } from '../command/exit-code.ts';
import { standardTerminal } from '../command/terminal.ts';
import { sayAside } from '../telemetry/reading-options.ts';
import type { AuditFilterOptions } from './audit-options.ts';
import { csvLine } from './csv.ts';
import { entryFilter } from './entry-filter.ts';
import { OpenedAudit } from './opened-audit.ts';
import { faultLines } from './verdict-words.ts';

export interface ListOptions extends AuditFilterOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
  /** Of the newest, a number. */
  readonly lines: string;
}

const mostLines = 100_000;

const columns = [
  ...([
    'seq',
    'time',
    'type',
    'what',
    'state',
    'device',
    'person',
    'from',
    'app',
    'release',
    'commit',
  ] as const),
  ...(['evidence', 'code', 'words', 'more'] as const),
] as const;

export async function listEntries(options: ListOptions, signal: AbortSignal): Promise<void> {
  const { json = false, csv = false } = options;
  const lines = Number(options.lines);
  if (!Number.isSafeInteger(lines) || lines < 1 || lines > mostLines)
    throw new TowlineError('CLI_USAGE', `--lines ${options.lines} is no number from 1 to ${mostLines}`);
  if (json && csv) throw new TowlineError('CLI_USAGE', '--json and --csv exclude each other');
  const isAsked = entryFilter(options, Date.now());
  const audit = await OpenedAudit.open(options, signal);
  const terminal = standardTerminal();
  const kept: AuditEntry[] = [];
  let count = 0;
  if (csv) process.stdout.write(csvLine(columns));
  const verdict = await audit.look(
    {
      onEntry: entry => {
        if (!isAsked(entry)) return;
        count += 1;
        if (json) terminal.line(shownJson(entry));
        else if (csv) process.stdout.write(csvLine(columns.map(name => String(entry[name] ?? ''))));
        else kept.push(entry);
        if (kept.length >= 2 * lines + 100) kept.splice(0, kept.length - lines);
      },
    },
    signal,
  );
  if (!json && !csv) {
    const shown = kept.slice(-lines);
    if (shown.length === 0) terminal.line('No such entry.');
    else terminal.table(['TIME', 'TYPE', 'WHAT', 'STATE', 'DEVICE', 'PERSON', 'DETAILS'], shown.map(row));
    if (count > shown.length) sayAside(`${count - shown.length} older ones are not shown: --lines, --since`);
  }
  // What is shown of a log that was changed is what somebody wants to be seen.
  for (const line of faultLines(verdict)) sayAside(line);
  process.exitCode = verdict.faultCount === 0 ? exitCode.ok : exitCode.untrusted;
}

function row(entry: AuditEntry): string[] {
  const { time, type, what, state = '', device = '', person = '' } = entry;
  return [`${time.slice(0, 19)}Z`, type, what, state, device, person, entryDetails(entry)];
}
