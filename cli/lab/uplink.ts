/** `towline lab cut`, `mend`, `slow`: what happens between a site and the internet. */
import type { Command } from 'commander';
import { durationOption } from '../../core/change/typed-text.ts';
import { TowlineError } from '../../core/errors.ts';
import { changing, type DoneOptions, tellDone } from './done.ts';
import { openLab } from './named-lab.ts';
import { qualityWords } from './status.ts';

async function cut(site: string, options: DoneOptions & { readonly for?: string }): Promise<void> {
  const forMs = options.for === undefined ? undefined : durationOption('--for', options.for);
  await (await openLab(options)).cut(site, forMs);
  const words = `${site} is cut off${options.for === undefined ? '' : ` for ${options.for}`}`;
  tellDone(options, { site, state: 'cut', forMs: forMs ?? null }, words);
}

async function mend(site: string, options: DoneOptions): Promise<void> {
  await (await openLab(options)).mend(site);
  tellDone(options, { site, state: 'mended' }, `${site} is as lab.yaml has it`);
}

interface SlowOptions extends DoneOptions {
  readonly delay?: string;
  readonly loss?: string;
  readonly rate?: string;
}

const forms = {
  delay: /^([0-9]+(ms|s))+$/,
  loss: /^(100|[0-9]{1,2}(\.[0-9]{1,2})?)%$/,
  rate: /^[1-9][0-9]{0,5}(kbit|mbit|gbit)$/,
};

async function slow(site: string, options: SlowOptions): Promise<void> {
  const { delay, loss, rate } = options;
  const given = Object.entries({ delay, loss, rate }).filter(([, text]) => text !== undefined);
  if (given.length === 0) throw new TowlineError('CLI_USAGE', 'how slow? --delay, --loss, --rate');
  for (const [option, form] of Object.entries(forms)) {
    const text = given.find(([name]) => name === option)?.[1];
    if (text !== undefined && !form.test(text))
      throw new TowlineError('CLI_USAGE', `--${option} ${text}: such as --delay 80ms --loss 1% --rate 2mbit`);
  }
  const { readQuality } = await import('../../lab/sites/lab-plan.ts');
  const quality = readQuality(Object.fromEntries(given));
  await (await openLab(options)).slow(site, quality);
  tellDone(options, { site, quality }, `${site}: ${qualityWords(quality)}, until it is mended`);
}

export function registerUplink(lab: Command): void {
  changing(lab.command('cut'), 'Cut the uplink of a site: nothing comes through, nobody is told.', [
    ['towline lab cut north --for 1m', 'a minute without the gateway'],
  ])
    .argument('<site>', 'the site')
    .option('--for <duration>', 'mended by itself after so long')
    .action(cut);
  changing(lab.command('mend'), 'Have an uplink be again as lab.yaml has it.', [
    ['towline lab mend north', 'after cut or slow'],
  ])
    .argument('<site>', 'the site')
    .action(mend);
  changing(lab.command('slow'), 'Make an uplink worse, in each direction, until it is mended.', [
    ['towline lab slow north --delay 300ms --loss 2% --rate 256kbit', 'by satellite'],
  ])
    .argument('<site>', 'the site')
    .option('--delay <duration>', 'how long each packet takes')
    .option('--loss <percent>', 'so many of a hundred packets are lost')
    .option('--rate <rate>', 'bits in a second, with kbit, mbit or gbit')
    .action(slow);
}
