/** The sealed files of one app: its own and those of its assignments. */
import type { Problem } from '../errors.ts';
import type { AppFiles, AppRequest } from './app-files.ts';
import type { ComposeEnvironment } from './environment.ts';
import { type DeclaredSecrets, declaredSecrets, ownSecrets } from './secrets.ts';

/** The app's own files first, then those of its assignments. A name is either secret or not. */
export async function appSecrets(
  { reader, commit, app, assignedBy }: AppRequest,
  { app: file }: AppFiles,
  environment: ComposeEnvironment,
  problems: Problem[],
): Promise<DeclaredSecrets> {
  const own = (file?.value.secrets ?? []).map((path, index) => ({
    path,
    position: file?.locate(`/secrets/${index}`) ?? assignedBy(),
  }));
  const assigned = app.secrets.map(path => ({ path, position: assignedBy({ secret: path }) }));
  const named = ownSecrets(app.app, [...own, ...assigned], problems);
  const declared = await declaredSecrets(reader, commit, named, problems);
  for (const [name, reference] of declared.variables) {
    if (!Object.hasOwn(environment.values, name)) continue;
    const message = `${name} is an ordinary variable of app "${app.app}" too`;
    problems.push({ code: 'SECRET_VARIABLE_TWICE', message, position: { file: reference.file } });
  }
  return declared;
}
