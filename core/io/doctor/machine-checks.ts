/** What any machine of a fleet needs: a clock that is kept, room on the disk, names that can be resolved, keys that are its own. */
import { lookup } from 'node:dns/promises';
import { access, constants, readdir, stat, statfs } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { formatBytes, percentOf } from '../../plan/quantity.ts';
import { isClockSynchronised } from '../synchronised-clock.ts';
import type { Check, Finding } from './finding.ts';

export const clockCheck: Check = {
  id: 'clock.synchronised',
  look: async signal => {
    const id = 'clock.synchronised';
    const kept = await isClockSynchronised(signal);
    if (kept === true) {
      const by = await keeper();
      return [
        { id, level: 'ok', message: `a time server keeps this clock${by === undefined ? '' : `, by ${by}`}` },
      ];
    }
    const message =
      kept === false
        ? 'no time server keeps this clock'
        : 'nothing here knows whether a time server keeps this clock';
    const remedy =
      'Let systemd-timesyncd, chrony or ntpd run: a clock that is wrong opens no tunnel and counts no rollout.';
    return [{ id, level: 'warn', message, remedy }];
  },
};

/** Programs that keep a clock, by what they leave while they run. */
const keepers: readonly (readonly [name: string, sign: string])[] = [
  ['systemd-timesyncd', '/run/systemd/timesync/synchronized'],
  ['chrony', '/run/chrony/chronyd.pid'],
  ['ntpd', '/run/ntpd.pid'],
];

async function keeper(): Promise<string | undefined> {
  for (const [name, sign] of keepers)
    if ((await stat(sign).catch(() => undefined)) !== undefined) return name;
  return undefined;
}

/** A difference that is told, milliseconds: what is signed may lie so far apart. */
const mostSkewMs = 10 * 60_000;

/** @param date as another machine has just said it, in a header of HTTP */
export function skewFinding(date: string | undefined, whose: string): Finding[] {
  const ms = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(ms)) return [];
  const id = 'clock.skew';
  const apart = Math.round(Math.abs(Date.now() - ms) / 1000);
  if (apart * 1000 < mostSkewMs)
    return [{ id, level: 'ok', message: `this clock and that of ${whose} are ${apart} s apart` }];
  const message = `this clock and that of ${whose} are ${apart} s apart`;
  return [
    {
      id,
      level: 'warn',
      message,
      remedy: 'Find out which of the two is wrong, and let a time server keep it.',
    },
  ];
}

/** Below that it is told: bytes, and parts of a hundred. */
const [fewBytes, leastBytes, fewPercent] = [1024 ** 3, 64 * 1024 ** 2, 5];

/** @param what such as `the state directory` */
export const diskCheck = (id: string, what: string, folder: string): Check => ({
  id,
  look: async () => {
    const { bavail, blocks, bsize, ffree, files } = await statfs(folder);
    const free = bavail * bsize;
    const percent = percentOf(bavail, blocks);
    const room = `${formatBytes(free)} free (${percent} %) for ${what}, ${folder}`;
    const level = free < leastBytes ? 'fail' : free < fewBytes && percent < fewPercent ? 'warn' : 'ok';
    const remedy = level === 'ok' ? {} : { remedy: 'Make room, or give it a larger disk.' };
    const inodes: Finding[] =
      files > 0 && percentOf(ffree, files) < fewPercent
        ? [
            {
              ...{ id: id.replace(/free$/, 'inodes'), level: ffree === 0 ? 'fail' : 'warn' },
              message: `${ffree} of ${files} inodes are left for ${what}, ${folder}`,
              remedy: 'Remove small files, or make the file system anew with more inodes.',
            },
          ]
        : [];
    return [{ id, level, message: room, ...remedy }, ...inodes];
  },
});

export const writableCheck = (id: string, folder: string): Check => ({
  id,
  look: async () => {
    try {
      await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
      return [{ id, level: 'ok', message: `${folder} can be written` }];
    } catch {
      const remedy =
        'Run it as the user whose it is, or as root; or give the folder to the user that runs it.';
      return [{ id, level: 'fail', message: `${folder} cannot be written by this user`, remedy }];
    }
  },
});

/** Files that nobody else may read. */
export const ownFilesCheck = (id: string, folder: string): Check => ({
  id,
  look: async () => {
    const names = await readdir(folder);
    const open: string[] = [];
    for (const name of names) {
      const found = await stat(path.join(folder, name));
      // A certificate is shown to everybody anyway.
      if (found.isFile() && (found.mode & 0o077) !== 0 && !name.endsWith('.crt') && !name.endsWith('.pub'))
        open.push(name);
    }
    if (open.length === 0) return [{ id, level: 'ok', message: `nobody but its user reads ${folder}` }];
    const message = `others may read ${open.join(', ')} in ${folder}`;
    return [
      {
        id,
        level: 'fail',
        message,
        remedy: `chmod 600 ${open.map(name => path.join(folder, name)).join(' ')}; who may have read a key: make it anew.`,
      },
    ];
  },
});

/** @param host of an address; one that is no name is not asked */
export const nameCheck = (host: string): Check => ({
  id: 'dns.resolves',
  look: async () => {
    const id = 'dns.resolves';
    if (net.isIP(host) !== 0) return [];
    try {
      const found = await lookup(host, { all: true });
      return [{ id, level: 'ok', message: `${host} is ${found.map(({ address }) => address).join(', ')}` }];
    } catch {
      const remedy = 'Look at /etc/resolv.conf, and at the name in the configuration.';
      return [{ id, level: 'fail', message: `the name ${host} cannot be resolved here`, remedy }];
    }
  },
});

/** Proxies that the environment names, and that Towline does not use by itself. */
export function proxyFinding(
  used: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Finding {
  const id = 'proxy';
  const named = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].filter(name => environment[name]);
  if (used !== undefined)
    return { id, level: 'ok', message: `connections go through the proxy ${withoutLogin(used)}` };
  if (named.length === 0) return { id, level: 'ok', message: 'connections go without a proxy' };
  const message = `the environment names a proxy (${named.join(', ')}), which is not used`;
  return {
    id,
    level: 'warn',
    message,
    remedy: 'Where connections must go through it, put it into agent.yaml as `proxy`.',
  };
}

const withoutLogin = (url: string) => url.replace(/\/\/.*@/, '//');
