/** `towline operator list`: people, what they reach, and what their signature is for. */

import type { Command } from 'commander';
import { fleetOf } from '../../core/change/fleet-of.ts';
import type { OperatorFile, Selector } from '../../schemas/types.generated.ts';
import { sayBehind } from '../change/behind.ts';
import { examples } from '../command/examples.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openSnapshot, type SnapshotOptions } from '../desk/repository.ts';
import { snapshotOptions } from '../desk/snapshot-options.ts';
import { rolesOf } from './policy-roles.ts';

interface ListOptions extends SnapshotOptions {
  readonly json?: boolean;
}

async function list(options: ListOptions): Promise<void> {
  await using snapshot = await openSnapshot(options);
  await sayBehind(options);
  const fleet = await fleetOf(snapshot);
  const names = [
    ...new Set([...fleet.operators.keys(), ...Object.keys(fleet.policy?.value.principals ?? {})]),
  ];
  const rows = names.sort().map(name => {
    const file = fleet.operators.get(name);
    const {
      description,
      sshKeys = [],
      git,
      reads = [],
      tunnels = [],
    }: Partial<OperatorFile> = file?.value ?? {};
    return {
      ...{ operator: name, file: file?.path ?? null, description, keys: sshKeys.length },
      ...{ git: git?.fleet ?? 'none', telemetry: git?.telemetry ?? 'none', reads, tunnels },
      roles: rolesOf(fleet, name) ?? null,
    };
  });
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({ fleet: fleet.name, operators: rows });
    return;
  }
  terminal.table(
    ['NAME', 'KEYS', 'GIT', 'TELEMETRY', 'TUNNELS', 'SIGNS AS'],
    rows.map(({ operator, file, keys, git, telemetry, reads, tunnels, roles }) => [
      operator,
      file === null ? 'no file' : `${keys}`,
      git,
      telemetry === 'read' ? 'all' : reads.map(selectorWords).join('; ') || '-',
      tunnels.map(selectorWords).join('; ') || '-',
      roles === null ? '-' : roles.join(', ') || 'nothing',
    ]),
  );
}

function selectorWords({ all, devices = [], groups = [], labels = {} }: Selector): string {
  const terms = [
    ...(all === true ? ['all'] : []),
    ...devices,
    ...groups.map(name => `group=${name}`),
    ...Object.entries(labels).map(([key, value]) => `${key}=${value}`),
  ];
  return terms.join(',');
}

export function registerOperatorList(operator: Command): void {
  snapshotOptions(
    operator
      .command('list')
      .description(
        'List people: git, telemetry and tunnels that they have, and the roles of their signature.',
      ),
  )
    .option('--json', 'one JSON object instead of text')
    .addHelpText('after', examples([['towline operator list', 'who is there, and what they may']]))
    .action((options: ListOptions) => list(options));
}
