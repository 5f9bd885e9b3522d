import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../../../agent/runtime/engine/engine.ts';
import { Inspections } from '../../../../agent/runtime/engine/inspections.ts';

const { signal } = new AbortController();

/** Answers with what it has when it is asked; `meanwhile` comes before the answer is read. */
function engineWith(memory: () => number, meanwhile: () => void = () => undefined): Engine {
  const call = async () => {
    const details = {
      Id: 'pump',
      RestartCount: 0,
      State: { StartedAt: '' },
      HostConfig: { Memory: memory() },
    };
    meanwhile();
    return details;
  };
  return { call: call as Engine['call'], stream: () => Promise.reject(new Error('not asked for')) };
}

for (const [what, event] of [
  ['an event about the container', (inspections: Inspections) => inspections.forget('pump')],
  [
    'an engine that came back',
    (inspections: Inspections) => {
      inspections.watched(false);
      inspections.watched(true);
    },
  ],
] as const) {
  test(`an inspection that ${what} overtakes is not kept`, async () => {
    const inspections = new Inspections();
    inspections.watched(true);
    let memory = 100;
    const engine = engineWith(
      () => memory,
      () => {
        memory = 5;
        event(inspections);
      },
    );
    await inspections.of(engine, ['pump'], signal);
    const again = await inspections.of(
      engineWith(() => memory),
      ['pump'],
      signal,
    );
    assert.equal(again.get('pump')?.limits.memory, 5);
  });
}

test('an inspection that nothing overtakes is kept while events are followed', async () => {
  const inspections = new Inspections();
  inspections.watched(true);
  await inspections.of(
    engineWith(() => 100),
    ['pump'],
    signal,
  );
  const again = await inspections.of(
    engineWith(() => 5),
    ['pump'],
    signal,
  );
  assert.equal(again.get('pump')?.limits.memory, 100);
});
