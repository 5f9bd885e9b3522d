/** What a device remembers of bundles: how far it is with the one at hand, and whether what it trusts came by one. */
import path from 'node:path';
import type { TowlineError } from '../../core/errors.ts';
import { CheckedFile } from '../../core/io/file/checked-file.ts';
import { type Fields, fieldsOf, isFields } from '../../core/json.ts';

/** What is trusted came by a bundle, and no gateway was reached since. */
export interface ByBundle {
  /** As the bundle says it. */
  readonly created: string;
  /** Of the newest signed timestamp, seconds since the epoch; absent: there is none. */
  readonly timeSec?: number;
}

/** A bundle that was not taken. */
export interface RefusedBundle {
  /** Of its folder. */
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** What was so before the commits of the bundle of this folder were looked at for the first time. */
export interface Begun {
  readonly name: string;
  readonly trusted: string;
  /** Absent: nothing had been fetched. */
  readonly known?: { readonly head: string; readonly timestamp: string | undefined };
}

export interface CarriedState {
  readonly begun?: Begun;
  /** The folder of the bundle whose commits have been walked to. */
  readonly judged?: string;
  readonly byBundle?: ByBundle;
  readonly refused?: RefusedBundle;
}

/** What a pass says of bundles. */
export interface CarriedFacts {
  /** Main came by a bundle in this pass, or was there before it. As the bundle says when it was made. */
  readonly came?: string;
  /** In this pass one was refused. */
  readonly error?: TowlineError;
  readonly refused?: RefusedBundle;
  readonly byBundle?: ByBundle;
}

function textOf(fields: Fields, key: string): string {
  const value = fields[key];
  return typeof value === 'string' ? value : '';
}

/** It has a checksum, so a whole one is as it was written. */
function stateIn(value: unknown): CarriedState | undefined {
  if (!isFields(value)) return undefined;
  const { begun, judged, byBundle, refused } = value;
  const [since, by, no] = [fieldsOf(begun), fieldsOf(byBundle), fieldsOf(refused)];
  const { timestamp, head } = fieldsOf(since.known);
  const stamp = typeof timestamp === 'string' ? timestamp : undefined;
  const known = typeof head === 'string' ? { known: { head, timestamp: stamp } } : {};
  const timed = typeof by.timeSec === 'number' ? { timeSec: by.timeSec } : {};
  const [code, message] = [textOf(no, 'code'), textOf(no, 'message')];
  return {
    ...(isFields(begun)
      ? { begun: { name: textOf(since, 'name'), trusted: textOf(since, 'trusted'), ...known } }
      : {}),
    ...(typeof judged === 'string' ? { judged } : {}),
    ...(isFields(byBundle) ? { byBundle: { created: textOf(by, 'created'), ...timed } } : {}),
    ...(isFields(refused) ? { refused: { name: textOf(no, 'name'), code, message } } : {}),
  };
}

export class CarriedMemory {
  readonly #file: CheckedFile<CarriedState>;
  #state: CarriedState | undefined;

  constructor(stateDirectory: string) {
    this.#file = new CheckedFile(path.join(stateDirectory, 'import', 'memory'), stateIn);
  }

  /** Lost or damaged, it remembers nothing: then a gateway has to be reached, or a bundle to bring something new. */
  async read(): Promise<CarriedState> {
    if (this.#state === undefined) {
      const found = await this.#file.read();
      this.#state = found.kind === 'value' ? found.value : {};
    }
    return this.#state;
  }

  get state(): CarriedState {
    return this.#state ?? {};
  }

  async write(state: CarriedState): Promise<void> {
    await this.#file.write(state);
    this.#state = state;
  }
}
