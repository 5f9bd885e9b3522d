/** What becomes of transitions as a receiver takes them: which it is told of, which wait for others. Pure. */
import { resolved } from '../../transitions/make-transition.ts';
import type { ConditionKey, NumberedTransition } from '../../transitions/transition.ts';
import type { Message } from '../messages/message.ts';
import type { Comings } from './comings.ts';
import { endedWindows, type MessageFacts, messageOf, messagesOf, windowsWith } from './folding.ts';
import { nameOf, type OpenCondition } from './outbox.ts';
import type { Held, Step } from './step.ts';

export interface Intake {
  /** What is open for this receiver, what waits. */
  readonly open: ReadonlyMap<string, OpenCondition>;
  readonly held: readonly Held[];
  readonly facts: MessageFacts;
  readonly comings: Comings;
  /** Whether it is told of what opens or happens. */
  readonly takes: (transition: NumberedTransition) => boolean;
  /** Whether many devices are one message. */
  readonly folds: boolean;
  /** A release: who of this receiver's devices it is for. */
  readonly audience: (transition: NumberedTransition) => Pick<Message, 'count' | 'devices'>;
}

/** An open condition is told again after so long, milliseconds. */
const repeatMs = 24 * 3_600_000;

export function stepOf(batch: readonly NumberedTransition[], intake: Intake): Step {
  const { facts, folds, audience } = intake;
  const open = new Map([...intake.open].map(([name, { transition }]) => [name, transition]));
  const held = new Map(intake.held.map(each => [each.transition.number, each]));
  const waiting = new Set<string>();
  const calming = new Map<string, number>();
  for (const { transition, way } of intake.held)
    if (way === 'calm') calming.set(nameOf(transition), transition.number);
    else waiting.add(nameOf(transition));
  const [opened, closed] = [new Map<string, NumberedTransition>(), new Set<number>()];
  const [made, added, unheld]: [Message[], Set<number>, Set<number>] = [[], new Set(), new Set()];
  for (const transition of batch) {
    const name = nameOf(transition);
    const known = open.get(name);
    if (transition.state === 'resolved' ? known === undefined : !intake.takes(transition)) continue;
    const isHeld = folds && transition.device !== undefined;
    const way =
      isHeld && transition.state !== 'happened'
        ? intake.comings.wayOf(transition, facts.nowMs, calming.has(name))
        : 'plain';
    if (way !== 'calm' && waiting.has(name)) {
      const before = windowsWith(name, [...held.values()], facts);
      made.push(...before.made);
      for (const number of before.unheld) {
        const left = held.get(number);
        if (left !== undefined) waiting.delete(nameOf(left.transition));
        held.delete(number);
        if (!added.delete(number)) unheld.add(number);
      }
    }
    if (transition.state === 'open') {
      open.set(name, transition);
      opened.set(name, transition);
    } else if (transition.state === 'resolved' && known !== undefined) {
      open.delete(name);
      if (!opened.delete(name)) closed.add(known.number);
    }
    const reversed = calming.get(name);
    if (reversed !== undefined) {
      // It is again as it was told last.
      calming.delete(name);
      held.delete(reversed);
      if (!added.delete(reversed)) unheld.add(reversed);
    } else if (isHeld) {
      const { number } = transition;
      held.set(number, { transition, since: facts.nowMs, ...(way === 'plain' ? {} : { way }) });
      added.add(number);
      if (way === 'calm') calming.set(name, number);
      else waiting.add(name);
    } else made.push({ ...messageOf(transition, facts), ...audience(transition) });
  }
  const through = batch.at(-1)?.number;
  return {
    ...(through === undefined ? {} : { through }),
    ...{ opened: [...opened.values()], closed: [...closed], made, unheld: [...unheld] },
    held: [...added].flatMap(number => held.get(number) ?? []),
  };
}

/** What is due by now: windows that have ended, and conditions that are open for another day. Undefined: nothing. */
export function dueStep({
  open,
  held,
  facts,
  folds,
}: Omit<Intake, 'takes' | 'audience' | 'comings'>): Step | undefined {
  const types =
    held.length === 0 ? undefined : Map.groupBy(open.values(), ({ transition }) => transition.key.type);
  const ended = endedWindows(held, facts, type => types?.get(type)?.length ?? 0);
  const repeated = [...open.values()].flatMap(({ transition, repeats }) => {
    const days = Math.floor((facts.nowMs - transition.at) / repeatMs);
    // Fewer days than were told: the clock was set back.
    return folds && days !== repeats ? [{ transition, days, isDue: days > repeats }] : [];
  });
  if (ended.made.length === 0 && repeated.length === 0) return undefined;
  const days = Map.groupBy(
    repeated.filter(({ isDue }) => isDue),
    ({ transition }) => transition.key.type,
  );
  const again = [...days.values()].flatMap(all =>
    messagesOf(
      all.map(({ transition }) => transition),
      facts,
      'still',
    ),
  );
  return {
    ...ended,
    made: [...ended.made, ...again],
    repeated: repeated.map(({ transition, days }) => [transition.number, days] as const),
  };
}

/** Of what was told as open and is over, nobody knows since when. Undefined: nothing. */
export function overStep(
  { open, held, facts, folds }: Intake,
  isStillOpen: (key: ConditionKey) => boolean,
): Step | undefined {
  const over = [...open.values()].flatMap(({ transition }) =>
    isStillOpen(transition.key) ? [] : [transition],
  );
  if (over.length === 0) return undefined;
  const untold = new Set(held.map(({ transition }) => transition.number));
  const numbers = over.map(({ number }) => number);
  const ended = over
    .filter(({ number }) => !untold.has(number))
    .map(each => ({ ...resolved(each, facts.nowMs, { data: { ended: 'over' } }), number: each.number }));
  const types = [...Map.groupBy(ended, ({ key }) => key.type).values()];
  const made = folds
    ? types.flatMap(all => messagesOf(all, facts))
    : ended.map(each => messageOf(each, facts));
  return { closed: numbers, unheld: numbers, made };
}
