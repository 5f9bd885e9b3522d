/** What one stream tells: each asks for itself what is new, when it may tell it. Nothing waits in a queue. */
export interface LiveEvent {
  readonly event: 'rows' | 'overview' | 'device' | 'logs' | 'change';
  /** With which a reader who was cut off goes on. */
  readonly id?: string;
  /** JSON on one line. */
  readonly data: string;
}

export interface LiveTopic {
  /** @returns undefined: there is nothing new @throws TowlineError where there is nothing to tell any more: the stream ends */
  next(signal: AbortSignal): LiveEvent | undefined | Promise<LiveEvent | undefined>;
  /** @param wake something may be new @returns ends it */
  onNews(wake: () => void): () => void;
  /** Devices that are asked to send meanwhile. */
  readonly looked: readonly string[];
}
