/** A clone of a large fleet, and a telemetry repository in which each of its devices has signed what it says. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeStatusCommit } from '../../agent/report/status-commit.ts';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey } from '../../core/io/device-keys.ts';
import { buildPack, type MadeObject } from '../../core/io/git/object-write.ts';
import { makeSshPrivateKey, readSshPrivateKey, type SshKey } from '../../core/io/openssh-key.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import { git } from '../simulator/simulated-fleet.ts';

const groups = ['canary', 'tenth', 'half', 'rest'];
const fleetName = 'bench';
/** Commits of main since the fleet was made, and at how many of them devices stand: some are behind. */
const [commits, stands] = [2000, 32];

export class ReportingFleet implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'towline-bench-'));
  readonly clone = join(this.folder, 'clone');
  readonly telemetry = join(this.folder, 'telemetry.git');
  readonly ids: readonly string[];
  readonly #keys = new Map<string, SshKey>();
  readonly #lines = new Map<string, string>();
  readonly #tips = new Map<string, string>();
  /** Of main, the newest first. */
  readonly #line: readonly string[];

  constructor(size: number) {
    this.ids = Array.from({ length: size }, (_, index) => `dev-${String(index).padStart(5, '0')}`);
    mkdirSync(this.clone);
    git(this.clone, ['init', '-q', '-b', 'main']);
    git(this.folder, ['init', '-q', '--bare', '-b', 'main', 'telemetry.git']);
    const root = makeDeviceKeys('root');
    const files: [string, string][] = [
      ['fleet.yaml', fleetYaml],
      ['trust/policy.yaml', policyYaml(sshPublicKey(root))],
      ['apps/hello/app.yaml', 'apiVersion: towline/v1\n'],
      ['apps/hello/releases/1.0.0/release.yaml', releaseYaml],
      ['apps/hello/releases/1.0.0/compose.yaml', 'services: { web: { image: example.com/web:1 } }\n'],
      ...groups.map((group): [string, string] => [
        `groups/${group}.yaml`,
        'apiVersion: towline/v1\napps: { hello: { release: 1.0.0 } }\n',
      ]),
      ...this.ids.map((id, index): [string, string] => {
        const key = makeSshPrivateKey(id);
        this.#keys.set(id, readSshPrivateKey(key));
        const line = sshPublicKey({ ...root, sshKey: key });
        this.#lines.set(id, line);
        const group = groups[index % groups.length] ?? '';
        // What status asks nothing of takes long to make: they share a key for TLS.
        return [
          `devices/${id.slice(-2)}/${id}.yaml`,
          `apiVersion: towline/v1\ngroups: [${group}]\nlabels: { site: s${id.slice(4, 7)} }\nkeys:\n  tls: ${tlsKey}\n  ssh: ${line}\n`,
        ];
      }),
    ];
    const stream = [`commit refs/heads/main\ncommitter B <b@example.com> 1700000000 +0000\ndata 5\nfirst\n`];
    for (const [path, text] of files)
      stream.push(`M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
    for (let at = 1; at <= commits; at += 1)
      stream.push(
        `commit refs/heads/main\ncommitter B <b@example.com> ${1_700_000_000 + at} +0000\ndata 4\nnext\n`,
      );
    git(this.clone, ['fast-import', '--quiet'], stream.join(''));
    this.#line = git(this.clone, ['rev-list', 'main']).split('\n');
    git(this.clone, ['config', 'towline.anchor', this.#line.at(-1) ?? '']);
    this.report(this.ids, 'applied');
    git(this.telemetry, ['pack-refs', '--all']);
  }

  /** These say something new. */
  report(ids: readonly string[], outcome: 'applied' | 'failed'): void {
    const objects: MadeObject[] = [];
    const refs: string[] = [];
    for (const device of ids) {
      const commit = this.#line[(Number(device.slice(-5)) % stands) * Math.floor(commits / stands)] ?? '';
      const key = this.#keys.get(device);
      if (key === undefined) throw new Error(device);
      const made = makeStatusCommit({
        parent: this.#tips.get(device),
        files: new Map([['status.yaml', Buffer.from(statusYaml(device, commit, outcome))]]),
        ...{ message: 'status', device, fleet: fleetName, timeMs: 1_700_000_100_000, key },
      });
      objects.push(...made.objects);
      this.#tips.set(device, made.id);
      refs.push(`update ${telemetryRef(device)} ${made.id}\n`);
    }
    const each = new Map(objects.map(object => [object.id, object]));
    const packed = spawnSync('git', ['index-pack', '--stdin'], {
      cwd: this.telemetry,
      input: buildPack([...each.values()]),
    });
    if (packed.status !== 0) throw new Error(packed.stderr.toString());
    git(this.telemetry, ['update-ref', '--stdin'], refs.join(''));
  }

  /** A line of a public key file. */
  publicKeyOf(device: string): string {
    return this.#lines.get(device) ?? '';
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const tlsKey = tlsPublicKey(makeDeviceKeys('any'));

const fleetYaml = `apiVersion: towline/v1
name: ${fleetName}
gateways:
  - address: 127.0.0.1:8443
    tlsPins: ["sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
`;

const releaseYaml = `apiVersion: towline/v1
version: 1.0.0
images:
  web: { image: "example.com/web:1", digest: "sha256:${'0'.repeat(64)}" }
`;

const policyYaml = (key: string) => `apiVersion: towline/v1
fleet: ${fleetName}
version: 1
principals: { alice: { ssh: ["${key}"] } }
roles: { root: { principals: [alice] } }
`;

/** As an agent with one app of two services writes it. */
const statusYaml = (device: string, commit: string, outcome: string) => `apiVersion: towline/v1
fleet: ${fleetName}
device: ${device}
time: 2026-11-23T18:00:00Z
agent:
  version: 0.1.0
  engine: 29.1.3
trusted:
  commit: ${commit}
followed: ${commit}
applied: ${commit}
outcome: ${outcome}
conditions:
  - type: Ready
    status: ${outcome === 'applied'}
    reason: ${outcome === 'applied' ? 'AsExpected' : 'ENGINE_NOT_HEALTHY'}
    message: ${outcome === 'applied' ? 'all is as it should be' : 'see the projects below'}
  - type: EngineAnswers
    status: true
    reason: AsExpected
    message: Docker 29.1.3
projects:
  - app: hello
    project: hello
    release: 1.0.0
    digest: sha256:${'1'.repeat(64)}
    state: ${outcome === 'applied' ? 'healthy' : 'failed'}
    since: 2026-11-22T18:00:00Z
    services:
      - name: web
        image: example.com/web@sha256:${'2'.repeat(64)}
        state: running
        health: healthy
tunnel:
  state: closed
`;
