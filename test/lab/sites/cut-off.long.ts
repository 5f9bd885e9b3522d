/** `lab up` that does not come to its end: killed at any moment, stopped by Ctrl-C, two at once, a step that fails. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireCommands } from '../../../lab/machine/packages.ts';
import { programWords } from '../../../lab/machine/programs.ts';
import { labCommands } from '../../../lab/sites/lab-machine.ts';
import { Alone } from '../../rig/alone.ts';

requireCommands(labCommands);
const seed = Number(process.env.SEED ?? 18);
const kills = 20;

/** Numbers from 0 to 1, the same ones for a seed (Numerical Recipes, 7.1). */
function seededNumbers(begin: number): () => number {
  let state = begin >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function scratchOf(t: TestContext): string {
  const scratch = mkdtempSync(path.join(tmpdir(), 'tl-lab-'));
  t.after(() => rmSync(scratch, { recursive: true, force: true }));
  return scratch;
}

const labWords =
  (name: string) =>
  (verb: string, ...words: string[]) =>
    programWords('towline', ['lab', verb, '--name', name, ...words]);

test('killed at random moments, it leaves nothing that `down` does not take away', async t => {
  const scratch = scratchOf(t);
  const folder = path.join(scratch, 'lab');
  const lab = labWords(`k${process.pid % 100_000}`);
  await using machine = await Alone.begin();
  const before = machine.traces();
  const begin = performance.now();
  assert.equal(machine.run(lab('up', '--devices', '1', '--folder', folder)).status, 0);
  const wholeMs = performance.now() - begin;
  assert.equal(machine.run(lab('down')).status, 0);
  assert.deepEqual(machine.traces(), before);
  t.diagnostic(`seed ${seed}; a whole up took ${Math.round(wholeMs)} ms`);
  const random = seededNumbers(seed);
  for (let kill = 0; kill < kills; kill++) {
    const afterMs = random() * wholeMs;
    const up = machine.start(lab('up', '--devices', '1', '--folder', folder));
    const ended = once(up, 'exit');
    await sleep(afterMs);
    machine.signal(up, 'SIGKILL');
    await ended;
    const down = machine.run(lab('down'));
    assert.equal(down.status, 0, `${Math.round(afterMs)} ms: ${down.stderr}`);
    assert.deepEqual(machine.traces(), before, `killed after ${Math.round(afterMs)} ms`);
    assert.equal(existsSync(folder), false);
  }
});

test('stopped by Ctrl-C it takes back what it has begun, by itself', async t => {
  const folder = path.join(scratchOf(t), 'lab');
  const lab = labWords(`c${process.pid % 100_000}`);
  await using machine = await Alone.begin();
  const before = machine.traces();
  for (const when of ['networks', 'towline init', 'gateways', 'devices']) {
    const up = machine.start([
      'sh',
      '-c',
      'exec "$@" 2> "$0"',
      path.join(path.dirname(folder), 'said'),
      ...lab('up', '--devices', '1', '--folder', folder),
    ]);
    const ended = once(up, 'exit');
    const asked = when === 'towline init' ? 'a fleet' : when;
    const said = path.join(path.dirname(folder), 'said');
    machine.run([
      'sh',
      '-c',
      `timeout 300 sh -c 'until grep -q "${asked}" ${said} 2>/dev/null; do sleep 0.05; done'`,
    ]);
    machine.signal(up, 'SIGINT');
    const [code] = await ended;
    assert.equal(code, 130, when);
    assert.deepEqual(machine.traces(), before, when);
    rmSync(said);
  }
});

test('two labs at once do not know of each other, and one goes without the other', async t => {
  const scratch = scratchOf(t);
  const [one, two] = [labWords('one'), labWords('two')];
  await using machine = await Alone.begin();
  const before = machine.traces();
  const ups = [one, two].map((lab, at) =>
    machine.start(lab('up', '--devices', '1', '--folder', path.join(scratch, `lab-${at}`))),
  );
  const codes = await Promise.all(ups.map(async up => (await once(up, 'exit'))[0]));
  assert.deepEqual(codes, [0, 0]);
  const several = machine.run(programWords('towline', ['lab', 'status']));
  assert.match(several.stderr, /there are several labs: --name one or two/);
  assert.equal(machine.run(one('down')).status, 0);
  const left = JSON.parse(machine.run(two('status', '--json')).stdout);
  assert.equal(left.devices[0].agent.runs, true);
  assert.equal(machine.run(two('exec', 'desk', '--', 'git', 'fetch', '--quiet')).status, 0);
  assert.equal(machine.run(two('down')).status, 0);
  assert.deepEqual(machine.traces(), before);
});

test('where a step fails, what it said is shown, and nothing is left', async t => {
  const scratch = scratchOf(t);
  await using machine = await Alone.begin();
  const before = machine.traces();
  // A registry that ends at once.
  const program = path.join(scratch, 'docker-registry');
  writeFileSync(program, '#!/bin/sh\necho this registry is broken\nexit 1\n', { mode: 0o755 });
  const environment = { ...process.env, PATH: `${scratch}:${process.env.PATH}` };
  const words = labWords(`b${process.pid % 100_000}`)(
    'up',
    '--devices',
    '1',
    '--folder',
    path.join(scratch, 'lab'),
  );
  const up = machine.run(words, environment);
  assert.equal(up.status, 1);
  assert.match(up.stderr, /LAB_STEP registry does not listen[\s\S]*this registry is broken/);
  assert.deepEqual(machine.traces(), before);
});
