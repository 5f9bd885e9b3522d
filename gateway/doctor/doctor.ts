/** `towline gateway doctor`: whether this gateway has what it needs, and what to do where it has not. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError } from '../../core/errors.ts';
import { type DeviceKeys, tlsPublicKey } from '../../core/io/device-keys.ts';
import { type Check, examine, type Finding, failed } from '../../core/io/doctor/finding.ts';
import { journalTail } from '../../core/io/doctor/log-tail.ts';
import { clockCheck, diskCheck, ownFilesCheck, writableCheck } from '../../core/io/doctor/machine-checks.ts';
import { tellFindings } from '../../core/io/doctor/tell.ts';
import { tlsPin } from '../../core/io/https/tls-pins.ts';
import { TimeLimit } from '../../core/io/time-limit.ts';
import { version } from '../../core/version.ts';
import type { DoctorSettings } from './doctor-settings.ts';
import { pinCheck } from './fleet-checks.ts';
import { portChecks } from './port-checks.ts';

export interface DoctorOptions {
  /** @throws TowlineError GATEWAY_CONFIG_INVALID */
  readonly readSettings: (file: string) => Promise<DoctorSettings>;
  /** @throws TowlineError GATEWAY_STATE_UNUSABLE */
  readonly readKeys: (settings: DoctorSettings) => Promise<DeviceKeys>;
  readonly config: string;
  readonly json: boolean;
  readonly bundle: string | undefined;
}

/** What it all may take, milliseconds. */
const longestMs = 120_000;

/** @returns 0 all is well, 1 warnings, 2 failures, as monitoring plugins do */
export async function runGatewayDoctor({
  config,
  json,
  bundle,
  readKeys,
  readSettings,
}: DoctorOptions): Promise<number> {
  using limit = new TimeLimit(longestMs);
  const { signal } = limit;
  const settings = await settingsOr(readSettings(config));
  const findings: Finding[] = 'id' in settings ? [settings] : [];
  const checks: Check[] = [clockCheck, gitCheck];
  if (!('id' in settings)) {
    findings.push({ id: 'config', level: 'ok', message: `${config} is read` });
    const { stateDirectory } = settings;
    const pin = await readKeys(settings).then(
      keys => tlsPin(Buffer.from(tlsPublicKey(keys), 'base64')),
      (error: unknown) => {
        findings.push(failed('keys.read', error));
        return undefined;
      },
    );
    if (pin !== undefined)
      findings.push({ id: 'keys.read', level: 'ok', message: `the gateway’s keys are whole: ${pin}` });
    checks.push(writableCheck('state.writable', stateDirectory), hooksCheck(stateDirectory));
    checks.push(ownFilesCheck('keys.modes', path.join(stateDirectory, 'keys')));
    checks.push(diskCheck('disk.free', 'the state directory', stateDirectory));
    checks.push(pinCheck(settings, pin), ...portChecks(settings, pin));
  }
  findings.push(...(await examine(checks, signal)));
  return await tellFindings(findings, {
    ...{ json, bundle, versions: { gateway: version } },
    parts: async () => ({
      configuration: [config],
      // Files that gateway.yaml names for secrets are found there.
      secretFiles: 'id' in settings ? [] : [path.join(settings.stateDirectory, 'keys')],
      log: await journalTail('towline-gateway', signal),
    }),
  });
}

async function settingsOr(reading: Promise<DoctorSettings>): Promise<DoctorSettings | Finding> {
  try {
    return await reading;
  } catch (error) {
    if (!isTowlineError(error)) throw error;
    return failed('config', error);
  }
}

const gitCheck: Check = {
  id: 'version.git',
  look: async signal => {
    const id = 'version.git';
    try {
      const { stdout } = await promisify(execFile)('git', ['--version'], { signal, maxBuffer: 1024 });
      return [{ id, level: 'ok', message: stdout.trim() }];
    } catch (error) {
      return [
        {
          id,
          level: 'fail',
          message: `git cannot be started: ${messageOf(error)}`,
          remedy: 'apt-get install git',
        },
      ];
    }
  },
};

/** They are written at each start: by them pushes ask the gateway. */
const hooksCheck = (stateDirectory: string): Check => ({
  id: 'hooks.installed',
  look: async () => {
    const id = 'hooks.installed';
    const names = await readdir(path.join(stateDirectory, 'hooks')).catch(() => []);
    if (names.length > 0)
      return [{ id, level: 'ok', message: `hooks of the repositories: ${names.join(', ')}` }];
    return [
      {
        id,
        level: 'warn',
        message: 'no hooks were written yet',
        remedy: 'Start the gateway once: it writes them.',
      },
    ];
  },
});
