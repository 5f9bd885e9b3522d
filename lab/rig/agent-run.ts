/** The agent's program as a process, with what it printed. */

import { spawn } from 'node:child_process';
import path from 'node:path';
import { entries } from '../machine/programs.ts';

const root = path.dirname(path.dirname(import.meta.dirname));

export interface AgentRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function runAgent(args: readonly string[]) {
  const program = entries.agent;
  const node = path.join(root, 'node_modules', '.bin', 'node');
  const child = spawn(node, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const ended = new Promise<AgentRun>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve({ code, stdout, stderr }));
  });
  return { child, ended, log: () => stderr };
}
