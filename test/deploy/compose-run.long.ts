/**
 * deploy/compose by real docker compose 2.26, on a machine of its own in a network namespace: the image that npm run package makes, and
 * Debian's registry and Prometheus in the places of those that a registry would give.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import Docker from 'dockerode';
import { parse } from 'yaml';
import { waitUntil } from '../../lab/fleet/wait-until.ts';
import { composePeer } from '../../lab/machine/compose-peer.ts';
import { startOwnEngine } from '../../lab/machine/engine.ts';
import { suiteRoot } from '../../lab/machine/suite-root.ts';
import { tarArchive } from '../../lab/machine/tar.ts';
import { Namespaces } from '../cli/firewall/namespaces.ts';
import { device, makeSite } from '../cli/firewall/site.ts';
import { testDevice } from '../gateway/rig/gateway.ts';
import { TestFleet } from '../gateway/rig/program.ts';

const root = path.resolve(import.meta.dirname, '../..');

function succeed(command: readonly string[], environment: NodeJS.ProcessEnv = {}, cwd = root): string {
  const [program = '', ...args] = command;
  const ran = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  assert.equal(ran.status, 0, `${command.join(' ')}: ${ran.stdout}${ran.stderr}`);
  return ran.stdout;
}

const registrySettings = `version: 0.1
storage: { filesystem: { rootdirectory: /var/lib/registry } }
http: { addr: ":5000" }
`;

/** @returns what is loaded */
async function loadImages(
  socket: string,
  { packages, folder }: { readonly packages: string; readonly folder: string },
): Promise<Record<string, string>> {
  const engine = new Docker({ socketPath: socket });
  const file = readdirSync(packages).find(name => name.startsWith('towline-gateway-image_'));
  assert.ok(file);
  await text(await engine.loadImage(createReadStream(path.join(packages, file))));
  const beside = suiteRoot('bookworm', 'docker-registry-prometheus-bookworm', [
    'docker-registry',
    'prometheus',
  ]);
  const archive = path.join(folder, 'beside.tar');
  succeed(['tar', '-cf', archive, '-C', beside, '.']);
  await text(await engine.importImage(archive, { repo: 'beside', tag: '1' }));
  const build = async (tag: string, lines: readonly string[]) => {
    const context = tarArchive([
      { path: 'Dockerfile', bytes: ['FROM beside:1', ...lines, ''].join('\n') },
      { path: 'registry.yml', bytes: registrySettings },
    ]);
    const options = { t: tag, networkmode: 'none', version: '1' as const };
    const said = await text(await engine.buildImage(context as unknown as NodeJS.ReadableStream, options));
    assert.doesNotMatch(said, /"error"/, said);
  };
  await build('registry:test', [
    'COPY registry.yml /etc/registry.yml',
    'RUN ["/bin/busybox", "mkdir", "-p", "/var/lib/registry"]',
    'ENTRYPOINT ["/usr/bin/docker-registry", "serve", "/etc/registry.yml"]',
  ]);
  await build('prometheus:test', [
    'RUN ["/bin/busybox", "mkdir", "-p", "/prometheus"]',
    'RUN ["/bin/busybox", "chown", "65534", "/prometheus"]',
    'USER 65534',
    'ENTRYPOINT ["/usr/bin/prometheus"]',
  ]);
  const [, version = ''] = /^towline-gateway-image_(.+)_/.exec(file) ?? [];
  return {
    TOWLINE_IMAGE: `towline-gateway:${version}`,
    REGISTRY_IMAGE: 'registry:test',
    PROMETHEUS_IMAGE: 'prometheus:test',
  };
}

test('a gateway, a registry and Prometheus come up healthy by one file; a device fetches, and nobody else comes in', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tl-fw-compose-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const packages = process.env.TOWLINE_PACKAGES ?? path.join(folder, 'packages');
  if (process.env.TOWLINE_PACKAGES === undefined)
    succeed([
      'npm',
      'run',
      'package',
      '--',
      '--arch',
      process.arch === 'arm64' ? 'arm64' : 'amd64',
      '--out',
      packages,
    ]);
  const spaces = stack.use(new Namespaces());
  makeSite(spaces);
  const own = await startOwnEngine({ namespace: spaces.nameOf('device') });
  stack.defer(() => own.stop());
  const images = await loadImages(own.socket, { packages, folder });
  const pump = testDevice('pump-1');
  const fleet = stack.use(await TestFleet.make([pump]));
  succeed(['chmod', '-R', 'a+rX', fleet.repository.path]);

  for (const name of ['compose', 'prometheus'])
    cpSync(path.join(root, 'deploy', name), path.join(folder, name), { recursive: true });
  const config = path.join(folder, 'compose/config');
  mkdirSync(config);
  succeed(['chown', '10001', config]);
  const address = `${device[0]}:8443`;
  const environment = {
    ...images,
    DOCKER_HOST: `unix://${own.socket}`,
    FLEET: fleet.repository.path,
    TOWLINE_ADDRESS: address,
  };
  const compose = (...words: readonly string[]) =>
    succeed([composePeer(), ...words], environment, path.join(folder, 'compose'));
  stack.defer(() => void compose('--profile', 'init', 'down', '--volumes', '--timeout', '5'));
  const said = compose('run', '--rm', '--no-TTY', 'init');
  const [pin] = /sha256:[A-Za-z0-9+/]{43}=/.exec(said) ?? [];
  assert.ok(pin, said);
  assert.equal(
    parse(readFileSync(path.join(config, 'gateway.yaml'), 'utf8')).listen.internal,
    '0.0.0.0:8080',
  );
  compose('up', '--detach', '--wait');

  const [key, certificate] = ['device.key', 'device.crt'].map(name => path.join(folder, name));
  writeFileSync(key ?? '', pump.keys.tlsKey);
  writeFileSync(certificate ?? '', pump.keys.tlsCertificate);
  for (const file of [key, certificate]) chmodSync(file ?? '', 0o600);
  const curl = (...words: readonly string[]) =>
    spawnSync('nsenter', [`--net=${spaces.pathOf('lan')}`, 'curl', '-sS', '--max-time', '20', ...words], {
      encoding: 'utf8',
    });
  const mine = [
    '--insecure',
    '--pinnedpubkey',
    `sha256//${pin.slice(7)}`,
    '--key',
    key ?? '',
    '--cert',
    certificate ?? '',
  ];
  const refs = curl(...mine, `https://${address}/fleet.git/info/refs?service=git-upload-pack`);
  assert.equal(refs.status, 0, refs.stderr);
  assert.match(refs.stdout, new RegExp(`${fleet.anchor} refs/heads/main`));
  for (const port of [8080, 5000, 9090])
    assert.notEqual(curl(`http://${device[0]}:${port}/`).status, 0, `${port}`);

  const here = (url: string) => spaces.in('device', ['curl', '-sS', '--max-time', '20', url]);
  assert.equal(here('http://127.0.0.1:5000/v2/').trim(), '{}');
  await waitUntil(
    'Prometheus to have seen the gateway',
    async () => {
      const { data } = JSON.parse(
        here('http://127.0.0.1:9090/api/v1/query?query=up%7Bjob%3D%22towline-gateway%22%7D'),
      );
      return data.result[0]?.value[1] === '1' ? true : undefined;
    },
    { timeoutMs: 120_000 },
  );
});
