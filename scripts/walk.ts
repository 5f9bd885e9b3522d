/**
 * `npm run walk`: what a new user does, from empty machines, typed from the pages themselves. The blocks are read out of the
 * Markdown; a page that says what does not work ends the walk. As root on Debian; the bare systems are made once and cached.
 */
import { ansible, asksAndGrants, firstVisit, hostAccounts, plainSsh } from './walk/access.ts';
import { waysAtTheGateway } from './walk/access-gateway.ts';
import { brokenRelease, goingBack, runs, secondRelease } from './walk/days.ts';
import { aKey, firstFleet } from './walk/first-fleet.ts';
import { addAndRenameApp, readLogs, secondPerson } from './walk/guides.ts';
import { build, newDevice, newFleet, newGateway } from './walk/real-machines.ts';
import { retire } from './walk/retire.ts';
import { Stage } from './walk/stage.ts';

/** What is typed otherwise than it stands on the pages. Host names are not here: they lead to this machine by /etc/hosts. */
const table = new Map([
  // A registry without TLS must be on the machine itself.
  ['registry.example.com', '127.0.0.1:5000'],
  // One gateway, which the pages call by two names.
  ['gw.acme.com', 'gateway.example.com'],
  // Updates there wait for a night in Berlin.
  ['--group stable', '--group canary'],
]);

async function main(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('it boots systems: run it as root');
  const begin = performance.now();
  const chapter = (title: string) =>
    console.log(`\n=== ${title} (${Math.round((performance.now() - begin) / 1000)} s)`);
  await using stage = new Stage(table);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      void stage[Symbol.asyncDispose]().finally(() => process.exit(130));
    });
  }
  await stage.set();
  chapter('README: a first fleet in ten minutes, on one machine');
  const builder = await stage.seat('builder');
  // What `npm ci` makes there, in two minutes less: for who changes a page and tries it.
  if (process.argv.includes('--quick')) await builder.does(`cp -a ${import.meta.dirname}/../node_modules .`);
  else await builder.does('npm ci');
  const desk = await stage.boot('desk', { engine: true, desk: true });
  const alice = await stage.seat('alice', desk);
  await alice.until('systemctl is-active docker', /^active/);
  for (const version of ['1.0.0', '1.1.0']) await stage.images(desk, version, 'web');
  await stage.images(desk, '1.2.0', 'unhealthy');
  await aKey(alice);
  if (!process.argv.includes('--guides')) await firstFleet(alice);
  await alice.does('systemctl stop docker.socket docker containerd');
  await alice.types('ip link delete docker0');
  chapter('gateway and device on machines of their own, under systemd');
  await build(builder);
  const anchor = await newFleet(alice, desk, stage);
  const server = await stage.boot('gateway');
  const admin = await newGateway(stage, server, { alice, desk, anchor });
  const machine = await stage.boot('device', { engine: true });
  // What the install line fetches by: a bare Debian has neither that nor wget.
  machine.install('curl');
  const installer = await newDevice(stage, machine, alice);
  const day = { alice, installer };
  await alice.does(
    'towline release hello 1.0.0 --assign groups/canary.yaml --assign groups/stable.yaml && git add --all && git commit --quiet -m "hello 1.0.0" && git push',
  );
  await runs(day, '1.0.0');
  chapter('a second release, a broken one, going back');
  await secondRelease(day);
  await brokenRelease(day);
  await goingBack(day);
  chapter('what devices said: status and logs');
  await readLogs(day);
  chapter('an app comes, and gets another name');
  await addAndRenameApp(day);
  chapter('a second person comes and goes');
  await alice.does('useradd --create-home --shell /bin/bash bob');
  await secondPerson(day, desk, anchor, await stage.seat('bob', desk, '/home/bob'));
  chapter(
    'remote access: a first visit, plain ssh, the device’s own sshd and Ansible, the gateway’s own key',
  );
  await firstVisit(day, desk, anchor);
  await plainSsh(day);
  await hostAccounts(day, { at: desk, machine });
  machine.install('python3');
  desk.install('ansible-core');
  await ansible(day);
  await asksAndGrants(day, desk);
  server.install('curl');
  await waysAtTheGateway(day, { admin, at: desk, server });
  chapter('a device retires');
  await retire(day);
  chapter('done');
}

try {
  await main();
} catch (error) {
  console.error(`\nnpm run walk: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
