/** What of the gateway's own lines, and of transitions, stands in the audit log, and how. */
import type { AuditFacts, AuditType } from '../../core/audit/audit-entry.ts';
import type { AuditEvent } from '../admission/audit.ts';
import type { NumberedTransition, TransitionType } from '../transitions/transition.ts';

/** By the first word of what was asked for. Fetches are many, and change nothing. */
const typeOfAction: Readonly<Record<string, AuditType>> = {
  ...{ login: 'login', tunnel: 'tunnel', enrol: 'enrolment', certificate: 'certificate', guest: 'guest' },
  ...{ port: 'port', command: 'session', 'import-bundle': 'bundle', mirror: 'push' },
  ...{ bundle: 'bundle', 'take-back': 'push', rollout: 'rollout' },
};
/** Of people's git: a push counts, from whom it was taken too. */
const gitPush = 'receive-pack';
const gitFetch = 'upload-pack';

/** @returns undefined: it is not told */
export function toldEvent(event: AuditEvent, timeMs: number): AuditFacts | undefined {
  const type = typeOfEvent(event);
  if (type === undefined) return undefined;
  const { action, outcome, who, from, code, message, details = {} } = event;
  const isOwn = isOfDevice(action);
  // Who comes to be enrolled may have no more than a key.
  const isNamed = who !== undefined && deviceId.test(who);
  const device = isOwn ? (isNamed ? who : undefined) : namedDevice.exec(action)?.[1];
  const { commit, sameBefore, ...others } = details;
  const more = Object.entries(others).map(([name, value]) => `${name} ${value}`);
  const said = [isOwn && !isNamed ? who : undefined, message].filter(each => each !== undefined);
  const words = [...said, ...more].join(', ');
  return {
    ...{ time: new Date(timeMs).toISOString(), type, what: action, state: outcome },
    ...(device === undefined ? {} : { device }),
    ...(isOwn || who === undefined ? {} : { person: who }),
    ...(from === undefined ? {} : { from }),
    ...(typeof commit === 'string' ? { commit } : {}),
    ...(code === undefined ? {} : { code }),
    ...(words === '' ? {} : { words }),
    ...(typeof sameBefore === 'number' ? { more: sameBefore } : {}),
  };
}

function typeOfEvent({ action, outcome }: AuditEvent): AuditType | undefined {
  if (outcome === 'refused') return 'refusal';
  if (action.includes(gitFetch)) return undefined;
  if (action.includes(gitPush)) return 'push';
  const [word = ''] = action.split(' ', 1);
  return typeOfAction[word] ?? 'session';
}

const deviceId = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Whom somebody wants to reach: `reach pump-17:22`, `session web+pump-17`, `port 7017 pump-17`. What goes on behind it is another name. */
const namedDevice =
  /^(?:reach |guest |bundle |take-back |read-recordings |now |port \d+ |session .+\+|watch (?=\S+$))([a-z0-9][a-z0-9-]{0,62})(?:\.host)?(?=[: ]|$)/;

/** Those that devices ask for themselves. */
function isOfDevice(action: string): boolean {
  return /^(?:tunnel|push-telemetry|push-recording|fetch-fleet|hints|pull-image|attach-tunnel|enrol|port \d+$)/.test(
    action,
  );
}

const typeOfGroup: Readonly<Record<string, AuditType>> = {
  ...{ device: 'device', trust: 'trust', tunnel: 'tunnel', session: 'session', release: 'release' },
  ...{ rollout: 'rollout', enrolment: 'enrolment', secret: 'secret', gateway: 'gateway' },
};

export function toldTransition(transition: NumberedTransition): AuditFacts {
  const { key, state, at, device, app, release, commit, evidence, code, person, words } = transition;
  const [group = ''] = (key.type satisfies TransitionType).split('.', 1);
  return {
    ...{ time: new Date(at).toISOString(), type: typeOfGroup[group] ?? 'gateway', what: key.type, state },
    ...(device === undefined ? {} : { device }),
    ...(app === undefined ? {} : { app }),
    ...(release === undefined ? {} : { release }),
    ...(commit === undefined ? {} : { commit }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(code === undefined ? {} : { code }),
    ...(person === undefined ? {} : { person }),
    ...(words === undefined ? {} : { words }),
    transition: transition.number,
  };
}
