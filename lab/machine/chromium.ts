/** Debian's Chromium, which tests of the page and its pictures run. */
import { findCommand, requireCommands } from './packages.ts';

/** @returns its path, installed where it can be @throws Error that says what to install */
export function chromiumProgram(): string {
  requireCommands(['chromium']);
  const program = findCommand('chromium');
  if (program === undefined) throw new Error('chromium was installed, and is not found');
  return program;
}
