/** A device whose app has a secret and copies to a store, the person who opens secrets, and what the device has said last. */
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { backupId } from '../../../core/backup/manifest.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { type GpgKey, makeGpgKey } from '../../../lab/rig/keys.ts';
import { PersonTerminal } from '../../rig/person-terminal.ts';
import { sealSecret } from '../../rig/secrets.ts';
import { type PushedFleet, pushedFleet } from '../change/pushed-fleet.ts';
import { addKeys, report, type Telemetry } from '../status/reports.ts';
import { type Ran, towline } from '../towline.ts';

const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
export const deviceFile = 'devices/berlin/pump-1.yaml';
/** That pump-2 and pump-3 read, too, and that of its store. */
export const [sharedSecret, ownSecret] = ['secrets/hello.env', 'secrets/backups/pump-1.yaml'];

/** Of a backup that was made so many hours ago. */
export const idOf = (hours: number) =>
  backupId(Date.now() - hours * 3_600_000, `sha256:${'1a2b3c4d'.repeat(8)}`);

const author = {
  ...{ GIT_AUTHOR_NAME: 'Test', GIT_AUTHOR_EMAIL: 'test@example.com' },
  ...{ GIT_COMMITTER_NAME: 'Test', GIT_COMMITTER_EMAIL: 'test@example.com' },
};

export interface ReplacedFleet extends AsyncDisposable {
  readonly desk: PushedFleet;
  readonly telemetry: Telemetry;
  /** Opens secrets; who signs has another key. */
  readonly carol: GpgKey;
  /** That the device has copied to its store, `vault`. */
  readonly stored: string;
  replace(...words: readonly string[]): Promise<Ran>;
  /** At a terminal, until its token is printed; `y` is typed. */
  begun(...words: readonly string[]): Promise<{ readonly terminal: PersonTerminal; readonly token: string }>;
}

export async function replacedFleet(): Promise<ReplacedFleet> {
  const desk = await pushedFleet(['--gateway-host-key', hostKey]);
  const carol = await makeGpgKey({ name: 'carol', algorithm: 'default', usage: 'default' });
  const people = await carol.publicKey();
  const [key] = await addKeys(desk.fleet);
  await desk.fleet.git('push', '-q', '--no-verify');
  const all = await Promise.all(
    ['pump-1', 'pump-2'].map(
      async id => parse(await desk.atMain(`devices/berlin/${id}.yaml`)).keys.openpgp as string,
    ),
  );
  const policy = parse(await desk.atMain('trust/policy.yaml'));
  const store =
    'backupStores: { vault: { folder: "/nowhere/{device}", secret: "secrets/backups/{device}.yaml" } }';
  const app = `secrets: [${sharedSecret}]\nbackup: { volumes: all, to: vault }\n`;
  await desk.commits({
    'trust/keys/carol.asc': people,
    'trust/policy.yaml': stringify({
      ...policy,
      version: policy.version + 1,
      principals: { ...policy.principals, carol: { openpgp: ['trust/keys/carol.asc'] } },
    }),
    [deviceFile]: `${await desk.atMain(deviceFile)}\n${store}\nrestore: { app: hello, backup: ${idOf(99)} }\n`,
    'apps/hello/app.yaml': `${await desk.atMain('apps/hello/app.yaml')}\n${app}`,
    [sharedSecret]: await sealSecret(sharedSecret, 'DOOR=open\n', [people, ...all]),
    [ownSecret]: await sealSecret(ownSecret, 'password: correct-horse\n', [people, all[0] ?? '']),
  });
  const telemetry = await makeRepository();
  const common = { cause: 'upgrade', bytes: 3 * 1024 ** 2, release: '1.0.0' } as const;
  const stored = idOf(26);
  /** The newest was on the device alone, and is gone with it. */
  const backups = [
    { id: idOf(1), ...common },
    { id: stored, ...common, stores: ['vault'] },
  ];
  await report(telemetry, 'pump-1', key, {
    projects: [{ app: 'hello', project: 'hello', state: 'healthy', services: [], backups }],
  });
  return {
    ...{ desk, telemetry, carol, stored },
    replace: (...words) =>
      towline(
        ['device', 'replace', '--telemetry', telemetry.path, ...words],
        { GNUPGHOME: carol.home },
        desk.fleet.directory,
      ),
    begun: async (...words) => {
      const line = [path.join(commandFolder, 'towline'), 'device', 'replace', ...words];
      const terminal = await PersonTerminal.open(
        desk.fleet.folder,
        [...line, '--telemetry', telemetry.path].join(' '),
        { cwd: desk.fleet.directory, env: { ...process.env, ...author, GNUPGHOME: carol.home } },
      );
      await terminal.sees('Go on? [y/N]:');
      terminal.type('y\r');
      const token = () => /agent enroll --start (towline1_\S+)\r/.exec(terminal.screen)?.[1];
      await eventually(() => token() !== undefined);
      return { terminal, token: token() ?? '' };
    },
    [Symbol.asyncDispose]: async () => {
      await telemetry.remove();
      await carol.remove();
      await desk[Symbol.asyncDispose]();
    },
  };
}
