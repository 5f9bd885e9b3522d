/** `towline tunnel close`: the signed commit that closes a device's tunnel. Whoever is in is cut off. */
import type { Command } from 'commander';
import type { Planned } from '../../core/change/tunnel/tunnel-intent.ts';
import { remoteOptions } from '../change/options.ts';
import { RemoteMain } from '../change/remote-main.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { type WaitOptions, waitOptions } from './change/options.ts';
import { planClosing } from './change/tunnel-change.ts';
import { progressOf, sayArrival, waitJson } from './open.ts';
import { arrivalExitCode } from './word/arrival.ts';
import { waitFor, waitingOf } from './word/wait.ts';

interface CloseOptions extends WaitOptions {
  readonly json?: boolean;
}

async function close(id: string, options: CloseOptions, signal: AbortSignal): Promise<void> {
  const main = await RemoteMain.open(options);
  const waiting = await waitingOf(options, main.remote);
  let planned: Planned | undefined;
  const commit = await main.change(async look => {
    planned = await planClosing(look, id);
    return planned.proposal;
  }, signal);
  if (planned === undefined) return;
  const { device } = planned;
  const terminal = standardTerminal();
  const json = options.json === true;
  if (!json) {
    if (commit === undefined) terminal.line(`${id} is closed already`);
    else terminal.line(`${terminal.colour('green', 'pushed')} ${commit.slice(0, 12)}: ${id} closes`);
  }
  const wanted = { device, state: 'closed', commit: commit ?? device.commit } as const;
  const found = options.wait ? await waitFor(waiting, wanted, progressOf(json), signal) : undefined;
  if (found !== undefined) process.exitCode = arrivalExitCode[found.result];
  const tunnel = { state: 'closed', allow: planned.proposal?.tunnel.allow };
  if (json)
    terminal.json({ device: id, file: device.path, commit: commit ?? null, tunnel, ...waitJson(found) });
  else if (found !== undefined) sayArrival(terminal, found, 'closed: whoever was in is cut off');
}

export function registerTunnelClose(tunnel: Command, stop: Stop): void {
  const close_ = tunnel
    .command('close')
    .description('Close a device’s tunnel by a signed commit. Whoever is in is cut off.')
    .argument('<device>', 'id of the device');
  waitOptions(remoteOptions(close_))
    .option('--json', 'one JSON object instead of text')
    .addHelpText('after', examples([['towline tunnel close pump-17', 'before its time is over']]))
    .action((id: string, options: CloseOptions) => close(id, options, stop()));
}
