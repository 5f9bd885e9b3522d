/** `towline session play`: an auditor sees what was shown. */
import { once } from 'node:events';
import type { Command } from 'commander';
import { parseDuration } from '../../core/duration.ts';
import { TowlineError } from '../../core/errors.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { sayAside } from '../telemetry/reading-options.ts';
import { exportToFile, writeLines } from './export-lines.ts';
import { findRecording } from './find-recording.ts';
import { withFleetOptions } from './fleet-options.ts';
import { openRecording } from './opened-recording.ts';
import { Player } from './player.ts';
import { type FleetOptions, RecordedFleet } from './recorded-fleet.ts';

interface PlayOptions extends FleetOptions {
  readonly device?: string;
  readonly speed: string;
  readonly idleLimit: string;
  readonly export?: string;
}

async function play(id: string, options: PlayOptions, signal: AbortSignal): Promise<void> {
  const { speed, idleLimitSec } = timing(options);
  const fleet = await RecordedFleet.open(options);
  const found = await findRecording(fleet, id, options.device, signal);
  const opened = await openRecording(fleet, found, signal);
  if (opened.isOpen) sayAside('it has no end: the session goes on, or its device was lost');
  if (options.export !== undefined) {
    if (options.export === '-') await writeLines(opened.lines(), process.stdout, signal);
    else await exportToFile(opened.lines(), options.export, signal);
    return;
  }
  const { stdin, stdout } = process;
  const isWatched = stdout.isTTY === true;
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (!stdout.write(bytes)) await once(stdout, 'drain', { signal });
  };
  const player = new Player({ speed: isWatched ? speed : Number.POSITIVE_INFINITY, idleLimitSec, write });
  const onKey = (bytes: Buffer): void => player.key(bytes);
  const hasKeys = isWatched && stdin.isTTY === true;
  if (hasKeys) stdin.setRawMode(true).on('data', onKey);
  try {
    await player.play(opened.lines(), signal);
  } finally {
    if (hasKeys) stdin.setRawMode(false).off('data', onKey).pause();
  }
  signal.throwIfAborted();
}

function timing({ speed: text, idleLimit }: PlayOptions): { speed: number; idleLimitSec: number } {
  const speed = Number(text);
  if (!(speed > 0 && speed <= 1000))
    throw new TowlineError('CLI_USAGE', '--speed: a number, such as 2 or 0.5');
  try {
    return { speed, idleLimitSec: parseDuration(idleLimit) / 1000 };
  } catch (cause) {
    throw new TowlineError('CLI_USAGE', '--idle-limit: a length of time, such as 2s', { cause });
  }
}

export function registerPlay(session: Command, stop: Stop): void {
  withFleetOptions(
    session
      .command('play')
      .description(
        'Play a recording that is encrypted to you, after all of it was checked. Space stops, q ends.',
      )
      .argument('<id>', 'of a session or a recording'),
  )
    .option('--device <device>', 'where it is, if that is known')
    .option('--speed <factor>', 'how fast', '1')
    .option('--idle-limit <time>', 'no pause is longer', '2s')
    .option('--export <file>', 'write the asciicast into a new file, or to standard output (-)')
    .addHelpText(
      'after',
      examples([
        ['towline session play k3j9x2ab', 'as it was'],
        ['towline session play k3j9x2ab --speed 4 --idle-limit 1s', 'in a hurry'],
        ['towline session play k3j9x2ab --export session.cast', 'for asciinema'],
      ]),
    )
    .action((id: string, options: PlayOptions) => play(id, options, stop()));
}
