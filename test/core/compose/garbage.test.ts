import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, test } from 'node:test';
import { load, refusals } from './project.ts';

const limitMs = 1000;

function quickly<Result>(work: () => Result): Result {
  // CPU time, not the clock's: other tests run beside this one.
  const started = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(started);
  const tookMs = (user + system) / 1000;
  assert.ok(tookMs < limitMs * 3, `took ${Math.round(tookMs)} ms`);
  return result;
}

const bomb = [
  'x-a: &a {k: v}',
  ...'bcdefghi'.split('').map((letter, index) => {
    const before = String.fromCharCode('a'.charCodeAt(0) + index);
    return `x-${letter}: &${letter} [${Array(9).fill(`*${before}`).join(', ')}]`;
  }),
  'services: {web: {image: nginx}}',
  '',
].join('\n');

describe('garbage in a Compose file', () => {
  test('a file on one line, as programs write it, is none: its members stand side by side', () => {
    const environment = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`V${index}`, 'x']));
    const { model, problems } = load(JSON.stringify({ services: { web: { image: 'nginx', environment } } }));
    assert.deepEqual(problems, []);
    assert.equal(Object.keys(model?.services.web?.environment ?? {}).length, 200);
  });

  test('an alias bomb is refused within 1 s and 200 MB, with its position', () => {
    const program = [
      `import { load } from ${JSON.stringify(path.join(import.meta.dirname, 'project.ts'))};`,
      `const started = performance.now();`,
      `const { problems } = load(${JSON.stringify(bomb)});`,
      `console.log(JSON.stringify({ problems, tookMs: performance.now() - started, kilobytes: process.resourceUsage().maxRSS }));`,
    ].join('\n');
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    assert.equal(child.status, 0, child.stderr);
    const { problems, tookMs, kilobytes } = JSON.parse(child.stdout);
    assert.equal(problems[0].code, 'COMPOSE_TOO_LARGE');
    assert.equal(typeof problems[0].position.line, 'number');
    assert.ok(tookMs < limitMs, `${tookMs} ms`);
    assert.ok(kilobytes < 200 * 1024, `${kilobytes} kB`);
  });

  test('10,000 services are refused with the position of the one too many', () => {
    const services = Array.from({ length: 10_000 }, (_, index) => `  s${index}: {image: nginx}`);
    const [line] = quickly(() => refusals(['services:', ...services, ''].join('\n')));
    assert.match(line ?? '', /^compose\.yaml:1002:3 COMPOSE_TOO_LARGE 10000 services/);
  });

  for (const [what, text] of [
    ['flow lists', `x-a: ${'['.repeat(100_000)}`],
    ['flow mappings', `x-a: ${'{a: '.repeat(100_000)}`],
    ['lists on one line', `x-a:\n  ${'- '.repeat(100_000)}a`],
    ['explicit keys', `${'? '.repeat(100_000)}a`],
    ['indentation', Array.from({ length: 1300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ] as const) {
    test(`deep nesting by ${what} is refused with a line`, () => {
      const [line] = quickly(() => refusals(text));
      assert.match(line ?? '', /^compose\.yaml(:\d+){0,2} COMPOSE_(TOO_LARGE|SYNTAX) /);
    });
  }

  test('a file over the limit is refused before it is parsed', () => {
    const [line] = quickly(() => refusals(`x-a: ${'a'.repeat(2_000_000)}`));
    assert.match(line ?? '', /^compose\.yaml COMPOSE_TOO_LARGE/);
  });

  test('a huge value is refused with its position', () => {
    const [line] = quickly(() => refusals(`services:\n  web:\n    image: ${'a'.repeat(600_000)}\n`));
    assert.match(line ?? '', /^compose\.yaml:3:12 COMPOSE_TOO_LARGE/);
  });

  test('names with control characters are refused, and shown without them', () => {
    const [line] = refusals('services:\n  "web\\u001b[31m\\u202e": {image: nginx}\n');
    assert.match(line ?? '', /^compose\.yaml:2:3 COMPOSE_SCHEMA/);
    assert.doesNotMatch(line ?? '', /[\p{Cc}\p{Cf}]/u);
  });

  test('`__proto__` is refused as a key and pollutes nothing', () => {
    assert.match(refusals('services:\n  __proto__: {image: nginx}\n')[0] ?? '', /:2:3 COMPOSE_SYNTAX/);
    load(
      'services: {web: {image: nginx, environment: ["__proto__=polluted"], labels: ["__proto__=polluted"]}}',
    );
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
  });

  test('an alias inside itself is refused', () => {
    assert.match(refusals('x-a: &a\n  b: *a\nservices: {}\n')[0] ?? '', /:2:6 COMPOSE_CYCLE/);
  });

  test('a key twice is refused at the second one', () => {
    const [line] = refusals('services:\n  web:\n    image: a\n    image: b\n');
    assert.match(line ?? '', /^compose\.yaml:4:5 COMPOSE_SYNTAX key `image` is already defined at line 3/);
  });

  test('services that extend each other in a circle are refused with the circle', () => {
    const [line] = refusals('services:\n  a: {extends: b}\n  b: {extends: a}\n');
    assert.match(line ?? '', /^compose\.yaml:\d:\d+ COMPOSE_CYCLE extends in a circle: /);
  });

  test('services that extend each other over files in a circle are refused', () => {
    const files = {
      'compose.yaml': 'services: {a: {extends: {file: other.yaml, service: a}}}',
      'other.yaml': 'services: {a: {extends: {file: compose.yaml, service: a}}}',
    };
    assert.match(refusals(files)[0] ?? '', /COMPOSE_CYCLE/);
  });

  test('files that include each other in a circle are refused', () => {
    const files = { 'compose.yaml': 'include: [other.yaml]', 'other.yaml': 'include: [compose.yaml]' };
    assert.match(
      refusals(files)[0] ?? '',
      /COMPOSE_CYCLE include in a circle: compose\.yaml → other\.yaml → compose\.yaml/,
    );
  });

  test('an include in a circle by a file that is not the first of its list', () => {
    const files = {
      'compose.yaml': 'include: [{ path: [other.yaml, compose.yaml] }]\nservices: {}\n',
      'other.yaml': 'services: { c: { image: x } }\n',
    };
    assert.match(
      refusals(files)[0] ?? '',
      /^compose\.yaml:1:\d+ COMPOSE_CYCLE include in a circle: compose\.yaml → compose\.yaml/,
    );
  });

  test('services that depend on each other in a circle are refused by consistency', () => {
    const text = 'services:\n  a: {image: i, depends_on: [b]}\n  b: {image: i, depends_on: [a]}\n';
    assert.match(refusals(text, { consistency: true })[0] ?? '', /COMPOSE_CYCLE.*a → b → a/);
  });

  test('a long chain of extends is refused, not followed without end', () => {
    const chain = Array.from({ length: 900 }, (_, index) => `  s${index}: {extends: s${index + 1}}`);
    const [line] = quickly(() => refusals(['services:', ...chain, '  s900: {image: i}', ''].join('\n')));
    assert.match(line ?? '', /COMPOSE_TOO_LARGE extends is nested deeper/);
  });

  test('nested defaults without end are refused', () => {
    const text = `services: {web: {image: "${'${A:-'.repeat(5000)}${'}'.repeat(5000)}"}}`;
    assert.match(quickly(() => refusals(text))[0] ?? '', /COMPOSE_INTERPOLATION/);
  });

  test('what is no text at all is refused, never thrown', () => {
    for (const text of [
      '',
      '\0\0\0',
      '---\n---\n',
      '[]',
      '1',
      '%YAML 9.9\n---\na',
      '!!binary x',
      '\ufeff',
      '&a *a',
      'a: *b',
    ]) {
      assert.ok(load(text).problems.length > 0, JSON.stringify(text));
    }
  });
});
