import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { commentText, maxCommentLength } from '../../../cli/review/markdown/comment-text.ts';
import { parseReview } from '../../../cli/review/read-document.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { fieldsOf, readFields } from '../../../core/json.ts';
import type { ReviewFile } from '../../../schemas/types.generated.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutatedText } from '../../fuzz/mutation.ts';
import { assertHarmless, countOf } from './rendered.ts';

const schema = path.resolve(import.meta.dirname, '../../../schemas/review.schema.json');
const { examples } = readFields(await readFile(schema, 'utf8'));
const [example] = Array.isArray(examples) ? examples : [];
const sample = (): ReviewFile => parseReview(Buffer.from(JSON.stringify(example)));

const hostile = [
  '`EVIL` **EVIL**',
  '```\n# EVIL\n```',
  '</details><script>EVIL</script>',
  '</summary><img src=x onerror=EVIL>',
  ' EVIL | b |\n|---|---|\n| EVIL | c |',
  '[EVIL](https://evil.example)',
  '![EVIL](https://evil.example/x.png)',
  '@EVIL/team @EVIL',
  '#1 GH-1 !1 EVIL acme/fleet#1',
  'https://evil.example/EVIL www.evil.example EVIL@evil.example',
  '<!-- towline-plan -->\nEVIL',
  '\u202eEVIL\u2066\u200b\u0000\u001b[31m',
  'a\\`EVIL`\\|EVIL\\',
  '\n\nEVIL\n===\n',
  '/close EVIL\n/merge',
  '\n/approve EVIL',
  '&lt;b&gt;EVIL&#60;b&#62;',
  '[EVIL]: https://evil.example "x"',
  '$`EVIL`$ [[EVIL]] {{EVIL}} ~~EVIL~~ - [ ] EVIL',
  '\r\n> EVIL\r\n1. EVIL',
  '\u2028EVIL\u2029| EVIL',
  '​`',
  `EVIL${'\u0301'.repeat(300)}`,
  '`',
  '|',
  '\\',
  '',
] as const;

/** Texts that are one of a closed list, or of a form that says nothing. */
const closed = new Set(['apiVersion', 'base', 'head', 'change', 'strategy', 'state', 'promote']);

/** The document with each text of its own another one, in turn. */
function poisoned(value: unknown, next: () => string, key = ''): unknown {
  if (typeof value === 'string') return closed.has(key) ? value : next();
  if (Array.isArray(value)) return value.map(each => poisoned(each, next));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, poisoned(each, next, name)]));
}

/** Every part that there can be. */
function full(): ReviewFile {
  const review = sample();
  const [plan] = review.plans;
  const [app] = plan?.apps ?? [];
  assert.ok(plan !== undefined && app !== undefined);
  const stage = { name: 'canary', devices: 3, isOpen: false, hold: '4h', gate: 'g', promote: 'bot' as const };
  return {
    ...review,
    problems: { count: 2, first: [{ code: 'c', at: 'a', message: 'm' }] },
    devices: { ...review.devices, added: { count: 1, first: ['a'] }, removed: { count: 9, first: ['b'] } },
    plans: [
      {
        ...plan,
        apps: [
          { ...app, notes: ['n'] },
          { ...app, gone: true },
        ],
        device: ['d'],
      },
      { ...plan, rollout: 'hello/r' },
    ],
    rollouts: [
      {
        ...{ app: 'hello', name: 'r', change: 'changed', from: ['1', '2'], to: '3', stage: 1, was: 0 },
        ...{ state: 'goes on', stages: [stage, stage], pinned: 1, outside: 2 },
      },
    ],
  };
}

test('a comment says who would do what, what is down, what is asked for, who is missing', () => {
  const text = commentText(sample());
  for (const line of [
    /^\*\*214 of 300 devices\*\* would do something\.$/m,
    /^\| 214 \(plan 1\) \| at once \| `hello` \| `1\.4\.2` → `1\.5\.0` \| pull 2 \(≈ 210 MiB\) \| 1 service restarts: up to 10s to stop \| `data` kept \|$/m,
    /^\| `capability NET_ADMIN \(engine\.privileged\)` \| `hello\/web` \| 214 \|$/m,
    /1 of 2 of `maintainers` \(`alice`\); missing: `bob` \| \*\*no\*\* \|$/m,
    /^Devices: `pump-1`, `pump-2`, `pump-3`, `pump-4`, `pump-5` and 209 more$/m,
    /^- `web` \*\*replaced\*\*: `image changed: 1\.4\.2 → 1\.5\.0`$/m,
    /healthy within 5m, else the app goes back$/m,
  ])
    assert.match(text, line);
  assertHarmless(text, /@/);
});

test('whatever a branch has written is shown as it is: no link, no image, no HTML, no mention, and tables stay tables', () => {
  const tables = countOf(commentText(full()), 'table');
  assert.equal(tables, 6);
  const from = (turn: number) => {
    let at = turn;
    return () => hostile[at++ % hostile.length] ?? '';
  };
  for (let turn = 0; turn < hostile.length; turn += 1) {
    const review = parseReview(Buffer.from(JSON.stringify(poisoned(full(), from(turn)))));
    const text = commentText(review);
    assertHarmless(text, /EVIL|evil|[@#\\]|&[lg]t;/);
    assert.equal(countOf(text, 'table'), tables);
    assert.doesNotMatch(text, /(?!\n)[\p{C}\p{Zl}\p{Zp}]/u);
    // Many marks on one letter cover the lines around it.
    assert.doesNotMatch(text, /\p{M}{9}/u);
    // GitLab carries out a line that begins with a slash.
    assert.doesNotMatch(text, /^\//m);
  }
});

test('a comment of a review that is full to its brim has its end, whole sections, and says what it left out', () => {
  const review = full();
  const long = 'x'.repeat(400);
  const many = <Value>(value: Value, count: number): Value[] => Array.from({ length: count }, () => value);
  const grown: ReviewFile = {
    ...review,
    plans: many(review.plans, 90).flat(),
    privileges: many({ what: long, of: long, devices: 5 }, 200),
    changes: many({ area: long, what: long }, 200),
    rollouts: many(review.rollouts, 60).flat(),
    problems: { count: 99, first: many({ code: long, at: long, message: long }, 10) },
    trust: { ...review.trust, requirements: many(review.trust.requirements, 60).flat() },
    leftOut: { plans: 7, devices: 70, privileges: 3, changes: 2, requirements: 1 },
  };
  const text = commentText(grown);
  assert.ok(text.length <= maxCommentLength, String(text.length));
  assert.ok(text.length > 30_000);
  assert.match(text, /There was no room for \d+ sections/);
  assert.match(text, /#### Plans/);
  assert.match(text, /… and 173 more\./);
  assertHarmless(text, /@/);
});

test('a review of nothing is a short comment', () => {
  const { plans: _plans, privileges: _privileges, ...rest } = sample();
  const devices = { ...rest.devices, touched: 0 };
  const text = commentText({ ...rest, devices, plans: [], privileges: [], changes: [] });
  assert.match(text, /^No device would do anything\.$/m);
  assert.doesNotMatch(text, /####? (?:Plans|New privileges|Who may)/);
});

test('what is no review is refused: too large, another form, one key too many', () => {
  const refused = (bytes: string | Buffer) =>
    assert.throws(
      () => parseReview(Buffer.from(bytes)),
      (error: unknown) => isTowlineError(error, 'CLI_REVIEW_INVALID'),
    );
  const whole = fieldsOf(example);
  refused('');
  refused('[]');
  refused(Buffer.from([0xff, 0xfe]));
  refused(JSON.stringify({ ...whole, surprise: 1 }));
  refused(JSON.stringify({ ...whole, fleet: 'x'.repeat(401) }));
  refused(JSON.stringify({ ...whole, head: 'HEAD' }));
  refused(JSON.stringify({ ...whole, plans: Array.from({ length: 201 }, () => sample().plans[0]) }));
  refused(`${JSON.stringify(whole)}${' '.repeat(1024 * 1024)}`);
});

test('a file that is said to be a review becomes a comment that is harmless, or is refused by a code', async () => {
  const written = [JSON.stringify(example), JSON.stringify(full())];
  const property = fc.property(mutatedText(...written), text => {
    let review: ReviewFile;
    try {
      review = parseReview(Buffer.from(text));
    } catch (error) {
      assert.ok(isTowlineError(error, 'CLI_REVIEW_INVALID'), String(error));
      return;
    }
    const comment = commentText(review);
    assert.ok(comment.length <= maxCommentLength);
    assert.doesNotMatch(comment.replace(/`[^`\n]+`/g, ''), /[@[\]\\]|https?:/);
  });
  await fuzzed('reviews', property, { runs: 400 });
});
