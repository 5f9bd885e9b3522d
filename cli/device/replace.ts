/** `towline device replace`: new hardware takes the id of a device whose own is gone. One command, from the token to the data. */
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Command } from 'commander';
import { type SignedStatement, statementFingerprint } from '../../core/enrolment/statement.ts';
import { type ErrorCode, isTowlineError, TowlineError } from '../../core/errors.ts';
import { shownJson } from '../../core/shown-text.ts';
import { someOf } from '../../core/some-of.ts';
import type { DeviceFile } from '../../schemas/types.generated.ts';
import { openingOptions } from '../backup/desk-store.ts';
import { remoteOptions } from '../change/options.ts';
import { filesAt, RemoteMain } from '../change/remote-main.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal, type Terminal } from '../command/terminal.ts';
import { telemetryPlace } from '../status/telemetry.ts';
import { expiresMsOf } from './device-token.ts';
import { installJson, sayInstall } from './install-ways.ts';
import {
  acceptReplacement,
  assertAcceptable,
  deviceAt,
  issueToken,
  type Plan,
  planOf,
  type ReplaceOptions,
} from './replacement.ts';
import { compareFingerprint, waitingStatement } from './statements.ts';

type Entry = NonNullable<DeviceFile['enrolment']>;

/** Between two looks whether the new one has stated its keys. */
const askEveryMs = 3_000;
const passing: ReadonlySet<ErrorCode> = new Set(['CLI_NO_STATEMENT', 'CLI_GATEWAY_UNREACHABLE']);

/** @throws TowlineError ENROLMENT_TOKEN_EXPIRED, ENROLMENT_TWICE; as `waitingStatement` */
async function awaitStatement(
  device: string,
  { key, expires }: Entry,
  options: ReplaceOptions,
  signal: AbortSignal,
): Promise<SignedStatement> {
  for (;;) {
    try {
      return await waitingStatement(device, options, signal, key);
    } catch (error) {
      if (!isTowlineError(error) || !passing.has(error.code)) throw error;
      if (Date.now() >= Date.parse(expires)) throw new TowlineError('ENROLMENT_TOKEN_EXPIRED', error.message);
    }
    await delay(askEveryMs, undefined, { signal });
  }
}

/** A line of standard input, of a program that reads at the device what it shows. */
async function givenLine(): Promise<string> {
  const reader = createInterface({ input: process.stdin });
  for await (const line of reader) return line.trim();
  return '';
}

/** What main says now, and the token that it waits for already. */
async function lookAt(
  device: string,
  options: ReplaceOptions,
  signal: AbortSignal,
): Promise<{ plan: Plan; waiting: Entry | undefined }> {
  const main = await RemoteMain.open(options);
  await using look = await main.look(signal);
  const at = filesAt(look);
  const { enrolment } = (await deviceAt(at, device)).value;
  const plan = await planOf(at, device, options, signal);
  await assertAcceptable(main, look, plan, signal);
  return { plan, waiting: enrolment };
}

/** The first commit, and what the person at the device is to type. */
async function begin(plan: Plan, options: ReplaceOptions, signal: AbortSignal): Promise<Entry> {
  const { token, entry, way } = await issueToken(plan, options, signal);
  const { device } = plan;
  const facts = { device, token, expires: entry.expires };
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.line(shownJson({ ...facts, state: 'waiting', ...installJson(way, facts) }));
    return entry;
  }
  terminal.line('On the new hardware, as root:');
  terminal.line();
  if (way === undefined) terminal.line(`  towline agent enroll --start ${token}`);
  else sayInstall(way, facts);
  terminal.line();
  terminal.line(`It works until ${entry.expires}. Waiting until the device has stated its keys …`);
  return entry;
}

async function replace(device: string, options: ReplaceOptions, signal: AbortSignal): Promise<void> {
  const { fingerprint } = options;
  const isGiven = fingerprint !== undefined && fingerprint !== '-';
  expiresMsOf(options);
  await telemetryPlace(options.telemetry, options.repo);
  if (fingerprint === undefined && !(process.stdin.isTTY && process.stderr.isTTY))
    throw new TowlineError(
      'CLI_USAGE',
      'without a terminal nobody can be asked: --fingerprint - reads a line',
    );
  const { plan, waiting } = await lookAt(device, options, signal);
  if (isGiven && waiting === undefined)
    throw new TowlineError(
      'CLI_USAGE',
      `${device} waits for no enrolment: its new keys are in already, or none was begun; leave --fingerprint out to begin`,
    );
  const entry = isGiven && waiting !== undefined ? waiting : await begin(plan, options, signal);
  const signed = isGiven
    ? await waitingStatement(device, options, signal, entry.key)
    : await awaitStatement(device, entry, options, signal);
  await compareFingerprint(device, signed, fingerprint === '-' ? await givenLine() : fingerprint);
  // Days may have gone by: releases, backups and secrets are others then, and another answer may be.
  const now = isGiven ? plan : (await lookAt(device, options, signal)).plan;
  const isAsPlanned = !isGiven && isDeepStrictEqual(now.requests, plan.requests);
  const made = await acceptReplacement(
    now,
    signed,
    isAsPlanned ? { ...options, yes: true } : options,
    signal,
  );
  const commit = made.how === 'pushed' ? made.commit : undefined;
  sayReplaced(standardTerminal(), now, { signed, commit, json: options.json === true });
}

interface Replaced {
  readonly signed: SignedStatement;
  /** Undefined: it has these keys already. */
  readonly commit: string | undefined;
  readonly json: boolean;
}

function sayReplaced(
  terminal: Terminal,
  { device, requests, secrets, sentences }: Plan,
  { signed, commit, json }: Replaced,
): void {
  const fingerprint = statementFingerprint(signed.statement);
  if (json) {
    const facts = { device, state: 'accepted', fingerprint, restore: requests, secrets };
    terminal.line(shownJson({ ...facts, commit: commit ?? null }));
    return;
  }
  if (commit === undefined) {
    terminal.line(`${device} has these keys already (${fingerprint})`);
    return;
  }
  const sealed = secrets.length === 0 ? '' : `, and reads ${someOf(secrets)}`;
  const pushed = terminal.colour('green', 'pushed');
  terminal.line(`${pushed} ${commit.slice(0, 12)}: the new ${device} is accepted (${fingerprint})${sealed}`);
  for (const sentence of sentences.slice(1)) terminal.line(sentence);
  terminal.line(`Then: git pull && towline status ${device} --wait`);
}

export function registerDeviceReplace(device: Command, stop: Stop): void {
  const verb = remoteOptions(
    device
      .command('replace')
      .description(
        'Let new hardware take the place of a device that is gone: a token, its fingerprint, and then its keys, its secrets and the data of its apps from their stores.',
      )
      .argument('<id>', 'id of the device'),
  )
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option(
      '--fingerprint <text>',
      'what the device shows: goes on where an earlier run was left; `-` reads it from standard input',
    )
    .option('--expires <duration>', 'how long the token works', '7d')
    .option('--install-line', 'print the line that installs the agent, which asks for the token')
    .option('--migrate', 'apps have other releases than their backups, and read their data')
    .option('--empty', 'its apps begin without data');
  openingOptions(verb)
    .option('--yes', 'do not ask before it begins')
    .option('--json', 'one JSON object for each state: waiting, accepted')
    .addHelpText(
      'after',
      examples([
        ['towline device replace pump-4', 'says what becomes of its apps, then asks for the fingerprint'],
        [
          'towline device replace pump-4 --fingerprint 4ZBC-QC60-S5BH-2XJ4-R06N',
          'goes on with the token that is out, after Ctrl-C',
        ],
        ['towline device replace pump-4 --empty', 'without the data that its stores have'],
      ]),
    )
    .action((id: string, options: ReplaceOptions) => replace(id, options, stop()));
}
