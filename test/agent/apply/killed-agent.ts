/** Passes in the middle of which the agent's process, or the engine, is really killed (SIGKILL). */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Step } from '../../../core/plan/step.ts';
import type { OwnEngine } from '../../../lab/machine/own-engine.ts';
import { makeProject, type ProjectInput } from '../../../lab/rig/desired.ts';
import type { DeviceRig } from '../../../lab/rig/device-rig.ts';

type Kind = Step['kind'];

/** In the middle of the first step of the kind. */
export async function killedAgent(rig: DeviceRig, input: ProjectInput, kind: Kind): Promise<void> {
  const file = path.join(rig.stateDirectory, 'input.json');
  const { device, project, stateDirectory, adopt } = rig;
  writeFileSync(file, JSON.stringify({ device, project, stateDirectory, input, adopt }));
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'killed-pass.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) if (line === kind) child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.equal(child.signalCode, 'SIGKILL', kind);
}

/** After the first step of the kind; it is up again when this resolves. */
export async function killedEngine(
  rig: DeviceRig,
  engine: OwnEngine,
  input: ProjectInput,
  kind: Kind,
): Promise<void> {
  let isKilled = false;
  const killing = rig.pass([makeProject(rig.project, input)], {
    around: async (step, run) => {
      await run();
      if (step.kind !== kind || isKilled) return;
      isKilled = true;
      await engine.down('SIGKILL');
    },
  });
  await assert.rejects(killing, { code: 'ENGINE_UNREACHABLE' }, kind);
  await engine.up();
}
