/** Whether an app takes over what docker compose has made of the project of its name. */
import type { CheckedFile } from '../fleet/schema-check.ts';
import type { DesiredProject } from './state.ts';

/** As the desired state has it: nothing where it does not. */
export function adopting(file: CheckedFile<'app'> | undefined): Pick<DesiredProject, 'adopt'> {
  return file?.value.adopt === true ? { adopt: true } : {};
}
