/** What `towline bundle create` says once the file is there. */
import { summarise } from '../../core/bundle/image-summary.ts';
import type { ImagePlan } from '../../core/bundle/plan-images.ts';
import type { BundleDraft } from '../../core/bundle/write-bundle.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import type { WalkStop } from '../../core/trust/walk.ts';
import { standardTerminal, Terminal } from '../command/terminal.ts';
import { showStop } from '../trust/stopped-walk.ts';
import { imageTable } from './image-table.ts';
import { type BundleOutput, standardOutput } from './output.ts';

interface Made extends BundleDraft {
  readonly plan: ImagePlan;
  /** Of the whole file. */
  readonly bytes: number;
  readonly isSealed: boolean;
  readonly notes: readonly string[];
  /** Why main's head is not what is in it. */
  readonly stopped: WalkStop | undefined;
}

/** What is said goes beside the bundle: where that is on standard output, to standard error. */
export function showMade(made: Made, output: BundleOutput, isJson: boolean): void {
  const { contents, entries, plan, bytes, isSealed, notes, stopped } = made;
  const terminal = output === standardOutput ? new Terminal(process.stderr, process.env) : standardTerminal();
  const images = summarise(contents, entries, plan.manifests);
  if (isJson) {
    const { leftOutBytes } = plan;
    terminal.json({
      file: output,
      bytes,
      sealed: isSealed,
      ...contents,
      images,
      leftOutBytes,
      notes,
      stopped: stopped ?? null,
    });
    return;
  }
  imageTable(terminal, images);
  for (const note of notes) terminal.line(note);
  if (stopped !== undefined) showStop(terminal, stopped);
  const seal = isSealed ? ', sealed' : '';
  const left =
    plan.leftOutBytes === 0 ? '' : ` (${formatBytes(plan.leftOutBytes)} that the devices have are left out)`;
  const whom = `${contents.devices.length} device${contents.devices.length === 1 ? '' : 's'}`;
  terminal.line(
    `${terminal.colour('green', 'wrote')} ${output}: ${formatBytes(bytes)}${seal}, commit ${contents.commit.slice(0, 12)}, for ${whom}${left}`,
  );
}
