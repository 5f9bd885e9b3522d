/** An agent's pass in a process of its own, which ends by SIGKILL before a call to the engine: `node agent-process.ts INPUT.json`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Engine } from '../../../agent/runtime/engine/engine.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { type Kept, keptApp } from './kept-app.ts';

/** Before which call to the engine it is killed: the nth one, or the first of such a path's end. */
export type KillPlace = number | string;

interface Input extends Kept {
  readonly device: string;
  readonly stateDirectory: string;
  readonly socket: string;
  readonly at: KillPlace;
}

/** @returns whether it was killed; else it has come to its end */
export async function killedAgent(
  rig: DeviceRig,
  kept: Kept,
  at: KillPlace,
  socket: string,
): Promise<boolean> {
  const { device, stateDirectory } = rig;
  const file = path.join(stateDirectory, 'input.json');
  const input: Input = { ...kept, device, stateDirectory, socket, at };
  writeFileSync(file, JSON.stringify(input));
  const child = spawn(process.execPath, [import.meta.filename, file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  rig.restart();
  if (signal === 'SIGKILL') return true;
  if (code !== 0) throw new Error(`the agent ended with ${code}: ${said}`);
  return false;
}

async function main(): Promise<void> {
  const input: Input = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
  const rig = new DeviceRig(input.socket, 'towline.invalid');
  rig.become(input);
  let calls = 0;
  const count = (place: string): void => {
    calls += 1;
    const { at } = input;
    if (typeof at === 'string' ? place.endsWith(at) : calls === at) process.kill(process.pid, 'SIGKILL');
  };
  const engine: Engine = {
    call(request, signal) {
      count(request.path);
      return rig.engine.call(request, signal);
    },
    stream(request, signal) {
      count(request.path);
      return rig.engine.stream(request, signal);
    },
  };
  const { outcome } = await rig.pass([keptApp(input)], { engine, parallelSteps: 1 });
  if (outcome.outcome !== 'applied') throw new Error(JSON.stringify(outcome));
}

if (import.meta.main) await main();
