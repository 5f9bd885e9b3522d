/** `towline agents push`: brings the files of a version to the gateway, which takes those that trusted main lists. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { remoteOf } from '../desk/push-command.ts';
import { openRepository } from '../desk/repository.ts';
import { assertGateway, type GatewayOptions, gatewayAddress } from '../tunnel/word/gateway-word.ts';
import { bringFile, filesAt } from './gateway-files.ts';
import { openPackageFolder, type PackagedFile } from './package-folder.ts';

interface PushOptions extends GatewayOptions {
  readonly json?: boolean;
}

async function push(folder: string, options: PushOptions, signal: AbortSignal): Promise<void> {
  const { version, files } = await openPackageFolder(folder);
  const { gitDirectory } = await openRepository(options.repo);
  const address = assertGateway(await gatewayAddress(options, await remoteOf(gitDirectory)));
  const asked = { repo: options.repo, address };
  const there = await filesAt(asked, signal);
  const unlisted = files.find(({ sha256 }) => !there.here.has(sha256) && !there.missing.has(sha256));
  if (unlisted !== undefined)
    throw new TowlineError(
      'GATEWAY_AGENT_UNLISTED',
      `main at ${address.host} does not list agent ${version}`,
    );
  const pushed: PackagedFile[] = [];
  const terminal = standardTerminal();
  for (const file of files) {
    if (there.here.has(file.sha256)) continue;
    if (await bringFile(asked, file, signal)) pushed.push(file);
    if (options.json !== true)
      terminal.line(`${terminal.colour('green', 'brought')} ${file.sha256} (${formatBytes(file.bytes)})`);
  }
  const known = files.length - pushed.length;
  if (options.json === true)
    terminal.json({ version, pushed: pushed.map(({ sha256, bytes }) => ({ sha256, bytes })), known });
  else terminal.line(`agent ${version}: ${pushed.length} files were brought, ${known} were there`);
}

export function registerAgentsPush(agents: Command, stop: Stop): void {
  agents
    .command('push')
    .description('Bring the files of a version to the gateway, for devices to fetch.')
    .argument('<folder>', 'with towline-agent_VERSION.yaml and parts/, as `npm run package` writes it')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--gateway <url>', 'the gateway’s SSH port (default: that of telemetry, else of the remote)')
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      [
        '',
        'For whoever may push to main. The gateway takes what trusted main lists, and compares the hashes.',
        examples([
          [
            'towline agents push towline-0.2.0',
            'after `towline agents add`; what is there already is not sent',
          ],
          [
            'towline agents push towline-0.2.0 --gateway ssh://gw-2.example.com:2222',
            'each gateway has its own',
          ],
        ]),
      ].join('\n'),
    )
    .action((folder: string, options: PushOptions) => push(folder, options, stop()));
}
