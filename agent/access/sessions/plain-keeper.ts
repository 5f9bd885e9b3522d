/** Sessions that nobody records, watches or joins. */
import type { LiveSession } from './live-session.ts';
import type { SessionKeeper } from './session-house.ts';

export class PlainKeeper implements SessionKeeper {
  async begin(_session: LiveSession): Promise<void> {}

  async visit(): Promise<number> {
    return 1;
  }
}
