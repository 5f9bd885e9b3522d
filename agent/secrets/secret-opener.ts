/** Opens what is sealed to this device. What it gives is kept by nobody: callers drop it when a run is over. */
import path from 'node:path';
import type { DesiredProject, DesiredState, DesiredStore } from '../../core/desired/state.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { readOpenpgpKey } from '../../core/io/openpgp-key.ts';
import { openRegistryLogins, openVariables } from '../../core/secrets/secret-variables.ts';
import { prepareMemoryFolder } from './memory-folder.ts';
import type { RegistryCredentials, SecretAccess, StoreSecret } from './opened-secrets.ts';

/** An error that names the file: its reader knows only the content. */
async function naming<Value>(file: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!isTowlineError(error) || error.message.startsWith(file)) throw error;
    throw new TowlineError(error.code, `${file}: ${error.message}`, { cause: error, position: { file } });
  }
}

export class SecretOpener implements SecretAccess {
  readonly #keysFolder: string;

  constructor(stateDirectory: string) {
    this.#keysFolder = path.join(stateDirectory, 'keys');
  }

  async #privateKey(): Promise<string> {
    const key = await readOpenpgpKey(this.#keysFolder).catch((cause: unknown) => {
      throw new TowlineError('SECRET_NO_KEY', `the key in ${this.#keysFolder} cannot be read`, { cause });
    });
    if (key === undefined) throw new TowlineError('SECRET_NO_KEY', `${this.#keysFolder} has no OpenPGP key`);
    return key;
  }

  /**
   * The values of the variables that the project uses; the MAC of each file is checked, and that it lies where it belongs.
   * @throws TowlineError SECRET_NO_KEY, SECRET_NOT_A_RECIPIENT, SECRET_TAMPERED, SECRET_MALFORMED, SECRET_UNSUPPORTED,
   *   SECRET_PATH_MISSING, SECRET_PATH_OTHER
   */
  async open(project: DesiredProject, fleet: string): Promise<ReadonlyMap<string, string>> {
    const key = await this.#privateKey();
    const values = new Map<string, string>();
    for (const [file, { bytes }] of project.secrets?.files ?? []) {
      const opened = await naming(file, () => openVariables(bytes, { fleet, path: file }, key));
      for (const [name, reference] of project.secrets?.variables ?? []) {
        const value = reference.file === file ? opened.get(name) : undefined;
        if (value !== undefined) values.set(name, value);
      }
    }
    return values;
  }

  async logins(
    file: NonNullable<DesiredState['registryCredentials']>,
    fleet: string,
  ): Promise<ReadonlyMap<string, RegistryCredentials>> {
    const key = await this.#privateKey();
    const place = { fleet, path: file.path };
    const logins = await naming(file.path, () => openRegistryLogins(file.bytes, place, key));
    return new Map([...logins].map(([registry, login]) => [registry, { ...login, serveraddress: registry }]));
  }

  async store({ bytes, path: file }: DesiredStore['sealed'], fleet: string): Promise<StoreSecret> {
    const key = await this.#privateKey();
    const opened = await naming(file, () => openVariables(bytes, { fleet, path: file }, key));
    const [password, identity] = [opened.get('password'), opened.get('identity')];
    return {
      ...(password === undefined ? {} : { password }),
      ...(identity === undefined ? {} : { identity }),
    };
  }

  prepareFolder(folder: string): Promise<void> {
    return prepareMemoryFolder(folder);
  }
}
