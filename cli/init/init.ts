/** `towline init`: a new fleet repository that works. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { checkFleet } from '../../core/check/check-fleet.ts';
import { FleetProblems, isTowlineError, TowlineError } from '../../core/errors.ts';
import { dialledOption, registryOption } from '../command/address-option.ts';
import { collect } from '../command/collect.ts';
import { examples } from '../command/examples.ts';
import { towlineCommand } from '../command/installation.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { git } from '../desk/git.ts';
import { openSnapshot } from '../desk/repository.ts';
import { askTerminal, collectAnswers, type InitOptions } from './answers.ts';
import { assertFirstSignature } from './first-signature.ts';
import { installHooks, showHooks } from './hooks.ts';
import { assertEmptyFolder, fillWhole } from './new-folder.ts';
import type { SigningKey } from './signing-key.ts';
import { type FleetAnswers, fleetFiles } from './template.ts';

async function configure(directory: string, person: string, key: SigningKey): Promise<void> {
  for (const [name, value] of key.gitConfig) await git(['config', name, value], { directory });
  const known = await git(['config', 'user.email'], { directory }).catch(() => '');
  if (known !== '') return;
  await git(['config', 'user.name', person], { directory });
  await git(['config', 'user.email', `${person}@localhost`], { directory });
}

/** The first commit: the anchor of every device. */
async function firstCommit(directory: string, name: string, signal: AbortSignal): Promise<string> {
  await git(['add', '--all'], { directory });
  try {
    const commit = ['commit', '--quiet', '-m', `First commit of ${name}`];
    await git(commit, { directory, interactive: true, signal });
  } catch (cause) {
    if (!isTowlineError(cause, 'CLI_GIT') || !/sign|gpg|ssh-keygen|write commit object/i.test(cause.message))
      throw cause;
    throw new TowlineError('CLI_SIGNING', cause.message, { cause });
  }
  const commit = await git(['rev-parse', 'HEAD'], { directory });
  await git(['config', 'towline.anchor', commit], { directory });
  return commit;
}

async function makeRepository(
  directory: string,
  answers: FleetAnswers,
  signal: AbortSignal,
): Promise<string> {
  for (const [file, text] of await fleetFiles(answers)) {
    await mkdir(path.join(directory, path.dirname(file)), { recursive: true });
    await writeFile(path.join(directory, file), text);
  }
  await git(['init', '--quiet', '--initial-branch=main', '--object-format=sha1'], { directory });
  await configure(directory, answers.person, answers.signingKey);
  await installHooks(directory, answers.name, towlineCommand);
  const commit = await firstCommit(directory, answers.name, signal);
  await assertFirstSignature(directory, commit);
  await using snapshot = await openSnapshot({ repo: directory });
  const { problems } = await checkFleet({ ...snapshot, date: new Date() });
  if (problems.length > 0) throw new FleetProblems(problems);
  return commit;
}

type Options = InitOptions & { readonly json?: boolean };

async function init(folder: string, options: Options, signal: AbortSignal): Promise<void> {
  const directory = path.resolve(folder);
  await assertEmptyFolder(directory);
  const answers = await collectAnswers(path.basename(directory), options, askTerminal);
  const commit = await fillWhole(directory, signal, temporary => makeRepository(temporary, answers, signal));
  // Again, as where git looks for them may be written down by its whole path.
  const hooks = await installHooks(directory, answers.name, towlineCommand);
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({ directory, fleet: answers.name, anchor: commit });
    return;
  }
  terminal.line(`${terminal.colour('green', 'made')} fleet ${answers.name} in ${directory}`);
  terminal.line(`first commit, the anchor of its devices: ${commit}`);
  if (answers.operatorKey === undefined) {
    terminal.line('no operator yet: add operators/<name>.yaml with an SSH key, or init with --operator-key');
  }
  showHooks(terminal, hooks, 'hooks');
}

export function registerInit(command: Command, stop: Stop): void {
  command
    .argument('<dir>', 'a folder that does not exist or is empty')
    .option('--name <fleet>', 'name of the fleet')
    .option('--person <name>', 'your name in policy and operators (default: your login)')
    .option('--gpg-key <id>', 'OpenPGP key that signs your commits, as gpg knows it')
    .option('--ssh-key <file>', 'SSH public key that signs your commits')
    .option('--operator-key <file>', 'SSH public key for the gateway (default: the one of --ssh-key)')
    .option('--gateway <host:port>', 'device port of the gateway', dialledOption('--gateway'))
    .option(
      '--gateway-pin <pin>',
      'pin of its TLS key, as `towline gateway init` prints it; repeatable',
      collect,
    )
    .option('--gateway-host-key <line>', 'its SSH host key; repeatable', collect)
    .option('--registry <host>', 'registry of the example app', registryOption('--registry'))
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline init pumps', 'asks for what it needs'],
        [
          'towline init pumps --name acme-pumps --ssh-key ~/.ssh/id_ed25519.pub --gateway gw.acme.com:8443',
          'signs with SSH',
        ],
        [
          'towline init pumps --name acme-pumps --gpg-key alice@acme.com --operator-key ~/.ssh/id_ed25519.pub --gateway gw.acme.com:8443',
          'signs with gpg',
        ],
      ]),
    )
    .action((folder: string, options: Options) => init(folder, options, stop()));
}
