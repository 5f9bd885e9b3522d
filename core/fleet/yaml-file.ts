/**
 * One YAML file, read strictly: UTF-8, one document, text keys, none twice, bounded aliases. What is wrong comes
 * back as problems with line and column.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import type { ErrorCode, Position, Problem } from '../errors.ts';
import { tokensOf } from './json-pointer.ts';
import { maxAliases, maxProblemsOfAFile } from './limits.ts';

/** Says where in its file a value stands. */
export type Locate = (pointer: string, what?: 'key' | 'value') => Position;

export interface YamlFile {
  readonly path: string;
  readonly value: unknown;
  readonly locate: Locate;
  /** A plain value as it is written: `1.10`, where YAML says 1.1. */
  readonly source: (pointer: string) => string | undefined;
}

interface Parsed {
  readonly document: Document;
  readonly lines: LineCounter;
}

function parse(text: string): Parsed {
  const lines = new LineCounter();
  // Own check for duplicates: the library's compares each key with all before it.
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    stringKeys: true,
    strict: true,
    version: '1.2',
    prettyErrors: false,
    logLevel: 'error',
  });
  return { document, lines };
}

function positionAt(path: string, lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { file: path, line: Math.max(1, line), column: Math.max(1, col) };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

interface Found {
  /** Of the key or the value found last. */
  readonly offset: number;
  /** The value, if the pointer leads to one. */
  readonly node?: unknown;
}

/** Follows a pointer as far as it leads. */
function find(document: Document, pointer: string, what: 'key' | 'value'): Found {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const token of tokensOf(pointer)) {
    while (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === token);
      if (pair === undefined) return { offset };
      node = pair.value;
      offset = (what === 'key' ? startOf(pair.key) : (startOf(pair.value) ?? startOf(pair.key))) ?? offset;
    } else if (isSeq(node)) {
      node = node.items[Number(token)];
      offset = startOf(node) ?? offset;
    } else return { offset };
  }
  return { offset, node };
}

/** A locator that keeps only the text and parses it when it is asked for the first time: mostly never. */
export function locatorOf(path: string, text: string): Locate {
  let parsed: Parsed | undefined;
  return (pointer, what = 'value') => {
    try {
      parsed ??= parse(text);
      return positionAt(path, parsed.lines, find(parsed.document, pointer, what).offset);
    } catch {
      return { file: path };
    }
  };
}

/** Parses anew: it is asked for what is wrong, and a file is kept as its text alone. */
function sourceAt(text: string, pointer: string): string | undefined {
  const { node } = find(parse(text).document, pointer, 'value');
  return isScalar(node) ? node.source : undefined;
}

function keyProblems(path: string, { document, lines }: Parsed): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Map(_key, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const again = seen.has(name);
        if (!again && name !== '__proto__') seen.add(name);
        else {
          const message = again ? `key "${name}" stands here twice` : 'the key "__proto__" is not allowed';
          const position = positionAt(path, lines, startOf(key) ?? 0);
          problems.push({ code: 'FLEET_YAML_SYNTAX', message, position });
        }
        if (problems.length >= maxProblemsOfAFile) return visit.BREAK;
      }
      return undefined;
    },
  });
  return problems;
}

/** @returns the text, or undefined where the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Reads one file; of a key that stands twice the last counts, and it is a problem. Never throws for what the file says. */
export function readYaml(path: string, bytes: Uint8Array): { file?: YamlFile; problems: Problem[] } {
  const code: ErrorCode = 'FLEET_YAML_SYNTAX';
  const text = decodeText(bytes);
  if (text === undefined) return { problems: [{ code, message: 'not UTF-8', position: { file: path } }] };
  try {
    const parsed = parse(text);
    const { document, lines } = parsed;
    const problems: Problem[] = document.errors.slice(0, maxProblemsOfAFile).map(error => ({
      code,
      message: error.message.replace(/\s+/g, ' '),
      position: positionAt(path, lines, error.pos[0]),
    }));
    if (problems.length > 0) return { problems: [...problems, ...keyProblems(path, parsed)] };
    problems.push(...keyProblems(path, parsed));
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    const source = (pointer: string) => sourceAt(text, pointer);
    return { file: { path, value, locate: locatorOf(path, text), source }, problems };
  } catch (error) {
    // The library throws for too many aliases and, by the stack, for nesting that nobody writes.
    const message =
      error instanceof RangeError
        ? 'nested too deeply'
        : error instanceof Error
          ? error.message
          : String(error);
    return { problems: [{ code, message: message.slice(0, 300), position: { file: path } }] };
  }
}
