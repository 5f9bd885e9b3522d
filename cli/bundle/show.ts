/** `towline bundle show`: what is in a file, as it says itself. Layers are neither read nor checked. */
import type { Command } from 'commander';
import { summarise } from '../../core/bundle/image-summary.ts';
import type { OpenBundle } from '../../core/bundle/open-bundle.ts';
import { isTowlineError, type TowlineError } from '../../core/errors.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { imageTable } from './image-table.ts';
import { bundleIn } from './input.ts';

interface ShowOptions {
  readonly json?: boolean;
}

/** Manifests stand before layers: nothing behind them is read. */
async function manifestsOf(bundle: OpenBundle): Promise<Map<string, Buffer>> {
  const manifests = new Map<string, Buffer>();
  for await (const { kind, digest, bytes } of bundle.parts()) {
    if (kind === 'blob') break;
    if (kind !== 'manifest') continue;
    for await (const chunk of bytes) manifests.set(digest, Buffer.from(chunk));
  }
  return manifests;
}

function showSealed(error: TowlineError, isJson: boolean): void {
  const terminal = standardTerminal();
  const { keys } = error.details;
  const ids = Array.isArray(keys) ? keys.map(String) : [];
  if (isJson) terminal.json({ sealed: true, keys: ids });
  else terminal.line(`sealed for ${ids.length === 1 ? 'the key' : 'the keys'} ${ids.join(', ')}`);
}

async function show(file: string, { json = false }: ShowOptions, signal: AbortSignal): Promise<void> {
  let bundle: OpenBundle;
  try {
    bundle = await bundleIn(file, signal);
  } catch (error) {
    if (!isTowlineError(error, 'BUNDLE_SEALED')) throw error;
    showSealed(error, json);
    return;
  }
  const { contents, entries, size } = bundle;
  const images = summarise(contents, entries, await manifestsOf(bundle));
  const commitBytes = entries[0]?.size ?? 0;
  const terminal = standardTerminal();
  if (json) {
    terminal.json({ sealed: false, bytes: size, commitBytes, ...contents, images });
    return;
  }
  const { fleet, created, devices, commit, since, timestamp } = contents;
  terminal.line(`fleet      ${fleet}`);
  terminal.line(`made       ${created}`);
  terminal.line(`devices    ${devices.join(', ')}`);
  terminal.line(
    `commit     ${commit}${since === undefined ? '' : `, since ${since}`} (${formatBytes(commitBytes)})`,
  );
  terminal.line(`statement  ${timestamp ?? 'none'}`);
  terminal.line(`size       ${formatBytes(size)}`);
  imageTable(terminal, images);
}

export function registerShow(bundle: Command, stop: Stop): void {
  bundle
    .command('show')
    .description('Show what a bundle says that it holds. Nothing is verified by it: `towline bundle verify`.')
    .argument('<file>', 'the bundle; - is standard input')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline bundle show pump-17.tlb', 'devices, commit, images and their sizes'],
        ['gpg --decrypt pump-17.tlb | towline bundle show -', 'of a sealed one, with a key that it is for'],
      ]),
    )
    .action((file: string, options: ShowOptions) => show(file, options, stop()));
}
