import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { startOwnEngine } from '../../../lab/machine/engine.ts';
import { type Absence, EngineWatch } from '../../../lab/machine/engine-watch.ts';
import type { OwnEngine } from '../../../lab/machine/own-engine.ts';
import { failedByEngine, verdict } from '../../../scripts/test/recorded.ts';
import { runWithAgain } from '../../../scripts/test/run-again.ts';
import { TestFolder } from './test-folder.ts';

/** Each run of a file leaves a letter. */
const begin = `import test from 'node:test';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
const { FOLDER, ENGINE_PID, ENGINE_SOCKET } = process.env;
const mark = name => appendFileSync(FOLDER + '/' + name, 'x');
const runs = name => existsSync(FOLDER + '/' + name) ? readFileSync(FOLDER + '/' + name, 'utf8').length : 0;
const until = async holds => { while (!holds()) await sleep(20); };
const networks = () => new Promise((resolve, reject) => {
  request({ socketPath: ENGINE_SOCKET, path: '/networks' }, response => response.resume().on('end', resolve)).on('error', reject).end();
});
`;
const files = {
  'hangs.test.mjs': `${begin}
test('asks an engine that hangs', async () => {
  mark('hangs');
  if (runs('hangs') === 1) {
    await until(() => runs('early') > 0);
    await sleep(1500);
    process.kill(Number(ENGINE_PID), 'SIGSTOP');
    mark('stopped');
    // It may answer once more before the signal has come to all of its threads; in the end it is killed.
    while (true) await networks();
  }
});`,
  'red.test.mjs': `${begin}
test('is red for a reason of its own', async () => {
  mark('red');
  await until(() => runs('stopped') > 0);
  throw new Error('red');
});`,
  'early.test.mjs': `${begin}
test('fails once, before', () => {
  mark('early');
  if (runs('early') === 1) throw new Error('once');
});`,
  'beside.test.mjs': `${begin}
test('is green beside it', async () => {
  mark('early');
  mark('beside');
  await until(() => runs('stopped') > 0);
});`,
};

async function run(engine: OwnEngine, names: readonly string[], maxAgain: number) {
  const folder = new TestFolder(files);
  const watch = new EngineWatch(engine, () => undefined, { everyMs: 100, limitMs: 3000, againMs: 500 });
  try {
    const { environment, ...options } = folder.options(['--test-concurrency=4']);
    const code = await runWithAgain({
      ...options,
      files: names,
      maxAgain,
      absences: () => watch.absences(),
      environment: { ...environment, ENGINE_PID: String(engine.pid), ENGINE_SOCKET: engine.socket },
    });
    const runs = names.map(name => {
      const mark = name.slice(0, name.indexOf('.'));
      return [mark, readFileSync(path.join(folder.path, mark), 'utf8').length];
    });
    return {
      code,
      runs: Object.fromEntries(runs),
      said: folder.said,
      absences: (await watch.absences()).length,
    };
  } finally {
    await watch.stop();
    folder[Symbol.dispose]();
  }
}

test('what failed while the engine hung runs once more, alone, and red files with it; what is red twice stays red', {
  timeout: 200_000,
}, async t => {
  const engine = await startOwnEngine();
  t.after(() => engine.stop());

  const healed = await run(engine, ['hangs.test.mjs', 'beside.test.mjs'], 0);
  assert.deepEqual([healed.code, healed.absences, healed.runs], [0, 1, { hangs: 2, beside: 1 }], healed.said);
  assert.match(healed.said, /engine hung .* 1 of them met\.\n {2}hangs\.test\.mjs\n/);
  assert.match(healed.said, /green alone, .*\n {2}hangs\.test\.mjs: asks an engine that hangs\n$/);

  const red = await run(engine, ['hangs.test.mjs', 'red.test.mjs', 'early.test.mjs'], 1);
  assert.deepEqual([red.code, red.absences, red.runs], [1, 1, { hangs: 2, red: 2, early: 2 }], red.said);
  assert.match(red.said, /green alone, .*\n( {2}(hangs|early)\.test\.mjs: .*\n){2}$/);

  const chance = await run(engine, ['early.test.mjs'], 1);
  assert.deepEqual([chance.code, chance.absences, chance.runs], [0, 0, { early: 2 }], chance.said);
  assert.match(chance.said, /green alone, .*\n {2}early\.test\.mjs: fails once, before\n$/);

  const many = await run(engine, ['early.test.mjs'], 0);
  assert.deepEqual([many.code, many.absences, many.runs, many.said], [1, 0, { early: 1 }, '']);
});

test('of a file that ran while the engine was away, a failure before that is its own', () => {
  const away: Absence[] = [{ from: 100, to: 200 }];
  const at = (begun: number, ended: number | undefined, ...failed: number[]) =>
    failedByEngine(
      [
        {
          file: 'a',
          begun,
          ...(ended === undefined ? {} : { ended }),
          failures: failed.map(moment => ({ name: 'a', from: moment - 1, at: moment })),
        },
      ],
      away,
    ).length > 0;
  assert.ok(at(50, 250, 150));
  assert.ok(at(50, 250, 150, 240), 'its containers went with the engine');
  assert.ok(at(50, undefined, 150), 'it never ended');
  assert.equal(at(50, 250), false, 'green');
  assert.equal(at(50, 250, 90), false);
  assert.equal(at(50, 250, 90, 150), false);
  assert.equal(at(50, 99, 90), false);
  assert.equal(at(201, 300, 250), false);
});

test('the exit code is that of what remains red', () => {
  const failed = (file: string) => ({ file, begun: 0, ended: 2, failures: [{ name: 'a', from: 0, at: 1 }] });
  const green = { file: 'g', begun: 0, ended: 2, failures: [] };
  const first = (code: number, ...red: string[]) => ({ code, files: [green, ...red.map(failed)] });
  assert.equal(verdict(first(1, 'a', 'b'), { files: ['a', 'b'], code: 0 }), 0);
  assert.equal(verdict(first(1, 'a', 'b'), { files: ['a', 'b'], code: 1 }), 1);
  assert.equal(verdict(first(1, 'a', 'b'), { files: ['a'], code: 0 }), 1);
  assert.equal(verdict(first(1), { files: [], code: 0 }), 1, 'red, and nobody knows what');
  assert.equal(verdict(first(7, 'a'), { files: ['a'], code: 0 }), 7, 'the runner itself failed');
});
