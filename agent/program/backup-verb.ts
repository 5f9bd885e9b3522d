/** `agent/main.ts backup list | restore | cancel | export`: what a person at the device does with the data of apps. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { backupVerbs } from '../../core/agent-backup-verbs.ts';
import { TowlineError } from '../../core/errors.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import { printable, shownJson } from '../../core/shown-text.ts';
import { type BackupsOfApp, backupHere } from '../backup/chosen-backup.ts';
import { exportBackup } from '../backup/export-backup.ts';
import { type KeptHere, keptHere } from '../backup/kept-here.ts';
import { ProjectStore } from '../projects/project-store.ts';
import { type AgentConfig, readAgentConfig } from './config.ts';
import { cancelHere, restoreHere } from './restore-here.ts';
import type { RunOnce } from './run-once.ts';
import { untilStopped } from './until-stopped.ts';

/** A name, and so no way out of a folder. */
const appForm = /^[a-z0-9][a-z0-9_.-]{0,127}$/;

/** What each takes: the options are the same data that `towline agent` asks for. */
const takes = {
  list: { least: 0, most: 1 },
  restore: { least: 2, most: 2 },
  cancel: { least: 1, most: 1 },
  export: { least: 2, most: 2 },
} as const satisfies Readonly<Record<keyof typeof backupVerbs.verbs, object>>;

const isVerb = (word: string | undefined): word is keyof typeof takes =>
  word !== undefined && Object.hasOwn(takes, word);

/**
 * @returns the exit code: of restore 0 when the app is healthy with what was put back, else 5
 * @throws TowlineError AGENT_…, RESTORE_…, BACKUP_MANIFEST
 */
export async function runBackup(args: readonly string[], once: RunOnce): Promise<number> {
  const [verb, ...rest] = args;
  if (!isVerb(verb))
    throw new TowlineError('AGENT_CONTROL', `backup takes one of ${Object.keys(takes).join(', ')}`);
  const options = { ...backupVerbs.verbs.restore.options, ...backupVerbs.verbs[verb].options, out };
  const { values, positionals } = parseArgs({ args: rest, allowPositionals: true, options });
  const { least, most } = takes[verb];
  if (positionals.length < least || positionals.length > most)
    throw new TowlineError(
      'AGENT_CONTROL',
      `backup ${verb}: ${positionals.length} words are not what it takes`,
    );
  const [app, word = ''] = positionals;
  if (app !== undefined && !appForm.test(app))
    throw new TowlineError('AGENT_CONTROL', `${app} is no name of an app`);
  const { config: configFile, json, migrate } = values;
  const config = await readAgentConfig(configFile);
  if (verb === 'list' || app === undefined) return await list(config, app, json);
  const of = backupsOfApp(config, app);
  if (verb === 'cancel') return await cancelHere(config, of, json);
  if (verb === 'export') return await copyOut(of, { word, out: values.out, json });
  return await restoreHere({ config, configFile, of, word, migrate, json }, once);
}

const { out } = backupVerbs.verbs.export.options;

function backupsOfApp({ backupDirectory: root, projectPrefix = '' }: AgentConfig, app: string): BackupsOfApp {
  return { root, app, project: `${projectPrefix}${app}` };
}

function say(json: boolean, facts: object, lines: readonly string[]): void {
  const text = json ? shownJson(facts) : lines.map(printable).join('\n');
  process.stdout.write(`${text}\n`);
}

async function list(config: AgentConfig, app: string | undefined, json: boolean): Promise<number> {
  const { backupDirectory: root, stateDirectory, projectPrefix = '' } = config;
  const kept = await keptHere({ root, store: new ProjectStore({ stateDirectory }), projectPrefix }, app);
  const lines = linesOf(kept);
  say(json, kept, lines.length === 0 ? ['No backup lies on this device.'] : lines);
  return 0;
}

function linesOf({ backups, damaged, aside, restores }: KeptHere): string[] {
  const rows = backups.map(({ app, backup, release = '-', cause, bytes, stores }) => [
    ...[app, backup, release, cause, formatBytes(bytes), ['device', ...stores].join(', ')],
  ]);
  const table =
    rows.length === 0 ? [] : columns([['APP', 'BACKUP', 'RELEASE', 'WHY', 'SIZE', 'WHERE'], ...rows]);
  return [
    ...table,
    ...damaged.map(({ app, backup, message }) => `${app} ${backup}: damaged: ${message}`),
    ...aside.map(({ app, backup, restored }) => `${app} ${backup}: what was there before ${restored}`),
    ...restores.map(({ app, backup = '', state, code, message }) =>
      [`${app} ${backup}: restore, ${state}`, code, message].filter(words => words !== undefined).join(': '),
    ),
  ];
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map(row => row[at]?.length ?? 0))) ?? [];
  return rows.map(row =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

async function copyOut(
  of: BackupsOfApp,
  { word, out: folder, json }: { word: string; out: string | undefined; json: boolean },
): Promise<number> {
  const manifest = await backupHere(of, word);
  if (manifest === undefined)
    throw new TowlineError('RESTORE_NO_BACKUP', `backup ${word} of ${of.app} is not on this device`);
  const from = path.join(of.root, of.project, manifest.id);
  const to = path.resolve(folder ?? manifest.id);
  const stopped = await untilStopped(signal => exportBackup(manifest, { from, to }, signal));
  if (stopped !== 0) return stopped;
  const files = manifest.volumes.map(({ key: volume, file, bytes }) => ({
    ...{ volume, file: path.join(to, file), bytes },
  }));
  const lines = files.map(({ file, bytes }) => `${file} ${formatBytes(bytes)}`);
  say(json, { app: of.app, backup: manifest.id, folder: to, files }, lines);
  return 0;
}
