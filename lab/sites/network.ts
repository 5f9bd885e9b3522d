/**
 * The networks of a lab: a bridge that is the internet, hosts on it, and sites behind routers that translate addresses. All of
 * it lies in namespaces of the lab, none has a link to this machine's own network, and no two parts have a second way.
 */
import type { Entered } from './entered.ts';
import { orderKeeper } from './keeper/keeper-order.ts';
import type { LabPlaces } from './lab-places.ts';
import { type DevicePlan, type HostPlan, internet, type LabPlan, lan, type SitePlan } from './lab-plan.ts';

export interface NetworkOptions {
  readonly entered: Entered;
  readonly places: LabPlaces;
  readonly plan: LabPlan;
  /** Path of the keeper's socket from here. */
  readonly keeper: string;
  readonly signal: AbortSignal;
}

const wireTimeoutSeconds = 30;

/** What a router does: devices get out under its address, nobody gets in; with a proxy, nobody gets out but by that. */
export const routerRules = ({ proxy }: SitePlan): string => `table ip towline_lab_router {
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    ${proxy ? '' : 'iifname "lan" oifname "wan" accept'}
  }
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    iifname "lo" accept
    iifname "lan" icmp type echo-request accept
    ${proxy ? `iifname "lan" tcp dport ${lan.proxyPort} accept` : ''}
  }
  chain out {
    type nat hook postrouting priority srcnat;
    oifname "wan" masquerade
  }
}
`;

/** Names that all parts of the lab know. */
export function hostsFile({ gateways, registry, identity, desk }: LabPlan): string {
  const hosts = [...gateways, registry, desk, ...(identity === undefined ? [] : [identity])];
  return ['127.0.0.1 localhost', ...hosts.map(({ address, host }) => `${address} ${host}`), ''].join('\n');
}

/** A network of its own with nothing but loopback, bound to a file: it is there while something of the lab is. */
const made = (file: string) => `: > ${file}
unshare --net=${file} sh -c 'ip link set lo up; echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 || true'
`;

/** @param master bridge of the network in which this runs */
function attached(file: string, port: string, master: string, route: readonly [string, string?]): string {
  const [address, router] = route;
  return `ip link add ${port} type veth peer name eth0 netns ${file}
ip link set ${port} master ${master} up
nsenter --net=${file} ip -batch - <<END
addr add ${address}/24 dev eth0
link set eth0 up
${router === undefined ? '' : `route add default via ${router}`}
END
`;
}

function hostLines(places: LabPlaces, { name, address }: HostPlan, at: number): string {
  const file = places.network(name);
  return made(file) + attached(file, `h${at}`, 'internet', [address]);
}

const wanTaps = (site: SitePlan): [string, string] => [`s${site.index}`, `w${site.index}`];

/** Typed by the carrying program once it has both taps. */
function wirePlace(places: LabPlaces, site: SitePlan): string {
  const [near, far] = wanTaps(site);
  const file = places.network(site.name);
  return `ip link set ${near} master internet up
ip link set ${far} netns ${file} name wan
nsenter --net=${file} ip addr add ${site.address}/24 dev wan
nsenter --net=${file} ip link set wan up
nsenter --net=${file} ip route add default via ${internet.router}`;
}

function siteLines(places: LabPlaces, site: SitePlan): string {
  const file = places.network(site.name);
  const device = ({ id, address }: DevicePlan, at: number) =>
    attached(places.network(id), `d${at}`, 'lan', [address, lan.router]);
  const engine = site.engine === 'shared' ? [`${site.name}-engine`] : [];
  const inRouter = [
    'ip link add lan type bridge',
    `ip addr add ${lan.router}/24 dev lan`,
    'ip link set lan up',
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
    `nft -f - <<RULES\n${routerRules(site)}RULES`,
    ...engine.map(name => attached(places.network(name), 'e0', 'lan', [lan.engine, lan.router])),
    ...site.devices.map(device),
  ].join('\n');
  const all = [site.name, ...engine, ...site.devices.map(({ id }) => id)];
  return `${all.map(name => made(places.network(name))).join('')}
nsenter --net=${file} sh -e <<'ROUTER'
${inRouter}
ROUTER
`;
}

/** @throws TowlineError LAB_STEP with what a program said */
export async function makeNetworks({ entered, places, plan, keeper, signal }: NetworkOptions): Promise<void> {
  const { gateways, registry, identity, desk, sites } = plan;
  const hosts = [...gateways, registry, desk, ...(identity === undefined ? [] : [identity])];
  const script = `ip link set lo up
ip link add internet type bridge
ip addr add ${internet.router}/24 dev internet
ip link set internet up
${hosts.map((host, at) => hostLines(places, host, at)).join('')}
${sites.map(site => siteLines(places, site)).join('')}`;
  await entered.run('internet', ['sh', '-e'], { input: script, signal });
  for (const site of sites) {
    const wire = {
      ...{ site: site.name, taps: wanTaps(site), place: wirePlace(places, site) },
      ...{ quality: site.uplink, outages: site.outages, log: places.log(`${site.name}-uplink`) },
    };
    await orderKeeper(keeper, { verb: 'wire', wire }, signal);
  }
  for (const site of sites) {
    const isThere = `until ip route show default | grep -q .; do sleep 0.05; done`;
    const log = places.log(`${site.name}-uplink`);
    const waiting = `timeout ${wireTimeoutSeconds} sh -c '${isThere}' || { cat ${log}; exit 1; }`;
    await entered.run(site.name, ['sh', '-c', waiting], { signal });
  }
}
