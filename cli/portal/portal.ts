/** `towline portal`: the fleet as a page on this machine, from the person's own clone, signing with their own keys. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import type { Log } from '../../core/log.ts';
import { printable, shownJson } from '../../core/shown-text.ts';
import { loadAssets } from '../../portal/assets.ts';
import { Portal } from '../../portal/served/portal.ts';
import { remoteOptions } from '../change/options.ts';
import { RemoteMain, type RemoteOptions } from '../change/remote-main.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal, Terminal } from '../command/terminal.ts';
import { git } from '../desk/git.ts';
import { remembered } from '../desk/remembered.ts';
import { DeskHome } from './desk-home.ts';
import { DeskSessions } from './desk-sessions.ts';
import { DeskTerminal } from './desk-terminal.ts';
import { DeskViewer } from './desk-viewer.ts';
import { registerPortalLogin } from './login-verb.ts';
import { addressWith, showPage } from './shown-address.ts';

interface PortalOptions extends RemoteOptions {
  readonly telemetry?: string;
  readonly port: number;
  readonly browser: boolean;
  readonly json?: boolean;
}

const host = '127.0.0.1';

async function servePortal(options: PortalOptions, signal: AbortSignal): Promise<void> {
  const clock = createSystemClock();
  const main = await RemoteMain.open(options);
  const log = warningsOn(new Terminal(process.stderr, process.env));
  let asking: DeskTerminal | undefined;
  const signing = {
    ask: async (text: string, over: AbortSignal) => await asking?.ask(text, over),
    isAsked: () => asking?.isThere ?? false,
  };
  const { telemetry } = options;
  await using desk = await DeskHome.open({ main, telemetry, clock, log, signing }, signal);
  const name = await personOf(main.repository.gitDirectory);
  const viewerOf = (over: AbortSignal) => new DeskViewer(name, desk.home.fleet, over);
  const sessions = new DeskSessions({ clock, viewerOf });
  let origin = `http://${host}`;
  const portal = await Portal.open({
    ...{ home: desk.home, tls: undefined, page: loadAssets, upgrades: [] },
    origin: () => origin,
    loginOf: request => sessions.of(request),
    endpoints: sessions.endpoints(),
  });
  try {
    const { port } = await portal.listen(host, options.port);
    origin = `http://${host}:${port}`;
    const show = () => showAddress(addressWith(origin, sessions.word()), options);
    using terminal = new DeskTerminal({
      terminal: new Terminal(process.stderr, process.env),
      input: process.stdin,
      entered: show,
    });
    asking = terminal;
    const address = show();
    if (options.browser) await showPage(address);
    if (terminal.isThere && options.json !== true)
      new Terminal(process.stderr, process.env).line('Enter: a new address; Ctrl-C: the end of it.');
    await desk.follow(signal);
  } finally {
    sessions.close();
    await portal.close();
  }
}

/** On standard output, for a person or a program. @returns it */
function showAddress(address: string, { json }: PortalOptions): string {
  if (json === true) process.stdout.write(`${shownJson({ address })}\n`);
  else standardTerminal().line(address);
  return address;
}

/** What is in the way is said once; the rest is nobody's need at a desk. */
function warningsOn(terminal: Terminal): Log {
  const say = (fields: object, message: string) => {
    const trouble = 'trouble' in fields ? `: ${String(fields.trouble)}` : '';
    terminal.line(printable(`${message}${trouble}`));
  };
  return { debug: () => undefined, info: () => undefined, warn: say, error: say };
}

/** As the fleet names them where this clone knows it, else as git does. */
async function personOf(directory: string): Promise<string> {
  const operator = await remembered(directory, 'operator');
  if (operator !== undefined) return operator;
  const name = await git(['config', 'user.name'], { directory }).catch(() => '');
  return name === '' ? 'you' : name.slice(0, 100);
}

export function registerPortal(command: Command, stop: Stop): void {
  remoteOptions(command)
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--port <port>', 'of this machine alone (default: one that is free)', portNumber, 0)
    .option('--no-browser', 'print the address, and start no browser')
    .option('--json', 'the address as a JSON object; a line for each new one')
    .addHelpText(
      'after',
      examples([
        ['towline portal', 'opens the page; what is signed there is asked for here'],
        [
          'towline portal --no-browser --port 8600',
          'on a machine elsewhere, with ssh -L 8600:127.0.0.1:8600',
        ],
      ]),
    )
    .action((options: PortalOptions) => servePortal(options, stop()));
  registerPortalLogin(command, stop);
}

function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new TowlineError('CLI_USAGE', `--port ${text} is no port`);
}
