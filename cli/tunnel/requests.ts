/** `towline tunnel requests`: who asks for which tunnel, and who is missing to grant it. */
import type { Command } from 'commander';
import { isTowlineError } from '../../core/errors.ts';
import { remoteOptions } from '../change/options.ts';
import { type Branch, RemoteMain, type RemoteOptions } from '../change/remote-main.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { isTimely, type Pending, pendingOf, requestsFolder } from './change/pending.ts';

interface RequestsOptions extends RemoteOptions {
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `over`: its time is; `void`: it can not be granted, or main has it. */
type State = 'waits' | 'over' | 'void';

interface Row extends Branch {
  readonly state: State;
  readonly why: string;
  readonly pending?: Pending;
}

/** More are not looked at. */
const mostRequests = 500;

async function requests(options: RequestsOptions, signal: AbortSignal): Promise<void> {
  const main = await RemoteMain.open(options);
  await using look = await main.look(signal);
  const branches = await main.branches(`${requestsFolder}*`, signal);
  const rows: Row[] = [];
  for (const branch of branches.slice(-mostRequests)) {
    try {
      const pending = await pendingOf(look, branch);
      const state = isTimely(pending, Date.now()) ? 'waits' : 'over';
      rows.push({ ...branch, state, why: state === 'over' ? 'its time is over' : '', pending });
    } catch (error) {
      if (!isTowlineError(error)) throw error;
      rows.push({ ...branch, state: 'void', why: error.message.replace(`${branch.branch}: `, '') });
    }
  }
  const shown = options.all === true ? rows : rows.filter(({ state }) => state === 'waits');
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({ requests: shown.map(rowJson) });
    return;
  }
  if (shown.length === 0) terminal.line(rows.length === 0 ? 'no requests' : 'no requests that wait: --all');
  else
    terminal.table(
      ['DEVICE', 'BY', 'UNTIL', 'FOR', 'REASON', 'APPROVED', 'BRANCH', 'STATE'],
      shown.map(cells),
    );
}

function cells({ branch, state, why, pending }: Row): string[] {
  const { tunnel, device, by, approvedBy } = pending ?? {};
  return [
    ...[
      device ?? '',
      by ?? branch.split('/')[1] ?? '',
      tunnel?.until ?? '',
      tunnel?.allow?.join(', ') ?? 'everyone',
    ],
    ...[tunnel?.reason ?? '', approvedBy?.join(', ') ?? '', branch, why === '' ? state : `${state}: ${why}`],
  ];
}

function rowJson({ branch, commit, state, why, pending }: Row) {
  const { device, by, tunnel, approvedBy } = pending ?? {};
  return { branch, commit, state, why, device, by, tunnel, approvedBy };
}

export function registerTunnelRequests(tunnel: Command, stop: Stop): void {
  const verb = tunnel
    .command('requests')
    .description('Show the requests for tunnels that wait at the remote.');
  remoteOptions(verb)
    .option('--all', 'also those whose time is over, and those that cannot be granted')
    .option('--json', 'one JSON object instead of a table')
    .addHelpText('after', examples([['towline tunnel requests', 'then: towline tunnel grant BRANCH']]))
    .action((options: RequestsOptions) => requests(options, stop()));
}
