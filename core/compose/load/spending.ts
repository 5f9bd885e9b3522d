/** What a project may grow to while it is read: a short file can ask for copies of copies. */
import { ComposeFault, type Path } from '../value/fault.ts';
import type { ComposeLimits } from '../value/limits.ts';
import { isList, isMapping, type Mapping, type Value } from '../value/value.ts';

/** One port of a range is a mapping of a few values. */
const valuesPerPort = 2;

/** How many ports a short form stands for. */
function portsOf(spec: Value): number {
  const range = /(\d{1,5})-(\d{1,5})(?:\/[^/:]*)?$/.exec(typeof spec === 'string' ? spec : '');
  return range === null ? 1 : Math.max(1, Number(range[2]) - Number(range[1]) + 1);
}

/** One object for the whole of a load. */
export class Spending {
  readonly #limits: ComposeLimits;
  #values = 0;
  #characters = 0;

  constructor(limits: ComposeLimits) {
    this.#limits = limits;
  }

  /** @throws ComposeFault COMPOSE_TOO_LARGE */
  values(count: number, at: Path): void {
    this.#values += count;
    if (this.#values <= this.#limits.nodes) return;
    const message = `the project has more than ${this.#limits.nodes} values, with all that it includes, extends and repeats`;
    throw new ComposeFault('COMPOSE_TOO_LARGE', at, message);
  }

  /** @throws ComposeFault COMPOSE_TOO_LARGE */
  characters(count: number, at: Path): void {
    this.#characters += count;
    if (this.#characters <= this.#limits.characters) return;
    const message = `the texts of the project are longer than ${this.#limits.characters} characters, with all that it repeats`;
    throw new ComposeFault('COMPOSE_TOO_LARGE', at, message);
  }

  /** Of a value and all in it. @throws ComposeFault COMPOSE_TOO_LARGE */
  whole(value: Value, at: Path): void {
    this.values(1, at);
    if (typeof value === 'string') this.characters(value.length, at);
    else if (isList(value)) for (const element of value) this.whole(element, at);
    else if (isMapping(value)) for (const element of Object.values(value)) this.whole(element ?? null, at);
  }

  /** Variables of an env file. @throws ComposeFault COMPOSE_TOO_LARGE */
  variables(variables: Readonly<Record<string, string>>, at: Path): void {
    const texts = Object.entries(variables);
    this.values(texts.length, at);
    for (const [name, text] of texts) this.characters(name.length + text.length, at);
  }

  /** The ranges of ports that are still in their short form. @throws ComposeFault COMPOSE_TOO_LARGE */
  ports(model: Mapping): void {
    const { services } = model;
    if (!isMapping(services)) return;
    for (const [name, service] of Object.entries(services)) {
      if (!isMapping(service) || !isList(service.ports)) continue;
      for (const [index, spec] of service.ports.entries()) {
        this.values((portsOf(spec) - 1) * valuesPerPort, ['services', name, 'ports', index]);
      }
    }
  }
}
