/** Parts of agents in a bundle: for whom they are in it, and that each is named and each that is named is there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentEntry, agentsNamed, wantedAgentParts } from '../../../core/bundle/agent-parts.ts';
import { openBundle } from '../../../core/bundle/open-bundle.ts';
import { sha256 } from '../../../core/canonical-json.ts';
import { loadFleet } from '../../../core/fleet/load.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { listed } from '../agents/listed.ts';
import { exampleFleet, repositoryOf } from '../fleet/example-fleet.ts';
import { chunksOf, noise, refusal, type Sample, sample, sampleImage, written } from './sample-bundle.ts';

const pump = sampleImage('registry.example.com/pump:1.5.0', { 'linux/amd64': [noise('base', 300)] });
const part = noise('agent', 3000);
const entry = agentEntry({ sha256: sha256(part), bytes: part.length });

function withParts(named: boolean, there: boolean): Sample {
  const base = sample({
    images: [pump],
    ...(named ? { contents: agentsNamed([{ sha256: sha256(part) }]) } : {}),
  });
  const blobs = new Map([...base.blobs, [entry.digest, part]]);
  return { ...base, blobs, entries: there ? [...base.entries, entry] : base.entries };
}
async function read(made: Sample) {
  const opened = await openBundle(chunksOf(await written(made), 4096));
  const found = new Map<string, number>();
  for await (const { digest, bytes } of opened.parts()) {
    let count = 0;
    for await (const chunk of bytes) count += chunk.length;
    found.set(digest, count);
  }
  return { contents: opened.contents, found };
}

test('a part is read as it was written, and the contents name it; a bundle without parts is one that older programs read', async () => {
  const { contents, found } = await read(withParts(true, true));
  assert.deepEqual([contents.format, contents.agents], [2, [entry.digest]]);
  assert.equal(found.get(entry.digest), part.length);
  assert.deepEqual(agentsNamed([]), { format: 1 });
  assert.equal((await read(withParts(false, false))).contents.format, 1);
});

test('a part that nothing names is refused, and so is a name without its part', async () => {
  await assert.rejects(read(withParts(false, true)), refusal(/^BUNDLE_FORMAT$/));
  await assert.rejects(read(withParts(true, false)), refusal(/^BUNDLE_IMAGE_MISSING$/));
});

test('a device gets the parts for its platform where it runs another version, and of all platforms where it has said nothing', async () => {
  const { reader, commit } = repositoryOf({
    ...exampleFleet,
    'fleet.yaml': `${exampleFleet['fleet.yaml']}agent: { version: "0.2.0" }\n`,
    'trust/agents/0.2.0.yaml': listed('2'),
  });
  const { fleet } = await loadFleet(reader, commit);
  assert.ok(fleet !== undefined);
  const status = (agent: StatusFile['agent']): StatusFile => ({
    ...{ apiVersion: 'towline/v1', fleet: 'acme', device: 'pump-1', time: '2026-11-30T12:00:00Z', agent },
    ...{
      trusted: { commit },
      outcome: 'unchanged',
      conditions: [],
      projects: [],
      tunnel: { state: 'closed' },
    },
  });
  const marks = (said: Record<string, StatusFile['agent']>, ids = ['pump-1']) =>
    wantedAgentParts(fleet, ids, new Map(Object.entries(said).map(([id, agent]) => [id, status(agent)])))
      .map(({ sha256: hash }) => hash[0])
      .join('');
  assert.equal(marks({}), 'abc');
  assert.equal(marks({ 'pump-1': { version: '0.1.0', platform: 'linux/amd64' } }), 'ab');
  assert.equal(marks({ 'pump-1': { version: '0.1.0', platform: 'linux/arm/v7' } }), 'c');
  assert.equal(marks({ 'pump-1': { version: '0.1.0', platform: 'linux/riscv64' } }), '');
  assert.equal(marks({ 'pump-1': { version: '0.2.0', platform: 'linux/amd64' } }), '');
});
