/** Every value that a device has by main, and which line of which file gave it. */
import { desiredState } from '../../../core/desired/desired-state.ts';
import { effectiveValues } from '../../../core/desired/effective-values.ts';
import { type DeviceLayers, layersOf } from '../../../core/fleet/fleet.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import type { Values } from '../../api/types.generated.ts';
import type { Model } from '../model.ts';
import { pageLimits } from '../page-limits.ts';

/** Problems that are told. */
const mostProblems = 50;

export async function deviceValues(model: Model, device: string): Promise<Values> {
  const { fleet, commit } = model.seen;
  const reader = new ObjectReader(model.home.fleet.objects, pageLimits);
  const result = await desiredState({ reader, commit, device });
  const lineOf = linesIn(layersOf(fleet, device));
  return {
    ...{ device, commit },
    values: effectiveValues(result).map(({ pointer, value, from }) => {
      const line = lineOf(from, pointer);
      return { pointer, value, from, ...(line === undefined ? {} : { line }) };
    }),
    problems: result.problems.slice(0, mostProblems).map(({ code, message, position: { file, line } }) => ({
      ...{ code, message, file },
      ...(line === undefined ? {} : { line }),
    })),
  };
}

/** In files that decide over the device: there a value stands under its own name, or a variable under `variables`. */
function linesIn(layers: DeviceLayers | undefined): (file: string, pointer: string) => number | undefined {
  const all = layers === undefined ? [] : [layers.fleet, ...layers.groups, layers.device];
  const files = new Map(all.map(file => [file.path, file]));
  return (path, pointer) => {
    const file = files.get(path);
    if (file === undefined) return undefined;
    const variable = /^\/apps\/[^/]+(\/variables\/.+)$/.exec(pointer)?.[1];
    const own = file.locate(pointer).line;
    if (variable === undefined || file.source(pointer) !== undefined) return own;
    return file.locate(variable).line ?? own;
  };
}
