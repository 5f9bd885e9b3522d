/** `towline lab up` and `towline lab down`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { appFolder } from '../../core/fleet/paths.ts';
import type { StandIn } from '../../lab/mirror/stand-ins.ts';
import type { Lab } from '../../lab/sites/lab.ts';
import type { LabOptions } from '../../lab/sites/make-lab.ts';
import type { LabFile } from '../../schemas/types.generated.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal, Terminal } from '../command/terminal.ts';
import { changing, type DoneOptions, tellDone } from './done.ts';
import { type MirrorOptions, mirrorOptions } from './mirror-options.ts';
import { assertLabName, nameOf } from './named-lab.ts';

interface UpOptions extends MirrorOptions {
  readonly mirror?: string;
  readonly commit?: string;
  readonly devices?: number;
  readonly name?: string;
  readonly folder?: string;
  readonly keep?: boolean;
  readonly json?: boolean;
}

const defaultDevices = 5;

async function fileOf(file: string | undefined, { devices }: UpOptions): Promise<LabFile> {
  if (file !== undefined && devices !== undefined)
    throw new TowlineError('CLI_USAGE', '--devices and a file contradict each other');
  const { labOfDevices, readLabFile } = await import('../../lab/sites/lab-file.ts');
  return file === undefined ? labOfDevices(devices ?? defaultDevices) : readLabFile(file);
}

interface Wanted extends Pick<LabOptions, 'file' | 'makeFleet' | 'images'> {
  /** Of a mirror. */
  readonly standIns?: readonly StandIn[];
}

/** A fleet of its own, or one that stands for another. @throws TowlineError CLI_USAGE, and as `wantedMirror` */
async function wantedOf(path: string | undefined, options: UpOptions, signal: AbortSignal): Promise<Wanted> {
  const { mirror, commit = 'HEAD', devices } = options;
  if (mirror === undefined) return { file: await fileOf(path, options) };
  if (path !== undefined || devices !== undefined)
    throw new TowlineError(
      'CLI_USAGE',
      'the devices of a mirror are those of its repository: no file, no --devices',
    );
  const { wantedMirror } = await import('./wanted-mirror.ts');
  return await wantedMirror(mirror, commit, options, signal);
}

async function up(path: string | undefined, options: UpOptions, signal: AbortSignal): Promise<void> {
  const { standIns, ...wanted } = await wantedOf(path, options, signal);
  const { file } = wanted;
  const name = assertLabName(options.name ?? file.name ?? 'lab');
  const { makeLab } = await import('../../lab/sites/make-lab.ts');
  const begin = performance.now();
  const seconds = () => `${Math.round((performance.now() - begin) / 1000)} s`;
  const errors = new Terminal(process.stderr, process.env);
  const lab = await makeLab(
    {
      ...{ ...wanted, name, keep: options.keep === true },
      ...(options.folder === undefined ? {} : { folder: options.folder }),
      progress: line => errors.line(errors.colour('dim', `${seconds().padStart(5)}  ${line}`)),
    },
    signal,
  );
  if (options.json === true) {
    standardTerminal().json({ ...about(lab), ...(standIns === undefined ? {} : { standIns }) });
    return;
  }
  tell(lab, seconds());
  for (const { device, standsFor } of standIns ?? [])
    if (standsFor.length > 1)
      standardTerminal().line(`${device} stands for ${standsFor.slice(1).join(', ')}, too`);
}

const about = ({ name, places, plan, desk }: Lab) => ({
  ...{ name, folder: places.folder, fleet: places.fleet, environment: places.environmentFile },
  sshConfig: desk.outerSshConfig,
  gateways: plan.gateways,
  registry: plan.registry,
  sites: plan.sites.map(site => ({
    ...{ name: site.name, engine: site.engine, devices: site.devices.map(({ id }) => id) },
  })),
});

const countOf = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** Of the app that a new fleet has; what was mirrored has releases. */
const firstRelease = (fleet: string): string =>
  existsSync(path.join(fleet, appFolder('hello')))
    ? `  towline release hello 1.0.0 --assign groups/canary.yaml
  git add --all && git commit --message "hello 1.0.0" && git push
`
    : '';

/** What a person types now: nothing of it is the lab's own. */
function tell(lab: Lab, took: string): void {
  const { name, places, plan, devices } = lab;
  const [{ id } = { id: '' }] = devices;
  const [site] = plan.sites;
  const terminal = standardTerminal();
  const is = `${countOf(devices.length, 'device')} at ${countOf(plan.sites.length, 'site')}, ${countOf(plan.gateways.length, 'gateway')}`;
  terminal.line(`${terminal.colour('green', 'up')}  lab ${name}: ${is} (${took})`);
  terminal.lines(`
In a shell of this machine:
  . ${places.environmentFile} && cd ${places.fleet}
${firstRelease(places.fleet)}  towline status
  towline tunnel open ${id} --for 1h --reason trying
  ssh -J gateway ${id}.host

Or sit down in it:
  towline lab exec desk --name ${name}
  towline lab exec ${id} --name ${name} -- docker ps

Disturb it, and take it away:
  towline lab cut ${site?.name} --for 1m --name ${name}
  towline lab down --name ${name}`);
}

async function down(options: DoneOptions): Promise<void> {
  const { claimedNames } = await import('../../lab/sites/lab-state.ts');
  if (options.name === undefined && claimedNames().length === 0) {
    tellDone(options, { lab: null, removed: false }, 'there is no lab on this machine');
    return;
  }
  const name = await nameOf(options);
  const { sweep } = await import('../../lab/sites/sweep.ts');
  const removed = await sweep(name);
  const words = removed ? `down  lab ${name}: nothing of it is left` : `there is no lab ${name}`;
  tellDone(options, { lab: name, removed }, words);
}

export function registerUp(lab: Command, stop: Stop): void {
  mirrorOptions(
    lab
      .command('up')
      .description(
        'Make a fleet on this machine: sites behind routers, gateways, devices, a desk. Root, Linux.',
      )
      .argument('[file]', 'lab.yaml: sites, their uplinks, proxies, times of outage')
      .option('--devices <number>', 'without a file: so many devices (default: 5)', Number)
      .option('--name <lab>', 'its name (default: that of the file, else `lab`)')
      .option('--folder <dir>', 'where all of it lies (default: /var/lib/towline-lab/NAME)')
      .option('--keep', 'leave what was begun where a step fails')
      .option('--json', 'one JSON object instead of text')
      .option(
        '--mirror <repo>',
        'devices that stand for those of this repository: one for each distinct plan',
      )
      .option('--commit <revision>', 'of a mirror: which commit of it (default: HEAD)'),
  )
    .addHelpText(
      'after',
      examples([
        ['towline lab up', 'five devices at two sites'],
        ['towline lab up lab.yaml --name try', 'as a file has it'],
        [
          'towline lab up --mirror ~/fleet --stand-in-images',
          'production, without its keys, secrets and images',
        ],
      ]),
    )
    .action((file: string | undefined, options: UpOptions) => up(file, options, stop()));
}

export function registerDown(lab: Command): void {
  changing(
    lab.command('down'),
    'End a lab and remove all of it, also what is left of one that was cut off.',
    [['towline lab down', 'the one that there is']],
  ).action(down);
}
