/** A gateway in its own process over a fleet of many devices, and the peer: git http-backend behind nginx. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey } from '../../core/io/device-keys.ts';
import { tlsPin } from '../../core/io/https/tls-pins.ts';
import { ensureCommands, findCommand } from '../../lab/machine/packages.ts';
import { asShipped } from '../as-shipped.ts';
import { CpuGroup } from './process-tree.ts';
import type { WireKeys } from './wire-client.ts';

export interface SimulatedDevice extends WireKeys {
  readonly id: string;
}

/** What the fleet has besides, path → text; and lines of the two files that are there anyway. */
export interface FleetExtras {
  readonly files?: Readonly<Record<string, string>>;
  readonly fleetLines?: string;
  readonly gatewayLines?: string;
}

const root = join(import.meta.dirname, '../..');

export function git(cwd: string, args: readonly string[], input: string | Uint8Array = ''): string {
  const environment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const result = spawnSync('git', args, { cwd, input, env: environment, maxBuffer: 256 * 1024 * 1024 });
  if (result.status !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`);
  return result.stdout.toString('latin1').trim();
}

export class SimulatedFleet implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'towline-bench-'));
  /** Those with keys: as many as connect. */
  readonly devices: readonly SimulatedDevice[];
  readonly #children: ChildProcess[] = [];
  #anchor = '';
  /** Of the gateway's key. */
  tlsPin = '';
  gateway = { pid: 0, port: 0, internal: 0 };
  peer: { pid: number; port: number; cpu: CpuGroup } | undefined;

  /** Lines that are added to gateway.yaml. */
  readonly #gatewayLines: string;

  /** @param size devices in the repository. @param connecting how many of them have keys. */
  constructor(size: number, connecting: number, more: FleetExtras = {}) {
    this.#gatewayLines = more.gatewayLines ?? '';
    const ids = Array.from({ length: size }, (_, index) => `dev-${String(index).padStart(5, '0')}`);
    const made = ids.slice(0, connecting).map(id => ({ id, keys: makeDeviceKeys(id) }));
    this.devices = made.map(({ id, keys }) => ({ id, key: keys.tlsKey, certificate: keys.tlsCertificate }));
    const keysOf = new Map(made.map(({ id, keys }) => [id, keys]));
    const files: [string, string][] = [
      ['fleet.yaml', `${fleetYaml}${more.fleetLines ?? ''}`],
      ...Object.entries(more.files ?? {}),
      ['trust/policy.yaml', policyYaml(sshPublicKey(makeDeviceKeys('root')))],
      ...ids.map((id): [string, string] => {
        const keys = keysOf.get(id);
        const block =
          keys === undefined ? '' : `keys:\n  tls: ${tlsPublicKey(keys)}\n  ssh: ${sshPublicKey(keys)}\n`;
        return [
          `devices/${id.slice(-2)}/${id}.yaml`,
          `apiVersion: towline/v1\nlabels: { site: s${id.slice(4, 7)} }\n${block}`,
        ];
      }),
    ];
    git(this.folder, ['init', '-q', '--bare', '-b', 'main', 'fleet.git']);
    git(this.folder, ['init', '-q', '--bare', '-b', 'main', 'telemetry.git']);
    const stream = [`commit refs/heads/main\ncommitter B <b@example.com> 1700000000 +0000\ndata 5\nfirst\n`];
    for (const [path, text] of files)
      stream.push(`M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
    git(this.fleetGit, ['fast-import', '--quiet'], stream.join(''));
    git(this.fleetGit, ['repack', '-q', '-a', '-d', '--write-bitmap-index']);
  }

  get fleetGit(): string {
    return join(this.folder, 'fleet.git');
  }

  get telemetryGit(): string {
    return join(this.folder, 'telemetry.git');
  }

  main(): string {
    return git(this.fleetGit, ['rev-parse', 'refs/heads/main']);
  }

  /** One device's file changes. @returns the new commit. */
  commit(text: string): string {
    const stream = `commit refs/heads/main\ncommitter B <b@example.com> 1700000001 +0000\ndata 1\nx\nfrom refs/heads/main^0\nM 100644 inline devices/00/dev-00000.yaml\ndata ${Buffer.byteLength(text)}\n${text}\n`;
    git(this.fleetGit, ['fast-import', '--quiet'], stream);
    return this.main();
  }

  /** On a free port; a second time on the port of the first, as after a restart. */
  async startGateway(): Promise<void> {
    const config = join(this.folder, 'gateway.yaml');
    if (!existsSync(config)) {
      const keys = makeDeviceKeys('gateway');
      mkdirSync(join(this.folder, 'keys'), { recursive: true });
      writeFileSync(join(this.folder, 'keys', 'tls.key'), keys.tlsKey);
      writeFileSync(join(this.folder, 'keys', 'tls.crt'), keys.tlsCertificate);
      writeFileSync(join(this.folder, 'keys', 'ssh'), keys.sshKey);
      this.tlsPin = tlsPin(Buffer.from(tlsPublicKey(keys), 'base64'));
      this.#anchor = this.main();
    }
    writeFileSync(
      config,
      `${gatewayYaml(this.folder, this.#anchor, this.gateway.port)}${this.#gatewayLines}`,
    );
    const bundle = process.env.TOWLINE_GATEWAY_BUNDLE;
    const program = bundle !== undefined && existsSync(bundle) ? bundle : join(root, 'gateway/main.ts');
    const { nodeOptions, environment } = asShipped(join(root, 'deploy/systemd/towline-gateway.service'));
    const child = spawn(process.execPath, [...nodeOptions, program, '--config', config], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    });
    this.#children.push(child);
    for await (const line of createInterface({ input: child.stdout })) {
      const entry = JSON.parse(line) as { msg: string; addresses?: Record<string, { port: number }> };
      if (entry.msg !== 'gateway is up') continue;
      this.gateway = {
        pid: child.pid ?? 0,
        port: entry.addresses?.devices?.port ?? 0,
        internal: entry.addresses?.internal?.port ?? 0,
      };
      break;
    }
    child.stdout.resume();
  }

  async killGateway(): Promise<void> {
    const child = this.#children.find(({ pid }) => pid === this.gateway.pid);
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** @returns false where nginx or fcgiwrap cannot be had. */
  async startPeer(): Promise<boolean> {
    if (ensureCommands(['nginx', 'fcgiwrap']).length > 0) return false;
    const port = await freePort();
    const config = join(this.folder, 'nginx.conf');
    writeFileSync(config, nginxConf(this.folder, port));
    // One shell above both: its children are the peer.
    const cpu = new CpuGroup(`towline-bench-${process.pid}`);
    const script = `echo $$ > ${cpu.door}; "${findCommand('fcgiwrap')}" -c 4 -s unix:${this.folder}/fcgi.sock & exec_nginx="${findCommand('nginx')}"; "$exec_nginx" -c ${config} -p ${this.folder} & wait`;
    const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'ignore', 'ignore'], detached: true });
    this.#children.push(child);
    await wait(500);
    this.peer = { pid: child.pid ?? 0, port, cpu };
    return true;
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.gateway.internal}/metrics`)).text();
    return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue;
      const ended = once(child, 'exit');
      if (this.peer?.pid === child.pid) process.kill(-child.pid, 'SIGTERM');
      else child.kill('SIGKILL');
      await ended;
    }
    await wait(500);
    this.peer?.cpu[Symbol.dispose]();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const fleetYaml = `apiVersion: towline/v1
name: bench
gateways:
  - address: 127.0.0.1:8443
    tlsPins: ["sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
`;

function policyYaml(key: string): string {
  return `apiVersion: towline/v1
fleet: bench
version: 1
principals:
  root-key: { ssh: ["${key}"] }
roles:
  root: { principals: [root-key] }
`;
}

function gatewayYaml(folder: string, anchor: string, port: number): string {
  return `apiVersion: towline/v1
fleet: bench
anchor: ${anchor}
stateDirectory: ${folder}
listen: { devices: "127.0.0.1:${port}", people: "127.0.0.1:0", internal: "127.0.0.1:0" }
limits: { pushesPerMinute: 1000000, requestsPerMinute: 1000000000 }
`;
}

function nginxConf(folder: string, port: number): string {
  const parameters = {
    SCRIPT_FILENAME: '/usr/lib/git-core/git-http-backend',
    GIT_PROJECT_ROOT: folder,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
    PATH_INFO: '$uri',
    QUERY_STRING: '$query_string',
    REQUEST_METHOD: '$request_method',
    CONTENT_TYPE: '$content_type',
    CONTENT_LENGTH: '$content_length',
    GIT_PROTOCOL: '$http_git_protocol',
    REMOTE_USER: 'device',
    REMOTE_ADDR: '$remote_addr',
  };
  const lines = Object.entries(parameters).map(([name, value]) => `fastcgi_param ${name} "${value}";`);
  return `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log /dev/null;
user root;
events { worker_connections 4096; }
http {
  access_log off; client_body_temp_path ${folder}/body; fastcgi_temp_path ${folder}/fcgi;
  proxy_temp_path ${folder}/proxy; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port} ssl; keepalive_requests 1000000; keepalive_timeout 300s; client_max_body_size 16m;
    ssl_certificate ${folder}/keys/tls.crt; ssl_certificate_key ${folder}/keys/tls.key;
    ssl_protocols TLSv1.3; ssl_verify_client optional_no_ca;
    location = /v1/healthz { return 200 "{}"; }
    location / { fastcgi_pass unix:${folder}/fcgi.sock; ${lines.join(' ')} }
  }
}
`;
}
