/** One device: that something of it is another. What, its page asks for. */
import { TowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { Home } from '../home/home.ts';
import { sees, type Viewer } from '../home/viewer.ts';
import type { LiveEvent, LiveTopic } from './live-topic.ts';

export interface DeviceQuestion {
  readonly home: Pick<Home, 'fleet' | 'telemetry'>;
  readonly viewer: Viewer;
  readonly device: string;
}

export class DeviceTopic implements LiveTopic {
  readonly looked: readonly string[];
  readonly #question: DeviceQuestion;
  #told: string | undefined;

  /** @throws TowlineError PORTAL_NOT_FOUND */
  constructor(question: DeviceQuestion) {
    this.#question = question;
    this.#assertSeen();
    const { viewer, device } = question;
    this.looked = viewer.reads(device) ? [device] : [];
  }

  onNews(wake: () => void): () => void {
    const { home, device } = this.#question;
    return home.telemetry.onMove(moved => {
      if (moved === device) wake();
    });
  }

  next(): LiveEvent | undefined {
    this.#assertSeen();
    const { device } = this.#question;
    const told = this.#state();
    if (told === this.#told) return undefined;
    this.#told = told;
    return { event: 'device', data: JSON.stringify({ device, ...this.#facts() }) };
  }

  #state(): string {
    return JSON.stringify(this.#facts());
  }

  #facts(): { readonly commit?: ObjectId; readonly tip?: ObjectId } {
    const { home, viewer, device } = this.#question;
    const commit = home.fleet.current?.commit;
    const tip = viewer.reads(device) ? home.telemetry.tips().get(device) : undefined;
    return { ...(commit === undefined ? {} : { commit }), ...(tip === undefined ? {} : { tip }) };
  }

  /** One answer for a device that is none and one of somebody else; asked anew each time. */
  #assertSeen(): void {
    const { home, viewer, device } = this.#question;
    const isThere =
      home.fleet.current?.fleet.devices.has(device) === true || home.telemetry.tips().has(device);
    if (!isThere || !sees(viewer, device))
      throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such device, or none for this person');
  }
}
