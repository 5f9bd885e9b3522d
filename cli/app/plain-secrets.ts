/** Values that look like secrets in the files of an app: whoever reads the repository would have them, for ever. */
import path from 'node:path';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { TowlineError } from '../../core/errors.ts';
import { maxYamlBytes } from '../../core/fleet/limits.ts';
import { suggestion } from '../../core/nearest.ts';
import type { AppFile } from './app-folder.ts';

const secretName =
  /(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|(?:^|_)PASS|_PWD)(?:_|$)/i;
/** Where it lies, what it is called: `DB_PASSWORD_FILE`, `AWS_ACCESS_KEY_ID`. */
const aboutSecret = /_(?:FILE|PATH|DIR|URL|NAME|ID)$/i;
const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*?)\s*$/s;
const begunKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** Of a URL, with the person's password in it. */
const passwordInUrl = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:(?!\$[A-Za-z_{])[^\s/@]+@/i;

const isVariables = (file: string): boolean => {
  const name = path.posix.basename(file);
  return name === '.env' || name.endsWith('.env') || name.startsWith('.env.');
};

/** What is taken from elsewhere, with nothing given in case that there is none. */
const reference = /^\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*(?::?[?+][^}]*|:?-)?\})$/;
const noValue = /^(?:|true|false|yes|no|on|off)$/i;

function isSecret(name: string, text: string): boolean {
  const value = /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text.replace(/(?:^|\s+)#.*$/, '');
  if (passwordInUrl.test(value)) return true;
  return secretName.test(name) && !aboutSecret.test(name) && !noValue.test(value) && !reference.test(value);
}

/**
 * @param plain names of variables whose value is no secret
 * @throws TowlineError SECRET_NOT_ENCRYPTED that names file and variable, and never the value
 */
export function assertNoSecrets(
  app: string,
  files: ReadonlyMap<string, AppFile>,
  plain: readonly string[],
): void {
  for (const [file, { bytes }] of files) {
    const text = new TextDecoder().decode(bytes);
    if (begunKey.test(text)) throw refused(app, `${file} holds a private key`, '');
    const found = pairsOf(file, text).find(
      ([name, value]) => !plain.includes(name) && isSecret(name, value),
    )?.[0];
    if (found !== undefined)
      throw refused(app, `${file} holds ${found}`, `; where it is none: --plain ${found}`);
  }
}

/** Of all variables that the files give a value. */
export function variableNames(files: ReadonlyMap<string, AppFile>): string[] {
  return [...files].flatMap(([file, { bytes }]) =>
    pairsOf(file, new TextDecoder().decode(bytes)).map(([name]) => name),
  );
}

/** @throws TowlineError CLI_USAGE for a name of `--plain` that none of them has: a typing mistake */
export function assertKnown(plain: readonly string[], names: readonly string[]): void {
  const unknown = plain.find(name => !names.includes(name));
  if (unknown === undefined) return;
  throw new TowlineError(
    'CLI_USAGE',
    `--plain ${unknown}: nothing there has it${suggestion(unknown, names)}`,
  );
}

function pairsOf(file: string, text: string): Pairs {
  return isVariables(file) ? variablesOf(text) : isYaml(file) ? environmentOf(text) : [];
}

function refused(app: string, what: string, orElse: string): TowlineError {
  const how = `take it out and put it into a sealed file: \`towline secret edit secrets/${app}.env\``;
  return new TowlineError('SECRET_NOT_ENCRYPTED', `${what} as plain text: ${how}${orElse}`);
}

type Pairs = readonly (readonly [name: string, value: string])[];

function pairOf(text: string): Pairs {
  const [, name, value = ''] = assignment.exec(text) ?? [];
  return name === undefined ? [] : [[name, value]];
}

const variablesOf = (text: string): Pairs => text.split('\n').flatMap(pairOf);

const isYaml = (file: string) => /\.ya?ml$/i.test(file);

/** Of each service, as a map or as a list. What is no Compose file has none; what is wrong with one is said elsewhere. */
function environmentOf(text: string): Pairs {
  if (text.length > maxYamlBytes) return [];
  const services = parseDocument(text, { merge: true }).get('services');
  if (!isMap(services)) return [];
  return services.items.flatMap(({ value }) => {
    const environment = isMap(value) ? value.get('environment') : undefined;
    if (isSeq(environment))
      return environment.items.flatMap(item => (isScalar(item) ? pairOf(String(item.value)) : []));
    if (!isMap(environment)) return [];
    return environment.items.flatMap(({ key, value: given }) =>
      isScalar(key) && isScalar(given) && given.value !== null
        ? [[String(key.value), String(given.value)] as const]
        : [],
    );
  });
}
