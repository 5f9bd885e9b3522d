/** Whom a file below secrets/ is for: its path says it, so that who may write the path decides. */
import { namePattern } from './paths.ts';

/** The first name below secrets/ that no app has. */
const registries = 'registries';

const extension = /\.(ya?ml|json|env)$/;

/**
 * `secrets/web.env` → web; `secrets/web+api/db.env` → web, api.
 * @returns nothing where the first name is no list of names: such a file is for nobody
 */
export function namesOfSecret(path: string): readonly string[] {
  const [top, first = '', ...rest] = path.split('/');
  if (top !== 'secrets') return [];
  const names = (rest.length === 0 ? first.replace(extension, '') : first).split('+');
  return names.every(name => namePattern.test(name)) ? names : [];
}

/** Whether an app may be given the file. */
export function isSecretOf(path: string, app: string): boolean {
  const names = namesOfSecret(path);
  return names.includes(app) && !names.includes(registries);
}

/** Whether the file may hold logins of registries. */
export function isRegistriesFile(path: string): boolean {
  const names = namesOfSecret(path);
  return names.length === 1 && names[0] === registries;
}
