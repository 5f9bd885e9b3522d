/**
 * `towline-agents`: which files of agents are listed, and which of them are here, a line of JSON each.
 * `towline-agents HASH`: one of them, on standard input to its end; of whoever may push to main.
 */
import { once } from 'node:events';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { ChannelStream } from '../../core/io/ssh/ssh-channel.ts';
import { TimeLimit } from '../../core/io/time-limit.ts';
import type { PeopleConnection } from './people-connection.ts';

export interface AgentsCommand {
  readonly sha256: string | undefined;
}

/** From the first byte to the last, milliseconds. */
const wholeMs = 60 * 60_000;

/** @returns undefined: it is another command */
export function agentsCommand(command: string): AgentsCommand | undefined {
  const [name, sha256, more] = command.split(' ').filter(word => word !== '');
  return name === 'towline-agents' && more === undefined ? { sha256 } : undefined;
}

/** @returns what to refuse it with, or undefined when it has ended well */
export async function serveAgents(
  person: PeopleConnection,
  stream: ChannelStream,
  { sha256 }: AgentsCommand,
): Promise<string | undefined> {
  const asked =
    sha256 === undefined ? ({ kind: 'list-agents' } as const) : ({ kind: 'bring-agent' } as const);
  const action = sha256 === undefined ? 'list-agents' : `bring-agent ${sha256.slice(0, 64)}`;
  const refuse = ({ code, message }: Pick<TowlineError, 'code' | 'message'>) => {
    person.audit({ action, outcome: 'refused', code, message });
    return `${code} ${message}`;
  };
  const admission = person.admit(asked);
  if (!admission.allowed) return refuse(admission);
  const controller = new AbortController();
  stream.once('close', () => controller.abort(new Error('the client is gone')));
  using session = person.whileAllowed(asked, AbortSignal.any([controller.signal, person.services.stopping]));
  using late = new TimeLimit(wholeMs);
  const signal = AbortSignal.any([session.signal, late.signal]);
  try {
    const words = sha256 === undefined ? listed(person) : await bring(person, stream, { sha256, signal });
    if (sha256 === undefined) stream.resume();
    else person.audit({ action, outcome: 'ended', details: { taken: words.includes('true') } });
    if (!stream.write(words)) await once(stream, 'drain', { signal });
  } catch (error) {
    const why = signal.aborted ? signal.reason : error;
    if (late.signal.aborted)
      return refuse(new TowlineError('GATEWAY_SESSION_SILENT', 'a file that does not end'));
    if (isTowlineError(why)) return refuse(why);
    // Nobody is there any more who could be told.
    if (!signal.aborted) throw error;
  }
  return undefined;
}

const listed = ({ services }: PeopleConnection): string =>
  [...services.agents.list(), { whole: true }].map(line => `${JSON.stringify(line)}\n`).join('');

async function bring(
  { services }: PeopleConnection,
  stream: ChannelStream,
  { sha256, signal }: { readonly sha256: string; readonly signal: AbortSignal },
): Promise<string> {
  // It stays open: who is refused is told so.
  const incoming: AsyncIterable<Buffer> = stream.iterator({ destroyOnReturn: false });
  const taken = await services.agents.take(sha256, incoming, signal);
  return `${JSON.stringify({ sha256, taken })}\n`;
}
