/** All rollouts of a fleet at one commit of main, and what comes next with each: computed by whoever has devices' words. */

import type { Fleet } from '../fleet/fleet.ts';
import { someOf } from '../some-of.ts';
import type { ObjectReader } from '../trust/git/object-reader.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import type { RolloutEdit } from './edited.ts';
import { type RolloutLine, rolloutLine } from './line.ts';
import type { Member } from './members.ts';
import { supersederOf } from './participants.ts';
import type { NamedRollout } from './stage.ts';
import { nextStep, type RolloutStep } from './step.ts';
import { type RolloutCount, Tally } from './tally.ts';
import type { DeviceWord } from './word.ts';

export interface BoardQuestion {
  readonly fleet: Fleet;
  /** Of main's commits. */
  readonly reader: ObjectReader;
  /** Main's head, which is trusted. */
  readonly head: ObjectId;
  /** Whether this one is asked for, by `app/name`; all unless it is given. */
  readonly isWanted?: (key: string) => boolean;
}

export interface Asking {
  readonly words: ReadonlyMap<string, DeviceWord>;
  readonly nowMs: number;
  /** When a stage was seen on main for the first time, where that counts. */
  readonly seenMs?: (key: string, stage: number) => number | undefined;
  readonly inconclusive?: string | undefined;
}

/** One rollout, as it stands. */
export interface RolloutReport {
  /** `app/name`. */
  readonly key: string;
  readonly rollout: NamedRollout;
  readonly line: RolloutLine;
  readonly members: ReadonlyMap<string, Member>;
  readonly count: RolloutCount;
  readonly step: RolloutStep;
}

interface Place {
  readonly key: string;
  readonly rollout: NamedRollout;
  readonly line: RolloutLine;
  readonly tally: Tally;
  readonly supersededBy: string | undefined;
}

export class RolloutBoard {
  readonly #places: readonly Place[];

  /** @throws TowlineError when an object is missing or malformed; the signal's reason */
  static async open(question: BoardQuestion, signal: AbortSignal): Promise<RolloutBoard> {
    const { fleet, reader, head, isWanted = () => true } = question;
    const places: Place[] = [];
    for (const [app, rollouts] of fleet.rollouts)
      for (const [name, file] of rollouts) {
        const key = `${app}/${name}`;
        if (!isWanted(key)) continue;
        const line = await rolloutLine({ reader: reader.renewed(), head, file }, signal);
        const rollout = { name, file };
        const supersededBy = supersederOf(rollouts, name);
        places.push({ key, rollout, line, tally: new Tally({ fleet, rollout, line }), supersededBy });
      }
    return new RolloutBoard(places);
  }

  private constructor(places: readonly Place[]) {
    this.#places = places;
  }

  /** By key, as the fleet has them. */
  standings({ words, nowMs, seenMs, inconclusive }: Asking): RolloutReport[] {
    return this.#places.map(({ key, rollout, line, tally, supersededBy }) => {
      const count = tally.count(words, nowMs);
      const seen = seenMs?.(key, rollout.file.value.stage);
      const step = nextStep({ rollout, count, nowMs, seenMs: seen, supersededBy, inconclusive });
      return { key, rollout, line, members: tally.members, count, step };
    });
  }
}

/** What a step makes of the file, and says of it; undefined: nothing is written. */
export function editOf(
  { key, rollout, step }: Pick<RolloutReport, 'key' | 'rollout' | 'step'>,
  nowMs: number,
): { readonly edit: RolloutEdit; readonly message: string } | undefined {
  const { stages, to } = rollout.file.value;
  if (step.kind === 'pause')
    return {
      edit: { paused: true, reason: step.reason },
      message: `Rollout ${key} is paused\n\n${step.reason}`,
    };
  if (step.kind !== 'advance') return undefined;
  const name = stages[step.stage - 1]?.name ?? '';
  const since = instantOf(nowMs);
  return {
    edit: { stage: step.stage, since },
    message: `Rollout ${key}: stage ${step.stage} of ${stages.length}, ${name}, gets ${to}`,
  };
}

/** Whole seconds, as git's times are. */
export const instantOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** In a line, for people. */
export function stepWords(step: RolloutStep): string {
  switch (step.kind) {
    case 'advance':
      return `stage ${step.stage} may open`;
    case 'pause':
      return `to be paused: ${step.reason}`;
    case 'wait': {
      const until = step.untilMs === undefined ? '' : `, until ${instantOf(step.untilMs)}`;
      return `waits for ${step.for}${until}: ${step.why}`;
    }
    case 'complete': {
      const left = [
        ...(step.absent.length === 0 ? [] : [`absent: ${someOf(step.absent)}`]),
        ...(step.failed.length === 0 ? [] : [`failed: ${someOf(step.failed)}`]),
      ];
      return left.length === 0 ? 'complete' : `complete but for some; ${left.join('; ')}`;
    }
    case 'over':
      return step.by === undefined ? step.why : `${step.why} by ${step.by}`;
    case 'inconclusive':
      return `not judged: ${step.why}`;
  }
}
