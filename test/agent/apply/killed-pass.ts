/** A child process that carries out one pass and is killed in the middle of it: `node killed-pass.ts INPUT.json`. */
import { readFileSync } from 'node:fs';
import { makeProject, type ProjectInput } from '../../../lab/rig/desired.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

interface Input {
  readonly device: string;
  readonly project: string;
  readonly stateDirectory: string;
  readonly input: ProjectInput;
  /** Compose projects that apps may take over there. */
  readonly adopt?: readonly string[];
}

const {
  device,
  project,
  stateDirectory,
  input,
  adopt = [],
} = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Input;
const rig = await DeviceRig.start();
rig.become({ device, project, stateDirectory });
rig.adopt = adopt;
await rig.pass([makeProject(project, input)], {
  around: async (step, run) => {
    process.stdout.write(`${step.kind}\n`);
    await run();
  },
});
process.stdout.write('end\n');
