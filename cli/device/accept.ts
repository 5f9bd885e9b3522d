/** `towline device accept`: compares fingerprints with the person at the device and writes its keys. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import {
  isFingerprint,
  maxStatementLength,
  parseSignedStatement,
  type SignedStatement,
  statementFingerprint,
  verifyStatement,
} from '../../core/enrolment/statement.ts';
import { statementSigners } from '../../core/enrolment/statement-signers.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { examples } from '../command/examples.ts';
import { FleetProblems } from '../command/report-error.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { noSuchDevice } from '../command/unknown-name.ts';
import { editYaml } from '../desk/edit-yaml.ts';
import { fetchFrom } from '../desk/gateway-git.ts';
import { git } from '../desk/git.ts';
import { openRepository, openSnapshot } from '../desk/repository.ts';
import { askTerminal } from '../init/answers.ts';
import { telemetryPlace } from '../status/telemetry.ts';

interface AcceptOptions {
  readonly repo: string;
  readonly telemetry?: string;
  readonly fingerprint?: string;
  readonly json?: boolean;
}

/** Statements that wait at the gateway for this device, read with stock git. */
async function fetchStatements(url: string, device: string, signal: AbortSignal): Promise<SignedStatement[]> {
  const directory = await mkdtemp(path.join(tmpdir(), 'towline-accept-'));
  try {
    await git(['init', '--quiet', '--bare', '.'], { directory });
    const ref = `refs/heads/enrolment/${device}`;
    try {
      await fetchFrom(url, `+${ref}:refs/heads/statement`, directory, signal);
    } catch (cause) {
      if (!isTowlineError(cause, 'CLI_NO_TELEMETRY') || !/couldn't find remote ref/.test(cause.message))
        throw cause;
      throw new TowlineError('CLI_NO_STATEMENT', `no statement of ${device} waits at ${url}`, { cause });
    }
    return await readStatements(directory, await git(['rev-parse', 'statement'], { directory, signal }));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** No more is read than a gateway would have taken. @throws ENROLMENT_STATEMENT_MALFORMED, TRUST_… */
async function readStatements(directory: string, tip: ObjectId): Promise<SignedStatement[]> {
  const source = new GitCatFileSource(directory);
  try {
    const reader = new ObjectReader(source, { maxTreeBytes: 4096, maxCommitBytes: 4096 });
    const { tree } = await reader.commit(tip);
    const statements: SignedStatement[] = [];
    for (const { id, name } of (await reader.tree(tree)).slice(0, 2)) {
      const bytes = await reader.blob(id, maxStatementLength).catch((cause: unknown) => {
        if (!isTowlineError(cause, 'TRUST_LIMIT')) throw cause;
        throw new TowlineError('ENROLMENT_STATEMENT_MALFORMED', `${name}: ${cause.message}`, { cause });
      });
      statements.push(parseSignedStatement(Buffer.from(bytes).toString('utf8')));
    }
    return statements;
  } finally {
    source.kill();
  }
}

async function accept(device: string, options: AcceptOptions, signal: AbortSignal): Promise<void> {
  const { workTree } = await openRepository(options.repo);
  if (workTree === undefined)
    throw new TowlineError('CLI_NO_WORKING_TREE', `${options.repo} is bare: no file can be written`);
  await using snapshot = await openSnapshot({ repo: options.repo, worktree: true });
  const { fleet, problems } = await loadFleet(snapshot.files, snapshot.commit);
  if (fleet === undefined || problems.length > 0) throw new FleetProblems(problems);
  const file = fleet.devices.get(device);
  if (file === undefined) throw noSuchDevice(device, fleet.devices.keys(), 'in the working tree');
  const [signer] = file.value.revoked === true ? [] : statementSigners(file.value);
  if (signer === undefined) {
    throw new TowlineError('ENROLMENT_NOT_EXPECTED', `${device} waits for no enrolment in ${options.repo}`);
  }
  const [signed, second] = await fetchStatements(
    await telemetryPlace(options.telemetry, options.repo),
    device,
    signal,
  );
  if (signed === undefined)
    throw new TowlineError('CLI_NO_STATEMENT', `no statement of ${device} waits there`);
  if (second !== undefined)
    throw new TowlineError('ENROLMENT_TWICE', `two statements came for the token of ${device}`);
  const fingerprint = statementFingerprint(signed.statement);
  const done = (words: string) => {
    if (options.json === true) standardTerminal().json({ device, file: file.path, fingerprint });
    else standardTerminal().line(`${words} (${fingerprint}): commit and push ${file.path}`);
  };
  const { tls, ssh, openpgp } = signed.statement.keys;
  if (file.value.keys?.ssh === ssh && file.value.keys.tls === tls) {
    done(`${device} has these keys already`);
    return;
  }
  verifyStatement(signed, { fleet: fleet.file.value.name, device, ...signer }, Date.now());
  const typed = options.fingerprint ?? (await askTerminal(`Fingerprint that ${device} shows`, '')) ?? '';
  if (typed === '')
    throw new TowlineError('CLI_USAGE', 'type the fingerprint that the device shows, or pass --fingerprint');
  if (!isFingerprint(signed.statement, typed)) {
    throw new TowlineError('ENROLMENT_FINGERPRINT', 'this is not the fingerprint of the statement that came');
  }
  await editYaml(path.join(workTree, file.path), document => {
    document.delete('enrolment');
    const { keys, enrolment } = file.value;
    // That of its engine stays where the device itself vouches for its next ones; another machine has none yet.
    const registry =
      enrolment === undefined && keys?.registry !== undefined ? { registry: keys.registry } : {};
    document.set('keys', document.createNode({ tls, ssh, openpgp, ...registry }));
  });
  done(`${standardTerminal().colour('green', 'accepted')} ${device}`);
}

export function registerDeviceAccept(device: Command, stop: Stop): void {
  device
    .command('accept')
    .description(
      'Write the keys that a device stated, first or new ones, after its fingerprint was compared.',
    )
    .argument('<id>', 'id of the device')
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--fingerprint <text>', 'what the device shows (asked for on a terminal)')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        [
          'towline device accept pump-4 --fingerprint 4ZBC-QC60-S5BH-2XJ4-R06N',
          'as the person at the device read it out; the URL is remembered: git config towline.telemetry',
        ],
        [
          'towline device accept pump-4 --telemetry ssh://git@gateway.example.com:2222/telemetry.git',
          'asks for the fingerprint',
        ],
      ]),
    )
    .action((id: string, options: AcceptOptions) => accept(id, options, stop()));
}
