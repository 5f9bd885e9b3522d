/** Which of several containers of one instance stays. */
import { keptContainer } from './kept-container.ts';
import { isUp, type ObservedContainer } from './observed.ts';
import { heirName, isHalfCreated } from './temporary-name.ts';

/** Ids of containers whose stop a pass before this one has begun. */
type Leaving = ReadonlySet<string>;

interface Wanted {
  readonly name: string;
  /** Of its definition. */
  readonly hash: string;
  readonly leaving?: Leaving;
}

interface Chosen {
  readonly main: ObservedContainer | undefined;
  readonly surplus: { container: ObservedContainer; reason: string }[];
}

const noneLeaves: Leaving = new Set();

const policyOf = ({ inspection }: ObservedContainer) => inspection?.limits.restartPolicy ?? 'no';
const isWell = ({ state, health }: ObservedContainer) => state === 'running' && health !== 'unhealthy';

/** Only an heir that was well under its names lets the one before it go: a stop was begun, or the engine starts that one no more. */
function hasFollowed(heir: ObservedContainer, before: ObservedContainer, leaving: Leaving): boolean {
  return leaving.has(before.id) || (policyOf(heir) !== 'no' && policyOf(before) === 'no');
}

/**
 * One to which the service's names lead already, beside the container that it follows: that one may be stopping. Where it
 * runs and is what is wanted (a way back may have come between), or its heir is not proven yet, it stays.
 */
function heirOf(
  candidates: readonly ObservedContainer[],
  { name, hash, leaving = noneLeaves }: Wanted,
): ObservedContainer | undefined {
  const heirs = candidates.filter(one => one.name === heirName(one, name) && isWell(one));
  heirs.sort((a, b) => a.createdMs - b.createdMs);
  const named = candidates.find(one => one.name === name && isUp(one));
  // Under a name that docker compose 1, or somebody else, has given it.
  const renamed = candidates.find(one => isUp(one) && !isHalfCreated(one));
  // One that was cut off before it got the name may have an heir of its own.
  const before = named ?? renamed ?? (heirs.length > 1 ? heirs.shift() : undefined);
  const heir = heirs.findLast(one => one.hash === hash) ?? heirs.at(-1);
  if (heir === undefined || before === undefined) return heir;
  const stays =
    (before.hash === hash && heir.hash !== hash) || (isWell(before) && !hasFollowed(heir, before, leaving));
  if (stays) return before === named ? undefined : before;
  return heir;
}

/** The one that stays of several: who has taken over, then by name, then by definition, then running, then the newest. */
export function choose(candidates: readonly ObservedContainer[], wanted: Wanted): Chosen {
  const { name, hash } = wanted;
  const heir = heirOf(candidates, wanted);
  const rank = (container: ObservedContainer) =>
    (container === heir ? 16 : 0) +
    (isHalfCreated(container) ? 0 : 8) +
    (container.name === name ? 4 : 0) +
    (container.hash === hash ? 2 : 0) +
    (container.state === 'running' ? 1 : 0);
  const sorted = [...candidates].sort(
    (a, b) => rank(b) - rank(a) || b.createdMs - a.createdMs || (a.id < b.id ? -1 : 1),
  );
  const [main, ...rest] = sorted;
  return {
    main,
    surplus: rest.map(container => ({
      container,
      reason: keptContainer(container)
        ? 'the app is healthy without it'
        : isHalfCreated(container)
          ? 'left half-made by a pass that was cut off'
          : container.name === name && main === heir
            ? `${main?.name} has taken its place`
            : `a second container of ${name}`,
    })),
  };
}
