/** `GET /live`: one stream for what a page shows. */
import { randomBytes } from 'node:crypto';
import { TowlineError } from '../../core/errors.ts';
import { namePattern } from '../../core/fleet/paths.ts';
import type { Home } from '../home/home.ts';
import type { Viewer } from '../home/viewer.ts';
import type { Route } from '../route/route.ts';
import type { Endpoint } from '../server/endpoint.ts';
import type { Exchange } from '../server/exchange.ts';
import { Places } from '../server/places.ts';
import { AnswerTopic } from './answer-topic.ts';
import { DeviceTopic } from './device-topic.ts';
import { type LiveTimes, liveStream } from './live-stream.ts';
import type { LiveTopic } from './live-topic.ts';
import { type LiveRows, RowsTopic } from './rows-topic.ts';
import { SharedAnswers } from './shared-answers.ts';

export interface LiveOptions {
  readonly home: Home;
  readonly rows: LiveRows;
  /** Of the API: what is told is what they answer. */
  readonly routes: readonly Route[];
  /** Lines of a device as they come; undefined: they cannot be followed here. @throws TowlineError PORTAL_NOT_FOUND */
  readonly logsOf: ((viewer: Viewer, query: ReadonlyMap<string, string>) => LiveTopic) | undefined;
  readonly times?: Partial<LiveTimes>;
}

/** Streams of one person, and of all. */
const streamLimits = { ofOne: 16, inAll: 512 } as const;
const mostIds = 200;
/** What changes without a word of main or devices is looked for, milliseconds. */
const changeMs = 2000;
const overviewMs = 30_000;

export class Live {
  readonly #options: LiveOptions;
  readonly #start = randomBytes(6).toString('base64url');
  readonly #places = new Places(streamLimits);
  readonly #shared: SharedAnswers;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#shared = new SharedAnswers(
      options.routes,
      // With another main somebody may see less.
      () => `${options.rows.version} ${options.home.fleet.current?.commit}`,
    );
  }

  /** Streams now. */
  get size(): number {
    return this.#places.size;
  }

  get endpoint(): Endpoint {
    return {
      ...{ method: 'GET', path: '/live', lasting: true },
      answer: exchange => this.#serve(exchange),
    };
  }

  async #serve(exchange: Exchange): Promise<void> {
    const { viewer, target, request, response, signal } = exchange;
    const topic = this.#topic(viewer, target.query, request.headers['last-event-id']);
    const leave = this.#places.take(viewer.name);
    if (leave === undefined)
      throw new TowlineError('PORTAL_BUSY', 'as many streams as may be are open', {
        details: { retryAfterSec: 20 },
      });
    const { home, times = {} } = this.#options;
    const unlook = topic.looked.length === 0 ? undefined : home.telemetry.look(viewer.name, topic.looked);
    try {
      await liveStream({ response, topic: this.#judgedAnew(topic), signal, times });
    } finally {
      unlook?.();
      leave();
    }
  }

  /** Another main may give its viewer less: what is open is asked again with each. */
  #judgedAnew(topic: LiveTopic): LiveTopic {
    const { fleet } = this.#options.home;
    return {
      looked: topic.looked,
      next: signal => topic.next(signal),
      onNews: wake => {
        const ends = [topic.onNews(wake), fleet.onChange(wake)];
        return () => {
          for (const end of ends) end();
        };
      },
    };
  }

  #topic(viewer: Viewer, query: ReadonlyMap<string, string>, last: string | string[] | undefined): LiveTopic {
    const { home, rows, logsOf } = this.#options;
    const [ids, device, change] = ['ids', 'device', 'change'].map(name => query.get(name));
    if (ids !== undefined) {
      const known = typeof last === 'string' ? last : undefined;
      return new RowsTopic({ rows, start: this.#start, viewer, ids: idsIn(ids), last: known });
    }
    if (device !== undefined) return new DeviceTopic({ home, viewer, device: idsIn(device)[0] ?? '' });
    if (change !== undefined) return this.#change(viewer, change);
    if (query.has('overview')) return this.#overview(viewer);
    if (query.has('logs') && logsOf !== undefined) return logsOf(viewer, query);
    throw new TowlineError('PORTAL_MALFORMED', 'ids, device, logs, change or overview is wanted');
  }

  #overview(viewer: Viewer): LiveTopic {
    const { rows } = this.#options;
    return new AnswerTopic({
      ...{ event: 'overview', everyMs: overviewMs },
      ask: signal => this.#shared.ask('/overview', viewer, signal),
      onNews: wake => rows.onChange(wake),
    });
  }

  #change(viewer: Viewer, change: string): LiveTopic {
    if (!/^[A-Za-z0-9_-]{1,128}$/.test(change))
      throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such change');
    return new AnswerTopic({
      ...{ event: 'change', everyMs: changeMs },
      ask: signal => this.#shared.askOwn(`/changes/${change}`, viewer, signal),
      onNews: () => () => undefined,
    });
  }
}

/** @throws TowlineError PORTAL_MALFORMED, PORTAL_NOT_FOUND */
function idsIn(text: string): readonly string[] {
  const ids = [...new Set(text.split(','))];
  if (ids.length > mostIds) throw new TowlineError('PORTAL_MALFORMED', `at most ${mostIds} devices`);
  if (!ids.every(id => namePattern.test(id)))
    throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such device');
  return ids;
}
