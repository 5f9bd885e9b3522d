/** A rollout by the name that a person types: `r1`, or `hello/r1` where two apps have one of that name. */
import { TowlineError } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { unknownName } from '../unknown-name.ts';
import type { NamedRollout } from './stage.ts';

export interface KeyedRollout extends NamedRollout {
  /** `app/name`. */
  readonly key: string;
}

export const allRollouts = (fleet: Fleet): KeyedRollout[] =>
  [...fleet.rollouts].flatMap(([app, rollouts]) =>
    [...rollouts].map(([name, file]) => ({ key: `${app}/${name}`, name, file })),
  );

/** @throws TowlineError ROLLOUT_UNKNOWN */
export function namedRollout(fleet: Fleet, name: string): KeyedRollout {
  const all = allRollouts(fleet);
  const found = all.filter(rollout => rollout.key === name || rollout.name === name);
  const [first, second] = found;
  if (first === undefined)
    throw new TowlineError(
      'ROLLOUT_UNKNOWN',
      unknownName(
        'rollout',
        name,
        all.map(({ key }) => key),
        'on main',
      ),
    );
  if (second === undefined) return first;
  const keys = found.map(({ key }) => key).join(' and ');
  throw new TowlineError('ROLLOUT_UNKNOWN', `there are ${keys}: say which`);
}
