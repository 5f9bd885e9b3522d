/** States that failed on this device and are not tried again: the newest fifty of an app, until a commit says `retry`. */
import type { ProjectRecord, SetAside } from './memory.ts';

/** With `retry` raised a state has another digest, so it is none of these. */
export const mostSetAside = 50;
/** Of those before the newest one; the newest has all that was said. */
const longestEarlierMessage = 300;

type Remembered = Pick<ProjectRecord, 'setAside' | 'setAsideBefore'>;

/** How this state failed here, if it did. */
export function setAsideOf(record: Remembered | undefined, digest: string): SetAside | undefined {
  return allOf(record).find(aside => aside.digest === digest);
}

/** The memory of a project with one more. */
export function withSetAside(record: Remembered, aside: SetAside): Required<Remembered> {
  const before = allOf(record).filter(({ digest }) => digest !== aside.digest);
  const shortened = before.map(one => ({ ...one, message: one.message.slice(0, longestEarlierMessage) }));
  return { setAside: aside, setAsideBefore: shortened.slice(0, mostSetAside - 1) };
}

/** The memory of a project in which this state came good after all. */
export function withoutSetAside(record: Remembered, digest: string): Remembered {
  const [setAside, ...setAsideBefore] = allOf(record).filter(aside => aside.digest !== digest);
  return {
    ...(setAside === undefined ? {} : { setAside }),
    ...(setAsideBefore.length === 0 ? {} : { setAsideBefore }),
  };
}

/** Newest first. What an older agent has written has the newest one alone. */
function allOf({ setAside, setAsideBefore = [] }: Remembered = {}): SetAside[] {
  return setAside === undefined ? [] : [setAside, ...setAsideBefore];
}
