/**
 * Documents made from the table of attributes, read by us and by docker compose 2.40.3: the same model, or refused by both.
 * What it finds becomes a case of its own in the other tests of this folder.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { service } from '../../../core/compose/attributes/service.ts';
import type { Shape } from '../../../core/compose/shape/shape.ts';
import type { Json } from '../../../core/compose/value/model.ts';
import { formatProblem } from '../../../core/errors.ts';
import { composePeer } from '../../../lab/machine/compose-peer.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { load } from './project.ts';

const environment = { HOME: '/home/user', PATH: '/usr/bin:/bin' };

const texts = [
  ...[
    'a',
    'web',
    'db:x',
    '/abs/../x',
    './rel',
    '~/home',
    'a=b',
    'A=',
    '80:80',
    '8080-8090',
    '10s',
    '64m',
    '1.5',
  ],
  ...[
    '5',
    '0',
    'true',
    'yes',
    'all',
    'host',
    'service:db',
    'default',
    'a:/b:ro',
    'nginx:1',
    'say "hi"',
    '',
    '§HOME',
  ],
  ...['§{NO:-5}', '§§x', 'CMD', 'http://x/y', '127.0.0.1:80:80/udp', '0440'],
];
const numbers = ['0', '1', '5', '-1', '80', '1.5', '1e3', '010', '0x10', '65535'];
const keys = ['a', 'db', 'default', 'FOO', 'foo.bar', 'nofile'];

/** YAML in flow style that mostly has the forms which the shape takes. */
function written(shape: Shape): fc.Arbitrary<string> {
  const anyText = fc.constantFrom(...texts).map(text => JSON.stringify(text.replaceAll('§', '$')));
  const forms = (shape.types ?? ['string', 'number']).map((type): fc.Arbitrary<string> => {
    if (type === 'null') return fc.constant('null');
    if (type === 'boolean') return fc.constantFrom('true', 'false', 'yes');
    if (type === 'integer' || type === 'number') return fc.constantFrom(...numbers);
    if (type === 'list')
      return fc.array(written(shape.items ?? {}), { maxLength: 3 }).map(list => `[${list}]`);
    if (type === 'mapping') return mapping(shape);
    return shape.oneOf === undefined ? anyText : fc.constantFrom(...shape.oneOf);
  });
  return fc.oneof(
    { weight: 30, arbitrary: fc.oneof(...forms) },
    { weight: 1, arbitrary: fc.constantFrom('null', '[]', '{}', '[a]', '{a: b}', '5', '""') },
  );
}

function mapping(shape: Shape): fc.Arbitrary<string> {
  const properties = Object.entries(shape.properties ?? {}).map(
    ([key, part]): fc.Arbitrary<string> => written(part).map(value => `${key}: ${value}`),
  );
  const { named } = shape;
  if (named !== undefined) {
    const key = fc.constantFrom(...keys);
    properties.push(fc.tuple(key, written(named.shape)).map(([name, value]) => `${name}: ${value}`));
  }
  if (properties.length === 0) return fc.constant('{}');
  const required = (shape.required ?? []).flatMap(key => {
    const part = shape.properties?.[key];
    return part === undefined ? [] : [written(part).map(value => `${key}: ${value}`)];
  });
  return fc
    .tuple(fc.tuple(...required), fc.uniqueArray(fc.oneof(...properties), { maxLength: 3, selector: keyOf }))
    .map(([first, more]) => {
      const pairs = new Map([...first, ...more].map(pair => [keyOf(pair), pair]));
      return `{${[...pairs.values()].join(', ')}}`;
    });
}

const keyOf = (pair: string) => pair.split(':', 1)[0] ?? '';

const attributes = Object.keys(service.properties ?? {}).filter(key => key !== 'extends');
const bodies = fc.uniqueArray(fc.constantFrom(...attributes), { minLength: 1, maxLength: 3 }).chain(names => {
  const body = fc.tuple(...names.map(name => written(service.properties?.[name] ?? {})));
  return fc
    .tuple(body, body)
    .map(pair => pair.map(values => values.map((value, at) => `${names[at]}: ${value}`)));
});

const documents = fc
  .tuple(bodies, fc.constantFrom('alone', 'laid', 'extended'))
  .map(([[base = [], over = []], kind]) => {
    const one = `services: {db: {image: d}, web: {${base.join(', ')}}}\n`;
    if (kind === 'alone') return one;
    if (kind === 'laid') return `${one}---\nservices: {web: {${over.join(', ')}}}\n`;
    return `services: {db: {image: d}, web: {extends: base, ${over.join(', ')}}, base: {${base.join(', ')}}}\n`;
  });

let folder = '';
let oracle = '';
before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'towline-oracle-'));
  oracle = composePeer('sid');
});
after(() => rmSync(folder, { recursive: true, force: true }));

function asked(text: string): Json | undefined {
  writeFileSync(path.join(folder, 'compose.yaml'), text);
  const parameters = ['-p', 't', '-f', 'compose.yaml', 'config', '--format', 'json', '--no-consistency'];
  const options = {
    cwd: folder,
    env: { ...environment, PWD: folder },
    encoding: 'utf8',
    timeout: 60_000,
  } as const;
  const { status, stdout } = spawnSync(oracle, parameters, options);
  return status === 0 ? (JSON.parse(stdout) as Json) : undefined;
}

test('made documents have the model of docker compose 2.40.3, or are refused by both', async () => {
  const property = fc.property(documents, text => {
    const { model, problems } = load(text, { projectName: 't', workingDirectory: folder, environment });
    const ours = model === undefined ? undefined : JSON.parse(JSON.stringify(model).replaceAll('$', '$$$$'));
    const shown = `${text}\nours: ${problems.map(formatProblem).join('; ')}`;
    assert.equal(canonicalJson(ours ?? null), canonicalJson(asked(text) ?? null), shown);
  });
  await fuzzed('documents', property, { runs: 25, seed: 20_403 });
});
