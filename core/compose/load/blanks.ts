/** Variables that have neither a value nor a default: each becomes a blank, which docker compose warns of. */
import type { Position, Problem } from '../../errors.ts';
import { suggestion } from '../../nearest.ts';
import { printable } from '../value/fault.ts';

/** Told of a variable that became a blank, and where. */
export type OnBlank = (name: string, position: Position) => void;

/** Of one project; who has more begins with these. */
const maxBlanks = 100;
/** A text of nothing else has millions: what comes later is most likely told already. */
const maxLooked = 10_000;

/** One object for the whole of a load. */
export class Blanks {
  readonly #found = new Map<string, Problem>();
  #looked = 0;

  /** Each once, in the order in which they were met. */
  get problems(): Problem[] {
    return [...this.#found.values()];
  }

  /**
   * @param place where it stands
   * @param known the names that have a value where this one has none
   */
  note(name: string, place: () => Position, known: () => Iterable<string>): void {
    this.#looked += 1;
    if (this.#looked > maxLooked || this.#found.size >= maxBlanks) return;
    const position = place();
    const id = JSON.stringify([name, position]);
    if (this.#found.has(id)) return;
    const meant = suggestion(name, known());
    const message = `variable ${printable(name)} has no value and becomes blank${meant}`;
    this.#found.set(id, { code: 'COMPOSE_VARIABLE_BLANK', message, position });
  }
}
