/** `changeDevices`: a change of the own files of devices, made as the options of the verb say. */
import { type DeviceEdits, type IntendedDevices, intendDevices } from '../../core/change/device-edits.ts';
import { TowlineError } from '../../core/errors.ts';
import { type Made, makeChange } from './make-change.ts';
import type { ChangeOptions } from './options.ts';
import { placeName } from './targets.ts';

export interface DevicesChange extends DeviceEdits {
  readonly options: ChangeOptions;
  /** For the name of a branch: `pause`. */
  readonly verb: string;
}

export type ChangedDevices = Omit<IntendedDevices, 'intent'> & { readonly made: Made };

/** @throws TowlineError CLI_USAGE, CLI_NO_SUCH_DEVICE; as `makeChange` */
export async function changeDevices(edits: DevicesChange, signal: AbortSignal): Promise<ChangedDevices> {
  const { devices, selector, options, verb } = edits;
  if (devices.length === 0 && selector === undefined)
    throw new TowlineError('CLI_USAGE', 'for which devices? Their ids, or -l');
  const looks: IntendedDevices[] = [];
  const intend = async (at: Parameters<typeof intendDevices>[1]) => {
    const found = await intendDevices(edits, at, placeName(options));
    looks.push(found);
    return found.intent;
  };
  const name = devices.length === 1 ? `${verb}-${devices[0]}` : `${verb}-devices`;
  const made = await makeChange({ options, name, intend }, signal);
  const last = looks.at(-1);
  if (last === undefined) throw new TowlineError('CLI_INTERNAL', 'nothing was looked at');
  const { intent: _intent, ...found } = last;
  return { ...found, made };
}
