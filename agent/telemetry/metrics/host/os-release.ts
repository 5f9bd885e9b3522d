/** os-release(5): `NAME=value` in a shell's quotes. */

export interface OsRelease {
  readonly id: string | undefined;
  readonly versionId: string | undefined;
  readonly prettyName: string | undefined;
}

const maxValueLength = 200;

export function readOsRelease(text: string): OsRelease {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    const name = line.slice(0, Math.max(0, equals)).trim();
    if (/^[A-Z_][A-Z0-9_]{0,63}$/.test(name)) values.set(name, unquoted(line.slice(equals + 1).trim()));
  }
  const value = (name: string): string | undefined => values.get(name) || undefined;
  return { id: value('ID'), versionId: value('VERSION_ID'), prettyName: value('PRETTY_NAME') };
}

function unquoted(written: string): string {
  const quote = written[0];
  const isQuoted = written.length > 1 && (quote === '"' || quote === "'") && written.endsWith(quote);
  const inner = isQuoted ? written.slice(1, -1) : written;
  const value = quote === "'" ? inner : inner.replace(/\\(["$`\\])/g, '$1');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no name has them, and a terminal would obey
  return value.replace(/[\u0000-\u001f\u007f]/g, '').slice(0, maxValueLength);
}
