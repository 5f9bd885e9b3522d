/** What a person hands to support: findings, versions, configuration, the end of a log, without anything that is secret. */
import { hostname } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { endBytes, paddingOf, tarHeader } from '../../bundle/tar-header.ts';
import { type PatternName, patternNames } from '../../redaction/pattern.ts';
import { redacted } from '../../redaction/redacted-lines.ts';
import { Redactor } from '../../redaction/redactor.ts';
import { version } from '../../version.ts';
import { readBounded, writeDurably } from '../file/durable-file.ts';
import type { Finding } from './finding.ts';
import { KnownSecrets } from './known-secrets.ts';
import { type RedactedYaml, redactedYaml } from './redacted-yaml.ts';

export interface SupportParts {
  readonly findings: readonly Finding[];
  readonly versions: Readonly<Record<string, string>>;
  /** YAML, by its path; what is no YAML is left out. */
  readonly configuration: readonly string[];
  /** Files and folders of files whose content is secret: whatever else says the same says it no more. */
  readonly secretFiles: readonly string[];
  /** Lines, the newest last; undefined: it cannot be read here. */
  readonly log: readonly string[] | undefined;
}

/** Of one file of the configuration, bytes. */
const maxFileBytes = 256 * 1024;
/** Addresses are what support asks for first. */
const hiddenPatterns = patternNames.filter((name): name is PatternName => name !== 'ipv4');

/** @param file `.tar.gz`, mode 0600. @returns the names of what lies in it */
export async function writeSupportArchive(file: string, parts: SupportParts): Promise<string[]> {
  const known = new KnownSecrets(process.env);
  const entries = new Map<string, string>();
  const about = {
    versions: { ...parts.versions, towline: version, node: process.version },
    host: hostname(),
  };
  entries.set('findings.json', JSON.stringify(parts.findings, undefined, 2));
  entries.set(
    'about.json',
    JSON.stringify({ ...about, platform: `${process.platform}/${process.arch}` }, undefined, 2),
  );
  for (const place of parts.configuration) {
    const yaml = await configurationAt(place, known);
    const name = `configuration/${path
      .basename(place)
      .replace(/[^\w.-]/g, '_')
      .slice(-80)}`;
    entries.set(name, yaml?.text ?? 'it cannot be read, or is no YAML\n');
    known.add(yaml?.values ?? []);
    for (const named of yaml?.files ?? []) await known.read(path.resolve(named));
  }
  for (const place of parts.secretFiles) await known.read(place);
  if (parts.log !== undefined) entries.set('log.txt', known.unread ?? parts.log.join('\n'));
  await writeDurably(file, await promisify(gzip)(tarOf(entries, known.values)));
  return [...entries.keys()];
}

async function configurationAt(place: string, known: KnownSecrets): Promise<RedactedYaml | undefined> {
  const bytes = await readBounded(place, maxFileBytes).catch(() => null);
  if (bytes === undefined) return undefined;
  const yaml = bytes === null ? undefined : redactedYaml(bytes.toString('utf8'));
  if (yaml === undefined) known.miss(place, 'it cannot be read, or is no YAML');
  return yaml;
}

function tarOf(entries: ReadonlyMap<string, string>, secrets: readonly string[]): Buffer {
  const redactor = new Redactor({ secrets, patterns: hiddenPatterns });
  const pieces = [...entries].map(([name, text]) => {
    const lines = redacted(text.split('\n'), secrets).map(line => redactor.hide(line));
    const bytes = Buffer.from(`${lines.join('\n').trimEnd()}\n`);
    const header = tarHeader(name, bytes.length);
    return Buffer.concat([header, bytes, Buffer.alloc(paddingOf(bytes.length))]);
  });
  return Buffer.concat([...pieces, Buffer.alloc(endBytes)]);
}
