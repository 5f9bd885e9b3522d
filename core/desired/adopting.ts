/** Whether an app takes over what docker compose has made of the project of its name. */
import type { EngineAllowance } from '../../schemas/types.generated.ts';
import type { Problem } from '../errors.ts';
import type { CheckedFile } from '../fleet/schema-check.ts';
import type { DesiredProject } from './state.ts';

/** As the desired state has it: nothing where it does not. */
export function adopting(file: CheckedFile<'app'> | undefined): Pick<DesiredProject, 'adopt'> {
  return file?.value.adopt === true ? { adopt: true } : {};
}

interface Asked {
  readonly device: string;
  /** Name of the project on the device. */
  readonly name: string;
  readonly engine: EngineAllowance;
}

/** What runs on a device is taken over by the word of its own file alone. */
export function adoptionProblems(
  file: CheckedFile<'app'> | undefined,
  { device, name, engine }: Asked,
): Problem[] {
  if (file?.value.adopt !== true || engine.adopt?.includes(name) === true) return [];
  const message = `the app takes over what docker compose runs as ${name}, and the file of device ${device} does not allow it: engine: { adopt: [${name}] }`;
  return [{ code: 'ENGINE_ADOPT_REFUSED', message, position: file.locate('/adopt') }];
}
