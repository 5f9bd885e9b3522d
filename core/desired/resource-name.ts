/** What a network or a volume of a project is called on the engine. */
import type { ComposeModel } from '../compose/value/model.ts';

export function resourceName(model: ComposeModel, kind: 'networks' | 'volumes', key: string): string {
  return model[kind]?.[key]?.name ?? `${model.name}_${key}`;
}
