/** A receiver of messages on loopback: CloudEvents with a signature that it checks by itself, or Alertmanager's API. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Answer, HttpReceiver, type Received } from '../sinks/receivers/http-receiver.ts';

export interface Event {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>> & {
    readonly state: string;
    readonly title: string;
    readonly count?: number;
    readonly devices?: readonly string[];
  };
}

/** As the specification at https://www.standardwebhooks.com says, and not by our code. */
export function isSigned({ headers, body }: Received, secret: string, nowMs: number): boolean {
  const [id, time, signatures] = ['id', 'timestamp', 'signature'].map(name => headers[`webhook-${name}`]);
  if (typeof id !== 'string' || typeof time !== 'string' || typeof signatures !== 'string') return false;
  if (Math.abs(nowMs / 1000 - Number(time)) > 300) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const wanted = createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest();
  return signatures.split(' ').some(each => {
    const [version, text = ''] = each.split(',');
    const found = Buffer.from(text, 'base64');
    return version === 'v1' && found.length === wanted.length && timingSafeEqual(found, wanted);
  });
}

export class Hooks extends HttpReceiver {
  /** What was taken: a second one of the same id is a message that was taken already. */
  readonly events = new Map<string, Event>();
  readonly secret: string | undefined;
  readonly #now: () => number;
  badSignatures = 0;

  constructor(secret?: string, now: () => number = Date.now) {
    super();
    this.secret = secret;
    this.#now = now;
  }

  protected respond(request: Received): Answer {
    if (this.secret !== undefined && !isSigned(request, this.secret, this.#now())) {
      this.badSignatures += 1;
      return { status: 401, body: 'no such signature' };
    }
    const event: Event = JSON.parse(request.body.toString('utf8'));
    this.events.set(event.id, event);
    return { status: 204 };
  }

  /** Those that were taken, in the order in which they first came. */
  of(type: string, state?: string): Event[] {
    return [...this.events.values()].filter(
      each => each.type === `io.towline.${type}.v1` && (state === undefined || each.data.state === state),
    );
  }

  devices(type: string, state: string): number {
    return this.of(type, state).reduce((sum, { data }) => sum + (data.count ?? 0), 0);
  }
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** Alertmanager's way in, and nothing of what it does then. */
export class Alerts extends HttpReceiver {
  readonly alerts: Alert[] = [];

  protected respond({ path, body }: Received): Answer {
    if (path !== '/api/v2/alerts') return { status: 404 };
    const alerts: Alert[] = JSON.parse(body.toString('utf8'));
    this.alerts.push(...alerts);
    return { status: 200 };
  }

  /** When each of a device began: one that was told twice has two. */
  beginnings(device: string): Set<string> {
    return new Set(
      this.alerts.filter(({ labels }) => labels.device === device).map(({ startsAt }) => startsAt),
    );
  }
}
