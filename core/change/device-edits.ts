/** The same change of the own files of one device or of many: one commit for all of them. */
import type { Document } from 'yaml';
import { TowlineError } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { CheckedFile } from '../fleet/schema-check.ts';
import { someOf } from '../some-of.ts';
import type { FilesAt } from './changed-files.ts';
import { chosenDevices } from './chosen-devices.ts';
import { editedAt } from './edited-at.ts';
import { fleetOf } from './fleet-of.ts';
import type { Intent } from './intent.ts';
import type { ProposalCheck } from './proposal-check.ts';

export interface ChosenDevice {
  readonly id: string;
  readonly file: CheckedFile<'device'>;
  readonly fleet: Fleet;
}

/** Whom it is for. */
export interface DeviceChoice {
  /** By id; all that the selector selects where there is one. */
  readonly devices: readonly string[];
  readonly selector?: string | undefined;
}

export interface DeviceEdits extends DeviceChoice {
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

export interface IntendedDevices {
  /** undefined: all of them are so already. */
  readonly intent: Intent | undefined;
  /** As it was found. */
  readonly fleet: Fleet;
  /** Ids, sorted. */
  readonly chosen: readonly string[];
  /** Found by the selector, and left as they are: it is not for them. */
  readonly passedOver: readonly string[];
  /** Those of them whose files are to change. */
  readonly changed: readonly string[];
}

/** @param place as messages name it: `main`. @throws TowlineError CLI_NO_SUCH_DEVICE, CLI_USAGE; FleetProblems; what `edit` throws */
export async function intendDevices(
  edits: DeviceEdits,
  at: FilesAt,
  place = 'main',
): Promise<IntendedDevices> {
  const { devices, selector } = edits;
  const fleet = await fleetOf(at);
  const choice = { devices, ...(selector === undefined ? {} : { selector }) };
  const [chosen, passedOver]: [ChosenDevice[], string[]] = [[], []];
  for (const id of chosenDevices(choice, fleet, place)) {
    const file = fleet.devices.get(id);
    if (file === undefined) continue;
    const device = { id, file, fleet };
    if (selector === undefined || edits.applies?.(device) !== false) chosen.push(device);
    else passedOver.push(id);
  }
  if (chosen.length === 0)
    throw new TowlineError('CLI_NO_SUCH_DEVICE', `of the devices of -l ${selector} it is for none`);
  const files = new Map<string, string>();
  const changed: string[] = [];
  for (const device of chosen) {
    const after = await editedAt(at, device.file.path, document => edits.edit(device, document));
    if (after === undefined) continue;
    files.set(device.file.path, after);
    changed.push(device.id);
  }
  const found = { fleet, chosen: chosen.map(({ id }) => id), passedOver, changed };
  if (changed.length === 0) return { ...found, intent: undefined };
  const { check } = edits;
  const asked = edits.question?.(changed) ?? { question: manyQuestion(changed) };
  const message = edits.message(someOf(changed));
  return { ...found, intent: { files, message, ...asked, ...(check === undefined ? {} : { check }) } };
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
