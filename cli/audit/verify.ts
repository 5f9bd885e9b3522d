/** `towline audit verify`: whether a piece of the audit log is missing, changed or moved, and where. */
import type { Command } from 'commander';
import type { AuditFault } from '../../core/audit/audit-chain.ts';
import { readPlace } from '../../core/audit/audit-commit.ts';
import type { AuditVerdict } from '../../core/audit/audit-verify.ts';
import { TowlineError } from '../../core/errors.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal, type Terminal } from '../command/terminal.ts';
import { withAuditOptions } from './audit-options.ts';
import { EntryTimes } from './entry-times.ts';
import { type CheckedEvidence, checkEvidence, mostEvidence, type Named, namedIn } from './evidence.ts';
import { type AuditLook, type AuditPlace, OpenedAudit } from './opened-audit.ts';
import { faultLines, noteLines } from './verdict-words.ts';

interface VerifyOptions extends AuditPlace {
  readonly head?: readonly string[];
  readonly evidence?: boolean;
  readonly forget?: boolean;
  readonly json?: boolean;
}

async function verify(options: VerifyOptions, signal: AbortSignal): Promise<void> {
  const heads = headsOf(options.head ?? []);
  const audit = await OpenedAudit.open(options, signal);
  let named: Named[] = [];
  const times = new EntryTimes();
  const verdict = await audit.look(
    {
      ...heads,
      isAnew: options.forget === true,
      onEntry: entry => {
        times.add(entry);
        if (options.evidence === true) named.push(...namedIn(entry));
        if (named.length >= 2 * mostEvidence) named = named.slice(-mostEvidence);
      },
    },
    signal,
  );
  const evidence =
    options.evidence === true
      ? await checkEvidence(audit, named.slice(-mostEvidence), options.repo, signal)
      : undefined;
  const faults = [...verdict.faults, ...(evidence?.faults ?? [])];
  const notes = noteLines(verdict, audit.fleet, { times, nowMs: Date.now() });
  const terminal = standardTerminal();
  if (options.json === true) terminal.json({ ...verdict, faults, notes, ...(evidence && { evidence }) });
  else show(terminal, { verdict, evidence, notes, faults });
  process.exitCode = faults.length === 0 ? exitCode.ok : exitCode.untrusted;
}

interface Shown {
  readonly verdict: AuditVerdict;
  readonly evidence: CheckedEvidence | undefined;
  readonly notes: readonly string[];
  readonly faults: readonly AuditFault[];
}

function show(terminal: Terminal, { verdict, evidence, notes, faults }: Shown): void {
  const { entries, commits, head, lastTime, faultCount } = verdict;
  for (const line of faultLines({
    ...verdict,
    faults,
    faultCount: faultCount + (evidence?.faults.length ?? 0),
  }))
    terminal.line(terminal.colour('red', line));
  for (const note of notes) terminal.line(`${terminal.colour('yellow', 'note')} ${note}`);
  if (evidence !== undefined) {
    const { sound, gone } = evidence;
    terminal.line(
      `${sound} commits of devices that entries name are signed by them, and say so; ${gone} are not kept any longer.`,
    );
  }
  const state =
    faults.length === 0 ? terminal.colour('green', 'sound') : terminal.colour('red', 'not what was signed');
  terminal.line(`${entries} entries in ${commits} signed commits, up to ${lastTime ?? 'none'}: ${state}.`);
  terminal.line(`head ${head.seq}:${head.hash}`);
}

/** @throws TowlineError CLI_USAGE */
function headsOf(texts: readonly string[]): Required<Pick<AuditLook, 'known' | 'hashes'>> {
  const hashes = texts.filter(text => /^[0-9a-f]{64}$/.test(text));
  const known = texts
    .filter(text => !hashes.includes(text))
    .map(text => {
      const place = readPlace(text);
      if (place !== undefined) return { ...place, from: '--head', isKept: true };
      const message = `--head ${text}: the 64 digits of a head, or its number, a colon and them`;
      throw new TowlineError('CLI_USAGE', message);
    });
  return { hashes, known };
}

export function registerVerify(audit: Command, stop: Stop): void {
  withAuditOptions(
    audit
      .command('verify')
      .description(
        'Find what is missing, changed or moved in the audit log, against heads that are known elsewhere.',
      ),
  )
    .option(
      '--head <head...>',
      'heads from elsewhere (a sink, a message, the forge, an auditor’s notes): the log has to have each of them',
    )
    .option('--evidence', 'check what entries say that devices have signed, too: fetches their telemetry')
    .option(
      '--forget',
      'begin anew from what is there, if it is sound: what this clone has seen of the log counts no longer',
    )
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      examples([
        [
          'towline audit verify',
          'signatures, chain, and that it has only grown since this clone looked last',
        ],
        [
          'towline audit verify --head 1234:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
          'against a head that somebody else has kept; exits with 3 where it does not fit',
        ],
        ['towline audit verify --telemetry git@forge.example.com:fleet.git', 'the copy that the forge has'],
      ]),
    )
    // `--json` and others stand on both commands: the nearer one is meant.
    .action((_options: unknown, command: Command) => verify(command.optsWithGlobals(), stop()));
}
