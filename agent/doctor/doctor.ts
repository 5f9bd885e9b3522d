/** `agent/main.ts doctor`: whether this device has what it needs, and what to do where it has not. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { agentVerbs } from '../../core/agent-verbs.ts';
import { isTowlineError } from '../../core/errors.ts';
import { type DeviceKeys, readDeviceKeys } from '../../core/io/device-keys.ts';
import { type Check, examine, type Finding, failed } from '../../core/io/doctor/finding.ts';
import { journalTail } from '../../core/io/doctor/log-tail.ts';
import {
  clockCheck,
  diskCheck,
  ownFilesCheck,
  proxyFinding,
  writableCheck,
} from '../../core/io/doctor/machine-checks.ts';
import { tellFindings } from '../../core/io/doctor/tell.ts';
import { namesIn } from '../../core/io/file/durable-file.ts';
import { TimeLimit } from '../../core/io/time-limit.ts';
import { version } from '../../core/version.ts';
import { type AgentConfig, readAgentConfig } from '../program/config.ts';
import { agentCheck } from './agent-checks.ts';
import { type EngineFound, engineChecks } from './engine-checks.ts';
import { gatewayChecks } from './gateway-checks.ts';

const unit = 'towline-agent';
/** What it all may take, milliseconds. */
const longestMs = 120_000;

/** @returns 0 all is well, 1 warnings, 2 failures, as monitoring plugins do */
export async function runDoctor(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: agentVerbs.doctor.options });
  using limit = new TimeLimit(longestMs);
  const { signal } = limit;
  const engine: EngineFound = {};
  const config = await configOr(values.config);
  const findings = 'id' in config ? [config] : [];
  const checks: Check[] = [clockCheck];
  let keys: DeviceKeys | undefined;
  if (!('id' in config)) {
    findings.push({ id: 'config', level: 'ok', message: `${values.config} is read` });
    const { stateDirectory } = config;
    const folder = path.join(stateDirectory, 'keys');
    keys = await readDeviceKeys(folder).catch((error: unknown) => {
      findings.push(failed('keys.read', error));
      return undefined;
    });
    if (keys !== undefined)
      findings.push({ id: 'keys.read', level: 'ok', message: `the keys in ${folder} are whole` });
    findings.push(proxyFinding(config.proxy, process.env));
    checks.push(writableCheck('state.writable', stateDirectory), ownFilesCheck('keys.modes', folder));
    checks.push(diskCheck('disk.free', 'the state directory', stateDirectory));
    checks.push(...engineChecks(config.engineSocket, engine), agentCheck(stateDirectory));
    if (keys !== undefined) checks.push(...gatewayChecks(config, keys));
  }
  findings.push(...(await examine(checks, signal)));
  return await tellFindings(findings, {
    ...{ json: values.json, bundle: values.bundle },
    versions: { agent: version, ...(engine.version === undefined ? {} : { engine: engine.version }) },
    parts: async () => ({
      configuration: [values.config],
      secretFiles: 'id' in config ? [] : await secretFiles(config),
      log: await journalTail(unit, signal),
    }),
  });
}

async function configOr(file: string): Promise<AgentConfig | Finding> {
  try {
    return await readAgentConfig(file);
  } catch (error) {
    if (!isTowlineError(error)) throw error;
    return failed('config', error);
  }
}

/** Its keys, and what apps’ secrets are opened to. */
async function secretFiles({ stateDirectory, runtimeDirectory }: AgentConfig): Promise<string[]> {
  const projects = path.join(stateDirectory, 'projects');
  // Who may not look there knows no secrets: the folder itself says so.
  const names = await namesIn(projects).catch(() => undefined);
  const opened = names?.map(name => path.join(projects, name, 'secrets')) ?? [projects];
  const keys = ['keys', 'keys.next'].map(name => path.join(stateDirectory, name));
  return [...keys, runtimeDirectory, ...opened];
}
