/** What runs, and when it is well. Source: moby, daemon/container.go, moby/sys/signal; runc, libcontainer/user. */
import { parseDuration } from '../value/duration.ts';
import { printable } from '../value/fault.ts';
import type { ServiceRule } from './rule.ts';

export const workingFolders: ServiceRule = ({ service, refuse }) => {
  const check = (folder: string | undefined, keys: readonly (string | number)[]) => {
    if (folder === undefined || folder === '' || folder.startsWith('/')) return;
    refuse([...keys, 'working_dir'], `\`${printable(folder)}\` is no absolute path: begin it with \`/\``);
  };
  check(service.working_dir, []);
  for (const hooks of ['post_start', 'pre_stop'] as const) {
    for (const [index, hook] of (service[hooks] ?? []).entries()) check(hook.working_dir, [hooks, index]);
  }
};

/** To the kernel a text ends at its first zero. */
export const zeroCharacters: ServiceRule = ({ service, refuse }) => {
  const message = 'has a character of code 0 in it';
  for (const key of ['command', 'entrypoint'] as const) {
    for (const [index, word] of (service[key] ?? []).entries())
      if (word.includes('\0')) refuse([key, index], message);
  }
  for (const [name, value] of Object.entries(service.environment ?? {}))
    if (`${name}${value ?? ''}`.includes('\0')) refuse(['environment', name], message);
};

const signals = new Set(
  (
    'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP ' +
    'TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX'
  ).split(' '),
);

function isSignal(text: string): boolean {
  if (/^[-+]?\d+$/.test(text)) return Number(text) !== 0;
  const name = text.toUpperCase().replace(/^SIG/, '');
  const [, edge, distance] = /^RT(MIN\+|MAX-)(\d+)$/.exec(name) ?? [];
  if (edge === undefined) return signals.has(name);
  return (
    String(Number(distance)) === distance &&
    Number(distance) >= 1 &&
    Number(distance) <= (edge === 'MIN+' ? 15 : 14)
  );
}

export const stopSignal: ServiceRule = ({ service: { stop_signal: signal = '' }, refuse }) => {
  if (signal !== '' && !isSignal(signal)) refuse(['stop_signal'], `\`${printable(signal)}\` is no signal`);
};

/** Ids are numbers of 31 bits to the engine; names are the image's. */
const maxId = 2 ** 31 - 1;

function isTooLargeId(text: string): boolean {
  return /^[-+]?\d+$/.test(text) && (Number(text) < 0 || Number(text) > maxId);
}

export const user: ServiceRule = ({ service, refuse }) => {
  for (const part of (service.user ?? '').split(':').slice(0, 2)) {
    if (isTooLargeId(part)) refuse(['user'], `\`${printable(part)}\` is no id from 0 to ${maxId}`);
  }
};

export const groups: ServiceRule = ({ service, refuse }) => {
  for (const [index, group] of (service.group_add ?? []).entries()) {
    if (group === '') refuse(['group_add', index], 'the group has no name');
    else if (isTooLargeId(group))
      refuse(['group_add', index], `\`${printable(group)}\` is no id from 0 to ${maxId}`);
  }
};

/** Linux, HOST_NAME_MAX. */
const hostnameBytes = 64;

export const hostname: ServiceRule = ({ service, refuse }) => {
  if (Buffer.byteLength(service.hostname ?? '') > hostnameBytes)
    refuse(['hostname'], `is longer than ${hostnameBytes} bytes`);
};

/** `deploy.restart_policy` goes before `restart`, as a device has it. */
const conditions = new Set(['', 'none', 'no', 'on-failure', 'any', 'always', 'unless-stopped']);

export const restartPolicy: ServiceRule = ({ service, refuse }) => {
  const { restart = '' } = service;
  const condition = service.deploy?.restart_policy?.condition ?? '';
  if (!conditions.has(condition))
    refuse(['deploy', 'restart_policy', 'condition'], `\`${printable(condition)}\` is no restart policy`);
  if (restart === '' || /^(no|always|unless-stopped|on-failure(:\d+)?)$/.test(restart)) return;
  const tries = /^(no|always|unless-stopped):/.test(restart)
    ? ': only `on-failure` takes a number of tries'
    : '';
  refuse(['restart'], `\`${printable(restart)}\` is no restart policy${tries}`);
};

const leastHealthTime = 1_000_000n;

export const healthTimes: ServiceRule = ({ service: { healthcheck = {} }, refuse }) => {
  if (healthcheck.disable === true) return;
  for (const key of ['interval', 'timeout', 'start_period', 'start_interval'] as const) {
    const time = parseDuration(healthcheck[key] ?? '') ?? 0n;
    if (time !== 0n && time < leastHealthTime) refuse(['healthcheck', key], 'must be 1 ms or more');
  }
};
