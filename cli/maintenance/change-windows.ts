/** Windows and pauses in the files of fleet, groups, devices: one commit for all of them. */
import type { Document } from 'yaml';
import type { FilesAt } from '../../core/change/changed-files.ts';
import { manyQuestion } from '../../core/change/device-edits.ts';
import { editedAt } from '../../core/change/edited-at.ts';
import { fleetOf } from '../../core/change/fleet-of.ts';
import type { Intent } from '../../core/change/intent.ts';
import { type TargetOptions, type Targets, targetsOf } from '../../core/change/targets.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import { makeChange } from '../change/make-change.ts';
import type { ChangeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { placeName } from '../change/targets.ts';

export interface WindowEdit {
  /** For the name of a branch. */
  readonly verb: string;
  edit(document: Document): void;
  message(whom: string): string;
  /** In one line what is so then. */
  done(whom: string): string;
}

/** @throws TowlineError CLI_USAGE, CLI_NO_SUCH_DEVICE; as `makeChange` */
export async function changeWindows(
  { verb, edit, message, done }: WindowEdit,
  options: ChangeOptions & TargetOptions,
  signal: AbortSignal,
): Promise<void> {
  let targets: Targets | undefined;
  let fleet: Fleet | undefined;
  const intend = async (at: FilesAt): Promise<Intent | undefined> => {
    fleet = await fleetOf(at);
    targets = targetsOf(fleet, options, placeName(options));
    const files = new Map<string, string>();
    for (const path of targets.paths) {
      const after = await editedAt(at, path, edit);
      if (after !== undefined) files.set(path, after);
    }
    if (files.size === 0) return undefined;
    return { files, message: message(targets.words), question: manyQuestion(targets.devices) };
  };
  const made = await makeChange({ options, name: `maintenance-${verb}`, intend }, signal);
  const { words = '', devices = [] } = targets ?? {};
  sayMade(made, {
    json: options.json === true,
    done: done(words),
    already: `so it is already: ${done(words)}`,
    fields: { devices },
    notes: hidden(fleet, targets, verb),
  });
}

/** The whole list of the narrowest file counts: who had a wider one has it no more. */
function hidden(fleet: Fleet | undefined, targets: Targets | undefined, verb: string): string[] {
  if (fleet === undefined || targets === undefined || verb !== 'window') return [];
  const others = targets.devices.filter(id => {
    const layers = layersOf(fleet, id);
    const from = layers === undefined ? undefined : mergeDevice(layers).provenance.get('/windows');
    return from !== undefined && !targets.paths.includes(from) && isWider(from, targets);
  });
  if (others.length === 0) return [];
  const [first, ...more] = others;
  const who = more.length === 0 ? first : `${first} and ${more.length} more`;
  return [
    `The windows of wider files hold for ${who} no longer: the list of the narrowest file counts alone.`,
  ];
}

const widths = { fleet: 0, group: 1, device: 2 };

function isWider(path: string, { kind }: Targets): boolean {
  const from = path.startsWith('devices/') ? 'device' : path.startsWith('groups/') ? 'group' : 'fleet';
  return widths[from] < widths[kind];
}
