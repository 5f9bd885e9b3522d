/** Whom a file below secrets/ is for: its path says it, so that who may write the path decides. */
import { namePattern } from './paths.ts';

/** The first names below secrets/ that no app has. */
const registries = 'registries';
const backups = 'backups';

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
  return names.includes(app) && !names.includes(registries) && !names.includes(backups);
}

/** Whether the file may hold logins of registries. */
export function isRegistriesFile(path: string): boolean {
  const names = namesOfSecret(path);
  return names.length === 1 && names[0] === registries;
}

/** Whether the file may hold what opens the stores of the device's backups: each device has files of its own. */
export function isBackupSecretOf(path: string, device: string): boolean {
  const [top, first, name = '', ...rest] = path.split('/');
  if (top !== 'secrets' || first !== backups) return false;
  return (rest.length === 0 ? name.replace(extension, '') : name) === device;
}
