/** Values against the compiled schemas; ajv's errors as problems that a person understands. */

import type { ErrorObject } from 'ajv';
import { patternForms } from '../../schemas/keys.generated.ts';
import type * as Types from '../../schemas/types.generated.ts';
import {
  agent,
  agents,
  app,
  device,
  fleet,
  gateway,
  group,
  images,
  lab,
  operator,
  policy,
  release,
  rollout,
  status,
  type Validate,
} from '../../schemas/validate.generated.js';
import type { Problem } from '../errors.ts';
import { type Fields, fieldsOf } from '../json.ts';
import { suggestion } from '../nearest.ts';
import { pointerOf, tokensOf } from './json-pointer.ts';
import { knownKeys } from './known-keys.ts';
import { maxProblemsOfAFile } from './limits.ts';
import type { YamlFile } from './yaml-file.ts';

/** Kind of a file → what it holds once it satisfies its schema. */
export interface FileTypes {
  agent: Types.AgentFile;
  agents: Types.AgentsFile;
  app: Types.AppFile;
  device: Types.DeviceFile;
  fleet: Types.FleetFile;
  gateway: Types.GatewayFile;
  group: Types.GroupFile;
  images: Types.ImagesFile;
  lab: Types.LabFile;
  operator: Types.OperatorFile;
  policy: Types.PolicyFile;
  release: Types.ReleaseFile;
  rollout: Types.RolloutFile;
  status: Types.StatusFile;
}

export type FileKind = keyof FileTypes;

const validators: { readonly [Kind in FileKind]: Validate<FileTypes[Kind]> } = {
  agent,
  agents,
  app,
  device,
  fleet,
  gateway,
  group,
  images,
  lab,
  operator,
  policy,
  release,
  rollout,
  status,
};

/** A file that satisfies its schema. */
export interface CheckedFile<Kind extends FileKind> extends YamlFile {
  readonly value: FileTypes[Kind];
}

const placeOf = (pointer: string) => (pointer === '' ? 'the file' : pointer.slice(1).replaceAll('/', '.'));

/** Of a value that is shown in a message. */
const shownLength = 60;

/** YAML has read something else than what was meant: `1.10` is the number 1.1, and no text. */
function notText(file: YamlFile, { instancePath }: ErrorObject): string {
  const source = file.source(instancePath);
  if (source === undefined || source.length > shownLength) return '';
  if (/^(?:null|~|)$/i.test(source)) return ', and nothing is written there';
  const kind = /^(?:true|false)$/i.test(source) ? 'a boolean' : 'a number';
  return `: ${source} without quotes is ${kind} in YAML, write "${source}"`;
}

/** The value itself, and what its form is called. */
function wrongForm(place: string, file: YamlFile, error: ErrorObject): string {
  const pattern = String(fieldsOf(error.params).pattern);
  const form = patternForms[pattern];
  if (form === undefined) return `${place} must match ${pattern}`;
  const source = file.source(error.instancePath);
  // A URL may have a password.
  const isShown = source !== undefined && source.length <= shownLength && !source.includes('@');
  const shown = isShown ? ` ${JSON.stringify(source)}` : '';
  return `${place}${shown} must be: ${form}`;
}

function messageOf(error: ErrorObject, file: YamlFile): string {
  const place = placeOf(error.instancePath);
  const parameters: Fields = error.params;
  switch (error.keyword) {
    case 'required':
      return `${place} lacks the key "${String(parameters.missingProperty)}"`;
    case 'enum':
      return `${place} must be one of ${[parameters.allowedValues].flat().join(', ')}`;
    case 'discriminator':
      return `${place}.${String(parameters.tag)} must be one of the kinds in docs/reference/files.md`;
    case 'const':
      return `${place} must be ${JSON.stringify(parameters.allowedValue)}`;
    case 'type':
      return `${place} must be ${[parameters.type].flat().join(' or ')}${parameters.type === 'string' ? notText(file, error) : ''}`;
    case 'pattern':
      return wrongForm(place, file, error);
    case 'propertyNames':
      return `${place} has a key that is not allowed: "${String(parameters.propertyName)}"`;
    default:
      return `${place} ${error.message ?? 'is not allowed'}`;
  }
}

const branchOf = (error: ErrorObject) => /\/oneOf\/(\d+)\/[^/]+$/.exec(error.schemaPath)?.[1];

/** Errors that only repeat what another one says better. */
function isNoise(error: ErrorObject, all: readonly ErrorObject[]): boolean {
  const here = all.filter(other => other !== error && other.instancePath === error.instancePath);
  const deeper = all.some(other => other.instancePath.startsWith(`${error.instancePath}/`));
  if (error.keyword === 'oneOf') return deeper || here.length > 0;
  if (error.keyword === 'propertyNames') return false;
  if (error.propertyName !== undefined) return true;
  if (error.keyword === 'pattern') return here.some(other => other.keyword === 'propertyNames');
  const branch = branchOf(error);
  if (branch === undefined) return false;
  // The other form of a value that has two: only the form of the right type has something to say.
  const wrongForm = (of: string) =>
    all.some(
      other =>
        other.instancePath === error.instancePath && other.keyword === 'type' && branchOf(other) === of,
    );
  const rightForm = here.some(other => {
    const of = branchOf(other);
    return of !== undefined && !wrongForm(of);
  });
  return wrongForm(branch) && (rightForm || deeper);
}

function problemOf(error: ErrorObject, kind: FileKind, file: YamlFile): Problem {
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params.additionalProperty);
    const position = file.locate(error.instancePath + pointerOf([key]), 'key');
    const hint = suggestion(key, knownKeys(kind, tokensOf(error.instancePath)));
    return {
      code: 'FLEET_UNKNOWN_KEY',
      message: `unknown key "${key}" in ${placeOf(error.instancePath)}${hint}`,
      position,
    };
  }
  const named = error.keyword === 'propertyNames' ? fieldsOf(error.params).propertyName : undefined;
  const position =
    named === undefined
      ? file.locate(error.instancePath)
      : file.locate(error.instancePath + pointerOf([String(named)]), 'key');
  return { code: 'FLEET_SCHEMA', message: messageOf(error, file), position };
}

/** Checks a file against the schema of its kind: the typed file, or all its problems. */
export function checkSchema<Kind extends FileKind>(
  kind: Kind,
  file: YamlFile,
): { file?: CheckedFile<Kind>; problems: Problem[] } {
  const validate = validators[kind];
  // The compiler narrows the value that was asked about, and not the file around it.
  if (validate(file.value)) return { file: file as CheckedFile<Kind>, problems: [] };
  // Each is compared with the others: a hostile file must not make many.
  const errors = (validate.errors ?? []).slice(0, maxProblemsOfAFile * 5);
  const problems = errors
    .filter(error => !isNoise(error, errors))
    .slice(0, maxProblemsOfAFile)
    .map(error => problemOf(error, kind, file));
  const seen = new Set<string>();
  return {
    problems: problems.filter(({ message, position }) => {
      const key = `${position.line}:${position.column}:${message}`;
      return !seen.has(key) && seen.add(key);
    }),
  };
}
