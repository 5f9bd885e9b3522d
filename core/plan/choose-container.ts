/** Which of several containers of one instance stays. */
import { isUp, type ObservedContainer } from './observed.ts';
import { heirName, isHalfCreated } from './temporary-name.ts';

interface Chosen {
  readonly main: ObservedContainer | undefined;
  readonly surplus: { container: ObservedContainer; reason: string }[];
}

/**
 * One to which the service's names lead already, beside the container that it follows: that one may be stopping. Where it
 * runs and is what is wanted (a way back may have come between), it stays.
 */
function heirOf(
  candidates: readonly ObservedContainer[],
  name: string,
  hash: string,
): ObservedContainer | undefined {
  const heirs = candidates.filter(
    one => one.name === heirName(one, name) && one.state === 'running' && one.health !== 'unhealthy',
  );
  const [heir] = heirs.sort((a, b) => Number(b.hash === hash) - Number(a.hash === hash));
  const holder = candidates.find(one => one.name === name && isUp(one));
  return holder?.hash === hash && heir?.hash !== hash ? undefined : heir;
}

/** The one that stays of several: who has taken over, then by name, then by definition, then running, then the newest. */
export function choose(candidates: readonly ObservedContainer[], name: string, hash: string): Chosen {
  const heir = heirOf(candidates, name, hash);
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
      reason: isHalfCreated(container)
        ? 'left half-made by a pass that was cut off'
        : container.name === name && main === heir
          ? `${main?.name} has taken its place`
          : `a second container of ${name}`,
    })),
  };
}
