/** What a source imports, read from its text. */
import path from 'node:path';

export interface Import {
  readonly target: string;
  /** `import type`, or every name in the braces is a type. */
  readonly typeOnly: boolean;
}

const statement = /^\s*(?:import|export)\s+(type\s+)?([^'"]*?)\s*(?:from\s+)?['"]([^'"]+)['"]/gm;
const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

export function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** The imports of one file, static and dynamic; relative targets resolved against the file. */
export function importsOf(file: string, source: string): Import[] {
  const found: Import[] = [];
  const resolve = (target: string) =>
    target.startsWith('.') ? path.posix.join(path.posix.dirname(file), target) : target;
  const code = withoutComments(source);
  for (const [, type, names = '', target = ''] of code.matchAll(statement)) {
    const inBraces = /^\{([\s\S]*)\}$/
      .exec(names.trim())?.[1]
      ?.split(',')
      .filter(name => name.trim() !== '');
    const allTypes =
      inBraces !== undefined && inBraces.length > 0 && inBraces.every(name => /^\s*type\s/.test(name));
    found.push({ target: resolve(target), typeOnly: type !== undefined || allTypes });
  }
  for (const match of code.matchAll(dynamic))
    found.push({ target: resolve(match[1] ?? ''), typeOnly: false });
  return found;
}
