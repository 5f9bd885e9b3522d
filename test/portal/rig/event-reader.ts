/** Server-sent events as they come. */
import type { IncomingMessage } from 'node:http';
import { eventually } from '../../../lab/rig/eventually.ts';

export interface ReadEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: Record<string, unknown>;
}

export class EventReader {
  readonly events: ReadEvent[] = [];
  readonly response: IncomingMessage;
  isOver = false;
  #rest = '';

  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.#take(text));
    response.on('close', () => {
      this.isOver = true;
    });
    response.on('error', () => undefined);
  }

  async until(holds: (events: readonly ReadEvent[]) => boolean): Promise<readonly ReadEvent[]> {
    await eventually(() => holds(this.events));
    return this.events;
  }

  /** Resolves when the server has ended it. */
  async over(): Promise<void> {
    await eventually(() => this.isOver);
  }

  leave(): void {
    this.response.destroy();
  }

  #take(text: string): void {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const data = field('data');
      if (data === undefined) continue;
      this.events.push({
        event: field('event') ?? 'message',
        id: field('id'),
        data: JSON.parse(data) as Record<string, unknown>,
      });
    }
  }
}
