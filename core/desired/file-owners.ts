/** Owner and mode that a service asks for its configs and secrets: what chown(2) would take for "leave it" is refused. */
import type { PositionLookup } from '../compose/value/fault.ts';
import type { ComposeModel } from '../compose/value/model.ts';
import type { Problem } from '../errors.ts';

/** `(uid_t)-1` and all beyond is nobody's number: the file would stay root's. */
const largestId = 2 ** 32 - 2;

function faultOf(key: 'uid' | 'gid' | 'mode', text: string): string | undefined {
  if (key === 'mode') return /^(0o?)?[0-7]{1,4}$/.test(text) ? undefined : 'is no mode such as 0440';
  const isId = /^\d{1,10}$/.test(text) && Number(text) <= largestId;
  return isId ? undefined : `is no number of a user or group, 0 to ${largestId}`;
}

export function fileOwnerProblems(model: ComposeModel, positionOf: PositionLookup): Problem[] {
  const problems: Problem[] = [];
  for (const [service, definition] of Object.entries(model.services)) {
    for (const kind of ['configs', 'secrets'] as const) {
      for (const [index, reference] of (definition[kind] ?? []).entries()) {
        for (const key of ['uid', 'gid', 'mode'] as const) {
          const text = reference[key];
          const fault = text === undefined ? undefined : faultOf(key, text);
          if (fault === undefined) continue;
          const message = `${key} "${text}" of ${reference.source ?? ''} ${fault}`;
          const position = positionOf(['services', service, kind, index, key]);
          problems.push({ code: 'COMPOSE_VALUE', message, position });
        }
      }
    }
  }
  return problems;
}
