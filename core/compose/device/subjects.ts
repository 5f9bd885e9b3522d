/** Finds what a model says at a path of the table of shapes. */
import type { EngineAllowance } from '../../../schemas/types.generated.ts';
import type { Path } from '../value/fault.ts';
import { asObject } from '../value/json-access.ts';
import type { ComposeModel, Json, JsonObject } from '../value/model.ts';
import { Subject } from './finding.ts';

interface Place {
  readonly value: Json | undefined;
  readonly path: Path;
  readonly parent: JsonObject;
}

/** `services.*.volumes[].source` → `services`, `*`, `volumes`, `[]`, `source` */
const stepsOf = (row: string): string[] => row.replaceAll('[]', '.[]').split('.');

/** As the printed model has them where that differs. */
const printedKeys: Readonly<Record<string, string>> = { path: 'Path', rate: 'Rate', weight: 'Weight' };

function next(place: Place, step: string): Place[] {
  const { value, path } = place;
  if (step === '[]') {
    if (!Array.isArray(value)) return [];
    return value.map((element, index) => ({
      value: element,
      path: [...path, index],
      parent: asObject(element),
    }));
  }
  const parent = asObject(value);
  const keys =
    step === '*' ? Object.keys(parent) : [Object.hasOwn(parent, step) ? step : (printedKeys[step] ?? step)];
  return keys.map(key => ({
    value: Object.hasOwn(parent, key) ? parent[key] : undefined,
    path: [...path, key],
    parent,
  }));
}

/** Each place of a model that a row of the table means. What is not given is left out. */
export function subjectsOf(
  model: ComposeModel,
  row: string,
  allowance: EngineAllowance,
  folder: string,
): Subject[] {
  const root: JsonObject = { ...model };
  let places: Place[] = [{ value: root, path: [], parent: root }];
  for (const step of stepsOf(row)) places = places.flatMap(place => next(place, step));
  return places.flatMap(({ value, path, parent }) => {
    if (value === undefined || value === null) return [];
    const [section, name] = path;
    const entry = asObject(asObject(root[String(section)])[String(name)]);
    return [new Subject(value, { path, parent, entry, allowance, folder })];
  });
}
