/** Answers made of the API's own description: every field is there, and holds what a test wants in it. */
import openapi from '../../../../portal/api/openapi.json' with { type: 'json' };

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly pattern?: string;
  readonly description?: string;
}

export interface MadeOptions {
  /** What a text holds that may be any. @param path `rollouts[].stages[].name` */
  readonly text: (path: string) => string;
  /** Of each list. */
  readonly items: number;
  readonly nowMs: number;
}

/** As the description says it; what it says nothing of is asked of `text`. */
const schemas: Readonly<Record<string, Schema>> = openapi.components.schemas;

export class MadeAnswers {
  readonly #options: MadeOptions;
  #count = 0;

  constructor(options: MadeOptions) {
    this.#options = options;
  }

  /** @param name of the description: `Overview` */
  of(name: string): unknown {
    return this.#value(schemaNamed(name), name);
  }

  /** An answer to this request of the API, as its description has it. */
  answerTo(method: string, template: string): unknown {
    const name = answerName(method, template);
    return name === undefined ? undefined : this.of(name);
  }

  #value(schema: Schema, path: string): unknown {
    if (schema.$ref !== undefined) return this.#value(schemaNamed(refName(schema.$ref)), path);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined) return this.#next(schema.enum);
    if (schema.oneOf !== undefined) return this.#value(this.#next(schema.oneOf), path);
    const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
    if (type === 'array') return this.#list(schema.items ?? {}, path);
    if (type === 'object') return this.#object(schema, path);
    if (type === 'integer' || type === 'number') return this.#number(path);
    if (type === 'boolean') return true;
    return this.#text(schema, path);
  }

  #list(items: Schema, path: string): unknown[] {
    const { items: count } = this.#options;
    // Each word once, so that every one of them is seen.
    const words = items.$ref === undefined ? undefined : schemaNamed(refName(items.$ref)).enum;
    if (words !== undefined) return [...words];
    return Array.from({ length: count }, () => this.#value(items, `${path}[]`));
  }

  #object({ properties, additionalProperties }: Schema, path: string): unknown {
    const made: Record<string, unknown> = {};
    for (const [name, schema] of Object.entries(properties ?? {})) {
      made[name] = this.#value(schema, `${path}.${name}`);
    }
    if (properties !== undefined) return made;
    const inner = typeof additionalProperties === 'object' ? additionalProperties : { type: 'string' };
    for (let index = 0; index < this.#options.items; index += 1) {
      made[this.#options.text(`${path}{}`)] = this.#value(inner, `${path}{}.value`);
    }
    return made;
  }

  #number(path: string): number {
    this.#count += 1;
    // Seconds since the epoch, and columns of a chart.
    if (path.endsWith('.r')) return Math.floor(this.#options.nowMs / 1000) - this.#count;
    return this.#count % 40;
  }

  #text({ pattern, description = '' }: Schema, path: string): string {
    this.#count += 1;
    if (pattern !== undefined) return `name-${this.#count}`;
    if (/ISO 8601|RFC 3339/.test(description)) {
      return new Date(this.#options.nowMs - this.#count * 61_000).toISOString();
    }
    return this.#options.text(path);
  }

  #next<Value>(values: readonly Value[]): Value {
    const value = values[this.#count % values.length];
    this.#count += 1;
    if (value === undefined) throw new Error('the description has an empty list');
    return value;
  }
}

function schemaNamed(name: string): Schema {
  const schema = schemas[name];
  if (schema === undefined) throw new Error(`the description has no ${name}`);
  return schema;
}

const refName = (ref: string): string => ref.split('/').at(-1) ?? '';

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

function answerName(method: string, template: string): string | undefined {
  const paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> = openapi.paths;
  const operation = paths[template]?.[method.toLowerCase()];
  if (!isOperation(operation)) return undefined;
  const success = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))?.[1];
  const ref = success?.content?.['application/json']?.schema.$ref;
  return ref === undefined ? undefined : refName(ref);
}

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'responses' in value;
}

/** Every request that the description has. */
export function describedRequests(): {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly template: string;
}[] {
  const methods = ['GET', 'POST', 'DELETE'] as const;
  return Object.entries(openapi.paths).flatMap(([template, operations]) =>
    methods.filter(method => method.toLowerCase() in operations).map(method => ({ method, template })),
  );
}
