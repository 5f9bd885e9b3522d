import { posix } from 'node:path';
import type { Position, Problem } from '../../errors.ts';
import { project } from '../attributes/project.ts';
import { printValue } from '../print/print.ts';
import { Marks } from '../read/marks.ts';
import { ComposeFault, type PositionLookup, printable } from '../value/fault.ts';
import { type ComposeLimits, composeLimits } from '../value/limits.ts';
import type { ComposeModel, Json, ServiceModel } from '../value/model.ts';
import { isMapping, type Mapping, Timestamp, WholeFloat } from '../value/value.ts';
import { Blanks } from './blanks.ts';
import { checkConsistency } from './consistency.ts';
import { beginLoading, loadModel } from './load-model.ts';
import { blankAt, type Loading, lookupOf } from './loading.ts';
import { normalise } from './normalise.ts';
import { inactiveServices } from './profiles.ts';
import { type FileLookup, ProjectFiles } from './project-files.ts';
import { ServiceFiles } from './service-files.ts';
import type { Lookup } from './template.ts';
import { dropUnused } from './used-resources.ts';

export interface ComposeInput {
  /** Bytes of any file of the project (Compose files, env files, includes, bases of extends), by its path relative to it. */
  readonly files: FileLookup;
  /** Relative to the project's folder; later ones are laid on earlier ones. */
  readonly composeFiles: readonly string[];
  /** Lower-case letters, digits, `-` and `_`, beginning with a letter or digit. */
  readonly projectName: string;
  /** Absolute folder that paths of the model start from. */
  readonly workingDirectory: string;
  /** Variables for interpolation; nothing else is seen. */
  readonly environment: Readonly<Record<string, string>>;
  readonly profiles: readonly string[];
  /** Names that no text may interpolate: what they hold is not known here. */
  readonly secretVariables?: ReadonlySet<string>;
  /** Checks references between services, networks, volumes, configs and secrets. */
  readonly consistency?: boolean;
  readonly limits?: ComposeLimits;
}

export interface ComposeResult {
  readonly model?: ComposeModel;
  /** All that is wrong of the first kind: what comes later is not looked at before that is mended. */
  readonly problems: Problem[];
  /** Variables that became blank: each is one that docker compose warns of. */
  readonly blanks: Problem[];
  readonly positionOf: PositionLookup;
  /** The name that the first file gives its project: `projectName` goes before it. */
  readonly statedName?: string;
  /** All volumes that are declared, used or not. */
  readonly volumes: ReadonlyMap<string, 'own' | 'external'>;
  /** Files that were read, relative to the project's folder. */
  readonly filesRead: readonly string[];
  /** What configs and secrets of kind `environment` hold: the canonical model names the variable only. */
  readonly contents: {
    readonly configs: Readonly<Record<string, string>>;
    readonly secrets: Readonly<Record<string, string>>;
  };
}

type Section = 'services' | 'networks' | 'volumes' | 'configs' | 'secrets';

function printSection<Name extends Section>(model: Mapping, section: Name): ComposeModel[Name] | undefined {
  const shape = project.properties?.[section];
  const value = model[section];
  if (shape === undefined || value === undefined) return undefined;
  // The types are made of the table that says how each attribute is printed.
  return printValue(value, shape, [section]) as ComposeModel[Name] | undefined;
}

function addSection<Name extends Section>(printed: ComposeModel, model: Mapping, section: Name): void {
  const resources = printSection(model, section);
  if (resources !== undefined) printed[section] = resources;
}

const isExtension = (key: string): key is `x-${string}` => key.startsWith('x-');

/** `x-` fields are handed on as they are. */
function plainJson(value: unknown, name: string): Json {
  const text = JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return Number(part);
    if (Array.isArray(part) && part.length === 0) return null;
    if (part instanceof Timestamp) return part.text;
    const plain = part instanceof WholeFloat ? part.value : part;
    if (typeof plain !== 'number' || Number.isFinite(plain)) return plain;
    throw new ComposeFault('COMPOSE_VALUE', [name], `${name}: ${plain} has no form in JSON`);
  });
  return JSON.parse(text ?? 'null');
}

function printModel(model: Mapping, input: ComposeInput, beside: ServiceFiles): ComposeModel {
  const services = isMapping(model.services) ? model.services : {};
  const inactive = inactiveServices(services, input.profiles);
  const printed = printSection(model, 'services') ?? {};
  const active: Record<string, ServiceModel> = {};
  for (const name of Object.keys(printed)) {
    const service = printed[name];
    const source = services[name];
    if (service === undefined || !isMapping(source) || inactive.has(name)) continue;
    beside.resolveEnvironment(service, source, ['services', name]);
    beside.resolveLabels(service, source, ['services', name]);
    active[name] = service;
  }
  const result: ComposeModel = { name: input.projectName, services: active };
  for (const section of ['networks', 'volumes', 'configs', 'secrets'] as const)
    addSection(result, model, section);
  for (const key of Object.keys(model)) if (isExtension(key)) result[key] = plainJson(model[key], key);
  return result;
}

function contentsOf(model: Mapping, section: string, lookup: Lookup): Record<string, string> {
  const contents: Record<string, string> = Object.create(null);
  const resources = model[section];
  if (!isMapping(resources)) return contents;
  for (const [name, resource] of Object.entries(resources)) {
    const variable = isMapping(resource) ? resource.environment : undefined;
    const value = typeof variable === 'string' ? lookup(variable) : undefined;
    if (value !== undefined) contents[name] = value;
  }
  return contents;
}

function volumesOf({ volumes = {} }: ComposeModel): ComposeResult['volumes'] {
  const entries = Object.entries(volumes);
  return new Map(
    entries.map(([key, definition]) => [key, definition?.external === true ? 'external' : 'own']),
  );
}

function load(input: ComposeInput, loading: Loading, firstFile: Position): ComposeResult {
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(input.projectName)) {
    throw new ComposeFault(
      'COMPOSE_VALUE',
      [],
      `invalid project name \`${printable(input.projectName)}\``,
      firstFile,
    );
  }
  const paths = input.composeFiles.map(file => posix.resolve(input.workingDirectory, file));
  const model = loadModel(loading, paths, []);
  if (Object.keys(model).length === 0)
    throw new ComposeFault('COMPOSE_SCHEMA', [], 'the Compose file is empty', firstFile);
  const positionOf: PositionLookup = path => loading.marks.find(model, path) ?? firstFile;
  const lookup = lookupOf(loading);
  try {
    normalise(model, input.projectName, lookup);
    const beside = new ServiceFiles(loading.files, lookup, (name, position) =>
      blankAt(loading, name, () => position),
    );
    const printed = printModel(model, input, beside);
    const disabled = new Set(isMapping(model.services) ? Object.keys(model.services) : []);
    for (const name of Object.keys(printed.services)) disabled.delete(name);
    const models = new Set(isMapping(model.models) ? Object.keys(model.models) : []);
    const problems = input.consistency ? checkConsistency(printed, { disabled, models }, positionOf) : [];
    const volumes = volumesOf(printed);
    dropUnused(printed);
    const filesRead = [...loading.files.used].sort();
    const contents = {
      configs: contentsOf(model, 'configs', lookup),
      secrets: contentsOf(model, 'secrets', lookup),
    };
    const stated = typeof model.name === 'string' ? { statedName: model.name } : {};
    const blanks = loading.blanks.problems;
    const result = { problems, blanks, positionOf, filesRead, contents, volumes, ...stated };
    return problems.length > 0 ? result : { ...result, model: printed };
  } catch (error) {
    if (error instanceof ComposeFault) error.locate(positionOf);
    throw error;
  }
}

/** Each once: a service that two others extend is looked at for both. */
function problemsOf(fault: ComposeFault, firstFile: Position): Problem[] {
  const problems = [fault, ...fault.others].map(({ position = firstFile, code, message }) => ({
    position,
    code,
    message,
  }));
  return [...new Map(problems.map(problem => [JSON.stringify(problem), problem])).values()];
}

/**
 * One Compose project in canonical form, from its files alone: pure and synchronous. `model` is absent where
 * `problems` has entries. Source: the Compose specification, as docker compose 2.40.3 prints it.
 */
export function loadComposeProject(input: ComposeInput): ComposeResult {
  const limits = input.limits ?? composeLimits;
  const files = new ProjectFiles(input.files, input.workingDirectory, limits);
  const firstFile: Position = { file: input.composeFiles[0] ?? 'compose.yaml' };
  const secrets = input.secretVariables;
  const blanks = new Blanks();
  const shared = { files, limits, blanks, marks: new Marks(), ...(secrets && { secretVariables: secrets }) };
  const loading = beginLoading(shared, {
    folder: input.workingDirectory,
    environment: { ...input.environment, COMPOSE_PROJECT_NAME: input.projectName },
    including: [],
  });
  try {
    return load(input, loading, firstFile);
  } catch (error) {
    if (!(error instanceof ComposeFault)) throw error;
    const problems = problemsOf(error, firstFile);
    const contents = { configs: {}, secrets: {} };
    const filesRead = [...files.used].sort();
    const told = { problems, blanks: blanks.problems, positionOf: () => firstFile };
    return { ...told, filesRead, contents, volumes: new Map() };
  }
}
