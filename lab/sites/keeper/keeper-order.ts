/** What the keeper of a lab is told over its socket: one line of JSON, one line of answer. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { messageOf } from '../../../core/errors/cause.ts';
import { TowlineError } from '../../../core/errors.ts';
import { type Fields, fieldsOf, isFields, readFields } from '../../../core/json.ts';
import type { LinkQuality } from '../lab-plan.ts';
import type { Outage } from './outage.ts';

/** A program of the lab. */
export interface PartOrder {
  readonly name: string;
  /** Path of the file to which its network is bound; undefined: the internet's. */
  readonly network?: string | undefined;
  readonly command: readonly string[];
  /** Runs after each end of it that nobody forced, with how it ended in SERVICE_RESULT: `ExecStopPost` of a unit. */
  readonly afterwards?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly log: string;
}

export interface WireOrder {
  readonly site: string;
  readonly taps: readonly [string, string];
  /** A command that moves the taps to where they belong. */
  readonly place: string;
  readonly quality: LinkQuality;
  readonly outages: readonly Outage[];
  readonly log: string;
}

export type KeeperOrder =
  | { readonly verb: 'run'; readonly part: PartOrder }
  | { readonly verb: 'start' | 'stop' | 'kill'; readonly name: string }
  | { readonly verb: 'wire'; readonly wire: WireOrder }
  | { readonly verb: 'quality'; readonly site: string; readonly quality: LinkQuality }
  /** Until then, milliseconds since 1970; null: until it is mended. */
  | { readonly verb: 'cut'; readonly site: string; readonly untilMs: number | null }
  | { readonly verb: 'mend'; readonly site: string }
  | { readonly verb: 'status' };

export interface PartState {
  readonly name: string;
  readonly runs: boolean;
  /** Process id inside of the lab; 0 where it does not run. */
  readonly pid: number;
  /** How often it has ended by itself and was started again. */
  readonly restarts: number;
  /** How it ended last, for people: `exit 1`, `SIGKILL`. */
  readonly ended: string | null;
}

export interface WireState {
  readonly site: string;
  readonly quality: LinkQuality;
  /** Whether a person has cut it, or its time of outage has come. */
  readonly state: 'up' | 'cut' | 'outage';
  readonly untilMs: number | null;
}

export interface KeeperState {
  readonly parts: readonly PartState[];
  readonly wires: readonly WireState[];
}

const maxAnswerBytes = 4 * 1024 * 1024;

/**
 * @param socket path of the keeper's, as it is reached from here
 * @throws TowlineError LAB_UNKNOWN where nobody answers, LAB_STEP with what the keeper says against it
 */
export async function orderKeeper(socket: string, order: KeeperOrder, signal?: AbortSignal): Promise<Fields> {
  const answer = await new Promise<string>((resolve, reject) => {
    const connection = connect({ path: socket, ...(signal === undefined ? {} : { signal }) });
    connection.once('error', reject);
    connection.end(`${JSON.stringify(order)}\n`);
    text(connection).then(resolve, reject);
  }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new TowlineError('LAB_UNKNOWN', `the lab does not answer: ${messageOf(cause)}`, { cause });
  });
  const fields = answer.length > maxAnswerBytes ? {} : readFields(answer || '{}');
  if (fields.ok === true) return fieldsOf(fields.value);
  throw new TowlineError('LAB_STEP', typeof fields.error === 'string' ? fields.error : 'no answer');
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isList = <Item>(value: unknown, is: (item: unknown) => item is Item): value is Item[] =>
  Array.isArray(value) && value.every(is);

const isPartState = (value: unknown): value is PartState =>
  isFields(value) && isText(value.name) && typeof value.runs === 'boolean' && isNumber(value.restarts);

const isWireState = (value: unknown): value is WireState =>
  isFields(value) && isText(value.site) && isText(value.state) && isFields(value.quality);

/** @throws TowlineError LAB_STEP */
export function keeperState({ parts, wires }: Fields): KeeperState {
  if (isList(parts, isPartState) && isList(wires, isWireState)) return { parts, wires };
  throw new TowlineError('LAB_STEP', 'the keeper says something else than its state');
}

const isPart = (value: unknown): value is PartOrder =>
  isFields(value) &&
  isText(value.name) &&
  isText(value.log) &&
  isList(value.command, isText) &&
  (value.afterwards === undefined || isList(value.afterwards, isText)) &&
  isFields(value.environment);

const isWire = (value: unknown): value is WireOrder =>
  isFields(value) && isText(value.site) && isText(value.place) && isFields(value.quality);

/** What a line asks for; undefined where it asks for nothing that there is. Only root reaches the socket. */
export function readOrder(line: string): KeeperOrder | undefined {
  const fields = readFields(line);
  const { verb, name, site, quality, untilMs, part, wire } = fields;
  if (verb === 'status') return { verb };
  if ((verb === 'start' || verb === 'stop' || verb === 'kill') && isText(name)) return { verb, name };
  if (verb === 'run' && isPart(part)) return { verb, part };
  if (verb === 'wire' && isWire(wire)) return { verb, wire };
  if (!isText(site)) return undefined;
  if (verb === 'mend') return { verb, site };
  if (verb === 'cut') return { verb, site, untilMs: isNumber(untilMs) ? untilMs : null };
  if (verb === 'quality' && isQuality(quality)) return { verb, site, quality };
  return undefined;
}

const isQuality = (value: unknown): value is LinkQuality =>
  isFields(value) && isNumber(value.delayMs) && isNumber(value.loss);
