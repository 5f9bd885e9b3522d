/** Rules for one machine: printed, written to a file, or compared with what is loaded. */

import { TowlineError } from '../../core/errors.ts';
import { type Difference, readLoadedTable, tableDifferences } from '../../core/firewall/loaded-table.ts';
import {
  type FirewallQuestion,
  firewallRules,
  namesToResolve,
  rulesetOf,
} from '../../core/firewall/rules.ts';
import type { Addresses } from '../../core/firewall/ruleset.ts';
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { exitCode } from '../command/exit-code.ts';
import { standardTerminal } from '../command/terminal.ts';
import { asLoaded, loadedHere } from './nft.ts';
import { resolveNames } from './resolved-names.ts';
import { givenAddresses, type SiteOptions } from './site-options.ts';

export interface Asked {
  readonly question: FirewallQuestion;
  /** `device pump-3 of fleet acme, at commit 1a2b3c4d` */
  readonly title: string;
  /** Names of the machine's visitors, whose addresses the question holds already. */
  readonly visitors?: Addresses;
}

const maxLoadedBytes = 16 * 1024 * 1024;

/** Those that the person gives are not asked for. @throws TowlineError CLI_USAGE */
export async function knownAddresses(
  names: readonly string[],
  options: SiteOptions,
  signal: AbortSignal,
): Promise<Addresses> {
  const given = givenAddresses(options);
  const asked = options.resolve === 'off' ? [] : names.filter(name => !given.has(name));
  return new Map([...given, ...(await resolveNames(asked, signal))]);
}

function head(title: string, addresses: Addresses, now: Date): string[] {
  const names = [...addresses].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `Rules of ${title}.`,
    `Printed by towline firewall at ${now.toISOString()}; names had these addresses then:`,
    ...(names.length === 0
      ? ['  none are in them']
      : names.map(([name, all]) => `  ${name}: ${all.join(', ')}`)),
  ];
}

const words: Readonly<Record<Difference['kind'], string>> = {
  missing: 'is not loaded',
  unknown: 'is loaded, and none of these rules',
  changed: 'is loaded otherwise',
  stale: 'has other addresses now',
  order: 'has its rules in another order',
};

function differenceLine({ kind, chain, rule, loaded = [], now = [] }: Difference): string {
  const addresses = kind === 'stale' ? `: ${loaded.join(', ')} loaded, ${now.join(', ')} now` : '';
  return `${kind.padEnd(8)} ${chain}${rule === '' ? '' : `: ${rule}`} ${words[kind]}${addresses}`;
}

async function loadedTable({ loaded }: SiteOptions, signal: AbortSignal) {
  if (loaded === undefined) return await loadedHere(signal);
  const bytes = await readBounded(loaded, maxLoadedBytes).catch((cause: unknown) => {
    throw new TowlineError('CLI_USAGE', `${loaded} cannot be read`, { cause });
  });
  if (bytes === undefined) throw new TowlineError('CLI_USAGE', `there is no ${loaded}`);
  return readLoadedTable(Buffer.from(bytes).toString('utf8'));
}

async function check(text: string, title: string, options: SiteOptions, signal: AbortSignal): Promise<void> {
  const terminal = standardTerminal();
  const wanted = await asLoaded(text, signal);
  const loaded = await loadedTable(options, signal);
  const differences = loaded === undefined ? [] : tableDifferences(wanted, loaded);
  const isStale = differences.some(({ kind }) => kind === 'stale');
  const isAsPrinted = loaded !== undefined && differences.length === 0;
  if (!isAsPrinted) process.exitCode = exitCode.problems;
  if (options.json === true) {
    terminal.json({ loaded: loaded !== undefined, asPrinted: isAsPrinted, stale: isStale, differences });
  } else if (loaded === undefined) terminal.line('no rules are loaded: there is no table inet towline');
  else if (isAsPrinted) terminal.line(`what is loaded are the rules of ${title}`);
  else {
    for (const difference of differences) terminal.line(differenceLine(difference));
    terminal.line(`what is loaded differs from the rules of ${title}: print them and load them again`);
  }
}

/** @throws TowlineError FIREWALL_UNRESOLVED, FIREWALL_WORD, FIREWALL_NFT, CLI_USAGE, CLI_OUTPUT */
export async function tellRules(
  { question, title, visitors = new Map() }: Asked,
  options: SiteOptions,
  signal: AbortSignal,
): Promise<void> {
  if (options.loaded !== undefined && options.check !== true)
    throw new TowlineError('CLI_USAGE', '--loaded goes with --check');
  if (options.check === true && options.output !== undefined)
    throw new TowlineError('CLI_USAGE', '--check and --output exclude each other');
  const addresses = await knownAddresses(namesToResolve(question), options, signal);
  const now = new Date();
  const all = new Map([...visitors, ...addresses]);
  const text = firewallRules(question, addresses, head(title, all, now));
  if (options.check === true) return await check(text, title, options, signal);
  const { output } = options;
  if (output !== undefined) {
    await writeDurably(output, text, { mode: 0o644 }).catch((cause: unknown) => {
      throw new TowlineError('CLI_OUTPUT', `${output} cannot be written`, { cause });
    });
  }
  const terminal = standardTerminal();
  const { notes } = rulesetOf(question, addresses);
  if (options.json === true) {
    const names = Object.fromEntries(all);
    terminal.json({
      title,
      printedAt: now.toISOString(),
      names,
      notes,
      ...(output === undefined ? { rules: text } : { output }),
    });
  } else if (output === undefined) terminal.lines(text.trimEnd());
  else {
    for (const note of notes) terminal.line(note);
    terminal.line(`${output}: rules of ${title}`);
  }
}
