/** docs/guides/remote-access.md and the pages below it: a first visit, plain ssh, the device's own sshd, who asks and grants. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { BootedRoot } from '../../lab/root/booted-root.ts';
import { editYaml } from './by-hand.ts';
import type { Day } from './days.ts';
import { type Block, Page } from './page.ts';
import { fleetFolder } from './real-machines.ts';

export const accessPage = (name: string): Page => new Page(`docs/guides/remote-access${name}.md`);
export const [guide, containers, desk, hostLogins] = [
  accessPage(''),
  accessPage('/containers'),
  accessPage('/desk'),
  accessPage('/host-logins'),
];
const pages = {
  entered: guide.block('The first time', 'services:'),
  visit: guide.block('The first time', 'towline ssh'),
  openAndClose: guide.block('Open and close', 'tunnel close'),
  configure: guide.block('Come in', 'ssh-config'),
  refused: guide.block('When it is refused', 'open failed'),
  clones: guide.block('Git', 'git clone'),
  once: desk.block('At the desk', 'towline.telemetry'),
  open: desk.block('Open', 'tunnel open'),
  list: desk.block('See who is in', 'tunnel list'),
  ask: desk.block('Ask and grant', 'tunnel request '),
  grant: desk.block('Ask and grant', 'tunnel grant'),
  files: containers.block('Files', 'scp'),
  logins: hostLogins.block('By the repository: `access.logins`', 'logins:'),
  sshd: hostLogins.block('By the repository: `access.logins`', 'AuthorizedKeysCommandUser'),
  ansible: hostLogins.block('Ansible', 'ansible all'),
};
const lines = {
  command: guide.line("ssh web@pump-17 'pg_dump app' > app.sql"),
  menu: guide.line('ssh pump-17'),
  status: guide.line('ssh pump-17 status'),
  logs: containers.line('ssh pump-17 logs web'),
  gateway: guide.line('ssh gw.FLEET'),
  forward: guide.line('ssh -N -L 8080:pump-17:8080 pump-17'),
  account: guide.line('ssh admin@pump-17.host'),
  jump: guide.line('ssh -J git@gateway.example.com:2222 web@pump-17'),
  close: guide.line('git pull --rebase'),
  reload: hostLogins.line('sshd -t && systemctl reload ssh'),
  hostKey: hostLogins.line('cat /etc/ssh/ssh_host_ed25519_key.pub'),
};
/** The app of the walk, and the name of its fleet. */
export const words = { 'app: shop': 'app: hello', 'shop.web': 'hello.web', FLEET: 'acme-pumps' };
export const deviceFile = `${fleetFolder}/devices/berlin/pump-17.yaml`;
const knowsHosts = [
  [/continue connecting/, 'yes'],
  [/continue connecting/, 'yes'],
] as const;

/** What a block has below `access`, beside what is in the file. */
export function grants(file: string, block: Block, more: readonly [string[], unknown][] = []): void {
  let { text } = block;
  for (const [from, to] of Object.entries(words)) text = text.replaceAll(from, to);
  const { access } = parse(text) as { access: Record<string, unknown> };
  editYaml(file, [
    ...Object.entries(access).map(([key, value]) => [['access', key], value] as [string[], unknown]),
    ...more,
  ]);
}

export const push = (what: string): string =>
  `git add --all && git commit --quiet --message "${what}" && ${lines.close} --quiet && git push`;

export function shows(screen: string, ...wanted: readonly RegExp[]): void {
  for (const one of wanted)
    if (!one.test(screen)) throw new Error(`the screen lacks ${one.source}:\n${screen}`);
}

/** Somebody who has never come in: a shell in a container, and all is closed again. */
export async function firstVisit({ alice }: Day, at: BootedRoot, anchor: string): Promise<void> {
  await alice.does(`cd ${fleetFolder}`);
  await alice.does(pages.once, { words: { COMMIT: anchor } });
  grants(at.path(deviceFile), pages.entered, [
    [
      ['access', 'targets'],
      [
        { name: 'ssh', port: 22 },
        { name: 'panel', host: '127.0.0.1', port: 8080 },
      ],
    ],
  ]);
  await alice.does(push('What may be entered'));
  const screen = await alice.does(pages.visit, { answers: [[/~ # /, 'exit']] });
  shows(screen, /closed pump-17/);
}

/** An hour of plain OpenSSH. */
export async function plainSsh({ alice }: Day): Promise<void> {
  await alice.does(pages.open);
  const written = await alice.does(pages.configure);
  const [include = ''] = /Include ".*"/.exec(written) ?? [];
  await alice.does(`printf '%s\\n' '${include}' > ~/.ssh/config`);
  await alice.does(lines.command, {
    words: { 'pg_dump app': 'cat /www/version', 'app.sql': '/tmp/app.sql' },
  });
  shows(await alice.does(lines.menu), /You may enter:\s+ssh web@pump-17/);
  shows(await alice.does(lines.status), /app hello +healthy/);
  // The renamed app has a service of that name, too.
  await alice.does(lines.logs, { words: { 'logs web': 'logs hello.web' } });
  shows(await alice.does(lines.gateway, { words }), /devices +.*pump-17/);
  shows(await alice.does(`${lines.jump} hostname`, { answers: knowsHosts }), /[0-9a-f]{12}/);
  // The gateway's internal port has this number in the walk's network.
  const get =
    "exec 3<>/dev/tcp/127.0.0.1/18080 && printf 'GET /livez HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3";
  await alice.does(`${lines.forward} & sleep 5; (${get})`, { words: { '8080:pump': '18080:pump' } });
  await alice.does('kill $!');
  await alice.does('mkdir ~/visit && cd ~/visit && echo one > app.conf');
  await alice.does(pages.files, {
    words: { ...words, '/etc/app.conf': '/www/app.conf', ':/data': ':/www' },
    answers: [[/sftp> $/, 'quit']],
  });
  await alice.does('cmp app.conf data/app.conf');
  await alice.does(pages.clones, { words });
  await alice.does(`cd ${fleetFolder}`);
}

/** The device's own sshd, as Debian sets it up, takes who is granted an account now. */
export async function hostAccounts(
  { alice, installer }: Day,
  { at, machine }: { readonly at: BootedRoot; readonly machine: BootedRoot },
): Promise<void> {
  await installer.does('useradd --create-home --shell /bin/bash admin');
  await installer.does('systemctl unmask --quiet ssh && systemctl start ssh');
  writeFileSync(machine.path('/etc/ssh/sshd_config.d/towline.conf'), `${pages.sshd.text}\n`);
  await installer.does(lines.reload);
  const key = (await installer.does(lines.hostKey)).trim();
  grants(at.path(deviceFile), pages.logins, [[['hostKeys'], [key]]]);
  await alice.does(push('Accounts of the device'));
  await alice.does(pages.configure);
  await alice.until(`${lines.account} id`, /uid=\d+\(admin\)/);
  await alice.does(
    'echo two > /tmp/two && scp -q /tmp/two admin@pump-17.host: && ssh admin@pump-17.host cat two',
  );
  const shared = '-o ControlMaster=auto -o ControlPath=/tmp/%C -o ControlPersist=60';
  await alice.does(
    `ssh ${shared} admin@pump-17.host true && ssh -o ControlPath=/tmp/%C -O check admin@pump-17.host`,
  );
}

/** Debian's ansible-core at the desk, Python on the device. */
export async function ansible({ alice }: Day): Promise<void> {
  const pinged = await alice.does(pages.ansible, { words: { ',pump-18.host,': ',' } });
  shows(pinged, /pump-17\.host \| SUCCESS[\s\S]*"ping": "pong"/);
}

/** Who may not open it asks; whoever may sees who asks, and grants. */
export async function asksAndGrants({ alice }: Day, at: BootedRoot): Promise<void> {
  await alice.does('git pull --quiet --rebase');
  const closed = await alice.does({
    ...pages.openAndClose,
    text: pages.openAndClose.text.split('\n')[1] ?? '',
  });
  shows(closed, /closed/);
  shows(
    (await alice.types('ssh web@pump-17 id')).screen,
    /open failed: administratively prohibited: \w+_TUNNEL_CLOSED|TUNNEL_/,
  );
  const [, branch = ''] = /pushed (requests\/\S+):/.exec(await alice.does(pages.ask)) ?? [];
  const [, named = ''] = /grant (requests\/\S+)/.exec(pages.grant.text) ?? [];
  shows(await alice.does(pages.grant, { words: { [named]: branch } }), /open at pump-17/);
  shows(await alice.does(pages.list, { words: { '-l site=berlin': 'pump-17' } }), /pump-17 +open until/);
  await alice.does('towline tunnel close pump-17 && git pull --quiet --rebase');
  if (/tunnel:\s*\n?\s*state: open/.test(readFileSync(at.path(deviceFile), 'utf8')))
    throw new Error('the tunnel stands open in the file');
}
