/** `towline audit`: who did what, when, and whether that is all. */
import { type Command, Option } from 'commander';
import { auditTypes } from '../../core/audit/audit-entry.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerAccept } from './accept.ts';
import { withAuditOptions } from './audit-options.ts';
import { type ListOptions, listEntries } from './list.ts';
import { registerReport } from './report.ts';
import { registerVerify } from './verify.ts';

export function registerAudit(audit: Command, stop: Stop): void {
  withAuditOptions(audit)
    .option('--device <device>', 'of this device alone')
    .option('--person <operator>', 'of this person alone')
    .addOption(new Option('--type <type...>', 'of these kinds alone').choices(auditTypes))
    .option('--since <time>', 'from then on: a length of time before now, or a time')
    .option('--until <time>', 'before then')
    .option('--lines <count>', 'of the table: so many of the newest', '200')
    .option('--json', 'one JSON object for each entry')
    .option('--csv', 'RFC 4180, with a first line of names')
    .action((options: ListOptions) => listEntries(options, stop()));
  registerVerify(audit, stop);
  registerReport(audit, stop);
  registerAccept(audit, stop);
  audit.addHelpText(
    'after',
    examples([
      ['towline audit --since 7d --type refusal', 'who was turned away in the last week, and why'],
      ['towline audit --device pump-17 --since 2026-11-01', 'what happened to a device since then'],
      ['towline audit verify', 'whether a piece is missing, changed or moved'],
      ['towline audit report --from 2026-10-01 --to 2026-11-01 --out october.html', 'for an auditor'],
    ]),
  );
}
