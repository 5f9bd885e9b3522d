/** `towline lab cut`, `mend`, `slow`, `clock`, `kill`, `start`, `fill-disk`: what happens to a fleet. */
import type { Command } from 'commander';
import { durationOption } from '../../core/change/typed-text.ts';
import { TowlineError } from '../../core/errors.ts';
import { parseSize } from '../../core/fleet/size.ts';
import type { Lab } from '../../lab/sites/lab.ts';
import { examples } from '../command/examples.ts';
import { standardTerminal } from '../command/terminal.ts';
import { type NameOptions, nameOption, openLab } from './named-lab.ts';
import { qualityWords } from './status.ts';

const say = (text: string): void => standardTerminal().line(text);

async function cut(site: string, options: NameOptions & { readonly for?: string }): Promise<void> {
  const forMs = options.for === undefined ? undefined : durationOption('--for', options.for);
  await (await openLab(options)).cut(site, forMs);
  say(`${site} is cut off${options.for === undefined ? '' : ` for ${options.for}`}`);
}

async function mend(site: string, options: NameOptions): Promise<void> {
  await (await openLab(options)).mend(site);
  say(`${site} is as lab.yaml has it`);
}

interface SlowOptions extends NameOptions {
  readonly delay?: string;
  readonly loss?: string;
  readonly rate?: string;
}

const forms = {
  delay: /^([0-9]+(ms|s))+$/,
  loss: /^(100|[0-9]{1,2}(\.[0-9]{1,2})?)%$/,
  rate: /^[1-9][0-9]{0,5}(kbit|mbit|gbit)$/,
};

async function slow(site: string, { name, ...options }: SlowOptions): Promise<void> {
  for (const [option, form] of Object.entries(forms)) {
    const text = Object.entries(options).find(([key]) => key === option)?.[1];
    if (text !== undefined && !form.test(text))
      throw new TowlineError('CLI_USAGE', `--${option} ${text}: such as --delay 80ms --loss 1% --rate 2mbit`);
  }
  if (Object.keys(options).length === 0)
    throw new TowlineError('CLI_USAGE', 'how slow? --delay, --loss, --rate');
  const { readQuality } = await import('../../lab/sites/lab-plan.ts');
  const quality = readQuality(options);
  await (await openLab(name === undefined ? {} : { name })).slow(site, quality);
  say(`${site}: ${qualityWords(quality)}, until it is mended`);
}

/** `+3h`, `-90m`, `0`. @throws TowlineError CLI_USAGE */
function offsetOf(text: string): number {
  const [, sign, length = ''] = /^([+-])(.+)$/.exec(text) ?? [];
  if (text === '0') return 0;
  if (sign === undefined) throw new TowlineError('CLI_USAGE', `${text}: by how much? +3h, -90m, or 0`);
  return (sign === '-' ? -1 : 1) * durationOption('the offset', length);
}

async function clock(device: string, offset: string, options: NameOptions): Promise<void> {
  (await openLab(options)).clock(device, offsetOf(offset));
  say(`${device}: its programs have a clock that is ${offset === '0' ? 'right' : `off by ${offset}`}`);
}

const isGateway = (lab: Lab, part: string): boolean => lab.plan.gateways.some(({ name }) => name === part);

async function kill(part: string, options: NameOptions): Promise<void> {
  const lab = await openLab(options);
  await (isGateway(lab, part) ? lab.killGateway(part) : lab.killDevice(part));
  say(`${part} is off, until \`towline lab start ${part}\``);
}

async function start(part: string, options: NameOptions): Promise<void> {
  const lab = await openLab(options);
  await (isGateway(lab, part) ? lab.startGateway(part) : lab.startDevice(part));
  say(`${part} is started`);
}

interface FillOptions extends NameOptions {
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
  say(`${device}: ${lab.diskFree(device)} bytes of its disk are free`);
}

async function firewall(options: NameOptions): Promise<void> {
  const { loadFirewall } = await import('../../lab/sites/firewall.ts');
  await loadFirewall(await openLab(options));
  say('every part has the rules of the commit that the clone is at');
}

export function registerChanges(lab: Command): void {
  nameOption(
    lab.command('cut').description('Cut the uplink of a site: nothing comes through, nobody is told.'),
  )
    .argument('<site>', 'the site')
    .option('--for <duration>', 'mended by itself after so long')
    .addHelpText('after', examples([['towline lab cut north --for 1m', 'a minute without the gateway']]))
    .action(cut);
  nameOption(lab.command('mend').description('Have an uplink be again as lab.yaml has it.'))
    .argument('<site>', 'the site')
    .action(mend);
  nameOption(lab.command('slow').description('Make an uplink worse, in each direction, until it is mended.'))
    .argument('<site>', 'the site')
    .option('--delay <duration>', 'how long each packet takes')
    .option('--loss <percent>', 'so many of a hundred packets are lost')
    .option('--rate <rate>', 'bits in a second, with kbit, mbit or gbit')
    .addHelpText(
      'after',
      examples([['towline lab slow north --delay 300ms --loss 2% --rate 256kbit', 'by satellite']]),
    )
    .action(slow);
  nameOption(lab.command('clock').description('Put the clock of a device wrong; its programs run on.'))
    .argument('<device>', 'its id')
    .argument('<offset>', 'such as +3h or -90m; 0: right again')
    .allowUnknownOption()
    .addHelpText('after', examples([['towline lab clock north-1 +3h', 'three hours ahead']]))
    .action(clock);
  nameOption(
    lab.command('kill').description('Take the power from a gateway or a device: SIGKILL, no goodbye.'),
  )
    .argument('<part>', 'a gateway, or the id of a device')
    .addHelpText('after', examples([['towline lab kill gateway-1', 'until `towline lab start gateway-1`']]))
    .action(kill);
  nameOption(lab.command('start').description('Start what was killed.'))
    .argument('<part>', 'a gateway, or the id of a device')
    .action(start);
  nameOption(lab.command('fill-disk').description('Fill the disk on which a device keeps its state.'))
    .argument('<device>', 'its id')
    .option('--free <size>', 'how much room stays', '0B')
    .option('--empty', 'as much room as there was at first')
    .addHelpText('after', examples([['towline lab fill-disk north-1 --free 64KiB', 'almost nothing left']]))
    .action(fillDisk);
  nameOption(
    lab
      .command('firewall')
      .description('Print the firewall rules of all parts anew, for the commit of the clone, and load them.'),
  ).action(firewall);
}
