/** env_file and label_file: read, and laid under what the service says itself. */

import { asBoolean } from '../print/printed.ts';
import { ComposeFault, type Path, pathText, printable } from '../value/fault.ts';
import type { ServiceModel } from '../value/model.ts';
import { isList, isMapping, type Mapping } from '../value/value.ts';
import type { OnBlank } from './blanks.ts';
import { parseEnvFile, parseRawEnvFile } from './env-file.ts';
import type { ProjectFiles } from './project-files.ts';
import type { Lookup } from './template.ts';

type Variables = Record<string, string | null>;

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function parserOf(format: unknown, path: Path): typeof parseEnvFile {
  if (format === undefined || format === '' || format === '.env') return parseEnvFile;
  if (format === 'raw') return parseRawEnvFile;
  const message = `${pathText(path)}: unknown env_file format \`${printable(String(format))}\``;
  throw new ComposeFault('COMPOSE_VALUE', path, message);
}

/** The env and label files of the services of one project. */
export class ServiceFiles {
  readonly #files: ProjectFiles;
  readonly #lookup: Lookup;
  readonly #onBlank: OnBlank;

  constructor(files: ProjectFiles, lookup: Lookup, onBlank: OnBlank) {
    this.#files = files;
    this.#lookup = lookup;
    this.#onBlank = onBlank;
  }

  /** The environment of a service: variables of the project for names alone, env files below, its own above. */
  resolveEnvironment(printed: ServiceModel, service: Mapping, path: Path): void {
    const own: Variables = Object.assign(Object.create(null), printed.environment);
    for (const key of Object.keys(own)) own[key] ??= this.#lookup(key) ?? null;
    const resolved = { ...this.#readEnvFiles(service, own, path), ...own };
    if (Object.keys(resolved).length > 0) printed.environment = resolved;
  }

  /** The labels of a service: label files below, its own above. */
  resolveLabels(printed: ServiceModel, service: Mapping, path: Path): void {
    const labels: Record<string, string> = Object.create(null);
    const known: Lookup = name => labels[name];
    for (const [index, file] of (isList(service.label_file) ? service.label_file : []).entries()) {
      if (typeof file !== 'string') continue;
      const at = [...path, 'label_file', index];
      const text = decode(this.#files.read(file, at));
      const read = parseEnvFile(text, known, this.#files.relative(file), this.#onBlank);
      this.#files.spending.variables(read, at);
      Object.assign(labels, read);
    }
    const resolved = { ...labels, ...printed.labels };
    if (Object.keys(resolved).length > 0) printed.labels = resolved;
  }

  /** The variables of the service's env files; what `own` sets is seen by their interpolation. */
  #readEnvFiles(service: Mapping, own: Variables, path: Path): Variables {
    const files = this.#files;
    const variables: Record<string, string> = Object.create(null);
    for (const [key, value] of Object.entries(own)) if (value !== null) variables[key] = value;
    const seen: Lookup = (name, interpolated) =>
      this.#lookup(name, interpolated) ?? own[name] ?? variables[name];
    for (const [index, entry] of (isList(service.env_file) ? service.env_file : []).entries()) {
      if (!isMapping(entry) || typeof entry.path !== 'string') continue;
      const at = [...path, 'env_file', index];
      const bytes = files.find(entry.path, at);
      if (bytes === undefined && !asBoolean(entry.required ?? true, at)) continue;
      const parse = parserOf(entry.format, at);
      const text = decode(bytes ?? files.read(entry.path, at));
      const read = parse(text, seen, files.relative(entry.path), this.#onBlank);
      files.spending.variables(read, at);
      Object.assign(variables, read);
    }
    return variables;
  }
}
