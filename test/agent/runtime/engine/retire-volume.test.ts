/** A volume that is still held when its device is retired: who holds it decides. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retireVolume } from '../../../../agent/runtime/engine/retire-volume.ts';
import { TowlineError } from '../../../../core/errors.ts';
import { label } from '../../../../core/plan/container/labels.ts';

const labels = { [label.device]: 'pump', [label.fleet]: 'acme', [label.project]: 'shop' };

/** @returns what was said of it @throws what ends the step */
async function retire(holder: Readonly<Record<string, string>>): Promise<string[]> {
  const said: string[] = [];
  const engine = {
    call: async ({ method, path }: { method: string; path: string }) => {
      if (method === 'DELETE')
        throw new TowlineError('ENGINE_REFUSED', 'volume is in use', { details: { status: 409 } });
      return path.startsWith('/volumes/') ? { Labels: labels } : [{ Labels: holder }];
    },
  };
  const observed = { volumes: [{ name: 'shop_data', owner: { project: 'shop', key: 'data', hash: '' } }] };
  const log = { warn: (_facts: object, words: string) => said.push(words) };
  // Only what this step goes through is there.
  const context = { engine, observed, log, owner: { device: 'pump', fleet: 'acme' } };
  await retireVolume({ name: 'shop_data' } as never, context as never, new AbortController().signal);
  return said;
}

test('what somebody else holds is kept and said; what a container of ours holds, that is on its way out, ends the step', async () => {
  assert.deepEqual(await retire({}), ['a volume that another container holds is kept']);
  await assert.rejects(retire(labels), { code: 'ENGINE_REFUSED' });
});
