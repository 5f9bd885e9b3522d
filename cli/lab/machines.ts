/** `towline lab clock`, `kill`, `start`, `fill-disk`, `firewall`: what happens to devices and gateways. */
import type { Command } from 'commander';
import { durationOption } from '../../core/change/typed-text.ts';
import { TowlineError } from '../../core/errors.ts';
import { parseSize } from '../../core/fleet/size.ts';
import type { Lab } from '../../lab/sites/lab.ts';
import { changing, type DoneOptions, tellDone } from './done.ts';
import { openLab } from './named-lab.ts';

/** `+3h`, `-90m`, `0`. @throws TowlineError CLI_USAGE */
function offsetOf(text: string): number {
  const [, sign, length = ''] = /^([+-])(.+)$/.exec(text) ?? [];
  if (text === '0') return 0;
  if (sign === undefined) throw new TowlineError('CLI_USAGE', `${text}: by how much? +3h, -90m, or 0`);
  return (sign === '-' ? -1 : 1) * durationOption('the offset', length);
}

async function clock(device: string, offset: string, options: DoneOptions): Promise<void> {
  const offsetMs = offsetOf(offset);
  (await openLab(options)).clock(device, offsetMs);
  const words = `its programs have a clock that is ${offsetMs === 0 ? 'right' : `off by ${offset}`}`;
  tellDone(options, { device, offsetMs }, `${device}: ${words}`);
}

const isGateway = (lab: Lab, part: string): boolean => lab.plan.gateways.some(({ name }) => name === part);

async function kill(part: string, options: DoneOptions): Promise<void> {
  const lab = await openLab(options);
  await (isGateway(lab, part) ? lab.killGateway(part) : lab.killDevice(part));
  tellDone(options, { part, runs: false }, `${part} is off, until \`towline lab start ${part}\``);
}

async function start(part: string, options: DoneOptions): Promise<void> {
  const lab = await openLab(options);
  await (isGateway(lab, part) ? lab.startGateway(part) : lab.startDevice(part));
  tellDone(options, { part, runs: true }, `${part} is started`);
}

interface FillOptions extends DoneOptions {
  readonly free: string;
  readonly empty?: boolean;
}

/** @throws TowlineError CLI_USAGE */
function bytesOf(text: string): number {
  try {
    return parseSize(text);
  } catch {
    throw new TowlineError('CLI_USAGE', `--free ${text}: a whole number with B, KiB, MiB or GiB`);
  }
}

async function fillDisk(device: string, options: FillOptions): Promise<void> {
  const free = options.empty === true ? undefined : bytesOf(options.free);
  const lab = await openLab(options);
  await lab.fillDisk(device, free);
  const freeBytes = lab.diskFree(device);
  tellDone(options, { device, freeBytes }, `${device}: ${freeBytes} bytes of its disk are free`);
}

async function firewall(options: DoneOptions): Promise<void> {
  const { loadFirewall } = await import('../../lab/sites/firewall.ts');
  const lab = await openLab(options);
  await loadFirewall(lab);
  const commit = await lab.desk.run('git', ['rev-parse', 'HEAD']);
  const facts = { lab: lab.name, commit: commit.trim() };
  tellDone(options, facts, `every part has the rules of ${facts.commit.slice(0, 12)}`);
}

export function registerMachines(lab: Command): void {
  changing(lab.command('clock'), 'Put the clock of a device wrong; its programs run on.', [
    ['towline lab clock north-1 +3h', 'three hours ahead'],
    ['towline lab clock north-1 0', 'right again'],
  ])
    .argument('<device>', 'its id')
    .argument('<offset>', 'such as +3h or -90m; 0: right again')
    .allowUnknownOption()
    .action(clock);
  changing(lab.command('kill'), 'Take the power from a gateway or a device: SIGKILL, no goodbye.', [
    ['towline lab kill gateway-1', 'until `towline lab start gateway-1`'],
  ])
    .argument('<part>', 'a gateway, or the id of a device')
    .action(kill);
  changing(lab.command('start'), 'Start what was killed.', [['towline lab start gateway-1', 'a gateway']])
    .argument('<part>', 'a gateway, or the id of a device')
    .action(start);
  changing(lab.command('fill-disk'), 'Fill the disk on which a device keeps its state.', [
    ['towline lab fill-disk north-1 --free 64KiB', 'almost nothing left'],
    ['towline lab fill-disk north-1 --empty', 'as it was at first'],
  ])
    .argument('<device>', 'its id')
    .option('--free <size>', 'how much room stays', '0B')
    .option('--empty', 'as much room as there was at first')
    .action(fillDisk);
  changing(
    lab.command('firewall'),
    'Print the firewall rules of all parts anew, for the commit of the clone, and load them.',
    [['towline lab firewall', 'after a release that publishes a port']],
  ).action(firewall);
}
