/** The same change of the own files of one device or of many: one commit for all of them. */

import type { Document } from 'yaml';
import { TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import type { CheckedFile } from '../../core/fleet/schema-check.ts';
import { someOf } from '../../core/some-of.ts';
import { chosenDevices } from '../desk/selector-option.ts';
import type { FilesAt } from './changed-files.ts';
import { editedAt } from './edited-at.ts';
import { fleetOf } from './fleet-of.ts';
import { type Intent, type Made, makeChange } from './make-change.ts';
import type { ChangeOptions } from './options.ts';
import type { ProposalCheck } from './proposal-check.ts';

export interface ChosenDevice {
  readonly id: string;
  readonly file: CheckedFile<'device'>;
  readonly fleet: Fleet;
}

export interface DeviceEdits {
  /** By id; all that `-l` selects where there is a selector. */
  readonly devices: readonly string[];
  readonly selector?: string | undefined;
  readonly options: ChangeOptions;
  /** For the name of a branch: `pause`. */
  readonly verb: string;
  /** Which of those that a selector finds it is for: the others are passed over, where one that is named refuses all. */
  applies?(device: ChosenDevice): boolean;
  /** Changes the document of one file. What it throws keeps all of it from being done. */
  edit(device: ChosenDevice, document: Document): void;
  /** @param devices `pump-1, pump-2 and 212 more` */
  message(devices: string): string;
  /** In place of `This changes 214 devices: …` for more than one. */
  question?(ids: readonly string[]): Pick<Intent, 'question' | 'answer'>;
  readonly check?: ProposalCheck;
}

export interface EditedDevices {
  readonly made: Made;
  /** As it was found. */
  readonly fleet: Fleet;
  /** Ids, sorted. */
  readonly chosen: readonly string[];
  /** Found by the selector, and left as they are: it is not for them. */
  readonly passedOver: readonly string[];
  /** Those of them whose files are to change. */
  readonly changed: readonly string[];
}

/** @throws TowlineError CLI_USAGE, CLI_NO_SUCH_DEVICE; as `makeChange` */
export async function changeDevices(edits: DeviceEdits, signal: AbortSignal): Promise<EditedDevices> {
  const { devices, selector, options, verb } = edits;
  if (devices.length === 0 && selector === undefined)
    throw new TowlineError('CLI_USAGE', 'for which devices? Their ids, or -l');
  let edited: Omit<EditedDevices, 'made'> | undefined;
  const intend = async (at: FilesAt): Promise<Intent | undefined> => {
    const fleet = await fleetOf(at);
    const found = chosenDevices(
      { devices, ...(selector === undefined ? {} : { selector }) },
      fleet,
      options.worktree === true ? 'the working tree' : 'main',
    );
    const [chosen, passedOver]: [ChosenDevice[], string[]] = [[], []];
    for (const id of found) {
      const file = fleet.devices.get(id);
      if (file === undefined) continue;
      const device = { id, file, fleet };
      if (selector === undefined || edits.applies?.(device) !== false) chosen.push(device);
      else passedOver.push(id);
    }
    const files = new Map<string, string>();
    const changed: string[] = [];
    for (const device of chosen) {
      const after = await editedAt(at, device.file.path, document => edits.edit(device, document));
      if (after === undefined) continue;
      files.set(device.file.path, after);
      changed.push(device.id);
    }
    if (chosen.length === 0)
      throw new TowlineError('CLI_NO_SUCH_DEVICE', `of the devices of -l ${selector} it is for none`);
    edited = { fleet, chosen: chosen.map(({ id }) => id), passedOver, changed };
    if (changed.length === 0) return undefined;
    const { check } = edits;
    const asked = edits.question?.(changed) ?? { question: manyQuestion(changed) };
    const message = edits.message(someOf(changed));
    return { files, message, ...asked, ...(check === undefined ? {} : { check }) };
  };
  const name = devices.length === 1 ? `${verb}-${devices[0]}` : `${verb}-devices`;
  const made = await makeChange({ options, name, intend }, signal);
  if (edited === undefined) throw new TowlineError('CLI_INTERNAL', 'nothing was looked at');
  return { ...edited, made };
}

const shownIds = 5;

/** @returns undefined for one: nobody needs to be told how many that is */
export function manyQuestion(ids: readonly string[]): string | undefined {
  if (ids.length < 2) return undefined;
  const more = ids.length > shownIds ? ', …' : '.';
  return `This changes ${ids.length} devices: ${ids.slice(0, shownIds).join(', ')}${more}`;
}

/** One `stays`, several `stay`. */
export const verbFor = (ids: readonly string[], one: string, several: string): string =>
  ids.length === 1 ? one : several;
