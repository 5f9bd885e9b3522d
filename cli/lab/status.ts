/** `towline lab status`: what of a lab runs, and how its uplinks are. What devices say of themselves is `towline status`. */
import type { Command } from 'commander';
import { formatDuration } from '../../core/duration.ts';
import { formatSize } from '../../core/fleet/size.ts';
import type { PartState, WireState } from '../../lab/sites/keeper/keeper-order.ts';
import type { Lab } from '../../lab/sites/lab.ts';
import type { LinkQuality } from '../../lab/sites/lab-plan.ts';
import { examples } from '../command/examples.ts';
import { standardTerminal } from '../command/terminal.ts';
import { type NameOptions, nameOption, openLab } from './named-lab.ts';

interface StatusOptions extends NameOptions {
  readonly json?: boolean;
}

const rateWords = (bits: number): string =>
  bits % 1e6 === 0 ? `${bits / 1e6} mbit/s` : `${bits / 1e3} kbit/s`;

export function qualityWords({ delayMs, loss, bitsPerSecond }: LinkQuality): string {
  const words = [
    ...(delayMs === 0 ? [] : [`${formatDuration(delayMs)} each way`]),
    ...(loss === 0 ? [] : [`${Number((loss * 100).toFixed(2))}% lost`]),
    ...(bitsPerSecond === undefined ? [] : [rateWords(bitsPerSecond)]),
  ];
  return words.join(', ') || 'as it is';
}

function wireWords(wire: WireState | undefined, nowMs: number): string {
  if (wire === undefined) return '-';
  if (wire.state !== 'cut') return wire.state;
  return wire.untilMs === null ? 'cut' : `cut for ${formatDuration(Math.max(0, wire.untilMs - nowMs))}`;
}

function partWords(part: PartState | undefined): string {
  if (part === undefined) return '-';
  const again = part.restarts === 0 ? '' : `, ${part.restarts} times anew`;
  return part.runs ? `runs${again}` : `off (${part.ended ?? 'not started'})`;
}

async function facts(lab: Lab) {
  const { parts, wires } = await lab.status();
  const part = (name: string) => parts.find(one => one.name === name);
  return {
    ...{ name: lab.name, folder: lab.places.folder },
    sites: lab.plan.sites.map(({ name, engine, proxy }) => ({
      ...{ name, engine, proxy, uplink: wires.find(({ site }) => site === name) },
    })),
    gateways: lab.plan.gateways.map(({ name, host }) => ({ name, host, program: part(name) })),
    devices: lab.devices.map(({ id, site }) => {
      const own = part(`${id}-dockerd`);
      const engine = own ?? part(`${site}-engine-dockerd`);
      return { id, site, agent: part(id), engine, diskFreeBytes: lab.diskFree(id) };
    }),
    programs: parts,
  };
}

async function status(options: StatusOptions): Promise<void> {
  const terminal = standardTerminal();
  const { claimedNames } = await import('../../lab/sites/lab-state.ts');
  if (options.name === undefined && claimedNames().length === 0) {
    if (options.json === true) terminal.json({ labs: [] });
    else terminal.line('there is no lab on this machine');
    return;
  }
  const { programs, ...shown } = await facts(await openLab(options));
  if (options.json === true) {
    terminal.json({ ...shown, programs });
    return;
  }
  const nowMs = Date.now();
  terminal.line(`lab ${shown.name} in ${shown.folder}`);
  terminal.line();
  terminal.table(
    ['SITE', 'UPLINK', 'QUALITY', 'ENGINE', 'PROXY'],
    shown.sites.map(({ name, engine, proxy, uplink }) => [
      ...[name, wireWords(uplink, nowMs), uplink === undefined ? '-' : qualityWords(uplink.quality)],
      ...[engine, proxy ? 'http' : '-'],
    ]),
  );
  terminal.line();
  terminal.table(
    ['GATEWAY', 'ADDRESS', 'PROGRAM'],
    shown.gateways.map(({ name, host, program }) => [name, host, partWords(program)]),
  );
  terminal.line();
  terminal.table(
    ['DEVICE', 'SITE', 'AGENT', 'ENGINE', 'DISK FREE'],
    shown.devices.map(({ id, site, agent, engine, diskFreeBytes }) => [
      ...[id, site, partWords(agent), partWords(engine)],
      formatSize(Math.floor(diskFreeBytes / 1024) * 1024),
    ]),
  );
}

export function registerStatus(lab: Command): void {
  nameOption(lab.command('status').description('Show what of a lab runs, and how its uplinks are.'))
    .option('--json', 'one JSON object instead of text')
    .addHelpText('after', examples([['towline lab status', 'the one that there is']]))
    .action((options: StatusOptions) => status(options));
}
