/** Slot 0 of all devices of a lab, as a package would have put it there: the programs of whoever made the lab, by links. */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { bundled, entries } from '../../machine/programs.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** Where a program is started by a link, Node looks for what it imports beside the program itself. */
export function linkAgentPackage(folder: string): void {
  const [beside, launch] = bundled === undefined ? [root, 'deploy/launch'] : [bundled, 'launch'];
  const files = {
    'agent.js': entries.agent,
    'towline.js': entries.towline,
    'package.json': path.join(beside, 'package.json'),
    'helper.tar': path.join(beside, 'helper.tar'),
    launch: path.join(beside, launch),
    node: process.execPath,
  };
  mkdirSync(folder, { mode: 0o755 });
  for (const [name, file] of Object.entries(files))
    if (existsSync(file)) symlinkSync(file, path.join(folder, name));
}
