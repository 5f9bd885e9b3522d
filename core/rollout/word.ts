/** What a device's newest status says to the rollouts of its apps: what is kept of it, of ten thousand devices. */
import type { StatusFile } from '../../schemas/types.generated.ts';
import { agentName } from '../agents/agent-version.ts';
import { printable } from '../shown-text.ts';
import type { ObjectId } from '../trust/git/object-source.ts';

type Project = StatusFile['projects'][number];

/** Of an app, or of the agent as one of the name `_agent`. */
export interface AppWord {
  readonly app: string;
  readonly state: Project['state'];
  readonly release?: string | undefined;
  readonly digest?: string | undefined;
  readonly wantedRelease?: string | undefined;
  readonly wantedDigest?: string | undefined;
  readonly setAside?: string | undefined;
  /** By the device's clock, milliseconds since the epoch. */
  readonly sinceMs?: number | undefined;
  /** Printable, on one line. */
  readonly message?: string | undefined;
}

export interface DeviceWord {
  readonly trusted: ObjectId;
  /** What its apps speak of; of an older agent, what it trusts. */
  readonly followed: ObjectId;
  /** By the device's clock, which may be wrong; milliseconds since the epoch. */
  readonly timeMs: number;
  /** When it came, by the clock of whoever asks; where that is known. */
  readonly arrivedMs?: number | undefined;
  /** Where that is not known: by then it had come. */
  readonly arrivedByMs?: number | undefined;
  readonly apps: readonly AppWord[];
  /** Why its newest word is not to be believed: nothing else here is its own then. */
  readonly doubt?: string;
}

/** Something lies there in its name, and nobody knows what the device would say. */
export const doubtfulWord = (doubt: string): DeviceWord => ({
  ...{ trusted: '', followed: '', timeMs: 0, apps: [] },
  doubt: printable(doubt.slice(0, longestWords)),
});

const longestWords = 120;

/** @param status signed by the device */
export function wordOf(
  status: StatusFile,
  arrived: Pick<DeviceWord, 'arrivedMs' | 'arrivedByMs'> = {},
): DeviceWord {
  const { trusted, followed = trusted.commit, time, projects, agent } = status;
  return {
    trusted: trusted.commit,
    followed,
    timeMs: Date.parse(time),
    ...arrived,
    apps: [...projects.map(appWord), agentWord(agent)],
  };
}

function appWord({ app, state, release, digest, wanted, setAside, since, message }: Project): AppWord {
  return {
    ...{ app, state, release, digest, setAside },
    wantedRelease: wanted?.release,
    wantedDigest: wanted?.digest,
    sinceMs: since === undefined ? undefined : Date.parse(since),
    message: message === undefined ? undefined : printable(message.slice(0, longestWords)),
  };
}

/** An agent that says nothing of updates runs what it runs: that may be what is wanted. */
function agentWord({ version, wanted, update }: StatusFile['agent']): AppWord {
  const wantedVersion = wanted?.version ?? update?.version;
  const words = [update?.code, update?.message].filter(word => word !== undefined).join(': ');
  return {
    ...{ app: agentName, release: version, digest: version },
    state: agentState(wantedVersion === undefined || wantedVersion === version, update),
    wantedRelease: wantedVersion,
    wantedDigest: wantedVersion ?? version,
    sinceMs: 0,
    message: words === '' ? undefined : printable(words.slice(0, longestWords)),
  };
}

/** What is tried may yet go back. */
function agentState(isThere: boolean, update: StatusFile['agent']['update']): AppWord['state'] {
  if (update === undefined) return isThere ? 'healthy' : 'progressing';
  if (update.phase === 'refused') return 'failed';
  return update.phase === 'waiting' ? 'waiting' : 'progressing';
}
