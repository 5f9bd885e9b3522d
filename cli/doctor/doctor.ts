/** `towline doctor`: whether this desk has what it needs. `towline agent doctor` and `towline gateway doctor` look at theirs. */
import path from 'node:path';
import type { Command } from 'commander';
import { type Check, examine, type Finding, failed } from '../../core/io/doctor/finding.ts';
import { clockCheck, diskCheck } from '../../core/io/doctor/machine-checks.ts';
import { tellFindings } from '../../core/io/doctor/tell.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { Policy } from '../../core/trust/policy/policy.ts';
import { loadPolicy } from '../../core/trust/policy/policy-load.ts';
import { version } from '../../core/version.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { loadKeptFleet } from '../desk/kept-fleet.ts';
import { openRepository, openSnapshot, type Repository, resolveCommit } from '../desk/repository.ts';
import {
  agentsCheck,
  behindCheck,
  gatewayChecks,
  hooksCheck,
  policyFindings,
  programCheck,
  repositoryFinding,
  telemetryCheck,
  walkCheck,
} from './desk-checks.ts';
import { signingCheck } from './signing-check.ts';

interface DoctorOptions {
  readonly repo: string;
  readonly json?: boolean;
  readonly bundle?: string;
}

async function doctor({ repo, json = false, bundle }: DoctorOptions, signal: AbortSignal): Promise<void> {
  const findings: Finding[] = [];
  const checks: Check[] = [
    clockCheck,
    programCheck('git', '--version', true),
    programCheck('ssh', '-V', true),
  ];
  let repository: Repository | undefined;
  try {
    repository = await openRepository(repo);
    findings.push({ id: 'repository', level: 'ok', message: repository.workTree ?? repository.gitDirectory });
  } catch (error) {
    findings.push(repositoryFinding(error));
  }
  if (repository !== undefined) checks.push(...(await cloneChecks(repo, repository, findings)));
  findings.push(...(await examine(checks, signal)));
  const workTree = repository?.workTree;
  process.exitCode = await tellFindings(findings, {
    ...{ json, bundle, versions: { towline: version } },
    parts: async () => ({
      configuration: workTree === undefined ? [] : [path.join(workTree, 'fleet.yaml')],
      secretFiles: [],
      log: undefined,
    }),
  });
}

async function cloneChecks(repo: string, repository: Repository, findings: Finding[]): Promise<Check[]> {
  const { gitDirectory, workTree } = repository;
  const checks: Check[] = [walkCheck(repo), behindCheck(gitDirectory), telemetryCheck(repo, gitDirectory)];
  checks.push(diskCheck('disk.free', 'the clone', gitDirectory));
  if (workTree !== undefined) checks.push(hooksCheck(workTree));
  try {
    const head = await resolveCommit(repository, 'HEAD');
    const policy = await policyAt(gitDirectory, head);
    findings.push(...policyFindings(policy));
    checks.push(signingCheck(gitDirectory, head, policy));
    await using snapshot = await openSnapshot({ repo });
    const fleet = await loadKeptFleet(gitDirectory, snapshot);
    findings.push({
      id: 'fleet',
      level: 'ok',
      message: `fleet ${fleet.name}, ${fleet.devices.size} devices`,
    });
    checks.push(...gatewayChecks(fleet), agentsCheck(repo, fleet, policy));
  } catch (error) {
    findings.push(failed('fleet', error));
  }
  return checks;
}

async function policyAt(gitDirectory: string, head: string): Promise<Policy> {
  await using source = new GitCatFileSource(gitDirectory);
  return await loadPolicy(new ObjectReader(source), head, new Map());
}

export function registerDoctor(command: Command, stop: Stop): void {
  command
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--json', 'one JSON object instead of text')
    .option('--bundle <file>', 'also write an archive for support (.tar.gz), without secrets')
    .addHelpText(
      'after',
      [
        '',
        'Exits with 0 where all is well, 1 for warnings, 2 for failures, as monitoring plugins do; so do `towline agent doctor`',
        'at a device and `towline gateway doctor` on the gateway’s machine.',
        examples([
          ['towline doctor', 'clock, disk, programs, hooks, signing, your own walk, gateways, telemetry'],
          ['towline doctor --json', 'for monitoring: `result` is ok, warn or fail'],
          ['towline doctor --bundle desk.tar.gz', 'and something to send to support'],
        ]),
      ].join('\n'),
    )
    .action((options: DoctorOptions) => doctor(options, stop()));
}
