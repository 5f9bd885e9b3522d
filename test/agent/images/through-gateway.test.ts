/** Updates whose images come through the gateway, on the real engine. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { ImageDownloads } from '../../../agent/apply/image-downloads.ts';
import { ImageEndpoint } from '../../../agent/images/image-endpoint.ts';
import type { Engine } from '../../../agent/runtime/engine/engine.ts';
import { OpenedSecrets } from '../../../agent/secrets/opened-secrets.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { digestOf } from '../../../core/images/digest.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { Dialler, DialResponse } from '../../../core/io/https/dialler.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { planDownloads } from '../../../core/plan/downloads.ts';
import type { PushedImage } from '../../../lab/machine/images.ts';
import { makeDesired } from '../../../lab/rig/desired.ts';
import { DeviceRig, type PassOptions } from '../../../lab/rig/device-rig.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { ImageRig, registryName, releasedApp, throughGateway } from './rig.ts';

let rig: ImageRig;
let device: DeviceRig;
let one: PushedImage;
let two: PushedImage;
/** What the gateway has had once it keeps: this one is for what comes ahead alone. */
let three: PushedImage;
/** For two pulls at once. */
let four: PushedImage;

before(async () => {
  rig = await ImageRig.start();
  device = await DeviceRig.start(rig.registry.address);
  one = await device.images.push('app', '1', 'worker', `gateway 1 ${device.device}`);
  two = await device.images.push('app', '2', 'worker', `gateway 2 ${device.device}`);
  three = await device.images.push('app', '3', 'worker', `gateway 3 ${device.device}`);
  four = await device.images.push('app', '4', 'worker', `gateway 4 ${device.device}`);
  rig.pin(
    [one, two, three, four].map(({ tag, digest }) => ({ image: `${registryName}/app:${tag}`, digest })),
  );
});
after(async () => {
  for (const { Id } of await ours()) await device.delete(`/images/${Id}`).catch(() => undefined);
  await device?.[Symbol.asyncDispose]();
  await rig?.[Symbol.asyncDispose]();
});

interface Image {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
}

const images = (): Promise<Image[]> =>
  device.engine.call({ method: 'GET', path: '/images/json' }, device.signal);
const ours = async () =>
  (await images()).filter(({ RepoTags }) =>
    (RepoTags ?? []).some(name => name.startsWith(`${registryName}/app`)),
  );

const released = (image: PushedImage, change: Partial<DesiredProject> = {}): DesiredProject => ({
  ...releasedApp(device.project, image),
  ...change,
});

function pass(project: DesiredProject, options: PassOptions = {}) {
  const desired = throughGateway(device.device, project);
  return device.pass([project], { desired, images: rig.endpoint, ...options });
}

interface Made {
  readonly Id: string;
  /** The image's id; and the name by which it was made. */
  readonly Image: string;
  readonly Config: { readonly Image: string };
  readonly State: { readonly Running: boolean };
}

const container = (): Promise<Made> =>
  device.engine.call({ method: 'GET', path: `/containers/${device.project}-app-1/json` }, device.signal);

test('an update comes through the gateway, and nothing on the engine speaks of loopback', async () => {
  const told: string[] = [];
  const { outcome, plan } = await pass(released(one), {
    onPull: ({ image, bytes, totalBytes, over }) =>
      told.push(over === true ? 'over' : `${image} ${bytes <= totalBytes && totalBytes > 0}`),
  });
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.equal(plan.steps[0]?.kind, 'pull-image');
  assert.ok(told.includes(`${registryName}/app@${one.digest} true`), told.join('\n'));
  assert.equal(told.at(-1), 'over');
  const [image] = await ours();
  assert.deepEqual(image?.RepoTags, [`${registryName}/app:1`]);
  const names = (await images()).flatMap(({ RepoTags, RepoDigests }) => [
    ...(RepoTags ?? []),
    ...(RepoDigests ?? []),
  ]);
  assert.deepEqual(
    names.filter(name => /^127\.0\.0\.1:\d+\/\d+\//.test(name)),
    [],
  );
  const { Config, Image } = await container();
  assert.equal(Image, image?.Id);
  assert.equal(Config.Image, `${registryName}/app:1`);
  // As `docker ps` and `docker compose ps` list it.
  const listed = await device.engine.call<{ Image: string }[]>(
    { method: 'GET', path: '/containers/json', query: { filters: `{"name":["${device.project}-app-1"]}` } },
    device.signal,
  );
  assert.deepEqual(
    listed.map(each => each.Image),
    [`${registryName}/app:1`],
  );
  assert.deepEqual((await pass(released(one))).reasons, [], 'nothing more to do');
});

test('what it had is known after a restart; an image that a person took away comes again', async () => {
  device.restart();
  assert.deepEqual((await pass(released(one))).reasons, []);
  const { Id } = await container();
  await device.delete(`/containers/${Id}`);
  const { plan, outcome } = await pass(released(one));
  assert.equal(outcome.outcome, 'applied');
  assert.ok(!plan.steps.some(({ kind }) => kind === 'pull-image'));
  await device.delete(`/containers/${(await container()).Id}`);
  for (const image of await ours()) await device.delete(`/images/${image.Id}`);
  assert.equal((await pass(released(one))).outcome.outcome, 'applied');
});

test('what comes next comes the same way while what runs goes on, and the switch pulls nothing', async () => {
  const before = await container();
  const made = makeDesired(device.device, [released(one)]);
  const images = { throughGateway: [registryName], maxRateBytes: undefined };
  const settings = { ...made.settings, images };
  const would = released(three);
  const next = [{ app: would.app, project: would.name, release: would.release ?? '', would, problems: [] }];
  const desired = { ...made, settings, next };
  const ask = async () => {
    const observed = await device.observe([device.project]);
    const memory = await device.store.memory(Date.now());
    return { desired, observed, downloads: planDownloads({ desired, observed, memory }) };
  };
  const downloads = new ImageDownloads({
    ...{ runtime: device.runtime({}, { images: rig.endpoint }), store: device.store, secrets: undefined },
    ...{ clock: createSystemClock(), log: { debug() {}, info() {}, warn() {}, error() {} } },
  });
  await downloads.ask(await ask());
  downloads.begin();
  await downloads.settled();
  assert.equal(downloads.now?.[0]?.state, 'there', JSON.stringify(downloads.now));
  assert.equal((await ask()).downloads[0]?.state, 'there');
  assert.equal((await container()).Id, before.Id);
  const { steps } = await device.plan([would], { ...desired, projects: [would], next: [] });
  assert.ok(steps.length > 0 && steps.every(({ kind }) => kind !== 'pull-image'));
  for (const { Id, RepoTags } of await ours())
    if (RepoTags?.includes(`${registryName}/app:3`)) await device.delete(`/images/${Id}`);
  assert.equal((await ask()).downloads[0]?.state, 'due');
});

test('two pulls of one image at once, ahead and by a pass: the first to end leaves the other what it asks for', async () => {
  const bothPulled = Promise.withResolvers<void>();
  const firstDone = Promise.withResolvers<void>();
  const would = released(four);
  const desired = makeDesired(device.device, [would]);
  const image = would.model.services.app?.image ?? '';
  const step = {
    kind: 'pull-image',
    project: would.name,
    service: 'app',
    image,
    reason: '',
    needs: [],
  } as const;
  const pull = async (meanwhile: () => Promise<void>) => {
    let asked = false;
    const call: Engine['call'] = async (request, signal) => {
      if (!asked && request.path.startsWith('/images/127.0.0.1:')) {
        asked = true;
        await meanwhile();
      }
      return await device.engine.call(request, signal);
    };
    const run = device.runtime({}, { images: rig.endpoint, engine: { ...device.engine, call } }).begin({
      plan: { steps: [step], skipped: [], notices: [], targets: new Map([[would.name, would]]) },
      observed: await device.observe([device.project]),
      owner: { device: desired.device, fleet: desired.fleet },
      secrets: new OpenedSecrets(undefined, desired),
      log: { debug() {}, info() {}, warn() {}, error() {} },
      images: { throughGateway: [registryName], maxRateBytes: undefined },
      onPull: () => {},
    });
    await run(step, device.signal);
  };
  const first = pull(() => bothPulled.promise).finally(() => firstDone.resolve());
  const second = pull(async () => {
    bothPulled.resolve();
    await firstDone.promise;
  });
  await Promise.all([first, second]);
  const [found] = (await ours()).filter(({ RepoTags }) => RepoTags?.includes(`${registryName}/app:4`));
  assert.deepEqual(
    [...(found?.RepoTags ?? []), ...(found?.RepoDigests ?? [])].filter(name => name.startsWith('127.0.0.1:')),
    [],
  );
  await device.delete(`/images/${found?.Id}`);
});

test('a tag that means another image by now is not taken for the one of the release', async () => {
  const strange = await device.images.kept('worker', 'strange');
  await device.post(`/images/${strange}/tag`, { repo: `${registryName}/app`, tag: '1' });
  const before = await container();
  await device.delete(`/containers/${before.Id}`);
  const { outcome } = await pass(released(one));
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.equal((await container()).Image, before.Image);
  await device.delete(`/images/${registryName}/app:1`);
});

test('what no release pins the gateway does not give: the old keeps running, with the code', async () => {
  const before = await container();
  const strange = { ...two, digest: `sha256:${'1'.repeat(64)}` };
  const { outcome } = await pass(released(strange));
  assert.equal(outcome.projects[0]?.code, 'ENGINE_REGISTRY_DENIED', JSON.stringify(outcome));
  assert.match(JSON.stringify(outcome), /GATEWAY_IMAGE_FORBIDDEN/);
  assert.equal((await container()).Id, before.Id);
  // An app without a release has its images from where they are.
  const elsewhere = await pass(released(two, { release: undefined }));
  assert.equal(elsewhere.outcome.projects[0]?.code, 'ENGINE_REGISTRY_UNREACHABLE');
});

/** Pauses between tries pass in a moment. */
function hurried(): Clock {
  const clock = createSystemClock();
  return { ...clock, sleep: (ms, signal) => clock.sleep(ms / 100, signal) };
}

type Body = DialResponse['body'];

/** A way to the gateway that is another's by now: what it answers is changed. */
function owned(change: (body: Body, path: string) => Body): ImageEndpoint {
  const request: Dialler['request'] = async (ask, signal) => {
    const { status, headers, body } = await rig.dialler.request(ask, signal);
    return { status, headers, body: change(body, ask.path) };
  };
  return new ImageEndpoint({ dialler: { request }, clock: hurried(), log: { info() {}, warn() {} } });
}

async function* flipped(body: Body): Body {
  for await (const piece of body) yield piece.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
}

/** That what runs goes on, nothing came to the engine, and nothing that does not fit its name to the gateway's disk. */
async function assertHeld(options: PassOptions, code: string, what: string): Promise<void> {
  // The engine has images of others, which come and go.
  const before = [await container(), (await ours()).map(({ Id }) => Id).sort()] as const;
  device.aheadMs += 3_600_000;
  const { outcome } = await pass(released(two), options);
  assert.equal(outcome.projects[0]?.code, code, `${what}: ${JSON.stringify(outcome)}`);
  const { Id, State } = await container();
  assert.deepEqual([Id, State.Running], [before[0].Id, true], what);
  assert.deepEqual((await ours()).map(image => image.Id).sort(), before[1], what);
  const folder = path.join(rig.gateway.folder, 'registry');
  await eventually(() => readdirSync(path.join(folder, 'incoming')).length === 0);
  for (const name of readdirSync(path.join(folder, 'blobs')))
    assert.equal(digestOf(readFileSync(path.join(folder, 'blobs', name))), `sha256:${name}`, what);
}

test('a registry that sends other bytes, too few, without end or none: nothing of it runs or stays, the old goes on', async () => {
  const images = new ImageEndpoint({ dialler: rig.dialler, clock: hurried(), log: { info() {}, warn() {} } });
  const sent = (what: string, answer: (response: ServerResponse) => void) => {
    rig.between.fault = ({ url = '' }, response) => {
      if (!url.includes(what)) return false;
      answer(response);
      return true;
    };
  };
  const endless = (response: ServerResponse) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(100_000)));
    };
    response.on('drain', more);
    more();
  };
  const code = 'ENGINE_REGISTRY_UNREACHABLE';
  try {
    rig.between.mangle = (piece, _, url) =>
      (url.includes('/blobs/') ? piece.map(byte => byte ^ 1) : piece) as Buffer;
    await assertHeld({ images }, code, 'other bytes');
    sent('/blobs/', response => response.end('1'));
    await assertHeld({ images }, code, 'too few');
    sent('/blobs/', endless);
    await assertHeld({ images }, code, 'without end');
    sent('/blobs/', response => response.destroy());
    await assertHeld({ images }, code, 'none');
  } finally {
    rig.between.fault = () => false;
    rig.between.mangle = piece => piece;
  }
});

test('a gateway that is another’s by now: other manifests, other layers, layers without end, silence: the old goes on', async () => {
  const of = (kind: string, change: (body: Body) => Body) =>
    owned((body, asked) => (asked.includes(`/${kind}/`) ? change(body) : body));
  const code = 'ENGINE_REGISTRY_UNREACHABLE';
  await assertHeld({ images: of('manifests', flipped) }, code, 'other manifests');
  await assertHeld({ images: of('blobs', flipped) }, code, 'other layers');
  let more = 0;
  const endless = async function* (body: Body): Body {
    yield* body;
    for (; ; more += 1) yield Buffer.alloc(100_000);
  };
  await assertHeld({ images: of('blobs', endless) }, code, 'without end');
  assert.ok(more < 5, `${more} times 100 kB were read beyond its end`);
  const silent = async function* (body: Body): Body {
    for await (const piece of body) if (piece.length === 0) yield piece;
    await new Promise(() => {});
  };
  const settings = { pullIdleMs: 500 };
  await assertHeld({ images: of('blobs', silent), settings }, 'ENGINE_PULL_TIMEOUT', 'silence');
});

test('while the gateway is away a pull waits, and goes on when it is back', async () => {
  rig.relay.down();
  device.aheadMs += 3_600_000;
  const waited = rig.told.filter(line => line === 'an image is waited for').length;
  const passing = pass(released(two));
  await eventually(() => rig.told.filter(line => line === 'an image is waited for').length > waited + 1);
  rig.relay.up();
  assert.equal((await passing).outcome.outcome, 'applied');
  assert.equal((await container()).Config.Image, `${registryName}/app:2`);
});

test('an engine that speaks TLS on loopback, as Podman does, is asked by Podman’s own interface', async () => {
  await device.delete(`/containers/${(await container()).Id}`);
  for (const image of await ours()) await device.delete(`/images/${image.Id}`);
  const asked: string[] = [];
  const engine: Engine = {
    call: device.engine.call,
    async stream(request, signal) {
      asked.push(`${request.path} ${request.query?.tlsVerify}`);
      if (request.path.startsWith('/images/create'))
        return Readable.from([Buffer.from('{"error":"http: server gave HTTP response to HTTPS client"}\n')]);
      if (!request.path.includes('/libpod/')) return await device.engine.stream(request, signal);
      const query = { fromImage: String(request.query?.reference) };
      return await device.engine.stream({ ...request, path: '/images/create', query }, signal);
    },
  };
  device.aheadMs += 3_600_000;
  const { outcome } = await pass(released(two), { engine });
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.deepEqual(asked.slice(0, 2), ['/images/create undefined', '/v4.0.0/libpod/images/pull false']);
});

test('an image that nothing needs any more goes with its tag, and no other', async () => {
  const needed = `${registryName}/app@${two.digest}`;
  await device.post(`/images/${(await container()).Image}/tag`, { repo: 'persons/own', tag: 'copy' });
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const runtime = device.runtime({ imageMaxAgeMs: 0 });
  const lastNeeded = new Map([
    [needed, 0],
    [`${registryName}/app@${one.digest}`, 0],
  ]);
  const gone = await runtime.tidy(
    { images: new Set([needed]), lastNeeded, nowMs: Date.now(), log },
    device.signal,
  );
  assert.deepEqual(gone, [`${registryName}/app@${one.digest}`]);
  assert.deepEqual(
    (await ours()).flatMap(({ RepoTags }) => [...(RepoTags ?? [])].sort()),
    [`${registryName}/app:2`, 'persons/own:copy'],
  );
  await device.delete('/images/persons/own:copy');
});
