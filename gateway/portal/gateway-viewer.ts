/** Who has logged in at the page: what they may is asked of the view that is current, each time. */
import { mayRead, readsAll } from '../../core/access/reach.ts';
import type { Viewer } from '../../portal/home/viewer.ts';
import type { BegunFor } from '../../portal/login/login-sessions.ts';
import type { OperatorFile } from '../../schemas/types.generated.ts';
import { pushesOf } from '../admission/person-admission.ts';
import type { ViewOperator } from '../fleet/fleet-view.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';

export class GatewayViewer implements Viewer {
  readonly name: string;
  readonly by: BegunFor['by'];
  /** Where they logged in. */
  readonly from: string;
  readonly signal: AbortSignal;
  readonly #view: FleetViewHolder;

  constructor(view: FleetViewHolder, { name, by, from, signal }: BegunFor) {
    this.#view = view;
    this.name = name;
    this.by = by;
    this.from = from;
    this.signal = signal;
  }

  reads(device: string): boolean {
    const operator = this.#current;
    return operator !== undefined && mayRead(this.#view.current.device(device), operator);
  }

  readsAll(): boolean {
    const operator = this.#current;
    return operator !== undefined && readsAll(operator);
  }

  readsRepository(): boolean {
    return (this.#current?.file.git?.fleet ?? 'none') !== 'none';
  }

  /** Who came by a provider reads: their name is not proven by what vouches for changes. */
  pushes(): 'all' | 'requests' | 'none' {
    const operator = this.#current;
    return operator === undefined || this.by === 'oidc' ? 'none' : pushesOf(operator);
  }

  get operator(): OperatorFile | undefined {
    return this.#current?.file;
  }

  /** Somebody whose login is over is nobody, also where an answer is still being made. */
  get #current(): ViewOperator | undefined {
    return this.signal.aborted ? undefined : this.#view.current.operators.get(this.name);
  }
}
