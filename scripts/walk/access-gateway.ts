/** docs/guides/remote-access/gateway.md, docs/guides/remote-access/sharing.md: the gateway’s own key, a session that it ends, a port, a guest. */

import { parse } from 'yaml';
import type { BootedRoot } from '../../lab/root/booted-root.ts';
import { accessPage, deviceFile, grants, push, shows, words } from './access.ts';
import { editYaml } from './by-hand.ts';
import type { Day } from './days.ts';
import { fleetFolder } from './real-machines.ts';
import type { Seat } from './seat.ts';

export const [ways, sharing] = [accessPage('/gateway'), accessPage('/sharing')];
const pages = {
  ports: ways.block('A port for each device', 'ports:'),
  port: ways.block('A port for each device', 'port: 20017'),
  via: ways.block('A session that the gateway ends', 'viaGateway'),
  key: ways.block("The gateway's access key", 'ssh-keygen'),
  settings: ways.block("The gateway's access key", 'accessKeys'),
};
const lines = {
  restart: ways.line('systemctl restart towline-gateway'),
  byPort: ways.line('ssh -p 20017 web@127.0.0.1'),
  via: ways.line('ssh -p 2222 web+pump-17@gateway.example.com'),
  share: sharing.block('A link for a guest', 'share k3j9x2ab'),
  guest: sharing.block('A link for a guest', 'curl -N'),
};
const once = [[/continue connecting/, 'yes']] as const;

/** @param admin of the gateway, as root */
export async function waysAtTheGateway(
  { alice }: Day,
  { admin, at, server }: { readonly admin: Seat; readonly at: BootedRoot; readonly server: BootedRoot },
): Promise<void> {
  await admin.does(pages.key);
  const key = (await admin.does('cat /etc/towline/access-key.pub')).trim();
  // Two files in one block: gateway.yaml first.
  const [settings = ''] = pages.settings.text.split('# fleet.yaml');
  editYaml(server.path('/etc/towline/gateway.yaml'), [[['access'], parse(settings).access]]);
  await admin.does(lines.restart);
  await admin.until('ss -ltn', /:2222\s/);
  editYaml(at.path(`${fleetFolder}/fleet.yaml`), [
    [['gateways', 0, 'accessKeys'], [key]],
    [['tunnels', 'ports'], parse(pages.ports.text).tunnels.ports],
  ]);
  grants(at.path(deviceFile), pages.via, [
    [['access', 'port'], parse(pages.port.text).access.port],
    [['access', 'share'], true],
  ]);
  await alice.does(push('Ways in at the gateway'));
  await alice.does('towline tunnel open pump-17 --for 1h --reason INC-42');
  await alice.until(`${lines.via} hostname`, /^[0-9a-f]{12}/m);
  shows(await alice.does(`${lines.byPort} hostname`, { answers: once }), /[0-9a-f]{12}/);
  await aGuest(alice, admin);
}

async function aGuest(alice: Seat, admin: Seat): Promise<void> {
  const session = '(sleep 60 | ssh -tt web@pump-17 >/dev/null 2>&1 &); sleep 5; ssh pump-17 status';
  const [, id = ''] = /session (\w+) +hello\.web of alice/.exec(await alice.does(session)) ?? [];
  const link = await alice.does(lines.share, { words: { ...words, k3j9x2ab: id } });
  const [, token = ''] = /#(pump-17\.[\w-]{22})/.exec(link) ?? [];
  const [curl = ''] = lines.guest.text.split('\n');
  const asked = curl.replace('pump-17.TOKEN', token).replace('https://GATEWAY', 'http://127.0.0.1:8080');
  shows((await admin.types(`timeout 5 ${asked}`)).screen, /BusyBox|~ #/);
  const kept = await admin.types(
    `grep -rl ${token.slice('pump-17.'.length)} /var/lib/towline-gateway/audit.log; journalctl -u towline-gateway | grep -c ${token}`,
  );
  if (!/^0\s*$/m.test(kept.screen) || kept.screen.includes('audit.log'))
    throw new Error('the link is in a log');
}
