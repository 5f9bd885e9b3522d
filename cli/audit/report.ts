/** `towline audit report`: what happened in a while, as one page for an auditor. */
import path from 'node:path';
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import { timeWord } from '../../core/time-word.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { sayAside } from '../telemetry/reading-options.ts';
import { sinceOf } from '../telemetry/since.ts';
import { withAuditOptions } from './audit-options.ts';
import { entryFilter } from './entry-filter.ts';
import { EntryTimes } from './entry-times.ts';
import { type AuditPlace, OpenedAudit } from './opened-audit.ts';
import { reportPage } from './report-page.ts';
import { ReportTables } from './report-tables.ts';
import { faultLines, noteLines } from './verdict-words.ts';

interface ReportOptions extends AuditPlace {
  readonly from: string;
  readonly to?: string;
  readonly out?: string;
  readonly json?: boolean;
}

async function report(
  { from, to, out, json = false, ...place }: ReportOptions,
  signal: AbortSignal,
): Promise<void> {
  if (json && out === undefined)
    throw new TowlineError('CLI_USAGE', '--json says where the page is: --out FILE');
  const nowMs = Date.now();
  const [fromMs, toMs] = [sinceOf(from, nowMs), to === undefined ? nowMs : sinceOf(to, nowMs)];
  if (fromMs >= toMs) throw new TowlineError('CLI_USAGE', `--from ${from} is not before --to ${to ?? 'now'}`);
  const isAsked = entryFilter({ since: timeWord(fromMs), until: timeWord(toMs) }, nowMs);
  const audit = await OpenedAudit.open(place, signal);
  const tables = new ReportTables();
  const times = new EntryTimes();
  const verdict = await audit.look(
    {
      onEntry: entry => {
        times.add(entry);
        if (isAsked(entry)) tables.add(entry);
      },
    },
    signal,
  );
  const notes = [...noteLines(verdict, audit.fleet, { times, nowMs })];
  if (verdict.lastTime !== undefined && Date.parse(verdict.lastTime) < toMs)
    notes.push(`the newest entry is of ${verdict.lastTime}`);
  const page = reportPage({
    ...{ fleet: audit.fleet.name, from: timeWord(fromMs), to: timeWord(toMs), madeAt: timeWord(nowMs) },
    ...{ commit: audit.commit, head: `${verdict.head.seq}:${verdict.head.hash}`, entries: tables.entries },
    ...{ findings: faultLines(verdict), notes, tables: tables.tables() },
  });
  const file = out === undefined ? undefined : path.resolve(out);
  if (file === undefined) process.stdout.write(page);
  else await writeDurably(file, page, { mode: 0o644 });
  const { faultCount: findings, head } = verdict;
  if (json) standardTerminal().json({ file, entries: tables.entries, findings, head });
  else if (file !== undefined)
    standardTerminal().line(`${file}: ${tables.entries} entries, ${findings} findings`);
  if (findings > 0) sayAside('The log is not what was signed: the page says so on top.');
  process.exitCode = findings === 0 ? exitCode.ok : exitCode.untrusted;
}

export function registerReport(audit: Command, stop: Stop): void {
  withAuditOptions(
    audit
      .command('report')
      .description(
        'Write one HTML page of a while: what verification found, who did what, and tables by kind.',
      ),
  )
    .requiredOption('--from <time>', 'from then on: a time, or a length of time before now')
    .option('--to <time>', 'before then (default: now)')
    .option('--out <file>', 'where to write it (default: standard output)')
    .option('--json', 'with --out: one JSON object about the page')
    .addHelpText(
      'after',
      examples([
        [
          'towline audit report --from 2026-10-01 --to 2026-11-01 --out october.html',
          'a month, for an auditor',
        ],
        ['towline audit report --from 7d > week.html', 'the last week'],
      ]),
    )
    // `--json` and others stand on both commands: the nearer one is meant.
    .action((_options: unknown, command: Command) => report(command.optsWithGlobals(), stop()));
}
