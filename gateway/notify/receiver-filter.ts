/** What a receiver is told of, as gateway.yaml says it. */
import { selects } from '../../core/access/reach.ts';
import type { NotifyReceiver } from '../../schemas/types.generated.ts';
import type { FleetView } from '../fleet/fleet-view.ts';
import type { NumberedTransition, Severity } from '../transitions/transition.ts';
import { type Message, namedDevices } from './messages/message.ts';

const grave: readonly Severity[] = ['info', 'warning', 'critical'];
/** Told to those alone who ask: each device says them with each release. */
const onlyWhenNamed: ReadonlySet<string> = new Set([
  'release.began',
  'release.healthy',
  'release.failed',
  'release.went-back',
]);

export type Filtered = Pick<NotifyReceiver, 'events' | 'severity' | 'devices'>;

export class ReceiverFilter {
  readonly #of: Filtered;
  readonly #events: ReadonlySet<string> | undefined;
  readonly #least: number;

  constructor(of: Filtered) {
    this.#of = of;
    this.#events = of.events === undefined ? undefined : new Set(of.events);
    this.#least = grave.indexOf(of.severity ?? 'info');
  }

  takes(transition: NumberedTransition, view: FleetView): boolean {
    const { key, severity, device } = transition;
    const [group = ''] = key.type.split('.');
    const isNamed =
      this.#events === undefined
        ? !onlyWhenNamed.has(key.type)
        : this.#events.has(key.type) || this.#events.has(group);
    if (!isNamed || grave.indexOf(severity) < this.#least) return false;
    const { devices: selector } = this.#of;
    if (selector === undefined) return true;
    if (key.type === 'release.made') return this.#assigned(transition, view).length > 0;
    const known = device === undefined ? undefined : view.devices.get(device);
    return known !== undefined && selects(selector, known);
  }

  /** For whom a release is, of this receiver's devices. */
  audience(transition: NumberedTransition, view: FleetView): Pick<Message, 'count' | 'devices'> {
    if (transition.key.type !== 'release.made') return {};
    const devices = this.#assigned(transition, view);
    return devices.length === 0 ? {} : { count: devices.length, devices: devices.slice(0, namedDevices) };
  }

  #assigned({ app }: NumberedTransition, view: FleetView): string[] {
    const { devices: selector } = this.#of;
    if (app === undefined) return [];
    return view
      .assignedTo(app)
      .filter(device => selector === undefined || selects(selector, device))
      .map(({ id }) => id);
  }
}
