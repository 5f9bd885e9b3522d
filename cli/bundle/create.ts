/** `towline bundle create`: one file with the commits that devices need, and the images of their releases. */
import type { Command } from 'commander';
import { seal } from '../../core/bundle/seal.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { addCreateOptions, type CreateOptions } from './create-options.ts';
import { DraftedBundle } from './drafted-bundle.ts';
import { assertRoom, outputOf, writeOutput } from './output.ts';
import { passing } from './passing-bytes.ts';
import { progressing } from './progress.ts';
import { recipientsOf } from './recipients.ts';
import { showMade } from './show-made.ts';

async function create(options: CreateOptions, signal: AbortSignal): Promise<void> {
  await using drafted = await DraftedBundle.open(options, signal);
  const { told, walk } = drafted;
  const keys = options.seal === true ? await recipientsOf(told.fleet, told.contents.devices) : undefined;
  const output = outputOf(options, told.contents.fleet);
  const { draft, plan, size, bytes: whole } = await drafted.plan();
  await assertRoom(output, size);
  const shown = progressing(whole(), size, signal);
  const sealed = keys === undefined ? shown : seal(shown, { keys, date: new Date() });
  const bytes = await writeOutput(output, passing(sealed), signal);
  const { notes } = told;
  const made = { ...draft, plan, bytes, notes, stopped: walk.stopped, isSealed: keys !== undefined };
  showMade(made, output, options.json === true);
  process.exitCode = walk.stopped === undefined ? exitCode.ok : exitCode.untrusted;
}

export function registerCreate(bundle: Command, stop: Stop): void {
  addCreateOptions(bundle).action((options: CreateOptions) => create(options, stop()));
}
