/**
 * What is refused before a commit is what a real engine refuses, and what is taken it takes: every fourth example, all of
 * them by `npm run test:long`.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { loadComposeProject } from '../../../../core/compose/load/load.ts';
import type { ComposeModel } from '../../../../core/compose/value/model.ts';
import { messageOf } from '../../../../core/errors/cause.ts';
import { containerSpec } from '../../../../core/plan/container/container-spec.ts';
import { networkSpec } from '../../../../core/plan/container/networking.ts';
import { clearEngine } from '../../../../lab/rig/clear-engine.ts';
import { makeProject } from '../../../../lab/rig/desired.ts';
import { DeviceRig } from '../../../../lab/rig/device-rig.ts';
import { refused, taken } from '../../../core/compose/engine/examples.ts';
import { samplesOf } from '../../../rig/every.ts';

const image = 'towline-test/worker:1';
let rig: DeviceRig;
before(async () => {
  rig = await DeviceRig.start();
  await rig.images.build(image, 'worker', '1');
});
after(() => rig[Symbol.asyncDispose]());

function modelOf(attribute: string, rest = ''): ComposeModel {
  const text = `services:\n  other:\n    image: ${image}\n  app:\n    image: ${image}\n    ${attribute}\n${rest}`;
  const { model } = loadComposeProject({
    files: () => new TextEncoder().encode(text),
    composeFiles: ['compose.yaml'],
    projectName: rig.project,
    workingDirectory: '/project',
    environment: {},
    profiles: [],
  });
  assert.ok(model);
  return model;
}

/** Makes and starts what a service needs, as a device asks for it. */
async function start(model: ComposeModel, service: string, ids: Map<string, string>): Promise<void> {
  const project = { ...makeProject(rig.project, { services: {} }), model };
  const name = `${rig.project}-${service}-1`;
  const { body, furtherEndpoints } = containerSpec({
    ...{ project, service, name, labels: {}, imageVolumes: [] },
    paths: { files: '/nowhere', secrets: '/nowhere', memory: '/nowhere', data: '/nowhere' },
    idOf: other => ids.get(other) ?? '',
    networkReference: network => network,
    secretEnvironment: new Map(),
    inherited: new Map(),
  });
  const { Id } = await rig.post('/containers/create', { name }, body);
  ids.set(service, Id);
  for (const { name: network, settings } of furtherEndpoints)
    await rig.post(`/networks/${network}/connect`, {}, { Container: Id, EndpointConfig: settings });
  await rig.post(`/containers/${Id}/start`);
}

/** @returns what the engine said; undefined: it has taken it all */
async function answerOf(model: ComposeModel): Promise<string | undefined> {
  try {
    for (const key of Object.keys(model.networks ?? {}))
      await rig.post('/networks/create', {}, networkSpec(model, key));
    for (const volume of Object.values(model.volumes ?? {}))
      await rig.post('/volumes/create', {}, { Name: volume?.name, DriverOpts: volume?.driver_opts ?? {} });
    const ids = new Map<string, string>();
    for (const service of ['other', 'app']) await start(model, service, ids);
    return undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    await clearEngine(rig);
  }
}

const title = (attribute: string, rest = '') => `${attribute} ${rest}`.replace(/\s+/g, ' ');

describe('a real engine refuses', () => {
  for (const { attribute, rest, engine } of samplesOf(refused.filter(one => one.engine !== undefined))) {
    if (engine === undefined) continue;
    test(title(attribute, rest), async () => {
      const answer = await answerOf(modelOf(attribute, rest));
      assert.match(answer ?? '', engine);
    });
  }
});

describe('a real engine takes', () => {
  for (const { attribute, rest } of samplesOf(taken.filter(one => one.machine !== true))) {
    test(title(attribute, rest), async () =>
      assert.equal(await answerOf(modelOf(attribute, rest)), undefined),
    );
  }
});
