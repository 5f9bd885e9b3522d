/** One pass: fetch ▶ verify ▶ desired ▶ observe ▶ plan ▶ apply ▶ report. Level-based: it starts from what is. */
import type { Log } from '../../core/log.ts';
import { planDevice } from '../../core/plan/plan.ts';
import { heldUntil } from '../../core/plan/target.ts';
import type { Candidate } from '../source/source.ts';
import { asTowlineError, beginFacts, type PassFacts } from './pass-facts.ts';
import type { Rooms } from './rooms.ts';

export interface PassRequest {
  /** Id of the pass, in every line of the log and in the status. */
  readonly pass: string;
  readonly log: Log;
  /** The telemetry schedule asks for a status, changed or not. */
  readonly telemetryDue: boolean;
}

/**
 * Never throws for what can go wrong on the way: that stands in the facts and in the status.
 * @throws the signal's reason when the pass was aborted; the next one finishes what it began
 */
export async function reconcile(rooms: Rooms, request: PassRequest, signal: AbortSignal): Promise<PassFacts> {
  const { log } = request;
  const facts = beginFacts(request.pass);
  try {
    const candidate = await fetch(rooms, facts, log, signal);
    await healing(rooms, facts, candidate, log, signal, async head => {
      facts.room = 'verify';
      facts.verdict = await rooms.verify(head, log, signal);
      facts.room = 'desired';
      Object.assign(facts, await rooms.desired(facts.verdict.trusted.commit));
    });
    const { desired, verdict } = facts;
    facts.staleMessage = await rooms.stale(desired, verdict, candidate, signal);
    if (desired !== undefined && facts.staleMessage === undefined) {
      facts.room = 'observe';
      const observed = await rooms.observe(desired, signal);
      facts.engineVersion = observed.engineVersion;
      facts.room = 'plan';
      const memory = await rooms.memory(desired);
      const heldUntilMs = heldUntil(memory);
      if (heldUntilMs !== undefined) facts.heldUntilMs = heldUntilMs;
      const plan = planDevice({ desired, observed, memory });
      facts.steps = plan.steps.length;
      facts.room = 'apply';
      facts.applied = await rooms.apply(plan, desired, observed, log, signal, facts);
    }
  } catch (error) {
    signal.throwIfAborted();
    facts.error = asTowlineError(error);
    log.error({ room: facts.room, code: facts.error.code, error: facts.error.message }, 'pass ended early');
  }
  await report(rooms, facts, request, signal);
  return facts;
}

/** A gateway that cannot be asked ends nothing: the pass goes on with what is on the disk. */
async function fetch(
  rooms: Rooms,
  facts: PassFacts,
  log: Log,
  signal: AbortSignal,
): Promise<Candidate | undefined> {
  try {
    return await rooms.fetch(log, signal);
  } catch (error) {
    signal.throwIfAborted();
    facts.fetchError = asTowlineError(error);
    log.warn({ code: facts.fetchError.code, error: facts.fetchError.message }, 'fetch failed');
    const known = await rooms.known(log);
    if (known === undefined) throw facts.fetchError;
    return known;
  }
}

/** What cannot be read from the store is fetched into a fresh one, and read once more. */
async function healing(
  rooms: Rooms,
  facts: PassFacts,
  candidate: Candidate | undefined,
  log: Log,
  signal: AbortSignal,
  read: (head: string) => Promise<void>,
): Promise<void> {
  if (candidate === undefined) return;
  try {
    await read(candidate.head);
  } catch (error) {
    signal.throwIfAborted();
    const reason = asTowlineError(error);
    const unreadable = ['GIT_STORE', 'TRUST_OBJECT_MISSING', 'TRUST_OBJECT_HASH', 'TRUST_OBJECT_SOURCE'];
    if (!unreadable.includes(reason.code) || !rooms.markDamaged(reason.message)) throw error;
    log.warn(
      { room: facts.room, code: reason.code, error: reason.message },
      'the store is damaged, fetching a fresh one',
    );
    await read((await rooms.fetch(log, signal)).head);
  }
}

async function report(
  rooms: Rooms,
  facts: PassFacts,
  request: PassRequest,
  signal: AbortSignal,
): Promise<void> {
  const { log, telemetryDue } = request;
  const room = facts.room;
  try {
    facts.pushed = await rooms.report(facts, telemetryDue, signal);
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = asTowlineError(error);
    log.warn({ code, error: message }, 'status not pushed, it waits in the outbox');
  }
  facts.room = room;
}
