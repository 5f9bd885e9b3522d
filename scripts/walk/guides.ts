/** Guides of the days after: reading logs, an app that comes and gets another name, a second person who comes and goes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import type { BootedRoot } from '../../lab/root/booted-root.ts';
import { editYaml } from './by-hand.ts';
import { type Day, says } from './days.ts';
import { aKey, healthy, knowsHost } from './first-fleet.ts';
import { type Block, Page } from './page.ts';
import { fleetFolder } from './real-machines.ts';
import type { Seat } from './seat.ts';

const logs = new Page('docs/guides/logs.md');
const apps = new Page('docs/guides/apps.md');
const people = new Page('docs/guides/people.md');

const reading = ['All devices at a glance', 'One device', 'Logs, with plain git'].flatMap(heading =>
  logs.blocks(heading),
);
const adding = apps.blocks('Adding an app');
const [renamed, copied, started] = apps.blocks('Renaming an app') as [Block, Block, Block];
// The first is the verb that does the same, where a role is there already.
const [, operator, policy, pushed, cloned] = people.blocks('Adding a person') as [
  Block,
  Block,
  Block,
  Block,
  Block,
];
const [removed, gone] = people.blocks('Removing a person') as [Block, Block];
const removeVolume = apps.line('docker volume rm shop_data');

export async function readLogs({ alice }: Day): Promise<void> {
  await alice.does('mkdir ~/reading && cd ~/reading');
  let screen = '';
  // The last is by the operator's clone of the fleet, which has another name here.
  for (const block of reading.slice(0, -1))
    screen += await alice.does(block, { words: { 'pump-3': 'pump-17' } });
  if (!/\| `pump-17` \|/.test(screen)) throw new Error('the clone does not show the page of the fleet');
  if (!/"text":"working at/.test(screen)) throw new Error('the lines of hello/worker are not there');
  await alice.does(`cd ${fleetFolder}`);
}

export async function addAndRenameApp({ alice, installer }: Day): Promise<void> {
  for (const block of adding) await alice.does(block);
  await installer.types('towline agent now');
  await alice.until(says, new RegExp(`(?=[\\s\\S]*app: shop)${healthy('1.0.0').source}`));
  await installer.until('docker ps --format "{{.Names}}"', /shop-web-1/);
  const write = 'docker run --rm --volume';
  const image = '$(docker inspect --format {{.Image}} shop-web-1)';
  await installer.does(`image=${image}; ${write} shop_data:/v $image sh -c 'echo precious > /v/word'`);
  const plan = await alice.does(renamed);
  if (!/shop_data stays/.test(plan) || !/store_data begins empty/.test(plan))
    throw new Error(`the plan does not say what becomes of the volume:\n${plan}`);
  await installer.types('towline agent now');
  await installer.until('docker volume ls --quiet', /store_data/);
  await installer.until('docker ps --all --format "{{.Names}}"', /^(?![\s\S]*shop-web)/);
  await installer.does(copied);
  await alice.does(started);
  await installer.types('towline agent now');
  await installer.until('docker exec store-web-1 cat /data/word', /precious/);
  await alice.until(says, new RegExp(`(?=[\\s\\S]*app: store)${healthy('1.0.0').source}`));
  await installer.does(removeVolume);
}

/** What stands on the page in YAML, beside what is in the file; the key is Bob's. */
function beside(file: string, block: Block, key: string): void {
  const now = parse(readFileSync(file, 'utf8'));
  const more = parse(block.text.replace('ssh-ed25519 AAAA… bob', key));
  editYaml(file, [
    [['version'], now.version + 1],
    ...Object.entries(more.principals).map(
      ([name, one]) => [['principals', name], one] as [string[], unknown],
    ),
    ...Object.entries(more.roles).map(([name, one]) => [['roles', name], one] as [string[], unknown]),
    [['rules'], [...now.rules, ...more.rules]],
  ]);
}

/** Bob comes, changes an app by himself, and goes. */
export async function secondPerson(day: Day, desk: BootedRoot, anchor: string, bob: Seat): Promise<void> {
  const { alice, installer } = day;
  await bob.does('cd ~');
  await aKey(bob);
  const key = readFileSync(desk.path('/home/bob/.ssh/id_ed25519.pub'), 'utf8').trim();
  const policyFile = desk.path(`${fleetFolder}/trust/policy.yaml`);
  const before = readFileSync(policyFile, 'utf8');
  writeFileSync(
    desk.path(`${fleetFolder}/operators/bob.yaml`),
    operator.text.replace('ssh-ed25519 AAAA… bob', key),
  );
  beside(policyFile, policy, key);
  await alice.does(pushed);
  await bob.does(cloned, { words: { COMMIT: anchor }, answers: [knowsHost] });
  editYaml(desk.path('/home/bob/pumps/groups/canary.yaml'), [[['variables', 'GREETING'], 'Hello from Bob']]);
  await bob.does('git commit --quiet --all --message "A greeting" && git push');
  await installer.types('towline agent now');
  const greeting = 'docker inspect --format "{{.Config.Env}}" hello-web-1';
  await installer.until(greeting, /Hello from Bob/);
  await alice.does('git pull --quiet --ff-only');
  const { version } = parse(readFileSync(policyFile, 'utf8'));
  writeFileSync(policyFile, stringify({ ...parse(before), version: version + 1 }, { lineWidth: 0 }));
  console.log('\n# edited: bob is out of trust/policy.yaml');
  await alice.does(removed);
  await alice.does(gone);
  const { code, screen } = await bob.types('git fetch');
  if (code === 0 || !screen.includes('Permission denied')) throw new Error('Bob still gets in');
  await installer.types('towline agent now');
  await alice.until(says, /^outcome: (?:unchanged|applied)/m);
}
