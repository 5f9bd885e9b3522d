/**
 * What who pushes main is told: whether devices will trust it, by the walk of the door. Everything that stands in it they may
 * read in the repository that they push to: whoever writes fleet.git reads it.
 */
import { errorRegistry } from '../../core/errors.ts';
import { printable } from '../../core/shown-text.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { WalkStop } from '../../core/trust/walk.ts';

/** What the door has found out about a tip that main may move to. */
export interface Judged {
  readonly tip: ObjectId;
  /** What devices trust of main as it is. */
  readonly before: ObjectId;
  /** They stop before the head of main as it is. */
  readonly wasStopped: boolean;
  /** The newest commit that devices would trust. */
  readonly reached: ObjectId;
  readonly stopped: WalkStop | undefined;
  /** Of the line, that the walk has taken. */
  readonly commits: number;
  readonly vouched: ReadonlySet<string>;
}

export interface PushVerdict {
  /** Devices come no further than they are, or a commit stops them that did not stop them before. */
  readonly untrusted: boolean;
  readonly lines: readonly string[];
}

/** Of a message of the walk, and of each list of names. */
const shownLength = 300;

export function verdictOf(judged: Judged): PushVerdict {
  const { tip, before, wasStopped, reached, stopped } = judged;
  if (stopped === undefined) {
    const again = wasStopped ? `; devices go on from ${before}` : '';
    return { untrusted: false, lines: [`trusted ${tip} (${countOf(judged)}${again})`] };
  }
  // A mend with more behind it brings devices on, too.
  const untrusted = !wasStopped || reached === before;
  return { untrusted, lines: stopLines(judged, stopped) };
}

/** The same where it is refused for it. */
export function refusalLines(judged: Judged): readonly string[] {
  const { code, commit } = judged.stopped ?? { code: 'GATEWAY_PUSH_UNTRUSTED', commit: judged.tip };
  const { stopped } = judged;
  const why = stopped === undefined ? '' : `: ${code} ${whyOf(stopped)}`;
  return [
    `GATEWAY_PUSH_UNTRUSTED devices would stop at ${commit}${why}`,
    ...namesOf(stopped),
    errorRegistry.GATEWAY_PUSH_UNTRUSTED.remedy,
  ];
}

function stopLines({ wasStopped, before, reached }: Judged, stopped: WalkStop): readonly string[] {
  const { code, commit } = stopped;
  const told = `${code} ${whyOf(stopped)}`;
  if (code === 'TRUST_WALK_UNKNOWN')
    return [`${told}: not judged, this gateway is older than what ${commit} asks for`];
  const still = wasStopped && reached === before ? 'devices still stop' : 'devices will stop';
  return [
    `${told}: ${still} at ${commit} and stay on ${reached}; towline trust mend`,
    ...namesOf(stopped),
    ...(code === 'TRUST_UNSIGNED' ? [] : [errorRegistry[code].remedy]),
  ];
}

const cut = (text: string): string => (text.length > shownLength ? `${text.slice(0, shownLength)}…` : text);

const whyOf = ({ message, path }: WalkStop): string =>
  printable(cut(message) + (path === undefined || message.includes(path) ? '' : ` (${cut(path)})`));

function namesOf(stopped: WalkStop | undefined): string[] {
  const { vouched = [], missing = [] } = stopped ?? {};
  return [
    ...(vouched.length === 0 ? [] : [`vouched: ${printable(cut(vouched.join(', ')))}`]),
    ...(missing.length === 0 ? [] : [`missing: ${printable(cut(missing.join(', or ')))}`]),
  ];
}

function countOf({ commits, vouched }: Judged): string {
  const count = `${commits} commit${commits === 1 ? '' : 's'}`;
  return vouched.size === 0 ? count : `${count}, vouched by ${printable(cut([...vouched].join(', ')))}`;
}
