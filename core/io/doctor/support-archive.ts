/** What a person hands to support: findings, versions, configuration, the end of a log, without anything that is secret. */
import { readdir } from 'node:fs/promises';
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
import { redactedYaml } from './redacted-yaml.ts';

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

/** Of one file that is read, bytes. */
const maxFileBytes = 256 * 1024;
/** Names of environment variables whose values are secret. */
const secretVariable = /TOKEN|SECRET|PASS|KEY|CREDENTIAL|AUTH/i;
/** Addresses are what support asks for first. */
const hiddenPatterns = patternNames.filter((name): name is PatternName => name !== 'ipv4');

/** @param file `.tar.gz`, mode 0600. @returns the names of what lies in it */
export async function writeSupportArchive(file: string, parts: SupportParts): Promise<string[]> {
  const secrets = await knownSecrets(parts.secretFiles);
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
    const bytes = await readBounded(place, maxFileBytes).catch(() => undefined);
    const text = bytes === undefined ? undefined : redactedYaml(bytes.toString('utf8'));
    entries.set(`configuration/${path.basename(place)}`, text ?? 'it cannot be read, or is no YAML\n');
  }
  if (parts.log !== undefined) entries.set('log.txt', parts.log.join('\n'));
  const redactor = new Redactor({ secrets, patterns: hiddenPatterns });
  const pieces = [...entries].map(([name, text]) => {
    const lines = redacted(text.split('\n'), secrets).map(line => redactor.hide(line));
    const bytes = Buffer.from(`${lines.join('\n').trimEnd()}\n`);
    const header = tarHeader(name, bytes.length);
    return Buffer.concat([header, bytes, Buffer.alloc(paddingOf(bytes.length))]);
  });
  const tar = Buffer.concat([...pieces, Buffer.alloc(endBytes)]);
  await writeDurably(file, await promisify(gzip)(tar));
  return [...entries.keys()];
}

async function knownSecrets(places: readonly string[]): Promise<string[]> {
  const found = Object.entries(process.env).flatMap(([name, value]) =>
    secretVariable.test(name) && value !== undefined && value.length >= 8 ? [value] : [],
  );
  for (const place of places) {
    for (const file of await filesAt(place)) {
      const bytes = await readBounded(file, maxFileBytes).catch(() => undefined);
      if (bytes !== undefined) found.push(bytes.toString('utf8'));
    }
  }
  return found;
}

async function filesAt(place: string): Promise<string[]> {
  try {
    const entries = await readdir(place, { withFileTypes: true });
    return entries.filter(entry => entry.isFile()).map(({ name }) => path.join(place, name));
  } catch {
    return [place];
  }
}
