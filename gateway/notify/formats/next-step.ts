/** What whoever reads a message types next. */
import type { Message } from '../messages/message.ts';

type Said = Required<Pick<Message, 'transition'>>['transition'];

const statusOf = ({ device }: Said) => (device === undefined ? undefined : `towline status ${device}`);
const explained = ({ commit }: Said) =>
  commit === undefined ? undefined : `towline trust explain ${commit}`;
const nameOf = ({ key }: Said) => key.subject.slice(key.subject.indexOf('/') + 1);
const rolloutOf = (said: Said) => `towline rollout status ${nameOf(said)}`;
const doctor = () => 'towline gateway doctor';

const steps: Partial<Readonly<Record<Message['type'], (said: Said) => string | undefined>>> = {
  'device.stopped': said => explained(said) ?? statusOf(said),
  'trust.fork': explained,
  'release.made': ({ app, release }) => `towline release show ${app} ${release}`,
  'release.failed': statusOf,
  'release.went-back': statusOf,
  'rollout.stage': rolloutOf,
  'rollout.paused': rolloutOf,
  'rollout.aborted': rolloutOf,
  'enrolment.waiting': ({ device }) => `towline device accept ${device}`,
  'secret.due': said => `towline secret rotate ${nameOf(said)}`,
  'gateway.stopped': explained,
  'gateway.disk': doctor,
  'gateway.clock': doctor,
};
/** Nothing that a shell takes apart, and no name of nothing. */
const plain = /^(?!.*\bundefined\b)[\w ./-]+$/;

/** Undefined: nothing is to be done. */
export function nextStep({ type, state, transition, count = 0 }: Message): string | undefined {
  if (state === 'resolved') return undefined;
  if (transition === undefined) return count > 0 ? 'towline status --sort reported' : undefined;
  const step = steps[type] ?? (type.startsWith('device.') ? statusOf : undefined);
  const words = step?.(transition);
  return words !== undefined && plain.test(words) ? words : undefined;
}
