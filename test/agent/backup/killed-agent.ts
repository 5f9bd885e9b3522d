/** An agent that is dead from one moment on, to the engine and to the disk. */
import type { Engine, EngineRequest } from '../../../agent/runtime/engine/engine.ts';
import type { DeviceRig } from '../../../lab/rig/device-rig.ts';
import type { ForgetfulDisk } from '../apply/forgetful-disk.ts';

export class KilledAgent {
  readonly engine: Engine;
  readonly #killer = new AbortController();
  readonly #disk: ForgetfulDisk | undefined;
  #calls = 0;
  #isLast: (request: EngineRequest<unknown>) => boolean = () => false;

  /** @param atCall before which call to the engine; 0: before none @param disk that ends with it */
  constructor(rig: DeviceRig, atCall: number, disk?: ForgetfulDisk) {
    this.#disk = disk;
    const gate = (request: EngineRequest<unknown>): void => {
      this.signal.throwIfAborted();
      if (++this.#calls === atCall || this.#isLast(request)) this.kill();
      this.signal.throwIfAborted();
    };
    this.engine = {
      call: async (request, signal) => {
        gate(request);
        return await rig.engine.call(request, signal);
      },
      stream: async (request, signal) => {
        gate(request);
        return await rig.engine.stream(request, signal);
      },
    };
  }

  /** It is killed before the first such call. */
  before(isLast: (request: EngineRequest<unknown>) => boolean): this {
    this.#isLast = isLast;
    return this;
  }

  kill(): void {
    this.#disk?.endAt(0, () => undefined);
    this.#killer.abort(new Error('killed'));
  }

  get calls(): number {
    return this.#calls;
  }

  get signal(): AbortSignal {
    return this.#killer.signal;
  }
}
