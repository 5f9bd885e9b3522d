/** `--install-line` and `--cloud-init`: how a device gets its agent together with its token. */
import { TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { installChoice } from '../../core/install/install-choice.ts';
import { installLine } from '../../core/install/install-line.ts';
import { userData } from '../../core/install/user-data.ts';
import { standardTerminal, Terminal } from '../command/terminal.ts';

export interface InstallOptions {
  readonly installLine?: boolean;
  readonly cloudInit?: boolean;
  /** As which other agent of its machine. */
  readonly instance?: string;
}

/** For one device, of the fleet as it was when its token was made. */
export interface InstallWay {
  readonly kind: 'line' | 'cloud-init';
  readonly version: string;
  readonly line: string;
}

export interface InstallFacts {
  readonly device: string;
  readonly token: string;
  readonly expires: string;
}

/**
 * Asked before anything is made.
 * @param groups of a device that is yet to be written
 * @returns undefined where neither was asked for
 * @throws TowlineError CLI_USAGE, AGENT_VERSION_UNLISTED: there is no script to install it by
 */
export function installWay(
  fleet: Fleet,
  device: string,
  { installLine: byLine = false, cloudInit = false, instance }: InstallOptions,
  groups?: readonly string[],
): InstallWay | undefined {
  if (instance !== undefined && (!byLine || !/^[a-z][a-z0-9]{0,15}$/.test(instance)))
    throw new TowlineError('CLI_USAGE', '--instance goes with --install-line: a name of letters and digits');
  if (!byLine && !cloudInit) return undefined;
  if (byLine && cloudInit) throw new TowlineError('CLI_USAGE', '--install-line or --cloud-init, not both');
  const { version, sha256, gateways } = installChoice(fleet, device, groups);
  const options = [
    cloudInit ? '--first-boot' : '--enroll',
    ...(instance === undefined ? [] : ['--instance', instance]),
  ];
  const line = installLine({ sha256, gateways, options });
  return { kind: cloudInit ? 'cloud-init' : 'line', version, line };
}

/** For a program. */
export function installJson(way: InstallWay | undefined, facts: InstallFacts): Record<string, unknown> {
  if (way === undefined) return {};
  if (way.kind === 'line') return { agent: way.version, installLine: way.line };
  return { agent: way.version, userData: userData({ ...facts, line: way.line }) };
}

/** Where words for a person go: what standard output has is a file's. */
export const wordsBeside = (way: InstallWay | undefined): Terminal =>
  way?.kind === 'cloud-init' ? new Terminal(process.stderr, process.env) : standardTerminal();

/** The token stands alone: in the line it would be seen among the processes, and kept by the shell. */
export function sayInstall(way: InstallWay, facts: InstallFacts): void {
  const terminal = standardTerminal();
  if (way.kind === 'cloud-init') {
    terminal.lines(userData({ ...facts, line: way.line }).trimEnd());
    return;
  }
  terminal.line(`  ${way.line}`);
  terminal.line();
  terminal.line(`As root, or with sudo in front. It installs agent ${way.version}, and asks for this token:`);
  terminal.line();
  terminal.line(`  ${facts.token}`);
}
