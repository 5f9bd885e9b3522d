import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { canonicalJson } from '../../core/canonical-json.ts';
import { parseEnvFile } from '../../core/compose/load/env-file.ts';
import { loadComposeProject } from '../../core/compose/load/load.ts';
import { ComposeFault } from '../../core/compose/value/fault.ts';
import type { ComposeModel, Json } from '../../core/compose/value/model.ts';
import { formatProblem } from '../../core/errors.ts';

export interface Finding {
  readonly name: string;
  readonly why: string;
}

export interface Score {
  readonly total: number;
  readonly equal: string[];
  readonly different: Finding[];
  readonly wronglyAccepted: Finding[];
  readonly wronglyRefused: Finding[];
}

/** The first difference of two JSON values, with its path. */
export function firstDifference(
  ours: Json | undefined,
  oracle: Json | undefined,
  at = '$',
): string | undefined {
  if (canonicalJson(ours) === canonicalJson(oracle) && (ours === undefined) === (oracle === undefined))
    return undefined;
  const isObject = (value: Json | undefined) => typeof value === 'object' && value !== null;
  if (isObject(ours) && isObject(oracle) && Array.isArray(ours) === Array.isArray(oracle)) {
    const left = ours as Record<string, Json>;
    const right = oracle as Record<string, Json>;
    for (const key of [...new Set([...Object.keys(left), ...Object.keys(right)])].sort()) {
      const found = firstDifference(left[key], right[key], `${at}.${key}`);
      if (found !== undefined) return found;
    }
  }
  return `${at}: ours ${JSON.stringify(ours)}, the oracle's ${JSON.stringify(oracle)}`;
}

const projectFolder = '/parent/project';

/**
 * The model as the set's expected.json has it: `docker compose config` doubles every dollar sign, so that its output can
 * be read again, and the set names the project's folder `/project` and the one above it `/parent`.
 */
function asPrinted(model: Json): Json {
  return JSON.parse(
    JSON.stringify(model).replaceAll('$', '$$$$').replaceAll(projectFolder, '/project'),
  ) as Json;
}

function files(folder: string) {
  return (file: string): Uint8Array | undefined => {
    const target = path.join(folder, file);
    const isOracle = file === 'expected.json' || file === 'rejected.txt';
    return !isOracle && existsSync(target) && statSync(target).isFile() ? readFileSync(target) : undefined;
  };
}

const variables = { HOME: '/home/user', PATH: '/usr/local/bin:/usr/bin:/bin', PWD: projectFolder };

/** The variables of a `.env` beside the document, which `docker compose` reads by itself. */
function dotenv(lookup: ReturnType<typeof files>): Record<string, string> {
  const text = new TextDecoder().decode(lookup('.env') ?? new Uint8Array());
  const known = new Map(Object.entries(variables));
  return parseEnvFile(text, name => known.get(name), '.env');
}

/** What the oracle saw: HOME, a PATH and the folder it ran in, `.env`, project name `t`, no consistency. */
function load(folder: string): { model?: ComposeModel; refusal: string } {
  const lookup = files(folder);
  let environment: Record<string, string>;
  try {
    environment = { ...dotenv(lookup), ...variables };
  } catch (error) {
    if (error instanceof ComposeFault) return { refusal: error.message };
    throw error;
  }
  const { model, problems } = loadComposeProject({
    files: lookup,
    composeFiles: ['compose.yaml'],
    projectName: 't',
    workingDirectory: projectFolder,
    environment,
    profiles: environment.COMPOSE_PROFILES?.split(',').map(name => name.trim()) ?? [],
  });
  return { ...(model === undefined ? {} : { model }), refusal: problems.map(formatProblem).join('; ') };
}

/** The folder that holds the documents: the one given, or the one below it. */
function documentsOf(folder: string): { readonly root: string; readonly names: readonly string[] } {
  const inner = path.join(folder, 'compose');
  const root = existsSync(inner) && statSync(inner).isDirectory() ? inner : folder;
  const has = (name: string, file: string) => existsSync(path.join(root, name, file));
  const names = readdirSync(root).filter(
    name => has(name, 'compose.yaml') && (has(name, 'expected.json') || has(name, 'rejected.txt')),
  );
  return { root, names: names.sort() };
}

/** Document → its model, of those that have one. */
export function conformanceModels(folder: string): Map<string, ComposeModel> {
  const { root, names } = documentsOf(folder);
  return new Map(
    names.flatMap(name => {
      const { model } = load(path.join(root, name));
      return model === undefined ? [] : [[name, model] as const];
    }),
  );
}

/** Scores every document of a folder; the folder that holds the documents, or the one above it. */
export function readConformance(folder: string): Score {
  const { root, names } = documentsOf(folder);
  const score: Score = { total: 0, equal: [], different: [], wronglyAccepted: [], wronglyRefused: [] };
  for (const name of names) {
    const document = path.join(root, name);
    const expectedFile = path.join(document, 'expected.json');
    const expected = existsSync(expectedFile)
      ? (JSON.parse(readFileSync(expectedFile, 'utf8')) as Json)
      : undefined;
    const { model, refusal } = load(document);
    if (model === undefined && expected === undefined) score.equal.push(name);
    else if (model === undefined) score.wronglyRefused.push({ name, why: refusal });
    else if (expected === undefined)
      score.wronglyAccepted.push({
        name,
        why: readFileSync(path.join(document, 'rejected.txt'), 'utf8').trim(),
      });
    else {
      const difference = firstDifference(asPrinted(model as unknown as Json), expected);
      if (difference === undefined) score.equal.push(name);
      else score.different.push({ name, why: difference });
    }
  }
  return { ...score, total: names.length };
}
