/** Whether what was read back from a file is a transition. */
import { isFields } from '../../core/json.ts';
import { type NumberedTransition, type TransitionType, transitionTypes } from './transition.ts';

const texts = ['code', 'device', 'app', 'release', 'commit', 'evidence', 'person', 'words'];
const states: ReadonlySet<unknown> = new Set(['open', 'resolved', 'happened']);
const severities: ReadonlySet<unknown> = new Set(['info', 'warning', 'critical']);

export function isTransitionType(text: unknown): text is TransitionType {
  return typeof text === 'string' && Object.hasOwn(transitionTypes, text);
}

export function isNumberedTransition(value: unknown): value is NumberedTransition {
  if (!isFields(value) || !isFields(value.key)) return false;
  const { key, state, at, severity, number, data } = value;
  return (
    typeof key.fleet === 'string' &&
    typeof key.subject === 'string' &&
    isTransitionType(key.type) &&
    states.has(state) &&
    severities.has(severity) &&
    Number.isSafeInteger(number) &&
    Number.isSafeInteger(at) &&
    (data === undefined || isData(data)) &&
    texts.every(name => value[name] === undefined || typeof value[name] === 'string')
  );
}

function isData(data: unknown): boolean {
  return (
    isFields(data) && Object.values(data).every(each => ['string', 'number', 'boolean'].includes(typeof each))
  );
}
