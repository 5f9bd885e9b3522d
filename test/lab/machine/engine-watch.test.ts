import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { startOwnEngine } from '../../../lab/machine/engine.ts';
import { blockedGoroutines } from '../../../lab/machine/engine-stacks.ts';
import { EngineWatch } from '../../../lab/machine/engine-watch.ts';

const timeoutMs = 200_000;

test('a daemon that hangs is killed and comes up again on its data; one that answers, or is not there, is left alone', {
  timeout: timeoutMs,
}, async t => {
  const engine = await startOwnEngine();
  t.after(() => engine.stop());
  const docker = new Docker({ socketPath: engine.socket });
  const network = await docker.createNetwork({ Name: 'kept' });
  let said = '';
  const watch = new EngineWatch(
    engine,
    text => {
      said += text;
    },
    { everyMs: 50, limitMs: 3000, againMs: 500 },
  );
  t.after(() => watch.stop());
  await sleep(500);
  assert.match(await engine.stacks(), /^threads of \d+: .*\n\d+ goroutines, \d+ of them wait for a lock/);
  assert.deepEqual([await watch.absences(), said], [[], '']);

  const before = engine.pid;
  assert.ok(before !== undefined);
  const stopped = Date.now();
  process.kill(before, 'SIGSTOP');
  const hanging = docker.listNetworks();
  await assert.rejects(hanging, 'what waited for it hears that it is gone');
  const [absence] = await watch.absences();
  assert.ok(absence !== undefined && absence.from <= stopped && absence.to > stopped);
  assert.notEqual(engine.pid, before);
  const kept = await docker.getNetwork(network.id).inspect();
  assert.equal(kept.Name, 'kept');
  assert.match(
    said,
    /THE ENGINE HANGS: GET \/networks has had no answer for \d+ s[\s\S]*it wrote no goroutine dump/,
  );

  // A test that kills it means it.
  await engine.down('SIGKILL');
  await sleep(500);
  assert.equal((await watch.absences()).length, 1);
  await watch.stop();
});

test('of a dump those goroutines are shown that wait for a lock or for long, and no more than 200 lines', () => {
  const stack = (head: string) => `goroutine ${head}:\nmain.wait(0x1)\n\t/main.go:1`;
  const few = [
    stack('1 [running]'),
    stack('2 [semacquire, 5 minutes]'),
    stack('3 [IO wait, 7 minutes]'),
    stack('4 [select]'),
  ];
  assert.equal(
    blockedGoroutines(few.join('\n\n')),
    `4 goroutines, 1 of them wait for a lock\n${few[1]}\n\n${few[2]}`,
  );
  const many = blockedGoroutines(
    Array.from({ length: 100 }, (_, index) => stack(`${index} [semacquire]`)).join('\n\n'),
  );
  assert.equal(many.split('\n').length, 202);
  assert.match(many, /… and 199 lines more$/);
});
