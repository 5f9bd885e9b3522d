/** The person whose clone it is: they see all that lies in it. What a gateway would not give them is not here. */

import type { FleetSource } from '../../portal/home/fleet-source.ts';
import type { Viewer } from '../../portal/home/viewer.ts';
import type { OperatorFile } from '../../schemas/types.generated.ts';

export class DeskViewer implements Viewer {
  readonly name: string;
  readonly by = 'desk';
  readonly signal: AbortSignal;
  readonly #fleet: Pick<FleetSource, 'current'>;

  constructor(name: string, fleet: Pick<FleetSource, 'current'>, signal: AbortSignal) {
    this.name = name;
    this.#fleet = fleet;
    this.signal = signal;
  }

  reads(): boolean {
    return !this.signal.aborted;
  }

  readsAll(): boolean {
    return !this.signal.aborted;
  }

  readsRepository(): boolean {
    return !this.signal.aborted;
  }

  /** Where the file of an operator says so. Who is none by this name may push as the forge, or the gateway, has it. */
  pushes(): 'all' | 'requests' | 'none' {
    const { operator } = this;
    if (operator === undefined) return 'all';
    const { fleet = 'none' } = operator.git ?? {};
    return fleet === 'write' ? 'all' : fleet === 'request' ? 'requests' : 'none';
  }

  get operator(): OperatorFile | undefined {
    return this.#fleet.current?.fleet.operators.get(this.name)?.value;
  }
}
