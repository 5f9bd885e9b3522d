/** A gateway with a bot of rollouts, over a fleet of three devices that sign what they say; it is killed and started again. */
import assert from 'node:assert/strict';
import { stringify } from 'yaml';
import { makeStatusCommit } from '../../../agent/report/status-commit.ts';
import { sshKeyOf } from '../../../core/io/device-keys.ts';
import { instantOf } from '../../../core/rollout/board.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { statusOf } from '../../cli/status/reports.ts';
import { TunnelFleet } from '../../cli/tunnel/tunnel-desk.ts';
import { releaseFiles } from '../../core/rollout/rolling-fleet.ts';
import { guideLine } from '../../rig/guide-line.ts';
import { GatewayProgram } from '../rig/program.ts';
import { pack, pushBody, refOf, sendPush, zero } from '../rig/push.ts';

export const helloFiles = (version: string) =>
  Object.fromEntries(
    Object.entries(releaseFiles(version)).map(([path, text]) => [
      path.replace('apps/web', 'apps/hello'),
      text,
    ]),
  );

const policy = (alice: SshKey, bot: SshKey) =>
  [
    'apiVersion: towline/v1',
    'fleet: acme',
    'version: 2',
    'walk: 2',
    'principals:',
    `  alice: { ssh: ["${alice.publicKey}"] }`,
    `  gateway-bot: { ssh: ["${bot.publicKey}"] }`,
    'roles:',
    '  root: { principals: [alice] }',
    '  rollout-bot: { principals: [gateway-bot] }',
    'rules:',
    // As the guide has them.
    guideLine('rollouts', '  - { paths: [rollouts/*/*.yaml], change: advance').join(' '),
    guideLine('rollouts', '  - { paths: [rollouts/*/*.yaml], change: pause').join(' '),
    '',
  ].join('\n');

type Project = StatusFile['projects'][number];

export class RollingGateway implements AsyncDisposable {
  readonly fleet: TunnelFleet;
  readonly #bot: SshKey;
  readonly #tips = new Map<string, string>();
  /** The newest that was started. */
  program: GatewayProgram;

  static async start(): Promise<RollingGateway> {
    const bot = await makeSshKey();
    const fleet = await TunnelFleet.start({
      devices: ['pump-1', 'pump-2', 'pump-3'],
      gateway: { file: { rollout: { keyFile: bot.file, every: '200ms' } }, entry: {} },
      files: (keys, devices) => filesOf(keys.get('alice'), bot, devices),
    });
    return new RollingGateway(fleet, bot);
  }

  private constructor(fleet: TunnelFleet, bot: SshKey) {
    this.fleet = fleet;
    this.#bot = bot;
    this.program = fleet.gateway;
  }

  async kill(): Promise<void> {
    this.program.signal('SIGKILL');
    await this.program.ended();
  }

  async startAgain(): Promise<void> {
    this.program = await GatewayProgram.start(this.fleet.fleet.config);
  }

  head = (): Promise<string> => this.fleet.log('-1', '--format=%H', 'refs/heads/main');

  /** The device follows main's head, and says so, signed. */
  async reports(id: string, release: string, project: Partial<Project> = {}): Promise<void> {
    const device = this.fleet.devices.find(each => each.id === id);
    assert.ok(device !== undefined);
    const nowMs = Date.now();
    const head = await this.head();
    const digest = `sha256:${release}`;
    const hello = {
      ...{ app: 'hello', project: 'hello', release, state: 'healthy' as const, services: [], digest },
      ...{ since: instantOf(nowMs - 60_000), wanted: { release, digest }, ...project },
    };
    const status = statusOf(id, {
      ...{ time: instantOf(nowMs), trusted: { commit: head }, followed: head, projects: [hello] },
    });
    const parent = this.#tips.get(id);
    const made = makeStatusCommit({
      ...{ parent, files: new Map([['status.yaml', Buffer.from(stringify(status))]]), message: 'status' },
      ...{ device: id, fleet: 'acme', timeMs: nowMs, key: sshKeyOf(device.keys) },
    });
    using client = this.program.client(device);
    const body = pushBody(parent ?? zero, made.id, refOf(id), pack(...made.objects));
    assert.match((await sendPush(client, body)).body.toString(), /ok refs/);
    this.#tips.set(id, made.id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
    await this.fleet[Symbol.asyncDispose]();
    await this.#bot.remove();
  }
}

function filesOf(alice: SshKey | undefined, bot: SshKey, devices: ReadonlyMap<string, string>) {
  assert.ok(alice !== undefined);
  const grouped = [...devices].map(([id, text]) => {
    const group = id === 'pump-1' ? 'canary' : 'stable';
    return [`devices/${id}.yaml`, `${text}groups: [${group}]\n`] as const;
  });
  const group = 'apiVersion: towline/v1\napps: { hello: { release: 1.4.2 } }\n';
  return {
    'trust/policy.yaml': policy(alice, bot),
    'groups/canary.yaml': `${group}priority: 10\n`,
    'groups/stable.yaml': `${group}priority: 20\n`,
    ...helloFiles('1.4.2'),
    ...helloFiles('1.5.0'),
    ...Object.fromEntries(grouped),
  };
}
