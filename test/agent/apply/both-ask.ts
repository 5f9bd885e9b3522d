/** One Compose file, brought up by docker compose and by us before a recording engine: what each asks for. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { loadComposeProject } from '../../../core/compose/load/load.ts';
import type { JsonObject } from '../../../core/compose/value/model.ts';
import type { ProjectFile } from '../../../core/desired/state.ts';
import { composePeer } from '../../../lab/machine/compose-peer.ts';
import { ensureEngine } from '../../../lab/machine/engine.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';
import { buildImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { CreateRecorder, type CreateRequest } from '../../rig/create-recorder.ts';
import { askedContainer, askedResource } from './asked-container.ts';
import { networkSamples, volumeSamples } from './service-samples.ts';

const files: Record<string, string> = {
  'conf/a.txt': 'a',
  'a.env': 'A=file\nOVER=file\n',
  'a.labels': 'a=file\nover=file\n',
  'profile.json': '{"defaultAction":"SCMP_ACT_ALLOW"}',
};

/** Name of a container, network or volume → what is asked for. */
export type Asked = ReadonlyMap<string, JsonObject>;

/** Copied in by docker compose at their start: these are started. */
const started = ['configs-content', 'secrets-environment'];

function document(services: Readonly<Record<string, JsonObject>>, project: string, image: string): string {
  const all = Object.entries(services).map(([name, service]) => [name, { image, ...service }]);
  const value = {
    services: Object.fromEntries(all),
    networks: { front: {}, back: {}, ...networkSamples },
    volumes: {
      data: {},
      ...volumeSamples,
      named: { name: `${project}_other_name` },
      outside: { external: true, name: `${project}_outside` },
    },
    configs: { file: { file: './conf/a.txt' }, text: { content: 'hello\n' } },
    secrets: { file: { file: './conf/a.txt' }, variable: { environment: 'TOKEN' } },
  };
  return JSON.stringify(value).replaceAll('CONTAINERNAME', `${project}-named`).replaceAll('IMAGE', image);
}

async function byCompose(folder: string, project: string, socket: string, words: string[]): Promise<void> {
  const child = spawn(composePeer('sid'), ['-p', project, ...words], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, HOME: folder, DOCKER_HOST: `unix://${socket}`, TOKEN: 'token' },
  });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw new Error(`docker compose ${words[0]}: ${said.trim().split('\n').at(-1)}`);
}

async function byUs(rig: DeviceRig, yaml: string): Promise<void> {
  const bytes = (name: string) =>
    name === 'compose.yaml'
      ? Buffer.from(yaml)
      : files[name] === undefined
        ? undefined
        : Buffer.from(files[name]);
  const { model, problems, contents } = loadComposeProject({
    files: bytes,
    composeFiles: ['compose.yaml'],
    projectName: rig.project,
    workingDirectory: '/project',
    environment: { TOKEN: 'token' },
    profiles: [],
  });
  if (model === undefined) throw new Error(JSON.stringify(problems));
  const kept = Object.entries(files).map(([name, content]): [string, ProjectFile] => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    return [name, { mode: 0o100644, bytes: Buffer.from(content), sha256 }];
  });
  const secrets = Object.entries(model.secrets ?? {}).map(([name, secret]) => {
    const content = contents.secrets[name];
    return [name, content === undefined ? secret : { ...secret, content }] as const;
  });
  const whole = { ...model, secrets: Object.fromEntries(secrets) };
  const project = { ...makeProject(rig.project, { services: {} }), model: whole, files: new Map(kept) };
  // Nothing is started: the containers that stand in the place of those that were asked for are plain ones.
  const around = async ({ kind }: { kind: string }, run: () => Promise<void>) => {
    if (!['start-container', 'wait-service', 'wait-healthy'].includes(kind)) await run();
  };
  // The sample asks for everything at once: /tmp with all below it, other drivers.
  const engine = { privileged: true, hostNamespaces: true, bindRoots: ['/'] };
  const desired = { ...makeDesired(rig.device, [project]), engine };
  const { plan, outcome } = await rig.pass([project], { around, desired });
  if (plan.targets.size === 0 || outcome.projects[0]?.state === 'failed')
    throw new Error(JSON.stringify(outcome.projects));
}

async function networkNames(rig: DeviceRig): Promise<Map<string, string>> {
  const list = await rig.engine.call<{ Id: string; Name: string }[]>(
    { method: 'GET', path: '/networks' },
    rig.signal,
  );
  return new Map(list.map(({ Id, Name }) => [Id, Name]));
}

/** Ids of containers are written as the names of these. */
function readable(created: ReadonlyMap<string, CreateRequest>): CreateRequest[] {
  let written = JSON.stringify([...created.values()].map(one => ({ ...one, joined: [...one.joined] })));
  for (const [id, { name }] of created) written = written.replaceAll(id, `<${name}>`);
  const read = JSON.parse(written) as (CreateRequest & { joined: [string, object][] })[];
  const copied = [...created.values()].map(one => one.copied);
  return read.map((one, index) => ({
    ...one,
    copied: copied[index] ?? [],
    joined: new Map(one.joined as [string, Record<string, unknown>][]),
  }));
}

/** @param apiVersion what the engine is said to speak; absent: the truth */
export async function bothAsk(
  services: Readonly<Record<string, JsonObject>>,
  apiVersion?: string,
): Promise<{ compose: Asked; ours: Asked; project: string }> {
  const { socket } = await ensureEngine();
  await using recorder = await CreateRecorder.start(socket, apiVersion);
  await using rig = new DeviceRig(recorder.socket, 'towline.invalid');
  const { worker } = await buildImages(rig);
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-both-'));
  const yaml = document(services, rig.project, worker);
  mkdirSync(path.join(folder, 'conf'));
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  writeFileSync(path.join(folder, 'compose.yaml'), yaml);
  const folders = [folder, rig.stateDirectory];
  try {
    await rig.post('/volumes/create', {}, { Name: `${rig.project}_outside` });
    recorder.resources.clear();
    const read = async (): Promise<Asked> => {
      const names = await networkNames(rig);
      const requests = readable(recorder.created);
      const containers = requests.map((one): [string, JsonObject] => [
        one.name,
        askedContainer(one, folders, reference => names.get(reference) ?? reference),
      ]);
      const resources = [...recorder.resources].map(([name, body]): [string, JsonObject] => [
        name,
        askedResource(body),
      ]);
      recorder.created.clear();
      recorder.resources.clear();
      return new Map([...containers, ...resources]);
    };
    await byCompose(folder, rig.project, recorder.socket, ['create', '--pull', 'never']);
    await byCompose(folder, rig.project, recorder.socket, [
      'up',
      '-d',
      '--pull',
      'never',
      '--no-deps',
      ...started,
    ]);
    const compose = await read();
    await byCompose(folder, rig.project, recorder.socket, ['down', '-v']);
    await byUs(rig, yaml);
    return { compose, ours: await read(), project: rig.project };
  } finally {
    await recorder.settled();
    rmSync(folder, { recursive: true, force: true });
  }
}
