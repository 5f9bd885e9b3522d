import { project } from '../../core/compose/attributes/project.ts';
import type { PrintRule, Shape } from '../../core/compose/shape/shape.ts';

/** What has a name of its own in the types, by its path in the table of shapes. */
const names: Readonly<Record<string, string>> = {
  'services.*': 'ServiceModel',
  'services.*.volumes[]': 'MountModel',
  'services.*.ports[]': 'PortModel',
  'services.*.configs[]': 'FileMountModel',
  'services.*.devices[]': 'DeviceModel',
  'services.*.gpus[]': 'DeviceRequestModel',
  'services.*.networks.*': 'EndpointModel',
  'services.*.depends_on.*': 'DependencyModel',
  'services.*.logging': 'LoggingModel',
  'services.*.healthcheck': 'HealthcheckModel',
  'services.*.deploy': 'DeployModel',
  'services.*.blkio_config.device_read_bps[]': 'ThrottleModel',
  'services.*.post_start[]': 'HookModel',
  'networks.*': 'NetworkModel',
  'volumes.*': 'VolumeModel',
  'configs.*': 'ConfigModel',
  'secrets.*': 'SecretModel',
};

const texts = 'Record<string, string>';

/** How each rule prints, where that does not depend on what is inside. */
const printed: Readonly<Partial<Record<PrintRule, string>>> = {
  boolean: 'boolean',
  'optional-boolean': 'boolean',
  integer: 'number',
  'optional-integer': 'number',
  unsigned: 'number',
  'optional-unsigned': 'number',
  'single-float': 'number',
  'nano-cpus': 'number',
  'device-count': 'number',
  duration: 'string',
  'optional-duration': 'string',
  bytes: 'string',
  'file-mode': 'string',
  command: 'string[] | null',
  'health-test': 'string[]',
  texts: 'string[]',
  'text-or-texts': 'string[]',
  'sprinted-texts': 'string[]',
  hosts: 'string[]',
  ssh: 'string[]',
  labels: texts,
  mapping: texts,
  options: texts,
  'text-map': texts,
  environment: 'Record<string, string | null>',
  'multi-options': 'Record<string, string[]>',
  ulimits: 'Record<string, number | { soft?: number; hard?: number }>',
};

const indent = (text: string) => text.replaceAll(/^/gm, '  ');

class Types {
  /** Members → name: shapes of the same form share one. */
  readonly #names = new Map<string, string>();
  /** Name → members. */
  readonly declarations = new Map<string, string>();

  /** The type of what an attribute prints; undefined: nothing. */
  of(shape: Shape, path: string): string | undefined {
    switch (shape.print) {
      case undefined:
      case 'never':
        return undefined;
      case 'struct':
      case 'optional-struct':
        return this.#struct(shape, path);
      case 'structs':
        return `${this.#struct(shape.items, `${path}[]`)}[]`;
      case 'struct-map':
        return `Record<string, ${this.#struct(shape.named?.shape, `${path}.*`)} | null>`;
      case 'text':
        return shape.oneOf?.map(word => `'${word}'`).join(' | ') ?? 'string';
      default:
        return printed[shape.print];
    }
  }

  #struct(shape: Shape | undefined, path: string): string {
    const members = Object.entries(shape?.properties ?? {}).flatMap(([key, attribute]) => {
      const type = this.of(attribute, `${path}.${key}`);
      return type === undefined ? [] : [`${attribute.printedAs ?? key}?: ${type};`];
    });
    const form = members.join('\n');
    const name = names[path];
    if (name !== undefined) {
      this.#names.set(form, name);
      this.declarations.set(name, form);
    }
    return this.#names.get(form) ?? `{\n${indent(form)}\n}`;
  }
}

/** core/compose/value/model.generated.ts: the canonical model as `core/compose/print` prints it. */
export function modelTypes(): string {
  const types = new Types();
  const sections = ['services', 'networks', 'volumes', 'configs', 'secrets'];
  // Twice: what has a name by a later path bears it at an earlier one too.
  for (const section of [...sections, ...sections]) types.of(project.properties?.[section] ?? {}, section);
  const declarations = [...types.declarations].map(
    ([name, form]) => `export type ${name} = {\n${indent(form)}\n};`,
  );
  return [
    '/* Generated from core/compose/attributes by `npm run generate`. Do not edit. */',
    '',
    '/* What is empty is left out, and so are attributes that have been worked into others. */',
    '',
    declarations.join('\n\n'),
    '',
  ].join('\n');
}
