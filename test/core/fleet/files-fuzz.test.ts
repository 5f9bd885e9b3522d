/** Files of a fleet repository, and what devices report, with anything in them: read, or refused as problems; never thrown. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseDuration } from '../../../core/duration.ts';
import { dialledAddress, isRegistryPlace, listenAddress } from '../../../core/fleet/address.ts';
import { cronProblem } from '../../../core/fleet/cron.ts';
import { isP256 } from '../../../core/fleet/p256-key.ts';
import { nameFits, placeOf } from '../../../core/fleet/paths.ts';
import { readFleetFile } from '../../../core/fleet/read-file.ts';
import type { FileKind } from '../../../core/fleet/schema-check.ts';
import { parseSize } from '../../../core/fleet/size.ts';
import { yamlWeight } from '../../../core/telemetry/yaml-weight.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutated, mutatedText } from '../../fuzz/mutation.ts';

const template = path.join(import.meta.dirname, '../../../fleet-repo-template');

/** The files of the template, by kind: what people write. */
function samples(): Map<FileKind, Buffer[]> {
  const found = new Map<FileKind, Buffer[]>();
  for (const entry of readdirSync(template, { recursive: true, encoding: 'utf8' })) {
    const place = placeOf(entry);
    if (place === undefined || place === 'misnamed' || !nameFits(place)) continue;
    const bytes = readFileSync(path.join(template, entry));
    found.set(place.kind, [...(found.get(place.kind) ?? []), bytes]);
  }
  return found;
}

const status = Buffer.from(
  [
    'apiVersion: towline/v1',
    'fleet: f',
    'device: pump-1',
    'time: 2026-11-23T18:00:00Z',
    `trusted: ${'a'.repeat(40)}`,
    'outcome: applied',
    'projects:',
    '  - { name: web, state: healthy, services: { web: { state: running, image: "x@sha256:1" } } }',
    'conditions: [{ type: Ready, status: "True", reason: Applied, message: "all is well" }]',
    '',
  ].join('\n'),
);

/** What has stopped readers of YAML before: depth, aliases, tags, keys of every kind. */
const seeds = [
  `a: ${'['.repeat(3000)}`,
  `${'- '.repeat(3000)}a`,
  'a: &a [*a, *a]\n',
  'a: &a {b: 1}\nc: { <<: *a }\n? [1, 2]\n: !!binary AAAA\n',
  '__proto__: {polluted: true}\nconstructor: 1\n',
  '%YAML 1.1\n---\na: 1\n...\n---\nb: 2\n',
  'a: !<tag:yaml.org,2002:int> x\nb: 0777\nc: .nan\nd: 2026-11-23\n',
  '\ufeffa: "\\x00\\u202e\\uD800"\r\nb: |2-\n   x\n',
].map(text => Buffer.from(text));

describe('files of a fleet, fuzzed', () => {
  const kinds = samples();
  kinds.set('status', [status]);
  for (const [kind, files] of kinds) {
    test(`a ${kind} file`, async () => {
      await fuzzed(
        kind,
        fc.property(mutated(...files, ...files, ...seeds), bytes => {
          yamlWeight(bytes);
          const { file, problems } = readFleetFile(kind, `${kind}.yaml`, bytes);
          assert.ok(file !== undefined || problems.length > 0);
          assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
        }),
      );
    });
  }

  test('paths, addresses, durations, sizes, schedules, keys', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    const words = mutatedText(
      '[::1]:8443',
      'gateway.example.com:443',
      '1h30m',
      '5MiB',
      '*/15 * * * *',
      'devices/eu/a.yaml',
    );
    await fuzzed(
      'words',
      fc.property(words, mutated(spki), (text, key) => {
        const place = placeOf(text);
        if (place !== undefined && place !== 'misnamed') nameFits(place);
        for (const read of [dialledAddress, listenAddress, isRegistryPlace, cronProblem]) read(text);
        for (const read of [parseDuration, parseSize]) {
          try {
            read(text);
          } catch (error) {
            assert.ok(error instanceof RangeError);
          }
        }
        isP256(key.toString('base64'));
      }),
    );
  });
});
