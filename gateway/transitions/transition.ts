/**
 * What the gateway says happened: transitions of keyed conditions, never passes. The key holds no free text, so that the same
 * thing said again in other words is the same thing.
 */

export type Severity = 'info' | 'warning' | 'critical';

/** All there are, each with how grave it is. The word before the point is its group. */
export const transitionTypes = {
  'device.dark': 'warning',
  'device.failed': 'critical',
  'device.set-aside': 'warning',
  'device.rolled-back': 'warning',
  'device.degraded': 'warning',
  'device.backup': 'warning',
  'device.disk': 'warning',
  'device.clock': 'warning',
  'device.stale': 'warning',
  'device.stopped': 'critical',
  'device.doubtful': 'critical',
  'trust.fork': 'critical',
  'tunnel.open': 'info',
  'release.made': 'info',
  'release.began': 'info',
  'release.healthy': 'info',
  'release.failed': 'info',
  'release.went-back': 'info',
  'rollout.stage': 'info',
  'rollout.paused': 'warning',
  'rollout.complete': 'info',
  'rollout.aborted': 'warning',
  'enrolment.waiting': 'info',
  'secret.due': 'warning',
  'gateway.stopped': 'critical',
  'gateway.disk': 'critical',
  'gateway.clock': 'warning',
} as const satisfies Readonly<Record<string, Severity>>;

export type TransitionType = keyof typeof transitionTypes;

export interface ConditionKey {
  readonly fleet: string;
  /** `device/pump-17`, `device/pump-17/hello`, `rollout/hello/r1`, `release/hello/1.5.0`, `gateway`. */
  readonly subject: string;
  readonly type: TransitionType;
}

export interface Transition {
  readonly key: ConditionKey;
  /** `happened`: has no end, such as a release that was made. */
  readonly state: 'open' | 'resolved' | 'happened';
  /** By the gateway's clock, milliseconds since the epoch. Of one that is resolved: when it ended. */
  readonly at: number;
  readonly severity: Severity;
  /** Error code, see docs/reference/errors.md. */
  readonly code?: string;
  readonly device?: string;
  readonly app?: string;
  readonly release?: string;
  /** Of the fleet's repository. */
  readonly commit?: string;
  /** Of the device's telemetry branch: it says so itself, and has signed it. */
  readonly evidence?: string;
  readonly person?: string;
  /** Printable, at most 200 characters, on one line, whoever said it. */
  readonly words?: string;
  readonly data?: Readonly<Record<string, string | number | boolean>>;
}

/** As it stands in the gateway's journal: numbers rise by one, over all restarts. */
export interface NumberedTransition extends Transition {
  readonly number: number;
}

/** Whether a condition is open, or something of it is still to be handed out after a number. */
export type StillOpen = (key: ConditionKey, after: number) => boolean;

/** Who is handed all of them, in order. */
export interface TransitionListener {
  readonly name: string;
  /** The number of the newest that it keeps durably; undefined: it is new. */
  readonly through: number | undefined;
  /** It is new, and hears what comes after this one: durable when it resolves, before anything comes. Absent: it is never new. */
  begin?(number: number): Promise<void>;
  /** At each start, before anything is handed out: what it holds for open and is not, and it will not hear of, is over. */
  caughtUp?(open: StillOpen): Promise<void>;
  /**
   * When it resolves they are durable there, and it says so by `through`; after a kill between the two the same come again.
   * @throws anything: the same come again, after a pause
   */
  took(batch: readonly NumberedTransition[]): Promise<void>;
}
