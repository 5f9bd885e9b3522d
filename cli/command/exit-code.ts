/** What `towline` exits with. Scripts rely on it; docs/reference/cli.md lists it. */
import type { ErrorCode } from '../../core/errors.ts';

export const exitCode = {
  ok: 0,
  problems: 1,
  usage: 2,
  untrusted: 3,
  failed: 5,
  unreachable: 6,
  timedOut: 7,
} as const;

export const exitCodeMeanings: Readonly<Record<number, string>> = {
  [exitCode.ok]: 'done, nothing wrong',
  [exitCode.problems]: 'problems found, or it could not be done; `doctor`: warnings',
  [exitCode.usage]:
    'the question itself is wrong: options, no repository, no such commit or device; `doctor`: failures',
  [exitCode.untrusted]:
    'the walk stopped before the head: `trust check`, `agent --once`, `agent now`; `audit`: the log is not what was signed',
  4: 'rolled back: `agent --once`, `agent now`',
  [exitCode.failed]:
    'degraded, failed or stale: `agent --once`, `agent now`, and verbs of `agent` that could not do it; `status --wait`, `tunnel`, `ssh`: failed on a device, in any way',
  [exitCode.unreachable]:
    'gateway, registry or forge not reachable, or the gateway does not admit the device',
  [exitCode.timedOut]:
    'not done in the time that was given: `status --wait`, `tunnel open`, `close`, `grant`, `ssh`',
  255: '`ssh`: the client could not connect; else it exits as what ran there',
  130: 'stopped by Ctrl-C or SIGTERM; what was half done is taken back',
};

const byCode: Partial<Record<ErrorCode, number>> = {
  CLI_USAGE: exitCode.usage,
  CLI_NOT_A_REPOSITORY: exitCode.usage,
  CLI_NO_WORKING_TREE: exitCode.usage,
  CLI_NO_SUCH_COMMIT: exitCode.usage,
  CLI_NO_SUCH_DEVICE: exitCode.usage,
  CLI_GATEWAY_UNREACHABLE: exitCode.unreachable,
  CLI_REGISTRY_UNREACHABLE: exitCode.unreachable,
  CLI_FORGE_UNREACHABLE: exitCode.unreachable,
};

export const exitCodeOf = (code: ErrorCode): number => byCode[code] ?? exitCode.problems;
