/** `towline device add --count 500 --prefix p-`: files of many new devices, and a folder with their tokens. */
import path from 'node:path';
import type { FilesAt } from '../../core/change/changed-files.ts';
import type { Intent } from '../../core/change/intent.ts';
import { parseDuration } from '../../core/duration.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { namePattern } from '../../core/fleet/paths.ts';
import { makeChange } from '../change/make-change.ts';
import { mayHaveArrived } from '../change/push-outcome.ts';
import { standardTerminal, Terminal } from '../command/terminal.ts';
import { walkToHead } from '../desk/own-walk.ts';
import { type AddOptions, assertGroups, newDevice } from './add-options.ts';
import { deviceFileWith } from './device-file.ts';
import { type Enrolment, makeEnrolment } from './device-token.ts';
import { type InstallWay, installWay } from './install-ways.ts';
import { changeOf, placedJson, placedLine, sayShown, soundFleet } from './place-files.ts';
import { TokenFolder } from './token-folder.ts';

/** At once. */
const mostDevices = 10_000;

interface Many {
  readonly count: number;
  readonly prefix: string;
  readonly out: string;
}

/** @throws TowlineError CLI_USAGE */
function readMany(options: AddOptions): Many {
  const { count = '', prefix, out, renew, reAnchor, stateDirectory, cloudInit } = options;
  const refuse = (why: string) => new TowlineError('CLI_USAGE', why);
  if (!/^[1-9][0-9]{0,4}$/.test(count) || Number(count) > mostDevices)
    throw refuse(`--count ${count} must be a number from 1 to ${mostDevices}`);
  if (prefix === undefined || out === undefined)
    throw refuse('--count needs --prefix, which ids begin with, and --out, a folder for the tokens');
  if (renew === true || reAnchor === true || stateDirectory !== undefined)
    throw refuse('--count is for new devices that enrol by tokens');
  if (cloudInit === true) throw refuse('--cloud-init is for one device');
  if (!namePattern.test(`${prefix}${'0'.repeat(5)}`))
    throw refuse(`--prefix ${prefix} must be lower-case letters, digits and dashes`);
  return { count: Number(count), prefix, out: path.resolve(out) };
}

/** p-001, p-002, …: none that is there. */
function freeIds({ devices }: Fleet, { count, prefix }: Many): string[] {
  const ids: string[] = [];
  for (let number = 1; ids.length < count; number += 1) {
    const id = `${prefix}${String(number).padStart(3, '0')}`;
    if (!devices.has(id)) ids.push(id);
  }
  return ids;
}

/** @throws TowlineError CLI_USAGE, CLI_FILE_EXISTS where the folder has something in it; as `makeChange` */
export async function addMany(options: AddOptions, signal: AbortSignal): Promise<void> {
  const many = readMany(options);
  const folder = new TokenFolder(many.out);
  await folder.assertFree();
  const expiresMs = Date.now() + parseDuration(options.expires);
  const tokens = new Map<string, Enrolment>();
  let ids: readonly string[] = [];
  let way: InstallWay | undefined;
  const intend = async (at: FilesAt): Promise<Intent> => {
    const fleet = await soundFleet(at);
    assertGroups(fleet, options);
    way = installWay(fleet, many.prefix, options, options.group);
    const trusted = at.trusted ?? (await walkToHead(options.repo, signal));
    ids = freeIds(fleet, many);
    for (const id of ids)
      if (!tokens.has(id)) tokens.set(id, makeEnrolment(fleet.file.value, id, trusted, expiresMs));
    const made = new Map([...tokens].filter(([id]) => ids.includes(id)));
    // First: the fleet waits for nobody whose token is lost.
    if (options.dryRun !== true) await folder.write(made, sayHowFar());
    const files = new Map(
      [...made].map(([id, { entry }]) =>
        deviceFileWith(newDevice(id, options), undefined, { enrolment: entry }),
      ),
    );
    return { files, message: `Add ${ids.length} devices: ${ids[0]} to ${ids.at(-1)}` };
  };
  const name = `add-${many.prefix}${many.count}`;
  const made = await makeChange({ options: changeOf(options), name, intend }, signal).catch(async error => {
    if (!mayHaveArrived(error, signal)) await folder.clear();
    throw error;
  });
  const terminal = standardTerminal();
  if (sayShown(terminal, made, options.json)) return;
  if (options.json === true) {
    terminal.json({
      devices: ids,
      files: made.files,
      tokens: many.out,
      table: folder.table,
      ...(way === undefined ? {} : { agent: way.version, installLine: way.line }),
      ...placedJson(made),
    });
    return;
  }
  terminal.line(placedLine(terminal, made));
  terminal.line(
    `${ids.length} tokens in ${many.out}, and ${folder.table} lists them: whoever has one can enrol`,
  );
  const how = way === undefined ? 'towline agent enroll --token-file FILE' : 'as root, with its token:';
  terminal.line(`in that device’s place. Each device: ${how}`);
  if (way === undefined) return;
  terminal.line();
  terminal.line(`  ${way.line} < FILE`);
}

const everyTokens = 100;

/** On standard error, where a person waits. */
function sayHowFar(): (done: number, all: number) => void {
  const terminal = new Terminal(process.stderr, process.env);
  return (done, all) => {
    if (done % everyTokens === 0 && done < all) terminal.line(`${done} of ${all} tokens`);
  };
}
