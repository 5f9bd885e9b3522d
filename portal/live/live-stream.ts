/**
 * Server-sent events to one reader. At most one event is on its way: what happens meanwhile is told by the next one, so that a reader
 * who reads slowly holds no more than that, and one who reads nothing loses the stream.
 */
import type { ServerResponse } from 'node:http';
import { apiHeaders } from '../server/security-headers.ts';
import type { LiveEvent, LiveTopic } from './live-topic.ts';

export interface LiveStreamOptions {
  readonly response: ServerResponse;
  readonly topic: LiveTopic;
  /** The reader is gone, their login is over, or the program ends. */
  readonly signal: AbortSignal;
  readonly times?: Partial<LiveTimes>;
}

/** Milliseconds. */
export interface LiveTimes {
  /** Between two events. */
  readonly restMs: number;
  /** In which an event must have been read. */
  readonly readMs: number;
  /** Between two signs of life, for proxies. */
  readonly aliveMs: number;
}

const usualTimes: LiveTimes = { restMs: 2000, readMs: 60_000, aliveMs: 20_000 };

/** A refusal is told by then, milliseconds. */
const beginMs = 1000;

const headers = {
  ...apiHeaders,
  'content-type': 'text/event-stream; charset=utf-8',
  // A proxy in front hands on what comes as it comes (nginx).
  'x-accel-buffering': 'no',
};

/** Resolves when the stream has ended. @throws what the topic throws */
export async function liveStream(options: LiveStreamOptions): Promise<void> {
  const { response, topic, signal } = options;
  const { restMs, readMs, aliveMs } = { ...usualTimes, ...options.times };
  const news = new News();
  const ended = topic.onNews(() => news.tell());
  const wake = () => news.tell();
  signal.addEventListener('abort', wake, { once: true });
  const alive = setInterval(() => {
    if (response.headersSent && !response.writableNeedDrain) response.write(':\n\n');
  }, aliveMs);
  // What is long in the making: the reader knows that it is on its way.
  const begin = () => {
    if (!response.headersSent) response.writeHead(200, headers).flushHeaders();
  };
  const late = setTimeout(begin, beginMs);
  try {
    while (!signal.aborted) {
      news.heard();
      const event = await topic.next(signal);
      if (signal.aborted) break;
      begin();
      if (event !== undefined) {
        if (!response.write(textOf(event)) && !(await drained(response, readMs, signal))) break;
        await rest(restMs, signal);
      }
      await news.more(signal);
    }
    response.end();
  } finally {
    ended();
    signal.removeEventListener('abort', wake);
    clearInterval(alive);
    clearTimeout(late);
  }
}

function textOf({ event, id, data }: LiveEvent): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}

/** @returns false: nobody reads; the connection is cut */
function drained(response: ServerResponse, readMs: number, signal: AbortSignal): Promise<boolean> {
  return new Promise(resolve => {
    const end = (isRead: boolean) => {
      clearTimeout(late);
      response.off('drain', read);
      signal.removeEventListener('abort', gone);
      resolve(isRead);
    };
    const read = () => end(true);
    const gone = () => end(false);
    const late = setTimeout(() => {
      response.destroy();
      end(false);
    }, readMs);
    response.once('drain', read);
    signal.addEventListener('abort', gone, { once: true });
  });
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** Whether there may be something new since it was looked at. */
class News {
  #isThere = false;
  #tell: (() => void) | undefined;

  tell(): void {
    this.#isThere = true;
    this.#tell?.();
  }

  heard(): void {
    this.#isThere = false;
  }

  async more(signal: AbortSignal): Promise<void> {
    if (this.#isThere || signal.aborted) return;
    await new Promise<void>(resolve => {
      this.#tell = resolve;
    });
    this.#tell = undefined;
  }
}
